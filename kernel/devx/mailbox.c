// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the room knows about mailboxes, in tables: which command each method
 * admits, where a created object's number is found, how its destroy command
 * is built, which object a modify or query command names, and which bits say
 * that a memory id is there.
 *
 * Mailboxes are big endian and dword aligned; a field is a run of bits inside
 * one dword, or a number of whole dwords. Its place comes from the kernel's own
 * description of the device. Mailboxes come from programs, of any length from
 * the header up: every access checks the length. Pure functions, no locks.
 *
 * An object number is unique among objects of one type only, so objects are
 * known by a 64-bit id: the opcode that creates the type (for general objects
 * with the object type above it) in the upper half, the number in the lower.
 */
#include <linux/mlx5/device.h>
#include "devx.h"

struct sacc_field {
	u32 bit;
	u32 width;
};

#define FIELD(type, field) \
	{ __mlx5_bit_off(type, field), __mlx5_bit_sz(type, field) }
#define OP(name) MLX5_CMD_OP_##name

/* Whether a mailbox of @len bytes has the field. Long fields are dwords. */
static bool sacc_field_fits(struct sacc_field f, size_t len)
{
	return f.bit / 32 * 4 + DIV_ROUND_UP(f.width, 32) * 4 <= len;
}

static u32 sacc_field_mask(struct sacc_field f)
{
	return f.width >= 32 ? ~0u : (1u << f.width) - 1;
}

static unsigned int sacc_field_shift(struct sacc_field f)
{
	return f.width >= 32 ? 0 : 32 - f.width - f.bit % 32;
}

/* 0 for a field that the mailbox is too short to have. */
static u32 sacc_field_get(const void *mbox, size_t len, struct sacc_field f)
{
	const __be32 *dwords = mbox;

	if (!sacc_field_fits(f, len))
		return 0;
	return be32_to_cpu(dwords[f.bit / 32]) >> sacc_field_shift(f) &
	       sacc_field_mask(f);
}

static void sacc_field_set(void *mbox, size_t len, struct sacc_field f, u32 value)
{
	u32 mask = sacc_field_mask(f) << sacc_field_shift(f);
	__be32 *dword = (__be32 *)mbox + f.bit / 32;

	if (!sacc_field_fits(f, len))
		return;
	*dword = cpu_to_be32((be32_to_cpu(*dword) & ~mask) |
			     (value << sacc_field_shift(f) & mask));
}

static void sacc_field_copy(void *to_mbox, size_t to_len, struct sacc_field to,
			    const void *from_mbox, size_t from_len,
			    struct sacc_field from)
{
	if (to.width <= 32)
		sacc_field_set(to_mbox, to_len, to,
			       sacc_field_get(from_mbox, from_len, from));
	else if (sacc_field_fits(to, to_len) && sacc_field_fits(from, from_len))
		memcpy(to_mbox + to.bit / 8, from_mbox + from.bit / 8,
		       to.width / 8);
}

static const struct sacc_field f_opcode = FIELD(general_obj_in_cmd_hdr, opcode);
static const struct sacc_field f_uid = FIELD(general_obj_in_cmd_hdr, uid);
static const struct sacc_field f_tunnel = FIELD(general_obj_in_cmd_hdr, vhca_tunnel_id);
static const struct sacc_field f_obj_type = FIELD(general_obj_in_cmd_hdr, obj_type);
static const struct sacc_field f_op_mod = FIELD(set_fte_in, op_mod);

u16 sacc_mbox_opcode(const void *in)
{
	return sacc_field_get(in, SACC_MBOX_HEADER, f_opcode);
}

u16 sacc_mbox_vhca_tunnel(const void *in)
{
	return sacc_field_get(in, SACC_MBOX_HEADER, f_tunnel);
}

void sacc_mbox_set_uid(void *in, u16 uid)
{
	sacc_field_set(in, SACC_MBOX_HEADER, f_uid, uid);
}

/* --- Objects: how each type is created and destroyed */

