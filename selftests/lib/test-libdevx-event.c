// SPDX-License-Identifier: GPL-2.0-only
/* libsoftaccel-devx: events, objects of verbs, objects that are shared. */
#include <softaccel/devx.h>

#include "mock-devx.h"

static const enum mlx5dv_devx_create_event_channel_flags no_flags;
static const enum mlx5dv_devx_create_event_channel_flags omit_data =
	MLX5DV_DEVX_CREATE_EVENT_CHANNEL_FLAGS_OMIT_EV_DATA;

static struct mlx5dv_devx_event_channel *channel(void)
{
	struct mlx5dv_devx_event_channel *ch;

	ch = mlx5dv_devx_create_event_channel(&context, no_flags);
	ASSERT(ch);
	return ch;
}

TEST(an_event_channel_owns_its_descriptor)
{
	struct mlx5dv_devx_event_channel *ch;
	int fd;

	ch = mlx5dv_devx_create_event_channel(&context, omit_data);
	ASSERT(ch);
	assert_sent(MLX5_IB_OBJECT_DEVX_ASYNC_EVENT_FD,
		    MLX5_IB_METHOD_DEVX_ASYNC_EVENT_FD_ALLOC, 2);
	assert_attr(0, MLX5_IB_ATTR_DEVX_ASYNC_EVENT_FD_ALLOC_HANDLE, 0, 0);
	assert_attr(1, MLX5_IB_ATTR_DEVX_ASYNC_EVENT_FD_ALLOC_FLAGS, 4, 1);
	fd = ch->fd;
	ASSERT_GE(fd, 0);
	mlx5dv_devx_destroy_event_channel(ch);
	ASSERT_ERRNO(close(fd), EBADF);
	mock.err = EMFILE;
	errno = 0;
	ASSERT(!mlx5dv_devx_create_event_channel(&context, no_flags));
	ASSERT_EQ(errno, EMFILE);
}

TEST(a_subscription_names_types_object_and_cookie)
{
	struct mlx5dv_devx_event_channel *ch = channel();
	uint16_t types[] = { 0x4, 0x5, 0x10, 0x11, 0x12 };
	struct mlx5dv_devx_obj *obj = create();

	ASSERT_EQ(mlx5dv_devx_subscribe_devx_event(ch, obj, sizeof(types), types,
						   0x1122334455667788), 0);
	assert_sent(MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_SUBSCRIBE_EVENT, 4);
	assert_attr(0, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_COOKIE, 8, 0x1122334455667788);
	assert_attr(1, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_HANDLE, 0, ch->fd);
	assert_attr(2, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_TYPE_NUM_LIST, 10,
		    (uintptr_t)types);
	assert_attr(3, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_OBJ_HANDLE, 0, HANDLE);
	mock.err = EBUSY;
	ASSERT_EQ(mlx5dv_devx_subscribe_devx_event(ch, obj, 2, types, 0), EBUSY);
	mock.err = 0;
	ASSERT_EQ(mlx5dv_devx_obj_destroy(obj), 0);
	mlx5dv_devx_destroy_event_channel(ch);
}

TEST(a_subscription_without_object_is_to_the_device)
{
	struct mlx5dv_devx_event_channel *ch = channel();
	uint16_t type = 0x9;

	ASSERT_EQ(mlx5dv_devx_subscribe_devx_event(ch, NULL, 2, &type, 7), 0);
	assert_sent(MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_SUBSCRIBE_EVENT, 3);
	/* a short list travels in the attribute */
	assert_attr(2, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_TYPE_NUM_LIST, 2, 0x9);
	mlx5dv_devx_destroy_event_channel(ch);
}

TEST(a_subscription_by_eventfd_has_a_descriptor_and_no_cookie)
{
	struct mlx5dv_devx_event_channel *ch = channel();
	struct mlx5dv_devx_obj *obj = create();

	ASSERT_EQ(mlx5dv_devx_subscribe_devx_event_fd(ch, 33, obj, 0x14), 0);
	assert_sent(MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_SUBSCRIBE_EVENT, 4);
	assert_attr(0, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_NUM, 4, 33);
	assert_attr(1, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_HANDLE, 0, ch->fd);
	assert_attr(2, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_TYPE_NUM_LIST, 2, 0x14);
	assert_attr(3, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_OBJ_HANDLE, 0, HANDLE);
	mock.err = EBADF;
	ASSERT_EQ(mlx5dv_devx_subscribe_devx_event_fd(ch, -1, NULL, 0x14), EBADF);
	assert_attr(0, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_NUM, 4, 0xffffffff);
	mock.err = 0;
	ASSERT_EQ(mlx5dv_devx_obj_destroy(obj), 0);
	mlx5dv_devx_destroy_event_channel(ch);
}

