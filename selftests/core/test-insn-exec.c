// SPDX-License-Identifier: GPL-2.0-only
/*
 * sacc_insn_exec() against the processor: each instruction runs once for real,
 * on ordinary memory, and once emulated, from the same registers, condition
 * codes and memory; everything has to come out the same.
 */
#include "insn-gen.h"

#ifdef __x86_64__
#include <asm/prctl.h>
#include <cpuid.h>
#include <sys/syscall.h>

#define ROUNDS		300000
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

static void map_low(void)
{
	u8 *map = mmap(NULL, 2 * BUFFER, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	ASSERT(map != MAP_FAILED);
	code = map;
	buffer = map + BUFFER;
}

/* Runs it; exec_regs before and after, exec_regs.ip only before. */
static void run_on_processor(const u8 *bytes, size_t len)
{
	void (*back)(void) = exec_back;
	u8 jump[6] = { 0xff, 0x25, 0, 0, 0, 0 };	/* jmp *0(%rip) */

	memcpy(code, bytes, len);
	memcpy(code + len, jump, sizeof(jump));
	memcpy(code + len + sizeof(jump), &back, sizeof(back));
	exec_target = (u64)code;
	exec_run();
}

static int shadow_read(void *arg, unsigned int width, u64 *val)
{
	*val = ~0ULL;	/* as a careless model would */
	memcpy(val, shadow + *(u64 *)arg, width);
	return 0;
}

static int shadow_write(void *arg, unsigned int width, u64 val)
{
	memcpy(shadow + *(u64 *)arg, &val, width);
	return 0;
}

static const struct sacc_insn_bus shadow_bus = { shadow_read, shadow_write };

/* Condition codes that the processor is free to set as it likes. */
static u64 undefined_flags(const struct sacc_insn *insn, u64 count)
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
	default:
		return 0;
	}
}

/* Values that carry, overflow and extend. */
static u64 interesting(void)
{
	static const u64 edges[] = {
		0, 1, 2, 0x7f, 0x80, 0xff, 0x7fffffff, 0x80000000, 0xffffffff,
		0x100000000, 0x7fffffffffffffff, 0x8000000000000000, ~0ULL,
	};

	if (gen_below(3))
		return gen_random();
	return edges[gen_below(sizeof(edges) / sizeof(edges[0]))];
}

static void random_state(struct sacc_regs *regs)
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
static bool replace_disp(u8 *bytes, size_t len, u64 old, u64 new)
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
static bool aim(struct sacc_insn *insn, u8 *bytes, struct sacc_regs *regs,
		u64 segment_base, u64 target)
{
	u64 off = target - sacc_insn_address(insn, regs, segment_base);
	struct sacc_insn_mem *mem = &insn->mem;
	bool same = mem->base == mem->index;
	u64 scale = mem->scale + same;

	if (mem->base != SACC_INSN_NONE && !same)
		regs->gpr[mem->base] += off;
	else if (mem->index != SACC_INSN_NONE)
		regs->gpr[mem->index] += off / scale;
	else if (!replace_disp(bytes, insn->len, mem->disp, mem->disp + off))
		return false;
	/* The high half of a 32-bit address must not matter. */
	if (mem->addr32 && mem->base != SACC_INSN_NONE)
		regs->gpr[mem->base] += gen_random() << 32;
	return sacc_insn_decode(insn, bytes, insn->len) == SACC_INSN_OK &&
	       sacc_insn_address(insn, regs, segment_base) == target;
}

/* Both ways from the same state. */
static void run_both(const struct sacc_insn *insn, const u8 *bytes,
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

static bool processor_has_movbe(void)
{
	unsigned int a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_MOVBE);
}

#define GS_BASE 0x12345670

/* Segments whose base this program can choose, widths that are emulated. */
static bool runnable(const struct sacc_insn *insn)
{
	return insn->width >= 4 && insn->mem.segment != SACC_SEGMENT_FS &&
	       (insn->op != SACC_OP_MOVBE || processor_has_movbe());
}

TEST(every_operation_does_what_the_processor_does)
{
	unsigned int seen[SACC_OP_SAR + 1] = { 0 }, ran = 0, gs = 0, rip = 0;
	u8 bytes[SACC_INSN_MAX];
	struct sacc_regs regs;
	struct sacc_insn insn;
	u64 offset, base;
	unsigned int i;

	map_low();
	ASSERT_EQ(syscall(SYS_arch_prctl, ARCH_SET_GS, GS_BASE), 0);
	while (ran < ROUNDS) {
		gen_insn(bytes, gen_below(0x300), (u8)gen_below(0xc0));
		if (sacc_insn_decode(&insn, bytes, sizeof(bytes)) !=
		    SACC_INSN_OK || !runnable(&insn))
			continue;
		random_state(&regs);
		base = insn.mem.segment == SACC_SEGMENT_GS ? GS_BASE : 0;
		offset = gen_below(BUFFER / insn.width) * insn.width;
		if (!aim(&insn, bytes, &regs, base, (u64)buffer + offset))
			continue;
		run_both(&insn, bytes, &regs, offset);
		seen[insn.op]++;
		gs += insn.mem.segment == SACC_SEGMENT_GS;
		rip += insn.mem.rip;
		ran++;
	}
	for (i = 0; i <= SACC_OP_SAR; i++)
		if (i != SACC_OP_MOVZX)	/* never 4 or 8 bytes wide */
			ASSERT(seen[i] || (i == SACC_OP_MOVBE &&
					   !processor_has_movbe()));
	ktap_note("%u ran, %u with gs, %u relative to rip, %u mov",
		  ran, gs, rip, seen[SACC_OP_MOV]);
	ASSERT_GT(gs, 100);
	ASSERT_GT(rip, 100);
}

