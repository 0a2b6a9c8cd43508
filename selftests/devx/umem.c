// SPDX-License-Identifier: GPL-2.0-only
/* Registered memory: what is refused, what is pinned and charged, when it goes. */
#include "devx.h"

#define DEVX MLX5_IB_ALLOC_UCTX_DEVX
#define PAGE 4096ul
#define NOBODY 65534

static char *map(size_t len, int prot)
{
	char *p = mmap(NULL, len, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT(p != MAP_FAILED);
	return p;
}

static int reg(int fd, const void *addr, uint64_t len, uint32_t access,
	       uint32_t *handle)
{
	struct raw_umem req = { .addr = (uintptr_t)addr, .len = len, .access = access };
	uint32_t id;

	return raw_umem_reg(fd, &req, handle, &id);
}

TEST(memory_is_registered_and_gone_again)
{
	int fd = raw_open(DEVX);
	uint32_t handle;

	ASSERT_EQ(reg(fd, map(4 * PAGE, PROT_READ | PROT_WRITE), 4 * PAGE,
		      IBV_ACCESS_LOCAL_WRITE, &handle), 0);
	ASSERT_EQ(count_of("umems"), 1);
	ASSERT_EQ(count_of("umem_pages"), 4);
	ASSERT_EQ(raw_umem_dereg(fd, handle), 0);
	ASSERT_EQ(count_of("umems"), 0);
	ASSERT_EQ(count_of("umem_pages"), 0);
}

TEST(umem_ids_are_never_0)
{
	struct raw_umem req = { .len = PAGE };
	int fd = raw_open(DEVX);
	uint32_t id;
	int i;

	req.addr = (uintptr_t)map(PAGE, PROT_READ | PROT_WRITE);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(raw_umem_reg(fd, &req, NULL, &id), 0);
		ASSERT_NE(id, 0);
	}
}

TEST(memory_may_start_and_end_at_any_byte)
{
	char *p = map(3 * PAGE, PROT_READ | PROT_WRITE);
	int fd = raw_open(DEVX);

	ASSERT_EQ(reg(fd, p + 1, 1, 0, NULL), 0);
	ASSERT_EQ(reg(fd, p + PAGE - 1, 2, 0, NULL), 0);
	ASSERT_EQ(reg(fd, p + 8, 2 * PAGE, 0, NULL), 0);
	ASSERT_EQ(count_of("umem_pages"), 1 + 2 + 3);
}

TEST(no_length_is_refused)
{
	ASSERT_ERRNO(reg(raw_open(DEVX), map(PAGE, PROT_READ), 0, 0, NULL), EINVAL);
}

TEST(memory_that_wraps_around_is_refused)
{
	int fd = raw_open(DEVX);

	ASSERT_ERRNO(reg(fd, (void *)-PAGE, 2 * PAGE, 0, NULL), EINVAL);
	ASSERT_ERRNO(reg(fd, (void *)PAGE, UINT64_MAX, 0, NULL), EINVAL);
	ASSERT_ERRNO(reg(fd, (void *)PAGE, UINT64_MAX - PAGE, 0, NULL), EINVAL);
}

TEST(unmapped_memory_is_efault)
{
	char *p = map(3 * PAGE, PROT_READ | PROT_WRITE);
	long pinned = status_of("VmPin");
	int fd = raw_open(DEVX);

	munmap(p + PAGE, PAGE);
	ASSERT_ERRNO(reg(fd, p, 3 * PAGE, 0, NULL), EFAULT);
	ASSERT_ERRNO(reg(fd, p + PAGE, PAGE, 0, NULL), EFAULT);
	ASSERT_EQ(status_of("VmPin"), pinned);
	ASSERT_EQ(count_of("umems"), 0);
}

TEST(memory_without_access_is_efault)
{
	ASSERT_ERRNO(reg(raw_open(DEVX), map(PAGE, PROT_NONE), PAGE,
			 IBV_ACCESS_LOCAL_WRITE, NULL), EFAULT);
}

TEST(read_only_memory_is_not_registered_for_writing)
{
	char *p = map(PAGE, PROT_READ);
	int fd = raw_open(DEVX);

	ASSERT_ERRNO(reg(fd, p, PAGE, IBV_ACCESS_LOCAL_WRITE, NULL), EFAULT);
	ASSERT_EQ(reg(fd, p, PAGE, 0, NULL), 0);
}

