/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The address space of a process, as a device sees it that shares the process'
 * effective addresses: any mapping, with the process' own permissions, faulted
 * in when needed and never pinned.
 *
 * One struct sacc_mm binds one address space to one kernel thread, the worker:
 *
 *	sacc_mm_bind()			in the process
 *	sacc_mm_worker_init()		in the worker, once
 *	{ sacc_mm_read/write/transfer/cas()	in the worker
 *	  sacc_mm_leave() }		before the worker sleeps
 *	sacc_mm_evict()			by the process when it exits
 *	sacc_mm_revoke()		by whoever ends the worker
 *	sacc_mm_unbind()		when the worker has ended
 */
#ifndef SOFTACCEL_MM_H
#define SOFTACCEL_MM_H

#include <linux/timer.h>
#include <linux/types.h>
#include <linux/wait.h>

#include <softaccel/cas.h>

struct mm_struct;
struct task_struct;

/**
 * struct sacc_mm - one address space, bound to one worker
 * @mm:	      the address space; only its structure is held
 * @worker:   the kernel thread inside, while @entered
 * @patience: ends a visit that a fault keeps from ending
 * @entered:  the worker uses the address space at the moment
 * @revoked:  no access any more
 * @visits:   how often the worker has left
 * @left:     woken when it does
 */
struct sacc_mm {
	struct mm_struct *mm;
	struct task_struct *worker;
	struct timer_list patience;
	bool entered;
	bool revoked;
	unsigned int visits;
	wait_queue_head_t left;
};

/**
 * struct sacc_mm_fault - why an access was refused
 * @addr:	address of the first byte that could not be accessed
 * @write:	it was a store
 * @protection:	something is mapped there, but not for this kind of access
 */
struct sacc_mm_fault {
	u64 addr;
	bool write;
	bool protection;
};

void sacc_mm_bind(struct sacc_mm *space);
void sacc_mm_unbind(struct sacc_mm *space);
void sacc_mm_worker_init(void);
void sacc_mm_leave(struct sacc_mm *space);
void sacc_mm_evict(struct sacc_mm *space, struct task_struct *worker);
void sacc_mm_revoke(struct sacc_mm *space, struct task_struct *worker);

int sacc_mm_read(struct sacc_mm *space, u64 ea, void *dst, size_t len,
		 struct sacc_mm_fault *fault);
int sacc_mm_write(struct sacc_mm *space, u64 ea, const void *src, size_t len,
		  struct sacc_mm_fault *fault);
int sacc_mm_transfer(struct sacc_mm *space, u64 dst, u64 src, size_t len,
		     struct sacc_mm_fault *fault);
int sacc_mm_cas(struct sacc_mm *space, u64 ea, size_t size,
		struct sacc_cas *cas, struct sacc_mm_fault *fault);

#endif
