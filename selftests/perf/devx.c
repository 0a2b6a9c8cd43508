// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ib_device: commands, objects, memory and doorbells. Peers are
 *	uverbs_info_handles	a trivial ioctl on the same file, which uverbs answers
 *				without a driver: three attributes, two of them
 *				replies, and a list of some ten handles to look through
 *	devx_refused		DEVX_OTHER with the attributes of devx_query_vport_state,
 *				refused at the first look at the command: what uverbs
 *				takes for it, whatever the driver does then
 *	rxe_*			rdma_rxe's rxe0
 *	*_10		the same with as good as no other objects
 */
#include <sched.h>

#include "devx/devx.h"
#include "perf.h"

#define MEMORY_BYTES (1ul << 30)
#define FEW_OBJECTS 10
#define MANY_OBJECTS 100000

static struct ibv_context *soft, *rxe;
static struct ibv_pd *rxe_pd;
static struct cq target;
static int async_fd;
static struct raw_uar uar;
static volatile uint64_t *doorbell;
static volatile uint64_t plain;
static uint32_t objects[MANY_OBJECTS];
static size_t num_objects;
static uint64_t clock_cost;

static struct ibv_context *open_rxe(void)
{
	struct ibv_device **list = ibv_get_device_list(NULL);
	struct ibv_context *context = NULL;
	int i;

	ASSERT(list);
	for (i = 0; list[i]; i++)
		if (!strcmp(ibv_get_device_name(list[i]), "rxe0"))
			context = ibv_open_device(list[i]);
	ibv_free_device_list(list);
	ASSERT(context);
	return context;
}

static int open_async(int fd)
{
	struct ib_uverbs_attr *attr;
	struct uv uv;

	uv_start(&uv, MLX5_IB_OBJECT_DEVX_ASYNC_CMD_FD,
		 MLX5_IB_METHOD_DEVX_ASYNC_CMD_FD_ALLOC);
	attr = uv_handle(&uv, MLX5_IB_ATTR_DEVX_ASYNC_CMD_FD_ALLOC_HANDLE, 0);
	ASSERT_EQ(uv_call(fd, &uv), 0);
	return attr->data_s64;
}

/* Pages of the usual size, all there. */
static char *small_pages(size_t bytes)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	ASSERT(p != MAP_FAILED);
	ASSERT_EQ(madvise(p, bytes, MADV_NOHUGEPAGE), 0);
	memset(p, 1, bytes);
	return p;
}

static uint64_t least_clock_cost(void)
{
	uint64_t begin, took, least = UINT64_MAX;
	int i;

	for (i = 0; i < 1000; i++) {
		begin = perf_now();
		took = perf_now() - begin;
		if (took < least)
			least = took;
	}
	return least;
}

static void setup(void)
{
	void *page;

	soft = devx_open();
	target = cq_create(soft);
	async_fd = open_async(soft->cmd_fd);
	ASSERT_EQ(raw_uar_alloc(soft->cmd_fd, MLX5_IB_UAPI_UAR_ALLOC_TYPE_BF, &uar), 0);
	page = mmap(NULL, uar.length, PROT_READ | PROT_WRITE, MAP_SHARED, soft->cmd_fd,
		    uar.offset);
	ASSERT(page != MAP_FAILED);
	doorbell = (volatile uint64_t *)page + 0x800 / 8;
	rxe = open_rxe();
	rxe_pd = ibv_alloc_pd(rxe);
	ASSERT(rxe_pd);
	clock_cost = least_clock_cost();
}

/* --- commands */

/* How many PDs the context has: none; the driver has no part in it. */
static void info_handles_once(void)
{
	uint32_t list = 0, total = 0;
	struct uv uv;

	uv_start(&uv, UVERBS_OBJECT_DEVICE, UVERBS_METHOD_INFO_HANDLES);
	uv_u64(&uv, UVERBS_ATTR_INFO_OBJECT_ID, UVERBS_OBJECT_PD);
	uv_out(&uv, UVERBS_ATTR_INFO_TOTAL_HANDLES, &total, sizeof(total));
	uv_out(&uv, UVERBS_ATTR_INFO_HANDLES_LIST, &list, sizeof(list));
	ASSERT_EQ(uv_call(soft->cmd_fd, &uv), 0);
}

