// SPDX-License-Identifier: GPL-2.0-only
/* By 7.2 zap_vma_ptes() had become zap_special_vma_range(). */
#include <linux/mm.h>

void sacc_probe(struct vm_area_struct *vma);

void sacc_probe(struct vm_area_struct *vma)
{
	zap_special_vma_range(vma, vma->vm_start, PAGE_SIZE);
}
