// SPDX-License-Identifier: GPL-2.0-only
/* Subscriptions: what is admitted, several at once, eventfds; events of the port. */
#include "event.h"

#define DEVX MLX5_IB_ALLOC_UCTX_DEVX

static struct cq make_cq(void)
{
	return cq_create(devx_open());
}

/* --- what is admitted */

/* The events of objects that a device without a list of its own has. */
static bool is_object_event(unsigned int type)
{
	static const uint8_t types[] = { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x07, 0x10,
		0x11, 0x12, 0x13, 0x14, 0x18, 0x1c, 0x1d };

	return type < 0x100 && memchr(types, type, sizeof(types));
}

TEST(types_of_events_are_admitted_by_what_they_are_of)
{
	struct cq cq = make_cq();
	int fd = cq.ctx->cmd_fd, events = raw_event_fd(fd, 0), ret;
	unsigned int type;

	for (type = 0; type < 0x200; type++) {
		ret = subscribe_one(fd, events, obj_handle(cq.obj), type, 1);
		ASSERT_EQ(ret, is_object_event(type) ? 0 : -1);
		ASSERT(!ret || errno == EINVAL);
		ret = subscribe_one(fd, events, -1, type, 1);
		ASSERT_EQ(ret, type == EVENT_PORT_CHANGE ? 0 : -1);
		ASSERT(!ret || errno == EINVAL);
	}
	ASSERT_ERRNO(subscribe_one(fd, events, -1, 0xffff, 1), EINVAL);
	ASSERT_EQ(count_of("subscriptions"), 15 + 1);
}

static int subscribe_many(int fd, int events, int64_t obj, const uint16_t *types,
			  uint16_t len)
{
	const struct raw_subscribe req = {
		.fd = events, .obj = obj, .types = types, .len = len,
	};

	return raw_subscribe(fd, &req);
}

TEST(sixteen_types_are_admitted_at_once)
{
	struct cq cq = make_cq();
	int fd = cq.ctx->cmd_fd, events = raw_event_fd(fd, 0);
	uint16_t types[17] = { 0 };

	ASSERT_ERRNO(subscribe_many(fd, events, obj_handle(cq.obj), types, 34), EINVAL);
	ASSERT_EQ(count_of("subscriptions"), 0);
	ASSERT_EQ(subscribe_many(fd, events, obj_handle(cq.obj), types, 32), 0);
	ASSERT_EQ(count_of("subscriptions"), 16);
}

TEST(list_of_types_must_have_whole_ones)
{
	int fd = raw_open(DEVX), events = raw_event_fd(fd, 0);
	uint16_t types[2] = { EVENT_PORT_CHANGE, EVENT_PORT_CHANGE };

	ASSERT_ERRNO(subscribe_many(fd, events, -1, types, 3), EINVAL);
	ASSERT_ERRNO(subscribe_many(fd, events, -1, types, 1), EINVAL);
	ASSERT_ERRNO(subscribe_many(fd, events, -1, types, 0), EINVAL);
	ASSERT_EQ(subscribe_many(fd, events, -1, types, 4), 0);
}

TEST(one_wrong_type_refuses_all)
{
	struct cq cq = make_cq();
	int fd = cq.ctx->cmd_fd, events = raw_event_fd(fd, 0);
	uint16_t types[] = { EVENT_CQ_ERROR, EVENT_COMP, EVENT_OBJECT_CHANGE };

	ASSERT_ERRNO(subscribe_many(fd, events, obj_handle(cq.obj), types, 6), EINVAL);
	ASSERT_EQ(count_of("subscriptions"), 0);
	ASSERT_EQ(subscribe_many(fd, events, obj_handle(cq.obj), types, 4), 0);
	ASSERT_EQ(count_of("subscriptions"), 2);
}

TEST(context_without_devx_may_have_a_file_but_no_subscription)
{
	int fd = raw_open(0), events = raw_event_fd(fd, 0);

	ASSERT(events >= 0);
	ASSERT_ERRNO(subscribe_one(fd, events, -1, EVENT_PORT_CHANGE, 1), EINVAL);
}

TEST(unknown_flags_of_a_file_are_refused)
{
	int fd = raw_open(DEVX);

	ASSERT_ERRNO(raw_event_fd(fd, 2), EINVAL);
	ASSERT_ERRNO(raw_event_fd(fd, 1ull << 32), EINVAL);
	ASSERT_EQ(count_of("event_files"), 0);
}

