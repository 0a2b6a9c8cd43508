// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where packets come from and go to: transport interface send (TIS) and receive
 * (TIR).
 *
 * A TIS uses a transport domain and perhaps a PD. A TIR uses a transport domain
 * and what it delivers to: an RQ, or an RQT if it is indirect; MODIFY may give it
 * another RQT, which need not be older than the TIR.
 *
 * Locking: the command lock.
 */
#include "queue.h"

/* Bits of modify_tis_in.bitmask. */
#define TIS_PRIO		0x1u
#define TIS_STRICT_AFFINITY	0x2u
#define TIS_AFFINITY		0x4u
#define TIS_ALL			0x7u

/* Bits of modify_tir_in.bitmask. Bit 0, packet merging, is for cards with LRO. */
#define TIR_TABLE		0x2u
#define TIR_HASH		0x4u
#define TIR_SELF_LB		0x10u
#define TIR_ALL			(TIR_TABLE | TIR_HASH | TIR_SELF_LB)

#define DISP_INDIRECT		1u
#define HASH_FN_TOEPLITZ	2u
#define HASH_FIELDS		0x1fu	/* addresses, L4 ports, SPI */
#define HASH_SELECTED		0x3fffffffu	/* without the protocol bits */

/* --- TIS */

#define TIS(ctx, f)	sacc_hca_get(tisc, ctx, f)

static u32 use_tis_parts(struct sacc_hca_cmd *cmd, struct sacc_hca_queue *tis)
{
	u32 syndrome;

	syndrome = sacc_hca_queue_use(cmd->hca, tis, SACC_HCA_USE_TD,
				      SACC_HCA_OBJ_TD,
				      TIS(tis->ctx, transport_domain),
				      SACC_HCA_SYND_TIS_TD);
	if (syndrome)
		return syndrome;
	return sacc_hca_queue_use_named(cmd->hca, tis, SACC_HCA_USE_PD,
					SACC_HCA_OBJ_PD, TIS(tis->ctx, pd),
					SACC_HCA_SYND_TIS_PD);
}

u32 sacc_hca_cmd_create_tis(struct sacc_hca_cmd *cmd)
{
	static const struct sacc_hca_field kept[] = {
		SACC_HCA_FIELD(tisc, strict_lag_tx_port_affinity),
		SACC_HCA_FIELD(tisc, lag_tx_port_affinity),
		SACC_HCA_FIELD(tisc, prio),
		SACC_HCA_FIELD(tisc, transport_domain),
		SACC_HCA_FIELD(tisc, pd),
	};
	const u8 *ctx = sacc_hca_at(create_tis_in, cmd->in, ctx);
	struct sacc_hca_queue *tis;

	if (TIS(ctx, tls_en) || TIS(ctx, underlay_qpn))
		return SACC_HCA_SYND_TIS_FEATURE;
	if (TIS(ctx, lag_tx_port_affinity) > cmd->hca->cfg.num_ports)
		return SACC_HCA_SYND_TIS_PORT;
	tis = sacc_hca_queue_alloc(cmd, sizeof(*tis));
	if (!tis)
		return SACC_HCA_SYND_NO_MEMORY;
	sacc_hca_copy_fields(tis->ctx, ctx, kept, ARRAY_SIZE(kept));
	return sacc_hca_queue_finish(cmd, tis, use_tis_parts(cmd, tis));
}

u32 sacc_hca_cmd_modify_tis(struct sacc_hca_cmd *cmd)
{
	u64 mask = sacc_hca_get64(modify_tis_in, cmd->in, bitmask);
	const u8 *ctx = sacc_hca_at(modify_tis_in, cmd->in, ctx);
	struct sacc_hca_queue *tis = sacc_hca_queue_find(cmd);

	if (!tis)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	if (mask & ~(u64)TIS_ALL)
		return SACC_HCA_SYND_TIS_MODIFY_FIELD;
	if ((mask & TIS_AFFINITY) &&
	    TIS(ctx, lag_tx_port_affinity) > cmd->hca->cfg.num_ports)
		return SACC_HCA_SYND_TIS_PORT;
	if (mask & TIS_PRIO)
		sacc_hca_set(tisc, tis->ctx, prio, TIS(ctx, prio));
	if (mask & TIS_STRICT_AFFINITY)
		sacc_hca_set(tisc, tis->ctx, strict_lag_tx_port_affinity,
			     TIS(ctx, strict_lag_tx_port_affinity));
	if (mask & TIS_AFFINITY)
		sacc_hca_set(tisc, tis->ctx, lag_tx_port_affinity,
			     TIS(ctx, lag_tx_port_affinity));
	return 0;
}

/* --- TIR */

#define TIR(ctx, f)	sacc_hca_get(tirc, ctx, f)
#define KEY_OFF		(SACC_HCA_OFF(tirc, rx_hash_toeplitz_key) / 8)
#define KEY_BYTES	(SACC_HCA_BITS(tirc, rx_hash_toeplitz_key) / 8)

static u32 check_hash(const u8 *ctx)
{
	u32 selected = TIR(ctx, rx_hash_field_selector_outer) |
		       TIR(ctx, rx_hash_field_selector_inner);

	if (TIR(ctx, rx_hash_fn) > HASH_FN_TOEPLITZ)
		return SACC_HCA_SYND_TIR_HASH_FN;
	if (selected & HASH_SELECTED & ~HASH_FIELDS)
		return SACC_HCA_SYND_TIR_HASH_FIELDS;
	return 0;
}

