// SPDX-License-Identifier: GPL-2.0-only
/* 6.4: a page fault may come with only the lock of its VMA held. */
#include <linux/mm.h>

unsigned int sacc_probe(void);

unsigned int sacc_probe(void)
{
	return FAULT_FLAG_VMA_LOCK;
}