TEST(file_and_object_must_be_ours)
{
	struct cq cq = make_cq();
	int fd = raw_open(DEVX), events = raw_event_fd(fd, 0);

	ASSERT_ERRNO(subscribe_one(fd, 0, -1, EVENT_PORT_CHANGE, 1), EBADF);
	ASSERT_ERRNO(subscribe_one(fd, -1, -1, EVENT_PORT_CHANGE, 1), EBADF);
	ASSERT_ERRNO(subscribe_one(cq.ctx->cmd_fd, events, -1, EVENT_PORT_CHANGE, 1),
		     EBADF);
	ASSERT_ERRNO(subscribe_one(fd, events, obj_handle(cq.obj), EVENT_CQ_ERROR, 1),
		     ENOENT);
	ASSERT_EQ(count_of("subscriptions"), 0);
}

/* --- who gets what */

TEST(event_goes_to_its_object_alone)
{
	struct ibv_context *ctx = devx_open();
	struct cq a = cq_create(ctx), b = cq_create(ctx);
	int fd = ctx->cmd_fd, events = raw_event_fd(fd, OMIT_DATA);
	uint64_t cookie;

	ASSERT_EQ(fcntl(events, F_SETFL, O_NONBLOCK), 0);
	ASSERT_EQ(subscribe_one(fd, events, obj_handle(a.obj), EVENT_CQ_ERROR, 1), 0);
	ASSERT_EQ(subscribe_one(fd, events, obj_handle(b.obj), EVENT_CQ_ERROR, 2), 0);
	ASSERT_EQ(subscribe_one(fd, events, obj_handle(b.obj), EVENT_COMP, 3), 0);
	ASSERT_EQ(subscribe_one(fd, events, -1, EVENT_PORT_CHANGE, 4), 0);
	ASSERT_EQ(inject("cq_error", b.cqn), 0);
	ASSERT_EQ(read(events, &cookie, sizeof(cookie)), sizeof(cookie));
	ASSERT_EQ(cookie, 2);
	ASSERT_ERRNO(read(events, &cookie, sizeof(cookie)), EAGAIN);
}

/* Each subscription is told, oldest first, also a second one for the same. */
TEST(each_subscription_is_told_once)
{
	struct cq cq = make_cq();
	int fd = cq.ctx->cmd_fd, events = raw_event_fd(fd, 0), other = raw_event_fd(fd, 0);
	struct event_record record;
	uint64_t cookie;

	ASSERT_EQ(fcntl(events, F_SETFL, O_NONBLOCK), 0);
	ASSERT_EQ(fcntl(other, F_SETFL, O_NONBLOCK), 0);
	for (cookie = 1; cookie <= 3; cookie++)
		ASSERT_EQ(subscribe_one(fd, events, obj_handle(cq.obj), EVENT_CQ_ERROR,
					cookie), 0);
	ASSERT_EQ(subscribe_one(fd, other, obj_handle(cq.obj), EVENT_CQ_ERROR, 9), 0);
	ASSERT_EQ(inject("cq_error", cq.cqn), 0);
	for (cookie = 1; cookie <= 3; cookie++) {
		ASSERT_EQ(read(events, &record, sizeof(record)), sizeof(record));
		ASSERT_EQ(record.cookie, cookie);
	}
	ASSERT_ERRNO(read(events, &record, sizeof(record)), EAGAIN);
	ASSERT_EQ(read(other, &record, sizeof(record)), sizeof(record));
	ASSERT_EQ(record.cookie, 9);
	ASSERT_ERRNO(read(other, &record, sizeof(record)), EAGAIN);
}

TEST(cookie_is_0_when_none_is_given)
{
	struct cq cq = make_cq();
	int fd = cq.ctx->cmd_fd, events = raw_event_fd(fd, 0);
	uint16_t type = EVENT_CQ_ERROR;
	struct event_record record;

	ASSERT_EQ(subscribe_many(fd, events, obj_handle(cq.obj), &type, 2), 0);
	ASSERT_EQ(inject("cq_error", cq.cqn), 0);
	ASSERT_EQ(read(events, &record, sizeof(record)), sizeof(record));
	ASSERT_EQ(record.cookie, 0);
}

/* --- eventfds */

