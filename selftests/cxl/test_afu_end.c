// SPDX-License-Identifier: GPL-2.0-only
/*
 * The test AFU at its end: shut down, closed, killed and reset with all machines at
 * work, and with anything in its registers.
 */
#define _GNU_SOURCE
#include "test_afu.h"

/* --- shutting down */

static void is_down(struct afu *a)
{
	uint8_t *p = pages(1);

	ASSERT_EQ(t_run(a, 0, T_STORE, 8, p), T_FAILED);
	ASSERT_EQ(t_run(a, 1, T_RESTART, 0, NULL), T_FAILED);
	ASSERT_EQ(t_run(a, 2, T_IRQ, 0, (void *)1), T_FAILED);
	t_trigger(a, 3, T_ALWAYS, T_STORE, 8, p, 8);
	ASSERT_EQ(t_wait(a, 3), T_FAILED);
	ASSERT_EQ(t_read(a, 3, 0) & T_ALWAYS, 0);
	ASSERT_EQ(p[7], 0);
	t_no_event(a);
}

TEST(a_dedicated_afu_is_shut_down_until_the_next_context)
{
	struct afu a = t_dedicated();

	ASSERT_EQ(read64(a.w, 0), 0);
	ASSERT_EQ(t_run(&a, 0, T_STORE, 8, pages(1)), T_DONE);
	write64(a.w, 0, 0);
	is_down(&a);
	t_leave(&a);
	a = t_dedicated();
	ASSERT_EQ(t_run(&a, 0, T_STORE, 8, pages(1)), T_DONE);
}

TEST(a_master_shuts_down_all_contexts_until_the_last_has_left)
{
	struct afu m = t_master(), s = t_slave(), late;
	volatile uint64_t *word = pages(1);

	t_trigger(&s, 9, T_ALWAYS, T_STORE, 8, (void *)(word + 1), 8);
	write32(m.w, 4, 1);
	is_down(&m);
	is_down(&s);
	late = t_slave();
	is_down(&late);
	ASSERT_EQ(t_wait(&s, 9), T_FAILED);
	word[1] = 0;
	sleep_ms(20);
	ASSERT_EQ(word[1], 0);
	/* A slave has no register for it. */
	t_leave(&m);
	t_leave(&s);
	t_leave(&late);
	s = t_slave();
	ASSERT_EQ(t_run(&s, 0, T_STORE, 8, (void *)word), T_DONE);
}

/* --- the end */

static void run_everywhere(const struct afu *a, uint8_t *p)
{
	static const uint16_t codes[] = {
		T_LOAD, T_STORE, T_TOUCH, T_CAS_U8, T_IRQ, T_RESTART, T_STORE, T_CAS_E4,
	};
	unsigned int m;

	for (m = 0; m < T_MACHINES; m++)
		t_trigger(a, m, T_ALWAYS | (m & 16 ? 0x00100400 : 0), codes[m % 8], 16,
			  p + m * 32, 32);
}

TEST(after_close_machines_leave_memory_alone)
{
	uint8_t *p = pages(1), *copy = pages(1);
	struct afu a;
	int i;

	for (i = 0; i < 40; i++) {
		a = i % 2 ? t_slave() : t_dedicated();
		run_everywhere(&a, p);
		usleep(i * 200);
		t_leave(&a);
		memcpy(copy, p, PAGE);
		usleep(500);
		ASSERT(!memcmp(copy, p, PAGE));
	}
	t_mode("afu_directed");
}

TEST(killed_with_machines_running_a_program_leaves_nothing)
{
	unsigned int i;
	pid_t child;

	t_mode("afu_directed");
	for (i = 0; i < 20; i++) {
		child = fork();
		ASSERT_GE(child, 0);
		if (!child) {
			struct afu a = t_slave();

			run_everywhere(&a, pages(1));
			pause();
		}
		usleep(i * 1000);
		kill(child, SIGKILL);
		ASSERT_EQ(waitpid(child, NULL, 0), child);
	}
	t_mode("none");
	t_mode("afu_directed");
}

TEST(a_reset_by_force_stops_running_machines)
{
	struct afu a = t_slave();
	uint8_t *p = pages(1), *copy = pages(1);

	run_everywhere(&a, p);
	sleep_ms(20);
	force_reset(2, T_SLAVE);
	memcpy(copy, p, PAGE);
	ASSERT_EQ(load_sigbus(a.w), BUS_ADRERR);
	sleep_ms(20);
	ASSERT(!memcmp(copy, p, PAGE));
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	return *state ^= *state << 17;
}

/* Anything at all in any register, while everything runs. */
TEST(registers_take_anything)
{
	uint64_t state = now_ms() | 1;
	struct afu a = t_slave();
	uint8_t *p = pages(4);
	unsigned int i;

	ktap_note("seed %#jx", (uintmax_t)state);
	for (i = 0; i < 20000; i++) {
		uint64_t val = next_random(&state), at = next_random(&state) % 0x800;

		if (i % 3 == 0)
			val = (uintptr_t)p + val % (3 * PAGE);
		if (i % 16 == 0)
			at = at & ~0x1full;
		if (val & 1)
			write64(a.w, at & ~7ull, val);
		else
			write32(a.w, at & ~3ull, val);
		(void)read64(a.w, at & ~7ull);
		if (pending(a.fd, 0))
			read_event(a.fd);
	}
	for (i = 0; i < T_MACHINES; i++)
		t_write(&a, i, 0, a.dw0);
	for (i = 0; i < T_MACHINES; i++)
		t_wait(&a, i);
	ASSERT_EQ(t_run(&a, 0, T_RESTART, 0, NULL), T_DONE);
	ASSERT_EQ(t_run(&a, 1, T_STORE, 8, p), T_DONE);
}

KTAP_MAIN()
