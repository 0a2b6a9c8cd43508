// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/softaccel_devx/DEVICE: what lives in a device, for tests
 * that look for leaks and for the curious, and events to provoke. Described in
 * Documentation/ABI/debugfs-softaccel-devx.
 *
 * The directory comes after the device has been registered and goes before it
 * is unregistered; removal waits for handlers. No locks.
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "devx.h"

static struct dentry *sacc_devx_debugfs_root;

static const char *const sacc_devx_count_names[] = {
	[SACC_DEVX_CONTEXTS] = "contexts",
	[SACC_DEVX_PDS] = "pds",
	[SACC_DEVX_MRS] = "mrs",
	[SACC_DEVX_CQS] = "cqs",
	[SACC_DEVX_OBJECTS] = "objects",
	[SACC_DEVX_UMEMS] = "umems",
	[SACC_DEVX_UMEM_PAGES] = "umem_pages",
	[SACC_DEVX_UARS] = "uars",
	[SACC_DEVX_ASYNC_FILES] = "async_files",
	[SACC_DEVX_ASYNC_REPLIES] = "async_replies",
	[SACC_DEVX_EVENT_FILES] = "event_files",
	[SACC_DEVX_SUBSCRIPTIONS] = "subscriptions",
	[SACC_DEVX_EVENTS] = "events",
};

static_assert(ARRAY_SIZE(sacc_devx_count_names) == SACC_DEVX_NUM_COUNTS);

static int sacc_devx_objects_show(struct seq_file *s, void *unused)
{
	struct sacc_devx *dev = s->private;
	int i;

	for (i = 0; i < SACC_DEVX_NUM_COUNTS; i++)
		seq_printf(s, "%s %lld\n", sacc_devx_count_names[i],
			   (long long)atomic64_read(&dev->counts[i]));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(sacc_devx_objects);

static int sacc_devx_uars_show(struct seq_file *s, void *unused)
{
	sacc_devx_print_uars(s->private, s);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(sacc_devx_uars);

static int sacc_devx_inject(struct sacc_devx *dev, const char *what, u32 number)
{
	if (!strcmp(what, "port_down"))
		return sacc_hca_set_link(dev->hca, number, false);
	if (!strcmp(what, "port_up"))
		return sacc_hca_set_link(dev->hca, number, true);
	if (!strcmp(what, "cq_error"))
		return sacc_hca_fail_cq(dev->hca, number);
	return -EINVAL;
}

static ssize_t sacc_devx_inject_write(struct file *file, const char __user *buf,
				      size_t count, loff_t *pos)
{
	char text[32], *rest, *what;
	u32 number;
	int err;

	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, count))
		return -EFAULT;
	text[count] = '\0';
	rest = strim(text);
	what = strsep(&rest, " ");
	if (!rest)
		return -EINVAL;
	err = kstrtou32(skip_spaces(rest), 0, &number);
	if (!err)
		err = sacc_devx_inject(file->private_data, what, number);
	return err ?: count;
}

static const struct file_operations sacc_devx_inject_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = sacc_devx_inject_write,
};

void sacc_devx_debugfs_add(struct sacc_devx *dev)
{
	dev->debugfs = debugfs_create_dir(dev_name(&dev->ibdev.dev),
					  sacc_devx_debugfs_root);
	debugfs_create_file("objects", 0400, dev->debugfs, dev,
			    &sacc_devx_objects_fops);
	debugfs_create_file("uars", 0400, dev->debugfs, dev, &sacc_devx_uars_fops);
	debugfs_create_file("inject", 0200, dev->debugfs, dev,
			    &sacc_devx_inject_fops);
}

void sacc_devx_debugfs_remove(struct sacc_devx *dev)
{
	debugfs_remove_recursive(dev->debugfs);
}

void sacc_devx_debugfs_init(void)
{
	sacc_devx_debugfs_root = debugfs_create_dir("softaccel_devx", NULL);
}

void sacc_devx_debugfs_exit(void)
{
	debugfs_remove_recursive(sacc_devx_debugfs_root);
}
