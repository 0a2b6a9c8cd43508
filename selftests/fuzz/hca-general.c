// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scheduling elements, general objects and queries of ports, for the HCA fuzzer. As to
 * predicates and @facts, see hca-control.c.
 */
#include "hca-control.h"

/* --- Scheduling elements */

#define SCHED_AT(c, at, f)	sacc_hca_get(scheduling_context, (c)->in + (at), f)

static void fill_sched_at(struct command *c, u16 uid, size_t at)
{
	u8 type = take8(&fuzz.in);
	u32 parent = pick_id(&fuzz.in, OBJ(SCHED), uid);

	sacc_hca_set(scheduling_context, c->in + at, element_type,
		     type >= 0xf8 ? type : type & 4);
	sacc_hca_set(scheduling_context, c->in + at, parent_element_id,
		     type & 0x20 ? parent : 0);
	sacc_hca_set(scheduling_context, c->in + at, bw_share, take8(&fuzz.in));
	sacc_hca_set(scheduling_context, c->in + at, max_average_bw,
		     take16(&fuzz.in));
}

static void judge_sched_at(const struct command *c, const struct row *row,
			   u16 uid, u32 syndrome, u32 hierarchy, size_t at,
			   bool good, u32 id)
{
	u32 type = SCHED_AT(c, at, element_type);
	u32 parent_id = SCHED_AT(c, at, parent_element_id);
	struct shadow *obj, *parent = shadow_own(uid, OBJ(SCHED), parent_id);
	struct row sched = { .named = OBJ(SCHED) };
	u8 ctx[64] = { 0 };

	(void)row;
	good = good && hierarchy == 3 && (type == 0 || type == 4) &&
	       (parent_id ? parent && !parent->facts[0] : !type) &&
	       (type || !(SCHED_AT(c, at, element_attributes) & 0xff0000));
	if (!judge_create(&sched, syndrome, good))
		return;
	obj = shadow_add(OBJ(SCHED), id, uid);
	obj->facts[0] = type;
	if (parent)
		shadow_use(obj, parent);
#define KEEP(f)								\
	sacc_hca_set(scheduling_context, ctx, f, SCHED_AT(c, at, f))
	KEEP(element_type); KEEP(element_attributes); KEEP(parent_element_id);
	KEEP(bw_share); KEEP(max_average_bw);
#undef KEEP
	shadow_keep(obj, ctx, sizeof(ctx));
}

void fill_create_sched(struct command *c, u16 uid)
{
	sacc_hca_set(create_scheduling_element_in, c->in, scheduling_hierarchy,
		     3);
	fill_sched_at(c, uid, 32);
}

void judge_create_sched(const struct command *c, const struct row *row, u16 uid,
			u32 syndrome)
{
	judge_sched_at(c, row, uid, syndrome,
		       IN(c, create_scheduling_element_in,
			  scheduling_hierarchy), 32, true,
		       sacc_hca_get(create_scheduling_element_out, c->out,
				    scheduling_element_id));
}

void fill_on_sched(struct command *c, u16 uid)
{
	sacc_hca_set(query_scheduling_element_in, c->in, scheduling_hierarchy,
		     take8(&fuzz.in) < 0xf0 ? 3 : 2);
	sacc_hca_set(query_scheduling_element_in, c->in, scheduling_element_id,
		     pick_id(&fuzz.in, OBJ(SCHED), uid));
}

void fill_modify_sched(struct command *c, u16 uid)
{
	fill_on_sched(c, uid);
	fill_sched_at(c, uid, 32);
	sacc_hca_set(modify_scheduling_element_in, c->in, modify_bitmask,
		     take8(&fuzz.in) % 5);
}

#define SCHED_ID(c)	IN(c, query_scheduling_element_in, scheduling_element_id)

static bool names_sched(const struct command *c)
{
	return IN(c, query_scheduling_element_in, scheduling_hierarchy) == 3;
}

void judge_query_sched(const struct command *c, const struct row *row, u16 uid,
		       u32 syndrome)
{
	if (names_sched(c))
		judge_kept(c, row, uid, syndrome, SCHED_ID(c), 32);
	else
		ASSERT_EQ(syndrome, SACC_HCA_SYND_SCHED_HIERARCHY);
}

void judge_destroy_sched(const struct command *c, const struct row *row,
			 u16 uid, u32 syndrome)
{
	judge_end(row, uid, syndrome, SCHED_ID(c), names_sched(c));
}

