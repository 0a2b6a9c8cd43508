// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memcpy AFU (directed): each context works off a queue in the memory of its
 * process.
 *
 * The work element descriptor is the queue's address, 4 KiB aligned, and in its low
 * 12 bits the depth in lines of 128 bytes, four elements each. Depth 0 is an idle
 * context. An element is the AFU's iff its VALID bit is set and its WRAP bit is what
 * this turn of the queue expects; elements are taken strictly in order.
 *
 * Owns:
 *   - struct memcpy_slice, registers of the slice. Its lock protects it.
 *   - struct memcpy_ctx, from attach() to detach(). Its lock protects stopped,
 *     shown and restarts, which register accesses share with run(); the
 *     rest is run()'s alone. Neither lock is held across a memory service, and they
 *     are never nested.
 *
 * Stopping. An interrupt or stop element stops the context when it has completed; so
 * does a queue that cannot be read, an element whose status cannot be stored, and,
 * where the slice is configured so, the lack of a runnable element. Restart starts it
 * again and is a doorbell that may come at any time, in particular between the moment
 * when the program can know that the context will stop (status, event) and the
 * moment when it does. Such a Restart must not get lost:
 *   - each stop is decided against the number of Restarts seen before the program
 *     could know; if there was one since, the context goes on;
 *   - a completed interrupt or stop element shows as Stopped all the same, until the
 *     next Restart or element: a program that rang the doorbell without need may
 *     wait for Stopped.
 */
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timex.h>

#include <softaccel/afu.h>
#include <softaccel/regs.h>

/* Elements worked off in one run(). */
#define MEMCPY_BATCH		16

#define MEMCPY_WED_DEPTH	0xfffULL
#define MEMCPY_LINE_ELEMENTS	4

/* Element: cmd */
#define MEMCPY_CMD_VALID	0x80
#define MEMCPY_CMD_WRAP		0x40
#define MEMCPY_CMD_OPCODE	0x3f
#define MEMCPY_OP_COPY		0
#define MEMCPY_OP_IRQ		1
#define MEMCPY_OP_STOP		2
#define MEMCPY_OP_INCREMENT	4
#define MEMCPY_OP_ATOMIC	5
/* Element: cmd_extra of an atomic */
#define MEMCPY_CAS_NOT_EQUAL	0x10
#define MEMCPY_CAS_EQUAL	0x11
/* Element: status */
#define MEMCPY_COMPLETE		0x80
#define MEMCPY_ADDRESS_ERROR	0x20
#define MEMCPY_BAD_IRQ		0x04
#define MEMCPY_BAD_CMD		0x01

/* Registers of a context */
#define MEMCPY_WED		0x00
#define MEMCPY_HANDLE		0x08
#define MEMCPY_STATUS		0x10
#define MEMCPY_STATUS_STOPPED	0x0800000000000000ULL
#define MEMCPY_CONTROL		0x18
#define MEMCPY_CONTROL_RESTART	0x8000000000000000ULL
#define MEMCPY_TIMEBASE		0x40

/* Registers of the slice */
#define MEMCPY_CONFIG		0x00
#define MEMCPY_CONFIG_BITS	0xffffffff00000000ULL
#define MEMCPY_CONFIG_STOP	0x2000000000000000ULL	/* on invalid element */
#define MEMCPY_ERROR		0x10
#define MEMCPY_ERROR_INFO	0x18
#define MEMCPY_TRACE		0x20
#define MEMCPY_TRACE_BITS	0x7fffffffffffffffULL	/* never all ones */

#define MEMCPY_GLOBAL_SIZE	16384

/* Error buffer: the error registers, as a program reads them, and zeros. */
#define MEMCPY_EB_LEN		8192

struct memcpy_element {
	/* The first eight bytes: what the producer stores last is in them. */
	u8 cmd;
	u8 status;
	__be16 length;		/* or interrupt source */
	u8 cmd_extra;
	u8 reserved[3];
	__be64 op1;		/* atomic: compared */
	__be64 src;		/* or atomic: stored */
	__be64 dst;
};

#define MEMCPY_HEAD offsetof(struct memcpy_element, op1)

