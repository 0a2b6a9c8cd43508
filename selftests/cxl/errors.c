// SPDX-License-Identifier: GPL-2.0-only
/*
 * Errors that a tester provokes in debugfs: the link of a card goes down and comes back,
 * a card is pulled out and put back, an AFU raises errors, or is reset.
 */
#define _GNU_SOURCE
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "cxl.h"
#include "load.h"

#define SYS	"/sys/class/cxl/"
#define DEBUG	"/sys/kernel/debug/"
#define OURS	DEBUG "softaccel_cxl/"
#define LINK	OURS "card0/link"
#define SLOT	OURS "slots/0"
#define ERROR	OURS "card0/afu0.0/error"
#define FAULT	OURS "card0/afu0.0/fault"
#define RESET	OURS "card0/afu0.0/reset"

static void need_debugfs(void)
{
	if (access(OURS, F_OK))
		mount("none", DEBUG, "debugfs", 0, NULL);
	ASSERT(!access(OURS, F_OK));
}

static void link_down(void)
{
	ASSERT_EQ(attr_write(LINK, "0"), 0);
	ASSERT_STREQ(attr_read(LINK), "0\n");
}

/* The card is another one; until it is there, everything may fail. */
static void link_up_and_wait(void)
{
	int64_t end = now_ms() + 20000;
	int fd;

	ASSERT_EQ(attr_write(LINK, "1"), 0);
	for (;;) {
		fd = open(SLAVE, O_RDWR);
		if (fd >= 0 && !start(fd, 0))
			break;
		if (fd >= 0)
			close(fd);
		if (now_ms() > end)
			FAIL("card0 does not come back");
		sleep_ms(2);
	}
	close(fd);
	ASSERT_STREQ(attr_read(LINK), "1\n");
}

static void expect_closed(int fd)
{
	char buf[READ_SIZE];
	uint32_t pe;

	ASSERT_ERRNO(ioctl(fd, CXL_IOCTL_GET_PROCESS_ELEMENT, &pe), EIO);
	ASSERT_ERRNO(read(fd, buf, sizeof(buf)), EIO);
}

/* --- the link is down */

TEST(without_a_link_everything_asked_of_a_node_gives_eio)
{
	int opened, started;
	struct cxl_afu_id id;
	char buf[READ_SIZE];
	uint32_t pe;

	need_debugfs();
	opened = open_node(SLAVE);
	started = idle_context();
	link_down();
	ASSERT_ERRNO(open(SLAVE, O_RDWR), EIO);
	ASSERT_ERRNO(open(MASTER, O_RDONLY), EIO);
	ASSERT_ERRNO(start(opened, 0), EIO);
	ASSERT_ERRNO(ioctl(opened, CXL_IOCTL_GET_PROCESS_ELEMENT, &pe), EIO);
	ASSERT_ERRNO(ioctl(started, CXL_IOCTL_GET_PROCESS_ELEMENT, &pe), EIO);
	ASSERT_ERRNO(ioctl(started, CXL_IOCTL_GET_AFU_ID, &id), EIO);
	/* Before what is wrong with the request itself. */
	ASSERT_ERRNO(ioctl(started, 0xca7f, 0), EIO);
	ASSERT_ERRNO(ioctl(opened, CXL_IOCTL_START_WORK, NULL), EIO);
	ASSERT_ERRNO(read(opened, buf, sizeof(buf)), EIO);
	ASSERT_ERRNO(read(started, buf, 16), EIO);
	ASSERT_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, started, 0), EIO);
	ASSERT_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, started, PS_SIZE), EIO);
	/* Not an event, and not the end of the context. */
	ASSERT(!pending(started, 0));
	link_up_and_wait();
}

TEST(without_a_link_a_node_that_is_not_there_is_not_there)
{
	struct stat st;
	char path[64];

	need_debugfs();
	ASSERT_EQ(stat(MASTER, &st), 0);
	snprintf(path, sizeof(path), "/dev/cxl-errors-%d", getpid());
	/* The dedicated node of an AFU that is in directed mode. */
	ASSERT_EQ(mknod(path, S_IFCHR | 0600,
			makedev(major(st.st_rdev), minor(st.st_rdev) - 1)), 0);
	link_down();
	ASSERT_ERRNO(open(path, O_RDWR), ENODEV);
	ASSERT_EQ(unlink(path), 0);
	link_up_and_wait();
}

