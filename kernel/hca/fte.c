// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow table entries.
 *
 * Clients choose where in the table an entry lies; its number in the object table is
 * never shown. Each flow table has a hash table of its own entries by flow index. With
 * 2^24 indices and as many buckets as entries, no chain is longer than 4096, however
 * the indices are chosen.
 *
 * All that an entry says is in its body: the flow context, the destinations and
 * counters behind it, and references on everything that they name: the group
 * (which keeps the table), flow tables of a higher level, TIRs, counters, packet
 * reformat and modify header contexts. SET builds a body with all its references; only when
 * nothing can fail any more does it take the place of the old one. So an entry is
 * modified whole or not at all.
 *
 * Locking: everything is under the command lock.
 */
#include "flow.h"

#define ACTION_ALLOW		0x001u
#define ACTION_DROP		0x002u
#define ACTION_FORWARD		0x004u
#define ACTION_COUNT		0x008u
#define ACTION_REFORMAT		0x010u
#define ACTION_DECAP		0x020u
#define ACTION_MODIFY_HEADER	0x040u
#define ACTION_VLAN		0xd80u	/* pop, push, and both of a second one */
#define ACTION_VERDICT		(ACTION_ALLOW | ACTION_DROP | ACTION_FORWARD)
#define ACTION_ALL		(ACTION_VERDICT | ACTION_COUNT |		\
				 ACTION_REFORMAT | ACTION_DECAP |	\
				 ACTION_MODIFY_HEADER | ACTION_VLAN)

/* destination_type */
#define DEST_FLOW_TABLE		1u
#define DEST_TIR		2u

/* Bits of modify_enable_mask. */
#define MODIFY_ACTION		0x1u
#define MODIFY_FLOW_TAG		0x2u
#define MODIFY_DESTINATIONS	0x4u
#define MODIFY_COUNTERS		0x8u
#define MODIFY_ALL		0xfu

#define OP_MOD_NEW		0u
#define OP_MOD_MODIFY		1u

#define FIRST_BUCKETS		8u
#define ENTRY_BYTES		8u	/* of either list */
#define CTX_BYTES		768u

static_assert(SACC_PRM_flow_context__BYTES == CTX_BYTES,
	      "room for a flow context");

/**
 * struct fte_lists - destinations and counters, wherever they are
 * @dests:    ENTRY_BYTES each
 * @counters: ENTRY_BYTES each
 * @n_dests:  how many
 * @n_counters: how many
 */
struct fte_lists {
	const u8 *dests;
	const u8 *counters;
	u32 n_dests;
	u32 n_counters;
};

/**
 * struct fte_body - what an entry says
 * @ctx:    the flow context; what has no name in it is zero
 * @group:  where the entry lies; a reference, as are the next
 * @reformat: packet reformat context, or NULL
 * @modify_header: context, or NULL
 * @lists:  point behind @refs
 * @n_refs: references in @refs
 * @refs:   on what the lists name, in their order
 */
struct fte_body {
	u8 ctx[CTX_BYTES];
	struct sacc_hca_obj *group;
	struct sacc_hca_obj *reformat;
	struct sacc_hca_obj *modify_header;
	struct fte_lists lists;
	u32 n_refs;
	struct sacc_hca_obj *refs[];
};

/**
 * struct sacc_hca_fte - an entry
 * @obj:   its number is for the object table only
 * @next:  in its bucket of the table's hash table
 * @table: kept by the group
 * @index: flow index
 * @body:  what it says
 */
struct sacc_hca_fte {
	struct sacc_hca_obj obj;
	struct sacc_hca_fte *next;
	struct sacc_hca_flow_table *table;
	u32 index;
	struct fte_body *body;
};

/* --- The entries of a table by flow index */

int sacc_hca_fte_init_table(struct sacc_hca_flow_table *table)
{
	table->entries = sacc_alloc(FIRST_BUCKETS * sizeof(*table->entries));
	if (!table->entries)
		return -ENOMEM;
	table->mask = FIRST_BUCKETS - 1;
	return 0;
}

void sacc_hca_fte_free_table(struct sacc_hca_flow_table *table)
{
	sacc_free(table->entries);
}

static struct sacc_hca_fte *find_entry(const struct sacc_hca_flow_table *table,
				       u32 index)
{
	struct sacc_hca_fte *fte = table->entries[index & table->mask];

	while (fte && fte->index != index)
		fte = fte->next;
	return fte;
}

