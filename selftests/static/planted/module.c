// SPDX-License-Identifier: GPL-2.0-only
/* A module with the faults that the static checks must find. Never loaded. */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct planted {
	struct list_head list;
	__be32 number;
};

static DEFINE_MUTEX(planted_mutex);

int planted_missing_prototype(void)
{
	return 0;
}

static void planted_missing_conversion(struct planted *planted, u32 number)
{
	planted->number = number;
}

static int planted_uninitialized(int which)
{
	int value;

	if (which)
		value = which;
	return value;
}

static u32 planted_use_after_free(void)
{
	struct planted *planted = kmalloc(sizeof(*planted), GFP_KERNEL);

	if (!planted)
		return 0;
	planted_missing_conversion(planted, 1);
	kfree(planted);
	return be32_to_cpu(planted->number);
}

static u32 planted_null_dereference(struct planted *planted)
{
	if (!planted)
		pr_info("number %u\n", be32_to_cpu(planted->number));
	return 0;
}

static int planted_kept_lock(int which)
{
	mutex_lock(&planted_mutex);
	if (which)
		return -EINVAL;
	mutex_unlock(&planted_mutex);
	return 0;
}

static struct planted *planted_iterator_after_loop(struct list_head *head)
{
	struct planted *planted;

	list_for_each_entry(planted, head, list)
		if (planted->number)
			break;
	planted->number = 0;
	return NULL;
}

static int __init planted_init(void)
{
	planted_iterator_after_loop(NULL);
	return planted_use_after_free() + planted_kept_lock(1) +
	       planted_null_dereference(NULL) + planted_uninitialized(0) +
	       planted_missing_prototype();
}
module_init(planted_init);

MODULE_DESCRIPTION("Planted faults");
MODULE_LICENSE("GPL");
