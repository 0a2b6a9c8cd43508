// SPDX-License-Identifier: GPL-2.0-only
/* Completion queues of verbs: creation, what the kernel refuses, DEVX on their handles. */
#include "cq.h"
#include "event.h"

#define DEVX MLX5_IB_ALLOC_UCTX_DEVX

/* Fields of a CQ context: where, and how wide. */
#define FIELD(bit, width) ((bit) << 8 | (width))
enum {
	CQC_STATUS = FIELD(0x00, 4),
	CQC_CQE_SZ = FIELD(0x08, 3),
	CQC_OI = FIELD(0x0e, 1),
	CQC_LOG_SIZE = FIELD(0x63, 5),
	CQC_UAR = FIELD(0x68, 24),
	CQC_PERIOD = FIELD(0x84, 12),
	CQC_MAX_COUNT = FIELD(0x90, 16),
	CQC_EQN = FIELD(0xa0, 32),
};

/* The number of the queue, by the library's own structure. */
static uint32_t cqn_of(struct ibv_cq *cq)
{
	struct mlx5dv_cq dv;
	struct mlx5dv_obj obj = { .cq = { .in = cq, .out = &dv } };

	ASSERT_EQ(mlx5dv_init_obj(&obj, MLX5DV_OBJ_CQ), 0);
	return dv.cqn;
}

/* @cqc becomes the context that the device has. */
static void query_cq(struct ibv_cq *cq, uint32_t *reply)
{
	uint32_t in[4] = { 0 };

	mbox_opcode(in, QUERY_CQ, 0);
	mbox_set_number(in, cqn_of(cq));
	memset(reply, 0, QUERY_CQ_OUT);
	if (mlx5dv_devx_cq_query(cq, in, sizeof(in), reply, QUERY_CQ_OUT))
		FAIL("query: errno %d, syndrome 0x%x", errno, mbox_syndrome(reply));
}

static uint32_t cqc_get(const uint32_t *reply, unsigned int field)
{
	return mbox_get(reply, 0x80 + (field >> 8), field & 0xff);
}

/* --- What there is */

TEST(library_creates_and_destroys)
{
	struct ibv_context *ctx = devx_open();
	uint32_t reply[QUERY_CQ_OUT / 4], eqn;
	struct ibv_cq *cq = ibv_create_cq(ctx, 10, NULL, NULL, 0);

	ASSERT(cq);
	ASSERT_EQ(cq->cqe, 15);
	ASSERT_NE(cqn_of(cq), 0);
	ASSERT_EQ(count_of("cqs"), 1);
	query_cq(cq, reply);
	ASSERT_EQ(cqc_get(reply, CQC_LOG_SIZE), 4);
	ASSERT_EQ(cqc_get(reply, CQC_OI), 0);
	ASSERT_EQ(mlx5dv_devx_query_eqn(ctx, 0, &eqn), 0);
	ASSERT_EQ(cqc_get(reply, CQC_EQN), eqn);
	ASSERT_NE(cqc_get(reply, CQC_UAR), 0);
	ASSERT_EQ(ibv_destroy_cq(cq), 0);
	ASSERT_EQ(count_of("cqs"), 0);
	ASSERT_EQ(count_of("umems"), 0);
	ASSERT_EQ(ibv_close_device(ctx), 0);
}

TEST(contexts_without_devx_have_queues_too)
{
	int fd = raw_open(0);
	struct cq_request req = usual_cq(fd);

	ASSERT_EQ(raw_create_cq(fd, &req), 0);
	ASSERT_EQ(req.resp_cqe, 15);
	ASSERT_NE(req.cqn, 0);
	ASSERT_EQ(raw_destroy_cq(fd, req.handle), 0);
	ASSERT_ERRNO(raw_destroy_cq(fd, req.handle), ENOENT);
	ASSERT_EQ(count_of("umems"), 0);
}

