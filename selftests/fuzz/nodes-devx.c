// SPDX-License-Identifier: GPL-2.0-only
/*
 * Methods of the uverbs node's ioctl, from tables: what attributes each has, and what
 * goes into them. Mailboxes come from nodes-mailbox.c. A damaged call changes
 * bytes of a mailbox, or an attribute, or the header.
 */
#include <fcntl.h>
#include <rdma/ib_user_ioctl_cmds.h>
#include <rdma/ib_user_ioctl_verbs.h>
#include <rdma/ib_user_verbs.h>
#include <rdma/mlx5-abi.h>
#include <rdma/mlx5_user_ioctl_cmds.h>
#include <rdma/mlx5_user_ioctl_verbs.h>
#include <rdma/rdma_user_ioctl_cmds.h>
#include <sys/ioctl.h>

#include "nodes-mailbox.h"

#define MAX_ATTRS	10

enum attr_type {
	ATTR_END,
	ATTR_MAILBOX,		/* the row's command */
	ATTR_BYTES,		/* input: what fill_bytes() says */
	ATTR_NUMBER,		/* input, in the attribute: usual, or the argument */
	ATTR_DATA,		/* input: address of memory, or the argument's */
	ATTR_OUT,		/* output of @size bytes */
	ATTR_REPLY,		/* output: the mailbox' answer */
	ATTR_NEW,		/* handle or file that is made, of @class */
	ATTR_USE,		/* one that is used */
	ATTR_GIVEN,		/* a number, but only if the argument is not 0 */
};

struct attr {
	enum attr_type type;
	uint16_t id;
	uint16_t size;
	uint8_t arg;		/* which argument chooses */
	enum resource_class class;
	uint64_t usual;
};

struct method {
	uint16_t object, id;
	struct attr attr[MAX_ATTRS];
};

struct request {
	struct ib_uverbs_ioctl_hdr hdr;
	struct ib_uverbs_attr attr[MAX_ATTRS + NUM_DAMAGES];
};

#define UVERBS_ID_NS_SHIFT_BIT	(1u << UVERBS_ID_NS_SHIFT)

/* --- Methods */

#define OUT(_id, _size)	{ .type = ATTR_OUT, .id = _id, .size = _size }
#define BYTES(_id, _size) { .type = ATTR_BYTES, .id = _id, .size = _size }
#define NUMBER(_id, _size, _arg, _usual)				\
	{ .type = ATTR_NUMBER, .id = _id, .size = _size, .arg = _arg,	\
	  .usual = _usual }
#define GIVEN(_id, _size, _arg)						\
	{ .type = ATTR_GIVEN, .id = _id, .size = _size, .arg = _arg }
#define DATA(_id, _arg)							\
	{ .type = ATTR_DATA, .id = _id, .size = 8, .arg = _arg }
#define NEW(_id, _class) { .type = ATTR_NEW, .id = _id, .class = _class }
#define USE(_id, _class, _arg)						\
	{ .type = ATTR_USE, .id = _id, .class = _class, .arg = _arg }
#define MAILBOX(_id)	{ .type = ATTR_MAILBOX, .id = _id }
#define REPLY(_id, _size)						\
	{ .type = ATTR_REPLY, .id = _id, .size = _size, .arg = 5 }

static const struct method get_context = {
	UVERBS_OBJECT_DEVICE, UVERBS_METHOD_GET_CONTEXT, {
	OUT(UVERBS_ATTR_GET_CONTEXT_NUM_COMP_VECTORS, 4),
	OUT(UVERBS_ATTR_GET_CONTEXT_CORE_SUPPORT, 8),
	BYTES(UVERBS_ATTR_UHW_IN, sizeof(struct mlx5_ib_alloc_ucontext_req_v2)),
	OUT(UVERBS_ATTR_UHW_OUT, sizeof(struct mlx5_ib_alloc_ucontext_resp)) } };
