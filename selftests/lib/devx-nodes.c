// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DEVX functions on the real node. Built twice, with libsoftaccel-devx and
 * with rdma-core's libmlx5: a program cannot tell them apart here.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>

#include <infiniband/mlx5dv.h>

#include <ktap.h>

#include "../../examples/prm.h"

#define CQ_BYTES 4096

static struct ibv_context *open_device(void)
{
	struct mlx5dv_context_attr attr = { .flags = MLX5DV_CONTEXT_FLAGS_DEVX };
	struct ibv_device **list = ibv_get_device_list(NULL);
	struct ibv_context *context = NULL;
	int i;

	ASSERT(list);
	for (i = 0; list[i] && !context; i++)
		context = mlx5dv_open_device(list[i], &attr);
	if (!context)
		FAIL("no DEVX device: %s", strerror(errno));
	ibv_free_device_list(list);
	return context;
}

static void *pages(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT(p != MAP_FAILED);
	return p;
}

struct cq {
	struct ibv_context *context;
	struct mlx5dv_devx_umem *umem;
	struct mlx5dv_devx_uar *uar;
	struct mlx5dv_devx_obj *obj;
	uint32_t cqn;
};

static void open_cq(struct cq *cq)
{
	cq->context = open_device();
	cq->umem = mlx5dv_devx_umem_reg(cq->context, pages(2 * CQ_BYTES),
					2 * CQ_BYTES, IBV_ACCESS_LOCAL_WRITE);
	ASSERT(cq->umem);
	cq->uar = mlx5dv_devx_alloc_uar(cq->context, MLX5DV_UAR_ALLOC_TYPE_NC);
	ASSERT(cq->uar);
}

static void build_create(struct cq *cq, uint8_t *in, uint32_t umem_id)
{
	uint32_t eqn;

	ASSERT_EQ(mlx5dv_devx_query_eqn(cq->context, 0, &eqn), 0);
	memset(in, 0, PRM_CQ_SIZE);
	prm_set(in, PRM_OPCODE, PRM_CREATE_CQ);
	prm_set(in, PRM_CQC_LOG_SIZE, 6);
	prm_set(in, PRM_CQC_UAR_PAGE, cq->uar->page_id);
	prm_set(in, PRM_CQC_EQN, eqn);
	prm_set(in, PRM_CQC_DBR_UMEM_VALID, 1);
	prm_set(in, PRM_CQC_DBR_UMEM_ID, cq->umem->umem_id);
	prm_set(in, PRM_CQC_DBR_ADDR_LOW, CQ_BYTES);
	prm_set(in, PRM_CQ_UMEM_ID, umem_id);
	prm_set(in, PRM_CQ_UMEM_VALID, 1);
}

static void create(struct cq *cq)
{
	uint8_t in[PRM_CQ_SIZE], out[PRM_OUT_SIZE] = { 0 };

	open_cq(cq);
	build_create(cq, in, cq->umem->umem_id);
	cq->obj = mlx5dv_devx_obj_create(cq->context, in, sizeof(in), out,
					 sizeof(out));
	if (!cq->obj)
		FAIL("CREATE_CQ: %s, syndrome 0x%x", strerror(errno),
		     prm_get(out, PRM_SYNDROME));
	cq->cqn = prm_get(out, PRM_CQN);
}

static void destroy(struct cq *cq)
{
	ASSERT_EQ(mlx5dv_devx_obj_destroy(cq->obj), 0);
	ASSERT_EQ(mlx5dv_devx_umem_dereg(cq->umem), 0);
	mlx5dv_devx_free_uar(cq->uar);
	ASSERT_EQ(ibv_close_device(cq->context), 0);
}

static void build_query(struct cq *cq, uint8_t *in)
{
	memset(in, 0, PRM_IN_SIZE);
	prm_set(in, PRM_OPCODE, PRM_QUERY_CQ);
	prm_set(in, PRM_CQN, cq->cqn);
}

TEST(the_device_opens_again_and_again)
{
	int i;

	for (i = 0; i < 5; i++)
		ASSERT_EQ(ibv_close_device(open_device()), 0);
}

TEST(open_refuses_unknown_flags)
{
	struct mlx5dv_context_attr attr = { .flags = 1u << 30 };
	struct ibv_device **list = ibv_get_device_list(NULL);

	ASSERT(list && list[0]);
	errno = 0;
	ASSERT(!mlx5dv_open_device(list[0], &attr));
	ASSERT_NE(errno, 0);
	ibv_free_device_list(list);
}

