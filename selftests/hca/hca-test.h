/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the unit tests of the HCA model share: a device whose user memory is plain
 * memory, and commands in one line.
 */
#ifndef SOFTACCEL_HCA_TEST_H
#define SOFTACCEL_HCA_TEST_H

#include "ktap.h"

#include "../../kernel/hca/model.h"

#define NODE_GUID	0x0c42a10300112233ULL
#define VECTORS		4

/* The memory behind a umem. Errors are what the next accesses return. */
struct user_memory {
	u8 *bytes;
	size_t length;
	int read_error;
	int xchg_error;
	unsigned long accesses;
};

static inline void check_access(const struct user_memory *mem, u64 offset,
				size_t len)
{
	ASSERT_LE(len, mem->length);
	ASSERT_LE(offset, mem->length - len);
}

static inline int test_mem_read(void *priv, u64 offset, void *dst, size_t len)
{
	struct user_memory *mem = priv;
	size_t i;

	check_access(mem, offset, len);
	__atomic_add_fetch(&mem->accesses, 1, __ATOMIC_RELAXED);
	if (mem->read_error)
		return mem->read_error;
	for (i = 0; i < len / 4; i++)
		((u32 *)dst)[i] = __atomic_load_n((u32 *)(mem->bytes + offset) + i,
						  __ATOMIC_ACQUIRE);
	return 0;
}

static inline int test_mem_write(void *priv, u64 offset, const void *src,
				 size_t len)
{
	struct user_memory *mem = priv;

	check_access(mem, offset, len);
	memcpy(mem->bytes + offset, src, len);
	return 0;
}

static inline int test_mem_xchg(void *priv, u64 offset, __be32 value,
				__be32 *old)
{
	struct user_memory *mem = priv;

	check_access(mem, offset, sizeof(value));
	__atomic_add_fetch(&mem->accesses, 1, __ATOMIC_RELAXED);
	if (mem->xchg_error)
		return mem->xchg_error;
	*old = __atomic_exchange_n((u32 *)(mem->bytes + offset), value,
				   __ATOMIC_ACQ_REL);
	return 0;
}

static const struct sacc_hca_ops test_ops = {
	.mem_read = test_mem_read,
	.mem_write = test_mem_write,
	.mem_xchg = test_mem_xchg,
};

static inline struct sacc_hca_config test_config(void)
{
	return (struct sacc_hca_config) {
		.node_guid = NODE_GUID, .vhca_id = 7, .num_ports = 1,
		.link_layer = SACC_HCA_LINK_IB, .num_comp_vectors = VECTORS,
	};
}

static inline struct sacc_hca *new_hca(void)
{
	struct sacc_hca_config cfg = test_config();
	struct sacc_hca *hca;

	ASSERT_EQ(sacc_hca_create(&cfg, &test_ops, NULL, &hca), 0);
	return hca;
}

/* Ends the device; nothing of it is left. */
static inline void end_hca(struct sacc_hca *hca)
{
	sacc_hca_destroy(hca);
	ASSERT_EQ(sacc_user_alloc_live(), 0);
}

static inline u16 new_uid(struct sacc_hca *hca)
{
	u16 uid = 0;

	ASSERT_EQ(sacc_hca_uid_alloc(hca, 0, &uid), 0);
	ASSERT_NE(uid, 0);
	return uid;
}

/* A command with its mailboxes; @out is filled with rubbish before it runs. */
struct command {
	u8 in[2048];
	u8 out[4112];
	size_t in_len;
	size_t out_len;
};

static inline void new_command(struct command *c, u16 opcode, u16 uid,
			       size_t in_len, size_t out_len)
{
	memset(c, 0, sizeof(*c));
	ASSERT_LE(in_len, sizeof(c->in));
	ASSERT_LE(out_len, sizeof(c->out));
	c->in_len = in_len;
	c->out_len = out_len;
	sacc_hca_set(cmd_in, c->in, opcode, opcode);
	sacc_hca_set(cmd_in, c->in, uid, uid);
}

/*
 * Run it from and into memory of exactly its lengths, so that the sanitizer sees
 * every byte too many. Returns the syndrome, having checked that status, syndrome
 * and the rest of the reply agree.
 */
