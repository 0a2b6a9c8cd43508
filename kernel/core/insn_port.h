/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The few names that the instruction decoder needs, in the kernel and in the
 * userspace programs that test it; and the registers that instructions work on: in
 * the kernel, where they lie, in the task's struct pt_regs.
 */
#ifndef SOFTACCEL_CORE_INSN_PORT_H
#define SOFTACCEL_CORE_INSN_PORT_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/ptrace.h>
#include <linux/stddef.h>
#include <linux/types.h>

/* Filled in nowhere: it is a struct pt_regs. */
struct sacc_regs {
	struct pt_regs pt;
};

static inline unsigned long *sacc_regs_slot(const struct sacc_regs *regs,
					    unsigned int i)
{
	/* In the order of the encoding. */
	static const u8 at[16] = {
		offsetof(struct pt_regs, ax), offsetof(struct pt_regs, cx),
		offsetof(struct pt_regs, dx), offsetof(struct pt_regs, bx),
		offsetof(struct pt_regs, sp), offsetof(struct pt_regs, bp),
		offsetof(struct pt_regs, si), offsetof(struct pt_regs, di),
		offsetof(struct pt_regs, r8), offsetof(struct pt_regs, r9),
		offsetof(struct pt_regs, r10), offsetof(struct pt_regs, r11),
		offsetof(struct pt_regs, r12), offsetof(struct pt_regs, r13),
		offsetof(struct pt_regs, r14), offsetof(struct pt_regs, r15),
	};

	return (unsigned long *)((char *)&regs->pt + at[i & 0xf]);
}

#define sacc_regs_gpr(regs, i)	(*sacc_regs_slot(regs, i))
#define sacc_regs_ip(regs)	((regs)->pt.ip)
#define sacc_regs_flags(regs)	((regs)->pt.flags)
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;

/**
 * struct sacc_regs - the registers that an instruction works on
 * @gpr:	rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8..r15, as encoded
 * @ip:		address of the instruction, afterwards of the next one
 * @flags:	only SACC_FLAGS are looked at or changed
 */
struct sacc_regs {
	u64 gpr[16];
	u64 ip;
	u64 flags;
};

#define sacc_regs_gpr(regs, i)	((regs)->gpr[i])
#define sacc_regs_ip(regs)	((regs)->ip)
#define sacc_regs_flags(regs)	((regs)->flags)
#endif

#endif