#define SACC_MAX_COPIES 5
#define SACC_MAX_UMEMS 2

/**
 * struct sacc_mbox_type - one type of object
 * @create: opcode that makes it
 * @destroy: opcode that destroys it
 * @in_request: the number is the caller's choice: @id is in the create command
 *	and not in its reply
 * @id: where the number is
 * @destroy_id: where the destroy command wants it
 * @destroy_len: length of the destroy command, if longer than a header
 * @copies: more fields of the create command that the destroy command repeats
 * @umem_valid: bits of the create command that say that a memory id is there
 */
struct sacc_mbox_type {
	u16 create;
	u16 destroy;
	bool in_request;
	struct sacc_field id;
	struct sacc_field destroy_id;
	size_t destroy_len;
	struct {
		struct sacc_field from, to;
	} copies[SACC_MAX_COPIES];
	struct sacc_field umem_valid[SACC_MAX_UMEMS];
};

#define MADE(_create, out, number, _destroy, in, destroy_number)	\
	.create = OP(_create), .id = FIELD(out, number),		\
	.destroy = OP(_destroy), .destroy_id = FIELD(in, destroy_number)
#define CHOSEN(_create, in, number, _destroy, destroy_in, destroy_number) \
	MADE(_create, in, number, _destroy, destroy_in, destroy_number),  \
	.in_request = true