struct memcpy_slice {
	spinlock_t lock; /* protects all of it */
	u64 config;
	u64 error;		/* process element << 48 | status, of the last */
	u64 error_info;		/* address of that element */
	u64 trace;
};

struct memcpy_ctx {
	u64 wed;
	u64 queue;
	u32 entries;
	u32 index;
	u8 wrap;		/* expected: 0 or MEMCPY_CMD_WRAP */

	spinlock_t lock; /* protects the next three */
	bool stopped;
	bool shown;		/* as Stopped, to the program */
	u32 restarts;		/* so far */
	u64 timebase;
};

static const struct sacc_afu_desc memcpy_desc = {
	.name = "memcpy",
	.modes = SACC_AFU_DIRECTED,
	.num_procs = 511,
	.irqs_min = 4,
	.ps_size = 64 << 20,
	.pp_offset = ALIGN(MEMCPY_GLOBAL_SIZE, PAGE_SIZE),
	.pp_size = PAGE_SIZE,
	.eb_len = MEMCPY_EB_LEN,
	.cr_vendor = 0x1014,
	.cr_device = 0xcafe,
	.cr_class = 0x120000,
};

/* --- slice */

static void memcpy_reset(void *priv)
{
	struct memcpy_slice *slice = priv;

	spin_lock(&slice->lock);
	slice->config = 0;
	slice->error = 0;
	slice->error_info = 0;
	slice->trace = 0;
	spin_unlock(&slice->lock);
}

static int memcpy_slice_init(void **priv)
{
	struct memcpy_slice *slice = kzalloc(sizeof(*slice), GFP_KERNEL);

	if (!slice)
		return -ENOMEM;
	spin_lock_init(&slice->lock);
	*priv = slice;
	return 0;
}

static void memcpy_slice_exit(void *priv)
{
	kfree(priv);
}

static void memcpy_err_read(void *priv, u64 offset, void *buf, size_t len)
{
	struct memcpy_slice *slice = priv;
	__be64 regs[2];

	spin_lock(&slice->lock);
	regs[0] = cpu_to_be64(slice->error);
	regs[1] = cpu_to_be64(slice->error_info);
	spin_unlock(&slice->lock);
	memset(buf, 0, len);
	if (offset < sizeof(regs))
		memcpy(buf, (u8 *)regs + offset,
		       min_t(size_t, len, sizeof(regs) - offset));
}

static bool memcpy_stops_on_invalid(struct memcpy_slice *slice)
{
	return READ_ONCE(slice->config) & MEMCPY_CONFIG_STOP;
}

/* --- context */

static int memcpy_attach(struct sacc_afu_ctx *ctx, u64 wed)
{
	struct memcpy_ctx *c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);

	if (!c)
		return -ENOMEM;
	BUILD_BUG_ON(sizeof(struct memcpy_element) != 32);
	spin_lock_init(&c->lock);
	c->wed = wed;
	c->queue = wed & ~MEMCPY_WED_DEPTH;
	c->entries = (wed & MEMCPY_WED_DEPTH) * MEMCPY_LINE_ELEMENTS;
	sacc_afu_set_priv(ctx, c);
	return 0;
}

static void memcpy_detach(struct sacc_afu_ctx *ctx)
{
	kfree(sacc_afu_priv(ctx));
	sacc_afu_set_priv(ctx, NULL);
}

static u64 memcpy_element_ea(const struct memcpy_ctx *c)
{
	return c->queue + c->index * sizeof(struct memcpy_element);
}

static void memcpy_log_error(struct sacc_afu_ctx *ctx, struct memcpy_ctx *c,
			     u8 status)
{
	struct memcpy_slice *slice = sacc_afu_slice(ctx);

	spin_lock(&slice->lock);
	slice->error = (u64)sacc_afu_pe(ctx) << 48 | status;
	slice->error_info = memcpy_element_ea(c);
	spin_unlock(&slice->lock);
}

static u32 memcpy_restarts(struct memcpy_ctx *c)
{
	u32 restarts;

	spin_lock(&c->lock);
	restarts = c->restarts;
	spin_unlock(&c->lock);
	return restarts;
}

