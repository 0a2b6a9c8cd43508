// SPDX-License-Identifier: GPL-2.0-only
/*
 * MMIO windows: mmap of a node, and the way of a register access from a fault to
 * the personality.
 *
 * Owns: no state. A window is the context itself, seen through its file: a slave
 * sees its own per-process area, a master (and a dedicated context) the whole
 * problem state area. Registers are never mapped: each access faults and is carried out
 * by core/trap.c. Once the context is not STARTED, accesses get SIGBUS, or read all
 * ones where START_WORK asked for that.
 *
 * A personality may have pages of memory among its registers (mmio_page). Those are
 * mapped into the window of their own context, under sacc_cxl_afu.access and only while
 * it is STARTED; after that state has ended, sacc_cxl_unmap() takes them away, before
 * detach() frees them. A master reaches them by trapping, so nobody else has to be
 * looked for.
 *
 * A mapping holds its file, and the file its context. An access runs under the
 * faulting task's mmap_lock or VMA lock, and takes sacc_cxl_afu.bus for reading: while
 * it is held no context starts or stops being STARTED, so the personality's state of any
 * STARTED context stays. A program's atomic access takes it for writing, as a locked
 * bus would be: one register can be seen through several mappings. Mapping a page
 * sleeps, and has sacc_cxl_afu.access instead.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <softaccel/trap.h>

#include "cxl.h"

static u64 sacc_cxl_window_size(const struct sacc_afu_ctx *ctx)
{
	const struct sacc_afu_desc *desc = ctx->afu->ops->desc;

	if (ctx->master || !desc->pp_size)
		return desc->ps_size;
	return desc->pp_size;
}

static struct sacc_afu_ctx *sacc_cxl_fault_ctx(const struct vm_fault *vmf)
{
	return vmf->vma->vm_file->private_data;
}

/* Where in the window. The range was checked by mmap, and a mapping cannot grow. */
static u64 sacc_cxl_fault_offset(const struct vm_fault *vmf)
{
	return ((u64)vmf->pgoff << PAGE_SHIFT) + offset_in_page(vmf->real_address);
}

/*
 * Nobody answers: loads give all ones and stores vanish, while the link is down and
 * where a context that is over asked for that. Otherwise an error.
 */
static int sacc_cxl_access_dead(const struct sacc_afu_ctx *ctx)
{
	if (ctx->state == SACC_CXL_STARTED)
		return 0;
	return ctx->err_ff && ctx->state == SACC_CXL_CLOSED ? 0 : -EIO;
}

/*
 * Whose register is at @offset of the slice: a context's (*@offset is relative to its
 * area then), or the slice's own (NULL). False in the area of a context that is not
 * STARTED. Takes no reference: a context that is found STARTED cannot be stopped, much
 * less freed, before sacc_cxl_afu.bus is released.
 */
static bool sacc_cxl_decode(struct sacc_cxl_afu *afu, u64 *offset,
			    struct sacc_afu_ctx **ctx)
{
	const struct sacc_afu_desc *desc = afu->ops->desc;
	bool occupied;
	u64 pe;

	*ctx = NULL;
	if (!desc->pp_size || *offset < desc->pp_offset)
		return true;
	pe = div64_u64_rem(*offset - desc->pp_offset, desc->pp_size, offset);
	rcu_read_lock();
	if (pe < desc->num_procs)
		*ctx = xa_load(&afu->contexts, array_index_nospec(pe, desc->num_procs));
	occupied = *ctx && (*ctx)->state == SACC_CXL_STARTED;
	rcu_read_unlock();
	return occupied;
}

static noinline int sacc_cxl_load_indirect(struct sacc_afu_ctx *ctx, u64 offset,
					   unsigned int width, u64 *val)
{
	struct sacc_cxl_afu *afu = ctx->afu;
	int ret = 0;

	if (!ctx->alive) {
		ret = sacc_cxl_access_dead(ctx);
		if (!ret)
			*val = U64_MAX;
	} else if (sacc_cxl_decode(afu, &offset, &ctx)) {
		ret = afu->ops->mmio_read(afu->priv, ctx, offset, width, val);
	} else {
		*val = 0;
	}
	return ret;
}

static noinline int sacc_cxl_store_indirect(struct sacc_afu_ctx *ctx, u64 offset,
					    unsigned int width, u64 val)
{
	struct sacc_cxl_afu *afu = ctx->afu;

	if (!ctx->alive)
		return sacc_cxl_access_dead(ctx);
	if (!sacc_cxl_decode(afu, &offset, &ctx))
		return 0;
	return afu->ops->mmio_write(afu->priv, ctx, offset, width, val);
}

/* The accesses, under sacc_cxl_afu.bus. */
static __always_inline int sacc_cxl_do_load(const struct vm_fault *vmf,
					    struct sacc_afu_ctx *ctx,
					    unsigned int width, u64 *val)
{
	u64 offset = sacc_cxl_fault_offset(vmf);
	struct sacc_cxl_afu *afu = ctx->afu;

	if (likely(ctx->direct))
		return afu->ops->mmio_read(afu->priv, ctx, offset, width, val);
	return sacc_cxl_load_indirect(ctx, offset, width, val);
}

static __always_inline int sacc_cxl_do_store(const struct vm_fault *vmf,
					     struct sacc_afu_ctx *ctx,
					     unsigned int width, u64 val)
{
	u64 offset = sacc_cxl_fault_offset(vmf);
	struct sacc_cxl_afu *afu = ctx->afu;

	if (likely(ctx->direct))
		return afu->ops->mmio_write(afu->priv, ctx, offset, width, val);
	return sacc_cxl_store_indirect(ctx, offset, width, val);
}

