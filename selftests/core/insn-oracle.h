/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The instruction decoder against libcapstone, an independent disassembler, for
 * one sequence of SACC_INSN_MAX bytes: whatever we accept, it sees the same
 * (check_accepted); whatever it calls one of our operations with an integer
 * memory operand, we accept (check_known). Used by test-insn-oracle and by the
 * fuzzer.
 */
#ifndef SOFTACCEL_SELFTESTS_CORE_INSN_ORACLE_H
#define SOFTACCEL_SELFTESTS_CORE_INSN_ORACLE_H

#include <capstone.h>

#include "insn-gen.h"

static csh handle;
static cs_insn *theirs;

static inline void oracle_open(void)
{
	ASSERT_EQ(cs_open(CS_ARCH_X86, CS_MODE_64, &handle), CS_ERR_OK);
	ASSERT_EQ(cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON), CS_ERR_OK);
	theirs = cs_malloc(handle);
	ASSERT(theirs);
}

static inline void oracle_close(void)
{
	cs_free(theirs, 1);
	cs_close(&handle);
}

/* What is being compared, for a failing comparison to show. */
static const u8 *looking_at;

static inline void show_bytes(void)
{
	gen_note_bytes(looking_at, SACC_INSN_MAX);
	ktap_note("capstone: %s %s, %u bytes", theirs->mnemonic, theirs->op_str,
		  theirs->size);
}

