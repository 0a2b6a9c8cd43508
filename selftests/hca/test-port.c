// SPDX-License-Identifier: GPL-2.0-only
/* Counter sets of queues, and what can be asked about ports. */
#include "hca-test.h"

struct parts {
	struct sacc_hca *hca;
	u16 uid;
	u16 other;
};

static void begin(struct parts *p)
{
	p->hca = new_hca();
	p->uid = new_uid(p->hca);
	p->other = new_uid(p->hca);
}

static void refused(struct parts *p, struct command *c, u32 syndrome, u32 status)
{
	ASSERT_EQ(run(p->hca, c), syndrome);
	ASSERT_EQ(run_status(c), status);
}

/* --- Counter sets of queues */

static void query_q_counter(struct command *c, u16 uid, u32 id)
{
	new_command(c, SACC_HCA_OP_QUERY_Q_COUNTER, uid, 32, 256);
	sacc_hca_set(query_q_counter_in, c->in, counter_set_id, id);
}

TEST(there_are_255_counter_sets_of_queues)
{
	struct command c;
	struct parts p;
	u32 i, id = 0;

	begin(&p);
	for (i = 0; i < 255; i++) {
		id = alloc(p.hca, SACC_HCA_OP_ALLOC_Q_COUNTER, p.uid);
		ASSERT_LE(id, 255);
		query_q_counter(&c, p.uid, id);
		ASSERT_EQ(run(p.hca, &c), 0);
	}
	ASSERT_EQ(try_alloc(p.hca, SACC_HCA_OP_ALLOC_Q_COUNTER, p.uid, &i),
		  SACC_HCA_SYND_OBJECT_LIMIT);
	query_q_counter(&c, p.other, id);
	refused(&p, &c, SACC_HCA_SYND_OBJECT_UNKNOWN, SACC_HCA_BAD_RESOURCE);
	query_q_counter(&c, p.uid, 0);
	refused(&p, &c, SACC_HCA_SYND_OBJECT_UNKNOWN, SACC_HCA_BAD_RESOURCE);
	ASSERT_EQ(run_on(p.hca, SACC_HCA_OP_DEALLOC_Q_COUNTER, p.uid, id), 0);
	query_q_counter(&c, p.uid, id);
	refused(&p, &c, SACC_HCA_SYND_OBJECT_UNKNOWN, SACC_HCA_BAD_RESOURCE);
	new_command(&c, SACC_HCA_OP_QUERY_HCA_CAP, p.uid, 16, 4112);
	sacc_hca_set(cmd_in, c.in, op_mod, 1);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(sacc_hca_get(cmd_hca_cap, c.out + 16, max_qp_cnt), 255);
	end_hca(p.hca);
}

/* --- Ports */

static void query_table(struct command *c, u16 opcode, u32 port, u32 index,
			size_t out_len)
{
	new_command(c, opcode, 0, 16, out_len);
	sacc_hca_set(query_hca_vport_gid_in, c->in, port_num, port);
	sacc_hca_set(query_hca_vport_gid_in, c->in, gid_index, index);
}

TEST(gid_0_is_link_local_and_the_others_are_not_set)
{
	static const u8 prefix[8] = { 0xfe, 0x80 };
	struct command c;
	struct parts p;

	begin(&p);
	query_table(&c, SACC_HCA_OP_QUERY_HCA_VPORT_GID, 1, 0, 32);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(sacc_hca_get(query_hca_vport_gid_out, c.out, gids_num), 1);
	ASSERT(!memcmp(c.out + 16, prefix, 8));
	ASSERT_EQ((u64)sacc_hca_load32(c.out, 24) << 32 |
		  sacc_hca_load32(c.out, 28), NODE_GUID + 1);
	query_table(&c, SACC_HCA_OP_QUERY_HCA_VPORT_GID, 1, 7, 32);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(c.out[16], 0);
	query_table(&c, SACC_HCA_OP_QUERY_HCA_VPORT_GID, 0, 0xffff, 16 + 128);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(sacc_hca_get(query_hca_vport_gid_out, c.out, gids_num), 8);
	c.out_len--;
	refused(&p, &c, SACC_HCA_SYND_OUT_SHORT, SACC_HCA_BAD_OUTPUT_LEN);
	query_table(&c, SACC_HCA_OP_QUERY_HCA_VPORT_GID, 1, 8, 32);
	refused(&p, &c, SACC_HCA_SYND_GID_INDEX, SACC_HCA_BAD_INDEX);
	query_table(&c, SACC_HCA_OP_QUERY_HCA_VPORT_GID, 2, 0, 32);
	refused(&p, &c, SACC_HCA_SYND_PORT_NUMBER, SACC_HCA_BAD_PARAM);
	query_table(&c, SACC_HCA_OP_QUERY_HCA_VPORT_GID, 1, 0, 32);
	sacc_hca_set(query_hca_vport_gid_in, c.in, other_vport, 1);
	refused(&p, &c, SACC_HCA_SYND_VPORT_OTHER, SACC_HCA_BAD_PARAM);
	end_hca(p.hca);
}

