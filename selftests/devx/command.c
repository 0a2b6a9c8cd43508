// SPDX-License-Identifier: GPL-2.0-only
/* General commands, and who may issue them. */
#include "devx.h"

#define DEVX MLX5_IB_ALLOC_UCTX_DEVX

TEST(general_command_is_executed)
{
	uint32_t in[4] = { 0 }, *out = calloc(1, CAP_OUT);
	int fd = raw_open(DEVX);

	mbox_opcode(in, QUERY_HCA_CAP, 1);
	ASSERT_EQ(raw_general(fd, in, sizeof(in), out, CAP_OUT), 0);
	ASSERT_EQ(mbox_status(out), 0);
	ASSERT_NE(mbox_get(out, 0x80 + 0xdb, 5), 0);	/* log_max_cq */
}

static void query_cap(int fd, uint16_t op_mod, void *out, uint16_t len)
{
	uint32_t in[4] = { 0 };

	mbox_opcode(in, QUERY_HCA_CAP, op_mod);
	memset(out, 0xff, len);
	errno = 0;
	if (raw_general(fd, in, sizeof(in), out, len) && errno != EREMOTEIO)
		FAIL("op_mod 0x%x: errno %d", op_mod, errno);
}

/* A page of capabilities, a type that has none, and a refusal. */
TEST(long_reply_is_written_to_its_end_and_no_further)
{
	static const uint16_t op_mods[] = { 1, 2 << 1, 0xffff };
	static const uint16_t lengths[] = { 64, 256, 1000, CAP_OUT, 65000 };
	unsigned char *out = malloc(UINT16_MAX + 1), *whole = malloc(CAP_OUT);
	int fd = raw_open(DEVX);
	size_t i, j, k;

	ASSERT(out && whole);
	for (i = 0; i < sizeof(op_mods) / sizeof(op_mods[0]); i++) {
		query_cap(fd, op_mods[i], whole, CAP_OUT);
		for (k = CAP_OUT - 512; k < CAP_OUT; k++)
			ASSERT_EQ(whole[k], 0);
		for (j = 0; j < sizeof(lengths) / sizeof(lengths[0]); j++) {
			out[lengths[j]] = 0xaa;
			query_cap(fd, op_mods[i], out, lengths[j]);
			for (k = 0; k < lengths[j]; k++)
				ASSERT_EQ(out[k], k < CAP_OUT ? whole[k] : 0);
			ASSERT_EQ(out[k], 0xaa);
		}
	}
}

TEST(long_reply_into_memory_that_ends_is_efault)
{
	uint32_t in[4] = { 0 };
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	int fd = raw_open(DEVX);

	ASSERT(p != MAP_FAILED);
	ASSERT_EQ(munmap(p + 4096, 4096), 0);
	mbox_opcode(in, QUERY_HCA_CAP, 1);
	ASSERT_EQ(raw_general(fd, in, sizeof(in), p, 4096), 0);
	ASSERT_ERRNO(raw_general(fd, in, sizeof(in), p + 1, 4096), EFAULT);
	ASSERT_ERRNO(raw_general(fd, in, sizeof(in), p + 4096 - 16, CAP_OUT), EFAULT);
}

TEST(refused_command_is_eremoteio_with_the_mailbox)
{
	uint32_t in[4] = { 0 }, out[4];
	int fd = raw_open(DEVX);

	memset(out, 0xff, sizeof(out));
	mbox_opcode(in, GENERAL_FIRST, 0);
	ASSERT_ERRNO(raw_general(fd, in, sizeof(in), out, sizeof(out)), EREMOTEIO);
	ASSERT_EQ(mbox_status(out), STATUS_BAD_OP);
	ASSERT_NE(mbox_syndrome(out), 0);
	ASSERT_NE(mbox_syndrome(out), 0xffffffff);
}

TEST(opcode_outside_the_general_list_is_einval)
{
	static const uint16_t opcodes[] = { 0, ALLOC_PD, CREATE_CQ, QUERY_CQ, 0x203,
		0x301, 0x50d, 0x764, 0x802, 0x805, GENERAL_FIRST - 1, GENERAL_BEYOND,
		0xffff };
	uint32_t in[4] = { 0 }, out[4];
	int fd = raw_open(DEVX);
	size_t i;

	for (i = 0; i < sizeof(opcodes) / sizeof(opcodes[0]); i++) {
		mbox_opcode(in, opcodes[i], 0);
		memset(out, 0xff, sizeof(out));
		ASSERT_ERRNO(raw_general(fd, in, sizeof(in), out, sizeof(out)), EINVAL);
		ASSERT_EQ(out[0], 0xffffffff);	/* not executed, not answered */
	}
}

TEST(every_opcode_of_the_general_list_reaches_the_device)
{
	static const uint16_t opcodes[] = { QUERY_HCA_CAP, QUERY_ADAPTER, 0x10a, 0x740,
		0x750, 0x752, 0x754, 0x760, 0x762, 0x76f, 0x770, 0x80a, 0x80d, 0x822, 0x824,
		0x826, 0x842, GENERAL_FIRST, GENERAL_BEYOND - 1 };
	uint32_t in[4], *out = calloc(1, CAP_OUT);
	int fd = raw_open(DEVX);
	size_t i;

	for (i = 0; i < sizeof(opcodes) / sizeof(opcodes[0]); i++) {
		memset(in, 0, sizeof(in));
		mbox_opcode(in, opcodes[i], 0);
		errno = 0;
		if (raw_general(fd, in, sizeof(in), out, CAP_OUT) && errno != EREMOTEIO)
			FAIL("opcode 0x%x: errno %d", opcodes[i], errno);
	}
}

