// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steering commands of the HCA fuzzer: flow tables, groups, entries. As to predicates
 * and @facts, see hca-control.c.
 */
#include "hca-control.h"

/* --- Flow tables */

#define FT(c)		((c)->in + 24)
#define TABLE(c, f)	sacc_hca_get(flow_table_context, FT(c), f)

/* The table that the command names, and how @uid sees it. */
static struct shadow *named_table(const struct command *c, u16 uid,
				  enum sight *sight)
{
	u32 id = IN(c, flow_in, table_id);
	struct shadow *table = shadow_find(OBJ(FLOW_TABLE), id);

	*sight = sight_of(uid, OBJ(FLOW_TABLE), id);
	if (*sight == UNSEEN || IN(c, flow_in, other_vport) ||
	    table->facts[0] != IN(c, flow_in, table_type)) {
		*sight = UNSEEN;
		return NULL;
	}
	return table;
}

/* A table of the uid, and its type; sometimes another type. */
static struct shadow *fill_table(struct command *c, u16 uid)
{
	u32 id = pick_id(&fuzz.in, OBJ(FLOW_TABLE), uid);
	struct shadow *table = shadow_find(OBJ(FLOW_TABLE), id);
	u8 odd = take8(&fuzz.in);

	sacc_hca_set(flow_in, c->in, table_id, id);
	sacc_hca_set(flow_in, c->in, table_type, odd >= 0xf0 || !table ?
		     odd % 10 : table->facts[0]);
	return table;
}

static void fill_miss(struct command *c, u16 uid)
{
	u8 action = take8(&fuzz.in);

	sacc_hca_set(flow_table_context, FT(c), table_miss_action,
		     action < 0x80 ? 0 : action < 0xf8 ? 1 : action);
	sacc_hca_set(flow_table_context, FT(c), table_miss_id,
		     pick_id(&fuzz.in, OBJ(FLOW_TABLE), uid));
}

void fill_create_table(struct command *c, u16 uid)
{
	u8 choice = take8(&fuzz.in);

	sacc_hca_set(flow_in, c->in, table_type,
		     choice < 0xc0 ? 0 : choice % 10);
	sacc_hca_set(flow_table_context, FT(c), level, take8(&fuzz.in) % 66);
	sacc_hca_set(flow_table_context, FT(c), log_size, take8(&fuzz.in) % 26);
	sacc_hca_set(flow_table_context, FT(c), reformat_en, choice);
	fill_miss(c, uid);
}

/* Whether the misses of a table of @type and @level may go where @c says. */
static bool miss_is_good(const struct command *c, u16 uid, u32 type, u32 level,
			 struct shadow **miss)
{
	*miss = NULL;
	if (TABLE(c, table_miss_action) != 1)
		return !TABLE(c, table_miss_action);
	*miss = shadow_own(uid, OBJ(FLOW_TABLE), TABLE(c, table_miss_id));
	return *miss && (*miss)->facts[0] == type && (*miss)->facts[1] > level;
}

static void keep_table(struct shadow *obj, const struct command *c, bool all)
{
	u8 ctx[40] = { 0 };

	if (obj->kept)
		memcpy(ctx, obj->kept, sizeof(ctx));
#define COPY(f)	sacc_hca_set(flow_table_context, ctx, f, TABLE(c, f))
	if (all) {
		COPY(reformat_en); COPY(decap_en); COPY(level); COPY(log_size);
	}
	COPY(table_miss_action); COPY(table_miss_id);
#undef COPY
	shadow_keep(obj, ctx, sizeof(ctx));
}

void judge_create_table(const struct command *c, const struct row *row, u16 uid,
			u32 syndrome)
{
	u32 type = IN(c, flow_in, table_type), level = TABLE(c, level);
	struct shadow *miss, *obj;
	bool good = miss_is_good(c, uid, type, level, &miss) &&
		    flow_type_is_good(type) && level < 64 &&
		    TABLE(c, log_size) <= 24 && !TABLE(c, sw_owner) &&
		    !TABLE(c, termination_table) && !IN(c, flow_in, other_vport);

	if (!judge_create(row, syndrome, good))
		return;
	obj = shadow_add(row->named, sacc_hca_get(cmd_out, c->out, obj_id), uid);
	obj->facts[0] = type;
	obj->facts[1] = level;
	obj->facts[2] = TABLE(c, log_size);
	if (miss)
		shadow_use(obj, miss);
	keep_table(obj, c, true);
}

