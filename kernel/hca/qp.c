// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queue pairs: CREATE; how they change is in qp_state.c, QUERY in queue.c.
 *
 * A QP uses a PD, the CQs of its two queues, for receiving perhaps an SRQ or RMP
 * in place of a queue of its own, a UAR, and umems for the ring and the doorbell
 * record, perhaps a counter set; it holds a reference on each. In the ring the receive queue comes
 * first, the send queue right behind it. A QP with neither has no ring and needs
 * no umems.
 *
 * CREATE stores what is fixed with the creation. What belongs to a connection
 * (paths, sequence numbers, rights) is not taken from it but from the commands
 * that lead from state to state.
 *
 * Locking: the command lock.
 */
#include "queue.h"

enum {
	RQ_TYPE_OWN	= 0,
	RQ_TYPE_SRQ	= 1,
	RQ_TYPE_NONE	= 3,
};

#define ST_UD			2u
#define PM_STATE_RESERVED	2u
#define LOG_WQE_UNIT_RQ		4u	/* log_rq_stride counts from 16 bytes */
#define LOG_WQE_UNIT_SQ		6u
#define GET(ctx, f)		sacc_hca_get(qpc, ctx, f)

static_assert(SACC_PRM_qpc__log_rq_size__BITS == 4 &&
	      SACC_PRM_qpc__log_sq_size__BITS == 4 &&
	      SACC_HCA_LOG_MAX_QP_SZ == 15, "no size beyond the limit");

static bool wants_absent_feature(const u8 *ctx)
{
	return GET(ctx, offload_type) || GET(ctx, wq_signature) ||
	       GET(ctx, atomic_like_write_en) || GET(ctx, drain_sigerr) ||
	       GET(ctx, rlky) || GET(ctx, deth_sqpn) ||
	       GET(ctx, ulp_stateless_offload_mode) ||
	       GET(ctx, cd_slave_receive) || GET(ctx, cd_slave_send) ||
	       GET(ctx, cd_master);
}

/* What is wrong with a command by itself. */
static u32 check(const u8 *in, const u8 *ctx)
{
	u32 rq_type = GET(ctx, rq_type);

	if (sacc_hca_get(create_qp_in, in, qpc_ext))
		return SACC_HCA_SYND_QP_EXTENSION;
	if (sacc_hca_get(create_qp_in, in, input_qpn))
		return SACC_HCA_SYND_QP_INPUT_QPN;
	if (GET(ctx, st) > ST_UD)
		return SACC_HCA_SYND_QP_TRANSPORT;
	if (rq_type != RQ_TYPE_OWN && rq_type != RQ_TYPE_SRQ &&
	    rq_type != RQ_TYPE_NONE)
		return SACC_HCA_SYND_QP_RQ_TYPE;
	if (rq_type == RQ_TYPE_OWN &&
	    GET(ctx, log_rq_stride) + LOG_WQE_UNIT_RQ > SACC_HCA_LOG_WQE_RQ)
		return SACC_HCA_SYND_QP_STRIDE;
	if (GET(ctx, pm_state) == PM_STATE_RESERVED)
		return SACC_HCA_SYND_QP_PM_STATE;
	if (GET(ctx, ts_format) > SACC_HCA_TS_FORMAT_MAX)
		return SACC_HCA_SYND_QP_TS_FORMAT;
	return wants_absent_feature(ctx) ? SACC_HCA_SYND_QP_FEATURE : 0;
}

