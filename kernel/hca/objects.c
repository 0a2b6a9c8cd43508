// SPDX-License-Identifier: GPL-2.0-only
/*
 * The object table.
 *
 * One hash table a type finds objects by number; one list a user context holds
 * what it owns. Numbers are never 0 and are given in a circle, so that a stale
 * one does not soon name something else. How many there may be of a type is what
 * the capabilities state.
 *
 * References: an object takes one on each object that it is made from and gives
 * it back when it ends; while there are any, the object cannot be destroyed. They
 * go only to objects of the same owner, or to EQs, which are for all: what a
 * user context leaves behind can therefore always be destroyed whole.
 *
 * A command of uid N sees the objects of uid N, a command of uid 0 all. An
 * object of another owner is the same as none.
 *
 * Teardown of a user context takes the newest object first, which is the order of
 * dependency unless MODIFY commands made it otherwise. One that is still in use
 * is set aside and comes back when its last user has gone: every object is
 * looked at twice at most.
 *
 * Pins keep memory, not the object: a caller may look up an object, leave the
 * command lock and find out under the object's own lock that it ended.
 *
 * Locking: everything here is under the command lock.
 */
#include "model.h"

#define FIRST_BUCKETS	64u
/* 0xffff is the uid of shared resources and belongs to nobody. */
#define LAST_UID	0xfffeu
/* The first QPNs are special QPs'; from some number on they are to be reserved. */
#define FIRST_QPN	0x40u
#define LAST_QPN	(SACC_HCA_FIRST_RESERVED_QPN - 1)
/* A QP names an SRQ or an RMP in one field: no number is of both. */
#define LAST_SRQN	0x7fffffu

/**
 * struct sacc_hca_type - what differs between types of objects
 * @log_max: log2 of the most there may be; the capabilities show it
 * @id_bits: width of its numbers
 * @id_min:  smallest of them, if not 1
 * @id_max:  largest, if not the one that @id_bits allow
 * @shared:  others than the owner may refer to it
 * @release: it has left the table: give references back, detach from others
 * @fini:    nobody has it any more, its memory goes next
 */
struct sacc_hca_type {
	u8 log_max;
	u8 id_bits;
	u32 id_min;
	u32 id_max;
	bool shared;
	void (*release)(struct sacc_hca *hca, struct sacc_hca_obj *obj);
	void (*fini)(struct sacc_hca_obj *obj);
};

static void uctx_release(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	struct sacc_hca_uctx *uctx = (struct sacc_hca_uctx *)obj;

	while (!sacc_hca_uctx_drain(hca, uctx, UINT_MAX))
		;
}

static const struct sacc_hca_type types[SACC_HCA_OBJ_TYPES] = {
	[SACC_HCA_OBJ_UCTX] = {
		.log_max = 14, .id_bits = 16, .id_max = LAST_UID,
		.release = uctx_release,
	},
	[SACC_HCA_OBJ_EQ] = { .log_max = 8, .id_bits = 8, .shared = true },
	[SACC_HCA_OBJ_UMEM] = { .log_max = 20, .id_bits = 32 },
	[SACC_HCA_OBJ_UAR] = {
		.log_max = SACC_HCA_LOG_UAR_MB + 8, .id_bits = 24,
		.fini = sacc_hca_uar_fini,
	},
	[SACC_HCA_OBJ_PD] = { .log_max = 20, .id_bits = 24 },
	[SACC_HCA_OBJ_TD] = { .log_max = 16, .id_bits = 24 },
	[SACC_HCA_OBJ_CQ] = {
		.log_max = 20, .id_bits = 24, .release = sacc_hca_cq_release,
	},
	[SACC_HCA_OBJ_QP] = {
		.log_max = 18, .id_bits = 24, .id_min = FIRST_QPN,
		.id_max = LAST_QPN, .release = sacc_hca_queue_release,
	},
	[SACC_HCA_OBJ_SRQ] = {
		.log_max = 16, .id_bits = 24, .id_max = LAST_SRQN,
		.release = sacc_hca_queue_release,
	},
	[SACC_HCA_OBJ_RMP] = {
		.log_max = 16, .id_bits = 24, .id_min = LAST_SRQN + 1,
		.release = sacc_hca_queue_release,
	},
	[SACC_HCA_OBJ_RQ] = {
		.log_max = 16, .id_bits = 24, .release = sacc_hca_queue_release,
	},
	[SACC_HCA_OBJ_SQ] = {
		.log_max = 16, .id_bits = 24, .release = sacc_hca_queue_release,
	},
	[SACC_HCA_OBJ_TIS] = {
		.log_max = 16, .id_bits = 24, .release = sacc_hca_queue_release,
	},
	[SACC_HCA_OBJ_TIR] = {
		.log_max = 16, .id_bits = 24, .release = sacc_hca_queue_release,
	},
	[SACC_HCA_OBJ_RQT] = {
		.log_max = 12, .id_bits = 24, .release = sacc_hca_rqt_release,
		.fini = sacc_hca_rqt_fini,
	},
	[SACC_HCA_OBJ_MKEY] = {
		.log_max = 20, .id_bits = 24, .release = sacc_hca_mkey_release,
	},
	[SACC_HCA_OBJ_PSV] = {
		.log_max = 16, .id_bits = 24, .release = sacc_hca_psv_release,
	},
	[SACC_HCA_OBJ_FLOW_TABLE] = {
		.log_max = 16, .id_bits = 24,
		.release = sacc_hca_flow_table_release,
		.fini = sacc_hca_flow_table_fini,
	},
	[SACC_HCA_OBJ_FLOW_GROUP] = {
		.log_max = 16, .id_bits = 24,
		.release = sacc_hca_flow_group_release,
	},
	[SACC_HCA_OBJ_FTE] = {
		.log_max = 20, .id_bits = 32, .release = sacc_hca_fte_release,
	},
	/* 15 more bits say which counter of a bulk it is. */
	[SACC_HCA_OBJ_FLOW_COUNTER] = {
		.log_max = 17, .id_bits = 17,
		.release = sacc_hca_flow_counter_release,
	},
	[SACC_HCA_OBJ_REFORMAT] = { .log_max = 16, .id_bits = 24 },
	[SACC_HCA_OBJ_MODIFY_HEADER] = { .log_max = 16, .id_bits = 24 },
	[SACC_HCA_OBJ_Q_COUNTER] = { .log_max = 8, .id_bits = 8 },
	[SACC_HCA_OBJ_SCHED] = {
		.log_max = 16, .id_bits = 24, .release = sacc_hca_sched_release,
	},
	[SACC_HCA_OBJ_DEK] = {
		.log_max = 16, .id_bits = 24, .release = sacc_hca_dek_release,
	},
	/* What 5 more bits make a QP number. 0xffffff, multicast, is none of them. */
	[SACC_HCA_OBJ_RESERVED_QPN] = {
		.log_max = 17, .id_bits = 24 - SACC_HCA_LOG_RESERVED_QPNS,
		.id_min = SACC_HCA_FIRST_RESERVED_QPN >>
			  SACC_HCA_LOG_RESERVED_QPNS,
		.id_max = SACC_HCA_LAST_RESERVED_QPN >>
			  SACC_HCA_LOG_RESERVED_QPNS,
	},
	[SACC_HCA_OBJ_FLEX_PARSE] = { .log_max = 8, .id_bits = 24 },
};

