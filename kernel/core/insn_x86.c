// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86-64 decoder for instructions that compilers use on device registers:
 * moves, integer operations with one memory operand, exchange, bits; of VEX
 * encodings those that work on general registers. It is fed by whatever a
 * program has at its instruction pointer, so it never looks beyond the bytes
 * given, and what it does not know for certain it refuses: strings, stack,
 * control flow, vector and x87 instructions, and encodings that no assembler
 * produces (repeated segment overrides, bytes between REX and opcode, rep on a
 * move).
 *
 * No state, no locks; also compiled by selftests/core.
 */
#include "insn.h"

/* How an opcode is decoded. Zero means refused. */
#define F_VALID		0x0001	/* entry is used */
#define F_BYTE		0x0002	/* 8-bit operands */
#define F_LOAD		0x0004
#define F_STORE		0x0008
#define F_REG		0x0010	/* modrm.reg is the other operand */
#define F_MEM_FIRST	0x0020
#define F_IMM8		0x0040	/* immediate byte, sign-extended */
#define F_IMM		0x0080	/* immediate of operand size, 4 bytes at most */
#define F_GROUP		0x0100	/* modrm.reg selects from groups[op] */
#define F_MOFFS		0x0200	/* absolute address and rax instead of modrm */
#define F_FROM8		0x0400	/* memory is 1 byte, register of operand size */
#define F_FROM16	0x0800	/* memory is 2 bytes */
#define F_FROM32	0x1000	/* memory is 4 bytes */
#define F_NO_66		0x2000	/* operand size prefix means something else */
#define F_ONE		0x4000	/* the other operand is 1 */
#define F_CL		0x8000	/* the other operand is cl */
#define F_REG2		0x10000	/* VEX.vvvv is the second register */
#define F_ONLY_REG2	0x20000	/* ... and the only one */
#define F_BIT_STRING	0x40000	/* reaches beyond its memory operand */
#define F_TO_WORD	0x80000	/* register of 4 or 8 bytes, whatever memory is */

#define F_RMW		(F_VALID | F_LOAD | F_STORE | F_MEM_FIRST)
#define F_GET		(F_VALID | F_LOAD)
#define F_PUT		(F_VALID | F_STORE)

struct opcode {
	u8 op;
	u32 flags;
};

enum group {
	GROUP_ALU,	/* 80, 81, 83 */
	GROUP_SHIFT,	/* c0, c1, d0 to d3 */
	GROUP_MOV,	/* c6, c7 */
	GROUP_UNARY,	/* f6, f7; its test has an immediate */
	GROUP_INC,	/* fe, ff */
	GROUP_BIT,	/* 0f ba */
	GROUP_LOWEST,	/* VEX 0f 38 f3 */
	GROUPS,
};

#define ALU(first, op)							\
	[(first) + 0] = { op, F_RMW | F_REG | F_BYTE },			\
	[(first) + 1] = { op, F_RMW | F_REG },				\
	[(first) + 2] = { op, F_GET | F_REG | F_BYTE },			\
	[(first) + 3] = { op, F_GET | F_REG }

