// SPDX-License-Identifier: GPL-2.0-only
/* Memory keys and PSVs. */
#include "hca-test.h"

#define MODE_PA		0
#define MODE_MTT	1
#define MODE_KLM	2
#define MODE_KSM	3
#define UMEM_BYTES	65536u
#define BASE		0x7f0012345000ULL

/* What a key needs. */
struct parts {
	struct sacc_hca *hca;
	u16 uid;
	u32 pd;
	u32 umem;
	u32 read_only;
};

static struct user_memory memory;

static void new_mkey_parts(struct parts *p, struct sacc_hca *hca, u16 uid)
{
	p->hca = hca;
	p->uid = uid;
	p->pd = alloc(hca, SACC_HCA_OP_ALLOC_PD, uid);
	ASSERT_EQ(sacc_hca_umem_create(hca, uid, &memory, UMEM_BYTES, true,
				       &p->umem), 0);
	ASSERT_EQ(sacc_hca_umem_create(hca, uid, &memory, UMEM_BYTES, false,
				       &p->read_only), 0);
}

static void begin(struct parts *p)
{
	struct sacc_hca *hca = new_hca();

	new_mkey_parts(p, hca, new_uid(hca));
}

#define MKC(c)		((c)->in + SACC_HCA_OFF(create_mkey_in, memory_key_mkey_entry) / 8)
#define SET_MKC(c, f, v)	sacc_hca_set(mkc, MKC(c), f, v)
#define SET_IN(c, f, v)	sacc_hca_set(create_mkey_in, (c)->in, f, v)

/* Of any mode, without memory. */
static void new_mkey(struct command *c, const struct parts *p, u32 mode)
{
	new_command(c, SACC_HCA_OP_CREATE_MKEY, p->uid, 272, 16);
	SET_MKC(c, access_mode_1_0, mode);
	SET_MKC(c, access_mode_4_2, mode >> 2);
	SET_MKC(c, pd, p->pd);
	SET_MKC(c, qpn, 0xffffff);
	SET_MKC(c, mkey_7_0, 0x42);
	SET_MKC(c, lr, 1);
	SET_MKC(c, lw, 1);
	SET_MKC(c, start_addr, BASE);
}

/* A key to the whole umem, as DPDK makes it: no list, though sizes are stated. */
static void new_mtt(struct command *c, const struct parts *p)
{
	new_mkey(c, p, MODE_MTT);
	SET_MKC(c, len, UMEM_BYTES);
	SET_MKC(c, log_entity_size, 12);
	SET_MKC(c, translations_octword_size, UMEM_BYTES / 4096 / 2);
	SET_IN(c, translations_octword_actual_size, UMEM_BYTES / 4096 / 2);
	SET_IN(c, mkey_umem_valid, 1);
	SET_IN(c, mkey_umem_id, p->umem);
}

/* A list of @n translations, room for @room. */
static void new_list(struct command *c, const struct parts *p, u32 mode, u32 n,
		     u32 room)
{
	u32 i;

	new_mkey(c, p, mode);
	SET_MKC(c, len, n * 4096);
	SET_MKC(c, log_entity_size, 12);
	SET_MKC(c, translations_octword_size, room);
	SET_IN(c, translations_octword_actual_size, n);
	c->in_len = 272 + n * 16;
	for (i = 0; i < n * 16; i++)
		c->in[272 + i] = (u8)(i + 1);
}

static u32 created(struct parts *p, struct command *c)
{
	u32 index;

	ASSERT_EQ(run(p->hca, c), 0);
	index = sacc_hca_get(create_mkey_out, c->out, mkey_index);
	ASSERT_NE(index, 0);
	return index;
}

static u32 destroy(struct parts *p, u32 index)
{
	return run_on(p->hca, SACC_HCA_OP_DESTROY_MKEY, p->uid, index);
}

static void refused(struct parts *p, struct command *c, u32 syndrome, u32 status)
{
	u32 count = p->hca->tables[SACC_HCA_OBJ_MKEY].count;

	ASSERT_EQ(run(p->hca, c), syndrome);
	ASSERT_EQ(run_status(c), status);
	ASSERT_EQ(p->hca->tables[SACC_HCA_OBJ_MKEY].count, count);
}

static u32 query(struct parts *p, u16 uid, u32 index, struct command *c)
{
	new_command(c, SACC_HCA_OP_QUERY_MKEY, uid, 16, 304);
	sacc_hca_set(query_mkey_in, c->in, mkey_index, index);
	sacc_hca_set(query_mkey_in, c->in, pg_access, 1);
	return run(p->hca, c);
}

