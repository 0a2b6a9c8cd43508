// SPDX-License-Identifier: GPL-2.0-only
/*
 * Completion queues: commands and doorbell records.
 *
 * A CQ uses a umem for its ring and one for its doorbell record (may be the same),
 * a UAR page and an EQ, and holds a reference on each. It is attached to the UAR:
 * a scan of that page looks at its doorbell record. Only rings in umems are taken;
 * lists of physical pages are for kernels.
 *
 * The doorbell record is 8 bytes of user memory: the consumer index and the arm
 * word (sequence number << 28 | command << 24 | consumer index). An arm is an
 * event but lies in memory as a state, and the same value may be written twice:
 * so the device leaves a sentinel with an impossible command in the word, and a
 * scan exchanges whatever else is there for the sentinel. If the umem of the record
 * is read-only for the device, a change of the word is an arm instead; and because
 * the first arm may write what is there already, the CQ counts as armed from
 * the beginning. Clients must expect an event without need, never a missing one.
 *
 * Locks: references, @ctx and @uar_link's membership change under the command
 * lock; what a scan reads or writes (@st, @consumer, @arm_seen, the list) and
 * @status under the lock of the UAR inside it. DESTROY detaches under the UAR lock before it
 * gives the umems back: a scan never touches memory of a umem that has gone.
 */
#include "model.h"

#define CQE_SZ_128_PAD		2
#define PERIOD_MODE_CQE		1
#define TS_FORMAT_DEFAULT	1
#define RING_ALIGN		64u
#define DBR_BYTES		8u

/* Bits of modify_field_select. */
#define MODIFY_PERIOD		0x01u
#define MODIFY_COUNT		0x02u
#define MODIFY_OI		0x04u
#define MODIFY_EQN		0x08u
#define MODIFY_PERIOD_MODE	0x10u
#define MODIFY_ALL		0x1fu

/* cqc.st */
#define ST_NOT_ARMED		0x0
#define ST_SOLICITED_ARMED	0x6
#define ST_ARMED		0x9

/* cqc.status */
#define STATUS_OK		0x0
#define STATUS_OVERFLOW		0x9

/* Why it failed, in the event. */
#define ERROR_OVERRUN		0x1

/* Arm word: commands 0 and 1 exist, the sentinel holds 15. */
#define ARM_COMMAND(word)	((word) >> 24 & 0xfu)
#define ARM_ANY			0u
#define ARM_SOLICITED		1u
#define ARM_SENTINEL		0x0f000000u
#define INDEX_MASK		0xffffffu

/**
 * struct sacc_hca_cq - a completion queue
 * @obj:      its number is the CQN
 * @uar_link: in sacc_hca_uar.cqs
 * @uar:      where it is attached; a reference, as the next three are
 * @eq:       for its completion events
 * @ring:     memory of the CQEs
 * @dbr:      memory of the doorbell record
 * @dbr_offset: of the doorbell record in @dbr
 * @ctx:      the CQ context as created and modified, without the volatile fields
 * @sentinel: arms are exchanged for the sentinel; else they are changes of the
 *            word from @arm_seen
 * @arm_seen: arm word that was looked at last
 * @consumer: index last seen in the doorbell record
 * @st:       whether it is armed
 * @status:   STATUS_*; one that has failed stays so
 */
struct sacc_hca_cq {
	struct sacc_hca_obj obj;
	struct sacc_list uar_link;
	struct sacc_hca_uar *uar;
	struct sacc_hca_obj *eq;
	struct sacc_hca_umem *ring;
	struct sacc_hca_umem *dbr;
	u64 dbr_offset;
	u8 ctx[64];
	bool sentinel;
	u32 arm_seen;
	u32 consumer;
	u8 st;
	u8 status;
};

static_assert(sizeof(((struct sacc_hca_cq *)0)->ctx) == SACC_PRM_cqc__BYTES,
	      "room for a CQ context");

