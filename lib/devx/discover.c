// SPDX-License-Identifier: MIT
/*
 * Which devices there are, and whose: asked of the kernel over RDMA netlink. A
 * device is mlx5's if its uverbs node says so by its driver number, whatever the
 * device is called and whatever it hangs on.
 *
 * Each question has a socket of its own, so threads do not meet.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/netlink.h>
#include <netlink/msg.h>
#include <rdma/rdma_netlink.h>
#include <rdma/ib_user_ioctl_verbs.h>

#include "cmd.h"

#define NLDEV(command) RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, command)

/* The longest is that of a device; a node of uverbs has less. */
#define NAME_SIZE 64

struct device {
	uint32_t index;
	char name[NAME_SIZE];
};

struct devices {
	struct device *device;
	size_t count;
	int err;
};

static const struct nla_policy policy[RDMA_NLDEV_ATTR_MAX] = {
	[RDMA_NLDEV_ATTR_DEV_INDEX] = { .type = NLA_U32 },
	[RDMA_NLDEV_ATTR_DEV_NAME] = { .type = NLA_STRING,
				       .maxlen = NAME_SIZE },
	[RDMA_NLDEV_ATTR_UVERBS_DRIVER_ID] = { .type = NLA_U32 },
};

static int to_errno(int nl_error)
{
	switch (-nl_error) {
	case NLE_NOMEM:
		return ENOMEM;
	case NLE_OBJ_NOTFOUND:
	case NLE_NODEV:
		return ENODEV;
	case NLE_PERM:
	case NLE_NOACCESS:
		return EPERM;
	case NLE_OPNOTSUPP:
	case NLE_AF_NOSUPPORT:
	case NLE_PROTO_MISMATCH:
		return EOPNOTSUPP;
	default:
		return EIO;
	}
}

/* Sends @msg, and gives each message of the answer to @valid. 0 or an errno. */
static int ask(struct nl_msg *msg, nl_recvmsg_msg_cb_t valid, void *arg)
{
	struct nl_sock *sock = nl_socket_alloc();
	int err;

	if (!sock)
		return ENOMEM;
	err = nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, valid, arg);
	if (!err)
		err = nl_connect(sock, NETLINK_RDMA);
	if (!err)
		err = nl_send_auto(sock, msg);
	if (err >= 0)
		err = nl_recvmsgs_default(sock);
	nl_socket_free(sock);
	return err < 0 ? to_errno(err) : 0;
}

static int add_device(struct nl_msg *msg, void *arg)
{
	struct nlattr *attr[RDMA_NLDEV_ATTR_MAX];
	struct devices *all = arg;
	struct device *more;

	if (nlmsg_parse(nlmsg_hdr(msg), 0, attr, RDMA_NLDEV_ATTR_MAX - 1, policy) ||
	    !attr[RDMA_NLDEV_ATTR_DEV_INDEX] || !attr[RDMA_NLDEV_ATTR_DEV_NAME])
		return NL_SKIP;
	more = reallocarray(all->device, all->count + 1, sizeof(*more));
	if (!more) {
		all->err = ENOMEM;
		return NL_SKIP;
	}
	all->device = more;
	more += all->count++;
	more->index = nla_get_u32(attr[RDMA_NLDEV_ATTR_DEV_INDEX]);
	nla_strlcpy(more->name, attr[RDMA_NLDEV_ATTR_DEV_NAME], NAME_SIZE);
	return NL_OK;
}

/* All of them, in the kernel's order; .device is to be freed in any case. */
static struct devices list_devices(void)
{
	struct nl_msg *msg = nlmsg_alloc_simple(NLDEV(RDMA_NLDEV_CMD_GET),
						NLM_F_REQUEST | NLM_F_DUMP);
	struct devices all = { 0 };
	int err = ENOMEM;

	if (msg)
		err = ask(msg, add_device, &all);
	nlmsg_free(msg);
	if (err)
		all.err = err;
	return all;
}

static int take_driver(struct nl_msg *msg, void *arg)
{
	struct nlattr *attr[RDMA_NLDEV_ATTR_MAX];
	int64_t *driver = arg;

	if (!nlmsg_parse(nlmsg_hdr(msg), 0, attr, RDMA_NLDEV_ATTR_MAX - 1, policy) &&
	    attr[RDMA_NLDEV_ATTR_UVERBS_DRIVER_ID])
		*driver = nla_get_u32(attr[RDMA_NLDEV_ATTR_UVERBS_DRIVER_ID]);
	return NL_OK;
}

/* Is it an mlx5 device? 1, 0, or a negative errno. */
static int is_mlx5(const struct device *device)
{
	struct nl_msg *msg = nlmsg_alloc_simple(NLDEV(RDMA_NLDEV_CMD_GET_CHARDEV),
						NLM_F_REQUEST);
	int64_t driver = -1;
	int err = ENOMEM;

	if (!msg)
		return -ENOMEM;
	if (!nla_put_u32(msg, RDMA_NLDEV_ATTR_DEV_INDEX, device->index) &&
	    !nla_put_string(msg, RDMA_NLDEV_ATTR_CHARDEV_TYPE, "uverbs"))
		err = ask(msg, take_driver, &driver);
	nlmsg_free(msg);
	/* One without a node, or that went at this moment, is nobody's. */
	if (err && err != ENODEV)
		return -err;
	return driver == RDMA_DRIVER_MLX5;
}

/* The one called @name, or the first that is mlx5's; its name goes to @found. */
static int find(const char *name, char *found)
{
	struct devices all = list_devices();
	int err = all.err, mine = 0;
	size_t i;

	for (i = 0; !err && i < all.count && !mine; i++) {
		if (name && strcmp(name, all.device[i].name) != 0)
			continue;
		mine = is_mlx5(&all.device[i]);
		if (mine < 0)
			err = -mine;
		else if (mine)
			memcpy(found, all.device[i].name, NAME_SIZE);
		else if (name)
			err = EOPNOTSUPP;
	}
	if (!err && !mine)
		err = ENODEV;
	free(all.device);
	return err;
}

static struct ibv_context *open_named(struct ibv_device **list, const char *name,
				      struct mlx5dv_context_attr *attr)
{
	for (; *list; list++)
		if (!strcmp(ibv_get_device_name(*list), name))
			return mlx5dv_open_device(*list, attr);
	errno = ENODEV;
	return NULL;
}

struct ibv_context *softaccel_devx_open(const char *name,
					struct mlx5dv_context_attr *attr)
{
	struct ibv_context *context;
	struct ibv_device **list;
	char found[NAME_SIZE];
	int err;

	err = find(name, found);
	if (err) {
		errno = err;
		return NULL;
	}
	list = ibv_get_device_list(NULL);
	if (!list)
		return NULL;
	context = open_named(list, found, attr);
	err = errno;
	ibv_free_device_list(list);
	errno = err;
	return context;
}

bool mlx5dv_is_supported(struct ibv_device *device)
{
	char found[NAME_SIZE];

	return !find(ibv_get_device_name(device), found);
}
