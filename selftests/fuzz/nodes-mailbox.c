// SPDX-License-Identifier: GPL-2.0-only
/* Commands for the device; see nodes-mailbox.h. Fields are big endian. */
#include <endian.h>

#include "nodes-mailbox.h"

#define HEADER		16
#define CREATE_CQ_LEN	272
#define MODIFY_CQ_LEN	272

/* @width bits at bit @bit of a mailbox, inside one dword. */
static void set(void *box, unsigned int bit, unsigned int width, uint32_t value)
{
	uint32_t mask = width == 32 ? ~0u : (1u << width) - 1;
	unsigned int shift = 32 - width - bit % 32;
	uint32_t *dword = (uint32_t *)box + bit / 32;

	*dword = htobe32((be32toh(*dword) & ~(mask << shift)) |
			 (value & mask) << shift);
}

static size_t command(void *box, uint16_t opcode, uint16_t op_mod, size_t len)
{
	memset(box, 0, len);
	set(box, 0x00, 16, opcode);
	set(box, 0x30, 16, op_mod);
	return len;
}

uint32_t mailbox_number(const void *reply)
{
	return be32toh(((const uint32_t *)reply)[2]) & 0xffffff;
}

static uint32_t number_of(struct runner *r, enum resource_class class,
			  uint32_t choice)
{
	struct resource *res = resource_get(r->world, class, choice);

	return res ? res->number : choice;
}

/* --- General commands */

size_t mailbox_query_cap(struct runner *r, const struct call *c, void *box)
{
	(void)r;
	return command(box, 0x100, c->arg[0], HEADER);
}

size_t mailbox_query_vport(struct runner *r, const struct call *c, void *box)
{
	(void)r;
	command(box, c->arg[1] ? 0x750 + c->arg[1] % 32 : 0x762, c->arg[0], HEADER);
	set(box, 0x4c, 4, c->arg[2]);
	set(box, 0x50, 16, c->arg[3]);
	return HEADER;
}

size_t mailbox_query_adapter(struct runner *r, const struct call *c, void *box)
{
	(void)r;
	return command(box, 0x101, c->arg[0], HEADER);
}

/* Whatever passes for a general command; the usual one is not known. */
size_t mailbox_general(struct runner *r, const struct call *c, void *box)
{
	static const uint16_t opcodes[] = {
		0xb00, 0x80d, 0x10a, 0x842, 0x754, 0x770, 0x755, 0x760, 0x752, 0x822,
		0x823, 0x824, 0x82e, 0xcff, 0x100, 0x101, 0x762, 0x750, 0xb12,
	};
	unsigned int n = ARRAY_SIZE(opcodes);
	uint16_t opcode = c->arg[0] & 0x10000 ? c->arg[0] : opcodes[c->arg[0] % n];

	(void)r;
	return command(box, opcode, c->arg[1],
		       c->arg[2] ? HEADER + c->arg[2] % (MAX_MAILBOX - HEADER) : HEADER);
}

/* --- Objects */

/* 16 entries in the newest memory, behind the doorbell record at its beginning. */
size_t mailbox_create_cq(struct runner *r, const struct call *c, void *box)
{
	uint32_t umem = number_of(r, RES_UMEM, c->arg[0]);

	command(box, 0x400, 0, CREATE_CQ_LEN);
	set(box, 0x80 + 0x63, 5, c->arg[3] ? c->arg[3] : 4);
	set(box, 0x80 + 0x68, 24, number_of(r, RES_UAR, c->arg[1]));
	set(box, 0x80 + 0xa0, 32, c->arg[2] ? c->arg[2] % 8 : 1);
	set(box, 0x80 + 0x20, 32, umem);
	set(box, 0x80 + 0x1e0, 32, c->arg[3] >> 8);
	set(box, 0x280 + 32, 32, 4096);
	set(box, 0x2c0, 32, umem);
	return CREATE_CQ_LEN;
}

size_t mailbox_alloc_pd(struct runner *r, const struct call *c, void *box)
{
	(void)r;
	return command(box, 0x800, c->arg[0], HEADER);
}

size_t mailbox_alloc_td(struct runner *r, const struct call *c, void *box)
{
	(void)r;
	return command(box, 0x816, c->arg[0], HEADER);
}

