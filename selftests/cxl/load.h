/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Load for tests that take a card away from under its programs, and the question
 * what is left afterwards. Include it after cxl.h.
 */
#ifndef SOFTACCEL_SELFTESTS_CXL_LOAD_H
#define SOFTACCEL_SELFTESTS_CXL_LOAD_H

#define LOAD_PROCESSES 3

/* All process elements and all interrupts are free again. */
static inline void check_nothing_left(void)
{
	int fd[PROCS], big, i;

	for (i = 0; i < PROCS; i++) {
		fd[i] = open(SLAVE, O_RDWR);
		if (fd[i] < 0)
			FAIL("only %d of %d contexts are free", i, PROCS);
	}
	for (i = 0; i < PROCS; i++)
		close(fd[i]);
	big = open_node(SLAVE);
	ASSERT_EQ(start_flags(big, 0, CXL_START_WORK_NUM_IRQS, IRQS_POOL), 0);
	close(big);
}

/* Any of it may fail, at any moment; nothing may break. */
static inline void load_once(void)
{
	static char buf[READ_SIZE];
	struct queue q = queue_new(1);
	int fd = open(SLAVE, O_RDWR | O_NONBLOCK);
	void *w;

	start_flags(fd, queue_wed(&q), CXL_START_WORK_ERR_FF, 0);
	w = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	submit(&q, OP_IRQ, NULL, NULL, 1);
	usleep(500);
	(void)!read(fd, buf, READ_SIZE);
	if (w != MAP_FAILED) {
		(void)read64(w, REG_STATUS);
		munmap(w, PAGE);
	}
	close(fd);
	munmap(q.e, PAGE);
}

static inline void load_begin(pid_t pid[LOAD_PROCESSES])
{
	int i;

	for (i = 0; i < LOAD_PROCESSES; i++) {
		pid[i] = fork();
		ASSERT_GE(pid[i], 0);
		while (!pid[i])
			load_once();
	}
}

/* None of them has died of it. */
static inline void load_end(pid_t pid[LOAD_PROCESSES])
{
	int i, status;

	for (i = 0; i < LOAD_PROCESSES; i++) {
		kill(pid[i], SIGKILL);
		ASSERT_EQ(waitpid(pid[i], &status, 0), pid[i]);
		ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
}

static inline void wait_for_node(const char *path)
{
	int64_t end = now_ms() + 20000;

	while (access(path, F_OK)) {
		if (now_ms() > end)
			FAIL("%s does not appear", path);
		sleep_ms(2);
	}
}

#endif
