// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory-copy AFU (dedicated): one copy of any size for each work element, with
 * a register handshake before and after.
 *
 * The work element descriptor is the address of a struct memcopy_work in the
 * process' memory, in the byte order of the program: its first field reads 1 in the
 * right one. The handshake, on register 0:
 *
 *	PRE --start--> RUN --copied--> POST --start--> DONE, or PRE of @next
 *			`-- the work element is bad --> FAILED --start--> RUN
 *
 * A program may take the status in the work element for the end of the copy, and
 * write the second start before the AFU has come to POST. That start must not get
 * lost: it is kept from the moment that the status may be seen (FINISH).
 *
 * A copy that fails is a completion with an error; only a work element that cannot
 * be read or written, or understood, is not: that raises an AFU error.
 *
 * Owns: struct memcopy_ctx, from attach() to detach(). Its lock protects state and
 * started, which register accesses share with run(); the rest is run()'s alone. It is not held
 * across a memory service.
 */
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <softaccel/afu.h>
#include <softaccel/regs.h>

#define MEMCOPY_CHUNK		65536	/* bytes in one run() */

#define MEMCOPY_CONTROL		0x0
#define MEMCOPY_CONTROL_START	0x8000000000000000ULL
#define MEMCOPY_CONTROL_PRE	0x0000000080000000ULL
#define MEMCOPY_CONTROL_POST	0x0000000040000000ULL

/* memcopy_work.status */
#define MEMCOPY_OK		1
#define MEMCOPY_ERROR		2
/* memcopy_work.error, and the code of an AFU error */
#define MEMCOPY_ADDRESS		0x0080
#define MEMCOPY_BAD_JOB		0x0001

#define MEMCOPY_VERSION		1

/* In the program's byte order. 128 bytes, of which the rest is reserved. */
struct memcopy_work {
	u16 endian;		/* 1 */
	u16 status;		/* stored last; nothing before it is 0 */
	u16 major;		/* stored when the AFU starts on it */
	u16 minor;
	u64 from;
	u64 to;
	u64 size;
	u64 next;		/* another work element, or 0 */
	u64 error;
};

#define MEMCOPY_FIELD(field) offsetof(struct memcopy_work, field)

enum memcopy_state {
	MEMCOPY_PRE,
	MEMCOPY_RUN,
	MEMCOPY_FINISH,
	MEMCOPY_POST,
	MEMCOPY_DONE,
	MEMCOPY_FAILED,
};

struct memcopy_ctx {
	u64 wed;
	bool loaded;		/* @work is the element at @wed, CPU order */
	bool little;		/* its byte order in memory */
	struct memcopy_work work;

	spinlock_t lock; /* protects the next two */
	enum memcopy_state state;
	bool started;		/* in FINISH */
};

static const struct sacc_afu_desc memcopy_desc = {
	.name = "memcopy",
	.modes = SACC_AFU_DEDICATED,
	.num_procs = 1,
	.irqs_min = 0,
	.ps_size = 64 << 20,
	.cr_vendor = 0x1014,
	.cr_device = 0xcb10,
	.cr_class = 0x120000,
};

static int memcopy_attach(struct sacc_afu_ctx *ctx, u64 wed)
{
	struct memcopy_ctx *c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);

	if (!c)
		return -ENOMEM;
	spin_lock_init(&c->lock);
	c->wed = wed;
	c->state = MEMCOPY_PRE;
	sacc_afu_set_priv(ctx, c);
	return 0;
}

static void memcopy_detach(struct sacc_afu_ctx *ctx)
{
	kfree(sacc_afu_priv(ctx));
	sacc_afu_set_priv(ctx, NULL);
}

static void memcopy_set_state(struct memcopy_ctx *c, enum memcopy_state state)
{
	spin_lock(&c->lock);
	c->state = state;
	c->started = false;
	spin_unlock(&c->lock);
}

/* --- the work element */

static u16 memcopy_order16(const struct memcopy_ctx *c, u16 raw)
{
	return c->little ? le16_to_cpu((__force __le16)raw) :
			   be16_to_cpu((__force __be16)raw);
}

static u64 memcopy_order64(const struct memcopy_ctx *c, u64 raw)
{
	return c->little ? le64_to_cpu((__force __le64)raw) :
			   be64_to_cpu((__force __be64)raw);
}

static int memcopy_put16(struct sacc_afu_ctx *ctx, struct memcopy_ctx *c,
			 size_t field, u16 val)
{
	val = memcopy_order16(c, val);
	return sacc_afu_write_mem(ctx, c->wed + field, &val, sizeof(val));
}

static int memcopy_put64(struct sacc_afu_ctx *ctx, struct memcopy_ctx *c,
			 size_t field, u64 val)
{
	val = memcopy_order64(c, val);
	return sacc_afu_write_mem(ctx, c->wed + field, &val, sizeof(val));
}

/* Read the element and find out its byte order. -EBADMSG when it has none. */
static int memcopy_load(struct sacc_afu_ctx *ctx, struct memcopy_ctx *c)
{
	struct memcopy_work *work = &c->work;
	int ret;

	BUILD_BUG_ON(sizeof(struct memcopy_work) != 48);
	ret = sacc_afu_read_mem(ctx, c->wed, work, sizeof(*work));
	if (ret)
		return ret;
	c->little = le16_to_cpu((__force __le16)work->endian) == 1;
	if (memcopy_order16(c, work->endian) != 1)
		return -EBADMSG;
	work->from = memcopy_order64(c, work->from);
	work->to = memcopy_order64(c, work->to);
	work->size = memcopy_order64(c, work->size);
	work->next = memcopy_order64(c, work->next);

	ret = memcopy_put16(ctx, c, MEMCOPY_FIELD(major), MEMCOPY_VERSION);
	if (!ret)
		ret = memcopy_put16(ctx, c, MEMCOPY_FIELD(minor), 0);
	return ret;
}

/* The program learns of it from an event: the work element is no good. */
static enum sacc_afu_work memcopy_fail(struct sacc_afu_ctx *ctx,
				       struct memcopy_ctx *c, int error)
{
	c->loaded = false;
	if (error == -ESRCH)
		return SACC_AFU_IDLE;
	memcopy_set_state(c, MEMCOPY_FAILED);
	sacc_afu_error(ctx, error == -EBADMSG ? MEMCOPY_BAD_JOB :
						MEMCOPY_ADDRESS);
	return SACC_AFU_IDLE;
}

/* The second half of the handshake is over: to the next element, if there is one. */
static void memcopy_leave(struct memcopy_ctx *c)
{
	c->loaded = false;
	c->wed = c->work.next;
	c->state = c->wed ? MEMCOPY_PRE : MEMCOPY_DONE;
}

/* The status has been stored. */
static void memcopy_finish(struct memcopy_ctx *c)
{
	spin_lock(&c->lock);
	if (c->started)
		memcopy_leave(c);
	else
		c->state = MEMCOPY_POST;
	spin_unlock(&c->lock);
}

static enum sacc_afu_work memcopy_complete(struct sacc_afu_ctx *ctx,
					   struct memcopy_ctx *c, u64 error)
{
	int ret;

	ret = memcopy_put64(ctx, c, MEMCOPY_FIELD(error), error);
	if (ret)
		return memcopy_fail(ctx, c, ret);
	memcopy_set_state(c, MEMCOPY_FINISH);
	ret = memcopy_put16(ctx, c, MEMCOPY_FIELD(status),
			    error ? MEMCOPY_ERROR : MEMCOPY_OK);
	if (ret)
		return memcopy_fail(ctx, c, ret);
	memcopy_finish(c);
	return SACC_AFU_IDLE;
}

/* --- running */

static int memcopy_copy_chunk(struct sacc_afu_ctx *ctx, struct memcopy_ctx *c)
{
	struct memcopy_work *work = &c->work;
	size_t n = min_t(u64, work->size, MEMCOPY_CHUNK);
	int ret;

	ret = sacc_afu_copy_mem(ctx, work->to, work->from, n);
	if (ret)
		return ret;
	work->from += n;
	work->to += n;
	work->size -= n;
	return 0;
}

static bool memcopy_is_running(struct memcopy_ctx *c)
{
	bool running;

	spin_lock(&c->lock);
	running = c->state == MEMCOPY_RUN;
	spin_unlock(&c->lock);
	return running;
}

static enum sacc_afu_work memcopy_run(struct sacc_afu_ctx *ctx)
{
	struct memcopy_ctx *c = sacc_afu_priv(ctx);
	int ret;

	if (!memcopy_is_running(c))
		return SACC_AFU_IDLE;
	if (!c->loaded) {
		ret = memcopy_load(ctx, c);
		if (ret)
			return memcopy_fail(ctx, c, ret);
		c->loaded = true;
	}
	ret = memcopy_copy_chunk(ctx, c);
	if (ret == -EFAULT)
		return memcopy_complete(ctx, c, MEMCOPY_ADDRESS);
	if (ret)
		return SACC_AFU_IDLE;
	if (c->work.size)
		return SACC_AFU_AGAIN;
	return memcopy_complete(ctx, c, 0);
}

/* --- registers */

static u64 memcopy_control_read(struct memcopy_ctx *c)
{
	u64 val = 0;

	spin_lock(&c->lock);
	if (c->state == MEMCOPY_PRE)
		val = MEMCOPY_CONTROL_PRE;
	else if (c->state == MEMCOPY_POST)
		val = MEMCOPY_CONTROL_POST;
	spin_unlock(&c->lock);
	return val;
}

static void memcopy_control_start(struct sacc_afu_ctx *ctx,
				  struct memcopy_ctx *c)
{
	spin_lock(&c->lock);
	switch (c->state) {
	case MEMCOPY_PRE:
	case MEMCOPY_FAILED:
		c->state = MEMCOPY_RUN;
		break;
	case MEMCOPY_FINISH:
		c->started = true;
		break;
	case MEMCOPY_POST:
		/* run() is done with the element, and not called before RUN. */
		memcopy_leave(c);
		break;
	case MEMCOPY_RUN:
	case MEMCOPY_DONE:
		break;
	}
	spin_unlock(&c->lock);
	sacc_afu_kick(ctx);
}

/* All else, the trace port included, is holes: 0, and stores vanish. */
static int memcopy_mmio_read(void *slice, struct sacc_afu_ctx *ctx, u64 offset,
			     unsigned int width, u64 *val)
{
	u64 reg = 0;

	if (sacc_reg_offset(offset) == MEMCOPY_CONTROL)
		reg = memcopy_control_read(sacc_afu_priv(ctx));
	*val = sacc_reg_load(offset, width, reg);
	return 0;
}

static int memcopy_mmio_write(void *slice, struct sacc_afu_ctx *ctx, u64 offset,
			      unsigned int width, u64 val)
{
	u64 mask;

	val = sacc_reg_store(offset, width, val, &mask);
	if (sacc_reg_offset(offset) == MEMCOPY_CONTROL &&
	    (val & MEMCOPY_CONTROL_START))
		memcopy_control_start(ctx, sacc_afu_priv(ctx));
	return 0;
}

const struct sacc_afu_ops sacc_afu_memcopy = {
	.desc = &memcopy_desc,
	.attach = memcopy_attach,
	.detach = memcopy_detach,
	.run = memcopy_run,
	.mmio_read = memcopy_mmio_read,
	.mmio_write = memcopy_mmio_write,
};
