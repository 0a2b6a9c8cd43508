// SPDX-License-Identifier: GPL-2.0-only
/*
 * What x86-64 instructions beyond plain arithmetic result in: compare and
 * exchange, conditional moves, results of double width, division, rotation, bits.
 * Called by insn_exec_x86.c between the load and the store.
 *
 * Condition codes that the manual leaves undefined are left as they were, but
 * where a defined one is computed with them.
 *
 * No state, no locks; also compiled by selftests/core.
 */
#include "insn.h"

static u64 bits_mask(unsigned int width)
{
	return width == 8 ? ~0ULL : 0xffffffffULL;
}

static u64 extend_sign(u64 value, unsigned int width)
{
	return width == 8 ? value : (u64)(s64)(s32)value;
}

static void set_flags(struct sacc_regs *regs, u64 which, u64 flags)
{
	sacc_regs_flags(regs) = (sacc_regs_flags(regs) & ~which) | (flags & which);
}

static u64 flag_if(bool holds, u64 flag)
{
	return holds ? flag : 0;
}

static bool is_minus(u64 value, unsigned int width)
{
	return value >> (8 * width - 1) & 1;
}

static u64 zero_and_sign(u64 value, unsigned int width)
{
	return flag_if(!value, SACC_FLAG_ZF) |
	       flag_if(is_minus(value, width), SACC_FLAG_SF);
}

/* A result of 4 bytes clears the upper half of its register. */
static void set_reg(struct sacc_regs *regs, u8 reg, u64 value, unsigned int width)
{
	sacc_regs_gpr(regs, reg) = value & bits_mask(width);
}

static bool parity_is_even(u8 value)
{
	value ^= value >> 4;
	value ^= value >> 2;
	value ^= value >> 1;
	return !(value & 1);
}

/* The codes of CMP. */
static u64 compare_flags(u64 a, u64 b, unsigned int width)
{
	u64 difference = (a - b) & bits_mask(width);

	return zero_and_sign(difference, width) | flag_if(a < b, SACC_FLAG_CF) |
	       flag_if((a ^ b ^ difference) & 0x10, SACC_FLAG_AF) |
	       flag_if(is_minus((a ^ b) & (a ^ difference), width),
		       SACC_FLAG_OF) |
	       flag_if(parity_is_even((u8)difference), SACC_FLAG_PF);
}

/* As the processor, it stores in any case: what was there if they differ. */
static u64 do_cmpxchg(const struct sacc_insn *insn, struct sacc_regs *regs,
		      u64 mem)
{
	u64 expected = sacc_regs_gpr(regs, SACC_REG_RAX) & bits_mask(insn->width);
	u64 value = sacc_regs_gpr(regs, insn->reg);

	set_flags(regs, SACC_FLAGS, compare_flags(expected, mem, insn->width));
	if (expected == mem)
		return value;
	set_reg(regs, SACC_REG_RAX, mem, insn->width);
	return mem;
}

static bool condition_holds(u8 cond, u64 flags)
{
	bool sign = flags & SACC_FLAG_SF, overflow = flags & SACC_FLAG_OF;
	bool holds;

	switch (cond >> 1) {
	case 0:
		holds = overflow;
		break;
	case 1:
		holds = flags & SACC_FLAG_CF;
		break;
	case 2:
		holds = flags & SACC_FLAG_ZF;
		break;
	case 3:
		holds = flags & (SACC_FLAG_CF | SACC_FLAG_ZF);
		break;
	case 4:
		holds = sign;
		break;
	case 5:
		holds = flags & SACC_FLAG_PF;
		break;
	case 6:
		holds = sign != overflow;
		break;
	default:
		holds = (flags & SACC_FLAG_ZF) || sign != overflow;
	}
	return holds != (cond & 1);
}

/* --- results of double width; the other flags are undefined */

#define CARRY_OVERFLOW (SACC_FLAG_CF | SACC_FLAG_OF)

