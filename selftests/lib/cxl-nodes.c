// SPDX-License-Identifier: GPL-2.0-only
/*
 * libsoftaccel-cxl on the real nodes: afu0.0 in directed mode with the memcpy
 * AFU, afu1.0 in dedicated mode, and the test AFU of afu2.0, which knows both. What
 * the unit tests prove with a mock is not repeated; this is that the mock told the
 * truth.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <libcxl.h>

#include <ktap.h>

#define REG_HANDLE	0x08
#define REG_STATUS	0x10

static struct cxl_afu_h *open_node(const char *path)
{
	char copy[64];
	struct cxl_afu_h *afu;

	snprintf(copy, sizeof(copy), "%s", path);
	afu = cxl_afu_open_dev(copy);
	if (!afu)
		FAIL("%s: %s", path, strerror(errno));
	return afu;
}

/* The memcpy AFU with an empty queue. */
static struct cxl_afu_h *attached(void)
{
	struct cxl_afu_h *afu = open_node("/dev/cxl/afu0.0s");

	ASSERT(!cxl_afu_attach(afu, 0));
	return afu;
}

static struct cxl_afu_h *mapped(void)
{
	struct cxl_afu_h *afu = attached();

	ASSERT(!cxl_mmio_map(afu, CXL_MMIO_BIG_ENDIAN));
	return afu;
}

static struct cxl_afu_h *enumerated(const char *name)
{
	struct cxl_afu_h *afu;

	cxl_for_each_afu(afu)
		if (!strcmp(cxl_afu_dev_name(afu), name))
			break;
	if (!afu)
		FAIL("no %s", name);
	return afu;
}

TEST(all_cards_and_their_AFUs_are_enumerated)
{
	struct cxl_adapter_h *adapter;
	int cards = 0, afus = 0;
	struct cxl_afu_h *afu;

	cxl_for_each_adapter(adapter) {
		cards++;
		cxl_for_each_adapter_afu(adapter, afu) {
			ASSERT_EQ(cxl_afu_dev_name(afu)[3],
				  cxl_adapter_dev_name(adapter)[4]);
			afus++;
		}
		ASSERT_EQ(errno, 0);
	}
	ASSERT_EQ(errno, 0);
	ASSERT_GE(cards, 3);
	ASSERT_GE(afus, 3);
	cxl_for_each_afu(afu)
		afus--;
	ASSERT_EQ(errno, 0);
	ASSERT_EQ(afus, 0);
}

TEST(nodes_open_under_their_names)
{
	struct cxl_afu_h *afu;

	afu = open_node("/dev/cxl/afu0.0m");
	ASSERT_STREQ(cxl_afu_dev_name(afu), "afu0.0m");
	cxl_afu_free(afu);
	afu = open_node("/dev/cxl/afu0.0s");
	ASSERT_STREQ(cxl_afu_dev_name(afu), "afu0.0s");
	cxl_afu_free(afu);
	afu = open_node("/dev/cxl/afu1.0d");
	ASSERT_STREQ(cxl_afu_dev_name(afu), "afu1.0d");
	cxl_afu_free(afu);
}

TEST(views_are_those_of_the_mode)
{
	struct cxl_afu_h *afu = enumerated("afu0.0"), *opened;

	opened = cxl_afu_open_h(afu, CXL_VIEW_MASTER);
	ASSERT(opened);
	ASSERT_STREQ(cxl_afu_dev_name(opened), "afu0.0m");
	cxl_afu_free(opened);
	errno = 0;
	ASSERT(!cxl_afu_open_h(afu, CXL_VIEW_DEDICATED));
	ASSERT_EQ(errno, ENODEV);
	cxl_afu_free(afu);

	afu = enumerated("afu1.0");
	errno = 0;
	ASSERT(!cxl_afu_open_h(afu, CXL_VIEW_SLAVE));
	ASSERT_EQ(errno, ENODEV);
	cxl_afu_free(afu);
}

TEST(a_dedicated_AFU_opens_once)
{
	struct cxl_afu_h *afu = open_node("/dev/cxl/afu1.0d");

	errno = 0;
	ASSERT(!cxl_afu_open_h(afu, CXL_VIEW_DEDICATED));
	ASSERT_EQ(errno, ENOSPC);
	cxl_afu_free(afu);
	cxl_afu_free(open_node("/dev/cxl/afu1.0d"));
}

