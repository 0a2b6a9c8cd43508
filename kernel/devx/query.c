// SPDX-License-Identifier: GPL-2.0-only
/*
 * What verbs programs ask about device and port, and the sysfs attributes that
 * real cards have. The model answers wherever it can, so that a program gets
 * the same from verbs and from a DEVX command. One port, InfiniBand link layer,
 * active from the start: it works with nothing configured and needs no netdev. No
 * locks.
 */
#include <linux/mlx5/cq.h>
#include <linux/mlx5/device.h>
#include <linux/sysfs.h>
#include <rdma/mlx5-abi.h>
#include <rdma/mlx5_user_ioctl_cmds.h>
#include <rdma/mlx5_user_ioctl_verbs.h>
#include <rdma/uverbs_std_types.h>
#include "devx.h"

#define UVERBS_MODULE_NAME sacc_devx
#include <rdma/uverbs_named_ioctl.h>

#define SACC_DEVX_GID_PREFIX	0xfe80000000000000ull
#define SACC_DEVX_FULL_PKEY	0xffff

/* Sizes in bytes of the segments that limit gather lists. */
#define SACC_DEVX_SEG		16
#define SACC_DEVX_RC_SEND_OVERHEAD 32	/* control and remote address */

/* The capabilities, once: they do not change while the device lives. */
static int sacc_devx_read_caps(struct sacc_devx *dev)
{
	u8 in[MLX5_ST_SZ_BYTES(query_hca_cap_in)] __aligned(8) = {};
	size_t len = MLX5_ST_SZ_BYTES(query_hca_cap_out);
	void *out;
	int err;

	BUILD_BUG_ON(MLX5_ST_SZ_BYTES(cmd_hca_cap) > SACC_DEVX_CAPS_SIZE);
	out = kzalloc(len, GFP_KERNEL);
	if (!out)
		return -ENOMEM;
	MLX5_SET(query_hca_cap_in, in, opcode, MLX5_CMD_OP_QUERY_HCA_CAP);
	MLX5_SET(query_hca_cap_in, in, op_mod,
		 MLX5_CAP_GENERAL << 1 | HCA_CAP_OPMOD_GET_CUR);
	err = sacc_devx_exec_kernel(dev, 0, in, sizeof(in), out, len);
	if (!err)
		memcpy(dev->caps, MLX5_ADDR_OF(query_hca_cap_out, out, capability),
		       MLX5_ST_SZ_BYTES(cmd_hca_cap));
	kfree(out);
	return err;
}

/* What the model says once and for all. */
int sacc_devx_read_identity(struct sacc_devx *dev)
{
	u8 out[MLX5_ST_SZ_BYTES(query_adapter_out)] __aligned(8) = {};
	u8 in[MLX5_ST_SZ_BYTES(query_adapter_in)] __aligned(8) = {};
	int err;

	err = sacc_devx_read_caps(dev);
	if (err)
		return err;
	MLX5_SET(query_adapter_in, in, opcode, MLX5_CMD_OP_QUERY_ADAPTER);
	err = sacc_devx_exec_kernel(dev, 0, in, sizeof(in), out, sizeof(out));
	if (err)
		return err;
	memcpy(dev->board_id,
	       MLX5_ADDR_OF(query_adapter_out, out,
			    query_adapter_struct.vsd_contd_psid),
	       SACC_DEVX_BOARD_ID_LEN);
	return 0;
}

#define SACC_DEVX_PORT_OUT MLX5_ST_SZ_BYTES(query_hca_vport_context_out)
#define SACC_DEVX_PORT_CONTEXT \
	MLX5_BYTE_OFF(query_hca_vport_context_out, hca_vport_context)

/*
 * The port as the model sees it: fills the SACC_DEVX_PORT_OUT bytes of @out, which
 * has the hca_vport_context at SACC_DEVX_PORT_CONTEXT.
 */