static void link_entry(struct sacc_hca_fte **entries, u32 mask,
		       struct sacc_hca_fte *fte)
{
	fte->next = entries[fte->index & mask];
	entries[fte->index & mask] = fte;
}

/* Keeps chains short. Without memory they get longer, nothing else. */
static void grow_entries(struct sacc_hca_flow_table *table)
{
	u32 mask = table->mask * 2 + 1, i;
	struct sacc_hca_fte **bigger, *fte, *next;

	bigger = sacc_alloc(((size_t)mask + 1) * sizeof(*bigger));
	if (!bigger)
		return;
	for (i = 0; i <= table->mask; i++) {
		for (fte = table->entries[i]; fte; fte = next) {
			next = fte->next;
			link_entry(bigger, mask, fte);
		}
	}
	sacc_free(table->entries);
	table->entries = bigger;
	table->mask = mask;
}

static void add_entry(struct sacc_hca_fte *fte)
{
	if (fte->table->count > fte->table->mask)
		grow_entries(fte->table);
	link_entry(fte->table->entries, fte->table->mask, fte);
	fte->table->count++;
}

static void remove_entry(struct sacc_hca_fte *fte)
{
	struct sacc_hca_fte **p;

	p = &fte->table->entries[fte->index & fte->table->mask];
	while (*p != fte)
		p = &(*p)->next;
	*p = fte->next;
	fte->table->count--;
}

/* --- Bodies */

static void free_body(struct sacc_hca *hca, struct fte_body *body)
{
	while (body->n_refs)
		sacc_hca_obj_unuse(hca, body->refs[--body->n_refs]);
	if (body->modify_header)
		sacc_hca_obj_unuse(hca, body->modify_header);
	if (body->reformat)
		sacc_hca_obj_unuse(hca, body->reformat);
	if (body->group)
		sacc_hca_obj_unuse(hca, body->group);
	sacc_free(body);
}

/* The fields of a flow context that the device keeps; all else reads as 0. */
#define KEPT_FIELDS(X)							\
	X(push_vlan) X(group_id) X(flow_tag) X(action) X(flow_source)	\
	X(destination_list_size) X(flow_counter_list_size)		\
	X(packet_reformat_id) X(modify_header_id) X(push_vlan_2)

static void copy_kept_fields(u8 *to, const u8 *from)
{
#define COPY(f)								\
	sacc_hca_set(flow_context, to, f, sacc_hca_get(flow_context, from, f));
	KEPT_FIELDS(COPY)
#undef COPY
	memcpy(sacc_hca_at_rw(flow_context, to, match_value),
	       sacc_hca_at(flow_context, from, match_value),
	       SACC_HCA_BITS(flow_context, match_value) / 8);
}

/* Actions, and whether the lists are there that they need. */
static u32 check_actions(const u8 *ctx, const struct fte_lists *lists)
{
	u32 action = sacc_hca_get(flow_context, ctx, action);
	u32 verdict = action & ACTION_VERDICT;

	/* One verdict: a power of two. */
	if (action & ~ACTION_ALL || !verdict || (verdict & (verdict - 1)))
		return SACC_HCA_SYND_FTE_ACTION;
	if (!(action & ACTION_FORWARD) != !lists->n_dests ||
	    !(action & ACTION_COUNT) != !lists->n_counters)
		return SACC_HCA_SYND_FTE_LISTS;
	return 0;
}

/* A body with room for @lists, which are copied; no references yet. */
static struct fte_body *new_body(const u8 *ctx, const struct fte_lists *lists)
{
	u32 n = lists->n_dests + lists->n_counters;
	struct fte_body *body;
	u8 *bytes;

	body = sacc_alloc(sizeof(*body) +
			  (size_t)n * (sizeof(body->refs[0]) + ENTRY_BYTES));
	if (!body)
		return NULL;
	copy_kept_fields(body->ctx, ctx);
	sacc_hca_set(flow_context, body->ctx, destination_list_size,
		     lists->n_dests);
	sacc_hca_set(flow_context, body->ctx, flow_counter_list_size,
		     lists->n_counters);
	bytes = (u8 *)&body->refs[n];
	body->lists = *lists;
	body->lists.dests = bytes;
	memcpy(bytes, lists->dests, (size_t)lists->n_dests * ENTRY_BYTES);
	bytes += (size_t)lists->n_dests * ENTRY_BYTES;
	body->lists.counters = bytes;
	memcpy(bytes, lists->counters, (size_t)lists->n_counters * ENTRY_BYTES);
	return body;
}

