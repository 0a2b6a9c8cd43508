// SPDX-License-Identifier: GPL-2.0-only
/*
 * softaccel_cxl.ko: the CAPI card.
 *
 * Owns: the class "cxl", the character-device region, and the registry of cards.
 *
 * One cdev serves every minor for as long as the module is loaded; open() looks
 * the card up. So a node never outlives its driver, and a stale one gives ENODEV.
 * The module cannot go while a node is open (fops.owner), hence module exit
 * never meets a context. A card reset, which replaces the card, does.
 *
 * Lock: sacc_cxl_registry protects the xarray of cards, sacc_cxl_card.removed
 * and which card is in which slot; it is held while a card is added or removed, so
 * that a reset finds its card either whole or removed. sysfs handlers run within a
 * card's lifetime and must not take it.
 */
#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "cxl.h"

/* Protects the set of cards: see above. */
DEFINE_MUTEX(sacc_cxl_registry);
struct class *sacc_cxl_class;

static DEFINE_XARRAY_ALLOC(sacc_cxl_cards);
static struct workqueue_struct *sacc_cxl_reset_wq;
static dev_t sacc_cxl_dev;
static struct cdev sacc_cxl_cdev;

/* What exists right after loading. */
static const struct sacc_cxl_profile sacc_cxl_profiles[] = {
	{ .slices = 1, .ops = { &sacc_afu_memcpy } },
	{ .slices = 1, .ops = { &sacc_afu_memcopy } },
	{ .slices = 1, .ops = { &sacc_afu_test } },
};

dev_t sacc_cxl_devt(unsigned int minor)
{
	return MKDEV(MAJOR(sacc_cxl_dev), minor);
}

/* The AFU that owns a minor, counted, or NULL. */
struct sacc_cxl_afu *sacc_cxl_find_afu(unsigned int minor)
{
	unsigned int nr = minor / SACC_CXL_CARD_MINORS;
	unsigned int rest = minor % SACC_CXL_CARD_MINORS;
	struct sacc_cxl_afu *afu = NULL;
	struct sacc_cxl_card *card;

	if (!rest)
		return NULL;
	rest = array_index_nospec(rest - 1, SACC_CXL_CARD_MINORS - 1);

	mutex_lock(&sacc_cxl_registry);
	card = xa_load(&sacc_cxl_cards, nr);
	if (card)
		afu = card->afu[rest / SACC_CXL_NODES];
	if (afu)
		get_device(&afu->dev);
	mutex_unlock(&sacc_cxl_registry);
	return afu;
}

/* Create the slot's card; number @nr, or the lowest free one if negative. */
static int sacc_cxl_add_card(struct sacc_cxl_slot *slot, int nr)
{
	struct sacc_cxl_card *card;
	u32 id = nr;
	int ret;

	lockdep_assert_held(&sacc_cxl_registry);
	if (nr < 0)
		ret = xa_alloc(&sacc_cxl_cards, &id, NULL,
			       XA_LIMIT(0, SACC_CXL_CARDS - 1), GFP_KERNEL);
	else
		ret = xa_insert(&sacc_cxl_cards, id, NULL, GFP_KERNEL);
	if (ret)
		return ret;

	/* Whatever was there before: a new card has a link. */
	WRITE_ONCE(slot->frozen, false);
	card = sacc_cxl_create_card(slot, id);
	if (IS_ERR(card)) {
		xa_erase(&sacc_cxl_cards, id);
		return PTR_ERR(card);
	}
	/* Cannot fail: the entry is reserved. */
	xa_store(&sacc_cxl_cards, id, card, GFP_KERNEL);
	slot->card = card;
	return 0;
}

static void sacc_cxl_drop_card(struct sacc_cxl_card *card)
{
	lockdep_assert_held(&sacc_cxl_registry);
	card->removed = true;
	card->slot->card = NULL;
	xa_erase(&sacc_cxl_cards, card->nr);
	sacc_cxl_remove_card(card);
}

/**
 * sacc_cxl_bind_slot - our driver drives what is in a slot: there is a card
 * @slot:   the slot
 * @parent: what the card becomes a child of; stays until sacc_cxl_unbind_slot()
 */
int sacc_cxl_bind_slot(struct sacc_cxl_slot *slot, struct device *parent)
{
	int ret;

	mutex_lock(&sacc_cxl_registry);
	slot->parent = parent;
	ret = sacc_cxl_add_card(slot, -1);
	if (ret)
		slot->parent = NULL;
	slot->error = ret;
	mutex_unlock(&sacc_cxl_registry);
	return ret;
}

