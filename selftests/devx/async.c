// SPDX-License-Identifier: GPL-2.0-only
/* Queries that complete through a file. */
#include "devx.h"

#define LIMIT (1024 * 1024)

static int raw_async_fd(int fd)
{
	struct ib_uverbs_attr *attr;
	struct uv uv;

	uv_start(&uv, MLX5_IB_OBJECT_DEVX_ASYNC_CMD_FD,
		 MLX5_IB_METHOD_DEVX_ASYNC_CMD_FD_ALLOC);
	attr = uv_handle(&uv, MLX5_IB_ATTR_DEVX_ASYNC_CMD_FD_ALLOC_HANDLE, 0);
	ASSERT_EQ(uv_call(fd, &uv), 0);
	return attr->data_s64;
}

static int raw_async_query(const struct cq *cq, const void *in, uint16_t in_len,
			   int async_fd, uint64_t wr_id, uint64_t out_len)
{
	struct uv uv;

	uv_start(&uv, MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_ASYNC_QUERY);
	uv_handle(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_HANDLE, obj_handle(cq->obj));
	uv_in(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_CMD_IN, in, in_len);
	uv_attr(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_FD, 0, async_fd);
	uv_u64(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_WR_ID, wr_id);
	uv_u64(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_OUT_LEN, out_len);
	return uv_call(cq->ctx->cmd_fd, &uv);
}

struct reply {
	uint64_t wr_id;
	uint32_t out[QUERY_CQ_OUT / 4];
};

struct rig {
	struct ibv_context *ctx;
	struct cq cq;
	uint32_t in[4];
	int fd;
};

static struct rig rig_make(void)
{
	struct rig rig = { .ctx = devx_open() };

	rig.cq = cq_create(rig.ctx);
	cq_query_command(&rig.cq, rig.in);
	rig.fd = raw_async_fd(rig.ctx->cmd_fd);
	return rig;
}

static int rig_query(struct rig *rig, uint64_t wr_id, uint64_t out_len)
{
	return raw_async_query(&rig->cq, rig->in, sizeof(rig->in), rig->fd, wr_id,
			       out_len);
}

TEST(library_query_completes_through_the_file)
{
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_create(ctx);
	struct mlx5dv_devx_cmd_comp *comp = mlx5dv_devx_create_cmd_comp(ctx);
	char buf[sizeof(struct mlx5dv_devx_async_cmd_hdr) + QUERY_CQ_OUT];
	struct mlx5dv_devx_async_cmd_hdr *hdr = (void *)buf;
	uint32_t in[4];

	ASSERT(comp);
	cq_query_command(&cq, in);
	ASSERT_EQ(mlx5dv_devx_obj_query_async(cq.obj, in, sizeof(in), QUERY_CQ_OUT, 42,
					      comp), 0);
	ASSERT_EQ(mlx5dv_devx_get_async_cmd_comp(comp, hdr, sizeof(buf)), 0);
	ASSERT_EQ(hdr->wr_id, 42);
	ASSERT_EQ(mbox_status(hdr->out_data), 0);
	ASSERT_EQ(mbox_get(hdr->out_data, 0x80 + 0x63, 5), CQ_LOG_SIZE);
	mlx5dv_devx_destroy_cmd_comp(comp);
	wait_count("async_files", 0);
}

TEST(replies_come_in_order)
{
	struct rig rig = rig_make();
	struct reply reply;
	int i;

	for (i = 0; i < 10; i++)
		ASSERT_EQ(rig_query(&rig, 100 + i, QUERY_CQ_OUT), 0);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(read(rig.fd, &reply, sizeof(reply)), sizeof(reply));
		ASSERT_EQ(reply.wr_id, 100 + i);
	}
}

