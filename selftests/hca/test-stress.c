// SPDX-License-Identifier: GPL-2.0-only
/* The whole model: random commands, memory that runs out, many threads. */
#include "hca-test.h"

/* --- random commands, held against a record of who owns what */

#define UIDS		5
#define COMMANDS	200000
#define MAX_ID		(COMMANDS + 10)
#define NOBODY		0xffff

static u64 random_state;

static u32 random_below(u32 n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (u32)(random_state >> 11) % n;
}

static bool one_in(u32 n)
{
	return !random_below(n);
}

/* Owner of every number of every type, and the last numbers given. */
static u16 owner[SACC_HCA_OBJ_TYPES][MAX_ID];
static u32 recent[SACC_HCA_OBJ_TYPES][16];
static u32 alive[SACC_HCA_OBJ_TYPES];
static u16 uids[UIDS];
static struct user_memory fuzz_mem;
static unsigned long done[2];

static void given(enum sacc_hca_obj_type type, u32 id, u16 uid)
{
	ASSERT_NE(id, 0);
	ASSERT_LT(id, MAX_ID);
	ASSERT_EQ(owner[type][id], NOBODY);
	owner[type][id] = uid;
	recent[type][random_below(16)] = id;
	alive[type]++;
}

static void taken(enum sacc_hca_obj_type type, u32 id)
{
	ASSERT_NE(owner[type][id], NOBODY);
	owner[type][id] = NOBODY;
	alive[type]--;
}

static bool may_see(u16 uid, enum sacc_hca_obj_type type, u32 id)
{
	return id < MAX_ID && owner[type][id] != NOBODY &&
	       (!uid || owner[type][id] == uid);
}

static u32 random_id(enum sacc_hca_obj_type type)
{
	if (one_in(50))
		return random_below(0xffffff);
	return recent[type][random_below(16)];
}

static void fuzz_umem(struct sacc_hca *hca, u16 uid)
{
	u32 id = random_id(SACC_HCA_OBJ_UMEM);
	int err;

	if (one_in(2)) {
		if (!sacc_hca_umem_create(hca, uid, &fuzz_mem, fuzz_mem.length,
					  !one_in(8), &id))
			given(SACC_HCA_OBJ_UMEM, id, uid);
		return;
	}
	err = sacc_hca_umem_destroy(hca, uid, id);
	ASSERT_EQ(err == -ENOENT, !may_see(uid, SACC_HCA_OBJ_UMEM, id));
	if (!err)
		taken(SACC_HCA_OBJ_UMEM, id);
}

static void fuzz_uar(struct sacc_hca *hca, u16 uid)
{
	u32 id = random_id(SACC_HCA_OBJ_UAR);
	int err;

	sacc_hca_uar_scan(hca, id, NULL);
	if (one_in(2)) {
		if (!sacc_hca_uar_alloc(hca, uid, &id))
			given(SACC_HCA_OBJ_UAR, id, uid);
		return;
	}
	err = sacc_hca_uar_free(hca, uid, id);
	ASSERT_EQ(err == -ENOENT, !may_see(uid, SACC_HCA_OBJ_UAR, id));
	if (!err)
		taken(SACC_HCA_OBJ_UAR, id);
}

/* Everything of the uid is gone, then it comes back under another number. */
static void fuzz_uid(struct sacc_hca *hca)
{
	u32 i = random_below(UIDS), type, id;

	sacc_hca_uid_free(hca, uids[i]);
	for (type = 0; type < SACC_HCA_OBJ_TYPES; type++)
		for (id = 0; id < MAX_ID; id++)
			if (owner[type][id] == uids[i])
				taken(type, id);
	uids[i] = new_uid(hca);
}

static void fill_create_cq(struct command *c)
{
	sacc_hca_set(create_cq_in, c->in, cq_umem_valid, !one_in(50));
	sacc_hca_set(create_cq_in, c->in, cq_umem_id,
		     random_id(SACC_HCA_OBJ_UMEM));
	sacc_hca_set(create_cq_in, c->in, cq_umem_offset,
		     64 * random_below(300));
	SET_CTX(c, dbr_umem_valid, !one_in(50));
	SET_CTX(c, dbr_umem_id, random_id(SACC_HCA_OBJ_UMEM));
	SET_CTX(c, dbr_addr, 8 * random_below(2100));
	SET_CTX(c, log_cq_size, random_below(10));
	SET_CTX(c, uar_page, random_id(SACC_HCA_OBJ_UAR));
	SET_CTX(c, c_eqn_or_apu_element, random_below(VECTORS + 2));
}