TEST(remote_write_needs_local_write)
{
	char *p = map(PAGE, PROT_READ | PROT_WRITE);
	int fd = raw_open(DEVX);

	ASSERT_ERRNO(reg(fd, p, PAGE, IBV_ACCESS_REMOTE_WRITE, NULL), EINVAL);
	ASSERT_EQ(reg(fd, p, PAGE, IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_LOCAL_WRITE |
		      IBV_ACCESS_REMOTE_READ | IBV_ACCESS_RELAXED_ORDERING, NULL), 0);
}

TEST(other_access_flags_are_refused)
{
	char *p = map(PAGE, PROT_READ | PROT_WRITE);
	int fd = raw_open(DEVX);

	ASSERT_ERRNO(reg(fd, p, PAGE, IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_ATOMIC,
			 NULL), EINVAL);
	ASSERT_ERRNO(reg(fd, p, PAGE, IBV_ACCESS_ON_DEMAND, NULL), EINVAL);
	ASSERT_ERRNO(reg(fd, p, PAGE, 1u << 31, NULL), EINVAL);
}

TEST(page_sizes_must_include_one_that_works)
{
	struct raw_umem req = { .len = 2 * PAGE };
	int fd = raw_open(DEVX);
	uint32_t id;

	req.addr = (uintptr_t)map(2 * PAGE, PROT_READ | PROT_WRITE);
	req.pgsz_bitmap = PAGE;
	ASSERT_EQ(raw_umem_reg(fd, &req, NULL, &id), 0);
	req.pgsz_bitmap = PAGE | 1ul << 21;
	ASSERT_EQ(raw_umem_reg(fd, &req, NULL, &id), 0);
	req.pgsz_bitmap = 1ul << 21;	/* greater than the whole */
	ASSERT_ERRNO(raw_umem_reg(fd, &req, NULL, &id), EINVAL);
	req.pgsz_bitmap = 512;		/* smaller than any page of the device */
	ASSERT_ERRNO(raw_umem_reg(fd, &req, NULL, &id), EINVAL);
}

TEST(registration_without_devx_context_is_refused)
{
	ASSERT_ERRNO(reg(raw_open(0), map(PAGE, PROT_READ), PAGE, 0, NULL), EINVAL);
}

TEST(pages_are_charged_as_pinned_and_given_back)
{
	long before = status_of("VmPin");
	int fd = raw_open(DEVX);
	uint32_t handle;

	ASSERT_EQ(before, 0);
	ASSERT_EQ(reg(fd, map(8 * PAGE, PROT_READ | PROT_WRITE), 8 * PAGE, 0, &handle), 0);
	ASSERT_EQ(status_of("VmPin"), 8 * PAGE / 1024);
	ASSERT_EQ(raw_umem_dereg(fd, handle), 0);
	ASSERT_EQ(status_of("VmPin"), 0);
	ASSERT_EQ(reg(fd, map(8 * PAGE, PROT_READ | PROT_WRITE), 8 * PAGE, 0, &handle), 0);
	close(fd);
	ASSERT_EQ(status_of("VmPin"), 0);
}