void fill_modify_table(struct command *c, u16 uid)
{
	u8 select = take8(&fuzz.in);

	fill_table(c, uid);
	fill_miss(c, uid);
	sacc_hca_set(modify_flow_table_in, c->in, modify_field_select,
		     select < 0xf0 ? 1 : select);
}

void judge_modify_table(const struct command *c, const struct row *row, u16 uid,
			u32 syndrome)
{
	u32 select = IN(c, modify_flow_table_in, modify_field_select);
	struct shadow *table, *miss = NULL;
	enum sight sight;
	bool good;

	(void)row;
	table = named_table(c, uid, &sight);
	good = table && select <= 1 &&
	       (!select || miss_is_good(c, table->uid, table->facts[0],
					table->facts[1], &miss));
	if (sight != UNCERTAIN)
		ASSERT_EQ(!syndrome, good);
	if (syndrome || !select)
		return;
	shadow_drop_uses(table);
	if (miss)
		shadow_use(table, miss);
	keep_table(table, c, false);
}

void fill_on_table(struct command *c, u16 uid)
{
	fill_table(c, uid);
}

void judge_query_table(const struct command *c, const struct row *row, u16 uid,
		       u32 syndrome)
{
	enum sight sight;

	if (named_table(c, uid, &sight))
		judge_kept(c, row, uid, syndrome, IN(c, flow_in, table_id), 24);
	else
		ASSERT_NE(syndrome, 0);
}

void judge_destroy_table(const struct command *c, const struct row *row,
			 u16 uid, u32 syndrome)
{
	enum sight sight;

	judge_end(row, uid, syndrome, IN(c, flow_in, table_id),
		  named_table(c, uid, &sight));
}

/* --- Flow groups */

/* NULL if the table has gone in a teardown of which the record knows no details. */
static struct shadow *table_of(const struct shadow *group)
{
	return group && group->n_uses ? group->uses[0] : NULL;
}

void fill_create_group(struct command *c, u16 uid)
{
	u32 first = take8(&fuzz.in) % 16;

	fill_table(c, uid);
	sacc_hca_set(create_flow_group_in, c->in, start_flow_index, first);
	sacc_hca_set(create_flow_group_in, c->in, end_flow_index,
		     first + take8(&fuzz.in) % 8 - (take8(&fuzz.in) >= 0xf0));
	sacc_hca_set(create_flow_group_in, c->in, match_criteria_enable,
		     take8(&fuzz.in) % 129);
	c->in[64 + 100] = take8(&fuzz.in);
}

static bool group_is_good(const struct command *c, const struct shadow *table)
{
	u64 first = IN(c, create_flow_group_in, start_flow_index);
	u64 last = IN(c, create_flow_group_in, end_flow_index);
	unsigned int i;

	if (IN(c, create_flow_group_in, group_type) || first > last ||
	    IN(c, create_flow_group_in, match_criteria_enable) > 0x7f ||
	    last >= 1u << table->facts[2])
		return false;
	for (i = 0; i < n_shadows; i++)
		if (shadows[i]->type == OBJ(FLOW_GROUP) &&
		    table_of(shadows[i]) == table &&
		    first <= shadows[i]->facts[1] &&
		    shadows[i]->facts[0] <= last)
			return false;
	return true;
}

void judge_create_group(const struct command *c, const struct row *row, u16 uid,
			u32 syndrome)
{
	struct shadow *table, *obj;
	enum sight sight;

	table = named_table(c, uid, &sight);
	if (!judge_create(row, syndrome, table && table->uid == uid &&
			  group_is_good(c, table)))
		return;
	obj = shadow_add(row->named, sacc_hca_get(cmd_out, c->out, obj_id), uid);
	obj->facts[0] = IN(c, create_flow_group_in, start_flow_index);
	obj->facts[1] = IN(c, create_flow_group_in, end_flow_index);
	shadow_use(obj, table);
	/* match_criteria_enable and what follows */
	shadow_keep(obj, c->in + 63, 513);
}

void fill_on_group(struct command *c, u16 uid)
{
	u32 id = pick_id(&fuzz.in, OBJ(FLOW_GROUP), uid);
	struct shadow *group = shadow_find(OBJ(FLOW_GROUP), id);

	if (take8(&fuzz.in) >= 0xf0 || !table_of(group)) {
		fill_table(c, uid);
	} else {
		sacc_hca_set(flow_in, c->in, table_id, table_of(group)->id);
		sacc_hca_set(flow_in, c->in, table_type,
			     table_of(group)->facts[0]);
	}
	sacc_hca_set(flow_in, c->in, group_id, id);
}