TEST(what_was_asked_for_is_in_the_context)
{
	struct ibv_cq_init_attr_ex attr = {
		.cqe = 100,
		.wc_flags = IBV_WC_EX_WITH_COMPLETION_TIMESTAMP,
		.comp_mask = IBV_CQ_INIT_ATTR_MASK_FLAGS,
		.flags = IBV_CREATE_CQ_ATTR_IGNORE_OVERRUN,
	};
	struct mlx5dv_cq_init_attr dv = {
		.comp_mask = MLX5DV_CQ_INIT_ATTR_MASK_CQE_SIZE,
		.cqe_size = 128,
	};
	struct ibv_context *ctx = devx_open();
	uint32_t reply[QUERY_CQ_OUT / 4];
	struct ibv_cq_ex *cq = mlx5dv_create_cq(ctx, &attr, &dv);

	ASSERT(cq);
	query_cq(ibv_cq_ex_to_cq(cq), reply);
	ASSERT_EQ(cqc_get(reply, CQC_LOG_SIZE), 7);
	ASSERT_EQ(cqc_get(reply, CQC_CQE_SZ), 1);
	ASSERT_EQ(cqc_get(reply, CQC_OI), 1);
	ASSERT_EQ(ibv_destroy_cq(ibv_cq_ex_to_cq(cq)), 0);
}

TEST(moderation_is_what_was_asked_for)
{
	struct ibv_modify_cq_attr attr = {
		.attr_mask = IBV_CQ_ATTR_MODERATE,
		.moderate = { .cq_count = 77, .cq_period = 4095 },
	};
	struct ibv_context *ctx = devx_open();
	struct ibv_cq *cq = ibv_create_cq(ctx, 10, NULL, NULL, 0);
	uint32_t reply[QUERY_CQ_OUT / 4];
	struct ibv_device_attr_ex dev;

	ASSERT(cq);
	ASSERT_EQ(ibv_query_device_ex(ctx, NULL, &dev), 0);
	ASSERT_EQ(dev.cq_mod_caps.max_cq_count, 65535);
	ASSERT_EQ(dev.cq_mod_caps.max_cq_period, 4095);
	ASSERT_EQ(ibv_modify_cq(cq, &attr), 0);
	attr.moderate.cq_period = 4096;
	ASSERT_EQ(ibv_modify_cq(cq, &attr), EINVAL);
	query_cq(cq, reply);
	ASSERT_EQ(cqc_get(reply, CQC_MAX_COUNT), 77);
	ASSERT_EQ(cqc_get(reply, CQC_PERIOD), 4095);
	ASSERT_EQ(ibv_destroy_cq(cq), 0);
}

/* Their records lie together: a page of them is registered once. */
TEST(a_thousand_queues)
{
	enum { N = 1000 };
	struct ibv_context *ctx = devx_open();
	static struct ibv_cq *cqs[N];
	uint32_t reply[QUERY_CQ_OUT / 4];
	int i;

	for (i = 0; i < N; i++) {
		cqs[i] = ibv_create_cq(ctx, 1, NULL, NULL, 0);
		ASSERT(cqs[i]);
	}
	ASSERT_EQ(count_of("cqs"), N);
	ASSERT(count_of("umems") < N + 50);
	query_cq(cqs[N / 2], reply);
	for (i = 0; i < N; i += 2)
		ASSERT_EQ(ibv_destroy_cq(cqs[i]), 0);
	query_cq(cqs[1], reply);
	for (i = 1; i < N; i += 2)
		ASSERT_EQ(ibv_destroy_cq(cqs[i]), 0);
	ASSERT_EQ(count_of("umems"), 0);
	ASSERT_EQ(count_of("umem_pages"), 0);
}

TEST(completion_channels_wait)
{
	struct ibv_context *ctx = devx_open();
	struct ibv_comp_channel *channel = ibv_create_comp_channel(ctx);
	struct pollfd p = { .events = POLLIN };
	struct ibv_cq *cq;

	ASSERT(channel);
	cq = ibv_create_cq(ctx, 4, NULL, channel, 0);
	ASSERT(cq);
	ASSERT_EQ(ibv_req_notify_cq(cq, 0), 0);
	p.fd = channel->fd;
	ASSERT_EQ(poll(&p, 1, 50), 0);
	ASSERT_EQ(ibv_destroy_comp_channel(channel), EBUSY);
	ASSERT_EQ(ibv_destroy_cq(cq), 0);
	ASSERT_EQ(ibv_destroy_comp_channel(channel), 0);
}

