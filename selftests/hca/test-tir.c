// SPDX-License-Identifier: GPL-2.0-only
/* Transport interfaces and tables of RQs. */
#include "hca-queue.h"

#define CTX_BYTES	240u

/* --- TIS */

REFUSED(a_tis_for_tls_is_refused, new_create_tis, SET_TISC(&c, tls_en, 1),
	TIS_FEATURE, BAD_PARAM)
REFUSED(a_tis_under_a_qp_is_refused, new_create_tis,
	SET_TISC(&c, underlay_qpn, 1), TIS_FEATURE, BAD_PARAM)
REFUSED(a_tis_of_port_2_of_1_is_refused, new_create_tis,
	SET_TISC(&c, lag_tx_port_affinity, 2), TIS_PORT, BAD_PARAM)
REFUSED(a_tis_needs_a_transport_domain, new_create_tis,
	SET_TISC(&c, transport_domain, 0), TIS_TD, BAD_RESOURCE)
REFUSED(a_tis_of_an_unknown_pd_is_refused, new_create_tis, SET_TISC(&c, pd, 99),
	TIS_PD, BAD_RESOURCE)

static void query_tis(const struct queues *q, u32 id, u8 *ctx)
{
	ASSERT_EQ(query_ctx(q->hca, SACC_HCA_OP_QUERY_TIS, q->p.uid, id, ctx, 16,
			    160), 0);
}

TEST(query_tis_returns_what_create_stored_and_nothing_else)
{
	u8 got[160], want[160] = { 0 };
	struct queues q;
	struct command c;

	begin_queues(&q);
	new_create_tis(&c, &q);
	memset(TISC(&c), 0xff, 160);
	SET_TISC(&c, tls_en, 0);
	SET_TISC(&c, underlay_qpn, 0);
#define KEPT(f, v)							\
	do {								\
		SET_TISC(&c, f, v);					\
		sacc_hca_set(tisc, want, f, v);				\
	} while (0)
	KEPT(strict_lag_tx_port_affinity, 1); KEPT(lag_tx_port_affinity, 1);
	KEPT(prio, 9); KEPT(transport_domain, q.td); KEPT(pd, q.pd);
#undef KEPT
	query_tis(&q, created(q.hca, &c), got);
	ASSERT(!memcmp(got, want, sizeof(got)));
	end_queues(&q);
}

TEST(modify_tis_changes_the_selected_fields_and_no_others)
{
	u8 got[160], want[160];
	struct queues q;
	struct command c;
	u32 select;

	begin_queues(&q);
	for (select = 0; select < 16; select++) {
		new_create_tis(&c, &q);
		q.tisn = created(q.hca, &c);
		query_tis(&q, q.tisn, want);
		new_command(&c, SACC_HCA_OP_MODIFY_TIS, q.p.uid, 192, 16);
		sacc_hca_set(modify_tis_in, c.in, tisn, q.tisn);
		memset(TISC(&c), 0xff, 160);
		SET_TISC(&c, lag_tx_port_affinity, 1);
		c.in[23] = (u8)select;
		if (select & 8) {
			refused_so(&q, &c, SACC_HCA_SYND_TIS_MODIFY_FIELD,
				   SACC_HCA_BAD_PARAM);
		} else {
			ASSERT_EQ(run(q.hca, &c), 0);
			if (select & 1)
				sacc_hca_set(tisc, want, prio, 0xf);
			if (select & 2)
				sacc_hca_set(tisc, want,
					     strict_lag_tx_port_affinity, 1);
			if (select & 4)
				sacc_hca_set(tisc, want, lag_tx_port_affinity, 1);
		}
		query_tis(&q, q.tisn, got);
		ASSERT(!memcmp(got, want, sizeof(got)));
	}
	c.in[23] = 7;
	SET_TISC(&c, lag_tx_port_affinity, 2);
	refused_so(&q, &c, SACC_HCA_SYND_TIS_PORT, SACC_HCA_BAD_PARAM);
	end_queues(&q);
}

/* --- TIR */

REFUSED(disp_type_2_is_refused, new_create_tir, SET_TIRC(&c, disp_type, 2),
	TIR_DISP_TYPE, BAD_PARAM)
