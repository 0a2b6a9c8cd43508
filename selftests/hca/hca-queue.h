/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of queues and transport objects share: a uid with one object of
 * each type, and for each type the command that creates one more.
 */
#ifndef SOFTACCEL_HCA_QUEUE_TEST_H
#define SOFTACCEL_HCA_QUEUE_TEST_H

#include "hca-test.h"

#include "../../kernel/hca/queue.h"

/* The ring of each new queue begins here, its doorbell record there. */
#define RING_AT		4096u
#define DBR_AT		64u

/**
 * struct queues - a device and a uid that has all that queues are made from
 * @hca:  the device
 * @p:    umems, UAR, and memory
 * @cqs:  two of them, since QPs tell them apart
 * @pd:   protection domain, one of each from here on
 * @td:   transport domain
 * @srqn: SRQ
 * @rmpn: RMP
 * @rqn:  RQ, with memory of its own
 * @tisn: TIS
 * @rqtn: RQT with two entries, both @rqn
 * @counters: counter sets
 */
struct queues {
	struct sacc_hca *hca;
	struct cq_parts p;
	u32 cqs[2];
	u32 pd;
	u32 td;
	u32 srqn;
	u32 rmpn;
	u32 rqn;
	u32 tisn;
	u32 rqtn;
	u32 counters[2];
};

#define CTX_OF(s, c, f)	((c)->in + SACC_HCA_OFF(s, f) / 8)
#define QPC(c)		CTX_OF(create_qp_in, c, qpc)
#define SRQC(c)		CTX_OF(create_srq_in, c, srq_context_entry)
#define RMPC(c)		CTX_OF(create_rmp_in, c, ctx)
#define RQC(c)		CTX_OF(create_rq_in, c, ctx)
#define SQC(c)		CTX_OF(create_sq_in, c, ctx)
#define TISC(c)		CTX_OF(create_tis_in, c, ctx)
#define TIRC(c)		CTX_OF(create_tir_in, c, ctx)
#define RQTC(c)		CTX_OF(create_rqt_in, c, rqt_context)
/* In RQs, SQs and RMPs it has the same place. */
#define WQ(c)		(RQC(c) + SACC_HCA_OFF(rqc, wq) / 8)

#define SET_QPC(c, f, v)	sacc_hca_set(qpc, QPC(c), f, v)
#define SET_SRQC(c, f, v)	sacc_hca_set(srqc, SRQC(c), f, v)
#define SET_RMPC(c, f, v)	sacc_hca_set(rmpc, RMPC(c), f, v)
#define SET_RQC(c, f, v)	sacc_hca_set(rqc, RQC(c), f, v)
#define SET_SQC(c, f, v)	sacc_hca_set(sqc, SQC(c), f, v)
#define SET_TISC(c, f, v)	sacc_hca_set(tisc, TISC(c), f, v)
#define SET_TIRC(c, f, v)	sacc_hca_set(tirc, TIRC(c), f, v)
#define SET_RQTC(c, f, v)	sacc_hca_set(rqtc, RQTC(c), f, v)
#define SET_WQ(c, f, v)		sacc_hca_set(wq, WQ(c), f, v)

static inline void set_rqn(struct command *c, u32 i, u32 rqn)
{
	sacc_hca_set(rq_num, c->in + 272 + 4 * i, rq_num, rqn);
}

/* RC, 16 receive WQEs of 64 bytes and 32 send WQEs: 3 KiB. */
static inline void new_create_qp(struct command *c, const struct queues *q)
{
	new_command(c, SACC_HCA_OP_CREATE_QP, q->p.uid, 272, 16);
	sacc_hca_set(create_qp_in, c->in, wq_umem_valid, 1);
	sacc_hca_set(create_qp_in, c->in, wq_umem_id, q->p.ring);
	sacc_hca_set(create_qp_in, c->in, wq_umem_offset, RING_AT);
	SET_QPC(c, pm_state, 3);
	SET_QPC(c, pd, q->pd);
	SET_QPC(c, log_rq_size, 4);
	SET_QPC(c, log_rq_stride, 2);
	SET_QPC(c, log_sq_size, 5);
	SET_QPC(c, ts_format, 1);
	SET_QPC(c, uar_page, q->p.uar);
	SET_QPC(c, cqn_snd, q->cqs[0]);
	SET_QPC(c, cqn_rcv, q->cqs[1]);
	SET_QPC(c, dbr_umem_valid, 1);
	SET_QPC(c, dbr_umem_id, q->p.dbr);
	SET_QPC(c, dbr_addr, DBR_AT);
}

