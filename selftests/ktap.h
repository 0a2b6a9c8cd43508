/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A test program in one header: KTAP output, one child process a test.
 *
 *	TEST(a_name_that_says_what_is_true)
 *	{
 *		ASSERT_EQ(add(2, 2), 4);
 *	}
 *	KTAP_MAIN()
 *
 * Each test runs in a child of its own, so that a crash, a hang or a leaked file
 * descriptor ends with it; a failed assertion ends the child at once. Tests run
 * in the order of the file. "PROGRAM NAME..." runs only the tests named.
 * Environment: KTAP_TIMEOUT, seconds a test may take (default 60).
 * Exit status: 0 when no test failed, 1 otherwise.
 */
#ifndef SOFTACCEL_KTAP_H
#define SOFTACCEL_KTAP_H

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KTAP_EXIT_SKIP 4

struct ktap_test {
	const char *name;
	void (*run)(void);
	struct ktap_test *next;
};

static struct ktap_test *ktap_first;
static struct ktap_test **ktap_end __attribute__((unused)) = &ktap_first;

#define TEST(test)							\
	static void test(void);						\
	static void __attribute__((constructor)) ktap_add_##test(void)	\
	{								\
		static struct ktap_test entry = { #test, test, NULL };	\
									\
		*ktap_end = &entry;					\
		ktap_end = &entry.next;					\
	}								\
	static void test(void)

static void __attribute__((format(printf, 1, 2))) __attribute__((unused))
ktap_note(const char *format, ...)
{
	va_list args;

	fputs("# ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

#define FAIL(...)							\
	do {								\
		ktap_note("%s:%d:", __FILE__, __LINE__);		\
		ktap_note(__VA_ARGS__);					\
		_exit(1);						\
	} while (0)

/* What cannot be tested here; @reason must be on the list of known skips. */
#define SKIP(reason)							\
	do {								\
		ktap_note("SKIP: %s", reason);				\
		_exit(KTAP_EXIT_SKIP);					\
	} while (0)

#define ASSERT(cond)							\
	do {								\
		if (!(cond))						\
			FAIL("assertion failed: %s (errno %d, %s)",	\
			     #cond, errno, strerror(errno));		\
	} while (0)

#define KTAP_COMPARE(a, op, b)						\
	do {								\
		intmax_t ktap_a = (intmax_t)(a), ktap_b = (intmax_t)(b);\
									\
		if (!(ktap_a op ktap_b))				\
			FAIL("%s %s %s: %jd (0x%jx) and %jd (0x%jx), errno %d", \
			     #a, #op, #b, ktap_a, ktap_a, ktap_b, ktap_b, errno); \
	} while (0)

#define ASSERT_EQ(a, b) KTAP_COMPARE(a, ==, b)
#define ASSERT_NE(a, b) KTAP_COMPARE(a, !=, b)
#define ASSERT_LT(a, b) KTAP_COMPARE(a, <, b)
#define ASSERT_LE(a, b) KTAP_COMPARE(a, <=, b)
#define ASSERT_GT(a, b) KTAP_COMPARE(a, >, b)
#define ASSERT_GE(a, b) KTAP_COMPARE(a, >=, b)
#define ASSERT_STREQ(a, b)						\
	do {								\
		const char *ktap_a = (a), *ktap_b = (b);		\
									\
		if (strcmp(ktap_a, ktap_b))				\
			FAIL("%s is \"%s\", not \"%s\"", #a, ktap_a, ktap_b); \
	} while (0)

/* @expr returns -1 and sets errno to @expected. */
#define ASSERT_ERRNO(expr, expected)					\
	do {								\
		intmax_t ktap_ret;					\
									\
		errno = 0;						\
		ktap_ret = (intmax_t)(expr);				\
		if (ktap_ret != -1 || errno != (expected))		\
			FAIL("%s: returned %jd, errno %d (%s), wanted -1 and %s", \
			     #expr, ktap_ret, errno, strerror(errno), #expected); \
	} while (0)

static inline int ktap_selected(const char *name, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return 1;
	return argc < 2;
}

static inline int ktap_run_child(const struct ktap_test *test)
{
	const char *limit = getenv("KTAP_TIMEOUT");
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return -1;
	if (!pid) {
		/* A process group, so that a time-out takes grandchildren too. */
		setpgid(0, 0);
		alarm(limit ? (unsigned int)atoi(limit) : 60);
		test->run();
		fflush(stdout);
		exit(0);
	}
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	kill(-pid, SIGKILL);
	return status;
}

static inline int ktap_main(int argc, char **argv)
{
	int n = 0, failed = 0, status;
	struct ktap_test *test;

	puts("KTAP version 1");
	for (test = ktap_first; test; test = test->next)
		n += ktap_selected(test->name, argc, argv);
	printf("1..%d\n", n);
	n = 0;
	for (test = ktap_first; test; test = test->next) {
		if (!ktap_selected(test->name, argc, argv))
			continue;
		n++;
		status = ktap_run_child(test);
		if (status >= 0 && WIFEXITED(status) && !WEXITSTATUS(status)) {
			printf("ok %d %s\n", n, test->name);
		} else if (status >= 0 && WIFEXITED(status) &&
			   WEXITSTATUS(status) == KTAP_EXIT_SKIP) {
			printf("ok %d %s # SKIP\n", n, test->name);
		} else {
			if (status >= 0 && WIFSIGNALED(status))
				ktap_note("ended by signal %d%s", WTERMSIG(status),
					  WTERMSIG(status) == SIGALRM ? " (time-out)" : "");
			printf("not ok %d %s\n", n, test->name);
			failed++;
		}
		fflush(stdout);
	}
	return failed || !n;
}

#define KTAP_MAIN()							\
	int main(int argc, char **argv)					\
	{								\
		return ktap_main(argc, argv);				\
	}

#endif
