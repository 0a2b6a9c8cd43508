// SPDX-License-Identifier: GPL-2.0-only
/* Completion queues: create, query, modify. */
#include "cq-test.h"

/* The command is refused; nothing is made, written, or stays referenced. */
static void refused(struct fixture *f, u32 syndrome, u32 status)
{
	u32 count = f->hca->tables[SACC_HCA_OBJ_CQ].count;

	ASSERT_EQ(run(f->hca, &f->c), syndrome);
	ASSERT_EQ(run_status(&f->c), status);
	ASSERT_EQ(f->hca->tables[SACC_HCA_OBJ_CQ].count, count);
	ASSERT_EQ(sacc_hca_load32(f->p.dbr_mem.bytes, 4), 0);
	ASSERT_EQ(sacc_hca_umem_destroy(f->hca, f->p.uid, f->p.ring), 0);
	ASSERT_EQ(sacc_hca_umem_destroy(f->hca, f->p.uid, f->p.dbr), 0);
	ASSERT_EQ(sacc_hca_uar_free(f->hca, f->p.uid, f->p.uar), 0);
}

/* A test whose only difference from a good command is @change. */
#define REFUSED(name, change, syndrome, status)				\
	TEST(name)							\
	{								\
		struct fixture f;					\
									\
		begin(&f);						\
		change;							\
		refused(&f, SACC_HCA_SYND_##syndrome, SACC_HCA_##status);\
		end(&f);						\
	}

#define SET_IN(field, v)	sacc_hca_set(create_cq_in, f.c.in, field, v)

REFUSED(more_cqes_than_the_limit_are_refused,
	SET_CTX(&f.c, log_cq_size, 23), CQ_SIZE, EXCEED_LIM)
REFUSED(a_cqe_size_of_3_is_refused,
	SET_CTX(&f.c, cqe_sz, 3), CQ_CQE_SIZE, BAD_PARAM)
REFUSED(a_cqe_size_of_7_is_refused,
	SET_CTX(&f.c, cqe_sz, 7), CQ_CQE_SIZE, BAD_PARAM)
REFUSED(cqe_compression_is_refused,
	SET_CTX(&f.c, cqe_comp_en, 1), CQ_COMPRESSION, BAD_PARAM)
REFUSED(a_cq_of_an_apu_is_refused,
	SET_CTX(&f.c, apu_cq, 1), CQ_APU, BAD_PARAM)
REFUSED(a_period_mode_of_2_is_refused,
	SET_CTX(&f.c, cq_period_mode, 2), CQ_PERIOD_MODE, BAD_PARAM)
REFUSED(real_time_stamps_are_refused,
	SET_CTX(&f.c, cq_timestamp_format, 2), CQ_TS_FORMAT, BAD_PARAM)
REFUSED(a_ring_in_physical_pages_is_refused,
	SET_IN(cq_umem_valid, 0), CQ_NO_UMEM, BAD_PARAM)
REFUSED(a_ring_in_umem_0_is_refused,
	SET_IN(cq_umem_id, 0), CQ_UMEM, BAD_RESOURCE)
REFUSED(a_ring_in_an_unknown_umem_is_refused,
	SET_IN(cq_umem_id, 99), CQ_UMEM, BAD_RESOURCE)
REFUSED(a_ring_at_an_odd_offset_is_refused,
	SET_IN(cq_umem_offset, 32), CQ_UMEM_ALIGN, BAD_PARAM)
REFUSED(a_ring_64_bytes_too_far_is_refused,
	SET_IN(cq_umem_offset, RING_BYTES - 64 * 64 + 64),
	CQ_UMEM_RANGE, BAD_PARAM)
REFUSED(a_ring_whose_end_overflows_is_refused,
	SET_IN(cq_umem_offset, ~63ULL), CQ_UMEM_RANGE, BAD_PARAM)
REFUSED(a_ring_whose_start_overflows_is_refused,
	SET_IN(cq_umem_offset, ~63ULL); SET_CTX(&f.c, page_offset, 1),
	CQ_UMEM_RANGE, BAD_PARAM)
REFUSED(a_ring_longer_than_the_umem_is_refused,
	SET_CTX(&f.c, log_cq_size, 9), CQ_UMEM_RANGE, BAD_PARAM)
REFUSED(a_ring_of_wide_cqes_longer_than_the_umem_is_refused,
	SET_CTX(&f.c, log_cq_size, 8); SET_CTX(&f.c, cqe_sz, 1),
	CQ_UMEM_RANGE, BAD_PARAM)
REFUSED(a_ring_pushed_out_by_the_page_offset_is_refused,
	SET_CTX(&f.c, log_cq_size, 8); SET_CTX(&f.c, page_offset, 1),
	CQ_UMEM_RANGE, BAD_PARAM)
REFUSED(a_doorbell_record_by_physical_address_is_refused,
	SET_CTX(&f.c, dbr_umem_valid, 0), CQ_NO_DBR_UMEM, BAD_PARAM)
REFUSED(a_doorbell_record_in_an_unknown_umem_is_refused,
	SET_CTX(&f.c, dbr_umem_id, 99), CQ_DBR_UMEM, BAD_RESOURCE)
REFUSED(a_doorbell_record_at_an_odd_offset_is_refused,
	SET_CTX(&f.c, dbr_addr, 4), CQ_DBR_ALIGN, BAD_PARAM)
REFUSED(a_doorbell_record_at_the_end_of_the_umem_is_refused,
	SET_CTX(&f.c, dbr_addr, DBR_PAGE), CQ_DBR_RANGE, BAD_PARAM)
REFUSED(a_doorbell_record_whose_end_overflows_is_refused,
	SET_CTX(&f.c, dbr_addr, ~7ULL), CQ_DBR_RANGE, BAD_PARAM)
REFUSED(a_doorbell_record_in_unaligned_memory_is_refused,
	f.p.dbr_mem.xchg_error = -EINVAL, CQ_DBR_ALIGN, BAD_PARAM)
REFUSED(a_doorbell_record_that_cannot_be_read_is_refused,
	f.p.dbr_mem.read_error = -EFAULT, CQ_DBR_ACCESS, INTERNAL)
REFUSED(a_doorbell_record_that_cannot_be_written_is_refused,
	f.p.dbr_mem.xchg_error = -EFAULT, CQ_DBR_ACCESS, INTERNAL)
REFUSED(uar_0_is_refused,
	SET_CTX(&f.c, uar_page, 0), CQ_UAR, BAD_RESOURCE)
REFUSED(an_unknown_uar_is_refused,
	SET_CTX(&f.c, uar_page, 99), CQ_UAR, BAD_RESOURCE)
REFUSED(eq_0_is_refused,
	SET_CTX(&f.c, c_eqn_or_apu_element, 0), CQ_EQN, BAD_RESOURCE)
REFUSED(an_eq_of_no_vector_is_refused,
	SET_CTX(&f.c, c_eqn_or_apu_element, VECTORS + 1), CQ_EQN, BAD_RESOURCE)
REFUSED(a_32_bit_eqn_whose_low_byte_is_right_is_refused,
	SET_CTX(&f.c, c_eqn_or_apu_element, 0x101), CQ_EQN, BAD_RESOURCE)
REFUSED(a_cq_beyond_the_limit_is_refused,
	f.hca->tables[SACC_HCA_OBJ_CQ].max = 0, OBJECT_LIMIT, EXCEED_LIM)

TEST(a_read_only_ring_is_refused)
{
	struct fixture f;
	u32 id;

	begin(&f);
	ASSERT_EQ(sacc_hca_umem_create(f.hca, f.p.uid, &f.p.ring_mem,
				       RING_BYTES, false, &id), 0);
	sacc_hca_set(create_cq_in, f.c.in, cq_umem_id, id);
	refused(&f, SACC_HCA_SYND_CQ_UMEM_READ_ONLY, SACC_HCA_BAD_PARAM);
	end(&f);
}

TEST(parts_of_another_uid_are_refused_even_for_the_kernel)
{
	struct fixture f;
	struct cq_parts other;
	struct command c;
	u16 uid;
	int i;

	begin(&f);
	new_parts(f.hca, &other, new_uid(f.hca));
	for (i = 0; i < 2; i++) {
		/* All parts are f's but those named; for uid 0 all are foreign. */
		uid = i ? 0 : f.p.uid;
		new_create_cq(&c, &f.p, 0);
		sacc_hca_set(cmd_in, c.in, uid, uid);
		sacc_hca_set(create_cq_in, c.in, cq_umem_id, other.ring);
		ASSERT_EQ(run(f.hca, &c), SACC_HCA_SYND_CQ_UMEM);
	}
	new_create_cq(&c, &f.p, 0);
	SET_CTX(&c, dbr_umem_id, other.dbr);
	ASSERT_EQ(run(f.hca, &c), SACC_HCA_SYND_CQ_DBR_UMEM);
	new_create_cq(&c, &f.p, 0);
	SET_CTX(&c, uar_page, other.uar);
	ASSERT_EQ(run(f.hca, &c), SACC_HCA_SYND_CQ_UAR);
	sacc_hca_uid_free(f.hca, other.uid);
	free_memory(&other);
	end(&f);
}

TEST(a_ring_that_just_fits_is_taken)
{
	struct fixture f;

	begin(&f);
	sacc_hca_set(create_cq_in, f.c.in, cq_umem_offset,
		     RING_BYTES - 64 * 64);
	ASSERT_EQ(run(f.hca, &f.c), 0);
	new_create_cq(&f.c, &f.p, DBR_PAGE - 8);
	SET_CTX(&f.c, log_cq_size, 8);
	ASSERT_EQ(run(f.hca, &f.c), 0);
	new_create_cq(&f.c, &f.p, 16);
	SET_CTX(&f.c, log_cq_size, 7);
	SET_CTX(&f.c, cqe_sz, 2);
	ASSERT_EQ(run(f.hca, &f.c), 0);
	end(&f);
}

TEST(a_collapsed_cq_needs_room_for_one_cqe_only)
{
	struct fixture f;

	begin(&f);
	SET_CTX(&f.c, log_cq_size, 22);
	SET_CTX(&f.c, cc, 1);
	ASSERT_EQ(run(f.hca, &f.c), 0);
	sacc_hca_set(create_cq_in, f.c.in, cq_umem_offset, RING_BYTES);
	ASSERT_EQ(run(f.hca, &f.c), SACC_HCA_SYND_CQ_UMEM_RANGE);
	end(&f);
}

TEST(ring_and_doorbell_record_may_share_a_umem)
{
	struct fixture f;
	u32 cqn;

	begin(&f);
	SET_CTX(&f.c, dbr_umem_id, f.p.ring);
	SET_CTX(&f.c, dbr_addr, RING_BYTES - 8);
	ASSERT_EQ(run(f.hca, &f.c), 0);
	cqn = sacc_hca_get(create_cq_out, f.c.out, cqn);
	ASSERT_EQ(sacc_hca_umem_destroy(f.hca, f.p.uid, f.p.ring), -EBUSY);
	ASSERT_EQ(run_on(f.hca, SACC_HCA_OP_DESTROY_CQ, f.p.uid, cqn), 0);
	ASSERT_EQ(sacc_hca_umem_destroy(f.hca, f.p.uid, f.p.ring), 0);
	end(&f);
}

/* Values that differ from each other and from 0. */
#define DISTINCT(X)							\
	X(dbr_umem_valid, 1) X(cqe_sz, 1) X(cc, 1)			\
	X(scqe_break_moderation_en, 1) X(oi, 1) X(cq_period_mode, 1)	\
	X(mini_cqe_res_format, 2) X(cqe_compression_layout, 3)		\
	X(page_offset, 5) X(mini_cqe_res_format_ext, 2)			\
	X(cq_timestamp_format, 1) X(log_cq_size, 4) X(cq_period, 0xabc)	\
	X(cq_max_count, 0xbeef) X(c_eqn_or_apu_element, 3)		\
	X(log_page_size, 17) X(dbr_addr, 0x128)

#define SET_ONE(f, v)	SET_CTX(&x.c, f, v);
#define SET_FIRST(f, v)	sacc_hca_set(cqc, want, f, v);
#define SAME(f, v)	ASSERT_EQ(sacc_hca_get64(cqc, got, f), (u64)(v));

TEST(query_returns_every_field_that_create_stored)
{
	u8 got[64], want[64] = { 0 };
	struct fixture x;

	begin(&x);
	DISTINCT(SET_ONE)
	ASSERT_EQ(run(x.hca, &x.c), 0);
	ASSERT_EQ(query_cq(x.hca, x.p.uid,
			   sacc_hca_get(create_cq_out, x.c.out, cqn), got), 0);
	DISTINCT(SAME)
	ASSERT_EQ(sacc_hca_get(cqc, got, dbr_umem_id), x.p.dbr);
	ASSERT_EQ(sacc_hca_get(cqc, got, uar_page), x.p.uar);
	/* And nothing else: the context has no other bits set. */
	DISTINCT(SET_FIRST)
	sacc_hca_set(cqc, want, dbr_umem_id, x.p.dbr);
	sacc_hca_set(cqc, want, uar_page, x.p.uar);
	ASSERT(!memcmp(got, want, sizeof(got)));
	end(&x);
}

TEST(fields_that_are_the_devices_cannot_be_preset)
{
	struct fixture f;
	u8 got[64];

	begin(&f);
	SET_CTX(&f.c, status, 9);
	SET_CTX(&f.c, st, 9);
	SET_CTX(&f.c, last_notified_index, 1);
	SET_CTX(&f.c, last_solicit_index, 2);
	SET_CTX(&f.c, consumer_counter, 3);
	SET_CTX(&f.c, producer_counter, 4);
	ASSERT_EQ(run(f.hca, &f.c), 0);
	ASSERT_EQ(query_cq(f.hca, f.p.uid,
			   sacc_hca_get(create_cq_out, f.c.out, cqn), got), 0);
	ASSERT_EQ(sacc_hca_get(cqc, got, status), 0);
	ASSERT_EQ(sacc_hca_get(cqc, got, st), 0);
	ASSERT_EQ(sacc_hca_get(cqc, got, last_notified_index), 0);
	ASSERT_EQ(sacc_hca_get(cqc, got, last_solicit_index), 0);
	ASSERT_EQ(sacc_hca_get(cqc, got, consumer_counter), 0);
	ASSERT_EQ(sacc_hca_get(cqc, got, producer_counter), 0);
	end(&f);
}

TEST(query_of_a_foreign_or_unknown_cq_is_refused)
{
	struct fixture f;
	u8 ctx[64];
	u16 other;
	u32 cqn;

	begin(&f);
	other = new_uid(f.hca);
	cqn = create_cq(f.hca, &f.p, 0);
	ASSERT_EQ(query_cq(f.hca, other, cqn, ctx),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(query_cq(f.hca, f.p.uid, cqn + 1, ctx),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(query_cq(f.hca, f.p.uid, 0, ctx),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(query_cq(f.hca, 0, cqn, ctx), 0);
	ASSERT_EQ(run_on(f.hca, SACC_HCA_OP_DESTROY_CQ, other, cqn),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	end(&f);
}

static void new_modify(struct command *c, u16 uid, u32 cqn, u32 select)
{
	new_command(c, SACC_HCA_OP_MODIFY_CQ, uid, 272, 16);
	sacc_hca_set(modify_cq_in, c->in, cqn, cqn);
	sacc_hca_set(modify_cq_in, c->in, modify_field_select, select);
	SET_CTX(c, cq_period, 0x123);
	SET_CTX(c, cq_max_count, 0x456);
	SET_CTX(c, oi, 1);
	SET_CTX(c, c_eqn_or_apu_element, 2);
	SET_CTX(c, cq_period_mode, 1);
	/* Never modified. */
	SET_CTX(c, log_cq_size, 1);
	SET_CTX(c, uar_page, 0x777);
	SET_CTX(c, dbr_addr, 0x888);
}

/* Every combination of bits changes just what it names. */
TEST(modify_changes_the_selected_fields_and_no_others)
{
	struct fixture f;
	u8 got[64], want[64];
	u32 select, cqn;

	begin(&f);
	for (select = 0; select < 32; select++) {
		cqn = create_cq(f.hca, &f.p, 0);
		ASSERT_EQ(query_cq(f.hca, f.p.uid, cqn, want), 0);
		new_modify(&f.c, f.p.uid, cqn, select);
		ASSERT_EQ(run(f.hca, &f.c), 0);
		if (select & 1)
			sacc_hca_set(cqc, want, cq_period, 0x123);
		if (select & 2)
			sacc_hca_set(cqc, want, cq_max_count, 0x456);
		if (select & 4)
			sacc_hca_set(cqc, want, oi, 1);
		if (select & 8)
			sacc_hca_set(cqc, want, c_eqn_or_apu_element, 2);
		if (select & 16)
			sacc_hca_set(cqc, want, cq_period_mode, 1);
		ASSERT_EQ(query_cq(f.hca, f.p.uid, cqn, got), 0);
		ASSERT(!memcmp(got, want, sizeof(got)));
		ASSERT_EQ(run_on(f.hca, SACC_HCA_OP_DESTROY_CQ, f.p.uid, cqn),
			  0);
	}
	end(&f);
}

TEST(modify_refuses_every_bit_it_does_not_know)
{
	struct fixture f;
	u8 before[64], after[64];
	u32 cqn, bit;

	begin(&f);
	cqn = create_cq(f.hca, &f.p, 0);
	ASSERT_EQ(query_cq(f.hca, f.p.uid, cqn, before), 0);
	for (bit = 5; bit < 32; bit++) {
		new_modify(&f.c, f.p.uid, cqn, 1u << bit | 1);
		ASSERT_EQ(run(f.hca, &f.c), SACC_HCA_SYND_CQ_MODIFY_FIELD);
		ASSERT_EQ(run_status(&f.c), SACC_HCA_BAD_PARAM);
	}
	ASSERT_EQ(query_cq(f.hca, f.p.uid, cqn, after), 0);
	ASSERT(!memcmp(before, after, sizeof(after)));
	end(&f);
}

TEST(modify_with_one_wrong_value_changes_nothing)
{
	struct fixture f;
	u8 before[64], after[64];
	u32 cqn;

	begin(&f);
	cqn = create_cq(f.hca, &f.p, 0);
	ASSERT_EQ(query_cq(f.hca, f.p.uid, cqn, before), 0);
	new_modify(&f.c, f.p.uid, cqn, 31);
	SET_CTX(&f.c, cq_period_mode, 3);
	ASSERT_EQ(run(f.hca, &f.c), SACC_HCA_SYND_CQ_PERIOD_MODE);
	ASSERT_EQ(run_status(&f.c), SACC_HCA_BAD_PARAM);
	new_modify(&f.c, f.p.uid, cqn, 31);
	SET_CTX(&f.c, c_eqn_or_apu_element, VECTORS + 1);
	ASSERT_EQ(run(f.hca, &f.c), SACC_HCA_SYND_CQ_EQN);
	ASSERT_EQ(run_status(&f.c), SACC_HCA_BAD_RESOURCE);
	ASSERT_EQ(query_cq(f.hca, f.p.uid, cqn, after), 0);
	ASSERT(!memcmp(before, after, sizeof(after)));
	end(&f);
}

TEST(modify_moves_the_reference_to_the_new_eq)
{
	struct fixture f;
	u32 cqn, refs[VECTORS + 1], eqn;
	struct sacc_hca_obj *eq;
	int round;

	begin(&f);
	cqn = create_cq(f.hca, &f.p, 0);
	for (round = 0; round < 2; round++) {
		for (eqn = 1; eqn <= VECTORS; eqn++) {
			eq = sacc_hca_obj_pin(f.hca, SACC_HCA_OBJ_EQ, eqn);
			refs[eqn] = eq->refs;
			sacc_hca_obj_unpin(f.hca, eq);
		}
		ASSERT_EQ(refs[1], !round);
		ASSERT_EQ(refs[2], round);
		ASSERT_EQ(refs[3] + refs[4], 0);
		new_modify(&f.c, f.p.uid, cqn, 8);
		ASSERT_EQ(run(f.hca, &f.c), 0);
	}
	end(&f);
}

TEST(modify_of_a_foreign_or_unknown_cq_is_refused)
{
	struct fixture f;
	u32 cqn;

	begin(&f);
	cqn = create_cq(f.hca, &f.p, 0);
	new_modify(&f.c, new_uid(f.hca), cqn, 1);
	ASSERT_EQ(run(f.hca, &f.c), SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(run_status(&f.c), SACC_HCA_BAD_RESOURCE);
	new_modify(&f.c, f.p.uid, cqn + 1, 1);
	ASSERT_EQ(run(f.hca, &f.c), SACC_HCA_SYND_OBJECT_UNKNOWN);
	new_modify(&f.c, 0, cqn, 1);
	ASSERT_EQ(run(f.hca, &f.c), 0);
	end(&f);
}

TEST(resizing_is_refused)
{
	struct fixture f;
	u32 cqn;

	begin(&f);
	cqn = create_cq(f.hca, &f.p, 0);
	new_modify(&f.c, f.p.uid, cqn, 1);
	sacc_hca_set(cmd_in, f.c.in, op_mod, 1);
	ASSERT_EQ(run(f.hca, &f.c), SACC_HCA_SYND_OP_MOD);
	ASSERT_EQ(run_status(&f.c), SACC_HCA_BAD_OP);
	end(&f);
}

KTAP_MAIN()
