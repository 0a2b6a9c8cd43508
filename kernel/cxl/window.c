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
 * faulting task's mmap_lock or VMA lock, and takes sacc_cxl_afu.access for reading:
 * while it is held no context starts or stops being STARTED, so the personality's
 * state of any STARTED context stays. A program's atomic access takes it for writing,
 * as a locked bus would be: one register can be seen through several mappings.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <softaccel/trap.h>

#include "cxl.h"

/* A register: of a context, or of the slice (@ctx NULL). */
struct sacc_cxl_register {
	struct sacc_afu_ctx *ctx;
	u64 offset;
	bool vacant;	/* in the area of a context that is not STARTED */
};

/* Its window is all its own, and all that there is of it. */
static bool sacc_cxl_is_owner(const struct sacc_afu_ctx *ctx)
{
	return !ctx->master || ctx->mode == SACC_CXL_MODE_DEDICATED;
}

static u64 sacc_cxl_window_size(const struct sacc_afu_ctx *ctx)
{
	const struct sacc_afu_desc *desc = ctx->afu->ops->desc;

	if (ctx->master || !desc->pp_size)
		return desc->ps_size;
	return desc->pp_size;
}

/*
 * Which register is at @offset of the window. Takes no reference: a context that
 * is found STARTED cannot be stopped, much less freed, before sacc_cxl_afu.access
 * is released.
 */
static void sacc_cxl_decode_slice(struct sacc_afu_ctx *ctx, u64 offset,
				  struct sacc_cxl_register *reg)
{
	const struct sacc_afu_desc *desc = ctx->afu->ops->desc;
	u64 pe;

	reg->ctx = NULL;
	reg->offset = offset;
	reg->vacant = false;
	if (!desc->pp_size || offset < desc->pp_offset)
		return;
	pe = div64_u64_rem(offset - desc->pp_offset, desc->pp_size,
			   &reg->offset);
	rcu_read_lock();
	if (pe < desc->num_procs)
		reg->ctx = xa_load(&ctx->afu->contexts,
				   array_index_nospec(pe, desc->num_procs));
	reg->vacant = !reg->ctx || reg->ctx->state != SACC_CXL_STARTED;
	rcu_read_unlock();
}

static inline void sacc_cxl_decode(struct sacc_afu_ctx *ctx, u64 offset,
				   struct sacc_cxl_register *reg)
{
	if (!sacc_cxl_is_owner(ctx)) {
		sacc_cxl_decode_slice(ctx, offset, reg);
		return;
	}
	reg->ctx = ctx;
	reg->offset = offset;
	reg->vacant = false;
}

/**
 * struct sacc_cxl_access - what a load or store of a program is about
 * @ctx:	whose window it went to
 * @offset:	where in the window
 * @locked:	sacc_cxl_afu.access is held for the whole instruction
 */
struct sacc_cxl_access {
	struct sacc_afu_ctx *ctx;
	u64 offset;
	bool locked;
};

static int sacc_cxl_begin_access(const struct sacc_cxl_access *access)
{
	struct rw_semaphore *lock = &access->ctx->afu->access;

	if (access->locked || likely(down_read_trylock(lock)))
		return 0;
	return down_read_killable(lock);
}

static void sacc_cxl_end_access(const struct sacc_cxl_access *access)
{
	if (!access->locked)
		up_read(&access->ctx->afu->access);
}

