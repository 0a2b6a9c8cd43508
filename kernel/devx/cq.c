// SPDX-License-Identifier: GPL-2.0-only
/*
 * Completion queues of verbs: the same in the model as those of DEVX, made by a
 * command of ours from what the provider's library sends.
 *
 * Ring and doorbell record are memory of the program. The ring is pinned for each
 * queue; records lie many to a page, which is pinned once (dbr.c). Both are umems of
 * the model, owned by the context's uid, though no handle names them.
 *
 * Lifetime: uverbs destroys a queue once nothing of verbs uses it. Objects of DEVX may
 * still: then the model refuses, the handle stays, and uverbs comes back.
 *
 * Locks: a queue is constant here but for what the model keeps of it. The lock of
 * dev->cqs keeps a queue that has an event from going away:
 *	model -> lock of dev->cqs -> locks of uverbs for its events
 */
#include <linux/log2.h>
#include <linux/mlx5/cq.h>
#include <linux/mlx5/device.h>
#include <rdma/ib_user_ioctl_verbs.h>
#include <rdma/mlx5-abi.h>
#include "devx.h"
#include "../hca/fields.h"

#define SACC_CQ_FLAGS							\
	(IB_UVERBS_CQ_FLAGS_TIMESTAMP_COMPLETION |			\
	 IB_UVERBS_CQ_FLAGS_IGNORE_OVERRUN)
/* Which clock time stamps are of matters to work queues, not here. */
#define SACC_CQ_DRIVER_FLAGS						\
	(MLX5_IB_CREATE_CQ_FLAGS_CQE_128B_PAD |				\
	 MLX5_IB_CREATE_CQ_FLAGS_UAR_PAGE_INDEX |			\
	 MLX5_IB_CREATE_CQ_FLAGS_REAL_TIME_TS)

/* cqc.cqe_sz */
#define SACC_CQE_SZ_64		0
#define SACC_CQE_SZ_128		1
#define SACC_CQE_SZ_128_PAD	2

/* Number of entries that the ring has for @wanted, or -EINVAL. */
static int sacc_cq_entries(const struct sacc_devx *dev, unsigned int wanted)
{
	unsigned int max = 1u << MLX5_GET(cmd_hca_cap, dev->caps, log_max_cq_sz);

	/* One more than was asked for, as libmlx5 reckons. */
	if (wanted >= max)
		return -EINVAL;
	return roundup_pow_of_two(wanted + 1);
}

static int sacc_cq_read_request(const struct sacc_devx *dev, struct ib_udata *udata,
				struct mlx5_ib_create_cq *req)
{
	size_t len = min(udata->inlen, sizeof(*req));
	bool large;

	if (len < offsetof(struct mlx5_ib_create_cq, flags))
		return -EINVAL;
	if (ib_copy_from_udata(req, udata, len))
		return -EFAULT;
	if ((req->flags & ~SACC_CQ_DRIVER_FLAGS) || req->reserved0 || req->reserved1)
		return -EINVAL;
	if (req->cqe_size != 64 && req->cqe_size != 128)
		return -EINVAL;
	/* Pages of doorbells come by number: none comes with a context. */
	if (!(req->flags & MLX5_IB_CREATE_CQ_FLAGS_UAR_PAGE_INDEX))
		return -EINVAL;
	large = req->cqe_size == 128;
	if (req->cqe_comp_en == 1 &&
	    !(large ? MLX5_GET(cmd_hca_cap, dev->caps, cqe_compression_128) :
		      MLX5_GET(cmd_hca_cap, dev->caps, cqe_compression)))
		return -EOPNOTSUPP;
	if ((req->flags & MLX5_IB_CREATE_CQ_FLAGS_CQE_128B_PAD) &&
	    !(large && MLX5_GET(cmd_hca_cap, dev->caps, cqe_128_always)))
		return -EOPNOTSUPP;
	return 0;
}

static int sacc_cq_pin(struct sacc_cq *cq, struct sacc_ucontext *uctx,
		       const struct mlx5_ib_create_cq *req, sacc_cq_arg_t *arg)
{
	size_t bytes = (size_t)(cq->base.cqe + 1) * req->cqe_size;
	int err;

	cq->ring = sacc_devx_umem_get_cq(uctx, arg, req->buf_addr, bytes);
	if (IS_ERR(cq->ring))
		return PTR_ERR(cq->ring);
	err = sacc_devx_dbr_get(uctx, req->db_addr, &cq->dbr);
	if (err)
		sacc_devx_umem_drop(cq->ring);
	return err;
}

