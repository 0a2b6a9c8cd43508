// SPDX-License-Identifier: GPL-2.0-only
/* What the AFU sees of its process: all of it, as it is now, and nothing else. */
#define _GNU_SOURCE
#include "cxl.h"
#include "userfault.h"

static void copies(struct queue *q, const void *src, void *dst, size_t n)
{
	ASSERT_EQ(run(q, OP_COPY, src, dst, n), COMPLETE);
	ASSERT(!memcmp(src, dst, n));
}

static void *mapped(int prot, int flags, int fd)
{
	void *p = mmap(NULL, PAGE, prot, flags, fd, 0);

	ASSERT(p != MAP_FAILED);
	return p;
}

TEST(memory_mapped_after_attach_is_reached)
{
	struct queue q;
	char *src, *dst;

	queue_context(&q);
	src = pages(1);
	dst = pages(1);
	memset(src, 0x3c, PAGE);
	copies(&q, src, dst, PAGE);
}

TEST(demand_zero_memory_is_first_touched_by_the_afu)
{
	struct queue q;
	char *src, *dst;
	unsigned char in[2] = { 9, 9 };

	queue_context(&q);
	src = pages(2);
	dst = pages(2);
	ASSERT_EQ(run(&q, OP_COPY, src + PAGE - 100, dst + PAGE - 100, 200), COMPLETE);
	ASSERT_EQ(mincore(dst, 2 * PAGE, in), 0);
	ASSERT(in[0] & in[1] & 1);
	ASSERT_EQ(dst[PAGE], 0);
}

