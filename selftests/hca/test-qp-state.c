// SPDX-License-Identifier: GPL-2.0-only
/* Queue pairs: transitions and their parameters, each from every state. */
#include "hca-queue.h"

enum { RST = 0, INIT = 1, RTR = 2, RTS = 3, SQER = 4, ERR = 6, SQD = 7 };

#define PATH(ctx)	((ctx) + SACC_HCA_OFF(qpc, primary_address_path) / 8)
#define SET_PATH(c, f, v) sacc_hca_set(ads, PATH(QPC(c)), f, v)
#define CTX(f, v)	SET_QPC(&c, f, v)

static u32 state_of(const struct queues *q, u32 qpn)
{
	u8 ctx[QPC_BYTES];

	query_qp(q, qpn, ctx);
	return sacc_hca_get(qpc, ctx, state);
}

/* Some states are reached by work requests: put a QP there by hand. */
static void force_state(const struct queues *q, u32 qpn, u32 state)
{
	struct sacc_hca_queue *qp;

	sacc_lock(&q->hca->lock);
	qp = (struct sacc_hca_queue *)
		sacc_hca_obj_find(q->hca, &q->hca->kernel, SACC_HCA_OBJ_QP, qpn);
	ASSERT(qp);
	sacc_hca_set(qpc, qp->ctx, state, state);
	sacc_unlock(&q->hca->lock);
}

#define ALL_STATES	0xffu
#define ON(state)	(1u << (state))
#define EVERY		0x7u	/* transports */

/* Bits of opt_param_mask. */
#define RIGHTS	0xeu
#define RWE	0x8u
#define PKEY	0x10u
#define QKEY	0x20u
#define RNR	0x40u
#define PM	0x400u
#define PORT	0x10000u
#define ONCE	0x2000000u	/* the counter set */

/* From the manual: states, transports, and optional parameters for each. */
static const struct {
	u16 opcode;
	u8 to;
	u8 from;
	u8 transports;
	u32 optional[TRANSPORTS];
	u32 required[TRANSPORTS];
} moves[] = {
	{ SACC_HCA_OP_RST2INIT_QP, INIT, ON(RST), EVERY, { PM, PM, PM },
	  { RIGHTS | PKEY | PORT | ONCE, RWE | PKEY | PORT | ONCE,
	    QKEY | PKEY | PORT | ONCE } },
	{ SACC_HCA_OP_INIT2INIT_QP, INIT, ON(INIT), EVERY,
	  { RIGHTS | PKEY | PORT, RWE | PKEY | PORT, QKEY | PKEY | PORT }, { 0 } },
	{ SACC_HCA_OP_INIT2RTR_QP, RTR, ON(INIT), EVERY,
	  { RIGHTS | PKEY, RWE | PKEY, QKEY | PKEY },
	  { 0x2c0, 0x80, 0 } },
	{ SACC_HCA_OP_RTR2RTS_QP, RTS, ON(RTR), EVERY,
	  { RIGHTS | PM | RNR, RWE | PM, QKEY },
	  { 0x7100, 0, 0 } },
	{ SACC_HCA_OP_RTS2RTS_QP, RTS, ON(RTS), EVERY,
	  { RIGHTS | PM | RNR, RWE | PM, QKEY }, { 0 } },
	{ SACC_HCA_OP_SQERR2RTS_QP, RTS, ON(SQER), 1u << UC | 1u << UD,
	  { 0, RWE, QKEY }, { 0 } },
	{ SACC_HCA_OP_SQD_RTS_QP, RTS, ON(SQD), EVERY,
	  { RIGHTS | RNR, RWE, QKEY }, { 0 } },
	{ SACC_HCA_OP_2ERR_QP, ERR, ALL_STATES, EVERY, { 0 }, { 0 } },
	{ SACC_HCA_OP_2RST_QP, RST, ALL_STATES, EVERY, { 0 }, { 0 } },
};

static bool has_context(u16 opcode)
{
	return opcode != SACC_HCA_OP_2ERR_QP && opcode != SACC_HCA_OP_2RST_QP;
}