static const struct {
	u16 opcode;
	u16 in_len;
	u16 out_len;
	enum sacc_hca_obj_type creates;
	enum sacc_hca_obj_type destroys;
	enum sacc_hca_obj_type uses;
} fuzzed[] = {
	{ SACC_HCA_OP_CREATE_CQ, 272, 16, SACC_HCA_OBJ_CQ, 0, 0 },
	{ SACC_HCA_OP_CREATE_CQ, 272, 16, SACC_HCA_OBJ_CQ, 0, 0 },
	{ SACC_HCA_OP_DESTROY_CQ, 16, 16, 0, SACC_HCA_OBJ_CQ, 0 },
	{ SACC_HCA_OP_QUERY_CQ, 16, 80, 0, 0, SACC_HCA_OBJ_CQ },
	{ SACC_HCA_OP_MODIFY_CQ, 272, 16, 0, 0, SACC_HCA_OBJ_CQ },
	{ SACC_HCA_OP_ALLOC_PD, 16, 16, SACC_HCA_OBJ_PD, 0, 0 },
	{ SACC_HCA_OP_DEALLOC_PD, 16, 16, 0, SACC_HCA_OBJ_PD, 0 },
	{ SACC_HCA_OP_ALLOC_TRANSPORT_DOMAIN, 16, 16, SACC_HCA_OBJ_TD, 0, 0 },
	{ SACC_HCA_OP_DEALLOC_TRANSPORT_DOMAIN, 16, 16, 0, SACC_HCA_OBJ_TD, 0 },
	{ SACC_HCA_OP_QUERY_HCA_CAP, 16, 64, 0, 0, 0 },
	{ SACC_HCA_OP_QUERY_ADAPTER, 16, 272, 0, 0, 0 },
	{ SACC_HCA_OP_QUERY_HCA_VPORT_CONTEXT, 16, 528, 0, 0, 0 },
	{ SACC_HCA_OP_QUERY_NIC_VPORT_CONTEXT, 16, 272, 0, 0, 0 },
	{ SACC_HCA_OP_NOP, 16, 16, 0, 0, 0 },
};

/* A few commands in disorder: lengths, bits, the uid, the opcode. */
static void spoil(struct command *c)
{
	u32 n = random_below(4);

	if (one_in(4))
		c->in_len = random_below(sizeof(c->in));
	if (one_in(4))
		c->out_len = 16 + random_below(600);
	while (n--)
		c->in[random_below(sizeof(c->in))] ^= 1u << random_below(8);
}

/* What the reply says agrees with who owns what. */
static void judge(const struct command *c, size_t row, u32 syndrome)
{
	u16 uid = (u16)sacc_hca_get(cmd_in, c->in, uid);
	u32 in_id = sacc_hca_get(cmd_in, c->in, obj_id);
	enum sacc_hca_obj_type named = fuzzed[row].destroys +
				       fuzzed[row].uses;

	done[!!syndrome]++;
	if (named && syndrome == SACC_HCA_SYND_OBJECT_UNKNOWN)
		ASSERT(!may_see(uid, named, in_id));
	if (syndrome)
		return;
	if (named)
		ASSERT(may_see(uid, named, in_id));
	if (fuzzed[row].destroys)
		taken(fuzzed[row].destroys, in_id);
	if (fuzzed[row].creates)
		given(fuzzed[row].creates,
		      sacc_hca_get(cmd_out, c->out, obj_id), uid);
}

static void fuzz_command(struct sacc_hca *hca, u16 uid)
{
	size_t row = random_below(ARRAY_SIZE(fuzzed));
	enum sacc_hca_obj_type named = fuzzed[row].destroys + fuzzed[row].uses;
	struct command c;
	u32 syndrome;

	new_command(&c, fuzzed[row].opcode, uid, fuzzed[row].in_len,
		    fuzzed[row].out_len);
	if (named)
		sacc_hca_set(cmd_in, c.in, obj_id, random_id(named));
	if (fuzzed[row].opcode == SACC_HCA_OP_CREATE_CQ)
		fill_create_cq(&c);
	if (fuzzed[row].opcode == SACC_HCA_OP_MODIFY_CQ) {
		sacc_hca_set(modify_cq_in, c.in, modify_field_select,
			     random_below(33));
		SET_CTX(&c, c_eqn_or_apu_element, random_below(VECTORS + 2));
	}
	if (one_in(4))
		spoil(&c);
	syndrome = run(hca, &c);
	/* The opcode may have been spoiled into another one that is judged. */
	for (row = 0; row < ARRAY_SIZE(fuzzed); row++)
		if (c.in_len >= 16 && fuzzed[row].opcode ==
				      sacc_hca_get(cmd_in, c.in, opcode))
			break;
	if (row < ARRAY_SIZE(fuzzed))
		judge(&c, row, syndrome);
}

