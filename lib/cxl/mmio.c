// SPDX-License-Identifier: MIT
/*
 * Registers: mapping the problem state area and loading and storing in it.
 *
 * Each access is one load or store instruction of 4 or 8 bytes, nothing that a
 * compiler could split, merge, repeat or turn into another form: a device sees
 * each one, and a software device has to decode it.
 *
 * A dead card answers loads with all ones, so no live register has that value:
 * reading it is a failure. It is reported as a card's bus error would be, by
 * SIGBUS, or as EIO once cxl_mmio_install_sigbus_handler() was called. That
 * handler only takes faults of accesses made here, in the thread that makes
 * them, and hands on everything else to the handler before it.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "priv.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FOREIGN_ENDIAN CXL_MMIO_BIG_ENDIAN
#else
#define FOREIGN_ENDIAN CXL_MMIO_LITTLE_ENDIAN
#endif

/* --- one instruction each */

#if defined(__x86_64__)

static inline uint64_t load64(const volatile void *p)
{
	uint64_t value;

	__asm__ volatile("movq %1, %0"
			 : "=r"(value) : "m"(*(const volatile uint64_t *)p));
	return value;
}

static inline uint32_t load32(const volatile void *p)
{
	uint32_t value;

	__asm__ volatile("movl %1, %0"
			 : "=r"(value) : "m"(*(const volatile uint32_t *)p));
	return value;
}

static inline void store64(volatile void *p, uint64_t value)
{
	__asm__ volatile("movq %1, %0"
			 : "=m"(*(volatile uint64_t *)p) : "r"(value));
}

static inline void store32(volatile void *p, uint32_t value)
{
	__asm__ volatile("movl %1, %0"
			 : "=m"(*(volatile uint32_t *)p) : "r"(value));
}

#else

static inline uint64_t load64(const volatile void *p)
{
	return *(const volatile uint64_t *)p;
}

static inline uint32_t load32(const volatile void *p)
{
	return *(const volatile uint32_t *)p;
}

static inline void store64(volatile void *p, uint64_t value)
{
	*(volatile uint64_t *)p = value;
}

static inline void store32(volatile void *p, uint32_t value)
{
	*(volatile uint32_t *)p = value;
}

#endif

/* --- order against memory that the AFU shares: device accesses, so these are
 * stronger than the fences of the C memory model
 */

/* What was stored before is visible before the register store. */
static inline void barrier_before_store(void)
{
#if defined(__x86_64__)
	__asm__ volatile("sfence" ::: "memory");
#elif defined(__aarch64__)
	__asm__ volatile("dmb oshst" ::: "memory");
#else
	__sync_synchronize();
#endif
}

/* What is loaded after was not loaded before the register. */
static inline void barrier_after_load(void)
{
#if defined(__x86_64__)
	__asm__ volatile("lfence" ::: "memory");
#elif defined(__aarch64__)
	__asm__ volatile("dmb oshld" ::: "memory");
#else
	__sync_synchronize();
#endif
}

/* --- bus errors */

static pthread_mutex_t install_lock = PTHREAD_MUTEX_INITIALIZER;
static bool handler_installed;		/* set last, under install_lock */
static struct sigaction next_action;	/* constant once it is installed */

/*
 * Where the access that this thread is making resumes when it fails. Not
 * allocated lazily: the handler reads it.
 */
static __thread sigjmp_buf *volatile resume
	__attribute__((tls_model("initial-exec")));

static void hand_on(int sig, siginfo_t *info, void *context)
{
	struct sigaction fatal;
	bool fault = info->si_code > 0;

	if (next_action.sa_flags & SA_SIGINFO) {
		next_action.sa_sigaction(sig, info, context);
		return;
	}
	if (next_action.sa_handler == SIG_IGN && !fault)
		return;
	if (next_action.sa_handler != SIG_DFL &&
	    next_action.sa_handler != SIG_IGN) {
		next_action.sa_handler(sig);
		return;
	}
	/*
	 * A fault cannot be ignored. It happens again on return, and then ends
	 * the process with the right cause; a signal that was sent does not.
	 */
	memset(&fatal, 0, sizeof(fatal));
	fatal.sa_handler = SIG_DFL;
	sigaction(sig, &fatal, NULL);
	if (!fault)
		raise(sig);
}

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	sigjmp_buf *target = resume;

	if (target && info->si_code == BUS_ADRERR) {
		resume = NULL;
		siglongjmp(*target, 1);
	}
	hand_on(sig, info, context);
}

