// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading each module under failure. A load that fails leaves nothing
 * behind, and the next one works.
 *
 * A load has hundreds of allocations, and takes a second on a debug kernel: with the
 * default budget (SACC_FAULT_SECONDS, for the whole program) not each of them is
 * tried, and the table says how many were. SACC_FAULT_SECONDS=0 tries each.
 *
 * A load can succeed and lack something where the kernel ignores errors: a node in
 * /dev, an ib_device without uverbs, a platform device whose probe has failed. It must
 * be possible to unload that, too.
 */
#define _GNU_SOURCE
#include <glob.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "fault.h"

#define DEFAULT_SECONDS 200
#define KMEMLEAK FAULT_DEBUGFS "kmemleak"
#define DRIVER "/sys/bus/platform/drivers/softaccel_hca/"
#define DEVICE "softaccel_hca.0"
#define CARD_DRIVER "/sys/bus/pci/drivers/cxl-pci/"

static const char *const modules[] = {
	"softaccel", "softaccel_cxl", "softaccel_devx", "afu_template",
};

/* The last one is of those whose AFUs stand on softaccel_cxl. */
enum { CORE, CXL, DEVX, TEMPLATE, MODULES };

static int files[MODULES], swept;	/* swept: which one is at it */

/* Loads that were well but for the device, which the driver core does not tell. */
static unsigned int deviceless;

/* Nodes that outlived their device. */
static unsigned int nodes_left;

/* --- state: all that our modules show anywhere, and who is used how often */

static void add_matches(char *text, size_t size, const char *pattern)
{
	glob_t matches;
	size_t i;

	if (glob(pattern, 0, NULL, &matches))
		return;
	for (i = 0; i < matches.gl_pathc; i++) {
		strncat(text, matches.gl_pathv[i], size - strlen(text) - 1);
		strncat(text, " ", size - strlen(text) - 1);
	}
	globfree(&matches);
}

/* The lines of a file that have @word in them. */
static void add_lines(char *text, size_t size, const char *path, const char *word)
{
	FILE *f = fopen(path, "r");
	char line[128];

	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		if (!strstr(line, word))
			continue;
		line[strcspn(line, "\n")] = '\0';
		strncat(text, line, size - strlen(text) - 1);
		strncat(text, " ", size - strlen(text) - 1);
	}
	fclose(f);
}

static void fault_state(char *text, size_t size)
{
	static const char *const patterns[] = {
		"/sys/module/softaccel*", "/sys/class/cxl", "/sys/class/cxl/*",
		"/dev/cxl/*", "/sys/devices/platform/softaccel*",
		"/sys/bus/platform/drivers/softaccel*",
		"/sys/bus/pci/drivers/cxl-pci/*:*", "/sys/bus/pci/devices/*/cxl",
		FAULT_DEBUGFS "softaccel*", "/sys/class/infiniband/*",
		"/sys/class/infiniband_verbs/uverbs*", "/dev/infiniband/uverbs*",
	};
	size_t i;

	*text = '\0';
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		add_matches(text, size, patterns[i]);
	add_lines(text, size, "/proc/devices", "softaccel");
	add_lines(text, size, "/sys/module/softaccel/refcnt", "");
	add_lines(text, size, "/sys/module/ib_core/refcnt", "");
	add_lines(text, size, "/sys/module/ib_uverbs/refcnt", "");
	ASSERT_LT(strlen(text), size - 1);
}

/* --- modules */

static bool find_module(const char *name, char *path, size_t size)
{
	const char *build = getenv("top_builddir");
	char command[64];
	FILE *f;

	snprintf(path, size, "%s/kbuild/%s/%s.ko", build ? build : ".",
		 strcmp(name, modules[TEMPLATE]) ? "kernel" : "examples/afu-template",
		 name);
	if (!access(path, R_OK))
		return true;
	snprintf(command, sizeof(command), "modinfo -n %s", name);
	f = popen(command, "r");
	ASSERT(f);
	*path = '\0';
	if (fgets(path, size, f))
		path[strcspn(path, "\n")] = '\0';
	pclose(f);
	return !access(path, R_OK);
}

