// SPDX-License-Identifier: GPL-2.0-only
/*
 * The test AFU's commands and what becomes of them: each command, each response,
 * events, and the flushed state after an error.
 */
#define _GNU_SOURCE
#include "test_afu.h"

static const uint16_t loads[] = {
	0x0a00, 0x0a50, 0x0a60, 0x0a67, 0x0a6b, 0x0a52, 0x0e00,
};

static const uint16_t stores[] = {
	0x0d60, 0x0d70, 0x0d6b, 0x0d67, 0x0d00, 0x0d10,
};

static const uint16_t hints[] = {
	0x0240, 0x0250, 0x0260, 0x0140, 0x0150, 0x1140, 0x0100, 0x016b, 0x017b,
};

#define EACH(array) (sizeof(array) / sizeof((array)[0]))

static void fill(uint8_t *p, size_t n, unsigned int seed)
{
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = seed + i * 7 + i / 5;
}

/* --- lines */

static void copies_with_all(struct afu a)
{
	uint8_t *p = pages(2);
	unsigned int l, s;

	for (l = 0; l < EACH(loads); l++) {
		for (s = 0; s < EACH(stores); s++) {
			fill(p, T_LINE, l * 16 + s);
			ASSERT_EQ(t_run(&a, 5, loads[l], T_LINE, p), T_DONE);
			ASSERT_EQ(t_run(&a, 5, stores[s], T_LINE, p + PAGE), T_DONE);
			ASSERT(!memcmp(p, p + PAGE, T_LINE));
			ASSERT_EQ(p[PAGE + T_LINE], 0);
		}
	}
	t_no_event(&a);
}

TEST(every_load_and_every_store_moves_a_line)
{
	copies_with_all(t_slave());
}

TEST(and_so_in_dedicated_mode)
{
	copies_with_all(t_dedicated());
}

TEST(a_byte_has_the_place_in_the_line_that_its_address_says)
{
	struct afu a = t_slave();
	uint8_t *src = pages(1), *dst = pages(1);
	unsigned int size, at;

	fill(src, T_LINE, 1);
	for (size = 1; size <= T_LINE; size *= 2)
		for (at = 0; at < T_LINE; at += size)
			ASSERT_EQ(t_run(&a, 0, T_LOAD, size, src + at), T_DONE);
	ASSERT_EQ(t_run(&a, 0, T_STORE, T_LINE, dst), T_DONE);
	ASSERT(!memcmp(src, dst, T_LINE));

	/* A small load leaves the rest of the line alone, a small store of memory. */
	memset(src, 0xee, T_LINE);
	ASSERT_EQ(t_run(&a, 0, T_LOAD, 4, src + 40), T_DONE);
	memset(dst, 0, T_LINE);
	ASSERT_EQ(t_run(&a, 0, T_STORE, 16, dst + 32), T_DONE);
	fill(src, T_LINE, 1);
	memset(src + 40, 0xee, 4);
	ASSERT(!memcmp(dst + 32, src + 32, 16));
	ASSERT_EQ(dst[31], 0);
	ASSERT_EQ(dst[48], 0);
}

TEST(each_machine_has_a_line_of_its_own)
{
	struct afu a = t_slave();
	uint8_t *src = pages(2), *dst = pages(2);
	unsigned int m;

	fill(src, T_MACHINES * T_LINE, 3);
	for (m = 0; m < T_MACHINES; m++)
		t_trigger(&a, m, T_ONCE, T_LOAD, T_LINE, src + m * T_LINE, T_LINE);
	for (m = 0; m < T_MACHINES; m++)
		ASSERT_EQ(t_wait(&a, m), T_DONE);
	for (m = 0; m < T_MACHINES; m++)
		t_trigger(&a, m, T_ONCE, T_STORE, T_LINE, dst + m * T_LINE, T_LINE);
	for (m = 0; m < T_MACHINES; m++)
		ASSERT_EQ(t_wait(&a, m), T_DONE);
	ASSERT(!memcmp(src, dst, T_MACHINES * T_LINE));
}

