// SPDX-License-Identifier: GPL-2.0-only
/* open, START_WORK, GET_PROCESS_ELEMENT, GET_AFU_ID: what each refuses, and when. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "cxl.h"

static int start_irqs(int fd, int irqs)
{
	return start_flags(fd, 0, CXL_START_WORK_NUM_IRQS, irqs);
}

TEST(the_header_is_the_abi)
{
	ASSERT_EQ(sizeof(struct cxl_ioctl_start_work), 64);
	ASSERT_EQ(sizeof(struct cxl_afu_id), 64);
	ASSERT_EQ(sizeof(struct cxl_event), 40);
#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__)
	ASSERT_EQ(CXL_IOCTL_START_WORK, 0x4040CA00u);
	ASSERT_EQ(CXL_IOCTL_GET_PROCESS_ELEMENT, 0x8004CA01u);
	ASSERT_EQ(CXL_IOCTL_GET_AFU_ID, 0x8040CA02u);
#endif
}

/* --- open */

static int open_minor(unsigned int minor)
{
	struct stat st;
	char path[] = "/tmp/sacc-node-XXXXXX";
	int fd, saved;

	ASSERT_EQ(stat(SLAVE, &st), 0);
	close(mkstemp(path));
	unlink(path);
	ASSERT_EQ(mknod(path, S_IFCHR | 0600, makedev(major(st.st_rdev), minor)), 0);
	fd = open(path, O_RDWR);
	saved = errno;
	unlink(path);
	errno = saved;
	return fd;
}

TEST(minors_are_numbered_as_the_abi_says)
{
	struct stat st;

	ASSERT_EQ(stat(MASTER, &st), 0);
	ASSERT_EQ(minor(st.st_rdev), 2);
	ASSERT_EQ(stat(SLAVE, &st), 0);
	ASSERT_EQ(minor(st.st_rdev), 3);
	ASSERT_EQ(stat(DEDICATED, &st), 0);
	ASSERT_EQ(minor(st.st_rdev), 14);
}

TEST(a_card_that_is_not_there_gives_enodev)
{
	ASSERT_ERRNO(open_minor(13 * 5 + 1), ENODEV);
	ASSERT_ERRNO(open_minor(255), ENODEV);
}

TEST(a_slice_that_is_not_there_gives_enodev)
{
	ASSERT_ERRNO(open_minor(4), ENODEV);
	ASSERT_ERRNO(open_minor(12), ENODEV);
}

TEST(the_card_itself_has_no_node)
{
	ASSERT_ERRNO(open_minor(0), ENODEV);
	ASSERT_ERRNO(open_minor(13), ENODEV);
}

TEST(a_node_of_another_mode_gives_enodev)
{
	ASSERT_ERRNO(open_minor(1), ENODEV);
	ASSERT_ERRNO(open_minor(15), ENODEV);
}

TEST(an_afu_in_mode_none_gives_enodev)
{
	ASSERT_EQ(attr_write("/sys/class/cxl/afu1.0/mode", "none"), 0);
	ASSERT_ERRNO(open_minor(14), ENODEV);
	ASSERT_EQ(attr_write("/sys/class/cxl/afu1.0/mode", "dedicated_process"), 0);
	ASSERT_GE(open_minor(14), 0);
}

TEST(a_second_open_of_a_dedicated_afu_gives_enospc)
{
	int fd = open_node(DEDICATED);

	ASSERT_ERRNO(open(DEDICATED, O_RDWR), ENOSPC);
	close(fd);
	open_node(DEDICATED);
}

TEST(a_directed_afu_takes_511_contexts_and_no_more)
{
	int i, fd = -1;

	for (i = 0; i < PROCS; i++) {
		fd = open(i & 1 ? SLAVE : MASTER, O_RDWR);
		ASSERT_GE(fd, 0);
		ASSERT_EQ(process_element(fd), i);
	}
	ASSERT_ERRNO(open(SLAVE, O_RDWR), ENOSPC);
	ASSERT_ERRNO(open(MASTER, O_RDWR), ENOSPC);
	close(fd);
	ASSERT_EQ(process_element(open_node(SLAVE)), PROCS - 1);
}

TEST(process_elements_are_reused_lowest_first)
{
	int fd[4], i;

	for (i = 0; i < 4; i++) {
		fd[i] = open_node(SLAVE);
		ASSERT_EQ(process_element(fd[i]), i);
	}
	close(fd[2]);
	close(fd[1]);
	ASSERT_EQ(process_element(open_node(SLAVE)), 1);
	ASSERT_EQ(process_element(open_node(SLAVE)), 2);
	ASSERT_EQ(process_element(open_node(SLAVE)), 4);
}

