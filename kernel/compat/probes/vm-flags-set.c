// SPDX-License-Identifier: GPL-2.0-only
/* 6.3: vma->vm_flags is changed through helpers only. */
#include <linux/mm.h>

void sacc_probe(struct vm_area_struct *vma);

void sacc_probe(struct vm_area_struct *vma)
{
	vm_flags_set(vma, VM_IO);
}
