// SPDX-License-Identifier: GPL-2.0-only
/* libsoftaccel-devx: commands, objects, asynchronous queries, memory, doorbell pages. */
#include "mock-devx.h"

TEST(general_cmd_passes_both_mailboxes)
{
	unsigned char in[16] = { 1 }, out[32] = { 0 };

	mock.out_len = sizeof(out);
	memset(mock.out, 0x3c, sizeof(mock.out));
	ASSERT_EQ(mlx5dv_devx_general_cmd(&context, in, 16, out, 32), 0);
	assert_sent(MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_OTHER, 2);
	assert_attr(0, MLX5_IB_ATTR_DEVX_OTHER_CMD_IN, 16, (uintptr_t)in);
	assert_attr(1, MLX5_IB_ATTR_DEVX_OTHER_CMD_OUT, 32, (uintptr_t)out);
	ASSERT_EQ(out[0], 0x3c);
	ASSERT_EQ(out[31], 0x3c);
}

TEST(a_refused_command_is_EREMOTEIO_and_fills_the_out_mailbox)
{
	unsigned char in[16] = { 1 }, out[16] = { 0 };

	mock.err = EREMOTEIO;
	mock.out[0] = 3;
	mock.out[7] = 9;
	mock.out_len = 16;
	ASSERT_EQ(mlx5dv_devx_general_cmd(&context, in, 16, out, 16), EREMOTEIO);
	ASSERT_EQ(out[0], 3);
	ASSERT_EQ(out[7], 9);
}

TEST(mailboxes_that_do_not_fit_are_EINVAL_and_never_sent)
{
	static unsigned char big[65536];
	unsigned char small[16];

	ASSERT_EQ(mlx5dv_devx_general_cmd(&context, big, 65536, small, 16), EINVAL);
	ASSERT_EQ(mlx5dv_devx_general_cmd(&context, small, 16, big, 65536), EINVAL);
	ASSERT_EQ(mock.calls, 0);
	ASSERT_EQ(mlx5dv_devx_general_cmd(&context, big, 65535, big, 65535), 0);
}

