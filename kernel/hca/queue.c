// SPDX-License-Identifier: GPL-2.0-only
/*
 * What queues and transport objects have in common.
 *
 * They are made in one way: fields are checked, the context is stored, references
 * are taken on what it names, the object gets a number. The references are all in
 * one array, so that one function gives back whatever was taken, after a failure
 * as well as at the end. They go to objects of the owner of the queue; who
 * modifies it (uid 0 may) does not matter.
 *
 * Only fields of the context that the device knows are stored, so QUERY reads
 * bits without a name as 0. A number that the context names and the queue could do
 * without may be 0; if it is not, it must exist, and stays. What has no meaning for
 * the kind of queue is not stored. So QUERY never tells of what has gone.
 *
 * Rings and doorbell records lie in umems. The device only reads them, so they may
 * be read-only for it, and nothing of them is touched before there is work.
 *
 * Locking: everything here is under the command lock.
 */
#include "queue.h"

#define RING_ALIGN	64u
#define DBR_BYTES	8u

#define FITS(ctx)							\
	static_assert(SACC_PRM_##ctx##__BYTES <= SACC_HCA_CTX_BYTES,	\
		      "sacc_hca_queue.ctx has room for " #ctx)
FITS(qpc);
FITS(srqc);
FITS(rmpc);
FITS(rqc);
FITS(sqc);
FITS(tisc);
FITS(tirc);

void sacc_hca_copy_fields(void *to, const void *from,
			  const struct sacc_hca_field *fields, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		sacc_hca_field_set(to, fields[i].off, fields[i].bits,
				   sacc_hca_field_get(from, fields[i].off,
						      fields[i].bits));
}

/* A queue to be, without a number: of @size bytes, which begin with it. */
struct sacc_hca_queue *sacc_hca_queue_alloc(struct sacc_hca_cmd *cmd,
					    size_t size)
{
	struct sacc_hca_queue *queue = sacc_alloc(size);

	if (queue)
		queue->obj.owner = cmd->uctx;
	return queue;
}

/* Use the object @id. What was in @slot is given back, but only if all is well. */
u32 sacc_hca_queue_use(struct sacc_hca *hca, struct sacc_hca_queue *queue,
		       enum sacc_hca_use slot, enum sacc_hca_obj_type type,
		       u32 id, u32 syndrome)
{
	struct sacc_hca_obj *obj;

	obj = sacc_hca_obj_use(hca, queue->obj.owner, type, id);
	if (!obj)
		return syndrome;
	if (queue->uses[slot])
		sacc_hca_obj_unuse(hca, queue->uses[slot]);
	queue->uses[slot] = obj;
	return 0;
}

/* The same for what the queue can do without: 0 is none. */
u32 sacc_hca_queue_use_named(struct sacc_hca *hca,
			     struct sacc_hca_queue *queue,
			     enum sacc_hca_use slot,
			     enum sacc_hca_obj_type type, u32 id, u32 syndrome)
{
	return id ? sacc_hca_queue_use(hca, queue, slot, type, id, syndrome) : 0;
}

/* The counter set @id in the place of what was in @slot; 0 is none. */
u32 sacc_hca_queue_use_counter(struct sacc_hca *hca,
			       struct sacc_hca_queue *queue,
			       enum sacc_hca_use slot, u32 id)
{
	if (id)
		return sacc_hca_queue_use(hca, queue, slot,
					  SACC_HCA_OBJ_Q_COUNTER, id,
					  SACC_HCA_SYND_WQ_COUNTER);
	if (queue->uses[slot])
		sacc_hca_obj_unuse(hca, queue->uses[slot]);
	queue->uses[slot] = NULL;
	return 0;
}

static u32 check_ring(const struct sacc_hca_umem *umem,
		      const struct sacc_hca_ring *ring)
{
	u64 start;

	if (ring->wq_offset % RING_ALIGN)
		return SACC_HCA_SYND_WQ_UMEM_ALIGN;
	if (check_add_overflow(ring->wq_offset,
			       (u64)RING_ALIGN * ring->page_offset, &start) ||
	    !sacc_hca_range_is_inside(start, ring->bytes, umem->length))
		return SACC_HCA_SYND_WQ_UMEM_RANGE;
	return 0;
}

static u32 use_wq_umem(struct sacc_hca *hca, struct sacc_hca_queue *queue,
		       const struct sacc_hca_ring *ring)
{
	u32 syndrome;

	if (!ring->wq_valid)
		return SACC_HCA_SYND_WQ_NO_UMEM;
	syndrome = sacc_hca_queue_use(hca, queue, SACC_HCA_USE_RING,
				      SACC_HCA_OBJ_UMEM, ring->wq_umem,
				      SACC_HCA_SYND_WQ_UMEM);
	if (syndrome)
		return syndrome;
	return check_ring((struct sacc_hca_umem *)queue->uses[SACC_HCA_USE_RING],
			  ring);
}

static u32 use_dbr_umem(struct sacc_hca *hca, struct sacc_hca_queue *queue,
			const struct sacc_hca_ring *ring)
{
	struct sacc_hca_umem *umem;
	u32 syndrome;

	if (!ring->dbr_valid)
		return SACC_HCA_SYND_WQ_NO_DBR_UMEM;
	syndrome = sacc_hca_queue_use(hca, queue, SACC_HCA_USE_DBR,
				      SACC_HCA_OBJ_UMEM, ring->dbr_umem,
				      SACC_HCA_SYND_WQ_DBR_UMEM);
	if (syndrome)
		return syndrome;
	umem = (struct sacc_hca_umem *)queue->uses[SACC_HCA_USE_DBR];
	if (ring->dbr_addr % DBR_BYTES)
		return SACC_HCA_SYND_WQ_DBR_ALIGN;
	if (!sacc_hca_range_is_inside(ring->dbr_addr, DBR_BYTES, umem->length))
		return SACC_HCA_SYND_WQ_DBR_RANGE;
	return 0;
}

u32 sacc_hca_queue_use_ring(struct sacc_hca *hca, struct sacc_hca_queue *queue,
			    const struct sacc_hca_ring *ring)
{
	u32 syndrome = use_wq_umem(hca, queue, ring);

	return syndrome ? syndrome : use_dbr_umem(hca, queue, ring);
}

static void give_references_back(struct sacc_hca *hca,
				 struct sacc_hca_queue *queue)
{
	size_t i;

	for (i = 0; i < SACC_HCA_USES; i++)
		if (queue->uses[i])
			sacc_hca_obj_unuse(hca, queue->uses[i]);
}

/* The last step of a create command: give @queue a number, or undo it. */
u32 sacc_hca_queue_finish(struct sacc_hca_cmd *cmd,
			  struct sacc_hca_queue *queue, u32 syndrome)
{
	if (!syndrome)
		syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx, cmd->obj_type,
					    &queue->obj);
	if (syndrome) {
		give_references_back(cmd->hca, queue);
		sacc_free(queue);
		return syndrome;
	}
	sacc_hca_set(cmd_out, cmd->out, obj_id, queue->obj.id);
	return 0;
}

