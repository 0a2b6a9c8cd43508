// SPDX-License-Identifier: GPL-2.0-only
/* Events: when they are raised, what is in them, and what can be asked afterwards. */
#include "hca-test.h"

#define MAX_EVENTS	8

/* What the device has said. */
struct log {
	u32 num;
	struct sacc_hca_event event[MAX_EVENTS];
};

static void test_event(void *priv, const struct sacc_hca_event *event)
{
	struct log *log = priv;

	ASSERT_LT(log->num, MAX_EVENTS);
	log->event[log->num++] = *event;
}

static struct sacc_hca *new_talking_hca(struct log *log, u8 ports,
					enum sacc_hca_link_layer layer)
{
	struct sacc_hca_config cfg = test_config();
	static struct sacc_hca_ops ops;
	struct sacc_hca *hca;

	ops = test_ops;
	ops.event = test_event;
	cfg.num_ports = ports;
	cfg.link_layer = layer;
	log->num = 0;
	ASSERT_EQ(sacc_hca_create(&cfg, &ops, log, &hca), 0);
	return hca;
}

/* The EQE has these three fields and nothing else. */
static void eqe_is(const struct sacc_hca_event *event, u8 type, u8 sub_type,
		   const u8 *data)
{
	u8 eqe[64] = { [1] = type, [3] = sub_type };

	memcpy(eqe + 32, data, 28);
	ASSERT_EQ(event->type, type);
	ASSERT(!memcmp(event->eqe, eqe, sizeof(eqe)));
}

static void port_event_is(const struct sacc_hca_event *event, u8 sub_type, u8 port)
{
	u8 data[28] = { [8] = port << 4 };

	eqe_is(event, 9, sub_type, data);
	ASSERT_EQ(event->obj_type, 0);
	ASSERT_EQ(event->obj_id, 0);
	ASSERT_EQ(event->uid, 0);
}

/* port_physical_state, port_state and vport_state of an InfiniBand port. */
static void ib_port_is(struct sacc_hca *hca, u32 port, u32 phys, u32 state)
{
	struct command c;

	new_command(&c, SACC_HCA_OP_QUERY_HCA_VPORT_CONTEXT, 0, 16, 528);
	sacc_hca_set(query_hca_vport_context_in, c.in, port_num, port);
	ASSERT_EQ(run(hca, &c), 0);
	ASSERT_EQ(sacc_hca_get(hca_vport_context, c.out + 16, port_physical_state),
		  phys);
	ASSERT_EQ(sacc_hca_get(hca_vport_context, c.out + 16, port_state), state);
	ASSERT_EQ(sacc_hca_get(hca_vport_context, c.out + 16, vport_state), state);
}

static void vport_is(struct sacc_hca *hca, u32 state)
{
	struct command c;

	new_command(&c, SACC_HCA_OP_QUERY_VPORT_STATE, 0, 16, 16);
	ASSERT_EQ(run(hca, &c), 0);
	ASSERT_EQ(sacc_hca_get(query_vport_state_out, c.out, state), state);
	ASSERT_EQ(sacc_hca_get(query_vport_state_out, c.out, admin_state), 1);
}

TEST(a_link_that_goes_and_comes_is_two_events)
{
	struct log log;
	struct sacc_hca *hca = new_talking_hca(&log, 1, SACC_HCA_LINK_IB);

	ASSERT_EQ(sacc_hca_set_link(hca, 1, false), 0);
	ASSERT_EQ(log.num, 1);
	port_event_is(&log.event[0], 1, 1);
	ib_port_is(hca, 1, 2, 1);
	ib_port_is(hca, 0, 2, 1);
	vport_is(hca, 0);
	ASSERT_EQ(sacc_hca_set_link(hca, 1, true), 0);
	ASSERT_EQ(log.num, 2);
	port_event_is(&log.event[1], 4, 1);
	ib_port_is(hca, 1, 5, 4);
	vport_is(hca, 1);
	end_hca(hca);
}

TEST(a_link_that_stays_as_it_is_is_no_event)
{
	struct log log;
	struct sacc_hca *hca = new_talking_hca(&log, 1, SACC_HCA_LINK_IB);

	ASSERT_EQ(sacc_hca_set_link(hca, 1, true), 0);
	ASSERT_EQ(log.num, 0);
	ASSERT_EQ(sacc_hca_set_link(hca, 1, false), 0);
	ASSERT_EQ(sacc_hca_set_link(hca, 1, false), 0);
	ASSERT_EQ(log.num, 1);
	end_hca(hca);
}

