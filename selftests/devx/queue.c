// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues and transport objects through the kernel: admission and naming of their
 * commands, bits that the kernel sets, destruction in and out of order.
 */
#include "event.h"

#include <sys/wait.h>

enum {
	DESTROY_QP = 0x501, RST2INIT_QP = 0x502, INIT2RTR_QP = 0x503,
	RTR2RTS_QP = 0x504, TO_RESET_QP = 0x50a, SQD_RTS_QP = 0x50c,
	CREATE_SRQ = 0x700, QUERY_SRQ = 0x702, ARM_RQ = 0x703,
	CREATE_TIR = 0x900, CREATE_SQ = 0x904, MODIFY_RQ = 0x909,
	QUERY_RQ = 0x90b, CREATE_RMP = 0x90c, CREATE_TIS = 0x912,
};

enum { STATUS_BAD_QP_STATE = 0x10 };

#define IN_BYTES	280
#define QUERY_BYTES	272

/* In creation order, which is that of dependency. */
enum { PD, TD, SRQ, RMP, RQ, QP, TIS, SQ, RQT, TIR, KINDS };

struct all {
	struct ibv_context *ctx;
	struct cq cq;
	struct mlx5dv_devx_obj *obj[KINDS];
	uint32_t id[KINDS];
};

static void make(struct all *all, int kind, const void *in, size_t len)
{
	uint32_t out[4] = { 0 };

	all->obj[kind] = mlx5dv_devx_obj_create(all->ctx, in, len, out, sizeof(out));
	if (!all->obj[kind])
		FAIL("kind %d: errno %d, status 0x%x, syndrome 0x%x", kind, errno,
		     mbox_status(out), mbox_syndrome(out));
	all->id[kind] = mbox_number(out);
	ASSERT_NE(all->id[kind], 0);
}

/* 4 WQEs of 64 bytes at @wq, a bit number. No bit says that umems are there. */
static void set_wq(const struct all *all, void *in, unsigned int wq)
{
	mbox_set(in, wq, 4, 1);					/* cyclic */
	mbox_set(in, wq + 0x48, 24, all->id[PD]);
	mbox_set(in, wq + 0x68, 24, all->cq.uar->page_id);
	mbox_set(in, wq + 0xa0, 32, CQ_BYTES + 8);		/* record */
	mbox_set(in, wq + 0x10c, 4, 6);
	mbox_set(in, wq + 0x11b, 5, 2);
	mbox_set(in, wq + 0x140, 32, all->cq.umem->umem_id);
	mbox_set(in, wq + 0x160, 32, all->cq.umem->umem_id);
	mbox_set(in, wq + 0x1a0, 32, 2048);			/* ring */
}

static void make_plain(struct all *all)
{
	uint32_t in[4] = { 0 };

	mbox_opcode(in, ALLOC_PD, 0);
	make(all, PD, in, sizeof(in));
	mbox_opcode(in, ALLOC_TRANSPORT_DOMAIN, 0);
	make(all, TD, in, sizeof(in));
}

/* Here the bits are the client's to set: the kernel knows no umems of SRQs. */
static void make_srq(struct all *all)
{
	uint32_t in[IN_BYTES / 4] = { 0 };

	mbox_opcode(in, CREATE_SRQ, 0);
	mbox_set(in, 0x80 + 0x04, 4, 2);
	mbox_set(in, 0x80 + 0x25, 3, 2);
	mbox_set(in, 0x80 + 0x47, 1, 1);
	mbox_set(in, 0x80 + 0x60, 32, all->cq.umem->umem_id);
	mbox_set(in, 0x80 + 0xc8, 24, all->id[PD]);
	mbox_set(in, 0x80 + 0x160, 32, CQ_BYTES + 8);
	mbox_set(in, 0x2a0, 32, 2048);
	mbox_set(in, 0x2c0, 32, all->cq.umem->umem_id);
	mbox_set(in, 0x2e0, 1, 1);
	make(all, SRQ, in, 272);
}

