/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside softaccel_cxl.ko: cards, AFUs, contexts.
 *
 *	slot (a position on a bus of our own)
 *	 `- PCI function (bound to our driver) or, without PCI, platform device
 *	     `- card (class device)
 *	         `- AFU, "slice" (class device; one personality)
 *	             `- context: one open() of one of the AFU's nodes
 *
 * Lifetimes
 *   - slots are static. The function comes and goes with what is plugged in, the
 *     card with the function's binding, and a reset replaces the card alone.
 *   - card and AFU are devices: freed by their release functions. An AFU holds
 *     its card, a context its AFU, so all outlive unregistration for as long as
 *     a node is open.
 *   - a context is counted. The open file holds it, and so does whoever found it
 *     in sacc_cxl_afu.contexts. It is freed after a grace period of RCU.
 *   - a personality may belong to another module. Its operations are called until
 *     sacc_cxl_remove_card() returns and not after that; an open context holds the
 *     module nevertheless, so that it is not unloaded by mistake.
 *   - a STARTED context has a worker (a kernel thread), a bound address space, its
 *     interrupts from the card's pool and the personality's state. All of that
 *     goes in sacc_cxl_ctx_stop(), and is gone when it returns.
 *
 * Locks, outermost first
 *	sacc_cxl_slots_lock	(pci.c) what is plugged into the slots
 *	pci_lock_rescan_remove	(the PCI core's) functions come and go
 *	device_lock		(of the function) probe and remove of our driver
 *	sacc_cxl_registry	the set of cards; card removal and replacement
 *	sacc_cxl_link_lock	(link.c) one change of a link at a time
 *	sacc_cxl_afu.lock	mode, nodes, "gone"; admission of contexts
 *	sacc_cxl_card.lock	attached contexts, interrupt pool, pending reset
 *	sacc_afu_ctx.lock	START_WORK against stopping
 *	mmap_lock		(of any process; taken by the core, not here)
 *	sacc_cxl_afu.access	context states against mapped pages
 *	sacc_cxl_afu.bus	context states against register accesses
 *	personalities' own locks
 *	sacc_afu_ctx.events_lock  pending events
 * Files in sysfs and debugfs are removed under the registry, and their removal waits
 * for their handlers; so handlers of a card's files take neither it nor what is
 * above it. They leave that to a work item (sacc_cxl_queue_reset()).
 * sacc_afu_ctx.lock is held while a worker is waited for, and a worker takes
 * mmap_lock; so nothing that runs under mmap_lock (mmap, fault) takes any lock
 * above it. User memory is copied with none of them held.
 */
#ifndef SACC_CXL_H
#define SACC_CXL_H

#include <linux/device.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <misc/cxl.h>
#include <softaccel/afu.h>
#include <softaccel/mm.h>

struct address_space;
struct file;
struct vm_area_struct;

/* Minors of one card: itself, then three nodes for each of up to 4 slices. */
#define SACC_CXL_SLICES		4
#define SACC_CXL_CARD_MINORS	(1 + 3 * SACC_CXL_SLICES)
#define SACC_CXL_MINORS		256
#define SACC_CXL_CARDS		(SACC_CXL_MINORS / SACC_CXL_CARD_MINORS)

/* Interrupts: what a PSL has, less its own and two for each slice. */
#define SACC_CXL_PSL_IRQS	2040

/* Node of a slice, in the order of its minors. */
enum sacc_cxl_node {
	SACC_CXL_NODE_DEDICATED,
	SACC_CXL_NODE_MASTER,
	SACC_CXL_NODE_SLAVE,
	SACC_CXL_NODES,
};

enum sacc_cxl_mode {
	SACC_CXL_MODE_NONE	= 0,
	SACC_CXL_MODE_DEDICATED	= CXL_MODE_DEDICATED,
	SACC_CXL_MODE_DIRECTED	= CXL_MODE_DIRECTED,
};

enum sacc_cxl_prefault {
	SACC_CXL_PREFAULT_NONE,
	SACC_CXL_PREFAULT_WED,
	SACC_CXL_PREFAULT_ALL,
};

/* What a card says of itself, in sysfs and in its configuration space. */
#define SACC_CXL_CAIA_MAJOR	1
#define SACC_CXL_CAIA_MINOR	0
#define SACC_CXL_PSL_REVISION	1
#define SACC_CXL_BASE_IMAGE	1

/**
 * struct sacc_cxl_profile - one kind of card
 * @slices: how many AFUs it has
 * @ops:    what they are
 * @owner:  module that @ops belong to; NULL for this one
 *
 * There for as long as a card of the kind is registered, or may come back after a
 * reset; not for as long as somebody has one open.
 */
struct sacc_cxl_profile {
	unsigned int slices;
	const struct sacc_afu_ops *ops[SACC_CXL_SLICES];
	struct module *owner;
};

/**
 * struct sacc_cxl_slot - where a card is plugged in
 * @nr:		its number, and that of the PCI device in it
 * @profile:	what kind of card it is for; NULL when the slot is free
 * @slices:	how many AFUs that has; stays when @profile goes
 * @present:	the card is plugged in; under sacc_cxl_slots_lock, read without by
 *		configuration accesses
 * @frozen:	its link is down; under sacc_cxl_card.lock or, while there is no
 *		card, the registry. Read without for a decision that is checked again
 *		later, or that may come too late
 * @command:	the command register
 * @debugfs:	the file that says whether the card is plugged in
 * @parent:	what a card is created below, while our driver is bound; like what
 *		follows, under sacc_cxl_registry
 * @card:	the card; NULL when there is none
 * @error:	why there is none
 */
struct sacc_cxl_slot {
	unsigned int nr;
	const struct sacc_cxl_profile *profile;
	unsigned int slices;
	bool present;
	bool frozen;
	u16 command;
	struct dentry *debugfs;
	struct device *parent;
	struct sacc_cxl_card *card;
	int error;
};

/**
 * struct sacc_cxl_card - a card
 * @dev:	"card<nr>", class cxl; child of what the slot's driver is bound to
 * @slot:	where it is plugged in
 * @nr:		lowest free number when it was created
 * @profile:	what it is
 * @debugfs:	its directory there
 * @afu:	its slices; set up before the card is registered, until it is freed
 * @removed:	unregistered; under sacc_cxl_registry
 * @reset_work:	replaces the card by a new one
 * @lock:	protects what follows
 * @attached:	contexts that are STARTED
 * @irqs_free:	interrupts left in the pool
 * @resetting:	no START_WORK any more: the card is about to go
 * @perst_user:	load_image_on_perst: -1 none, 0 factory, 1 user
 * @perst_same:	perst_reloads_same_image
 */
struct sacc_cxl_card {
	struct device dev;
	struct sacc_cxl_slot *slot;
	u32 nr;
	const struct sacc_cxl_profile *profile;
	struct dentry *debugfs;
	struct sacc_cxl_afu *afu[SACC_CXL_SLICES];
	bool removed;
	struct work_struct reset_work;
	struct mutex lock; /* see above */
	unsigned int attached;
	unsigned int irqs_free;
	bool resetting;
	int perst_user;
	bool perst_same;
};

/**
 * struct sacc_cxl_record - configuration record "cr0"
 * @kobj:   its directory below the AFU
 * @data:   what config shows; little-endian, like PCI configuration space
 */
struct sacc_cxl_record {
	struct kobject kobj;
	u8 data[256];
};

/**
 * struct sacc_cxl_afu - a slice
 * @bus:	held for reading during register accesses, for writing during atomic
 *		ones, and besides @access
 * @dev:	"afu<card>.<slice>", class cxl, child of the card
 * @card:	its card; counted
 * @slice:	its number
 * @ops_copy:	the personality, copied: who holds a closed context looks at it after
 *		it has gone
 * @desc_copy:	its descriptor, likewise
 * @ops:	@ops_copy, with @desc_copy
 * @owner:	its module; held by contexts
 * @priv:	the personality's state of the slice, until the card is removed
 * @cr:		configuration record
 * @err_buff:	file of the error buffer; its size is the AFU's
 * @lock:	protects what follows, up to @irqs_max
 * @gone:	unregistered: no new contexts
 * @mode:	programming model; nodes exist accordingly
 * @node:	the nodes that exist
 * @contexts:	open contexts by process element. Read under RCU; written under
 *		@lock, except that a closing context takes itself out
 * @prefault:	prefault_mode; a hint, kept for reading back
 * @irqs_max:	most interrupts a context may ask for
 * @access:	held for reading while a page of a context is mapped, for writing when
 *		one starts or stops being STARTED
 */
struct sacc_cxl_afu {
	rwlock_t bus; /* first: its address is that of the slice */
	struct device dev;
	struct sacc_cxl_card *card;
	u32 slice;
	struct sacc_afu_ops ops_copy;
	struct sacc_afu_desc desc_copy;
	const struct sacc_afu_ops *ops;
	struct module *owner;
	void *priv;
	struct sacc_cxl_record *cr;
	struct bin_attribute err_buff;
	struct mutex lock; /* see above */
	bool gone;
	enum sacc_cxl_mode mode;
	struct device *node[SACC_CXL_NODES];
	struct xarray contexts;
	enum sacc_cxl_prefault prefault;
	int irqs_max;
	struct rw_semaphore access;
};

enum sacc_cxl_state {
	SACC_CXL_OPENED,
	SACC_CXL_STARTED,
	SACC_CXL_CLOSED,	/* for good */
};

/**
 * struct sacc_afu_ctx - a context
 * @head:	what personalities see of it
 * @ref:	freed with the last one
 * @rcu:	frees it
 * @afu:	its AFU; counted
 * @master:	sees the whole problem state area
 * @mode:	of the AFU when it was opened; cannot change while it is open
 * @mapping:	of the node that was opened; mappings of it are found there
 * @lock:	serialises START_WORK and stopping
 * @state:	written under @lock and, for writing, sacc_cxl_afu.access and .bus; read
 *		under any, or without for a decision that is checked again later
 * @alive:	STARTED, and the link has not been down: its registers answer. Like @state
 * @direct:	... and are all of its window. Likewise
 * @err_ff:	registers of a dead context read all ones instead of SIGBUS
 * @mm:		the bound address space, while STARTED
 * @worker:	the thread that runs the personality, while STARTED
 * @wake:	where it sleeps
 * @kicked:	there may be work
 * @readers:	read() and poll() wait here
 * @events_lock: protects what follows
 * @irqs:	how many interrupts it has, from START_WORK on
 * @irq_pending: one bit for each, bit 0 for interrupt 1
 * @fault_pending: a data-storage event waits, the newest
 * @fault_addr:	its address
 * @fault_dsisr: its CXL_PSL_DSISR_* bits
 * @error_pending: an AFU error waits, the oldest
 * @error:	its number
 */
struct sacc_afu_ctx {
	struct sacc_afu_ctx_head head; /* first */
	struct kref ref;
	struct rcu_head rcu;
	struct sacc_cxl_afu *afu;
	bool master;
	enum sacc_cxl_mode mode;
	struct address_space *mapping;

	struct mutex lock; /* START_WORK against stopping */
	enum sacc_cxl_state state;
	bool alive;
	bool direct;
	bool err_ff;
	struct sacc_mm mm;
	struct task_struct *worker;
	wait_queue_head_t wake;
	bool kicked;

	wait_queue_head_t readers;
	spinlock_t events_lock; /* all below */
	unsigned int irqs;
	unsigned long *irq_pending;
	bool fault_pending;
	u64 fault_addr;
	u64 fault_dsisr;
	bool error_pending;
	u64 error;
};

/* Interrupts of a card of @slices AFUs that are for contexts. */
static inline u32 sacc_cxl_profile_irqs(unsigned int slices)
{
	return SACC_CXL_PSL_IRQS - 1 - 2 * slices;
}

/* Its window is all its own, and all that there is of it. */
static inline bool sacc_cxl_is_owner(const struct sacc_afu_ctx *ctx)
{
	return !ctx->master || ctx->mode == SACC_CXL_MODE_DEDICATED;
}

#define to_sacc_cxl_card(d) container_of(d, struct sacc_cxl_card, dev)
#define to_sacc_cxl_afu(d) container_of(d, struct sacc_cxl_afu, dev)

/* main.c */
extern struct class *sacc_cxl_class;
extern struct mutex sacc_cxl_registry;
struct sacc_cxl_afu *sacc_cxl_find_afu(unsigned int minor);
int sacc_cxl_bind_slot(struct sacc_cxl_slot *slot, struct device *parent);
void sacc_cxl_unbind_slot(struct sacc_cxl_slot *slot);
void sacc_cxl_queue_reset(struct sacc_cxl_card *card);
dev_t sacc_cxl_devt(unsigned int minor);

/* pci.c */
int sacc_cxl_bus_create(void);
void sacc_cxl_bus_destroy(void);
int sacc_cxl_plug(const struct sacc_cxl_profile *profile);
void sacc_cxl_unplug(const struct sacc_cxl_profile *profile);
int sacc_cxl_set_present(struct sacc_cxl_slot *slot, bool present);

/* card.c */
struct sacc_cxl_card *sacc_cxl_create_card(struct sacc_cxl_slot *slot, u32 nr);
void sacc_cxl_remove_card(struct sacc_cxl_card *card);
int sacc_cxl_set_mode(struct sacc_cxl_afu *afu, enum sacc_cxl_mode mode);
unsigned int sacc_cxl_user_irqs(const struct sacc_cxl_card *card);
int sacc_cxl_get_irqs(struct sacc_cxl_card *card, unsigned int n);
void sacc_cxl_put_irqs(struct sacc_cxl_card *card, unsigned int n);
int sacc_cxl_get_attached(struct sacc_cxl_card *card);
void sacc_cxl_put_attached(struct sacc_cxl_card *card);
u64 sacc_cxl_mmio_size(const struct sacc_cxl_afu *afu);
int sacc_cxl_schedule_reset(struct sacc_cxl_card *card);
void sacc_cxl_stop_contexts(struct sacc_cxl_afu *afu);

/* link.c */
int sacc_cxl_link_down(struct sacc_cxl_card *card);
int sacc_cxl_link_up(struct sacc_cxl_card *card);
int sacc_cxl_force_afu_reset(struct sacc_cxl_afu *afu);

static inline bool sacc_cxl_is_frozen(const struct sacc_cxl_card *card)
{
	return READ_ONCE(card->slot->frozen);
}

/* register.c: what it exports is in <softaccel/card.h> */

/* sysfs.c */
extern const struct attribute_group *sacc_cxl_card_groups[];
extern const struct attribute_group *sacc_cxl_afu_groups[];
extern const struct attribute_group *sacc_cxl_master_groups[];
int sacc_cxl_add_record(struct sacc_cxl_afu *afu);
void sacc_cxl_del_record(struct sacc_cxl_afu *afu);
int sacc_cxl_add_err_buff(struct sacc_cxl_afu *afu);
void sacc_cxl_del_err_buff(struct sacc_cxl_afu *afu);

/* debugfs.c */
void sacc_cxl_debugfs_init(void);
void sacc_cxl_debugfs_close_slots(void);
void sacc_cxl_debugfs_exit(void);
void sacc_cxl_debugfs_add_slot(struct sacc_cxl_slot *slot);
void sacc_cxl_debugfs_del_slot(struct sacc_cxl_slot *slot);
void sacc_cxl_debugfs_add_card(struct sacc_cxl_card *card);
void sacc_cxl_debugfs_del_card(struct sacc_cxl_card *card);

/* file.c */
extern const struct file_operations sacc_cxl_fops;

/* context.c */
struct sacc_afu_ctx *sacc_cxl_ctx_create(struct sacc_cxl_afu *afu,
					 enum sacc_cxl_node node);
int sacc_cxl_ctx_start(struct sacc_afu_ctx *ctx,
		       struct cxl_ioctl_start_work *work);
void sacc_cxl_ctx_freeze(struct sacc_afu_ctx *ctx);
void sacc_cxl_ctx_stop(struct sacc_afu_ctx *ctx);
void sacc_cxl_ctx_evict(struct sacc_afu_ctx *ctx);
void sacc_cxl_ctx_close(struct sacc_afu_ctx *ctx);
struct sacc_afu_ctx *sacc_cxl_ctx_find(struct sacc_cxl_afu *afu, u32 pe);
void sacc_cxl_ctx_put(struct sacc_afu_ctx *ctx);

/* engine.c */
int sacc_cxl_engine_create(struct sacc_afu_ctx *ctx);
void sacc_cxl_engine_start(struct sacc_afu_ctx *ctx);
void sacc_cxl_engine_stop(struct sacc_afu_ctx *ctx);

/* event.c */
int sacc_cxl_event_init(struct sacc_afu_ctx *ctx, unsigned int irqs);
void sacc_cxl_event_fault(struct sacc_afu_ctx *ctx,
			  const struct sacc_mm_fault *fault);
int sacc_cxl_raise_error(struct sacc_cxl_afu *afu, int pe, u64 error);
int sacc_cxl_raise_fault(struct sacc_cxl_afu *afu, int pe, u64 addr);
bool sacc_cxl_event_pending(struct sacc_afu_ctx *ctx);
bool sacc_cxl_event_take(struct sacc_afu_ctx *ctx, struct cxl_event *event);

/* window.c */
int sacc_cxl_mmap(struct file *file, struct vm_area_struct *vma);
void sacc_cxl_unmap(struct sacc_afu_ctx *ctx);

#endif
