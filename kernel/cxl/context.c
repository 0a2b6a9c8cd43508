// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts: admission, START_WORK, stopping, closing.
 *
 * Owns: struct sacc_afu_ctx; lifetimes and locks are described in cxl.h.
 *
 * OPENED -> STARTED -> CLOSED, or OPENED -> CLOSED; there is no way back. A failed
 * START_WORK undoes everything and leaves the context OPENED.
 *
 * Stopping, in this order (sacc_cxl_ctx_stop()):
 *   1. state becomes CLOSED with the AFU's register accesses shut out: none runs,
 *      and none will reach the personality again;
 *   2. the worker's memory accesses are refused, a blocked one is broken off, and
 *      the worker is waited for: the process' memory is left alone from here on;
 *   3. the personality's state goes, then the address space, the interrupts, and
 *      the card's count of attached contexts;
 *   4. readers are woken.
 * It is done once; whoever comes second waits for the first.
 */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "cxl.h"

static void sacc_cxl_ctx_release(struct kref *ref)
{
	struct sacc_afu_ctx *ctx = container_of(ref, struct sacc_afu_ctx, ref);

	bitmap_free(ctx->irq_pending);
	mutex_destroy(&ctx->lock);
	module_put(ctx->afu->owner);
	put_device(&ctx->afu->dev);
	kfree_rcu(ctx, rcu);
}

void sacc_cxl_ctx_put(struct sacc_afu_ctx *ctx)
{
	kref_put(&ctx->ref, sacc_cxl_ctx_release);
}

/* The context that has process element @pe, counted, or NULL. */
struct sacc_afu_ctx *sacc_cxl_ctx_find(struct sacc_cxl_afu *afu, u32 pe)
{
	struct sacc_afu_ctx *ctx;

	rcu_read_lock();
	ctx = xa_load(&afu->contexts, pe);
	if (ctx && !kref_get_unless_zero(&ctx->ref))
		ctx = NULL;
	rcu_read_unlock();
	return ctx;
}

/* Does this node belong to the AFU as it is now? */
static bool sacc_cxl_admits(const struct sacc_cxl_afu *afu,
			    enum sacc_cxl_node node)
{
	lockdep_assert_held(&afu->lock);
	if (afu->gone)
		return false;
	switch (afu->mode) {
	case SACC_CXL_MODE_DEDICATED:
		return node == SACC_CXL_NODE_DEDICATED;
	case SACC_CXL_MODE_DIRECTED:
		return node != SACC_CXL_NODE_DEDICATED;
	case SACC_CXL_MODE_NONE:
		break;
	}
	return false;
}

/* Takes over the reference to the personality's module. */
static struct sacc_afu_ctx *sacc_cxl_ctx_alloc(struct sacc_cxl_afu *afu,
					       enum sacc_cxl_node node)
{
	struct sacc_afu_ctx *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL_ACCOUNT);

	if (!ctx)
		return NULL;
	kref_init(&ctx->ref);
	ctx->afu = afu;
	get_device(&afu->dev);
	ctx->master = node != SACC_CXL_NODE_SLAVE;
	ctx->mode = afu->mode;
	ctx->state = SACC_CXL_OPENED;
	mutex_init(&ctx->lock);
	init_waitqueue_head(&ctx->wake);
	init_waitqueue_head(&ctx->readers);
	spin_lock_init(&ctx->events_lock);
	return ctx;
}

static int sacc_cxl_ctx_admit(struct sacc_afu_ctx *ctx)
{
	u32 procs = 1;
	int ret;

	if (ctx->mode == SACC_CXL_MODE_DIRECTED)
		procs = ctx->afu->ops->desc->num_procs;
	ret = xa_alloc(&ctx->afu->contexts, &ctx->head.pe, ctx,
		       XA_LIMIT(0, procs - 1), GFP_KERNEL);
	return ret == -EBUSY ? -ENOSPC : ret;
}

