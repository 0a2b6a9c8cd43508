// SPDX-License-Identifier: MIT
/*
 * Interrupt vectors and event queues of one's own: for programs that drive the
 * device themselves, through VFIO. Where the kernel drives it, which is where this
 * library works, they belong to the kernel.
 */
#include <errno.h>

#include "cmd.h"

struct mlx5dv_devx_msi_vector *
mlx5dv_devx_alloc_msi_vector(struct ibv_context *context)
{
	(void)context;
	errno = EOPNOTSUPP;
	return NULL;
}

int mlx5dv_devx_free_msi_vector(struct mlx5dv_devx_msi_vector *msi)
{
	(void)msi;
	return EOPNOTSUPP;
}

struct mlx5dv_devx_eq *mlx5dv_devx_create_eq(struct ibv_context *context,
					     const void *in, size_t inlen,
					     void *out, size_t outlen)
{
	(void)context;
	(void)in;
	(void)inlen;
	(void)out;
	(void)outlen;
	errno = EOPNOTSUPP;
	return NULL;
}

int mlx5dv_devx_destroy_eq(struct mlx5dv_devx_eq *eq)
{
	(void)eq;
	return EOPNOTSUPP;
}
