// SPDX-License-Identifier: GPL-2.0-only
/* read() and poll(): what an event looks like, which comes first, who is woken. */
#define _GNU_SOURCE
#include <sys/epoll.h>

#include "cxl.h"

static char buf[READ_SIZE];

static short poll_now(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };

	ASSERT_GE(poll(&p, 1, 0), 0);
	return p.revents;
}

static void nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	ASSERT_EQ(fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK), 0);
}

/* Have the AFU raise @irq; it stops until restarted. */
static void raise_irq(struct queue *q, volatile uint8_t *w, int irq)
{
	ASSERT_EQ(run(q, OP_IRQ, NULL, NULL, irq), COMPLETE);
	wait_stopped(w);
	write64(w, REG_CONTROL, CONTROL_RESTART);
}

static void raise_fault(struct queue *q, const void *addr)
{
	char to[8];

	ASSERT_EQ(run(q, OP_COPY, addr, to, 8), ADDRESS_ERROR);
}

/* --- refusals */

TEST(a_buffer_of_less_than_4096_bytes_gives_einval)
{
	int fd = open_node(SLAVE);

	nonblock(fd, true);
	ASSERT_ERRNO(read(fd, buf, READ_SIZE - 1), EINVAL);
	ASSERT_ERRNO(read(fd, buf, 40), EINVAL);
	ASSERT_ERRNO(read(fd, buf, 0), EINVAL);
	ASSERT_ERRNO(read(fd, buf, READ_SIZE), EAGAIN);
}

TEST(write_gives_einval)
{
	ASSERT_ERRNO(write(idle_context(), buf, READ_SIZE), EINVAL);
}

TEST(lseek_gives_espipe)
{
	ASSERT_ERRNO(lseek(idle_context(), 0, SEEK_SET), ESPIPE);
}

TEST(a_bad_buffer_gives_efault_and_consumes_the_event)
{
	struct queue q;
	int fd = queue_context(&q);
	void *bad = pages(1);

	raise_irq(&q, map(fd, PAGE), 1);
	ASSERT(pending(fd, 10000));
	ASSERT_EQ(mprotect(bad, PAGE, PROT_READ), 0);
	ASSERT_ERRNO(read(fd, bad, READ_SIZE), EFAULT);
	nonblock(fd, true);
	ASSERT_ERRNO(read(fd, buf, READ_SIZE), EAGAIN);
}

/* --- waiting */

TEST(nonblocking_read_without_an_event_gives_eagain_before_and_after_attach)
{
	int fd = open_node(SLAVE);

	nonblock(fd, true);
	ASSERT_ERRNO(read(fd, buf, READ_SIZE), EAGAIN);
	ASSERT_EQ(start(fd, 0), 0);
	ASSERT_ERRNO(read(fd, buf, READ_SIZE), EAGAIN);
}

static void on_signal(int sig)
{
	(void)sig;
}

static void signal_in(int ms, int sa_flags)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = sa_flags };
	pid_t parent = getpid();

	sigaction(SIGUSR1, &sa, NULL);
	if (!fork()) {
		sleep_ms(ms);
		kill(parent, SIGUSR1);
		_exit(0);
	}
}

TEST(a_signal_ends_a_blocking_read_with_eintr)
{
	int fd = open_node(SLAVE);

	signal_in(100, 0);
	ASSERT_ERRNO(read(fd, buf, READ_SIZE), EINTR);
}

static void *late_irq(void *arg)
{
	sleep_ms(300);
	submit(arg, OP_IRQ, NULL, NULL, 2);
	return NULL;
}

TEST(a_blocking_read_goes_on_after_a_signal_with_sa_restart)
{
	struct queue q;
	int fd = queue_context(&q);
	pthread_t thread;
	int64_t begin;

	signal_in(50, SA_RESTART);
	begin = now_ms();
	ASSERT_EQ(pthread_create(&thread, NULL, late_irq, &q), 0);
	ASSERT_EQ(read(fd, buf, READ_SIZE), 16);
	ASSERT_GE(now_ms() - begin, 200);
}

