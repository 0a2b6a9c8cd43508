// SPDX-License-Identifier: GPL-2.0-only
/*
 * AFUs of other modules: the template, and cards as many as there can be; names,
 * minors, limits, and that no operation is left when such a module goes.
 *
 * The modules were built with the product (examples/afu-template, cards). A test
 * unloads what it has loaded; what one that failed has left, the next one does.
 */
#define _GNU_SOURCE
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "cxl.h"

#define SYS		"/sys/class/cxl/"
#define DEBUG		"/sys/kernel/debug/softaccel_cxl/"
#define CARDS		19		/* that there can be */
#define OWN_CARDS	3		/* that softaccel_cxl has */
#define MINORS		13

/* Registers of the template's AFU. */
#define REG_SOURCE	0x00
#define REG_TARGET	0x08
#define REG_LENGTH	0x10
#define REG_KEY		0x18
#define REG_START	0x20
#define REG_STATE	0x28
#define REG_COUNT	0x30
#define IDLE		0
#define BUSY		1
#define DONE		2
#define FAILED		3

static const char *const paths[][2] = {
	{ "afu_template", "examples/afu-template/afu_template.ko" },
	{ "sacc_cards", "selftests/cxl/cards/sacc_cards.ko" },
};

static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK);
}

/* Files of who has ended are closed a moment later. */
static void must_unload(const char *name)
{
	int64_t end = now_ms() + 30000;

	while (unload(name)) {
		if (now_ms() > end)
			FAIL("%s stays loaded: %s", name, strerror(errno));
		sleep_ms(10);
	}
}

