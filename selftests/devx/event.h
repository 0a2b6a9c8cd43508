/* SPDX-License-Identifier: GPL-2.0-only */
/* Event files, subscriptions, and events on demand, by raw system calls. */
#ifndef SOFTACCEL_SELFTESTS_DEVX_EVENT_H
#define SOFTACCEL_SELFTESTS_DEVX_EVENT_H

#include "devx.h"

#include <sys/eventfd.h>

/* Types of events. */
enum {
	EVENT_COMP = 0x00,
	EVENT_CQ_ERROR = 0x04,
	EVENT_PORT_CHANGE = 0x09,
	EVENT_SRQ_LAST_WQE = 0x13,
	EVENT_OBJECT_CHANGE = 0x27,
};

#define OMIT_DATA MLX5_IB_UAPI_DEVX_CR_EV_CH_FLAGS_OMIT_DATA

struct event_record {
	uint64_t cookie;
	uint8_t eqe[64];
};

static inline int raw_event_fd(int fd, uint64_t flags)
{
	struct ib_uverbs_attr *attr;
	struct uv uv;

	uv_start(&uv, MLX5_IB_OBJECT_DEVX_ASYNC_EVENT_FD,
		 MLX5_IB_METHOD_DEVX_ASYNC_EVENT_FD_ALLOC);
	attr = uv_handle(&uv, MLX5_IB_ATTR_DEVX_ASYNC_EVENT_FD_ALLOC_HANDLE, 0);
	uv_u64(&uv, MLX5_IB_ATTR_DEVX_ASYNC_EVENT_FD_ALLOC_FLAGS, flags);
	return uv_call(fd, &uv) ? -1 : (int)attr->data_s64;
}

struct raw_subscribe {
	int fd;			/* of events */
	int64_t obj;		/* handle; -1: the device */
	const uint16_t *types;
	uint16_t len;		/* bytes */
	bool has_cookie, has_eventfd;
	uint64_t cookie;
	int eventfd;
};

static inline int raw_subscribe(int fd, const struct raw_subscribe *req)
{
	struct uv uv;

	uv_start(&uv, MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_SUBSCRIBE_EVENT);
	uv_attr(&uv, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_HANDLE, 0, req->fd);
	if (req->obj >= 0)
		uv_handle(&uv, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_OBJ_HANDLE, req->obj);
	uv_in(&uv, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_TYPE_NUM_LIST, req->types,
	      req->len);
	if (req->has_cookie)
		uv_u64(&uv, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_COOKIE, req->cookie);
	if (req->has_eventfd)
		uv_u32(&uv, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_NUM, req->eventfd);
	return uv_call(fd, &uv);
}

/* One type, with a cookie. */
static inline int subscribe_one(int fd, int event_fd, int64_t obj, uint16_t type,
				uint64_t cookie)
{
	const struct raw_subscribe req = {
		.fd = event_fd, .obj = obj, .types = &type, .len = sizeof(type),
		.has_cookie = true, .cookie = cookie,
	};

	return raw_subscribe(fd, &req);
}

static inline int subscribe_eventfd(int fd, int event_fd, int64_t obj, uint16_t type,
				    int eventfd)
{
	const struct raw_subscribe req = {
		.fd = event_fd, .obj = obj, .types = &type, .len = sizeof(type),
		.has_eventfd = true, .eventfd = eventfd,
	};

	return raw_subscribe(fd, &req);
}

/* Makes the device say something; see ABI/debugfs-softaccel-devx. */
static inline int inject_open(void)
{
	char path[160];
	int fd;

	if (access(DEBUGFS "/softaccel_devx", F_OK))
		mount("none", DEBUGFS, "debugfs", 0, NULL);
	snprintf(path, sizeof(path), DEBUGFS "/softaccel_devx/%s/inject",
		 device_name());
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ASSERT(fd >= 0);
	return fd;
}

static inline int inject_text(const char *text)
{
	int fd = inject_open(), ret, error;

	ret = write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
	error = errno;
	close(fd);
	errno = error;
	return ret;
}

static inline int inject(const char *what, uint32_t number)
{
	char text[48];

	snprintf(text, sizeof(text), "%s %u\n", what, number);
	return inject_text(text);
}

/* A port event, and the link as it was. */
static inline void port_event(void)
{
	ASSERT_EQ(inject("port_down", 1), 0);
	ASSERT_EQ(inject("port_up", 1), 0);
}

#endif
