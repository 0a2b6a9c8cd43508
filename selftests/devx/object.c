// SPDX-License-Identifier: GPL-2.0-only
/* DEVX objects: admission, naming, reference counts, ownership. */
#include "devx.h"

#define DEVX MLX5_IB_ALLOC_UCTX_DEVX

static void modify_command(const struct cq *cq, uint32_t *in)
{
	memset(in, 0, MODIFY_CQ_IN);
	mbox_opcode(in, MODIFY_CQ, 0);
	mbox_set_number(in, cq->cqn);
}

TEST(completion_queue_lives_from_create_to_destroy)
{
	uint32_t in[4], out[QUERY_CQ_OUT / 4] = { 0 };
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_create(ctx);

	ASSERT_NE(cq.cqn, 0);
	ASSERT_EQ(count_of("objects"), 1);
	cq_query_command(&cq, in);
	ASSERT_EQ(mlx5dv_devx_obj_query(cq.obj, in, sizeof(in), out, sizeof(out)), 0);
	ASSERT_EQ(mbox_get(out, 0x80 + 0x63, 5), CQ_LOG_SIZE);
	ASSERT_EQ(mbox_get(out, 0x80 + 0x68, 24), cq.uar->page_id);
	cq_destroy(&cq);
	ASSERT_EQ(count_of("objects"), 0);
	ASSERT_EQ(count_of("umems"), 0);
}

/* The test sets no valid bit anywhere: without the kernel's the create fails. */
TEST(umem_valid_bits_are_the_kernels)
{
	uint32_t in[CREATE_CQ_IN / 4], out[4] = { 0 };
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_prepare(ctx);

	cq_command(&cq, in);
	ASSERT_EQ(mbox_get(in, 0x2e0, 1), 0);
	ASSERT_EQ(mbox_get(in, 0x80 + 0x06, 1), 0);
	cq.obj = mlx5dv_devx_obj_create(ctx, in, sizeof(in), out, sizeof(out));
	ASSERT(cq.obj);
	cq_destroy(&cq);
}

TEST(modify_changes_the_object)
{
	uint32_t in[MODIFY_CQ_IN / 4], out[4] = { 0 }, query[4];
	uint32_t reply[QUERY_CQ_OUT / 4] = { 0 };
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_create(ctx);

	modify_command(&cq, in);
	mbox_set(in, 0x60, 32, 3);			/* period and count */
	mbox_set(in, 0x80 + 0x84, 12, 5);		/* cq_period */
	mbox_set(in, 0x80 + 0x90, 16, 7);		/* cq_max_count */
	if (mlx5dv_devx_obj_modify(cq.obj, in, sizeof(in), out, sizeof(out)))
		FAIL("modify: status 0x%x, syndrome 0x%x", mbox_status(out),
		     mbox_syndrome(out));
	cq_query_command(&cq, query);
	ASSERT_EQ(mlx5dv_devx_obj_query(cq.obj, query, sizeof(query), reply,
					sizeof(reply)), 0);
	ASSERT_EQ(mbox_get(reply, 0x80 + 0x90, 16), 7);
	cq_destroy(&cq);
}

TEST(opcode_outside_the_create_list_is_einval)
{
	static const uint16_t opcodes[] = { 0, NOP, QUERY_HCA_CAP, DESTROY_CQ, QUERY_CQ,
		MODIFY_CQ, DEALLOC_PD, 0x301, 0x802, 0xa08, 0xffff };
	uint32_t in[CREATE_CQ_IN / 4] = { 0 }, out[4];
	int fd = raw_open(DEVX);
	size_t i;

	for (i = 0; i < sizeof(opcodes) / sizeof(opcodes[0]); i++) {
		mbox_opcode(in, opcodes[i], 0);
		ASSERT_ERRNO(raw_create(fd, in, sizeof(in), out, sizeof(out), NULL),
			     EINVAL);
	}
}

