// SPDX-License-Identifier: MIT
/*
 * Commands and objects: what goes in and out are mailboxes in the layout of the
 * device's programming manual, which this library passes on untouched.
 *
 * A command that the device refuses fails with EREMOTEIO, and the output mailbox
 * then holds status and syndrome. An object is freed by a destroy that succeeds.
 */
#include <errno.h>
#include <stdlib.h>

#include "cmd.h"

int mlx5dv_devx_general_cmd(struct ibv_context *context, const void *in,
			    size_t inlen, void *out, size_t outlen)
{
	struct sacc_devx_cmd cmd;

	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_OTHER);
	sacc_devx_add_in(&cmd, MLX5_IB_ATTR_DEVX_OTHER_CMD_IN, in, inlen);
	sacc_devx_add_out(&cmd, MLX5_IB_ATTR_DEVX_OTHER_CMD_OUT, out, outlen);
	return sacc_devx_cmd_exec(&cmd, context);
}

int mlx5dv_devx_query_eqn(struct ibv_context *context, uint32_t vector,
			  uint32_t *eqn)
{
	struct sacc_devx_cmd cmd;

	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_DEVX,
			   MLX5_IB_METHOD_DEVX_QUERY_EQN);
	sacc_devx_add_u32(&cmd, MLX5_IB_ATTR_DEVX_QUERY_EQN_USER_VEC, vector);
	sacc_devx_add_out(&cmd, MLX5_IB_ATTR_DEVX_QUERY_EQN_DEV_EQN, eqn,
			  sizeof(*eqn));
	return sacc_devx_cmd_exec(&cmd, context);
}

struct mlx5dv_devx_obj *
mlx5dv_devx_obj_create(struct ibv_context *context, const void *in,
		       size_t inlen, void *out, size_t outlen)
{
	const struct ib_uverbs_attr *handle;
	struct mlx5dv_devx_obj *obj;
	struct sacc_devx_cmd cmd;
	int err;

	obj = calloc(1, sizeof(*obj));
	if (!obj)
		return NULL;
	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_DEVX_OBJ,
			   MLX5_IB_METHOD_DEVX_OBJ_CREATE);
	handle = sacc_devx_add_new_handle(&cmd,
					  MLX5_IB_ATTR_DEVX_OBJ_CREATE_HANDLE);
	sacc_devx_add_in(&cmd, MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_IN, in, inlen);
	sacc_devx_add_out(&cmd, MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_OUT, out,
			  outlen);
	err = sacc_devx_cmd_exec(&cmd, context);
	if (err) {
		free(obj);
		errno = err;
		return NULL;
	}
	obj->context = context;
	obj->handle = (uint32_t)handle->data;
	return obj;
}

int mlx5dv_devx_obj_query(struct mlx5dv_devx_obj *obj, const void *in,
			  size_t inlen, void *out, size_t outlen)
{
	struct sacc_devx_cmd cmd;

	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_DEVX_OBJ,
			   MLX5_IB_METHOD_DEVX_OBJ_QUERY);
	sacc_devx_add_handle(&cmd, MLX5_IB_ATTR_DEVX_OBJ_QUERY_HANDLE,
			     obj->handle);
	sacc_devx_add_in(&cmd, MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_IN, in, inlen);
	sacc_devx_add_out(&cmd, MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_OUT, out,
			  outlen);
	return sacc_devx_cmd_exec(&cmd, obj->context);
}

int mlx5dv_devx_obj_modify(struct mlx5dv_devx_obj *obj, const void *in,
			   size_t inlen, void *out, size_t outlen)
{
	struct sacc_devx_cmd cmd;

	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_DEVX_OBJ,
			   MLX5_IB_METHOD_DEVX_OBJ_MODIFY);
	sacc_devx_add_handle(&cmd, MLX5_IB_ATTR_DEVX_OBJ_MODIFY_HANDLE,
			     obj->handle);
	sacc_devx_add_in(&cmd, MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_IN, in, inlen);
	sacc_devx_add_out(&cmd, MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_OUT, out,
			  outlen);
	return sacc_devx_cmd_exec(&cmd, obj->context);
}

int mlx5dv_devx_obj_destroy(struct mlx5dv_devx_obj *obj)
{
	int err;

	err = sacc_devx_destroy_handle(obj->context, MLX5_IB_OBJECT_DEVX_OBJ,
				       MLX5_IB_METHOD_DEVX_OBJ_DESTROY,
				       MLX5_IB_ATTR_DEVX_OBJ_DESTROY_HANDLE,
				       obj->handle);
	if (!err)
		free(obj);
	return err;
}
