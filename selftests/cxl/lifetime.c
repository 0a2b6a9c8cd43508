// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is left when files are closed, programs exit, are killed or execute another
 * program, and when everything happens at once: nothing.
 */
#define _GNU_SOURCE
#include "cxl.h"
#include "load.h"

static int command(const char *line)
{
	int status = system(line);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(the_module_cannot_be_unloaded_while_a_node_is_open)
{
	int fd = open_node(SLAVE);

	ASSERT_NE(command("rmmod softaccel_cxl 2>/dev/null"), 0);
	ASSERT_EQ(start(fd, 0), 0);
}

TEST(the_module_cannot_be_unloaded_while_a_mapping_lives)
{
	int fd = idle_context();

	map(fd, PAGE);
	close(fd);
	ASSERT_NE(command("rmmod softaccel_cxl 2>/dev/null"), 0);
}

TEST(a_mapping_keeps_a_dedicated_afu_taken_after_close)
{
	int fd = open_node(DEDICATED);
	volatile uint8_t *w;

	ASSERT_EQ(start(fd, 0), 0);
	w = map(fd, PAGE);
	close(fd);
	ASSERT_ERRNO(open(DEDICATED, O_RDWR), ENOSPC);
	munmap((void *)w, PAGE);
	open_node(DEDICATED);
}

TEST(a_dup_keeps_the_context)
{
	int fd = idle_context(), copy = dup(fd);

	close(fd);
	ASSERT_EQ(process_element(copy), 0);
	ASSERT_EQ(process_element(open_node(SLAVE)), 1);
}

TEST(after_close_the_afu_leaves_memory_alone)
{
	int i;

	for (i = 0; i < 20; i++) {
		struct queue q;
		int fd = queue_context(&q), j;
		unsigned char *p = pages(32);

		memset(p, 1, 16 * PAGE);
		for (j = 0; j < 4; j++)
			submit(&q, OP_COPY, p, p + 16 * PAGE, 65535);
		usleep(i * 50);
		close(fd);
		memset(p + 16 * PAGE, 2, 16 * PAGE);
		usleep(2000);
		for (j = 0; j < (int)(16 * PAGE); j += 64)
			ASSERT_EQ(p[16 * PAGE + j], 2);
		munmap(p, 32 * PAGE);
	}
}

TEST(the_parents_memory_is_used_whoever_closes_last)
{
	struct queue q;
	char *p = pages(1);
	int fd = queue_context(&q);

	/* The child exits, and with it its copy of the file. */
	IN_CHILD((void)fd);
	strcpy(p, "here");
	ASSERT_EQ(run(&q, OP_COPY, p, p + 64, 5), COMPLETE);
	ASSERT_STREQ(p + 64, "here");
}

/* argv[0] is a test program: the image is replaced, the file stays open. */
TEST(after_exec_the_afu_does_not_see_the_new_image)
{
	int fd = open(SLAVE, O_RDWR), pipefd[2];
	volatile uint8_t *w;
	struct queue q = queue_new(1);
	pid_t pid;
	char byte;

	ASSERT_EQ(pipe(pipefd), 0);
	pid = fork();
	if (!pid) {
		ASSERT_EQ(start(fd, queue_wed(&q)), 0);
		close(pipefd[0]);
		fcntl(pipefd[1], F_SETFD, FD_CLOEXEC);
		execlp("sleep", "sleep", "100", NULL);
		_exit(1);
	}
	close(pipefd[1]);
	/* End of file: the child has executed it. */
	ASSERT_EQ(read(pipefd[0], &byte, 1), 0);
	expect_fault(fd, q.e, DSISR_NO_PTE);
	w = map(fd, PAGE);
	wait_stopped(w);
	write64(w, REG_CONTROL, CONTROL_RESTART);
	expect_fault(fd, q.e, DSISR_NO_PTE);
	kill(pid, SIGKILL);
}

TEST(after_exit_of_the_process_accesses_fault)
{
	struct queue q = queue_new(1);
	int fd = open_node(SLAVE);

	IN_CHILD(ASSERT_EQ(start(fd, queue_wed(&q)), 0));
	expect_fault(fd, q.e, DSISR_NO_PTE);
	wait_stopped(map(fd, PAGE));
}

static void busy_process(int report)
{
	char *src = pages(16), *dst = pages(16);
	struct queue q[4];
	int i, j;

	for (i = 0; i < 4; i++)
		map(queue_context(&q[i]), PAGE);
	(void)!write(report, "x", 1);
	for (;;)
		for (i = 0; i < 4; i++)
			for (j = 0; j < 4; j++)
				run(&q[i], OP_COPY, src, dst, 65535);
}

TEST(kill_9_in_the_middle_leaves_nothing)
{
	int i, pipefd[2];
	char byte;

	ASSERT_EQ(pipe(pipefd), 0);
	for (i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (!pid)
			busy_process(pipefd[1]);
		ASSERT_EQ(read(pipefd[0], &byte, 1), 1);
		usleep(i * 3000);
		kill(pid, SIGKILL);
		ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	}
	check_nothing_left();
}

/*
 * A queue that renews itself: element i writes element i - 1 for the next turn, and
 * the first one the last one for this turn.
 */
static void endless_context(void)
{
	struct element (*made)[2] = pages(1);
	struct queue q = queue_new(1);
	int fd = open_node(SLAVE), i, turn;
	int64_t end = now_ms() + 20000;

	for (i = 0; i < 4; i++) {
		for (turn = 0; turn < 2; turn++) {
			int other = (i + 3) % 4, next = i ? !turn : turn;
			struct element *e = &made[i][turn];

			e->cmd = VALID | OP_COPY | (turn ? WRAP : 0);
			e->length = htobe16(sizeof(*e));
			e->src = htobe64((uintptr_t)&made[other][next]);
			e->dst = htobe64((uintptr_t)&q.e[other]);
		}
		q.e[i] = made[i][0];
	}
	ASSERT_EQ(start(fd, queue_wed(&q)), 0);
	/* Holds the file as long as the memory is there. */
	map(fd, PAGE);
	/* It goes round: turns are seen to change, both ways. */
	for (turn = 0; turn < 4; turn++)
		for (i = 0; (q.e[3].cmd ^ turn << 6) & WRAP; i++) {
			ASSERT_LT(now_ms(), end);
			usleep(i % 100);
		}
}

TEST(contexts_that_never_rest_end_with_their_process)
{
	int i, pipefd[2];
	int64_t end;
	pid_t pid;
	char byte;

	ASSERT_EQ(pipe(pipefd), 0);
	pid = fork();
	if (!pid) {
		for (i = 0; i < 4; i++)
			endless_context();
		(void)!write(pipefd[1], "x", 1);
		for (;;)
			pause();
	}
	close(pipefd[1]);
	ASSERT_EQ(read(pipefd[0], &byte, 1), 1);
	sleep_ms(100);
	kill(pid, SIGKILL);
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	/* Its mappings go one by one, and each takes a context along. */
	for (end = now_ms() + 10000;; sleep_ms(10)) {
		int fd[4], free = 0;

		for (i = 0; i < 4; i++) {
			fd[i] = open_node(SLAVE);
			free += process_element(fd[i]) < 4;
		}
		for (i = 0; i < 4; i++)
			close(fd[i]);
		if (free == 4)
			break;
		if (now_ms() > end)
			FAIL("the AFU still works for a process that was killed");
	}
	check_nothing_left();
}

TEST(hundreds_of_idle_contexts_find_their_work)
{
	struct queue q[IRQS_POOL / IRQS_MIN];
	unsigned int i;
	char *p = pages(1);
	int64_t begin;

	for (i = 0; i < IRQS_POOL / IRQS_MIN; i++)
		queue_context(&q[i]);
	sleep_ms(1000);
	begin = now_ms();
	for (i = 0; i < IRQS_POOL / IRQS_MIN; i++) {
		p[0] = i;
		submit(&q[i], OP_COPY, p, p + 64 + i, 1);
	}
	for (i = 0; i < IRQS_POOL / IRQS_MIN; i++)
		ASSERT_EQ(wait_status(&q[i].e[0]), COMPLETE);
	ktap_note("%d contexts found their work in %d ms",
		  IRQS_POOL / IRQS_MIN, (int)(now_ms() - begin));
}

TEST(a_storm_of_attach_and_close_from_many_processes_leaves_nothing)
{
	int i, j, status, failed = 0;
	pid_t pid[24];

	for (i = 0; i < 24; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		for (j = 0; j < 20; j++) {
			struct queue q;
			int fd = queue_context(&q);
			char *p = pages(1);

			p[0] = i;
			ASSERT_EQ(run(&q, OP_COPY, p, p + 8, 1), COMPLETE);
			ASSERT_EQ(p[8], i);
			close(fd);
			munmap(p, PAGE);
		}
		_exit(0);
	}
	for (i = 0; i < 24; i++) {
		ASSERT_EQ(waitpid(pid[i], &status, 0), pid[i]);
		failed += status != 0;
	}
	ASSERT_EQ(failed, 0);
	check_nothing_left();
}

static void *attach_it(void *arg)
{
	start(*(int *)arg, 0);
	return NULL;
}

TEST(attach_racing_close_leaves_nothing)
{
	int i;

	for (i = 0; i < 200; i++) {
		int fd = open_node(SLAVE);
		pthread_t thread;

		ASSERT_EQ(pthread_create(&thread, NULL, attach_it, &fd), 0);
		close(fd);
		pthread_join(thread, NULL);
	}
	check_nothing_left();
}

TEST(card_resets_under_load_leave_nothing)
{
	pid_t pid[LOAD_PROCESSES];
	int i;

	load_begin(pid);
	for (i = 0; i < 20; i++) {
		attr_write("/sys/class/cxl/card0/reset", "-1");
		sleep_ms(20);
		wait_for_node(SLAVE);
	}
	load_end(pid);
	force_reset(0, SLAVE);
	check_nothing_left();
}

TEST(mode_changes_racing_open_leave_nothing)
{
	pid_t pid = fork();
	int i;

	if (!pid) {
		for (;;) {
			int fd = open(SLAVE, O_RDWR);

			if (fd >= 0 && start(fd, 0))
				_exit(1);
			close(fd);
		}
	}
	for (i = 0; i < 100; i++)
		attr_write("/sys/class/cxl/afu0.0/mode", i & 1 ? "afu_directed" : "none");
	ASSERT_EQ(waitpid(pid, NULL, WNOHANG), 0);
	kill(pid, SIGKILL);
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	ASSERT_EQ(attr_write("/sys/class/cxl/afu0.0/mode", "afu_directed"), 0);
	check_nothing_left();
}

KTAP_MAIN()