TEST(a_command_outside_the_admitted_ones_is_EINVAL)
{
	struct ibv_context *context = open_device();
	uint8_t in[PRM_IN_SIZE] = { 0 }, out[PRM_OUT_SIZE] = { 0 };

	prm_set(in, PRM_OPCODE, PRM_CREATE_CQ);
	ASSERT_EQ(mlx5dv_devx_general_cmd(context, in, sizeof(in), out,
					  sizeof(out)), EINVAL);
	ibv_close_device(context);
}

TEST(a_refused_command_is_EREMOTEIO_with_its_reason)
{
	struct ibv_context *context = open_device();
	static uint8_t out[PRM_HCA_CAP_OUT_SIZE];
	uint8_t in[PRM_IN_SIZE] = { 0 };

	prm_set(in, PRM_OPCODE, PRM_QUERY_HCA_CAP);
	prm_set(in, PRM_OP_MOD, 0x3f << 1 | 1);
	ASSERT_EQ(mlx5dv_devx_general_cmd(context, in, sizeof(in), out,
					  sizeof(out)), EREMOTEIO);
	ASSERT_NE(prm_get(out, PRM_STATUS), 0);
	ASSERT_NE(prm_get(out, PRM_SYNDROME), 0);
	ibv_close_device(context);
}

TEST(a_refused_create_is_NULL_with_its_reason)
{
	uint8_t in[PRM_CQ_SIZE], out[PRM_OUT_SIZE] = { 0 };
	struct cq cq;

	open_cq(&cq);
	build_create(&cq, in, 0xfffffe);
	errno = 0;
	ASSERT(!mlx5dv_devx_obj_create(cq.context, in, sizeof(in), out,
				       sizeof(out)));
	ASSERT_EQ(errno, EREMOTEIO);
	ASSERT_NE(prm_get(out, PRM_STATUS), 0);
	ASSERT_NE(prm_get(out, PRM_SYNDROME), 0);
}

TEST(a_cq_on_no_event_queue_is_ENOENT)
{
	uint8_t in[PRM_CQ_SIZE], out[PRM_OUT_SIZE] = { 0 };
	struct cq cq;

	open_cq(&cq);
	build_create(&cq, in, cq.umem->umem_id);
	prm_set(in, PRM_CQC_EQN, 0xfe);
	errno = 0;
	ASSERT(!mlx5dv_devx_obj_create(cq.context, in, sizeof(in), out,
				       sizeof(out)));
	ASSERT_EQ(errno, ENOENT);
}

TEST(query_eqn_knows_its_vectors)
{
	struct ibv_context *context = open_device();
	uint32_t eqn = 0;
	int err;

	ASSERT_EQ(mlx5dv_devx_query_eqn(context, 0, &eqn), 0);
	err = mlx5dv_devx_query_eqn(context, 100000, &eqn);
	ASSERT_GT(err, 0);
	ibv_close_device(context);
}

TEST(umem_reg_errors)
{
	struct ibv_context *context = open_device();
	void *p = pages(8192);

	errno = 0;
	ASSERT(!mlx5dv_devx_umem_reg(context, p, 4096, 1u << 30));
	ASSERT_GT(errno, 0);
	ASSERT(!munmap(p, 8192));
	errno = 0;
	ASSERT(!mlx5dv_devx_umem_reg(context, p, 4096, 0));
	ASSERT_EQ(errno, EFAULT);
	ibv_close_device(context);
}

TEST(umem_reg_ex_finds_a_page_size_or_fails)
{
	struct mlx5dv_devx_umem_in in = {
		.size = 8192,
		.access = IBV_ACCESS_LOCAL_WRITE,
		.pgsz_bitmap = 4096,
	};
	struct ibv_context *context = open_device();
	struct mlx5dv_devx_umem *umem;

	in.addr = pages(8192);
	umem = mlx5dv_devx_umem_reg_ex(context, &in);
	ASSERT(umem);
	ASSERT_NE(umem->umem_id, 0);
	ASSERT_EQ(mlx5dv_devx_umem_dereg(umem), 0);
	in.comp_mask = 1u << 20;
	errno = 0;
	ASSERT(!mlx5dv_devx_umem_reg_ex(context, &in));
	ASSERT_EQ(errno, EOPNOTSUPP);
	ibv_close_device(context);
}

TEST(a_umem_outlives_its_mapping_and_can_be_registered_again)
{
	struct ibv_context *context = open_device();
	struct mlx5dv_devx_umem *a, *b;
	void *p = pages(4096);

	a = mlx5dv_devx_umem_reg(context, p, 4096, 0);
	b = mlx5dv_devx_umem_reg(context, p, 4096, IBV_ACCESS_LOCAL_WRITE);
	ASSERT(a && b);
	ASSERT_NE(a->umem_id, b->umem_id);
	ASSERT(!munmap(p, 4096));
	ASSERT_EQ(mlx5dv_devx_umem_dereg(a), 0);
	ASSERT_EQ(mlx5dv_devx_umem_dereg(b), 0);
	ibv_close_device(context);
}