/* The kernel takes inputs of up to 8 bytes from the attribute itself. */
TEST(short_inputs_travel_in_the_attribute)
{
	const unsigned char in[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	unsigned char out[16];

	ASSERT_EQ(mlx5dv_devx_general_cmd(&context, in, 8, out, 16), 0);
	ASSERT(!memcmp(&mock.last.attrs[0].data, in, 8));
}

TEST(query_eqn)
{
	uint32_t eqn = 0;

	ASSERT_EQ(mlx5dv_devx_query_eqn(&context, 5, &eqn), 0);
	assert_sent(MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_QUERY_EQN, 2);
	assert_attr(0, MLX5_IB_ATTR_DEVX_QUERY_EQN_USER_VEC, 4, 5);
	assert_attr(1, MLX5_IB_ATTR_DEVX_QUERY_EQN_DEV_EQN, 4, (uintptr_t)&eqn);
	ASSERT_EQ(eqn, 0x77);
	mock.err = ENOENT;
	ASSERT_EQ(mlx5dv_devx_query_eqn(&context, 99, &eqn), ENOENT);
}

TEST(obj_create_query_modify_destroy)
{
	unsigned char in[24] = { 0 }, out[32] = { 0 };
	struct mlx5dv_devx_obj *obj;

	obj = mlx5dv_devx_obj_create(&context, in, 24, out, 32);
	ASSERT(obj);
	assert_sent(MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_CREATE, 3);
	assert_attr(0, MLX5_IB_ATTR_DEVX_OBJ_CREATE_HANDLE, 0, 0);
	assert_attr(1, MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_IN, 24, (uintptr_t)in);
	assert_attr(2, MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_OUT, 32, (uintptr_t)out);

	ASSERT_EQ(mlx5dv_devx_obj_query(obj, in, 24, out, 32), 0);
	assert_sent(MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_QUERY, 3);
	assert_attr(0, MLX5_IB_ATTR_DEVX_OBJ_QUERY_HANDLE, 0, HANDLE);
	assert_attr(1, MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_IN, 24, (uintptr_t)in);
	assert_attr(2, MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_OUT, 32, (uintptr_t)out);

	ASSERT_EQ(mlx5dv_devx_obj_modify(obj, in, 24, out, 32), 0);
	assert_sent(MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_MODIFY, 3);
	assert_attr(0, MLX5_IB_ATTR_DEVX_OBJ_MODIFY_HANDLE, 0, HANDLE);
	assert_attr(1, MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_IN, 24, (uintptr_t)in);
	assert_attr(2, MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_OUT, 32, (uintptr_t)out);

	ASSERT_EQ(mlx5dv_devx_obj_destroy(obj), 0);
	assert_sent(MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_DESTROY, 1);
	assert_attr(0, MLX5_IB_ATTR_DEVX_OBJ_DESTROY_HANDLE, 0, HANDLE);
}

TEST(obj_errors_are_returned_and_a_failed_destroy_keeps_the_object)
{
	unsigned char in[16] = { 0 }, out[16];
	struct mlx5dv_devx_obj *obj;

	mock.err = EREMOTEIO;
	mock.out[0] = 4;
	mock.out_len = 16;
	errno = 0;
	ASSERT(!mlx5dv_devx_obj_create(&context, in, 16, out, 16));
	ASSERT_EQ(errno, EREMOTEIO);
	ASSERT_EQ(out[0], 4);
	mock.err = 0;
	mock.out_len = 0;
	obj = create();
	mock.err = EINVAL;
	ASSERT_EQ(mlx5dv_devx_obj_query(obj, in, 16, out, 16), EINVAL);
	ASSERT_EQ(mlx5dv_devx_obj_modify(obj, in, 16, out, 16), EINVAL);
	mock.err = EBUSY;
	ASSERT_EQ(mlx5dv_devx_obj_destroy(obj), EBUSY);
	mock.err = 0;
	ASSERT_EQ(mlx5dv_devx_obj_destroy(obj), 0);
	assert_attr(0, MLX5_IB_ATTR_DEVX_OBJ_DESTROY_HANDLE, 0, HANDLE);
}

TEST(obj_query_async)
{
	struct mlx5dv_devx_cmd_comp comp = { .fd = COMP_FD };
	struct mlx5dv_devx_obj *obj = create();
	unsigned char in[16] = { 0 };

	ASSERT_EQ(mlx5dv_devx_obj_query_async(obj, in, 16, 272,
					      0x1122334455667788, &comp), 0);
	assert_sent(MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_ASYNC_QUERY, 5);
	assert_attr(0, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_HANDLE, 0, HANDLE);
	assert_attr(1, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_CMD_IN, 16, (uintptr_t)in);
	assert_attr(2, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_OUT_LEN, 8, 272);
	assert_attr(3, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_WR_ID, 8, 0x1122334455667788);
	assert_attr(4, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_FD, 0, COMP_FD);
	mock.err = EAGAIN;
	ASSERT_EQ(mlx5dv_devx_obj_query_async(obj, in, 16, 272, 1, &comp), EAGAIN);
	mock.err = 0;
	ASSERT_EQ(mlx5dv_devx_obj_destroy(obj), 0);
}

TEST(cmd_comp_owns_its_descriptor)
{
	struct mlx5dv_devx_cmd_comp *comp;
	int fd;

	comp = mlx5dv_devx_create_cmd_comp(&context);
	ASSERT(comp);
	assert_sent(MLX5_IB_OBJECT_DEVX_ASYNC_CMD_FD,
		    MLX5_IB_METHOD_DEVX_ASYNC_CMD_FD_ALLOC, 1);
	assert_attr(0, MLX5_IB_ATTR_DEVX_ASYNC_CMD_FD_ALLOC_HANDLE, 0, 0);
	fd = comp->fd;
	ASSERT_GE(fd, 0);
	mlx5dv_devx_destroy_cmd_comp(comp);
	ASSERT_ERRNO(close(fd), EBADF);
	mock.err = ENOMEM;
	errno = 0;
	ASSERT(!mlx5dv_devx_create_cmd_comp(&context));
	ASSERT_EQ(errno, ENOMEM);
}

TEST(get_async_cmd_comp)
{
	struct mlx5dv_devx_cmd_comp comp = { .fd = COMP_FD };
	struct mlx5dv_devx_async_cmd_hdr hdr;

	mock.read_len = sizeof(hdr);
	ASSERT_EQ(mlx5dv_devx_get_async_cmd_comp(&comp, &hdr, sizeof(hdr)), 0);
	ASSERT_EQ(hdr.wr_id, 42);
	mock.read_len = sizeof(hdr) - 1;
	ASSERT_EQ(mlx5dv_devx_get_async_cmd_comp(&comp, &hdr, sizeof(hdr)), EINVAL);
	mock.read_err = ENOSPC;
	ASSERT_EQ(mlx5dv_devx_get_async_cmd_comp(&comp, &hdr, sizeof(hdr)), ENOSPC);
	mock.read_err = EAGAIN;
	ASSERT_EQ(mlx5dv_devx_get_async_cmd_comp(&comp, &hdr, sizeof(hdr)), EAGAIN);
}

TEST(umem_reg_and_dereg)
{
	struct mlx5dv_devx_umem *umem;

	umem = mlx5dv_devx_umem_reg(&context, page, sizeof(page), 1);
	ASSERT(umem);
	ASSERT_EQ(umem->umem_id, 0x77);
	assert_sent(MLX5_IB_OBJECT_DEVX_UMEM, MLX5_IB_METHOD_DEVX_UMEM_REG, 5);
	assert_attr(0, MLX5_IB_ATTR_DEVX_UMEM_REG_ADDR, 8, (uintptr_t)page);
	assert_attr(1, MLX5_IB_ATTR_DEVX_UMEM_REG_LEN, 8, sizeof(page));
	assert_attr(2, MLX5_IB_ATTR_DEVX_UMEM_REG_ACCESS, 4, 1);
	assert_attr(3, MLX5_IB_ATTR_DEVX_UMEM_REG_HANDLE, 0, 0);
	ASSERT_EQ(mock.last.attrs[4].attr_id, MLX5_IB_ATTR_DEVX_UMEM_REG_OUT_ID);
	ASSERT_EQ(mock.last.attrs[4].len, 4);

	mock.err = EBUSY;
	ASSERT_EQ(mlx5dv_devx_umem_dereg(umem), EBUSY);
	mock.err = 0;
	ASSERT_EQ(mlx5dv_devx_umem_dereg(umem), 0);
	assert_sent(MLX5_IB_OBJECT_DEVX_UMEM, MLX5_IB_METHOD_DEVX_UMEM_DEREG, 1);
	assert_attr(0, MLX5_IB_ATTR_DEVX_UMEM_DEREG_HANDLE, 0, HANDLE);
}

TEST(umem_reg_ex_sends_page_sizes_and_a_dmabuf)
{
	struct mlx5dv_devx_umem_in in = {
		.addr = page, .size = 4096, .access = 1, .pgsz_bitmap = 0x3000,
	};
	struct mlx5dv_devx_umem *umem;

	umem = mlx5dv_devx_umem_reg_ex(&context, &in);
	ASSERT(umem);
	assert_sent(MLX5_IB_OBJECT_DEVX_UMEM, MLX5_IB_METHOD_DEVX_UMEM_REG, 6);
	assert_attr(3, MLX5_IB_ATTR_DEVX_UMEM_REG_PGSZ_BITMAP, 8, 0x3000);
	ASSERT_EQ(mlx5dv_devx_umem_dereg(umem), 0);

	in.comp_mask = MLX5DV_UMEM_MASK_DMABUF;
	in.dmabuf_fd = 9;
	umem = mlx5dv_devx_umem_reg_ex(&context, &in);
	ASSERT(umem);
	assert_sent(MLX5_IB_OBJECT_DEVX_UMEM, MLX5_IB_METHOD_DEVX_UMEM_REG, 7);
	assert_attr(4, MLX5_IB_ATTR_DEVX_UMEM_REG_DMABUF_FD, 0, 9);
	ASSERT_EQ(mlx5dv_devx_umem_dereg(umem), 0);
}

TEST(umem_reg_errors)
{
	struct mlx5dv_devx_umem_in in = { .comp_mask = 2 };

	errno = 0;
	ASSERT(!mlx5dv_devx_umem_reg_ex(&context, &in));
	ASSERT_EQ(errno, EOPNOTSUPP);
	in.comp_mask = MLX5DV_UMEM_MASK_DMABUF;
	in.dmabuf_fd = -1;
	errno = 0;
	ASSERT(!mlx5dv_devx_umem_reg_ex(&context, &in));
	ASSERT_EQ(errno, EBADF);
	ASSERT_EQ(mock.calls, 0);
	mock.err = EFAULT;
	errno = 0;
	ASSERT(!mlx5dv_devx_umem_reg(&context, NULL, 4096, 0));
	ASSERT_EQ(errno, EFAULT);
}

TEST(alloc_uar_maps_what_the_kernel_says)
{
	struct mlx5dv_devx_uar *uar;

	uar = mlx5dv_devx_alloc_uar(&context, MLX5DV_UAR_ALLOC_TYPE_NC);
	ASSERT(uar);
	assert_sent(MLX5_IB_OBJECT_UAR, MLX5_IB_METHOD_UAR_OBJ_ALLOC, 5);
	assert_attr(1, MLX5_IB_ATTR_UAR_OBJ_ALLOC_TYPE, 8, MLX5DV_UAR_ALLOC_TYPE_NC);
	ASSERT_EQ(mock.mapped_length, sizeof(page));
	ASSERT_EQ(mock.mapped_offset, 0x12000);
	ASSERT_EQ(mock.mapped_prot, PROT_WRITE);
	ASSERT_EQ(uar->page_id, 0x77);
	ASSERT_EQ(uar->mmap_off, 0x12000);
	ASSERT_EQ(uar->comp_mask, 0);
	ASSERT(uar->base_addr == page);
	ASSERT(uar->reg_addr == page + 0x800);
	mlx5dv_devx_free_uar(uar);
	assert_attr(0, MLX5_IB_ATTR_UAR_OBJ_DESTROY_HANDLE, 0, HANDLE);
	/* allocated, mapped; unmapped before it is destroyed */
	ASSERT_STREQ(mock.order, "amud");
}

TEST(alloc_uar_types)
{
	static const uint32_t bad[] = { 2, 3, 1u << 30, 1u << 31 | 1 };
	struct mlx5dv_devx_uar *uar;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		errno = 0;
		ASSERT(!mlx5dv_devx_alloc_uar(&context, bad[i]));
		ASSERT_EQ(errno, EOPNOTSUPP);
	}
	ASSERT_EQ(mock.calls, 0);
	uar = mlx5dv_devx_alloc_uar(&context, MLX5DV_UAR_ALLOC_TYPE_BF);
	ASSERT(uar);
	assert_attr(1, MLX5_IB_ATTR_UAR_OBJ_ALLOC_TYPE, 8, MLX5DV_UAR_ALLOC_TYPE_BF);
	mlx5dv_devx_free_uar(uar);
	mock.order[0] = '\0';
	uar = mlx5dv_devx_alloc_uar(&context, 1u << 31);
	ASSERT(uar);
	assert_attr(0, MLX5_IB_ATTR_UAR_OBJ_ALLOC_HANDLE, 0, 0);
	assert_attr(1, MLX5_IB_ATTR_UAR_OBJ_ALLOC_TYPE, 8, MLX5DV_UAR_ALLOC_TYPE_NC);
	mlx5dv_devx_free_uar(uar);
}

