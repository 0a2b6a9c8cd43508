// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that events are read from: MLX5_IB_OBJECT_DEVX_ASYNC_EVENT_FD.
 *
 * Without OMIT_DATA a read gives the cookie of the subscription and the EQE. The
 * events lie in a ring whose memory is there before they come, and is charged to
 * who subscribes: raising an event never allocates. The ring grows with the number
 * of subscriptions and keeps EVENTS_EACH for each, or EVENTS_MIN if that is more; what
 * has no place is lost, and the next read says so, once.
 *
 * With OMIT_DATA a read gives a cookie; a subscription whose cookie has not been
 * read yet does not wait twice, so nothing is ever lost.
 *
 * Lifetime: as in async.c, but for subscriptions, see event.c.
 */
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <rdma/mlx5_user_ioctl_cmds.h>
#include <rdma/mlx5_user_ioctl_verbs.h>
#include <rdma/uverbs_std_types.h>
#include "event.h"

#define UVERBS_MODULE_NAME sacc_devx
#include <rdma/uverbs_named_ioctl.h>

#define EVENTS_EACH	4
#define EVENTS_MIN	1024

/* --- The ring */

/* Continues in @ring, which is bigger; the old one. */
static struct sacc_event_record *sacc_event_ring_move(struct sacc_event_file *file,
						      struct sacc_event_record *ring,
						      size_t size)
{
	struct sacc_event_record *old = file->ring;
	size_t i;

	lockdep_assert_held(&file->lock);
	for (i = 0; i < file->num; i++)
		ring[i] = old[(file->head + i) & (file->size - 1)];
	file->ring = ring;
	file->size = size;
	file->head = 0;
	return old;
}

void sacc_event_file_unreserve(struct sacc_event_file *file, size_t n)
{
	spin_lock(&file->lock);
	file->num_subscribed -= n;
	spin_unlock(&file->lock);
}

/* Room for the events of @n more subscriptions. Others may do the same meanwhile. */
int sacc_event_file_reserve(struct sacc_event_file *file, size_t n)
{
	struct sacc_event_record *ring;
	size_t size;

	spin_lock(&file->lock);
	file->num_subscribed += n;
	size = max_t(size_t, EVENTS_MIN,
		     roundup_pow_of_two(file->num_subscribed * EVENTS_EACH));
	if (file->size >= size)
		size = 0;
	spin_unlock(&file->lock);
	if (!size)
		return 0;
	ring = kvmalloc_array(size, sizeof(*ring),
			      GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!ring) {
		sacc_event_file_unreserve(file, n);
		return -ENOMEM;
	}
	spin_lock(&file->lock);
	if (file->size < size)
		ring = sacc_event_ring_move(file, ring, size);
	spin_unlock(&file->lock);
	kvfree(ring);
	return 0;
}

static bool sacc_event_push(struct sacc_event_file *file, u64 cookie, const u8 *eqe)
{
	struct sacc_event_record *record;

	lockdep_assert_held(&file->lock);
	if (file->num == file->size) {
		file->lost = true;
		return false;
	}
	record = &file->ring[(file->head + file->num++) & (file->size - 1)];
	record->cookie = cookie;
	memcpy(record->eqe, eqe, sizeof(record->eqe));
	return true;
}

/* --- What event.c calls, with dev->events_lock held */

void sacc_event_file_deliver(struct sacc_subscription *sub, const u8 *eqe)
{
	struct sacc_event_file *file = sub->file;
	bool added = false;

	spin_lock(&file->lock);
	if (!file->destroyed && !file->omit_data) {
		added = sacc_event_push(file, sub->cookie, eqe);
	} else if (!file->destroyed && list_empty(&sub->pending)) {
		list_add_tail(&sub->pending, &file->pending);
		added = true;
	}
	if (added)
		sacc_devx_count(file->dev, SACC_DEVX_EVENTS, 1);
	spin_unlock(&file->lock);
	if (added)
		wake_up_interruptible(&file->wait);
}

