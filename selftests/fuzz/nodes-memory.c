// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of a process that runs programs, and the calls that change it.
 *
 * All of it is at fixed addresses (nodes.h): structures that calls pass, queues of
 * the memcpy AFU, data, and pages in every state that a driver dreads - read-only,
 * missing, of a file that shrinks, answered by nobody (userfaultfd). Nodes are
 * mapped in slots behind them. It is made anew for each program.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "nodes.h"

static void map_pages(uint64_t address, unsigned int n, int prot, int fd)
{
	int flags = MAP_FIXED | (fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED);

	if (mmap((void *)address, n * PAGE_BYTES, prot, flags, fd, 0) == MAP_FAILED)
		abort();
}

void memory_make(struct world *w)
{
	int rw = PROT_READ | PROT_WRITE;

	if (ftruncate(w->memfd, 0) || ftruncate(w->memfd, ARENA_SHARED_LEN))
		abort();
	map_pages(ARENA, 20, rw, -1);
	map_pages(ARENA_READ_ONLY, 2, PROT_READ, -1);
	map_pages(ARENA_NONE, 2, PROT_NONE, -1);
	map_pages(ARENA_SHARED, ARENA_SHARED_LEN / PAGE_BYTES, rw, w->memfd);
	map_pages(ARENA_EDGE - 2 * PAGE_BYTES, 2, rw, -1);
	map_pages(ARENA_FAULTY, 2, rw, -1);
}

uint64_t memory_slot(uint32_t choice)
{
	return SLOTS + choice % NUM_SLOTS * SLOT_BYTES;
}

/* --- Resources: the newest first */

struct resource *resource_add(struct world *w, enum resource_class class)
{
	unsigned int n = atomic_fetch_add(&w->made[class], 1);
	struct resource *res = &w->table[class][n % RESOURCES_EACH];

	memset(res, 0, sizeof(*res));
	res->fd = -1;
	return res;
}

/* NULL if there is none. Choice 0 is the newest that is not gone. */
struct resource *resource_get(struct world *w, enum resource_class class,
			      uint32_t choice)
{
	unsigned int made = atomic_load(&w->made[class]), i;
	unsigned int n = made < RESOURCES_EACH ? made : RESOURCES_EACH;
	struct resource *res;

	if (!made)
		return NULL;
	if (choice)
		return &w->table[class][choice % n];
	for (i = 1; i <= n; i++) {
		res = &w->table[class][(made - i) % RESOURCES_EACH];
		if (!res->dead)
			return res;
	}
	return NULL;
}

/* -1 if there is none: EBADF. */
int resource_fd(struct world *w, enum resource_class class, uint32_t choice)
{
	struct resource *res = resource_get(w, class, choice);

	return res ? res->fd : -1;
}

/* --- Structures */

void *scratch(struct runner *r, size_t len)
{
	void *p = r->scratch + r->used;

	len = (len + 15) & ~15ul;
	if (r->used + len > 4 * PAGE_BYTES)
		return r->scratch;
	r->used += len;
	return p;
}

static uint64_t mapping_address(struct runner *r, enum resource_class class)
{
	struct resource *res = resource_get(r->world, class, 0);

	return res ? res->address : 0;
}

uint64_t hostile_pointer(struct runner *r, uint32_t choice, size_t len)
{
	switch (choice % 16) {
	case 0:
		return ARENA_READ_ONLY;
	case 1:
		return ARENA_READ_ONLY + 2 * PAGE_BYTES;	/* the hole */
	case 2:
		return ARENA_EDGE - len / 2;
	case 3:
		return ARENA_EDGE - len;
	case 4:
		return ARENA_NONE;
	case 5:
		return ARENA_SHARED;
	case 6:
		return ARENA_SHARED + ARENA_SHARED_LEN - 8;
	case 7:
		return mapping_address(r, RES_WINDOW);
	case 8:
		return mapping_address(r, RES_UAR_MAP);
	case 9:
		return 0xffff888000001000ull;
	case 10:
		return 0x7fffffffeffcull;
	case 11:
		return 0x8000000000000000ull;
	case 12:
		return ARENA_FAULTY;
	case 13:
		return (uintptr_t)&hostile_pointer;
	case 14:
		return ARENA_DATA + 1;
	default:
		return 0;
	}
}

