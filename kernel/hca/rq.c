// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive queues and send queues by themselves, as Ethernet uses them.
 *
 * An RQ uses a CQ, perhaps a counter set, and either memory of its own (PD, umems,
 * perhaps a UAR) or an RMP. An SQ uses a CQ, a PD, umems, a UAR and, if it sends
 * packets, a TIS. Both begin in reset, and MODIFY leads them from state to state:
 * always to reset and to error, from reset to ready; ready to ready changes fields
 * alone. MODIFY names the state that the caller takes the queue to be in, and is
 * refused if it is not.
 *
 * Locking: the command lock.
 */
#include "queue.h"

/* States. */
#define RST		0u
#define RDY		1u
#define ERR		3u

#define MEM_RQ_INLINE	0u
#define MEM_RQ_RMP	1u

/* Bits of modify_bitmask. */
#define RQ_LWM		0x1u
#define RQ_VSD		0x2u
#define RQ_COUNTER_SET	0x8u

static bool leads_to(u32 from, u32 to)
{
	return to == RST || to == ERR || (to == RDY && from != ERR);
}

static u32 use_cq(struct sacc_hca_cmd *cmd, struct sacc_hca_queue *queue,
		  u32 cqn)
{
	return sacc_hca_queue_use(cmd->hca, queue, SACC_HCA_USE_CQ,
				  SACC_HCA_OBJ_CQ, cqn, SACC_HCA_SYND_WQ_CQ);
}

/* --- Receive queues */

#define RQ(ctx, f)	sacc_hca_get(rqc, ctx, f)

static u32 check_rq(const u8 *ctx)
{
	if (RQ(ctx, state) != RST)
		return SACC_HCA_SYND_RQ_STATE_CREATE;
	if (RQ(ctx, rlky) || RQ(ctx, delay_drop_en) || RQ(ctx, scatter_fcs) ||
	    RQ(ctx, hairpin))
		return SACC_HCA_SYND_RQ_FEATURE;
	if (RQ(ctx, ts_format) > SACC_HCA_TS_FORMAT_MAX)
		return SACC_HCA_SYND_WQ_TS_FORMAT;
	switch (RQ(ctx, mem_rq_type)) {
	case MEM_RQ_RMP:
		return 0;
	case MEM_RQ_INLINE:
		return sacc_hca_wq_check(sacc_hca_at(rqc, ctx, wq),
					 SACC_HCA_WQ_LIST | SACC_HCA_WQ_CYCLIC,
					 SACC_HCA_LOG_MIN_WQE_RQ,
					 SACC_HCA_LOG_WQE_RQ);
	default:
		return SACC_HCA_SYND_RQ_MEM_TYPE;
	}
}

/* Of the two sorts of memory it keeps the one that it has. */
static void copy_rq(u8 *to, const u8 *from)
{
	static const struct sacc_hca_field kept[] = {
		SACC_HCA_FIELD(rqc, vsd),
		SACC_HCA_FIELD(rqc, mem_rq_type),
		SACC_HCA_FIELD(rqc, flush_in_error_en),
		SACC_HCA_FIELD(rqc, ts_format),
		SACC_HCA_FIELD(rqc, user_index),
		SACC_HCA_FIELD(rqc, cqn),
		SACC_HCA_FIELD(rqc, counter_set_id),
	};

	sacc_hca_copy_fields(to, from, kept, ARRAY_SIZE(kept));
	if (RQ(from, mem_rq_type) == MEM_RQ_RMP)
		sacc_hca_set(rqc, to, rmpn, RQ(from, rmpn));
	else
		sacc_hca_wq_copy(sacc_hca_at_rw(rqc, to, wq),
				 sacc_hca_at(rqc, from, wq));
}

static u32 use_rq_memory(struct sacc_hca_cmd *cmd, struct sacc_hca_queue *rq)
{
	const u8 *wq = sacc_hca_at(rqc, rq->ctx, wq);
	u32 syndrome;

	if (RQ(rq->ctx, mem_rq_type) == MEM_RQ_RMP)
		return sacc_hca_queue_use(cmd->hca, rq, SACC_HCA_USE_SRQ,
					  SACC_HCA_OBJ_RMP, RQ(rq->ctx, rmpn),
					  SACC_HCA_SYND_RQ_RMP);
	syndrome = sacc_hca_wq_use(cmd->hca, rq, wq);
	if (syndrome)
		return syndrome;
	return sacc_hca_queue_use_named(cmd->hca, rq, SACC_HCA_USE_UAR,
					SACC_HCA_OBJ_UAR,
					sacc_hca_get(wq, wq, uar_page),
					SACC_HCA_SYND_WQ_UAR);
}

