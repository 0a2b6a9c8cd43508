// SPDX-License-Identifier: GPL-2.0-only
/* The command interface: headers, lengths, opcodes, syndromes, fields. */
#include "hca-test.h"

/* Every command that the model executes, with its shortest mailboxes. */
static const struct {
	u16 opcode;
	u16 in_len;
	u16 out_len;
} implemented[] = {
	{ SACC_HCA_OP_QUERY_HCA_CAP, 16, 16 },
	{ SACC_HCA_OP_QUERY_ADAPTER, 16, 272 },
	{ SACC_HCA_OP_QUERY_ISSI, 16, 112 },
	{ SACC_HCA_OP_CREATE_CQ, 272, 16 },
	{ SACC_HCA_OP_DESTROY_CQ, 16, 16 },
	{ SACC_HCA_OP_QUERY_CQ, 16, 80 },
	{ SACC_HCA_OP_MODIFY_CQ, 272, 16 },
	{ SACC_HCA_OP_QUERY_VPORT_STATE, 16, 16 },
	{ SACC_HCA_OP_QUERY_NIC_VPORT_CONTEXT, 16, 272 },
	{ SACC_HCA_OP_QUERY_HCA_VPORT_CONTEXT, 16, 528 },
	{ SACC_HCA_OP_ALLOC_PD, 16, 16 },
	{ SACC_HCA_OP_DEALLOC_PD, 16, 16 },
	{ SACC_HCA_OP_NOP, 16, 16 },
	{ SACC_HCA_OP_ALLOC_TRANSPORT_DOMAIN, 16, 16 },
	{ SACC_HCA_OP_DEALLOC_TRANSPORT_DOMAIN, 16, 16 },
	{ SACC_HCA_OP_QUERY_LAG, 16, 16 },
	QUEUE_COMMANDS,
	{ SACC_HCA_OP_CREATE_MKEY, 272, 16 },
	{ SACC_HCA_OP_QUERY_MKEY, 16, 80 },
	{ SACC_HCA_OP_DESTROY_MKEY, 16, 16 },
	{ SACC_HCA_OP_CREATE_PSV, 16, 32 },
	{ SACC_HCA_OP_DESTROY_PSV, 16, 16 },
	{ SACC_HCA_OP_QUERY_ROCE_ADDRESS, 16, 48 },
	{ SACC_HCA_OP_SET_ROCE_ADDRESS, 48, 16 },
	{ SACC_HCA_OP_QUERY_HCA_VPORT_GID, 16, 16 },
	{ SACC_HCA_OP_QUERY_HCA_VPORT_PKEY, 16, 16 },
	{ SACC_HCA_OP_QUERY_VNIC_ENV, 16, 16 },
	{ SACC_HCA_OP_QUERY_VPORT_COUNTER, 32, 528 },
	{ SACC_HCA_OP_ALLOC_Q_COUNTER, 16, 16 },
	{ SACC_HCA_OP_DEALLOC_Q_COUNTER, 16, 16 },
	{ SACC_HCA_OP_QUERY_Q_COUNTER, 32, 256 },
	{ SACC_HCA_OP_CREATE_SCHEDULING_ELEMENT, 128, 64 },
	{ SACC_HCA_OP_DESTROY_SCHEDULING_ELEMENT, 64, 16 },
	{ SACC_HCA_OP_QUERY_SCHEDULING_ELEMENT, 64, 128 },
	{ SACC_HCA_OP_MODIFY_SCHEDULING_ELEMENT, 128, 16 },
	{ SACC_HCA_OP_GET_DROPPED_PACKET_LOG, 16, 208 },
	{ SACC_HCA_OP_QUERY_CONG_STATUS, 16, 16 },
	{ SACC_HCA_OP_QUERY_CONG_PARAMS, 16, 272 },
	{ SACC_HCA_OP_QUERY_CONG_STATISTICS, 16, 272 },
	{ SACC_HCA_OP_CREATE_FLOW_TABLE, 64, 16 },
	{ SACC_HCA_OP_DESTROY_FLOW_TABLE, 64, 16 },
	{ SACC_HCA_OP_QUERY_FLOW_TABLE, 64, 64 },
	{ SACC_HCA_OP_CREATE_FLOW_GROUP, 1024, 16 },
	{ SACC_HCA_OP_DESTROY_FLOW_GROUP, 64, 16 },
	{ SACC_HCA_OP_QUERY_FLOW_GROUP, 64, 1024 },
	{ SACC_HCA_OP_SET_FLOW_TABLE_ENTRY, 832, 16 },
	{ SACC_HCA_OP_QUERY_FLOW_TABLE_ENTRY, 64, 832 },
	{ SACC_HCA_OP_DELETE_FLOW_TABLE_ENTRY, 64, 16 },
	{ SACC_HCA_OP_ALLOC_FLOW_COUNTER, 16, 16 },
	{ SACC_HCA_OP_DEALLOC_FLOW_COUNTER, 16, 16 },
	{ SACC_HCA_OP_QUERY_FLOW_COUNTER, 32, 16 },
	{ SACC_HCA_OP_MODIFY_FLOW_TABLE, 64, 16 },
	{ SACC_HCA_OP_ALLOC_PACKET_REFORMAT_CONTEXT, 36, 16 },
	{ SACC_HCA_OP_DEALLOC_PACKET_REFORMAT_CONTEXT, 16, 16 },
	{ SACC_HCA_OP_QUERY_PACKET_REFORMAT_CONTEXT, 32, 36 },
	{ SACC_HCA_OP_ALLOC_MODIFY_HEADER_CONTEXT, 16, 16 },
	{ SACC_HCA_OP_DEALLOC_MODIFY_HEADER_CONTEXT, 16, 16 },
	{ SACC_HCA_OP_QUERY_MODIFY_HEADER_CONTEXT, 32, 16 },
	{ SACC_HCA_OP_CREATE_GENERAL_OBJECT, 16, 16 },
	{ SACC_HCA_OP_MODIFY_GENERAL_OBJECT, 16, 16 },
	{ SACC_HCA_OP_QUERY_GENERAL_OBJECT, 16, 16 },
	{ SACC_HCA_OP_DESTROY_GENERAL_OBJECT, 16, 16 },
	{ SACC_HCA_OP_ACCESS_REGISTER_USER, 16, 16 },
};

