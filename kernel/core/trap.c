// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trapped register windows: a load or store of user code to a page that is
 * never mapped is carried out here, in its page fault, against a model.
 *
 * Owns: nothing but one lock. Windows, their lifetime and the pages they cover
 * belong to the caller; a call of sacc_trap_fault() leaves nothing behind.
 *
 * Locking: sacc_trap_atomic is held shared around every access and exclusively
 * around one that the program asked to be atomic (lock prefix, xchg), as a
 * locked bus would do. One for all windows: several mappings can show the same
 * register, and such instructions are rare on registers.
 * Order: mmap_lock or VMA lock of the faulting task -> sacc_trap_atomic ->
 * whatever the window's operations take.
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
#include <linux/mmu_context.h>
#include <linux/rwsem.h>
#include <softaccel/trap.h>

#include "trap_arch.h"

static DECLARE_RWSEM(sacc_trap_atomic);

struct sacc_trap_access {
	const struct sacc_trap_ops *ops;
	void *window;
	u64 offset;
};

static int sacc_trap_read(void *arg, unsigned int width, u64 *val)
{
	struct sacc_trap_access *access = arg;

	return access->ops->read(access->window, access->offset, width, val);
}

static int sacc_trap_write(void *arg, unsigned int width, u64 val)
{
	struct sacc_trap_access *access = arg;

	return access->ops->write(access->window, access->offset, width, val);
}

static const struct sacc_insn_bus sacc_trap_bus = {
	.read = sacc_trap_read,
	.write = sacc_trap_write,
};

static int sacc_trap_lock(bool atomic)
{
	return atomic ? down_write_killable(&sacc_trap_atomic) :
			down_read_killable(&sacc_trap_atomic);
}

static void sacc_trap_unlock(bool atomic)
{
	if (atomic)
		up_write(&sacc_trap_atomic);
	else
		up_read(&sacc_trap_atomic);
}

/*
 * The fault was checked against the mapping as what the processor reported: the
 * load of a read-modify-write instruction may have been reported as a read, and
 * the instruction may have been replaced since.
 */
static bool sacc_trap_permitted(const struct vm_fault *vmf, bool store)
{
	if (store && !(vmf->vma->vm_flags & VM_WRITE))
		return false;
	return arch_vma_access_permitted(vmf->vma, store, false, false);
}

/**
 * sacc_trap_fault() - carry out the access that faulted
 * @vmf:	the fault, as vm_operations_struct.fault got it
 * @offset:	offset of the faulting address in the window
 * @ops:	where the access goes
 * @window:	for @ops
 *
 * Return: VM_FAULT_NOPAGE when done or to be retried; VM_FAULT_SIGBUS when the
 * access came from the kernel, is not one that a register takes, or was refused
 * by @ops; VM_FAULT_SIGSEGV when the mapping does not permit it.
 */
vm_fault_t sacc_trap_fault(struct vm_fault *vmf, u64 offset,
			   const struct sacc_trap_ops *ops, void *window)
{
	struct sacc_trap_access access = {
		.ops = ops,
		.window = window,
		.offset = offset,
	};
	struct sacc_insn insn;
	int err;

	if (!(vmf->flags & FAULT_FLAG_USER) ||
	    (vmf->flags & (FAULT_FLAG_INSTRUCTION | FAULT_FLAG_REMOTE)))
		return VM_FAULT_SIGBUS;
	err = sacc_trap_arch_decode(vmf, &insn);
	if (err)
		return err == -EAGAIN ? VM_FAULT_NOPAGE : VM_FAULT_SIGBUS;
	if (!sacc_trap_permitted(vmf, insn.store))
		return VM_FAULT_SIGSEGV;

	if (sacc_trap_lock(insn.lock))
		return VM_FAULT_NOPAGE;	/* being killed */
	err = sacc_trap_arch_exec(&insn, &sacc_trap_bus, &access);
	sacc_trap_unlock(insn.lock);
	return err ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;
}
SACC_EXPORT(sacc_trap_fault);
