// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trapped register windows: a load or store of user code to a page that is
 * never mapped is carried out here, in its page fault, against a model.
 *
 * Owns: nothing. Windows, their lifetime, their locks and the pages they cover
 * belong to the caller; a call of sacc_trap_fault() leaves nothing behind.
 *
 * Order of locks: mmap_lock or VMA lock of the faulting task -> whatever the
 * window's operations take.
 *
 * Invariants:
 *   - a model is accessed only for an instruction that user code really ran:
 *     it is decoded, and its operand recomputed to be the faulting address;
 *   - nothing is accessed that the mapping does not permit, whatever the
 *     processor or a racing thread made of the instruction meanwhile;
 *   - either the instruction is over (result set, instruction pointer moved)
 *     or the registers are untouched.
 */
#include <linux/mm.h>
#include <softaccel/trap.h>

#include "trap_arch.h"

static int sacc_trap_touch_pte(pte_t *pte, unsigned long addr, void *data)
{
	return 0;
}

/*
 * Nothing will ever be mapped here, and so the kernel would allocate a page table for
 * each fault, and free it. One that is empty, but there, costs it nothing.
 */
static void sacc_trap_keep_table(const struct vm_fault *vmf)
{
	/* Without memory it goes on as it was. */
	(void)apply_to_page_range(vmf->vma->vm_mm, vmf->address & PAGE_MASK, PAGE_SIZE,
				  sacc_trap_touch_pte, NULL);
}

/**
 * sacc_trap_fault() - carry out the access that faulted
 * @vmf:	the fault, as vm_operations_struct.fault got it
 * @ops:	where the access goes
 * @arg:	for @ops: which register of which window it is
 *
 * Return: VM_FAULT_NOPAGE when done or to be retried; VM_FAULT_SIGBUS when the
 * access came from the kernel, is not one that a register takes, or was refused
 * by @ops; VM_FAULT_SIGSEGV when the mapping does not permit it.
 */
vm_fault_t sacc_trap_fault(struct vm_fault *vmf, const struct sacc_trap_ops *ops,
			   void *arg)
{
	if (!(vmf->flags & FAULT_FLAG_USER) ||
	    (vmf->flags & (FAULT_FLAG_INSTRUCTION | FAULT_FLAG_REMOTE)))
		return VM_FAULT_SIGBUS;
	if (unlikely(vmf->prealloc_pte))
		sacc_trap_keep_table(vmf);

	switch (sacc_trap_arch_access(vmf, ops, arg)) {
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
SACC_EXPORT(sacc_trap_fault);
