/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only place that knows kernel versions: included before every source file
 * of the modules. Drivers are written for the newest supported kernel; what an
 * older one lacks is supplied here, decided by compile probes.
 */
#ifndef SOFTACCEL_COMPAT_H
#define SOFTACCEL_COMPAT_H

#ifndef SACC_COMPAT_PROBING

#include "sacc-config.h"

#if !SACC_HAVE_VM_FLAGS_SET
#include <linux/mm.h>

static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}
#endif

#if !SACC_HAVE_ZAP_SPECIAL_VMA_RANGE
#include <linux/mm.h>

static inline void zap_special_vma_range(struct vm_area_struct *vma,
					 unsigned long address,
					 unsigned long size)
{
	zap_vma_ptes(vma, address, size);
}
#endif

#include <linux/device/class.h>

#if !SACC_HAVE_CLASS_CREATE_NAME_ONLY
#undef class_create
#define class_create(name) ({						\
	static struct lock_class_key sacc_class_key;			\
	__class_create(THIS_MODULE, name, &sacc_class_key);		\
})
#endif

/* The type of the device argument of class.devnode. */
#if SACC_HAVE_CLASS_DEVNODE_CONST
#define sacc_devnode_device const struct device
#else
#define sacc_devnode_device struct device
#endif

/* Other VMAs may be looked up in a fault handler only under mmap_lock. */
#if SACC_HAVE_FAULT_FLAG_VMA_LOCK
#define sacc_fault_has_mmap_lock(vmf) (!((vmf)->flags & FAULT_FLAG_VMA_LOCK))
#else
#define sacc_fault_has_mmap_lock(vmf) true
#endif

/* The type of the attribute argument of bin_attribute.read. */
#if SACC_HAVE_BIN_ATTRIBUTE_CONST
#define sacc_bin_attribute const struct bin_attribute
#else
#define sacc_bin_attribute struct bin_attribute
#endif

/* "return sacc_platform_removed;" ends a platform driver's remove(). */
#if SACC_HAVE_PLATFORM_REMOVE_VOID
#define sacc_platform_remove_t void
#define sacc_platform_removed
#else
#define sacc_platform_remove_t int
#define sacc_platform_removed 0
#endif

/* Before these there was no account of PCI domains that no firmware names. */
#if !SACC_HAVE_PCI_EMUL_DOMAIN
static inline int pci_bus_find_emul_domain_nr(u32 hint, u32 min, u32 max)
{
	return hint;
}

static inline void pci_bus_release_emul_domain_nr(int domain)
{
}
#endif

/* Adds 1; those who signal include <linux/eventfd.h>. */
#if SACC_HAVE_EVENTFD_SIGNAL_ONCE
#define sacc_eventfd_signal(ctx) eventfd_signal(ctx)
#else
#define sacc_eventfd_signal(ctx) eventfd_signal(ctx, 1)
#endif

/* A new name only; those who pin memory include <rdma/ib_umem.h>. */
#if !SACC_HAVE_IB_UMEM_GET_VA
#define ib_umem_get_va ib_umem_get
#endif

/* Until 6.2 there was no lock. Those who map dma-bufs include <linux/dma-buf.h>. */
#if !SACC_HAVE_DMA_BUF_VMAP_UNLOCKED
#define dma_buf_vmap_unlocked dma_buf_vmap
#define dma_buf_vunmap_unlocked dma_buf_vunmap
#endif

/*
 * What creates a CQ for a program: the name of the operation, the type of its third
 * argument, and the program's request in that. An older kernel has no attributes in
 * which the ring could be.
 */
#if SACC_HAVE_CREATE_USER_CQ
#define sacc_create_cq_op create_user_cq
#else
#define sacc_create_cq_op create_cq
#define ib_umem_get_cq_buf_or_va(device, attrs, addr, size, access) \
	ib_umem_get_va(device, addr, size, access)
#endif
#if SACC_HAVE_CREATE_CQ_ATTRS
#define sacc_cq_arg_t struct uverbs_attr_bundle
#define sacc_cq_udata(arg) (&(arg)->driver_udata)
#else
#define sacc_cq_arg_t struct ib_udata
#define sacc_cq_udata(arg) (arg)
#endif

#include <linux/export.h>

/*
 * What softaccel.ko lends to its sibling modules, and to nobody else:
 * SACC_EXPORT(function) after the function, SACC_IMPORT_CORE() in one file of
 * the module that calls it. SACC_IMPORT_DMA_BUF() is for what the kernel lends.
 */
#if SACC_HAVE_NAMESPACE_TOKEN
#define SACC_EXPORT(symbol) EXPORT_SYMBOL_NS_GPL(symbol, SOFTACCEL)
#define SACC_IMPORT_CORE() MODULE_IMPORT_NS(SOFTACCEL)
#define SACC_IMPORT_DMA_BUF() MODULE_IMPORT_NS(DMA_BUF)
#else
#define SACC_EXPORT(symbol) EXPORT_SYMBOL_NS_GPL(symbol, "SOFTACCEL")
#define SACC_IMPORT_CORE() MODULE_IMPORT_NS("SOFTACCEL")
#define SACC_IMPORT_DMA_BUF() MODULE_IMPORT_NS("DMA_BUF")
#endif

#endif
#endif
