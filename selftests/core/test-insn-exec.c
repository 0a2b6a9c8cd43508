// SPDX-License-Identifier: GPL-2.0-only
/*
 * sacc_insn_exec() against the processor (insn-native.h), and what the processor
 * cannot be asked.
 */
#include "insn-gen.h"

#ifdef __x86_64__
#include "insn-native.h"

#define ROUNDS		600000

TEST(every_operation_does_what_the_processor_does)
{
	unsigned int seen[SACC_OPS] = { 0 }, ran = 0, gs = 0, rip = 0;
	u8 bytes[SACC_INSN_MAX];
	struct sacc_insn insn;
	unsigned int i;

	map_low();
	set_gs();
	while (ran < ROUNDS) {
		gen_insn(bytes, gen_below(GEN_OPCODES), (u8)gen_below(0xc0));
		if (!check_native(bytes, &insn))
			continue;
		seen[insn.op]++;
		gs += insn.mem.segment == SACC_SEGMENT_GS;
		rip += insn.mem.rip;
		ran++;
	}
	for (i = 0; i < SACC_OPS; i++)
		if (i != SACC_OP_MOVZX && processor_has(i) && seen[i] < 50)
			FAIL("operation %u ran only %u times", i, seen[i]);
	ktap_note("%u ran, %u with gs, %u relative to rip, %u mov",
		  ran, gs, rip, seen[SACC_OP_MOV]);
	ASSERT_GT(gs, 100);
	ASSERT_GT(rip, 100);
}

#endif /* __x86_64__ */

/* --- What the processor cannot be asked */

struct log {
	unsigned int reads, writes;
	int read_error, write_error;
};

static int log_read(void *arg, unsigned int width, u64 *val)
{
	struct log *log = arg;

	(void)width;
	log->reads++;
	*val = 0x1122334455667788;
	return log->read_error;
}

static int log_write(void *arg, unsigned int width, u64 val)
{
	struct log *log = arg;

	(void)width;
	(void)val;
	log->writes++;
	return log->write_error;
}

static const struct sacc_insn_bus log_bus = { log_read, log_write };

static int exec_logged(const char *bytes, struct sacc_regs *regs,
		       struct log *log)
{
	struct sacc_insn insn;

	ASSERT_EQ(sacc_insn_decode(&insn, (const u8 *)bytes, SACC_INSN_MAX),
		  SACC_INSN_OK);
	return sacc_insn_exec(&insn, regs, &log_bus, log);
}

#define PAD "\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define MOV_LOAD	"\x8b\x07" PAD		/* mov (%rdi),%eax */
#define MOV_STORE	"\x89\x07" PAD		/* mov %eax,(%rdi) */
#define ADD_MEM		"\x01\x07" PAD		/* add %eax,(%rdi) */
#define XCHG		"\x87\x07" PAD		/* xchg %eax,(%rdi) */
#define CMP_MEM		"\x3b\x07" PAD		/* cmp (%rdi),%eax */
#define MOV_BYTE	"\x8a\x07" PAD		/* mov (%rdi),%al */
#define MOV_WORD	"\x66\x8b\x07" PAD	/* mov (%rdi),%ax */

TEST(each_operand_is_accessed_exactly_once)
{
	struct sacc_regs regs = { .flags = 2 };
	struct log log = { 0 };

	ASSERT_EQ(exec_logged(MOV_LOAD, &regs, &log), 0);
	ASSERT(log.reads == 1 && log.writes == 0);
	ASSERT_EQ(exec_logged(MOV_STORE, &regs, &log), 0);
	ASSERT(log.reads == 1 && log.writes == 1);
	ASSERT_EQ(exec_logged(ADD_MEM, &regs, &log), 0);
	ASSERT(log.reads == 2 && log.writes == 2);
	ASSERT_EQ(exec_logged(XCHG, &regs, &log), 0);
	ASSERT(log.reads == 3 && log.writes == 3);
	ASSERT_EQ(exec_logged(CMP_MEM, &regs, &log), 0);
	ASSERT(log.reads == 4 && log.writes == 3);
}

TEST(a_failed_load_leaves_everything_and_stores_nothing)
{
	struct sacc_regs regs = { .ip = 5, .flags = 2 }, before = regs;
	struct log log = { .read_error = -EIO };

	ASSERT_EQ(exec_logged(MOV_LOAD, &regs, &log), -EIO);
	ASSERT_EQ(exec_logged(ADD_MEM, &regs, &log), -EIO);
	ASSERT_EQ(exec_logged(XCHG, &regs, &log), -EIO);
	ASSERT_EQ(log.writes, 0);
	ASSERT(!memcmp(&regs, &before, sizeof(regs)));
}

