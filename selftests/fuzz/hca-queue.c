// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues and transport objects in the HCA fuzzer: queries and changes, judged by what
 * is known of their states, and the table of all their commands.
 *
 * What a context keeps field by field is for the unit tests. Here QUERY must tell
 * nothing that the client did not say, and the same until a command changes it.
 */
#include "hca-queue.h"

/* --- Query */

bool is_queue(enum sacc_hca_obj_type type)
{
	return type >= SACC_HCA_OBJ_QP && type <= SACC_HCA_OBJ_RQT;
}

/* A table with up to eight RQs needs no more than this. */
static void fill_query_rqt(struct command *c, u16 uid)
{
	(void)uid;
	c->out_len = MAX_REPLY;
}

void query_queue(const struct shadow *obj)
{
	static const u16 opcodes[SACC_HCA_OBJ_TYPES] = {
		[SACC_HCA_OBJ_QP] = SACC_HCA_OP_QUERY_QP,
		[SACC_HCA_OBJ_SRQ] = SACC_HCA_OP_QUERY_SRQ,
		[SACC_HCA_OBJ_RMP] = SACC_HCA_OP_QUERY_RMP,
		[SACC_HCA_OBJ_RQ] = SACC_HCA_OP_QUERY_RQ,
		[SACC_HCA_OBJ_SQ] = SACC_HCA_OP_QUERY_SQ,
		[SACC_HCA_OBJ_TIS] = SACC_HCA_OP_QUERY_TIS,
		[SACC_HCA_OBJ_TIR] = SACC_HCA_OP_QUERY_TIR,
		[SACC_HCA_OBJ_RQT] = SACC_HCA_OP_QUERY_RQT,
	};

	run_named(opcodes[obj->type], obj->uid, obj->id);
}

static void check_reply(struct shadow *obj, const struct command *c)
{
	const u8 *ctx = c->out + (obj->type == SACC_HCA_OBJ_QP ? 24 : 32);
	struct shadow_queue *queue = &obj->queue;
	size_t len = c->out_len < MAX_REPLY ? c->out_len : MAX_REPLY;

	if (obj->type == SACC_HCA_OBJ_QP)
		ASSERT_EQ(G(qpc, ctx, state), queue->state);
	if (obj->type == SACC_HCA_OBJ_RQ || obj->type == SACC_HCA_OBJ_SQ ||
	    obj->type == SACC_HCA_OBJ_RMP)
		ASSERT_EQ(G(rqc, ctx, state), queue->state);
	if (obj->type == SACC_HCA_OBJ_RQT)
		ASSERT_EQ(G(rqtc, ctx, rqt_actual_size), obj->n_uses);
	if (len > queue->told) {
		memset(queue->reply, 0, MAX_REPLY);
		memcpy(queue->reply, c->out, len);
		queue->told = len;
	}
	ASSERT(!memcmp(queue->reply, c->out, len));
}

static void judge_query(const struct command *c, const struct row *row, u16 uid,
			u32 syndrome)
{
	struct shadow *obj = shadow_find(row->named, OBJ_ID(c));
	bool is_short;

	switch (sight_of(uid, row->named, OBJ_ID(c))) {
	case UNSEEN:
		ASSERT_EQ(syndrome, SACC_HCA_SYND_OBJECT_UNKNOWN);
		break;
	case SEEN:
		is_short = row->named == SACC_HCA_OBJ_RQT &&
			   c->out_len < LIST_AT + 4 * obj->n_uses;
		ASSERT_EQ(syndrome, is_short ?
			  SACC_HCA_SYND_RQT_REPLY_SHORT : 0);
		if (!is_short)
			check_reply(obj, c);
		break;
	case UNCERTAIN:
		break;
	}
}

/* --- Changes */

/*
 * The object that a command names, if it must be there and the verdict can be told;
 * else the command is judged here.
 */
static struct shadow *named(const struct command *c, u8 type, u16 uid,
			    u32 syndrome)
{
	enum sight sight = sight_of(uid, type, OBJ_ID(c));

	if (sight == UNSEEN)
		ASSERT_EQ(syndrome, SACC_HCA_SYND_OBJECT_UNKNOWN);
	return sight == SEEN ? shadow_find(type, OBJ_ID(c)) : NULL;
}

