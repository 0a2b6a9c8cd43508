// SPDX-License-Identifier: GPL-2.0-only
/* The instruction decoder against libcapstone: see insn-oracle.h. */
#include "insn-oracle.h"

#define RANDOM_SEQUENCES	400000
#define VARIANTS		16	/* of every opcode with every modrm */

TEST(what_is_accepted_is_what_capstone_sees_systematic)
{
	unsigned int opcode, modrm, i, accepted = 0, ran = 0;
	u8 bytes[SACC_INSN_MAX];

	oracle_open();
	for (opcode = 0; opcode < GEN_OPCODES; opcode++) {
		for (modrm = 0; modrm < 0x100; modrm++) {
			for (i = 0; i < VARIANTS; i++) {
				gen_insn(bytes, opcode, (u8)modrm);
				accepted += check_accepted(bytes);
				ran++;
			}
		}
	}
	ktap_note("%u sequences, %u accepted", ran, accepted);
	ASSERT_GT(accepted, 50000);
	oracle_close();
}

TEST(what_is_accepted_is_what_capstone_sees_random)
{
	u8 bytes[SACC_INSN_MAX];
	unsigned int i, accepted = 0;

	oracle_open();
	for (i = 0; i < RANDOM_SEQUENCES; i++) {
		gen_bytes(bytes, sizeof(bytes));
		accepted += check_accepted(bytes);
	}
	ktap_note("%u sequences, %u accepted", i, accepted);
	ASSERT_GT(accepted, 20000);
	oracle_close();
}

TEST(every_integer_form_capstone_knows_is_accepted)
{
	unsigned int opcode, modrm, i, known = 0;
	u8 bytes[SACC_INSN_MAX];

	oracle_open();
	for (opcode = 0; opcode < GEN_OPCODES; opcode++) {
		for (modrm = 0; modrm < 0x100; modrm++) {
			for (i = 0; i < VARIANTS; i++) {
				gen_insn(bytes, opcode, (u8)modrm);
				known += check_known(bytes);
			}
		}
	}
	ktap_note("%u forms", known);
	ASSERT_GT(known, 50000);
	oracle_close();
}

TEST(random_bytes_at_a_page_end_are_never_overread)
{
	unsigned int i, seen[3] = { 0 };
	u8 bytes[SACC_INSN_MAX];
	struct sacc_insn insn;
	size_t size;

	for (i = 0; i < RANDOM_SEQUENCES; i++) {
		size = gen_below(SACC_INSN_MAX + 1);
		gen_insn(bytes, gen_below(GEN_OPCODES), (u8)gen_below(0x100));
		seen[gen_decode(&insn, bytes, size)]++;
	}
	ASSERT_GT(seen[SACC_INSN_OK], 1000);
	ASSERT_GT(seen[SACC_INSN_TRUNCATED], 1000);
	ASSERT_GT(seen[SACC_INSN_REFUSED], 1000);
}

KTAP_MAIN()
