// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory keys, and PSVs, which are numbers with a protection domain.
 *
 * A key uses its protection domain and, in MTT mode, a umem: the byte at
 * start_addr is the one at mkey_umem_offset. Its number is the index; clients make
 * lkey and rkey of it and of the tag mkey_7_0 that they chose themselves. KLM and
 * KSM keys bring their list along; room is made for the size that the key states,
 * since work requests may fill it later and cannot wait for memory. What a list
 * names is looked up when it is used, as in the hardware: the keys in it may come
 * and go, so there are no references on them.
 *
 * A free key cannot be used until a work request gives it a meaning; nothing but
 * its protection domain and the size of its list need be right before.
 *
 * Locking: handlers run under the command lock.
 */
#include "model.h"

enum {
	MODE_PA		= 0,
	MODE_MTT	= 1,
	MODE_KLM	= 2,
	MODE_KSM	= 3,
};

#define ENTITY_SIZE_MIN		12u	/* a page */
#define ENTITY_SIZE_MAX		31u
#define OCTWORD			16u
/* What QUERY_MKEY shows of a list. */
#define LIST_SHOWN		(2 * OCTWORD)

/**
 * struct sacc_hca_mkey - a memory key
 * @obj:      its number is the index
 * @pd:       a reference, as @umem is
 * @umem:     in MTT mode, where the memory is; else NULL
 * @umem_offset: of the byte at start_addr in @umem
 * @ctx:      the key as created; what has no name in it is zero
 * @octwords: length of @list
 * @list:     KLM and KSM: the translations, 16 bytes each
 */
struct sacc_hca_mkey {
	struct sacc_hca_obj obj;
	struct sacc_hca_obj *pd;
	struct sacc_hca_umem *umem;
	u64 umem_offset;
	u8 ctx[64];
	u32 octwords;
	u8 list[];
};

static_assert(sizeof(((struct sacc_hca_mkey *)0)->ctx) == SACC_PRM_mkc__BYTES,
	      "room for a memory key");

/* The fields of a key that the device keeps; all else reads as 0. */
#define KEPT_FIELDS(X)							\
	X(free) X(access_mode_4_2) X(relaxed_ordering_write)		\
	X(small_fence_on_rdma_read_response) X(umr_en) X(a) X(rw) X(rr)	\
	X(lw) X(lr) X(access_mode_1_0) X(qpn) X(mkey_7_0) X(length64)	\
	X(en_rinval) X(pd) X(start_addr) X(len)				\
	X(translations_octword_size) X(relaxed_ordering_read)		\
	X(log_entity_size)

static void copy_kept_fields(u8 *to, const u8 *from)
{
#define COPY(f)	sacc_hca_set(mkc, to, f, sacc_hca_get64(mkc, from, f));
	KEPT_FIELDS(COPY)
#undef COPY
}

static u32 mode_of(const u8 *ctx)
{
	return sacc_hca_get(mkc, ctx, access_mode_4_2) << 2 |
	       sacc_hca_get(mkc, ctx, access_mode_1_0);
}

static bool has_list(u32 mode)
{
	return mode == MODE_KLM || mode == MODE_KSM;
}

static u32 check_entity_size(const u8 *ctx)
{
	u32 log = sacc_hca_get(mkc, ctx, log_entity_size);

	if (log > ENTITY_SIZE_MAX)
		return SACC_HCA_SYND_MKEY_ENTITY_SIZE;
	if (mode_of(ctx) == MODE_MTT && !sacc_hca_get(mkc, ctx, free) &&
	    log < ENTITY_SIZE_MIN)
		return SACC_HCA_SYND_MKEY_ENTITY_SIZE;
	return 0;
}

