// SPDX-License-Identifier: GPL-2.0-only
/*
 * The record of what there should be in the model: written from the answers of the
 * model, as a client could, and from what clients do to their memory. It knows
 * the rules of numbers, owners, references and doorbells by itself.
 */
#include "hca-fuzz.h"

#define ARM_SENTINEL	0x0f000000u
#define ST_ARMED	9
#define ST_SOLICITED	6

struct shadow *shadows[MAX_OBJECTS];
unsigned int n_shadows;
static unsigned int counts[SACC_HCA_OBJ_TYPES], n_dying;
static u64 last_serial;

/* Keeps room for the uids that come after a full table. */
bool shadow_has_room(unsigned int more)
{
	return n_shadows + more <= MAX_OBJECTS;
}

struct shadow *shadow_add(enum sacc_hca_obj_type type, u32 id, u16 uid)
{
	static const u32 largest[SACC_HCA_OBJ_TYPES] = {
		[SACC_HCA_OBJ_UCTX] = 0xfffe, [SACC_HCA_OBJ_UMEM] = 0xffffffff,
		[SACC_HCA_OBJ_UAR] = 0xffffff, [SACC_HCA_OBJ_PD] = 0xffffff,
		[SACC_HCA_OBJ_TD] = 0xffffff, [SACC_HCA_OBJ_CQ] = 0xffffff,
		[SACC_HCA_OBJ_QP] = 0x7fffff, [SACC_HCA_OBJ_SRQ] = 0x7fffff,
		[SACC_HCA_OBJ_RMP] = 0xffffff, [SACC_HCA_OBJ_RQ] = 0xffffff,
		[SACC_HCA_OBJ_SQ] = 0xffffff, [SACC_HCA_OBJ_TIS] = 0xffffff,
		[SACC_HCA_OBJ_TIR] = 0xffffff, [SACC_HCA_OBJ_RQT] = 0xffffff,
		[SACC_HCA_OBJ_MKEY] = 0xffffff, [SACC_HCA_OBJ_PSV] = 0xffffff,
		[SACC_HCA_OBJ_FLOW_TABLE] = 0xffffff,
		[SACC_HCA_OBJ_FLOW_GROUP] = 0xffffff,
		[SACC_HCA_OBJ_FTE] = 0xffffffff,
		[SACC_HCA_OBJ_FLOW_COUNTER] = 0xffffffff,
		[SACC_HCA_OBJ_REFORMAT] = 0xffffff,
		[SACC_HCA_OBJ_MODIFY_HEADER] = 0xffffff,
		[SACC_HCA_OBJ_Q_COUNTER] = 0xff,
		[SACC_HCA_OBJ_SCHED] = 0xffffff, [SACC_HCA_OBJ_DEK] = 0xffffff,
		[SACC_HCA_OBJ_RESERVED_QPN] = 0xbfffe0,
		[SACC_HCA_OBJ_FLEX_PARSE] = 0xffffff,
	};
	static const u32 smallest[SACC_HCA_OBJ_TYPES] = {
		[SACC_HCA_OBJ_QP] = 0x40, [SACC_HCA_OBJ_RMP] = 0x800000,
		[SACC_HCA_OBJ_RESERVED_QPN] = 0x800000,
	};
	struct shadow *obj = calloc(1, sizeof(*obj));

	ASSERT(obj);
	ASSERT(shadow_has_room(1));
	ASSERT_NE(id, 0);
	ASSERT_LE(id, largest[type]);
	ASSERT_GE(id, smallest[type]);
	/* Not given twice. A dying owner may have lost it already. */
	ASSERT(!shadow_find(type, id) || is_dying(shadow_find(type, id)->uid));
	obj->serial = ++last_serial;
	obj->type = type;
	obj->id = id;
	obj->uid = uid;
	shadows[n_shadows++] = obj;
	counts[type]++;
	return obj;
}

