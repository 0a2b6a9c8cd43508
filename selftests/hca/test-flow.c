// SPDX-License-Identifier: GPL-2.0-only
/* Steering: tables, groups, and what entries refer to. */
#include "flow-test.h"

/* --- Tables */

TEST(a_table_answers_what_it_was_created_with)
{
	struct command c, q;
	struct parts p;
	u32 table;

	begin(&p);
	new_table_command(&c, p.uid, NIC_TX, 5);
	SET_FT(&c, reformat_en, 1);
	SET_FT(&c, decap_en, 1);
	SET_FT(&c, table_miss_action, 1);
	SET_FT(&c, table_miss_id, new_table(p.hca, p.uid, NIC_TX, 6));
	table = created_table(p.hca, &c);
	on_table(&q, &p, SACC_HCA_OP_QUERY_FLOW_TABLE, 64, 64);
	sacc_hca_set(flow_in, q.in, table_id, table);
	sacc_hca_set(flow_in, q.in, table_type, NIC_TX);
	ASSERT_EQ(run(p.hca, &q), 0);
	ASSERT(!memcmp(q.out + 24, FT(&c, create_flow_table_in), 40));
	/* A table is found under its type only. */
	sacc_hca_set(flow_in, q.in, table_type, NIC_RX);
	refused(&p, &q, SACC_HCA_SYND_FLOW_TABLE, SACC_HCA_BAD_RESOURCE);
	ASSERT_EQ(end_table(&p, table, NIC_RX), SACC_HCA_SYND_FLOW_TABLE);
	ASSERT_EQ(end_table(&p, table, NIC_TX), 0);
	ASSERT_EQ(end_table(&p, table, NIC_TX), SACC_HCA_SYND_FLOW_TABLE);
	end_hca(p.hca);
}

TEST(table_types_sizes_and_levels_are_checked)
{
	struct command c;
	struct parts p;
	u32 type, n;

	begin(&p);
	for (type = 0; type < 256; type++) {
		new_table_command(&c, p.uid, type, LEVEL);
		if (type < 2 || type == 7 || type == 8)
			created_table(p.hca, &c);
		else
			refused(&p, &c, SACC_HCA_SYND_FLOW_TABLE_TYPE,
				SACC_HCA_BAD_PARAM);
	}
	for (n = 0; n < 256; n++) {
		new_table_command(&c, p.uid, NIC_RX, LEVEL);
		SET_FT(&c, log_size, n);
		if (n <= 24)
			created_table(p.hca, &c);
		else
			refused(&p, &c, SACC_HCA_SYND_FLOW_TABLE_SIZE,
				SACC_HCA_EXCEED_LIM);
		new_table_command(&c, p.uid, NIC_RX, n);
		if (n < 64)
			created_table(p.hca, &c);
		else
			refused(&p, &c, SACC_HCA_SYND_FLOW_TABLE_LEVEL,
				SACC_HCA_EXCEED_LIM);
	}
	new_table_command(&c, p.uid, NIC_RX, LEVEL);
	sacc_hca_set(flow_in, c.in, other_vport, 1);
	refused(&p, &c, SACC_HCA_SYND_FLOW_VPORT, SACC_HCA_BAD_PARAM);
	new_table_command(&c, p.uid, NIC_RX, LEVEL);
	SET_FT(&c, sw_owner, 1);
	refused(&p, &c, SACC_HCA_SYND_FLOW_TABLE_OWNER, SACC_HCA_BAD_PARAM);
	new_table_command(&c, p.uid, NIC_RX, LEVEL);
	SET_FT(&c, termination_table, 1);
	refused(&p, &c, SACC_HCA_SYND_FLOW_TABLE_OWNER, SACC_HCA_BAD_PARAM);
	p.hca->tables[SACC_HCA_OBJ_FLOW_TABLE].max = 1;
	new_table_command(&c, p.uid, NIC_RX, LEVEL);
	refused(&p, &c, SACC_HCA_SYND_OBJECT_LIMIT, SACC_HCA_EXCEED_LIM);
	end_hca(p.hca);
}