/* What is wrong with a key by itself. */
static u32 check_context(const struct sacc_hca_cmd *cmd, const u8 *ctx)
{
	u64 len = sacc_hca_get64(mkc, ctx, len), last;

	if (mode_of(ctx) > MODE_KSM)
		return SACC_HCA_SYND_MKEY_MODE;
	if (mode_of(ctx) == MODE_PA && cmd->uctx != &cmd->hca->kernel)
		return SACC_HCA_SYND_MKEY_PA;
	if (sacc_hca_get(mkc, ctx, bsf_en) ||
	    sacc_hca_get(mkc, ctx, bsf_octword_size) ||
	    sacc_hca_get(mkc, ctx, crypto_en))
		return SACC_HCA_SYND_MKEY_BSF;
	if (!sacc_hca_get(mkc, ctx, length64) && len &&
	    check_add_overflow(sacc_hca_get64(mkc, ctx, start_addr), len - 1,
			       &last))
		return SACC_HCA_SYND_MKEY_RANGE;
	return check_entity_size(ctx);
}

/* How many octwords the key has, and how many of them are in the mailbox. */
static u32 check_list(const struct sacc_hca_cmd *cmd, const u8 *ctx, u32 *room,
		      u32 *given)
{
	*room = sacc_hca_get(mkc, ctx, translations_octword_size);
	*given = sacc_hca_get(create_mkey_in, cmd->in,
			      translations_octword_actual_size);
	if (!has_list(mode_of(ctx))) {
		/* Clients state the size of tables that umems stand for. */
		*room = 0;
		*given = 0;
		return 0;
	}
	if (*room > 1u << SACC_HCA_LOG_MAX_KLM_LIST)
		return SACC_HCA_SYND_MKEY_LIST_SIZE;
	if (*given > *room)
		return SACC_HCA_SYND_MKEY_LIST;
	if (cmd->in_len - SACC_HCA_BYTES(create_mkey_in) <
	    (size_t)*given * OCTWORD)
		return SACC_HCA_SYND_IN_SHORT;
	return 0;
}

static bool allows_writing(const u8 *ctx)
{
	return sacc_hca_get(mkc, ctx, lw) || sacc_hca_get(mkc, ctx, rw) ||
	       sacc_hca_get(mkc, ctx, a);
}

static u32 check_umem(const struct sacc_hca_mkey *mkey)
{
	u64 end;

	if (sacc_hca_get(mkc, mkey->ctx, free))
		return 0;
	if (sacc_hca_get(mkc, mkey->ctx, length64) ||
	    check_add_overflow(mkey->umem_offset,
			       sacc_hca_get64(mkc, mkey->ctx, len), &end) ||
	    end > mkey->umem->length)
		return SACC_HCA_SYND_MKEY_UMEM_RANGE;
	if (allows_writing(mkey->ctx) && !mkey->umem->writable)
		return SACC_HCA_SYND_MKEY_UMEM_READ_ONLY;
	return 0;
}

static u32 take_umem(struct sacc_hca_cmd *cmd, struct sacc_hca_mkey *mkey)
{
	u32 mode = mode_of(mkey->ctx);

	if (!sacc_hca_get(create_mkey_in, cmd->in, mkey_umem_valid))
		return mode == MODE_MTT && !sacc_hca_get(mkc, mkey->ctx, free) ?
		       SACC_HCA_SYND_MKEY_NO_UMEM : 0;
	if (mode != MODE_MTT)
		return SACC_HCA_SYND_MKEY_UMEM_MODE;
	mkey->umem = (struct sacc_hca_umem *)
		sacc_hca_obj_use(cmd->hca, cmd->uctx, SACC_HCA_OBJ_UMEM,
				 sacc_hca_get(create_mkey_in, cmd->in,
					      mkey_umem_id));
	if (!mkey->umem)
		return SACC_HCA_SYND_MKEY_UMEM;
	mkey->umem_offset = sacc_hca_get64(create_mkey_in, cmd->in,
					   mkey_umem_offset);
	return check_umem(mkey);
}

/* References on all that the key uses. What was taken before a failure stays. */
static u32 take_references(struct sacc_hca_cmd *cmd, struct sacc_hca_mkey *mkey)
{
	mkey->pd = sacc_hca_obj_use(cmd->hca, cmd->uctx, SACC_HCA_OBJ_PD,
				    sacc_hca_get(mkc, mkey->ctx, pd));
	if (!mkey->pd)
		return SACC_HCA_SYND_MKEY_PD;
	return take_umem(cmd, mkey);
}