static void sacc_cq_unpin(struct sacc_cq *cq)
{
	sacc_devx_dbr_put(&cq->dbr);
	sacc_devx_umem_drop(cq->ring);
}

static int sacc_cq_cqe_sz(const struct mlx5_ib_create_cq *req)
{
	if (req->flags & MLX5_IB_CREATE_CQ_FLAGS_CQE_128B_PAD)
		return SACC_CQE_SZ_128_PAD;
	return req->cqe_size == 128 ? SACC_CQE_SZ_128 : SACC_CQE_SZ_64;
}

static void sacc_cq_fill_context(const struct sacc_cq *cq, u8 *cqc,
				 const struct mlx5_ib_create_cq *req, u32 flags)
{
	sacc_hca_set(cqc, cqc, cqe_sz, sacc_cq_cqe_sz(req));
	sacc_hca_set(cqc, cqc, log_cq_size, ilog2(cq->base.cqe + 1));
	sacc_hca_set(cqc, cqc, uar_page, req->uar_page_index);
	sacc_hca_set(cqc, cqc, oi, !!(flags & IB_UVERBS_CQ_FLAGS_IGNORE_OVERRUN));
	sacc_hca_set(cqc, cqc, dbr_umem_valid, 1);
	sacc_hca_set(cqc, cqc, dbr_umem_id, sacc_devx_umem_id(cq->dbr.page->mem));
	sacc_hca_set(cqc, cqc, dbr_addr, cq->dbr.offset);
}

static int sacc_cq_command(struct sacc_cq *cq, const struct mlx5_ib_create_cq *req,
			   const struct ib_cq_init_attr *attr)
{
	u8 out[SACC_PRM_create_cq_out__BYTES] __aligned(8) = {};
	u8 in[SACC_PRM_create_cq_in__BYTES] __aligned(8) = {};
	struct sacc_devx *dev = to_sacc_devx(cq->base.device);
	u8 *cqc = sacc_hca_at_rw(create_cq_in, in, cq_context);
	u32 eqn;
	int err;

	if (sacc_hca_eqn(dev->hca, attr->comp_vector, &eqn))
		return -ENOENT;
	sacc_hca_set(cmd_in, in, opcode, MLX5_CMD_OP_CREATE_CQ);
	sacc_hca_set(create_cq_in, in, cq_umem_id, sacc_devx_umem_id(cq->ring));
	sacc_hca_set(create_cq_in, in, cq_umem_valid, 1);
	sacc_cq_fill_context(cq, cqc, req, attr->flags);
	sacc_hca_set(cqc, cqc, c_eqn_or_apu_element, eqn);
	err = sacc_devx_exec_kernel(dev, cq->uid, in, sizeof(in), out, sizeof(out));
	if (err)
		return err;
	cq->cqn = sacc_hca_get(create_cq_out, out, cqn);
	return 0;
}

static int sacc_cq_destroy_command(struct sacc_cq *cq)
{
	u8 out[SACC_PRM_destroy_cq_out__BYTES] __aligned(8) = {};
	u8 in[SACC_PRM_destroy_cq_in__BYTES] __aligned(8) = {};

	sacc_hca_set(cmd_in, in, opcode, MLX5_CMD_OP_DESTROY_CQ);
	sacc_hca_set(destroy_cq_in, in, cqn, cq->cqn);
	return sacc_devx_exec_kernel(to_sacc_devx(cq->base.device), cq->uid, in,
				     sizeof(in), out, sizeof(out));
}

/* From now on it has no events. Its number may be another's already. */
static void sacc_cq_forget(struct sacc_devx *dev, struct sacc_cq *cq)
{
	xa_cmpxchg(&dev->cqs, cq->cqn, cq, NULL, 0);
}