static bool names_group(const struct command *c, u16 uid)
{
	struct shadow *group = shadow_find(OBJ(FLOW_GROUP),
					   IN(c, flow_in, group_id));
	enum sight sight;
	struct shadow *table = named_table(c, uid, &sight);

	return table && table_of(group) == table;
}

void judge_query_group(const struct command *c, const struct row *row, u16 uid,
		       u32 syndrome)
{
	if (names_group(c, uid))
		judge_kept(c, row, uid, syndrome, IN(c, flow_in, group_id), 63);
	else if (!any_dying())
		ASSERT_NE(syndrome, 0);
}

void judge_destroy_group(const struct command *c, const struct row *row,
			 u16 uid, u32 syndrome)
{
	bool well = names_group(c, uid);

	if (well || !any_dying())
		judge_end(row, uid, syndrome, IN(c, flow_in, group_id), well);
	else if (!syndrome)
		shadow_remove(shadow_find(row->named, IN(c, flow_in, group_id)));
}

/* --- Entries */

#define FC_BYTES	768u
#define FC(c)		((c)->in + 64)
#define FLOW(ctx, f)	sacc_hca_get(flow_context, ctx, f)

static struct shadow *table_of_entry(const struct shadow *fte)
{
	if (!fte || !fte->n_uses || fte->uses[0]->type != OBJ(FLOW_GROUP))
		return NULL;
	return table_of(fte->uses[0]);
}

static struct shadow *find_entry(const struct shadow *table, u32 index)
{
	unsigned int i;

	for (i = n_shadows; i--;)
		if (shadows[i]->type == OBJ(FTE) &&
		    table_of_entry(shadows[i]) == table &&
		    shadows[i]->facts[0] == index)
			return shadows[i];
	return NULL;
}

static void add_to_list(struct command *c, u32 high, u32 low)
{
	sacc_hca_store32(c->in, (u32)c->in_len, high << 24 | low);
	c->in_len += 8;
}

void fill_set_fte(struct command *c, u16 uid)
{
	struct input *in = &fuzz.in;
	u32 id = pick_id(in, OBJ(FLOW_GROUP), uid);
	struct shadow *group = shadow_find(OBJ(FLOW_GROUP), id);
	u8 action = take8(in), n, i, odd = take8(in);

	fill_on_group(c, uid);
	if (table_of(group)) {
		sacc_hca_set(flow_in, c->in, table_id, table_of(group)->id);
		sacc_hca_set(flow_in, c->in, table_type,
			     table_of(group)->facts[0]);
		sacc_hca_set(flow_in, c->in, flow_index,
			     group->facts[0] + take8(in) % 4);
	}
	sacc_hca_set(flow_in, c->in, group_id, 0);
	sacc_hca_set(set_fte_in, c->in, modify_enable_mask, take8(in) % 17);
	sacc_hca_set(cmd_in, c->in, op_mod, odd >= 0xf8 ? odd : odd & 1);
	sacc_hca_set(flow_context, FC(c), group_id, id);
	sacc_hca_set(flow_context, FC(c), flow_tag, take8(in));
	n = take8(in) % 3;
	for (i = 0; i < n; i++) {
		u8 kind = take8(in);

		add_to_list(c, kind < 0xf0 ? 1 + (kind & 1) : kind % 8,
			    pick_id(in, kind & 1 ? OBJ(TIR) : OBJ(FLOW_TABLE),
				    uid));
	}
	sacc_hca_set(flow_context, FC(c), destination_list_size, n);
	if (n)
		action = (action & ~3u) | 4;
	else
		action = (action & ~6u) | 1;
	n = take8(in) % 3;
	for (i = 0; i < n; i++) {
		u32 counter = pick_id(in, OBJ(FLOW_COUNTER), uid);

		counter += take8(in) & 1;
		add_to_list(c, counter >> 24, counter & 0xffffff);
	}
	sacc_hca_set(flow_context, FC(c), flow_counter_list_size, n);
	action = (u8)((action & ~8u) | (n ? 8 : 0));
	sacc_hca_set(flow_context, FC(c), action, action ^ (odd == 0xf0));
	sacc_hca_set(flow_context, FC(c), packet_reformat_id,
		     pick_id(in, OBJ(REFORMAT), uid));
	sacc_hca_set(flow_context, FC(c), modify_header_id,
		     pick_id(in, OBJ(MODIFY_HEADER), uid));
}