TEST(query_returns_every_field_that_create_was_given)
{
	struct command c, q;
	struct parts p;
	u32 index;

	begin(&p);
	new_mtt(&c, &p);
	SET_MKC(&c, free, 1);
	SET_MKC(&c, umr_en, 1);
	SET_MKC(&c, a, 1);
	SET_MKC(&c, rw, 1);
	SET_MKC(&c, rr, 1);
	SET_MKC(&c, relaxed_ordering_write, 1);
	SET_MKC(&c, relaxed_ordering_read, 1);
	SET_MKC(&c, small_fence_on_rdma_read_response, 1);
	SET_MKC(&c, en_rinval, 1);
	index = created(&p, &c);
	ASSERT_EQ(query(&p, p.uid, index, &q), 0);
	ASSERT(!memcmp(q.out + 16, MKC(&c), 64));
	ASSERT_EQ(sacc_hca_get(mkc, q.out + 16, mkey_7_0), 0x42);
	end_hca(p.hca);
}

TEST(bits_without_a_name_read_as_zero)
{
	struct command c, q;
	struct parts p;
	u32 index;

	begin(&p);
	new_mtt(&c, &p);
	MKC(&c)[8] = 0xff;
	MKC(&c)[40] = 0xff;
	index = created(&p, &c);
	ASSERT_EQ(query(&p, p.uid, index, &q), 0);
	ASSERT_EQ(q.out[16 + 8], 0);
	ASSERT_EQ(q.out[16 + 40], 0);
	end_hca(p.hca);
}

TEST(a_list_of_translations_can_be_looked_at)
{
	static const u8 zeros[32];
	struct command c, q;
	struct parts p;
	u32 mode, index;

	begin(&p);
	for (mode = MODE_KLM; mode <= MODE_KSM; mode++) {
		new_list(&c, &p, mode, 3, 4);
		index = created(&p, &c);
		ASSERT_EQ(query(&p, p.uid, index, &q), 0);
		ASSERT(!memcmp(q.out + 16, MKC(&c), 64));
		ASSERT(!memcmp(q.out + 272, c.in + 272, 32));
		/* Not without asking for it, nor with room for a part only. */
		new_command(&q, SACC_HCA_OP_QUERY_MKEY, p.uid, 16, 304);
		sacc_hca_set(query_mkey_in, q.in, mkey_index, index);
		ASSERT_EQ(run(p.hca, &q), 0);
		ASSERT(!memcmp(q.out + 272, zeros, 32));
		sacc_hca_set(query_mkey_in, q.in, pg_access, 1);
		q.out_len = 303;
		ASSERT_EQ(run(p.hca, &q), 0);
		ASSERT(!memcmp(q.out + 272, zeros, 31));
		/* A list of one. */
		new_list(&c, &p, mode, 1, 1);
		index = created(&p, &c);
		ASSERT_EQ(query(&p, p.uid, index, &q), 0);
		ASSERT(!memcmp(q.out + 272, c.in + 272, 16));
		ASSERT(!memcmp(q.out + 288, zeros, 16));
	}
	end_hca(p.hca);
}

TEST(a_list_that_the_mailbox_does_not_have_is_refused)
{
	struct command c;
	struct parts p;
	size_t len;

	begin(&p);
	for (len = 272; len < 272 + 48; len++) {
		new_list(&c, &p, MODE_KLM, 3, 4);
		c.in_len = len;
		refused(&p, &c, SACC_HCA_SYND_IN_SHORT, SACC_HCA_BAD_INPUT_LEN);
	}
	new_list(&c, &p, MODE_KLM, 3, 2);
	refused(&p, &c, SACC_HCA_SYND_MKEY_LIST, SACC_HCA_BAD_PARAM);
	new_list(&c, &p, MODE_KSM, 1, 65537);
	refused(&p, &c, SACC_HCA_SYND_MKEY_LIST_SIZE, SACC_HCA_EXCEED_LIM);
	new_list(&c, &p, MODE_KSM, 1, ~0u);
	refused(&p, &c, SACC_HCA_SYND_MKEY_LIST_SIZE, SACC_HCA_EXCEED_LIM);
	new_list(&c, &p, MODE_KSM, 1, 65536);
	created(&p, &c);
	end_hca(p.hca);
}

