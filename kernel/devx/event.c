// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of the device: who wants which, and the method that says so.
 *
 * A source is one type of event of one object, or of the device; it exists while
 * there are subscriptions to it. A subscription says where the events of a source
 * go: a file of ours (event_file.c), or an eventfd. Events of the port and of CQs of
 * verbs go to verbs as well.
 *
 * What an event is about is read from its EQE as a driver of a card reads it.
 * Types of queues share numbers, so the key of a source has the type of queue that
 * is in the EQE beside the number.
 *
 * Lifetimes: a subscription ends with its file, or with its object if that is
 * earlier. One that a reader has still to be told of is kept by the file until
 * then. A source goes with its last subscription.
 *
 * Locks: dev->events_lock protects sources, subscriptions and their lists. The
 * model raises events with its own locks held:
 *	model -> events_lock -> lock of a file, of an eventfd
 * Nothing that is called with one of these calls the model. Memory for sources and
 * subscriptions is allocated before events_lock is taken, but for what the hash
 * table itself needs.
 */
#include <linux/eventfd.h>
#include <linux/mlx5/device.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <rdma/mlx5_user_ioctl_cmds.h>
#include <rdma/uverbs_std_types.h>
#include "event.h"

/* Types that one call can name, as in mlx5_ib. */
#define SACC_SUBSCRIBE_MAX	16

/* Subscriptions that are ended without letting others have the lock. */
#define SACC_SUBSCRIPTIONS_BATCH	64

/* @queue: MLX5_EVENT_QUEUE_TYPE_*, 0 where numbers are unique; all 0 for the device */
struct sacc_event_key {
	u16 type;
	u16 queue;
	u32 number;
};

struct sacc_event_source {
	struct rhash_head node;
	struct sacc_event_key key;
	struct list_head subscriptions;	/* by_source, oldest first */
	struct rcu_head rcu;
};

static const struct rhashtable_params sacc_event_params = {
	.head_offset = offsetof(struct sacc_event_source, node),
	.key_offset = offsetof(struct sacc_event_source, key),
	.key_len = sizeof(struct sacc_event_key),
	.automatic_shrinking = true,
};

int sacc_devx_events_init(struct sacc_devx *dev)
{
	spin_lock_init(&dev->events_lock);
	return rhashtable_init(&dev->event_sources, &sacc_event_params);
}

/* Contexts, and with them files and sources, are gone. */
void sacc_devx_events_exit(struct sacc_devx *dev)
{
	rhashtable_destroy(&dev->event_sources);
}

/* --- Keys */

/* Where the number of the object is in an EQE. */
enum sacc_event_place {
	SACC_EVENT_NOWHERE,
	SACC_EVENT_COMP,
	SACC_EVENT_CQ,
	SACC_EVENT_QUEUE,
	SACC_EVENT_DCT,
	SACC_EVENT_XRQ,
};

/* The types of events of objects that a device without event_cap has. */
static enum sacc_event_place sacc_event_place(u16 type)
{
	switch (type) {
	case MLX5_EVENT_TYPE_COMP:
		return SACC_EVENT_COMP;
	case MLX5_EVENT_TYPE_CQ_ERROR:
		return SACC_EVENT_CQ;
	case MLX5_EVENT_TYPE_PATH_MIG:
	case MLX5_EVENT_TYPE_COMM_EST:
	case MLX5_EVENT_TYPE_SQ_DRAINED:
	case MLX5_EVENT_TYPE_SRQ_LAST_WQE:
	case MLX5_EVENT_TYPE_SRQ_RQ_LIMIT:
	case MLX5_EVENT_TYPE_WQ_CATAS_ERROR:
	case MLX5_EVENT_TYPE_PATH_MIG_FAILED:
	case MLX5_EVENT_TYPE_WQ_INVAL_REQ_ERROR:
	case MLX5_EVENT_TYPE_WQ_ACCESS_ERROR:
	case MLX5_EVENT_TYPE_SRQ_CATAS_ERROR:
		return SACC_EVENT_QUEUE;
	case MLX5_EVENT_TYPE_DCT_DRAINED:
	case MLX5_EVENT_TYPE_DCT_KEY_VIOLATION:
		return SACC_EVENT_DCT;
	case MLX5_EVENT_TYPE_XRQ_ERROR:
		return SACC_EVENT_XRQ;
	default:
		return SACC_EVENT_NOWHERE;
	}
}

