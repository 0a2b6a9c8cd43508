// SPDX-License-Identifier: GPL-2.0-only
/*
 * User contexts and protection domains.
 *
 * A context that asks for DEVX gets a uid of its own in the model: the owner of
 * everything it makes, and the only one who can name it in a command. A
 * context without DEVX has uid 0: its protection domains belong to the kernel.
 *
 * uverbs destroys the objects of a context before the context, newest first,
 * and again those that refused because a later one still used them.
 */
#include <linux/capability.h>
#include <linux/mlx5/device.h>
#include <rdma/mlx5-abi.h>
#include <rdma/mlx5_user_ioctl_cmds.h>
#include <rdma/uverbs_std_types.h>
#include "devx.h"

#define UVERBS_MODULE_NAME sacc_devx
#include <rdma/uverbs_named_ioctl.h>

struct sacc_ucontext *sacc_devx_method_context(struct uverbs_attr_bundle *attrs)
{
	struct ib_ucontext *uctx = ib_uverbs_get_ucontext(attrs);

	if (IS_ERR(uctx))
		return ERR_CAST(uctx);
	return to_sacc_ucontext(uctx);
}

/*
 * mlx5_ib has no uid for a context without DEVX: what it may name is the card's to
 * know. Here it is the uid that keeps contexts apart, so each has one.
 */
static int sacc_devx_alloc_uid(struct sacc_devx *dev, struct sacc_ucontext *uctx)
{
	u32 caps = 0;

	if (uctx->devx && capable(CAP_NET_RAW))
		caps |= SACC_HCA_UCTX_RAW_TX;
	if (uctx->devx && capable(CAP_SYS_RAWIO))
		caps |= SACC_HCA_UCTX_INTERNAL_DEV_RES;
	return sacc_hca_uid_alloc(dev->hca, caps, &uctx->uid);
}

/*
 * The request has two versions, told apart by length; the second grew. What
 * lies behind the part that we know is ignored, as mlx5_ib ignores it.
 */
static int sacc_devx_read_request(struct ib_udata *udata,
				  struct mlx5_ib_alloc_ucontext_req_v2 *req)
{
	u32 total;
	int err;

	if (udata->inlen != sizeof(struct mlx5_ib_alloc_ucontext_req) &&
	    udata->inlen < offsetof(struct mlx5_ib_alloc_ucontext_req_v2,
				    max_cqe_version))
		return -EINVAL;
	err = ib_copy_from_udata(req, udata, min(udata->inlen, sizeof(*req)));
	if (err)
		return err;
	if (req->flags & ~MLX5_IB_ALLOC_UCTX_DEVX)
		return -EOPNOTSUPP;
	if (req->comp_mask || req->reserved0 || req->reserved1 || req->reserved2)
		return -EOPNOTSUPP;
	/* Two blue flame registers a page; wraps for 0, which is then allowed. */
	total = ALIGN(req->total_num_bfregs, MLX5_NON_FP_BFREGS_PER_UAR);
	if (req->num_low_latency_bfregs > total - 1)
		return -EINVAL;
	/* UAR pages that come with the context: libraries before 2020 only. */
	if (!(req->lib_caps & MLX5_LIB_CAP_DYN_UAR))
		return -EOPNOTSUPP;
	return 0;
}

/*
 * No UAR page comes with the context (tot_bfregs is 0): each is allocated, so
 * that each can be a doorbell page of its own.
 */
static void sacc_devx_fill_response(const struct sacc_ucontext *uctx,
				    struct mlx5_ib_alloc_ucontext_resp *resp)
{
	const struct sacc_devx *dev = to_sacc_devx(uctx->base.device);
	const void *caps = dev->caps;

