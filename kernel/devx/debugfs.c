// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/softaccel_devx/DEVICE: what lives in a device, for tests
 * that look for leaks and for the curious. No stable interface.
 *	objects	one "name count" a line
 *	uars	one UAR page a line: number, faults, times gone idle, scans
 *		after going idle that found work, whether it is mapped now
 * The directory goes before the device does.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include "devx.h"

static struct dentry *sacc_devx_debugfs_root;

static const char *const sacc_devx_count_names[] = {
	[SACC_DEVX_CONTEXTS] = "contexts",
	[SACC_DEVX_PDS] = "pds",
	[SACC_DEVX_OBJECTS] = "objects",
	[SACC_DEVX_UMEMS] = "umems",
	[SACC_DEVX_UMEM_PAGES] = "umem_pages",
	[SACC_DEVX_UARS] = "uars",
	[SACC_DEVX_ASYNC_FILES] = "async_files",
	[SACC_DEVX_ASYNC_REPLIES] = "async_replies",
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

void sacc_devx_debugfs_add(struct sacc_devx *dev)
{
	dev->debugfs = debugfs_create_dir(dev_name(&dev->ibdev.dev),
					  sacc_devx_debugfs_root);
	debugfs_create_file("objects", 0400, dev->debugfs, dev,
			    &sacc_devx_objects_fops);
	debugfs_create_file("uars", 0400, dev->debugfs, dev, &sacc_devx_uars_fops);
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
