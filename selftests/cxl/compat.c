// SPDX-License-Identifier: GPL-2.0-only
/*
 * 32-bit callers on an x86-64 kernel: system calls through int $0x80. The structures
 * have one layout, so all that is special is the way into the driver.
 */
#define _GNU_SOURCE
#include <sys/wait.h>

#include "cxl.h"

#ifdef __x86_64__

/* Numbers of the 32-bit table. */
#define READ_32		3
#define OPEN_32		5
#define CLOSE_32	6
#define IOCTL_32	54
#define POLL_32		168
#define MMAP2_32	192

/* As the 32-bit kernel interface: arguments of 32 bits, -errno. */
static int call_32(int number, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d,
		   uintptr_t e)
{
	int ret;

	ASSERT_EQ((a | b | c | d | e) >> 32, 0);
	__asm__ volatile("int $0x80" : "=a"(ret)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

/* A page that 32-bit pointers reach. */
static void *low_page(void)
{
	void *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	ASSERT(p != MAP_FAILED);
	return p;
}

static void need_int80(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		call_32(CLOSE_32, 1000, 0, 0, 0, 0);
		_exit(0);
	}
	ASSERT_EQ(waitpid(pid, &status, 0), pid);
	if (status)
		SKIP("the kernel has no 32-bit system calls");
}

static int ioctl_32(int fd, unsigned int cmd, const void *arg)
{
	return call_32(IOCTL_32, fd, cmd, (uintptr_t)arg, 0, 0);
}

static int open_32(const char *node)
{
	char *path = low_page();
	int fd;

	strcpy(path, node);
	fd = call_32(OPEN_32, (uintptr_t)path, O_RDWR, 0, 0, 0);
	munmap(path, PAGE);
	ASSERT_GE(fd, 0);
	return fd;
}

TEST(every_ioctl_works_for_32_bit_callers)
{
	struct cxl_ioctl_start_work *work;
	struct cxl_afu_id *id, want = {
		.flags = CXL_AFUID_FLAG_SLAVE, .afu_mode = CXL_MODE_DIRECTED,
	};
	uint32_t *pe;
	int fd;

	need_int80();
	fd = open_32(SLAVE);
	pe = low_page();
	id = low_page();
	work = low_page();
	*pe = ~0u;
	memset(id, 0xa5, sizeof(*id));
	ASSERT_EQ(ioctl_32(fd, CXL_IOCTL_GET_PROCESS_ELEMENT, pe), 0);
	ASSERT_EQ(*pe, process_element(fd));
	ASSERT_EQ(ioctl_32(fd, CXL_IOCTL_GET_AFU_ID, id), 0);
	ASSERT(!memcmp(id, &want, sizeof(want)));
	work->flags = CXL_START_WORK_NUM_IRQS | CXL_START_WORK_TID;
	work->num_interrupts = 7;
	ASSERT_EQ(ioctl_32(fd, CXL_IOCTL_START_WORK, work), 0);
	ASSERT_NE(work->tid, 0);
	ASSERT_EQ(work->num_interrupts, 7);
}

TEST(errors_are_the_same_for_32_bit_callers)
{
	struct cxl_ioctl_start_work *work;
	int fd;

	need_int80();
	fd = open_32(SLAVE);
	work = low_page();
	ASSERT_EQ(ioctl_32(fd, _IO(CXL_MAGIC, 0x7f), NULL), -EINVAL);
	ASSERT_EQ(ioctl_32(fd, CXL_IOCTL_START_WORK, (void *)8), -EFAULT);
	ASSERT_EQ(ioctl_32(fd, CXL_IOCTL_GET_PROCESS_ELEMENT, (void *)8), -EFAULT);
	ASSERT_EQ(ioctl_32(fd, CXL_IOCTL_GET_AFU_ID, (void *)0xfffffff0), -EFAULT);
	work->reserved5 = 1;
	ASSERT_EQ(ioctl_32(fd, CXL_IOCTL_START_WORK, work), -EINVAL);
	work->reserved5 = 0;
	ASSERT_EQ(call_32(MMAP2_32, 0, PAGE, PROT_READ, MAP_SHARED, fd), -EIO);
	ASSERT_EQ(ioctl_32(fd, CXL_IOCTL_START_WORK, work), 0);
	ASSERT_EQ(ioctl_32(fd, CXL_IOCTL_START_WORK, work), -EIO);
}

TEST(events_are_read_by_32_bit_callers)
{
	struct cxl_event *event;
	struct queue q;
	struct pollfd *p;
	int fd;

	need_int80();
	fd = queue_context(&q);
	event = low_page();
	p = low_page();
	*p = (struct pollfd){ .fd = fd, .events = POLLIN };
	ASSERT_EQ(call_32(READ_32, fd, (uintptr_t)event, 40, 0, 0), -EINVAL);
	ASSERT_EQ(run(&q, OP_IRQ, NULL, NULL, 2), COMPLETE);
	ASSERT_EQ(call_32(POLL_32, (uintptr_t)p, 1, 10000, 0, 0), 1);
	ASSERT_EQ(p->revents, POLLIN);
	ASSERT_EQ(call_32(READ_32, fd, (uintptr_t)event, READ_SIZE, 0, 0), 16);
	ASSERT_EQ(event->header.type, CXL_EVENT_AFU_INTERRUPT);
	ASSERT_EQ(event->irq.irq, 2);
}

#else

TEST(there_are_no_32_bit_callers)
{
	ASSERT(sizeof(long) == 8);
}

#endif /* __x86_64__ */

KTAP_MAIN()
