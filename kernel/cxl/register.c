// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cards of other modules: registration and its end. <softaccel/card.h> says what
 * they may rely on.
 *
 * Owns: struct sacc_cxl_profile of each such card, from register to unregister. It is
 * plugged into a slot of its own (pci.c), whichever card is there, if any: a reset, and
 * whoever unbinds the driver or pulls the card, change that.
 */
#include <linux/align.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <softaccel/card.h>

#include "cxl.h"

#define SACC_CXL_MODES (SACC_AFU_DEDICATED | SACC_AFU_DIRECTED)

/* The number of a process element has 16 bits. */
#define SACC_CXL_MAX_PROCS 0x10000

static bool sacc_cxl_areas_fit(const struct sacc_afu_desc *desc)
{
	u64 size, end;

	if (!desc->ps_size || !IS_ALIGNED(desc->ps_size, PAGE_SIZE))
		return false;
	if (!desc->pp_size)
		return true;
	return IS_ALIGNED(desc->pp_size, PAGE_SIZE) &&
	       IS_ALIGNED(desc->pp_offset, PAGE_SIZE) &&
	       !check_mul_overflow(desc->pp_size, (u64)desc->num_procs, &size) &&
	       !check_add_overflow(desc->pp_offset, size, &end) &&
	       end <= desc->ps_size;
}

static bool sacc_cxl_is_desc(const struct sacc_afu_desc *desc, u32 irqs)
{
	if (!desc->modes || (desc->modes & ~SACC_CXL_MODES))
		return false;
	if ((desc->modes & SACC_AFU_DIRECTED) &&
	    (!desc->num_procs || desc->num_procs > SACC_CXL_MAX_PROCS))
		return false;
	if (desc->irqs_min > irqs || desc->irqs_max > irqs)
		return false;
	if (desc->irqs_max && desc->irqs_max < desc->irqs_min)
		return false;
	return sacc_cxl_areas_fit(desc);
}

static bool sacc_cxl_is_afu(const struct sacc_afu_ops *ops, u32 irqs)
{
	return ops && ops->desc && ops->attach && ops->detach && ops->run &&
	       ops->mmio_read && ops->mmio_write &&
	       (ops->err_read || !ops->desc->eb_len) &&
	       IS_ALIGNED(ops->desc->eb_len, SZ_4K) &&
	       sacc_cxl_is_desc(ops->desc, irqs);
}

static struct sacc_cxl_profile *
sacc_cxl_new_profile(struct module *owner,
		     const struct sacc_afu_ops *const afus[], unsigned int n)
{
	struct sacc_cxl_profile *profile;
	unsigned int i;

	BUILD_BUG_ON(SACC_CXL_MAX_AFUS != SACC_CXL_SLICES);
	if (!n || n > SACC_CXL_SLICES)
		return ERR_PTR(-EINVAL);
	for (i = 0; i < n; i++)
		if (!sacc_cxl_is_afu(afus[i], sacc_cxl_profile_irqs(n)))
			return ERR_PTR(-EINVAL);
	profile = kzalloc(sizeof(*profile), GFP_KERNEL);
	if (!profile)
		return ERR_PTR(-ENOMEM);
	profile->slices = n;
	profile->owner = owner;
	for (i = 0; i < n; i++)
		profile->ops[i] = afus[i];
	return profile;
}

struct sacc_cxl_profile *
__sacc_cxl_register_card(struct module *owner,
			 const struct sacc_afu_ops *const afus[],
			 unsigned int n)
{
	struct sacc_cxl_profile *profile = sacc_cxl_new_profile(owner, afus, n);
	int ret;

	if (IS_ERR(profile))
		return profile;
	ret = sacc_cxl_plug(profile);
	if (!ret)
		return profile;
	kfree(profile);
	return ERR_PTR(ret);
}
SACC_EXPORT(__sacc_cxl_register_card);

void sacc_cxl_unregister_card(struct sacc_cxl_profile *profile)
{
	if (IS_ERR_OR_NULL(profile))
		return;
	sacc_cxl_unplug(profile);
	kfree(profile);
}
SACC_EXPORT(sacc_cxl_unregister_card);
