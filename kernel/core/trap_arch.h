/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What trap.c needs of an architecture: trap_x86.c, or trap_none.c where
 * instructions cannot be emulated. Runs in the faulting task, in its page fault
 * from user mode.
 */
#ifndef SOFTACCEL_CORE_TRAP_ARCH_H
#define SOFTACCEL_CORE_TRAP_ARCH_H

#include <linux/mm_types.h>
#include <softaccel/trap.h>

/**
 * sacc_trap_arch_access() - find out what faulted and carry it out
 * @vmf:	the fault
 * @ops:	does the accesses
 * @arg:	for @ops
 *
 * Return: 0, and the task goes on after the instruction, an access of 4 or 8
 * bytes, naturally aligned, to @vmf->real_address; -EAGAIN when the instruction
 * has to run again to be seen; -EINTR when the task is being killed; -EACCES when
 * the mapping does not permit the access; another -errno when it is not one that a
 * register takes, or the error of @ops. Unless it is 0, registers are as before.
 */
int sacc_trap_arch_access(const struct vm_fault *vmf,
			  const struct sacc_trap_ops *ops, void *arg);

#endif
