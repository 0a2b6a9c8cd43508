// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queries that complete through a file: MLX5_IB_OBJECT_DEVX_ASYNC_CMD_FD.
 *
 * The model answers at once, so the reply is queued before the ioctl returns;
 * a program cannot tell, since it has to read it from the file anyhow. A
 * refused query is a reply like any other: its status is in the mailbox.
 *
 * Lifetime: a file is its uobject; uverbs keeps it until it is closed, and
 * calls destroy when it is or when the device goes, whichever comes first. Its
 * operations are this module's: the file pins the module.
 *
 * Locking: the file's lock protects list, count and the destroyed flag. Nothing
 * sleeps under it.
 */
#include <linux/fs.h>
#include <linux/mlx5/device.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <rdma/mlx5_user_ioctl_cmds.h>
#include <rdma/mlx5_user_ioctl_verbs.h>
#include <rdma/uverbs_std_types.h>
#include "devx.h"

#define UVERBS_MODULE_NAME sacc_devx
#include <rdma/uverbs_named_ioctl.h>

/* Replies that wait to be read, each file: bytes, as mlx5_ib; and a number that
 * replies of a length that makes sense cannot reach before the bytes are used.
 */
#define SACC_ASYNC_MAX_BYTES	(1024 * 1024)
#define SACC_ASYNC_MAX_REPLIES	(SACC_ASYNC_MAX_BYTES / SACC_MBOX_HEADER)

struct sacc_async_file {
	struct ib_uobject uobj;		/* first: uverbs allocates it */
	struct sacc_devx *dev;		/* counted in; valid until destroyed */
	spinlock_t lock;		/* protects what follows */
	struct list_head replies;
	wait_queue_head_t wait;
	u32 bytes;
	u32 num;
	bool destroyed;
};

struct sacc_async_reply {
	struct list_head entry;
	u16 len;			/* of the reply that is delivered */
	struct mlx5_ib_uapi_devx_async_cmd_hdr hdr;	/* last */
};

static struct sacc_async_file *to_sacc_async_file(struct ib_uobject *uobj)
{
	return container_of(uobj, struct sacc_async_file, uobj);
}

/* Room for one reply of @len, or -EAGAIN. */
static int sacc_async_reserve(struct sacc_async_file *file, u16 len)
{
	int err = 0;

	spin_lock_irq(&file->lock);
	if (len > SACC_ASYNC_MAX_BYTES - file->bytes ||
	    file->num == SACC_ASYNC_MAX_REPLIES) {
		err = -EAGAIN;
	} else {
		file->bytes += len;
		file->num++;
	}
	spin_unlock_irq(&file->lock);
	return err;
}

static void sacc_async_unreserve(struct sacc_async_file *file, u16 len)
{
	spin_lock_irq(&file->lock);
	file->bytes -= len;
	file->num--;
	spin_unlock_irq(&file->lock);
}

static void sacc_async_queue(struct sacc_async_file *file,
			     struct sacc_async_reply *reply)
{
	sacc_devx_count(file->dev, SACC_DEVX_ASYNC_REPLIES, 1);
	spin_lock_irq(&file->lock);
	list_add_tail(&reply->entry, &file->replies);
	spin_unlock_irq(&file->lock);
	wake_up_interruptible(&file->wait);
}

/* The model wants room for a header in any case, a program may not. */
static struct sacc_async_reply *sacc_async_alloc(u16 len)
{
	struct sacc_async_reply *reply;

	reply = kvzalloc(struct_size(reply, hdr.out_data,
				     max_t(size_t, len, SACC_MBOX_HEADER)),
			 GFP_KERNEL_ACCOUNT);
	if (reply)
		reply->len = len;
	return reply;
}

