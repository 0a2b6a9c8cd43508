// SPDX-License-Identifier: GPL-2.0-only
/*
 * The test AFU (directed and dedicated): 64 machines for each context, each of which
 * sends the commands of a PSL that its registers describe, once or for ever.
 *
 * A machine is four registers: what to send and when, how it came out, and the
 * region of memory that it works on. It has a line of 128 bytes, which loads fill and
 * stores write: a byte of memory has the place in the line that its address says.
 *
 * A command is triggered by a store that sets an enable bit, and shows as pending
 * from then on. Machines take turns, one command each. When an address cannot be
 * accessed all machines stop, and what is triggered after that is answered FLUSHED,
 * until a machine sends a restart.
 *
 * Owns:
 *   - struct test_slice, registers of the slice. Its lock protects it.
 *   - struct test_ctx, from attach() to detach(). Its lock protects the machines but
 *     for their lines, which are run()'s alone.
 * Neither lock is held across a memory service, and they are never nested.
 */
#include <linux/align.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/nospec.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <softaccel/afu.h>
#include <softaccel/regs.h>

#define TEST_MACHINES		64
#define TEST_LINE		128
/* Commands sent in one run(). */
#define TEST_BATCH		32
/* Delays and times are in cycles of a PSL, 250 MHz. */
#define TEST_CYCLE_NS		4

/* Registers of the slice; in dedicated mode the machines follow them. */
#define TEST_SHUTDOWN		0x0000
#define TEST_WED		0x0008
#define TEST_PARITY		0x0010
#define TEST_PARITY_BITS	0x8000000000000000ULL
#define TEST_GLOBAL_SIZE	0x1000

/* Machine, register 0 */
#define TEST_ALWAYS		0x8000000000000000ULL
#define TEST_ONCE		0x4000000000000000ULL
#define TEST_ENABLE		(TEST_ALWAYS | TEST_ONCE)
#define TEST_CODE(dw)		((u16)((dw) >> 48) & 0x1fff)
#define TEST_CONTEXT(dw)	((u16)((dw) >> 32))
#define TEST_MIN_DELAY(dw)	((u16)((dw) >> 16))
#define TEST_MAX_DELAY(dw)	((u16)(dw))
/* Register 1: abort (no effect), size and parity injection can be written. */
#define TEST_WRITABLE		0xfffff00000000000ULL
#define TEST_SIZE(dw)		((u16)((dw) >> 48) & 0xfff)
#define TEST_BAD_COMMAND	0x0000e00000000000ULL	/* address, code, tag */
#define TEST_BAD_DATA		0x0000100000000000ULL	/* of the line */
#define TEST_PENDING		0xff
/* Times are 15 bits, with the flushed state above. */
#define TEST_TIME_BITS		0x7fff
#define TEST_TIME_FLUSHED	0x8000

#define TEST_INTERRUPT		0x0000
#define TEST_RESTART		0x0001
/* Compare and swap if equal, if not, always: 4 bytes; the same for 8 bytes. */
#define TEST_CAS_FIRST		0x0180
#define TEST_CAS_LAST		0x0185
#define TEST_CAS_ALIGNMENT	16
#define TEST_SOURCE_BITS	0x7ff

enum test_response {
	TEST_DONE	= 0,
	TEST_AERROR	= 1,
	TEST_DERROR	= 3,
	TEST_FLUSHED	= 6,
	TEST_FAILED	= 8,
	TEST_COMP_EQ	= 12,
	TEST_COMP_NEQ	= 13,
};

struct test_slice {
	spinlock_t lock; /* protects all of it */
	unsigned int attached;
	bool down;
	u64 parity;
};

struct test_machine {
	u64 dw[4];		/* as stored; of dw[1] only what can be */
	bool triggered;		/* enabled by a store, nothing sent since */
	bool busy;		/* a command is on its way */
	u8 response;		/* the last one */
	u16 response_time;
	u16 command_time;
	u64 due;		/* earliest time of the next command, ns */
	u8 line[TEST_LINE];
};

struct test_ctx {
	u64 wed;
	u64 began;		/* cycle 0 */
	spinlock_t lock; /* protects what follows, but for the lines */
	bool flushed;
	unsigned int next;	/* whose turn it is */
	struct test_machine machine[TEST_MACHINES];
};

