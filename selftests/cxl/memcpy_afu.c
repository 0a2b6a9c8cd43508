// SPDX-License-Identifier: GPL-2.0-only
/* The memcpy AFU: its queue protocol, its operations, its registers. */
#define _GNU_SOURCE
#include "cxl.h"

static uint8_t atomic_op(struct queue *q, uint64_t *at, int kind,
			 uint64_t compare, uint64_t value)
{
	struct element *e = queue_put(q, OP_ATOMIC, NULL, at, 8);

	e->cmd_extra = kind;
	e->op1 = htobe64(compare);
	e->src = htobe64(value);
	make_valid(e);
	return wait_status(e);
}

static volatile uint8_t *master_window(void)
{
	int fd = open_node(MASTER);

	ASSERT_EQ(start(fd, 0), 0);
	return map(fd, PS_SIZE);
}

/* --- operations */

TEST(copies_of_every_length_and_alignment_are_exact)
{
	static const unsigned int length[] = {
		0, 1, 2, 3, 7, 8, 9, 11, 63, 64, 65, 128, 1024, 2048, 4095,
		4096, 4097, 8191, 65535,
	};
	unsigned char *src = pages(20), *dst = pages(20), *want = pages(20);
	unsigned int i, n, from, to;
	struct queue q;

	queue_context(&q);
	for (i = 0; i < 20 * PAGE; i++)
		src[i] = i * 7 + i / 251;
	for (i = 0; i < sizeof(length) / sizeof(length[0]); i++) {
		n = length[i];
		for (from = 0; from < 9; from += 3) {
			to = (from * 5 + i) % 16;
			memset(dst, 0xee, 20 * PAGE);
			memset(want, 0xee, 20 * PAGE);
			memcpy(want + to, src + from, n);
			ASSERT_EQ(run(&q, OP_COPY, src + from, dst + to, n), COMPLETE);
			ASSERT(!memcmp(dst, want, 20 * PAGE));
		}
	}
}

TEST(increment_reads_and_writes_big_endian)
{
	uint32_t *word = pages(1);
	struct queue q;

	queue_context(&q);
	word[0] = htobe32(0x00ffffff);
	ASSERT_EQ(run(&q, OP_INCREMENT, &word[0], &word[3], 4), COMPLETE);
	ASSERT_EQ(be32toh(word[3]), 0x01000000);
	ASSERT_EQ(be32toh(word[0]), 0x00ffffff);
	word[0] = ~0u;
	ASSERT_EQ(run(&q, OP_INCREMENT, &word[0], &word[0], 4), COMPLETE);
	ASSERT_EQ(word[0], 0);
}

TEST(compare_and_swap_stores_when_equal)
{
	uint64_t *at = pages(1);
	struct queue q;

	queue_context(&q);
	*at = htobe64(5);
	ASSERT_EQ(atomic_op(&q, at, 0x11, 5, 6), COMPLETE);
	ASSERT_EQ(be64toh(*at), 6);
	ASSERT_EQ(atomic_op(&q, at, 0x11, 5, 7), COMPLETE);
	ASSERT_EQ(be64toh(*at), 6);
}

TEST(compare_and_swap_stores_when_not_equal)
{
	uint64_t *at = pages(1);
	struct queue q;

	queue_context(&q);
	*at = htobe64(5);
	ASSERT_EQ(atomic_op(&q, at, 0x10, 5, 6), COMPLETE);
	ASSERT_EQ(be64toh(*at), 5);
	ASSERT_EQ(atomic_op(&q, at, 0x10, 4, 6), COMPLETE);
	ASSERT_EQ(be64toh(*at), 6);
}

TEST(a_misaligned_or_unknown_atomic_gives_status_01)
{
	uint64_t *at = pages(1);
	struct queue q;

	queue_context(&q);
	ASSERT_EQ(atomic_op(&q, (void *)((char *)at + 4), 0x11, 0, 1), BAD_CMD);
	ASSERT_EQ(atomic_op(&q, at, 0x12, 0, 1), BAD_CMD);
	ASSERT_EQ(atomic_op(&q, at, 0, 0, 1), BAD_CMD);
	ASSERT_EQ(*at, 0);
}

