// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues and transport objects in the HCA fuzzer: made from the input, and judged by
 * what is known of their parts and by the rules of their contexts.
 */
#include "hca-queue.h"

static struct shadow *use(struct uses *u, enum sacc_hca_obj_type type, u64 id,
			  bool needed)
{
	struct shadow *obj = shadow_own(u->uid, type, (u32)id);

	if (obj && u->n < MAX_USES)
		u->parts[u->n++] = obj;
	else if (needed || id)
		u->bad = true;
	return obj;
}

void hold(struct shadow *obj, const struct uses *u)
{
	unsigned int i;

	shadow_drop_uses(obj);
	for (i = 0; i < u->n; i++)
		shadow_use(obj, u->parts[i]);
}

bool counter_is_good(u16 uid, u64 id, struct shadow **counter)
{
	*counter = shadow_own(uid, SACC_HCA_OBJ_Q_COUNTER, (u32)id);
	return !id || *counter;
}

void count_in(struct shadow *obj, struct shadow *counter)
{
	if (obj->queue.counter)
		shadow_unuse(obj, obj->queue.counter);
	if (counter)
		shadow_use(obj, counter);
	obj->queue.counter = counter;
}

/* --- Rings */

static void use_ring(struct uses *u, bool valid, u64 id, u64 offset, u64 skip,
		     u64 bytes)
{
	struct shadow *umem = use(u, SACC_HCA_OBJ_UMEM, id, true);

	if (!valid || !umem || offset % 64 ||
	    !fits(offset, 64 * skip + bytes, umem))
		u->bad = true;
}

static void use_record(struct uses *u, bool valid, u64 id, u64 offset)
{
	struct shadow *umem = use(u, SACC_HCA_OBJ_UMEM, id, true);

	if (!valid || !umem || offset % 8 || !fits(offset, 8, umem))
		u->bad = true;
}

static void use_wq(struct uses *u, const u8 *wq)
{
	use(u, SACC_HCA_OBJ_PD, G(wq, wq, pd), true);
	use_ring(u, G(wq, wq, wq_umem_valid), G(wq, wq, wq_umem_id),
		 G(wq, wq, wq_umem_offset), G(wq, wq, page_offset),
		 1ULL << (G(wq, wq, log_wq_sz) + G(wq, wq, log_wq_stride)));
	use_record(u, G(wq, wq, dbr_umem_valid), G(wq, wq, dbr_umem_id),
		   G(wq, wq, dbr_addr));
}

static bool wq_is_good(const u8 *wq, bool sends)
{
	u64 stride = G(wq, wq, log_wq_stride);

	if (G(wq, wq, wq_type) > 1 || (sends && G(wq, wq, wq_type) != 1) ||
	    stride < (sends ? 6 : 4) || stride > (sends ? 6 : 9))
		return false;
	return !G(wq, wq, wq_signature) && !G(wq, wq, cd_slave) &&
	       !G(wq, wq, hds_skip_first_sge) && !G(wq, wq, shampo_enable) &&
	       !G(wq, wq, log2_hds_buf_size) && G(wq, wq, log_wq_sz) <= 15 &&
	       G(wq, wq, lwm) <= 1u << G(wq, wq, log_wq_sz);
}

/* --- Create: from the input */

static u64 small_offset(void)
{
	return 64 * (take8(&fuzz.in) % 8);
}