static int load(const char *name, const char *params)
{
	const char *build = getenv("top_builddir");
	char path[512], loaded[64];
	int i, fd, ret, error;

	for (i = 0; strcmp(paths[i][0], name); i++)
		;
	snprintf(loaded, sizeof(loaded), "/sys/module/%s", name);
	if (!access(loaded, F_OK))
		must_unload(name);
	snprintf(path, sizeof(path), "%s/kbuild", build ? build : ".");
	if (access(path, F_OK))
		SKIP("installed without the modules that it loads");
	snprintf(path, sizeof(path), "%s/kbuild/%s", build ? build : ".", paths[i][1]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		FAIL("%s: %s", path, strerror(errno));
	ret = syscall(SYS_finit_module, fd, params, 0);
	error = errno;
	close(fd);
	errno = error;
	return ret;
}

static void must_load(const char *name, const char *params)
{
	if (load(name, params))
		FAIL("%s %s: %s", name, params, strerror(errno));
}

/* devtmpfs makes a node at once, udev gives it its name. */
static int __attribute__((format(printf, 1, 2))) open_soon(const char *format, ...)
{
	int64_t end = now_ms() + 5000;
	char path[64];
	va_list args;
	int fd;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	while ((fd = open(path, O_RDWR | O_CLOEXEC)) < 0) {
		if (now_ms() > end)
			FAIL("%s: %s", path, strerror(errno));
		sleep_ms(5);
	}
	return fd;
}

static bool __attribute__((format(printf, 1, 2))) exists(const char *format, ...)
{
	char path[128];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	return !access(path, F_OK);
}

static int parameter(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/sacc_cards/parameters/%s", name);
	return atoi(attr_read(path));
}

static void remove_cards(void)
{
	ASSERT_EQ(attr_write("/sys/module/sacc_cards/parameters/unregister", "1"), 0);
}

/* --- the template */

struct template {
	int fd;
	volatile uint8_t *w;
};

static struct template template_context(void)
{
	struct template t;

	t.fd = open_soon("/dev/cxl/afu3.0s");
	ASSERT_EQ(start(t.fd, 0), 0);
	t.w = map(t.fd, PAGE);
	return t;
}

static uint64_t job(const struct template *t, const void *src, void *dst,
		    uint64_t length, uint64_t key, uint64_t irq)
{
	int64_t end = now_ms() + 10000;

	write64(t->w, REG_SOURCE, (uintptr_t)src);
	write64(t->w, REG_TARGET, (uintptr_t)dst);
	write64(t->w, REG_LENGTH, length);
	write64(t->w, REG_KEY, key);
	write64(t->w, REG_START, irq);
	while (read64(t->w, REG_STATE) == BUSY) {
		if (now_ms() > end)
			FAIL("it does not end");
		usleep(50);
	}
	return read64(t->w, REG_STATE);
}

static void end_template(struct template *t)
{
	munmap((void *)t->w, PAGE);
	close(t->fd);
	must_unload("afu_template");
}

TEST(the_templates_afu_works)
{
	static const size_t lengths[] = { 0, 1, 7, 8, 4095, 4096, 4097, 100001 };
	static const uint8_t key[] = { 1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
	uint8_t *src = pages(30), *dst = pages(30);
	struct template t;
	size_t i, j;

	must_load("afu_template", "");
	t = template_context();
	ASSERT_EQ(read64(t.w, REG_STATE), IDLE);
	for (i = 0; i < 30 * PAGE; i++)
		src[i] = i * 3 + i / 259;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		memset(dst, 0x11, 30 * PAGE);
		ASSERT_EQ(job(&t, src + 3, dst + 1, lengths[i], 0x0123456789abcdefull,
			      0), DONE);
		for (j = 0; j < lengths[i]; j++)
			ASSERT_EQ(dst[j + 1], src[j + 3] ^ key[j % 8]);
		ASSERT_EQ(dst[0], 0x11);
		ASSERT_EQ(dst[j + 1], 0x11);
	}
	/* A register that a load changes. */
	ASSERT_EQ(read64(t.w, REG_COUNT), i);
	ASSERT_EQ(read64(t.w, REG_COUNT), 0);
	ASSERT(!pending(t.fd, 0));
	ASSERT_EQ(job(&t, src, dst, 8, 0, 1), DONE);
	expect_irq(t.fd, 1);
	ASSERT_EQ(job(&t, src, dst, 8, 0, 2), DONE);
	ASSERT_EQ(job(&t, src, dst, 8, 0, ~0ull), DONE);
	ASSERT(!pending(t.fd, 0));
	ASSERT_EQ(job(&t, src, (void *)0x100000, 8, 0, 0), FAILED);
	expect_fault(t.fd, (void *)0x100000, DSISR_NO_PTE | DSISR_STORE);
	ASSERT_EQ(job(&t, src, dst, 8, 0, 0), DONE);
	end_template(&t);
	ASSERT(!exists("/dev/cxl/afu3.0s") && !exists(SYS "card3"));
}

TEST(the_templates_registers_take_halves_and_anything)
{
	struct template t;
	int i;

	must_load("afu_template", "");
	t = template_context();
	*(volatile uint32_t *)(t.w + REG_KEY) = htobe32(0x12345678);
	*(volatile uint32_t *)(t.w + REG_KEY + 4) = htobe32(0x9abcdef0);
	ASSERT_EQ(read64(t.w, REG_KEY), 0x123456789abcdef0ull);
	write64(t.w, REG_STATE, ~0ull);
	ASSERT_EQ(read64(t.w, REG_STATE), IDLE);
	for (i = REG_COUNT + 8; i < (int)PAGE; i += 8)
		ASSERT_EQ(read64(t.w, i), 0);
	/* A job without end, and what comes in between. */
	write64(t.w, REG_SOURCE, (uintptr_t)pages(1));
	write64(t.w, REG_LENGTH, ~0ull);
	write64(t.w, REG_START, 1);
	write64(t.w, REG_SOURCE, 0);
	write64(t.w, REG_START, 0);
	ASSERT_EQ(read64(t.w, REG_SOURCE), 0);
	end_template(&t);
}

/* --- memory among the registers: the second page of a context's area */

/* A context, its memory, and the same as the master sees it. */
struct window_memory {
	int fd, master;
	uint8_t *own;
	volatile uint8_t *seen;
};

static struct window_memory memory_context(uint64_t flags)
{
	struct window_memory m;
	uint32_t pe;

	if (access(DEBUG, F_OK))
		mount("none", "/sys/kernel/debug", "debugfs", 0, NULL);
	must_load("afu_template", "");
	m.fd = open_soon("/dev/cxl/afu3.0s");
	m.master = open_soon("/dev/cxl/afu3.0m");
	ASSERT_EQ(start_flags(m.fd, 0, flags, 0), 0);
	ASSERT_EQ(start(m.master, 0), 0);
	m.own = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, m.fd, PAGE);
	ASSERT(m.own != MAP_FAILED);
	pe = process_element(m.fd);
	m.seen = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, m.master,
		      (2 + 2 * pe) * PAGE);
	ASSERT(m.seen != MAP_FAILED);
	return m;
}

