/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layouts of queues and transport objects: QP, SRQ, RMP, RQ, SQ, TIS, TIR, RQT. What
 * the marks mean is said in fields.h, which includes this and makes the accessors.
 *
 * No public manual says where a CREATE_SRQ has its umem: those fields are where
 * CREATE_XRC_SRQ has them, in places that are reserved otherwise.
 */
#ifndef SOFTACCEL_HCA_FIELDS_QUEUE_H
#define SOFTACCEL_HCA_FIELDS_QUEUE_H

#define SACC_HCA_LAYOUT_ADS(F, N, S, Z)					\
	F(ads, fl, 0x00, 1)						\
	F(ads, free_ar, 0x01, 1)					\
	F(ads, pkey_index, 0x10, 16)					\
	F(ads, grh, 0x28, 1)						\
	F(ads, mlid, 0x29, 7)						\
	F(ads, rlid, 0x30, 16)						\
	F(ads, ack_timeout, 0x40, 5)					\
	F(ads, src_addr_index, 0x48, 8)					\
	F(ads, stat_rate, 0x54, 4)					\
	F(ads, hop_limit, 0x58, 8)					\
	F(ads, tclass, 0x64, 8)						\
	F(ads, flow_label, 0x6c, 20)					\
	S(ads, rgid_rip, 0x80, 0x80)					\
	F(ads, f_dscp, 0x104, 1)					\
	F(ads, f_ecn, 0x105, 1)						\
	F(ads, f_eth_prio, 0x107, 1)					\
	F(ads, ecn, 0x108, 2)						\
	F(ads, dscp, 0x10a, 6)						\
	F(ads, udp_sport, 0x110, 16)					\
	F(ads, dei_cfi, 0x120, 1)					\
	F(ads, eth_prio, 0x121, 3)					\
	F(ads, sl, 0x124, 4)						\
	F(ads, vhca_port_num, 0x128, 8)					\
	F(ads, rmac_47_32, 0x130, 16)					\
	F(ads, rmac_31_0, 0x140, 32)					\
	Z(ads, 44)							\

#define SACC_HCA_LAYOUT_QPC(F, N, S, Z)					\
	F(qpc, state, 0x00, 4)						\
	F(qpc, st, 0x08, 8)						\
	F(qpc, pm_state, 0x13, 2)					\
	F(qpc, req_e2e_credit_mode, 0x16, 2)				\
	F(qpc, offload_type, 0x18, 4)					\
	F(qpc, end_padding_mode, 0x1c, 2)				\
	F(qpc, wq_signature, 0x20, 1)					\
	F(qpc, block_lb_mc, 0x21, 1)					\
	F(qpc, atomic_like_write_en, 0x22, 1)				\
	F(qpc, latency_sensitive, 0x23, 1)				\
	F(qpc, drain_sigerr, 0x25, 1)					\
	F(qpc, pd, 0x28, 24)						\
	F(qpc, mtu, 0x40, 3)						\
	F(qpc, log_msg_max, 0x43, 5)					\
	F(qpc, log_rq_size, 0x49, 4)					\
	F(qpc, log_rq_stride, 0x4d, 3)					\
	F(qpc, no_sq, 0x50, 1)						\
	F(qpc, log_sq_size, 0x51, 4)					\
	F(qpc, ts_format, 0x58, 2)					\
	F(qpc, rlky, 0x5b, 1)						\
	F(qpc, ulp_stateless_offload_mode, 0x5c, 4)			\
	F(qpc, counter_set_id, 0x60, 8)					\
	F(qpc, uar_page, 0x68, 24)					\
	F(qpc, user_index, 0x88, 24)					\
	F(qpc, log_page_size, 0xa3, 5)					\
	F(qpc, remote_qpn, 0xa8, 24)					\
	S(qpc, primary_address_path, 0xc0, 0x160)			\
	S(qpc, secondary_address_path, 0x220, 0x160)			\
	F(qpc, log_ack_req_freq, 0x380, 4)				\
	F(qpc, log_sra_max, 0x388, 3)					\
	F(qpc, retry_count, 0x38d, 3)					\
	F(qpc, rnr_retry, 0x390, 3)					\
	F(qpc, fre, 0x394, 1)						\
	F(qpc, next_send_psn, 0x3c8, 24)				\
	F(qpc, cqn_snd, 0x3e8, 24)					\
	F(qpc, deth_sqpn, 0x408, 24)					\
	F(qpc, last_acked_psn, 0x448, 24)				\
	F(qpc, ssn, 0x468, 24)						\
	F(qpc, log_rra_max, 0x488, 3)					\
	F(qpc, atomic_mode, 0x48c, 4)					\
	F(qpc, rre, 0x490, 1)						\
	F(qpc, rwe, 0x491, 1)						\
	F(qpc, rae, 0x492, 1)						\
	F(qpc, page_offset, 0x494, 6)					\
	F(qpc, cd_slave_receive, 0x49d, 1)				\
	F(qpc, cd_slave_send, 0x49e, 1)					\
	F(qpc, cd_master, 0x49f, 1)					\
	F(qpc, min_rnr_nak, 0x4a3, 5)					\
	F(qpc, next_rcv_psn, 0x4a8, 24)					\
	F(qpc, cqn_rcv, 0x4e8, 24)					\
	F(qpc, dbr_addr, 0x500, 64)					\
	F(qpc, q_key, 0x540, 32)					\
	F(qpc, rq_type, 0x565, 3)					\
	F(qpc, srqn_rmpn_xrqn, 0x568, 24)				\
	F(qpc, hw_sq_wqebb_counter, 0x5a0, 16)				\
	F(qpc, sw_sq_wqebb_counter, 0x5b0, 16)				\
	F(qpc, hw_rq_counter, 0x5c0, 32)				\
	F(qpc, sw_rq_counter, 0x5e0, 32)				\
	F(qpc, cs_req, 0x630, 8)					\
	F(qpc, cs_res, 0x638, 8)					\
	F(qpc, dbr_umem_valid, 0x683, 1)				\
	N(qpc, dbr_umem_id, 0x720, 32)					\
	Z(qpc, 232)							\

