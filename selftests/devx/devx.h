/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the device share: mailboxes, raw uverbs ioctls (for what the
 * libraries would not send), a completion queue made through mlx5dv, and the
 * counters in debugfs.
 */
#ifndef SOFTACCEL_SELFTESTS_DEVX_H
#define SOFTACCEL_SELFTESTS_DEVX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <endian.h>
#include <fcntl.h>
#include <glob.h>
#include <infiniband/mlx5dv.h>
#include <infiniband/verbs.h>
#include <poll.h>
#include <rdma/ib_user_ioctl_cmds.h>
#include <rdma/ib_user_ioctl_verbs.h>
#include <rdma/mlx5-abi.h>
#include <rdma/mlx5_user_ioctl_cmds.h>
#include <rdma/mlx5_user_ioctl_verbs.h>
#include <rdma/rdma_user_ioctl_cmds.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "ktap.h"

#define PARENT "/sys/devices/platform/softaccel_hca.0/"
#define DEBUGFS "/sys/kernel/debug"

/* Opcodes of the tests. */
enum {
	QUERY_HCA_CAP = 0x100,
	QUERY_ADAPTER = 0x101,
	CREATE_MKEY = 0x200,
	CREATE_CQ = 0x400,
	DESTROY_CQ = 0x401,
	QUERY_CQ = 0x402,
	MODIFY_CQ = 0x403,
	CREATE_QP = 0x500,
	QUERY_QP = 0x50b,
	CREATE_PSV = 0x600,
	QUERY_VPORT_STATE = 0x750,
	QUERY_HCA_VPORT_CONTEXT = 0x762,
	ALLOC_PD = 0x800,
	DEALLOC_PD = 0x801,
	NOP = 0x80d,
	ALLOC_TRANSPORT_DOMAIN = 0x816,
	CREATE_RQ = 0x908,
	CREATE_RQT = 0x916,
	CREATE_FLOW_TABLE = 0x930,
	SET_FLOW_TABLE_ENTRY = 0x936,
	GENERAL_FIRST = 0xb00,
	GENERAL_BEYOND = 0xd00,
};

enum {
	STATUS_BAD_OP = 0x02,
	STATUS_BAD_RESOURCE = 0x05,
	STATUS_BAD_INPUT_LEN = 0x50,
	STATUS_BAD_OUTPUT_LEN = 0x51,
};

/* Lengths of mailboxes, bytes. */
enum {
	HEADER = 16,
	CREATE_CQ_IN = 272,
	MODIFY_CQ_IN = 272,
	QUERY_CQ_OUT = 272,
	CAP_OUT = 4112,
};

/* --- Mailboxes: @width bits at bit @bit, big endian, inside one dword. */

static inline void mbox_set(void *mbox, unsigned int bit, unsigned int width,
			    uint32_t value)
{
	uint32_t mask = width == 32 ? ~0u : (1u << width) - 1;
	unsigned int shift = 32 - width - bit % 32;
	uint32_t *dword = (uint32_t *)mbox + bit / 32;

	*dword = htobe32((be32toh(*dword) & ~(mask << shift)) |
			 (value & mask) << shift);
}

static inline uint32_t mbox_get(const void *mbox, unsigned int bit,
				unsigned int width)
{
	uint32_t mask = width == 32 ? ~0u : (1u << width) - 1;

	return be32toh(((const uint32_t *)mbox)[bit / 32]) >>
	       (32 - width - bit % 32) & mask;
}

static inline void mbox_opcode(void *mbox, uint16_t opcode, uint16_t op_mod)
{
	mbox_set(mbox, 0x00, 16, opcode);
	mbox_set(mbox, 0x30, 16, op_mod);
}

static inline uint8_t mbox_status(const void *out)
{
	return mbox_get(out, 0x00, 8);
}

static inline uint32_t mbox_syndrome(const void *out)
{
	return mbox_get(out, 0x20, 32);
}

/* Object numbers are in the same place in most commands and replies. */
static inline uint32_t mbox_number(const void *mbox)
{
	return mbox_get(mbox, 0x48, 24);
}

static inline void mbox_set_number(void *mbox, uint32_t number)
{
	mbox_set(mbox, 0x48, 24, number);
}

/* An address where nothing is mapped, without the compiler knowing. */
static inline void *nowhere(void)
{
	volatile uintptr_t address = 8;

	return (void *)address;
}