TEST(failure_is_an_event_of_verbs)
{
	struct ibv_context *ctx = devx_open();
	struct ibv_cq *cq = ibv_create_cq(ctx, 4, NULL, NULL, 0);
	int events = raw_event_fd(ctx->cmd_fd, 0);
	uint32_t reply[QUERY_CQ_OUT / 4];
	struct ibv_async_event event;

	ASSERT(cq);
	/* Subscriptions are for objects of DEVX, as with mlx5_ib. */
	ASSERT_ERRNO(subscribe_one(ctx->cmd_fd, events, cq->handle, EVENT_CQ_ERROR, 9),
		     EINVAL);
	ASSERT_EQ(inject("cq_error", cqn_of(cq)), 0);
	ASSERT_EQ(ibv_get_async_event(ctx, &event), 0);
	ASSERT_EQ(event.event_type, IBV_EVENT_CQ_ERR);
	ASSERT(event.element.cq == cq);
	query_cq(cq, reply);
	ASSERT_EQ(cqc_get(reply, CQC_STATUS), 9);	/* overflow */
	ibv_ack_async_event(&event);
	ASSERT_EQ(ibv_destroy_cq(cq), 0);
}

/* --- What is refused */

static void expect_refused(int fd, struct cq_request *req, int error, const char *what)
{
	errno = 0;
	if (raw_create_cq(fd, req) != -1 || errno != error)
		FAIL("%s: errno %d, not %d", what, errno, error);
	ASSERT_EQ(count_of("cqs"), 0);
	ASSERT_EQ(count_of("umems"), 0);
}

TEST(wrong_requests_have_their_errors)
{
#define CASE(error, field, value) do {					\
		struct cq_request req = good;				\
									\
		req.field = value;					\
		expect_refused(fd, &req, error, #field " = " #value);	\
	} while (0)
	int fd = raw_open(DEVX);
	struct cq_request good = usual_cq(fd);
	const uint16_t index = MLX5_IB_CREATE_CQ_FLAGS_UAR_PAGE_INDEX;

	CASE(EINVAL, cqe, 1u << 22);
	CASE(EINVAL, cqe, UINT32_MAX);
	CASE(EINVAL, vector, 1000);
	CASE(EINVAL, flags, 1u << 31);
	CASE(EINVAL, driver_len, offsetof(struct mlx5_ib_create_cq, flags) - 4);
	CASE(EINVAL, driver.flags, index | 1 << 15);
	CASE(EINVAL, driver.flags, 0);
	CASE(EINVAL, driver.reserved0, 1);
	CASE(EINVAL, driver.reserved1, 1);
	CASE(EINVAL, driver.cqe_size, 0);
	CASE(EINVAL, driver.cqe_size, 32);
	CASE(EINVAL, driver.cqe_size, 256);
	CASE(EOPNOTSUPP, driver.cqe_comp_en, 1);
	CASE(EOPNOTSUPP, driver.flags, index | MLX5_IB_CREATE_CQ_FLAGS_CQE_128B_PAD);
	CASE(EFAULT, driver.buf_addr, (uintptr_t)nowhere());
	CASE(EFAULT, driver.buf_addr, (uintptr_t)nowhere() & ~0xfull);
	CASE(EFAULT, driver.db_addr, (uintptr_t)nowhere());
	CASE(EINVAL, driver.db_addr, UINT64_MAX - 7);
	CASE(EINVAL, driver.buf_addr, good.driver.buf_addr + 4);
	CASE(EFAULT, reply, nowhere());
#undef CASE
	ASSERT_EQ(raw_create_cq(fd, &good), 0);
}

