// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls on the CAPI nodes: open, the ioctls, mmap, read, poll, close, and work for
 * the AFUs. Register accesses are in nodes-register.c, sysfs in nodes-sysfs.c.
 */
#include <endian.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <misc/cxl.h>

#include "nodes.h"

enum node {
	SLAVE,
	MASTER,
	DEDICATED,
	TEST_SLAVE,
	TEST_MASTER,
	TEST_DEDICATED,	/* in another mode */
};

static long open_node(struct runner *r, const struct call *c, enum node node)
{
	static const char *const paths[] = {
		[SLAVE] = "/dev/cxl/afu0.0s",
		[MASTER] = "/dev/cxl/afu0.0m",
		[DEDICATED] = "/dev/cxl/afu1.0d",
		[TEST_SLAVE] = "/dev/cxl/afu2.0s",
		[TEST_MASTER] = "/dev/cxl/afu2.0m",
		[TEST_DEDICATED] = "/dev/cxl/afu2.0d",
	};
	static const int flags[] = {
		O_RDWR | O_NONBLOCK, O_RDWR, O_RDONLY | O_NONBLOCK, O_WRONLY, O_PATH,
	};
	int fd = open(paths[node], flags[c->arg[0] % 5] | O_CLOEXEC);
	struct resource *res;

	if (fd < 0)
		return -errno;
	res = resource_add(r->world, RES_CAPI);
	res->fd = fd;
	res->number = node;
	return fd;
}

static long run_open_slave(struct runner *r, const struct call *c)
{
	return open_node(r, c, SLAVE);
}

static long run_open_master(struct runner *r, const struct call *c)
{
	return open_node(r, c, MASTER);
}

static long run_open_dedicated(struct runner *r, const struct call *c)
{
	return open_node(r, c, DEDICATED);
}

static long run_open_test(struct runner *r, const struct call *c)
{
	return open_node(r, c, TEST_SLAVE + c->arg[1] % 3);
}

static int capi_fd(struct runner *r, uint32_t choice)
{
	return resource_fd(r->world, RES_CAPI, choice);
}

/* --- ioctls */

/* The dedicated AFU's: one copy. */
static uint64_t copy_work(struct runner *r, const struct call *c)
{
	struct copy_work *work = (struct copy_work *)ARENA_COPY_WORK;

	memset(work, 0, 128);
	work->endian = c->arg[3] == 1 ? 0x100 : 1;
	work->size = c->arg[3] ? c->arg[3] % (1 << 20) : 5000;
	work->from = data_pointer(r, c->arg[4], work->size);
	work->to = data_pointer(r, c->arg[5], work->size);
	work->next = c->arg[3] & 2 ? (uintptr_t)work : 0;
	return (uintptr_t)work;
}

static uint64_t queue_of(const struct resource *res)
{
	return ARENA_QUEUES + (unsigned int)res->fd % 4 * PAGE_BYTES;
}

static long run_start_work(struct runner *r, const struct call *c)
{
	struct cxl_ioctl_start_work work = { 0 };
	struct resource *res = resource_get(r->world, RES_CAPI, c->arg[0]);
	size_t len = sizeof(work);

	if (!res)
		return -ENOENT;
	if (res->number == DEDICATED)
		work.work_element_descriptor = copy_work(r, c);
	else if (c->arg[3])
		work.work_element_descriptor = c->arg[3] == 1 ? 0 :
			hostile_pointer(r, c->arg[3], 128) | c->arg[4] % 4096;
	else
		work.work_element_descriptor = queue_of(res) | 32;
	work.flags = c->arg[1];
	work.num_interrupts = c->arg[2];
	return result(ioctl(res->fd, CXL_IOCTL_START_WORK,
			    place(r, c, &work, &len)));
}

static long run_get_pe(struct runner *r, const struct call *c)
{
	uint32_t pe = 0;
	size_t len = sizeof(pe);

	return result(ioctl(capi_fd(r, c->arg[0]), CXL_IOCTL_GET_PROCESS_ELEMENT,
			    place(r, c, &pe, &len)));
}

static long run_get_afu_id(struct runner *r, const struct call *c)
{
	struct cxl_afu_id id = { 0 };
	size_t len = sizeof(id);

	return result(ioctl(capi_fd(r, c->arg[0]), CXL_IOCTL_GET_AFU_ID,
			    place(r, c, &id, &len)));
}

