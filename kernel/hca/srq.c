// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues that QPs and RQs share for receiving: SRQs and RMPs, and ARM_RQ, which
 * sets the limit at which an SRQ or RQ is to tell that it runs low.
 *
 * An SRQ uses a PD and umems for ring and doorbell record, an RMP the same and
 * perhaps a UAR. Numbers of SRQs and RMPs are never equal, since QPs name both in
 * one field (objects.c). An SRQ is in no state but good; an RMP is ready from the
 * beginning and leaves that for error only.
 *
 * Locking: the command lock.
 */
#include "queue.h"

#define LOG_WQE_UNIT	4u	/* log_rq_stride counts from 16 bytes */
#define RMP_RDY		1u
#define RMP_ERR		3u
#define RMP_LWM		1u	/* of the bitmask */
#define ARM_OP_RQ	0
#define ARM_OP_SRQ	1
#define GET(ctx, f)	sacc_hca_get(srqc, ctx, f)

static_assert(SACC_PRM_srqc__log_srq_size__BITS == 4 &&
	      SACC_HCA_LOG_MAX_SRQ_SZ == 15, "no size beyond the limit");

static u32 check_srq(const u8 *ctx)
{
	if (GET(ctx, log_rq_stride) + LOG_WQE_UNIT > SACC_HCA_LOG_WQE_RQ)
		return SACC_HCA_SYND_SRQ_STRIDE;
	if (GET(ctx, wq_signature) || GET(ctx, rlky))
		return SACC_HCA_SYND_SRQ_FEATURE;
	if (GET(ctx, lwm) > 1u << GET(ctx, log_srq_size))
		return SACC_HCA_SYND_WQ_LWM;
	return 0;
}

static void copy_srq(u8 *to, const u8 *from)
{
	static const struct sacc_hca_field kept[] = {
		SACC_HCA_FIELD(srqc, log_srq_size),
		SACC_HCA_FIELD(srqc, cont_srq),
		SACC_HCA_FIELD(srqc, log_rq_stride),
		SACC_HCA_FIELD(srqc, page_offset),
		SACC_HCA_FIELD(srqc, dbr_umem_valid),
		SACC_HCA_FIELD(srqc, dbr_umem_id),
		SACC_HCA_FIELD(srqc, log_page_size),
		SACC_HCA_FIELD(srqc, pd),
		SACC_HCA_FIELD(srqc, lwm),
		SACC_HCA_FIELD(srqc, dbr_addr),
	};

	sacc_hca_copy_fields(to, from, kept, ARRAY_SIZE(kept));
}

static u32 use_srq_parts(struct sacc_hca_cmd *cmd, struct sacc_hca_queue *srq)
{
	const u8 *in = cmd->in, *ctx = srq->ctx;
	struct sacc_hca_ring ring = {
		.wq_valid = sacc_hca_get(create_srq_in, in, srq_umem_valid),
		.wq_umem = sacc_hca_get(create_srq_in, in, srq_umem_id),
		.wq_offset = sacc_hca_get64(create_srq_in, in, srq_umem_offset),
		.page_offset = GET(ctx, page_offset),
		.bytes = 1ull << (GET(ctx, log_srq_size) +
				  GET(ctx, log_rq_stride) + LOG_WQE_UNIT),
		.dbr_valid = GET(ctx, dbr_umem_valid),
		.dbr_umem = GET(ctx, dbr_umem_id),
		.dbr_addr = sacc_hca_get64(srqc, ctx, dbr_addr),
	};
	u32 syndrome;

	syndrome = sacc_hca_queue_use(cmd->hca, srq, SACC_HCA_USE_PD,
				      SACC_HCA_OBJ_PD, GET(ctx, pd),
				      SACC_HCA_SYND_WQ_PD);
	if (syndrome)
		return syndrome;
	return sacc_hca_queue_use_ring(cmd->hca, srq, &ring);
}

u32 sacc_hca_cmd_create_srq(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(create_srq_in, cmd->in, srq_context_entry);
	struct sacc_hca_queue *srq;
	u32 syndrome = check_srq(ctx);

	if (syndrome)
		return syndrome;
	srq = sacc_hca_queue_alloc(cmd, sizeof(*srq));
	if (!srq)
		return SACC_HCA_SYND_NO_MEMORY;
	copy_srq(srq->ctx, ctx);
	return sacc_hca_queue_finish(cmd, srq, use_srq_parts(cmd, srq));
}

static u32 arm_srq(struct sacc_hca_queue *srq, u32 lwm)
{
	if (lwm > 1u << GET(srq->ctx, log_srq_size))
		return SACC_HCA_SYND_WQ_LWM;
	sacc_hca_set(srqc, srq->ctx, lwm, lwm);
	return 0;
}