TEST(smallest_and_largest_ring)
{
	int fd = raw_open(DEVX);
	struct cq_request req = usual_cq(fd);
	const size_t bytes = 64ul << 22;

	req.cqe = 1;
	ASSERT_EQ(raw_create_cq(fd, &req), 0);
	ASSERT_EQ(req.resp_cqe, 1);
	ASSERT_EQ(raw_destroy_cq(fd, req.handle), 0);
	/* mlx5_ib makes one entry of it; newer cores do not let it get there. */
	req.cqe = 0;
	if (raw_create_cq(fd, &req)) {
		ASSERT_EQ(errno, EINVAL);
	} else {
		ASSERT_EQ(req.resp_cqe, 0);
		ASSERT_EQ(raw_destroy_cq(fd, req.handle), 0);
	}
	req.cqe = (1u << 22) - 1;
	ASSERT_ERRNO(raw_create_cq(fd, &req), EFAULT);	/* ends before the ring does */
	req.driver.buf_addr = (uintptr_t)mmap(NULL, bytes, PROT_READ | PROT_WRITE,
					      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_EQ(raw_create_cq(fd, &req), 0);
	ASSERT_EQ(req.resp_cqe, (1u << 22) - 1);
	ASSERT_EQ(raw_destroy_cq(fd, req.handle), 0);
}

/* Whoever uses another's page could keep it from going away. */
static void name_pages_of_others(uint32_t flags)
{
	int fd = raw_open(flags), other = raw_open(flags);
	struct cq_request req = usual_cq(fd);

	expect_refused(other, &req, EINVAL, "page of another context");
	ASSERT_EQ(raw_uar_destroy(fd, req.uar.handle), 0);
	expect_refused(fd, &req, EINVAL, "page that is gone");
}

TEST(doorbell_page_must_be_the_contexts_own)
{
	name_pages_of_others(DEVX);
}

TEST(doorbell_page_must_be_ones_own_without_devx_too)
{
	name_pages_of_others(0);
}

TEST(rings_count_as_locked_memory)
{
	struct rlimit limit = { .rlim_cur = 4 * PAGE, .rlim_max = 4 * PAGE };
	int fd = raw_open(DEVX), i;
	struct cq_request req = usual_cq(fd);
	long before = status_of("VmPin");

	ASSERT_EQ(raw_create_cq(fd, &req), 0);
	ASSERT_EQ(status_of("VmPin") - before, 8);
	ASSERT_EQ(raw_create_cq(fd, &req), 0);		/* the same record page */
	ASSERT_EQ(status_of("VmPin") - before, 12);
	ASSERT_EQ(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
	ASSERT_EQ(setresuid(65534, 65534, 65534), 0);	/* no CAP_IPC_LOCK */
	ASSERT_EQ(raw_create_cq(fd, &req), 0);
	for (i = 0; i < 3; i++)
		ASSERT_ERRNO(raw_create_cq(fd, &req), ENOMEM);
	ASSERT_EQ(status_of("VmPin") - before, 16);
}

/* --- DEVX on handles of verbs */

TEST(devx_changes_a_queue_of_verbs)
{
	uint32_t in[MODIFY_CQ_IN / 4] = { 0 }, out[4] = { 0 };
	struct ibv_context *ctx = devx_open();
	uint32_t reply[QUERY_CQ_OUT / 4];
	struct ibv_cq *cq = ibv_create_cq(ctx, 10, NULL, NULL, 0);

	ASSERT(cq);
	mbox_opcode(in, MODIFY_CQ, 0);
	mbox_set_number(in, cqn_of(cq));
	mbox_set(in, 0x60, 32, 3);			/* period and count */
	mbox_set(in, 0x80 + 0x84, 12, 5);
	mbox_set(in, 0x80 + 0x90, 16, 7);
	ASSERT_EQ(mlx5dv_devx_cq_modify(cq, in, sizeof(in), out, sizeof(out)), 0);
	query_cq(cq, reply);
	ASSERT_EQ(cqc_get(reply, CQC_MAX_COUNT), 7);
	ASSERT_EQ(ibv_destroy_cq(cq), 0);
}

TEST(command_must_name_the_queue_of_the_handle)
{
	struct ibv_context *ctx = devx_open();
	struct ibv_cq *a = ibv_create_cq(ctx, 4, NULL, NULL, 0);
	struct ibv_cq *b = ibv_create_cq(ctx, 4, NULL, NULL, 0);
	uint32_t in[4] = { 0 }, out[QUERY_CQ_OUT / 4];
	int fd = ctx->cmd_fd;

	ASSERT(a && b);
	mbox_opcode(in, QUERY_CQ, 0);
	mbox_set_number(in, cqn_of(b));
	ASSERT_ERRNO(raw_query(fd, a->handle, in, sizeof(in), out, sizeof(out)), EINVAL);
	ASSERT_EQ(raw_query(fd, b->handle, in, sizeof(in), out, sizeof(out)), 0);
	mbox_opcode(in, QUERY_QP, 0);
	ASSERT_ERRNO(raw_query(fd, b->handle, in, sizeof(in), out, sizeof(out)), EINVAL);
	ASSERT_ERRNO(raw_destroy_obj(fd, b->handle), EINVAL);
}

/*
 * Numbers of registered memory are easily guessed. Who names the queue's by a queue of
 * DEVX keeps it registered until the context ends, and no longer.
 */
static void use_a_ring_of_verbs(void)
{
	struct ibv_context *ctx = devx_open();
	struct ibv_cq *cq = ibv_create_cq(ctx, 63, NULL, NULL, 0);
	struct cq parasite = cq_prepare(ctx);
	uint32_t in[CREATE_CQ_IN / 4], out[4], ring;

	ASSERT(cq);
	for (ring = parasite.umem->umem_id - 2; ring < parasite.umem->umem_id; ring++) {
		cq_command(&parasite, in);
		mbox_set(in, 0x2c0, 32, ring);
		if (!raw_create(ctx->cmd_fd, in, sizeof(in), out, sizeof(out), NULL))
			break;
	}
	ASSERT(ring < parasite.umem->umem_id);
	ASSERT_EQ(count_of("umems"), 3);
	ASSERT_EQ(ibv_destroy_cq(cq), 0);
	ASSERT_EQ(count_of("cqs"), 0);
	ASSERT_EQ(count_of("umems"), 2);
}

TEST(ring_that_devx_uses_stays_registered)
{
	int status;
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (!pid) {
		use_a_ring_of_verbs();
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_EQ(status, 0);
	wait_no_objects();
}

/* --- How they end */

static void create_some(struct ibv_context *ctx)
{
	int i;

	for (i = 0; i < 10; i++)
		ASSERT(ibv_create_cq(ctx, 10, NULL, NULL, 0));
}

TEST(close_leaves_nothing)
{
	int fd = raw_open(DEVX);
	struct cq_request req = usual_cq(fd);

	ASSERT_EQ(raw_create_cq(fd, &req), 0);
	ASSERT_EQ(close(fd), 0);
	munmap(req.memory, 2 * PAGE);
	wait_no_objects();
}

TEST(kill_leaves_nothing)
{
	int fds[2], i;
	char byte = 0;
	pid_t pid;

	for (i = 0; i < 5; i++) {
		ASSERT_EQ(pipe(fds), 0);
		pid = fork();
		ASSERT(pid >= 0);
		if (!pid) {
			struct ibv_context *ctx = devx_open();

			create_some(ctx);
			ASSERT_EQ(write(fds[1], &byte, 1), 1);
			for (;;)
				ibv_destroy_cq(ibv_create_cq(ctx, 10, NULL, NULL, 0));
		}
		ASSERT_EQ(read(fds[0], &byte, 1), 1);
		usleep(10000 * i);
		kill(pid, SIGKILL);
		ASSERT_EQ(waitpid(pid, NULL, 0), pid);
		wait_no_objects();
	}
}

/* Two processes have different memory at one address: their records are not shared. */
TEST(records_of_a_child_are_its_own)
{
	int fd = raw_open(DEVX), status;
	struct cq_request req = usual_cq(fd);
	long umems;
	pid_t pid;

	ASSERT_EQ(raw_create_cq(fd, &req), 0);
	umems = count_of("umems");
	pid = fork();
	ASSERT(pid >= 0);
	if (!pid) {
		ASSERT_EQ(raw_create_cq(fd, &req), 0);
		ASSERT_EQ(count_of("umems"), umems + 2);
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_EQ(status, 0);
	ASSERT_EQ(raw_destroy_cq(fd, req.handle), 0);
	ASSERT_EQ(count_of("umems"), umems);		/* the child's are the file's */
	ASSERT_EQ(close(fd), 0);
	wait_no_objects();
}

KTAP_MAIN()