static void modify_table(struct command *c, const struct parts *p)
{
	on_table(c, p, SACC_HCA_OP_MODIFY_FLOW_TABLE, 64, 16);
	sacc_hca_set(modify_flow_table_in, c->in, modify_field_select, 1);
}

/* What cannot take the misses, for CREATE and for MODIFY. */
static void refuse_misses(struct parts *p, struct command *c, u8 *ctx)
{
	struct parts other;
	u32 action;

	new_parts_of(&other, p->hca, new_uid(p->hca));
	for (action = 2; action < 16; action++) {
		sacc_hca_set(flow_table_context, ctx, table_miss_action, action);
		refused(p, c, SACC_HCA_SYND_FLOW_MISS_ACTION, SACC_HCA_BAD_PARAM);
	}
	sacc_hca_set(flow_table_context, ctx, table_miss_action, 1);
#define MISS(id)	sacc_hca_set(flow_table_context, ctx, table_miss_id, id)
	MISS(0);
	refused(p, c, SACC_HCA_SYND_FLOW_MISS_TABLE, SACC_HCA_BAD_RESOURCE);
	MISS(new_table(p->hca, other.uid, NIC_RX, LEVEL + 1));
	refused(p, c, SACC_HCA_SYND_FLOW_MISS_TABLE, SACC_HCA_BAD_RESOURCE);
	MISS(new_table(p->hca, p->uid, RDMA_RX, LEVEL + 1));
	refused(p, c, SACC_HCA_SYND_FLOW_MISS_TABLE, SACC_HCA_BAD_RESOURCE);
	MISS(new_table(p->hca, p->uid, NIC_RX, LEVEL));
	refused(p, c, SACC_HCA_SYND_FLOW_MISS_LEVEL, SACC_HCA_BAD_PARAM);
	MISS(p->table);
	refused(p, c, SACC_HCA_SYND_FLOW_MISS_LEVEL, SACC_HCA_BAD_PARAM);
#undef MISS
	sacc_hca_uid_free(p->hca, other.uid);
}

TEST(misses_go_to_a_higher_level_of_the_same_type_and_uid)
{
	struct command c;
	struct parts p;

	begin(&p);
	new_table_command(&c, p.uid, NIC_RX, LEVEL);
	refuse_misses(&p, &c, FT(&c, create_flow_table_in));
	modify_table(&c, &p);
	refuse_misses(&p, &c, FT(&c, modify_flow_table_in));
	/* No refusal left a reference: everything can go. */
	ASSERT_EQ(end_group(&p, p.group), 0);
	ASSERT_EQ(end_table(&p, p.table, NIC_RX), 0);
	end_hca(p.hca);
}

TEST(modify_moves_the_reference_on_the_table_of_the_misses)
{
	struct command c, q;
	struct parts p;
	u32 first, second;

	begin(&p);
	first = new_table(p.hca, p.uid, NIC_RX, LEVEL + 1);
	second = new_table(p.hca, p.uid, NIC_RX, LEVEL + 2);
	modify_table(&c, &p);
	sacc_hca_set(flow_table_context, FT(&c, modify_flow_table_in),
		     table_miss_action, 1);
	sacc_hca_set(flow_table_context, FT(&c, modify_flow_table_in),
		     table_miss_id, first);
	/* Level and size are not for modifying; the kernel may do it, too. */
	sacc_hca_set(cmd_in, c.in, uid, 0);
	sacc_hca_set(flow_table_context, FT(&c, modify_flow_table_in), level, 9);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(end_table(&p, first, NIC_RX), SACC_HCA_SYND_OBJECT_BUSY);
	sacc_hca_set(flow_table_context, FT(&c, modify_flow_table_in),
		     table_miss_id, second);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(end_table(&p, first, NIC_RX), 0);
	ASSERT_EQ(end_table(&p, second, NIC_RX), SACC_HCA_SYND_OBJECT_BUSY);
	on_table(&q, &p, SACC_HCA_OP_QUERY_FLOW_TABLE, 64, 64);
	ASSERT_EQ(run(p.hca, &q), 0);
	ASSERT_EQ(sacc_hca_get(flow_table_context, q.out + 24, table_miss_id),
		  second);
	ASSERT_EQ(sacc_hca_get(flow_table_context, q.out + 24, level), LEVEL);
	modify_table(&c, &p);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(end_table(&p, second, NIC_RX), 0);
	sacc_hca_set(modify_flow_table_in, c.in, modify_field_select, 0x8000);
	refused(&p, &c, SACC_HCA_SYND_FLOW_MODIFY_FIELD, SACC_HCA_BAD_PARAM);
	sacc_hca_set(modify_flow_table_in, c.in, modify_field_select, 0);
	ASSERT_EQ(run(p.hca, &c), 0);
	end_hca(p.hca);
}

