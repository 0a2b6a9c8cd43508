/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fuzzer of the HCA model: hca.c takes the input for a sequence of operations,
 * hca-command.c makes and judges commands, hca-shadow.c is the record of what
 * there is, which the model is held against.
 */
#ifndef SOFTACCEL_SELFTESTS_FUZZ_HCA_H
#define SOFTACCEL_SELFTESTS_FUZZ_HCA_H

#include "fuzz.h"

#include "../hca/hca-test.h"

/* Memory that is really there behind a umem; accesses beyond it fail. */
#define BACKING		256u
#define MAX_OBJECTS	512u

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
 * struct shadow - an object that the model should have
 * @serial: tells it from an earlier one of the same number
 * @id:     its number
 * @refs:   objects that use it
 * @uid:    its owner
 * @type:   enum sacc_hca_obj_type
 * @dying:  user context whose end has begun
 * @memory: of a umem, else NULL
 * @cq:     of a CQ
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
};

/* Whether a command of a uid sees an object: not certain while it ends. */
enum sight { UNSEEN, SEEN, UNCERTAIN };

/* What one input works on. */
struct fuzz {
	struct sacc_hca *hca;
	struct sacc_hca_config cfg;
	struct input in;
	bool memory_short;
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

/* hca-command.c */
void fuzz_command(void);
/* The model's state of a CQ against the record's. */
void query_cq_as(u16 uid, u32 cqn);
/* @count PDs or transport domains for @uid. */
void fuzz_many(u16 uid, u16 opcode, unsigned int count);

#endif
