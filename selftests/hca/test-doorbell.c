// SPDX-License-Identifier: GPL-2.0-only
/* Completion queues: doorbell records, and the scans that look at them. */
#include "cq-test.h"

#define SENTINEL	0x0f000000u
#define ST_ARMED	9
#define ST_SOLICITED	6

static u8 page[4096];

static u32 record(struct fixture *f, u64 offset)
{
	return sacc_hca_load32(f->p.dbr_mem.bytes, (u32)offset);
}

static void ring(struct fixture *f, u64 offset, u32 value)
{
	sacc_hca_store32(f->p.dbr_mem.bytes, (u32)offset, value);
}

static bool scan(struct fixture *f)
{
	return sacc_hca_uar_scan(f->hca, f->p.uar, page);
}

static u32 state(struct fixture *f, u32 cqn)
{
	u8 ctx[64];

	ASSERT_EQ(query_cq(f->hca, f->p.uid, cqn, ctx), 0);
	return sacc_hca_get(cqc, ctx, st);
}

TEST(create_leaves_the_sentinel_in_the_arm_word_only)
{
	struct fixture f;

	begin(&f);
	memset(f.p.dbr_mem.bytes, 0xee, DBR_PAGE);
	create_cq(f.hca, &f.p, 64);
	ASSERT_EQ(record(&f, 60), 0xeeeeeeee);
	ASSERT_EQ(record(&f, 64), 0xeeeeeeee);
	ASSERT_EQ(record(&f, 68), SENTINEL);
	ASSERT_EQ(record(&f, 72), 0xeeeeeeee);
	end(&f);
}

TEST(a_scan_without_news_finds_nothing)
{
	struct fixture f;
	u32 cqn;

	begin(&f);
	ASSERT(!scan(&f));
	cqn = create_cq(f.hca, &f.p, 0);
	ASSERT(!scan(&f));
	ASSERT_EQ(state(&f, cqn), 0);
	end(&f);
}

TEST(every_arm_is_found_once_even_of_the_same_value)
{
	struct fixture f;
	u32 cqn;
	int i;

	begin(&f);
	cqn = create_cq(f.hca, &f.p, 0);
	for (i = 0; i < 3; i++) {
		/* Zero over what was zero: sequence 0, any, index 0. */
		ring(&f, 4, 0);
		ASSERT(scan(&f));
		ASSERT_EQ(state(&f, cqn), ST_ARMED);
		ASSERT_EQ(record(&f, 4), SENTINEL);
		ASSERT(!scan(&f));
	}
	end(&f);
}

TEST(an_arm_for_solicited_completions_is_told_apart_and_takes_nothing_away)
{
	struct fixture f;
	u32 cqn;

	begin(&f);
	cqn = create_cq(f.hca, &f.p, 0);
	ring(&f, 4, 2u << 28 | 1u << 24 | 5);
	ASSERT(scan(&f));
	ASSERT_EQ(state(&f, cqn), ST_SOLICITED);
	ring(&f, 4, 3u << 28 | 5);
	ASSERT(scan(&f));
	ASSERT_EQ(state(&f, cqn), ST_ARMED);
	ring(&f, 4, 1u << 24 | 5);
	ASSERT(scan(&f));
	ASSERT_EQ(state(&f, cqn), ST_ARMED);
	end(&f);
}

TEST(an_arm_word_with_a_command_that_does_not_exist_is_dropped)
{
	struct fixture f;
	u32 cqn, command;

	begin(&f);
	cqn = create_cq(f.hca, &f.p, 0);
	for (command = 2; command < 16; command++) {
		ring(&f, 4, 1u << 28 | command << 24);
		ASSERT(!scan(&f));
		ASSERT_EQ(record(&f, 4), SENTINEL);
		ASSERT_EQ(state(&f, cqn), 0);
	}
	end(&f);
}

TEST(a_new_consumer_index_is_found_once_and_has_24_bits)
{
	struct fixture f;
	u8 ctx[64];
	u32 cqn;

	begin(&f);
	cqn = create_cq(f.hca, &f.p, 0);
	ring(&f, 0, 0xff123456);
	ASSERT(scan(&f));
	ASSERT(!scan(&f));
	ASSERT_EQ(query_cq(f.hca, f.p.uid, cqn, ctx), 0);
	ASSERT_EQ(sacc_hca_get(cqc, ctx, consumer_counter), 0x123456);
	ASSERT_EQ(sacc_hca_get(cqc, ctx, st), 0);
	/* What is above the 24 bits is no news. */
	ring(&f, 0, 0x00123456);
	ASSERT(!scan(&f));
	end(&f);
}

