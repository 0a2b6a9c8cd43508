/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for tests of the CAPI nodes: raw system calls, and queues of the memcpy
 * AFU. A helper that cannot do its work fails the test.
 *
 * A test's contexts, mappings and threads end with its process.
 */
#ifndef SOFTACCEL_SELFTESTS_CXL_H
#define SOFTACCEL_SELFTESTS_CXL_H

#include <endian.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#include <misc/cxl.h>

#include "ktap.h"

#define SLAVE		"/dev/cxl/afu0.0s"
#define MASTER		"/dev/cxl/afu0.0m"
#define DEDICATED	"/dev/cxl/afu1.0d"
#define TEST_SLAVE	"/dev/cxl/afu2.0s"

#define PAGE		((size_t)sysconf(_SC_PAGESIZE))
#define READ_SIZE	CXL_READ_MIN_SIZE

/* What the first card of a freshly loaded module is. */
#define PROCS		511
#define IRQS_MIN	4
#define IRQS_POOL	2037
#define PS_SIZE		(64ul << 20)
#define PP_SIZE		PAGE
#define PP_OFFSET	(PAGE > 16384 ? PAGE : 16384ul)

/* Registers of the memcpy AFU. */
#define REG_WED			0x00
#define REG_HANDLE		0x08
#define REG_STATUS		0x10
#define STATUS_STOPPED		0x0800000000000000ull
#define REG_CONTROL		0x18
#define CONTROL_RESTART		0x8000000000000000ull
#define REG_TIMEBASE		0x40
#define REG_CONFIG		0x00
#define CONFIG_STOP		0x2000000000000000ull
#define REG_ERROR		0x10
#define REG_ERROR_INFO		0x18
#define REG_TRACE		0x20

/* Elements of its queue. */
#define VALID		0x80
#define WRAP		0x40
#define OP_COPY		0
#define OP_IRQ		1
#define OP_STOP		2
#define OP_INCREMENT	4
#define OP_ATOMIC	5
#define COMPLETE	0x80
#define ADDRESS_ERROR	0x20
#define BAD_IRQ		0x04
#define BAD_CMD		0x01

#define DSISR_NO_PTE		0x4000000040000000ull
#define DSISR_PROTECTION	0x4000000008000000ull
#define DSISR_STORE		0x0000000002000000ull

struct element {
	volatile uint8_t cmd;
	volatile uint8_t status;
	uint16_t length;
	uint8_t cmd_extra;
	uint8_t reserved[3];
	uint64_t op1;
	uint64_t src;
	uint64_t dst;
};

/* A queue, and where its producer is. */
struct queue {
	struct element *e;
	unsigned int entries, next;
	uint8_t wrap;
};

static inline int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ll + ts.tv_nsec / 1000000;
}

static inline void sleep_ms(unsigned int ms)
{
	usleep(ms * 1000);
}

static inline int open_node(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		FAIL("%s: %s", path, strerror(errno));
	return fd;
}

static inline void *pages(size_t n)
{
	void *p = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT(p != MAP_FAILED);
	return p;
}

static inline int start(int fd, uint64_t wed)
{
	struct cxl_ioctl_start_work work = { .work_element_descriptor = wed };

	return ioctl(fd, CXL_IOCTL_START_WORK, &work);
}

static inline int start_flags(int fd, uint64_t wed, uint64_t flags,
			      int irqs)
{
	struct cxl_ioctl_start_work work = {
		.work_element_descriptor = wed,
		.flags = flags,
		.num_interrupts = irqs,
	};

	return ioctl(fd, CXL_IOCTL_START_WORK, &work);
}

/* An open and started slave context that idles. */
static inline int idle_context(void)
{
	int fd = open_node(SLAVE);

	ASSERT_EQ(start(fd, 0), 0);
	return fd;
}

static inline uint32_t process_element(int fd)
{
	uint32_t pe = ~0u;

	ASSERT_EQ(ioctl(fd, CXL_IOCTL_GET_PROCESS_ELEMENT, &pe), 0);
	return pe;
}

/* --- registers */

static inline volatile uint8_t *map(int fd, size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	ASSERT(p != MAP_FAILED);
	return p;
}

static inline uint64_t read64(volatile uint8_t *window, size_t offset)
{
	return be64toh(*(volatile uint64_t *)(window + offset));
}

static inline void write64(volatile uint8_t *window, size_t offset,
			   uint64_t val)
{
	*(volatile uint64_t *)(window + offset) = htobe64(val);
}

static inline bool is_stopped(volatile uint8_t *window)
{
	return read64(window, REG_STATUS) & STATUS_STOPPED;
}

static inline void wait_stopped(volatile uint8_t *window)
{
	int64_t end = now_ms() + 10000;

	while (!is_stopped(window)) {
		if (now_ms() > end)
			FAIL("the AFU does not stop");
		usleep(100);
	}
}

/* --- queues */

static inline struct queue queue_new(unsigned int lines)
{
	struct queue q = { .entries = lines * 4 };

	q.e = pages((lines * 128 + PAGE - 1) / PAGE);
	return q;
}

static inline uint64_t queue_wed(const struct queue *q)
{
	return (uintptr_t)q->e | q->entries / 4;
}

