// SPDX-License-Identifier: MIT
/*
 * capi-memcpy [NODE]: the memcpy AFU, in directed mode, by default through
 * /dev/cxl/afu0.0s.
 *
 * The AFU reads a queue in this process' memory, at this process' addresses, and
 * copies what the entries say. Nothing is registered or pinned beforehand: the
 * work element descriptor is the address of the queue.
 *
 * Queue: entries of 32 bytes, big-endian, in 128-byte lines. An entry runs when
 * its VALID bit is set and its WRAP bit has the value of the current lap, which
 * starts at 0 and flips with each lap. The AFU stores the status after the data.
 */
#include <endian.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#include <libcxl.h>

#include "transcript.h"

#define PROGRAM			"capi-memcpy"
#define DEFAULT_NODE		"/dev/cxl/afu0.0s"

/* Registers of a context, big-endian. */
#define REG_HANDLE		0x08	/* process element in the upper 16 bits */
#define REG_STATUS		0x10
#define   STATUS_STOPPED	0x0800000000000000ull
#define REG_CONTROL		0x18
#define   CONTROL_RESTART	0x8000000000000000ull

#define CMD_VALID		0x80
#define CMD_WRAP		0x40
#define CMD_COPY		0x00
#define CMD_INTERRUPT		0x01

#define ENTRY_COMPLETE		0x80	/* and no other bit: success */
#define ENTRY_ADDRESS_ERROR	0x20

#define QUEUE_LINES		2
#define QUEUE_ENTRIES		(QUEUE_LINES * 4)
#define NUM_IRQS		4
#define IRQ_SOURCE		3
#define TIME_LIMIT		5	/* seconds that anything may take */

struct entry {
	uint8_t cmd;
	uint8_t status;
	uint16_t length;		/* of an interrupt: its source */
	uint32_t reserved1;
	uint64_t reserved2;
	uint64_t src;
	uint64_t dst;
};

struct queue {
	struct entry *entries;
	unsigned int next;
	uint8_t wrap;
};

static void queue_init(struct queue *queue)
{
	queue->entries = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (queue->entries == MAP_FAILED) {
		perror("mmap");
		exit(TRANSCRIPT_FAILED);
	}
	queue->next = 0;
	queue->wrap = 0;
}

static struct entry *queue_add(struct queue *queue, uint8_t cmd,
			       uint16_t length, const void *src, void *dst)
{
	struct entry *entry = &queue->entries[queue->next];

	entry->status = 0;
	entry->length = htobe16(length);
	entry->src = htobe64((uintptr_t)src);
	entry->dst = htobe64((uintptr_t)dst);
	/* Release: the AFU sees the other fields before VALID. */
	__atomic_store_n(&entry->cmd, CMD_VALID | queue->wrap | cmd,
			 __ATOMIC_RELEASE);
	if (++queue->next == QUEUE_ENTRIES) {
		queue->next = 0;
		queue->wrap ^= CMD_WRAP;
	}
	return entry;
}

/* The status that the AFU stored; 0 when it stored none in time. */
static uint8_t wait_entry(struct entry *entry)
{
	time_t limit = time(NULL) + TIME_LIMIT;
	uint8_t status;

	/* Acquire: what was copied is seen after the status. */
	while (!(status = __atomic_load_n(&entry->status, __ATOMIC_ACQUIRE)) &&
	       time(NULL) < limit)
		sched_yield();
	return status;
}

static bool restart(struct cxl_afu_h *afu)
{
	return !cxl_mmio_write64(afu, REG_CONTROL, CONTROL_RESTART);
}

static uint8_t copy(struct cxl_afu_h *afu, struct queue *queue, void *dst,
		    const void *src, uint16_t length)
{
	struct entry *entry = queue_add(queue, CMD_COPY, length, src, dst);

	return restart(afu) ? wait_entry(entry) : 0;
}

static void fill(uint8_t *buf, size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = (uint8_t)(i * 7 + (i >> 8) + seed);
}

/* --- the steps, in order */

static struct cxl_afu_h *open_afu(char *node)
{
	long mode = 0, size = 0, irqs = 0;
	struct cxl_afu_h *afu;

	transcript_begin();
	afu = cxl_afu_open_dev(node);
	transcript_end();
	if (!afu)
		transcript_no_device(PROGRAM, "%s: %s", node, strerror(errno));
	transcript_line(cxl_afu_opened(afu) == 1, "cxl_afu_open_dev",
			"%s is %s", node, cxl_afu_dev_name(afu));

	transcript_begin();
	if (cxl_get_mode(afu, &mode) || cxl_get_mmio_size(afu, &size) ||
	    cxl_get_irqs_min(afu, &irqs))
		mode = 0;
	transcript_end();
	transcript_line(mode == CXL_MODE_DIRECTED && size > 0 &&
			irqs <= NUM_IRQS, "cxl_get_...",
			"directed mode, %ld bytes of registers, %ld or more interrupts",
			size, irqs);
	return afu;
}

