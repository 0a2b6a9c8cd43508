/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sweeps: a path through the kernel is run with its first allocation or copy from
 * or to user memory failing, then with its second, and so on, until a run meets no
 * failure (fail-nth; Documentation/fault-injection in the kernel's sources).
 *
 *	FAULT_PATH(open_slave,
 *		.attempt = open_slave,		// what is swept: 0, or -1 and errno
 *		.finish = close_slave,		// back to the state before
 *		.errnos = { ENOMEM, EFAULT })	// errors it may give
 *
 * Each attempt that failed must have given a declared error, have left the state as
 * it was, and work when it is made again. Each round ends in the state in which the
 * first one began. The last one has to succeed. The program says what "state" is: it
 * defines fault_state().
 *
 * Debug kernels allocate for their own purposes (a record of kmemleak for each
 * allocation), and callers have something to fall back on; so many failures go
 * without notice. A path all of whose failures may is marked .absorbs.
 *
 * Environment: SACC_FAULT_SECONDS=0, each failure of each path, however long it
 * takes; SACC_FAULT_FIRST, the failure to begin with; SACC_FAULT_VERBOSE, the kernel
 * logs where each failure strikes. That of a bad round is shown in any case.
 */
#ifndef SOFTACCEL_SELFTESTS_FAULT_H
#define SOFTACCEL_SELFTESTS_FAULT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <stdbool.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <time.h>

#include "ktap.h"

/* Where a test is when it fails; include this header before those of the rigs. */
static const char *fault_path_now;
static unsigned int fault_nth_now;

static inline void fault_say_where(void)
{
	if (fault_path_now)
		ktap_note("in the round of %s with failure %u", fault_path_now,
			  fault_nth_now);
}

#undef FAIL
#define FAIL(...)							\
	do {								\
		ktap_note("%s:%d:", __FILE__, __LINE__);		\
		ktap_note(__VA_ARGS__);					\
		fault_say_where();					\
		_exit(1);						\
	} while (0)

#define FAULT_DEBUGFS "/sys/kernel/debug/"
#define FAULT_STATE_SIZE 1024
#define FAULT_SECONDS 280	/* of one path, so that it ends before the runner */
#define FAULT_ERRNO_MAX 134
#define FAULT_NEVER 1000000

/**
 * struct fault_path - what is swept
 * @name: as in the table
 * @setup: once, before everything
 * @prepare: before each attempt
 * @attempt: the path. 0, or -1 and errno. May run twice between prepare and finish
 * @recover: what a failed attempt is followed by, in place of a second attempt;
 *	for paths whose interface says that a failure has consequences
 * @finish: after each attempt; the last one before it has succeeded
 * @errnos: errors that @attempt may give
 * @seconds: tries no more failures, evenly spread, than fit in this time; 0: each
 * @absorbs: all failures may go without notice
 * @quiet: there may be none, as nothing is allocated or copied (put_user() cannot be
 *	made to fail)
 */
struct fault_path {
	const char *name;
	void (*setup)(void);
	void (*prepare)(void);
	int (*attempt)(void);
	void (*recover)(int error);
	void (*finish)(void);
	int errnos[6];
	unsigned int seconds;
	bool absorbs, quiet;
};

/**
 * struct fault_tally - what came of it
 * @injected: failures that struck
 * @failed: those that the path reported
 * @points: how many there would be, in the last round without one
 * @seen: how often each error
 */
struct fault_tally {
	unsigned int injected, failed, points;
	unsigned int seen[FAULT_ERRNO_MAX];
};

/* To be compared as a text: what must not change. Each program has its own. */
static void fault_state(char *text, size_t size);

/* --- the machine */

/* Whose allocations fail: /proc/.../fail-nth of a thread. */
static int fault_thread = -1;

static inline void fault_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		FAIL("%s: %s (is this a kernel with fault injection?)", path,
		     strerror(errno));
	close(fd);
}

static inline void fault_log_level(const char *level)
{
	fault_write(FAULT_DEBUGFS "failslab/verbose", level);
	fault_write(FAULT_DEBUGFS "fail_page_alloc/verbose", level);
	fault_write(FAULT_DEBUGFS "fail_usercopy/verbose", level);
}

/*
 * The kernel keeps the thread's rseq area up to date whenever it returns to it, and
 * kills a thread whose area cannot be written: not after a failure of ours.
 */