	resp->qp_tab_size = 1u << MLX5_GET(cmd_hca_cap, caps, log_max_qp);
	resp->bf_reg_size = SACC_DEVX_BF_REG_SIZE;
	resp->cache_line_size = cache_line_size();
	resp->max_sq_desc_sz = MLX5_GET(cmd_hca_cap, caps, max_wqe_sz_sq);
	resp->max_rq_desc_sz = MLX5_GET(cmd_hca_cap, caps, max_wqe_sz_rq);
	resp->max_send_wqebb = 1u << MLX5_GET(cmd_hca_cap, caps, log_max_qp_sz);
	resp->max_recv_wr = resp->max_send_wqebb;
	resp->max_srq_recv_wr = 1u << MLX5_GET(cmd_hca_cap, caps, log_max_srq_sz);
	resp->num_ports = dev->ibdev.phys_port_cnt;
	resp->cqe_version = uctx->cqe_version;
	resp->cmds_supp_uhw = MLX5_USER_CMDS_SUPP_UHW_QUERY_DEVICE;
	resp->log_uar_size = MLX5_ADAPTER_PAGE_SHIFT;
	resp->num_uars_per_page = 1;
}

int sacc_devx_alloc_ucontext(struct ib_ucontext *base, struct ib_udata *udata)
{
	struct sacc_devx *dev = to_sacc_devx(base->device);
	struct sacc_ucontext *uctx = to_sacc_ucontext(base);
	struct mlx5_ib_alloc_ucontext_req_v2 req = {};
	struct mlx5_ib_alloc_ucontext_resp resp = {};
	int err;

	err = sacc_devx_read_request(udata, &req);
	if (err)
		return err;
	mutex_init(&uctx->lock);
	INIT_LIST_HEAD(&uctx->busy_uars);
	INIT_LIST_HEAD(&uctx->busy_umems);
	mutex_init(&uctx->dbr_lock);
	INIT_LIST_HEAD(&uctx->dbr_pages);
	uctx->devx = req.flags & MLX5_IB_ALLOC_UCTX_DEVX;
	err = sacc_devx_alloc_uid(dev, uctx);
	if (err)
		return err;
	uctx->cqe_version = min_t(u8, MLX5_GET(cmd_hca_cap, dev->caps, cqe_version),
				  req.max_cqe_version);
	sacc_devx_fill_response(uctx, &resp);
	resp.response_length = min(udata->outlen, sizeof(resp));
	err = ib_copy_to_udata(udata, &resp, resp.response_length);
	if (err)
		goto err_free_uid;
	sacc_devx_count(dev, SACC_DEVX_CONTEXTS, 1);
	return 0;

err_free_uid:
	sacc_hca_uid_free(dev->hca, uctx->uid);
	return err;
}

/* What a program that got the open file from another one needs to know. */
int sacc_devx_query_ucontext(struct ib_ucontext *base,
			     struct uverbs_attr_bundle *attrs)
{
	struct mlx5_ib_alloc_ucontext_resp resp = {};
	int len = uverbs_attr_get_len(attrs, MLX5_IB_ATTR_QUERY_CONTEXT_RESP_UCTX);

	sacc_devx_fill_response(to_sacc_ucontext(base), &resp);
	resp.response_length = min_t(size_t, len, sizeof(resp));
	return uverbs_copy_to_struct_or_zero(attrs,
					     MLX5_IB_ATTR_QUERY_CONTEXT_RESP_UCTX,
					     &resp, sizeof(resp));
}

void sacc_devx_dealloc_ucontext(struct ib_ucontext *base)
{
	struct sacc_devx *dev = to_sacc_devx(base->device);
	struct sacc_ucontext *uctx = to_sacc_ucontext(base);

	sacc_devx_free_busy_uars(uctx);
	sacc_hca_uid_free(dev->hca, uctx->uid);
	sacc_devx_free_busy_umems(uctx);
	mutex_destroy(&uctx->dbr_lock);
	mutex_destroy(&uctx->lock);
	sacc_devx_count(dev, SACC_DEVX_CONTEXTS, -1);
}

/*
 * Being there is what counts: the device can be unregistered under an open
 * context, which from then on answers EIO, and whose UAR mappings are replaced
 * by the core.
 */
void sacc_devx_disassociate(struct ib_ucontext *uctx)
{
}