static u32 take_next_table(struct sacc_hca *hca,
			   const struct sacc_hca_uctx *owner,
			   const struct sacc_hca_flow_table *table,
			   struct fte_body *body, u32 id)
{
	struct sacc_hca_flow_table *to;

	to = (struct sacc_hca_flow_table *)
		sacc_hca_obj_use(hca, owner, SACC_HCA_OBJ_FLOW_TABLE, id);
	if (!to)
		return SACC_HCA_SYND_FTE_DEST;
	body->refs[body->n_refs++] = &to->obj;
	if (to->type != table->type ||
	    sacc_hca_flow_level(to) <= sacc_hca_flow_level(table))
		return SACC_HCA_SYND_FTE_DEST_LEVEL;
	return 0;
}

static u32 take_tir(struct sacc_hca *hca, const struct sacc_hca_uctx *owner,
		    struct fte_body *body, u32 id)
{
	struct sacc_hca_obj *tir;

	tir = sacc_hca_obj_use(hca, owner, SACC_HCA_OBJ_TIR, id);
	if (!tir)
		return SACC_HCA_SYND_FTE_DEST;
	body->refs[body->n_refs++] = tir;
	return 0;
}

static u32 take_destination(struct sacc_hca *hca,
			    const struct sacc_hca_uctx *owner,
			    const struct sacc_hca_flow_table *table,
			    struct fte_body *body, const u8 *dest)
{
	u32 type = sacc_hca_get(flow_destination, dest, destination_type);
	u32 id = sacc_hca_get(flow_destination, dest, destination_id);

	if (type == DEST_FLOW_TABLE)
		return take_next_table(hca, owner, table, body, id);
	/* TIRs are where receiving ends. */
	if (type == DEST_TIR && sacc_hca_flow_receives(table))
		return take_tir(hca, owner, body, id);
	return SACC_HCA_SYND_FTE_DEST_TYPE;
}

static u32 take_lists(struct sacc_hca *hca, const struct sacc_hca_uctx *owner,
		      const struct sacc_hca_flow_table *table,
		      struct fte_body *body)
{
	const u8 *entry = body->lists.dests;
	struct sacc_hca_obj *counters;
	u32 i, syndrome;

	for (i = 0; i < body->lists.n_dests; i++, entry += ENTRY_BYTES) {
		syndrome = take_destination(hca, owner, table, body, entry);
		if (syndrome)
			return syndrome;
	}
	for (i = 0; i < body->lists.n_counters; i++, entry += ENTRY_BYTES) {
		counters = sacc_hca_flow_counter_use(hca, owner,
						     sacc_hca_get(flow_destination,
								  entry,
								  flow_counter_id));
		if (!counters)
			return SACC_HCA_SYND_FTE_COUNTER;
		body->refs[body->n_refs++] = counters;
	}
	return 0;
}

static u32 take_contexts(struct sacc_hca *hca, const struct sacc_hca_uctx *owner,
			 const struct sacc_hca_flow_table *table,
			 struct fte_body *body)
{
	u32 action = sacc_hca_get(flow_context, body->ctx, action);
	u32 id = sacc_hca_get(flow_context, body->ctx, packet_reformat_id);
	struct sacc_hca_modify_header *header;

	if (action & ACTION_REFORMAT) {
		body->reformat = sacc_hca_obj_use(hca, owner,
						  SACC_HCA_OBJ_REFORMAT, id);
		if (!body->reformat)
			return SACC_HCA_SYND_FTE_REFORMAT;
	}
	if (action & ACTION_MODIFY_HEADER) {
		header = (struct sacc_hca_modify_header *)
			sacc_hca_obj_use(hca, owner, SACC_HCA_OBJ_MODIFY_HEADER,
					 sacc_hca_get(flow_context, body->ctx,
						      modify_header_id));
		if (!header)
			return SACC_HCA_SYND_FTE_MODIFY_HEADER;
		body->modify_header = &header->obj;
		if (header->type != table->type)
			return SACC_HCA_SYND_FTE_MODIFY_HEADER;
	}
	return 0;
}

static u32 take_group(struct sacc_hca *hca, const struct sacc_hca_uctx *owner,
		      const struct sacc_hca_flow_table *table, u32 index,
		      struct fte_body *body)
{
	struct sacc_hca_flow_group *group;