static const struct method query_context = {
	UVERBS_OBJECT_DEVICE, UVERBS_METHOD_QUERY_CONTEXT, {
	OUT(UVERBS_ATTR_QUERY_CONTEXT_NUM_COMP_VECTORS, 4),
	OUT(UVERBS_ATTR_QUERY_CONTEXT_CORE_SUPPORT, 8),
	OUT(MLX5_IB_ATTR_QUERY_CONTEXT_RESP_UCTX,
	    sizeof(struct mlx5_ib_alloc_ucontext_resp)) } };
static const struct method info_handles = {
	UVERBS_OBJECT_DEVICE, UVERBS_METHOD_INFO_HANDLES, {
	NUMBER(UVERBS_ATTR_INFO_OBJECT_ID, 8, 0, UVERBS_OBJECT_PD),
	OUT(UVERBS_ATTR_INFO_TOTAL_HANDLES, 4),
	OUT(UVERBS_ATTR_INFO_HANDLES_LIST, 64) } };
static const struct method query_port = {
	UVERBS_OBJECT_DEVICE, UVERBS_METHOD_QUERY_PORT, {
	NUMBER(UVERBS_ATTR_QUERY_PORT_PORT_NUM, 8, 0, 1),
	OUT(UVERBS_ATTR_QUERY_PORT_RESP, sizeof(struct ib_uverbs_query_port_resp_ex)) } };
static const struct method query_gid_table = {
	UVERBS_OBJECT_DEVICE, UVERBS_METHOD_QUERY_GID_TABLE, {
	NUMBER(UVERBS_ATTR_QUERY_GID_TABLE_ENTRY_SIZE, 8, 0, sizeof(struct ib_uverbs_gid_entry)),
	NUMBER(UVERBS_ATTR_QUERY_GID_TABLE_FLAGS, 4, 1, 0),
	OUT(UVERBS_ATTR_QUERY_GID_TABLE_RESP_ENTRIES, 256),
	OUT(UVERBS_ATTR_QUERY_GID_TABLE_RESP_NUM_ENTRIES, 8) } };
static const struct method query_gid_entry = {
	UVERBS_OBJECT_DEVICE, UVERBS_METHOD_QUERY_GID_ENTRY, {
	NUMBER(UVERBS_ATTR_QUERY_GID_ENTRY_PORT, 8, 0, 1),
	NUMBER(UVERBS_ATTR_QUERY_GID_ENTRY_GID_INDEX, 8, 1, 0),
	NUMBER(UVERBS_ATTR_QUERY_GID_ENTRY_FLAGS, 4, 2, 0),
	OUT(UVERBS_ATTR_QUERY_GID_ENTRY_RESP_ENTRY, sizeof(struct ib_uverbs_gid_entry)) } };
static const struct method mlx5_query_port = {
	UVERBS_OBJECT_DEVICE, MLX5_IB_METHOD_QUERY_PORT, {
	NUMBER(MLX5_IB_ATTR_QUERY_PORT_PORT_NUM, 4, 0, 1),
	OUT(MLX5_IB_ATTR_QUERY_PORT, sizeof(struct mlx5_ib_uapi_query_port)) } };
/* ALLOC_PD the old way, through the ioctl. */
static const struct method invoke_write = {
	UVERBS_OBJECT_DEVICE, UVERBS_METHOD_INVOKE_WRITE, {
	NUMBER(UVERBS_ATTR_WRITE_CMD, 8, 0, IB_USER_VERBS_CMD_ALLOC_PD),
	NUMBER(UVERBS_ATTR_CORE_IN, 8, 1, 0),
	OUT(UVERBS_ATTR_CORE_OUT, 4),
	OUT(UVERBS_ATTR_UHW_OUT, 8) } };
static const struct method async_event_alloc = {
	UVERBS_OBJECT_ASYNC_EVENT, UVERBS_METHOD_ASYNC_EVENT_ALLOC, {
	NEW(UVERBS_ATTR_ASYNC_EVENT_ALLOC_FD_HANDLE, RES_EVENT) } };
static const struct method query_pd = {
	UVERBS_OBJECT_PD, MLX5_IB_METHOD_PD_QUERY, {
	USE(MLX5_IB_ATTR_QUERY_PD_HANDLE, RES_PD, 0),
	OUT(MLX5_IB_ATTR_QUERY_PD_RESP_PDN, 4) } };