static const struct opcode one_byte[256] = {
	ALU(0x00, SACC_OP_ADD),
	ALU(0x08, SACC_OP_OR),
	ALU(0x10, SACC_OP_ADC),
	ALU(0x18, SACC_OP_SBB),
	ALU(0x20, SACC_OP_AND),
	ALU(0x28, SACC_OP_SUB),
	ALU(0x30, SACC_OP_XOR),
	[0x38] = { SACC_OP_CMP, F_GET | F_MEM_FIRST | F_REG | F_BYTE },
	[0x39] = { SACC_OP_CMP, F_GET | F_MEM_FIRST | F_REG },
	[0x3a] = { SACC_OP_CMP, F_GET | F_REG | F_BYTE },
	[0x3b] = { SACC_OP_CMP, F_GET | F_REG },
	[0x63] = { SACC_OP_MOVSX, F_GET | F_REG | F_FROM32 | F_NO_66 },
	[0x69] = { SACC_OP_IMUL, F_GET | F_MEM_FIRST | F_REG | F_IMM },
	[0x6b] = { SACC_OP_IMUL, F_GET | F_MEM_FIRST | F_REG | F_IMM8 },
	[0x80] = { GROUP_ALU, F_VALID | F_GROUP | F_IMM8 | F_BYTE },
	[0x81] = { GROUP_ALU, F_VALID | F_GROUP | F_IMM },
	[0x83] = { GROUP_ALU, F_VALID | F_GROUP | F_IMM8 },
	[0x84] = { SACC_OP_TEST, F_GET | F_MEM_FIRST | F_REG | F_BYTE },
	[0x85] = { SACC_OP_TEST, F_GET | F_MEM_FIRST | F_REG },
	[0x86] = { SACC_OP_XCHG, F_RMW | F_REG | F_BYTE },
	[0x87] = { SACC_OP_XCHG, F_RMW | F_REG },
	[0x88] = { SACC_OP_MOV, F_PUT | F_REG | F_BYTE },
	[0x89] = { SACC_OP_MOV, F_PUT | F_REG },
	[0x8a] = { SACC_OP_MOV, F_GET | F_REG | F_BYTE },
	[0x8b] = { SACC_OP_MOV, F_GET | F_REG },
	[0xa0] = { SACC_OP_MOV, F_GET | F_MOFFS | F_BYTE },
	[0xa1] = { SACC_OP_MOV, F_GET | F_MOFFS },
	[0xa2] = { SACC_OP_MOV, F_PUT | F_MOFFS | F_BYTE },
	[0xa3] = { SACC_OP_MOV, F_PUT | F_MOFFS },
	[0xc0] = { GROUP_SHIFT, F_VALID | F_GROUP | F_IMM8 | F_BYTE },
	[0xc1] = { GROUP_SHIFT, F_VALID | F_GROUP | F_IMM8 },
	[0xc6] = { GROUP_MOV, F_VALID | F_GROUP | F_IMM8 | F_BYTE },
	[0xc7] = { GROUP_MOV, F_VALID | F_GROUP | F_IMM },
	[0xd0] = { GROUP_SHIFT, F_VALID | F_GROUP | F_ONE | F_BYTE },
	[0xd1] = { GROUP_SHIFT, F_VALID | F_GROUP | F_ONE },
	[0xd2] = { GROUP_SHIFT, F_VALID | F_GROUP | F_CL | F_BYTE },
	[0xd3] = { GROUP_SHIFT, F_VALID | F_GROUP | F_CL },
	[0xf6] = { GROUP_UNARY, F_VALID | F_GROUP | F_BYTE },
	[0xf7] = { GROUP_UNARY, F_VALID | F_GROUP },
	[0xfe] = { GROUP_INC, F_VALID | F_GROUP | F_BYTE },
	[0xff] = { GROUP_INC, F_VALID | F_GROUP },
};

#define CMOV4(first)							\
	[(first) + 0] = { SACC_OP_CMOV, F_GET | F_REG },		\
	[(first) + 1] = { SACC_OP_CMOV, F_GET | F_REG },		\
	[(first) + 2] = { SACC_OP_CMOV, F_GET | F_REG },		\
	[(first) + 3] = { SACC_OP_CMOV, F_GET | F_REG }

/* After 0f. */
static const struct opcode two_byte[256] = {
	CMOV4(0x40),
	CMOV4(0x44),
	CMOV4(0x48),
	CMOV4(0x4c),
	[0xa3] = { SACC_OP_BT, F_GET | F_MEM_FIRST | F_REG | F_BIT_STRING },
	[0xab] = { SACC_OP_BTS, F_RMW | F_REG | F_BIT_STRING },
	[0xaf] = { SACC_OP_IMUL, F_GET | F_REG },
	[0xb0] = { SACC_OP_CMPXCHG, F_RMW | F_REG | F_BYTE },
	[0xb1] = { SACC_OP_CMPXCHG, F_RMW | F_REG },
	[0xb3] = { SACC_OP_BTR, F_RMW | F_REG | F_BIT_STRING },
	[0xb6] = { SACC_OP_MOVZX, F_GET | F_REG | F_FROM8 },
	[0xb7] = { SACC_OP_MOVZX, F_GET | F_REG | F_FROM16 },
	[0xba] = { GROUP_BIT, F_VALID | F_GROUP | F_IMM8 },
	[0xbb] = { SACC_OP_BTC, F_RMW | F_REG | F_BIT_STRING },
	[0xbc] = { SACC_OP_BSF, F_GET | F_REG },
	[0xbd] = { SACC_OP_BSR, F_GET | F_REG },
	[0xbe] = { SACC_OP_MOVSX, F_GET | F_REG | F_FROM8 },
	[0xbf] = { SACC_OP_MOVSX, F_GET | F_REG | F_FROM16 },
	[0xc0] = { SACC_OP_XADD, F_RMW | F_REG | F_BYTE },
	[0xc1] = { SACC_OP_XADD, F_RMW | F_REG },
	[0xc3] = { SACC_OP_MOV, F_PUT | F_REG | F_NO_66 },	/* movnti */
};