/* The source of an event; false when nobody can have subscribed to it. */
static bool sacc_event_key(const struct mlx5_eqe *eqe, struct sacc_event_key *key)
{
	*key = (struct sacc_event_key){ .type = eqe->type };
	switch (sacc_event_place(eqe->type)) {
	case SACC_EVENT_COMP:
		key->number = be32_to_cpu(eqe->data.comp.cqn);
		break;
	case SACC_EVENT_CQ:
		key->number = be32_to_cpu(eqe->data.cq_err.cqn);
		break;
	case SACC_EVENT_QUEUE:
		key->queue = eqe->data.qp_srq.type;
		key->number = be32_to_cpu(eqe->data.qp_srq.qp_srq_n);
		break;
	case SACC_EVENT_DCT:
		key->queue = MLX5_EVENT_QUEUE_TYPE_DCT;
		key->number = be32_to_cpu(eqe->data.dct.dctn);
		break;
	case SACC_EVENT_XRQ:
		key->number = be32_to_cpu(eqe->data.xrq_err.type_xrqn);
		break;
	default:
		return eqe->type == MLX5_EVENT_TYPE_PORT_CHANGE;
	}
	key->number &= 0xffffff;
	return true;
}

static u16 sacc_event_queue_of(const struct sacc_devx_obj *obj)
{
	switch (sacc_mbox_id_create(obj->id)) {
	case MLX5_CMD_OP_CREATE_RQ:
	case MLX5_CMD_OP_CREATE_RMP:
		return MLX5_EVENT_QUEUE_TYPE_RQ;
	case MLX5_CMD_OP_CREATE_SQ:
		return MLX5_EVENT_QUEUE_TYPE_SQ;
	case MLX5_CMD_OP_CREATE_DCT:
		return MLX5_EVENT_QUEUE_TYPE_DCT;
	default:
		return 0;
	}
}

/* The source of events of @type of @obj, or of the device; false if it has none. */
static bool sacc_event_admit(u16 type, const struct sacc_devx_obj *obj,
			     struct sacc_event_key *key)
{
	*key = (struct sacc_event_key){ .type = type };
	if (!obj)
		return type == MLX5_EVENT_TYPE_PORT_CHANGE;
	key->queue = sacc_event_queue_of(obj);
	key->number = lower_32_bits(obj->id);
	return sacc_event_place(type) != SACC_EVENT_NOWHERE;
}

/* --- Raising */

static void sacc_event_dispatch(struct sacc_devx *dev, const u8 *eqe)
{
	struct sacc_event_source *source;
	struct sacc_subscription *sub;
	struct sacc_event_key key;

	if (!sacc_event_key((const struct mlx5_eqe *)eqe, &key))
		return;
	spin_lock(&dev->events_lock);
	source = rhashtable_lookup_fast(&dev->event_sources, &key,
					sacc_event_params);
	if (source) {
		list_for_each_entry(sub, &source->subscriptions, by_source) {
			if (sub->eventfd)
				sacc_eventfd_signal(sub->eventfd);
			else
				sacc_event_file_deliver(sub, eqe);
		}
	}
	spin_unlock(&dev->events_lock);
}

/* The core passes it on from a work item. The device is registered: see debugfs.c */
static void sacc_event_port_change(struct sacc_devx *dev, const struct mlx5_eqe *eqe)
{
	struct ib_event event = {
		.device = &dev->ibdev,
		.element.port_num = eqe->data.port.port >> 4,
		.event = eqe->sub_type == MLX5_PORT_CHANGE_SUBTYPE_ACTIVE ?
			 IB_EVENT_PORT_ACTIVE : IB_EVENT_PORT_ERR,
	};

	ib_dispatch_event(&event);
}

/* sacc_hca_ops.event */
void sacc_devx_event(void *priv, const struct sacc_hca_event *event)
{
	const struct mlx5_eqe *eqe = (const struct mlx5_eqe *)event->eqe;
	struct sacc_devx *dev = priv;

	BUILD_BUG_ON(sizeof(*eqe) != SACC_EQE_BYTES);
	BUILD_BUG_ON(sizeof(event->eqe) != SACC_EQE_BYTES);
	sacc_event_dispatch(dev, event->eqe);
	if (event->type == MLX5_EVENT_TYPE_PORT_CHANGE)
		sacc_event_port_change(dev, eqe);
	if (event->type == MLX5_EVENT_TYPE_CQ_ERROR)
		sacc_devx_cq_event(dev, event->obj_id);
}

/* --- Subscriptions */

void sacc_subscription_free(struct sacc_subscription *sub)
{
	if (sub->eventfd)
		eventfd_ctx_put(sub->eventfd);
	kfree(sub);
}

/* Ends @sub; true if it is the caller's to free. */
static bool sacc_subscription_end(struct sacc_devx *dev,
				  struct sacc_subscription *sub)
{
	struct sacc_event_source *source = sub->source;

