// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a decoded x86-64 instruction does to registers, condition codes and its
 * memory operand. Only 4- and 8-byte accesses: nothing narrower is a register
 * access. Registers change after the last access has succeeded, so a refused
 * access leaves the program at its instruction.
 *
 * No state, no locks; also compiled by selftests/core.
 */
#include "insn.h"

static u64 width_mask(unsigned int width)
{
	return width == 8 ? ~0ULL : 0xffffffffULL;
}

/* The bit number of BT and its like can lie far from the memory operand. */
static bool is_bit_string(const struct sacc_insn *insn)
{
	return insn->op >= SACC_OP_BT && insn->op <= SACC_OP_BTC &&
	       !insn->has_imm;
}

static u64 bit_string_offset(const struct sacc_insn *insn, u64 bit)
{
	s64 number = (s64)bit;

	if (insn->width == 4)
		number = (s32)bit;
	else if (insn->width == 2)
		number = (s16)bit;
	return (u64)(number >> 3) & ~(u64)(insn->width - 1);
}

u64 sacc_insn_address(const struct sacc_insn *insn, const struct sacc_regs *regs,
		      u64 segment_base)
{
	const struct sacc_insn_mem *mem = &insn->mem;
	u64 offset = mem->disp;

	if (is_bit_string(insn))
		offset += bit_string_offset(insn, sacc_regs_gpr(regs, insn->reg));
	if (mem->rip)
		offset += sacc_regs_ip(regs) + insn->len;
	if (mem->base != SACC_INSN_NONE)
		offset += sacc_regs_gpr(regs, mem->base);
	if (mem->index != SACC_INSN_NONE)
		offset += sacc_regs_gpr(regs, mem->index) * mem->scale;
	if (mem->addr32)
		offset = (u32)offset;
	return offset + segment_base;
}

static u64 swap_bytes(u64 value, unsigned int width)
{
	return width == 8 ? __builtin_bswap64(value) :
			    __builtin_bswap32((u32)value);
}

/* ZF, SF and PF of a result. */
static u64 result_flags(u64 result, unsigned int width)
{
	u8 parity = (u8)result;
	u64 flags = 0;

	if (!(result & width_mask(width)))
		flags |= SACC_FLAG_ZF;
	if (result >> (8 * width - 1) & 1)
		flags |= SACC_FLAG_SF;
	parity ^= parity >> 4;
	parity ^= parity >> 2;
	parity ^= parity >> 1;
	if (!(parity & 1))
		flags |= SACC_FLAG_PF;
	return flags;
}

/*
 * The bits of @carries are the carries (borrows) out of each bit of an addition
 * (subtraction); overflow is a carry into the sign bit but not out of it, or
 * the other way round.
 */
static u64 carry_flags(u64 carries, unsigned int width)
{
	unsigned int top = 8 * width - 1;
	u64 flags = 0;

	if (carries >> top & 1)
		flags |= SACC_FLAG_CF;
	if (carries >> 3 & 1)
		flags |= SACC_FLAG_AF;
	if ((carries >> top ^ carries >> (top - 1)) & 1)
		flags |= SACC_FLAG_OF;
	return flags;
}

static u64 do_add(u64 a, u64 b, u64 carry, unsigned int width, u64 *flags)
{
	u64 sum = a + b + carry;

	*flags = result_flags(sum, width) |
		 carry_flags((a & b) | ((a | b) & ~sum), width);
	return sum;
}

static u64 do_sub(u64 a, u64 b, u64 borrow, unsigned int width, u64 *flags)
{
	u64 difference = a - b - borrow;

	*flags = result_flags(difference, width) |
		 carry_flags((~a & b) | ((~a | b) & difference), width);
	return difference;
}

/* AF is undefined here; processors clear it. */
static u64 do_logic(u64 result, unsigned int width, u64 *flags)
{
	*flags = result_flags(result, width);
	return result;
}

