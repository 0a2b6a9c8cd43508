// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: the HCA model. The input is a program: bytes that choose the
 * device, then operations with their operands until it ends. To add one (a work
 * request, say), write it and add a line at the end of @operations.
 *
 * Of every operation the result is held against the record in hca-shadow.c:
 *   - replies have status and syndrome of the list, and are of exact length;
 *   - a uid sees its own objects, uid 0 all of them, nobody another's;
 *   - what is in use stays, what is gone is not touched: its memory is freed;
 *   - there are exactly the objects that should be, and none at the end;
 *   - user memory changes only where an arm is taken.
 * Teardowns are interrupted where they let others have the lock: operations
 * run there, as from another thread.
 */
#include "hca-fuzz.h"

#define MAX_DEPTH	3
#define MAX_PINS	4

struct fuzz fuzz;
static unsigned int depth;

/* A page that a poller has looked up and not yet locked. */
struct pin {
	struct sacc_hca_obj *obj;
	u64 serial;
};

static struct pin pins[MAX_PINS];

/* What a call returns that makes an object of @type for @uid. */
static void judge_add(int err, u16 uid, enum sacc_hca_obj_type type)
{
	if (err == -ENOMEM)
		ASSERT(memory_ran_out());
	else if (!uid_lives(uid))
		ASSERT_EQ(err, -EINVAL);
	else if (err)
		ASSERT(err == -ENOSPC && table_is_full(type));
}

/* What a call returns that ends one; true when it has gone. */
static bool judge_end(int err, u16 uid, enum sacc_hca_obj_type type, u32 id,
		      u32 refs)
{
	enum sight sight = uid_lives(uid) ? sight_of(uid, type, id) : UNSEEN;

	ASSERT(!err || err == -ENOENT || err == -EBUSY);
	if (sight == UNSEEN)
		ASSERT_EQ(err, -ENOENT);
	else if (sight == SEEN)
		ASSERT_EQ(err, refs ? -EBUSY : 0);
	return !err;
}

static void do_uid_alloc(void)
{
	u32 caps = take8(&fuzz.in);
	u16 uid;
	int err;

	if (!shadow_has_room(1))
		return;
	err = sacc_hca_uid_alloc(fuzz.hca, caps, &uid);
	if (caps & ~SACC_HCA_UCTX_CAPS) {
		ASSERT_EQ(err, -EINVAL);
		return;
	}
	judge_add(err, 0, SACC_HCA_OBJ_UCTX);
	if (!err)
		shadow_add(SACC_HCA_OBJ_UCTX, uid, 0);
}

static void do_uid_free(void)
{
	u16 uid = pick_uid(&fuzz.in);
	bool ours = uid && uid_lives(uid);

	if (ours)
		begin_dying(uid);
	sacc_hca_uid_free(fuzz.hca, uid);
	/* From here on its memory must not be touched. */
	if (ours)
		shadow_forget(uid);
}

static u64 umem_length(void)
{
	static const u64 lengths[] = {
		BACKING, 4096, 16384, 64, 8, 16, 1, 63, 0, BACKING + 64,
		1ULL << 30, 1ULL << 63, ~0ULL, ~0ULL - 63,
	};
	u8 choice = take8(&fuzz.in);

	if (choice >= 0xf0)
		return take64(&fuzz.in);
	return lengths[choice % ARRAY_SIZE(lengths)];
}

static void do_umem_create(void)
{
	u16 uid = pick_uid(&fuzz.in);
	u64 length = umem_length();
	struct fuzz_memory *mem;
	u32 id;
	int err;

	if (!shadow_has_room(1))
		return;
	mem = new_fuzz_memory(length, !(take8(&fuzz.in) & 1));
	err = sacc_hca_umem_create(fuzz.hca, uid, mem, length, mem->writable,
				   &id);
	if (length)
		judge_add(err, uid, SACC_HCA_OBJ_UMEM);
	else
		ASSERT_EQ(err, -EINVAL);
	if (err)
		free_fuzz_memory(mem);
	else
		shadow_add(SACC_HCA_OBJ_UMEM, id, uid)->memory = mem;
}

static void do_umem_destroy(void)
{
	u16 uid = pick_uid(&fuzz.in);
	u32 id = pick_id(&fuzz.in, SACC_HCA_OBJ_UMEM, uid);
	struct shadow *obj = shadow_find(SACC_HCA_OBJ_UMEM, id);
	int err = sacc_hca_umem_destroy(fuzz.hca, uid, id);

	if (judge_end(err, uid, SACC_HCA_OBJ_UMEM, id, obj ? obj->refs : 0))
		shadow_remove(obj);
}