static const struct opcode groups[GROUPS][8] = {
	[GROUP_ALU] = {
		{ SACC_OP_ADD, F_RMW },
		{ SACC_OP_OR, F_RMW },
		{ SACC_OP_ADC, F_RMW },
		{ SACC_OP_SBB, F_RMW },
		{ SACC_OP_AND, F_RMW },
		{ SACC_OP_SUB, F_RMW },
		{ SACC_OP_XOR, F_RMW },
		{ SACC_OP_CMP, F_GET | F_MEM_FIRST },
	},
	[GROUP_SHIFT] = {
		[0] = { SACC_OP_ROL, F_RMW },
		[1] = { SACC_OP_ROR, F_RMW },
		[4] = { SACC_OP_SHL, F_RMW },
		[5] = { SACC_OP_SHR, F_RMW },
		[7] = { SACC_OP_SAR, F_RMW },
	},
	[GROUP_MOV] = {
		{ SACC_OP_MOV, F_PUT },
	},
	[GROUP_UNARY] = {
		[0] = { SACC_OP_TEST, F_GET | F_MEM_FIRST | F_IMM },
		[2] = { SACC_OP_NOT, F_RMW },
		[3] = { SACC_OP_NEG, F_RMW },
		[4] = { SACC_OP_MUL, F_GET },
		[5] = { SACC_OP_IMUL_WIDE, F_GET },
		[6] = { SACC_OP_DIV, F_GET },
		[7] = { SACC_OP_IDIV, F_GET },
	},
	[GROUP_INC] = {
		{ SACC_OP_INC, F_RMW },
		{ SACC_OP_DEC, F_RMW },
	},
	[GROUP_BIT] = {
		[4] = { SACC_OP_BT, F_GET | F_MEM_FIRST },
		[5] = { SACC_OP_BTS, F_RMW },
		[6] = { SACC_OP_BTR, F_RMW },
		[7] = { SACC_OP_BTC, F_RMW },
	},
	[GROUP_LOWEST] = {
		[1] = { SACC_OP_BLSR, F_GET },
		[2] = { SACC_OP_BLSMSK, F_GET },
		[3] = { SACC_OP_BLSI, F_GET },
	},
};

/*
 * Bytes are taken in order. The first that is missing or wrong ends decoding;
 * @result says which.
 */
struct cursor {
	const u8 *bytes;
	size_t size;
	size_t pos;
	enum sacc_insn_result result;
	u8 rex;		/* VEX is taken apart into it */
	u8 vvvv;
	u8 opcode;	/* its last byte */
	u8 rep;		/* f2, f3 or 0 */
	u8 segment;
	bool operand16;
	bool addr32;
	bool lock;
};

#define REX_W 8
#define REX_R 4
#define REX_X 2
#define REX_B 1

static bool refuse(struct cursor *cur)
{
	cur->result = SACC_INSN_REFUSED;
	return false;
}

static bool take_byte(struct cursor *cur, u8 *byte)
{
	if (cur->pos >= SACC_INSN_MAX)
		return refuse(cur);
	if (cur->pos >= cur->size) {
		cur->result = SACC_INSN_TRUNCATED;
		return false;
	}
	*byte = cur->bytes[cur->pos++];
	return true;
}

/* A little-endian number of @width bytes, sign-extended. */
static bool take_number(struct cursor *cur, unsigned int width, u64 *number)
{
	u64 sign = 1ULL << (8 * width - 1), value = 0;
	unsigned int i;
	u8 byte;

	for (i = 0; i < width; i++) {
		if (!take_byte(cur, &byte))
			return false;
		value |= (u64)byte << (8 * i);
	}
	*number = (value ^ sign) - sign;
	return true;
}

