/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Doorbell pages: plain pages that are mapped on the first store to them,
 * which wakes a poller. When nothing comes any more the poller takes the page
 * away again and sleeps, so that an idle device costs nothing. A store is a
 * hint, never data: what is to be done is read from memory by the scan.
 */
#ifndef SOFTACCEL_DOORBELL_H
#define SOFTACCEL_DOORBELL_H

#include <linux/mm_types.h>
#include <linux/types.h>

struct sacc_doorbell;

/**
 * struct sacc_doorbell_stats - one doorbell page: counters since creation, state
 * @faults: times a mapping was faulted in; one touch of an idle page is one for
 *	    each mapping that is touched
 * @zaps:   times the poller went idle and took the mappings away
 * @late:   scans after such a zap that still found work (the race window)
 * @hot:    mapped somewhere, and so polled
 */
struct sacc_doorbell_stats {
	u64 faults;
	u64 zaps;
	u64 late;
	bool hot;
};

/**
 * sacc_doorbell_create - make a doorbell page, not mapped anywhere yet
 * @scan: looks for work behind the page and returns whether it found any;
 *	called from the poller, never twice at once for one page; may sleep,
 *	must not take an mmap_lock. @page is the page's kernel address.
 * @owner: first argument of @scan
 *
 * Context: process context; charged to the caller's memory cgroup.
 * Return: a doorbell with one reference, or ERR_PTR(-ENOMEM).
 */
struct sacc_doorbell *
sacc_doorbell_create(bool (*scan)(void *owner, const void *page), void *owner);

/* The page, for the interfaces that set up a VMA by page frame number. */
unsigned long sacc_doorbell_pfn(const struct sacc_doorbell *db);

/**
 * sacc_doorbell_mmap - adopt a VMA that was set up to map the page
 * @db: the doorbell
 * @vma: one page long, VM_PFNMAP, at a vm_pgoff that no other doorbell has in
 *	this file. The file must be the same in all calls for @db and must not
 *	go away before sacc_doorbell_kill().
 *
 * From ->mmap, as the last step: takes away whatever PTE is there already.
 */
void sacc_doorbell_mmap(struct sacc_doorbell *db, struct vm_area_struct *vma);

/* From ->fault of a VMA that maps the page. */
vm_fault_t sacc_doorbell_fault(struct sacc_doorbell *db, struct vm_fault *vmf);

/*
 * No new fault maps the page, existing PTEs are gone and the poller has stopped
 * when this returns. A later fault gets SIGBUS. Idempotent. May be called with
 * an mmap_lock held.
 */
void sacc_doorbell_kill(struct sacc_doorbell *db);

void sacc_doorbell_get(struct sacc_doorbell *db);
/* Drops a reference; the last one frees the page. Kill it first. */
void sacc_doorbell_put(struct sacc_doorbell *db);

void sacc_doorbell_stats(const struct sacc_doorbell *db,
			 struct sacc_doorbell_stats *stats);

/* The pollers; called by softaccel.ko when it is loaded and unloaded. */
int sacc_doorbell_init(void);
void sacc_doorbell_exit(void);

#endif