static struct shadow *find_counters(u16 uid, u32 id)
{
	struct shadow *counters = shadow_own(uid, OBJ(FLOW_COUNTER),
					     id & ~0x7fffu);

	return counters && (id & 0x7fff) < counters->facts[0] ? counters : NULL;
}

/* A table of the same type and a higher level, or where packets arrive a TIR. */
static struct shadow *find_destination(u16 uid, const struct shadow *table,
				       u32 word)
{
	struct shadow *next;

	if (word >> 24 == 2 && (table->facts[0] == 0 || table->facts[0] == 7))
		return shadow_own(uid, OBJ(TIR), word & 0xffffff);
	if (word >> 24 != 1)
		return NULL;
	next = shadow_own(uid, OBJ(FLOW_TABLE), word & 0xffffff);
	return next && next->facts[0] == table->facts[0] &&
	       next->facts[1] > table->facts[1] ? next : NULL;
}

/* What an entry of @uid would use, in order; false when it cannot be. */
static bool entry_is_good(u16 uid, const struct shadow *table, u32 index,
			  const u8 *ctx, struct shadow *uses[], unsigned int *n)
{
	u32 action = FLOW(ctx, action), verdict = action & 7, i;
	u32 dests = FLOW(ctx, destination_list_size);
	u32 counters = FLOW(ctx, flow_counter_list_size);
	struct shadow *group = shadow_own(uid, OBJ(FLOW_GROUP),
					  FLOW(ctx, group_id));
	const u8 *list = ctx + FC_BYTES;
	struct shadow *used;

	if ((verdict != 1 && verdict != 2 && verdict != 4) ||
	    action & ~0xdffu || !(action & 4) != !dests ||
	    !(action & 8) != !counters || dests > 256 || counters > 16 ||
	    table_of(group) != table || index < group->facts[0] ||
	    index > group->facts[1])
		return false;
	uses[(*n)++] = group;
	for (i = 0; i < dests + counters; i++, list += 8) {
		u32 word = sacc_hca_load32(list, 0);

		used = i < dests ? find_destination(uid, table, word) :
				   find_counters(uid, word);
		if (!used)
			return false;
		uses[(*n)++] = used;
	}
	if (action & 0x10) {
		used = shadow_own(uid, OBJ(REFORMAT),
				  FLOW(ctx, packet_reformat_id));
		if (!used)
			return false;
		uses[(*n)++] = used;
	}
	if (action & 0x40) {
		used = shadow_own(uid, OBJ(MODIFY_HEADER),
				  FLOW(ctx, modify_header_id));
		if (!used || used->facts[0] != table->facts[0])
			return false;
		uses[(*n)++] = used;
	}
	return true;
}

#define COPY(to, from, f)	sacc_hca_set(flow_context, to, f, FLOW(from, f))

/* The named fields of a context, and the lists that are @lists bytes. */
static void copy_context(u8 *to, const u8 *from, size_t lists)
{
	memset(to, 0, FC_BYTES);
	COPY(to, from, push_vlan); COPY(to, from, group_id);
	COPY(to, from, flow_tag); COPY(to, from, action);
	COPY(to, from, flow_source); COPY(to, from, destination_list_size);
	COPY(to, from, flow_counter_list_size);
	COPY(to, from, packet_reformat_id); COPY(to, from, modify_header_id);
	COPY(to, from, push_vlan_2);
	memcpy(to + 64, from + 64, 512);
	memcpy(to + FC_BYTES, from + FC_BYTES, lists);
}

static size_t list_bytes(const u8 *ctx)
{
	return 8 * ((size_t)FLOW(ctx, destination_list_size) +
		    FLOW(ctx, flow_counter_list_size));
}

