// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is the same for QPs, SRQs, RMPs, RQs, SQs, TISes, TIRs and RQTs: numbers, owners,
 * limits, references, the end.
 */
#include "hca-queue.h"

/* --- All types alike */

struct kind {
	void (*build)(struct command *c, const struct queues *q);
	u16 destroy;
	u16 query;
	u16 reply;	/* shortest of the query */
	u16 in_len;	/* shortest of the create command */
	enum sacc_hca_obj_type type;
	/* How many references it takes, all in all. */
	u32 uses;
};

static const struct kind kinds[] = {
	{ new_create_qp, SACC_HCA_OP_DESTROY_QP, SACC_HCA_OP_QUERY_QP, 256, 272,
	  SACC_HCA_OBJ_QP, 6 },
	{ new_create_srq, SACC_HCA_OP_DESTROY_SRQ, SACC_HCA_OP_QUERY_SRQ, 80,
	  272, SACC_HCA_OBJ_SRQ, 3 },
	{ new_create_rmp, SACC_HCA_OP_DESTROY_RMP, SACC_HCA_OP_QUERY_RMP, 272,
	  272, SACC_HCA_OBJ_RMP, 3 },
	{ new_create_rq, SACC_HCA_OP_DESTROY_RQ, SACC_HCA_OP_QUERY_RQ, 272, 272,
	  SACC_HCA_OBJ_RQ, 4 },
	{ new_create_sq, SACC_HCA_OP_DESTROY_SQ, SACC_HCA_OP_QUERY_SQ, 272, 272,
	  SACC_HCA_OBJ_SQ, 6 },
	{ new_create_tis, SACC_HCA_OP_DESTROY_TIS, SACC_HCA_OP_QUERY_TIS, 176,
	  192, SACC_HCA_OBJ_TIS, 1 },
	{ new_create_tir, SACC_HCA_OP_DESTROY_TIR, SACC_HCA_OP_QUERY_TIR, 272,
	  272, SACC_HCA_OBJ_TIR, 2 },
	{ new_create_direct_tir, SACC_HCA_OP_DESTROY_TIR, SACC_HCA_OP_QUERY_TIR,
	  272, 272, SACC_HCA_OBJ_TIR, 2 },
	{ new_create_rqt, SACC_HCA_OP_DESTROY_RQT, SACC_HCA_OP_QUERY_RQT,
	  272 + 8, 272, SACC_HCA_OBJ_RQT, 2 },
};

#define for_each_kind(k) \
	for ((k) = kinds; (k) < kinds + ARRAY_SIZE(kinds); (k)++)

static u32 query(const struct queues *q, const struct kind *k, u16 uid, u32 id,
		 u8 *reply)
{
	return query_ctx(q->hca, k->query, uid, id, reply, 0, k->reply);
}

TEST(each_kind_is_created_queried_and_destroyed_once)
{
	const struct kind *k;
	struct queues q;
	struct command c;
	u8 reply[280];
	u32 id, refs;

	begin_queues(&q);
	for_each_kind(k) {
		refs = all_references(&q);
		k->build(&c, &q);
		id = created(q.hca, &c);
		ASSERT_NE(id, 0);
		ASSERT_EQ(all_references(&q), refs + k->uses);
		ASSERT_EQ(query(&q, k, q.p.uid, id, reply), 0);
		ASSERT_EQ(run_on(q.hca, k->destroy, q.p.uid, id), 0);
		ASSERT_EQ(all_references(&q), refs);
		ASSERT_EQ(query(&q, k, q.p.uid, id, reply),
			  SACC_HCA_SYND_OBJECT_UNKNOWN);
		ASSERT_EQ(run_on(q.hca, k->destroy, q.p.uid, id),
			  SACC_HCA_SYND_OBJECT_UNKNOWN);
		/* The number is not given again at once. */
		ASSERT_EQ(created(q.hca, &c), id + 1);
	}
	end_queues(&q);
}

TEST(each_kind_is_seen_by_its_uid_and_by_the_kernel_alone)
{
	const struct kind *k;
	struct queues q;
	struct command c;
	u8 reply[280];
	u16 other;
	u32 id;

	begin_queues(&q);
	other = new_uid(q.hca);
	for_each_kind(k) {
		k->build(&c, &q);
		id = created(q.hca, &c);
		ASSERT_EQ(query(&q, k, other, id, reply),
			  SACC_HCA_SYND_OBJECT_UNKNOWN);
		ASSERT_EQ(run_on(q.hca, k->destroy, other, id),
			  SACC_HCA_SYND_OBJECT_UNKNOWN);
		ASSERT_EQ(query(&q, k, 0, id, reply), 0);
		ASSERT_EQ(run_on(q.hca, k->destroy, 0, id), 0);
	}
	end_queues(&q);
}