static const struct method destroy_pd = {
	UVERBS_OBJECT_PD, UVERBS_METHOD_PD_DESTROY, {
	USE(UVERBS_ATTR_DESTROY_PD_HANDLE, RES_PD, 0) } };

static const struct method devx_other = {
	MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_OTHER, {
	MAILBOX(MLX5_IB_ATTR_DEVX_OTHER_CMD_IN),
	REPLY(MLX5_IB_ATTR_DEVX_OTHER_CMD_OUT, 4112) } };
static const struct method query_uar = {
	MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_QUERY_UAR, {
	NUMBER(MLX5_IB_ATTR_DEVX_QUERY_UAR_USER_IDX, 4, 0, 0),
	OUT(MLX5_IB_ATTR_DEVX_QUERY_UAR_DEV_IDX, 4) } };
static const struct method query_eqn = {
	MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_QUERY_EQN, {
	NUMBER(MLX5_IB_ATTR_DEVX_QUERY_EQN_USER_VEC, 4, 0, 0),
	OUT(MLX5_IB_ATTR_DEVX_QUERY_EQN_DEV_EQN, 4) } };

#define CREATE_METHOD(_name, _class)					\
static const struct method _name = {					\
	MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_CREATE, {	\
	NEW(MLX5_IB_ATTR_DEVX_OBJ_CREATE_HANDLE, _class),	\
	MAILBOX(MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_IN),		\
	REPLY(MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_OUT, 16) } }

CREATE_METHOD(create_cq, RES_CQ);
CREATE_METHOD(create_devx_pd, RES_DEVX_PD);
CREATE_METHOD(create_td, RES_TD);

/* Methods on an object, by its type. */
#define OBJECT_METHODS(_name, _class)					\
static const struct method query_##_name = {				\
	MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_QUERY, {	\
	USE(MLX5_IB_ATTR_DEVX_OBJ_QUERY_HANDLE, _class, 0),	\
	MAILBOX(MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_IN),		\
	REPLY(MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_OUT, 272) } }; \
static const struct method modify_##_name = {				\
	MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_MODIFY, {	\
	USE(MLX5_IB_ATTR_DEVX_OBJ_MODIFY_HANDLE, _class, 0),	\
	MAILBOX(MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_IN),		\
	REPLY(MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_OUT, 16) } }

OBJECT_METHODS(cq, RES_CQ);
OBJECT_METHODS(verbs_cq, RES_VERBS_CQ);
OBJECT_METHODS(as_pd, RES_DEVX_PD);

static const struct method query_async = {
	MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_ASYNC_QUERY, {
	USE(MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_HANDLE, RES_CQ, 0),
	MAILBOX(MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_CMD_IN),
	NUMBER(MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_OUT_LEN, 8, 1, 272),
	USE(MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_FD, RES_ASYNC, 2),
	NUMBER(MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_WR_ID, 8, 3, 0) } };

/* Of a queue, of the device; told to the file, or to an eventfd. */
static const struct method subscribe_cq = {
	MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_SUBSCRIBE_EVENT, {
	USE(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_HANDLE, RES_DEVX_EVENT, 0),
	USE(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_OBJ_HANDLE, RES_CQ, 1),
	NUMBER(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_TYPE_NUM_LIST, 2, 2, 4),
	GIVEN(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_COOKIE, 8, 3) } };
static const struct method subscribe_port = {
	MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_SUBSCRIBE_EVENT, {
	USE(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_HANDLE, RES_DEVX_EVENT, 0),
	NUMBER(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_TYPE_NUM_LIST, 2, 2, 9),
	GIVEN(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_COOKIE, 8, 3) } };
static const struct method subscribe_eventfd = {
	MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_SUBSCRIBE_EVENT, {
	USE(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_HANDLE, RES_DEVX_EVENT, 0),
	USE(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_OBJ_HANDLE, RES_CQ, 1),
	NUMBER(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_TYPE_NUM_LIST, 2, 2, 4),
	USE(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_NUM, RES_EVENTFD, 3) } };
