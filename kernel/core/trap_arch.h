/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What trap.c needs of an architecture: trap_x86.c, or trap_none.c where
 * instructions cannot be emulated. Both run in the faulting task, in its page
 * fault from user mode.
 */
#ifndef SOFTACCEL_CORE_TRAP_ARCH_H
#define SOFTACCEL_CORE_TRAP_ARCH_H

#include <linux/mm_types.h>

#include "insn.h"

/**
 * sacc_trap_arch_decode() - find out what faulted
 * @vmf:	the fault
 * @insn:	the instruction, if 0 is returned
 *
 * Return: 0 for an access of 4 or 8 bytes, naturally aligned, to
 * @vmf->real_address; -EAGAIN when the instruction has to run again to be
 * seen; another -errno when it is not one that a register takes.
 */
int sacc_trap_arch_decode(const struct vm_fault *vmf, struct sacc_insn *insn);

/**
 * sacc_trap_arch_exec() - carry @insn out for the current task
 * @insn:	what sacc_trap_arch_decode() found
 * @bus:	does the accesses
 * @arg:	for @bus
 *
 * Return: 0, and the task goes on after @insn; or the error of @bus, and its
 * registers are as before.
 */
int sacc_trap_arch_exec(const struct sacc_insn *insn,
			const struct sacc_insn_bus *bus, void *arg);

#endif
