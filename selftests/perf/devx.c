// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ib_device: commands, objects, memory and doorbells. Peers are a method that
 * uverbs itself answers, on the same file, and rdma_rxe's rxe0.
 */
#include <sched.h>

#include "devx/devx.h"
#include "perf.h"

#define UMEM_BYTES (64ul << 20)
#define MS_PER_GIB ((1ul << 30) / UMEM_BYTES / 1e6)

static struct ibv_context *soft, *rxe;
static struct ibv_pd *rxe_pd;
static struct cq target;
static int async_fd;
static struct raw_uar uar;
static volatile uint64_t *doorbell;
static volatile uint64_t plain;
static char *memory;
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
	memory = small_pages(UMEM_BYTES);
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

static uint64_t info_handles_twice(unsigned int n)
{
	PERF_LOOP(n, info_handles_once(); info_handles_once());
}

static void general_once(uint16_t opcode, uint16_t op_mod, uint16_t out_len)
{
	static uint32_t out[CAP_OUT / 4];
	uint32_t in[4] = { 0 };

	mbox_opcode(in, opcode, op_mod);
	ASSERT_EQ(raw_general(soft->cmd_fd, in, sizeof(in), out, out_len), 0);
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

static void pd_once(void)
{
	uint32_t in[4] = { 0 };

	mbox_opcode(in, ALLOC_PD, 0);
	object_once(in, sizeof(in));
}

static uint64_t pd_create_destroy(unsigned int n)
{
	PERF_LOOP(n, pd_once());
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

/* --- memory: one registration and its end; either is what counts */

static uint64_t umem_once(bool reg)
{
	struct raw_umem req = { .addr = (uintptr_t)memory, .len = UMEM_BYTES,
				.access = IBV_ACCESS_LOCAL_WRITE };
	uint64_t begin, between;
	uint32_t handle, id;

	begin = perf_now();
	ASSERT_EQ(raw_umem_reg(soft->cmd_fd, &req, &handle, &id), 0);
	between = perf_now();
	ASSERT_EQ(raw_umem_dereg(soft->cmd_fd, handle), 0);
	return reg ? between - begin : perf_now() - between;
}

static uint64_t mr_once(bool reg)
{
	uint64_t begin, between;
	struct ibv_mr *mr;

	begin = perf_now();
	mr = ibv_reg_mr(rxe_pd, memory, UMEM_BYTES, IBV_ACCESS_LOCAL_WRITE);
	between = perf_now();
	ASSERT(mr);
	ASSERT_EQ(ibv_dereg_mr(mr), 0);
	return reg ? between - begin : perf_now() - between;
}

static uint64_t sum_of(uint64_t (*once)(bool), bool reg, unsigned int n)
{
	uint64_t sum = 0;

	while (n--)
		sum += once(reg);
	return sum;
}

static uint64_t umem_reg(unsigned int n)
{
	return sum_of(umem_once, true, n);
}

static uint64_t umem_dereg(unsigned int n)
{
	return sum_of(umem_once, false, n);
}

static uint64_t rxe_reg_mr(unsigned int n)
{
	return sum_of(mr_once, true, n);
}

static uint64_t rxe_dereg_mr(unsigned int n)
{
	return sum_of(mr_once, false, n);
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

static const struct perf_row rows[] = {
	{ "devx_nop", "ns", 1, { nop, 4000 },
	  "uverbs_info_handles", { info_handles, 4000 } },
	{ "devx_query_hca_cap", "ns", 1, { query_hca_cap, 4000 },
	  "uverbs_info_handles", { info_handles, 4000 } },
	{ "devx_query_cq", "ns", 1, { query, 4000 },
	  "uverbs_info_handles", { info_handles, 4000 } },
	{ "devx_async_query_cq", "ns", 1, { async_query, 4000 },
	  "uverbs_info_handles", { info_handles, 4000 } },
	{ "devx_pd_create_destroy", "ns", 1, { pd_create_destroy, 2000 },
	  "uverbs_info_handles_x2", { info_handles_twice, 2000 } },
	{ "devx_pd_create_destroy", "ns", 1, { pd_create_destroy, 2000 },
	  "rxe_pd_alloc_dealloc", { rxe_pd_alloc_dealloc, 2000 } },
	{ "devx_cq_create_destroy", "ns", 1, { cq_create_destroy, 2000 },
	  "uverbs_info_handles_x2", { info_handles_twice, 2000 } },
	{ "devx_umem_reg", "ms/GiB", MS_PER_GIB, { umem_reg, 1 },
	  "rxe_reg_mr", { rxe_reg_mr, 1 } },
	{ "devx_umem_dereg", "ms/GiB", MS_PER_GIB, { umem_dereg, 1 },
	  "rxe_dereg_mr", { rxe_dereg_mr, 1 } },
	{ "doorbell_cold", "ns", 1, { doorbell_cold, 100 },
	  "getppid", { perf_getppid, 50000 } },
	{ "doorbell_cold_shared", "ns", 1, { doorbell_shared, 100 },
	  "getppid", { perf_getppid, 50000 } },
	{ "doorbell_hot", "ns", 1, { doorbell_hot, 2000 },
	  "store", { store, 2000 } },
};

PERF_MAIN(rows, setup)