#define SACC_HCA_LAYOUT_QP(F, N, S, Z)					\
	N(create_qp_in, qpc_ext, 0x40, 1)				\
	F(create_qp_in, input_qpn, 0x48, 24)				\
	S(create_qp_in, qpc, 0xc0, 0x740)				\
	N(create_qp_in, wq_umem_offset, 0x800, 64)			\
	N(create_qp_in, wq_umem_id, 0x840, 32)				\
	F(create_qp_in, wq_umem_valid, 0x860, 1)			\
	Z(create_qp_in, 272)						\
	F(create_qp_out, qpn, 0x48, 24)					\
	Z(create_qp_out, 16)						\
	F(destroy_qp_in, qpn, 0x48, 24)					\
	Z(destroy_qp_in, 16)						\
	Z(destroy_qp_out, 16)						\
	F(query_qp_in, qpn, 0x48, 24)					\
	Z(query_qp_in, 16)						\
	S(query_qp_out, qpc, 0xc0, 0x740)				\
	F(rst2init_qp_in, qpn, 0x48, 24)				\
	F(rst2init_qp_in, opt_param_mask, 0x80, 32)			\
	S(rst2init_qp_in, qpc, 0xc0, 0x740)				\
	Z(rst2init_qp_in, 272)						\
	Z(rst2init_qp_out, 16)						\
	F(init2init_qp_in, qpn, 0x48, 24)				\
	F(init2init_qp_in, opt_param_mask, 0x80, 32)			\
	S(init2init_qp_in, qpc, 0xc0, 0x740)				\
	Z(init2init_qp_in, 272)						\
	Z(init2init_qp_out, 16)						\
	F(init2rtr_qp_in, qpn, 0x48, 24)				\
	F(init2rtr_qp_in, opt_param_mask, 0x80, 32)			\
	S(init2rtr_qp_in, qpc, 0xc0, 0x740)				\
	Z(init2rtr_qp_in, 272)						\
	Z(init2rtr_qp_out, 16)						\
	F(rtr2rts_qp_in, qpn, 0x48, 24)					\
	F(rtr2rts_qp_in, opt_param_mask, 0x80, 32)			\
	S(rtr2rts_qp_in, qpc, 0xc0, 0x740)				\
	Z(rtr2rts_qp_in, 272)						\
	Z(rtr2rts_qp_out, 16)						\
	F(rts2rts_qp_in, qpn, 0x48, 24)					\
	F(rts2rts_qp_in, opt_param_mask, 0x80, 32)			\
	S(rts2rts_qp_in, qpc, 0xc0, 0x740)				\
	Z(rts2rts_qp_in, 272)						\
	Z(rts2rts_qp_out, 16)						\
	F(sqerr2rts_qp_in, qpn, 0x48, 24)				\
	F(sqerr2rts_qp_in, opt_param_mask, 0x80, 32)			\
	S(sqerr2rts_qp_in, qpc, 0xc0, 0x740)				\
	Z(sqerr2rts_qp_in, 272)						\
	Z(sqerr2rts_qp_out, 16)						\
	F(sqd2rts_qp_in, qpn, 0x48, 24)					\
	F(sqd2rts_qp_in, opt_param_mask, 0x80, 32)			\
	S(sqd2rts_qp_in, qpc, 0xc0, 0x740)				\
	Z(sqd2rts_qp_in, 272)						\
	Z(sqd2rts_qp_out, 16)						\
	F(qp_2err_in, qpn, 0x48, 24)					\
	Z(qp_2err_in, 16)						\
	Z(qp_2err_out, 16)						\
	F(qp_2rst_in, qpn, 0x48, 24)					\
	Z(qp_2rst_in, 16)						\
	Z(qp_2rst_out, 16)						\