TEST(free_keys_need_neither_memory_nor_list)
{
	struct command c;
	struct parts p;

	begin(&p);
	new_mkey(&c, &p, MODE_KLM);
	SET_MKC(&c, free, 1);
	SET_MKC(&c, umr_en, 1);
	SET_MKC(&c, translations_octword_size, 16);
	created(&p, &c);
	new_mkey(&c, &p, MODE_MTT);
	SET_MKC(&c, free, 1);
	SET_MKC(&c, umr_en, 1);
	SET_MKC(&c, translations_octword_size, 16);
	created(&p, &c);
	end_hca(p.hca);
}

TEST(access_modes_that_there_are_not_are_refused)
{
	struct command c;
	struct parts p;
	u32 mode;

	begin(&p);
	for (mode = 4; mode < 32; mode++) {
		new_mtt(&c, &p);
		SET_MKC(&c, access_mode_1_0, mode);
		SET_MKC(&c, access_mode_4_2, mode >> 2);
		refused(&p, &c, SACC_HCA_SYND_MKEY_MODE, SACC_HCA_BAD_PARAM);
	}
	end_hca(p.hca);
}

TEST(physical_addresses_are_for_the_kernel)
{
	struct parts p, kernel;
	struct command c;

	begin(&p);
	new_mkey(&c, &p, MODE_PA);
	SET_MKC(&c, length64, 1);
	refused(&p, &c, SACC_HCA_SYND_MKEY_PA, SACC_HCA_BAD_PARAM);
	new_mkey_parts(&kernel, p.hca, 0);
	new_mkey(&c, &kernel, MODE_PA);
	SET_MKC(&c, length64, 1);
	created(&kernel, &c);
	SET_IN(&c, mkey_umem_valid, 1);
	SET_IN(&c, mkey_umem_id, kernel.umem);
	refused(&kernel, &c, SACC_HCA_SYND_MKEY_UMEM_MODE, SACC_HCA_BAD_PARAM);
	end_hca(p.hca);
}

TEST(signature_and_crypto_are_refused)
{
	struct command c;
	struct parts p;

	begin(&p);
	new_mtt(&c, &p);
	SET_MKC(&c, bsf_en, 1);
	refused(&p, &c, SACC_HCA_SYND_MKEY_BSF, SACC_HCA_BAD_PARAM);
	new_mtt(&c, &p);
	SET_MKC(&c, bsf_octword_size, 1);
	refused(&p, &c, SACC_HCA_SYND_MKEY_BSF, SACC_HCA_BAD_PARAM);
	new_mtt(&c, &p);
	SET_MKC(&c, crypto_en, 1);
	refused(&p, &c, SACC_HCA_SYND_MKEY_BSF, SACC_HCA_BAD_PARAM);
	end_hca(p.hca);
}

TEST(a_key_ends_at_the_last_address)
{
	struct command c;
	struct parts p;

	begin(&p);
	new_mtt(&c, &p);
	SET_MKC(&c, start_addr, ~0ULL - UMEM_BYTES + 1);
	created(&p, &c);
	SET_MKC(&c, start_addr, ~0ULL - UMEM_BYTES + 2);
	refused(&p, &c, SACC_HCA_SYND_MKEY_RANGE, SACC_HCA_BAD_PARAM);
	SET_MKC(&c, len, 0);
	SET_MKC(&c, start_addr, ~0ULL);
	created(&p, &c);
	end_hca(p.hca);
}

TEST(pages_of_an_mtt_key_are_4_kib_to_2_gib)
{
	struct command c;
	struct parts p;
	u32 log;

	begin(&p);
	for (log = 0; log < 64; log++) {
		new_mtt(&c, &p);
		SET_MKC(&c, log_entity_size, log);
		if (log >= 12 && log <= 31)
			created(&p, &c);
		else
			refused(&p, &c, SACC_HCA_SYND_MKEY_ENTITY_SIZE,
				SACC_HCA_BAD_PARAM);
		new_list(&c, &p, MODE_KSM, 1, 1);
		SET_MKC(&c, log_entity_size, log);
		if (log <= 31)
			created(&p, &c);
		else
			refused(&p, &c, SACC_HCA_SYND_MKEY_ENTITY_SIZE,
				SACC_HCA_BAD_PARAM);
	}
	end_hca(p.hca);
}