/* Nothing that one uid owns can be used by another, nor by the kernel for itself. */
TEST(each_kind_is_made_from_parts_of_its_own_uid)
{
	struct queues q, other;
	const struct kind *k;
	struct command c;

	begin_queues(&q);
	begin_queues_on(&other, q.hca);
	for_each_kind(k) {
		k->build(&c, &q);
		sacc_hca_set(cmd_in, c.in, uid, other.p.uid);
		ASSERT_NE(run(q.hca, &c), 0);
		ASSERT_EQ(run_status(&c), SACC_HCA_BAD_RESOURCE);
		sacc_hca_set(cmd_in, c.in, uid, 0);
		ASSERT_NE(run(q.hca, &c), 0);
		ASSERT_EQ(run_status(&c), SACC_HCA_BAD_RESOURCE);
		sacc_hca_set(cmd_in, c.in, uid, q.p.uid);
		ASSERT_EQ(run(q.hca, &c), 0);
	}
	end_queues(&q);
	free_memory(&other.p);
}

TEST(each_kind_stops_at_its_limit)
{
	const struct kind *k;
	struct queues q;
	struct command c;
	u32 max;

	begin_queues(&q);
	for_each_kind(k) {
		k->build(&c, &q);
		max = q.hca->tables[k->type].max;
		q.hca->tables[k->type].max = q.hca->tables[k->type].count;
		refused_so(&q, &c, SACC_HCA_SYND_OBJECT_LIMIT,
			   SACC_HCA_EXCEED_LIM);
		q.hca->tables[k->type].max = max;
	}
	end_queues(&q);
}

TEST(each_kind_is_refused_without_memory_and_nothing_stays)
{
	const struct kind *k;
	struct queues q;
	struct command c;
	u32 refs;
	long nth, live;

	begin_queues(&q);
	for_each_kind(k) {
		k->build(&c, &q);
		for (nth = 1; ; nth++) {
			refs = all_references(&q);
			live = sacc_user_alloc_live();
			sacc_user_alloc_fail(nth);
			if (!run(q.hca, &c))
				break;
			ASSERT_EQ(sacc_user_alloc_fail(0), 0);
			ASSERT_EQ(run_status(&c), SACC_HCA_NO_RESOURCES);
			ASSERT_EQ(all_references(&q), refs);
			ASSERT_EQ(sacc_user_alloc_live(), live);
		}
		ASSERT_GT(nth, 1);
		/* It succeeded since it did not come to the failure. */
		ASSERT_GT(sacc_user_alloc_fail(0), 0);
	}
	end_queues(&q);
}

TEST(numbers_end_where_their_field_ends)
{
	const struct kind *k;
	struct queues q;
	struct command c;
	u32 first, last;

	begin_queues(&q);
	for_each_kind(k) {
		first = k->type == SACC_HCA_OBJ_QP ? 0x40 :
			k->type == SACC_HCA_OBJ_RMP ? 0x800000 : 1;
		last = k->type == SACC_HCA_OBJ_QP ||
		       k->type == SACC_HCA_OBJ_SRQ ? 0x7fffff : 0xffffff;
		k->build(&c, &q);
		q.hca->tables[k->type].last_id = last - 1;
		ASSERT_EQ(created(q.hca, &c), last);
		/* Some of the first are taken. */
		ASSERT_LE(created(q.hca, &c) - first, 3);
		ASSERT_EQ(run_on(q.hca, k->destroy, q.p.uid, last), 0);
	}
	end_queues(&q);
}

static const struct {
	u16 opcode;
	u16 in_len;
	u16 out_len;
} lengths[] = { QUEUE_COMMANDS };

TEST(each_command_needs_its_lengths_and_an_op_mod_of_0)
{
	struct queues q;
	struct command c;
	size_t i;

	begin_queues(&q);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		new_command(&c, lengths[i].opcode, q.p.uid,
			    lengths[i].in_len - 1u, lengths[i].out_len);
		ASSERT_EQ(run(q.hca, &c), SACC_HCA_SYND_IN_SHORT);
		ASSERT_EQ(run_status(&c), SACC_HCA_BAD_INPUT_LEN);
		c.in_len++;
		/* Long enough: what it says comes next. */
		ASSERT_NE(run(q.hca, &c), SACC_HCA_SYND_IN_SHORT);
		if (c.out_len > 16) {
			c.out_len--;
			ASSERT_EQ(run(q.hca, &c), SACC_HCA_SYND_OUT_SHORT);
			ASSERT_EQ(run_status(&c), SACC_HCA_BAD_OUTPUT_LEN);
			c.out_len++;
		}
		sacc_hca_set(cmd_in, c.in, op_mod, 2);
		ASSERT_EQ(run(q.hca, &c),
			  lengths[i].opcode == SACC_HCA_OP_ARM_RQ ?
			  SACC_HCA_SYND_ARM_OP_MOD : SACC_HCA_SYND_OP_MOD);
		ASSERT_EQ(run_status(&c), SACC_HCA_BAD_OP);
	}
	end_queues(&q);
}