TEST(other_character_devices_are_ENODEV)
{
	char null[] = "/dev/null", zero[] = "/dev/zero";

	errno = 0;
	ASSERT(!cxl_afu_open_dev(null));
	ASSERT_EQ(errno, ENODEV);
	errno = 0;
	ASSERT(!cxl_afu_open_dev(zero));
	ASSERT_EQ(errno, ENODEV);
}

TEST(a_descriptor_becomes_a_handle)
{
	int fd = open("/dev/cxl/afu0.0s", O_RDWR | O_CLOEXEC);
	struct cxl_afu_h *afu;

	ASSERT_GE(fd, 0);
	afu = cxl_afu_fd_to_h(fd);
	ASSERT(afu);
	ASSERT_STREQ(cxl_afu_dev_name(afu), "afu0.0s");
	ASSERT(!cxl_afu_attach(afu, 0));
	cxl_afu_free(afu);
	ASSERT_ERRNO(fcntl(fd, F_GETFD), EBADF);
}

TEST(attributes_of_the_cards)
{
	struct cxl_adapter_h *adapter;
	long major, minor, value;
	enum cxl_image image;

	cxl_for_each_adapter(adapter) {
		ASSERT(!cxl_get_caia_version(adapter, &major, &minor));
		ASSERT_GE(major, 1);
		ASSERT(!cxl_get_psl_revision(adapter, &value));
		ASSERT(!cxl_get_base_image(adapter, &value));
		ASSERT(!cxl_get_image_loaded(adapter, &image));
		ASSERT(!cxl_get_psl_timebase_synced(adapter, &value));
		ASSERT(value == 0 || value == 1);
		ASSERT(!cxl_get_tunneled_ops_supported(adapter, &value));
		ASSERT(value == 0 || value == 1);
	}
	ASSERT_EQ(errno, 0);
}

TEST(attributes_of_the_AFUs)
{
	enum cxl_prefault_mode prefault;
	struct cxl_afu_h *afu;
	long modes, mode, value, max;

	cxl_for_each_afu(afu) {
		ASSERT(!cxl_get_api_version(afu, &value));
		ASSERT_EQ(value, 3);
		ASSERT(!cxl_get_api_version_compatible(afu, &value));
		ASSERT_EQ(value, 1);
		ASSERT(!cxl_get_modes_supported(afu, &modes));
		ASSERT(!cxl_get_mode(afu, &mode));
		ASSERT(modes & mode);
		ASSERT(!cxl_get_irqs_min(afu, &value));
		ASSERT(!cxl_get_irqs_max(afu, &max));
		ASSERT_LE(value, max);
		ASSERT(!cxl_get_mmio_size(afu, &value));
		ASSERT_GT(value, 0);
		ASSERT_EQ(value % 4096, 0);
		ASSERT(!cxl_get_cr_vendor(afu, 0, &value));
		ASSERT_GT(value, 0);
		ASSERT(!cxl_get_cr_device(afu, 0, &value));
		ASSERT(!cxl_get_cr_class(afu, 0, &value));
		ASSERT(!cxl_get_prefault_mode(afu, &prefault));
	}
	ASSERT_EQ(errno, 0);
}

TEST(only_the_master_knows_the_per_process_area)
{
	struct cxl_afu_h *master = open_node("/dev/cxl/afu0.0m");
	struct cxl_afu_h *slave = open_node("/dev/cxl/afu0.0s");
	long all, mine, off, len;

	ASSERT(!cxl_get_mmio_size(master, &all));
	ASSERT(!cxl_get_mmio_size(slave, &mine));
	ASSERT(!cxl_get_pp_mmio_off(master, &off));
	ASSERT(!cxl_get_pp_mmio_len(master, &len));
	ASSERT_EQ(len, mine);
	ASSERT_LE(off + len, all);
	ASSERT_ERRNO(cxl_get_pp_mmio_off(slave, &off), ENODEV);
	ASSERT_ERRNO(cxl_get_pp_mmio_len(slave, &len), ENODEV);
	cxl_afu_free(slave);
	cxl_afu_free(master);
}

