// SPDX-License-Identifier: GPL-2.0-only
/*
 * libsoftaccel-devx: devices by name, against a netlink socket that knows the
 * devices that the test has named.
 */
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <rdma/rdma_netlink.h>

#include <softaccel/devx.h>

#include "mock-devx.h"

#define MAX_DEVICES 8
#define RXE 14			/* another driver's number */

static struct {
	const char *name;
	int driver;		/* -1: no uverbs node */
} devices[MAX_DEVICES];

static struct {
	int connect_err, send_err, recv_err;
	nl_recvmsg_msg_cb_t valid;
	void *arg;
	struct nlmsghdr sent;
	uint32_t index;
	int sockets;
} nl;

static struct ibv_device listed[MAX_DEVICES];
static struct ibv_device *list[MAX_DEVICES + 1];
static int lists;

int __wrap_nl_connect(struct nl_sock *sock, int protocol);
int __wrap_nl_send_auto(struct nl_sock *sock, struct nl_msg *msg);
int __wrap_nl_recvmsgs_default(struct nl_sock *sock);
int __wrap_nl_socket_modify_cb(struct nl_sock *sock, enum nl_cb_type type,
			       enum nl_cb_kind kind, nl_recvmsg_msg_cb_t func, void *arg);
struct ibv_device **__wrap_ibv_get_device_list(int *n);
void __wrap_ibv_free_device_list(struct ibv_device **freed);
const char *__wrap_ibv_get_device_name(struct ibv_device *device);

int __wrap_nl_connect(struct nl_sock *sock, int protocol)
{
	(void)sock;
	ASSERT_EQ(protocol, NETLINK_RDMA);
	nl.sockets++;
	return nl.connect_err;
}

int __wrap_nl_socket_modify_cb(struct nl_sock *sock, enum nl_cb_type type,
			       enum nl_cb_kind kind, nl_recvmsg_msg_cb_t func, void *arg)
{
	(void)sock;
	ASSERT_EQ(type, NL_CB_VALID);
	ASSERT_EQ(kind, NL_CB_CUSTOM);
	nl.valid = func;
	nl.arg = arg;
	return 0;
}

int __wrap_nl_send_auto(struct nl_sock *sock, struct nl_msg *msg)
{
	struct nlattr *attr;

	(void)sock;
	nl.sent = *nlmsg_hdr(msg);
	attr = nlmsg_find_attr(nlmsg_hdr(msg), 0, RDMA_NLDEV_ATTR_DEV_INDEX);
	nl.index = attr ? nla_get_u32(attr) : 0;
	if (nl.sent.nlmsg_type == RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_GET_CHARDEV)) {
		ASSERT(attr);
		attr = nlmsg_find_attr(nlmsg_hdr(msg), 0, RDMA_NLDEV_ATTR_CHARDEV_TYPE);
		ASSERT_STREQ(nla_get_string(attr), "uverbs");
	}
	return nl.send_err ? nl.send_err : (int)nl.sent.nlmsg_len;
}

static void deliver(struct nl_msg *msg)
{
	nl.valid(msg, nl.arg);
	nlmsg_free(msg);
}

/* The kernel's numbers of devices are anything but their position. */
static uint32_t index_of(int i)
{
	return 100 + 7 * i;
}

static void answer_list(void)
{
	struct nl_msg *msg = nlmsg_alloc_simple(nl.sent.nlmsg_type, 0);
	int i;

	/* One without a name, and one that is no such message at all. */
	ASSERT_EQ(nla_put_u32(msg, RDMA_NLDEV_ATTR_DEV_INDEX, 5), 0);
	deliver(msg);
	msg = nlmsg_alloc_simple(nl.sent.nlmsg_type, 0);
	ASSERT_EQ(nla_put_u32(msg, RDMA_NLDEV_ATTR_DEV_NAME, 0xffffffff), 0);
	deliver(msg);
	for (i = 0; i < MAX_DEVICES && devices[i].name; i++) {
		msg = nlmsg_alloc_simple(nl.sent.nlmsg_type, 0);
		ASSERT_EQ(nla_put_u32(msg, RDMA_NLDEV_ATTR_DEV_INDEX, index_of(i)), 0);
		ASSERT_EQ(nla_put_string(msg, RDMA_NLDEV_ATTR_DEV_NAME,
					 devices[i].name), 0);
		deliver(msg);
	}
}

static int answer_chardev(void)
{
	struct nl_msg *msg;
	int i;

	for (i = 0; i < MAX_DEVICES; i++) {
		if (index_of(i) != nl.index || !devices[i].name)
			continue;
		if (devices[i].driver < 0)
			return -NLE_NODEV;
		msg = nlmsg_alloc_simple(nl.sent.nlmsg_type, 0);
		ASSERT_EQ(nla_put_u32(msg, RDMA_NLDEV_ATTR_UVERBS_DRIVER_ID,
				      devices[i].driver), 0);
		deliver(msg);
	}
	return 0;
}