/* For buffers that the program owns: good ones for even choices. */
uint64_t data_pointer(struct runner *r, uint32_t choice, size_t len)
{
	if (choice & 1)
		return hostile_pointer(r, choice >> 1, len);
	return ARENA_DATA + (choice >> 1) % (ARENA_DATA_LEN - PAGE_BYTES);
}

void damage_bytes(const struct call *c, void *bytes, size_t len)
{
	const struct damage *d;
	uint32_t word;
	size_t at;

	for (d = c->damage; d < c->damage + NUM_DAMAGES; d++) {
		if (len < sizeof(word))
			return;
		at = d->where % (len / sizeof(word)) * sizeof(word);
		memcpy(&word, (uint8_t *)bytes + at, sizeof(word));
		switch (d->type) {
		case DAMAGE_SET8:
			((uint8_t *)bytes)[d->where % len] = d->value;
			continue;
		case DAMAGE_SET32:
			word = d->value;
			break;
		case DAMAGE_XOR32:
			word ^= 1u << d->value % 32;
			break;
		case DAMAGE_ADD32:
			word += d->value;
			break;
		default:
			continue;
		}
		memcpy((uint8_t *)bytes + at, &word, sizeof(word));
	}
}

/*
 * Where the process passes @bytes to the kernel: in scratch memory, or elsewhere
 * if the call's damage says so, with as many of them there as can be.
 */
void *place(struct runner *r, const struct call *c, const void *bytes, size_t *len)
{
	size_t n = *len;
	uint8_t *p = scratch(r, n < 64 ? 64 : n);
	const struct damage *d;
	uint64_t to;

	memcpy(p, bytes, n);
	damage_bytes(c, p, n);
	for (d = c->damage; d < c->damage + NUM_DAMAGES; d++) {
		if (d->type == DAMAGE_LENGTH)
			*len = d->where & 1 ? d->value : n + (int32_t)d->value;
		if (d->type != DAMAGE_POINTER)
			continue;
		to = hostile_pointer(r, d->value, n);
		if (d->value % 16 == 2)
			memcpy((void *)to, p, n / 2);
		else if (d->value % 16 == 3 || d->value % 16 == 5)
			memcpy((void *)to, p, n);
		p = (void *)to;
	}
	return p;
}

/* Change bytes that other calls use at the moment. */
void memory_scribble(struct rng *r)
{
	static const struct {
		uint64_t start;
		unsigned int pages;
	} areas[] = {
		{ ARENA, 4 }, { ARENA_QUEUES, 4 }, { ARENA_DATA, 8 },
		{ ARENA_SHARED, 4 },
	};
	unsigned int area = rng_below(r, 4), at;
	volatile uint32_t *p;

	/* Structures are small, and begin at page starts. */
	at = rng_below(r, areas[area].pages) * PAGE_BYTES +
	     4 * rng_below(r, rng_percent(r, 80) ? 64 : 1024);
	p = (volatile uint32_t *)(areas[area].start + at);
	*p ^= 1u << rng_below(r, 32);
}

/* --- Calls on mappings. The row's name says which class: see the table. */

static bool target(struct runner *r, const struct call *c, uint64_t *start,
		   uint64_t *len)
{
	const char *name = kind_of(c)->name;
	const char *class = strchr(name, '_') + 1;
	struct resource *res;

	if (!strcmp(class, "data")) {
		*start = c->arg[5] & 1 ? ARENA_QUEUES : ARENA_DATA;
		*len = ARENA_DATA_LEN / 2;
	} else {
		res = resource_get(r->world, !strcmp(class, "window") ?
				   RES_WINDOW : RES_UAR_MAP, c->arg[5]);
		if (!res)
			return false;
		*start = res->address;
		*len = res->length;
	}
	/* A part of it. */
	if (c->arg[4]) {
		*start += c->arg[4] % (*len / PAGE_BYTES) * PAGE_BYTES;
		*len = PAGE_BYTES;
	}
	return true;
}