static void do_multiply(const struct sacc_insn *insn, struct sacc_regs *regs,
			u64 mem)
{
	unsigned int width = insn->width;
	u64 a = sacc_regs_gpr(regs, SACC_REG_RAX) & bits_mask(width), low, high;
	unsigned __int128 product;
	bool lost;

	if (insn->op == SACC_OP_MUL)
		product = (unsigned __int128)a * mem;
	else
		product = (unsigned __int128)((__int128)(s64)extend_sign(a, width) *
					      (s64)extend_sign(mem, width));
	low = (u64)product & bits_mask(width);
	high = (u64)(product >> 8 * width) & bits_mask(width);
	if (insn->op == SACC_OP_MUL)
		lost = high;
	else
		lost = high != (is_minus(low, width) ? bits_mask(width) : 0);
	set_reg(regs, SACC_REG_RAX, low, width);
	set_reg(regs, SACC_REG_RDX, high, width);
	set_flags(regs, CARRY_OVERFLOW, lost ? CARRY_OVERFLOW : 0);
}

/*
 * Divide @high:@low by @divisor, which is larger than @high, so that the quotient
 * fits: bit by bit, since the kernel has no division of 128 bits.
 */
static u64 divide(u64 high, u64 low, u64 divisor, u64 *remainder)
{
	unsigned int i;
	u64 out;

	for (i = 0; i < 64; i++) {
		out = high >> 63;
		high = high << 1 | low >> 63;
		low <<= 1;
		if (out || high >= divisor) {
			high -= divisor;
			low |= 1;
		}
	}
	*remainder = high;
	return low;
}

static int do_unsigned_div(struct sacc_regs *regs, u64 divisor,
			   unsigned int width)
{
	u64 low = sacc_regs_gpr(regs, SACC_REG_RAX), high = sacc_regs_gpr(regs, SACC_REG_RDX);
	u64 quotient, remainder;

	if (width == 4) {
		low = (high << 32) | (u32)low;
		high = 0;
	}
	if (high >= divisor)
		return -EDOM;
	quotient = divide(high, low, divisor, &remainder);
	if (quotient & ~bits_mask(width))
		return -EDOM;
	set_reg(regs, SACC_REG_RAX, quotient, width);
	set_reg(regs, SACC_REG_RDX, remainder, width);
	return 0;
}

/* Truncates towards 0; the remainder has the sign of the dividend. */
static int do_signed_div(struct sacc_regs *regs, u64 mem, unsigned int width)
{
	s64 divisor = (s64)extend_sign(mem, width);
	u64 limit = 1ULL << (8 * width - 1), quotient, remainder;
	unsigned __int128 dividend;
	bool minus, negative;

	if (width == 4)
		dividend = (unsigned __int128)(s64)(sacc_regs_gpr(regs, SACC_REG_RDX) << 32 |
				       (u32)sacc_regs_gpr(regs, SACC_REG_RAX));
	else
		dividend = (unsigned __int128)sacc_regs_gpr(regs, SACC_REG_RDX) << 64 |
			   sacc_regs_gpr(regs, SACC_REG_RAX);
	minus = dividend >> 127;
	if (minus)
		dividend = -dividend;
	negative = minus != (divisor < 0);
	mem = divisor < 0 ? -(u64)divisor : (u64)divisor;
	if ((u64)(dividend >> 64) >= mem)
		return -EDOM;
	quotient = divide((u64)(dividend >> 64), (u64)dividend, mem, &remainder);
	if (quotient > limit || (quotient == limit && !negative))
		return -EDOM;
	set_reg(regs, SACC_REG_RAX, negative ? -quotient : quotient, width);
	set_reg(regs, SACC_REG_RDX, minus ? -remainder : remainder, width);
	return 0;
}

/* --- rotation */

static u64 rotate_left(u64 value, unsigned int count, unsigned int width)
{
	unsigned int bits = 8 * width;

	count &= bits - 1;
	if (!count)
		return value;
	return (value << count | value >> (bits - count)) & bits_mask(width);
}

/* OF is defined for a count of 1 only. */
static u64 do_rotate(const struct sacc_insn *insn, struct sacc_regs *regs, u64 mem)
{
	u64 count = insn->has_imm ? insn->imm : sacc_regs_gpr(regs, SACC_REG_RCX);
	unsigned int top = 8 * insn->width - 1;
	bool carry, overflow;
	u64 result;

	count &= top;
	if (!count)
		return mem;
	if (insn->op == SACC_OP_ROL) {
		result = rotate_left(mem, count, insn->width);
		carry = result & 1;
		overflow = carry != (result >> top & 1);
	} else {
		result = rotate_left(mem, top + 1 - count, insn->width);
		carry = result >> top & 1;
		overflow = carry != (result >> (top - 1) & 1);
	}
	set_flags(regs, CARRY_OVERFLOW, flag_if(carry, SACC_FLAG_CF) |
		  flag_if(overflow, SACC_FLAG_OF));
	return result;
}

