// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of the HCA fuzzer that make no queues: the table of them; memory keys,
 * counters, what entries of flow tables do. Steering is in hca-flow.c, general objects
 * and ports in hca-general.c. Each creation has a predicate of its own that says
 * whether the command is good; the model must agree in both directions. What it
 * keeps is compared with what was given, bytes and references.
 *
 * Of a shadow, @facts are: of a flow table type, level and log of its size; of a
 * group the first and the last index; of an entry its index; of flow counters how
 * many; of a modify header context its table type; of a scheduling element its type.
 * The first use of a group is its table, the first of an entry its group.
 */
#include "hca-control.h"

/* A creation: true when it has happened. */
bool judge_create(const struct row *row, u32 syndrome, bool good)
{
	if (syndrome == SACC_HCA_SYND_NO_MEMORY)
		ASSERT(memory_ran_out());
	else if (syndrome == SACC_HCA_SYND_OBJECT_LIMIT)
		ASSERT(good && table_is_full(row->named));
	else
		ASSERT_EQ(!syndrome, good);
	return !syndrome;
}

/* A query: that of nobody's object is refused, others answer what was kept. */
void judge_kept(const struct command *c, const struct row *row, u16 uid,
		u32 syndrome, u32 id, size_t at)
{
	const struct shadow *obj = shadow_find(row->named, id);

	switch (sight_of(uid, row->named, id)) {
	case UNSEEN:
		ASSERT_NE(syndrome, 0);
		break;
	case SEEN:
		if (at + obj->n_kept > c->out_len) {
			ASSERT_EQ(syndrome, SACC_HCA_SYND_OUT_SHORT);
			break;
		}
		ASSERT_EQ(syndrome, 0);
		if (obj->n_kept)
			ASSERT(!memcmp(c->out + at, obj->kept, obj->n_kept));
		break;
	case UNCERTAIN:
		break;
	}
}

void judge_end(const struct row *row, u16 uid, u32 syndrome, u32 id,
	       bool named_well)
{
	struct shadow *obj = shadow_find(row->named, id);
	enum sight sight = named_well ? sight_of(uid, row->named, id) : UNSEEN;

	if (sight == UNSEEN)
		ASSERT_NE(syndrome, 0);
	else if (sight == SEEN)
		ASSERT_EQ(syndrome, obj->refs ? SACC_HCA_SYND_OBJECT_BUSY : 0);
	if (!syndrome)
		shadow_remove(obj);
}

void fill_long(struct command *c, u16 uid, enum sacc_hca_obj_type type)
{
	u32 id = pick_id(&fuzz.in, type, uid);

	sacc_hca_set(cmd_in, c->in, long_id, id);
}

static void judge_destroy_long(const struct command *c, const struct row *row,
			       u16 uid, u32 syndrome)
{
	judge_end(row, uid, syndrome, LONG_ID(c), true);
}

/* --- Memory keys and PSVs */

#define MKC(c)		((c)->in + 16)
#define KEY(c, f)	sacc_hca_get64(mkc, MKC(c), f)

static void fill_mkey(struct command *c, u16 uid)
{
	struct input *in = &fuzz.in;
	u8 bits = take8(in), n = take8(in) % 8;
	u32 i;

	sacc_hca_set(mkc, MKC(c), access_mode_1_0, bits);
	sacc_hca_set(mkc, MKC(c), free, !(take8(in) % 8));
	sacc_hca_set(mkc, MKC(c), lw, bits >> 2);
	sacc_hca_set(mkc, MKC(c), rw, bits >> 3);
	sacc_hca_set(mkc, MKC(c), a, bits >> 4);
	sacc_hca_set(mkc, MKC(c), mkey_7_0, take8(in));
	sacc_hca_set(mkc, MKC(c), log_entity_size,
		     bits & 0x20 ? take8(in) : 12);
	sacc_hca_set(mkc, MKC(c), length64, bits >> 6 == 3);
	sacc_hca_set(mkc, MKC(c), start_addr,
		     bits & 0x40 ? take64(in) : 0x10000);
	sacc_hca_set(mkc, MKC(c), len, take16(in) % 1024);
	sacc_hca_set(mkc, MKC(c), pd, pick_id(in, OBJ(PD), uid));
	sacc_hca_set(mkc, MKC(c), translations_octword_size, n);
	sacc_hca_set(create_mkey_in, c->in, translations_octword_actual_size,
		     take8(in) % 9);
	sacc_hca_set(create_mkey_in, c->in, mkey_umem_valid, (bits & 3) == 1);
	sacc_hca_set(create_mkey_in, c->in, mkey_umem_id,
		     pick_id(in, OBJ(UMEM), uid));
	sacc_hca_set(create_mkey_in, c->in, mkey_umem_offset,
		     bits & 0x80 ? take16(in) : 0);
	c->in_len += n * 16;
	for (i = 0; i < n; i++)
		c->in[272 + 16 * i] = take8(in);
}