#define LENGTH(in)	.destroy_len = MLX5_ST_SZ_BYTES(in)
#define COPY(from, to, field) { FIELD(from, field), FIELD(to, field) }
#define UMEMS(in, data, record)						\
	.umem_valid = { FIELD(in, data##_umem_valid), FIELD(in, record##_umem_valid) }

static const struct sacc_mbox_type sacc_mbox_types[] = {
	{ MADE(CREATE_GENERAL_OBJECT, general_obj_out_cmd_hdr, obj_id,
	       DESTROY_GENERAL_OBJECT, general_obj_in_cmd_hdr, obj_id),
	  .copies = {
		COPY(general_obj_in_cmd_hdr, general_obj_in_cmd_hdr, obj_type) } },
	{ MADE(CREATE_MKEY, create_mkey_out, mkey_index,
	       DESTROY_MKEY, destroy_mkey_in, mkey_index) },
	{ MADE(CREATE_CQ, create_cq_out, cqn, DESTROY_CQ, destroy_cq_in, cqn),
	  UMEMS(create_cq_in, cq, cq_context.dbr) },
	{ MADE(ALLOC_PD, alloc_pd_out, pd, DEALLOC_PD, dealloc_pd_in, pd) },
	{ MADE(ALLOC_TRANSPORT_DOMAIN, alloc_transport_domain_out, transport_domain,
	       DEALLOC_TRANSPORT_DOMAIN, dealloc_transport_domain_in,
	       transport_domain) },
	{ MADE(CREATE_RMP, create_rmp_out, rmpn, DESTROY_RMP, destroy_rmp_in, rmpn),
	  UMEMS(create_rmp_in, ctx.wq.wq, ctx.wq.dbr) },
	{ MADE(CREATE_SQ, create_sq_out, sqn, DESTROY_SQ, destroy_sq_in, sqn),
	  UMEMS(create_sq_in, ctx.wq.wq, ctx.wq.dbr) },
	{ MADE(CREATE_RQ, create_rq_out, rqn, DESTROY_RQ, destroy_rq_in, rqn),
	  UMEMS(create_rq_in, ctx.wq.wq, ctx.wq.dbr) },
	{ MADE(CREATE_RQT, create_rqt_out, rqtn, DESTROY_RQT, destroy_rqt_in, rqtn) },
	{ MADE(CREATE_TIR, create_tir_out, tirn, DESTROY_TIR, destroy_tir_in, tirn) },
	{ MADE(CREATE_TIS, create_tis_out, tisn, DESTROY_TIS, destroy_tis_in, tisn) },
	{ MADE(ALLOC_Q_COUNTER, alloc_q_counter_out, counter_set_id,
	       DEALLOC_Q_COUNTER, dealloc_q_counter_in, counter_set_id) },
	{ MADE(CREATE_FLOW_TABLE, create_flow_table_out, table_id,
	       DESTROY_FLOW_TABLE, destroy_flow_table_in, table_id),
	  LENGTH(destroy_flow_table_in), .copies = {
		COPY(create_flow_table_in, destroy_flow_table_in, other_vport),
		COPY(create_flow_table_in, destroy_flow_table_in, vport_number),
		COPY(create_flow_table_in, destroy_flow_table_in, table_type) } },
	{ MADE(CREATE_FLOW_GROUP, create_flow_group_out, group_id,
	       DESTROY_FLOW_GROUP, destroy_flow_group_in, group_id),
	  LENGTH(destroy_flow_group_in), .copies = {
		COPY(create_flow_group_in, destroy_flow_group_in, other_vport),
		COPY(create_flow_group_in, destroy_flow_group_in, vport_number),
		COPY(create_flow_group_in, destroy_flow_group_in, table_type),
		COPY(create_flow_group_in, destroy_flow_group_in, table_id) } },
	{ CHOSEN(SET_FLOW_TABLE_ENTRY, set_fte_in, flow_index,
		 DELETE_FLOW_TABLE_ENTRY, delete_fte_in, flow_index),
	  LENGTH(delete_fte_in), .copies = {
		COPY(set_fte_in, delete_fte_in, other_vport),
		COPY(set_fte_in, delete_fte_in, vport_number),
		COPY(set_fte_in, delete_fte_in, table_type),
		COPY(set_fte_in, delete_fte_in, table_id) } },
	{ MADE(ALLOC_FLOW_COUNTER, alloc_flow_counter_out, flow_counter_id,
	       DEALLOC_FLOW_COUNTER, dealloc_flow_counter_in, flow_counter_id) },
	{ MADE(ALLOC_PACKET_REFORMAT_CONTEXT, alloc_packet_reformat_context_out,
	       packet_reformat_id, DEALLOC_PACKET_REFORMAT_CONTEXT,
	       dealloc_packet_reformat_context_in, packet_reformat_id) },
	{ MADE(ALLOC_MODIFY_HEADER_CONTEXT, alloc_modify_header_context_out,
	       modify_header_id, DEALLOC_MODIFY_HEADER_CONTEXT,
	       dealloc_modify_header_context_in, modify_header_id) },
	{ MADE(CREATE_SCHEDULING_ELEMENT, create_scheduling_element_out,
	       scheduling_element_id, DESTROY_SCHEDULING_ELEMENT,
	       destroy_scheduling_element_in, scheduling_element_id),
	  LENGTH(destroy_scheduling_element_in), .copies = {
		COPY(create_scheduling_element_in, destroy_scheduling_element_in,
		     scheduling_hierarchy) } },
	{ CHOSEN(ADD_VXLAN_UDP_DPORT, add_vxlan_udp_dport_in, vxlan_udp_port,
		 DELETE_VXLAN_UDP_DPORT, delete_vxlan_udp_dport_in, vxlan_udp_port),
	  LENGTH(delete_vxlan_udp_dport_in) },
	{ CHOSEN(SET_L2_TABLE_ENTRY, set_l2_table_entry_in, table_index,
		 DELETE_L2_TABLE_ENTRY, delete_l2_table_entry_in, table_index),
	  LENGTH(delete_l2_table_entry_in) },
	{ MADE(CREATE_QP, create_qp_out, qpn, DESTROY_QP, destroy_qp_in, qpn),
	  UMEMS(create_qp_in, wq, qpc.dbr) },
	{ MADE(CREATE_SRQ, create_srq_out, srqn, DESTROY_SRQ, destroy_srq_in, srqn) },
	{ MADE(CREATE_XRC_SRQ, create_xrc_srq_out, xrc_srqn,
	       DESTROY_XRC_SRQ, destroy_xrc_srq_in, xrc_srqn),
	  UMEMS(create_xrc_srq_in, xrc_srq, xrc_srq_context_entry.dbr) },
	{ MADE(CREATE_DCT, create_dct_out, dctn, DESTROY_DCT, destroy_dct_in, dctn) },
	{ MADE(CREATE_XRQ, create_xrq_out, xrqn, DESTROY_XRQ, destroy_xrq_in, xrqn),
	  UMEMS(create_xrq_in, xrq_context.wq.wq, xrq_context.wq.dbr) },
	{ CHOSEN(ATTACH_TO_MCG, attach_to_mcg_in, qpn,
		 DETACH_FROM_MCG, detach_from_mcg_in, qpn),
	  LENGTH(detach_from_mcg_in), .copies = {
		COPY(attach_to_mcg_in, detach_from_mcg_in, multicast_gid) } },
	{ MADE(ALLOC_XRCD, alloc_xrcd_out, xrcd, DEALLOC_XRCD, dealloc_xrcd_in, xrcd) },
	{ MADE(CREATE_PSV, create_psv_out, psv0_index,
	       DESTROY_PSV, destroy_psv_in, psvn) },
};

static_assert(MLX5_ST_SZ_BYTES(general_obj_in_cmd_hdr) == SACC_MBOX_HEADER);
static_assert(MLX5_ST_SZ_BYTES(destroy_flow_table_in) <= SACC_MBOX_DESTROY_MAX);
static_assert(MLX5_ST_SZ_BYTES(destroy_flow_group_in) <= SACC_MBOX_DESTROY_MAX);
static_assert(MLX5_ST_SZ_BYTES(delete_fte_in) <= SACC_MBOX_DESTROY_MAX);
static_assert(MLX5_ST_SZ_BYTES(destroy_scheduling_element_in) <=
	      SACC_MBOX_DESTROY_MAX);
static_assert(MLX5_ST_SZ_BYTES(detach_from_mcg_in) <= SACC_MBOX_DESTROY_MAX);
static_assert(MLX5_ST_SZ_BYTES(delete_vxlan_udp_dport_in) <= SACC_MBOX_DESTROY_MAX);
static_assert(MLX5_ST_SZ_BYTES(delete_l2_table_entry_in) <= SACC_MBOX_DESTROY_MAX);

static const struct sacc_mbox_type *sacc_mbox_type(u16 opcode)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sacc_mbox_types); i++)
		if (sacc_mbox_types[i].create == opcode)
			return &sacc_mbox_types[i];
	return NULL;
}