static void fill_wq(u8 *wq, u16 uid, bool sends)
{
	struct input *in = &fuzz.in;
	u8 bits = take8(in);

	sacc_hca_set(wq, wq, wq_type, sends ? 1 : bits & 1);
	sacc_hca_set(wq, wq, log_wq_sz, bits >> 1 & 3);
	sacc_hca_set(wq, wq, log_wq_stride, sends ? 6 : 4 + (bits >> 3 & 1));
	sacc_hca_set(wq, wq, lwm, bits >> 4 & 1);
	sacc_hca_set(wq, wq, page_offset, bits >> 5 & 1);
	sacc_hca_set(wq, wq, pd, pick_id(in, SACC_HCA_OBJ_PD, uid));
	sacc_hca_set(wq, wq, wq_umem_valid, 1);
	sacc_hca_set(wq, wq, wq_umem_id, pick_id(in, SACC_HCA_OBJ_UMEM, uid));
	sacc_hca_set(wq, wq, wq_umem_offset, bits & 0x80 ? small_offset() : 0);
	sacc_hca_set(wq, wq, dbr_umem_valid, 1);
	sacc_hca_set(wq, wq, dbr_umem_id, pick_id(in, SACC_HCA_OBJ_UMEM, uid));
	sacc_hca_set(wq, wq, dbr_addr, 8 * (take8(in) % 33));
	if (sends || bits & 0x40)
		sacc_hca_set(wq, wq, uar_page,
			     pick_id(in, SACC_HCA_OBJ_UAR, uid));
}

void fill_create_qp(struct command *c, u16 uid)
{
	struct input *in = &fuzz.in;
	u8 bits = take8(in), at, *qpc = IN_QPC(c);

	sacc_hca_set(cmd_in, c->in, obj_id, 0);
	sacc_hca_set(qpc, qpc, st, (bits & 3) % 3);
	sacc_hca_set(qpc, qpc, rq_type, bits & 4 ? 0 : bits & 8 ? 1 : 3);
	sacc_hca_set(qpc, qpc, no_sq, bits >> 4 & bits >> 5);
	sacc_hca_set(qpc, qpc, log_rq_size, bits >> 6 & 1);
	sacc_hca_set(qpc, qpc, log_sq_size, bits >> 7);
	sacc_hca_set(qpc, qpc, pd, pick_id(in, SACC_HCA_OBJ_PD, uid));
	sacc_hca_set(qpc, qpc, cqn_snd, pick_id(in, SACC_HCA_OBJ_CQ, uid));
	sacc_hca_set(qpc, qpc, cqn_rcv, pick_id(in, SACC_HCA_OBJ_CQ, uid));
	sacc_hca_set(qpc, qpc, uar_page, pick_id(in, SACC_HCA_OBJ_UAR, uid));
	if ((bits & 0xc) == 8)
		sacc_hca_set(qpc, qpc, srqn_rmpn_xrqn,
			     pick_id(in, bits & 0x20 ? SACC_HCA_OBJ_SRQ :
				     SACC_HCA_OBJ_RMP, uid));
	sacc_hca_set(create_qp_in, c->in, wq_umem_valid, 1);
	sacc_hca_set(create_qp_in, c->in, wq_umem_id,
		     pick_id(in, SACC_HCA_OBJ_UMEM, uid));
	sacc_hca_set(create_qp_in, c->in, wq_umem_offset, small_offset());
	sacc_hca_set(qpc, qpc, dbr_umem_valid, 1);
	sacc_hca_set(qpc, qpc, dbr_umem_id, pick_id(in, SACC_HCA_OBJ_UMEM, uid));
	at = take8(in);
	sacc_hca_set(qpc, qpc, dbr_addr, 8 * (at % 33));
	if (at >= 0xe0)
		sacc_hca_set(qpc, qpc, counter_set_id,
			     pick_id(in, SACC_HCA_OBJ_Q_COUNTER, uid));
}