int sacc_devx_alloc_pd(struct ib_pd *base, struct ib_udata *udata)
{
	struct sacc_ucontext *uctx =
		rdma_udata_to_drv_context(udata, struct sacc_ucontext, base);
	u8 out[MLX5_ST_SZ_BYTES(alloc_pd_out)] __aligned(8) = {};
	u8 in[MLX5_ST_SZ_BYTES(alloc_pd_in)] __aligned(8) = {};
	struct sacc_devx *dev = to_sacc_devx(base->device);
	struct mlx5_ib_alloc_pd_resp resp = {};
	struct sacc_pd *pd = to_sacc_pd(base);
	int err;

	pd->uid = uctx ? uctx->uid : 0;
	MLX5_SET(alloc_pd_in, in, opcode, MLX5_CMD_OP_ALLOC_PD);
	err = sacc_devx_exec_kernel(dev, pd->uid, in, sizeof(in), out, sizeof(out));
	if (err)
		return err;
	pd->pdn = MLX5_GET(alloc_pd_out, out, pd);
	sacc_devx_count(dev, SACC_DEVX_PDS, 1);
	if (!udata)
		return 0;
	resp.pdn = pd->pdn;
	if (ib_copy_to_udata(udata, &resp, min(udata->outlen, sizeof(resp)))) {
		sacc_devx_dealloc_pd(base, udata);
		return -EFAULT;
	}
	return 0;
}

int sacc_devx_dealloc_pd(struct ib_pd *base, struct ib_udata *udata)
{
	u8 out[MLX5_ST_SZ_BYTES(dealloc_pd_out)] __aligned(8) = {};
	u8 in[MLX5_ST_SZ_BYTES(dealloc_pd_in)] __aligned(8) = {};
	struct sacc_devx *dev = to_sacc_devx(base->device);
	struct sacc_pd *pd = to_sacc_pd(base);
	int err;

	MLX5_SET(dealloc_pd_in, in, opcode, MLX5_CMD_OP_DEALLOC_PD);
	MLX5_SET(dealloc_pd_in, in, pd, pd->pdn);
	err = sacc_devx_exec_kernel(dev, pd->uid, in, sizeof(in), out, sizeof(out));
	if (!err)
		sacc_devx_count(dev, SACC_DEVX_PDS, -1);
	return err;
}

static int UVERBS_HANDLER(MLX5_IB_METHOD_PD_QUERY)(struct uverbs_attr_bundle *attrs)
{
	struct ib_pd *pd = uverbs_attr_get_obj(attrs, MLX5_IB_ATTR_QUERY_PD_HANDLE);
	u32 pdn = to_sacc_pd(pd)->pdn;

	return uverbs_copy_to(attrs, MLX5_IB_ATTR_QUERY_PD_RESP_PDN, &pdn,
			      sizeof(pdn));
}

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_PD_QUERY,
	UVERBS_ATTR_IDR(MLX5_IB_ATTR_QUERY_PD_HANDLE, UVERBS_OBJECT_PD,
			UVERBS_ACCESS_READ, UA_MANDATORY),
	UVERBS_ATTR_PTR_OUT(MLX5_IB_ATTR_QUERY_PD_RESP_PDN, UVERBS_ATTR_TYPE(u32),
			    UA_MANDATORY));

ADD_UVERBS_METHODS(sacc_devx_pd_methods, UVERBS_OBJECT_PD,
		   &UVERBS_METHOD(MLX5_IB_METHOD_PD_QUERY));

ADD_UVERBS_ATTRIBUTES_SIMPLE(
	sacc_devx_query_context, UVERBS_OBJECT_DEVICE, UVERBS_METHOD_QUERY_CONTEXT,
	UVERBS_ATTR_PTR_OUT(MLX5_IB_ATTR_QUERY_CONTEXT_RESP_UCTX,
			    UVERBS_ATTR_STRUCT(struct mlx5_ib_alloc_ucontext_resp,
					       dump_fill_mkey),
			    UA_MANDATORY));

const struct uapi_definition sacc_devx_context_defs[] = {
	UAPI_DEF_CHAIN_OBJ_TREE(UVERBS_OBJECT_DEVICE, &sacc_devx_query_context),
	UAPI_DEF_CHAIN_OBJ_TREE(UVERBS_OBJECT_PD, &sacc_devx_pd_methods),
	{},
};
