// SPDX-License-Identifier: GPL-2.0-only
/* The PCI function above a card: what it shows, and that it can be taken away. */
#define _GNU_SOURCE
#include <dirent.h>
#include <sys/stat.h>

#include "cxl.h"
#include "load.h"

#define CARD		"/sys/class/cxl/card0"
#define DRIVER		"/sys/bus/pci/drivers/cxl-pci/"
#define DEVICES		"/sys/bus/pci/devices/"
#define CONFIG_SIZE	4096

#define CAP_EXP		0x10
#define EXT_CAP_DSN	0x0003
#define EXT_CAP_VENDOR	0x000b
#define VSEC_ID		0x1280
#define COMMAND		4
#define COMMAND_BITS	0x0547

/* "fffe:00:00.0", of card0. */
static const char *address(void)
{
	static char path[4096];

	ASSERT(realpath(CARD "/device", path));
	return strrchr(path, '/') + 1;
}

static const char *file_of(const char *addr, const char *file)
{
	static char path[512];

	snprintf(path, sizeof(path), DEVICES "%s/%s", addr, file);
	return path;
}

static const char *link_of(const char *path)
{
	static char target[4096];

	return realpath(path, target) ? strrchr(target, '/') + 1 : "none";
}

static int open_config(const char *addr)
{
	int fd = open(file_of(addr, "config"), O_RDWR);

	ASSERT_GE(fd, 0);
	return fd;
}

static void read_config(int fd, uint8_t *config)
{
	ASSERT_EQ(pread(fd, config, CONFIG_SIZE, 0), CONFIG_SIZE);
}

static uint32_t get16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) | get16(p + 2) << 16;
}

static void copy_address(char addr[32])
{
	snprintf(addr, 32, "%s", address());
}

/* --- what it shows */

TEST(a_card_is_the_child_of_a_pci_function)
{
	unsigned int domain, bus, slot, func;

	int n = sscanf(address(), "%x:%x:%x.%x", &domain, &bus, &slot, &func);

	ASSERT_EQ(n, 4);
	ASSERT_STREQ(link_of(CARD "/device/subsystem"), "pci");
	ASSERT_STREQ(link_of(file_of(address(), "driver")), "cxl-pci");
	ASSERT_STREQ(link_of(file_of(address(), "cxl/card0/subsystem")), "cxl");
	ASSERT_STREQ(link_of("/sys/class/cxl/afu0.0s/device/device/device/subsystem"),
		     "pci");
}

TEST(the_domain_is_shared_with_no_other_hardware)
{
	DIR *dir = opendir(DEVICES);
	struct dirent *entry;
	char mine[32];

	ASSERT(dir);
	copy_address(mine);
	mine[strcspn(mine, ":") + 1] = '\0';
	ASSERT_STREQ(strchr(mine, ':'), ":");
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, mine, strlen(mine)))
			ASSERT_STREQ(attr_read(file_of(entry->d_name, "device")),
				     "0x0477\n");
}

TEST(the_function_says_what_it_is)
{
	const char *text, *line;
	char addr[32];

	copy_address(addr);
	ASSERT_STREQ(attr_read(file_of(addr, "vendor")), "0x1014\n");
	ASSERT_STREQ(attr_read(file_of(addr, "device")), "0x0477\n");
	ASSERT_STREQ(attr_read(file_of(addr, "class")), "0x120000\n");
	ASSERT_STREQ(attr_read(file_of(addr, "irq")), "0\n");
	/* No BARs. */
	text = attr_read(file_of(addr, "resource"));
	for (line = text; *line; line = strchr(line, '\n') + 1)
		ASSERT(!strncmp(line, "0x0000000000000000 0x0000000000000000 ", 38));
	ASSERT(access(file_of(addr, "reset"), F_OK));
	ASSERT(access(file_of(addr, "iommu_group"), F_OK));
}

TEST(configuration_space_reads_the_same_in_any_width_at_any_offset)
{
	uint8_t config[CONFIG_SIZE], part[8];
	int fd, at, width;
	char addr[32];

	copy_address(addr);
	fd = open_config(addr);
	read_config(fd, config);
	ASSERT_EQ(get32(config), 0x04771014);
	for (width = 1; width <= 8; width++)
		for (at = 0; at + width <= CONFIG_SIZE; at++) {
			if (at > 0x120 && at < 0x3f8)
				continue;
			if (at > 0x480 && at < CONFIG_SIZE - 16)
				continue;
			ASSERT_EQ(pread(fd, part, width, at), width);
			if (memcmp(part, config + at, width))
				FAIL("%d bytes at 0x%x", width, at);
		}
	ASSERT_EQ(pread(fd, part, 8, CONFIG_SIZE - 4), 4);
	ASSERT_EQ(pread(fd, part, 8, CONFIG_SIZE), 0);
}