/* 16 WQEs of 64 bytes. */
static inline void new_create_srq(struct command *c, const struct queues *q)
{
	new_command(c, SACC_HCA_OP_CREATE_SRQ, q->p.uid, 272, 16);
	sacc_hca_set(create_srq_in, c->in, srq_umem_valid, 1);
	sacc_hca_set(create_srq_in, c->in, srq_umem_id, q->p.ring);
	sacc_hca_set(create_srq_in, c->in, srq_umem_offset, RING_AT);
	SET_SRQC(c, log_srq_size, 4);
	SET_SRQC(c, log_rq_stride, 2);
	SET_SRQC(c, pd, q->pd);
	SET_SRQC(c, dbr_umem_valid, 1);
	SET_SRQC(c, dbr_umem_id, q->p.dbr);
	SET_SRQC(c, dbr_addr, DBR_AT);
}

/* 16 WQEs of 64 bytes, cyclic. */
static inline void set_wq(struct command *c, const struct queues *q)
{
	SET_WQ(c, wq_type, 1);
	SET_WQ(c, pd, q->pd);
	SET_WQ(c, log_wq_sz, 4);
	SET_WQ(c, log_wq_stride, 6);
	SET_WQ(c, wq_umem_valid, 1);
	SET_WQ(c, wq_umem_id, q->p.ring);
	SET_WQ(c, wq_umem_offset, RING_AT);
	SET_WQ(c, dbr_umem_valid, 1);
	SET_WQ(c, dbr_umem_id, q->p.dbr);
	SET_WQ(c, dbr_addr, DBR_AT);
}

static inline void new_create_rmp(struct command *c, const struct queues *q)
{
	new_command(c, SACC_HCA_OP_CREATE_RMP, q->p.uid, 272, 16);
	SET_RMPC(c, state, 1);
	set_wq(c, q);
}

static inline void new_create_rq(struct command *c, const struct queues *q)
{
	new_command(c, SACC_HCA_OP_CREATE_RQ, q->p.uid, 272, 16);
	SET_RQC(c, cqn, q->cqs[0]);
	set_wq(c, q);
}

static inline void new_create_sq(struct command *c, const struct queues *q)
{
	new_command(c, SACC_HCA_OP_CREATE_SQ, q->p.uid, 272, 16);
	SET_SQC(c, cqn, q->cqs[0]);
	SET_SQC(c, tis_lst_sz, 1);
	SET_SQC(c, tis_num_0, q->tisn);
	set_wq(c, q);
	SET_WQ(c, uar_page, q->p.uar);
}

static inline void new_create_tis(struct command *c, const struct queues *q)
{
	new_command(c, SACC_HCA_OP_CREATE_TIS, q->p.uid, 192, 16);
	SET_TISC(c, transport_domain, q->td);
}

/* Indirect. */
static inline void new_create_tir(struct command *c, const struct queues *q)
{
	new_command(c, SACC_HCA_OP_CREATE_TIR, q->p.uid, 272, 16);
	SET_TIRC(c, disp_type, 1);
	SET_TIRC(c, indirect_table, q->rqtn);
	SET_TIRC(c, transport_domain, q->td);
}

static inline void new_create_direct_tir(struct command *c,
					 const struct queues *q)
{
	new_command(c, SACC_HCA_OP_CREATE_TIR, q->p.uid, 272, 16);
	SET_TIRC(c, inline_rqn, q->rqn);
	SET_TIRC(c, transport_domain, q->td);
}

/* Room for 4, two entries of the same RQ. */
static inline void new_create_rqt(struct command *c, const struct queues *q)
{
	new_command(c, SACC_HCA_OP_CREATE_RQT, q->p.uid, 272 + 4 * 2, 16);
	SET_RQTC(c, rqt_max_size, 4);
	SET_RQTC(c, rqt_actual_size, 2);
	set_rqn(c, 0, q->rqn);
	set_rqn(c, 1, q->rqn);
}

/* Run a create command; the number. */
static inline u32 created(struct sacc_hca *hca, struct command *c)
{
	ASSERT_EQ(run(hca, c), 0);
	return sacc_hca_get(cmd_out, c->out, obj_id);
}

/* Another uid on the device that has all of it. */
static inline void begin_queues_on(struct queues *q, struct sacc_hca *hca)
{
	struct command c;

	q->hca = hca;
	new_parts(q->hca, &q->p, new_uid(q->hca));
	q->cqs[0] = create_cq(q->hca, &q->p, 0);
	q->cqs[1] = create_cq(q->hca, &q->p, 8);
	q->pd = alloc(q->hca, SACC_HCA_OP_ALLOC_PD, q->p.uid);
	q->td = alloc(q->hca, SACC_HCA_OP_ALLOC_TRANSPORT_DOMAIN, q->p.uid);
	q->counters[0] = alloc(q->hca, SACC_HCA_OP_ALLOC_Q_COUNTER, q->p.uid);
	q->counters[1] = alloc(q->hca, SACC_HCA_OP_ALLOC_Q_COUNTER, q->p.uid);
	new_create_srq(&c, q);
	q->srqn = created(q->hca, &c);
	new_create_rmp(&c, q);
	q->rmpn = created(q->hca, &c);
	new_create_rq(&c, q);
	q->rqn = created(q->hca, &c);
	new_create_tis(&c, q);
	q->tisn = created(q->hca, &c);
	new_create_rqt(&c, q);
	q->rqtn = created(q->hca, &c);
}