static long run_munmap(struct runner *r, const struct call *c)
{
	uint64_t start, len;

	if (!target(r, c, &start, &len))
		return -ENOENT;
	return result(munmap((void *)start, len));
}

static long run_mremap(struct runner *r, const struct call *c)
{
	uint64_t start, len, to, new_len;
	struct resource *res;
	void *p;

	if (!target(r, c, &start, &len))
		return -ENOENT;
	/* Not where it is. */
	to = memory_slot(c->arg[0] + 5);
	new_len = c->arg[1] & 1 ? (c->arg[1] >> 1) % 64 * PAGE_BYTES : len;
	p = mremap((void *)start, len, new_len, MREMAP_MAYMOVE | MREMAP_FIXED |
		   (c->arg[2] & 1 ? MREMAP_DONTUNMAP : 0), (void *)to);
	if (p == MAP_FAILED)
		return -errno;
	if (start >= SLOTS) {
		res = resource_add(r->world, strstr(kind_of(c)->name, "window") ?
				   RES_WINDOW : RES_UAR_MAP);
		res->address = to;
		res->length = new_len;
	}
	return 0;
}

static long run_mprotect(struct runner *r, const struct call *c)
{
	static const int prots[] = {
		PROT_READ | PROT_WRITE, PROT_READ, PROT_NONE, PROT_WRITE,
		PROT_READ | PROT_WRITE | PROT_EXEC, PROT_EXEC,
	};
	uint64_t start, len;

	if (!target(r, c, &start, &len))
		return -ENOENT;
	return result(mprotect((void *)start, len, prots[c->arg[0] % 6]));
}

static long run_madvise(struct runner *r, const struct call *c)
{
	static const int advices[] = {
		MADV_DONTFORK, MADV_DONTNEED, MADV_DOFORK, MADV_COLD, MADV_PAGEOUT,
		MADV_FREE, MADV_REMOVE, MADV_MERGEABLE, MADV_HUGEPAGE,
		MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_WILLNEED,
		MADV_WIPEONFORK, MADV_DONTDUMP,
	};
	uint64_t start, len;

	if (!target(r, c, &start, &len))
		return -ENOENT;
	return result(madvise((void *)start, len, advices[c->arg[0] % 14]));
}

static long run_mlock(struct runner *r, const struct call *c)
{
	uint64_t start, len;

	if (!target(r, c, &start, &len))
		return -ENOENT;
	if (c->arg[0] & 1)
		return result(munlock((void *)start, len));
	return result(mlock((void *)start, len));
}

/* Another process, or the kernel, looks at the pages. */
static long run_peek(struct runner *r, const struct call *c)
{
	struct iovec local, remote;
	uint64_t start, len;

	if (!target(r, c, &start, &len))
		return -ENOENT;
	local.iov_base = scratch(r, 256);
	remote.iov_base = (void *)start;
	remote.iov_len = 8 + c->arg[1] % 128;
	local.iov_len = remote.iov_len;
	if (c->arg[0] & 1)
		return result(process_vm_writev(getpid(), &local, 1, &remote, 1, 0));
	return result(process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
}

/* The file behind ARENA_SHARED. */
static long run_truncate(struct runner *r, const struct call *c)
{
	return result(ftruncate(r->world->memfd,
				c->arg[0] % (ARENA_SHARED_LEN + 1)));
}

/* From now on who touches these pages sleeps, until the file is closed. */
static long run_userfaultfd(struct runner *r, const struct call *c)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range = { .start = ARENA_FAULTY, .len = 2 * PAGE_BYTES },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	(void)r;
	if (fd < 0)
		return -errno;
	if (c->arg[0] & 1) {
		reg.range.start = ARENA_DATA;
		madvise((void *)ARENA_DATA, 2 * PAGE_BYTES, MADV_DONTNEED);
	}
	if (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &reg))
		return -errno;
	return 0;
}

