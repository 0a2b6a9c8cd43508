// SPDX-License-Identifier: GPL-2.0-only
/*
 * The instruction decoder by hand: what each form means, what is refused, where
 * the operand is. Bytes and meaning are written out, so that a mistake shared
 * with a disassembler shows.
 */
#include "insn-gen.h"

#define NONE SACC_INSN_NONE
#define RAX 0
#define RCX 1
#define RDX 2
#define RBX 3
#define RSP 4
#define RBP 5
#define RSI 6
#define RDI 7

struct expected {
	const char *text;
	const char *bytes;
	size_t size;
	struct sacc_insn insn;	/* .len is .size */
};

#define CODE(text, bytes, ...)						\
	{ text, bytes, sizeof(bytes) - 1, { __VA_ARGS__ } }

#define MEM(b)		.mem = { .base = b, .index = NONE, .scale = 1 }
#define AT_RDI		MEM(RDI)
#define REG(r, w)	.reg = r, .reg_width = w
#define REG2(r)		.reg2 = (r) + 1	/* 0: none */
#define NO_REG(w)	.reg = NONE, .reg_width = w
#define IMM(i)		.has_imm = true, .imm = (u64)(i)
#define LOAD(w)		.width = w, .load = true
#define STORE(w)	.width = w, .store = true
#define RMW(w)		.width = w, .load = true, .store = true, .mem_first = true
#define TESTS(w)	LOAD(w), .mem_first = true
#define OP(name)	.op = SACC_OP_##name