/* The high half is dropped; CF and OF say that it mattered. */
static u64 do_imul(u64 a, u64 b, unsigned int width, u64 *flags)
{
	s64 product;
	bool lost;

	if (width == 8) {
		lost = __builtin_mul_overflow((s64)a, (s64)b, &product);
	} else {
		product = (s64)(s32)a * (s32)b;
		lost = product != (s32)product;
	}
	*flags = result_flags(product, width);
	if (lost)
		*flags |= SACC_FLAG_CF | SACC_FLAG_OF;
	return product;
}

/* A count of 0 leaves the condition codes alone; AF is undefined otherwise. */
static u64 do_shift(u8 op, u64 a, u64 count, unsigned int width, u64 *flags)
{
	unsigned int top = 8 * width - 1;
	u64 result, out, overflow;

	count &= top;
	if (!count)
		return a;
	if (op == SACC_OP_SHL) {
		result = a << count;
		out = a >> (top + 1 - count) & 1;
		overflow = (result >> top & 1) ^ out;
	} else if (op == SACC_OP_SHR) {
		result = a >> count;
		out = a >> (count - 1) & 1;
		overflow = a >> top & 1;
	} else {
		result = (u64)((width == 8 ? (s64)a : (s64)(s32)a) >> count);
		out = a >> (count - 1) & 1;
		overflow = 0;
	}
	*flags = result_flags(result, width);
	*flags |= (out ? SACC_FLAG_CF : 0) | (overflow ? SACC_FLAG_OF : 0);
	return result;
}

/* Two operands. *@flags: condition codes before and after. */
static u64 compute_binary(const struct sacc_insn *insn, u64 a, u64 b, u64 *flags)
{
	u64 carry = *flags & SACC_FLAG_CF;
	unsigned int width = insn->width;

	switch (insn->op) {
	case SACC_OP_ADD:
	case SACC_OP_XADD:
		return do_add(a, b, 0, width, flags);
	case SACC_OP_ADC:
		return do_add(a, b, carry, width, flags);
	case SACC_OP_SUB:
	case SACC_OP_CMP:
		return do_sub(a, b, 0, width, flags);
	case SACC_OP_SBB:
		return do_sub(a, b, carry, width, flags);
	case SACC_OP_IMUL:
		return do_imul(a, b, width, flags);
	case SACC_OP_SHL:
	case SACC_OP_SHR:
	case SACC_OP_SAR:
		return do_shift(insn->op, a, b, width, flags);
	case SACC_OP_OR:
		return do_logic(a | b, width, flags);
	case SACC_OP_XOR:
		return do_logic(a ^ b, width, flags);
	default:	/* SACC_OP_AND, SACC_OP_TEST */
		return do_logic(a & b, width, flags);
	}
}

/* One operand, from memory. INC and DEC leave CF alone. */
static u64 compute_unary(const struct sacc_insn *insn, u64 a, u64 *flags)
{
	u64 carry = *flags & SACC_FLAG_CF;
	u64 result;

	switch (insn->op) {
	case SACC_OP_INC:
		result = do_add(a, 1, 0, insn->width, flags);
		*flags = (*flags & ~(u64)SACC_FLAG_CF) | carry;
		return result;
	case SACC_OP_DEC:
		result = do_sub(a, 1, 0, insn->width, flags);
		*flags = (*flags & ~(u64)SACC_FLAG_CF) | carry;
		return result;
	case SACC_OP_NEG:
		return do_sub(0, a, 0, insn->width, flags);
	default:	/* SACC_OP_NOT */
		return ~a;
	}
}

/* What arrives of what is moved. */
static u64 move(const struct sacc_insn *insn, u64 value)
{
	if (insn->op == SACC_OP_MOVSX)
		return (u64)(s64)(s32)value;
	if (insn->op == SACC_OP_MOVBE)
		return swap_bytes(value, insn->width);
	return value;
}

/* The result, from memory and the other operand. */
static u64 compute(const struct sacc_insn *insn, u64 mem, u64 other, u64 *flags)
{
	switch (insn->op) {
	case SACC_OP_XCHG:
		return other;
	case SACC_OP_INC:
	case SACC_OP_DEC:
	case SACC_OP_NOT:
	case SACC_OP_NEG:
		return compute_unary(insn, mem, flags);
	default:
		return insn->mem_first ? compute_binary(insn, mem, other, flags) :
					 compute_binary(insn, other, mem, flags);
	}
}