/* The end of @sub. True if the caller frees it, false if its reader does. */
bool sacc_event_file_end(struct sacc_subscription *sub)
{
	struct sacc_event_file *file = sub->file;
	bool ours;

	spin_lock(&file->lock);
	if (!file->omit_data && !sub->eventfd)
		file->num_subscribed--;
	sub->ended = true;
	ours = list_empty(&sub->pending);
	spin_unlock(&file->lock);
	return ours;
}

/* --- The file */

/* Takes the next event; @len is its length. There is one. */
static int sacc_event_take(struct sacc_event_file *file, size_t room,
			   struct sacc_event_record *record, size_t *len,
			   struct sacc_subscription **done)
{
	struct sacc_subscription *sub;

	lockdep_assert_held(&file->lock);
	*len = file->omit_data ? sizeof(record->cookie) : sizeof(*record);
	if (*len > room)
		return -EINVAL;
	sacc_devx_count(file->dev, SACC_DEVX_EVENTS, -1);
	if (!file->omit_data) {
		*record = file->ring[file->head];
		file->head = (file->head + 1) & (file->size - 1);
		file->num--;
		return 0;
	}
	sub = list_first_entry(&file->pending, struct sacc_subscription, pending);
	list_del_init(&sub->pending);
	record->cookie = sub->cookie;
	if (sub->ended)
		*done = sub;
	return 0;
}

static bool sacc_event_is_empty(const struct sacc_event_file *file)
{
	lockdep_assert_held(&file->lock);
	return !file->num && list_empty(&file->pending);
}

/* Whether a reader that waits has something to do. */
static bool sacc_event_is_ready(struct sacc_event_file *file)
{
	bool ready;

	spin_lock(&file->lock);
	ready = file->destroyed || !sacc_event_is_empty(file);
	spin_unlock(&file->lock);
	return ready;
}

/* Takes what is to be read next; waits for an event if asked to. */
static int sacc_event_next(struct sacc_event_file *file, bool wait, size_t count,
			   struct sacc_event_record *record, size_t *len,
			   struct sacc_subscription **done)
{
	int err;

	spin_lock(&file->lock);
	if (file->lost) {
		file->lost = false;
		spin_unlock(&file->lock);
		return -EOVERFLOW;
	}
	while (sacc_event_is_empty(file)) {
		spin_unlock(&file->lock);
		if (!wait)
			return -EAGAIN;
		if (wait_event_interruptible(file->wait,
					     sacc_event_is_ready(file)))
			return -ERESTARTSYS;
		spin_lock(&file->lock);
		if (file->destroyed) {
			spin_unlock(&file->lock);
			return -EIO;
		}
	}
	err = sacc_event_take(file, count, record, len, done);
	spin_unlock(&file->lock);
	return err;
}

static ssize_t sacc_event_read(struct file *filp, char __user *buf, size_t count,
			       loff_t *pos)
{
	struct sacc_subscription *done = NULL;
	struct sacc_event_record record;
	size_t len;
	int err;

	err = sacc_event_next(filp->private_data, !(filp->f_flags & O_NONBLOCK), count,
			      &record, &len, &done);
	if (done)
		sacc_subscription_free(done);
	if (err)
		return err;
	return copy_to_user(buf, &record, len) ? -EFAULT : len;
}

static __poll_t sacc_event_poll(struct file *filp, struct poll_table_struct *table)
{
	struct sacc_event_file *file = filp->private_data;
	__poll_t events = 0;

	poll_wait(filp, &file->wait, table);
	spin_lock(&file->lock);
	if (file->destroyed)
		events = EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	else if (!sacc_event_is_empty(file))
		events = EPOLLIN | EPOLLRDNORM;
	spin_unlock(&file->lock);
	return events;
}

static const struct file_operations sacc_event_fops = {
	.owner = THIS_MODULE,
	.read = sacc_event_read,
	.poll = sacc_event_poll,
	.release = uverbs_uobject_fd_release,
};

