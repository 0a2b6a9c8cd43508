/* SPDX-License-Identifier: MIT */
/* A umem, as the library has it. */
#ifndef SACC_DEVX_UMEM_H
#define SACC_DEVX_UMEM_H

#include "cmd.h"

struct sacc_devx_umem {
	struct mlx5dv_devx_umem dv;		/* what the program sees; first */
	struct ibv_context *context;
	uint32_t handle;
};

#endif
