/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ib_device room: what its files share.
 *
 *	main.c		the device: probe, remove, module
 *	context.c	user contexts and protection domains
 *	query.c		what verbs programs ask about device and port
 *	cmd.c		executing commands; the methods of MLX5_IB_OBJECT_DEVX
 *	mailbox.c	what the room knows about mailboxes: which command is
 *			admitted where, and where the object number is
 *	obj.c		DEVX objects
 *	async.c		queries that complete through a file
 *	event.c		events of the device: subscriptions, files, verbs
 *	umem.c		registered user memory
 *	mr.c		memory regions of verbs
 *	cq.c		completion queues of verbs
 *	dbr.c		doorbell records of verbs objects
 *	uar.c		UAR pages
 *	debugfs.c	counters for tests and the curious
 *
 * Lifetimes: the ib_device outlives all contexts, a context outlives all its
 * objects: uverbs sees to both, also when the device goes away under open
 * files. The model (sacc_hca) is created before the ib_device is registered
 * and destroyed after it is unregistered.
 *
 * The room has few locks of its own: uverbs serialises what concerns one
 * object, the model serialises commands. See uar.c, async.c, event.c, context.c.
 */
#ifndef SOFTACCEL_DEVX_H
#define SOFTACCEL_DEVX_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rhashtable.h>
#include <linux/xarray.h>
#include <rdma/ib_verbs.h>
#include <rdma/uverbs_ioctl.h>
#include "../hca/hca.h"

/* What the device says it is: a ConnectX-7 (MT4129). */
#define SACC_DEVX_VENDOR_PCI	0x15b3
#define SACC_DEVX_VENDOR_OUI	0x02c9
#define SACC_DEVX_PART_ID	0x1021
#define SACC_DEVX_FW_MAJOR	28
#define SACC_DEVX_FW_MINOR	38
#define SACC_DEVX_FW_SUB	1002

#define SACC_DEVX_NUM_PORTS	1
#define SACC_DEVX_BF_REG_SIZE	512

enum sacc_devx_count {
	SACC_DEVX_CONTEXTS,
	SACC_DEVX_PDS,
	SACC_DEVX_MRS,
	SACC_DEVX_CQS,
	SACC_DEVX_OBJECTS,
	SACC_DEVX_UMEMS,
	SACC_DEVX_UMEM_PAGES,
	SACC_DEVX_UARS,
	SACC_DEVX_ASYNC_FILES,
	SACC_DEVX_ASYNC_REPLIES,
	SACC_DEVX_EVENT_FILES,
	SACC_DEVX_SUBSCRIPTIONS,
	SACC_DEVX_EVENTS,
	SACC_DEVX_NUM_COUNTS,
};

#define SACC_MBOX_HEADER	16	/* shortest mailbox, in and out */
#define SACC_MBOX_DESTROY_MAX	64

#define SACC_DEVX_CAPS_SIZE	4096
#define SACC_DEVX_BOARD_ID_LEN	16

/**
 * struct sacc_devx - one device
 * @ibdev: the verbs device; first, as ib_alloc_device() wants it
 * @hca: the model
 * @guid: node GUID, host order
 * @caps: general capabilities, current; constant after probe
 * @board_id: the board's name, as its firmware gives it; constant after probe
 * @counts: objects that live, enum sacc_devx_count
 * @debugfs: directory of the device
 * @events_lock: of all subscriptions, see event.c
 * @event_sources: what subscriptions are for, by key; under @events_lock
 * @cqs: those of verbs, by number, for their events
 * @mkey_variant: distinguishes memory keys of one index
 */
struct sacc_devx {
	struct ib_device ibdev;
	struct sacc_hca *hca;
	u64 guid;
	u8 caps[SACC_DEVX_CAPS_SIZE];
	char board_id[SACC_DEVX_BOARD_ID_LEN + 1];
	atomic64_t counts[SACC_DEVX_NUM_COUNTS];
	struct dentry *debugfs;
	spinlock_t events_lock;	/* protects what event.c says */
	struct rhashtable event_sources;
	struct xarray cqs;
	atomic_t mkey_variant;
};

/**
 * struct sacc_ucontext - an open of the device
 * @base: what uverbs sees; first
 * @uid: owner of all its objects in the model
 * @devx: whether it may have objects of DEVX
 * @cqe_version: that library and device agreed on
 * @lock: of the next two
 * @busy_uars: UAR pages that are gone for the user, but that objects still use
 * @busy_umems: the same of memory that the kernel registered for its objects
 * @dbr_lock: of the next
 * @dbr_pages: pages with doorbell records, see dbr.c
 */
struct sacc_ucontext {
	struct ib_ucontext base;
	u16 uid;
	bool devx;
	u8 cqe_version;
	struct mutex lock;	/* protects busy_uars, busy_umems */
	struct list_head busy_uars;
	struct list_head busy_umems;
	struct mutex dbr_lock;	/* protects dbr_pages and what is in them */
	struct list_head dbr_pages;
};

