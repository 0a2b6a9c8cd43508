// SPDX-License-Identifier: GPL-2.0-only
/*
 * Architectures without an instruction decoder: every access to a trapped
 * window is refused, so programs get SIGBUS instead of wrong answers.
 */
#include <linux/errno.h>

#include "trap_arch.h"

int sacc_trap_arch_access(const struct vm_fault *vmf,
			  const struct sacc_trap_ops *ops, void *arg)
{
	return -EOPNOTSUPP;
}