TEST(commands_on_numbers_that_do_not_exist_are_refused)
{
	struct queues q;
	struct command c;
	size_t i;

	begin_queues(&q);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		if (lengths[i].out_len == 16 && lengths[i].in_len > 16 &&
		    !strncmp(sacc_hca_opcode_name(lengths[i].opcode), "CREATE",
			     6))
			continue;
		new_command(&c, lengths[i].opcode, q.p.uid, lengths[i].in_len,
			    lengths[i].out_len);
		refused_so(&q, &c, SACC_HCA_SYND_OBJECT_UNKNOWN,
			   SACC_HCA_BAD_RESOURCE);
		sacc_hca_set(cmd_in, c.in, obj_id, 0xabcdef);
		refused_so(&q, &c, SACC_HCA_SYND_OBJECT_UNKNOWN,
			   SACC_HCA_BAD_RESOURCE);
	}
	end_queues(&q);
}

/* --- References and teardown */

TEST(what_queues_use_is_busy_until_they_are_gone)
{
	struct queues q;
	struct command c;
	u32 tir;

	begin_queues(&q);
	new_create_direct_tir(&c, &q);
	tir = created(q.hca, &c);
#define BUSY(op, id) ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_##op, q.p.uid, id), \
			       SACC_HCA_SYND_OBJECT_BUSY)
#define GONE(op, id) ASSERT_EQ(run_on(q.hca, SACC_HCA_OP_##op, q.p.uid, id), 0)
	BUSY(DESTROY_RQ, q.rqn);
	GONE(DESTROY_RQT, q.rqtn);
	BUSY(DESTROY_RQ, q.rqn);
	BUSY(DEALLOC_TRANSPORT_DOMAIN, q.td);
	GONE(DESTROY_TIR, tir);
	BUSY(DEALLOC_TRANSPORT_DOMAIN, q.td);
	GONE(DESTROY_TIS, q.tisn);
	GONE(DEALLOC_TRANSPORT_DOMAIN, q.td);
	BUSY(DESTROY_CQ, q.cqs[0]);
	GONE(DESTROY_RQ, q.rqn);
	GONE(DESTROY_CQ, q.cqs[0]);
	BUSY(DEALLOC_PD, q.pd);
	GONE(DESTROY_SRQ, q.srqn);
	BUSY(DEALLOC_PD, q.pd);
	GONE(DESTROY_RMP, q.rmpn);
	GONE(DEALLOC_PD, q.pd);
	GONE(DESTROY_CQ, q.cqs[1]);
	ASSERT_EQ(sacc_hca_umem_destroy(q.hca, q.p.uid, q.p.ring), 0);
	ASSERT_EQ(sacc_hca_umem_destroy(q.hca, q.p.uid, q.p.dbr), 0);
	ASSERT_EQ(sacc_hca_uar_free(q.hca, q.p.uid, q.p.uar), 0);
	end_queues(&q);
}

#define MANY	3000

TEST(teardown_looks_once_at_each_of_thousands_of_queues)
{
	const struct kind *k;
	struct queues q, other;
	struct command c;
	u64 before;
	int i;

	begin_queues(&q);
	begin_queues_on(&other, q.hca);
	for (i = 0; i < MANY; i++)
		for_each_kind(k) {
			k->build(&c, &q);
			created(q.hca, &c);
		}
	before = q.hca->visits;
	sacc_hca_uid_free(q.hca, q.p.uid);
	/* And two umems, a UAR, two CQs and counter sets, PD, TD, one of five kinds. */
	ASSERT_EQ(q.hca->visits - before, MANY * ARRAY_SIZE(kinds) + 14);
	for_each_kind(k)
		ASSERT_LE(q.hca->tables[k->type].count, 1);
	ASSERT_EQ(q.hca->tables[SACC_HCA_OBJ_UMEM].count, 2);
	ASSERT_EQ(q.hca->tables[SACC_HCA_OBJ_CQ].count, 2);
	free_memory(&other.p);
	end_queues(&q);
}