#define SACC_HCA_LAYOUT_SRQ(F, N, S, Z)					\
	F(srqc, state, 0x00, 4)						\
	F(srqc, log_srq_size, 0x04, 4)					\
	F(srqc, wq_signature, 0x20, 1)					\
	F(srqc, cont_srq, 0x21, 1)					\
	F(srqc, rlky, 0x23, 1)						\
	F(srqc, log_rq_stride, 0x25, 3)					\
	F(srqc, page_offset, 0x40, 6)					\
	N(srqc, dbr_umem_valid, 0x47, 1)				\
	N(srqc, dbr_umem_id, 0x60, 32)					\
	F(srqc, log_page_size, 0x82, 6)					\
	F(srqc, pd, 0xc8, 24)						\
	F(srqc, lwm, 0xe0, 16)						\
	F(srqc, wqe_cnt, 0xf0, 16)					\
	F(srqc, dbr_addr, 0x140, 64)					\
	Z(srqc, 64)							\
	S(create_srq_in, srq_context_entry, 0x80, 0x200)		\
	N(create_srq_in, srq_umem_offset, 0x280, 64)			\
	N(create_srq_in, srq_umem_id, 0x2c0, 32)			\
	N(create_srq_in, srq_umem_valid, 0x2e0, 1)			\
	Z(create_srq_in, 272)						\
	F(create_srq_out, srqn, 0x48, 24)				\
	Z(create_srq_out, 16)						\
	F(destroy_srq_in, srqn, 0x48, 24)				\
	Z(destroy_srq_in, 16)						\
	Z(destroy_srq_out, 16)						\
	F(query_srq_in, srqn, 0x48, 24)					\
	Z(query_srq_in, 16)						\
	S(query_srq_out, srq_context_entry, 0x80, 0x200)		\
	F(arm_rq_in, srq_number, 0x48, 24)				\
	F(arm_rq_in, lwm, 0x70, 16)					\
	Z(arm_rq_in, 16)						\
	Z(arm_rq_out, 16)						\

#define SACC_HCA_LAYOUT_WQ(F, N, S, Z)					\
	F(wq, wq_type, 0x00, 4)						\
	F(wq, wq_signature, 0x04, 1)					\
	F(wq, end_padding_mode, 0x05, 2)				\
	F(wq, cd_slave, 0x07, 1)					\
	F(wq, hds_skip_first_sge, 0x20, 1)				\
	F(wq, log2_hds_buf_size, 0x21, 3)				\
	F(wq, page_offset, 0x2b, 5)					\
	F(wq, lwm, 0x30, 16)						\
	F(wq, pd, 0x48, 24)						\
	F(wq, uar_page, 0x68, 24)					\
	F(wq, dbr_addr, 0x80, 64)					\
	F(wq, hw_counter, 0xc0, 32)					\
	F(wq, sw_counter, 0xe0, 32)					\
	F(wq, log_wq_stride, 0x10c, 4)					\
	F(wq, log_wq_pg_sz, 0x113, 5)					\
	F(wq, log_wq_sz, 0x11b, 5)					\
	F(wq, dbr_umem_valid, 0x120, 1)					\
	F(wq, wq_umem_valid, 0x121, 1)					\
	N(wq, dbr_umem_id, 0x140, 32)					\
	N(wq, wq_umem_id, 0x160, 32)					\
	N(wq, wq_umem_offset, 0x180, 64)				\
	F(wq, shampo_enable, 0x1e0, 1)					\
	Z(wq, 192)							\