void fill_create_srq(struct command *c, u16 uid)
{
	struct input *in = &fuzz.in;
	u8 bits = take8(in), *srqc = IN_SRQC(c);

	sacc_hca_set(cmd_in, c->in, obj_id, 0);
	sacc_hca_set(srqc, srqc, log_srq_size, bits & 3);
	sacc_hca_set(srqc, srqc, log_rq_stride, bits >> 2 & 1);
	sacc_hca_set(srqc, srqc, page_offset, bits >> 3 & 1);
	sacc_hca_set(srqc, srqc, lwm, bits >> 4 & 1);
	sacc_hca_set(srqc, srqc, pd, pick_id(in, SACC_HCA_OBJ_PD, uid));
	sacc_hca_set(srqc, srqc, dbr_umem_valid, 1);
	sacc_hca_set(srqc, srqc, dbr_umem_id,
		     pick_id(in, SACC_HCA_OBJ_UMEM, uid));
	sacc_hca_set(srqc, srqc, dbr_addr, 8 * (take8(in) % 33));
	sacc_hca_set(create_srq_in, c->in, srq_umem_valid, 1);
	sacc_hca_set(create_srq_in, c->in, srq_umem_id,
		     pick_id(in, SACC_HCA_OBJ_UMEM, uid));
	sacc_hca_set(create_srq_in, c->in, srq_umem_offset,
		     bits & 0x80 ? small_offset() : 0);
}

void fill_create_rmp(struct command *c, u16 uid)
{
	sacc_hca_set(cmd_in, c->in, obj_id, 0);
	sacc_hca_set(rmpc, IN_CTX(c), state, 1);
	fill_wq(IN_CTX(c) + WQ_AT, uid, false);
}

void fill_create_rq(struct command *c, u16 uid)
{
	u8 bits = take8(&fuzz.in), *rqc = IN_CTX(c);

	sacc_hca_set(cmd_in, c->in, obj_id, 0);
	sacc_hca_set(rqc, rqc, vsd, bits);
	sacc_hca_set(rqc, rqc, cqn, pick_id(&fuzz.in, SACC_HCA_OBJ_CQ, uid));
	if (bits & 0x10) {
		sacc_hca_set(rqc, rqc, mem_rq_type, 1);
		sacc_hca_set(rqc, rqc, rmpn,
			     pick_id(&fuzz.in, SACC_HCA_OBJ_RMP, uid));
	} else {
		fill_wq(rqc + WQ_AT, uid, false);
	}
	if (bits & 0x20)
		sacc_hca_set(rqc, rqc, counter_set_id,
			     pick_id(&fuzz.in, SACC_HCA_OBJ_Q_COUNTER, uid));
}

void fill_create_sq(struct command *c, u16 uid)
{
	u8 bits = take8(&fuzz.in), *sqc = IN_CTX(c);

	sacc_hca_set(cmd_in, c->in, obj_id, 0);
	sacc_hca_set(sqc, sqc, cqn, pick_id(&fuzz.in, SACC_HCA_OBJ_CQ, uid));
	sacc_hca_set(sqc, sqc, tis_lst_sz, bits & 1);
	if (bits & 1)
		sacc_hca_set(sqc, sqc, tis_num_0,
			     pick_id(&fuzz.in, SACC_HCA_OBJ_TIS, uid));
	fill_wq(sqc + WQ_AT, uid, true);
}

void fill_create_tis(struct command *c, u16 uid)
{
	u8 bits = take8(&fuzz.in), *tisc = IN_CTX(c);

	sacc_hca_set(cmd_in, c->in, obj_id, 0);
	sacc_hca_set(tisc, tisc, prio, bits);
	sacc_hca_set(tisc, tisc, transport_domain,
		     pick_id(&fuzz.in, SACC_HCA_OBJ_TD, uid));
	if (bits & 0x10)
		sacc_hca_set(tisc, tisc, pd,
			     pick_id(&fuzz.in, SACC_HCA_OBJ_PD, uid));
	sacc_hca_set(tisc, tisc, lag_tx_port_affinity, bits >> 6);
}

void fill_create_tir(struct command *c, u16 uid)
{
	u8 bits = take8(&fuzz.in), *tirc = IN_CTX(c);

	sacc_hca_set(cmd_in, c->in, obj_id, 0);
	sacc_hca_set(tirc, tirc, transport_domain,
		     pick_id(&fuzz.in, SACC_HCA_OBJ_TD, uid));
	sacc_hca_set(tirc, tirc, disp_type, bits & 1);
	if (bits & 1)
		sacc_hca_set(tirc, tirc, indirect_table,
			     pick_id(&fuzz.in, SACC_HCA_OBJ_RQT, uid));
	else
		sacc_hca_set(tirc, tirc, inline_rqn,
			     pick_id(&fuzz.in, SACC_HCA_OBJ_RQ, uid));
	sacc_hca_set(tirc, tirc, rx_hash_fn, bits >> 6);
	sacc_hca_set(tirc, tirc, rx_hash_field_selector_outer, bits >> 1 & 0x1f);
}

