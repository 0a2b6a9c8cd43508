// SPDX-License-Identifier: GPL-2.0-only
/* The files of /sys/class/cxl under failure. */
#define _GNU_SOURCE
#include "cxl-rig.h"

#define CARD "/sys/class/cxl/card0/"
#define AFU "/sys/class/cxl/afu0.0/"
#define OURS FAULT_DEBUGFS "softaccel_cxl/"

FAULT_MACHINE_TEST

/* The open is sysfs' own. */
static void must_open_attr(void)
{
	rig.fd = open(rig.attr, (rig.text ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
	ASSERT(rig.fd >= 0);
}

static int do_attr_read(void)
{
	static char text[READ_SIZE];

	return pread(rig.fd, text, sizeof(text), 0) > 0 ? 0 : -1;
}

static int do_attr_write(void)
{
	/* Not pwrite(): numbers in debugfs cannot be positioned; nobody asks where. */
	ssize_t n = write(rig.fd, rig.text, strlen(rig.text));

	return n == (ssize_t)strlen(rig.text) ? 0 : -1;
}

static void must_read_back(void)
{
	must_close();
	ASSERT(!strncmp(attr_read(rig.attr), rig.text, strlen(rig.text)));
}

TEST(sysfs_reads_survive_failures)
{
	static const char *const attrs[] = {
		CARD "caia_version", CARD "psl_revision", CARD "base_image",
		CARD "image_loaded", CARD "psl_timebase_synced",
		CARD "tunneled_ops_supported", CARD "load_image_on_perst",
		CARD "perst_reloads_same_image",
		AFU "mmio_size", AFU "irqs_min", AFU "irqs_max",
		AFU "modes_supported", AFU "mode", AFU "prefault_mode",
		AFU "api_version", AFU "api_version_compatible",
		AFU "cr0/vendor", AFU "cr0/device", AFU "cr0/class",
		AFU "cr0/config", AFU "afu_err_buff",
		"/sys/class/cxl/afu0.0m/mmio_size",
		"/sys/class/cxl/afu0.0m/pp_mmio_off",
		"/sys/class/cxl/afu0.0m/pp_mmio_len",
	};
	struct fault_path path = {
		.prepare = must_open_attr,
		.attempt = do_attr_read,
		.finish = must_close,
		.errnos = { ENOMEM, EFAULT },
	};
	size_t i;

	for (i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		rig.attr = attrs[i];
		path.name = attrs[i] + strlen("/sys/class/cxl/");
		fault_sweep(&path);
	}
}

TEST(sysfs_writes_survive_failures)
{
	static const struct {
		const char *attr, *text;
		void (*finish)(void);
	} writes[] = {
		{ CARD "load_image_on_perst", "factory", must_read_back },
		{ CARD "perst_reloads_same_image", "0", must_read_back },
		{ AFU "irqs_max", "2037", must_read_back },
		{ AFU "prefault_mode", "all", must_read_back },
		{ AFU "reset", "1", must_close },
		{ OURS "card0/link", "1", must_close },
		{ OURS "card0/afu0.0/reset", "1", must_close },
		{ OURS "slots/0", "1", must_close },
	};
	struct fault_path path = {
		.prepare = must_open_attr,
		.attempt = do_attr_write,
		.errnos = { ENOMEM, EFAULT },
	};
	char name[64];
	size_t i;

	path.name = name;
	for (i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		rig.attr = writes[i].attr;
		rig.text = writes[i].text;
		path.finish = writes[i].finish;
		snprintf(name, sizeof(name), "write %s", rig.attr +
			 (strstr(rig.attr, OURS) ? strlen(FAULT_DEBUGFS) :
						   strlen("/sys/class/cxl/")));
		fault_sweep(&path);
	}
}

static void use_mode(void)
{
	rig.attr = AFU "mode";
	rig.text = "afu_directed";
}

/* It has not come to that, or the old mode is gone and there is none: no nodes. */
static void set_mode_again(int error)
{
	const char *mode = attr_read(rig.attr);

	(void)error;
	if (!strcmp(mode, "none\n"))
		ASSERT(access("/sys/class/cxl/afu0.0m", F_OK) &&
		       access("/sys/class/cxl/afu0.0s", F_OK));
	else
		ASSERT_STREQ(mode, "afu_directed\n");
	ASSERT_EQ(do_attr_write(), 0);
}

/* The driver core does not tell when it could not make a node in /dev. */
static void must_have_nodes(void)
{
	must_read_back();
	ASSERT(!access("/sys/class/cxl/afu0.0m/dev", F_OK));
	ASSERT(!access("/sys/class/cxl/afu0.0s/dev", F_OK));
	if (access(MASTER, F_OK) || access(SLAVE, F_OK)) {
		fault_nodeless++;
		ASSERT_EQ(attr_write(rig.attr, rig.text), 0);
	}
}

FAULT_PATH(set_mode, .setup = use_mode, .prepare = must_open_attr,
	   .attempt = do_attr_write, .recover = set_mode_again,
	   .finish = must_have_nodes,
	   .errnos = { ENOMEM, EFAULT })

/* --- errors that a tester provokes */

static int context = -1;

static void begin_event(void)
{
	must_open_attr();
	rig.irqs = IRQS_MIN;
	context = idle_context();
}

static void end_event(void)
{
	struct cxl_event event = read_event(context);

	ASSERT_EQ(event.header.type, CXL_EVENT_AFU_ERROR);
	ASSERT(!pending(context, 0));
	must_close();
	close(context);
}

static void use_error(void)
{
	rig.attr = OURS "card0/afu0.0/error";
	rig.text = "0x1234 0";
}

/* One that was repeated has been dropped: the oldest stays. */
FAULT_PATH(provoke_an_error, .setup = use_error, .prepare = begin_event,
	   .attempt = do_attr_write, .finish = end_event, .errnos = { ENOMEM, EFAULT })

static void use_link(void)
{
	rig.attr = OURS "card0/link";
	rig.text = "0";
	ASSERT_EQ(attr_write(CARD "perst_reloads_same_image", "1"), 0);
}

static void end_link(void)
{
	must_close();
	ASSERT_ERRNO(open(SLAVE, O_RDWR), EIO);
	ASSERT_EQ(attr_write(rig.attr, "1"), 0);
	close(idle_context());
}

FAULT_PATH(link_down, .setup = use_link, .prepare = must_open_attr,
	   .attempt = do_attr_write, .finish = end_link, .errnos = { ENOMEM, EFAULT })

static void use_link_up(void)
{
	rig.attr = OURS "card0/link";
	rig.text = "1";
}

static void begin_link_up(void)
{
	ASSERT_EQ(attr_write(rig.attr, "0"), 0);
	must_open_attr();
}

static void end_link_up(void)
{
	must_close();
	close(idle_context());
}

FAULT_PATH(link_up, .setup = use_link_up, .prepare = begin_link_up,
	   .attempt = do_attr_write, .finish = end_link_up, .errnos = { ENOMEM, EFAULT })

static void use_slot(void)
{
	rig.attr = OURS "slots/0";
	rig.text = "1";
}

static void begin_slot(void)
{
	ASSERT_EQ(attr_write(rig.attr, "0"), 0);
	must_open_attr();
}

FAULT_PATH(put_a_card_back, .setup = use_slot, .prepare = begin_slot,
	   .attempt = do_attr_write, .finish = end_link_up, .errnos = { ENOMEM, EFAULT })

static void use_slot_out(void)
{
	rig.attr = OURS "slots/0";
	rig.text = "0";
}

static void end_slot_out(void)
{
	must_close();
	ASSERT(access("/sys/class/cxl/card0", F_OK));
	ASSERT_EQ(attr_write(rig.attr, "1"), 0);
}

FAULT_PATH(pull_a_card_out, .setup = use_slot_out, .prepare = must_open_attr,
	   .attempt = do_attr_write, .finish = end_slot_out, .errnos = { ENOMEM, EFAULT })

static void use_reset(void)
{
	rig.attr = CARD "reset";
	rig.text = "1";
}

/* The old card refuses work from the write on. */
static void must_come_back(void)
{
	int64_t end = now_ms() + 20000;
	int fd = -1;

	must_close();
	do {
		ASSERT_LT(now_ms(), end);
		if (fd >= 0)
			close(fd);
		sleep_ms(5);
		fd = open(SLAVE, O_RDWR | O_CLOEXEC);
	} while (fd < 0 || start(fd, 0));
	close(fd);
}

/* Refused with EBUSY if one of the paths above has left the card an attached context. */
FAULT_PATH(reset_card, .setup = use_reset, .prepare = must_open_attr,
	   .attempt = do_attr_write, .finish = must_come_back, .errnos = { ENOMEM, EFAULT })

KTAP_MAIN()
