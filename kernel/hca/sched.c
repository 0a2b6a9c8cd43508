// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scheduling elements of the NIC: a tree of TSARs, with queue groups as leaves. An
 * element uses its parent. The tree is kept and answered; nothing is sent whose rate
 * could be shaped, so no capability says that it would be.
 *
 * Clients come by two ways to the same elements: the commands of their own, and
 * general objects of type SCHED (general.c).
 *
 * Locking: everything is under the command lock.
 */
#include "sched.h"

#define HIERARCHY_NIC		3u

#define ELEMENT_TSAR		0u
#define ELEMENT_QUEUE_GROUP	4u

/* In element_attributes of a TSAR. */
#define TSAR_TYPE(attributes)	((attributes) >> 16 & 0xffu)

#define MODIFY_BW_SHARE		0x1u
#define MODIFY_MAX_AVERAGE_BW	0x2u
#define MODIFY_ALL		0x3u

/**
 * struct sacc_hca_sched - a scheduling element
 * @obj:    its number is the scheduling_element_id
 * @parent: a reference, or NULL for a root
 * @ctx:    the scheduling context
 */
struct sacc_hca_sched {
	struct sacc_hca_obj obj;
	struct sacc_hca_sched *parent;
	u8 ctx[64];
};

static_assert(sizeof(((struct sacc_hca_sched *)0)->ctx) ==
	      SACC_PRM_scheduling_context__BYTES, "room for a scheduling context");

#define GET(ctx, f)	sacc_hca_get(scheduling_context, (ctx), f)
#define COPY(to, from, f) \
	sacc_hca_set(scheduling_context, (to), f, GET((from), f))

static u32 check_context(u32 hierarchy, const u8 *ctx)
{
	if (hierarchy != HIERARCHY_NIC)
		return SACC_HCA_SYND_SCHED_HIERARCHY;
	switch (GET(ctx, element_type)) {
	case ELEMENT_TSAR:
		return TSAR_TYPE(GET(ctx, element_attributes)) ?
		       SACC_HCA_SYND_SCHED_TSAR_TYPE : 0;
	case ELEMENT_QUEUE_GROUP:
		/* Only TSARs may be roots. */
		return GET(ctx, parent_element_id) ?
		       0 : SACC_HCA_SYND_SCHED_PARENT;
	default:
		return SACC_HCA_SYND_SCHED_TYPE;
	}
}

static u32 take_parent(struct sacc_hca_cmd *cmd, struct sacc_hca_sched *sched)
{
	u32 id = GET(sched->ctx, parent_element_id);

	if (!id)
		return 0;
	sched->parent = (struct sacc_hca_sched *)
		sacc_hca_obj_use(cmd->hca, cmd->uctx, SACC_HCA_OBJ_SCHED, id);
	if (!sched->parent ||
	    GET(sched->parent->ctx, element_type) != ELEMENT_TSAR)
		return SACC_HCA_SYND_SCHED_PARENT;
	return 0;
}

void sacc_hca_sched_release(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	struct sacc_hca_sched *sched = (struct sacc_hca_sched *)obj;

	if (sched->parent)
		sacc_hca_obj_unuse(hca, &sched->parent->obj);
}

u32 sacc_hca_sched_create(struct sacc_hca_cmd *cmd, u32 hierarchy,
			  const u8 *ctx, u32 *id)
{
	struct sacc_hca_sched *sched;
	u32 syndrome;

	syndrome = check_context(hierarchy, ctx);
	if (syndrome)
		return syndrome;
	sched = sacc_alloc(sizeof(*sched));
	if (!sched)
		return SACC_HCA_SYND_NO_MEMORY;
	COPY(sched->ctx, ctx, element_type);
	COPY(sched->ctx, ctx, element_attributes);
	COPY(sched->ctx, ctx, parent_element_id);
	COPY(sched->ctx, ctx, bw_share);
	COPY(sched->ctx, ctx, max_average_bw);
	syndrome = take_parent(cmd, sched);
	if (!syndrome)
		syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx,
					    SACC_HCA_OBJ_SCHED, &sched->obj);
	if (syndrome) {
		sacc_hca_sched_release(cmd->hca, &sched->obj);
		sacc_free(sched);
		return syndrome;
	}
	*id = sched->obj.id;
	return 0;
}

void sacc_hca_sched_query(const struct sacc_hca_obj *obj, u32 *hierarchy,
			  u8 *ctx)
{
	const struct sacc_hca_sched *sched = (const struct sacc_hca_sched *)obj;

	*hierarchy = HIERARCHY_NIC;
	memcpy(ctx, sched->ctx, sizeof(sched->ctx));
}

u32 sacc_hca_sched_modify(struct sacc_hca_obj *obj, u64 select, const u8 *ctx)
{
	struct sacc_hca_sched *sched = (struct sacc_hca_sched *)obj;

	if (select & ~(u64)MODIFY_ALL)
		return SACC_HCA_SYND_SCHED_FIELD;
	if (select & MODIFY_BW_SHARE)
		COPY(sched->ctx, ctx, bw_share);
	if (select & MODIFY_MAX_AVERAGE_BW)
		COPY(sched->ctx, ctx, max_average_bw);
	return 0;
}

/* --- The commands of their own */

u32 sacc_hca_cmd_create_sched(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(create_scheduling_element_in, cmd->in,
				    scheduling_context);
	u32 hierarchy = sacc_hca_get(create_scheduling_element_in, cmd->in,
				     scheduling_hierarchy);
	u32 id, syndrome;

	syndrome = sacc_hca_sched_create(cmd, hierarchy, ctx, &id);
	if (!syndrome)
		sacc_hca_set(create_scheduling_element_out, cmd->out,
			     scheduling_element_id, id);
	return syndrome;
}

/* Hierarchy and number have the same place in the three other commands. */
static u32 find_sched(struct sacc_hca_cmd *cmd, struct sacc_hca_obj **obj)
{
	if (sacc_hca_get(query_scheduling_element_in, cmd->in,
			 scheduling_hierarchy) != HIERARCHY_NIC)
		return SACC_HCA_SYND_SCHED_HIERARCHY;
	*obj = sacc_hca_obj_find(cmd->hca, cmd->uctx, SACC_HCA_OBJ_SCHED,
				 sacc_hca_get(query_scheduling_element_in,
					      cmd->in, scheduling_element_id));
	return *obj ? 0 : SACC_HCA_SYND_OBJECT_UNKNOWN;
}

u32 sacc_hca_cmd_query_sched(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_obj *obj;
	u32 hierarchy, syndrome = find_sched(cmd, &obj);

	if (!syndrome)
		sacc_hca_sched_query(obj, &hierarchy,
				     sacc_hca_at_rw(query_scheduling_element_out,
						    cmd->out,
						    scheduling_context));
	return syndrome;
}

u32 sacc_hca_cmd_modify_sched(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(modify_scheduling_element_in, cmd->in,
				    scheduling_context);
	u32 select = sacc_hca_get(modify_scheduling_element_in, cmd->in,
				  modify_bitmask);
	struct sacc_hca_obj *obj;
	u32 syndrome = find_sched(cmd, &obj);

	return syndrome ? syndrome : sacc_hca_sched_modify(obj, select, ctx);
}

u32 sacc_hca_cmd_destroy_sched(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_obj *obj;
	u32 syndrome = find_sched(cmd, &obj);

	return syndrome ? syndrome : sacc_hca_obj_destroy(cmd->hca, obj);
}
