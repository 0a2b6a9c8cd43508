/* SPDX-License-Identifier: GPL-2.0-only */
/* Completion queues of verbs, by raw system calls. */
#ifndef SOFTACCEL_SELFTESTS_DEVX_CQ_H
#define SOFTACCEL_SELFTESTS_DEVX_CQ_H

#include "devx.h"

#define PAGE 4096u

/* A request as the kernel gets it; the record follows the ring. */
struct cq_request {
	struct mlx5_ib_create_cq driver;
	uint16_t driver_len;
	uint32_t cqe, vector, flags;
	uint32_t cqn, resp_cqe, handle;
	void *reply;			/* NULL: @cqn */
	struct raw_uar uar;
	void *memory;
};

static inline struct cq_request usual_cq(int fd)
{
	struct cq_request req = { .cqe = 10, .driver_len = sizeof(req.driver) };

	ASSERT_EQ(raw_uar_alloc(fd, MLX5_IB_UAPI_UAR_ALLOC_TYPE_NC, &req.uar), 0);
	req.memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(req.memory != MAP_FAILED);
	req.driver.buf_addr = (uintptr_t)req.memory;
	req.driver.db_addr = (uintptr_t)req.memory + PAGE;
	req.driver.cqe_size = 64;
	req.driver.flags = MLX5_IB_CREATE_CQ_FLAGS_UAR_PAGE_INDEX;
	req.driver.uar_page_index = req.uar.page_id;
	return req;
}

static inline int raw_create_cq(int fd, struct cq_request *req)
{
	struct ib_uverbs_attr *attr;
	struct uv uv;
	int ret;

	uv_start(&uv, UVERBS_OBJECT_CQ, UVERBS_METHOD_CQ_CREATE);
	attr = uv_handle(&uv, UVERBS_ATTR_CREATE_CQ_HANDLE, 0);
	uv_u32(&uv, UVERBS_ATTR_CREATE_CQ_CQE, req->cqe);
	uv_u64(&uv, UVERBS_ATTR_CREATE_CQ_USER_HANDLE, 0);
	uv_u32(&uv, UVERBS_ATTR_CREATE_CQ_COMP_VECTOR, req->vector);
	if (req->flags)
		uv_u32(&uv, UVERBS_ATTR_CREATE_CQ_FLAGS, req->flags);
	uv_out(&uv, UVERBS_ATTR_CREATE_CQ_RESP_CQE, &req->resp_cqe,
	       sizeof(req->resp_cqe));
	uv_in(&uv, UVERBS_ATTR_UHW_IN, &req->driver, req->driver_len);
	uv_out(&uv, UVERBS_ATTR_UHW_OUT, req->reply ? req->reply : &req->cqn,
	       sizeof(req->cqn));
	ret = uv_call(fd, &uv);
	req->handle = attr->data;
	return ret;
}

static inline int raw_destroy_cq(int fd, uint32_t handle)
{
	struct ib_uverbs_destroy_cq_resp resp;
	struct uv uv;

	uv_start(&uv, UVERBS_OBJECT_CQ, UVERBS_METHOD_CQ_DESTROY);
	uv_handle(&uv, UVERBS_ATTR_DESTROY_CQ_HANDLE, handle);
	uv_out(&uv, UVERBS_ATTR_DESTROY_CQ_RESP, &resp, sizeof(resp));
	return uv_call(fd, &uv);
}

#endif
