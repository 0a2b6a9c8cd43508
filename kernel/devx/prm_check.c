// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares the layouts and opcodes of the HCA model with the header of the kernel
 * that is built for. hca/ must not include kernel headers, so this is done here.
 * There is no code in this file: it either compiles or names the field.
 */
#include <linux/build_bug.h>
#include <linux/mlx5/driver.h>
#include <linux/mlx5/device.h>
#include <linux/mlx5/mlx5_ifc.h>

#include "../hca/fields.h"
#include "../hca/opcodes.h"

#define CHECK_FIELD(s, f, off, bits)					\
	static_assert(__mlx5_bit_off(s, f) == (off) &&			\
		      __mlx5_bit_sz(s, f) == (bits), #s "." #f);
#define CHECK_SIZE(s, bytes)						\
	static_assert(MLX5_ST_SZ_BYTES(s) == (bytes), #s);
#define CHECK_OPCODE(name, opcode)					\
	static_assert(MLX5_CMD_OP_##name == (opcode), #name);
#define NOT_CHECKED(...)

SACC_HCA_LAYOUTS(CHECK_FIELD, NOT_CHECKED, CHECK_FIELD, CHECK_SIZE)
SACC_HCA_OPCODES(CHECK_OPCODE, NOT_CHECKED)