static int sacc_async_run(struct uverbs_attr_bundle *attrs, struct sacc_devx *dev,
			  struct sacc_async_file *file, int uid, void *in,
			  int in_len, u16 out_len)
{
	struct sacc_async_reply *reply;
	int err;

	reply = sacc_async_alloc(out_len);
	if (!reply)
		return -ENOMEM;
	err = uverbs_copy_from(&reply->hdr.wr_id, attrs,
			       MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_WR_ID);
	if (err)
		goto err_free;
	err = sacc_devx_exec(dev, uid, in, in_len, reply->hdr.out_data,
			     max_t(size_t, out_len, SACC_MBOX_HEADER));
	if (err && err != -EREMOTEIO)
		goto err_free;
	sacc_async_queue(file, reply);
	return 0;

err_free:
	kvfree(reply);
	return err;
}

/* MLX5_IB_METHOD_DEVX_OBJ_ASYNC_QUERY; declared in obj.c with its siblings. */
int sacc_devx_async_query(struct uverbs_attr_bundle *attrs)
{
	struct ib_uobject *uobj =
		uverbs_attr_get_uobject(attrs, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_HANDLE);
	struct sacc_ucontext *uctx = sacc_devx_handle_context(attrs);
	void *in = uverbs_attr_get_alloced_ptr(attrs,
					       MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_CMD_IN);
	int in_len = uverbs_attr_get_len(attrs, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_CMD_IN);
	struct sacc_async_file *file;
	struct ib_uobject *fd_uobj;
	u16 out_len;
	int uid, err;

	if (sacc_mbox_vhca_tunnel(in))
		return -EINVAL;
	uid = sacc_devx_command_uid(uctx, in);
	if (uid < 0)
		return uid;
	if (!sacc_mbox_is_query(in))
		return -EINVAL;
	err = uverbs_get_const(&out_len, attrs,
			       MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_OUT_LEN);
	if (err)
		return err;
	if (!sacc_devx_names_object(uobj, in, in_len))
		return -EINVAL;
	fd_uobj = uverbs_attr_get_uobject(attrs, MLX5_IB_ATTR_DEVX_OBJ_QUERY_ASYNC_FD);
	if (IS_ERR(fd_uobj))
		return PTR_ERR(fd_uobj);
	file = to_sacc_async_file(fd_uobj);

	err = sacc_async_reserve(file, out_len);
	if (err)
		return err;
	err = sacc_async_run(attrs, to_sacc_devx(uctx->base.device), file, uid, in,
			     in_len, out_len);
	if (err)
		sacc_async_unreserve(file, out_len);
	return err;
}

/* Takes the next reply off the list if it fits; waits for one if asked to. */
static struct sacc_async_reply *sacc_async_next(struct sacc_async_file *file,
						size_t room, bool wait)
{
	struct sacc_async_reply *reply;

	spin_lock_irq(&file->lock);
	while (list_empty(&file->replies)) {
		spin_unlock_irq(&file->lock);
		if (!wait)
			return ERR_PTR(-EAGAIN);
		if (wait_event_interruptible(file->wait,
					     !list_empty(&file->replies) ||
					     READ_ONCE(file->destroyed)))
			return ERR_PTR(-ERESTARTSYS);
		spin_lock_irq(&file->lock);
		if (file->destroyed) {
			spin_unlock_irq(&file->lock);
			return ERR_PTR(-EIO);
		}
	}
	reply = list_first_entry(&file->replies, struct sacc_async_reply, entry);
	if (sizeof(reply->hdr) + reply->len > room) {
		reply = ERR_PTR(-ENOSPC);
	} else {
		list_del(&reply->entry);
		file->bytes -= reply->len;
		file->num--;
		sacc_devx_count(file->dev, SACC_DEVX_ASYNC_REPLIES, -1);
	}
	spin_unlock_irq(&file->lock);
	return reply;
}