static u32 set_wq_lwm(u8 *wq, u32 lwm)
{
	if (lwm > 1u << sacc_hca_get(wq, wq, log_wq_sz))
		return SACC_HCA_SYND_WQ_LWM;
	sacc_hca_set(wq, wq, lwm, lwm);
	return 0;
}

u32 sacc_hca_cmd_arm_rq(struct sacc_hca_cmd *cmd)
{
	u32 lwm = sacc_hca_get(arm_rq_in, cmd->in, lwm);
	struct sacc_hca_queue *queue;

	if (cmd->op_mod != ARM_OP_RQ && cmd->op_mod != ARM_OP_SRQ)
		return SACC_HCA_SYND_ARM_OP_MOD;
	cmd->obj_type = cmd->op_mod == ARM_OP_SRQ ? SACC_HCA_OBJ_SRQ :
						    SACC_HCA_OBJ_RQ;
	queue = sacc_hca_queue_find(cmd);
	if (!queue)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	if (cmd->op_mod == ARM_OP_SRQ)
		return arm_srq(queue, lwm);
	return set_wq_lwm(sacc_hca_at_rw(rqc, queue->ctx, wq), lwm);
}

/* --- RMPs */

static u32 check_rmp(const u8 *ctx)
{
	if (sacc_hca_get(rmpc, ctx, state) != RMP_RDY)
		return SACC_HCA_SYND_RMP_STATE_CREATE;
	return sacc_hca_wq_check(sacc_hca_at(rmpc, ctx, wq),
				 SACC_HCA_WQ_LIST | SACC_HCA_WQ_CYCLIC,
				 SACC_HCA_LOG_MIN_WQE_RQ, SACC_HCA_LOG_WQE_RQ);
}

u32 sacc_hca_cmd_create_rmp(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(create_rmp_in, cmd->in, ctx), *wq;
	struct sacc_hca_queue *rmp;
	u32 syndrome = check_rmp(ctx);

	if (syndrome)
		return syndrome;
	rmp = sacc_hca_queue_alloc(cmd, sizeof(*rmp));
	if (!rmp)
		return SACC_HCA_SYND_NO_MEMORY;
	sacc_hca_set(rmpc, rmp->ctx, state, RMP_RDY);
	sacc_hca_set(rmpc, rmp->ctx, basic_cyclic_rcv_wqe,
		     sacc_hca_get(rmpc, ctx, basic_cyclic_rcv_wqe));
	wq = sacc_hca_at(rmpc, rmp->ctx, wq);
	sacc_hca_wq_copy(sacc_hca_at_rw(rmpc, rmp->ctx, wq),
			 sacc_hca_at(rmpc, ctx, wq));
	syndrome = sacc_hca_wq_use(cmd->hca, rmp, wq);
	if (!syndrome)
		syndrome = sacc_hca_queue_use_named(cmd->hca, rmp,
						    SACC_HCA_USE_UAR,
						    SACC_HCA_OBJ_UAR,
						    sacc_hca_get(wq, wq,
								 uar_page),
						    SACC_HCA_SYND_WQ_UAR);
	return sacc_hca_queue_finish(cmd, rmp, syndrome);
}

u32 sacc_hca_cmd_modify_rmp(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(modify_rmp_in, cmd->in, ctx);
	u64 mask = sacc_hca_get64(modify_rmp_in, cmd->in, bitmask);
	struct sacc_hca_queue *rmp = sacc_hca_queue_find(cmd);
	u32 state = sacc_hca_get(rmpc, ctx, state), syndrome = 0;

	if (!rmp)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	if (mask & ~(u64)RMP_LWM)
		return SACC_HCA_SYND_RMP_MODIFY_FIELD;
	if (sacc_hca_get(modify_rmp_in, cmd->in, rmp_state) !=
	    sacc_hca_get(rmpc, rmp->ctx, state))
		return SACC_HCA_SYND_RMP_STATE_CURRENT;
	if (state != RMP_ERR &&
	    (state != RMP_RDY ||
	     sacc_hca_get(rmpc, rmp->ctx, state) != RMP_RDY))
		return SACC_HCA_SYND_RMP_STATE_NEW;
	if (mask & RMP_LWM)
		syndrome = set_wq_lwm(sacc_hca_at_rw(rmpc, rmp->ctx, wq),
				      sacc_hca_get(wq, sacc_hca_at(rmpc, ctx, wq),
						   lwm));
	if (!syndrome)
		sacc_hca_set(rmpc, rmp->ctx, state, state);
	return syndrome;
}
