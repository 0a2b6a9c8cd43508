// SPDX-License-Identifier: GPL-2.0-only
/*
 * Running programs, in a process made for it: whatever a program does to its files
 * and memory ends with it, and a signal that a call gets is the call's result.
 *
 * A worker has two threads. The first runs programs; the second, where a program asks
 * for it, runs the same one at the same time on the same files and memory, or
 * changes bytes of that memory all the while. A call that blocks is broken off
 * by a signal.
 *
 * What is about to run is written to a file first, in turns of LOG_TURNS, so that
 * the last programs are known when the machine has died.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "nodes.h"

#define PROGRAMS_EACH	60	/* of a worker, then a new one takes over */
#define LOG_TURNS	8
#define LOG_BYTES	8192

static struct world world;
static __thread struct runner *self;

/* --- Signals */

static void on_fault(int sig)
{
	if (self && self->armed)
		siglongjmp(self->jump, sig);
	signal(sig, SIG_DFL);
	raise(sig);
}

/* Only there to break off a call. */
static void on_interrupt(int sig)
{
	(void)sig;
}

static void catch_signals(void)
{
	struct sigaction fault = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };
	struct sigaction wake = { .sa_handler = on_interrupt };

	sigaction(SIGBUS, &fault, NULL);
	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGILL, &fault, NULL);
	sigaction(SIGFPE, &fault, NULL);
	sigaction(SIGALRM, &wake, NULL);
	sigaction(SIGUSR1, &wake, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Plenty for a program, even here; then again and again. */
static void set_alarm(bool on)
{
	struct itimerval timer = { 0 };

	if (on) {
		timer.it_value.tv_usec = 300000;
		timer.it_interval.tv_usec = 100000;
	}
	setitimer(ITIMER_REAL, &timer, NULL);
}

uint64_t now_micros(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ull + ts.tv_nsec / 1000;
}

/* --- One program */

static unsigned int run_call(struct runner *r, const struct call *c)
{
	const struct kind *kind = kind_of(c);
	unsigned int new, number = c->kind % num_kinds;
	volatile uint64_t begin = now_micros();
	volatile long ret;
	int sig;

	r->used = 0;
	atomic_fetch_add(&shared->ran[number], 1);
	kcov_begin();
	sig = sigsetjmp(r->jump, 0);
	if (!sig) {
		r->armed = 1;
		ret = kind->run(r, c);
	} else {
		ret = -SIGNAL_RESULT(sig);
	}
	r->armed = 0;
	atomic_fetch_add(&shared->micros[number], now_micros() - begin);
	new = kcov_end(&shared->coverage);
	atomic_fetch_add(&shared->calls, 1);
	if (kind->want ? ret == -kind->want : ret >= 0)
		atomic_fetch_add(&shared->worked[number], 1);
	if (shared->trace)
		fprintf(stderr, "%s: %ld\n", kind->name, ret);
	return new;
}

/* Returns how many of the calls are worth keeping: up to the last that was new. */
static unsigned int run_calls(struct runner *r, const struct program *p)
{
	unsigned int i, keep = 0;

	for (i = 0; i < p->num; i++)
		if (run_call(r, &p->call[i]))
			keep = i + 1;
	return keep;
}

/* --- The second thread */

static struct {
	pthread_t thread;
	pthread_barrier_t begin;
	const struct program *program;
	unsigned int keep;
	atomic_bool done, stop;
	struct runner runner;
} second;

static void *second_thread(void *unused)
{
	struct rng r = rng_seed(1);
	sigset_t set;

	(void)unused;
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	self = &second.runner;
	if (!kcov_start())
		abort();
	for (;;) {
		pthread_barrier_wait(&second.begin);
		if (second.program->race == RACE_SAME)
			second.keep = run_calls(self, second.program);
		while (second.program->race == RACE_MEMORY &&
		       !atomic_load(&second.stop)) {
			if (sigsetjmp(self->jump, 0))
				continue;
			self->armed = 1;
			memory_scribble(&r);
		}
		self->armed = 0;
		atomic_store(&second.done, true);
	}
	return NULL;
}

static void second_start(void)
{
	second.runner.world = &world;
	second.runner.scratch = (uint8_t *)ARENA + 4 * PAGE_BYTES;
	pthread_barrier_init(&second.begin, NULL, 2);
	if (pthread_create(&second.thread, NULL, second_thread, NULL))
		abort();
}

static unsigned int run_raced(struct runner *r, const struct program *p)
{
	unsigned int keep;

	if (!second.thread)
		second_start();
	second.program = p;
	second.keep = 0;
	atomic_store(&second.stop, false);
	atomic_store(&second.done, false);
	pthread_barrier_wait(&second.begin);
	keep = run_calls(r, p);
	if (world.forked)
		_exit(0);
	atomic_store(&second.stop, true);
	while (!atomic_load(&second.done)) {
		usleep(1000);
		pthread_kill(second.thread, SIGUSR1);
	}
	atomic_fetch_add(&shared->raced, 1);
	return keep > second.keep ? keep : second.keep;
}

/* --- The life of a worker */

/* Whatever the last program left, children included. */
static void clean_up(void)
{
	pid_t pid;
	int i;

	for (i = 0; i < MAX_CHILDREN; i++) {
		pid = atomic_exchange(&world.child[i], 0);
		if (pid <= 0)
			continue;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	syscall(SYS_close_range, 3, FIRST_OWN_FD - 1, 0);
	munmap((void *)ARENA, ARENA_END - ARENA);
	memset(world.table, 0, sizeof(world.table));
	for (i = 0; i < NUM_RESOURCES; i++)
		atomic_store(&world.made[i], 0);
}

/* Returns how many calls are worth keeping. */
static unsigned int run_program(struct runner *r, const struct program *p)
{
	uint64_t begin = now_micros();
	unsigned int keep;

	memory_make(&world);
	atomic_fetch_add(&shared->micros_around, now_micros() - begin);
	set_alarm(true);
	keep = p->race == RACE_NONE ? run_calls(r, p) : run_raced(r, p);
	if (world.forked)
		_exit(0);
	set_alarm(false);
	begin = now_micros();
	clean_up();
	atomic_fetch_add(&shared->micros_around, now_micros() - begin);
	atomic_fetch_add(&shared->programs, 1);
	return keep;
}

static void keep_program(const struct program *p, unsigned int calls)
{
	unsigned int at = atomic_fetch_add(&shared->num_corpus, 1);
	struct program *to;

	if (at >= MAX_CORPUS) {
		atomic_store(&shared->num_corpus, MAX_CORPUS);
		return;
	}
	to = &shared->corpus[at];
	memcpy(to, p, PROGRAM_SIZE(calls));
	to->num = calls;
	/* Others look at programs that are complete. */
	atomic_thread_fence(memory_order_release);
	to->magic = PROGRAM_MAGIC;
}

static const struct program *any_kept(struct rng *r)
{
	unsigned int n = atomic_load(&shared->num_corpus);
	const struct program *p;

	if (!n)
		return NULL;
	n = n < MAX_CORPUS ? n : MAX_CORPUS;
	/* The newer half is where there is more to find. */
	p = &shared->corpus[rng_percent(r, 50) ? n - 1 - rng_below(r, n / 2 + 1) :
						 rng_below(r, n)];
	return p->magic == PROGRAM_MAGIC ? p : NULL;
}

/* One of them; num_kinds if all have. */
static unsigned int kind_that_never_worked(struct rng *r)
{
	unsigned int i, n = rng_below(r, num_kinds);

	for (i = 0; i < num_kinds; i++, n = (n + 1) % num_kinds)
		if (!atomic_load(&shared->worked[n]))
			return n;
	return num_kinds;
}

/*
 * A program to be run as it is: first the shortest of each kind, then what was loaded,
 * later those of kinds that have not worked, because others were in the way.
 */
static bool choose_seed(struct program *p, struct rng *r)
{
	unsigned int n = atomic_load(&shared->next_seed);
	unsigned int end = num_kinds + shared->num_loaded;

	if (n < end)
		n = atomic_fetch_add(&shared->next_seed, 1);
	if (n >= num_kinds && n < end) {
		*p = shared->corpus[n - num_kinds];
		return true;
	}
	if (n >= end) {
		if (rng_percent(r, 80))
			return false;
		n = kind_that_never_worked(r);
		if (n == num_kinds)
			return false;
	}
	program_seed(p, n);
	return true;
}

static void choose_program(struct program *p, struct rng *r)
{
	const struct program *kept = any_kept(r);

	if (choose_seed(p, r))
		return;
	if (!kept || rng_percent(r, 15)) {
		program_generate(p, r);
		return;
	}
	*p = *kept;
	program_mutate(p, r, any_kept(r));
}

static void log_program(int fd, unsigned int turn, const struct program *p)
{
	static char text[LOG_BYTES];
	size_t len;

	if (fd < 0)
		return;
	memset(text, '\n', sizeof(text));
	len = snprintf(text, sizeof(text), "# number %u\n", turn);
	program_print(p, text + len, sizeof(text) - len);
	/* What printing left behind is not part of the text. */
	len = strlen(text);
	memset(text + len, '\n', sizeof(text) - len);
	(void)!pwrite(fd, text, sizeof(text), turn % LOG_TURNS * LOG_BYTES);
}

static int open_log(const char *dir, unsigned int slot)
{
	char path[512];
	int fd, high;

	if (!dir)
		return -1;
	snprintf(path, sizeof(path), "%s/nodes-last-%u.txt", dir, slot);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	high = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OWN_FD);
	close(fd);
	return high;
}

/* As a program of an ordinary user would, but for the permissions of files. */
static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 0 } };
	struct rlimit limit = { 128 << 10, 128 << 10 };
	uint32_t keep = 1u << CAP_DAC_OVERRIDE;

	data[0].effective = keep;
	data[0].permitted = keep;
	setrlimit(RLIMIT_MEMLOCK, &limit);
	syscall(SYS_capset, &header, data);
}

