/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages that are there when the test says so: an access waits. No state but the
 * file descriptor, which ends with the test's process.
 */
#ifndef SOFTACCEL_SELFTESTS_USERFAULT_H
#define SOFTACCEL_SELFTESTS_USERFAULT_H

#include <linux/userfaultfd.h>

#include "cxl.h"

static inline int userfault(void *p, size_t size)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range = { (uintptr_t)p, size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		SKIP("no userfaultfd");
	ASSERT_EQ(ioctl(fd, UFFDIO_API, &api), 0);
	ASSERT_EQ(ioctl(fd, UFFDIO_REGISTER, &reg), 0);
	return fd;
}

static inline void wait_userfault(int uffd)
{
	struct pollfd p = { .fd = uffd, .events = POLLIN };
	struct uffd_msg msg;

	ASSERT_EQ(poll(&p, 1, 10000), 1);
	ASSERT_EQ(read(uffd, &msg, sizeof(msg)), sizeof(msg));
	ASSERT_EQ(msg.event, UFFD_EVENT_PAGEFAULT);
}

/* Give the access its page, with the content of @page. */
static inline void end_userfault(int uffd, void *p, const void *page)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)p,
		.src = (uintptr_t)page,
		.len = PAGE,
	};

	ASSERT_EQ(ioctl(uffd, UFFDIO_COPY, &copy), 0);
}

#endif
