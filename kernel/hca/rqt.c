// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of receive queues, over which an indirect TIR spreads packets.
 *
 * A table has room for rqt_max_size entries and holds rqt_actual_size of them,
 * each a reference on an RQ of the same owner. MODIFY exchanges the list whole.
 * The references on the new RQs are taken before those on the old ones are given
 * back, so a list that has a bad entry changes nothing.
 *
 * In mailboxes the list follows the context, so how long they must be depends on
 * what they say.
 *
 * Locking: the command lock.
 */
#include "queue.h"

#define ENTRY_BYTES	SACC_HCA_BYTES(rq_num)
#define GET(ctx, f)	sacc_hca_get(rqtc, ctx, f)
#define RQN_LIST	1u	/* of the bitmask */

/* The list begins at the same place in the three commands that have one. */
#define LIST_OFF	SACC_HCA_BYTES(create_rqt_in)
static_assert(SACC_PRM_create_rqt_in__BYTES == SACC_PRM_modify_rqt_in__BYTES &&
	      SACC_PRM_create_rqt_in__BYTES == SACC_PRM_query_rqt_out__BYTES,
	      "place of the list");

static u32 list_rqn(const struct sacc_hca_cmd *cmd, u32 i)
{
	return sacc_hca_get(rq_num, cmd->in + LIST_OFF + (size_t)i * ENTRY_BYTES,
			    rq_num);
}

/* Bytes of a mailbox with @count entries: @count has 16 bits. */
static size_t mailbox_bytes(u32 count)
{
	return LIST_OFF + (size_t)count * ENTRY_BYTES;
}

static void give_back(struct sacc_hca *hca, struct sacc_hca_obj **rqs,
		      u32 count)
{
	while (count--)
		sacc_hca_obj_unuse(hca, rqs[count]);
}

/* References on the RQs of the list in the command, all of them or none. */
static u32 use_list(struct sacc_hca_cmd *cmd, const struct sacc_hca_uctx *owner,
		    struct sacc_hca_obj **rqs, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		rqs[i] = sacc_hca_obj_use(cmd->hca, owner, SACC_HCA_OBJ_RQ,
					  list_rqn(cmd, i));
		if (!rqs[i]) {
			give_back(cmd->hca, rqs, i);
			return SACC_HCA_SYND_RQT_RQ;
		}
	}
	return 0;
}

static u32 check_list(const struct sacc_hca_cmd *cmd, u32 count, u32 max)
{
	if (!count || count > max)
		return SACC_HCA_SYND_RQT_SIZE;
	if (cmd->in_len < mailbox_bytes(count))
		return SACC_HCA_SYND_RQT_LIST_SHORT;
	return 0;
}

static u32 check_create(const struct sacc_hca_cmd *cmd, const u8 *ctx)
{
	if (GET(ctx, list_q_type))
		return SACC_HCA_SYND_RQT_TYPE;
	if (GET(ctx, rq_vhca_id_format))
		return SACC_HCA_SYND_RQT_VHCA_FORMAT;
	if (GET(ctx, rqt_max_size) > 1u << SACC_HCA_LOG_MAX_RQT_SZ)
		return SACC_HCA_SYND_RQT_MAX_SIZE;
	return check_list(cmd, GET(ctx, rqt_actual_size),
			  GET(ctx, rqt_max_size));
}

u32 sacc_hca_cmd_create_rqt(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(create_rqt_in, cmd->in, rqt_context);
	u32 syndrome = check_create(cmd, ctx);
	struct sacc_hca_rqt *rqt;

	if (syndrome)
		return syndrome;
	rqt = sacc_alloc(sizeof(*rqt));
	if (!rqt)
		return SACC_HCA_SYND_NO_MEMORY;
	rqt->max = GET(ctx, rqt_max_size);
	rqt->count = GET(ctx, rqt_actual_size);
	rqt->rqs = sacc_alloc(rqt->max * sizeof(*rqt->rqs));
	syndrome = SACC_HCA_SYND_NO_MEMORY;
	if (!rqt->rqs)
		goto err_free;
	syndrome = use_list(cmd, cmd->uctx, rqt->rqs, rqt->count);
	if (syndrome)
		goto err_free;
	syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx, SACC_HCA_OBJ_RQT,
				    &rqt->obj);
	if (syndrome)
		goto err_give_back;
	sacc_hca_set(create_rqt_out, cmd->out, rqtn, rqt->obj.id);
	return 0;

err_give_back:
	give_back(cmd->hca, rqt->rqs, rqt->count);
err_free:
	sacc_free(rqt->rqs);
	sacc_free(rqt);
	return syndrome;
}

void sacc_hca_rqt_release(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	struct sacc_hca_rqt *rqt = (struct sacc_hca_rqt *)obj;

	give_back(hca, rqt->rqs, rqt->count);
}

void sacc_hca_rqt_fini(struct sacc_hca_obj *obj)
{
	sacc_free(((struct sacc_hca_rqt *)obj)->rqs);
}

static struct sacc_hca_rqt *find(struct sacc_hca_cmd *cmd)
{
	return (struct sacc_hca_rqt *)
		sacc_hca_obj_find(cmd->hca, cmd->uctx, SACC_HCA_OBJ_RQT,
				  sacc_hca_get(cmd_in, cmd->in, obj_id));
}

u32 sacc_hca_cmd_modify_rqt(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(modify_rqt_in, cmd->in, ctx);
	u64 mask = sacc_hca_get64(modify_rqt_in, cmd->in, bitmask);
	u32 count = GET(ctx, rqt_actual_size), syndrome;
	struct sacc_hca_rqt *rqt = find(cmd);
	struct sacc_hca_obj **rqs;

	if (!rqt)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	if (mask & ~(u64)RQN_LIST)
		return SACC_HCA_SYND_RQT_MODIFY_FIELD;
	if (!mask)
		return 0;
	syndrome = check_list(cmd, count, rqt->max);
	if (syndrome)
		return syndrome;
	rqs = sacc_alloc(rqt->max * sizeof(*rqs));
	if (!rqs)
		return SACC_HCA_SYND_NO_MEMORY;
	syndrome = use_list(cmd, rqt->obj.owner, rqs, count);
	if (syndrome) {
		sacc_free(rqs);
		return syndrome;
	}
	give_back(cmd->hca, rqt->rqs, rqt->count);
	sacc_free(rqt->rqs);
	rqt->rqs = rqs;
	rqt->count = count;
	return 0;
}

u32 sacc_hca_cmd_query_rqt(struct sacc_hca_cmd *cmd)
{
	u8 *ctx = sacc_hca_at_rw(query_rqt_out, cmd->out, rqt_context);
	const struct sacc_hca_rqt *rqt = find(cmd);
	u32 i;

	if (!rqt)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	if (cmd->out_len < mailbox_bytes(rqt->count))
		return SACC_HCA_SYND_RQT_REPLY_SHORT;
	sacc_hca_set(rqtc, ctx, rqt_max_size, rqt->max);
	sacc_hca_set(rqtc, ctx, rqt_actual_size, rqt->count);
	for (i = 0; i < rqt->count; i++)
		sacc_hca_set(rq_num, cmd->out + mailbox_bytes(i), rq_num,
			     rqt->rqs[i]->id);
	return 0;
}
