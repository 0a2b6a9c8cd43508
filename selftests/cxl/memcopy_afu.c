// SPDX-License-Identifier: GPL-2.0-only
/* The memory-copy AFU: handshake, work element in either byte order, errors. */
#define _GNU_SOURCE
#include "cxl.h"
#include "userfault.h"

#define START	0x8000000000000000ull
#define PRE	0x0000000080000000ull
#define POST	0x0000000040000000ull

#define OK	1
#define ERROR	2
#define ADDRESS	0x0080
#define BAD_JOB	0x0001

struct work {
	uint16_t endian, status, major, minor;
	uint64_t from, to, size, next, error;
	uint8_t reserved[80];
} __attribute__((aligned(128)));

static struct work *new_work(const void *from, void *to, uint64_t size)
{
	struct work *work = pages(1);

	work->endian = 1;
	work->major = 0xffff;
	work->from = (uintptr_t)from;
	work->to = (uintptr_t)to;
	work->size = size;
	return work;
}

static volatile uint8_t *attach(int *fd, const void *work)
{
	*fd = open_node(DEDICATED);
	ASSERT_EQ(start(*fd, (uintptr_t)work), 0);
	return map(*fd, PS_SIZE);
}

static void wait_control(volatile uint8_t *w, uint64_t state)
{
	int64_t end = now_ms() + 10000;

	while (read64(w, 0) != state) {
		if (now_ms() > end)
			FAIL("control is %#jx, not %#jx", (intmax_t)read64(w, 0),
			     (intmax_t)state);
		usleep(100);
	}
}

/* One work element through the whole handshake; its status. */
static uint16_t transact(volatile uint8_t *w, struct work *work)
{
	wait_control(w, PRE);
	write64(w, 0, START);
	wait_control(w, POST);
	write64(w, 0, START);
	return __atomic_load_n(&work->status, __ATOMIC_ACQUIRE);
}

TEST(the_afu_waits_before_it_starts)
{
	char *p = pages(1);
	struct work *work = new_work(p, p + 64, 8);
	int fd;
	volatile uint8_t *w = attach(&fd, work);

	ASSERT_EQ(read64(w, 0), PRE);
	sleep_ms(20);
	ASSERT_EQ(work->major, 0xffff);
	ASSERT_EQ(work->status, 0);
}

TEST(any_size_and_alignment_is_copied)
{
	static const size_t size[] = { 0, 1, 127, 128, 129, 4096, 100001, 3000000 };
	unsigned int i;

	for (i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		unsigned char *src = pages(800), *dst = pages(800);
		struct work *work;
		int fd;
		size_t j;
		volatile uint8_t *w;

		for (j = 0; j < size[i]; j++)
			src[j + 3] = j * 5 + j / 257;
		work = new_work(src + 3, dst + 8 + i, size[i]);
		w = attach(&fd, work);
		ASSERT_EQ(transact(w, work), OK);
		ASSERT_EQ(work->major, 1);
		ASSERT_EQ(work->error, 0);
		ASSERT(!memcmp(src + 3, dst + 8 + i, size[i]));
		ASSERT_EQ(dst[8 + i + size[i]], 0);
		ASSERT_EQ(read64(w, 0), 0);
		munmap((void *)w, PS_SIZE);
		close(fd);
	}
}

TEST(a_big_endian_work_element_is_understood)
{
	char *p = pages(1);
	struct work *work = new_work(NULL, NULL, 0);
	int fd;

	strcpy(p, "big");
	work->endian = htobe16(1);
	work->from = htobe64((uintptr_t)p);
	work->to = htobe64((uintptr_t)p + 64);
	work->size = htobe64(4);
	ASSERT_EQ(be16toh(transact(attach(&fd, work), work)), OK);
	ASSERT_EQ(be16toh(work->major), 1);
	ASSERT_STREQ(p + 64, "big");
}