/* What the command creates one object of; NULL when it does not. */
const struct sacc_mbox_type *sacc_mbox_create_type(const void *in, size_t len)
{
	static const struct sacc_field f_num_psv = FIELD(create_psv_in, num_psv);
	u16 opcode = sacc_mbox_opcode(in);

	/* One command makes and changes flow table entries. */
	if (opcode == OP(SET_FLOW_TABLE_ENTRY) && sacc_field_get(in, len, f_op_mod))
		return NULL;
	/* A reply with several numbers could not be destroyed as one object. */
	if (opcode == OP(CREATE_PSV) && sacc_field_get(in, len, f_num_psv) != 1)
		return NULL;
	return sacc_mbox_type(opcode);
}

static u64 sacc_mbox_id(u16 create, u16 obj_type, u32 number)
{
	return (u64)obj_type << 48 | (u64)create << 32 | number;
}

/* The id of an object of verbs, as if this command had made it. */
u64 sacc_mbox_id_of(u16 create, u32 number)
{
	return sacc_mbox_id(create, 0, number);
}

/* The opcode that made the object of this id. */
u16 sacc_mbox_id_create(u64 id)
{
	return id >> 32;
}

/* The id of the object that a successful create command of @type made. */
u64 sacc_mbox_created_id(const struct sacc_mbox_type *type, const void *in,
			 size_t in_len, const void *out, size_t out_len)
{
	u16 obj_type = 0;
	u32 number;

	if (type->create == OP(CREATE_GENERAL_OBJECT))
		obj_type = sacc_field_get(in, in_len, f_obj_type);
	number = type->in_request ? sacc_field_get(in, in_len, type->id) :
				    sacc_field_get(out, out_len, type->id);
	return sacc_mbox_id(type->create, obj_type, number);
}

