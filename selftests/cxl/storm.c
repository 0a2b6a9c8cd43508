// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many at once: 500 contexts at work, 500 processes that come and go, threads that
 * attach what others close, modes and resets written while nodes are opened.
 */
#define _GNU_SOURCE
#include <sys/resource.h>

#include "cxl.h"

#define MANY 500
#define AFU "/sys/class/cxl/afu0.0/"

static void check_nothing_left(void)
{
	int fd = open_node(SLAVE), i;

	ASSERT_EQ(process_element(fd), 0);
	ASSERT_EQ(start_flags(fd, 0, CXL_START_WORK_NUM_IRQS, IRQS_POOL), 0);
	close(fd);
	for (i = 0; i < PROCS; i++)
		ASSERT_EQ(process_element(open_node(MASTER)), i);
}

/* --- 500 contexts that never rest */

/*
 * A queue that renews itself: two elements, the second of which increments a
 * counter, are written anew by the pair behind them before it is their turn again.
 */
struct endless {
	struct element made[2][2][2];	/* pair, turn, of the pair */
	struct queue q;
	volatile uint32_t *count;	/* big-endian */
};

static void endless_new(struct endless *e)
{
	int pair, turn;

	e->q = queue_new(1);
	e->count = (void *)&e->q.e[8];	/* behind the queue, on the same page */
	for (pair = 0; pair < 2; pair++) {
		for (turn = 0; turn < 2; turn++) {
			struct element *copy = &e->made[pair][turn][0], *inc = copy + 1;
			int next = pair ? !turn : turn;

			copy->cmd = VALID | OP_COPY | (turn ? WRAP : 0);
			copy->length = htobe16(2 * sizeof(*copy));
			copy->src = htobe64((uintptr_t)e->made[!pair][next]);
			copy->dst = htobe64((uintptr_t)&e->q.e[pair ? 0 : 2]);
			inc->cmd = VALID | OP_INCREMENT | (turn ? WRAP : 0);
			inc->length = htobe16(4);
			inc->src = htobe64((uintptr_t)e->count);
			inc->dst = inc->src;
		}
	}
	memcpy(e->q.e, e->made[0][0], 2 * sizeof(struct element));
	memcpy(e->q.e + 2, e->made[1][0], 2 * sizeof(struct element));
	/* Not yet: endless_go(). */
	e->q.e[0].cmd &= ~VALID;
}

static void endless_go(struct endless *e)
{
	make_valid(&e->q.e[0]);
}

static uint32_t endless_count(const struct endless *e)
{
	return be32toh(*e->count);
}

/* How far they are: the least, the most, and all of them together. */
static void endless_survey(const struct endless *e, uint32_t *least, uint32_t *most,
			   uint64_t *sum)
{
	uint32_t got;
	int i;

	*least = ~0u;
	*most = 0;
	*sum = 0;
	for (i = 0; i < MANY; i++) {
		got = endless_count(&e[i]);
		*least = got < *least ? got : *least;
		*most = got > *most ? got : *most;
		*sum += got;
	}
}

TEST(five_hundred_contexts_at_work_are_served_fairly)
{
	struct endless *e = pages((MANY * sizeof(*e) + PAGE - 1) / PAGE);
	const char *limit = getenv("KTAP_TIMEOUT");
	int64_t end = now_ms() + (limit ? atoi(limit) - 5 : 50) * 1000;
	uint32_t least, most, mean;
	uint64_t sum;
	int i;

	for (i = 0; i < MANY; i++) {
		endless_new(&e[i]);
		ASSERT_EQ(start(open_node(SLAVE), queue_wed(&e[i].q)), 0);
	}
	/* This process must get its turn among 500 workers. */
	setpriority(PRIO_PROCESS, 0, -20);
	for (i = 0; i < MANY; i++)
		endless_go(&e[i]);
	do {
		sleep_ms(100);
		endless_survey(e, &least, &most, &sum);
		mean = sum / MANY;
		if (now_ms() > end)
			FAIL("least %u, mean %u, most %u", least, mean, most);
	} while (least < 200);
	ktap_note("least %u, mean %u, most %u", least, mean, most);
	/* Of what they have had in a few turns, nobody has many times another's. */
	ASSERT_LT(most, 200 * least);
	ASSERT_LT(mean, 50 * least);
}

