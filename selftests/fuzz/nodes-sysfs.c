// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs files of the cards and of the parent of the ib_device, debugfs files, and
 * what makes usable again what writes to them have taken away.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "nodes.h"

#define CLASS	"/sys/class/cxl/"
#define DRIVER	"/sys/bus/platform/drivers/softaccel_hca/"
#define PARENT	"/sys/devices/platform/softaccel_hca.0"
#define DEVICE	"softaccel_hca.0"

#define ERRORS	"/sys/kernel/debug/softaccel_cxl/"
#define INJECT	"/sys/kernel/debug/softaccel_devx/mlx5_0/inject"

#define REBIND_SECONDS	10

/* Our uverbs node, which is another one each time the device has come back. */
bool verbs_node_path(char *path, size_t size)
{
	DIR *dir = opendir(PARENT "/infiniband_verbs");
	struct dirent *e;
	bool found = false;

	while (dir && (e = readdir(dir))) {
		if (strncmp(e->d_name, "uverbs", 6))
			continue;
		snprintf(path, size, "/dev/infiniband/%.32s", e->d_name);
		found = true;
	}
	if (dir)
		closedir(dir);
	return found;
}

static long write_bytes(const char *path, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	long ret;

	if (fd < 0)
		return -errno;
	ret = result(write(fd, bytes, len));
	close(fd);
	return ret;
}

bool write_text(const char *path, const char *text)
{
	return write_bytes(path, text, strlen(text)) >= 0;
}

/* In their slots, with the numbers that they have after loading, and with a link. */
static void restore_card(int n)
{
	char path[64];

	snprintf(path, sizeof(path), CLASS "card%d/perst_reloads_same_image", n);
	/* So that it stays, and with it what is written next. */
	write_text(path, "1");
	snprintf(path, sizeof(path), ERRORS "card%d/link", n);
	write_text(path, "1");
	snprintf(path, sizeof(path), CLASS "card%d/perst_reloads_same_image", n);
	write_text(path, "0");
}

static void plug_cards(const char *present)
{
	write_text(ERRORS "slots/0", present);
	write_text(ERRORS "slots/1", present);
	write_text(ERRORS "slots/2", present);
}

/* The PCI device has the number of the slot. */
static bool is_in_its_slot(int n)
{
	char path[64], slot[16], link[256];
	ssize_t len;

	snprintf(path, sizeof(path), CLASS "card%d/device", n);
	snprintf(slot, sizeof(slot), ":%02x.0", n);
	len = readlink(path, link, sizeof(link) - 1);
	link[len < 0 ? 0 : len] = '\0';
	return strstr(link, slot);
}

static void restore_cards(void)
{
	int n;

	plug_cards("1");
	if (!is_in_its_slot(0) || !is_in_its_slot(1) || !is_in_its_slot(2)) {
		plug_cards("0");
		plug_cards("1");
	}
	for (n = 0; n < 3; n++)
		restore_card(n);
}

/* All cards as after loading, and the ib_device there. */
void restore_devices(void)
{
	char path[64];

	restore_cards();
	write_text(CLASS "afu0.0/mode", "afu_directed");
	write_text(CLASS "afu1.0/mode", "dedicated_process");
	write_text(CLASS "afu2.0/mode", "afu_directed");
	write_text(CLASS "afu0.0/irqs_max", "2037");
	write_text(CLASS "afu2.0/irqs_max", "127");
	if (!verbs_node_path(path, sizeof(path)))
		write_text(DRIVER "bind", DEVICE);
}

/* --- Calls: what to write is the row's; which of the words is an argument */

struct file {
	const char *name;
	const char *path[3];	/* one for each card */
	const char *words[6];
};