static void end_memory(struct window_memory *m)
{
	munmap(m->own, PAGE);
	munmap((void *)m->seen, PAGE);
	close(m->fd);
	close(m->master);
	must_unload("afu_template");
}

TEST(memory_of_a_context_takes_any_access)
{
	struct window_memory m = memory_context(0);
	uint8_t *bytes = pages(1);
	unsigned int i;
	int fds[2];

	for (i = 0; i < PAGE; i++)
		ASSERT_EQ(m.own[i], 0);
	for (i = 0; i < PAGE; i++)
		bytes[i] = i * 7 + i / 256;
	memcpy(m.own + 1, bytes + 1, PAGE - 1);
	ASSERT_EQ(*(volatile uint16_t *)(m.own + 0x123),
		  (uint16_t)(bytes[0x124] << 8 | bytes[0x123]));
	bytes[0] = 0;
	ASSERT_EQ(memcmp(m.own, bytes, PAGE), 0);
	/* The kernel can use it, too. */
	ASSERT_EQ(pipe(fds), 0);
	ASSERT_EQ(write(fds[1], m.own + 5, 100), 100);
	ASSERT_EQ(read(fds[0], m.own + 505, 100), 100);
	ASSERT_EQ(memcmp(m.own + 505, bytes + 5, 100), 0);
	end_memory(&m);
}

TEST(memory_of_a_context_is_seen_by_the_master)
{
	struct window_memory m = memory_context(0);

	*(volatile uint64_t *)(m.own + 0x40) = 0x123456789abcdef0ull;
	ASSERT_EQ(*(volatile uint64_t *)(m.seen + 0x40), 0x123456789abcdef0ull);
	ASSERT_EQ(*(volatile uint32_t *)(m.seen + 0x44), 0x12345678);
	*(volatile uint32_t *)(m.seen + 0x44) = 0x55aa55aa;
	ASSERT_EQ(*(volatile uint64_t *)(m.own + 0x40), 0x55aa55aa9abcdef0ull);
	/* For the master they are registers. */
	ASSERT_EQ(load_sigbus(m.seen + 0x41), BUS_ADRERR);
	end_memory(&m);
}

TEST(memory_of_another_context_is_another)
{
	struct window_memory m = memory_context(0);
	volatile uint8_t *other;
	int fd = open_soon("/dev/cxl/afu3.0s");

	ASSERT_EQ(start(fd, 0), 0);
	other = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, PAGE);
	ASSERT(other != MAP_FAILED);
	m.own[0] = 1;
	ASSERT_EQ(other[0], 0);
	other[0] = 2;
	ASSERT_EQ(m.own[0], 1);
	/* Closing one takes nothing from the other. */
	munmap((void *)other, PAGE);
	close(fd);
	ASSERT_EQ(m.own[0], 1);
	end_memory(&m);
}

TEST(memory_of_a_context_that_is_over_gives_sigbus)
{
	struct window_memory m = memory_context(0);

	m.own[0] = 1;
	ASSERT_EQ(attr_write(DEBUG "card3/afu3.0/reset", "1"), 0);
	ASSERT_EQ(load_sigbus(m.own), BUS_ADRERR);
	end_memory(&m);
}

