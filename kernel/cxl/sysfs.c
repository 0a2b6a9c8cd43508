// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sysfs files of cards, AFUs, master nodes and configuration records.
 *
 * Owns: struct sacc_cxl_record; no other state. A borrowed ABI: libcxl strips the
 * last byte of what it reads, so each file has at least one character and ends
 * in exactly one newline. Parsing is as lenient as in the original, where programs
 * could rely on it: prefixes for words, %i for numbers.
 *
 * Locks: handlers take sacc_cxl_afu.lock or sacc_cxl_card.lock, never the registry,
 * which is held while these files are removed.
 */
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "cxl.h"

/* A number in any base, whatever follows it; kstrtoint() would be too strict. */
static bool sacc_cxl_parse(const char *buf, int *val)
{
	char rest;

	return sscanf(buf, "%i%c", val, &rest) >= 1;
}

/* --- card<n> */

static ssize_t caia_version_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%i.%i\n", SACC_CXL_CAIA_MAJOR,
			  SACC_CXL_CAIA_MINOR);
}
static DEVICE_ATTR_RO(caia_version);

static ssize_t psl_revision_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%i\n", SACC_CXL_PSL_REVISION);
}
static DEVICE_ATTR_RO(psl_revision);

static ssize_t base_image_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%i\n", SACC_CXL_BASE_IMAGE);
}
static DEVICE_ATTR_RO(base_image);

static ssize_t image_loaded_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "user\n");
}
static DEVICE_ATTR_RO(image_loaded);

/* The timebase that AFUs see is the CPU's own, as long as they see anything. */
static ssize_t psl_timebase_synced_show(struct device *dev,
					struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%i\n", !sacc_cxl_is_frozen(to_sacc_cxl_card(dev)));
}
static DEVICE_ATTR_RO(psl_timebase_synced);

static ssize_t tunneled_ops_supported_show(struct device *dev,
					   struct device_attribute *attr,
					   char *buf)
{
	return sysfs_emit(buf, "0\n");
}
static DEVICE_ATTR_RO(tunneled_ops_supported);

static ssize_t load_image_on_perst_show(struct device *dev,
					struct device_attribute *attr, char *buf)
{
	static const char * const word[] = { "none", "factory", "user" };
	struct sacc_cxl_card *card = to_sacc_cxl_card(dev);

	return sysfs_emit(buf, "%s\n", word[READ_ONCE(card->perst_user) + 1]);
}

static ssize_t load_image_on_perst_store(struct device *dev,
					 struct device_attribute *attr,
					 const char *buf, size_t count)
{
	struct sacc_cxl_card *card = to_sacc_cxl_card(dev);

	if (str_has_prefix(buf, "none"))
		WRITE_ONCE(card->perst_user, -1);
	else if (str_has_prefix(buf, "user"))
		WRITE_ONCE(card->perst_user, 1);
	else if (str_has_prefix(buf, "factory"))
		WRITE_ONCE(card->perst_user, 0);
	else
		return -EINVAL;
	return count;
}
static DEVICE_ATTR_RW(load_image_on_perst);

static ssize_t perst_reloads_same_image_show(struct device *dev,
					     struct device_attribute *attr,
					     char *buf)
{
	return sysfs_emit(buf, "%i\n",
			  READ_ONCE(to_sacc_cxl_card(dev)->perst_same));
}

static ssize_t perst_reloads_same_image_store(struct device *dev,
					      struct device_attribute *attr,
					      const char *buf, size_t count)
{
	int val;

	if (!sacc_cxl_parse(buf, &val) || (val != 0 && val != 1))
		return -EINVAL;
	WRITE_ONCE(to_sacc_cxl_card(dev)->perst_same, val);
	return count;
}
static DEVICE_ATTR_RW(perst_reloads_same_image);

static ssize_t reset_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t count)
{
	struct sacc_cxl_card *card = to_sacc_cxl_card(dev);
	int val, ret = 0;

	if (!sacc_cxl_parse(buf, &val) || (val != 1 && val != -1))
		return -EINVAL;

	mutex_lock(&card->lock);
	if (val == 1 && (card->attached || card->resetting)) {
		ret = -EBUSY;
	} else if (READ_ONCE(card->perst_same)) {
		ret = -EINVAL;
	} else {
		/* Not from here: the reset removes this very file. */
		sacc_cxl_schedule_reset(card);
	}
	mutex_unlock(&card->lock);
	return ret ?: count;
}
static DEVICE_ATTR_WO(reset);

