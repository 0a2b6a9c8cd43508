// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: what the device says without being asked. Each is an EQE that goes to
 * ops->event at once; who wants it, and how often it is kept, is not the model's
 * business. There are no event queues in memory.
 *
 * Locking: ops->event is called with the command lock or the lock of a UAR held, so
 * that events about one object come in the order in which things happened to it.
 */
#include "model.h"

#define EVENT_CQ_ERROR		0x04
#define EVENT_PORT_CHANGE	0x09

/* Sub-types of a port change. */
#define PORT_DOWN		1
#define PORT_ACTIVE		4

/* Fills what all events have; the return value is the part that differs. */
static void *event_init(struct sacc_hca_event *event, u8 type, u8 sub_type)
{
	memset(event, 0, sizeof(*event));
	event->type = type;
	sacc_hca_set(eqe, event->eqe, event_type, type);
	sacc_hca_set(eqe, event->eqe, event_sub_type, sub_type);
	return sacc_hca_at_rw(eqe, event->eqe, event_data);
}

static void event_raise(struct sacc_hca *hca, const struct sacc_hca_event *event)
{
	if (hca->ops->event)
		hca->ops->event(hca->priv, event);
}

void sacc_hca_raise_cq_error(struct sacc_hca *hca, const struct sacc_hca_obj *cq,
			     u8 syndrome)
{
	struct sacc_hca_event event;
	void *data = event_init(&event, EVENT_CQ_ERROR, 0);

	event.obj_type = SACC_HCA_OBJ_CQ;
	event.obj_id = cq->id;
	event.uid = (u16)cq->owner->obj.id;
	sacc_hca_set(cq_error, data, cqn, cq->id);
	sacc_hca_set(cq_error, data, syndrome, syndrome);
	event_raise(hca, &event);
}

/**
 * sacc_hca_set_link - a port gets or loses its link
 * @hca:  the device
 * @port: from 1
 * @up:   whether there is a link
 *
 * Return: 0, also when there is no change; -EINVAL when there is no such port.
 */
int sacc_hca_set_link(struct sacc_hca *hca, u32 port, bool up)
{
	struct sacc_hca_event event;
	void *data;

	if (!port || port > hca->cfg.num_ports)
		return -EINVAL;
	data = event_init(&event, EVENT_PORT_CHANGE, up ? PORT_ACTIVE : PORT_DOWN);
	sacc_hca_set(port_state_change_event, data, port_num, port);
	sacc_lock(&hca->lock);
	if (hca->link_down[port - 1] == up) {
		hca->link_down[port - 1] = !up;
		event_raise(hca, &event);
	}
	sacc_unlock(&hca->lock);
	return 0;
}

/**
 * sacc_hca_fail_cq - a CQ fails as if it had overrun
 * @hca: the device
 * @cqn: anybody's
 *
 * Return: 0, also when it has failed before; -ENOENT when there is no such CQ.
 */
int sacc_hca_fail_cq(struct sacc_hca *hca, u32 cqn)
{
	struct sacc_hca_obj *cq;

	sacc_lock(&hca->lock);
	cq = sacc_hca_obj_find(hca, &hca->kernel, SACC_HCA_OBJ_CQ, cqn);
	if (cq)
		sacc_hca_cq_overrun(hca, cq);
	sacc_unlock(&hca->lock);
	return cq ? 0 : -ENOENT;
}
