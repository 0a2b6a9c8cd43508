// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of the HCA fuzzer: made from the input so that most of them get beyond
 * the checks of the header, and judged by what is known of the uid, the object
 * and the command. To add one, add a line at the end of @commands, or of those in
 * hca-queue.c.
 */
#include "hca-fuzz.h"

/* --- Objects that are only numbers */

static void judge_add(const struct row *row, u16 uid, u32 syndrome, u32 id)
{
	if (!syndrome)
		shadow_add(row->named, id, uid);
	else if (syndrome == SACC_HCA_SYND_NO_MEMORY)
		ASSERT(memory_ran_out());
	else
		ASSERT(syndrome == SACC_HCA_SYND_OBJECT_LIMIT &&
		       table_is_full(row->named));
}

void judge_alloc(const struct command *c, const struct row *row, u16 uid,
		 u32 syndrome)
{
	judge_add(row, uid, syndrome, REPLY_ID(c));
}

void judge_destroy(const struct command *c, const struct row *row, u16 uid,
		   u32 syndrome)
{
	struct shadow *obj = shadow_find(row->named, OBJ_ID(c));

	switch (sight_of(uid, row->named, OBJ_ID(c))) {
	case UNSEEN:
		ASSERT_EQ(syndrome, SACC_HCA_SYND_OBJECT_UNKNOWN);
		return;
	case SEEN:
		ASSERT_EQ(syndrome, obj->refs ? SACC_HCA_SYND_OBJECT_BUSY : 0);
		break;
	case UNCERTAIN:
		break;
	}
	if (!syndrome)
		shadow_remove(obj);
}

/* --- Queries */

static void fill_query(struct command *c, u16 uid)
{
	(void)uid;
	c->in[8] = take8(&fuzz.in) & 0x80;
	c->in[9] = take8(&fuzz.in) & 0x0f;
	c->in[12] = take8(&fuzz.in) & 0x07;
}

static void fill_caps(struct command *c, u16 uid)
{
	fill_query(c, uid);
	sacc_hca_set(cmd_in, c->in, op_mod, take8(&fuzz.in));
	c->out_len = 16 + take16(&fuzz.in) % 4097;
}

static void judge_query(const struct command *c, const struct row *row,
			u16 uid, u32 syndrome)
{
	bool ethernet = fuzz.cfg.link_layer == SACC_HCA_LINK_ETHERNET;

	(void)uid;
	switch (row->opcode) {
	case SACC_HCA_OP_QUERY_HCA_CAP:
		ASSERT(!syndrome || syndrome >> 16 == 0x5ac2);
		break;
	case SACC_HCA_OP_QUERY_VPORT_STATE:
		ASSERT_EQ(!syndrome, !(c->in[8] & 0x80));
		break;
	case SACC_HCA_OP_QUERY_HCA_VPORT_CONTEXT:
		ASSERT_EQ(!syndrome, !ethernet && !(c->in[8] & 0x80) &&
			  (c->in[9] & 0xf) <= fuzz.cfg.num_ports);
		break;
	case SACC_HCA_OP_QUERY_NIC_VPORT_CONTEXT:
		ASSERT_EQ(!syndrome, ethernet && !(c->in[8] & 0x80) &&
			  (c->in[12] & 7) <= 2);
		break;
	default:
		ASSERT_EQ(syndrome, 0);
	}
}

/* --- Completion queues */

#define CTX(c)		((c)->in + 16)
#define GET(ctx, f)	sacc_hca_get64(cqc, ctx, f)

