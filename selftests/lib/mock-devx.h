/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libsoftaccel-devx against a uverbs ioctl that keeps what it was sent and
 * answers as the test says. Attributes are looked at in their wire form: that,
 * and not how the library builds them, is what the kernel sees.
 */
#ifndef SELFTESTS_MOCK_DEVX_H
#define SELFTESTS_MOCK_DEVX_H

#include <sys/mman.h>

#include <infiniband/mlx5dv.h>
#include <rdma/ib_user_ioctl_verbs.h>
#include <rdma/mlx5_user_ioctl_cmds.h>
#include <rdma/rdma_user_ioctl_cmds.h>

#include <ktap.h>

#define CMD_FD 1000
#define COMP_FD 1001		/* a read of it is answered by the mock */
#define HANDLE 0x55		/* of all that is created */
#define NUMBER 0x77		/* what the device calls it */
#define MAX_ATTRS 16

struct mock_devx {
	/* what the next calls do */
	int err;
	int mmap_err;
	int read_err;
	ssize_t read_len;
	unsigned char out[64];
	size_t out_len;
	/* what has been seen */
	int calls;
	struct {
		uint16_t object, method, num_attrs;
		uint32_t driver;
		struct ib_uverbs_attr attrs[MAX_ATTRS];
	} last;
	int opened, closed;
	/* order of what happens to a UAR */
	char order[8];
	size_t mapped_length;
	off_t mapped_offset;
	int mapped_prot;
};

extern struct mock_devx mock;
extern struct ibv_context context;
extern unsigned char page[4096];

/* That the last command was this one, and that its attribute @i was that. */
void assert_sent(unsigned int object, unsigned int method, unsigned int num_attrs);
void assert_attr(int i, unsigned int id, unsigned int len, uint64_t data);

struct mlx5dv_devx_obj *create(void);

#endif
