// SPDX-License-Identifier: GPL-2.0-only
/*
 * See mock-cxl.h. Locking: mock_lock protects the table of descriptors and the
 * queue of replies, the only things that threads of a test share.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "mock-cxl.h"

#define MAX_FD 64
#define MAX_REPLIES 8192

/* In place of lib/cxl/roots.c. */
extern const char *const sacc_cxl_class_dir;
extern const char *const sacc_cxl_dev_dir;
extern const char *const sacc_cxl_char_dir;

static char root[64], class_dir[80], dev_dir[80], char_dir[80];
const char *const mock_root = root;
const char *const sacc_cxl_class_dir = class_dir;
const char *const sacc_cxl_dev_dir = dev_dir;
const char *const sacc_cxl_char_dir = char_dir;

struct mock mock;

struct node {
	char name[32];			/* empty: not a node's descriptor */
	int attached;
};

struct reply {
	unsigned char data[256];
	size_t len;
	int err;
};

static pthread_mutex_t mock_lock = PTHREAD_MUTEX_INITIALIZER;
static struct node nodes[MAX_FD];
static struct reply replies[MAX_REPLIES];
static size_t first_reply, last_reply;

int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
int __real_fstat(int fd, struct stat *st);
int __real_ioctl(int fd, unsigned long request, ...);
void *__real_mmap(void *addr, size_t len, int prot, int flags, int fd,
		  off_t off);
int __real_munmap(void *addr, size_t len);
ssize_t __real_read(int fd, void *buf, size_t len);
int __real_poll(struct pollfd *fds, nfds_t n, int timeout);

int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_fstat(int fd, struct stat *st);
int __wrap_ioctl(int fd, unsigned long request, ...);
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd,
		  off_t off);
int __wrap_munmap(void *addr, size_t len);
ssize_t __wrap_read(int fd, void *buf, size_t len);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);

static void __attribute__((noreturn)) die(const char *what)
{
	perror(what);
	_exit(99);
}

/* --- the tree */

char *mock_path(const char *path)
{
	static char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	return full;
}

void mock_mkdir(const char *path)
{
	if (mkdir(mock_path(path), 0755))
		die(path);
}

