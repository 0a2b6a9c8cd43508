// SPDX-License-Identifier: GPL-2.0-only
/*
 * The states of queue pairs: one table of transitions, one of parameters.
 *
 * A transition has an opcode, the state it leaves (2ERR and 2RST leave any), the
 * one it leads to, and for each transport two sets of parameters: those that it
 * always takes from the context in the command, and those that it takes if
 * opt_param_mask says so. The parameters have the bits of opt_param_mask; the ones
 * that are never optional have bits of our own above these.
 *
 * A bit of the mask that names what is taken anyway is no error, any other that
 * the transition does not know is, and then nothing changes. So it is with values:
 * they are looked at if they are taken. A change of path takes the whole of it,
 * but port, partition key and timeout, which are parameters of their own.
 *
 * 2RST leads back to what CREATE stored. SQER and SQD are states that the device
 * gets into by work requests and by commands that it does not have.
 *
 * Locking: the command lock.
 */
#include "queue.h"

enum {
	RST	= 0x0,
	INIT	= 0x1,
	RTR	= 0x2,
	RTS	= 0x3,
	SQER	= 0x4,
	ERR	= 0x6,
	SQD	= 0x7,
};

enum { RC, UC, UD, TRANSPORTS };

/* opt_param_mask. Paths to fall back on (bit 0) and LAG are not offered. */
#define RRE		0x2u
#define RAE		0x4u
#define RWE		0x8u
#define PKEY		0x10u
#define QKEY		0x20u
#define RNR_TIMEOUT	0x40u
#define PATH		0x80u
#define SRA_MAX		0x100u
#define RRA_MAX		0x200u
#define PM_STATE	0x400u
#define RETRY		0x1000u
#define RNR_RETRY	0x2000u
#define TIMEOUT		0x4000u
#define PORT		0x10000u
#define COUNTER		0x2000000u
/* Never optional. */
#define MTU		0x10000000u
#define REMOTE		0x20000000u
#define PSN_RECEIVE	0x40000000u
#define PSN_SEND	0x80000000u

#define RIGHTS_RC	(RRE | RAE | RWE)
#define OPTIONAL	0x0fffffffu

struct transition {
	u16 opcode;
	u8 from;
	u8 to;
	u32 takes[TRANSPORTS];
	u32 may_take[TRANSPORTS];
	u8 never;		/* transports that do not know the state */
};

#define ON(transport)	(1u << (transport))

static const struct transition transitions[] = {
	{
		.opcode = SACC_HCA_OP_RST2INIT_QP, .from = RST, .to = INIT,
		.takes = {
			[RC] = PORT | PKEY | COUNTER | RIGHTS_RC,
			[UC] = PORT | PKEY | COUNTER | RWE,
			[UD] = PORT | PKEY | COUNTER | QKEY,
		},
		.may_take = {
			[RC] = PM_STATE, [UC] = PM_STATE, [UD] = PM_STATE,
		},
	}, {
		.opcode = SACC_HCA_OP_INIT2INIT_QP, .from = INIT, .to = INIT,
		.may_take = {
			[RC] = PORT | PKEY | RIGHTS_RC,
			[UC] = PORT | PKEY | RWE,
			[UD] = PORT | PKEY | QKEY,
		},
	}, {
		.opcode = SACC_HCA_OP_INIT2RTR_QP, .from = INIT, .to = RTR,
		.takes = {
			[RC] = MTU | REMOTE | PATH | PSN_RECEIVE | RRA_MAX |
			       RNR_TIMEOUT,
			[UC] = MTU | REMOTE | PATH | PSN_RECEIVE,
			[UD] = MTU,
		},
		.may_take = {
			[RC] = PKEY | RIGHTS_RC,
			[UC] = PKEY | RWE,
			[UD] = PKEY | QKEY,
		},
	}, {
		.opcode = SACC_HCA_OP_RTR2RTS_QP, .from = RTR, .to = RTS,
		.takes = {
			[RC] = PSN_SEND | SRA_MAX | RETRY | RNR_RETRY | TIMEOUT,
			[UC] = PSN_SEND,
			[UD] = PSN_SEND,
		},
		.may_take = {
			[RC] = RIGHTS_RC | PM_STATE | RNR_TIMEOUT,
			[UC] = RWE | PM_STATE,
			[UD] = QKEY,
		},
	}, {
		.opcode = SACC_HCA_OP_RTS2RTS_QP, .from = RTS, .to = RTS,
		.may_take = {
			[RC] = RIGHTS_RC | PM_STATE | RNR_TIMEOUT,
			[UC] = RWE | PM_STATE,
			[UD] = QKEY,
		},
	}, {
		.opcode = SACC_HCA_OP_SQERR2RTS_QP, .from = SQER, .to = RTS,
		.may_take = { [UC] = RWE, [UD] = QKEY },
		.never = ON(RC),
	}, {
		.opcode = SACC_HCA_OP_SQD_RTS_QP, .from = SQD, .to = RTS,
		.may_take = {
			[RC] = RIGHTS_RC | RNR_TIMEOUT, [UC] = RWE, [UD] = QKEY,
		},
	},
};