static const struct method event_alloc = {
	MLX5_IB_OBJECT_DEVX_ASYNC_EVENT_FD, MLX5_IB_METHOD_DEVX_ASYNC_EVENT_FD_ALLOC, {
	NEW(MLX5_IB_ATTR_DEVX_ASYNC_EVENT_FD_ALLOC_HANDLE, RES_DEVX_EVENT),
	NUMBER(MLX5_IB_ATTR_DEVX_ASYNC_EVENT_FD_ALLOC_FLAGS, 8, 0, 0) } };

#define DESTROY_METHOD(_name, _class)					\
static const struct method _name = {					\
	MLX5_IB_OBJECT_DEVX_OBJ, MLX5_IB_METHOD_DEVX_OBJ_DESTROY, {	\
	USE(MLX5_IB_ATTR_DEVX_OBJ_DESTROY_HANDLE, _class, 0) } }

DESTROY_METHOD(destroy_cq, RES_CQ);
DESTROY_METHOD(destroy_devx_pd, RES_DEVX_PD);
DESTROY_METHOD(destroy_td, RES_TD);

static const struct method async_alloc = {
	MLX5_IB_OBJECT_DEVX_ASYNC_CMD_FD, MLX5_IB_METHOD_DEVX_ASYNC_CMD_FD_ALLOC, {
	NEW(MLX5_IB_ATTR_DEVX_ASYNC_CMD_FD_ALLOC_HANDLE, RES_ASYNC) } };
static const struct method umem_reg = {
	MLX5_IB_OBJECT_DEVX_UMEM, MLX5_IB_METHOD_DEVX_UMEM_REG, {
	NEW(MLX5_IB_ATTR_DEVX_UMEM_REG_HANDLE, RES_UMEM),
	DATA(MLX5_IB_ATTR_DEVX_UMEM_REG_ADDR, 0),
	NUMBER(MLX5_IB_ATTR_DEVX_UMEM_REG_LEN, 8, 1, ARENA_DATA_LEN),
	NUMBER(MLX5_IB_ATTR_DEVX_UMEM_REG_ACCESS, 4, 2, IB_UVERBS_ACCESS_LOCAL_WRITE),
	GIVEN(MLX5_IB_ATTR_DEVX_UMEM_REG_PGSZ_BITMAP, 8, 3),
	GIVEN(MLX5_IB_ATTR_DEVX_UMEM_REG_DMABUF_FD, 0, 4),
	OUT(MLX5_IB_ATTR_DEVX_UMEM_REG_OUT_ID, 4) } };
static const struct method umem_reg_dmabuf = {
	MLX5_IB_OBJECT_DEVX_UMEM, MLX5_IB_METHOD_DEVX_UMEM_REG, {
	NEW(MLX5_IB_ATTR_DEVX_UMEM_REG_HANDLE, RES_UMEM),
	NUMBER(MLX5_IB_ATTR_DEVX_UMEM_REG_ADDR, 8, 0, 0),
	NUMBER(MLX5_IB_ATTR_DEVX_UMEM_REG_LEN, 8, 1, PAGE_BYTES),
	NUMBER(MLX5_IB_ATTR_DEVX_UMEM_REG_ACCESS, 4, 2, IB_UVERBS_ACCESS_LOCAL_WRITE),
	USE(MLX5_IB_ATTR_DEVX_UMEM_REG_DMABUF_FD, RES_DMABUF, 3),
	OUT(MLX5_IB_ATTR_DEVX_UMEM_REG_OUT_ID, 4) } };
static const struct method umem_dereg = {
	MLX5_IB_OBJECT_DEVX_UMEM, MLX5_IB_METHOD_DEVX_UMEM_DEREG, {
	USE(MLX5_IB_ATTR_DEVX_UMEM_DEREG_HANDLE, RES_UMEM, 0) } };
