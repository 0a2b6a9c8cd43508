// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow tables and flow groups. They are kept and answered; no packet comes by yet
 * that could be matched.
 *
 * A group uses its table and has a range of flow indices to itself. A table can
 * name another one that takes what it does not match, of its own type and of a
 * higher level: so references between tables never make a circle, though MODIFY
 * can let an older table refer to a newer one.
 *
 * Locking: everything is under the command lock.
 */
#include "flow.h"

/* Types of tables. Those of an E-switch are not for this function. */
enum {
	TYPE_NIC_RX	= 0,
	TYPE_NIC_TX	= 1,
	TYPE_RDMA_RX	= 7,
	TYPE_RDMA_TX	= 8,
};

#define MISS_DEFAULT	0u
#define MISS_FORWARD	1u

/* Bit of modify_field_select. */
#define MODIFY_MISS	0x1u

/* Parts of match_criteria: outer, misc, inner, misc 2 to 5. */
#define CRITERIA_ALL	0x7fu

static_assert(sizeof(((struct sacc_hca_flow_table *)0)->ctx) ==
	      SACC_PRM_flow_table_context__BYTES, "room for a flow table context");
static_assert(sizeof(((struct sacc_hca_flow_group *)0)->criteria) * 8 ==
	      SACC_PRM_create_flow_group_in__match_criteria__BITS,
	      "room for match criteria");

bool sacc_hca_flow_has_type(u32 type)
{
	return type == TYPE_NIC_RX || type == TYPE_NIC_TX ||
	       type == TYPE_RDMA_RX || type == TYPE_RDMA_TX;
}

bool sacc_hca_flow_receives(const struct sacc_hca_flow_table *table)
{
	return table->type == TYPE_NIC_RX || table->type == TYPE_RDMA_RX;
}

u32 sacc_hca_flow_level(const struct sacc_hca_flow_table *table)
{
	return sacc_hca_get(flow_table_context, table->ctx, level);
}

static u32 check_common(const struct sacc_hca_cmd *cmd)
{
	if (sacc_hca_get(flow_in, cmd->in, other_vport))
		return SACC_HCA_SYND_FLOW_VPORT;
	if (!sacc_hca_flow_has_type(sacc_hca_get(flow_in, cmd->in, table_type)))
		return SACC_HCA_SYND_FLOW_TABLE_TYPE;
	return 0;
}

u32 sacc_hca_flow_find_table(struct sacc_hca_cmd *cmd,
			     struct sacc_hca_flow_table **table)
{
	u32 syndrome = check_common(cmd);

	if (syndrome)
		return syndrome;
	*table = (struct sacc_hca_flow_table *)
		sacc_hca_obj_find(cmd->hca, cmd->uctx, SACC_HCA_OBJ_FLOW_TABLE,
				  sacc_hca_get(flow_in, cmd->in, table_id));
	if (!*table ||
	    (*table)->type != sacc_hca_get(flow_in, cmd->in, table_type))
		return SACC_HCA_SYND_FLOW_TABLE;
	return 0;
}

/* --- Tables */

static u32 check_context(const u8 *ctx)
{
	if (sacc_hca_get(flow_table_context, ctx, log_size) >
	    SACC_HCA_LOG_MAX_FT_SIZE)
		return SACC_HCA_SYND_FLOW_TABLE_SIZE;
	if (sacc_hca_get(flow_table_context, ctx, level) >=
	    SACC_HCA_MAX_FT_LEVEL)
		return SACC_HCA_SYND_FLOW_TABLE_LEVEL;
	if (sacc_hca_get(flow_table_context, ctx, sw_owner) ||
	    sacc_hca_get(flow_table_context, ctx, termination_table))
		return SACC_HCA_SYND_FLOW_TABLE_OWNER;
	return 0;
}

/* The table that @ctx names for the misses of @table, with a reference; or NULL. */
static u32 take_miss(struct sacc_hca *hca, const struct sacc_hca_uctx *owner,
		     const struct sacc_hca_flow_table *table, const u8 *ctx,
		     struct sacc_hca_flow_table **miss)
{
	struct sacc_hca_flow_table *t;
	u32 syndrome = 0;

	*miss = NULL;
	switch (sacc_hca_get(flow_table_context, ctx, table_miss_action)) {
	case MISS_DEFAULT:
		return 0;
	case MISS_FORWARD:
		break;
	default:
		return SACC_HCA_SYND_FLOW_MISS_ACTION;
	}
	t = (struct sacc_hca_flow_table *)
		sacc_hca_obj_use(hca, owner, SACC_HCA_OBJ_FLOW_TABLE,
				 sacc_hca_get(flow_table_context, ctx,
					      table_miss_id));
	if (!t)
		return SACC_HCA_SYND_FLOW_MISS_TABLE;
	if (t->type != table->type)
		syndrome = SACC_HCA_SYND_FLOW_MISS_TABLE;
	else if (sacc_hca_flow_level(t) <= sacc_hca_flow_level(table))
		syndrome = SACC_HCA_SYND_FLOW_MISS_LEVEL;
	if (syndrome)
		sacc_hca_obj_unuse(hca, &t->obj);
	else
		*miss = t;
	return syndrome;
}