TEST(settings_are_stored_and_read_back)
{
	struct cxl_afu_h *afu = enumerated("afu0.0");
	enum cxl_prefault_mode prefault;
	long min, max, value;

	ASSERT(!cxl_set_prefault_mode(afu, CXL_PREFAULT_MODE_ALL));
	ASSERT(!cxl_get_prefault_mode(afu, &prefault));
	ASSERT_EQ(prefault, CXL_PREFAULT_MODE_ALL);
	ASSERT(!cxl_set_prefault_mode(afu, CXL_PREFAULT_MODE_NONE));

	ASSERT(!cxl_get_irqs_min(afu, &min));
	ASSERT(!cxl_get_irqs_max(afu, &max));
	ASSERT(!cxl_set_irqs_max(afu, min));
	ASSERT(!cxl_get_irqs_max(afu, &value));
	ASSERT_EQ(value, min);
	ASSERT_ERRNO(cxl_set_irqs_max(afu, min - 1), EINVAL);
	ASSERT(!cxl_set_irqs_max(afu, max));
	cxl_afu_free(afu);
}

TEST(the_mode_of_an_AFU_in_use_cannot_be_set)
{
	struct cxl_afu_h *afu = open_node("/dev/cxl/afu0.0s");

	ASSERT_ERRNO(cxl_set_mode(afu, CXL_MODE_DIRECTED), EBUSY);
	cxl_afu_free(afu);
}

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

TEST(the_PCI_device_is_found_from_everywhere)
{
	struct cxl_afu_h *afu = enumerated("afu0.0");
	struct cxl_afu_h *opened = open_node("/dev/cxl/afu0.0s");
	char file[4200], from_afu[4096], from_node[4096], *path;

	ASSERT(!cxl_afu_sysfs_pci(afu, &path));
	ASSERT_STREQ(path, "/sys/class/cxl/afu0.0/device/device");
	ASSERT(is_dir(path));
	snprintf(file, sizeof(file), "%s/vendor", path);
	ASSERT(!access(file, R_OK));
	ASSERT(realpath(path, from_afu));
	free(path);
	ASSERT(!cxl_afu_sysfs_pci(opened, &path));
	ASSERT_STREQ(path, "/sys/class/cxl/afu0.0s/device/device/device");
	ASSERT(realpath(path, from_node));
	ASSERT_STREQ(from_afu, from_node);
	free(path);
	cxl_afu_free(opened);
	cxl_afu_free(afu);
}

TEST(the_error_buffer_is_read_whole_or_is_not_there)
{
	struct cxl_afu_h *with = open_node("/dev/cxl/afu0.0m");
	struct cxl_afu_h *without = open_node("/dev/cxl/afu1.0d");
	static uint8_t buf[3 * 8192];
	size_t size = 0;

	ASSERT(!cxl_errinfo_size(with, &size));
	ASSERT_EQ(size, 8192);
	ASSERT_EQ(cxl_errinfo_read(with, buf, 0, sizeof(buf)), 8192);
	ASSERT_EQ(cxl_errinfo_read(with, buf, 3, 5000), 5000);
	ASSERT_EQ(cxl_errinfo_read(with, buf, 8190, 100), 2);
	ASSERT_EQ(cxl_errinfo_read(with, buf, 8192, 100), 0);
	ASSERT_ERRNO(cxl_errinfo_size(without, &size), ENODEV);
	ASSERT_ERRNO(cxl_errinfo_read(without, buf, 0, 8), ENODEV);
	cxl_afu_free(without);
	cxl_afu_free(with);
}

TEST(a_context_attaches_once_and_a_refused_attach_may_be_repeated)
{
	struct cxl_afu_h *afu = open_node("/dev/cxl/afu0.0s");
	struct cxl_ioctl_start_work *work = cxl_work_alloc();
	long max;

	ASSERT(work);
	ASSERT(!cxl_get_irqs_max(afu, &max));
	ASSERT(!cxl_work_set_num_irqs(work, (__s16)(max + 1)));
	ASSERT_ERRNO(cxl_afu_attach_work(afu, work), EINVAL);
	ASSERT_ERRNO(cxl_afu_attach_full(afu, 0, 40000, 0), EINVAL);
	ASSERT(!cxl_work_set_num_irqs(work, -1));
	ASSERT(!cxl_afu_attach_work(afu, work));
	ASSERT_ERRNO(cxl_afu_attach_work(afu, work), EIO);
	cxl_work_free(work);
	cxl_afu_free(afu);
}

