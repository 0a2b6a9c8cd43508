// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory regions of verbs: memory keys of the model in MTT mode, made by a command of
 * ours. The memory is pinned and is a umem of the model, without a handle.
 *
 * Lifetime: uverbs deregisters a region once no memory window is bound to it, which
 * there are none of. The key uses the umem, and goes first: a key is dead the moment
 * deregistration returns.
 *
 * No locks: a region is constant here.
 */
#include <linux/mlx5/device.h>
#include <linux/slab.h>
#include "devx.h"
#include "../hca/fields.h"
#include "../hca/fields-mkey.h"

#define SACC_MKEY_ANY_QP	0xffffff
#define SACC_MKEY_MTT_OCTWORD	2	/* addresses of pages in 16 bytes */

/* What is in a key's context, apart from where the memory is. */
static void sacc_mr_fill_context(struct sacc_devx *dev, u8 *mkc, const struct sacc_pd *pd,
				 int access)
{
	bool relaxed = access & IB_ACCESS_RELAXED_ORDERING;

	sacc_hca_set(mkc, mkc, access_mode_1_0, MLX5_MKC_ACCESS_MODE_MTT);
	sacc_hca_set(mkc, mkc, a, !!(access & IB_ACCESS_REMOTE_ATOMIC));
	sacc_hca_set(mkc, mkc, rw, !!(access & IB_ACCESS_REMOTE_WRITE));
	sacc_hca_set(mkc, mkc, rr, !!(access & IB_ACCESS_REMOTE_READ));
	sacc_hca_set(mkc, mkc, lw, !!(access & IB_ACCESS_LOCAL_WRITE));
	sacc_hca_set(mkc, mkc, lr, 1);
	sacc_hca_set(mkc, mkc, umr_en, 1);
	sacc_hca_set(mkc, mkc, relaxed_ordering_write,
		     relaxed && MLX5_GET(cmd_hca_cap, dev->caps, relaxed_ordering_write));
	sacc_hca_set(mkc, mkc, pd, pd->pdn);
	sacc_hca_set(mkc, mkc, qpn, SACC_MKEY_ANY_QP);
	/* Keys that follow each other under one index differ. */
	sacc_hca_set(mkc, mkc, mkey_7_0, (u8)atomic_inc_return(&dev->mkey_variant));
	sacc_hca_set(mkc, mkc, log_entity_size, PAGE_SHIFT);
}

static int sacc_mr_command(struct sacc_mr *mr, const struct sacc_pd *pd, u64 iova,
			   u64 length, int access)
{
	u8 out[SACC_PRM_create_mkey_out__BYTES] __aligned(8) = {};
	u8 in[SACC_PRM_create_mkey_in__BYTES] __aligned(8) = {};
	u8 *mkc = sacc_hca_at_rw(create_mkey_in, in, memory_key_mkey_entry);
	struct sacc_devx *dev = to_sacc_devx(pd->base.device);
	u64 pages = DIV_ROUND_UP_ULL(offset_in_page(iova) + length, PAGE_SIZE);
	u32 key;
	int err;

	sacc_hca_set(cmd_in, in, opcode, MLX5_CMD_OP_CREATE_MKEY);
	sacc_mr_fill_context(dev, mkc, pd, access);
	sacc_hca_set(mkc, mkc, start_addr, iova);
	sacc_hca_set(mkc, mkc, len, length);
	sacc_hca_set(mkc, mkc, translations_octword_size,
		     (u32)DIV_ROUND_UP_ULL(pages, SACC_MKEY_MTT_OCTWORD));
	sacc_hca_set(create_mkey_in, in, mkey_umem_valid, 1);
	sacc_hca_set(create_mkey_in, in, mkey_umem_id, sacc_devx_umem_id(mr->mem));
	err = sacc_devx_exec_kernel(dev, mr->uid, in, sizeof(in), out, sizeof(out));
	if (err)
		return err;
	mr->index = sacc_hca_get(create_mkey_out, out, mkey_index);
	key = mr->index << 8 | sacc_hca_get(mkc, mkc, mkey_7_0);
	mr->base.lkey = key;
	mr->base.rkey = key;
	return 0;
}

static struct ib_mr *sacc_mr_create(struct ib_pd *base, u64 start, u64 length,
				    u64 iova, int access, struct ib_udata *udata)
{
	struct sacc_ucontext *uctx =
		rdma_udata_to_drv_context(udata, struct sacc_ucontext, base);
	struct sacc_pd *pd = to_sacc_pd(base);
	struct sacc_mr *mr;
	int err;

	/* No region is the kernel's own. */
	if (!uctx)
		return ERR_PTR(-EOPNOTSUPP);
	mr = kzalloc(sizeof(*mr), GFP_KERNEL_ACCOUNT);
	if (!mr)
		return ERR_PTR(-ENOMEM);
	mr->uid = pd->uid;
	mr->mem = sacc_devx_umem_get(uctx, start, length, access);
	if (IS_ERR(mr->mem)) {
		err = PTR_ERR(mr->mem);
		goto err_free;
	}
	err = sacc_mr_command(mr, pd, iova, length, access);
	if (err)
		goto err_drop;
	sacc_devx_count(to_sacc_devx(base->device), SACC_DEVX_MRS, 1);
	return &mr->base;

err_drop:
	sacc_devx_umem_drop(mr->mem);
err_free:
	kfree(mr);
	return ERR_PTR(err);
}

#if SACC_HAVE_REG_USER_MR_DMAH
/* Hints for the memory's caches exist for devices that can make them: not ours. */
struct ib_mr *sacc_devx_reg_user_mr(struct ib_pd *pd, u64 start, u64 length, u64 iova,
				    int access, struct ib_dmah *dmah,
				    struct ib_udata *udata)
{
	if (dmah)
		return ERR_PTR(-EOPNOTSUPP);
	return sacc_mr_create(pd, start, length, iova, access, udata);
}
#else
struct ib_mr *sacc_devx_reg_user_mr(struct ib_pd *pd, u64 start, u64 length, u64 iova,
				    int access, struct ib_udata *udata)
{
	return sacc_mr_create(pd, start, length, iova, access, udata);
}
#endif

int sacc_devx_dereg_mr(struct ib_mr *base, struct ib_udata *udata)
{
	u8 out[SACC_PRM_destroy_mkey_out__BYTES] __aligned(8) = {};
	u8 in[SACC_PRM_destroy_mkey_in__BYTES] __aligned(8) = {};
	struct sacc_devx *dev = to_sacc_devx(base->device);
	struct sacc_mr *mr = container_of(base, struct sacc_mr, base);
	int err;

	sacc_hca_set(cmd_in, in, opcode, MLX5_CMD_OP_DESTROY_MKEY);
	sacc_hca_set(destroy_mkey_in, in, mkey_index, mr->index);
	err = sacc_devx_exec_kernel(dev, mr->uid, in, sizeof(in), out, sizeof(out));
	if (err)
		return err;
	sacc_devx_umem_drop(mr->mem);
	kfree(mr);
	sacc_devx_count(dev, SACC_DEVX_MRS, -1);
	return 0;
}