/* op_mod is theirs to judge: a type, or new and modify, or read and write. */
static bool judges_op_mod(u16 opcode)
{
	return opcode == SACC_HCA_OP_QUERY_HCA_CAP ||
	       opcode == SACC_HCA_OP_ARM_RQ ||
	       opcode == SACC_HCA_OP_SET_FLOW_TABLE_ENTRY ||
	       opcode == SACC_HCA_OP_ACCESS_REGISTER_USER ||
	       (opcode >= SACC_HCA_OP_CREATE_GENERAL_OBJECT &&
		opcode <= SACC_HCA_OP_DESTROY_GENERAL_OBJECT);
}

static bool is_implemented(u16 opcode)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(implemented); i++)
		if (implemented[i].opcode == opcode)
			return true;
	return false;
}

TEST(input_shorter_than_the_command_is_refused_at_every_length)
{
	struct sacc_hca *hca = new_hca();
	struct command c;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(implemented); i++) {
		for (len = 0; len < implemented[i].in_len; len++) {
			new_command(&c, implemented[i].opcode, 0, len,
				    implemented[i].out_len);
			ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_IN_SHORT);
			ASSERT_EQ(run_status(&c), SACC_HCA_BAD_INPUT_LEN);
		}
	}
	end_hca(hca);
}

TEST(output_shorter_than_the_reply_is_refused_at_every_length)
{
	struct sacc_hca *hca = new_hca();
	struct command c;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(implemented); i++) {
		for (len = 16; len < implemented[i].out_len; len++) {
			new_command(&c, implemented[i].opcode, 0,
				    implemented[i].in_len, len);
			ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_OUT_SHORT);
			ASSERT_EQ(run_status(&c), SACC_HCA_BAD_OUTPUT_LEN);
		}
	}
	end_hca(hca);
}

TEST(output_without_room_for_a_status_is_einval_and_untouched)
{
	struct sacc_hca *hca = new_hca();
	u8 out[16], in[16] = { 0 };
	size_t len, i;
	u32 id;

	sacc_hca_set(cmd_in, in, opcode, SACC_HCA_OP_ALLOC_PD);
	for (len = 0; len < sizeof(out); len++) {
		memset(out, 0xa5, sizeof(out));
		ASSERT_EQ(sacc_hca_exec(hca, in, sizeof(in), out, len), -EINVAL);
		for (i = 0; i < sizeof(out); i++)
			ASSERT_EQ(out[i], 0xa5);
	}
	/* None was allocated: the first PD is number 1. */
	ASSERT_EQ(try_alloc(hca, SACC_HCA_OP_ALLOC_PD, 0, &id), 0);
	ASSERT_EQ(id, 1);
	end_hca(hca);
}

TEST(mailboxes_may_be_longer_than_needed_and_the_rest_of_the_reply_is_zero)
{
	struct sacc_hca *hca = new_hca();
	struct command c;
	size_t i;

	new_command(&c, SACC_HCA_OP_ALLOC_PD, 0, 512, 4112);
	memset(c.in + 16, 0xff, 512 - 16);
	ASSERT_EQ(run(hca, &c), 0);
	ASSERT_EQ(sacc_hca_get(alloc_pd_out, c.out, pd), 1);
	for (i = 12; i < c.out_len; i++)
		ASSERT_EQ(c.out[i], 0);
	end_hca(hca);
}

