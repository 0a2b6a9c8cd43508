/* SPDX-License-Identifier: MIT */
/*
 * libsoftaccel-devx: what it has beyond <infiniband/mlx5dv.h>.
 *
 * The functions below whose names begin with mlx5dv are those of later versions of
 * that header, for programs that are compiled with an earlier one; softaccel-devx(3)
 * describes all of them.
 */
#ifndef SOFTACCEL_DEVX_H
#define SOFTACCEL_DEVX_H

#include <stddef.h>
#include <sys/types.h>
#include <infiniband/mlx5dv.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * softaccel_devx_open() - open a device by its name
 * @name: the RDMA device's, such as "mlx5_0"; NULL for the first one that is an mlx5
 *	device, in the kernel's order
 * @attr: as of mlx5dv_open_device(); may be NULL
 *
 * Asks the kernel, over RDMA netlink, and so sees the devices of the caller's network
 * namespace.
 *
 * Return: a context, to be closed with ibv_close_device(); NULL with errno:
 * ENODEV: there is no such device; EOPNOTSUPP: it is not an mlx5 device, or not one
 * that can do what @attr wants; otherwise what mlx5dv_open_device() or the socket said.
 */
struct ibv_context *softaccel_devx_open(const char *name,
					struct mlx5dv_context_attr *attr);

/* --- libmlx5 1.26 */
int mlx5dv_devx_uar_export_dmabuf_fd(struct mlx5dv_devx_uar *devx_uar);

/* --- libmlx5 1.27 */
struct mlx5dv_export_sizes;
void _mlx5dv_get_export_sizes(struct mlx5dv_export_sizes *sizes,
			      size_t sizes_len);
int mlx5dv_devx_obj_export(struct mlx5dv_devx_obj *obj, void *data);
struct mlx5dv_devx_obj *mlx5dv_devx_obj_import(struct ibv_context *context,
					       void *data);
void mlx5dv_devx_obj_unimport(struct mlx5dv_devx_obj *obj);
int mlx5dv_devx_umem_export(struct mlx5dv_devx_umem *umem, void *data);
struct mlx5dv_devx_umem *mlx5dv_devx_umem_import(struct ibv_context *context,
						 void *data);
void mlx5dv_devx_umem_unimport(struct mlx5dv_devx_umem *umem);

#ifdef __cplusplus
}
#endif

#endif