TEST(a_new_line_counts_up_from_0)
{
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	unsigned int i;

	ASSERT_EQ(t_run(&a, 20, T_STORE, T_LINE, p), T_DONE);
	for (i = 0; i < T_LINE; i++)
		ASSERT_EQ(p[i], i);
}

/* A region longer than the command: anywhere in it, aligned, and all of it. */
TEST(commands_go_all_over_their_region)
{
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	int64_t end = now_ms() + 30000;
	unsigned int i, hit = 0;

	do {
		if (now_ms() > end)
			FAIL("%u of 8 places hit", hit);
		t_trigger(&a, 1, T_ONCE, T_STORE, 8, p + 64, 64);
		ASSERT_EQ(t_wait(&a, 1), T_DONE);
		for (hit = 0, i = 0; i < 8; i++)
			hit += p[64 + i * 8 + 7] != 0;
	} while (hit < 8);
	for (i = 0; i < 64; i++)
		ASSERT_EQ(p[i] | p[128 + i], 0);
	for (i = 0; i < 64; i++)
		ASSERT_EQ(p[64 + i], 64 + i);
}

/* --- what fails */

TEST(hints_are_done_and_access_nothing)
{
	struct afu a = t_slave();
	unsigned int i;

	for (i = 0; i < EACH(hints); i++) {
		ASSERT_EQ(t_run(&a, i, hints[i], T_LINE, t_nowhere()), T_DONE);
		ASSERT_EQ(t_run(&a, i, hints[i], 0, NULL), T_DONE);
	}
	t_no_event(&a);
}

TEST(unknown_commands_fail)
{
	static const uint16_t codes[] = {
		0x0002, 0x00ff, 0x017f, 0x0186, 0x0a01, 0x0d01, 0x1e20, 0x1f00, 0x1fff,
	};
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	unsigned int i;

	for (i = 0; i < EACH(codes); i++)
		ASSERT_EQ(t_run(&a, 0, codes[i], 8, p), T_FAILED);
	/* An error of the command, not of the context. */
	ASSERT_EQ(t_run(&a, 0, T_STORE, 8, p), T_DONE);
	t_no_event(&a);
}

TEST(sizes_that_are_no_power_of_2_up_to_128_fail)
{
	static const uint16_t sizes[] = { 0, 3, 5, 7, 12, 96, 127, 129, 192, 256, 0xfff };
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	unsigned int i;

	for (i = 0; i < EACH(sizes); i++) {
		t_trigger(&a, 2, T_ONCE, T_STORE, sizes[i], p, T_LINE);
		ASSERT_EQ(t_wait(&a, 2), T_FAILED);
		t_trigger(&a, 2, T_ONCE, T_LOAD, sizes[i], p, T_LINE);
		ASSERT_EQ(t_wait(&a, 2), T_FAILED);
	}
	for (i = 0; i < PAGE; i++)
		ASSERT_EQ(p[i], 0);
	t_no_event(&a);
}

TEST(misaligned_commands_fail)
{
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	unsigned int size, i;

	for (size = 2; size <= T_LINE; size *= 2) {
		ASSERT_EQ(t_run(&a, 2, T_STORE, size, p + 1), T_FAILED);
		ASSERT_EQ(t_run(&a, 2, T_STORE, size, p + size / 2), T_FAILED);
		ASSERT_EQ(t_run(&a, 2, T_LOAD, size, p + size - 1), T_FAILED);
	}
	for (i = 0; i < PAGE; i++)
		ASSERT_EQ(p[i], 0);
	t_no_event(&a);
}