/* Fields of a command, each inside one dword; a number of @class, or a constant. */
struct field {
	uint16_t bit;
	uint8_t width;
	uint8_t class;
	uint32_t value;
};

#define WQ(at, stride)							\
	{ (at) + 0x00, 4, RES_NONE, 1 },				\
	{ (at) + 0x48, 24, RES_DEVX_PD, 0 },				\
	{ (at) + 0x68, 24, RES_UAR, 0 },				\
	{ (at) + 0x10c, 4, RES_NONE, stride },				\
	{ (at) + 0x11b, 5, RES_NONE, 2 },				\
	{ (at) + 0x120, 1, RES_NONE, 1 },				\
	{ (at) + 0x121, 1, RES_NONE, 1 },				\
	{ (at) + 0x140, 32, RES_UMEM, 0 },				\
	{ (at) + 0x160, 32, RES_UMEM, 0 },				\
	{ (at) + 0x1a0, 32, RES_NONE, 4096 }

/* Commands that create what can be made from the resources that there are. */
static const struct shape {
	uint16_t opcode;
	uint16_t len;
	struct field fields[14];
} shapes[] = {
	{ 0x771, HEADER, { { 0 } } },				/* counter set */
	{ 0x912, 192, { { 0x100 + 0x128, 24, RES_TD, 0 } } },	/* TIS */
	{ 0x908, 272, { { 0x100 + 0x48, 24, RES_CQ, 0 }, WQ(0x280, 6) } },
	{ 0x904, 272, { { 0x100 + 0x48, 24, RES_CQ, 0 }, WQ(0x280, 6) } },
	{ 0x90c, 272, { { 0x100 + 0x08, 4, RES_NONE, 1 }, WQ(0x280, 6) } },
	{ 0x500, 272, {						/* QP */
		{ 0xc0 + 0x28, 24, RES_DEVX_PD, 0 },
		{ 0xc0 + 0x49, 4, RES_NONE, 2 }, { 0xc0 + 0x51, 4, RES_NONE, 2 },
		{ 0xc0 + 0x68, 24, RES_UAR, 0 }, { 0xc0 + 0x3e8, 24, RES_CQ, 0 },
		{ 0xc0 + 0x4e8, 24, RES_CQ, 0 }, { 0xc0 + 0x720, 32, RES_UMEM, 0 },
		{ 0x820, 32, RES_NONE, 4096 }, { 0x840, 32, RES_UMEM, 0 },
	} },
	{ 0x200, 272, {						/* key with a list */
		{ 0x80 + 0x16, 2, RES_NONE, 2 }, { 0x80 + 0x20, 24, RES_NONE, 0xffffff },
		{ 0x80 + 0x68, 24, RES_DEVX_PD, 0 }, { 0x80 + 0x1a0, 32, RES_NONE, 16 },
	} },
	{ 0x600, HEADER, {					/* PSV */
		{ 0x40, 4, RES_NONE, 1 }, { 0x48, 24, RES_DEVX_PD, 0 },
	} },
	{ 0x930, 64, { { 0 } } },				/* flow table */
	{ 0x939, HEADER, { { 0 } } },				/* flow counter */
	{ 0x93d, 48, { { 0 } } },				/* packet reformat */
	{ 0x940, 24, { { 0x78, 8, RES_NONE, 1 }, { 0x80, 4, RES_NONE, 1 } } },
	{ 0x782, 128, { { 0x40, 8, RES_NONE, 3 } } },		/* scheduling element */
	{ 0xa00, HEADER, { { 0x30, 16, RES_NONE, 0x2c } } },	/* QP numbers */
};

/* One of them, the last two arguments changing one of its fields. */
size_t mailbox_create_object(struct runner *r, const struct call *c, void *box)
{
	const struct shape *shape = &shapes[c->arg[0] % ARRAY_SIZE(shapes)];
	const struct field *f = shape->fields;
	unsigned int i;

	command(box, shape->opcode, 0, shape->len);
	for (i = 0; i < ARRAY_SIZE(shape->fields) && f[i].width; i++)
		set(box, f[i].bit, f[i].width, f[i].class == RES_NONE ? f[i].value :
		    number_of(r, f[i].class, c->arg[1]));
	i = c->arg[2] % ARRAY_SIZE(shape->fields);
	if (c->arg[2] && f[i].width)
		set(box, f[i].bit, f[i].width, c->arg[3]);
	return shape->len;
}