TEST(get_event_returns_what_was_read)
{
	struct mlx5dv_devx_event_channel ch = { .fd = COMP_FD };
	struct {
		struct mlx5dv_devx_async_event_hdr hdr;
		unsigned char data[64];
	} event;

	mock.read_len = sizeof(event);
	ASSERT_EQ(mlx5dv_devx_get_event(&ch, &event.hdr, sizeof(event)), sizeof(event));
	ASSERT_EQ(event.hdr.cookie, 42);
	mock.read_len = sizeof(event.hdr);
	ASSERT_EQ(mlx5dv_devx_get_event(&ch, &event.hdr, sizeof(event.hdr)),
		  sizeof(event.hdr));
	mock.read_len = sizeof(event.hdr) - 1;
	ASSERT_ERRNO(mlx5dv_devx_get_event(&ch, &event.hdr, sizeof(event)), EINVAL);
	mock.read_err = EAGAIN;
	ASSERT_ERRNO(mlx5dv_devx_get_event(&ch, &event.hdr, sizeof(event)), EAGAIN);
	mock.read_err = EOVERFLOW;
	ASSERT_ERRNO(mlx5dv_devx_get_event(&ch, &event.hdr, sizeof(event)), EOVERFLOW);
}

/* --- objects of verbs: each by its own handle */

static void assert_query(uint64_t handle, const void *in, const void *out)
{
	assert_sent(MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_QUERY, 3);
	assert_attr(0, MLX5_IB_ATTR_DEVX_OBJ_QUERY_HANDLE, 0, handle);
	assert_attr(1, MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_IN, 16, (uintptr_t)in);
	assert_attr(2, MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_OUT, 32, (uintptr_t)out);
}

static void assert_modify(uint64_t handle, const void *in, const void *out)
{
	assert_sent(MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_MODIFY, 3);
	assert_attr(0, MLX5_IB_ATTR_DEVX_OBJ_MODIFY_HANDLE, 0, handle);
	assert_attr(1, MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_IN, 16, (uintptr_t)in);
	assert_attr(2, MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_OUT, 32, (uintptr_t)out);
}

TEST(verbs_objects_are_queried_and_modified_by_their_handle)
{
	struct ibv_cq cq = { .context = &context, .handle = 1 };
	struct ibv_qp qp = { .context = &context, .handle = 2 };
	struct ibv_srq srq = { .context = &context, .handle = 3 };
	struct ibv_wq wq = { .context = &context, .handle = 4 };
	struct ibv_rwq_ind_table table = { .context = &context, .ind_tbl_handle = 5 };
	unsigned char in[16] = { 0 }, out[32];

	ASSERT_EQ(mlx5dv_devx_cq_query(&cq, in, 16, out, 32), 0);
	assert_query(1, in, out);
	ASSERT_EQ(mlx5dv_devx_qp_query(&qp, in, 16, out, 32), 0);
	assert_query(2, in, out);
	ASSERT_EQ(mlx5dv_devx_srq_query(&srq, in, 16, out, 32), 0);
	assert_query(3, in, out);
	ASSERT_EQ(mlx5dv_devx_wq_query(&wq, in, 16, out, 32), 0);
	assert_query(4, in, out);
	ASSERT_EQ(mlx5dv_devx_ind_tbl_query(&table, in, 16, out, 32), 0);
	assert_query(5, in, out);
	ASSERT_EQ(mlx5dv_devx_cq_modify(&cq, in, 16, out, 32), 0);
	assert_modify(1, in, out);
	ASSERT_EQ(mlx5dv_devx_qp_modify(&qp, in, 16, out, 32), 0);
	assert_modify(2, in, out);
	ASSERT_EQ(mlx5dv_devx_srq_modify(&srq, in, 16, out, 32), 0);
	assert_modify(3, in, out);
	ASSERT_EQ(mlx5dv_devx_wq_modify(&wq, in, 16, out, 32), 0);
	assert_modify(4, in, out);
	ASSERT_EQ(mlx5dv_devx_ind_tbl_modify(&table, in, 16, out, 32), 0);
	assert_modify(5, in, out);
	mock.err = EREMOTEIO;
	ASSERT_EQ(mlx5dv_devx_qp_modify(&qp, in, 16, out, 32), EREMOTEIO);
	ASSERT_EQ(mlx5dv_devx_qp_query(&qp, in, 16, out, 32), EREMOTEIO);
}

/* --- sharing */

struct mlx5dv_export_sizes_of_65 {
	uint32_t var_attrs_size;
	uint32_t devx_umem_attrs_size;
	uint32_t devx_obj_attrs_size;
	uint32_t later;
};

