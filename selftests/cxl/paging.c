// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is not simply there: huge pages, swapped-out pages, files that
 * shrink, stacks that grow, memory that somebody is charged for; and memory that
 * goes although an AFU works on it.
 */
#define _GNU_SOURCE
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>

#include "cxl.h"

#define MIB (1ul << 20)
#define HUGE (2 * MIB)

static void copies(struct queue *q, const void *src, void *dst, size_t n)
{
	ASSERT_EQ(run(q, OP_COPY, src, dst, n), COMPLETE);
	ASSERT(!memcmp(src, dst, n));
}

/* The number behind @key in a file of "key: number" or "key number" lines. */
static long number_of(const char *file, const char *key)
{
	const char *at = strstr(attr_read(file), key);

	if (!at)
		FAIL("no %s in %s", key, file);
	return strtol(at + strlen(key) + strspn(at + strlen(key), ": \t"), NULL, 10);
}

static bool within(int64_t ms, bool (*holds)(void *), void *arg)
{
	int64_t end = now_ms() + ms;

	while (!holds(arg)) {
		if (now_ms() > end)
			return false;
		sleep_ms(10);
	}
	return true;
}

/* --- huge pages */

#define HUGE_PAGES "/proc/sys/vm/nr_hugepages"

static char *huge_memory(size_t n)
{
	char *p;

	ASSERT_EQ(attr_write("/proc/sys/vm/compact_memory", "1"), 0);
	ASSERT_EQ(attr_write(HUGE_PAGES, "8"), 0);
	p = mmap(NULL, n * HUGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (p == MAP_FAILED)
		SKIP("no huge pages");
	return p;
}

TEST(huge_pages_are_copied_from_and_to)
{
	struct queue q;
	char *p, *small = pages(16);
	unsigned int i;

	queue_context(&q);
	p = huge_memory(2);
	for (i = 0; i < 16 * PAGE; i++)
		small[i] = i * 13 + i / 255;
	/* The AFU touches each of them first, and crosses from one to the next. */
	copies(&q, small, p + HUGE - 30000, 60001);
	copies(&q, p + HUGE - 30000, p + 100001, 60001);
	copies(&q, p + 100001, small, 60001);
	munmap(p, 2 * HUGE);
	ASSERT_EQ(run(&q, OP_COPY, small, p, 8), ADDRESS_ERROR);
	attr_write(HUGE_PAGES, "0");
}

TEST(a_huge_page_shared_with_a_child_is_copied_before_the_afu_writes)
{
	struct queue q;
	int go[2], status;
	char *p, *src = pages(1), byte;
	pid_t pid;

	queue_context(&q);
	p = huge_memory(1);
	strcpy(p + 5000, "old");
	strcpy(src, "new");
	ASSERT_EQ(pipe(go), 0);
	pid = fork();
	if (!pid) {
		ASSERT_EQ(read(go[0], &byte, 1), 1);
		ASSERT_STREQ(p + 5000, "old");
		_exit(0);
	}
	copies(&q, src, p + 5000, 4);
	ASSERT_EQ(write(go[1], "x", 1), 1);
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_EQ(status, 0);
	munmap(p, HUGE);
	attr_write(HUGE_PAGES, "0");
}

/* Anonymous memory of one huge page, aligned, that the kernel may make huge. */
static char *transparent_memory(void)
{
	char *p = pages(2 * HUGE / PAGE);

	p += (HUGE - (uintptr_t)p % HUGE) % HUGE;
	if (madvise(p, HUGE, MADV_HUGEPAGE))
		SKIP("no transparent huge pages");
	return p;
}

TEST(transparent_huge_pages_are_copied_from_and_to)
{
	struct queue q;
	char *p, *other = pages(1);
	size_t at;

	queue_context(&q);
	p = transparent_memory();
	memset(other, 0x5a, PAGE);
	/* The AFU's store is what makes it; splitting it changes nothing. */
	copies(&q, other, p + 12345, 3000);
	ktap_note("%ld kB huge", number_of("/proc/self/smaps_rollup", "AnonHugePages"));
	ASSERT_EQ(mprotect(p + HUGE / 2, PAGE, PROT_READ), 0);
	copies(&q, p + 12345, p + 70000, 3000);
	ASSERT_EQ(run(&q, OP_COPY, other, p + HUGE / 2, 1), ADDRESS_ERROR);
	ASSERT_EQ(madvise(p + PAGE, PAGE, MADV_DONTNEED), 0);
	for (at = 0; at < HUGE; at += HUGE / 8)
		if (at != HUGE / 2)
			copies(&q, other, p + at, PAGE);
}

/* --- swapped-out pages */

#define ZRAM "/dev/zram0"

static void need_swap(void)
{
	if (system("modprobe zram 2>/dev/null") ||
	    attr_write("/sys/block/zram0/disksize", "64M") ||
	    system("mkswap " ZRAM " >/dev/null 2>&1") || swapon(ZRAM, 0))
		SKIP("no device to swap to");
}

static void drop_swap(void)
{
	ASSERT_EQ(swapoff(ZRAM), 0);
	ASSERT_EQ(attr_write("/sys/block/zram0/reset", "1"), 0);
}

static bool is_out(void *p)
{
	uint64_t entry;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	ASSERT_GE(fd, 0);
	ASSERT_EQ(pread(fd, &entry, 8, (uintptr_t)p / PAGE * 8), 8);
	close(fd);
	if (entry >> 62 & 1)		/* swapped */
		return true;
	/* A page in another CPU's batch of new ones stays; this empties them all. */
	attr_write("/proc/sys/vm/compact_memory", "1");
	madvise(p, PAGE, MADV_PAGEOUT);
	return false;
}

TEST(swapped_out_pages_come_back_for_the_afu)
{
	struct queue q;
	char *src = pages(1), *dst = pages(1);
	int i;

	need_swap();
	queue_context(&q);
	for (i = 1; i <= 5; i++) {
		memset(src, i, PAGE);
		memset(dst, 0xff, PAGE);
		ASSERT(within(20000, is_out, src));
		ASSERT(within(20000, is_out, dst));
		/* A part only: the rest of it must come back as it was. */
		ASSERT_EQ(run(&q, OP_COPY, src, dst + 100, 2000), COMPLETE);
		ASSERT_EQ(dst[99], (char)0xff);
		ASSERT_EQ(dst[100], i);
		ASSERT_EQ(dst[2099], i);
		ASSERT_EQ(dst[2100], (char)0xff);
	}
	drop_swap();
}

/* --- files */

struct shrinker {
	int file;
	volatile bool stop;
};

static void *shrink(void *arg)
{
	struct shrinker *s = arg;

	while (!s->stop) {
		(void)!ftruncate(s->file, 5 * PAGE + 100);
		usleep(200);
		(void)!ftruncate(s->file, 16 * PAGE);
		usleep(200);
	}
	return NULL;
}

TEST(a_file_truncated_during_transfers_gives_faults_in_it_and_no_harm)
{
	struct shrinker s = { .file = memfd_create("file", 0) };
	int fd, i, ok = 0;
	char *src = pages(16), *p;
	struct cxl_event event;
	pthread_t thread;
	struct queue q;

	fd = queue_context(&q);
	ASSERT_EQ(ftruncate(s.file, 16 * PAGE), 0);
	p = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, s.file, 0);
	ASSERT(p != MAP_FAILED);
	ASSERT_EQ(pthread_create(&thread, NULL, shrink, &s), 0);
	for (i = 0; i < 300; i++) {
		bool in = i & 1;
		uint8_t status = run(&q, OP_COPY, in ? p : src, in ? src : p,
				     15 * PAGE);

		if (status == COMPLETE) {
			ok++;
			continue;
		}
		ASSERT_EQ(status, ADDRESS_ERROR);
		event = read_event(fd);
		ASSERT_EQ(event.header.type, CXL_EVENT_DATA_STORAGE);
		/* Behind the part of the file that always is. */
		ASSERT_GE(event.fault.addr, (uintptr_t)p + 6 * PAGE);
		ASSERT_LT(event.fault.addr, (uintptr_t)p + 15 * PAGE);
		ASSERT_EQ(event.fault.dsisr & DSISR_STORE, in ? 0 : DSISR_STORE);
	}
	s.stop = true;
	pthread_join(thread, NULL);
	ktap_note("%d of %d transfers complete", ok, i);
}

