// SPDX-License-Identifier: GPL-2.0-only
/*
 * The test AFU's machines and registers: when commands are sent and what shows of
 * it, in both modes and in several contexts.
 */
#define _GNU_SOURCE
#include <dirent.h>

#include "test_afu.h"
#include "userfault.h"

#define TIME(dw1)	((dw1) & 0x7fff)
#define FLUSHED(dw1)	(((dw1) & 0x8000) != 0)

/* --- what it is */

TEST(the_descriptor_is_shown)
{
	t_mode("afu_directed");
	ASSERT_STREQ(attr_read(T_SYS "modes_supported"),
		     "dedicated_process\nafu_directed\n");
	ASSERT_STREQ(attr_read(T_SYS "irqs_min"), "127\n");
	ASSERT_STREQ(attr_read(T_SYS "irqs_max"), "127\n");
	ASSERT_STREQ(attr_read(T_SYS "cr0/vendor"), "0x1014\n");
	ASSERT_STREQ(attr_read(T_SYS "cr0/device"), "0xca61\n");
	ASSERT_STREQ(attr_read(T_SYS "cr0/class"), "0x120000\n");
	ASSERT_EQ(atol(attr_read(T_SYS "mmio_size")), PAGE);
	ASSERT_EQ(atol(attr_read("/sys/class/cxl/afu2.0m/mmio_size")), PS_SIZE);
	ASSERT_EQ(atol(attr_read("/sys/class/cxl/afu2.0m/pp_mmio_off")), T_GLOBAL);
	ASSERT_EQ(atol(attr_read("/sys/class/cxl/afu2.0m/pp_mmio_len")), PAGE);
}

TEST(in_dedicated_mode_the_whole_area_is_there)
{
	struct afu a = t_dedicated();

	ASSERT_EQ(atol(attr_read(T_SYS "mmio_size")), PS_SIZE);
	ASSERT(access(T_SLAVE, F_OK) && access(T_MASTER, F_OK));
	ASSERT_EQ(read64(a.w, PS_SIZE - 8), 0);
}

TEST(its_interrupts_go_up_to_the_pool)
{
	int fd;

	t_mode("afu_directed");
	fd = open_node(T_SLAVE);
	ASSERT_EQ(attr_write(T_SYS "irqs_max", "2037"), 0);
	ASSERT_EQ(start_flags(fd, 0, CXL_START_WORK_NUM_IRQS, 2037), 0);
	ASSERT_EQ(attr_write(T_SYS "irqs_max", "127"), 0);
}

TEST(it_has_16_contexts_and_interrupts_for_all)
{
	struct afu a[T_PROCS];
	uint8_t *p = pages(1);
	unsigned int i;

	for (i = 0; i < T_PROCS; i++)
		a[i] = t_slave();
	ASSERT_ERRNO(open(T_SLAVE, O_RDWR), ENOSPC);
	for (i = 0; i < T_PROCS; i++)
		t_trigger(&a[i], i, T_ONCE, T_STORE, 8, p + i * 8, 8);
	for (i = 0; i < T_PROCS; i++) {
		ASSERT_EQ(t_wait(&a[i], i), T_DONE);
		ASSERT_EQ(p[i * 8 + 7], (i * 8 + 7) % T_LINE);
		ASSERT_EQ(t_run(&a[i], 0, T_IRQ, 0, (void *)(uintptr_t)(i + 1)), T_DONE);
	}
	for (i = 0; i < T_PROCS; i++) {
		expect_irq(a[i].fd, i + 1);
		t_no_event(&a[i]);
	}
}

/* --- registers */

TEST(a_window_cannot_be_mapped_before_attach)
{
	int fd;

	t_mode("afu_directed");
	fd = open_node(T_SLAVE);
	ASSERT_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
				    fd, 0), EIO);
}

