/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fuzzer of the device nodes: programs of system calls, their generation, and
 * what runs them. nodes.c says how the parts work together.
 *
 * A program is an array of calls. A call is a kind, a few arguments, and damage.
 * Everything is relative: argument 0 is always the usual, valid choice, so that a
 * call of zeros after what it needs succeeds; and any bytes are a program.
 */
#ifndef SOFTACCEL_SELFTESTS_FUZZ_NODES_H
#define SOFTACCEL_SELFTESTS_FUZZ_NODES_H

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* --- Programs */

#define MAX_CALLS	30
#define NUM_ARGS	6
#define NUM_DAMAGES	2

/* What to spoil in an otherwise valid call. */
enum damage_type {
	DAMAGE_NONE,
	DAMAGE_SET8,		/* bytes of a structure or mailbox */
	DAMAGE_SET32,
	DAMAGE_XOR32,
	DAMAGE_ADD32,
	DAMAGE_LENGTH,		/* its length */
	DAMAGE_POINTER,		/* its address: see hostile_pointer() */
	DAMAGE_ATTR_ID,		/* what follows: only calls with attributes */
	DAMAGE_ATTR_LENGTH,
	DAMAGE_ATTR_FLAGS,
	DAMAGE_ATTR_DATA,
	DAMAGE_ATTR_DROP,
	DAMAGE_ATTR_TWICE,
	DAMAGE_HEADER,
	NUM_DAMAGE_TYPES,
};

struct damage {
	uint8_t type;
	uint8_t unused;
	uint16_t where;
	uint32_t value;
};

struct call {
	uint16_t kind;
	uint16_t unused;
	uint32_t arg[NUM_ARGS];
	struct damage damage[NUM_DAMAGES];
};

/* Two threads at once: both run the program, or one keeps changing its memory. */
enum race {
	RACE_NONE,
	RACE_SAME,
	RACE_MEMORY,
	NUM_RACES,
};

#define PROGRAM_MAGIC	0x4653444eu

struct program {
	uint32_t magic;
	uint16_t race;
	uint16_t num;
	struct call call[MAX_CALLS];
};

/* Bytes of a program with @n calls, in memory and in files. */
#define PROGRAM_SIZE(n)	(offsetof(struct program, call) + (n) * sizeof(struct call))

/* --- Random numbers: xorshift, so that a seed says everything */

struct rng {
	uint64_t state;
};

static inline uint32_t rng_next(struct rng *r)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return r->state >> 16;
}

static inline struct rng rng_seed(uint64_t seed)
{
	struct rng r = { .state = (seed + 1) * 0x9e3779b97f4a7c15ull | 1 };
	int i;

	for (i = 0; i < 8; i++)
		rng_next(&r);
	return r;
}

static inline uint32_t rng_below(struct rng *r, uint32_t n)
{
	return rng_next(r) % n;
}

static inline bool rng_percent(struct rng *r, unsigned int percent)
{
	return rng_below(r, 100) < percent;
}

/* nodes-program.c */
void program_seed(struct program *p, unsigned int kind);
void program_generate(struct program *p, struct rng *r);
void program_mutate(struct program *p, struct rng *r, const struct program *other);
bool program_parse(struct program *p, char **text);
size_t program_print(const struct program *p, char *text, size_t size);

/* --- Things that calls make and later calls use */

enum resource_class {
	RES_NONE,
	RES_CAPI,		/* file of a CAPI node; number: which node */
	RES_WINDOW,		/* mapping of one */
	RES_VERBS,		/* file of the uverbs node */
	RES_UAR,
	RES_UAR_MAP,
	RES_UMEM,
	RES_CQ,			/* DEVX objects */
	RES_DEVX_PD,
	RES_TD,
	RES_PD,			/* verbs objects */
	RES_MR,
	RES_VERBS_CQ,
	RES_ASYNC,		/* file of command completions */
	RES_EVENT,		/* of verbs events */
	RES_DEVX_EVENT,		/* of DEVX events */
	RES_EVENTFD,
	RES_DMABUF,
	NUM_RESOURCES,
};

struct resource {
	int fd;
	uint32_t handle;
	uint32_t number;
	uint64_t address;
	uint64_t length;
	bool dead;
};

#define RESOURCES_EACH	8
#define MAX_CHILDREN	8

/* --- The process that runs programs; shared by its two threads */

struct world {
	struct resource table[NUM_RESOURCES][RESOURCES_EACH];
	atomic_uint made[NUM_RESOURCES];
	atomic_int child[MAX_CHILDREN];	/* that calls forked */
	int memfd;
	bool forked;		/* we are what a call forked */
};

/* A thread that runs a program. */
struct runner {
	struct world *world;
	sigjmp_buf jump;
	volatile sig_atomic_t armed;	/* a signal goes to @jump */
	uint8_t *scratch;		/* memory for structures */
	size_t used;			/* of it */
};

struct resource *resource_add(struct world *w, enum resource_class class);
struct resource *resource_get(struct world *w, enum resource_class class,
			      uint32_t choice);
int resource_fd(struct world *w, enum resource_class class, uint32_t choice);

/* --- Memory of the process: see nodes-memory.c */