u32 sacc_hca_log_max(enum sacc_hca_obj_type type)
{
	return types[type].log_max;
}

int sacc_hca_tables_init(struct sacc_hca *hca)
{
	struct sacc_hca_table *table;
	u32 type;

	for (type = 1; type < SACC_HCA_OBJ_TYPES; type++) {
		table = &hca->tables[type];
		table->id_min = types[type].id_min ? types[type].id_min : 1;
		table->id_max = types[type].id_max ? types[type].id_max :
				0xffffffffu >> (32 - types[type].id_bits);
		table->max = 1u << types[type].log_max;
		if (table->max > table->id_max - table->id_min + 1)
			table->max = table->id_max - table->id_min + 1;
		table->buckets = sacc_alloc(FIRST_BUCKETS *
					    sizeof(*table->buckets));
		if (!table->buckets)
			goto err_free_tables;
		table->mask = FIRST_BUCKETS - 1;
	}
	return 0;

err_free_tables:
	sacc_hca_tables_free(hca);
	return -ENOMEM;
}

void sacc_hca_tables_free(struct sacc_hca *hca)
{
	u32 type;

	for (type = 1; type < SACC_HCA_OBJ_TYPES; type++)
		sacc_free(hca->tables[type].buckets);
}

void sacc_hca_uctx_init(struct sacc_hca_uctx *uctx)
{
	sacc_list_init(&uctx->objects);
	sacc_list_init(&uctx->busy);
}

static struct sacc_hca_obj *table_find(const struct sacc_hca_table *table,
				       u32 id)
{
	struct sacc_hca_obj *obj = table->buckets[id & table->mask];

	while (obj && obj->id != id)
		obj = obj->hash_next;
	return obj;
}

static void table_insert(struct sacc_hca_table *table, struct sacc_hca_obj *obj)
{
	struct sacc_hca_obj **bucket = &table->buckets[obj->id & table->mask];

	obj->hash_next = *bucket;
	*bucket = obj;
	table->count++;
}

static void table_remove(struct sacc_hca_table *table, struct sacc_hca_obj *obj)
{
	struct sacc_hca_obj **p = &table->buckets[obj->id & table->mask];

	while (*p != obj)
		p = &(*p)->hash_next;
	*p = obj->hash_next;
	table->count--;
}

/* Keeps chains short. Without memory they get longer, nothing else. */
static void table_grow(struct sacc_hca_table *table)
{
	struct sacc_hca_table bigger = *table;
	struct sacc_hca_obj *obj, *next;
	u32 i;

	bigger.mask = table->mask * 2 + 1;
	bigger.count = 0;
	bigger.buckets = sacc_alloc(((size_t)bigger.mask + 1) *
				    sizeof(*bigger.buckets));
	if (!bigger.buckets)
		return;
	for (i = 0; i <= table->mask; i++) {
		for (obj = table->buckets[i]; obj; obj = next) {
			next = obj->hash_next;
			table_insert(&bigger, obj);
		}
	}
	sacc_free(table->buckets);
	*table = bigger;
}