/* A CQ has overrun; if it is one of verbs, its program hears of it. Does not sleep. */
void sacc_devx_cq_event(struct sacc_devx *dev, u32 cqn)
{
	struct ib_event event = {
		.device = &dev->ibdev,
		.event = IB_EVENT_CQ_ERR,
	};
	struct sacc_cq *cq;

	xa_lock(&dev->cqs);
	cq = xa_load(&dev->cqs, cqn);
	if (cq && cq->base.event_handler) {
		event.element.cq = &cq->base;
		cq->base.event_handler(&event, cq->base.cq_context);
	}
	xa_unlock(&dev->cqs);
}

int sacc_devx_create_cq(struct ib_cq *base, const struct ib_cq_init_attr *attr,
			sacc_cq_arg_t *arg)
{
	struct ib_udata *udata = sacc_cq_udata(arg);
	struct sacc_ucontext *uctx =
		rdma_udata_to_drv_context(udata, struct sacc_ucontext, base);
	struct sacc_devx *dev = to_sacc_devx(base->device);
	struct mlx5_ib_create_cq req = {};
	struct sacc_cq *cq = to_sacc_cq(base);
	int entries, err;

	entries = sacc_cq_entries(dev, attr->cqe);
	if (entries < 0)
		return entries;
	if (attr->flags & ~SACC_CQ_FLAGS)
		return -EOPNOTSUPP;
	/* No queue is the kernel's own. */
	if (!uctx)
		return -EOPNOTSUPP;
	err = sacc_cq_read_request(dev, udata, &req);
	if (err)
		return err;
	base->cqe = entries - 1;
	cq->uid = uctx->uid;
	err = sacc_cq_pin(cq, uctx, &req, arg);
	if (err)
		return err;
	err = sacc_cq_command(cq, &req, attr);
	if (err)
		goto err_unpin;
	err = xa_err(xa_store(&dev->cqs, cq->cqn, cq, GFP_KERNEL));
	if (err)
		goto err_destroy;
	if (ib_copy_to_udata(udata, &cq->cqn,
			     min(udata->outlen, sizeof(cq->cqn)))) {
		err = -EFAULT;
		goto err_erase;
	}
	sacc_devx_count(dev, SACC_DEVX_CQS, 1);
	return 0;

err_erase:
	sacc_cq_forget(dev, cq);
err_destroy:
	/* Unless somebody guessed its number and uses it, until the context ends. */
	sacc_cq_destroy_command(cq);
err_unpin:
	sacc_cq_unpin(cq);
	return err;
}

int sacc_devx_modify_cq(struct ib_cq *base, u16 cq_count, u16 cq_period)
{
	u8 out[SACC_PRM_modify_cq_out__BYTES] __aligned(8) = {};
	u8 in[SACC_PRM_modify_cq_in__BYTES] __aligned(8) = {};
	u8 *cqc = sacc_hca_at_rw(modify_cq_in, in, cq_context);
	struct sacc_devx *dev = to_sacc_devx(base->device);
	struct sacc_cq *cq = to_sacc_cq(base);

	if (!MLX5_GET(cmd_hca_cap, dev->caps, cq_moderation))
		return -EOPNOTSUPP;
	if (cq_period > MLX5_MAX_CQ_PERIOD)
		return -EINVAL;
	sacc_hca_set(cmd_in, in, opcode, MLX5_CMD_OP_MODIFY_CQ);
	sacc_hca_set(modify_cq_in, in, cqn, cq->cqn);
	sacc_hca_set(modify_cq_in, in, modify_field_select,
		     MLX5_CQ_MODIFY_PERIOD | MLX5_CQ_MODIFY_COUNT);
	sacc_hca_set(cqc, cqc, cq_period, cq_period);
	sacc_hca_set(cqc, cqc, cq_max_count, cq_count);
	return sacc_devx_exec_kernel(dev, cq->uid, in, sizeof(in), out, sizeof(out));
}

int sacc_devx_destroy_cq(struct ib_cq *base, struct ib_udata *udata)
{
	struct sacc_devx *dev = to_sacc_devx(base->device);
	struct sacc_cq *cq = to_sacc_cq(base);
	int err;

	err = sacc_cq_destroy_command(cq);
	if (err)
		return err;
	sacc_cq_forget(dev, cq);
	sacc_cq_unpin(cq);
	sacc_devx_count(dev, SACC_DEVX_CQS, -1);
	return 0;
}