#define PAGE_BYTES	4096ul
#define ARENA		0x100000000000ul
#define ARENA_PAGES	64
#define ARENA_QUEUES	(ARENA + 8 * PAGE_BYTES)	/* four, one a page */
#define ARENA_DATA	(ARENA + 12 * PAGE_BYTES)	/* eight pages */
#define ARENA_DATA_LEN	(8 * PAGE_BYTES)
#define ARENA_READ_ONLY	(ARENA + 20 * PAGE_BYTES)	/* two, then a hole of two */
#define ARENA_NONE	(ARENA + 24 * PAGE_BYTES)	/* two */
#define ARENA_SHARED	(ARENA + 28 * PAGE_BYTES)	/* four, of a file that shrinks */
#define ARENA_SHARED_LEN (4 * PAGE_BYTES)
#define ARENA_EDGE	(ARENA + 36 * PAGE_BYTES)	/* end of two pages, then a hole */
#define ARENA_COPY_WORK	(ARENA + 34 * PAGE_BYTES)	/* struct copy_work */
#define ARENA_FAULTY	(ARENA + 40 * PAGE_BYTES)	/* two, for userfaultfd */
#define SLOTS		(ARENA + 0x1000000ul)		/* where nodes are mapped */
#define SLOT_BYTES	0x400000ul
#define NUM_SLOTS	16
#define ARENA_END	(SLOTS + NUM_SLOTS * SLOT_BYTES)

/* Files of the fuzzer itself have numbers from here on. */
#define FIRST_OWN_FD	200

void memory_make(struct world *w);
uint64_t memory_slot(uint32_t choice);
uint64_t hostile_pointer(struct runner *r, uint32_t choice, size_t len);
uint64_t data_pointer(struct runner *r, uint32_t choice, size_t len);
void *scratch(struct runner *r, size_t len);
void *place(struct runner *r, const struct call *c, const void *bytes, size_t *len);
void damage_bytes(const struct call *c, void *bytes, size_t len);
void memory_scribble(struct rng *r);

/* A work element of the memory-copy AFU, in the byte order of the program. */
struct copy_work {
	uint16_t endian, status, major, minor;
	uint64_t from, to, size, next, error;
};

/* --- Kinds of calls */

/**
 * struct kind - a row of a table
 * @name:   for reports
 * @run:    does it; returns what the system call does, or -errno. A signal that it
 *	    gets is its result, as -SIGNAL_RESULT(signal)
 * @want:   the result that shows that it works: 0 for any that is not negative, or
 *	    an errno where the right answer is a refusal
 * @weight: how often, compared with others
 * @needs:  kinds that come before it in a program, where it is to succeed
 * @method: for @run
 * @mailbox: for @run
 */
struct kind {
	const char *name;
	long (*run)(struct runner *r, const struct call *c);
	long want;
	unsigned int weight;
	const char *needs[5];
	const struct method *method;
	size_t (*mailbox)(struct runner *r, const struct call *c, void *box);
};

#define SIGNAL_RESULT(sig)	(1000 + (sig))

/* How long a call waits for an AFU. */
#define PATIENCE_MICROS	100000

#define MAX_KINDS 256
extern const struct kind *kinds[MAX_KINDS];
extern unsigned int num_kinds;

void add_kinds(const struct kind *table, size_t n);
unsigned int kind_by_name(const char *name);
const struct kind *kind_of(const struct call *c);

void add_capi_kinds(void);	/* nodes-capi.c */
void add_register_kinds(void);	/* nodes-register.c */
void add_sysfs_kinds(void);	/* nodes-sysfs.c */
void add_verbs_kinds(void);	/* nodes-verbs.c */
void add_devx_kinds(void);	/* nodes-devx.c */
void add_write_kinds(void);	/* nodes-write.c */
void add_memory_kinds(void);	/* nodes-memory.c */

static inline long result(long ret)
{
	return ret < 0 ? -errno : ret;
}

/* nodes-sysfs.c */
bool verbs_node_path(char *path, size_t size);
bool write_text(const char *path, const char *text);
void restore_devices(void);

/* --- Coverage: nodes-kcov.c */

#define PC_TABLE_SIZE	(1u << 17)

struct coverage {
	_Atomic uint64_t pc[PC_TABLE_SIZE];
	_Atomic uint64_t edge[PC_TABLE_SIZE];
	atomic_uint num_pcs, num_edges;
};

bool kcov_start(void);
void kcov_begin(void);
unsigned int kcov_end(struct coverage *cov);
void kcov_report(const struct coverage *cov, const char *dir);

/* --- What all processes share */

#define MAX_CORPUS	2048
#define MAX_WORKERS	16

struct shared {
	struct coverage coverage;
	unsigned int num_loaded;	/* at the beginning of the corpus */
	atomic_uint num_corpus;
	struct program corpus[MAX_CORPUS];
	atomic_uint programs, calls, raced;
	atomic_uint first_pcs;		/* reached by the first programs */
	atomic_uint next_seed;
	_Atomic time_t last_rebind;
	atomic_uint ran[MAX_KINDS], worked[MAX_KINDS];
	atomic_ullong micros[MAX_KINDS], micros_around;
	atomic_uint progress[MAX_WORKERS];
	atomic_bool stop;
	bool trace;			/* each call, to standard error */
};

extern struct shared *shared;

/* nodes-exec.c */
uint64_t now_micros(void);
void worker_run(unsigned int slot, uint64_t seed, const char *dir);
int replay(const char *path, unsigned int times);

#endif