static int sacc_devx_read_port(struct ib_device *ibdev, u32 port, void *out)
{
	u8 in[MLX5_ST_SZ_BYTES(query_hca_vport_context_in)] __aligned(8) = {};

	MLX5_SET(query_hca_vport_context_in, in, opcode,
		 MLX5_CMD_OP_QUERY_HCA_VPORT_CONTEXT);
	MLX5_SET(query_hca_vport_context_in, in, port_num, port);
	return sacc_devx_exec_kernel(to_sacc_devx(ibdev), 0, in, sizeof(in), out,
				     SACC_DEVX_PORT_OUT);
}

static void sacc_devx_fill_limits(const struct sacc_devx *dev,
				  struct ib_device_attr *props)
{
	const void *caps = dev->caps;
	int sq = MLX5_GET(cmd_hca_cap, caps, max_wqe_sz_sq);
	int rq = MLX5_GET(cmd_hca_cap, caps, max_wqe_sz_rq);

	props->max_qp = 1 << MLX5_GET(cmd_hca_cap, caps, log_max_qp);
	props->max_qp_wr = 1 << MLX5_GET(cmd_hca_cap, caps, log_max_qp_sz);
	/* Programs take 0 for a broken device, and every card has one at least. */
	props->max_send_sge = max(1, (sq - SACC_DEVX_RC_SEND_OVERHEAD) / SACC_DEVX_SEG);
	props->max_recv_sge = max(1, rq / SACC_DEVX_SEG);
	props->max_sge_rd = props->max_send_sge;
	props->max_cq = 1 << MLX5_GET(cmd_hca_cap, caps, log_max_cq);
	props->max_cqe = (1 << MLX5_GET(cmd_hca_cap, caps, log_max_cq_sz)) - 1;
	props->max_mr = 1 << MLX5_GET(cmd_hca_cap, caps, log_max_mkey);
	props->max_pd = 1 << MLX5_GET(cmd_hca_cap, caps, log_max_pd);
	props->max_srq = 1 << MLX5_GET(cmd_hca_cap, caps, log_max_srq);
	props->max_srq_wr = (1 << MLX5_GET(cmd_hca_cap, caps, log_max_srq_sz)) - 1;
	props->max_srq_sge = max(0, props->max_recv_sge - 1);
	props->max_qp_rd_atom = 1 << MLX5_GET(cmd_hca_cap, caps, log_max_ra_req_qp);
	props->max_qp_init_rd_atom = 1 << MLX5_GET(cmd_hca_cap, caps, log_max_ra_res_qp);
	props->max_res_rd_atom = props->max_qp_rd_atom * props->max_qp;
	props->max_ah = INT_MAX;
}

/* No optional capability of ours has a driver part: its known tail is zeros. */
static int sacc_devx_query_device(struct ib_device *ibdev,
				  struct ib_device_attr *props,
				  struct ib_udata *uhw)
{
	size_t head = offsetofend(struct mlx5_ib_query_device_resp, response_length);
	struct sacc_devx *dev = to_sacc_devx(ibdev);
	struct mlx5_ib_query_device_resp resp = {};
	size_t outlen = uhw ? uhw->outlen : 0;

	if (outlen && outlen < head)
		return -EINVAL;
	if (uhw && uhw->inlen && !ib_is_udata_cleared(uhw, 0, uhw->inlen))
		return -EINVAL;

	memset(props, 0, sizeof(*props));
	props->fw_ver = (u64)SACC_DEVX_FW_MAJOR << 32 | SACC_DEVX_FW_MINOR << 16 |
			SACC_DEVX_FW_SUB;
	props->sys_image_guid = cpu_to_be64(dev->guid);
	props->max_mr_size = ~0ull;
	props->page_size_cap = ~0ull << MLX5_ADAPTER_PAGE_SHIFT;
	props->vendor_id = SACC_DEVX_VENDOR_OUI;
	props->vendor_part_id = SACC_DEVX_PART_ID;
	props->device_cap_flags = IB_DEVICE_SYS_IMAGE_GUID |
				  IB_DEVICE_PORT_ACTIVE_EVENT |
				  IB_DEVICE_RC_RNR_NAK_GEN;
	props->atomic_cap = IB_ATOMIC_NONE;
	props->max_pkeys = 1;
	props->local_ca_ack_delay = MLX5_GET(cmd_hca_cap, dev->caps,
					     local_ca_ack_delay);
	sacc_devx_fill_limits(dev, props);
	if (MLX5_GET(cmd_hca_cap, dev->caps, cq_moderation)) {
		props->cq_caps.max_cq_moderation_count = MLX5_MAX_CQ_COUNT;
		props->cq_caps.max_cq_moderation_period = MLX5_MAX_CQ_PERIOD;
	}