/* Stop, unless there was a Restart since @restarts. Returns what to do. */
static enum sacc_afu_work memcpy_stop(struct memcpy_ctx *c, u32 restarts,
				      bool show)
{
	bool again;

	spin_lock(&c->lock);
	again = c->restarts != restarts;
	c->stopped = !again;
	/* What was done before is seen by who sees it. */
	smp_store_release(&c->shown, show || !again);
	spin_unlock(&c->lock);
	return again ? SACC_AFU_AGAIN : SACC_AFU_IDLE;
}

/* The queue itself is out of reach. The event, queued already, says where. */
static enum sacc_afu_work memcpy_halt(struct sacc_afu_ctx *ctx,
				      struct memcpy_ctx *c, u32 restarts,
				      int error)
{
	if (error == -ESRCH)
		return SACC_AFU_IDLE;
	memcpy_log_error(ctx, c, MEMCPY_ADDRESS_ERROR);
	return memcpy_stop(c, restarts, false);
}

/* --- operations: a status, or -ESRCH */

static int memcpy_op_copy(struct sacc_afu_ctx *ctx,
			  const struct memcpy_element *e)
{
	int ret = sacc_afu_copy_mem(ctx, be64_to_cpu(e->dst), be64_to_cpu(e->src),
				    be16_to_cpu(e->length));

	if (ret == -EFAULT)
		return MEMCPY_ADDRESS_ERROR;
	return ret ?: MEMCPY_COMPLETE;
}

static int memcpy_op_increment(struct sacc_afu_ctx *ctx,
			       const struct memcpy_element *e)
{
	__be32 word;
	int ret;

	ret = sacc_afu_read_mem(ctx, be64_to_cpu(e->src), &word, sizeof(word));
	if (!ret) {
		be32_add_cpu(&word, 1);
		ret = sacc_afu_write_mem(ctx, be64_to_cpu(e->dst), &word,
					 sizeof(word));
	}
	if (ret)
		return ret == -EFAULT ? MEMCPY_ADDRESS_ERROR : ret;
	return MEMCPY_COMPLETE;
}

/* A comparison that does not hold is a success that stores nothing. */
static int memcpy_op_atomic(struct sacc_afu_ctx *ctx,
			    const struct memcpy_element *e)
{
	struct sacc_cas cas = {
		.compare = (__force u64)e->op1,
		.value = (__force u64)e->src,
		.if_equal = e->cmd_extra == MEMCPY_CAS_EQUAL,
		.if_not_equal = e->cmd_extra == MEMCPY_CAS_NOT_EQUAL,
	};
	int ret;

	if (!cas.if_equal && !cas.if_not_equal)
		return MEMCPY_BAD_CMD;
	ret = sacc_afu_cas(ctx, be64_to_cpu(e->dst), sizeof(u64), &cas);
	if (ret == -EINVAL)
		return MEMCPY_BAD_CMD;
	if (ret)
		return ret == -EFAULT ? MEMCPY_ADDRESS_ERROR : ret;
	return MEMCPY_COMPLETE;
}

static int memcpy_op_irq(struct sacc_afu_ctx *ctx,
			 const struct memcpy_element *e)
{
	u16 source = be16_to_cpu(e->length);

	if (!source || source > sacc_afu_irqs(ctx))
		return MEMCPY_BAD_IRQ;
	return MEMCPY_COMPLETE;
}

static int memcpy_execute(struct sacc_afu_ctx *ctx, struct memcpy_ctx *c,
			  const struct memcpy_element *e)
{
	switch (e->cmd & MEMCPY_CMD_OPCODE) {
	case MEMCPY_OP_COPY:
		return memcpy_op_copy(ctx, e);
	case MEMCPY_OP_IRQ:
		return memcpy_op_irq(ctx, e);
	case MEMCPY_OP_STOP:
		return MEMCPY_COMPLETE;
	case MEMCPY_OP_INCREMENT:
		return memcpy_op_increment(ctx, e);
	case MEMCPY_OP_ATOMIC:
		return memcpy_op_atomic(ctx, e);
	}
	return MEMCPY_BAD_CMD;
}

/* --- the queue */

static bool memcpy_is_runnable(const struct memcpy_ctx *c,
			       const struct memcpy_element *e)
{
	return (e->cmd & (MEMCPY_CMD_VALID | MEMCPY_CMD_WRAP)) ==
	       (MEMCPY_CMD_VALID | c->wrap);
}

