// SPDX-License-Identifier: GPL-2.0-only
/*
 * Doorbell records of verbs objects: words in the program's memory, many to a page.
 *
 * A page is pinned once however many records lie in it, as locked memory is scarce.
 * It is known by address and address space: a context can be used in several
 * processes, whose memory at one address is not the same.
 *
 * A page lives from the first record in it to the last. It holds a reference on the
 * address space's structure, not on the memory, so that nobody else's has the same
 * address while the page is known by it.
 *
 * Locks: the context's dbr_lock protects its list of pages and their counts. Pages are
 * pinned and given back under it, so it comes before mmap_lock, the context's lock and
 * those of the model.
 */
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include "devx.h"

static struct sacc_dbr_page *sacc_dbr_find(struct sacc_ucontext *uctx,
					   unsigned long address)
{
	struct sacc_dbr_page *page;

	list_for_each_entry(page, &uctx->dbr_pages, list)
		if (page->mm == current->mm && page->address == address)
			return page;
	return NULL;
}

static struct sacc_dbr_page *sacc_dbr_pin(struct sacc_ucontext *uctx,
					  unsigned long address)
{
	struct sacc_dbr_page *page;
	struct sacc_umem *mem;

	page = kzalloc(sizeof(*page), GFP_KERNEL_ACCOUNT);
	if (!page)
		return ERR_PTR(-ENOMEM);
	mem = sacc_devx_umem_get(uctx, address, PAGE_SIZE, IB_ACCESS_LOCAL_WRITE);
	if (IS_ERR(mem)) {
		kfree(page);
		return ERR_CAST(mem);
	}
	page->mem = mem;
	page->uctx = uctx;
	page->address = address;
	page->mm = current->mm;
	mmgrab(page->mm);
	list_add(&page->list, &uctx->dbr_pages);
	return page;
}

/*
 * The record at @address in the caller's memory. What the model makes of it goes to
 * @dbr; sacc_devx_dbr_put() gives it back once the model uses it no more.
 */
int sacc_devx_dbr_get(struct sacc_ucontext *uctx, u64 address, struct sacc_dbr *dbr)
{
	unsigned long start = address & PAGE_MASK;
	struct sacc_dbr_page *page;
	int err = 0;

	if (address > ULONG_MAX)
		return -EINVAL;
	mutex_lock(&uctx->dbr_lock);
	page = sacc_dbr_find(uctx, start);
	if (!page)
		page = sacc_dbr_pin(uctx, start);
	if (IS_ERR(page)) {
		err = PTR_ERR(page);
	} else {
		page->records++;
		dbr->page = page;
		dbr->offset = offset_in_page(address);
	}
	mutex_unlock(&uctx->dbr_lock);
	return err;
}

void sacc_devx_dbr_put(struct sacc_dbr *dbr)
{
	struct sacc_dbr_page *page = dbr->page;
	struct sacc_ucontext *uctx = page->uctx;

	mutex_lock(&uctx->dbr_lock);
	if (!--page->records) {
		list_del(&page->list);
		mmdrop(page->mm);
		sacc_devx_umem_drop(page->mem);
		kfree(page);
	}
	mutex_unlock(&uctx->dbr_lock);
}