/* The registers of the last machine's region, as a public test uses them. */
static void scratch(const struct afu *a)
{
	size_t at = t_reg(a, 63, 2);

	write64(a->w, at, 0x123456789abcdef0ull);
	ASSERT_EQ(read32(a->w, at), 0x12345678);
	ASSERT_EQ(read32(a->w, at + 4), 0x9abcdef0);
	write32(a->w, at + 8, 0xdeadbeef);
	write32(a->w, at + 12, 0x00c0ffee);
	ASSERT_EQ(read64(a->w, at + 8), 0xdeadbeef00c0ffeeull);
	write32(a->w, at + 4, 0x11111111);
	ASSERT_EQ(read64(a->w, at), 0x1234567811111111ull);
	ASSERT_EQ(read64(a->w, at - 32), 0);
}

TEST(halves_make_a_register)
{
	struct afu a = t_slave();

	ASSERT_EQ(t_reg(&a, 63, 2), 0x7f0);
	scratch(&a);
	t_leave(&a);
	a = t_dedicated();
	ASSERT_EQ(t_reg(&a, 63, 2), 0x17f0);
	scratch(&a);
}

TEST(outcomes_cannot_be_written)
{
	struct afu a = t_slave();

	t_write(&a, 9, 1, ~0ull);
	ASSERT_EQ(t_read(&a, 9, 1), 0xfffff00000000000ull);
	write32(a.w, t_reg(&a, 9, 1) + 4, ~0u);
	ASSERT_EQ(t_read(&a, 9, 1), 0xfffff00000000000ull);
	write32(a.w, t_reg(&a, 9, 1), 0);
	ASSERT_EQ(t_read(&a, 9, 1), 0);
}

/* The abort bits are kept; they choose nothing. */
TEST(abort_is_kept)
{
	struct afu a = t_slave();
	uint64_t abort;

	for (abort = 0; abort < 8; abort++) {
		a.dw1 = abort << 60;
		ASSERT_EQ(t_run(&a, 9, T_STORE, 8, pages(1)), T_DONE);
		ASSERT_EQ(t_read(&a, 9, 1) >> 48, (abort << 12) | 8);
	}
}

TEST(a_new_machine_belongs_to_its_context_and_has_done_nothing)
{
	struct afu a = t_slave(), b = t_slave();
	unsigned int m, dw;

	for (m = 0; m < T_MACHINES; m++) {
		ASSERT_EQ(t_read(&b, m, 0), b.dw0);
		for (dw = 1; dw < 4; dw++)
			ASSERT_EQ(t_read(&b, m, dw), 0);
	}
	ASSERT_NE(a.dw0, b.dw0);
}

TEST(holes_read_0_and_ignore_stores)
{
	static const size_t slave[] = { 0x800, 0x808, 0xff8 };
	static const size_t global[] = { 0x0018, 0x0020, 0x07f8, 0x0ff8, 0x1800, 0x2000 };
	struct afu a = t_slave();
	unsigned int i;

	for (i = 0; i < sizeof(slave) / sizeof(slave[0]); i++) {
		write64(a.w, slave[i], ~0ull);
		ASSERT_EQ(read64(a.w, slave[i]), 0);
	}
	t_leave(&a);
	a = t_dedicated();
	for (i = 0; i < sizeof(global) / sizeof(global[0]); i++) {
		write64(a.w, global[i], ~0ull);
		ASSERT_EQ(read64(a.w, global[i]), 0);
	}
}

TEST(the_work_element_shows_in_dedicated_mode_only)
{
	struct afu a = t_dedicated_with(0xfedcba9876543210ull);

	ASSERT_EQ(read64(a.w, 8), 0xfedcba9876543210ull);
	ASSERT_EQ(read32(a.w, 12), 0x76543210);
	write64(a.w, 8, 1);
	ASSERT_EQ(read64(a.w, 8), 0xfedcba9876543210ull);
	t_leave(&a);
	a = t_master();
	ASSERT_EQ(read64(a.w, 8), 0);
	write64(a.w, 8, 1);
	ASSERT_EQ(read64(a.w, 8), 0);
}