static void memcpy_advance(struct memcpy_ctx *c)
{
	if (++c->index < c->entries)
		return;
	c->index = 0;
	c->wrap ^= MEMCPY_CMD_WRAP;
}

/* Store the status, then stop, then interrupt: in this order, for the program. */
static enum sacc_afu_work memcpy_complete(struct sacc_afu_ctx *ctx,
					  struct memcpy_ctx *c,
					  const struct memcpy_element *e, u8 status)
{
	u8 opcode = e->cmd & MEMCPY_CMD_OPCODE;
	enum sacc_afu_work work = SACC_AFU_AGAIN;
	u32 restarts = memcpy_restarts(c);
	int ret;

	if (status != MEMCPY_COMPLETE)
		memcpy_log_error(ctx, c, status);
	ret = sacc_afu_write_status(ctx, memcpy_element_ea(c) +
				    offsetof(struct memcpy_element, status),
				    status);
	if (ret)
		return memcpy_halt(ctx, c, restarts, ret);
	memcpy_advance(c);
	if (status != MEMCPY_COMPLETE)
		return work;
	if (opcode == MEMCPY_OP_IRQ || opcode == MEMCPY_OP_STOP)
		work = memcpy_stop(c, restarts, true);
	if (opcode == MEMCPY_OP_IRQ)
		sacc_afu_irq(ctx, be16_to_cpu(e->length));
	return work;
}

/* Take one element off the queue, its second half after its first: smp_rmb(). */
static int memcpy_fetch(struct sacc_afu_ctx *ctx, struct memcpy_ctx *c,
			struct memcpy_element *e)
{
	u64 ea = memcpy_element_ea(c);
	int ret;

	ret = sacc_afu_read_mem(ctx, ea, e, MEMCPY_HEAD);
	if (ret)
		return ret;
	if (!memcpy_is_runnable(c, e))
		return -EAGAIN;
	/* Pairs with the producer's barrier before it sets VALID. */
	smp_rmb();
	return sacc_afu_read_mem(ctx, ea + MEMCPY_HEAD, &e->op1,
				 sizeof(*e) - MEMCPY_HEAD);
}

static bool memcpy_is_stopped(struct memcpy_ctx *c)
{
	bool stopped;

	spin_lock(&c->lock);
	stopped = c->stopped;
	spin_unlock(&c->lock);
	return stopped || !c->entries;
}

static void memcpy_show_running(struct memcpy_ctx *c)
{
	spin_lock(&c->lock);
	c->shown = false;
	spin_unlock(&c->lock);
}

static enum sacc_afu_work memcpy_step(struct sacc_afu_ctx *ctx,
				      struct memcpy_ctx *c)
{
	u32 restarts = memcpy_restarts(c);
	struct memcpy_element e;
	int ret;

	if (memcpy_is_stopped(c))
		return SACC_AFU_IDLE;
	ret = memcpy_fetch(ctx, c, &e);
	if (ret == -EAGAIN)
		return memcpy_stops_on_invalid(sacc_afu_slice(ctx)) ?
		       memcpy_stop(c, restarts, false) : SACC_AFU_POLL;
	if (ret)
		return memcpy_halt(ctx, c, restarts, ret);
	memcpy_show_running(c);
	ret = memcpy_execute(ctx, c, &e);
	if (ret < 0)
		return SACC_AFU_IDLE;
	return memcpy_complete(ctx, c, &e, ret);
}

static enum sacc_afu_work memcpy_run(struct sacc_afu_ctx *ctx)
{
	struct memcpy_ctx *c = sacc_afu_priv(ctx);
	enum sacc_afu_work work;
	int i;

	for (i = 0; i < MEMCPY_BATCH; i++) {
		work = memcpy_step(ctx, c);
		if (work != SACC_AFU_AGAIN)
			return i ? SACC_AFU_AGAIN : work;
	}
	return SACC_AFU_AGAIN;
}

/* --- registers */