static void change_sched(const struct command *c, u16 uid, u32 syndrome, u32 id,
			 u64 select, size_t at, bool good)
{
	struct shadow *obj = shadow_find(OBJ(SCHED), id);
	enum sight sight = good ? sight_of(uid, OBJ(SCHED), id) : UNSEEN;

	if (sight != UNCERTAIN)
		ASSERT_EQ(!syndrome, sight == SEEN && select <= 3);
	if (syndrome)
		return;
	if (select & 1)
		sacc_hca_set(scheduling_context, obj->kept, bw_share,
			     SCHED_AT(c, at, bw_share));
	if (select & 2)
		sacc_hca_set(scheduling_context, obj->kept, max_average_bw,
			     SCHED_AT(c, at, max_average_bw));
}

void judge_modify_sched(const struct command *c, const struct row *row, u16 uid,
			u32 syndrome)
{
	(void)row;
	change_sched(c, uid, syndrome, SCHED_ID(c),
		     IN(c, modify_scheduling_element_in, modify_bitmask), 32,
		     names_sched(c));
}

/* --- General objects */

#define GENERAL(c, f)	sacc_hca_get(general_obj_in_cmd_hdr, (c)->in, f)
#define DEK(c, f)	sacc_hca_get64(encryption_key_obj, (c)->in + 16, f)

static const struct {
	u16 type;
	u8 obj;
	u16 bytes;
} generals[] = {
	{ 0x0c, OBJ(DEK), 192 }, { 0x22, OBJ(FLEX_PARSE), 416 },
	{ 0x26, OBJ(SCHED), 96 }, { 0x2c, OBJ(RESERVED_QPN), 0 },
};

static int general_of(const struct command *c)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(generals); i++)
		if (generals[i].type == GENERAL(c, obj_type))
			return (int)i;
	return -1;
}

void fill_create_general(struct command *c, u16 uid)
{
	struct input *in = &fuzz.in;
	u8 choice = take8(in), i = choice % 4;

	sacc_hca_set(general_obj_in_cmd_hdr, c->in, obj_type,
		     choice >= 0xf8 ? take16(in) : generals[i].type);
	c->in_len = 16 + generals[i].bytes - !(choice >> 2 & 0x1f);
	if (generals[i].obj == OBJ(SCHED)) {
		sacc_hca_set(sched_elem_obj, c->in + 16, scheduling_hierarchy, 3);
		fill_sched_at(c, uid, 48);
	} else if (generals[i].obj == OBJ(DEK)) {
		sacc_hca_set(encryption_key_obj, c->in + 16, key_size,
			     take8(in) % 3);
		sacc_hca_set(encryption_key_obj, c->in + 16, key_purpose,
			     take8(in) % 6);
		sacc_hca_set(encryption_key_obj, c->in + 16, pd,
			     pick_id(in, OBJ(PD), uid));
		memset(c->in + 16 + 64, 0x77, 128);
	} else if (generals[i].obj == OBJ(RESERVED_QPN)) {
		sacc_hca_set(general_obj_in_cmd_hdr, c->in, log_obj_range,
			     take8(in) % 7);
	} else {
		c->in[16 + 32 + 16 * (take8(in) % 8)] = 0x80;
	}
}

static void created_flex(const struct command *c, struct shadow *obj)
{
	u8 kept[416];
	u32 i;

	memcpy(kept, c->in + 16, sizeof(kept));
	memset(kept, 0, 8);
	for (i = 0; i < 8; i++)
		sacc_hca_store32(kept, 32 + 16 * i + 12,
				 kept[32 + 16 * i] & 0x80 ? obj->id * 8 + i : 0);
	shadow_keep(obj, kept, sizeof(kept));
}

static void created_dek(const struct command *c, struct shadow *obj)
{
	u8 kept[192] = { 0 };

#define KEEP(f)	sacc_hca_set(encryption_key_obj, kept, f, DEK(c, f))
	KEEP(key_size); KEEP(has_keytag); KEEP(key_purpose); KEEP(pd);
	KEEP(opaque);
#undef KEEP
	shadow_use(obj, shadow_own(obj->uid, OBJ(PD), DEK(c, pd)));
	shadow_keep(obj, kept, sizeof(kept));
}