/* Whatever the command, and whether or not it is one. */
TEST(what_the_length_of_a_reply_leaves_out_is_zero)
{
	struct sacc_hca *hca = new_hca();
	struct command whole, part;
	u32 opcode, op_mod;

	for (opcode = 0; opcode < 0x10000; opcode++) {
		for (op_mod = 0; op_mod < (opcode == SACC_HCA_OP_QUERY_HCA_CAP ? 0x50 : 1);
		     op_mod++) {
			new_command(&whole, (u16)opcode, 0, 16, sizeof(whole.out));
			sacc_hca_set(cmd_in, whole.in, op_mod, op_mod);
			part = whole;
			part.out_len = sacc_hca_reply_len(part.in, part.in_len,
							  sizeof(part.out));
			/* Nothing is left out. */
			if (part.out_len == sizeof(part.out))
				continue;
			ASSERT_EQ(run(hca, &part), run(hca, &whole));
			ASSERT_GE(part.out_len, 16);
			ASSERT(!memcmp(part.out, whole.out, sizeof(whole.out)));
		}
	}
	end_hca(hca);
}

TEST(the_length_of_a_reply_is_never_more_than_the_room_for_it)
{
	static const u16 opcodes[] = { SACC_HCA_OP_QUERY_HCA_CAP, SACC_HCA_OP_NOP };
	struct command c;
	size_t i, in_len, len;

	for (i = 0; i < ARRAY_SIZE(opcodes); i++) {
		new_command(&c, opcodes[i], 0, 16, 16);
		for (in_len = 0; in_len <= 16; in_len++)
			for (len = 0; len < 5000; len++)
				ASSERT_LE(sacc_hca_reply_len(c.in, in_len, len), len);
	}
	/* It is there to be less for this one. */
	new_command(&c, SACC_HCA_OP_QUERY_HCA_CAP, 0, 16, 16);
	ASSERT_LE(sacc_hca_reply_len(c.in, 16, 4112), 1024);
}

TEST(every_opcode_is_executed_or_refused_with_its_reason)
{
	struct sacc_hca *hca = new_hca();
	unsigned int executed = 0, absent = 0;
	struct command c;
	u32 opcode, syndrome;

	for (opcode = 0; opcode <= 0xffff; opcode++) {
		new_command(&c, (u16)opcode, 0, 16, 16);
		syndrome = run(hca, &c);
		if (is_implemented((u16)opcode)) {
			executed++;
			ASSERT_NE(run_status(&c), SACC_HCA_INTERNAL);
			ASSERT_NE(syndrome, SACC_HCA_SYND_OPCODE_ABSENT);
			ASSERT_NE(syndrome, SACC_HCA_SYND_OPCODE_UNKNOWN);
			ASSERT(sacc_hca_opcode_name((u16)opcode));
			continue;
		}
		ASSERT_EQ(run_status(&c), SACC_HCA_BAD_OP);
		absent += syndrome == SACC_HCA_SYND_OPCODE_ABSENT;
		ASSERT_EQ(syndrome, sacc_hca_opcode_name((u16)opcode) ?
			  SACC_HCA_SYND_OPCODE_ABSENT :
			  SACC_HCA_SYND_OPCODE_UNKNOWN);
	}
	ASSERT_EQ(executed, ARRAY_SIZE(implemented));
	ASSERT_GT(absent, 80);
	end_hca(hca);
}

TEST(an_op_mod_that_a_command_does_not_have_is_refused)
{
	struct sacc_hca *hca = new_hca();
	struct command c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(implemented); i++) {
		if (judges_op_mod(implemented[i].opcode))
			continue;
		new_command(&c, implemented[i].opcode, 0, implemented[i].in_len,
			    implemented[i].out_len);
		sacc_hca_set(cmd_in, c.in, op_mod, 1);
		ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_OP_MOD);
		ASSERT_EQ(run_status(&c), SACC_HCA_BAD_OP);
	}
	end_hca(hca);
}

TEST(a_uid_that_was_never_given_or_is_freed_is_refused_by_every_command)
{
	struct sacc_hca *hca = new_hca();
	u16 uid = new_uid(hca), uids[3] = { uid, 0x1234, 0xffff };
	struct command c;
	size_t i, u;

	sacc_hca_uid_free(hca, uid);
	for (u = 0; u < ARRAY_SIZE(uids); u++) {
		for (i = 0; i < ARRAY_SIZE(implemented); i++) {
			new_command(&c, implemented[i].opcode, uids[u],
				    implemented[i].in_len,
				    implemented[i].out_len);
			ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_UID_UNKNOWN);
			ASSERT_EQ(run_status(&c), SACC_HCA_BAD_RESOURCE);
		}
	}
	end_hca(hca);
}