REFUSED(a_tir_for_tls_is_refused, new_create_tir, SET_TIRC(&c, tls_en, 1),
	TIR_FEATURE, BAD_PARAM)
REFUSED(a_tir_that_merges_packets_is_refused, new_create_tir,
	SET_TIRC(&c, packet_merge_mask, 1), TIR_FEATURE, BAD_PARAM)
REFUSED(a_tir_needs_a_transport_domain, new_create_tir,
	SET_TIRC(&c, transport_domain, 99), TIR_TD, BAD_RESOURCE)
REFUSED(an_indirect_tir_needs_a_table, new_create_tir,
	SET_TIRC(&c, indirect_table, 0), TIR_RQT, BAD_RESOURCE)
REFUSED(a_direct_tir_needs_an_rq, new_create_direct_tir,
	SET_TIRC(&c, inline_rqn, 99), TIR_RQ, BAD_RESOURCE)
REFUSED(hash_function_3_is_refused, new_create_tir, SET_TIRC(&c, rx_hash_fn, 3),
	TIR_HASH_FN, BAD_PARAM)
REFUSED(unknown_outer_hash_fields_are_refused, new_create_tir,
	SET_TIRC(&c, rx_hash_field_selector_outer, 0x20), TIR_HASH_FIELDS,
	BAD_PARAM)
REFUSED(unknown_inner_hash_fields_are_refused, new_create_tir,
	SET_TIRC(&c, rx_hash_field_selector_inner, 1u << 29), TIR_HASH_FIELDS,
	BAD_PARAM)

static void query_tir(const struct queues *q, u32 id, u8 *ctx)
{
	ASSERT_EQ(query_ctx(q->hca, SACC_HCA_OP_QUERY_TIR, q->p.uid, id, ctx, 32,
			    CTX_BYTES), 0);
}

/* All bits set, but good values where they matter; @want is what is kept. */
static void fill_tir(const struct queues *q, struct command *c, u8 *want,
		     bool indirect)
{
	memset(TIRC(c), 0xff, CTX_BYTES);
	memset(want, 0, CTX_BYTES);
	SET_TIRC(c, tls_en, 0);
	SET_TIRC(c, packet_merge_mask, 0);
#define KEPT(f, v)							\
	do {								\
		SET_TIRC(c, f, v);					\
		sacc_hca_set(tirc, want, f, v);				\
	} while (0)
	KEPT(disp_type, indirect); KEPT(rx_hash_symmetric, 1);
	KEPT(tunneled_offload_en, 1); KEPT(rx_hash_fn, 2);
	KEPT(self_lb_block, 3); KEPT(transport_domain, q->td);
	KEPT(rx_hash_field_selector_outer, 0xc000001f);
	KEPT(rx_hash_field_selector_inner, 0x8000000f);
	if (indirect)
		KEPT(indirect_table, q->rqtn);
	else
		KEPT(inline_rqn, q->rqn);
#undef KEPT
	memset(want + SACC_HCA_OFF(tirc, rx_hash_toeplitz_key) / 8, 0xff, 40);
}

TEST(query_tir_returns_what_create_stored_and_nothing_else)
{
	u8 got[CTX_BYTES], want[CTX_BYTES];
	struct queues q;
	struct command c;
	int indirect;

	begin_queues(&q);
	for (indirect = 0; indirect < 2; indirect++) {
		new_create_tir(&c, &q);
		fill_tir(&q, &c, want, indirect);
		query_tir(&q, created(q.hca, &c), got);
		ASSERT(!memcmp(got, want, sizeof(got)));
	}
	end_queues(&q);
}