static void *cas_thread(void *arg)
{
	uint64_t *at = arg, old, mine;
	int i;

	for (i = 0; i < 500; i++) {
		do {
			old = __atomic_load_n(at, __ATOMIC_SEQ_CST);
			mine = htobe64(be64toh(old) + 1);
		} while (!__atomic_compare_exchange_n(at, &old, mine, false,
						      __ATOMIC_SEQ_CST,
						      __ATOMIC_SEQ_CST));
	}
	return NULL;
}

TEST(compare_and_swap_is_atomic_against_the_program)
{
	uint64_t *at = pages(1), seen, hits = 0;
	pthread_t thread;
	struct queue q;
	int i;

	queue_context(&q);
	ASSERT_EQ(pthread_create(&thread, NULL, cas_thread, at), 0);
	/* A marker in the upper half, set by the AFU, must survive. */
	for (i = 0; i < 200; i++) {
		seen = be64toh(__atomic_load_n(at, __ATOMIC_SEQ_CST));
		ASSERT_EQ(atomic_op(&q, at, 0x11, seen, seen + (1ull << 32)), COMPLETE);
	}
	pthread_join(thread, NULL);
	hits = be64toh(*at) >> 32;
	ASSERT_EQ((uint32_t)be64toh(*at), 500);
	ASSERT_LE(hits, 200);
	ASSERT_GT(hits, 0);
}

TEST(an_unknown_opcode_gives_status_01_and_the_queue_goes_on)
{
	static const int bad[] = { 3, 6, 7, 0x1f, 0x3f };
	char *p = pages(1);
	struct queue q;
	unsigned int i;

	queue_context(&q);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ASSERT_EQ(run(&q, bad[i], p, p, 8), BAD_CMD);
	ASSERT_EQ(run(&q, OP_COPY, p, p + 64, 8), COMPLETE);
}

TEST(an_interrupt_that_the_context_does_not_have_gives_status_04)
{
	struct queue q;
	int fd = queue_context(&q);
	volatile uint8_t *w = map(fd, PAGE);

	ASSERT_EQ(run(&q, OP_IRQ, NULL, NULL, 0), BAD_IRQ);
	ASSERT_EQ(run(&q, OP_IRQ, NULL, NULL, IRQS_MIN + 1), BAD_IRQ);
	ASSERT_EQ(run(&q, OP_IRQ, NULL, NULL, 0xffff), BAD_IRQ);
	ASSERT(!pending(fd, 50));
	ASSERT(!is_stopped(w));
	ASSERT_EQ(run(&q, OP_IRQ, NULL, NULL, IRQS_MIN), COMPLETE);
	expect_irq(fd, IRQS_MIN);
}

/* --- the queue */

TEST(elements_run_in_order_through_many_turns_of_the_queue)
{
	uint32_t *count = pages(1);
	struct element *last = NULL;
	struct queue q;
	int i, j;

	queue_context(&q);
	for (i = 0; i < 50; i++) {
		for (j = 0; j < 4; j++)
			last = submit(&q, OP_INCREMENT, count, count, 4);
		ASSERT_EQ(wait_status(last), COMPLETE);
		ASSERT_EQ(be32toh(*count), (i + 1) * 4);
	}
}

TEST(stale_elements_are_not_run_again)
{
	uint32_t *count = pages(1);
	struct queue q;
	int i;

	queue_context(&q);
	for (i = 0; i < 4; i++)
		ASSERT_EQ(run(&q, OP_INCREMENT, count, count, 4), COMPLETE);
	/* All four are still VALID, with the WRAP of the last turn. */
	sleep_ms(50);
	ASSERT_EQ(be32toh(*count), 4);
}

TEST(an_element_is_not_skipped_for_a_later_valid_one)
{
	char *p = pages(1);
	struct element *first, *second;
	struct queue q;
	int fd = queue_context(&q);

	first = queue_put(&q, OP_COPY, p, p + 64, 8);
	second = submit(&q, OP_IRQ, NULL, NULL, 1);
	ASSERT(!pending(fd, 50));
	ASSERT_EQ(second->status, 0);
	make_valid(first);
	ASSERT_EQ(wait_status(second), COMPLETE);
	ASSERT_EQ(first->status, COMPLETE);
	expect_irq(fd, 1);
}

TEST(an_element_that_appears_after_a_pause_is_found_without_a_doorbell)
{
	char *p = pages(1);
	struct queue q;

	queue_context(&q);
	sleep_ms(300);
	p[0] = 5;
	ASSERT_EQ(run(&q, OP_COPY, p, p + 64, 1), COMPLETE);
	ASSERT_EQ(p[64], 5);
}

