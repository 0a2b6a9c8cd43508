// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads and stores in mapped nodes, with the instructions that the emulation of
 * registers knows and with those that it refuses, and doorbells.
 */
#include <endian.h>
#include <time.h>

#include "nodes.h"

#define RESTART		0x8000000000000000ull

/* One of the mappings of a class and an offset in it; 0 if there is none. */
static uint64_t mapped(struct runner *r, const struct call *c,
		       enum resource_class class, unsigned int width)
{
	static const uint16_t known[] = {
		0x10, 0x00, 0x08, 0x18, 0x20, 0x40, 0x48, 0xff8,
		0x4000, 0x4010, 0x4018, 0x5010, 0x5018, 0x6000,
		0x7e0, 0x7e8, 0x1000, 0x1008, 0x1010, 0x1018,
	};
	struct resource *res = resource_get(r->world, class, c->arg[0]);
	uint64_t offset = known[c->arg[1] % 20];

	if (!res || !res->length)
		return 0;
	if (c->arg[1] & 0x100)
		offset = c->arg[1] >> 9;
	if (!(c->arg[1] & 0x80000000))
		offset -= offset % width;
	return res->address + offset % res->length;
}

static long run_load(struct runner *r, const struct call *c)
{
	uint64_t at = mapped(r, c, RES_WINDOW, 8), value = 0;
	uint32_t narrow = 0;

	if (!at)
		return -ENOENT;
	switch (c->arg[2] % 8) {
	case 0:
		(void)*(volatile uint64_t *)at;
		break;
	case 1:
		narrow = *(volatile uint32_t *)at;
		break;
	case 2:
		asm volatile("movbe (%1), %0" : "=r" (value) : "r" (at));
		break;
	case 3:
		asm volatile("movslq (%1), %0" : "=r" (value) : "r" (at));
		break;
	case 4:
		asm volatile("cmpq %0, (%1)" : : "r" (value), "r" (at) : "cc");
		break;
	case 5:
		asm volatile("testl $1, (%0)" : : "r" (at) : "cc");
		break;
	case 6:
		asm volatile("imulq (%1), %0" : "+r" (value) : "r" (at) : "cc");
		break;
	case 7:
		/* Through a segment, with an index. */
		asm volatile("movq %%gs:-8(%1,%2,4), %0" : "=r" (value) :
			     "r" (at), "r" (2ul));
		break;
	}
	(void)narrow;
	return 0;
}

static long run_store(struct runner *r, const struct call *c)
{
	uint64_t at = mapped(r, c, RES_WINDOW, 8), value = htobe64(c->arg[3]);

	if (!at)
		return -ENOENT;
	switch (c->arg[2] % 6) {
	case 0:
		*(volatile uint64_t *)at = value;
		break;
	case 1:
		*(volatile uint32_t *)at = value >> 32;
		break;
	case 2:
		asm volatile("movbe %0, (%1)" : : "r" (value), "r" (at) : "memory");
		break;
	case 3:
		asm volatile("movnti %0, (%1)" : : "r" (value), "r" (at) : "memory");
		break;
	case 4:
		asm volatile("movq $-2, (%0)" : : "r" (at) : "memory");
		break;
	case 5:
		*(volatile uint64_t *)at = htobe64(RESTART);
		break;
	}
	return 0;
}

/* Reads and writes at once. */
static long run_modify(struct runner *r, const struct call *c)
{
	uint64_t at = mapped(r, c, RES_WINDOW, 8), value = c->arg[3];

	if (!at)
		return -ENOENT;
	switch (c->arg[2] % 9) {
	case 0:
		asm volatile("lock orq %0, (%1)" : : "r" (value), "r" (at) :
			     "memory", "cc");
		break;
	case 1:
		asm volatile("xchgq %0, (%1)" : "+r" (value) : "r" (at) : "memory");
		break;
	case 2:
		asm volatile("lock xaddl %k0, (%1)" : "+r" (value) : "r" (at) :
			     "memory", "cc");
		break;
	case 3:
		asm volatile("incq (%0)" : : "r" (at) : "memory", "cc");
		break;
	case 4:
		asm volatile("lock notl (%0)" : : "r" (at) : "memory");
		break;
	case 5:
		asm volatile("sbbq $3, (%0)" : : "r" (at) : "memory", "cc");
		break;
	case 6:
		asm volatile("shlq $4, (%0)" : : "r" (at) : "memory", "cc");
		break;
	case 7:
		asm volatile("negl (%0)" : : "r" (at) : "memory", "cc");
		break;
	case 8:
		asm volatile("sarl %%cl, (%0)" : : "r" (at), "c" (value) :
			     "memory", "cc");
		break;
	}
	return 0;
}

/* What no register takes: each is SIGBUS. */
static long run_refused(struct runner *r, const struct call *c)
{
	uint64_t at = mapped(r, c, RES_WINDOW, 1), value = c->arg[3];
	uint64_t to = ARENA_DATA, n = 2, lead;

	if (!at)
		return -ENOENT;
	switch (c->arg[2] % 10) {
	case 0:
		return *(volatile uint8_t *)at;
	case 1:
		*(volatile uint16_t *)at = value;
		break;
	case 2:
		(void)*(volatile uint64_t *)(at | 1);
		break;
	case 3:
		asm volatile("movups (%0), %%xmm0" : : "r" (at) : "xmm0");
		break;
	case 4:
		asm volatile("rep movsq" : "+S" (at), "+D" (to), "+c" (n) : : "memory");
		break;
	case 5:
		asm volatile("lock cmpxchgq %0, (%1)" : : "r" (value), "r" (at) :
			     "memory", "cc", "rax");
		break;
	case 6:
		asm volatile("bsfq (%1), %0" : "=r" (lead) : "r" (at) : "cc");
		break;
	case 7:
		asm volatile("call *%0" : : "r" (at) : "memory");
		break;
	case 8:
		asm volatile("fildll (%0); fstp %%st(0)" : : "r" (at) : "st");
		break;
	case 9:
		asm volatile("mulq (%0)" : : "r" (at) : "rax", "rdx", "cc");
		break;
	}
	return 0;
}

