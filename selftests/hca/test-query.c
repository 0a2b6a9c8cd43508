// SPDX-License-Identifier: GPL-2.0-only
/* What a device says of itself: capabilities, adapter, ports; and its creation. */
#include "hca-test.h"

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
#define LIMIT(f, type)	\
	ASSERT_EQ(1u << CAP(&c, f), hca->tables[SACC_HCA_OBJ_##type].max)
	LIMIT(log_max_qp, QP);
	LIMIT(log_max_srq, SRQ);
	LIMIT(log_max_rmp, RMP);
	LIMIT(log_max_rq, RQ);
	LIMIT(log_max_sq, SQ);
	LIMIT(log_max_tis, TIS);
	LIMIT(log_max_tir, TIR);
	LIMIT(log_max_rqt, RQT);
	LIMIT(log_max_mkey, MKEY);
	LIMIT(log_max_dek, DEK);
#undef LIMIT
	ASSERT_EQ(CAP(&c, max_qp_cnt), hca->tables[SACC_HCA_OBJ_Q_COUNTER].max);
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
