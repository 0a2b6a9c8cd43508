/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device and what the files of the model share.
 *
 * Locks, in this order:
 *	sacc_hca.lock	  the command lock: object tables, references, owners, and
 *			  one command at a time, as in the firmware's queue
 *	sacc_hca_uar.lock what is attached to a UAR page and the state that
 *			  doorbells change
 * ops->mem_* and ops->event are called with either or both held: they
 * must not call the model, nor take a lock under which the model is called.
 */
#ifndef SOFTACCEL_HCA_MODEL_H
#define SOFTACCEL_HCA_MODEL_H

#include "fields.h"
#include "hca.h"
#include "objects.h"
#include "opcodes.h"
#include "syndromes.h"

#define SACC_HCA_MAX_PORTS	2

/* Limits that capabilities state. Those of numbers of objects are in objects.c. */
#define SACC_HCA_LOG_UAR_MB	5	/* UAR space: 32 MiB, 8192 pages */
#define SACC_HCA_LOG_MAX_CQ_SZ	22
/* Queues. The fields of QPs and SRQs have four bits for the first two. */
#define SACC_HCA_LOG_MAX_QP_SZ	15
#define SACC_HCA_LOG_MAX_SRQ_SZ	15
#define SACC_HCA_LOG_MAX_WQ_SZ	15
#define SACC_HCA_LOG_WQE_SQ	10	/* largest send WQE */
#define SACC_HCA_LOG_WQE_RQ	9	/* largest receive WQE */
#define SACC_HCA_LOG_MIN_WQE_RQ	4
#define SACC_HCA_LOG_SQ_STRIDE	6
#define SACC_HCA_LOG_MAX_RA	4	/* outstanding reads and atomics */
#define SACC_HCA_LOG_MAX_MSG	30
#define SACC_HCA_LOG_MAX_RQT_SZ	11
#define SACC_HCA_TS_FORMAT_MAX	1u	/* 0 is free running, 1 the default */
#define SACC_HCA_LOG_MAX_KLM_LIST	16	/* octwords of a memory key */
#define SACC_HCA_LOG_MAX_FT_SIZE	24
#define SACC_HCA_MAX_FT_LEVEL	64
#define SACC_HCA_LOG_MAX_FT_DESTS	8	/* destinations of an entry */
#define SACC_HCA_LOG_MAX_FT_COUNTERS	4	/* counters of an entry */
#define SACC_HCA_LOG_MAX_COUNTER_BULK	15
#define SACC_HCA_MAX_FLOW_COUNTERS	0x1000000u
#define SACC_HCA_MAX_REFORMAT_SIZE	512
#define SACC_HCA_MAX_MODIFY_ACTIONS	32
/* QP numbers for RESERVED_QPN objects, so many to each. QPs are below them. */
#define SACC_HCA_FIRST_RESERVED_QPN	0x800000u
#define SACC_HCA_LAST_RESERVED_QPN	0xbfffffu
#define SACC_HCA_LOG_RESERVED_QPNS	5
#define SACC_HCA_GIDS		8u
#define SACC_HCA_PKEYS		128u
#define SACC_HCA_ROCE_ADDRESSES	16u
#define SACC_HCA_ROCE_ADDRESS_BYTES	32u

/* Capabilities: types that may exist, and as much of a page as is not zero. */
#define SACC_HCA_CAP_TYPES	0x21
#define SACC_HCA_CAP_BYTES	448u

/* The capabilities of a type, once they have been asked for. See caps.c. */
struct sacc_hca_cap_page {
	bool filled;
	u8 cap[SACC_HCA_CAP_BYTES];
};

/**
 * struct sacc_hca - one device
 * @cfg:    as created; constant
 * @ops:    the environment; constant
 * @priv:   for ops->event; constant
 * @lock:   the command lock
 * @tables: objects by type
 * @kernel: owner of what belongs to nobody (uid 0)
 * @link_down: by port, from 0; under @lock
 * @flow_counters: flow counters in all bulks
 * @roce_addresses: by port and index
 * @cap_pages: by type; under @lock
 * @visits: objects that teardowns have looked at: the unit tests hold this
 *          against the number of objects
 */
struct sacc_hca {
	struct sacc_hca_config cfg;
	const struct sacc_hca_ops *ops;
	void *priv;
	struct sacc_lock lock;
	struct sacc_hca_table tables[SACC_HCA_OBJ_TYPES];
	struct sacc_hca_uctx kernel;
	bool link_down[SACC_HCA_MAX_PORTS];
	u32 flow_counters;
	u8 roce_addresses[SACC_HCA_MAX_PORTS][SACC_HCA_ROCE_ADDRESSES]
			 [SACC_HCA_ROCE_ADDRESS_BYTES];
	struct sacc_hca_cap_page cap_pages[SACC_HCA_CAP_TYPES];
	u64 visits;
};

/* A completion vector's EQ: a number to refer to. The kernel's. */
struct sacc_hca_eq {
	struct sacc_hca_obj obj;
};

struct sacc_hca_umem {
	struct sacc_hca_obj obj;
	void *mem;
	u64 length;
	bool writable;
};