/* Which fields a parameter is. The global address of a path is apart: 128 bits. */
struct parameter {
	u32 bits;
	struct sacc_hca_field field;
};

#define IN_PATH(f) {							\
	.off = SACC_PRM_qpc__primary_address_path__OFF +		\
	       SACC_PRM_ads__##f##__OFF,				\
	.bits = SACC_PRM_ads__##f##__BITS }

static const struct parameter parameters[] = {
	{ RRE, SACC_HCA_FIELD(qpc, rre) },
	{ RAE, SACC_HCA_FIELD(qpc, rae) },
	{ RAE, SACC_HCA_FIELD(qpc, atomic_mode) },
	{ RWE, SACC_HCA_FIELD(qpc, rwe) },
	{ PKEY, IN_PATH(pkey_index) },
	{ QKEY, SACC_HCA_FIELD(qpc, q_key) },
	{ RNR_TIMEOUT, SACC_HCA_FIELD(qpc, min_rnr_nak) },
	{ SRA_MAX, SACC_HCA_FIELD(qpc, log_sra_max) },
	{ SRA_MAX, SACC_HCA_FIELD(qpc, log_ack_req_freq) },
	{ RRA_MAX, SACC_HCA_FIELD(qpc, log_rra_max) },
	{ PM_STATE, SACC_HCA_FIELD(qpc, pm_state) },
	{ RETRY, SACC_HCA_FIELD(qpc, retry_count) },
	{ RNR_RETRY, SACC_HCA_FIELD(qpc, rnr_retry) },
	{ TIMEOUT, IN_PATH(ack_timeout) },
	{ PORT, IN_PATH(vhca_port_num) },
	{ COUNTER, SACC_HCA_FIELD(qpc, counter_set_id) },
	{ MTU, SACC_HCA_FIELD(qpc, mtu) },
	{ MTU, SACC_HCA_FIELD(qpc, log_msg_max) },
	{ REMOTE, SACC_HCA_FIELD(qpc, remote_qpn) },
	{ PSN_RECEIVE, SACC_HCA_FIELD(qpc, next_rcv_psn) },
	{ PSN_SEND, SACC_HCA_FIELD(qpc, next_send_psn) },
	{ PATH, IN_PATH(fl) },
	{ PATH, IN_PATH(free_ar) },
	{ PATH, IN_PATH(grh) },
	{ PATH, IN_PATH(mlid) },
	{ PATH, IN_PATH(rlid) },
	{ PATH, IN_PATH(src_addr_index) },
	{ PATH, IN_PATH(stat_rate) },
	{ PATH, IN_PATH(hop_limit) },
	{ PATH, IN_PATH(tclass) },
	{ PATH, IN_PATH(flow_label) },
	{ PATH, IN_PATH(f_dscp) },
	{ PATH, IN_PATH(f_ecn) },
	{ PATH, IN_PATH(f_eth_prio) },
	{ PATH, IN_PATH(ecn) },
	{ PATH, IN_PATH(dscp) },
	{ PATH, IN_PATH(udp_sport) },
	{ PATH, IN_PATH(dei_cfi) },
	{ PATH, IN_PATH(eth_prio) },
	{ PATH, IN_PATH(sl) },
	{ PATH, IN_PATH(rmac_47_32) },
	{ PATH, IN_PATH(rmac_31_0) },
};

#define GID_OFF	((SACC_HCA_OFF(qpc, primary_address_path) +		\
		  SACC_HCA_OFF(ads, rgid_rip)) / 8)
#define GID_BYTES	(SACC_HCA_BITS(ads, rgid_rip) / 8)

static const struct transition *find_transition(u16 opcode)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(transitions); i++)
		if (transitions[i].opcode == opcode)
			return &transitions[i];
	return NULL;
}

