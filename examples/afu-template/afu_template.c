// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * afu_template.ko: a card with one AFU, to begin your own from. It is whole: a
 * program can attach to it, give it work and wait for an interrupt.
 * Kernel/Documentation/afu-howto.rst goes through it from top to bottom.
 *
 * What the AFU does: a job is a piece of the program's memory, which it copies with a
 * key of 8 bytes xored over it. Each context has seven registers, big-endian:
 *
 *	0x00 SOURCE	effective address
 *	0x08 TARGET	effective address; may be the same
 *	0x10 LENGTH	bytes
 *	0x18 KEY	its first byte is for the first byte of the job, and so on
 *	0x20 START	store: begin a job; the value is the interrupt that the end
 *			raises, 0 for none. While a job runs this does nothing
 *	0x28 STATUS	load: IDLE, BUSY, DONE or FAILED
 *	0x30 COUNT	load: jobs that have ended since the last load of it
 *
 * In the second page of its area a context has memory, to leave something for whoever
 * looks at it through the master: the program itself reaches it like other memory.
 *
 * Owns: struct template_ctx, from attach() to detach(). Its lock protects what register
 * accesses share with run(). It is not held across a memory service.
 */
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <softaccel/afu.h>
#include <softaccel/card.h>
#include <softaccel/regs.h>

#define TEMPLATE_SOURCE		0x00
#define TEMPLATE_TARGET		0x08
#define TEMPLATE_LENGTH		0x10
#define TEMPLATE_KEY		0x18
#define TEMPLATE_START		0x20
#define TEMPLATE_STATUS		0x28
#define TEMPLATE_COUNT		0x30

#define TEMPLATE_MEMORY		PAGE_SIZE

#define TEMPLATE_CHUNK		4096
/* Chunks in one run(), so that the worker gets around to other things. */
#define TEMPLATE_BATCH		16

enum template_status {
	TEMPLATE_IDLE,
	TEMPLATE_BUSY,
	TEMPLATE_DONE,
	TEMPLATE_FAILED,
};

struct template_job {
	u64 source;
	u64 target;
	u64 length;
	__be64 key;
	u64 irq;
};

struct template_ctx {
	spinlock_t lock; /* protects the next three */
	struct template_job next;	/* the registers */
	enum template_status status;
	u64 count;

	void *memory;	/* a page */

	/* run()'s alone while the status is BUSY, which START makes it. */
	struct template_job job;	/* what is left of it */
	u8 chunk[TEMPLATE_CHUNK];
};

static const struct sacc_afu_desc template_desc = {
	.name = "template",
	.modes = SACC_AFU_DIRECTED,
	.num_procs = 32,
	.irqs_min = 1,
	.ps_size = 65 * PAGE_SIZE,
	.pp_offset = PAGE_SIZE,
	.pp_size = 2 * PAGE_SIZE,
	/* Yours, if you have one: programs find their AFU by it. */
	.cr_vendor = 0x1014,
	.cr_device = 0xffff,
	.cr_class = 0x120000,
};

/* --- context */

static int template_attach(struct sacc_afu_ctx *ctx, u64 wed)
{
	struct template_ctx *c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);

	if (!c)
		return -ENOMEM;
	c->memory = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!c->memory) {
		kfree(c);
		return -ENOMEM;
	}
	spin_lock_init(&c->lock);
	sacc_afu_set_priv(ctx, c);
	return 0;
}

static void template_detach(struct sacc_afu_ctx *ctx)
{
	struct template_ctx *c = sacc_afu_priv(ctx);

	free_page((unsigned long)c->memory);
	kfree(c);
	sacc_afu_set_priv(ctx, NULL);
}

/* --- running */

static bool template_is_busy(struct template_ctx *c)
{
	bool busy;

	spin_lock(&c->lock);
	busy = c->status == TEMPLATE_BUSY;
	spin_unlock(&c->lock);
	return busy;
}

/* The interrupt comes after the status that it announces. */
static void template_end(struct sacc_afu_ctx *ctx, struct template_ctx *c,
			 enum template_status status)
{
	u64 irq = c->job.irq;

	spin_lock(&c->lock);
	c->status = status;
	c->count++;
	spin_unlock(&c->lock);
	/* Of a number that is not the context's nothing comes. */
	if (irq && irq <= sacc_afu_irqs(ctx))
		sacc_afu_irq(ctx, irq);
}

static void template_xor(u8 *p, size_t n, __be64 key)
{
	const u8 *bytes = (const u8 *)&key;
	size_t i;

	for (i = 0; i < n; i++)
		p[i] ^= bytes[i % sizeof(key)];
}

static int template_step(struct sacc_afu_ctx *ctx, struct template_ctx *c)
{
	struct template_job *job = &c->job;
	size_t n = min_t(u64, job->length, sizeof(c->chunk));
	int ret;

	ret = sacc_afu_read_mem(ctx, job->source, c->chunk, n);
	if (ret)
		return ret;
	template_xor(c->chunk, n, job->key);
	ret = sacc_afu_write_mem(ctx, job->target, c->chunk, n);
	if (ret)
		return ret;
	job->source += n;
	job->target += n;
	job->length -= n;
	return 0;
}

static enum sacc_afu_work template_run(struct sacc_afu_ctx *ctx)
{
	struct template_ctx *c = sacc_afu_priv(ctx);
	int i, ret;