/* --- Names: ours need not be the first device of the machine. */

/* The only match of @pattern; its last component is what is returned. */
static inline const char *only_entry(const char *pattern)
{
	static char name[64];
	glob_t matches;

	if (glob(pattern, 0, NULL, &matches) || matches.gl_pathc != 1)
		FAIL("%s: no device, or several", pattern);
	snprintf(name, sizeof(name), "%s", strrchr(matches.gl_pathv[0], '/') + 1);
	globfree(&matches);
	return name;
}

static inline const char *device_name(void)
{
	return only_entry(PARENT "infiniband/*");
}

static inline const char *node_path(void)
{
	static char path[96];

	snprintf(path, sizeof(path), "/dev/infiniband/%s",
		 only_entry(PARENT "infiniband_verbs/uverbs*"));
	return path;
}

/* --- Raw ioctls */

struct uv {
	struct ib_uverbs_ioctl_hdr hdr;
	struct ib_uverbs_attr attrs[16];
};

static inline void uv_start(struct uv *uv, uint16_t object, uint16_t method)
{
	memset(uv, 0, sizeof(*uv));
	uv->hdr.object_id = object;
	uv->hdr.method_id = method;
	uv->hdr.driver_id = RDMA_DRIVER_MLX5;
}

static inline struct ib_uverbs_attr *uv_attr(struct uv *uv, uint16_t id,
					     uint16_t len, uint64_t data)
{
	struct ib_uverbs_attr *attr = &uv->attrs[uv->hdr.num_attrs++];

	attr->attr_id = id;
	attr->len = len;
	attr->flags = UVERBS_ATTR_F_MANDATORY;
	attr->data = data;
	return attr;
}

static inline void uv_in(struct uv *uv, uint16_t id, const void *data, uint16_t len)
{
	uint64_t value = (uintptr_t)data;

	/* The kernel wants short input in the attribute itself. */
	if (len <= sizeof(value)) {
		value = 0;
		memcpy(&value, data, len);
	}
	uv_attr(uv, id, len, value);
}

static inline void uv_u32(struct uv *uv, uint16_t id, uint32_t value)
{
	uv_attr(uv, id, sizeof(value), value);
}

static inline void uv_u64(struct uv *uv, uint16_t id, uint64_t value)
{
	uv_attr(uv, id, sizeof(value), value);
}

static inline void uv_out(struct uv *uv, uint16_t id, void *data, uint16_t len)
{
	uv_attr(uv, id, len, (uintptr_t)data);
}

/* A handle or a file; for new ones, read it from the attribute afterwards. */
static inline struct ib_uverbs_attr *uv_handle(struct uv *uv, uint16_t id,
					       uint32_t handle)
{
	return uv_attr(uv, id, 0, handle);
}

static inline int uv_call(int fd, struct uv *uv)
{
	uv->hdr.length = sizeof(uv->hdr) + uv->hdr.num_attrs * sizeof(uv->attrs[0]);
	return ioctl(fd, RDMA_VERBS_IOCTL, uv);
}

/* A command through a method that takes no handle or one. */
static inline int uv_command(int fd, uint16_t object, uint16_t method, int handle,
			     uint16_t handle_attr, uint16_t in_attr, const void *in,
			     uint16_t in_len, uint16_t out_attr, void *out,
			     uint16_t out_len)
{
	struct uv uv;

	uv_start(&uv, object, method);
	if (handle >= 0)
		uv_handle(&uv, handle_attr, handle);
	uv_in(&uv, in_attr, in, in_len);
	uv_out(&uv, out_attr, out, out_len);
	return uv_call(fd, &uv);
}

static inline int raw_general(int fd, const void *in, uint16_t in_len, void *out,
			      uint16_t out_len)
{
	return uv_command(fd, MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_OTHER, -1, 0,
			  MLX5_IB_ATTR_DEVX_OTHER_CMD_IN, in, in_len,
			  MLX5_IB_ATTR_DEVX_OTHER_CMD_OUT, out, out_len);
}

static inline int raw_modify(int fd, int handle, const void *in, uint16_t in_len,
			     void *out, uint16_t out_len)
{
	return uv_command(fd, MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_MODIFY,
			  handle, MLX5_IB_ATTR_DEVX_OBJ_MODIFY_HANDLE,
			  MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_IN, in, in_len,
			  MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_OUT, out, out_len);
}