static void attach(struct cxl_afu_h *afu, struct queue *queue)
{
	uint64_t wed = (uintptr_t)queue->entries | QUEUE_LINES;
	struct cxl_ioctl_start_work *work = cxl_work_alloc();
	__u64 got_wed = 0, got_amr = 0;
	__s16 got_irqs = 0;
	__u16 tid = 0;
	int ret;

	if (!work || cxl_work_set_wed(work, wed) ||
	    cxl_work_set_num_irqs(work, NUM_IRQS) ||
	    cxl_work_set_amr(work, 1) || cxl_work_enable_wait(work) ||
	    cxl_work_get_wed(work, &got_wed) ||
	    cxl_work_get_num_irqs(work, &got_irqs) ||
	    cxl_work_get_amr(work, &got_amr)) {
		perror("cxl_work");
		exit(TRANSCRIPT_FAILED);
	}
	transcript_begin();
	ret = cxl_afu_attach_work(afu, work);
	if (ret && errno == ENODEV) {
		/* A real card in a machine that cannot wake a thread. */
		cxl_work_disable_wait(work);
		ret = cxl_afu_attach_work(afu, work);
	}
	transcript_end();
	if (!ret)
		ret = cxl_work_get_tid(work, &tid);
	transcript_line(!ret && got_wed == wed && got_irqs == NUM_IRQS &&
			got_amr == 1, "cxl_afu_attach_work",
			"work element 0x%llx, %d interrupts, thread id %u",
			(unsigned long long)got_wed, got_irqs, tid);
	cxl_work_free(work);
}

static int map_registers(struct cxl_afu_h *afu)
{
	uint64_t handle = 0;
	void *base = NULL;
	int pe, ret;

	transcript_begin();
	pe = cxl_afu_get_process_element(afu);
	transcript_end();
	transcript_line(pe >= 0, "cxl_afu_get_process_element", "%d", pe);

	transcript_begin();
	ret = cxl_mmio_map(afu, CXL_MMIO_BIG_ENDIAN);
	transcript_end();
	if (!ret)
		ret = cxl_mmio_ptr(afu, &base);
	transcript_line(!ret && base, "cxl_mmio_map", "registers at %p", base);

	transcript_begin();
	ret = cxl_mmio_read64(afu, REG_HANDLE, &handle);
	transcript_end();
	transcript_line(!ret && handle >> 48 == (uint64_t)pe,
			"cxl_mmio_read64", "process handle 0x%016llx, as the kernel says",
			(unsigned long long)handle);
	return pe;
}

static void copy_sizes(struct cxl_afu_h *afu, struct queue *queue)
{
	static const uint16_t sizes[] = { 1, 11, 128, 4097, 65535 };
	static uint8_t src[65536 + 3], dst[65536 + 3];
	uint8_t status;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		fill(src, sizeof(src), (unsigned int)i);
		memset(dst, 0xee, sizeof(dst));
		transcript_begin();
		status = copy(afu, queue, dst + 1, src + 3, sizes[i]);
		transcript_end();
		transcript_line(status == ENTRY_COMPLETE &&
				!memcmp(dst + 1, src + 3, sizes[i]) &&
				dst[0] == 0xee && dst[1 + sizes[i]] == 0xee,
				"copy", "length %u, unaligned, status 0x%02x",
				sizes[i], status);
	}
}

/* Each lap of the queue runs entries again: the WRAP bit tells them apart. */
static void copy_laps(struct cxl_afu_h *afu, struct queue *queue)
{
	static uint8_t src[4096], dst[4096];
	const unsigned int rounds = 200;
	unsigned int i, right = 0;

	transcript_begin();
	for (i = 0; i < rounds; i++) {
		fill(src, sizeof(src), i);
		if (copy(afu, queue, dst, src, sizeof(src)) == ENTRY_COMPLETE &&
		    !memcmp(dst, src, sizeof(src)))
			right++;
	}
	transcript_end();
	transcript_line(right == rounds, "copy, many",
			"%u of %u copies of 4096 bytes, %u laps of the queue, %.1f us each",
			right, rounds, rounds / QUEUE_ENTRIES,
			transcript_seconds() * 1e6 / rounds);
}