static const struct expected accepted[] = {
	/* Moves */
	CODE("mov %eax,(%rdi)", "\x89\x07", OP(MOV), AT_RDI, STORE(4), REG(RAX, 4)),
	CODE("mov %rsi,(%rdi)", "\x48\x89\x37", OP(MOV), AT_RDI, STORE(8), REG(RSI, 8)),
	CODE("mov %r9w,(%rdi)", "\x66\x44\x89\x0f", OP(MOV), AT_RDI, STORE(2), REG(9, 2)),
	CODE("mov %ah,(%rdi)", "\x88\x27", OP(MOV), AT_RDI, STORE(1), REG(RAX, 1), .reg_high = true),
	CODE("mov %spl,(%rdi)", "\x40\x88\x27", OP(MOV), AT_RDI, STORE(1), REG(RSP, 1)),
	CODE("mov (%rdi),%bh", "\x8a\x3f", OP(MOV), AT_RDI, LOAD(1), REG(RBX, 1), .reg_high = true),
	CODE("mov (%rdi),%ecx", "\x8b\x0f", OP(MOV), AT_RDI, LOAD(4), REG(RCX, 4)),
	CODE("mov (%r15),%r15", "\x4d\x8b\x3f", OP(MOV), MEM(15), LOAD(8), REG(15, 8)),
	CODE("movl $0x12345678,(%rdi)", "\xc7\x07\x78\x56\x34\x12", OP(MOV), AT_RDI, STORE(4), NO_REG(4), IMM(0x12345678)),
	CODE("movq $-2,(%rdi)", "\x48\xc7\x07\xfe\xff\xff\xff", OP(MOV), AT_RDI, STORE(8), NO_REG(8), IMM(-2)),
	CODE("movw $-2,(%rdi)", "\x66\xc7\x07\xfe\xff", OP(MOV), AT_RDI, STORE(2), NO_REG(2), IMM(-2)),
	CODE("movb $0x80,(%rdi)", "\xc6\x07\x80", OP(MOV), AT_RDI, STORE(1), NO_REG(1), IMM(-128)),
	CODE("movabs 0x8877665544332211,%eax", "\xa1\x11\x22\x33\x44\x55\x66\x77\x88", OP(MOV), LOAD(4), REG(RAX, 4),
	     .mem = { .base = NONE, .index = NONE, .scale = 1, .disp = 0x8877665544332211 }),
	CODE("movabs %rax,0x1", "\x48\xa3\x01\0\0\0\0\0\0\0", OP(MOV), STORE(8), REG(RAX, 8),
	     .mem = { .base = NONE, .index = NONE, .scale = 1, .disp = 1 }),
	CODE("addr32 mov 0x80000000,%eax", "\x67\xa1\0\0\0\x80", OP(MOV), LOAD(4), REG(RAX, 4),
	     .mem = { .base = NONE, .index = NONE, .scale = 1, .disp = 0x80000000, .addr32 = true }),
	CODE("movnti %edx,(%rdi)", "\x0f\xc3\x17", OP(MOV), AT_RDI, STORE(4), REG(RDX, 4)),
	CODE("movnti %r8,(%rdi)", "\x4c\x0f\xc3\x07", OP(MOV), AT_RDI, STORE(8), REG(8, 8)),
	CODE("movbe (%rdi),%rax", "\x48\x0f\x38\xf0\x07", OP(MOVBE), AT_RDI, LOAD(8), REG(RAX, 8)),
	CODE("movbe %eax,(%rdi)", "\x0f\x38\xf1\x07", OP(MOVBE), AT_RDI, STORE(4), REG(RAX, 4)),
	CODE("movbe %ax,(%rdi)", "\x66\x0f\x38\xf1\x07", OP(MOVBE), AT_RDI, STORE(2), REG(RAX, 2)),
	/* Extending loads */
	CODE("movzbl (%rdi),%esp", "\x0f\xb6\x27", OP(MOVZX), AT_RDI, LOAD(1), REG(RSP, 4)),
	CODE("movzwq (%rdi),%rax", "\x48\x0f\xb7\x07", OP(MOVZX), AT_RDI, LOAD(2), REG(RAX, 8)),
	CODE("movsbw (%rdi),%ax", "\x66\x0f\xbe\x07", OP(MOVSX), AT_RDI, LOAD(1), REG(RAX, 2)),
	CODE("movswl (%rdi),%eax", "\x0f\xbf\x07", OP(MOVSX), AT_RDI, LOAD(2), REG(RAX, 4)),
	CODE("movslq (%rdi),%rax", "\x48\x63\x07", OP(MOVSX), AT_RDI, LOAD(4), REG(RAX, 8)),
	CODE("movsxd (%rdi),%eax", "\x63\x07", OP(MOVSX), AT_RDI, LOAD(4), REG(RAX, 4)),
	/* Arithmetic, both directions and immediates */
	CODE("add %eax,(%rdi)", "\x01\x07", OP(ADD), AT_RDI, RMW(4), REG(RAX, 4)),
	CODE("or (%rdi),%rax", "\x48\x0b\x07", OP(OR), AT_RDI, LOAD(8), REG(RAX, 8)),
	CODE("adc (%rdi),%al", "\x12\x07", OP(ADC), AT_RDI, LOAD(1), REG(RAX, 1)),
	CODE("sbb %dh,(%rdi)", "\x18\x37", OP(SBB), AT_RDI, RMW(1), REG(RDX, 1), .reg_high = true),
	CODE("andl $0xfffffff0,(%rdi)", "\x83\x27\xf0", OP(AND), AT_RDI, RMW(4), NO_REG(4), IMM(-16)),
	CODE("subq $0x7fffffff,(%rdi)", "\x48\x81\x2f\xff\xff\xff\x7f", OP(SUB), AT_RDI, RMW(8), NO_REG(8), IMM(0x7fffffff)),
	CODE("xorb $1,(%rdi)", "\x80\x37\x01", OP(XOR), AT_RDI, RMW(1), NO_REG(1), IMM(1)),
	CODE("cmp %eax,(%rdi)", "\x39\x07", OP(CMP), AT_RDI, TESTS(4), REG(RAX, 4)),
	CODE("cmp (%rdi),%eax", "\x3b\x07", OP(CMP), AT_RDI, LOAD(4), REG(RAX, 4)),
	CODE("cmpl $-1,(%rdi)", "\x83\x3f\xff", OP(CMP), AT_RDI, TESTS(4), NO_REG(4), IMM(-1)),
	CODE("test %rax,(%rdi)", "\x48\x85\x07", OP(TEST), AT_RDI, TESTS(8), REG(RAX, 8)),
	CODE("testl $0x80000000,(%rdi)", "\xf7\x07\0\0\0\x80", OP(TEST), AT_RDI, TESTS(4), NO_REG(4), IMM(-0x80000000LL)),
	CODE("notl (%rdi)", "\xf7\x17", OP(NOT), AT_RDI, RMW(4), NO_REG(4)),
	CODE("negq (%rdi)", "\x48\xf7\x1f", OP(NEG), AT_RDI, RMW(8), NO_REG(8)),
	CODE("incl (%rdi)", "\xff\x07", OP(INC), AT_RDI, RMW(4), NO_REG(4)),
	CODE("decb (%rdi)", "\xfe\x0f", OP(DEC), AT_RDI, RMW(1), NO_REG(1)),
	CODE("imul (%rdi),%eax", "\x0f\xaf\x07", OP(IMUL), AT_RDI, LOAD(4), REG(RAX, 4)),
	CODE("imul $5,(%rdi),%rax", "\x48\x6b\x07\x05", OP(IMUL), AT_RDI, LOAD(8), .mem_first = true, REG(RAX, 8), IMM(5)),
	CODE("imul $0x100,(%rdi),%eax", "\x69\x07\0\x01\0\0", OP(IMUL), AT_RDI, LOAD(4), .mem_first = true, REG(RAX, 4), IMM(0x100)),
	CODE("shll (%rdi)", "\xd1\x27", OP(SHL), AT_RDI, RMW(4), NO_REG(4), IMM(1)),
	CODE("shrq $7,(%rdi)", "\x48\xc1\x2f\x07", OP(SHR), AT_RDI, RMW(8), NO_REG(8), IMM(7)),
	CODE("sarl %cl,(%rdi)", "\xd3\x3f", OP(SAR), AT_RDI, RMW(4), REG(RCX, 1)),
	/* Atomic */
	CODE("xchg %eax,(%rdi)", "\x87\x07", OP(XCHG), AT_RDI, RMW(4), REG(RAX, 4), .lock = true),
	CODE("xadd %eax,(%rdi)", "\x0f\xc1\x07", OP(XADD), AT_RDI, RMW(4), REG(RAX, 4)),
	CODE("lock xadd %rax,(%rdi)", "\xf0\x48\x0f\xc1\x07", OP(XADD), AT_RDI, RMW(8), REG(RAX, 8), .lock = true),
	CODE("lock incl (%rdi)", "\xf0\xff\x07", OP(INC), AT_RDI, RMW(4), NO_REG(4), .lock = true),
	CODE("lock orl $1,(%rdi)", "\xf0\x83\x0f\x01", OP(OR), AT_RDI, RMW(4), NO_REG(4), IMM(1), .lock = true),
	CODE("cmpxchg %ecx,(%rdi)", "\x0f\xb1\x0f", OP(CMPXCHG), AT_RDI, RMW(4), REG(RCX, 4)),
	CODE("lock cmpxchg %r8,(%rdi)", "\xf0\x4c\x0f\xb1\x07", OP(CMPXCHG), AT_RDI, RMW(8), REG(8, 8), .lock = true),
	CODE("lock btsl $33,(%rdi)", "\xf0\x0f\xba\x2f\x21", OP(BTS), AT_RDI, RMW(4), NO_REG(4), IMM(33), .lock = true),
	CODE("lock btr %rax,(%rdi)", "\xf0\x48\x0f\xb3\x07", OP(BTR), AT_RDI, RMW(8), REG(RAX, 8), .lock = true),
	/* Bits and double width */
	CODE("bt %eax,(%rdi)", "\x0f\xa3\x07", OP(BT), AT_RDI, TESTS(4), REG(RAX, 4)),
	CODE("btcq $3,(%rdi)", "\x48\x0f\xba\x3f\x03", OP(BTC), AT_RDI, RMW(8), NO_REG(8), IMM(3)),
	CODE("bsf (%rdi),%eax", "\x0f\xbc\x07", OP(BSF), AT_RDI, LOAD(4), REG(RAX, 4)),
	CODE("bsr (%rdi),%r9", "\x4c\x0f\xbd\x0f", OP(BSR), AT_RDI, LOAD(8), REG(9, 8)),
	CODE("popcnt (%rdi),%eax", "\xf3\x0f\xb8\x07", OP(POPCNT), AT_RDI, LOAD(4), REG(RAX, 4)),
	CODE("tzcnt (%rdi),%rax", "\xf3\x48\x0f\xbc\x07", OP(TZCNT), AT_RDI, LOAD(8), REG(RAX, 8)),
	CODE("lzcnt (%rdi),%cx", "\x66\xf3\x0f\xbd\x0f", OP(LZCNT), AT_RDI, LOAD(2), REG(RCX, 2)),
	CODE("crc32l (%rdi),%eax", "\xf2\x0f\x38\xf1\x07", OP(CRC32), AT_RDI, LOAD(4), REG(RAX, 4)),
	CODE("crc32b (%rdi),%rax", "\xf2\x48\x0f\x38\xf0\x07", OP(CRC32), AT_RDI, LOAD(1), REG(RAX, 8)),
	CODE("mull (%rdi)", "\xf7\x27", OP(MUL), AT_RDI, LOAD(4), NO_REG(4)),
	CODE("imulq (%rdi)", "\x48\xf7\x2f", OP(IMUL_WIDE), AT_RDI, LOAD(8), NO_REG(8)),
	CODE("divb (%rdi)", "\xf6\x37", OP(DIV), AT_RDI, LOAD(1), NO_REG(1)),
	CODE("idivl (%rdi)", "\xf7\x3f", OP(IDIV), AT_RDI, LOAD(4), NO_REG(4)),
	CODE("roll (%rdi)", "\xd1\x07", OP(ROL), AT_RDI, RMW(4), NO_REG(4), IMM(1)),
	CODE("rorq %cl,(%rdi)", "\x48\xd3\x0f", OP(ROR), AT_RDI, RMW(8), REG(RCX, 1)),
	CODE("cmove (%rdi),%eax", "\x0f\x44\x07", OP(CMOV), AT_RDI, LOAD(4), REG(RAX, 4), .cond = 4),
	CODE("cmovg (%rdi),%r10", "\x4c\x0f\x4f\x17", OP(CMOV), AT_RDI, LOAD(8), REG(10, 8), .cond = 15),
	/* VEX: one register, two, and where they stand */
	CODE("andn (%rdi),%ecx,%eax", "\xc4\xe2\x70\xf2\x07", OP(ANDN), AT_RDI, LOAD(4), REG(RAX, 4), REG2(RCX)),
	CODE("andn (%r8),%r9,%r10", "\xc4\x42\xb0\xf2\x10", OP(ANDN), MEM(8), LOAD(8), REG(10, 8), REG2(9)),
	CODE("shlx %ecx,(%rdi),%eax", "\xc4\xe2\x71\xf7\x07", OP(SHLX), AT_RDI, LOAD(4), REG(RAX, 4), REG2(RCX)),
	CODE("sarx %rcx,(%rdi),%rax", "\xc4\xe2\xf2\xf7\x07", OP(SARX), AT_RDI, LOAD(8), REG(RAX, 8), REG2(RCX)),
	CODE("shrx %ecx,(%rdi),%eax", "\xc4\xe2\x73\xf7\x07", OP(SHRX), AT_RDI, LOAD(4), REG(RAX, 4), REG2(RCX)),
	CODE("bextr %ecx,(%rdi),%eax", "\xc4\xe2\x70\xf7\x07", OP(BEXTR), AT_RDI, LOAD(4), REG(RAX, 4), REG2(RCX)),
	CODE("bzhi %ecx,(%rdi),%eax", "\xc4\xe2\x70\xf5\x07", OP(BZHI), AT_RDI, LOAD(4), REG(RAX, 4), REG2(RCX)),
	CODE("pext (%rdi),%ecx,%eax", "\xc4\xe2\x72\xf5\x07", OP(PEXT), AT_RDI, LOAD(4), REG(RAX, 4), REG2(RCX)),
	CODE("pdep (%rdi),%rcx,%rax", "\xc4\xe2\xf3\xf5\x07", OP(PDEP), AT_RDI, LOAD(8), REG(RAX, 8), REG2(RCX)),
	CODE("mulx (%rdi),%rcx,%rax", "\xc4\xe2\xf3\xf6\x07", OP(MULX), AT_RDI, LOAD(8), REG(RAX, 8), REG2(RCX)),
	CODE("blsr (%rdi),%ecx", "\xc4\xe2\x70\xf3\x0f", OP(BLSR), AT_RDI, LOAD(4), REG(RCX, 4)),
	CODE("blsmsk (%rdi),%rcx", "\xc4\xe2\xf0\xf3\x17", OP(BLSMSK), AT_RDI, LOAD(8), REG(RCX, 8)),
	CODE("blsi (%rdi),%r15d", "\xc4\xe2\x00\xf3\x1f", OP(BLSI), AT_RDI, LOAD(4), REG(15, 4)),
	CODE("rorx $7,(%rdi),%eax", "\xc4\xe3\x7b\xf0\x07\x07", OP(RORX), AT_RDI, LOAD(4), REG(RAX, 4), IMM(7)),
	/* Memory operands */
	CODE("mov (%rsp),%eax", "\x8b\x04\x24", OP(MOV), MEM(RSP), LOAD(4), REG(RAX, 4)),
	CODE("mov (%r12),%eax", "\x41\x8b\x04\x24", OP(MOV), MEM(12), LOAD(4), REG(RAX, 4)),
	CODE("mov 0(%rbp),%eax", "\x8b\x45\0", OP(MOV), MEM(RBP), LOAD(4), REG(RAX, 4)),
	CODE("mov -8(%r13),%eax", "\x41\x8b\x45\xf8", OP(MOV), LOAD(4), REG(RAX, 4),
	     .mem = { .base = 13, .index = NONE, .scale = 1, .disp = (u64)-8 }),
	CODE("mov 0x80000000(%rdi),%eax", "\x8b\x87\0\0\0\x80", OP(MOV), LOAD(4), REG(RAX, 4),
	     .mem = { .base = RDI, .index = NONE, .scale = 1, .disp = 0xffffffff80000000 }),
	CODE("mov 4(%rdi,%rsi,8),%eax", "\x8b\x44\xf7\x04", OP(MOV), LOAD(4), REG(RAX, 4),
	     .mem = { .base = RDI, .index = RSI, .scale = 8, .disp = 4 }),
	CODE("mov (%rdi,%r12,2),%eax", "\x42\x8b\x04\x67", OP(MOV), LOAD(4), REG(RAX, 4),
	     .mem = { .base = RDI, .index = 12, .scale = 2 }),
	CODE("mov 0x10(,%rcx,4),%eax", "\x8b\x04\x8d\x10\0\0\0", OP(MOV), LOAD(4), REG(RAX, 4),
	     .mem = { .base = NONE, .index = RCX, .scale = 4, .disp = 0x10 }),
	CODE("mov 0x10,%eax", "\x8b\x04\x25\x10\0\0\0", OP(MOV), LOAD(4), REG(RAX, 4),
	     .mem = { .base = NONE, .index = NONE, .scale = 1, .disp = 0x10 }),
	CODE("mov -4(%rip),%eax", "\x8b\x05\xfc\xff\xff\xff", OP(MOV), LOAD(4), REG(RAX, 4),
	     .mem = { .base = NONE, .index = NONE, .scale = 1, .rip = true, .disp = (u64)-4 }),
	CODE("mov (%edi),%eax", "\x67\x8b\x07", OP(MOV), LOAD(4), REG(RAX, 4),
	     .mem = { .base = RDI, .index = NONE, .scale = 1, .addr32 = true }),
	CODE("mov %fs:(%rdi),%eax", "\x64\x8b\x07", OP(MOV), LOAD(4), REG(RAX, 4),
	     .mem = { .base = RDI, .index = NONE, .scale = 1, .segment = SACC_SEGMENT_FS }),
	CODE("mov %gs:(%rdi),%eax", "\x65\x8b\x07", OP(MOV), LOAD(4), REG(RAX, 4),
	     .mem = { .base = RDI, .index = NONE, .scale = 1, .segment = SACC_SEGMENT_GS }),
	CODE("mov %ds:(%rdi),%eax", "\x3e\x8b\x07", OP(MOV), AT_RDI, LOAD(4), REG(RAX, 4)),
};