static inline int raw_query(int fd, int handle, const void *in, uint16_t in_len,
			    void *out, uint16_t out_len)
{
	return uv_command(fd, MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_QUERY,
			  handle, MLX5_IB_ATTR_DEVX_OBJ_QUERY_HANDLE,
			  MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_IN, in, in_len,
			  MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_OUT, out, out_len);
}

static inline int raw_create(int fd, const void *in, uint16_t in_len, void *out,
			     uint16_t out_len, uint32_t *handle)
{
	struct ib_uverbs_attr *attr;
	struct uv uv;
	int ret;

	uv_start(&uv, MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_CREATE);
	attr = uv_handle(&uv, MLX5_IB_ATTR_DEVX_OBJ_CREATE_HANDLE, 0);
	uv_in(&uv, MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_IN, in, in_len);
	uv_out(&uv, MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_OUT, out, out_len);
	ret = uv_call(fd, &uv);
	if (handle)
		*handle = attr->data;
	return ret;
}

static inline int raw_destroy(int fd, uint16_t object, uint16_t method,
			      uint16_t attr, uint32_t handle)
{
	struct uv uv;

	uv_start(&uv, object, method);
	uv_handle(&uv, attr, handle);
	return uv_call(fd, &uv);
}

static inline int raw_destroy_obj(int fd, uint32_t handle)
{
	return raw_destroy(fd, MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_DESTROY,
			   MLX5_IB_ATTR_DEVX_OBJ_DESTROY_HANDLE, handle);
}

struct raw_umem {
	uint64_t addr, len;
	uint32_t access;
	uint64_t pgsz_bitmap;	/* 0: not given */
	int dmabuf;		/* 0: not given */
};

static inline int raw_umem_reg(int fd, const struct raw_umem *req, uint32_t *handle,
			       uint32_t *id)
{
	struct ib_uverbs_attr *attr;
	struct uv uv;
	int ret;

	uv_start(&uv, MLX5_IB_OBJECT_DEVX_UMEM, MLX5_IB_METHOD_DEVX_UMEM_REG);
	attr = uv_handle(&uv, MLX5_IB_ATTR_DEVX_UMEM_REG_HANDLE, 0);
	uv_u64(&uv, MLX5_IB_ATTR_DEVX_UMEM_REG_ADDR, req->addr);
	uv_u64(&uv, MLX5_IB_ATTR_DEVX_UMEM_REG_LEN, req->len);
	uv_u32(&uv, MLX5_IB_ATTR_DEVX_UMEM_REG_ACCESS, req->access);
	if (req->pgsz_bitmap)
		uv_u64(&uv, MLX5_IB_ATTR_DEVX_UMEM_REG_PGSZ_BITMAP, req->pgsz_bitmap);
	if (req->dmabuf)
		uv_handle(&uv, MLX5_IB_ATTR_DEVX_UMEM_REG_DMABUF_FD, req->dmabuf);
	uv_out(&uv, MLX5_IB_ATTR_DEVX_UMEM_REG_OUT_ID, id, sizeof(*id));
	ret = uv_call(fd, &uv);
	if (handle)
		*handle = attr->data;
	return ret;
}

static inline int raw_umem_dereg(int fd, uint32_t handle)
{
	return raw_destroy(fd, MLX5_IB_OBJECT_DEVX_UMEM, MLX5_IB_METHOD_DEVX_UMEM_DEREG,
			   MLX5_IB_ATTR_DEVX_UMEM_DEREG_HANDLE, handle);
}

struct raw_uar {
	uint32_t handle, page_id, length;
	uint64_t offset;
};

