// SPDX-License-Identifier: MIT
/*
 * devx-tour [DEVICE]: a completion queue made, used and destroyed by device
 * commands alone, by default on the first device that can do DEVX.
 *
 * The mlx5dv_* calls come from rdma-core's libmlx5 or from libsoftaccel-devx,
 * whichever the program was linked with: the source is the same.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <infiniband/mlx5dv.h>

#include "prm.h"
#include "transcript.h"

#define PROGRAM		"devx-tour"

#define LOG_CQ_SIZE	6
#define CQ_BYTES	(64 << LOG_CQ_SIZE)	/* entries of 64 bytes */
#define RECORD_OFFSET	CQ_BYTES		/* doorbell record behind it */
#define UMEM_BYTES	(2 * CQ_BYTES)
#define CQE_INVALID	0xf1			/* opcode 15, owned by the HCA */
#define UAR_CQ_ARM	0x20
#define WR_ID		0x1234567890abcdefull
#define TIME_LIMIT	5			/* seconds */

struct tour {
	struct ibv_context *context;
	uint8_t *memory;
	struct mlx5dv_devx_umem *umem;
	struct mlx5dv_devx_uar *uar;
	uint32_t eqn;
	struct mlx5dv_devx_obj *cq;
	uint32_t cqn;
};

static const char *library(void)
{
	Dl_info info;
	const char *name;

	if (!dladdr((void *)(uintptr_t)mlx5dv_devx_obj_create, &info))
		return "?";
	name = strrchr(info.dli_fname, '/');
	return name ? name + 1 : info.dli_fname;
}

/* A command that the device refuses fails with one of these. */
static int is_refusal(int err)
{
	/* Newer libmlx5 turns the status of the reply into an errno. */
	return err == EREMOTEIO || err == EINVAL || err == EAGAIN ||
	       err == EBUSY || err == ENOENT;
}

static struct ibv_context *open_device(const char *wanted)
{
	struct mlx5dv_context_attr attr = { .flags = MLX5DV_CONTEXT_FLAGS_DEVX };
	struct ibv_context *context = NULL;
	struct ibv_device **list;
	int i, n = 0;

	list = ibv_get_device_list(&n);
	transcript_begin();
	for (i = 0; list && i < n && !context; i++)
		if (!wanted || !strcmp(ibv_get_device_name(list[i]), wanted))
			context = mlx5dv_open_device(list[i], &attr);
	transcript_end();
	if (!context)
		transcript_no_device(PROGRAM, "%s: no RDMA device of this kind can do DEVX (of %d)",
				     wanted ? wanted : "any", n);
	transcript_line(context->cmd_fd >= 0, "mlx5dv_open_device",
			"%s, /dev/infiniband/%s, DEVX; calls served by %s",
			ibv_get_device_name(context->device),
			context->device->dev_name, library());
	ibv_free_device_list(list);
	return context;
}

static void query_caps(struct tour *tour)
{
	static uint8_t out[PRM_HCA_CAP_OUT_SIZE];
	uint8_t in[PRM_IN_SIZE] = { 0 };
	int err;

	prm_set(in, PRM_OPCODE, PRM_QUERY_HCA_CAP);
	prm_set(in, PRM_OP_MOD, PRM_HCA_CAP_GENERAL);
	transcript_begin();
	err = mlx5dv_devx_general_cmd(tour->context, in, sizeof(in), out,
				      sizeof(out));
	transcript_end();
	transcript_line(!err && !prm_get(out, PRM_STATUS) &&
			prm_get(out, PRM_NUM_PORTS) >= 1 &&
			prm_get(out, PRM_LOG_MAX_CQ_SZ) >= LOG_CQ_SIZE &&
			prm_get(out, PRM_LOG_MAX_UMEM) > 0,
			"general_cmd QUERY_HCA_CAP",
			"vhca %u, %u port(s), 2^%u CQs of 2^%u entries, 2^%u umems, CQE version %u, moderation %u",
			prm_get(out, PRM_VHCA_ID), prm_get(out, PRM_NUM_PORTS),
			prm_get(out, PRM_LOG_MAX_CQ),
			prm_get(out, PRM_LOG_MAX_CQ_SZ),
			prm_get(out, PRM_LOG_MAX_UMEM),
			prm_get(out, PRM_CQE_VERSION),
			prm_get(out, PRM_CQ_MODERATION));
}