void fill_list(struct command *c, u16 uid, u8 count)
{
	unsigned int i;

	sacc_hca_set(rqtc, IN_CTX(c), rqt_actual_size, count);
	c->in_len = LIST_AT + 4u * count;
	for (i = 0; i < count; i++)
		sacc_hca_set(rq_num, c->in + LIST_AT + 4 * i, rq_num,
			     pick_id(&fuzz.in, SACC_HCA_OBJ_RQ, uid));
}

void fill_create_rqt(struct command *c, u16 uid)
{
	u8 bits = take8(&fuzz.in);

	sacc_hca_set(cmd_in, c->in, obj_id, 0);
	sacc_hca_set(rqtc, IN_CTX(c), rqt_max_size, bits >> 4 & 7);
	fill_list(c, uid, bits & 7);
}

/* --- Create: the verdict */

static bool qp_is_good(const struct command *c, struct uses *u)
{
	const u8 *in = c->in, *q = IN_QPC(c);
	u64 type = G(qpc, q, rq_type), bytes = 0;
	bool sq = !G(qpc, q, no_sq);

	if (G(create_qp_in, in, qpc_ext) || G(create_qp_in, in, input_qpn) ||
	    G(qpc, q, st) > 2 || (type > 1 && type != 3) ||
	    G(qpc, q, pm_state) == 2 || G(qpc, q, ts_format) > 1 ||
	    G(qpc, q, offload_type) || G(qpc, q, wq_signature) ||
	    G(qpc, q, atomic_like_write_en) || G(qpc, q, drain_sigerr) ||
	    G(qpc, q, rlky) || G(qpc, q, deth_sqpn) || G(qpc, q, cd_master) ||
	    G(qpc, q, ulp_stateless_offload_mode) ||
	    G(qpc, q, cd_slave_send) || G(qpc, q, cd_slave_receive) ||
	    (!type && G(qpc, q, log_rq_stride) > 5))
		return false;
	use(u, SACC_HCA_OBJ_PD, G(qpc, q, pd), true);
	use(u, SACC_HCA_OBJ_CQ, G(qpc, q, cqn_snd), sq);
	use(u, SACC_HCA_OBJ_CQ, G(qpc, q, cqn_rcv), type != 3);
	use(u, SACC_HCA_OBJ_UAR, G(qpc, q, uar_page), sq);
	use(u, SACC_HCA_OBJ_Q_COUNTER, G(qpc, q, counter_set_id), false);
	if (type == 1)
		use(u, G(qpc, q, srqn_rmpn_xrqn) >> 23 ? SACC_HCA_OBJ_RMP :
		    SACC_HCA_OBJ_SRQ, G(qpc, q, srqn_rmpn_xrqn), true);
	if (!type)
		bytes = 16ULL << G(qpc, q, log_rq_stride) <<
			G(qpc, q, log_rq_size);
	if (sq)
		bytes += 64ULL << G(qpc, q, log_sq_size);
	if (!bytes)
		return !u->bad;
	use_ring(u, G(create_qp_in, in, wq_umem_valid),
		 G(create_qp_in, in, wq_umem_id),
		 G(create_qp_in, in, wq_umem_offset), G(qpc, q, page_offset),
		 bytes);
	use_record(u, G(qpc, q, dbr_umem_valid), G(qpc, q, dbr_umem_id),
		   G(qpc, q, dbr_addr));
	return !u->bad;
}