static ssize_t sacc_async_read(struct file *filp, char __user *buf, size_t count,
			       loff_t *pos)
{
	struct sacc_async_file *file = filp->private_data;
	struct sacc_async_reply *reply;
	ssize_t ret;

	reply = sacc_async_next(file, count, !(filp->f_flags & O_NONBLOCK));
	if (IS_ERR(reply))
		return PTR_ERR(reply);
	ret = sizeof(reply->hdr) + reply->len;
	if (copy_to_user(buf, &reply->hdr, ret))
		ret = -EFAULT;
	kvfree(reply);
	return ret;
}

static __poll_t sacc_async_poll(struct file *filp, struct poll_table_struct *table)
{
	struct sacc_async_file *file = filp->private_data;
	__poll_t events = 0;

	poll_wait(filp, &file->wait, table);
	spin_lock_irq(&file->lock);
	if (file->destroyed)
		events = EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	else if (!list_empty(&file->replies))
		events = EPOLLIN | EPOLLRDNORM;
	spin_unlock_irq(&file->lock);
	return events;
}

static const struct file_operations sacc_async_fops = {
	.owner = THIS_MODULE,
	.read = sacc_async_read,
	.poll = sacc_async_poll,
	.release = uverbs_uobject_fd_release,
};

static int UVERBS_HANDLER(MLX5_IB_METHOD_DEVX_ASYNC_CMD_FD_ALLOC)(struct uverbs_attr_bundle *attrs)
{
	struct ib_uobject *uobj =
		uverbs_attr_get_uobject(attrs, MLX5_IB_ATTR_DEVX_ASYNC_CMD_FD_ALLOC_HANDLE);
	struct sacc_ucontext *uctx = sacc_devx_handle_context(attrs);
	struct sacc_async_file *file = to_sacc_async_file(uobj);

	file->dev = to_sacc_devx(uctx->base.device);
	spin_lock_init(&file->lock);
	INIT_LIST_HEAD(&file->replies);
	init_waitqueue_head(&file->wait);
	sacc_devx_count(file->dev, SACC_DEVX_ASYNC_FILES, 1);
	return 0;
}

/* No query can be running on the file, but reads can, and they keep it. */
static void sacc_async_destroy(struct ib_uobject *uobj, enum rdma_remove_reason why)
{
	struct sacc_async_file *file = to_sacc_async_file(uobj);
	struct sacc_async_reply *reply, *next;
	LIST_HEAD(replies);
	u32 num;

	spin_lock_irq(&file->lock);
	WRITE_ONCE(file->destroyed, true);
	list_splice_init(&file->replies, &replies);
	num = file->num;
	file->num = 0;
	file->bytes = 0;
	sacc_devx_count(file->dev, SACC_DEVX_ASYNC_REPLIES, -(s64)num);
	spin_unlock_irq(&file->lock);
	wake_up_interruptible(&file->wait);

	sacc_devx_count(file->dev, SACC_DEVX_ASYNC_FILES, -1);
	list_for_each_entry_safe(reply, next, &replies, entry)
		kvfree(reply);
}

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_DEVX_ASYNC_CMD_FD_ALLOC,
	UVERBS_ATTR_FD(MLX5_IB_ATTR_DEVX_ASYNC_CMD_FD_ALLOC_HANDLE,
		       MLX5_IB_OBJECT_DEVX_ASYNC_CMD_FD, UVERBS_ACCESS_NEW,
		       UA_MANDATORY));

DECLARE_UVERBS_NAMED_OBJECT(
	MLX5_IB_OBJECT_DEVX_ASYNC_CMD_FD,
	UVERBS_TYPE_ALLOC_FD(sizeof(struct sacc_async_file), sacc_async_destroy,
			     &sacc_async_fops, "[devx_async_cmd]", O_RDONLY),
	&UVERBS_METHOD(MLX5_IB_METHOD_DEVX_ASYNC_CMD_FD_ALLOC));

const struct uapi_definition sacc_devx_async_defs[] = {
	UAPI_DEF_CHAIN_OBJ_TREE_NAMED(MLX5_IB_OBJECT_DEVX_ASYNC_CMD_FD),
	{},
};
