/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Queues and transport objects in the HCA fuzzer: what hca-queue-create.c, which makes
 * them, and hca-queue.c, which changes them, share.
 */
#ifndef SOFTACCEL_SELFTESTS_FUZZ_HCA_QUEUE_H
#define SOFTACCEL_SELFTESTS_FUZZ_HCA_QUEUE_H

#include "hca-fuzz.h"

#define IN_CTX(c)	((c)->in + 32)	/* of all but QPs and SRQs */
#define IN_QPC(c)	((c)->in + 24)
#define IN_SRQC(c)	((c)->in + 16)
#define WQ_AT		48		/* in the contexts that have one */
#define LIST_AT		272
#define MAX_USES	12u
#define G(s, p, f)	sacc_hca_get64(s, p, f)

/* What an object to be would use; @bad when something of it is not there. */
struct uses {
	u16 uid;
	bool bad;
	unsigned int n;
	struct shadow *parts[MAX_USES];
};

/* The counter set that @uid may name by @id. 0 is none and no mistake. */
bool counter_is_good(u16 uid, u64 id, struct shadow **counter);
/* @obj counts there from now on. */
void count_in(struct shadow *obj, struct shadow *counter);
/* @obj uses these from now on, and nothing else. */
void hold(struct shadow *obj, const struct uses *u);

/* Operands from the input. */
void fill_create_qp(struct command *c, u16 uid);
void fill_create_srq(struct command *c, u16 uid);
void fill_create_rmp(struct command *c, u16 uid);
void fill_create_rq(struct command *c, u16 uid);
void fill_create_sq(struct command *c, u16 uid);
void fill_create_tis(struct command *c, u16 uid);
void fill_create_tir(struct command *c, u16 uid);
void fill_create_rqt(struct command *c, u16 uid);
/* A list of up to eight RQs, sometimes shorter than it says. */
void fill_list(struct command *c, u16 uid, u8 count);

/* Whether a list of RQs is one, and the parameters of a hash. */
bool list_is_good(const struct command *c, struct uses *u, u64 max);
bool hash_is_good(const u8 *tirc);

void judge_create_queue(const struct command *c, const struct row *row, u16 uid,
			u32 syndrome);

#endif
