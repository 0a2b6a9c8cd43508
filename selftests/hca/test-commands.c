// SPDX-License-Identifier: GPL-2.0-only
/* The command interface: headers, lengths, opcodes, capabilities, queries. */
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

static void query_cap(struct command *c, u16 op_mod, size_t out_len)
{
	new_command(c, SACC_HCA_OP_QUERY_HCA_CAP, 0, 16, out_len);
	sacc_hca_set(cmd_in, c->in, op_mod, op_mod);
}

#define CAP(c, f)	sacc_hca_get(cmd_hca_cap, (c)->out + 16, f)

TEST(general_capabilities_are_what_clients_need)
{
	struct sacc_hca *hca = new_hca();
	struct command c;

	query_cap(&c, 1, 4112);
	ASSERT_EQ(run(hca, &c), 0);
	ASSERT_EQ(CAP(&c, log_max_msg), 30);
	ASSERT_EQ(CAP(&c, cqe_version), 1);
	ASSERT_EQ(CAP(&c, port_type), 0);
	ASSERT_EQ(CAP(&c, num_ports), 1);
	ASSERT_EQ(CAP(&c, vhca_id), 7);
	ASSERT_EQ(CAP(&c, hca_cap_2), 1);
	ASSERT_EQ(CAP(&c, uar_4k), 1);
	ASSERT_EQ(CAP(&c, log_uar_page_sz), 0);
	ASSERT_EQ(CAP(&c, bf), 1);
	ASSERT_EQ(CAP(&c, log_bf_reg_size), 9);
	ASSERT_EQ(CAP(&c, max_num_eqs), VECTORS);
	ASSERT_EQ(CAP(&c, log_max_eq), 2);
	ASSERT_EQ(CAP(&c, log_max_cq_sz), 22);
	/* Resizing is refused, so it must not be advertised. */
	ASSERT_EQ(CAP(&c, cq_resize), 0);
	end_hca(hca);
}

TEST(limits_in_the_capabilities_are_those_that_are_enforced)
{
	struct sacc_hca *hca = new_hca();
	struct command c;

	query_cap(&c, 1, 4112);
	ASSERT_EQ(run(hca, &c), 0);
	ASSERT_EQ(1u << CAP(&c, log_max_cq), hca->tables[SACC_HCA_OBJ_CQ].max);
	ASSERT_EQ(1u << CAP(&c, log_max_pd), hca->tables[SACC_HCA_OBJ_PD].max);
	ASSERT_EQ(1u << CAP(&c, log_max_transport_domain),
		  hca->tables[SACC_HCA_OBJ_TD].max);
	ASSERT_EQ(1u << CAP(&c, log_max_umem),
		  hca->tables[SACC_HCA_OBJ_UMEM].max);
	ASSERT_EQ(1u << CAP(&c, log_max_uctx),
		  hca->tables[SACC_HCA_OBJ_UCTX].max);
	/* UAR space in pages of 4 KiB. */
	ASSERT_EQ((1u << CAP(&c, uar_sz)) * 256,
		  hca->tables[SACC_HCA_OBJ_UAR].max);
	end_hca(hca);
}

TEST(capabilities_are_the_same_current_and_maximal)
{
	struct sacc_hca *hca = new_hca();
	struct command current, max;

	query_cap(&current, 1, 4112);
	query_cap(&max, 0, 4112);
	ASSERT_EQ(run(hca, &current), 0);
	ASSERT_EQ(run(hca, &max), 0);
	ASSERT(!memcmp(current.out, max.out, 4112));
	end_hca(hca);
}

TEST(capabilities_are_cut_off_where_the_output_ends)
{
	struct sacc_hca *hca = new_hca();
	struct command whole, part;
	size_t len;

	query_cap(&whole, 1, 4112);
	ASSERT_EQ(run(hca, &whole), 0);
	for (len = 16; len < 400; len++) {
		query_cap(&part, 1, len);
		ASSERT_EQ(run(hca, &part), 0);
		ASSERT(!memcmp(part.out, whole.out, len));
	}
	end_hca(hca);
}

TEST(capability_types_are_answered_or_refused)
{
	static const u8 known[] = {
		0, 1, 2, 3, 4, 7, 0xc, 0xf, 0x1a, 0x1c, 0x20,
	};
	struct sacc_hca *hca = new_hca();
	struct command c;
	u32 type, want;
	size_t i;

	for (type = 0; type < 0x8000; type++) {
		want = SACC_HCA_SYND_CAP_TYPE;
		for (i = 0; i < ARRAY_SIZE(known); i++)
			if (known[i] == type)
				want = 0;
		query_cap(&c, (u16)(type << 1), 64);
		ASSERT_EQ(run(hca, &c), want);
		ASSERT_EQ(run_status(&c), want ? SACC_HCA_BAD_PARAM : 0);
	}
	end_hca(hca);
}