/* --- single bits */

static u64 do_bit(const struct sacc_insn *insn, struct sacc_regs *regs, u64 mem)
{
	u64 number = insn->has_imm ? insn->imm : sacc_regs_gpr(regs, insn->reg);
	u64 bit = 1ULL << (number & (8 * insn->width - 1));

	set_flags(regs, SACC_FLAG_CF, flag_if(mem & bit, SACC_FLAG_CF));
	if (insn->op == SACC_OP_BTS)
		return mem | bit;
	if (insn->op == SACC_OP_BTR)
		return mem & ~bit;
	return mem ^ bit;	/* BT stores nothing */
}

/* Of 0 there is none: the register stays, as processors do it. */
static void do_scan(const struct sacc_insn *insn, struct sacc_regs *regs, u64 mem)
{
	set_flags(regs, SACC_FLAG_ZF, flag_if(!mem, SACC_FLAG_ZF));
	if (!mem)
		return;
	set_reg(regs, insn->reg, insn->op == SACC_OP_BSF ? __builtin_ctzll(mem) :
		63 - __builtin_clzll(mem), insn->width);
}

static unsigned int count_ones(u64 value)
{
	value -= value >> 1 & 0x5555555555555555;
	value = (value & 0x3333333333333333) + (value >> 2 & 0x3333333333333333);
	value = (value + (value >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return value * 0x0101010101010101 >> 56;
}

static void do_count(const struct sacc_insn *insn, struct sacc_regs *regs, u64 mem)
{
	unsigned int bits = 8 * insn->width;
	u64 flags = flag_if(!mem, SACC_FLAG_CF), count = bits;

	if (insn->op == SACC_OP_POPCNT) {
		set_flags(regs, SACC_FLAGS, flag_if(!mem, SACC_FLAG_ZF));
		set_reg(regs, insn->reg, count_ones(mem), insn->width);
		return;
	}
	if (mem && insn->op == SACC_OP_TZCNT)
		count = __builtin_ctzll(mem);
	else if (mem)
		count = __builtin_clzll(mem) - (64 - bits);
	set_flags(regs, SACC_FLAG_CF | SACC_FLAG_ZF,
		  flags | flag_if(!count, SACC_FLAG_ZF));
	set_reg(regs, insn->reg, count, insn->width);
}

/* CRC-32C, a bit at a time. */
static u64 do_crc32(u64 crc, u64 mem, unsigned int width)
{
	unsigned int i;

	crc = (u32)crc ^ mem;
	for (i = 0; i < 8 * width; i++)
		crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	return crc;
}

/* --- BMI1 and BMI2 */

static u64 do_deposit(u64 value, u64 mask)
{
	u64 result = 0, bit;

	for (; mask; mask &= mask - 1, value >>= 1) {
		bit = mask & -mask;
		if (value & 1)
			result |= bit;
	}
	return result;
}

static u64 do_extract(u64 value, u64 mask)
{
	u64 result = 0, place = 1;

	for (; mask; mask &= mask - 1, place <<= 1)
		if (value & mask & -mask)
			result |= place;
	return result;
}

static u64 low_bits(u64 value, unsigned int count)
{
	return count < 64 ? value & ((1ULL << count) - 1) : value;
}

static void do_lowest(const struct sacc_insn *insn, struct sacc_regs *regs, u64 mem)
{
	u64 result = mem & (mem - 1), flags = flag_if(!mem, SACC_FLAG_CF);

	if (insn->op == SACC_OP_BLSMSK) {
		result = mem ^ (mem - 1);
	} else if (insn->op == SACC_OP_BLSI) {
		result = mem & -mem;
		flags ^= SACC_FLAG_CF;
	}
	result &= bits_mask(insn->width);
	set_flags(regs, CARRY_OVERFLOW | SACC_FLAG_ZF | SACC_FLAG_SF,
		  flags | zero_and_sign(result, insn->width));
	set_reg(regs, insn->reg, result, insn->width);
}

/* A result in @reg from memory and @other, and the codes that come with it. */
static void do_field(const struct sacc_insn *insn, struct sacc_regs *regs, u64 mem,
		     u64 other)
{
	unsigned int start = other & 0xff, count = other >> 8 & 0xff;
	unsigned int bits = 8 * insn->width;
	u64 result, flags = 0, which = CARRY_OVERFLOW | SACC_FLAG_ZF;

	if (insn->op == SACC_OP_BEXTR) {
		result = low_bits(start < bits ? mem >> start : 0, count);
	} else if (insn->op == SACC_OP_BZHI) {
		which |= SACC_FLAG_SF;
		result = low_bits(mem, start);
		flags = flag_if(start >= bits, SACC_FLAG_CF);
	} else {	/* SACC_OP_ANDN */
		which |= SACC_FLAG_SF;
		result = ~other & mem;
	}
	set_flags(regs, which, flags | zero_and_sign(result, insn->width));
	set_reg(regs, insn->reg, result, insn->width);
}

/* These leave the condition codes alone. */
static u64 do_without_flags(const struct sacc_insn *insn, u64 mem, u64 other)
{
	unsigned int width = insn->width, count = other & (8 * width - 1);

	switch (insn->op) {
	case SACC_OP_SHLX:
		return mem << count;
	case SACC_OP_SHRX:
		return mem >> count;
	case SACC_OP_SARX:
		return (u64)((s64)extend_sign(mem, width) >> count);
	case SACC_OP_RORX:
		count = insn->imm & (8 * width - 1);
		return rotate_left(mem, 8 * width - count, width);
	case SACC_OP_PDEP:
		return do_deposit(other, mem);
	default:	/* SACC_OP_PEXT */
		return do_extract(other, mem);
	}
}

/* If both registers are one, it has the high half. */
static void do_mulx(const struct sacc_insn *insn, struct sacc_regs *regs, u64 mem)
{
	u64 a = sacc_regs_gpr(regs, SACC_REG_RDX) & bits_mask(insn->width);
	unsigned __int128 product = (unsigned __int128)a * mem;

	set_reg(regs, insn->reg2, (u64)product, insn->width);
	set_reg(regs, insn->reg, (u64)(product >> 8 * insn->width), insn->width);
}

int sacc_insn_bits(const struct sacc_insn *insn, struct sacc_regs *regs, u64 mem,
		   u64 *store)
{
	u64 other = insn->reg2 == SACC_INSN_NONE ? 0 : sacc_regs_gpr(regs, insn->reg2);

	switch (insn->op) {
	case SACC_OP_ROL:
	case SACC_OP_ROR:
		*store = do_rotate(insn, regs, mem);
		break;
	case SACC_OP_CMPXCHG:
		*store = do_cmpxchg(insn, regs, mem);
		break;
	case SACC_OP_CMOV:
		set_reg(regs, insn->reg, condition_holds(insn->cond, sacc_regs_flags(regs)) ?
			mem : sacc_regs_gpr(regs, insn->reg), insn->width);
		break;
	case SACC_OP_MUL:
	case SACC_OP_IMUL_WIDE:
		do_multiply(insn, regs, mem);
		break;
	case SACC_OP_DIV:
		return do_unsigned_div(regs, mem, insn->width);
	case SACC_OP_IDIV:
		return do_signed_div(regs, mem, insn->width);
	case SACC_OP_BT:
	case SACC_OP_BTS:
	case SACC_OP_BTR:
	case SACC_OP_BTC:
		*store = do_bit(insn, regs, mem);
		break;
	case SACC_OP_BSF:
	case SACC_OP_BSR:
		do_scan(insn, regs, mem);
		break;
	case SACC_OP_POPCNT:
	case SACC_OP_TZCNT:
	case SACC_OP_LZCNT:
		do_count(insn, regs, mem);
		break;
	case SACC_OP_CRC32:
		other = sacc_regs_gpr(regs, insn->reg);
		sacc_regs_gpr(regs, insn->reg) = do_crc32(other, mem, insn->width);
		break;
	case SACC_OP_BLSR:
	case SACC_OP_BLSMSK:
	case SACC_OP_BLSI:
		do_lowest(insn, regs, mem);
		break;
	case SACC_OP_ANDN:
	case SACC_OP_BZHI:
	case SACC_OP_BEXTR:
		do_field(insn, regs, mem, other & bits_mask(insn->width));
		break;
	case SACC_OP_MULX:
		do_mulx(insn, regs, mem);
		break;
	default:
		set_reg(regs, insn->reg, do_without_flags(insn, mem, other),
			insn->width);
	}
	return 0;
}
