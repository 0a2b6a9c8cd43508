// SPDX-License-Identifier: GPL-2.0-only
/*
 * UAR pages: where programs ring doorbells.
 *
 * Each is a doorbell page (softaccel/doorbell.h) with a number in the model,
 * the one that programs put into their mailboxes, and an mmap entry of the
 * core. Write-combining (BF) and uncached (NC) pages are the same memory here.
 *
 * Mapping: the core's rdma_user_mmap_io() sets the VMA up, so that the core
 * takes it away when the device goes. Its vm_operations are then replaced by a
 * copy with a fault handler, which maps the page or, when the UAR is gone,
 * leaves the fault to the core (a dummy page).
 *
 * Lifetime: the core frees an entry (sacc_devx_mmap_free) when the handle is
 * destroyed and no VMA is left, or when the device goes. A UAR that objects still
 * use cannot be given back to the model then; it waits in the context's
 * busy_uars for the end of the context.
 *
 * A fault finds its UAR in sacc_uars by page offset, not through the context,
 * which a device removal takes away in parallel. Offsets are unique among all
 * devices; a VMA that outlived its UAR must not find a later one that got the
 * same offset, hence the comparison of files: a file has one context in its
 * life, and the VMA keeps the file.
 *
 * A VMA pins the module, whose functions its operations are.
 *
 * Locks: sacc_uars' spinlock protects the table and, with it, uar->file.
 * sacc_uar_ops_lock protects the one-time copy of the operations. Order:
 * mmap_lock -> (the core's umap_lock) -> each of: sacc_uars, doorbell, model,
 * context->lock.
 */
#include <linux/mlx5/device.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <rdma/mlx5_user_ioctl_cmds.h>
#include <rdma/mlx5_user_ioctl_verbs.h>
#include <rdma/uverbs_std_types.h>
#include <softaccel/doorbell.h>
#include "devx.h"

#define UVERBS_MODULE_NAME sacc_devx
#include <rdma/uverbs_named_ioctl.h>

/*
 * An offset, in pages, is slot << 16 | command << 8. Commands 0 to 8 mean
 * something in the interface before mmap entries.
 */
#define SACC_UAR_COMMAND	9
#define SACC_UAR_SLOT_SHIFT	16
#define SACC_UAR_SLOT_MAX	0xffff

/**
 * struct sacc_uar - one page
 * @entry: what the core knows of it
 * @busy: in the context's list of pages that could not be given back
 * @dev: where it is
 * @db: the page
 * @file: the file that maps it, NULL before the first time
 * @slot: index in sacc_uars
 * @index: number in the model
 * @uid: owner
 */
struct sacc_uar {
	struct rdma_user_mmap_entry entry;
	struct list_head busy;
	struct sacc_devx *dev;
	struct sacc_doorbell *db;
	const struct file *file;
	u32 slot;
	u32 index;
	u16 uid;
};

static DEFINE_XARRAY_ALLOC1(sacc_uars);

static DEFINE_MUTEX(sacc_uar_ops_lock);
static const struct vm_operations_struct *sacc_core_vm_ops;
static struct vm_operations_struct sacc_uar_vm_ops;

static unsigned long sacc_uar_pgoff(u32 slot)
{
	return (unsigned long)slot << SACC_UAR_SLOT_SHIFT | SACC_UAR_COMMAND << 8;
}

static struct sacc_uar *to_sacc_uar(struct rdma_user_mmap_entry *entry)
{
	return container_of(entry, struct sacc_uar, entry);
}

/* Called by the doorbell's poller. */
static bool sacc_uar_scan(void *owner, const void *page)
{
	struct sacc_uar *uar = owner;

	return sacc_hca_uar_scan(uar->dev->hca, uar->index, page);
}

/* --- VMAs */

/* The doorbell behind the VMA, with a reference; NULL when it is gone. */
static struct sacc_doorbell *sacc_uar_find(const struct vm_area_struct *vma)
{
	struct sacc_doorbell *db = NULL;
	struct sacc_uar *uar;

	xa_lock(&sacc_uars);
	uar = xa_load(&sacc_uars, vma->vm_pgoff >> SACC_UAR_SLOT_SHIFT);
	if (uar && uar->file == vma->vm_file) {
		db = uar->db;
		sacc_doorbell_get(db);
	}
	xa_unlock(&sacc_uars);
	return db;
}

static vm_fault_t sacc_uar_fault(struct vm_fault *vmf)
{
	vm_fault_t ret = VM_FAULT_SIGBUS;
	struct sacc_doorbell *db;

	/* The core gave the VMA up: it was forked while the device went. */
	if (!vmf->vma->vm_private_data)
		return VM_FAULT_SIGBUS;
	db = sacc_uar_find(vmf->vma);
	if (db) {
		ret = sacc_doorbell_fault(db, vmf);
		sacc_doorbell_put(db);
	}
	/* Gone, or going as we speak. */
	if (ret == VM_FAULT_SIGBUS)
		ret = sacc_core_vm_ops->fault(vmf);
	return ret;
}

static void sacc_uar_open(struct vm_area_struct *vma)
{
	__module_get(THIS_MODULE);
	sacc_core_vm_ops->open(vma);
}

