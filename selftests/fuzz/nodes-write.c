// SPDX-License-Identifier: GPL-2.0-only
/* Commands that are written to the uverbs node, the interface before its ioctl. */
#include <fcntl.h>
#include <rdma/ib_user_ioctl_verbs.h>
#include <rdma/ib_user_verbs.h>
#include <rdma/mlx5-abi.h>
#include <unistd.h>

#include "nodes.h"

/* The header of any command, then what each has. */
struct command {
	struct ib_uverbs_cmd_hdr hdr;
	union {
		uint64_t response;
		uint32_t handle;
	};
	uint8_t body[240];
};

static struct resource *verbs(struct runner *r, const struct call *c)
{
	return resource_get(r->world, RES_VERBS, c->arg[4]);
}

/*
 * Write a command with @in bytes behind the header, @out expected. The reply is in
 * *@reply: scratch memory, or where damage of the call sends it.
 */
static long send_command(struct runner *r, const struct call *c,
			 struct command *command, uint32_t number, size_t in,
			 size_t out, void **reply)
{
	struct resource *res = verbs(r, c);
	size_t len = sizeof(command->hdr) + in;
	void *from;

	if (!res)
		return -ENOENT;
	if (reply) {
		*reply = c->arg[5] ? (void *)data_pointer(r, c->arg[5], out) :
				     scratch(r, 512);
		command->response = (uintptr_t)*reply;
	}
	command->hdr.command = number;
	command->hdr.in_words = len / 4;
	command->hdr.out_words = out / 4;
	from = place(r, c, command, &len);
	return result(write(res->fd, from, len));
}

static long run_write_get_context(struct runner *r, const struct call *c)
{
	struct mlx5_ib_alloc_ucontext_req_v2 req = {
		.total_num_bfregs = 16,
		.num_low_latency_bfregs = 4,
		.flags = c->arg[0] ? c->arg[0] & 1 : MLX5_IB_ALLOC_UCTX_DEVX,
		.max_cqe_version = 1,
		.lib_caps = MLX5_LIB_CAP_4K_UAR | MLX5_LIB_CAP_DYN_UAR,
	};
	struct command command = { 0 };
	void *reply;

	memcpy(command.body, &req, sizeof(req));
	return send_command(r, c, &command, IB_USER_VERBS_CMD_GET_CONTEXT,
			    8 + sizeof(req), 8 + 96, &reply);
}

static long run_write_query_device(struct runner *r, const struct call *c)
{
	struct command command = { 0 };
	void *reply;

	return send_command(r, c, &command, IB_USER_VERBS_CMD_QUERY_DEVICE, 8,
			    sizeof(struct ib_uverbs_query_device_resp), &reply);
}

static long run_write_query_port(struct runner *r, const struct call *c)
{
	struct command command = { 0 };
	void *reply;

	command.body[0] = c->arg[0] ? c->arg[0] : 1;
	return send_command(r, c, &command, IB_USER_VERBS_CMD_QUERY_PORT, 16,
			    sizeof(struct ib_uverbs_query_port_resp), &reply);
}

static long run_alloc_pd(struct runner *r, const struct call *c)
{
	struct command command = { 0 };
	struct resource *res;
	uint32_t *reply;
	long ret;

	ret = send_command(r, c, &command, IB_USER_VERBS_CMD_ALLOC_PD, 8, 8,
			   (void **)&reply);
	if (ret < 0)
		return ret;
	res = resource_add(r->world, RES_PD);
	res->handle = *reply;
	return ret;
}

static long run_write_dealloc_pd(struct runner *r, const struct call *c)
{
	struct resource *res = resource_get(r->world, RES_PD, c->arg[0]);
	struct command command = { 0 };
	long ret;

	command.handle = res ? res->handle : c->arg[0];
	ret = send_command(r, c, &command, IB_USER_VERBS_CMD_DEALLOC_PD, 4, 0, NULL);
	if (res && ret >= 0)
		res->dead = true;
	return ret;
}

