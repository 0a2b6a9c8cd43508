// SPDX-License-Identifier: GPL-2.0-only
/* Opening the device: the context request, its answer, identity, domains. */
#include "devx.h"

#include <sys/utsname.h>

TEST(context_answer_says_dynamic_uars_and_cqe_version_1)
{
	struct mlx5_ib_alloc_ucontext_req_v2 req = usual_request(MLX5_IB_ALLOC_UCTX_DEVX);
	struct mlx5_ib_alloc_ucontext_resp resp;
	int fd = node_open();

	memset(&resp, 0xff, sizeof(resp));
	ASSERT_EQ(raw_get_context(fd, &req, sizeof(req), &resp, sizeof(resp)), 0);
	ASSERT_EQ(resp.tot_bfregs, 0);
	ASSERT_EQ(resp.num_ports, 1);
	ASSERT_EQ(resp.cqe_version, 1);
	ASSERT_EQ(resp.log_uar_size, 12);
	ASSERT_EQ(resp.num_uars_per_page, 1);
	ASSERT_EQ(resp.response_length, sizeof(resp));
	ASSERT_EQ(resp.comp_mask, 0);
	ASSERT_NE(resp.cache_line_size, 0);
	ASSERT_EQ(resp.cmds_supp_uhw & MLX5_USER_CMDS_SUPP_UHW_QUERY_DEVICE,
		  MLX5_USER_CMDS_SUPP_UHW_QUERY_DEVICE);
}

TEST(context_answer_is_cut_to_the_room_given)
{
	struct mlx5_ib_alloc_ucontext_req_v2 req = usual_request(0);
	struct {
		struct mlx5_ib_alloc_ucontext_resp resp;
		unsigned char beyond[8];
	} out;
	size_t room = offsetof(struct mlx5_ib_alloc_ucontext_resp, cqe_version);
	const unsigned char *bytes = (const void *)&out;
	size_t i;

	memset(&out, 0xa5, sizeof(out));
	ASSERT_EQ(raw_get_context(node_open(), &req, sizeof(req), &out, room), 0);
	ASSERT_EQ(out.resp.response_length, room);
	for (i = room; i < sizeof(out); i++)
		ASSERT_EQ(bytes[i], 0xa5);
}

TEST(context_request_with_cqe_version_0_gets_0)
{
	struct mlx5_ib_alloc_ucontext_req_v2 req = usual_request(0);
	struct mlx5_ib_alloc_ucontext_resp resp;

	req.max_cqe_version = 0;
	ASSERT_EQ(raw_get_context(node_open(), &req, sizeof(req), &resp,
				  sizeof(resp)), 0);
	ASSERT_EQ(resp.cqe_version, 0);
}

static void refused(struct mlx5_ib_alloc_ucontext_req_v2 req, size_t len, int error)
{
	struct mlx5_ib_alloc_ucontext_resp resp;
	int fd = node_open();

	ASSERT_ERRNO(raw_get_context(fd, &req, len, &resp, sizeof(resp)), error);
	/* The file is not spoilt by it. */
	req = usual_request(MLX5_IB_ALLOC_UCTX_DEVX);
	ASSERT_EQ(raw_get_context(fd, &req, sizeof(req), &resp, sizeof(resp)), 0);
}

TEST(context_request_of_neither_length_is_refused)
{
	refused(usual_request(0), 4, EINVAL);
	refused(usual_request(0), 12, EINVAL);
}

TEST(context_request_with_unknown_flag_is_refused)
{
	refused(usual_request(2), sizeof(struct mlx5_ib_alloc_ucontext_req_v2),
		EOPNOTSUPP);
}

TEST(context_request_with_reserved_fields_set_is_refused)
{
	struct mlx5_ib_alloc_ucontext_req_v2 req = usual_request(0);

	req.comp_mask = 1;
	refused(req, sizeof(req), EOPNOTSUPP);
	req = usual_request(0);
	req.reserved0 = 1;
	refused(req, sizeof(req), EOPNOTSUPP);
	req = usual_request(0);
	req.reserved1 = 1;
	refused(req, sizeof(req), EOPNOTSUPP);
	req = usual_request(0);
	req.reserved2 = 1;
	refused(req, sizeof(req), EOPNOTSUPP);
}

TEST(context_request_with_more_low_latency_registers_than_all_is_refused)
{
	struct mlx5_ib_alloc_ucontext_req_v2 req = usual_request(0);

	req.num_low_latency_bfregs = 16;
	refused(req, sizeof(req), EINVAL);
}