/* A copy in memory: reading the file is not what is measured. */
static int copy_module(const char *name)
{
	static char data[1 << 20];
	char path[256];
	ssize_t n;
	int from, to;

	if (!find_module(name, path, sizeof(path)))
		FAIL("%s.ko is nowhere", name);
	from = open(path, O_RDONLY | O_CLOEXEC);
	to = memfd_create(name, MFD_CLOEXEC);
	ASSERT(from >= 0 && to >= 0);
	while ((n = read(from, data, sizeof(data))) > 0)
		ASSERT_EQ(write(to, data, n), n);
	ASSERT_EQ(n, 0);
	close(from);
	/* One that is open for writing is not executed, nor loaded. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", to);
	from = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT(from >= 0);
	close(to);
	return from;
}

static int do_load(void)
{
	return syscall(SYS_finit_module, files[swept], "", 0);
}

static int do_unload(void)
{
	return syscall(SYS_delete_module, modules[swept], O_NONBLOCK);
}

static void must_load(void)
{
	ASSERT_EQ(do_load(), 0);
}

static void must_unload(void)
{
	ASSERT_EQ(do_unload(), 0);
}

/* What @module needs is loaded, and nothing else of ours. */
static void begin_with(int module)
{
	char path[64];

	for (swept = MODULES - 1; swept >= 0; swept--) {
		files[swept] = copy_module(modules[swept]);
		snprintf(path, sizeof(path), "/sys/module/%s", modules[swept]);
		if (!access(path, F_OK))
			must_unload();
	}
	swept = CORE;
	if (module != CORE)
		must_load();
	swept = CXL;
	if (module == TEMPLATE)
		must_load();
	swept = module;
}

static void begin_core(void) { begin_with(CORE); }
static void begin_cxl(void) { begin_with(CXL); }
static void begin_devx(void) { begin_with(DEVX); }
static void begin_template(void) { begin_with(TEMPLATE); }

/* All nodes that a module has to have when it is loaded. */
static void check_nodes(const char *const nodes[], size_t n)
{
	char path[64];
	int missing = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/sys/class/cxl/%s/dev", nodes[i]);
		ASSERT_EQ(access(path, F_OK), 0);
		snprintf(path, sizeof(path), "/dev/cxl/%s", nodes[i]);
		missing |= access(path, F_OK);
	}
	fault_nodeless += !!missing;
}

static void check_cxl(void)
{
	static const char *const nodes[] = {
		"afu0.0m", "afu0.0s", "afu1.0d", "afu2.0m", "afu2.0s",
	};

	check_nodes(nodes, 5);
}

static void check_template(void)
{
	static const char *const nodes[] = { "afu3.0m", "afu3.0s" };

	check_nodes(nodes, 2);
}

/* A device is whole or is not there. */
static void check_devx(void)
{
	static const char parent[] = "/sys/devices/platform/softaccel_hca.0/";
	char path[512] = "", uverbs[512] = "";

	add_matches(path, sizeof(path), "/sys/devices/platform/softaccel_hca.0/infiniband/*");
	if (!*path) {
		deviceless++;
		return;
	}
	path[strcspn(path, " ")] = '\0';
	strncat(path, "/board_id", sizeof(path) - strlen(path) - 1);
	ASSERT_EQ(access(path, F_OK), 0);
	snprintf(path, sizeof(path), "%svendor", parent);
	ASSERT_EQ(access(path, F_OK), 0);
	add_matches(uverbs, sizeof(uverbs), "/dev/infiniband/uverbs*");
	fault_nodeless += !*uverbs;
}

static void end_load(void)
{
	if (swept == CXL)
		check_cxl();
	if (swept == DEVX)
		check_devx();
	if (swept == TEMPLATE)
		check_template();
	must_unload();
}