static void sacc_uar_close(struct vm_area_struct *vma)
{
	sacc_core_vm_ops->close(vma);
	module_put(THIS_MODULE);
}

/* The core's operations with ours on top; the core has only one set. */
static const struct vm_operations_struct *
sacc_uar_wrap_vm_ops(const struct vm_operations_struct *core)
{
	mutex_lock(&sacc_uar_ops_lock);
	if (!sacc_core_vm_ops) {
		sacc_uar_vm_ops = *core;
		sacc_uar_vm_ops.open = sacc_uar_open;
		sacc_uar_vm_ops.close = sacc_uar_close;
		sacc_uar_vm_ops.fault = sacc_uar_fault;
		sacc_core_vm_ops = core;
	}
	mutex_unlock(&sacc_uar_ops_lock);
	return &sacc_uar_vm_ops;
}

static int sacc_uar_mmap(struct ib_ucontext *uctx, struct vm_area_struct *vma,
			 struct sacc_uar *uar)
{
	int err;

	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	err = rdma_user_mmap_io(uctx, vma, sacc_doorbell_pfn(uar->db), PAGE_SIZE,
				vma->vm_page_prot, &uar->entry);
	if (err) {
		module_put(THIS_MODULE);
		return err;
	}
	/* Nothing may fail from here on: the core has adopted the VMA. */
	vma->vm_ops = sacc_uar_wrap_vm_ops(vma->vm_ops);
	xa_lock(&sacc_uars);
	uar->file = vma->vm_file;
	xa_unlock(&sacc_uars);
	sacc_doorbell_mmap(uar->db, vma);
	return 0;
}

int sacc_devx_mmap(struct ib_ucontext *uctx, struct vm_area_struct *vma)
{
	struct rdma_user_mmap_entry *entry;
	int err;

	entry = rdma_user_mmap_entry_get(uctx, vma);
	if (!entry)
		return -EINVAL;
	err = sacc_uar_mmap(uctx, vma, to_sacc_uar(entry));
	rdma_user_mmap_entry_put(entry);
	return err;
}

/* --- Pages */

static struct sacc_uar *sacc_uar_create(struct sacc_ucontext *uctx)
{
	struct sacc_uar *uar;
	int err;

	uar = kzalloc(sizeof(*uar), GFP_KERNEL_ACCOUNT);
	if (!uar)
		return ERR_PTR(-ENOMEM);
	uar->dev = to_sacc_devx(uctx->base.device);
	uar->uid = uctx->uid;
	err = sacc_hca_uar_alloc(uar->dev->hca, uar->uid, &uar->index);
	if (err)
		goto err_free;
	uar->db = sacc_doorbell_create(sacc_uar_scan, uar);
	if (IS_ERR(uar->db)) {
		err = PTR_ERR(uar->db);
		goto err_index;
	}
	err = xa_alloc(&sacc_uars, &uar->slot, uar, XA_LIMIT(1, SACC_UAR_SLOT_MAX),
		       GFP_KERNEL_ACCOUNT);
	if (err)
		goto err_doorbell;
	err = rdma_user_mmap_entry_insert_range(&uctx->base, &uar->entry, PAGE_SIZE,
						sacc_uar_pgoff(uar->slot),
						sacc_uar_pgoff(uar->slot) + 1);
	if (err)
		goto err_slot;
	sacc_devx_count(uar->dev, SACC_DEVX_UARS, 1);
	return uar;

err_slot:
	xa_erase(&sacc_uars, uar->slot);
err_doorbell:
	sacc_doorbell_put(uar->db);
err_index:
	sacc_hca_uar_free(uar->dev->hca, uar->uid, uar->index);
err_free:
	kfree(uar);
	return ERR_PTR(err);
}

/* The last user of the entry is gone; possibly from munmap(), under mmap_lock. */
void sacc_devx_mmap_free(struct rdma_user_mmap_entry *entry)
{
	struct sacc_ucontext *uctx = to_sacc_ucontext(entry->ucontext);
	struct sacc_uar *uar = to_sacc_uar(entry);

	xa_erase(&sacc_uars, uar->slot);
	sacc_doorbell_kill(uar->db);
	sacc_doorbell_put(uar->db);
	sacc_devx_count(uar->dev, SACC_DEVX_UARS, -1);
	if (sacc_hca_uar_free(uar->dev->hca, uar->uid, uar->index) == -EBUSY) {
		mutex_lock(&uctx->lock);
		list_add_tail(&uar->busy, &uctx->busy_uars);
		mutex_unlock(&uctx->lock);
		return;
	}
	kfree(uar);
}

/* At the end of a context: its objects are gone, and no VMA is left. */
void sacc_devx_free_busy_uars(struct sacc_ucontext *uctx)
{
	struct sacc_uar *uar, *next;

	list_for_each_entry_safe(uar, next, &uctx->busy_uars, busy) {
		sacc_hca_uar_free(uar->dev->hca, uar->uid, uar->index);
		kfree(uar);
	}
}

