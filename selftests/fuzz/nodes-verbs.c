// SPDX-License-Identifier: GPL-2.0-only
/*
 * The uverbs node as a file: open, mmap, close; and the files that its ioctls make.
 */
#include <fcntl.h>
#include <linux/udmabuf.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "nodes-mailbox.h"

static long run_open_verbs(struct runner *r, const struct call *c)
{
	static const int flags[] = { O_RDWR, O_RDWR | O_NONBLOCK, O_RDONLY, O_WRONLY };
	struct resource *res;
	char path[64];
	int fd;

	if (!verbs_node_path(path, sizeof(path)))
		return -ENODEV;
	fd = open(path, flags[c->arg[0] % 4] | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	res = resource_add(r->world, RES_VERBS);
	res->fd = fd;
	return fd;
}

static long run_map_uar(struct runner *r, const struct call *c)
{
	static const int prots[] = { PROT_READ | PROT_WRITE, PROT_WRITE, PROT_READ,
				     PROT_READ | PROT_WRITE | PROT_EXEC, PROT_NONE };
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE,
				     MAP_SHARED | MAP_POPULATE,
				     MAP_SHARED | MAP_LOCKED };
	struct resource *uar = resource_get(r->world, RES_UAR, c->arg[0]), *res;
	uint64_t len = PAGE_BYTES, offset;
	unsigned int slot;
	void *p;

	if (!uar)
		return -ENOENT;
	slot = atomic_load(&r->world->made[RES_UAR_MAP]) + NUM_SLOTS / 2;
	offset = uar->address + (uint64_t)c->arg[1] * PAGE_BYTES;
	if (c->arg[2])
		len = c->arg[2] % (16 * PAGE_BYTES);
	p = mmap((void *)memory_slot(slot), len, prots[c->arg[3] % 5],
		 flags[c->arg[5] % 4] | MAP_FIXED,
		 c->arg[4] ? resource_fd(r->world, RES_VERBS, c->arg[4]) : uar->fd, offset);
	if (p == MAP_FAILED)
		return -errno;
	res = resource_add(r->world, RES_UAR_MAP);
	res->address = memory_slot(slot);
	res->length = len;
	return 0;
}

/* --- Files that uverbs makes */

static long read_file(struct runner *r, const struct call *c,
		      enum resource_class class)
{
	struct resource *res = resource_get(r->world, class, c->arg[0]);
	size_t len = c->arg[1] ? c->arg[1] % MAX_MAILBOX : 1024;
	uint8_t bytes[MAX_MAILBOX] = { 0 };
	void *to;

	if (!res)
		return -ENOENT;
	if (c->arg[2] & 1)
		fcntl(res->fd, F_SETFL, 0);	/* waits; the alarm ends it */
	to = place(r, c, bytes, &len);
	return result(read(res->fd, to, len));
}

static long run_read_async(struct runner *r, const struct call *c)
{
	return read_file(r, c, RES_ASYNC);
}

static long run_read_event_file(struct runner *r, const struct call *c)
{
	return read_file(r, c, RES_EVENT);
}

static long run_read_devx_event(struct runner *r, const struct call *c)
{
	return read_file(r, c, RES_DEVX_EVENT);
}

static long run_make_eventfd(struct runner *r, const struct call *c)
{
	int fd = eventfd(c->arg[0], EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd >= 0)
		resource_add(r->world, RES_EVENTFD)->fd = fd;
	return result(fd);
}

/* Of four pages; a kernel without udmabuf has a file that is none. */
static long run_make_dmabuf(struct runner *r, const struct call *c)
{
	struct udmabuf_create req = { .size = 4 * PAGE_BYTES };
	int dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	int memfd = memfd_create("udmabuf", MFD_CLOEXEC | MFD_ALLOW_SEALING), fd = memfd;

	(void)c;
	if (memfd < 0 || ftruncate(memfd, req.size))
		fd = -1;
	fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK);
	req.memfd = memfd;
	if (dev >= 0 && memfd >= 0) {
		fd = ioctl(dev, UDMABUF_CREATE, &req);
		close(memfd);
	}
	if (dev >= 0)
		close(dev);
	if (fd >= 0)
		resource_add(r->world, RES_DMABUF)->fd = fd;
	return result(fd);
}

static long run_poll_async(struct runner *r, const struct call *c)
{
	struct resource *res = resource_get(r->world, RES_ASYNC, c->arg[0]);
	struct pollfd p = { .fd = res ? res->fd : -1, .events = POLLIN };

	return poll(&p, 1, c->arg[1] % 30) > 0 ? 0 : -EAGAIN;
}

static long close_file(struct runner *r, const struct call *c,
		       enum resource_class class)
{
	struct resource *res = resource_get(r->world, class, c->arg[0]);

	if (!res)
		return -ENOENT;
	res->dead = true;
	return result(close(res->fd));
}

static long run_close_verbs(struct runner *r, const struct call *c)
{
	return close_file(r, c, RES_VERBS);
}

static long run_close_async(struct runner *r, const struct call *c)
{
	return close_file(r, c, RES_ASYNC);
}

static long run_close_devx_event(struct runner *r, const struct call *c)
{
	return close_file(r, c, RES_DEVX_EVENT);
}

static long run_close_dmabuf(struct runner *r, const struct call *c)
{
	return close_file(r, c, RES_DMABUF);
}

static long run_close_eventfd(struct runner *r, const struct call *c)
{
	return close_file(r, c, RES_EVENTFD);
}

static const struct kind verbs_kinds[] = {
	{ .name = "open_verbs", .run = run_open_verbs, .weight = 4 },
	{ .name = "map_uar", .run = run_map_uar, .weight = 6,
	  .needs = { "uar_alloc" } },
	{ .name = "read_async", .run = run_read_async, .weight = 4,
	  .needs = { "query_async" } },
	{ .name = "poll_async", .run = run_poll_async, .weight = 1,
	  .needs = { "query_async" } },
	{ .name = "read_async_event", .run = run_read_event_file, .weight = 1,
	  .want = EAGAIN, .needs = { "async_event_alloc" } },
	{ .name = "make_eventfd", .run = run_make_eventfd, .weight = 1 },
	{ .name = "make_dmabuf", .run = run_make_dmabuf, .weight = 1 },
	{ .name = "close_dmabuf", .run = run_close_dmabuf, .weight = 1,
	  .needs = { "make_dmabuf" } },
	{ .name = "read_devx_event", .run = run_read_devx_event, .weight = 3,
	  .needs = { "subscribe_port", "inject_down", "inject_up" } },
	{ .name = "close_devx_event", .run = run_close_devx_event, .weight = 1,
	  .needs = { "event_alloc" } },
	{ .name = "close_eventfd", .run = run_close_eventfd, .weight = 1,
	  .needs = { "make_eventfd" } },
	{ .name = "close_async", .run = run_close_async, .weight = 1,
	  .needs = { "async_alloc" } },
	{ .name = "close_verbs", .run = run_close_verbs, .weight = 2,
	  .needs = { "get_context" } },
};

void add_verbs_kinds(void)
{
	add_kinds(verbs_kinds, ARRAY_SIZE(verbs_kinds));
}