static void register_memory(struct tour *tour)
{
	void *memory = NULL;
	size_t i;

	if (posix_memalign(&memory, (size_t)sysconf(_SC_PAGESIZE), UMEM_BYTES)) {
		perror("posix_memalign");
		exit(TRANSCRIPT_FAILED);
	}
	tour->memory = memory;
	memset(tour->memory, 0, UMEM_BYTES);
	for (i = 63; i < CQ_BYTES; i += 64)
		tour->memory[i] = CQE_INVALID;

	transcript_begin();
	tour->umem = mlx5dv_devx_umem_reg(tour->context, tour->memory,
					  UMEM_BYTES, IBV_ACCESS_LOCAL_WRITE);
	transcript_end();
	transcript_line(!!tour->umem, "umem_reg", "%d bytes at %p are umem %u",
			UMEM_BYTES, memory,
			tour->umem ? tour->umem->umem_id : 0);
}

static void get_doorbell(struct tour *tour)
{
	int err;

	transcript_begin();
	tour->uar = mlx5dv_devx_alloc_uar(tour->context,
					  MLX5DV_UAR_ALLOC_TYPE_NC);
	transcript_end();
	transcript_line(tour->uar && tour->uar->base_addr &&
			tour->uar->reg_addr, "alloc_uar",
			"doorbell page %u mapped at %p",
			tour->uar ? tour->uar->page_id : 0,
			tour->uar ? tour->uar->base_addr : NULL);

	transcript_begin();
	err = mlx5dv_devx_query_eqn(tour->context, 0, &tour->eqn);
	transcript_end();
	transcript_line(!err, "query_eqn", "completion vector 0 is event queue %u",
			tour->eqn);
}

static void build_create_cq(struct tour *tour, uint8_t *in, uint32_t umem_id)
{
	memset(in, 0, PRM_CQ_SIZE);
	prm_set(in, PRM_OPCODE, PRM_CREATE_CQ);
	prm_set(in, PRM_CQC_LOG_SIZE, LOG_CQ_SIZE);
	prm_set(in, PRM_CQC_UAR_PAGE, tour->uar->page_id);
	prm_set(in, PRM_CQC_EQN, tour->eqn);
	prm_set(in, PRM_CQC_DBR_UMEM_VALID, 1);
	prm_set(in, PRM_CQC_DBR_UMEM_ID, tour->umem->umem_id);
	prm_set(in, PRM_CQC_DBR_ADDR_LOW, RECORD_OFFSET);
	prm_set(in, PRM_CQ_UMEM_ID, umem_id);
	prm_set(in, PRM_CQ_UMEM_VALID, 1);
}

static void refused_create(struct tour *tour)
{
	uint8_t in[PRM_CQ_SIZE], out[PRM_OUT_SIZE] = { 0 };
	struct mlx5dv_devx_obj *cq;

	build_create_cq(tour, in, 0xfffffe);
	transcript_begin();
	cq = mlx5dv_devx_obj_create(tour->context, in, sizeof(in), out,
				    sizeof(out));
	transcript_end();
	transcript_line(!cq && is_refusal(errno) && prm_get(out, PRM_STATUS),
			"obj_create CREATE_CQ",
			"on an unknown umem: refused, errno %d (%s), status 0x%02x, syndrome 0x%08x",
			errno, strerror(errno), prm_get(out, PRM_STATUS),
			prm_get(out, PRM_SYNDROME));
}

