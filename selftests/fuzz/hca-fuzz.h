/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fuzzer of the HCA model: hca.c takes the input for a sequence of operations,
 * hca-command.c makes and judges commands, hca-queue-create.c and hca-queue.c those of
 * queues and transport objects, hca-control.c the rest (with hca-flow.c and
 * hca-general.c), hca-shadow.c is the record of what there is, which the model is held
 * against.
 */
#ifndef SOFTACCEL_SELFTESTS_FUZZ_HCA_H
#define SOFTACCEL_SELFTESTS_FUZZ_HCA_H

#include "fuzz.h"

#include "../hca/hca-test.h"

/* Memory that is really there behind a umem; accesses beyond it fail. */
#define BACKING		256u
#define MAX_OBJECTS	512u
#define MAX_REPLY	304u

/**
 * struct fuzz_memory - what the model gets as the memory of a umem
 * @bytes:   exactly @backing
 * @expect:  what is in @bytes if the model does what it should
 * @backing: bytes that can be accessed, up to @length
 * @length:  of the umem
 * @writable: by the device
 * @read_error: what reads return
 * @xchg_error: what exchanges return
 */
struct fuzz_memory {
	u8 *bytes;
	u8 *expect;
	u64 backing;
	u64 length;
	bool writable;
	int read_error;
	int xchg_error;
};

/**
 * struct shadow_cq - what is known of a CQ
 * @parts:    ring, doorbell record, UAR: each is used by it
 * @dbr_offset: of the doorbell record
 * @ctx:      as created and modified
 * @arm_seen: arm word seen last
 * @consumer: index seen last
 * @st:       armed or not
 */
struct shadow_cq {
	struct shadow *parts[3];
	u64 dbr_offset;
	u8 ctx[64];
	u32 arm_seen;
	u32 consumer;
	u8 st;
};

enum { CQ_RING, CQ_DBR, CQ_UAR, CQ_PARTS };

/**
 * struct shadow_queue - what is known of a queue or transport object
 * @state: of those that have one
 * @first: of a QP: what QUERY told before the first change
 * @reply: what QUERY told since the last change
 * @told:  bytes of @reply; 0 when it has changed
 * @counter: counter set of a QP or RQ, NULL: none; in shadow.uses too
 * @reset: of a QP: the one that it has after 2RST
 */
struct shadow_queue {
	u8 state;
	u8 first[MAX_REPLY];
	u8 reply[MAX_REPLY];
	size_t told;
	struct shadow *counter;
	struct shadow *reset;
};

/**
 * struct shadow - an object that the model should have
 * @serial: tells it from an earlier one of the same number
 * @id:     its number
 * @refs:   objects that use it
 * @uid:    its owner
 * @type:   enum sacc_hca_obj_type
 * @dying:  user context whose end has begun
 * @memory: of a umem, else NULL
 * @cq:     of a CQ
 * @uses:   objects that it has references on, but for a CQ
 * @n_uses: how many
 * @kept:   what a query returns of it
 * @n_kept: bytes
 * @queue:  of queues and transport objects
 * @facts:  what else the rules need, see hca-control.c
 */
struct shadow {
	u64 serial;
	u32 id;
	u32 refs;
	u16 uid;
	u8 type;
	bool dying;
	struct fuzz_memory *memory;
	struct shadow_cq cq;
	struct shadow **uses;
	unsigned int n_uses;
	u8 *kept;
	size_t n_kept;
	struct shadow_queue queue;
	u32 facts[3];
};

/* Whether a command of a uid sees an object: not certain while it ends. */
enum sight { UNSEEN, SEEN, UNCERTAIN };

/* What one input works on. @roce are the addresses that were set. */
struct fuzz {
	struct sacc_hca *hca;
	struct sacc_hca_config cfg;
	struct input in;
	bool memory_short;
	u8 roce[2][16][32];
};

extern struct fuzz fuzz;
/* In the order of creation. */
extern struct shadow *shadows[MAX_OBJECTS];
extern unsigned int n_shadows;

/* hca-shadow.c */
extern const struct sacc_hca_ops fuzz_ops;