void mock_write(const char *path, const char *text)
{
	FILE *f = fopen(mock_path(path), "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		die(path);
}

void mock_remove(const char *path)
{
	if (remove(mock_path(path)))
		die(path);
}

void mock_link(const char *path, const char *target)
{
	if (symlink(target, mock_path(path)))
		die(path);
}

const char *mock_read(const char *path)
{
	static char text[256];
	size_t len;
	FILE *f = fopen(mock_path(path), "r");

	if (!f)
		die(path);
	len = fread(text, 1, sizeof(text) - 1, f);
	text[len] = '\0';
	fclose(f);
	return text;
}

static void make_node(const char *name, const char *afu)
{
	char path[128], target[128];

	snprintf(path, sizeof(path), "class/%s", name);
	mock_mkdir(path);
	snprintf(path, sizeof(path), "class/%s/device", name);
	snprintf(target, sizeof(target), "../%s", afu);
	mock_link(path, target);
	snprintf(path, sizeof(path), "dev/%s", name);
	mock_write(path, "");
}

static void make_afu(const char *card, const char *afu, const char *mode)
{
	static const char *const attrs[][2] = {
		{ "mmio_size", "8192\n" }, { "irqs_min", "4\n" },
		{ "irqs_max", "2037\n" }, { "api_version", "3\n" },
		{ "modes_supported", "dedicated_process\nafu_directed\n" },
		{ "prefault_mode", "none\n" },
		{ "api_version_compatible", "1\n" },
		{ "cr0/vendor", "0x1014\n" }, { "cr0/device", "0x0602\n" },
		{ "cr0/class", "0x120000\n" },
	};
	char path[128], target[128];
	size_t i;

	/* the class entry is a link to where the device really is */
	snprintf(path, sizeof(path), "class/%s/%s", card, afu);
	mock_mkdir(path);
	snprintf(path, sizeof(path), "class/%s/%s/cr0", card, afu);
	mock_mkdir(path);
	snprintf(path, sizeof(path), "class/%s", afu);
	snprintf(target, sizeof(target), "%s/%s", card, afu);
	mock_link(path, target);
	snprintf(path, sizeof(path), "class/%s/device", afu);
	mock_link(path, "..");
	snprintf(path, sizeof(path), "class/%s/mode", afu);
	mock_write(path, mode);
	for (i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		snprintf(path, sizeof(path), "class/%s/%s", afu, attrs[i][0]);
		mock_write(path, attrs[i][1]);
	}
}

static void make_card(const char *card)
{
	static const char *const attrs[][2] = {
		{ "base_image", "2\n" }, { "caia_version", "1.0\n" },
		{ "image_loaded", "user\n" }, { "psl_revision", "9\n" },
		{ "psl_timebase_synced", "1\n" },
		{ "tunneled_ops_supported", "0\n" },
	};
	char path[128];
	size_t i;

	snprintf(path, sizeof(path), "class/%s", card);
	mock_mkdir(path);
	for (i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		snprintf(path, sizeof(path), "class/%s/%s", card, attrs[i][0]);
		mock_write(path, attrs[i][1]);
	}
}

static void remove_tree(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	if (system(command))
		fprintf(stderr, "%s is left\n", root);
}

void mock_init(void)
{
	strcpy(root, "/tmp/mock-cxl.XXXXXX");
	if (!mkdtemp(root))
		die(root);
	atexit(remove_tree);
	snprintf(class_dir, sizeof(class_dir), "%s/class", root);
	snprintf(dev_dir, sizeof(dev_dir), "%s/dev", root);
	snprintf(char_dir, sizeof(char_dir), "%s/char", root);
	mock_mkdir("class");
	mock_mkdir("dev");
	mock_mkdir("char");
	mock_mkdir("bus");
	mock_mkdir("bus/pci");
	mock_mkdir("pci0");

	make_card("card0");
	mock_link("class/card0/device", "../../pci0");
	mock_link("pci0/subsystem", "../bus/pci");
	make_afu("card0", "afu0.0", "afu_directed\n");
	make_node("afu0.0m", "afu0.0");
	make_node("afu0.0s", "afu0.0");
	mock_write("class/afu0.0m/mmio_size", "16384\n");
	mock_write("class/afu0.0m/pp_mmio_off", "4096\n");
	mock_write("class/afu0.0m/pp_mmio_len", "8192\n");

	make_card("card1");
	make_afu("card1", "afu1.0", "dedicated_process\n");
	make_node("afu1.0d", "afu1.0");
	mock.pe = MOCK_PE;
}

struct cxl_afu_h *mock_open(const char *node)
{
	char path[64];
	struct cxl_afu_h *afu;

	snprintf(path, sizeof(path), "dev/%s", node);
	afu = cxl_afu_open_dev(mock_path(path));
	if (!afu)
		die(node);
	return afu;
}

struct cxl_afu_h *mock_attached(const char *node)
{
	struct cxl_afu_h *afu = mock_open(node);

	if (cxl_afu_attach(afu, 0))
		die(node);
	return afu;
}

/* --- replies */

static struct reply *new_reply(void)
{
	if (last_reply == MAX_REPLIES)
		die("too many replies");
	return &replies[last_reply++];
}

void mock_reply(const void *data, size_t len)
{
	struct reply *reply = new_reply();

	memcpy(reply->data, data, len);
	reply->len = len;
}

void mock_reply_errno(int err)
{
	new_reply()->err = err;
}

/* --- the system calls */

static struct node *find_node(int fd)
{
	return fd >= 0 && fd < MAX_FD && nodes[fd].name[0] ? &nodes[fd] : NULL;
}

static int fail(int err)
{
	errno = err;
	return -1;
}

int __wrap_open(const char *path, int flags, ...)
{
	size_t len = strlen(dev_dir);
	char resolved[PATH_MAX];
	int fd;

	if (!realpath(path, resolved) || strncmp(resolved, dev_dir, len) ||
	    resolved[len] != '/')
		return __real_open(path, flags);
	if (mock.open_errno)
		return fail(mock.open_errno);
	fd = __real_open(path, flags);
	if (fd < 0 || fd >= MAX_FD)
		return fd;
	pthread_mutex_lock(&mock_lock);
	snprintf(nodes[fd].name, sizeof(nodes[fd].name), "%s",
		 resolved + len + 1);
	nodes[fd].attached = 0;
	mock.node_opens++;
	pthread_mutex_unlock(&mock_lock);
	return fd;
}

int __wrap_close(int fd)
{
	struct node *node;

	pthread_mutex_lock(&mock_lock);
	node = find_node(fd);
	if (node) {
		node->name[0] = '\0';
		mock.node_closes++;
	}
	pthread_mutex_unlock(&mock_lock);
	return __real_close(fd);
}

/* A node looks like a character device, minor 100 + its last letter. */
int __wrap_fstat(int fd, struct stat *st)
{
	struct node *node = find_node(fd);
	int ret = __real_fstat(fd, st);

	if (!ret && node) {
		st->st_mode = S_IFCHR | 0600;
		st->st_rdev = makedev(240, 100);
	}
	return ret;
}

static int afu_id(const struct node *node, struct cxl_afu_id *id)
{
	unsigned int card, slice;
	char view = 0;

	if (mock.afu_id_errno)
		return fail(mock.afu_id_errno);
	if (sscanf(node->name, "afu%u.%u%c", &card, &slice, &view) != 3)
		return fail(EINVAL);
	memset(id, 0, sizeof(*id));
	id->card_id = card;
	id->afu_offset = slice;
	id->afu_mode = view == 'd' ? CXL_MODE_DEDICATED : CXL_MODE_DIRECTED;
	id->flags = view == 's' ? CXL_AFUID_FLAG_SLAVE : 0;
	return 0;
}

static int start_work(struct node *node, struct cxl_ioctl_start_work *work)
{
	mock.starts++;
	mock.started = *work;
	if (mock.start_errno)
		return fail(mock.start_errno);
	if (node->attached)
		return fail(EIO);
	if (work->num_interrupts < 0)
		return fail(EINVAL);
	node->attached = 1;
	if (work->flags & CXL_START_WORK_TID)
		work->tid = MOCK_TID;
	return 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct node *node = find_node(fd);
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (!node)
		return __real_ioctl(fd, request, arg);
	switch (request) {
	case CXL_IOCTL_GET_AFU_ID:
		return afu_id(node, arg);
	case CXL_IOCTL_START_WORK:
		return start_work(node, arg);
	case CXL_IOCTL_GET_PROCESS_ELEMENT:
		mock.pe_calls++;
		if (mock.pe_errno)
			return fail(mock.pe_errno);
		*(__u32 *)arg = mock.pe;
		return 0;
	default:
		return fail(EINVAL);
	}
}

void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd,
		  off_t off)
{
	struct node *node = find_node(fd);
	int memory;

	if (!node)
		return __real_mmap(addr, len, prot, flags, fd, off);
	if (mock.mmap_errno || !node->attached) {
		errno = mock.mmap_errno ? mock.mmap_errno : EIO;
		return MAP_FAILED;
	}
	/* Beyond the end of a file there is nothing but SIGBUS. */
	memory = memfd_create("registers", 0);
	if (memory < 0 || (!mock.no_memory && ftruncate(memory, (off_t)len)))
		die("memfd");
	mock.registers = __real_mmap(addr, len, prot, flags, memory, 0);
	__real_close(memory);
	mock.maps++;
	return mock.registers;
}

int __wrap_munmap(void *addr, size_t len)
{
	if (addr && addr == mock.registers)
		mock.unmaps++;
	return __real_munmap(addr, len);
}

ssize_t __wrap_read(int fd, void *buf, size_t len)
{
	struct reply *reply = NULL;

	if (!find_node(fd))
		return __real_read(fd, buf, len);
	if (len < CXL_READ_MIN_SIZE)
		return fail(EINVAL);
	pthread_mutex_lock(&mock_lock);
	if (first_reply < last_reply)
		reply = &replies[first_reply++];
	pthread_mutex_unlock(&mock_lock);
	if (!reply)
		return fail(EAGAIN);
	if (reply->err)
		return fail(reply->err);
	memcpy(buf, reply->data, reply->len);
	return (ssize_t)reply->len;
}

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	if (n != 1 || !find_node(fds->fd))
		return __real_poll(fds, n, timeout);
	pthread_mutex_lock(&mock_lock);
	fds->revents = first_reply < last_reply ? POLLIN : 0;
	pthread_mutex_unlock(&mock_lock);
	return fds->revents != 0;
}