TEST(a_command_in_the_name_of_another_context_fails)
{
	struct afu a = t_slave(), b = t_slave(), c = a;
	uint8_t *p = pages(1);

	c.dw0 = b.dw0;
	ASSERT_EQ(t_run(&c, 0, T_STORE, 8, p), T_FAILED);
	c.dw0 = 0xffffull << 32;
	ASSERT_EQ(t_run(&c, 0, T_STORE, 8, p), T_FAILED);
	ASSERT_EQ(p[7], 0);
	ASSERT_EQ(t_run(&a, 0, T_STORE, 8, p), T_DONE);
	/* There is one context only in dedicated mode. */
	close(a.fd);
	munmap((void *)a.w, PAGE);
	close(b.fd);
	munmap((void *)b.w, PAGE);
	a = t_dedicated();
	a.dw0 = 0x1234ull << 32;
	ASSERT_EQ(t_run(&a, 0, T_STORE, 8, p + 8), T_DONE);
	ASSERT_EQ(p[15], 15);
}

TEST(bad_parity_of_a_command_fails_it)
{
	static const uint64_t bad[] = { T_BAD_ADDRESS, T_BAD_CODE, T_BAD_TAG };
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	unsigned int i;

	for (i = 0; i < EACH(bad); i++) {
		a.dw1 = bad[i];
		ASSERT_EQ(t_run(&a, 1, T_STORE, 8, p), T_FAILED);
		ASSERT_EQ(t_run(&a, 1, T_IRQ, 0, (void *)1), T_FAILED);
	}
	ASSERT_EQ(p[7], 0);
	t_no_event(&a);
	a.dw1 = 0;
	ASSERT_EQ(t_run(&a, 1, T_STORE, 8, p), T_DONE);
}

TEST(bad_parity_of_stored_data_is_a_data_error)
{
	struct afu a = t_slave();
	uint8_t *p = pages(1);

	a.dw1 = T_BAD_DATA;
	ASSERT_EQ(t_run(&a, 1, T_LOAD, 8, p + 8), T_DONE);
	ASSERT_EQ(t_run(&a, 1, T_STORE, 8, p), T_DERROR);
	ASSERT_EQ(p[7], 0);
	t_no_event(&a);
	a.dw1 = 0;
	ASSERT_EQ(t_run(&a, 1, T_STORE, 8, p), T_FLUSHED);
	ASSERT_EQ(t_run(&a, 1, T_RESTART, 0, NULL), T_DONE);
	a.dw1 = T_BAD_DATA;
	ASSERT_EQ(t_run(&a, 1, T_CAS_U8, 8, p), T_DERROR);
	ASSERT_EQ(p[0], 0);
}

/* --- addresses that cannot be accessed */

static void flushes(struct afu a, unsigned int code, void *bad, uint64_t dsisr)
{
	uint8_t *p = pages(1);

	ASSERT_EQ(t_run(&a, 7, code, 16, bad), T_AERROR);
	expect_fault(a.fd, bad, dsisr);
	t_no_event(&a);
	ASSERT_EQ(t_run(&a, 8, T_STORE, 8, p), T_FLUSHED);
	ASSERT_EQ(t_run(&a, 7, code, 16, bad), T_FLUSHED);
	ASSERT_EQ(t_run(&a, 9, T_TOUCH, 8, p), T_FLUSHED);
	ASSERT_EQ(t_run(&a, 9, T_IRQ, 0, (void *)1), T_FLUSHED);
	ASSERT_EQ(p[7], 0);
	t_no_event(&a);
	ASSERT_EQ(t_run(&a, 63, T_RESTART, 0, NULL), T_DONE);
	ASSERT_EQ(t_run(&a, 8, T_STORE, 8, p), T_DONE);
	ASSERT_EQ(p[7], 7);
	t_no_event(&a);
}

TEST(a_bad_address_flushes_until_a_restart)
{
	struct afu a = t_slave();
	char *ro = pages(1);

	flushes(a, T_LOAD, t_nowhere(), DSISR_NO_PTE);
	flushes(a, T_STORE, t_nowhere(), DSISR_NO_PTE | DSISR_STORE);
	flushes(a, T_CAS_E4, t_nowhere(), DSISR_NO_PTE | DSISR_STORE);
	ASSERT_EQ(mprotect(ro, PAGE, PROT_READ), 0);
	flushes(a, T_STORE, ro + 64, DSISR_PROTECTION | DSISR_STORE);
	flushes(a, T_CAS_U8, ro + 128, DSISR_PROTECTION | DSISR_STORE);
	flushes(a, T_LOAD, (void *)0xffff800000001000ull, DSISR_NO_PTE);
	flushes(a, T_STORE, (void *)0x8000000000000000ull, DSISR_NO_PTE | DSISR_STORE);
}