/* A command on its way. */
struct test_command {
	struct test_machine *m;
	u16 code;
	u16 size;
	u16 context;
	u64 control;		/* register 1 */
	u64 ea;
	u64 delay;		/* to the next one, ns */
};

static const struct sacc_afu_desc test_desc = {
	.name = "test",
	.modes = SACC_AFU_DEDICATED | SACC_AFU_DIRECTED,
	.num_procs = 16,
	/* Programs use any source below irqs_max, with the default number. */
	.irqs_min = 127,
	.irqs_max = 127,
	.ps_size = 64 << 20,
	.pp_offset = ALIGN(TEST_GLOBAL_SIZE, PAGE_SIZE),
	.pp_size = PAGE_SIZE,
	.eb_len = 4096,
	.cr_vendor = 0x1014,
	.cr_device = 0xca61,
	.cr_class = 0x120000,
};

/* --- slice */

static void test_reset(void *priv)
{
	struct test_slice *slice = priv;

	spin_lock(&slice->lock);
	WRITE_ONCE(slice->down, false);
	slice->parity = 0;
	spin_unlock(&slice->lock);
}

static int test_slice_init(void **priv)
{
	struct test_slice *slice = kzalloc(sizeof(*slice), GFP_KERNEL);

	if (!slice)
		return -ENOMEM;
	spin_lock_init(&slice->lock);
	*priv = slice;
	return 0;
}

static void test_slice_exit(void *priv)
{
	kfree(priv);
}

/* The last context to leave leaves the AFU as new: shut down for this one only. */
static void test_count(struct test_slice *slice, int contexts)
{
	bool last;

	spin_lock(&slice->lock);
	slice->attached += contexts;
	last = !slice->attached;
	spin_unlock(&slice->lock);
	if (last)
		test_reset(slice);
}

/* --- context */

static void test_init_machine(struct sacc_afu_ctx *ctx, struct test_machine *m)
{
	unsigned int i;

	if (!sacc_afu_is_dedicated(ctx))
		m->dw[0] = (u64)sacc_afu_pe(ctx) << 32;
	/* Not zeros: programs compare with it before they have loaded anything. */
	for (i = 0; i < TEST_LINE; i++)
		m->line[i] = i;
}

static int test_attach(struct sacc_afu_ctx *ctx, u64 wed)
{
	struct test_ctx *c = kvzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);
	unsigned int i;

	if (!c)
		return -ENOMEM;
	spin_lock_init(&c->lock);
	c->wed = wed;
	c->began = ktime_get_ns();
	for (i = 0; i < TEST_MACHINES; i++)
		test_init_machine(ctx, &c->machine[i]);
	sacc_afu_set_priv(ctx, c);
	test_count(sacc_afu_slice(ctx), 1);
	return 0;
}

static void test_detach(struct sacc_afu_ctx *ctx)
{
	test_count(sacc_afu_slice(ctx), -1);
	kvfree(sacc_afu_priv(ctx));
	sacc_afu_set_priv(ctx, NULL);
}

/* --- commands: a response, or -ESRCH */

static int test_memory(int ret)
{
	return ret == -EFAULT ? TEST_AERROR : ret;
}

static bool test_is_line_access(const struct test_command *cmd)
{
	return is_power_of_2(cmd->size) && cmd->size <= TEST_LINE &&
	       IS_ALIGNED(cmd->ea, cmd->size);
}

static int test_load(struct sacc_afu_ctx *ctx, const struct test_command *cmd)
{
	if (!test_is_line_access(cmd))
		return TEST_FAILED;
	return test_memory(sacc_afu_read_mem(ctx, cmd->ea, cmd->m->line +
					     cmd->ea % TEST_LINE, cmd->size));
}

static int test_store(struct sacc_afu_ctx *ctx, const struct test_command *cmd)
{
	if (!test_is_line_access(cmd))
		return TEST_FAILED;
	if (cmd->control & TEST_BAD_DATA)
		return TEST_DERROR;
	return test_memory(sacc_afu_write_mem(ctx, cmd->ea, cmd->m->line +
					      cmd->ea % TEST_LINE, cmd->size));
}

