// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects that are nothing but a number which others refer to: protection domains
 * and transport domains. Owned by the uid that allocates them; references by
 * others keep them, see objects.c. Handlers run under the command lock.
 */
#include "model.h"

u32 sacc_hca_cmd_alloc_plain(struct sacc_hca_cmd *cmd)
{
	struct sacc_hca_obj *obj = sacc_alloc(sizeof(*obj));
	u32 syndrome;

	if (!obj)
		return SACC_HCA_SYND_NO_MEMORY;
	syndrome = sacc_hca_obj_add(cmd->hca, cmd->uctx, cmd->obj_type, obj);
	if (syndrome)
		sacc_free(obj);
	else
		sacc_hca_set(cmd_out, cmd->out, obj_id, obj->id);
	return syndrome;
}
