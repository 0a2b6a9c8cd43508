// SPDX-License-Identifier: GPL-2.0-only
/*
 * General objects: one set of commands for types that have no commands of their own.
 * A header with type and number is followed by the object, which differs; a reply to
 * QUERY likewise. Here is a table of the types; the capability general_obj_types is
 * made from it.
 *
 *	DEK		a data encryption key. The device has no cipher that would
 *			use it, so the key itself is not even kept: it cannot be
 *			read back, nor found in memory later.
 *	SCHED		a scheduling element: see sched.c
 *	FLEX_PARSE	a node of the parse graph, kept and answered. The samples
 *			that it enables get numbers, as clients expect.
 *	RESERVED_QPN	QP numbers that no QP will get, for connections without
 *			one. They are in the upper half of the numbers, from which
 *			QPs never take theirs.
 *
 * Locking: handlers run under the command lock.
 */
#include "sched.h"

enum {
	TYPE_DEK	= 0x0c,
	TYPE_FLEX_PARSE	= 0x22,
	TYPE_SCHED	= 0x26,
	TYPE_RESERVED_QPN = 0x2c,
};

#define HDR_LEN		SACC_HCA_BYTES(general_obj_in_cmd_hdr)
#define DEK_BYTES	192u	/* with the key, which ends it for all clients */
#define SCHED_BYTES	96u
#define FLEX_BYTES	416u

#define KEY_SIZE_256	1u
#define PURPOSE_FIRST	1u
#define PURPOSE_LAST	4u

#define SAMPLES		8u
#define SAMPLE_BYTES	16u

/**
 * struct general_type - a type of general objects
 * @type:     obj_type
 * @obj_type: enum sacc_hca_obj_type
 * @bytes:    what follows the header in CREATE, MODIFY and the reply to QUERY
 * @create:   makes one from what follows the header
 * @query:    writes what follows the header
 * @modify:   changes it; NULL where nothing can be changed
 */
struct general_type {
	u16 type;
	u8 obj_type;
	u16 bytes;
	u32 (*create)(struct sacc_hca_cmd *cmd, const u8 *body, u32 *id);
	void (*query)(const struct sacc_hca_obj *obj, u8 *body);
	u32 (*modify)(struct sacc_hca_obj *obj, const u8 *body);
};

/* --- Keys */

/**
 * struct sacc_hca_dek - a data encryption key, without the key
 * @obj:  its number names it in other commands
 * @pd:   a reference
 * @body: the fields that can be read
 */
struct sacc_hca_dek {
	struct sacc_hca_obj obj;
	struct sacc_hca_obj *pd;
	u8 body[64];
};

#define DEK_GET(p, f)	sacc_hca_get(encryption_key_obj, (p), f)
#define DEK_COPY(to, from, f)						\
	sacc_hca_set(encryption_key_obj, (to), f,			\
		     sacc_hca_get64(encryption_key_obj, (from), f))

static u32 check_dek(const u8 *body)
{
	u32 purpose = DEK_GET(body, key_purpose);

	if (DEK_GET(body, key_size) > KEY_SIZE_256)
		return SACC_HCA_SYND_DEK_SIZE;
	if (purpose < PURPOSE_FIRST || purpose > PURPOSE_LAST)
		return SACC_HCA_SYND_DEK_PURPOSE;
	if (DEK_GET(body, sw_wrapped))
		return SACC_HCA_SYND_DEK_WRAPPED;
	return 0;
}

static u32 create_dek(struct sacc_hca_cmd *cmd, const u8 *body, u32 *id)
{
	struct sacc_hca_dek *dek;
	u32 syndrome = check_dek(body);

	if (syndrome)
		return syndrome;
	dek = sacc_alloc(sizeof(*dek));
	if (!dek)
		return SACC_HCA_SYND_NO_MEMORY;
	DEK_COPY(dek->body, body, key_size);
	DEK_COPY(dek->body, body, has_keytag);
	DEK_COPY(dek->body, body, key_purpose);
	DEK_COPY(dek->body, body, pd);
	DEK_COPY(dek->body, body, opaque);
	syndrome = SACC_HCA_SYND_DEK_PD;
	dek->pd = sacc_hca_obj_use(cmd->hca, cmd->uctx, SACC_HCA_OBJ_PD,
				   DEK_GET(body, pd));
	if (!dek->pd)
		goto err_free;
	syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx, SACC_HCA_OBJ_DEK,
				    &dek->obj);
	if (syndrome)
		goto err_unuse_pd;
	*id = dek->obj.id;
	return 0;