static void create_cq(struct tour *tour)
{
	uint8_t in[PRM_CQ_SIZE], out[PRM_OUT_SIZE] = { 0 };

	build_create_cq(tour, in, tour->umem->umem_id);
	transcript_begin();
	tour->cq = mlx5dv_devx_obj_create(tour->context, in, sizeof(in), out,
					  sizeof(out));
	transcript_end();
	tour->cqn = prm_get(out, PRM_CQN);
	transcript_line(tour->cq && !prm_get(out, PRM_STATUS),
			"obj_create CREATE_CQ", "CQ 0x%x, %d entries, in umem %u",
			tour->cqn, 1 << LOG_CQ_SIZE, tour->umem->umem_id);
}

static void build_query_cq(struct tour *tour, uint8_t *in)
{
	memset(in, 0, PRM_IN_SIZE);
	prm_set(in, PRM_OPCODE, PRM_QUERY_CQ);
	prm_set(in, PRM_CQN, tour->cqn);
}

/* The reply to QUERY_CQ tells of the CQ that was created. */
static bool is_our_cq(struct tour *tour, const void *out)
{
	return !prm_get(out, PRM_STATUS) && !prm_get(out, PRM_CQC_STATUS) &&
	       prm_get(out, PRM_CQC_LOG_SIZE) == LOG_CQ_SIZE &&
	       prm_get(out, PRM_CQC_UAR_PAGE) == tour->uar->page_id &&
	       (prm_get(out, PRM_CQC_EQN) & 0xff) == (tour->eqn & 0xff);
}

static int query_cq(struct tour *tour, uint8_t *out)
{
	uint8_t in[PRM_IN_SIZE];

	memset(out, 0, PRM_CQ_SIZE);
	build_query_cq(tour, in);
	return mlx5dv_devx_obj_query(tour->cq, in, sizeof(in), out,
				     PRM_CQ_SIZE);
}

static void query(struct tour *tour)
{
	uint8_t out[PRM_CQ_SIZE];
	int err;

	transcript_begin();
	err = query_cq(tour, out);
	transcript_end();
	transcript_line(!err && is_our_cq(tour, out), "obj_query QUERY_CQ",
			"2^%u entries, doorbell page %u, event queue %u: as created",
			prm_get(out, PRM_CQC_LOG_SIZE),
			prm_get(out, PRM_CQC_UAR_PAGE),
			prm_get(out, PRM_CQC_EQN));
}

static void query_later(struct tour *tour)
{
	union {
		struct mlx5dv_devx_async_cmd_hdr hdr;
		uint8_t bytes[sizeof(struct mlx5dv_devx_async_cmd_hdr) +
			      PRM_CQ_SIZE];
	} answer;
	struct pollfd fds = { .events = POLLIN };
	struct mlx5dv_devx_cmd_comp *comp;
	uint8_t in[PRM_IN_SIZE];
	int err;

	memset(&answer, 0, sizeof(answer));
	build_query_cq(tour, in);
	transcript_begin();
	comp = mlx5dv_devx_create_cmd_comp(tour->context);
	transcript_end();
	fds.fd = comp ? comp->fd : -1;
	transcript_line(fds.fd >= 0, "create_cmd_comp",
			"answers come on file descriptor %d", fds.fd);

	transcript_begin();
	err = mlx5dv_devx_obj_query_async(tour->cq, in, sizeof(in), PRM_CQ_SIZE,
					  WR_ID, comp);
	if (!err && poll(&fds, 1, TIME_LIMIT * 1000) != 1)
		err = ETIMEDOUT;
	if (!err)
		err = mlx5dv_devx_get_async_cmd_comp(comp, &answer.hdr,
						     sizeof(answer));
	transcript_end();
	errno = err;
	transcript_line(!err && answer.hdr.wr_id == WR_ID &&
			is_our_cq(tour, answer.hdr.out_data),
			"obj_query_async QUERY_CQ",
			"answer to request 0x%llx: the same CQ",
			(unsigned long long)answer.hdr.wr_id);
	mlx5dv_devx_destroy_cmd_comp(comp);
}