static uint64_t info_handles(unsigned int n)
{
	PERF_LOOP(n, info_handles_once());
}

static void general_once(uint16_t opcode, uint16_t op_mod, uint16_t out_len)
{
	static uint32_t out[CAP_OUT / 4];
	uint32_t in[4] = { 0 };

	mbox_opcode(in, opcode, op_mod);
	ASSERT_EQ(raw_general(soft->cmd_fd, in, sizeof(in), out, out_len), 0);
}

/* No command at all, so DEVX_OTHER does not pass it on. */
static void refused_once(void)
{
	uint32_t in[4] = { 0 }, out[HEADER / 4];

	mbox_opcode(in, CREATE_CQ, 0);
	ASSERT_ERRNO(raw_general(soft->cmd_fd, in, sizeof(in), out, sizeof(out)), EINVAL);
}

static uint64_t refused(unsigned int n)
{
	PERF_LOOP(n, refused_once());
}

static uint64_t query_vport_state(unsigned int n)
{
	PERF_LOOP(n, general_once(QUERY_VPORT_STATE, 0, HEADER));
}

static uint64_t nop(unsigned int n)
{
	PERF_LOOP(n, general_once(NOP, 0, HEADER));
}

static uint64_t query_hca_cap(unsigned int n)
{
	PERF_LOOP(n, general_once(QUERY_HCA_CAP, 1, CAP_OUT));
}

static void async_query_once(void)
{
	struct {
		uint64_t wr_id;
		uint32_t out[QUERY_CQ_OUT / 4];
	} reply;
	uint32_t in[4];
	struct uv uv;

	cq_query_command(&target, in);
	uv_start(&uv, MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_ASYNC_QUERY);
	uv_handle(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_HANDLE, obj_handle(target.obj));
	uv_in(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_CMD_IN, in, sizeof(in));
	uv_attr(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_FD, 0, async_fd);
	uv_u64(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_WR_ID, 1);
	uv_u64(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_OUT_LEN, QUERY_CQ_OUT);
	ASSERT_EQ(uv_call(soft->cmd_fd, &uv), 0);
	ASSERT_EQ(read(async_fd, &reply, sizeof(reply)), sizeof(reply));
}

static uint64_t async_query(unsigned int n)
{
	PERF_LOOP(n, async_query_once());
}

static void query_once(void)
{
	uint32_t in[4], out[QUERY_CQ_OUT / 4];

	cq_query_command(&target, in);
	ASSERT_EQ(raw_query(soft->cmd_fd, obj_handle(target.obj), in, sizeof(in), out,
			    sizeof(out)), 0);
}

static uint64_t query(unsigned int n)
{
	PERF_LOOP(n, query_once());
}

/* --- objects */

static void object_once(const void *in, uint16_t in_len)
{
	uint32_t out[4] = { 0 }, handle;

	ASSERT_EQ(raw_create(soft->cmd_fd, in, in_len, out, sizeof(out), &handle), 0);
	ASSERT_EQ(raw_destroy_obj(soft->cmd_fd, handle), 0);
}

static void plain_once(uint16_t opcode)
{
	uint32_t in[4] = { 0 };

	mbox_opcode(in, opcode, 0);
	object_once(in, sizeof(in));
}

static uint64_t pd_create_destroy(unsigned int n)
{
	PERF_LOOP(n, plain_once(ALLOC_PD));
}

static uint64_t td_create_destroy(unsigned int n)
{
	PERF_LOOP(n, plain_once(ALLOC_TRANSPORT_DOMAIN));
}