TEST(a_key_lies_within_its_umem)
{
	struct command c;
	struct parts p;

	begin(&p);
	new_mtt(&c, &p);
	SET_IN(&c, mkey_umem_offset, 4096);
	refused(&p, &c, SACC_HCA_SYND_MKEY_UMEM_RANGE, SACC_HCA_BAD_PARAM);
	SET_MKC(&c, len, UMEM_BYTES - 4096);
	created(&p, &c);
	SET_MKC(&c, len, UMEM_BYTES - 4095);
	refused(&p, &c, SACC_HCA_SYND_MKEY_UMEM_RANGE, SACC_HCA_BAD_PARAM);
	SET_MKC(&c, len, 4096);
	SET_IN(&c, mkey_umem_offset, ~0ULL - 4095);
	refused(&p, &c, SACC_HCA_SYND_MKEY_UMEM_RANGE, SACC_HCA_BAD_PARAM);
	new_mtt(&c, &p);
	SET_MKC(&c, length64, 1);
	refused(&p, &c, SACC_HCA_SYND_MKEY_UMEM_RANGE, SACC_HCA_BAD_PARAM);
	end_hca(p.hca);
}

TEST(a_key_allows_no_more_than_its_umem)
{
	struct command c;
	struct parts p;

	begin(&p);
	new_mtt(&c, &p);
	SET_IN(&c, mkey_umem_id, p.read_only);
	refused(&p, &c, SACC_HCA_SYND_MKEY_UMEM_READ_ONLY, SACC_HCA_BAD_PARAM);
	SET_MKC(&c, lw, 0);
	SET_MKC(&c, rr, 1);
	created(&p, &c);
	SET_MKC(&c, rw, 1);
	refused(&p, &c, SACC_HCA_SYND_MKEY_UMEM_READ_ONLY, SACC_HCA_BAD_PARAM);
	SET_MKC(&c, rw, 0);
	SET_MKC(&c, a, 1);
	refused(&p, &c, SACC_HCA_SYND_MKEY_UMEM_READ_ONLY, SACC_HCA_BAD_PARAM);
	end_hca(p.hca);
}

TEST(memory_that_is_not_there_is_refused)
{
	struct parts p, other;
	struct command c;

	begin(&p);
	new_mkey_parts(&other, p.hca, new_uid(p.hca));
	new_mtt(&c, &p);
	SET_IN(&c, mkey_umem_valid, 0);
	refused(&p, &c, SACC_HCA_SYND_MKEY_NO_UMEM, SACC_HCA_BAD_PARAM);
	new_mtt(&c, &p);
	SET_IN(&c, mkey_umem_id, other.umem);
	refused(&p, &c, SACC_HCA_SYND_MKEY_UMEM, SACC_HCA_BAD_RESOURCE);
	SET_IN(&c, mkey_umem_id, 0);
	refused(&p, &c, SACC_HCA_SYND_MKEY_UMEM, SACC_HCA_BAD_RESOURCE);
	new_mtt(&c, &p);
	SET_MKC(&c, pd, other.pd);
	refused(&p, &c, SACC_HCA_SYND_MKEY_PD, SACC_HCA_BAD_RESOURCE);
	SET_MKC(&c, pd, 0);
	refused(&p, &c, SACC_HCA_SYND_MKEY_PD, SACC_HCA_BAD_RESOURCE);
	new_list(&c, &p, MODE_KLM, 1, 1);
	SET_IN(&c, mkey_umem_valid, 1);
	SET_IN(&c, mkey_umem_id, p.umem);
	refused(&p, &c, SACC_HCA_SYND_MKEY_UMEM_MODE, SACC_HCA_BAD_PARAM);
	/* No refusal has left a reference behind. */
	ASSERT_EQ(sacc_hca_umem_destroy(p.hca, other.uid, other.umem), 0);
	ASSERT_EQ(sacc_hca_umem_destroy(p.hca, p.uid, p.umem), 0);
	ASSERT_EQ(run_on(p.hca, SACC_HCA_OP_DEALLOC_PD, p.uid, p.pd), 0);
	end_hca(p.hca);
}

