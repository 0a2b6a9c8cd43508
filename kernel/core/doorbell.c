// SPDX-License-Identifier: GPL-2.0-only
/*
 * Doorbell pages: noticing stores to a plain page without costing anything
 * while there are none.
 *
 * A page is in one of two states. Idle: no PTE maps it, nothing runs; the next
 * store faults. Hot: the fault handler has mapped it and queued the page's
 * poller, which scans until nothing was found for doorbell_spin_us, takes the
 * PTEs away, scans once more and ends.
 *
 * No doorbell is lost because of three rules:
 *  1. The fault handler maps the page first and queues the poller after. The
 *     other way round, the poller could run to its end, find nothing to take
 *     away, and leave the page mapped with nobody looking.
 *  2. ->mmap leaves no PTE: the VMA is not yet known to the file's mapping
 *     then, so that taking the PTEs away would not find it.
 *  3. The poller scans after it has taken the PTEs away. A store through an
 *     old PTE is complete when the TLB flush returns, and the memory that it
 *     points to was written before it.
 *
 * The poller is a work item of one unbound workqueue. That gives what rule 1
 * needs (queueing a running item makes it run again, and its function sees all
 * that was written before the queueing), bounds the number of CPUs that poll
 * to all but one however many pages are hot, and has no thread to create for
 * each page that a user asks for. A page that stays hot gives up its turn after
 * SLICE_US so that others are looked at.
 *
 * Lifetime: reference counted; the page goes with the last reference. Between
 * the first sacc_doorbell_mmap() and sacc_doorbell_kill() the owner guarantees
 * the file (and so its mapping). PTEs of a PFN mapping hold no page reference:
 * kill() is what makes freeing safe.
 *
 * Lock order: mmap_lock -> db->lock -> i_mmap_rwsem, page table locks. The
 * poller holds no lock while it scans, and db->lock while it takes the PTEs
 * away, so that a fault is either undone by that or comes after it.
 */
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <softaccel/doorbell.h>

#define SLICE_US 200

static unsigned int doorbell_spin_us = 50;
module_param(doorbell_spin_us, uint, 0644);
MODULE_PARM_DESC(doorbell_spin_us,
		 "microseconds without work after which a doorbell page goes idle");

static struct workqueue_struct *sacc_doorbell_wq;

struct sacc_doorbell {
	struct kref ref;
	struct page *page;
	bool (*scan)(void *owner, const void *page);
	void *owner;
	struct work_struct poller;

	struct mutex lock;		/* protects the fields below */
	struct address_space *mapping;	/* NULL before the first mmap */
	pgoff_t pgoff;
	bool mapped;			/* a fault inserted a PTE since the last zap */
	bool dead;

	atomic64_t faults;
	atomic64_t zaps;
	atomic64_t late;
};

static void sacc_doorbell_zap(struct sacc_doorbell *db)
{
	lockdep_assert_held(&db->lock);
	if (db->mapping)
		unmap_mapping_range(db->mapping, (loff_t)db->pgoff << PAGE_SHIFT,
				    PAGE_SIZE, 1);
	WRITE_ONCE(db->mapped, false);
}

static bool sacc_doorbell_scan(struct sacc_doorbell *db)
{
	return db->scan(db->owner, page_address(db->page));
}

/* Hot to idle. Returns whether the scan after it found work. */
static bool sacc_doorbell_cool(struct sacc_doorbell *db)
{
	mutex_lock(&db->lock);
	if (db->mapped) {
		sacc_doorbell_zap(db);
		atomic64_inc(&db->zaps);
	}
	mutex_unlock(&db->lock);
	if (!sacc_doorbell_scan(db))
		return false;
	atomic64_inc(&db->late);
	return true;
}

static void sacc_doorbell_poll(struct work_struct *work)
{
	struct sacc_doorbell *db = container_of(work, struct sacc_doorbell, poller);
	u64 spin = (u64)READ_ONCE(doorbell_spin_us) * NSEC_PER_USEC;
	u64 start = ktime_get_ns(), quiet = start, now;

	do {
		if (READ_ONCE(db->dead))
			return;
		now = ktime_get_ns();
		if (sacc_doorbell_scan(db)) {
			quiet = now;
		} else if (now - quiet >= spin) {
			if (!sacc_doorbell_cool(db))
				return;
			break;
		}
		cpu_relax();
		cond_resched();
	} while (now - start < max_t(u64, spin, SLICE_US * NSEC_PER_USEC));

	/* Still hot: to the end of the queue. */
	queue_work(sacc_doorbell_wq, &db->poller);
}

