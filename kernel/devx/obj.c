// SPDX-License-Identifier: GPL-2.0-only
/*
 * DEVX objects: what a program makes in the model with a mailbox, held by a
 * handle that destroys it.
 *
 * The handle remembers the destroy command, built when the object was made, so
 * that closing the file, dying or losing the device destroys what the program
 * forgot. An object that another one still uses refuses: an explicit destroy
 * reports that; at the end of a context uverbs comes back to it when the others
 * are gone, which always ends, since objects only use older ones.
 *
 * Locking: uverbs holds the handle for reading in modify and query and for
 * writing in destroy. The fields are constant once the handle is visible, but
 * for the subscriptions (event.c).
 */
#include <linux/mlx5/device.h>
#include <linux/slab.h>
#include <rdma/mlx5_user_ioctl_cmds.h>
#include <rdma/uverbs_std_types.h>
#include "devx.h"

#define UVERBS_MODULE_NAME sacc_devx
#include <rdma/uverbs_named_ioctl.h>

static int sacc_devx_destroy_obj(struct sacc_devx_obj *obj)
{
	u8 out[SACC_MBOX_HEADER] __aligned(8) = {};

	return sacc_devx_exec_kernel(obj->dev, obj->uid, obj->din, obj->din_len,
				     out, sizeof(out));
}

static int sacc_devx_cleanup_obj(struct ib_uobject *uobj, enum rdma_remove_reason why,
				 struct uverbs_attr_bundle *attrs)
{
	struct sacc_devx_obj *obj = uobj->object;
	int err;

	err = sacc_devx_destroy_obj(obj);
	if (err)
		return err;
	sacc_devx_unsubscribe(obj);
	sacc_devx_count(obj->dev, SACC_DEVX_OBJECTS, -1);
	kfree(obj);
	return 0;
}

static bool sacc_devx_names_devx_object(const struct sacc_devx_obj *obj, u64 id,
					const void *in)
{
	if (obj->bulk && sacc_mbox_opcode(in) == MLX5_CMD_OP_QUERY_FLOW_COUNTER)
		return id >= obj->id && id - obj->id < obj->bulk;
	return id == obj->id;
}

/*
 * Whether the command names the object behind the handle. A handle of any type
 * can be given; those of verbs objects are compared by their numbers.
 */
bool sacc_devx_names_object(struct ib_uobject *uobj, const void *in, size_t len)
{
	u64 id = sacc_mbox_named_id(in, len);

	if (!id)
		return false;
	switch (uobj_get_object_id(uobj)) {
	case MLX5_IB_OBJECT_DEVX_OBJ:
		return sacc_devx_names_devx_object(uobj->object, id, in);
	case UVERBS_OBJECT_CQ:
		return id == sacc_mbox_id_of(MLX5_CMD_OP_CREATE_CQ,
					     to_sacc_cq(uobj->object)->cqn);
	default:
		return false;
	}
}

/* A completion queue must name an event queue that exists. */
static bool sacc_devx_has_eqn(struct sacc_devx *dev, u32 eqn)
{
	u32 vector, n;

	for (vector = 0; !sacc_hca_eqn(dev->hca, vector, &n); vector++)
		if (n == eqn)
			return true;
	return false;
}

/* What is checked before the model sees a create command. The uid, or -errno. */
static int sacc_devx_admit_create(struct sacc_ucontext *uctx,
				  const struct sacc_mbox_type *type, void *in,
				  size_t len)
{
	u32 eqn;
	int uid, err;

	if (sacc_mbox_vhca_tunnel(in))
		return -EINVAL;
	uid = sacc_devx_command_uid(uctx, in);
	if (uid < 0)
		return uid;
	if (!type)
		return -EINVAL;
	err = sacc_mbox_force_umem_valid(type, in, len);
	if (err)
		return err;
	if (sacc_mbox_create_cq_eqn(in, len, &eqn) &&
	    !sacc_devx_has_eqn(to_sacc_devx(uctx->base.device), eqn))
		return -ENOENT;
	return uid;
}