err_unuse_pd:
	sacc_hca_obj_unuse(cmd->hca, dek->pd);
err_free:
	sacc_free(dek);
	return syndrome;
}

static void query_dek(const struct sacc_hca_obj *obj, u8 *body)
{
	const struct sacc_hca_dek *dek = (const struct sacc_hca_dek *)obj;

	memcpy(body, dek->body, sizeof(dek->body));
}

void sacc_hca_dek_release(struct sacc_hca *hca, struct sacc_hca_obj *obj)
{
	sacc_hca_obj_unuse(hca, ((struct sacc_hca_dek *)obj)->pd);
}

/* --- Nodes of the parse graph */

struct sacc_hca_flex_parse {
	struct sacc_hca_obj obj;
	u8 body[FLEX_BYTES];
};

/* Numbers for the samples that are enabled; the others' are 0. */
static void number_samples(struct sacc_hca_flex_parse *flex)
{
	u8 *sample = sacc_hca_at_rw(parse_graph_flex, flex->body, sample_table);
	u32 i, enabled;

	for (i = 0; i < SAMPLES; i++, sample += SAMPLE_BYTES) {
		enabled = sacc_hca_get(parse_graph_flow_match_sample, sample,
				       flow_match_sample_en);
		sacc_hca_set(parse_graph_flow_match_sample, sample,
			     flow_match_sample_field_id,
			     enabled ? flex->obj.id * SAMPLES + i : 0);
	}
}

static u32 create_flex_parse(struct sacc_hca_cmd *cmd, const u8 *body, u32 *id)
{
	struct sacc_hca_flex_parse *flex = sacc_alloc(sizeof(*flex));
	u32 syndrome;

	if (!flex)
		return SACC_HCA_SYND_NO_MEMORY;
	memcpy(flex->body, body, sizeof(flex->body));
	/* modify_field_select is not of the object. */
	memset(flex->body, 0, sizeof(u64));
	syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx,
				    SACC_HCA_OBJ_FLEX_PARSE, &flex->obj);
	if (syndrome) {
		sacc_free(flex);
		return syndrome;
	}
	number_samples(flex);
	*id = flex->obj.id;
	return 0;
}

static void query_flex_parse(const struct sacc_hca_obj *obj, u8 *body)
{
	const struct sacc_hca_flex_parse *flex =
		(const struct sacc_hca_flex_parse *)obj;

	memcpy(body, flex->body, sizeof(flex->body));
}

/* --- Scheduling elements */

static u32 create_sched(struct sacc_hca_cmd *cmd, const u8 *body, u32 *id)
{
	u32 hierarchy = sacc_hca_get(sched_elem_obj, body, scheduling_hierarchy);
	const u8 *ctx = sacc_hca_at(sched_elem_obj, body, scheduling_context);

	return sacc_hca_sched_create(cmd, hierarchy, ctx, id);
}

static void query_sched(const struct sacc_hca_obj *obj, u8 *body)
{
	u32 hierarchy;

	sacc_hca_sched_query(obj, &hierarchy,
			     sacc_hca_at_rw(sched_elem_obj, body,
					    scheduling_context));
	sacc_hca_set(sched_elem_obj, body, scheduling_hierarchy, hierarchy);
}

static u32 modify_sched(struct sacc_hca_obj *obj, const u8 *body)
{
	u64 select = sacc_hca_get64(sched_elem_obj, body, modify_field_select);
	const u8 *ctx = sacc_hca_at(sched_elem_obj, body, scheduling_context);
	u32 syndrome = sacc_hca_sched_modify(obj, select, ctx);

	return syndrome ? SACC_HCA_SYND_GENERAL_FIELD : 0;
}

/* --- QP numbers */

static u32 create_reserved_qpn(struct sacc_hca_cmd *cmd, const u8 *body, u32 *id)
{
	struct sacc_hca_obj *obj;
	u32 syndrome;

	(void)body;
	if (sacc_hca_get(general_obj_in_cmd_hdr, cmd->in, log_obj_range) >
	    SACC_HCA_LOG_RESERVED_QPNS)
		return SACC_HCA_SYND_GENERAL_RANGE;
	obj = sacc_alloc(sizeof(*obj));
	if (!obj)
		return SACC_HCA_SYND_NO_MEMORY;
	syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx,
				    SACC_HCA_OBJ_RESERVED_QPN, obj);
	if (syndrome)
		sacc_free(obj);
	else
		*id = obj->id << SACC_HCA_LOG_RESERVED_QPNS;
	return syndrome;
}

