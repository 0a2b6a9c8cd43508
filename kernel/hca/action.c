// SPDX-License-Identifier: GPL-2.0-only
/*
 * What flow table entries do to packets: packet reformat contexts and modify header
 * contexts. Both are kept as they were given and answered; entries take references
 * on them.
 *
 * Locking: handlers run under the command lock.
 */
#include "flow.h"

/* reformat_type: encapsulations, and removing one of layer 3. */
#define REFORMAT_LAST		4u

/* action_type */
#define ACTION_SET		1u
#define ACTION_COPY		3u
#define ACTION_BYTES		8u

/* In a reformat context, where the data begin. */
#define DATA_AT		(SACC_HCA_OFF(packet_reformat_context_in, reformat_data) / 8)

/**
 * struct sacc_hca_reformat - a packet reformat context
 * @obj:  its number is the packet_reformat_id
 * @size: bytes of @data
 * @type: reformat_type
 * @params: reformat_param_0 and 1
 * @data: the header to add
 */
struct sacc_hca_reformat {
	struct sacc_hca_obj obj;
	u32 size;
	u8 type;
	u8 params[2];
	u8 data[];
};

#define GET(ctx, f)	sacc_hca_get(packet_reformat_context_in, (ctx), f)
#define SET(ctx, f, v)	sacc_hca_set(packet_reformat_context_in, (ctx), f, (v))

static u32 check_reformat(const struct sacc_hca_cmd *cmd, const u8 *ctx)
{
	size_t at = (size_t)(ctx - cmd->in) + DATA_AT;

	if (GET(ctx, reformat_type) > REFORMAT_LAST)
		return SACC_HCA_SYND_REFORMAT_TYPE;
	if (GET(ctx, reformat_data_size) > SACC_HCA_MAX_REFORMAT_SIZE)
		return SACC_HCA_SYND_REFORMAT_SIZE;
	if (cmd->in_len - at < GET(ctx, reformat_data_size))
		return SACC_HCA_SYND_IN_SHORT;
	return 0;
}

u32 sacc_hca_cmd_alloc_reformat(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(alloc_packet_reformat_context_in, cmd->in,
				    packet_reformat_context);
	struct sacc_hca_reformat *reformat;
	u32 syndrome, size;

	syndrome = check_reformat(cmd, ctx);
	if (syndrome)
		return syndrome;
	size = GET(ctx, reformat_data_size);
	reformat = sacc_alloc(sizeof(*reformat) + size);
	if (!reformat)
		return SACC_HCA_SYND_NO_MEMORY;
	reformat->size = size;
	reformat->type = (u8)GET(ctx, reformat_type);
	reformat->params[0] = (u8)GET(ctx, reformat_param_0);
	reformat->params[1] = (u8)GET(ctx, reformat_param_1);
	memcpy(reformat->data, ctx + DATA_AT, size);
	syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx, SACC_HCA_OBJ_REFORMAT,
				    &reformat->obj);
	if (syndrome)
		sacc_free(reformat);
	else
		sacc_hca_set(cmd_out, cmd->out, long_id, reformat->obj.id);
	return syndrome;
}

u32 sacc_hca_cmd_query_reformat(struct sacc_hca_cmd *cmd)
{
	u8 *ctx = sacc_hca_at_rw(query_packet_reformat_context_out, cmd->out,
				 packet_reformat_context);
	struct sacc_hca_reformat *reformat;

	reformat = (struct sacc_hca_reformat *)
		sacc_hca_obj_find(cmd->hca, cmd->uctx, SACC_HCA_OBJ_REFORMAT,
				  sacc_hca_get(cmd_in, cmd->in, long_id));
	if (!reformat)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	if (cmd->out_len - (size_t)(ctx - cmd->out) - DATA_AT < reformat->size)
		return SACC_HCA_SYND_OUT_SHORT;
	SET(ctx, reformat_type, reformat->type);
	SET(ctx, reformat_param_0, reformat->params[0]);
	SET(ctx, reformat_data_size, reformat->size);
	SET(ctx, reformat_param_1, reformat->params[1]);
	memcpy(ctx + DATA_AT, reformat->data, reformat->size);
	return 0;
}

static u32 check_actions(const struct sacc_hca_cmd *cmd, u32 count)
{
	const u8 *actions = cmd->in +
			    SACC_HCA_BYTES(alloc_modify_header_context_in);
	size_t room = cmd->in_len - (size_t)(actions - cmd->in);
	u32 i, type;

	if (!count || count > SACC_HCA_MAX_MODIFY_ACTIONS)
		return SACC_HCA_SYND_MODIFY_HEADER_COUNT;
	if (room / ACTION_BYTES < count)
		return SACC_HCA_SYND_IN_SHORT;
	for (i = 0; i < count; i++) {
		type = sacc_hca_get(set_action_in, actions + i * ACTION_BYTES,
				    action_type);
		if (type < ACTION_SET || type > ACTION_COPY)
			return SACC_HCA_SYND_MODIFY_HEADER_ACTION;
	}
	return 0;
}

u32 sacc_hca_cmd_alloc_modify_header(struct sacc_hca_cmd *cmd)
{
	u32 type = sacc_hca_get(alloc_modify_header_context_in, cmd->in,
				table_type);
	u32 count = sacc_hca_get(alloc_modify_header_context_in, cmd->in,
				 num_of_actions);
	struct sacc_hca_modify_header *header;
	u32 syndrome;

	if (!sacc_hca_flow_has_type(type))
		return SACC_HCA_SYND_FLOW_TABLE_TYPE;
	syndrome = check_actions(cmd, count);
	if (syndrome)
		return syndrome;
	header = sacc_alloc(sizeof(*header) + (size_t)count * ACTION_BYTES);
	if (!header)
		return SACC_HCA_SYND_NO_MEMORY;
	header->type = (u8)type;
	header->count = count;
	memcpy(header->actions,
	       cmd->in + SACC_HCA_BYTES(alloc_modify_header_context_in),
	       (size_t)count * ACTION_BYTES);
	syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx,
				    SACC_HCA_OBJ_MODIFY_HEADER, &header->obj);
	if (syndrome)
		sacc_free(header);
	else
		sacc_hca_set(cmd_out, cmd->out, long_id, header->obj.id);
	return syndrome;
}

/* The reply is laid out as the request. */
u32 sacc_hca_cmd_query_modify_header(struct sacc_hca_cmd *cmd)
{
	size_t at = SACC_HCA_BYTES(alloc_modify_header_context_in);
	struct sacc_hca_modify_header *header;

	header = (struct sacc_hca_modify_header *)
		sacc_hca_obj_find(cmd->hca, cmd->uctx,
				  SACC_HCA_OBJ_MODIFY_HEADER,
				  sacc_hca_get(cmd_in, cmd->in, long_id));
	if (!header)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	if ((cmd->out_len - at) / ACTION_BYTES < header->count)
		return SACC_HCA_SYND_OUT_SHORT;
	sacc_hca_set(query_modify_header_context_out, cmd->out, table_type,
		     header->type);
	sacc_hca_set(query_modify_header_context_out, cmd->out, num_of_actions,
		     header->count);
	memcpy(cmd->out + at, header->actions,
	       (size_t)header->count * ACTION_BYTES);
	return 0;
}