TEST(pkey_0_is_the_default_and_the_others_are_not_set)
{
	struct command c;
	struct parts p;

	begin(&p);
	query_table(&c, SACC_HCA_OP_QUERY_HCA_VPORT_PKEY, 1, 0, 20);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(sacc_hca_load32(c.out, 16), 0xffff);
	query_table(&c, SACC_HCA_OP_QUERY_HCA_VPORT_PKEY, 1, 127, 20);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(sacc_hca_load32(c.out, 16), 0);
	query_table(&c, SACC_HCA_OP_QUERY_HCA_VPORT_PKEY, 1, 128, 20);
	refused(&p, &c, SACC_HCA_SYND_PKEY_INDEX, SACC_HCA_BAD_INDEX);
	query_table(&c, SACC_HCA_OP_QUERY_HCA_VPORT_PKEY, 1, 0xffff, 16 + 512);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(sacc_hca_load32(c.out, 16), 0xffff);
	c.out_len--;
	refused(&p, &c, SACC_HCA_SYND_OUT_SHORT, SACC_HCA_BAD_OUTPUT_LEN);
	end_hca(p.hca);
}

static struct sacc_hca *new_ethernet(void)
{
	struct sacc_hca_config cfg = test_config();
	struct sacc_hca *hca;

	cfg.link_layer = SACC_HCA_LINK_ETHERNET;
	cfg.num_ports = 2;
	ASSERT_EQ(sacc_hca_create(&cfg, &test_ops, NULL, &hca), 0);
	return hca;
}

static void roce_address(struct command *c, u16 opcode, u16 uid, u32 port,
			 u32 index)
{
	bool set = opcode == SACC_HCA_OP_SET_ROCE_ADDRESS;

	new_command(c, opcode, uid, set ? 48 : 16, set ? 16 : 48);
	sacc_hca_set(query_roce_address_in, c->in, vhca_port_num, port);
	sacc_hca_set(query_roce_address_in, c->in, roce_address_index, index);
	if (set)
		memset(c->in + 16, (int)(port * 16 + index + 1), 32);
}

TEST(roce_addresses_are_set_by_the_kernel_and_read_by_all)
{
	struct parts p = { .hca = new_ethernet() };
	struct command c, q;
	u32 port, index;

	p.uid = new_uid(p.hca);
	for (port = 1; port <= 2; port++) {
		for (index = 0; index < 16; index++) {
			roce_address(&c, SACC_HCA_OP_SET_ROCE_ADDRESS, 0, port,
				     index);
			ASSERT_EQ(run(p.hca, &c), 0);
		}
	}
	for (port = 1; port <= 2; port++) {
		for (index = 0; index < 16; index++) {
			roce_address(&q, SACC_HCA_OP_QUERY_ROCE_ADDRESS, p.uid,
				     port, index);
			ASSERT_EQ(run(p.hca, &q), 0);
			ASSERT_EQ(q.out[16], (u8)(port * 16 + index + 1));
			ASSERT_EQ(q.out[47], q.out[16]);
		}
	}
	roce_address(&q, SACC_HCA_OP_QUERY_ROCE_ADDRESS, p.uid, 0, 0);
	ASSERT_EQ(run(p.hca, &q), 0);
	ASSERT_EQ(q.out[16], 17);
	roce_address(&q, SACC_HCA_OP_QUERY_ROCE_ADDRESS, p.uid, 1, 16);
	refused(&p, &q, SACC_HCA_SYND_ROCE_INDEX, SACC_HCA_BAD_INDEX);
	roce_address(&q, SACC_HCA_OP_QUERY_ROCE_ADDRESS, p.uid, 3, 0);
	refused(&p, &q, SACC_HCA_SYND_PORT_NUMBER, SACC_HCA_BAD_PARAM);
	roce_address(&c, SACC_HCA_OP_SET_ROCE_ADDRESS, p.uid, 1, 0);
	refused(&p, &c, SACC_HCA_SYND_ROCE_OWNER, SACC_HCA_BAD_PARAM);
	/* On Ethernet, there are the capabilities, and no table of GIDs. */
	new_command(&c, SACC_HCA_OP_QUERY_HCA_CAP, p.uid, 16, 4112);
	sacc_hca_set(cmd_in, c.in, op_mod, 9);
	ASSERT_EQ(run(p.hca, &c), 0);
	ASSERT_EQ(sacc_hca_get(roce_cap, c.out + 16, roce_address_table_size),
		  16);
	query_table(&c, SACC_HCA_OP_QUERY_HCA_VPORT_GID, 1, 0, 32);
	refused(&p, &c, SACC_HCA_SYND_PORT_NOT_IB, SACC_HCA_BAD_OP);
	query_table(&c, SACC_HCA_OP_QUERY_HCA_VPORT_PKEY, 1, 0, 32);
	refused(&p, &c, SACC_HCA_SYND_PORT_NOT_IB, SACC_HCA_BAD_OP);
	end_hca(p.hca);
}