static u32 check_mtu(const u8 *ctx, u32 transport)
{
	u32 mtu = sacc_hca_get(qpc, ctx, mtu);

	/* Datagrams go by the MTU of the port: 0 is as good. */
	if (mtu > 5 || (!mtu && transport != UD))
		return SACC_HCA_SYND_QP_MTU;
	if (sacc_hca_get(qpc, ctx, log_msg_max) > SACC_HCA_LOG_MAX_MSG)
		return SACC_HCA_SYND_QP_MSG_MAX;
	return 0;
}

/* The values of the parameters @take in @ctx, which is the client's. */
static u32 check_values(const struct sacc_hca *hca, const u8 *ctx, u32 take,
			u32 transport)
{
	const u8 *path = sacc_hca_at(qpc, ctx, primary_address_path);

	/* Port 0 is port 1. */
	if ((take & PORT) &&
	    sacc_hca_get(ads, path, vhca_port_num) > hca->cfg.num_ports)
		return SACC_HCA_SYND_QP_PORT;
	if ((take & PKEY) &&
	    sacc_hca_get(ads, path, pkey_index) >= SACC_HCA_PKEYS)
		return SACC_HCA_SYND_QP_PKEY_INDEX;
	if ((take & PM_STATE) && sacc_hca_get(qpc, ctx, pm_state) == 2)
		return SACC_HCA_SYND_QP_PM_STATE;
	if ((take & RRA_MAX) &&
	    sacc_hca_get(qpc, ctx, log_rra_max) > SACC_HCA_LOG_MAX_RA)
		return SACC_HCA_SYND_QP_RRA_MAX;
	if ((take & SRA_MAX) &&
	    sacc_hca_get(qpc, ctx, log_sra_max) > SACC_HCA_LOG_MAX_RA)
		return SACC_HCA_SYND_QP_SRA_MAX;
	return (take & MTU) ? check_mtu(ctx, transport) : 0;
}

static void take_values(u8 *to, const u8 *from, u32 take)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parameters); i++)
		if (parameters[i].bits & take)
			sacc_hca_copy_fields(to, from, &parameters[i].field, 1);
	if (take & PATH)
		memcpy(to + GID_OFF, from + GID_OFF, GID_BYTES);
}

/* All that is asked for or nothing. */
static u32 change(struct sacc_hca *hca, struct sacc_hca_queue *qp,
		  const struct transition *t, const u8 *in)
{
	/* The seven commands have mask and context at the same place. */
	u32 mask = sacc_hca_get(rst2init_qp_in, in, opt_param_mask);
	const u8 *from = sacc_hca_at(rst2init_qp_in, in, qpc);
	u32 st = sacc_hca_get(qpc, qp->ctx, st), take, syndrome;

	if (t->never & ON(st))
		return SACC_HCA_SYND_QP_NO_TRANSITION;
	if (sacc_hca_get(qpc, qp->ctx, state) != t->from)
		return SACC_HCA_SYND_QP_STATE;
	if (mask & ~((t->takes[st] | t->may_take[st]) & OPTIONAL))
		return SACC_HCA_SYND_QP_OPT_PARAM;
	take = t->takes[st] | mask;
	syndrome = check_values(hca, from, take, st);
	if (!syndrome && (take & COUNTER))
		syndrome = sacc_hca_queue_use_counter(hca, qp,
						      SACC_HCA_USE_COUNTER,
						      sacc_hca_get(qpc, from,
								   counter_set_id));
	if (syndrome)
		return syndrome;
	take_values(qp->ctx, from, take);
	sacc_hca_set(qpc, qp->ctx, state, t->to);
	return 0;
}

/* The counter set that CREATE named is there still: the QP holds it. */
static u32 reset(struct sacc_hca *hca, struct sacc_hca_qp *qp)
{
	u32 id = sacc_hca_get(qpc, qp->created, counter_set_id), syndrome;

	syndrome = sacc_hca_queue_use_counter(hca, &qp->queue,
					      SACC_HCA_USE_COUNTER, id);
	if (!syndrome)
		memcpy(qp->queue.ctx, qp->created, sizeof(qp->created));
	return syndrome;
}

u32 sacc_hca_cmd_modify_qp(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_qp *qp = (struct sacc_hca_qp *)sacc_hca_queue_find(cmd);
	u16 opcode = (u16)sacc_hca_get(cmd_in, cmd->in, opcode);
	const struct transition *t = find_transition(opcode);

	if (!qp)
		return SACC_HCA_SYND_OBJECT_UNKNOWN;
	if (t)
		return change(cmd->hca, &qp->queue, t, cmd->in);
	if (opcode == SACC_HCA_OP_2RST_QP)
		return reset(cmd->hca, qp);
	sacc_hca_set(qpc, qp->queue.ctx, state, ERR);
	return 0;
}