static long run_write_comp_channel(struct runner *r, const struct call *c)
{
	struct command command = { 0 };
	struct resource *res;
	int *reply;
	long ret;

	ret = send_command(r, c, &command, IB_USER_VERBS_CMD_CREATE_COMP_CHANNEL, 8,
			   4, (void **)&reply);
	if (ret < 0)
		return ret;
	res = resource_add(r->world, RES_EVENT);
	res->fd = *reply;
	fcntl(res->fd, F_SETFL, O_NONBLOCK);
	return ret;
}

static long run_write_reg_mr(struct runner *r, const struct call *c)
{
	struct resource *pd = resource_get(r->world, RES_PD, c->arg[1]), *res;
	uint64_t start = data_pointer(r, c->arg[0], PAGE_BYTES);
	struct ib_uverbs_reg_mr req = {
		.start = start,
		.length = c->arg[2] ? c->arg[2] : PAGE_BYTES,
		.hca_va = c->arg[3] & 0x10000 ? c->arg[3] : start,
		.pd_handle = pd ? pd->handle : c->arg[1],
		.access_flags = c->arg[3] ? c->arg[3] & 0xffff : IB_UVERBS_ACCESS_LOCAL_WRITE,
	};
	struct ib_uverbs_reg_mr_resp *reply;
	struct command command = { 0 };
	long ret;

	memcpy(command.body, (uint8_t *)&req + 8, sizeof(req) - 8);
	ret = send_command(r, c, &command, IB_USER_VERBS_CMD_REG_MR, sizeof(req),
			   sizeof(*reply), (void **)&reply);
	if (ret < 0)
		return ret;
	res = resource_add(r->world, RES_MR);
	res->handle = reply->mr_handle;
	return ret;
}

static long run_write_dereg_mr(struct runner *r, const struct call *c)
{
	struct resource *res = resource_get(r->world, RES_MR, c->arg[0]);
	struct command command = { 0 };
	long ret;

	command.handle = res ? res->handle : c->arg[0];
	ret = send_command(r, c, &command, IB_USER_VERBS_CMD_DEREG_MR, 4, 0, NULL);
	if (res && ret >= 0)
		res->dead = true;
	return ret;
}

/* 16 entries; the doorbell record lies behind. The usual ring is whole. */
static long run_write_create_cq(struct runner *r, const struct call *c)
{
	struct resource *uar = resource_get(r->world, RES_UAR, c->arg[1]), *res;
	struct {
		struct ib_uverbs_create_cq core;
		struct mlx5_ib_create_cq driver;
	} req = {
		.core.cqe = c->arg[2] ? c->arg[2] : 10,
		.core.comp_vector = c->arg[3] >> 28,
		.core.comp_channel = -1,
		.driver.buf_addr = data_pointer(r, c->arg[0], PAGE_BYTES),
		.driver.db_addr = data_pointer(r, c->arg[0], PAGE_BYTES) + 1024,
		.driver.cqe_size = c->arg[3] & 1 ? 128 : 64,
		.driver.flags = MLX5_IB_CREATE_CQ_FLAGS_UAR_PAGE_INDEX,
		.driver.uar_page_index = uar ? uar->number : c->arg[1],
	};
	struct ib_uverbs_create_cq_resp *reply;
	struct command command = { 0 };
	long ret;

	/* The address of the response is the first member. */
	memcpy(command.body, (uint8_t *)&req + 8, sizeof(req) - 8);
	ret = send_command(r, c, &command, IB_USER_VERBS_CMD_CREATE_CQ, sizeof(req),
			   sizeof(*reply) + 8, (void **)&reply);
	if (ret < 0)
		return ret;
	res = resource_add(r->world, RES_VERBS_CQ);
	res->handle = reply->cq_handle;
	memcpy(&res->number, reply + 1, sizeof(res->number));
	return ret;
}