TEST(what_a_key_uses_stays_until_it_ends)
{
	struct command c;
	struct parts p;
	u32 index;

	begin(&p);
	new_mtt(&c, &p);
	index = created(&p, &c);
	ASSERT_EQ(sacc_hca_umem_destroy(p.hca, p.uid, p.umem), -EBUSY);
	ASSERT_EQ(run_on(p.hca, SACC_HCA_OP_DEALLOC_PD, p.uid, p.pd),
		  SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(destroy(&p, index), 0);
	ASSERT_EQ(destroy(&p, index), SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(sacc_hca_umem_destroy(p.hca, p.uid, p.umem), 0);
	ASSERT_EQ(run_on(p.hca, SACC_HCA_OP_DEALLOC_PD, p.uid, p.pd), 0);
	end_hca(p.hca);
}

TEST(keys_of_another_uid_are_as_unknown_as_none)
{
	struct command c, q;
	struct parts p;
	u16 other;
	u32 index;

	begin(&p);
	other = new_uid(p.hca);
	new_mtt(&c, &p);
	index = created(&p, &c);
	ASSERT_EQ(query(&p, other, index, &q), SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(run_status(&q), SACC_HCA_BAD_RESOURCE);
	ASSERT_EQ(run_on(p.hca, SACC_HCA_OP_DESTROY_MKEY, other, index),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(query(&p, 0, index, &q), 0);
	end_hca(p.hca);
}

TEST(keys_are_limited_and_numbers_go_round)
{
	struct command c;
	struct parts p;
	u32 first, index;

	begin(&p);
	new_mtt(&c, &p);
	first = created(&p, &c);
	p.hca->tables[SACC_HCA_OBJ_MKEY].max = 2;
	index = created(&p, &c);
	ASSERT_NE(index, first);
	refused(&p, &c, SACC_HCA_SYND_OBJECT_LIMIT, SACC_HCA_EXCEED_LIM);
	ASSERT_EQ(destroy(&p, index), 0);
	ASSERT_EQ(created(&p, &c), index + 1);
	end_hca(p.hca);
}

TEST(without_memory_no_key_is_made_and_nothing_is_left)
{
	struct command c;
	struct parts p;

	begin(&p);
	new_list(&c, &p, MODE_KLM, 3, 4);
	sacc_user_alloc_fail(1);
	refused(&p, &c, SACC_HCA_SYND_NO_MEMORY, SACC_HCA_NO_RESOURCES);
	ASSERT_EQ(run_on(p.hca, SACC_HCA_OP_DEALLOC_PD, p.uid, p.pd), 0);
	end_hca(p.hca);
}

TEST(a_psv_uses_its_protection_domain)
{
	struct command c;
	struct parts p;
	u32 psv = 0, n;

	begin(&p);
	for (n = 0; n < 16; n++) {
		new_command(&c, SACC_HCA_OP_CREATE_PSV, p.uid, 16, 32);
		sacc_hca_set(create_psv_in, c.in, num_psv, n);
		sacc_hca_set(create_psv_in, c.in, pd, p.pd);
		ASSERT_EQ(run(p.hca, &c), n == 1 ? 0 : SACC_HCA_SYND_PSV_COUNT);
		if (n == 1)
			psv = sacc_hca_get(create_psv_out, c.out, psv0_index);
		else
			ASSERT_EQ(run_status(&c), SACC_HCA_BAD_PARAM);
	}
	ASSERT_NE(psv, 0);
	ASSERT_EQ(run_on(p.hca, SACC_HCA_OP_DEALLOC_PD, p.uid, p.pd),
		  SACC_HCA_SYND_OBJECT_BUSY);
	new_command(&c, SACC_HCA_OP_CREATE_PSV, p.uid, 16, 32);
	sacc_hca_set(create_psv_in, c.in, num_psv, 1);
	ASSERT_EQ(run(p.hca, &c), SACC_HCA_SYND_PSV_PD);
	ASSERT_EQ(run_status(&c), SACC_HCA_BAD_RESOURCE);
	p.hca->tables[SACC_HCA_OBJ_PSV].max = 1;
	sacc_hca_set(create_psv_in, c.in, pd, p.pd);
	ASSERT_EQ(run(p.hca, &c), SACC_HCA_SYND_OBJECT_LIMIT);
	ASSERT_EQ(run_on(p.hca, SACC_HCA_OP_DESTROY_PSV, new_uid(p.hca), psv),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(run_on(p.hca, SACC_HCA_OP_DESTROY_PSV, p.uid, psv), 0);
	ASSERT_EQ(run_on(p.hca, SACC_HCA_OP_DEALLOC_PD, p.uid, p.pd), 0);
	end_hca(p.hca);
}

TEST(thousands_of_keys_are_torn_down_in_time_proportional_to_their_number)
{
	struct command c;
	struct parts p;
	u32 i, n = 20000;

	begin(&p);
	new_mtt(&c, &p);
	for (i = 0; i < n; i++)
		created(&p, &c);
	p.hca->visits = 0;
	sacc_hca_uid_free(p.hca, p.uid);
	ASSERT_EQ(p.hca->visits, n + 3);
	ASSERT_EQ(p.hca->tables[SACC_HCA_OBJ_MKEY].count, 0);
	end_hca(p.hca);
}

KTAP_MAIN()