static void fuzz_memory(void)
{
	u32 word = random_below((u32)fuzz_mem.length / 4);

	sacc_hca_store32(fuzz_mem.bytes, word * 4, random_below(UINT32_MAX));
}

TEST(random_commands_never_cross_the_borders_of_uids)
{
	const char *seed = getenv("HCA_SEED");
	struct sacc_hca *hca = new_hca();
	u32 i, type;

	random_state = seed ? strtoull(seed, NULL, 0) : 0x5acc5acc5acc5accULL;
	memset(owner, 0xff, sizeof(owner));
	new_memory(&fuzz_mem, RING_BYTES);
	hca->tables[SACC_HCA_OBJ_PD].max = 200;
	for (i = 0; i < UIDS; i++)
		uids[i] = new_uid(hca);
	for (i = 0; i < COMMANDS; i++) {
		u16 uid = one_in(20) ? 0 : uids[random_below(UIDS)];

		if (one_in(5000))
			fuzz_uid(hca);
		else if (one_in(10))
			fuzz_umem(hca, uid);
		else if (one_in(10))
			fuzz_uar(hca, uid);
		else
			fuzz_command(hca, uid);
		fuzz_memory();
	}
	for (type = 0; type < SACC_HCA_OBJ_TYPES; type++)
		if (type != SACC_HCA_OBJ_UCTX && type != SACC_HCA_OBJ_EQ)
			ASSERT_EQ(hca->tables[type].count, alive[type]);
	ktap_note("%lu commands succeeded, %lu were refused", done[0], done[1]);
	/* The random choice reached both sides. */
	ASSERT_GT(done[0], COMMANDS / 8);
	ASSERT_GT(done[1], COMMANDS / 8);
	end_hca(hca);
	free(fuzz_mem.bytes);
}

/* --- memory that runs out */

/* Everything once; each step may fail for want of memory and for nothing else. */
static void scenario(struct sacc_hca *hca, struct cq_parts *p)
{
	struct command c;
	u16 uid = 0;
	u32 id, i;
	int err;

	err = sacc_hca_uid_alloc(hca, 0, &uid);
	ASSERT(!err || err == -ENOMEM);
	p->uid = uid;
	err = sacc_hca_umem_create(hca, uid, &p->ring_mem, RING_BYTES, true,
				   &p->ring);
	ASSERT(!err || err == -ENOMEM);
	err = sacc_hca_umem_create(hca, uid, &p->dbr_mem, DBR_PAGE, true,
				   &p->dbr);
	ASSERT(!err || err == -ENOMEM);
	err = sacc_hca_uar_alloc(hca, uid, &p->uar);
	ASSERT(!err || err == -ENOMEM);
	ASSERT_EQ(sacc_hca_eqn(hca, 1, &p->eqn), 0);
	new_create_cq(&c, p, 0);
	if (run(hca, &c))
		ASSERT(run_status(&c) == SACC_HCA_NO_RESOURCES ||
		       run_status(&c) == SACC_HCA_BAD_RESOURCE);
	/* Beyond the first size of the table, which may then not grow. */
	for (i = 0; i < 100; i++)
		if (try_alloc(hca, SACC_HCA_OP_ALLOC_PD, uid, &id))
			break;
	for (id = 1; id < i; id++)
		ASSERT_EQ(run_on(hca, SACC_HCA_OP_DEALLOC_PD, uid, id), 0);
	sacc_hca_uid_free(hca, uid);
}

TEST(every_allocation_may_fail_and_nothing_leaks)
{
	struct sacc_hca_config cfg = test_config();
	struct cq_parts p = { .uid = 0 };
	struct sacc_hca *hca;
	long nth, left = 0;
	int err;

	new_memory(&p.ring_mem, RING_BYTES);
	new_memory(&p.dbr_mem, DBR_PAGE);
	for (nth = 1; !left; nth++) {
		ASSERT_LT(nth, 1000);
		p.ring = 0;
		p.dbr = 0;
		p.uar = 0;
		sacc_user_alloc_fail(nth);
		err = sacc_hca_create(&cfg, &test_ops, NULL, &hca);
		ASSERT(!err || err == -ENOMEM);
		if (!err) {
			scenario(hca, &p);
			sacc_hca_destroy(hca);
		}
		left = sacc_user_alloc_fail(0);
		ASSERT_EQ(sacc_user_alloc_live(), 0);
	}
	/* Device, tables, EQs, uid, umems, UAR, CQ, PDs, growing: all failed. */
	ASSERT_GT(nth, 100);
	free_memory(&p);
}

