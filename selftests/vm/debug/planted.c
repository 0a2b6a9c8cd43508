// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bugs on purpose, one a load (plant=NAME), that the debug kernel must report:
 * the self-test of the proving ground. Built and loaded by
 * selftests/vm/prove-debug-kernel in a virtual machine, and nowhere else.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *plant = "";
module_param(plant, charp, 0);
MODULE_PARM_DESC(plant, "bug to have: use-after-free, leak, inversion, sleep, shift");

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);
static DEFINE_SPINLOCK(lock_c);
static int shift = 40;

/* volatile: the compiler must not see through what the checkers should find. */
static int planted_use_after_free(void)
{
	volatile int *freed = kmalloc(64, GFP_KERNEL);

	if (!freed)
		return -ENOMEM;
	kfree((void *)freed);
	return *freed & 1;
}

static int planted_leak(void)
{
	int i;

	/* Several: a stale copy in a register or stack may hide one. */
	for (i = 0; i < 8; i++)
		if (!kmalloc(96, GFP_KERNEL))
			return -ENOMEM;
	return 0;
}

static int planted_inversion(void)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_b);
	mutex_unlock(&lock_b);
	mutex_unlock(&lock_a);

	mutex_lock(&lock_b);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
	return 0;
}

static int planted_sleep(void)
{
	void *memory;

	spin_lock(&lock_c);
	memory = kmalloc(64, GFP_KERNEL);
	spin_unlock(&lock_c);
	kfree(memory);
	return 0;
}

static int planted_shift(void)
{
	return (1 << READ_ONCE(shift)) & 1;
}

static const struct {
	const char *name;
	int (*run)(void);
} plants[] = {
	{ "use-after-free", planted_use_after_free },
	{ "leak", planted_leak },
	{ "inversion", planted_inversion },
	{ "sleep", planted_sleep },
	{ "shift", planted_shift },
};

static int __init planted_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(plants); i++) {
		if (!strcmp(plants[i].name, plant)) {
			pr_info("planting: %s\n", plant);
			return plants[i].run() < 0 ? -ENOMEM : 0;
		}
	}
	return -EINVAL;
}

static void __exit planted_exit(void)
{
}

module_init(planted_init);
module_exit(planted_exit);
MODULE_DESCRIPTION("Bugs for the self-test of the debug kernel");
MODULE_LICENSE("GPL");