/* It succeeds if it is @good. Then what was told of it is history. */
static bool changed(struct shadow *obj, bool good, u32 syndrome)
{
	if (good)
		ASSERT_EQ(syndrome, 0);
	else
		ASSERT_EQ(syndrome >> 20, 0x5ad);
	if (good)
		obj->queue.told = 0;
	return good;
}

enum { RST, INIT, RTR, RTS, SQER, ERR = 6, SQD };

static void fill_move(struct command *c, u16 uid)
{
	u8 *qpc = IN_QPC(c), *path = qpc + 24;
	u8 bits = take8(&fuzz.in);
	u16 psn;

	if (bits & 1)
		sacc_hca_set(rst2init_qp_in, c->in, opt_param_mask,
			     1u << (bits >> 1 & 0x1f));
	if (bits & 0x40)
		sacc_hca_set(rst2init_qp_in, c->in, opt_param_mask,
			     take32(&fuzz.in));
	sacc_hca_set(qpc, qpc, mtu, bits == 0x80 ? take8(&fuzz.in) : 3);
	sacc_hca_set(qpc, qpc, log_msg_max, bits == 0x82 ? 31 : 30);
	sacc_hca_set(qpc, qpc, log_rra_max, bits == 0x84 ? 5 : 4);
	sacc_hca_set(qpc, qpc, log_sra_max, bits == 0x86 ? 7 : 1);
	sacc_hca_set(qpc, qpc, pm_state, bits >> 6);
	sacc_hca_set(ads, path, vhca_port_num, bits == 0x88 ? 3 : 1);
	sacc_hca_set(ads, path, pkey_index, bits == 0x8a ? 128 : 5);
	psn = take16(&fuzz.in);
	sacc_hca_set(qpc, qpc, next_rcv_psn, psn);
	if (psn >= 0xc000)
		sacc_hca_set(qpc, qpc, counter_set_id,
			     pick_id(&fuzz.in, SACC_HCA_OBJ_Q_COUNTER, uid));
}

/* What each step takes from the client: of RC, UC and UD. */
static const struct step {
	u16 opcode;
	u8 from;
	u8 to;
	u32 mask[3];	/* that opt_param_mask may say */
	u32 checked[3];	/* that is looked at without being asked for */
} steps[] = {
	{ SACC_HCA_OP_RST2INIT_QP, RST, INIT,
	  { 0x201041e, 0x2010418, 0x2010430 },
	  { 0x10010, 0x10010, 0x10010 } },
	{ SACC_HCA_OP_INIT2INIT_QP, INIT, INIT,
	  { 0x1001e, 0x10018, 0x10030 }, { 0 } },
	{ SACC_HCA_OP_INIT2RTR_QP, INIT, RTR, { 0x2de, 0x98, 0x30 },
	  { 0x80000200, 0x80000000, 0x80000000 } },
	{ SACC_HCA_OP_RTR2RTS_QP, RTR, RTS, { 0x754e, 0x408, 0x20 },
	  { 0x100, 0, 0 } },
	{ SACC_HCA_OP_RTS2RTS_QP, RTS, RTS, { 0x44e, 0x408, 0x20 }, { 0 } },
	{ SACC_HCA_OP_SQERR2RTS_QP, SQER, RTS, { 0, 0x8, 0x20 }, { 0 } },
	{ SACC_HCA_OP_SQD_RTS_QP, SQD, RTS, { 0x4e, 0x8, 0x20 }, { 0 } },
};

static bool step_is_good(const struct step *step, const struct shadow *qp,
			 const struct command *c)
{
	u32 mask = (u32)G(rst2init_qp_in, c->in, opt_param_mask), looked_at;
	u64 st = G(qpc, qp->queue.first + 24, st);
	const u8 *q = IN_QPC(c), *path = q + 24;

	if (qp->queue.state != step->from || mask & ~step->mask[st] ||
	    (step->from == SQER && st == 0))
		return false;
	looked_at = mask | step->checked[st];
	if ((looked_at & 0x10000 &&
	     G(ads, path, vhca_port_num) > fuzz.cfg.num_ports) ||
	    (looked_at & 0x10 && G(ads, path, pkey_index) > 127) ||
	    (looked_at & 0x400 && G(qpc, q, pm_state) == 2) ||
	    (looked_at & 0x200 && G(qpc, q, log_rra_max) > 4) ||
	    (looked_at & 0x100 && G(qpc, q, log_sra_max) > 4))
		return false;
	return !(looked_at & 0x80000000) ||
	       (G(qpc, q, mtu) <= 5 && (st == 2 || G(qpc, q, mtu)) &&
		G(qpc, q, log_msg_max) <= 30);
}

