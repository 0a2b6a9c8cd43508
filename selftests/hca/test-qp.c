// SPDX-License-Identifier: GPL-2.0-only
/* Queue pairs: what CREATE refuses, takes and stores. States: test-qp-state.c. */
#include "hca-queue.h"

#define NO_RQ(c)	SET_QPC(c, rq_type, 3)

/* --- What CREATE refuses */

#define IN(f, v)	sacc_hca_set(create_qp_in, c.in, f, v)
#define CTX(f, v)	SET_QPC(&c, f, v)
#define QP_FAIL(name, change, syndrome, status) \
	REFUSED(name, new_create_qp, change, syndrome, status)

QP_FAIL(transport_xrc_is_refused, CTX(st, 3), QP_TRANSPORT, BAD_PARAM)
QP_FAIL(transport_dci_is_refused, CTX(st, 5), QP_TRANSPORT, BAD_PARAM)
QP_FAIL(special_qps_are_refused, CTX(st, 8), QP_TRANSPORT, BAD_PARAM)
QP_FAIL(raw_packets_are_refused, CTX(st, 9), QP_TRANSPORT, BAD_PARAM)
QP_FAIL(umr_qps_are_refused, CTX(st, 12), QP_TRANSPORT, BAD_PARAM)
QP_FAIL(rq_type_2_is_refused, CTX(rq_type, 2), QP_RQ_TYPE, BAD_PARAM)
QP_FAIL(rq_type_7_is_refused, CTX(rq_type, 7), QP_RQ_TYPE, BAD_PARAM)
QP_FAIL(receive_wqes_of_1024_bytes_are_refused, CTX(log_rq_stride, 6), QP_STRIDE,
	EXCEED_LIM)
QP_FAIL(the_reserved_migration_state_is_refused, CTX(pm_state, 2), QP_PM_STATE,
	BAD_PARAM)
QP_FAIL(real_time_stamps_are_refused, CTX(ts_format, 2), QP_TS_FORMAT, BAD_PARAM)
QP_FAIL(rendezvous_offload_is_refused, CTX(offload_type, 1), QP_FEATURE, BAD_PARAM)
QP_FAIL(wqe_signatures_are_refused, CTX(wq_signature, 1), QP_FEATURE, BAD_PARAM)
QP_FAIL(atomic_like_writes_are_refused, CTX(atomic_like_write_en, 1), QP_FEATURE,
	BAD_PARAM)
QP_FAIL(draining_by_signature_errors_is_refused, CTX(drain_sigerr, 1), QP_FEATURE,
	BAD_PARAM)
QP_FAIL(the_reserved_key_is_refused, CTX(rlky, 1), QP_FEATURE, BAD_PARAM)
QP_FAIL(another_source_qpn_is_refused, CTX(deth_sqpn, 1), QP_FEATURE, BAD_PARAM)
QP_FAIL(stateless_offload_is_refused, CTX(ulp_stateless_offload_mode, 1),
	QP_FEATURE, BAD_PARAM)
QP_FAIL(a_cross_channel_master_is_refused, CTX(cd_master, 1), QP_FEATURE, BAD_PARAM)
QP_FAIL(a_cross_channel_sender_is_refused, CTX(cd_slave_send, 1), QP_FEATURE,
	BAD_PARAM)
QP_FAIL(a_cross_channel_receiver_is_refused, CTX(cd_slave_receive, 1), QP_FEATURE,
	BAD_PARAM)
QP_FAIL(an_extended_context_is_refused, IN(qpc_ext, 1), QP_EXTENSION, BAD_PARAM)
QP_FAIL(a_number_of_ones_own_choice_is_refused, IN(input_qpn, 77), QP_INPUT_QPN,
	BAD_PARAM)
QP_FAIL(pd_0_is_refused, CTX(pd, 0), WQ_PD, BAD_RESOURCE)
QP_FAIL(an_unknown_pd_is_refused, CTX(pd, 99), WQ_PD, BAD_RESOURCE)
QP_FAIL(send_cq_0_is_refused, CTX(cqn_snd, 0), QP_CQ_SEND, BAD_RESOURCE)
QP_FAIL(an_unknown_send_cq_is_refused, CTX(cqn_snd, 99), QP_CQ_SEND, BAD_RESOURCE)
QP_FAIL(receive_cq_0_is_refused, CTX(cqn_rcv, 0), QP_CQ_RECEIVE, BAD_RESOURCE)
QP_FAIL(an_unknown_receive_cq_is_refused, CTX(cqn_rcv, 99), QP_CQ_RECEIVE,
	BAD_RESOURCE)