/* Values that are all good, whatever is taken. */
static void new_move(struct command *c, const struct queues *q, u16 opcode,
		     u32 qpn, u32 mask)
{
	new_command(c, opcode, q->p.uid, has_context(opcode) ? 272 : 16, 16);
	sacc_hca_set(rst2init_qp_in, c->in, qpn, qpn);
	if (!has_context(opcode))
		return;
	sacc_hca_set(rst2init_qp_in, c->in, opt_param_mask, mask);
	memset(QPC(c), 0xff, QPC_BYTES);
	SET_QPC(c, pm_state, 1);
	SET_QPC(c, mtu, 5);
	SET_QPC(c, log_msg_max, 30);
	SET_QPC(c, log_rra_max, 4);
	SET_QPC(c, log_sra_max, 4);
	SET_PATH(c, vhca_port_num, 1);
	SET_PATH(c, pkey_index, 127);
	SET_QPC(c, counter_set_id, q->counters[1]);
}

static u32 move(const struct queues *q, u16 opcode, u32 qpn, u32 mask)
{
	struct command c;

	new_move(&c, q, opcode, qpn, mask);
	return run(q->hca, &c);
}

TEST(every_transition_is_legal_from_its_states_and_no_others)
{
	static const u8 states[] = { RST, INIT, RTR, RTS, SQER, ERR, SQD };
	struct queues q;
	struct command c;
	u32 st, i, s, qpn, syndrome;

	begin_queues(&q);
	for (st = RC; st < TRANSPORTS; st++) {
		qpn = create_qp(&q, st);
		for (i = 0; i < ARRAY_SIZE(moves); i++)
			for (s = 0; s < ARRAY_SIZE(states); s++) {
				force_state(&q, qpn, states[s]);
				new_move(&c, &q, moves[i].opcode, qpn, 0);
				syndrome = run(q.hca, &c);
				if (!(moves[i].transports >> st & 1)) {
					ASSERT_EQ(syndrome,
						  SACC_HCA_SYND_QP_NO_TRANSITION);
				} else if (!(moves[i].from >> states[s] & 1)) {
					ASSERT_EQ(syndrome,
						  SACC_HCA_SYND_QP_STATE);
				} else {
					ASSERT_EQ(syndrome, 0);
					ASSERT_EQ(state_of(&q, qpn),
						  moves[i].to);
					continue;
				}
				ASSERT_EQ(run_status(&c),
					  SACC_HCA_BAD_QP_STATE);
				ASSERT_EQ(state_of(&q, qpn), states[s]);
			}
	}
	end_queues(&q);
}

static u32 first_state(u32 states)
{
	return states == ALL_STATES ? RST : (u32)__builtin_ctz(states);
}

TEST(every_bit_of_the_mask_is_taken_where_it_belongs_and_nowhere_else)
{
	u8 before[QPC_BYTES], after[QPC_BYTES];
	struct queues q;
	struct command c;
	u32 st, i, bit, qpn;
	bool good;

	begin_queues(&q);
	for (st = RC; st < TRANSPORTS; st++) {
		qpn = create_qp(&q, st);
		for (i = 0; i < ARRAY_SIZE(moves); i++) {
			if (!has_context(moves[i].opcode) ||
			    !(moves[i].transports >> st & 1))
				continue;
			for (bit = 0; bit < 32; bit++) {
				force_state(&q, qpn, first_state(moves[i].from));
				query_qp(&q, qpn, before);
				new_move(&c, &q, moves[i].opcode, qpn, 1u << bit);
				good = (moves[i].optional[st] |
					moves[i].required[st]) >> bit & 1;
				ASSERT_EQ(run(q.hca, &c), good ? 0 :
					  SACC_HCA_SYND_QP_OPT_PARAM);
				if (good)
					continue;
				ASSERT_EQ(run_status(&c), SACC_HCA_BAD_PARAM);
				query_qp(&q, qpn, after);
				ASSERT(!memcmp(before, after, QPC_BYTES));
			}
		}
	}
	end_queues(&q);
}

/* The fields that a bit of the mask names. */
static void set_optional(u8 *ctx, const u8 *from, u32 bit)
{
#define TAKE(f)	sacc_hca_set(qpc, ctx, f, sacc_hca_get(qpc, from, f))
#define TAKE_PATH(f) \
	sacc_hca_set(ads, PATH(ctx), f, sacc_hca_get(ads, PATH(from), f))
	switch (bit) {
	case 1:
		TAKE(rre);
		break;
	case 2:
		TAKE(rae);
		TAKE(atomic_mode);
		break;
	case 3:
		TAKE(rwe);
		break;
	case 4:
		TAKE_PATH(pkey_index);
		break;
	case 5:
		TAKE(q_key);
		break;
	case 6:
		TAKE(min_rnr_nak);
		break;
	case 10:
		TAKE(pm_state);
		break;
	case 16:
		TAKE_PATH(vhca_port_num);
		break;
	default:
		FAIL("bit %u is never optional", bit);
	}
}