TEST(and_in_dedicated_mode_a_bad_address_flushes)
{
	flushes(t_dedicated(), T_STORE, t_nowhere(), DSISR_NO_PTE | DSISR_STORE);
}

TEST(an_error_disables_all_machines)
{
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	unsigned int m;

	for (m = 0; m < T_MACHINES - 1; m++)
		t_trigger(&a, m, T_ALWAYS, T_TOUCH, 8, p, 8);
	ASSERT_EQ(t_run(&a, 63, T_LOAD, 8, t_nowhere()), T_AERROR);
	for (m = 0; m < T_MACHINES; m++) {
		uint8_t response = t_wait(&a, m);

		ASSERT_EQ(t_read(&a, m, 0) & (T_ALWAYS | T_ONCE), 0);
		/* The last one before the error, or none came before it. */
		ASSERT(m == 63 || response == T_DONE || response == T_FLUSHED);
	}
	read_event(a.fd);
	t_no_event(&a);
	/* A machine that stays enabled is answered once, and disabled. */
	t_trigger(&a, 3, T_ALWAYS, T_STORE, 8, p, 8);
	ASSERT_EQ(t_wait(&a, 3), T_FLUSHED);
	ASSERT_EQ(t_read(&a, 3, 0) & T_ALWAYS, 0);
	ASSERT_EQ(p[7], 0);
}

TEST(the_flushed_state_belongs_to_one_context)
{
	struct afu a = t_slave(), b = t_slave();
	uint8_t *p = pages(1);

	ASSERT_EQ(t_run(&a, 0, T_LOAD, 8, t_nowhere()), T_AERROR);
	ASSERT_EQ(t_run(&b, 0, T_STORE, 8, p), T_DONE);
	t_no_event(&b);
	ASSERT_EQ(t_run(&b, 0, T_RESTART, 0, NULL), T_DONE);
	ASSERT_EQ(t_run(&a, 0, T_STORE, 8, p), T_FLUSHED);
}

/* --- interrupts */

TEST(every_interrupt_of_the_context_can_be_raised)
{
	struct afu a = t_slave();
	uintptr_t irq;

	for (irq = 1; irq <= T_IRQS; irq++) {
		ASSERT_EQ(t_run(&a, irq % T_MACHINES, T_IRQ, 0, (void *)irq), T_DONE);
		expect_irq(a.fd, irq);
		t_no_event(&a);
	}
}

TEST(an_interrupt_that_the_context_does_not_have_fails)
{
	struct afu a = t_slave();

	ASSERT_EQ(t_run(&a, 0, T_IRQ, 0, (void *)0), T_FAILED);
	ASSERT_EQ(t_run(&a, 0, T_IRQ, 0, (void *)(uintptr_t)(T_IRQS + 1)), T_FAILED);
	ASSERT_EQ(t_run(&a, 0, T_IRQ, 0, (void *)0x7ff), T_FAILED);
	t_no_event(&a);
	/* Eleven bits of an address make a source. */
	ASSERT_EQ(t_run(&a, 0, T_IRQ, 0, (void *)0xfffffffffffff805ull), T_DONE);
	expect_irq(a.fd, 5);
}

TEST(an_interrupt_is_there_when_its_response_is)
{
	struct afu a = t_dedicated();
	int i;

	for (i = 0; i < 200; i++) {
		/* As a public test does it: size 0 and a region of 1. */
		t_trigger(&a, 1, T_ONCE, T_IRQ, 0, (void *)9, 1);
		ASSERT_EQ(t_wait(&a, 1), T_DONE);
		ASSERT(pending(a.fd, 0));
		expect_irq(a.fd, 9);
	}
}