static bool take_segment(struct cursor *cur, u8 segment, unsigned int count)
{
	/* Which of several counts differs between descriptions. */
	if (count && (segment || cur->segment))
		return refuse(cur);
	cur->segment = segment;
	return true;
}

/* Everything before the opcode, and its first byte. */
static bool take_prefixes(struct cursor *cur, u8 *opcode)
{
	unsigned int segments = 0;
	u8 byte;

	for (;;) {
		if (!take_byte(cur, &byte))
			return false;
		switch (byte) {
		case 0x26:
		case 0x2e:
		case 0x36:
		case 0x3e:
			if (!take_segment(cur, SACC_SEGMENT_FLAT, segments++))
				return false;
			break;
		case 0x64:
		case 0x65:
			if (!take_segment(cur, byte == 0x64 ? SACC_SEGMENT_FS :
					  SACC_SEGMENT_GS, segments++))
				return false;
			break;
		case 0x66:
			cur->operand16 = true;
			break;
		case 0x67:
			cur->addr32 = true;
			break;
		case 0xf0:
			cur->lock = true;
			break;
		case 0xf2:
		case 0xf3:
			if (cur->rep)
				return refuse(cur);
			cur->rep = byte;
			break;
		case 0x40 ... 0x4f:
			/* Works only right before the opcode. */
			cur->rex = byte;
			return take_byte(cur, opcode);
		default:
			*opcode = byte;
			return true;
		}
	}
}

/* f2 and f3 belong to the opcode where they mean anything here. */
static struct opcode behind_0f(const struct cursor *cur, u8 byte)
{
	if (!cur->rep)
		return two_byte[byte];
	if (cur->rep == 0xf3 && byte == 0xb8)
		return (struct opcode){ SACC_OP_POPCNT, F_GET | F_REG };
	if (cur->rep == 0xf3 && byte == 0xbc)
		return (struct opcode){ SACC_OP_TZCNT, F_GET | F_REG };
	if (cur->rep == 0xf3 && byte == 0xbd)
		return (struct opcode){ SACC_OP_LZCNT, F_GET | F_REG };
	return (struct opcode){ 0 };
}

static struct opcode behind_0f38(const struct cursor *cur, u8 byte)
{
	u32 flags = byte == 0xf0 ? F_GET | F_REG : F_PUT | F_REG;

	if (byte != 0xf0 && byte != 0xf1)
		return (struct opcode){ 0 };
	if (!cur->rep)
		return (struct opcode){ SACC_OP_MOVBE, flags };
	if (cur->rep == 0xf3)
		return (struct opcode){ 0 };
	flags = F_GET | F_REG | F_TO_WORD | F_NO_66;
	return (struct opcode){ SACC_OP_CRC32, byte == 0xf0 ? flags | F_BYTE :
							      flags };
}

/* What stands for a prefix in VEX.pp. */
#define PP_NONE	0
#define PP_66	1
#define PP_F3	2
#define PP_F2	3

#define VEX(map, pp, opcode) ((map) << 16 | (pp) << 8 | (opcode))

static const struct {
	u32 key;	/* 0 ends the list */
	struct opcode code;
} vex[] = {
	{ VEX(2, PP_NONE, 0xf2), { SACC_OP_ANDN, F_GET | F_REG | F_REG2 } },
	{ VEX(2, PP_NONE, 0xf3), { GROUP_LOWEST,
				   F_VALID | F_GROUP | F_ONLY_REG2 } },
	{ VEX(2, PP_NONE, 0xf5), { SACC_OP_BZHI, F_GET | F_REG | F_REG2 } },
	{ VEX(2, PP_F3, 0xf5), { SACC_OP_PEXT, F_GET | F_REG | F_REG2 } },
	{ VEX(2, PP_F2, 0xf5), { SACC_OP_PDEP, F_GET | F_REG | F_REG2 } },
	{ VEX(2, PP_F2, 0xf6), { SACC_OP_MULX, F_GET | F_REG | F_REG2 } },
	{ VEX(2, PP_NONE, 0xf7), { SACC_OP_BEXTR, F_GET | F_REG | F_REG2 } },
	{ VEX(2, PP_66, 0xf7), { SACC_OP_SHLX, F_GET | F_REG | F_REG2 } },
	{ VEX(2, PP_F3, 0xf7), { SACC_OP_SARX, F_GET | F_REG | F_REG2 } },
	{ VEX(2, PP_F2, 0xf7), { SACC_OP_SHRX, F_GET | F_REG | F_REG2 } },
	{ VEX(3, PP_F2, 0xf0), { SACC_OP_RORX, F_GET | F_REG | F_IMM8 } },
	{ 0 },
};

