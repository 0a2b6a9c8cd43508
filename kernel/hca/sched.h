/* SPDX-License-Identifier: GPL-2.0-only */
/* Scheduling elements, for general.c. All under the command lock. */
#ifndef SOFTACCEL_HCA_SCHED_H
#define SOFTACCEL_HCA_SCHED_H

#include "model.h"

u32 sacc_hca_sched_create(struct sacc_hca_cmd *cmd, u32 hierarchy,
			  const u8 *ctx, u32 *id);
void sacc_hca_sched_query(const struct sacc_hca_obj *obj, u32 *hierarchy,
			  u8 *ctx);
u32 sacc_hca_sched_modify(struct sacc_hca_obj *obj, u64 select, const u8 *ctx);

#endif
