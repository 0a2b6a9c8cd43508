/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CAPI cards whose AFUs are in another module.
 *
 * The module writes personalities (afu.h), registers a card with them when it is
 * loaded, and unregisters it before it goes. Kernel/Documentation/afu-howto.rst
 * leads through it.
 *
 * Lifetime: from the call of sacc_cxl_register_card() on, also before it returns, until
 * sacc_cxl_unregister_card() returns, operations of the personalities run; never
 * after that. The operations and descriptors must be there for as long. A node
 * that is open holds the module: rmmod refuses.
 */
#ifndef SOFTACCEL_CARD_H
#define SOFTACCEL_CARD_H

#include <linux/module.h>

struct sacc_afu_ops;
struct sacc_cxl_profile;

/* AFUs that one card can have. */
#define SACC_CXL_MAX_AFUS	4

struct sacc_cxl_profile *
__sacc_cxl_register_card(struct module *owner,
			 const struct sacc_afu_ops *const afus[],
			 unsigned int n);

/**
 * sacc_cxl_register_card - add a card, with its devices and nodes
 * @afus: personalities, one for each AFU; one may be in several places
 * @n:	  how many, 1 to SACC_CXL_MAX_AFUS
 *
 * Context: process context; may sleep. Not from an operation of a personality.
 * Return: a handle; or ERR_PTR: -EINVAL for operations or a descriptor that
 * cannot be, -ENOSPC when there are as many cards as there can be, -ENOMEM, or what
 * slice_init() returned.
 */
#define sacc_cxl_register_card(afus, n) \
	__sacc_cxl_register_card(THIS_MODULE, afus, n)

/**
 * sacc_cxl_unregister_card - remove it
 * @profile: the handle; NULL and ERR_PTR are ignored
 *
 * What is open gets EIO and SIGBUS from then on, as after a card reset by force.
 * Context: process context; may sleep. Not from an operation of a personality.
 */
void sacc_cxl_unregister_card(struct sacc_cxl_profile *profile);

/* In one file of such a module: the symbols of softaccel are in a namespace. */
#define SACC_AFU_MODULE() MODULE_INFO(import_ns, "SOFTACCEL")

#endif