TEST(five_hundred_contexts_at_work_end_with_their_process)
{
	int i;

	/* The test before has just been killed in the middle of it. */
	for (i = 0; i < 1000 && access("/dev/cxl/afu0.0s", F_OK); i++)
		sleep_ms(10);
	check_nothing_left();
}

/* --- 500 processes */

static void come_and_go(int go, int i)
{
	char byte;
	int j;

	ASSERT_EQ(read(go, &byte, 1), 0);
	for (j = 0; j < 3; j++) {
		struct queue q;
		int fd = queue_context(&q);
		char *p = pages(1);

		p[0] = i;
		ASSERT_EQ(run(&q, OP_COPY, p, p + 8, 1), COMPLETE);
		ASSERT_EQ(p[8], (char)i);
		if (j < 2)
			close(fd);
		munmap(p, PAGE);
	}
	/* The last is closed by exit. */
	_exit(0);
}

TEST(a_storm_of_attach_and_close_from_500_processes_leaves_nothing)
{
	int i, go[2], status, failed = 0;
	pid_t pid[MANY];

	ASSERT_EQ(pipe(go), 0);
	for (i = 0; i < MANY; i++) {
		pid[i] = fork();
		ASSERT_GE(pid[i], 0);
		if (!pid[i]) {
			close(go[1]);
			come_and_go(go[0], i);
		}
	}
	close(go[1]);
	for (i = 0; i < MANY; i++) {
		ASSERT_EQ(waitpid(pid[i], &status, 0), pid[i]);
		failed += status != 0;
	}
	ASSERT_EQ(failed, 0);
	check_nothing_left();
}

/* --- races of one context */

#define RACERS 8

struct race {
	int fd;
	int won, other;
	pthread_barrier_t barrier;
};

static void *racing_attach(void *arg)
{
	struct race *race = arg;

	pthread_barrier_wait(&race->barrier);
	if (!start(race->fd, 0))
		__atomic_add_fetch(&race->won, 1, __ATOMIC_RELAXED);
	else if (errno != EIO && errno != EBADF)
		__atomic_store_n(&race->other, errno, __ATOMIC_RELAXED);
	return NULL;
}

static void *racing_close(void *arg)
{
	struct race *race = arg;

	pthread_barrier_wait(&race->barrier);
	close(race->fd);
	return NULL;
}

TEST(of_many_threads_that_attach_and_close_at_most_one_attaches)
{
	int i, j, won = 0;

	for (i = 0; i < 100; i++) {
		struct race race = { .fd = open_node(SLAVE) };
		pthread_t thread[RACERS];

		pthread_barrier_init(&race.barrier, NULL, RACERS);
		for (j = 0; j < RACERS; j++)
			ASSERT_EQ(pthread_create(&thread[j], NULL, j == i % RACERS ?
						 racing_close : racing_attach,
						 &race), 0);
		for (j = 0; j < RACERS; j++)
			pthread_join(thread[j], NULL);
		ASSERT_LE(race.won, 1);
		ASSERT_EQ(race.other, 0);
		won += race.won;
		/* Nobody has it any more, attached or not. */
		race.fd = open_node(SLAVE);
		ASSERT_EQ(process_element(race.fd), 0);
		close(race.fd);
	}
	ktap_note("%d of %d attached first", won, i);
}

static void *racing_map(void *arg)
{
	struct race *race = arg;
	volatile uint8_t *w;

	pthread_barrier_wait(&race->barrier);
	w = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, race->fd, 0);
	if (w == MAP_FAILED) {
		if (errno != EIO && errno != EBADF)
			race->other = errno;
		return NULL;
	}
	if (read64(w, REG_HANDLE) != 0)
		race->other = -1;
	munmap((void *)w, PAGE);
	return NULL;
}

TEST(mmap_racing_attach_and_close_shows_the_registers_or_fails)
{
	int i, j;

	for (i = 0; i < 200; i++) {
		void *(*racer[])(void *) = { racing_attach, racing_map, racing_close };
		struct race race = { .fd = open_node(SLAVE) };
		pthread_t thread[3];

		pthread_barrier_init(&race.barrier, NULL, 3);
		for (j = 0; j < 3; j++)
			ASSERT_EQ(pthread_create(&thread[j], NULL, racer[j], &race), 0);
		for (j = 0; j < 3; j++)
			pthread_join(thread[j], NULL);
		ASSERT_EQ(race.other, 0);
	}
	check_nothing_left();
}

