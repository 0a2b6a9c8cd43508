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
	CAP_FLOW_TABLE	= 0x07,
	CAP_QOS		= 0x0c,
	CAP_DEVICE_MEM	= 0x0f,
	CAP_CRYPTO	= 0x1a,
	CAP_PARSE_GRAPH	= 0x1c,
	CAP_GENERAL_2	= 0x20,
};

static_assert(CAP_GENERAL_2 < SACC_HCA_CAP_TYPES, "room for each page");

enum {
	PORT_TYPE_IB	= 0,
	PORT_TYPE_ETH	= 1,
};

#define LOG_BF_REG_SIZE	9
#define LOG_MAX_MRW_SZ	64	/* of a memory key: everything */
#define MAX_INDIRECTION	4	/* keys that name keys that name keys ... */
#define BULK_ALLOC_ALL	0xff	/* 128 to 16384 counters */
#define ROCE_V2		0x4	/* bit of roce_version */
#define L3_IPV4_IPV6	0x3	/* bits of l3_type */

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

static void set_objects(const struct sacc_hca_config *cfg, u8 *cap)
{
	sacc_hca_set(cmd_hca_cap, cap, log_max_mkey,
		     sacc_hca_log_max(SACC_HCA_OBJ_MKEY));
	sacc_hca_set(cmd_hca_cap, cap, log_max_mrw_sz, LOG_MAX_MRW_SZ);
	sacc_hca_set(cmd_hca_cap, cap, log_max_klm_list_size,
		     SACC_HCA_LOG_MAX_KLM_LIST);
	sacc_hca_set(cmd_hca_cap, cap, max_indirection, MAX_INDIRECTION);
	sacc_hca_set(cmd_hca_cap, cap, fixed_buffer_size, 1);
	sacc_hca_set(cmd_hca_cap, cap, relaxed_ordering_write, 1);
	/* One less than a power of two: 0 is none. */
	sacc_hca_set(cmd_hca_cap, cap, max_qp_cnt,
		     (1u << sacc_hca_log_max(SACC_HCA_OBJ_Q_COUNTER)) - 1);
	sacc_hca_set(cmd_hca_cap, cap, nic_flow_table, 1);
	sacc_hca_set(cmd_hca_cap, cap, flow_counter_bulk_alloc, BULK_ALLOC_ALL);
	sacc_hca_set(cmd_hca_cap, cap, log_max_flow_counter_bulk,
		     SACC_HCA_LOG_MAX_COUNTER_BULK);
	sacc_hca_set(cmd_hca_cap, cap, max_flow_counter_31_16,
		     SACC_HCA_MAX_FLOW_COUNTERS >> 16);
	sacc_hca_set(cmd_hca_cap, cap, max_flow_counter_15_0,
		     SACC_HCA_MAX_FLOW_COUNTERS & 0xffff);
	sacc_hca_set(cmd_hca_cap, cap, general_obj_types,
		     sacc_hca_general_types());
	sacc_hca_set(cmd_hca_cap, cap, log_max_dek,
		     sacc_hca_log_max(SACC_HCA_OBJ_DEK));
	sacc_hca_set(cmd_hca_cap, cap, access_register_user, 1);
	sacc_hca_set(cmd_hca_cap, cap, cc_query_allowed, 1);
	/* 0 stands for 8 GIDs, and for 128 P_Keys: that many there are. */
	sacc_hca_set(cmd_hca_cap, cap, gid_table_size, 0);
	sacc_hca_set(cmd_hca_cap, cap, pkey_table_size, 0);
	sacc_hca_set(cmd_hca_cap, cap, roce,
		     cfg->link_layer == SACC_HCA_LINK_ETHERNET);
}

