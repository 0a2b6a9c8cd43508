/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands that are written to the node, the interface before its ioctl. */
#ifndef SOFTACCEL_SELFTESTS_DEVX_WRITE_H
#define SOFTACCEL_SELFTESTS_DEVX_WRITE_H

#include "devx.h"

static inline struct ib_uverbs_cmd_hdr raw_header(uint32_t command, size_t in, size_t out)
{
	return (struct ib_uverbs_cmd_hdr){
		.command = command,
		.in_words = in / 4,
		.out_words = out / 4,
	};
}

static inline int raw_write(int fd, const void *command, size_t size)
{
	return write(fd, command, size) == (ssize_t)size ? 0 : -1;
}

static inline int raw_alloc_pd(int fd, uint32_t *handle)
{
	static struct {
		struct ib_uverbs_alloc_pd_resp core;
		struct mlx5_ib_alloc_pd_resp driver;
	} resp;
	struct {
		struct ib_uverbs_cmd_hdr hdr;
		struct ib_uverbs_alloc_pd core;
	} cmd = {
		.hdr = raw_header(IB_USER_VERBS_CMD_ALLOC_PD, sizeof(cmd), sizeof(resp)),
		.core.response = (uintptr_t)&resp,
	};

	if (raw_write(fd, &cmd, sizeof(cmd)))
		return -1;
	*handle = resp.core.pd_handle;
	return 0;
}

#endif