/* Fill in the next element, without VALID. */
static inline struct element *queue_put(struct queue *q, int op, const void *src,
					void *dst, unsigned int length)
{
	struct element *e = &q->e[q->next];

	e->status = 0;
	e->length = htobe16(length);
	e->cmd_extra = 0;
	e->op1 = 0;
	e->src = htobe64((uintptr_t)src);
	e->dst = htobe64((uintptr_t)dst);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	e->cmd = op | q->wrap;
	if (++q->next == q->entries) {
		q->next = 0;
		q->wrap ^= WRAP;
	}
	return e;
}

static inline void make_valid(struct element *e)
{
	__atomic_or_fetch((uint8_t *)&e->cmd, VALID, __ATOMIC_RELEASE);
}

static inline struct element *submit(struct queue *q, int op, const void *src,
				     void *dst, unsigned int length)
{
	struct element *e = queue_put(q, op, src, dst, length);

	make_valid(e);
	return e;
}

static inline uint8_t wait_status(struct element *e)
{
	int64_t end = now_ms() + 10000;
	uint8_t status;

	while (!(status = __atomic_load_n((uint8_t *)&e->status,
					  __ATOMIC_ACQUIRE))) {
		if (now_ms() > end)
			FAIL("no status within 10 s");
		usleep(50);
	}
	return status;
}

static inline uint8_t run(struct queue *q, int op, const void *src, void *dst,
			  unsigned int length)
{
	return wait_status(submit(q, op, src, dst, length));
}

/* A slave context at work on a new queue. */
static inline int queue_context(struct queue *q)
{
	int fd = open_node(SLAVE);

	*q = queue_new(1);
	ASSERT_EQ(start(fd, queue_wed(q)), 0);
	return fd;
}

/* --- events */

static inline bool pending(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	ASSERT_GE(poll(&p, 1, timeout_ms), 0);
	return p.revents & POLLIN;
}

static inline struct cxl_event read_event(int fd)
{
	union {
		struct cxl_event event;
		uint8_t bytes[READ_SIZE];
	} u;
	ssize_t n;

	if (!pending(fd, 10000))
		FAIL("no event within 10 s");
	n = read(fd, &u, sizeof(u));
	ASSERT_GT(n, 0);
	ASSERT_EQ(n, u.event.header.size);
	return u.event;
}

static inline void expect_irq(int fd, unsigned int irq)
{
	struct cxl_event event = read_event(fd);

	ASSERT_EQ(event.header.type, CXL_EVENT_AFU_INTERRUPT);
	ASSERT_EQ(event.header.size, 16);
	ASSERT_EQ(event.irq.irq, irq);
}

static inline void expect_fault(int fd, const void *addr, uint64_t dsisr)
{
	struct cxl_event event = read_event(fd);

	ASSERT_EQ(event.header.type, CXL_EVENT_DATA_STORAGE);
	ASSERT_EQ(event.header.size, 40);
	ASSERT_EQ(event.fault.addr, (uintptr_t)addr);
	ASSERT_EQ(event.fault.dsisr, dsisr);
}

/* --- SIGBUS */

static sigjmp_buf bus_jump;
static volatile int bus_code;

static inline void bus_handler(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	bus_code = info->si_code;
	siglongjmp(bus_jump, 1);
}

/* si_code of the SIGBUS that loading from @p gives, 0 if it gives none. */
static inline int load_sigbus(volatile uint8_t *p)
{
	struct sigaction sa = { .sa_sigaction = bus_handler,
				.sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &sa, NULL);
	bus_code = 0;
	if (!sigsetjmp(bus_jump, 1))
		(void)*(volatile uint64_t *)p;
	signal(SIGBUS, SIG_DFL);
	return bus_code;
}

/* --- processes and sysfs */

/* Run @body in a child; fails the test if the child fails. */
#define IN_CHILD(body)							\
	do {								\
		pid_t in_child = fork();				\
		int in_status;						\
									\
		ASSERT_GE(in_child, 0);					\
		if (!in_child) {					\
			body;						\
			_exit(0);					\
		}							\
		ASSERT_EQ(waitpid(in_child, &in_status, 0), in_child);	\
		if (!WIFEXITED(in_status) || WEXITSTATUS(in_status))	\
			FAIL("child failed, status 0x%x", in_status);	\
	} while (0)

static inline const char *attr_read(const char *path)
{
	static char text[READ_SIZE];
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		FAIL("%s: %s", path, strerror(errno));
	n = read(fd, text, sizeof(text) - 1);
	ASSERT_GE(n, 0);
	text[n] = '\0';
	close(fd);
	return text;
}

/* 0 or the errno of the write. */
static inline int attr_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), ret = 0;

	if (fd < 0)
		FAIL("%s: %s", path, strerror(errno));
	if (write(fd, text, strlen(text)) < 0)
		ret = errno;
	close(fd);
	return ret;
}

/*
 * Reset card @n by force, or wait for the reset that is going on, until its node
 * @node is a new one: the old card refuses START_WORK from the write on.
 */
static inline void force_reset(int n, const char *node)
{
	int64_t end = now_ms() + 10000;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/sys/class/cxl/card%d/reset", n);
	fd = open(path, O_WRONLY);
	if (fd >= 0) {
		(void)!write(fd, "-1", 2);
		close(fd);
	}
	for (;;) {
		fd = open(node, O_RDWR);
		if (fd >= 0 && !start(fd, 0))
			break;
		if (fd >= 0)
			close(fd);
		if (now_ms() > end)
			FAIL("card%d does not come back", n);
		sleep_ms(5);
	}
	close(fd);
}

#endif
