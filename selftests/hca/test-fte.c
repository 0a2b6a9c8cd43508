// SPDX-License-Identifier: GPL-2.0-only
/* Steering: entries of flow tables. */
#include "flow-test.h"
#include "hca-queue.h"

#define DROP		2
#define FORWARD		4
#define COUNT		8
#define REFORMAT	0x10
#define MODIFY_HEADER	0x40

#define FC(c)		((c)->in + 64)
#define SET_FC(c, f, v)	sacc_hca_set(flow_context, FC(c), f, v)

static void new_fte(struct command *c, const struct parts *p, u32 index,
		    u32 action)
{
	u32 i;

	on_table(c, p, SACC_HCA_OP_SET_FLOW_TABLE_ENTRY, 832, 16);
	sacc_hca_set(flow_in, c->in, flow_index, index);
	SET_FC(c, group_id, p->group);
	SET_FC(c, action, action);
	SET_FC(c, flow_tag, 0x123456);
	for (i = 0; i < 512; i++)
		FC(c)[64 + i] = (u8)(i * 3 + 1);
}

static void add_destination(struct command *c, u32 type, u32 id)
{
	u32 n = sacc_hca_get(flow_context, FC(c), destination_list_size);
	u8 *dest = c->in + c->in_len;

	sacc_hca_set(flow_destination, dest, destination_type, type);
	sacc_hca_set(flow_destination, dest, destination_id, id);
	SET_FC(c, destination_list_size, n + 1);
	c->in_len += 8;
}

/* After the destinations. */
static void add_counter(struct command *c, u32 id)
{
	u32 n = sacc_hca_get(flow_context, FC(c), flow_counter_list_size);

	sacc_hca_set(flow_destination, c->in + c->in_len, flow_counter_id, id);
	SET_FC(c, flow_counter_list_size, n + 1);
	c->in_len += 8;
}

static void modify(struct command *c, u32 mask)
{
	sacc_hca_set(cmd_in, c->in, op_mod, 1);
	sacc_hca_set(set_fte_in, c->in, modify_enable_mask, mask);
}

static u32 query_fte(struct parts *p, u16 uid, u32 index, struct command *q)
{
	on_table(q, p, SACC_HCA_OP_QUERY_FLOW_TABLE_ENTRY, 64, 1024);
	sacc_hca_set(cmd_in, q->in, uid, uid);
	sacc_hca_set(flow_in, q->in, flow_index, index);
	return run(p->hca, q);
}

static u32 delete_fte(struct parts *p, u16 uid, u32 index)
{
	struct command c;

	on_table(&c, p, SACC_HCA_OP_DELETE_FLOW_TABLE_ENTRY, 64, 16);
	sacc_hca_set(cmd_in, c.in, uid, uid);
	sacc_hca_set(flow_in, c.in, flow_index, index);
	return run(p->hca, &c);
}

TEST(an_entry_answers_what_it_was_set_to)
{
	struct command c, q;
	struct parts p;
	u32 counters;

	begin(&p);
	counters = new_counters(&p, 3);
	new_fte(&c, &p, 0, FORWARD | COUNT | REFORMAT | MODIFY_HEADER | 0xda0);
	SET_FC(&c, push_vlan, 0x81001234);
	SET_FC(&c, push_vlan_2, 0x81005678);
	SET_FC(&c, flow_source, 2);
	SET_FC(&c, packet_reformat_id, new_reformat(&p));
	SET_FC(&c, modify_header_id, new_modify_header(&p, NIC_RX));
	add_destination(&c, 1, new_table(p.hca, p.uid, NIC_RX, LEVEL + 1));
	add_destination(&c, 1, new_table(p.hca, p.uid, NIC_RX, LEVEL + 9));
	add_counter(&c, counters);
	add_counter(&c, counters + 7);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(query_fte(&p, p.uid, 0, &q), 0);
	ASSERT(!memcmp(q.out + 64, FC(&c), 768 + 32));
	/* All of it or none. */
	q.out_len = 832 + 31;
	refused(&p, &q, SACC_HCA_SYND_OUT_SHORT, SACC_HCA_BAD_OUTPUT_LEN);
	ASSERT_EQ(delete_fte(&p, p.uid, 0), 0);
	ASSERT_EQ(query_fte(&p, p.uid, 0, &q), SACC_HCA_SYND_FTE_UNKNOWN);
	ASSERT_EQ(delete_fte(&p, p.uid, 0), SACC_HCA_SYND_FTE_UNKNOWN);
	end_hca(p.hca);
}