TEST(every_opcode_of_the_create_list_reaches_the_device)
{
	static const uint16_t opcodes[] = { 0x200, 0x500, 0x700, 0x705, 0x710, 0x717,
		0x771, 0x782, 0x800, 0x806, 0x80e, 0x816, 0x827, 0x829, 0x900, 0x904,
		0x908, 0x90c, 0x912, 0x916, 0x930, 0x933, 0x936, 0x939, 0x93d, 0x940,
		0xa00 };
	uint32_t in[128] = { 0 }, out[64];
	int fd = raw_open(DEVX);
	size_t i;

	for (i = 0; i < sizeof(opcodes) / sizeof(opcodes[0]); i++) {
		mbox_opcode(in, opcodes[i], 0);
		errno = 0;
		if (raw_create(fd, in, sizeof(in), out, sizeof(out), NULL) &&
		    errno != EREMOTEIO)
			FAIL("opcode 0x%x: errno %d", opcodes[i], errno);
	}
}

TEST(flow_entry_is_created_with_op_mod_0_and_modified_with_1)
{
	uint32_t in[64] = { 0 }, out[4];
	int fd = raw_open(DEVX);
	uint32_t handle;

	mbox_opcode(in, SET_FLOW_TABLE_ENTRY, 0);
	ASSERT_ERRNO(raw_create(fd, in, sizeof(in), out, sizeof(out), NULL), EREMOTEIO);
	mbox_opcode(in, SET_FLOW_TABLE_ENTRY, 1);
	ASSERT_ERRNO(raw_create(fd, in, sizeof(in), out, sizeof(out), NULL), EINVAL);
	memset(in, 0, sizeof(in));
	mbox_opcode(in, ALLOC_PD, 0);
	ASSERT_EQ(raw_create(fd, in, 16, out, sizeof(out), &handle), 0);
	mbox_opcode(in, SET_FLOW_TABLE_ENTRY, 0);
	ASSERT_ERRNO(raw_modify(fd, handle, in, sizeof(in), out, sizeof(out)), EINVAL);
}

TEST(only_one_psv_at_a_time_is_admitted)
{
	uint32_t in[4] = { 0 }, out[12];
	int fd = raw_open(DEVX);

	mbox_opcode(in, CREATE_PSV, 0);
	mbox_set(in, 0x40, 4, 2);
	ASSERT_ERRNO(raw_create(fd, in, sizeof(in), out, sizeof(out), NULL), EINVAL);
	mbox_set(in, 0x40, 4, 1);
	ASSERT_ERRNO(raw_create(fd, in, sizeof(in), out, sizeof(out), NULL), EREMOTEIO);
}

TEST(opcode_outside_the_modify_list_is_einval)
{
	uint32_t in[MODIFY_CQ_IN / 4], out[4];
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_create(ctx);

	modify_command(&cq, in);
	mbox_opcode(in, QUERY_CQ, 0);
	ASSERT_ERRNO(raw_modify(ctx->cmd_fd, obj_handle(cq.obj), in, sizeof(in), out,
				sizeof(out)), EINVAL);
	mbox_opcode(in, DESTROY_CQ, 0);
	ASSERT_ERRNO(raw_modify(ctx->cmd_fd, obj_handle(cq.obj), in, sizeof(in), out,
				sizeof(out)), EINVAL);
}

TEST(opcode_outside_the_query_list_is_einval)
{
	uint32_t in[MODIFY_CQ_IN / 4], out[QUERY_CQ_OUT / 4];
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_create(ctx);

	modify_command(&cq, in);
	ASSERT_ERRNO(raw_query(ctx->cmd_fd, obj_handle(cq.obj), in, sizeof(in), out,
			       sizeof(out)), EINVAL);
	mbox_opcode(in, DESTROY_CQ, 0);
	ASSERT_ERRNO(raw_query(ctx->cmd_fd, obj_handle(cq.obj), in, sizeof(in), out,
			       sizeof(out)), EINVAL);
}

TEST(command_must_name_the_object_of_the_handle)
{
	uint32_t in[MODIFY_CQ_IN / 4], query[4], out[QUERY_CQ_OUT / 4];
	struct ibv_context *ctx = devx_open();
	struct cq a = cq_create(ctx), b = cq_create(ctx);

	modify_command(&b, in);
	ASSERT_ERRNO(raw_modify(ctx->cmd_fd, obj_handle(a.obj), in, sizeof(in), out,
				HEADER), EINVAL);
	cq_query_command(&b, query);
	ASSERT_ERRNO(raw_query(ctx->cmd_fd, obj_handle(a.obj), query, sizeof(query), out,
			       sizeof(out)), EINVAL);
	ASSERT_EQ(raw_query(ctx->cmd_fd, obj_handle(b.obj), query, sizeof(query), out,
			    sizeof(out)), 0);
}