TEST(context_request_for_static_uars_is_refused)
{
	struct mlx5_ib_alloc_ucontext_req_v2 req = usual_request(0);

	req.lib_caps = MLX5_LIB_CAP_4K_UAR;
	refused(req, sizeof(req), EOPNOTSUPP);
	/* The first version of the request cannot ask for anything else. */
	refused(usual_request(0), sizeof(struct mlx5_ib_alloc_ucontext_req),
		EOPNOTSUPP);
}

TEST(library_opens_and_leaves_nothing)
{
	struct ibv_context *ctx = devx_open();

	ASSERT_EQ(count_of("contexts"), 1);
	ASSERT_EQ(count_of("uars"), 1);	/* where the library arms its CQs */
	ASSERT_EQ(ibv_close_device(ctx), 0);
	wait_no_objects();
}

TEST(device_is_a_connectx)
{
	struct ibv_context *ctx = devx_open();
	struct ibv_device_attr attr;
	struct ibv_port_attr port;
	union ibv_gid gid;

	ASSERT_EQ(ibv_query_device(ctx, &attr), 0);
	ASSERT_EQ(attr.vendor_id, 0x02c9);
	ASSERT_EQ(attr.vendor_part_id, 0x1021);
	ASSERT_EQ(attr.phys_port_cnt, 1);
	ASSERT_EQ(ibv_query_port(ctx, 1, &port), 0);
	ASSERT_EQ(port.state, IBV_PORT_ACTIVE);
	ASSERT_EQ(port.link_layer, IBV_LINK_LAYER_INFINIBAND);
	ASSERT_EQ(port.lid, 1);
	ASSERT_EQ(ibv_query_gid(ctx, 1, 0, &gid), 0);
	ASSERT_NE(gid.global.interface_id, 0);
	ASSERT(mlx5dv_is_supported(ctx->device));
}

/* Programs, and rdma-core's own tests, take a device with less for broken. */
TEST(limits_of_the_device_are_never_0)
{
	struct ibv_device_attr attr;

	ASSERT_EQ(ibv_query_device(devx_open(), &attr), 0);
	ASSERT_NE(attr.node_guid, 0);
	ASSERT_NE(attr.sys_image_guid, 0);
	ASSERT(attr.max_mr_size > 4096);
	ASSERT(attr.page_size_cap >= 4096);
	ASSERT(attr.max_qp > 0);
	ASSERT(attr.max_qp_wr > 0);
	ASSERT(attr.max_sge > 0);
	ASSERT(attr.max_cq > 0);
	ASSERT(attr.max_cqe > 0);
	ASSERT(attr.max_mr > 0);
	ASSERT(attr.max_pd > 0);
	ASSERT(attr.max_pkeys > 0);
}

TEST(verbs_and_devx_agree_on_the_port)
{
	uint32_t in[4] = { 0 }, out[(HEADER + 256) / 4 * 2] = { 0 };
	struct ibv_context *ctx = devx_open();
	struct ibv_port_attr port;
	union ibv_gid gid;

	mbox_opcode(in, QUERY_HCA_VPORT_CONTEXT, 0);
	ASSERT_EQ(mlx5dv_devx_general_cmd(ctx, in, sizeof(in), out, sizeof(out)), 0);
	ASSERT_EQ(ibv_query_port(ctx, 1, &port), 0);
	ASSERT_EQ(mbox_get(out, 0x80 + 0x300, 16), port.lid);
	ASSERT_EQ(ibv_query_gid(ctx, 1, 0, &gid), 0);
	ASSERT_EQ(mbox_get(out, 0x80 + 0x180, 32),
		  be64toh(gid.global.interface_id) >> 32);
	ASSERT_EQ(mbox_get(out, 0x80 + 0x1a0, 32),
		  be64toh(gid.global.interface_id) & 0xffffffff);
}

TEST(parent_has_the_pci_ids_that_ucx_reads)
{
	char buf[16] = "";
	FILE *f = fopen(PARENT "vendor", "r");

	ASSERT(f && fgets(buf, sizeof(buf), f));
	fclose(f);
	ASSERT_STREQ(buf, "0x15b3\n");
	f = fopen(PARENT "device", "r");
	ASSERT(f && fgets(buf, sizeof(buf), f));
	fclose(f);
	ASSERT_STREQ(buf, "0x1021\n");
}