static const struct method uar_alloc = {
	MLX5_IB_OBJECT_UAR, MLX5_IB_METHOD_UAR_OBJ_ALLOC, {
	NEW(MLX5_IB_ATTR_UAR_OBJ_ALLOC_HANDLE, RES_UAR),
	NUMBER(MLX5_IB_ATTR_UAR_OBJ_ALLOC_TYPE, 8, 0, 0),
	OUT(MLX5_IB_ATTR_UAR_OBJ_ALLOC_PAGE_ID, 4),
	OUT(MLX5_IB_ATTR_UAR_OBJ_ALLOC_MMAP_LENGTH, 4),
	OUT(MLX5_IB_ATTR_UAR_OBJ_ALLOC_MMAP_OFFSET, 8) } };
static const struct method uar_destroy = {
	MLX5_IB_OBJECT_UAR, MLX5_IB_METHOD_UAR_OBJ_DESTROY, {
	USE(MLX5_IB_ATTR_UAR_OBJ_DESTROY_HANDLE, RES_UAR, 0) } };

/* --- Building a request */

static void fill_bytes(const struct call *c, void *bytes)
{
	struct mlx5_ib_alloc_ucontext_req_v2 *req = bytes;

	memset(req, 0, sizeof(*req));
	req->total_num_bfregs = 16;
	req->num_low_latency_bfregs = 4;
	/* The usual one has DEVX. */
	req->flags = c->arg[0] ? c->arg[0] & 1 : MLX5_IB_ALLOC_UCTX_DEVX;
	req->max_cqe_version = 1;
	req->lib_caps = MLX5_LIB_CAP_4K_UAR | MLX5_LIB_CAP_DYN_UAR;
}

/* Short input goes into the attribute itself. */
static void put_input(struct runner *r, const struct call *c,
		      struct ib_uverbs_attr *a, const void *bytes, size_t len)
{
	uint8_t copy[8] = { 0 };
	void *at;

	if (len > sizeof(copy)) {
		at = place(r, c, bytes, &len);
		a->data = (uintptr_t)at;
	} else {
		memcpy(copy, bytes, len);
		damage_bytes(c, copy, len);
		memcpy(&a->data, copy, sizeof(copy));
	}
	a->len = len;
}

static void put_output(struct runner *r, const struct call *c,
		       struct ib_uverbs_attr *a, size_t len)
{
	unsigned int i;
	uint8_t *p = scratch(r, len);

	a->data = (uintptr_t)p;
	a->len = len;
	for (i = 0; i < NUM_DAMAGES; i++)
		if (c->damage[i].type == DAMAGE_POINTER &&
		    c->damage[i].where % MAX_ATTRS == a->attr_id % MAX_ATTRS)
			a->data = hostile_pointer(r, c->damage[i].value, len);
}

static bool is_file(enum resource_class class)
{
	return class == RES_ASYNC || class == RES_DEVX_EVENT ||
	       class == RES_EVENTFD || class == RES_DMABUF;
}

static void put_attr(struct runner *r, const struct call *c,
		     const struct attr *row, struct ib_uverbs_attr *a)
{
	uint32_t arg = c->arg[row->arg];
	uint8_t bytes[MAX_MAILBOX];
	struct resource *res;
	size_t len;

	a->attr_id = row->id;
	a->len = row->size;
	a->flags = UVERBS_ATTR_F_MANDATORY;
	switch (row->type) {
	case ATTR_MAILBOX:
		len = kind_of(c)->mailbox(r, c, bytes);
		put_input(r, c, a, bytes, len);
		break;
	case ATTR_BYTES:
		fill_bytes(c, bytes);
		put_input(r, c, a, bytes, row->size);
		break;
	case ATTR_NUMBER:
	case ATTR_GIVEN:
		a->data = arg ?: row->usual;
		break;
	case ATTR_DATA:
		a->data = data_pointer(r, arg, PAGE_BYTES);
		break;
	case ATTR_OUT:
		put_output(r, c, a, row->size);
		break;
	case ATTR_REPLY:
		put_output(r, c, a, arg ? arg % (MAX_MAILBOX + 1) : row->size);
		break;
	case ATTR_USE:
		res = resource_get(r->world, row->class, arg);
		a->data = !res ? 0 : is_file(row->class) ? (unsigned int)res->fd :
			  res->handle;
		if (row->class == RES_EVENTFD)
			a->len = 4;	/* a number to the kernel, no handle */
		break;
	default:
		break;
	}
}