/* The newest: see above. */
struct shadow *shadow_find(enum sacc_hca_obj_type type, u32 id)
{
	unsigned int i;

	for (i = n_shadows; i--;)
		if (shadows[i]->type == type && shadows[i]->id == id)
			return shadows[i];
	return NULL;
}

struct shadow *shadow_own(u16 uid, enum sacc_hca_obj_type type, u32 id)
{
	struct shadow *obj = shadow_find(type, id);

	return obj && obj->uid == uid ? obj : NULL;
}

void shadow_use(struct shadow *obj, struct shadow *used)
{
	obj->uses = realloc(obj->uses, (obj->n_uses + 1) * sizeof(*obj->uses));
	ASSERT(obj->uses);
	obj->uses[obj->n_uses++] = used;
	used->refs++;
}

void shadow_unuse(struct shadow *obj, struct shadow *used)
{
	unsigned int i;

	for (i = obj->n_uses; i--;) {
		if (obj->uses[i] != used)
			continue;
		obj->uses[i] = obj->uses[--obj->n_uses];
		used->refs--;
		return;
	}
}

void shadow_drop_uses(struct shadow *obj)
{
	while (obj->n_uses)
		obj->uses[--obj->n_uses]->refs--;
	free(obj->uses);
	obj->uses = NULL;
}

/* In a teardown one may go whose users have gone without the record knowing. */
static void forget_users(const struct shadow *gone)
{
	struct shadow *obj;
	unsigned int i, k, n;

	for (i = 0; gone->refs && i < n_shadows; i++) {
		obj = shadows[i];
		for (k = 0, n = 0; k < obj->n_uses; k++)
			if (obj->uses[k] != gone)
				obj->uses[n++] = obj->uses[k];
		obj->n_uses = n;
	}
}

void shadow_keep(struct shadow *obj, const void *bytes, size_t n)
{
	u8 *kept = malloc(n + !n);

	ASSERT(kept);
	memcpy(kept, bytes, n);
	free(obj->kept);
	obj->kept = kept;
	obj->n_kept = n;
}

void shadow_forget_all(void)
{
	unsigned int i;

	for (i = 0; i < n_shadows; i++)
		shadow_drop_uses(shadows[i]);
	while (n_shadows)
		shadow_remove(shadows[n_shadows - 1]);
}

void shadow_remove(struct shadow *obj)
{
	unsigned int i, at = 0;

	shadow_drop_uses(obj);
	forget_users(obj);
	while (shadows[at] != obj)
		at++;
	n_shadows--;
	counts[obj->type]--;
	n_dying -= obj->dying;
	memmove(&shadows[at], &shadows[at + 1],
		(n_shadows - at) * sizeof(shadows[0]));
	for (i = 0; obj->type == SACC_HCA_OBJ_CQ && i < CQ_PARTS; i++)
		obj->cq.parts[i]->refs--;
	free_fuzz_memory(obj->memory);
	free(obj->kept);
	free(obj);
}

/* A CQ is newer than what it uses; elsewhere MODIFY may make it otherwise. */
void shadow_forget(u16 uid)
{
	unsigned int i;

	for (i = 0; i < n_shadows; i++)
		if (shadows[i]->uid == uid)
			shadow_drop_uses(shadows[i]);
	for (i = n_shadows; i--;)
		if (shadows[i]->uid == uid)
			shadow_remove(shadows[i]);
	shadow_remove(shadow_find(SACC_HCA_OBJ_UCTX, uid));
}

unsigned int shadow_count(enum sacc_hca_obj_type type)
{
	return counts[type];
}

void begin_dying(u16 uid)
{
	shadow_find(SACC_HCA_OBJ_UCTX, uid)->dying = true;
	n_dying++;
}

bool any_dying(void)
{
	return n_dying;
}

bool is_dying(u16 uid)
{
	struct shadow *uctx = n_dying ? shadow_find(SACC_HCA_OBJ_UCTX, uid) :
					NULL;

	return uctx && uctx->dying;
}

