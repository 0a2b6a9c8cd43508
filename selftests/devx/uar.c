// SPDX-License-Identifier: GPL-2.0-only
/* UAR pages: the doorbell trap, seen from a program and through its counters. */
#include "devx.h"

#define DEVX MLX5_IB_ALLOC_UCTX_DEVX
#define BF MLX5_IB_UAPI_UAR_ALLOC_TYPE_BF
#define NC MLX5_IB_UAPI_UAR_ALLOC_TYPE_NC
#define PAGE 4096ul

struct stats {
	unsigned long long faults, zaps, late;
	int hot;
};

static int find_stats(uint32_t page_id, struct stats *stats)
{
	char line[128];
	int found = 0;
	unsigned int id;
	FILE *f = debugfs_open("uars");

	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%u %llu %llu %llu %d", &id, &stats->faults,
			       &stats->zaps, &stats->late, &stats->hot) == 5 &&
			id == page_id;
	fclose(f);
	return found;
}

static struct stats stats_of(uint32_t page_id)
{
	struct stats stats = { 0 };

	ASSERT(find_stats(page_id, &stats));
	return stats;
}

/* Waits until the page is mapped nowhere. */
static struct stats wait_idle(uint32_t page_id)
{
	struct stats stats;
	int i;

	for (i = 0; i < 100; i++) {
		stats = stats_of(page_id);
		if (!stats.hot)
			return stats;
		usleep(20000);
	}
	FAIL("%llu faults, %llu zaps: the page does not go idle", stats.faults,
	     stats.zaps);
	return stats;
}

static volatile uint64_t *uar_map(int fd, const struct raw_uar *uar)
{
	void *p = mmap(NULL, uar->length, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		       uar->offset);

	ASSERT(p != MAP_FAILED);
	return p;
}

struct rig {
	int fd;
	struct raw_uar uar;
	volatile uint64_t *reg;
};

static struct rig rig_make(void)
{
	struct rig rig = { .fd = raw_open(DEVX) };

	ASSERT_EQ(raw_uar_alloc(rig.fd, BF, &rig.uar), 0);
	rig.reg = uar_map(rig.fd, &rig.uar) + 0x800 / 8;
	return rig;
}

TEST(pages_of_both_types_have_numbers_and_a_page)
{
	int fd = raw_open(DEVX);
	struct raw_uar bf, nc;

	ASSERT_EQ(raw_uar_alloc(fd, BF, &bf), 0);
	ASSERT_EQ(raw_uar_alloc(fd, NC, &nc), 0);
	ASSERT_NE(bf.page_id, 0);
	ASSERT_NE(nc.page_id, 0);
	ASSERT_NE(bf.page_id, nc.page_id);
	ASSERT_NE(bf.offset, nc.offset);
	ASSERT_EQ(bf.length, PAGE);
	/* Not an offset that means a command in the older interface. */
	ASSERT_GT((bf.offset / PAGE) >> 8 & 0xff, 8);
	ASSERT_EQ(raw_uar_destroy(fd, bf.handle), 0);
	ASSERT_EQ(raw_uar_destroy(fd, nc.handle), 0);
	ASSERT_EQ(count_of("uars"), 0);
}

TEST(other_types_are_refused)
{
	struct raw_uar uar;

	ASSERT_ERRNO(raw_uar_alloc(raw_open(DEVX), 2, &uar), EOPNOTSUPP);
}

TEST(context_without_devx_gets_pages_too)
{
	int fd = raw_open(0);
	struct raw_uar uar;

	ASSERT_EQ(raw_uar_alloc(fd, NC, &uar), 0);
	*uar_map(fd, &uar) = 1;
	ASSERT_GE(stats_of(uar.page_id).faults, 1);
}

TEST(mapping_alone_costs_nothing)
{
	struct rig rig = rig_make();

	usleep(50000);
	ASSERT_EQ(stats_of(rig.uar.page_id).faults, 0);
	ASSERT_EQ(stats_of(rig.uar.page_id).zaps, 0);
	ASSERT(!stats_of(rig.uar.page_id).hot);
}

TEST(first_store_faults_and_the_page_goes_idle_again)
{
	struct rig rig = rig_make();

	*rig.reg = 1;
	ASSERT_GE(stats_of(rig.uar.page_id).faults, 1);
	ASSERT_GE(wait_idle(rig.uar.page_id).zaps, 1);
}