TEST(memory_of_a_context_that_is_over_reads_all_ones_where_asked_for)
{
	struct window_memory m = memory_context(CXL_START_WORK_ERR_FF);

	m.own[0] = 1;
	ASSERT_EQ(attr_write(DEBUG "card3/afu3.0/reset", "1"), 0);
	ASSERT_EQ(*(volatile uint64_t *)m.own, ~0ull);
	end_memory(&m);
}

TEST(memory_of_a_context_is_not_reached_without_a_link)
{
	struct window_memory m = memory_context(0);

	m.own[0] = 1;
	ASSERT_EQ(attr_write(DEBUG "card3/link", "0"), 0);
	ASSERT_EQ(*(volatile uint64_t *)m.own, ~0ull);
	*(volatile uint64_t *)m.own = 0;
	ASSERT_EQ(*(volatile uint64_t *)m.own, ~0ull);
	end_memory(&m);
}

TEST(memory_of_a_context_goes_with_its_card)
{
	struct window_memory m = memory_context(0);

	m.own[0] = 1;
	ASSERT_EQ(attr_write(DEBUG "slots/3", "0"), 0);
	ASSERT_EQ(load_sigbus(m.own), BUS_ADRERR);
	end_memory(&m);
}

/* --- lifetimes */

TEST(a_module_cannot_be_unloaded_while_a_node_of_its_is_open)
{
	volatile uint8_t *w;
	int fd;

	must_load("sacc_cards", "");
	fd = open_soon("/dev/cxl/afu3.0s");
	ASSERT_ERRNO(unload("sacc_cards"), EAGAIN);
	ASSERT_EQ(start(fd, 0), 0);
	w = map(fd, PAGE);
	close(fd);
	ASSERT_ERRNO(unload("sacc_cards"), EAGAIN);
	munmap((void *)w, PAGE);
	must_unload("sacc_cards");
}

TEST(softaccel_cannot_be_unloaded_while_such_a_module_is_there)
{
	must_load("sacc_cards", "");
	ASSERT_ERRNO(unload("softaccel_cxl"), EAGAIN);
	must_unload("sacc_cards");
}

TEST(unregistering_closes_what_is_open)
{
	volatile uint64_t *count = pages(1);
	struct cxl_event event;
	volatile uint8_t *w;
	int started, opened, fd, i;
	uint64_t before;

	must_load("sacc_cards", "slices=2");
	ASSERT_EQ(parameter("states"), 2);
	started = open_soon("/dev/cxl/afu3.0s");
	opened = open_soon("/dev/cxl/afu3.1m");
	ASSERT_EQ(start(started, (uintptr_t)count), 0);
	w = map(started, PAGE);
	ASSERT_EQ(read64(w, 0), 0);
	while (!*count)
		usleep(100);

	remove_cards();
	before = *count;
	ASSERT_EQ(parameter("states"), 0);
	ASSERT(!exists(SYS "card3") && !exists(SYS "afu3.0"));
	ASSERT_EQ(load_sigbus(w), BUS_ADRERR);
	ASSERT_ERRNO(start(opened, 0), EIO);
	ASSERT_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_SHARED, opened, 0), EIO);
	for (i = 0; i < 2; i++) {
		fd = i ? opened : started;
		ASSERT_EQ(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	}
	event = read_event(started);
	ASSERT_EQ(event.header.type, CXL_EVENT_AFU_INTERRUPT);
	ASSERT_ERRNO(read(started, (void *)(count + 8), READ_SIZE), EIO);
	ASSERT_ERRNO(read(opened, (void *)(count + 8), READ_SIZE), EIO);
	sleep_ms(50);
	ASSERT_EQ(*count, before);
	/* The module stays for as long as somebody holds what it was. */
	ASSERT_ERRNO(unload("sacc_cards"), EAGAIN);
	close(opened);
	close(started);
	ASSERT_ERRNO(unload("sacc_cards"), EAGAIN);
	munmap((void *)w, PAGE);
	ASSERT_EQ(parameter("late"), 0);
	must_unload("sacc_cards");
}

