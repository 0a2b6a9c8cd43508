/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The HCA model: a ConnectX as its command interface shows it.
 *
 * Pure C: compiled into softaccel_devx.ko and into the userspace unit tests.
 * Everything from outside comes in through port.h (types, memory, locks) and
 * struct sacc_hca_ops (user memory, events).
 *
 * Every call may sleep. Calls may run concurrently; the model serialises
 * commands itself, as the firmware's command queue does.
 */
#ifndef SOFTACCEL_HCA_H
#define SOFTACCEL_HCA_H

#include "port.h"

struct sacc_hca;

enum sacc_hca_link_layer {
	SACC_HCA_LINK_IB,
	SACC_HCA_LINK_ETHERNET,
};

/**
 * struct sacc_hca_config - what a device is made with
 * @node_guid:	node and port GUID base, host order
 * @vhca_id:	unique among the devices of one machine
 * @num_ports:	1 or 2
 * @link_layer:	of every port
 * @num_comp_vectors: completion vectors, each with an EQ number; 1 to 255
 */
struct sacc_hca_config {
	u64 node_guid;
	u16 vhca_id;
	u8 num_ports;
	enum sacc_hca_link_layer link_layer;
	u32 num_comp_vectors;
};

/* Types of objects. */
enum sacc_hca_obj_type {
	SACC_HCA_OBJ_NONE,
	SACC_HCA_OBJ_UCTX,
	SACC_HCA_OBJ_EQ,
	SACC_HCA_OBJ_UMEM,
	SACC_HCA_OBJ_UAR,
	SACC_HCA_OBJ_PD,
	SACC_HCA_OBJ_TD,
	SACC_HCA_OBJ_CQ,
	SACC_HCA_OBJ_QP,
	SACC_HCA_OBJ_SRQ,
	SACC_HCA_OBJ_RMP,
	SACC_HCA_OBJ_RQ,
	SACC_HCA_OBJ_SQ,
	SACC_HCA_OBJ_TIS,
	SACC_HCA_OBJ_TIR,
	SACC_HCA_OBJ_RQT,
	SACC_HCA_OBJ_MKEY,
	SACC_HCA_OBJ_PSV,
	SACC_HCA_OBJ_FLOW_TABLE,
	SACC_HCA_OBJ_FLOW_GROUP,
	SACC_HCA_OBJ_FTE,
	SACC_HCA_OBJ_FLOW_COUNTER,
	SACC_HCA_OBJ_REFORMAT,
	SACC_HCA_OBJ_MODIFY_HEADER,
	SACC_HCA_OBJ_Q_COUNTER,
	SACC_HCA_OBJ_SCHED,
	SACC_HCA_OBJ_DEK,
	SACC_HCA_OBJ_RESERVED_QPN,
	SACC_HCA_OBJ_FLEX_PARSE,
	SACC_HCA_OBJ_TYPES
};

/**
 * struct sacc_hca_event - an EQE as it leaves the model
 * @type:	MLX5_EVENT_TYPE_*, as in @eqe
 * @obj_type:	enum sacc_hca_obj_type of @obj_id; 0 for unaffiliated events
 * @obj_id:	CQN, QPN, ...
 * @uid:	owner of the object
 * @eqe:	the 64-byte EQE
 */
struct sacc_hca_event {
	u16 type;
	u16 obj_type;
	u32 obj_id;
	u16 uid;
	u8 eqe[64];
};

/**
 * struct sacc_hca_ops - what the environment does for the model
 * @mem_read:	copy from registered user memory; @mem is the cookie given to
 *		sacc_hca_umem_create(); bounds were checked by the model. 0 or -errno.
 *		An aligned 32-bit word is read in one go
 * @mem_write:	copy to it
 * @mem_xchg:	exchange the 32-bit word at @offset for @value in one atomic step;
 *		*@old becomes what was there. Both are as they lie in memory.
 *		-EINVAL when the address of the word is not aligned. Only called for
 *		umems that are writable
 * @event:	deliver an event. Optional.
 *
 * The user's memory is pinned, so none of this sleeps for long. All are called
 * with locks of the model held: they must not call the model, nor take a lock
 * under which the model is called.
 */
struct sacc_hca_ops {
	int (*mem_read)(void *mem, u64 offset, void *dst, size_t len);
	int (*mem_write)(void *mem, u64 offset, const void *src, size_t len);
	int (*mem_xchg)(void *mem, u64 offset, __be32 value, __be32 *old);
	void (*event)(void *priv, const struct sacc_hca_event *event);
};

