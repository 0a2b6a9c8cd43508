/* SPDX-License-Identifier: GPL-2.0-only */
/* What the unit tests of steering share: its objects, in one line each. */
#ifndef SOFTACCEL_FLOW_TEST_H
#define SOFTACCEL_FLOW_TEST_H

#include "hca-test.h"

#define NIC_RX		0
#define NIC_TX		1
#define RDMA_RX		7
#define LEVEL		3	/* of tables that a test does not care about */

/* A uid with a table of 64 entries, and a group of the first 32. */
struct parts {
	struct sacc_hca *hca;
	u16 uid;
	u32 table;
	u32 group;
};

#define FT(c, op)	((c)->in + SACC_HCA_OFF(op, flow_table_context) / 8)
#define SET_FT(c, f, v) \
	sacc_hca_set(flow_table_context, FT(c, create_flow_table_in), f, v)

static inline void new_table_command(struct command *c, u16 uid, u32 type,
				     u32 level)
{
	new_command(c, SACC_HCA_OP_CREATE_FLOW_TABLE, uid, 64, 16);
	sacc_hca_set(flow_in, c->in, table_type, type);
	SET_FT(c, level, level);
	SET_FT(c, log_size, 6);
}

static inline u32 created_table(struct sacc_hca *hca, struct command *c)
{
	ASSERT_EQ(run(hca, c), 0);
	ASSERT_NE(sacc_hca_get(create_flow_table_out, c->out, table_id), 0);
	return sacc_hca_get(create_flow_table_out, c->out, table_id);
}

static inline u32 new_table(struct sacc_hca *hca, u16 uid, u32 type, u32 level)
{
	struct command c;

	new_table_command(&c, uid, type, level);
	return created_table(hca, &c);
}

/* A command on a table of the uid. */
static inline void on_table(struct command *c, const struct parts *p,
			    u16 opcode, size_t in_len, size_t out_len)
{
	new_command(c, opcode, p->uid, in_len, out_len);
	sacc_hca_set(flow_in, c->in, table_id, p->table);
}

static inline void new_group_command(struct command *c, const struct parts *p,
				     u32 first, u32 last)
{
	u32 i;

	on_table(c, p, SACC_HCA_OP_CREATE_FLOW_GROUP, 1024, 16);
	sacc_hca_set(create_flow_group_in, c->in, start_flow_index, first);
	sacc_hca_set(create_flow_group_in, c->in, end_flow_index, last);
	sacc_hca_set(create_flow_group_in, c->in, match_criteria_enable, 5);
	for (i = 0; i < 512; i++)
		c->in[64 + i] = (u8)(i * 7);
}

static inline u32 new_group(struct parts *p, u32 first, u32 last)
{
	struct command c;

	new_group_command(&c, p, first, last);
	ASSERT_EQ(run(p->hca, &c), 0);
	ASSERT_NE(sacc_hca_get(create_flow_group_out, c.out, group_id), 0);
	return sacc_hca_get(create_flow_group_out, c.out, group_id);
}

static inline void new_parts_of(struct parts *p, struct sacc_hca *hca, u16 uid)
{
	p->hca = hca;
	p->uid = uid;
	p->table = new_table(hca, uid, NIC_RX, LEVEL);
	p->group = new_group(p, 0, 31);
}

static inline void begin(struct parts *p)
{
	struct sacc_hca *hca = new_hca();

	new_parts_of(p, hca, new_uid(hca));
}

static inline void refused(struct parts *p, struct command *c, u32 syndrome,
			   u32 status)
{
	ASSERT_EQ(run(p->hca, c), syndrome);
	ASSERT_EQ(run_status(c), status);
}

static inline u32 end_table(struct parts *p, u32 table, u32 type)
{
	struct command c;

	on_table(&c, p, SACC_HCA_OP_DESTROY_FLOW_TABLE, 64, 16);
	sacc_hca_set(flow_in, c.in, table_id, table);
	sacc_hca_set(flow_in, c.in, table_type, type);
	return run(p->hca, &c);
}

static inline u32 end_group(struct parts *p, u32 group)
{
	struct command c;

	on_table(&c, p, SACC_HCA_OP_DESTROY_FLOW_GROUP, 64, 16);
	sacc_hca_set(flow_in, c.in, group_id, group);
	return run(p->hca, &c);
}

static inline u32 new_counters(struct parts *p, u32 log)
{
	struct command c;

	new_command(&c, SACC_HCA_OP_ALLOC_FLOW_COUNTER, p->uid, 16, 16);
	sacc_hca_set(alloc_flow_counter_in, c.in, flow_counter_bulk_log_size,
		     log);
	ASSERT_EQ(run(p->hca, &c), 0);
	ASSERT_NE(sacc_hca_get(cmd_out, c.out, long_id), 0);
	return sacc_hca_get(cmd_out, c.out, long_id);
}

static inline u32 on_long(struct sacc_hca *hca, u16 opcode, u16 uid, u32 id)
{
	struct command c;

	new_command(&c, opcode, uid, 16, 16);
	sacc_hca_set(cmd_in, c.in, long_id, id);
	return run(hca, &c);
}

static inline u32 end_counters(struct parts *p, u32 id)
{
	return on_long(p->hca, SACC_HCA_OP_DEALLOC_FLOW_COUNTER, p->uid, id);
}

static inline u32 new_reformat(struct parts *p)
{
	struct command c;

	new_command(&c, SACC_HCA_OP_ALLOC_PACKET_REFORMAT_CONTEXT, p->uid, 36,
		    16);
	ASSERT_EQ(run(p->hca, &c), 0);
	return sacc_hca_get(cmd_out, c.out, long_id);
}

static inline void new_modify_header_command(struct command *c, u16 uid,
					     u32 type, u32 count)
{
	u32 i;

	new_command(c, SACC_HCA_OP_ALLOC_MODIFY_HEADER_CONTEXT, uid,
		    16 + 8 * count, 16);
	sacc_hca_set(alloc_modify_header_context_in, c->in, table_type, type);
	sacc_hca_set(alloc_modify_header_context_in, c->in, num_of_actions,
		     count);
	for (i = 0; i < count; i++) {
		sacc_hca_set(set_action_in, c->in + 16 + 8 * i, action_type,
			     1 + i % 3);
		c->in[16 + 8 * i + 7] = (u8)i;
	}
}

static inline u32 new_modify_header(struct parts *p, u32 type)
{
	struct command c;

	new_modify_header_command(&c, p->uid, type, 2);
	ASSERT_EQ(run(p->hca, &c), 0);
	return sacc_hca_get(cmd_out, c.out, long_id);
}

#endif
