// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/softaccel_cxl: errors for testers to provoke, described in
 * Documentation/ABI/debugfs-softaccel-cxl.
 *	slots/<s>		is a card plugged in
 *	card<n>/link		is its link up
 *	card<n>/afu<n>.<s>/	error, fault, reset
 * Only the text is dealt with here; what happens, in link.c, event.c and pci.c.
 *
 * A card's directory comes and goes with the card, under the registry, and removal
 * waits for handlers: see the lock order in cxl.h. Files of slots take what is above
 * the registry; they are removed first of all, with none of it held.
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "cxl.h"

static struct dentry *sacc_cxl_debugfs_root;
static struct dentry *sacc_cxl_debugfs_slots;

/* --- slots/<s> */

static int sacc_cxl_present_get(void *data, u64 *val)
{
	struct sacc_cxl_slot *slot = data;

	*val = READ_ONCE(slot->present);
	return 0;
}

static int sacc_cxl_present_set(void *data, u64 val)
{
	if (val > 1)
		return -EINVAL;
	return sacc_cxl_set_present(data, val);
}
DEFINE_DEBUGFS_ATTRIBUTE(sacc_cxl_present_fops, sacc_cxl_present_get,
			 sacc_cxl_present_set, "%llu\n");

/* --- card<n> */

static int sacc_cxl_link_get(void *data, u64 *val)
{
	*val = !sacc_cxl_is_frozen(data);
	return 0;
}

static int sacc_cxl_link_set(void *data, u64 val)
{
	if (val > 1)
		return -EINVAL;
	return val ? sacc_cxl_link_up(data) : sacc_cxl_link_down(data);
}
DEFINE_DEBUGFS_ATTRIBUTE(sacc_cxl_link_fops, sacc_cxl_link_get,
			 sacc_cxl_link_set, "%llu\n");

/* --- card<n>/afu<n>.<s> */

static int sacc_cxl_afu_reset_set(void *data, u64 val)
{
	if (val != 1)
		return -EINVAL;
	return sacc_cxl_force_afu_reset(data);
}
DEFINE_DEBUGFS_ATTRIBUTE(sacc_cxl_afu_reset_fops, NULL,
			 sacc_cxl_afu_reset_set, "%llu\n");

/* "NUMBER" or "NUMBER PE"; without, *@pe is -1. */
static int sacc_cxl_parse_event(const char __user *buf, size_t count, u64 *val,
				int *pe)
{
	char text[48], *rest, *word;
	u16 element;
	int ret;

	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, count))
		return -EFAULT;
	text[count] = '\0';
	rest = strim(text);
	word = strsep(&rest, " ");
	ret = kstrtou64(word, 0, val);
	*pe = -1;
	if (ret || !rest)
		return ret;
	ret = kstrtou16(skip_spaces(rest), 0, &element);
	*pe = element;
	return ret;
}

static ssize_t sacc_cxl_error_write(struct file *file, const char __user *buf,
				    size_t count, loff_t *pos)
{
	struct sacc_cxl_afu *afu = file->private_data;
	u64 error;
	int pe, ret;

	ret = sacc_cxl_parse_event(buf, count, &error, &pe);
	if (!ret)
		ret = sacc_cxl_raise_error(afu, pe, error);
	return ret < 0 ? ret : count;
}

static const struct file_operations sacc_cxl_error_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = sacc_cxl_error_write,
};

static ssize_t sacc_cxl_fault_write(struct file *file, const char __user *buf,
				    size_t count, loff_t *pos)
{
	struct sacc_cxl_afu *afu = file->private_data;
	u64 addr;
	int pe, ret;

	ret = sacc_cxl_parse_event(buf, count, &addr, &pe);
	if (!ret)
		ret = sacc_cxl_raise_fault(afu, pe, addr);
	return ret < 0 ? ret : count;
}

static const struct file_operations sacc_cxl_fault_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = sacc_cxl_fault_write,
};

/* --- the directories */

static void sacc_cxl_debugfs_add_afu(struct sacc_cxl_afu *afu,
				     struct dentry *parent)
{
	struct dentry *dir = debugfs_create_dir(dev_name(&afu->dev), parent);

	debugfs_create_file("error", 0200, dir, afu, &sacc_cxl_error_fops);
	debugfs_create_file("fault", 0200, dir, afu, &sacc_cxl_fault_fops);
	debugfs_create_file_unsafe("reset", 0200, dir, afu,
				   &sacc_cxl_afu_reset_fops);
}

void sacc_cxl_debugfs_add_card(struct sacc_cxl_card *card)
{
	int slice;

	card->debugfs = debugfs_create_dir(dev_name(&card->dev),
					   sacc_cxl_debugfs_root);
	debugfs_create_file_unsafe("link", 0600, card->debugfs, card,
				   &sacc_cxl_link_fops);
	for (slice = 0; slice < card->profile->slices; slice++)
		sacc_cxl_debugfs_add_afu(card->afu[slice], card->debugfs);
}

void sacc_cxl_debugfs_del_card(struct sacc_cxl_card *card)
{
	debugfs_remove_recursive(card->debugfs);
}

void sacc_cxl_debugfs_add_slot(struct sacc_cxl_slot *slot)
{
	char name[8];

	snprintf(name, sizeof(name), "%u", slot->nr);
	slot->debugfs = debugfs_create_file_unsafe(name, 0600, sacc_cxl_debugfs_slots,
						   slot, &sacc_cxl_present_fops);
}

void sacc_cxl_debugfs_del_slot(struct sacc_cxl_slot *slot)
{
	debugfs_remove(slot->debugfs);
}

void sacc_cxl_debugfs_init(void)
{
	sacc_cxl_debugfs_root = debugfs_create_dir("softaccel_cxl", NULL);
	sacc_cxl_debugfs_slots = debugfs_create_dir("slots",
						    sacc_cxl_debugfs_root);
}

void sacc_cxl_debugfs_close_slots(void)
{
	debugfs_remove_recursive(sacc_cxl_debugfs_slots);
}

void sacc_cxl_debugfs_exit(void)
{
	debugfs_remove_recursive(sacc_cxl_debugfs_root);
}