TEST(modify_tir_changes_the_selected_fields_and_no_others)
{
	u8 got[CTX_BYTES], want[CTX_BYTES], filled[CTX_BYTES];
	struct queues q;
	struct command c;
	u32 select, tirn;

	begin_queues(&q);
	for (select = 0; select < 64; select++) {
		new_create_tir(&c, &q);
		tirn = created(q.hca, &c);
		query_tir(&q, tirn, want);
		new_create_rqt(&c, &q);
		q.rqtn = created(q.hca, &c);
		new_command(&c, SACC_HCA_OP_MODIFY_TIR, q.p.uid, 272, 16);
		sacc_hca_set(modify_tir_in, c.in, tirn, tirn);
		fill_tir(&q, &c, filled, true);
		SET_TIRC(&c, transport_domain, 99);
		c.in[23] = (u8)select;
		if (select & ~0x16u) {
			refused_so(&q, &c, SACC_HCA_SYND_TIR_MODIFY_FIELD,
				   SACC_HCA_BAD_PARAM);
		} else {
			ASSERT_EQ(run(q.hca, &c), 0);
			if (select & 2)
				sacc_hca_set(tirc, want, indirect_table, q.rqtn);
			if (select & 4) {
				sacc_hca_set(tirc, want, rx_hash_symmetric, 1);
				sacc_hca_set(tirc, want, rx_hash_fn, 2);
				memcpy(want + 40, filled + 40, 48);
			}
			if (select & 0x10)
				sacc_hca_set(tirc, want, self_lb_block, 3);
		}
		query_tir(&q, tirn, got);
		ASSERT(!memcmp(got, want, sizeof(got)));
	}
	end_queues(&q);
}

TEST(another_table_is_held_in_place_of_the_first)
{
	struct queues q;
	struct command c;
	u32 tirn, first, second;

	begin_queues(&q);
	first = q.rqtn;
	new_create_tir(&c, &q);
	tirn = created(q.hca, &c);
	new_create_rqt(&c, &q);
	second = created(q.hca, &c);
	new_command(&c, SACC_HCA_OP_MODIFY_TIR, q.p.uid, 272, 16);
	sacc_hca_set(modify_tir_in, c.in, tirn, tirn);
	c.in[23] = 2;
	SET_TIRC(&c, indirect_table, 99);
	refused_so(&q, &c, SACC_HCA_SYND_TIR_RQT, SACC_HCA_BAD_RESOURCE);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_RQT, q.p.uid, first),
		  SACC_HCA_SYND_OBJECT_BUSY);
	SET_TIRC(&c, indirect_table, second);
	/* Who modifies does not matter: the table is the owner's. */
	sacc_hca_set(cmd_in, c.in, uid, 0);
	ASSERT_EQ(run(q.hca, &c), 0);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_RQT, q.p.uid, first), 0);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_RQT, q.p.uid, second),
		  SACC_HCA_SYND_OBJECT_BUSY);
	/* The same once more. */
	ASSERT_EQ(run(q.hca, &c), 0);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_TIR, q.p.uid, tirn), 0);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_RQT, q.p.uid, second), 0);
	end_hca(q.hca);
	free_memory(&q.p);
}

TEST(bad_changes_of_a_tir_change_nothing)
{
	u8 before[CTX_BYTES], after[CTX_BYTES];
	struct queues q;
	struct command c;
	u32 tirn;

	begin_queues(&q);
	new_create_direct_tir(&c, &q);
	tirn = created(q.hca, &c);
	query_tir(&q, tirn, before);
	new_command(&c, SACC_HCA_OP_MODIFY_TIR, q.p.uid, 272, 16);
	sacc_hca_set(modify_tir_in, c.in, tirn, tirn);
	c.in[23] = 2;
	SET_TIRC(&c, indirect_table, q.rqtn);
	refused_so(&q, &c, SACC_HCA_SYND_TIR_NOT_INDIRECT, SACC_HCA_BAD_PARAM);
	c.in[23] = 0x14;
	SET_TIRC(&c, self_lb_block, 1);
	SET_TIRC(&c, rx_hash_fn, 3);
	refused_so(&q, &c, SACC_HCA_SYND_TIR_HASH_FN, SACC_HCA_BAD_PARAM);
	SET_TIRC(&c, rx_hash_fn, 1);
	SET_TIRC(&c, rx_hash_field_selector_outer, 0x40);
	refused_so(&q, &c, SACC_HCA_SYND_TIR_HASH_FIELDS, SACC_HCA_BAD_PARAM);
	sacc_hca_set(cmd_in, c.in, uid, new_uid(q.hca));
	refused_so(&q, &c, SACC_HCA_SYND_OBJECT_UNKNOWN, SACC_HCA_BAD_RESOURCE);
	query_tir(&q, tirn, after);
	ASSERT(!memcmp(before, after, sizeof(before)));
	end_queues(&q);
}

/* --- RQT */

REFUSED(a_table_of_other_queues_is_refused, new_create_rqt,
	SET_RQTC(&c, list_q_type, 1), RQT_TYPE, BAD_PARAM)