static void do_uar_alloc(void)
{
	u16 uid = pick_uid(&fuzz.in);
	u32 index;
	int err;

	if (!shadow_has_room(1))
		return;
	err = sacc_hca_uar_alloc(fuzz.hca, uid, &index);
	judge_add(err, uid, SACC_HCA_OBJ_UAR);
	if (!err)
		shadow_add(SACC_HCA_OBJ_UAR, index, uid);
}

static void do_uar_free(void)
{
	u16 uid = pick_uid(&fuzz.in);
	u32 index = pick_id(&fuzz.in, SACC_HCA_OBJ_UAR, uid);
	struct shadow *obj = shadow_find(SACC_HCA_OBJ_UAR, index);
	int err = sacc_hca_uar_free(fuzz.hca, uid, index);

	if (judge_end(err, uid, SACC_HCA_OBJ_UAR, index, obj ? obj->refs : 0))
		shadow_remove(obj);
}

/* A poller finds a page, then something else happens. */
static void do_pin(void)
{
	u16 uid = pick_uid(&fuzz.in);
	u32 index = pick_id(&fuzz.in, SACC_HCA_OBJ_UAR, uid);
	struct pin *pin = &pins[take8(&fuzz.in) % MAX_PINS];
	enum sight sight = sight_of(0, SACC_HCA_OBJ_UAR, index);

	if (pin->obj)
		return;
	pin->obj = sacc_hca_obj_pin(fuzz.hca, SACC_HCA_OBJ_UAR, index);
	if (sight != UNCERTAIN)
		ASSERT_EQ(!pin->obj, sight == UNSEEN);
	if (pin->obj && sight == SEEN)
		pin->serial = shadow_find(SACC_HCA_OBJ_UAR, index)->serial;
	else
		pin->serial = 0;
}

/* Now it scans: what was attached is gone if the page is. */
static void unpin(struct pin *pin)
{
	struct sacc_hca_uar *uar = (struct sacc_hca_uar *)pin->obj;
	struct shadow *obj;
	bool found;

	if (!uar)
		return;
	obj = shadow_find(SACC_HCA_OBJ_UAR, uar->obj.id);
	sacc_lock(&uar->lock);
	found = sacc_hca_cq_scan_all(fuzz.hca, uar);
	sacc_unlock(&uar->lock);
	if (obj && obj->serial == pin->serial && !is_dying(obj->uid))
		ASSERT_EQ(found, shadow_scan(obj));
	else if (!any_dying())
		ASSERT(!found);
	sacc_hca_obj_unpin(fuzz.hca, pin->obj);
	pin->obj = NULL;
}

static void do_unpin(void)
{
	unpin(&pins[take8(&fuzz.in) % MAX_PINS]);
}

static struct fuzz_memory *pick_memory(void)
{
	u16 uid = pick_uid(&fuzz.in);
	u32 id = pick_id(&fuzz.in, SACC_HCA_OBJ_UMEM, uid);
	struct shadow *obj = shadow_find(SACC_HCA_OBJ_UMEM, id);

	return obj ? obj->memory : NULL;
}

/* What a client writes: an index, an arm word of either sort, or anything. */
static u32 take_word(void)
{
	static const u32 commands[] = { 0, 0x01000000, 0x0f000000, 0x02000000 };
	u8 kind = take8(&fuzz.in);

	return kind >= 0xf0 ? take32(&fuzz.in) : commands[kind % 4] | kind >> 2;
}

static void store(struct fuzz_memory *mem, u64 offset, u32 value)
{
	if (offset + 4 > mem->backing)
		return;
	sacc_hca_store32(mem->bytes, (u32)offset, value);
	sacc_hca_store32(mem->expect, (u32)offset, value);
}

static void do_store(void)
{
	struct fuzz_memory *mem = pick_memory();
	u32 offset = 4 * take8(&fuzz.in), value = take_word();

	if (mem)
		store(mem, offset, value);
}

static void scan(u32 index)
{
	enum sight sight = sight_of(0, SACC_HCA_OBJ_UAR, index);
	struct shadow *uar = shadow_find(SACC_HCA_OBJ_UAR, index);
	static const u8 page[4096];
	bool found = sacc_hca_uar_scan(fuzz.hca, index, page);

	if (sight == UNSEEN)
		ASSERT(!found);
	else if (sight == SEEN)
		ASSERT_EQ(found, shadow_scan(uar));
}

static void do_uar_scan(void)
{
	u16 uid = pick_uid(&fuzz.in);

	scan(pick_id(&fuzz.in, SACC_HCA_OBJ_UAR, uid));
}