TEST(without_a_link_the_other_card_works)
{
	int fd;

	need_debugfs();
	link_down();
	fd = open_node(DEDICATED);
	ASSERT_EQ(start(fd, 0xfff0), 0);
	ASSERT_STREQ(attr_read(OURS "card1/link"), "1\n");
	link_up_and_wait();
	ASSERT_EQ(process_element(fd), 0);
}

TEST(without_a_link_registers_read_all_ones_and_stores_vanish)
{
	volatile uint8_t *w, *m;
	struct queue q;
	int fd;

	need_debugfs();
	fd = open_node(MASTER);
	ASSERT_EQ(start(fd, 0), 0);
	m = map(fd, PS_SIZE);
	w = map(queue_context(&q), PAGE);
	write64(m, REG_TRACE, 99);
	link_down();
	ASSERT_EQ(read64(w, REG_STATUS), UINT64_MAX);
	ASSERT_EQ(*(volatile uint32_t *)(w + REG_WED), UINT32_MAX);
	ASSERT_EQ(read64(m, REG_TRACE), UINT64_MAX);
	write64(w, REG_CONTROL, CONTROL_RESTART);
	write64(m, REG_TRACE, 1);
	/* The mapping takes accesses of a register only, as ever. */
	ASSERT_EQ(load_sigbus(w + 1), BUS_ADRERR);
	link_up_and_wait();
	/* The context is over. */
	ASSERT_EQ(load_sigbus(w), BUS_ADRERR);
}

/* Copies for ever. */
static void *keep_copying(void *arg)
{
	char *src = pages(16), *dst = arg;
	struct queue q;

	memset(src, 1, 16 * PAGE);
	queue_context(&q);
	for (;;) {
		struct element *e = submit(&q, OP_COPY, src, dst, 65535);

		while (!e->status)
			usleep(20);
	}
	return NULL;
}

TEST(without_a_link_afus_do_not_reach_memory)
{
	volatile char *dst;
	pthread_t thread;
	int i, round;

	need_debugfs();
	for (round = 0; round < 5; round++) {
		dst = pages(16);
		ASSERT_EQ(pthread_create(&thread, NULL, keep_copying, (void *)dst), 0);
		while (!dst[65534])
			usleep(100);
		usleep(round * 300);
		link_down();
		/* From here on, not one byte. */
		memset((void *)dst, 2, 16 * PAGE);
		sleep_ms(50);
		for (i = 0; i < (int)(16 * PAGE); i += 32)
			ASSERT_EQ(dst[i], 2);
		link_up_and_wait();
		for (i = 0; i < (int)(16 * PAGE); i += 32)
			ASSERT_EQ(dst[i], 2);
	}
}

static int blocked_fd;

static void *blocked_reader(void *arg)
{
	static char buf[READ_SIZE];

	(void)arg;
	if (read(blocked_fd, buf, sizeof(buf)) != -1)
		return NULL;
	return (void *)(long)errno;
}

static void expect_reader_ends(void (*cause)(void))
{
	pthread_t thread;
	void *error;

	ASSERT_EQ(pthread_create(&thread, NULL, blocked_reader, NULL), 0);
	sleep_ms(100);
	cause();
	ASSERT_EQ(pthread_join(thread, &error), 0);
	ASSERT_EQ((long)error, EIO);
}

TEST(a_blocked_reader_gets_eio_when_the_link_goes_down)
{
	need_debugfs();
	blocked_fd = idle_context();
	expect_reader_ends(link_down);
	link_up_and_wait();
	blocked_fd = open_node(SLAVE);
	expect_reader_ends(link_down);
	link_up_and_wait();
}

TEST(without_a_link_files_say_what_a_dead_card_says)
{
	uint8_t bytes[64];
	int fd[3], i, j;

	need_debugfs();
	fd[0] = open(SYS "afu0.0/cr0/config", O_RDONLY);
	fd[1] = open(SYS "afu0.0/afu_err_buff", O_RDONLY);
	fd[2] = open(SYS "card0/device/config", O_RDONLY);
	link_down();
	for (i = 0; i < 3; i++) {
		if (fd[i] < 0 && i == 2)
			continue;
		ASSERT_EQ(pread(fd[i], bytes, sizeof(bytes), 0), sizeof(bytes));
		for (j = 0; j < (int)sizeof(bytes); j++)
			ASSERT_EQ(bytes[j], 0xff);
	}
	ASSERT_STREQ(attr_read(SYS "card0/psl_timebase_synced"), "0\n");
	ASSERT_STREQ(attr_read(SYS "afu0.0/cr0/vendor"), "0x1014\n");
	ASSERT_EQ(attr_write(SYS "afu0.0/reset", "1"), EIO);
	ASSERT_EQ(attr_write(RESET, "1"), EIO);
	ASSERT_EQ(attr_write(ERROR, "1"), EIO);
	ASSERT_EQ(attr_write(FAULT, "1"), EIO);
	link_up_and_wait();
	ASSERT_STREQ(attr_read(SYS "card0/psl_timebase_synced"), "1\n");
}