static bool list_is_good(const struct command *c)
{
	u64 room = KEY(c, translations_octword_size);
	u64 given = IN(c, create_mkey_in, translations_octword_actual_size);

	return room <= 65536 && given <= room && c->in_len >= 272 + given * 16;
}

/* Of MTT keys. */
static bool memory_is_good(const struct command *c, u16 uid)
{
	struct shadow *umem = shadow_own(uid, OBJ(UMEM),
					 IN(c, create_mkey_in, mkey_umem_id));

	if (!IN(c, create_mkey_in, mkey_umem_valid))
		return KEY(c, free);
	if (!umem || KEY(c, free))
		return umem;
	return !KEY(c, length64) &&
	       (unsigned __int128)IN(c, create_mkey_in, mkey_umem_offset) +
	       KEY(c, len) <= umem->memory->length &&
	       (umem->memory->writable ||
		!(KEY(c, lw) | KEY(c, rw) | KEY(c, a)));
}

static bool mkey_is_good(const struct command *c, u16 uid)
{
	u64 mode = KEY(c, access_mode_4_2) << 2 | KEY(c, access_mode_1_0);
	u64 log = KEY(c, log_entity_size);

	if (mode > 3 || (!mode && uid) || KEY(c, bsf_en) ||
	    KEY(c, bsf_octword_size) || KEY(c, crypto_en) || log > 31 ||
	    !shadow_own(uid, OBJ(PD), KEY(c, pd)))
		return false;
	if (!KEY(c, length64) && KEY(c, len) &&
	    KEY(c, start_addr) + (KEY(c, len) - 1) < KEY(c, start_addr))
		return false;
	if (mode == 1)
		return (KEY(c, free) || log >= 12) && memory_is_good(c, uid);
	return !IN(c, create_mkey_in, mkey_umem_valid) &&
	       (!mode || list_is_good(c));
}

/* Where fields are, the layout says. */
#define MKC_FIELD(s, f, off, bits)	{ off, bits },
#define NOT(...)

static const struct {
	u32 off;
	u32 bits;
} mkc_fields[] = {
	SACC_HCA_LAYOUT_MKC(MKC_FIELD, MKC_FIELD, NOT, NOT)
};

static void judge_mkey(const struct command *c, const struct row *row, u16 uid,
		       u32 syndrome)
{
	struct shadow *obj;
	u8 ctx[64] = { 0 };
	size_t i;

	if (!judge_create(row, syndrome, mkey_is_good(c, uid)))
		return;
	obj = shadow_add(row->named, sacc_hca_get(cmd_out, c->out, obj_id), uid);
	shadow_use(obj, shadow_own(uid, OBJ(PD), KEY(c, pd)));
	if (IN(c, create_mkey_in, mkey_umem_valid))
		shadow_use(obj, shadow_own(uid, OBJ(UMEM),
					   IN(c, create_mkey_in, mkey_umem_id)));
	/* All but what has no name. */
	for (i = 0; i < ARRAY_SIZE(mkc_fields); i++)
		sacc_hca_field_set(ctx, mkc_fields[i].off, mkc_fields[i].bits,
				   sacc_hca_field_get(MKC(c), mkc_fields[i].off,
						      mkc_fields[i].bits));
	shadow_keep(obj, ctx, sizeof(ctx));
}

static void judge_query_mkey(const struct command *c, const struct row *row,
			     u16 uid, u32 syndrome)
{
	judge_kept(c, row, uid, syndrome, sacc_hca_get(cmd_in, c->in, obj_id),
		   16);
}

static void fill_psv(struct command *c, u16 uid)
{
	sacc_hca_set(create_psv_in, c->in, num_psv, take8(&fuzz.in) < 0xf0);
	sacc_hca_set(create_psv_in, c->in, pd, pick_id(&fuzz.in, OBJ(PD), uid));
}

static void judge_psv(const struct command *c, const struct row *row, u16 uid,
		      u32 syndrome)
{
	struct shadow *pd = shadow_own(uid, OBJ(PD), IN(c, create_psv_in, pd));

	if (judge_create(row, syndrome,
			 pd && IN(c, create_psv_in, num_psv) == 1))
		shadow_use(shadow_add(row->named,
				      sacc_hca_get(create_psv_out, c->out,
						   psv0_index), uid), pd);
}

/* --- Counters and contexts */