#define N_ACCEPTED (sizeof(accepted) / sizeof(accepted[0]))

static void compare(const struct expected *want, const struct sacc_insn *got)
{
	struct sacc_insn insn = want->insn;
	bool same;

	insn.len = (u8)want->size;
	insn.reg2 = insn.reg2 ? insn.reg2 - 1 : NONE;
	same = insn.mem.disp == got->mem.disp &&
	       insn.mem.base == got->mem.base &&
	       insn.mem.index == got->mem.index &&
	       insn.mem.scale == got->mem.scale &&
	       insn.mem.segment == got->mem.segment &&
	       insn.mem.rip == got->mem.rip &&
	       insn.mem.addr32 == got->mem.addr32 && insn.imm == got->imm &&
	       insn.op == got->op && insn.len == got->len &&
	       insn.width == got->width && insn.reg_width == got->reg_width &&
	       insn.reg == got->reg && insn.reg2 == got->reg2 &&
	       insn.cond == got->cond && insn.reg_high == got->reg_high &&
	       insn.has_imm == got->has_imm && insn.load == got->load &&
	       insn.mem_first == got->mem_first && insn.store == got->store &&
	       insn.lock == got->lock;
	if (!same)
		FAIL("%s is decoded as something else", want->text);
}

TEST(each_form_means_what_the_manual_says)
{
	struct sacc_insn insn;
	size_t i;

	for (i = 0; i < N_ACCEPTED; i++) {
		const struct expected *want = &accepted[i];

		if (gen_decode(&insn, (const u8 *)want->bytes, want->size) !=
		    SACC_INSN_OK)
			FAIL("%s is not accepted", want->text);
		compare(want, &insn);
	}
	ktap_note("%zu forms", i);
}