static inline u32 run(struct sacc_hca *hca, struct command *c)
{
	u8 *in = malloc(c->in_len + !c->in_len);
	u8 *out = malloc(c->out_len);
	u32 syndrome;
	int status;
	size_t i;

	ASSERT(in && out);
	memcpy(in, c->in, c->in_len);
	memset(out, 0xa5, c->out_len);
	status = sacc_hca_exec(hca, in, c->in_len, out, c->out_len);
	ASSERT(!memcmp(in, c->in, c->in_len));
	memcpy(c->out, out, c->out_len);
	free(in);
	free(out);
	ASSERT_GE(status, 0);
	ASSERT_EQ(sacc_hca_get(cmd_out, c->out, status), status);
	syndrome = sacc_hca_get(cmd_out, c->out, syndrome);
	ASSERT_EQ(!status, !syndrome);
	ASSERT_EQ(c->out[1] | c->out[2] | c->out[3], 0);
	if (status) {
		ASSERT(sacc_hca_syndrome_text(syndrome));
		for (i = 8; i < c->out_len; i++)
			ASSERT_EQ(c->out[i], 0);
	}
	return syndrome;
}

static inline u32 run_status(const struct command *c)
{
	return sacc_hca_get(cmd_out, c->out, status);
}

/* Commands that name an object by the 24 bits where most have it. */
static inline u32 run_on(struct sacc_hca *hca, u16 opcode, u16 uid, u32 id)
{
	struct command c;

	new_command(&c, opcode, uid, 16, 16);
	sacc_hca_set(cmd_in, c.in, obj_id, id);
	return run(hca, &c);
}

/* ALLOC of a PD or transport domain: 0 and the number, or the syndrome. */
static inline u32 try_alloc(struct sacc_hca *hca, u16 opcode, u16 uid, u32 *id)
{
	struct command c;
	u32 syndrome;

	new_command(&c, opcode, uid, 16, 16);
	syndrome = run(hca, &c);
	*id = sacc_hca_get(cmd_out, c.out, obj_id);
	if (!syndrome)
		ASSERT_NE(*id, 0);
	return syndrome;
}

static inline u32 alloc(struct sacc_hca *hca, u16 opcode, u16 uid)
{
	u32 id;

	ASSERT_EQ(try_alloc(hca, opcode, uid, &id), 0);
	return id;
}

/* What a CQ needs, and the command that creates it. */
struct cq_parts {
	u16 uid;
	u32 ring;
	u32 dbr;
	u32 uar;
	u32 eqn;
	struct user_memory ring_mem;
	struct user_memory dbr_mem;
};

#define RING_BYTES	16384u
#define DBR_PAGE	4096u

static inline void new_memory(struct user_memory *mem, size_t length)
{
	memset(mem, 0, sizeof(*mem));
	mem->bytes = calloc(1, length);
	mem->length = length;
	ASSERT(mem->bytes);
}

static inline void new_parts(struct sacc_hca *hca, struct cq_parts *p, u16 uid)
{
	p->uid = uid;
	new_memory(&p->ring_mem, RING_BYTES);
	new_memory(&p->dbr_mem, DBR_PAGE);
	ASSERT_EQ(sacc_hca_umem_create(hca, uid, &p->ring_mem, RING_BYTES, true,
				       &p->ring), 0);
	ASSERT_EQ(sacc_hca_umem_create(hca, uid, &p->dbr_mem, DBR_PAGE, true,
				       &p->dbr), 0);
	ASSERT_EQ(sacc_hca_uar_alloc(hca, uid, &p->uar), 0);
	ASSERT_EQ(sacc_hca_eqn(hca, 0, &p->eqn), 0);
}

static inline void free_memory(struct cq_parts *p)
{
	free(p->ring_mem.bytes);
	free(p->dbr_mem.bytes);
}

#define CQ_CTX(c)	((c)->in + SACC_HCA_OFF(create_cq_in, cq_context) / 8)
#define SET_CTX(c, f, v)	sacc_hca_set(cqc, CQ_CTX(c), f, v)