	group = (struct sacc_hca_flow_group *)
		sacc_hca_obj_use(hca, owner, SACC_HCA_OBJ_FLOW_GROUP,
				 sacc_hca_get(flow_context, body->ctx,
					      group_id));
	if (!group)
		return SACC_HCA_SYND_FTE_GROUP;
	body->group = &group->obj;
	if (group->table != table)
		return SACC_HCA_SYND_FTE_GROUP;
	if (index < group->first || index > group->last)
		return SACC_HCA_SYND_FTE_INDEX;
	return 0;
}

static u32 take_references(struct sacc_hca *hca,
			   const struct sacc_hca_uctx *owner,
			   const struct sacc_hca_flow_table *table, u32 index,
			   struct fte_body *body)
{
	u32 syndrome = take_group(hca, owner, table, index, body);

	if (!syndrome)
		syndrome = take_lists(hca, owner, table, body);
	if (!syndrome)
		syndrome = take_contexts(hca, owner, table, body);
	return syndrome;
}

/* --- Commands */

/* The lists in the mailbox of a SET. */
static u32 find_lists(const struct sacc_hca_cmd *cmd, struct fte_lists *lists)
{
	const u8 *ctx = sacc_hca_at(set_fte_in, cmd->in, flow_context);
	size_t room = (cmd->in_len - SACC_HCA_BYTES(set_fte_in)) / ENTRY_BYTES;

	if (sacc_hca_get(flow_context, ctx, extended_destination) ||
	    sacc_hca_get(set_fte_in, cmd->in, ignore_flow_level))
		return SACC_HCA_SYND_FTE_EXTENDED;
	lists->n_dests = sacc_hca_get(flow_context, ctx, destination_list_size);
	lists->n_counters = sacc_hca_get(flow_context, ctx,
					 flow_counter_list_size);
	/* Either has 24 bits. */
	if (lists->n_dests + lists->n_counters > room)
		return SACC_HCA_SYND_IN_SHORT;
	if (lists->n_dests > 1u << SACC_HCA_LOG_MAX_FT_DESTS ||
	    lists->n_counters > 1u << SACC_HCA_LOG_MAX_FT_COUNTERS)
		return SACC_HCA_SYND_FTE_LIST_SIZE;
	lists->dests = cmd->in + SACC_HCA_BYTES(set_fte_in);
	lists->counters = lists->dests + (size_t)lists->n_dests * ENTRY_BYTES;
	return 0;
}

static u32 add_fte(struct sacc_hca_cmd *cmd, struct sacc_hca_flow_table *table,
		   u32 index, struct fte_body *body)
{
	struct sacc_hca_fte *fte = sacc_alloc(sizeof(*fte));
	u32 syndrome;

	if (!fte)
		return SACC_HCA_SYND_NO_MEMORY;
	fte->table = table;
	fte->index = index;
	fte->body = body;
	syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx, SACC_HCA_OBJ_FTE,
				    &fte->obj);
	if (syndrome)
		sacc_free(fte);
	else
		add_entry(fte);
	return syndrome;
}

static u32 new_entry(struct sacc_hca_cmd *cmd, struct sacc_hca_flow_table *table,
		     u32 index, const struct fte_lists *lists)
{
	const u8 *ctx = sacc_hca_at(set_fte_in, cmd->in, flow_context);
	struct fte_body *body;
	u32 syndrome;

	if (find_entry(table, index))
		return SACC_HCA_SYND_FTE_EXISTS;
	syndrome = check_actions(ctx, lists);
	if (syndrome)
		return syndrome;
	body = new_body(ctx, lists);
	if (!body)
		return SACC_HCA_SYND_NO_MEMORY;
	syndrome = take_references(cmd->hca, cmd->uctx, table, index, body);
	if (!syndrome)
		syndrome = add_fte(cmd, table, index, body);
	if (syndrome)
		free_body(cmd->hca, body);
	return syndrome;
}