/* --- the stack */

static uintptr_t stack_start(void)
{
	char line[256];
	unsigned long from = 0;
	FILE *f = fopen("/proc/self/maps", "r");

	ASSERT(f);
	while (fgets(line, sizeof(line), f))
		if (strstr(line, "[stack]"))
			ASSERT_EQ(sscanf(line, "%lx", &from), 1);
	fclose(f);
	ASSERT(from);
	return from;
}

TEST(the_stack_grows_for_the_afu)
{
	uintptr_t low = stack_start();
	char *src = pages(1);
	struct queue q;

	queue_context(&q);
	strcpy(src, "below");
	ASSERT_EQ(run(&q, OP_COPY, src, (char *)low - 3 * PAGE, 6), COMPLETE);
	ASSERT_LE(stack_start(), low - 3 * PAGE);
	ASSERT_STREQ((char *)low - 3 * PAGE, "below");
}

/* --- who is charged */

#define GROUP "/tmp/sacc-cgroup/afu"

/* A control group of its own with a limit of @mib, or a skip. */
static void make_group(const char *limit)
{
	mkdir("/tmp/sacc-cgroup", 0700);
	if (access("/tmp/sacc-cgroup/cgroup.controllers", F_OK) &&
	    mount("none", "/tmp/sacc-cgroup", "cgroup2", 0, NULL))
		SKIP("no cgroup2");
	if (!strstr(attr_read("/tmp/sacc-cgroup/cgroup.controllers"), "memory") ||
	    attr_write("/tmp/sacc-cgroup/cgroup.subtree_control", "+memory"))
		SKIP("no memory controller");
	ASSERT(!mkdir(GROUP, 0700) || errno == EEXIST);
	ASSERT_EQ(attr_write(GROUP "/memory.max", limit), 0);
}