/* --- compare and swap: both operands are at the beginning of the line */

static void swaps(struct afu *a, unsigned int code, const void *memory,
		  uint8_t response, const void *after)
{
	uint8_t *p = pages(1);

	memcpy(p + 64, memory, 16);
	ASSERT_EQ(t_run(a, 11, code, 16, p + 64), response);
	ASSERT(!memcmp(p + 64, after, 16));
	munmap(p, PAGE);
}

TEST(compare_and_swap_of_8_bytes)
{
	static const char same[] = "\0\1\2\3\4\5\6\7abcdefgh";
	static const char swapped[] = "\10\11\12\13\14\15\16\17abcdefgh";
	static const char other[] = "\0\1\2\3\4\5\6Xabcdefgh";
	struct afu a = t_slave();

	swaps(&a, T_CAS_E8, same, T_COMP_EQ, swapped);
	swaps(&a, T_CAS_E8, other, T_COMP_NEQ, other);
	swaps(&a, T_CAS_NE8, same, T_COMP_EQ, same);
	swaps(&a, T_CAS_NE8, other, T_COMP_NEQ, swapped);
	swaps(&a, T_CAS_U8, same, T_COMP_EQ, swapped);
	swaps(&a, T_CAS_U8, other, T_COMP_NEQ, swapped);
	t_no_event(&a);
}

TEST(compare_and_swap_of_4_bytes)
{
	static const char same[] = "\0\1\2\3ABCDabcdefgh";
	static const char swapped[] = "\10\11\12\13ABCDabcdefgh";
	static const char other[] = "\0\1X\3ABCDabcdefgh";
	struct afu a = t_slave();

	swaps(&a, T_CAS_E4, same, T_COMP_EQ, swapped);
	swaps(&a, T_CAS_E4, other, T_COMP_NEQ, other);
	swaps(&a, T_CAS_NE4, same, T_COMP_EQ, same);
	swaps(&a, T_CAS_NE4, other, T_COMP_NEQ, swapped);
	swaps(&a, T_CAS_U4, same, T_COMP_EQ, swapped);
	swaps(&a, T_CAS_U4, other, T_COMP_NEQ, swapped);
	t_no_event(&a);
}

TEST(compare_and_swap_wants_16_byte_alignment)
{
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	unsigned int code;

	for (code = T_CAS_E4; code <= T_CAS_U8; code++) {
		ASSERT_EQ(t_run(&a, 0, code, 8, p + 8), T_FAILED);
		ASSERT_EQ(t_run(&a, 0, code, 4, p + 4), T_FAILED);
		ASSERT_EQ(t_run(&a, 0, code, 1, p + 1), T_FAILED);
	}
	for (code = 0; code < 32; code++)
		ASSERT_EQ(p[code], 0);
}

/* Neither side may lose what the other has stored in between. */
TEST(compare_and_swap_is_atomic_against_the_program)
{
	struct afu a = t_slave();
	uint32_t *word = pages(1), line[4] = { 5, 0, 9 };
	unsigned int i, won = 0, lost = 0;

	memcpy(word + 64, line, sizeof(line));
	ASSERT_EQ(t_run(&a, 0, T_LOAD, 16, word + 64), T_DONE);
	for (i = 0; i < 2000; i++) {
		uint32_t five = 5;

		__atomic_store_n(word, 5, __ATOMIC_SEQ_CST);
		t_trigger(&a, 0, T_ONCE, T_CAS_E4, 4, word, 4);
		if (__atomic_compare_exchange_n(word, &five, 7, false,
						__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
			won++;
			ASSERT_EQ(t_wait(&a, 0), T_COMP_NEQ);
			ASSERT_EQ(*word, 7);
		} else {
			lost++;
			ASSERT_EQ(five, 9);
			ASSERT_EQ(t_wait(&a, 0), T_COMP_EQ);
			ASSERT_EQ(*word, 9);
		}
	}
	ktap_note("the program was first %u times, the AFU %u times", won, lost);
}

KTAP_MAIN()