static int UVERBS_HANDLER(MLX5_IB_METHOD_DEVX_OBJ_CREATE)(struct uverbs_attr_bundle *attrs)
{
	struct ib_uobject *uobj =
		uverbs_attr_get_uobject(attrs, MLX5_IB_ATTR_DEVX_OBJ_CREATE_HANDLE);
	struct sacc_ucontext *uctx = sacc_devx_handle_context(attrs);
	void *in = uverbs_attr_get_alloced_ptr(attrs, MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_IN);
	int in_len = uverbs_attr_get_len(attrs, MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_IN);
	int out_len = uverbs_attr_get_len(attrs, MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_OUT);
	struct sacc_devx *dev = to_sacc_devx(uctx->base.device);
	const struct sacc_mbox_type *type = sacc_mbox_create_type(in, in_len);
	struct sacc_devx_obj *obj;
	int uid, err, err2;
	void *out;

	uid = sacc_devx_admit_create(uctx, type, in, in_len);
	if (uid < 0)
		return uid;
	out = uverbs_zalloc(attrs, out_len);
	if (IS_ERR(out))
		return PTR_ERR(out);
	obj = kzalloc(sizeof(*obj), GFP_KERNEL_ACCOUNT);
	if (!obj)
		return -ENOMEM;

	err = sacc_devx_exec(dev, uid, in, in_len, out, out_len);
	if (err)
		goto err_free;
	obj->dev = dev;
	INIT_LIST_HEAD(&obj->subscriptions);
	obj->uid = uid;
	obj->id = sacc_mbox_created_id(type, in, in_len, out, out_len);
	obj->bulk = sacc_mbox_created_bulk(type, in, in_len);
	obj->din_len = sacc_mbox_build_destroy(type, in, in_len, obj->id, obj->din);

	err = uverbs_copy_to(attrs, MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_OUT, out, out_len);
	if (err)
		goto err_destroy;
	uobj->object = obj;
	sacc_devx_count(dev, SACC_DEVX_OBJECTS, 1);
	return 0;

err_destroy:
	sacc_devx_destroy_obj(obj);
err_free:
	kfree(obj);
	if (err == -EREMOTEIO) {
		err2 = uverbs_copy_to(attrs, MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_OUT,
				      out, out_len);
		err = err2 ?: err;
	}
	return err;
}

/* The common part of modify and query, once the command is admitted. */
static int sacc_devx_exec_on(struct uverbs_attr_bundle *attrs, int uid, void *in,
			     int in_len, u16 out_attr)
{
	struct sacc_ucontext *uctx = sacc_devx_handle_context(attrs);
	int out_len = uverbs_attr_get_len(attrs, out_attr);
	int err, err2;
	void *out;

	out = uverbs_zalloc(attrs, out_len);
	if (IS_ERR(out))
		return PTR_ERR(out);
	err = sacc_devx_exec(to_sacc_devx(uctx->base.device), uid, in, in_len, out,
			     out_len);
	if (err && err != -EREMOTEIO)
		return err;
	err2 = uverbs_copy_to(attrs, out_attr, out, out_len);
	return err2 ?: err;
}

static int UVERBS_HANDLER(MLX5_IB_METHOD_DEVX_OBJ_MODIFY)(struct uverbs_attr_bundle *attrs)
{
	struct ib_uobject *uobj =
		uverbs_attr_get_uobject(attrs, MLX5_IB_ATTR_DEVX_OBJ_MODIFY_HANDLE);
	struct sacc_ucontext *uctx = sacc_devx_handle_context(attrs);
	void *in = uverbs_attr_get_alloced_ptr(attrs, MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_IN);
	int in_len = uverbs_attr_get_len(attrs, MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_IN);
	int uid;

	if (sacc_mbox_vhca_tunnel(in))
		return -EINVAL;
	uid = sacc_devx_command_uid(uctx, in);
	if (uid < 0)
		return uid;
	if (!sacc_mbox_is_modify(in, in_len) ||
	    !sacc_devx_names_object(uobj, in, in_len))
		return -EINVAL;
	sacc_mbox_force_new_umem_valid(in, in_len);
	return sacc_devx_exec_on(attrs, uid, in, in_len,
				 MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_OUT);
}

static int UVERBS_HANDLER(MLX5_IB_METHOD_DEVX_OBJ_QUERY)(struct uverbs_attr_bundle *attrs)
{
	struct ib_uobject *uobj =
		uverbs_attr_get_uobject(attrs, MLX5_IB_ATTR_DEVX_OBJ_QUERY_HANDLE);
	struct sacc_ucontext *uctx = sacc_devx_handle_context(attrs);
	void *in = uverbs_attr_get_alloced_ptr(attrs, MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_IN);
	int in_len = uverbs_attr_get_len(attrs, MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_IN);
	int uid;

	if (sacc_mbox_vhca_tunnel(in))
		return -EINVAL;
	uid = sacc_devx_command_uid(uctx, in);
	if (uid < 0)
		return uid;
	if (!sacc_mbox_is_query(in) || !sacc_devx_names_object(uobj, in, in_len))
		return -EINVAL;
	return sacc_devx_exec_on(attrs, uid, in, in_len,
				 MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_OUT);
}

