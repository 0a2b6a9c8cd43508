/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The few names that the instruction decoder needs, in the kernel and in the
 * userspace programs that test it.
 */
#ifndef SOFTACCEL_CORE_INSN_PORT_H
#define SOFTACCEL_CORE_INSN_PORT_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/types.h>
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;
#endif

#endif