void judge_create_general(const struct command *c, const struct row *row,
			  u16 uid, u32 syndrome)
{
	int i = general_of(c);
	u32 range = GENERAL(c, log_obj_range);
	struct row of_type;
	struct shadow *obj;
	bool good;

	if (i < 0) {
		ASSERT_EQ(syndrome, SACC_HCA_SYND_GENERAL_TYPE);
		return;
	}
	good = c->in_len >= 16u + generals[i].bytes &&
	       range <= (generals[i].obj == OBJ(RESERVED_QPN) ? 5 : 0);
	if (generals[i].obj == OBJ(SCHED)) {
		judge_sched_at(c, row, uid, syndrome,
			       sacc_hca_get(sched_elem_obj, c->in + 16,
					    scheduling_hierarchy), 48, good,
			       REPLY_LONG(c));
		return;
	}
	if (good && generals[i].obj == OBJ(DEK))
		good = DEK(c, key_size) <= 1 && DEK(c, key_purpose) >= 1 &&
		       DEK(c, key_purpose) <= 4 && !DEK(c, sw_wrapped) &&
		       shadow_own(uid, OBJ(PD), DEK(c, pd));
	of_type = (struct row) { .named = generals[i].obj };
	if (!judge_create(&of_type, syndrome, good))
		return;
	obj = shadow_add(generals[i].obj, REPLY_LONG(c), uid);
	if (generals[i].obj == OBJ(FLEX_PARSE))
		created_flex(c, obj);
	else if (generals[i].obj == OBJ(DEK))
		created_dek(c, obj);
	else
		ASSERT(obj->id >= 0x800000 && obj->id % 32 == 0);
}

void fill_on_general(struct command *c, u16 uid)
{
	u8 i = take8(&fuzz.in) % 4;

	sacc_hca_set(general_obj_in_cmd_hdr, c->in, obj_type, generals[i].type);
	fill_long(c, uid, generals[i].obj);
	c->in_len = 16 + 96;
	c->out_len = 16 + 416;
	sacc_hca_set(sched_elem_obj, c->in + 16, modify_field_select,
		     take8(&fuzz.in) % 5);
	sacc_hca_set(scheduling_context, c->in + 48, bw_share, take8(&fuzz.in));
}

void judge_on_general(const struct command *c, const struct row *row, u16 uid,
		      u32 syndrome)
{
	int i = general_of(c);
	struct row of_type;
	bool is_fit;

	if (i < 0) {
		ASSERT_EQ(syndrome, SACC_HCA_SYND_GENERAL_TYPE);
		return;
	}
	of_type = (struct row) { .named = generals[i].obj };
	is_fit = c->out_len >= 16u + generals[i].bytes;
	if (row->opcode == SACC_HCA_OP_DESTROY_GENERAL_OBJECT) {
		judge_end(&of_type, uid, syndrome, LONG_ID(c), true);
	} else if (row->opcode == SACC_HCA_OP_MODIFY_GENERAL_OBJECT) {
		change_sched(c, uid, syndrome, LONG_ID(c),
			     sacc_hca_get64(sched_elem_obj, c->in + 16,
					    modify_field_select), 48,
			     generals[i].obj == OBJ(SCHED) && c->in_len >= 112);
	} else if (!is_fit) {
		ASSERT_NE(syndrome, 0);
	} else {
		judge_kept(c, &of_type, uid, syndrome, LONG_ID(c),
			   generals[i].obj == OBJ(SCHED) ? 48 : 16);
	}
}

/* --- Ports */

void fill_port(struct command *c, u16 uid)
{
	u8 choice = take8(&fuzz.in);

	(void)uid;
	/* Another vport; port or index; port or protocol; an index; an address. */
	c->in[8] = choice >= 0xf0 ? 0x80 : 0;
	c->in[9] = take8(&fuzz.in) & 0x13;
	c->in[11] = take8(&fuzz.in) & 7;
	c->in[14] = choice & 1 ? 0xff : 0;
	c->in[15] = choice & 1 ? 0xff : take8(&fuzz.in);
	c->in[31] = take8(&fuzz.in);
	c->out_len += take16(&fuzz.in) % 600;
	if (sacc_hca_get(cmd_in, c->in, opcode) !=
	    SACC_HCA_OP_ACCESS_REGISTER_USER)
		return;
	sacc_hca_set(cmd_in, c->in, op_mod, choice >> 1 & 3);
	sacc_hca_set(access_register_in, c->in, register_id,
		     choice & 8 ? 0x9055 : take16(&fuzz.in));
}

