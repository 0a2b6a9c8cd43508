/* SPDX-License-Identifier: GPL-2.0-only */
/* What the sweeps of the CAPI nodes share. */
#ifndef SOFTACCEL_SELFTESTS_FAULT_CXL_RIG_H
#define SOFTACCEL_SELFTESTS_FAULT_CXL_RIG_H

#include "fault.h"

#include "../cxl/cxl.h"

/* What the paths share; made in setup or prepare, ended in finish. */
static struct {
	const char *node, *attr, *text;
	int fd;
	struct queue q;
	volatile uint8_t *w;
	char *from, *to;
	int irqs;	/* held by rig.fd */
	int op;		/* of the worker */
	pid_t child;
} rig = { .fd = -1 };

/* The name of an error, or "0"; for fault_state(). */
static inline const char *outcome(int ret)
{
	return ret ? strerrorname_np(errno) : "0";
}

/*
 * Nothing is lost and nothing too many: the lowest free process element, and
 * whether the interrupts of the pool that rig.fd does not hold can be had, once.
 */
static void fault_state(char *text, size_t size)
{
	int fd = open(SLAVE, O_RDWR | O_CLOEXEC), more;
	uint32_t pe = ~0u;
	int len;

	if (fd < 0) {
		snprintf(text, size, "%s: %s", SLAVE, strerror(errno));
		return;
	}
	more = open_node(SLAVE);
	ASSERT_EQ(ioctl(fd, CXL_IOCTL_GET_PROCESS_ELEMENT, &pe), 0);
	len = snprintf(text, size, "process element %u; all interrupts: %s", pe,
		       outcome(start_flags(fd, 0, CXL_START_WORK_NUM_IRQS,
					   IRQS_POOL - rig.irqs)));
	snprintf(text + len, size - len, "; and %d more: %s", IRQS_MIN,
		 outcome(start(more, 0)));
	close(more);
	close(fd);
}

static inline int do_close(void)
{
	int ret = close(rig.fd);

	rig.fd = -1;
	rig.irqs = 0;
	return ret;
}

static inline void must_close(void)
{
	if (rig.w)
		munmap((void *)rig.w, PAGE);
	rig.w = NULL;
	ASSERT_EQ(do_close(), 0);
}

#endif