static void export_sizes(struct mlx5dv_export_sizes_of_65 *sizes, size_t len)
{
	memset(sizes, 0xee, sizeof(*sizes));
	_mlx5dv_get_export_sizes((struct mlx5dv_export_sizes *)sizes, len);
}

TEST(export_sizes_fill_what_the_caller_has)
{
	struct mlx5dv_export_sizes_of_65 sizes;

	export_sizes(&sizes, 12);
	ASSERT_EQ(sizes.var_attrs_size, 0);
	ASSERT_GE(sizes.devx_umem_attrs_size, 8);
	ASSERT_GE(sizes.devx_obj_attrs_size, 4);
	ASSERT_EQ(sizes.later, 0xeeeeeeee);
	export_sizes(&sizes, 8);
	ASSERT_EQ(sizes.devx_obj_attrs_size, 0xeeeeeeee);
	export_sizes(&sizes, 16);
	ASSERT_EQ(sizes.later, 0);
}

TEST(an_imported_object_is_the_same_in_another_context)
{
	struct ibv_context other = { .cmd_fd = CMD_FD };
	struct mlx5dv_devx_obj *obj = create(), *imported;
	struct mlx5dv_export_sizes_of_65 sizes;
	unsigned char in[16] = { 0 }, out[32];
	int calls = mock.calls;
	void *data;

	export_sizes(&sizes, 12);
	data = malloc(sizes.devx_obj_attrs_size);
	ASSERT_EQ(mlx5dv_devx_obj_export(obj, data), 0);
	imported = mlx5dv_devx_obj_import(&other, data);
	ASSERT(imported);
	ASSERT_EQ(mock.calls, calls);
	ASSERT_EQ(mlx5dv_devx_obj_query(imported, in, 16, out, 32), 0);
	assert_query(HANDLE, in, out);
	/* The kernel is not told. */
	calls = mock.calls;
	mlx5dv_devx_obj_unimport(imported);
	ASSERT_EQ(mock.calls, calls);
	ASSERT_EQ(mlx5dv_devx_obj_destroy(obj), 0);
	free(data);
}

TEST(an_imported_umem_has_its_number_and_can_be_deregistered)
{
	struct mlx5dv_export_sizes_of_65 sizes;
	struct mlx5dv_devx_umem *umem, *imported;
	void *data;

	export_sizes(&sizes, 12);
	data = malloc(sizes.devx_umem_attrs_size);
	umem = mlx5dv_devx_umem_reg(&context, page, sizeof(page), 1);
	ASSERT(umem);
	ASSERT_EQ(mlx5dv_devx_umem_export(umem, data), 0);
	imported = mlx5dv_devx_umem_import(&context, data);
	ASSERT(imported);
	ASSERT_EQ(imported->umem_id, NUMBER);
	ASSERT_EQ(mlx5dv_devx_umem_dereg(imported), 0);
	assert_attr(0, MLX5_IB_ATTR_DEVX_UMEM_DEREG_HANDLE, 0, HANDLE);
	mlx5dv_devx_umem_unimport(umem);
	free(data);
}

TEST(a_uar_page_is_exported_by_its_offset)
{
	struct mlx5dv_devx_uar *uar;

	uar = mlx5dv_devx_alloc_uar(&context, MLX5DV_UAR_ALLOC_TYPE_BF);
	ASSERT(uar);
	ASSERT_EQ(mlx5dv_devx_uar_export_dmabuf_fd(uar), NUMBER);
	/* UVERBS_OBJECT_DMABUF, of later headers */
	assert_sent(18, 0, 2);
	assert_attr(0, 0, 0, 0);
	assert_attr(1, 1, 8, 0x12000);
	mock.err = EPROTONOSUPPORT;
	ASSERT_ERRNO(mlx5dv_devx_uar_export_dmabuf_fd(uar), EPROTONOSUPPORT);
	mock.err = 0;
	mlx5dv_devx_free_uar(uar);
}

TEST(what_only_vfio_can_is_refused)
{
	unsigned char in[16] = { 0 }, out[16];

	errno = 0;
	ASSERT(!mlx5dv_devx_alloc_msi_vector(&context));
	ASSERT_EQ(errno, EOPNOTSUPP);
	errno = 0;
	ASSERT(!mlx5dv_devx_create_eq(&context, in, 16, out, 16));
	ASSERT_EQ(errno, EOPNOTSUPP);
	ASSERT_EQ(mlx5dv_devx_free_msi_vector(NULL), EOPNOTSUPP);
	ASSERT_EQ(mlx5dv_devx_destroy_eq(NULL), EOPNOTSUPP);
	ASSERT_EQ(mock.calls, 0);
}

KTAP_MAIN()