/* To remove a node, devtmpfs asks for its name once more. */
static void end_unload(void)
{
	glob_t left;
	size_t i;

	if (swept == DEVX ||
	    glob(swept == CXL ? "/dev/cxl/*" : "/dev/cxl/afu3.*", 0, NULL, &left))
		return;
	ASSERT(fault_struck);
	for (i = 0; i < left.gl_pathc; i++)
		ASSERT_EQ(unlink(left.gl_pathv[i]), 0);
	nodes_left += left.gl_pathc;
	globfree(&left);
}

/* --- binding: the probe, without the rest of a load */

static int write_name(const char *path, const char *name)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, name, strlen(name));
	error = errno;
	close(fd);
	errno = error;
	return n == (ssize_t)strlen(name) ? 0 : -1;
}

static int do_bind(void)
{
	return write_name(DRIVER "bind", DEVICE);
}

static void must_unbind(void)
{
	fault_write(DRIVER "unbind", DEVICE);
}

/* Bound, but not whole: once more. */
static void end_bind(void)
{
	unsigned int before = fault_nodeless;

	check_devx();
	ASSERT_EQ(deviceless, 0);
	if (fault_nodeless == before)
		return;
	must_unbind();
	ASSERT_EQ(do_bind(), 0);
}

static void begin_bound(void)
{
	begin_with(DEVX);
	must_load();
}

/*
 * The PCI function of card0. Loading leaves the cards to a kernel worker, whose
 * allocations nobody makes fail; this is where they do.
 */
static char function[32];

static void begin_bound_card(void)
{
	char path[256];
	ssize_t n;

	begin_with(CXL);
	must_load();
	n = readlink("/sys/class/cxl/card0/device", path, sizeof(path) - 1);
	ASSERT_GT(n, 0);
	path[n] = '\0';
	snprintf(function, sizeof(function), "%.31s", strrchr(path, '/') + 1);
}

static void must_unbind_card(void)
{
	fault_write(CARD_DRIVER "unbind", function);
}

static int do_bind_card(void)
{
	return write_name(CARD_DRIVER "bind", function);
}

static int do_unbind_card(void)
{
	return write_name(CARD_DRIVER "unbind", function);
}

static void must_bind_card(void)
{
	ASSERT_EQ(do_bind_card(), 0);
	check_cxl();
}

/* As end_bind(): a node in /dev that failed to come is had by binding again. */
static void end_bind_card(void)
{
	unsigned int before = fault_nodeless;

	check_cxl();
	if (fault_nodeless == before)
		return;
	must_unbind_card();
	ASSERT_EQ(do_bind_card(), 0);
}

/* --- the sweeps, with a part of the time each */

static void sweep(struct fault_path *path, unsigned int percent)
{
	path->seconds = fault_seconds(DEFAULT_SECONDS) * percent / 100;
	fault_sweep(path);
	if (deviceless)
		ktap_note("  %u times the probe failed, which the driver core ignores",
			  deviceless);
	if (nodes_left)
		ktap_note("  %u nodes stayed in /dev, which the kernel ignores",
			  nodes_left);
}

/*
 * EFAULT: the module's parameters could not be copied. EINVAL: the platform bus goes on
 * with a device that could not get its name.
 */
static void sweep_load(const char *name, unsigned int percent, void (*setup)(void))
{
	struct fault_path path = {
		.name = name,
		.setup = setup,
		.attempt = do_load,
		.finish = end_load,
		.errnos = { ENOMEM, EFAULT, EINVAL },
	};

	sweep(&path, percent);
}

static void sweep_unload(const char *name, unsigned int percent, void (*setup)(void))
{
	struct fault_path path = {
		.name = name,
		.setup = setup,
		.prepare = must_load,
		.attempt = do_unload,
		.finish = end_unload,
		.errnos = { EFAULT },
	};

	sweep(&path, percent);
}

FAULT_MACHINE_TEST

TEST(softaccel_load_survives_failures)
{
	sweep_load("load softaccel", 10, begin_core);
}

TEST(softaccel_cxl_load_survives_failures)
{
	sweep_load("load softaccel_cxl", 8, begin_cxl);
}

