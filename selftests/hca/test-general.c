// SPDX-License-Identifier: GPL-2.0-only
/* General objects and scheduling elements. */
#include "hca-test.h"

#define DEK		0x0c
#define FLEX_PARSE	0x22
#define SCHED		0x26
#define RESERVED_QPN	0x2c

#define DEK_BYTES	192u
#define FLEX_BYTES	416u
#define SCHED_BYTES	96u

#define BODY(c)		((c)->in + 16)
#define SET_DEK(c, f, v)	sacc_hca_set(encryption_key_obj, BODY(c), f, v)

struct parts {
	struct sacc_hca *hca;
	u16 uid;
	u16 other;
	u32 pd;
};

static void begin(struct parts *p)
{
	p->hca = new_hca();
	p->uid = new_uid(p->hca);
	p->other = new_uid(p->hca);
	p->pd = alloc(p->hca, SACC_HCA_OP_ALLOC_PD, p->uid);
}

static void new_general(struct command *c, u16 opcode, u16 uid, u32 type,
			u32 id, size_t in_len, size_t out_len)
{
	new_command(c, opcode, uid, in_len, out_len);
	sacc_hca_set(general_obj_in_cmd_hdr, c->in, obj_type, type);
	sacc_hca_set(general_obj_in_cmd_hdr, c->in, obj_id, id);
}

static void new_create(struct command *c, const struct parts *p, u32 type,
		       u32 body)
{
	new_general(c, SACC_HCA_OP_CREATE_GENERAL_OBJECT, p->uid, type, 0,
		    16 + body, 16);
}

static u32 created(struct parts *p, struct command *c)
{
	u32 id;

	ASSERT_EQ(run(p->hca, c), 0);
	id = sacc_hca_get(general_obj_out_cmd_hdr, c->out, obj_id);
	ASSERT_NE(id, 0);
	return id;
}

static u32 query(struct parts *p, u16 uid, u32 type, u32 id, u32 body,
		 struct command *q)
{
	new_general(q, SACC_HCA_OP_QUERY_GENERAL_OBJECT, uid, type, id, 16,
		    16 + body);
	return run(p->hca, q);
}

static u32 destroy(struct parts *p, u16 uid, u32 type, u32 id)
{
	struct command c;

	new_general(&c, SACC_HCA_OP_DESTROY_GENERAL_OBJECT, uid, type, id, 16,
		    16);
	return run(p->hca, &c);
}

static void refused(struct parts *p, struct command *c, u32 syndrome, u32 status)
{
	ASSERT_EQ(run(p->hca, c), syndrome);
	ASSERT_EQ(run_status(c), status);
}

static void new_dek(struct command *c, const struct parts *p)
{
	new_create(c, p, DEK, DEK_BYTES);
	SET_DEK(c, key_size, 1);
	SET_DEK(c, key_purpose, 3);
	SET_DEK(c, has_keytag, 1);
	SET_DEK(c, pd, p->pd);
	SET_DEK(c, opaque, 0x0123456789abcdefULL);
	memset(BODY(c) + 64, 0x77, 128);
}

static const u32 all_types[] = { DEK, FLEX_PARSE, SCHED, RESERVED_QPN };
static const u32 body_bytes[] = { DEK_BYTES, FLEX_BYTES, SCHED_BYTES, 0 };

static u32 new_object(struct parts *p, size_t i)
{
	struct command c;

	if (all_types[i] == DEK)
		new_dek(&c, p);
	else
		new_create(&c, p, all_types[i], body_bytes[i]);
	if (all_types[i] == SCHED)
		sacc_hca_set(sched_elem_obj, BODY(&c), scheduling_hierarchy, 3);
	return created(p, &c);
}

