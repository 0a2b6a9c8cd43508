// SPDX-License-Identifier: GPL-2.0-only
/*
 * QUERY_HCA_CAP: what the device can do.
 *
 * op_mod is the type of capabilities times two, plus 1 for the current values
 * (the others are the greatest possible: here they are the same). A page of
 * capabilities has 4096 bytes; clients give room for as much as they know of, and
 * the reply is cut off there.
 *
 * A capability is set here only when it works: limits come from where they are
 * enforced. Types whose features are all absent yet, but which clients ask for
 * without looking whether they are there, are answered with zeros.
 */
#include "model.h"

enum {
	CAP_GENERAL	= 0x00,
	CAP_ETHERNET	= 0x01,
	CAP_ODP		= 0x02,
	CAP_ATOMIC	= 0x03,
	CAP_ROCE	= 0x04,
	CAP_QOS		= 0x0c,
	CAP_GENERAL_2	= 0x20,
};

enum {
	PORT_TYPE_IB	= 0,
	PORT_TYPE_ETH	= 1,
};

/* What there is of the general page; zeros follow. */
#define CAP_BYTES	256u
#define LOG_BF_REG_SIZE	9

static u32 log2_up(u32 n)
{
	u32 log = 0;

	while ((1u << log) < n)
		log++;
	return log;
}

static void set_limits(const struct sacc_hca_config *cfg, u8 *cap)
{
	sacc_hca_set(cmd_hca_cap, cap, log_max_cq,
		     sacc_hca_log_max(SACC_HCA_OBJ_CQ));
	sacc_hca_set(cmd_hca_cap, cap, log_max_cq_sz, SACC_HCA_LOG_MAX_CQ_SZ);
	sacc_hca_set(cmd_hca_cap, cap, log_max_eq,
		     log2_up(cfg->num_comp_vectors));
	sacc_hca_set(cmd_hca_cap, cap, max_num_eqs, cfg->num_comp_vectors);
	sacc_hca_set(cmd_hca_cap, cap, log_max_pd,
		     sacc_hca_log_max(SACC_HCA_OBJ_PD));
	sacc_hca_set(cmd_hca_cap, cap, log_max_transport_domain,
		     sacc_hca_log_max(SACC_HCA_OBJ_TD));
	sacc_hca_set(cmd_hca_cap, cap, log_max_umem,
		     sacc_hca_log_max(SACC_HCA_OBJ_UMEM));
	sacc_hca_set(cmd_hca_cap, cap, log_max_uctx,
		     sacc_hca_log_max(SACC_HCA_OBJ_UCTX));
	/* Clients take a device with any other value for one without DEVX. */
	sacc_hca_set(cmd_hca_cap, cap, log_max_msg, SACC_HCA_LOG_MAX_MSG);
}