TEST(what_follows_an_instruction_does_not_matter)
{
	u8 bytes[SACC_INSN_MAX];
	struct sacc_insn insn;
	size_t i, n;

	for (i = 0; i < N_ACCEPTED; i++) {
		for (n = 0; n < 16; n++) {
			gen_bytes(bytes, sizeof(bytes));
			memcpy(bytes, accepted[i].bytes, accepted[i].size);
			ASSERT_EQ(gen_decode(&insn, bytes, sizeof(bytes)),
				  SACC_INSN_OK);
			compare(&accepted[i], &insn);
		}
	}
}

TEST(every_beginning_of_an_instruction_is_truncated)
{
	struct sacc_insn insn;
	size_t i, size;

	for (i = 0; i < N_ACCEPTED; i++)
		for (size = 0; size < accepted[i].size; size++)
			ASSERT_EQ(gen_decode(&insn,
					     (const u8 *)accepted[i].bytes, size),
				  SACC_INSN_TRUNCATED);
}

TEST(nothing_longer_than_15_bytes_is_accepted)
{
	u8 bytes[SACC_INSN_MAX + 8];
	struct sacc_insn insn;

	/* 15 bytes: movq $imm32, disp32(%rdi,%rsi,8) behind three prefixes. */
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, "\x2e\x2e\x2e\x48\xc7\x84\xf7", 7);
	ASSERT_EQ(gen_decode(&insn, bytes, 14), SACC_INSN_TRUNCATED);
	ASSERT_EQ(gen_decode(&insn, bytes, 15), SACC_INSN_OK);
	ASSERT_EQ(insn.len, 15);
	/* One prefix more. */
	memcpy(bytes, "\x2e\x2e\x2e\x2e\x48\xc7\x84\xf7", 8);
	ASSERT_EQ(gen_decode(&insn, bytes, 15), SACC_INSN_REFUSED);
	ASSERT_EQ(gen_decode(&insn, bytes, sizeof(bytes)), SACC_INSN_REFUSED);
	/* Prefixes without end. */
	memset(bytes, 0x66, sizeof(bytes));
	ASSERT_EQ(gen_decode(&insn, bytes, 14), SACC_INSN_TRUNCATED);
	ASSERT_EQ(gen_decode(&insn, bytes, sizeof(bytes)), SACC_INSN_REFUSED);
}