TEST(the_process_element_is_known_before_and_after_attach)
{
	struct cxl_afu_h *first = open_node("/dev/cxl/afu0.0s");
	struct cxl_afu_h *second = open_node("/dev/cxl/afu0.0s");
	int a = cxl_afu_get_process_element(first);
	int b = cxl_afu_get_process_element(second);
	uint64_t handle;

	ASSERT_GE(a, 0);
	ASSERT_GE(b, 0);
	ASSERT_NE(a, b);
	ASSERT(!cxl_afu_attach(second, 0));
	ASSERT(!cxl_mmio_map(second, CXL_MMIO_BIG_ENDIAN));
	ASSERT(!cxl_mmio_read64(second, REG_HANDLE, &handle));
	ASSERT_EQ(handle >> 48, b);
	cxl_afu_free(second);
	cxl_afu_free(first);
}

TEST(registers_need_an_attached_context)
{
	struct cxl_afu_h *afu = open_node("/dev/cxl/afu0.0s");

	ASSERT_ERRNO(cxl_mmio_map(afu, CXL_MMIO_BIG_ENDIAN), EIO);
	cxl_afu_free(afu);
}

TEST(registers_in_either_width_and_byte_order)
{
	struct cxl_afu_h *first = open_node("/dev/cxl/afu0.0s");
	struct cxl_afu_h *afu = mapped();
	uint64_t big, little;
	uint32_t high;

	/* not the first process element, so that the handle is not 0 */
	ASSERT_GT(cxl_afu_get_process_element(afu), 0);
	ASSERT(!cxl_mmio_read64(afu, REG_HANDLE, &big));
	ASSERT_EQ(big >> 48, cxl_afu_get_process_element(afu));
	ASSERT(!cxl_mmio_read32(afu, REG_HANDLE, &high));
	ASSERT_EQ(high, big >> 32);
	ASSERT(!cxl_mmio_map(afu, CXL_MMIO_LITTLE_ENDIAN));
	ASSERT(!cxl_mmio_read64(afu, REG_HANDLE, &little));
	ASSERT(little == __builtin_bswap64(big));
	cxl_afu_free(afu);
	cxl_afu_free(first);
}

TEST(registers_through_the_pointer)
{
	struct cxl_afu_h *first = open_node("/dev/cxl/afu0.0s");
	struct cxl_afu_h *afu = mapped();
	uint64_t value;
	void *base;

	ASSERT(!cxl_mmio_ptr(afu, &base));
	ASSERT(!cxl_mmio_read64(afu, REG_HANDLE, &value));
	ASSERT(__builtin_bswap64(*(volatile uint64_t *)((char *)base + REG_HANDLE)) == value);
	cxl_afu_free(afu);
	cxl_afu_free(first);
}

TEST(there_is_no_register_beyond_the_window)
{
	struct cxl_afu_h *afu = mapped();
	uint64_t value;
	long size;

	ASSERT(!cxl_get_mmio_size(afu, &size));
	ASSERT(!cxl_mmio_read64(afu, (uint64_t)size - 8, &value));
	ASSERT_ERRNO(cxl_mmio_read64(afu, (uint64_t)size, &value), EINVAL);
	ASSERT_ERRNO(cxl_mmio_read64(afu, 1, &value), EINVAL);
	cxl_afu_free(afu);
}

TEST(no_event_is_EAGAIN_when_the_descriptor_does_not_block)
{
	struct cxl_afu_h *afu = attached();
	struct cxl_event event;
	int fd = cxl_afu_fd(afu);

	ASSERT_EQ(cxl_event_pending(afu), 0);
	ASSERT(!fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK));
	ASSERT_ERRNO(cxl_read_event(afu, &event), EAGAIN);
	ASSERT_EQ(event.header.type, 0xffff);
	cxl_afu_free(afu);
}

