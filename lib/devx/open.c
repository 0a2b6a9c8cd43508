// SPDX-License-Identifier: MIT
/*
 * A context that can do DEVX.
 *
 * The provider that ibv_open_device() runs for an mlx5 device always asks the
 * kernel for DEVX first, and quietly goes on without it. So a device is opened
 * the ordinary way, and then asked whether it agreed.
 */
#include <errno.h>

#include "cmd.h"

#define CMD_OP_NOP 0x80d

/*
 * A command that does nothing reaches the device only from a context with
 * DEVX. What the device says to it does not matter.
 */
static int check_devx(struct ibv_context *context)
{
	const uint8_t in[16] = { CMD_OP_NOP >> 8, CMD_OP_NOP & 0xff };
	uint8_t out[16];
	int err;

	err = mlx5dv_devx_general_cmd(context, in, sizeof(in), out,
				      sizeof(out));
	if (!err || err == EREMOTEIO)
		return 0;
	return err == ENOMEM || err == EIO ? err : EOPNOTSUPP;
}

struct ibv_context *mlx5dv_open_device(struct ibv_device *device,
				       struct mlx5dv_context_attr *attr)
{
	const uint32_t known = MLX5DV_CONTEXT_FLAGS_DEVX;
	struct ibv_context *context;
	int err;

	if (attr && (attr->comp_mask || (attr->flags & ~known))) {
		errno = EINVAL;
		return NULL;
	}
	context = ibv_open_device(device);
	if (!context || !attr || !(attr->flags & MLX5DV_CONTEXT_FLAGS_DEVX))
		return context;
	err = check_devx(context);
	if (err) {
		ibv_close_device(context);
		errno = err;
		return NULL;
	}
	return context;
}