/* The entry as it shall be: what the mask selects from @ctx and @lists. */
static struct fte_body *changed_body(const struct fte_body *old, u32 mask,
				     const u8 *ctx, struct fte_lists *lists)
{
	struct fte_body *body;

	if (!(mask & MODIFY_DESTINATIONS)) {
		lists->dests = old->lists.dests;
		lists->n_dests = old->lists.n_dests;
	}
	if (!(mask & MODIFY_COUNTERS)) {
		lists->counters = old->lists.counters;
		lists->n_counters = old->lists.n_counters;
	}
	body = new_body(old->ctx, lists);
	if (!body)
		return NULL;
#define TAKE(f)								\
	sacc_hca_set(flow_context, body->ctx, f,			\
		     sacc_hca_get(flow_context, ctx, f))
	if (mask & MODIFY_FLOW_TAG)
		TAKE(flow_tag);
	if (mask & MODIFY_ACTION) {
		TAKE(action);
		TAKE(packet_reformat_id);
		TAKE(modify_header_id);
		TAKE(push_vlan);
		TAKE(push_vlan_2);
	}
#undef TAKE
	return body;
}

static u32 modify_entry(struct sacc_hca_cmd *cmd,
			struct sacc_hca_flow_table *table, u32 index,
			struct fte_lists *lists)
{
	const u8 *ctx = sacc_hca_at(set_fte_in, cmd->in, flow_context);
	u32 mask = sacc_hca_get(set_fte_in, cmd->in, modify_enable_mask);
	struct sacc_hca_fte *fte = find_entry(table, index);
	struct fte_body *body;
	u32 syndrome;

	if (!fte)
		return SACC_HCA_SYND_FTE_UNKNOWN;
	if (mask & ~MODIFY_ALL)
		return SACC_HCA_SYND_FTE_MODIFY_MASK;
	body = changed_body(fte->body, mask, ctx, lists);
	if (!body)
		return SACC_HCA_SYND_NO_MEMORY;
	syndrome = check_actions(body->ctx, lists);
	if (!syndrome)
		syndrome = take_references(cmd->hca, fte->obj.owner, table,
					   index, body);
	if (syndrome) {
		free_body(cmd->hca, body);
		return syndrome;
	}
	free_body(cmd->hca, fte->body);
	fte->body = body;
	return 0;
}

u32 sacc_hca_cmd_set_fte(struct sacc_hca_cmd *cmd)
{
	u32 index = sacc_hca_get(flow_in, cmd->in, flow_index);
	struct sacc_hca_flow_table *table;
	struct fte_lists lists;
	u32 syndrome;

	if (cmd->op_mod > OP_MOD_MODIFY)
		return SACC_HCA_SYND_FTE_OP_MOD;
	syndrome = sacc_hca_flow_find_table(cmd, &table);
	if (!syndrome)
		syndrome = find_lists(cmd, &lists);
	if (syndrome)
		return syndrome;
	return cmd->op_mod == OP_MOD_NEW ?
	       new_entry(cmd, table, index, &lists) :
	       modify_entry(cmd, table, index, &lists);
}

/* What is in a table is of its owner. */
static u32 find_fte(struct sacc_hca_cmd *cmd, struct sacc_hca_fte **fte)
{
	struct sacc_hca_flow_table *table;
	u32 syndrome = sacc_hca_flow_find_table(cmd, &table);

	if (syndrome)
		return syndrome;
	*fte = find_entry(table, sacc_hca_get(flow_in, cmd->in, flow_index));
	return *fte ? 0 : SACC_HCA_SYND_FTE_UNKNOWN;
}

u32 sacc_hca_cmd_query_fte(struct sacc_hca_cmd *cmd)
{
	u8 *ctx = sacc_hca_at_rw(query_fte_out, cmd->out, flow_context);
	const struct fte_body *body;
	struct sacc_hca_fte *fte;
	u32 syndrome = find_fte(cmd, &fte);
	size_t len;

	if (syndrome)
		return syndrome;
	body = fte->body;
	len = ((size_t)body->lists.n_dests + body->lists.n_counters) *
	      ENTRY_BYTES;
	if (cmd->out_len - SACC_HCA_BYTES(query_fte_out) < len)
		return SACC_HCA_SYND_OUT_SHORT;
	memcpy(ctx, body->ctx, sizeof(body->ctx));
	/* The counters lie behind the destinations here as there. */
	memcpy(ctx + CTX_BYTES, body->lists.dests, len);
	return 0;
}

u32 sacc_hca_cmd_delete_fte(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_fte *fte;
	u32 syndrome = find_fte(cmd, &fte);

	return syndrome ? syndrome : sacc_hca_obj_destroy(cmd->hca, &fte->obj);
}

void sacc_hca_fte_release(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	struct sacc_hca_fte *fte = (struct sacc_hca_fte *)obj;

	remove_entry(fte);
	free_body(hca, fte->body);
}