static void do_nothing(int sig)
{
	(void)sig;
}

TEST(a_signal_ends_the_wait_for_an_event)
{
	struct sigaction action = { .sa_handler = do_nothing };
	struct cxl_afu_h *afu = attached();
	struct cxl_event event;

	ASSERT(!sigaction(SIGALRM, &action, NULL));
	alarm(1);
	ASSERT_ERRNO(cxl_read_event(afu, &event), EINTR);
	alarm(30);
	cxl_afu_free(afu);
}

static void write_mode(const char *mode)
{
	FILE *f = fopen("/sys/class/cxl/afu2.0/mode", "w");

	ASSERT(f);
	ASSERT_GE(fputs(mode, f), 0);
	ASSERT_EQ(fclose(f), 0);
}

/* As public programs do it: the machines are where cxl_mmio_map() has mapped them. */
static void run_machine(const char *node, const char *mode, uint64_t machines)
{
	uint64_t dw[4] = { 0x4d00ull << 48, 128ull << 48, 0, 128 };
	static uint8_t line[128] __attribute__((aligned(128)));
	struct cxl_afu_h *afu;
	int i;

	write_mode(mode);
	afu = open_node(node);
	ASSERT(!cxl_afu_attach(afu, 0xfeed));
	ASSERT(!cxl_mmio_map(afu, CXL_MMIO_BIG_ENDIAN));
	memset(line, 0xff, sizeof(line));
	dw[2] = (uintptr_t)line;
	dw[0] |= (uint64_t)cxl_afu_get_process_element(afu) << 32;
	for (i = 3; i >= 0; i--)
		ASSERT(!cxl_mmio_write64(afu, machines + 32 + i * 8, dw[i]));
	do
		ASSERT(!cxl_mmio_read64(afu, machines + 32 + 8, &dw[1]));
	while ((uint8_t)(dw[1] >> 32) == 0xff);
	ASSERT_EQ((uint8_t)(dw[1] >> 32), 0);
	for (i = 0; i < 128; i++)
		ASSERT_EQ(line[i], i);
	ASSERT(!cxl_mmio_unmap(afu));
	cxl_afu_free(afu);
}

TEST(the_test_AFUs_machines_are_mapped_in_both_modes)
{
	run_machine("/dev/cxl/afu2.0d", "dedicated_process", 0x1000);
	run_machine("/dev/cxl/afu2.0s", "afu_directed", 0);
}

TEST(a_queue_that_is_not_there_is_a_data_storage_event)
{
	struct cxl_afu_h *afu = open_node("/dev/cxl/afu0.0s");
	void *queue = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	struct cxl_event event;

	ASSERT(queue != MAP_FAILED);
	ASSERT(!cxl_afu_attach(afu, (uintptr_t)queue | 1));
	ASSERT(!cxl_mmio_map(afu, CXL_MMIO_BIG_ENDIAN));
	ASSERT(!cxl_mmio_write64(afu, 0x18, 1ull << 63));
	ASSERT(!cxl_read_expected_event(afu, &event, CXL_EVENT_DATA_STORAGE, 0));
	ASSERT_EQ(event.fault.addr & ~4095ull, (uintptr_t)queue);
	ASSERT_EQ(event.header.process_element, cxl_afu_get_process_element(afu));
	cxl_afu_free(afu);
}

TEST(a_dead_mapping_is_EIO_with_the_handler)
{
	struct cxl_afu_h *afu = mapped();
	uint64_t value = 0;
	long size;
	void *base;

	/* Beyond the end of a file, in place of a register. */
	ASSERT(!cxl_get_mmio_size(afu, &size));
	ASSERT(!cxl_mmio_ptr(afu, &base));
	ASSERT(mmap(base, (size_t)size, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_FIXED, memfd_create("empty", 0), 0) == base);
	ASSERT(!cxl_mmio_install_sigbus_handler());
	ASSERT_ERRNO(cxl_mmio_read64(afu, REG_STATUS, &value), EIO);
	ASSERT(value == UINT64_MAX);
	ASSERT_ERRNO(cxl_mmio_write64(afu, REG_STATUS, 0), EIO);
	cxl_afu_free(afu);
}

KTAP_MAIN()