TEST(pages_of_features_that_are_absent_are_zero)
{
	static const u8 absent[] = { 1, 2, 3, 4, 0xc, 0xf, 0x1a, 0x1c };
	struct sacc_hca *hca = new_hca();
	struct command c;
	size_t i, byte;

	for (i = 0; i < ARRAY_SIZE(absent); i++) {
		query_cap(&c, (u16)(absent[i] << 1 | 1), 4112);
		ASSERT_EQ(run(hca, &c), 0);
		for (byte = 0; byte < 4112; byte++)
			ASSERT_EQ(c.out[byte], 0);
	}
	end_hca(hca);
}

TEST(capabilities_of_another_function_are_refused)
{
	struct sacc_hca *hca = new_hca();
	struct command c;

	query_cap(&c, 1, 4112);
	sacc_hca_set(query_hca_cap_in, c.in, other_function, 1);
	ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_CAP_FUNCTION);
	ASSERT_EQ(run_status(&c), SACC_HCA_BAD_PARAM);
	end_hca(hca);
}

TEST(the_adapter_is_of_the_vendor_that_clients_expect)
{
	struct sacc_hca *hca = new_hca();
	struct command c;
	const u8 *block = c.out + 16;

	new_command(&c, SACC_HCA_OP_QUERY_ADAPTER, 0, 16, 272);
	ASSERT_EQ(run(hca, &c), 0);
	ASSERT_EQ(sacc_hca_get(query_adapter_param_block, block,
			       ieee_vendor_id), 0x2c9);
	ASSERT_STREQ((const char *)block + 240, "SAC0000000001");
	end_hca(hca);
}

TEST(issi_is_1)
{
	struct sacc_hca *hca = new_hca();
	struct command c;

	new_command(&c, SACC_HCA_OP_QUERY_ISSI, 0, 16, 112);
	ASSERT_EQ(run(hca, &c), 0);
	ASSERT_EQ(sacc_hca_get(query_issi_out, c.out, current_issi), 1);
	ASSERT_EQ(sacc_hca_get(query_issi_out, c.out, supported_issi_dw0), 3);
	end_hca(hca);
}

TEST(nop_and_query_lag_answer_zeros)
{
	struct sacc_hca *hca = new_hca();

	ASSERT_EQ(run_on(hca, SACC_HCA_OP_NOP, 0, 0), 0);
	ASSERT_EQ(run_on(hca, SACC_HCA_OP_QUERY_LAG, 0, 0), 0);
	end_hca(hca);
}

TEST(the_vport_is_up_and_other_vports_are_refused)
{
	struct sacc_hca *hca = new_hca();
	struct command c;

	new_command(&c, SACC_HCA_OP_QUERY_VPORT_STATE, 0, 16, 16);
	ASSERT_EQ(run(hca, &c), 0);
	ASSERT_EQ(sacc_hca_get(query_vport_state_out, c.out, state), 1);
	ASSERT_EQ(sacc_hca_get(query_vport_state_out, c.out, admin_state), 1);
	sacc_hca_set(query_vport_state_in, c.in, other_vport, 1);
	ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_VPORT_OTHER);
	ASSERT_EQ(run_status(&c), SACC_HCA_BAD_PARAM);
	end_hca(hca);
}

#define HCA_VPORT(c, f)	sacc_hca_get64(hca_vport_context, (c)->out + 16, f)

static void query_hca_vport(struct command *c, u32 port)
{
	new_command(c, SACC_HCA_OP_QUERY_HCA_VPORT_CONTEXT, 0, 16, 528);
	sacc_hca_set(query_hca_vport_context_in, c->in, port_num, port);
}

TEST(infiniband_ports_have_lid_state_and_guids)
{
	struct sacc_hca_config cfg = test_config();
	struct sacc_hca *hca;
	struct command c;
	u32 port, want;

	cfg.num_ports = 2;
	ASSERT_EQ(sacc_hca_create(&cfg, &test_ops, NULL, &hca), 0);
	for (port = 0; port <= 2; port++) {
		want = port ? port : 1;
		query_hca_vport(&c, port);
		ASSERT_EQ(run(hca, &c), 0);
		ASSERT_EQ(HCA_VPORT(&c, lid), want);
		ASSERT_EQ(HCA_VPORT(&c, port_state), 4);
		ASSERT_EQ(HCA_VPORT(&c, vport_state), 4);
		ASSERT_EQ(HCA_VPORT(&c, port_physical_state), 5);
		ASSERT_EQ(HCA_VPORT(&c, node_guid), NODE_GUID);
		ASSERT_EQ(HCA_VPORT(&c, system_image_guid), NODE_GUID);
		ASSERT_EQ(HCA_VPORT(&c, port_guid), NODE_GUID + want);
	}
	query_hca_vport(&c, 3);
	ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_PORT_NUMBER);
	ASSERT_EQ(run_status(&c), SACC_HCA_BAD_PARAM);
	query_hca_vport(&c, 1);
	sacc_hca_set(query_hca_vport_context_in, c.in, other_vport, 1);
	ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_VPORT_OTHER);
	new_command(&c, SACC_HCA_OP_QUERY_NIC_VPORT_CONTEXT, 0, 16, 272);
	ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_PORT_NOT_ETH);
	ASSERT_EQ(run_status(&c), SACC_HCA_BAD_OP);
	end_hca(hca);
}