/**
 * struct sacc_devx_obj - an object in the model
 * @dev: where it is
 * @id: its id, see mailbox.c
 * @bulk: how many flow counters it is, 0 for anything else
 * @uid: owner
 * @din: the command that destroys it
 * @din_len: its length
 * @subscriptions: to its events, see event.c
 */
struct sacc_devx_obj {
	struct sacc_devx *dev;
	u64 id;
	u32 bulk;
	u16 uid;
	u8 din[SACC_MBOX_DESTROY_MAX] __aligned(8);
	size_t din_len;
	struct list_head subscriptions;
};

struct sacc_pd {
	struct ib_pd base;
	u32 pdn;
	u16 uid;
};

struct sacc_umem;

/**
 * struct sacc_dbr_page - a page with doorbell records
 * @list: in the context's dbr_pages
 * @uctx: the context
 * @mem: the page, pinned
 * @mm: address space that it is in
 * @address: where it is there
 * @records: how many lie in it
 */
struct sacc_dbr_page {
	struct list_head list;
	struct sacc_ucontext *uctx;
	struct sacc_umem *mem;
	struct mm_struct *mm;
	unsigned long address;
	unsigned int records;
};

/**
 * struct sacc_dbr - a doorbell record
 * @page: where it lies
 * @offset: of it, in the page
 */
struct sacc_dbr {
	struct sacc_dbr_page *page;
	u32 offset;
};

/**
 * struct sacc_mr - a memory region of verbs
 * @base: what uverbs sees; first
 * @mem: the memory
 * @index: of the key in the model
 * @uid: owner
 */
struct sacc_mr {
	struct ib_mr base;
	struct sacc_umem *mem;
	u32 index;
	u16 uid;
};

/**
 * struct sacc_cq - a completion queue of verbs
 * @base: what uverbs sees; first
 * @ring: memory of the entries
 * @dbr: the doorbell record
 * @cqn: number in the model
 * @uid: owner
 */
struct sacc_cq {
	struct ib_cq base;
	struct sacc_umem *ring;
	struct sacc_dbr dbr;
	u32 cqn;
	u16 uid;
};

static inline struct sacc_devx *to_sacc_devx(struct ib_device *ibdev)
{
	return container_of(ibdev, struct sacc_devx, ibdev);
}

static inline struct sacc_ucontext *to_sacc_ucontext(struct ib_ucontext *uctx)
{
	return container_of(uctx, struct sacc_ucontext, base);
}

static inline struct sacc_pd *to_sacc_pd(struct ib_pd *pd)
{
	return container_of(pd, struct sacc_pd, base);
}

static inline struct sacc_cq *to_sacc_cq(struct ib_cq *cq)
{
	return container_of(cq, struct sacc_cq, base);
}

static inline void sacc_devx_count(struct sacc_devx *dev,
				   enum sacc_devx_count what, s64 n)
{
	atomic64_add(n, &dev->counts[what]);
}

/* The context of a method that has a handle among its attributes. */
static inline struct sacc_ucontext *
sacc_devx_handle_context(struct uverbs_attr_bundle *attrs)
{
	return rdma_udata_to_drv_context(&attrs->driver_udata,
					 struct sacc_ucontext, base);
}

/* context.c */
int sacc_devx_alloc_ucontext(struct ib_ucontext *uctx, struct ib_udata *udata);
void sacc_devx_dealloc_ucontext(struct ib_ucontext *uctx);
int sacc_devx_query_ucontext(struct ib_ucontext *uctx,
			     struct uverbs_attr_bundle *attrs);
void sacc_devx_disassociate(struct ib_ucontext *uctx);
int sacc_devx_alloc_pd(struct ib_pd *pd, struct ib_udata *udata);
int sacc_devx_dealloc_pd(struct ib_pd *pd, struct ib_udata *udata);
/* The context of any method, or ERR_PTR(-EINVAL, -EIO): there is none (now). */
struct sacc_ucontext *sacc_devx_method_context(struct uverbs_attr_bundle *attrs);
extern const struct uapi_definition sacc_devx_context_defs[];

/* query.c */
extern const struct ib_device_ops sacc_devx_query_ops;
extern const struct uapi_definition sacc_devx_query_defs[];
extern const struct attribute_group sacc_devx_hw_group;
int sacc_devx_read_identity(struct sacc_devx *dev);

/* cmd.c */
int sacc_devx_exec(struct sacc_devx *dev, u16 uid, void *in, size_t in_len,
		   void *out, size_t out_len);
int sacc_devx_exec_kernel(struct sacc_devx *dev, u16 uid, void *in,
			  size_t in_len, void *out, size_t out_len);
int sacc_devx_command_uid(struct sacc_ucontext *uctx, const void *in);
extern const struct uapi_definition sacc_devx_cmd_defs[];