static int UVERBS_HANDLER(MLX5_IB_METHOD_DEVX_OBJ_ASYNC_QUERY)(struct uverbs_attr_bundle *attrs)
{
	return sacc_devx_async_query(attrs);
}

/* Every method takes a command and, but for the asynchronous one, a reply. */
#define COMMAND(attr)							\
	UVERBS_ATTR_PTR_IN(attr, UVERBS_ATTR_MIN_SIZE(SACC_MBOX_HEADER),	\
			   UA_MANDATORY, UA_ALLOC_AND_COPY)
#define REPLY(attr)							\
	UVERBS_ATTR_PTR_OUT(attr, UVERBS_ATTR_MIN_SIZE(SACC_MBOX_HEADER),	\
			    UA_MANDATORY)

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_DEVX_OBJ_CREATE,
	UVERBS_ATTR_IDR(MLX5_IB_ATTR_DEVX_OBJ_CREATE_HANDLE,
			MLX5_IB_OBJECT_DEVX_OBJ, UVERBS_ACCESS_NEW, UA_MANDATORY),
	COMMAND(MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_IN),
	REPLY(MLX5_IB_ATTR_DEVX_OBJ_CREATE_CMD_OUT));

DECLARE_UVERBS_NAMED_METHOD_DESTROY(
	MLX5_IB_METHOD_DEVX_OBJ_DESTROY,
	UVERBS_ATTR_IDR(MLX5_IB_ATTR_DEVX_OBJ_DESTROY_HANDLE,
			MLX5_IB_OBJECT_DEVX_OBJ, UVERBS_ACCESS_DESTROY,
			UA_MANDATORY));

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_DEVX_OBJ_MODIFY,
	UVERBS_ATTR_IDR(MLX5_IB_ATTR_DEVX_OBJ_MODIFY_HANDLE,
			UVERBS_IDR_ANY_OBJECT, UVERBS_ACCESS_READ, UA_MANDATORY),
	COMMAND(MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_IN),
	REPLY(MLX5_IB_ATTR_DEVX_OBJ_MODIFY_CMD_OUT));

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_DEVX_OBJ_QUERY,
	UVERBS_ATTR_IDR(MLX5_IB_ATTR_DEVX_OBJ_QUERY_HANDLE,
			UVERBS_IDR_ANY_OBJECT, UVERBS_ACCESS_READ, UA_MANDATORY),
	COMMAND(MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_IN),
	REPLY(MLX5_IB_ATTR_DEVX_OBJ_QUERY_CMD_OUT));

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_DEVX_OBJ_ASYNC_QUERY,
	UVERBS_ATTR_IDR(MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_HANDLE,
			UVERBS_IDR_ANY_OBJECT, UVERBS_ACCESS_READ, UA_MANDATORY),
	COMMAND(MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_CMD_IN),
	UVERBS_ATTR_CONST_IN(MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_OUT_LEN, u16,
			     UA_MANDATORY),
	UVERBS_ATTR_FD(MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_FD,
		       MLX5_IB_OBJECT_DEVX_ASYNC_CMD_FD, UVERBS_ACCESS_READ,
		       UA_MANDATORY),
	UVERBS_ATTR_PTR_IN(MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_WR_ID,
			   UVERBS_ATTR_TYPE(u64), UA_MANDATORY));

DECLARE_UVERBS_NAMED_OBJECT(MLX5_IB_OBJECT_DEVX_OBJ,
			    UVERBS_TYPE_ALLOC_IDR(sacc_devx_cleanup_obj),
			    &UVERBS_METHOD(MLX5_IB_METHOD_DEVX_OBJ_CREATE),
			    &UVERBS_METHOD(MLX5_IB_METHOD_DEVX_OBJ_DESTROY),
			    &UVERBS_METHOD(MLX5_IB_METHOD_DEVX_OBJ_MODIFY),
			    &UVERBS_METHOD(MLX5_IB_METHOD_DEVX_OBJ_QUERY),
			    &UVERBS_METHOD(MLX5_IB_METHOD_DEVX_OBJ_ASYNC_QUERY));

const struct uapi_definition sacc_devx_obj_defs[] = {
	UAPI_DEF_CHAIN_OBJ_TREE_NAMED(MLX5_IB_OBJECT_DEVX_OBJ),
	{},
};
