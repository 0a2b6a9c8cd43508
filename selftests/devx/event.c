// SPDX-License-Identifier: GPL-2.0-only
/* Events of the device: who gets them, what can be read, when they end. */
#include "event.h"

#include <sys/epoll.h>

/* A context, a CQ in it, an event file. */
struct rig {
	struct ibv_context *ctx;
	struct cq cq;
	int uverbs, fd;
};

static struct rig rig_make(uint64_t flags)
{
	struct rig rig = { .ctx = devx_open() };

	rig.cq = cq_create(rig.ctx);
	rig.uverbs = rig.ctx->cmd_fd;
	rig.fd = raw_event_fd(rig.uverbs, flags);
	ASSERT(rig.fd >= 0);
	ASSERT_EQ(fcntl(rig.fd, F_SETFL, O_NONBLOCK), 0);
	return rig;
}

static int subscribe_cq(struct rig *rig, uint64_t cookie)
{
	return subscribe_one(rig->uverbs, rig->fd, obj_handle(rig->cq.obj),
			     EVENT_CQ_ERROR, cookie);
}

static int subscribe_port(struct rig *rig, uint64_t cookie)
{
	return subscribe_one(rig->uverbs, rig->fd, -1, EVENT_PORT_CHANGE, cookie);
}

static int fail_cq(const struct rig *rig)
{
	return inject("cq_error", rig->cq.cqn);
}

static struct event_record next_event(const struct rig *rig)
{
	struct event_record record;

	ASSERT_EQ(read(rig->fd, &record, sizeof(record)), sizeof(record));
	return record;
}

static uint64_t next_cookie(const struct rig *rig)
{
	uint64_t cookie;

	ASSERT_EQ(read(rig->fd, &cookie, sizeof(cookie)), sizeof(cookie));
	return cookie;
}

static void no_event(const struct rig *rig)
{
	struct event_record record;

	ASSERT_ERRNO(read(rig->fd, &record, sizeof(record)), EAGAIN);
}

/* --- what is read */

TEST(cq_error_is_a_cookie_and_an_eqe)
{
	struct rig rig = rig_make(0);
	struct event_record record;
	uint8_t eqe[64] = { [1] = EVENT_CQ_ERROR };

	ASSERT_EQ(subscribe_cq(&rig, 0x1122334455667788), 0);
	no_event(&rig);
	ASSERT_EQ(fail_cq(&rig), 0);
	record = next_event(&rig);
	ASSERT_EQ(record.cookie, 0x1122334455667788);
	mbox_set(eqe + 32, 0x08, 24, rig.cq.cqn);
	mbox_set(eqe + 32, 0x58, 8, 1);
	ASSERT(!memcmp(record.eqe, eqe, sizeof(eqe)));
	no_event(&rig);
}

TEST(queue_that_has_failed_says_so_and_does_not_fail_again)
{
	uint32_t in[4], out[QUERY_CQ_OUT / 4];
	struct rig rig = rig_make(0);

	ASSERT_EQ(subscribe_cq(&rig, 1), 0);
	ASSERT_EQ(fail_cq(&rig), 0);
	ASSERT_EQ(fail_cq(&rig), 0);
	next_event(&rig);
	no_event(&rig);
	cq_query_command(&rig.cq, in);
	ASSERT_EQ(mlx5dv_devx_obj_query(rig.cq.obj, in, sizeof(in), out, sizeof(out)), 0);
	ASSERT_EQ(mbox_get(out, 0x80, 4), 9);
}

TEST(omit_data_gives_the_cookie_alone)
{
	struct rig rig = rig_make(OMIT_DATA);
	uint64_t buf[9];

	ASSERT_EQ(subscribe_cq(&rig, 42), 0);
	ASSERT_EQ(fail_cq(&rig), 0);
	ASSERT_EQ(read(rig.fd, buf, sizeof(buf)), sizeof(buf[0]));
	ASSERT_EQ(buf[0], 42);
	no_event(&rig);
}

TEST(omit_data_tells_of_many_events_once_until_read)
{
	struct rig rig = rig_make(OMIT_DATA);

	ASSERT_EQ(subscribe_port(&rig, 7), 0);
	port_event();
	port_event();
	ASSERT_EQ(count_of("events"), 1);
	ASSERT_EQ(next_cookie(&rig), 7);
	no_event(&rig);
	port_event();
	ASSERT_EQ(next_cookie(&rig), 7);
}

TEST(with_data_every_event_is_there_in_order)
{
	struct rig rig = rig_make(0);
	int i;

	ASSERT_EQ(subscribe_port(&rig, 7), 0);
	for (i = 0; i < 10; i++)
		port_event();
	ASSERT_EQ(count_of("events"), 20);
	for (i = 0; i < 20; i++)
		ASSERT_EQ(next_event(&rig).eqe[3], i % 2 ? 4 : 1);
	no_event(&rig);
}