REFUSED(rqs_of_other_functions_are_refused, new_create_rqt,
	SET_RQTC(&c, rq_vhca_id_format, 1), RQT_VHCA_FORMAT, BAD_PARAM)
REFUSED(a_table_beyond_the_limit_is_refused, new_create_rqt,
	SET_RQTC(&c, rqt_max_size, 2049), RQT_MAX_SIZE, EXCEED_LIM)
REFUSED(a_table_without_room_is_refused, new_create_rqt,
	SET_RQTC(&c, rqt_max_size, 0), RQT_SIZE, BAD_PARAM)
REFUSED(an_empty_table_is_refused, new_create_rqt,
	SET_RQTC(&c, rqt_actual_size, 0), RQT_SIZE, BAD_PARAM)
REFUSED(more_entries_than_room_are_refused, new_create_rqt,
	SET_RQTC(&c, rqt_actual_size, 5), RQT_SIZE, BAD_PARAM)
REFUSED(a_list_that_is_cut_off_is_refused, new_create_rqt,
	c.in_len--, RQT_LIST_SHORT, BAD_INPUT_LEN)
REFUSED(a_list_beyond_the_mailbox_is_refused, new_create_rqt,
	SET_RQTC(&c, rqt_actual_size, 3), RQT_LIST_SHORT, BAD_INPUT_LEN)
REFUSED(an_entry_that_is_no_rq_is_refused, new_create_rqt,
	set_rqn(&c, 1, 99), RQT_RQ, BAD_RESOURCE)
REFUSED(an_entry_of_0_is_refused, new_create_rqt,
	set_rqn(&c, 0, 0), RQT_RQ, BAD_RESOURCE)

static void new_modify_rqt(struct command *c, const struct queues *q, u32 count)
{
	new_command(c, SACC_HCA_OP_MODIFY_RQT, q->p.uid, 272 + 4 * count, 16);
	sacc_hca_set(modify_rqt_in, c->in, rqtn, q->rqtn);
	c->in[23] = 1;
	SET_RQTC(c, rqt_actual_size, count);
}

/* The table has just these entries. */
static void check_table(const struct queues *q, u32 max, u32 count,
			const u32 *rqns)
{
	struct command c;
	u32 i;

	new_command(&c, SACC_HCA_OP_QUERY_RQT, q->p.uid, 16, 272 + 4 * count);
	sacc_hca_set(query_rqt_in, c.in, rqtn, q->rqtn);
	ASSERT_EQ(run(q->hca, &c), 0);
	ASSERT_EQ(sacc_hca_get(rqtc, c.out + 32, rqt_max_size), max);
	ASSERT_EQ(sacc_hca_get(rqtc, c.out + 32, rqt_actual_size), count);
	for (i = 0; i < count; i++)
		ASSERT_EQ(sacc_hca_get(rq_num, c.out + 272 + 4 * i, rq_num),
			  rqns[i]);
	c.out_len--;
	ASSERT_EQ(run(q->hca, &c), SACC_HCA_SYND_RQT_REPLY_SHORT);
	ASSERT_EQ(run_status(&c), SACC_HCA_BAD_OUTPUT_LEN);
}