static void make_queues(struct all *all)
{
	uint32_t in[IN_BYTES / 4] = { 0 };

	mbox_opcode(in, CREATE_RMP, 0);
	mbox_set(in, 0x100 + 0x08, 4, 1);
	set_wq(all, in, 0x280);
	make(all, RMP, in, 272);
	memset(in, 0, sizeof(in));
	mbox_opcode(in, CREATE_RQ, 0);
	mbox_set(in, 0x100 + 0x48, 24, all->cq.cqn);
	set_wq(all, in, 0x280);
	make(all, RQ, in, 272);
	memset(in, 0, sizeof(in));
	mbox_opcode(in, CREATE_TIS, 0);
	mbox_set(in, 0x100 + 0x128, 24, all->id[TD]);
	make(all, TIS, in, 192);
	memset(in, 0, sizeof(in));
	mbox_opcode(in, CREATE_SQ, 0);
	mbox_set(in, 0x100 + 0x48, 24, all->cq.cqn);
	mbox_set(in, 0x100 + 0x100, 16, 1);
	mbox_set(in, 0x100 + 0x168, 24, all->id[TIS]);
	set_wq(all, in, 0x280);
	make(all, SQ, in, 272);
}

static void make_qp(struct all *all)
{
	uint32_t in[IN_BYTES / 4] = { 0 };

	mbox_opcode(in, CREATE_QP, 0);
	mbox_set(in, 0xc0 + 0x28, 24, all->id[PD]);
	mbox_set(in, 0xc0 + 0x49, 4, 2);			/* 4 * 16 bytes */
	mbox_set(in, 0xc0 + 0x51, 4, 2);			/* 4 * 64 bytes */
	mbox_set(in, 0xc0 + 0x68, 24, all->cq.uar->page_id);
	mbox_set(in, 0xc0 + 0x3e8, 24, all->cq.cqn);
	mbox_set(in, 0xc0 + 0x4e8, 24, all->cq.cqn);
	mbox_set(in, 0xc0 + 0x520, 32, CQ_BYTES + 16);
	mbox_set(in, 0xc0 + 0x720, 32, all->cq.umem->umem_id);
	mbox_set(in, 0x820, 32, 3072);
	mbox_set(in, 0x840, 32, all->cq.umem->umem_id);
	make(all, QP, in, 272);
}

static void make_tables(struct all *all)
{
	uint32_t in[IN_BYTES / 4] = { 0 };

	mbox_opcode(in, CREATE_RQT, 0);
	mbox_set(in, 0x100 + 0xb0, 16, 2);
	mbox_set(in, 0x100 + 0xd0, 16, 2);
	mbox_set(in, 272 * 8 + 8, 24, all->id[RQ]);
	mbox_set(in, 276 * 8 + 8, 24, all->id[RQ]);
	make(all, RQT, in, 280);
	memset(in, 0, sizeof(in));
	mbox_opcode(in, CREATE_TIR, 0);
	mbox_set(in, 0x100 + 0x20, 4, 1);
	mbox_set(in, 0x100 + 0x108, 24, all->id[RQT]);
	mbox_set(in, 0x100 + 0x128, 24, all->id[TD]);
	make(all, TIR, in, 272);
}

static struct all make_all(void)
{
	struct all all = { .ctx = devx_open() };

	all.cq = cq_create(all.ctx);
	make_plain(&all);
	make_srq(&all);
	make_queues(&all);
	make_qp(&all);
	make_tables(&all);
	return all;
}

static void destroy_all(struct all *all)
{
	static const int order[] = { TIR, RQT, SQ, TIS, QP, RQ, RMP, SRQ, TD, PD };
	size_t i;

	for (i = 0; i < KINDS; i++)
		ASSERT_EQ(mlx5dv_devx_obj_destroy(all->obj[order[i]]), 0);
	cq_destroy(&all->cq);
	ASSERT_EQ(count_of("objects"), 0);
	ASSERT_EQ(count_of("umems"), 0);
}

static int modify(const struct all *all, int kind, const void *in, size_t len,
		  void *out)
{
	return raw_modify(all->ctx->cmd_fd, (int)obj_handle(all->obj[kind]), in,
			  (uint16_t)len, out, HEADER);
}

static int move_qp(const struct all *all, uint16_t opcode, uint32_t qpn, void *out)
{
	uint32_t in[QUERY_BYTES / 4] = { 0 };

	mbox_opcode(in, opcode, 0);
	mbox_set_number(in, qpn);
	mbox_set(in, 0xc0 + 0x40, 3, 3);			/* MTU */
	mbox_set(in, 0xc0 + 0x43, 5, 30);
	mbox_set(in, 0xc0 + 0xa8, 24, 0x1234);			/* remote */
	mbox_set(in, 0xc0 + 0x3c8, 24, 0x777);			/* PSNs */
	mbox_set(in, 0xc0 + 0x4a8, 24, 0x888);
	return modify(all, QP, in, opcode == TO_RESET_QP ? HEADER : sizeof(in), out);
}

