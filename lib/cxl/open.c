// SPDX-License-Identifier: MIT
/*
 * Open handles: from a path, from another handle, from a file descriptor.
 *
 * Which AFU a descriptor belongs to is asked of the kernel (GET_AFU_ID), which
 * also answers for descriptors without a node. Kernels that do not know that
 * call are asked through the device number.
 *
 * The descriptor of an open handle is owned by it and closed by cxl_afu_free(),
 * after the register mapping, which would keep the context alive.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "priv.h"

static int name_from_id(const struct cxl_afu_id *id, char *name)
{
	char view;

	if (id->afu_mode == CXL_MODE_DEDICATED)
		view = 'd';
	else if (id->afu_mode != CXL_MODE_DIRECTED)
		goto err_unknown;
	else if (id->flags & CXL_AFUID_FLAG_SLAVE)
		view = 's';
	else
		view = 'm';
	snprintf(name, SACC_CXL_NAME_MAX, "afu%u.%u%c", id->card_id,
		 id->afu_offset, view);
	return 0;

err_unknown:
	errno = ENODEV;
	return -1;
}

/* Name of the node from its device number; for kernels before GET_AFU_ID. */
static int name_from_number(dev_t number, char *name)
{
	char path[PATH_MAX], target[PATH_MAX], *base, view;
	unsigned int card, slice;
	ssize_t len;

	snprintf(path, sizeof(path), "%s/%u:%u", sacc_cxl_char_dir,
		 major(number), minor(number));
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		goto err_unknown;
	target[len] = '\0';
	base = strrchr(target, '/');
	base = base ? base + 1 : target;
	if (strlen(base) >= SACC_CXL_NAME_MAX ||
	    !sacc_cxl_afu_parse(base, &card, &slice, &view) || !view)
		goto err_unknown;
	strcpy(name, base);
	return 0;

err_unknown:
	errno = ENODEV;
	return -1;
}

static int check_api_version(const char *name)
{
	long version;

	if (sacc_cxl_attr_number(name, "api_version_compatible", 10, &version))
		return -1;
	if (version > CXL_KERNEL_API_VERSION) {
		errno = EPROTO;
		return -1;
	}
	return 0;
}

static int identify(int fd, char *name)
{
	struct cxl_afu_id id;
	struct stat st;

	if (fstat(fd, &st))
		return -1;
	memset(&id, 0, sizeof(id));
	if (!ioctl(fd, CXL_IOCTL_GET_AFU_ID, &id)) {
		if (name_from_id(&id, name))
			return -1;
	} else if (errno == EIO) {
		/* An AFU, but its card is down. */
		return -1;
	} else if (!S_ISCHR(st.st_mode)) {
		errno = ENODEV;
		return -1;
	} else if (name_from_number(st.st_rdev, name)) {
		return -1;
	}
	return check_api_version(name);
}

struct cxl_afu_h *cxl_afu_fd_to_h(int fd)
{
	struct cxl_afu_h *afu = sacc_cxl_afu_new();

	if (!afu)
		return NULL;
	if (identify(fd, afu->name)) {
		cxl_afu_free(afu);
		return NULL;
	}
	afu->fd = fd;
	return afu;
}

struct cxl_afu_h *cxl_afu_open_dev(char *path)
{
	struct cxl_afu_h *afu;
	struct stat st;
	int fd, err;

	if (!path) {
		errno = EINVAL;
		return NULL;
	}
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && !S_ISCHR(st.st_mode)) {
		close(fd);
		errno = ENODEV;
		return NULL;
	}
	afu = cxl_afu_fd_to_h(fd);
	if (!afu) {
		err = errno;
		close(fd);
		errno = err;
	}
	return afu;
}

struct cxl_afu_h *cxl_afu_open_h(struct cxl_afu_h *afu, enum cxl_views view)
{
	static const char letters[] = {
		[CXL_VIEW_DEDICATED] = 'd',
		[CXL_VIEW_MASTER] = 'm',
		[CXL_VIEW_SLAVE] = 's',
	};
	char path[PATH_MAX], letter;
	unsigned int card, slice;
	struct cxl_afu_h *opened;

	if (!afu || (unsigned int)view >= sizeof(letters) ||
	    !sacc_cxl_afu_parse(afu->name, &card, &slice, &letter)) {
		errno = EINVAL;
		return NULL;
	}
	snprintf(path, sizeof(path), "%s/afu%u.%u%c", sacc_cxl_dev_dir, card,
		 slice, letters[view]);
	opened = cxl_afu_open_dev(path);
	/* The mode of the AFU decides which of its nodes exist. */
	if (!opened && errno == ENOENT)
		errno = ENODEV;
	return opened;
}

void cxl_afu_free(struct cxl_afu_h *afu)
{
	int saved = errno;

	if (!afu)
		return;
	if (afu->mmio)
		munmap(afu->mmio, afu->mmio_size);
	if (afu->fd >= 0)
		close(afu->fd);
	if (afu->dir)
		closedir(afu->dir);
	cxl_adapter_free(afu->adapter);
	sacc_cxl_events_free(afu);
	pthread_mutex_destroy(&afu->event_lock);
	free(afu);
	errno = saved;
}

int cxl_afu_opened(struct cxl_afu_h *afu)
{
	if (!afu) {
		errno = EINVAL;
		return -1;
	}
	return afu->fd >= 0;
}

int cxl_afu_fd(struct cxl_afu_h *afu)
{
	if (!sacc_cxl_is_open(afu)) {
		errno = EINVAL;
		return -1;
	}
	return afu->fd;
}