TEST(the_largest_queue_works_to_its_end)
{
	struct queue q = queue_new(4095);
	uint32_t *count = pages(1);
	struct element *last = NULL;
	int i;

	for (i = 0; i < 4095 * 4; i++)
		last = submit(&q, OP_INCREMENT, count, count, 4);
	ASSERT_EQ(start(open_node(SLAVE), queue_wed(&q)), 0);
	ASSERT_EQ(wait_status(last), COMPLETE);
	ASSERT_EQ(be32toh(*count), 4095 * 4);
	ASSERT_EQ(run(&q, OP_INCREMENT, count, count, 4), COMPLETE);
}

TEST(an_interrupt_stops_the_context_until_restart)
{
	char *p = pages(1);
	struct element *e;
	struct queue q;
	int fd = queue_context(&q);
	volatile uint8_t *w = map(fd, PAGE);

	ASSERT(!is_stopped(w));
	ASSERT_EQ(run(&q, OP_IRQ, NULL, NULL, 1), COMPLETE);
	expect_irq(fd, 1);
	ASSERT(is_stopped(w));
	e = submit(&q, OP_COPY, p, p + 64, 8);
	sleep_ms(50);
	ASSERT_EQ(e->status, 0);
	write64(w, REG_CONTROL, CONTROL_RESTART);
	ASSERT_EQ(wait_status(e), COMPLETE);
	ASSERT(!is_stopped(w));
}

TEST(a_stop_element_stops_the_context_without_an_event)
{
	struct queue q;
	int fd = queue_context(&q);
	volatile uint8_t *w = map(fd, PAGE);

	ASSERT_EQ(run(&q, OP_STOP, NULL, NULL, 0), COMPLETE);
	wait_stopped(w);
	ASSERT(!pending(fd, 20));
	write64(w, REG_CONTROL, CONTROL_RESTART);
	ASSERT_EQ(run(&q, OP_STOP, NULL, NULL, 0), COMPLETE);
}

TEST(restart_as_soon_as_the_status_shows_is_not_lost)
{
	struct queue q;
	volatile uint8_t *w;
	struct element *e;
	int i;

	w = map(queue_context(&q), PAGE);
	for (i = 0; i < 500; i++) {
		e = submit(&q, OP_STOP, NULL, NULL, 0);
		while (!e->status)
			;
		write64(w, REG_CONTROL, CONTROL_RESTART);
	}
}

TEST(a_restart_with_nothing_to_do_is_harmless)
{
	struct queue q;
	volatile uint8_t *w;
	int i;

	w = map(queue_context(&q), PAGE);
	for (i = 0; i < 500; i++) {
		write64(w, REG_CONTROL, CONTROL_RESTART);
		write64(w, REG_CONTROL, CONTROL_RESTART);
		submit(&q, OP_STOP, NULL, NULL, 0);
		wait_stopped(w);
	}
}

TEST(stop_on_invalid_stops_and_restart_looks_again)
{
	volatile uint8_t *m = master_window(), *w;
	char *p = pages(1);
	struct element *e;
	struct queue q;
	int fd, i;

	write64(m, REG_CONFIG, read64(m, REG_CONFIG) | CONFIG_STOP);
	fd = queue_context(&q);
	w = map(fd, PAGE);
	wait_stopped(w);
	e = submit(&q, OP_COPY, p, p + 64, 8);
	sleep_ms(20);
	ASSERT_EQ(e->status, 0);
	write64(w, REG_CONTROL, CONTROL_RESTART);
	ASSERT_EQ(wait_status(e), COMPLETE);
	for (i = 0; i < 500; i++) {
		e = submit(&q, OP_COPY, p, p + 64, 8);
		write64(w, REG_CONTROL, CONTROL_RESTART);
		ASSERT_EQ(wait_status(e), COMPLETE);
	}
	write64(m, REG_CONFIG, 0);
}

