// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of a context, from the AFU to read().
 *
 * Owns: the fields of struct sacc_afu_ctx below events_lock, which protects them.
 *
 * Nothing is queued, so nothing overflows and the AFU never waits:
 *   - interrupts: a pending bit each; the lowest number is read first;
 *   - data storage: one slot, the newest stays;
 *   - AFU error: one slot, the oldest stays.
 * Read in that order. Pending events outlive the context's stopping.
 */
#include <linux/bitmap.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "cxl.h"

/*
 * DSISR of a PSL8: page fault; no translation, or one that forbids the access;
 * the access was a store.
 */
#define SACC_DSISR_PAGE_FAULT	0x4000000000000000ULL
#define SACC_DSISR_NO_PTE	0x0000000040000000ULL
#define SACC_DSISR_PROTECTION	0x0000000008000000ULL
#define SACC_DSISR_STORE	0x0000000002000000ULL

/* START_WORK gives the context @irqs interrupts; again after it has failed. */
int sacc_cxl_event_init(struct sacc_afu_ctx *ctx, unsigned int irqs)
{
	unsigned long *pending = bitmap_zalloc(irqs, GFP_KERNEL_ACCOUNT);

	if (!pending)
		return -ENOMEM;
	spin_lock(&ctx->events_lock);
	swap(pending, ctx->irq_pending);
	ctx->irqs = irqs;
	spin_unlock(&ctx->events_lock);
	bitmap_free(pending);
	return 0;
}

unsigned int sacc_afu_irqs(struct sacc_afu_ctx *ctx)
{
	return ctx->irqs;
}
SACC_EXPORT(sacc_afu_irqs);

int sacc_afu_irq(struct sacc_afu_ctx *ctx, unsigned int source)
{
	if (!source || source > ctx->irqs)
		return -EINVAL;
	spin_lock(&ctx->events_lock);
	__set_bit(source - 1, ctx->irq_pending);
	spin_unlock(&ctx->events_lock);
	wake_up(&ctx->readers);
	return 0;
}
SACC_EXPORT(sacc_afu_irq);

void sacc_afu_error(struct sacc_afu_ctx *ctx, u64 error)
{
	bool dropped;

	spin_lock(&ctx->events_lock);
	dropped = ctx->error_pending;
	if (!dropped) {
		ctx->error_pending = true;
		ctx->error = error;
	}
	spin_unlock(&ctx->events_lock);
	if (dropped)
		dev_dbg_ratelimited(&ctx->afu->dev,
				    "pe %u: AFU error %#llx dropped, an older one was not read\n",
				    ctx->head.pe, error);
	wake_up(&ctx->readers);
}
SACC_EXPORT(sacc_afu_error);

void sacc_cxl_event_fault(struct sacc_afu_ctx *ctx,
			  const struct sacc_mm_fault *fault)
{
	u64 dsisr = SACC_DSISR_PAGE_FAULT;

	dsisr |= fault->protection ? SACC_DSISR_PROTECTION : SACC_DSISR_NO_PTE;
	if (fault->write)
		dsisr |= SACC_DSISR_STORE;

	spin_lock(&ctx->events_lock);
	ctx->fault_pending = true;
	ctx->fault_addr = fault->addr;
	ctx->fault_dsisr = dsisr;
	spin_unlock(&ctx->events_lock);
	wake_up(&ctx->readers);
}

/* --- provoked: in context @pe, or in each if negative. How many, or -ESRCH. */

struct sacc_cxl_provoked {
	const u64 *error;
	const struct sacc_mm_fault *fault;
};

static bool sacc_cxl_provoke(struct sacc_cxl_afu *afu, u32 pe,
			     const struct sacc_cxl_provoked *what)
{
	struct sacc_afu_ctx *ctx = sacc_cxl_ctx_find(afu, pe);
	bool started;

	if (!ctx)
		return false;
	/* It does not stop meanwhile: after its end no event arises. */
	down_read(&afu->access);
	started = ctx->state == SACC_CXL_STARTED;
	if (started && what->error)
		sacc_afu_error(ctx, *what->error);
	if (started && what->fault)
		sacc_cxl_event_fault(ctx, what->fault);
	up_read(&afu->access);
	sacc_cxl_ctx_put(ctx);
	return started;
}

static int sacc_cxl_provoke_all(struct sacc_cxl_afu *afu, int pe,
				const struct sacc_cxl_provoked *what)
{
	struct sacc_afu_ctx *ctx;
	unsigned long index;
	int n = 0;

	/* A frozen card raises nothing. */
	if (sacc_cxl_is_frozen(afu->card))
		return -EIO;
	if (pe >= 0)
		n = sacc_cxl_provoke(afu, pe, what);
	else
		xa_for_each(&afu->contexts, index, ctx)
			n += sacc_cxl_provoke(afu, index, what);
	return n ?: -ESRCH;
}

/* As if the AFU had failed with @error. */
int sacc_cxl_raise_error(struct sacc_cxl_afu *afu, int pe, u64 error)
{
	const struct sacc_cxl_provoked what = { .error = &error };

	return sacc_cxl_provoke_all(afu, pe, &what);
}

/* As if the AFU had read from @addr and nothing were mapped there. */
int sacc_cxl_raise_fault(struct sacc_cxl_afu *afu, int pe, u64 addr)
{
	const struct sacc_mm_fault fault = { .addr = addr };
	const struct sacc_cxl_provoked what = { .fault = &fault };

	return sacc_cxl_provoke_all(afu, pe, &what);
}

/* --- to the program */

static unsigned int sacc_cxl_first_irq(struct sacc_afu_ctx *ctx)
{
	lockdep_assert_held(&ctx->events_lock);
	return find_first_bit(ctx->irq_pending, ctx->irqs);
}

bool sacc_cxl_event_pending(struct sacc_afu_ctx *ctx)
{
	bool pending;

	spin_lock(&ctx->events_lock);
	pending = ctx->fault_pending || ctx->error_pending ||
		  sacc_cxl_first_irq(ctx) < ctx->irqs;
	spin_unlock(&ctx->events_lock);
	return pending;
}

#define SACC_EVENT_SIZE(body)						\
	(sizeof(struct cxl_event_header) + sizeof_field(struct cxl_event, body))

/* The next event, if there is one; it is pending no more. */
bool sacc_cxl_event_take(struct sacc_afu_ctx *ctx, struct cxl_event *event)
{
	unsigned int irq;

	memset(event, 0, sizeof(*event));
	event->header.process_element = ctx->head.pe;

	spin_lock(&ctx->events_lock);
	irq = sacc_cxl_first_irq(ctx);
	if (irq < ctx->irqs) {
		__clear_bit(irq, ctx->irq_pending);
		event->header.type = CXL_EVENT_AFU_INTERRUPT;
		event->header.size = SACC_EVENT_SIZE(irq);
		event->irq.irq = irq + 1;
	} else if (ctx->fault_pending) {
		ctx->fault_pending = false;
		event->header.type = CXL_EVENT_DATA_STORAGE;
		event->header.size = SACC_EVENT_SIZE(fault);
		event->fault.addr = ctx->fault_addr;
		event->fault.dsisr = ctx->fault_dsisr;
	} else if (ctx->error_pending) {
		ctx->error_pending = false;
		event->header.type = CXL_EVENT_AFU_ERROR;
		event->header.size = SACC_EVENT_SIZE(afu_error);
		event->afu_error.error = ctx->error;
	}
	spin_unlock(&ctx->events_lock);
	return event->header.type != CXL_EVENT_RESERVED;
}
