/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sacc_insn_exec() against the processor: an instruction runs once for real, on
 * ordinary memory, and once emulated, from the same registers, condition codes
 * and memory; everything has to come out the same. Only for x86-64; included by
 * one file of a program.
 */
#ifndef SOFTACCEL_SELFTESTS_CORE_INSN_NATIVE_H
#define SOFTACCEL_SELFTESTS_CORE_INSN_NATIVE_H

#include "insn-gen.h"

#include <asm/prctl.h>
#include <cpuid.h>
#include <sys/syscall.h>

#define BUFFER		4096

/* What the assembly below loads before the instruction and saves after it. */
struct sacc_regs exec_regs;
u64 exec_target;
u64 exec_stack;
void exec_run(void);
void exec_back(void);

/*
 * The instruction can name rsp, so the stack is out of use while it runs. It is
 * followed by a jump to exec_back, which changes nothing.
 */
asm(".pushsection .text\n"
	".type exec_run, @function\n"
	"exec_run:\n"
	"	push %rbx\n	push %rbp\n	push %r12\n"
	"	push %r13\n	push %r14\n	push %r15\n"
	"	mov %rsp, exec_stack(%rip)\n"
	"	push exec_regs+136(%rip)\n	popf\n"
	"	mov exec_regs+0(%rip), %rax\n	mov exec_regs+8(%rip), %rcx\n"
	"	mov exec_regs+16(%rip), %rdx\n	mov exec_regs+24(%rip), %rbx\n"
	"	mov exec_regs+32(%rip), %rsp\n	mov exec_regs+40(%rip), %rbp\n"
	"	mov exec_regs+48(%rip), %rsi\n	mov exec_regs+56(%rip), %rdi\n"
	"	mov exec_regs+64(%rip), %r8\n	mov exec_regs+72(%rip), %r9\n"
	"	mov exec_regs+80(%rip), %r10\n	mov exec_regs+88(%rip), %r11\n"
	"	mov exec_regs+96(%rip), %r12\n	mov exec_regs+104(%rip), %r13\n"
	"	mov exec_regs+112(%rip), %r14\n	mov exec_regs+120(%rip), %r15\n"
	"	jmp *exec_target(%rip)\n"
	"exec_back:\n"
	"	mov %rax, exec_regs+0(%rip)\n	mov %rcx, exec_regs+8(%rip)\n"
	"	mov %rdx, exec_regs+16(%rip)\n	mov %rbx, exec_regs+24(%rip)\n"
	"	mov %rsp, exec_regs+32(%rip)\n	mov %rbp, exec_regs+40(%rip)\n"
	"	mov %rsi, exec_regs+48(%rip)\n	mov %rdi, exec_regs+56(%rip)\n"
	"	mov %r8, exec_regs+64(%rip)\n	mov %r9, exec_regs+72(%rip)\n"
	"	mov %r10, exec_regs+80(%rip)\n	mov %r11, exec_regs+88(%rip)\n"
	"	mov %r12, exec_regs+96(%rip)\n	mov %r13, exec_regs+104(%rip)\n"
	"	mov %r14, exec_regs+112(%rip)\n	mov %r15, exec_regs+120(%rip)\n"
	"	mov exec_stack(%rip), %rsp\n"
	"	pushf\n	pop exec_regs+136(%rip)\n"
	"	pop %r15\n	pop %r14\n	pop %r13\n"
	"	pop %r12\n	pop %rbp\n	pop %rbx\n"
	"	ret\n"
	".size exec_run, . - exec_run\n"
	".popsection\n");

_Static_assert(offsetof(struct sacc_regs, flags) == 136, "used by exec_run");

/*
 * Code and memory operands are below 4 GiB, so that 32-bit addresses reach them;
 * @shadow is what the emulation works on.
 */
static u8 *code, *buffer, shadow[BUFFER];