TEST(an_optional_parameter_changes_its_fields_and_no_others)
{
	u8 want[QPC_BYTES], with[QPC_BYTES];
	struct queues q;
	struct command c;
	u32 st, i, bit, qpn;

	begin_queues(&q);
	for (st = RC; st < TRANSPORTS; st++)
		for (i = 0; i < ARRAY_SIZE(moves); i++)
			for (bit = 0; bit < 32; bit++) {
				if (!(moves[i].transports >> st & 1) ||
				    !(moves[i].optional[st] >> bit & 1) ||
				    moves[i].required[st] >> bit & 1)
					continue;
				/* Once without the bit and once with it. */
				qpn = create_qp(&q, st);
				force_state(&q, qpn, first_state(moves[i].from));
				ASSERT_EQ(move(&q, moves[i].opcode, qpn, 0), 0);
				query_qp(&q, qpn, want);
				ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_QP,
						 q.p.uid, qpn), 0);
				qpn = create_qp(&q, st);
				force_state(&q, qpn, first_state(moves[i].from));
				new_move(&c, &q, moves[i].opcode, qpn, 1u << bit);
				ASSERT_EQ(run(q.hca, &c), 0);
				query_qp(&q, qpn, with);
				ASSERT(memcmp(want, with, QPC_BYTES));
				set_optional(want, QPC(&c), bit);
				ASSERT(!memcmp(want, with, QPC_BYTES));
			}
	end_queues(&q);
}

/* All fields of the path but those that are parameters of their own. */
static void set_path(u8 *to, const u8 *from)
{
	u8 whole[SACC_PRM_ads__BYTES] = { 0 };

#define COPY(s, f, off, bits) \
	sacc_hca_field_set(whole, off, bits, sacc_hca_field_get(from, off, bits));
#define COPY_BYTES(s, f, off, bits) \
	memcpy(whole + (off) / 8, from + (off) / 8, (bits) / 8);
#define NOTHING(s, bytes)
	SACC_HCA_LAYOUT_ADS(COPY, COPY, COPY_BYTES, NOTHING)
	sacc_hca_set(ads, whole, vhca_port_num,
		     sacc_hca_get(ads, to, vhca_port_num));
	sacc_hca_set(ads, whole, pkey_index, sacc_hca_get(ads, to, pkey_index));
	sacc_hca_set(ads, whole, ack_timeout,
		     sacc_hca_get(ads, to, ack_timeout));
	memcpy(to, whole, sizeof(whole));
}

/* What a move takes without being asked to. */
static void set_required(u8 *ctx, const u8 *from, u16 opcode, u32 st)
{
	switch (opcode) {
	case SACC_HCA_OP_RST2INIT_QP:
		TAKE_PATH(vhca_port_num);
		TAKE_PATH(pkey_index);
		TAKE(counter_set_id);
		if (st == UD) {
			TAKE(q_key);
			break;
		}
		TAKE(rwe);
		if (st == UC)
			break;
		TAKE(rre);
		TAKE(rae);
		TAKE(atomic_mode);
		break;
	case SACC_HCA_OP_INIT2RTR_QP:
		TAKE(mtu);
		TAKE(log_msg_max);
		if (st == UD)
			break;
		TAKE(remote_qpn);
		TAKE(next_rcv_psn);
		set_path(PATH(ctx), PATH(from));
		if (st == UC)
			break;
		TAKE(log_rra_max);
		TAKE(min_rnr_nak);
		break;
	case SACC_HCA_OP_RTR2RTS_QP:
		TAKE(next_send_psn);
		if (st != RC)
			break;
		TAKE(log_sra_max);
		TAKE(log_ack_req_freq);
		TAKE(retry_count);
		TAKE(rnr_retry);
		TAKE_PATH(ack_timeout);
		break;
	}
}

TEST(a_transition_takes_its_parameters_and_no_others)
{
	u8 want[QPC_BYTES], got[QPC_BYTES];
	struct queues q;
	struct command c;
	u32 st, i, qpn;

	begin_queues(&q);
	for (st = RC; st < TRANSPORTS; st++)
		for (i = 0; i < ARRAY_SIZE(moves); i++) {
			if (!has_context(moves[i].opcode) ||
			    !(moves[i].transports >> st & 1))
				continue;
			qpn = create_qp(&q, st);
			force_state(&q, qpn, first_state(moves[i].from));
			query_qp(&q, qpn, want);
			new_move(&c, &q, moves[i].opcode, qpn, 0);
			ASSERT_EQ(run(q.hca, &c), 0);
			sacc_hca_set(qpc, want, state, moves[i].to);
			set_required(want, QPC(&c), moves[i].opcode, st);
			query_qp(&q, qpn, got);
			ASSERT(!memcmp(want, got, QPC_BYTES));
		}
	end_queues(&q);
}

