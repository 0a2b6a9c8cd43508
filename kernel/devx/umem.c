// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registered user memory, of DEVX and of objects of verbs: the only file that calls
 * ib_umem_*().
 *
 * The core pins the pages for as long as the registration lives (FOLL_LONGTERM)
 * and charges them to the process' locked memory. The model knows an id, a
 * length and a cookie (struct sacc_umem); it reads and writes by offset through
 * the functions below, which copy by way of the kernel's own mapping. Such memory
 * starts and ends at any byte.
 *
 * A dma-buf is pinned where it is, as for a card that cannot be told of moves, and
 * reached through the mapping that its exporter makes for the kernel. One without
 * (device memory, exporters that leave it out) is refused: its pages are not ours
 * to touch. As with a card, nothing is charged, and nobody is told of accesses.
 *
 * Lifetime: the model refuses to forget memory that an object uses; only when it
 * has forgotten is the memory unpinned. No access can be running then.
 *
 * No locks: a registration is constant. The program may change the contents at
 * any time, and the model reads each value once.
 */
#include <linux/atomic.h>
#include <linux/dma-buf.h>
#include <linux/highmem.h>
#include <linux/iosys-map.h>
#include <linux/mlx5/device.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <rdma/ib_umem.h>
#include <rdma/mlx5_user_ioctl_cmds.h>
#include <rdma/uverbs_std_types.h>
#include "devx.h"

#define UVERBS_MODULE_NAME sacc_devx
#include <rdma/uverbs_named_ioctl.h>

/* Up to here a copy goes word by word; longer ones are data, not records. */
#define SACC_UMEM_SHORT	64

#define SACC_CQ_RING_ALIGN	64

#define SACC_UMEM_ACCESS						\
	(IB_ACCESS_LOCAL_WRITE | IB_ACCESS_REMOTE_WRITE |		\
	 IB_ACCESS_REMOTE_READ | IB_ACCESS_RELAXED_ORDERING)

/**
 * struct sacc_umem - memory of a program
 * @busy: in the context's list of those that could not be given back
 * @uctx: where it is registered; the owner
 * @umem: the pinned pages
 * @pages: the same, by index; not of a dma-buf
 * @num_pages: their number
 * @map: where the kernel has the dma-buf mapped, from its beginning
 * @id: what programs put into mailboxes
 */
struct sacc_umem {
	struct list_head busy;
	struct sacc_ucontext *uctx;
	struct ib_umem *umem;
	struct page **pages;
	size_t num_pages;
	struct iosys_map map;
	u32 id;
};

/* One run inside a page: @step bytes at most, and where they are. */
static void *sacc_umem_map(const struct sacc_umem *mem, u64 offset, size_t len,
			   size_t *step)
{
	u64 at = offset + ib_umem_offset(mem->umem);

	if (!mem->pages) {
		*step = len;
		return mem->map.vaddr + mem->umem->address + offset;
	}
	*step = min_t(size_t, len, PAGE_SIZE - offset_in_page(at));
	return kmap_local_page(mem->pages[at >> PAGE_SHIFT]) + offset_in_page(at);
}

static void sacc_umem_unmap(const struct sacc_umem *mem, void *address)
{
	if (mem->pages)
		kunmap_local(address);
}

static bool sacc_umem_contains(const struct sacc_umem *mem, u64 offset, size_t len)
{
	return offset <= mem->umem->length && len <= mem->umem->length - offset;
}

/*
 * Copies, but never an aligned word in pieces: the program may be writing it,
 * and half of a doorbell record is worse than an old one.
 */
static void sacc_umem_copy_words(void *dst, const void *src, size_t len)
{
	u32 word;

	if (!IS_ALIGNED((unsigned long)src, sizeof(word)) || len > SACC_UMEM_SHORT) {
		memcpy(dst, src, len);
		return;
	}
	for (; len >= sizeof(word); len -= sizeof(word)) {
		word = READ_ONCE(*(const u32 *)src);
		memcpy(dst, &word, sizeof(word));
		dst += sizeof(word);
		src += sizeof(word);
	}
	memcpy(dst, src, len);
}

