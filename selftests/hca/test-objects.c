// SPDX-License-Identifier: GPL-2.0-only
/* The object table: numbers, owners, references, limits, teardown. */
#include "hca-test.h"

static const struct {
	u16 alloc;
	u16 dealloc;
	enum sacc_hca_obj_type type;
} plain[] = {
	{ SACC_HCA_OP_ALLOC_PD, SACC_HCA_OP_DEALLOC_PD, SACC_HCA_OBJ_PD },
	{ SACC_HCA_OP_ALLOC_TRANSPORT_DOMAIN,
	  SACC_HCA_OP_DEALLOC_TRANSPORT_DOMAIN, SACC_HCA_OBJ_TD },
};

/* Stands for the memory of umems that nobody reads. */
static struct user_memory unread;

static u32 new_umem(struct sacc_hca *hca, u16 uid)
{
	u32 id = 0;

	ASSERT_EQ(sacc_hca_umem_create(hca, uid, &unread, 4096, true, &id), 0);
	ASSERT_NE(id, 0);
	return id;
}

static u32 new_uar(struct sacc_hca *hca, u16 uid)
{
	u32 index = 0;

	ASSERT_EQ(sacc_hca_uar_alloc(hca, uid, &index), 0);
	ASSERT_NE(index, 0);
	return index;
}

TEST(plain_objects_are_allocated_and_freed_once)
{
	struct sacc_hca *hca = new_hca();
	u16 uid = new_uid(hca);
	size_t i;
	u32 id;

	for (i = 0; i < ARRAY_SIZE(plain); i++) {
		id = alloc(hca, plain[i].alloc, uid);
		ASSERT_EQ(run_on(hca, plain[i].dealloc, uid, id), 0);
		ASSERT_EQ(run_on(hca, plain[i].dealloc, uid, id),
			  SACC_HCA_SYND_OBJECT_UNKNOWN);
	}
	end_hca(hca);
}

TEST(numbers_that_were_never_given_are_unknown)
{
	static const u32 never[] = { 0, 2, 0x7fffff, 0xffffff };
	struct sacc_hca *hca = new_hca();
	u16 uid = new_uid(hca);
	struct command c;
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(plain); i++) {
		ASSERT_EQ(alloc(hca, plain[i].alloc, uid), 1);
		for (n = 0; n < ARRAY_SIZE(never); n++) {
			new_command(&c, plain[i].dealloc, uid, 16, 16);
			sacc_hca_set(cmd_in, c.in, obj_id, never[n]);
			ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_OBJECT_UNKNOWN);
			ASSERT_EQ(run_status(&c), SACC_HCA_BAD_RESOURCE);
		}
	}
	ASSERT_EQ(sacc_hca_umem_destroy(hca, uid, 0), -ENOENT);
	ASSERT_EQ(sacc_hca_umem_destroy(hca, uid, 1), -ENOENT);
	ASSERT_EQ(sacc_hca_uar_free(hca, uid, 0), -ENOENT);
	ASSERT_EQ(sacc_hca_uar_free(hca, uid, 1), -ENOENT);
	end_hca(hca);
}

