/* SPDX-License-Identifier: MIT */
/*
 * One uverbs command: a header and a handful of attributes, built in order,
 * then executed on the command descriptor of a context. Lives on the stack of
 * one function; buffers that attributes point to must outlive cmd_exec().
 *
 *	struct sacc_devx_cmd cmd;
 *
 *	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_X, MLX5_IB_METHOD_Y);
 *	sacc_devx_add_in(&cmd, MLX5_IB_ATTR_IN, in, inlen);
 *	handle = sacc_devx_add_new_handle(&cmd, MLX5_IB_ATTR_HANDLE);
 *	err = sacc_devx_cmd_exec(&cmd, context);
 *
 * Every attribute is mandatory: a kernel that does not know it refuses the
 * command rather than leave it out. An input that is too long for an attribute
 * is remembered and fails the execution with EINVAL.
 */
#ifndef SACC_DEVX_CMD_H
#define SACC_DEVX_CMD_H

#include <stddef.h>
#include <stdint.h>
#include <rdma/rdma_user_ioctl_cmds.h>
#include <rdma/mlx5_user_ioctl_cmds.h>

/* The library is built with hidden symbols; these are the ones to export. */
#pragma GCC visibility push(default)
#include <infiniband/mlx5dv.h>
#include "softaccel/devx.h"
#pragma GCC visibility pop

#define SACC_DEVX_MAX_ATTRS 8

struct sacc_devx_cmd {
	int error;			/* of building it; 0: well so far */
	union {
		struct ib_uverbs_ioctl_hdr hdr;
		unsigned char room[sizeof(struct ib_uverbs_ioctl_hdr) +
				   SACC_DEVX_MAX_ATTRS *
				   sizeof(struct ib_uverbs_attr)];
	};
};

/* What mlx5dv.h leaves opaque. */
struct mlx5dv_devx_obj {
	struct ibv_context *context;
	uint32_t handle;
};

void sacc_devx_cmd_init(struct sacc_devx_cmd *cmd, uint16_t object,
			uint16_t method);
void sacc_devx_add_in(struct sacc_devx_cmd *cmd, uint16_t id, const void *in,
		      size_t len);
void sacc_devx_add_out(struct sacc_devx_cmd *cmd, uint16_t id, void *out,
		       size_t len);
void sacc_devx_add_u32(struct sacc_devx_cmd *cmd, uint16_t id, uint32_t value);
void sacc_devx_add_u64(struct sacc_devx_cmd *cmd, uint16_t id, uint64_t value);
void sacc_devx_add_fd(struct sacc_devx_cmd *cmd, uint16_t id, int fd);
void sacc_devx_add_handle(struct sacc_devx_cmd *cmd, uint16_t id,
			  uint32_t handle);
/* The handle is in ->data, a descriptor in ->data_s64, after execution. */
const struct ib_uverbs_attr *
sacc_devx_add_new_handle(struct sacc_devx_cmd *cmd, uint16_t id);

/* 0 or a positive errno. */
int sacc_devx_cmd_exec(struct sacc_devx_cmd *cmd, struct ibv_context *context);

/* cmd.c: a command whose only attribute is the handle to destroy. */
int sacc_devx_destroy_handle(struct ibv_context *context, uint16_t object,
			     uint16_t method, uint16_t id, uint32_t handle);

#endif
