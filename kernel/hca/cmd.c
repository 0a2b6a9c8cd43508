// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command interface: one table of commands, and what is the same for all of
 * them: header, lengths, op_mod, user context, reply.
 *
 * A command is executed under the command lock from the look-up of its uid to the
 * end of its handler, so commands never see each other's halves. Handlers write
 * only into a reply that is all zero, and return 0 or a syndrome; after a syndrome
 * the reply holds nothing but status and syndrome.
 *
 * Mailboxes may be longer than a command needs: what is over is ignored in the
 * input and zero in the output.
 *
 * To add a command: opcode into opcodes.h, layout into fields.h, a row here, its
 * reasons to refuse into syndromes.h.
 */
#include "model.h"

/* op_mod is the handler's business. */
#define ANY_OP_MOD	0x1u

/**
 * struct cmd_desc - a row of the command table
 * @opcode:   ascending
 * @in_len:   shortest input mailbox
 * @out_len:  shortest output mailbox
 * @flags:    ANY_OP_MOD; without it op_mod must be 0
 * @obj_type: what the command creates or destroys, for handlers of several types
 * @handler:  does it
 */
struct cmd_desc {
	u16 opcode;
	u16 in_len;
	u16 out_len;
	u8 flags;
	u8 obj_type;
	u32 (*handler)(struct sacc_hca_cmd *cmd);
};

#define HDR_LEN	16u
#define CQC_OUT_LEN	(SACC_HCA_OFF(query_cq_out, cq_context) / 8 +	\
			 SACC_HCA_BYTES(cqc))
#define QPC_OUT_LEN	(SACC_HCA_OFF(query_qp_out, qpc) / 8 +		\
			 SACC_HCA_BYTES(qpc))
#define SRQC_OUT_LEN	(SACC_HCA_OFF(query_srq_out, srq_context_entry) / 8 + \
			 SACC_HCA_BYTES(srqc))
#define HCA_VPORT_OUT_LEN	SACC_HCA_BYTES(query_hca_vport_context_out)
#define NIC_VPORT_OUT_LEN	(HDR_LEN + 0x100)
#define MKC_OUT_LEN	(HDR_LEN + SACC_HCA_BYTES(mkc))
#define REFORMAT_OUT_LEN \
	((SACC_HCA_OFF(query_packet_reformat_context_out,		\
		       packet_reformat_context) +			\
	  SACC_HCA_BITS(query_packet_reformat_context_out,		\
			packet_reformat_context)) / 8)

#define CMD(op, in, out, fl, type, fn) {				\
	.opcode = SACC_HCA_OP_##op, .in_len = (in), .out_len = (out),	\
	.flags = (fl), .obj_type = SACC_HCA_OBJ_##type,			\
	.handler = sacc_hca_cmd_##fn }