	lockdep_assert_held(&dev->events_lock);
	list_del(&sub->by_source);
	list_del(&sub->by_object);
	list_del(&sub->by_file);
	if (list_empty(&source->subscriptions)) {
		rhashtable_remove_fast(&dev->event_sources, &source->node,
				       sacc_event_params);
		kfree_rcu(source, rcu);
	}
	sacc_devx_count(dev, SACC_DEVX_SUBSCRIPTIONS, -1);
	return sacc_event_file_end(sub);
}

static void sacc_subscriptions_free(struct list_head *ended)
{
	struct sacc_subscription *sub, *next;

	list_for_each_entry_safe(sub, next, ended, by_object)
		sacc_subscription_free(sub);
}

/* The object has been destroyed in the model, so no event of it comes any more. */
void sacc_devx_unsubscribe(struct sacc_devx_obj *obj)
{
	struct sacc_subscription *sub, *next;
	struct sacc_devx *dev = obj->dev;
	int n;

	do {
		LIST_HEAD(ended);

		n = 0;
		spin_lock(&dev->events_lock);
		list_for_each_entry_safe(sub, next, &obj->subscriptions, by_object) {
			if (sacc_subscription_end(dev, sub))
				list_add(&sub->by_object, &ended);
			if (++n == SACC_SUBSCRIPTIONS_BATCH)
				break;
		}
		spin_unlock(&dev->events_lock);
		sacc_subscriptions_free(&ended);
	} while (n == SACC_SUBSCRIPTIONS_BATCH);
}

/* The file is marked destroyed and keeps nothing: all are for us to free. */
void sacc_event_file_unsubscribe(struct sacc_event_file *file)
{
	struct sacc_subscription *sub, *next;
	struct sacc_devx *dev = file->dev;
	int n;

	do {
		LIST_HEAD(ended);

		n = 0;
		spin_lock(&dev->events_lock);
		list_for_each_entry_safe(sub, next, &file->subscriptions, by_file) {
			sacc_subscription_end(dev, sub);
			list_add(&sub->by_object, &ended);
			if (++n == SACC_SUBSCRIPTIONS_BATCH)
				break;
		}
		spin_unlock(&dev->events_lock);
		sacc_subscriptions_free(&ended);
	} while (n == SACC_SUBSCRIPTIONS_BATCH);
}

/**
 * struct sacc_subscribe - a call of the method
 * @file: where events go
 * @obj: what they are about, NULL: the device
 * @redirect: @eventfd is to be signalled instead
 * @eventfd: a file descriptor
 * @cookie: for all
 * @num: types of events
 * @undone: how many were subscribed to, and ended again, for an error of a later one
 * @key: their sources
 * @sub: the subscriptions, each with a source of its own until one is found
 */
struct sacc_subscribe {
	struct sacc_event_file *file;
	struct sacc_devx_obj *obj;
	bool redirect;
	int eventfd;
	u64 cookie;
	int num;
	int undone;
	struct sacc_event_key key[SACC_SUBSCRIBE_MAX];
	struct sacc_subscription *sub[SACC_SUBSCRIBE_MAX];
};

static struct sacc_subscription *sacc_subscription_alloc(const struct sacc_subscribe *call)
{
	struct sacc_subscription *sub;
	int err = -ENOMEM;

	sub = kzalloc(sizeof(*sub), GFP_KERNEL_ACCOUNT);
	if (!sub)
		return ERR_PTR(-ENOMEM);
	sub->source = kzalloc(sizeof(*sub->source), GFP_KERNEL_ACCOUNT);
	if (!sub->source)
		goto err_free;
	INIT_LIST_HEAD(&sub->source->subscriptions);
	INIT_LIST_HEAD(&sub->by_object);
	INIT_LIST_HEAD(&sub->pending);
	sub->file = call->file;
	sub->cookie = call->cookie;
	if (!call->redirect)
		return sub;
	sub->eventfd = eventfd_ctx_fdget(call->eventfd);
	if (!IS_ERR(sub->eventfd))
		return sub;
	err = PTR_ERR(sub->eventfd);
	kfree(sub->source);
err_free:
	kfree(sub);
	return ERR_PTR(err);
}

