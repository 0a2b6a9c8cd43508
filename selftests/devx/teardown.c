// SPDX-License-Identifier: GPL-2.0-only
/* How things end: exit, kill, the device going away, the module in use. */
#include "event.h"

#include <sys/syscall.h>

#define DRIVER "/sys/bus/platform/drivers/softaccel_hca/"

static int raw_async_fd(int fd)
{
	struct ib_uverbs_attr *attr;
	struct uv uv;

	uv_start(&uv, MLX5_IB_OBJECT_DEVX_ASYNC_CMD_FD,
		 MLX5_IB_METHOD_DEVX_ASYNC_CMD_FD_ALLOC);
	attr = uv_handle(&uv, MLX5_IB_ATTR_DEVX_ASYNC_CMD_FD_ALLOC_HANDLE, 0);
	ASSERT_EQ(uv_call(fd, &uv), 0);
	return attr->data_s64;
}

/* Events that nobody reads, with data and without, and eventfds. */
static void make_events(const struct cq *cq)
{
	int fd = cq->ctx->cmd_fd, data = raw_event_fd(fd, 0);
	int omit = raw_event_fd(fd, OMIT_DATA);
	int64_t obj = obj_handle(cq->obj);

	ASSERT(data >= 0 && omit >= 0);
	ASSERT_EQ(subscribe_one(fd, data, obj, EVENT_CQ_ERROR, 1), 0);
	ASSERT_EQ(subscribe_one(fd, omit, obj, EVENT_CQ_ERROR, 2), 0);
	ASSERT_EQ(subscribe_one(fd, data, -1, EVENT_PORT_CHANGE, 3), 0);
	ASSERT_EQ(subscribe_eventfd(fd, omit, -1, EVENT_PORT_CHANGE,
				    eventfd(0, EFD_CLOEXEC)), 0);
	ASSERT_EQ(inject("cq_error", cq->cqn), 0);
}

/* One of everything, in use. */
static struct cq make_everything(void)
{
	uint32_t in[4] = { 0 }, out[4];
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_create(ctx);
	struct ibv_pd *pd = ibv_alloc_pd(ctx);

	cq_create(ctx);
	ASSERT(pd);
	ASSERT(ibv_reg_mr(pd, cq.memory, 4096, IBV_ACCESS_LOCAL_WRITE));
	ASSERT(ibv_create_cq(ctx, 10, NULL, NULL, 0));
	mbox_opcode(in, ALLOC_TRANSPORT_DOMAIN, 0);
	ASSERT(mlx5dv_devx_obj_create(ctx, in, sizeof(in), out, sizeof(out)));
	raw_async_fd(ctx->cmd_fd);
	make_events(&cq);
	*(volatile uint64_t *)cq.uar->reg_addr = 1;
	return cq;
}

static void expect_everything(void)
{
	ASSERT_EQ(count_of("contexts"), 1);
	ASSERT_EQ(count_of("objects"), 3);
	ASSERT_EQ(count_of("umems"), 5);
	ASSERT_EQ(count_of("mrs"), 1);
	ASSERT_EQ(count_of("pds"), 1);
	ASSERT_EQ(count_of("cqs"), 1);
	ASSERT_EQ(count_of("async_files"), 1);
	ASSERT_EQ(count_of("event_files"), 2);
	ASSERT_EQ(count_of("subscriptions"), 4);
	ASSERT_EQ(count_of("events"), 2);
}

/* A child that has made everything and sleeps, or keeps the doorbell hot. */
static pid_t spawn(int hot)
{
	volatile uint64_t *reg;
	char byte = 0;
	int fds[2];
	pid_t pid;

	ASSERT_EQ(pipe(fds), 0);
	pid = fork();
	ASSERT(pid >= 0);
	if (!pid) {
		reg = make_everything().uar->reg_addr;
		ASSERT_EQ(write(fds[1], &byte, 1), 1);
		while (hot)
			*reg = 1;
		pause();
	}
	ASSERT_EQ(read(fds[0], &byte, 1), 1);
	return pid;
}