TEST(caller_cannot_choose_the_uid)
{
	uint32_t in[4] = { 0 }, out[4] = { 0 };
	int fd = raw_open(DEVX);

	mbox_opcode(in, NOP, 0);
	mbox_set(in, 0x10, 16, 0x7777);
	ASSERT_EQ(raw_general(fd, in, sizeof(in), out, sizeof(out)), 0);
}

TEST(context_without_devx_may_only_issue_four_queries)
{
	static const uint16_t allowed[] = { 0x100, 0x762, 0x752, 0x740 };
	static const uint16_t refused[] = { NOP, QUERY_ADAPTER, 0x750, 0x842,
		GENERAL_FIRST, ALLOC_PD };
	uint32_t in[4], *out = calloc(1, CAP_OUT);
	int fd = raw_open(0);
	size_t i;

	for (i = 0; i < 4; i++) {
		memset(in, 0, sizeof(in));
		mbox_opcode(in, allowed[i], 0);
		errno = 0;
		if (raw_general(fd, in, sizeof(in), out, CAP_OUT) && errno != EREMOTEIO)
			FAIL("opcode 0x%x: errno %d", allowed[i], errno);
	}
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		memset(in, 0, sizeof(in));
		mbox_opcode(in, refused[i], 0);
		ASSERT_ERRNO(raw_general(fd, in, sizeof(in), out, CAP_OUT), EINVAL);
	}
}

TEST(command_shorter_than_a_header_is_refused)
{
	uint32_t in[4] = { 0 }, out[4];
	int fd = raw_open(DEVX);

	mbox_opcode(in, NOP, 0);
	ASSERT_ERRNO(raw_general(fd, in, 12, out, sizeof(out)), EINVAL);
	ASSERT_ERRNO(raw_general(fd, in, 0, out, sizeof(out)), EINVAL);
}

TEST(reply_shorter_than_a_header_is_refused)
{
	uint32_t in[4] = { 0 }, out[4];
	int fd = raw_open(DEVX);

	mbox_opcode(in, NOP, 0);
	ASSERT_ERRNO(raw_general(fd, in, sizeof(in), out, 12), EINVAL);
}

TEST(reply_too_short_for_the_command_is_refused_by_the_device)
{
	uint32_t in[4] = { 0 }, out[4];
	int fd = raw_open(DEVX);

	mbox_opcode(in, QUERY_ADAPTER, 0);
	ASSERT_ERRNO(raw_general(fd, in, sizeof(in), out, sizeof(out)), EREMOTEIO);
	ASSERT_EQ(mbox_status(out), STATUS_BAD_OUTPUT_LEN);
}

TEST(missing_mailbox_is_refused)
{
	int fd = raw_open(DEVX);
	uint32_t in[4] = { 0 };
	struct uv uv;

	mbox_opcode(in, NOP, 0);
	uv_start(&uv, MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_OTHER);
	uv_in(&uv, MLX5_IB_ATTR_DEVX_OTHER_CMD_IN, in, sizeof(in));
	ASSERT_ERRNO(uv_call(fd, &uv), EINVAL);
}

TEST(unmapped_mailboxes_are_efault)
{
	uint32_t in[4] = { 0 }, out[4];
	int fd = raw_open(DEVX);

	mbox_opcode(in, NOP, 0);
	ASSERT_ERRNO(raw_general(fd, nowhere(), sizeof(in), out, sizeof(out)), EFAULT);
	ASSERT_ERRNO(raw_general(fd, in, sizeof(in), nowhere(), sizeof(out)), EFAULT);
}

TEST(command_before_the_context_is_refused)
{
	uint32_t in[4] = { 0 }, out[4];

	mbox_opcode(in, NOP, 0);
	ASSERT_ERRNO(raw_general(node_open(), in, sizeof(in), out, sizeof(out)), EINVAL);
}

TEST(event_queue_numbers_exist_for_every_vector_and_no_other)
{
	struct ibv_context *ctx = devx_open();
	uint32_t eqn = 0;
	int i;

	for (i = 0; i < ctx->num_comp_vectors; i++) {
		ASSERT_EQ(mlx5dv_devx_query_eqn(ctx, i, &eqn), 0);
		ASSERT_NE(eqn, 0);
	}
	ASSERT_EQ(mlx5dv_devx_query_eqn(ctx, ctx->num_comp_vectors, &eqn), ENOENT);
	ASSERT_EQ(mlx5dv_devx_query_eqn(ctx, 0xffffffff, &eqn), ENOENT);
}

TEST(legacy_uar_lookup_is_refused_with_dynamic_uars)
{
	int fd = raw_open(DEVX);
	uint32_t index;
	struct uv uv;

	uv_start(&uv, MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_QUERY_UAR);
	uv_u32(&uv, MLX5_IB_ATTR_DEVX_QUERY_UAR_USER_IDX, 0);
	uv_out(&uv, MLX5_IB_ATTR_DEVX_QUERY_UAR_DEV_IDX, &index, sizeof(index));
	ASSERT_ERRNO(uv_call(fd, &uv), EINVAL);
}

TEST(wrong_driver_id_is_refused)
{
	uint32_t in[4] = { 0 }, out[4];
	int fd = raw_open(DEVX);
	struct uv uv;

	mbox_opcode(in, NOP, 0);
	uv_start(&uv, MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_OTHER);
	uv_in(&uv, MLX5_IB_ATTR_DEVX_OTHER_CMD_IN, in, sizeof(in));
	uv_out(&uv, MLX5_IB_ATTR_DEVX_OTHER_CMD_OUT, out, sizeof(out));
	uv.hdr.driver_id = RDMA_DRIVER_MLX4;
	ASSERT_ERRNO(uv_call(fd, &uv), EINVAL);
}

KTAP_MAIN()
