// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts and commands of the uverbs node under failure: contexts by both ABIs, verbs
 * queries and protection domains, general commands, objects, asynchronous queries.
 */
#include "devx-rig.h"

FAULT_MACHINE_TEST

/* --- contexts */

/* The core reports on its outputs last: then there is a context in spite of EFAULT. */
static void get_context_again(int error)
{
	if (!get_context())
		return;
	ASSERT_EQ(errno, EINVAL);
	ASSERT_EQ(error, EFAULT);
	ASSERT_EQ(count_of("contexts"), 1);
}

static int write_get_context(void)
{
	static struct {
		struct ib_uverbs_get_context_resp core;
		struct mlx5_ib_alloc_ucontext_resp driver;
	} resp;
	struct {
		struct ib_uverbs_cmd_hdr hdr;
		struct ib_uverbs_get_context core;
		struct mlx5_ib_alloc_ucontext_req_v2 driver;
	} cmd = {
		.hdr = raw_header(IB_USER_VERBS_CMD_GET_CONTEXT, sizeof(cmd),
				  sizeof(resp)),
		.core.response = (uintptr_t)&resp,
		.driver = usual_request(MLX5_IB_ALLOC_UCTX_DEVX),
	};

	resp.core.async_fd = 0;
	if (do_write(&cmd, sizeof(cmd)))
		return -1;
	rig.async_fd = resp.core.async_fd;
	return 0;
}

static void must_close_both(void)
{
	ASSERT_EQ(close(rig.async_fd), 0);
	must_close();
}

FAULT_PATH(open_node, .setup = find_node, .attempt = do_open, .finish = must_close,
	   .errnos = { ENOMEM, EFAULT })
