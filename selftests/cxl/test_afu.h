/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The test AFU, as its programs see it: machines of four registers, commands and
 * responses. What a test opens ends with its process; each test sets the mode that
 * it needs, and all leave it as the last one had it but the last of a file.
 */
#ifndef SOFTACCEL_SELFTESTS_TEST_AFU_H
#define SOFTACCEL_SELFTESTS_TEST_AFU_H

#include "cxl.h"

#define T_SYS		"/sys/class/cxl/afu2.0/"
#define T_SLAVE		TEST_SLAVE
#define T_MASTER	"/dev/cxl/afu2.0m"
#define T_DEDICATED	"/dev/cxl/afu2.0d"

#define T_MACHINES	64
#define T_LINE		128
#define T_PROCS		16
#define T_IRQS		127
#define T_GLOBAL	0x1000		/* registers before those of machines */

#define T_ALWAYS	0x8000000000000000ull
#define T_ONCE		0x4000000000000000ull
#define T_BAD_ADDRESS	0x0000800000000000ull
#define T_BAD_CODE	0x0000400000000000ull
#define T_BAD_TAG	0x0000200000000000ull
#define T_BAD_DATA	0x0000100000000000ull

#define T_LOAD		0x0a00
#define T_STORE		0x0d00
#define T_IRQ		0x0000
#define T_RESTART	0x0001
#define T_TOUCH		0x0240
#define T_CAS_E4	0x0180
#define T_CAS_NE4	0x0181
#define T_CAS_U4	0x0182
#define T_CAS_E8	0x0183
#define T_CAS_NE8	0x0184
#define T_CAS_U8	0x0185

#define T_DONE		0
#define T_AERROR	1
#define T_DERROR	3
#define T_FLUSHED	6
#define T_FAILED	8
#define T_COMP_EQ	12
#define T_COMP_NEQ	13
#define T_PENDING	0xff

struct afu {
	int fd;
	volatile uint8_t *w;	/* its window */
	size_t machines;	/* where they begin in it */
	uint64_t dw0;		/* what all commands have there: the context */
	uint64_t dw1;		/* and there */
};

static inline uint32_t read32(volatile uint8_t *w, size_t offset)
{
	return be32toh(*(volatile uint32_t *)(w + offset));
}

static inline void write32(volatile uint8_t *w, size_t offset, uint32_t val)
{
	*(volatile uint32_t *)(w + offset) = htobe32(val);
}

static inline void t_mode(const char *mode)
{
	int64_t end = now_ms() + 10000;
	char line[32];

	snprintf(line, sizeof(line), "%s\n", mode);
	if (!strcmp(attr_read(T_SYS "mode"), line))
		return;
	/* Files of a test that has been killed are closed a moment later. */
	while (attr_write(T_SYS "mode", mode)) {
		if (now_ms() > end)
			FAIL("mode does not become %s", mode);
		sleep_ms(10);
	}
}

static inline struct afu t_slave_with(uint64_t wed)
{
	struct afu a = { 0 };

	t_mode("afu_directed");
	a.fd = open_node(T_SLAVE);
	ASSERT_EQ(start(a.fd, wed), 0);
	a.w = map(a.fd, PAGE);
	a.dw0 = (uint64_t)process_element(a.fd) << 32;
	return a;
}

static inline struct afu t_slave(void)
{
	return t_slave_with(0);
}

static inline struct afu t_dedicated_with(uint64_t wed)
{
	struct afu a = { .machines = T_GLOBAL };

	t_mode("dedicated_process");
	a.fd = open_node(T_DEDICATED);
	ASSERT_EQ(start(a.fd, wed), 0);
	a.w = map(a.fd, PS_SIZE);
	return a;
}

static inline struct afu t_dedicated(void)
{
	return t_dedicated_with(0);
}

static inline void t_leave(struct afu *a)
{
	munmap((void *)a->w, a->machines ? PS_SIZE : PAGE);
	close(a->fd);
}

static inline struct afu t_master(void)
{
	struct afu a = { 0 };

	t_mode("afu_directed");
	a.fd = open_node(T_MASTER);
	ASSERT_EQ(start(a.fd, 0x1234567812345678ull), 0);
	a.w = map(a.fd, PS_SIZE);
	a.dw0 = (uint64_t)process_element(a.fd) << 32;
	a.machines = T_GLOBAL + process_element(a.fd) * PAGE;
	return a;
}

static inline size_t t_reg(const struct afu *a, unsigned int m, unsigned int dw)
{
	return a->machines + m * 32 + dw * 8;
}

static inline uint64_t t_read(const struct afu *a, unsigned int m, unsigned int dw)
{
	return read64(a->w, t_reg(a, m, dw));
}

static inline void t_write(const struct afu *a, unsigned int m, unsigned int dw,
			   uint64_t val)
{
	write64(a->w, t_reg(a, m, dw), val);
}

/* As programs do it: the trigger last. */
static inline void t_trigger(const struct afu *a, unsigned int m, uint64_t enable,
			     unsigned int code, unsigned int size, const void *base,
			     uint64_t length)
{
	t_write(a, m, 3, length);
	t_write(a, m, 2, (uintptr_t)base);
	t_write(a, m, 1, a->dw1 | (uint64_t)size << 48);
	t_write(a, m, 0, a->dw0 | enable | (uint64_t)code << 48);
}

static inline uint8_t t_response(const struct afu *a, unsigned int m)
{
	return t_read(a, m, 1) >> 32;
}

static inline uint8_t t_wait(const struct afu *a, unsigned int m)
{
	int64_t end = now_ms() + 10000;
	uint8_t response;

	while ((response = t_response(a, m)) == T_PENDING) {
		if (now_ms() > end)
			FAIL("machine %u: no response within 10 s", m);
		usleep(50);
	}
	return response;
}

static inline uint8_t t_run(const struct afu *a, unsigned int m, unsigned int code,
			    unsigned int size, const void *base)
{
	t_trigger(a, m, T_ONCE, code, size, base, size);
	return t_wait(a, m);
}

static inline void t_no_event(const struct afu *a)
{
	ASSERT(!pending(a->fd, 0));
}

/* Where nothing is, and where the kernel puts nothing by itself. */
static inline void *t_nowhere(void)
{
	return (void *)0x100000;
}

#endif