static void cq_once(void)
{
	uint32_t in[CREATE_CQ_IN / 4];

	cq_command(&target, in);
	object_once(in, sizeof(in));
}

static uint64_t cq_create_destroy(unsigned int n)
{
	PERF_LOOP(n, cq_once());
}

static void rxe_pd_once(void)
{
	struct ibv_pd *pd = ibv_alloc_pd(rxe);

	ASSERT(pd);
	ASSERT_EQ(ibv_dealloc_pd(pd), 0);
}

static uint64_t rxe_pd_alloc_dealloc(unsigned int n)
{
	PERF_LOOP(n, rxe_pd_once());
}

/* --- many objects: CQs, all with the memory of the first */

static void have_objects(size_t n)
{
	uint32_t in[CREATE_CQ_IN / 4], out[4];

	cq_command(&target, in);
	for (; num_objects < n; num_objects++)
		ASSERT_EQ(raw_create(soft->cmd_fd, in, sizeof(in), out, sizeof(out),
				     &objects[num_objects]), 0);
	for (; num_objects > n; num_objects--)
		ASSERT_EQ(raw_destroy_obj(soft->cmd_fd, objects[num_objects - 1]), 0);
}

static uint64_t query_few(unsigned int n)
{
	have_objects(FEW_OBJECTS);
	return query(n);
}

static uint64_t query_many(unsigned int n)
{
	have_objects(MANY_OBJECTS);
	return query(n);
}

static uint64_t create_destroy_few(unsigned int n)
{
	have_objects(FEW_OBJECTS);
	return cq_create_destroy(n);
}

static uint64_t create_destroy_many(unsigned int n)
{
	have_objects(MANY_OBJECTS);
	return cq_create_destroy(n);
}

/* --- memory: registration and its end, through the library on both sides */

/* As much as is needed at most, made when it first is. */
static char *memory(void)
{
	static char *p;

	if (!p)
		p = small_pages(MEMORY_BYTES);
	return p;
}

static void umem_once(size_t bytes)
{
	struct mlx5dv_devx_umem *umem =
		mlx5dv_devx_umem_reg(soft, memory(), bytes, IBV_ACCESS_LOCAL_WRITE);

	ASSERT(umem);
	ASSERT_EQ(mlx5dv_devx_umem_dereg(umem), 0);
}

static void mr_once(size_t bytes)
{
	struct ibv_mr *mr = ibv_reg_mr(rxe_pd, memory(), bytes, IBV_ACCESS_LOCAL_WRITE);

	ASSERT(mr);
	ASSERT_EQ(ibv_dereg_mr(mr), 0);
}

static uint64_t umem_4k(unsigned int n)
{
	PERF_LOOP(n, umem_once(4ul << 10));
}

static uint64_t umem_1m(unsigned int n)
{
	PERF_LOOP(n, umem_once(1ul << 20));
}

static uint64_t umem_1g(unsigned int n)
{
	PERF_LOOP(n, umem_once(1ul << 30));
}

static uint64_t mr_4k(unsigned int n)
{
	PERF_LOOP(n, mr_once(4ul << 10));
}

static uint64_t mr_1m(unsigned int n)
{
	PERF_LOOP(n, mr_once(1ul << 20));
}

static uint64_t mr_1g(unsigned int n)
{
	PERF_LOOP(n, mr_once(1ul << 30));
}

/* --- doorbells */

/* Is the page mapped, so that a store to it would not be noticed at once? */
static bool is_hot(void)
{
	FILE *f = debugfs_open("uars");
	bool found = false;
	char line[128];
	unsigned int id;
	int hot = 0;

	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%u %*u %*u %*u %d", &id, &hot) == 2 &&
			id == uar.page_id;
	fclose(f);
	ASSERT(found);
	return hot;
}

static void wait_cold(void)
{
	int i;

	for (i = 0; i < 1000 && is_hot(); i++)
		usleep(10000);
	ASSERT(!is_hot());
}

/*
 * A store to a page that has gone idle, which starts its poller. The fastest of @n
 * stands for all.
 */
