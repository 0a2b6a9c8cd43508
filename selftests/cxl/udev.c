// SPDX-License-Identifier: GPL-2.0-only
/* What device managers and unprivileged users see: events of nodes, permissions. */
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "cxl.h"

#define SYS "/sys/class/cxl/"

/* --- events */

static int event_socket(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	ASSERT_GE(fd, 0);
	ASSERT_EQ(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

/* The value of @key in a message of NUL-terminated "KEY=VALUE"; NULL if none. */
static const char *value_of(const char *message, size_t size, const char *key)
{
	const char *at = message, *end = message + size;
	size_t n = strlen(key);

	for (; at < end; at += strlen(at) + 1)
		if (!strncmp(at, key, n) && at[n] == '=')
			return at + n + 1;
	return NULL;
}

static void expect_value(const char *message, size_t size, const char *key,
			 const char *want)
{
	const char *got = value_of(message, size, key);

	if (!got || strcmp(got, want))
		FAIL("%s: %s is %s, not %s", message, key, got ? got : "missing", want);
}

/* The next event that @action is done to a device or directory @name. */
static void expect_event(int fd, const char *action, const char *name,
			 const char *node)
{
	static char message[8192];
	char text[32], *slash;
	struct stat st;
	ssize_t n;

	do {
		if (!pending(fd, 10000))
			FAIL("no event of %s %s", action, name);
		n = recv(fd, message, sizeof(message) - 1, 0);
		ASSERT_GT(n, 0);
		message[n] = '\0';
		slash = strrchr(message, '/');
	} while (!slash || strcmp(slash + 1, name) ||
		 strncmp(message, action, strlen(action)) ||
		 message[strlen(action)] != '@');
	expect_value(message, n, "SUBSYSTEM", "cxl");
	if (!node) {
		ASSERT(!value_of(message, n, "DEVNAME"));
		return;
	}
	snprintf(text, sizeof(text), "cxl/%s", name);
	expect_value(message, n, "DEVNAME", text);
	/* Minors stay; the other slave's tells the major. */
	ASSERT_EQ(stat(DEDICATED, &st), 0);
	snprintf(text, sizeof(text), "%u", major(st.st_rdev));
	expect_value(message, n, "MAJOR", text);
	expect_value(message, n, "MINOR", node);
}

TEST(a_change_of_mode_removes_and_adds_the_nodes_with_events)
{
	int fd = event_socket();

	ASSERT_EQ(attr_write(SYS "afu0.0/mode", "none"), 0);
	expect_event(fd, "remove", "afu0.0m", "2");
	expect_event(fd, "remove", "afu0.0s", "3");
	ASSERT(access(MASTER, F_OK) && access(SLAVE, F_OK));
	ASSERT_EQ(attr_write(SYS "afu0.0/mode", "afu_directed"), 0);
	expect_event(fd, "add", "afu0.0m", "2");
	expect_event(fd, "add", "afu0.0s", "3");
	ASSERT(!access(MASTER, F_OK) && !access(SLAVE, F_OK));
}

TEST(writing_the_current_mode_tells_of_both)
{
	int fd = event_socket();

	ASSERT_EQ(attr_write(SYS "afu0.0/mode", "afu_directed"), 0);
	expect_event(fd, "remove", "afu0.0m", "2");
	expect_event(fd, "remove", "afu0.0s", "3");
	expect_event(fd, "add", "afu0.0m", "2");
	expect_event(fd, "add", "afu0.0s", "3");
}

TEST(a_reset_of_the_card_tells_of_everything_it_replaces)
{
	int fd = event_socket();

	force_reset(0, SLAVE);
	expect_event(fd, "remove", "afu0.0m", "2");
	expect_event(fd, "remove", "afu0.0s", "3");
	expect_event(fd, "remove", "afu0.0", NULL);
	expect_event(fd, "remove", "card0", NULL);
	expect_event(fd, "add", "card0", NULL);
	expect_event(fd, "add", "afu0.0", NULL);
	expect_event(fd, "add", "afu0.0m", "2");
	expect_event(fd, "add", "afu0.0s", "3");
}

TEST(the_uevent_files_say_what_the_events_said)
{
	const char *text = attr_read(SYS "afu0.0m/uevent");

	ASSERT(strstr(text, "DEVNAME=cxl/afu0.0m\n"));
	ASSERT(strstr(text, "MINOR=2\n"));
	ASSERT(strstr(text, "MAJOR="));
	ASSERT(!strstr(text, "DEVMODE="));
	ASSERT(!strstr(attr_read(SYS "afu0.0/uevent"), "DEVNAME"));
}

/* --- permissions */

TEST(nodes_belong_to_root_alone)
{
	static const char *const node[] = { MASTER, SLAVE, DEDICATED };
	struct stat st;
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(stat(node[i], &st), 0);
		ASSERT(S_ISCHR(st.st_mode));
		ASSERT_EQ(st.st_mode & 07777, 0600);
		ASSERT_EQ(st.st_uid, 0);
		ASSERT_EQ(st.st_gid, 0);
	}
}

static void become_nobody(void)
{
	ASSERT_EQ(setgid(65534), 0);
	ASSERT_EQ(setuid(65534), 0);
}

static void check_as_nobody(void)
{
	static const char *const secret[] = {
		SYS "afu0.0/cr0/config", SYS "afu0.0/reset", SYS "card0/reset",
	};
	static const char *const settings[] = {
		SYS "afu0.0/mode", SYS "afu0.0/irqs_max", SYS "afu0.0/prefault_mode",
		SYS "afu0.0/reset", SYS "card0/reset", SYS "card0/load_image_on_perst",
		SYS "card0/perst_reloads_same_image", SYS "afu0.0/mmio_size",
	};
	unsigned int i;

	become_nobody();
	ASSERT_ERRNO(open(SLAVE, O_RDWR), EACCES);
	ASSERT_ERRNO(open(MASTER, O_RDONLY), EACCES);
	ASSERT_ERRNO(open(DEDICATED, O_WRONLY), EACCES);
	for (i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		ASSERT_ERRNO(open(secret[i], O_RDONLY), EACCES);
	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		ASSERT_ERRNO(open(settings[i], O_WRONLY), EACCES);
	/* What they may know. */
	ASSERT_STREQ(attr_read(SYS "afu0.0/mode"), "afu_directed\n");
	ASSERT_STREQ(attr_read(SYS "afu0.0/cr0/vendor"), "0x1014\n");
}

TEST(who_is_not_root_gets_eacces)
{
	IN_CHILD(check_as_nobody());
}

static void work_as_nobody(int fd)
{
	struct queue q = queue_new(1);
	char *p = pages(1);

	become_nobody();
	ASSERT_EQ(start(fd, queue_wed(&q)), 0);
	strcpy(p, "nobody");
	ASSERT_EQ(run(&q, OP_COPY, p, p + 64, 7), COMPLETE);
	ASSERT_STREQ(p + 64, "nobody");
	(void)read64(map(fd, PAGE), REG_HANDLE);
}

TEST(an_open_file_asks_for_no_privilege_any_more)
{
	int fd = open_node(SLAVE);

	IN_CHILD(work_as_nobody(fd));
}

TEST(a_node_with_other_permissions_admits_accordingly)
{
	ASSERT_EQ(chmod(SLAVE, 0666), 0);
	IN_CHILD({
		become_nobody();
		idle_context();
	});
	ASSERT_EQ(chmod(SLAVE, 0600), 0);
	IN_CHILD({
		become_nobody();
		ASSERT_ERRNO(open(SLAVE, O_RDWR), EACCES);
	});
}

KTAP_MAIN()
