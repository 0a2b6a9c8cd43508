/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel for libsoftaccel-cxl: a class directory made of real files below a
 * temporary directory, and AFU nodes that are ordinary files there, whose system
 * calls (--wrap) are answered as the driver would.
 *
 *	card0  afu0.0 directed  (nodes m, s)  a PCI device above it
 *	card1  afu1.0 dedicated (node d)      none
 *
 * A test is a process of its own, so that nothing needs to be undone.
 */
#ifndef MOCK_CXL_H
#define MOCK_CXL_H

#include <stddef.h>
#include <stdint.h>

#include <libcxl.h>

#define MOCK_MMIO_SIZE 8192
#define MOCK_PE 7
#define MOCK_TID 0x1234

struct mock {
	/* what the next calls do */
	int open_errno;			/* of a node; 0: it opens */
	int afu_id_errno;		/* 0: GET_AFU_ID is answered */
	int start_errno;
	int pe_errno;
	uint32_t pe;
	int mmap_errno;
	int no_memory;			/* register pages raise SIGBUS */
	/* what has been seen */
	struct cxl_ioctl_start_work started;
	int starts;
	int pe_calls;
	void *registers;		/* of the last mmap */
	int maps, unmaps;
	int node_opens, node_closes;
};

extern struct mock mock;
extern const char *const mock_root;

/* Makes the tree; each test begins with it. */
void mock_init(void);
/* Files of the tree, named from its root ("class/card0/base_image"). */
void mock_write(const char *path, const char *text);
void mock_remove(const char *path);
void mock_mkdir(const char *path);
void mock_link(const char *path, const char *target);
/* The content, as a program under test left it. Static. */
const char *mock_read(const char *path);
char *mock_path(const char *path);

/* What reading a node gives, in this order; then it is EAGAIN. */
void mock_reply(const void *data, size_t len);
void mock_reply_errno(int err);

/* Open AFU, attached where that is said, or the test fails. */
struct cxl_afu_h *mock_open(const char *node);
struct cxl_afu_h *mock_attached(const char *node);

#endif
