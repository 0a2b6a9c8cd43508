// SPDX-License-Identifier: MIT
/*
 * Objects of one kernel context in several library contexts, which may belong to
 * several processes (ibv_import_device()). What travels is the kernel's handle, and
 * what the device calls it; the record is this library's own, and of no use to
 * another.
 *
 * An imported object is one more name of the same thing: destroying it through
 * one name destroys it, and leaves the others to be unimported.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "umem.h"

/* struct mlx5dv_export_sizes, which not every mlx5dv.h has. */
struct export_sizes {
	uint32_t var;
	uint32_t umem;
	uint32_t obj;
};

struct exported_umem {
	uint32_t handle;
	uint32_t umem_id;
};

struct exported_obj {
	uint32_t handle;
};

void _mlx5dv_get_export_sizes(struct mlx5dv_export_sizes *sizes, size_t sizes_len)
{
	/* Doorbell pages of virtio devices are not this library's. */
	const struct export_sizes own = {
		.umem = sizeof(struct exported_umem),
		.obj = sizeof(struct exported_obj),
	};

	memset(sizes, 0, sizes_len);
	memcpy(sizes, &own, sizes_len < sizeof(own) ? sizes_len : sizeof(own));
}

int mlx5dv_devx_obj_export(struct mlx5dv_devx_obj *obj, void *data)
{
	const struct exported_obj record = { .handle = obj->handle };

	memcpy(data, &record, sizeof(record));
	return 0;
}

struct mlx5dv_devx_obj *mlx5dv_devx_obj_import(struct ibv_context *context,
					       void *data)
{
	struct mlx5dv_devx_obj *obj = calloc(1, sizeof(*obj));
	struct exported_obj record;

	if (!obj)
		return NULL;
	memcpy(&record, data, sizeof(record));
	obj->context = context;
	obj->handle = record.handle;
	return obj;
}

void mlx5dv_devx_obj_unimport(struct mlx5dv_devx_obj *obj)
{
	free(obj);
}

int mlx5dv_devx_umem_export(struct mlx5dv_devx_umem *dv, void *data)
{
	const struct sacc_devx_umem *umem = (struct sacc_devx_umem *)dv;
	const struct exported_umem record = {
		.handle = umem->handle,
		.umem_id = umem->dv.umem_id,
	};

	memcpy(data, &record, sizeof(record));
	return 0;
}

struct mlx5dv_devx_umem *mlx5dv_devx_umem_import(struct ibv_context *context,
						 void *data)
{
	struct sacc_devx_umem *umem = calloc(1, sizeof(*umem));
	struct exported_umem record;

	if (!umem)
		return NULL;
	memcpy(&record, data, sizeof(record));
	umem->context = context;
	umem->handle = record.handle;
	umem->dv.umem_id = record.umem_id;
	return (struct mlx5dv_devx_umem *)umem;
}

void mlx5dv_devx_umem_unimport(struct mlx5dv_devx_umem *dv)
{
	free((struct sacc_devx_umem *)dv);
}