#define SACC_HCA_LAYOUT_RMP(F, N, S, Z)					\
	F(rmpc, state, 0x08, 4)						\
	F(rmpc, basic_cyclic_rcv_wqe, 0x20, 1)				\
	S(rmpc, wq, 0x180, 0x600)					\
	Z(rmpc, 240)							\
	S(create_rmp_in, ctx, 0x100, 0x780)				\
	Z(create_rmp_in, 272)						\
	F(create_rmp_out, rmpn, 0x48, 24)				\
	Z(create_rmp_out, 16)						\
	F(modify_rmp_in, rmp_state, 0x40, 4)				\
	F(modify_rmp_in, rmpn, 0x48, 24)				\
	S(modify_rmp_in, ctx, 0x100, 0x780)				\
	Z(modify_rmp_in, 272)						\
	Z(modify_rmp_out, 16)						\
	F(destroy_rmp_in, rmpn, 0x48, 24)				\
	Z(destroy_rmp_in, 16)						\
	Z(destroy_rmp_out, 16)						\
	F(query_rmp_in, rmpn, 0x48, 24)					\
	Z(query_rmp_in, 16)						\
	S(query_rmp_out, rmp_context, 0x100, 0x780)			\
	Z(query_rmp_out, 272)						\
	S(modify_rmp_in, bitmask, 0x80, 0x40)				\
	F(rmp_bitmask, lwm, 0x3f, 1)					\

#define SACC_HCA_LAYOUT_RQ(F, N, S, Z)					\
	F(rqc, rlky, 0x00, 1)						\
	F(rqc, delay_drop_en, 0x01, 1)					\
	F(rqc, scatter_fcs, 0x02, 1)					\
	F(rqc, vsd, 0x03, 1)						\
	F(rqc, mem_rq_type, 0x04, 4)					\
	F(rqc, state, 0x08, 4)						\
	F(rqc, flush_in_error_en, 0x0d, 1)				\
	F(rqc, hairpin, 0x0e, 1)					\
	F(rqc, ts_format, 0x1a, 2)					\
	F(rqc, user_index, 0x28, 24)					\
	F(rqc, cqn, 0x48, 24)						\
	F(rqc, counter_set_id, 0x60, 8)					\
	F(rqc, rmpn, 0x88, 24)						\
	S(rqc, wq, 0x180, 0x600)					\
	Z(rqc, 240)							\
	S(create_rq_in, ctx, 0x100, 0x780)				\
	Z(create_rq_in, 272)						\
	F(create_rq_out, rqn, 0x48, 24)					\
	Z(create_rq_out, 16)						\
	F(modify_rq_in, rq_state, 0x40, 4)				\
	F(modify_rq_in, rqn, 0x48, 24)					\
	S(modify_rq_in, ctx, 0x100, 0x780)				\
	Z(modify_rq_in, 272)						\
	Z(modify_rq_out, 16)						\
	F(destroy_rq_in, rqn, 0x48, 24)					\
	Z(destroy_rq_in, 16)						\
	Z(destroy_rq_out, 16)						\
	F(query_rq_in, rqn, 0x48, 24)					\
	Z(query_rq_in, 16)						\
	S(query_rq_out, rq_context, 0x100, 0x780)			\
	Z(query_rq_out, 272)						\
	F(modify_rq_in, modify_bitmask, 0x80, 64)			\

