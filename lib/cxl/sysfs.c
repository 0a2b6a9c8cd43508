// SPDX-License-Identifier: MIT
/*
 * Reading and writing attributes of the class directory.
 *
 * An AFU node has few attributes of its own; the rest belong to the AFU, the
 * card, or the device below it, each reached through "device". Where that chain
 * ends, the attribute does not exist, and that is ENODEV for the caller.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "priv.h"

/* node -> AFU -> card -> PCI device, and some to spare */
#define MAX_DEPTH 8

static int format_path(char *path, size_t size, const char *name, int depth,
		       const char *attr)
{
	size_t used;
	int len;

	len = snprintf(path, size, "%s/%s", sacc_cxl_class_dir, name);
	while (depth-- > 0 && len >= 0 && (size_t)len < size) {
		used = (size_t)len;
		len += snprintf(path + used, size - used, "/device");
	}
	if (len >= 0 && (size_t)len < size) {
		used = (size_t)len;
		len += snprintf(path + used, size - used, "/%s", attr);
	}
	if (len < 0 || (size_t)len >= size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return 0;
}

int sacc_cxl_attr_path(const char *name, const char *attr, char *path,
		       size_t size)
{
	struct stat st;
	int depth;

	for (depth = 0; depth < MAX_DEPTH; depth++) {
		if (format_path(path, size, name, depth, attr))
			return -1;
		if (!stat(path, &st))
			return 0;
		/* ENOTDIR: a PCI device has a file of the name "device". */
		if (errno == ENOTDIR)
			break;
		if (errno != ENOENT)
			return -1;
	}
	errno = ENODEV;
	return -1;
}

static int attr_open(const char *name, const char *attr, int flags)
{
	char path[PATH_MAX];
	int fd;

	if (sacc_cxl_attr_path(name, attr, path, sizeof(path)))
		return -1;
	fd = open(path, flags | O_CLOEXEC);
	/* Gone between the look and the open: the device left. */
	if (fd < 0 && errno == ENOENT)
		errno = ENODEV;
	return fd;
}

/* close() that leaves errno alone */
static void close_quietly(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

int sacc_cxl_attr_read(const char *name, const char *attr, char *buf,
		       size_t size)
{
	size_t len = 0;
	ssize_t got;
	int fd;

	fd = attr_open(name, attr, O_RDONLY);
	if (fd < 0)
		return -1;
	do {
		got = read(fd, buf + len, size - len);
		if (got > 0)
			len += (size_t)got;
	} while (len < size && (got > 0 || (got < 0 && errno == EINTR)));
	close_quietly(fd);
	if (got < 0)
		return -1;
	if (len == size) {
		errno = EOVERFLOW;
		return -1;
	}
	if (len && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return 0;
}

int sacc_cxl_attr_write(const char *name, const char *attr, const char *value)
{
	size_t len = strlen(value);
	ssize_t put;
	int fd;

	fd = attr_open(name, attr, O_WRONLY);
	if (fd < 0)
		return -1;
	do {
		put = write(fd, value, len);
	} while (put < 0 && errno == EINTR);
	close_quietly(fd);
	if (put < 0)
		return -1;
	if ((size_t)put != len) {
		errno = EIO;
		return -1;
	}
	return 0;
}

int sacc_cxl_attr_number(const char *name, const char *attr, int base,
			 long *valp)
{
	char buf[64], *end;
	long value;

	if (sacc_cxl_attr_read(name, attr, buf, sizeof(buf)))
		return -1;
	errno = 0;
	value = strtol(buf, &end, base);
	if (errno || end == buf || *end) {
		errno = EBADMSG;
		return -1;
	}
	*valp = value;
	return 0;
}
