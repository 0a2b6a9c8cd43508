/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the sweeps of the uverbs node share: one of everything that a path needs, made
 * by raw system calls, so that each sweep has one of them. must_...() fails the test
 * if it fails.
 */
#ifndef SOFTACCEL_SELFTESTS_FAULT_DEVX_RIG_H
#define SOFTACCEL_SELFTESTS_FAULT_DEVX_RIG_H

#include "fault.h"

#include "../devx/write.h"

#define STATUS_NO_RESOURCES 0x0f

/* What the paths share; made in setup or prepare, ended in finish. */
static struct {
	int fd, async_fd;
	void *memory;
	size_t bytes;
	struct raw_uar uar;
	volatile uint64_t *reg;
	uint32_t umem, umem_id, eqn, pd, obj, cqn, rqn, pdn;
	pid_t child;
} rig = { .fd = -1, .async_fd = -1 };

/* Everything that lives in the device. */
static void fault_state(char *text, size_t size)
{
	FILE *f = debugfs_open("objects");
	size_t n = fread(text, 1, size - 1, f);

	fclose(f);
	text[n] = '\0';
	for (; *text; text++)
		if (*text == '\n')
			*text = ' ';
}

/* --- contexts */

static char node[96];

static inline void find_node(void)
{
	snprintf(node, sizeof(node), "%s", node_path());
}

static inline int do_open(void)
{
	rig.fd = open(node, O_RDWR | O_CLOEXEC);
	return rig.fd < 0 ? -1 : 0;
}

static inline void must_open(void)
{
	ASSERT_EQ(do_open(), 0);
}

static inline int do_close(void)
{
	int ret = close(rig.fd);

	rig.fd = -1;
	return ret;
}

static inline void must_close(void)
{
	ASSERT_EQ(do_close(), 0);
}

static inline int get_context(void)
{
	static struct mlx5_ib_alloc_ucontext_req_v2 req;
	static struct mlx5_ib_alloc_ucontext_resp resp;

	req = usual_request(MLX5_IB_ALLOC_UCTX_DEVX);
	return raw_get_context(rig.fd, &req, sizeof(req), &resp, sizeof(resp));
}

static inline void must_have_context(void)
{
	find_node();
	must_open();
	ASSERT_EQ(get_context(), 0);
}

/* --- verbs */

static inline int do_write(const void *cmd, size_t size)
{
	return raw_write(rig.fd, cmd, size);
}

static inline int write_alloc_pd(void)
{
	return raw_alloc_pd(rig.fd, &rig.pd);
}

static inline void must_alloc_pd(void)
{
	ASSERT_EQ(write_alloc_pd(), 0);
}

/* --- commands and objects */

static uint32_t mailbox_in[CREATE_CQ_IN / 4], mailbox_out[CAP_OUT / 4];

/* A refusal must say that it is for lack of memory. */
static inline int no_resources(int ret)
{
	if (ret && errno == EREMOTEIO &&
	    mbox_status(mailbox_out) != STATUS_NO_RESOURCES)
		FAIL("refused with status 0x%x, syndrome 0x%x",
		     mbox_status(mailbox_out), mbox_syndrome(mailbox_out));
	return ret;
}

static inline int query_eqn(void)
{
	struct uv uv;

	uv_start(&uv, MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_QUERY_EQN);
	uv_u32(&uv, MLX5_IB_ATTR_DEVX_QUERY_EQN_USER_VEC, 0);
	uv_out(&uv, MLX5_IB_ATTR_DEVX_QUERY_EQN_DEV_EQN, &rig.eqn, sizeof(rig.eqn));
	return uv_call(rig.fd, &uv);
}

static inline int umem_reg(void)
{
	struct raw_umem req = {
		.addr = (uintptr_t)rig.memory,
		.len = rig.bytes,
		.access = IBV_ACCESS_LOCAL_WRITE,
	};

	return raw_umem_reg(rig.fd, &req, &rig.umem, &rig.umem_id);
}

static inline void must_reg(void)
{
	ASSERT_EQ(umem_reg(), 0);
}

static inline int uar_alloc(void)
{
	return raw_uar_alloc(rig.fd, MLX5_IB_UAPI_UAR_ALLOC_TYPE_BF, &rig.uar);
}

static inline void must_alloc_uar(void)
{
	ASSERT_EQ(uar_alloc(), 0);
}

static inline void must_have_memory(size_t bytes)
{
	must_have_context();
	rig.bytes = bytes;
	rig.memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(rig.memory != MAP_FAILED);
	memset(rig.memory, 0, bytes);
}

/* What a completion queue is made from. */
static inline void must_have_parts(void)
{
	must_have_memory(4096);
	must_reg();
	must_alloc_uar();
	ASSERT_EQ(query_eqn(), 0);
}

static inline int create_cq(void)
{
	struct mlx5dv_devx_umem umem = { .umem_id = rig.umem_id };
	struct mlx5dv_devx_uar uar = { .page_id = rig.uar.page_id };
	struct cq cq = { .umem = &umem, .uar = &uar, .eqn = rig.eqn };
	int ret;

	memset(mailbox_out, 0, HEADER);
	cq_command(&cq, mailbox_in);
	ret = raw_create(rig.fd, mailbox_in, CREATE_CQ_IN, mailbox_out, HEADER,
			 &rig.obj);
	if (!ret)
		rig.cqn = mbox_number(mailbox_out);
	return no_resources(ret);
}

static inline void must_create_cq(void)
{
	ASSERT_EQ(create_cq(), 0);
}

static inline void cq_header(uint16_t opcode, size_t in_len)
{
	memset(mailbox_in, 0, in_len);
	memset(mailbox_out, 0, HEADER);
	mbox_opcode(mailbox_in, opcode, 0);
	mbox_set_number(mailbox_in, rig.cqn);
}

static inline void must_have_cq(void)
{
	must_have_parts();
	must_create_cq();
}

/* --- asynchronous queries */

static inline int async_alloc(void)
{
	struct ib_uverbs_attr *attr;
	struct uv uv;
	int ret;

	uv_start(&uv, MLX5_IB_OBJECT_DEVX_ASYNC_CMD_FD,
		 MLX5_IB_METHOD_DEVX_ASYNC_CMD_FD_ALLOC);
	attr = uv_handle(&uv, MLX5_IB_ATTR_DEVX_ASYNC_CMD_FD_ALLOC_HANDLE, 0);
	ret = uv_call(rig.fd, &uv);
	if (!ret)
		rig.async_fd = attr->data_s64;
	return ret;
}

static inline void must_close_async(void)
{
	ASSERT_EQ(close(rig.async_fd), 0);
}

static inline int async_query_for(uint16_t len)
{
	struct uv uv;

	cq_header(QUERY_CQ, HEADER);
	uv_start(&uv, MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_ASYNC_QUERY);
	uv_handle(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_HANDLE, rig.obj);
	uv_in(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_CMD_IN, mailbox_in, HEADER);
	uv_attr(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_FD, 0, rig.async_fd);
	uv_u64(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_WR_ID, 7);
	uv_u64(&uv, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_OUT_LEN, len);
	return uv_call(rig.fd, &uv);
}

static inline int async_query(void)
{
	return async_query_for(QUERY_CQ_OUT);
}

static inline void must_have_async(void)
{
	must_have_cq();
	ASSERT_EQ(async_alloc(), 0);
	ASSERT_EQ(fcntl(rig.async_fd, F_SETFL, O_NONBLOCK), 0);
}

static inline void must_query(void)
{
	ASSERT_EQ(async_query(), 0);
}

#endif
