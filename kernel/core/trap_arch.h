/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an architecture needs to make sacc_trap_fault(): that is in trap_x86.c, or in
 * trap_none.c where instructions cannot be emulated. Runs in the faulting task, in its
 * page fault.
 */
#ifndef SOFTACCEL_CORE_TRAP_ARCH_H
#define SOFTACCEL_CORE_TRAP_ARCH_H

#include <linux/errno.h>
#include <linux/mm_types.h>
#include <softaccel/trap.h>

/* trap.c */
void sacc_trap_keep_table(const struct vm_fault *vmf);

/* Only user code's own loads and stores have registers that can be set. */
static __always_inline bool sacc_trap_is_users(const struct vm_fault *vmf)
{
	return likely((vmf->flags & (FAULT_FLAG_USER | FAULT_FLAG_INSTRUCTION |
				     FAULT_FLAG_REMOTE)) == FAULT_FLAG_USER);
}

/*
 * What has become of an access: 0, it is over; -EAGAIN when the instruction has to run
 * again to be seen; -EINTR when the task is being killed; -EACCES when the mapping does
 * not permit it; another -errno when it is not one that a register takes, or was refused.
 */
static inline vm_fault_t sacc_trap_result(int err)
{
	switch (err) {
	case 0:
	case -EAGAIN:
	case -EINTR:
		return VM_FAULT_NOPAGE;
	case -EACCES:
		return VM_FAULT_SIGSEGV;
	default:
		return VM_FAULT_SIGBUS;
	}
}

#endif