TEST(modify_exchanges_the_list)
{
	u32 rqns[4], i;
	struct queues q;
	struct command c;

	begin_queues(&q);
	rqns[0] = q.rqn;
	rqns[1] = q.rqn;
	check_table(&q, 4, 2, rqns);
	for (i = 0; i < 4; i++) {
		new_create_rq(&c, &q);
		rqns[i] = created(q.hca, &c);
	}
	new_modify_rqt(&c, &q, 4);
	for (i = 0; i < 4; i++)
		set_rqn(&c, i, rqns[i]);
	ASSERT_EQ(run(q.hca, &c), 0);
	check_table(&q, 4, 4, rqns);
	/* The old ones are free, the new ones are not. */
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_RQ, q.p.uid, q.rqn), 0);
	for (i = 0; i < 4; i++)
		ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_RQ, q.p.uid,
				 rqns[i]), SACC_HCA_SYND_OBJECT_BUSY);
	q.rqn = rqns[0];
	new_modify_rqt(&c, &q, 5);
	refused_so(&q, &c, SACC_HCA_SYND_RQT_SIZE, SACC_HCA_BAD_PARAM);
	new_modify_rqt(&c, &q, 0);
	refused_so(&q, &c, SACC_HCA_SYND_RQT_SIZE, SACC_HCA_BAD_PARAM);
	new_modify_rqt(&c, &q, 2);
	set_rqn(&c, 0, rqns[1]);
	refused_so(&q, &c, SACC_HCA_SYND_RQT_RQ, SACC_HCA_BAD_RESOURCE);
	c.in_len--;
	refused_so(&q, &c, SACC_HCA_SYND_RQT_LIST_SHORT,
		   SACC_HCA_BAD_INPUT_LEN);
	c.in[23] = 2;
	refused_so(&q, &c, SACC_HCA_SYND_RQT_MODIFY_FIELD, SACC_HCA_BAD_PARAM);
	c.in[23] = 0;
	ASSERT_EQ(run(q.hca, &c), 0);
	new_modify_rqt(&c, &q, 1);
	set_rqn(&c, 0, rqns[0]);
	sacc_user_alloc_fail(1);
	refused_so(&q, &c, SACC_HCA_SYND_NO_MEMORY, SACC_HCA_NO_RESOURCES);
	check_table(&q, 4, 4, rqns);
	ASSERT_EQ(run(q.hca, &c), 0);
	check_table(&q, 4, 1, rqns);
	end_queues(&q);
}

TEST(rqs_of_another_uid_are_in_no_table)
{
	struct queues q, other;
	struct command c;

	begin_queues(&q);
	begin_queues_on(&other, q.hca);
	new_create_rqt(&c, &q);
	set_rqn(&c, 1, other.rqn);
	refused_so(&q, &c, SACC_HCA_SYND_RQT_RQ, SACC_HCA_BAD_RESOURCE);
	new_modify_rqt(&c, &q, 1);
	set_rqn(&c, 0, other.rqn);
	refused_so(&q, &c, SACC_HCA_SYND_RQT_RQ, SACC_HCA_BAD_RESOURCE);
	/* The kernel may change a client's table, to the client's RQs. */
	sacc_hca_set(cmd_in, c.in, uid, 0);
	refused_so(&q, &c, SACC_HCA_SYND_RQT_RQ, SACC_HCA_BAD_RESOURCE);
	set_rqn(&c, 0, q.rqn);
	ASSERT_EQ(run(q.hca, &c), 0);
	end_queues(&q);
	free_memory(&other.p);
}

#define LARGEST	2048u

TEST(the_largest_table_is_taken_and_told)
{
	size_t bytes = 272 + 4 * LARGEST;
	u8 *in = calloc(1, bytes), *out = calloc(1, bytes);
	struct queues q;
	struct command c;
	u32 i, rqtn;

	ASSERT(in && out);
	begin_queues(&q);
	new_create_rqt(&c, &q);
	SET_RQTC(&c, rqt_max_size, LARGEST);
	SET_RQTC(&c, rqt_actual_size, LARGEST);
	memcpy(in, c.in, 272);
	for (i = 0; i < LARGEST; i++)
		sacc_hca_set(rq_num, in + 272 + 4 * i, rq_num, q.rqn);
	ASSERT_EQ(sacc_hca_exec(q.hca, in, bytes, out, 16), SACC_HCA_OK);
	rqtn = sacc_hca_get(create_rqt_out, out, rqtn);
	ASSERT_EQ(references(q.hca, SACC_HCA_OBJ_RQ, q.rqn), LARGEST + 2);
	new_command(&c, SACC_HCA_OP_QUERY_RQT, q.p.uid, 16, 16);
	sacc_hca_set(query_rqt_in, c.in, rqtn, rqtn);
	ASSERT_EQ(sacc_hca_exec(q.hca, c.in, 16, out, bytes), SACC_HCA_OK);
	ASSERT_EQ(sacc_hca_get(rq_num, out + bytes - 4, rq_num), q.rqn);
	ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_DESTROY_RQT, q.p.uid, rqtn), 0);
	ASSERT_EQ(references(q.hca, SACC_HCA_OBJ_RQ, q.rqn), 2);
	free(in);
	free(out);
	end_queues(&q);
}

KTAP_MAIN()
