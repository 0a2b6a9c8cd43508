// SPDX-License-Identifier: MIT
/*
 * The uverbs ioctl: building commands attribute by attribute.
 *
 * The form of an attribute is fixed by the kernel: inputs of up to 8 bytes are
 * in the attribute itself, longer ones and all outputs are pointed to; handles
 * are in the attribute with length 0; a new handle is written back into it.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include <rdma/ib_user_ioctl_verbs.h>

#include "cmd.h"

void sacc_devx_cmd_init(struct sacc_devx_cmd *cmd, uint16_t object,
			uint16_t method)
{
	memset(cmd, 0, sizeof(*cmd));
	cmd->hdr.object_id = object;
	cmd->hdr.method_id = method;
	cmd->hdr.driver_id = RDMA_DRIVER_MLX5;
}

static struct ib_uverbs_attr *add(struct sacc_devx_cmd *cmd, uint16_t id,
				  size_t len)
{
	struct ib_uverbs_attr *attr;

	/* The last one again: then the command fails, and nothing is sent. */
	if (cmd->hdr.num_attrs == SACC_DEVX_MAX_ATTRS) {
		cmd->error = E2BIG;
		cmd->hdr.num_attrs--;
	}
	if (len > UINT16_MAX) {
		cmd->error = EINVAL;
		len = 0;
	}
	attr = &cmd->hdr.attrs[cmd->hdr.num_attrs++];
	attr->attr_id = id;
	attr->len = (uint16_t)len;
	attr->flags = UVERBS_ATTR_F_MANDATORY;
	return attr;
}

void sacc_devx_add_in(struct sacc_devx_cmd *cmd, uint16_t id, const void *in,
		      size_t len)
{
	struct ib_uverbs_attr *attr = add(cmd, id, len);

	if (len > sizeof(attr->data))
		attr->data = (uintptr_t)in;
	else if (len)
		memcpy(&attr->data, in, len);
}

void sacc_devx_add_out(struct sacc_devx_cmd *cmd, uint16_t id, void *out,
		       size_t len)
{
	add(cmd, id, len)->data = (uintptr_t)out;
}

void sacc_devx_add_u32(struct sacc_devx_cmd *cmd, uint16_t id, uint32_t value)
{
	sacc_devx_add_in(cmd, id, &value, sizeof(value));
}

void sacc_devx_add_u64(struct sacc_devx_cmd *cmd, uint16_t id, uint64_t value)
{
	sacc_devx_add_in(cmd, id, &value, sizeof(value));
}

void sacc_devx_add_fd(struct sacc_devx_cmd *cmd, uint16_t id, int fd)
{
	add(cmd, id, 0)->data_s64 = fd;
}

void sacc_devx_add_handle(struct sacc_devx_cmd *cmd, uint16_t id,
			  uint32_t handle)
{
	add(cmd, id, 0)->data = handle;
}

const struct ib_uverbs_attr *
sacc_devx_add_new_handle(struct sacc_devx_cmd *cmd, uint16_t id)
{
	return add(cmd, id, 0);
}

int sacc_devx_cmd_exec(struct sacc_devx_cmd *cmd, struct ibv_context *context)
{
	if (cmd->error)
		return cmd->error;
	cmd->hdr.length = (uint16_t)(sizeof(cmd->hdr) +
				     cmd->hdr.num_attrs *
				     sizeof(cmd->hdr.attrs[0]));
	return ioctl(context->cmd_fd, RDMA_VERBS_IOCTL, &cmd->hdr) ? errno : 0;
}

int sacc_devx_destroy_handle(struct ibv_context *context, uint16_t object,
			     uint16_t method, uint16_t id, uint32_t handle)
{
	struct sacc_devx_cmd cmd;

	sacc_devx_cmd_init(&cmd, object, method);
	sacc_devx_add_handle(&cmd, id, handle);
	return sacc_devx_cmd_exec(&cmd, context);
}