TEST(every_store_after_idle_is_noticed)
{
	struct rig rig = rig_make();
	unsigned long long before;
	int i;

	for (i = 0; i < 20; i++) {
		before = wait_idle(rig.uar.page_id).faults;
		*rig.reg = i;
		ASSERT_GT(stats_of(rig.uar.page_id).faults, before);
	}
	ASSERT_EQ(*rig.reg, 19);
}

TEST(idle_page_stays_idle)
{
	struct rig rig = rig_make();
	struct stats before, after;

	*rig.reg = 1;
	before = wait_idle(rig.uar.page_id);
	usleep(300000);
	after = stats_of(rig.uar.page_id);
	ASSERT_EQ(after.faults, before.faults);
	ASSERT_EQ(after.zaps, before.zaps);
}

TEST(stores_are_kept_across_idle)
{
	struct rig rig = rig_make();

	*rig.reg = 0x1122334455667788;
	wait_idle(rig.uar.page_id);
	ASSERT_EQ(*rig.reg, 0x1122334455667788);
}

/* While they come close together, stores must not fault each. */
TEST(page_stays_mapped_under_a_stream_of_stores)
{
	struct rig rig = rig_make();
	unsigned long long faults;
	long i, stores = 2000000;

	for (i = 0; i < stores; i++)
		*rig.reg = i;
	faults = stats_of(rig.uar.page_id).faults;
	ktap_note("%llu faults for %ld stores", faults, stores);
	ASSERT_GE(faults, 1);
	ASSERT_LT(faults, stores / 10);
}

TEST(page_works_until_unmapped_after_its_handle_is_gone)
{
	struct rig rig = rig_make();
	unsigned long long before;

	*rig.reg = 1;
	ASSERT_EQ(raw_uar_destroy(rig.fd, rig.uar.handle), 0);
	ASSERT_EQ(count_of("uars"), 1);
	before = wait_idle(rig.uar.page_id).faults;
	*rig.reg = 2;
	ASSERT_GT(stats_of(rig.uar.page_id).faults, before);
	/* No second mapping. */
	ASSERT(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, rig.fd, rig.uar.offset) ==
	       MAP_FAILED);
	ASSERT_EQ(errno, EINVAL);
	munmap((void *)((uintptr_t)rig.reg & -PAGE), PAGE);
	wait_count("uars", 0);
}

TEST(page_can_be_mapped_twice)
{
	struct rig rig = rig_make();
	volatile uint64_t *other = uar_map(rig.fd, &rig.uar) + 0x800 / 8;

	*rig.reg = 5;
	ASSERT_EQ(*other, 5);
	wait_idle(rig.uar.page_id);
	*other = 6;
	ASSERT_EQ(*rig.reg, 6);
}

TEST(unmapping_a_hot_page_is_fine)
{
	struct rig rig = rig_make();
	void *p = (void *)((uintptr_t)rig.reg & -PAGE);
	int i;

	for (i = 0; i < 100; i++) {
		*rig.reg = i;
		munmap(p, PAGE);
		p = (void *)(uintptr_t)uar_map(rig.fd, &rig.uar);
		rig.reg = (volatile uint64_t *)p + 0x800 / 8;
	}
	wait_idle(rig.uar.page_id);
}