/* One field that is not as it should be, chosen by @odd. */
static void spoil_cq(struct command *c, u8 odd)
{
	switch (odd % 10) {
	case 0: SET_CTX(c, cqe_sz, 3 + odd % 5); break;
	case 1: SET_CTX(c, cqe_comp_en, 1); break;
	case 2: SET_CTX(c, apu_cq, 1); break;
	case 3: SET_CTX(c, cq_period_mode, 2 + odd % 2); break;
	case 4: SET_CTX(c, cq_timestamp_format, 2 + odd % 2); break;
	case 5: SET_CTX(c, dbr_umem_valid, 0); break;
	case 6: sacc_hca_set(create_cq_in, c->in, cq_umem_valid, 0); break;
	case 7: SET_CTX(c, dbr_addr, take64(&fuzz.in)); break;
	case 8:
		/* The last place there is, from which page_offset goes round. */
		sacc_hca_set(create_cq_in, c->in, cq_umem_offset,
			     odd & 0x10 ? ~0ULL << 6 : take64(&fuzz.in));
		break;
	case 9: SET_CTX(c, log_cq_size, take8(&fuzz.in)); break;
	}
}

static void fill_create_cq(struct command *c, u16 uid)
{
	struct input *in = &fuzz.in;
	u8 bits = take8(in), odd;

	sacc_hca_set(create_cq_in, c->in, cq_umem_valid, 1);
	sacc_hca_set(create_cq_in, c->in, cq_umem_id,
		     pick_id(in, SACC_HCA_OBJ_UMEM, uid));
	sacc_hca_set(create_cq_in, c->in, cq_umem_offset,
		     bits & 1 ? 64 * (take8(in) % 8) : 0);
	SET_CTX(c, page_offset, bits & 2 ? take8(in) : 0);
	SET_CTX(c, cc, bits >> 2);
	SET_CTX(c, cqe_sz, (bits >> 3 & 3) % 3);
	SET_CTX(c, oi, bits >> 5);
	SET_CTX(c, cq_period_mode, bits >> 6 & 1);
	SET_CTX(c, cq_timestamp_format, bits >> 7);
	SET_CTX(c, log_cq_size, take8(in) % 8);
	SET_CTX(c, dbr_umem_valid, 1);
	SET_CTX(c, dbr_umem_id, pick_id(in, SACC_HCA_OBJ_UMEM, uid));
	SET_CTX(c, dbr_addr, 8 * (take8(in) % 33));
	SET_CTX(c, uar_page, pick_id(in, SACC_HCA_OBJ_UAR, uid));
	SET_CTX(c, c_eqn_or_apu_element,
		1 + take8(in) % (fuzz.cfg.num_comp_vectors + 1));
	odd = take8(in);
	if (odd >= 0xc0)
		spoil_cq(c, odd);
}

bool fits(u64 offset, u64 bytes, const struct shadow *umem)
{
	return (unsigned __int128)offset + bytes <= umem->memory->length;
}

static bool ring_is_good(const struct command *c, const struct shadow *ring)
{
	const u8 *ctx = CTX(c);
	u64 offset = sacc_hca_get64(create_cq_in, c->in, cq_umem_offset);
	u64 entry = GET(ctx, cqe_sz) ? 128 : 64;
	u64 skip = 64 * GET(ctx, page_offset);

	if (!sacc_hca_get(create_cq_in, c->in, cq_umem_valid) || !ring ||
	    !ring->memory->writable || offset % 64)
		return false;
	return fits(offset, skip + (GET(ctx, cc) ? entry :
				    entry << GET(ctx, log_cq_size)), ring);
}

static bool cq_is_good(const struct command *c, struct shadow *const *parts)
{
	const u8 *ctx = CTX(c);
	u64 eqn = GET(ctx, c_eqn_or_apu_element);

	if (GET(ctx, log_cq_size) > 22 || GET(ctx, cqe_sz) > 2 ||
	    GET(ctx, cqe_comp_en) || GET(ctx, apu_cq) ||
	    GET(ctx, cq_period_mode) > 1 || GET(ctx, cq_timestamp_format) > 1)
		return false;
	return ring_is_good(c, parts[CQ_RING]) && GET(ctx, dbr_umem_valid) &&
	       parts[CQ_DBR] && GET(ctx, dbr_addr) % 8 == 0 &&
	       fits(GET(ctx, dbr_addr), 8, parts[CQ_DBR]) && parts[CQ_UAR] &&
	       eqn && eqn <= fuzz.cfg.num_comp_vectors;
}