bool uid_lives(u16 uid)
{
	return !uid || (shadow_find(SACC_HCA_OBJ_UCTX, uid) && !is_dying(uid));
}

enum sight sight_of(u16 uid, enum sacc_hca_obj_type type, u32 id)
{
	struct shadow *obj = shadow_find(type, id);

	if (!obj || (uid && obj->uid != uid))
		return UNSEEN;
	return is_dying(obj->uid) ? UNCERTAIN : SEEN;
}

bool memory_ran_out(void)
{
	long left = sacc_user_alloc_fail(0);

	if (left) {
		sacc_user_alloc_fail(left);
		return false;
	}
	return fuzz.memory_short;
}

bool table_is_full(enum sacc_hca_obj_type type)
{
	const struct sacc_hca_table *table = &fuzz.hca->tables[type];

	return table->count >= table->max;
}

/* --- Memory */

struct fuzz_memory *new_fuzz_memory(u64 length, bool writable)
{
	struct fuzz_memory *mem = calloc(1, sizeof(*mem));

	ASSERT(mem);
	mem->length = length;
	mem->writable = writable;
	mem->backing = length < BACKING ? length : BACKING;
	mem->bytes = calloc(1, mem->backing);
	mem->expect = calloc(1, mem->backing);
	ASSERT(mem->bytes && mem->expect);
	return mem;
}

void free_fuzz_memory(struct fuzz_memory *mem)
{
	if (!mem)
		return;
	free(mem->bytes);
	free(mem->expect);
	free(mem);
}

/* The model has checked the bounds; a umem that is gone would be freed memory. */
static bool can_access(const struct fuzz_memory *mem, u64 offset, size_t len)
{
	ASSERT(len <= mem->length && offset <= mem->length - len);
	return len <= mem->backing && offset <= mem->backing - len;
}

static int mem_read(void *priv, u64 offset, void *dst, size_t len)
{
	const struct fuzz_memory *mem = priv;

	if (!can_access(mem, offset, len))
		return -EFAULT;
	if (!mem->read_error)
		memcpy(dst, mem->bytes + offset, len);
	return mem->read_error;
}

static int mem_write(void *priv, u64 offset, const void *src, size_t len)
{
	const struct fuzz_memory *mem = priv;

	if (!can_access(mem, offset, len))
		return -EFAULT;
	memcpy(mem->bytes + offset, src, len);
	return 0;
}

static int mem_xchg(void *priv, u64 offset, __be32 value, __be32 *old)
{
	const struct fuzz_memory *mem = priv;

	if (!can_access(mem, offset, sizeof(value)))
		return -EFAULT;
	ASSERT(mem->writable);
	if (mem->xchg_error)
		return mem->xchg_error;
	memcpy(old, mem->bytes + offset, sizeof(*old));
	memcpy(mem->bytes + offset, &value, sizeof(value));
	return 0;
}

const struct sacc_hca_ops fuzz_ops = {
	.mem_read = mem_read, .mem_write = mem_write, .mem_xchg = mem_xchg,
};

/* --- Doorbells */

static bool shadow_arm(struct shadow_cq *cq, u32 word)
{
	u32 command = word >> 24 & 0xf;

	if (command == 0)
		cq->st = ST_ARMED;
	else if (command == 1 && !cq->st)
		cq->st = ST_SOLICITED;
	return command <= 1;
}

static bool scan_cq(struct shadow_cq *cq)
{
	const struct fuzz_memory *mem = cq->parts[CQ_DBR]->memory;
	u8 *record = mem->expect + cq->dbr_offset;
	u32 consumer, word;
	bool moved;

	if (mem->read_error)
		return false;
	consumer = sacc_hca_load32(record, 0) & 0xffffff;
	word = sacc_hca_load32(record, 4);
	moved = consumer != cq->consumer;
	cq->consumer = consumer;
	if (!mem->writable) {
		if (word == cq->arm_seen)
			return moved;
		cq->arm_seen = word;
		return shadow_arm(cq, word) || moved;
	}
	if (word == ARM_SENTINEL || mem->xchg_error)
		return moved;
	sacc_hca_store32(record, 4, ARM_SENTINEL);
	return shadow_arm(cq, word) || moved;
}