#define COPY(to, from, f) \
	sacc_hca_set(flow_table_context, (to), f, \
		     sacc_hca_get(flow_table_context, (from), f))

static void copy_miss(u8 *to, const u8 *from)
{
	COPY(to, from, table_miss_action);
	COPY(to, from, table_miss_id);
}

static void copy_kept_fields(u8 *to, const u8 *from)
{
	COPY(to, from, reformat_en);
	COPY(to, from, decap_en);
	COPY(to, from, level);
	COPY(to, from, log_size);
	copy_miss(to, from);
}

u32 sacc_hca_cmd_create_flow_table(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(create_flow_table_in, cmd->in,
				    flow_table_context);
	struct sacc_hca_flow_table *table;
	u32 syndrome = check_common(cmd);

	if (!syndrome)
		syndrome = check_context(ctx);
	if (syndrome)
		return syndrome;
	table = sacc_alloc(sizeof(*table));
	if (!table)
		return SACC_HCA_SYND_NO_MEMORY;
	sacc_list_init(&table->groups);
	table->type = (u8)sacc_hca_get(flow_in, cmd->in, table_type);
	copy_kept_fields(table->ctx, ctx);
	syndrome = SACC_HCA_SYND_NO_MEMORY;
	if (sacc_hca_fte_init_table(table))
		goto err_free;
	syndrome = take_miss(cmd->hca, cmd->uctx, table, ctx, &table->miss);
	if (syndrome)
		goto err_free_entries;
	syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx,
				    SACC_HCA_OBJ_FLOW_TABLE, &table->obj);
	if (syndrome)
		goto err_unuse_miss;
	sacc_hca_set(create_flow_table_out, cmd->out, table_id, table->obj.id);
	return 0;

err_unuse_miss:
	if (table->miss)
		sacc_hca_obj_unuse(cmd->hca, &table->miss->obj);
err_free_entries:
	sacc_hca_fte_free_table(table);
err_free:
	sacc_free(table);
	return syndrome;
}

void sacc_hca_flow_table_release(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	struct sacc_hca_flow_table *table = (struct sacc_hca_flow_table *)obj;

	if (table->miss)
		sacc_hca_obj_unuse(hca, &table->miss->obj);
}

void sacc_hca_flow_table_fini(struct sacc_hca_obj *obj)
{
	sacc_hca_fte_free_table((struct sacc_hca_flow_table *)obj);
}

u32 sacc_hca_cmd_destroy_flow_table(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_flow_table *table;
	u32 syndrome = sacc_hca_flow_find_table(cmd, &table);

	return syndrome ? syndrome : sacc_hca_obj_destroy(cmd->hca, &table->obj);
}

u32 sacc_hca_cmd_query_flow_table(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_flow_table *table;
	u32 syndrome = sacc_hca_flow_find_table(cmd, &table);

	if (!syndrome)
		memcpy(sacc_hca_at_rw(query_flow_table_out, cmd->out,
				      flow_table_context),
		       table->ctx, sizeof(table->ctx));
	return syndrome;
}

u32 sacc_hca_cmd_modify_flow_table(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(modify_flow_table_in, cmd->in,
				    flow_table_context);
	u32 select = sacc_hca_get(modify_flow_table_in, cmd->in,
				  modify_field_select);
	struct sacc_hca_flow_table *table, *miss;
	u32 syndrome = sacc_hca_flow_find_table(cmd, &table);

	if (syndrome)
		return syndrome;
	if (select & ~MODIFY_MISS)
		return SACC_HCA_SYND_FLOW_MODIFY_FIELD;
	if (!select)
		return 0;
	syndrome = take_miss(cmd->hca, table->obj.owner, table, ctx, &miss);
	if (syndrome)
		return syndrome;
	if (table->miss)
		sacc_hca_obj_unuse(cmd->hca, &table->miss->obj);
	table->miss = miss;
	copy_miss(table->ctx, ctx);
	return 0;
}

/* --- Groups */

