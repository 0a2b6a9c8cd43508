// SPDX-License-Identifier: GPL-2.0-only
/*
 * What makes an AFU run: one worker thread for each STARTED context, and the
 * memory services that it lends to the personality.
 *
 * Owns: sacc_afu_ctx.worker, .wake and .kicked.
 *
 * Some AFUs watch memory for work, and a store to memory wakes nobody. So a worker
 * that found nothing looks again: at once for SACC_POLL_SPIN_US, then after sleeps
 * that double from SACC_POLL_MIN_US up to a limit. The limit is 1 ms at first, and
 * grows to 20 ms with the time that there was nothing, so that who has been idle costs
 * next to nothing, and waits at most a 32nd of that time more. It also grows with the
 * number of contexts that poll so that all of them together look at most 4000 times a
 * second, and take at most a quarter of a CPU: a look is timed, preemption included,
 * so workers back off on a busy machine.
 * A register access (a doorbell) wakes the worker at once, whatever it was
 * waiting for.
 *
 * The worker holds the users of the address space only while it runs: it leaves
 * before it sleeps, when it is to be preempted, and when its patience is up
 * (core/mm.c).
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include "cxl.h"

#define SACC_POLL_SPIN_US	20
#define SACC_POLL_MIN_US	20
#define SACC_POLL_LIMIT_US	1000
#define SACC_POLL_SHARE_US	250	/* of the limit, for each that polls */
#define SACC_POLL_COST_FACTOR	4	/* share of a context: at least its cost times */
#define SACC_POLL_CEILING_US	1000000
#define SACC_POLL_IDLE_SHARE	32	/* of the time without work */
#define SACC_POLL_IDLE_US	20000	/* at most */

static atomic_t sacc_cxl_pollers = ATOMIC_INIT(0);

/**
 * struct sacc_pace - how impatiently a worker polls
 * @busy:     when there last was work
 * @began:    when it began to look, this time
 * @sleep_us: last sleep; 0 while there is work
 */
struct sacc_pace {
	ktime_t busy;
	ktime_t began;
	unsigned int sleep_us;
};

static bool sacc_cxl_roused(struct sacc_afu_ctx *ctx)
{
	return READ_ONCE(ctx->kicked) || kthread_should_stop();
}

static void sacc_cxl_pace_reset(struct sacc_pace *pace)
{
	if (pace->sleep_us)
		atomic_dec(&sacc_cxl_pollers);
	pace->sleep_us = 0;
	pace->busy = ktime_get();
}

/*
 * The longest sleep, for a worker that has found nothing for @idle_us, and whose look
 * at memory took @cost_us.
 */
static u64 sacc_cxl_poll_limit(u64 idle_us, u64 cost_us)
{
	u64 share = max_t(u64, SACC_POLL_SHARE_US,
			  cost_us * SACC_POLL_COST_FACTOR);
	u64 patient = min_t(u64, idle_us / SACC_POLL_IDLE_SHARE, SACC_POLL_IDLE_US);

	return clamp_t(u64, max(atomic_read(&sacc_cxl_pollers) * share, patient),
		       SACC_POLL_LIMIT_US, SACC_POLL_CEILING_US);
}

static void sacc_cxl_poll_pause(struct sacc_afu_ctx *ctx, struct sacc_pace *pace)
{
	u64 idle_us = ktime_us_delta(ktime_get(), pace->busy);
	u64 cost_us;

	if (!pace->sleep_us) {
		if (idle_us < SACC_POLL_SPIN_US)
			return;
		atomic_inc(&sacc_cxl_pollers);
		pace->sleep_us = SACC_POLL_MIN_US / 2;
	}
	sacc_mm_leave(&ctx->mm);
	cost_us = ktime_us_delta(ktime_get(), pace->began);
	pace->sleep_us = min_t(u64, pace->sleep_us * 2,
			       sacc_cxl_poll_limit(idle_us, cost_us));
	wait_event_interruptible_hrtimeout(ctx->wake, sacc_cxl_roused(ctx),
					   ns_to_ktime((u64)pace->sleep_us *
						       NSEC_PER_USEC));
}

/* The link is down, and this context does not live to see it up again. */
static void sacc_cxl_park(struct sacc_afu_ctx *ctx, struct sacc_pace *pace)
{
	sacc_cxl_pace_reset(pace);
	sacc_mm_leave(&ctx->mm);
	wait_event_interruptible(ctx->wake, kthread_should_stop());
}

