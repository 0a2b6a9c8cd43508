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

/* The first two are those of FAULT_FLAG_WRITE. */
enum sacc_trap_kind {
	SACC_TRAP_LOAD = 0,	/* of a register */
	SACC_TRAP_STORE = 1,	/* of a register or an immediate */
	SACC_TRAP_OTHER = 2,
};

/**
 * struct sacc_trap_memo - an instruction, taken apart
 * @code:	the bytes where it begins, and what came after them
 * @insn:	what they mean; of width 0 in an unused entry
 * @kind:	what sacc_trap_fault() can do with it at once
 * @base:	where in struct pt_regs its base is
 * @index:	... its index, if it has one
 * @reg:	... the register that it loads, or stores if there is no immediate
 * @align:	bits of an address that are 0 if it is aligned
 */
struct sacc_trap_memo {
	u64 code[2];
	struct sacc_insn insn;
	u32 kind;
	u8 base;
	u8 index;
	u8 reg;
	u8 align;
};

#define SACC_TRAP_MEMOS	32	/* a power of two */

/* Push %es, which 64-bit mode does not have: no such instruction ever faults here. */
#define SACC_TRAP_NO_CODE 0x0606060606060606ULL

static DEFINE_PER_CPU_ALIGNED(struct sacc_trap_memo, sacc_trap_memos[SACC_TRAP_MEMOS]) = {
	[0 ... SACC_TRAP_MEMOS - 1] = { .code = { SACC_TRAP_NO_CODE, }, .kind = SACC_TRAP_OTHER },
};

/* Where an instruction is does not say which it is; but it is likely the same again. */
static struct sacc_trap_memo *sacc_trap_memo(unsigned long ip)
{
	return this_cpu_ptr(&sacc_trap_memos[ip % SACC_TRAP_MEMOS]);
}

/* The bytes at @ip, if they are in memory and in one page. Page faults are disabled. */
static __always_inline bool sacc_trap_peek(unsigned long ip, u64 *low, u64 *high)
{
	const u64 __user *from = (const u64 __user *)ip;

	if (unlikely(offset_in_page(ip) > PAGE_SIZE - 2 * sizeof(u64)))
		return false;
	/* All in the page of @ip: that one is the program's, or not, as a whole. */
	if (unlikely(!user_access_begin(from, 0)))
		return false;
	unsafe_get_user(*low, from, unseen);
	unsafe_get_user(*high, from + 1, unseen);
	user_access_end();
	return true;

unseen:
	user_access_end();
	return false;
}

static __always_inline bool sacc_trap_is_known(const struct sacc_trap_memo *memo,
					       u64 low, u64 high)
{
	return likely(memo->code[0] == low && memo->code[1] == high);
}

static bool sacc_trap_recall(unsigned long ip, const u64 code[2],
			     struct sacc_insn *insn)
{
	const struct sacc_trap_memo *memo;
	bool known;

	preempt_disable();
	memo = sacc_trap_memo(ip);
	known = sacc_trap_is_known(memo, code[0], code[1]);
	if (known)
		*insn = memo->insn;
	preempt_enable();
	return known;
}

/* Nearly all programs use nothing else. */
static u32 sacc_trap_kind(const struct sacc_insn *insn)
{
	if (insn->op != SACC_OP_MOV || insn->width < 4 ||
	    insn->mem.base == SACC_INSN_NONE || insn->mem.addr32 ||
	    insn->mem.segment != SACC_SEGMENT_FLAT)
		return SACC_TRAP_OTHER;
	return insn->store ? SACC_TRAP_STORE : SACC_TRAP_LOAD;
}

static u8 sacc_trap_register(u8 i)
{
	const struct sacc_regs *regs = (const struct sacc_regs *)task_pt_regs(current);

	return (char *)sacc_regs_slot(regs, i) - (char *)regs;
}

static int sacc_trap_learn(const struct vm_fault *vmf, unsigned long ip,
			   const u64 code[2], struct sacc_insn *insn)
{
	int err = sacc_trap_decode(vmf, ip, (const u8 *)code, SACC_INSN_MAX, insn);
	struct sacc_trap_memo *memo;

	if (err)
		return err;
	preempt_disable();
	memo = sacc_trap_memo(ip);
	*memo = (struct sacc_trap_memo){
		.code = { code[0], code[1] },
		.insn = *insn,
		.kind = sacc_trap_kind(insn),
		.base = sacc_trap_register(insn->mem.base),
		.index = sacc_trap_register(insn->mem.index),
		.reg = sacc_trap_register(insn->reg),
		.align = insn->width - 1,
	};
	preempt_enable();
	return 0;
}