/* Numbers are unique among objects of a type only. */
TEST(command_must_name_an_object_of_the_type_of_the_handle)
{
	uint32_t in[4] = { 0 }, out[QUERY_CQ_OUT / 4];
	int fd = raw_open(DEVX);
	uint32_t handle, number;

	mbox_opcode(in, ALLOC_PD, 0);
	ASSERT_EQ(raw_create(fd, in, sizeof(in), out, HEADER, &handle), 0);
	number = mbox_number(out);
	mbox_opcode(in, QUERY_CQ, 0);
	mbox_set_number(in, number);
	ASSERT_ERRNO(raw_query(fd, handle, in, sizeof(in), out, sizeof(out)), EINVAL);
	mbox_opcode(in, QUERY_QP, 0);
	ASSERT_ERRNO(raw_query(fd, handle, in, sizeof(in), out, sizeof(out)), EINVAL);
}

TEST(handle_of_another_kind_of_object_is_einval)
{
	uint32_t in[4], out[QUERY_CQ_OUT / 4];
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_create(ctx);
	struct ibv_pd *pd = ibv_alloc_pd(ctx);
	struct raw_uar uar;

	ASSERT(pd);
	cq_query_command(&cq, in);
	ASSERT_ERRNO(raw_query(ctx->cmd_fd, pd->handle, in, sizeof(in), out,
			       sizeof(out)), EINVAL);
	ASSERT_EQ(raw_uar_alloc(ctx->cmd_fd, MLX5_IB_UAPI_UAR_ALLOC_TYPE_NC, &uar), 0);
	ASSERT_ERRNO(raw_query(ctx->cmd_fd, uar.handle, in, sizeof(in), out,
			       sizeof(out)), EINVAL);
	ASSERT_ERRNO(raw_destroy_obj(ctx->cmd_fd, uar.handle), EINVAL);
}

TEST(handle_that_does_not_exist_is_enoent)
{
	uint32_t in[4] = { 0 }, out[QUERY_CQ_OUT / 4];
	int fd = raw_open(DEVX);

	mbox_opcode(in, QUERY_CQ, 0);
	ASSERT_ERRNO(raw_query(fd, 77, in, sizeof(in), out, sizeof(out)), ENOENT);
	ASSERT_ERRNO(raw_destroy_obj(fd, 77), ENOENT);
}

TEST(handle_of_another_context_is_enoent)
{
	uint32_t in[4] = { 0 }, out[4];
	int a = raw_open(DEVX), b = raw_open(DEVX);
	uint32_t handle;

	mbox_opcode(in, ALLOC_PD, 0);
	ASSERT_EQ(raw_create(a, in, sizeof(in), out, sizeof(out), &handle), 0);
	ASSERT_ERRNO(raw_destroy_obj(b, handle), ENOENT);
	ASSERT_EQ(raw_destroy_obj(a, handle), 0);
}

TEST(object_numbers_of_another_context_mean_nothing)
{
	struct ibv_context *ctx = devx_open(), *other = devx_open();
	uint32_t in[CREATE_CQ_IN / 4], out[4];
	struct cq cq = cq_prepare(ctx);

	cq_command(&cq, in);	/* names ctx' umem and UAR */
	errno = 0;
	ASSERT_ERRNO(raw_create(other->cmd_fd, in, sizeof(in), out, sizeof(out), NULL),
		     EREMOTEIO);
	ASSERT_EQ(mbox_status(out), STATUS_BAD_RESOURCE);
	ASSERT_EQ(raw_create(ctx->cmd_fd, in, sizeof(in), out, sizeof(out), NULL), 0);
}

TEST(object_without_devx_context_is_einval)
{
	uint32_t in[4] = { 0 }, out[4];
	int fd = raw_open(0);

	mbox_opcode(in, ALLOC_PD, 0);
	ASSERT_ERRNO(raw_create(fd, in, sizeof(in), out, sizeof(out), NULL), EINVAL);
}