/* The fields of a CQ context that the device keeps; all else reads as 0. */
#define KEPT_FIELDS(X)							\
	X(dbr_umem_valid) X(cqe_sz) X(cc) X(scqe_break_moderation_en)	\
	X(oi) X(cq_period_mode) X(mini_cqe_res_format)			\
	X(cqe_compression_layout) X(dbr_umem_id) X(page_offset)		\
	X(mini_cqe_res_format_ext) X(cq_timestamp_format)		\
	X(log_cq_size) X(uar_page) X(cq_period) X(cq_max_count)		\
	X(c_eqn_or_apu_element) X(log_page_size) X(dbr_addr)

static void copy_kept_fields(u8 *to, const u8 *from)
{
#define COPY(f)	sacc_hca_set(cqc, to, f, sacc_hca_get64(cqc, from, f));
	KEPT_FIELDS(COPY)
#undef COPY
}

/* What is wrong with a CQ context by itself. */
static u32 check_context(const u8 *ctx)
{
	if (sacc_hca_get(cqc, ctx, log_cq_size) > SACC_HCA_LOG_MAX_CQ_SZ)
		return SACC_HCA_SYND_CQ_SIZE;
	if (sacc_hca_get(cqc, ctx, cqe_sz) > CQE_SZ_128_PAD)
		return SACC_HCA_SYND_CQ_CQE_SIZE;
	if (sacc_hca_get(cqc, ctx, cqe_comp_en))
		return SACC_HCA_SYND_CQ_COMPRESSION;
	if (sacc_hca_get(cqc, ctx, apu_cq))
		return SACC_HCA_SYND_CQ_APU;
	if (sacc_hca_get(cqc, ctx, cq_period_mode) > PERIOD_MODE_CQE)
		return SACC_HCA_SYND_CQ_PERIOD_MODE;
	if (sacc_hca_get(cqc, ctx, cq_timestamp_format) > TS_FORMAT_DEFAULT)
		return SACC_HCA_SYND_CQ_TS_FORMAT;
	return 0;
}

/* Bytes that the device writes: a collapsed CQ has one entry for ever. */
static u64 ring_bytes(const u8 *ctx)
{
	u64 cqe = sacc_hca_get(cqc, ctx, cqe_sz) ? 128 : 64;

	if (sacc_hca_get(cqc, ctx, cc))
		return cqe;
	return cqe << sacc_hca_get(cqc, ctx, log_cq_size);
}

static u32 check_ring(const struct sacc_hca_umem *umem, const u8 *ctx,
		      u64 offset)
{
	u64 start;

	if (!umem->writable)
		return SACC_HCA_SYND_CQ_UMEM_READ_ONLY;
	if (offset % RING_ALIGN)
		return SACC_HCA_SYND_CQ_UMEM_ALIGN;
	/* page_offset moves the ring on within the first page, in 64 bytes. */
	if (check_add_overflow(offset, (u64)RING_ALIGN *
			       sacc_hca_get(cqc, ctx, page_offset), &start))
		return SACC_HCA_SYND_CQ_UMEM_RANGE;
	if (!sacc_hca_range_is_inside(start, ring_bytes(ctx), umem->length))
		return SACC_HCA_SYND_CQ_UMEM_RANGE;
	return 0;
}

static u32 check_dbr(const struct sacc_hca_umem *umem, u64 offset)
{
	if (offset % DBR_BYTES)
		return SACC_HCA_SYND_CQ_DBR_ALIGN;
	if (!sacc_hca_range_is_inside(offset, DBR_BYTES, umem->length))
		return SACC_HCA_SYND_CQ_DBR_RANGE;
	return 0;
}