static u32 check_range(const struct sacc_hca_flow_table *table,
		       const struct sacc_hca_flow_group *group)
{
	u32 log_size = sacc_hca_get(flow_table_context, table->ctx, log_size);
	const struct sacc_hca_flow_group *other;
	struct sacc_list *pos;

	if (group->first > group->last || group->last >= 1u << log_size)
		return SACC_HCA_SYND_FLOW_GROUP_RANGE;
	sacc_list_for_each(pos, &table->groups) {
		other = sacc_list_entry(pos, struct sacc_hca_flow_group, link);
		if (group->first <= other->last && other->first <= group->last)
			return SACC_HCA_SYND_FLOW_GROUP_OVERLAP;
	}
	return 0;
}

static u32 add_group(struct sacc_hca_cmd *cmd, struct sacc_hca_flow_group *group)
{
	struct sacc_hca_obj *table = &group->table->obj;
	u32 syndrome = check_range(group->table, group);

	if (syndrome)
		return syndrome;
	/* The kernel sees the tables of others but must not use them. */
	if (!sacc_hca_obj_use(cmd->hca, cmd->uctx, SACC_HCA_OBJ_FLOW_TABLE,
			      table->id))
		return SACC_HCA_SYND_FLOW_TABLE;
	syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx,
				    SACC_HCA_OBJ_FLOW_GROUP, &group->obj);
	if (syndrome)
		sacc_hca_obj_unuse(cmd->hca, table);
	else
		sacc_list_add_tail(&group->table->groups, &group->link);
	return syndrome;
}

static u32 check_criteria(const struct sacc_hca_cmd *cmd)
{
	if (sacc_hca_get(create_flow_group_in, cmd->in, group_type))
		return SACC_HCA_SYND_FLOW_GROUP_TYPE;
	if (sacc_hca_get(create_flow_group_in, cmd->in, match_criteria_enable) &
	    ~CRITERIA_ALL)
		return SACC_HCA_SYND_FLOW_GROUP_CRITERIA;
	return 0;
}

u32 sacc_hca_cmd_create_flow_group(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_flow_table *table;
	struct sacc_hca_flow_group *group;
	u32 syndrome = sacc_hca_flow_find_table(cmd, &table);

	if (!syndrome)
		syndrome = check_criteria(cmd);
	if (syndrome)
		return syndrome;
	group = sacc_alloc(sizeof(*group));
	if (!group)
		return SACC_HCA_SYND_NO_MEMORY;
	group->table = table;
	group->first = sacc_hca_get(create_flow_group_in, cmd->in,
				    start_flow_index);
	group->last = sacc_hca_get(create_flow_group_in, cmd->in,
				   end_flow_index);
	group->enable = (u8)sacc_hca_get(create_flow_group_in, cmd->in,
					 match_criteria_enable);
	memcpy(group->criteria, sacc_hca_at(create_flow_group_in, cmd->in,
					    match_criteria),
	       sizeof(group->criteria));
	syndrome = add_group(cmd, group);
	if (syndrome) {
		sacc_free(group);
		return syndrome;
	}
	sacc_hca_set(create_flow_group_out, cmd->out, group_id, group->obj.id);
	return 0;
}

void sacc_hca_flow_group_release(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	struct sacc_hca_flow_group *group = (struct sacc_hca_flow_group *)obj;

	sacc_list_del(&group->link);
	sacc_hca_obj_unuse(hca, &group->table->obj);
}

static u32 find_group(struct sacc_hca_cmd *cmd,
		      struct sacc_hca_flow_group **group)
{
	struct sacc_hca_flow_table *table;
	u32 syndrome = sacc_hca_flow_find_table(cmd, &table);

	if (syndrome)
		return syndrome;
	*group = (struct sacc_hca_flow_group *)
		sacc_hca_obj_find(cmd->hca, cmd->uctx, SACC_HCA_OBJ_FLOW_GROUP,
				  sacc_hca_get(flow_in, cmd->in, group_id));
	if (!*group || (*group)->table != table)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	return 0;
}

u32 sacc_hca_cmd_destroy_flow_group(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_flow_group *group;
	u32 syndrome = find_group(cmd, &group);

	return syndrome ? syndrome : sacc_hca_obj_destroy(cmd->hca, &group->obj);
}

u32 sacc_hca_cmd_query_flow_group(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_flow_group *group;
	u32 syndrome = find_group(cmd, &group);

	if (syndrome)
		return syndrome;
	sacc_hca_set(query_flow_group_out, cmd->out, start_flow_index,
		     group->first);
	sacc_hca_set(query_flow_group_out, cmd->out, end_flow_index,
		     group->last);
	sacc_hca_set(query_flow_group_out, cmd->out, match_criteria_enable,
		     group->enable);
	memcpy(sacc_hca_at_rw(query_flow_group_out, cmd->out, match_criteria),
	       group->criteria, sizeof(group->criteria));
	return 0;
}
