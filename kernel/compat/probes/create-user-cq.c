// SPDX-License-Identifier: GPL-2.0-only
/* By 7.2 the CQs of programs had an operation of their own. */
#include <rdma/ib_umem.h>
#include <rdma/ib_verbs.h>

struct ib_umem *sacc_probe(const struct ib_device_ops *ops,
			   struct uverbs_attr_bundle *attrs);

struct ib_umem *sacc_probe(const struct ib_device_ops *ops,
			   struct uverbs_attr_bundle *attrs)
{
	return ops->create_user_cq ?
	       ib_umem_get_cq_buf_or_va(NULL, attrs, 0, 0, 0) : NULL;
}