/* There is a free one: @count is below @max, and that at most the numbers. */
static u32 table_next_id(struct sacc_hca_table *table)
{
	do {
		if (table->last_id >= table->id_max ||
		    table->last_id < table->id_min)
			table->last_id = table->id_min - 1;
		table->last_id++;
	} while (table_find(table, table->last_id));
	return table->last_id;
}

/*
 * Number @obj and give it to @owner. On failure it is as before and still the
 * caller's.
 */
u32 sacc_hca_obj_add(struct sacc_hca *hca, struct sacc_hca_uctx *owner,
		     enum sacc_hca_obj_type type, struct sacc_hca_obj *obj)
{
	struct sacc_hca_table *table = &hca->tables[type];

	sacc_assert_locked(&hca->lock);
	if (table->count >= table->max)
		return SACC_HCA_SYND_OBJECT_LIMIT;
	if (table->count > table->mask)
		table_grow(table);
	obj->id = table_next_id(table);
	obj->type = type;
	obj->owner = owner;
	table_insert(table, obj);
	sacc_list_add_tail(&owner->objects, &obj->link);
	return 0;
}

/* The object of this number if a command of @uctx may see it, or NULL. */
struct sacc_hca_obj *sacc_hca_obj_find(struct sacc_hca *hca,
				       const struct sacc_hca_uctx *uctx,
				       enum sacc_hca_obj_type type, u32 id)
{
	struct sacc_hca_obj *obj;

	sacc_assert_locked(&hca->lock);
	obj = table_find(&hca->tables[type], id);
	if (!obj || (obj->owner != uctx && uctx != &hca->kernel))
		return NULL;
	return obj;
}

/* Take a reference for an object of @owner, or NULL if @owner must not. */
struct sacc_hca_obj *sacc_hca_obj_use(struct sacc_hca *hca,
				      const struct sacc_hca_uctx *owner,
				      enum sacc_hca_obj_type type, u32 id)
{
	struct sacc_hca_obj *obj;

	sacc_assert_locked(&hca->lock);
	obj = table_find(&hca->tables[type], id);
	if (!obj || (obj->owner != owner && !types[type].shared))
		return NULL;
	obj->refs++;
	return obj;
}

void sacc_hca_obj_unuse(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	sacc_assert_locked(&hca->lock);
	if (--obj->refs || !obj->waits)
		return;
	obj->waits = false;
	sacc_list_del(&obj->link);
	sacc_list_add_tail(&obj->owner->objects, &obj->link);
}

static void obj_free(struct sacc_hca_obj *obj)
{
	if (types[obj->type].fini)
		types[obj->type].fini(obj);
	sacc_free(obj);
}

/* Refused while others use it. Afterwards @obj is gone for the caller. */
u32 sacc_hca_obj_destroy(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	sacc_assert_locked(&hca->lock);
	if (obj->refs)
		return SACC_HCA_SYND_OBJECT_BUSY;
	table_remove(&hca->tables[obj->type], obj);
	sacc_list_del(&obj->link);
	if (types[obj->type].release)
		types[obj->type].release(hca, obj);
	obj->dead = true;
	if (!obj->pins)
		obj_free(obj);
	return 0;
}

/*
 * Destroy up to @budget of what @uctx owns; true when nothing is left to do. The
 * caller may leave the command lock between two calls.
 */
bool sacc_hca_uctx_drain(struct sacc_hca *hca, struct sacc_hca_uctx *uctx,
			 u32 budget)
{
	struct sacc_hca_obj *obj;

	sacc_assert_locked(&hca->lock);
	while (!sacc_list_is_empty(&uctx->objects)) {
		if (!budget--)
			return false;
		hca->visits++;
		obj = sacc_list_entry(uctx->objects.prev, struct sacc_hca_obj,
				      link);
		if (obj->refs) {
			obj->waits = true;
			sacc_list_del(&obj->link);
			sacc_list_add_tail(&uctx->busy, &obj->link);
			continue;
		}
		sacc_hca_obj_destroy(hca, obj);
	}
	return true;
}

/* Any object, whoever owns it: for callers inside the machine, not commands. */
struct sacc_hca_obj *sacc_hca_obj_pin(struct sacc_hca *hca,
				      enum sacc_hca_obj_type type, u32 id)
{
	struct sacc_hca_obj *obj;

	sacc_lock(&hca->lock);
	obj = table_find(&hca->tables[type], id);
	if (obj)
		obj->pins++;
	sacc_unlock(&hca->lock);
	return obj;
}

void sacc_hca_obj_unpin(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	bool last;

	sacc_lock(&hca->lock);
	last = !--obj->pins && obj->dead;
	sacc_unlock(&hca->lock);
	if (last)
		obj_free(obj);
}