/* EINVAL: a device without a name. */
TEST(softaccel_cxl_bind_survives_failures)
{
	struct fault_path path = {
		.name = "bind cxl-pci",
		.setup = begin_bound_card,
		.prepare = must_unbind_card,
		.attempt = do_bind_card,
		.finish = end_bind_card,
		.errnos = { ENOMEM, EFAULT, EINVAL },
	};

	sweep(&path, 14);
}

TEST(softaccel_cxl_unbind_survives_failures)
{
	struct fault_path path = {
		.name = "unbind cxl-pci",
		.setup = begin_bound_card,
		.attempt = do_unbind_card,
		.finish = must_bind_card,
		.errnos = { ENOMEM, EFAULT },
	};

	sweep(&path, 3);
}

TEST(softaccel_devx_load_survives_failures)
{
	sweep_load("load softaccel_devx", 22, begin_devx);
}

TEST(the_load_of_an_afu_survives_failures)
{
	sweep_load("load afu_template", 10, begin_template);
}

TEST(softaccel_devx_bind_survives_failures)
{
	struct fault_path path = {
		.name = "bind " DEVICE,
		.setup = begin_bound,
		.prepare = must_unbind,
		.attempt = do_bind,
		.finish = end_bind,
		.errnos = { ENOMEM, EFAULT },
	};

	sweep(&path, 17);
}

TEST(softaccel_cxl_unload_survives_failures)
{
	sweep_unload("unload softaccel_cxl", 6, begin_cxl);
}

TEST(the_unload_of_an_afu_survives_failures)
{
	sweep_unload("unload afu_template", 5, begin_template);
}

TEST(softaccel_devx_unload_survives_failures)
{
	sweep_unload("unload softaccel_devx", 8, begin_devx);
}

/* --- leaks */

/* What ib_uverbs of 6.1 leaks when it meets a failure; not ours to mend. */
static const struct known_leak {
	const char *call, *also, *what;
} known_leaks[] = {
	{ "uapi_add_elm", "[ib_uverbs]",
	  "nodes of ib_uverbs' tree of methods, when the next one cannot be inserted" },
};

#define NUM_KNOWN (sizeof(known_leaks) / sizeof(known_leaks[0]))

static void scan_twice(void)
{
	fault_write(KMEMLEAK, "scan");
	sleep(6);
	fault_write(KMEMLEAK, "scan");
}

/* Whose a report of kmemleak is; NUM_KNOWN for one that is not known. */
static size_t classify(const char *report)
{
	size_t i;

	for (i = 0; i < NUM_KNOWN; i++)
		if (strstr(report, known_leaks[i].call) &&
		    strstr(report, known_leaks[i].also))
			break;
	return i;
}

/* Counts all reports; shows those that are not known. */
static void count_leaks(unsigned int count[NUM_KNOWN + 1])
{
	static char all[1 << 20];
	char *report, *next, *line;
	FILE *f = fopen(KMEMLEAK, "r");
	size_t n, whose;

	ASSERT(f);
	n = fread(all, 1, sizeof(all) - 1, f);
	fclose(f);
	all[n] = '\0';
	for (report = strstr(all, "unreferenced"); report; report = next) {
		next = strstr(report + 1, "unreferenced");
		if (next)
			next[-1] = '\0';
		whose = classify(report);
		count[whose]++;
		while (whose == NUM_KNOWN && (line = strsep(&report, "\n")))
			ktap_note("%s", line);
	}
}

TEST(nothing_has_leaked)
{
	unsigned int count[NUM_KNOWN + 1] = { 0 };
	size_t i;

	alarm(FAULT_SECONDS);
	fault_configure();
	scan_twice();
	count_leaks(count);
	for (i = 0; i < NUM_KNOWN; i++)
		if (count[i])
			ktap_note("kernel leak: %u %s", count[i], known_leaks[i].what);
	ASSERT_EQ(count[NUM_KNOWN], 0);
	/* Who looks after us does not find the kernel's own. */
	fault_write(KMEMLEAK, "clear");
}

KTAP_MAIN()
