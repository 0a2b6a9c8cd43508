// SPDX-License-Identifier: MIT
/*
 * Events: what the device reports of objects, or of itself, is read from a
 * descriptor, or signalled on an eventfd.
 *
 * A channel owns its descriptor. Subscriptions belong to the channel and to the
 * object: the kernel ends them when either goes. An eventfd stays the caller's,
 * the kernel has a reference of its own.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd.h"

struct channel {
	struct mlx5dv_devx_event_channel dv;	/* what the program sees; first */
	struct ibv_context *context;
};

struct mlx5dv_devx_event_channel *
mlx5dv_devx_create_event_channel(struct ibv_context *context,
				 enum mlx5dv_devx_create_event_channel_flags flags)
{
	const struct ib_uverbs_attr *handle;
	struct sacc_devx_cmd cmd;
	struct channel *channel;
	int err;

	channel = calloc(1, sizeof(*channel));
	if (!channel)
		return NULL;
	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_DEVX_ASYNC_EVENT_FD,
			   MLX5_IB_METHOD_DEVX_ASYNC_EVENT_FD_ALLOC);
	handle = sacc_devx_add_new_handle(
		&cmd, MLX5_IB_ATTR_DEVX_ASYNC_EVENT_FD_ALLOC_HANDLE);
	sacc_devx_add_u32(&cmd, MLX5_IB_ATTR_DEVX_ASYNC_EVENT_FD_ALLOC_FLAGS,
			  flags);
	err = sacc_devx_cmd_exec(&cmd, context);
	if (err) {
		free(channel);
		errno = err;
		return NULL;
	}
	channel->dv.fd = (int)handle->data_s64;
	channel->context = context;
	return (struct mlx5dv_devx_event_channel *)channel;
}

void mlx5dv_devx_destroy_event_channel(struct mlx5dv_devx_event_channel *dv)
{
	close(dv->fd);
	free((struct channel *)dv);
}

/* Executes @cmd, which says in which way events are to be told. */
static int subscribe(struct sacc_devx_cmd *cmd, struct channel *channel,
		     const struct mlx5dv_devx_obj *obj, size_t size,
		     const uint16_t *types)
{
	sacc_devx_add_fd(cmd, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_HANDLE,
			 channel->dv.fd);
	sacc_devx_add_in(cmd, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_TYPE_NUM_LIST,
			 types, size);
	/* Without an object: events of the device itself. */
	if (obj)
		sacc_devx_add_handle(cmd,
				     MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_OBJ_HANDLE,
				     obj->handle);
	return sacc_devx_cmd_exec(cmd, channel->context);
}

int mlx5dv_devx_subscribe_devx_event(struct mlx5dv_devx_event_channel *dv,
				     struct mlx5dv_devx_obj *obj,
				     uint16_t events_sz, uint16_t events_num[],
				     uint64_t cookie)
{
	struct sacc_devx_cmd cmd;

	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_DEVX,
			   MLX5_IB_METHOD_DEVX_SUBSCRIBE_EVENT);
	sacc_devx_add_u64(&cmd, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_COOKIE,
			  cookie);
	return subscribe(&cmd, (struct channel *)dv, obj, events_sz, events_num);
}

int mlx5dv_devx_subscribe_devx_event_fd(struct mlx5dv_devx_event_channel *dv,
					int fd, struct mlx5dv_devx_obj *obj,
					uint16_t event_num)
{
	struct sacc_devx_cmd cmd;

	sacc_devx_cmd_init(&cmd, MLX5_IB_OBJECT_DEVX,
			   MLX5_IB_METHOD_DEVX_SUBSCRIBE_EVENT);
	sacc_devx_add_u32(&cmd, MLX5_IB_ATTR_DEVX_SUBSCRIBE_EVENT_FD_NUM,
			  (uint32_t)fd);
	return subscribe(&cmd, (struct channel *)dv, obj, sizeof(event_num),
			 &event_num);
}

ssize_t mlx5dv_devx_get_event(struct mlx5dv_devx_event_channel *dv,
			      struct mlx5dv_devx_async_event_hdr *event_data,
			      size_t event_resp_len)
{
	ssize_t got = read(dv->fd, event_data, event_resp_len);

	/* No event is without a cookie. */
	if (got >= 0 && (size_t)got < sizeof(*event_data)) {
		errno = EINVAL;
		return -1;
	}
	return got;
}