TEST(types_are_those_of_the_capability_and_any_other_is_refused)
{
	static const u16 opcodes[] = {
		SACC_HCA_OP_CREATE_GENERAL_OBJECT,
		SACC_HCA_OP_QUERY_GENERAL_OBJECT,
		SACC_HCA_OP_MODIFY_GENERAL_OBJECT,
		SACC_HCA_OP_DESTROY_GENERAL_OBJECT,
	};
	struct command c, cap;
	struct parts p;
	u32 type;
	u64 bits;
	size_t i;
	bool known;

	begin(&p);
	new_command(&cap, SACC_HCA_OP_QUERY_HCA_CAP, p.uid, 16, 4112);
	sacc_hca_set(cmd_in, cap.in, op_mod, 1);
	ASSERT_EQ(run(p.hca, &cap), 0);
	bits = sacc_hca_get64(cmd_hca_cap, cap.out + 16, general_obj_types);
	ASSERT_EQ(bits, 1ULL << DEK | 1ULL << FLEX_PARSE | 1ULL << SCHED |
		  1ULL << RESERVED_QPN);
	for (type = 0; type < 0x10000; type++) {
		known = type < 64 && bits >> type & 1;
		for (i = 0; i < ARRAY_SIZE(opcodes); i++) {
			new_general(&c, opcodes[i], p.uid, type, 1, 16, 16);
			if (known) {
				ASSERT_NE(run(p.hca, &c),
					  SACC_HCA_SYND_GENERAL_TYPE);
				continue;
			}
			refused(&p, &c, SACC_HCA_SYND_GENERAL_TYPE,
				SACC_HCA_BAD_OP);
		}
	}
	end_hca(p.hca);
}

TEST(objects_of_every_type_live_and_end_and_are_of_their_uid)
{
	struct command q, c;
	struct parts p;
	u32 id, next;
	size_t i;

	begin(&p);
	for (i = 0; i < ARRAY_SIZE(all_types); i++) {
		u32 type = all_types[i], bytes = body_bytes[i];

		id = new_object(&p, i);
		ASSERT_EQ(query(&p, p.uid, type, id, bytes, &q), 0);
		ASSERT_EQ(sacc_hca_get(general_obj_out_cmd_hdr, q.out, obj_id),
			  id);
		ASSERT_EQ(query(&p, 0, type, id, bytes, &q), 0);
		ASSERT_EQ(query(&p, p.other, type, id, bytes, &q),
			  SACC_HCA_SYND_OBJECT_UNKNOWN);
		ASSERT_EQ(run_status(&q), SACC_HCA_BAD_RESOURCE);
		ASSERT_EQ(destroy(&p, p.other, type, id),
			  SACC_HCA_SYND_OBJECT_UNKNOWN);
		ASSERT_EQ(destroy(&p, p.uid, type, id), 0);
		ASSERT_EQ(destroy(&p, p.uid, type, id),
			  SACC_HCA_SYND_OBJECT_UNKNOWN);
		ASSERT_EQ(query(&p, p.uid, type, 0, bytes, &q),
			  SACC_HCA_SYND_OBJECT_UNKNOWN);
		/* The number is not given again at once. */
		next = new_object(&p, i);
		ASSERT_NE(next, id);
		if (!bytes)
			continue;
		ASSERT_EQ(query(&p, p.uid, type, next, bytes - 1, &q),
			  SACC_HCA_SYND_OUT_SHORT);
		new_create(&c, &p, type, bytes - 1);
		refused(&p, &c, SACC_HCA_SYND_IN_SHORT, SACC_HCA_BAD_INPUT_LEN);
		new_create(&c, &p, type, bytes);
		sacc_hca_set(general_obj_in_cmd_hdr, c.in, log_obj_range, 1);
		refused(&p, &c, SACC_HCA_SYND_GENERAL_RANGE, SACC_HCA_BAD_PARAM);
	}
	end_hca(p.hca);
}

TEST(objects_of_every_type_are_limited)
{
	static const u8 obj_types[] = {
		SACC_HCA_OBJ_DEK, SACC_HCA_OBJ_FLEX_PARSE, SACC_HCA_OBJ_SCHED,
		SACC_HCA_OBJ_RESERVED_QPN,
	};
	struct command c;
	struct parts p;
	size_t i;

	begin(&p);
	for (i = 0; i < ARRAY_SIZE(all_types); i++) {
		new_object(&p, i);
		p.hca->tables[obj_types[i]].max = 1;
		new_create(&c, &p, all_types[i], body_bytes[i]);
		if (all_types[i] == DEK)
			new_dek(&c, &p);
		if (all_types[i] == SCHED)
			sacc_hca_set(sched_elem_obj, BODY(&c),
				     scheduling_hierarchy, 3);
		refused(&p, &c, SACC_HCA_SYND_OBJECT_LIMIT, SACC_HCA_EXCEED_LIM);
		p.hca->tables[obj_types[i]].max = 2;
		sacc_user_alloc_fail(1);
		refused(&p, &c, SACC_HCA_SYND_NO_MEMORY, SACC_HCA_NO_RESOURCES);
		ASSERT_EQ(run(p.hca, &c), 0);
	}
	end_hca(p.hca);
}