/* sacc_hca_ops.mem_read */
int sacc_devx_mem_read(void *cookie, u64 offset, void *dst, size_t len)
{
	struct sacc_umem *mem = cookie;
	size_t step;
	void *page;

	if (!sacc_umem_contains(mem, offset, len))
		return -EFAULT;
	for (; len; len -= step, offset += step, dst += step) {
		page = sacc_umem_map(mem, offset, len, &step);
		sacc_umem_copy_words(dst, page, step);
		sacc_umem_unmap(mem, page);
	}
	return 0;
}

/* sacc_hca_ops.mem_write. The pages are marked dirty when they are unpinned. */
int sacc_devx_mem_write(void *cookie, u64 offset, const void *src, size_t len)
{
	struct sacc_umem *mem = cookie;
	size_t step;
	void *page;

	if (!mem->umem->writable)
		return -EACCES;
	if (!sacc_umem_contains(mem, offset, len))
		return -EFAULT;
	for (; len; len -= step, offset += step, src += step) {
		page = sacc_umem_map(mem, offset, len, &step);
		memcpy(page, src, step);
		sacc_umem_unmap(mem, page);
	}
	return 0;
}

/* sacc_hca_ops.mem_xchg */
int sacc_devx_mem_xchg(void *cookie, u64 offset, __be32 value, __be32 *old)
{
	struct sacc_umem *mem = cookie;
	size_t step;
	u32 *word;

	if (!mem->umem->writable)
		return -EACCES;
	if (!sacc_umem_contains(mem, offset, sizeof(*word)))
		return -EFAULT;
	if (!IS_ALIGNED(offset + ib_umem_offset(mem->umem), sizeof(*word)))
		return -EINVAL;
	word = sacc_umem_map(mem, offset, sizeof(*word), &step);
	*old = (__force __be32)xchg(word, (__force u32)value);
	sacc_umem_unmap(mem, word);
	return 0;
}

/*
 * A program that names page sizes wants offsets inside objects to work with
 * them; one that names none takes any. The model has no page tables, so this
 * only answers whether a card could have mapped the memory.
 */
static int sacc_umem_check_page_size(struct ib_umem *umem,
				     struct uverbs_attr_bundle *attrs)
{
	unsigned long sizes;
	int err;

	err = uverbs_get_const_default(&sizes, attrs,
				       MLX5_IB_ATTR_DEVX_UMEM_REG_PGSZ_BITMAP,
				       GENMASK_ULL(63, MLX5_ADAPTER_PAGE_SHIFT));
	if (err)
		return err;
	/* Pinned memory is whole pages: if these will do, there is nothing to ask. */
	if (!umem->is_dmabuf && sizes & PAGE_SIZE)
		return 0;
	/* More than the whole is of no use. */
	sizes &= GENMASK_ULL(max_t(u64, order_base_2(umem->length), PAGE_SHIFT),
			     MLX5_ADAPTER_PAGE_SHIFT);
	if (!sizes || !ib_umem_find_best_pgoff(umem, sizes, U64_MAX))
		return -EINVAL;
	return 0;
}

static int sacc_umem_list_pages(struct sacc_umem *mem)
{
	unsigned long pfn, end;
	struct scatterlist *sg;
	unsigned int i;
	size_t n = 0;

	mem->num_pages = ib_umem_num_pages(mem->umem);
	/* A terabyte of pages is more than the allocator takes without a word. */
	mem->pages = kvmalloc_array(mem->num_pages, sizeof(*mem->pages),
				    GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!mem->pages)
		return -ENOMEM;
	/* An entry is a run of whole pages, however many follow each other. */
	for_each_sgtable_sg(&mem->umem->sgt_append.sgt, sg, i) {
		pfn = page_to_pfn(sg_page(sg));
		end = pfn + (sg->length >> PAGE_SHIFT);
		for (; pfn < end && n < mem->num_pages; pfn++)
			mem->pages[n++] = pfn_to_page(pfn);
	}
	return n == mem->num_pages ? 0 : -EINVAL;
}