/* 2ERR and 2RST take no context; nothing is there for them to be wrong about. */
static void judge_end_of_work(struct shadow *qp, const struct row *row,
			      u32 syndrome)
{
	changed(qp, true, syndrome);
	if (row->opcode == SACC_HCA_OP_2ERR_QP) {
		qp->queue.state = ERR;
		return;
	}
	qp->queue.state = RST;
	count_in(qp, qp->queue.reset);
}

static void judge_move(const struct command *c, const struct row *row, u16 uid,
		       u32 syndrome)
{
	struct shadow *qp = named(c, row->named, uid, syndrome), *counter;
	bool good, takes_counter = row->opcode == SACC_HCA_OP_RST2INIT_QP;
	const struct step *step = steps;

	if (!qp)
		return;
	while (step < steps + ARRAY_SIZE(steps) && step->opcode != row->opcode)
		step++;
	if (step < steps + ARRAY_SIZE(steps)) {
		good = counter_is_good(qp->uid, G(qpc, IN_QPC(c), counter_set_id),
				       &counter) || !takes_counter;
		if (changed(qp, good && step_is_good(step, qp, c), syndrome)) {
			qp->queue.state = step->to;
			if (takes_counter)
				count_in(qp, counter);
		}
	} else {
		judge_end_of_work(qp, row, syndrome);
	}
	query_queue(qp);
	/* Reset leads back. */
	if (row->opcode == SACC_HCA_OP_2RST_QP)
		ASSERT(!memcmp(qp->queue.reply, qp->queue.first, MAX_REPLY));
}

static void fill_modify_wq(struct command *c, u16 uid)
{
	static const u8 states[] = { 0, 1, 3, 2 };
	u8 bits = take8(&fuzz.in);

	sacc_hca_set(modify_rq_in, c->in, rq_state, states[bits & 3]);
	sacc_hca_set(rqc, IN_CTX(c), state, states[bits >> 2 & 3]);
	sacc_hca_set(modify_rq_in, c->in, modify_bitmask,
		     bits & 0x80 ? bits >> 4 & 0x7 : 0);
	sacc_hca_set(wq, IN_CTX(c) + WQ_AT, lwm, bits >> 4 & 1);
	/* What else the four bits say is no field that can be modified. */
	if (bits >> 4 != 0xf)
		return;
	sacc_hca_set(modify_rq_in, c->in, modify_bitmask, 8);
	sacc_hca_set(rqc, IN_CTX(c), counter_set_id,
		     pick_id(&fuzz.in, SACC_HCA_OBJ_Q_COUNTER, uid));
}

static void judge_modify_wq(const struct command *c, const struct row *row,
			    u16 uid, u32 syndrome)
{
	struct shadow *obj = named(c, row->named, uid, syndrome), *counter;
	u64 mask = G(modify_rq_in, c->in, modify_bitmask);
	u64 from, to = G(rqc, IN_CTX(c), state), known;
	const u8 *wq;
	bool good;

	if (!obj)
		return;
	from = obj->queue.state;
	wq = obj->queue.first + 32 + WQ_AT;
	known = row->named == SACC_HCA_OBJ_RQ ? 0xb :
		row->named == SACC_HCA_OBJ_RMP ? 1 : 0;
	good = G(modify_rq_in, c->in, rq_state) == from && !(mask & ~known) &&
	       (to == 3 || (to == 1 && from != 3) ||
		(to == 0 && row->named != SACC_HCA_OBJ_RMP));
	if (mask & 1 && G(wq, IN_CTX(c) + WQ_AT, lwm) >
			1u << G(wq, wq, log_wq_sz))
		good = false;
	if (!counter_is_good(obj->uid, G(rqc, IN_CTX(c), counter_set_id),
			     &counter) && mask & 8)
		good = false;
	if (!changed(obj, good, syndrome))
		return;
	obj->queue.state = (u8)to;
	if (mask & 8)
		count_in(obj, counter);
}

