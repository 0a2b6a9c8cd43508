// SPDX-License-Identifier: GPL-2.0-only
/* 6.12: mlx5_ib tells where in sysfs a device's data direct function is. */
#include <rdma/mlx5_user_ioctl_cmds.h>

unsigned int sacc_probe(void);

unsigned int sacc_probe(void)
{
	return MLX5_IB_METHOD_GET_DATA_DIRECT_SYSFS_PATH +
	       MLX5_IB_ATTR_GET_DATA_DIRECT_SYSFS_PATH;
}