/* Puts @sub where its events come by. On failure it is as before. */
static int sacc_subscription_add(struct sacc_subscribe *call, int i)
{
	struct sacc_devx *dev = call->file->dev;
	struct sacc_subscription *sub = call->sub[i];
	struct sacc_event_source *source;

	lockdep_assert_held(&dev->events_lock);
	source = rhashtable_lookup_fast(&dev->event_sources, &call->key[i],
					sacc_event_params);
	if (source) {
		kfree(sub->source);
		sub->source = source;
	} else {
		sub->source->key = call->key[i];
		if (rhashtable_insert_fast(&dev->event_sources, &sub->source->node,
					   sacc_event_params))
			return -ENOMEM;
	}
	list_add_tail(&sub->by_source, &sub->source->subscriptions);
	list_add_tail(&sub->by_file, &call->file->subscriptions);
	if (call->obj)
		list_add_tail(&sub->by_object, &call->obj->subscriptions);
	sacc_devx_count(dev, SACC_DEVX_SUBSCRIPTIONS, 1);
	return 0;
}

/* All or none of them. Those that are not added still have their own source. */
static int sacc_subscribe_add_all(struct sacc_subscribe *call)
{
	struct sacc_devx *dev = call->file->dev;
	struct sacc_subscription *done[SACC_SUBSCRIBE_MAX];
	int i, n = 0, err = 0;

	spin_lock(&dev->events_lock);
	for (i = 0; i < call->num; i++) {
		err = sacc_subscription_add(call, i);
		if (err)
			break;
	}
	while (err && i--) {
		if (sacc_subscription_end(dev, call->sub[i]))
			done[n++] = call->sub[i];
		call->sub[i] = NULL;
		call->undone++;
	}
	spin_unlock(&dev->events_lock);
	while (n--)
		sacc_subscription_free(done[n]);
	return err;
}

static int sacc_subscribe_run(struct sacc_subscribe *call)
{
	struct sacc_event_file *file = call->file;
	bool ring = !file->omit_data && !call->redirect;
	int i, err = 0;

	if (ring)
		err = sacc_event_file_reserve(file, call->num);
	if (err)
		return err;
	for (i = 0; i < call->num; i++) {
		call->sub[i] = sacc_subscription_alloc(call);
		if (IS_ERR(call->sub[i])) {
			err = PTR_ERR(call->sub[i]);
			call->sub[i] = NULL;
			goto err_free;
		}
	}
	err = sacc_subscribe_add_all(call);
	if (!err)
		return 0;

err_free:
	for (i = 0; i < call->num; i++) {
		if (!call->sub[i])
			continue;
		kfree(call->sub[i]->source);
		sacc_subscription_free(call->sub[i]);
	}
	if (ring)
		sacc_event_file_unreserve(file, call->num - call->undone);
	return err;
}

/* Where the events are to go. */
static int sacc_subscribe_get_target(struct uverbs_attr_bundle *attrs,
				     struct sacc_subscribe *call)
{
	struct ib_uobject *uobj =
		uverbs_attr_get_uobject(attrs, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_HANDLE);
	int err;

	call->file = to_sacc_event_file(uobj);
	call->redirect = uverbs_attr_is_valid(attrs,
					      MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_NUM);
	if (call->redirect) {
		err = uverbs_copy_from(&call->eventfd, attrs,
				       MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_NUM);
		if (err)
			return err;
	}
	if (!uverbs_attr_is_valid(attrs, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_COOKIE))
		return 0;
	/* An eventfd has no room for it. */
	if (call->redirect)
		return -EINVAL;
	return uverbs_copy_from(&call->cookie, attrs,
				MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_COOKIE);
}

static int sacc_subscribe_get_types(struct uverbs_attr_bundle *attrs,
				    struct sacc_subscribe *call)
{
	const u16 *types;
	int i;

	call->num = uverbs_attr_ptr_get_array_size(attrs,
						   MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_TYPE_NUM_LIST,
						   sizeof(*types));
	if (call->num < 0)
		return call->num;
	if (call->num > SACC_SUBSCRIBE_MAX)
		return -EINVAL;
	types = uverbs_attr_get_alloced_ptr(attrs,
					    MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_TYPE_NUM_LIST);
	for (i = 0; i < call->num; i++)
		if (!sacc_event_admit(types[i], call->obj, &call->key[i]))
			return -EINVAL;
	return 0;
}

/* MLX5_IB_METHOD_DEVX_SUBSCRIBE_EVENT; declared in cmd.c with its siblings. */
int sacc_devx_subscribe(struct uverbs_attr_bundle *attrs)
{
	struct ib_uobject *uobj =
		uverbs_attr_get_uobject(attrs, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_OBJ_HANDLE);
	struct sacc_subscribe call = { .obj = IS_ERR(uobj) ? NULL : uobj->object };
	int err;

	if (!sacc_devx_handle_context(attrs)->devx)
		return -EINVAL;
	err = sacc_subscribe_get_target(attrs, &call);
	if (err)
		return err;
	err = sacc_subscribe_get_types(attrs, &call);
	if (err)
		return err;
	return sacc_subscribe_run(&call);
}