/* Does the register operand change, and to what? */
static bool new_register(const struct sacc_insn *insn, u64 mem, u64 result,
			 u64 *value)
{
	bool swaps = insn->op == SACC_OP_XCHG || insn->op == SACC_OP_XADD;

	if (insn->op == SACC_OP_CMP || insn->op == SACC_OP_TEST ||
	    (insn->store && !swaps))
		return false;
	*value = swaps ? mem : result;
	*value &= width_mask(insn->reg_width);	/* 32-bit results clear the rest */
	return true;
}

/* An operation of insn_bits_x86.c: these may change several registers. */
static int exec_bits(const struct sacc_insn *insn, struct sacc_regs *regs,
		     u64 mem, const struct sacc_insn_bus *bus, void *arg)
{
	struct sacc_regs after = *regs;
	u64 result = 0;
	int err;

	err = sacc_insn_bits(insn, &after, mem, &result);
	if (err)
		return err;
	if (insn->store) {
		err = bus->write(arg, insn->width, result & width_mask(insn->width));
		if (err)
			return err;
	}
	sacc_regs_ip(&after) += insn->len;
	*regs = after;
	return 0;
}

static u64 other_operand(const struct sacc_insn *insn, const struct sacc_regs *regs)
{
	if (insn->has_imm || insn->reg == SACC_INSN_NONE)
		return insn->imm;
	return sacc_regs_gpr(regs, insn->reg);
}

/* Nearly every access is one of these, and they leave the condition codes alone. */
static bool is_move(const struct sacc_insn *insn)
{
	return insn->op >= SACC_OP_MOV && insn->op <= SACC_OP_MOVBE;
}

static int exec_move(const struct sacc_insn *insn, struct sacc_regs *regs,
		     const struct sacc_insn_bus *bus, void *arg)
{
	u64 mask = width_mask(insn->width), value = 0;
	int err;

	if (insn->load) {
		err = bus->read(arg, insn->width, &value);
		if (err)
			return err;
		value = move(insn, value & mask) & width_mask(insn->reg_width);
		sacc_regs_gpr(regs, insn->reg) = value;
	} else {
		value = move(insn, other_operand(insn, regs) & mask) & mask;
		err = bus->write(arg, insn->width, value);
		if (err)
			return err;
	}
	sacc_regs_ip(regs) += insn->len;
	return 0;
}

static int exec_compute(const struct sacc_insn *insn, struct sacc_regs *regs,
			const struct sacc_insn_bus *bus, void *arg)
{
	u64 flags = sacc_regs_flags(regs) & SACC_FLAGS, mem = 0;
	u64 mask = width_mask(insn->width), result, value;
	int err;

	if (insn->load) {
		err = bus->read(arg, insn->width, &mem);
		if (err)
			return err;
		mem &= mask;
	}
	if (insn->op >= SACC_OP_ROL)
		return exec_bits(insn, regs, mem, bus, arg);
	result = compute(insn, mem, other_operand(insn, regs) & mask, &flags);
	if (insn->store) {
		err = bus->write(arg, insn->width, result & mask);
		if (err)
			return err;
	}
	if (insn->reg != SACC_INSN_NONE &&
	    new_register(insn, mem, result, &value))
		sacc_regs_gpr(regs, insn->reg) = value;
	sacc_regs_flags(regs) = (sacc_regs_flags(regs) & ~(u64)SACC_FLAGS) | flags;
	sacc_regs_ip(regs) += insn->len;
	return 0;
}

int sacc_insn_exec(const struct sacc_insn *insn, struct sacc_regs *regs,
		   const struct sacc_insn_bus *bus, void *arg)
{
	if (insn->width != 4 && insn->width != 8)
		return -EINVAL;
	if (is_move(insn))
		return exec_move(insn, regs, bus, arg);
	return exec_compute(insn, regs, bus, arg);
}