#define SACC_HCA_LAYOUT_SQ(F, N, S, Z)					\
	F(sqc, rlky, 0x00, 1)						\
	F(sqc, cd_master, 0x01, 1)					\
	F(sqc, fre, 0x02, 1)						\
	F(sqc, flush_in_error_en, 0x03, 1)				\
	F(sqc, allow_multi_pkt_send_wqe, 0x04, 1)			\
	F(sqc, min_wqe_inline_mode, 0x05, 3)				\
	F(sqc, state, 0x08, 4)						\
	F(sqc, reg_umr, 0x0c, 1)					\
	F(sqc, allow_swp, 0x0d, 1)					\
	F(sqc, hairpin, 0x0e, 1)					\
	F(sqc, ts_format, 0x1a, 2)					\
	F(sqc, user_index, 0x28, 24)					\
	F(sqc, cqn, 0x48, 24)						\
	F(sqc, packet_pacing_rate_limit_index, 0xf0, 16)		\
	F(sqc, tis_lst_sz, 0x100, 16)					\
	F(sqc, qos_queue_group_id, 0x110, 16)				\
	F(sqc, tis_num_0, 0x168, 24)					\
	S(sqc, wq, 0x180, 0x600)					\
	Z(sqc, 240)							\
	S(create_sq_in, ctx, 0x100, 0x780)				\
	Z(create_sq_in, 272)						\
	F(create_sq_out, sqn, 0x48, 24)					\
	Z(create_sq_out, 16)						\
	F(modify_sq_in, sq_state, 0x40, 4)				\
	F(modify_sq_in, sqn, 0x48, 24)					\
	S(modify_sq_in, ctx, 0x100, 0x780)				\
	Z(modify_sq_in, 272)						\
	Z(modify_sq_out, 16)						\
	F(destroy_sq_in, sqn, 0x48, 24)					\
	Z(destroy_sq_in, 16)						\
	Z(destroy_sq_out, 16)						\
	F(query_sq_in, sqn, 0x48, 24)					\
	Z(query_sq_in, 16)						\
	S(query_sq_out, sq_context, 0x100, 0x780)			\
	Z(query_sq_out, 272)						\
	F(modify_sq_in, modify_bitmask, 0x80, 64)			\

#define SACC_HCA_LAYOUT_TIS(F, N, S, Z)					\
	F(tisc, strict_lag_tx_port_affinity, 0x00, 1)			\
	F(tisc, tls_en, 0x01, 1)					\
	F(tisc, lag_tx_port_affinity, 0x04, 4)				\
	F(tisc, prio, 0x0c, 4)						\
	F(tisc, transport_domain, 0x128, 24)				\
	F(tisc, underlay_qpn, 0x148, 24)				\
	F(tisc, pd, 0x168, 24)						\
	Z(tisc, 160)							\
	S(create_tis_in, ctx, 0x100, 0x500)				\
	Z(create_tis_in, 192)						\
	F(create_tis_out, tisn, 0x48, 24)				\
	Z(create_tis_out, 16)						\
	F(modify_tis_in, tisn, 0x48, 24)				\
	S(modify_tis_in, ctx, 0x100, 0x500)				\
	Z(modify_tis_in, 192)						\
	Z(modify_tis_out, 16)						\
	F(destroy_tis_in, tisn, 0x48, 24)				\
	Z(destroy_tis_in, 16)						\
	Z(destroy_tis_out, 16)						\
	F(query_tis_in, tisn, 0x48, 24)					\
	Z(query_tis_in, 16)						\
	S(query_tis_out, tis_context, 0x80, 0x500)			\
	Z(query_tis_out, 176)						\
	S(modify_tis_in, bitmask, 0x80, 0x40)				\
	F(modify_tis_bitmask, lag_tx_port_affinity, 0x3d, 1)		\
	F(modify_tis_bitmask, strict_lag_tx_port_affinity, 0x3e, 1)	\
	F(modify_tis_bitmask, prio, 0x3f, 1)				\

