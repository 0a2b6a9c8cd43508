// SPDX-License-Identifier: GPL-2.0-only
/* 6.11: create_cq() gets all attributes of the method. */
#include <rdma/ib_verbs.h>

int sacc_probe(const struct ib_device_ops *ops, struct ib_cq *cq,
	       const struct ib_cq_init_attr *attr, struct uverbs_attr_bundle *attrs);

int sacc_probe(const struct ib_device_ops *ops, struct ib_cq *cq,
	       const struct ib_cq_init_attr *attr, struct uverbs_attr_bundle *attrs)
{
	return ops->create_cq(cq, attr, attrs);
}