TEST(a_queue_that_cannot_be_read_stops_the_context_until_it_can)
{
	struct queue q = queue_new(1);
	int fd = open_node(SLAVE);
	volatile uint8_t *w;
	char *p = pages(1);
	struct element *e;

	e = submit(&q, OP_COPY, p, p + 8, 8);
	ASSERT_EQ(mprotect(q.e, PAGE, PROT_NONE), 0);
	ASSERT_EQ(start(fd, queue_wed(&q)), 0);
	w = map(fd, PAGE);
	expect_fault(fd, q.e, DSISR_PROTECTION);
	wait_stopped(w);
	ASSERT_EQ(mprotect(q.e, PAGE, PROT_READ | PROT_WRITE), 0);
	write64(w, REG_CONTROL, CONTROL_RESTART);
	ASSERT_EQ(wait_status(e), COMPLETE);
}

TEST(a_status_that_cannot_be_stored_stops_the_context)
{
	struct queue q = queue_new(1);
	int fd = open_node(SLAVE);
	char *p = pages(1);
	struct element *e;

	e = submit(&q, OP_COPY, p, p + 8, 8);
	ASSERT_EQ(mprotect(q.e, PAGE, PROT_READ), 0);
	ASSERT_EQ(start(fd, queue_wed(&q)), 0);
	expect_fault(fd, (void *)&e->status, DSISR_PROTECTION | DSISR_STORE);
	wait_stopped(map(fd, PAGE));
}

/* --- registers */

TEST(the_work_element_descriptor_is_kept_bit_by_bit)
{
	int fd = open_node(SLAVE);

	ASSERT_EQ(start(fd, 0xfedcba9876543000ull), 0);
	ASSERT_EQ(read64(map(fd, PAGE), REG_WED), 0xfedcba9876543000ull);
}

TEST(the_handle_is_the_process_element)
{
	int a = idle_context(), b = idle_context();

	ASSERT_EQ(read64(map(a, PAGE), REG_HANDLE), (uint64_t)process_element(a) << 48);
	ASSERT_EQ(read64(map(b, PAGE), REG_HANDLE), (uint64_t)process_element(b) << 48);
}

TEST(the_timebase_is_0_until_latched_and_then_goes_forward)
{
	volatile uint8_t *w = map(idle_context(), PAGE);
	uint64_t t;

	ASSERT_EQ(read64(w, REG_TIMEBASE), 0);
	write64(w, REG_TIMEBASE, 0);
	t = read64(w, REG_TIMEBASE);
	ASSERT_NE(t, 0);
	ASSERT_EQ(read64(w, REG_TIMEBASE), t);
	write64(w, REG_TIMEBASE, 0);
	ASSERT_GT(read64(w, REG_TIMEBASE), t);
#ifdef __x86_64__
	t = __builtin_ia32_rdtsc();
	write64(w, REG_TIMEBASE, 0);
	ASSERT_GT(read64(w, REG_TIMEBASE), t);
	ASSERT_LT(read64(w, REG_TIMEBASE), __builtin_ia32_rdtsc());
#endif
}

TEST(the_configuration_belongs_to_the_slice)
{
	volatile uint8_t *m = master_window(), *other = master_window();

	write64(m, REG_CONFIG, 0x8000000000000000ull);
	ASSERT_EQ(read64(other, REG_CONFIG), 0x8000000000000000ull);
	write64(m, REG_CONFIG, 0);
}

TEST(no_live_register_of_the_slice_reads_all_ones)
{
	static const int reg[] = { REG_CONFIG, REG_ERROR, REG_ERROR_INFO, REG_TRACE };
	volatile uint8_t *m = master_window();
	unsigned int i;

	for (i = 0; i < 4; i++) {
		/* No queue of this test is at work: stop on invalid does no harm. */
		write64(m, reg[i], ~0ull);
		ASSERT_NE(read64(m, reg[i]), ~0ull);
		write64(m, reg[i], 0);
	}
}

TEST(an_error_is_recorded_with_its_element)
{
	volatile uint8_t *m = master_window();
	struct queue q;
	struct element *e;
	int fd = queue_context(&q);

	e = submit(&q, 0x3f, NULL, NULL, 0);
	ASSERT_EQ(wait_status(e), BAD_CMD);
	ASSERT_EQ(read64(m, REG_ERROR), (uint64_t)process_element(fd) << 48 | BAD_CMD);
	ASSERT_EQ(read64(m, REG_ERROR_INFO), (uintptr_t)e);
	write64(m, REG_ERROR, 0);
	ASSERT_EQ(read64(m, REG_ERROR), 0);
	ASSERT_EQ(read64(m, REG_ERROR_INFO), 0);
}

KTAP_MAIN()
