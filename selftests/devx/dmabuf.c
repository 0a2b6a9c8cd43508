// SPDX-License-Identifier: GPL-2.0-only
/* Registered dma-bufs: of the system heap, of udmabuf, and what is none. */
#include "devx.h"

#include <linux/dma-heap.h>
#include <linux/udmabuf.h>

#define DEVX MLX5_IB_ALLOC_UCTX_DEVX
#define PAGE 4096ul
#define PAGES 4

/* A dma-buf of four pages, or -1: the kernel has no such exporter. */
static int heap_buf(void)
{
	struct dma_heap_allocation_data req = {
		.len = PAGES * PAGE, .fd_flags = O_RDWR | O_CLOEXEC,
	};
	int fd = open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (ioctl(fd, DMA_HEAP_IOCTL_ALLOC, &req))
		FAIL("allocation: errno %d", errno);
	close(fd);
	return req.fd;
}

static int make_udmabuf(void)
{
	struct udmabuf_create req = { .size = PAGES * PAGE };
	int dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), memfd, fd;

	if (dev < 0)
		return -1;
	memfd = memfd_create("udmabuf", MFD_ALLOW_SEALING);
	ASSERT(memfd >= 0);
	ASSERT_EQ(ftruncate(memfd, req.size), 0);
	ASSERT_EQ(fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	req.memfd = memfd;
	fd = ioctl(dev, UDMABUF_CREATE, &req);
	ASSERT(fd >= 0);
	close(dev);
	close(memfd);
	return fd;
}

static int reg(int fd, int dmabuf, uint64_t offset, uint64_t len, uint32_t access,
	       uint32_t *handle, uint32_t *id)
{
	struct raw_umem req = {
		.addr = offset, .len = len, .access = access, .dmabuf = dmabuf,
	};

	return raw_umem_reg(fd, &req, handle, id);
}

/*
 * A dma-buf that the kernel can map for itself. udmabuf cannot be before Linux 6.2:
 * it is refused there, as device memory is.
 */
static int any_buf(int fd)
{
	int dmabuf = heap_buf(), ret;
	uint32_t handle, id;

	if (dmabuf >= 0)
		return dmabuf;
	dmabuf = make_udmabuf();
	if (dmabuf < 0)
		SKIP("no exporter of dma-bufs in this kernel");
	ret = reg(fd, dmabuf, 0, PAGE, 0, &handle, &id);
	if (ret && errno == EOPNOTSUPP)
		SKIP("no exporter of dma-bufs with a mapping in this kernel");
	ASSERT_EQ(ret, 0);
	ASSERT_EQ(raw_umem_dereg(fd, handle), 0);
	return dmabuf;
}

TEST(dmabuf_is_registered_and_gone_again)
{
	int fd = raw_open(DEVX), dmabuf = any_buf(fd);
	uint32_t handle, id = 0;

	ASSERT_EQ(reg(fd, dmabuf, 0, PAGES * PAGE, IBV_ACCESS_LOCAL_WRITE, &handle,
		      &id), 0);
	ASSERT_NE(id, 0);
	ASSERT_EQ(count_of("umems"), 1);
	ASSERT_EQ(count_of("umem_pages"), PAGES);
	ASSERT_EQ(status_of("VmPin"), 0);
	close(dmabuf);
	ASSERT_EQ(raw_umem_dereg(fd, handle), 0);
	ASSERT_EQ(count_of("umems"), 0);
	ASSERT_EQ(count_of("umem_pages"), 0);
}

TEST(dmabuf_goes_with_the_context)
{
	int fd = raw_open(DEVX), dmabuf = any_buf(fd);
	uint32_t handle, id;

	ASSERT_EQ(reg(fd, dmabuf, 0, PAGE, 0, &handle, &id), 0);
	close(fd);
	wait_count("umems", 0);
}

