// SPDX-License-Identifier: GPL-2.0-only
/* Event files and subscriptions of the uverbs node under failure. */
#include "devx-rig.h"

#include "../devx/event.h"

FAULT_MACHINE_TEST

static uint64_t flags;
static int target, inject_fd;

static void must_have_context_and_data(void)
{
	must_have_context();
	flags = 0;
}

static int event_alloc(void)
{
	rig.async_fd = raw_event_fd(rig.fd, flags);
	return rig.async_fd < 0 ? -1 : 0;
}

static void must_alloc_event(void)
{
	ASSERT_EQ(event_alloc(), 0);
	ASSERT_EQ(fcntl(rig.async_fd, F_SETFL, O_NONBLOCK), 0);
}

static void must_have_cq_and_data(void)
{
	must_have_cq();
	flags = 0;
}

static void must_have_cq_and_omit(void)
{
	must_have_cq();
	flags = OMIT_DATA;
}

static void must_have_cq_and_eventfd(void)
{
	must_have_cq_and_data();
	target = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	ASSERT(target >= 0);
}

static int subscribe_port(void)
{
	return subscribe_one(rig.fd, rig.async_fd, -1, EVENT_PORT_CHANGE, 1);
}

/* Three sources, of which the last two are the same. */
static int subscribe_cq(void)
{
	static const uint16_t types[] = { EVENT_CQ_ERROR, EVENT_COMP, EVENT_COMP };
	const struct raw_subscribe req = {
		.fd = rig.async_fd, .obj = rig.obj, .types = types,
		.len = sizeof(types), .has_cookie = true, .cookie = 1,
	};

	return raw_subscribe(rig.fd, &req);
}

static int subscribe_to_eventfd(void)
{
	return subscribe_eventfd(rig.fd, rig.async_fd, rig.obj, EVENT_CQ_ERROR, target);
}

static int read_event(void)
{
	struct event_record record;
	ssize_t len = flags ? sizeof(record.cookie) : sizeof(record);

	return read(rig.async_fd, &record, sizeof(record)) == len ? 0 : -1;
}

static int poll_event(void)
{
	struct pollfd p = { .fd = rig.async_fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents == POLLIN ? 0 : -1;
}

static void must_subscribe_port(void)
{
	must_alloc_event();
	ASSERT_EQ(subscribe_port(), 0);
}

static void must_subscribe_cq(void)
{
	must_alloc_event();
	ASSERT_EQ(subscribe_cq(), 0);
}

/* The subscriptions work, and there is one of each: no event comes twice. */
static void must_see_port(void)
{
	port_event();
	ASSERT_EQ(read_event(), 0);
	if (!flags)
		ASSERT_EQ(read_event(), 0);
	ASSERT_ERRNO(read_event(), EAGAIN);
	must_close_async();
}

static void must_be_three(void)
{
	ASSERT_EQ(count_of("subscriptions"), 3);
	must_close_async();
	ASSERT_EQ(count_of("subscriptions"), 0);
}

static void must_be_one(void)
{
	ASSERT_EQ(count_of("subscriptions"), 1);
	must_close_async();
}

static void must_have_event(void)
{
	must_subscribe_port();
	ASSERT_EQ(inject("port_down", 1), 0);
	ASSERT_EQ(inject("port_up", 1), 0);
}

static void must_have_inject(void)
{
	must_have_context_and_data();
	inject_fd = inject_open();
}

/* Fails only where its text is copied: then nothing has happened. */
static int inject_down(void)
{
	return write(inject_fd, "port_down 1", 11) == 11 ? 0 : -1;
}

static void must_have_gone_down(void)
{
	ASSERT_EQ(read_event(), 0);
	ASSERT_ERRNO(read_event(), EAGAIN);
	ASSERT_EQ(inject("port_up", 1), 0);
	must_close_async();
}

/* The event was taken, and is gone. */
static void read_again(int error)
{
	(void)error;
	if (!flags)
		ASSERT_EQ(read_event(), 0);
	ASSERT_ERRNO(read_event(), EAGAIN);
	must_close_async();
	must_have_event();
	ASSERT_EQ(read_event(), 0);
}

static int close_event(void)
{
	return close(rig.async_fd);
}

static void must_create_and_subscribe(void)
{
	must_create_cq();
	must_subscribe_cq();
}

static int destroy_obj(void)
{
	return raw_destroy_obj(rig.fd, rig.obj);
}

static void must_have_no_subscription(void)
{
	ASSERT_EQ(count_of("subscriptions"), 0);
	must_close_async();
}

static void must_have_parts_and_data(void)
{
	must_have_parts();
	flags = 0;
}

FAULT_PATH(event_alloc, .setup = must_have_context_and_data, .attempt = event_alloc,
	   .finish = must_close_async, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(subscribe_port, .setup = must_have_context_and_data,
	   .prepare = must_alloc_event, .attempt = subscribe_port,
	   .finish = must_see_port, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(subscribe_cq, .setup = must_have_cq_and_data, .prepare = must_alloc_event,
	   .attempt = subscribe_cq, .finish = must_be_three,
	   .errnos = { ENOMEM, EFAULT })
FAULT_PATH(subscribe_cq_omit, .setup = must_have_cq_and_omit,
	   .prepare = must_alloc_event, .attempt = subscribe_cq,
	   .finish = must_be_three, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(subscribe_eventfd, .setup = must_have_cq_and_eventfd,
	   .prepare = must_alloc_event, .attempt = subscribe_to_eventfd,
	   .finish = must_be_one, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(event_read, .setup = must_have_context_and_data,
	   .prepare = must_have_event, .attempt = read_event, .recover = read_again,
	   .finish = must_close_async, .errnos = { EFAULT })
FAULT_PATH(event_poll, .setup = must_have_context_and_data,
	   .prepare = must_have_event, .attempt = poll_event,
	   .finish = must_close_async, .errnos = { EFAULT })
FAULT_PATH(event_inject, .setup = must_have_inject,
	   .prepare = must_subscribe_port, .attempt = inject_down,
	   .finish = must_have_gone_down, .errnos = { EFAULT })
FAULT_PATH(event_close, .setup = must_have_cq_and_data, .prepare = must_subscribe_cq,
	   .attempt = close_event, .quiet = true)
FAULT_PATH(obj_destroy_subscribed, .setup = must_have_parts_and_data,
	   .prepare = must_create_and_subscribe, .attempt = destroy_obj,
	   .finish = must_have_no_subscription, .errnos = { ENOMEM, EFAULT })

KTAP_MAIN()
