// SPDX-License-Identifier: GPL-2.0-only
/*
 * Architectures without an instruction decoder: every access to a trapped
 * window is refused, so programs get SIGBUS instead of wrong answers.
 */
#include "trap_arch.h"

int sacc_trap_arch_decode(const struct vm_fault *vmf, struct sacc_insn *insn)
{
	return -EOPNOTSUPP;
}

int sacc_trap_arch_exec(const struct sacc_insn *insn,
			const struct sacc_insn_bus *bus, void *arg)
{
	return -EOPNOTSUPP;
}