TEST(the_parity_bit_of_the_slice_is_one_bit)
{
	struct afu a = t_dedicated();

	ASSERT_EQ(read64(a.w, 0x10), 0);
	write32(a.w, 0x10, 0x80000000);
	ASSERT_EQ(read64(a.w, 0x10), 0x8000000000000000ull);
	write64(a.w, 0x10, ~0ull);
	ASSERT_EQ(read64(a.w, 0x10), 0x8000000000000000ull);
	write32(a.w, 0x14, 0);
	ASSERT_EQ(read64(a.w, 0x10), 0x8000000000000000ull);
	t_leave(&a);
	a = t_master();
	ASSERT_EQ(read64(a.w, 0x10), 0);
	write64(a.w, 0x10, ~0ull);
	ASSERT_EQ(read64(a.w, 0x10), 0x8000000000000000ull);
	write64(a.w, 0x10, 0);
	ASSERT_EQ(read64(a.w, 0x10), 0);
}

TEST(a_master_sees_the_machines_of_every_context)
{
	struct afu m = t_master(), s = t_slave(), as_slave = m;
	uint32_t pe = process_element(s.fd);
	uint8_t *p = pages(1);

	t_write(&s, 63, 3, 0xabcdef0123456789ull);
	ASSERT_EQ(read64(m.w, 0x1000 + pe * 0x1000 + 0x7f8), 0xabcdef0123456789ull);
	ASSERT_EQ(read64(m.w, 0x1000 + process_element(m.fd) * 0x1000 + 0x7f8), 0);
	/* Also those that it is in charge of: in the slave's name and memory. */
	as_slave.machines = 0x1000 + pe * 0x1000;
	as_slave.dw0 = s.dw0;
	ASSERT_EQ(t_run(&as_slave, 4, T_STORE, 8, p), T_DONE);
	ASSERT_EQ(p[7], 7);
	ASSERT_EQ(t_response(&s, 4), T_DONE);
	ASSERT_EQ(t_run(&m, 4, T_STORE, 8, p + 8), T_DONE);
	ASSERT_EQ(p[15], 15);
}

/* --- when commands are sent */

/* A machine that waits for memory keeps all others of its context waiting. */
static int block(const struct afu *a, void **page)
{
	int uffd;

	*page = pages(1);
	uffd = userfault(*page, PAGE);
	t_trigger(a, 62, T_ONCE, T_LOAD, 8, *page, 8);
	wait_userfault(uffd);
	return uffd;
}

TEST(a_command_is_pending_from_its_trigger_on)
{
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	void *page;
	int uffd = block(&a, &page);

	ASSERT_EQ(t_response(&a, 62), T_PENDING);
	ASSERT_EQ(t_read(&a, 62, 0) & T_ONCE, 0);
	ASSERT_EQ(t_response(&a, 3), 0);
	t_trigger(&a, 3, T_ONCE, T_STORE, 8, p, 8);
	ASSERT_EQ(t_response(&a, 3), T_PENDING);
	ASSERT_EQ(t_read(&a, 3, 0) & T_ONCE, T_ONCE);
	end_userfault(uffd, page, p);
	ASSERT_EQ(t_wait(&a, 62), T_DONE);
	ASSERT_EQ(t_wait(&a, 3), T_DONE);
	ASSERT_EQ(t_read(&a, 3, 0) & T_ONCE, 0);
}

TEST(the_half_with_the_enable_bits_triggers)
{
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	void *page;
	int uffd = block(&a, &page);

	t_trigger(&a, 3, 0, T_STORE, 8, p, 8);
	write32(a.w, t_reg(&a, 3, 0) + 4, 0);
	ASSERT_EQ(t_response(&a, 3), 0);
	write32(a.w, t_reg(&a, 3, 0), (T_ONCE | a.dw0) >> 32 | T_STORE << 16);
	ASSERT_EQ(t_response(&a, 3), T_PENDING);
	write32(a.w, t_reg(&a, 3, 0) + 4, 0);
	ASSERT_EQ(t_response(&a, 3), T_PENDING);
	end_userfault(uffd, page, p);
	ASSERT_EQ(t_wait(&a, 3), T_DONE);
	ASSERT_EQ(p[7], 7);
}

