// SPDX-License-Identifier: GPL-2.0-only
/*
 * sacc_cards.ko: cards for tests of registration, as many as asked for, with AFUs that
 * never rest: each stores a count at its work element for ever. It notices an
 * operation that is called when unregistering is over.
 *
 * Parameters
 *	cards, slices	how many cards, and AFUs on each
 *	bad		load with this mistake; the load fails
 *	unregister	store: remove all cards now, the module stays
 *	late		operations called after that; must stay 0
 *	states		states of slices that are allocated
 *
 * cards_lock protects the array of cards. An operation counts itself in before it
 * looks at cards_gone, which is set when none may come any more.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include <softaccel/afu.h>
#include <softaccel/card.h>
#include <softaccel/regs.h>

#define CARDS_MAX 32

static unsigned int cards = 1;
module_param(cards, uint, 0444);
static unsigned int slices = 1;
module_param(slices, uint, 0444);

static DEFINE_MUTEX(cards_lock);
static struct sacc_cxl_profile *cards_registered[CARDS_MAX];
static bool cards_gone;
static atomic_t cards_late = ATOMIC_INIT(0);
static atomic_t cards_states = ATOMIC_INIT(0);

static void cards_called(void)
{
	if (READ_ONCE(cards_gone))
		atomic_inc(&cards_late);
}

struct cards_ctx {
	u64 wed;
	u64 count;
};

/* --- operations */

static int cards_slice_init(void **priv)
{
	cards_called();
	*priv = kzalloc(64, GFP_KERNEL);
	if (!*priv)
		return -ENOMEM;
	atomic_inc(&cards_states);
	return 0;
}

static void cards_slice_exit(void *priv)
{
	cards_called();
	atomic_dec(&cards_states);
	kfree(priv);
}

static void cards_reset(void *priv)
{
	cards_called();
}

static int cards_attach(struct sacc_afu_ctx *ctx, u64 wed)
{
	struct cards_ctx *c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);

	cards_called();
	if (!c)
		return -ENOMEM;
	c->wed = wed;
	sacc_afu_set_priv(ctx, c);
	return 0;
}

static void cards_detach(struct sacc_afu_ctx *ctx)
{
	cards_called();
	/* Whoever does not wait for this to end meets what it leaves. */
	usleep_range(500, 1000);
	kfree(sacc_afu_priv(ctx));
	sacc_afu_set_priv(ctx, NULL);
}

static enum sacc_afu_work cards_run(struct sacc_afu_ctx *ctx)
{
	struct cards_ctx *c = sacc_afu_priv(ctx);

	cards_called();
	if (!c->wed)
		return SACC_AFU_POLL;
	c->count++;
	if (sacc_afu_write_mem(ctx, c->wed, &c->count, sizeof(c->count)))
		return SACC_AFU_IDLE;
	sacc_afu_irq(ctx, 1);
	return SACC_AFU_AGAIN;
}

/* All registers of a context read its process element. */
static int cards_mmio_read(void *slice, struct sacc_afu_ctx *ctx, u64 offset,
			   unsigned int width, u64 *val)
{
	cards_called();
	*val = sacc_reg_load(offset, width, ctx ? sacc_afu_pe(ctx) : 0);
	return 0;
}

static int cards_mmio_write(void *slice, struct sacc_afu_ctx *ctx, u64 offset,
			    unsigned int width, u64 val)
{
	cards_called();
	return 0;
}

static const struct sacc_afu_desc cards_desc = {
	.name = "cards",
	.modes = SACC_AFU_DIRECTED | SACC_AFU_DEDICATED,
	.num_procs = 8,
	.irqs_min = 2,
	.ps_size = 16 * PAGE_SIZE,
	.pp_offset = PAGE_SIZE,
	.pp_size = PAGE_SIZE,
	.cr_vendor = 0x1234,
	.cr_device = 0x5678,
	.cr_class = 0x120000,
};

static const struct sacc_afu_ops cards_ops = {
	.desc = &cards_desc,
	.slice_init = cards_slice_init,
	.slice_exit = cards_slice_exit,
	.reset = cards_reset,
	.attach = cards_attach,
	.detach = cards_detach,
	.run = cards_run,
	.mmio_read = cards_mmio_read,
	.mmio_write = cards_mmio_write,
};

/* --- mistakes */

static char *bad;
module_param(bad, charp, 0444);

