/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory regions of verbs, by raw system calls. */
#ifndef SOFTACCEL_SELFTESTS_DEVX_MR_H
#define SOFTACCEL_SELFTESTS_DEVX_MR_H

#include "write.h"

struct mr_request {
	uint32_t pd, access;
	uint64_t start, length, iova;
	uint32_t handle, lkey, rkey;	/* what it becomes */
};

static inline int raw_reg_mr(int fd, struct mr_request *req)
{
	struct ib_uverbs_reg_mr_resp resp = { 0 };
	struct {
		struct ib_uverbs_cmd_hdr hdr;
		struct ib_uverbs_reg_mr core;
	} cmd = {
		.hdr = raw_header(IB_USER_VERBS_CMD_REG_MR, sizeof(cmd), sizeof(resp)),
		.core = {
			.response = (uintptr_t)&resp,
			.start = req->start,
			.length = req->length,
			.hca_va = req->iova,
			.pd_handle = req->pd,
			.access_flags = req->access,
		},
	};

	if (raw_write(fd, &cmd, sizeof(cmd)))
		return -1;
	req->handle = resp.mr_handle;
	req->lkey = resp.lkey;
	req->rkey = resp.rkey;
	return 0;
}

static inline int raw_dereg_mr(int fd, uint32_t handle)
{
	struct {
		struct ib_uverbs_cmd_hdr hdr;
		struct ib_uverbs_dereg_mr core;
	} cmd = {
		.hdr = raw_header(IB_USER_VERBS_CMD_DEREG_MR, sizeof(cmd), 0),
		.core.mr_handle = handle,
	};

	return raw_write(fd, &cmd, sizeof(cmd));
}

#endif