TEST(several_masters_may_be_open)
{
	open_node(MASTER);
	open_node(MASTER);
}

/* --- ioctl */

TEST(an_unknown_ioctl_gives_einval)
{
	int fd = open_node(SLAVE);

	ASSERT_ERRNO(ioctl(fd, _IO(CXL_MAGIC, 0x7f)), EINVAL);
	ASSERT_ERRNO(ioctl(fd, 0x12345678), EINVAL);
	ASSERT_ERRNO(ioctl(fd, CXL_IOCTL_DOWNLOAD_IMAGE, 0), EINVAL);
	ASSERT_ERRNO(ioctl(fd, CXL_IOCTL_VALIDATE_IMAGE, 0), EINVAL);
}

TEST(a_known_number_with_another_size_gives_einval)
{
	int fd = open_node(SLAVE);
	char buf[128] = "";

	ASSERT_ERRNO(ioctl(fd, _IOW(CXL_MAGIC, 0, char[72]), buf), EINVAL);
}

TEST(the_process_element_is_the_same_before_and_after_attach)
{
	int fd = open_node(SLAVE);
	uint32_t pe = process_element(fd);

	ASSERT_EQ(start(fd, 0), 0);
	ASSERT_EQ(process_element(fd), pe);
}

TEST(get_process_element_to_a_bad_pointer_gives_efault)
{
	ASSERT_ERRNO(ioctl(open_node(SLAVE), CXL_IOCTL_GET_PROCESS_ELEMENT, 8), EFAULT);
}

TEST(get_afu_id_to_a_bad_pointer_gives_efault)
{
	ASSERT_ERRNO(ioctl(open_node(SLAVE), CXL_IOCTL_GET_AFU_ID, 8), EFAULT);
}

static struct cxl_afu_id afu_id(const char *node)
{
	struct cxl_afu_id id;

	memset(&id, 0xa5, sizeof(id));
	ASSERT_EQ(ioctl(open_node(node), CXL_IOCTL_GET_AFU_ID, &id), 0);
	return id;
}

static void check_afu_id(const char *node, uint64_t flags, uint32_t card,
			 uint32_t mode)
{
	struct cxl_afu_id id = afu_id(node), want = {
		.flags = flags, .card_id = card, .afu_mode = mode,
	};

	ASSERT(!memcmp(&id, &want, sizeof(id)));
}

TEST(get_afu_id_fills_all_64_bytes)
{
	check_afu_id(SLAVE, CXL_AFUID_FLAG_SLAVE, 0, CXL_MODE_DIRECTED);
	check_afu_id(MASTER, 0, 0, CXL_MODE_DIRECTED);
	check_afu_id(DEDICATED, 0, 1, CXL_MODE_DEDICATED);
}

/* --- START_WORK, in the order of its checks */

TEST(start_work_from_a_bad_pointer_gives_efault)
{
	ASSERT_ERRNO(ioctl(open_node(SLAVE), CXL_IOCTL_START_WORK, 8), EFAULT);
}

TEST(a_bad_pointer_comes_before_the_state)
{
	int fd = idle_context();

	ASSERT_ERRNO(ioctl(fd, CXL_IOCTL_START_WORK, 8), EFAULT);
}

TEST(a_second_start_work_gives_eio)
{
	int fd = idle_context();

	ASSERT_ERRNO(start(fd, 0), EIO);
}

TEST(the_state_comes_before_reserved_fields_and_flags)
{
	int fd = idle_context();

	ASSERT_ERRNO(start_flags(fd, 0, 1ull << 63, 0), EIO);
}

TEST(each_reserved_field_must_be_zero)
{
	static const size_t field[] = {
		offsetof(struct cxl_ioctl_start_work, reserved1),
		offsetof(struct cxl_ioctl_start_work, reserved2),
		offsetof(struct cxl_ioctl_start_work, reserved3),
		offsetof(struct cxl_ioctl_start_work, reserved4),
		offsetof(struct cxl_ioctl_start_work, reserved5),
	};
	int fd = open_node(SLAVE);
	unsigned int i;

	for (i = 0; i < sizeof(field) / sizeof(field[0]); i++) {
		struct cxl_ioctl_start_work work = {};

		((char *)&work)[field[i] + 3] = 1;
		ASSERT_ERRNO(ioctl(fd, CXL_IOCTL_START_WORK, &work), EINVAL);
	}
	ASSERT_EQ(start(fd, 0), 0);
}