TEST(work_elements_can_be_chained)
{
	char *p = pages(1);
	struct work *second = new_work(p + 64, p + 128, 8);
	struct work *first = new_work(p, p + 64, 8);
	volatile uint8_t *w;
	int fd;

	first->next = (uintptr_t)second;
	strcpy(p, "chain");
	w = attach(&fd, first);
	ASSERT_EQ(transact(w, first), OK);
	ASSERT_EQ(second->status, 0);
	ASSERT_EQ(transact(w, second), OK);
	ASSERT_STREQ(p + 128, "chain");
}

/*
 * A program may know the end from the status alone. The AFU is held up in storing it:
 * the first fields of the element are on a page that is not there any more.
 */
TEST(a_start_as_soon_as_the_status_may_show_is_not_lost)
{
	char *p = pages(2), *from = pages(1), *to = pages(1), *first = pages(1);
	struct work work = {
		.endian = 1,
		.from = (uintptr_t)from,
		.to = (uintptr_t)to,
		.size = 8,
	};
	char *at = p + PAGE - offsetof(struct work, from);
	uint16_t *status = (uint16_t *)(at + offsetof(struct work, status));
	int fd, data, element;
	volatile uint8_t *w;

	memcpy(at, &work, sizeof(work));
	memcpy(first, p, PAGE);
	data = userfault(from, PAGE);
	w = attach(&fd, at);
	write64(w, 0, START);
	wait_userfault(data);
	element = userfault(p, PAGE);
	ASSERT_EQ(madvise(p, PAGE, MADV_DONTNEED), 0);
	end_userfault(data, from, first);
	wait_userfault(element);
	write64(w, 0, START);
	ASSERT_EQ(read64(w, 0), 0);
	end_userfault(element, p, first);
	while (__atomic_load_n(status, __ATOMIC_ACQUIRE) != OK)
		usleep(100);
	/* Not POST, where it would wait for one more. */
	sleep_ms(50);
	ASSERT_EQ(read64(w, 0), 0);
}

TEST(a_bad_source_is_a_completion_with_an_error_and_an_event)
{
	char *p = pages(2), *dst = pages(2);
	struct work *work = new_work(p + 8, dst, 2 * PAGE - 8);
	int fd;

	munmap(p + PAGE, PAGE);
	ASSERT_EQ(transact(attach(&fd, work), work), ERROR);
	ASSERT_EQ(work->error, ADDRESS);
	expect_fault(fd, p + PAGE, DSISR_NO_PTE);
	ASSERT(!pending(fd, 0));
}

TEST(a_size_that_leaves_the_address_space_is_an_error)
{
	char *p = pages(1);
	struct work *work = new_work((void *)-16, p, ~0ull);
	int fd;

	ASSERT_EQ(transact(attach(&fd, work), work), ERROR);
	expect_fault(fd, (void *)-16, DSISR_NO_PTE);
}

static void expect_error(int fd, uint64_t error)
{
	struct cxl_event event = read_event(fd);

	ASSERT_EQ(event.header.type, CXL_EVENT_AFU_ERROR);
	ASSERT_EQ(event.header.size, 24);
	ASSERT_EQ(event.afu_error.flags, 0);
	ASSERT_EQ(event.afu_error.error, error);
}

TEST(an_unreadable_work_element_gives_a_fault_then_an_afu_error)
{
	struct work *work = new_work(NULL, NULL, 0);
	volatile uint8_t *w;
	int fd;

	munmap(work, PAGE);
	w = attach(&fd, work);
	write64(w, 0, START);
	wait_control(w, 0);
	expect_fault(fd, work, DSISR_NO_PTE);
	expect_error(fd, ADDRESS);
}