TEST(a_card_comes_back_after_a_reset_and_goes_for_good)
{
	int i;

	must_load("sacc_cards", "slices=3");
	for (i = 0; i < 5; i++)
		force_reset(3, "/dev/cxl/afu3.2s");
	ASSERT_EQ(parameter("states"), 3);
	/* In the middle of one. */
	ASSERT_EQ(attr_write(SYS "card3/reset", "-1"), 0);
	must_unload("sacc_cards");
	sleep_ms(100);
	ASSERT(!exists(SYS "card3"));
}

/* What the processes of use_nodes() do. */
static volatile enum { STORM, NOW_AND_THEN, STOP } *what;

/* Open, attach, look, and away again, whatever there is. */
static void use_nodes(int seed)
{
	unsigned int n = seed;
	char path[64];
	void *w;
	int fd;

	signal(SIGBUS, SIG_DFL);
	while (*what != STOP) {
		if (*what == NOW_AND_THEN)
			usleep(300000);
		snprintf(path, sizeof(path), "/dev/cxl/afu%u.%u%c", 3 + n % 2, n / 2 % 4,
			 n % 3 ? 's' : 'm');
		n++;
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (!start(fd, n % 4 ? (uintptr_t)pages(1) : 0)) {
			w = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
			if (w != MAP_FAILED) {
				load_sigbus(w);
				munmap(w, PAGE);
			}
		}
		close(fd);
	}
	_exit(0);
}

TEST(no_operation_is_called_after_unregistering_under_load)
{
	pid_t child[4];
	int i, round, late = 0;

	what = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < 4; i++) {
		child[i] = fork();
		ASSERT_GE(child[i], 0);
		if (!child[i])
			use_nodes(i);
	}
	for (round = 0; round < 12; round++) {
		must_load("sacc_cards", "cards=2 slices=4");
		sleep_ms(round * 10);
		/* By hand, or by unloading in a moment when no node is open. */
		if (round % 3)
			remove_cards();
		else
			*what = NOW_AND_THEN;
		sleep_ms(10);
		late |= parameter("late");
		must_unload("sacc_cards");
		*what = STORM;
	}
	*what = STOP;
	for (i = 0; i < 4; i++)
		ASSERT_EQ(waitpid(child[i], NULL, 0), child[i]);
	ASSERT_EQ(late, 0);
}

/* --- names and numbers */

TEST(two_cards_of_four_afus_have_their_names_and_minors)
{
	unsigned int card, slice, kind;
	struct stat st;
	char path[64];

	must_load("sacc_cards", "cards=2 slices=4");
	for (card = 3; card < 5; card++) {
		for (slice = 0; slice < 4; slice++) {
			for (kind = 1; kind < 3; kind++) {
				close(open_soon("/dev/cxl/afu%u.%u%c", card, slice,
						"dms"[kind]));
				snprintf(path, sizeof(path), "/dev/cxl/afu%u.%u%c", card,
					 slice, "dms"[kind]);
				ASSERT_EQ(stat(path, &st), 0);
				ASSERT_EQ(minor(st.st_rdev),
					  card * MINORS + 1 + slice * 3 + kind);
			}
			ASSERT(exists(SYS "card%u/afu%u.%u/afu%u.%us", card, card, slice,
				      card, slice));
			snprintf(path, sizeof(path), SYS "afu%u.%u/cr0/device", card,
				 slice);
			ASSERT_STREQ(attr_read(path), "0x5678\n");
			/* What a PSL has, less its own and two for each of four. */
			snprintf(path, sizeof(path), SYS "afu%u.%u/irqs_max", card, slice);
			ASSERT_STREQ(attr_read(path), "2031\n");
		}
		ASSERT(!exists(SYS "afu%u.4", card));
	}
	must_unload("sacc_cards");
	ASSERT(!exists(SYS "card3") && !exists(SYS "card4"));
}