static struct attribute *sacc_cxl_card_attrs[] = {
	&dev_attr_caia_version.attr,
	&dev_attr_psl_revision.attr,
	&dev_attr_base_image.attr,
	&dev_attr_image_loaded.attr,
	&dev_attr_psl_timebase_synced.attr,
	&dev_attr_tunneled_ops_supported.attr,
	&dev_attr_load_image_on_perst.attr,
	&dev_attr_perst_reloads_same_image.attr,
	&dev_attr_reset.attr,
	NULL
};

static const struct attribute_group sacc_cxl_card_group = {
	.attrs = sacc_cxl_card_attrs,
};

const struct attribute_group *sacc_cxl_card_groups[] = {
	&sacc_cxl_card_group,
	NULL
};

/* --- afu<c>.<s> */

static ssize_t mmio_size_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	return sysfs_emit(buf, "%llu\n",
			  sacc_cxl_mmio_size(to_sacc_cxl_afu(dev)));
}
static DEVICE_ATTR_RO(mmio_size);

static ssize_t irqs_min_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%u\n",
			  to_sacc_cxl_afu(dev)->ops->desc->irqs_min);
}
static DEVICE_ATTR_RO(irqs_min);

static ssize_t irqs_max_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%i\n", READ_ONCE(to_sacc_cxl_afu(dev)->irqs_max));
}

static ssize_t irqs_max_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t count)
{
	struct sacc_cxl_afu *afu = to_sacc_cxl_afu(dev);
	int irqs;

	if (!sacc_cxl_parse(buf, &irqs))
		return -EINVAL;
	if (irqs < (int)afu->ops->desc->irqs_min ||
	    irqs > (int)sacc_cxl_user_irqs(afu->card))
		return -EINVAL;
	WRITE_ONCE(afu->irqs_max, irqs);
	return count;
}
static DEVICE_ATTR_RW(irqs_max);

static ssize_t modes_supported_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	u32 modes = to_sacc_cxl_afu(dev)->ops->desc->modes;
	int n = 0;

	if (modes & SACC_AFU_DEDICATED)
		n += sysfs_emit_at(buf, n, "dedicated_process\n");
	if (modes & SACC_AFU_DIRECTED)
		n += sysfs_emit_at(buf, n, "afu_directed\n");
	return n;
}
static DEVICE_ATTR_RO(modes_supported);

static ssize_t mode_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct sacc_cxl_afu *afu = to_sacc_cxl_afu(dev);
	const char *word = "none";

	switch (READ_ONCE(afu->mode)) {
	case SACC_CXL_MODE_NONE:
		break;
	case SACC_CXL_MODE_DEDICATED:
		word = "dedicated_process";
		break;
	case SACC_CXL_MODE_DIRECTED:
		word = "afu_directed";
		break;
	}
	return sysfs_emit(buf, "%s\n", word);
}

static ssize_t mode_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t count)
{
	struct sacc_cxl_afu *afu = to_sacc_cxl_afu(dev);
	int ret;

	mutex_lock(&afu->lock);
	if (afu->gone)
		ret = -ENODEV;
	else if (!xa_empty(&afu->contexts))
		ret = -EBUSY;
	else if (str_has_prefix(buf, "dedicated_process"))
		ret = sacc_cxl_set_mode(afu, SACC_CXL_MODE_DEDICATED);
	else if (str_has_prefix(buf, "afu_directed"))
		ret = sacc_cxl_set_mode(afu, SACC_CXL_MODE_DIRECTED);
	else if (str_has_prefix(buf, "none"))
		ret = sacc_cxl_set_mode(afu, SACC_CXL_MODE_NONE);
	else
		ret = -EINVAL;
	mutex_unlock(&afu->lock);
	return ret ?: count;
}
static DEVICE_ATTR_RW(mode);

static ssize_t prefault_mode_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	static const char * const word[] = {
		[SACC_CXL_PREFAULT_NONE] = "none",
		[SACC_CXL_PREFAULT_WED] = "work_element_descriptor",
		[SACC_CXL_PREFAULT_ALL] = "all",
	};

	return sysfs_emit(buf, "%s\n",
			  word[READ_ONCE(to_sacc_cxl_afu(dev)->prefault)]);
}

static ssize_t prefault_mode_store(struct device *dev,
				   struct device_attribute *attr,
				   const char *buf, size_t count)
{
	struct sacc_cxl_afu *afu = to_sacc_cxl_afu(dev);

	if (str_has_prefix(buf, "none"))
		WRITE_ONCE(afu->prefault, SACC_CXL_PREFAULT_NONE);
	else if (str_has_prefix(buf, "work_element_descriptor"))
		WRITE_ONCE(afu->prefault, SACC_CXL_PREFAULT_WED);
	else if (str_has_prefix(buf, "all"))
		WRITE_ONCE(afu->prefault, SACC_CXL_PREFAULT_ALL);
	else
		return -EINVAL;
	return count;
}
static DEVICE_ATTR_RW(prefault_mode);