static int sacc_umem_map_dmabuf(struct sacc_umem *mem)
{
	struct dma_buf *dmabuf = to_ib_umem_dmabuf(mem->umem)->attach->dmabuf;
	int err;

	mem->num_pages = ib_umem_num_pages(mem->umem);
	err = dma_buf_vmap_unlocked(dmabuf, &mem->map);
	if (err)
		return err == -EINVAL ? -EOPNOTSUPP : err;
	if (!mem->map.is_iomem)
		return 0;
	dma_buf_vunmap_unlocked(dmabuf, &mem->map);
	iosys_map_clear(&mem->map);
	return -EOPNOTSUPP;
}

static struct ib_umem *sacc_umem_pin_dmabuf(struct sacc_devx *dev,
					    struct uverbs_attr_bundle *attrs,
					    u64 offset, u64 size, u32 access)
{
	struct ib_umem_dmabuf *umem;
	int fd, err;

	err = uverbs_get_raw_fd(&fd, attrs, MLX5_IB_ATTR_DEVX_UMEM_REG_DMABUF_FD);
	if (err)
		return ERR_PTR(err);
	umem = ib_umem_dmabuf_get_pinned(&dev->ibdev, offset, size, fd, access);
	return IS_ERR(umem) ? ERR_CAST(umem) : &umem->umem;
}

static struct ib_umem *sacc_umem_pin(struct sacc_devx *dev,
				     struct uverbs_attr_bundle *attrs, u32 access)
{
	u64 addr, size;
	int err;

	if (uverbs_copy_from(&addr, attrs, MLX5_IB_ATTR_DEVX_UMEM_REG_ADDR) ||
	    uverbs_copy_from(&size, attrs, MLX5_IB_ATTR_DEVX_UMEM_REG_LEN))
		return ERR_PTR(-EFAULT);
	err = ib_check_mr_access(&dev->ibdev, access);
	if (err)
		return ERR_PTR(err);
	if (addr > ULONG_MAX || size > SIZE_MAX)
		return ERR_PTR(-EINVAL);
	if (uverbs_attr_is_valid(attrs, MLX5_IB_ATTR_DEVX_UMEM_REG_DMABUF_FD))
		return sacc_umem_pin_dmabuf(dev, attrs, addr, size, access);
	return ib_umem_get_va(&dev->ibdev, addr, size, access);
}

static void sacc_umem_free(struct sacc_umem *mem)
{
	kvfree(mem->pages);
	if (mem->umem->is_dmabuf && !iosys_map_is_null(&mem->map))
		dma_buf_vunmap_unlocked(to_ib_umem_dmabuf(mem->umem)->attach->dmabuf,
					&mem->map);
	ib_umem_release(mem->umem);
	kfree(mem);
}

/* The registration of @umem, which it owns, even if this fails. */
static struct sacc_umem *sacc_umem_adopt(struct sacc_ucontext *uctx,
					 struct ib_umem *umem)
{
	struct sacc_devx *dev = to_sacc_devx(uctx->base.device);
	struct sacc_umem *mem;
	int err;

	mem = kzalloc(sizeof(*mem), GFP_KERNEL_ACCOUNT);
	if (!mem) {
		ib_umem_release(umem);
		return ERR_PTR(-ENOMEM);
	}
	mem->uctx = uctx;
	mem->umem = umem;
	err = umem->is_dmabuf ? sacc_umem_map_dmabuf(mem) :
				sacc_umem_list_pages(mem);
	if (err)
		goto err_free;
	err = sacc_hca_umem_create(dev->hca, uctx->uid, mem, umem->length,
				   umem->writable, &mem->id);
	if (err)
		goto err_free;
	sacc_devx_count(dev, SACC_DEVX_UMEMS, 1);
	sacc_devx_count(dev, SACC_DEVX_UMEM_PAGES, mem->num_pages);
	return mem;

err_free:
	sacc_umem_free(mem);
	return ERR_PTR(err);
}