TEST(unknown_flags_give_einval)
{
	int fd = open_node(SLAVE), bit;

	for (bit = 4; bit < 64; bit++)
		ASSERT_ERRNO(start_flags(fd, 0, 1ull << bit, 0), EINVAL);
	ASSERT_EQ(start(fd, 0), 0);
}

TEST(each_known_flag_is_accepted)
{
	ASSERT_EQ(start_flags(open_node(SLAVE), 0, CXL_START_WORK_AMR, 0), 0);
	ASSERT_EQ(start_flags(open_node(SLAVE), 0, CXL_START_WORK_ERR_FF, 0), 0);
	ASSERT_EQ(start_flags(open_node(SLAVE), 0, CXL_START_WORK_TID, 0), 0);
	ASSERT_EQ(start_flags(open_node(SLAVE), 0, CXL_START_WORK_ALL, IRQS_MIN), 0);
}

TEST(too_few_interrupts_give_einval)
{
	int fd = open_node(SLAVE);

	ASSERT_ERRNO(start_irqs(fd, -1), EINVAL);
	ASSERT_ERRNO(start_irqs(fd, -32768), EINVAL);
	ASSERT_ERRNO(start_irqs(fd, 0), EINVAL);
	ASSERT_ERRNO(start_irqs(fd, IRQS_MIN - 1), EINVAL);
	ASSERT_EQ(start_irqs(fd, IRQS_MIN), 0);
}

TEST(too_many_interrupts_give_einval)
{
	int fd = open_node(SLAVE);

	ASSERT_ERRNO(start_irqs(fd, IRQS_POOL + 1), EINVAL);
	ASSERT_EQ(attr_write("/sys/class/cxl/afu0.0/irqs_max", "7"), 0);
	ASSERT_ERRNO(start_irqs(fd, 8), EINVAL);
	ASSERT_EQ(start_irqs(fd, 7), 0);
	ASSERT_EQ(attr_write("/sys/class/cxl/afu0.0/irqs_max", "2037"), 0);
}

TEST(no_interrupts_will_do_for_an_afu_that_needs_none)
{
	ASSERT_EQ(start_irqs(open_node(DEDICATED), 0), 0);
}

TEST(num_interrupts_is_ignored_without_its_flag)
{
	ASSERT_EQ(start_flags(open_node(SLAVE), 0, 0, -5), 0);
}

TEST(an_exhausted_pool_gives_enospc_and_recovers)
{
	int big = open_node(SLAVE), fd = open_node(SLAVE);

	ASSERT_EQ(start_irqs(big, IRQS_POOL - IRQS_MIN + 1), 0);
	ASSERT_ERRNO(start(fd, 0), ENOSPC);
	ASSERT_ERRNO(start(fd, 0), ENOSPC);
	close(big);
	ASSERT_EQ(start(fd, 0), 0);
}

TEST(the_pool_bounds_how_many_can_start)
{
	int i;

	for (i = 0; i < IRQS_POOL / IRQS_MIN; i++)
		idle_context();
	ASSERT_ERRNO(start(open_node(SLAVE), 0), ENOSPC);
}

TEST(a_failed_attach_leaves_the_context_as_it_was)
{
	int fd = open_node(SLAVE);
	uint32_t pe = process_element(fd);

	ASSERT_ERRNO(start_irqs(fd, -1), EINVAL);
	ASSERT_EQ(process_element(fd), pe);
	ASSERT_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ?
		     -1 : 0, EIO);
	ASSERT_EQ(start(fd, 0), 0);
}

/* The kernel's limit of threads, for a moment: it stops the worker only. */
TEST(an_attach_without_a_free_thread_gives_enomem)
{
	const char *file = "/proc/sys/kernel/threads-max";
	int fd = open_node(SLAVE), ret, err;
	char *limit = strdup(attr_read(file));

	ASSERT_EQ(attr_write(file, "20"), 0);
	ret = start(fd, 0);
	err = errno;
	ASSERT_EQ(attr_write(file, limit), 0);
	ASSERT_EQ(ret, -1);
	ASSERT_EQ(err, ENOMEM);
	ASSERT_EQ(start(fd, 0), 0);
}

TEST(without_the_tid_flag_nothing_is_written_back)
{
	struct cxl_ioctl_start_work work = { .tid = 0xabcd }, was = work;

	ASSERT_EQ(ioctl(open_node(SLAVE), CXL_IOCTL_START_WORK, &work), 0);
	ASSERT(!memcmp(&work, &was, sizeof(work)));
}