/* MODIFY can make a TIR older than its table, a table older than its RQs. */
TEST(teardown_looks_at_most_twice_at_queues_in_the_wrong_order)
{
	struct queues q;
	struct command c;
	u32 tirs[100], rqts[100], rqn;
	u64 before;
	int i;

	begin_queues(&q);
	for (i = 0; i < 100; i++) {
		new_create_tir(&c, &q);
		tirs[i] = created(q.hca, &c);
	}
	for (i = 0; i < 100; i++) {
		new_create_rqt(&c, &q);
		rqts[i] = created(q.hca, &c);
		new_command(&c, SACC_HCA_OP_MODIFY_TIR, q.p.uid, 272, 16);
		sacc_hca_set(modify_tir_in, c.in, tirn, tirs[i]);
		c.in[23] = 2;
		SET_TIRC(&c, indirect_table, rqts[i]);
		ASSERT_EQ(run(q.hca, &c), 0);
	}
	for (i = 0; i < 100; i++) {
		new_create_rq(&c, &q);
		rqn = created(q.hca, &c);
		new_command(&c, SACC_HCA_OP_MODIFY_RQT, q.p.uid, 276, 16);
		sacc_hca_set(modify_rqt_in, c.in, rqtn, rqts[i]);
		c.in[23] = 1;
		SET_RQTC(&c, rqt_actual_size, 1);
		set_rqn(&c, 0, rqn);
		ASSERT_EQ(run(q.hca, &c), 0);
	}
	before = q.hca->visits;
	sacc_hca_uid_free(q.hca, q.p.uid);
	ASSERT_GT(q.hca->visits - before, 300);
	ASSERT_LE(q.hca->visits - before, 2 * (300 + 14));
	ASSERT_EQ(q.hca->tables[SACC_HCA_OBJ_RQ].count, 0);
	ASSERT_EQ(q.hca->tables[SACC_HCA_OBJ_UMEM].count, 0);
	end_queues(&q);
}

/* --- Limits */

TEST(limits_in_the_capabilities_are_those_that_are_enforced)
{
	struct queues q;
	struct command c;

	begin_queues(&q);
	new_command(&c, SACC_HCA_OP_QUERY_HCA_CAP, 0, 16, 4112);
	sacc_hca_set(cmd_in, c.in, op_mod, 1);
	ASSERT_EQ(run(q.hca, &c), 0);
#define CAP(f)	sacc_hca_get(cmd_hca_cap, c.out + 16, f)
#define LIMIT(f, type) \
	ASSERT_EQ(1u << CAP(f), q.hca->tables[SACC_HCA_OBJ_##type].max)
	LIMIT(log_max_qp, QP);
	LIMIT(log_max_srq, SRQ);
	LIMIT(log_max_rmp, RMP);
	LIMIT(log_max_rq, RQ);
	LIMIT(log_max_sq, SQ);
	LIMIT(log_max_tis, TIS);
	LIMIT(log_max_tir, TIR);
	LIMIT(log_max_rqt, RQT);
	/* Those that the other tests find enforced. */
	ASSERT_EQ(CAP(log_max_qp_sz), 15);
	ASSERT_EQ(CAP(log_max_srq_sz), 15);
	ASSERT_EQ(CAP(log_max_wq_sz), 15);
	ASSERT_EQ(CAP(log_max_rqt_size), 11);
	ASSERT_EQ(CAP(max_wqe_sz_rq), 512);
	ASSERT_EQ(CAP(max_wqe_sz_sq), 1024);
	ASSERT_EQ(CAP(log_min_stride_sz_rq), 4);
	ASSERT_EQ(CAP(log_max_stride_sz_rq), 9);
	ASSERT_EQ(CAP(log_min_stride_sz_sq), 6);
	ASSERT_EQ(CAP(log_max_stride_sz_sq), 6);
	ASSERT_EQ(CAP(log_max_tis_per_sq), 0);
	ASSERT_EQ(CAP(log_max_ra_req_qp), 4);
	ASSERT_EQ(CAP(log_max_ra_res_qp), 4);
	/* 0 is a table of 128 partition keys, 0 is free running time stamps. */
	ASSERT_EQ(CAP(pkey_table_size), 0);
	ASSERT_EQ(CAP(sq_ts_format), 0);
	ASSERT_EQ(CAP(rq_ts_format), 0);
	ASSERT_EQ(CAP(rc), 1);
	ASSERT_EQ(CAP(uc), 1);
	ASSERT_EQ(CAP(ud), 1);
	ASSERT_EQ(CAP(modify_rq_counter_set_id), 1);
	end_queues(&q);
}

KTAP_MAIN()