QP_FAIL(an_unknown_receive_cq_is_refused_without_need, CTX(cqn_rcv, 99); NO_RQ(&c),
	QP_CQ_RECEIVE, BAD_RESOURCE)
QP_FAIL(an_unknown_send_cq_is_refused_without_need, CTX(cqn_snd, 99);
	CTX(no_sq, 1), QP_CQ_SEND, BAD_RESOURCE)
QP_FAIL(an_unknown_counter_set_is_refused, CTX(counter_set_id, 99), WQ_COUNTER,
	BAD_RESOURCE)
QP_FAIL(srq_0_is_refused, CTX(rq_type, 1), QP_SRQ, BAD_RESOURCE)
QP_FAIL(an_unknown_srq_is_refused, CTX(rq_type, 1); CTX(srqn_rmpn_xrqn, 99), QP_SRQ,
	BAD_RESOURCE)
QP_FAIL(uar_0_is_refused, CTX(uar_page, 0), WQ_UAR, BAD_RESOURCE)
QP_FAIL(an_unknown_uar_is_refused_without_need, CTX(uar_page, 99); CTX(no_sq, 1),
	WQ_UAR, BAD_RESOURCE)
QP_FAIL(a_ring_in_physical_pages_is_refused, IN(wq_umem_valid, 0), WQ_NO_UMEM,
	BAD_PARAM)
QP_FAIL(a_ring_in_umem_0_is_refused, IN(wq_umem_id, 0), WQ_UMEM, BAD_RESOURCE)
QP_FAIL(a_ring_at_an_odd_offset_is_refused, IN(wq_umem_offset, 32), WQ_UMEM_ALIGN,
	BAD_PARAM)
QP_FAIL(a_ring_64_bytes_too_far_is_refused,
	IN(wq_umem_offset, RING_BYTES - 3072 + 64), WQ_UMEM_RANGE, BAD_PARAM)
QP_FAIL(a_ring_pushed_out_by_the_page_offset_is_refused,
	IN(wq_umem_offset, RING_BYTES - 3072); CTX(page_offset, 1), WQ_UMEM_RANGE,
	BAD_PARAM)
QP_FAIL(a_ring_whose_start_overflows_is_refused,
	IN(wq_umem_offset, ~63ULL); CTX(page_offset, 1), WQ_UMEM_RANGE, BAD_PARAM)
QP_FAIL(a_ring_whose_end_overflows_is_refused, IN(wq_umem_offset, ~63ULL),
	WQ_UMEM_RANGE, BAD_PARAM)
QP_FAIL(a_send_queue_longer_than_the_umem_is_refused, CTX(log_sq_size, 15),
	WQ_UMEM_RANGE, BAD_PARAM)
QP_FAIL(a_receive_queue_longer_than_the_umem_is_refused, CTX(log_rq_size, 15),
	WQ_UMEM_RANGE, BAD_PARAM)
QP_FAIL(a_record_by_physical_address_is_refused, CTX(dbr_umem_valid, 0),
	WQ_NO_DBR_UMEM, BAD_PARAM)
QP_FAIL(a_record_in_an_unknown_umem_is_refused, CTX(dbr_umem_id, 99), WQ_DBR_UMEM,
	BAD_RESOURCE)
QP_FAIL(a_record_at_an_odd_offset_is_refused, CTX(dbr_addr, 4), WQ_DBR_ALIGN,
	BAD_PARAM)
QP_FAIL(a_record_at_the_end_of_the_umem_is_refused, CTX(dbr_addr, DBR_PAGE),
	WQ_DBR_RANGE, BAD_PARAM)
QP_FAIL(a_record_whose_end_overflows_is_refused, CTX(dbr_addr, ~7ULL), WQ_DBR_RANGE,
	BAD_PARAM)