static int
UVERBS_HANDLER(MLX5_IB_METHOD_DEVX_ASYNC_EVENT_FD_ALLOC)(struct uverbs_attr_bundle *attrs)
{
	struct ib_uobject *uobj =
		uverbs_attr_get_uobject(attrs, MLX5_IB_ATTR_DEVX_ASYNC_EVENT_FD_ALLOC_HANDLE);
	struct sacc_ucontext *uctx = sacc_devx_handle_context(attrs);
	struct sacc_event_file *file = to_sacc_event_file(uobj);
	u32 flags;
	int err;

	err = uverbs_get_flags32(&flags, attrs,
				 MLX5_IB_ATTR_DEVX_ASYNC_EVENT_FD_ALLOC_FLAGS,
				 MLX5_IB_UAPI_DEVX_CR_EV_CH_FLAGS_OMIT_DATA);
	if (err)
		return err;
	file->dev = to_sacc_devx(uctx->base.device);
	file->omit_data = flags & MLX5_IB_UAPI_DEVX_CR_EV_CH_FLAGS_OMIT_DATA;
	INIT_LIST_HEAD(&file->subscriptions);
	spin_lock_init(&file->lock);
	init_waitqueue_head(&file->wait);
	INIT_LIST_HEAD(&file->pending);
	sacc_devx_count(file->dev, SACC_DEVX_EVENT_FILES, 1);
	return 0;
}

/* What nobody will read. Of the subscriptions only those that have ended. */
static void sacc_event_file_drop(struct sacc_event_file *file)
{
	struct sacc_subscription *sub, *next;
	struct sacc_event_record *ring;
	size_t num;
	LIST_HEAD(ended);

	spin_lock(&file->lock);
	file->destroyed = true;
	ring = file->ring;
	num = file->num;
	file->ring = NULL;
	file->size = 0;
	file->num = 0;
	list_for_each_entry_safe(sub, next, &file->pending, pending) {
		list_del_init(&sub->pending);
		if (sub->ended)
			list_add_tail(&sub->pending, &ended);
		num++;
	}
	spin_unlock(&file->lock);
	sacc_devx_count(file->dev, SACC_DEVX_EVENTS, -(s64)num);
	kvfree(ring);
	list_for_each_entry_safe(sub, next, &ended, pending)
		sacc_subscription_free(sub);
}

/* No call can be using the file, but reads can, and they keep it. */
static void sacc_event_destroy(struct ib_uobject *uobj, enum rdma_remove_reason why)
{
	struct sacc_event_file *file = to_sacc_event_file(uobj);

	sacc_event_file_drop(file);
	wake_up_interruptible(&file->wait);
	sacc_event_file_unsubscribe(file);
	sacc_devx_count(file->dev, SACC_DEVX_EVENT_FILES, -1);
}

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_DEVX_ASYNC_EVENT_FD_ALLOC,
	UVERBS_ATTR_FD(MLX5_IB_ATTR_DEVX_ASYNC_EVENT_FD_ALLOC_HANDLE,
		       MLX5_IB_OBJECT_DEVX_ASYNC_EVENT_FD, UVERBS_ACCESS_NEW,
		       UA_MANDATORY),
	UVERBS_ATTR_FLAGS_IN(MLX5_IB_ATTR_DEVX_ASYNC_EVENT_FD_ALLOC_FLAGS,
			     enum mlx5_ib_uapi_devx_create_event_channel_flags,
			     UA_MANDATORY));

DECLARE_UVERBS_NAMED_OBJECT(
	MLX5_IB_OBJECT_DEVX_ASYNC_EVENT_FD,
	UVERBS_TYPE_ALLOC_FD(sizeof(struct sacc_event_file), sacc_event_destroy,
			     &sacc_event_fops, "[devx_async_event]", O_RDONLY),
	&UVERBS_METHOD(MLX5_IB_METHOD_DEVX_ASYNC_EVENT_FD_ALLOC));

const struct uapi_definition sacc_devx_event_defs[] = {
	UAPI_DEF_CHAIN_OBJ_TREE_NAMED(MLX5_IB_OBJECT_DEVX_ASYNC_EVENT_FD),
	{},
};