/* The operands are at the beginning of the line: compared, then stored. */
static u64 test_operand(const u8 *at, size_t size)
{
	u32 word;
	u64 dword;

	memcpy(&word, at, sizeof(word));
	memcpy(&dword, at, sizeof(dword));
	return size == sizeof(word) ? word : dword;
}

static int test_cas(struct sacc_afu_ctx *ctx, const struct test_command *cmd)
{
	unsigned int kind = cmd->code - TEST_CAS_FIRST;
	size_t size = kind < 3 ? sizeof(u32) : sizeof(u64);
	struct sacc_cas cas = {
		.compare = test_operand(cmd->m->line, size),
		.value = test_operand(cmd->m->line + sizeof(u64), size),
		.if_equal = kind % 3 != 1,
		.if_not_equal = kind % 3 != 0,
	};
	int ret;

	if (!IS_ALIGNED(cmd->ea, TEST_CAS_ALIGNMENT))
		return TEST_FAILED;
	if (cmd->control & TEST_BAD_DATA)
		return TEST_DERROR;
	ret = sacc_afu_cas(ctx, cmd->ea, size, &cas);
	if (ret)
		return test_memory(ret);
	return cas.equal ? TEST_COMP_EQ : TEST_COMP_NEQ;
}

static int test_irq(struct sacc_afu_ctx *ctx, const struct test_command *cmd)
{
	int ret = sacc_afu_irq(ctx, cmd->ea & TEST_SOURCE_BITS);

	return ret ? TEST_FAILED : TEST_DONE;
}

static int test_execute(struct sacc_afu_ctx *ctx,
			const struct test_command *cmd)
{
	if (cmd->control & TEST_BAD_COMMAND)
		return TEST_FAILED;
	/* Nobody commands in another's name. */
	if (!sacc_afu_is_dedicated(ctx) && cmd->context != sacc_afu_pe(ctx))
		return TEST_FAILED;
	switch (cmd->code) {
	case 0x0a00: case 0x0a50: case 0x0a52: case 0x0a60: case 0x0a67:
	case 0x0a6b: case 0x0e00:
		return test_load(ctx, cmd);
	case 0x0d00: case 0x0d10: case 0x0d60: case 0x0d67: case 0x0d6b:
	case 0x0d70:
		return test_store(ctx, cmd);
	case TEST_CAS_FIRST ... TEST_CAS_LAST:
		return test_cas(ctx, cmd);
	case TEST_INTERRUPT:
		return test_irq(ctx, cmd);
	case TEST_RESTART:
	/* Hints for a cache: touch, push, evict, flush, lock, unlock. */
	case 0x0240: case 0x0250: case 0x0260: case 0x0140: case 0x0150:
	case 0x1140: case 0x0100: case 0x016b: case 0x017b:
		return TEST_DONE;
	}
	return TEST_FAILED;
}

/* --- machines; all with the context's lock held */

static u16 test_time(const struct test_ctx *c, u64 now)
{
	u64 cycle = div_u64(now - c->began, TEST_CYCLE_NS);

	return (cycle & TEST_TIME_BITS) | (c->flushed ? TEST_TIME_FLUSHED : 0);
}

static void test_respond(struct test_ctx *c, struct test_machine *m, u64 now,
			 u8 response)
{
	m->response = response;
	m->response_time = test_time(c, now);
}

static void test_stop(struct test_machine *m)
{
	m->dw[0] &= ~TEST_ENABLE;
	m->triggered = false;
	m->due = 0;
}

/* After an error. What was triggered and not sent comes after it. */
static void test_flush(struct test_ctx *c, u64 now)
{
	struct test_machine *m;

	for (m = c->machine; m < c->machine + TEST_MACHINES; m++) {
		if (m->triggered)
			test_respond(c, m, now, TEST_FLUSHED);
		test_stop(m);
	}
}

/* Somewhere in the region, aligned as the region is. */
static u64 test_pick_ea(const struct test_machine *m, u16 size)
{
	u64 base = m->dw[2], length = m->dw[3], offset;

	if (!size || length < size)
		return base;
	div64_u64_rem(get_random_u64(), length - (size - 1), &offset);
	return base + (offset & ~(u64)(size - 1));
}