/* Memory that an object of verbs accesses. */
struct sacc_umem *sacc_devx_umem_get(struct sacc_ucontext *uctx, u64 addr, u64 size,
				     int access)
{
	struct ib_umem *umem;

	if (addr > ULONG_MAX || size > SIZE_MAX)
		return ERR_PTR(-EINVAL);
	umem = ib_umem_get_va(uctx->base.device, addr, size, access);
	return IS_ERR(umem) ? ERR_CAST(umem) : sacc_umem_adopt(uctx, umem);
}

/* The ring of a CQ, which an attribute may name instead of @addr. */
struct sacc_umem *sacc_devx_umem_get_cq(struct sacc_ucontext *uctx, sacc_cq_arg_t *arg,
					u64 addr, size_t size)
{
	struct ib_umem *umem;

	if (addr > ULONG_MAX)
		return ERR_PTR(-EINVAL);
	umem = ib_umem_get_cq_buf_or_va(uctx->base.device, arg, addr, size,
					IB_ACCESS_LOCAL_WRITE);
	if (IS_ERR(umem))
		return ERR_CAST(umem);
	/* Entries do not cross pages of any size. */
	if (!IS_ALIGNED(ib_umem_offset(umem), SACC_CQ_RING_ALIGN)) {
		ib_umem_release(umem);
		return ERR_PTR(-EINVAL);
	}
	return sacc_umem_adopt(uctx, umem);
}

/* The model knows it no more. */
static void sacc_umem_release(struct sacc_umem *mem)
{
	struct sacc_devx *dev = to_sacc_devx(mem->uctx->base.device);

	sacc_devx_count(dev, SACC_DEVX_UMEM_PAGES, -(s64)mem->num_pages);
	sacc_devx_count(dev, SACC_DEVX_UMEMS, -1);
	sacc_umem_free(mem);
}

static int sacc_umem_destroy(struct sacc_umem *mem)
{
	struct sacc_devx *dev = to_sacc_devx(mem->uctx->base.device);
	int err;

	err = sacc_hca_umem_destroy(dev->hca, mem->uctx->uid, mem->id);
	if (!err)
		sacc_umem_release(mem);
	return err;
}

/*
 * Ends a registration that no handle names and no object of verbs uses. One of DEVX
 * may, made by a program that has guessed the number: then the end of the context is
 * waited for.
 */
void sacc_devx_umem_drop(struct sacc_umem *mem)
{
	struct sacc_ucontext *uctx = mem->uctx;

	if (!sacc_umem_destroy(mem))
		return;
	mutex_lock(&uctx->lock);
	list_add(&mem->busy, &uctx->busy_umems);
	mutex_unlock(&uctx->lock);
}

/* The context has ended, and the model has forgotten all that was its uid's. */
void sacc_devx_free_busy_umems(struct sacc_ucontext *uctx)
{
	struct sacc_umem *mem, *next;

	list_for_each_entry_safe(mem, next, &uctx->busy_umems, busy)
		sacc_umem_release(mem);
}

u32 sacc_devx_umem_id(const struct sacc_umem *mem)
{
	return mem->id;
}

