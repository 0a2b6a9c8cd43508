// SPDX-License-Identifier: GPL-2.0-only
/*
 * sacc_insn_exec() against the processor (insn-native.h), and what the processor
 * cannot be asked.
 */
#include "insn-gen.h"

#ifdef __x86_64__
#include "insn-native.h"

#define ROUNDS		300000

TEST(every_operation_does_what_the_processor_does)
{
	unsigned int seen[SACC_OP_SAR + 1] = { 0 }, ran = 0, gs = 0, rip = 0;
	u8 bytes[SACC_INSN_MAX];
	struct sacc_insn insn;
	unsigned int i;

	map_low();
	set_gs();
	while (ran < ROUNDS) {
		gen_insn(bytes, gen_below(0x300), (u8)gen_below(0xc0));
		if (!check_native(bytes, &insn))
			continue;
		seen[insn.op]++;
		gs += insn.mem.segment == SACC_SEGMENT_GS;
		rip += insn.mem.rip;
		ran++;
	}
	for (i = 0; i <= SACC_OP_SAR; i++)
		if (i != SACC_OP_MOVZX)	/* never 4 or 8 bytes wide */
			ASSERT(seen[i] || (i == SACC_OP_MOVBE &&
					   !processor_has_movbe()));
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