/* --- Groups */

TEST(a_group_answers_what_it_was_created_with)
{
	struct command c, q;
	struct parts p;
	u32 group;

	begin(&p);
	new_group_command(&c, &p, 40, 63);
	ASSERT_EQ(run(p.hca, &c), 0);
	group = sacc_hca_get(create_flow_group_out, c.out, group_id);
	on_table(&q, &p, SACC_HCA_OP_QUERY_FLOW_GROUP, 64, 1024);
	sacc_hca_set(flow_in, q.in, group_id, group);
	ASSERT_EQ(run(p.hca, &q), 0);
	ASSERT_EQ(sacc_hca_get(query_flow_group_out, q.out, start_flow_index),
		  40);
	ASSERT_EQ(sacc_hca_get(query_flow_group_out, q.out, end_flow_index), 63);
	ASSERT_EQ(sacc_hca_get(query_flow_group_out, q.out,
			       match_criteria_enable), 5);
	ASSERT(!memcmp(q.out + 64, c.in + 64, 512));
	/* In its table only. */
	sacc_hca_set(flow_in, q.in, table_id,
		     new_table(p.hca, p.uid, NIC_RX, LEVEL));
	refused(&p, &q, SACC_HCA_SYND_OBJECT_UNKNOWN, SACC_HCA_BAD_RESOURCE);
	ASSERT_EQ(end_table(&p, p.table, NIC_RX), SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(end_group(&p, group), 0);
	ASSERT_EQ(end_group(&p, group), SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(end_group(&p, p.group), 0);
	ASSERT_EQ(end_table(&p, p.table, NIC_RX), 0);
	end_hca(p.hca);
}

TEST(groups_of_a_table_do_not_overlap_nor_leave_it)
{
	static const u32 overlaps[][2] = {
		{ 0, 0 }, { 31, 31 }, { 5, 6 }, { 31, 63 }, { 0, 63 },
	};
	static const u32 bad[][2] = {
		{ 40, 39 }, { 40, 64 }, { 64, 64 }, { 40, ~0u }, { ~0u, ~0u },
	};
	struct command c;
	struct parts p;
	size_t i;

	begin(&p);
	for (i = 0; i < ARRAY_SIZE(overlaps); i++) {
		new_group_command(&c, &p, overlaps[i][0], overlaps[i][1]);
		refused(&p, &c, SACC_HCA_SYND_FLOW_GROUP_OVERLAP,
			SACC_HCA_BAD_INDEX);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		new_group_command(&c, &p, bad[i][0], bad[i][1]);
		refused(&p, &c, SACC_HCA_SYND_FLOW_GROUP_RANGE,
			SACC_HCA_BAD_INDEX);
	}
	new_group(&p, 32, 63);
	ASSERT_EQ(end_group(&p, p.group), 0);
	new_group(&p, 0, 31);
	end_hca(p.hca);
}

TEST(what_a_group_cannot_be_is_refused)
{
	struct parts p, other;
	struct command c;

	begin(&p);
	new_parts_of(&other, p.hca, new_uid(p.hca));
	new_group_command(&c, &p, 40, 50);
	sacc_hca_set(create_flow_group_in, c.in, match_criteria_enable, 0x80);
	refused(&p, &c, SACC_HCA_SYND_FLOW_GROUP_CRITERIA, SACC_HCA_BAD_PARAM);
	new_group_command(&c, &p, 40, 50);
	sacc_hca_set(create_flow_group_in, c.in, group_type, 1);
	refused(&p, &c, SACC_HCA_SYND_FLOW_GROUP_TYPE, SACC_HCA_BAD_PARAM);
	new_group_command(&c, &p, 40, 50);
	sacc_hca_set(flow_in, c.in, table_id, other.table);
	refused(&p, &c, SACC_HCA_SYND_FLOW_TABLE, SACC_HCA_BAD_RESOURCE);
	/* The kernel sees the table, but must not use it. */
	new_group_command(&c, &p, 40, 50);
	sacc_hca_set(cmd_in, c.in, uid, 0);
	refused(&p, &c, SACC_HCA_SYND_FLOW_TABLE, SACC_HCA_BAD_RESOURCE);
	p.hca->tables[SACC_HCA_OBJ_FLOW_GROUP].max = 2;
	new_group_command(&c, &p, 40, 50);
	refused(&p, &c, SACC_HCA_SYND_OBJECT_LIMIT, SACC_HCA_EXCEED_LIM);
	ASSERT_EQ(end_group(&p, p.group), 0);
	ASSERT_EQ(end_table(&p, p.table, NIC_RX), 0);
	end_hca(p.hca);
}

TEST(tables_that_refer_to_newer_ones_are_torn_down)
{
	u32 i, n = 5000, last;
	struct command c;
	struct parts p;

	begin(&p);
	/* Misses of each go to a newer one: the reverse of the usual order. */
	for (i = 0; i < n; i++) {
		last = new_table(p.hca, p.uid, NIC_RX, LEVEL + 1);
		p.table = new_table(p.hca, p.uid, NIC_RX, LEVEL);
		modify_table(&c, &p);
		p.table = last;
		sacc_hca_set(flow_table_context, FT(&c, modify_flow_table_in),
			     table_miss_action, 1);
		sacc_hca_set(flow_table_context, FT(&c, modify_flow_table_in),
			     table_miss_id, new_table(p.hca, p.uid, NIC_RX,
						      LEVEL + 2));
		ASSERT_EQ(run(p.hca, &c), 0);
	}
	p.hca->visits = 0;
	sacc_hca_uid_free(p.hca, p.uid);
	ASSERT_GE(p.hca->visits, 4 * n);
	ASSERT_LE(p.hca->visits, 2 * (3 * n + 2));
	end_hca(p.hca);
}

/* --- What entries refer to */

TEST(a_reformat_context_answers_what_it_was_given)
{
	struct command c, q;
	struct parts p;
	u32 id, size, type;

	begin(&p);
	for (size = 0; size <= 513; size++) {
		new_command(&c, SACC_HCA_OP_ALLOC_PACKET_REFORMAT_CONTEXT,
			    p.uid, 34 + size < 36 ? 36 : 34 + size, 16);
		sacc_hca_set(packet_reformat_context_in, c.in + 28,
			     reformat_type, 2);
		sacc_hca_set(packet_reformat_context_in, c.in + 28,
			     reformat_data_size, size);
		sacc_hca_set(packet_reformat_context_in, c.in + 28,
			     reformat_param_1, 9);
		memset(c.in + 34, 0x5a, size);
		if (size > 512) {
			refused(&p, &c, SACC_HCA_SYND_REFORMAT_SIZE,
				SACC_HCA_EXCEED_LIM);
			continue;
		}
		ASSERT_EQ(run(p.hca, &c), 0);
		id = sacc_hca_get(cmd_out, c.out, long_id);
		ASSERT_NE(id, 0);
		new_command(&q, SACC_HCA_OP_QUERY_PACKET_REFORMAT_CONTEXT,
			    p.uid, 32, 34 + size < 36 ? 36 : 34 + size);
		sacc_hca_set(cmd_in, q.in, long_id, id);
		ASSERT_EQ(run(p.hca, &q), 0);
		ASSERT(!memcmp(q.out + 28, c.in + 28, 6 + size));
		if (size <= 2)
			continue;
		q.out_len--;
		refused(&p, &q, SACC_HCA_SYND_OUT_SHORT,
			SACC_HCA_BAD_OUTPUT_LEN);
		c.in_len--;
		refused(&p, &c, SACC_HCA_SYND_IN_SHORT, SACC_HCA_BAD_INPUT_LEN);
	}
	for (type = 0; type < 256; type++) {
		new_command(&c, SACC_HCA_OP_ALLOC_PACKET_REFORMAT_CONTEXT,
			    p.uid, 36, 16);
		sacc_hca_set(packet_reformat_context_in, c.in + 28,
			     reformat_type, type);
		if (type <= 4)
			ASSERT_EQ(run(p.hca, &c), 0);
		else
			refused(&p, &c, SACC_HCA_SYND_REFORMAT_TYPE,
				SACC_HCA_BAD_PARAM);
	}
	end_hca(p.hca);
}

TEST(a_modify_header_context_answers_what_it_was_given)
{
	struct command c, q;
	struct parts p;
	u32 count;

	begin(&p);
	for (count = 1; count <= 32; count++) {
		new_modify_header_command(&c, p.uid, NIC_TX, count);
		ASSERT_EQ(run(p.hca, &c), 0);
		new_command(&q, SACC_HCA_OP_QUERY_MODIFY_HEADER_CONTEXT, p.uid,
			    32, 16 + 8 * count);
		sacc_hca_set(cmd_in, q.in, long_id,
			     sacc_hca_get(cmd_out, c.out, long_id));
		ASSERT_EQ(run(p.hca, &q), 0);
		ASSERT(!memcmp(q.out + 12, c.in + 12, 4 + 8 * count));
		q.out_len--;
		refused(&p, &q, SACC_HCA_SYND_OUT_SHORT,
			SACC_HCA_BAD_OUTPUT_LEN);
		c.in_len--;
		refused(&p, &c, SACC_HCA_SYND_IN_SHORT, SACC_HCA_BAD_INPUT_LEN);
	}
	new_modify_header_command(&c, p.uid, NIC_TX, 0);
	refused(&p, &c, SACC_HCA_SYND_MODIFY_HEADER_COUNT, SACC_HCA_EXCEED_LIM);
	new_modify_header_command(&c, p.uid, NIC_TX, 33);
	refused(&p, &c, SACC_HCA_SYND_MODIFY_HEADER_COUNT, SACC_HCA_EXCEED_LIM);
	new_modify_header_command(&c, p.uid, 4, 1);
	refused(&p, &c, SACC_HCA_SYND_FLOW_TABLE_TYPE, SACC_HCA_BAD_PARAM);
	new_modify_header_command(&c, p.uid, NIC_TX, 2);
	sacc_hca_set(set_action_in, c.in + 24, action_type, 4);
	refused(&p, &c, SACC_HCA_SYND_MODIFY_HEADER_ACTION, SACC_HCA_BAD_PARAM);
	sacc_hca_set(set_action_in, c.in + 24, action_type, 0);
	refused(&p, &c, SACC_HCA_SYND_MODIFY_HEADER_ACTION, SACC_HCA_BAD_PARAM);
	end_hca(p.hca);
}

TEST(all_32_bits_of_a_number_count)
{
	struct parts p;
	u32 id, header;
	u16 other;

	begin(&p);
	other = new_uid(p.hca);
	id = new_reformat(&p);
	header = new_modify_header(&p, NIC_RX);
#define END(op, uid, id)	on_long(p.hca, SACC_HCA_OP_##op, uid, id)
	ASSERT_EQ(END(DEALLOC_PACKET_REFORMAT_CONTEXT, p.uid, id | 1u << 24),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(END(DEALLOC_PACKET_REFORMAT_CONTEXT, other, id),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(END(DEALLOC_PACKET_REFORMAT_CONTEXT, p.uid, id), 0);
	ASSERT_EQ(END(DEALLOC_MODIFY_HEADER_CONTEXT, p.uid, header | 1u << 31),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(END(DEALLOC_MODIFY_HEADER_CONTEXT, other, header),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(END(DEALLOC_MODIFY_HEADER_CONTEXT, p.uid, header), 0);
#undef END
	end_hca(p.hca);
}

/* --- Counters */

static void query_counters(struct command *q, u16 uid, u32 id, u32 n)
{
	new_command(q, SACC_HCA_OP_QUERY_FLOW_COUNTER, uid, 32, 16 + 16 * n);
	sacc_hca_set(query_flow_counter_in, q->in, num_of_counters, n);
	sacc_hca_set(query_flow_counter_in, q->in, flow_counter_id, id);
}

TEST(a_bulk_has_consecutive_numbers_and_is_freed_by_the_first)
{
	struct command q;
	struct parts p;
	u32 id, next;

	begin(&p);
	id = new_counters(&p, 3);
	next = new_counters(&p, 0);
	ASSERT(next >= id + 8 || next < id);
	query_counters(&q, p.uid, id, 8);
	ASSERT_EQ(run(p.hca, &q), 0);
	query_counters(&q, p.uid, id + 7, 1);
	ASSERT_EQ(run(p.hca, &q), 0);
	query_counters(&q, p.uid, id + 7, 2);
	refused(&p, &q, SACC_HCA_SYND_COUNTER_RANGE, SACC_HCA_BAD_PARAM);
	query_counters(&q, p.uid, id + 8, 1);
	refused(&p, &q, SACC_HCA_SYND_COUNTER_UNKNOWN, SACC_HCA_BAD_RESOURCE);
	query_counters(&q, p.uid, id, 8);
	q.out_len--;
	refused(&p, &q, SACC_HCA_SYND_OUT_SHORT, SACC_HCA_BAD_OUTPUT_LEN);
	/* 0 means one. */
	query_counters(&q, p.uid, id, 0);
	refused(&p, &q, SACC_HCA_SYND_OUT_SHORT, SACC_HCA_BAD_OUTPUT_LEN);
	q.out_len = 32;
	ASSERT_EQ(run(p.hca, &q), 0);
	/* More than 16 bits of them. */
	query_counters(&q, p.uid, id, 1);
	sacc_hca_set(query_flow_counter_in, q.in, num_of_counters, 0x10001);
	refused(&p, &q, SACC_HCA_SYND_COUNTER_RANGE, SACC_HCA_BAD_PARAM);
	query_counters(&q, p.uid, id, 1);
	sacc_hca_set(query_flow_counter_in, q.in, dump_to_memory, 1);
	refused(&p, &q, SACC_HCA_SYND_COUNTER_DUMP, SACC_HCA_BAD_PARAM);
	query_counters(&q, new_uid(p.hca), id, 1);
	refused(&p, &q, SACC_HCA_SYND_COUNTER_UNKNOWN, SACC_HCA_BAD_RESOURCE);
	ASSERT_EQ(end_counters(&p, id + 1), SACC_HCA_SYND_COUNTER_UNKNOWN);
	ASSERT_EQ(end_counters(&p, 0), SACC_HCA_SYND_COUNTER_UNKNOWN);
	ASSERT_EQ(end_counters(&p, id), 0);
	ASSERT_EQ(end_counters(&p, id), SACC_HCA_SYND_COUNTER_UNKNOWN);
	query_counters(&q, p.uid, next, 1);
	ASSERT_EQ(run(p.hca, &q), 0);
	end_hca(p.hca);
}

TEST(bulks_are_of_the_sizes_that_the_capabilities_state)
{
	struct command c, q;
	struct parts p;
	u32 n, id;

	begin(&p);
	for (n = 0; n < 32; n++) {
		new_command(&c, SACC_HCA_OP_ALLOC_FLOW_COUNTER, p.uid, 16, 16);
		sacc_hca_set(alloc_flow_counter_in, c.in,
			     flow_counter_bulk_log_size, n);
		if (n <= 15)
			ASSERT_EQ(run(p.hca, &c), 0);
		else
			refused(&p, &c, SACC_HCA_SYND_COUNTER_BULK,
				SACC_HCA_BAD_PARAM);
	}
	for (n = 1; n < 256; n++) {
		new_command(&c, SACC_HCA_OP_ALLOC_FLOW_COUNTER, p.uid, 16, 16);
		sacc_hca_set(alloc_flow_counter_in, c.in, flow_counter_bulk, n);
		if (n & (n - 1)) {
			refused(&p, &c, SACC_HCA_SYND_COUNTER_BULK,
				SACC_HCA_BAD_PARAM);
			continue;
		}
		ASSERT_EQ(run(p.hca, &c), 0);
		id = sacc_hca_get(cmd_out, c.out, long_id);
		query_counters(&q, p.uid, id + n * 128 - 1, 1);
		ASSERT_EQ(run(p.hca, &q), 0);
		query_counters(&q, p.uid, id + n * 128, 1);
		refused(&p, &q, SACC_HCA_SYND_COUNTER_UNKNOWN,
			SACC_HCA_BAD_RESOURCE);
	}
	new_command(&c, SACC_HCA_OP_ALLOC_FLOW_COUNTER, p.uid, 16, 16);
	sacc_hca_set(alloc_flow_counter_in, c.in, flow_counter_bulk_log_size, 1);
	sacc_hca_set(alloc_flow_counter_in, c.in, flow_counter_bulk, 1);
	refused(&p, &c, SACC_HCA_SYND_COUNTER_BULK, SACC_HCA_BAD_PARAM);
	end_hca(p.hca);
}

TEST(flow_counters_are_limited_in_all)
{
	struct command c;
	struct parts p;
	u32 i, id = 0;

	begin(&p);
	for (i = 0; i < 512; i++)
		id = new_counters(&p, 15);
	new_command(&c, SACC_HCA_OP_ALLOC_FLOW_COUNTER, p.uid, 16, 16);
	refused(&p, &c, SACC_HCA_SYND_COUNTER_TOTAL, SACC_HCA_EXCEED_LIM);
	ASSERT_EQ(end_counters(&p, id), 0);
	ASSERT_EQ(run(p.hca, &c), 0);
	sacc_hca_uid_free(p.hca, p.uid);
	ASSERT_EQ(p.hca->flow_counters, 0);
	end_hca(p.hca);
}

TEST(steering_capabilities_are_the_limits_that_are_enforced)
{
	struct parts p;
	struct command c;
	const u8 *prop = c.out + 16 + 0x200 / 8;

	begin(&p);
	new_command(&c, SACC_HCA_OP_QUERY_HCA_CAP, p.uid, 16, 4112);
	sacc_hca_set(cmd_in, c.in, op_mod, 7 << 1 | 1);
	ASSERT_EQ(run(p.hca, &c), 0);
#define PROP(f)	sacc_hca_get(flow_table_prop_layout, prop, f)
	ASSERT_EQ(PROP(ft_support), 1);
	/* What reformat_type 3 and 4 ask for. */
	ASSERT_EQ(PROP(reformat_l3_tunnel_to_l2), 1);
	ASSERT_EQ(PROP(reformat_l2_to_l3_tunnel), 1);
	ASSERT_EQ(PROP(log_max_ft_size), 24);
	ASSERT_EQ(PROP(max_ft_level), 64);
	ASSERT_EQ(PROP(max_modify_header_actions), 32);
	ASSERT_EQ(PROP(log_max_flow_counter), 4);
	ASSERT_EQ(PROP(log_max_destination), 8);
	ASSERT_EQ(1u << PROP(log_max_ft_num),
		  p.hca->tables[SACC_HCA_OBJ_FLOW_TABLE].max);
	ASSERT_EQ(1u << PROP(log_max_flow), p.hca->tables[SACC_HCA_OBJ_FTE].max);
	/* The same for the four types, nothing for sniffers. */
	ASSERT(!memcmp(prop, prop + 64, 64));
	ASSERT(!memcmp(prop, prop + 192, 64));
	ASSERT(!memcmp(prop, prop + 256, 64));
	ASSERT_EQ(prop[128], 0);
	ASSERT_EQ(sacc_hca_get(flow_table_nic_cap, c.out + 16,
			       max_encap_header_size), 512);
	end_hca(p.hca);
}

KTAP_MAIN()