static const struct file files[] = {
	{ "write_mode", { CLASS "afu0.0/mode", CLASS "afu1.0/mode",
			  CLASS "afu2.0/mode" },
	  { NULL, "none", "afu_directed", "dedicated_process", "time", "" } },
	{ "write_prefault", { CLASS "afu0.0/prefault_mode",
			      CLASS "afu1.0/prefault_mode",
			      CLASS "afu2.0/prefault_mode" },
	  { "none", "all", "work_element_descriptor", "al", "wed", "" } },
	{ "write_irqs_max", { CLASS "afu0.0/irqs_max", CLASS "afu1.0/irqs_max",
			      CLASS "afu2.0/irqs_max" },
	  { "2037", "4", "-1", "0x7f5", "99999999999", "x" } },
	{ "write_perst_image", { CLASS "card0/load_image_on_perst",
				 CLASS "card1/load_image_on_perst",
				 CLASS "card2/load_image_on_perst" },
	  { "none", "user", "factory", "userx", "", "0" } },
	{ "write_perst_same", { CLASS "card0/perst_reloads_same_image",
				CLASS "card1/perst_reloads_same_image",
				CLASS "card2/perst_reloads_same_image" },
	  { "0", "1", "0", "2", "-1", "" } },
	{ "reset_card", { CLASS "card0/reset", CLASS "card1/reset",
			  CLASS "card2/reset" },
	  { "1", "-1", "1", "0", "2", "x" } },
	{ "reset_afu", { CLASS "afu0.0/reset", CLASS "afu1.0/reset",
			 CLASS "afu2.0/reset" },
	  { "1", "0", "", "x", "-1", "2" } },
	{ "set_link", { ERRORS "card0/link", ERRORS "card1/link",
			ERRORS "card2/link" },
	  { "1", "0", "1", "0", "2", "" } },
	{ "set_slot", { ERRORS "slots/0", ERRORS "slots/1", ERRORS "slots/2" },
	  { "1", "0", "1", "0", "2", "x" } },
	{ "raise_error", { ERRORS "card0/afu0.0/error", ERRORS "card1/afu1.0/error",
			   ERRORS "card2/afu2.0/error" },
	  { "1", "0xffffffffffffffff 0", " 2 1 ", "1 -1", "1 511", "" } },
	{ "raise_fault", { ERRORS "card0/afu0.0/fault", ERRORS "card1/afu1.0/fault",
			   ERRORS "card2/afu2.0/fault" },
	  { "0", "0xffffffffffffffff 0", "4096  1", "x", "1 99999", " " } },
	{ "inject_down", { INJECT, INJECT, INJECT },
	  { "port_down 1", "port_down 1", "cq_error 1", "cq_error 2",
	    "cq_error 0xffffffff", "port_down 9" } },
	{ "inject_up", { INJECT, INJECT, INJECT },
	  { "port_up 1", "cq_error 3", "cq_error 4", "port_up", "x 1", "" } },
	{ "force_afu_reset", { ERRORS "card0/afu0.0/reset",
			       ERRORS "card1/afu1.0/reset" },
	  { "1", "0", "1", "x", "-1", "" } },
};

static const struct file *file_of(const struct call *c)
{
	unsigned int i;

	for (i = 0; strcmp(files[i].name, kind_of(c)->name); i++)
		;
	return &files[i];
}

static long run_write_file(struct runner *r, const struct call *c)
{
	static const char *const modes[] = {
		"afu_directed", "dedicated_process", "afu_directed",
	};
	const struct file *file = file_of(c);
	unsigned int card = c->arg[1] % 3;
	const char *word = file->words[c->arg[0] % 6] ?: modes[card];
	char bytes[64] = "";
	size_t len;
	void *from;

	snprintf(bytes, sizeof(bytes), "%s", word);
	len = strlen(bytes);
	if (c->arg[0] & 0x100)
		bytes[len++] = '\n';
	from = place(r, c, bytes, &len);
	return write_bytes(file->path[card], from, len);
}