	if (!outlen)
		return 0;
	resp.response_length = min(outlen, sizeof(resp));
	return ib_copy_to_udata(uhw, &resp, resp.response_length);
}

/* @props was zeroed by the caller. */
static int sacc_devx_query_port(struct ib_device *ibdev, u32 port,
				struct ib_port_attr *props)
{
	u8 out[SACC_DEVX_PORT_OUT] __aligned(8) = {};
	const void *ctx = out + SACC_DEVX_PORT_CONTEXT;
	struct sacc_devx *dev = to_sacc_devx(ibdev);
	int err;

	err = sacc_devx_read_port(ibdev, port, out);
	if (err)
		return err;
	props->state = MLX5_GET(hca_vport_context, ctx, vport_state);
	props->phys_state = MLX5_GET(hca_vport_context, ctx, port_physical_state);
	props->lid = MLX5_GET(hca_vport_context, ctx, lid);
	props->lmc = MLX5_GET(hca_vport_context, ctx, lmc);
	props->sm_lid = MLX5_GET(hca_vport_context, ctx, sm_lid);
	props->sm_sl = MLX5_GET(hca_vport_context, ctx, sm_sl);
	props->port_cap_flags = MLX5_GET(hca_vport_context, ctx, cap_mask1);
	props->max_mtu = IB_MTU_4096;
	props->active_mtu = IB_MTU_4096;
	props->gid_tbl_len = 1;
	props->pkey_tbl_len = 1;
	props->max_msg_sz = 1u << MLX5_GET(cmd_hca_cap, dev->caps, log_max_msg);
	props->max_vl_num = 1;
	props->active_width = IB_WIDTH_4X;
	props->active_speed = IB_SPEED_HDR;
	return 0;
}

static int sacc_devx_query_gid(struct ib_device *ibdev, u32 port, int index,
			       union ib_gid *gid)
{
	u8 out[SACC_DEVX_PORT_OUT] __aligned(8) = {};
	const void *ctx = out + SACC_DEVX_PORT_CONTEXT;
	int err;

	if (index)
		return -EINVAL;
	err = sacc_devx_read_port(ibdev, port, out);
	if (err)
		return err;
	gid->global.subnet_prefix = cpu_to_be64(SACC_DEVX_GID_PREFIX);
	gid->global.interface_id =
		cpu_to_be64(MLX5_GET64(hca_vport_context, ctx, port_guid));
	return 0;
}

static int sacc_devx_query_pkey(struct ib_device *ibdev, u32 port, u16 index,
				u16 *pkey)
{
	if (index)
		return -EINVAL;
	*pkey = SACC_DEVX_FULL_PKEY;
	return 0;
}

static enum rdma_link_layer sacc_devx_link_layer(struct ib_device *ibdev, u32 port)
{
	return IB_LINK_LAYER_INFINIBAND;
}

/*
 * Only PROT_IB: with the MAD, SA or CM bits the core would open management
 * agents on queue pairs 0 and 1, which are the kernel's to use.
 */
static int sacc_devx_port_immutable(struct ib_device *ibdev, u32 port,
				    struct ib_port_immutable *immutable)
{
	immutable->core_cap_flags = RDMA_CORE_CAP_PROT_IB;
	immutable->gid_tbl_len = 1;
	immutable->pkey_tbl_len = 1;
	return 0;
}

static void sacc_devx_fw_str(struct ib_device *ibdev, char *str)
{
	snprintf(str, IB_FW_VERSION_NAME_MAX, "%d.%d.%04d", SACC_DEVX_FW_MAJOR,
		 SACC_DEVX_FW_MINOR, SACC_DEVX_FW_SUB);
}