/* Commands that no node of an AFU has; those of card nodes among them. */
static long run_bad_ioctl(struct runner *r, const struct call *c)
{
	uint8_t bytes[64] = { 0 };
	size_t len = sizeof(bytes);
	unsigned int command = c->arg[1];

	if (command == CXL_IOCTL_START_WORK)
		command++;
	if (!command)
		command = _IOW(0xca, 0x0a, struct cxl_adapter_image);
	return result(ioctl(capi_fd(r, c->arg[0]), command,
			    place(r, c, bytes, &len)));
}

/* --- mmap */

static long map_node(struct runner *r, const struct call *c, uint64_t usual)
{
	static const int prots[] = {
		PROT_READ | PROT_WRITE, PROT_READ, PROT_WRITE, PROT_NONE,
		PROT_READ | PROT_WRITE | PROT_EXEC, PROT_READ | PROT_EXEC,
	};
	static const int flags[] = {
		MAP_SHARED, MAP_PRIVATE, MAP_SHARED | MAP_POPULATE,
		MAP_SHARED | MAP_LOCKED, MAP_SHARED_VALIDATE | MAP_SYNC,
	};
	uint64_t len = usual, offset = (uint64_t)c->arg[2] * PAGE_BYTES;
	unsigned int slot = atomic_load(&r->world->made[RES_WINDOW]);
	struct resource *res;
	void *p;

	if (c->arg[1])
		len = c->arg[1] % SLOT_BYTES;
	if (c->arg[2] & 0x80000000)
		offset <<= 20;
	p = mmap((void *)memory_slot(slot), len, prots[c->arg[3] % 6],
		 flags[c->arg[4] % 5] | MAP_FIXED, capi_fd(r, c->arg[0]), offset);
	if (p == MAP_FAILED)
		return -errno;
	res = resource_add(r->world, RES_WINDOW);
	res->address = memory_slot(slot);
	res->length = len;
	return 0;
}

static long run_map_slave(struct runner *r, const struct call *c)
{
	return map_node(r, c, PAGE_BYTES);
}

/* The slice's registers, and some of the first contexts. */
static long run_map_area(struct runner *r, const struct call *c)
{
	return map_node(r, c, 32 * PAGE_BYTES);
}

/* --- Work for the memcpy AFU. Queues have 128 elements; we use the first turn. */

#define VALID		0x80
#define COMPLETE	0x80
#define OP_COPY		0
#define OP_IRQ		1

struct element {
	uint8_t cmd, status;
	uint16_t length;
	uint8_t extra, reserved[3];
	uint64_t op1, src, dst;
};

/* The first that was not used yet; all are zero at first. */
static struct element *next_element(const struct resource *res)
{
	struct element *e = (struct element *)queue_of(res);
	unsigned int i;

	for (i = 0; i < 127 && e[i].cmd; i++)
		;
	return &e[i];
}

static long wait_status(struct element *e)
{
	uint64_t end = now_micros() + PATIENCE_MICROS;
	struct timespec pause = { 0, 200000 };
	uint8_t status;

	while (now_micros() < end) {
		status = __atomic_load_n(&e->status, __ATOMIC_ACQUIRE);
		if (status)
			return status == COMPLETE ? 0 : -EIO;
		nanosleep(&pause, NULL);
	}
	return -ETIME;
}

static long submit(struct runner *r, const struct call *c, int op)
{
	struct resource *res = resource_get(r->world, RES_CAPI, c->arg[0]);
	struct element *e, new = { .extra = 0x11 };

	if (!res)
		return -ENOENT;
	e = next_element(res);
	new.length = htobe16(c->arg[1] ?: op == OP_IRQ ? 1 : 3000);
	new.src = htobe64(data_pointer(r, c->arg[2], 3000));
	new.dst = htobe64(data_pointer(r, c->arg[3] ?: 6000, 3000));
	damage_bytes(c, &new, sizeof(new));
	new.cmd = 0;
	*e = new;
	__atomic_store_n(&e->cmd, VALID | (op & 0x7f), __ATOMIC_RELEASE);
	return c->arg[4] & 1 ? 0 : wait_status(e);
}

static long run_submit_copy(struct runner *r, const struct call *c)
{
	return submit(r, c, OP_COPY);
}

static long run_submit_irq(struct runner *r, const struct call *c)
{
	return submit(r, c, OP_IRQ);
}

/* Atomics, increments, stops, and what is none of them. */
static long run_submit_other(struct runner *r, const struct call *c)
{
	return submit(r, c, c->arg[5] ? c->arg[5] : 5);
}

/* --- Events and files */