static void check_uar(struct mlx5dv_devx_uar *uar)
{
	ASSERT(uar);
	ASSERT(uar->base_addr);
	ASSERT_EQ((uintptr_t)uar->base_addr % 4096, 0);
	ASSERT(uar->reg_addr == (char *)uar->base_addr + 0x800);
	ASSERT_NE(uar->page_id, 0);
	ASSERT_EQ(uar->comp_mask, 0);
	/* any doorbell may be rung */
	*(volatile uint64_t *)uar->reg_addr = 0;
}

TEST(uars_of_both_types)
{
	struct ibv_context *context = open_device();
	struct mlx5dv_devx_uar *bf, *nc;

	bf = mlx5dv_devx_alloc_uar(context, MLX5DV_UAR_ALLOC_TYPE_BF);
	check_uar(bf);
	nc = mlx5dv_devx_alloc_uar(context, MLX5DV_UAR_ALLOC_TYPE_NC);
	check_uar(nc);
	ASSERT_NE(bf->page_id, nc->page_id);
	mlx5dv_devx_free_uar(bf);
	mlx5dv_devx_free_uar(nc);
	errno = 0;
	ASSERT(!mlx5dv_devx_alloc_uar(context, 0x40));
	ASSERT_EQ(errno, EOPNOTSUPP);
	ASSERT_EQ(ibv_close_device(context), 0);
}

TEST(a_cq_is_queried_modified_and_destroyed)
{
	uint8_t in[PRM_CQ_SIZE] = { 0 }, out[PRM_CQ_SIZE];
	struct cq cq;

	create(&cq);
	prm_set(in, PRM_OPCODE, PRM_MODIFY_CQ);
	prm_set(in, PRM_CQN, cq.cqn);
	prm_set(in, PRM_MODIFY_CQ_SELECT, PRM_SELECT_PERIOD | PRM_SELECT_MAX_COUNT);
	prm_set(in, PRM_CQC_PERIOD, 5);
	prm_set(in, PRM_CQC_MAX_COUNT, 6);
	ASSERT_EQ(mlx5dv_devx_obj_modify(cq.obj, in, sizeof(in), out,
					 PRM_OUT_SIZE), 0);
	build_query(&cq, in);
	ASSERT_EQ(mlx5dv_devx_obj_query(cq.obj, in, PRM_IN_SIZE, out,
					sizeof(out)), 0);
	ASSERT_EQ(prm_get(out, PRM_CQC_LOG_SIZE), 6);
	ASSERT_EQ(prm_get(out, PRM_CQC_PERIOD), 5);
	ASSERT_EQ(prm_get(out, PRM_CQC_MAX_COUNT), 6);
	destroy(&cq);
}

TEST(a_query_for_another_object_is_EINVAL)
{
	uint8_t in[PRM_IN_SIZE], out[PRM_CQ_SIZE];
	struct cq cq;

	create(&cq);
	build_query(&cq, in);
	prm_set(in, PRM_CQN, cq.cqn + 1);
	ASSERT_EQ(mlx5dv_devx_obj_query(cq.obj, in, sizeof(in), out,
					sizeof(out)), EINVAL);
	destroy(&cq);
}

TEST(a_umem_in_use_is_not_deregistered_but_stays_valid)
{
	struct cq cq;

	create(&cq);
	ASSERT_GT(mlx5dv_devx_umem_dereg(cq.umem), 0);
	ASSERT_GT(mlx5dv_devx_umem_dereg(cq.umem), 0);
	destroy(&cq);
}

TEST(async_answers_come_whole_and_with_their_request)
{
	union {
		struct mlx5dv_devx_async_cmd_hdr hdr;
		uint8_t bytes[sizeof(struct mlx5dv_devx_async_cmd_hdr) + PRM_CQ_SIZE];
	} answer;
	struct pollfd fds = { .events = POLLIN };
	struct mlx5dv_devx_cmd_comp *comp;
	uint8_t in[PRM_IN_SIZE];
	uint64_t seen = 0;
	struct cq cq;
	int i;

	create(&cq);
	comp = mlx5dv_devx_create_cmd_comp(cq.context);
	ASSERT(comp);
	fds.fd = comp->fd;
	ASSERT_EQ(poll(&fds, 1, 0), 0);
	build_query(&cq, in);
	for (i = 0; i < 3; i++)
		ASSERT_EQ(mlx5dv_devx_obj_query_async(cq.obj, in, sizeof(in),
						      PRM_CQ_SIZE, 1ull << i, comp), 0);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(poll(&fds, 1, 5000), 1);
		/* too short: nothing is lost */
		ASSERT_EQ(mlx5dv_devx_get_async_cmd_comp(comp, &answer.hdr, 16), ENOSPC);
		ASSERT_EQ(mlx5dv_devx_get_async_cmd_comp(comp, &answer.hdr,
							 sizeof(answer)), 0);
		ASSERT_EQ(prm_get(answer.hdr.out_data, PRM_STATUS), 0);
		ASSERT_EQ(prm_get(answer.hdr.out_data, PRM_CQC_LOG_SIZE), 6);
		seen |= answer.hdr.wr_id;
	}
	ASSERT_EQ(seen, 7);
	ASSERT_EQ(poll(&fds, 1, 0), 0);
	mlx5dv_devx_destroy_cmd_comp(comp);
	destroy(&cq);
}