static inline int raw_uar_alloc(int fd, uint64_t type, struct raw_uar *uar)
{
	struct ib_uverbs_attr *attr;
	struct uv uv;
	int ret;

	uv_start(&uv, MLX5_IB_OBJECT_UAR, MLX5_IB_METHOD_UAR_OBJ_ALLOC);
	attr = uv_handle(&uv, MLX5_IB_ATTR_UAR_OBJ_ALLOC_HANDLE, 0);
	uv_u64(&uv, MLX5_IB_ATTR_UAR_OBJ_ALLOC_TYPE, type);
	uv_out(&uv, MLX5_IB_ATTR_UAR_OBJ_ALLOC_PAGE_ID, &uar->page_id,
	       sizeof(uar->page_id));
	uv_out(&uv, MLX5_IB_ATTR_UAR_OBJ_ALLOC_MMAP_OFFSET, &uar->offset,
	       sizeof(uar->offset));
	uv_out(&uv, MLX5_IB_ATTR_UAR_OBJ_ALLOC_MMAP_LENGTH, &uar->length,
	       sizeof(uar->length));
	ret = uv_call(fd, &uv);
	uar->handle = attr->data;
	return ret;
}

static inline int raw_uar_destroy(int fd, uint32_t handle)
{
	return raw_destroy(fd, MLX5_IB_OBJECT_UAR, MLX5_IB_METHOD_UAR_OBJ_DESTROY,
			   MLX5_IB_ATTR_UAR_OBJ_DESTROY_HANDLE, handle);
}

static inline int node_open(void)
{
	int fd = open(node_path(), O_RDWR | O_CLOEXEC);

	ASSERT(fd >= 0);
	return fd;
}

static inline int raw_get_context(int fd, const void *req, uint16_t req_len,
				  void *resp, uint16_t resp_len)
{
	uint32_t vectors;
	uint64_t support;
	struct uv uv;

	uv_start(&uv, UVERBS_OBJECT_DEVICE, UVERBS_METHOD_GET_CONTEXT);
	uv_out(&uv, UVERBS_ATTR_GET_CONTEXT_NUM_COMP_VECTORS, &vectors,
	       sizeof(vectors));
	uv_out(&uv, UVERBS_ATTR_GET_CONTEXT_CORE_SUPPORT, &support, sizeof(support));
	uv_in(&uv, UVERBS_ATTR_UHW_IN, req, req_len);
	uv_out(&uv, UVERBS_ATTR_UHW_OUT, resp, resp_len);
	return uv_call(fd, &uv);
}

static inline struct mlx5_ib_alloc_ucontext_req_v2 usual_request(uint32_t flags)
{
	return (struct mlx5_ib_alloc_ucontext_req_v2){
		.total_num_bfregs = 16,
		.num_low_latency_bfregs = 4,
		.flags = flags,
		.max_cqe_version = 1,
		.lib_caps = MLX5_LIB_CAP_4K_UAR | MLX5_LIB_CAP_DYN_UAR,
	};
}

/* A context made with raw ioctls; @flags MLX5_IB_ALLOC_UCTX_DEVX or 0. */
static inline int raw_open(uint32_t flags)
{
	struct mlx5_ib_alloc_ucontext_req_v2 req = usual_request(flags);
	struct mlx5_ib_alloc_ucontext_resp resp;
	int fd = node_open();

	ASSERT_EQ(raw_get_context(fd, &req, sizeof(req), &resp, sizeof(resp)), 0);
	return fd;
}

/* --- Through the library */

static inline struct ibv_context *devx_open(void)
{
	struct mlx5dv_context_attr attr = { .flags = MLX5DV_CONTEXT_FLAGS_DEVX };
	struct ibv_device **list = ibv_get_device_list(NULL);
	struct ibv_context *ctx = NULL;
	int i;

	ASSERT(list);
	for (i = 0; list[i]; i++)
		if (!strcmp(ibv_get_device_name(list[i]), device_name()))
			ctx = mlx5dv_open_device(list[i], &attr);
	ibv_free_device_list(list);
	ASSERT(ctx);
	return ctx;
}

#define CQ_LOG_SIZE 4
#define CQ_BYTES (64 << CQ_LOG_SIZE)

/* A completion queue of 16 entries, its ring and record in one page. */
struct cq {
	struct ibv_context *ctx;
	void *memory;
	struct mlx5dv_devx_umem *umem;
	struct mlx5dv_devx_uar *uar;
	struct mlx5dv_devx_obj *obj;
	uint32_t eqn, cqn;
};