static void copy_to_new_memory(struct cxl_afu_h *afu, struct queue *queue)
{
	unsigned char resident[4] = { 1, 1, 1, 1 };
	static uint8_t src[16384];
	uint8_t *dst, status;
	bool untouched;

	fill(src, sizeof(src), 42);
	dst = mmap(NULL, sizeof(src), PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (dst == MAP_FAILED) {
		perror("mmap");
		exit(TRANSCRIPT_FAILED);
	}
	/* Pages may be larger than 4096: only the first is asked about. */
	untouched = !mincore(dst, 4096, resident) && !(resident[0] & 1);
	transcript_begin();
	status = copy(afu, queue, dst, src, sizeof(src));
	transcript_end();
	transcript_line(untouched && status == ENTRY_COMPLETE &&
			!memcmp(dst, src, sizeof(src)), "copy, new memory",
			"to %p, mapped after attach, first touched by the AFU",
			(void *)dst);
	munmap(dst, sizeof(src));
}

static bool wait_readable(struct cxl_afu_h *afu)
{
	struct pollfd fds = { .fd = cxl_afu_fd(afu), .events = POLLIN };

	return poll(&fds, 1, TIME_LIMIT * 1000) == 1 &&
	       cxl_event_pending(afu) == 1;
}

static void take_interrupt(struct cxl_afu_h *afu, struct queue *queue, int pe)
{
	struct cxl_event event;
	uint64_t stopped = 0;
	struct entry *entry;
	uint8_t status;
	int ret;

	memset(&event, 0, sizeof(event));
	transcript_begin();
	/*
	 * Restart comes first here: a running AFU may be done with the element
	 * before a Restart that follows it, which would end the stop again.
	 */
	ret = restart(afu) ? 0 : -1;
	entry = queue_add(queue, CMD_INTERRUPT, IRQ_SOURCE, NULL, NULL);
	if (!ret)
		ret = wait_readable(afu) ? cxl_read_event(afu, &event) : -1;
	transcript_end();
	status = wait_entry(entry);
	transcript_line(!ret && status == ENTRY_COMPLETE &&
			event.header.type == CXL_EVENT_AFU_INTERRUPT &&
			event.header.process_element == pe &&
			event.irq.irq == IRQ_SOURCE, "cxl_read_event",
			"AFU interrupt %u of process element %u",
			event.irq.irq, event.header.process_element);

	transcript_begin();
	ret = cxl_mmio_read64(afu, REG_STATUS, &stopped);
	transcript_end();
	transcript_line(!ret && (stopped & STATUS_STOPPED), "cxl_mmio_read64",
			"status 0x%016llx: stopped by the interrupt",
			(unsigned long long)stopped);
}

static void copy_to_nowhere(struct cxl_afu_h *afu, struct queue *queue, int pe)
{
	static const uint8_t src[64] = { 1, 2, 3 };
	struct cxl_event event;
	uint8_t *dst, status;
	int ret = -1;

	memset(&event, 0, sizeof(event));
	dst = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (dst == MAP_FAILED) {
		perror("mmap");
		exit(TRANSCRIPT_FAILED);
	}
	status = copy(afu, queue, dst, src, sizeof(src));
	transcript_line(status == ENTRY_COMPLETE && !memcmp(dst, src, sizeof(src)),
			"copy", "to %p while it is mapped", (void *)dst);
	munmap(dst, 4096);

	transcript_begin();
	status = copy(afu, queue, dst, src, sizeof(src));
	if (wait_readable(afu))
		ret = cxl_read_event(afu, &event);
	transcript_end();
	transcript_line(!ret && status != ENTRY_COMPLETE &&
			(status & ENTRY_ADDRESS_ERROR) &&
			event.header.type == CXL_EVENT_DATA_STORAGE &&
			event.header.process_element == pe &&
			event.fault.addr == (uintptr_t)dst, "cxl_read_event",
			"unmapped: status 0x%02x, data storage event for 0x%llx, dsisr 0x%llx",
			status, (unsigned long long)event.fault.addr,
			(unsigned long long)event.fault.dsisr);
	transcript_begin();
	ret = cxl_event_pending(afu);
	transcript_end();
	transcript_line(!ret, "cxl_event_pending", "no second event");
}

/* A word that the AFU stores wakes this thread. */
static void wait_for_word(struct cxl_afu_h *afu, struct queue *queue)
{
	static const uint64_t src = 0x5af7acce1;
	static uint64_t word;
	int ret = -1;

	word = 0;
	transcript_begin();
	queue_add(queue, CMD_COPY, sizeof(word), &src, &word);
	if (restart(afu))
		ret = cxl_afu_host_thread_wait(afu, (volatile __u64 *)&word);
	transcript_end();
	transcript_line(!ret && word == src, "cxl_afu_host_thread_wait",
			"the context goes on: 0x%llx arrived",
			(unsigned long long)word);
}

int main(int argc, char **argv)
{
	char default_node[] = DEFAULT_NODE;
	struct cxl_afu_h *afu;
	struct queue queue;
	int pe;

	/* If the AFU never answers, SIGALRM ends this. */
	alarm(60);
	transcript_say("CAPI, directed mode: the memcpy AFU");
	afu = open_afu(argc > 1 ? argv[1] : default_node);
	queue_init(&queue);
	attach(afu, &queue);
	pe = map_registers(afu);
	copy_sizes(afu, &queue);
	copy_laps(afu, &queue);
	copy_to_new_memory(afu, &queue);
	take_interrupt(afu, &queue, pe);
	copy_to_nowhere(afu, &queue, pe);
	wait_for_word(afu, &queue);
	cxl_afu_free(afu);
	return transcript_finish();
}