static void worker_begin(struct runner *r)
{
	int fd = memfd_create("nodes", MFD_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	memset(&world, 0, sizeof(world));
	world.memfd = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OWN_FD);
	close(fd);
	r->world = &world;
	r->scratch = (uint8_t *)ARENA;
	self = r;
	catch_signals();
	if (!kcov_start())
		abort();
}

/* The worker's process: it never returns. */
void worker_run(unsigned int slot, uint64_t seed, const char *dir)
{
	struct rng random = rng_seed(seed);
	struct runner runner = { 0 };
	int log = open_log(dir, slot);
	struct program p;
	unsigned int n, keep, turn;

	worker_begin(&runner);
	if (atomic_load(&shared->next_seed) >= num_kinds && rng_percent(&random, 20))
		drop_capabilities();
	for (n = 0; n < PROGRAMS_EACH && !atomic_load(&shared->stop); n++) {
		turn = atomic_fetch_add(&shared->progress[slot], 1);
		choose_program(&p, &random);
		log_program(log, turn, &p);
		keep = run_program(&runner, &p);
		if (keep)
			keep_program(&p, keep);
	}
	_exit(0);
}

/* Run the programs of a file, each @times times, in this process. */
int replay(const char *path, unsigned int times)
{
	static char text[LOG_TURNS * LOG_BYTES + 1];
	struct runner runner = { 0 };
	struct program p;
	char *rest = text;
	unsigned int i;
	FILE *f = fopen(path, "r");

	if (!f || !fread(text, 1, sizeof(text) - 1, f)) {
		fprintf(stderr, "nodes: cannot read %s\n", path);
		return 1;
	}
	fclose(f);
	worker_begin(&runner);
	while (program_parse(&p, &rest))
		for (i = 0; i < times; i++)
			run_program(&runner, &p);
	return 0;
}