static void copy_created(u8 *to, const u8 *from)
{
	static const struct sacc_hca_field kept[] = {
		SACC_HCA_FIELD(qpc, st),
		SACC_HCA_FIELD(qpc, pm_state),
		SACC_HCA_FIELD(qpc, req_e2e_credit_mode),
		SACC_HCA_FIELD(qpc, end_padding_mode),
		SACC_HCA_FIELD(qpc, block_lb_mc),
		SACC_HCA_FIELD(qpc, latency_sensitive),
		SACC_HCA_FIELD(qpc, pd),
		SACC_HCA_FIELD(qpc, log_rq_size),
		SACC_HCA_FIELD(qpc, log_rq_stride),
		SACC_HCA_FIELD(qpc, no_sq),
		SACC_HCA_FIELD(qpc, log_sq_size),
		SACC_HCA_FIELD(qpc, ts_format),
		SACC_HCA_FIELD(qpc, counter_set_id),
		SACC_HCA_FIELD(qpc, uar_page),
		SACC_HCA_FIELD(qpc, user_index),
		SACC_HCA_FIELD(qpc, log_page_size),
		SACC_HCA_FIELD(qpc, fre),
		SACC_HCA_FIELD(qpc, cqn_snd),
		SACC_HCA_FIELD(qpc, page_offset),
		SACC_HCA_FIELD(qpc, cqn_rcv),
		SACC_HCA_FIELD(qpc, dbr_addr),
		SACC_HCA_FIELD(qpc, rq_type),
		SACC_HCA_FIELD(qpc, srqn_rmpn_xrqn),
		SACC_HCA_FIELD(qpc, cs_req),
		SACC_HCA_FIELD(qpc, cs_res),
		SACC_HCA_FIELD(qpc, dbr_umem_valid),
		SACC_HCA_FIELD(qpc, dbr_umem_id),
	};

	sacc_hca_copy_fields(to, from, kept, ARRAY_SIZE(kept));
}

static bool has_ring(const u8 *ctx)
{
	return GET(ctx, rq_type) == RQ_TYPE_OWN || !GET(ctx, no_sq);
}

/* What the QP has no use for: it holds no reference that would keep it. */
static void forget_unused(u8 *ctx)
{
	if (GET(ctx, rq_type) != RQ_TYPE_SRQ)
		sacc_hca_set(qpc, ctx, srqn_rmpn_xrqn, 0);
	if (has_ring(ctx))
		return;
	sacc_hca_set(qpc, ctx, dbr_umem_valid, 0);
	sacc_hca_set(qpc, ctx, dbr_umem_id, 0);
	sacc_hca_set(qpc, ctx, dbr_addr, 0);
}

static u32 use_ring(struct sacc_hca_cmd *cmd, struct sacc_hca_queue *qp)
{
	const u8 *in = cmd->in, *ctx = qp->ctx;
	struct sacc_hca_ring ring = {
		.wq_valid = sacc_hca_get(create_qp_in, in, wq_umem_valid),
		.wq_umem = sacc_hca_get(create_qp_in, in, wq_umem_id),
		.wq_offset = sacc_hca_get64(create_qp_in, in, wq_umem_offset),
		.page_offset = GET(ctx, page_offset),
		.dbr_valid = GET(ctx, dbr_umem_valid),
		.dbr_umem = GET(ctx, dbr_umem_id),
		.dbr_addr = sacc_hca_get64(qpc, ctx, dbr_addr),
	};

	if (!has_ring(ctx))
		return 0;
	if (GET(ctx, rq_type) == RQ_TYPE_OWN)
		ring.bytes = 1ull << (GET(ctx, log_rq_size) +
				      GET(ctx, log_rq_stride) +
				      LOG_WQE_UNIT_RQ);
	if (!GET(ctx, no_sq))
		ring.bytes += 1ull << (GET(ctx, log_sq_size) + LOG_WQE_UNIT_SQ);
	return sacc_hca_queue_use_ring(cmd->hca, qp, &ring);
}