static ssize_t api_version_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "3\n");
}
static DEVICE_ATTR_RO(api_version);

static ssize_t api_version_compatible_show(struct device *dev,
					   struct device_attribute *attr,
					   char *buf)
{
	return sysfs_emit(buf, "1\n");
}
static DEVICE_ATTR_RO(api_version_compatible);

/* The card has a file of this name, too. */
static ssize_t afu_reset_store(struct device *dev,
			       struct device_attribute *attr, const char *buf,
			       size_t count)
{
	struct sacc_cxl_afu *afu = to_sacc_cxl_afu(dev);
	ssize_t ret = count;

	mutex_lock(&afu->lock);
	if (!xa_empty(&afu->contexts))
		ret = -EBUSY;
	else if (sacc_cxl_is_frozen(afu->card))
		ret = -EIO;
	else if (afu->ops->reset)
		afu->ops->reset(afu->priv);
	mutex_unlock(&afu->lock);
	return ret;
}

static struct device_attribute dev_attr_afu_reset =
	__ATTR(reset, 0200, NULL, afu_reset_store);

static struct attribute *sacc_cxl_afu_attrs[] = {
	&dev_attr_mmio_size.attr,
	&dev_attr_irqs_min.attr,
	&dev_attr_irqs_max.attr,
	&dev_attr_modes_supported.attr,
	&dev_attr_mode.attr,
	&dev_attr_prefault_mode.attr,
	&dev_attr_api_version.attr,
	&dev_attr_api_version_compatible.attr,
	&dev_attr_afu_reset.attr,
	NULL
};

static const struct attribute_group sacc_cxl_afu_group = {
	.attrs = sacc_cxl_afu_attrs,
};

const struct attribute_group *sacc_cxl_afu_groups[] = {
	&sacc_cxl_afu_group,
	NULL
};

/* --- afu<c>.<s>/afu_err_buff */

/* Read from the AFU in aligned doublewords, a page of them at most. */
static ssize_t sacc_cxl_read_err_buff(struct file *file, struct kobject *kobj,
				      sacc_bin_attribute *attr, char *buf,
				      loff_t off, size_t count)
{
	struct sacc_cxl_afu *afu = to_sacc_cxl_afu(kobj_to_dev(kobj));

	/* sysfs keeps off and count within the file's size, and count within a page. */
	count = min_t(size_t, count, PAGE_SIZE - (off & 7));
	if (sacc_cxl_is_frozen(afu->card))
		memset(buf, 0xff, count);
	else
		afu->ops->err_read(afu->priv, off, buf, count);
	return count;
}

int sacc_cxl_add_err_buff(struct sacc_cxl_afu *afu)
{
	struct bin_attribute *attr = &afu->err_buff;

	if (!afu->ops->desc->eb_len)
		return 0;
	sysfs_bin_attr_init(attr);
	attr->attr.name = "afu_err_buff";
	attr->attr.mode = 0444;
	attr->size = afu->ops->desc->eb_len;
	attr->read = sacc_cxl_read_err_buff;
	return device_create_bin_file(&afu->dev, attr);
}

void sacc_cxl_del_err_buff(struct sacc_cxl_afu *afu)
{
	if (afu->ops->desc->eb_len)
		device_remove_bin_file(&afu->dev, &afu->err_buff);
}

/* --- afu<c>.<s>m */

static const struct sacc_afu_desc *sacc_cxl_node_desc(struct device *node)
{
	return to_sacc_cxl_afu(node->parent)->ops->desc;
}

static ssize_t master_mmio_size_show(struct device *dev,
				     struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", sacc_cxl_node_desc(dev)->ps_size);
}

static struct device_attribute dev_attr_master_mmio_size =
	__ATTR(mmio_size, 0444, master_mmio_size_show, NULL);

static ssize_t pp_mmio_off_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", sacc_cxl_node_desc(dev)->pp_offset);
}
static DEVICE_ATTR_RO(pp_mmio_off);

static ssize_t pp_mmio_len_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", sacc_cxl_node_desc(dev)->pp_size);
}
static DEVICE_ATTR_RO(pp_mmio_len);

static struct attribute *sacc_cxl_master_attrs[] = {
	&dev_attr_master_mmio_size.attr,
	&dev_attr_pp_mmio_off.attr,
	&dev_attr_pp_mmio_len.attr,
	NULL
};

static const struct attribute_group sacc_cxl_master_group = {
	.attrs = sacc_cxl_master_attrs,
};

const struct attribute_group *sacc_cxl_master_groups[] = {
	&sacc_cxl_master_group,
	NULL
};

/* --- afu<c>.<s>/cr0: what PCI configuration space starts with */

