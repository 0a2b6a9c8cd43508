// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: the instruction decoder and the executor.
 *
 * The input is what stands at an instruction pointer, from nothing up to more than
 * an instruction can have. Of it:
 *   - no byte behind the end is read (it lies at the end of a page);
 *   - what is said of a part of the input agrees with what is said of the whole:
 *     a beginning of an instruction is truncated, a refusal stays one;
 *   - filled up to SACC_INSN_MAX, capstone and the decoder agree;
 *   - the executor accesses what the decoder said, once, and leaves the registers
 *     alone when an access fails;
 *   - where it can be run, the executor does what the processor does.
 */
#include "fuzz.h"

#include "../core/insn-oracle.h"

#ifdef __x86_64__
#include "../core/insn-native.h"
#endif

/* Some more than are ever looked at. */
#define MAX_INPUT	(2 * SACC_INSN_MAX)

static void open_once(void)
{
	static bool opened;

	if (opened)
		return;
	opened = true;
	oracle_open();
#ifdef __x86_64__
	map_low();
	set_gs();
#endif
}

static void check_invariants(const struct sacc_insn *insn, size_t size)
{
	ASSERT_GT(insn->len, 0);
	ASSERT_LE(insn->len, SACC_INSN_MAX);
	ASSERT_LE(insn->len, size);
	ASSERT(insn->load || insn->store);
	ASSERT(insn->width == 1 || insn->width == 2 || insn->width == 4 ||
	       insn->width == 8);
	ASSERT(insn->reg == SACC_INSN_NONE || insn->reg < 16);
	ASSERT(insn->reg2 == SACC_INSN_NONE || insn->reg2 < 16);
	ASSERT(insn->op < SACC_OPS);
	ASSERT(insn->mem.base == SACC_INSN_NONE || insn->mem.base < 16);
	ASSERT(insn->mem.index == SACC_INSN_NONE || insn->mem.index < 16);
	ASSERT(!insn->lock || (insn->load && insn->store));
}

/* Every length of the input, each against the one before. */
static void check_lengths(const u8 *bytes, size_t size)
{
	enum sacc_insn_result before = SACC_INSN_TRUNCATED, now;
	struct sacc_insn insn = { 0 };
	size_t i, len = 0;

	for (i = 0; i <= size; i++) {
		now = gen_decode(&insn, bytes, i);
		/* Once it is known what it is, more bytes change nothing. */
		if (before != SACC_INSN_TRUNCATED)
			ASSERT_EQ(now, before);
		if (now == SACC_INSN_OK) {
			check_invariants(&insn, i);
			/* Not before its last byte, and then always the same. */
			ASSERT_EQ(insn.len, len ? len : i);
			len = insn.len;
		}
		if (i >= SACC_INSN_MAX)
			ASSERT_NE(now, SACC_INSN_TRUNCATED);
		before = now;
	}
}

/* Memory that counts its accesses, and may fail one of them. */
struct counter {
	unsigned int reads, writes;
	int read_error, write_error;
};

static int count_read(void *arg, unsigned int width, u64 *val)
{
	struct counter *counter = arg;

	*val = width == 8 ? 0x1122334455667788 : 0x55667788;
	counter->reads++;
	return counter->read_error;
}

static int count_write(void *arg, unsigned int width, u64 val)
{
	struct counter *counter = arg;

	ASSERT(width == 8 || val >> 32 == 0);
	counter->writes++;
	return counter->write_error;
}

static void execute(const struct sacc_insn *insn, int read_error,
		    int write_error)
{
	static const struct sacc_insn_bus bus = { count_read, count_write };
	struct counter counter = { 0, 0, read_error, write_error };
	struct sacc_regs before = { .ip = 0x1000, .flags = 0x246 }, regs;
	bool narrow = insn->width < 4;
	int wanted = narrow ? -EINVAL : insn->load && read_error ? read_error :
		     insn->store ? write_error : 0;
	unsigned int i;
	int ret;

	for (i = 0; i < 16; i++)
		before.gpr[i] = 0x0123456789abcdefULL << i;
	regs = before;
	ret = sacc_insn_exec(insn, &regs, &bus, &counter);
	/* A quotient need not fit. */
	if (ret == -EDOM && !wanted &&
	    (insn->op == SACC_OP_DIV || insn->op == SACC_OP_IDIV))
		wanted = ret;
	ASSERT_EQ(ret, wanted);
	ASSERT_EQ(counter.reads, !narrow && insn->load);
	ASSERT_EQ(counter.writes, !narrow && insn->store &&
		  !(insn->load && read_error));
	if (wanted)
		ASSERT(!memcmp(&regs, &before, sizeof(regs)));
	else
		ASSERT_EQ(regs.ip, before.ip + insn->len);
}

static void check_execution(const u8 *bytes)
{
	struct sacc_insn insn;

	if (gen_decode(&insn, bytes, SACC_INSN_MAX) != SACC_INSN_OK)
		return;
	execute(&insn, 0, 0);
	execute(&insn, -EIO, 0);
	execute(&insn, 0, -EFAULT);
	execute(&insn, -EIO, -EFAULT);
}

static void run_natively(const u8 *bytes)
{
#ifdef __x86_64__
	struct sacc_insn insn;
	sigset_t all, old;
	size_t i;

	/* The state follows from the input, so that it can be repeated. */
	gen_state = 0x9e3779b97f4a7c15ULL;
	for (i = 0; i < SACC_INSN_MAX; i++)
		gen_state = (gen_state ^ bytes[i]) * 0x100000001b3ULL;
	/* A handler would run on the stack that the instruction is given. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	check_native(bytes, &insn);
	sigprocmask(SIG_SETMASK, &old, NULL);
#else
	(void)bytes;
#endif
}

/* What the self-check of libfuzzer.sh must find. */
static void plant(const u8 *bytes)
{
#ifdef FUZZ_PLANT
	struct sacc_insn insn;

	if (gen_decode(&insn, bytes, SACC_INSN_MAX) != SACC_INSN_OK ||
	    insn.op != SACC_OP_XADD || insn.width != 8)
		return;
	insn.mem.disp++;
	HOLDS(oracle_decode(bytes, SACC_INSN_MAX));
	looking_at = bytes;
	compare(&insn);
#else
	(void)bytes;
#endif
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u8 bytes[SACC_INSN_MAX] = { 0 };

	open_once();
	if (size > MAX_INPUT)
		size = MAX_INPUT;
	check_lengths(data, size);
	memcpy(bytes, data, size < sizeof(bytes) ? size : sizeof(bytes));
	check_accepted(bytes);
	check_known(bytes);
	check_execution(bytes);
	plant(bytes);
	run_natively(bytes);
	return 0;
}
