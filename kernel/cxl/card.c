// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cards and their AFUs: creation, removal, programming mode, interrupt pool.
 *
 * Owns: struct sacc_cxl_card and struct sacc_cxl_afu. Lifetimes and locks: cxl.h.
 *
 * Removal of a card: each AFU stops admitting contexts (gone), its contexts are
 * stopped and CLOSED and their readers woken, its nodes and its device go, and with
 * them the personality's state; then the card's device. Open files
 * keep the structures. Nothing of a context is mapped (window.c), so there is
 * nothing to unmap.
 *
 * Invariants: a node exists iff the mode asks for it; the mode changes only while
 * no context is open; irqs_free plus what STARTED contexts hold is the pool.
 */
#include <linux/slab.h>

#include "cxl.h"

static const char sacc_cxl_node_suffix[SACC_CXL_NODES] = { 'd', 'm', 's' };

/* In dedicated mode there are no per-process areas. */
u64 sacc_cxl_mmio_size(const struct sacc_cxl_afu *afu)
{
	const struct sacc_afu_desc *desc = afu->ops->desc;

	if (READ_ONCE(afu->mode) == SACC_CXL_MODE_DEDICATED)
		return desc->ps_size;
	return desc->pp_size ?: desc->ps_size;
}

unsigned int sacc_cxl_user_irqs(const struct sacc_cxl_card *card)
{
	return sacc_cxl_profile_irqs(card->profile->slices);
}

int sacc_cxl_get_irqs(struct sacc_cxl_card *card, unsigned int n)
{
	int ret = -ENOSPC;

	mutex_lock(&card->lock);
	if (n <= card->irqs_free) {
		card->irqs_free -= n;
		ret = 0;
	}
	mutex_unlock(&card->lock);
	return ret;
}

void sacc_cxl_put_irqs(struct sacc_cxl_card *card, unsigned int n)
{
	mutex_lock(&card->lock);
	card->irqs_free += n;
	mutex_unlock(&card->lock);
}

int sacc_cxl_get_attached(struct sacc_cxl_card *card)
{
	int ret = 0;

	mutex_lock(&card->lock);
	if (card->resetting)
		ret = -EBUSY;
	else if (sacc_cxl_is_frozen(card))
		ret = -EIO;
	else
		card->attached++;
	mutex_unlock(&card->lock);
	return ret;
}

void sacc_cxl_put_attached(struct sacc_cxl_card *card)
{
	mutex_lock(&card->lock);
	card->attached--;
	mutex_unlock(&card->lock);
}

/* Have the card replaced by a new one, soon; it admits no START_WORK any more. */
int sacc_cxl_schedule_reset(struct sacc_cxl_card *card)
{
	lockdep_assert_held(&card->lock);
	if (card->resetting)
		return -EBUSY;
	card->resetting = true;
	sacc_cxl_queue_reset(card);
	return 0;
}

/* --- nodes and mode */

static int sacc_cxl_add_node(struct sacc_cxl_afu *afu, enum sacc_cxl_node kind)
{
	unsigned int minor = afu->card->nr * SACC_CXL_CARD_MINORS + 1 +
			     afu->slice * SACC_CXL_NODES + kind;
	const struct attribute_group **groups = NULL;
	struct device *node;

	if (kind == SACC_CXL_NODE_MASTER)
		groups = sacc_cxl_master_groups;
	node = device_create_with_groups(sacc_cxl_class, &afu->dev,
					 sacc_cxl_devt(minor), afu, groups,
					 "afu%u.%u%c", afu->card->nr, afu->slice,
					 sacc_cxl_node_suffix[kind]);
	if (IS_ERR(node))
		return PTR_ERR(node);
	afu->node[kind] = node;
	return 0;
}

static void sacc_cxl_del_nodes(struct sacc_cxl_afu *afu)
{
	int kind;

	for (kind = 0; kind < SACC_CXL_NODES; kind++) {
		if (afu->node[kind])
			device_unregister(afu->node[kind]);
		afu->node[kind] = NULL;
	}
}

static int sacc_cxl_add_nodes(struct sacc_cxl_afu *afu, enum sacc_cxl_mode mode)
{
	int ret;

	if (mode == SACC_CXL_MODE_DEDICATED)
		return sacc_cxl_add_node(afu, SACC_CXL_NODE_DEDICATED);

	ret = sacc_cxl_add_node(afu, SACC_CXL_NODE_MASTER);
	if (!ret)
		ret = sacc_cxl_add_node(afu, SACC_CXL_NODE_SLAVE);
	if (ret)
		sacc_cxl_del_nodes(afu);
	return ret;
}