TEST(protection_domain_has_a_number)
{
	struct ibv_context *ctx = devx_open();
	struct ibv_pd *pd = ibv_alloc_pd(ctx);
	struct mlx5dv_pd dv_pd;
	struct mlx5dv_obj obj = { .pd = { .in = pd, .out = &dv_pd } };

	ASSERT(pd);
	ASSERT_EQ(mlx5dv_init_obj(&obj, MLX5DV_OBJ_PD), 0);
	ASSERT_NE(dv_pd.pdn, 0);
	ASSERT_EQ(count_of("pds"), 1);
	ASSERT_EQ(ibv_dealloc_pd(pd), 0);
	ASSERT_EQ(count_of("pds"), 0);
}

TEST(pd_query_gives_the_number_too)
{
	struct ibv_context *ctx = devx_open();
	struct ibv_pd *pd = ibv_alloc_pd(ctx);
	struct mlx5dv_pd dv_pd;
	struct mlx5dv_obj obj = { .pd = { .in = pd, .out = &dv_pd } };
	uint32_t pdn = 0;
	struct uv uv;

	ASSERT(pd);
	ASSERT_EQ(mlx5dv_init_obj(&obj, MLX5DV_OBJ_PD), 0);
	uv_start(&uv, UVERBS_OBJECT_PD, MLX5_IB_METHOD_PD_QUERY);
	uv_handle(&uv, MLX5_IB_ATTR_QUERY_PD_HANDLE, pd->handle);
	uv_out(&uv, MLX5_IB_ATTR_QUERY_PD_RESP_PDN, &pdn, sizeof(pdn));
	ASSERT_EQ(uv_call(ctx->cmd_fd, &uv), 0);
	ASSERT_EQ(pdn, dv_pd.pdn);
}

static int raw_query_port(int fd, uint32_t port, struct mlx5_ib_uapi_query_port *info)
{
	struct uv uv;

	uv_start(&uv, UVERBS_OBJECT_DEVICE, MLX5_IB_METHOD_QUERY_PORT);
	uv_u32(&uv, MLX5_IB_ATTR_QUERY_PORT_PORT_NUM, port);
	uv_out(&uv, MLX5_IB_ATTR_QUERY_PORT, info, sizeof(*info));
	return uv_call(fd, &uv);
}

TEST(mlx5_query_port_knows_the_ports)
{
	struct mlx5_ib_uapi_query_port info;
	int fd = raw_open(MLX5_IB_ALLOC_UCTX_DEVX);

	memset(&info, 0xff, sizeof(info));
	ASSERT_EQ(raw_query_port(fd, 1, &info), 0);
	ASSERT_EQ(info.flags, 0);
	ASSERT_ERRNO(raw_query_port(fd, 0, &info), EINVAL);
	ASSERT_ERRNO(raw_query_port(fd, 2, &info), EINVAL);
}

/* A method that mlx5_ib has since Linux 6.12; programs may have older headers. */
#define GET_DATA_DIRECT_SYSFS_PATH ((1u << UVERBS_ID_NS_SHIFT) + 1)

TEST(there_is_no_data_direct_function)
{
	int fd = raw_open(MLX5_IB_ALLOC_UCTX_DEVX);
	struct utsname name;
	long major, minor;
	char *end;
	char path[256];
	struct uv uv;

	ASSERT_EQ(uname(&name), 0);
	major = strtol(name.release, &end, 10);
	ASSERT_EQ(*end, '.');
	minor = strtol(end + 1, NULL, 10);
	uv_start(&uv, UVERBS_OBJECT_DEVICE, GET_DATA_DIRECT_SYSFS_PATH);
	uv_out(&uv, 1u << UVERBS_ID_NS_SHIFT, path, sizeof(path));
	ASSERT_ERRNO(uv_call(fd, &uv), major > 6 || (major == 6 && minor >= 12) ?
		     ENODEV : EPROTONOSUPPORT);
}

TEST(verbs_not_there_yet_are_refused_cleanly)
{
	struct ibv_context *ctx = devx_open();
	struct ibv_pd *pd = ibv_alloc_pd(ctx);

	ASSERT(pd);
	errno = 0;
	ASSERT(!ibv_alloc_mw(pd, IBV_MW_TYPE_1));
	ASSERT_EQ(errno, EOPNOTSUPP);
}