static int UVERBS_HANDLER(MLX5_IB_METHOD_DEVX_UMEM_REG)(struct uverbs_attr_bundle *attrs)
{
	struct ib_uobject *uobj =
		uverbs_attr_get_uobject(attrs, MLX5_IB_ATTR_DEVX_UMEM_REG_HANDLE);
	struct sacc_ucontext *uctx = sacc_devx_handle_context(attrs);
	struct ib_umem *umem;
	struct sacc_umem *mem;
	u32 access;
	int err;

	if (!uctx->devx)
		return -EINVAL;
	err = uverbs_get_flags32(&access, attrs, MLX5_IB_ATTR_DEVX_UMEM_REG_ACCESS,
				 SACC_UMEM_ACCESS);
	if (err)
		return err;
	umem = sacc_umem_pin(to_sacc_devx(uctx->base.device), attrs, access);
	if (IS_ERR(umem))
		return PTR_ERR(umem);
	err = sacc_umem_check_page_size(umem, attrs);
	if (err) {
		ib_umem_release(umem);
		return err;
	}
	mem = sacc_umem_adopt(uctx, umem);
	if (IS_ERR(mem))
		return PTR_ERR(mem);
	uobj->object = mem;
	/* From here on the handle owns it, whatever becomes of the copy. */
	uverbs_finalize_uobj_create(attrs, MLX5_IB_ATTR_DEVX_UMEM_REG_HANDLE);
	return uverbs_copy_to(attrs, MLX5_IB_ATTR_DEVX_UMEM_REG_OUT_ID, &mem->id,
			      sizeof(mem->id));
}

static int sacc_umem_cleanup(struct ib_uobject *uobj, enum rdma_remove_reason why,
			     struct uverbs_attr_bundle *attrs)
{
	return sacc_umem_destroy(uobj->object);
}

DECLARE_UVERBS_NAMED_METHOD(
	MLX5_IB_METHOD_DEVX_UMEM_REG,
	UVERBS_ATTR_IDR(MLX5_IB_ATTR_DEVX_UMEM_REG_HANDLE,
			MLX5_IB_OBJECT_DEVX_UMEM, UVERBS_ACCESS_NEW, UA_MANDATORY),
	UVERBS_ATTR_PTR_IN(MLX5_IB_ATTR_DEVX_UMEM_REG_ADDR, UVERBS_ATTR_TYPE(u64),
			   UA_MANDATORY),
	UVERBS_ATTR_PTR_IN(MLX5_IB_ATTR_DEVX_UMEM_REG_LEN, UVERBS_ATTR_TYPE(u64),
			   UA_MANDATORY),
	UVERBS_ATTR_RAW_FD(MLX5_IB_ATTR_DEVX_UMEM_REG_DMABUF_FD, UA_OPTIONAL),
	UVERBS_ATTR_FLAGS_IN(MLX5_IB_ATTR_DEVX_UMEM_REG_ACCESS,
			     enum ib_access_flags),
	UVERBS_ATTR_CONST_IN(MLX5_IB_ATTR_DEVX_UMEM_REG_PGSZ_BITMAP, u64),
	UVERBS_ATTR_PTR_OUT(MLX5_IB_ATTR_DEVX_UMEM_REG_OUT_ID, UVERBS_ATTR_TYPE(u32),
			    UA_MANDATORY));

DECLARE_UVERBS_NAMED_METHOD_DESTROY(
	MLX5_IB_METHOD_DEVX_UMEM_DEREG,
	UVERBS_ATTR_IDR(MLX5_IB_ATTR_DEVX_UMEM_DEREG_HANDLE,
			MLX5_IB_OBJECT_DEVX_UMEM, UVERBS_ACCESS_DESTROY,
			UA_MANDATORY));

DECLARE_UVERBS_NAMED_OBJECT(MLX5_IB_OBJECT_DEVX_UMEM,
			    UVERBS_TYPE_ALLOC_IDR(sacc_umem_cleanup),
			    &UVERBS_METHOD(MLX5_IB_METHOD_DEVX_UMEM_REG),
			    &UVERBS_METHOD(MLX5_IB_METHOD_DEVX_UMEM_DEREG));

SACC_IMPORT_DMA_BUF();

const struct uapi_definition sacc_devx_umem_defs[] = {
	UAPI_DEF_CHAIN_OBJ_TREE_NAMED(MLX5_IB_OBJECT_DEVX_UMEM),
	{},
};