static int sacc_trap_get_insn(const struct vm_fault *vmf, unsigned long ip,
			      struct sacc_insn *insn)
{
	u64 code[2];
	bool seen;

	pagefault_disable();
	seen = sacc_trap_peek(ip, &code[0], &code[1]);
	pagefault_enable();
	if (!seen)
		return sacc_trap_fetch(vmf, ip, insn);
	if (sacc_trap_recall(ip, code, insn))
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
static bool sacc_trap_is_uprobed(const struct task_struct *task)
{
#ifdef CONFIG_UPROBES
	return task->utask && task->utask->active_uprobe;
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

/* The instruction is over, and with it the one-time breakpoint mask. */
static __always_inline void sacc_trap_finish(struct pt_regs *pt)
{
	__clear_bit(X86_EFLAGS_RF_BIT, &pt->flags);
	if (unlikely(pt->flags & X86_EFLAGS_TF))
		sacc_trap_report_step(pt);
}

/* --- any instruction */

struct sacc_trap_bus {
	const struct vm_fault *vmf;
	const struct sacc_trap_ops *ops;
};

static int sacc_trap_read(void *arg, unsigned int width, u64 *val)
{
	const struct sacc_trap_bus *bus = arg;

	return bus->ops->read(bus->vmf, width, val);
}

static int sacc_trap_write(void *arg, unsigned int width, u64 val)
{
	const struct sacc_trap_bus *bus = arg;

	return bus->ops->write(bus->vmf, width, val);
}

static int sacc_trap_locked_read(void *arg, unsigned int width, u64 *val)
{
	const struct sacc_trap_bus *bus = arg;

	return bus->ops->locked_read(bus->vmf, width, val);
}

static int sacc_trap_locked_write(void *arg, unsigned int width, u64 val)
{
	const struct sacc_trap_bus *bus = arg;

	return bus->ops->locked_write(bus->vmf, width, val);
}

static const struct sacc_insn_bus sacc_trap_parallel = {
	.read = sacc_trap_read,
	.write = sacc_trap_write,
};

static const struct sacc_insn_bus sacc_trap_atomic = {
	.read = sacc_trap_locked_read,
	.write = sacc_trap_locked_write,
};

static int sacc_trap_exec(const struct sacc_insn *insn, struct pt_regs *pt,
			  const struct vm_fault *vmf,
			  const struct sacc_trap_ops *ops)
{
	struct sacc_regs *regs = (struct sacc_regs *)pt;
	struct sacc_trap_bus bus = { vmf, ops };
	int err;

	if (likely(!insn->lock))
		return sacc_insn_exec(insn, regs, &sacc_trap_parallel, &bus);
	ops->lock(vmf);
	err = sacc_insn_exec(insn, regs, &sacc_trap_atomic, &bus);
	ops->unlock(vmf);
	return err;
}

static noinline vm_fault_t sacc_trap_any(const struct vm_fault *vmf,
					 const struct sacc_trap_ops *ops,
					 struct pt_regs *pt)
{
	struct sacc_insn insn;
	int err;

	err = sacc_trap_get_insn(vmf, pt->ip, &insn);
	if (err)
		return sacc_trap_result(err);
	err = sacc_trap_check(vmf, pt, &insn);
	if (err)
		return sacc_trap_result(err);
	err = sacc_trap_exec(&insn, pt, vmf, ops);
	if (!err)
		sacc_trap_finish(pt);
	return sacc_trap_result(err);
}

/* The first access in 2 MiB. */
static noinline vm_fault_t sacc_trap_first(const struct vm_fault *vmf,
					   const struct sacc_trap_ops *ops,
					   struct pt_regs *pt)
{
	sacc_trap_keep_table(vmf);
	return sacc_trap_any(vmf, ops, pt);
}

/* --- a move that was seen before */

#define sacc_trap_slot(pt, at) ((unsigned long *)((char *)(pt) + (at)))

/*
 * Makes the checks of sacc_trap_check() that are simple: what does not pass is looked at
 * again there.
 */
static __always_inline bool sacc_trap_fits(const struct vm_fault *vmf,
					   const struct pt_regs *pt,
					   const struct sacc_trap_memo *memo)
{
	u64 operand;

	operand = memo->insn.mem.disp + *sacc_trap_slot(pt, memo->base);
	if (memo->insn.mem.index != SACC_INSN_NONE)
		operand += *sacc_trap_slot(pt, memo->index) * memo->insn.mem.scale;
	return likely(operand == vmf->real_address && !((u8)operand & memo->align) &&
		      memo->kind == (vmf->flags & FAULT_FLAG_WRITE));
}

/*
 * Page faults are off while preemption is, where it is counted. Elsewhere this costs
 * nothing else.
 */
static __always_inline void sacc_trap_stay(void)
{
	preempt_disable();
	if (!IS_ENABLED(CONFIG_PREEMPT_COUNT))
		pagefault_disable();
}

static __always_inline void sacc_trap_leave(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_COUNT))
		pagefault_enable();
	preempt_enable();
}