static void modify(struct tour *tour)
{
	uint8_t in[PRM_CQ_SIZE] = { 0 }, out[PRM_OUT_SIZE] = { 0 };
	uint8_t now[PRM_CQ_SIZE];
	int err;

	prm_set(in, PRM_OPCODE, PRM_MODIFY_CQ);
	prm_set(in, PRM_CQN, tour->cqn);
	prm_set(in, PRM_MODIFY_CQ_SELECT,
		PRM_SELECT_PERIOD | PRM_SELECT_MAX_COUNT);
	prm_set(in, PRM_CQC_PERIOD, 17);
	prm_set(in, PRM_CQC_MAX_COUNT, 23);
	transcript_begin();
	err = mlx5dv_devx_obj_modify(tour->cq, in, sizeof(in), out, sizeof(out));
	transcript_end();
	if (!err)
		err = query_cq(tour, now);
	errno = err;
	transcript_line(!err && is_our_cq(tour, now) &&
			prm_get(now, PRM_CQC_PERIOD) == 17 &&
			prm_get(now, PRM_CQC_MAX_COUNT) == 23,
			"obj_modify MODIFY_CQ",
			"moderation: events after 17 us or 23 completions, as QUERY_CQ says");
}

static bool is_armed(const void *out)
{
	return prm_get(out, PRM_CQC_ST) == PRM_CQC_ST_ARMED ||
	       prm_get(out, PRM_CQC_ST) == PRM_CQC_ST_FIRED;
}

/* Asks for an event: the doorbell record first, then the doorbell. */
static void ring(struct tour *tour)
{
	volatile uint64_t *bell = (void *)((char *)tour->uar->base_addr +
					   UAR_CQ_ARM);
	uint32_t *record = (uint32_t *)(tour->memory + RECORD_OFFSET);
	const uint32_t arm = 0;	/* sequence 0, any completion, index 0 */
	time_t deadline = time(NULL) + TIME_LIMIT;
	uint8_t out[PRM_CQ_SIZE];
	int err;

	transcript_begin();
	record[1] = htobe32(arm);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	*bell = htobe64((uint64_t)arm << 32 | tour->cqn);
	/* No answer comes to a doorbell: look until it has been heard. */
	do {
		err = query_cq(tour, out);
	} while (!err && !is_armed(out) && time(NULL) <= deadline);
	transcript_end();
	errno = err;
	transcript_line(!err && is_our_cq(tour, out) && is_armed(out), "doorbell",
			"CQ 0x%x armed by a store to page %u + 0x%x, as QUERY_CQ says",
			tour->cqn, tour->uar->page_id, UAR_CQ_ARM);
}

static void clean_up(struct tour *tour)
{
	int err;

	transcript_begin();
	err = mlx5dv_devx_umem_dereg(tour->umem);
	transcript_end();
	transcript_line(err, "umem_dereg",
			"refused while the CQ uses it: %s", strerror(err));

	transcript_begin();
	err = mlx5dv_devx_obj_destroy(tour->cq);
	transcript_end();
	errno = err;
	transcript_line(!err, "obj_destroy", "CQ 0x%x", tour->cqn);

	transcript_begin();
	err = mlx5dv_devx_umem_dereg(tour->umem);
	transcript_end();
	errno = err;
	transcript_line(!err, "umem_dereg", "the memory is this program's again");
	free(tour->memory);

	mlx5dv_devx_free_uar(tour->uar);
	transcript_begin();
	err = ibv_close_device(tour->context);
	transcript_end();
	transcript_line(!err, "free_uar, close_device", "done");
}

int main(int argc, char **argv)
{
	struct tour tour = { 0 };

	/* If the device never answers, SIGALRM ends this. */
	alarm(60);
	transcript_say("DEVX: a completion queue by device commands");
	tour.context = open_device(argc > 1 ? argv[1] : NULL);
	query_caps(&tour);
	register_memory(&tour);
	get_doorbell(&tour);
	refused_create(&tour);
	create_cq(&tour);
	query(&tour);
	query_later(&tour);
	modify(&tour);
	ring(&tour);
	clean_up(&tour);
	return transcript_finish();
}