TEST(parts_of_another_uid_are_refused)
{
	struct queues q, other;
	struct command c;

	begin_queues(&q);
	begin_queues_on(&other, q.hca);
#define FOREIGN(change, syndrome)					\
	do {								\
		new_create_qp(&c, &q);					\
		change;							\
		refused_so(&q, &c, SACC_HCA_SYND_##syndrome,		\
			   SACC_HCA_BAD_RESOURCE);			\
	} while (0)
	FOREIGN(CTX(pd, other.pd), WQ_PD);
	FOREIGN(CTX(cqn_snd, other.cqs[0]), QP_CQ_SEND);
	FOREIGN(CTX(cqn_rcv, other.cqs[0]), QP_CQ_RECEIVE);
	FOREIGN(CTX(uar_page, other.p.uar), WQ_UAR);
	FOREIGN(IN(wq_umem_id, other.p.ring), WQ_UMEM);
	FOREIGN(CTX(dbr_umem_id, other.p.dbr), WQ_DBR_UMEM);
	FOREIGN(CTX(rq_type, 1); CTX(srqn_rmpn_xrqn, other.srqn), QP_SRQ);
	FOREIGN(CTX(rq_type, 1); CTX(srqn_rmpn_xrqn, other.rmpn), QP_SRQ);
	/* Uid 0 sees all, but makes nothing from what is another's. */
	FOREIGN(sacc_hca_set(cmd_in, c.in, uid, 0), WQ_PD);
	end_queues(&q);
	free_memory(&other.p);
}

/* --- What CREATE takes */

TEST(a_ring_that_just_fits_is_taken)
{
	struct queues q;
	struct command c;

	begin_queues(&q);
	new_create_qp(&c, &q);
	IN(wq_umem_offset, RING_BYTES - 3072);
	CTX(dbr_addr, DBR_PAGE - 8);
	ASSERT_EQ(run(q.hca, &c), 0);
	/* With one of the two queues alone there is more room. */
	IN(wq_umem_offset, RING_BYTES - 2048);
	ASSERT_EQ(run(q.hca, &c), SACC_HCA_SYND_WQ_UMEM_RANGE);
	NO_RQ(&c);
	ASSERT_EQ(run(q.hca, &c), 0);
	IN(wq_umem_offset, RING_BYTES - 2048 + 64);
	ASSERT_EQ(run(q.hca, &c), SACC_HCA_SYND_WQ_UMEM_RANGE);
	CTX(rq_type, 0);
	CTX(no_sq, 1);
	IN(wq_umem_offset, RING_BYTES - 1024);
	ASSERT_EQ(run(q.hca, &c), 0);
	IN(wq_umem_offset, RING_BYTES - 1024 + 64);
	ASSERT_EQ(run(q.hca, &c), SACC_HCA_SYND_WQ_UMEM_RANGE);
	end_queues(&q);
}

TEST(a_qp_without_queues_of_its_own_needs_no_memory)
{
	u8 ctx[QPC_BYTES];
	struct queues q;
	struct command c;
	u32 refs;

	begin_queues(&q);
	new_create_qp(&c, &q);
	CTX(no_sq, 1);
	CTX(rq_type, 1);
	CTX(srqn_rmpn_xrqn, q.srqn);
	CTX(cqn_snd, 0);
	CTX(uar_page, 0);
	IN(wq_umem_valid, 0);
	CTX(dbr_umem_valid, 0);
	ASSERT_EQ(run(q.hca, &c), 0);
	/* What it names nevertheless is neither held nor told. */
	refs = references(q.hca, SACC_HCA_OBJ_UMEM, q.p.dbr);
	CTX(dbr_umem_valid, 1);
	query_qp(&q, created(q.hca, &c), ctx);
	ASSERT_EQ(references(q.hca, SACC_HCA_OBJ_UMEM, q.p.dbr), refs);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, dbr_umem_valid), 0);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, dbr_umem_id), 0);
	ASSERT_EQ(sacc_hca_get64(qpc, ctx, dbr_addr), 0);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, srqn_rmpn_xrqn), q.srqn);
	end_queues(&q);
}

TEST(an_srq_and_an_rmp_are_named_in_the_same_field)
{
	struct queues q;
	struct command c;
	u32 qpn;

	begin_queues(&q);
	ASSERT_NE(q.srqn, q.rmpn);
	new_create_qp(&c, &q);
	CTX(rq_type, 1);
	CTX(srqn_rmpn_xrqn, q.srqn);
	qpn = created(q.hca, &c);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_SRQ, q.p.uid, q.srqn),
		  SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_RMP, q.p.uid, q.rmpn), 0);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_QP, q.p.uid, qpn), 0);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_SRQ, q.p.uid, q.srqn), 0);
	new_create_rmp(&c, &q);
	q.rmpn = created(q.hca, &c);
	new_create_qp(&c, &q);
	CTX(rq_type, 1);
	CTX(srqn_rmpn_xrqn, q.rmpn);
	created(q.hca, &c);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_RMP, q.p.uid, q.rmpn),
		  SACC_HCA_SYND_OBJECT_BUSY);
	end_queues(&q);
}