/* How many consecutive numbers an ALLOC_FLOW_COUNTER took; 0 means one. */
u32 sacc_mbox_created_bulk(const struct sacc_mbox_type *type, const void *in,
			   size_t len)
{
	static const struct sacc_field f_log =
		FIELD(alloc_flow_counter_in, flow_counter_bulk_log_size);
	static const struct sacc_field f_bulk =
		FIELD(alloc_flow_counter_in, flow_counter_bulk);
	u32 log;

	if (type->create != OP(ALLOC_FLOW_COUNTER))
		return 0;
	log = sacc_field_get(in, len, f_log);
	if (log)
		return log < 32 ? 1u << log : 0;
	return 128 * sacc_field_get(in, len, f_bulk);
}

/*
 * Writes the command that destroys what the create command @in of @type made into
 * @din, SACC_MBOX_DESTROY_MAX bytes of zeros, and returns its length. It runs
 * under the uid that is in @in.
 */
size_t sacc_mbox_build_destroy(const struct sacc_mbox_type *type, const void *in,
			       size_t in_len, u64 id, void *din)
{
	size_t len, i;

	len = max_t(size_t, type->destroy_len, SACC_MBOX_HEADER);
	sacc_field_set(din, len, f_opcode, type->destroy);
	sacc_field_copy(din, len, f_uid, in, in_len, f_uid);
	for (i = 0; i < SACC_MAX_COPIES && type->copies[i].to.width; i++)
		sacc_field_copy(din, len, type->copies[i].to, in, in_len,
				type->copies[i].from);
	sacc_field_set(din, len, type->destroy_id, lower_32_bits(id));
	return len;
}

/* --- Modify and query: which object a command names */

enum sacc_mbox_method {
	MODIFY,
	QUERY,
};

struct sacc_mbox_naming {
	u16 opcode;
	enum sacc_mbox_method method;
	u16 create;
	struct sacc_field id;
};

#define NAMES(op, method, create, in, number) \
	{ OP(op), method, OP(create), FIELD(in, number) }