#define VEX_L 4

/* Behind c4: three bytes, the last of which is the opcode. */
static bool take_vex(struct cursor *cur, struct opcode *code)
{
	u8 first, second, byte;
	u32 key;
	size_t i;

	if (cur->rex || cur->rep || cur->operand16 || cur->lock)
		return refuse(cur);	/* #UD */
	if (!take_byte(cur, &first) || !take_byte(cur, &second) ||
	    !take_byte(cur, &byte))
		return false;
	/* R, X, B and vvvv stand there inverted. */
	cur->rex = (~first >> 5 & 7) | (second & 0x80 ? REX_W : 0);
	cur->vvvv = ~second >> 3 & 15;
	key = VEX(first & 31, second & 3, byte);
	for (i = 0; vex[i].key && vex[i].key != key; i++)
		;
	if (!vex[i].key || (second & VEX_L))
		return refuse(cur);
	*code = vex[i].code;
	if (!(code->flags & (F_REG2 | F_ONLY_REG2)) && cur->vvvv)
		return refuse(cur);	/* #UD */
	return true;
}

/* Prefixes and opcode. */
static bool take_opcode(struct cursor *cur, struct opcode *code)
{
	u8 byte;

	if (!take_prefixes(cur, &byte))
		return false;
	if (byte == 0xc4)
		return take_vex(cur, code);
	if (byte != 0x0f) {
		*code = one_byte[byte];
		return !cur->rep || refuse(cur);
	}
	if (!take_byte(cur, &byte))
		return false;
	if (byte != 0x38) {
		cur->opcode = byte;
		*code = behind_0f(cur, byte);
		return true;
	}
	if (!take_byte(cur, &byte))
		return false;
	*code = behind_0f38(cur, byte);
	return true;
}

static bool take_sib(struct cursor *cur, u8 mod, struct sacc_insn_mem *mem)
{
	u8 sib, index, base;

	if (!take_byte(cur, &sib))
		return false;
	index = (sib >> 3 & 7) | (cur->rex & REX_X ? 8 : 0);
	base = (sib & 7) | (cur->rex & REX_B ? 8 : 0);
	if (index != SACC_REG_RSP) {
		mem->index = index;
		mem->scale = 1 << (sib >> 6);
	}
	if (mod == 0 && (base & 7) == 5)
		return take_number(cur, 4, &mem->disp);
	mem->base = base;
	return true;
}

static bool take_modrm(struct cursor *cur, u8 *reg, struct sacc_insn_mem *mem)
{
	u8 modrm, mod, rm;

	if (!take_byte(cur, &modrm))
		return false;
	mod = modrm >> 6;
	rm = modrm & 7;
	*reg = modrm >> 3 & 7;
	if (mod == 3)		/* a register: no memory operand */
		return refuse(cur);
	if (mod == 0 && rm == 5) {
		mem->rip = true;
		return take_number(cur, 4, &mem->disp);
	}
	if (rm != SACC_REG_RSP)
		mem->base = rm | (cur->rex & REX_B ? 8 : 0);
	else if (!take_sib(cur, mod, mem))
		return false;
	return !mod || take_number(cur, mod == 1 ? 1 : 4, &mem->disp);
}

/* movabs: the address stands in the instruction, the register is rax. */
static bool take_moffs(struct cursor *cur, struct sacc_insn *insn)
{
	insn->reg = SACC_REG_RAX;
	if (!take_number(cur, cur->addr32 ? 4 : 8, &insn->mem.disp))
		return false;
	if (cur->addr32)
		insn->mem.disp = (u32)insn->mem.disp;
	return true;
}

