// SPDX-License-Identifier: GPL-2.0-only
/* The CAPI nodes: registers, contexts, interrupts, and what the AFU copies. */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/eventfd.h>

#include "cxl/cxl.h"
#include "perf.h"

#define QUEUE_LINES	256
#define COPY_MAX	(16u << 20)
#define ELEMENT_MAX	(32u << 10)	/* the length has 16 bits */
#define CONTEXTS	64		/* at a time, for what is measured one-sided */

static int idle_fd;
static volatile uint8_t *idle_window;
static int ping, pong;
static char *from, *to;

static void *ponger(void *arg)
{
	eventfd_t value;

	while (!eventfd_read(ping, &value))
		ASSERT_EQ(eventfd_write(pong, 1), 0);
	return arg;
}

static char *touched_pages(size_t bytes)
{
	char *p = pages(bytes / PAGE);

	memset(p, 1, bytes);
	return p;
}

/* Nothing here may use CPU time by itself while other rows are measured. */
static void setup(void)
{
	pthread_t thread;

	idle_fd = idle_context();
	idle_window = map(idle_fd, PAGE);
	from = touched_pages(COPY_MAX);
	to = touched_pages(COPY_MAX);
	ping = eventfd(0, EFD_CLOEXEC);
	pong = eventfd(0, EFD_CLOEXEC);
	ASSERT(ping >= 0 && pong >= 0);
	ASSERT_EQ(pthread_create(&thread, NULL, ponger, NULL), 0);
}

/* --- registers */

static uint64_t mmio_read_8(unsigned int n)
{
	PERF_LOOP(n, (void)*(volatile uint64_t *)(idle_window + REG_WED));
}