	if (!template_is_busy(c))
		return SACC_AFU_IDLE;
	for (i = 0; i < TEMPLATE_BATCH && c->job.length; i++) {
		ret = template_step(ctx, c);
		if (ret == -ESRCH)
			return SACC_AFU_IDLE;
		if (ret) {
			template_end(ctx, c, TEMPLATE_FAILED);
			return SACC_AFU_IDLE;
		}
	}
	if (c->job.length)
		return SACC_AFU_AGAIN;
	template_end(ctx, c, TEMPLATE_DONE);
	return SACC_AFU_IDLE;
}

/* --- registers */

static u64 template_read(struct template_ctx *c, u64 reg)
{
	u64 val = 0;

	lockdep_assert_held(&c->lock);
	switch (reg) {
	case TEMPLATE_SOURCE:
		return c->next.source;
	case TEMPLATE_TARGET:
		return c->next.target;
	case TEMPLATE_LENGTH:
		return c->next.length;
	case TEMPLATE_KEY:
		return be64_to_cpu(c->next.key);
	case TEMPLATE_STATUS:
		return c->status;
	case TEMPLATE_COUNT:
		swap(val, c->count);
		return val;
	}
	return 0;
}

/* A store to a half changes that half. Returns whether there is work. */
static bool template_write(struct template_ctx *c, u64 reg, u64 val, u64 mask)
{
	lockdep_assert_held(&c->lock);
	switch (reg) {
	case TEMPLATE_SOURCE:
		c->next.source = (c->next.source & ~mask) | val;
		break;
	case TEMPLATE_TARGET:
		c->next.target = (c->next.target & ~mask) | val;
		break;
	case TEMPLATE_LENGTH:
		c->next.length = (c->next.length & ~mask) | val;
		break;
	case TEMPLATE_KEY:
		val |= be64_to_cpu(c->next.key) & ~mask;
		c->next.key = cpu_to_be64(val);
		break;
	case TEMPLATE_START:
		if (c->status == TEMPLATE_BUSY)
			break;
		/* A copy: the registers may change while it runs. */
		c->job = c->next;
		c->job.irq = val;
		c->status = TEMPLATE_BUSY;
		return true;
	}
	return false;
}

/* --- memory: bytes as they lie there, while registers have an order of their own */

static struct page *template_mmio_page(void *slice, struct sacc_afu_ctx *ctx,
				       u64 offset)
{
	struct template_ctx *c = sacc_afu_priv(ctx);

	return offset == TEMPLATE_MEMORY ? virt_to_page(c->memory) : NULL;
}

/* Of others. The context's own program does this without being noticed. */
static u64 template_memory_read(struct template_ctx *c, u64 offset, unsigned int width)
{
	void *word = c->memory + offset_in_page(offset);

	return width == sizeof(u64) ? READ_ONCE(*(u64 *)word) : READ_ONCE(*(u32 *)word);
}

static void template_memory_write(struct template_ctx *c, u64 offset,
				  unsigned int width, u64 val)
{
	void *word = c->memory + offset_in_page(offset);

	if (width == sizeof(u64))
		WRITE_ONCE(*(u64 *)word, val);
	else
		WRITE_ONCE(*(u32 *)word, val);
}

/* --- what the card calls */

/* Without a context it is a register of the AFU: this one has none. */
static int template_mmio_read(void *slice, struct sacc_afu_ctx *ctx, u64 offset,
			      unsigned int width, u64 *val)
{
	struct template_ctx *c;
	u64 reg = 0;

	if (ctx) {
		c = sacc_afu_priv(ctx);
		if (offset >= TEMPLATE_MEMORY) {
			*val = template_memory_read(c, offset, width);
			return 0;
		}
		spin_lock(&c->lock);
		reg = template_read(c, sacc_reg_offset(offset));
		spin_unlock(&c->lock);
	}
	*val = sacc_reg_load(offset, width, reg);
	return 0;
}

static int template_mmio_write(void *slice, struct sacc_afu_ctx *ctx,
			       u64 offset, unsigned int width, u64 val)
{
	struct template_ctx *c;
	bool work;
	u64 mask;

	if (!ctx)
		return 0;
	c = sacc_afu_priv(ctx);
	if (offset >= TEMPLATE_MEMORY) {
		template_memory_write(c, offset, width, val);
		return 0;
	}
	val = sacc_reg_store(offset, width, val, &mask);
	spin_lock(&c->lock);
	work = template_write(c, sacc_reg_offset(offset), val, mask);
	spin_unlock(&c->lock);
	if (work)
		sacc_afu_kick(ctx);
	return 0;
}

static const struct sacc_afu_ops template_ops = {
	.desc = &template_desc,
	.attach = template_attach,
	.detach = template_detach,
	.run = template_run,
	.mmio_read = template_mmio_read,
	.mmio_write = template_mmio_write,
	.mmio_page = template_mmio_page,
};

/* --- the module */

static const struct sacc_afu_ops *const template_afus[] = { &template_ops };

static struct sacc_cxl_profile *template_card;

static int __init template_init(void)
{
	template_card = sacc_cxl_register_card(template_afus,
					       ARRAY_SIZE(template_afus));
	return PTR_ERR_OR_ZERO(template_card);
}
module_init(template_init);

static void __exit template_exit(void)
{
	sacc_cxl_unregister_card(template_card);
}
module_exit(template_exit);

SACC_AFU_MODULE();
MODULE_DESCRIPTION("Template of an AFU for softaccel");
MODULE_AUTHOR("The softaccel authors");
MODULE_LICENSE("Dual MIT/GPL");