TEST(exit_leaves_nothing)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		make_everything();
		expect_everything();
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT_EQ(status, 0);
	wait_no_objects();
}

TEST(kill_leaves_nothing)
{
	pid_t pid = spawn(0);

	expect_everything();
	kill(pid, SIGKILL);
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	wait_no_objects();
}

TEST(kill_in_the_middle_of_stores_leaves_nothing)
{
	pid_t pid;
	int i;

	for (i = 0; i < 10; i++) {
		pid = spawn(1);
		usleep(20000);
		kill(pid, SIGKILL);
		ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	}
	wait_no_objects();
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	ssize_t ret;

	if (fd < 0)
		return -1;
	ret = write(fd, text, strlen(text));
	close(fd);
	return ret == (ssize_t)strlen(text) ? 0 : -1;
}

/* Bound again at the end of the test, whatever happens to it. */
static void unbind(void)
{
	ASSERT_EQ(write_file(DRIVER "unbind", "softaccel_hca.0"), 0);
}

static void bind(void)
{
	int i;

	ASSERT_EQ(write_file(DRIVER "bind", "softaccel_hca.0"), 0);
	/* devtmpfs makes the node a moment later. */
	for (i = 0; i < 100 && access(node_path(), F_OK); i++)
		usleep(20000);
}

TEST(device_can_go_under_an_open_context)
{
	struct cq cq = make_everything();
	uint32_t in[4] = { 0 }, out[4];
	int ret, error;

	unbind();
	mbox_opcode(in, NOP, 0);
	ret = raw_general(cq.ctx->cmd_fd, in, sizeof(in), out, sizeof(out));
	error = errno;
	bind();
	ASSERT_EQ(ret, -1);
	ASSERT_EQ(error, EIO);
	/* The new device knows nothing of the old one's objects. */
	ASSERT_EQ(count_of("contexts"), 0);
	ASSERT_EQ(count_of("objects"), 0);
}

TEST(stores_after_the_device_is_gone_go_nowhere)
{
	struct cq cq = make_everything();
	volatile uint64_t *reg = cq.uar->reg_addr;
	uint64_t seen;

	unbind();
	*reg = 5;
	seen = *reg;
	bind();
	ASSERT_EQ(seen, 5);	/* the core's dummy page */
}

/* The new page gets the old one's place; the old mapping must not see it. */
TEST(old_mapping_does_not_reach_a_new_page)
{
	struct cq cq = make_everything(), fresh;
	volatile uint64_t *old = cq.uar->reg_addr;

	unbind();
	bind();
	fresh = make_everything();
	*(volatile uint64_t *)fresh.uar->reg_addr = 0x1111;
	*old = 0x2222;
	ASSERT_EQ(*(volatile uint64_t *)fresh.uar->reg_addr, 0x1111);
}

TEST(device_can_go_under_stores)
{
	pid_t pid = spawn(1);
	int status;

	usleep(20000);
	unbind();
	usleep(20000);
	bind();
	ASSERT_EQ(waitpid(pid, &status, WNOHANG), 0);	/* it stores on */
	kill(pid, SIGKILL);
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	wait_no_objects();
}

TEST(reader_of_completions_is_told_when_the_device_goes)
{
	struct ibv_context *ctx = devx_open();
	int fd = raw_async_fd(ctx->cmd_fd), status;
	struct pollfd pfd = { .fd = fd, .events = POLLIN | POLLRDHUP };
	char buf[64];
	pid_t pid = fork();

	if (!pid) {
		errno = 0;
		_exit(read(fd, buf, sizeof(buf)) == -1 && errno == EIO ? 0 : 1);
	}
	usleep(50000);
	unbind();
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	status = status || poll(&pfd, 1, 1000) != 1 || !(pfd.revents & POLLRDHUP);
	bind();
	ASSERT_EQ(status, 0);
}