TEST(child_shares_the_page_and_is_noticed)
{
	struct rig rig = rig_make();
	unsigned long long before;
	int status;
	pid_t pid;

	*rig.reg = 1;
	before = wait_idle(rig.uar.page_id).faults;
	pid = fork();
	ASSERT(pid >= 0);
	if (!pid) {
		*rig.reg = 2;
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_EQ(status, 0);
	ASSERT_EQ(*rig.reg, 2);
	ASSERT_GT(stats_of(rig.uar.page_id).faults, before);
	wait_idle(rig.uar.page_id);
}

/* fork() copies the entries of a hot page: going idle must take those too. */
TEST(child_of_a_hot_page_is_taken_away_too)
{
	struct rig rig = rig_make();
	unsigned long long before;
	int i, status;
	pid_t pid;

	for (i = 0; i < 20; i++) {
		*rig.reg = i;
		pid = fork();
		ASSERT(pid >= 0);
		if (!pid) {
			before = wait_idle(rig.uar.page_id).faults;
			*rig.reg = 100;
			_exit(stats_of(rig.uar.page_id).faults == before);
		}
		ASSERT_EQ(waitpid(pid, &status, 0), pid);
		ASSERT_EQ(status, 0);
	}
}

TEST(child_keeps_the_page_when_the_parent_unmaps)
{
	struct rig rig = rig_make();
	int status;
	pid_t pid;

	*rig.reg = 1;
	pid = fork();
	ASSERT(pid >= 0);
	if (!pid) {
		usleep(100000);
		*rig.reg = 2;
		_exit(*rig.reg != 2);
	}
	munmap((void *)((uintptr_t)rig.reg & -PAGE), PAGE);
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_EQ(status, 0);
}

TEST(page_moves_with_mremap)
{
	struct rig rig = rig_make();
	void *p = (void *)((uintptr_t)rig.reg & -PAGE);
	char *to = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long long before;

	*rig.reg = 1;
	ASSERT(mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	rig.reg = (volatile uint64_t *)(void *)(to + 0x800);
	before = wait_idle(rig.uar.page_id).faults;
	*rig.reg = 2;
	ASSERT_GT(stats_of(rig.uar.page_id).faults, before);
}

TEST(private_mapping_is_refused)
{
	int fd = raw_open(DEVX);
	struct raw_uar uar;

	ASSERT_EQ(raw_uar_alloc(fd, BF, &uar), 0);
	ASSERT(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, uar.offset) ==
	       MAP_FAILED);
	ASSERT_EQ(errno, EINVAL);
}

TEST(mapping_of_another_size_is_refused)
{
	int fd = raw_open(DEVX);
	struct raw_uar uar;

	ASSERT_EQ(raw_uar_alloc(fd, BF, &uar), 0);
	ASSERT(mmap(NULL, 2 * PAGE, PROT_WRITE, MAP_SHARED, fd, uar.offset) == MAP_FAILED);
	ASSERT_EQ(errno, EINVAL);
}

TEST(offsets_that_are_no_page_are_refused)
{
	int fd = raw_open(DEVX);
	struct raw_uar uar;
	unsigned long command;

	ASSERT_EQ(raw_uar_alloc(fd, BF, &uar), 0);
	ASSERT(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, uar.offset + PAGE) ==
	       MAP_FAILED);
	ASSERT_EQ(errno, EINVAL);
	for (command = 0; command <= 8; command++) {
		ASSERT(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd,
			    (command << 8) * PAGE) == MAP_FAILED);
		ASSERT_EQ(errno, EINVAL);
	}
}

TEST(page_of_another_context_is_refused)
{
	int a = raw_open(DEVX), b = raw_open(DEVX);
	struct raw_uar uar;

	ASSERT_EQ(raw_uar_alloc(a, BF, &uar), 0);
	ASSERT(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, b, uar.offset) == MAP_FAILED);
	ASSERT_EQ(errno, EINVAL);
}

TEST(pages_do_not_share_memory)
{
	int a = raw_open(DEVX), b = raw_open(DEVX);
	struct raw_uar ua, ub;
	volatile uint64_t *pa, *pb;

	ASSERT_EQ(raw_uar_alloc(a, BF, &ua), 0);
	ASSERT_EQ(raw_uar_alloc(b, BF, &ub), 0);
	pa = uar_map(a, &ua);
	pb = uar_map(b, &ub);
	*pa = 0x5a5a;
	ASSERT_EQ(*pb, 0);
}

TEST(mapping_outlives_the_closed_file)
{
	struct rig rig = rig_make();

	*rig.reg = 1;
	close(rig.fd);
	wait_idle(rig.uar.page_id);
	*rig.reg = 2;
	ASSERT_EQ(*rig.reg, 2);
	ASSERT_EQ(count_of("contexts"), 1);	/* the mapping keeps it */
	munmap((void *)((uintptr_t)rig.reg & -PAGE), PAGE);
	wait_no_objects();
}

/* The queue keeps its page in the device, which gets it back at the end. */
TEST(page_in_use_can_be_given_up)
{
	uint32_t in[CREATE_CQ_IN / 4], out[4] = { 0 }, query[4];
	uint32_t reply[QUERY_CQ_OUT / 4];
	struct ibv_context *ctx = devx_open();
	struct mlx5dv_devx_uar page = { 0 };
	struct cq cq = cq_prepare(ctx);
	struct raw_uar uar;

	ASSERT_EQ(raw_uar_alloc(ctx->cmd_fd, BF, &uar), 0);
	page.page_id = uar.page_id;
	mlx5dv_devx_free_uar(cq.uar);
	cq.uar = &page;
	cq_command(&cq, in);
	cq.obj = mlx5dv_devx_obj_create(ctx, in, sizeof(in), out, sizeof(out));
	ASSERT(cq.obj);
	cq.cqn = mbox_number(out);
	ASSERT_EQ(raw_uar_destroy(ctx->cmd_fd, uar.handle), 0);
	cq_query_command(&cq, query);
	ASSERT_EQ(mlx5dv_devx_obj_query(cq.obj, query, sizeof(query), reply,
					sizeof(reply)), 0);
	ASSERT_EQ(ibv_close_device(ctx), 0);
}