/* A reset may have left the slot without a card. */
void sacc_cxl_unbind_slot(struct sacc_cxl_slot *slot)
{
	mutex_lock(&sacc_cxl_registry);
	if (slot->card)
		sacc_cxl_drop_card(slot->card);
	slot->parent = NULL;
	mutex_unlock(&sacc_cxl_registry);
}

static void sacc_cxl_reset_work(struct work_struct *work)
{
	struct sacc_cxl_card *card =
		container_of(work, struct sacc_cxl_card, reset_work);
	int ret = 0;

	mutex_lock(&sacc_cxl_registry);
	if (!card->removed) {
		sacc_cxl_drop_card(card);
		ret = sacc_cxl_add_card(card->slot, card->nr);
	}
	mutex_unlock(&sacc_cxl_registry);
	if (ret)
		pr_err("card%u did not come back after its reset: %d\n",
		       card->nr, ret);
	put_device(&card->dev);
}

/* Called once in a card's life, from one of its files. */
void sacc_cxl_queue_reset(struct sacc_cxl_card *card)
{
	get_device(&card->dev);
	INIT_WORK(&card->reset_work, sacc_cxl_reset_work);
	queue_work(sacc_cxl_reset_wq, &card->reset_work);
}

static char *sacc_cxl_devnode(sacc_devnode_device *dev, umode_t *mode)
{
	return kasprintf(GFP_KERNEL, "cxl/%s", dev_name(dev));
}

static int __init sacc_cxl_add_cards(void)
{
	int i, ret = 0;

	for (i = 0; i < ARRAY_SIZE(sacc_cxl_profiles) && !ret; i++)
		ret = sacc_cxl_plug(&sacc_cxl_profiles[i]);
	return ret;
}

static int __init sacc_cxl_init(void)
{
	int ret;

	BUILD_BUG_ON(sizeof(struct cxl_ioctl_start_work) != 64);
	BUILD_BUG_ON(sizeof(struct cxl_afu_id) != 64);
	BUILD_BUG_ON(sizeof(struct cxl_event) != 40);

	sacc_cxl_class = class_create("cxl");
	if (IS_ERR(sacc_cxl_class))
		return PTR_ERR(sacc_cxl_class);
	sacc_cxl_class->devnode = sacc_cxl_devnode;

	sacc_cxl_reset_wq = alloc_workqueue("softaccel_cxl", WQ_UNBOUND, 0);
	if (!sacc_cxl_reset_wq) {
		ret = -ENOMEM;
		goto err_destroy_class;
	}
	/* Not "cxl": Compute Express Link has a region of that name. */
	ret = alloc_chrdev_region(&sacc_cxl_dev, 0, SACC_CXL_MINORS,
				  "softaccel-capi");
	if (ret)
		goto err_destroy_wq;
	sacc_cxl_debugfs_init();
	ret = sacc_cxl_bus_create();
	if (ret)
		goto err_unregister_region;
	ret = sacc_cxl_add_cards();
	if (ret)
		goto err_destroy_bus;
	/* Last: nobody has opened a node when anything before this fails. */
	cdev_init(&sacc_cxl_cdev, &sacc_cxl_fops);
	sacc_cxl_cdev.owner = THIS_MODULE;
	ret = cdev_add(&sacc_cxl_cdev, sacc_cxl_dev, SACC_CXL_MINORS);
	if (ret)
		goto err_destroy_bus;
	return 0;

err_destroy_bus:
	sacc_cxl_debugfs_close_slots();
	sacc_cxl_bus_destroy();
err_unregister_region:
	sacc_cxl_debugfs_exit();
	unregister_chrdev_region(sacc_cxl_dev, SACC_CXL_MINORS);
	/* Also runs a reset that somebody wrote meanwhile. */
err_destroy_wq:
	destroy_workqueue(sacc_cxl_reset_wq);
err_destroy_class:
	class_destroy(sacc_cxl_class);
	return ret;
}

/*
 * No node is open. First the files that plug cards in; then the bus, the cards with
 * it, and every file that could queue a reset; then resets that are queued already,
 * which find their card gone.
 */
static void __exit sacc_cxl_exit(void)
{
	sacc_cxl_debugfs_close_slots();
	sacc_cxl_bus_destroy();
	sacc_cxl_debugfs_exit();
	destroy_workqueue(sacc_cxl_reset_wq);
	cdev_del(&sacc_cxl_cdev);
	unregister_chrdev_region(sacc_cxl_dev, SACC_CXL_MINORS);
	class_destroy(sacc_cxl_class);
	rcu_barrier(); /* contexts are freed by RCU */
}

module_init(sacc_cxl_init);
module_exit(sacc_cxl_exit);

SACC_IMPORT_CORE();
MODULE_DESCRIPTION("softaccel: CAPI cards in software");
MODULE_AUTHOR("The softaccel authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(SACC_VERSION);
