// SPDX-License-Identifier: MIT
/*
 * User memory that the device may use: pinned by the kernel until dereg, and
 * known to commands by its id.
 */
#include <errno.h>
#include <stdlib.h>

#include "umem.h"

static void add_range(struct sacc_devx_cmd *cmd,
		      const struct mlx5dv_devx_umem_in *in)
{
	sacc_devx_add_u64(cmd, MLX5_IB_ATTR_DEVX_UMEM_REG_ADDR,
			  (uintptr_t)in->addr);
	sacc_devx_add_u64(cmd, MLX5_IB_ATTR_DEVX_UMEM_REG_LEN, in->size);
	sacc_devx_add_u32(cmd, MLX5_IB_ATTR_DEVX_UMEM_REG_ACCESS, in->access);
}

/* Executes @cmd, which holds everything but what comes back. */
static struct mlx5dv_devx_umem *reg(struct ibv_context *context,
				    struct sacc_devx_cmd *cmd)
{
	const struct ib_uverbs_attr *handle;
	struct sacc_devx_umem *umem;
	int err;

	umem = calloc(1, sizeof(*umem));
	if (!umem)
		return NULL;
	handle = sacc_devx_add_new_handle(cmd,
					  MLX5_IB_ATTR_DEVX_UMEM_REG_HANDLE);
	sacc_devx_add_out(cmd, MLX5_IB_ATTR_DEVX_UMEM_REG_OUT_ID,
			  &umem->dv.umem_id, sizeof(umem->dv.umem_id));
	err = sacc_devx_cmd_exec(cmd, context);
	if (err) {
		free(umem);
		errno = err;
		return NULL;
	}
	umem->context = context;
	umem->handle = (uint32_t)handle->data;
	return &umem->dv;
}

struct mlx5dv_devx_umem *mlx5dv_devx_umem_reg(struct ibv_context *context,
					      void *addr, size_t size,
					      uint32_t access)
{
	const struct mlx5dv_devx_umem_in in = {
		.addr = addr,
		.size = size,
		.access = access,
	};
	struct sacc_devx_cmd cmd;

	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_DEVX_UMEM,
			   MLX5_IB_METHOD_DEVX_UMEM_REG);
	add_range(&cmd, &in);
	return reg(context, &cmd);
}

struct mlx5dv_devx_umem *
mlx5dv_devx_umem_reg_ex(struct ibv_context *context,
			struct mlx5dv_devx_umem_in *in)
{
	const uint64_t known = MLX5DV_UMEM_MASK_DMABUF;
	struct sacc_devx_cmd cmd;

	if (in->comp_mask & ~known) {
		errno = EOPNOTSUPP;
		return NULL;
	}
	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_DEVX_UMEM,
			   MLX5_IB_METHOD_DEVX_UMEM_REG);
	add_range(&cmd, in);
	sacc_devx_add_u64(&cmd, MLX5_IB_ATTR_DEVX_UMEM_REG_PGSZ_BITMAP,
			  in->pgsz_bitmap);
	if (in->comp_mask & MLX5DV_UMEM_MASK_DMABUF) {
		/* -1 would say to the kernel that there is none. */
		if (in->dmabuf_fd == -1) {
			errno = EBADF;
			return NULL;
		}
		sacc_devx_add_fd(&cmd, MLX5_IB_ATTR_DEVX_UMEM_REG_DMABUF_FD,
				 in->dmabuf_fd);
	}
	return reg(context, &cmd);
}

int mlx5dv_devx_umem_dereg(struct mlx5dv_devx_umem *dv)
{
	struct sacc_devx_umem *umem = (struct sacc_devx_umem *)dv;
	int err;

	err = sacc_devx_destroy_handle(umem->context, MLX5_IB_OBJECT_DEVX_UMEM,
				       MLX5_IB_METHOD_DEVX_UMEM_DEREG,
				       MLX5_IB_ATTR_DEVX_UMEM_DEREG_HANDLE,
				       umem->handle);
	if (!err)
		free(umem);
	return err;
}