TEST(close_and_exit_work_without_a_link)
{
	struct queue q;
	int fd;

	need_debugfs();
	fd = queue_context(&q);
	map(fd, PAGE);
	IN_CHILD(map(queue_context(&q), PAGE); link_down());
	close(fd);
	link_up_and_wait();
	check_nothing_left();
}

/* --- and comes back */

TEST(a_card_that_loads_an_image_comes_back_as_another_one)
{
	struct stat before, after;
	int opened, started;

	need_debugfs();
	opened = open_node(SLAVE);
	started = idle_context();
	ASSERT_EQ(attr_write(SYS "card0/load_image_on_perst", "factory"), 0);
	ASSERT_EQ(stat(SYS "card0/", &before), 0);
	link_down();
	link_up_and_wait();
	ASSERT_EQ(stat(SYS "card0/", &after), 0);
	ASSERT_NE(before.st_ino, after.st_ino);
	ASSERT_STREQ(attr_read(SYS "card0/load_image_on_perst"), "user\n");
	expect_closed(opened);
	expect_closed(started);
}

static void stays(const char *file, const char *text, const char *old)
{
	struct stat before, after;
	int opened = open_node(SLAVE), started = idle_context(), fd;
	volatile uint8_t *w = map(started, PAGE);

	ASSERT_EQ(attr_write(file, text), 0);
	ASSERT_EQ(attr_write(SYS "afu0.0/irqs_max", "100"), 0);
	ASSERT_EQ(stat(SYS "afu0.0m/", &before), 0);
	ASSERT_EQ(attr_write(ERROR, "7"), 0);
	link_down();
	ASSERT_EQ(attr_write(LINK, "1"), 0);
	/* At once, with all its settings, and no context. */
	ASSERT_EQ(stat(SYS "afu0.0m/", &after), 0);
	ASSERT_EQ(before.st_ino, after.st_ino);
	ASSERT_STREQ(attr_read(SYS "afu0.0/irqs_max"), "100\n");
	ASSERT_EQ(load_sigbus(w), BUS_ADRERR);
	/* What was pending is still read. */
	ASSERT_EQ(read_event(started).header.type, CXL_EVENT_AFU_ERROR);
	expect_closed(started);
	expect_closed(opened);
	fd = idle_context();
	ASSERT_EQ(process_element(fd), 2);
	close(fd);
	munmap((void *)w, PAGE);
	close(started);
	close(opened);
	ASSERT_EQ(attr_write(SYS "afu0.0/irqs_max", "2037"), 0);
	ASSERT_EQ(attr_write(file, old), 0);
}

TEST(a_card_that_comes_back_the_same_stays_and_its_contexts_end)
{
	need_debugfs();
	stays(SYS "card0/perst_reloads_same_image", "1", "0");
	stays(SYS "card0/load_image_on_perst", "none", "user");
	check_nothing_left();
}

TEST(a_link_that_is_up_comes_up_without_effect)
{
	int fd;

	need_debugfs();
	fd = idle_context();
	ASSERT_EQ(attr_write(LINK, "1"), 0);
	ASSERT_EQ(process_element(fd), 0);
	link_down();
	ASSERT_EQ(attr_write(LINK, "0"), 0);
	link_up_and_wait();
	ASSERT_EQ(attr_write(LINK, "2"), EINVAL);
	ASSERT_EQ(attr_write(LINK, "down"), EINVAL);
}

TEST(a_card_reset_brings_the_link_back)
{
	int fd;

	need_debugfs();
	fd = idle_context();
	link_down();
	ASSERT_EQ(attr_write(SYS "card0/reset", "1"), EBUSY);
	force_reset(0, SLAVE);
	ASSERT_STREQ(attr_read(LINK), "1\n");
	expect_closed(fd);
}

/* --- events */

TEST(an_afu_error_arrives_in_the_context_it_is_meant_for)
{
	struct cxl_event event;
	int first, second;

	need_debugfs();
	first = idle_context();
	second = idle_context();
	ASSERT_EQ(attr_write(ERROR, "0xfedcba9876543210 1\n"), 0);
	event = read_event(second);
	ASSERT_EQ(event.header.type, CXL_EVENT_AFU_ERROR);
	ASSERT_EQ(event.header.size, 24);
	ASSERT_EQ(event.header.process_element, 1);
	ASSERT(event.afu_error.error == 0xfedcba9876543210ull);
	ASSERT(!pending(first, 0));
}