struct sacc_doorbell *
sacc_doorbell_create(bool (*scan)(void *owner, const void *page), void *owner)
{
	struct sacc_doorbell *db;

	db = kzalloc(sizeof(*db), GFP_KERNEL_ACCOUNT);
	if (!db)
		return ERR_PTR(-ENOMEM);
	db->page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!db->page) {
		kfree(db);
		return ERR_PTR(-ENOMEM);
	}
	kref_init(&db->ref);
	mutex_init(&db->lock);
	INIT_WORK(&db->poller, sacc_doorbell_poll);
	db->scan = scan;
	db->owner = owner;
	return db;
}
SACC_EXPORT(sacc_doorbell_create);

unsigned long sacc_doorbell_pfn(const struct sacc_doorbell *db)
{
	return page_to_pfn(db->page);
}
SACC_EXPORT(sacc_doorbell_pfn);

void sacc_doorbell_mmap(struct sacc_doorbell *db, struct vm_area_struct *vma)
{
	mutex_lock(&db->lock);
	db->mapping = vma->vm_file->f_mapping;
	db->pgoff = vma->vm_pgoff;
	mutex_unlock(&db->lock);
	/* Rule 2. */
	zap_special_vma_range(vma, vma->vm_start, vma->vm_end - vma->vm_start);
}
SACC_EXPORT(sacc_doorbell_mmap);

vm_fault_t sacc_doorbell_fault(struct sacc_doorbell *db, struct vm_fault *vmf)
{
	vm_fault_t ret = VM_FAULT_SIGBUS;

	mutex_lock(&db->lock);
	if (!db->dead) {
		ret = vmf_insert_pfn(vmf->vma, vmf->address & PAGE_MASK,
				     page_to_pfn(db->page));
		if (ret == VM_FAULT_NOPAGE)
			WRITE_ONCE(db->mapped, true);
	}
	if (ret == VM_FAULT_NOPAGE) {
		atomic64_inc(&db->faults);
		/* Rule 1: after the insertion. */
		queue_work(sacc_doorbell_wq, &db->poller);
	}
	mutex_unlock(&db->lock);
	return ret;
}
SACC_EXPORT(sacc_doorbell_fault);

void sacc_doorbell_kill(struct sacc_doorbell *db)
{
	mutex_lock(&db->lock);
	if (!db->dead) {
		WRITE_ONCE(db->dead, true);
		sacc_doorbell_zap(db);
	}
	mutex_unlock(&db->lock);
	/* Nothing queues the poller any more but itself, and that is cancelled. */
	cancel_work_sync(&db->poller);
}
SACC_EXPORT(sacc_doorbell_kill);

void sacc_doorbell_get(struct sacc_doorbell *db)
{
	kref_get(&db->ref);
}
SACC_EXPORT(sacc_doorbell_get);

static void sacc_doorbell_free(struct kref *ref)
{
	struct sacc_doorbell *db = container_of(ref, struct sacc_doorbell, ref);

	mutex_destroy(&db->lock);
	__free_page(db->page);
	kfree(db);
}

void sacc_doorbell_put(struct sacc_doorbell *db)
{
	kref_put(&db->ref, sacc_doorbell_free);
}
SACC_EXPORT(sacc_doorbell_put);

void sacc_doorbell_stats(const struct sacc_doorbell *db,
			 struct sacc_doorbell_stats *stats)
{
	stats->faults = atomic64_read(&db->faults);
	stats->zaps = atomic64_read(&db->zaps);
	stats->late = atomic64_read(&db->late);
	stats->hot = READ_ONCE(db->mapped);
}
SACC_EXPORT(sacc_doorbell_stats);

int sacc_doorbell_init(void)
{
	int pollers = max_t(int, 1, num_online_cpus() - 1);

	sacc_doorbell_wq = alloc_workqueue("softaccel_doorbell", WQ_UNBOUND,
					   pollers);
	return sacc_doorbell_wq ? 0 : -ENOMEM;
}

void sacc_doorbell_exit(void)
{
	destroy_workqueue(sacc_doorbell_wq);
}
