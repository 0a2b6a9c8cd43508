// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trapped register windows: a load or store of user code to a page that is
 * never mapped is carried out in its page fault, against a model. Here is what is the
 * same on all architectures; sacc_trap_fault() is theirs (trap_arch.h).
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
void sacc_trap_keep_table(const struct vm_fault *vmf)
{
	/* Without memory it goes on as it was. */
	(void)apply_to_page_range(vmf->vma->vm_mm, vmf->address & PAGE_MASK, PAGE_SIZE,
				  sacc_trap_touch_pte, NULL);
}