#define SACC_HCA_LAYOUT_TIR(F, N, S, Z)					\
	F(tirc, disp_type, 0x20, 4)					\
	F(tirc, tls_en, 0x24, 1)					\
	F(tirc, lro_timeout_period_usecs, 0x84, 16)			\
	F(tirc, packet_merge_mask, 0x94, 4)				\
	F(tirc, lro_max_ip_payload_size, 0x98, 8)			\
	F(tirc, inline_rqn, 0xe8, 24)					\
	F(tirc, rx_hash_symmetric, 0x100, 1)				\
	F(tirc, tunneled_offload_en, 0x102, 1)				\
	F(tirc, indirect_table, 0x108, 24)				\
	F(tirc, rx_hash_fn, 0x120, 4)					\
	F(tirc, self_lb_block, 0x126, 2)				\
	F(tirc, transport_domain, 0x128, 24)				\
	S(tirc, rx_hash_toeplitz_key, 0x140, 0x140)			\
	N(tirc, rx_hash_field_selector_outer, 0x280, 32)		\
	N(tirc, rx_hash_field_selector_inner, 0x2a0, 32)		\
	Z(tirc, 240)							\
	S(create_tir_in, ctx, 0x100, 0x780)				\
	Z(create_tir_in, 272)						\
	F(create_tir_out, tirn, 0x48, 24)				\
	Z(create_tir_out, 16)						\
	F(modify_tir_in, tirn, 0x48, 24)				\
	S(modify_tir_in, ctx, 0x100, 0x780)				\
	Z(modify_tir_in, 272)						\
	Z(modify_tir_out, 16)						\
	F(destroy_tir_in, tirn, 0x48, 24)				\
	Z(destroy_tir_in, 16)						\
	Z(destroy_tir_out, 16)						\
	F(query_tir_in, tirn, 0x48, 24)					\
	Z(query_tir_in, 16)						\
	S(query_tir_out, tir_context, 0x100, 0x780)			\
	Z(query_tir_out, 272)						\
	S(modify_tir_in, bitmask, 0x80, 0x40)				\
	F(modify_tir_bitmask, self_lb_en, 0x3b, 1)			\
	F(modify_tir_bitmask, hash, 0x3d, 1)				\
	F(modify_tir_bitmask, packet_merge, 0x3f, 1)			\

#define SACC_HCA_LAYOUT_RQT(F, N, S, Z)					\
	F(rqtc, list_q_type, 0xa5, 3)					\
	F(rqtc, rqt_max_size, 0xb0, 16)					\
	F(rqtc, rq_vhca_id_format, 0xc0, 1)				\
	F(rqtc, rqt_actual_size, 0xd0, 16)				\
	Z(rqtc, 240)							\
	S(create_rqt_in, rqt_context, 0x100, 0x780)			\
	Z(create_rqt_in, 272)						\
	F(create_rqt_out, rqtn, 0x48, 24)				\
	Z(create_rqt_out, 16)						\
	F(modify_rqt_in, rqtn, 0x48, 24)				\
	S(modify_rqt_in, ctx, 0x100, 0x780)				\
	Z(modify_rqt_in, 272)						\
	Z(modify_rqt_out, 16)						\
	F(destroy_rqt_in, rqtn, 0x48, 24)				\
	Z(destroy_rqt_in, 16)						\
	Z(destroy_rqt_out, 16)						\
	F(query_rqt_in, rqtn, 0x48, 24)					\
	Z(query_rqt_in, 16)						\
	S(query_rqt_out, rqt_context, 0x100, 0x780)			\
	Z(query_rqt_out, 272)						\
	S(modify_rqt_in, bitmask, 0x80, 0x40)				\
	F(rqt_bitmask, rqn_list, 0x3f, 1)				\
	F(rq_num, rq_num, 0x08, 24)					\
	Z(rq_num, 4)							\

#define SACC_HCA_LAYOUTS_QUEUE(F, N, S, Z)				\
	SACC_HCA_LAYOUT_ADS(F, N, S, Z)					\
	SACC_HCA_LAYOUT_QPC(F, N, S, Z)					\
	SACC_HCA_LAYOUT_QP(F, N, S, Z)					\
	SACC_HCA_LAYOUT_SRQ(F, N, S, Z)					\
	SACC_HCA_LAYOUT_WQ(F, N, S, Z)					\
	SACC_HCA_LAYOUT_RMP(F, N, S, Z)					\
	SACC_HCA_LAYOUT_RQ(F, N, S, Z)					\
	SACC_HCA_LAYOUT_SQ(F, N, S, Z)					\
	SACC_HCA_LAYOUT_TIS(F, N, S, Z)					\
	SACC_HCA_LAYOUT_TIR(F, N, S, Z)					\
	SACC_HCA_LAYOUT_RQT(F, N, S, Z)					\

#endif
