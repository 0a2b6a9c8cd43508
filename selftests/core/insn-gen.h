/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Byte sequences for the decoder tests: pseudo-random but the same on every
 * run, and a page end behind which nothing can be read.
 */
#ifndef SOFTACCEL_SELFTESTS_CORE_INSN_GEN_H
#define SOFTACCEL_SELFTESTS_CORE_INSN_GEN_H

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "insn.h"
#include "ktap.h"

static u64 gen_state = 0x9e3779b97f4a7c15ULL;

/* xorshift64*; the high bits are the good ones. */
static inline u64 gen_random(void)
{
	gen_state ^= gen_state >> 12;
	gen_state ^= gen_state << 25;
	gen_state ^= gen_state >> 27;
	return gen_state * 0x2545f4914f6cdd1dULL;
}

static inline unsigned int gen_below(unsigned int limit)
{
	return (unsigned int)((gen_random() >> 32) % limit);
}

static inline void gen_bytes(u8 *bytes, size_t size)
{
	while (size--)
		*bytes++ = (u8)(gen_random() >> 40);
}

/* The end of readable memory: bytes copied to just below it end there. */
static inline u8 *gen_page_end(void)
{
	static u8 *end;
	long page = sysconf(_SC_PAGESIZE);
	u8 *map;

	if (!end) {
		map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ASSERT(map != MAP_FAILED);
		ASSERT_EQ(mprotect(map + page, page, PROT_NONE), 0);
		end = map + page;
	}
	return end;
}

/* Decode with nothing readable behind the bytes given. */
static inline enum sacc_insn_result
gen_decode(struct sacc_insn *insn, const u8 *bytes, size_t size)
{
	u8 *place = gen_page_end() - size;

	memcpy(place, bytes, size);
	return sacc_insn_decode(insn, place, size);
}

/*
 * Legacy prefixes (none, or one that is often seen, or a random few) and REX;
 * returns their number.
 */
static inline size_t gen_prefixes(u8 *bytes)
{
	static const u8 prefixes[] = {
		0x66, 0x67, 0xf0, 0x64, 0x65, 0x2e, 0x36, 0x3e, 0x26, 0xf2, 0xf3,
	};
	unsigned int count = gen_below(4);
	size_t n = 0;

	if (count == 3)
		count = 1 + gen_below(3);
	else if (count == 2)
		count = 0;
	while (count--)
		bytes[n++] = prefixes[gen_below(sizeof(prefixes))];
	if (gen_below(2))
		bytes[n++] = (u8)(0x40 + gen_below(16));
	return n;
}

#define GEN_OPCODES	0x500

/* The three bytes before the opcode: any registers, mostly what is valid. */
static inline size_t gen_vex(u8 *bytes, unsigned int map)
{
	bytes[0] = 0xc4;
	bytes[1] = (u8)(gen_below(8) << 5 | map);
	bytes[2] = (u8)gen_below(256);
	if (gen_below(8))
		bytes[2] &= ~4;		/* L */
	if (map == 3 && gen_below(4))
		bytes[2] |= 0x78;	/* vvvv */
	return 3;
}

/*
 * @opcode: 0..0xff one byte, 0x100..0x1ff after 0f, 0x200..0x2ff after 0f 38;
 * 0x300..0x4ff behind VEX, 0f 38 and 0f 3a. Fills SACC_INSN_MAX bytes: the tail is
 * random.
 */
static inline void gen_insn(u8 *bytes, unsigned int opcode, u8 modrm)
{
	u8 insn[SACC_INSN_MAX + 8];
	size_t n;

	gen_bytes(insn, sizeof(insn));
	n = opcode < 0x300 || !gen_below(8) ? gen_prefixes(insn) : 0;
	if (opcode >= 0x300) {
		n += gen_vex(insn + n, 2 + (opcode >= 0x400));
	} else if (opcode >= 0x100) {
		insn[n++] = 0x0f;
		if (opcode >= 0x200)
			insn[n++] = 0x38;
	}
	insn[n++] = (u8)opcode;
	insn[n] = modrm;
	memcpy(bytes, insn, SACC_INSN_MAX);
}

static inline void gen_note_bytes(const u8 *bytes, size_t size)
{
	char text[3 * 16 + 1] = "";
	size_t i;

	for (i = 0; i < size && i < 16; i++)
		sprintf(text + 3 * i, "%02x ", bytes[i]);
	ktap_note("bytes: %s", text);
}

#endif