static u32 take_ring(struct sacc_hca_cmd *cmd, struct sacc_hca_cq *cq)
{
	if (!sacc_hca_get(create_cq_in, cmd->in, cq_umem_valid))
		return SACC_HCA_SYND_CQ_NO_UMEM;
	cq->ring = (struct sacc_hca_umem *)
		sacc_hca_obj_use(cmd->hca, cmd->uctx, SACC_HCA_OBJ_UMEM,
				 sacc_hca_get(create_cq_in, cmd->in,
					      cq_umem_id));
	if (!cq->ring)
		return SACC_HCA_SYND_CQ_UMEM;
	return check_ring(cq->ring, cq->ctx,
			  sacc_hca_get64(create_cq_in, cmd->in,
					 cq_umem_offset));
}

static u32 take_dbr(struct sacc_hca_cmd *cmd, struct sacc_hca_cq *cq)
{
	if (!sacc_hca_get(cqc, cq->ctx, dbr_umem_valid))
		return SACC_HCA_SYND_CQ_NO_DBR_UMEM;
	cq->dbr = (struct sacc_hca_umem *)
		sacc_hca_obj_use(cmd->hca, cmd->uctx, SACC_HCA_OBJ_UMEM,
				 sacc_hca_get(cqc, cq->ctx, dbr_umem_id));
	if (!cq->dbr)
		return SACC_HCA_SYND_CQ_DBR_UMEM;
	cq->dbr_offset = sacc_hca_get64(cqc, cq->ctx, dbr_addr);
	return check_dbr(cq->dbr, cq->dbr_offset);
}

/* References on all that the CQ uses. What was taken before a failure stays. */
static u32 take_references(struct sacc_hca_cmd *cmd, struct sacc_hca_cq *cq)
{
	u32 syndrome = take_ring(cmd, cq);

	if (!syndrome)
		syndrome = take_dbr(cmd, cq);
	if (syndrome)
		return syndrome;
	cq->uar = (struct sacc_hca_uar *)
		sacc_hca_obj_use(cmd->hca, cmd->uctx, SACC_HCA_OBJ_UAR,
				 sacc_hca_get(cqc, cq->ctx, uar_page));
	if (!cq->uar)
		return SACC_HCA_SYND_CQ_UAR;
	cq->eq = sacc_hca_obj_use(cmd->hca, cmd->uctx, SACC_HCA_OBJ_EQ,
				  sacc_hca_get(cqc, cq->ctx,
					       c_eqn_or_apu_element));
	return cq->eq ? 0 : SACC_HCA_SYND_CQ_EQN;
}

static void give_references_back(struct sacc_hca *hca, struct sacc_hca_cq *cq)
{
	if (cq->eq)
		sacc_hca_obj_unuse(hca, cq->eq);
	if (cq->uar)
		sacc_hca_obj_unuse(hca, &cq->uar->obj);
	if (cq->dbr)
		sacc_hca_obj_unuse(hca, &cq->dbr->obj);
	if (cq->ring)
		sacc_hca_obj_unuse(hca, &cq->ring->obj);
}

/* See the head of the file. */
static u32 init_dbr(struct sacc_hca *hca, struct sacc_hca_cq *cq)
{
	__be32 record[2], old;
	int err;

	err = hca->ops->mem_read(cq->dbr->mem, cq->dbr_offset, record,
				 sizeof(record));
	cq->sentinel = cq->dbr->writable;
	if (!err && cq->sentinel)
		err = hca->ops->mem_xchg(cq->dbr->mem, cq->dbr_offset + 4,
					 cpu_to_be32(ARM_SENTINEL), &old);
	if (err == -EINVAL)
		return SACC_HCA_SYND_CQ_DBR_ALIGN;
	if (err)
		return SACC_HCA_SYND_CQ_DBR_ACCESS;
	/* The first index the device has seen is 0, whatever is there. */
	cq->arm_seen = be32_to_cpu(record[1]);
	cq->st = cq->sentinel ? ST_NOT_ARMED : ST_ARMED;
	return 0;
}

static void attach(struct sacc_hca_cq *cq)
{
	sacc_lock(&cq->uar->lock);
	sacc_list_add_tail(&cq->uar->cqs, &cq->uar_link);
	sacc_unlock(&cq->uar->lock);
}