static void copy_hash(u8 *to, const u8 *from)
{
	static const struct sacc_hca_field kept[] = {
		SACC_HCA_FIELD(tirc, rx_hash_symmetric),
		SACC_HCA_FIELD(tirc, rx_hash_fn),
		SACC_HCA_FIELD(tirc, rx_hash_field_selector_outer),
		SACC_HCA_FIELD(tirc, rx_hash_field_selector_inner),
	};

	sacc_hca_copy_fields(to, from, kept, ARRAY_SIZE(kept));
	memcpy(to + KEY_OFF, from + KEY_OFF, KEY_BYTES);
}

static u32 check_tir(const u8 *ctx)
{
	if (TIR(ctx, disp_type) > DISP_INDIRECT)
		return SACC_HCA_SYND_TIR_DISP_TYPE;
	if (TIR(ctx, tls_en) || TIR(ctx, packet_merge_mask))
		return SACC_HCA_SYND_TIR_FEATURE;
	return check_hash(ctx);
}

/* Of the two sorts of target it keeps the one that it has. */
static void copy_tir(u8 *to, const u8 *from)
{
	static const struct sacc_hca_field kept[] = {
		SACC_HCA_FIELD(tirc, disp_type),
		SACC_HCA_FIELD(tirc, tunneled_offload_en),
		SACC_HCA_FIELD(tirc, self_lb_block),
		SACC_HCA_FIELD(tirc, transport_domain),
	};

	sacc_hca_copy_fields(to, from, kept, ARRAY_SIZE(kept));
	copy_hash(to, from);
	if (TIR(from, disp_type) == DISP_INDIRECT)
		sacc_hca_set(tirc, to, indirect_table,
			     TIR(from, indirect_table));
	else
		sacc_hca_set(tirc, to, inline_rqn, TIR(from, inline_rqn));
}

static u32 use_table(struct sacc_hca *hca, struct sacc_hca_queue *tir, u32 rqtn)
{
	return sacc_hca_queue_use(hca, tir, SACC_HCA_USE_TARGET,
				  SACC_HCA_OBJ_RQT, rqtn,
				  SACC_HCA_SYND_TIR_RQT);
}

static u32 use_tir_parts(struct sacc_hca_cmd *cmd, struct sacc_hca_queue *tir)
{
	const u8 *ctx = tir->ctx;
	u32 syndrome;

	syndrome = sacc_hca_queue_use(cmd->hca, tir, SACC_HCA_USE_TD,
				      SACC_HCA_OBJ_TD,
				      TIR(ctx, transport_domain),
				      SACC_HCA_SYND_TIR_TD);
	if (syndrome)
		return syndrome;
	if (TIR(ctx, disp_type) == DISP_INDIRECT)
		return use_table(cmd->hca, tir, TIR(ctx, indirect_table));
	return sacc_hca_queue_use(cmd->hca, tir, SACC_HCA_USE_TARGET,
				  SACC_HCA_OBJ_RQ, TIR(ctx, inline_rqn),
				  SACC_HCA_SYND_TIR_RQ);
}

u32 sacc_hca_cmd_create_tir(struct sacc_hca_cmd *cmd)
{
	const u8 *ctx = sacc_hca_at(create_tir_in, cmd->in, ctx);
	u32 syndrome = check_tir(ctx);
	struct sacc_hca_queue *tir;

	if (syndrome)
		return syndrome;
	tir = sacc_hca_queue_alloc(cmd, sizeof(*tir));
	if (!tir)
		return SACC_HCA_SYND_NO_MEMORY;
	copy_tir(tir->ctx, ctx);
	return sacc_hca_queue_finish(cmd, tir, use_tir_parts(cmd, tir));
}

static u32 check_modify_tir(const u8 *to, const u8 *from, u64 mask)
{
	if (mask & ~(u64)TIR_ALL)
		return SACC_HCA_SYND_TIR_MODIFY_FIELD;
	if ((mask & TIR_TABLE) && TIR(to, disp_type) != DISP_INDIRECT)
		return SACC_HCA_SYND_TIR_NOT_INDIRECT;
	return (mask & TIR_HASH) ? check_hash(from) : 0;
}

u32 sacc_hca_cmd_modify_tir(struct sacc_hca_cmd *cmd)
{
	u64 mask = sacc_hca_get64(modify_tir_in, cmd->in, bitmask);
	const u8 *ctx = sacc_hca_at(modify_tir_in, cmd->in, ctx);
	struct sacc_hca_queue *tir = sacc_hca_queue_find(cmd);
	u32 syndrome;

	if (!tir)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	syndrome = check_modify_tir(tir->ctx, ctx, mask);
	if (!syndrome && (mask & TIR_TABLE))
		syndrome = use_table(cmd->hca, tir, TIR(ctx, indirect_table));
	if (syndrome)
		return syndrome;
	if (mask & TIR_TABLE)
		sacc_hca_set(tirc, tir->ctx, indirect_table,
			     TIR(ctx, indirect_table));
	if (mask & TIR_HASH)
		copy_hash(tir->ctx, ctx);
	if (mask & TIR_SELF_LB)
		sacc_hca_set(tirc, tir->ctx, self_lb_block,
			     TIR(ctx, self_lb_block));
	return 0;
}