TEST(the_capability_list_ends)
{
	uint8_t config[CONFIG_SIZE];
	int at, n = 0, exp = 0;

	read_config(open_config(address()), config);
	ASSERT(get16(config + 6) & 0x10);
	for (at = config[0x34]; at; at = config[at + 1]) {
		ASSERT(at >= 0x40 && !(at & 3));
		ASSERT_LT(n++, 48);
		if (config[at] == CAP_EXP)
			exp = at;
	}
	ASSERT(exp);
	ASSERT_EQ(get16(config + exp + 0x12) & 0x3ff, 0x83);
}

TEST(the_vendor_specific_capability_agrees_with_sysfs)
{
	uint8_t config[CONFIG_SIZE];
	int at, n = 0, vsec = 0;
	char text[32];

	read_config(open_config(address()), config);
	for (at = 0x100; at; at = get32(config + at) >> 20) {
		ASSERT_LT(n++, 100);
		ASSERT(get32(config + at));
		if (get16(config + at) == EXT_CAP_VENDOR)
			vsec = at;
	}
	ASSERT(vsec);
	ASSERT_EQ(get32(config + vsec + 4), 0x80u << 20 | VSEC_ID);
	ASSERT_EQ(config[vsec + 8], 1);
	snprintf(text, sizeof(text), "%u.%u\n", config[vsec + 15], config[vsec + 14]);
	ASSERT_STREQ(attr_read(CARD "/caia_version"), text);
	snprintf(text, sizeof(text), "%u\n", get16(config + vsec + 12));
	ASSERT_STREQ(attr_read(CARD "/psl_revision"), text);
	snprintf(text, sizeof(text), "%u\n", get16(config + vsec + 16));
	ASSERT_STREQ(attr_read(CARD "/base_image"), text);
	ASSERT_STREQ(config[vsec + 19] & 0x80 ? "user\n" : "factory\n",
		     attr_read(CARD "/image_loaded"));
}

TEST(two_cards_have_two_serial_numbers)
{
	uint8_t a[CONFIG_SIZE], b[CONFIG_SIZE];
	char path[4096];

	read_config(open_config(address()), a);
	ASSERT(realpath("/sys/class/cxl/card1/device", path));
	read_config(open_config(strrchr(path, '/') + 1), b);
	ASSERT_EQ(get16(a + 0x100), EXT_CAP_DSN);
	ASSERT_NE(memcmp(a + 0x104, b + 0x104, 8), 0);
	/* In nothing else, but what somebody has written. */
	memcpy(a + COMMAND, b + COMMAND, 2);
	ASSERT_EQ(memcmp(a, b, 0x104), 0);
}

TEST(stores_to_configuration_space_reach_the_command_register_only)
{
	uint8_t before[CONFIG_SIZE], after[CONFIG_SIZE], ones[4] = { 255, 255, 255, 255 };
	uint8_t zeros[4] = { 0 }, part;
	int fd, at, width;
	char addr[32];

	copy_address(addr);
	fd = open_config(addr);
	read_config(fd, before);
	for (width = 1; width <= 4; width *= 2)
		for (at = 0; at < 0x500; at += width)
			ASSERT_EQ(pwrite(fd, ones, width, at), width);
	read_config(fd, after);
	ASSERT_EQ(get16(after + COMMAND), COMMAND_BITS);
	memcpy(after + COMMAND, before + COMMAND, 2);
	ASSERT_EQ(memcmp(before, after, CONFIG_SIZE), 0);
	/* Its bytes, one by one. */
	ASSERT_EQ(pwrite(fd, zeros, 1, COMMAND), 1);
	ASSERT_EQ(pread(fd, &part, 1, COMMAND), 1);
	ASSERT_EQ(part, 0);
	ASSERT_EQ(pread(fd, &part, 1, COMMAND + 1), 1);
	ASSERT_EQ(part, COMMAND_BITS >> 8);
	ASSERT_EQ(pwrite(fd, zeros, 4, COMMAND), 4);
	read_config(fd, after);
	ASSERT_EQ(get16(after + COMMAND), 0);
	ASSERT_EQ(get16(after + 6), get16(before + 6));
}

