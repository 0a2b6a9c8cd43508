// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fuzzer of the device nodes, led by coverage: programs of system calls against
 * both cards, the uverbs node and their sysfs files, in processes that are killed
 * at random moments, on a kernel whose checks are what it relies on.
 *
 *	nodes			FUZZ_SECONDS of it, and whether everything still works
 *	nodes --replay FILE...	the programs in the files, REPLAY_TIMES each
 *	nodes --kinds		what calls there are
 * Environment:
 *	FUZZ_TRACE	if set, each call and its result go to standard error
 *	FUZZ_SECONDS	default 60
 *	FUZZ_SEED	default is the time; it is printed
 *	FUZZ_PROCS	processes at a time, default 3
 *	FUZZ_CORPUS	where the last programs of each process and, at the end, all
 *			that were kept go; default $SACC_VM_OUT, if set
 * Besides its own table, programs are taken from corpus/nodes/ beside the source.
 *
 * The seed gives the choices of each process, not how processes meet: what ran last
 * is in FUZZ_CORPUS/nodes-last-*.txt, for --replay. What kernel threads do, those of
 * AFUs and the one that looks at doorbells, is not traced and leads nobody.
 *
 * The parts: nodes-program.c makes programs, nodes-exec.c runs them, the others are
 * what can be called. This file starts and kills processes and looks at the result.
 * Needs modules built with KCOV_INSTRUMENT=y on a kernel with KCOV.
 */
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "nodes.h"

#define MIN_PCS			1200	/* places; the first programs reach 1400 */
#define MIN_MUTATED		50	/* programs besides those */
#define STUCK_SECONDS		60	/* without a new program, or after SIGKILL */
#define REPLAY_TIMES		20
#define SLOW_FACTOR		6	/* times FUZZ_SECONDS, at most */

struct shared *shared;

static const char *directory;
static uint64_t seed;
static unsigned int procs = 3, kills, started;
static time_t seconds = 60;
static struct rng rng;

struct worker {
	pid_t pid;
	unsigned int progress;	/* when looked at last */
	time_t since;		/* it is that */
	bool killed;
};

static struct worker workers[MAX_WORKERS];

static unsigned int number_from(const char *name, unsigned int usual)
{
	const char *text = getenv(name);

	return text && *text ? strtoul(text, NULL, 0) : usual;
}

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* --- Results */

static unsigned int tests, failures;

static void report(bool good, const char *what)
{
	tests++;
	failures += !good;
	printf("%sok %u %s\n", good ? "" : "not ", tests, what);
	fflush(stdout);
}

static void report_kinds(void)
{
	char line[96];
	unsigned int i, ran, worked;

	for (i = 0; i < num_kinds; i++) {
		ran = atomic_load(&shared->ran[i]);
		worked = atomic_load(&shared->worked[i]);
		printf("# %s: %u of %u, %llu us each\n", kinds[i]->name, worked, ran,
		       ran ? atomic_load(&shared->micros[i]) / ran : 0);
		snprintf(line, sizeof(line), "call %s gets its answer",
			 kinds[i]->name);
		report(worked, line);
	}
}

/* --- Processes */

static void tell_kernel_log(const char *text)
{
	char line[128];

	snprintf(line, sizeof(line), "nodes fuzzer: seed %#llx, %u programs: %s\n",
		 (unsigned long long)seed, atomic_load(&shared->programs), text);
	write_text("/dev/kmsg", line);
}

static void start_worker(unsigned int slot)
{
	struct worker *w = &workers[slot];
	uint64_t own = seed + 0x100000001b3ull * ++started;

	fflush(stdout);
	w->killed = false;
	w->since = now();
	w->pid = fork();
	if (w->pid < 0) {
		perror("fork");
		exit(1);
	}
	if (!w->pid)
		worker_run(slot, own, directory);
}

/* Slot 0 is not for programs: it puts back what they took away. */
static void start_keeper(void)
{
	struct worker *w = &workers[0];

	w->killed = false;
	w->since = now();
	w->pid = fork();
	while (!w->pid) {
		restore_devices();
		atomic_fetch_add(&shared->progress[0], 1);
		usleep(300000);
	}
}