/* --- Keys */

TEST(a_key_answers_everything_but_the_key)
{
	struct command c, q;
	struct parts p;
	u32 id, i;

	begin(&p);
	new_dek(&c, &p);
	id = created(&p, &c);
	ASSERT_EQ(query(&p, p.uid, DEK, id, 256, &q), 0);
	ASSERT(!memcmp(q.out + 16, BODY(&c), 64));
	for (i = 64; i < 256; i++)
		ASSERT_EQ(q.out[16 + i], 0);
	end_hca(p.hca);
}

TEST(a_key_is_not_kept_in_memory)
{
	struct command c;
	struct parts p;
	const u8 *dek;
	size_t i, run_length = 0;
	u32 id;

	begin(&p);
	new_dek(&c, &p);
	id = created(&p, &c);
	sacc_lock(&p.hca->lock);
	dek = (const u8 *)sacc_hca_obj_find(p.hca, &p.hca->kernel,
					    SACC_HCA_OBJ_DEK, id);
	sacc_unlock(&p.hca->lock);
	ASSERT(dek);
	for (i = 0; i < sizeof(struct sacc_hca_obj) + 64; i++) {
		run_length = dek[i] == 0x77 ? run_length + 1 : 0;
		ASSERT_LT(run_length, 4);
	}
	end_hca(p.hca);
}

TEST(fields_of_a_key_are_checked)
{
	struct command c;
	struct parts p;
	u32 n;

	begin(&p);
	for (n = 0; n < 16; n++) {
		new_dek(&c, &p);
		SET_DEK(&c, key_size, n);
		if (n <= 1)
			created(&p, &c);
		else
			refused(&p, &c, SACC_HCA_SYND_DEK_SIZE,
				SACC_HCA_BAD_PARAM);
		new_dek(&c, &p);
		SET_DEK(&c, key_purpose, n);
		if (n >= 1 && n <= 4)
			created(&p, &c);
		else
			refused(&p, &c, SACC_HCA_SYND_DEK_PURPOSE,
				SACC_HCA_BAD_PARAM);
	}
	new_dek(&c, &p);
	SET_DEK(&c, sw_wrapped, 1);
	refused(&p, &c, SACC_HCA_SYND_DEK_WRAPPED, SACC_HCA_BAD_PARAM);
	new_dek(&c, &p);
	SET_DEK(&c, pd, 0);
	refused(&p, &c, SACC_HCA_SYND_DEK_PD, SACC_HCA_BAD_RESOURCE);
	SET_DEK(&c, pd, alloc(p.hca, SACC_HCA_OP_ALLOC_PD, p.other));
	refused(&p, &c, SACC_HCA_SYND_DEK_PD, SACC_HCA_BAD_RESOURCE);
	end_hca(p.hca);
}

