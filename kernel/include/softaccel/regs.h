/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Big-endian 64-bit registers, as nearly all AFUs have them, which a program may
 * also access by halves: offset 0 is the upper half.
 *
 * A personality thinks in registers: a value, and for stores a mask of the bits
 * that the store reaches. Functions only; no state.
 */
#ifndef SOFTACCEL_REGS_H
#define SOFTACCEL_REGS_H

#include <asm/byteorder.h>
#include <linux/types.h>

/* The register that an access is about. */
static inline u64 sacc_reg_offset(u64 offset)
{
	return offset & ~7ULL;
}

/* What the CPU loads from a register whose value is @reg. */
static inline u64 sacc_reg_load(u64 offset, unsigned int width, u64 reg)
{
	if (width == sizeof(u64))
		return (__force u64)cpu_to_be64(reg);
	return (__force u32)cpu_to_be32(offset & 4 ? lower_32_bits(reg) :
						     upper_32_bits(reg));
}

/* What a store of @val means: the bits, and in *@mask where they are. */
static inline u64 sacc_reg_store(u64 offset, unsigned int width, u64 val,
				 u64 *mask)
{
	u64 half;

	if (width == sizeof(u64)) {
		*mask = ~0ULL;
		return be64_to_cpu((__force __be64)val);
	}
	half = be32_to_cpu((__force __be32)(u32)val);
	if (offset & 4) {
		*mask = 0xffffffffULL;
		return half;
	}
	*mask = 0xffffffffULL << 32;
	return half << 32;
}

#endif