bool flow_type_is_good(u64 type)
{
	return type < 2 || type == 7 || type == 8;
}

static void fill_alloc_counter(struct command *c, u16 uid)
{
	u8 how = take8(&fuzz.in);

	(void)uid;
	sacc_hca_set(alloc_flow_counter_in, c->in, flow_counter_bulk_log_size,
		     how & 1 ? take8(&fuzz.in) % 17 : 0);
	sacc_hca_set(alloc_flow_counter_in, c->in, flow_counter_bulk,
		     how & 2 ? 1u << take8(&fuzz.in) % 8 | how >> 7 : 0);
}

static void judge_alloc_counter(const struct command *c, const struct row *row,
				u16 uid, u32 syndrome)
{
	u32 log = IN(c, alloc_flow_counter_in, flow_counter_bulk_log_size);
	u32 bulk = IN(c, alloc_flow_counter_in, flow_counter_bulk), i, total = 0;
	u32 count = bulk ? 128 * bulk : 1u << log;
	bool good = log <= 15 && !(log && bulk) && !(bulk & (bulk - 1));

	for (i = 0; i < n_shadows; i++)
		if (shadows[i]->type == row->named)
			total += shadows[i]->facts[0];
	if (!any_dying())
		good = good && count <= (1u << 24) - total;
	else if (good && syndrome == SACC_HCA_SYND_COUNTER_TOTAL)
		return;
	if (judge_create(row, syndrome, good))
		shadow_add(row->named, REPLY_LONG(c), uid)->facts[0] = count;
}

static void fill_counter(struct command *c, u16 uid)
{
	fill_long(c, uid, OBJ(FLOW_COUNTER));
}

static void fill_query_counter(struct command *c, u16 uid)
{
	u32 n = take8(&fuzz.in) % 8;

	sacc_hca_set(query_flow_counter_in, c->in, flow_counter_id,
		     pick_id(&fuzz.in, OBJ(FLOW_COUNTER), uid) +
		     take8(&fuzz.in) % 4);
	sacc_hca_set(query_flow_counter_in, c->in, num_of_counters, n);
	sacc_hca_set(query_flow_counter_in, c->in, dump_to_memory,
		     take8(&fuzz.in) >= 0xf0);
	c->out_len = 16 + 16 * (n + !n) - !(take8(&fuzz.in) % 16);
}

static void judge_query_counter(const struct command *c, const struct row *row,
				u16 uid, u32 syndrome)
{
	u32 id = IN(c, query_flow_counter_in, flow_counter_id);
	u32 n = IN(c, query_flow_counter_in, num_of_counters);
	struct shadow *obj = shadow_find(row->named, id & ~0x7fffu);
	enum sight sight = sight_of(uid, row->named, id & ~0x7fffu);

	n = n ? n : 1;
	if (sight == UNCERTAIN)
		return;
	ASSERT_EQ(!syndrome, sight == SEEN &&
		  !IN(c, query_flow_counter_in, dump_to_memory) &&
		  (id & 0x7fff) + n <= obj->facts[0] &&
		  c->out_len >= 16 + 16 * n);
}

static void fill_query_q_counter(struct command *c, u16 uid)
{
	sacc_hca_set(query_q_counter_in, c->in, counter_set_id,
		     pick_id(&fuzz.in, OBJ(Q_COUNTER), uid));
}

static void judge_query_q_counter(const struct command *c,
				  const struct row *row, u16 uid, u32 syndrome)
{
	judge_kept(c, row, uid, syndrome,
		   IN(c, query_q_counter_in, counter_set_id), 16);
}

#define RC(c)		((c)->in + 28)
#define RC_GET(c, f)	sacc_hca_get(packet_reformat_context_in, RC(c), f)

static void fill_alloc_reformat(struct command *c, u16 uid)
{
	u32 size = take8(&fuzz.in), i;

	(void)uid;
	sacc_hca_set(packet_reformat_context_in, RC(c), reformat_type,
		     take8(&fuzz.in) % 6);
	sacc_hca_set(packet_reformat_context_in, RC(c), reformat_data_size,
		     size);
	c->in_len = size > 2 ? 34 + size : 36;
	for (i = 0; i < size; i += 16)
		c->in[34 + i] = take8(&fuzz.in);
}

