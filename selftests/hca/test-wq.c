// SPDX-License-Identifier: GPL-2.0-only
/* SRQs, RMPs, RQs and SQs: rings, contexts, states, limits. */
#include "hca-queue.h"

#define SECOND(c)	((c) + SACC_HCA_OFF(rqc, wq) / 8)
#define CTX_BYTES	240u

/* --- Rings of RQs, SQs and RMPs */

#define WQF(f, v)	SET_WQ(&c, f, v)
#define WQ_FAIL(name, change, syndrome, status)				\
	REFUSED(name##_in_an_rq, new_create_rq, change, syndrome, status) \
	REFUSED(name##_in_an_sq, new_create_sq, change, syndrome, status) \
	REFUSED(name##_in_an_rmp, new_create_rmp, change, syndrome, status)

WQ_FAIL(striding_wqes_are_refused, WQF(wq_type, 3), WQ_TYPE, BAD_PARAM)
WQ_FAIL(wqe_signatures_are_refused, WQF(wq_signature, 1), WQ_FEATURE, BAD_PARAM)
WQ_FAIL(cross_channel_is_refused, WQF(cd_slave, 1), WQ_FEATURE, BAD_PARAM)
WQ_FAIL(header_split_is_refused, WQF(log2_hds_buf_size, 1), WQ_FEATURE,
	BAD_PARAM)
WQ_FAIL(skipping_of_headers_is_refused, WQF(hds_skip_first_sge, 1), WQ_FEATURE,
	BAD_PARAM)
WQ_FAIL(shampo_is_refused, WQF(shampo_enable, 1), WQ_FEATURE, BAD_PARAM)
WQ_FAIL(wqes_by_the_65536_are_refused, WQF(log_wq_sz, 16), WQ_SIZE, EXCEED_LIM)
WQ_FAIL(wqes_of_8_bytes_are_refused, WQF(log_wq_stride, 3), WQ_STRIDE,
	EXCEED_LIM)
WQ_FAIL(wqes_of_1024_bytes_are_refused, WQF(log_wq_stride, 10), WQ_STRIDE,
	EXCEED_LIM)
WQ_FAIL(a_limit_above_the_size_is_refused, WQF(lwm, 17), WQ_LWM, BAD_PARAM)
WQ_FAIL(pd_0_is_refused, WQF(pd, 0), WQ_PD, BAD_RESOURCE)
WQ_FAIL(an_unknown_uar_is_refused, WQF(uar_page, 99), WQ_UAR, BAD_RESOURCE)
WQ_FAIL(a_ring_in_physical_pages_is_refused, WQF(wq_umem_valid, 0), WQ_NO_UMEM,
	BAD_PARAM)
WQ_FAIL(a_ring_in_an_unknown_umem_is_refused, WQF(wq_umem_id, 99), WQ_UMEM,
	BAD_RESOURCE)
WQ_FAIL(a_ring_at_an_odd_offset_is_refused, WQF(wq_umem_offset, 1),
	WQ_UMEM_ALIGN, BAD_PARAM)
WQ_FAIL(a_ring_too_far_is_refused, WQF(wq_umem_offset, RING_BYTES - 960),
	WQ_UMEM_RANGE, BAD_PARAM)
WQ_FAIL(a_ring_pushed_out_is_refused, WQF(wq_umem_offset, RING_BYTES - 1024);
	WQF(page_offset, 1), WQ_UMEM_RANGE, BAD_PARAM)
WQ_FAIL(a_record_by_physical_address_is_refused, WQF(dbr_umem_valid, 0),
	WQ_NO_DBR_UMEM, BAD_PARAM)
WQ_FAIL(a_record_in_an_unknown_umem_is_refused, WQF(dbr_umem_id, 0), WQ_DBR_UMEM,
	BAD_RESOURCE)
WQ_FAIL(a_record_at_an_odd_offset_is_refused, WQF(dbr_addr, 4), WQ_DBR_ALIGN,
	BAD_PARAM)
WQ_FAIL(a_record_beyond_the_umem_is_refused, WQF(dbr_addr, DBR_PAGE),
	WQ_DBR_RANGE, BAD_PARAM)
REFUSED(a_send_queue_is_no_list, new_create_sq, WQF(wq_type, 0), WQ_TYPE,
	BAD_PARAM)
REFUSED(send_wqes_are_64_bytes_apart, new_create_sq, WQF(log_wq_stride, 7),
	WQ_STRIDE, EXCEED_LIM)
REFUSED(a_send_queue_needs_a_uar, new_create_sq, WQF(uar_page, 0), WQ_UAR,
	BAD_RESOURCE)

TEST(the_largest_rings_that_fit_are_taken)
{
	struct queues q;
	struct command c;

	begin_queues(&q);
	new_create_rq(&c, &q);
	WQF(wq_umem_offset, 0);
	WQF(log_wq_sz, 10);
	WQF(log_wq_stride, 4);
	WQF(lwm, 1024);
	ASSERT_EQ(run(q.hca, &c), 0);
	WQF(log_wq_sz, 5);
	WQF(lwm, 0);
	WQF(log_wq_stride, 9);
	WQF(wq_type, 0);
	ASSERT_EQ(run(q.hca, &c), 0);
	WQF(log_wq_sz, 15);
	ASSERT_EQ(run(q.hca, &c), SACC_HCA_SYND_WQ_UMEM_RANGE);
	new_create_rmp(&c, &q);
	WQF(wq_umem_offset, 0);
	WQF(wq_type, 0);
	WQF(log_wq_sz, 10);
	WQF(log_wq_stride, 4);
	WQF(lwm, 1024);
	ASSERT_EQ(run(q.hca, &c), 0);
	WQF(log_wq_sz, 11);
	ASSERT_EQ(run(q.hca, &c), SACC_HCA_SYND_WQ_UMEM_RANGE);
	new_create_srq(&c, &q);
	sacc_hca_set(create_srq_in, c.in, srq_umem_offset, RING_BYTES - 1024);
	SET_SRQC(&c, lwm, 16);
	ASSERT_EQ(run(q.hca, &c), 0);
	SET_SRQC(&c, page_offset, 1);
	ASSERT_EQ(run(q.hca, &c), SACC_HCA_SYND_WQ_UMEM_RANGE);
	end_queues(&q);
}

/* --- Shared receive queues */

REFUSED(srq_wqes_of_1024_bytes_are_refused, new_create_srq,
	SET_SRQC(&c, log_rq_stride, 6), SRQ_STRIDE, EXCEED_LIM)
REFUSED(srq_signatures_are_refused, new_create_srq,
	SET_SRQC(&c, wq_signature, 1), SRQ_FEATURE, BAD_PARAM)
REFUSED(srq_reserved_keys_are_refused, new_create_srq, SET_SRQC(&c, rlky, 1),
	SRQ_FEATURE, BAD_PARAM)
REFUSED(srq_limits_above_the_size_are_refused, new_create_srq,
	SET_SRQC(&c, lwm, 17), WQ_LWM, BAD_PARAM)
REFUSED(an_srq_needs_a_pd, new_create_srq, SET_SRQC(&c, pd, 99), WQ_PD,
	BAD_RESOURCE)
REFUSED(an_srq_needs_a_umem, new_create_srq,
	sacc_hca_set(create_srq_in, c.in, srq_umem_valid, 0), WQ_NO_UMEM,
	BAD_PARAM)
REFUSED(an_srq_lies_within_its_umem, new_create_srq,
	sacc_hca_set(create_srq_in, c.in, srq_umem_offset, RING_BYTES - 960),
	WQ_UMEM_RANGE, BAD_PARAM)
REFUSED(the_record_of_an_srq_is_aligned, new_create_srq,
	SET_SRQC(&c, dbr_addr, 12), WQ_DBR_ALIGN, BAD_PARAM)

static void new_arm(struct command *c, const struct queues *q, u16 op_mod,
		    u32 id, u32 lwm)
{
	new_command(c, SACC_HCA_OP_ARM_RQ, q->p.uid, 16, 16);
	sacc_hca_set(cmd_in, c->in, op_mod, op_mod);
	sacc_hca_set(arm_rq_in, c->in, srq_number, id);
	sacc_hca_set(arm_rq_in, c->in, lwm, lwm);
}

TEST(arming_sets_the_limit_of_an_srq_or_rq)
{
	struct queues q;
	struct command c;
	u8 ctx[CTX_BYTES];

	begin_queues(&q);
	/* Numbers of both kinds are equal: op_mod tells which is meant. */
	ASSERT_EQ(q.srqn, q.rqn);
	new_arm(&c, &q, 1, q.srqn, 16);
	ASSERT_EQ(run(q.hca, &c), 0);
	new_arm(&c, &q, 0, q.rqn, 5);
	ASSERT_EQ(run(q.hca, &c), 0);
	ASSERT_EQ(query_ctx(q.hca, SACC_HCA_OP_QUERY_SRQ, q.p.uid, q.srqn, ctx,
			    16, 64), 0);
	ASSERT_EQ(sacc_hca_get(srqc, ctx, lwm), 16);
	ASSERT_EQ(query_ctx(q.hca, SACC_HCA_OP_QUERY_RQ, q.p.uid, q.rqn, ctx, 32,
			    240), 0);
	ASSERT_EQ(sacc_hca_get(wq, SECOND(ctx), lwm), 5);
	new_arm(&c, &q, 0, q.rqn, 16);
	ASSERT_EQ(run(q.hca, &c), 0);
	new_arm(&c, &q, 1, q.srqn, 17);
	refused_so(&q, &c, SACC_HCA_SYND_WQ_LWM, SACC_HCA_BAD_PARAM);
	new_arm(&c, &q, 0, q.rqn, 17);
	refused_so(&q, &c, SACC_HCA_SYND_WQ_LWM, SACC_HCA_BAD_PARAM);
	new_arm(&c, &q, 1, q.rmpn, 1);
	refused_so(&q, &c, SACC_HCA_SYND_OBJECT_UNKNOWN, SACC_HCA_BAD_RESOURCE);
	end_queues(&q);
}

TEST(query_srq_returns_what_create_stored_and_nothing_else)
{
	u8 got[64], want[64] = { 0 };
	struct queues q;
	struct command c;

	begin_queues(&q);
	new_create_srq(&c, &q);
	memset(SRQC(&c), 0xff, 64);
#define KEPT(f, v)							\
	do {								\
		SET_SRQC(&c, f, v);					\
		sacc_hca_set(srqc, want, f, v);				\
	} while (0)
	KEPT(log_srq_size, 3); KEPT(cont_srq, 1); KEPT(log_rq_stride, 5);
	KEPT(page_offset, 2); KEPT(dbr_umem_valid, 1);
	KEPT(dbr_umem_id, q.p.dbr); KEPT(log_page_size, 4); KEPT(pd, q.pd);
	KEPT(lwm, 8); KEPT(dbr_addr, 256);
#undef KEPT
	SET_SRQC(&c, wq_signature, 0);
	SET_SRQC(&c, rlky, 0);
	ASSERT_EQ(query_ctx(q.hca, SACC_HCA_OP_QUERY_SRQ, q.p.uid,
			    created(q.hca, &c), got, 16, 64), 0);
	ASSERT(!memcmp(got, want, sizeof(got)));
	end_queues(&q);
}

/* --- Contexts with a wq, as query tells them */

/* All bits of the wq set, but good values where they matter. */
static void fill_wq(u8 *wq, u8 *want, const struct queues *q)
{
	memset(wq, 0xff, 192);
	memset(want, 0, 192);
#define KEPT(f, v)							\
	do {								\
		sacc_hca_set(wq, wq, f, v);				\
		sacc_hca_set(wq, want, f, v);				\
	} while (0)
	KEPT(wq_type, 1); KEPT(end_padding_mode, 1); KEPT(page_offset, 3);
	KEPT(lwm, 4); KEPT(pd, q->pd); KEPT(uar_page, q->p.uar);
	KEPT(dbr_addr, 512); KEPT(log_wq_stride, 6); KEPT(log_wq_pg_sz, 9);
	KEPT(log_wq_sz, 3); KEPT(dbr_umem_valid, 1); KEPT(wq_umem_valid, 1);
	KEPT(dbr_umem_id, q->p.dbr); KEPT(wq_umem_id, q->p.ring);
	KEPT(wq_umem_offset, 8192);
#undef KEPT
	sacc_hca_set(wq, wq, wq_signature, 0);
	sacc_hca_set(wq, wq, cd_slave, 0);
	sacc_hca_set(wq, wq, hds_skip_first_sge, 0);
	sacc_hca_set(wq, wq, log2_hds_buf_size, 0);
	sacc_hca_set(wq, wq, shampo_enable, 0);
}

#define KEPT(s, f, v)							\
	do {								\
		sacc_hca_set(s, RQC(&c), f, v);				\
		sacc_hca_set(s, want, f, v);				\
	} while (0)
#define OFF(s, f)	sacc_hca_set(s, RQC(&c), f, 0)

/* The context comes back, with what is in @want and no more. */
static void same_context(const struct queues *q, struct command *c, u16 query,
			 const u8 *want)
{
	u8 got[CTX_BYTES];

	ASSERT_EQ(query_ctx(q->hca, query, q->p.uid, created(q->hca, c), got, 32,
			    CTX_BYTES), 0);
	ASSERT(!memcmp(got, want, CTX_BYTES));
}

TEST(query_rq_returns_what_create_stored_and_nothing_else)
{
	u8 want[CTX_BYTES] = { 0 };
	struct queues q;
	struct command c;

	begin_queues(&q);
	new_create_rq(&c, &q);
	memset(RQC(&c), 0xff, CTX_BYTES);
	OFF(rqc, rlky); OFF(rqc, delay_drop_en); OFF(rqc, scatter_fcs);
	OFF(rqc, hairpin); OFF(rqc, state); OFF(rqc, mem_rq_type);
	KEPT(rqc, vsd, 1); KEPT(rqc, flush_in_error_en, 1);
	KEPT(rqc, ts_format, 1); KEPT(rqc, user_index, 0xabcdef);
	KEPT(rqc, cqn, q.cqs[1]); KEPT(rqc, counter_set_id, q.counters[1]);
	fill_wq(WQ(&c), SECOND(want), &q);
	same_context(&q, &c, SACC_HCA_OP_QUERY_RQ, want);
	/* On an RMP it has no wq of its own. */
	memset(SECOND(want), 0, 192);
	memset(WQ(&c), 0xff, 192);
	KEPT(rqc, mem_rq_type, 1); KEPT(rqc, rmpn, q.rmpn);
	same_context(&q, &c, SACC_HCA_OP_QUERY_RQ, want);
	end_queues(&q);
}

TEST(query_sq_returns_what_create_stored_and_nothing_else)
{
	u8 want[CTX_BYTES] = { 0 };
	struct queues q;
	struct command c;

	begin_queues(&q);
	new_create_sq(&c, &q);
	memset(SQC(&c), 0xff, CTX_BYTES);
	OFF(sqc, rlky); OFF(sqc, cd_master); OFF(sqc, reg_umr);
	OFF(sqc, allow_multi_pkt_send_wqe); OFF(sqc, allow_swp);
	OFF(sqc, hairpin); OFF(sqc, state);
	OFF(sqc, packet_pacing_rate_limit_index); OFF(sqc, qos_queue_group_id);
	KEPT(sqc, fre, 1); KEPT(sqc, flush_in_error_en, 1);
	KEPT(sqc, min_wqe_inline_mode, 2); KEPT(sqc, ts_format, 1);
	KEPT(sqc, user_index, 0x123456); KEPT(sqc, cqn, q.cqs[0]);
	KEPT(sqc, tis_lst_sz, 1); KEPT(sqc, tis_num_0, q.tisn);
	fill_wq(WQ(&c), SECOND(want), &q);
	same_context(&q, &c, SACC_HCA_OP_QUERY_SQ, want);
	end_queues(&q);
}

TEST(query_rmp_returns_what_create_stored_and_nothing_else)
{
	u8 want[CTX_BYTES] = { 0 };
	struct queues q;
	struct command c;

	begin_queues(&q);
	new_create_rmp(&c, &q);
	memset(RMPC(&c), 0xff, CTX_BYTES);
	KEPT(rmpc, state, 1); KEPT(rmpc, basic_cyclic_rcv_wqe, 1);
	fill_wq(WQ(&c), SECOND(want), &q);
	same_context(&q, &c, SACC_HCA_OP_QUERY_RMP, want);
	end_queues(&q);
}

/* --- States of RQs, SQs and RMPs */

enum { RST = 0, RDY = 1, ERR = 3 };

/* @from, and what the command says that it is, to @to. */
static void new_wq_modify(struct command *c, const struct queues *q, u16 opcode,
			  u32 id, u32 from, u32 to)
{
	new_command(c, opcode, q->p.uid, 272, 16);
	sacc_hca_set(modify_rq_in, c->in, rqn, id);
	sacc_hca_set(modify_rq_in, c->in, rq_state, from);
	SET_RQC(c, state, to);
}

static void force_wq_state(const struct queues *q, enum sacc_hca_obj_type type,
			   u32 id, u32 state)
{
	struct sacc_hca_queue *queue;

	sacc_lock(&q->hca->lock);
	queue = (struct sacc_hca_queue *)
		sacc_hca_obj_find(q->hca, &q->hca->kernel, type, id);
	ASSERT(queue);
	sacc_hca_set(rqc, queue->ctx, state, state);
	sacc_unlock(&q->hca->lock);
}

static u32 wq_state(const struct queues *q, u16 opcode, u32 id)
{
	u8 ctx[CTX_BYTES];

	ASSERT_EQ(query_ctx(q->hca, opcode, q->p.uid, id, ctx, 32, CTX_BYTES),
		  0);
	return sacc_hca_get(rqc, ctx, state);
}

/* The new states that are legal from each: bits. */
static void check_states(const struct queues *q, enum sacc_hca_obj_type type,
			 u32 id, u16 modify, u16 query, u32 current_syndrome,
			 u32 new_syndrome, const u32 *legal)
{
	static const u32 states[] = { RST, RDY, ERR };
	struct command c;
	u32 f, said, to, from;

	for (f = 0; f < ARRAY_SIZE(states); f++)
		for (said = 0; said < 16; said++)
			for (to = 0; to < 16; to++) {
				from = states[f];
				if (!legal[from])
					continue;
				force_wq_state(q, type, id, from);
				new_wq_modify(&c, q, modify, id, said, to);
				if (said == from && legal[from] >> to & 1) {
					ASSERT_EQ(run(q->hca, &c), 0);
					ASSERT_EQ(wq_state(q, query, id), to);
					continue;
				}
				refused_so(q, &c, said == from ? new_syndrome :
					   current_syndrome,
					   SACC_HCA_BAD_RES_STATE);
				ASSERT_EQ(wq_state(q, query, id), from);
			}
}

TEST(rqs_go_from_state_to_state_as_they_may)
{
	static const u32 legal[] = {
		[RST] = 0xb, [RDY] = 0xb, [2] = 0, [ERR] = 0x9,
	};
	struct queues q;

	begin_queues(&q);
	check_states(&q, SACC_HCA_OBJ_RQ, q.rqn, SACC_HCA_OP_MODIFY_RQ,
		     SACC_HCA_OP_QUERY_RQ, SACC_HCA_SYND_RQ_STATE_CURRENT,
		     SACC_HCA_SYND_RQ_STATE_NEW, legal);
	end_queues(&q);
}

TEST(sqs_go_from_state_to_state_as_they_may)
{
	static const u32 legal[] = {
		[RST] = 0xb, [RDY] = 0xb, [2] = 0, [ERR] = 0x9,
	};
	struct queues q;
	struct command c;

	begin_queues(&q);
	new_create_sq(&c, &q);
	check_states(&q, SACC_HCA_OBJ_SQ, created(q.hca, &c),
		     SACC_HCA_OP_MODIFY_SQ, SACC_HCA_OP_QUERY_SQ,
		     SACC_HCA_SYND_SQ_STATE_CURRENT, SACC_HCA_SYND_SQ_STATE_NEW,
		     legal);
	end_queues(&q);
}

TEST(rmps_go_from_ready_to_error_only)
{
	static const u32 legal[] = {
		[RST] = 0, [RDY] = 0xa, [2] = 0, [ERR] = 0x8,
	};
	struct queues q;

	begin_queues(&q);
	check_states(&q, SACC_HCA_OBJ_RMP, q.rmpn, SACC_HCA_OP_MODIFY_RMP,
		     SACC_HCA_OP_QUERY_RMP, SACC_HCA_SYND_RMP_STATE_CURRENT,
		     SACC_HCA_SYND_RMP_STATE_NEW, legal);
	end_queues(&q);
}

REFUSED(an_rq_is_born_in_reset, new_create_rq, SET_RQC(&c, state, RDY),
	RQ_STATE_CREATE, BAD_PARAM)
REFUSED(an_sq_is_born_in_reset, new_create_sq, SET_SQC(&c, state, RDY),
	SQ_STATE_CREATE, BAD_PARAM)
REFUSED(an_rmp_is_born_ready, new_create_rmp, SET_RMPC(&c, state, RST),
	RMP_STATE_CREATE, BAD_PARAM)

/* --- RQs and SQs */

REFUSED(rq_memory_of_type_2_is_refused, new_create_rq,
	SET_RQC(&c, mem_rq_type, 2), RQ_MEM_TYPE, BAD_PARAM)
REFUSED(an_rq_with_the_reserved_key_is_refused, new_create_rq,
	SET_RQC(&c, rlky, 1), RQ_FEATURE, BAD_PARAM)
REFUSED(an_rq_with_delayed_drop_is_refused, new_create_rq,
	SET_RQC(&c, delay_drop_en, 1), RQ_FEATURE, BAD_PARAM)
REFUSED(an_rq_with_checksums_is_refused, new_create_rq,
	SET_RQC(&c, scatter_fcs, 1), RQ_FEATURE, BAD_PARAM)
REFUSED(a_hairpin_rq_is_refused, new_create_rq, SET_RQC(&c, hairpin, 1),
	RQ_FEATURE, BAD_PARAM)
REFUSED(an_rq_with_real_time_stamps_is_refused, new_create_rq,
	SET_RQC(&c, ts_format, 2), WQ_TS_FORMAT, BAD_PARAM)
REFUSED(an_rq_needs_a_cq, new_create_rq, SET_RQC(&c, cqn, 0), WQ_CQ,
	BAD_RESOURCE)
REFUSED(an_rq_on_an_unknown_rmp_is_refused, new_create_rq,
	SET_RQC(&c, mem_rq_type, 1); SET_RQC(&c, rmpn, 1), RQ_RMP, BAD_RESOURCE)
REFUSED(an_sq_with_the_reserved_key_is_refused, new_create_sq,
	SET_SQC(&c, rlky, 1), SQ_FEATURE, BAD_PARAM)
REFUSED(a_cross_channel_sq_is_refused, new_create_sq, SET_SQC(&c, cd_master, 1),
	SQ_FEATURE, BAD_PARAM)
REFUSED(an_sq_for_packet_trains_is_refused, new_create_sq,
	SET_SQC(&c, allow_multi_pkt_send_wqe, 1), SQ_FEATURE, BAD_PARAM)
REFUSED(an_sq_for_umr_is_refused, new_create_sq, SET_SQC(&c, reg_umr, 1),
	SQ_FEATURE, BAD_PARAM)
REFUSED(an_sq_with_software_parsing_is_refused, new_create_sq,
	SET_SQC(&c, allow_swp, 1), SQ_FEATURE, BAD_PARAM)
REFUSED(a_hairpin_sq_is_refused, new_create_sq, SET_SQC(&c, hairpin, 1),
	SQ_FEATURE, BAD_PARAM)
REFUSED(a_paced_sq_is_refused, new_create_sq,
	SET_SQC(&c, packet_pacing_rate_limit_index, 1), SQ_FEATURE, BAD_PARAM)
REFUSED(an_sq_in_a_queue_group_is_refused, new_create_sq,
	SET_SQC(&c, qos_queue_group_id, 1), SQ_FEATURE, BAD_PARAM)
REFUSED(an_sq_with_real_time_stamps_is_refused, new_create_sq,
	SET_SQC(&c, ts_format, 2), WQ_TS_FORMAT, BAD_PARAM)
REFUSED(an_sq_of_two_tises_is_refused, new_create_sq, SET_SQC(&c, tis_lst_sz, 2),
	SQ_TIS_COUNT, EXCEED_LIM)
REFUSED(an_sq_of_an_unknown_tis_is_refused, new_create_sq,
	SET_SQC(&c, tis_num_0, 99), SQ_TIS, BAD_RESOURCE)
REFUSED(an_sq_needs_a_cq, new_create_sq, SET_SQC(&c, cqn, 99), WQ_CQ,
	BAD_RESOURCE)

REFUSED(an_rq_of_an_unknown_counter_set_is_refused, new_create_rq,
	SET_RQC(&c, counter_set_id, 99), WQ_COUNTER, BAD_RESOURCE)

TEST(modify_rq_changes_the_selected_fields_and_no_others)
{
	u8 got[CTX_BYTES], want[CTX_BYTES];
	struct queues q;
	struct command c;
	u32 select;

	begin_queues(&q);
	for (select = 0; select < 32; select++) {
		ASSERT_EQ(query_ctx(q.hca, SACC_HCA_OP_QUERY_RQ, q.p.uid, q.rqn,
				    want, 32, CTX_BYTES), 0);
		new_wq_modify(&c, &q, SACC_HCA_OP_MODIFY_RQ, q.rqn, RST, RST);
		sacc_hca_set(modify_rq_in, c.in, modify_bitmask, select);
		SET_RQC(&c, vsd, select & 1);
		SET_RQC(&c, counter_set_id, q.counters[select & 1]);
		SET_RQC(&c, user_index, 77);
		SET_WQ(&c, lwm, select % 16);
		SET_WQ(&c, log_wq_sz, 1);
		if (select & ~0xbu) {
			refused_so(&q, &c, SACC_HCA_SYND_RQ_MODIFY_FIELD,
				   SACC_HCA_BAD_PARAM);
		} else {
			ASSERT_EQ(run(q.hca, &c), 0);
			if (select & 1)
				sacc_hca_set(wq, SECOND(want), lwm, select % 16);
			if (select & 2)
				sacc_hca_set(rqc, want, vsd, select & 1);
			if (select & 8)
				sacc_hca_set(rqc, want, counter_set_id,
					     q.counters[select & 1]);
		}
		ASSERT_EQ(query_ctx(q.hca, SACC_HCA_OP_QUERY_RQ, q.p.uid, q.rqn,
				    got, 32, CTX_BYTES), 0);
		ASSERT(!memcmp(got, want, CTX_BYTES));
	}
	new_wq_modify(&c, &q, SACC_HCA_OP_MODIFY_RQ, q.rqn, RST, RST);
	sacc_hca_set(modify_rq_in, c.in, modify_bitmask, 1);
	SET_WQ(&c, lwm, 16);
	ASSERT_EQ(run(q.hca, &c), 0);
	SET_RQC(&c, state, RDY);
	SET_WQ(&c, lwm, 17);
	refused_so(&q, &c, SACC_HCA_SYND_WQ_LWM, SACC_HCA_BAD_PARAM);
	sacc_hca_set(modify_rq_in, c.in, modify_bitmask, 9);
	SET_WQ(&c, lwm, 16);
	SET_RQC(&c, counter_set_id, 99);
	refused_so(&q, &c, SACC_HCA_SYND_WQ_COUNTER, SACC_HCA_BAD_RESOURCE);
	ASSERT_EQ(references(q.hca, SACC_HCA_OBJ_Q_COUNTER, q.counters[1]), 1);
	ASSERT_EQ(references(q.hca, SACC_HCA_OBJ_Q_COUNTER, q.counters[0]), 0);
	SET_RQC(&c, counter_set_id, 0);
	SET_RQC(&c, state, RST);
	ASSERT_EQ(run(q.hca, &c), 0);
	ASSERT_EQ(references(q.hca, SACC_HCA_OBJ_Q_COUNTER, q.counters[1]), 0);
	sacc_hca_set(modify_rq_in, c.in, modify_bitmask, 1ULL << 63);
	refused_so(&q, &c, SACC_HCA_SYND_RQ_MODIFY_FIELD, SACC_HCA_BAD_PARAM);
	ASSERT_EQ(wq_state(&q, SACC_HCA_OP_QUERY_RQ, q.rqn), RST);
	end_queues(&q);
}

TEST(modify_sq_knows_no_fields_and_modify_rmp_the_limit)
{
	u8 got[CTX_BYTES];
	struct queues q;
	struct command c;
	u32 sqn;

	begin_queues(&q);
	new_create_sq(&c, &q);
	sqn = created(q.hca, &c);
	new_wq_modify(&c, &q, SACC_HCA_OP_MODIFY_SQ, sqn, RST, RDY);
	sacc_hca_set(modify_sq_in, c.in, modify_bitmask, 1);
	refused_so(&q, &c, SACC_HCA_SYND_SQ_MODIFY_FIELD, SACC_HCA_BAD_PARAM);
	new_wq_modify(&c, &q, SACC_HCA_OP_MODIFY_RMP, q.rmpn, RDY, RDY);
	SET_WQ(&c, lwm, 9);
	c.in[23] = 2;
	refused_so(&q, &c, SACC_HCA_SYND_RMP_MODIFY_FIELD, SACC_HCA_BAD_PARAM);
	c.in[23] = 1;
	ASSERT_EQ(run(q.hca, &c), 0);
	/* Not asked for. */
	c.in[23] = 0;
	SET_WQ(&c, lwm, 3);
	ASSERT_EQ(run(q.hca, &c), 0);
	/* All of it or nothing. */
	c.in[23] = 1;
	SET_RMPC(&c, state, ERR);
	SET_WQ(&c, lwm, 17);
	refused_so(&q, &c, SACC_HCA_SYND_WQ_LWM, SACC_HCA_BAD_PARAM);
	ASSERT_EQ(wq_state(&q, SACC_HCA_OP_QUERY_RMP, q.rmpn), RDY);
	ASSERT_EQ(query_ctx(q.hca, SACC_HCA_OP_QUERY_RMP, q.p.uid, q.rmpn, got,
			    32, CTX_BYTES), 0);
	ASSERT_EQ(sacc_hca_get(wq, SECOND(got), lwm), 9);
	end_queues(&q);
}

TEST(an_sq_without_a_tis_holds_none)
{
	struct queues q;
	struct command c;
	u8 got[CTX_BYTES];

	begin_queues(&q);
	new_create_sq(&c, &q);
	SET_SQC(&c, tis_lst_sz, 0);
	SET_SQC(&c, tis_num_0, 99);
	ASSERT_EQ(query_ctx(q.hca, SACC_HCA_OP_QUERY_SQ, q.p.uid,
			    created(q.hca, &c), got, 32, CTX_BYTES), 0);
	ASSERT_EQ(sacc_hca_get(sqc, got, tis_num_0), 0);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_TIS, q.p.uid, q.tisn), 0);
	end_queues(&q);
}

KTAP_MAIN()