void sacc_hca_queue_release(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	give_references_back(hca, (struct sacc_hca_queue *)obj);
}

/* The queue that a command names where most name their object, or NULL. */
struct sacc_hca_queue *sacc_hca_queue_find(struct sacc_hca_cmd *cmd)
{
	return (struct sacc_hca_queue *)
		sacc_hca_obj_find(cmd->hca, cmd->uctx, cmd->obj_type,
				  sacc_hca_get(cmd_in, cmd->in, obj_id));
}

/* Where the replies to queries have the context, and its length. */
static const struct {
	u16 off;
	u16 bytes;
} replies[SACC_HCA_OBJ_TYPES] = {
#define REPLY(type, out, field, ctx)					\
	[SACC_HCA_OBJ_##type] = {					\
		.off = SACC_PRM_##out##__##field##__OFF / 8,		\
		.bytes = SACC_PRM_##ctx##__BYTES,			\
	}
	REPLY(QP, query_qp_out, qpc, qpc),
	REPLY(SRQ, query_srq_out, srq_context_entry, srqc),
	REPLY(RMP, query_rmp_out, rmp_context, rmpc),
	REPLY(RQ, query_rq_out, rq_context, rqc),
	REPLY(SQ, query_sq_out, sq_context, sqc),
	REPLY(TIS, query_tis_out, tis_context, tisc),
	REPLY(TIR, query_tir_out, tir_context, tirc),
#undef REPLY
};

