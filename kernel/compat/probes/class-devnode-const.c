// SPDX-License-Identifier: GPL-2.0-only
/* 6.2: class.devnode takes a const device. */
#include <linux/device.h>

char *(*sacc_probe(struct class *class))(const struct device *, umode_t *);

char *(*sacc_probe(struct class *class))(const struct device *, umode_t *)
{
	return class->devnode;
}