TEST(o_nonblock_can_be_taken_back)
{
	struct queue q;
	int fd = queue_context(&q);
	pthread_t thread;

	nonblock(fd, true);
	ASSERT_ERRNO(read(fd, buf, READ_SIZE), EAGAIN);
	nonblock(fd, false);
	ASSERT_EQ(pthread_create(&thread, NULL, late_irq, &q), 0);
	ASSERT_EQ(read(fd, buf, READ_SIZE), 16);
}

TEST(poll_before_attach_says_nothing)
{
	ASSERT_EQ(poll_now(open_node(SLAVE)), 0);
}

TEST(poll_says_in_while_an_event_is_pending_and_never_out)
{
	struct queue q;
	int fd = queue_context(&q);

	ASSERT_EQ(poll_now(fd), 0);
	raise_irq(&q, map(fd, PAGE), 1);
	ASSERT(pending(fd, 10000));
	ASSERT_EQ(poll_now(fd), POLLIN);
	ASSERT_EQ(poll_now(fd), POLLIN);
	expect_irq(fd, 1);
	ASSERT_EQ(poll_now(fd), 0);
}

TEST(epoll_reports_each_edge)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };
	struct queue q;
	int fd = queue_context(&q), ep = epoll_create1(0), i;
	volatile uint8_t *w = map(fd, PAGE);

	ASSERT_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev), 0);
	ASSERT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	for (i = 1; i <= 3; i++) {
		raise_irq(&q, w, i);
		ASSERT_EQ(epoll_wait(ep, &ev, 1, 10000), 1);
		ASSERT_EQ(ev.events, EPOLLIN);
		ASSERT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
		expect_irq(fd, i);
	}
}

static void *reader(void *arg)
{
	char mine[READ_SIZE];

	return (void *)(intptr_t)read(*(int *)arg, mine, sizeof(mine));
}

TEST(of_several_readers_each_event_goes_to_one)
{
	struct queue q;
	int fd = queue_context(&q), i;
	volatile uint8_t *w = map(fd, PAGE);
	pthread_t thread[3];
	void *n;

	for (i = 0; i < 3; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL, reader, &fd), 0);
	sleep_ms(50);
	for (i = 1; i <= 3; i++)
		raise_irq(&q, w, i);
	for (i = 0; i < 3; i++) {
		pthread_join(thread[i], &n);
		ASSERT_EQ((intptr_t)n, 16);
	}
	ASSERT_EQ(poll_now(fd), 0);
}

/* --- what an event looks like */

TEST(an_interrupt_event_has_16_bytes_and_the_process_element)
{
	struct queue q;
	struct cxl_event *event = (void *)buf;
	int other = idle_context(), fd = queue_context(&q);

	(void)other;
	raise_irq(&q, map(fd, PAGE), 3);
	memset(buf, 0x5a, sizeof(buf));
	ASSERT_EQ(read(fd, buf, sizeof(buf)), 16);
	ASSERT_EQ(event->header.type, CXL_EVENT_AFU_INTERRUPT);
	ASSERT_EQ(event->header.size, 16);
	ASSERT_EQ(event->header.process_element, process_element(fd));
	ASSERT_EQ(event->header.reserved1, 0);
	ASSERT_EQ(event->irq.flags, 0);
	ASSERT_EQ(event->irq.irq, 3);
	ASSERT_EQ(event->irq.reserved1, 0);
	ASSERT_EQ(buf[16], 0x5a);
	ASSERT_EQ(buf[4095], 0x5a);
}

TEST(a_data_storage_event_has_40_bytes_and_the_address)
{
	struct queue q;
	struct cxl_event *event = (void *)buf;
	int fd = queue_context(&q);

	raise_fault(&q, (void *)0x1234);
	ASSERT_EQ(read(fd, buf, sizeof(buf)), 40);
	ASSERT_EQ(event->header.type, CXL_EVENT_DATA_STORAGE);
	ASSERT_EQ(event->header.size, 40);
	ASSERT_EQ(event->header.process_element, process_element(fd));
	ASSERT_EQ(event->fault.flags, 0);
	ASSERT_EQ(event->fault.addr, 0x1234);
	ASSERT_EQ(event->fault.dsisr, DSISR_NO_PTE);
	ASSERT_EQ(event->fault.reserved3, 0);
}

