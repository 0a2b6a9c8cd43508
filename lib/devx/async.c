// SPDX-License-Identifier: MIT
/*
 * Queries that complete later: the answer is read from a descriptor, one whole
 * answer by each read.
 *
 * A command completion owns its descriptor. The kernel keeps what it needs for
 * queries that are still running, so closing it early is safe.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd.h"

struct mlx5dv_devx_cmd_comp *
mlx5dv_devx_create_cmd_comp(struct ibv_context *context)
{
	struct mlx5dv_devx_cmd_comp *cmd_comp;
	const struct ib_uverbs_attr *handle;
	struct sacc_devx_cmd cmd;
	int err;

	cmd_comp = calloc(1, sizeof(*cmd_comp));
	if (!cmd_comp)
		return NULL;
	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_DEVX_ASYNC_CMD_FD,
			   MLX5_IB_METHOD_DEVX_ASYNC_CMD_FD_ALLOC);
	handle = sacc_devx_add_new_handle(
		&cmd, MLX5_IB_ATTR_DEVX_ASYNC_CMD_FD_ALLOC_HANDLE);
	err = sacc_devx_cmd_exec(&cmd, context);
	if (err) {
		free(cmd_comp);
		errno = err;
		return NULL;
	}
	cmd_comp->fd = (int)handle->data_s64;
	return cmd_comp;
}

void mlx5dv_devx_destroy_cmd_comp(struct mlx5dv_devx_cmd_comp *cmd_comp)
{
	close(cmd_comp->fd);
	free(cmd_comp);
}

int mlx5dv_devx_obj_query_async(struct mlx5dv_devx_obj *obj, const void *in,
				size_t inlen, size_t outlen, uint64_t wr_id,
				struct mlx5dv_devx_cmd_comp *cmd_comp)
{
	struct sacc_devx_cmd cmd;

	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_DEVX_OBJ,
			   MLX5_IB_METHOD_DEVX_OBJ_ASYNC_QUERY);
	sacc_devx_add_handle(&cmd, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_HANDLE,
			     obj->handle);
	sacc_devx_add_in(&cmd, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_CMD_IN, in,
			 inlen);
	sacc_devx_add_u64(&cmd, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_OUT_LEN,
			  outlen);
	sacc_devx_add_u64(&cmd, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_WR_ID, wr_id);
	sacc_devx_add_fd(&cmd, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_FD,
			 cmd_comp->fd);
	return sacc_devx_cmd_exec(&cmd, obj->context);
}

int mlx5dv_devx_get_async_cmd_comp(struct mlx5dv_devx_cmd_comp *cmd_comp,
				   struct mlx5dv_devx_async_cmd_hdr *cmd_resp,
				   size_t cmd_resp_len)
{
	ssize_t got = read(cmd_comp->fd, cmd_resp, cmd_resp_len);

	if (got < 0)
		return errno;
	return (size_t)got < sizeof(*cmd_resp) ? EINVAL : 0;
}