static bool sacc_cxl_is_alive(const struct sacc_afu_ctx *ctx)
{
	return ctx->state == SACC_CXL_STARTED &&
	       likely(!sacc_cxl_is_frozen(ctx->afu->card));
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

static int sacc_cxl_read_live(struct sacc_afu_ctx *ctx, u64 offset,
			      unsigned int width, u64 *val)
{
	struct sacc_cxl_register reg;

	sacc_cxl_decode(ctx, offset, &reg);
	*val = 0;
	if (reg.vacant)
		return 0;
	return ctx->afu->ops->mmio_read(ctx->afu->priv, reg.ctx, reg.offset, width,
					val);
}

static int sacc_cxl_write_live(struct sacc_afu_ctx *ctx, u64 offset,
			       unsigned int width, u64 val)
{
	struct sacc_cxl_register reg;

	sacc_cxl_decode(ctx, offset, &reg);
	if (reg.vacant)
		return 0;
	return ctx->afu->ops->mmio_write(ctx->afu->priv, reg.ctx, reg.offset, width,
					 val);
}

static int sacc_cxl_trap_read(void *arg, unsigned int width, u64 *val)
{
	struct sacc_cxl_access *access = arg;
	struct sacc_afu_ctx *ctx = access->ctx;
	int ret = sacc_cxl_begin_access(access);

	if (ret)
		return ret;
	if (likely(sacc_cxl_is_alive(ctx))) {
		ret = sacc_cxl_read_live(ctx, access->offset, width, val);
	} else {
		ret = sacc_cxl_access_dead(ctx);
		*val = U64_MAX;
	}
	sacc_cxl_end_access(access);
	return ret;
}

static int sacc_cxl_trap_write(void *arg, unsigned int width, u64 val)
{
	struct sacc_cxl_access *access = arg;
	struct sacc_afu_ctx *ctx = access->ctx;
	int ret = sacc_cxl_begin_access(access);

	if (ret)
		return ret;
	if (likely(sacc_cxl_is_alive(ctx)))
		ret = sacc_cxl_write_live(ctx, access->offset, width, val);
	else
		ret = sacc_cxl_access_dead(ctx);
	sacc_cxl_end_access(access);
	return ret;
}

static int sacc_cxl_trap_lock(void *arg)
{
	struct sacc_cxl_access *access = arg;

	if (down_write_killable(&access->ctx->afu->access))
		return -EINTR;
	access->locked = true;
	return 0;
}

static void sacc_cxl_trap_unlock(void *arg)
{
	struct sacc_cxl_access *access = arg;

	access->locked = false;
	up_write(&access->ctx->afu->access);
}

static const struct sacc_trap_ops sacc_cxl_trap_ops = {
	.read = sacc_cxl_trap_read,
	.write = sacc_cxl_trap_write,
	.lock = sacc_cxl_trap_lock,
	.unlock = sacc_cxl_trap_unlock,
};

/* 0 where there are registers. */
static vm_fault_t sacc_cxl_map_page(struct vm_fault *vmf,
				    const struct sacc_cxl_access *access)
{
	struct sacc_afu_ctx *ctx = access->ctx;
	struct page *page = NULL;
	vm_fault_t ret = 0;

	if (sacc_cxl_begin_access(access))
		return VM_FAULT_NOPAGE;	/* being killed */
	if (sacc_cxl_is_alive(ctx))
		page = ctx->afu->ops->mmio_page(ctx->afu->priv, ctx,
						access->offset & PAGE_MASK);
	if (page)
		ret = vmf_insert_pfn(vmf->vma, vmf->address & PAGE_MASK,
				     page_to_pfn(page));
	sacc_cxl_end_access(access);
	return ret;
}

/* No page of the context is mapped any more. It is not alive, so none will be. */
void sacc_cxl_unmap(struct sacc_afu_ctx *ctx)
{
	/* Those of others at the same node come back at their next access. */
	if (ctx->afu->ops->mmio_page)
		unmap_mapping_range(ctx->mapping, 0, 0, 1);
}

/* The range was checked by mmap, and a mapping cannot grow. */
static vm_fault_t sacc_cxl_fault(struct vm_fault *vmf)
{
	struct sacc_cxl_access access = {
		.ctx = vmf->vma->vm_file->private_data,
		.offset = ((u64)vmf->pgoff << PAGE_SHIFT) +
			  offset_in_page(vmf->real_address),
	};
	vm_fault_t ret;

	if (access.ctx->afu->ops->mmio_page && sacc_cxl_is_owner(access.ctx)) {
		ret = sacc_cxl_map_page(vmf, &access);
		if (ret)
			return ret;
	}
	return sacc_trap_fault(vmf, &sacc_cxl_trap_ops, &access);
}

static const struct vm_operations_struct sacc_cxl_vm_ops = {
	.fault = sacc_cxl_fault,
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
	vma->vm_ops = &sacc_cxl_vm_ops;
	return 0;
}