static long run_poll(struct runner *r, const struct call *c)
{
	struct pollfd p = { .fd = capi_fd(r, c->arg[0]),
			    .events = c->arg[1] ?: POLLIN };

	poll(&p, 1, c->arg[2] % 30);
	return (p.revents & POLLIN) ? 0 : -EAGAIN;
}

static long run_read_event(struct runner *r, const struct call *c)
{
	uint8_t buffer[CXL_READ_MIN_SIZE] = { 0 };
	size_t len = sizeof(buffer);
	void *to = place(r, c, buffer, &len);

	return result(read(capi_fd(r, c->arg[0]), to, len));
}

/* There is none, and no llseek. */
static long run_write(struct runner *r, const struct call *c)
{
	uint8_t buffer[64] = { 0 };
	size_t len = sizeof(buffer);
	void *from = place(r, c, buffer, &len);

	return result(pwrite(capi_fd(r, c->arg[0]), from, len, c->arg[1]));
}

static long run_close(struct runner *r, const struct call *c)
{
	struct resource *res = resource_get(r->world, RES_CAPI, c->arg[0]);

	if (!res)
		return -ENOENT;
	res->dead = true;
	return result(close(res->fd));
}

static long run_dup(struct runner *r, const struct call *c)
{
	struct resource *res = resource_get(r->world, RES_CAPI, c->arg[0]), *new;
	int fd;

	if (!res)
		return -ENOENT;
	fd = dup(res->fd);
	if (fd < 0)
		return -errno;
	if (c->arg[1] & 1)
		fcntl(fd, F_SETFL, c->arg[1] & 2 ? O_ASYNC : 0);
	new = resource_add(r->world, RES_CAPI);
	new->fd = fd;
	new->number = res->number;
	return 0;
}

#define SLAVE_AT_WORK	{ "open_slave", "start_work" }

static const struct kind capi_kinds[] = {
	{ .name = "open_slave", .run = run_open_slave, .weight = 4 },
	{ .name = "open_master", .run = run_open_master, .weight = 3 },
	{ .name = "open_dedicated", .run = run_open_dedicated, .weight = 3 },
	{ .name = "open_test", .run = run_open_test, .weight = 3 },
	{ .name = "start_work", .run = run_start_work, .weight = 10,
	  .needs = { "open_slave" } },
	{ .name = "start_master", .run = run_start_work, .weight = 3,
	  .needs = { "open_master" } },
	{ .name = "start_dedicated", .run = run_start_work, .weight = 4,
	  .needs = { "open_dedicated" } },
	{ .name = "start_test", .run = run_start_work, .weight = 3,
	  .needs = { "open_test" } },
	{ .name = "get_process_element", .run = run_get_pe, .weight = 2,
	  .needs = { "open_slave" } },
	{ .name = "get_afu_id", .run = run_get_afu_id, .weight = 2,
	  .needs = { "open_slave" } },
	{ .name = "bad_ioctl", .run = run_bad_ioctl, .weight = 1, .want = EINVAL,
	  .needs = { "open_slave" } },
	{ .name = "map_slave", .run = run_map_slave, .weight = 5,
	  .needs = SLAVE_AT_WORK },
	{ .name = "map_master", .run = run_map_area, .weight = 3,
	  .needs = { "open_master", "start_master" } },
	{ .name = "map_dedicated", .run = run_map_area, .weight = 3,
	  .needs = { "open_dedicated", "start_dedicated" } },
	{ .name = "map_test", .run = run_map_slave, .weight = 3,
	  .needs = { "open_test", "start_test" } },
	{ .name = "submit_copy", .run = run_submit_copy, .weight = 8,
	  .needs = SLAVE_AT_WORK },
	{ .name = "submit_irq", .run = run_submit_irq, .weight = 4,
	  .needs = SLAVE_AT_WORK },
	{ .name = "submit_other", .run = run_submit_other, .weight = 5,
	  .needs = SLAVE_AT_WORK },
	{ .name = "poll", .run = run_poll, .weight = 2, .needs = { "submit_irq" } },
	{ .name = "read_event", .run = run_read_event, .weight = 5,
	  .needs = { "submit_irq" } },
	{ .name = "write", .run = run_write, .weight = 1, .want = EINVAL,
	  .needs = { "open_slave" } },
	{ .name = "dup", .run = run_dup, .weight = 1, .needs = SLAVE_AT_WORK },
	{ .name = "close", .run = run_close, .weight = 3, .needs = SLAVE_AT_WORK },
};

void add_capi_kinds(void)
{
	add_kinds(capi_kinds, ARRAY_SIZE(capi_kinds));
}
