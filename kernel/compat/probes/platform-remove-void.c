// SPDX-License-Identifier: GPL-2.0-only
/* 6.11: platform_driver.remove returns nothing. */
#include <linux/platform_device.h>

void (*sacc_probe(struct platform_driver *driver))(struct platform_device *);

void (*sacc_probe(struct platform_driver *driver))(struct platform_device *)
{
	return driver->remove;
}
