// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two at a time against one: what a row takes for each operation of either when
 * two run side by side. On two CPUs a ratio of 1 is perfect, 2 means that they
 * waited for each other all the time. Only of use on two CPUs.
 */
#define _GNU_SOURCE
#include "cxl/cxl.h"
#include "perf.h"

#define QUEUE_LINES	16
#define COPY_SIZE	(1u << 20)
#define ELEMENT_MAX	(32u << 10)

static volatile uint8_t *window[2];

static void setup(void)
{
	int i;

	for (i = 0; i < 2; i++)
		window[i] = map(idle_context(), PAGE);
}

/* --- loops side by side */

typedef void loop_fn(unsigned int n, int which);

/* Where the runners of a loop meet, and when each ran. */
struct track {
	pthread_barrier_t barrier;
	uint64_t begin[2], end[2];
};

struct runner {
	loop_fn *body;
	unsigned int n;
	int which;
	struct track *track;
};

static void *run_loop(void *arg)
{
	const struct runner *r = arg;

	pthread_barrier_wait(&r->track->barrier);
	r->track->begin[r->which] = perf_now();
	r->body(r->n, r->which);
	r->track->end[r->which] = perf_now();
	return NULL;
}

/* In memory that children share. */
static struct track *track_new(int count)
{
	struct track *track = mmap(NULL, sizeof(*track), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_barrierattr_t attr;

	ASSERT(track != MAP_FAILED);
	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	ASSERT_EQ(pthread_barrier_init(&track->barrier, &attr, count), 0);
	return track;
}

/* From the first beginning to the last end; frees @track. */
static uint64_t track_time(struct track *track, int count)
{
	uint64_t begin = track->begin[0], end = track->end[0];

	if (count == 2) {
		begin = track->begin[1] < begin ? track->begin[1] : begin;
		end = track->end[1] > end ? track->end[1] : end;
	}
	munmap(track, sizeof(*track));
	return end - begin;
}

/* @n operations by each of @count threads. */
static uint64_t threads(loop_fn *body, unsigned int n, int count)
{
	struct track *track = track_new(count);
	struct runner runner[2];
	pthread_t thread[2];
	int i;

	for (i = 0; i < count; i++) {
		runner[i] = (struct runner){ body, n, i, track };
		ASSERT_EQ(pthread_create(&thread[i], NULL, run_loop, &runner[i]), 0);
	}
	for (i = 0; i < count; i++)
		ASSERT_EQ(pthread_join(thread[i], NULL), 0);
	return track_time(track, count);
}

/* The same by processes, which share no address space. */
static uint64_t processes(loop_fn *body, unsigned int n, int count)
{
	struct track *track = track_new(count);
	struct runner runner;
	int i, status;

	for (i = 0; i < count; i++) {
		runner = (struct runner){ body, n, i, track };
		if (!fork()) {
			run_loop(&runner);
			_exit(0);
		}
	}
	for (i = 0; i < count; i++)
		ASSERT(wait(&status) > 0 && !status);
	return track_time(track, count);
}

static void getppids(unsigned int n, int which)
{
	(void)which;
	while (n--)
		syscall(SYS_getppid);
}

static void reads(unsigned int n, int which)
{
	while (n--)
		(void)*(volatile uint64_t *)(window[which] + REG_WED);
}

static void attaches(unsigned int n, int which)
{
	(void)which;
	while (n--)
		close(idle_context());
}

static uint64_t getppid_1(unsigned int n)
{
	return threads(getppids, n, 1);
}

static uint64_t getppid_2(unsigned int n)
{
	return threads(getppids, n, 2);
}

static uint64_t read_1(unsigned int n)
{
	return threads(reads, n, 1);
}

static uint64_t read_2(unsigned int n)
{
	return threads(reads, n, 2);
}

static uint64_t read_1_process(unsigned int n)
{
	return processes(reads, n, 1);
}

static uint64_t read_2_processes(unsigned int n)
{
	return processes(reads, n, 2);
}

static uint64_t attach_1(unsigned int n)
{
	return threads(attaches, n, 1);
}

static uint64_t attach_2(unsigned int n)
{
	return threads(attaches, n, 2);
}

/* --- copies by two contexts, waited for without taking a CPU from them */

struct copier {
	struct queue queue;
	int fd;
	volatile uint8_t *window;
	char *from, *to;
};

static struct copier *copier(int which)
{
	static struct copier copiers[2];
	struct copier *c = &copiers[which];

	if (!c->from) {
		c->queue = queue_new(QUEUE_LINES);
		c->fd = open_node(SLAVE);
		ASSERT_EQ(start(c->fd, queue_wed(&c->queue)), 0);
		c->window = map(c->fd, PAGE);
		c->from = pages(COPY_SIZE / PAGE);
		c->to = pages(COPY_SIZE / PAGE);
		memset(c->from, 1, COPY_SIZE);
		memset(c->to, 1, COPY_SIZE);
	}
	return c;
}

static void copy_start(struct copier *c)
{
	unsigned int done;

	for (done = 0; done < COPY_SIZE; done += ELEMENT_MAX)
		submit(&c->queue, OP_COPY, c->from + done, c->to + done, ELEMENT_MAX);
	submit(&c->queue, OP_IRQ, NULL, NULL, 1);
	write64(c->window, REG_CONTROL, CONTROL_RESTART);
}

static void copy_end(struct copier *c)
{
	expect_irq(c->fd, 1);
}

static uint64_t copy_1(unsigned int n)
{
	PERF_LOOP(n, copy_start(copier(0)); copy_end(copier(0)));
}

static uint64_t copy_2(unsigned int n)
{
	PERF_LOOP(n, copy_start(copier(0)); copy_start(copier(1));
		  copy_end(copier(0)); copy_end(copier(1)));
}

static const struct perf_row rows[] = {
	{ "getppid_2_threads", "ns", 1, { getppid_2, 20000 },
	  "getppid_1_thread", { getppid_1, 20000 } },
	{ "mmio_read_8_2_threads", "ns", 1, { read_2, 5000 },
	  "mmio_read_8_1_thread", { read_1, 5000 } },
	{ "mmio_read_8_2_processes", "ns", 1, { read_2_processes, 5000 },
	  "mmio_read_8_1_process", { read_1_process, 5000 } },
	{ "capi_attach_detach_2_threads", "ns", 1, { attach_2, 100 },
	  "capi_attach_detach_1_thread", { attach_1, 100 } },
	{ "afu_copy_1m_2_contexts", "ns", 1, { copy_2, 10 },
	  "afu_copy_1m_1_context", { copy_1, 10 } },
};

PERF_MAIN(rows, setup)
