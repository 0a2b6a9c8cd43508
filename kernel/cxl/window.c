// SPDX-License-Identifier: GPL-2.0-only
/*
 * MMIO windows: mmap of a node, and the way of a register access from a fault to
 * the personality.
 *
 * Owns: no state. A window is the context itself, seen through its file: a slave
 * sees its own per-process area, a master (and a dedicated context) the whole
 * problem state area. Nothing is ever mapped: each access faults and is carried out
 * by core/trap.c. So a mapping needs no teardown: once the context is not STARTED,
 * accesses get SIGBUS, or read all ones where START_WORK asked for that.
 *
 * A mapping holds its file, and the file its context. An access runs under the
 * faulting task's mmap_lock or VMA lock, and takes sacc_cxl_afu.access for reading:
 * while it is held no context starts or stops being STARTED, so the personality's
 * state of any STARTED context stays.
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
static void sacc_cxl_decode(struct sacc_afu_ctx *ctx, u64 offset,
			    struct sacc_cxl_register *reg)
{
	const struct sacc_afu_desc *desc = ctx->afu->ops->desc;
	u64 pe;

	reg->ctx = ctx;
	reg->offset = offset;
	reg->vacant = false;
	if (!ctx->master || ctx->mode == SACC_CXL_MODE_DEDICATED)
		return;

	reg->ctx = NULL;
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

/* A context that is over: an error, or what a dead card returns. */
static int sacc_cxl_access_dead(const struct sacc_afu_ctx *ctx,
				unsigned int width, u64 *val, bool write)
{
	if (!ctx->err_ff || ctx->state != SACC_CXL_CLOSED)
		return -EIO;
	if (!write)
		*val = width == sizeof(u32) ? U32_MAX : U64_MAX;
	return 0;
}

static int sacc_cxl_access_live(struct sacc_afu_ctx *ctx, u64 offset,
				unsigned int width, u64 *val, bool write)
{
	const struct sacc_afu_ops *ops = ctx->afu->ops;
	struct sacc_cxl_register reg;

	sacc_cxl_decode(ctx, offset, &reg);
	if (reg.vacant) {
		if (!write)
			*val = 0;
		return 0;
	}
	if (write)
		return ops->mmio_write(ctx->afu->priv, reg.ctx, reg.offset,
				       width, *val);
	return ops->mmio_read(ctx->afu->priv, reg.ctx, reg.offset, width, val);
}

static int sacc_cxl_access(struct sacc_afu_ctx *ctx, u64 offset,
			   unsigned int width, u64 *val, bool write)
{
	int ret;

	if (!IS_ALIGNED(offset, width) || offset >= sacc_cxl_window_size(ctx))
		return -EINVAL;
	down_read(&ctx->afu->access);
	if (ctx->state == SACC_CXL_STARTED)
		ret = sacc_cxl_access_live(ctx, offset, width, val, write);
	else
		ret = sacc_cxl_access_dead(ctx, width, val, write);
	up_read(&ctx->afu->access);
	return ret;
}

static int sacc_cxl_trap_read(void *window, u64 offset, unsigned int width,
			      u64 *val)
{
	return sacc_cxl_access(window, offset, width, val, false);
}

static int sacc_cxl_trap_write(void *window, u64 offset, unsigned int width,
			       u64 val)
{
	return sacc_cxl_access(window, offset, width, &val, true);
}

static const struct sacc_trap_ops sacc_cxl_trap_ops = {
	.read = sacc_cxl_trap_read,
	.write = sacc_cxl_trap_write,
};

static vm_fault_t sacc_cxl_fault(struct vm_fault *vmf)
{
	u64 offset = ((u64)vmf->pgoff << PAGE_SHIFT) +
		     offset_in_page(vmf->real_address);

	return sacc_trap_fault(vmf, offset, &sacc_cxl_trap_ops,
			       vmf->vma->vm_file->private_data);
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
	if (READ_ONCE(ctx->state) != SACC_CXL_STARTED)
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