TEST(bits_of_an_entry_without_a_name_read_as_zero)
{
	struct command c, q;
	struct parts p;

	begin(&p);
	new_fte(&c, &p, 0, DROP);
	FC(&c)[8] = 0xff;
	FC(&c)[700] = 0xff;
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(query_fte(&p, p.uid, 0, &q), 0);
	ASSERT_EQ(q.out[64 + 8], 0);
	ASSERT_EQ(q.out[64 + 700], 0);
	end_hca(p.hca);
}

TEST(what_an_entry_uses_stays_until_it_is_deleted)
{
	u32 to, counters, reformat, header;
	struct command c;
	struct parts p;

	begin(&p);
	to = new_table(p.hca, p.uid, NIC_RX, LEVEL + 1);
	counters = new_counters(&p, 2);
	reformat = new_reformat(&p);
	header = new_modify_header(&p, NIC_RX);
	new_fte(&c, &p, 31, FORWARD | COUNT | REFORMAT | MODIFY_HEADER);
	SET_FC(&c, packet_reformat_id, reformat);
	SET_FC(&c, modify_header_id, header);
	add_destination(&c, 1, to);
	add_counter(&c, counters + 1);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(end_table(&p, to, NIC_RX), SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(end_counters(&p, counters), SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(on_long(p.hca, SACC_HCA_OP_DEALLOC_PACKET_REFORMAT_CONTEXT,
			  p.uid, reformat), SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(on_long(p.hca, SACC_HCA_OP_DEALLOC_MODIFY_HEADER_CONTEXT,
			  p.uid, header), SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(end_group(&p, p.group), SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(delete_fte(&p, p.uid, 31), 0);
	ASSERT_EQ(end_table(&p, to, NIC_RX), 0);
	ASSERT_EQ(end_counters(&p, counters), 0);
	ASSERT_EQ(on_long(p.hca, SACC_HCA_OP_DEALLOC_PACKET_REFORMAT_CONTEXT,
			  p.uid, reformat), 0);
	ASSERT_EQ(on_long(p.hca, SACC_HCA_OP_DEALLOC_MODIFY_HEADER_CONTEXT,
			  p.uid, header), 0);
	ASSERT_EQ(end_group(&p, p.group), 0);
	ASSERT_EQ(end_table(&p, p.table, NIC_RX), 0);
	end_hca(p.hca);
}

TEST(an_entry_lies_in_its_group_once)
{
	struct parts p, other;
	struct command c;

	begin(&p);
	new_parts_of(&other, p.hca, new_uid(p.hca));
	new_fte(&c, &p, 32, DROP);
	refused(&p, &c, SACC_HCA_SYND_FTE_INDEX, SACC_HCA_BAD_INDEX);
	new_fte(&c, &p, ~0u, DROP);
	refused(&p, &c, SACC_HCA_SYND_FTE_INDEX, SACC_HCA_BAD_INDEX);
	new_fte(&c, &p, 31, DROP);
	SET_FC(&c, group_id, other.group);
	refused(&p, &c, SACC_HCA_SYND_FTE_GROUP, SACC_HCA_BAD_RESOURCE);
	SET_FC(&c, group_id, 0);
	refused(&p, &c, SACC_HCA_SYND_FTE_GROUP, SACC_HCA_BAD_RESOURCE);
	/* A group of another table. */
	other.uid = p.uid;
	other.table = new_table(p.hca, p.uid, NIC_RX, LEVEL);
	SET_FC(&c, group_id, new_group(&other, 0, 31));
	refused(&p, &c, SACC_HCA_SYND_FTE_GROUP, SACC_HCA_BAD_RESOURCE);
	SET_FC(&c, group_id, p.group);
	ASSERT_EQ(run(p.hca, &c), 0);
	refused(&p, &c, SACC_HCA_SYND_FTE_EXISTS, SACC_HCA_BAD_INDEX);
	sacc_hca_set(cmd_in, c.in, op_mod, 2);
	refused(&p, &c, SACC_HCA_SYND_FTE_OP_MOD, SACC_HCA_BAD_OP);
	ASSERT_EQ(delete_fte(&p, p.uid, 31), 0);
	sacc_hca_set(cmd_in, c.in, op_mod, 0);
	ASSERT_EQ(run(p.hca, &c), 0);
	end_hca(p.hca);
}

TEST(actions_are_one_verdict_and_what_the_device_has)
{
	u32 action, verdict;
	struct command c;
	struct parts p;
	bool good;

	begin(&p);
	for (action = 0; action < 0x10000; action++) {
		/* Without lists and contexts. */
		if (action & (COUNT | FORWARD | REFORMAT | MODIFY_HEADER))
			continue;
		verdict = action & 7;
		good = !(action & ~0xdffu) && (verdict == 1 || verdict == 2);
		new_fte(&c, &p, 0, action);
		if (!good) {
			refused(&p, &c, SACC_HCA_SYND_FTE_ACTION,
				SACC_HCA_BAD_PARAM);
			continue;
		}
		ASSERT_EQ(run(p.hca, &c), 0);
		ASSERT_EQ(delete_fte(&p, p.uid, 0), 0);
	}
	new_fte(&c, &p, 0, DROP | FORWARD);
	add_destination(&c, 1, p.table);
	refused(&p, &c, SACC_HCA_SYND_FTE_ACTION, SACC_HCA_BAD_PARAM);
	new_fte(&c, &p, 0, DROP);
	SET_FC(&c, extended_destination, 1);
	refused(&p, &c, SACC_HCA_SYND_FTE_EXTENDED, SACC_HCA_BAD_PARAM);
	new_fte(&c, &p, 0, DROP);
	sacc_hca_set(set_fte_in, c.in, ignore_flow_level, 1);
	refused(&p, &c, SACC_HCA_SYND_FTE_EXTENDED, SACC_HCA_BAD_PARAM);
	end_hca(p.hca);
}

TEST(lists_are_there_when_their_action_is_and_fit)
{
	u32 to, counter, i;
	struct command c;
	struct parts p;

	begin(&p);
	to = new_table(p.hca, p.uid, NIC_RX, LEVEL + 1);
	counter = new_counters(&p, 0);
	new_fte(&c, &p, 0, FORWARD);
	refused(&p, &c, SACC_HCA_SYND_FTE_LISTS, SACC_HCA_BAD_PARAM);
	new_fte(&c, &p, 0, DROP | COUNT);
	refused(&p, &c, SACC_HCA_SYND_FTE_LISTS, SACC_HCA_BAD_PARAM);
	new_fte(&c, &p, 0, DROP);
	add_destination(&c, 1, to);
	refused(&p, &c, SACC_HCA_SYND_FTE_LISTS, SACC_HCA_BAD_PARAM);
	new_fte(&c, &p, 0, DROP);
	add_counter(&c, counter);
	refused(&p, &c, SACC_HCA_SYND_FTE_LISTS, SACC_HCA_BAD_PARAM);
	new_fte(&c, &p, 0, DROP | COUNT);
	add_counter(&c, counter);
	c.in_len--;
	refused(&p, &c, SACC_HCA_SYND_IN_SHORT, SACC_HCA_BAD_INPUT_LEN);
	new_fte(&c, &p, 0, FORWARD);
	SET_FC(&c, destination_list_size, 0xffffff);
	SET_FC(&c, flow_counter_list_size, 0xffffff);
	refused(&p, &c, SACC_HCA_SYND_IN_SHORT, SACC_HCA_BAD_INPUT_LEN);
	new_fte(&c, &p, 0, DROP | COUNT);
	for (i = 0; i < 16; i++)
		add_counter(&c, counter);
	ASSERT_EQ(run(p.hca, &c), 0);
	new_fte(&c, &p, 1, DROP | COUNT);
	for (i = 0; i < 17; i++)
		add_counter(&c, counter);
	refused(&p, &c, SACC_HCA_SYND_FTE_LIST_SIZE, SACC_HCA_EXCEED_LIM);
	end_hca(p.hca);
}

/* Beyond what a struct command holds. */
static u32 set_with_destinations(struct parts *p, u32 n)
{
	u8 *in = calloc(1, 832 + 8 * n), out[16];
	u32 to = new_table(p->hca, p->uid, NIC_RX, LEVEL + 1), i;
	struct command c;

	ASSERT(in);
	new_fte(&c, p, 2, FORWARD);
	SET_FC(&c, destination_list_size, n);
	memcpy(in, c.in, 832);
	for (i = 0; i < n; i++) {
		sacc_hca_set(flow_destination, in + 832 + 8 * i,
			     destination_type, 1);
		sacc_hca_set(flow_destination, in + 832 + 8 * i,
			     destination_id, to);
	}
	sacc_hca_exec(p->hca, in, 832 + 8 * n, out, sizeof(out));
	free(in);
	return sacc_hca_get(cmd_out, out, syndrome);
}

TEST(an_entry_has_as_many_destinations_as_the_capability_says)
{
	struct command c;
	struct parts p;

	begin(&p);
	ASSERT_EQ(set_with_destinations(&p, 257), SACC_HCA_SYND_FTE_LIST_SIZE);
	ASSERT_EQ(set_with_destinations(&p, 256), 0);
	/* A list that is too long is refused whatever the mask selects. */
	new_fte(&c, &p, 2, FORWARD);
	add_destination(&c, 1, 0);
	SET_FC(&c, destination_list_size, 0xffffff);
	modify(&c, 2);
	refused(&p, &c, SACC_HCA_SYND_IN_SHORT, SACC_HCA_BAD_INPUT_LEN);
	end_hca(p.hca);
}

TEST(what_an_entry_names_must_be_there)
{
	struct parts p, other;
	struct command c;
	u32 type, counters;

	begin(&p);
	new_parts_of(&other, p.hca, new_uid(p.hca));
	for (type = 0; type < 256; type++) {
		new_fte(&c, &p, 0, FORWARD);
		add_destination(&c, type, 0xffffff);
		if (type == 1 || type == 2)
			refused(&p, &c, SACC_HCA_SYND_FTE_DEST,
				SACC_HCA_BAD_RESOURCE);
		else
			refused(&p, &c, SACC_HCA_SYND_FTE_DEST_TYPE,
				SACC_HCA_BAD_PARAM);
	}
#define REFUSED_TABLE(table, syndrome, status)				\
	do {								\
		new_fte(&c, &p, 0, FORWARD);				\
		add_destination(&c, 1, table);				\
		refused(&p, &c, syndrome, status);			\
	} while (0)
	REFUSED_TABLE(new_table(p.hca, other.uid, NIC_RX, LEVEL + 1),
		      SACC_HCA_SYND_FTE_DEST, SACC_HCA_BAD_RESOURCE);
	REFUSED_TABLE(new_table(p.hca, p.uid, RDMA_RX, LEVEL + 1),
		      SACC_HCA_SYND_FTE_DEST_LEVEL, SACC_HCA_BAD_PARAM);
	REFUSED_TABLE(new_table(p.hca, p.uid, NIC_RX, LEVEL),
		      SACC_HCA_SYND_FTE_DEST_LEVEL, SACC_HCA_BAD_PARAM);
	REFUSED_TABLE(p.table, SACC_HCA_SYND_FTE_DEST_LEVEL, SACC_HCA_BAD_PARAM);
	counters = new_counters(&p, 2);
	new_fte(&c, &p, 0, DROP | COUNT);
	add_counter(&c, counters + 4);
	refused(&p, &c, SACC_HCA_SYND_FTE_COUNTER, SACC_HCA_BAD_RESOURCE);
	new_fte(&c, &p, 0, DROP | COUNT);
	add_counter(&c, counters);
	add_counter(&c, new_counters(&other, 0));
	refused(&p, &c, SACC_HCA_SYND_FTE_COUNTER, SACC_HCA_BAD_RESOURCE);
	new_fte(&c, &p, 0, DROP | REFORMAT);
	SET_FC(&c, packet_reformat_id, new_reformat(&other));
	refused(&p, &c, SACC_HCA_SYND_FTE_REFORMAT, SACC_HCA_BAD_RESOURCE);
	new_fte(&c, &p, 0, DROP | MODIFY_HEADER);
	SET_FC(&c, modify_header_id, new_modify_header(&other, NIC_RX));
	refused(&p, &c, SACC_HCA_SYND_FTE_MODIFY_HEADER, SACC_HCA_BAD_RESOURCE);
	SET_FC(&c, modify_header_id, new_modify_header(&p, NIC_TX));
	refused(&p, &c, SACC_HCA_SYND_FTE_MODIFY_HEADER, SACC_HCA_BAD_RESOURCE);
	/* No refusal left a reference behind. */
	ASSERT_EQ(end_counters(&p, counters), 0);
	ASSERT_EQ(end_group(&p, p.group), 0);
	ASSERT_EQ(end_table(&p, p.table, NIC_RX), 0);
	end_hca(p.hca);
}

/* A device with queues, and steering of the same uid. */
static void begin_with_queues(struct parts *p, struct queues *q)
{
	begin_queues(q);
	new_parts_of(p, q->hca, q->p.uid);
}

static u32 set_to_tir(struct parts *p, u32 tirn)
{
	struct command c;

	new_fte(&c, p, 9, FORWARD);
	add_destination(&c, 2, tirn);
	return run(p->hca, &c);
}

TEST(entries_of_receive_tables_forward_to_tirs_and_keep_them)
{
	static const u8 types[] = { NIC_RX, RDMA_RX };
	struct command c, query;
	struct queues q;
	struct parts p;
	u32 tirn, i;

	begin_with_queues(&p, &q);
	new_create_tir(&c, &q);
	tirn = created(q.hca, &c);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		p.table = new_table(p.hca, p.uid, types[i], LEVEL);
		on_table(&c, &p, SACC_HCA_OP_CREATE_FLOW_GROUP, 1024, 16);
		sacc_hca_set(flow_in, c.in, table_type, types[i]);
		sacc_hca_set(create_flow_group_in, c.in, end_flow_index, 31);
		ASSERT_EQ(run(p.hca, &c), 0);
		p.group = sacc_hca_get(create_flow_group_out, c.out, group_id);
		new_fte(&c, &p, 9, FORWARD);
		sacc_hca_set(flow_in, c.in, table_type, types[i]);
		add_destination(&c, 2, tirn);
		ASSERT_EQ(run(p.hca, &c), 0);
		ASSERT_EQ(references(q.hca, SACC_HCA_OBJ_TIR, tirn), i + 1);
	}
	ASSERT_EQ(run_on(p.hca, SACC_HCA_OP_DESTROY_TIR, p.uid, tirn),
		  SACC_HCA_SYND_OBJECT_BUSY);
	new_parts_of(&p, p.hca, p.uid);
	ASSERT_EQ(set_to_tir(&p, tirn), 0);
	ASSERT_EQ(query_fte(&p, p.uid, 9, &query), 0);
	ASSERT_EQ(sacc_hca_get(flow_destination, query.out + 832,
			       destination_type), 2);
	ASSERT_EQ(sacc_hca_get(flow_destination, query.out + 832,
			       destination_id), tirn);
	ASSERT_EQ(delete_fte(&p, p.uid, 9), 0);
	ASSERT_EQ(references(q.hca, SACC_HCA_OBJ_TIR, tirn), 2);
	/* The uid ends with entries that are newer than the TIR, and older. */
	sacc_hca_uid_free(q.hca, q.p.uid);
	ASSERT_EQ(q.hca->tables[SACC_HCA_OBJ_TIR].count, 0);
	end_queues(&q);
}

TEST(entries_do_not_forward_to_foreign_tirs_nor_what_is_sent)
{
	struct queues q, other;
	struct command c;
	struct parts p;
	u32 tirn;

	begin_with_queues(&p, &q);
	begin_queues_on(&other, q.hca);
	new_create_tir(&c, &other);
	ASSERT_EQ(set_to_tir(&p, created(q.hca, &c)), SACC_HCA_SYND_FTE_DEST);
	new_create_tir(&c, &q);
	tirn = created(q.hca, &c);
	p.table = new_table(p.hca, p.uid, NIC_TX, LEVEL);
	on_table(&c, &p, SACC_HCA_OP_CREATE_FLOW_GROUP, 1024, 16);
	sacc_hca_set(flow_in, c.in, table_type, NIC_TX);
	ASSERT_EQ(run(p.hca, &c), 0);
	p.group = sacc_hca_get(create_flow_group_out, c.out, group_id);
	new_fte(&c, &p, 0, FORWARD);
	sacc_hca_set(flow_in, c.in, table_type, NIC_TX);
	add_destination(&c, 2, tirn);
	refused(&p, &c, SACC_HCA_SYND_FTE_DEST_TYPE, SACC_HCA_BAD_PARAM);
	ASSERT_EQ(references(q.hca, SACC_HCA_OBJ_TIR, tirn), 0);
	end_queues(&q);
	free_memory(&other.p);
}

TEST(modify_changes_what_the_mask_says_and_moves_references)
{
	u32 first, second, to;
	struct command c, q;
	struct parts p;

	begin(&p);
	first = new_counters(&p, 0);
	second = new_counters(&p, 0);
	to = new_table(p.hca, p.uid, NIC_RX, LEVEL + 1);
	new_fte(&c, &p, 7, DROP | COUNT);
	add_counter(&c, first);
	ASSERT_EQ(run(p.hca, &c), 0);

	new_fte(&c, &p, 7, FORWARD);
	SET_FC(&c, flow_tag, 0x777777);
	modify(&c, 2);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(query_fte(&p, p.uid, 7, &q), 0);
	ASSERT_EQ(sacc_hca_get(flow_context, q.out + 64, flow_tag), 0x777777);
	ASSERT_EQ(sacc_hca_get(flow_context, q.out + 64, action), DROP | COUNT);

	new_fte(&c, &p, 7, 0);
	add_counter(&c, second);
	modify(&c, 8);
	/* The kernel may do it, too; the references stay the owner's. */
	sacc_hca_set(cmd_in, c.in, uid, 0);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(end_counters(&p, first), 0);
	ASSERT_EQ(end_counters(&p, second), SACC_HCA_SYND_OBJECT_BUSY);

	/* Action and destinations go together or not at all. */
	new_fte(&c, &p, 7, FORWARD | COUNT);
	add_destination(&c, 1, to);
	modify(&c, 1);
	refused(&p, &c, SACC_HCA_SYND_FTE_LISTS, SACC_HCA_BAD_PARAM);
	modify(&c, 4);
	refused(&p, &c, SACC_HCA_SYND_FTE_LISTS, SACC_HCA_BAD_PARAM);
	modify(&c, 5);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(end_table(&p, to, NIC_RX), SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(end_counters(&p, second), SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(query_fte(&p, p.uid, 7, &q), 0);
	ASSERT_EQ(sacc_hca_get(flow_context, q.out + 64, action),
		  FORWARD | COUNT);
	ASSERT_EQ(sacc_hca_get(flow_destination, q.out + 832, destination_id),
		  to);
	ASSERT_EQ(sacc_hca_get(flow_destination, q.out + 840, flow_counter_id),
		  second);
	modify(&c, 0x10);
	refused(&p, &c, SACC_HCA_SYND_FTE_MODIFY_MASK, SACC_HCA_BAD_PARAM);
	new_fte(&c, &p, 8, DROP);
	modify(&c, 1);
	refused(&p, &c, SACC_HCA_SYND_FTE_UNKNOWN, SACC_HCA_BAD_INDEX);
	end_hca(p.hca);
}

TEST(entries_of_another_uid_are_as_unknown_as_none)
{
	struct command c, q;
	struct parts p;
	u16 other;

	begin(&p);
	other = new_uid(p.hca);
	new_fte(&c, &p, 3, DROP);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(query_fte(&p, other, 3, &q), SACC_HCA_SYND_FLOW_TABLE);
	ASSERT_EQ(delete_fte(&p, other, 3), SACC_HCA_SYND_FLOW_TABLE);
	new_fte(&c, &p, 4, DROP);
	sacc_hca_set(cmd_in, c.in, uid, other);
	refused(&p, &c, SACC_HCA_SYND_FLOW_TABLE, SACC_HCA_BAD_RESOURCE);
	/* The kernel sees and deletes, but adds nothing. */
	sacc_hca_set(cmd_in, c.in, uid, 0);
	refused(&p, &c, SACC_HCA_SYND_FTE_GROUP, SACC_HCA_BAD_RESOURCE);
	ASSERT_EQ(query_fte(&p, 0, 3, &q), 0);
	ASSERT_EQ(delete_fte(&p, 0, 3), 0);
	end_hca(p.hca);
}

TEST(thousands_of_entries_are_found_and_torn_down_in_proportional_time)
{
	struct command c, q;
	u32 i, n = 10000, counters;
	struct parts p;
	u64 visits;

	begin(&p);
	new_table_command(&c, p.uid, NIC_RX, LEVEL);
	SET_FT(&c, log_size, 20);
	p.table = created_table(p.hca, &c);
	p.group = new_group(&p, 0, (1 << 20) - 1);
	counters = new_counters(&p, 15);
	for (i = 0; i < n; i++) {
		new_fte(&c, &p, i * 100, DROP | COUNT);
		add_counter(&c, counters + i);
		ASSERT_EQ(run(p.hca, &c), 0);
	}
	for (i = 0; i < n; i += 97) {
		ASSERT_EQ(query_fte(&p, p.uid, i * 100, &q), 0);
		ASSERT_EQ(sacc_hca_get(flow_destination, q.out + 832,
				       flow_counter_id), counters + i);
		ASSERT_EQ(query_fte(&p, p.uid, i * 100 + 1, &q),
			  SACC_HCA_SYND_FTE_UNKNOWN);
	}
	p.hca->visits = 0;
	sacc_hca_uid_free(p.hca, p.uid);
	visits = p.hca->visits;
	ASSERT_GE(visits, n);
	ASSERT_LE(visits, 2 * (n + 5));
	ASSERT_EQ(p.hca->tables[SACC_HCA_OBJ_FTE].count, 0);
	end_hca(p.hca);
}

/* Lets each fail in turn until the command succeeds; returns how many there are. */
static u32 allocations_of(struct parts *p, struct command *c)
{
	u32 nth, syndrome;

	for (nth = 1;; nth++) {
		sacc_user_alloc_fail(nth);
		syndrome = run(p->hca, c);
		sacc_user_alloc_fail(0);
		if (!syndrome)
			return nth - 1;
		ASSERT_EQ(run_status(c), SACC_HCA_NO_RESOURCES);
	}
}

TEST(every_allocation_of_steering_can_fail)
{
	struct command table, group, c;
	u32 counter;
	struct parts p;

	begin(&p);
	counter = new_counters(&p, 0);
	new_table_command(&table, p.uid, NIC_RX, LEVEL);
	new_group_command(&group, &p, 40, 50);
	new_fte(&c, &p, 0, DROP | COUNT);
	add_counter(&c, counter);
	ASSERT_EQ(allocations_of(&p, &table), 2);
	ASSERT_EQ(allocations_of(&p, &group), 1);
	ASSERT_EQ(allocations_of(&p, &c), 2);
	modify(&c, 8);
	ASSERT_EQ(allocations_of(&p, &c), 1);
	end_hca(p.hca);
}

KTAP_MAIN()