static inline void begin_queues(struct queues *q)
{
	begin_queues_on(q, new_hca());
}

static inline void end_queues(struct queues *q)
{
	end_hca(q->hca);
	free_memory(&q->p);
}

static inline u32 references(struct sacc_hca *hca, enum sacc_hca_obj_type type,
			     u32 id)
{
	struct sacc_hca_obj *obj;
	u32 refs;

	sacc_lock(&hca->lock);
	obj = sacc_hca_obj_find(hca, &hca->kernel, type, id);
	ASSERT(obj);
	refs = obj->refs;
	sacc_unlock(&hca->lock);
	return refs;
}

/* References on all that @q has, added: what a refused command must not change. */
static inline u32 all_references(const struct queues *q)
{
	return references(q->hca, SACC_HCA_OBJ_UMEM, q->p.ring) +
	       references(q->hca, SACC_HCA_OBJ_UMEM, q->p.dbr) +
	       references(q->hca, SACC_HCA_OBJ_UAR, q->p.uar) +
	       references(q->hca, SACC_HCA_OBJ_CQ, q->cqs[0]) +
	       references(q->hca, SACC_HCA_OBJ_CQ, q->cqs[1]) +
	       references(q->hca, SACC_HCA_OBJ_PD, q->pd) +
	       references(q->hca, SACC_HCA_OBJ_TD, q->td) +
	       references(q->hca, SACC_HCA_OBJ_SRQ, q->srqn) +
	       references(q->hca, SACC_HCA_OBJ_RMP, q->rmpn) +
	       references(q->hca, SACC_HCA_OBJ_RQ, q->rqn) +
	       references(q->hca, SACC_HCA_OBJ_TIS, q->tisn) +
	       references(q->hca, SACC_HCA_OBJ_RQT, q->rqtn) +
	       references(q->hca, SACC_HCA_OBJ_Q_COUNTER, q->counters[0]) +
	       references(q->hca, SACC_HCA_OBJ_Q_COUNTER, q->counters[1]);
}

/* The command is refused so, and nothing of it stays. */
static inline void refused_so(const struct queues *q, struct command *c,
			      u32 syndrome, u32 status)
{
	long live = sacc_user_alloc_live();
	u32 refs = all_references(q);

	ASSERT_EQ(run(q->hca, c), syndrome);
	ASSERT_EQ(run_status(c), status);
	ASSERT_EQ(all_references(q), refs);
	ASSERT_EQ(sacc_user_alloc_live(), live);
}

/*
 * A test whose only difference from a good command of @build is @change, in which
 * the parts are q and the command is c.
 */
#define REFUSED(name, build, change, syndrome, status)			\
	TEST(name)							\
	{								\
		struct queues q;					\
		struct command c;					\
									\
		begin_queues(&q);					\
		build(&c, &q);						\
		change;							\
		refused_so(&q, &c, SACC_HCA_SYND_##syndrome,		\
			   SACC_HCA_##status);				\
		end_queues(&q);						\
	}

/* The context of an object into @ctx; 0 or a syndrome. */
static inline u32 query_ctx(struct sacc_hca *hca, u16 opcode, u16 uid, u32 id,
			    u8 *ctx, size_t off, size_t bytes)
{
	struct command c;
	u32 syndrome;

	new_command(&c, opcode, uid, 16, off + bytes);
	sacc_hca_set(cmd_in, c.in, obj_id, id);
	syndrome = run(hca, &c);
	memcpy(ctx, c.out + off, bytes);
	return syndrome;
}

/* --- QPs */

enum { RC, UC, UD, TRANSPORTS };

#define QPC_BYTES	232u

static inline u32 create_qp(const struct queues *q, u32 st)
{
	struct command c;

	new_create_qp(&c, q);
	SET_QPC(&c, st, st);
	return created(q->hca, &c);
}

static inline void query_qp(const struct queues *q, u32 qpn, u8 *ctx)
{
	ASSERT_EQ(query_ctx(q->hca, SACC_HCA_OP_QUERY_QP, q->p.uid, qpn, ctx,
			    24, QPC_BYTES), 0);
}

#endif