static void set_general(const struct sacc_hca_config *cfg, u8 *cap)
{
	set_limits(cfg, cap);
	set_queues(cap);
	set_objects(cfg, cap);
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

static void set_general_2(u8 *cap)
{
	sacc_hca_set(cmd_hca_cap_2, cap, log_max_num_reserved_qpn,
		     sacc_hca_log_max(SACC_HCA_OBJ_RESERVED_QPN));
	sacc_hca_set(cmd_hca_cap_2, cap, log_reserved_qpn_granularity,
		     SACC_HCA_LOG_RESERVED_QPNS);
	sacc_hca_set(cmd_hca_cap_2, cap, log_reserved_qpn_max_alloc,
		     SACC_HCA_LOG_RESERVED_QPNS);
}

static void set_roce(const struct sacc_hca_config *cfg, u8 *cap)
{
	if (cfg->link_layer != SACC_HCA_LINK_ETHERNET)
		return;
	sacc_hca_set(roce_cap, cap, roce_version, ROCE_V2);
	sacc_hca_set(roce_cap, cap, l3_type, L3_IPV4_IPV6);
	sacc_hca_set(roce_cap, cap, roce_address_table_size,
		     SACC_HCA_ROCE_ADDRESSES);
}

#define PROP(p, f, value)	\
	sacc_hca_set(flow_table_prop_layout, (p), f, (value))

/* No field of a packet can be matched yet: ft_field_support stays zero. */
static void set_flow_properties(u8 *prop)
{
	PROP(prop, ft_support, 1);
	PROP(prop, flow_counter, 1);
	PROP(prop, flow_modify_en, 1);
	PROP(prop, identified_miss_table_mode, 1);
	PROP(prop, flow_table_modify, 1);
	PROP(prop, reformat, 1);
	PROP(prop, decap, 1);
	PROP(prop, pop_vlan, 1);
	PROP(prop, push_vlan, 1);
	PROP(prop, pop_vlan_2, 1);
	PROP(prop, push_vlan_2, 1);
	PROP(prop, reformat_l3_tunnel_to_l2, 1);
	PROP(prop, reformat_l2_to_l3_tunnel, 1);
	PROP(prop, log_max_ft_size, SACC_HCA_LOG_MAX_FT_SIZE);
	PROP(prop, log_max_modify_header_context,
	     sacc_hca_log_max(SACC_HCA_OBJ_MODIFY_HEADER));
	PROP(prop, max_modify_header_actions, SACC_HCA_MAX_MODIFY_ACTIONS);
	PROP(prop, max_ft_level, SACC_HCA_MAX_FT_LEVEL);
	PROP(prop, log_max_ft_num, sacc_hca_log_max(SACC_HCA_OBJ_FLOW_TABLE));
	PROP(prop, log_max_flow_counter, SACC_HCA_LOG_MAX_FT_COUNTERS);
	PROP(prop, log_max_destination, SACC_HCA_LOG_MAX_FT_DESTS);
	PROP(prop, log_max_flow, sacc_hca_log_max(SACC_HCA_OBJ_FTE));
}

#define PROP_AT(cap, f)	sacc_hca_at_rw(flow_table_nic_cap, (cap), f)

static void set_flow_tables(u8 *cap)
{
	sacc_hca_set(flow_table_nic_cap, cap, log_max_packet_reformat_context,
		     sacc_hca_log_max(SACC_HCA_OBJ_REFORMAT));
	sacc_hca_set(flow_table_nic_cap, cap, max_encap_header_size,
		     SACC_HCA_MAX_REFORMAT_SIZE);
	set_flow_properties(PROP_AT(cap, flow_table_properties_nic_receive));
	set_flow_properties(PROP_AT(cap,
				    flow_table_properties_nic_receive_rdma));
	set_flow_properties(PROP_AT(cap, flow_table_properties_nic_transmit));
	set_flow_properties(PROP_AT(cap,
				    flow_table_properties_nic_transmit_rdma));
}

/* Fill @cap, all zero, with the page of a type; false when there is none. */
static bool set_page(const struct sacc_hca_config *cfg, u32 type, u8 *cap)
{
	switch (type) {
	case CAP_GENERAL:
		set_general(cfg, cap);
		break;
	case CAP_GENERAL_2:
		set_general_2(cap);
		break;
	case CAP_ROCE:
		set_roce(cfg, cap);
		break;
	case CAP_FLOW_TABLE:
		set_flow_tables(cap);
		break;
	case CAP_ETHERNET:
	case CAP_ODP:
	case CAP_ATOMIC:
	case CAP_QOS:
	case CAP_DEVICE_MEM:
	case CAP_CRYPTO:
	case CAP_PARSE_GRAPH:
		break;
	default:
		return false;
	}
	return true;
}

/* On the stack first, where the sanitizer sees every byte too many. */
static void fill_page(const struct sacc_hca_config *cfg, u32 type,
		      struct sacc_hca_cap_page *page)
{
	u8 cap[SACC_HCA_CAP_BYTES] = { 0 };

	page->filled = set_page(cfg, type, cap);
	memcpy(page->cap, cap, sizeof(cap));
}

/* A page is constant, and filled when it is asked for first. NULL: no such type. */
static const u8 *find_page(struct sacc_hca *hca, u32 type)
{
	struct sacc_hca_cap_page *page;

	sacc_assert_locked(&hca->lock);
	if (type >= ARRAY_SIZE(hca->cap_pages))
		return NULL;
	page = &hca->cap_pages[type];
	if (!page->filled)
		fill_page(&hca->cfg, type, page);
	return page->filled ? page->cap : NULL;
}

u32 sacc_hca_cmd_query_hca_cap(struct sacc_hca_cmd *cmd)
{
	size_t room = cmd->out_len -
		      SACC_HCA_OFF(query_hca_cap_out, capability) / 8;
	const u8 *cap;

	if (sacc_hca_get(query_hca_cap_in, cmd->in, other_function))
		return SACC_HCA_SYND_CAP_FUNCTION;
	cap = find_page(cmd->hca, cmd->op_mod >> 1);
	if (!cap)
		return SACC_HCA_SYND_CAP_TYPE;
	memcpy(sacc_hca_at_rw(query_hca_cap_out, cmd->out, capability), cap,
	       room < SACC_HCA_CAP_BYTES ? room : SACC_HCA_CAP_BYTES);
	return 0;
}