/* A client arms a CQ, or says how far it has come, and rings. */
static void do_doorbell(void)
{
	u16 uid = pick_uid(&fuzz.in);
	u32 cqn = pick_id(&fuzz.in, SACC_HCA_OBJ_CQ, uid);
	struct shadow *obj = shadow_find(SACC_HCA_OBJ_CQ, cqn);
	bool arm_word = take8(&fuzz.in) & 1;
	u32 value = take_word();

	if (!obj)
		return;
	store(obj->cq.parts[CQ_DBR]->memory,
	      obj->cq.dbr_offset + 4 * arm_word, value);
	scan(obj->cq.parts[CQ_UAR]->id);
	query_cq_as(obj->uid, cqn);
}

/* The pages have gone, or the word is not aligned. */
static void do_fault(void)
{
	static const int errors[] = { 0, -EFAULT, -EINVAL, -ENOMEM };
	struct fuzz_memory *mem = pick_memory();
	u8 choice = take8(&fuzz.in);

	if (!mem)
		return;
	mem->read_error = errors[choice % 4];
	mem->xchg_error = errors[choice / 4 % 4];
}

static void do_no_memory(void)
{
	sacc_user_alloc_fail(take8(&fuzz.in) % 4);
	fuzz.memory_short = true;
}

/* As many as there are, a few more, or as the capabilities say. */
static void do_limit(void)
{
	u32 type = 1 + take8(&fuzz.in) % (SACC_HCA_OBJ_TYPES - 1);
	struct sacc_hca_table *table = &fuzz.hca->tables[type];
	u8 more = take8(&fuzz.in);

	table->max = table->count + more % 4;
	if (more >= 0x80 || table->max > 1u << sacc_hca_log_max(type))
		table->max = 1u << sacc_hca_log_max(type);
}

/* Numbers come to their end sooner, or fall into the same bucket. */
static void do_last_id(void)
{
	u32 type = 1 + take8(&fuzz.in) % (SACC_HCA_OBJ_TYPES - 1);
	struct sacc_hca_table *table = &fuzz.hca->tables[type];
	u8 how = take8(&fuzz.in);

	if (how & 0x80)
		table->last_id = table->id_max - how % 4;
	else
		table->last_id += table->mask - how % 4;
	if (table->last_id > table->id_max)
		table->last_id = 0;
}

static void do_many(void)
{
	u16 uid = pick_uid(&fuzz.in);
	u8 count = take8(&fuzz.in);

	fuzz_many(uid, count & 1 ? SACC_HCA_OP_ALLOC_PD :
				   SACC_HCA_OP_ALLOC_TRANSPORT_DOMAIN,
		  count / 2);
}

/* All that queues are made from, and one of each kind. */
static void do_outfit(void)
{
	u16 uid = pick_uid(&fuzz.in);
	struct fuzz_memory *mem;
	u32 id;
	int err;

	if (!shadow_has_room(20))
		return;
	mem = new_fuzz_memory(16384, true);
	err = sacc_hca_umem_create(fuzz.hca, uid, mem, 16384, true, &id);
	judge_add(err, uid, SACC_HCA_OBJ_UMEM);
	if (err)
		free_fuzz_memory(mem);
	else
		shadow_add(SACC_HCA_OBJ_UMEM, id, uid)->memory = mem;
	err = sacc_hca_uar_alloc(fuzz.hca, uid, &id);
	judge_add(err, uid, SACC_HCA_OBJ_UAR);
	if (!err)
		shadow_add(SACC_HCA_OBJ_UAR, id, uid);
	fuzz_outfit(uid);
}

static void do_eqn(void)
{
	u32 vector = take8(&fuzz.in), eqn = 0;
	int err = sacc_hca_eqn(fuzz.hca, vector, &eqn);

	if (vector >= fuzz.cfg.num_comp_vectors)
		ASSERT_EQ(err, -EINVAL);
	else
		ASSERT(!err && eqn && eqn <= fuzz.cfg.num_comp_vectors);
}

static void do_names(void)
{
	u16 opcode = take16(&fuzz.in);
	const char *name = sacc_hca_opcode_name(opcode);

	ASSERT(!name || name[0]);
	ASSERT(!sacc_hca_syndrome_text(opcode));
}

/* Commands and doorbells more often than the rest. Add at the end: see pick_row(). */
static void (*const operations[])(void) = {
	fuzz_command, do_doorbell, fuzz_command, do_uar_scan, fuzz_command,
	do_uid_alloc, do_uid_free, do_umem_create, do_umem_create,
	do_umem_destroy, do_uar_alloc, do_uar_free, do_pin, do_unpin,
	do_store, do_fault, do_no_memory, do_limit, do_last_id, do_many, do_eqn,
	do_names, fuzz_queue_command, fuzz_queue_command, fuzz_queue_command,
	fuzz_queue_command, fuzz_queue_command, fuzz_queue_command,
	fuzz_queue_command, fuzz_queue_command, do_outfit, do_outfit,
	fuzz_control, fuzz_control, fuzz_control, fuzz_control, fuzz_control,
	fuzz_control, fuzz_control, fuzz_control, fuzz_control,
};