/* mailbox.c */
struct sacc_mbox_type;
const struct sacc_mbox_type *sacc_mbox_create_type(const void *in, size_t len);
u16 sacc_mbox_opcode(const void *in);
u16 sacc_mbox_vhca_tunnel(const void *in);
void sacc_mbox_set_uid(void *in, u16 uid);
bool sacc_mbox_is_free_query(u16 opcode);
bool sacc_mbox_is_general(u16 opcode);
bool sacc_mbox_is_modify(const void *in, size_t len);
bool sacc_mbox_is_query(const void *in);
int sacc_mbox_force_umem_valid(const struct sacc_mbox_type *type, void *in,
			       size_t len);
void sacc_mbox_force_new_umem_valid(void *in, size_t len);
bool sacc_mbox_create_cq_eqn(const void *in, size_t len, u32 *eqn);
u64 sacc_mbox_created_id(const struct sacc_mbox_type *type, const void *in,
			 size_t in_len, const void *out, size_t out_len);
u32 sacc_mbox_created_bulk(const struct sacc_mbox_type *type, const void *in,
			   size_t len);
u64 sacc_mbox_named_id(const void *in, size_t len);
u16 sacc_mbox_id_create(u64 id);
u64 sacc_mbox_id_of(u16 create, u32 number);
size_t sacc_mbox_build_destroy(const struct sacc_mbox_type *type, const void *in,
			       size_t in_len, u64 id, void *din);

/* obj.c */
extern const struct uapi_definition sacc_devx_obj_defs[];
bool sacc_devx_names_object(struct ib_uobject *uobj, const void *in, size_t len);

/* async.c */
extern const struct uapi_definition sacc_devx_async_defs[];
int sacc_devx_async_query(struct uverbs_attr_bundle *attrs);

/* event.c */
extern const struct uapi_definition sacc_devx_event_defs[];
int sacc_devx_events_init(struct sacc_devx *dev);
void sacc_devx_events_exit(struct sacc_devx *dev);
void sacc_devx_event(void *priv, const struct sacc_hca_event *event);
void sacc_devx_unsubscribe(struct sacc_devx_obj *obj);
int sacc_devx_subscribe(struct uverbs_attr_bundle *attrs);

/* mr.c */
#if SACC_HAVE_REG_USER_MR_DMAH
struct ib_mr *sacc_devx_reg_user_mr(struct ib_pd *pd, u64 start, u64 length, u64 iova,
				    int access, struct ib_dmah *dmah,
				    struct ib_udata *udata);
#else
struct ib_mr *sacc_devx_reg_user_mr(struct ib_pd *pd, u64 start, u64 length, u64 iova,
				    int access, struct ib_udata *udata);
#endif
int sacc_devx_dereg_mr(struct ib_mr *mr, struct ib_udata *udata);

/* cq.c */
int sacc_devx_create_cq(struct ib_cq *cq, const struct ib_cq_init_attr *attr,
			sacc_cq_arg_t *arg);
int sacc_devx_modify_cq(struct ib_cq *cq, u16 cq_count, u16 cq_period);
int sacc_devx_destroy_cq(struct ib_cq *cq, struct ib_udata *udata);
void sacc_devx_cq_event(struct sacc_devx *dev, u32 cqn);

/* dbr.c */
int sacc_devx_dbr_get(struct sacc_ucontext *uctx, u64 address, struct sacc_dbr *dbr);
void sacc_devx_dbr_put(struct sacc_dbr *dbr);

/* umem.c */
struct sacc_umem *sacc_devx_umem_get(struct sacc_ucontext *uctx, u64 addr, u64 size,
				     int access);
struct sacc_umem *sacc_devx_umem_get_cq(struct sacc_ucontext *uctx, sacc_cq_arg_t *arg,
					u64 addr, size_t size);
void sacc_devx_umem_drop(struct sacc_umem *mem);
void sacc_devx_free_busy_umems(struct sacc_ucontext *uctx);
u32 sacc_devx_umem_id(const struct sacc_umem *mem);
extern const struct uapi_definition sacc_devx_umem_defs[];
int sacc_devx_mem_read(void *mem, u64 offset, void *dst, size_t len);
int sacc_devx_mem_write(void *mem, u64 offset, const void *src, size_t len);
int sacc_devx_mem_xchg(void *mem, u64 offset, __be32 value, __be32 *old);

/* uar.c */
extern const struct uapi_definition sacc_devx_uar_defs[];
int sacc_devx_mmap(struct ib_ucontext *uctx, struct vm_area_struct *vma);
void sacc_devx_mmap_free(struct rdma_user_mmap_entry *entry);
void sacc_devx_free_busy_uars(struct sacc_ucontext *uctx);
void sacc_devx_print_uars(struct sacc_devx *dev, struct seq_file *s);

/* debugfs.c */
void sacc_devx_debugfs_init(void);
void sacc_devx_debugfs_exit(void);
void sacc_devx_debugfs_add(struct sacc_devx *dev);
void sacc_devx_debugfs_remove(struct sacc_devx *dev);

#endif