TEST(tunnelled_commands_are_einval)
{
	uint32_t in[MODIFY_CQ_IN / 4], out[QUERY_CQ_OUT / 4];
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_create(ctx);

	modify_command(&cq, in);
	mbox_set(in, 0x20, 16, 1);
	ASSERT_ERRNO(raw_modify(ctx->cmd_fd, obj_handle(cq.obj), in, sizeof(in), out,
				HEADER), EINVAL);
	cq_query_command(&cq, in);
	mbox_set(in, 0x20, 16, 1);
	ASSERT_ERRNO(raw_query(ctx->cmd_fd, obj_handle(cq.obj), in, 16, out,
			       sizeof(out)), EINVAL);
	mbox_opcode(in, ALLOC_PD, 0);
	ASSERT_ERRNO(raw_create(ctx->cmd_fd, in, 16, out, HEADER, NULL), EINVAL);
}

TEST(refused_create_leaves_no_handle_and_tells_why)
{
	uint32_t in[CREATE_CQ_IN / 4], out[4] = { 0 };
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_prepare(ctx);

	cq_command(&cq, in);
	mbox_set(in, 0x2c0, 32, 0xdead);
	ASSERT_ERRNO(raw_create(ctx->cmd_fd, in, sizeof(in), out, sizeof(out), NULL),
		     EREMOTEIO);
	ASSERT_EQ(mbox_status(out), STATUS_BAD_RESOURCE);
	ASSERT_NE(mbox_syndrome(out), 0);
	ASSERT_EQ(count_of("objects"), 0);
}

TEST(short_create_command_is_refused_by_the_device)
{
	uint32_t in[CREATE_CQ_IN / 4], out[4] = { 0 };
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_prepare(ctx);
	unsigned int len;

	cq_command(&cq, in);
	for (len = HEADER; len < CREATE_CQ_IN; len += 4) {
		memset(out, 0, sizeof(out));
		ASSERT_ERRNO(raw_create(ctx->cmd_fd, in, len, out, sizeof(out), NULL),
			     EREMOTEIO);
		ASSERT_EQ(mbox_status(out), STATUS_BAD_INPUT_LEN);
	}
}

TEST(memory_key_command_without_its_context_is_einval)
{
	uint32_t in[64] = { 0 }, out[4];
	int fd = raw_open(DEVX);

	mbox_opcode(in, CREATE_MKEY, 0);
	ASSERT_ERRNO(raw_create(fd, in, 32, out, sizeof(out), NULL), EINVAL);
	ASSERT_ERRNO(raw_create(fd, in, sizeof(in), out, sizeof(out), NULL), EREMOTEIO);
}

TEST(completion_queue_of_an_unknown_event_queue_is_enoent)
{
	uint32_t in[CREATE_CQ_IN / 4], out[4];
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_prepare(ctx);

	cq_command(&cq, in);
	mbox_set(in, 0x80 + 0xa0, 32, 0xfff);
	ASSERT_ERRNO(raw_create(ctx->cmd_fd, in, sizeof(in), out, sizeof(out), NULL),
		     ENOENT);
}

/* The object is destroyed again: no handle for it could be given out. */
TEST(create_with_an_unmapped_reply_leaves_nothing)
{
	int fd = raw_open(DEVX);
	uint32_t in[4] = { 0 };

	mbox_opcode(in, ALLOC_PD, 0);
	ASSERT_ERRNO(raw_create(fd, in, sizeof(in), nowhere(), HEADER, NULL), EFAULT);
	ASSERT_EQ(count_of("objects"), 0);
}

TEST(destroyed_handle_is_gone)
{
	uint32_t in[4] = { 0 }, out[4];
	int fd = raw_open(DEVX);
	uint32_t handle;

	mbox_opcode(in, ALLOC_TRANSPORT_DOMAIN, 0);
	ASSERT_EQ(raw_create(fd, in, sizeof(in), out, sizeof(out), &handle), 0);
	ASSERT_EQ(raw_destroy_obj(fd, handle), 0);
	ASSERT_ERRNO(raw_destroy_obj(fd, handle), ENOENT);
}

KTAP_MAIN()