static inline void map_low(void)
{
	u8 *map = mmap(NULL, 2 * BUFFER, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	ASSERT(map != MAP_FAILED);
	code = map;
	buffer = map + BUFFER;
}

/* Runs it; exec_regs before and after, exec_regs.ip only before. */
static inline void run_on_processor(const u8 *bytes, size_t len)
{
	void (*back)(void) = exec_back;
	u8 jump[6] = { 0xff, 0x25, 0, 0, 0, 0 };	/* jmp *0(%rip) */

	memcpy(code, bytes, len);
	memcpy(code + len, jump, sizeof(jump));
	memcpy(code + len + sizeof(jump), &back, sizeof(back));
	exec_target = (u64)code;
	exec_run();
}

static inline int shadow_read(void *arg, unsigned int width, u64 *val)
{
	*val = ~0ULL;	/* as a careless model would */
	memcpy(val, shadow + *(u64 *)arg, width);
	return 0;
}

static inline int shadow_write(void *arg, unsigned int width, u64 val)
{
	memcpy(shadow + *(u64 *)arg, &val, width);
	return 0;
}

static const struct sacc_insn_bus shadow_bus = { shadow_read, shadow_write };

/* Condition codes that the processor is free to set as it likes. */
static inline u64 undefined_flags(const struct sacc_insn *insn, u64 count)
{
	switch (insn->op) {
	case SACC_OP_AND:
	case SACC_OP_OR:
	case SACC_OP_XOR:
	case SACC_OP_TEST:
		return SACC_FLAG_AF;
	case SACC_OP_IMUL:
		return SACC_FLAG_AF | SACC_FLAG_PF | SACC_FLAG_SF | SACC_FLAG_ZF;
	case SACC_OP_SHL:
	case SACC_OP_SHR:
	case SACC_OP_SAR:
		count &= 8 * insn->width - 1;
		return !count ? 0 : count == 1 ? SACC_FLAG_AF :
			SACC_FLAG_AF | SACC_FLAG_OF;
	case SACC_OP_ROL:
	case SACC_OP_ROR:
		count &= 8 * insn->width - 1;
		return count > 1 ? SACC_FLAG_OF : 0;
	case SACC_OP_MUL:
	case SACC_OP_IMUL_WIDE:
		return SACC_FLAG_AF | SACC_FLAG_PF | SACC_FLAG_SF | SACC_FLAG_ZF;
	case SACC_OP_DIV:
	case SACC_OP_IDIV:
		return SACC_FLAGS;
	case SACC_OP_BT:
	case SACC_OP_BTS:
	case SACC_OP_BTR:
	case SACC_OP_BTC:
		return SACC_FLAG_AF | SACC_FLAG_PF | SACC_FLAG_SF | SACC_FLAG_OF;
	case SACC_OP_BSF:
	case SACC_OP_BSR:
		return SACC_FLAGS & ~(u64)SACC_FLAG_ZF;
	case SACC_OP_TZCNT:
	case SACC_OP_LZCNT:
		return SACC_FLAG_AF | SACC_FLAG_PF | SACC_FLAG_SF | SACC_FLAG_OF;
	case SACC_OP_ANDN:
	case SACC_OP_BZHI:
	case SACC_OP_BLSR:
	case SACC_OP_BLSMSK:
	case SACC_OP_BLSI:
		return SACC_FLAG_AF | SACC_FLAG_PF;
	case SACC_OP_BEXTR:
		return SACC_FLAG_AF | SACC_FLAG_PF | SACC_FLAG_SF;
	default:
		return 0;
	}
}

/* Values that carry, overflow and extend. */
static inline u64 interesting(void)
{
	static const u64 edges[] = {
		0, 1, 2, 0x7f, 0x80, 0xff, 0x7fffffff, 0x80000000, 0xffffffff,
		0x100000000, 0x7fffffffffffffff, 0x8000000000000000, ~0ULL,
	};

	if (gen_below(3))
		return gen_random();
	return edges[gen_below(sizeof(edges) / sizeof(edges[0]))];
}

static inline void random_state(struct sacc_regs *regs)
{
	unsigned int i;
	u64 value;

	for (i = 0; i < 16; i++)
		regs->gpr[i] = interesting();
	regs->flags = 0x202 | (gen_random() & SACC_FLAGS);
	regs->ip = (u64)code;
	for (i = 0; i < BUFFER; i += 8) {
		value = interesting();
		memcpy(buffer + i, &value, 8);
	}
	memcpy(shadow, buffer, BUFFER);
}

/* Replaces the displacement, 8 bytes of it in a movabs, 4 otherwise. */
static inline bool replace_disp(u8 *bytes, size_t len, u64 old, u64 new)
{
	size_t size, at;

	for (size = 8; size >= 4; size -= 4) {
		for (at = 1; at + size <= len; at++) {
			if (!memcmp(bytes + at, &old, size)) {
				memcpy(bytes + at, &new, size);
				return true;
			}
		}
	}
	return false;
}

/*
 * Makes the memory operand fall on @target by changing its base or index
 * register or the displacement in @bytes. False when that is not possible.
 */
static inline bool aim(struct sacc_insn *insn, u8 *bytes, struct sacc_regs *regs,
		       u64 segment_base, u64 target)
{
	u64 off = target - sacc_insn_address(insn, regs, segment_base);
	struct sacc_insn_mem *mem = &insn->mem;
	bool same = mem->base == mem->index;
	bool bits = insn->op >= SACC_OP_BT && insn->op <= SACC_OP_BTC &&
		    !insn->has_imm;
	bool exact = mem->base != SACC_INSN_NONE && !same &&
		     !(bits && insn->reg == mem->base);
	u64 scale = mem->scale + same;

	if (exact)
		regs->gpr[mem->base] += off;
	else if (mem->index != SACC_INSN_NONE)
		regs->gpr[mem->index] += off / scale;
	else if (!replace_disp(bytes, insn->len, mem->disp, mem->disp + off))
		return false;
	/* The high half of a 32-bit address must not matter. */
	if (mem->addr32 && mem->base != SACC_INSN_NONE)
		regs->gpr[mem->base] += gen_random() << 32;
	if (sacc_insn_decode(insn, bytes, insn->len) != SACC_INSN_OK)
		return false;
	if (sacc_insn_address(insn, regs, segment_base) == target)
		return true;
	/* An index may have had to be a fraction; a base falls short of nothing. */
	ASSERT(!exact);
	return false;
}

/* The processor would raise #DE, or is free to do as it likes. */
static inline bool not_for_the_processor(const struct sacc_insn *insn,
					 const struct sacc_regs *before, u64 offset)
{
	struct sacc_regs regs = *before;
	u64 val = 0;
	bool no;

	if (insn->op == SACC_OP_BSF || insn->op == SACC_OP_BSR) {
		memcpy(&val, shadow + offset, insn->width);
		return !val;
	}
	if (insn->op != SACC_OP_DIV && insn->op != SACC_OP_IDIV)
		return false;
	no = sacc_insn_exec(insn, &regs, &shadow_bus, &offset) == -EDOM;
	return no;
}

/* A dividend whose quotient mostly fits, small and large divisors. */
static inline void make_divisible(const struct sacc_insn *insn,
				  struct sacc_regs *regs, u64 offset)
{
	bool negative = insn->op == SACC_OP_IDIV && gen_below(2);
	u64 divisor = gen_random() >> gen_below(64);

	if (insn->op != SACC_OP_DIV && insn->op != SACC_OP_IDIV)
		return;
	if (insn->mem.base != SACC_REG_RDX && insn->mem.index != SACC_REG_RDX)
		regs->gpr[SACC_REG_RDX] = negative ? ~0ULL :
					  gen_below(4) ? 0 : divisor >> 1;
	if (gen_below(2))
		divisor = -divisor;
	memcpy(shadow + offset, &divisor, insn->width);
	memcpy(buffer + offset, &divisor, insn->width);
}

/* Both ways from the same state. */
static inline void run_both(const struct sacc_insn *insn, const u8 *bytes,
			    const struct sacc_regs *before, u64 offset)
{
	struct sacc_regs emulated = *before;
	u64 count = insn->has_imm ? insn->imm : before->gpr[SACC_REG_RCX];
	u64 flags = SACC_FLAGS & ~undefined_flags(insn, count);
	unsigned int i;

	exec_regs = *before;
	run_on_processor(bytes, insn->len);
	ASSERT_EQ(sacc_insn_exec(insn, &emulated, &shadow_bus, &offset), 0);
	for (i = 0; i < 16; i++) {
		if (emulated.gpr[i] == exec_regs.gpr[i])
			continue;
		gen_note_bytes(bytes, insn->len);
		FAIL("register %u: %" PRIx64 ", emulated %" PRIx64, i,
		     exec_regs.gpr[i], emulated.gpr[i]);
	}
	if ((emulated.flags ^ exec_regs.flags) & flags) {
		gen_note_bytes(bytes, insn->len);
		FAIL("flags %" PRIx64 ", emulated %" PRIx64 ", compared %" PRIx64,
		     exec_regs.flags, emulated.flags, flags);
	}
	ASSERT_EQ(emulated.flags & ~(u64)SACC_FLAGS,
		  before->flags & ~(u64)SACC_FLAGS);
	ASSERT_EQ(emulated.ip, before->ip + insn->len);
	if (memcmp(buffer, shadow, BUFFER)) {
		gen_note_bytes(bytes, insn->len);
		FAIL("memory differs");
	}
}

/* Can this processor be asked? */
static inline bool processor_has(unsigned int op)
{
	unsigned int a, b, c, d;

	if (op == SACC_OP_MOVBE)
		return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_MOVBE);
	if (op == SACC_OP_POPCNT)
		return __builtin_cpu_supports("popcnt");
	if (op == SACC_OP_CRC32)
		return __builtin_cpu_supports("sse4.2");
	if (op == SACC_OP_LZCNT)
		return __get_cpuid(0x80000001, &a, &b, &c, &d) && (c & bit_LZCNT);
	if (op == SACC_OP_TZCNT || op >= SACC_OP_ANDN)
		return __builtin_cpu_supports("bmi") &&
		       __builtin_cpu_supports("bmi2");
	return true;
}