static void damage_attrs(const struct call *c, struct request *req)
{
	const struct damage *d;
	struct ib_uverbs_attr *a;

	for (d = c->damage; d < c->damage + NUM_DAMAGES; d++) {
		if (!req->hdr.num_attrs)
			return;
		a = &req->attr[d->where % req->hdr.num_attrs];
		switch (d->type) {
		case DAMAGE_ATTR_ID:
			a->attr_id = d->value & 0x100 ? d->value :
				     a->attr_id ^ (1 + d->value % 8);
			break;
		case DAMAGE_ATTR_LENGTH:
			a->len = d->value & 0x100 ? d->value : a->len + d->value % 16 - 8;
			break;
		case DAMAGE_ATTR_FLAGS:
			a->flags = d->value;
			break;
		case DAMAGE_ATTR_DATA:
			a->data = d->value & 1 ? (uint64_t)d->value << 32 : d->value;
			break;
		case DAMAGE_ATTR_DROP:
			*a = req->attr[--req->hdr.num_attrs];
			break;
		case DAMAGE_ATTR_TWICE:
			req->attr[req->hdr.num_attrs++] = *a;
			break;
		default:
			break;
		}
	}
}

static void damage_header(const struct call *c, struct request *req)
{
	const struct damage *d;

	for (d = c->damage; d < c->damage + NUM_DAMAGES; d++) {
		if (d->type != DAMAGE_HEADER)
			continue;
		if (d->where % 2)
			damage_bytes(&(struct call){ .damage = {
				{ DAMAGE_SET8, 0, d->where >> 1, d->value } } },
				&req->hdr, sizeof(req->hdr));
		else
			req->hdr.method_id ^= 1 + d->value % 8;
	}
}

/* --- After a call that succeeded */

/* Where the kernel has put an output; it is there, or the call had failed. */
static uint64_t output(const struct request *req, uint16_t id, size_t size)
{
	uint64_t value = 0;
	int i;

	for (i = 0; i < req->hdr.num_attrs; i++)
		if (req->attr[i].attr_id == id && req->attr[i].data)
			memcpy(&value, (void *)req->attr[i].data, size);
	return value;
}

/* The number of a new object, in the reply to the command that made it. */
static uint32_t output_number(const struct request *req)
{
	int i;

	for (i = 0; i < req->hdr.num_attrs; i++)
		if (req->attr[i].attr_id == MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_OUT)
			return mailbox_number((void *)req->attr[i].data);
	return 0;
}

static void learn_new(struct runner *r, const struct method *m,
		      const struct request *req, int fd)
{
	struct resource *res = resource_add(r->world, m->attr[0].class);

	res->handle = req->attr[0].data;
	res->fd = fd;
	switch (m->attr[0].class) {
	case RES_ASYNC:
	case RES_EVENT:
	case RES_DEVX_EVENT:
		res->fd = res->handle;
		fcntl(res->fd, F_SETFL, O_NONBLOCK);
		break;
	case RES_UMEM:
		res->number = output(req, MLX5_IB_ATTR_DEVX_UMEM_REG_OUT_ID, 4);
		break;
	case RES_UAR:
		res->number = output(req, MLX5_IB_ATTR_UAR_OBJ_ALLOC_PAGE_ID, 4);
		res->address = output(req, MLX5_IB_ATTR_UAR_OBJ_ALLOC_MMAP_OFFSET, 8);
		break;
	default:
		res->number = output_number(req);
	}
}

static void learn(struct runner *r, const struct call *c, const struct request *req,
		  int fd)
{
	const struct method *m = kind_of(c)->method;
	struct resource *res;

	if (m->attr[0].type == ATTR_NEW)
		learn_new(r, m, req, fd);
	if (m->attr[0].type != ATTR_USE || m->attr[1].type != ATTR_END)
		return;
	res = resource_get(r->world, m->attr[0].class, c->arg[m->attr[0].arg]);
	if (res)
		res->dead = true;
}

/* --- Calls */

