// SPDX-License-Identifier: GPL-2.0-only
/* Memory regions of verbs: registration, what is refused, how they end. */
#include "mr.h"

#define PAGE 4096u
#define RW (IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ)

static uint8_t *make_memory(size_t bytes)
{
	uint8_t *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT(p != MAP_FAILED);
	return p;
}

static struct ibv_pd *make_pd(void)
{
	struct ibv_pd *pd = ibv_alloc_pd(devx_open());

	ASSERT(pd);
	return pd;
}

TEST(region_lives_from_reg_to_dereg)
{
	struct ibv_pd *pd = make_pd();
	uint8_t *p = make_memory(3 * PAGE);
	struct ibv_mr *mr = ibv_reg_mr(pd, p + 100, 2 * PAGE, RW);

	ASSERT(mr);
	ASSERT_NE(mr->lkey, 0);
	ASSERT_EQ(mr->lkey, mr->rkey);
	ASSERT_EQ(count_of("mrs"), 1);
	ASSERT_EQ(count_of("umems"), 1);
	ASSERT_EQ(count_of("umem_pages"), 3);
	ASSERT_EQ(ibv_dealloc_pd(pd), EBUSY);
	ASSERT_EQ(ibv_dereg_mr(mr), 0);
	ASSERT_EQ(count_of("mrs"), 0);
	ASSERT_EQ(count_of("umems"), 0);
	ASSERT_EQ(ibv_dealloc_pd(pd), 0);
}

TEST(every_right_is_granted_on_writable_memory)
{
	static const int rights[] = { 0, IBV_ACCESS_LOCAL_WRITE, IBV_ACCESS_REMOTE_READ,
		RW, RW | IBV_ACCESS_REMOTE_ATOMIC, RW | IBV_ACCESS_RELAXED_ORDERING,
		RW | IBV_ACCESS_MW_BIND, IBV_ACCESS_HUGETLB };
	struct ibv_pd *pd = make_pd();
	uint8_t *p = make_memory(PAGE);
	struct ibv_mr *mr;
	size_t i;

	for (i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
		mr = ibv_reg_mr(pd, p, PAGE, rights[i]);
		if (!mr)
			FAIL("rights 0x%x: errno %d", rights[i], errno);
		ASSERT_EQ(ibv_dereg_mr(mr), 0);
	}
}

TEST(read_only_memory_can_be_read)
{
	struct ibv_pd *pd = make_pd();
	uint8_t *p = make_memory(PAGE);
	struct ibv_mr *mr;

	ASSERT_EQ(mprotect(p, PAGE, PROT_READ), 0);
	mr = ibv_reg_mr(pd, p, PAGE, IBV_ACCESS_REMOTE_READ);
	ASSERT(mr);
	ASSERT_EQ(ibv_dereg_mr(mr), 0);
	errno = 0;
	ASSERT(!ibv_reg_mr(pd, p, PAGE, IBV_ACCESS_LOCAL_WRITE));
	ASSERT_EQ(errno, EFAULT);
}

TEST(a_key_is_not_used_again_at_once)
{
	struct ibv_pd *pd = make_pd();
	uint8_t *p = make_memory(PAGE);
	uint32_t before = 0;
	struct ibv_mr *mr;
	int i;

	for (i = 0; i < 1000; i++) {
		mr = ibv_reg_mr(pd, p, PAGE, RW);
		ASSERT(mr);
		ASSERT_NE(mr->rkey, before);
		ASSERT_NE(mr->rkey & 0xff, before & 0xff);
		before = mr->rkey;
		ASSERT_EQ(ibv_dereg_mr(mr), 0);
	}
}

TEST(a_thousand_regions_have_as_many_keys)
{
	enum { N = 1000 };
	static struct ibv_mr *mrs[N];
	struct ibv_pd *pd = make_pd();
	uint8_t *p = make_memory(PAGE);
	int i, j;

	for (i = 0; i < N; i++) {
		mrs[i] = ibv_reg_mr(pd, p, PAGE, RW);
		ASSERT(mrs[i]);
		for (j = 0; j < i; j++)
			ASSERT_NE(mrs[i]->rkey >> 8, mrs[j]->rkey >> 8);
	}
	ASSERT_EQ(count_of("mrs"), N);
	for (i = 0; i < N; i++)
		ASSERT_EQ(ibv_dereg_mr(mrs[(i * 7) % N]), 0);
	ASSERT_EQ(count_of("umem_pages"), 0);
}

TEST(remote_addresses_are_what_was_asked_for)
{
	struct ibv_pd *pd = make_pd();
	uint8_t *p = make_memory(PAGE);
	struct ibv_mr *mr = ibv_reg_mr_iova(pd, p + 8, PAGE - 8, 0x7000000008, RW);

	ASSERT(mr);
	ASSERT_EQ(ibv_dereg_mr(mr), 0);
	errno = 0;
	ASSERT(!ibv_reg_mr_iova(pd, p, PAGE, 8, RW));	/* not the place in a page */
	ASSERT_EQ(errno, EINVAL);
}