TEST(reader_of_events_is_told_when_the_device_goes)
{
	int node = raw_open(MLX5_IB_ALLOC_UCTX_DEVX), fd = raw_event_fd(node, 0), status;
	struct pollfd pfd = { .fd = fd, .events = POLLIN | POLLRDHUP };
	struct event_record record;
	pid_t pid;

	ASSERT_EQ(subscribe_one(node, fd, -1, EVENT_PORT_CHANGE, 1), 0);
	pid = fork();
	if (!pid) {
		errno = 0;
		_exit(read(fd, &record, sizeof(record)) == -1 && errno == EIO ? 0 : 1);
	}
	usleep(50000);
	unbind();
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	status = status || poll(&pfd, 1, 1000) != 1 || !(pfd.revents & POLLRDHUP);
	bind();
	ASSERT_EQ(status, 0);
	/* The new device does not know the file. */
	port_event();
	ASSERT_ERRNO(read(fd, &record, sizeof(record)), EIO);
}

/* A child that changes the link as fast as it can, until it is killed. */
static pid_t spawn_link_changes(void)
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	while (!pid) {
		inject("port_down", 1);
		inject("port_up", 1);
	}
	return pid;
}

TEST(subscriptions_come_and_go_while_events_are_raised)
{
	struct ibv_context *ctx = devx_open();
	pid_t pid = spawn_link_changes();
	struct cq cq;
	int i, j, fd[2];

	for (i = 0; i < 100; i++) {
		cq = cq_create(ctx);
		for (j = 0; j < 2; j++) {
			fd[j] = raw_event_fd(ctx->cmd_fd, j ? OMIT_DATA : 0);
			ASSERT_EQ(subscribe_one(ctx->cmd_fd, fd[j], -1,
						EVENT_PORT_CHANGE, 1), 0);
			ASSERT_EQ(subscribe_one(ctx->cmd_fd, fd[j],
						obj_handle(cq.obj),
						EVENT_CQ_ERROR, 2), 0);
			if (i % 2)
				close(fd[j]);
		}
		ASSERT_EQ(inject("cq_error", cq.cqn), 0);
		cq_destroy(&cq);
		for (j = 0; j < 2 && !(i % 2); j++)
			close(fd[j]);
	}
	kill(pid, SIGKILL);
	ASSERT_EQ(waitpid(pid, NULL, 0), pid);
	ASSERT_EQ(inject("port_up", 1), 0);
	wait_count("event_files", 0);
	wait_count("subscriptions", 0);
	wait_count("events", 0);
}

static int module_delete(void)
{
	return syscall(SYS_delete_module, "softaccel_devx", O_NONBLOCK);
}

TEST(module_stays_while_a_page_is_mapped)
{
	int fd = raw_open(MLX5_IB_ALLOC_UCTX_DEVX);
	struct raw_uar uar;
	void *p;

	ASSERT_EQ(raw_uar_alloc(fd, 0, &uar), 0);
	p = mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, uar.offset);
	ASSERT(p != MAP_FAILED);
	close(fd);
	ASSERT_ERRNO(module_delete(), EAGAIN);
}

TEST(module_stays_while_a_child_has_the_page_mapped)
{
	int fd = raw_open(MLX5_IB_ALLOC_UCTX_DEVX), status;
	struct raw_uar uar;
	pid_t pid;
	void *p;

	ASSERT_EQ(raw_uar_alloc(fd, 0, &uar), 0);
	p = mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, uar.offset);
	ASSERT(p != MAP_FAILED);
	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	munmap(p, 4096);
	status = module_delete() ? errno : 0;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ASSERT_EQ(status, EAGAIN);
}

TEST(module_stays_while_a_completion_file_is_open)
{
	raw_async_fd(raw_open(MLX5_IB_ALLOC_UCTX_DEVX));
	ASSERT_ERRNO(module_delete(), EAGAIN);
}

TEST(module_stays_while_an_event_file_is_open)
{
	ASSERT(raw_event_fd(raw_open(MLX5_IB_ALLOC_UCTX_DEVX), 0) >= 0);
	ASSERT_ERRNO(module_delete(), EAGAIN);
}

KTAP_MAIN()