TEST(eventfd_is_signalled_instead_of_the_file)
{
	struct cq cq = make_cq();
	int fd = cq.ctx->cmd_fd, events = raw_event_fd(fd, 0);
	int target = eventfd(0, EFD_NONBLOCK);
	uint64_t value;

	ASSERT_EQ(subscribe_eventfd(fd, events, obj_handle(cq.obj), EVENT_CQ_ERROR,
				    target), 0);
	ASSERT_EQ(subscribe_eventfd(fd, events, -1, EVENT_PORT_CHANGE, target), 0);
	ASSERT_ERRNO(read(target, &value, sizeof(value)), EAGAIN);
	ASSERT_EQ(inject("cq_error", cq.cqn), 0);
	ASSERT_EQ(read(target, &value, sizeof(value)), sizeof(value));
	ASSERT_EQ(value, 1);
	port_event();
	ASSERT_EQ(read(target, &value, sizeof(value)), sizeof(value));
	ASSERT_EQ(value, 2);
	ASSERT_EQ(count_of("events"), 0);
	close(events);
	wait_count("subscriptions", 0);
	port_event();
	ASSERT_ERRNO(read(target, &value, sizeof(value)), EAGAIN);
}

TEST(eventfd_may_be_closed_before_the_subscription)
{
	int fd = raw_open(DEVX), events = raw_event_fd(fd, 0), target = eventfd(0, 0);

	ASSERT_EQ(subscribe_eventfd(fd, events, -1, EVENT_PORT_CHANGE, target), 0);
	close(target);
	port_event();
}

TEST(eventfd_goes_with_no_cookie)
{
	int fd = raw_open(DEVX), events = raw_event_fd(fd, 0);
	uint16_t type = EVENT_PORT_CHANGE;
	const struct raw_subscribe req = {
		.fd = events, .obj = -1, .types = &type, .len = 2, .has_cookie = true,
		.has_eventfd = true, .eventfd = eventfd(0, 0),
	};

	ASSERT_ERRNO(raw_subscribe(fd, &req), EINVAL);
}

TEST(what_is_no_eventfd_is_refused)
{
	int fd = raw_open(DEVX), events = raw_event_fd(fd, 0);

	ASSERT_ERRNO(subscribe_eventfd(fd, events, -1, EVENT_PORT_CHANGE, -1), EBADF);
	ASSERT_ERRNO(subscribe_eventfd(fd, events, -1, EVENT_PORT_CHANGE, events),
		     EINVAL);
	ASSERT_EQ(count_of("subscriptions"), 0);
}

/* --- verbs */

static enum ibv_port_state port_state(struct ibv_context *ctx)
{
	struct ibv_port_attr attr;

	ASSERT_EQ(ibv_query_port(ctx, 1, &attr), 0);
	return attr.state;
}

/* Everybody who asks for the state sees the same, verbs programs get an event. */
TEST(port_that_goes_down_is_down_for_all)
{
	struct ibv_context *ctx = devx_open();
	struct ibv_async_event event;

	ASSERT_EQ(port_state(ctx), IBV_PORT_ACTIVE);
	ASSERT_EQ(inject("port_down", 1), 0);
	ASSERT_EQ(ibv_get_async_event(ctx, &event), 0);
	ASSERT_EQ(event.event_type, IBV_EVENT_PORT_ERR);
	ASSERT_EQ(event.element.port_num, 1);
	ibv_ack_async_event(&event);
	ASSERT_EQ(port_state(ctx), IBV_PORT_DOWN);
	ASSERT_EQ(inject("port_up", 1), 0);
	ASSERT_EQ(ibv_get_async_event(ctx, &event), 0);
	ASSERT_EQ(event.event_type, IBV_EVENT_PORT_ACTIVE);
	ibv_ack_async_event(&event);
	ASSERT_EQ(port_state(ctx), IBV_PORT_ACTIVE);
}

/* --- the file that provokes events */

TEST(what_cannot_be_injected_is_refused)
{
	struct cq cq = make_cq();

	ASSERT_ERRNO(inject("port_down", 0), EINVAL);
	ASSERT_ERRNO(inject("port_down", 2), EINVAL);
	ASSERT_ERRNO(inject("cq_error", 0), ENOENT);
	ASSERT_ERRNO(inject("cq_error", cq.cqn + 1), ENOENT);
	ASSERT_ERRNO(inject("cq", cq.cqn), EINVAL);
	ASSERT_ERRNO(inject("port_down_and_some_more_text_here", 1), EINVAL);
	ASSERT_ERRNO(inject_text(""), EINVAL);
	ASSERT_ERRNO(inject_text("port_down"), EINVAL);
	ASSERT_ERRNO(inject_text("port_down 1 1"), EINVAL);
	ASSERT_ERRNO(inject_text("port_down -1"), EINVAL);
	ASSERT_ERRNO(inject_text("port_down 0x100000000"), ERANGE);
}

KTAP_MAIN()