TEST(poll_tells_when_there_is_a_reply)
{
	struct rig rig = rig_make();
	struct pollfd pfd = { .fd = rig.fd, .events = POLLIN };
	struct reply reply;

	ASSERT_EQ(poll(&pfd, 1, 0), 0);
	ASSERT_EQ(rig_query(&rig, 1, QUERY_CQ_OUT), 0);
	ASSERT_EQ(poll(&pfd, 1, 1000), 1);
	ASSERT_EQ(pfd.revents, POLLIN);
	ASSERT_EQ(read(rig.fd, &reply, sizeof(reply)), sizeof(reply));
	ASSERT_EQ(poll(&pfd, 1, 0), 0);
}

TEST(empty_file_is_eagain_when_not_to_wait)
{
	struct rig rig = rig_make();
	struct reply reply;

	ASSERT_EQ(fcntl(rig.fd, F_SETFL, O_NONBLOCK), 0);
	ASSERT_ERRNO(read(rig.fd, &reply, sizeof(reply)), EAGAIN);
}

TEST(reader_is_woken_by_a_reply)
{
	struct rig rig = rig_make();
	struct reply reply;
	int status;
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (!pid)
		_exit(read(rig.fd, &reply, sizeof(reply)) != sizeof(reply));
	usleep(100000);
	ASSERT_EQ(waitpid(pid, &status, WNOHANG), 0);
	ASSERT_EQ(rig_query(&rig, 1, QUERY_CQ_OUT), 0);
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_EQ(status, 0);
}

static void on_alarm(int sig)
{
	(void)sig;
}

TEST(reader_is_interrupted_by_a_signal)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct rig rig = rig_make();
	struct reply reply;

	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	ASSERT_ERRNO(read(rig.fd, &reply, sizeof(reply)), EINTR);
}

TEST(too_short_a_read_is_enospc_and_keeps_the_reply)
{
	struct rig rig = rig_make();
	struct reply reply;

	ASSERT_EQ(rig_query(&rig, 1, QUERY_CQ_OUT), 0);
	ASSERT_ERRNO(read(rig.fd, &reply, sizeof(reply) - 1), ENOSPC);
	ASSERT_ERRNO(read(rig.fd, &reply, 0), ENOSPC);
	ASSERT_EQ(read(rig.fd, &reply, sizeof(reply)), sizeof(reply));
}

TEST(read_into_unmapped_memory_is_efault_and_loses_the_reply)
{
	struct rig rig = rig_make();

	ASSERT_EQ(rig_query(&rig, 1, QUERY_CQ_OUT), 0);
	ASSERT_ERRNO(read(rig.fd, nowhere(), sizeof(struct reply)), EFAULT);
	ASSERT_EQ(count_of("async_replies"), 0);
}

TEST(refused_query_is_a_reply_with_a_status)
{
	struct rig rig = rig_make();
	struct reply reply;

	/* A reply of 16 bytes has no room for the queue. */
	ASSERT_EQ(rig_query(&rig, 5, HEADER), 0);
	ASSERT_EQ(read(rig.fd, &reply, sizeof(reply)), 8 + HEADER);
	ASSERT_EQ(reply.wr_id, 5);
	ASSERT_EQ(mbox_status(reply.out), STATUS_BAD_OUTPUT_LEN);
	ASSERT_NE(mbox_syndrome(reply.out), 0);
}

TEST(a_mebibyte_of_replies_is_in_flight_at_most)
{
	struct rig rig = rig_make();
	char *buf = malloc(65536);
	int i;

	for (i = 0; i < LIMIT / 32768; i++)
		ASSERT_EQ(rig_query(&rig, i, 32768), 0);
	ASSERT_ERRNO(rig_query(&rig, i, 1), EAGAIN);
	ASSERT_EQ(read(rig.fd, buf, 65536), 8 + 32768);
	ASSERT_ERRNO(rig_query(&rig, i, 32769), EAGAIN);
	ASSERT_EQ(rig_query(&rig, i, 32768), 0);
}

TEST(limit_is_each_files_own)
{
	struct rig rig = rig_make();
	int i, other = raw_async_fd(rig.ctx->cmd_fd);

	for (i = 0; i < LIMIT / 32768; i++)
		ASSERT_EQ(rig_query(&rig, i, 32768), 0);
	ASSERT_ERRNO(rig_query(&rig, i, 32768), EAGAIN);
	ASSERT_EQ(raw_async_query(&rig.cq, rig.in, sizeof(rig.in), other, 1, 32768), 0);
}