bool shadow_scan(const struct shadow *uar)
{
	bool found = false;
	unsigned int i;

	for (i = 0; i < n_shadows; i++)
		if (shadows[i]->type == SACC_HCA_OBJ_CQ &&
		    shadows[i]->cq.parts[CQ_UAR] == uar)
			found |= scan_cq(&shadows[i]->cq);
	return found;
}

void check_shadow(void)
{
	const struct sacc_hca_table *table;
	unsigned int type, i;

	for (i = 0; i < n_shadows; i++)
		if (shadows[i]->memory && !is_dying(shadows[i]->uid))
			ASSERT(!memcmp(shadows[i]->memory->bytes,
				       shadows[i]->memory->expect,
				       shadows[i]->memory->backing));
	/* In the middle of a teardown nobody knows. */
	if (any_dying())
		return;
	for (type = 1; type < SACC_HCA_OBJ_TYPES; type++) {
		table = &fuzz.hca->tables[type];
		ASSERT_LE(table->count, table->max);
		ASSERT_EQ(table->count, type == SACC_HCA_OBJ_EQ ?
			  fuzz.cfg.num_comp_vectors : shadow_count(type));
	}
}

void check_eq_references(void)
{
	struct sacc_hca *hca = fuzz.hca;
	struct sacc_hca_obj *eq;
	u32 id, users;
	unsigned int i;

	for (id = 1; id <= fuzz.cfg.num_comp_vectors; id++) {
		for (i = 0, users = 0; i < n_shadows; i++)
			users += shadows[i]->type == SACC_HCA_OBJ_CQ &&
				 sacc_hca_get(cqc, shadows[i]->cq.ctx,
					      c_eqn_or_apu_element) == id;
		sacc_lock(&hca->lock);
		eq = sacc_hca_obj_find(hca, &hca->kernel, SACC_HCA_OBJ_EQ, id);
		ASSERT(eq && eq->refs == users);
		sacc_unlock(&hca->lock);
	}
}

/* --- Choices */

unsigned int pick_row(struct input *in, unsigned int rows, unsigned int first)
{
	unsigned int choice = take8(in) % 64;

	return choice < rows ? choice : choice % first;
}

u16 pick_uid(struct input *in)
{
	unsigned int i, count = shadow_count(SACC_HCA_OBJ_UCTX);
	u8 choice = take8(in);

	if (choice == 0xff)
		return take16(in);
	if (choice >= 0xf0 || !count)
		return 0;
	choice %= count;
	for (i = 0; shadows[i]->type != SACC_HCA_OBJ_UCTX || choice--; i++)
		;
	return (u16)shadows[i]->id;
}

/* The one of number @choice, going round, among those of @type, all or of @uid. */
static u32 nth_id(enum sacc_hca_obj_type type, bool all, u16 uid,
		  unsigned int choice)
{
	unsigned int i, count = 0;
	u32 ids[MAX_OBJECTS];

	for (i = 0; i < n_shadows; i++)
		if (shadows[i]->type == type && (all || shadows[i]->uid == uid))
			ids[count++] = shadows[i]->id;
	return count ? ids[choice % count] : 0;
}

u32 pick_id(struct input *in, enum sacc_hca_obj_type type, u16 uid)
{
	u8 choice = take8(in);

	if (choice < 0xd0)
		return nth_id(type, false, uid, choice);
	if (choice < 0xf0)
		return nth_id(type, true, 0, choice - 0xd0);
	/* What was there once, or is next. */
	if (choice < 0xf8)
		return fuzz.hca->tables[type].last_id + 4 - choice;
	return take32(in);
}