TEST(many_pages_are_hot_at_once)
{
	volatile uint64_t *pages[32];
	int fd = raw_open(DEVX);
	struct raw_uar uars[32];
	int i, round;

	for (i = 0; i < 32; i++) {
		ASSERT_EQ(raw_uar_alloc(fd, BF, &uars[i]), 0);
		pages[i] = uar_map(fd, &uars[i]);
	}
	for (round = 0; round < 50; round++)
		for (i = 0; i < 32; i++)
			pages[i][256] = round;
	for (i = 0; i < 32; i++)
		ASSERT_GE(wait_idle(uars[i].page_id).zaps, 1);
}

/* --- What a doorbell is for: the device looks at the records behind the page. */

#define ARM_SEEN 0x0f000000	/* what the device leaves in the arm word */

static volatile uint32_t *arm_word(const struct cq *cq)
{
	return (volatile uint32_t *)((char *)cq->memory + CQ_BYTES) + 1;
}

static uint32_t cq_state(const struct cq *cq)
{
	uint32_t in[4], out[QUERY_CQ_OUT / 4];

	cq_query_command(cq, in);
	ASSERT_EQ(mlx5dv_devx_obj_query(cq->obj, in, sizeof(in), out, sizeof(out)), 0);
	return mbox_get(out, 0x80 + 0x14, 4);
}

/* As a program arms a CQ: the record, then the page. */
static void ring(const struct cq *cq, uint32_t word)
{
	*arm_word(cq) = htobe32(word);
	__sync_synchronize();
	*(volatile uint64_t *)((char *)cq->uar->base_addr + 0x20) = 1;
}

/* Whether the device took the arm word within 5 s. */
static int is_taken(const struct cq *cq)
{
	int i;

	for (i = 0; i < 51000; i++) {
		if (*arm_word(cq) == htobe32(ARM_SEEN))
			return 1;
		if (i > 1000)
			usleep(100);
	}
	return 0;
}

TEST(store_makes_the_device_arm_the_queue)
{
	struct cq cq = cq_create(devx_open());

	ASSERT_EQ(cq_state(&cq), 0x0);
	ring(&cq, 0x01000000);
	ASSERT(is_taken(&cq));
	ASSERT_EQ(cq_state(&cq), 0x6);	/* solicited completions */
	ring(&cq, 0);
	ASSERT(is_taken(&cq));
	ASSERT_EQ(cq_state(&cq), 0x9);	/* all */
}

TEST(record_without_a_store_is_not_looked_at)
{
	struct cq cq = cq_create(devx_open());

	*arm_word(&cq) = htobe32(0);
	usleep(100000);
	ASSERT_EQ(*arm_word(&cq), htobe32(0));
	ASSERT_EQ(cq_state(&cq), 0x0);
}

/* Gaps of about the time after which a page goes idle are where one could be. */
TEST(no_doorbell_is_lost)
{
	struct cq cq = cq_create(devx_open());
	struct stats stats;
	int i, gap;

	srandom(1);
	for (i = 0; i < 1000; i++) {
		ring(&cq, (uint32_t)i << 28);
		if (!is_taken(&cq))
			FAIL("doorbell %d was lost", i);
		for (gap = random() % 20000; gap; gap--)
			__asm__ volatile("" ::: "memory");
	}
	stats = stats_of(cq.uar->page_id);
	ASSERT(stats.zaps > 1);		/* it did go idle in between */
}

TEST(doorbells_of_a_child_count)
{
	struct cq cq = cq_create(devx_open());
	int status;
	pid_t pid;

	ring(&cq, 0);
	ASSERT(is_taken(&cq));
	*arm_word(&cq) = htobe32(1 << 28);
	pid = fork();
	ASSERT(pid >= 0);
	if (!pid) {
		*(volatile uint64_t *)((char *)cq.uar->base_addr + 0x20) = 1;
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_EQ(status, 0);
	ASSERT(is_taken(&cq));
}

KTAP_MAIN()