TEST(a_trigger_that_is_taken_back_leaves_no_pending_response)
{
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	void *page;
	int uffd = block(&a, &page);

	t_trigger(&a, 3, T_ALWAYS, T_STORE, 8, p, 8);
	ASSERT_EQ(t_response(&a, 3), T_PENDING);
	t_trigger(&a, 3, 0, T_STORE, 8, p, 8);
	ASSERT_EQ(t_response(&a, 3), T_DONE);
	end_userfault(uffd, page, p);
	ASSERT_EQ(t_wait(&a, 62), T_DONE);
	sleep_ms(20);
	ASSERT_EQ(p[7], 0);
}

TEST(a_second_trigger_is_not_answered_by_the_first_response)
{
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	void *page;
	int uffd = block(&a, &page);

	/* While it waits for memory; then nothing is there to be loaded. */
	t_trigger(&a, 62, T_ONCE, 0x1fff, 8, p, 8);
	ASSERT_EQ(t_response(&a, 62), T_PENDING);
	end_userfault(uffd, page, p);
	ASSERT_EQ(t_wait(&a, 62), T_FAILED);
}

TEST(what_was_triggered_before_an_error_and_not_sent_is_flushed)
{
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	void *page;
	int uffd = block(&a, &page);

	t_trigger(&a, 3, T_ONCE, T_STORE, 8, p, 8);
	t_trigger(&a, 4, T_ALWAYS, T_STORE, 8, p, 8);
	/* The page is there no more when the load comes to it. */
	ASSERT_EQ(munmap(page, PAGE), 0);
	ASSERT_EQ(t_wait(&a, 62), T_AERROR);
	expect_fault(a.fd, page, DSISR_NO_PTE);
	ASSERT_EQ(t_wait(&a, 3), T_FLUSHED);
	ASSERT_EQ(t_wait(&a, 4), T_FLUSHED);
	ASSERT_EQ(p[7], 0);
	close(uffd);
	t_no_event(&a);
}

TEST(times_go_on_and_tell_the_flushed_state)
{
	struct afu a = t_slave();
	uint8_t *p = pages(1);
	unsigned int changes = 0, i;
	uint64_t dw1, last = 0;

	for (i = 0; i < 100; i++) {
		ASSERT_EQ(t_run(&a, 0, T_STORE, 8, p), T_DONE);
		dw1 = t_read(&a, 0, 1);
		ASSERT(!FLUSHED(dw1) && !FLUSHED(dw1 >> 16));
		changes += TIME(dw1) != TIME(last) && TIME(dw1) != TIME(dw1 >> 16);
		last = dw1;
	}
	ASSERT_GT(changes, 90);
	ASSERT_EQ(t_run(&a, 0, T_STORE, 8, t_nowhere()), T_AERROR);
	dw1 = t_read(&a, 0, 1);
	ASSERT(!FLUSHED(dw1) && FLUSHED(dw1 >> 16));
	ASSERT_EQ(t_run(&a, 0, T_STORE, 8, p), T_FLUSHED);
	dw1 = t_read(&a, 0, 1);
	ASSERT(FLUSHED(dw1) && FLUSHED(dw1 >> 16));
	ASSERT_EQ(t_run(&a, 0, T_RESTART, 0, NULL), T_DONE);
	dw1 = t_read(&a, 0, 1);
	ASSERT(FLUSHED(dw1) && !FLUSHED(dw1 >> 16));
}

/*
 * How often machine 0 stores within @ms, and in @us how long that was: each store goes
 * to one of so many places that few are hit twice.
 */
static unsigned int count_stores(const struct afu *a, uint64_t delays, int ms,
				 int64_t *us)
{
	size_t length = 2 << 20, i;
	uint64_t *places = pages(length / PAGE);
	struct timespec begin, end;
	unsigned int n = 0;

	t_write(a, 0, 3, length);
	t_write(a, 0, 2, (uintptr_t)places);
	t_write(a, 0, 1, 8ull << 48);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	t_write(a, 0, 0, a->dw0 | T_ALWAYS | (uint64_t)T_STORE << 48 | delays);
	sleep_ms(ms);
	t_write(a, 0, 0, a->dw0);
	ASSERT_EQ(t_wait(a, 0), T_DONE);
	clock_gettime(CLOCK_MONOTONIC, &end);
	for (i = 0; i < length / 8; i++)
		n += places[i] != 0;
	munmap(places, length);
	*us = (end.tv_sec - begin.tv_sec) * 1000000ll +
	      (end.tv_nsec - begin.tv_nsec) / 1000;
	ktap_note("delays %#jx: %u stores in %jd us", (uintmax_t)delays, n, (intmax_t)*us);
	return n;
}

