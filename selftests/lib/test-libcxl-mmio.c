// SPDX-License-Identifier: GPL-2.0-only
/* Registers: capi-abi.md 8.4. */
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include <ktap.h>

#include "mock-cxl.h"

static struct cxl_afu_h *map(uint32_t flags)
{
	struct cxl_afu_h *afu;

	mock_init();
	afu = mock_attached("afu0.0s");
	ASSERT(!cxl_mmio_map(afu, flags));
	return afu;
}

TEST(big_endian_registers)
{
	static const unsigned char want[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct cxl_afu_h *afu = map(CXL_MMIO_BIG_ENDIAN);
	uint64_t v64;
	uint32_t v32;

	ASSERT(!cxl_mmio_write64(afu, 0x10, 0x0102030405060708));
	ASSERT(!memcmp((char *)mock.registers + 0x10, want, 8));
	ASSERT(!cxl_mmio_read64(afu, 0x10, &v64));
	ASSERT_EQ(v64, 0x0102030405060708);
	ASSERT(!cxl_mmio_write32(afu, 0x20, 0x01020304));
	ASSERT(!memcmp((char *)mock.registers + 0x20, want, 4));
	ASSERT(!cxl_mmio_read32(afu, 0x20, &v32));
	ASSERT_EQ(v32, 0x01020304);
	cxl_afu_free(afu);
}

TEST(little_endian_registers)
{
	static const unsigned char want[] = { 8, 7, 6, 5, 4, 3, 2, 1 };
	struct cxl_afu_h *afu = map(CXL_MMIO_LITTLE_ENDIAN);
	uint64_t v64;
	uint32_t v32;

	ASSERT(!cxl_mmio_write64(afu, 0x10, 0x0102030405060708));
	ASSERT(!memcmp((char *)mock.registers + 0x10, want, 8));
	ASSERT(!cxl_mmio_read64(afu, 0x10, &v64));
	ASSERT_EQ(v64, 0x0102030405060708);
	ASSERT(!cxl_mmio_write32(afu, 0x20, 0x05060708));
	ASSERT(!memcmp((char *)mock.registers + 0x20, want, 4));
	ASSERT(!cxl_mmio_read32(afu, 0x20, &v32));
	ASSERT_EQ(v32, 0x05060708);
	cxl_afu_free(afu);
}

TEST(host_endian_registers_with_and_without_the_flag)
{
	const uint64_t value = 0x0102030405060708;
	struct cxl_afu_h *afu = map(CXL_MMIO_HOST_ENDIAN);

	ASSERT(!cxl_mmio_write64(afu, 0, value));
	ASSERT(!memcmp(mock.registers, &value, 8));
	ASSERT(!cxl_mmio_map(afu, 0));
	ASSERT(!cxl_mmio_write64(afu, 8, value));
	ASSERT(!memcmp((char *)mock.registers + 8, &value, 8));
	cxl_afu_free(afu);
}

TEST(mapping_again_succeeds_and_pointers_stay_good)
{
	struct cxl_afu_h *afu = map(CXL_MMIO_BIG_ENDIAN);
	void *first, *second;

	ASSERT(!cxl_mmio_ptr(afu, &first));
	ASSERT(!cxl_mmio_map(afu, CXL_MMIO_LITTLE_ENDIAN));
	ASSERT(!cxl_mmio_ptr(afu, &second));
	ASSERT(first == second);
	ASSERT(first == mock.registers);
	ASSERT(!cxl_mmio_write64(afu, 0, 1));
	ASSERT_EQ(*(unsigned char *)first, 1);
	cxl_afu_free(afu);
	ASSERT_EQ(mock.maps, 1);
	ASSERT_EQ(mock.unmaps, 1);
}

TEST(map_errors)
{
	struct cxl_afu_h *afu;

	mock_init();
	ASSERT_ERRNO(cxl_mmio_map(NULL, 0), EINVAL);
	afu = cxl_afu_next(NULL);
	ASSERT_ERRNO(cxl_mmio_map(afu, 0), ENODEV);
	cxl_afu_free(afu);
	afu = mock_open("afu0.0s");
	ASSERT_ERRNO(cxl_mmio_map(afu, 4), ENODEV);
	ASSERT_ERRNO(cxl_mmio_map(afu, 0x80000001), ENODEV);
	/* not attached */
	ASSERT_ERRNO(cxl_mmio_map(afu, CXL_MMIO_BIG_ENDIAN), EIO);
	ASSERT(!cxl_afu_attach(afu, 0));
	mock.mmap_errno = EACCES;
	ASSERT_ERRNO(cxl_mmio_map(afu, CXL_MMIO_BIG_ENDIAN), EACCES);
	mock.mmap_errno = 0;
	mock_remove("class/afu0.0/mmio_size");
	ASSERT_ERRNO(cxl_mmio_map(afu, CXL_MMIO_BIG_ENDIAN), ENODEV);
	cxl_afu_free(afu);
}

TEST(unmap_and_then_there_is_nothing)
{
	struct cxl_afu_h *afu = map(CXL_MMIO_BIG_ENDIAN);
	uint64_t value;
	void *p = &value;

	ASSERT(!cxl_mmio_unmap(afu));
	ASSERT_EQ(mock.unmaps, 1);
	ASSERT_ERRNO(cxl_mmio_unmap(afu), EINVAL);
	ASSERT_ERRNO(cxl_mmio_unmap(NULL), EINVAL);
	ASSERT_ERRNO(cxl_mmio_ptr(afu, &p), EINVAL);
	ASSERT(p == &value);
	ASSERT_ERRNO(cxl_mmio_ptr(NULL, &p), EINVAL);
	ASSERT_ERRNO(cxl_mmio_read64(afu, 0, &value), EINVAL);
	ASSERT_ERRNO(cxl_mmio_write64(afu, 0, 0), EINVAL);
	ASSERT(!cxl_mmio_map(afu, CXL_MMIO_BIG_ENDIAN));
	ASSERT_ERRNO(cxl_mmio_ptr(afu, NULL), EINVAL);
	ASSERT(!cxl_mmio_write64(afu, 0, 0));
	cxl_afu_free(afu);
}

TEST(accesses_need_a_handle_and_a_place_for_the_value)
{
	struct cxl_afu_h *afu = map(CXL_MMIO_BIG_ENDIAN);
	uint64_t v64;
	uint32_t v32;

	ASSERT_ERRNO(cxl_mmio_read64(NULL, 0, &v64), EINVAL);
	ASSERT_ERRNO(cxl_mmio_read32(NULL, 0, &v32), EINVAL);
	ASSERT_ERRNO(cxl_mmio_write64(NULL, 0, 0), EINVAL);
	ASSERT_ERRNO(cxl_mmio_write32(NULL, 0, 0), EINVAL);
	ASSERT_ERRNO(cxl_mmio_read64(afu, 0, NULL), EINVAL);
	ASSERT_ERRNO(cxl_mmio_read32(afu, 0, NULL), EINVAL);
	cxl_afu_free(afu);
}

TEST(misaligned_accesses_are_EINVAL)
{
	struct cxl_afu_h *afu = map(CXL_MMIO_BIG_ENDIAN);
	uint64_t v64, i;
	uint32_t v32;

	for (i = 1; i < 8; i++) {
		ASSERT_ERRNO(cxl_mmio_read64(afu, i, &v64), EINVAL);
		ASSERT_ERRNO(cxl_mmio_write64(afu, i, 0), EINVAL);
	}
	for (i = 1; i < 4; i++) {
		ASSERT_ERRNO(cxl_mmio_read32(afu, i, &v32), EINVAL);
		ASSERT_ERRNO(cxl_mmio_write32(afu, i, 0), EINVAL);
	}
	ASSERT(!cxl_mmio_write32(afu, 4, 0));
	cxl_afu_free(afu);
}

TEST(accesses_beyond_the_end_are_EINVAL)
{
	static const uint64_t beyond[] = {
		MOCK_MMIO_SIZE, MOCK_MMIO_SIZE + 8, 1ull << 32,
		UINT64_MAX - 7,
	};
	struct cxl_afu_h *afu = map(CXL_MMIO_BIG_ENDIAN);
	uint64_t v64;
	uint32_t v32;
	size_t i;

	for (i = 0; i < sizeof(beyond) / sizeof(*beyond); i++) {
		ASSERT_ERRNO(cxl_mmio_read64(afu, beyond[i], &v64), EINVAL);
		ASSERT_ERRNO(cxl_mmio_write64(afu, beyond[i], 0), EINVAL);
		ASSERT_ERRNO(cxl_mmio_read32(afu, beyond[i], &v32), EINVAL);
		ASSERT_ERRNO(cxl_mmio_write32(afu, beyond[i], 0), EINVAL);
	}
	ASSERT(!cxl_mmio_write64(afu, MOCK_MMIO_SIZE - 8, 0));
	ASSERT(!cxl_mmio_write32(afu, MOCK_MMIO_SIZE - 4, 0));
	cxl_afu_free(afu);
}

TEST(an_area_that_ends_in_the_middle_has_no_register_there)
{
	struct cxl_afu_h *afu;
	uint64_t value;

	mock_init();
	mock_write("class/afu0.0/mmio_size", "4100\n");
	afu = mock_attached("afu0.0s");
	ASSERT(!cxl_mmio_map(afu, CXL_MMIO_BIG_ENDIAN));
	ASSERT(!cxl_mmio_write32(afu, 4096, 1));
	ASSERT_ERRNO(cxl_mmio_write64(afu, 4096, 1), EINVAL);
	ASSERT_ERRNO(cxl_mmio_read64(afu, 4096, &value), EINVAL);
	cxl_afu_free(afu);
}

/* --- dead cards */

static void ignore_report(void)
{
	/* of the sanitizer, which would report the signal and exit */
	signal(SIGBUS, SIG_DFL);
}

static int ends_by(void (*run)(struct cxl_afu_h *), struct cxl_afu_h *afu)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		ignore_report();
		run(afu);
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void read64(struct cxl_afu_h *afu)
{
	uint64_t value;

	cxl_mmio_read64(afu, 0, &value);
}

static void read32(struct cxl_afu_h *afu)
{
	uint32_t value;

	cxl_mmio_read32(afu, 0, &value);
}

static void write64(struct cxl_afu_h *afu)
{
	cxl_mmio_write64(afu, 0, 1);
}

TEST(all_ones_raise_SIGBUS_without_the_handler)
{
	struct cxl_afu_h *afu = map(CXL_MMIO_BIG_ENDIAN);

	memset(mock.registers, 0xff, 8);
	ASSERT_EQ(ends_by(read64, afu), SIGBUS);
	ASSERT_EQ(ends_by(read32, afu), SIGBUS);
	cxl_afu_free(afu);
}

TEST(all_ones_are_EIO_with_the_handler)
{
	struct cxl_afu_h *afu = map(CXL_MMIO_BIG_ENDIAN);
	uint64_t v64 = 0;
	uint32_t v32 = 0;

	memset(mock.registers, 0xff, 8);
	ASSERT(!cxl_mmio_install_sigbus_handler());
	ASSERT(!cxl_mmio_install_sigbus_handler());
	ASSERT_ERRNO(cxl_mmio_read64(afu, 0, &v64), EIO);
	ASSERT(v64 == UINT64_MAX);
	ASSERT_ERRNO(cxl_mmio_read32(afu, 4, &v32), EIO);
	ASSERT(v32 == UINT32_MAX);
	/* half of them is an ordinary value */
	memset((char *)mock.registers + 4, 0, 4);
	ASSERT(!cxl_mmio_read64(afu, 0, &v64));
	cxl_afu_free(afu);
}

TEST(all_ones_may_be_written)
{
	struct cxl_afu_h *afu = map(CXL_MMIO_BIG_ENDIAN);

	ASSERT(!cxl_mmio_write64(afu, 0, UINT64_MAX));
	ASSERT(!cxl_mmio_write32(afu, 8, UINT32_MAX));
	cxl_afu_free(afu);
}

static struct cxl_afu_h *map_nothing(void)
{
	mock.no_memory = 1;
	return map(CXL_MMIO_BIG_ENDIAN);
}

TEST(a_bus_error_kills_without_the_handler)
{
	struct cxl_afu_h *afu = map_nothing();

	ASSERT_EQ(ends_by(read64, afu), SIGBUS);
	ASSERT_EQ(ends_by(write64, afu), SIGBUS);
	cxl_afu_free(afu);
}

TEST(a_bus_error_is_EIO_with_the_handler_again_and_again)
{
	struct cxl_afu_h *afu = map_nothing();
	uint64_t v64;
	uint32_t v32;
	int i;

	ASSERT(!cxl_mmio_install_sigbus_handler());
	for (i = 0; i < 3; i++) {
		v64 = 0;
		v32 = 0;
		ASSERT_ERRNO(cxl_mmio_read64(afu, 0, &v64), EIO);
		ASSERT(v64 == UINT64_MAX);
		ASSERT_ERRNO(cxl_mmio_read32(afu, 0, &v32), EIO);
		ASSERT(v32 == UINT32_MAX);
		ASSERT_ERRNO(cxl_mmio_write64(afu, 0, 1), EIO);
		ASSERT_ERRNO(cxl_mmio_write32(afu, 0, 1), EIO);
	}
	cxl_afu_free(afu);
}

static void *fail_often(void *afu)
{
	uint64_t value;
	int i;

	for (i = 0; i < 200; i++)
		ASSERT_ERRNO(cxl_mmio_read64(afu, 0, &value), EIO);
	return NULL;
}

TEST(bus_errors_of_several_threads_at_once)
{
	struct cxl_afu_h *afu = map_nothing();
	pthread_t threads[4];
	int i;

	ASSERT(!cxl_mmio_install_sigbus_handler());
	for (i = 0; i < 4; i++)
		ASSERT(!pthread_create(&threads[i], NULL, fail_often, afu));
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	cxl_afu_free(afu);
}

static volatile sig_atomic_t handed_on;

static void plain_handler(int sig)
{
	handed_on += sig == SIGBUS;
}

static void info_handler(int sig, siginfo_t *info, void *context)
{
	handed_on += sig == SIGBUS && info && context;
}

TEST(other_signals_go_to_the_handler_before)
{
	struct cxl_afu_h *afu = map_nothing();
	uint64_t value;

	signal(SIGBUS, plain_handler);
	ASSERT(!cxl_mmio_install_sigbus_handler());
	ASSERT(!raise(SIGBUS));
	ASSERT_EQ(handed_on, 1);
	ASSERT_ERRNO(cxl_mmio_read64(afu, 0, &value), EIO);
	ASSERT_EQ(handed_on, 1);
	cxl_afu_free(afu);
}

TEST(other_signals_go_to_a_handler_with_information)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = info_handler;
	action.sa_flags = SA_SIGINFO;
	ASSERT(!sigaction(SIGBUS, &action, NULL));
	ASSERT(!cxl_mmio_install_sigbus_handler());
	ASSERT(!raise(SIGBUS));
	ASSERT_EQ(handed_on, 1);
}

