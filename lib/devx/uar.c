// SPDX-License-Identifier: MIT
/*
 * UAR pages: the doorbells, mapped into the process.
 *
 * Each allocation is a page of its own, with its own mapping. (libmlx5 gives
 * out one shared page for every request of the NC type and never frees it
 * before the context; a program cannot rely on either.)
 *
 * Order: the page is allocated, then mapped; it is unmapped, then freed. A
 * mapping keeps the kernel's side of the context alive, so it must not stay.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "cmd.h"

/* The first doorbell register in the page. */
#define REG_OFFSET 0x800

/* Later headers have it: NC, and never the context's shared page. */
#define ALLOC_TYPE_NC_DEDICATED (1U << 31)

/* Later headers have these, too: a uverbs object that is a dma-buf. */
#define OBJECT_DMABUF 18
#define METHOD_DMABUF_ALLOC 0
#define ATTR_ALLOC_DMABUF_HANDLE 0
#define ATTR_ALLOC_DMABUF_PGOFF 1

struct uar {
	struct mlx5dv_devx_uar dv;		/* what the program sees; first */
	struct ibv_context *context;
	uint32_t handle;
	size_t length;
};

static int destroy(struct uar *uar)
{
	return sacc_devx_destroy_handle(uar->context, MLX5_IB_OBJECT_UAR,
					MLX5_IB_METHOD_UAR_OBJ_DESTROY,
					MLX5_IB_ATTR_UAR_OBJ_DESTROY_HANDLE,
					uar->handle);
}

static int alloc(struct uar *uar, uint32_t type)
{
	const struct ib_uverbs_attr *handle;
	struct sacc_devx_cmd cmd;
	uint64_t offset = 0;
	uint32_t length = 0;
	int err;

	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_UAR,
			   MLX5_IB_METHOD_UAR_OBJ_ALLOC);
	handle = sacc_devx_add_new_handle(&cmd,
					  MLX5_IB_ATTR_UAR_OBJ_ALLOC_HANDLE);
	sacc_devx_add_u64(&cmd, MLX5_IB_ATTR_UAR_OBJ_ALLOC_TYPE, type);
	sacc_devx_add_out(&cmd, MLX5_IB_ATTR_UAR_OBJ_ALLOC_MMAP_OFFSET, &offset,
			  sizeof(offset));
	sacc_devx_add_out(&cmd, MLX5_IB_ATTR_UAR_OBJ_ALLOC_MMAP_LENGTH, &length,
			  sizeof(length));
	sacc_devx_add_out(&cmd, MLX5_IB_ATTR_UAR_OBJ_ALLOC_PAGE_ID,
			  &uar->dv.page_id, sizeof(uar->dv.page_id));
	err = sacc_devx_cmd_exec(&cmd, uar->context);
	if (err)
		return err;
	uar->handle = (uint32_t)handle->data;
	uar->length = length;
	uar->dv.mmap_off = (off_t)offset;
	return 0;
}

static int map(struct uar *uar)
{
	void *page = mmap(NULL, uar->length, PROT_WRITE, MAP_SHARED,
			  uar->context->cmd_fd, uar->dv.mmap_off);

	if (page == MAP_FAILED)
		return errno;
	uar->dv.base_addr = page;
	uar->dv.reg_addr = (char *)page + REG_OFFSET;
	return 0;
}

struct mlx5dv_devx_uar *mlx5dv_devx_alloc_uar(struct ibv_context *context,
					      uint32_t flags)
{
	uint32_t type = flags;
	struct uar *uar;
	int err;

	if (flags == ALLOC_TYPE_NC_DEDICATED)
		type = MLX5DV_UAR_ALLOC_TYPE_NC;
	if (type != MLX5DV_UAR_ALLOC_TYPE_BF &&
	    type != MLX5DV_UAR_ALLOC_TYPE_NC) {
		errno = EOPNOTSUPP;
		return NULL;
	}
	uar = calloc(1, sizeof(*uar));
	if (!uar)
		return NULL;
	uar->context = context;
	err = alloc(uar, type);
	if (err)
		goto err_free;
	err = map(uar);
	if (err)
		goto err_destroy;
	return &uar->dv;

err_destroy:
	destroy(uar);
err_free:
	free(uar);
	errno = err;
	return NULL;
}

void mlx5dv_devx_free_uar(struct mlx5dv_devx_uar *dv)
{
	struct uar *uar = (struct uar *)dv;

	munmap(uar->dv.base_addr, uar->length);
	/* A page that an object still uses goes with the context instead. */
	destroy(uar);
	free(uar);
}

int mlx5dv_devx_uar_export_dmabuf_fd(struct mlx5dv_devx_uar *dv)
{
	struct uar *uar = (struct uar *)dv;
	const struct ib_uverbs_attr *handle;
	struct sacc_devx_cmd cmd;
	int err;

	sacc_devx_cmd_init(&cmd, OBJECT_DMABUF, METHOD_DMABUF_ALLOC);
	handle = sacc_devx_add_new_handle(&cmd, ATTR_ALLOC_DMABUF_HANDLE);
	sacc_devx_add_u64(&cmd, ATTR_ALLOC_DMABUF_PGOFF,
			  (uint64_t)dv->mmap_off);
	err = sacc_devx_cmd_exec(&cmd, uar->context);
	if (err) {
		errno = err;
		return -1;
	}
	return (int)handle->data_s64;
}