/*
 * 0, -ENOMEM, or -EINVAL for a @cfg or @ops that cannot be. @ops must outlive the
 * device; @cfg is copied.
 */
int sacc_hca_create(const struct sacc_hca_config *cfg,
		    const struct sacc_hca_ops *ops, void *priv,
		    struct sacc_hca **hca);
/* Destroys whatever objects remain. No call may be running or follow. */
void sacc_hca_destroy(struct sacc_hca *hca);

/*
 * User contexts. A uid is never 0; uid 0 is the kernel's own: it sees the objects
 * of all uids, but what it creates refers to its own. -EINVAL for unknown @caps,
 * -ENOSPC, -ENOMEM.
 */
#define SACC_HCA_UCTX_RAW_TX		0x1u
#define SACC_HCA_UCTX_INTERNAL_DEV_RES	0x2u
#define SACC_HCA_UCTX_CAPS \
	(SACC_HCA_UCTX_RAW_TX | SACC_HCA_UCTX_INTERNAL_DEV_RES)
int sacc_hca_uid_alloc(struct sacc_hca *hca, u32 caps, u16 *uid);
/* Destroys every object of the uid, in dependency order, then the uid. */
void sacc_hca_uid_free(struct sacc_hca *hca, u16 uid);

/*
 * Execute one command. @in holds the opcode and the uid (already stamped by
 * the caller) in its header; @out receives status, syndrome and the reply and
 * is written whole: @out_len bytes, zeros where the command says nothing.
 * Returns the status byte (0 is success) as well. Lengths of any size are
 * accepted and answered with a status; @out_len below 16 is the one exception:
 * -EINVAL, nothing is done. @in and @out must not overlap. Of user memory only
 * doorbell records are touched. A uid that is being freed is refused like an
 * unknown one.
 */
int sacc_hca_exec(struct sacc_hca *hca, const void *in, size_t in_len,
		  void *out, size_t out_len);
/*
 * How many bytes of a reply of @out_len bytes can be anything but zero. With an
 * @out of only so many the command does the same and says the same.
 */
size_t sacc_hca_reply_len(const void *in, size_t in_len, size_t out_len);

/*
 * User memory. @mem is passed back to ops->mem_*. The id is never 0.
 * create: -EINVAL for an unknown uid or no length, -ENOSPC, -ENOMEM.
 * destroy: -EBUSY while an object uses the umem, -ENOENT for a foreign or
 * unknown id. Once it, or uid_free, has returned, @mem is not touched any more.
 * On uid_free the model only forgets umems: their memory is the caller's.
 */
int sacc_hca_umem_create(struct sacc_hca *hca, u16 uid, void *mem, u64 length,
			 bool writable, u32 *umem_id);
int sacc_hca_umem_destroy(struct sacc_hca *hca, u16 uid, u32 umem_id);

/* UAR pages. The index is never 0. Errors as those of umems. */
int sacc_hca_uar_alloc(struct sacc_hca *hca, u16 uid, u32 *index);
int sacc_hca_uar_free(struct sacc_hca *hca, u16 uid, u32 index);

/*
 * Something may have been stored in this UAR page: look at what is attached to
 * it. @page is the 4 KiB page itself. True when work was found: a CQ was armed or
 * its consumer index has moved. False as well when there is no such page (any
 * more): may run while the page is being freed. Reads doorbell records.
 */
bool sacc_hca_uar_scan(struct sacc_hca *hca, u32 index, const void *page);

/*
 * What happens to a device other than by commands and doorbells: its port gets or
 * loses its link, a CQ fails as if it had overrun. What was so before is no change
 * and raises no event. -EINVAL when there is no such port, -ENOENT no such CQ.
 */
int sacc_hca_set_link(struct sacc_hca *hca, u32 port, bool up);
int sacc_hca_fail_cq(struct sacc_hca *hca, u32 cqn);

/* EQ number of completion vector @vector, from 0; -EINVAL when there is none. */
int sacc_hca_eqn(struct sacc_hca *hca, u32 vector, u32 *eqn);

/*
 * Name of an opcode, and the sentence that explains a syndrome; NULL when
 * unknown. Constant strings.
 */
const char *sacc_hca_opcode_name(u16 opcode);
const char *sacc_hca_syndrome_text(u32 syndrome);

#endif