TEST(a_device_with_one_port_has_no_port_2)
{
	struct sacc_hca *hca = new_hca();
	struct command c;

	query_hca_vport(&c, 1);
	ASSERT_EQ(run(hca, &c), 0);
	query_hca_vport(&c, 2);
	ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_PORT_NUMBER);
	end_hca(hca);
}

#define NIC_VPORT(c, f)	sacc_hca_get64(nic_vport_context, (c)->out + 16, f)

TEST(ethernet_ports_have_a_mac_address)
{
	struct sacc_hca_config cfg = test_config();
	struct sacc_hca *hca;
	struct command c, cap;
	u32 type;

	cfg.link_layer = SACC_HCA_LINK_ETHERNET;
	ASSERT_EQ(sacc_hca_create(&cfg, &test_ops, NULL, &hca), 0);
	query_cap(&cap, 1, 4112);
	ASSERT_EQ(run(hca, &cap), 0);
	ASSERT_EQ(CAP(&cap, port_type), 1);
	ASSERT_EQ(CAP(&cap, roce), 1);
	for (type = 0; type < 8; type++) {
		new_command(&c, SACC_HCA_OP_QUERY_NIC_VPORT_CONTEXT, 0, 16, 272);
		sacc_hca_set(query_nic_vport_context_in, c.in,
			     allowed_list_type, type);
		if (type > 2) {
			ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_VPORT_LIST_TYPE);
			ASSERT_EQ(run_status(&c), SACC_HCA_BAD_PARAM);
			continue;
		}
		ASSERT_EQ(run(hca, &c), 0);
		ASSERT_EQ(NIC_VPORT(&c, allowed_list_type), type);
		ASSERT_EQ(NIC_VPORT(&c, allowed_list_size), 0);
		ASSERT_EQ(NIC_VPORT(&c, roce_en), CAP(&cap, roce));
		ASSERT_EQ(NIC_VPORT(&c, mtu), 1500);
		ASSERT_EQ(NIC_VPORT(&c, node_guid), NODE_GUID);
		ASSERT_EQ(NIC_VPORT(&c, port_guid), NODE_GUID + 1);
		ASSERT(!memcmp(c.out + 16 + 246, "\x0c\x42\xa1\x11\x22\x33", 6));
	}
	new_command(&c, SACC_HCA_OP_QUERY_NIC_VPORT_CONTEXT, 0, 16, 272);
	sacc_hca_set(query_nic_vport_context_in, c.in, other_vport, 1);
	ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_VPORT_OTHER);
	query_hca_vport(&c, 1);
	ASSERT_EQ(run(hca, &c), SACC_HCA_SYND_PORT_NOT_IB);
	ASSERT_EQ(run_status(&c), SACC_HCA_BAD_OP);
	end_hca(hca);
}

TEST(devices_that_cannot_be_are_refused)
{
	struct sacc_hca_ops no_read = test_ops, no_write = test_ops;
	struct sacc_hca_ops no_xchg = test_ops;
	struct sacc_hca_config good = test_config(), cfg;
	struct sacc_hca *hca;

	no_read.mem_read = NULL;
	no_write.mem_write = NULL;
	no_xchg.mem_xchg = NULL;
	ASSERT_EQ(sacc_hca_create(&good, &no_read, NULL, &hca), -EINVAL);
	ASSERT_EQ(sacc_hca_create(&good, &no_write, NULL, &hca), -EINVAL);
	ASSERT_EQ(sacc_hca_create(&good, &no_xchg, NULL, &hca), -EINVAL);
#define REFUSED(field, value)						\
	do {								\
		cfg = good;						\
		cfg.field = (value);					\
		ASSERT_EQ(sacc_hca_create(&cfg, &test_ops, NULL, &hca),	\
			  -EINVAL);					\
	} while (0)
	REFUSED(num_ports, 0);
	REFUSED(num_ports, 3);
	REFUSED(num_comp_vectors, 0);
	REFUSED(num_comp_vectors, 256);
	REFUSED(link_layer, (enum sacc_hca_link_layer)2);
	ASSERT_EQ(sacc_user_alloc_live(), 0);
	cfg = good;
	cfg.num_comp_vectors = 255;
	ASSERT_EQ(sacc_hca_create(&cfg, &test_ops, NULL, &hca), 0);
	end_hca(hca);
}

TEST(every_vector_has_an_eqn_of_its_own_and_no_other_has)
{
	struct sacc_hca *hca = new_hca();
	u32 eqn, seen = 0, vector;

	for (vector = 0; vector < VECTORS; vector++) {
		ASSERT_EQ(sacc_hca_eqn(hca, vector, &eqn), 0);
		ASSERT_GT(eqn, 0);
		ASSERT_LT(eqn, 32);
		ASSERT_EQ(seen & 1u << eqn, 0);
		seen |= 1u << eqn;
	}
	ASSERT_EQ(sacc_hca_eqn(hca, VECTORS, &eqn), -EINVAL);
	ASSERT_EQ(sacc_hca_eqn(hca, UINT32_MAX, &eqn), -EINVAL);
	end_hca(hca);
}

KTAP_MAIN()