u32 sacc_hca_cmd_create_cq(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(create_cq_in, cmd->in, cq_context);
	struct sacc_hca_cq *cq;
	u32 syndrome;

	syndrome = check_context(ctx);
	if (syndrome)
		return syndrome;
	cq = sacc_alloc(sizeof(*cq));
	if (!cq)
		return SACC_HCA_SYND_NO_MEMORY;
	sacc_list_init(&cq->uar_link);
	copy_kept_fields(cq->ctx, ctx);
	syndrome = take_references(cmd, cq);
	if (!syndrome)
		syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx,
					    SACC_HCA_OBJ_CQ, &cq->obj);
	if (syndrome)
		goto err_give_back;
	/* Last, for it writes to the client's memory: a refusal must not. */
	syndrome = init_dbr(cmd->hca, cq);
	if (syndrome) {
		sacc_hca_obj_destroy(cmd->hca, &cq->obj);
		return syndrome;
	}
	attach(cq);
	sacc_hca_set(create_cq_out, cmd->out, cqn, cq->obj.id);
	return 0;

err_give_back:
	give_references_back(cmd->hca, cq);
	sacc_free(cq);
	return syndrome;
}

void sacc_hca_cq_release(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	struct sacc_hca_cq *cq = (struct sacc_hca_cq *)obj;

	sacc_lock(&cq->uar->lock);
	sacc_list_del(&cq->uar_link);
	sacc_unlock(&cq->uar->lock);
	give_references_back(hca, cq);
}

u32 sacc_hca_cmd_query_cq(struct sacc_hca_cmd *cmd)
{
	u8 *ctx = sacc_hca_at_rw(query_cq_out, cmd->out, cq_context);
	struct sacc_hca_cq *cq;

	cq = (struct sacc_hca_cq *)
		sacc_hca_obj_find(cmd->hca, cmd->uctx, SACC_HCA_OBJ_CQ,
				  sacc_hca_get(query_cq_in, cmd->in, cqn));
	if (!cq)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	sacc_lock(&cq->uar->lock);
	memcpy(ctx, cq->ctx, sizeof(cq->ctx));
	sacc_hca_set(cqc, ctx, status, cq->status);
	sacc_hca_set(cqc, ctx, st, cq->st);
	sacc_hca_set(cqc, ctx, consumer_counter, cq->consumer);
	sacc_unlock(&cq->uar->lock);
	return 0;
}

/* A queue fails once: what comes after is a consequence, and no event. */
void sacc_hca_cq_overrun(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	struct sacc_hca_cq *cq = (struct sacc_hca_cq *)obj;

	sacc_assert_locked(&hca->lock);
	sacc_lock(&cq->uar->lock);
	if (cq->status == STATUS_OK) {
		cq->status = STATUS_OVERFLOW;
		sacc_hca_raise_cq_error(hca, obj, ERROR_OVERRUN);
	}
	sacc_unlock(&cq->uar->lock);
}

static u32 check_modify(u32 select, const u8 *ctx)
{
	if (select & ~MODIFY_ALL)
		return SACC_HCA_SYND_CQ_MODIFY_FIELD;
	if ((select & MODIFY_PERIOD_MODE) &&
	    sacc_hca_get(cqc, ctx, cq_period_mode) > PERIOD_MODE_CQE)
		return SACC_HCA_SYND_CQ_PERIOD_MODE;
	return 0;
}

static u32 remap_eq(struct sacc_hca_cmd *cmd, struct sacc_hca_cq *cq, u32 eqn)
{
	struct sacc_hca_obj *eq;

	eq = sacc_hca_obj_use(cmd->hca, cq->obj.owner, SACC_HCA_OBJ_EQ, eqn);
	if (!eq)
		return SACC_HCA_SYND_CQ_EQN;
	sacc_hca_obj_unuse(cmd->hca, cq->eq);
	cq->eq = eq;
	return 0;
}

#define MODIFY(cq, from, field) \
	sacc_hca_set(cqc, (cq)->ctx, field, sacc_hca_get(cqc, (from), field))