static long run_method(struct runner *r, const struct call *c)
{
	const struct method *m = kind_of(c)->method;
	struct request *req = scratch(r, sizeof(*req));
	/* Argument 4 is free for the file but in umem_reg, where it is the dma-buf. */
	int fd = resource_fd(r->world, RES_VERBS, m == &umem_reg ? 0 : c->arg[4]), n, ret;

	memset(req, 0, sizeof(*req));
	req->hdr.object_id = m->object;
	req->hdr.method_id = m->id;
	req->hdr.driver_id = RDMA_DRIVER_MLX5;
	for (n = 0; m->attr[n].type != ATTR_END; n++)
		if (m->attr[n].type != ATTR_GIVEN || c->arg[m->attr[n].arg])
			put_attr(r, c, &m->attr[n], &req->attr[req->hdr.num_attrs++]);
	damage_attrs(c, req);
	req->hdr.length = sizeof(req->hdr) + req->hdr.num_attrs * sizeof(req->attr[0]);
	damage_header(c, req);
	ret = ioctl(fd, RDMA_VERBS_IOCTL, req);
	if (ret < 0)
		return -errno;
	learn(r, c, req, fd);
	return ret;
}

/* Not every kernel has a dma-buf that can be registered. */
static long run_dmabuf_method(struct runner *r, const struct call *c)
{
	long ret = run_method(r, c);

	return ret == -EOPNOTSUPP || ret == -EINVAL || ret == -EBADF ? 0 : ret;
}

/* Any object, any method, any attributes. */
static long run_any_method(struct runner *r, const struct call *c)
{
	struct request *req = scratch(r, sizeof(*req));
	uint32_t bits = c->arg[1];
	unsigned int i;

	memset(req, 0, sizeof(*req));
	req->hdr.object_id = (c->arg[0] & 1 ? UVERBS_ID_NS_SHIFT_BIT : 0) +
			     (c->arg[0] >> 1) % 20;
	req->hdr.method_id = (c->arg[2] & 1 ? UVERBS_ID_NS_SHIFT_BIT : 0) +
			     (c->arg[2] >> 1) % 12;
	req->hdr.driver_id = RDMA_DRIVER_MLX5;
	req->hdr.num_attrs = bits % 7;
	for (i = 0; i < req->hdr.num_attrs; i++, bits = bits * 1103515245 + 12345) {
		req->attr[i].attr_id = (bits >> 8 & 1 ? UVERBS_ID_NS_SHIFT_BIT : 0) +
				       (bits >> 9) % 12;
		req->attr[i].len = bits >> 14 & 1 ? bits >> 16 & 0x3ff :
				   (bits >> 16) % 3 * 4;
		req->attr[i].flags = UVERBS_ATTR_F_MANDATORY;
		req->attr[i].data = bits >> 15 & 1 ? (uintptr_t)scratch(r, 1024) :
				    bits >> 20 & 0x1f;
	}
	damage_attrs(c, req);
	req->hdr.length = sizeof(req->hdr) + req->hdr.num_attrs * sizeof(req->attr[0]);
	damage_header(c, req);
	return result(ioctl(resource_fd(r->world, RES_VERBS, c->arg[4]), RDMA_VERBS_IOCTL, req));
}

#define CONTEXT		{ "get_context" }
#define METHOD(_name, _method, _weight, ...)				\
	{ .name = _name, .run = run_method, .method = &_method,		\
	  .weight = _weight, .needs = __VA_ARGS__ }
#define COMMAND(_name, _method, _mailbox, _weight, ...)			\
	{ .name = _name, .run = run_method, .method = &_method,		\
	  .mailbox = _mailbox, .weight = _weight, .needs = __VA_ARGS__ }
#define REFUSED(_name, _method, _mailbox, _want, ...)			\
	{ .name = _name, .run = run_method, .method = &_method,		\
	  .mailbox = _mailbox, .weight = 1, .want = _want, .needs = __VA_ARGS__ }

