// SPDX-License-Identifier: GPL-2.0-only
/* By 7.2 ib_umem_get had become ib_umem_get_va. */
#include <rdma/ib_umem.h>

struct ib_umem *sacc_probe(struct ib_device *device, unsigned long addr,
			   size_t size);

struct ib_umem *sacc_probe(struct ib_device *device, unsigned long addr,
			   size_t size)
{
	return ib_umem_get_va(device, addr, size, 0);
}