#define GS_BASE 0x12345670

static inline void set_gs(void)
{
	ASSERT_EQ(syscall(SYS_arch_prctl, ARCH_SET_GS, GS_BASE), 0);
}

/* Segments whose base this program can choose, widths that are emulated. */
static inline bool runnable(const struct sacc_insn *insn)
{
	return insn->width >= 4 && insn->mem.segment != SACC_SEGMENT_FS &&
	       processor_has(insn->op);
}

/*
 * One instruction from a random state, at a random place in the buffer; false
 * when it cannot be run. map_low() and set_gs() come first.
 */
static inline bool check_native(const u8 *bytes, struct sacc_insn *insn)
{
	u8 aimed[SACC_INSN_MAX];
	struct sacc_regs regs;
	u64 offset, base;

	if (sacc_insn_decode(insn, bytes, SACC_INSN_MAX) != SACC_INSN_OK ||
	    !runnable(insn))
		return false;
	random_state(&regs);
	memcpy(aimed, bytes, sizeof(aimed));
	base = insn->mem.segment == SACC_SEGMENT_GS ? GS_BASE : 0;
	offset = gen_below(BUFFER / insn->width) * insn->width;
	if (!aim(insn, aimed, &regs, base, (u64)buffer + offset))
		return false;
	make_divisible(insn, &regs, offset);
	if (not_for_the_processor(insn, &regs, offset))
		return false;
	run_both(insn, aimed, &regs, offset);
	return true;
}

#endif
