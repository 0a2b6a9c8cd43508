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
 * struct sacc_trap_ops - where the accesses of a trapped window go
 * @read:  load @width (4 or 8) bytes at @offset of the window into *@val,
 *	   in CPU order. 0, or -errno: the program gets SIGBUS.
 * @write: store.
 *
 * Called in the faulting task, with its mmap_lock or VMA lock held. May sleep,
 * but not for long: an atomic access elsewhere waits for it. Must not access
 * user memory. Accesses run in parallel, except that nothing comes between the
 * read and the write of an instruction that is atomic (locked) for the program.
 */
struct sacc_trap_ops {
	int (*read)(void *window, u64 offset, unsigned int width, u64 *val);
	int (*write)(void *window, u64 offset, unsigned int width, u64 val);
};

/*
 * For vm_operations_struct.fault of a trapped window: decode the instruction
 * that faulted, carry it out through @ops, set its result and step over it.
 * @offset is the offset of the faulting address in the window.
 * VM_FAULT_NOPAGE when done (or to be retried), VM_FAULT_SIGBUS when the access
 * came from the kernel, is not one that a register takes, or was refused,
 * VM_FAULT_SIGSEGV when the mapping does not permit it. See Documentation/trap.rst.
 */
vm_fault_t sacc_trap_fault(struct vm_fault *vmf, u64 offset,
			   const struct sacc_trap_ops *ops, void *window);

#endif