static void fill_arm(struct command *c, u16 uid)
{
	u8 bits = take8(&fuzz.in);

	sacc_hca_set(cmd_in, c->in, op_mod, bits & 3);
	if ((bits & 3) == 1)
		sacc_hca_set(cmd_in, c->in, obj_id,
			     pick_id(&fuzz.in, SACC_HCA_OBJ_SRQ, uid));
	sacc_hca_set(arm_rq_in, c->in, lwm, bits >> 2 & 0xf);
}

static void judge_arm(const struct command *c, const struct row *row, u16 uid,
		      u32 syndrome)
{
	u32 op_mod = sacc_hca_get(cmd_in, c->in, op_mod);
	u64 size, lwm = G(arm_rq_in, c->in, lwm);
	struct shadow *obj;

	(void)row;
	if (op_mod > 1) {
		ASSERT_EQ(syndrome, SACC_HCA_SYND_ARM_OP_MOD);
		return;
	}
	obj = named(c, op_mod ? SACC_HCA_OBJ_SRQ : SACC_HCA_OBJ_RQ, uid,
		    syndrome);
	if (!obj)
		return;
	size = op_mod ? G(srqc, obj->queue.first + 16, log_srq_size) :
	       G(wq, obj->queue.first + 32 + WQ_AT, log_wq_sz);
	changed(obj, lwm <= 1u << size, syndrome);
}

static void fill_modify_tis(struct command *c, u16 uid)
{
	u8 bits = take8(&fuzz.in);

	(void)uid;
	c->in[23] = bits & 0x80 ? bits & 0xf : bits & 7;
	sacc_hca_set(tisc, IN_CTX(c), prio, bits >> 3);
	sacc_hca_set(tisc, IN_CTX(c), lag_tx_port_affinity, bits >> 5 & 3);
}

static void judge_modify_tis(const struct command *c, const struct row *row,
			     u16 uid, u32 syndrome)
{
	struct shadow *tis = named(c, row->named, uid, syndrome);
	u64 mask = sacc_hca_field_get(c->in, 0x80, 64);

	if (tis)
		changed(tis, !(mask & ~7ULL) &&
			(!(mask & 4) ||
			 G(tisc, IN_CTX(c), lag_tx_port_affinity) <=
			 fuzz.cfg.num_ports), syndrome);
}

static void fill_modify_tir(struct command *c, u16 uid)
{
	u8 bits = take8(&fuzz.in), *tirc = IN_CTX(c);

	c->in[23] = bits & 0x80 ? bits & 0x1f : bits & 0x16;
	sacc_hca_set(tirc, tirc, rx_hash_fn, bits >> 5 & 3);
	sacc_hca_set(tirc, tirc, indirect_table,
		     pick_id(&fuzz.in, SACC_HCA_OBJ_RQT, uid));
	sacc_hca_set(tirc, tirc, self_lb_block, bits);
}

static void judge_modify_tir(const struct command *c, const struct row *row,
			     u16 uid, u32 syndrome)
{
	struct shadow *tir = named(c, row->named, uid, syndrome), *rqt = NULL;
	u64 mask = sacc_hca_field_get(c->in, 0x80, 64);
	const u8 *t = IN_CTX(c);
	bool good;

	if (!tir)
		return;
	if (G(tirc, tir->queue.first + 32, disp_type))
		rqt = shadow_own(tir->uid, SACC_HCA_OBJ_RQT,
				 (u32)G(tirc, t, indirect_table));
	good = !(mask & ~0x16ULL) && (!(mask & 4) || hash_is_good(t)) &&
	       (!(mask & 2) || rqt);
	if (!changed(tir, good, syndrome) || !(mask & 2))
		return;
	/* The domain first, then the table. */
	rqt->refs++;
	tir->uses[1]->refs--;
	tir->uses[1] = rqt;
}