static void raise_it(struct cxl_afu_h *afu)
{
	(void)afu;
	cxl_mmio_install_sigbus_handler();
	raise(SIGBUS);
}

static void raise_it_ignored(struct cxl_afu_h *afu)
{
	signal(SIGBUS, SIG_IGN);
	raise_it(afu);
}

static void touch_pointer(struct cxl_afu_h *afu)
{
	void *p = NULL;

	cxl_mmio_install_sigbus_handler();
	cxl_mmio_ptr(afu, &p);
	*(volatile char *)p = 1;
}

static void touch_pointer_ignored(struct cxl_afu_h *afu)
{
	signal(SIGBUS, SIG_IGN);
	touch_pointer(afu);
}

TEST(without_a_handler_before_other_signals_do_what_they_did)
{
	struct cxl_afu_h *afu = map_nothing();

	ASSERT_EQ(ends_by(raise_it, afu), SIGBUS);
	ASSERT_EQ(ends_by(raise_it_ignored, afu), 0);
	/* a fault outside the library is not taken, and cannot be ignored */
	ASSERT_EQ(ends_by(touch_pointer, afu), SIGBUS);
	ASSERT_EQ(ends_by(touch_pointer_ignored, afu), SIGBUS);
	cxl_afu_free(afu);
}

KTAP_MAIN()
