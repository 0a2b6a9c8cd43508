/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What event.c (who wants which event) and event_file.c (events that wait to be
 * read) share. Locks and lifetimes are described in event.c.
 */
#ifndef SOFTACCEL_DEVX_EVENT_H
#define SOFTACCEL_DEVX_EVENT_H

#include <linux/wait.h>
#include "devx.h"

#define SACC_EQE_BYTES	64

/* What a program reads. */
struct sacc_event_record {
	u64 cookie;
	u8 eqe[SACC_EQE_BYTES];
};

/**
 * struct sacc_event_file - a file that events are read from
 * @uobj: first: uverbs allocates it
 * @dev: valid until @destroyed
 * @omit_data: a program reads cookies alone; constant
 * @subscriptions: whose events come here; under dev->events_lock
 * @lock: protects what follows
 * @wait: readers
 * @pending: with @omit_data: subscriptions that have an event
 * @ring: without: the events
 * @size: of @ring, in records; a power of two, or 0
 * @head: the oldest record
 * @num: how many there are
 * @num_subscribed: subscriptions that need room in the ring
 * @lost: an event had no place
 * @destroyed: its context is gone
 */
struct sacc_event_file {
	struct ib_uobject uobj;
	struct sacc_devx *dev;
	bool omit_data;
	struct list_head subscriptions;
	spinlock_t lock;	/* protects what follows */
	wait_queue_head_t wait;
	struct list_head pending;
	struct sacc_event_record *ring;
	size_t size;
	size_t head;
	size_t num;
	size_t num_subscribed;
	bool lost;
	bool destroyed;
};

struct sacc_event_source;
struct eventfd_ctx;

/**
 * struct sacc_subscription - a wish for one type of event of one source
 * @source: of the events
 * @file: where they go; NULL once the file is being destroyed
 * @eventfd: what is signalled instead, or NULL
 * @cookie: tells the program which subscription it was
 * @by_source: in @source
 * @by_object: in the object, if it is for one
 * @by_file: in @file
 * @pending: in file->pending; under file->lock
 * @ended: not subscribed any more, only read out; under file->lock
 */
struct sacc_subscription {
	struct sacc_event_source *source;
	struct sacc_event_file *file;
	struct eventfd_ctx *eventfd;
	u64 cookie;
	struct list_head by_source;
	struct list_head by_object;
	struct list_head by_file;
	struct list_head pending;
	bool ended;
};

static inline struct sacc_event_file *to_sacc_event_file(struct ib_uobject *uobj)
{
	return container_of(uobj, struct sacc_event_file, uobj);
}

/* event.c */
void sacc_subscription_free(struct sacc_subscription *sub);
void sacc_event_file_unsubscribe(struct sacc_event_file *file);

/* event_file.c */
int sacc_event_file_reserve(struct sacc_event_file *file, size_t n);
void sacc_event_file_unreserve(struct sacc_event_file *file, size_t n);
void sacc_event_file_deliver(struct sacc_subscription *sub, const u8 *eqe);
bool sacc_event_file_end(struct sacc_subscription *sub);

#endif