FAULT_PATH(get_context, .setup = find_node, .prepare = must_open,
	   .attempt = get_context, .recover = get_context_again,
	   .finish = must_close, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(write_get_context, .setup = find_node, .prepare = must_open,
	   .attempt = write_get_context, .finish = must_close_both,
	   .errnos = { ENOMEM, EFAULT })

/* --- verbs */

static int write_query_device(void)
{
	static struct ib_uverbs_query_device_resp resp;
	struct {
		struct ib_uverbs_cmd_hdr hdr;
		struct ib_uverbs_query_device core;
	} cmd = {
		.hdr = raw_header(IB_USER_VERBS_CMD_QUERY_DEVICE, sizeof(cmd),
				  sizeof(resp)),
		.core.response = (uintptr_t)&resp,
	};

	return do_write(&cmd, sizeof(cmd));
}

static int write_query_device_ex(void)
{
	static struct {
		struct ib_uverbs_ex_query_device_resp core;
		struct mlx5_ib_query_device_resp driver;
	} resp;
	struct {
		struct ib_uverbs_cmd_hdr hdr;
		struct ib_uverbs_ex_cmd_hdr ex;
		struct ib_uverbs_ex_query_device core;
	} cmd = {
		.hdr = {
			.command = IB_USER_VERBS_CMD_FLAG_EXTENDED |
				   IB_USER_VERBS_EX_CMD_QUERY_DEVICE,
			.in_words = sizeof(cmd.core) / 8,
			.out_words = sizeof(resp.core) / 8,
		},
		.ex = {
			.response = (uintptr_t)&resp,
			.provider_out_words = sizeof(resp.driver) / 8,
		},
	};

	return do_write(&cmd, sizeof(cmd));
}

static int write_query_port(void)
{
	static struct ib_uverbs_query_port_resp resp;
	struct {
		struct ib_uverbs_cmd_hdr hdr;
		struct ib_uverbs_query_port core;
	} cmd = {
		.hdr = raw_header(IB_USER_VERBS_CMD_QUERY_PORT, sizeof(cmd),
				  sizeof(resp)),
		.core = { .response = (uintptr_t)&resp, .port_num = 1 },
	};

	return do_write(&cmd, sizeof(cmd));
}

/* The core's method with the driver's calls behind it, and the driver's own. */
static int query_port(void)
{
	static struct ib_uverbs_query_port_resp_ex resp;
	struct uv uv;

	uv_start(&uv, UVERBS_OBJECT_DEVICE, UVERBS_METHOD_QUERY_PORT);
	uv_u64(&uv, UVERBS_ATTR_QUERY_PORT_PORT_NUM, 1);
	uv_out(&uv, UVERBS_ATTR_QUERY_PORT_RESP, &resp, sizeof(resp));
	return uv_call(rig.fd, &uv);
}

static int query_port_mlx5(void)
{
	static struct mlx5_ib_uapi_query_port resp;
	struct uv uv;

	uv_start(&uv, UVERBS_OBJECT_DEVICE, MLX5_IB_METHOD_QUERY_PORT);
	uv_u32(&uv, MLX5_IB_ATTR_QUERY_PORT_PORT_NUM, 1);
	uv_out(&uv, MLX5_IB_ATTR_QUERY_PORT, &resp, sizeof(resp));
	return uv_call(rig.fd, &uv);
}

static int query_context(void)
{
	static struct mlx5_ib_alloc_ucontext_resp resp;
	static uint64_t support;
	static uint32_t vectors;
	struct uv uv;

	uv_start(&uv, UVERBS_OBJECT_DEVICE, UVERBS_METHOD_QUERY_CONTEXT);
	uv_out(&uv, UVERBS_ATTR_QUERY_CONTEXT_NUM_COMP_VECTORS, &vectors,
	       sizeof(vectors));
	uv_out(&uv, UVERBS_ATTR_QUERY_CONTEXT_CORE_SUPPORT, &support, sizeof(support));
	uv_out(&uv, MLX5_IB_ATTR_QUERY_CONTEXT_RESP_UCTX, &resp, sizeof(resp));
	return uv_call(rig.fd, &uv);
}

FAULT_PATH(query_context, .setup = must_have_context, .attempt = query_context,
	   .errnos = { ENOMEM, EFAULT })
FAULT_PATH(write_query_device, .setup = must_have_context,
	   .attempt = write_query_device, .errnos = { EFAULT })
FAULT_PATH(write_query_device_ex, .setup = must_have_context,
	   .attempt = write_query_device_ex, .errnos = { EFAULT })
FAULT_PATH(write_query_port, .setup = must_have_context,
	   .attempt = write_query_port, .errnos = { EFAULT })
FAULT_PATH(query_port, .setup = must_have_context, .attempt = query_port,
	   .errnos = { ENOMEM, EFAULT })
FAULT_PATH(query_port_mlx5, .setup = must_have_context, .attempt = query_port_mlx5,
	   .errnos = { ENOMEM, EFAULT })

static int write_dealloc_pd(void)
{
	struct {
		struct ib_uverbs_cmd_hdr hdr;
		struct ib_uverbs_dealloc_pd core;
	} cmd = {
		.hdr = raw_header(IB_USER_VERBS_CMD_DEALLOC_PD, sizeof(cmd), 0),
		.core.pd_handle = rig.pd,
	};

	return do_write(&cmd, sizeof(cmd));
}

static int query_pd(void)
{
	struct uv uv;
	uint32_t pdn;

	uv_start(&uv, UVERBS_OBJECT_PD, MLX5_IB_METHOD_PD_QUERY);
	uv_handle(&uv, MLX5_IB_ATTR_QUERY_PD_HANDLE, rig.pd);
	uv_out(&uv, MLX5_IB_ATTR_QUERY_PD_RESP_PDN, &pdn, sizeof(pdn));
	return uv_call(rig.fd, &uv);
}

static void must_dealloc_pd(void)
{
	ASSERT_EQ(write_dealloc_pd(), 0);
}

/* EAGAIN: the device has no resources, as mlx5_core puts it. */
FAULT_PATH(write_alloc_pd, .setup = must_have_context, .attempt = write_alloc_pd,
	   .finish = must_dealloc_pd, .errnos = { ENOMEM, EFAULT, EAGAIN })
FAULT_PATH(query_pd, .setup = must_have_context, .prepare = must_alloc_pd,
	   .attempt = query_pd, .finish = must_dealloc_pd,
	   .errnos = { ENOMEM, EFAULT })
FAULT_PATH(write_dealloc_pd, .setup = must_have_context, .prepare = must_alloc_pd,
	   .attempt = write_dealloc_pd, .errnos = { ENOMEM, EFAULT })

/* --- commands and objects */

static int general_command(void)
{
	memset(mailbox_in, 0, HEADER);
	mbox_opcode(mailbox_in, QUERY_HCA_CAP, 1);
	return no_resources(raw_general(rig.fd, mailbox_in, HEADER, mailbox_out,
					CAP_OUT));
}

FAULT_PATH(general_command, .setup = must_have_context, .attempt = general_command,
	   .errnos = { ENOMEM, EFAULT })
FAULT_PATH(query_eqn, .setup = must_have_context, .attempt = query_eqn,
	   .errnos = { ENOMEM, EFAULT })

static int create_pd(void)
{
	memset(mailbox_out, 0, HEADER);
	memset(mailbox_in, 0, HEADER);
	mbox_opcode(mailbox_in, ALLOC_PD, 0);
	return no_resources(raw_create(rig.fd, mailbox_in, HEADER, mailbox_out,
				       HEADER, &rig.obj));
}

/* What a table of RQs needs: a PD and an RQ on the completion queue. */
static void must_have_rq(void)
{
	uint32_t pd, handle;

	must_have_cq();
	handle = rig.obj;
	ASSERT_EQ(create_pd(), 0);
	pd = mbox_number(mailbox_out);
	rig.obj = handle;
	memset(mailbox_in, 0, CREATE_CQ_IN);
	mbox_opcode(mailbox_in, CREATE_RQ, 0);
	mbox_set(mailbox_in, 0x100 + 0x48, 24, rig.cqn);
	mbox_set(mailbox_in, 0x280, 4, 1);			/* cyclic */
	mbox_set(mailbox_in, 0x280 + 0x48, 24, pd);
	mbox_set(mailbox_in, 0x280 + 0xa0, 32, CQ_BYTES + 8);	/* record */
	mbox_set(mailbox_in, 0x280 + 0x10c, 4, 6);
	mbox_set(mailbox_in, 0x280 + 0x140, 32, rig.umem_id);
	mbox_set(mailbox_in, 0x280 + 0x160, 32, rig.umem_id);
	mbox_set(mailbox_in, 0x280 + 0x1a0, 32, 2048);		/* ring */
	ASSERT_EQ(raw_create(rig.fd, mailbox_in, CREATE_CQ_IN, mailbox_out, HEADER,
			     &handle), 0);
	rig.rqn = mbox_number(mailbox_out);
}

static int create_rqt(void)
{
	uint32_t in[(CREATE_CQ_IN + 4) / 4] = { 0 };

	memset(mailbox_out, 0, HEADER);
	mbox_opcode(in, CREATE_RQT, 0);
	mbox_set(in, 0x100 + 0xb0, 16, 4);
	mbox_set(in, 0x100 + 0xd0, 16, 1);
	mbox_set(in, CREATE_CQ_IN * 8 + 8, 24, rig.rqn);
	return no_resources(raw_create(rig.fd, in, sizeof(in), mailbox_out, HEADER,
				       &rig.obj));
}

static void must_have_pdn(void)
{
	must_have_context();
	ASSERT_EQ(create_pd(), 0);
	rig.pdn = mbox_number(mailbox_out);
}

static int create_table(void)
{
	uint32_t in[64 / 4] = { 0 };

	memset(mailbox_out, 0, HEADER);
	mbox_opcode(in, CREATE_FLOW_TABLE, 0);
	return no_resources(raw_create(rig.fd, in, sizeof(in), mailbox_out, HEADER,
				       &rig.obj));
}

/* A key of others: room for 128 octwords, of which 64 come along. */
static int create_mkey(void)
{
	uint32_t in[(CREATE_CQ_IN + 64 * 16) / 4] = { 0 };

	memset(mailbox_out, 0, HEADER);
	mbox_opcode(in, CREATE_MKEY, 0);
	mbox_set(in, 0x80 + 0x16, 2, 2);
	mbox_set(in, 0x80 + 0x20, 24, 0xffffff);
	mbox_set(in, 0x80 + 0x68, 24, rig.pdn);
	mbox_set(in, 0x80 + 0x1a0, 32, 128);
	mbox_set(in, 0x300, 32, 64);
	return no_resources(raw_create(rig.fd, in, sizeof(in), mailbox_out, HEADER,
				       &rig.obj));
}

static int destroy_obj(void)
{
	return raw_destroy_obj(rig.fd, rig.obj);
}

static void must_destroy_obj(void)
{
	ASSERT_EQ(destroy_obj(), 0);
}

static int query_cq(void)
{
	cq_header(QUERY_CQ, HEADER);
	return no_resources(raw_query(rig.fd, rig.obj, mailbox_in, HEADER,
				      mailbox_out, QUERY_CQ_OUT));
}

static int modify_cq(void)
{
	cq_header(MODIFY_CQ, MODIFY_CQ_IN);
	mbox_set(mailbox_in, 0x60, 32, 1);
	return no_resources(raw_modify(rig.fd, rig.obj, mailbox_in, MODIFY_CQ_IN,
				       mailbox_out, HEADER));
}

static void must_have_page_and_eqn(void)
{
	must_have_memory(4096);
	ASSERT_EQ(query_eqn(), 0);
}

static void must_make_parts(void)
{
	must_reg();
	must_alloc_uar();
}

/* EBUSY if a failed attempt has left a queue that the kernel knows nothing of. */
static void must_end_parts(void)
{
	must_destroy_obj();
	ASSERT_EQ(raw_umem_dereg(rig.fd, rig.umem), 0);
	ASSERT_EQ(raw_uar_destroy(rig.fd, rig.uar.handle), 0);
}

FAULT_PATH(obj_create_cq, .setup = must_have_page_and_eqn,
	   .prepare = must_make_parts, .attempt = create_cq,
	   .finish = must_end_parts, .errnos = { ENOMEM, EFAULT, EREMOTEIO })
FAULT_PATH(obj_create_pd, .setup = must_have_context, .attempt = create_pd,
	   .finish = must_destroy_obj, .errnos = { ENOMEM, EFAULT, EREMOTEIO })
FAULT_PATH(obj_create_rqt, .setup = must_have_rq, .attempt = create_rqt,
	   .finish = must_destroy_obj, .errnos = { ENOMEM, EFAULT, EREMOTEIO })
FAULT_PATH(obj_create_flow_table, .setup = must_have_context,
	   .attempt = create_table, .finish = must_destroy_obj,
	   .errnos = { ENOMEM, EFAULT, EREMOTEIO })
FAULT_PATH(obj_create_mkey, .setup = must_have_pdn, .attempt = create_mkey,
	   .finish = must_destroy_obj, .errnos = { ENOMEM, EFAULT, EREMOTEIO })
FAULT_PATH(obj_query, .setup = must_have_cq, .attempt = query_cq,
	   .errnos = { ENOMEM, EFAULT })
FAULT_PATH(obj_modify, .setup = must_have_cq, .attempt = modify_cq,
	   .errnos = { ENOMEM, EFAULT })
FAULT_PATH(obj_destroy, .setup = must_have_parts, .prepare = must_create_cq,
	   .attempt = destroy_obj, .errnos = { ENOMEM, EFAULT })

/* --- asynchronous queries */

static int async_read(void)
{
	static char reply[sizeof(uint64_t) + QUERY_CQ_OUT];

	return read(rig.async_fd, reply, sizeof(reply)) == sizeof(reply) ? 0 : -1;
}

static int async_poll(void)
{
	struct pollfd p = { .fd = rig.async_fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents == POLLIN ? 0 : -1;
}

static void must_read(void)
{
	ASSERT_EQ(async_read(), 0);
	ASSERT_ERRNO(async_read(), EAGAIN);
}

/* A failed query gives back the room that it had reserved of the file's 1 MiB. */
static void must_have_room(void)
{
	static char reply[sizeof(uint64_t) + 65535];
	int i;

	must_read();
	for (i = 0; i < 16; i++)
		ASSERT_EQ(async_query_for(65535), 0);
	ASSERT_ERRNO(async_query(), EAGAIN);
	for (i = 0; i < 16; i++)
		ASSERT_EQ(read(rig.async_fd, reply, sizeof(reply)), sizeof(reply));
}

/* The reply was taken, and is gone. */
static void query_again(int error)
{
	(void)error;
	ASSERT_ERRNO(async_read(), EAGAIN);
	must_query();
	must_read();
}

FAULT_PATH(async_alloc, .setup = must_have_context, .attempt = async_alloc,
	   .finish = must_close_async, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(async_query, .setup = must_have_async, .attempt = async_query,
	   .finish = must_have_room, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(async_read, .setup = must_have_async, .prepare = must_query,
	   .attempt = async_read, .recover = query_again, .errnos = { EFAULT })
FAULT_PATH(async_poll, .setup = must_have_async, .prepare = must_query,
	   .attempt = async_poll, .finish = must_read, .errnos = { EFAULT })

/* --- sysfs */

static const char *attribute;

static void must_open_attr(void)
{
	rig.async_fd = open(attribute, O_RDONLY | O_CLOEXEC);
	ASSERT(rig.async_fd >= 0);
}

static int read_attr(void)
{
	static char text[4096];

	return pread(rig.async_fd, text, sizeof(text), 0) > 0 ? 0 : -1;
}

static void sweep_attr(const char *path)
{
	struct fault_path sweep = {
		.name = path + strlen(PARENT),
		.prepare = must_open_attr,
		.attempt = read_attr,
		.finish = must_close_async,
		.errnos = { ENOMEM, EFAULT },
	};

	attribute = path;
	fault_sweep(&sweep);
}

TEST(sysfs_reads_survive_failures)
{
	static const char *const attrs[] = {
		"hw_rev", "hca_type", "board_id", "fw_ver", "ports/1/state",
		"ports/1/gids/0",
	};
	char path[160];
	size_t i;

	sweep_attr(PARENT "vendor");
	sweep_attr(PARENT "device");
	for (i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		snprintf(path, sizeof(path), PARENT "infiniband/%s/%s", device_name(),
			 attrs[i]);
		sweep_attr(path);
	}
}

KTAP_MAIN()