/* Away under everybody's feet, and back. Takes long, so not always. */
static long run_rebind(struct runner *r, const struct call *c)
{
	time_t now = time(NULL), last = atomic_load(&shared->last_rebind);
	long ret;

	(void)r;
	if (now - last < REBIND_SECONDS ||
	    !atomic_compare_exchange_strong(&shared->last_rebind, &last, now))
		return -EAGAIN;
	ret = write_bytes(DRIVER "unbind", DEVICE, strlen(DEVICE));
	if (c->arg[0])
		usleep(c->arg[0] % 20000);
	write_bytes(DRIVER "bind", DEVICE, strlen(DEVICE));
	return ret;
}

static long run_read_file(struct runner *r, const struct call *c)
{
	static const char *const paths[] = {
		CLASS "afu0.0/mode", CLASS "afu1.0/mode", CLASS "afu0.0/mmio_size",
		CLASS "afu0.0/irqs_min", CLASS "afu0.0/irqs_max",
		CLASS "afu1.0/modes_supported", CLASS "afu1.0/prefault_mode",
		CLASS "afu0.0/api_version", CLASS "afu0.0/api_version_compatible",
		CLASS "afu0.0/cr0/config", CLASS "afu1.0/cr0/vendor",
		CLASS "afu0.0/afu_err_buff", CLASS "card0/device/config",
		ERRORS "card0/link", ERRORS "slots/1",
		CLASS "afu1.0/cr0/device", CLASS "afu1.0/cr0/class",
		CLASS "afu0.0m/mmio_size", CLASS "afu0.0m/pp_mmio_off",
		CLASS "afu0.0m/pp_mmio_len", CLASS "card0/caia_version",
		CLASS "card1/psl_revision", CLASS "card0/base_image",
		CLASS "card0/image_loaded", CLASS "card0/load_image_on_perst",
		CLASS "card0/perst_reloads_same_image",
		CLASS "card0/psl_timebase_synced",
		CLASS "card0/tunneled_ops_supported", PARENT "/vendor",
		PARENT "/device", "/sys/kernel/debug/softaccel_devx/mlx5_0/objects",
		"/sys/kernel/debug/softaccel_devx/mlx5_0/uars",
		PARENT "/infiniband/mlx5_0/board_id", PARENT "/infiniband/mlx5_0/fw_ver",
		PARENT "/infiniband/mlx5_0/hca_type", PARENT "/infiniband/mlx5_0/hw_rev",
	};
	unsigned int n = ARRAY_SIZE(paths);
	int fd = open(paths[c->arg[0] % n], O_RDONLY | O_CLOEXEC);
	size_t len = 256;
	char bytes[256] = "";
	long ret;

	if (fd < 0)
		return -errno;
	ret = result(pread(fd, place(r, c, bytes, &len), len, c->arg[1] % 300));
	close(fd);
	return ret;
}

#define FILE_ROW(_name, _weight) \
	{ .name = _name, .run = run_write_file, .weight = _weight }

static const struct kind sysfs_kinds[] = {
	FILE_ROW("write_mode", 1),
	FILE_ROW("write_prefault", 1),
	FILE_ROW("write_irqs_max", 1),
	FILE_ROW("write_perst_image", 1),
	FILE_ROW("write_perst_same", 1),
	FILE_ROW("reset_card", 1),
	FILE_ROW("reset_afu", 1),
	FILE_ROW("set_link", 1),
	FILE_ROW("set_slot", 1),
	FILE_ROW("raise_error", 1),
	FILE_ROW("raise_fault", 1),
	FILE_ROW("force_afu_reset", 1),
	FILE_ROW("inject_down", 2),
	FILE_ROW("inject_up", 2),
	{ .name = "rebind", .run = run_rebind, .weight = 1 },
	{ .name = "read_file", .run = run_read_file, .weight = 3 },
};

void add_sysfs_kinds(void)
{
	add_kinds(sysfs_kinds, ARRAY_SIZE(sysfs_kinds));
}