static u64 test_pick_delay(const struct test_machine *m)
{
	u32 min = TEST_MIN_DELAY(m->dw[0]), max = TEST_MAX_DELAY(m->dw[0]);

	if (max > min)
		min += get_random_u32() % (max - min);
	return (u64)min * TEST_CYCLE_NS;
}

static void test_send(struct test_ctx *c, struct test_machine *m, u64 now,
		      struct test_command *cmd)
{
	cmd->m = m;
	cmd->code = TEST_CODE(m->dw[0]);
	cmd->context = TEST_CONTEXT(m->dw[0]);
	cmd->control = m->dw[1];
	cmd->size = TEST_SIZE(m->dw[1]);
	cmd->ea = test_pick_ea(m, cmd->size);
	cmd->delay = test_pick_delay(m);
	m->command_time = test_time(c, now);
	m->dw[0] &= ~TEST_ONCE;
	m->triggered = false;
	m->busy = true;
}

/* Commands that nobody carries out are answered here. */
static bool test_refuse(struct test_ctx *c, struct test_machine *m, bool down,
			u64 now)
{
	bool flush = c->flushed && TEST_CODE(m->dw[0]) != TEST_RESTART;

	if (!down && !flush)
		return false;
	m->command_time = test_time(c, now);
	test_respond(c, m, now, down ? TEST_FAILED : TEST_FLUSHED);
	test_stop(m);
	return true;
}

/* --- running */

/* The next command, or what to do when there is none. */
static enum sacc_afu_work test_next(struct test_ctx *c, bool down,
				    struct test_command *cmd)
{
	enum sacc_afu_work work = SACC_AFU_IDLE;
	u64 now = ktime_get_ns();
	struct test_machine *m;
	unsigned int i;

	spin_lock(&c->lock);
	for (i = 0; i < TEST_MACHINES; i++) {
		m = &c->machine[(c->next + i) % TEST_MACHINES];
		if (!(m->dw[0] & TEST_ENABLE) || test_refuse(c, m, down, now))
			continue;
		if (m->due > now) {
			work = SACC_AFU_POLL;
			continue;
		}
		c->next = (c->next + i + 1) % TEST_MACHINES;
		test_send(c, m, now, cmd);
		work = SACC_AFU_AGAIN;
		break;
	}
	spin_unlock(&c->lock);
	return work;
}

/* Shown after everything that the command does: events, too. */
static void test_complete(struct test_ctx *c, const struct test_command *cmd,
			  u8 response)
{
	bool error = response == TEST_AERROR || response == TEST_DERROR;
	struct test_machine *m = cmd->m;
	u64 now = ktime_get_ns();

	spin_lock(&c->lock);
	if (error)
		c->flushed = true;
	else if (cmd->code == TEST_RESTART && response == TEST_DONE)
		c->flushed = false;
	m->busy = false;
	m->due = m->dw[0] & TEST_ENABLE ? now + cmd->delay : 0;
	test_respond(c, m, now, response);
	if (error)
		test_flush(c, now);
	spin_unlock(&c->lock);
}

static enum sacc_afu_work test_run(struct sacc_afu_ctx *ctx)
{
	struct test_slice *slice = sacc_afu_slice(ctx);
	struct test_ctx *c = sacc_afu_priv(ctx);
	struct test_command cmd;
	enum sacc_afu_work work;
	int i, response;

	for (i = 0; i < TEST_BATCH; i++) {
		work = test_next(c, READ_ONCE(slice->down), &cmd);
		if (work != SACC_AFU_AGAIN)
			return i ? SACC_AFU_AGAIN : work;
		response = test_execute(ctx, &cmd);
		if (response < 0)
			return SACC_AFU_IDLE;
		test_complete(c, &cmd, response);
	}
	return SACC_AFU_AGAIN;
}

/* --- registers */

static u64 test_machine_read(struct test_machine *m, unsigned int dw)
{
	u8 response = m->busy || m->triggered ? TEST_PENDING : m->response;

	if (dw != 1)
		return m->dw[dw];
	return m->dw[1] | (u64)response << 32 | (u64)m->response_time << 16 |
	       m->command_time;
}