int __wrap_nl_recvmsgs_default(struct nl_sock *sock)
{
	(void)sock;
	if (nl.recv_err)
		return nl.recv_err;
	if (nl.sent.nlmsg_type == RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_GET)) {
		ASSERT_EQ(nl.sent.nlmsg_flags & NLM_F_DUMP, NLM_F_DUMP);
		answer_list();
		return 0;
	}
	return answer_chardev();
}

struct ibv_device **__wrap_ibv_get_device_list(int *n)
{
	int i;

	(void)n;
	for (i = 0; i < MAX_DEVICES && devices[i].name; i++)
		list[i] = &listed[i];
	list[i] = NULL;
	lists++;
	return list;
}

void __wrap_ibv_free_device_list(struct ibv_device **freed)
{
	ASSERT(freed == list);
	lists--;
	errno = 0;
}

const char *__wrap_ibv_get_device_name(struct ibv_device *device)
{
	return devices[device - listed].name;
}

static void add(const char *name, int driver)
{
	int i = 0;

	while (devices[i].name)
		i++;
	devices[i].name = name;
	devices[i].driver = driver;
}

static void three_devices(void)
{
	add("rxe0", RXE);
	add("nodeless", -1);
	add("mlx5_7", RDMA_DRIVER_MLX5);
	add("mlx5_0", RDMA_DRIVER_MLX5);
}

static void assert_open_fails(const char *name, int err)
{
	errno = 0;
	ASSERT(!softaccel_devx_open(name, NULL));
	ASSERT_EQ(errno, err);
	ASSERT_EQ(mock.opened, mock.closed);
	ASSERT_EQ(lists, 0);
}

TEST(a_device_is_opened_by_its_name)
{
	three_devices();
	ASSERT(softaccel_devx_open("mlx5_0", NULL) == &context);
	ASSERT_EQ(mock.opened, 1);
	ASSERT_EQ(nl.index, index_of(3));
	ASSERT_EQ(lists, 0);
}

TEST(without_a_name_it_is_the_first_of_mlx5)
{
	three_devices();
	ASSERT(softaccel_devx_open(NULL, NULL) == &context);
	ASSERT_EQ(nl.index, index_of(2));
}

TEST(DEVX_is_asked_for_if_wanted)
{
	struct mlx5dv_context_attr attr = { .flags = MLX5DV_CONTEXT_FLAGS_DEVX };

	three_devices();
	ASSERT(softaccel_devx_open("mlx5_7", &attr) == &context);
	assert_sent(MLX5_IB_OBJECT_DEVX, MLX5_IB_METHOD_DEVX_OTHER, 2);
	mock.err = EINVAL;
	errno = 0;
	ASSERT(!softaccel_devx_open("mlx5_7", &attr));
	ASSERT_EQ(errno, EOPNOTSUPP);
	ASSERT_EQ(mock.closed, 1);
}

TEST(names_that_are_not_there_are_ENODEV)
{
	assert_open_fails(NULL, ENODEV);
	assert_open_fails("mlx5_0", ENODEV);
	add("rxe0", RXE);
	assert_open_fails(NULL, ENODEV);
	three_devices();
	assert_open_fails("mlx5", ENODEV);
	assert_open_fails("mlx5_00", ENODEV);
	assert_open_fails("", ENODEV);
}

TEST(devices_of_other_drivers_are_EOPNOTSUPP)
{
	three_devices();
	assert_open_fails("rxe0", EOPNOTSUPP);
	assert_open_fails("nodeless", EOPNOTSUPP);
}

TEST(is_supported_goes_by_the_driver)
{
	three_devices();
	ASSERT(!mlx5dv_is_supported(&listed[0]));
	ASSERT(!mlx5dv_is_supported(&listed[1]));
	ASSERT(mlx5dv_is_supported(&listed[2]));
	ASSERT(mlx5dv_is_supported(&listed[3]));
	nl.connect_err = -NLE_NOMEM;
	ASSERT(!mlx5dv_is_supported(&listed[3]));
	ASSERT_EQ(mock.opened, 0);
}

TEST(errors_of_the_socket_are_told)
{
	static const int errors[][2] = {
		{ -NLE_NOMEM, ENOMEM },
		{ -NLE_PERM, EPERM },
		{ -NLE_AF_NOSUPPORT, EOPNOTSUPP },
		{ -NLE_PROTO_MISMATCH, EOPNOTSUPP },
		{ -NLE_FAILURE, EIO },
	};
	int i;

	three_devices();
	for (i = 0; i < 5; i++) {
		nl.connect_err = errors[i][0];
		assert_open_fails("mlx5_0", errors[i][1]);
		nl.connect_err = 0;
		nl.send_err = errors[i][0];
		assert_open_fails("mlx5_0", errors[i][1]);
		nl.send_err = 0;
		nl.recv_err = errors[i][0];
		assert_open_fails("mlx5_0", errors[i][1]);
		nl.recv_err = 0;
	}
	ASSERT(softaccel_devx_open("mlx5_0", NULL) == &context);
}

KTAP_MAIN()