TEST(shared_memory_and_files_are_reached)
{
	int fd = memfd_create("file", 0);
	char *shared, *file, *private;
	struct queue q;

	queue_context(&q);
	ASSERT_EQ(ftruncate(fd, PAGE), 0);
	shared = mapped(PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
	file = mapped(PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	private = mapped(PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
	strcpy(shared, "one");
	copies(&q, shared, file, 4);
	ASSERT_STREQ(private, "one");
	strcpy(shared, "two");
	copies(&q, shared, private, 4);
	ASSERT_STREQ(file, "one");
}

TEST(a_file_beyond_its_end_gives_a_fault)
{
	int file = memfd_create("file", 0), fd;
	struct queue q;
	char *p, to[8];

	fd = queue_context(&q);
	ASSERT_EQ(ftruncate(file, 0), 0);
	p = mapped(PROT_READ | PROT_WRITE, MAP_SHARED, file);
	ASSERT_EQ(run(&q, OP_COPY, p + 16, to, 8), ADDRESS_ERROR);
	expect_fault(fd, p + 16, DSISR_NO_PTE);
}

TEST(the_stack_of_a_thread_is_reached)
{
	struct queue q;
	char src[333], dst[333];

	queue_context(&q);
	memset(src, 7, sizeof(src));
	memset(dst, 0, sizeof(dst));
	copies(&q, src, dst, sizeof(src));
}

TEST(unmapped_memory_gives_a_fault_with_its_address)
{
	struct queue q;
	int fd = queue_context(&q);
	char *p = pages(1), *ok = pages(1);

	munmap(p, PAGE);
	ASSERT_EQ(run(&q, OP_COPY, p + 24, ok, 8), ADDRESS_ERROR);
	expect_fault(fd, p + 24, DSISR_NO_PTE);
	ASSERT_EQ(run(&q, OP_COPY, ok, p + 32, 8), ADDRESS_ERROR);
	expect_fault(fd, p + 32, DSISR_NO_PTE | DSISR_STORE);
	copies(&q, ok, ok + 64, 8);
}

TEST(a_fault_in_the_middle_gives_the_first_byte_that_fails)
{
	struct queue q;
	int fd = queue_context(&q);
	char *p = pages(3), *ok = pages(3);

	memset(ok, 0x11, 3 * PAGE);
	munmap(p + 2 * PAGE, PAGE);
	ASSERT_EQ(run(&q, OP_COPY, p + PAGE - 3, ok, 2 * PAGE), ADDRESS_ERROR);
	expect_fault(fd, p + 2 * PAGE, DSISR_NO_PTE);
	ASSERT_EQ(run(&q, OP_COPY, ok, p + 77, 3 * PAGE - 77), ADDRESS_ERROR);
	expect_fault(fd, p + 2 * PAGE, DSISR_NO_PTE | DSISR_STORE);
	ASSERT_EQ(p[2 * PAGE - 1], 0x11);
}

TEST(prot_none_gives_a_protection_fault)
{
	struct queue q;
	int fd = queue_context(&q);
	char *p = pages(1), *ok = pages(1);

	ASSERT_EQ(mprotect(p, PAGE, PROT_NONE), 0);
	ASSERT_EQ(run(&q, OP_COPY, p, ok, 1), ADDRESS_ERROR);
	expect_fault(fd, p, DSISR_PROTECTION);
	ASSERT_EQ(run(&q, OP_COPY, ok, p + 1, 1), ADDRESS_ERROR);
	expect_fault(fd, p + 1, DSISR_PROTECTION | DSISR_STORE);
	ASSERT_EQ(mprotect(p, PAGE, PROT_READ | PROT_WRITE), 0);
	copies(&q, ok, p, 1);
}

TEST(read_only_memory_can_be_read_and_not_be_written)
{
	struct queue q;
	int fd = queue_context(&q);
	char *p = pages(1), *ok = pages(1);

	strcpy(p, "const");
	ASSERT_EQ(mprotect(p, PAGE, PROT_READ), 0);
	copies(&q, p, ok, 6);
	ASSERT_EQ(run(&q, OP_COPY, ok, p + 8, 8), ADDRESS_ERROR);
	expect_fault(fd, p + 8, DSISR_PROTECTION | DSISR_STORE);
	ASSERT_STREQ(p, "const");
}

TEST(what_the_afu_writes_after_fork_the_child_does_not_see)
{
	struct queue q;
	char *p, *src;
	int pipefd[2];
	char byte;

	queue_context(&q);
	p = pages(1);
	src = pages(1);
	strcpy(p, "old");
	strcpy(src, "new");
	ASSERT_EQ(pipe(pipefd), 0);
	pid_t pid = fork();

	if (!pid) {
		ASSERT_EQ(read(pipefd[0], &byte, 1), 1);
		ASSERT_STREQ(p, "old");
		_exit(0);
	}
	copies(&q, src, p, 4);
	ASSERT_EQ(write(pipefd[1], "x", 1), 1);
	int status;

	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_EQ(status, 0);
	ASSERT_STREQ(p, "new");
}

TEST(what_the_child_writes_the_afu_does_not_see)
{
	struct queue q;
	char *p, *dst;

	queue_context(&q);
	p = pages(1);
	dst = pages(1);
	strcpy(p, "parent");
	IN_CHILD(strcpy(p, "child"));
	ASSERT_EQ(run(&q, OP_COPY, p, dst, 7), COMPLETE);
	ASSERT_STREQ(dst, "parent");
}

TEST(kernel_addresses_give_a_fault)
{
	static const uint64_t bad[] = {
		0xffff888000000000ull, 0xffffffff81000000ull,
		0xffffffffff600000ull, 0xfffffffffffffff8ull,
	};
	struct queue q;
	int fd = queue_context(&q);
	char *ok = pages(1);
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ASSERT_EQ(run(&q, OP_COPY, (void *)bad[i], ok, 8), ADDRESS_ERROR);
		expect_fault(fd, (void *)bad[i], DSISR_NO_PTE);
		ASSERT_EQ(run(&q, OP_COPY, ok, (void *)bad[i], 8), ADDRESS_ERROR);
		expect_fault(fd, (void *)bad[i], DSISR_NO_PTE | DSISR_STORE);
	}
}

TEST(non_canonical_and_57_bit_addresses_give_a_fault)
{
	static const uint64_t bad[] = {
		0x0000800000000000ull, 0x0100000000000000ull,
		0x00ff000000000000ull, 0x7ffffffffffffff0ull,
		0x8000000000000000ull,
	};
	struct queue q;
	int fd = queue_context(&q);
	char *ok = pages(1);
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ASSERT_EQ(run(&q, OP_COPY, (void *)bad[i], ok, 100), ADDRESS_ERROR);
		expect_fault(fd, (void *)bad[i], DSISR_NO_PTE);
	}
}

TEST(an_atomic_on_a_kernel_address_gives_a_fault)
{
	struct queue q;
	int fd = queue_context(&q);
	struct element *e;

	e = queue_put(&q, OP_ATOMIC, NULL, (void *)0xffff888000000000ull, 0);
	e->cmd_extra = 0x11;
	make_valid(e);
	ASSERT_EQ(wait_status(e), ADDRESS_ERROR);
	expect_fault(fd, (void *)0xffff888000000000ull, DSISR_NO_PTE | DSISR_STORE);
}

TEST(a_kernel_address_as_work_element_gives_a_fault)
{
	int fd = open_node(SLAVE);

	ASSERT_EQ(start(fd, 0xffff888000000001ull), 0);
	expect_fault(fd, (void *)0xffff888000000000ull, DSISR_NO_PTE);
}

TEST(the_afu_cannot_read_its_own_registers_as_memory)
{
	struct queue q;
	int fd = queue_context(&q);
	volatile uint8_t *w = map(fd, PAGE);
	char *ok = pages(1);

	ASSERT_EQ(run(&q, OP_COPY, (void *)w, ok, 8), ADDRESS_ERROR);
	expect_fault(fd, (void *)w, DSISR_NO_PTE);
}

TEST(memory_can_be_remapped_at_the_same_address)
{
	struct queue q;
	char *p, *dst;
	int i;

	queue_context(&q);
	p = pages(1);
	dst = pages(1);
	for (i = 1; i < 100; i++) {
		ASSERT(mmap(p, PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == p);
		p[5] = i;
		ASSERT_EQ(run(&q, OP_COPY, p, dst, 64), COMPLETE);
		ASSERT_EQ(dst[5], i);
	}
	ASSERT_EQ(madvise(p, PAGE, MADV_DONTNEED), 0);
	ASSERT_EQ(run(&q, OP_COPY, p, dst, 64), COMPLETE);
	ASSERT_EQ(dst[5], 0);
}

static void *unmapper(void *arg)
{
	char *p = arg;
	int i;

	for (i = 0; i < 300; i++) {
		munmap(p, 16 * PAGE);
		usleep(100);
		(void)!mmap(p, 16 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		usleep(100);
	}
	return NULL;
}

TEST(memory_unmapped_during_transfers_gives_faults_in_it_and_no_harm)
{
	struct queue q;
	int fd = queue_context(&q), done, ok = 0;
	char *src = pages(16), *dst = pages(16);
	struct cxl_event event;
	pthread_t thread;

	memset(src, 1, 15 * PAGE);
	ASSERT_EQ(pthread_create(&thread, NULL, unmapper, dst), 0);
	for (done = 0; done < 300; done++) {
		uint8_t status = run(&q, OP_COPY, src, dst, 15 * PAGE);

		if (status == COMPLETE) {
			ok++;
			continue;
		}
		ASSERT_EQ(status, ADDRESS_ERROR);
		event = read_event(fd);
		ASSERT_EQ(event.header.type, CXL_EVENT_DATA_STORAGE);
		ASSERT(event.fault.addr >= (uintptr_t)dst &&
		       event.fault.addr < (uintptr_t)dst + 15 * PAGE);
	}
	pthread_join(thread, NULL);
	ktap_note("%d of %d transfers complete", ok, done);
}

TEST(protection_keys_of_a_thread_do_not_bind_the_afu)
{
	struct queue q;
	char *p, *dst;
	int key = pkey_alloc(0, PKEY_DISABLE_ACCESS);

	if (key < 0)
		SKIP("no protection keys");
	queue_context(&q);
	p = pages(1);
	dst = pages(1);
	p[0] = 42;
	ASSERT_EQ(pkey_mprotect(p, PAGE, PROT_READ | PROT_WRITE, key), 0);
	ASSERT_EQ(run(&q, OP_COPY, p, dst, 1), COMPLETE);
	ASSERT_EQ(dst[0], 42);
}

/* --- userfaultfd: an access that somebody else decides about */

TEST(an_access_to_a_userfault_page_waits_for_it)
{
	char *p, *src, *dst;
	struct queue q;
	struct element *e;
	int uffd;

	queue_context(&q);
	p = pages(1);
	src = pages(1);
	dst = pages(1);
	strcpy(src, "late");
	uffd = userfault(p, PAGE);
	e = submit(&q, OP_COPY, p, dst, 5);
	wait_userfault(uffd);
	/* Longer than the AFU's patience: it must come back. */
	sleep_ms(2500);
	ASSERT_EQ(e->status, 0);
	end_userfault(uffd, p, src);
	ASSERT_EQ(wait_status(e), COMPLETE);
	ASSERT_STREQ(dst, "late");
}

TEST(close_does_not_wait_for_a_userfault_page)
{
	struct queue q;
	int fd = queue_context(&q), uffd;
	char *p = pages(1), *ok = pages(1);
	int64_t begin;

	uffd = userfault(p, PAGE);
	submit(&q, OP_COPY, p, ok, 8);
	wait_userfault(uffd);
	begin = now_ms();
	close(fd);
	ASSERT_LT(now_ms() - begin, 500);
	ASSERT_EQ(process_element(open_node(SLAVE)), 0);
}

TEST(close_does_not_wait_for_an_atomic_on_a_userfault_page)
{
	struct queue q;
	int fd = queue_context(&q), uffd;
	char *p = pages(1);
	struct element *e;
	int64_t begin;

	uffd = userfault(p, PAGE);
	e = queue_put(&q, OP_ATOMIC, NULL, p, 0);
	e->cmd_extra = 0x11;
	make_valid(e);
	wait_userfault(uffd);
	begin = now_ms();
	close(fd);
	ASSERT_LT(now_ms() - begin, 500);
}

static void blocked_process(int report, bool keep_mapping)
{
	struct queue q;
	int fd = queue_context(&q), uffd;
	char *p = pages(1), *ok = pages(1);

	if (keep_mapping)
		map(fd, PAGE);
	uffd = userfault(p, PAGE);
	submit(&q, OP_COPY, p, ok, 8);
	wait_userfault(uffd);
	ASSERT_EQ(write(report, &uffd, sizeof(uffd)), sizeof(uffd));
	for (;;)
		pause();
}

/* This process has the userfaultfd of the one killed, and never answers. */
static void killed_while_blocked(bool keep_mapping)
{
	int pipefd[2], status, uffd, pidfd, mine;
	pid_t pid;

	ASSERT_EQ(pipe(pipefd), 0);
	pid = fork();
	if (!pid)
		blocked_process(pipefd[1], keep_mapping);
	ASSERT_EQ(read(pipefd[0], &uffd, sizeof(uffd)), sizeof(uffd));
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	ASSERT_GE(pidfd, 0);
	mine = syscall(SYS_pidfd_getfd, pidfd, uffd, 0);
	ASSERT_GE(mine, 0);
	ASSERT_EQ(kill(pid, SIGKILL), 0);
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	/* A mapping is gone when the AFU has lost its patience, at the latest. */
	sleep_ms(keep_mapping ? 2500 : 100);
	ASSERT_EQ(process_element(open_node(SLAVE)), 0);
}

TEST(a_process_killed_while_its_afu_is_blocked_leaves_nothing)
{
	killed_while_blocked(false);
}

TEST(a_process_killed_while_its_afu_is_blocked_leaves_no_mapping)
{
	killed_while_blocked(true);
}

KTAP_MAIN()
