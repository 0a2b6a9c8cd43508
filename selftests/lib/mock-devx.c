// SPDX-License-Identifier: GPL-2.0-only
/* mock-devx.h says what for. */
#include <stdarg.h>
#include <sys/ioctl.h>

#include "mock-devx.h"

struct mock_devx mock;
struct ibv_context context = { .cmd_fd = CMD_FD };
unsigned char page[4096];

int __wrap_ioctl(int fd, unsigned long request, ...);
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off);
int __wrap_munmap(void *addr, size_t len);
ssize_t __wrap_read(int fd, void *buf, size_t len);
void *__real_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off);
int __real_munmap(void *addr, size_t len);
ssize_t __real_read(int fd, void *buf, size_t len);
struct ibv_context *__wrap_ibv_open_device(struct ibv_device *device);
int __wrap_ibv_close_device(struct ibv_context *ctx);

static void happened(char what)
{
	mock.order[strlen(mock.order)] = what;
}

static void put(const struct ib_uverbs_attr *attr, const void *value,
		size_t len)
{
	ASSERT_EQ(attr->len, len);
	memcpy((void *)(uintptr_t)attr->data, value, len);
}

static void answer(struct ib_uverbs_ioctl_hdr *hdr)
{
	static const uint64_t offset = 0x12000;
	static const uint32_t length = sizeof(page), number = NUMBER;
	struct ib_uverbs_attr *a = hdr->attrs;

	switch (hdr->object_id << 16 | hdr->method_id) {
	case MLX5_IB_OBJECT_DEVX << 16 | MLX5_IB_METHOD_DEVX_QUERY_EQN:
		put(&a[1], &number, sizeof(number));
		break;
	case MLX5_IB_OBJECT_DEVX_OBJ << 16 | MLX5_IB_METHOD_DEVX_OBJ_CREATE:
		a[0].data = HANDLE;
		break;
	case MLX5_IB_OBJECT_DEVX_UMEM << 16 | MLX5_IB_METHOD_DEVX_UMEM_REG:
		a[hdr->num_attrs - 2].data = HANDLE;
		put(&a[hdr->num_attrs - 1], &number, sizeof(number));
		break;
	case MLX5_IB_OBJECT_UAR << 16 | MLX5_IB_METHOD_UAR_OBJ_ALLOC:
		happened('a');
		a[0].data = HANDLE;
		put(&a[2], &offset, sizeof(offset));
		put(&a[3], &length, sizeof(length));
		put(&a[4], &number, sizeof(number));
		break;
	case MLX5_IB_OBJECT_UAR << 16 | MLX5_IB_METHOD_UAR_OBJ_DESTROY:
		happened('d');
		break;
	case MLX5_IB_OBJECT_DEVX_ASYNC_CMD_FD << 16 |
	     MLX5_IB_METHOD_DEVX_ASYNC_CMD_FD_ALLOC:
	case MLX5_IB_OBJECT_DEVX_ASYNC_EVENT_FD << 16 |
	     MLX5_IB_METHOD_DEVX_ASYNC_EVENT_FD_ALLOC:
		a[0].data_s64 = dup(0);
		break;
	case 18 << 16:	/* a dma-buf */
		a[0].data_s64 = NUMBER;
		break;
	}
}

/* The out mailbox is written whether or not the command succeeds. */
static void write_out(struct ib_uverbs_ioctl_hdr *hdr)
{
	int i = hdr->num_attrs - 1;

	if (!mock.out_len || i < 0)
		return;
	ASSERT_LE(mock.out_len, hdr->attrs[i].len);
	memcpy((void *)(uintptr_t)hdr->attrs[i].data, mock.out, mock.out_len);
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct ib_uverbs_ioctl_hdr *hdr;
	va_list args;
	int i;

	va_start(args, request);
	hdr = va_arg(args, void *);
	va_end(args);
	ASSERT_EQ(fd, CMD_FD);
	ASSERT_EQ(request, RDMA_VERBS_IOCTL);
	mock.calls++;
	ASSERT_LE(hdr->num_attrs, MAX_ATTRS);
	ASSERT_EQ(hdr->length, sizeof(*hdr) + hdr->num_attrs * sizeof(hdr->attrs[0]));
	ASSERT_EQ(hdr->reserved1, 0);
	ASSERT_EQ(hdr->reserved2, 0);
	mock.last.object = hdr->object_id;
	mock.last.method = hdr->method_id;
	mock.last.driver = hdr->driver_id;
	mock.last.num_attrs = hdr->num_attrs;
	for (i = 0; i < hdr->num_attrs; i++) {
		ASSERT_EQ(hdr->attrs[i].flags, UVERBS_ATTR_F_MANDATORY);
		ASSERT_EQ(hdr->attrs[i].attr_data.reserved, 0);
		mock.last.attrs[i] = hdr->attrs[i];
	}
	write_out(hdr);
	if (mock.err) {
		errno = mock.err;
		return -1;
	}
	answer(hdr);
	return 0;
}

void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
	if (fd != CMD_FD)
		return __real_mmap(addr, len, prot, flags, fd, off);
	happened('m');
	mock.mapped_length = len;
	mock.mapped_offset = off;
	mock.mapped_prot = prot;
	ASSERT_EQ(flags, MAP_SHARED);
	if (mock.mmap_err) {
		errno = mock.mmap_err;
		return MAP_FAILED;
	}
	return page;
}

int __wrap_munmap(void *addr, size_t len)
{
	if (addr != page)
		return __real_munmap(addr, len);
	ASSERT_EQ(len, sizeof(page));
	happened('u');
	return 0;
}

ssize_t __wrap_read(int fd, void *buf, size_t len)
{
	static const struct mlx5dv_devx_async_cmd_hdr hdr = { .wr_id = 42 };

	if (fd != COMP_FD)
		return __real_read(fd, buf, len);
	if (mock.read_err) {
		errno = mock.read_err;
		return -1;
	}
	ASSERT_GE(len, sizeof(hdr));
	memcpy(buf, &hdr, sizeof(hdr));
	return mock.read_len;
}

struct ibv_context *__wrap_ibv_open_device(struct ibv_device *device)
{
	if (!device) {
		errno = ENXIO;
		return NULL;
	}
	mock.opened++;
	return &context;
}

int __wrap_ibv_close_device(struct ibv_context *ctx)
{
	ASSERT(ctx == &context);
	mock.closed++;
	errno = 0;
	return 0;
}

void assert_sent(unsigned int object, unsigned int method,
		 unsigned int num_attrs)
{
	ASSERT_EQ(mock.last.object, object);
	ASSERT_EQ(mock.last.method, method);
	ASSERT_EQ(mock.last.driver, RDMA_DRIVER_MLX5);
	ASSERT_EQ(mock.last.num_attrs, num_attrs);
}

void assert_attr(int i, unsigned int id, unsigned int len, uint64_t data)
{
	ASSERT_EQ(mock.last.attrs[i].attr_id, id);
	ASSERT_EQ(mock.last.attrs[i].len, len);
	ASSERT_EQ(mock.last.attrs[i].data, data);
}

struct mlx5dv_devx_obj *create(void)
{
	unsigned char in[16] = { 0 }, out[16] = { 0 };
	struct mlx5dv_devx_obj *obj;

	obj = mlx5dv_devx_obj_create(&context, in, sizeof(in), out, sizeof(out));
	ASSERT(obj);
	return obj;
}