TEST(of_several_afu_errors_the_oldest_stays)
{
	struct work *work = new_work(NULL, NULL, 0);
	volatile uint8_t *w;
	int fd, i;

	ASSERT_EQ(mprotect(work, PAGE, PROT_NONE), 0);
	w = attach(&fd, work);
	write64(w, 0, START);
	expect_fault(fd, work, DSISR_PROTECTION);
	sleep_ms(50);
	ASSERT_EQ(mprotect(work, PAGE, PROT_READ | PROT_WRITE), 0);
	work->endian = 0x0202;
	for (i = 0; i < 3; i++) {
		write64(w, 0, START);
		sleep_ms(50);
	}
	expect_error(fd, ADDRESS);
	ASSERT(!pending(fd, 0));
	write64(w, 0, START);
	expect_error(fd, BAD_JOB);
	work->endian = 1;
	write64(w, 0, START);
	wait_control(w, POST);
}

TEST(a_null_work_element_is_a_fault_at_0)
{
	volatile uint8_t *w;
	int fd;

	w = attach(&fd, NULL);
	write64(w, 0, START);
	expect_fault(fd, NULL, DSISR_NO_PTE);
	expect_error(fd, ADDRESS);
}

TEST(the_whole_area_can_be_accessed_and_its_holes_read_0)
{
	int fd;
	volatile uint8_t *w = attach(&fd, NULL);

	ASSERT_EQ(read64(w, 0x3fffff8), 0);
	write64(w, 0x3fffff8, ~0ull);
	ASSERT_EQ(read64(w, 0x3fffff8), 0);
	ASSERT_EQ(read64(w, 8), 0);
}

TEST(closing_in_the_middle_of_a_long_copy_stops_it)
{
	char *src = pages(16384), *dst = pages(16384);
	struct work *work = new_work(src, dst, 16384 * PAGE);
	volatile uint8_t *w;
	int fd;

	w = attach(&fd, work);
	write64(w, 0, START);
	sleep_ms(5);
	munmap((void *)w, PS_SIZE);
	close(fd);
	/* What was not written by now never will be. */
	memset(dst, 0x99, 16384 * PAGE);
	memset(src, 0x11, PAGE);
	sleep_ms(100);
	for (size_t i = 0; i < 16384 * PAGE; i += 512)
		ASSERT_EQ((unsigned char)dst[i], 0x99);
}

/* Whatever the AFU was doing, and although a mapping holds the node. */
TEST(who_waits_for_a_process_finds_its_afu_free)
{
	char *src = pages(1024), *dst = pages(1024);
	int i;

	for (i = 0; i < 40; i++) {
		pid_t pid = fork();

		if (!pid) {
			int fd;
			volatile uint8_t *w = attach(&fd, new_work(src, dst, 1024 * PAGE));

			write64(w, 0, START);
			usleep(i * 100);
			_exit(0);
		}
		ASSERT_EQ(waitpid(pid, NULL, 0), pid);
		close(open_node(DEDICATED));
	}
}

TEST(who_executes_another_program_finds_its_afu_free)
{
	size_t size = 16384 * PAGE;
	char *p = pages(16384);
	int i, status;

	for (i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (!pid) {
			int fd;
			volatile uint8_t *w = attach(&fd, new_work(p, p, size));

			write64(w, 0, START);
			usleep(i * 500);
			/* The last reference to the file goes a tick later. */
			execl("/bin/sh", "sh", "-c",
			      "sleep 0.2; exec 3<>" DEDICATED, NULL);
			_exit(127);
		}
		ASSERT_EQ(waitpid(pid, &status, 0), pid);
		ASSERT_EQ(status, 0);
	}
}

TEST(the_next_context_finds_the_afu_as_new)
{
	char *p = pages(1);
	struct work *work = new_work(p, p + 8, 8);
	volatile uint8_t *w;
	int fd;

	w = attach(&fd, work);
	ASSERT_EQ(transact(w, work), OK);
	munmap((void *)w, PS_SIZE);
	close(fd);
	w = attach(&fd, work);
	ASSERT_EQ(read64(w, 0), PRE);
}

KTAP_MAIN()