/* What accesses to the doorbell record @offset come to. */
static int dbr_error(const struct fuzz_memory *mem, u64 offset)
{
	if (offset + 8 > mem->backing)
		return -EFAULT;
	if (mem->read_error)
		return mem->read_error;
	return mem->writable ? mem->xchg_error : 0;
}

static void created_cq(const struct command *c, const struct row *row, u16 uid,
		       struct shadow *const *parts)
{
	struct shadow *obj = shadow_add(row->named, REPLY_ID(c), uid);
	struct fuzz_memory *mem = parts[CQ_DBR]->memory;
	struct shadow_cq *cq = &obj->cq;
	unsigned int i;

	for (i = 0; i < CQ_PARTS; i++) {
		cq->parts[i] = parts[i];
		parts[i]->refs++;
	}
	memcpy(cq->ctx, CTX(c), sizeof(cq->ctx));
	cq->dbr_offset = GET(cq->ctx, dbr_addr);
	cq->arm_seen = sacc_hca_load32(mem->expect, cq->dbr_offset + 4);
	cq->st = mem->writable ? 0 : 9;
	if (mem->writable)
		sacc_hca_store32(mem->expect, cq->dbr_offset + 4, 0x0f000000);
}

static void judge_create_cq(const struct command *c, const struct row *row,
			    u16 uid, u32 syndrome)
{
	struct shadow *parts[CQ_PARTS] = {
		[CQ_RING] = shadow_own(uid, SACC_HCA_OBJ_UMEM,
				       sacc_hca_get(create_cq_in, c->in,
						    cq_umem_id)),
		[CQ_DBR] = shadow_own(uid, SACC_HCA_OBJ_UMEM,
				      GET(CTX(c), dbr_umem_id)),
		[CQ_UAR] = shadow_own(uid, SACC_HCA_OBJ_UAR,
				      GET(CTX(c), uar_page)),
	};
	bool good = cq_is_good(c, parts);
	int err = good ? dbr_error(parts[CQ_DBR]->memory,
				   GET(CTX(c), dbr_addr)) : 0;

	if (syndrome == SACC_HCA_SYND_NO_MEMORY)
		ASSERT(memory_ran_out());
	else if (!good)
		ASSERT_EQ(syndrome >> 16, 0x5ac4);
	else if (syndrome == SACC_HCA_SYND_OBJECT_LIMIT)
		ASSERT(table_is_full(row->named));
	else if (err)
		ASSERT_EQ(syndrome, err == -EINVAL ?
			  SACC_HCA_SYND_CQ_DBR_ALIGN :
			  SACC_HCA_SYND_CQ_DBR_ACCESS);
	else
		ASSERT_EQ(syndrome, 0);
	if (!syndrome)
		created_cq(c, row, uid, parts);
}

/* Every field that is kept; consumed in @got, in which nothing else may be. */
static void compare_ctx(const u8 *want, u8 *got)
{
	static const u8 nothing[64];

#define SAME(f)								\
	do {								\
		ASSERT_EQ(GET(got, f), GET(want, f));			\
		sacc_hca_set(cqc, got, f, 0);				\
	} while (0)
	SAME(dbr_umem_valid); SAME(cqe_sz); SAME(cc);
	SAME(scqe_break_moderation_en); SAME(oi); SAME(cq_period_mode);
	SAME(mini_cqe_res_format); SAME(cqe_compression_layout);
	SAME(dbr_umem_id); SAME(page_offset); SAME(mini_cqe_res_format_ext);
	SAME(cq_timestamp_format); SAME(log_cq_size); SAME(uar_page);
	SAME(cq_period); SAME(cq_max_count); SAME(c_eqn_or_apu_element);
	SAME(log_page_size); SAME(dbr_addr);
#undef SAME
	sacc_hca_set(cqc, got, st, 0);
	sacc_hca_set(cqc, got, consumer_counter, 0);
	ASSERT(!memcmp(got, nothing, sizeof(nothing)));
}