TEST(a_uar_that_cannot_be_mapped_is_given_back)
{
	mock.mmap_err = ENOMEM;
	errno = 0;
	ASSERT(!mlx5dv_devx_alloc_uar(&context, MLX5DV_UAR_ALLOC_TYPE_BF));
	ASSERT_EQ(errno, ENOMEM);
	ASSERT_STREQ(mock.order, "amd");
	mock.err = ENOSPC;
	errno = 0;
	ASSERT(!mlx5dv_devx_alloc_uar(&context, MLX5DV_UAR_ALLOC_TYPE_BF));
	ASSERT_EQ(errno, ENOSPC);
}

static struct ibv_device device;

TEST(open_device_checks_that_DEVX_was_granted)
{
	struct mlx5dv_context_attr attr = { .flags = MLX5DV_CONTEXT_FLAGS_DEVX };

	ASSERT(mlx5dv_open_device(&device, &attr) == &context);
	ASSERT_EQ(mock.calls, 1);
	assert_sent(MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_OTHER, 2);
	/* what the device says to the command does not matter */
	mock.err = EREMOTEIO;
	ASSERT(mlx5dv_open_device(&device, &attr) == &context);
	ASSERT_EQ(mock.closed, 0);
}

TEST(open_device_without_DEVX_is_EOPNOTSUPP_and_closed_again)
{
	static const int errors[][2] = {
		{ EINVAL, EOPNOTSUPP },		/* no DEVX in this context */
		{ ENOTTY, EOPNOTSUPP },		/* no such ioctl */
		{ EPROTONOSUPPORT, EOPNOTSUPP },/* no such method */
		{ ENOMEM, ENOMEM },
		{ EIO, EIO },
	};
	struct mlx5dv_context_attr attr = { .flags = MLX5DV_CONTEXT_FLAGS_DEVX };
	int i;

	for (i = 0; i < 5; i++) {
		mock.err = errors[i][0];
		errno = 0;
		ASSERT(!mlx5dv_open_device(&device, &attr));
		ASSERT_EQ(errno, errors[i][1]);
		ASSERT_EQ(mock.closed, i + 1);
	}
}

TEST(open_device_asks_for_nothing_that_was_not_wanted)
{
	struct mlx5dv_context_attr attr = { 0 };

	ASSERT(mlx5dv_open_device(&device, NULL) == &context);
	ASSERT(mlx5dv_open_device(&device, &attr) == &context);
	ASSERT_EQ(mock.calls, 0);
}

TEST(open_device_refuses_what_it_does_not_know)
{
	struct mlx5dv_context_attr attr = { .flags = 2 };

	errno = 0;
	ASSERT(!mlx5dv_open_device(&device, &attr));
	ASSERT_EQ(errno, EINVAL);
	attr.flags = 0;
	attr.comp_mask = 1;
	errno = 0;
	ASSERT(!mlx5dv_open_device(&device, &attr));
	ASSERT_EQ(errno, EINVAL);
	ASSERT_EQ(mock.opened, 0);
	attr.comp_mask = 0;
	errno = 0;
	ASSERT(!mlx5dv_open_device(NULL, &attr));
	ASSERT_EQ(errno, ENXIO);
}

KTAP_MAIN()