TEST(a_key_uses_its_protection_domain)
{
	struct command c;
	struct parts p;
	u32 id;

	begin(&p);
	new_dek(&c, &p);
	id = created(&p, &c);
	ASSERT_EQ(run_on(p.hca, SACC_HCA_OP_DEALLOC_PD, p.uid, p.pd),
		  SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(destroy(&p, p.uid, DEK, id), 0);
	ASSERT_EQ(run_on(p.hca, SACC_HCA_OP_DEALLOC_PD, p.uid, p.pd), 0);
	end_hca(p.hca);
}

TEST(keys_and_parse_nodes_and_qp_numbers_cannot_be_modified)
{
	struct command c;
	struct parts p;
	size_t i;

	begin(&p);
	for (i = 0; i < ARRAY_SIZE(all_types); i++) {
		new_general(&c, SACC_HCA_OP_MODIFY_GENERAL_OBJECT, p.uid,
			    all_types[i], new_object(&p, i), 16 + body_bytes[i],
			    16);
		if (all_types[i] == SCHED)
			ASSERT_EQ(run(p.hca, &c), 0);
		else
			refused(&p, &c, SACC_HCA_SYND_GENERAL_MODIFY,
				SACC_HCA_BAD_OP);
	}
	end_hca(p.hca);
}

/* --- Parse graph nodes and QP numbers */

TEST(a_parse_node_answers_what_it_was_given_and_numbers_its_samples)
{
	struct command c, q;
	struct parts p;
	u32 id, i, sample, seen = 0;
	u8 *at;

	begin(&p);
	new_create(&c, &p, FLEX_PARSE, FLEX_BYTES);
	for (i = 8; i < FLEX_BYTES; i++)
		BODY(&c)[i] = (u8)i;
	for (i = 0; i < 8; i++)
		sacc_hca_set(parse_graph_flow_match_sample,
			     BODY(&c) + 32 + 16 * i, flow_match_sample_en,
			     i % 2);
	id = created(&p, &c);
	ASSERT_EQ(query(&p, p.uid, FLEX_PARSE, id, FLEX_BYTES, &q), 0);
	for (i = 0; i < 8; i++) {
		at = q.out + 16 + 32 + 16 * i;
		sample = sacc_hca_get(parse_graph_flow_match_sample, at,
				      flow_match_sample_field_id);
		ASSERT_EQ(!sample, i % 2 == 0);
		ASSERT(!sample || sample != seen);
		seen = sample ? sample : seen;
		/* Apart from that, the same. */
		memcpy(at + 12, BODY(&c) + 32 + 16 * i + 12, 4);
	}
	ASSERT(!memcmp(q.out + 16, BODY(&c), FLEX_BYTES));
	end_hca(p.hca);
}

TEST(reserved_qp_numbers_are_blocks_in_the_upper_half)
{
	struct command c;
	struct parts p;
	u32 first, second, log;

	begin(&p);
	for (log = 0; log < 32; log++) {
		new_create(&c, &p, RESERVED_QPN, 0);
		sacc_hca_set(general_obj_in_cmd_hdr, c.in, log_obj_range, log);
		if (log <= 5)
			created(&p, &c);
		else
			refused(&p, &c, SACC_HCA_SYND_GENERAL_RANGE,
				SACC_HCA_BAD_PARAM);
	}
	first = new_object(&p, 3);
	second = new_object(&p, 3);
	ASSERT_GE(first, 0x800000);
	ASSERT_EQ(first % 32, 0);
	ASSERT_GE(second, first + 32);
	ASSERT_EQ(first, 0x800000 + 32 * 6);
	/* The last one stays clear of 0xffffff, which is multicast. */
	p.hca->tables[SACC_HCA_OBJ_RESERVED_QPN].last_id =
		p.hca->tables[SACC_HCA_OBJ_RESERVED_QPN].id_max - 1;
	ASSERT_EQ(new_object(&p, 3), 0xbfffe0);
	ASSERT_EQ(new_object(&p, 3), second + 32);
	ASSERT_EQ(destroy(&p, p.uid, RESERVED_QPN, first >> 5),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(destroy(&p, p.uid, RESERVED_QPN, first + 1),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(destroy(&p, p.uid, RESERVED_QPN, first - 0x800000),
		  SACC_HCA_SYND_OBJECT_UNKNOWN);
	ASSERT_EQ(destroy(&p, p.uid, RESERVED_QPN, first), 0);
	new_command(&c, SACC_HCA_OP_QUERY_HCA_CAP, p.uid, 16, 4112);
	sacc_hca_set(cmd_in, c.in, op_mod, 0x41);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(sacc_hca_get(cmd_hca_cap_2, c.out + 16,
			       log_reserved_qpn_granularity), 5);
	end_hca(p.hca);
}

/* --- Scheduling elements */

#define SC(c)		((c)->in + 32)
#define SET_SC(c, f, v)	sacc_hca_set(scheduling_context, SC(c), f, v)

static void new_sched(struct command *c, u16 uid, u32 type, u32 parent)
{
	new_command(c, SACC_HCA_OP_CREATE_SCHEDULING_ELEMENT, uid, 128, 64);
	sacc_hca_set(create_scheduling_element_in, c->in, scheduling_hierarchy,
		     3);
	SET_SC(c, element_type, type);
	SET_SC(c, parent_element_id, parent);
	SET_SC(c, bw_share, 17);
	SET_SC(c, max_average_bw, 5000);
}

static u32 created_sched(struct parts *p, struct command *c)
{
	u32 id;

	ASSERT_EQ(run(p->hca, c), 0);
	id = sacc_hca_get(create_scheduling_element_out, c->out,
			  scheduling_element_id);
	ASSERT_NE(id, 0);
	return id;
}

static void on_sched(struct command *c, u16 opcode, u16 uid, u32 id,
		     size_t in_len, size_t out_len)
{
	new_command(c, opcode, uid, in_len, out_len);
	sacc_hca_set(query_scheduling_element_in, c->in, scheduling_hierarchy,
		     3);
	sacc_hca_set(query_scheduling_element_in, c->in, scheduling_element_id,
		     id);
}

static u32 end_sched(struct parts *p, u16 uid, u32 id)
{
	struct command c;

	on_sched(&c, SACC_HCA_OP_DESTROY_SCHEDULING_ELEMENT, uid, id, 64, 16);
	return run(p->hca, &c);
}

TEST(scheduling_elements_are_a_tree)
{
	u32 root, inner, leaf;
	struct command c, q;
	struct parts p;

	begin(&p);
	new_sched(&c, p.uid, 0, 0);
	root = created_sched(&p, &c);
	new_sched(&c, p.uid, 0, root);
	inner = created_sched(&p, &c);
	new_sched(&c, p.uid, 4, inner);
	leaf = created_sched(&p, &c);
	on_sched(&q, SACC_HCA_OP_QUERY_SCHEDULING_ELEMENT, p.uid, leaf, 64, 128);
	ASSERT_EQ(run(p.hca, &q), 0);
	ASSERT(!memcmp(q.out + 32, SC(&c), 64));
	ASSERT_EQ(end_sched(&p, p.uid, root), SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(end_sched(&p, p.uid, inner), SACC_HCA_SYND_OBJECT_BUSY);
	ASSERT_EQ(end_sched(&p, p.other, leaf), SACC_HCA_SYND_OBJECT_UNKNOWN);
	/* Below a queue group there is nothing. */
	new_sched(&c, p.uid, 4, leaf);
	refused(&p, &c, SACC_HCA_SYND_SCHED_PARENT, SACC_HCA_BAD_RESOURCE);
	ASSERT_EQ(end_sched(&p, p.uid, leaf), 0);
	ASSERT_EQ(end_sched(&p, p.uid, inner), 0);
	ASSERT_EQ(end_sched(&p, p.uid, root), 0);
	ASSERT_EQ(end_sched(&p, p.uid, root), SACC_HCA_SYND_OBJECT_UNKNOWN);
	end_hca(p.hca);
}

TEST(scheduling_elements_that_cannot_be_are_refused)
{
	struct command c;
	struct parts p;
	u32 type, root;

	begin(&p);
	new_sched(&c, p.uid, 0, 0);
	root = created_sched(&p, &c);
	for (type = 0; type < 256; type++) {
		new_sched(&c, p.uid, type, root);
		if (type == 0 || type == 4)
			created_sched(&p, &c);
		else
			refused(&p, &c, SACC_HCA_SYND_SCHED_TYPE,
				SACC_HCA_BAD_PARAM);
	}
	new_sched(&c, p.uid, 4, 0);
	refused(&p, &c, SACC_HCA_SYND_SCHED_PARENT, SACC_HCA_BAD_RESOURCE);
	new_sched(&c, p.other, 4, root);
	refused(&p, &c, SACC_HCA_SYND_SCHED_PARENT, SACC_HCA_BAD_RESOURCE);
	new_sched(&c, p.uid, 0, 0xffffffff);
	refused(&p, &c, SACC_HCA_SYND_SCHED_PARENT, SACC_HCA_BAD_RESOURCE);
	new_sched(&c, p.uid, 0, 0);
	SET_SC(&c, element_attributes, 1u << 16);
	refused(&p, &c, SACC_HCA_SYND_SCHED_TSAR_TYPE, SACC_HCA_BAD_PARAM);
	new_sched(&c, p.uid, 0, 0);
	sacc_hca_set(create_scheduling_element_in, c.in, scheduling_hierarchy,
		     2);
	refused(&p, &c, SACC_HCA_SYND_SCHED_HIERARCHY, SACC_HCA_BAD_PARAM);
	on_sched(&c, SACC_HCA_OP_QUERY_SCHEDULING_ELEMENT, p.uid, root, 64, 128);
	sacc_hca_set(query_scheduling_element_in, c.in, scheduling_hierarchy, 2);
	refused(&p, &c, SACC_HCA_SYND_SCHED_HIERARCHY, SACC_HCA_BAD_PARAM);
	end_hca(p.hca);
}

TEST(modify_changes_share_and_rate_and_nothing_else)
{
	struct command c, q;
	struct parts p;
	u32 id;

	begin(&p);
	new_sched(&c, p.uid, 0, 0);
	id = created_sched(&p, &c);
	on_sched(&c, SACC_HCA_OP_MODIFY_SCHEDULING_ELEMENT, p.uid, id, 128, 16);
	SET_SC(&c, element_type, 4);
	SET_SC(&c, bw_share, 99);
	SET_SC(&c, max_average_bw, 77);
	sacc_hca_set(modify_scheduling_element_in, c.in, modify_bitmask, 1);
	ASSERT_EQ(run(p.hca, &c), 0);
	on_sched(&q, SACC_HCA_OP_QUERY_SCHEDULING_ELEMENT, p.uid, id, 64, 128);
	ASSERT_EQ(run(p.hca, &q), 0);
#define GOT(f)	sacc_hca_get(scheduling_context, q.out + 32, f)
	ASSERT_EQ(GOT(element_type), 0);
	ASSERT_EQ(GOT(bw_share), 99);
	ASSERT_EQ(GOT(max_average_bw), 5000);
	sacc_hca_set(modify_scheduling_element_in, c.in, modify_bitmask, 2);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(run(p.hca, &q), 0);
	ASSERT_EQ(GOT(max_average_bw), 77);
#undef GOT
	sacc_hca_set(modify_scheduling_element_in, c.in, modify_bitmask, 4);
	refused(&p, &c, SACC_HCA_SYND_SCHED_FIELD, SACC_HCA_BAD_PARAM);
	sacc_hca_set(cmd_in, c.in, uid, p.other);
	refused(&p, &c, SACC_HCA_SYND_OBJECT_UNKNOWN, SACC_HCA_BAD_RESOURCE);
	end_hca(p.hca);
}

TEST(a_general_object_of_type_sched_is_a_scheduling_element)
{
	struct command c, q;
	struct parts p;
	u32 id;

	begin(&p);
	id = new_object(&p, 2);
	on_sched(&q, SACC_HCA_OP_QUERY_SCHEDULING_ELEMENT, p.uid, id, 64, 128);
	ASSERT_EQ(run(p.hca, &q), 0);
	new_general(&c, SACC_HCA_OP_MODIFY_GENERAL_OBJECT, p.uid, SCHED, id,
		    16 + SCHED_BYTES, 16);
	sacc_hca_set(sched_elem_obj, BODY(&c), modify_field_select, 1);
	sacc_hca_set(scheduling_context, BODY(&c) + 32, bw_share, 23);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(query(&p, p.uid, SCHED, id, SCHED_BYTES, &q), 0);
	ASSERT_EQ(sacc_hca_get(scheduling_context, q.out + 16 + 32, bw_share),
		  23);
	ASSERT_EQ(sacc_hca_get(sched_elem_obj, q.out + 16,
			       scheduling_hierarchy), 3);
	sacc_hca_set(sched_elem_obj, BODY(&c), modify_field_select, 4);
	refused(&p, &c, SACC_HCA_SYND_GENERAL_FIELD, SACC_HCA_BAD_PARAM);
	c.in_len--;
	refused(&p, &c, SACC_HCA_SYND_IN_SHORT, SACC_HCA_BAD_INPUT_LEN);
	ASSERT_EQ(destroy(&p, p.uid, SCHED, id), 0);
	ASSERT_EQ(end_sched(&p, p.uid, id), SACC_HCA_SYND_OBJECT_UNKNOWN);
	end_hca(p.hca);
}

TEST(thousands_of_objects_are_torn_down_in_proportional_time)
{
	u32 i, n = 3000, parent = 0;
	struct command c;
	struct parts p;

	begin(&p);
	for (i = 0; i < n; i++) {
		new_object(&p, 0);
		new_object(&p, 3);
		/* A tree as deep as it can be. */
		new_sched(&c, p.uid, 0, parent);
		parent = created_sched(&p, &c);
	}
	p.hca->visits = 0;
	sacc_hca_uid_free(p.hca, p.uid);
	ASSERT_EQ(p.hca->visits, 3 * n + 1);
	end_hca(p.hca);
}

KTAP_MAIN()