/**
 * sacc_cxl_ctx_create - a node was opened
 * @afu:  its AFU
 * @node: which one
 *
 * Return: a context, OPENED and with its process element; or ERR_PTR: -ENODEV
 * when the AFU has no such node (any more), -EIO when the link is down, -ENOSPC,
 * -ENOMEM.
 */
struct sacc_afu_ctx *sacc_cxl_ctx_create(struct sacc_cxl_afu *afu,
					 enum sacc_cxl_node node)
{
	struct sacc_afu_ctx *ctx;
	int ret = -ENODEV;

	mutex_lock(&afu->lock);
	if (!sacc_cxl_admits(afu, node) || !try_module_get(afu->owner))
		goto err_unlock;
	ret = -EIO;
	if (sacc_cxl_is_frozen(afu->card))
		goto err_unlock;
	ret = -ENOMEM;
	ctx = sacc_cxl_ctx_alloc(afu, node);
	if (!ctx)
		goto err_put_module;
	ret = sacc_cxl_ctx_admit(ctx);
	if (ret)
		goto err_put_ctx;
	mutex_unlock(&afu->lock);
	return ctx;

err_put_ctx:
	sacc_cxl_ctx_put(ctx);
	goto err_unlock;
err_put_module:
	module_put(afu->owner);
err_unlock:
	mutex_unlock(&afu->lock);
	return ERR_PTR(ret);
}

/* --- START_WORK */

static int sacc_cxl_check_work(struct sacc_afu_ctx *ctx,
			       struct cxl_ioctl_start_work *work)
{
	int irqs_min = ctx->afu->ops->desc->irqs_min;

	if (work->reserved1 || work->reserved2 || work->reserved3 ||
	    work->reserved4 || work->reserved5 ||
	    (work->flags & ~CXL_START_WORK_ALL))
		return -EINVAL;
	if (!(work->flags & CXL_START_WORK_NUM_IRQS))
		work->num_interrupts = irqs_min;
	else if (work->num_interrupts < irqs_min ||
		 work->num_interrupts > READ_ONCE(ctx->afu->irqs_max))
		return -EINVAL;
	return 0;
}

/* No access to it that has seen another state is under way when this returns. */
static void sacc_cxl_set_state(struct sacc_afu_ctx *ctx,
			       enum sacc_cxl_state state, bool alive)
{
	lockdep_assert_held(&ctx->lock);
	down_write(&ctx->afu->access);
	write_lock(&ctx->afu->bus);
	WRITE_ONCE(ctx->state, state);
	ctx->alive = alive;
	ctx->direct = alive && sacc_cxl_is_owner(ctx);
	write_unlock(&ctx->afu->bus);
	up_write(&ctx->afu->access);
}

static int sacc_cxl_attach(struct sacc_afu_ctx *ctx, u64 wed)
{
	int ret;

	sacc_mm_bind(&ctx->mm);
	ret = ctx->afu->ops->attach(ctx, wed);
	if (ret)
		goto err_unbind;
	ret = sacc_cxl_engine_create(ctx);
	if (ret)
		goto err_detach;
	sacc_cxl_set_state(ctx, SACC_CXL_STARTED, true);
	sacc_cxl_engine_start(ctx);
	return 0;

err_detach:
	ctx->afu->ops->detach(ctx);
err_unbind:
	sacc_mm_unbind(&ctx->mm);
	return ret;
}

static int sacc_cxl_start_locked(struct sacc_afu_ctx *ctx,
				 struct cxl_ioctl_start_work *work)
{
	struct sacc_cxl_card *card = ctx->afu->card;
	int ret;

	if (ctx->state != SACC_CXL_OPENED)
		return -EIO;
	ret = sacc_cxl_check_work(ctx, work);
	if (ret)
		return ret;
	ret = sacc_cxl_get_irqs(card, work->num_interrupts);
	if (ret)
		return ret;
	ret = sacc_cxl_event_init(ctx, work->num_interrupts);
	if (ret)
		goto err_put_irqs;
	ret = sacc_cxl_get_attached(card);
	if (ret)
		goto err_put_irqs;
	ctx->err_ff = work->flags & CXL_START_WORK_ERR_FF;
	ret = sacc_cxl_attach(ctx, work->work_element_descriptor);
	if (ret)
		goto err_put_attached;
	return 0;

err_put_attached:
	sacc_cxl_put_attached(card);
err_put_irqs:
	sacc_cxl_put_irqs(card, work->num_interrupts);
	return ret;
}