/* Apply mistake @bad; false when there is no such. */
static bool cards_spoil(struct sacc_afu_ops *ops, struct sacc_afu_desc *desc)
{
	if (!strcmp(bad, "desc"))
		ops->desc = NULL;
	else if (!strcmp(bad, "attach"))
		ops->attach = NULL;
	else if (!strcmp(bad, "detach"))
		ops->detach = NULL;
	else if (!strcmp(bad, "run"))
		ops->run = NULL;
	else if (!strcmp(bad, "mmio_read"))
		ops->mmio_read = NULL;
	else if (!strcmp(bad, "mmio_write"))
		ops->mmio_write = NULL;
	else if (!strcmp(bad, "no modes"))
		desc->modes = 0;
	else if (!strcmp(bad, "modes"))
		desc->modes = 4;
	else if (!strcmp(bad, "no num_procs"))
		desc->num_procs = 0;
	else if (!strcmp(bad, "num_procs"))
		desc->num_procs = 0x10001;
	else if (!strcmp(bad, "irqs_min"))
		desc->irqs_min = 2038;
	else if (!strcmp(bad, "irqs_max"))
		desc->irqs_max = 1;
	else if (!strcmp(bad, "no ps_size"))
		desc->ps_size = 0;
	else if (!strcmp(bad, "ps_size"))
		desc->ps_size++;
	else if (!strcmp(bad, "pp_size"))
		desc->pp_size /= 2;
	else if (!strcmp(bad, "pp_offset"))
		desc->pp_offset += 8;
	else if (!strcmp(bad, "areas"))
		desc->pp_offset = 9 * PAGE_SIZE;
	else if (!strcmp(bad, "area sizes"))
		desc->pp_size = 1ULL << 62;
	else if (!strcmp(bad, "area offsets"))
		desc->pp_offset = -PAGE_SIZE;
	else
		return false;
	return true;
}

static struct sacc_cxl_profile *cards_register_bad(void)
{
	struct sacc_afu_desc desc = cards_desc;
	struct sacc_afu_ops ops = cards_ops;
	const struct sacc_afu_ops *afus[5] = { &cards_ops, &ops, NULL, NULL, NULL };
	unsigned int n = 2;

	ops.desc = &desc;
	if (!strcmp(bad, "none"))
		n = 0;
	else if (!strcmp(bad, "five"))
		n = 5;
	else if (!strcmp(bad, "ops"))
		afus[1] = NULL;
	else if (!cards_spoil(&ops, &desc))
		return ERR_PTR(-ENOENT);
	return sacc_cxl_register_card(afus, n);
}

/* --- the module */

static struct sacc_cxl_profile *cards_register(void)
{
	const struct sacc_afu_ops *afus[SACC_CXL_MAX_AFUS];
	unsigned int i;

	if (bad)
		return cards_register_bad();
	for (i = 0; i < ARRAY_SIZE(afus); i++)
		afus[i] = &cards_ops;
	return sacc_cxl_register_card(afus, slices);
}

static void cards_unregister(void)
{
	unsigned int i;

	mutex_lock(&cards_lock);
	for (i = 0; i < CARDS_MAX; i++) {
		sacc_cxl_unregister_card(cards_registered[i]);
		cards_registered[i] = NULL;
	}
	WRITE_ONCE(cards_gone, true);
	mutex_unlock(&cards_lock);
}

static int cards_set_unregister(const char *val, const struct kernel_param *kp)
{
	cards_unregister();
	return 0;
}

static const struct kernel_param_ops cards_unregister_ops = {
	.set = cards_set_unregister,
};
module_param_cb(unregister, &cards_unregister_ops, NULL, 0200);

static int cards_get_atomic(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%d\n", atomic_read((atomic_t *)kp->arg));
}

static const struct kernel_param_ops cards_atomic_ops = {
	.get = cards_get_atomic,
};
module_param_cb(late, &cards_atomic_ops, &cards_late, 0444);
module_param_cb(states, &cards_atomic_ops, &cards_states, 0444);

static int __init cards_init(void)
{
	struct sacc_cxl_profile *card;
	unsigned int i;

	if (cards > CARDS_MAX)
		return -E2BIG;
	for (i = 0; i < cards; i++) {
		card = cards_register();
		if (IS_ERR(card)) {
			cards_unregister();
			return PTR_ERR(card);
		}
		cards_registered[i] = card;
	}
	return 0;
}
module_init(cards_init);

static void __exit cards_exit(void)
{
	cards_unregister();
}
module_exit(cards_exit);

SACC_AFU_MODULE();
MODULE_DESCRIPTION("softaccel selftest: cards of another module");
MODULE_AUTHOR("The softaccel authors");
MODULE_LICENSE("GPL");