u32 sacc_hca_cmd_create_rq(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(create_rq_in, cmd->in, ctx);
	u32 syndrome = check_rq(ctx);
	struct sacc_hca_queue *rq;

	if (syndrome)
		return syndrome;
	rq = sacc_hca_queue_alloc(cmd, sizeof(*rq));
	if (!rq)
		return SACC_HCA_SYND_NO_MEMORY;
	copy_rq(rq->ctx, ctx);
	syndrome = use_cq(cmd, rq, RQ(rq->ctx, cqn));
	if (!syndrome)
		syndrome = sacc_hca_queue_use_counter(cmd->hca, rq,
						      SACC_HCA_USE_COUNTER,
						      RQ(rq->ctx, counter_set_id));
	if (!syndrome)
		syndrome = use_rq_memory(cmd, rq);
	return sacc_hca_queue_finish(cmd, rq, syndrome);
}

static u32 check_modify_rq(const u8 *in, const u8 *to, const u8 *from, u64 mask)
{
	u32 lwm = sacc_hca_get(wq, sacc_hca_at(rqc, from, wq), lwm);
	const u8 *wq = sacc_hca_at(rqc, to, wq);

	if (mask & ~(u64)(RQ_LWM | RQ_VSD | RQ_COUNTER_SET))
		return SACC_HCA_SYND_RQ_MODIFY_FIELD;
	if (sacc_hca_get(modify_rq_in, in, rq_state) != RQ(to, state))
		return SACC_HCA_SYND_RQ_STATE_CURRENT;
	if (!leads_to(RQ(to, state), RQ(from, state)))
		return SACC_HCA_SYND_RQ_STATE_NEW;
	/* One WQE at least, so that an RQ on an RMP has no limit but 0 or 1. */
	if ((mask & RQ_LWM) && lwm > 1u << sacc_hca_get(wq, wq, log_wq_sz))
		return SACC_HCA_SYND_WQ_LWM;
	return 0;
}

u32 sacc_hca_cmd_modify_rq(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(modify_rq_in, cmd->in, ctx);
	u64 mask = sacc_hca_get64(modify_rq_in, cmd->in, modify_bitmask);
	struct sacc_hca_queue *rq = sacc_hca_queue_find(cmd);
	u32 syndrome;

	if (!rq)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	syndrome = check_modify_rq(cmd->in, rq->ctx, ctx, mask);
	if (!syndrome && (mask & RQ_COUNTER_SET))
		syndrome = sacc_hca_queue_use_counter(cmd->hca, rq,
						      SACC_HCA_USE_COUNTER,
						      RQ(ctx, counter_set_id));
	if (syndrome)
		return syndrome;
	if (mask & RQ_LWM)
		sacc_hca_set(wq, sacc_hca_at_rw(rqc, rq->ctx, wq), lwm,
			     sacc_hca_get(wq, sacc_hca_at(rqc, ctx, wq), lwm));
	if (mask & RQ_VSD)
		sacc_hca_set(rqc, rq->ctx, vsd, RQ(ctx, vsd));
	if (mask & RQ_COUNTER_SET)
		sacc_hca_set(rqc, rq->ctx, counter_set_id,
			     RQ(ctx, counter_set_id));
	sacc_hca_set(rqc, rq->ctx, state, RQ(ctx, state));
	return 0;
}

/* --- Send queues */

#define SQ(ctx, f)	sacc_hca_get(sqc, ctx, f)

static bool wants_absent_feature(const u8 *ctx)
{
	return SQ(ctx, rlky) || SQ(ctx, cd_master) ||
	       SQ(ctx, allow_multi_pkt_send_wqe) || SQ(ctx, reg_umr) ||
	       SQ(ctx, allow_swp) || SQ(ctx, hairpin) ||
	       SQ(ctx, packet_pacing_rate_limit_index) ||
	       SQ(ctx, qos_queue_group_id);
}

