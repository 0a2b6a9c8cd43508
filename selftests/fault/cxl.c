// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CAPI nodes under failure: open, ioctls, mmap and register accesses, events, the
 * AFU's worker, fork and close.
 */
#define _GNU_SOURCE
#include <dirent.h>

#include "cxl-rig.h"

FAULT_MACHINE_TEST

/* --- contexts */

static void use_slave(void) { rig.node = SLAVE; }
static void use_master(void) { rig.node = MASTER; }
static void use_dedicated(void) { rig.node = DEDICATED; }

static int do_open(void)
{
	rig.fd = open(rig.node, O_RDWR | O_CLOEXEC);
	return rig.fd < 0 ? -1 : 0;
}

static void must_open(void)
{
	ASSERT_EQ(do_open(), 0);
}

FAULT_PATH(open_slave, .setup = use_slave, .attempt = do_open,
	   .finish = must_close, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(open_master, .setup = use_master, .attempt = do_open,
	   .finish = must_close, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(open_dedicated, .setup = use_dedicated, .attempt = do_open,
	   .finish = must_close, .errnos = { ENOMEM, EFAULT })

static int get_process_element(void)
{
	uint32_t pe;

	return ioctl(rig.fd, CXL_IOCTL_GET_PROCESS_ELEMENT, &pe);
}

static int get_afu_id(void)
{
	struct cxl_afu_id id;

	return ioctl(rig.fd, CXL_IOCTL_GET_AFU_ID, &id);
}

/* put_user() has no failure to inject. */
FAULT_PATH(get_process_element, .setup = use_slave, .prepare = must_open,
	   .attempt = get_process_element, .finish = must_close, .quiet = true)
FAULT_PATH(get_afu_id, .setup = use_slave, .prepare = must_open,
	   .attempt = get_afu_id, .finish = must_close, .errnos = { EFAULT })

/* --- START_WORK */

static void new_queue(void)
{
	if (!rig.q.e)
		rig.q = queue_new(1);
	memset((void *)rig.q.e, 0, PAGE);
	rig.q.next = 0;
	rig.q.wrap = 0;
	if (!rig.from) {
		rig.from = pages(1);
		rig.to = pages(1);
		strcpy(rig.from, "copied");
	}
	memset(rig.to, 0, 8);
}

static void must_open_queue(void)
{
	use_slave();
	must_open();
	new_queue();
}

static int start_default(void)
{
	return start(rig.fd, queue_wed(&rig.q));
}

static int start_with_everything(void)
{
	struct cxl_ioctl_start_work work = {
		.work_element_descriptor = queue_wed(&rig.q),
		.flags = CXL_START_WORK_AMR | CXL_START_WORK_NUM_IRQS |
			 CXL_START_WORK_ERR_FF,
		.amr = ~0ull,
		.num_interrupts = IRQS_POOL,
	};

	return ioctl(rig.fd, CXL_IOCTL_START_WORK, &work);
}

static int start_for_tid(void)
{
	return start_flags(rig.fd, queue_wed(&rig.q), CXL_START_WORK_TID, 0);
}

/* The thread id is told when the work has started: then it stays started. */
static void start_for_tid_again(int error)
{
	if (start_for_tid()) {
		ASSERT_EQ(errno, EIO);
		ASSERT_EQ(error, EFAULT);
	}
}

/* It has not only been said to be started. */
static void must_work_and_close(void)
{
	ASSERT_EQ(run(&rig.q, OP_COPY, rig.from, rig.to, 8), COMPLETE);
	ASSERT_STREQ(rig.to, rig.from);
	must_close();
}

FAULT_PATH(start_work, .prepare = must_open_queue, .attempt = start_default,
	   .finish = must_work_and_close, .errnos = { ENOMEM, EFAULT })
FAULT_PATH(start_work_amr_irqs_errff, .prepare = must_open_queue,
	   .attempt = start_with_everything, .finish = must_work_and_close,
	   .errnos = { ENOMEM, EFAULT })
FAULT_PATH(start_work_tid, .prepare = must_open_queue, .attempt = start_for_tid,
	   .recover = start_for_tid_again, .finish = must_work_and_close,
	   .errnos = { ENOMEM, EFAULT })

/* The thread that makes the worker: kthreadd. */
static void use_kthreadd(void)
{
	fault_thread = open("/proc/2/fail-nth", O_RDWR | O_CLOEXEC);
	ASSERT(fault_thread >= 0);
}

FAULT_PATH(start_work_new_thread, .setup = use_kthreadd,
	   .prepare = must_open_queue, .attempt = start_default,
	   .finish = must_work_and_close, .errnos = { ENOMEM })

static void must_open_dedicated(void)
{
	use_dedicated();
	must_open();
	new_queue();
}

FAULT_PATH(start_work_dedicated, .prepare = must_open_dedicated,
	   .attempt = start_default, .finish = must_close,
	   .errnos = { ENOMEM, EFAULT })

/* The test AFU's contexts are large. */
static void must_open_test(void)
{
	rig.node = TEST_SLAVE;
	must_open();
}

static int start_test(void)
{
	return start(rig.fd, 0);
}

FAULT_PATH(start_work_test, .prepare = must_open_test, .attempt = start_test,
	   .finish = must_close, .errnos = { ENOMEM, EFAULT })

static void must_start_queue(void)
{
	must_open_queue();
	ASSERT_EQ(start_default(), 0);
	rig.irqs = IRQS_MIN;
}

FAULT_PATH(close_started, .prepare = must_start_queue, .attempt = do_close,
	   .quiet = true)

/* --- registers */

static int do_mmap(void)
{
	rig.w = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, rig.fd, 0);
	if (rig.w != MAP_FAILED)
		return 0;
	rig.w = NULL;
	return -1;
}

static void must_map_queue(void)
{
	must_start_queue();
	rig.w = map(rig.fd, PAGE);
}

FAULT_PATH(mmap_slave, .prepare = must_start_queue, .attempt = do_mmap,
	   .finish = must_close, .errnos = { ENOMEM })

static void must_start_master(void)
{
	use_master();
	must_open();
	ASSERT_EQ(start(rig.fd, 0), 0);
	rig.irqs = IRQS_MIN;
}

FAULT_PATH(mmap_master, .prepare = must_start_master, .attempt = do_mmap,
	   .finish = must_close, .errnos = { ENOMEM })

/* In 2 MiB of its own, which have no page table yet. */
static void must_map_alone(void)
{
	static uintptr_t where = 0x100000000000;

	must_start_queue();
	where += 1ul << 30;
	rig.w = mmap((void *)where, PAGE, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_FIXED_NOREPLACE, rig.fd, 0);
	ASSERT(rig.w != MAP_FAILED);
}

/* No access is lost or done twice: the kernel lets the program fault again. */
static int do_touch(void)
{
	uint64_t wed = read64(rig.w, REG_WED);

	write64(rig.w, REG_TIMEBASE, 1);
	ASSERT_EQ(wed, queue_wed(&rig.q));
	return 0;
}

static void must_have_timebase(void)
{
	ASSERT_NE(read64(rig.w, REG_TIMEBASE), 0);
	must_close();
}

FAULT_PATH(first_register_access, .prepare = must_map_alone, .attempt = do_touch,
	   .finish = must_have_timebase, .absorbs = true)

static int do_munmap(void)
{
	int ret = munmap((void *)rig.w, PAGE);

	if (!ret)
		rig.w = NULL;
	return ret;
}

FAULT_PATH(munmap, .prepare = must_map_queue, .attempt = do_munmap,
	   .finish = must_close, .errnos = { ENOMEM }, .absorbs = true)

static int do_fork(void)
{
	rig.child = fork();
	if (!rig.child)
		_exit(read64(rig.w, REG_WED) != queue_wed(&rig.q));
	return rig.child < 0 ? -1 : 0;
}

static void must_exit_well(void)
{
	int status;

	ASSERT_EQ(waitpid(rig.child, &status, 0), rig.child);
	ASSERT_EQ(status, 0);
	must_close();
}

FAULT_PATH(fork_with_window, .prepare = must_map_queue, .attempt = do_fork,
	   .finish = must_exit_well, .errnos = { ENOMEM, EAGAIN }, .seconds = 20)

/* --- events */

static void raise_irq(void)
{
	ASSERT_EQ(run(&rig.q, OP_IRQ, NULL, NULL, 3), COMPLETE);
	wait_stopped(rig.w);
	write64(rig.w, REG_CONTROL, CONTROL_RESTART);
	ASSERT(pending(rig.fd, 10000));
}

static void raise_fault(void)
{
	ASSERT_EQ(run(&rig.q, OP_COPY, (void *)PAGE, rig.to, 8), ADDRESS_ERROR);
	ASSERT(pending(rig.fd, 10000));
}

/* A work element without a byte order; the AFU reads it after its start bit. */
static void raise_error(void)
{
	write64(rig.w, 0, 0x8000000000000000ull);
	ASSERT(pending(rig.fd, 10000));
}

static void irq_is_pending(void)
{
	must_map_queue();
	raise_irq();
}

static void fault_is_pending(void)
{
	must_map_queue();
	raise_fault();
}

static void error_is_pending(void)
{
	must_open_dedicated();
	ASSERT_EQ(start_default(), 0);
	rig.w = map(rig.fd, PAGE);
	raise_error();
}

static int do_read(void)
{
	static uint8_t buf[READ_SIZE];

	return read(rig.fd, buf, sizeof(buf)) < 0 ? -1 : 0;
}

/* An event that could not be delivered is gone; the next one comes. */
static void read_next(void (*raise)(void))
{
	ASSERT(!pending(rig.fd, 0));
	raise();
	ASSERT_EQ(do_read(), 0);
}

static void read_next_irq(int error)
{
	(void)error;
	read_next(raise_irq);
}

static void read_next_fault(int error)
{
	(void)error;
	read_next(raise_fault);
}

static void read_next_error(int error)
{
	(void)error;
	read_next(raise_error);
}

FAULT_PATH(read_interrupt, .prepare = irq_is_pending, .attempt = do_read,
	   .recover = read_next_irq, .finish = must_close, .errnos = { EFAULT })
FAULT_PATH(read_data_storage_event, .prepare = fault_is_pending,
	   .attempt = do_read, .recover = read_next_fault,
	   .finish = must_close, .errnos = { EFAULT })
FAULT_PATH(read_afu_error, .prepare = error_is_pending, .attempt = do_read,
	   .recover = read_next_error, .finish = must_close,
	   .errnos = { EFAULT })

static int do_poll(void)
{
	struct pollfd p = { .fd = rig.fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents == POLLIN ? 0 : -1;
}

FAULT_PATH(poll_pending, .prepare = irq_is_pending, .attempt = do_poll,
	   .finish = must_close, .errnos = { EFAULT })

/* --- the worker: failures strike in its thread, not in ours */

static int open_worker(uint32_t pe)
{
	char path[300], name[32];
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	int fd = -1;

	ASSERT(proc);
	snprintf(name, sizeof(name), "capi0.0/%u\n", pe);
	while (fd < 0 && (entry = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
		    strcmp(attr_read(path), name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/fail-nth", entry->d_name);
		fd = open(path, O_RDWR | O_CLOEXEC);
	}
	closedir(proc);
	ASSERT(fd >= 0);
	return fd;
}

/* A worker that has nothing to do until it is restarted. */
static void must_have_worker(void)
{
	must_map_queue();
	fault_thread = open_worker(process_element(rig.fd));
	ASSERT_EQ(run(&rig.q, OP_STOP, NULL, NULL, 0), COMPLETE);
	wait_stopped(rig.w);
}

static void setup_copy(void) { rig.op = OP_COPY; must_have_worker(); }
static void setup_atomic(void) { rig.op = OP_ATOMIC; must_have_worker(); }
static void setup_irq(void) { rig.op = OP_IRQ; must_have_worker(); }

/* Memory that has no page yet, so that the worker has to get one. */
static void must_have_fresh_memory(void)
{
	munmap(rig.to, PAGE);
	rig.to = pages(1);
}

/* Runs the queue to its next stop; the element that was last may be it. */
static void restart(void)
{
	write64(rig.w, REG_CONTROL, CONTROL_RESTART);
	wait_stopped(rig.w);
}

/* Takes all events; whether a data-storage event was among them. */
static bool drain_faults(void)
{
	bool fault = false;

	while (pending(rig.fd, 0))
		fault |= read_event(rig.fd).header.type == CXL_EVENT_DATA_STORAGE;
	return fault;
}

/*
 * One element and, behind it, a stop (an interrupt stops by itself). EFAULT: a
 * data-storage event, for what the element names or for the queue, which has then
 * stopped the context.
 */
static int do_work(void)
{
	struct element *e;

	e = queue_put(&rig.q, rig.op, rig.from, rig.to, rig.op == OP_IRQ ? 1 : 8);
	if (rig.op == OP_ATOMIC) {
		e->cmd_extra = 0x11;
		e->src = 7;
	}
	make_valid(e);
	if (rig.op != OP_IRQ)
		submit(&rig.q, OP_STOP, NULL, NULL, 0);
	restart();
	if (e->status == COMPLETE && rig.op == OP_IRQ) {
		expect_irq(rig.fd, 1);
		return 0;
	}
	if (!drain_faults()) {
		ASSERT_EQ(e->status, COMPLETE);
		return 0;
	}
	errno = EFAULT;
	return -1;
}

/* What the queue still has is done, and so is what comes then. */
static void work_again(int error)
{
	unsigned int last = (rig.q.next + rig.q.entries - 1) % rig.q.entries;

	(void)error;
	while (!rig.q.e[last].status)
		restart();
	ASSERT(!drain_faults());
	ASSERT_EQ(do_work(), 0);
}

static void must_have_worked(void)
{
	if (rig.op == OP_COPY)
		ASSERT_STREQ(rig.to, rig.from);
	if (rig.op == OP_ATOMIC)
		ASSERT_EQ(*(uint64_t *)(void *)rig.to, 7);
}

FAULT_PATH(worker_copy, .setup = setup_copy, .prepare = must_have_fresh_memory,
	   .attempt = do_work, .recover = work_again,
	   .finish = must_have_worked, .errnos = { EFAULT })
FAULT_PATH(worker_atomic, .setup = setup_atomic,
	   .prepare = must_have_fresh_memory, .attempt = do_work,
	   .recover = work_again, .finish = must_have_worked,
	   .errnos = { EFAULT })
FAULT_PATH(worker_interrupt, .setup = setup_irq, .attempt = do_work,
	   .recover = work_again, .errnos = { EFAULT })

KTAP_MAIN()
