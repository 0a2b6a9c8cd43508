/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers with side effects: pages that are never mapped. Each load and
 * store faults, is decoded and carried out against a model, and is over when
 * the fault returns.
 */
#ifndef SOFTACCEL_TRAP_H
#define SOFTACCEL_TRAP_H

#include <linux/mm_types.h>
#include <linux/types.h>

/**
 * struct sacc_trap_ops - where a trapped access goes
 * @read:   load @width (4 or 8) bytes into *@val, in CPU order. 0, or -errno: the
 *	    program gets SIGBUS; -EINTR: it is being killed, nothing was accessed.
 * @write:  store, the same.
 * @lock:   the accesses of this fault up to @unlock are one atomic step for all
 *	    programs, so no other access of the same device comes between. 0, or -EINTR.
 * @unlock: the end of it.
 *
 * Called in the faulting task, with its mmap_lock or VMA lock held; @arg is that of
 * sacc_trap_fault(). May sleep, but not for long. Must not access user memory.
 * Accesses run in parallel.
 */
struct sacc_trap_ops {
	int (*read)(void *arg, unsigned int width, u64 *val);
	int (*write)(void *arg, unsigned int width, u64 val);
	int (*lock)(void *arg);
	void (*unlock)(void *arg);
};

/*
 * For vm_operations_struct.fault of a trapped window: decode the instruction
 * that faulted, carry it out through @ops, set its result and step over it.
 * @arg says which register of which window it is. VM_FAULT_NOPAGE when done (or to
 * be retried), VM_FAULT_SIGBUS when the access came from the kernel, is not one that
 * a register takes, or was refused, VM_FAULT_SIGSEGV when the mapping does not
 * permit it. See Documentation/trap.rst.
 */
vm_fault_t sacc_trap_fault(struct vm_fault *vmf, const struct sacc_trap_ops *ops,
			   void *arg);

#endif