static void judge_query_cq(const struct command *c, const struct row *row,
			   u16 uid, u32 syndrome)
{
	enum sight sight = sight_of(uid, row->named, OBJ_ID(c));
	struct shadow *obj = shadow_find(row->named, OBJ_ID(c));
	u8 ctx[64];

	if (sight == UNSEEN)
		ASSERT_EQ(syndrome, SACC_HCA_SYND_OBJECT_UNKNOWN);
	if (sight != SEEN)
		return;
	ASSERT_EQ(syndrome, 0);
	memcpy(ctx, c->out + 16, sizeof(ctx));
	ASSERT_EQ(GET(ctx, st), obj->cq.st);
	ASSERT_EQ(GET(ctx, consumer_counter), obj->cq.consumer);
	compare_ctx(obj->cq.ctx, ctx);
}

static void fill_modify_cq(struct command *c, u16 uid)
{
	u8 select = take8(&fuzz.in);

	(void)uid;
	sacc_hca_set(modify_cq_in, c->in, modify_field_select,
		     select < 0xe0 ? select & 0x1f : take32(&fuzz.in));
	SET_CTX(c, cq_period, take16(&fuzz.in));
	SET_CTX(c, cq_max_count, take16(&fuzz.in));
	SET_CTX(c, c_eqn_or_apu_element,
		take8(&fuzz.in) % (fuzz.cfg.num_comp_vectors + 2));
	SET_CTX(c, oi, select >> 5);
	SET_CTX(c, cq_period_mode, select >> 6 == 3 ? 2 : select >> 6 & 1);
}

static void judge_modify_cq(const struct command *c, const struct row *row,
			    u16 uid, u32 syndrome)
{
	u32 select = sacc_hca_get(modify_cq_in, c->in, modify_field_select);
	u64 eqn = GET(CTX(c), c_eqn_or_apu_element);
	struct shadow *obj = shadow_find(row->named, OBJ_ID(c));
	enum sight sight = sight_of(uid, row->named, OBJ_ID(c));
	bool good = !(select & ~0x1fu) &&
		    (!(select & 0x10) || GET(CTX(c), cq_period_mode) <= 1) &&
		    (!(select & 8) ||
		     (eqn && eqn <= fuzz.cfg.num_comp_vectors));

	if (sight == UNSEEN)
		ASSERT_EQ(syndrome, SACC_HCA_SYND_OBJECT_UNKNOWN);
	else if (sight == SEEN)
		ASSERT_EQ(!syndrome, good);
	if (syndrome)
		return;
#define MODIFY(bit, f)							\
	do {								\
		if (select & (bit))					\
			sacc_hca_set(cqc, obj->cq.ctx, f, GET(CTX(c), f)); \
	} while (0)
	MODIFY(1, cq_period);
	MODIFY(2, cq_max_count);
	MODIFY(4, oi);
	MODIFY(8, c_eqn_or_apu_element);
	MODIFY(0x10, cq_period_mode);
#undef MODIFY
}

/* --- All commands */

#define OP(name)	SACC_HCA_OP_##name
#define PD		SACC_HCA_OBJ_PD
#define TD		SACC_HCA_OBJ_TD
#define CQ		SACC_HCA_OBJ_CQ

static const struct row commands[] = {
	{ OP(CREATE_CQ), 272, 16, false, CQ, fill_create_cq, judge_create_cq },
	{ OP(QUERY_CQ), 16, 80, false, CQ, NULL, judge_query_cq },
	{ OP(MODIFY_CQ), 272, 16, false, CQ, fill_modify_cq, judge_modify_cq },
	{ OP(DESTROY_CQ), 16, 16, false, CQ, NULL, judge_destroy },
	{ OP(ALLOC_PD), 16, 16, false, PD, NULL, judge_alloc },
	{ OP(DEALLOC_PD), 16, 16, false, PD, NULL, judge_destroy },
	{ OP(ALLOC_TRANSPORT_DOMAIN), 16, 16, false, TD, NULL, judge_alloc },
	{ OP(DEALLOC_TRANSPORT_DOMAIN), 16, 16, false, TD, NULL, judge_destroy },
	{ OP(QUERY_HCA_CAP), 16, 16, true, 0, fill_caps, judge_query },
	{ OP(QUERY_ADAPTER), 16, 272, false, 0, NULL, judge_query },
	{ OP(QUERY_ISSI), 16, 112, false, 0, NULL, judge_query },
	{ OP(QUERY_VPORT_STATE), 16, 16, false, 0, fill_query, judge_query },
	{ OP(QUERY_NIC_VPORT_CONTEXT), 16, 272, false, 0, fill_query, judge_query },
	{ OP(QUERY_HCA_VPORT_CONTEXT), 16, 528, false, 0, fill_query, judge_query },
	{ OP(QUERY_LAG), 16, 16, false, 0, NULL, judge_query },
	{ OP(NOP), 16, 16, false, 0, NULL, judge_query },
};