static bool srq_is_good(const struct command *c, struct uses *u)
{
	const u8 *in = c->in, *s = IN_SRQC(c);

	use(u, SACC_HCA_OBJ_PD, G(srqc, s, pd), true);
	use_ring(u, G(create_srq_in, in, srq_umem_valid),
		 G(create_srq_in, in, srq_umem_id),
		 G(create_srq_in, in, srq_umem_offset), G(srqc, s, page_offset),
		 16ULL << G(srqc, s, log_rq_stride) << G(srqc, s, log_srq_size));
	use_record(u, G(srqc, s, dbr_umem_valid), G(srqc, s, dbr_umem_id),
		   G(srqc, s, dbr_addr));
	return !u->bad && G(srqc, s, log_rq_stride) <= 5 &&
	       !G(srqc, s, wq_signature) && !G(srqc, s, rlky) &&
	       G(srqc, s, lwm) <= 1u << G(srqc, s, log_srq_size);
}

static bool rmp_is_good(const struct command *c, struct uses *u)
{
	const u8 *ctx = IN_CTX(c), *wq = ctx + WQ_AT;

	use_wq(u, wq);
	use(u, SACC_HCA_OBJ_UAR, G(wq, wq, uar_page), false);
	return !u->bad && G(rmpc, ctx, state) == 1 && wq_is_good(wq, false);
}

static bool rq_is_good(const struct command *c, struct uses *u)
{
	const u8 *r = IN_CTX(c), *wq = r + WQ_AT;

	use(u, SACC_HCA_OBJ_CQ, G(rqc, r, cqn), true);
	use(u, SACC_HCA_OBJ_Q_COUNTER, G(rqc, r, counter_set_id), false);
	if (G(rqc, r, mem_rq_type) == 1) {
		use(u, SACC_HCA_OBJ_RMP, G(rqc, r, rmpn), true);
	} else {
		use_wq(u, wq);
		use(u, SACC_HCA_OBJ_UAR, G(wq, wq, uar_page), false);
		if (!wq_is_good(wq, false))
			return false;
	}
	return !u->bad && !G(rqc, r, state) && G(rqc, r, mem_rq_type) <= 1 &&
	       G(rqc, r, ts_format) <= 1 && !G(rqc, r, rlky) &&
	       !G(rqc, r, delay_drop_en) && !G(rqc, r, scatter_fcs) &&
	       !G(rqc, r, hairpin);
}

static bool sq_is_good(const struct command *c, struct uses *u)
{
	const u8 *s = IN_CTX(c), *wq = s + WQ_AT;

	use(u, SACC_HCA_OBJ_CQ, G(sqc, s, cqn), true);
	use(u, SACC_HCA_OBJ_UAR, G(wq, wq, uar_page), true);
	use_wq(u, wq);
	if (G(sqc, s, tis_lst_sz))
		use(u, SACC_HCA_OBJ_TIS, G(sqc, s, tis_num_0), true);
	return !u->bad && wq_is_good(wq, true) && !G(sqc, s, state) &&
	       G(sqc, s, tis_lst_sz) <= 1 && G(sqc, s, ts_format) <= 1 &&
	       !G(sqc, s, rlky) && !G(sqc, s, cd_master) &&
	       !G(sqc, s, allow_multi_pkt_send_wqe) && !G(sqc, s, reg_umr) &&
	       !G(sqc, s, allow_swp) && !G(sqc, s, hairpin) &&
	       !G(sqc, s, packet_pacing_rate_limit_index) &&
	       !G(sqc, s, qos_queue_group_id);
}

static bool tis_is_good(const struct command *c, struct uses *u)
{
	const u8 *t = IN_CTX(c);

	use(u, SACC_HCA_OBJ_TD, G(tisc, t, transport_domain), true);
	use(u, SACC_HCA_OBJ_PD, G(tisc, t, pd), false);
	return !u->bad && !G(tisc, t, tls_en) && !G(tisc, t, underlay_qpn) &&
	       G(tisc, t, lag_tx_port_affinity) <= fuzz.cfg.num_ports;
}