#define HOLDS(cond)							\
	do {								\
		if (!(cond)) {						\
			show_bytes();					\
			FAIL("not so: %s", #cond);			\
		}							\
	} while (0)
#define SAME(a, b)	HOLDS((u64)(a) == (u64)(b))

static inline bool oracle_decode(const u8 *bytes, size_t size)
{
	uint64_t address = 0x1000;

	return cs_disasm_iter(handle, &bytes, &size, &address, theirs);
}

static const struct {
	unsigned int id;
	u8 op;
} operations[] = {
	{ X86_INS_ADD, SACC_OP_ADD },	{ X86_INS_OR, SACC_OP_OR },
	{ X86_INS_ADC, SACC_OP_ADC },	{ X86_INS_SBB, SACC_OP_SBB },
	{ X86_INS_AND, SACC_OP_AND },	{ X86_INS_SUB, SACC_OP_SUB },
	{ X86_INS_XOR, SACC_OP_XOR },	{ X86_INS_CMP, SACC_OP_CMP },
	{ X86_INS_TEST, SACC_OP_TEST },	{ X86_INS_MOV, SACC_OP_MOV },
	{ X86_INS_MOVABS, SACC_OP_MOV }, { X86_INS_MOVNTI, SACC_OP_MOV },
	{ X86_INS_MOVZX, SACC_OP_MOVZX }, { X86_INS_MOVSX, SACC_OP_MOVSX },
	{ X86_INS_MOVSXD, SACC_OP_MOVSX }, { X86_INS_MOVBE, SACC_OP_MOVBE },
	{ X86_INS_XCHG, SACC_OP_XCHG },	{ X86_INS_XADD, SACC_OP_XADD },
	{ X86_INS_INC, SACC_OP_INC },	{ X86_INS_DEC, SACC_OP_DEC },
	{ X86_INS_NOT, SACC_OP_NOT },	{ X86_INS_NEG, SACC_OP_NEG },
	{ X86_INS_IMUL, SACC_OP_IMUL },	{ X86_INS_SHL, SACC_OP_SHL },
	{ X86_INS_SHR, SACC_OP_SHR },	{ X86_INS_SAR, SACC_OP_SAR },
	{ X86_INS_ROL, SACC_OP_ROL },	{ X86_INS_ROR, SACC_OP_ROR },
	{ X86_INS_CMPXCHG, SACC_OP_CMPXCHG }, { X86_INS_MUL, SACC_OP_MUL },
	{ X86_INS_DIV, SACC_OP_DIV },	{ X86_INS_IDIV, SACC_OP_IDIV },
	{ X86_INS_BT, SACC_OP_BT },	{ X86_INS_BTS, SACC_OP_BTS },
	{ X86_INS_BTR, SACC_OP_BTR },	{ X86_INS_BTC, SACC_OP_BTC },
	{ X86_INS_BSF, SACC_OP_BSF },	{ X86_INS_BSR, SACC_OP_BSR },
	{ X86_INS_POPCNT, SACC_OP_POPCNT }, { X86_INS_TZCNT, SACC_OP_TZCNT },
	{ X86_INS_LZCNT, SACC_OP_LZCNT }, { X86_INS_CRC32, SACC_OP_CRC32 },
	{ X86_INS_ANDN, SACC_OP_ANDN },	{ X86_INS_BZHI, SACC_OP_BZHI },
	{ X86_INS_BEXTR, SACC_OP_BEXTR }, { X86_INS_PDEP, SACC_OP_PDEP },
	{ X86_INS_PEXT, SACC_OP_PEXT },	{ X86_INS_SHLX, SACC_OP_SHLX },
	{ X86_INS_SARX, SACC_OP_SARX },	{ X86_INS_SHRX, SACC_OP_SHRX },
	{ X86_INS_MULX, SACC_OP_MULX },	{ X86_INS_RORX, SACC_OP_RORX },
	{ X86_INS_BLSR, SACC_OP_BLSR },	{ X86_INS_BLSMSK, SACC_OP_BLSMSK },
	{ X86_INS_BLSI, SACC_OP_BLSI },
	{ X86_INS_CMOVO, SACC_OP_CMOV },	{ X86_INS_CMOVNO, SACC_OP_CMOV },
	{ X86_INS_CMOVB, SACC_OP_CMOV },	{ X86_INS_CMOVAE, SACC_OP_CMOV },
	{ X86_INS_CMOVE, SACC_OP_CMOV },	{ X86_INS_CMOVNE, SACC_OP_CMOV },
	{ X86_INS_CMOVBE, SACC_OP_CMOV }, { X86_INS_CMOVA, SACC_OP_CMOV },
	{ X86_INS_CMOVS, SACC_OP_CMOV },	{ X86_INS_CMOVNS, SACC_OP_CMOV },
	{ X86_INS_CMOVP, SACC_OP_CMOV },	{ X86_INS_CMOVNP, SACC_OP_CMOV },
	{ X86_INS_CMOVL, SACC_OP_CMOV },	{ X86_INS_CMOVGE, SACC_OP_CMOV },
	{ X86_INS_CMOVLE, SACC_OP_CMOV }, { X86_INS_CMOVG, SACC_OP_CMOV },
};

static inline int operation_of(unsigned int id)
{
	size_t i;

	/* One name for two: with one operand the result is in rdx:rax. */
	if (id == X86_INS_IMUL && theirs->detail->x86.op_count == 1)
		return SACC_OP_IMUL_WIDE;
	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (operations[i].id == id)
			return operations[i].op;
	return -1;
}

struct reg {
	u8 number;
	u8 width;
	bool high;
};

/* General registers by name; false for any other. */
static inline bool reg_of(unsigned int id, struct reg *reg)
{
	static const char *const names[16][4] = {
		{ "rax", "eax", "ax", "al" },	{ "rcx", "ecx", "cx", "cl" },
		{ "rdx", "edx", "dx", "dl" },	{ "rbx", "ebx", "bx", "bl" },
		{ "rsp", "esp", "sp", "spl" },	{ "rbp", "ebp", "bp", "bpl" },
		{ "rsi", "esi", "si", "sil" },	{ "rdi", "edi", "di", "dil" },
		{ "r8", "r8d", "r8w", "r8b" },	{ "r9", "r9d", "r9w", "r9b" },
		{ "r10", "r10d", "r10w", "r10b" }, { "r11", "r11d", "r11w", "r11b" },
		{ "r12", "r12d", "r12w", "r12b" }, { "r13", "r13d", "r13w", "r13b" },
		{ "r14", "r14d", "r14w", "r14b" }, { "r15", "r15d", "r15w", "r15b" },
	};
	static const char *const high[4] = { "ah", "ch", "dh", "bh" };
	const char *name = cs_reg_name(handle, id);
	unsigned int i, j;

	if (!name)
		return false;
	for (i = 0; i < 4; i++) {
		if (!strcmp(name, high[i])) {
			*reg = (struct reg){ i, 1, true };
			return true;
		}
	}
	for (i = 0; i < 16; i++) {
		for (j = 0; j < 4; j++) {
			if (!strcmp(name, names[i][j])) {
				*reg = (struct reg){ i, 8 >> j, false };
				return true;
			}
		}
	}
	return false;
}

static inline unsigned int address_reg(unsigned int id)
{
	struct reg reg;

	return id != X86_REG_INVALID && reg_of(id, &reg) ? reg.number :
							   SACC_INSN_NONE;
}

static inline void compare_memory(const struct sacc_insn *ours, const cs_x86_op *op)
{
	unsigned int segment = SACC_SEGMENT_FLAT;
	u64 disp = (u64)op->mem.disp;

	if (op->mem.segment == X86_REG_FS)
		segment = SACC_SEGMENT_FS;
	else if (op->mem.segment == X86_REG_GS)
		segment = SACC_SEGMENT_GS;
	SAME(ours->mem.segment, segment);
	SAME(ours->mem.base, address_reg(op->mem.base));
	SAME(ours->mem.index, address_reg(op->mem.index));
	if (ours->mem.index != SACC_INSN_NONE)
		SAME(ours->mem.scale, op->mem.scale);
	SAME(ours->mem.rip,
	     op->mem.base == X86_REG_RIP || op->mem.base == X86_REG_EIP);
	SAME(ours->mem.addr32, theirs->detail->x86.addr_size == 4);
	if (ours->mem.addr32)
		SAME((u32)ours->mem.disp, (u32)disp);
	else
		SAME(ours->mem.disp, disp);
	SAME(ours->width, op->size);
}

static inline void compare_immediate(const struct sacc_insn *ours, const cs_x86_op *op)
{
	/* A shift count is a byte by itself, and so is a bit number. */
	bool byte = ours->op == SACC_OP_RORX ||
		    (ours->op >= SACC_OP_SHL && ours->op <= SACC_OP_ROR) ||
		    (ours->op >= SACC_OP_BT && ours->op <= SACC_OP_BTC);
	unsigned int width = byte ? 1 : ours->width;
	u64 mask = width == 8 ? ~0ULL : (1ULL << (8 * width)) - 1;

	HOLDS(ours->has_imm);
	SAME(ours->imm & mask, (u64)op->imm & mask);
}

/* @n: which of the registers that it names. */
static inline void compare_register(const struct sacc_insn *ours, const cs_x86_op *op,
				    unsigned int n)
{
	struct reg reg;

	HOLDS(reg_of(op->reg, &reg));
	SAME(n ? ours->reg2 : ours->reg, reg.number);
	/*
	 * Without REX.W the result of movsxd is 32 bits, which test-insn-exec
	 * sees the processor do; capstone always names the 64-bit register.
	 */
	if (theirs->id != X86_INS_MOVSXD || ours->reg_width != 4)
		SAME(ours->reg_width, reg.width);
	SAME(ours->reg_high, reg.high);
}

/* The tables of who reads and writes what are ours to know. */
static inline void compare_direction(const struct sacc_insn *ours)
{
	const cs_x86 *x86 = &theirs->detail->x86;
	bool first = x86->operands[0].type == X86_OP_MEM;

	switch (ours->op) {
	case SACC_OP_MOV:
	case SACC_OP_MOVBE:
		SAME(ours->store, first);
		SAME(ours->load, !first);
		break;
	case SACC_OP_CMP:
	case SACC_OP_TEST:
		HOLDS(ours->load && !ours->store);
		if (ours->op == SACC_OP_CMP)
			SAME(ours->mem_first, first);
		break;
	case SACC_OP_BT:
	case SACC_OP_MUL:
	case SACC_OP_IMUL_WIDE:
	case SACC_OP_DIV:
	case SACC_OP_IDIV:
		HOLDS(ours->load && !ours->store);
		break;
	case SACC_OP_XCHG:
		HOLDS(ours->load && ours->store && ours->lock);
		break;
	default:
		HOLDS(ours->load);
		SAME(ours->store, first);
	}
	if (ours->op != SACC_OP_XCHG)
		SAME(ours->lock, x86->prefix[0] == X86_PREFIX_LOCK);
}

static inline void compare(const struct sacc_insn *ours)
{
	const cs_x86 *x86 = &theirs->detail->x86;
	unsigned int i, mems = 0, regs = 0, imms = 0;

	SAME(ours->len, theirs->size);
	SAME(ours->op, operation_of(theirs->id));
	for (i = 0; i < x86->op_count; i++) {
		const cs_x86_op *op = &x86->operands[i];

		if (op->type == X86_OP_MEM) {
			compare_memory(ours, op);
			mems++;
		} else if (op->type == X86_OP_IMM) {
			compare_immediate(ours, op);
			imms++;
		} else {
			compare_register(ours, op, regs++);
		}
	}
	SAME(mems, 1);
	SAME(regs, (ours->reg != SACC_INSN_NONE) + (ours->reg2 != SACC_INSN_NONE));
	if (ours->op == SACC_OP_CMOV)
		SAME(ours->cond, x86->opcode[1] & 15);
	SAME(imms, ours->has_imm);
	compare_direction(ours);
}

/* Every beginning of an accepted instruction is truncated, never misread. */
static inline void check_truncation(const u8 *bytes, size_t len)
{
	struct sacc_insn insn;
	size_t size;

	for (size = 0; size < len; size++)
		ASSERT_EQ(gen_decode(&insn, bytes, size), SACC_INSN_TRUNCATED);
	ASSERT_EQ(gen_decode(&insn, bytes, len), SACC_INSN_OK);
}

/* Behind the legacy prefixes that are accepted; SACC_INSN_MAX if nothing is. */
static inline size_t behind_prefixes(const u8 *bytes, bool *operand16)
{
	size_t i;

	*operand16 = false;
	for (i = 0; i < SACC_INSN_MAX; i++) {
		if (!memchr("\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0\xf2\xf3", bytes[i], 11))
			break;
		*operand16 |= bytes[i] == 0x66;
	}
	return i;
}

/*
 * An f2 or f3 that belongs to the opcode is not seen behind a segment override.
 * What capstone 4 knows and capstone 5 does not: movsxd without REX.W, a plain
 * load; and that REX.W goes before a 66 prefix of movbe.
 */
static inline bool lost_on_capstone(const u8 *bytes)
{
	bool small, wide = false;
	size_t i;

	i = behind_prefixes(bytes, &small);
	if ((memchr(bytes, 0xf2, i) || memchr(bytes, 0xf3, i)) &&
	    bytes[i - 1] != 0xf2 && bytes[i - 1] != 0xf3)
		return true;
	if (cs_version(NULL, NULL) < CS_MAKE_VERSION(5, 0))
		return false;
	if (i < SACC_INSN_MAX && (bytes[i] & 0xf0) == 0x40)
		wide = bytes[i++] & 8;
	if (i + 2 > SACC_INSN_MAX)
		return false;
	return (bytes[i] == 0x63 && !wide) ||
	       (!memcmp(bytes + i, "\x0f\x38", 2) && small && wide);
}

static inline bool check_accepted(const u8 *bytes)
{
	struct sacc_insn ours;

	if (gen_decode(&ours, bytes, SACC_INSN_MAX) != SACC_INSN_OK)
		return false;
	looking_at = bytes;
	if (lost_on_capstone(bytes))
		return true;
	HOLDS(oracle_decode(bytes, SACC_INSN_MAX));
	compare(&ours);
	check_truncation(bytes, ours.len);
	return true;
}

/* Encodings that the decoder refuses though the processor would run them. */
static inline bool oddly_encoded(const u8 *bytes)
{
	unsigned int segments = 0, fs_gs = 0, rex = 0, reps = 0;
	size_t i;

	for (i = 0; i < SACC_INSN_MAX; i++) {
		switch (bytes[i]) {
		case 0x26: case 0x2e: case 0x36: case 0x3e:
			segments++;
			break;
		case 0x64: case 0x65:
			segments++;
			fs_gs++;
			break;
		case 0x66: case 0x67: case 0xf0:
			break;
		case 0xf2: case 0xf3:
			reps++;
			break;
		default:
			if (rex)
				return (bytes[i] & 0xf0) == 0x40;
			if ((segments > 1 && fs_gs) || reps > 1)
				return true;
			if ((bytes[i] & 0xf0) != 0x40)
				return false;
			rex++;
			continue;
		}
		if (rex)
			return true;
	}
	return true;
}

static inline bool has_prefix(const u8 *bytes, u8 prefix)
{
	bool operand16;

	return memchr(bytes, prefix, behind_prefixes(bytes, &operand16));
}

/* Prefixes that only belong to few opcodes. */
static inline bool takes_rep(void)
{
	return theirs->id == X86_INS_POPCNT || theirs->id == X86_INS_TZCNT ||
	       theirs->id == X86_INS_LZCNT || theirs->id == X86_INS_CRC32;
}

/*
 * What capstone does not mind: a lock that is invalid, an operand size that is,
 * VEX behind a prefix; and the second encoding of test, which no manual has and
 * emulators get wrong.
 */
static inline bool known_refusal(const u8 *bytes)
{
	const cs_x86 *x86 = &theirs->detail->x86;
	bool rep = has_prefix(bytes, 0xf2) || has_prefix(bytes, 0xf3);
	bool narrow = has_prefix(bytes, 0x66);

	if (has_prefix(bytes, 0xf0) || (rep && !takes_rep()))
		return true;
	if (theirs->id == X86_INS_TEST && (x86->opcode[0] & 0xfe) == 0xf6)
		return (x86->modrm >> 3 & 7) == 1;
	if (operation_of(theirs->id) >= SACC_OP_ANDN)
		return rep || narrow || x86->rex || bytes[0] != 0xc4;
	if (theirs->id == X86_INS_BT || theirs->id == X86_INS_BTS ||
	    theirs->id == X86_INS_BTR || theirs->id == X86_INS_BTC)
		return has_prefix(bytes, 0x67) && x86->operands[1].type == X86_OP_REG;
	return narrow && (theirs->id == X86_INS_CRC32 ||
			  theirs->id == X86_INS_MOVSXD ||
			  theirs->id == X86_INS_MOVNTI);
}

/* One of our operations with memory and general registers only. */
static inline bool theirs_is_ours(void)
{
	const cs_x86 *x86 = &theirs->detail->x86;
	unsigned int i, mems = 0;
	struct reg reg;

	if (operation_of(theirs->id) < 0)
		return false;
	for (i = 0; i < x86->op_count; i++) {
		mems += x86->operands[i].type == X86_OP_MEM;
		if (x86->operands[i].type == X86_OP_REG &&
		    !reg_of(x86->operands[i].reg, &reg))
			return false;
	}
	return mems == 1;
}

/* False when it is nothing that we should know. */
static inline bool check_known(const u8 *bytes)
{
	struct sacc_insn ours;

	if (oddly_encoded(bytes) || !oracle_decode(bytes, SACC_INSN_MAX) ||
	    !theirs_is_ours())
		return false;
	looking_at = bytes;
	HOLDS(gen_decode(&ours, bytes, SACC_INSN_MAX) == SACC_INSN_OK ||
	      known_refusal(bytes));
	return true;
}

#endif