#define FIRST_COMMANDS	16u
#define FIRST_CONTROLS	46u

static const struct row *find_row(u16 opcode)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].opcode == opcode)
			return &commands[i];
	for (i = 0; i < n_queue_commands; i++)
		if (queue_commands[i].opcode == opcode)
			return &queue_commands[i];
	for (i = 0; i < n_control_rows; i++)
		if (control_rows[i].opcode == opcode)
			return &control_rows[i];
	return NULL;
}

/* What is wrong with a command before anyone looks at what it says. */
static u32 header_syndrome(const struct command *c, const struct row *row)
{
	u16 opcode;

	if (c->in_len < 8)
		return SACC_HCA_SYND_IN_SHORT;
	opcode = (u16)sacc_hca_get(cmd_in, c->in, opcode);
	if (!row)
		return sacc_hca_opcode_name(opcode) ?
		       SACC_HCA_SYND_OPCODE_ABSENT :
		       SACC_HCA_SYND_OPCODE_UNKNOWN;
	if (c->in_len < row->in_len)
		return SACC_HCA_SYND_IN_SHORT;
	if (c->out_len < row->out_len)
		return SACC_HCA_SYND_OUT_SHORT;
	if (!row->any_op_mod && sacc_hca_get(cmd_in, c->in, op_mod))
		return SACC_HCA_SYND_OP_MOD;
	if (!uid_lives((u16)sacc_hca_get(cmd_in, c->in, uid)))
		return SACC_HCA_SYND_UID_UNKNOWN;
	return 0;
}

static void judge(const struct command *c, u32 syndrome)
{
	const struct row *row = NULL;
	u32 wanted;

	if (c->in_len >= 2)
		row = find_row((u16)sacc_hca_get(cmd_in, c->in, opcode));
	wanted = header_syndrome(c, row);
	if (wanted) {
		ASSERT_EQ(syndrome, wanted);
		return;
	}
	/* Lists and objects behind the header have lengths of their own. */
	ASSERT(syndrome >> 16 != 0x5ac0 || syndrome == SACC_HCA_SYND_IN_SHORT ||
	       syndrome == SACC_HCA_SYND_OUT_SHORT);
	row->judge(c, row, (u16)sacc_hca_get(cmd_in, c->in, uid), syndrome);
}

/* There is no room for a reply: nothing may happen, nothing be written. */
static void run_without_reply(const struct command *c)
{
	u8 *in = malloc(c->in_len + !c->in_len);
	u8 *out = malloc(c->out_len + !c->out_len);
	size_t i;

	ASSERT(in && out);
	memcpy(in, c->in, c->in_len);
	memset(out, 0xa5, c->out_len);
	ASSERT_EQ(sacc_hca_exec(fuzz.hca, in, c->in_len, out, c->out_len),
		  -EINVAL);
	for (i = 0; i < c->out_len; i++)
		ASSERT_EQ(out[i], 0xa5);
	free(in);
	free(out);
}

static void run_and_judge(struct command *c)
{
	if (c->out_len < 16)
		run_without_reply(c);
	else if (shadow_has_room(1))
		judge(c, run(fuzz.hca, c));
}