static void show_stack(pid_t pid)
{
	char path[64], line[256];
	glob_t tasks;
	size_t i;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/*/stack", pid);
	if (glob(path, 0, NULL, &tasks))
		return;
	for (i = 0; i < tasks.gl_pathc; i++) {
		printf("# %s\n", tasks.gl_pathv[i]);
		f = fopen(tasks.gl_pathv[i], "r");
		while (f && fgets(line, sizeof(line), f))
			printf("#   %s", line);
		if (f)
			fclose(f);
	}
	globfree(&tasks);
}

static void kill_worker(struct worker *w)
{
	kill(w->pid, SIGKILL);
	if (!w->killed)
		w->since = now();
	w->killed = true;
}

/*
 * Whether all is well with a worker; it is reaped if it has ended. One that makes
 * no progress is killed, and one that cannot be killed is what we look for.
 */
static bool watch(unsigned int slot)
{
	struct worker *w = &workers[slot];
	unsigned int progress = atomic_load(&shared->progress[slot]);

	if (!w->pid || waitpid(w->pid, NULL, WNOHANG) == w->pid) {
		w->pid = 0;
		return true;
	}
	if (!w->killed && progress != w->progress) {
		w->progress = progress;
		w->since = now();
	}
	if (now() - w->since < STUCK_SECONDS)
		return true;
	printf("# process %d %s\n", w->pid,
	       w->killed ? "cannot be killed" : "makes no progress");
	show_stack(w->pid);
	if (w->killed)
		return false;
	kill_worker(w);
	return true;
}

static bool stop_all(void)
{
	bool well = true;
	unsigned int i, left;

	atomic_store(&shared->stop, true);
	kill_worker(&workers[0]);
	do {
		usleep(50000);
		for (i = 0, left = 0; i <= procs; i++) {
			well &= watch(i);
			left += workers[i].pid > 0;
		}
	} while (left && well);
	restore_devices();
	return well;
}

static void remember_first_pcs(void)
{
	if (!atomic_load(&shared->first_pcs) &&
	    atomic_load(&shared->programs) >= num_kinds)
		atomic_store(&shared->first_pcs,
			     atomic_load(&shared->coverage.num_pcs));
}

static bool enough_programs(void)
{
	return atomic_load(&shared->programs) >=
	       num_kinds + shared->num_loaded + MIN_MUTATED;
}

/* A slow machine gets more time, for what is expected of any. */
static bool time_is_up(time_t begin)
{
	unsigned int i;

	if (now() - begin < seconds)
		return false;
	if (now() - begin > SLOW_FACTOR * seconds)
		return true;
	for (i = 0; i < num_kinds; i++)
		if (!atomic_load(&shared->worked[i]))
			return false;
	return enough_programs();
}

static void tell(time_t begin)
{
	unsigned int i;

	tell_kernel_log("going on");
	printf("# %ld s: %u programs, %u places, %u kept", (long)(now() - begin),
	       atomic_load(&shared->programs),
	       atomic_load(&shared->coverage.num_pcs),
	       atomic_load(&shared->num_corpus));
	if (now() - begin >= seconds)
		for (i = 0; i < num_kinds; i++)
			if (!atomic_load(&shared->worked[i]))
				printf(", no %s yet", kinds[i]->name);
	putchar('\n');
	fflush(stdout);
}

static bool fuzz(void)
{
	time_t begin = now(), told = begin;
	bool well = true;
	unsigned int i;

	start_keeper();
	while (well && !time_is_up(begin)) {
		for (i = 1; i <= procs; i++)
			if (!workers[i].pid)
				start_worker(i);
		usleep(20000 + rng_below(&rng, 60000));
		if (rng_percent(&rng, 3) &&
		    atomic_load(&shared->next_seed) >= num_kinds + shared->num_loaded) {
			kill_worker(&workers[1 + rng_below(&rng, procs)]);
			kills++;
		}
		for (i = 0; i <= procs; i++)
			well &= watch(i);
		remember_first_pcs();
		if (now() - told < 30)
			continue;
		told = now();
		tell(begin);
	}
	return stop_all() && well;
}

/* --- Corpus */

/* False if a file is not what it should be. */
static bool load_corpus(void)
{
	const char *top = getenv("top_srcdir");
	static char text[1 << 18];
	struct program p;
	bool well = true;
	glob_t files;
	char pattern[512], *rest;
	size_t i, n;
	FILE *f;

	snprintf(pattern, sizeof(pattern), "%s/selftests/fuzz/corpus/nodes/*.txt",
		 top ? top : ".");
	if (glob(pattern, 0, NULL, &files))
		return true;
	for (i = 0; i < files.gl_pathc; i++) {
		f = fopen(files.gl_pathv[i], "r");
		if (!f)
			return false;
		n = fread(text, 1, sizeof(text) - 1, f);
		text[n] = '\0';
		fclose(f);
		rest = text;
		while (program_parse(&p, &rest) && shared->num_loaded < MAX_CORPUS / 2)
			shared->corpus[shared->num_loaded++] = p;
		well &= rest && !*rest;
	}
	atomic_store(&shared->num_corpus, shared->num_loaded);
	printf("# %u programs from %zu files\n", shared->num_loaded, files.gl_pathc);
	globfree(&files);
	return well;
}

static void save_corpus(void)
{
	static char text[8192];
	unsigned int i, n = atomic_load(&shared->num_corpus);
	char path[512];
	FILE *f;

	if (!directory)
		return;
	snprintf(path, sizeof(path), "%s/nodes-corpus.txt", directory);
	f = fopen(path, "w");
	for (i = 0; f && i < n && i < MAX_CORPUS; i++) {
		size_t len = program_print(&shared->corpus[i], text, sizeof(text));

		fwrite(text, 1, len, f);
	}
	if (f)
		fclose(f);
}

/* --- Afterwards */

/* A call, and what it needs, as the table says: in a process of its own. */
static bool works(const char *name)
{
	unsigned int kind = kind_by_name(name);
	unsigned int before = atomic_load(&shared->worked[kind]);
	struct program p;
	char path[] = "/tmp/nodes-XXXXXX", text[4096];
	size_t len;
	pid_t pid;
	int fd;

	program_seed(&p, kind);
	fd = mkstemp(path);
	len = program_print(&p, text, sizeof(text));
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		return false;
	close(fd);
	pid = fork();
	if (!pid)
		_exit(replay(path, 1));
	waitpid(pid, NULL, 0);
	unlink(path);
	return atomic_load(&shared->worked[kind]) > before;
}

/* Not a single object of a program that has ended. */
static bool nothing_is_left(void)
{
	char line[128];
	unsigned int i;
	long n, sum;
	FILE *f;

	for (i = 0; i < 100; i++, usleep(100000)) {
		f = fopen("/sys/kernel/debug/softaccel_devx/mlx5_0/objects", "r");
		sum = f ? 0 : -1;
		while (f && fgets(line, sizeof(line), f))
			if (sscanf(line, "%*s %ld", &n) == 1)
				sum += n;
		if (f)
			fclose(f);
		if (!sum && write_text("/sys/class/cxl/afu0.0/mode", "afu_directed") &&
		    write_text("/sys/class/cxl/afu1.0/mode", "dedicated_process") &&
		    write_text("/sys/class/cxl/afu2.0/mode", "afu_directed"))
			return true;
	}
	return false;
}

static int run_all(void)
{
	unsigned int first;
	bool well;

	printf("KTAP version 1\n1..%u\n", num_kinds + 8);
	printf("# FUZZ_SEED=%#llx FUZZ_SECONDS=%ld FUZZ_PROCS=%u\n",
	       (unsigned long long)seed, (long)seconds, procs);
	report(load_corpus(), "kept programs can be read");
	tell_kernel_log("begins");
	well = fuzz();
	first = atomic_load(&shared->first_pcs);
	printf("# %u programs, %u calls, %u raced, %u kills, %u kept\n",
	       atomic_load(&shared->programs), atomic_load(&shared->calls),
	       atomic_load(&shared->raced), kills, atomic_load(&shared->num_corpus));
	printf("# %u places, %u after one program for each call; %u steps\n",
	       atomic_load(&shared->coverage.num_pcs), first,
	       atomic_load(&shared->coverage.num_edges));
	printf("# %llu us for each program around its calls\n",
	       atomic_load(&shared->micros_around) /
	       (atomic_load(&shared->programs) + 1));
	kcov_report(&shared->coverage, directory);
	save_corpus();
	report_kinds();
	report(well, "every process can be killed");
	report(enough_programs(), "enough programs have run");
	report(atomic_load(&shared->coverage.num_pcs) >= MIN_PCS,
	       "enough of the modules was reached");
	report(first && atomic_load(&shared->coverage.num_pcs) > first,
	       "programs reach more than their table does");
	report(nothing_is_left(), "nothing is left of programs that have ended");
	report(works("submit_copy") && works("copy_dedicated"), "both AFUs still copy");
	report(works("query_async") && works("ring_cq"), "the ib_device still works");
	tell_kernel_log("ends");
	return failures || !tests;
}

static void prepare(void)
{
	const char *text = getenv("FUZZ_SEED");

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	add_capi_kinds();
	add_register_kinds();
	add_verbs_kinds();
	add_devx_kinds();
	add_write_kinds();
	add_memory_kinds();
	/* Last: it takes devices away, at first one call after the other. */
	add_sysfs_kinds();
	seed = text && *text ? strtoull(text, NULL, 0) : (uint64_t)time(NULL);
	seconds = number_from("FUZZ_SECONDS", seconds);
	procs = number_from("FUZZ_PROCS", procs);
	if (procs < 1 || procs >= MAX_WORKERS)
		procs = 3;
	shared->trace = getenv("FUZZ_TRACE");
	directory = getenv("FUZZ_CORPUS") ?: getenv("SACC_VM_OUT");
	rng = rng_seed(seed);
	if (access("/sys/kernel/debug/kcov", F_OK))
		mount("none", "/sys/kernel/debug", "debugfs", 0, NULL);
}

int main(int argc, char **argv)
{
	unsigned int i;
	int ret = 0;

	prepare();
	if (argc > 2 && !strcmp(argv[1], "--replay")) {
		for (i = 2; i < (unsigned int)argc; i++) {
			pid_t pid = fork();

			if (!pid)
				_exit(replay(argv[i], REPLAY_TIMES));
			waitpid(pid, &ret, 0);
			printf("# %s: status %#x\n", argv[i], ret);
		}
		return ret != 0;
	}
	if (argc > 1 && !strcmp(argv[1], "--kinds")) {
		for (i = 0; i < num_kinds; i++)
			puts(kinds[i]->name);
		return 0;
	}
	if (access("/sys/kernel/debug/kcov", W_OK)) {
		printf("KTAP version 1\n1..1\n# no /sys/kernel/debug/kcov\n"
		       "not ok 1 coverage can be traced\n");
		return 1;
	}
	return run_all();
}
