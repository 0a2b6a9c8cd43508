/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why commands on queues and transport objects are refused; see syndromes.h, which
 * includes this.
 */
#ifndef SOFTACCEL_HCA_SYNDROMES_QUEUE_H
#define SOFTACCEL_HCA_SYNDROMES_QUEUE_H

#define SACC_HCA_SYNDROMES_QUEUE(X)					\
	/* Queue pairs */						\
	X(QP_TRANSPORT, 0x5ad00001, BAD_PARAM,				\
	  "st is none of RC, UC and UD: the device has no other transports.") \
	X(QP_RQ_TYPE, 0x5ad00002, BAD_PARAM,				\
	  "rq_type is none of 0 (own queue), 1 (SRQ or RMP) and 3 (no queue).") \
	X(QP_STRIDE, 0x5ad00003, EXCEED_LIM,				\
	  "log_rq_stride makes receive WQEs larger than the capability max_wqe_sz_rq.") \
	X(QP_PM_STATE, 0x5ad00004, BAD_PARAM,				\
	  "pm_state is 2, which is reserved.")				\
	X(QP_TS_FORMAT, 0x5ad00005, BAD_PARAM,				\
	  "ts_format is neither 0 (free running) nor 1 (default).")	\
	X(QP_FEATURE, 0x5ad00006, BAD_PARAM,				\
	  "The QP context asks for a feature that the capabilities do not show.") \
	X(QP_EXTENSION, 0x5ad00007, BAD_PARAM,				\
	  "qpc_ext is set, but the device knows no extended QP context.") \
	X(QP_INPUT_QPN, 0x5ad00008, BAD_PARAM,				\
	  "input_qpn is set, but the device chooses the numbers of QPs.") \
	X(QP_CQ_SEND, 0x5ad00009, BAD_RESOURCE,				\
	  "cqn_snd is no CQ of this uid.")				\
	X(QP_CQ_RECEIVE, 0x5ad0000a, BAD_RESOURCE,			\
	  "cqn_rcv is no CQ of this uid.")				\
	X(QP_SRQ, 0x5ad0000b, BAD_RESOURCE,				\
	  "srqn_rmpn_xrqn is neither SRQ nor RMP of this uid.")		\
	X(QP_STATE, 0x5ad0000c, BAD_QP_STATE,				\
	  "The QP is not in the state from which this command leads on.") \
	X(QP_NO_TRANSITION, 0x5ad0000d, BAD_QP_STATE,			\
	  "QPs of this transport never are in the state that this command leaves.") \
	X(QP_OPT_PARAM, 0x5ad0000e, BAD_PARAM,				\
	  "opt_param_mask asks for what this transition cannot change for this transport.") \
	X(QP_PORT, 0x5ad0000f, BAD_PARAM,				\
	  "vhca_port_num is no port of the device.")			\
	X(QP_PKEY_INDEX, 0x5ad00010, BAD_INDEX,				\
	  "pkey_index is beyond the partition key table.")		\
	X(QP_MTU, 0x5ad00011, BAD_PARAM,				\
	  "mtu is none of 1 (256 bytes) to 5 (4096 bytes).")		\
	X(QP_MSG_MAX, 0x5ad00012, EXCEED_LIM,				\
	  "log_msg_max is greater than the capability log_max_msg.")	\
	X(QP_RRA_MAX, 0x5ad00013, EXCEED_LIM,				\
	  "log_rra_max is greater than the capability log_max_ra_res_qp.") \
	X(QP_SRA_MAX, 0x5ad00014, EXCEED_LIM,				\
	  "log_sra_max is greater than the capability log_max_ra_req_qp.") \
	/* Rings */							\
	X(WQ_NO_UMEM, 0x5ad10001, BAD_PARAM,				\
	  "wq_umem_valid is clear: the device takes work queues from umems only.") \
	X(WQ_UMEM, 0x5ad10002, BAD_RESOURCE,				\
	  "wq_umem_id is no umem of this uid.")				\
	X(WQ_UMEM_ALIGN, 0x5ad10003, BAD_PARAM,				\
	  "wq_umem_offset is not a multiple of 64.")			\
	X(WQ_UMEM_RANGE, 0x5ad10004, BAD_PARAM,				\
	  "The work queue reaches beyond the end of its umem.")		\
	X(WQ_NO_DBR_UMEM, 0x5ad10005, BAD_PARAM,			\
	  "dbr_umem_valid of the work queue is clear: doorbell records lie in umems only.") \
	X(WQ_DBR_UMEM, 0x5ad10006, BAD_RESOURCE,			\
	  "dbr_umem_id of the work queue is no umem of this uid.")	\
	X(WQ_DBR_ALIGN, 0x5ad10007, BAD_PARAM,				\
	  "The doorbell record of the work queue is not aligned to 8 bytes.") \
	X(WQ_DBR_RANGE, 0x5ad10008, BAD_PARAM,				\
	  "The doorbell record of the work queue reaches beyond the end of its umem.") \
	X(WQ_PD, 0x5ad10009, BAD_RESOURCE,				\
	  "pd is no protection domain of this uid.")			\
	X(WQ_UAR, 0x5ad1000a, BAD_RESOURCE,				\
	  "uar_page of the work queue is no UAR of this uid.")		\
	X(WQ_TYPE, 0x5ad1000b, BAD_PARAM,				\
	  "wq_type is none that this kind of queue can have.")		\
	X(WQ_SIZE, 0x5ad1000c, EXCEED_LIM,				\
	  "log_wq_sz is greater than the capability log_max_wq_sz.")	\
	X(WQ_STRIDE, 0x5ad1000d, EXCEED_LIM,				\
	  "log_wq_stride is not within the capabilities of this kind of queue.") \
	X(WQ_FEATURE, 0x5ad1000e, BAD_PARAM,				\
	  "The work queue asks for a feature that the capabilities do not show.") \
	X(WQ_CQ, 0x5ad1000f, BAD_RESOURCE,				\
	  "cqn of the work queue is no CQ of this uid.")		\
	X(WQ_TS_FORMAT, 0x5ad10010, BAD_PARAM,				\
	  "ts_format of the work queue is neither 0 (free running) nor 1 (default).") \
	X(WQ_LWM, 0x5ad10011, BAD_PARAM,				\
	  "The limit is greater than the number of WQEs in the queue.")	\
	X(WQ_COUNTER, 0x5ad10012, BAD_RESOURCE,				\
	  "counter_set_id is no counter set of this uid.")		\
	/* Shared receive queues */					\
	X(SRQ_STRIDE, 0x5ad20001, EXCEED_LIM,				\
	  "log_rq_stride of the SRQ makes WQEs larger than the capability max_wqe_sz_rq.") \
	X(SRQ_FEATURE, 0x5ad20002, BAD_PARAM,				\
	  "The SRQ context asks for a feature that the capabilities do not show.") \
	X(RMP_STATE_CREATE, 0x5ad20003, BAD_PARAM,			\
	  "A new RMP must be in state 1 (ready).")			\
	X(RMP_STATE_CURRENT, 0x5ad20004, BAD_RES_STATE,			\
	  "rmp_state is not the state that the RMP is in.")		\
	X(RMP_STATE_NEW, 0x5ad20005, BAD_RES_STATE,			\
	  "An RMP cannot go from the state it is in to the state asked for.") \
	X(RMP_MODIFY_FIELD, 0x5ad20006, BAD_PARAM,			\
	  "bitmask asks for a field of the RMP that cannot be modified.") \
	X(ARM_OP_MOD, 0x5ad20007, BAD_OP,				\
	  "ARM_RQ is for RQs (op_mod 0) and SRQs (op_mod 1) only.")	\
	/* Receive queues */						\
	X(RQ_STATE_CREATE, 0x5ad30001, BAD_PARAM,			\
	  "A new RQ must be in state 0 (reset).")			\
	X(RQ_MEM_TYPE, 0x5ad30002, BAD_PARAM,				\
	  "mem_rq_type is neither 0 (own memory) nor 1 (RMP).")		\
	X(RQ_FEATURE, 0x5ad30003, BAD_PARAM,				\
	  "The RQ context asks for a feature that the capabilities do not show.") \
	X(RQ_RMP, 0x5ad30004, BAD_RESOURCE,				\
	  "rmpn is no RMP of this uid.")				\
	X(RQ_STATE_CURRENT, 0x5ad30005, BAD_RES_STATE,			\
	  "rq_state is not the state that the RQ is in.")		\
	X(RQ_STATE_NEW, 0x5ad30006, BAD_RES_STATE,			\
	  "An RQ cannot go from the state it is in to the state asked for.") \
	X(RQ_MODIFY_FIELD, 0x5ad30007, BAD_PARAM,			\
	  "modify_bitmask asks for a field of the RQ that cannot be modified.") \
	/* Send queues */						\
	X(SQ_STATE_CREATE, 0x5ad40001, BAD_PARAM,			\
	  "A new SQ must be in state 0 (reset).")			\
	X(SQ_FEATURE, 0x5ad40002, BAD_PARAM,				\
	  "The SQ context asks for a feature that the capabilities do not show.") \
	X(SQ_TIS_COUNT, 0x5ad40003, EXCEED_LIM,				\
	  "tis_lst_sz is greater than the capability log_max_tis_per_sq allows.") \
	X(SQ_TIS, 0x5ad40004, BAD_RESOURCE,				\
	  "tis_num_0 is no TIS of this uid.")				\
	X(SQ_STATE_CURRENT, 0x5ad40005, BAD_RES_STATE,			\
	  "sq_state is not the state that the SQ is in.")		\
	X(SQ_STATE_NEW, 0x5ad40006, BAD_RES_STATE,			\
	  "An SQ cannot go from the state it is in to the state asked for.") \
	X(SQ_MODIFY_FIELD, 0x5ad40007, BAD_PARAM,			\
	  "modify_bitmask asks for a field of the SQ that cannot be modified.") \
	/* Transport interface send */					\
	X(TIS_FEATURE, 0x5ad50001, BAD_PARAM,				\
	  "The TIS context asks for a feature that the capabilities do not show.") \
	X(TIS_TD, 0x5ad50002, BAD_RESOURCE,				\
	  "transport_domain of the TIS is no transport domain of this uid.") \
	X(TIS_PD, 0x5ad50003, BAD_RESOURCE,				\
	  "pd of the TIS is no protection domain of this uid.")		\
	X(TIS_PORT, 0x5ad50004, BAD_PARAM,				\
	  "lag_tx_port_affinity is no port of the device.")		\
	X(TIS_MODIFY_FIELD, 0x5ad50005, BAD_PARAM,			\
	  "bitmask asks for a field of the TIS that cannot be modified.") \
	/* Transport interface receive */				\
	X(TIR_DISP_TYPE, 0x5ad60001, BAD_PARAM,				\
	  "disp_type is neither 0 (direct) nor 1 (indirect).")		\
	X(TIR_FEATURE, 0x5ad60002, BAD_PARAM,				\
	  "The TIR context asks for a feature that the capabilities do not show.") \
	X(TIR_TD, 0x5ad60003, BAD_RESOURCE,				\
	  "transport_domain of the TIR is no transport domain of this uid.") \
	X(TIR_RQ, 0x5ad60004, BAD_RESOURCE,				\
	  "inline_rqn is no RQ of this uid.")				\
	X(TIR_RQT, 0x5ad60005, BAD_RESOURCE,				\
	  "indirect_table is no RQT of this uid.")			\
	X(TIR_HASH_FN, 0x5ad60006, BAD_PARAM,				\
	  "rx_hash_fn is none of 0 (none), 1 (inverted XOR) and 2 (Toeplitz).") \
	X(TIR_HASH_FIELDS, 0x5ad60007, BAD_PARAM,			\
	  "A hash field selector names fields that do not exist.")	\
	X(TIR_MODIFY_FIELD, 0x5ad60008, BAD_PARAM,			\
	  "bitmask asks for a field of the TIR that cannot be modified.") \
	X(TIR_NOT_INDIRECT, 0x5ad60009, BAD_PARAM,			\
	  "The TIR is direct: it has no table that could be modified.")	\
	/* RQ tables */							\
	X(RQT_TYPE, 0x5ad70001, BAD_PARAM,				\
	  "list_q_type is not 0: the device has tables of RQs only.")	\
	X(RQT_VHCA_FORMAT, 0x5ad70002, BAD_PARAM,			\
	  "rq_vhca_id_format is set, but the RQs of other functions cannot be used.") \
	X(RQT_MAX_SIZE, 0x5ad70003, EXCEED_LIM,				\
	  "rqt_max_size is greater than the capability log_max_rqt_size allows.") \
	X(RQT_SIZE, 0x5ad70004, BAD_PARAM,				\
	  "rqt_actual_size is 0 or greater than rqt_max_size.")		\
	X(RQT_LIST_SHORT, 0x5ad70005, BAD_INPUT_LEN,			\
	  "The input mailbox ends within the list of RQs.")		\
	X(RQT_REPLY_SHORT, 0x5ad70006, BAD_OUTPUT_LEN,			\
	  "The output mailbox has no room for the list of RQs.")	\
	X(RQT_RQ, 0x5ad70007, BAD_RESOURCE,				\
	  "The list has an entry that is no RQ of this uid.")		\
	X(RQT_MODIFY_FIELD, 0x5ad70008, BAD_PARAM,			\
	  "bitmask asks for a field of the RQT that cannot be modified.") \

#endif