/* Of a type that has CREATE, MODIFY, DESTROY and QUERY, @name in the layouts. */
#define CREATE(type, name)						\
	CMD(CREATE_##type, SACC_HCA_BYTES(create_##name##_in),		\
	    SACC_HCA_BYTES(create_##name##_out), 0, type, create_##name)
#define MODIFY(type, name)						\
	CMD(MODIFY_##type, SACC_HCA_BYTES(modify_##name##_in),		\
	    SACC_HCA_BYTES(modify_##name##_out), 0, type, modify_##name)
#define DESTROY(type, name)						\
	CMD(DESTROY_##type, SACC_HCA_BYTES(destroy_##name##_in),	\
	    SACC_HCA_BYTES(destroy_##name##_out), 0, type, destroy)
#define QUERY(type, name, out, fn)					\
	CMD(QUERY_##type, SACC_HCA_BYTES(query_##name##_in), out, 0, type, fn)
#define MODIFY_QP(op, name)						\
	CMD(op##_QP, SACC_HCA_BYTES(name##_in), SACC_HCA_BYTES(name##_out), \
	    0, QP, modify_qp)

static const struct cmd_desc commands[] = {
	CMD(QUERY_HCA_CAP, SACC_HCA_BYTES(query_hca_cap_in), HDR_LEN,
	    ANY_OP_MOD, NONE, query_hca_cap),
	CMD(QUERY_ADAPTER, SACC_HCA_BYTES(query_adapter_in),
	    SACC_HCA_BYTES(query_adapter_out), 0, NONE, query_adapter),
	CMD(QUERY_ISSI, SACC_HCA_BYTES(query_issi_in),
	    SACC_HCA_BYTES(query_issi_out), 0, NONE, query_issi),
	CMD(CREATE_MKEY, SACC_HCA_BYTES(create_mkey_in),
	    SACC_HCA_BYTES(create_mkey_out), 0, MKEY, create_mkey),
	CMD(QUERY_MKEY, SACC_HCA_BYTES(query_mkey_in), MKC_OUT_LEN, 0, MKEY,
	    query_mkey),
	CMD(DESTROY_MKEY, SACC_HCA_BYTES(destroy_mkey_in),
	    SACC_HCA_BYTES(destroy_mkey_out), 0, MKEY, destroy),
	CMD(CREATE_CQ, SACC_HCA_BYTES(create_cq_in),
	    SACC_HCA_BYTES(create_cq_out), 0, CQ, create_cq),
	CMD(DESTROY_CQ, SACC_HCA_BYTES(destroy_cq_in),
	    SACC_HCA_BYTES(destroy_cq_out), 0, CQ, destroy),
	CMD(QUERY_CQ, SACC_HCA_BYTES(query_cq_in), CQC_OUT_LEN, 0, CQ,
	    query_cq),
	CMD(MODIFY_CQ, SACC_HCA_BYTES(modify_cq_in),
	    SACC_HCA_BYTES(modify_cq_out), 0, CQ, modify_cq),
	CREATE(QP, qp),
	DESTROY(QP, qp),
	MODIFY_QP(RST2INIT, rst2init_qp),
	MODIFY_QP(INIT2RTR, init2rtr_qp),
	MODIFY_QP(RTR2RTS, rtr2rts_qp),
	MODIFY_QP(RTS2RTS, rts2rts_qp),
	MODIFY_QP(SQERR2RTS, sqerr2rts_qp),
	MODIFY_QP(2ERR, qp_2err),
	MODIFY_QP(2RST, qp_2rst),
	QUERY(QP, qp, QPC_OUT_LEN, query_queue),
	MODIFY_QP(SQD_RTS, sqd2rts_qp),
	MODIFY_QP(INIT2INIT, init2init_qp),
	CMD(CREATE_PSV, SACC_HCA_BYTES(create_psv_in),
	    SACC_HCA_BYTES(create_psv_out), 0, PSV, create_psv),
	CMD(DESTROY_PSV, SACC_HCA_BYTES(destroy_psv_in),
	    SACC_HCA_BYTES(destroy_psv_out), 0, PSV, destroy),
	CREATE(SRQ, srq),
	DESTROY(SRQ, srq),
	QUERY(SRQ, srq, SRQC_OUT_LEN, query_queue),
	CMD(ARM_RQ, SACC_HCA_BYTES(arm_rq_in), SACC_HCA_BYTES(arm_rq_out),
	    ANY_OP_MOD, NONE, arm_rq),
	CMD(QUERY_VPORT_STATE, SACC_HCA_BYTES(query_vport_state_in),
	    SACC_HCA_BYTES(query_vport_state_out), 0, NONE,
	    query_vport_state),
	CMD(QUERY_NIC_VPORT_CONTEXT, SACC_HCA_BYTES(query_nic_vport_context_in),
	    NIC_VPORT_OUT_LEN, 0, NONE, query_nic_vport_context),
	CMD(QUERY_ROCE_ADDRESS, SACC_HCA_BYTES(query_roce_address_in),
	    SACC_HCA_BYTES(query_roce_address_out), 0, NONE,
	    query_roce_address),
	CMD(SET_ROCE_ADDRESS, SACC_HCA_BYTES(set_roce_address_in),
	    SACC_HCA_BYTES(set_roce_address_out), 0, NONE, set_roce_address),
	CMD(QUERY_HCA_VPORT_CONTEXT, SACC_HCA_BYTES(query_hca_vport_context_in),
	    HCA_VPORT_OUT_LEN, 0, NONE, query_hca_vport_context),
	CMD(QUERY_HCA_VPORT_GID, SACC_HCA_BYTES(query_hca_vport_gid_in),
	    SACC_HCA_BYTES(query_hca_vport_gid_out), 0, NONE,
	    query_hca_vport_gid),
	CMD(QUERY_HCA_VPORT_PKEY, SACC_HCA_BYTES(query_hca_vport_pkey_in),
	    SACC_HCA_BYTES(query_hca_vport_pkey_out), 0, NONE,
	    query_hca_vport_pkey),
	CMD(QUERY_VNIC_ENV, SACC_HCA_BYTES(query_vnic_env_in), HDR_LEN, 0, NONE,
	    query_vnic_env),
	CMD(QUERY_VPORT_COUNTER, SACC_HCA_BYTES(query_vport_counter_in),
	    SACC_HCA_BYTES(query_vport_counter_out), 0, NONE,
	    query_vport_counter),
	CMD(ALLOC_Q_COUNTER, SACC_HCA_BYTES(alloc_q_counter_in),
	    SACC_HCA_BYTES(alloc_q_counter_out), 0, Q_COUNTER, alloc_plain),
	CMD(DEALLOC_Q_COUNTER, SACC_HCA_BYTES(dealloc_q_counter_in),
	    SACC_HCA_BYTES(dealloc_q_counter_out), 0, Q_COUNTER, destroy),
	CMD(QUERY_Q_COUNTER, SACC_HCA_BYTES(query_q_counter_in),
	    SACC_HCA_BYTES(query_q_counter_out), 0, Q_COUNTER, query_q_counter),
	CMD(CREATE_SCHEDULING_ELEMENT,
	    SACC_HCA_BYTES(create_scheduling_element_in),
	    SACC_HCA_BYTES(create_scheduling_element_out), 0, SCHED,
	    create_sched),
	CMD(DESTROY_SCHEDULING_ELEMENT,
	    SACC_HCA_BYTES(destroy_scheduling_element_in), HDR_LEN, 0, SCHED,
	    destroy_sched),
	CMD(QUERY_SCHEDULING_ELEMENT,
	    SACC_HCA_BYTES(query_scheduling_element_in),
	    SACC_HCA_BYTES(query_scheduling_element_out), 0, SCHED,
	    query_sched),
	CMD(MODIFY_SCHEDULING_ELEMENT,
	    SACC_HCA_BYTES(modify_scheduling_element_in), HDR_LEN, 0, SCHED,
	    modify_sched),
	CMD(ALLOC_PD, SACC_HCA_BYTES(alloc_pd_in),
	    SACC_HCA_BYTES(alloc_pd_out), 0, PD, alloc_plain),
	CMD(DEALLOC_PD, SACC_HCA_BYTES(dealloc_pd_in),
	    SACC_HCA_BYTES(dealloc_pd_out), 0, PD, destroy),
	CMD(GET_DROPPED_PACKET_LOG, SACC_HCA_BYTES(get_dropped_packet_log_in),
	    SACC_HCA_BYTES(get_dropped_packet_log_out), 0, NONE, query_zeros),
	CMD(NOP, SACC_HCA_BYTES(nop_in), SACC_HCA_BYTES(nop_out), 0, NONE, nop),
	CMD(ALLOC_TRANSPORT_DOMAIN, SACC_HCA_BYTES(alloc_transport_domain_in),
	    SACC_HCA_BYTES(alloc_transport_domain_out), 0, TD, alloc_plain),
	CMD(DEALLOC_TRANSPORT_DOMAIN,
	    SACC_HCA_BYTES(dealloc_transport_domain_in),
	    SACC_HCA_BYTES(dealloc_transport_domain_out), 0, TD, destroy),
	CMD(QUERY_CONG_STATUS, SACC_HCA_BYTES(query_cong_status_in),
	    SACC_HCA_BYTES(query_cong_status_out), 0, NONE, query_cong),
	CMD(QUERY_CONG_PARAMS, SACC_HCA_BYTES(query_cong_params_in),
	    SACC_HCA_BYTES(query_cong_params_out), 0, NONE, query_cong),
	CMD(QUERY_CONG_STATISTICS, SACC_HCA_BYTES(query_cong_statistics_in),
	    SACC_HCA_BYTES(query_cong_statistics_out), 0, NONE, query_zeros),
	CMD(QUERY_LAG, SACC_HCA_BYTES(query_lag_in),
	    SACC_HCA_BYTES(query_lag_out), 0, NONE, query_lag),
	CREATE(TIR, tir),
	MODIFY(TIR, tir),
	DESTROY(TIR, tir),
	QUERY(TIR, tir, SACC_HCA_BYTES(query_tir_out), query_queue),
	CREATE(SQ, sq),
	MODIFY(SQ, sq),
	DESTROY(SQ, sq),
	QUERY(SQ, sq, SACC_HCA_BYTES(query_sq_out), query_queue),
	CREATE(RQ, rq),
	MODIFY(RQ, rq),
	DESTROY(RQ, rq),
	QUERY(RQ, rq, SACC_HCA_BYTES(query_rq_out), query_queue),
	CREATE(RMP, rmp),
	MODIFY(RMP, rmp),
	DESTROY(RMP, rmp),
	QUERY(RMP, rmp, SACC_HCA_BYTES(query_rmp_out), query_queue),
	CREATE(TIS, tis),
	MODIFY(TIS, tis),
	DESTROY(TIS, tis),
	QUERY(TIS, tis, SACC_HCA_BYTES(query_tis_out), query_queue),
	CREATE(RQT, rqt),
	MODIFY(RQT, rqt),
	DESTROY(RQT, rqt),
	QUERY(RQT, rqt, SACC_HCA_BYTES(query_rqt_out), query_rqt),
	CMD(CREATE_FLOW_TABLE, SACC_HCA_BYTES(create_flow_table_in),
	    SACC_HCA_BYTES(create_flow_table_out), 0, FLOW_TABLE,
	    create_flow_table),
	CMD(DESTROY_FLOW_TABLE, SACC_HCA_BYTES(destroy_flow_table_in),
	    SACC_HCA_BYTES(destroy_flow_table_out), 0, FLOW_TABLE,
	    destroy_flow_table),
	CMD(QUERY_FLOW_TABLE, SACC_HCA_BYTES(query_flow_table_in),
	    SACC_HCA_BYTES(query_flow_table_out), 0, FLOW_TABLE,
	    query_flow_table),
	CMD(CREATE_FLOW_GROUP, SACC_HCA_BYTES(create_flow_group_in),
	    SACC_HCA_BYTES(create_flow_group_out), 0, FLOW_GROUP,
	    create_flow_group),
	CMD(DESTROY_FLOW_GROUP, SACC_HCA_BYTES(destroy_flow_group_in),
	    SACC_HCA_BYTES(destroy_flow_group_out), 0, FLOW_GROUP,
	    destroy_flow_group),
	CMD(QUERY_FLOW_GROUP, SACC_HCA_BYTES(query_flow_group_in),
	    SACC_HCA_BYTES(query_flow_group_out), 0, FLOW_GROUP,
	    query_flow_group),
	CMD(SET_FLOW_TABLE_ENTRY, SACC_HCA_BYTES(set_fte_in),
	    SACC_HCA_BYTES(set_fte_out), ANY_OP_MOD, FTE, set_fte),
	CMD(QUERY_FLOW_TABLE_ENTRY, SACC_HCA_BYTES(query_fte_in),
	    SACC_HCA_BYTES(query_fte_out), 0, FTE, query_fte),
	CMD(DELETE_FLOW_TABLE_ENTRY, SACC_HCA_BYTES(delete_fte_in),
	    SACC_HCA_BYTES(delete_fte_out), 0, FTE, delete_fte),
	CMD(ALLOC_FLOW_COUNTER, SACC_HCA_BYTES(alloc_flow_counter_in),
	    SACC_HCA_BYTES(alloc_flow_counter_out), 0, FLOW_COUNTER,
	    alloc_flow_counter),
	CMD(DEALLOC_FLOW_COUNTER, SACC_HCA_BYTES(dealloc_flow_counter_in),
	    SACC_HCA_BYTES(dealloc_flow_counter_out), 0, FLOW_COUNTER,
	    dealloc_flow_counter),
	CMD(QUERY_FLOW_COUNTER, SACC_HCA_BYTES(query_flow_counter_in),
	    SACC_HCA_BYTES(query_flow_counter_out), 0, FLOW_COUNTER,
	    query_flow_counter),
	CMD(MODIFY_FLOW_TABLE, SACC_HCA_BYTES(modify_flow_table_in),
	    SACC_HCA_BYTES(modify_flow_table_out), 0, FLOW_TABLE,
	    modify_flow_table),
	CMD(ALLOC_PACKET_REFORMAT_CONTEXT,
	    SACC_HCA_BYTES(alloc_packet_reformat_context_in),
	    SACC_HCA_BYTES(alloc_packet_reformat_context_out), 0, REFORMAT,
	    alloc_reformat),
	CMD(DEALLOC_PACKET_REFORMAT_CONTEXT,
	    SACC_HCA_BYTES(dealloc_packet_reformat_context_in),
	    SACC_HCA_BYTES(dealloc_packet_reformat_context_out), 0, REFORMAT,
	    destroy_long),
	CMD(QUERY_PACKET_REFORMAT_CONTEXT,
	    SACC_HCA_BYTES(query_packet_reformat_context_in), REFORMAT_OUT_LEN,
	    0, REFORMAT, query_reformat),
	CMD(ALLOC_MODIFY_HEADER_CONTEXT,
	    SACC_HCA_BYTES(alloc_modify_header_context_in),
	    SACC_HCA_BYTES(alloc_modify_header_context_out), 0, MODIFY_HEADER,
	    alloc_modify_header),
	CMD(DEALLOC_MODIFY_HEADER_CONTEXT,
	    SACC_HCA_BYTES(dealloc_modify_header_context_in),
	    SACC_HCA_BYTES(dealloc_modify_header_context_out), 0, MODIFY_HEADER,
	    destroy_long),
	CMD(QUERY_MODIFY_HEADER_CONTEXT,
	    SACC_HCA_BYTES(query_modify_header_context_in), HDR_LEN, 0,
	    MODIFY_HEADER, query_modify_header),
	CMD(CREATE_GENERAL_OBJECT, SACC_HCA_BYTES(general_obj_in_cmd_hdr),
	    SACC_HCA_BYTES(general_obj_out_cmd_hdr), ANY_OP_MOD, NONE,
	    create_general),
	CMD(MODIFY_GENERAL_OBJECT, SACC_HCA_BYTES(general_obj_in_cmd_hdr),
	    SACC_HCA_BYTES(general_obj_out_cmd_hdr), ANY_OP_MOD, NONE,
	    modify_general),
	CMD(QUERY_GENERAL_OBJECT, SACC_HCA_BYTES(general_obj_in_cmd_hdr),
	    SACC_HCA_BYTES(general_obj_out_cmd_hdr), ANY_OP_MOD, NONE,
	    query_general),
	CMD(DESTROY_GENERAL_OBJECT, SACC_HCA_BYTES(general_obj_in_cmd_hdr),
	    SACC_HCA_BYTES(general_obj_out_cmd_hdr), ANY_OP_MOD, NONE,
	    destroy_general),
	CMD(ACCESS_REGISTER_USER, SACC_HCA_BYTES(access_register_in),
	    SACC_HCA_BYTES(access_register_in), ANY_OP_MOD, NONE,
	    access_register_user),
};

struct opcode_name {
	u16 opcode;
	const char *name;
};

#define OPCODE_NAME(op, code)	{ .opcode = (code), .name = #op },

static const struct opcode_name opcode_names[] = {
	SACC_HCA_OPCODES(OPCODE_NAME, OPCODE_NAME)
};

struct syndrome_desc {
	u32 value;
	u8 status;
	const char *text;
};

#define SYNDROME_DESC(name, val, stat, sentence) \
	{ .value = (val), .status = SACC_HCA_##stat, .text = (sentence) },

static const struct syndrome_desc syndromes[] = {
	SACC_HCA_SYNDROMES(SYNDROME_DESC)
};

static const struct syndrome_desc *find_syndrome(u32 value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(syndromes); i++)
		if (syndromes[i].value == value)
			return &syndromes[i];
	return NULL;
}

static const struct cmd_desc *find_command(u16 opcode)
{
	size_t low = 0, high = ARRAY_SIZE(commands), mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (commands[mid].opcode == opcode)
			return &commands[mid];
		if (commands[mid].opcode < opcode)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/**
 * sacc_hca_opcode_name - name of a command
 * @opcode: first 16 bits of a command
 *
 * Return: as in the programmer's reference manual, without a prefix; NULL for an
 * opcode that is not known. The device need not support the command.
 */
const char *sacc_hca_opcode_name(u16 opcode)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(opcode_names); i++)
		if (opcode_names[i].opcode == opcode)
			return opcode_names[i].name;
	return NULL;
}

/**
 * sacc_hca_syndrome_text - why a command was refused
 * @syndrome: of the reply
 *
 * Return: one sentence; NULL for what is no syndrome of this device.
 */
const char *sacc_hca_syndrome_text(u32 syndrome)
{
	const struct syndrome_desc *desc = find_syndrome(syndrome);

	return desc ? desc->text : NULL;
}

/* What can be said of a command without knowing who sends it. */
static u32 check_command(const struct cmd_desc *desc,
			 const struct sacc_hca_cmd *cmd, u16 opcode)
{
	if (!desc)
		return sacc_hca_opcode_name(opcode) ?
		       SACC_HCA_SYND_OPCODE_ABSENT : SACC_HCA_SYND_OPCODE_UNKNOWN;
	if (cmd->in_len < desc->in_len)
		return SACC_HCA_SYND_IN_SHORT;
	if (cmd->out_len < desc->out_len)
		return SACC_HCA_SYND_OUT_SHORT;
	if (cmd->op_mod && !(desc->flags & ANY_OP_MOD))
		return SACC_HCA_SYND_OP_MOD;
	return 0;
}

static u32 run_command(const struct cmd_desc *desc, struct sacc_hca_cmd *cmd)
{
	u16 uid = (u16)sacc_hca_get(cmd_in, cmd->in, uid);
	u32 syndrome = SACC_HCA_SYND_UID_UNKNOWN;

	cmd->obj_type = desc->obj_type;
	sacc_lock(&cmd->hca->lock);
	cmd->uctx = sacc_hca_uctx_find(cmd->hca, uid);
	if (cmd->uctx)
		syndrome = desc->handler(cmd);
	sacc_unlock(&cmd->hca->lock);
	return syndrome;
}

static u32 execute(struct sacc_hca_cmd *cmd)
{
	const struct cmd_desc *desc;
	u32 syndrome;
	u16 opcode;

	if (cmd->in_len < HDR_LEN / 2)
		return SACC_HCA_SYND_IN_SHORT;
	opcode = (u16)sacc_hca_get(cmd_in, cmd->in, opcode);
	cmd->op_mod = (u16)sacc_hca_get(cmd_in, cmd->in, op_mod);
	desc = find_command(opcode);
	syndrome = check_command(desc, cmd, opcode);
	return syndrome ? syndrome : run_command(desc, cmd);
}

/**
 * sacc_hca_exec - execute one command
 * @hca:     the device
 * @in:      the command; its header holds the uid it is executed for
 * @in_len:  bytes, any number
 * @out:     the reply, written whole; must not overlap @in
 * @out_len: bytes, at least 16
 *
 * Return: the status byte of the reply, 0 for success; -EINVAL when @out_len is too
 * small for any reply: then nothing was done.
 */
int sacc_hca_exec(struct sacc_hca *hca, const void *in, size_t in_len,
		  void *out, size_t out_len)
{
	struct sacc_hca_cmd cmd = {
		.hca = hca, .in = in, .in_len = in_len,
		.out = out, .out_len = out_len,
	};
	const struct syndrome_desc *desc;
	u32 syndrome;
	u8 status;

	if (out_len < HDR_LEN)
		return -EINVAL;
	memset(out, 0, out_len);
	syndrome = execute(&cmd);
	if (!syndrome)
		return SACC_HCA_OK;
	desc = find_syndrome(syndrome);
	status = desc ? desc->status : SACC_HCA_INTERNAL;
	memset(out, 0, out_len);
	sacc_hca_set(cmd_out, out, status, status);
	sacc_hca_set(cmd_out, out, syndrome, syndrome);
	return status;
}

/**
 * sacc_hca_reply_len - how much of a reply can be anything but zero
 * @in:      the command
 * @in_len:  bytes, any number
 * @out_len: room for the reply
 *
 * Clients give room for the longest page of capabilities there may ever be. That
 * much need not be allocated, cleared and copied.
 *
 * Return: @out_len, or less.
 */
size_t sacc_hca_reply_len(const void *in, size_t in_len, size_t out_len)
{
	if (in_len >= HDR_LEN / 2 &&
	    sacc_hca_get(cmd_in, in, opcode) == SACC_HCA_OP_QUERY_HCA_CAP &&
	    out_len > HDR_LEN + SACC_HCA_CAP_BYTES)
		return HDR_LEN + SACC_HCA_CAP_BYTES;
	return out_len;
}

/* DESTROY and DEALLOC of all objects whose number is where most have it. */
u32 sacc_hca_cmd_destroy(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_obj *obj;

	obj = sacc_hca_obj_find(cmd->hca, cmd->uctx, cmd->obj_type,
				sacc_hca_get(cmd_in, cmd->in, obj_id));
	if (!obj)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	return sacc_hca_obj_destroy(cmd->hca, obj);
}

/* The same where the number has 32 bits. */
u32 sacc_hca_cmd_destroy_long(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_obj *obj;

	obj = sacc_hca_obj_find(cmd->hca, cmd->uctx, cmd->obj_type,
				sacc_hca_get(cmd_in, cmd->in, long_id));
	if (!obj)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	return sacc_hca_obj_destroy(cmd->hca, obj);
}