struct refused {
	const char *text;
	const char *bytes;
};

#define PAD "\0\0\0\0\0\0\0\0\0\0\0\0"

static const struct refused refused[] = {
	{ "movsl", "\xa5" PAD },
	{ "rep stosq", "\xf3\x48\xab" PAD },
	{ "lodsl", "\xad" PAD },
	{ "cmpsl", "\xa7" PAD },
	{ "scasl", "\xaf" PAD },
	{ "push (%rdi)", "\xff\x37" PAD },
	{ "pop (%rdi)", "\x8f\x07" PAD },
	{ "call *(%rdi)", "\xff\x17" PAD },
	{ "jmp *(%rdi)", "\xff\x27" PAD },
	{ "lcall *(%rdi)", "\xff\x1f" PAD },
	{ "lea (%rdi),%rax", "\x48\x8d\x07" PAD },
	{ "mov %ds,(%rdi)", "\x8c\x1f" PAD },
	{ "mov (%rdi),%ds", "\x8e\x1f" PAD },
	{ "movups (%rdi),%xmm0", "\x0f\x10\x07" PAD },
	{ "movd (%rdi),%xmm0", "\x66\x0f\x6e\x07" PAD },
	{ "movdqu %xmm0,(%rdi)", "\xf3\x0f\x7f\x07" PAD },
	{ "vmovdqu (%rdi),%ymm0", "\xc5\xfe\x6f\x07" PAD },
	{ "vmovdqu64 (%rdi),%zmm0", "\x62\xf1\xfe\x48\x6f\x07" PAD },
	{ "fldl (%rdi)", "\xdd\x07" PAD },
	{ "cmpxchg8b (%rdi)", "\x0f\xc7\x0f" PAD },
	{ "rcrl (%rdi)", "\xd1\x1f" PAD },
	{ "clflush (%rdi)", "\x0f\xae\x3f" PAD },
	{ "prefetcht0 (%rdi)", "\x0f\x18\x0f" PAD },
	{ "mov %eax,%edi", "\x89\xc7" PAD },
	{ "xbegin", "\xc7\xf8" PAD },
	{ "f7 /1", "\xf7\x0f\1\0\0\0" PAD },
	{ "c7 /1", "\xc7\x0f" PAD },
	{ "82: not in 64-bit mode", "\x82\x07\x01" PAD },
	{ "cmpxchg16b (%rdi)", "\x48\x0f\xc7\x0f" PAD },
	{ "rcll (%rdi)", "\xd1\x17" PAD },
	{ "shld $1,%eax,(%rdi)", "\x0f\xa4\x07\x01" PAD },
	{ "adcx (%rdi),%eax", "\x66\x0f\x38\xf6\x07" PAD },
	{ "bt %eax,(%edi)", "\x67\x0f\xa3\x07" PAD },
	{ "0f ba /0", "\x0f\xba\x07\x01" PAD },
	{ "lock bt %eax,(%rdi)", "\xf0\x0f\xa3\x07" PAD },
	{ "lock roll (%rdi)", "\xf0\xd1\x07" PAD },
	{ "lock mull (%rdi)", "\xf0\xf7\x27" PAD },
	{ "rep cmpxchg", "\xf3\x0f\xb1\x0f" PAD },
	{ "repne popcnt", "\xf2\x0f\xb8\x07" PAD },
	{ "rep movbe", "\xf3\x0f\x38\xf0\x07" PAD },
	{ "rep and repne", "\xf2\xf3\x0f\xb8\x07" PAD },
	/* VEX: what is an invalid opcode, and what works on vectors */
	{ "andn with L", "\xc4\xe2\x74\xf2\x07" PAD },
	{ "rorx with vvvv", "\xc4\xe3\x73\xf0\x07\x07" PAD },
	{ "66 andn", "\x66\xc4\xe2\x70\xf2\x07" PAD },
	{ "rex andn", "\x48\xc4\xe2\x70\xf2\x07" PAD },
	{ "lock andn", "\xf0\xc4\xe2\x70\xf2\x07" PAD },
	{ "blsr group /0", "\xc4\xe2\x70\xf3\x07" PAD },
	{ "andn %edi,%ecx,%eax", "\xc4\xe2\x70\xf2\xc7" PAD },
	{ "map 2 behind c5", "\xc5\xf0\xf2\x07" PAD },
	{ "vmovd (%rdi),%xmm0", "\xc5\xf9\x6e\x07" PAD },
	{ "vpgatherdd", "\xc4\xe2\x71\x90\x04\x37" PAD },
	{ "nop", "\x90" PAD },
	{ "ret", "\xc3" PAD },
	{ "syscall", "\x0f\x05" PAD },
	{ "movnti with 66", "\x66\x0f\xc3\x07" PAD },
	{ "movsxd to 16 bits", "\x66\x63\x07" PAD },
	/* lock only where there is a load and a store to make one of */
	{ "lock mov %eax,(%rdi)", "\xf0\x89\x07" PAD },
	{ "lock mov (%rdi),%eax", "\xf0\x8b\x07" PAD },
	{ "lock add (%rdi),%eax", "\xf0\x03\x07" PAD },
	{ "lock cmp %eax,(%rdi)", "\xf0\x39\x07" PAD },
	{ "lock testl $1,(%rdi)", "\xf0\xf7\x07\x01" PAD },
	{ "lock shll (%rdi)", "\xf0\xd1\x27" PAD },
	{ "lock imul (%rdi),%eax", "\xf0\x0f\xaf\x07" PAD },
	/* Encodings that no assembler writes */
	{ "rep mov (%rdi),%eax", "\xf3\x8b\x07" PAD },
	{ "xrelease mov %eax,(%rdi)", "\xf3\x89\x07" PAD },
	{ "xacquire lock incl (%rdi)", "\xf2\xf0\xff\x07" PAD },
	{ "two REX", "\x48\x44\x8b\x07" PAD },
	{ "prefix behind REX", "\x48\x66\x8b\x07" PAD },
	{ "fs and gs", "\x64\x65\x8b\x07" PAD },
	{ "fs and ds", "\x64\x3e\x8b\x07" PAD },
	{ "ds and fs", "\x3e\x64\x8b\x07" PAD },
};

