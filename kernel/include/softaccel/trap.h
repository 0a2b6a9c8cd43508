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
 *	    program gets SIGBUS; -EINTR: it is being killed, nothing was accessed. *@val
 *	    may be a register of the program: set only when 0 is returned, and then all.
 * @write:  store the low @width bytes of @val, the same.
 * @lock:   the accesses of this fault up to @unlock are one atomic step for all
 *	    programs, so no other access of the same device comes between.
 * @unlock: the end of it.
 * @locked_read: as @read, between these two
 * @locked_write: as @write, likewise
 *
 * Called in the faulting task, with its mmap_lock or VMA lock held, for the register at
 * @vmf->real_address. What @lock takes may be a spinlock. Must not access user memory.
 * Accesses run in parallel.
 */
struct sacc_trap_ops {
	int (*read)(const struct vm_fault *vmf, unsigned int width, u64 *val);
	int (*write)(const struct vm_fault *vmf, unsigned int width, u64 val);
	void (*lock)(const struct vm_fault *vmf);
	void (*unlock)(const struct vm_fault *vmf);
	int (*locked_read)(const struct vm_fault *vmf, unsigned int width, u64 *val);
	int (*locked_write)(const struct vm_fault *vmf, unsigned int width, u64 val);
};

/*
 * For vm_operations_struct.fault of a trapped window: decode the instruction
 * that faulted, carry it out through @ops, set its result and step over it.
 * VM_FAULT_NOPAGE when done (or to be retried), VM_FAULT_SIGBUS when the access came
 * from the kernel, is not one that a register takes, or was refused, VM_FAULT_SIGSEGV
 * when the mapping does not permit it. See Documentation/trap.rst.
 */
vm_fault_t sacc_trap_fault(struct vm_fault *vmf, const struct sacc_trap_ops *ops);

#endif
