// SPDX-License-Identifier: GPL-2.0-only
/*
 * softaccel.ko: what the software accelerators stand on.
 *
 * It owns no device of its own, only the workqueue of the doorbell pollers. It
 * lends trapped register windows (trap.c), doorbell pages (doorbell.c) and access
 * to a process' address space (mm.c) to softaccel_cxl and softaccel_devx. Users
 * pin this module by using its symbols.
 */
#include <linux/module.h>
#include <softaccel/doorbell.h>

static int __init sacc_module_init(void)
{
	return sacc_doorbell_init();
}
module_init(sacc_module_init);

static void __exit sacc_module_exit(void)
{
	sacc_doorbell_exit();
}
module_exit(sacc_module_exit);

MODULE_DESCRIPTION("softaccel core: trapped pages and address-space access");
MODULE_AUTHOR("The softaccel authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(SACC_VERSION);
