// SPDX-License-Identifier: MIT
/*
 * capi-memcopy [NODE]: the memory-copy AFU, in dedicated mode, by default
 * through /dev/cxl/afu1.0d.
 *
 * One context at a time owns the AFU, and one work element is one copy: the work
 * element descriptor is the address of a structure that says from where, to
 * where and how much. The AFU waits for a register write before it starts and
 * for another one when it has finished.
 */
#include <sched.h>
#include <stdint.h>

#include <libcxl.h>

#include "transcript.h"

#define PROGRAM			"capi-memcopy"
#define DEFAULT_NODE		"/dev/cxl/afu1.0d"

#define REG_CONTROL		0x0
#define   CONTROL_GO		0x8000000000000000ull
#define   STATUS_BEFORE		0x0000000080000000ull	/* waits to start */
#define   STATUS_AFTER		0x0000000040000000ull	/* waits to end */

#define TIME_LIMIT		5	/* seconds that anything may take */

/* In the byte order of this machine, which the first field tells the AFU. */
struct work_element {
	uint16_t endian;		/* 1 */
	uint16_t status;		/* not 0: finished */
	uint16_t major;			/* of the AFU, when it has started */
	uint16_t minor;
	uint64_t from;
	uint64_t to;
	uint64_t size;
	uint64_t next;
	uint64_t error;
	uint8_t reserved[80];
} __attribute__((aligned(128)));

_Static_assert(sizeof(struct work_element) == 128, "one cache line");

static uint8_t source[1 << 20], target[1 << 20];

static struct cxl_afu_h *open_afu(char *node)
{
	struct cxl_afu_h *afu;
	long mode = 0;

	transcript_begin();
	afu = cxl_afu_open_dev(node);
	transcript_end();
	if (!afu)
		transcript_no_device(PROGRAM, "%s: %s", node, strerror(errno));
	transcript_line(!cxl_get_mode(afu, &mode) && mode == CXL_MODE_DEDICATED,
			"cxl_afu_open_dev", "%s is %s, dedicated mode", node,
			cxl_afu_dev_name(afu));
	return afu;
}

static void open_twice(char *node)
{
	struct cxl_afu_h *second;

	transcript_begin();
	second = cxl_afu_open_dev(node);
	transcript_end();
	transcript_line(!second && errno == ENOSPC, "cxl_afu_open_dev",
			"again: refused, the AFU has one context (ENOSPC)");
}

/* Polls the control register until it shows @bit. */
static int wait_state(struct cxl_afu_h *afu, uint64_t bit, uint64_t *value)
{
	time_t limit = time(NULL) + TIME_LIMIT;

	do {
		if (cxl_mmio_read64(afu, REG_CONTROL, value))
			return -1;
		if (*value & bit)
			return 0;
		sched_yield();
	} while (time(NULL) < limit);
	return -1;
}

static int wait_finished(struct work_element *work)
{
	time_t limit = time(NULL) + TIME_LIMIT;

	/* Acquire: what was copied is seen after the status. */
	while (!__atomic_load_n(&work->status, __ATOMIC_ACQUIRE)) {
		if (time(NULL) >= limit)
			return -1;
		sched_yield();
	}
	return 0;
}

static void start(struct cxl_afu_h *afu, struct work_element *work)
{
	uint64_t state = 0;
	int ret;

	transcript_begin();
	ret = cxl_afu_attach(afu, (uintptr_t)work);
	transcript_end();
	transcript_line(!ret, "cxl_afu_attach", "work element at %p",
			(void *)work);

	transcript_begin();
	ret = cxl_mmio_map(afu, CXL_MMIO_BIG_ENDIAN);
	if (!ret)
		ret = wait_state(afu, STATUS_BEFORE, &state);
	transcript_end();
	transcript_line(!ret, "cxl_mmio_read64", "status 0x%016llx: waits to start",
			(unsigned long long)state);
}

static void copy(struct cxl_afu_h *afu, struct work_element *work)
{
	uint64_t state = 0;
	int ret;

	transcript_begin();
	ret = cxl_mmio_write64(afu, REG_CONTROL, CONTROL_GO);
	if (!ret)
		ret = wait_finished(work);
	transcript_end();
	transcript_line(!ret && !work->error && work->major != 0xffff &&
			!memcmp((void *)(uintptr_t)work->to,
				(void *)(uintptr_t)work->from, work->size),
			"copy", "%llu bytes, status %u, AFU version %u.%u, %.0f MB/s",
			(unsigned long long)work->size, work->status,
			work->major, work->minor,
			(double)work->size / transcript_seconds() / 1e6);

	transcript_begin();
	ret = wait_state(afu, STATUS_AFTER, &state);
	if (!ret)
		ret = cxl_mmio_write64(afu, REG_CONTROL, CONTROL_GO);
	transcript_end();
	transcript_line(!ret, "cxl_mmio_write64", "status 0x%016llx: told to end",
			(unsigned long long)state);
}

/* One open, one attach, one copy. */
static void run(char *node, size_t offset, size_t size)
{
	static struct work_element work;
	struct cxl_afu_h *afu;
	size_t i;

	for (i = 0; i < sizeof(source); i++)
		source[i] = (uint8_t)(i * 11 + (i >> 9) + size);
	memset(target, 0, sizeof(target));
	memset(&work, 0, sizeof(work));
	work.endian = 1;
	work.major = 0xffff;
	work.from = (uintptr_t)source + offset;
	work.to = (uintptr_t)target + 2 * offset;
	work.size = size;

	afu = open_afu(node);
	open_twice(node);
	start(afu, &work);
	copy(afu, &work);
	cxl_afu_free(afu);
	transcript_line(!target[2 * offset + size], "bounds",
			"the byte behind the target is as it was");
}

int main(int argc, char **argv)
{
	char default_node[] = DEFAULT_NODE;
	char *node = argc > 1 ? argv[1] : default_node;

	/* If the AFU never answers, SIGALRM ends this. */
	alarm(60);
	transcript_say("CAPI, dedicated mode: the memory-copy AFU");
	run(node, 0, 4096);
	run(node, 3, sizeof(target) - 64);
	return transcript_finish();
}