TEST(the_descriptor_may_be_closed_with_a_query_on_its_way)
{
	struct mlx5dv_devx_cmd_comp *comp;
	uint8_t in[PRM_IN_SIZE];
	struct cq cq;
	int i;

	create(&cq);
	build_query(&cq, in);
	for (i = 0; i < 20; i++) {
		comp = mlx5dv_devx_create_cmd_comp(cq.context);
		ASSERT(comp);
		ASSERT_EQ(mlx5dv_devx_obj_query_async(cq.obj, in, sizeof(in),
						      PRM_CQ_SIZE, 1, comp), 0);
		mlx5dv_devx_destroy_cmd_comp(comp);
	}
	destroy(&cq);
}

static const enum mlx5dv_devx_create_event_channel_flags no_flags;
static const enum mlx5dv_devx_create_event_channel_flags omit_data =
	MLX5DV_DEVX_CREATE_EVENT_CHANNEL_FLAGS_OMIT_EV_DATA;

#define EVENT_CQ_ERROR 4
#define EQE_SIZE 64

/* Makes the device say that the CQ has overrun. */
static void fail_cq(const struct cq *cq)
{
	char path[128], text[32];
	int fd;

	if (access("/sys/kernel/debug/softaccel_devx", F_OK))
		mount("none", "/sys/kernel/debug", "debugfs", 0, NULL);
	snprintf(path, sizeof(path), "/sys/kernel/debug/softaccel_devx/%s/inject",
		 ibv_get_device_name(cq->context->device));
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ASSERT(fd >= 0);
	snprintf(text, sizeof(text), "cq_error %u", cq->cqn);
	ASSERT_EQ(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

TEST(an_event_comes_with_its_cookie_and_its_eqe)
{
	union {
		struct mlx5dv_devx_async_event_hdr hdr;
		uint8_t bytes[sizeof(struct mlx5dv_devx_async_event_hdr) + EQE_SIZE];
	} event;
	struct mlx5dv_devx_event_channel *channel;
	uint16_t type = EVENT_CQ_ERROR;
	struct cq cq;

	create(&cq);
	channel = mlx5dv_devx_create_event_channel(cq.context, no_flags);
	ASSERT(channel);
	ASSERT_EQ(mlx5dv_devx_subscribe_devx_event(channel, cq.obj, sizeof(type),
						   &type, 0x1234567890abcdef), 0);
	fail_cq(&cq);
	errno = 0;
	ASSERT_EQ(mlx5dv_devx_get_event(channel, &event.hdr, sizeof(event) - 1), -1);
	ASSERT_EQ(errno, EINVAL);
	ASSERT_EQ(mlx5dv_devx_get_event(channel, &event.hdr, sizeof(event)),
		  sizeof(event));
	ASSERT_EQ(event.hdr.cookie, 0x1234567890abcdef);
	ASSERT_EQ(event.hdr.out_data[1], EVENT_CQ_ERROR);
	mlx5dv_devx_destroy_event_channel(channel);
	destroy(&cq);
}

TEST(an_event_signals_an_eventfd)
{
	struct mlx5dv_devx_event_channel *channel;
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	uint64_t value;
	struct cq cq;

	create(&cq);
	channel = mlx5dv_devx_create_event_channel(cq.context, omit_data);
	ASSERT(channel);
	ASSERT_EQ(mlx5dv_devx_subscribe_devx_event_fd(channel, fd, cq.obj,
						      EVENT_CQ_ERROR), 0);
	ASSERT_NE(mlx5dv_devx_subscribe_devx_event_fd(channel, fd, cq.obj, 0x27), 0);
	fail_cq(&cq);
	ASSERT_EQ(read(fd, &value, sizeof(value)), sizeof(value));
	ASSERT_EQ(value, 1);
	mlx5dv_devx_destroy_event_channel(channel);
	destroy(&cq);
}

TEST(a_context_takes_what_is_left_with_it)
{
	struct cq cq;

	/* Destroyed by the kernel, in the right order, when the process ends. */
	create(&cq);
}

KTAP_MAIN()