const struct ib_device_ops sacc_devx_query_ops = {
	.query_device = sacc_devx_query_device,
	.query_port = sacc_devx_query_port,
	.query_gid = sacc_devx_query_gid,
	.query_pkey = sacc_devx_query_pkey,
	.get_link_layer = sacc_devx_link_layer,
	.get_port_immutable = sacc_devx_port_immutable,
	.get_dev_fw_str = sacc_devx_fw_str,
};

static ssize_t hw_rev_show(struct device *device, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "0\n");
}
static DEVICE_ATTR_RO(hw_rev);

static ssize_t hca_type_show(struct device *device,
			     struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "MT%d\n", SACC_DEVX_PART_ID);
}
static DEVICE_ATTR_RO(hca_type);

static ssize_t board_id_show(struct device *device,
			     struct device_attribute *attr, char *buf)
{
	struct sacc_devx *dev =
		rdma_device_to_drv_device(device, struct sacc_devx, ibdev);

	return sysfs_emit(buf, "%s\n", dev->board_id);
}
static DEVICE_ATTR_RO(board_id);

static struct attribute *sacc_devx_hw_attrs[] = {
	&dev_attr_hw_rev.attr,
	&dev_attr_hca_type.attr,
	&dev_attr_board_id.attr,
	NULL,
};

const struct attribute_group sacc_devx_hw_group = {
	.attrs = sacc_devx_hw_attrs,
};

/* Nothing to tell outside switchdev mode: all zero, as a card answers. */
static int UVERBS_HANDLER(MLX5_IB_METHOD_QUERY_PORT)(struct uverbs_attr_bundle *attrs)
{
	struct mlx5_ib_uapi_query_port info = {};
	struct sacc_ucontext *uctx;
	u32 port;

	if (uverbs_copy_from(&port, attrs, MLX5_IB_ATTR_QUERY_PORT_PORT_NUM))
		return -EFAULT;
	uctx = sacc_devx_method_context(attrs);
	if (IS_ERR(uctx))
		return PTR_ERR(uctx);
	if (!rdma_is_port_valid(uctx->base.device, port))
		return -EINVAL;
	return uverbs_copy_to_struct_or_zero(attrs, MLX5_IB_ATTR_QUERY_PORT, &info,
					     sizeof(info));
}

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_QUERY_PORT,
	UVERBS_ATTR_PTR_IN(MLX5_IB_ATTR_QUERY_PORT_PORT_NUM, UVERBS_ATTR_TYPE(u32),
			   UA_MANDATORY),
	UVERBS_ATTR_PTR_OUT(MLX5_IB_ATTR_QUERY_PORT,
			    UVERBS_ATTR_STRUCT(struct mlx5_ib_uapi_query_port, reg_c0),
			    UA_MANDATORY));

#if SACC_HAVE_MLX5_DATA_DIRECT_PATH
/* A second PCI function for DMA, which few cards have. */
static int
UVERBS_HANDLER(MLX5_IB_METHOD_GET_DATA_DIRECT_SYSFS_PATH)(struct uverbs_attr_bundle *attrs)
{
	struct sacc_ucontext *uctx = sacc_devx_method_context(attrs);

	return IS_ERR(uctx) ? PTR_ERR(uctx) : -ENODEV;
}

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_GET_DATA_DIRECT_SYSFS_PATH,
	UVERBS_ATTR_PTR_OUT(MLX5_IB_ATTR_GET_DATA_DIRECT_SYSFS_PATH,
			    UVERBS_ATTR_MIN_SIZE(0), UA_MANDATORY));

ADD_UVERBS_METHODS(sacc_devx_device_methods, UVERBS_OBJECT_DEVICE,
		   &UVERBS_METHOD(MLX5_IB_METHOD_QUERY_PORT),
		   &UVERBS_METHOD(MLX5_IB_METHOD_GET_DATA_DIRECT_SYSFS_PATH));
#else
ADD_UVERBS_METHODS(sacc_devx_device_methods, UVERBS_OBJECT_DEVICE,
		   &UVERBS_METHOD(MLX5_IB_METHOD_QUERY_PORT));
#endif

const struct uapi_definition sacc_devx_query_defs[] = {
	UAPI_DEF_CHAIN_OBJ_TREE(UVERBS_OBJECT_DEVICE, &sacc_devx_device_methods),
	{},
};