TEST(four_afus_work_side_by_side)
{
	volatile uint64_t *count = pages(1);
	struct cxl_afu_id id;
	int fd[4][3], slice, i;

	must_load("sacc_cards", "slices=4");
	for (slice = 0; slice < 4; slice++) {
		for (i = 0; i < 3; i++) {
			fd[slice][i] = open_soon("/dev/cxl/afu3.%ds", slice);
			ASSERT_EQ(process_element(fd[slice][i]), i);
			ASSERT_EQ(start(fd[slice][i],
					(uintptr_t)&count[slice * 8 + i]), 0);
			ASSERT_EQ(read64(map(fd[slice][i], PAGE), 8), i);
			memset(&id, 0xee, sizeof(id));
			ASSERT_EQ(ioctl(fd[slice][i], CXL_IOCTL_GET_AFU_ID, &id), 0);
			ASSERT_EQ(id.card_id, 3);
			ASSERT_EQ(id.afu_offset, slice);
		}
	}
	for (slice = 0; slice < 4; slice++)
		for (i = 0; i < 3; i++)
			while (count[slice * 8 + i] < 20)
				usleep(100);
	/* With all of that going on. */
	ASSERT_EQ(attr_write(SYS "afu3.1/mode", "dedicated_process"), EBUSY);
}

TEST(one_of_four_afus_can_change_its_mode)
{
	must_load("sacc_cards", "slices=4");
	ASSERT_EQ(attr_write(SYS "afu3.1/mode", "dedicated_process"), 0);
	close(open_soon("/dev/cxl/afu3.1d"));
	ASSERT(!exists(SYS "afu3.1s") && exists(SYS "afu3.2s"));
	must_unload("sacc_cards");
}

TEST(there_are_19_cards_and_no_more)
{
	char params[32];
	int i;

	snprintf(params, sizeof(params), "cards=%d slices=4", CARDS - OWN_CARDS + 1);
	ASSERT_ERRNO(load("sacc_cards", params), ENOSPC);
	for (i = OWN_CARDS; i <= CARDS; i++)
		ASSERT(!exists(SYS "card%d", i));
	snprintf(params, sizeof(params), "cards=%d slices=4", CARDS - OWN_CARDS);
	must_load("sacc_cards", params);
	for (i = OWN_CARDS; i < CARDS; i++) {
		ASSERT(exists(SYS "card%d", i));
		close(open_soon("/dev/cxl/afu%d.3s", i));
	}
	ASSERT(!exists(SYS "card%d", CARDS));
	remove_cards();
	for (i = OWN_CARDS; i < CARDS; i++)
		ASSERT(!exists(SYS "card%d", i));
	ASSERT_EQ(parameter("states"), 0);
	must_unload("sacc_cards");
}

TEST(a_card_gets_the_lowest_free_number)
{
	must_load("sacc_cards", "cards=2");
	remove_cards();
	must_load("afu_template", "");
	close(open_soon("/dev/cxl/afu3.0m"));
	must_unload("afu_template");
	must_unload("sacc_cards");
}

TEST(what_cannot_be_is_refused)
{
	static const char *const bad[] = {
		"none", "five", "ops", "desc", "attach", "detach", "run", "mmio_read",
		"mmio_write", "\"no modes\"", "modes", "\"no num_procs\"", "num_procs",
		"irqs_min", "irqs_max", "\"no ps_size\"", "ps_size", "pp_size",
		"pp_offset", "areas", "\"area sizes\"", "\"area offsets\"",
	};
	char params[64];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(params, sizeof(params), "bad=%s", bad[i]);
		if (load("sacc_cards", params) != -1 || errno != EINVAL)
			FAIL("%s: %s", bad[i], strerror(errno));
		ASSERT(!exists(SYS "card3"));
	}
	ASSERT_ERRNO(load("sacc_cards", "bad=nothing"), ENOENT);
	ASSERT_ERRNO(load("sacc_cards", "slices=0"), EINVAL);
	ASSERT_ERRNO(load("sacc_cards", "slices=5"), EINVAL);
}

/* So that the product can be unloaded. */
TEST(and_all_of_it_is_unloaded)
{
	must_load("sacc_cards", "");
	must_unload("sacc_cards");
	must_load("afu_template", "");
	must_unload("afu_template");
}

KTAP_MAIN()
