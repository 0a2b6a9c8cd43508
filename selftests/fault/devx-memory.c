// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory and UAR pages of the uverbs node under failure: registration, mmap, doorbells,
 * fork, and the close that ends everything.
 */
#include "devx-rig.h"

#include <linux/udmabuf.h>

FAULT_MACHINE_TEST

/* --- memory */

static int umem_reg_sizes(void)
{
	struct raw_umem req = {
		.addr = (uintptr_t)rig.memory,
		.len = rig.bytes,
		.access = IBV_ACCESS_LOCAL_WRITE,
		.pgsz_bitmap = 4096,
	};

	return raw_umem_reg(rig.fd, &req, &rig.umem, &rig.umem_id);
}

static int umem_dereg(void)
{
	return raw_umem_dereg(rig.fd, rig.umem);
}

static void must_dereg(void)
{
	ASSERT_EQ(umem_dereg(), 0);
}

static void must_have_a_page(void) { must_have_memory(4096); }
static void must_have_many_pages(void) { must_have_memory(600 * 4096); }

static int dmabuf;

static void must_have_udmabuf(void)
{
	struct udmabuf_create req = { .size = 4 * 4096 };
	int dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	int memfd = memfd_create("udmabuf", MFD_ALLOW_SEALING);

	must_have_context();
	if (dev < 0)
		SKIP("no udmabuf in this kernel");
	ASSERT(memfd >= 0);
	ASSERT_EQ(ftruncate(memfd, req.size), 0);
	ASSERT_EQ(fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	req.memfd = memfd;
	dmabuf = ioctl(dev, UDMABUF_CREATE, &req);
	ASSERT(dmabuf >= 0);
	close(dev);
	close(memfd);
}

/* Before Linux 6.2 udmabuf has no mapping to offer, and is refused at the end. */
static int umem_reg_dmabuf(void)
{
	struct raw_umem req = { .len = 2 * 4096, .dmabuf = dmabuf };
	int ret = raw_umem_reg(rig.fd, &req, &rig.umem, &rig.umem_id);

	if (ret && errno == EOPNOTSUPP) {
		rig.umem = 0;
		rig.umem_id = 0;
		return 0;
	}
	return ret;
}

static void must_dereg_dmabuf(void)
{
	if (rig.umem_id)
		must_dereg();
}

FAULT_PATH(umem_reg_dmabuf, .setup = must_have_udmabuf, .attempt = umem_reg_dmabuf,
	   .finish = must_dereg_dmabuf, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(umem_reg, .setup = must_have_a_page, .attempt = umem_reg,
	   .finish = must_dereg, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(umem_reg_600_pages, .setup = must_have_many_pages, .attempt = umem_reg,
	   .finish = must_dereg, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(umem_reg_page_sizes, .setup = must_have_a_page,
	   .attempt = umem_reg_sizes, .finish = must_dereg,
	   .errnos = { ENOMEM, EFAULT })
FAULT_PATH(umem_dereg, .setup = must_have_a_page, .prepare = must_reg,
	   .attempt = umem_dereg, .errnos = { ENOMEM, EFAULT })

/* --- UAR pages */

static int uar_destroy(void)
{
	return raw_uar_destroy(rig.fd, rig.uar.handle);
}

static void must_destroy_uar(void)
{
	ASSERT_EQ(uar_destroy(), 0);
}

static int uar_mmap(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, rig.fd,
		       rig.uar.offset);

	if (p == MAP_FAILED)
		return -1;
	rig.reg = (volatile uint64_t *)p + 0x800 / 8;
	return 0;
}

static int uar_munmap(void)
{
	return munmap((char *)rig.reg - 0x800, 4096);
}

static void must_map(void)
{
	must_alloc_uar();
	ASSERT_EQ(uar_mmap(), 0);
}

static void must_unmap(void)
{
	ASSERT_EQ(uar_munmap(), 0);
}

static void must_have_uar(void)
{
	must_have_context();
	must_alloc_uar();
}

/* The page table is there since mmap. */
static int uar_touch(void)
{
	*rig.reg = 1;
	return 0;
}

static void must_end_mapping(void)
{
	must_unmap();
	must_destroy_uar();
}

static int do_fork(void)
{
	rig.child = fork();
	if (!rig.child) {
		*rig.reg = 2;
		_exit(0);
	}
	return rig.child < 0 ? -1 : 0;
}

/*
 * A mapping that the core has no memory to keep account of can no longer be refused
 * to the child: it has it without pages.
 */
static void must_exit_well(void)
{
	int status;

	ASSERT_EQ(waitpid(rig.child, &status, 0), rig.child);
	if (!fault_struck || !WIFSIGNALED(status) || WTERMSIG(status) != SIGBUS)
		ASSERT_EQ(status, 0);
	must_end_mapping();
}

FAULT_PATH(uar_alloc, .setup = must_have_context, .attempt = uar_alloc,
	   .finish = must_destroy_uar, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(uar_mmap, .setup = must_have_uar, .attempt = uar_mmap,
	   .finish = must_unmap, .errnos = { ENOMEM })
FAULT_PATH(uar_first_doorbell, .setup = must_have_context, .prepare = must_map,
	   .attempt = uar_touch, .finish = must_end_mapping, .quiet = true)
FAULT_PATH(uar_destroy, .setup = must_have_context, .prepare = must_alloc_uar,
	   .attempt = uar_destroy, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(uar_munmap, .setup = must_have_context, .prepare = must_map,
	   .attempt = uar_munmap, .finish = must_destroy_uar,
	   .errnos = { ENOMEM }, .absorbs = true)
FAULT_PATH(fork_with_uar, .setup = must_have_context, .prepare = must_map,
	   .attempt = do_fork, .finish = must_exit_well,
	   .errnos = { ENOMEM, EAGAIN }, .seconds = 20)

/* --- the end */

static void must_have_everything(void)
{
	if (rig.memory)
		munmap(rig.memory, rig.bytes);
	must_have_async();
	must_query();
	must_alloc_pd();
	ASSERT_EQ(uar_mmap(), 0);
	uar_touch();
	must_unmap();
	must_close_async();
}

FAULT_PATH(close_with_everything, .prepare = must_have_everything,
	   .attempt = do_close, .quiet = true)

KTAP_MAIN()
