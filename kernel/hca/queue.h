/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What queues and transport objects have in common: a context that is stored and
 * returned, and references on what they are made from. See queue.c.
 */
#ifndef SOFTACCEL_HCA_QUEUE_H
#define SOFTACCEL_HCA_QUEUE_H

#include "model.h"

/* Slots of sacc_hca_queue.uses. */
enum sacc_hca_use {
	SACC_HCA_USE_PD,
	SACC_HCA_USE_CQ,	/* of the send queue, if a QP has both */
	SACC_HCA_USE_CQ_RECEIVE,
	SACC_HCA_USE_SRQ,	/* or an RMP */
	SACC_HCA_USE_UAR,
	SACC_HCA_USE_RING,
	SACC_HCA_USE_DBR,
	SACC_HCA_USE_TIS,
	SACC_HCA_USE_TD,
	SACC_HCA_USE_TARGET,	/* of a TIR: RQ or RQT */
	SACC_HCA_USE_COUNTER,	/* counter set */
	SACC_HCA_USE_COUNTER_CREATED,	/* of a QP, for 2RST */
	SACC_HCA_USES
};

/* The longest context: see the assertions in queue.c. */
#define SACC_HCA_CTX_BYTES	240u

/**
 * struct sacc_hca_queue - QP, SRQ, RMP, RQ, SQ, TIS or TIR
 * @obj:  its number
 * @uses: what it is made from, each a reference; NULL for what it does not use
 * @ctx:  the context, in the layout of its type, with the state: what QUERY tells
 */
struct sacc_hca_queue {
	struct sacc_hca_obj obj;
	struct sacc_hca_obj *uses[SACC_HCA_USES];
	u8 ctx[SACC_HCA_CTX_BYTES];
};

/**
 * struct sacc_hca_qp - a queue pair
 * @queue:   its context changes with every transition
 * @created: the context as created: to which 2RST leads back
 */
struct sacc_hca_qp {
	struct sacc_hca_queue queue;
	u8 created[SACC_PRM_qpc__BYTES];
};

/**
 * struct sacc_hca_rqt - a table of RQs
 * @obj:   its number
 * @max:   entries for which there is room in @rqs
 * @count: entries that there are
 * @rqs:   each a reference; the same RQ may be there more than once
 */
struct sacc_hca_rqt {
	struct sacc_hca_obj obj;
	u32 max;
	u32 count;
	struct sacc_hca_obj **rqs;
};

/**
 * struct sacc_hca_ring - where a command says that a work queue lies
 * @wq_valid:    wq_umem_valid
 * @wq_umem:     wq_umem_id
 * @wq_offset:   wq_umem_offset
 * @page_offset: the ring begins that many times 64 bytes behind @wq_offset
 * @bytes:       its length
 * @dbr_valid:   dbr_umem_valid
 * @dbr_umem:    dbr_umem_id
 * @dbr_addr:    offset of the doorbell record
 */
struct sacc_hca_ring {
	bool wq_valid;
	u32 wq_umem;
	u64 wq_offset;
	u32 page_offset;
	u64 bytes;
	bool dbr_valid;
	u32 dbr_umem;
	u64 dbr_addr;
};

/* A field of a context that is copied. */
struct sacc_hca_field {
	u16 off;
	u8 bits;
};

#define SACC_HCA_FIELD(s, f) \
	{ .off = SACC_PRM_##s##__##f##__OFF, .bits = SACC_PRM_##s##__##f##__BITS }

void sacc_hca_copy_fields(void *to, const void *from,
			  const struct sacc_hca_field *fields, size_t count);

/* All of the following with the command lock held; u32 is 0 or a syndrome. */
struct sacc_hca_queue *sacc_hca_queue_alloc(struct sacc_hca_cmd *cmd,
					    size_t size);
u32 sacc_hca_queue_use(struct sacc_hca *hca, struct sacc_hca_queue *queue,
		       enum sacc_hca_use slot, enum sacc_hca_obj_type type,
		       u32 id, u32 syndrome);
u32 sacc_hca_queue_use_named(struct sacc_hca *hca,
			     struct sacc_hca_queue *queue,
			     enum sacc_hca_use slot,
			     enum sacc_hca_obj_type type, u32 id, u32 syndrome);
u32 sacc_hca_queue_use_counter(struct sacc_hca *hca,
			       struct sacc_hca_queue *queue,
			       enum sacc_hca_use slot, u32 id);
u32 sacc_hca_queue_use_ring(struct sacc_hca *hca, struct sacc_hca_queue *queue,
			    const struct sacc_hca_ring *ring);
u32 sacc_hca_queue_finish(struct sacc_hca_cmd *cmd,
			  struct sacc_hca_queue *queue, u32 syndrome);
struct sacc_hca_queue *sacc_hca_queue_find(struct sacc_hca_cmd *cmd);

/*
 * The wq inside the contexts of RQs, SQs and RMPs. @types is a set of SACC_HCA_WQ_*
 * for wq_type; the strides are log2 of bytes.
 */
#define SACC_HCA_WQ_LIST	0x1u
#define SACC_HCA_WQ_CYCLIC	0x2u

u32 sacc_hca_wq_check(const u8 *wq, u32 types, u32 min_stride, u32 max_stride);
void sacc_hca_wq_copy(u8 *to, const u8 *from);
u32 sacc_hca_wq_use(struct sacc_hca *hca, struct sacc_hca_queue *queue,
		    const u8 *wq);

#endif