static void modify_fields(struct sacc_hca_cq *cq, u32 select, const u8 *ctx)
{
	if (select & MODIFY_PERIOD)
		MODIFY(cq, ctx, cq_period);
	if (select & MODIFY_COUNT)
		MODIFY(cq, ctx, cq_max_count);
	if (select & MODIFY_OI)
		MODIFY(cq, ctx, oi);
	if (select & MODIFY_EQN)
		MODIFY(cq, ctx, c_eqn_or_apu_element);
	if (select & MODIFY_PERIOD_MODE)
		MODIFY(cq, ctx, cq_period_mode);
}

/* All that is selected or nothing. op_mod 1, resizing, is refused in cmd.c. */
u32 sacc_hca_cmd_modify_cq(struct sacc_hca_cmd *cmd)
{
	u32 select = sacc_hca_get(modify_cq_in, cmd->in, modify_field_select);
	const u8 *ctx = sacc_hca_at(modify_cq_in, cmd->in, cq_context);
	struct sacc_hca_cq *cq;
	u32 syndrome;

	cq = (struct sacc_hca_cq *)
		sacc_hca_obj_find(cmd->hca, cmd->uctx, SACC_HCA_OBJ_CQ,
				  sacc_hca_get(modify_cq_in, cmd->in, cqn));
	if (!cq)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	syndrome = check_modify(select, ctx);
	if (!syndrome && (select & MODIFY_EQN))
		syndrome = remap_eq(cmd, cq,
				    sacc_hca_get(cqc, ctx,
						 c_eqn_or_apu_element));
	if (syndrome)
		return syndrome;
	sacc_lock(&cq->uar->lock);
	modify_fields(cq, select, ctx);
	sacc_unlock(&cq->uar->lock);
	return 0;
}

/*
 * A word that a client wrote to arm the CQ. True when it does. Asking for
 * solicited completions only takes nothing from an earlier request for all.
 */
static bool arm(struct sacc_hca_cq *cq, u32 word)
{
	switch (ARM_COMMAND(word)) {
	case ARM_ANY:
		cq->st = ST_ARMED;
		return true;
	case ARM_SOLICITED:
		if (cq->st == ST_NOT_ARMED)
			cq->st = ST_SOLICITED_ARMED;
		return true;
	default:
		return false;
	}
}

static bool scan_arm(struct sacc_hca *hca, struct sacc_hca_cq *cq, u32 word)
{
	__be32 old;

	if (!cq->sentinel) {
		if (word == cq->arm_seen)
			return false;
		cq->arm_seen = word;
		return arm(cq, word);
	}
	if (word == ARM_SENTINEL)
		return false;
	/* The word may have changed again: what the exchange got counts. */
	if (hca->ops->mem_xchg(cq->dbr->mem, cq->dbr_offset + 4,
			       cpu_to_be32(ARM_SENTINEL), &old))
		return false;
	return arm(cq, be32_to_cpu(old));
}

static bool scan_cq(struct sacc_hca *hca, struct sacc_hca_cq *cq)
{
	__be32 record[2];
	u32 consumer;
	bool moved;

	if (hca->ops->mem_read(cq->dbr->mem, cq->dbr_offset, record,
			       sizeof(record)))
		return false;
	consumer = be32_to_cpu(record[0]) & INDEX_MASK;
	moved = consumer != cq->consumer;
	cq->consumer = consumer;
	return scan_arm(hca, cq, be32_to_cpu(record[1])) || moved;
}

bool sacc_hca_cq_scan_all(struct sacc_hca *hca, struct sacc_hca_uar *uar)
{
	struct sacc_list *pos;
	bool found = false;

	sacc_assert_locked(&uar->lock);
	sacc_list_for_each(pos, &uar->cqs)
		if (scan_cq(hca, sacc_list_entry(pos, struct sacc_hca_cq,
						 uar_link)))
			found = true;
	return found;
}