TEST(only_the_slots_that_are_in_use_show_a_function)
{
	DIR *dir = opendir(DEVICES);
	struct dirent *entry;
	char mine[32];
	int n = 0;

	ASSERT(dir);
	copy_address(mine);
	while ((entry = readdir(dir)))
		n += !strncmp(entry->d_name, mine, 8);
	ASSERT_GE(n, 2);
	ASSERT_EQ(attr_write("/sys/bus/pci/rescan", "1"), 0);
	rewinddir(dir);
	while ((entry = readdir(dir)))
		n -= !strncmp(entry->d_name, mine, 8);
	ASSERT_EQ(n, 0);
}

/* --- the driver */

/* Of the first function outside of our domain that has no driver. */
static bool find_foreign(char addr[32], char ids[32])
{
	DIR *dir = opendir(DEVICES);
	struct dirent *entry;
	char mine[32];

	ASSERT(dir);
	copy_address(mine);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || !strncmp(entry->d_name, mine, 5) ||
		    !access(file_of(entry->d_name, "driver"), F_OK))
			continue;
		snprintf(addr, 32, "%.31s", entry->d_name);
		snprintf(ids, 32, "%.6s ", attr_read(file_of(addr, "vendor")));
		snprintf(ids + 7, 20, "%.6s", attr_read(file_of(addr, "device")));
		return true;
	}
	return false;
}

TEST(the_driver_refuses_functions_of_other_buses)
{
	char addr[32], ids[32];

	ASSERT(find_foreign(addr, ids));
	ASSERT_EQ(attr_write(DRIVER "new_id", ids), 0);
	ASSERT(access(file_of(addr, "driver"), F_OK));
	ASSERT_EQ(attr_write(DRIVER "bind", addr), ENODEV);
	ASSERT_EQ(attr_write(DRIVER "remove_id", ids), 0);
	ASSERT(!access(CARD, F_OK));
}

static void expect_dead(int fd)
{
	static char buf[4096];
	uint32_t pe;

	ASSERT_ERRNO(ioctl(fd, CXL_IOCTL_GET_PROCESS_ELEMENT, &pe), EIO);
	ASSERT_ERRNO(read(fd, buf, sizeof(buf)), EIO);
}

TEST(unbind_removes_the_card_and_bind_brings_it_back)
{
	volatile uint8_t *w;
	struct queue q;
	char addr[32], *p = pages(1);
	int fd = queue_context(&q);

	copy_address(addr);
	w = map(fd, PAGE);
	ASSERT_EQ(attr_write(DRIVER "unbind", addr), 0);
	ASSERT(access(CARD, F_OK) && access(SLAVE, F_OK));
	ASSERT(!access("/dev/cxl/afu1.0d", F_OK));
	expect_dead(fd);
	ASSERT_EQ(load_sigbus(w), BUS_ADRERR);
	ASSERT_EQ(attr_write(DRIVER "unbind", addr), ENODEV);
	ASSERT_EQ(attr_write(DRIVER "bind", addr), 0);
	ASSERT_STREQ(address(), addr);
	expect_dead(fd);
	close(fd);
	fd = queue_context(&q);
	strcpy(p, "new");
	ASSERT_EQ(run(&q, OP_COPY, p, p + 64, 4), COMPLETE);
	ASSERT_STREQ(p + 64, "new");
}

TEST(remove_takes_the_card_along_and_rescan_finds_it)
{
	int fd = idle_context(), other = open_node(DEDICATED);
	char addr[32];

	copy_address(addr);
	ASSERT_EQ(attr_write(file_of(addr, "remove"), "1"), 0);
	ASSERT(access(file_of(addr, ""), F_OK));
	ASSERT(access(CARD, F_OK) && access(SLAVE, F_OK));
	expect_dead(fd);
	/* The other card does not notice. */
	ASSERT_EQ(start(other, 0xfff0), 0);
	ASSERT_EQ(attr_write("/sys/bus/pci/rescan", "1"), 0);
	ASSERT_STREQ(address(), addr);
	ASSERT_EQ(process_element(other), 0);
	expect_dead(fd);
	idle_context();
}

TEST(a_rescan_leaves_a_running_card_alone)
{
	char *p = pages(1), before[32];
	struct queue q;

	copy_address(before);
	queue_context(&q);
	ASSERT_EQ(attr_write("/sys/bus/pci/rescan", "1"), 0);
	ASSERT_EQ(attr_write(file_of(before, "rescan"), "1"), 0);
	ASSERT_STREQ(address(), before);
	strcpy(p, "on");
	ASSERT_EQ(run(&q, OP_COPY, p, p + 64, 3), COMPLETE);
	ASSERT_STREQ(p + 64, "on");
}