static void judge_alloc_reformat(const struct command *c, const struct row *row,
				 u16 uid, u32 syndrome)
{
	u32 size = RC_GET(c, reformat_data_size);
	u8 kept[6 + 1024] = { 0 };

	if (!judge_create(row, syndrome, RC_GET(c, reformat_type) <= 4 &&
			  size <= 512 && c->in_len >= 34 + size))
		return;
#define KEEP(f)								\
	sacc_hca_set(packet_reformat_context_in, kept, f, RC_GET(c, f))
	KEEP(reformat_type); KEEP(reformat_param_0); KEEP(reformat_data_size);
	KEEP(reformat_param_1);
#undef KEEP
	memcpy(kept + 6, RC(c) + 6, size);
	shadow_keep(shadow_add(row->named, REPLY_LONG(c), uid), kept, 6 + size);
}

static void fill_reformat(struct command *c, u16 uid)
{
	fill_long(c, uid, OBJ(REFORMAT));
	c->out_len = c->out_len > 16 ? 300 : 16;
}

static void judge_query_reformat(const struct command *c, const struct row *row,
				 u16 uid, u32 syndrome)
{
	judge_kept(c, row, uid, syndrome, LONG_ID(c), 28);
}

static void fill_alloc_modify_header(struct command *c, u16 uid)
{
	u32 n = take8(&fuzz.in) % 34, i;
	u8 type = take8(&fuzz.in);

	(void)uid;
	sacc_hca_set(alloc_modify_header_context_in, c->in, table_type,
		     type < 0xc0 ? 0 : type % 10);
	sacc_hca_set(alloc_modify_header_context_in, c->in, num_of_actions, n);
	c->in_len = 16 + 8 * n;
	for (i = 0; i < n; i++)
		c->in[16 + 8 * i] = (u8)(1 + take8(&fuzz.in) % 3) << 4;
}

static void judge_alloc_modify_header(const struct command *c,
				      const struct row *row, u16 uid,
				      u32 syndrome)
{
	u32 n = IN(c, alloc_modify_header_context_in, num_of_actions), i;
	u32 type = IN(c, alloc_modify_header_context_in, table_type);
	bool good = n && n <= 32 && flow_type_is_good(type) &&
		    c->in_len >= 16 + 8 * n;
	struct shadow *obj;
	u8 kept[4 + 8 * 256] = { 0 };

	for (i = 0; good && i < n; i++)
		good = c->in[16 + 8 * i] >> 4 >= 1 &&
		       c->in[16 + 8 * i] >> 4 <= 3;
	if (!judge_create(row, syndrome, good))
		return;
	obj = shadow_add(row->named, REPLY_LONG(c), uid);
	obj->facts[0] = type;
	kept[0] = (u8)type;
	kept[3] = (u8)n;
	memcpy(kept + 4, c->in + 16, 8 * n);
	shadow_keep(obj, kept, 4 + 8 * n);
}

static void fill_modify_header(struct command *c, u16 uid)
{
	fill_long(c, uid, OBJ(MODIFY_HEADER));
	c->out_len = c->out_len > 16 || c->in_len > 16 ? 280 : 16;
}

static void judge_query_modify_header(const struct command *c,
				      const struct row *row, u16 uid,
				      u32 syndrome)
{
	judge_kept(c, row, uid, syndrome, LONG_ID(c), 12);
}

/* --- All of them. Add at the end. */