/* --- sysfs racing open */

static pid_t opener(const char *node, bool attach)
{
	pid_t pid = fork();

	while (!pid) {
		int fd = open(node, O_RDWR);

		if (fd < 0) {
			if (errno != ENOENT && errno != ENODEV && errno != ENOSPC)
				_exit(errno);
			continue;
		}
		/* Who is in is in: no mode changes and no reset. */
		if (attach && start(fd, 0))
			_exit(200);
		close(fd);
		usleep(rand() % 2000);
	}
	return pid;
}

static void writes_race_open(const char *file, const char *odd, const char *even,
			     int *done, int *busy)
{
	pid_t pid[2];
	int i, ret, status;

	for (i = 0; i < 2; i++)
		pid[i] = opener(i ? SLAVE : MASTER, i);
	for (i = 0; i < 300; i++) {
		ret = attr_write(file, i & 1 ? odd : even);
		if (ret && ret != EBUSY)
			FAIL("%s: %s", file, strerror(ret));
		*done += !ret;
		*busy += ret == EBUSY;
		usleep(rand() % 1000);
	}
	for (i = 0; i < 2; i++) {
		if (waitpid(pid[i], &status, WNOHANG))
			FAIL("opener %d ended, status 0x%x", i, status);
		kill(pid[i], SIGKILL);
		ASSERT_EQ(waitpid(pid[i], NULL, 0), pid[i]);
	}
	ktap_note("%d done, %d busy", *done, *busy);
	ASSERT_GT(*done, 0);
	ASSERT_GT(*busy, 0);
}

TEST(mode_writes_racing_open_leave_nothing)
{
	int done = 0, busy = 0;

	writes_race_open(AFU "mode", "afu_directed", "none", &done, &busy);
	ASSERT_EQ(attr_write(AFU "mode", "afu_directed"), 0);
	check_nothing_left();
}

TEST(reset_writes_racing_open_leave_nothing)
{
	int done = 0, busy = 0;

	writes_race_open(AFU "reset", "1", "1", &done, &busy);
	ASSERT_EQ(attr_write(AFU "reset", "1"), 0);
	check_nothing_left();
}

/* --- every number of interrupts */

TEST(irqs_max_takes_every_number_of_its_range_and_bounds_start_work)
{
	int fd = open_node(SLAVE), n;
	char text[16];

	for (n = -3; n <= IRQS_POOL + 3; n++) {
		bool good = n >= IRQS_MIN && n <= IRQS_POOL;

		snprintf(text, sizeof(text), "%d\n", n);
		ASSERT_EQ(attr_write(AFU "irqs_max", text), good ? 0 : EINVAL);
		if (!good)
			continue;
		ASSERT_STREQ(attr_read(AFU "irqs_max"), text);
		ASSERT_ERRNO(start_flags(fd, 0, CXL_START_WORK_NUM_IRQS, n + 1), EINVAL);
		if (n % 50 && n != IRQS_MIN && n != IRQS_POOL)
			continue;
		ASSERT_EQ(start_flags(fd, 0, CXL_START_WORK_NUM_IRQS, n), 0);
		close(fd);
		fd = open_node(SLAVE);
	}
	ASSERT_STREQ(attr_read(AFU "irqs_max"), "2037\n");
}

TEST(irqs_max_may_change_under_attached_contexts)
{
	struct queue q = queue_new(1);
	int fd = open_node(SLAVE);

	ASSERT_EQ(start_flags(fd, queue_wed(&q), CXL_START_WORK_NUM_IRQS, 50), 0);
	ASSERT_EQ(attr_write(AFU "irqs_max", "4"), 0);
	ASSERT_EQ(run(&q, OP_IRQ, NULL, NULL, 50), COMPLETE);
	expect_irq(fd, 50);
	ASSERT_EQ(attr_write(AFU "irqs_max", "2037"), 0);
}

KTAP_MAIN()