/* One line for each page, as debugfs.c says. */
void sacc_devx_print_uars(struct sacc_devx *dev, struct seq_file *s)
{
	struct sacc_doorbell_stats stats;
	struct sacc_uar *uar;
	unsigned long slot;

	xa_lock(&sacc_uars);
	xa_for_each(&sacc_uars, slot, uar) {
		if (uar->dev != dev)
			continue;
		sacc_doorbell_stats(uar->db, &stats);
		seq_printf(s, "%u %llu %llu %llu %d\n", uar->index, stats.faults,
			   stats.zaps, stats.late, stats.hot);
	}
	xa_unlock(&sacc_uars);
}

/* --- Methods */

static int UVERBS_HANDLER(MLX5_IB_METHOD_UAR_OBJ_ALLOC)(struct uverbs_attr_bundle *attrs)
{
	struct ib_uobject *uobj =
		uverbs_attr_get_uobject(attrs, MLX5_IB_ATTR_UAR_OBJ_ALLOC_HANDLE);
	struct sacc_ucontext *uctx = sacc_devx_method_context(attrs);
	enum mlx5_ib_uapi_uar_alloc_type type;
	u32 length = PAGE_SIZE;
	struct sacc_uar *uar;
	u64 offset;
	int err;

	if (IS_ERR(uctx))
		return PTR_ERR(uctx);
	err = uverbs_get_const(&type, attrs, MLX5_IB_ATTR_UAR_OBJ_ALLOC_TYPE);
	if (err)
		return err;
	if (type != MLX5_IB_UAPI_UAR_ALLOC_TYPE_BF &&
	    type != MLX5_IB_UAPI_UAR_ALLOC_TYPE_NC)
		return -EOPNOTSUPP;
	uar = sacc_uar_create(uctx);
	if (IS_ERR(uar))
		return PTR_ERR(uar);
	uobj->object = uar;
	/* From here on the handle owns it, whatever becomes of the copies. */
	uverbs_finalize_uobj_create(attrs, MLX5_IB_ATTR_UAR_OBJ_ALLOC_HANDLE);

	offset = rdma_user_mmap_get_offset(&uar->entry);
	err = uverbs_copy_to(attrs, MLX5_IB_ATTR_UAR_OBJ_ALLOC_MMAP_OFFSET, &offset,
			     sizeof(offset));
	if (err)
		return err;
	err = uverbs_copy_to(attrs, MLX5_IB_ATTR_UAR_OBJ_ALLOC_PAGE_ID, &uar->index,
			     sizeof(uar->index));
	if (err)
		return err;
	return uverbs_copy_to(attrs, MLX5_IB_ATTR_UAR_OBJ_ALLOC_MMAP_LENGTH, &length,
			      sizeof(length));
}

static int sacc_uar_cleanup(struct ib_uobject *uobj, enum rdma_remove_reason why,
			    struct uverbs_attr_bundle *attrs)
{
	struct sacc_uar *uar = uobj->object;

	rdma_user_mmap_entry_remove(&uar->entry);
	return 0;
}

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_UAR_OBJ_ALLOC,
	UVERBS_ATTR_IDR(MLX5_IB_ATTR_UAR_OBJ_ALLOC_HANDLE, MLX5_IB_OBJECT_UAR,
			UVERBS_ACCESS_NEW, UA_MANDATORY),
	UVERBS_ATTR_CONST_IN(MLX5_IB_ATTR_UAR_OBJ_ALLOC_TYPE,
			     enum mlx5_ib_uapi_uar_alloc_type, UA_MANDATORY),
	UVERBS_ATTR_PTR_OUT(MLX5_IB_ATTR_UAR_OBJ_ALLOC_PAGE_ID,
			    UVERBS_ATTR_TYPE(u32), UA_MANDATORY),
	UVERBS_ATTR_PTR_OUT(MLX5_IB_ATTR_UAR_OBJ_ALLOC_MMAP_LENGTH,
			    UVERBS_ATTR_TYPE(u32), UA_MANDATORY),
	UVERBS_ATTR_PTR_OUT(MLX5_IB_ATTR_UAR_OBJ_ALLOC_MMAP_OFFSET,
			    UVERBS_ATTR_TYPE(u64), UA_MANDATORY));

DECLARE_UVERBS_NAMED_METHOD_DESTROY(
	MLX5_IB_METHOD_UAR_OBJ_DESTROY,
	UVERBS_ATTR_IDR(MLX5_IB_ATTR_UAR_OBJ_DESTROY_HANDLE, MLX5_IB_OBJECT_UAR,
			UVERBS_ACCESS_DESTROY, UA_MANDATORY));

DECLARE_UVERBS_NAMED_OBJECT(MLX5_IB_OBJECT_UAR,
			    UVERBS_TYPE_ALLOC_IDR(sacc_uar_cleanup),
			    &UVERBS_METHOD(MLX5_IB_METHOD_UAR_OBJ_ALLOC),
			    &UVERBS_METHOD(MLX5_IB_METHOD_UAR_OBJ_DESTROY));

const struct uapi_definition sacc_devx_uar_defs[] = {
	UAPI_DEF_CHAIN_OBJ_TREE_NAMED(MLX5_IB_OBJECT_UAR),
	{},
};