TEST(a_scan_looks_at_all_cqs_of_its_uar_and_at_no_others)
{
	struct fixture f;
	struct cq_parts q;
	u32 first, second, other;

	begin(&f);
	q = f.p;
	ASSERT_EQ(sacc_hca_uar_alloc(f.hca, q.uid, &q.uar), 0);
	first = create_cq(f.hca, &f.p, 0);
	second = create_cq(f.hca, &f.p, 8);
	other = create_cq(f.hca, &q, 16);
	ring(&f, 4, 0);
	ring(&f, 12, 0);
	ring(&f, 20, 0);
	ASSERT(scan(&f));
	ASSERT_EQ(state(&f, first), ST_ARMED);
	ASSERT_EQ(state(&f, second), ST_ARMED);
	ASSERT_EQ(state(&f, other), 0);
	ASSERT_EQ(record(&f, 20), 0);
	ASSERT(sacc_hca_uar_scan(f.hca, q.uar, page));
	ASSERT_EQ(state(&f, other), ST_ARMED);
	end(&f);
}

TEST(memory_is_not_touched_after_the_cq_or_the_uid_has_gone)
{
	unsigned long accesses;
	struct fixture f;
	u32 cqn;

	begin(&f);
	cqn = create_cq(f.hca, &f.p, 0);
	create_cq(f.hca, &f.p, 8);
	ASSERT_EQ(run_on(f.hca, SACC_HCA_OP_DESTROY_CQ, f.p.uid, cqn), 0);
	accesses = f.p.dbr_mem.accesses;
	ASSERT(!scan(&f));
	ASSERT_EQ(f.p.dbr_mem.accesses, accesses + 1);
	sacc_hca_uid_free(f.hca, f.p.uid);
	accesses = f.p.dbr_mem.accesses;
	ASSERT(!scan(&f));
	ASSERT_EQ(f.p.dbr_mem.accesses, accesses);
	end(&f);
}

TEST(scans_of_pages_that_do_not_exist_find_nothing)
{
	struct fixture f;

	begin(&f);
	ASSERT(!sacc_hca_uar_scan(f.hca, 0, page));
	ASSERT(!sacc_hca_uar_scan(f.hca, f.p.uar + 1, page));
	ASSERT(!sacc_hca_uar_scan(f.hca, UINT32_MAX, page));
	end(&f);
}

TEST(a_scan_survives_memory_errors_and_finds_the_arm_later)
{
	struct fixture f;
	u32 cqn;

	begin(&f);
	cqn = create_cq(f.hca, &f.p, 0);
	ring(&f, 4, 0);
	f.p.dbr_mem.read_error = -EFAULT;
	ASSERT(!scan(&f));
	f.p.dbr_mem.read_error = 0;
	f.p.dbr_mem.xchg_error = -EFAULT;
	ASSERT(!scan(&f));
	ASSERT_EQ(state(&f, cqn), 0);
	f.p.dbr_mem.xchg_error = 0;
	ASSERT(scan(&f));
	ASSERT_EQ(state(&f, cqn), ST_ARMED);
	end(&f);
}

TEST(a_read_only_record_is_never_written_and_counts_as_armed)
{
	struct fixture f;
	u32 id, cqn;

	begin(&f);
	ASSERT_EQ(sacc_hca_umem_create(f.hca, f.p.uid, &f.p.dbr_mem, DBR_PAGE,
				       false, &id), 0);
	SET_CTX(&f.c, dbr_umem_id, id);
	f.p.dbr_mem.xchg_error = -EFAULT;
	ASSERT_EQ(run(f.hca, &f.c), 0);
	cqn = sacc_hca_get(create_cq_out, f.c.out, cqn);
	ASSERT_EQ(record(&f, 4), 0);
	ASSERT_EQ(state(&f, cqn), ST_ARMED);
	ASSERT(!scan(&f));
	ring(&f, 4, 1u << 28);
	ASSERT(scan(&f));
	ASSERT(!scan(&f));
	ASSERT_EQ(record(&f, 4), 1u << 28);
	ASSERT_EQ(state(&f, cqn), ST_ARMED);
	end(&f);
}

KTAP_MAIN()