static u64 memcpy_ctx_read(struct sacc_afu_ctx *ctx, u64 reg)
{
	struct memcpy_ctx *c = sacc_afu_priv(ctx);

	switch (reg) {
	case MEMCPY_WED:
		return c->wed;
	case MEMCPY_HANDLE:
		return (u64)sacc_afu_pe(ctx) << 48;
	case MEMCPY_STATUS:
		/* Pairs with memcpy_stop(). */
		return smp_load_acquire(&c->shown) ? MEMCPY_STATUS_STOPPED : 0;
	case MEMCPY_TIMEBASE:
		return READ_ONCE(c->timebase);
	}
	return 0;
}

static noinline void memcpy_restart(struct sacc_afu_ctx *ctx, struct memcpy_ctx *c)
{
	spin_lock(&c->lock);
	c->restarts++;
	c->stopped = false;
	c->shown = false;
	spin_unlock(&c->lock);
	sacc_afu_kick(ctx);
}

static void memcpy_ctx_write(struct sacc_afu_ctx *ctx, u64 reg, u64 val)
{
	struct memcpy_ctx *c = sacc_afu_priv(ctx);

	switch (reg) {
	case MEMCPY_CONTROL:
		if (val & MEMCPY_CONTROL_RESTART)
			memcpy_restart(ctx, c);
		break;
	case MEMCPY_TIMEBASE:
		/* What a program reads itself: rdtsc, cntvct_el0, mftb. */
		WRITE_ONCE(c->timebase, get_cycles());
		break;
	}
}

static noinline int memcpy_slice_read(struct memcpy_slice *slice, u64 offset,
				      unsigned int width, u64 *val)
{
	u64 reg = 0;

	spin_lock(&slice->lock);
	switch (sacc_reg_offset(offset)) {
	case MEMCPY_CONFIG:
		reg = slice->config;
		break;
	case MEMCPY_ERROR:
		reg = slice->error;
		break;
	case MEMCPY_ERROR_INFO:
		reg = slice->error_info;
		break;
	case MEMCPY_TRACE:
		reg = slice->trace;
		break;
	}
	spin_unlock(&slice->lock);
	*val = sacc_reg_load(offset, width, reg);
	return 0;
}

static noinline int memcpy_slice_write(struct memcpy_slice *slice, u64 offset,
				       unsigned int width, u64 val)
{
	u64 mask;

	val = sacc_reg_store(offset, width, val, &mask);
	spin_lock(&slice->lock);
	switch (sacc_reg_offset(offset)) {
	case MEMCPY_CONFIG:
		val = (slice->config & ~mask) | val;
		WRITE_ONCE(slice->config, val & MEMCPY_CONFIG_BITS);
		break;
	case MEMCPY_ERROR:
		/* Any store clears the record. */
		slice->error = 0;
		slice->error_info = 0;
		break;
	case MEMCPY_TRACE:
		val = (slice->trace & ~mask) | val;
		slice->trace = val & MEMCPY_TRACE_BITS;
		break;
	}
	spin_unlock(&slice->lock);
	return 0;
}

static int memcpy_mmio_read(void *slice, struct sacc_afu_ctx *ctx, u64 offset,
			    unsigned int width, u64 *val)
{
	if (!ctx)
		return memcpy_slice_read(slice, offset, width, val);
	*val = sacc_reg_load(offset, width,
			     memcpy_ctx_read(ctx, sacc_reg_offset(offset)));
	return 0;
}

static int memcpy_mmio_write(void *slice, struct sacc_afu_ctx *ctx, u64 offset,
			     unsigned int width, u64 val)
{
	u64 mask;

	if (!ctx)
		return memcpy_slice_write(slice, offset, width, val);
	memcpy_ctx_write(ctx, sacc_reg_offset(offset),
			 sacc_reg_store(offset, width, val, &mask));
	return 0;
}

const struct sacc_afu_ops sacc_afu_memcpy = {
	.desc = &memcpy_desc,
	.slice_init = memcpy_slice_init,
	.slice_exit = memcpy_slice_exit,
	.reset = memcpy_reset,
	.attach = memcpy_attach,
	.detach = memcpy_detach,
	.run = memcpy_run,
	.mmio_read = memcpy_mmio_read,
	.mmio_write = memcpy_mmio_write,
	.err_read = memcpy_err_read,
};