int cxl_mmio_install_sigbus_handler(void)
{
	struct sigaction action;
	int ret = 0;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_sigbus;
	/* NODEFER: the handler is left by a jump, with the mask unchanged. */
	action.sa_flags = SA_SIGINFO | SA_NODEFER;
	sigemptyset(&action.sa_mask);

	pthread_mutex_lock(&install_lock);
	if (!handler_installed) {
		/* First, because the handler can run as soon as it is there. */
		ret = sigaction(SIGBUS, NULL, &next_action);
		if (!ret)
			ret = sigaction(SIGBUS, &action, NULL);
		if (!ret)
			__atomic_store_n(&handler_installed, true,
					 __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&install_lock);
	return ret;
}

static bool handles_sigbus(void)
{
	return __atomic_load_n(&handler_installed, __ATOMIC_ACQUIRE);
}

/* The card is dead: EIO for those who asked for it, or the signal. */
static int bus_error(void)
{
	if (!handles_sigbus())
		raise(SIGBUS);
	errno = EIO;
	return -1;
}

/* --- the map */

int cxl_mmio_map(struct cxl_afu_h *afu, __u32 flags)
{
	__u32 order = flags & CXL_MMIO_ENDIAN_MASK;
	void *mmio;
	long size;

	if (!afu) {
		errno = EINVAL;
		return -1;
	}
	if ((flags & ~(__u32)CXL_MMIO_ENDIAN_MASK) || afu->fd < 0) {
		errno = ENODEV;
		return -1;
	}
	/* Mapping again only sets the byte order: pointers stay good. */
	if (!afu->mmio) {
		if (cxl_get_mmio_size(afu, &size))
			return -1;
		mmio = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
			    MAP_SHARED, afu->fd, 0);
		if (mmio == MAP_FAILED)
			return -1;
		afu->mmio = mmio;
		afu->mmio_size = (size_t)size;
	}
	afu->mmio_swap = order == FOREIGN_ENDIAN;
	return 0;
}

int cxl_mmio_unmap(struct cxl_afu_h *afu)
{
	if (!afu || !afu->mmio) {
		errno = EINVAL;
		return -1;
	}
	if (munmap(afu->mmio, afu->mmio_size))
		return -1;
	afu->mmio = NULL;
	afu->mmio_size = 0;
	return 0;
}

int cxl_mmio_ptr(struct cxl_afu_h *afu, void **mmio_ptrp)
{
	if (!afu || !afu->mmio || !mmio_ptrp) {
		errno = EINVAL;
		return -1;
	}
	*mmio_ptrp = afu->mmio;
	return 0;
}

/* --- the accesses */

/* The register at @offset, NULL and EINVAL where there is none. */
static volatile void *find_register(struct cxl_afu_h *afu, uint64_t offset,
				    size_t width)
{
	if (!afu || !afu->mmio || offset % width || afu->mmio_size < width ||
	    offset > afu->mmio_size - width) {
		errno = EINVAL;
		return NULL;
	}
	return (volatile char *)afu->mmio + offset;
}

/*
 * The four accesses differ in width and direction only, but each must hold its
 * own sigsetjmp(): a jump target ends with the function that made it. False
 * when the access failed.
 */
static bool guarded_store64(volatile void *reg, uint64_t value)
{
	sigjmp_buf here;

	if (!handles_sigbus()) {
		store64(reg, value);
		return true;
	}
	if (sigsetjmp(here, 0))
		return false;
	resume = &here;
	store64(reg, value);
	resume = NULL;
	return true;
}

static bool guarded_store32(volatile void *reg, uint32_t value)
{
	sigjmp_buf here;

	if (!handles_sigbus()) {
		store32(reg, value);
		return true;
	}
	if (sigsetjmp(here, 0))
		return false;
	resume = &here;
	store32(reg, value);
	resume = NULL;
	return true;
}

static bool guarded_load64(const volatile void *reg, uint64_t *value)
{
	sigjmp_buf here;

	if (!handles_sigbus()) {
		*value = load64(reg);
		return true;
	}
	if (sigsetjmp(here, 0))
		return false;
	resume = &here;
	*value = load64(reg);
	resume = NULL;
	return true;
}

static bool guarded_load32(const volatile void *reg, uint32_t *value)
{
	sigjmp_buf here;

	if (!handles_sigbus()) {
		*value = load32(reg);
		return true;
	}
	if (sigsetjmp(here, 0))
		return false;
	resume = &here;
	*value = load32(reg);
	resume = NULL;
	return true;
}

int cxl_mmio_write64(struct cxl_afu_h *afu, uint64_t offset, uint64_t data)
{
	volatile void *reg = find_register(afu, offset, sizeof(data));

	if (!reg)
		return -1;
	barrier_before_store();
	if (!guarded_store64(reg, afu->mmio_swap ? __builtin_bswap64(data) : data))
		return bus_error();
	return 0;
}

int cxl_mmio_write32(struct cxl_afu_h *afu, uint64_t offset, uint32_t data)
{
	volatile void *reg = find_register(afu, offset, sizeof(data));

	if (!reg)
		return -1;
	barrier_before_store();
	if (!guarded_store32(reg, afu->mmio_swap ? __builtin_bswap32(data) : data))
		return bus_error();
	return 0;
}

int cxl_mmio_read64(struct cxl_afu_h *afu, uint64_t offset, uint64_t *data)
{
	const volatile void *reg = find_register(afu, offset, sizeof(*data));
	uint64_t value;

	if (!reg || !data) {
		errno = EINVAL;
		return -1;
	}
	if (!guarded_load64(reg, &value) || value == UINT64_MAX) {
		*data = UINT64_MAX;
		return bus_error();
	}
	barrier_after_load();
	*data = afu->mmio_swap ? __builtin_bswap64(value) : value;
	return 0;
}

int cxl_mmio_read32(struct cxl_afu_h *afu, uint64_t offset, uint32_t *data)
{
	const volatile void *reg = find_register(afu, offset, sizeof(*data));
	uint32_t value;

	if (!reg || !data) {
		errno = EINVAL;
		return -1;
	}
	if (!guarded_load32(reg, &value) || value == UINT32_MAX) {
		*data = UINT32_MAX;
		return bus_error();
	}
	barrier_after_load();
	*data = afu->mmio_swap ? __builtin_bswap32(value) : value;
	return 0;
}