/* Returns whether a command was triggered. */
static bool test_machine_write(struct test_machine *m, unsigned int dw, u64 val,
			       u64 mask)
{
	if (dw == 1)
		mask &= TEST_WRITABLE;
	m->dw[dw] = (m->dw[dw] & ~mask) | (val & mask);
	if (dw || !(mask & TEST_ENABLE))
		return false;
	m->triggered = val & TEST_ENABLE;
	if (!m->triggered)
		m->due = 0;
	return m->triggered;
}

/* The machine that a register belongs to, or NULL. */
static struct test_machine *test_decode(struct sacc_afu_ctx *ctx, u64 offset)
{
	struct test_ctx *c;
	u64 base;

	if (!ctx)
		return NULL;
	c = sacc_afu_priv(ctx);
	base = sacc_afu_is_dedicated(ctx) ? TEST_GLOBAL_SIZE : 0;
	offset = (offset - base) / sizeof(c->machine->dw);
	if (offset >= TEST_MACHINES)
		return NULL;
	return &c->machine[array_index_nospec(offset, TEST_MACHINES)];
}

/* In directed mode the slice knows nothing of a work element. */
static u64 test_slice_read(struct test_slice *slice, struct sacc_afu_ctx *ctx,
			   u64 reg)
{
	struct test_ctx *c;
	u64 val = 0;

	if (ctx && !sacc_afu_is_dedicated(ctx))
		return 0;
	if (ctx && reg == TEST_WED) {
		c = sacc_afu_priv(ctx);
		return c->wed;
	}
	spin_lock(&slice->lock);
	if (reg == TEST_PARITY)
		val = slice->parity;
	spin_unlock(&slice->lock);
	return val;
}

static void test_slice_write(struct test_slice *slice, struct sacc_afu_ctx *ctx,
			     u64 reg, u64 val, u64 mask)
{
	if (ctx && !sacc_afu_is_dedicated(ctx))
		return;
	spin_lock(&slice->lock);
	switch (reg) {
	case TEST_SHUTDOWN:
		WRITE_ONCE(slice->down, true);
		break;
	case TEST_PARITY:
		val = (slice->parity & ~mask) | val;
		slice->parity = val & TEST_PARITY_BITS;
		break;
	}
	spin_unlock(&slice->lock);
}

static int test_mmio_read(void *slice, struct sacc_afu_ctx *ctx, u64 offset,
			  unsigned int width, u64 *val)
{
	struct test_machine *m = test_decode(ctx, offset);
	struct test_ctx *c;
	u64 reg;

	if (m) {
		c = sacc_afu_priv(ctx);
		spin_lock(&c->lock);
		reg = test_machine_read(m, offset / sizeof(u64) % 4);
		spin_unlock(&c->lock);
	} else {
		reg = test_slice_read(slice, ctx, sacc_reg_offset(offset));
	}
	*val = sacc_reg_load(offset, width, reg);
	return 0;
}

static int test_mmio_write(void *slice, struct sacc_afu_ctx *ctx, u64 offset,
			   unsigned int width, u64 val)
{
	struct test_machine *m = test_decode(ctx, offset);
	struct test_ctx *c;
	bool triggered;
	u64 mask;

	val = sacc_reg_store(offset, width, val, &mask);
	if (!m) {
		test_slice_write(slice, ctx, sacc_reg_offset(offset), val, mask);
		return 0;
	}
	c = sacc_afu_priv(ctx);
	spin_lock(&c->lock);
	triggered = test_machine_write(m, offset / sizeof(u64) % 4, val, mask);
	spin_unlock(&c->lock);
	if (triggered)
		sacc_afu_kick(ctx);
	return 0;
}

/* 00 01 02 ... */
static void test_err_read(void *slice, u64 offset, void *buf, size_t len)
{
	u8 *byte = buf;

	while (len--)
		*byte++ = offset++;
}

const struct sacc_afu_ops sacc_afu_test = {
	.desc = &test_desc,
	.slice_init = test_slice_init,
	.slice_exit = test_slice_exit,
	.reset = test_reset,
	.attach = test_attach,
	.detach = test_detach,
	.run = test_run,
	.mmio_read = test_mmio_read,
	.mmio_write = test_mmio_write,
	.err_read = test_err_read,
};