/* --- Processes */

/* What the child of a fork does with what it has inherited. */
static void touch_mappings(struct runner *r)
{
	struct resource *res;
	uint32_t i;

	for (i = 0; i < RESOURCES_EACH; i++) {
		res = &r->world->table[RES_WINDOW][i];
		if (res->address)
			(void)*(volatile uint64_t *)res->address;
	}
	for (i = 0; i < RESOURCES_EACH; i++) {
		res = &r->world->table[RES_UAR_MAP][i];
		if (res->address)
			*(volatile uint64_t *)res->address = i;
	}
}

static void child_main(struct runner *r, const struct call *c, pid_t parent)
{
	r->world->forked = true;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Killed before we could say so. */
	if (getppid() != parent)
		_exit(0);
	switch (c->arg[0] % 4) {
	case 0:
		break;	/* goes on with the program */
	case 1:
		if (!sigsetjmp(r->jump, 0))
			touch_mappings(r);
		_exit(0);
	case 2:
		kill(getpid(), SIGKILL);
		break;
	case 3:
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
}

static long run_fork(struct runner *r, const struct call *c)
{
	pid_t pid, parent = getpid();
	unsigned int i;

	if (r->world->forked)
		return -EAGAIN;
	for (i = 0; i < MAX_CHILDREN && atomic_load(&r->world->child[i]); i++)
		;
	if (i == MAX_CHILDREN)
		return -EAGAIN;
	pid = fork();
	if (!pid) {
		child_main(r, c, parent);
		return 0;
	}
	if (pid < 0)
		return -errno;
	/* The alarm ends the wait for a child that waits itself. */
	if (!(c->arg[1] & 1) || waitpid(pid, NULL, 0) != pid)
		atomic_store(&r->world->child[i], pid);
	return 0;
}

/* The process ends in the middle, with everything open. */
static long run_exit(struct runner *r, const struct call *c)
{
	if (!r->world->forked)
		atomic_fetch_add(&shared->worked[c->kind % num_kinds], 1);
	if (c->arg[0] & 1)
		kill(getpid(), SIGKILL);
	syscall(SYS_exit_group, 0);
	return 0;
}

#define WINDOW_NEEDS	{ "map_slave" }
#define UAR_NEEDS	{ "map_uar" }
#define ROWS(_name, _run, _weight)					\
	{ .name = _name "_window", .run = _run, .weight = _weight,	\
	  .needs = WINDOW_NEEDS },					\
	{ .name = _name "_uar", .run = _run, .weight = _weight,		\
	  .needs = UAR_NEEDS },						\
	{ .name = _name "_data", .run = _run, .weight = _weight }

static const struct kind memory_kinds[] = {
	ROWS("munmap", run_munmap, 2),
	ROWS("mremap", run_mremap, 3),
	ROWS("mprotect", run_mprotect, 2),
	ROWS("madvise", run_madvise, 3),
	{ .name = "mlock_data", .run = run_mlock, .weight = 1 },
	{ .name = "peek_window", .run = run_peek, .weight = 1, .want = EFAULT,
	  .needs = WINDOW_NEEDS },
	{ .name = "peek_uar", .run = run_peek, .weight = 1, .want = EFAULT,
	  .needs = UAR_NEEDS },
	{ .name = "truncate", .run = run_truncate, .weight = 2 },
	{ .name = "userfaultfd", .run = run_userfaultfd, .weight = 1 },
	{ .name = "fork", .run = run_fork, .weight = 2 },
	{ .name = "exit", .run = run_exit, .weight = 1 },
};

void add_memory_kinds(void)
{
	add_kinds(memory_kinds, ARRAY_SIZE(memory_kinds));
}