TEST(infiniband_ports_have_no_roce_addresses)
{
	struct command c;
	struct parts p;

	begin(&p);
	roce_address(&c, SACC_HCA_OP_QUERY_ROCE_ADDRESS, p.uid, 1, 0);
	refused(&p, &c, SACC_HCA_SYND_PORT_NOT_ETH, SACC_HCA_BAD_OP);
	roce_address(&c, SACC_HCA_OP_SET_ROCE_ADDRESS, 0, 1, 0);
	refused(&p, &c, SACC_HCA_SYND_PORT_NOT_ETH, SACC_HCA_BAD_OP);
	end_hca(p.hca);
}

TEST(counters_of_a_port_are_its_own_and_zero)
{
	static const struct {
		u16 opcode;
		u16 in_len;
		u16 out_len;
	} queries[] = {
		{ SACC_HCA_OP_QUERY_VNIC_ENV, 16, 528 },
		{ SACC_HCA_OP_QUERY_VPORT_COUNTER, 32, 528 },
		{ SACC_HCA_OP_GET_DROPPED_PACKET_LOG, 16, 208 },
		{ SACC_HCA_OP_QUERY_CONG_STATISTICS, 16, 272 },
	};
	struct command c;
	struct parts p;
	size_t i, byte;

	begin(&p);
	for (i = 0; i < ARRAY_SIZE(queries); i++) {
		new_command(&c, queries[i].opcode, p.uid, queries[i].in_len,
			    queries[i].out_len);
		ASSERT_EQ(run(p.hca, &c), 0);
		for (byte = 0; byte < c.out_len; byte++)
			ASSERT_EQ(c.out[byte], 0);
		if (i >= 2)
			continue;
		sacc_hca_set(query_vnic_env_in, c.in, other_vport, 1);
		refused(&p, &c, SACC_HCA_SYND_VPORT_OTHER, SACC_HCA_BAD_PARAM);
	}
	new_command(&c, SACC_HCA_OP_QUERY_VPORT_COUNTER, p.uid, 32, 528);
	sacc_hca_set(query_vport_counter_in, c.in, port_num, 2);
	refused(&p, &c, SACC_HCA_SYND_PORT_NUMBER, SACC_HCA_BAD_PARAM);
	end_hca(p.hca);
}

TEST(congestion_control_is_off_for_every_protocol)
{
	struct command c;
	struct parts p;
	u32 protocol;

	begin(&p);
	for (protocol = 0; protocol < 16; protocol++) {
		new_command(&c, SACC_HCA_OP_QUERY_CONG_STATUS, p.uid, 16, 16);
		sacc_hca_set(query_cong_status_in, c.in, cong_protocol,
			     protocol);
		if (protocol < 1 || protocol > 3) {
			refused(&p, &c, SACC_HCA_SYND_CONG_PROTOCOL,
				SACC_HCA_BAD_PARAM);
			sacc_hca_set(cmd_in, c.in, opcode,
				     SACC_HCA_OP_QUERY_CONG_PARAMS);
			c.out_len = 272;
			refused(&p, &c, SACC_HCA_SYND_CONG_PROTOCOL,
				SACC_HCA_BAD_PARAM);
			continue;
		}
		ASSERT_EQ(run(p.hca, &c), 0);
		ASSERT_EQ(c.out[12], 0);
	}
	end_hca(p.hca);
}

TEST(users_may_read_the_clock_register_and_no_other)
{
	struct command c;
	struct parts p;

	begin(&p);
	new_command(&c, SACC_HCA_OP_ACCESS_REGISTER_USER, p.uid, 16, 44);
	sacc_hca_set(cmd_in, c.in, op_mod, 1);
	sacc_hca_set(access_register_in, c.in, register_id, 0x9055);
	ASSERT_EQ(run(p.hca, &c), 0);
	c.out_len--;
	refused(&p, &c, SACC_HCA_SYND_OUT_SHORT, SACC_HCA_BAD_OUTPUT_LEN);
	c.out_len++;
	sacc_hca_set(cmd_in, c.in, op_mod, 0);
	refused(&p, &c, SACC_HCA_SYND_REGISTER_WRITE, SACC_HCA_BAD_OP);
	sacc_hca_set(cmd_in, c.in, op_mod, 1);
	sacc_hca_set(access_register_in, c.in, register_id, 0x5006);
	refused(&p, &c, SACC_HCA_SYND_REGISTER_ID, SACC_HCA_BAD_PARAM);
	end_hca(p.hca);
}

KTAP_MAIN()
