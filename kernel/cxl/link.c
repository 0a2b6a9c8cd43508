// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can go wrong with a card and can be provoked: its link goes down and comes
 * back, an AFU is reset under its programs. For debugfs; and for whatever else
 * wants a card to fail.
 *
 * Owns: no object; sacc_cxl_slot.frozen together with main.c, which gives each new
 * card a link. The model is a PCI host bridge that has frozen a device because of an
 * error, and the recovery from that:
 *
 *   down	AFUs reach neither memory nor interrupts, registers and configuration
 *		space read all ones, stores vanish, and everything that a program
 *		asks of a node gives EIO. Contexts stay what they are: nobody has
 *		noticed yet. Readers are woken, to get their EIO now.
 *   up		Recovery. It resets the card, so contexts that were open are CLOSED.
 *		If the card is known to come back as it was, because a reset loads no
 *		image (load_image_on_perst none) or the same
 *		(perst_reloads_same_image), that is all: card, AFUs, nodes and settings
 *		stay. If not, the card goes, and a new one is there, as after a reset.
 *
 * So no context outlives a time without a link, and the worker of one that was
 * STARTED need not go on: its address space is revoked for good.
 *
 * sacc_cxl_link_lock makes each change complete before the next. Going down, once the
 * flag is set under sacc_cxl_card.lock no START_WORK succeeds; one that succeeded
 * before that is found STARTED under its context's lock. When link_down() returns, no
 * register access and no memory access of an AFU is under way.
 */
#include <linux/mutex.h>

#include "cxl.h"

static DEFINE_MUTEX(sacc_cxl_link_lock); /* one change at a time */

static void sacc_cxl_freeze_afu(struct sacc_cxl_afu *afu)
{
	struct sacc_afu_ctx *ctx;
	unsigned long pe;

	xa_for_each(&afu->contexts, pe, ctx) {
		ctx = sacc_cxl_ctx_find(afu, pe);
		if (!ctx)
			continue;
		sacc_cxl_ctx_freeze(ctx);
		sacc_cxl_ctx_put(ctx);
	}
}

/**
 * sacc_cxl_link_down - a card's link goes down
 * @card: the card
 *
 * Return: 0, also if it is down already; -EBUSY while the card is being replaced.
 */
int sacc_cxl_link_down(struct sacc_cxl_card *card)
{
	int slice, ret = 0;

	mutex_lock(&sacc_cxl_link_lock);
	mutex_lock(&card->lock);
	if (card->resetting)
		ret = -EBUSY;
	else
		WRITE_ONCE(card->slot->frozen, true);
	mutex_unlock(&card->lock);
	for (slice = 0; slice < card->profile->slices && !ret; slice++)
		sacc_cxl_freeze_afu(card->afu[slice]);
	mutex_unlock(&sacc_cxl_link_lock);
	return ret;
}

/* Contexts are CLOSED, registers as after power-on. Nobody opens one meanwhile. */
static void sacc_cxl_reset_afu_locked(struct sacc_cxl_afu *afu)
{
	lockdep_assert_held(&afu->lock);
	sacc_cxl_stop_contexts(afu);
	if (afu->ops->reset)
		afu->ops->reset(afu->priv);
}

/* The same card is back. */
static int sacc_cxl_recover(struct sacc_cxl_card *card)
{
	struct sacc_cxl_afu *afu;
	int slice, ret = 0;

	for (slice = 0; slice < card->profile->slices; slice++) {
		afu = card->afu[slice];
		mutex_lock(&afu->lock);
		sacc_cxl_reset_afu_locked(afu);
		mutex_unlock(&afu->lock);
	}
	mutex_lock(&card->lock);
	if (card->resetting)
		ret = -EBUSY;
	else
		WRITE_ONCE(card->slot->frozen, false);
	mutex_unlock(&card->lock);
	return ret;
}

/* Perhaps another card is: it is taken for one. */
static int sacc_cxl_replace(struct sacc_cxl_card *card)
{
	int ret;

	mutex_lock(&card->lock);
	ret = sacc_cxl_schedule_reset(card);
	mutex_unlock(&card->lock);
	return ret;
}

/**
 * sacc_cxl_link_up - a card's link comes back
 * @card: the card
 *
 * Where the card does not stay, it is replaced a moment later.
 *
 * Return: 0, also if it is up already; -EBUSY while the card is being replaced.
 */
int sacc_cxl_link_up(struct sacc_cxl_card *card)
{
	int ret = 0;

	mutex_lock(&sacc_cxl_link_lock);
	if (sacc_cxl_is_frozen(card)) {
		if (READ_ONCE(card->perst_same) ||
		    READ_ONCE(card->perst_user) < 0)
			ret = sacc_cxl_recover(card);
		else
			ret = sacc_cxl_replace(card);
	}
	mutex_unlock(&sacc_cxl_link_lock);
	return ret;
}

/**
 * sacc_cxl_force_afu_reset - reset an AFU under its programs
 * @afu: the AFU
 *
 * Return: 0; -ENODEV when it is gone; -EIO when the link is down.
 */
int sacc_cxl_force_afu_reset(struct sacc_cxl_afu *afu)
{
	int ret = 0;

	mutex_lock(&afu->lock);
	if (afu->gone)
		ret = -ENODEV;
	else if (sacc_cxl_is_frozen(afu->card))
		ret = -EIO;
	else
		sacc_cxl_reset_afu_locked(afu);
	mutex_unlock(&afu->lock);
	return ret;
}