static void set_queue_limits(u8 *cap)
{
#define LOG_MAX(f, type)						\
	sacc_hca_set(cmd_hca_cap, cap, log_max_##f,			\
		     sacc_hca_log_max(SACC_HCA_OBJ_##type))
	LOG_MAX(qp, QP);
	LOG_MAX(srq, SRQ);
	LOG_MAX(rmp, RMP);
	LOG_MAX(rq, RQ);
	LOG_MAX(sq, SQ);
	LOG_MAX(tis, TIS);
	LOG_MAX(tir, TIR);
	LOG_MAX(rqt, RQT);
#undef LOG_MAX
	sacc_hca_set(cmd_hca_cap, cap, log_max_qp_sz, SACC_HCA_LOG_MAX_QP_SZ);
	sacc_hca_set(cmd_hca_cap, cap, log_max_srq_sz,
		     SACC_HCA_LOG_MAX_SRQ_SZ);
	sacc_hca_set(cmd_hca_cap, cap, log_max_wq_sz, SACC_HCA_LOG_MAX_WQ_SZ);
	sacc_hca_set(cmd_hca_cap, cap, log_max_rqt_size,
		     SACC_HCA_LOG_MAX_RQT_SZ);
	sacc_hca_set(cmd_hca_cap, cap, max_wqe_sz_sq, 1u << SACC_HCA_LOG_WQE_SQ);
	sacc_hca_set(cmd_hca_cap, cap, max_wqe_sz_rq, 1u << SACC_HCA_LOG_WQE_RQ);
	sacc_hca_set(cmd_hca_cap, cap, log_min_stride_sz_rq,
		     SACC_HCA_LOG_MIN_WQE_RQ);
	sacc_hca_set(cmd_hca_cap, cap, log_max_stride_sz_rq,
		     SACC_HCA_LOG_WQE_RQ);
	sacc_hca_set(cmd_hca_cap, cap, log_min_stride_sz_sq,
		     SACC_HCA_LOG_SQ_STRIDE);
	sacc_hca_set(cmd_hca_cap, cap, log_max_stride_sz_sq,
		     SACC_HCA_LOG_SQ_STRIDE);
	sacc_hca_set(cmd_hca_cap, cap, log_max_ra_req_qp, SACC_HCA_LOG_MAX_RA);
	sacc_hca_set(cmd_hca_cap, cap, log_max_ra_res_qp, SACC_HCA_LOG_MAX_RA);
}

/* Objects exist and are held to these; work requests are not executed yet. */
static void set_queues(u8 *cap)
{
	set_queue_limits(cap);
	sacc_hca_set(cmd_hca_cap, cap, rc, 1);
	sacc_hca_set(cmd_hca_cap, cap, uc, 1);
	sacc_hca_set(cmd_hca_cap, cap, ud, 1);
	sacc_hca_set(cmd_hca_cap, cap, modify_rq_counter_set_id, 1);
}

static void set_general(const struct sacc_hca_config *cfg, u8 *cap)
{
	set_limits(cfg, cap);
	set_queues(cap);
	sacc_hca_set(cmd_hca_cap, cap, hca_cap_2, 1);
	sacc_hca_set(cmd_hca_cap, cap, vhca_id, cfg->vhca_id);
	sacc_hca_set(cmd_hca_cap, cap, port_type,
		     cfg->link_layer == SACC_HCA_LINK_ETHERNET ?
		     PORT_TYPE_ETH : PORT_TYPE_IB);
	sacc_hca_set(cmd_hca_cap, cap, num_ports, cfg->num_ports);
	sacc_hca_set(cmd_hca_cap, cap, cqe_version, 1);
	sacc_hca_set(cmd_hca_cap, cap, cq_oi, 1);
	sacc_hca_set(cmd_hca_cap, cap, cq_moderation, 1);
	sacc_hca_set(cmd_hca_cap, cap, cq_period_mode_modify, 1);
	sacc_hca_set(cmd_hca_cap, cap, cq_period_start_from_cqe, 1);
	sacc_hca_set(cmd_hca_cap, cap, cq_eq_remap, 1);
	sacc_hca_set(cmd_hca_cap, cap, uar_4k, 1);
	sacc_hca_set(cmd_hca_cap, cap, uar_sz, SACC_HCA_LOG_UAR_MB);
	sacc_hca_set(cmd_hca_cap, cap, num_of_uars_per_page, 1);
	sacc_hca_set(cmd_hca_cap, cap, log_pg_sz, 12);
	sacc_hca_set(cmd_hca_cap, cap, bf, 1);
	sacc_hca_set(cmd_hca_cap, cap, log_bf_reg_size, LOG_BF_REG_SIZE);
	sacc_hca_set(cmd_hca_cap, cap, uctx_cap, SACC_HCA_UCTX_CAPS);
}

u32 sacc_hca_cmd_query_hca_cap(struct sacc_hca_cmd *cmd)
{
	size_t room = cmd->out_len -
		      SACC_HCA_OFF(query_hca_cap_out, capability) / 8;
	u8 cap[CAP_BYTES] = { 0 };

	if (sacc_hca_get(query_hca_cap_in, cmd->in, other_function))
		return SACC_HCA_SYND_CAP_FUNCTION;
	switch (cmd->op_mod >> 1) {
	case CAP_GENERAL:
		set_general(&cmd->hca->cfg, cap);
		break;
	case CAP_ETHERNET:
	case CAP_ODP:
	case CAP_ATOMIC:
	case CAP_ROCE:
	case CAP_QOS:
	case CAP_GENERAL_2:
		break;
	default:
		return SACC_HCA_SYND_CAP_TYPE;
	}
	memcpy(sacc_hca_at_rw(query_hca_cap_out, cmd->out, capability), cap,
	       room < CAP_BYTES ? room : CAP_BYTES);
	return 0;
}