static int raw_query_context(int fd, struct mlx5_ib_alloc_ucontext_resp *resp,
			     uint16_t len)
{
	uint64_t support;
	uint32_t vectors;
	struct uv uv;

	uv_start(&uv, UVERBS_OBJECT_DEVICE, UVERBS_METHOD_QUERY_CONTEXT);
	uv_out(&uv, UVERBS_ATTR_QUERY_CONTEXT_NUM_COMP_VECTORS, &vectors,
	       sizeof(vectors));
	uv_out(&uv, UVERBS_ATTR_QUERY_CONTEXT_CORE_SUPPORT, &support, sizeof(support));
	uv_out(&uv, MLX5_IB_ATTR_QUERY_CONTEXT_RESP_UCTX, resp, len);
	return uv_call(fd, &uv);
}

TEST(context_can_be_asked_for_what_it_was_opened_with)
{
	struct mlx5_ib_alloc_ucontext_resp opened, queried;
	struct mlx5_ib_alloc_ucontext_req_v2 req;
	int fd, version;

	for (version = 0; version < 2; version++) {
		req = usual_request(MLX5_IB_ALLOC_UCTX_DEVX);
		req.max_cqe_version = version;
		memset(&opened, 0xff, sizeof(opened));
		memset(&queried, 0x55, sizeof(queried));
		fd = node_open();
		ASSERT_EQ(raw_get_context(fd, &req, sizeof(req), &opened,
					  sizeof(opened)), 0);
		ASSERT_EQ(raw_query_context(fd, &queried, sizeof(queried)), 0);
		ASSERT(!memcmp(&opened, &queried, sizeof(opened)));
		ASSERT_EQ(queried.cqe_version, version);
		ASSERT_EQ(queried.response_length, sizeof(queried));
	}
}

TEST(answer_about_a_context_can_be_shorter_and_longer)
{
	const uint16_t least = offsetof(struct mlx5_ib_alloc_ucontext_resp,
					dump_fill_mkey) + sizeof(uint32_t);
	int fd = raw_open(MLX5_IB_ALLOC_UCTX_DEVX);
	struct {
		struct mlx5_ib_alloc_ucontext_resp resp;
		uint8_t beyond[16];
	} out;
	size_t i;

	ASSERT_ERRNO(raw_query_context(fd, &out.resp, least - 1), EINVAL);
	memset(&out, 0x55, sizeof(out));
	ASSERT_EQ(raw_query_context(fd, &out.resp, least), 0);
	ASSERT_EQ(out.resp.response_length, least);
	ASSERT_EQ(out.beyond[0], 0x55);
	ASSERT_EQ(raw_query_context(fd, &out.resp, sizeof(out)), 0);
	ASSERT_EQ(out.resp.response_length, sizeof(out.resp));
	for (i = 0; i < sizeof(out.beyond); i++)
		ASSERT_EQ(out.beyond[i], 0);
}

TEST(file_without_a_context_cannot_be_asked)
{
	struct mlx5_ib_alloc_ucontext_resp resp;

	ASSERT_ERRNO(raw_query_context(node_open(), &resp, sizeof(resp)), EINVAL);
}

/* What the real driver leaves out for a device without the capability. */
TEST(objects_of_missing_capabilities_are_not_there)
{
	static const struct {
		uint16_t object, method;
	} missing[] = {
		{ MLX5_IB_OBJECT_VAR, MLX5_IB_METHOD_VAR_OBJ_ALLOC },
		{ MLX5_IB_OBJECT_VAR, MLX5_IB_METHOD_VAR_OBJ_DESTROY },
		{ MLX5_IB_OBJECT_PP, MLX5_IB_METHOD_PP_OBJ_ALLOC },
		{ MLX5_IB_OBJECT_PP, MLX5_IB_METHOD_PP_OBJ_DESTROY },
		{ MLX5_IB_OBJECT_STEERING_ANCHOR, MLX5_IB_METHOD_STEERING_ANCHOR_CREATE },
		{ UVERBS_OBJECT_DM, UVERBS_METHOD_DM_ALLOC },
		{ UVERBS_OBJECT_DM, MLX5_IB_METHOD_DM_MAP_OP_ADDR },
		{ UVERBS_OBJECT_DM, MLX5_IB_METHOD_DM_QUERY },
	};
	int fd = raw_open(MLX5_IB_ALLOC_UCTX_DEVX);
	struct uv uv;
	size_t i;

	for (i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		uv_start(&uv, missing[i].object, missing[i].method);
		uv_handle(&uv, 1u << UVERBS_ID_NS_SHIFT, 0);
		ASSERT_ERRNO(uv_call(fd, &uv), EPROTONOSUPPORT);
	}
}

KTAP_MAIN()