static inline void cq_command(const struct cq *cq, void *in)
{
	memset(in, 0, CREATE_CQ_IN);
	mbox_opcode(in, CREATE_CQ, 0);
	mbox_set(in, 0x80 + 0x63, 5, CQ_LOG_SIZE);
	mbox_set(in, 0x80 + 0x68, 24, cq->uar->page_id);
	mbox_set(in, 0x80 + 0xa0, 32, cq->eqn);
	mbox_set(in, 0x80 + 0x20, 32, cq->umem->umem_id);	/* record */
	mbox_set(in, 0x80 + 0x1e0, 32, CQ_BYTES);
	mbox_set(in, 0x2c0, 32, cq->umem->umem_id);		/* ring */
}

/* Everything but the queue itself. */
static inline struct cq cq_prepare(struct ibv_context *ctx)
{
	struct cq cq = { .ctx = ctx };

	cq.memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(cq.memory != MAP_FAILED);
	cq.umem = mlx5dv_devx_umem_reg(ctx, cq.memory, 4096, IBV_ACCESS_LOCAL_WRITE);
	ASSERT(cq.umem);
	cq.uar = mlx5dv_devx_alloc_uar(ctx, MLX5_IB_UAPI_UAR_ALLOC_TYPE_BF);
	ASSERT(cq.uar);
	ASSERT_EQ(mlx5dv_devx_query_eqn(ctx, 0, &cq.eqn), 0);
	return cq;
}

static inline struct cq cq_create(struct ibv_context *ctx)
{
	uint32_t in[CREATE_CQ_IN / 4], out[HEADER / 4] = { 0 };
	struct cq cq = cq_prepare(ctx);

	cq_command(&cq, in);
	cq.obj = mlx5dv_devx_obj_create(ctx, in, sizeof(in), out, sizeof(out));
	if (!cq.obj)
		FAIL("create CQ: errno %d, status 0x%x, syndrome 0x%x", errno,
		     mbox_status(out), mbox_syndrome(out));
	cq.cqn = mbox_number(out);
	return cq;
}

static inline void cq_destroy(struct cq *cq)
{
	ASSERT_EQ(mlx5dv_devx_obj_destroy(cq->obj), 0);
	ASSERT_EQ(mlx5dv_devx_umem_dereg(cq->umem), 0);
	mlx5dv_devx_free_uar(cq->uar);
	munmap(cq->memory, 4096);
}

/* The handle inside the library's object: its first members are public lore. */
struct devx_obj_layout {
	struct ibv_context *context;
	uint32_t handle;
};

static inline uint32_t obj_handle(const struct mlx5dv_devx_obj *obj)
{
	return ((const struct devx_obj_layout *)(const void *)obj)->handle;
}

static inline void cq_query_command(const struct cq *cq, void *in)
{
	memset(in, 0, HEADER);
	mbox_opcode(in, QUERY_CQ, 0);
	mbox_set_number(in, cq->cqn);
}

/* --- debugfs */

static inline FILE *debugfs_open(const char *file)
{
	char path[160];
	FILE *f;

	if (access(DEBUGFS "/softaccel_devx", F_OK))
		mount("none", DEBUGFS, "debugfs", 0, NULL);
	snprintf(path, sizeof(path), DEBUGFS "/softaccel_devx/%s/%s", device_name(),
		 file);
	f = fopen(path, "r");
	ASSERT(f);
	return f;
}

static inline long count_of(const char *name)
{
	char line[64], word[32];
	long n, value = -1;
	FILE *f = debugfs_open("objects");

	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%31s %ld", word, &n) == 2 && !strcmp(word, name))
			value = n;
	fclose(f);
	return value;
}

/* Waits, 2 s at most, until the counter has the value. */
static inline void wait_count(const char *name, long value)
{
	int i;

	for (i = 0; i < 100 && count_of(name) != value; i++)
		usleep(20000);
	if (count_of(name) != value)
		FAIL("%s is %ld, not %ld", name, count_of(name), value);
}

static inline void wait_no_objects(void)
{
	static const char *const names[] = { "contexts", "pds", "mrs", "cqs", "objects",
		"umems", "umem_pages", "uars", "async_files", "async_replies",
		"event_files", "subscriptions", "events" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		wait_count(names[i], 0);
}

/* A line of /proc/self/status, in its unit. */
static inline long status_of(const char *name)
{
	size_t len = strlen(name);
	char line[128];
	long value = -1;
	FILE *f = fopen("/proc/self/status", "r");

	ASSERT(f);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, name, len) && line[len] == ':')
			value = atol(line + len + 1);
	fclose(f);
	return value;
}

#endif