static void fill_modify_rqt(struct command *c, u16 uid)
{
	u8 bits = take8(&fuzz.in);

	c->in[23] = bits & 0x80 ? bits >> 4 & 3 : 1;
	fill_list(c, uid, bits & 7);
}

static void judge_modify_rqt(const struct command *c, const struct row *row,
			     u16 uid, u32 syndrome)
{
	struct shadow *rqt = named(c, row->named, uid, syndrome);
	u64 mask = sacc_hca_field_get(c->in, 0x80, 64);
	struct uses u = { 0 };
	bool good;

	if (!rqt)
		return;
	if (syndrome == SACC_HCA_SYND_NO_MEMORY) {
		ASSERT(memory_ran_out());
		return;
	}
	u.uid = rqt->uid;
	good = !mask ||
	       (mask == 1 && list_is_good(c, &u, G(rqtc, rqt->queue.first + 32,
						   rqt_max_size)));
	if (changed(rqt, good, syndrome) && mask)
		hold(rqt, &u);
}

/* --- All of them */

#define OP(name)	SACC_HCA_OP_##name
#define T(name)		SACC_HCA_OBJ_##name
#define MOVE(op, len) \
	{ OP(op##_QP), len, 16, false, T(QP), \
	  (len) > 16 ? fill_move : NULL, judge_move }
#define MAKE(t, len, name)						\
	{ OP(CREATE_##t), len, 16, false, T(t), fill_create_##name,	\
	  judge_create_queue },						\
	{ OP(DESTROY_##t), 16, 16, false, T(t), NULL, judge_destroy }

const struct row queue_commands[] = {
	MAKE(QP, 272, qp),
	MAKE(SRQ, 272, srq),
	MAKE(RMP, 272, rmp),
	MAKE(RQ, 272, rq),
	MAKE(SQ, 272, sq),
	MAKE(TIS, 192, tis),
	MAKE(TIR, 272, tir),
	MAKE(RQT, 272, rqt),
	{ OP(QUERY_QP), 16, 256, false, T(QP), NULL, judge_query },
	{ OP(QUERY_SRQ), 16, 80, false, T(SRQ), NULL, judge_query },
	{ OP(QUERY_RMP), 16, 272, false, T(RMP), NULL, judge_query },
	{ OP(QUERY_RQ), 16, 272, false, T(RQ), NULL, judge_query },
	{ OP(QUERY_SQ), 16, 272, false, T(SQ), NULL, judge_query },
	{ OP(QUERY_TIS), 16, 176, false, T(TIS), NULL, judge_query },
	{ OP(QUERY_TIR), 16, 272, false, T(TIR), NULL, judge_query },
	{ OP(QUERY_RQT), 16, 272, false, T(RQT), fill_query_rqt, judge_query },
	MOVE(RST2INIT, 272), MOVE(INIT2INIT, 272), MOVE(INIT2RTR, 272),
	MOVE(RTR2RTS, 272), MOVE(RTS2RTS, 272), MOVE(SQERR2RTS, 272),
	MOVE(SQD_RTS, 272), MOVE(2ERR, 16), MOVE(2RST, 16),
	{ OP(ARM_RQ), 16, 16, true, T(RQ), fill_arm, judge_arm },
	{ OP(MODIFY_RMP), 272, 16, false, T(RMP), fill_modify_wq,
	  judge_modify_wq },
	{ OP(MODIFY_RQ), 272, 16, false, T(RQ), fill_modify_wq,
	  judge_modify_wq },
	{ OP(MODIFY_SQ), 272, 16, false, T(SQ), fill_modify_wq,
	  judge_modify_wq },
	{ OP(MODIFY_TIS), 192, 16, false, T(TIS), fill_modify_tis,
	  judge_modify_tis },
	{ OP(MODIFY_TIR), 272, 16, false, T(TIR), fill_modify_tir,
	  judge_modify_tir },
	{ OP(MODIFY_RQT), 272, 16, false, T(RQT), fill_modify_rqt,
	  judge_modify_rqt },
};

const unsigned int n_queue_commands = ARRAY_SIZE(queue_commands);

static_assert(ARRAY_SIZE(queue_commands) <= 256, "one byte chooses");
