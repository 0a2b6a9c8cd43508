// SPDX-License-Identifier: MIT
/*
 * Events: one handed out at a time, from however many a read() returned.
 *
 * A read goes into a batch of its own, with no lock held, so that a thread that
 * sleeps in it can be interrupted and does not hold up the others. What remains
 * of the batch after the first event is queued at the handle for the next call.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "priv.h"

#define TYPE_POISON 0xffff

/* What a caller sees who does not look at the return value. */
static void poison_event(struct cxl_event *event)
{
	static const unsigned char pattern[] = { 0xde, 0xad, 0xbe, 0xef };
	unsigned char *bytes = (unsigned char *)event;
	size_t i;

	for (i = 0; i < sizeof(*event); i++)
		bytes[i] = pattern[i % sizeof(pattern)];
	event->header.type = TYPE_POISON;
	event->header.size = 0;
}

/*
 * Every type fits in struct cxl_event, except those of an AFU's own kernel
 * driver: a program that works with one offers CXL_READ_MIN_SIZE bytes.
 */
static void copy_event(struct cxl_event *event, const void *src, size_t size)
{
	struct cxl_event_header header;

	memcpy(&header, src, sizeof(header));
	if (header.type != CXL_EVENT_AFU_DRIVER && size > sizeof(*event))
		size = sizeof(*event);
	memcpy(event, src, size);
}

/* The next event of @batch. EBADMSG when there is no whole one. */
static int take_event(struct sacc_cxl_batch *batch, struct cxl_event *event)
{
	const unsigned char *src = batch->data + batch->next;
	size_t left = batch->end - batch->next;
	struct cxl_event_header header;

	if (left < sizeof(header))
		goto err_malformed;
	memcpy(&header, src, sizeof(header));
	if (header.size < sizeof(header) || header.size > left)
		goto err_malformed;
	copy_event(event, src, header.size);
	batch->next += header.size;
	return 0;

err_malformed:
	batch->next = batch->end;
	errno = EBADMSG;
	return -1;
}

static void queue_batch(struct cxl_afu_h *afu, struct sacc_cxl_batch *batch)
{
	struct sacc_cxl_batch **end = &afu->events;

	pthread_mutex_lock(&afu->event_lock);
	while (*end)
		end = &(*end)->later;
	*end = batch;
	pthread_mutex_unlock(&afu->event_lock);
}

/* 1 and an event, 0 when none is queued, or -1. */
static int take_queued(struct cxl_afu_h *afu, struct cxl_event *event)
{
	struct sacc_cxl_batch *batch, *done = NULL;
	int ret = 0;

	pthread_mutex_lock(&afu->event_lock);
	batch = afu->events;
	if (batch) {
		ret = take_event(batch, event) ? -1 : 1;
		if (batch->next == batch->end) {
			done = batch;
			afu->events = batch->later;
		}
	}
	pthread_mutex_unlock(&afu->event_lock);
	free(done);
	return ret;
}

/* 0 and what the kernel has, or -1. */
static int read_batch(struct cxl_afu_h *afu, struct sacc_cxl_batch *batch)
{
	ssize_t got = read(afu->fd, batch->data, sizeof(batch->data));

	if (got < 0)
		return -1;
	if (!got) {
		errno = ENODATA;
		return -1;
	}
	batch->end = (size_t)got;
	return 0;
}

static int read_fresh(struct cxl_afu_h *afu, struct cxl_event *event)
{
	struct sacc_cxl_batch *batch = malloc(sizeof(*batch));
	int ret;

	if (!batch)
		return -1;
	batch->later = NULL;
	batch->next = 0;
	ret = read_batch(afu, batch);
	if (!ret)
		ret = take_event(batch, event);
	if (!ret && batch->next < batch->end) {
		queue_batch(afu, batch);
		return 0;
	}
	free(batch);
	return ret;
}

int cxl_event_pending(struct cxl_afu_h *afu)
{
	struct pollfd fds = { .events = POLLIN };
	bool queued;

	if (!sacc_cxl_is_open(afu)) {
		errno = EINVAL;
		return -1;
	}
	pthread_mutex_lock(&afu->event_lock);
	queued = afu->events;
	pthread_mutex_unlock(&afu->event_lock);
	if (queued)
		return 1;
	fds.fd = afu->fd;
	return poll(&fds, 1, 0);
}

int cxl_read_event(struct cxl_afu_h *afu, struct cxl_event *event)
{
	int ret;

	if (!event) {
		errno = EINVAL;
		return -1;
	}
	if (!sacc_cxl_is_open(afu)) {
		poison_event(event);
		errno = EINVAL;
		return -1;
	}
	ret = take_queued(afu, event);
	if (ret > 0)
		return 0;
	if (!ret)
		ret = read_fresh(afu, event);
	if (ret)
		poison_event(event);
	return ret;
}

int cxl_read_expected_event(struct cxl_afu_h *afu, struct cxl_event *event,
			    __u32 type, __u16 irq)
{
	if (cxl_read_event(afu, event))
		return -1;
	if (event->header.type != type)
		return -1;
	if (type == CXL_EVENT_AFU_INTERRUPT && irq && event->irq.irq != irq)
		return -1;
	return 0;
}

int cxl_fprint_unknown_event(FILE *stream, struct cxl_event *event)
{
	const unsigned char *bytes = (const unsigned char *)event;
	int printed, ret;
	size_t i;

	if (!stream || !event) {
		errno = EINVAL;
		return -1;
	}
	printed = fprintf(stream, "CXL Unknown Event %i: ", event->header.type);
	if (printed < 0)
		return -1;
	for (i = 0; i < event->header.size; i++) {
		ret = fprintf(stream, i % 4 == 3 ? "%02x " : "%02x", bytes[i]);
		if (ret < 0)
			return -1;
		printed += ret;
	}
	ret = fprintf(stream, "\n");
	return ret < 0 ? -1 : printed + ret;
}

int cxl_fprint_event(FILE *stream, struct cxl_event *event)
{
	if (!stream || !event) {
		errno = EINVAL;
		return -1;
	}
	switch (event->header.type) {
	case CXL_EVENT_AFU_INTERRUPT:
		return fprintf(stream, "AFU Interrupt %i\n", event->irq.irq);
	case CXL_EVENT_DATA_STORAGE:
		return fprintf(stream, "AFU Invalid memory reference: 0x%llx\n",
			       (unsigned long long)event->fault.addr);
	case CXL_EVENT_AFU_ERROR:
		return fprintf(stream, "AFU Error: 0x%llx\n",
			       (unsigned long long)event->afu_error.error);
	case TYPE_POISON:
		fprintf(stderr, "no event: the read before this failed\n");
		errno = ENODATA;
		return -1;
	default:
		return cxl_fprint_unknown_event(stream, event);
	}
}

void sacc_cxl_events_free(struct cxl_afu_h *afu)
{
	struct sacc_cxl_batch *batch;

	while ((batch = afu->events)) {
		afu->events = batch->later;
		free(batch);
	}
}