#define FIRST_OPERATIONS 21u

/* What the self-check of libfuzzer.sh must find: it takes several operations. */
static void plant(void)
{
#ifdef FUZZ_PLANT
	const struct sacc_hca_table *tables = fuzz.hca->tables;
	volatile char *bytes;
	u32 i;

	if (tables[SACC_HCA_OBJ_UCTX].count < 2)
		return;
	if (tables[SACC_HCA_OBJ_UAR].count < 2)
		return;
	if (tables[SACC_HCA_OBJ_PD].count < 3)
		return;
	bytes = malloc(tables[SACC_HCA_OBJ_UAR].count);
	ASSERT(bytes);
	for (i = 0; i < tables[SACC_HCA_OBJ_PD].count; i++)
		bytes[i] = 0;
	free((char *)bytes);
#endif
}

static void run_operation(void)
{
	operations[pick_row(&fuzz.in, ARRAY_SIZE(operations),
			    FIRST_OPERATIONS)]();
	check_shadow();
	plant();
}

/* In the middle of a teardown. */
static void other_thread(void)
{
	u8 count = take8(&fuzz.in) % 8;

	if (depth >= MAX_DEPTH)
		return;
	depth++;
	while (count-- && fuzz.in.left)
		run_operation();
	depth--;
}

static bool create_device(void)
{
	u8 bits = take8(&fuzz.in);
	bool valid;
	int err;

	fuzz.cfg = (struct sacc_hca_config) {
		.node_guid = NODE_GUID, .vhca_id = 7,
		.num_ports = bits & 1 ? 2 : 1,
		.link_layer = bits & 2 ? SACC_HCA_LINK_ETHERNET :
					 SACC_HCA_LINK_IB,
		.num_comp_vectors = bits & 4 ? take16(&fuzz.in) % 512 :
					       VECTORS,
	};
	if ((bits & 0xc0) == 0xc0) {
		fuzz.cfg.num_ports = take8(&fuzz.in);
		fuzz.cfg.link_layer = take8(&fuzz.in) % 3;
	}
	fuzz.memory_short = bits & 0x20;
	if (fuzz.memory_short)
		sacc_user_alloc_fail(take8(&fuzz.in));
	valid = fuzz.cfg.num_comp_vectors &&
		fuzz.cfg.num_comp_vectors <= 255 && fuzz.cfg.num_ports &&
		fuzz.cfg.num_ports <= 2 && fuzz.cfg.link_layer <= 1;
	err = sacc_hca_create(&fuzz.cfg, &fuzz_ops, NULL, &fuzz.hca);
	if (err == -ENOMEM)
		ASSERT(valid && !sacc_user_alloc_fail(0));
	else
		ASSERT_EQ(err, valid ? 0 : -EINVAL);
	return !err;
}

/* Every uid goes first, or the device takes them with it. */
static void end_device(bool each_uid)
{
	unsigned int i;

	for (i = 0; i < MAX_PINS; i++)
		unpin(&pins[i]);
	check_eq_references();
	for (i = 0; i < n_shadows; i++)
		if (shadows[i]->type == SACC_HCA_OBJ_CQ)
			query_cq_as(shadows[i]->uid, shadows[i]->id);
		else if (is_queue(shadows[i]->type))
			query_queue(shadows[i]);
	for (i = n_shadows; each_uid && i--;) {
		if (i >= n_shadows || shadows[i]->type != SACC_HCA_OBJ_UCTX)
			continue;
		sacc_hca_uid_free(fuzz.hca, (u16)shadows[i]->id);
		shadow_forget((u16)shadows[i]->id);
		check_shadow();
	}
	sacc_hca_destroy(fuzz.hca);
	/* From here on, no memory must be touched: it goes. */
	shadow_forget_all();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool each_uid = size && data[0] & 0x10;

	memset(&fuzz, 0, sizeof(fuzz));
	fuzz.in = (struct input) { data, size };
	if (create_device()) {
		sacc_user_on_relax(other_thread);
		while (fuzz.in.left)
			run_operation();
		/* "No call may be running": nothing comes in between now. */
		sacc_user_on_relax(NULL);
		sacc_user_alloc_fail(0);
		end_device(each_uid);
	}
	sacc_user_alloc_fail(0);
	ASSERT_EQ(sacc_user_alloc_live(), 0);
	return 0;
}