TEST(what_a_register_does_not_take_is_refused)
{
	struct sacc_insn insn;
	size_t i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (gen_decode(&insn, (const u8 *)refused[i].bytes, 12) !=
		    SACC_INSN_REFUSED)
			FAIL("%s is not refused", refused[i].text);
	ktap_note("%zu forms", i);
}

static u64 address_of(const char *bytes, const struct sacc_regs *regs, u64 base)
{
	struct sacc_insn insn;

	ASSERT_EQ(gen_decode(&insn, (const u8 *)bytes, 12), SACC_INSN_OK);
	return sacc_insn_address(&insn, regs, base);
}

TEST(the_operand_is_where_the_registers_say)
{
	struct sacc_regs regs = {
		.gpr = { [RDI] = 0x7fff00001000, [RSI] = 0x20, [RSP] = 0x500 },
		.ip = 0x400000,
	};

	ASSERT_EQ(address_of("\x8b\x07" PAD, &regs, 0), 0x7fff00001000);
	ASSERT_EQ(address_of("\x8b\x47\xf8" PAD, &regs, 0), 0x7fff00000ff8);
	ASSERT_EQ(address_of("\x8b\x44\xf7\x04" PAD, &regs, 0), 0x7fff00001104);
	ASSERT_EQ(address_of("\x8b\x04\x24" PAD, &regs, 0), 0x500);
	ASSERT_EQ(address_of("\x8b\x05\xfc\xff\xff\xff" PAD, &regs, 0), 0x400002);
	/* The immediate belongs to the instruction that rip is behind. */
	ASSERT_EQ(address_of("\xc7\x05\0\x10\0\0\1\0\0\0" PAD, &regs, 0), 0x40100a);
	ASSERT_EQ(address_of("\x67\x8b\x07" PAD, &regs, 0), 0x1000);
	ASSERT_EQ(address_of("\x67\x8b\x47\xf8" PAD, &regs, 0), 0xff8);
	/* The segment base comes after the cut to 32 bits. */
	ASSERT_EQ(address_of("\x65\x67\x8b\x07" PAD, &regs, 0x700000000000),
		  0x700000001000);
	ASSERT_EQ(address_of("\x8b\x04\x25\0\0\0\x80" PAD, &regs, 0),
		  0xffffffff80000000);
	/* Bit strings: by operands, downwards too. */
	regs.gpr[RSI] = 64;
	ASSERT_EQ(address_of("\x0f\xa3\x37" PAD, &regs, 0), 0x7fff00001008);
	ASSERT_EQ(address_of("\x48\x0f\xa3\x37" PAD, &regs, 0), 0x7fff00001008);
	regs.gpr[RSI] = 0x12345678ffffffff;
	ASSERT_EQ(address_of("\x0f\xab\x37" PAD, &regs, 0), 0x7fff00000ffc);
	ASSERT_EQ(address_of("\x66\x0f\xab\x37" PAD, &regs, 0), 0x7fff00000ffe);
	regs.gpr[RSI] = (u64)-65;
	ASSERT_EQ(address_of("\x48\x0f\xbb\x37" PAD, &regs, 0), 0x7fff00000ff0);
	/* An immediate stays within its operand. */
	ASSERT_EQ(address_of("\x0f\xba\x2f\xff" PAD, &regs, 0), 0x7fff00001000);
}

KTAP_MAIN()