/*
 * Only integer operations that read and write one and the same place can be
 * locked; shifts cannot.
 */
static bool lockable(const struct sacc_insn *insn)
{
	return insn->load && insn->store &&
	       (insn->op < SACC_OP_SHL || insn->op > SACC_OP_ROR);
}

/* The operands that modrm names; narrows down what a group is. */
static bool take_operands(struct cursor *cur, struct opcode *code,
			  struct sacc_insn *insn)
{
	const struct opcode *member;
	u8 reg;

	if (code->flags & F_MOFFS)
		return take_moffs(cur, insn);
	if (!take_modrm(cur, &reg, &insn->mem))
		return false;
	if (code->flags & F_GROUP) {
		member = &groups[code->op][reg];
		if (!member->flags)
			return refuse(cur);
		code->op = member->op;
		code->flags |= member->flags;
		if (code->flags & F_ONLY_REG2)
			insn->reg = cur->vvvv;
	} else if ((code->flags & (F_BYTE | F_TO_WORD)) == F_BYTE &&
		   !cur->rex && reg >= 4) {
		insn->reg = reg - 4;
		insn->reg_high = true;
	} else {
		insn->reg = reg | (cur->rex & REX_R ? 8 : 0);
	}
	if (code->flags & F_REG2)
		insn->reg2 = cur->vvvv;
	/* Whether the bit number counts before or after the cut is not said. */
	if ((code->flags & F_BIT_STRING) && cur->addr32)
		return refuse(cur);
	return true;
}

static void set_widths(const struct cursor *cur, u32 flags,
		       struct sacc_insn *insn)
{
	u8 width = 4;

	if (flags & F_BYTE)
		width = 1;
	else if (cur->rex & REX_W)
		width = 8;
	else if (cur->operand16)
		width = 2;
	insn->reg_width = !(flags & F_TO_WORD) ? width :
			  cur->rex & REX_W ? 8 : 4;
	insn->width = flags & F_FROM8 ? 1 : flags & F_FROM16 ? 2 :
		      flags & F_FROM32 ? 4 : width;
}

static bool take_immediate(struct cursor *cur, u32 flags,
			   struct sacc_insn *insn)
{
	unsigned int width = insn->width < 4 ? insn->width : 4;

	if (flags & F_ONE) {
		insn->has_imm = true;
		insn->imm = 1;
	} else if (flags & F_CL) {
		insn->reg = SACC_REG_RCX;
		insn->reg_width = 1;
	}
	if (!(flags & (F_IMM | F_IMM8)))
		return true;
	insn->has_imm = true;
	return take_number(cur, flags & F_IMM8 ? 1 : width, &insn->imm);
}

enum sacc_insn_result sacc_insn_decode(struct sacc_insn *insn, const u8 *bytes,
				       size_t size)
{
	struct cursor cur = { .bytes = bytes, .size = size };
	struct opcode code;

	*insn = (struct sacc_insn){
		.reg = SACC_INSN_NONE,
		.reg2 = SACC_INSN_NONE,
		.mem = {
			.base = SACC_INSN_NONE,
			.index = SACC_INSN_NONE,
			.scale = 1,
		},
	};
	if (!take_opcode(&cur, &code))
		return cur.result;
	if (!code.flags || ((code.flags & F_NO_66) && cur.operand16))
		return SACC_INSN_REFUSED;
	if (!take_operands(&cur, &code, insn))
		return cur.result;
	set_widths(&cur, code.flags, insn);
	if (!take_immediate(&cur, code.flags, insn))
		return cur.result;

	insn->op = code.op;
	if (code.op == SACC_OP_CMOV)
		insn->cond = cur.opcode & 15;
	insn->load = code.flags & F_LOAD;
	insn->store = code.flags & F_STORE;
	insn->mem_first = code.flags & F_MEM_FIRST;
	if (cur.lock && !lockable(insn))
		return SACC_INSN_REFUSED;	/* #UD */
	insn->lock = cur.lock || code.op == SACC_OP_XCHG;
	insn->mem.segment = cur.segment;
	insn->mem.addr32 = cur.addr32;
	insn->len = cur.pos;
	return SACC_INSN_OK;
}
