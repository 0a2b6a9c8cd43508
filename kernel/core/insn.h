/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One x86-64 instruction that has a memory operand: what it is (insn_x86.c)
 * and what it does (insn_exec_x86.c). Pure C without state, so that the same
 * files run in the kernel and in the tests.
 *
 * Invariants of an accepted instruction:
 *   - it accesses exactly one memory operand, of @width bytes, by a load, a
 *     store or (both set) a load followed by a store;
 *   - the other operand is @imm if @has_imm, else @reg; neither is there for
 *     operations on one operand (INC to NOT, and those that work on rdx:rax).
 *     IMUL and RORX with @has_imm have @reg besides, as the result;
 *   - @len is 1..SACC_INSN_MAX and every byte of it was given to the decoder.
 */
#ifndef SOFTACCEL_CORE_INSN_H
#define SOFTACCEL_CORE_INSN_H

#include "insn_port.h"

/* No instruction is longer: the processor raises #GP. */
#define SACC_INSN_MAX	15

/* No register, no base, no index. */
#define SACC_INSN_NONE	0xff

/* The numbers of general registers that this code names. */
#define SACC_REG_RAX	0
#define SACC_REG_RCX	1
#define SACC_REG_RDX	2
#define SACC_REG_RSP	4

/* Condition codes in the flags register. */
#define SACC_FLAG_CF	0x001u
#define SACC_FLAG_PF	0x004u
#define SACC_FLAG_AF	0x010u
#define SACC_FLAG_ZF	0x040u
#define SACC_FLAG_SF	0x080u
#define SACC_FLAG_OF	0x800u
#define SACC_FLAGS	(SACC_FLAG_CF | SACC_FLAG_PF | SACC_FLAG_AF | \
			 SACC_FLAG_ZF | SACC_FLAG_SF | SACC_FLAG_OF)

/* ADD to CMP stand in the order of their encoding. */
enum sacc_insn_op {
	SACC_OP_ADD,
	SACC_OP_OR,
	SACC_OP_ADC,
	SACC_OP_SBB,
	SACC_OP_AND,
	SACC_OP_SUB,
	SACC_OP_XOR,
	SACC_OP_CMP,
	SACC_OP_TEST,
	SACC_OP_MOV,	/* also movnti */
	SACC_OP_MOVZX,
	SACC_OP_MOVSX,	/* also movsxd */
	SACC_OP_MOVBE,
	SACC_OP_XCHG,
	SACC_OP_XADD,
	SACC_OP_INC,
	SACC_OP_DEC,
	SACC_OP_NOT,
	SACC_OP_NEG,
	SACC_OP_IMUL,
	SACC_OP_SHL,	/* the other operand of shifts is the count */
	SACC_OP_SHR,
	SACC_OP_SAR,
	/* From here on in insn_bits_x86.c. */
	SACC_OP_ROL,
	SACC_OP_ROR,
	SACC_OP_CMPXCHG,
	SACC_OP_CMOV,
	SACC_OP_MUL,	/* these four: rdx:rax */
	SACC_OP_IMUL_WIDE,
	SACC_OP_DIV,
	SACC_OP_IDIV,
	SACC_OP_BT,	/* without @has_imm: a bit string, see sacc_insn_address() */
	SACC_OP_BTS,
	SACC_OP_BTR,
	SACC_OP_BTC,
	SACC_OP_BSF,
	SACC_OP_BSR,
	SACC_OP_POPCNT,
	SACC_OP_TZCNT,
	SACC_OP_LZCNT,
	SACC_OP_CRC32,
	SACC_OP_ANDN,	/* the result of these is @reg, the other operand @reg2 */
	SACC_OP_BZHI,
	SACC_OP_BEXTR,
	SACC_OP_PDEP,
	SACC_OP_PEXT,
	SACC_OP_SHLX,
	SACC_OP_SARX,
	SACC_OP_SHRX,
	SACC_OP_MULX,	/* high half in @reg, low half in @reg2 */
	SACC_OP_RORX,
	SACC_OP_BLSR,
	SACC_OP_BLSMSK,
	SACC_OP_BLSI,
	SACC_OPS,
};

/* Segments whose base counts in 64-bit mode. */
enum sacc_insn_segment {
	SACC_SEGMENT_FLAT,
	SACC_SEGMENT_FS,
	SACC_SEGMENT_GS,
};