#endif /* __x86_64__ */

/* --- What the processor cannot be asked */

struct log {
	unsigned int reads, writes;
	int read_error, write_error;
};

static int log_read(void *arg, unsigned int width, u64 *val)
{
	struct log *log = arg;

	(void)width;
	log->reads++;
	*val = 0x1122334455667788;
	return log->read_error;
}

static int log_write(void *arg, unsigned int width, u64 val)
{
	struct log *log = arg;

	(void)width;
	(void)val;
	log->writes++;
	return log->write_error;
}

static const struct sacc_insn_bus log_bus = { log_read, log_write };

static int exec_logged(const char *bytes, struct sacc_regs *regs,
		       struct log *log)
{
	struct sacc_insn insn;

	ASSERT_EQ(sacc_insn_decode(&insn, (const u8 *)bytes, SACC_INSN_MAX),
		  SACC_INSN_OK);
	return sacc_insn_exec(&insn, regs, &log_bus, log);
}

#define PAD "\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define MOV_LOAD	"\x8b\x07" PAD		/* mov (%rdi),%eax */
#define MOV_STORE	"\x89\x07" PAD		/* mov %eax,(%rdi) */
#define ADD_MEM		"\x01\x07" PAD		/* add %eax,(%rdi) */
#define XCHG		"\x87\x07" PAD		/* xchg %eax,(%rdi) */
#define CMP_MEM		"\x3b\x07" PAD		/* cmp (%rdi),%eax */
#define MOV_BYTE	"\x8a\x07" PAD		/* mov (%rdi),%al */
#define MOV_WORD	"\x66\x8b\x07" PAD	/* mov (%rdi),%ax */

TEST(each_operand_is_accessed_exactly_once)
{
	struct sacc_regs regs = { .flags = 2 };
	struct log log = { 0 };

	ASSERT_EQ(exec_logged(MOV_LOAD, &regs, &log), 0);
	ASSERT(log.reads == 1 && log.writes == 0);
	ASSERT_EQ(exec_logged(MOV_STORE, &regs, &log), 0);
	ASSERT(log.reads == 1 && log.writes == 1);
	ASSERT_EQ(exec_logged(ADD_MEM, &regs, &log), 0);
	ASSERT(log.reads == 2 && log.writes == 2);
	ASSERT_EQ(exec_logged(XCHG, &regs, &log), 0);
	ASSERT(log.reads == 3 && log.writes == 3);
	ASSERT_EQ(exec_logged(CMP_MEM, &regs, &log), 0);
	ASSERT(log.reads == 4 && log.writes == 3);
}

TEST(a_failed_load_leaves_everything_and_stores_nothing)
{
	struct sacc_regs regs = { .ip = 5, .flags = 2 }, before = regs;
	struct log log = { .read_error = -EIO };

	ASSERT_EQ(exec_logged(MOV_LOAD, &regs, &log), -EIO);
	ASSERT_EQ(exec_logged(ADD_MEM, &regs, &log), -EIO);
	ASSERT_EQ(exec_logged(XCHG, &regs, &log), -EIO);
	ASSERT_EQ(log.writes, 0);
	ASSERT(!memcmp(&regs, &before, sizeof(regs)));
}

TEST(a_failed_store_leaves_the_registers)
{
	struct sacc_regs regs = { .ip = 5, .flags = 2 }, before = regs;
	struct log log = { .write_error = -EIO };

	ASSERT_EQ(exec_logged(MOV_STORE, &regs, &log), -EIO);
	ASSERT_EQ(exec_logged(ADD_MEM, &regs, &log), -EIO);
	ASSERT_EQ(exec_logged(XCHG, &regs, &log), -EIO);
	ASSERT(!memcmp(&regs, &before, sizeof(regs)));
}

TEST(narrow_accesses_are_not_carried_out)
{
	struct sacc_regs regs = { .ip = 5, .flags = 2 }, before = regs;
	struct log log = { 0 };

	ASSERT_EQ(exec_logged(MOV_BYTE, &regs, &log), -EINVAL);
	ASSERT_EQ(exec_logged(MOV_WORD, &regs, &log), -EINVAL);
	ASSERT(log.reads == 0 && log.writes == 0);
	ASSERT(!memcmp(&regs, &before, sizeof(regs)));
}

KTAP_MAIN()