static u32 use_cqs(struct sacc_hca *hca, struct sacc_hca_queue *qp)
{
	const u8 *ctx = qp->ctx;
	u32 snd = GET(ctx, cqn_snd), rcv = GET(ctx, cqn_rcv), syndrome = 0;

	if (snd || !GET(ctx, no_sq))
		syndrome = sacc_hca_queue_use(hca, qp, SACC_HCA_USE_CQ,
					      SACC_HCA_OBJ_CQ, snd,
					      SACC_HCA_SYND_QP_CQ_SEND);
	if (!syndrome && (rcv || GET(ctx, rq_type) != RQ_TYPE_NONE))
		syndrome = sacc_hca_queue_use(hca, qp, SACC_HCA_USE_CQ_RECEIVE,
					      SACC_HCA_OBJ_CQ, rcv,
					      SACC_HCA_SYND_QP_CQ_RECEIVE);
	return syndrome;
}

/* An SRQ or an RMP: no number is of both. */
static u32 use_srq(struct sacc_hca *hca, struct sacc_hca_queue *qp)
{
	u32 id = GET(qp->ctx, srqn_rmpn_xrqn);

	if (GET(qp->ctx, rq_type) != RQ_TYPE_SRQ)
		return 0;
	if (!sacc_hca_queue_use(hca, qp, SACC_HCA_USE_SRQ, SACC_HCA_OBJ_SRQ, id,
				SACC_HCA_SYND_QP_SRQ))
		return 0;
	return sacc_hca_queue_use(hca, qp, SACC_HCA_USE_SRQ, SACC_HCA_OBJ_RMP,
				  id, SACC_HCA_SYND_QP_SRQ);
}

/* A send queue has doorbells. */
static u32 use_uar(struct sacc_hca *hca, struct sacc_hca_queue *qp)
{
	u32 uar = GET(qp->ctx, uar_page);

	if (!uar && GET(qp->ctx, no_sq))
		return 0;
	return sacc_hca_queue_use(hca, qp, SACC_HCA_USE_UAR, SACC_HCA_OBJ_UAR,
				  uar, SACC_HCA_SYND_WQ_UAR);
}

/* Once for now, and once for what 2RST leads back to. */
static u32 use_counter(struct sacc_hca *hca, struct sacc_hca_queue *qp)
{
	u32 id = GET(qp->ctx, counter_set_id), syndrome;

	syndrome = sacc_hca_queue_use_counter(hca, qp, SACC_HCA_USE_COUNTER, id);
	if (syndrome)
		return syndrome;
	return sacc_hca_queue_use_counter(hca, qp, SACC_HCA_USE_COUNTER_CREATED,
					  id);
}

static u32 use_parts(struct sacc_hca_cmd *cmd, struct sacc_hca_queue *qp)
{
	u32 syndrome;

	syndrome = sacc_hca_queue_use(cmd->hca, qp, SACC_HCA_USE_PD,
				      SACC_HCA_OBJ_PD, GET(qp->ctx, pd),
				      SACC_HCA_SYND_WQ_PD);
	if (!syndrome)
		syndrome = use_cqs(cmd->hca, qp);
	if (!syndrome)
		syndrome = use_srq(cmd->hca, qp);
	if (!syndrome)
		syndrome = use_uar(cmd->hca, qp);
	if (!syndrome)
		syndrome = use_counter(cmd->hca, qp);
	return syndrome ? syndrome : use_ring(cmd, qp);
}

u32 sacc_hca_cmd_create_qp(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(create_qp_in, cmd->in, qpc);
	struct sacc_hca_queue *queue;
	struct sacc_hca_qp *qp;
	u32 syndrome;

	syndrome = check(cmd->in, ctx);
	if (syndrome)
		return syndrome;
	queue = sacc_hca_queue_alloc(cmd, sizeof(*qp));
	if (!queue)
		return SACC_HCA_SYND_NO_MEMORY;
	qp = (struct sacc_hca_qp *)queue;
	copy_created(queue->ctx, ctx);
	forget_unused(queue->ctx);
	memcpy(qp->created, queue->ctx, sizeof(qp->created));
	return sacc_hca_queue_finish(cmd, queue, use_parts(cmd, queue));
}
