// SPDX-License-Identifier: MIT
/*
 * Query and modify commands for objects that were created by verbs. The kernel
 * takes the handle of any object there, and checks that the number in the mailbox
 * is that object's.
 */
#include "cmd.h"

static int query(struct ibv_context *context, uint32_t handle, const void *in,
		 size_t inlen, void *out, size_t outlen)
{
	struct mlx5dv_devx_obj obj = { .context = context, .handle = handle };

	return mlx5dv_devx_obj_query(&obj, in, inlen, out, outlen);
}

static int modify(struct ibv_context *context, uint32_t handle, const void *in,
		  size_t inlen, void *out, size_t outlen)
{
	struct mlx5dv_devx_obj obj = { .context = context, .handle = handle };

	return mlx5dv_devx_obj_modify(&obj, in, inlen, out, outlen);
}

int mlx5dv_devx_cq_query(struct ibv_cq *cq, const void *in, size_t inlen,
			 void *out, size_t outlen)
{
	return query(cq->context, cq->handle, in, inlen, out, outlen);
}

int mlx5dv_devx_cq_modify(struct ibv_cq *cq, const void *in, size_t inlen,
			  void *out, size_t outlen)
{
	return modify(cq->context, cq->handle, in, inlen, out, outlen);
}

int mlx5dv_devx_qp_query(struct ibv_qp *qp, const void *in, size_t inlen,
			 void *out, size_t outlen)
{
	return query(qp->context, qp->handle, in, inlen, out, outlen);
}

int mlx5dv_devx_qp_modify(struct ibv_qp *qp, const void *in, size_t inlen,
			  void *out, size_t outlen)
{
	return modify(qp->context, qp->handle, in, inlen, out, outlen);
}

int mlx5dv_devx_srq_query(struct ibv_srq *srq, const void *in, size_t inlen,
			  void *out, size_t outlen)
{
	return query(srq->context, srq->handle, in, inlen, out, outlen);
}

int mlx5dv_devx_srq_modify(struct ibv_srq *srq, const void *in, size_t inlen,
			   void *out, size_t outlen)
{
	return modify(srq->context, srq->handle, in, inlen, out, outlen);
}

int mlx5dv_devx_wq_query(struct ibv_wq *wq, const void *in, size_t inlen,
			 void *out, size_t outlen)
{
	return query(wq->context, wq->handle, in, inlen, out, outlen);
}

int mlx5dv_devx_wq_modify(struct ibv_wq *wq, const void *in, size_t inlen,
			  void *out, size_t outlen)
{
	return modify(wq->context, wq->handle, in, inlen, out, outlen);
}

int mlx5dv_devx_ind_tbl_query(struct ibv_rwq_ind_table *ind_tbl, const void *in,
			      size_t inlen, void *out, size_t outlen)
{
	return query(ind_tbl->context, (uint32_t)ind_tbl->ind_tbl_handle, in,
		     inlen, out, outlen);
}

int mlx5dv_devx_ind_tbl_modify(struct ibv_rwq_ind_table *ind_tbl, const void *in,
			       size_t inlen, void *out, size_t outlen)
{
	return modify(ind_tbl->context, (uint32_t)ind_tbl->ind_tbl_handle, in,
		      inlen, out, outlen);
}