static inline void fault_leave_rseq(void)
{
	char *area = (char *)__builtin_thread_pointer() + __rseq_offset;

	if (__rseq_size)
		syscall(SYS_rseq, area, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
}

/* Also allocations that may wait, and single pages. */
static inline void fault_configure(void)
{
	if (access(FAULT_DEBUGFS "failslab", F_OK))
		mount("none", FAULT_DEBUGFS, "debugfs", 0, NULL);
	fault_write(FAULT_DEBUGFS "failslab/ignore-gfp-wait", "N");
	fault_write(FAULT_DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N");
	fault_write(FAULT_DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N");
	fault_write(FAULT_DEBUGFS "fail_page_alloc/min-order", "0");
	fault_log_level(getenv("SACC_FAULT_VERBOSE") ? "2" : "0");
	fault_leave_rseq();
	fault_thread = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	ASSERT(fault_thread >= 0);
}

static inline void fault_arm(unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	ASSERT_EQ(pwrite(fault_thread, text, len, 0), len);
}

/*
 * How many failures short of one the thread was: 0 when it has struck. The read and
 * the write are subject to it, too: what makes one of them fail has not struck before.
 */
static inline unsigned int fault_disarm(void)
{
	int error = errno;
	char text[16] = "";
	unsigned int left = 1;

	if (pread(fault_thread, text, sizeof(text) - 1, 0) > 0)
		left = atoi(text);
	if (pwrite(fault_thread, "0", 1, 0) != 1)
		ASSERT_EQ(pwrite(fault_thread, "0", 1, 0), 1);
	errno = error;
	return left;
}

/* --- a round */

/*
 * How often all went well but a node in /dev is missing: the driver core ignores
 * errors of devtmpfs. Programs count; a sweep reports.
 */
static unsigned int fault_nodeless;

/* For finish(): a failure struck in this round. */
static bool fault_struck;

#define FAULT_MARK "softaccel fault"

/* What the kernel says of an injection since the mark: the calls of its stack. */
static inline void fault_show_log(void)
{
	static char log[1 << 18];
	int len = klogctl(3 /* read all */, log, sizeof(log) - 1);
	char *from = NULL, *next = log, *line;
	int lines = 16;

	log[len < 0 ? 0 : len] = '\0';
	while ((next = strstr(next, FAULT_MARK)))
		from = next++;
	if (from)
		from = strstr(from, "FAULT_INJECTION: forcing");
	if (!from)
		ktap_note("  (the kernel is silent: it was told not to warn)");
	while (from && lines && (line = strsep(&from, "\n"))) {
		if (strstr(line, "syscall"))
			break;
		if (!strstr(line, "/0x") || strstr(line, " ? "))
			continue;
		ktap_note("  %s", strchr(line, ']') ? strchr(line, ']') + 1 : line);
		lines--;
	}
}

/* A bad round once more, to see where it was struck; then the test is over. */
static inline void __attribute__((noreturn))
fault_blame(const struct fault_path *path, unsigned int nth)
{
	ktap_note("%s: failure %u strikes here:", path->name, nth);
	fault_write("/dev/kmsg", FAULT_MARK);
	fault_log_level("2");
	if (path->prepare)
		path->prepare();
	fault_arm(nth);
	path->attempt();
	fault_disarm();
	fault_log_level("0");
	fault_show_log();
	_exit(1);
}

static inline bool fault_declared(const struct fault_path *path, int error)
{
	size_t i;

	for (i = 0; i < sizeof(path->errnos) / sizeof(path->errnos[0]); i++)
		if (error && path->errnos[i] == error)
			return true;
	return false;
}

/* Is the state still @before? Files are closed a moment later in places. */
static inline bool fault_state_is(const char *before)
{
	static char now[FAULT_STATE_SIZE];
	int i;

	for (i = 0; i < 100; i++) {
		fault_state(now, sizeof(now));
		if (!strcmp(now, before))
			return true;
		usleep(20000);
	}
	ktap_note("state was: %s", before);
	ktap_note("state is:  %s", now);
	return false;
}

/* The attempt has failed, as it was meant to. */
static inline bool fault_failed_well(const struct fault_path *path, int error,
				     const char *before)
{
	if (!fault_declared(path, error)) {
		ktap_note("undeclared error %d (%s)", error, strerror(error));
		return false;
	}
	if (path->recover) {
		path->recover(error);
		return true;
	}
	if (!fault_state_is(before)) {
		ktap_note("error %d (%s) has left something behind", error,
			  strerror(error));
		return false;
	}
	if (path->attempt()) {
		ktap_note("after error %d (%s), a second attempt: %s", error,
			  strerror(error), strerror(errno));
		return false;
	}
	return true;
}

/* One attempt with failure @nth. Whether there was one. */
static inline bool fault_round(const struct fault_path *path, unsigned int nth,
			       struct fault_tally *tally)
{
	static char begin[FAULT_STATE_SIZE], before[FAULT_STATE_SIZE];
	unsigned int left;
	bool struck;
	int ret, error;

	fault_path_now = path->name;
	fault_nth_now = nth;
	fault_state(begin, sizeof(begin));
	if (path->prepare)
		path->prepare();
	if (!path->recover)
		fault_state(before, sizeof(before));
	errno = 0;
	fault_arm(nth);
	ret = path->attempt();
	left = fault_disarm();
	struck = !left;
	fault_struck = struck;
	error = errno;
	if (!struck)
		tally->points = nth - left;

	if (ret && !struck) {
		FAIL("%s fails without a failure: %d (%s)", path->name, error,
		     strerror(error));
	}
	tally->injected += struck;
	if (ret) {
		if (!fault_failed_well(path, error, before))
			fault_blame(path, nth);
		tally->failed++;
		tally->seen[error]++;
	}
	if (path->finish)
		path->finish();
	if (!fault_state_is(begin)) {
		ktap_note("returned %d, errno %d, and something is left at the end",
			  ret, error);
		fault_blame(path, nth);
	}
	return struck;
}

/* --- a sweep */

static inline void fault_report(const char *name, const struct fault_tally *tally)
{
	char errnos[160] = "";
	size_t len = 0;
	int error;

	for (error = 0; error < FAULT_ERRNO_MAX; error++)
		if (tally->seen[error] && len < sizeof(errnos))
			len += snprintf(errnos + len, sizeof(errnos) - len, " %s x%u",
					strerrorname_np(error), tally->seen[error]);
	ktap_note("%-38s | %4u of %4u | %6u |%s", name, tally->injected,
		  tally->points, tally->failed, errnos);
	if (fault_nodeless)
		ktap_note("  %u times without a node in /dev, which the kernel ignores",
			  fault_nodeless);
}

static inline double fault_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* How far to go on from @nth so that the rest takes until @end. */
static inline unsigned int fault_stride(unsigned int nth, unsigned int points,
					double a_round, double end)
{
	double left = end - fault_clock();
	unsigned int rest = points > nth ? points - nth : 0;

	if (left < a_round)
		return rest + 1;
	return rest * a_round / left + 1;
}

static inline unsigned int fault_first(void)
{
	const char *first = getenv("SACC_FAULT_FIRST");

	return first && atoi(first) > 0 ? (unsigned int)atoi(first) : 1;
}

/* The time that the whole may take, 0 for what it needs; or @otherwise. */
static inline unsigned int fault_seconds(unsigned int otherwise)
{
	const char *seconds = getenv("SACC_FAULT_SECONDS");

	return seconds ? (unsigned int)atoi(seconds) : otherwise;
}

static inline bool fault_thorough(void)
{
	return !fault_seconds(1);
}

/* In any case up to the round that meets no failure. */
static inline void fault_sweep(const struct fault_path *path)
{
	struct fault_tally tally = { 0 }, unarmed = { 0 };
	unsigned int nth = fault_first(), rounds = 1;
	double begin;

	alarm(fault_thorough() ? 0 : path->seconds + FAULT_SECONDS);
	fault_configure();
	if (path->setup)
		path->setup();
	begin = fault_clock();
	/* Without a failure first: it works, and what is cached is cached. */
	fault_round(path, FAULT_NEVER, &unarmed);
	while (fault_round(path, nth, &tally)) {
		rounds++;
		ASSERT_LT(nth, 10 * unarmed.points + 100);
		nth += path->seconds && !fault_thorough() ?
		       fault_stride(nth, unarmed.points,
				    (fault_clock() - begin) / rounds,
				    begin + path->seconds) : 1;
	}
	fault_report(path->name, &tally);
	if (path->quiet)
		return;
	ASSERT_GT(tally.injected, 0);
	if (!path->absorbs)
		ASSERT_GT(tally.failed, 0);
}

#define FAULT_PATH(path, ...)						\
	TEST(path##_survives_failures)					\
	{								\
		static const struct fault_path fault_path = {		\
			.name = #path, __VA_ARGS__			\
		};							\
									\
		fault_sweep(&fault_path);				\
	}

/*
 * The machine itself: a failure is seen, in the thread that it is meant for, once,
 * and the one after the last is not.
 */
#define FAULT_MACHINE_TEST						\
	TEST(failures_are_injected)					\
	{								\
		int fds[2];						\
		bool struck;						\
									\
		fault_configure();					\
		fault_arm(1);						\
		ASSERT_EQ(pipe(fds), -1);				\
		struck = !fault_disarm();				\
		ASSERT(struck);						\
		fault_arm(100000);					\
		ASSERT_EQ(pipe(fds), 0);				\
		struck = !fault_disarm();				\
		ASSERT(!struck);					\
		ktap_note("%-38s | failures     | errors of the path", "path");	\
	}

#endif