TEST(a_number_is_of_one_type_only)
{
	struct sacc_hca *hca = new_hca();
	u16 uid = new_uid(hca);
	u32 pd = alloc(hca, SACC_HCA_OP_ALLOC_PD, uid);

	ASSERT_EQ(run_on(hca, SACC_HCA_OP_DEALLOC_TRANSPORT_DOMAIN, uid, pd),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(run_on(hca, SACC_HCA_OP_DESTROY_CQ, uid, pd),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(run_on(hca, SACC_HCA_OP_DEALLOC_PD, uid, pd), 0);
	end_hca(hca);
}

TEST(objects_of_another_uid_are_as_unknown_as_none)
{
	struct sacc_hca *hca = new_hca();
	u16 mine = new_uid(hca), other = new_uid(hca);
	u32 pd = alloc(hca, SACC_HCA_OP_ALLOC_PD, mine);
	u32 umem = new_umem(hca, mine), uar = new_uar(hca, mine);

	ASSERT_EQ(run_on(hca, SACC_HCA_OP_DEALLOC_PD, other, pd),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(sacc_hca_umem_destroy(hca, other, umem), -ENOENT);
	ASSERT_EQ(sacc_hca_uar_free(hca, other, uar), -ENOENT);
	ASSERT_EQ(run_on(hca, SACC_HCA_OP_DEALLOC_PD, mine, pd), 0);
	ASSERT_EQ(sacc_hca_umem_destroy(hca, mine, umem), 0);
	ASSERT_EQ(sacc_hca_uar_free(hca, mine, uar), 0);
	end_hca(hca);
}

TEST(the_kernel_sees_the_objects_of_all_and_nobody_sees_the_kernels)
{
	struct sacc_hca *hca = new_hca();
	u16 uid = new_uid(hca);
	u32 theirs = alloc(hca, SACC_HCA_OP_ALLOC_PD, uid);
	u32 kernels = alloc(hca, SACC_HCA_OP_ALLOC_PD, 0);
	u32 umem = new_umem(hca, uid), uar = new_uar(hca, uid);

	ASSERT_EQ(run_on(hca, SACC_HCA_OP_DEALLOC_PD, uid, kernels),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(run_on(hca, SACC_HCA_OP_DEALLOC_PD, 0, theirs), 0);
	ASSERT_EQ(sacc_hca_umem_destroy(hca, 0, umem), 0);
	ASSERT_EQ(sacc_hca_uar_free(hca, 0, uar), 0);
	end_hca(hca);
}

TEST(a_freed_number_is_not_given_again_at_once)
{
	struct sacc_hca *hca = new_hca();
	u32 id, last = 0;
	int i;

	for (i = 0; i < 1000; i++) {
		id = alloc(hca, SACC_HCA_OP_ALLOC_PD, 0);
		ASSERT_EQ(id, last + 1);
		last = id;
		ASSERT_EQ(run_on(hca, SACC_HCA_OP_DEALLOC_PD, 0, id), 0);
	}
	end_hca(hca);
}

TEST(after_the_last_number_comes_the_first_free_one_and_never_0)
{
	struct sacc_hca *hca = new_hca();

	ASSERT_EQ(alloc(hca, SACC_HCA_OP_ALLOC_PD, 0), 1);
	ASSERT_EQ(alloc(hca, SACC_HCA_OP_ALLOC_PD, 0), 2);
	hca->tables[SACC_HCA_OBJ_PD].last_id = 0xfffffe;
	ASSERT_EQ(alloc(hca, SACC_HCA_OP_ALLOC_PD, 0), 0xffffff);
	ASSERT_EQ(alloc(hca, SACC_HCA_OP_ALLOC_PD, 0), 3);
	end_hca(hca);
}

TEST(uids_are_never_0_nor_the_shared_one)
{
	struct sacc_hca *hca = new_hca();
	u16 uid, first = new_uid(hca);

	hca->tables[SACC_HCA_OBJ_UCTX].last_id = 0xfffd;
	ASSERT_EQ(sacc_hca_uid_alloc(hca, 0, &uid), 0);
	ASSERT_EQ(uid, 0xfffe);
	ASSERT_EQ(sacc_hca_uid_alloc(hca, 0, &uid), 0);
	ASSERT_EQ(uid, first + 1);
	end_hca(hca);
}

TEST(as_many_objects_as_the_limit_says_and_no_more)
{
	struct sacc_hca *hca = new_hca();
	u32 limit, n, id, last = 0;
	struct command c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(plain); i++) {
		/* The real limit of the smaller one, a small one of the other. */
		limit = 1u << 16;
		ASSERT_GE(hca->tables[plain[i].type].max, limit);
		hca->tables[plain[i].type].max = limit;
		for (n = 0; n < limit; n++)
			last = alloc(hca, plain[i].alloc, 0);
		new_command(&c, plain[i].alloc, 0, 16, 16);
		ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_OBJECT_LIMIT);
		ASSERT_EQ(run_status(&c), SACC_HCA_EXCEED_LIM);
		ASSERT_EQ(run_on(hca, plain[i].dealloc, 0, last), 0);
		ASSERT_EQ(try_alloc(hca, plain[i].alloc, 0, &id), 0);
	}
	end_hca(hca);
}

TEST(umems_uars_and_uids_beyond_the_limit_are_enospc)
{
	struct sacc_hca *hca = new_hca();
	u16 uid;
	u32 id;
	int i;

	hca->tables[SACC_HCA_OBJ_UMEM].max = 10;
	hca->tables[SACC_HCA_OBJ_UCTX].max = 10;
	for (i = 0; i < 10; i++) {
		new_umem(hca, 0);
		new_uid(hca);
	}
	ASSERT_EQ(sacc_hca_umem_create(hca, 0, &unread, 1, true, &id), -ENOSPC);
	ASSERT_EQ(sacc_hca_uid_alloc(hca, 0, &uid), -ENOSPC);
	for (i = 0; i < 8192; i++)
		new_uar(hca, 0);
	ASSERT_EQ(sacc_hca_uar_alloc(hca, 0, &id), -ENOSPC);
	end_hca(hca);
}

TEST(a_umem_without_length_and_unknown_rights_are_einval)
{
	struct sacc_hca *hca = new_hca();
	u16 uid;
	u32 id;

	ASSERT_EQ(sacc_hca_umem_create(hca, 0, &unread, 0, true, &id), -EINVAL);
	ASSERT_EQ(sacc_hca_uid_alloc(hca, 4, &uid), -EINVAL);
	ASSERT_EQ(sacc_hca_uid_alloc(hca, SACC_HCA_UCTX_CAPS, &uid), 0);
	end_hca(hca);
}

TEST(umems_and_uars_for_an_unknown_uid_are_refused)
{
	struct sacc_hca *hca = new_hca();
	u32 id;

	ASSERT_EQ(sacc_hca_umem_create(hca, 5, &unread, 1, true, &id), -EINVAL);
	ASSERT_EQ(sacc_hca_uar_alloc(hca, 5, &id), -EINVAL);
	ASSERT_EQ(sacc_hca_umem_destroy(hca, 5, 1), -ENOENT);
	ASSERT_EQ(sacc_hca_uar_free(hca, 5, 1), -ENOENT);
	end_hca(hca);
}

TEST(what_a_cq_uses_is_busy_until_the_cq_is_gone)
{
	struct sacc_hca *hca = new_hca();
	struct cq_parts p;
	u32 cqn;

	new_parts(hca, &p, new_uid(hca));
	cqn = create_cq(hca, &p, 0);
	ASSERT_EQ(sacc_hca_umem_destroy(hca, p.uid, p.ring), -EBUSY);
	ASSERT_EQ(sacc_hca_umem_destroy(hca, p.uid, p.dbr), -EBUSY);
	ASSERT_EQ(sacc_hca_uar_free(hca, p.uid, p.uar), -EBUSY);
	ASSERT_EQ(sacc_hca_umem_destroy(hca, 0, p.ring), -EBUSY);
	ASSERT_EQ(run_on(hca, SACC_HCA_OP_DESTROY_CQ, p.uid, cqn), 0);
	ASSERT_EQ(sacc_hca_umem_destroy(hca, p.uid, p.ring), 0);
	ASSERT_EQ(sacc_hca_umem_destroy(hca, p.uid, p.dbr), 0);
	ASSERT_EQ(sacc_hca_uar_free(hca, p.uid, p.uar), 0);
	free_memory(&p);
	end_hca(hca);
}

TEST(a_busy_object_is_refused_with_status_and_syndrome)
{
	struct sacc_hca *hca = new_hca();
	u32 pd = alloc(hca, SACC_HCA_OP_ALLOC_PD, 0);
	struct sacc_hca_obj *obj;
	struct command c;

	/* No command refers to a PD yet: take the reference by hand. */
	sacc_lock(&hca->lock);
	obj = sacc_hca_obj_use(hca, &hca->kernel, SACC_HCA_OBJ_PD, pd);
	sacc_unlock(&hca->lock);
	ASSERT(obj);
	new_command(&c, SACC_HCA_OP_DEALLOC_PD, 0, 16, 16);
	sacc_hca_set(dealloc_pd_in, c.in, pd, pd);
	ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(run_status(&c), SACC_HCA_RESOURCE_BUSY);
	sacc_lock(&hca->lock);
	sacc_hca_obj_unuse(hca, obj);
	sacc_unlock(&hca->lock);
	ASSERT_EQ(run(hca, &c), 0);
	end_hca(hca);
}

TEST(uid_free_takes_all_objects_of_the_uid_and_no_others)
{
	struct sacc_hca *hca = new_hca();
	u16 gone = new_uid(hca), stays = new_uid(hca);
	struct cq_parts p, q;
	u32 pd, cqn;

	new_parts(hca, &p, gone);
	new_parts(hca, &q, stays);
	create_cq(hca, &p, 0);
	cqn = create_cq(hca, &q, 0);
	alloc(hca, SACC_HCA_OP_ALLOC_PD, gone);
	pd = alloc(hca, SACC_HCA_OP_ALLOC_PD, stays);
	sacc_hca_uid_free(hca, gone);
	ASSERT_EQ(hca->tables[SACC_HCA_OBJ_CQ].count, 1);
	ASSERT_EQ(hca->tables[SACC_HCA_OBJ_PD].count, 1);
	ASSERT_EQ(hca->tables[SACC_HCA_OBJ_UMEM].count, 2);
	ASSERT_EQ(hca->tables[SACC_HCA_OBJ_UAR].count, 1);
	ASSERT_EQ(hca->tables[SACC_HCA_OBJ_UCTX].count, 1);
	ASSERT_EQ(run_on(hca, SACC_HCA_OP_DESTROY_CQ, stays, cqn), 0);
	ASSERT_EQ(run_on(hca, SACC_HCA_OP_DEALLOC_PD, stays, pd), 0);
	free_memory(&p);
	free_memory(&q);
	end_hca(hca);
}

TEST(freeing_an_unknown_uid_or_the_kernels_does_nothing)
{
	struct sacc_hca *hca = new_hca();
	u32 pd = alloc(hca, SACC_HCA_OP_ALLOC_PD, 0);

	sacc_hca_uid_free(hca, 0);
	sacc_hca_uid_free(hca, 77);
	ASSERT_EQ(run_on(hca, SACC_HCA_OP_DEALLOC_PD, 0, pd), 0);
	end_hca(hca);
}

TEST(a_uid_whose_teardown_has_begun_is_refused_like_an_unknown_one)
{
	struct sacc_hca *hca = new_hca();
	u16 uid = new_uid(hca);
	u32 umem = new_umem(hca, uid), id;

	sacc_lock(&hca->lock);
	sacc_hca_uctx_find(hca, uid)->dying = true;
	sacc_unlock(&hca->lock);
	ASSERT_EQ(try_alloc(hca, SACC_HCA_OP_ALLOC_PD, uid, &id),
		  SACC_HCA_SYND_UID_UNKNOWN);
	ASSERT_EQ(sacc_hca_uar_alloc(hca, uid, &id), -EINVAL);
	ASSERT_EQ(sacc_hca_umem_destroy(hca, uid, umem), -ENOENT);
	/* Somebody else is at it. */
	sacc_hca_uid_free(hca, uid);
	ASSERT_EQ(hca->tables[SACC_HCA_OBJ_UMEM].count, 1);
	end_hca(hca);
}

#define MANY	20000

TEST(teardown_looks_once_at_each_of_thousands_of_objects)
{
	struct sacc_hca *hca = new_hca();
	u16 uid = new_uid(hca), other = new_uid(hca);
	struct cq_parts p;
	u64 before;
	int i;

	new_parts(hca, &p, uid);
	for (i = 0; i < MANY; i++) {
		alloc(hca, SACC_HCA_OP_ALLOC_PD, uid);
		alloc(hca, SACC_HCA_OP_ALLOC_PD, other);
		create_cq(hca, &p, (u64)i % 512 * 8);
	}
	before = hca->visits;
	sacc_hca_uid_free(hca, uid);
	/* 20000 PDs and CQs, two umems and a UAR, each after what uses it. */
	ASSERT_EQ(hca->visits - before, 2 * MANY + 3);
	ASSERT_EQ(hca->tables[SACC_HCA_OBJ_PD].count, MANY);
	ASSERT_EQ(hca->tables[SACC_HCA_OBJ_CQ].count, 0);
	free_memory(&p);
	end_hca(hca);
}

/*
 * What is used is newer than its users, as MODIFY commands can make it: put that
 * way by hand.
 */
TEST(teardown_looks_at_most_twice_at_objects_in_the_wrong_order)
{
	struct sacc_hca *hca = new_hca();
	u16 uid = new_uid(hca);
	struct sacc_hca_obj *obj;
	struct sacc_hca_uctx *uctx;
	struct cq_parts p;
	u64 before;
	int i;

	new_parts(hca, &p, uid);
	for (i = 0; i < MANY; i++)
		create_cq(hca, &p, (u64)i % 512 * 8);
	sacc_lock(&hca->lock);
	uctx = sacc_hca_uctx_find(hca, uid);
	/* Umems and UAR, the oldest, become the newest. */
	for (i = 0; i < 3; i++) {
		obj = sacc_list_entry(uctx->objects.next, struct sacc_hca_obj,
				      link);
		ASSERT_NE(obj->type, SACC_HCA_OBJ_CQ);
		sacc_list_del(&obj->link);
		sacc_list_add_tail(&uctx->objects, &obj->link);
	}
	sacc_unlock(&hca->lock);
	before = hca->visits;
	sacc_hca_uid_free(hca, uid);
	ASSERT_EQ(hca->visits - before, MANY + 2 * 3);
	ASSERT_EQ(hca->tables[SACC_HCA_OBJ_UMEM].count, 0);
	ASSERT_EQ(hca->tables[SACC_HCA_OBJ_UAR].count, 0);
	free_memory(&p);
	end_hca(hca);
}

TEST(lookup_cost_stays_flat_with_100000_objects)
{
	struct sacc_hca *hca = new_hca();
	const struct sacc_hca_table *table = &hca->tables[SACC_HCA_OBJ_PD];
	const struct sacc_hca_obj *obj;
	u32 i, len, longest = 0;

	for (i = 0; i < 100000; i++)
		alloc(hca, SACC_HCA_OP_ALLOC_PD, 0);
	for (i = 0; i <= table->mask; i++) {
		len = 0;
		for (obj = table->buckets[i]; obj; obj = obj->hash_next)
			len++;
		if (len > longest)
			longest = len;
	}
	ASSERT_LE(longest, 2);
	end_hca(hca);
}

TEST(destroying_the_device_destroys_what_is_left_in_it)
{
	struct sacc_hca *hca = new_hca();
	struct cq_parts p, k;

	new_parts(hca, &p, new_uid(hca));
	new_parts(hca, &k, 0);
	create_cq(hca, &p, 0);
	create_cq(hca, &k, 0);
	new_uid(hca);
	alloc(hca, SACC_HCA_OP_ALLOC_PD, p.uid);
	alloc(hca, SACC_HCA_OP_ALLOC_PD, 0);
	end_hca(hca);
	free_memory(&p);
	free_memory(&k);
}

TEST(a_pinned_object_ends_but_its_memory_stays)
{
	struct sacc_hca *hca = new_hca();
	u32 index = new_uar(hca, 0);
	struct sacc_hca_obj *obj;
	long live;

	obj = sacc_hca_obj_pin(hca, SACC_HCA_OBJ_UAR, index);
	ASSERT(obj);
	live = sacc_user_alloc_live();
	ASSERT_EQ(sacc_hca_uar_free(hca, 0, index), 0);
	ASSERT_EQ(sacc_user_alloc_live(), live);
	ASSERT_EQ(obj->id, index);
	ASSERT(!sacc_hca_obj_pin(hca, SACC_HCA_OBJ_UAR, index));
	sacc_hca_obj_unpin(hca, obj);
	ASSERT_EQ(sacc_user_alloc_live(), live - 1);
	end_hca(hca);
}

KTAP_MAIN()