static const struct sacc_mbox_naming sacc_mbox_namings[] = {
	NAMES(MODIFY_GENERAL_OBJECT, MODIFY, CREATE_GENERAL_OBJECT,
	      general_obj_in_cmd_hdr, obj_id),
	NAMES(QUERY_GENERAL_OBJECT, QUERY, CREATE_GENERAL_OBJECT,
	      general_obj_in_cmd_hdr, obj_id),
	NAMES(QUERY_MKEY, QUERY, CREATE_MKEY, query_mkey_in, mkey_index),
	NAMES(QUERY_CQ, QUERY, CREATE_CQ, query_cq_in, cqn),
	NAMES(MODIFY_CQ, MODIFY, CREATE_CQ, modify_cq_in, cqn),
	NAMES(QUERY_SQ, QUERY, CREATE_SQ, query_sq_in, sqn),
	NAMES(MODIFY_SQ, MODIFY, CREATE_SQ, modify_sq_in, sqn),
	NAMES(QUERY_RQ, QUERY, CREATE_RQ, query_rq_in, rqn),
	NAMES(MODIFY_RQ, MODIFY, CREATE_RQ, modify_rq_in, rqn),
	NAMES(QUERY_RMP, QUERY, CREATE_RMP, query_rmp_in, rmpn),
	NAMES(MODIFY_RMP, MODIFY, CREATE_RMP, modify_rmp_in, rmpn),
	NAMES(QUERY_RQT, QUERY, CREATE_RQT, query_rqt_in, rqtn),
	NAMES(MODIFY_RQT, MODIFY, CREATE_RQT, modify_rqt_in, rqtn),
	NAMES(QUERY_TIR, QUERY, CREATE_TIR, query_tir_in, tirn),
	NAMES(MODIFY_TIR, MODIFY, CREATE_TIR, modify_tir_in, tirn),
	NAMES(QUERY_TIS, QUERY, CREATE_TIS, query_tis_in, tisn),
	NAMES(MODIFY_TIS, MODIFY, CREATE_TIS, modify_tis_in, tisn),
	NAMES(QUERY_FLOW_TABLE, QUERY, CREATE_FLOW_TABLE, query_flow_table_in,
	      table_id),
	NAMES(MODIFY_FLOW_TABLE, MODIFY, CREATE_FLOW_TABLE, modify_flow_table_in,
	      table_id),
	NAMES(QUERY_FLOW_GROUP, QUERY, CREATE_FLOW_GROUP, query_flow_group_in,
	      group_id),
	NAMES(QUERY_FLOW_TABLE_ENTRY, QUERY, SET_FLOW_TABLE_ENTRY, query_fte_in,
	      flow_index),
	NAMES(SET_FLOW_TABLE_ENTRY, MODIFY, SET_FLOW_TABLE_ENTRY, set_fte_in,
	      flow_index),
	NAMES(QUERY_Q_COUNTER, QUERY, ALLOC_Q_COUNTER, query_q_counter_in,
	      counter_set_id),
	NAMES(QUERY_FLOW_COUNTER, QUERY, ALLOC_FLOW_COUNTER, query_flow_counter_in,
	      flow_counter_id),
	NAMES(QUERY_MODIFY_HEADER_CONTEXT, QUERY, ALLOC_MODIFY_HEADER_CONTEXT,
	      query_modify_header_context_in, modify_header_id),
	NAMES(QUERY_PACKET_REFORMAT_CONTEXT, QUERY, ALLOC_PACKET_REFORMAT_CONTEXT,
	      query_packet_reformat_context_in, packet_reformat_id),
	NAMES(QUERY_SCHEDULING_ELEMENT, QUERY, CREATE_SCHEDULING_ELEMENT,
	      query_scheduling_element_in, scheduling_element_id),
	NAMES(MODIFY_SCHEDULING_ELEMENT, MODIFY, CREATE_SCHEDULING_ELEMENT,
	      modify_scheduling_element_in, scheduling_element_id),
	NAMES(ADD_VXLAN_UDP_DPORT, MODIFY, ADD_VXLAN_UDP_DPORT,
	      add_vxlan_udp_dport_in, vxlan_udp_port),
	NAMES(QUERY_L2_TABLE_ENTRY, QUERY, SET_L2_TABLE_ENTRY,
	      query_l2_table_entry_in, table_index),
	NAMES(SET_L2_TABLE_ENTRY, MODIFY, SET_L2_TABLE_ENTRY,
	      set_l2_table_entry_in, table_index),
	NAMES(QUERY_QP, QUERY, CREATE_QP, query_qp_in, qpn),
	NAMES(RST2INIT_QP, MODIFY, CREATE_QP, rst2init_qp_in, qpn),
	NAMES(INIT2INIT_QP, MODIFY, CREATE_QP, init2init_qp_in, qpn),
	NAMES(INIT2RTR_QP, MODIFY, CREATE_QP, init2rtr_qp_in, qpn),
	NAMES(RTR2RTS_QP, MODIFY, CREATE_QP, rtr2rts_qp_in, qpn),
	NAMES(RTS2RTS_QP, MODIFY, CREATE_QP, rts2rts_qp_in, qpn),
	NAMES(SQERR2RTS_QP, MODIFY, CREATE_QP, sqerr2rts_qp_in, qpn),
	NAMES(2ERR_QP, MODIFY, CREATE_QP, qp_2err_in, qpn),
	NAMES(2RST_QP, MODIFY, CREATE_QP, qp_2rst_in, qpn),
	NAMES(QUERY_DCT, QUERY, CREATE_DCT, query_dct_in, dctn),
	NAMES(ARM_DCT_FOR_KEY_VIOLATION, MODIFY, CREATE_DCT, drain_dct_in, dctn),
	NAMES(QUERY_XRQ, QUERY, CREATE_XRQ, query_xrq_in, xrqn),
	NAMES(QUERY_XRQ_DC_PARAMS_ENTRY, QUERY, CREATE_XRQ, query_xrq_in, xrqn),
	NAMES(QUERY_XRQ_ERROR_PARAMS, QUERY, CREATE_XRQ, query_xrq_in, xrqn),
	NAMES(ARM_XRQ, MODIFY, CREATE_XRQ, arm_xrq_in, xrqn),
	NAMES(SET_XRQ_DC_PARAMS_ENTRY, MODIFY, CREATE_XRQ, arm_xrq_in, xrqn),
	NAMES(RELEASE_XRQ_ERROR, MODIFY, CREATE_XRQ, arm_xrq_in, xrqn),
	NAMES(MODIFY_XRQ, MODIFY, CREATE_XRQ, arm_xrq_in, xrqn),
	NAMES(QUERY_XRC_SRQ, QUERY, CREATE_XRC_SRQ, query_xrc_srq_in, xrc_srqn),
	NAMES(ARM_XRC_SRQ, MODIFY, CREATE_XRC_SRQ, arm_xrc_srq_in, xrc_srqn),
	NAMES(QUERY_SRQ, QUERY, CREATE_SRQ, query_srq_in, srqn),
	NAMES(ARM_RQ, MODIFY, CREATE_RQ, arm_rq_in, srq_number),
};

