/* SPDX-License-Identifier: MIT */
/*
 * The transcript that an example writes: one line for each thing done, with
 * what came back, how long it took, and that it was verified. The first line
 * that cannot be verified ends the program with status 1.
 *
 *	transcript_begin();
 *	err = the_call();
 *	transcript_end();
 *	transcript_line(!err && result_is_right, "the_call", "got %d", result);
 *
 * The time is that between begin and end; a line without them has none. A
 * transcript is written by one thread.
 */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TRANSCRIPT_FAILED	1
#define TRANSCRIPT_NO_DEVICE	2

static struct timespec transcript_from, transcript_to;
static int transcript_timed;
static unsigned int transcript_lines;

static inline void transcript_begin(void)
{
	clock_gettime(CLOCK_MONOTONIC, &transcript_from);
}

static inline void transcript_end(void)
{
	int saved = errno;

	clock_gettime(CLOCK_MONOTONIC, &transcript_to);
	transcript_timed = 1;
	errno = saved;
}

static inline double transcript_seconds(void)
{
	return (double)(transcript_to.tv_sec - transcript_from.tv_sec) +
	       (double)(transcript_to.tv_nsec - transcript_from.tv_nsec) / 1e9;
}

static inline void transcript_print_time(void)
{
	double us = transcript_seconds() * 1e6;

	if (!transcript_timed)
		printf("%11s", "");
	else if (us < 1e4)
		printf("%8.1f us", us);
	else
		printf("%8.1f ms", us / 1e3);
	transcript_timed = 0;
}

/* A heading, or anything else that claims nothing. */
static inline void __attribute__((format(printf, 1, 2)))
transcript_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static inline void __attribute__((format(printf, 3, 4)))
transcript_line(int verified, const char *what, const char *format, ...)
{
	int err = errno;
	va_list args;

	printf("  %-28s ", what);
	transcript_print_time();
	printf("  %s  ", verified ? "ok" : "WRONG");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	if (!verified)
		printf(" (errno %d: %s)", err, strerror(err));
	putchar('\n');
	fflush(stdout);
	if (!verified) {
		fprintf(stderr, "%s: not as it should be, giving up\n", what);
		exit(TRANSCRIPT_FAILED);
	}
	transcript_lines++;
}

/* The last line of a transcript; what main() returns. */
static inline int transcript_finish(void)
{
	printf("  %u results, all verified\n", transcript_lines);
	return fflush(stdout) ? TRANSCRIPT_FAILED : 0;
}

static inline void __attribute__((format(printf, 2, 3), noreturn))
transcript_no_device(const char *program, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s: ", program);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(TRANSCRIPT_NO_DEVICE);
}

#endif