static bool on_ethernet(void)
{
	return fuzz.cfg.link_layer == SACC_HCA_LINK_ETHERNET;
}

/* GIDs and P_Keys: of @n entries of @bytes all or one; @first is the first. */
static void judge_entries(const struct command *c, u32 syndrome, u32 n,
			  u32 bytes, const u8 *first)
{
	u32 index = IN(c, query_hca_vport_gid_in, gid_index);
	u32 count = index == 0xffff ? n : 1;
	u8 want[16 + 512] = { 0 };

	ASSERT_EQ(!syndrome, !on_ethernet() &&
		  !IN(c, query_hca_vport_gid_in, other_vport) &&
		  IN(c, query_hca_vport_gid_in, port_num) <= fuzz.cfg.num_ports &&
		  (index < n || index == 0xffff) &&
		  c->out_len >= 16 + count * bytes);
	if (syndrome)
		return;
	if (!index || index == 0xffff)
		memcpy(want + 16, first, bytes);
	ASSERT(!memcmp(c->out + 16, want + 16, count * bytes));
}

static void judge_gids(const struct command *c, u32 syndrome)
{
	u32 port = IN(c, query_hca_vport_gid_in, port_num);
	u64 guid = fuzz.cfg.node_guid + (port ? port : 1);
	u8 gid[16] = { 0xfe, 0x80 };

	sacc_hca_store32(gid, 8, (u32)(guid >> 32));
	sacc_hca_store32(gid, 12, (u32)guid);
	judge_entries(c, syndrome, 8, 16, gid);
	if (!syndrome)
		ASSERT_EQ(sacc_hca_get(query_hca_vport_gid_out, c->out, gids_num),
			  IN(c, query_hca_vport_gid_in, gid_index) == 0xffff ?
			  8 : 1);
}

static void judge_roce(const struct command *c, u16 uid, u32 syndrome, bool set)
{
	u32 index = IN(c, query_roce_address_in, roce_address_index);
	u32 port = IN(c, query_roce_address_in, vhca_port_num);
	u8 *address;

	ASSERT_EQ(!syndrome, on_ethernet() && index < 16 &&
		  port <= fuzz.cfg.num_ports && !(set && uid));
	if (syndrome)
		return;
	address = fuzz.roce[port ? port - 1 : 0][index];
	if (set)
		memcpy(address, c->in + 16, 32);
	else
		ASSERT(!memcmp(c->out + 16, address, 32));
}

void judge_port(const struct command *c, const struct row *row, u16 uid,
		u32 syndrome)
{
	bool other = IN(c, query_vport_counter_in, other_vport), good = true;
	static const u8 default_pkey[4] = { 0, 0, 0xff, 0xff };
	u32 protocol = IN(c, query_cong_status_in, cong_protocol);

	switch (row->opcode) {
	case SACC_HCA_OP_QUERY_HCA_VPORT_GID:
		judge_gids(c, syndrome);
		return;
	case SACC_HCA_OP_QUERY_HCA_VPORT_PKEY:
		judge_entries(c, syndrome, 128, 4, default_pkey);
		return;
	case SACC_HCA_OP_SET_ROCE_ADDRESS:
	case SACC_HCA_OP_QUERY_ROCE_ADDRESS:
		judge_roce(c, uid, syndrome,
			   row->opcode == SACC_HCA_OP_SET_ROCE_ADDRESS);
		return;
	case SACC_HCA_OP_QUERY_VNIC_ENV:
		good = !other;
		break;
	case SACC_HCA_OP_QUERY_VPORT_COUNTER:
		good = !other && IN(c, query_vport_counter_in, port_num) <=
				 fuzz.cfg.num_ports;
		break;
	case SACC_HCA_OP_QUERY_CONG_STATUS:
	case SACC_HCA_OP_QUERY_CONG_PARAMS:
		good = protocol >= 1 && protocol <= 3;
		break;
	case SACC_HCA_OP_ACCESS_REGISTER_USER:
		good = IN(c, cmd_in, op_mod) == 1 && c->out_len >= 44 &&
		       IN(c, access_register_in, register_id) == 0x9055;
		break;
	}
	ASSERT_EQ(!syndrome, good);
}
