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
 *
 * What bytes mean never changes, and a program touches its registers with few
 * instructions: each processor remembers the last ones that it took apart. That
 * needs no lock, only no preemption, and is never out of date.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/mmu_context.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>
#include <linux/uprobes.h>
#include <asm/msr.h>
#include <asm/segment.h>

#include "insn.h"
#include "trap_arch.h"

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

#define SACC_TRAP_INT3	0xcc

static int sacc_trap_decode(const struct vm_fault *vmf, unsigned long ip,
			    const u8 *bytes, size_t size, struct sacc_insn *insn)
{
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

/* From code that ends with its page, perhaps, or with memory. */
static noinline int sacc_trap_fetch(const struct vm_fault *vmf, unsigned long ip,
				    struct sacc_insn *insn)
{
	const void __user *code = (const void __user *)ip;
	u8 bytes[SACC_INSN_MAX];
	size_t size = SACC_INSN_MAX;

	if (copy_from_user_nofault(bytes, code, size)) {
		size = min_t(size_t, size, PAGE_SIZE - offset_in_page(ip));
		if (copy_from_user_nofault(bytes, code, size))
			return sacc_trap_unreadable(vmf, ip);
	}
	return sacc_trap_decode(vmf, ip, bytes, size, insn);
}

/* --- what this processor has decoded */

/**
 * struct sacc_trap_memo - an instruction, taken apart
 * @code:	the bytes where it begins, and what came after them
 * @insn:	what they mean; of length 0 in an unused entry
 */
struct sacc_trap_memo {
	u64 code[2];
	struct sacc_insn insn;
};

#define SACC_TRAP_MEMO_BITS	5

static DEFINE_PER_CPU(struct sacc_trap_memo,
		      sacc_trap_memos[1 << SACC_TRAP_MEMO_BITS]);

static struct sacc_trap_memo *sacc_trap_memo(const u64 code[2])
{
	return this_cpu_ptr(&sacc_trap_memos[hash_64(code[0] ^ code[1],
						     SACC_TRAP_MEMO_BITS)]);
}

/* The bytes at @ip, if they are in memory and in one page. */
static bool sacc_trap_peek(unsigned long ip, u64 code[2])
{
	const u64 __user *from = (const u64 __user *)ip;
	bool seen = false;

	if (offset_in_page(ip) > PAGE_SIZE - 2 * sizeof(u64))
		return false;
	pagefault_disable();
	if (user_access_begin(from, 2 * sizeof(u64))) {
		unsafe_get_user(code[0], from, unseen);
		unsafe_get_user(code[1], from + 1, unseen);
		seen = true;
unseen:
		user_access_end();
	}
	pagefault_enable();
	return seen;
}

static bool sacc_trap_recall(const u64 code[2], struct sacc_insn *insn)
{
	const struct sacc_trap_memo *memo;
	bool known;

	preempt_disable();
	memo = sacc_trap_memo(code);
	known = memo->code[0] == code[0] && memo->code[1] == code[1] &&
		memo->insn.len;
	if (known)
		*insn = memo->insn;
	preempt_enable();
	return known;
}

static noinline int sacc_trap_learn(const struct vm_fault *vmf, unsigned long ip,
				    const u64 code[2], struct sacc_insn *insn)
{
	int err = sacc_trap_decode(vmf, ip, (const u8 *)code, SACC_INSN_MAX, insn);
	struct sacc_trap_memo *memo;

	if (err)
		return err;
	preempt_disable();
	memo = sacc_trap_memo(code);
	memo->code[0] = code[0];
	memo->code[1] = code[1];
	memo->insn = *insn;
	preempt_enable();
	return 0;
}

static int sacc_trap_get_insn(const struct vm_fault *vmf, unsigned long ip,
			      struct sacc_insn *insn)
{
	u64 code[2];

	if (!sacc_trap_peek(ip, code))
		return sacc_trap_fetch(vmf, ip, insn);
	if (sacc_trap_recall(code, insn))
		return 0;
	return sacc_trap_learn(vmf, ip, code, insn);
}

/* --- what it accesses */

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
	if (operand & (insn->width - 1) || operand != fault)
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

/*
 * The kernel has checked the fault against the mapping as what the processor reported.
 * The load of a read-modify-write instruction may have been reported as a read, and the
 * instruction may have been replaced since.
 */
static bool sacc_trap_permitted(const struct vm_fault *vmf, bool store)
{
	if (store == !!(vmf->flags & FAULT_FLAG_WRITE))
		return true;
	if (store && !(vmf->vma->vm_flags & VM_WRITE))
		return false;
	return arch_vma_access_permitted(vmf->vma, store, false, false);
}

static int sacc_trap_check(const struct vm_fault *vmf, const struct pt_regs *pt,
			   const struct sacc_insn *insn)
{
	const struct sacc_regs *regs = (const struct sacc_regs *)pt;
	u64 base = sacc_trap_segment_base(insn->mem.segment);
	int err;

	err = sacc_trap_check_address(insn, sacc_insn_address(insn, regs, base),
				      vmf->real_address);
	if (err)
		return err;
	if (insn->width < 4)
		return -EINVAL;
	return sacc_trap_permitted(vmf, insn->store) ? 0 : -EACCES;
}

/*
 * The trap flag raises a debug exception after each instruction; the processor
 * will not do it for this one.
 */
static noinline void sacc_trap_report_step(const struct pt_regs *pt)
{
	struct kernel_siginfo info;

	if (test_thread_flag(TIF_BLOCKSTEP))
		return;
	clear_siginfo(&info);
	info.si_signo = SIGTRAP;
	info.si_code = TRAP_TRACE;
	info.si_addr = (void __user *)pt->ip;
	send_sig_info(SIGTRAP, &info, current);
}

static int sacc_trap_exec(const struct sacc_insn *insn, struct pt_regs *pt,
			  const struct sacc_trap_ops *ops, void *arg)
{
	const struct sacc_insn_bus bus = { ops->read, ops->write };
	struct sacc_regs *regs = (struct sacc_regs *)pt;
	int err;

	if (likely(!insn->lock))
		return sacc_insn_exec(insn, regs, &bus, arg);
	err = ops->lock(arg);
	if (err)
		return err;
	err = sacc_insn_exec(insn, regs, &bus, arg);
	ops->unlock(arg);
	return err;
}

int sacc_trap_arch_access(const struct vm_fault *vmf,
			  const struct sacc_trap_ops *ops, void *arg)
{
	struct pt_regs *pt = task_pt_regs(current);
	struct sacc_insn insn;
	int err;

	if (!user_64bit_mode(pt) || sacc_trap_is_uprobed())
		return -EOPNOTSUPP;
	err = sacc_trap_get_insn(vmf, pt->ip, &insn);
	if (err)
		return err;
	err = sacc_trap_check(vmf, pt, &insn);
	if (err)
		return err;
	err = sacc_trap_exec(&insn, pt, ops, arg);
	if (err)
		return err;
	/* The instruction is over, and with it the one-time breakpoint mask. */
	pt->flags &= ~(unsigned long)X86_EFLAGS_RF;
	if (unlikely(pt->flags & X86_EFLAGS_TF))
		sacc_trap_report_step(pt);
	return 0;
}