/* An RC QP from reset to RTS: after each step QUERY tells what was given. */
TEST(query_follows_an_rc_qp_to_rts)
{
	u8 ctx[QPC_BYTES], gid[16];
	struct queues q;
	struct command c;
	u32 qpn;

	begin_queues(&q);
	qpn = create_qp(&q, RC);
	new_move(&c, &q, SACC_HCA_OP_RST2INIT_QP, qpn, 0);
	SET_PATH(&c, pkey_index, 3);
	ASSERT_EQ(run(q.hca, &c), 0);
	query_qp(&q, qpn, ctx);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, state), INIT);
	ASSERT_EQ(sacc_hca_get(ads, PATH(ctx), pkey_index), 3);
	ASSERT_EQ(sacc_hca_get(ads, PATH(ctx), vhca_port_num), 1);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, rwe), 1);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, remote_qpn), 0);

	new_move(&c, &q, SACC_HCA_OP_INIT2RTR_QP, qpn, 0);
	SET_QPC(&c, remote_qpn, 0x4567);
	SET_QPC(&c, next_rcv_psn, 0xabcdef);
	SET_QPC(&c, mtu, 3);
	SET_PATH(&c, rlid, 0x11);
	SET_PATH(&c, udp_sport, 0xc000);
	SET_PATH(&c, ack_timeout, 9);
	memset(gid, 0x77, sizeof(gid));
	memcpy(PATH(QPC(&c)) + 16, gid, sizeof(gid));
	ASSERT_EQ(run(q.hca, &c), 0);
	query_qp(&q, qpn, ctx);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, state), RTR);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, remote_qpn), 0x4567);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, next_rcv_psn), 0xabcdef);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, next_send_psn), 0);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, mtu), 3);
	ASSERT_EQ(sacc_hca_get(ads, PATH(ctx), rlid), 0x11);
	ASSERT_EQ(sacc_hca_get(ads, PATH(ctx), udp_sport), 0xc000);
	ASSERT_EQ(sacc_hca_get(ads, PATH(ctx), rmac_31_0), 0xffffffff);
	ASSERT(!memcmp(PATH(ctx) + 16, gid, sizeof(gid)));
	/* These are parameters of their own. */
	ASSERT_EQ(sacc_hca_get(ads, PATH(ctx), pkey_index), 3);
	ASSERT_EQ(sacc_hca_get(ads, PATH(ctx), ack_timeout), 0);

	new_move(&c, &q, SACC_HCA_OP_RTR2RTS_QP, qpn, 0);
	SET_QPC(&c, next_send_psn, 0x123);
	SET_QPC(&c, retry_count, 6);
	SET_PATH(&c, ack_timeout, 14);
	ASSERT_EQ(run(q.hca, &c), 0);
	query_qp(&q, qpn, ctx);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, state), RTS);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, next_send_psn), 0x123);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, next_rcv_psn), 0xabcdef);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, retry_count), 6);
	ASSERT_EQ(sacc_hca_get(ads, PATH(ctx), ack_timeout), 14);
	ASSERT_EQ(sacc_hca_get(ads, PATH(ctx), rlid), 0x11);
	end_queues(&q);
}

TEST(reset_leads_back_to_what_create_stored)
{
	u8 before[QPC_BYTES], after[QPC_BYTES];
	struct queues q;
	u32 st, qpn;

	begin_queues(&q);
	for (st = RC; st < TRANSPORTS; st++) {
		qpn = create_qp(&q, st);
		query_qp(&q, qpn, before);
		ASSERT_EQ(move(&q, SACC_HCA_OP_RST2INIT_QP, qpn, 0), 0);
		ASSERT_EQ(move(&q, SACC_HCA_OP_INIT2RTR_QP, qpn, 0), 0);
		ASSERT_EQ(move(&q, SACC_HCA_OP_RTR2RTS_QP, qpn, 0), 0);
		ASSERT_EQ(move(&q, SACC_HCA_OP_2ERR_QP, qpn, 0), 0);
		query_qp(&q, qpn, after);
		ASSERT(memcmp(before, after, QPC_BYTES));
		ASSERT_EQ(move(&q, SACC_HCA_OP_2RST_QP, qpn, 0), 0);
		query_qp(&q, qpn, after);
		ASSERT(!memcmp(before, after, QPC_BYTES));
		ASSERT_EQ(move(&q, SACC_HCA_OP_RST2INIT_QP, qpn, 0), 0);
	}
	end_queues(&q);
}