static void become_nobody(rlim_t memlock)
{
	struct rlimit limit = { memlock, memlock };

	ASSERT_EQ(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
	ASSERT_EQ(setgid(NOBODY), 0);
	ASSERT_EQ(setuid(NOBODY), 0);
}

TEST(locked_memory_limit_holds_for_an_ordinary_user)
{
	char *p = map(8 * PAGE, PROT_READ | PROT_WRITE);
	uint32_t handle;
	int fd;

	become_nobody(4 * PAGE);
	fd = raw_open(DEVX);
	ASSERT_ERRNO(reg(fd, p, 5 * PAGE, 0, NULL), ENOMEM);
	ASSERT_EQ(reg(fd, p, 4 * PAGE, 0, &handle), 0);
	ASSERT_ERRNO(reg(fd, p + 4 * PAGE, PAGE, 0, NULL), ENOMEM);
	ASSERT_EQ(raw_umem_dereg(fd, handle), 0);
	ASSERT_EQ(reg(fd, p + 4 * PAGE, PAGE, 0, NULL), 0);
}

TEST(no_locked_memory_at_all_is_eperm)
{
	char *p = map(PAGE, PROT_READ | PROT_WRITE);

	become_nobody(0);
	ASSERT_ERRNO(reg(raw_open(DEVX), p, PAGE, 0, NULL), EPERM);
}

TEST(memory_in_use_is_busy)
{
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_create(ctx);

	ASSERT_EQ(mlx5dv_devx_umem_dereg(cq.umem), EBUSY);
	ASSERT_EQ(count_of("umems"), 1);
	cq_destroy(&cq);
	ASSERT_EQ(count_of("umems"), 0);
}

/* The device initialises the arm word of the record: it can write our memory. */
TEST(device_reaches_the_memory)
{
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_create(ctx);
	const uint32_t *record = (void *)((char *)cq.memory + CQ_BYTES);

	ASSERT_NE(record[1], 0);
	ASSERT_EQ(record[0], 0);
	ASSERT_EQ(record[2], 0);
}

/* The same with record and ring at odd places, across a page boundary. */
TEST(device_reaches_unaligned_memory)
{
	struct mlx5dv_devx_umem *ring, *dbr;
	uint32_t in[CREATE_CQ_IN / 4], out[4] = { 0 };
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_prepare(ctx);
	char *p = map(3 * PAGE, PROT_READ | PROT_WRITE);
	uint32_t *record = (void *)(p + PAGE - 8 + 16);

	ring = mlx5dv_devx_umem_reg(ctx, p + 100, 2 * PAGE, IBV_ACCESS_LOCAL_WRITE);
	dbr = mlx5dv_devx_umem_reg(ctx, p + PAGE - 8, 64, IBV_ACCESS_LOCAL_WRITE);
	ASSERT(ring && dbr);
	cq_command(&cq, in);
	mbox_set(in, 0x2c0, 32, ring->umem_id);
	mbox_set(in, 0x80 + 0x20, 32, dbr->umem_id);
	mbox_set(in, 0x80 + 0x1e0, 32, 16);
	cq.obj = mlx5dv_devx_obj_create(ctx, in, sizeof(in), out, sizeof(out));
	if (!cq.obj)
		FAIL("status 0x%x, syndrome 0x%x", mbox_status(out), mbox_syndrome(out));
	ASSERT_NE(record[1], 0);
	ASSERT_EQ(record[-1], 0);
	ASSERT_EQ(record[2], 0);
}

/* A completion queue whose record is in @dbr, @offset bytes from its beginning. */
static void create_with_record(const struct cq *cq, const struct mlx5dv_devx_umem *dbr,
			       uint32_t offset)
{
	uint32_t in[CREATE_CQ_IN / 4], out[4] = { 0 };

	cq_command(cq, in);
	mbox_set(in, 0x80 + 0x20, 32, dbr->umem_id);
	mbox_set(in, 0x80 + 0x1e0, 32, offset);
	if (!mlx5dv_devx_obj_create(cq->ctx, in, sizeof(in), out, sizeof(out)))
		FAIL("record at %u: status 0x%x, syndrome 0x%x", offset, mbox_status(out),
		     mbox_syndrome(out));
}

/* Pages one by one, in no order, and then a huge one, if there are any. */
TEST(device_reaches_each_page_at_its_place)
{
	const size_t huge = 2ul << 20, first = 3 * PAGE + 64, len = 2 * huge - first;
	char *p = map(3 * huge, PROT_READ | PROT_WRITE);
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_prepare(ctx);
	struct mlx5dv_devx_umem *dbr;
	size_t i, offset, done = 0;

	p += huge - (uintptr_t)p % huge;
	ASSERT_EQ(madvise(p, huge, MADV_NOHUGEPAGE), 0);
	(void)madvise(p + huge, huge, MADV_HUGEPAGE);
	/* Neighbours get memory from far apart. */
	for (i = 0; i < huge / PAGE; i++)
		p[(i * 201 % (huge / PAGE)) * PAGE] = 0;
	memset(p + huge, 0, huge);
	dbr = mlx5dv_devx_umem_reg(ctx, p + first, len, IBV_ACCESS_LOCAL_WRITE);
	ASSERT(dbr);
	for (offset = 0; offset + 8 <= len; offset += 11 * PAGE + 16) {
		create_with_record(&cq, dbr, offset);
		ASSERT_NE(((uint32_t *)(void *)(p + first + offset))[1], 0);
		done++;
	}
	for (i = first; i < 2 * huge; i += 4)
		done -= *(uint32_t *)(void *)(p + i) != 0;
	ASSERT_EQ(done, 0);
}

TEST(memory_outlives_its_mapping)
{
	char *p = map(PAGE, PROT_READ | PROT_WRITE);
	int fd = raw_open(DEVX);
	uint32_t handle;

	ASSERT_EQ(reg(fd, p, PAGE, 0, &handle), 0);
	munmap(p, PAGE);
	ASSERT_EQ(raw_umem_dereg(fd, handle), 0);
}

TEST(registration_with_an_unmapped_reply_leaves_only_its_handle)
{
	struct raw_umem req = { .len = PAGE };
	struct ib_uverbs_attr *attr;
	int fd = raw_open(DEVX);
	struct uv uv;

	req.addr = (uintptr_t)map(PAGE, PROT_READ | PROT_WRITE);
	uv_start(&uv, MLX5_IB_OBJECT_DEVX_UMEM, MLX5_IB_METHOD_DEVX_UMEM_REG);
	attr = uv_handle(&uv, MLX5_IB_ATTR_DEVX_UMEM_REG_HANDLE, 0);
	uv_u64(&uv, MLX5_IB_ATTR_DEVX_UMEM_REG_ADDR, req.addr);
	uv_u64(&uv, MLX5_IB_ATTR_DEVX_UMEM_REG_LEN, req.len);
	uv_out(&uv, MLX5_IB_ATTR_DEVX_UMEM_REG_OUT_ID, nowhere(), 4);
	ASSERT_ERRNO(uv_call(fd, &uv), EFAULT);
	(void)attr;
	close(fd);
	wait_count("umems", 0);
}

/* Two pages of 2 MiB: what size they may be taken in, and unmapped meanwhile. */
TEST(huge_pages_are_registered_whole)
{
	const size_t huge = 2ul << 20, len = 2 * huge;
	struct raw_umem req = { .len = len, .access = IBV_ACCESS_LOCAL_WRITE };
	FILE *f = fopen("/proc/sys/vm/nr_hugepages", "w");
	int fd = raw_open(DEVX);
	uint32_t handle, id;
	void *p;

	if (!f)
		SKIP("no huge pages in this kernel");
	fputs("4", f);
	fclose(f);
	p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	ASSERT(p != MAP_FAILED);
	req.addr = (uintptr_t)p;
	req.pgsz_bitmap = huge;
	ASSERT_EQ(raw_umem_reg(fd, &req, &handle, &id), 0);
	ASSERT_EQ(count_of("umem_pages"), len / PAGE);
	ASSERT_EQ(status_of("VmPin"), len / 1024);
	munmap(p, len);
	ASSERT_EQ(raw_umem_dereg(fd, handle), 0);
	ASSERT_EQ(count_of("umem_pages"), 0);
}

TEST(capability_lifts_the_limit_of_locked_memory)
{
	struct rlimit limit = { 4 * PAGE, 4 * PAGE };

	ASSERT_EQ(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
	ASSERT_EQ(reg(raw_open(DEVX), map(8 * PAGE, PROT_READ), 8 * PAGE, 0, NULL), 0);
}

TEST(page_sizes_beyond_the_offset_are_refused)
{
	struct raw_umem req = { .len = 2 * PAGE };
	int fd = raw_open(DEVX);
	uint32_t id;

	/* Starting in the middle of a page is no obstacle to pages of the CPU. */
	req.addr = (uintptr_t)map(4 * PAGE, PROT_READ | PROT_WRITE) + 64;
	req.pgsz_bitmap = PAGE;
	ASSERT_EQ(raw_umem_reg(fd, &req, NULL, &id), 0);
	req.pgsz_bitmap = 1ull << 63;
	ASSERT_ERRNO(raw_umem_reg(fd, &req, NULL, &id), EINVAL);
	req.pgsz_bitmap = UINT64_MAX;
	ASSERT_EQ(raw_umem_reg(fd, &req, NULL, &id), 0);
}

KTAP_MAIN()