static void query(const struct all *all, int kind, uint16_t opcode, void *out)
{
	uint32_t in[4] = { 0 };

	mbox_opcode(in, opcode, 0);
	mbox_set_number(in, all->id[kind]);
	ASSERT_EQ(raw_query(all->ctx->cmd_fd, (int)obj_handle(all->obj[kind]), in,
			    sizeof(in), out, QUERY_BYTES), 0);
}

TEST(a_qp_goes_to_rts_and_back_through_its_handle)
{
	uint32_t out[4], reply[QUERY_BYTES / 4];
	struct all all = make_all();

	ASSERT_EQ(move_qp(&all, RST2INIT_QP, all.id[QP], out), 0);
	ASSERT_EQ(move_qp(&all, INIT2RTR_QP, all.id[QP], out), 0);
	ASSERT_EQ(move_qp(&all, RTR2RTS_QP, all.id[QP], out), 0);
	query(&all, QP, QUERY_QP, reply);
	ASSERT_EQ(mbox_get(reply, 0xc0, 4), 3);
	ASSERT_EQ(mbox_get(reply, 0xc0 + 0xa8, 24), 0x1234);
	ASSERT_EQ(mbox_get(reply, 0xc0 + 0x3c8, 24), 0x777);
	ASSERT_EQ(mbox_get(reply, 0xc0 + 0x4a8, 24), 0x888);
	ASSERT_ERRNO(move_qp(&all, RST2INIT_QP, all.id[QP], out), EREMOTEIO);
	ASSERT_EQ(mbox_status(out), STATUS_BAD_QP_STATE);
	ASSERT_NE(mbox_syndrome(out), 0);
	ASSERT_EQ(move_qp(&all, TO_RESET_QP, all.id[QP], out), 0);
	query(&all, QP, QUERY_QP, reply);
	ASSERT_EQ(mbox_get(reply, 0xc0, 4), 0);
	ASSERT_EQ(mbox_get(reply, 0xc0 + 0xa8, 24), 0);
	destroy_all(&all);
}

TEST(a_transition_names_the_qp_of_the_handle_and_is_one_that_is_admitted)
{
	struct all all = make_all();
	uint32_t out[4];

	ASSERT_ERRNO(move_qp(&all, RST2INIT_QP, all.id[QP] + 1, out), EINVAL);
	ASSERT_ERRNO(move_qp(&all, RST2INIT_QP, 0, out), EINVAL);
	/* mlx5 lets this one through for nobody. */
	ASSERT_ERRNO(move_qp(&all, SQD_RTS_QP, all.id[QP], out), EINVAL);
	ASSERT_ERRNO(move_qp(&all, DESTROY_QP, all.id[QP], out), EINVAL);
	destroy_all(&all);
}

TEST(what_queues_use_is_busy)
{
	static const int used[] = { PD, TD, RQ, TIS, RQT };
	struct all all = make_all();
	size_t i;

	for (i = 0; i < sizeof(used) / sizeof(used[0]); i++)
		ASSERT_ERRNO(raw_destroy_obj(all.ctx->cmd_fd,
					     obj_handle(all.obj[used[i]])), EBUSY);
	ASSERT_ERRNO(raw_destroy_obj(all.ctx->cmd_fd, obj_handle(all.cq.obj)), EBUSY);
	destroy_all(&all);
}