static void query_reserved_qpn(const struct sacc_hca_obj *obj, u8 *body)
{
	(void)obj;
	(void)body;
}

/* --- All types */

static const struct general_type types[] = {
	{ TYPE_DEK, SACC_HCA_OBJ_DEK, DEK_BYTES, create_dek, query_dek, NULL },
	{ TYPE_FLEX_PARSE, SACC_HCA_OBJ_FLEX_PARSE, FLEX_BYTES,
	  create_flex_parse, query_flex_parse, NULL },
	{ TYPE_SCHED, SACC_HCA_OBJ_SCHED, SCHED_BYTES, create_sched,
	  query_sched, modify_sched },
	{ TYPE_RESERVED_QPN, SACC_HCA_OBJ_RESERVED_QPN, 0,
	  create_reserved_qpn, query_reserved_qpn, NULL },
};

static const struct general_type *find_type(const struct sacc_hca_cmd *cmd)
{
	u32 type = sacc_hca_get(general_obj_in_cmd_hdr, cmd->in, obj_type);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].type == type)
			return &types[i];
	return NULL;
}

/* The capability: a bit for each type. */
u64 sacc_hca_general_types(void)
{
	u64 bits = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		bits |= 1ULL << types[i].type;
	return bits;
}

/* 0 and the object that the command names, or a syndrome. */
static u32 find_object(struct sacc_hca_cmd *cmd,
		       const struct general_type **type,
		       struct sacc_hca_obj **obj)
{
	u32 id = sacc_hca_get(general_obj_in_cmd_hdr, cmd->in, obj_id);

	*type = find_type(cmd);
	if (!*type)
		return SACC_HCA_SYND_GENERAL_TYPE;
	if ((*type)->type == TYPE_RESERVED_QPN) {
		if (id & ((1u << SACC_HCA_LOG_RESERVED_QPNS) - 1))
			return SACC_HCA_SYND_OBJECT_UNKNOWN;
		id >>= SACC_HCA_LOG_RESERVED_QPNS;
	}
	*obj = sacc_hca_obj_find(cmd->hca, cmd->uctx, (*type)->obj_type, id);
	return *obj ? 0 : SACC_HCA_SYND_OBJECT_UNKNOWN;
}

u32 sacc_hca_cmd_create_general(struct sacc_hca_cmd *cmd)
{
	const struct general_type *type = find_type(cmd);
	u32 id, syndrome;

	if (!type)
		return SACC_HCA_SYND_GENERAL_TYPE;
	if (cmd->in_len - HDR_LEN < type->bytes)
		return SACC_HCA_SYND_IN_SHORT;
	if (type->type != TYPE_RESERVED_QPN &&
	    sacc_hca_get(general_obj_in_cmd_hdr, cmd->in, log_obj_range))
		return SACC_HCA_SYND_GENERAL_RANGE;
	syndrome = type->create(cmd, cmd->in + HDR_LEN, &id);
	if (!syndrome)
		sacc_hca_set(general_obj_out_cmd_hdr, cmd->out, obj_id, id);
	return syndrome;
}

u32 sacc_hca_cmd_query_general(struct sacc_hca_cmd *cmd)
{
	const struct general_type *type;
	struct sacc_hca_obj *obj;
	u32 syndrome = find_object(cmd, &type, &obj);

	if (syndrome)
		return syndrome;
	if (cmd->out_len - HDR_LEN < type->bytes)
		return SACC_HCA_SYND_OUT_SHORT;
	sacc_hca_set(general_obj_out_cmd_hdr, cmd->out, obj_id,
		     sacc_hca_get(general_obj_in_cmd_hdr, cmd->in, obj_id));
	type->query(obj, cmd->out + HDR_LEN);
	return 0;
}

u32 sacc_hca_cmd_modify_general(struct sacc_hca_cmd *cmd)
{
	const struct general_type *type;
	struct sacc_hca_obj *obj;
	u32 syndrome = find_object(cmd, &type, &obj);

	if (syndrome)
		return syndrome;
	if (!type->modify)
		return SACC_HCA_SYND_GENERAL_MODIFY;
	if (cmd->in_len - HDR_LEN < type->bytes)
		return SACC_HCA_SYND_IN_SHORT;
	return type->modify(obj, cmd->in + HDR_LEN);
}

u32 sacc_hca_cmd_destroy_general(struct sacc_hca_cmd *cmd)
{
	const struct general_type *type;
	struct sacc_hca_obj *obj;
	u32 syndrome = find_object(cmd, &type, &obj);

	return syndrome ? syndrome : sacc_hca_obj_destroy(cmd->hca, obj);
}