/*
 * Change the programming model of an AFU without contexts. The old one is torn
 * down first, the same one included: after an error the mode is "none".
 */
int sacc_cxl_set_mode(struct sacc_cxl_afu *afu, enum sacc_cxl_mode mode)
{
	int ret;

	lockdep_assert_held(&afu->lock);
	sacc_cxl_del_nodes(afu);
	afu->mode = SACC_CXL_MODE_NONE;
	if (mode == SACC_CXL_MODE_NONE)
		return 0;
	if (!(afu->ops->desc->modes & mode))
		return -EINVAL;

	ret = sacc_cxl_add_nodes(afu, mode);
	if (ret)
		return ret;
	afu->mode = mode;
	return 0;
}

static enum sacc_cxl_mode sacc_cxl_default_mode(const struct sacc_afu_desc *desc)
{
	BUILD_BUG_ON(SACC_AFU_DEDICATED != CXL_MODE_DEDICATED);
	BUILD_BUG_ON(SACC_AFU_DIRECTED != CXL_MODE_DIRECTED);

	if (desc->modes & SACC_AFU_DIRECTED)
		return SACC_CXL_MODE_DIRECTED;
	if (desc->modes & SACC_AFU_DEDICATED)
		return SACC_CXL_MODE_DEDICATED;
	return SACC_CXL_MODE_NONE;
}

/* --- AFUs */

static void sacc_cxl_release_afu(struct device *dev)
{
	struct sacc_cxl_afu *afu = to_sacc_cxl_afu(dev);

	xa_destroy(&afu->contexts);
	mutex_destroy(&afu->lock);
	put_device(&afu->card->dev);
	kfree(afu);
}

/* Not when the AFU is freed: its module may have gone by then. */
static void sacc_cxl_exit_slice(struct sacc_cxl_afu *afu)
{
	if (afu->priv && afu->ops->slice_exit)
		afu->ops->slice_exit(afu->priv);
	afu->priv = NULL;
}

static const struct device_type sacc_cxl_afu_type = {
	.groups = sacc_cxl_afu_groups,
	.release = sacc_cxl_release_afu,
};

static struct sacc_cxl_afu *sacc_cxl_alloc_afu(struct sacc_cxl_card *card,
					       u32 slice)
{
	struct sacc_cxl_afu *afu = kzalloc(sizeof(*afu), GFP_KERNEL);

	if (!afu)
		return NULL;
	afu->card = card;
	get_device(&card->dev);
	afu->slice = slice;
	afu->ops_copy = *card->profile->ops[slice];
	afu->desc_copy = *afu->ops_copy.desc;
	afu->ops_copy.desc = &afu->desc_copy;
	afu->ops = &afu->ops_copy;
	afu->owner = card->profile->owner;
	afu->irqs_max = afu->ops->desc->irqs_max ?: sacc_cxl_user_irqs(card);
	mutex_init(&afu->lock);
	init_rwsem(&afu->access);
	rwlock_init(&afu->bus);
	xa_init_flags(&afu->contexts, XA_FLAGS_ALLOC);
	device_initialize(&afu->dev);
	afu->dev.class = sacc_cxl_class;
	afu->dev.parent = &card->dev;
	afu->dev.type = &sacc_cxl_afu_type;
	return afu;
}

/* No contexts, no nodes. Under the lock: a write to mode may be at it. */
static void sacc_cxl_retire_afu(struct sacc_cxl_afu *afu)
{
	mutex_lock(&afu->lock);
	afu->gone = true;
	sacc_cxl_del_nodes(afu);
	mutex_unlock(&afu->lock);
}

static int sacc_cxl_add_afu(struct sacc_cxl_card *card, u32 slice)
{
	struct sacc_cxl_afu *afu = sacc_cxl_alloc_afu(card, slice);
	int ret;

	if (!afu)
		return -ENOMEM;
	ret = dev_set_name(&afu->dev, "afu%u.%u", card->nr, slice);
	if (ret)
		goto err_put_afu;
	if (afu->ops->slice_init) {
		ret = afu->ops->slice_init(&afu->priv);
		if (ret)
			goto err_put_afu;
	}
	ret = device_add(&afu->dev);
	if (ret)
		goto err_exit_slice;
	ret = sacc_cxl_add_record(afu);
	if (ret)
		goto err_del_afu;
	ret = sacc_cxl_add_err_buff(afu);
	if (ret)
		goto err_del_record;

	mutex_lock(&afu->lock);
	ret = sacc_cxl_set_mode(afu, sacc_cxl_default_mode(afu->ops->desc));
	mutex_unlock(&afu->lock);
	if (ret)
		goto err_del_err_buff;
	card->afu[slice] = afu;
	return 0;

err_del_err_buff:
	sacc_cxl_del_err_buff(afu);
err_del_record:
	sacc_cxl_del_record(afu);
err_del_afu:
	/* Its file "mode" has been there for a while. */
	sacc_cxl_retire_afu(afu);
	device_del(&afu->dev);
err_exit_slice:
	sacc_cxl_exit_slice(afu);
err_put_afu:
	put_device(&afu->dev);
	return ret;
}