TEST(port_change_names_the_port)
{
	struct rig rig = rig_make(0);
	struct event_record record;

	ASSERT_EQ(subscribe_port(&rig, 7), 0);
	port_event();
	record = next_event(&rig);
	ASSERT_EQ(record.eqe[1], EVENT_PORT_CHANGE);
	ASSERT_EQ(record.eqe[32 + 8], 1 << 4);
}

TEST(short_buffer_is_einval_and_keeps_the_event)
{
	struct rig rig = rig_make(0), omit = rig_make(OMIT_DATA);
	struct event_record record;

	ASSERT_EQ(subscribe_port(&rig, 1), 0);
	ASSERT_EQ(subscribe_port(&omit, 2), 0);
	port_event();
	ASSERT_ERRNO(read(rig.fd, &record, sizeof(record) - 1), EINVAL);
	ASSERT_ERRNO(read(rig.fd, &record, 0), EINVAL);
	ASSERT_ERRNO(read(omit.fd, &record, 7), EINVAL);
	next_event(&rig);
	next_event(&rig);
	ASSERT_EQ(next_cookie(&omit), 2);
}

TEST(read_into_unmapped_memory_is_efault_and_loses_the_event)
{
	struct rig rig = rig_make(0);

	ASSERT_EQ(subscribe_cq(&rig, 1), 0);
	ASSERT_EQ(fail_cq(&rig), 0);
	ASSERT_ERRNO(read(rig.fd, nowhere(), sizeof(struct event_record)), EFAULT);
	no_event(&rig);
}

TEST(lost_events_are_eoverflow_once)
{
	struct rig rig = rig_make(0);
	int i;

	ASSERT_EQ(subscribe_port(&rig, 1), 0);
	for (i = 0; i < 512; i++)
		port_event();
	ASSERT_EQ(count_of("events"), 1024);
	next_event(&rig);
	/* One goes where that was, one is lost. */
	port_event();
	ASSERT_ERRNO(read(rig.fd, nowhere(), sizeof(struct event_record)), EOVERFLOW);
	for (i = 0; i < 1024; i++)
		ASSERT_EQ(next_event(&rig).eqe[3], i % 2 ? 1 : 4);
	no_event(&rig);
}

/* With 300 subscriptions there must be room for 4 events of each. */
TEST(room_grows_with_the_subscriptions_and_keeps_what_waits)
{
	struct rig rig = rig_make(0);
	int i;

	ASSERT_EQ(subscribe_port(&rig, 0), 0);
	for (i = 0; i < 5; i++)
		port_event();
	for (i = 0; i < 4; i++)
		next_event(&rig);
	for (i = 1; i < 300; i++)
		ASSERT_EQ(subscribe_port(&rig, i), 0);
	ASSERT_EQ(count_of("subscriptions"), 300);
	port_event();
	port_event();
	for (i = 0; i < 6; i++)
		ASSERT_EQ(next_event(&rig).cookie, 0);
	for (i = 0; i < 4 * 300; i++)
		ASSERT_EQ(next_event(&rig).cookie, i % 300);
	no_event(&rig);
}

/* --- waiting */

TEST(poll_and_epoll_tell_when_there_is_an_event)
{
	struct rig rig = rig_make(0);
	struct pollfd pfd = { .fd = rig.fd, .events = POLLIN };
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(0);

	ASSERT_EQ(epoll_ctl(epoll, EPOLL_CTL_ADD, rig.fd, &event), 0);
	ASSERT_EQ(subscribe_cq(&rig, 1), 0);
	ASSERT_EQ(poll(&pfd, 1, 0), 0);
	ASSERT_EQ(epoll_wait(epoll, &event, 1, 0), 0);
	ASSERT_EQ(fail_cq(&rig), 0);
	ASSERT_EQ(poll(&pfd, 1, 1000), 1);
	ASSERT_EQ(pfd.revents, POLLIN);
	ASSERT_EQ(epoll_wait(epoll, &event, 1, 1000), 1);
	next_event(&rig);
	ASSERT_EQ(poll(&pfd, 1, 0), 0);
	ASSERT_EQ(epoll_wait(epoll, &event, 1, 0), 0);
}

/* A child that waits for an event, without the node open; exits with read's errno. */
static pid_t spawn_reader(const struct rig *rig)
{
	struct event_record record;
	pid_t pid;

	ASSERT_EQ(fcntl(rig->fd, F_SETFL, 0), 0);
	pid = fork();
	ASSERT(pid >= 0);
	if (!pid) {
		close(rig->uverbs);
		errno = 0;
		_exit(read(rig->fd, &record, sizeof(record)) < 0 ? errno : 0);
	}
	usleep(100000);
	ASSERT_EQ(waitpid(pid, NULL, WNOHANG), 0);
	return pid;
}