TEST(wrong_requests_have_their_errors)
{
#define CASE(error, field, value) do {					\
		struct mr_request req = good;				\
									\
		req.field = value;					\
		errno = 0;						\
		if (raw_reg_mr(fd, &req) != -1 || errno != (error))	\
			FAIL("%s: errno %d", #field " = " #value, errno); \
		ASSERT_EQ(count_of("mrs"), 0);				\
		ASSERT_EQ(count_of("umems"), 0);			\
	} while (0)
	struct ibv_pd *pd = make_pd();
	int fd = pd->context->cmd_fd;
	uint8_t *p = make_memory(PAGE);
	struct mr_request good = {
		.pd = pd->handle, .start = (uintptr_t)p, .length = PAGE,
		.iova = (uintptr_t)p, .access = RW,
	};

	CASE(EINVAL, length, 0);
	CASE(EFAULT, length, 64 * PAGE);
	CASE(EINVAL, length, UINT64_MAX);
	CASE(EINVAL, length, -(uint64_t)(uintptr_t)p);	/* to the end of all memory */
	CASE(EINVAL, iova, 1);
	CASE(EINVAL, access, IBV_ACCESS_REMOTE_WRITE);
	CASE(EINVAL, access, IBV_ACCESS_REMOTE_ATOMIC);
	CASE(EINVAL, access, 1u << 19);
	CASE(ENOENT, pd, 0xffff);
#undef CASE
	/* The core says what the device is not capable of, by release in two ways. */
	good.access = RW | IBV_ACCESS_ON_DEMAND;
	ASSERT_EQ(raw_reg_mr(fd, &good), -1);
	ASSERT(errno == EINVAL || errno == EOPNOTSUPP);
	good.access = RW;
	ASSERT_EQ(raw_reg_mr(fd, &good), 0);
	ASSERT_EQ(raw_dereg_mr(fd, good.handle), 0);
	ASSERT_ERRNO(raw_dereg_mr(fd, good.handle), ENOENT);
}

TEST(regions_count_as_locked_memory)
{
	struct rlimit limit = { .rlim_cur = 4 * PAGE, .rlim_max = 4 * PAGE };
	struct ibv_pd *pd = make_pd();
	uint8_t *p = make_memory(8 * PAGE);
	long before = status_of("VmPin");

	ASSERT(ibv_reg_mr(pd, p, 8 * PAGE, RW));
	ASSERT_EQ(status_of("VmPin") - before, 32);
	ASSERT_EQ(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
	ASSERT_EQ(setresuid(65534, 65534, 65534), 0);	/* no CAP_IPC_LOCK */
	errno = 0;
	ASSERT(!ibv_reg_mr(pd, p, PAGE, RW));
	ASSERT_EQ(errno, ENOMEM);
}

/* A key names its protection domain and its umem by number, in one uid. */
TEST(contexts_without_devx_have_regions_too)
{
	int fd = raw_open(0);
	struct mr_request req = { .length = PAGE, .access = RW };

	ASSERT_EQ(raw_alloc_pd(fd, &req.pd), 0);
	req.start = (uintptr_t)make_memory(PAGE);
	req.iova = req.start;
	ASSERT_EQ(raw_reg_mr(fd, &req), 0);
	ASSERT_NE(req.lkey, 0);
	ASSERT_EQ(raw_dereg_mr(fd, req.handle), 0);
	ASSERT_EQ(count_of("umems"), 0);
}

TEST(memory_may_be_unmapped_while_registered)
{
	struct ibv_pd *pd = make_pd();
	uint8_t *p = make_memory(16 * PAGE);
	struct ibv_mr *mr = ibv_reg_mr(pd, p, 16 * PAGE, RW);

	ASSERT(mr);
	ASSERT_EQ(munmap(p, 16 * PAGE), 0);
	ASSERT_EQ(count_of("umem_pages"), 16);
	ASSERT_EQ(ibv_dereg_mr(mr), 0);
	ASSERT_EQ(count_of("umem_pages"), 0);
}

TEST(kill_leaves_nothing)
{
	int fds[2], i;
	char byte = 0;
	pid_t pid;

	for (i = 0; i < 5; i++) {
		ASSERT_EQ(pipe(fds), 0);
		pid = fork();
		ASSERT(pid >= 0);
		if (!pid) {
			struct ibv_pd *pd = make_pd();
			uint8_t *p = make_memory(64 * PAGE);

			ASSERT(ibv_reg_mr(pd, p, PAGE, RW));
			ASSERT_EQ(write(fds[1], &byte, 1), 1);
			for (;;)
				ibv_dereg_mr(ibv_reg_mr(pd, p, 64 * PAGE, RW));
		}
		ASSERT_EQ(read(fds[0], &byte, 1), 1);
		usleep(10000 * i);
		kill(pid, SIGKILL);
		ASSERT_EQ(waitpid(pid, NULL, 0), pid);
		wait_no_objects();
	}
}

KTAP_MAIN()