TEST(the_tid_flag_gives_a_unique_thread_id)
{
	struct cxl_ioctl_start_work a = { .flags = CXL_START_WORK_TID }, b = a;

	ASSERT_EQ(ioctl(open_node(SLAVE), CXL_IOCTL_START_WORK, &a), 0);
	ASSERT_EQ(ioctl(open_node(SLAVE), CXL_IOCTL_START_WORK, &b), 0);
	ASSERT_NE(a.tid, 0);
	ASSERT_NE(a.tid, b.tid);
	ASSERT_EQ(a.num_interrupts, IRQS_MIN);
}

TEST(a_tid_that_cannot_be_written_leaves_the_context_started)
{
	struct cxl_ioctl_start_work *work = pages(1);
	int fd = open_node(SLAVE);

	work->flags = CXL_START_WORK_TID;
	ASSERT_EQ(mprotect(work, PAGE, PROT_READ), 0);
	ASSERT_ERRNO(ioctl(fd, CXL_IOCTL_START_WORK, work), EFAULT);
	ASSERT_ERRNO(start(fd, 0), EIO);
}

TEST(an_attach_is_refused_while_the_card_is_being_reset)
{
	int fd = open_node(SLAVE), keep = open_node(SLAVE);
	int i, ret, refused = 0;

	/* The reset closes fd; on the way it is EBUSY or EIO, never success. */
	ASSERT_EQ(attr_write("/sys/class/cxl/card0/reset", "1"), 0);
	for (i = 0; i < 3; i++) {
		ret = start(fd, 0);
		ASSERT_EQ(ret, -1);
		refused += errno == EBUSY || errno == EIO;
	}
	ASSERT_EQ(refused, 3);
	close(keep);
	force_reset(0, SLAVE);
}

/* --- who attaches */

static void send_fd(int sock, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	ASSERT_EQ(sendmsg(sock, &msg, 0), 1);
}

static int receive_fd(int sock)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	int fd;

	ASSERT_EQ(recvmsg(sock, &msg, 0), 1);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* The child's memory is filled in after the fork: it is the child's that is copied. */
static void attach_and_copy(int fd)
{
	struct queue q = queue_new(1);
	char *buf = pages(1);

	strcpy(buf, "child");
	ASSERT_EQ(start(fd, queue_wed(&q)), 0);
	ASSERT_EQ(run(&q, OP_COPY, buf, buf + 64, 6), COMPLETE);
	ASSERT_STREQ(buf + 64, "child");
}

TEST(a_process_that_was_sent_the_file_can_attach_it)
{
	int sock[2];

	ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sock), 0);
	send_fd(sock[0], open_node(SLAVE));
	IN_CHILD(attach_and_copy(receive_fd(sock[1])));
}

TEST(a_child_can_attach_what_its_parent_opened)
{
	int fd = open_node(SLAVE);

	IN_CHILD(attach_and_copy(fd));
	ASSERT_ERRNO(start(fd, 0), EIO);
}

static void *attach_thread(void *arg)
{
	int *fd = arg;
	struct queue *q = (void *)(fd + 2);

	*fd = queue_context(q);
	return NULL;
}

TEST(the_thread_that_attached_may_exit)
{
	struct { int fd, pad; struct queue q; } a = {};
	char *buf = pages(1);
	pthread_t thread;

	ASSERT_EQ(pthread_create(&thread, NULL, attach_thread, &a), 0);
	ASSERT_EQ(pthread_join(thread, NULL), 0);
	strcpy(buf, "still");
	ASSERT_EQ(run(&a.q, OP_COPY, buf, buf + 100, 6), COMPLETE);
	ASSERT_STREQ(buf + 100, "still");
}

static void *attach_racer(void *arg)
{
	return (void *)(intptr_t)(start(*(int *)arg, 0) ? errno : 0);
}

TEST(of_two_threads_that_attach_one_succeeds)
{
	int i, fd;

	for (i = 0; i < 50; i++) {
		pthread_t a, b;
		void *ra, *rb;

		fd = open_node(SLAVE);
		pthread_create(&a, NULL, attach_racer, &fd);
		pthread_create(&b, NULL, attach_racer, &fd);
		pthread_join(a, &ra);
		pthread_join(b, &rb);
		ASSERT_EQ((intptr_t)ra + (intptr_t)rb, EIO);
		close(fd);
	}
}

KTAP_MAIN()