TEST(runtime_power_management_disturbs_nobody)
{
	struct queue q;
	char addr[32];

	copy_address(addr);
	queue_context(&q);
	/* Not in a kernel without power management. */
	if (!access(file_of(addr, "power/control"), F_OK)) {
		ASSERT_EQ(attr_write(file_of(addr, "power/control"), "auto"), 0);
		sleep_ms(100);
		ASSERT_STREQ(attr_read(file_of(addr, "power/runtime_status")),
			     "active\n");
	}
	ASSERT_EQ(run(&q, OP_STOP, NULL, NULL, 0), COMPLETE);
	if (!access(file_of(addr, "power/control"), F_OK))
		ASSERT_EQ(attr_write(file_of(addr, "power/control"), "on"), 0);
}

TEST(a_card_reset_keeps_the_function)
{
	struct stat before, after, card_before, card_after;
	char addr[32];

	copy_address(addr);
	ASSERT_EQ(stat(file_of(addr, ""), &before), 0);
	ASSERT_EQ(stat(CARD "/", &card_before), 0);
	force_reset(0, SLAVE);
	ASSERT_EQ(stat(file_of(addr, ""), &after), 0);
	ASSERT_EQ(stat(CARD "/", &card_after), 0);
	ASSERT_EQ(before.st_ino, after.st_ino);
	ASSERT_NE(card_before.st_ino, card_after.st_ino);
}

/* The card number is the lowest free one, as ever. */
TEST(both_cards_removed_come_back_as_they_were)
{
	char first[32], second[32], path[4096];

	copy_address(first);
	ASSERT(realpath("/sys/class/cxl/card1/device", path));
	snprintf(second, sizeof(second), "%.31s", strrchr(path, '/') + 1);
	ASSERT_EQ(attr_write(file_of(second, "remove"), "1"), 0);
	ASSERT_EQ(attr_write(file_of(first, "remove"), "1"), 0);
	ASSERT(access(SLAVE, F_OK) && access(DEDICATED, F_OK));
	ASSERT_EQ(attr_write("/sys/bus/pci/rescan", "1"), 0);
	ASSERT_STREQ(address(), first);
	ASSERT(!access(SLAVE, F_OK) && !access(DEDICATED, F_OK));
}

/* --- under load */

TEST(unbind_and_bind_under_load_leave_nothing)
{
	pid_t pid[LOAD_PROCESSES];
	char addr[32];
	int i;

	copy_address(addr);
	load_begin(pid);
	for (i = 0; i < 20; i++) {
		sleep_ms(i);
		ASSERT_EQ(attr_write(DRIVER "unbind", addr), 0);
		ASSERT_EQ(attr_write(DRIVER "bind", addr), 0);
	}
	load_end(pid);
	check_nothing_left();
}

TEST(remove_and_rescan_under_load_leave_nothing)
{
	pid_t pid[LOAD_PROCESSES];
	char addr[32];
	int i;

	copy_address(addr);
	load_begin(pid);
	for (i = 0; i < 20; i++) {
		sleep_ms(i);
		ASSERT_EQ(attr_write(file_of(addr, "remove"), "1"), 0);
		ASSERT_EQ(attr_write("/sys/bus/pci/rescan", "1"), 0);
	}
	load_end(pid);
	check_nothing_left();
}

/* Each of them may find that another one was faster. */
TEST(reset_remove_rescan_and_unbind_race_each_other)
{
	static const char * const file[] = {
		"unbind", "bind", "remove", "rescan", "reset",
	};
	char addr[32], path[256];
	pid_t pid[5];
	int i, fd;

	copy_address(addr);
	for (i = 0; i < 5; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		if (i < 2)
			snprintf(path, sizeof(path), DRIVER "%s", file[i]);
		else if (i == 2)
			snprintf(path, sizeof(path), DEVICES "%s/remove", addr);
		else
			snprintf(path, sizeof(path), "%s", i == 3 ?
				 "/sys/bus/pci/rescan" : CARD "/reset");
		for (;;) {
			fd = open(path, O_WRONLY);
			if (fd >= 0) {
				(void)!write(fd, i < 2 ? addr : i == 4 ? "-1" : "1",
					     i < 2 ? strlen(addr) : i == 4 ? 2 : 1);
				close(fd);
			}
			usleep(1000 + 500 * i);
		}
	}
	sleep_ms(3000);
	for (i = 0; i < 5; i++) {
		kill(pid[i], SIGKILL);
		ASSERT_EQ(waitpid(pid[i], NULL, 0), pid[i]);
	}
	attr_write("/sys/bus/pci/rescan", "1");
	if (access(file_of(addr, "driver"), F_OK))
		ASSERT_EQ(attr_write(DRIVER "bind", addr), 0);
	force_reset(0, SLAVE);
	check_nothing_left();
}

KTAP_MAIN()