static int sacc_cxl_load(const struct vm_fault *vmf, unsigned int width, u64 *val)
{
	struct sacc_afu_ctx *ctx = sacc_cxl_fault_ctx(vmf);
	int ret;

	read_lock(&ctx->afu->bus);
	ret = sacc_cxl_do_load(vmf, ctx, width, val);
	read_unlock(&ctx->afu->bus);
	return ret;
}

static int sacc_cxl_store(const struct vm_fault *vmf, unsigned int width, u64 val)
{
	struct sacc_afu_ctx *ctx = sacc_cxl_fault_ctx(vmf);
	int ret;

	read_lock(&ctx->afu->bus);
	ret = sacc_cxl_do_store(vmf, ctx, width, val);
	read_unlock(&ctx->afu->bus);
	return ret;
}

static int sacc_cxl_locked_load(const struct vm_fault *vmf, unsigned int width, u64 *val)
{
	return sacc_cxl_do_load(vmf, sacc_cxl_fault_ctx(vmf), width, val);
}

static int sacc_cxl_locked_store(const struct vm_fault *vmf, unsigned int width, u64 val)
{
	return sacc_cxl_do_store(vmf, sacc_cxl_fault_ctx(vmf), width, val);
}

static void sacc_cxl_lock_bus(const struct vm_fault *vmf)
	__acquires(bus)
{
	write_lock(&sacc_cxl_fault_ctx(vmf)->afu->bus);
}

static void sacc_cxl_unlock_bus(const struct vm_fault *vmf)
	__releases(bus)
{
	write_unlock(&sacc_cxl_fault_ctx(vmf)->afu->bus);
}

static const struct sacc_trap_ops sacc_cxl_trap_ops = {
	.read = sacc_cxl_load,
	.write = sacc_cxl_store,
	.lock = sacc_cxl_lock_bus,
	.unlock = sacc_cxl_unlock_bus,
	.locked_read = sacc_cxl_locked_load,
	.locked_write = sacc_cxl_locked_store,
};

/* 0 where there are registers. */
static vm_fault_t sacc_cxl_map_page(struct vm_fault *vmf, struct sacc_afu_ctx *ctx)
{
	struct sacc_cxl_afu *afu = ctx->afu;
	struct page *page = NULL;
	vm_fault_t ret = 0;

	if (down_read_killable(&afu->access))
		return VM_FAULT_NOPAGE;	/* being killed */
	if (ctx->alive)
		page = afu->ops->mmio_page(afu->priv, ctx,
					   sacc_cxl_fault_offset(vmf) & PAGE_MASK);
	if (page)
		ret = vmf_insert_pfn(vmf->vma, vmf->address & PAGE_MASK,
				     page_to_pfn(page));
	up_read(&afu->access);
	return ret;
}

/* No page of the context is mapped any more. It is not alive, so none will be. */
void sacc_cxl_unmap(struct sacc_afu_ctx *ctx)
{
	/* Those of others at the same node come back at their next access. */
	if (ctx->afu->ops->mmio_page)
		unmap_mapping_range(ctx->mapping, 0, 0, 1);
}

static vm_fault_t sacc_cxl_fault(struct vm_fault *vmf)
{
	return sacc_trap_fault(vmf, &sacc_cxl_trap_ops);
}

static vm_fault_t sacc_cxl_fault_page(struct vm_fault *vmf)
{
	vm_fault_t ret = sacc_cxl_map_page(vmf, sacc_cxl_fault_ctx(vmf));

	return ret ?: sacc_cxl_fault(vmf);
}

/* Registers only. */
static const struct vm_operations_struct sacc_cxl_vm_ops = {
	.fault = sacc_cxl_fault,
};

/* Among them may be memory. */
static const struct vm_operations_struct sacc_cxl_page_vm_ops = {
	.fault = sacc_cxl_fault_page,
};

static int sacc_cxl_check_range(const struct sacc_afu_ctx *ctx,
				const struct vm_area_struct *vma)
{
	const struct sacc_afu_desc *desc = ctx->afu->ops->desc;
	u64 size = sacc_cxl_window_size(ctx);
	u64 offset, end;

	if (check_mul_overflow((u64)vma->vm_pgoff, (u64)PAGE_SIZE, &offset) ||
	    check_add_overflow(offset, (u64)(vma->vm_end - vma->vm_start), &end) ||
	    end > size)
		return -EINVAL;
	/* Directed: for a master, too. */
	if (ctx->mode == SACC_CXL_MODE_DIRECTED && !desc->pp_size)
		return -EINVAL;
	return 0;
}

int sacc_cxl_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct sacc_afu_ctx *ctx = file->private_data;
	int ret;

	/* May change right after; the accesses look again. */
	if (READ_ONCE(ctx->state) != SACC_CXL_STARTED ||
	    sacc_cxl_is_frozen(ctx->afu->card))
		return -EIO;
	ret = sacc_cxl_check_range(ctx, vma);
	if (ret)
		return ret;
	/* Registers cannot be copied on write. */
	if ((vma->vm_flags & (VM_SHARED | VM_WRITE)) == VM_WRITE)
		return -EINVAL;
	if (!(vma->vm_flags & VM_SHARED))
		vm_flags_clear(vma, VM_MAYWRITE);

	vm_flags_set(vma, VM_IO | VM_PFNMAP);
	vma->vm_ops = ctx->afu->ops->mmio_page && sacc_cxl_is_owner(ctx) ?
		      &sacc_cxl_page_vm_ops : &sacc_cxl_vm_ops;
	return 0;
}