/* What the instruction at the task's @pt->ip is. The answer is for this processor. */
static __always_inline bool sacc_trap_find(const struct vm_fault *vmf,
					   const struct pt_regs *pt,
					   const struct sacc_trap_memo **memo)
{
	unsigned long ip = pt->ip;
	u64 low, high;

	if (unlikely(!sacc_trap_peek(ip, &low, &high)))
		return false;
	*memo = sacc_trap_memo(ip);
	return sacc_trap_is_known(*memo, low, high) && sacc_trap_fits(vmf, pt, *memo);
}

static noinline vm_fault_t sacc_trap_failed(int err)
{
	return sacc_trap_result(err);
}

static __always_inline vm_fault_t sacc_trap_done(struct pt_regs *pt, unsigned int len,
						 int err)
{
	if (unlikely(err))
		return sacc_trap_failed(err);
	pt->ip += len;
	sacc_trap_finish(pt);
	return VM_FAULT_NOPAGE;
}

/* Half a register: a load clears the other. */
static noinline vm_fault_t sacc_trap_load_4(const struct vm_fault *vmf,
					    const struct sacc_trap_ops *ops,
					    struct pt_regs *pt, unsigned long *reg,
					    unsigned int len)
{
	u64 val = 0;
	int err = ops->read(vmf, sizeof(u32), &val);

	if (likely(!err))
		*reg = (u32)val;
	return sacc_trap_done(pt, len, err);
}

static noinline vm_fault_t sacc_trap_store_4(const struct vm_fault *vmf,
					     const struct sacc_trap_ops *ops,
					     struct pt_regs *pt, u32 val,
					     unsigned int len)
{
	return sacc_trap_done(pt, len, ops->write(vmf, sizeof(u32), val));
}

/**
 * sacc_trap_fault() - carry out the access that faulted
 * @vmf:	the fault, as vm_operations_struct.fault got it
 * @ops:	where the access goes
 *
 * Return: VM_FAULT_NOPAGE when done or to be retried; VM_FAULT_SIGBUS when the
 * access came from the kernel, is not one that a register takes, or was refused
 * by @ops; VM_FAULT_SIGSEGV when the mapping does not permit it.
 */
vm_fault_t sacc_trap_fault(struct vm_fault *vmf, const struct sacc_trap_ops *ops)
{
	const struct task_struct *task = current;
	struct pt_regs *pt = task_pt_regs(task);
	const struct sacc_trap_memo *memo;
	unsigned int len, width;
	unsigned long *reg;
	u64 val;

	if (!sacc_trap_is_users(vmf) || unlikely(!user_64bit_mode(pt)) ||
	    unlikely(sacc_trap_is_uprobed(task)))
		return VM_FAULT_SIGBUS;
	if (unlikely(vmf->prealloc_pte))
		return sacc_trap_first(vmf, ops, pt);

	sacc_trap_stay();
	if (unlikely(!sacc_trap_find(vmf, pt, &memo))) {
		sacc_trap_leave();
		return sacc_trap_any(vmf, ops, pt);
	}
	len = memo->insn.len;
	width = memo->insn.width;
	reg = sacc_trap_slot(pt, memo->reg);
	if (!(vmf->flags & FAULT_FLAG_WRITE)) {
		sacc_trap_leave();
		if (unlikely(width != sizeof(u64)))
			return sacc_trap_load_4(vmf, ops, pt, reg, len);
		return sacc_trap_done(pt, len, ops->read(vmf, sizeof(u64), (u64 *)reg));
	}
	val = memo->insn.has_imm ? memo->insn.imm : *reg;
	sacc_trap_leave();
	if (unlikely(width != sizeof(u64)))
		return sacc_trap_store_4(vmf, ops, pt, val, len);
	return sacc_trap_done(pt, len, ops->write(vmf, sizeof(u64), val));
}
SACC_EXPORT(sacc_trap_fault);