bool shadow_has_room(unsigned int more);
struct shadow *shadow_add(enum sacc_hca_obj_type type, u32 id, u16 uid);
struct shadow *shadow_find(enum sacc_hca_obj_type type, u32 id);
/* The object if @uid owns it, so that it may use it. */
struct shadow *shadow_own(u16 uid, enum sacc_hca_obj_type type, u32 id);
void shadow_use(struct shadow *obj, struct shadow *used);
/* One reference less on @used, if there is any. */
void shadow_unuse(struct shadow *obj, struct shadow *used);
void shadow_drop_uses(struct shadow *obj);
void shadow_keep(struct shadow *obj, const void *bytes, size_t n);
/* All objects: they use none any more, and then are forgotten. */
void shadow_forget_all(void);
void shadow_remove(struct shadow *obj);
/* Everything of @uid, and the uid. */
void shadow_forget(u16 uid);
unsigned int shadow_count(enum sacc_hca_obj_type type);
/* The end of @uid begins. */
void begin_dying(u16 uid);
bool any_dying(void);
bool is_dying(u16 uid);
/* Whether commands of @uid are taken. */
bool uid_lives(u16 uid);
enum sight sight_of(u16 uid, enum sacc_hca_obj_type type, u32 id);
/* Called when the model says that there was no memory: was it made to? */
bool memory_ran_out(void);
bool table_is_full(enum sacc_hca_obj_type type);

struct fuzz_memory *new_fuzz_memory(u64 length, bool writable);
void free_fuzz_memory(struct fuzz_memory *mem);
/* What a scan of @uar should do; true if it should find work. */
bool shadow_scan(const struct shadow *uar);
/* The model has what the record says, and wrote to no memory that it should not. */
void check_shadow(void);
/* EQs cannot be destroyed, so nobody else notices. */
void check_eq_references(void);

/*
 * A row of a table of up to 64. Its @first rows, those that it had when inputs
 * were first kept, fill what is free: a row more changes the meaning of few.
 */
unsigned int pick_row(struct input *in, unsigned int rows, unsigned int first);
/* From the input: mostly what is there, now and then anything. */
u16 pick_uid(struct input *in);
u32 pick_id(struct input *in, enum sacc_hca_obj_type type, u16 uid);

/**
 * struct row - a command as the manual has it
 * @opcode:  SACC_HCA_OP_*
 * @in_len:  least
 * @out_len: least
 * @any_op_mod: takes others than 0
 * @named:   type of the object that the 24 bits name, or none
 * @fill:    operands from the input; NULL for none
 * @judge:   the answer, after what is the same for all
 */
struct row {
	u16 opcode;
	u16 in_len;
	u16 out_len;
	bool any_op_mod;
	u8 named;
	void (*fill)(struct command *c, u16 uid);
	void (*judge)(const struct command *c, const struct row *row,
		      u16 uid, u32 syndrome);
};

#define OBJ_ID(c)	sacc_hca_get(cmd_in, (c)->in, obj_id)
#define REPLY_ID(c)	sacc_hca_get(cmd_out, (c)->out, obj_id)

/* hca-queue.c */
extern const struct row queue_commands[];
extern const unsigned int n_queue_commands;
bool is_queue(enum sacc_hca_obj_type type);
/* The model's answer to a query against the record's. */
void query_queue(const struct shadow *obj);

/* hca-control.c and what it shares: everything but queues. */
extern const struct row control_rows[];
extern const unsigned int n_control_rows;

/* hca-command.c */
bool fits(u64 offset, u64 bytes, const struct shadow *umem);
void judge_destroy(const struct command *c, const struct row *row, u16 uid,
		   u32 syndrome);
/* Make a query of the object in the 24 bits, run and judge it. */
void run_named(u16 opcode, u16 uid, u32 id);
void fuzz_command(void);
void fuzz_queue_command(void);
void fuzz_control(void);
/* One object of each kind that commands create. */
void fuzz_outfit(u16 uid);
void judge_alloc(const struct command *c, const struct row *row, u16 uid,
		 u32 syndrome);
/* The model's state of a CQ against the record's. */
void query_cq_as(u16 uid, u32 cqn);
/* @count PDs or transport domains for @uid. */
void fuzz_many(u16 uid, u16 opcode, unsigned int count);

#endif