static const struct sacc_mbox_naming *sacc_mbox_naming(u16 opcode)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sacc_mbox_namings); i++)
		if (sacc_mbox_namings[i].opcode == opcode)
			return &sacc_mbox_namings[i];
	return NULL;
}

/* The id of the object that a modify or query command names; 0 when none. */
u64 sacc_mbox_named_id(const void *in, size_t len)
{
	const struct sacc_mbox_naming *naming = sacc_mbox_naming(sacc_mbox_opcode(in));
	u16 obj_type = 0;

	if (!naming || !sacc_field_fits(naming->id, len))
		return 0;
	if (naming->create == OP(CREATE_GENERAL_OBJECT))
		obj_type = sacc_field_get(in, len, f_obj_type);
	return sacc_mbox_id(naming->create, obj_type,
			    sacc_field_get(in, len, naming->id));
}

/* --- Admission */

/* Contexts without a uid may issue these. */
bool sacc_mbox_is_free_query(u16 opcode)
{
	switch (opcode) {
	case MLX5_CMD_OP_QUERY_HCA_CAP:
	case MLX5_CMD_OP_QUERY_HCA_VPORT_CONTEXT:
	case MLX5_CMD_OP_QUERY_ESW_VPORT_CONTEXT:
	case MLX5_CMD_OP_QUERY_ESW_FUNCTIONS:
		return true;
	default:
		return false;
	}
}

bool sacc_mbox_is_general(u16 opcode)
{
	if (opcode >= MLX5_CMD_OP_GENERAL_START && opcode < MLX5_CMD_OP_GENERAL_END)
		return true;
	switch (opcode) {
	case MLX5_CMD_OP_QUERY_HCA_CAP:
	case MLX5_CMD_OP_QUERY_ADAPTER:
	case MLX5_CMD_OP_QUERY_ISSI:
	case MLX5_CMD_OP_QUERY_ESW_FUNCTIONS:
	case MLX5_CMD_OP_QUERY_VPORT_STATE:
	case MLX5_CMD_OP_QUERY_ESW_VPORT_CONTEXT:
	case MLX5_CMD_OP_QUERY_NIC_VPORT_CONTEXT:
	case MLX5_CMD_OP_QUERY_ROCE_ADDRESS:
	case MLX5_CMD_OP_QUERY_HCA_VPORT_CONTEXT:
	case MLX5_CMD_OP_QUERY_VNIC_ENV:
	case MLX5_CMD_OP_QUERY_VPORT_COUNTER:
	case MLX5_CMD_OP_GET_DROPPED_PACKET_LOG:
	case MLX5_CMD_OP_NOP:
	case MLX5_CMD_OP_QUERY_CONG_STATUS:
	case MLX5_CMD_OP_QUERY_CONG_PARAMS:
	case MLX5_CMD_OP_QUERY_CONG_STATISTICS:
	case MLX5_CMD_OP_QUERY_LAG:
		return true;
	default:
		return false;
	}
}