static const struct kind devx_kinds[] = {
	METHOD("get_context", get_context, 4, { "open_verbs" }),
	METHOD("query_context", query_context, 1, CONTEXT),
	METHOD("info_handles", info_handles, 1, { "get_context", "alloc_pd" }),
	METHOD("query_port", query_port, 1, CONTEXT),
	METHOD("query_gid_table", query_gid_table, 1, CONTEXT),
	METHOD("query_gid_entry", query_gid_entry, 1, CONTEXT),
	METHOD("mlx5_query_port", mlx5_query_port, 1, CONTEXT),
	METHOD("invoke_write", invoke_write, 1, CONTEXT),
	METHOD("async_event_alloc", async_event_alloc, 1, CONTEXT),
	METHOD("query_pd", query_pd, 1, { "alloc_pd" }),
	METHOD("destroy_pd", destroy_pd, 2, { "alloc_pd" }),
	{ .name = "any_method", .run = run_any_method, .weight = 6,
	  .want = EINVAL, .needs = CONTEXT },

	COMMAND("query_cap", devx_other, mailbox_query_cap, 2, CONTEXT),
	COMMAND("query_vport", devx_other, mailbox_query_vport, 2, CONTEXT),
	COMMAND("query_adapter", devx_other, mailbox_query_adapter, 1, CONTEXT),
	REFUSED("general", devx_other, mailbox_general, EREMOTEIO, CONTEXT),
	REFUSED("query_uar", query_uar, NULL, EINVAL, CONTEXT),
	METHOD("query_eqn", query_eqn, 1, CONTEXT),

	METHOD("umem_reg", umem_reg, 6, CONTEXT),
	METHOD("umem_dereg", umem_dereg, 3, { "umem_reg" }),
	{ .name = "umem_reg_dmabuf", .run = run_dmabuf_method,
	  .method = &umem_reg_dmabuf, .weight = 2,
	  .needs = { "get_context", "make_dmabuf" } },
	METHOD("uar_alloc", uar_alloc, 5, CONTEXT),
	METHOD("uar_destroy", uar_destroy, 3, { "uar_alloc" }),

	COMMAND("create_cq", create_cq, mailbox_create_cq, 12,
		{ "umem_reg", "uar_alloc" }),
	COMMAND("create_devx_pd", create_devx_pd, mailbox_alloc_pd, 3, CONTEXT),
	COMMAND("create_td", create_td, mailbox_alloc_td, 3, CONTEXT),
	COMMAND("create_object", create_td, mailbox_create_object, 6,
		{ "create_cq", "create_devx_pd", "create_td" }),
	REFUSED("create_other", create_td, mailbox_create_other, EREMOTEIO, CONTEXT),
	COMMAND("query_cq", query_cq, mailbox_query_cq, 4, { "create_cq" }),
	COMMAND("modify_cq", modify_cq, mailbox_modify_cq, 5, { "create_cq" }),
	COMMAND("query_verbs_cq", query_verbs_cq, mailbox_query_verbs_cq, 3,
		{ "write_create_cq" }),
	COMMAND("modify_verbs_cq", modify_verbs_cq, mailbox_modify_verbs_cq, 3,
		{ "write_create_cq" }),
	REFUSED("query_other", query_as_pd, mailbox_query_other, EINVAL,
		{ "create_devx_pd" }),
	REFUSED("modify_other", modify_as_pd, mailbox_modify_other, EINVAL,
		{ "create_devx_pd" }),
	COMMAND("query_async", query_async, mailbox_query_cq, 4,
		{ "create_cq", "async_alloc" }),
	METHOD("destroy_cq", destroy_cq, 4, { "create_cq" }),
	METHOD("destroy_devx_pd", destroy_devx_pd, 2, { "create_devx_pd" }),
	METHOD("destroy_td", destroy_td, 2, { "create_td" }),

	METHOD("async_alloc", async_alloc, 3, CONTEXT),
	METHOD("event_alloc", event_alloc, 3, CONTEXT),
	METHOD("subscribe_cq", subscribe_cq, 4, { "create_cq", "event_alloc" }),
	METHOD("subscribe_port", subscribe_port, 3, { "event_alloc" }),
	METHOD("subscribe_eventfd", subscribe_eventfd, 2,
	       { "create_cq", "event_alloc", "make_eventfd" }),
};

void add_devx_kinds(void)
{
	add_kinds(devx_kinds, ARRAY_SIZE(devx_kinds));
}