TEST(each_port_has_its_own_link)
{
	struct log log;
	struct sacc_hca *hca = new_talking_hca(&log, 2, SACC_HCA_LINK_IB);

	ASSERT_EQ(sacc_hca_set_link(hca, 2, false), 0);
	ASSERT_EQ(log.num, 1);
	port_event_is(&log.event[0], 1, 2);
	ib_port_is(hca, 1, 5, 4);
	ib_port_is(hca, 2, 2, 1);
	end_hca(hca);
}

TEST(an_ethernet_port_has_a_link_too)
{
	struct log log;
	struct sacc_hca *hca = new_talking_hca(&log, 1, SACC_HCA_LINK_ETHERNET);

	ASSERT_EQ(sacc_hca_set_link(hca, 1, false), 0);
	port_event_is(&log.event[0], 1, 1);
	vport_is(hca, 0);
	end_hca(hca);
}

TEST(ports_that_are_not_there_have_no_link)
{
	struct log log;
	struct sacc_hca *hca = new_talking_hca(&log, 1, SACC_HCA_LINK_IB);

	ASSERT_EQ(sacc_hca_set_link(hca, 0, false), -EINVAL);
	ASSERT_EQ(sacc_hca_set_link(hca, 2, false), -EINVAL);
	ASSERT_EQ(sacc_hca_set_link(hca, 0xffffffff, false), -EINVAL);
	ASSERT_EQ(log.num, 0);
	ib_port_is(hca, 1, 5, 4);
	end_hca(hca);
}

TEST(a_cq_that_fails_is_one_event_and_says_so_for_good)
{
	struct log log;
	struct sacc_hca *hca = new_talking_hca(&log, 1, SACC_HCA_LINK_IB);
	u8 ctx[64], data[28] = { [11] = 1 };
	struct cq_parts p;
	u32 cqn, other;

	new_parts(hca, &p, new_uid(hca));
	cqn = create_cq(hca, &p, 0);
	other = create_cq(hca, &p, 8);
	ASSERT_EQ(query_cq(hca, p.uid, cqn, ctx), 0);
	ASSERT_EQ(sacc_hca_get(cqc, ctx, status), 0);
	ASSERT_EQ(sacc_hca_fail_cq(hca, cqn), 0);
	ASSERT_EQ(log.num, 1);
	sacc_hca_store32(data, 0, cqn);
	eqe_is(&log.event[0], 4, 0, data);
	ASSERT_EQ(log.event[0].obj_type, SACC_HCA_OBJ_CQ);
	ASSERT_EQ(log.event[0].obj_id, cqn);
	ASSERT_EQ(log.event[0].uid, p.uid);
	ASSERT_EQ(sacc_hca_fail_cq(hca, cqn), 0);
	ASSERT_EQ(log.num, 1);
	ASSERT_EQ(query_cq(hca, p.uid, cqn, ctx), 0);
	ASSERT_EQ(sacc_hca_get(cqc, ctx, status), 9);
	ASSERT_EQ(query_cq(hca, p.uid, other, ctx), 0);
	ASSERT_EQ(sacc_hca_get(cqc, ctx, status), 0);
	ASSERT_EQ(run_on(hca, SACC_HCA_OP_DESTROY_CQ, p.uid, cqn), 0);
	end_hca(hca);
	free_memory(&p);
}

TEST(cqs_that_are_not_there_do_not_fail)
{
	struct log log;
	struct sacc_hca *hca = new_talking_hca(&log, 1, SACC_HCA_LINK_IB);
	struct cq_parts p;
	u32 cqn;

	new_parts(hca, &p, new_uid(hca));
	cqn = create_cq(hca, &p, 0);
	ASSERT_EQ(sacc_hca_fail_cq(hca, 0), -ENOENT);
	ASSERT_EQ(sacc_hca_fail_cq(hca, cqn + 1), -ENOENT);
	ASSERT_EQ(run_on(hca, SACC_HCA_OP_DESTROY_CQ, p.uid, cqn), 0);
	ASSERT_EQ(sacc_hca_fail_cq(hca, cqn), -ENOENT);
	ASSERT_EQ(log.num, 0);
	end_hca(hca);
	free_memory(&p);
}

TEST(nobody_need_listen)
{
	struct sacc_hca *hca = new_hca();
	struct cq_parts p;

	new_parts(hca, &p, new_uid(hca));
	ASSERT_EQ(sacc_hca_fail_cq(hca, create_cq(hca, &p, 0)), 0);
	ASSERT_EQ(sacc_hca_set_link(hca, 1, false), 0);
	end_hca(hca);
	free_memory(&p);
}

KTAP_MAIN()