TEST(opcode_names_are_those_of_the_manual)
{
	ASSERT_STREQ(sacc_hca_opcode_name(0x100), "QUERY_HCA_CAP");
	ASSERT_STREQ(sacc_hca_opcode_name(0x50b), "QUERY_QP");
	ASSERT_STREQ(sacc_hca_opcode_name(0x936), "SET_FLOW_TABLE_ENTRY");
	ASSERT_STREQ(sacc_hca_opcode_name(0xb16), "ALLOW_OTHER_VHCA_ACCESS");
	ASSERT(!sacc_hca_opcode_name(0));
	ASSERT(!sacc_hca_opcode_name(0xffff));
}

/* The commands that clients use: table 6 of what they demand. */
TEST(every_command_that_clients_use_has_a_name)
{
	static const u16 used[] = {
		0x100, 0x101, 0x10a, 0x200, 0x201, 0x202, 0x400, 0x401, 0x402,
		0x403, 0x500, 0x501, 0x502, 0x503, 0x504, 0x505, 0x506, 0x507,
		0x50a, 0x50b, 0x50c, 0x50e, 0x600, 0x700, 0x705, 0x710, 0x712,
		0x717, 0x754, 0x760, 0x762, 0x771, 0x773, 0x800, 0x801, 0x802,
		0x80d, 0x816, 0x817, 0x842, 0x900, 0x901, 0x903, 0x904, 0x905,
		0x907, 0x908, 0x909, 0x90b, 0x90c, 0x90d, 0x912, 0x913, 0x915,
		0x916, 0x917, 0x930, 0x932, 0x933, 0x936, 0x939, 0x93b, 0x93d,
		0x940, 0xa00, 0xa01, 0xa02, 0xa03, 0xa08, 0xa0a, 0xb00, 0xb0c,
		0xb16, 0x740, 0x750, 0x752,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(used); i++)
		if (!sacc_hca_opcode_name(used[i]))
			FAIL("opcode 0x%x has no name", used[i]);
}

#define VALUE(name, value, status, text)	value,
#define TEXT(name, value, status, text)		text,

TEST(syndromes_are_unique_and_each_is_one_sentence)
{
	static const u32 values[] = { SACC_HCA_SYNDROMES(VALUE) };
	static const char * const texts[] = { SACC_HCA_SYNDROMES(TEXT) };
	size_t i, j, len;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		ASSERT_NE(values[i], 0);
		for (j = 0; j < i; j++) {
			ASSERT_NE(values[i], values[j]);
			ASSERT(strcmp(texts[i], texts[j]));
		}
		ASSERT_STREQ(sacc_hca_syndrome_text(values[i]), texts[i]);
		len = strlen(texts[i]);
		ASSERT_GT(len, 20);
		ASSERT_EQ(texts[i][len - 1], '.');
		ASSERT(!strstr(texts[i], ". "));
	}
	ASSERT(!sacc_hca_syndrome_text(0));
	ASSERT(!sacc_hca_syndrome_text(0xdeadbeef));
}

#define OPCODE(name, opcode)	opcode,

TEST(opcodes_ascend)
{
	static const u16 codes[] = { SACC_HCA_OPCODES(OPCODE, OPCODE) };
	size_t i;

	for (i = 1; i < ARRAY_SIZE(codes); i++)
		ASSERT_LT(codes[i - 1], codes[i]);
}

TEST(a_field_is_read_and_written_alone)
{
	u8 ctx[64];

	memset(ctx, 0xff, sizeof(ctx));
	sacc_hca_set(cqc, ctx, log_cq_size, 0);
	ASSERT_EQ(ctx[12], 0xe0);
	ASSERT_EQ(sacc_hca_get(cqc, ctx, uar_page), 0xffffff);
	sacc_hca_set(cqc, ctx, log_cq_size, 0x2a);
	ASSERT_EQ(sacc_hca_get(cqc, ctx, log_cq_size), 0x0a);
	ASSERT_EQ(ctx[12], 0xea);
	sacc_hca_set(cqc, ctx, dbr_addr, 0x0123456789abcdefULL);
	ASSERT_EQ(ctx[56], 0x01);
	ASSERT_EQ(ctx[63], 0xef);
	ASSERT_EQ(sacc_hca_get64(cqc, ctx, dbr_addr), 0x0123456789abcdefULL);
	ASSERT_EQ(ctx[55], 0xff);
}

KTAP_MAIN()