/**
 * sacc_cxl_ctx_start - START_WORK
 * @ctx:  the context
 * @work: what the program asked for; num_interrupts and tid are filled in
 *
 * Binds the address space of the current process. The authority mask (amr)
 * restricts nothing here: it is accepted and has no effect.
 */
int sacc_cxl_ctx_start(struct sacc_afu_ctx *ctx,
		       struct cxl_ioctl_start_work *work)
{
	int ret;

	if (!current->mm)
		return -EINVAL;
	mutex_lock(&ctx->lock);
	ret = sacc_cxl_start_locked(ctx, work);
	mutex_unlock(&ctx->lock);
	/* Any number that is unique on the AFU and not 0 will do. */
	if (!ret)
		work->tid = ctx->head.pe + 1;
	return ret;
}

/* --- the end */

static void sacc_cxl_detach(struct sacc_afu_ctx *ctx)
{
	struct sacc_cxl_afu *afu = ctx->afu;

	sacc_cxl_engine_stop(ctx);
	sacc_cxl_unmap(ctx);
	afu->ops->detach(ctx);
	/* A dedicated AFU is reset, so the next context finds it as new. */
	if (ctx->mode == SACC_CXL_MODE_DEDICATED && afu->ops->reset)
		afu->ops->reset(afu->priv);
	sacc_mm_unbind(&ctx->mm);
	sacc_cxl_put_irqs(afu->card, ctx->irqs);
	sacc_cxl_put_attached(afu->card);
}

/*
 * The link is down: its registers do not answer and the worker does not reach the
 * process' memory any more when this returns, and never again. The context waits to be
 * stopped.
 */
void sacc_cxl_ctx_freeze(struct sacc_afu_ctx *ctx)
{
	mutex_lock(&ctx->lock);
	if (ctx->state == SACC_CXL_STARTED) {
		sacc_cxl_set_state(ctx, SACC_CXL_STARTED, false);
		sacc_mm_revoke(&ctx->mm, ctx->worker);
		sacc_mm_evict(&ctx->mm, ctx->worker);
		sacc_cxl_unmap(ctx);
	}
	mutex_unlock(&ctx->lock);
	/* Blocked ones do not wait for what comes after. */
	wake_up_all(&ctx->readers);
}

/* Events that are pending stay readable. Idempotent. */
void sacc_cxl_ctx_stop(struct sacc_afu_ctx *ctx)
{
	enum sacc_cxl_state was;

	mutex_lock(&ctx->lock);
	was = ctx->state;
	sacc_cxl_set_state(ctx, SACC_CXL_CLOSED, false);
	if (was == SACC_CXL_STARTED)
		sacc_cxl_detach(ctx);
	mutex_unlock(&ctx->lock);
	wake_up_all(&ctx->readers);
}

/* A process that has the context open exits, and has no address space any more. */
void sacc_cxl_ctx_evict(struct sacc_afu_ctx *ctx)
{
	mutex_lock(&ctx->lock);
	if (ctx->state == SACC_CXL_STARTED)
		sacc_mm_evict(&ctx->mm, ctx->worker);
	mutex_unlock(&ctx->lock);
}

/* The file is gone: no mmap, read or ioctl is running or will. */
void sacc_cxl_ctx_close(struct sacc_afu_ctx *ctx)
{
	sacc_cxl_ctx_stop(ctx);
	/* Only now may another context be admitted, or the mode change. */
	xa_erase(&ctx->afu->contexts, ctx->head.pe);
	sacc_cxl_ctx_put(ctx);
}