#define SACC_CXL_CR_VENDOR	0x00
#define SACC_CXL_CR_DEVICE	0x02
#define SACC_CXL_CR_CLASS_REV	0x08

#define to_sacc_cxl_record(k) container_of(k, struct sacc_cxl_record, kobj)

static ssize_t cr_vendor_show(struct kobject *kobj, struct kobj_attribute *attr,
			      char *buf)
{
	__le16 *at = (void *)&to_sacc_cxl_record(kobj)->data[SACC_CXL_CR_VENDOR];

	return sysfs_emit(buf, "0x%.4x\n", le16_to_cpup(at));
}

static struct kobj_attribute cr_vendor_attr =
	__ATTR(vendor, 0444, cr_vendor_show, NULL);

static ssize_t cr_device_show(struct kobject *kobj, struct kobj_attribute *attr,
			      char *buf)
{
	__le16 *at = (void *)&to_sacc_cxl_record(kobj)->data[SACC_CXL_CR_DEVICE];

	return sysfs_emit(buf, "0x%.4x\n", le16_to_cpup(at));
}

static struct kobj_attribute cr_device_attr =
	__ATTR(device, 0444, cr_device_show, NULL);

static ssize_t cr_class_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *buf)
{
	__le32 *at = (void *)&to_sacc_cxl_record(kobj)->data[SACC_CXL_CR_CLASS_REV];

	return sysfs_emit(buf, "0x%.6x\n", le32_to_cpup(at) >> 8);
}

static struct kobj_attribute cr_class_attr =
	__ATTR(class, 0444, cr_class_show, NULL);

static struct attribute *sacc_cxl_record_attrs[] = {
	&cr_vendor_attr.attr,
	&cr_device_attr.attr,
	&cr_class_attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(sacc_cxl_record);

static ssize_t sacc_cxl_read_config(struct file *file, struct kobject *kobj,
				    sacc_bin_attribute *attr, char *buf,
				    loff_t off, size_t count)
{
	struct device *afu = kobj_to_dev(kobj->parent);

	/* sysfs keeps off and count within the file's size. */
	if (sacc_cxl_is_frozen(to_sacc_cxl_afu(afu)->card))
		memset(buf, 0xff, count);
	else
		memcpy(buf, to_sacc_cxl_record(kobj)->data + off, count);
	return count;
}

static const struct bin_attribute sacc_cxl_config_attr = {
	.attr = { .name = "config", .mode = 0400 },
	.size = sizeof_field(struct sacc_cxl_record, data),
	.read = sacc_cxl_read_config,
};

static void sacc_cxl_release_record(struct kobject *kobj)
{
	kfree(to_sacc_cxl_record(kobj));
}

static const struct kobj_type sacc_cxl_record_type = {
	.sysfs_ops = &kobj_sysfs_ops,
	.release = sacc_cxl_release_record,
	.default_groups = sacc_cxl_record_groups,
};

static void sacc_cxl_fill_record(struct sacc_cxl_record *cr,
				 const struct sacc_afu_desc *desc)
{
	__le16 *vendor = (void *)&cr->data[SACC_CXL_CR_VENDOR];
	__le16 *device = (void *)&cr->data[SACC_CXL_CR_DEVICE];
	__le32 *class_rev = (void *)&cr->data[SACC_CXL_CR_CLASS_REV];

	*vendor = cpu_to_le16(desc->cr_vendor);
	*device = cpu_to_le16(desc->cr_device);
	*class_rev = cpu_to_le32(desc->cr_class << 8);
}

int sacc_cxl_add_record(struct sacc_cxl_afu *afu)
{
	struct sacc_cxl_record *cr = kzalloc(sizeof(*cr), GFP_KERNEL);
	int ret;

	if (!cr)
		return -ENOMEM;
	sacc_cxl_fill_record(cr, afu->ops->desc);
	ret = kobject_init_and_add(&cr->kobj, &sacc_cxl_record_type,
				   &afu->dev.kobj, "cr0");
	if (ret)
		goto err_put_record;
	ret = sysfs_create_bin_file(&cr->kobj, &sacc_cxl_config_attr);
	if (ret)
		goto err_del_record;
	kobject_uevent(&cr->kobj, KOBJ_ADD);
	afu->cr = cr;
	return 0;

err_del_record:
	kobject_del(&cr->kobj);
err_put_record:
	kobject_put(&cr->kobj);
	return ret;
}

void sacc_cxl_del_record(struct sacc_cxl_afu *afu)
{
	sysfs_remove_bin_file(&afu->cr->kobj, &sacc_cxl_config_attr);
	kobject_del(&afu->cr->kobj);
	kobject_put(&afu->cr->kobj);
	afu->cr = NULL;
}