TEST(an_object_for_which_there_is_no_memory_is_refused_with_its_reason)
{
	struct sacc_hca *hca = new_hca();
	struct cq_parts p;
	struct command c;
	u16 uid;
	u32 id;

	new_parts(hca, &p, 0);
	new_command(&c, SACC_HCA_OP_ALLOC_PD, 0, 16, 16);
	sacc_user_alloc_fail(1);
	ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_NO_MEMORY);
	ASSERT_EQ(run_status(&c), SACC_HCA_NO_RESOURCES);
	new_create_cq(&c, &p, 0);
	sacc_user_alloc_fail(1);
	ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_NO_MEMORY);
	sacc_user_alloc_fail(1);
	ASSERT_EQ(sacc_hca_uid_alloc(hca, 0, &uid), -ENOMEM);
	sacc_user_alloc_fail(1);
	ASSERT_EQ(sacc_hca_uar_alloc(hca, 0, &id), -ENOMEM);
	sacc_user_alloc_fail(1);
	ASSERT_EQ(sacc_hca_umem_create(hca, 0, &p.ring_mem, 1, true, &id),
		  -ENOMEM);
	end_hca(hca);
	free_memory(&p);
}

/* --- many threads */

#define THREADS		4
#define ROUNDS		400

struct worker {
	pthread_t thread;
	struct sacc_hca *hca;
	bool stop;
	unsigned long found;
};

/* Lives and dies again and again, and frees its memory as soon as it may. */
static void *client(void *arg)
{
	struct worker *w = arg;
	struct cq_parts p;
	u32 cqn, other;
	u8 ctx[64];
	int round, i;

	for (round = 0; round < ROUNDS; round++) {
		new_parts(w->hca, &p, new_uid(w->hca));
		cqn = create_cq(w->hca, &p, 0);
		other = create_cq(w->hca, &p, 8);
		for (i = 0; i < 4; i++) {
			__atomic_store_n((u32 *)p.dbr_mem.bytes + 1, 0,
					 __ATOMIC_RELEASE);
			w->found += sacc_hca_uar_scan(w->hca, p.uar, NULL);
			ASSERT_EQ(query_cq(w->hca, p.uid, cqn, ctx), 0);
			ASSERT_EQ(sacc_hca_get(cqc, ctx, st), 9);
		}
		alloc(w->hca, SACC_HCA_OP_ALLOC_PD, p.uid);
		if (round & 1) {
			ASSERT_EQ(run_on(w->hca, SACC_HCA_OP_DESTROY_CQ, p.uid,
					 cqn), 0);
			ASSERT_EQ(run_on(w->hca, SACC_HCA_OP_DESTROY_CQ, p.uid,
					 other), 0);
			ASSERT_EQ(sacc_hca_umem_destroy(w->hca, p.uid, p.dbr),
				  0);
			memset(p.dbr_mem.bytes, 0xff, DBR_PAGE);
			ASSERT_EQ(sacc_hca_uar_free(w->hca, p.uid, p.uar), 0);
		}
		sacc_hca_uid_free(w->hca, p.uid);
		free_memory(&p);
	}
	return NULL;
}

/* A poller that knows nothing of who comes and goes. */
static void *poller(void *arg)
{
	struct worker *w = arg;
	u32 index = 0;

	while (!__atomic_load_n(&w->stop, __ATOMIC_ACQUIRE)) {
		index = index % (THREADS * ROUNDS) + 1;
		w->found += sacc_hca_uar_scan(w->hca, index, NULL);
	}
	return NULL;
}

TEST(threads_live_and_die_while_pollers_scan_their_pages)
{
	struct worker clients[THREADS] = { 0 }, polls[2] = { 0 };
	struct sacc_hca *hca = new_hca();
	int i;

	for (i = 0; i < 2; i++) {
		polls[i].hca = hca;
		ASSERT_EQ(pthread_create(&polls[i].thread, NULL, poller,
					 &polls[i]), 0);
	}
	for (i = 0; i < THREADS; i++) {
		clients[i].hca = hca;
		ASSERT_EQ(pthread_create(&clients[i].thread, NULL, client,
					 &clients[i]), 0);
	}
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(pthread_join(clients[i].thread, NULL), 0);
	for (i = 0; i < 2; i++) {
		__atomic_store_n(&polls[i].stop, true, __ATOMIC_RELEASE);
		ASSERT_EQ(pthread_join(polls[i].thread, NULL), 0);
	}
	ASSERT_EQ(hca->tables[SACC_HCA_OBJ_CQ].count, 0);
	ASSERT_EQ(hca->tables[SACC_HCA_OBJ_UCTX].count, 0);
	for (i = 0; i < THREADS; i++)
		ASSERT_GT(clients[i].found, 0);
	end_hca(hca);
}

KTAP_MAIN()
