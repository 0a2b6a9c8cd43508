// SPDX-License-Identifier: GPL-2.0-only
/*
 * Executing commands, and the methods of MLX5_IB_OBJECT_DEVX: general commands,
 * the legacy UAR lookup, event queue numbers; subscribing is done in event.c.
 *
 * Which uid a command runs under is never the caller's to say: it is stamped
 * into the mailbox here, from the context. No locks: the model serialises.
 */
#include <linux/mlx5/device.h>
#include <rdma/mlx5_user_ioctl_cmds.h>
#include <rdma/uverbs_std_types.h>
#include "devx.h"

#define UVERBS_MODULE_NAME sacc_devx
#include <rdma/uverbs_named_ioctl.h>

/*
 * Execute @in for a program. -EREMOTEIO when the model refused it: @out, with
 * status and syndrome, then goes to the program all the same. @in and @out are
 * at least SACC_MBOX_HEADER long.
 */
int sacc_devx_exec(struct sacc_devx *dev, u16 uid, void *in, size_t in_len,
		   void *out, size_t out_len)
{
	int ret;

	sacc_mbox_set_uid(in, uid);
	ret = sacc_hca_exec(dev->hca, in, in_len, out, out_len);
	return ret > 0 ? -EREMOTEIO : ret;
}

/* What a firmware status means to a caller that does not see the mailbox. */
static int sacc_devx_status_error(int status)
{
	switch (status) {
	case MLX5_CMD_STAT_OK:
		return 0;
	case MLX5_CMD_STAT_BAD_OP_ERR:
	case MLX5_CMD_STAT_BAD_PARAM_ERR:
	case MLX5_CMD_STAT_BAD_RES_ERR:
	case MLX5_CMD_STAT_BAD_RES_STATE_ERR:
	case MLX5_CMD_STAT_IX_ERR:
	case MLX5_CMD_STAT_BAD_QP_STATE_ERR:
	case MLX5_CMD_STAT_BAD_PKT_ERR:
	case MLX5_CMD_STAT_BAD_SIZE_OUTS_CQES_ERR:
		return -EINVAL;
	case MLX5_CMD_STAT_RES_BUSY:
		return -EBUSY;
	case MLX5_CMD_STAT_LIM_ERR:
		return -ENOMEM;
	case MLX5_CMD_STAT_NO_RES_ERR:
		return -EAGAIN;
	default:
		return -EIO;
	}
}

/* Execute a command of the kernel's own making. */
int sacc_devx_exec_kernel(struct sacc_devx *dev, u16 uid, void *in,
			  size_t in_len, void *out, size_t out_len)
{
	int ret;

	sacc_mbox_set_uid(in, uid);
	ret = sacc_hca_exec(dev->hca, in, in_len, out, out_len);
	return ret < 0 ? ret : sacc_devx_status_error(ret);
}

/* The uid for a command of the context, or -EINVAL: it may not have commands. */
int sacc_devx_command_uid(struct sacc_ucontext *uctx, const void *in)
{
	if (uctx->devx || sacc_mbox_is_free_query(sacc_mbox_opcode(in)))
		return uctx->uid;
	return -EINVAL;
}

static int UVERBS_HANDLER(MLX5_IB_METHOD_DEVX_OTHER)(struct uverbs_attr_bundle *attrs)
{
	void *in = uverbs_attr_get_alloced_ptr(attrs, MLX5_IB_ATTR_DEVX_OTHER_CMD_IN);
	int in_len = uverbs_attr_get_len(attrs, MLX5_IB_ATTR_DEVX_OTHER_CMD_IN);
	int out_len = uverbs_attr_get_len(attrs, MLX5_IB_ATTR_DEVX_OTHER_CMD_OUT);
	struct sacc_ucontext *uctx = sacc_devx_method_context(attrs);
	int uid, err, err2;
	void *out;

	if (IS_ERR(uctx))
		return PTR_ERR(uctx);
	uid = sacc_devx_command_uid(uctx, in);
	if (uid < 0)
		return uid;
	if (!sacc_mbox_is_general(sacc_mbox_opcode(in)))
		return -EINVAL;
	/* The rest is zeros, which do not have to come from here. */
	out_len = sacc_hca_reply_len(in, in_len, out_len);
	out = uverbs_zalloc(attrs, out_len);
	if (IS_ERR(out))
		return PTR_ERR(out);
	err = sacc_devx_exec(to_sacc_devx(uctx->base.device), uid, in, in_len, out,
			     out_len);
	if (err && err != -EREMOTEIO)
		return err;
	err2 = uverbs_copy_to_struct_or_zero(attrs, MLX5_IB_ATTR_DEVX_OTHER_CMD_OUT,
					     out, out_len);
	return err2 ?: err;
}