static long run_write_destroy_cq(struct runner *r, const struct call *c)
{
	struct resource *res = resource_get(r->world, RES_VERBS_CQ, c->arg[0]);
	uint32_t handle = res ? res->handle : c->arg[0];
	struct command command = { 0 };
	void *reply;
	long ret;

	memcpy(command.body, &handle, sizeof(handle));
	ret = send_command(r, c, &command, IB_USER_VERBS_CMD_DESTROY_CQ, 16, 8, &reply);
	if (res && ret >= 0)
		res->dead = true;
	return ret;
}

/* Commands that the device does not have. */
static long run_write_other(struct runner *r, const struct call *c)
{
	struct command command = { 0 };
	uint32_t number = c->arg[0] ? c->arg[0] % 64 : IB_USER_VERBS_CMD_CREATE_AH;
	void *reply;

	return send_command(r, c, &command, number, 8 + c->arg[1] % 120 * 2 / 4 * 4,
			    c->arg[2] % 256, &reply);
}

/* --- Extended ones: lengths are in 8 bytes, and there is a second header. */

struct ex_command {
	struct ib_uverbs_cmd_hdr hdr;
	struct ib_uverbs_ex_cmd_hdr ex;
	uint8_t body[256];
};

static long run_write_extended(struct runner *r, const struct call *c)
{
	uint32_t number = c->arg[0] ? c->arg[0] % 64 : IB_USER_VERBS_EX_CMD_QUERY_DEVICE;
	size_t in = c->arg[1] ? c->arg[1] % 28 * 8 : 8;
	size_t len = sizeof(struct ib_uverbs_cmd_hdr) +
		     sizeof(struct ib_uverbs_ex_cmd_hdr) + in;
	size_t out = c->arg[2] ? c->arg[2] % 512 :
		     sizeof(struct ib_uverbs_ex_query_device_resp) & ~7ul;
	struct ex_command command = {
		.hdr.command = number | IB_USER_VERBS_CMD_FLAG_EXTENDED,
		.hdr.in_words = in / 8,
		.hdr.out_words = out / 8,
		.ex.response = (uintptr_t)scratch(r, 1024),
		.ex.provider_out_words = c->arg[3] % 64,
	};
	struct resource *res = verbs(r, c);
	void *from;

	if (!res)
		return -ENOENT;
	if (c->arg[5])
		command.ex.response = data_pointer(r, c->arg[5], out);
	from = place(r, c, &command, &len);
	return result(write(res->fd, from, len));
}

#define CONTEXT		{ "get_context" }

static const struct kind write_kinds[] = {
	{ .name = "write_get_context", .run = run_write_get_context, .weight = 2,
	  .needs = { "open_verbs" } },
	{ .name = "write_query_device", .run = run_write_query_device, .weight = 1,
	  .needs = CONTEXT },
	{ .name = "write_query_port", .run = run_write_query_port, .weight = 1,
	  .needs = CONTEXT },
	{ .name = "alloc_pd", .run = run_alloc_pd, .weight = 2, .needs = CONTEXT },
	{ .name = "write_dealloc_pd", .run = run_write_dealloc_pd, .weight = 1,
	  .needs = { "alloc_pd" } },
	{ .name = "write_comp_channel", .run = run_write_comp_channel, .weight = 1,
	  .needs = CONTEXT },
	{ .name = "write_reg_mr", .run = run_write_reg_mr, .weight = 5,
	  .needs = { "alloc_pd" } },
	{ .name = "write_dereg_mr", .run = run_write_dereg_mr, .weight = 2,
	  .needs = { "write_reg_mr" } },
	{ .name = "write_create_cq", .run = run_write_create_cq, .weight = 6,
	  .needs = { "uar_alloc" } },
	{ .name = "write_destroy_cq", .run = run_write_destroy_cq, .weight = 3,
	  .needs = { "write_create_cq" } },
	{ .name = "write_other", .run = run_write_other, .weight = 1,
	  .want = EOPNOTSUPP, .needs = CONTEXT },
	{ .name = "write_extended", .run = run_write_extended, .weight = 2,
	  .needs = CONTEXT },
};

void add_write_kinds(void)
{
	add_kinds(write_kinds, ARRAY_SIZE(write_kinds));
}