/* Ring and record of a queue in the dma-buf: the device writes into the latter. */
TEST(device_reaches_the_memory_at_the_offset)
{
	uint32_t in[CREATE_CQ_IN / 4], out[4] = { 0 }, handle, id;
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_prepare(ctx);
	int dmabuf = any_buf(ctx->cmd_fd);
	uint32_t *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
			   dmabuf, 0);
	const size_t offset = PAGE + 512;
	size_t i;

	ASSERT(p != MAP_FAILED);
	ASSERT_EQ(reg(ctx->cmd_fd, dmabuf, offset, 2 * PAGE, IBV_ACCESS_LOCAL_WRITE,
		      &handle, &id), 0);
	cq_command(&cq, in);
	mbox_set(in, 0x80 + 0x20, 32, id);
	mbox_set(in, 0x80 + 0x1e0, 32, PAGE + 8);
	mbox_set(in, 0x2c0, 32, id);
	cq.obj = mlx5dv_devx_obj_create(ctx, in, sizeof(in), out, sizeof(out));
	if (!cq.obj)
		FAIL("status 0x%x, syndrome 0x%x", mbox_status(out), mbox_syndrome(out));
	for (i = 0; i < PAGES * PAGE / 4; i++)
		ASSERT_EQ(!!p[i], i == (offset + PAGE + 8) / 4 + 1);
	ASSERT_ERRNO(raw_umem_dereg(ctx->cmd_fd, handle), EBUSY);
	ASSERT_EQ(mlx5dv_devx_obj_destroy(cq.obj), 0);
	ASSERT_EQ(raw_umem_dereg(ctx->cmd_fd, handle), 0);
}

TEST(ranges_outside_the_dmabuf_are_refused)
{
	int fd = raw_open(DEVX), dmabuf = any_buf(fd);
	uint32_t handle, id;

	ASSERT_ERRNO(reg(fd, dmabuf, 0, PAGES * PAGE + 1, 0, &handle, &id), EINVAL);
	ASSERT_ERRNO(reg(fd, dmabuf, PAGE, PAGES * PAGE, 0, &handle, &id), EINVAL);
	ASSERT_ERRNO(reg(fd, dmabuf, 0, 0, 0, &handle, &id), EINVAL);
	ASSERT_ERRNO(reg(fd, dmabuf, UINT64_MAX, 2, 0, &handle, &id), EINVAL);
	ASSERT_ERRNO(reg(fd, dmabuf, 1, UINT64_MAX, 0, &handle, &id), EINVAL);
	ASSERT_EQ(count_of("umems"), 0);
	ASSERT_EQ(reg(fd, dmabuf, PAGES * PAGE - 1, 1, 0, &handle, &id), 0);
}

TEST(page_sizes_hold_for_a_dmabuf_too)
{
	struct raw_umem req = { .len = 2 * PAGE };
	int fd = raw_open(DEVX);
	uint32_t handle, id;

	req.dmabuf = any_buf(fd);
	req.pgsz_bitmap = PAGE;
	ASSERT_EQ(raw_umem_reg(fd, &req, &handle, &id), 0);
	req.pgsz_bitmap = 1ul << 21;
	ASSERT_ERRNO(raw_umem_reg(fd, &req, &handle, &id), EINVAL);
}

TEST(what_is_no_dmabuf_is_refused)
{
	int fd = raw_open(DEVX);
	uint32_t handle, id;

	ASSERT_ERRNO(reg(fd, open("/dev/null", O_RDWR), 0, PAGE, 0, &handle, &id),
		     EINVAL);
	ASSERT_ERRNO(reg(fd, 1000, 0, PAGE, 0, &handle, &id), EBADF);
	ASSERT_EQ(count_of("umems"), 0);
}

/* Either it can be mapped, or it is refused; nothing else. */
TEST(udmabuf_is_registered_or_refused)
{
	int fd = raw_open(DEVX), dmabuf = make_udmabuf();
	uint32_t handle, id;

	if (dmabuf < 0)
		SKIP("no udmabuf in this kernel");
	if (reg(fd, dmabuf, 0, PAGE, 0, &handle, &id)) {
		ASSERT_EQ(errno, EOPNOTSUPP);
		ASSERT_EQ(count_of("umems"), 0);
		return;
	}
	ASSERT_EQ(count_of("umems"), 1);
	ASSERT_EQ(raw_umem_dereg(fd, handle), 0);
}

KTAP_MAIN()
