// SPDX-License-Identifier: GPL-2.0-only
/*
 * Architectures without an instruction decoder: every access to a trapped
 * window is refused, so programs get SIGBUS instead of wrong answers.
 */
#include "trap_arch.h"

vm_fault_t sacc_trap_fault(struct vm_fault *vmf, const struct sacc_trap_ops *ops)
{
	return sacc_trap_result(-EOPNOTSUPP);
}
SACC_EXPORT(sacc_trap_fault);