TEST(an_rq_is_modified_and_armed_through_its_handle)
{
	uint32_t in[QUERY_BYTES / 4] = { 0 }, out[4], reply[QUERY_BYTES / 4];
	struct all all = make_all();

	mbox_opcode(in, MODIFY_RQ, 0);
	mbox_set_number(in, all.id[RQ]);
	mbox_set(in, 0x100 + 0x08, 4, 1);			/* reset to ready */
	ASSERT_EQ(modify(&all, RQ, in, sizeof(in), out), 0);
	memset(in, 0, sizeof(in));
	mbox_opcode(in, ARM_RQ, 0);
	mbox_set_number(in, all.id[RQ]);
	mbox_set(in, 0x70, 16, 3);
	ASSERT_EQ(modify(&all, RQ, in, HEADER, out), 0);
	query(&all, RQ, QUERY_RQ, reply);
	ASSERT_EQ(mbox_get(reply, 0x100 + 0x08, 4), 1);
	ASSERT_EQ(mbox_get(reply, 0x280 + 0x30, 16), 3);
	/* Of an SRQ or RMP: mlx5 takes this command for RQs only. */
	mbox_set_number(in, all.id[SRQ]);
	mbox_opcode(in, ARM_RQ, 1);
	ASSERT_ERRNO(modify(&all, SRQ, in, HEADER, out), EINVAL);
	mbox_set_number(in, all.id[RMP]);
	ASSERT_ERRNO(modify(&all, RMP, in, HEADER, out), EINVAL);
	query(&all, SRQ, QUERY_SRQ, reply);
	ASSERT_EQ(mbox_get(reply, 0x80 + 0x04, 4), 2);
	destroy_all(&all);
}

/* Objects of any kind may be subscribed to, for the events of all kinds. */
TEST(each_kind_has_subscriptions_that_end_with_it)
{
	static const uint16_t types[] = { 0x02, 0x05, 0x10, 0x12, 0x13, 0x14 };
	struct all all = make_all();
	int fd = all.ctx->cmd_fd, events = raw_event_fd(fd, 0), kind;
	unsigned int i;

	for (kind = 0; kind < KINDS; kind++)
		for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
			ASSERT_EQ(subscribe_one(fd, events, obj_handle(all.obj[kind]),
						types[i], kind), 0);
	ASSERT_EQ(count_of("subscriptions"), 6 * KINDS);
	ASSERT_ERRNO(subscribe_one(fd, events, obj_handle(all.obj[QP]), 0x09, 1), EINVAL);
	ASSERT_EQ(mlx5dv_devx_obj_destroy(all.obj[QP]), 0);
	ASSERT_EQ(count_of("subscriptions"), 6 * (KINDS - 1));
	close(events);
	wait_count("subscriptions", 0);
}

TEST(a_process_that_ends_leaves_none_of_them)
{
	pid_t child = fork();
	int status;

	ASSERT(child >= 0);
	if (!child) {
		make_all();
		make_all();
		_exit(0);
	}
	ASSERT_EQ(waitpid(child, &status, 0), child);
	ASSERT(WIFEXITED(status) && !WEXITSTATUS(status));
	wait_no_objects();
}

/* Verbs and DEVX mixed, as programs of GPU networking do. */
static struct ibv_cq *make_on_verbs(struct all *all)
{
	struct ibv_cq *cq = ibv_create_cq(all->ctx, 10, NULL, NULL, 0);
	struct mlx5dv_cq dv;
	struct mlx5dv_obj obj = { .cq = { .in = cq, .out = &dv } };

	ASSERT(cq);
	ASSERT_EQ(mlx5dv_init_obj(&obj, MLX5DV_OBJ_CQ), 0);
	all->cq = cq_prepare(all->ctx);
	all->cq.cqn = dv.cqn;
	make_plain(all);
	make_queues(all);
	make_qp(all);
	return cq;
}

TEST(a_queue_of_verbs_serves_queues_of_devx)
{
	struct all all = { .ctx = devx_open() };
	struct ibv_cq *cq = make_on_verbs(&all);

	ASSERT_EQ(ibv_destroy_cq(cq), EBUSY);
	ASSERT_EQ(mlx5dv_devx_obj_destroy(all.obj[QP]), 0);
	ASSERT_EQ(mlx5dv_devx_obj_destroy(all.obj[SQ]), 0);
	ASSERT_EQ(ibv_destroy_cq(cq), EBUSY);
	ASSERT_EQ(mlx5dv_devx_obj_destroy(all.obj[RQ]), 0);
	ASSERT_EQ(ibv_destroy_cq(cq), 0);
	ASSERT_EQ(count_of("cqs"), 0);
}

TEST(exit_ends_queues_of_devx_on_a_queue_of_verbs)
{
	struct all all;
	int status;
	pid_t pid = fork();

	if (!pid) {
		all.ctx = devx_open();
		make_on_verbs(&all);
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_EQ(status, 0);
	wait_no_objects();
}

KTAP_MAIN()