/* With nothing else mapped in the 2 MiB around. */
static uint64_t mmio_read_alone(unsigned int n)
{
	static volatile uint8_t *window;
	char *hole;

	if (!window) {
		hole = mmap(NULL, 6 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ASSERT(hole != MAP_FAILED);
		hole = (char *)(((uintptr_t)hole + (4 << 20)) & -(uintptr_t)(2 << 20));
		window = mmap(hole, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			      idle_fd, 0);
		ASSERT(window != MAP_FAILED);
	}
	PERF_LOOP(n, (void)*(volatile uint64_t *)(window + REG_WED));
}

static uint64_t mmio_read_4(unsigned int n)
{
	PERF_LOOP(n, (void)*(volatile uint32_t *)(idle_window + REG_WED));
}

/* Without the Restart bit: a store that the AFU takes and has nothing to do for. */
static uint64_t mmio_write_8(unsigned int n)
{
	PERF_LOOP(n, *(volatile uint64_t *)(idle_window + REG_CONTROL) = 0);
}

static uint64_t mmio_write_4(unsigned int n)
{
	PERF_LOOP(n, *(volatile uint32_t *)(idle_window + REG_CONTROL) = 0);
}

/* --- contexts */

static uint64_t open_close(unsigned int n)
{
	PERF_LOOP(n, close(open_node(SLAVE)));
}

static uint64_t open_close_null(unsigned int n)
{
	PERF_LOOP(n, close(open_node("/dev/null")));
}

static uint64_t attach_detach(unsigned int n)
{
	PERF_LOOP(n, close(idle_context()));
}

static void *no_work(void *arg)
{
	return arg;
}

static void thread_once(void)
{
	pthread_t thread;

	ASSERT_EQ(pthread_create(&thread, NULL, no_work, NULL), 0);
	pthread_join(thread, NULL);
}

static uint64_t create_join(unsigned int n)
{
	PERF_LOOP(n, thread_once());
}

/* @n contexts through their lives: what START_WORK and close() took of it. */
static void lives(unsigned int n, uint64_t *started, uint64_t *closed)
{
	int fd[CONTEXTS];
	unsigned int i;
	uint64_t begin;

	for (i = 0; i < n; i++)
		fd[i] = open_node(SLAVE);
	begin = perf_now();
	for (i = 0; i < n; i++)
		ASSERT_EQ(start(fd[i], 0), 0);
	*started += perf_now() - begin;
	/* Until the workers have settled. */
	sleep_ms(5);
	begin = perf_now();
	for (i = 0; i < n; i++)
		close(fd[i]);
	*closed += perf_now() - begin;
}

static void many_lives(unsigned int n, uint64_t *started, uint64_t *closed)
{
	for (; n > CONTEXTS; n -= CONTEXTS)
		lives(CONTEXTS, started, closed);
	lives(n, started, closed);
}

static uint64_t start_work(unsigned int n)
{
	uint64_t started = 0, closed = 0;

	many_lives(n, &started, &closed);
	return started;
}

static uint64_t close_started(unsigned int n)
{
	uint64_t started = 0, closed = 0;

	many_lives(n, &started, &closed);
	return closed;
}

/* --- interrupts */

/* From the doorbell that starts the AFU until its event has been read. */
static void interrupt_once(int fd, struct queue *queue, volatile uint8_t *window)
{
	static char event[READ_SIZE];

	submit(queue, OP_IRQ, NULL, NULL, 1);
	write64(window, REG_CONTROL, CONTROL_RESTART);
	ASSERT_EQ(read(fd, event, sizeof(event)), 16);
}

/* The AFU stops after an interrupt, and does not poll. */
static uint64_t irq_to_event(unsigned int n)
{
	static volatile uint8_t *window;
	static struct queue queue;
	static int fd;

	if (!window) {
		fd = queue_context(&queue);
		window = map(fd, PAGE);
	}
	PERF_LOOP(n, interrupt_once(fd, &queue, window));
}

static void ping_once(void)
{
	eventfd_t value;

	ASSERT_EQ(eventfd_write(ping, 1), 0);
	ASSERT_EQ(eventfd_read(pong, &value), 0);
}

static uint64_t eventfd_ping(unsigned int n)
{
	PERF_LOOP(n, ping_once());
}

/* --- copies: from the Restart that starts the AFU until the program has been told */

static void copy_once(int fd, struct queue *queue, volatile uint8_t *window,
		      unsigned int size)
{
	unsigned int done, step = size < ELEMENT_MAX ? size : ELEMENT_MAX;
	struct element *e = NULL;

	for (done = 0; done < size; done += step)
		e = submit(queue, OP_COPY, from + done, to + done, step);
	interrupt_once(fd, queue, window);
	ASSERT_EQ(__atomic_load_n((uint8_t *)&e->status, __ATOMIC_ACQUIRE), COMPLETE);
}

static uint64_t afu_copy(unsigned int n, unsigned int size)
{
	static volatile uint8_t *window;
	static struct queue queue;
	static int fd;

	if (!window) {
		queue = queue_new(QUEUE_LINES);
		fd = open_node(SLAVE);
		ASSERT_EQ(start(fd, queue_wed(&queue)), 0);
		window = map(fd, PAGE);
		interrupt_once(fd, &queue, window);	/* it stops, and does not poll */
	}
	PERF_LOOP(n, copy_once(fd, &queue, window, size));
}

static uint64_t afu_copy_4k(unsigned int n)
{
	return afu_copy(n, 4 << 10);
}

static uint64_t afu_copy_64k(unsigned int n)
{
	return afu_copy(n, 64 << 10);
}

static uint64_t afu_copy_1m(unsigned int n)
{
	return afu_copy(n, 1 << 20);
}

static uint64_t afu_copy_16m(unsigned int n)
{
	return afu_copy(n, 16 << 20);
}

/* A call that the compiler cannot leave out. */
static void *(*volatile copy)(void *, const void *, size_t) = memcpy;

static uint64_t memcpy_4k(unsigned int n)
{
	PERF_LOOP(n, copy(to, from, 4 << 10));
}

static uint64_t memcpy_64k(unsigned int n)
{
	PERF_LOOP(n, copy(to, from, 64 << 10));
}

static uint64_t memcpy_1m(unsigned int n)
{
	PERF_LOOP(n, copy(to, from, 1 << 20));
}

static uint64_t memcpy_16m(unsigned int n)
{
	PERF_LOOP(n, copy(to, from, 16 << 20));
}

static const struct perf_row rows[] = {
	{ "mmio_read_8", "ns", 1, { mmio_read_8, 8000 },
	  "getppid", { perf_getppid, 50000 } },
	{ "mmio_read_4", "ns", 1, { mmio_read_4, 8000 },
	  "getppid", { perf_getppid, 50000 } },
	{ "mmio_read_8_alone", "ns", 1, { mmio_read_alone, 8000 },
	  "getppid", { perf_getppid, 50000 } },
	{ "mmio_write_8", "ns", 1, { mmio_write_8, 8000 },
	  "getppid", { perf_getppid, 50000 } },
	{ "mmio_write_4", "ns", 1, { mmio_write_4, 8000 },
	  "getppid", { perf_getppid, 50000 } },
	{ "capi_open_close", "ns", 1, { open_close, 2000 },
	  "open_close_null", { open_close_null, 2000 } },
	{ "capi_attach_detach", "ns", 1, { attach_detach, 400 },
	  "open_close_null", { open_close_null, 2000 } },
	{ "capi_attach_detach", "ns", 1, { attach_detach, 400 },
	  "pthread_create_join", { create_join, 400 } },
	{ "capi_start_work", "ns", 1, { start_work, 8 * CONTEXTS },
	  "getppid", { perf_getppid, 50000 } },
	{ "capi_close_started", "ns", 1, { close_started, 8 * CONTEXTS },
	  "getppid", { perf_getppid, 50000 } },
	{ "irq_to_event", "ns", 1, { irq_to_event, 2000 },
	  "eventfd_ping_pong", { eventfd_ping, 2000 } },
	{ "afu_copy_4k", "ns", 1, { afu_copy_4k, 200 },
	  "memcpy_4k", { memcpy_4k, 10000 } },
	{ "afu_copy_64k", "ns", 1, { afu_copy_64k, 100 },
	  "memcpy_64k", { memcpy_64k, 1000 } },
	{ "afu_copy_1m", "ns", 1, { afu_copy_1m, 20 },
	  "memcpy_1m", { memcpy_1m, 100 } },
	{ "afu_copy_16m", "ns", 1, { afu_copy_16m, 4 },
	  "memcpy_16m", { memcpy_16m, 10 } },
};

PERF_MAIN(rows, setup)