enum sacc_insn_result {
	SACC_INSN_OK,
	SACC_INSN_TRUNCATED,	/* acceptable so far, but goes on beyond the bytes given */
	SACC_INSN_REFUSED,	/* not an instruction that a register takes */
};

/**
 * struct sacc_insn_mem - a memory operand
 * @disp:	displacement, sign-extended; the whole address for moffs
 * @base:	register number or SACC_INSN_NONE
 * @index:	register number or SACC_INSN_NONE
 * @scale:	1, 2, 4 or 8
 * @segment:	enum sacc_insn_segment
 * @rip:	relative to the next instruction
 * @addr32:	offset within the segment is cut to 32 bits
 */
struct sacc_insn_mem {
	u64 disp;
	u8 base;
	u8 index;
	u8 scale;
	u8 segment;
	bool rip;
	bool addr32;
};

/**
 * struct sacc_insn - a decoded instruction
 * @mem:	where the memory operand is
 * @imm:	immediate operand, sign-extended, if @has_imm
 * @op:		enum sacc_insn_op
 * @len:	bytes of the instruction
 * @width:	bytes of memory that are accessed: 1, 2, 4 or 8
 * @reg_width:	bytes of the register operand; larger than @width when the
 *		operation extends
 * @reg:	register operand or SACC_INSN_NONE
 * @reg2:	second register operand or SACC_INSN_NONE
 * @cond:	condition of CMOV, as encoded
 * @reg_high:	the register operand is bits 8..15 of @reg (ah, ch, dh, bh)
 * @has_imm:	the other operand is @imm
 * @mem_first:	memory is the left operand of the operation
 * @load:	memory is read
 * @store:	memory is written (after the load, if both)
 * @lock:	load and store are one atomic step: lock prefix, or xchg
 */
struct sacc_insn {
	struct sacc_insn_mem mem;
	u64 imm;
	u8 op;
	u8 len;
	u8 width;
	u8 reg_width;
	u8 reg;
	u8 reg2;
	u8 cond;
	bool reg_high;
	bool has_imm;
	bool mem_first;
	bool load;
	bool store;
	bool lock;
};

/**
 * struct sacc_insn_bus - what loads and stores are carried out on
 * @read:	load @width (4 or 8) bytes into *@val; 0 or -errno
 * @write:	store the low @width bytes of @val; 0 or -errno
 */
struct sacc_insn_bus {
	int (*read)(void *arg, unsigned int width, u64 *val);
	int (*write)(void *arg, unsigned int width, u64 val);
};

/**
 * sacc_insn_decode() - take an instruction of 64-bit mode apart
 * @insn:	the result; undefined unless SACC_INSN_OK is returned
 * @bytes:	where it begins
 * @size:	how many of them may be looked at; more than SACC_INSN_MAX are
 *		not needed
 */
enum sacc_insn_result sacc_insn_decode(struct sacc_insn *insn, const u8 *bytes,
				       size_t size);

/**
 * sacc_insn_address() - where the memory operand is
 * @insn:	an accepted instruction
 * @regs:	registers before it
 * @segment_base: base of @insn->mem.segment
 */
u64 sacc_insn_address(const struct sacc_insn *insn, const struct sacc_regs *regs,
		      u64 segment_base);

/**
 * sacc_insn_exec() - carry an instruction out
 * @insn:	an accepted instruction, 4 or 8 bytes wide
 * @regs:	registers before it, updated on success only
 * @bus:	does the accesses; a load always comes before a store
 * @arg:	for @bus
 *
 * Return: 0, -EINVAL for another width (nothing was accessed), -EDOM for a
 * division that the processor would trap, or the error of @bus; after -EDOM, and
 * when a store fails, the load has taken place.
 */
int sacc_insn_exec(const struct sacc_insn *insn, struct sacc_regs *regs,
		   const struct sacc_insn_bus *bus, void *arg);

/**
 * sacc_insn_bits() - what an operation from SACC_OP_ROL on results in
 * @insn:	the instruction
 * @regs:	registers before and after it, but for @regs->ip
 * @mem:	memory operand
 * @store:	what becomes of it, if @insn stores
 *
 * Return: 0, or -EDOM as above, @regs being as before.
 */
int sacc_insn_bits(const struct sacc_insn *insn, struct sacc_regs *regs, u64 mem,
		   u64 *store);

#endif