/* Those that are open; who wants to know that there are none keeps others out. */
void sacc_cxl_stop_contexts(struct sacc_cxl_afu *afu)
{
	struct sacc_afu_ctx *ctx;
	unsigned long pe;

	/* A context that is closing by itself may be gone in between. */
	xa_for_each(&afu->contexts, pe, ctx) {
		ctx = sacc_cxl_ctx_find(afu, pe);
		if (!ctx)
			continue;
		sacc_cxl_ctx_stop(ctx);
		sacc_cxl_ctx_put(ctx);
	}
}

static void sacc_cxl_remove_afu(struct sacc_cxl_afu *afu)
{
	mutex_lock(&afu->lock);
	afu->gone = true;
	mutex_unlock(&afu->lock);
	sacc_cxl_stop_contexts(afu);

	/* Under the lock: a write to mode may be at it. */
	mutex_lock(&afu->lock);
	sacc_cxl_del_nodes(afu);
	mutex_unlock(&afu->lock);
	sacc_cxl_del_err_buff(afu);
	sacc_cxl_del_record(afu);
	device_del(&afu->dev);
	/* Nobody is in a file of it, nor will be: nothing calls the AFU any more. */
	sacc_cxl_exit_slice(afu);
	put_device(&afu->dev);
}

/* --- cards */

static void sacc_cxl_release_card(struct device *dev)
{
	struct sacc_cxl_card *card = to_sacc_cxl_card(dev);

	mutex_destroy(&card->lock);
	kfree(card);
}

static const struct device_type sacc_cxl_card_type = {
	.groups = sacc_cxl_card_groups,
	.release = sacc_cxl_release_card,
};

static struct sacc_cxl_card *
sacc_cxl_alloc_card(struct sacc_cxl_slot *slot, u32 nr)
{
	struct sacc_cxl_card *card = kzalloc(sizeof(*card), GFP_KERNEL);

	if (!card)
		return NULL;
	card->slot = slot;
	card->nr = nr;
	card->profile = slot->profile;
	card->irqs_free = sacc_cxl_user_irqs(card);
	card->perst_user = 1;
	mutex_init(&card->lock);
	device_initialize(&card->dev);
	card->dev.class = sacc_cxl_class;
	card->dev.parent = slot->parent;
	card->dev.type = &sacc_cxl_card_type;
	return card;
}

static int sacc_cxl_add_afus(struct sacc_cxl_card *card)
{
	int slice, ret;

	for (slice = 0; slice < card->profile->slices; slice++) {
		ret = sacc_cxl_add_afu(card, slice);
		if (ret)
			goto err_remove_afus;
	}
	return 0;

err_remove_afus:
	while (slice--)
		sacc_cxl_remove_afu(card->afu[slice]);
	return ret;
}

struct sacc_cxl_card *sacc_cxl_create_card(struct sacc_cxl_slot *slot, u32 nr)
{
	struct sacc_cxl_card *card = sacc_cxl_alloc_card(slot, nr);
	int ret;

	if (!card)
		return ERR_PTR(-ENOMEM);
	ret = dev_set_name(&card->dev, "card%u", nr);
	if (ret)
		goto err_put_card;
	ret = device_add(&card->dev);
	if (ret)
		goto err_put_card;
	ret = sacc_cxl_add_afus(card);
	if (ret)
		goto err_del_card;
	sacc_cxl_debugfs_add_card(card);
	return card;

err_del_card:
	device_del(&card->dev);
err_put_card:
	put_device(&card->dev);
	return ERR_PTR(ret);
}

/*
 * The card is in no registry any more. Its AFUs may live on in open files, which
 * find their contexts CLOSED.
 */
void sacc_cxl_remove_card(struct sacc_cxl_card *card)
{
	int slice;

	mutex_lock(&card->lock);
	card->resetting = true;
	mutex_unlock(&card->lock);
	sacc_cxl_debugfs_del_card(card);
	for (slice = 0; slice < card->profile->slices; slice++)
		sacc_cxl_remove_afu(card->afu[slice]);
	device_unregister(&card->dev);
}