/* A few in disorder: lengths, op_mod, uid, any bytes. */
static void spoil(struct command *c)
{
	struct input *in = &fuzz.in;
	u8 how = take8(in), pokes;

	if (how < 0xc0)
		return;
	if (how & 1)
		c->in_len = take16(in) % (sizeof(c->in) + 1);
	if (how & 2)
		c->out_len = take16(in) % 640;
	if (how & 4)
		sacc_hca_set(cmd_in, c->in, op_mod, take16(in));
	if (how & 8)
		sacc_hca_set(cmd_in, c->in, uid, take16(in));
	for (pokes = how >> 4 & 3; pokes; pokes--) {
		u16 at = take16(in) % 272;

		c->in[at] = take8(in);
	}
}

/* An opcode that is known to few, or to nobody. */
static void run_raw(u16 uid)
{
#define OPCODE(name, opcode)	opcode,
	static const u16 opcodes[] = { SACC_HCA_OPCODES(OPCODE, OPCODE) };
#undef OPCODE
	u16 choice = take16(&fuzz.in);
	struct command c;
	size_t i;

	new_command(&c, choice & 0x8000 ? choice & 0x7fff :
		    opcodes[choice % ARRAY_SIZE(opcodes)], uid, 272, 528);
	for (i = 8; i < 32; i++)
		c.in[i] = take8(&fuzz.in);
	spoil(&c);
	run_and_judge(&c);
}

static void run_row(const struct row *row, u16 uid)
{
	struct command c;

	new_command(&c, row->opcode, uid, row->in_len, row->out_len);
	if (row->named)
		sacc_hca_set(cmd_in, c.in, obj_id,
			     pick_id(&fuzz.in, row->named, uid));
	if (row->fill)
		row->fill(&c, uid);
	spoil(&c);
	run_and_judge(&c);
}

void fuzz_command(void)
{
	bool raw = take8(&fuzz.in) >= 0xf8;
	u16 uid = pick_uid(&fuzz.in);

	if (raw) {
		run_raw(uid);
		return;
	}
	run_row(&commands[pick_row(&fuzz.in, ARRAY_SIZE(commands),
				   FIRST_COMMANDS)], uid);
}

void fuzz_queue_command(void)
{
	u16 uid = pick_uid(&fuzz.in);

	run_row(&queue_commands[take8(&fuzz.in) % n_queue_commands], uid);
}

/* Made from an input that has no surprises. */
void fuzz_outfit(u16 uid)
{
	static const u16 opcodes[] = {
		OP(ALLOC_PD), OP(ALLOC_TRANSPORT_DOMAIN), OP(CREATE_CQ),
		OP(CREATE_SRQ), OP(CREATE_RMP), OP(CREATE_RQ), OP(CREATE_QP),
		OP(CREATE_TIS), OP(CREATE_SQ), OP(CREATE_RQT), OP(CREATE_TIR),
		OP(ALLOC_Q_COUNTER), OP(CREATE_FLOW_TABLE),
		OP(CREATE_FLOW_GROUP),
	};
	struct input rest = fuzz.in;
	u8 plain[64];
	size_t i;

	memset(plain, 0x51, sizeof(plain));
	for (i = 0; i < ARRAY_SIZE(opcodes); i++) {
		fuzz.in = (struct input) { plain, sizeof(plain) };
		run_row(find_row(opcodes[i]), uid);
	}
	fuzz.in = rest;
}

void run_named(u16 opcode, u16 uid, u32 id)
{
	const struct row *row = find_row(opcode);
	struct command c;

	new_command(&c, opcode, uid, row->in_len, MAX_REPLY);
	sacc_hca_set(cmd_in, c.in, obj_id, id);
	judge(&c, run(fuzz.hca, &c));
}

void fuzz_control(void)
{
	u16 uid = pick_uid(&fuzz.in);

	run_row(&control_rows[pick_row(&fuzz.in, n_control_rows,
				       FIRST_CONTROLS)], uid);
}

void query_cq_as(u16 uid, u32 cqn)
{
	run_named(SACC_HCA_OP_QUERY_CQ, uid, cqn);
}

void fuzz_many(u16 uid, u16 opcode, unsigned int count)
{
	const struct row *row = find_row(opcode);
	struct command c;

	while (count--) {
		new_command(&c, opcode, uid, row->in_len, row->out_len);
		run_and_judge(&c);
	}
}