TEST(pread_works_like_read)
{
	struct queue q;
	int fd = queue_context(&q);

	raise_irq(&q, map(fd, PAGE), 1);
	ASSERT_EQ(pread(fd, buf, sizeof(buf), 12345), 16);
}

/* --- which comes first, and which is lost */

TEST(one_read_gives_one_event_interrupts_by_number_then_faults)
{
	struct queue q;
	int fd = queue_context(&q);
	volatile uint8_t *w = map(fd, PAGE);

	raise_fault(&q, (void *)0x2000);
	raise_irq(&q, w, 4);
	raise_irq(&q, w, 2);
	raise_irq(&q, w, 3);
	expect_irq(fd, 2);
	expect_irq(fd, 3);
	expect_irq(fd, 4);
	expect_fault(fd, (void *)0x2000, DSISR_NO_PTE);
	ASSERT_EQ(poll_now(fd), 0);
}

TEST(an_interrupt_raised_again_before_it_is_read_is_one_event)
{
	struct queue q;
	int fd = queue_context(&q), i;
	volatile uint8_t *w = map(fd, PAGE);

	for (i = 0; i < 3; i++)
		raise_irq(&q, w, 1);
	expect_irq(fd, 1);
	ASSERT_EQ(poll_now(fd), 0);
}

TEST(of_several_faults_the_newest_stays)
{
	struct queue q;
	int fd = queue_context(&q);

	raise_fault(&q, (void *)0x3000);
	raise_fault(&q, (void *)0x4000);
	raise_fault(&q, (void *)0x5008);
	expect_fault(fd, (void *)0x5008, DSISR_NO_PTE);
	ASSERT_EQ(poll_now(fd), 0);
}

TEST(the_last_interrupt_of_many_arrives)
{
	struct queue q = queue_new(1);
	int fd = open_node(SLAVE);

	ASSERT_EQ(start_flags(fd, queue_wed(&q), CXL_START_WORK_NUM_IRQS, 100), 0);
	ASSERT_EQ(run(&q, OP_IRQ, NULL, NULL, 100), COMPLETE);
	expect_irq(fd, 100);
}

/* --- a context that is over */

TEST(after_a_forced_detach_pending_events_come_first_then_eio)
{
	struct queue q;
	int fd = queue_context(&q);

	raise_fault(&q, (void *)0x6000);
	raise_irq(&q, map(fd, PAGE), 3);
	force_reset(0, SLAVE);
	ASSERT_EQ(poll_now(fd), POLLIN);
	expect_irq(fd, 3);
	expect_fault(fd, (void *)0x6000, DSISR_NO_PTE);
	ASSERT_EQ(poll_now(fd), POLLERR);
	ASSERT_ERRNO(read(fd, buf, READ_SIZE), EIO);
	ASSERT_ERRNO(read(fd, buf, 1), EINVAL);
}

static void *failing_reader(void *arg)
{
	char mine[READ_SIZE];

	return (void *)(intptr_t)(read(*(int *)arg, mine, sizeof(mine)) < 0 ?
				  errno : 0);
}

TEST(a_forced_detach_wakes_readers_with_eio)
{
	int fd = idle_context();
	pthread_t thread;
	void *error;

	ASSERT_EQ(pthread_create(&thread, NULL, failing_reader, &fd), 0);
	sleep_ms(100);
	force_reset(0, SLAVE);
	pthread_join(thread, &error);
	ASSERT_EQ((intptr_t)error, EIO);
}

TEST(after_a_forced_detach_every_ioctl_gives_eio)
{
	struct cxl_afu_id id;
	uint32_t pe;
	int fd = idle_context(), opened = open_node(SLAVE);

	force_reset(0, SLAVE);
	ASSERT_ERRNO(ioctl(fd, CXL_IOCTL_GET_PROCESS_ELEMENT, &pe), EIO);
	ASSERT_ERRNO(ioctl(fd, CXL_IOCTL_GET_AFU_ID, &id), EIO);
	ASSERT_ERRNO(start(fd, 0), EIO);
	ASSERT_ERRNO(ioctl(fd, 0x12345678), EIO);
	ASSERT_ERRNO(ioctl(fd, CXL_IOCTL_START_WORK, 8), EIO);
	ASSERT_ERRNO(start(opened, 0), EIO);
}

KTAP_MAIN()