bool hash_is_good(const u8 *t)
{
	return G(tirc, t, rx_hash_fn) <= 2 &&
	       !((G(tirc, t, rx_hash_field_selector_outer) |
		  G(tirc, t, rx_hash_field_selector_inner)) & 0x3fffffe0);
}

static bool tir_is_good(const struct command *c, struct uses *u)
{
	const u8 *t = IN_CTX(c);

	use(u, SACC_HCA_OBJ_TD, G(tirc, t, transport_domain), true);
	if (G(tirc, t, disp_type))
		use(u, SACC_HCA_OBJ_RQT, G(tirc, t, indirect_table), true);
	else
		use(u, SACC_HCA_OBJ_RQ, G(tirc, t, inline_rqn), true);
	return !u->bad && hash_is_good(t) && G(tirc, t, disp_type) <= 1 &&
	       !G(tirc, t, tls_en) && !G(tirc, t, packet_merge_mask);
}

/* Longer lists than the record has room for are not made, but by spoiling. */
bool list_is_good(const struct command *c, struct uses *u, u64 max)
{
	u64 i, count = G(rqtc, IN_CTX(c), rqt_actual_size);

	if (!count || count > max || c->in_len < LIST_AT + 4 * count)
		return false;
	for (i = 0; i < count; i++)
		use(u, SACC_HCA_OBJ_RQ, sacc_hca_get(rq_num, c->in + LIST_AT +
						     4 * i, rq_num), true);
	return !u->bad;
}

static bool rqt_is_good(const struct command *c, struct uses *u)
{
	const u8 *t = IN_CTX(c);

	return !G(rqtc, t, list_q_type) && !G(rqtc, t, rq_vhca_id_format) &&
	       G(rqtc, t, rqt_max_size) <= 2048 &&
	       list_is_good(c, u, G(rqtc, t, rqt_max_size));
}

static bool is_good(const struct command *c, const struct row *row,
		    struct uses *u)
{
	switch (row->named) {
	case SACC_HCA_OBJ_QP: return qp_is_good(c, u);
	case SACC_HCA_OBJ_SRQ: return srq_is_good(c, u);
	case SACC_HCA_OBJ_RMP: return rmp_is_good(c, u);
	case SACC_HCA_OBJ_RQ: return rq_is_good(c, u);
	case SACC_HCA_OBJ_SQ: return sq_is_good(c, u);
	case SACC_HCA_OBJ_TIS: return tis_is_good(c, u);
	case SACC_HCA_OBJ_TIR: return tir_is_good(c, u);
	default: return rqt_is_good(c, u);
	}
}

void judge_create_queue(const struct command *c, const struct row *row, u16 uid,
			u32 syndrome)
{
	struct uses u = { .uid = uid };
	bool good = is_good(c, row, &u);
	struct shadow *obj;

	if (syndrome == SACC_HCA_SYND_NO_MEMORY)
		ASSERT(memory_ran_out());
	else if (!good)
		ASSERT_EQ(syndrome >> 20, 0x5ad);
	else if (syndrome)
		ASSERT(syndrome == SACC_HCA_SYND_OBJECT_LIMIT &&
		       table_is_full(row->named));
	if (syndrome)
		return;
	obj = shadow_add(row->named, REPLY_ID(c), uid);
	obj->queue.state = row->named == SACC_HCA_OBJ_RMP;
	hold(obj, &u);
	if (row->named == SACC_HCA_OBJ_RQ)
		counter_is_good(uid, G(rqc, IN_CTX(c), counter_set_id),
				&obj->queue.counter);
	if (row->named == SACC_HCA_OBJ_QP) {
		counter_is_good(uid, G(qpc, IN_QPC(c), counter_set_id),
				&obj->queue.reset);
		count_in(obj, obj->queue.reset);
	}
	query_queue(obj);
	memcpy(obj->queue.first, obj->queue.reply, MAX_REPLY);
}