/* Only for UAR pages that come with a context, and ours come without. */
static int UVERBS_HANDLER(MLX5_IB_METHOD_DEVX_QUERY_UAR)(struct uverbs_attr_bundle *attrs)
{
	struct sacc_ucontext *uctx = sacc_devx_method_context(attrs);

	return IS_ERR(uctx) ? PTR_ERR(uctx) : -EINVAL;
}

static int UVERBS_HANDLER(MLX5_IB_METHOD_DEVX_QUERY_EQN)(struct uverbs_attr_bundle *attrs)
{
	struct sacc_ucontext *uctx;
	u32 vector, eqn;

	if (uverbs_copy_from(&vector, attrs, MLX5_IB_ATTR_DEVX_QUERY_EQN_USER_VEC))
		return -EFAULT;
	uctx = sacc_devx_method_context(attrs);
	if (IS_ERR(uctx))
		return PTR_ERR(uctx);
	if (sacc_hca_eqn(to_sacc_devx(uctx->base.device)->hca, vector, &eqn))
		return -ENOENT;
	return uverbs_copy_to(attrs, MLX5_IB_ATTR_DEVX_QUERY_EQN_DEV_EQN, &eqn,
			      sizeof(eqn));
}

static int UVERBS_HANDLER(MLX5_IB_METHOD_DEVX_SUBSCRIBE_EVENT)(struct uverbs_attr_bundle *attrs)
{
	return sacc_devx_subscribe(attrs);
}

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_DEVX_OTHER,
	UVERBS_ATTR_PTR_IN(MLX5_IB_ATTR_DEVX_OTHER_CMD_IN,
			   UVERBS_ATTR_MIN_SIZE(SACC_MBOX_HEADER), UA_MANDATORY,
			   UA_ALLOC_AND_COPY),
	UVERBS_ATTR_PTR_OUT(MLX5_IB_ATTR_DEVX_OTHER_CMD_OUT,
			    UVERBS_ATTR_MIN_SIZE(SACC_MBOX_HEADER), UA_MANDATORY));

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_DEVX_QUERY_UAR,
	UVERBS_ATTR_PTR_IN(MLX5_IB_ATTR_DEVX_QUERY_UAR_USER_IDX,
			   UVERBS_ATTR_TYPE(u32), UA_MANDATORY),
	UVERBS_ATTR_PTR_OUT(MLX5_IB_ATTR_DEVX_QUERY_UAR_DEV_IDX,
			    UVERBS_ATTR_TYPE(u32), UA_MANDATORY));

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_DEVX_QUERY_EQN,
	UVERBS_ATTR_PTR_IN(MLX5_IB_ATTR_DEVX_QUERY_EQN_USER_VEC,
			   UVERBS_ATTR_TYPE(u32), UA_MANDATORY),
	UVERBS_ATTR_PTR_OUT(MLX5_IB_ATTR_DEVX_QUERY_EQN_DEV_EQN,
			    UVERBS_ATTR_TYPE(u32), UA_MANDATORY));

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_DEVX_SUBSCRIBE_EVENT,
	UVERBS_ATTR_FD(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_HANDLE,
		       MLX5_IB_OBJECT_DEVX_ASYNC_EVENT_FD, UVERBS_ACCESS_READ,
		       UA_MANDATORY),
	UVERBS_ATTR_IDR(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_OBJ_HANDLE,
			MLX5_IB_OBJECT_DEVX_OBJ, UVERBS_ACCESS_READ, UA_OPTIONAL),
	UVERBS_ATTR_PTR_IN(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_TYPE_NUM_LIST,
			   UVERBS_ATTR_MIN_SIZE(sizeof(u16)), UA_MANDATORY,
			   UA_ALLOC_AND_COPY),
	UVERBS_ATTR_PTR_IN(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_COOKIE,
			   UVERBS_ATTR_TYPE(u64), UA_OPTIONAL),
	UVERBS_ATTR_PTR_IN(MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_NUM,
			   UVERBS_ATTR_TYPE(u32), UA_OPTIONAL));

DECLARE_UVERBS_GLOBAL_METHODS(MLX5_IB_OBJECT_DEVX,
			      &UVERBS_METHOD(MLX5_IB_METHOD_DEVX_OTHER),
			      &UVERBS_METHOD(MLX5_IB_METHOD_DEVX_QUERY_UAR),
			      &UVERBS_METHOD(MLX5_IB_METHOD_DEVX_QUERY_EQN),
			      &UVERBS_METHOD(MLX5_IB_METHOD_DEVX_SUBSCRIBE_EVENT));

const struct uapi_definition sacc_devx_cmd_defs[] = {
	UAPI_DEF_CHAIN_OBJ_TREE_NAMED(MLX5_IB_OBJECT_DEVX),
	{},
};