/**
 * struct sacc_hca_uar - a UAR page
 * @obj:  its number is the page index
 * @lock: see the head of this file
 * @cqs:  sacc_hca_cq.uar_link; under @lock
 */
struct sacc_hca_uar {
	struct sacc_hca_obj obj;
	struct sacc_lock lock;
	struct sacc_list cqs;
};

/**
 * struct sacc_hca_cmd - a command being executed
 * @hca:  the device
 * @uctx: owner of what it creates
 * @in:   input mailbox
 * @in_len: at least the command's minimum
 * @out:  output mailbox, all zero
 * @out_len: at least the command's minimum
 * @op_mod: 0, unless the command table lets all pass
 * @obj_type: of the command table
 */
struct sacc_hca_cmd {
	struct sacc_hca *hca;
	struct sacc_hca_uctx *uctx;
	const u8 *in;
	size_t in_len;
	u8 *out;
	size_t out_len;
	u16 op_mod;
	enum sacc_hca_obj_type obj_type;
};

static inline bool sacc_hca_range_is_inside(u64 offset, u64 bytes, u64 length)
{
	u64 behind;

	return !check_add_overflow(offset, bytes, &behind) && behind <= length;
}

/* Handlers: 0 or a syndrome. The command lock is held. */
u32 sacc_hca_cmd_query_hca_cap(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_adapter(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_issi(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_nop(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_vport_state(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_hca_vport_context(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_nic_vport_context(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_lag(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_alloc_plain(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_destroy(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_cq(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_cq(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_modify_cq(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_mkey(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_mkey(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_psv(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_roce_address(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_set_roce_address(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_hca_vport_gid(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_hca_vport_pkey(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_vnic_env(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_vport_counter(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_cong(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_access_register_user(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_flow_table(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_destroy_flow_table(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_flow_table(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_modify_flow_table(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_flow_group(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_destroy_flow_group(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_flow_group(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_set_fte(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_fte(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_delete_fte(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_alloc_flow_counter(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_dealloc_flow_counter(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_flow_counter(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_q_counter(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_alloc_reformat(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_reformat(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_alloc_modify_header(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_modify_header(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_sched(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_sched(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_modify_sched(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_destroy_sched(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_general(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_general(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_modify_general(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_destroy_general(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_destroy_long(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_zeros(struct sacc_hca_cmd *cmd);

/* QPs and other queues, transport objects */
u32 sacc_hca_cmd_query_queue(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_qp(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_modify_qp(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_srq(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_arm_rq(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_rmp(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_modify_rmp(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_rq(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_modify_rq(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_sq(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_modify_sq(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_tis(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_modify_tis(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_tir(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_modify_tir(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_create_rqt(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_modify_rqt(struct sacc_hca_cmd *cmd);
u32 sacc_hca_cmd_query_rqt(struct sacc_hca_cmd *cmd);

/* Owner of what @uid makes, NULL if there is none. Command lock held. */
struct sacc_hca_uctx *sacc_hca_uctx_find(struct sacc_hca *hca, u16 uid);

/* What objects.c calls when an object ends: see there. */
void sacc_hca_cq_release(struct sacc_hca *hca, struct sacc_hca_obj *obj);
void sacc_hca_uar_fini(struct sacc_hca_obj *obj);
void sacc_hca_queue_release(struct sacc_hca *hca, struct sacc_hca_obj *obj);
void sacc_hca_rqt_release(struct sacc_hca *hca, struct sacc_hca_obj *obj);
void sacc_hca_rqt_fini(struct sacc_hca_obj *obj);
void sacc_hca_mkey_release(struct sacc_hca *hca, struct sacc_hca_obj *obj);
void sacc_hca_psv_release(struct sacc_hca *hca, struct sacc_hca_obj *obj);
void sacc_hca_flow_table_release(struct sacc_hca *hca, struct sacc_hca_obj *obj);
void sacc_hca_flow_table_fini(struct sacc_hca_obj *obj);
void sacc_hca_flow_group_release(struct sacc_hca *hca, struct sacc_hca_obj *obj);
void sacc_hca_fte_release(struct sacc_hca *hca, struct sacc_hca_obj *obj);
void sacc_hca_flow_counter_release(struct sacc_hca *hca,
				   struct sacc_hca_obj *obj);
void sacc_hca_sched_release(struct sacc_hca *hca, struct sacc_hca_obj *obj);
void sacc_hca_dek_release(struct sacc_hca *hca, struct sacc_hca_obj *obj);

/* The capability general_obj_types. */
u64 sacc_hca_general_types(void);

/* Events; the command lock or the lock of a UAR is held. See event.c. */
void sacc_hca_raise_cq_error(struct sacc_hca *hca, const struct sacc_hca_obj *cq,
			     u8 syndrome);

/* Command lock held. */
void sacc_hca_cq_overrun(struct sacc_hca *hca, struct sacc_hca_obj *obj);

/* uar->lock held: look at the doorbell record of each attached CQ. */
bool sacc_hca_cq_scan_all(struct sacc_hca *hca, struct sacc_hca_uar *uar);

#endif