TEST(an_afu_error_without_a_process_element_arrives_everywhere)
{
	int fd[3], opened, i;

	need_debugfs();
	for (i = 0; i < 3; i++)
		fd[i] = idle_context();
	opened = open_node(SLAVE);
	ASSERT_EQ(attr_write(ERROR, "12"), 0);
	/* The older one stays. */
	ASSERT_EQ(attr_write(ERROR, "13"), 0);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(read_event(fd[i]).afu_error.error, 12);
		ASSERT(!pending(fd[i], 0));
	}
	ASSERT(!pending(opened, 0));
}

TEST(a_fault_arrives_as_a_data_storage_event)
{
	struct queue q;
	char *p = pages(1);
	int fd;

	need_debugfs();
	fd = queue_context(&q);
	ASSERT_EQ(attr_write(FAULT, "0x1000"), 0);
	/* The newer one stays. */
	ASSERT_EQ(attr_write(FAULT, "0x7fff00001234 0"), 0);
	expect_fault(fd, (void *)0x7fff00001234, DSISR_NO_PTE);
	ASSERT(!pending(fd, 0));
	/* And the context works on. */
	ASSERT_EQ(run(&q, OP_COPY, p, p + 8, 8), COMPLETE);
}

TEST(what_is_no_event_is_refused)
{
	static const char * const file[] = { ERROR, FAULT };
	char text[128];
	int i, fd;

	need_debugfs();
	fd = idle_context();
	memset(text, '1', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(attr_write(file[i], "x"), EINVAL);
		ASSERT_EQ(attr_write(file[i], "\n"), EINVAL);
		ASSERT_EQ(attr_write(file[i], "1 x"), EINVAL);
		ASSERT_EQ(attr_write(file[i], "1 -1"), EINVAL);
		ASSERT_EQ(attr_write(file[i], "1 0 0"), EINVAL);
		ASSERT_EQ(attr_write(file[i], "1 70000"), ERANGE);
		ASSERT_EQ(attr_write(file[i], "0x10000000000000000"), ERANGE);
		ASSERT_EQ(attr_write(file[i], text), EINVAL);
		ASSERT_EQ(attr_write(file[i], "1 1"), ESRCH);
		ASSERT_EQ(attr_write(file[i], "1 600"), ESRCH);
	}
	ASSERT(!pending(fd, 0));
	close(fd);
	open_node(SLAVE);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(attr_write(file[i], "1"), ESRCH);
}

/* --- AFU reset */

static void afu_reset(void)
{
	ASSERT_EQ(attr_write(RESET, "1"), 0);
}

TEST(a_forced_afu_reset_ends_contexts_and_clears_registers)
{
	volatile uint8_t *m;
	int fd, opened;

	need_debugfs();
	fd = open_node(MASTER);
	ASSERT_EQ(start(fd, 0), 0);
	opened = open_node(SLAVE);
	m = map(fd, PS_SIZE);
	write64(m, REG_TRACE, 99);
	blocked_fd = fd;
	ASSERT_EQ(attr_write(SYS "afu0.0/reset", "1"), EBUSY);
	expect_reader_ends(afu_reset);
	ASSERT_EQ(load_sigbus(m), BUS_ADRERR);
	expect_closed(fd);
	expect_closed(opened);
	fd = open_node(MASTER);
	ASSERT_EQ(start(fd, 0), 0);
	ASSERT_EQ(read64(map(fd, PS_SIZE), REG_TRACE), 0);
	ASSERT_EQ(attr_write(RESET, "2"), EINVAL);
}

/* --- the card is pulled out */

static void pull_out(void)
{
	ASSERT_EQ(attr_write(SLOT, "0"), 0);
}

static void put_back(void)
{
	ASSERT_EQ(attr_write(SLOT, "1"), 0);
	ASSERT(!access(SLAVE, F_OK));
}