bool sacc_mbox_is_modify(const void *in, size_t len)
{
	u16 opcode = sacc_mbox_opcode(in);
	const struct sacc_mbox_naming *naming = sacc_mbox_naming(opcode);

	if (opcode == OP(SET_FLOW_TABLE_ENTRY))
		return sacc_field_get(in, len, f_op_mod) == 1;
	return naming && naming->method == MODIFY;
}

bool sacc_mbox_is_query(const void *in)
{
	const struct sacc_mbox_naming *naming = sacc_mbox_naming(sacc_mbox_opcode(in));

	return naming && naming->method == QUERY;
}

/* --- Memory ids */

/*
 * Programs set memory ids without always saying that they are there. The kernel
 * says so for them, in every command that has room for it, ids or no ids.
 */

/* Memory keys: only those that translate through memory of their own. */
static int sacc_mbox_force_mkey_umem(void *in, size_t len)
{
	static const struct sacc_field f_entry =
		FIELD(create_mkey_in, memory_key_mkey_entry);
	static const struct sacc_field f_mode_low =
		FIELD(create_mkey_in, memory_key_mkey_entry.access_mode_1_0);
	static const struct sacc_field f_mode_high =
		FIELD(create_mkey_in, memory_key_mkey_entry.access_mode_4_2);
	static const struct sacc_field f_valid =
		FIELD(create_mkey_in, mkey_umem_valid);
	u32 mode;

	if (!sacc_field_fits(f_entry, len))
		return -EINVAL;
	mode = sacc_field_get(in, len, f_mode_high) << 2 |
	       sacc_field_get(in, len, f_mode_low);
	if (mode != MLX5_MKC_ACCESS_MODE_KLMS && mode != MLX5_MKC_ACCESS_MODE_KSM)
		sacc_field_set(in, len, f_valid, 1);
	return 0;
}

/* 0, or -EINVAL for a mailbox too short to have what must be looked at. */
int sacc_mbox_force_umem_valid(const struct sacc_mbox_type *type, void *in,
			       size_t len)
{
	size_t i;

	if (type->create == OP(CREATE_MKEY))
		return sacc_mbox_force_mkey_umem(in, len);
	for (i = 0; i < SACC_MAX_UMEMS && type->umem_valid[i].width; i++)
		sacc_field_set(in, len, type->umem_valid[i], 1);
	return 0;
}

/* The same for what changes an object. */
void sacc_mbox_force_new_umem_valid(void *in, size_t len)
{
	static const struct sacc_field f_valid = FIELD(modify_cq_in, cq_umem_valid);

	if (sacc_mbox_opcode(in) == OP(MODIFY_CQ))
		sacc_field_set(in, len, f_valid, 1);
}

/* The event queue that a CREATE_CQ names; false for any other command. */
bool sacc_mbox_create_cq_eqn(const void *in, size_t len, u32 *eqn)
{
	static const struct sacc_field f_eqn =
		FIELD(create_cq_in, cq_context.c_eqn_or_apu_element);

	if (sacc_mbox_opcode(in) != OP(CREATE_CQ) || !sacc_field_fits(f_eqn, len))
		return false;
	*eqn = sacc_field_get(in, len, f_eqn);
	return true;
}