void sacc_hca_mkey_release(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	struct sacc_hca_mkey *mkey = (struct sacc_hca_mkey *)obj;

	if (mkey->umem)
		sacc_hca_obj_unuse(hca, &mkey->umem->obj);
	if (mkey->pd)
		sacc_hca_obj_unuse(hca, mkey->pd);
}

u32 sacc_hca_cmd_create_mkey(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(create_mkey_in, cmd->in,
				    memory_key_mkey_entry);
	struct sacc_hca_mkey *mkey;
	u32 syndrome, room, given;

	syndrome = check_context(cmd, ctx);
	if (syndrome)
		return syndrome;
	syndrome = check_list(cmd, ctx, &room, &given);
	if (syndrome)
		return syndrome;
	mkey = sacc_alloc(sizeof(*mkey) + (size_t)room * OCTWORD);
	if (!mkey)
		return SACC_HCA_SYND_NO_MEMORY;
	copy_kept_fields(mkey->ctx, ctx);
	mkey->octwords = room;
	memcpy(mkey->list, cmd->in + SACC_HCA_BYTES(create_mkey_in),
	       (size_t)given * OCTWORD);
	syndrome = take_references(cmd, mkey);
	if (!syndrome)
		syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx,
					    SACC_HCA_OBJ_MKEY, &mkey->obj);
	if (syndrome) {
		sacc_hca_mkey_release(cmd->hca, &mkey->obj);
		sacc_free(mkey);
		return syndrome;
	}
	sacc_hca_set(create_mkey_out, cmd->out, mkey_index, mkey->obj.id);
	return 0;
}

/* With pg_access the beginning of the list, as far as there is room for it. */
static void show_list(struct sacc_hca_cmd *cmd, const struct sacc_hca_mkey *mkey)
{
	size_t at = SACC_HCA_OFF(query_mkey_out, klm) / 8, len = LIST_SHOWN;

	if (!sacc_hca_get(query_mkey_in, cmd->in, pg_access) ||
	    cmd->out_len < at + len)
		return;
	if (len > (size_t)mkey->octwords * OCTWORD)
		len = (size_t)mkey->octwords * OCTWORD;
	memcpy(cmd->out + at, mkey->list, len);
}

u32 sacc_hca_cmd_query_mkey(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_mkey *mkey;

	mkey = (struct sacc_hca_mkey *)
		sacc_hca_obj_find(cmd->hca, cmd->uctx, SACC_HCA_OBJ_MKEY,
				  sacc_hca_get(query_mkey_in, cmd->in,
					       mkey_index));
	if (!mkey)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	memcpy(sacc_hca_at_rw(query_mkey_out, cmd->out, memory_key_mkey_entry),
	       mkey->ctx, sizeof(mkey->ctx));
	show_list(cmd, mkey);
	return 0;
}

/* --- PSVs */

struct sacc_hca_psv {
	struct sacc_hca_obj obj;
	struct sacc_hca_obj *pd;
};

void sacc_hca_psv_release(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	sacc_hca_obj_unuse(hca, ((struct sacc_hca_psv *)obj)->pd);
}

u32 sacc_hca_cmd_create_psv(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_psv *psv;
	u32 syndrome;

	if (sacc_hca_get(create_psv_in, cmd->in, num_psv) != 1)
		return SACC_HCA_SYND_PSV_COUNT;
	psv = sacc_alloc(sizeof(*psv));
	if (!psv)
		return SACC_HCA_SYND_NO_MEMORY;
	syndrome = SACC_HCA_SYND_PSV_PD;
	psv->pd = sacc_hca_obj_use(cmd->hca, cmd->uctx, SACC_HCA_OBJ_PD,
				   sacc_hca_get(create_psv_in, cmd->in, pd));
	if (!psv->pd)
		goto err_free;
	syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx, SACC_HCA_OBJ_PSV,
				    &psv->obj);
	if (syndrome)
		goto err_unuse_pd;
	sacc_hca_set(create_psv_out, cmd->out, psv0_index, psv->obj.id);
	return 0;

err_unuse_pd:
	sacc_hca_obj_unuse(cmd->hca, psv->pd);
err_free:
	sacc_free(psv);
	return syndrome;
}