u32 sacc_hca_cmd_query_queue(struct sacc_hca_cmd *cmd)
{
	const struct sacc_hca_queue *queue = sacc_hca_queue_find(cmd);

	if (!queue)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	memcpy(cmd->out + replies[cmd->obj_type].off, queue->ctx,
	       replies[cmd->obj_type].bytes);
	return 0;
}

/* --- Work queues in the contexts of RQs, SQs and RMPs */

u32 sacc_hca_wq_check(const u8 *wq, u32 types, u32 min_stride, u32 max_stride)
{
	u32 stride = sacc_hca_get(wq, wq, log_wq_stride);

	if (!(types >> sacc_hca_get(wq, wq, wq_type) & 1))
		return SACC_HCA_SYND_WQ_TYPE;
	if (sacc_hca_get(wq, wq, wq_signature) ||
	    sacc_hca_get(wq, wq, cd_slave) ||
	    sacc_hca_get(wq, wq, log2_hds_buf_size) ||
	    sacc_hca_get(wq, wq, hds_skip_first_sge) ||
	    sacc_hca_get(wq, wq, shampo_enable))
		return SACC_HCA_SYND_WQ_FEATURE;
	if (sacc_hca_get(wq, wq, log_wq_sz) > SACC_HCA_LOG_MAX_WQ_SZ)
		return SACC_HCA_SYND_WQ_SIZE;
	if (stride < min_stride || stride > max_stride)
		return SACC_HCA_SYND_WQ_STRIDE;
	if (sacc_hca_get(wq, wq, lwm) >
	    1u << sacc_hca_get(wq, wq, log_wq_sz))
		return SACC_HCA_SYND_WQ_LWM;
	return 0;
}

void sacc_hca_wq_copy(u8 *to, const u8 *from)
{
	static const struct sacc_hca_field kept[] = {
		SACC_HCA_FIELD(wq, wq_type),
		SACC_HCA_FIELD(wq, end_padding_mode),
		SACC_HCA_FIELD(wq, page_offset),
		SACC_HCA_FIELD(wq, lwm),
		SACC_HCA_FIELD(wq, pd),
		SACC_HCA_FIELD(wq, uar_page),
		SACC_HCA_FIELD(wq, dbr_addr),
		SACC_HCA_FIELD(wq, log_wq_stride),
		SACC_HCA_FIELD(wq, log_wq_pg_sz),
		SACC_HCA_FIELD(wq, log_wq_sz),
		SACC_HCA_FIELD(wq, dbr_umem_valid),
		SACC_HCA_FIELD(wq, wq_umem_valid),
		SACC_HCA_FIELD(wq, dbr_umem_id),
		SACC_HCA_FIELD(wq, wq_umem_id),
		SACC_HCA_FIELD(wq, wq_umem_offset),
	};

	sacc_hca_copy_fields(to, from, kept, ARRAY_SIZE(kept));
}

/* What a wq is made from, but the UAR: send queues need one, others name one. */
u32 sacc_hca_wq_use(struct sacc_hca *hca, struct sacc_hca_queue *queue,
		    const u8 *wq)
{
	struct sacc_hca_ring ring = {
		.wq_valid = sacc_hca_get(wq, wq, wq_umem_valid),
		.wq_umem = sacc_hca_get(wq, wq, wq_umem_id),
		.wq_offset = sacc_hca_get64(wq, wq, wq_umem_offset),
		.page_offset = sacc_hca_get(wq, wq, page_offset),
		.bytes = 1ull << (sacc_hca_get(wq, wq, log_wq_sz) +
				  sacc_hca_get(wq, wq, log_wq_stride)),
		.dbr_valid = sacc_hca_get(wq, wq, dbr_umem_valid),
		.dbr_umem = sacc_hca_get(wq, wq, dbr_umem_id),
		.dbr_addr = sacc_hca_get64(wq, wq, dbr_addr),
	};
	u32 syndrome;

	syndrome = sacc_hca_queue_use(hca, queue, SACC_HCA_USE_PD,
				      SACC_HCA_OBJ_PD,
				      sacc_hca_get(wq, wq, pd),
				      SACC_HCA_SYND_WQ_PD);
	return syndrome ? syndrome : sacc_hca_queue_use_ring(hca, queue, &ring);
}