static uint64_t doorbell_shared(unsigned int n)
{
	uint64_t least = UINT64_MAX, begin, took;
	unsigned int i;

	for (i = 0; i < n; i++) {
		usleep(1000);
		wait_cold();
		begin = perf_now();
		*doorbell = i;
		took = perf_now() - begin;
		if (took < least)
			least = took;
	}
	return (least - clock_cost) * n;
}

/* The same when the poller cannot take this CPU before the store has returned. */
static uint64_t doorbell_cold(unsigned int n)
{
	struct sched_param param = { .sched_priority = 1 };
	uint64_t took;

	ASSERT_EQ(sched_setscheduler(0, SCHED_FIFO, &param), 0);
	took = doorbell_shared(n);
	param.sched_priority = 0;
	ASSERT_EQ(sched_setscheduler(0, SCHED_OTHER, &param), 0);
	return took;
}

/* Right after another one. */
static uint64_t doorbell_hot(unsigned int n)
{
	*doorbell = 0;
	PERF_LOOP(n, *doorbell = perf_i);
}

static uint64_t store(unsigned int n)
{
	PERF_LOOP(n, plain = perf_i);
}

#define COMMAND(name, fn, peer, peer_fn) \
	{ name, "ns", 1, { fn, 4000 }, peer, { peer_fn, 4000 } }
#define OBJECT(name, fn, peer, peer_fn) \
	{ name, "ns", 1, { fn, 2000 }, peer, { peer_fn, 2000 } }

static const struct perf_row rows[] = {
	COMMAND("devx_nop", nop, "uverbs_info_handles", info_handles),
	COMMAND("devx_query_vport_state", query_vport_state,
		"uverbs_info_handles", info_handles),
	COMMAND("devx_query_vport_state", query_vport_state, "devx_refused", refused),
	COMMAND("devx_query_hca_cap", query_hca_cap, "uverbs_info_handles", info_handles),
	COMMAND("devx_query_cq", query, "uverbs_info_handles", info_handles),
	COMMAND("devx_async_query_cq", async_query, "uverbs_info_handles", info_handles),
	OBJECT("devx_pd_create_destroy", pd_create_destroy,
	       "uverbs_info_handles", info_handles),
	OBJECT("devx_pd_create_destroy", pd_create_destroy,
	       "rxe_pd_alloc_dealloc", rxe_pd_alloc_dealloc),
	OBJECT("devx_td_create_destroy", td_create_destroy,
	       "uverbs_info_handles", info_handles),
	OBJECT("devx_cq_create_destroy", cq_create_destroy,
	       "uverbs_info_handles", info_handles),
	{ "devx_umem_4k", "us", 1 / 1e3, { umem_4k, 1000 }, "rxe_mr_4k", { mr_4k, 1000 } },
	{ "devx_umem_1m", "us", 1 / 1e3, { umem_1m, 20 }, "rxe_mr_1m", { mr_1m, 20 } },
	{ "devx_umem_1g", "ms", 1 / 1e6, { umem_1g, 1 }, "rxe_mr_1g", { mr_1g, 1 } },
	{ "doorbell_cold", "ns", 1, { doorbell_cold, 100 },
	  "getppid", { perf_getppid, 50000 } },
	{ "doorbell_cold_shared", "ns", 1, { doorbell_shared, 100 },
	  "getppid", { perf_getppid, 50000 } },
	{ "doorbell_hot", "ns", 1, { doorbell_hot, 2000 },
	  "store", { store, 2000 } },
	/* Last, as they leave many objects behind. */
	{ "devx_query_cq_100k", "ns", 1, { query_many, 4000 },
	  "devx_query_cq_10", { query_few, 4000 } },
	{ "devx_cq_create_destroy_100k", "ns", 1, { create_destroy_many, 2000 },
	  "devx_cq_create_destroy_10", { create_destroy_few, 2000 } },
};

PERF_MAIN(rows, setup)