static u32 users(const struct queues *q, u32 i)
{
	return references(q->hca, SACC_HCA_OBJ_Q_COUNTER, q->counters[i]);
}

TEST(a_qp_keeps_the_counter_set_that_it_has_and_the_one_that_create_named)
{
	struct queues q;
	struct command c;
	u8 ctx[QPC_BYTES];
	u32 qpn;

	begin_queues(&q);
	new_create_qp(&c, &q);
	SET_QPC(&c, counter_set_id, q.counters[0]);
	qpn = created(q.hca, &c);
	/* A move takes the other one. */
	ASSERT_EQ(move(&q, SACC_HCA_OP_RST2INIT_QP, qpn, 0), 0);
	ASSERT_EQ(users(&q, 0), 1);
	ASSERT_EQ(users(&q, 1), 1);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DEALLOC_Q_COUNTER, q.p.uid,
			 q.counters[0]), SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(move(&q, SACC_HCA_OP_2RST_QP, qpn, 0), 0);
	ASSERT_EQ(users(&q, 0), 2);
	ASSERT_EQ(users(&q, 1), 0);
	query_qp(&q, qpn, ctx);
	ASSERT_EQ(sacc_hca_get(qpc, ctx, counter_set_id), q.counters[0]);
	/* And then none. */
	new_move(&c, &q, SACC_HCA_OP_RST2INIT_QP, qpn, 0);
	SET_QPC(&c, counter_set_id, 0);
	ASSERT_EQ(run(q.hca, &c), 0);
	ASSERT_EQ(users(&q, 0), 1);
	ASSERT_EQ(users(&q, 1), 0);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_QP, q.p.uid, qpn), 0);
	ASSERT_EQ(users(&q, 0), 0);
	end_queues(&q);
}

TEST(the_counter_set_of_another_uid_is_as_unknown_as_none)
{
	struct queues q, other;
	struct command c;
	u32 qpn;

	begin_queues(&q);
	begin_queues_on(&other, q.hca);
	qpn = create_qp(&q, RC);
	new_move(&c, &q, SACC_HCA_OP_RST2INIT_QP, qpn, 0);
	SET_QPC(&c, counter_set_id, other.counters[0]);
	refused_so(&q, &c, SACC_HCA_SYND_WQ_COUNTER, SACC_HCA_BAD_RESOURCE);
	ASSERT_EQ(users(&other, 0), 0);
	ASSERT_EQ(state_of(&q, qpn), RST);
	/* Nor the kernel's, when it is the kernel that asks. */
	sacc_hca_set(cmd_in, c.in, uid, 0);
	SET_QPC(&c, counter_set_id,
		alloc(q.hca, SACC_HCA_OP_ALLOC_Q_COUNTER, 0));
	refused_so(&q, &c, SACC_HCA_SYND_WQ_COUNTER, SACC_HCA_BAD_RESOURCE);
	end_queues(&q);
	free_memory(&other.p);
}