/* Creations with nothing or the same byte everywhere: most are refused. */
size_t mailbox_create_other(struct runner *r, const struct call *c, void *box)
{
	static const uint16_t opcodes[] = {
		0x500, 0x200, 0xa00, 0x600, 0x700, 0x710, 0x720, 0x771, 0x782, 0x904,
		0x908, 0x90c, 0x912, 0x916, 0x92e, 0x930, 0x933, 0x936, 0x939, 0x93d,
		0x940, 0x829, 0x827, 0x806, 0x80e, 0x782, 0x717, 0x400, 0x800,
	};
	unsigned int n = ARRAY_SIZE(opcodes);
	size_t len = c->arg[1] ? HEADER + c->arg[1] % 1024 : CREATE_CQ_LEN;

	(void)r;
	command(box, opcodes[c->arg[0] % n], c->arg[2], len);
	if (c->arg[3] && len >= 64)
		memset((uint8_t *)box + HEADER, c->arg[3], 48);
	return len;
}

static size_t name_cq(struct runner *r, const struct call *c, void *box,
		      enum resource_class class)
{
	command(box, 0x402, 0, HEADER);
	set(box, 0x48, 24, number_of(r, class, c->arg[0]));
	return HEADER;
}

static size_t change_cq(struct runner *r, const struct call *c, void *box,
			enum resource_class class)
{
	command(box, 0x403, 0, MODIFY_CQ_LEN);
	set(box, 0x48, 24, number_of(r, class, c->arg[0]));
	set(box, 0x60, 32, c->arg[1] ? c->arg[1] : 3);
	set(box, 0x80 + 0x84, 12, c->arg[2] ? c->arg[2] : 16);
	set(box, 0x80 + 0x90, 16, c->arg[3]);
	set(box, 0x80 + 0xa0, 32, 1 + c->arg[2] % 5);
	return MODIFY_CQ_LEN;
}

size_t mailbox_query_cq(struct runner *r, const struct call *c, void *box)
{
	return name_cq(r, c, box, RES_CQ);
}

size_t mailbox_modify_cq(struct runner *r, const struct call *c, void *box)
{
	return change_cq(r, c, box, RES_CQ);
}

size_t mailbox_query_verbs_cq(struct runner *r, const struct call *c, void *box)
{
	return name_cq(r, c, box, RES_VERBS_CQ);
}

size_t mailbox_modify_verbs_cq(struct runner *r, const struct call *c, void *box)
{
	return change_cq(r, c, box, RES_VERBS_CQ);
}

/* --- Queries and changes of what the handle is not */

static size_t name_other(struct runner *r, const struct call *c, void *box,
			 const uint16_t *opcodes, unsigned int n, size_t usual)
{
	size_t len = c->arg[1] ? HEADER + c->arg[1] % 1024 : usual;

	command(box, opcodes[c->arg[2] % n], c->arg[3], len);
	set(box, 0x48, 24, number_of(r, RES_DEVX_PD, c->arg[0]));
	return len;
}

size_t mailbox_query_other(struct runner *r, const struct call *c, void *box)
{
	static const uint16_t opcodes[] = {
		0x402, 0x50b, 0x201, 0xa02, 0x903, 0x907, 0x90b, 0x911, 0x915, 0x92f,
		0x932, 0x935, 0x938, 0x93b, 0x77d, 0x783, 0x702, 0x713, 0x728, 0x830,
	};

	return name_other(r, c, box, opcodes, ARRAY_SIZE(opcodes),
			  HEADER);
}

size_t mailbox_modify_other(struct runner *r, const struct call *c, void *box)
{
	static const uint16_t opcodes[] = {
		0x403, 0x502, 0x503, 0x504, 0x505, 0x506, 0x507, 0x50a, 0xa01, 0x901,
		0x905, 0x909, 0x90d, 0x913, 0x917, 0x936, 0x93c, 0x784, 0x703, 0x714,
		0x772, 0x827, 0x829,
	};

	return name_other(r, c, box, opcodes, ARRAY_SIZE(opcodes),
			  MODIFY_CQ_LEN);
}
