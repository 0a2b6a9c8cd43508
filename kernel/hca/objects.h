/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The object table: everything that has a number and an owner. See objects.c.
 */
#ifndef SOFTACCEL_HCA_OBJECTS_H
#define SOFTACCEL_HCA_OBJECTS_H

#include "hca.h"
#include "list.h"

struct sacc_hca_obj;
struct sacc_hca_uctx;

/**
 * struct sacc_hca_obj - head of every object; its first member
 * @hash_next: next object in the bucket of the table of its type
 * @link:   in @owner's list, oldest first
 * @owner:  user context that made it; not valid once @dead
 * @id:     its number, never 0
 * @type:   enum sacc_hca_obj_type
 * @refs:   objects that use this one; it cannot be destroyed before them
 * @pins:   callers at work on it without the command lock: memory stays
 * @waits:  passed over by the teardown of its owner, because of @refs
 * @dead:   out of the table, freed with the last pin
 *
 * All under the command lock.
 */
struct sacc_hca_obj {
	struct sacc_hca_obj *hash_next;
	struct sacc_list link;
	struct sacc_hca_uctx *owner;
	u32 id;
	u32 refs;
	u32 pins;
	u8 type;
	bool waits;
	bool dead;
};

/**
 * struct sacc_hca_table - the objects of one type
 * @buckets: hash table by id, a power of two; NULL before the first object
 * @mask:    number of buckets minus one
 * @count:   objects in it
 * @max:     most there may be (what the capabilities say)
 * @id_min:  smallest number of this type
 * @id_max:  largest
 * @last_id: given last; the search for the next one starts behind it
 */
struct sacc_hca_table {
	struct sacc_hca_obj **buckets;
	u32 mask;
	u32 count;
	u32 max;
	u32 id_min;
	u32 id_max;
	u32 last_id;
};

/**
 * struct sacc_hca_uctx - a user context; uid 0 is the kernel's
 * @obj:     its number is the uid
 * @caps:    SACC_HCA_UCTX_*
 * @objects: what it owns, oldest first
 * @busy:    during teardown: what others still use
 * @dying:   teardown has begun, no command is taken any more
 */
struct sacc_hca_uctx {
	struct sacc_hca_obj obj;
	u32 caps;
	struct sacc_list objects;
	struct sacc_list busy;
	bool dying;
};

int sacc_hca_tables_init(struct sacc_hca *hca);
void sacc_hca_tables_free(struct sacc_hca *hca);
u32 sacc_hca_log_max(enum sacc_hca_obj_type type);
void sacc_hca_uctx_init(struct sacc_hca_uctx *uctx);

/*
 * All of the following with the command lock held. What returns u32 returns 0
 * or a syndrome.
 */
u32 sacc_hca_obj_add(struct sacc_hca *hca, struct sacc_hca_uctx *owner,
		     enum sacc_hca_obj_type type, struct sacc_hca_obj *obj);
struct sacc_hca_obj *sacc_hca_obj_find(struct sacc_hca *hca,
				       const struct sacc_hca_uctx *uctx,
				       enum sacc_hca_obj_type type, u32 id);
struct sacc_hca_obj *sacc_hca_obj_use(struct sacc_hca *hca,
				      const struct sacc_hca_uctx *owner,
				      enum sacc_hca_obj_type type, u32 id);
void sacc_hca_obj_unuse(struct sacc_hca *hca, struct sacc_hca_obj *obj);
u32 sacc_hca_obj_destroy(struct sacc_hca *hca, struct sacc_hca_obj *obj);
bool sacc_hca_uctx_drain(struct sacc_hca *hca, struct sacc_hca_uctx *uctx,
			 u32 budget);

/* These two take the command lock themselves. */
struct sacc_hca_obj *sacc_hca_obj_pin(struct sacc_hca *hca,
				      enum sacc_hca_obj_type type, u32 id);
void sacc_hca_obj_unpin(struct sacc_hca *hca, struct sacc_hca_obj *obj);

#endif
