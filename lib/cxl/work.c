// SPDX-License-Identifier: MIT
/*
 * Attach: the work structure and handing it to the kernel.
 *
 * A work structure is the kernel's own, zeroed, with flags that follow the
 * fields: setting a field that is optional sets its flag. A context starts once
 * per open handle, and belongs to the process that starts it.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "priv.h"

static int invalid(void)
{
	errno = EINVAL;
	return -1;
}

static pid_t current_thread(void)
{
	return (pid_t)syscall(SYS_gettid);
}

int cxl_afu_attach_work(struct cxl_afu_h *afu,
			struct cxl_ioctl_start_work *work)
{
	if (!sacc_cxl_is_open(afu) || !work)
		return invalid();
	if (ioctl(afu->fd, CXL_IOCTL_START_WORK, work) < 0)
		return -1;
	__atomic_store_n(&afu->attached_by, current_thread(), __ATOMIC_RELAXED);
	return 0;
}

int cxl_afu_attach(struct cxl_afu_h *afu, __u64 wed)
{
	struct cxl_ioctl_start_work work;

	memset(&work, 0, sizeof(work));
	work.work_element_descriptor = wed;
	return cxl_afu_attach_work(afu, &work);
}

int cxl_afu_attach_full(struct cxl_afu_h *afu, __u64 wed, __u16 num_interrupts,
			__u64 amr)
{
	struct cxl_ioctl_start_work work;

	memset(&work, 0, sizeof(work));
	work.flags = CXL_START_WORK_NUM_IRQS | CXL_START_WORK_AMR;
	work.work_element_descriptor = wed;
	/* Above 32767 it turns negative, which the kernel refuses: EINVAL. */
	work.num_interrupts = (__s16)num_interrupts;
	work.amr = amr;
	return cxl_afu_attach_work(afu, &work);
}

int cxl_afu_get_process_element(struct cxl_afu_h *afu)
{
	__u32 pe;
	int known;

	if (!sacc_cxl_is_open(afu))
		return invalid();
	known = __atomic_load_n(&afu->process_element, __ATOMIC_RELAXED);
	if (known >= 0)
		return known;
	if (ioctl(afu->fd, CXL_IOCTL_GET_PROCESS_ELEMENT, &pe) < 0)
		return -1;
	/* All ones in a PowerVM guest that has not attached yet: ask again. */
	if (pe <= INT_MAX)
		__atomic_store_n(&afu->process_element, (int)pe,
				 __ATOMIC_RELAXED);
	return (int)pe;
}

struct cxl_ioctl_start_work *cxl_work_alloc(void)
{
	return calloc(1, sizeof(struct cxl_ioctl_start_work));
}

int cxl_work_free(struct cxl_ioctl_start_work *work)
{
	if (!work)
		return invalid();
	free(work);
	return 0;
}

int cxl_work_get_amr(struct cxl_ioctl_start_work *work, __u64 *valp)
{
	if (!work || !valp)
		return invalid();
	*valp = work->amr;
	return 0;
}

int cxl_work_get_num_irqs(struct cxl_ioctl_start_work *work, __s16 *valp)
{
	if (!work || !valp)
		return invalid();
	*valp = work->num_interrupts;
	return 0;
}

int cxl_work_get_wed(struct cxl_ioctl_start_work *work, __u64 *valp)
{
	if (!work || !valp)
		return invalid();
	*valp = work->work_element_descriptor;
	return 0;
}

static void set_flag(struct cxl_ioctl_start_work *work, __u64 flag, bool on)
{
	if (on)
		work->flags |= flag;
	else
		work->flags &= ~flag;
}

int cxl_work_set_amr(struct cxl_ioctl_start_work *work, __u64 amr)
{
	if (!work)
		return invalid();
	work->amr = amr;
	set_flag(work, CXL_START_WORK_AMR, amr != 0);
	return 0;
}

int cxl_work_set_num_irqs(struct cxl_ioctl_start_work *work, __s16 num_irqs)
{
	if (!work)
		return invalid();
	work->num_interrupts = num_irqs;
	set_flag(work, CXL_START_WORK_NUM_IRQS, num_irqs >= 0);
	return 0;
}

int cxl_work_set_wed(struct cxl_ioctl_start_work *work, __u64 wed)
{
	if (!work)
		return invalid();
	work->work_element_descriptor = wed;
	return 0;
}

int cxl_work_enable_wait(struct cxl_ioctl_start_work *work)
{
	if (!work)
		return invalid();
	set_flag(work, CXL_START_WORK_TID, true);
	return 0;
}

int cxl_work_disable_wait(struct cxl_ioctl_start_work *work)
{
	if (!work)
		return invalid();
	set_flag(work, CXL_START_WORK_TID, false);
	return 0;
}

int cxl_work_get_tid(struct cxl_ioctl_start_work *work, __u16 *valp)
{
	if (!work || !valp)
		return invalid();
	*valp = work->tid;
	return 0;
}

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield" ::: "memory");
#else
	__asm__ volatile("" ::: "memory");
#endif
}

/*
 * Memory is watched rather than an AFU notification waited for: that needs
 * nothing of the processor and cannot miss a store that came first. Spin for
 * the short waits, then sleep, so that a long wait costs next to nothing.
 */
int cxl_afu_host_thread_wait(struct cxl_afu_h *afu, volatile __u64 *uword)
{
	const struct timespec nap = { .tv_nsec = 50 * 1000 };
	unsigned int spins = 0;

	if (!afu || !uword)
		return invalid();
	if (__atomic_load_n(&afu->attached_by, __ATOMIC_RELAXED) !=
	    current_thread()) {
		errno = EPERM;
		return -1;
	}
	/* Acquire: what the AFU stored before the word is seen after it. */
	while (!__atomic_load_n(uword, __ATOMIC_ACQUIRE)) {
		if (++spins < 4096)
			relax();
		else
			nanosleep(&nap, NULL);
	}
	return 0;
}