/* --- A whole copy of the dedicated AFU */

#define HANDSHAKE	0x00000000c0000000ull	/* before and after */
#define AFTER		0x0000000040000000ull

static long wait_handshake(volatile uint64_t *control)
{
	uint64_t end = now_micros() + PATIENCE_MICROS;
	struct timespec pause = { 0, 200000 };

	while (now_micros() < end) {
		if ((be64toh(*control) & HANDSHAKE) == AFTER)
			return 0;
		nanosleep(&pause, NULL);
	}
	return -ETIME;
}

static long run_copy_dedicated(struct runner *r, const struct call *c)
{
	const struct copy_work *work = (struct copy_work *)ARENA_COPY_WORK;
	struct resource *res = resource_get(r->world, RES_WINDOW, c->arg[0]);
	volatile uint64_t *control;
	long ret;

	if (!res)
		return -ENOENT;
	control = (volatile uint64_t *)res->address;
	*control = htobe64(RESTART);
	ret = c->arg[1] & 1 ? 0 : wait_handshake(control);
	*control = htobe64(RESTART);
	if (ret)
		return ret;
	return work->status == 1 ? 0 : -EIO;
}

/* --- A command by a machine of the test AFU */

#define ONCE		0x4000000000000000ull
#define PENDING		0xff

static long wait_response(volatile uint64_t *machine)
{
	uint64_t end = now_micros() + PATIENCE_MICROS;
	struct timespec pause = { 0, 200000 };
	uint8_t response;

	while (now_micros() < end) {
		response = be64toh(machine[1]) >> 32;
		if (response != PENDING)
			return response ? -EIO : 0;
		nanosleep(&pause, NULL);
	}
	return -ETIME;
}

static long run_command(struct runner *r, const struct call *c)
{
	static const uint16_t codes[] = {
		0x0d00, 0x0a00, 0x0001, 0x0000, 0x0183, 0x0180, 0x0185, 0x0240, 0x1fff,
	};
	struct resource *res = resource_get(r->world, RES_WINDOW, c->arg[0]);
	uint64_t control = ONCE, size = c->arg[4] ? 1ull << c->arg[4] % 10 : 128, at;
	volatile uint64_t *machine;

	/* In dedicated mode and for a master they are further on. */
	at = c->arg[1] % 64 * 32 + (c->arg[1] & 0x100 ? 0x1000 : 0);
	if (!res || res->length < at + 32)
		return -ENOENT;
	machine = (volatile uint64_t *)(res->address + at);
	if (c->arg[1] & 0x200)
		control = (uint64_t)c->arg[5] << 32 | c->arg[5];
	machine[3] = htobe64(size);
	machine[2] = htobe64(data_pointer(r, c->arg[3], size) & -size);
	machine[1] = htobe64(size << 48);
	/* The context is there already. */
	control |= be64toh(machine[0]) & 0x0000ffff00000000ull;
	machine[0] = htobe64(control | (uint64_t)codes[c->arg[2] % 9] << 48);
	return c->arg[1] & 0x400 ? 0 : wait_response(machine);
}

/* --- Doorbells */

static void write_record(const struct call *c)
{
	volatile uint32_t *record = (volatile uint32_t *)ARENA_DATA;

	record[0] = htobe32(c->arg[2]);
	record[1] = htobe32(c->arg[3]);
}

static long run_ring(struct runner *r, const struct call *c)
{
	uint64_t at = mapped(r, c, RES_UAR_MAP, 8);

	if (!at)
		return -ENOENT;
	write_record(c);
	switch (c->arg[4] % 4) {
	case 0:
		*(volatile uint64_t *)at = c->arg[3];
		break;
	case 1:
		*(volatile uint32_t *)at = c->arg[3];
		break;
	case 2:
		return *(volatile uint8_t *)at & 0;
	case 3:
		memset((void *)(at & -64ul), 0x5a, 64);
		break;
	}
	return 0;
}

#define WINDOW	{ "map_slave" }

static const struct kind register_kinds[] = {
	{ .name = "load", .run = run_load, .weight = 6, .needs = WINDOW },
	{ .name = "load_master", .run = run_load, .weight = 3,
	  .needs = { "map_master" } },
	{ .name = "store", .run = run_store, .weight = 6, .needs = WINDOW },
	{ .name = "store_master", .run = run_store, .weight = 3,
	  .needs = { "map_master" } },
	{ .name = "modify", .run = run_modify, .weight = 4, .needs = WINDOW },
	{ .name = "refused_access", .run = run_refused, .weight = 3,
	  .want = SIGNAL_RESULT(7), .needs = WINDOW },
	{ .name = "copy_dedicated", .run = run_copy_dedicated, .weight = 4,
	  .needs = { "map_dedicated" } },
	{ .name = "command", .run = run_command, .weight = 6,
	  .needs = { "map_test" } },
	{ .name = "ring", .run = run_ring, .weight = 6, .needs = { "map_uar" } },
	{ .name = "ring_cq", .run = run_ring, .weight = 6,
	  .needs = { "create_cq", "map_uar" } },
};

void add_register_kinds(void)
{
	add_kinds(register_kinds, ARRAY_SIZE(register_kinds));
}
