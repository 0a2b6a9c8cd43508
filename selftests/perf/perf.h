/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A measuring program in one header: rows, each something of ours beside a peer
 * that does a similar thing without us.
 *
 *	static uint64_t open_close(unsigned int n)
 *	{
 *		PERF_LOOP(n, close(open("/dev/null", O_RDONLY)));
 *	}
 *	static const struct perf_row rows[] = {
 *		{ "open_close", "ns", 1, { open_close, 1000 },
 *		  "getppid", { getppids, 1000 } },
 *	};
 *	PERF_MAIN(rows, setup)
 *
 * The two sides of a row take turns, so that both see the same machine; each is
 * run once before, and not counted. "PROGRAM ROW..." measures only these rows.
 *	-l  list the rows instead
 *	-m  name of the mode, the first column
 *	-r  repetitions
 *	-d  a repetition is this many times fewer operations
 * What is written is described in selftests/perf/run.
 */
#ifndef SOFTACCEL_SELFTESTS_PERF_H
#define SOFTACCEL_SELFTESTS_PERF_H

#include <sys/syscall.h>
#include <time.h>

#include "ktap.h"

#define PERF_MAX_REPS 100

/* Nanoseconds that @n operations took. */
typedef uint64_t perf_fn(unsigned int n);

/* One side of a row, and how many operations are one repetition. */
struct perf_side {
	perf_fn *run;
	unsigned int n;
};

struct perf_row {
	const char *name, *unit;
	double scale;		/* of one operation's nanoseconds, to the unit */
	struct perf_side side;
	const char *peer;
	struct perf_side peer_side;
};

static inline uint64_t perf_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* The body of a perf_fn where everything counts. */
#define PERF_LOOP(n, ...)						\
	do {								\
		uint64_t perf_start = perf_now();			\
		unsigned int perf_i;					\
									\
		for (perf_i = 0; perf_i < (n); perf_i++) {		\
			__VA_ARGS__;					\
		}							\
		return perf_now() - perf_start;				\
	} while (0)

/* The cheapest system call: nothing but the way in and out. */
static inline uint64_t perf_getppid(unsigned int n)
{
	PERF_LOOP(n, syscall(SYS_getppid));
}

struct perf_samples {
	double v[PERF_MAX_REPS];
	unsigned int n;
};

static inline int perf_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of sorted samples. */
static inline double perf_median(const struct perf_samples *s)
{
	return (s->v[(s->n - 1) / 2] + s->v[s->n / 2]) / 2;
}

/* One repetition, in the row's unit. */
static inline double perf_sample(const struct perf_row *row, const struct perf_side *side,
				 unsigned int divisor)
{
	unsigned int n = side->n / divisor;

	n += !n;
	return side->run(n) * row->scale / n;
}

static inline void perf_measure(const struct perf_row *row, const char *mode,
				unsigned int reps, unsigned int divisor)
{
	struct perf_samples ours = { .n = 0 }, peer = { .n = 0 };

	perf_sample(row, &row->side, divisor);
	perf_sample(row, &row->peer_side, divisor);
	while (ours.n < reps) {
		ours.v[ours.n++] = perf_sample(row, &row->side, divisor);
		peer.v[peer.n++] = perf_sample(row, &row->peer_side, divisor);
	}
	qsort(ours.v, reps, sizeof(ours.v[0]), perf_compare);
	qsort(peer.v, reps, sizeof(peer.v[0]), perf_compare);
	printf("%s\t%s\t%s\t%.6g\t%.6g\t%.6g\t%u\t%s\t%.6g\t%.6g\n", mode, row->name,
	       row->unit, perf_median(&ours), ours.v[0], ours.v[reps - 1], reps,
	       row->peer, perf_median(&peer), perf_median(&ours) / perf_median(&peer));
	fflush(stdout);
}

static inline int perf_main(const struct perf_row *rows, size_t n, void (*setup)(void),
			    int argc, char **argv)
{
	const char *mode = "host";
	unsigned int reps = 5, divisor = 1;
	int option, list = 0;
	size_t i;

	(void)ktap_end;	/* there are no tests */
	while ((option = getopt(argc, argv, "d:lm:r:")) != -1) {
		if (option == 'l')
			list = 1;
		else if (option == 'm')
			mode = optarg;
		else if (option == 'r')
			reps = atoi(optarg);
		else if (option == 'd')
			divisor = atoi(optarg);
		else
			return 2;
	}
	if (!reps || reps > PERF_MAX_REPS || !divisor)
		return 2;
	if (!list)
		setup();
	for (i = 0; i < n; i++) {
		if (!ktap_selected(rows[i].name, argc - optind + 1, argv + optind - 1))
			continue;
		if (list)
			printf("%s\t%s\n", rows[i].name, rows[i].peer);
		else
			perf_measure(&rows[i], mode, reps, divisor);
	}
	return 0;
}

#define PERF_MAIN(rows, setup)						\
	int main(int argc, char **argv)					\
	{								\
		return perf_main(rows, sizeof(rows) / sizeof((rows)[0]),\
				 setup, argc, argv);			\
	}

#endif