/* In @state a move of @st is refused for one value, and nothing changes. */
#define BAD_VALUE(name, st, op, in_state, change, syndrome, status)	\
	TEST(name)							\
	{								\
		u8 before[QPC_BYTES], after[QPC_BYTES];			\
		struct queues q;					\
		struct command c;					\
		u32 qpn;						\
									\
		begin_queues(&q);					\
		qpn = create_qp(&q, st);				\
		force_state(&q, qpn, in_state);				\
		query_qp(&q, qpn, before);				\
		new_move(&c, &q, SACC_HCA_OP_##op, qpn, 0);		\
		change;							\
		refused_so(&q, &c, SACC_HCA_SYND_##syndrome,		\
			   SACC_HCA_##status);				\
		query_qp(&q, qpn, after);				\
		ASSERT(!memcmp(before, after, QPC_BYTES));		\
		end_queues(&q);						\
	}

#define MASK(v)	sacc_hca_set(rst2init_qp_in, c.in, opt_param_mask, v)

BAD_VALUE(port_2_of_1_is_refused, RC, RST2INIT_QP, RST,
	  SET_PATH(&c, vhca_port_num, 2), QP_PORT, BAD_PARAM)
BAD_VALUE(port_2_is_refused_by_mask_as_well, UD, INIT2INIT_QP, INIT,
	  SET_PATH(&c, vhca_port_num, 2); MASK(PORT), QP_PORT, BAD_PARAM)
BAD_VALUE(a_pkey_beyond_the_table_is_refused, UC, RST2INIT_QP, RST,
	  SET_PATH(&c, pkey_index, 128), QP_PKEY_INDEX, BAD_INDEX)
BAD_VALUE(mtu_0_is_refused, RC, INIT2RTR_QP, INIT, CTX(mtu, 0), QP_MTU,
	  BAD_PARAM)
BAD_VALUE(mtu_6_is_refused, UD, INIT2RTR_QP, INIT, CTX(mtu, 6), QP_MTU,
	  BAD_PARAM)
BAD_VALUE(messages_of_2_gib_are_refused, UC, INIT2RTR_QP, INIT,
	  CTX(log_msg_max, 31), QP_MSG_MAX, EXCEED_LIM)
BAD_VALUE(more_reads_to_answer_than_the_limit_are_refused, RC, INIT2RTR_QP,
	  INIT, CTX(log_rra_max, 5), QP_RRA_MAX, EXCEED_LIM)
BAD_VALUE(more_reads_to_ask_than_the_limit_are_refused, RC, RTR2RTS_QP, RTR,
	  CTX(log_sra_max, 5), QP_SRA_MAX, EXCEED_LIM)
BAD_VALUE(the_reserved_migration_state_is_refused_later, RC, RTS2RTS_QP, RTS,
	  CTX(pm_state, 2); MASK(PM), QP_PM_STATE, BAD_PARAM)

TEST(values_that_are_not_taken_are_not_looked_at)
{
	struct queues q;
	struct command c;
	u32 qpn;

	begin_queues(&q);
	qpn = create_qp(&q, RC);
	force_state(&q, qpn, RTS);
	new_move(&c, &q, SACC_HCA_OP_RTS2RTS_QP, qpn, 0);
	memset(QPC(&c), 0xff, QPC_BYTES);
	ASSERT_EQ(run(q.hca, &c), 0);
	end_queues(&q);
}

TEST(datagrams_need_no_mtu_and_port_0_is_port_1)
{
	struct queues q;
	struct command c;
	u32 qpn;

	begin_queues(&q);
	qpn = create_qp(&q, UD);
	new_move(&c, &q, SACC_HCA_OP_RST2INIT_QP, qpn, 0);
	SET_PATH(&c, vhca_port_num, 0);
	ASSERT_EQ(run(q.hca, &c), 0);
	new_move(&c, &q, SACC_HCA_OP_INIT2RTR_QP, qpn, 0);
	CTX(mtu, 0);
	ASSERT_EQ(run(q.hca, &c), 0);
	end_queues(&q);
}

TEST(a_qp_of_another_uid_does_not_move)
{
	struct queues q;
	struct command c;
	u16 other;
	u32 qpn, i;

	begin_queues(&q);
	other = new_uid(q.hca);
	qpn = create_qp(&q, UC);
	for (i = 0; i < ARRAY_SIZE(moves); i++) {
		force_state(&q, qpn, first_state(moves[i].from));
		new_move(&c, &q, moves[i].opcode, qpn, 0);
		sacc_hca_set(cmd_in, c.in, uid, other);
		ASSERT_EQ(run(q.hca, &c), SACC_HCA_SYND_OBJECT_UNKNOWN);
		ASSERT_EQ(run_status(&c), SACC_HCA_BAD_RESOURCE);
		ASSERT_EQ(state_of(&q, qpn), first_state(moves[i].from));
		sacc_hca_set(rst2init_qp_in, c.in, qpn, qpn + 1);
		sacc_hca_set(cmd_in, c.in, uid, q.p.uid);
		ASSERT_EQ(run(q.hca, &c), SACC_HCA_SYND_OBJECT_UNKNOWN);
		/* The kernel may. */
		sacc_hca_set(rst2init_qp_in, c.in, qpn, qpn);
		sacc_hca_set(cmd_in, c.in, uid, 0);
		ASSERT_EQ(run(q.hca, &c), 0);
	}
	end_queues(&q);
}

KTAP_MAIN()