static void must_exit(pid_t pid, int code)
{
	int status;

	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	ASSERT(WIFEXITED(status));
	ASSERT_EQ(WEXITSTATUS(status), code);
}

TEST(reader_is_woken_by_an_event)
{
	struct rig rig = rig_make(0);
	pid_t pid;

	ASSERT_EQ(subscribe_cq(&rig, 1), 0);
	pid = spawn_reader(&rig);
	ASSERT_EQ(fail_cq(&rig), 0);
	must_exit(pid, 0);
}

static void on_alarm(int sig)
{
	(void)sig;
}

TEST(reader_is_interrupted_by_a_signal)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct rig rig = rig_make(0);
	struct event_record record;

	ASSERT_EQ(fcntl(rig.fd, F_SETFL, 0), 0);
	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	ASSERT_ERRNO(read(rig.fd, &record, sizeof(record)), EINTR);
}

/* --- ends */

TEST(destroyed_queue_ends_its_subscription_but_not_its_event)
{
	struct rig rig = rig_make(0), omit = rig_make(OMIT_DATA);
	uint32_t cqn = rig.cq.cqn;

	ASSERT_EQ(subscribe_cq(&rig, 5), 0);
	ASSERT_EQ(subscribe_one(rig.uverbs, raw_event_fd(rig.uverbs, OMIT_DATA),
				obj_handle(rig.cq.obj), EVENT_COMP, 6), 0);
	ASSERT_EQ(subscribe_cq(&omit, 7), 0);
	ASSERT_EQ(fail_cq(&rig), 0);
	ASSERT_EQ(fail_cq(&omit), 0);
	cq_destroy(&rig.cq);
	cq_destroy(&omit.cq);
	ASSERT_EQ(count_of("subscriptions"), 0);
	ASSERT_EQ(count_of("events"), 2);
	ASSERT_ERRNO(inject("cq_error", cqn), ENOENT);
	ASSERT_EQ(next_event(&rig).cookie, 5);
	ASSERT_EQ(next_cookie(&omit), 7);
	ASSERT_EQ(count_of("events"), 0);
}

TEST(closed_file_ends_its_subscriptions_and_events)
{
	struct rig rig = rig_make(0), omit = rig_make(OMIT_DATA);

	ASSERT_EQ(subscribe_port(&rig, 1), 0);
	ASSERT_EQ(subscribe_cq(&rig, 2), 0);
	ASSERT_EQ(subscribe_port(&omit, 3), 0);
	ASSERT_EQ(subscribe_cq(&omit, 4), 0);
	ASSERT_EQ(fail_cq(&omit), 0);
	cq_destroy(&omit.cq);
	port_event();
	ASSERT_EQ(count_of("event_files"), 2);
	ASSERT_EQ(count_of("subscriptions"), 3);
	ASSERT_EQ(count_of("events"), 2 + 2);
	close(rig.fd);
	close(omit.fd);
	wait_count("event_files", 0);
	wait_count("subscriptions", 0);
	wait_count("events", 0);
	port_event();
	cq_destroy(&rig.cq);
}

TEST(file_outlives_its_context_but_says_so)
{
	struct rig rig = rig_make(0);
	struct pollfd pfd = { .fd = rig.fd, .events = POLLIN | POLLRDHUP };
	struct event_record record;

	ASSERT_EQ(subscribe_port(&rig, 1), 0);
	port_event();
	mlx5dv_devx_free_uar(rig.cq.uar);	/* its mapping keeps the context */
	ASSERT_EQ(ibv_close_device(rig.ctx), 0);
	wait_no_objects();
	ASSERT_EQ(poll(&pfd, 1, 0), 1);
	ASSERT_EQ(pfd.revents, POLLIN | POLLRDHUP);
	/* As the real driver has it. */
	ASSERT_ERRNO(read(rig.fd, &record, sizeof(record)), EAGAIN);
	ASSERT_EQ(fcntl(rig.fd, F_SETFL, 0), 0);
	ASSERT_ERRNO(read(rig.fd, &record, sizeof(record)), EIO);
	port_event();
}

/* Without the library, which has pages mapped: the child would keep the context. */
TEST(reader_is_woken_when_the_context_ends)
{
	struct rig rig = { .uverbs = raw_open(MLX5_IB_ALLOC_UCTX_DEVX) };
	pid_t pid;

	rig.fd = raw_event_fd(rig.uverbs, 0);
	ASSERT_EQ(subscribe_port(&rig, 1), 0);
	pid = spawn_reader(&rig);
	close(rig.uverbs);
	must_exit(pid, EIO);
}

KTAP_MAIN()