/* @old with what the mask selects of @new. */
static void change_context(u8 *to, const u8 *old, const u8 *new, u32 mask)
{
	const u8 *dests = mask & 4 ? new : old, *counters = mask & 8 ? new : old;
	size_t n_dests = 8 * (size_t)FLOW(dests, destination_list_size);
	size_t n_counters = 8 * (size_t)FLOW(counters, flow_counter_list_size);

	copy_context(to, old, 0);
	if (mask & 1) {
		COPY(to, new, action); COPY(to, new, packet_reformat_id);
		COPY(to, new, modify_header_id); COPY(to, new, push_vlan);
		COPY(to, new, push_vlan_2);
	}
	if (mask & 2)
		COPY(to, new, flow_tag);
	COPY(to, dests, destination_list_size);
	COPY(to, counters, flow_counter_list_size);
	memcpy(to + FC_BYTES, dests + FC_BYTES, n_dests);
	memcpy(to + FC_BYTES + n_dests, counters + FC_BYTES +
	       8 * (size_t)FLOW(counters, destination_list_size), n_counters);
}

void judge_set_fte(const struct command *c, const struct row *row, u16 uid,
		   u32 syndrome)
{
	static u8 ctx[FC_BYTES + 2 * sizeof(c->in)];
	struct shadow *uses[2 * sizeof(c->in) / 8 + 8], *table, *old = NULL;
	u32 index = IN(c, flow_in, flow_index), op_mod;
	u32 mask = IN(c, set_fte_in, modify_enable_mask);
	unsigned int n = 0, i;
	enum sight sight;
	bool good;

	op_mod = IN(c, cmd_in, op_mod);
	table = named_table(c, uid, &sight);
	good = table && op_mod <= 1 && !FLOW(FC(c), extended_destination) &&
	       !IN(c, set_fte_in, ignore_flow_level) &&
	       list_bytes(FC(c)) <= c->in_len - 832;
	if (good)
		old = find_entry(table, index);
	if (good && op_mod)
		good = old && mask <= 0xf;
	else if (good)
		good = !old;
	if (good && op_mod)
		change_context(ctx, old->kept, FC(c), mask);
	else if (good)
		copy_context(ctx, FC(c), list_bytes(FC(c)));
	good = good && entry_is_good(op_mod ? old->uid : uid, table, index, ctx,
				     uses, &n);
	if (sight == UNCERTAIN) {
		/* What uid 0 changed in a teardown will be gone soon. */
		if (!syndrome && good && op_mod)
			shadow_keep(old, ctx, FC_BYTES + list_bytes(ctx));
		return;
	}
	if (!judge_create(row, syndrome, good))
		return;
	if (!op_mod) {
		old = shadow_add(row->named,
				 fuzz.hca->tables[OBJ(FTE)].last_id, uid);
		old->facts[0] = index;
	}
	shadow_drop_uses(old);
	for (i = 0; i < n; i++)
		shadow_use(old, uses[i]);
	shadow_keep(old, ctx, FC_BYTES + list_bytes(ctx));
}

void fill_on_fte(struct command *c, u16 uid)
{
	u32 id = pick_id(&fuzz.in, OBJ(FTE), uid);
	struct shadow *fte = shadow_find(OBJ(FTE), id), *table;

	c->out_len = c->out_len > 16 ? 1024 : 16;
	if (!table_of_entry(fte) || take8(&fuzz.in) >= 0xf0) {
		fill_table(c, uid);
		sacc_hca_set(flow_in, c->in, flow_index, take8(&fuzz.in) % 32);
		return;
	}
	table = table_of_entry(fte);
	sacc_hca_set(flow_in, c->in, table_id, table->id);
	sacc_hca_set(flow_in, c->in, table_type, table->facts[0]);
	sacc_hca_set(flow_in, c->in, flow_index, fte->facts[0]);
}

static struct shadow *named_entry(const struct command *c, u16 uid)
{
	enum sight sight;
	struct shadow *table = named_table(c, uid, &sight);

	return table ? find_entry(table, IN(c, flow_in, flow_index)) : NULL;
}

void judge_query_fte(const struct command *c, const struct row *row, u16 uid,
		     u32 syndrome)
{
	struct shadow *fte = named_entry(c, uid);

	if (fte)
		judge_kept(c, row, uid, syndrome, fte->id, 64);
	else if (!any_dying())
		ASSERT_NE(syndrome, 0);
}

void judge_delete_fte(const struct command *c, const struct row *row, u16 uid,
		      u32 syndrome)
{
	struct shadow *fte = named_entry(c, uid);

	if (fte)
		judge_end(row, uid, syndrome, fte->id, true);
	else if (!any_dying())
		ASSERT_NE(syndrome, 0);
}
