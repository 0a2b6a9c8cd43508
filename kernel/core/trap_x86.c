// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trapped accesses on x86-64: where the instruction, the registers and the
 * segment bases of the faulting task are. What the instruction is and does is
 * in insn_x86.c and insn_exec_x86.c.
 *
 * The task is stopped in its page fault, so its registers are stable; its code
 * is not: other threads can change or unmap it at any moment. The bytes are
 * read once. User memory is read with page faults disabled, because mmap_lock
 * is held.
 */
#include <linux/mm.h>
#include <linux/mmu_context.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>
#include <linux/uprobes.h>
#include <asm/msr.h>
#include <asm/segment.h>

#include "trap_arch.h"

/* struct pt_regs in the order of the encoding. */
static const u16 sacc_trap_gpr[16] = {
	offsetof(struct pt_regs, ax), offsetof(struct pt_regs, cx),
	offsetof(struct pt_regs, dx), offsetof(struct pt_regs, bx),
	offsetof(struct pt_regs, sp), offsetof(struct pt_regs, bp),
	offsetof(struct pt_regs, si), offsetof(struct pt_regs, di),
	offsetof(struct pt_regs, r8), offsetof(struct pt_regs, r9),
	offsetof(struct pt_regs, r10), offsetof(struct pt_regs, r11),
	offsetof(struct pt_regs, r12), offsetof(struct pt_regs, r13),
	offsetof(struct pt_regs, r14), offsetof(struct pt_regs, r15),
};

static unsigned long *sacc_trap_reg(struct pt_regs *pt, unsigned int i)
{
	return (void *)pt + sacc_trap_gpr[i];
}

static void sacc_trap_get_regs(struct sacc_regs *regs, struct pt_regs *pt)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(regs->gpr); i++)
		regs->gpr[i] = *sacc_trap_reg(pt, i);
	regs->ip = pt->ip;
	regs->flags = pt->flags;
}

static void sacc_trap_set_regs(struct pt_regs *pt, const struct sacc_regs *regs)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(regs->gpr); i++)
		*sacc_trap_reg(pt, i) = regs->gpr[i];
	pt->ip = regs->ip;
	/* The instruction is over, and with it the one-time breakpoint mask. */
	pt->flags = regs->flags & ~(unsigned long)X86_EFLAGS_RF;
}

/* The bases of the user's segments are in the processor while it runs. */
static u64 sacc_trap_segment_base(u8 segment)
{
	u32 low = 0, high = 0;

	if (segment == SACC_SEGMENT_FS)
		rdmsr(MSR_FS_BASE, low, high);
	else if (segment == SACC_SEGMENT_GS)
		rdmsr(MSR_KERNEL_GS_BASE, low, high);
	return (u64)high << 32 | low;
}

/*
 * The code at @ip could not be read. Usually its page has just been taken away
 * and running the instruction again brings it back. Code that may be executed
 * but not read (a protection key) never becomes readable: refuse it instead of
 * trying forever.
 */
static int sacc_trap_unreadable(const struct vm_fault *vmf, unsigned long ip)
{
	struct vm_area_struct *vma;

	if (!sacc_fault_has_mmap_lock(vmf))
		return -EAGAIN;
	vma = find_vma(current->mm, ip);
	if (!vma || vma->vm_start > ip)
		return -EAGAIN;	/* unmapped meanwhile */
	if ((vma->vm_flags & VM_READ) &&
	    arch_vma_access_permitted(vma, false, false, false))
		return -EAGAIN;
	return -EFAULT;
}

/* As many bytes at @ip as can be read without a fault, in *@size. */
static int sacc_trap_fetch(const struct vm_fault *vmf, unsigned long ip,
			   u8 *bytes, size_t *size)
{
	const void __user *code = (const void __user *)ip;

	*size = SACC_INSN_MAX;
	if (!copy_from_user_nofault(bytes, code, *size))
		return 0;
	*size = min_t(size_t, *size, PAGE_SIZE - offset_in_page(ip));
	if (!copy_from_user_nofault(bytes, code, *size))
		return 0;
	return sacc_trap_unreadable(vmf, ip);
}

#define SACC_TRAP_INT3	0xcc

static int sacc_trap_get_insn(const struct vm_fault *vmf, unsigned long ip,
			      struct sacc_insn *insn)
{
	u8 bytes[SACC_INSN_MAX];
	size_t size;
	int err;

	err = sacc_trap_fetch(vmf, ip, bytes, &size);
	if (err)
		return err;
	/* It cannot have faulted: a debugger has just put it there. */
	if (bytes[0] == SACC_TRAP_INT3)
		return -EAGAIN;
	switch (sacc_insn_decode(insn, bytes, size)) {
	case SACC_INSN_OK:
		return 0;
	case SACC_INSN_TRUNCATED:
		return sacc_trap_unreadable(vmf, ip + size);
	default:
		return -EOPNOTSUPP;
	}
}

/*
 * An access that starts outside the window faults at the first byte inside, so
 * the operand has to cover the faulting address, not to equal it.
 */
static int sacc_trap_check_address(const struct sacc_insn *insn, u64 operand,
				   u64 fault)
{
	/*
	 * Linear address masking ignores these bits and reports them as zero;
	 * without it a user address that has them set does not get here.
	 */
	operand &= ~GENMASK_ULL(62, 57);
	if (fault - operand >= insn->width)
		return -EAGAIN;	/* not the instruction that faulted */
	if (operand % insn->width || operand != fault)
		return -EINVAL;
	return 0;
}

/*
 * A uprobe runs the instruction elsewhere and waits for the debug exception
 * after it, which only the processor can raise.
 */
static bool sacc_trap_is_uprobed(void)
{
#ifdef CONFIG_UPROBES
	return current->utask && current->utask->active_uprobe;
#else
	return false;
#endif
}

int sacc_trap_arch_decode(const struct vm_fault *vmf, struct sacc_insn *insn)
{
	struct pt_regs *pt = task_pt_regs(current);
	struct sacc_regs regs;
	u64 operand;
	int err;

	if (!user_64bit_mode(pt) || sacc_trap_is_uprobed())
		return -EOPNOTSUPP;
	err = sacc_trap_get_insn(vmf, pt->ip, insn);
	if (err)
		return err;
	sacc_trap_get_regs(&regs, pt);
	operand = sacc_insn_address(insn, &regs,
				    sacc_trap_segment_base(insn->mem.segment));
	err = sacc_trap_check_address(insn, operand, vmf->real_address);
	if (err)
		return err;
	return insn->width < 4 ? -EINVAL : 0;
}

/*
 * The trap flag raises a debug exception after each instruction; the processor
 * will not do it for this one.
 */
static void sacc_trap_report_step(struct pt_regs *pt)
{
	struct kernel_siginfo info;

	if (!(pt->flags & X86_EFLAGS_TF) || test_thread_flag(TIF_BLOCKSTEP))
		return;
	clear_siginfo(&info);
	info.si_signo = SIGTRAP;
	info.si_code = TRAP_TRACE;
	info.si_addr = (void __user *)pt->ip;
	send_sig_info(SIGTRAP, &info, current);
}

int sacc_trap_arch_exec(const struct sacc_insn *insn,
			const struct sacc_insn_bus *bus, void *arg)
{
	struct pt_regs *pt = task_pt_regs(current);
	struct sacc_regs regs;
	int err;

	sacc_trap_get_regs(&regs, pt);
	err = sacc_insn_exec(insn, &regs, bus, arg);
	if (err)
		return err;
	sacc_trap_set_regs(pt, &regs);
	sacc_trap_report_step(pt);
	return 0;
}