static u32 check_sq(const u8 *ctx)
{
	if (SQ(ctx, state) != RST)
		return SACC_HCA_SYND_SQ_STATE_CREATE;
	if (wants_absent_feature(ctx))
		return SACC_HCA_SYND_SQ_FEATURE;
	if (SQ(ctx, ts_format) > SACC_HCA_TS_FORMAT_MAX)
		return SACC_HCA_SYND_WQ_TS_FORMAT;
	if (SQ(ctx, tis_lst_sz) > 1)
		return SACC_HCA_SYND_SQ_TIS_COUNT;
	return sacc_hca_wq_check(sacc_hca_at(sqc, ctx, wq), SACC_HCA_WQ_CYCLIC,
				 SACC_HCA_LOG_SQ_STRIDE, SACC_HCA_LOG_SQ_STRIDE);
}

static void copy_sq(u8 *to, const u8 *from)
{
	static const struct sacc_hca_field kept[] = {
		SACC_HCA_FIELD(sqc, fre),
		SACC_HCA_FIELD(sqc, flush_in_error_en),
		SACC_HCA_FIELD(sqc, min_wqe_inline_mode),
		SACC_HCA_FIELD(sqc, ts_format),
		SACC_HCA_FIELD(sqc, user_index),
		SACC_HCA_FIELD(sqc, cqn),
		SACC_HCA_FIELD(sqc, tis_lst_sz),
	};

	sacc_hca_copy_fields(to, from, kept, ARRAY_SIZE(kept));
	if (SQ(from, tis_lst_sz))
		sacc_hca_set(sqc, to, tis_num_0, SQ(from, tis_num_0));
	sacc_hca_wq_copy(sacc_hca_at_rw(sqc, to, wq),
			 sacc_hca_at(sqc, from, wq));
}

static u32 use_sq_parts(struct sacc_hca_cmd *cmd, struct sacc_hca_queue *sq)
{
	const u8 *wq = sacc_hca_at(sqc, sq->ctx, wq);
	u32 syndrome = use_cq(cmd, sq, SQ(sq->ctx, cqn));

	if (!syndrome && SQ(sq->ctx, tis_lst_sz))
		syndrome = sacc_hca_queue_use(cmd->hca, sq, SACC_HCA_USE_TIS,
					      SACC_HCA_OBJ_TIS,
					      SQ(sq->ctx, tis_num_0),
					      SACC_HCA_SYND_SQ_TIS);
	if (!syndrome)
		syndrome = sacc_hca_queue_use(cmd->hca, sq, SACC_HCA_USE_UAR,
					      SACC_HCA_OBJ_UAR,
					      sacc_hca_get(wq, wq, uar_page),
					      SACC_HCA_SYND_WQ_UAR);
	return syndrome ? syndrome : sacc_hca_wq_use(cmd->hca, sq, wq);
}

u32 sacc_hca_cmd_create_sq(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(create_sq_in, cmd->in, ctx);
	u32 syndrome = check_sq(ctx);
	struct sacc_hca_queue *sq;

	if (syndrome)
		return syndrome;
	sq = sacc_hca_queue_alloc(cmd, sizeof(*sq));
	if (!sq)
		return SACC_HCA_SYND_NO_MEMORY;
	copy_sq(sq->ctx, ctx);
	return sacc_hca_queue_finish(cmd, sq, use_sq_parts(cmd, sq));
}

/* The state alone: what else real cards change, this one does not have. */
u32 sacc_hca_cmd_modify_sq(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(modify_sq_in, cmd->in, ctx);
	struct sacc_hca_queue *sq = sacc_hca_queue_find(cmd);

	if (!sq)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	if (sacc_hca_get64(modify_sq_in, cmd->in, modify_bitmask))
		return SACC_HCA_SYND_SQ_MODIFY_FIELD;
	if (sacc_hca_get(modify_sq_in, cmd->in, sq_state) !=
	    SQ(sq->ctx, state))
		return SACC_HCA_SYND_SQ_STATE_CURRENT;
	if (!leads_to(SQ(sq->ctx, state), SQ(ctx, state)))
		return SACC_HCA_SYND_SQ_STATE_NEW;
	sacc_hca_set(sqc, sq->ctx, state, SQ(ctx, state));
	return 0;
}