TEST(numbers_of_srqs_and_rmps_are_never_equal)
{
	struct queues q;
	struct command c;

	begin_queues(&q);
	q.hca->tables[SACC_HCA_OBJ_SRQ].last_id = 0x7ffffe;
	q.hca->tables[SACC_HCA_OBJ_RMP].last_id = 0xfffffe;
	new_create_srq(&c, &q);
	ASSERT_EQ(created(q.hca, &c), 0x7fffff);
	ASSERT_EQ(created(q.hca, &c), 2);
	new_create_rmp(&c, &q);
	ASSERT_EQ(created(q.hca, &c), 0xffffff);
	ASSERT_EQ(created(q.hca, &c), 0x800001);
	end_queues(&q);
}

TEST(no_qp_has_a_number_that_infiniband_gives_another_meaning)
{
	struct queues q;

	begin_queues(&q);
	ASSERT_EQ(create_qp(&q, RC), 0x40);
	/* Above these are the numbers that clients can reserve. */
	q.hca->tables[SACC_HCA_OBJ_QP].last_id = 0x7ffffe;
	ASSERT_EQ(create_qp(&q, RC), 0x7fffff);
	ASSERT_EQ(create_qp(&q, RC), 0x41);
	end_queues(&q);
}

/* Everything the context can say; the device keeps what belongs to creation. */
TEST(query_returns_what_create_stored_and_nothing_else)
{
	u8 got[QPC_BYTES], want[QPC_BYTES] = { 0 };
	struct queues q;
	struct command c;

	begin_queues(&q);
	new_create_qp(&c, &q);
	memset(QPC(&c), 0xff, QPC_BYTES);
#define KEPT(f, v)							\
	do {								\
		CTX(f, v);						\
		sacc_hca_set(qpc, want, f, v);				\
	} while (0)
#define DROPPED(f, v)	CTX(f, v)
	KEPT(st, UD); KEPT(pm_state, 1); KEPT(req_e2e_credit_mode, 2);
	KEPT(end_padding_mode, 1); KEPT(block_lb_mc, 1);
	KEPT(latency_sensitive, 1); KEPT(pd, q.pd); KEPT(log_rq_size, 3);
	KEPT(log_rq_stride, 5); KEPT(log_sq_size, 2); KEPT(ts_format, 1);
	KEPT(counter_set_id, q.counters[1]); KEPT(uar_page, q.p.uar);
	KEPT(user_index, 0x123456); KEPT(log_page_size, 7); KEPT(fre, 1);
	KEPT(cqn_snd, q.cqs[0]); KEPT(page_offset, 3); KEPT(cqn_rcv, q.cqs[1]);
	KEPT(dbr_addr, 72); KEPT(rq_type, 0); KEPT(cs_req, 0x22);
	KEPT(cs_res, 0x11); KEPT(dbr_umem_valid, 1); KEPT(dbr_umem_id, q.p.dbr);
	KEPT(no_sq, 0);
	DROPPED(offload_type, 0); DROPPED(wq_signature, 0);
	DROPPED(atomic_like_write_en, 0); DROPPED(drain_sigerr, 0);
	DROPPED(rlky, 0); DROPPED(ulp_stateless_offload_mode, 0);
	DROPPED(cd_master, 0); DROPPED(cd_slave_send, 0);
	DROPPED(cd_slave_receive, 0); DROPPED(deth_sqpn, 0);
	query_qp(&q, created(q.hca, &c), got);
	ASSERT(!memcmp(got, want, sizeof(got)));
	end_queues(&q);
}

TEST(query_needs_room_for_the_context)
{
	struct queues q;
	struct command c;

	begin_queues(&q);
	new_command(&c, SACC_HCA_OP_QUERY_QP, q.p.uid, 16, 24 + QPC_BYTES - 1);
	sacc_hca_set(query_qp_in, c.in, qpn, create_qp(&q, RC));
	ASSERT_EQ(run(q.hca, &c), SACC_HCA_SYND_OUT_SHORT);
	c.out_len = 4112;
	ASSERT_EQ(run(q.hca, &c), 0);
	end_queues(&q);
}

KTAP_MAIN()