TEST(a_failed_store_leaves_the_registers)
{
	struct sacc_regs regs = { .ip = 5, .flags = 2 }, before = regs;
	struct log log = { .write_error = -EIO };

	ASSERT_EQ(exec_logged(MOV_STORE, &regs, &log), -EIO);
	ASSERT_EQ(exec_logged(ADD_MEM, &regs, &log), -EIO);
	ASSERT_EQ(exec_logged(XCHG, &regs, &log), -EIO);
	ASSERT(!memcmp(&regs, &before, sizeof(regs)));
}

#define CMPXCHG		"\xf0\x0f\xb1\x0f" PAD	/* lock cmpxchg %ecx,(%rdi) */
#define DIV		"\xf7\x37" PAD		/* divl (%rdi) */
#define IDIV		"\x48\xf7\x3f" PAD	/* idivq (%rdi) */

TEST(compare_and_exchange_stores_in_any_case)
{
	struct sacc_regs regs = { .gpr = { 1, 2 } };
	struct log log = { 0 };

	ASSERT_EQ(exec_logged(CMPXCHG, &regs, &log), 0);
	ASSERT(log.reads == 1 && log.writes == 1);
	ASSERT_EQ(regs.gpr[SACC_REG_RAX], 0x55667788);
	ASSERT_EQ(exec_logged(CMPXCHG, &regs, &log), 0);
	ASSERT(log.reads == 2 && log.writes == 2);
	ASSERT(regs.flags & SACC_FLAG_ZF);
}

TEST(a_failed_compare_and_exchange_leaves_the_registers)
{
	struct sacc_regs regs = { .gpr = { 1, 2 }, .ip = 5 }, before = regs;
	struct log log = { .write_error = -EIO };

	ASSERT_EQ(exec_logged(CMPXCHG, &regs, &log), -EIO);
	ASSERT(!memcmp(&regs, &before, sizeof(regs)));
}

TEST(a_division_that_would_be_trapped_leaves_the_registers)
{
	struct sacc_regs regs = { .ip = 5, .flags = 2 }, before;
	struct log log = { 0 };

	/* A quotient of 2 to the 32, of 2 to the 63; of -2 to the 63, which fits. */
	regs.gpr[SACC_REG_RDX] = 0x55667788;
	before = regs;
	ASSERT_EQ(exec_logged(DIV, &regs, &log), -EDOM);
	ASSERT(!memcmp(&regs, &before, sizeof(regs)));
	regs.gpr[SACC_REG_RDX] = 0x1122334455667788 / 2;
	before = regs;
	ASSERT_EQ(exec_logged(IDIV, &regs, &log), -EDOM);
	ASSERT(!memcmp(&regs, &before, sizeof(regs)));
	regs.gpr[SACC_REG_RDX] = -(0x1122334455667788ULL / 2);
	regs.gpr[SACC_REG_RAX] = 0;
	ASSERT_EQ(exec_logged(IDIV, &regs, &log), 0);
	ASSERT_EQ(regs.gpr[SACC_REG_RAX], INT64_MIN);
	ASSERT(log.reads == 3 && log.writes == 0);
}

static int read_zero(void *arg, unsigned int width, u64 *val)
{
	(void)arg;
	(void)width;
	*val = 0;
	return 0;
}

TEST(division_by_zero_is_an_error)
{
	static const struct sacc_insn_bus bus = { read_zero, log_write };
	static const char *const divide[] = { DIV, IDIV };
	struct sacc_regs regs = { .gpr = { 7 } };
	struct sacc_insn insn;
	int i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(sacc_insn_decode(&insn, (const u8 *)divide[i],
					   SACC_INSN_MAX), SACC_INSN_OK);
		ASSERT_EQ(sacc_insn_exec(&insn, &regs, &bus, NULL), -EDOM);
		ASSERT_EQ(regs.gpr[SACC_REG_RAX], 7);
	}
}

TEST(narrow_accesses_are_not_carried_out)
{
	struct sacc_regs regs = { .ip = 5, .flags = 2 }, before = regs;
	struct log log = { 0 };

	ASSERT_EQ(exec_logged(MOV_BYTE, &regs, &log), -EINVAL);
	ASSERT_EQ(exec_logged(MOV_WORD, &regs, &log), -EINVAL);
	ASSERT(log.reads == 0 && log.writes == 0);
	ASSERT(!memcmp(&regs, &before, sizeof(regs)));
}

KTAP_MAIN()