TEST(replies_without_length_are_limited_too)
{
	struct rig rig = rig_make();
	uint64_t wr_id;
	int i, ret = 0;

	for (i = 0; i <= LIMIT / HEADER && !ret; i++)
		ret = rig_query(&rig, i, 0);
	ASSERT_EQ(ret, -1);
	ASSERT_EQ(errno, EAGAIN);
	ASSERT_EQ(i - 1, LIMIT / HEADER);
	ASSERT_EQ(read(rig.fd, &wr_id, sizeof(wr_id)), sizeof(wr_id));
	ASSERT_EQ(wr_id, 0);
}

TEST(only_queries_of_the_named_object_are_admitted)
{
	struct rig rig = rig_make();
	uint32_t in[MODIFY_CQ_IN / 4] = { 0 };

	mbox_opcode(in, MODIFY_CQ, 0);
	mbox_set_number(in, rig.cq.cqn);
	ASSERT_ERRNO(raw_async_query(&rig.cq, in, sizeof(in), rig.fd, 1, QUERY_CQ_OUT),
		     EINVAL);
	cq_query_command(&rig.cq, in);
	mbox_set_number(in, rig.cq.cqn + 1);
	ASSERT_ERRNO(raw_async_query(&rig.cq, in, 16, rig.fd, 1, QUERY_CQ_OUT), EINVAL);
	cq_query_command(&rig.cq, in);
	mbox_set(in, 0x20, 16, 1);	/* tunnelled */
	ASSERT_ERRNO(raw_async_query(&rig.cq, in, 16, rig.fd, 1, QUERY_CQ_OUT), EINVAL);
	ASSERT_EQ(count_of("async_replies"), 0);
}

TEST(reply_length_beyond_16_bits_is_refused)
{
	struct rig rig = rig_make();

	ASSERT_ERRNO(rig_query(&rig, 1, 65536), EINVAL);
}

TEST(file_that_is_no_completion_file_is_refused)
{
	struct rig rig = rig_make();

	ASSERT_ERRNO(raw_async_query(&rig.cq, rig.in, sizeof(rig.in), 0, 1,
				     QUERY_CQ_OUT), EBADF);
	ASSERT_ERRNO(raw_async_query(&rig.cq, rig.in, sizeof(rig.in), -1, 1,
				     QUERY_CQ_OUT), EBADF);
}

TEST(unread_replies_go_with_the_file)
{
	struct rig rig = rig_make();

	ASSERT_EQ(rig_query(&rig, 1, QUERY_CQ_OUT), 0);
	ASSERT_EQ(count_of("async_replies"), 1);
	close(rig.fd);
	wait_count("async_replies", 0);
	wait_count("async_files", 0);
}

TEST(file_outlives_its_context_but_says_so)
{
	struct rig rig = rig_make();
	struct pollfd pfd = { .fd = rig.fd, .events = POLLIN | POLLRDHUP };
	struct reply reply;

	ASSERT_EQ(rig_query(&rig, 1, QUERY_CQ_OUT), 0);
	mlx5dv_devx_free_uar(rig.cq.uar);	/* its mapping keeps the context */
	ASSERT_EQ(ibv_close_device(rig.ctx), 0);
	wait_no_objects();
	ASSERT_EQ(poll(&pfd, 1, 0), 1);
	ASSERT_EQ(pfd.revents, POLLIN | POLLRDHUP);
	ASSERT_ERRNO(read(rig.fd, &reply, sizeof(reply)), EIO);
	/* As the real driver has it. */
	ASSERT_EQ(fcntl(rig.fd, F_SETFL, O_NONBLOCK), 0);
	ASSERT_ERRNO(read(rig.fd, &reply, sizeof(reply)), EAGAIN);
}

KTAP_MAIN()
