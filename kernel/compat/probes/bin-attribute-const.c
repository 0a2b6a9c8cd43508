// SPDX-License-Identifier: GPL-2.0-only
/* 6.16: bin_attribute.read takes a const attribute. */
#include <linux/sysfs.h>

typedef ssize_t sacc_probe_t(struct file *, struct kobject *,
			     const struct bin_attribute *, char *, loff_t,
			     size_t);

sacc_probe_t *sacc_probe(const struct bin_attribute *attr);

sacc_probe_t *sacc_probe(const struct bin_attribute *attr)
{
	return attr->read;
}