#define ROW(op, in, out, any, type, fill, judge)			\
	{ SACC_HCA_OP_##op, in, out, any, SACC_HCA_OBJ_##type, fill, judge }
#define PORT(op, in, out, any)	ROW(op, in, out, any, NONE, fill_port, judge_port)

const struct row control_rows[] = {
	ROW(CREATE_MKEY, 272, 16, false, MKEY, fill_mkey, judge_mkey),
	ROW(QUERY_MKEY, 16, 80, false, MKEY, NULL, judge_query_mkey),
	ROW(DESTROY_MKEY, 16, 16, false, MKEY, NULL, judge_destroy),
	ROW(CREATE_PSV, 16, 32, false, PSV, fill_psv, judge_psv),
	ROW(DESTROY_PSV, 16, 16, false, PSV, NULL, judge_destroy),
	ROW(CREATE_FLOW_TABLE, 64, 16, false, FLOW_TABLE, fill_create_table,
	    judge_create_table),
	ROW(MODIFY_FLOW_TABLE, 64, 16, false, FLOW_TABLE, fill_modify_table,
	    judge_modify_table),
	ROW(QUERY_FLOW_TABLE, 64, 64, false, FLOW_TABLE, fill_on_table,
	    judge_query_table),
	ROW(DESTROY_FLOW_TABLE, 64, 16, false, FLOW_TABLE, fill_on_table,
	    judge_destroy_table),
	ROW(CREATE_FLOW_GROUP, 1024, 16, false, FLOW_GROUP, fill_create_group,
	    judge_create_group),
	ROW(QUERY_FLOW_GROUP, 64, 1024, false, FLOW_GROUP, fill_on_group,
	    judge_query_group),
	ROW(DESTROY_FLOW_GROUP, 64, 16, false, FLOW_GROUP, fill_on_group,
	    judge_destroy_group),
	ROW(SET_FLOW_TABLE_ENTRY, 832, 16, true, FTE, fill_set_fte,
	    judge_set_fte),
	ROW(QUERY_FLOW_TABLE_ENTRY, 64, 832, false, FTE, fill_on_fte,
	    judge_query_fte),
	ROW(DELETE_FLOW_TABLE_ENTRY, 64, 16, false, FTE, fill_on_fte,
	    judge_delete_fte),
	ROW(ALLOC_FLOW_COUNTER, 16, 16, false, FLOW_COUNTER, fill_alloc_counter,
	    judge_alloc_counter),
	ROW(QUERY_FLOW_COUNTER, 32, 16, false, FLOW_COUNTER, fill_query_counter,
	    judge_query_counter),
	ROW(DEALLOC_FLOW_COUNTER, 16, 16, false, FLOW_COUNTER, fill_counter,
	    judge_destroy_long),
	ROW(ALLOC_Q_COUNTER, 16, 16, false, Q_COUNTER, NULL, judge_alloc),
	ROW(QUERY_Q_COUNTER, 32, 256, false, Q_COUNTER, fill_query_q_counter,
	    judge_query_q_counter),
	ROW(DEALLOC_Q_COUNTER, 16, 16, false, Q_COUNTER, NULL, judge_destroy),
	ROW(ALLOC_PACKET_REFORMAT_CONTEXT, 36, 16, false, REFORMAT,
	    fill_alloc_reformat, judge_alloc_reformat),
	ROW(QUERY_PACKET_REFORMAT_CONTEXT, 32, 36, false, REFORMAT,
	    fill_reformat, judge_query_reformat),
	ROW(DEALLOC_PACKET_REFORMAT_CONTEXT, 16, 16, false, REFORMAT,
	    fill_reformat, judge_destroy_long),
	ROW(ALLOC_MODIFY_HEADER_CONTEXT, 16, 16, false, MODIFY_HEADER,
	    fill_alloc_modify_header, judge_alloc_modify_header),
	ROW(QUERY_MODIFY_HEADER_CONTEXT, 32, 16, false, MODIFY_HEADER,
	    fill_modify_header, judge_query_modify_header),
	ROW(DEALLOC_MODIFY_HEADER_CONTEXT, 16, 16, false, MODIFY_HEADER,
	    fill_modify_header, judge_destroy_long),
	ROW(CREATE_SCHEDULING_ELEMENT, 128, 64, false, SCHED, fill_create_sched,
	    judge_create_sched),
	ROW(QUERY_SCHEDULING_ELEMENT, 64, 128, false, SCHED, fill_on_sched,
	    judge_query_sched),
	ROW(MODIFY_SCHEDULING_ELEMENT, 128, 16, false, SCHED, fill_modify_sched,
	    judge_modify_sched),
	ROW(DESTROY_SCHEDULING_ELEMENT, 64, 16, false, SCHED, fill_on_sched,
	    judge_destroy_sched),
	ROW(CREATE_GENERAL_OBJECT, 16, 16, true, NONE, fill_create_general,
	    judge_create_general),
	ROW(QUERY_GENERAL_OBJECT, 16, 16, true, NONE, fill_on_general,
	    judge_on_general),
	ROW(MODIFY_GENERAL_OBJECT, 16, 16, true, NONE, fill_on_general,
	    judge_on_general),
	ROW(DESTROY_GENERAL_OBJECT, 16, 16, true, NONE, fill_on_general,
	    judge_on_general),
	PORT(QUERY_HCA_VPORT_GID, 16, 16, false),
	PORT(QUERY_HCA_VPORT_PKEY, 16, 16, false),
	PORT(QUERY_ROCE_ADDRESS, 16, 48, false),
	PORT(SET_ROCE_ADDRESS, 48, 16, false),
	PORT(QUERY_VNIC_ENV, 16, 16, false),
	PORT(QUERY_VPORT_COUNTER, 32, 528, false),
	PORT(GET_DROPPED_PACKET_LOG, 16, 208, false),
	PORT(QUERY_CONG_STATUS, 16, 16, false),
	PORT(QUERY_CONG_PARAMS, 16, 272, false),
	PORT(QUERY_CONG_STATISTICS, 16, 272, false),
	PORT(ACCESS_REGISTER_USER, 16, 16, true),
};

const unsigned int n_control_rows = ARRAY_SIZE(control_rows);