/* 64 CQEs of 64 bytes at the start of the ring, record at @dbr_offset. */
static inline void new_create_cq(struct command *c, const struct cq_parts *p,
				 u64 dbr_offset)
{
	new_command(c, SACC_HCA_OP_CREATE_CQ, p->uid,
		    SACC_HCA_BYTES(create_cq_in), SACC_HCA_BYTES(create_cq_out));
	sacc_hca_set(create_cq_in, c->in, cq_umem_id, p->ring);
	sacc_hca_set(create_cq_in, c->in, cq_umem_valid, 1);
	SET_CTX(c, dbr_umem_valid, 1);
	SET_CTX(c, dbr_umem_id, p->dbr);
	SET_CTX(c, dbr_addr, dbr_offset);
	SET_CTX(c, log_cq_size, 6);
	SET_CTX(c, uar_page, p->uar);
	SET_CTX(c, c_eqn_or_apu_element, p->eqn);
}

static inline u32 create_cq(struct sacc_hca *hca, const struct cq_parts *p,
			    u64 dbr_offset)
{
	struct command c;

	new_create_cq(&c, p, dbr_offset);
	ASSERT_EQ(run(hca, &c), 0);
	return sacc_hca_get(create_cq_out, c.out, cqn);
}

/* The CQ context into @ctx, 64 bytes; 0 or a syndrome. */
static inline u32 query_cq(struct sacc_hca *hca, u16 uid, u32 cqn, u8 *ctx)
{
	struct command c;
	u32 syndrome;

	new_command(&c, SACC_HCA_OP_QUERY_CQ, uid, 16, 16 + 64);
	sacc_hca_set(query_cq_in, c.in, cqn, cqn);
	syndrome = run(hca, &c);
	memcpy(ctx, c.out + 16, 64);
	return syndrome;
}

/* Commands on queues: opcodes and least lengths of the mailboxes, in and out. */
#define CRUD_COMMANDS(type, in_len, reply)				\
	{ SACC_HCA_OP_CREATE_##type, in_len, 16 },			\
	{ SACC_HCA_OP_MODIFY_##type, in_len, 16 },			\
	{ SACC_HCA_OP_DESTROY_##type, 16, 16 },				\
	{ SACC_HCA_OP_QUERY_##type, 16, reply }
#define QUEUE_COMMANDS							\
	{ SACC_HCA_OP_CREATE_QP, 272, 16 },				\
	{ SACC_HCA_OP_DESTROY_QP, 16, 16 },				\
	{ SACC_HCA_OP_QUERY_QP, 16, 256 },				\
	{ SACC_HCA_OP_RST2INIT_QP, 272, 16 },				\
	{ SACC_HCA_OP_INIT2INIT_QP, 272, 16 },				\
	{ SACC_HCA_OP_INIT2RTR_QP, 272, 16 },				\
	{ SACC_HCA_OP_RTR2RTS_QP, 272, 16 },				\
	{ SACC_HCA_OP_RTS2RTS_QP, 272, 16 },				\
	{ SACC_HCA_OP_SQERR2RTS_QP, 272, 16 },				\
	{ SACC_HCA_OP_SQD_RTS_QP, 272, 16 },				\
	{ SACC_HCA_OP_2ERR_QP, 16, 16 },				\
	{ SACC_HCA_OP_2RST_QP, 16, 16 },				\
	{ SACC_HCA_OP_CREATE_SRQ, 272, 16 },				\
	{ SACC_HCA_OP_DESTROY_SRQ, 16, 16 },				\
	{ SACC_HCA_OP_QUERY_SRQ, 16, 80 },				\
	{ SACC_HCA_OP_ARM_RQ, 16, 16 },					\
	CRUD_COMMANDS(RMP, 272, 272),					\
	CRUD_COMMANDS(RQ, 272, 272),					\
	CRUD_COMMANDS(SQ, 272, 272),					\
	CRUD_COMMANDS(TIS, 192, 176),					\
	CRUD_COMMANDS(TIR, 272, 272),					\
	CRUD_COMMANDS(RQT, 272, 272)

#endif