TEST(delays_are_cycles_of_250_mhz)
{
	struct afu a = t_slave();
	unsigned int most, n;
	int64_t us;

	/* 262.14 us; the first without a delay. */
	n = count_stores(&a, 0xffffffff, 1000, &us);
	ASSERT_GT(n, 20);
	ASSERT_LE(n, us / 262 + 1);
	/* Hostile: the least is longer than the most. */
	n = count_stores(&a, 0xffff0000, 500, &us);
	ASSERT_GT(n, 10);
	ASSERT_LE(n, us / 262 + 1);
	n = count_stores(&a, 0x1000ffff, 500, &us);
	ASSERT_GT(n, 10);
	ASSERT_LE(n, us / 16 + 1);
	most = count_stores(&a, 0, 500, &us);
	ASSERT_GT(most, n);
}

TEST(machines_that_never_rest_take_turns)
{
	struct afu a = t_slave();
	volatile uint64_t *slot = pages(1);
	int64_t end = now_ms() + 30000;
	unsigned int m, round;

	for (m = 0; m < T_MACHINES; m++)
		t_trigger(&a, m, T_ALWAYS, T_STORE, 8, (void *)&slot[m * 2 + 1], 8);
	for (round = 0; round < 20; round++) {
		for (m = 0; m < T_MACHINES; m++)
			slot[m * 2 + 1] = 0;
		for (m = 0; m < T_MACHINES; m++)
			while (!slot[m * 2 + 1])
				if (now_ms() > end)
					FAIL("machine %u starves in round %u", m, round);
	}
	/* Stopped, each shows what became of its last command. */
	for (m = 0; m < T_MACHINES; m++)
		t_write(&a, m, 0, a.dw0);
	for (m = 0; m < T_MACHINES; m++)
		ASSERT_EQ(t_wait(&a, m), T_DONE);
	memset((void *)slot, 0, PAGE);
	sleep_ms(50);
	for (m = 0; m < PAGE / 8; m++)
		ASSERT_EQ(slot[m], 0);
}

/* The CPU time, in ticks, and the naps of the thread that runs afu2.0. */
static long worker_activity(const char *comm)
{
	char path[300], name[64] = "", line[512];
	struct dirent *d;
	long n = -1, val;
	DIR *dir = opendir("/proc");
	FILE *f;

	ASSERT(dir);
	while ((d = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", d->d_name);
		f = fopen(path, "r");
		if (!f)
			continue;
		if (fgets(name, sizeof(name), f) && !strcmp(name, comm)) {
			fclose(f);
			snprintf(path, sizeof(path), "/proc/%s/status", d->d_name);
			f = fopen(path, "r");
			for (n = 0; f && fgets(line, sizeof(line), f);)
				if (sscanf(line, "voluntary_ctxt_switches: %ld", &val) == 1 ||
				    sscanf(line, "nonvoluntary_ctxt_switches: %ld", &val) == 1)
					n += val;
		}
		if (f)
			fclose(f);
	}
	closedir(dir);
	return n;
}

TEST(nothing_runs_when_nothing_is_enabled)
{
	struct afu a = t_slave();
	char comm[32];
	long before;

	ASSERT_EQ(t_run(&a, 0, T_STORE, 8, pages(1)), T_DONE);
	snprintf(comm, sizeof(comm), "capi2.0/%u\n", process_element(a.fd));
	sleep_ms(100);
	before = worker_activity(comm);
	ASSERT_GE(before, 0);
	sleep_ms(300);
	ASSERT_EQ(worker_activity(comm), before);
	t_trigger(&a, 0, T_ALWAYS, T_TOUCH, 8, NULL, 8);
	t_write(&a, 0, 0, a.dw0);
	t_wait(&a, 0);
	sleep_ms(100);
	ASSERT_GT(worker_activity(comm), before);
}

KTAP_MAIN()
