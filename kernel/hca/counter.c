// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters: flow counters, one or a bulk of them, and the counter sets of queues.
 * Nothing is counted yet, so all are zero and clearing them is nothing to do.
 *
 * What one ALLOC made is one object, however many counters it has; flow table
 * entries refer to it as a whole. The number of a counter is that of the object,
 * followed by 15 bits that say which one it is: a bulk has consecutive numbers, and
 * finding the object of any of them needs no search. Clients free a bulk by its
 * first number, and look at the numbers of several with one QUERY.
 *
 * Locking: handlers run under the command lock, which also protects the total.
 */
#include "flow.h"

#define INDEX_BITS	SACC_HCA_LOG_MAX_COUNTER_BULK
#define INDEX_MASK	((1u << INDEX_BITS) - 1)
/* flow_counter_bulk is a bit that stands for 128 counters, or twice as many ... */
#define BULK_UNIT	128u

/**
 * struct sacc_hca_flow_counters - a bulk of flow counters, or one
 * @obj:   its number is the upper part of the flow_counter_id
 * @count: how many
 */
struct sacc_hca_flow_counters {
	struct sacc_hca_obj obj;
	u32 count;
};

static u32 bulk_size(const struct sacc_hca_cmd *cmd, u32 *count)
{
	u32 log = sacc_hca_get(alloc_flow_counter_in, cmd->in,
			       flow_counter_bulk_log_size);
	u32 bulk = sacc_hca_get(alloc_flow_counter_in, cmd->in,
				flow_counter_bulk);

	if (log > INDEX_BITS || (bulk & (bulk - 1)) || (log && bulk))
		return SACC_HCA_SYND_COUNTER_BULK;
	*count = bulk ? bulk * BULK_UNIT : 1u << log;
	return 0;
}

u32 sacc_hca_cmd_alloc_flow_counter(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_flow_counters *counters;
	struct sacc_hca *hca = cmd->hca;
	u32 syndrome, count;

	syndrome = bulk_size(cmd, &count);
	if (syndrome)
		return syndrome;
	if (count > SACC_HCA_MAX_FLOW_COUNTERS - hca->flow_counters)
		return SACC_HCA_SYND_COUNTER_TOTAL;
	counters = sacc_alloc(sizeof(*counters));
	if (!counters)
		return SACC_HCA_SYND_NO_MEMORY;
	counters->count = count;
	syndrome = sacc_hca_obj_add(hca, cmd->uctx, SACC_HCA_OBJ_FLOW_COUNTER,
				    &counters->obj);
	if (syndrome) {
		sacc_free(counters);
		return syndrome;
	}
	hca->flow_counters += count;
	sacc_hca_set(alloc_flow_counter_out, cmd->out, flow_counter_id,
		     counters->obj.id << INDEX_BITS);
	return 0;
}

void sacc_hca_flow_counter_release(struct sacc_hca *hca,
				   struct sacc_hca_obj *obj)
{
	hca->flow_counters -= ((struct sacc_hca_flow_counters *)obj)->count;
}

/* The object that the counter @id is one of, if @uctx may see it. */
static struct sacc_hca_flow_counters *
find_counters(struct sacc_hca *hca, const struct sacc_hca_uctx *uctx, u32 id)
{
	struct sacc_hca_flow_counters *counters;

	counters = (struct sacc_hca_flow_counters *)
		sacc_hca_obj_find(hca, uctx, SACC_HCA_OBJ_FLOW_COUNTER,
				  id >> INDEX_BITS);
	if (!counters || (id & INDEX_MASK) >= counters->count)
		return NULL;
	return counters;
}

struct sacc_hca_obj *
sacc_hca_flow_counter_use(struct sacc_hca *hca,
			  const struct sacc_hca_uctx *owner, u32 id)
{
	if (!find_counters(hca, owner, id))
		return NULL;
	return sacc_hca_obj_use(hca, owner, SACC_HCA_OBJ_FLOW_COUNTER,
				id >> INDEX_BITS);
}

u32 sacc_hca_cmd_dealloc_flow_counter(struct sacc_hca_cmd *cmd)
{
	u32 id = sacc_hca_get(dealloc_flow_counter_in, cmd->in,
			      flow_counter_id);
	struct sacc_hca_flow_counters *counters;

	counters = find_counters(cmd->hca, cmd->uctx, id);
	if (!counters || (id & INDEX_MASK))
		return SACC_HCA_SYND_COUNTER_UNKNOWN;
	return sacc_hca_obj_destroy(cmd->hca, &counters->obj);
}

/* num_of_counters 0 means the one that is named. */
u32 sacc_hca_cmd_query_flow_counter(struct sacc_hca_cmd *cmd)
{
	u32 id = sacc_hca_get(query_flow_counter_in, cmd->in, flow_counter_id);
	u32 n = sacc_hca_get(query_flow_counter_in, cmd->in, num_of_counters);
	size_t room = cmd->out_len - SACC_HCA_BYTES(query_flow_counter_out);
	struct sacc_hca_flow_counters *counters;

	counters = find_counters(cmd->hca, cmd->uctx, id);
	if (!counters)
		return SACC_HCA_SYND_COUNTER_UNKNOWN;
	if (sacc_hca_get(query_flow_counter_in, cmd->in, dump_to_memory))
		return SACC_HCA_SYND_COUNTER_DUMP;
	if (!n)
		n = 1;
	if (n > counters->count - (id & INDEX_MASK))
		return SACC_HCA_SYND_COUNTER_RANGE;
	if (room / SACC_HCA_BYTES(traffic_counter) < n)
		return SACC_HCA_SYND_OUT_SHORT;
	return 0;
}

u32 sacc_hca_cmd_query_q_counter(struct sacc_hca_cmd *cmd)
{
	if (!sacc_hca_obj_find(cmd->hca, cmd->uctx, SACC_HCA_OBJ_Q_COUNTER,
			       sacc_hca_get(query_q_counter_in, cmd->in,
					    counter_set_id)))
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	return 0;
}