static bool group_goes(void *unused)
{
	(void)unused;
	return !rmdir(GROUP);
}

static void drop_group(void)
{
	ASSERT(within(10000, group_goes, NULL));
	ASSERT_EQ(umount("/tmp/sacc-cgroup"), 0);
}

/* Let the AFU be the first to touch @n bytes at @p. */
static void afu_touches(struct queue *q, char *p, size_t n)
{
	char *src = pages(16);
	size_t at;

	for (at = 0; at < n; at += 15 * PAGE)
		ASSERT_EQ(run(q, OP_COPY, src, p + at, n - at < 15 * PAGE ?
			      n - at : 15 * PAGE), COMPLETE);
}

TEST(memory_that_the_afu_touches_is_charged_to_the_process)
{
	make_group("64M");
	IN_CHILD({
		struct queue q;
		long before;

		ASSERT_EQ(attr_write(GROUP "/cgroup.procs", "0"), 0);
		queue_context(&q);
		before = number_of(GROUP "/memory.stat", "anon");
		afu_touches(&q, pages(16 * MIB / PAGE), 16 * MIB);
		ASSERT_GE(number_of(GROUP "/memory.stat", "anon") - before,
			  (long)(15 * MIB));
	});
	drop_group();
}

TEST(an_afu_that_exceeds_the_limit_takes_its_own_process_down)
{
	int status, fd;
	pid_t pid;

	make_group("24M");
	pid = fork();
	if (!pid) {
		struct queue q;

		ASSERT_EQ(attr_write(GROUP "/cgroup.procs", "0"), 0);
		/* Not there in a kernel without swap. */
		if (!access(GROUP "/memory.swap.max", F_OK))
			attr_write(GROUP "/memory.swap.max", "0");
		map(queue_context(&q), PAGE);
		afu_touches(&q, pages(96 * MIB / PAGE), 96 * MIB);
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ktap_note("status 0x%x", status);
	ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ASSERT_GE(number_of(GROUP "/memory.events", "oom_kill"), 1);
	/* Nothing else was, and nothing is left. */
	fd = open_node(SLAVE);
	ASSERT_EQ(process_element(fd), 0);
	drop_group();
}

/* --- memory goes although an AFU works on it */

static long huge_pages_in_use(void)
{
	return number_of("/proc/meminfo", "HugePages_Total") -
	       number_of("/proc/meminfo", "HugePages_Free");
}

static bool no_huge_page_in_use(void *unused)
{
	(void)unused;
	return !huge_pages_in_use();
}

/* A process whose AFU copies in huge pages, for ever; tells when it does. */
static pid_t huge_worker(int *fd_out, int report, bool then_exec)
{
	pid_t pid = fork();

	if (!pid) {
		char *p = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
		struct queue q = queue_new(1);
		int64_t end;

		ASSERT(p != MAP_FAILED);
		ASSERT_EQ(start(*fd_out, queue_wed(&q)), 0);
		ASSERT_EQ(run(&q, OP_COPY, p, p + HUGE, 65535), COMPLETE);
		ASSERT_EQ(write(report, "x", 1), 1);
		for (end = now_ms() + (then_exec ? 200 : 1000000); now_ms() < end;)
			run(&q, OP_COPY, p, p + HUGE, 65535);
		submit(&q, OP_COPY, p, p + HUGE, 65535);
		execlp("sleep", "sleep", "1000", NULL);
		_exit(1);
	}
	return pid;
}

static void memory_goes(bool then_exec)
{
	int pipefd[2], fd = open(SLAVE, O_RDWR);
	char byte;
	pid_t pid;

	munmap(huge_memory(1), HUGE);
	ASSERT_EQ(pipe(pipefd), 0);
	pid = huge_worker(&fd, pipefd[1], then_exec);
	ASSERT_EQ(read(pipefd[0], &byte, 1), 1);
	ASSERT_EQ(huge_pages_in_use(), 2);
	if (!then_exec) {
		sleep_ms(50);
		kill(pid, SIGKILL);
		ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	}
	/* This process still has the file, and with it the context. */
	ASSERT(within(15000, no_huge_page_in_use, NULL));
	ASSERT_EQ(process_element(fd), 0);
	if (then_exec) {
		ASSERT_EQ(kill(pid, SIGKILL), 0);
		ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	}
	attr_write(HUGE_PAGES, "0");
}

TEST(the_memory_of_a_killed_process_is_freed_while_its_context_lives)
{
	memory_goes(false);
}

TEST(the_memory_of_the_old_image_is_freed_by_exec_while_its_context_lives)
{
	memory_goes(true);
}

static bool unmounts(void *dir)
{
	return !umount(dir);
}

TEST(a_file_mapped_by_a_killed_process_is_let_go)
{
	char dir[] = "/tmp/sacc-tmpfs-XXXXXX", path[64], byte;
	int pipefd[2], file, i;
	pid_t pid;

	ASSERT(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	ASSERT_EQ(pipe(pipefd), 0);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(mount("none", dir, "tmpfs", 0, NULL), 0);
		pid = fork();
		if (!pid) {
			struct queue q;
			char *p;

			map(queue_context(&q), PAGE);
			file = open(path, O_RDWR | O_CREAT, 0600);
			ASSERT_EQ(ftruncate(file, 32 * PAGE), 0);
			p = mmap(NULL, 32 * PAGE, PROT_READ | PROT_WRITE,
				 MAP_SHARED, file, 0);
			ASSERT(p != MAP_FAILED);
			ASSERT_EQ(write(pipefd[1], "x", 1), 1);
			for (;;)
				run(&q, OP_COPY, p, p + 16 * PAGE, 65535);
		}
		ASSERT_EQ(read(pipefd[0], &byte, 1), 1);
		usleep(i * 2000);
		ASSERT_ERRNO(umount(dir), EBUSY);
		kill(pid, SIGKILL);
		ASSERT_EQ(waitpid(pid, NULL, 0), pid);
		ASSERT(within(10000, unmounts, dir));
	}
	rmdir(dir);
}

KTAP_MAIN()