TEST(a_card_is_pulled_out_under_everything_and_put_back)
{
	volatile uint8_t *w, *ones;
	pthread_t thread;
	struct queue q;
	volatile char *dst = pages(16);
	int err_ff;

	need_debugfs();
	w = map(queue_context(&q), PAGE);
	err_ff = open_node(SLAVE);
	ASSERT_EQ(start_flags(err_ff, 0, CXL_START_WORK_ERR_FF, 0), 0);
	ones = map(err_ff, PAGE);
	blocked_fd = idle_context();
	ASSERT_EQ(pthread_create(&thread, NULL, keep_copying, (void *)dst), 0);
	while (!dst[65534])
		usleep(100);
	expect_reader_ends(pull_out);
	memset((void *)dst, 2, 16 * PAGE);
	ASSERT_STREQ(attr_read(SLOT), "0\n");
	ASSERT(access(SYS "card0", F_OK) && access(SLAVE, F_OK));
	ASSERT(access(OURS "card0", F_OK));
	ASSERT_EQ(load_sigbus(w), BUS_ADRERR);
	ASSERT_EQ(read64(ones, REG_STATUS), UINT64_MAX);
	/* There is nothing to be found. */
	attr_write("/sys/bus/pci/rescan", "1");
	ASSERT(access(SYS "card0", F_OK));
	pull_out();
	put_back();
	put_back();
	ASSERT_EQ(dst[65534], 2);
	ASSERT_EQ(load_sigbus(w), BUS_ADRERR);
	expect_closed(blocked_fd);
	close(idle_context());
	ASSERT_EQ(attr_write(SLOT, "2"), EINVAL);
}

TEST(a_card_without_a_link_is_pulled_out_and_put_back_with_one)
{
	int fd;

	need_debugfs();
	fd = idle_context();
	link_down();
	pull_out();
	put_back();
	ASSERT_STREQ(attr_read(LINK), "1\n");
	expect_closed(fd);
	idle_context();
}

TEST(only_root_may_provoke_errors)
{
	static const char * const file[] = { LINK, SLOT, ERROR, FAULT, RESET };
	struct stat st;
	int i;

	need_debugfs();
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(stat(file[i], &st), 0);
		ASSERT_EQ(st.st_mode & 07777, i < 2 ? 0600 : 0200);
		ASSERT_EQ(st.st_uid, 0);
	}
}

/* --- under load */

TEST(a_flapping_link_under_load_leaves_nothing)
{
	pid_t pid[LOAD_PROCESSES];
	int i;

	need_debugfs();
	load_begin(pid);
	for (i = 0; i < 20; i++) {
		/* Every other time, the card stays. */
		attr_write(SYS "card0/perst_reloads_same_image", i & 1 ? "1" : "0");
		sleep_ms(i);
		link_down();
		sleep_ms(5);
		link_up_and_wait();
	}
	load_end(pid);
	ASSERT_EQ(attr_write(SYS "card0/perst_reloads_same_image", "0"), 0);
	check_nothing_left();
}

TEST(pulling_a_card_out_under_load_leaves_nothing)
{
	pid_t pid[LOAD_PROCESSES];
	int i;

	need_debugfs();
	load_begin(pid);
	for (i = 0; i < 20; i++) {
		sleep_ms(i);
		pull_out();
		put_back();
	}
	load_end(pid);
	check_nothing_left();
}

static void write_for_ever(const char *path, const char *text, unsigned int us)
{
	int fd;

	for (;;) {
		fd = open(path, O_WRONLY);
		if (fd >= 0) {
			(void)!write(fd, text, strlen(text));
			close(fd);
		}
		usleep(us);
	}
}

TEST(errors_of_every_kind_race_each_other)
{
	static const struct {
		const char *path, *text;
	} write_to[] = {
		{ LINK, "0" }, { LINK, "1" }, { SLOT, "0" }, { SLOT, "1" },
		{ ERROR, "1" }, { FAULT, "1" }, { RESET, "1" },
		{ SYS "card0/reset", "-1" }, { SYS "afu0.0/mode", "afu_directed" },
		{ SYS "card0/perst_reloads_same_image", "1" },
		{ SYS "card0/perst_reloads_same_image", "0" },
	};
	enum { N = sizeof(write_to) / sizeof(write_to[0]) };
	pid_t pid[N], load[LOAD_PROCESSES];
	int i;

	need_debugfs();
	load_begin(load);
	for (i = 0; i < N; i++) {
		pid[i] = fork();
		ASSERT_GE(pid[i], 0);
		if (!pid[i])
			write_for_ever(write_to[i].path, write_to[i].text,
				       2000 + 700 * i);
	}
	sleep_ms(4000);
	for (i = 0; i < N; i++) {
		kill(pid[i], SIGKILL);
		ASSERT_EQ(waitpid(pid[i], NULL, 0), pid[i]);
	}
	load_end(load);
	/* A reset or a mode may be on its way. */
	pull_out();
	put_back();
	ASSERT_STREQ(attr_read(LINK), "1\n");
	check_nothing_left();
}

KTAP_MAIN()