static void sacc_cxl_run_once(struct sacc_afu_ctx *ctx, struct sacc_pace *pace)
{
	if (READ_ONCE(ctx->mm.revoked)) {
		sacc_cxl_park(ctx, pace);
		return;
	}
	/* Before run() looks; pairs with the store in sacc_afu_kick(). */
	smp_store_mb(ctx->kicked, false);
	pace->began = ktime_get();

	switch (ctx->afu->ops->run(ctx)) {
	case SACC_AFU_AGAIN:
		sacc_cxl_pace_reset(pace);
		break;
	case SACC_AFU_POLL:
		sacc_cxl_poll_pause(ctx, pace);
		break;
	case SACC_AFU_IDLE:
		sacc_cxl_pace_reset(pace);
		sacc_mm_leave(&ctx->mm);
		wait_event_interruptible(ctx->wake, sacc_cxl_roused(ctx));
		break;
	}
	if (need_resched() || signal_pending(current))
		sacc_mm_leave(&ctx->mm);
	cond_resched();
}

static int sacc_cxl_worker(void *data)
{
	struct sacc_afu_ctx *ctx = data;
	struct sacc_pace pace = { .busy = ktime_get() };

	sacc_mm_worker_init();
	while (!kthread_should_stop())
		sacc_cxl_run_once(ctx, &pace);
	sacc_cxl_pace_reset(&pace);
	sacc_mm_leave(&ctx->mm);
	return 0;
}

/* Create the worker; it does not run yet. */
int sacc_cxl_engine_create(struct sacc_afu_ctx *ctx)
{
	struct task_struct *worker;

	worker = kthread_create(sacc_cxl_worker, ctx, "capi%u.%u/%u",
				ctx->afu->card->nr, ctx->afu->slice, ctx->head.pe);
	/* Too many threads: EAGAIN means something else to who attaches. */
	if (IS_ERR(worker))
		return PTR_ERR(worker) == -EAGAIN ? -ENOMEM : PTR_ERR(worker);
	/* It works for this program: no more important, no less. */
	set_user_nice(worker, task_nice(current));
	ctx->worker = worker;
	return 0;
}

void sacc_cxl_engine_start(struct sacc_afu_ctx *ctx)
{
	wake_up_process(ctx->worker);
}

/* When this returns, nothing accesses the process' memory any more. */
void sacc_cxl_engine_stop(struct sacc_afu_ctx *ctx)
{
	sacc_mm_revoke(&ctx->mm, ctx->worker);
	kthread_stop(ctx->worker);
	ctx->worker = NULL;
}

/* --- services for personalities */

void sacc_afu_set_priv(struct sacc_afu_ctx *ctx, void *priv)
{
	ctx->head.priv = priv;
}
SACC_EXPORT(sacc_afu_set_priv);

void *sacc_afu_slice(struct sacc_afu_ctx *ctx)
{
	return ctx->afu->priv;
}
SACC_EXPORT(sacc_afu_slice);

bool sacc_afu_is_dedicated(struct sacc_afu_ctx *ctx)
{
	return ctx->mode == SACC_CXL_MODE_DEDICATED;
}
SACC_EXPORT(sacc_afu_is_dedicated);

void sacc_afu_kick(struct sacc_afu_ctx *ctx)
{
	/* wake_up() orders it before its look at the queue. */
	WRITE_ONCE(ctx->kicked, true);
	wake_up(&ctx->wake);
}
SACC_EXPORT(sacc_afu_kick);

int sacc_afu_read_mem(struct sacc_afu_ctx *ctx, u64 ea, void *dst, size_t len)
{
	struct sacc_mm_fault fault;
	int ret = sacc_mm_read(&ctx->mm, ea, dst, len, &fault);

	if (ret == -EFAULT)
		sacc_cxl_event_fault(ctx, &fault);
	return ret;
}
SACC_EXPORT(sacc_afu_read_mem);

int sacc_afu_write_mem(struct sacc_afu_ctx *ctx, u64 ea, const void *src,
		       size_t len)
{
	struct sacc_mm_fault fault;
	int ret = sacc_mm_write(&ctx->mm, ea, src, len, &fault);

	if (ret == -EFAULT)
		sacc_cxl_event_fault(ctx, &fault);
	return ret;
}
SACC_EXPORT(sacc_afu_write_mem);

int sacc_afu_copy_mem(struct sacc_afu_ctx *ctx, u64 dst, u64 src, size_t len)
{
	struct sacc_mm_fault fault;
	int ret = sacc_mm_transfer(&ctx->mm, dst, src, len, &fault);

	if (ret == -EFAULT)
		sacc_cxl_event_fault(ctx, &fault);
	return ret;
}

int sacc_afu_write_status(struct sacc_afu_ctx *ctx, u64 ea, u8 status)
{
	return sacc_afu_write_mem(ctx, ea, &status, sizeof(status));
}
SACC_EXPORT(sacc_afu_write_status);

int sacc_afu_cas(struct sacc_afu_ctx *ctx, u64 ea, size_t size,
		 struct sacc_cas *cas)
{
	struct sacc_mm_fault fault;
	int ret = sacc_mm_cas(&ctx->mm, ea, size, cas, &fault);

	if (ret == -EFAULT)
		sacc_cxl_event_fault(ctx, &fault);
	return ret;
}
SACC_EXPORT(sacc_afu_cas);
