// SPDX-License-Identifier: MIT
/*
 * Enumeration: the cards of the class directory and the AFUs of a card.
 *
 * A step changes the handle that it is given and returns it again. The step
 * that finds nothing more frees the handle and returns NULL with errno 0; a step
 * that fails frees it too, so a loop over either never leaks. The order is that
 * of the directory.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "priv.h"

/* A number as the kernel prints it: digits, and no leading zero. */
static bool parse_number(const char **text, unsigned int *value)
{
	const char *p = *text;
	unsigned long n = 0;

	if (*p < '0' || *p > '9' || (p[0] == '0' && p[1] >= '0' && p[1] <= '9'))
		return false;
	while (*p >= '0' && *p <= '9') {
		n = n * 10 + (unsigned long)(*p++ - '0');
		if (n > INT_MAX)
			return false;
	}
	*text = p;
	*value = (unsigned int)n;
	return true;
}

static bool is_card(const char *name)
{
	unsigned int card;

	if (strncmp(name, "card", 4))
		return false;
	name += 4;
	return parse_number(&name, &card) && !*name;
}

bool sacc_cxl_afu_parse(const char *name, unsigned int *card,
			unsigned int *slice, char *view)
{
	if (strncmp(name, "afu", 3))
		return false;
	name += 3;
	if (!parse_number(&name, card) || *name++ != '.' ||
	    !parse_number(&name, slice))
		return false;
	*view = *name;
	if (!*name)
		return true;
	return strchr("dms", *name) && !name[1];
}

static bool is_afu(const char *name)
{
	unsigned int card, slice;
	char view;

	return sacc_cxl_afu_parse(name, &card, &slice, &view) && !view;
}

/* The next entry that @wanted accepts: 1, 0 at the end, -1. */
static int next_entry(DIR *dir, bool (*wanted)(const char *), char *name)
{
	struct dirent *entry;

	for (;;) {
		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return errno ? -1 : 0;
		if (!wanted(entry->d_name) ||
		    strlen(entry->d_name) >= SACC_CXL_NAME_MAX)
			continue;
		strcpy(name, entry->d_name);
		return 1;
	}
}

static DIR *open_dir(const char *path)
{
	DIR *dir = opendir(path);

	if (!dir && (errno == ENOENT || errno == ENOTDIR))
		errno = ENODEV;
	return dir;
}

static struct cxl_adapter_h *adapter_first(void)
{
	struct cxl_adapter_h *adapter = calloc(1, sizeof(*adapter));

	if (!adapter)
		return NULL;
	adapter->dir = open_dir(sacc_cxl_class_dir);
	if (!adapter->dir) {
		free(adapter);
		return NULL;
	}
	return adapter;
}

struct cxl_adapter_h *cxl_adapter_next(struct cxl_adapter_h *adapter)
{
	int ret;

	if (!adapter)
		adapter = adapter_first();
	if (!adapter)
		return NULL;
	ret = next_entry(adapter->dir, is_card, adapter->name);
	if (ret > 0)
		return adapter;
	ret = ret ? errno : 0;
	cxl_adapter_free(adapter);
	errno = ret;
	return NULL;
}

char *cxl_adapter_dev_name(struct cxl_adapter_h *adapter)
{
	if (!adapter) {
		errno = EINVAL;
		return NULL;
	}
	return adapter->name;
}

void cxl_adapter_free(struct cxl_adapter_h *adapter)
{
	if (!adapter)
		return;
	closedir(adapter->dir);
	free(adapter);
}

struct cxl_afu_h *sacc_cxl_afu_new(void)
{
	struct cxl_afu_h *afu = calloc(1, sizeof(*afu));

	if (!afu)
		return NULL;
	afu->fd = -1;
	afu->process_element = -1;
	pthread_mutex_init(&afu->event_lock, NULL);
	return afu;
}

static int afu_open_card(struct cxl_afu_h *afu, const char *card)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", sacc_cxl_class_dir, card);
	afu->dir = open_dir(path);
	return afu->dir ? 0 : -1;
}

/* NULL, @afu freed, errno @err */
static struct cxl_afu_h *afu_end(struct cxl_afu_h *afu, int err)
{
	cxl_afu_free(afu);
	errno = err;
	return NULL;
}

struct cxl_afu_h *cxl_adapter_afu_next(struct cxl_adapter_h *adapter,
				       struct cxl_afu_h *afu)
{
	int ret;

	if (!afu) {
		if (!adapter) {
			errno = EINVAL;
			return NULL;
		}
		afu = sacc_cxl_afu_new();
		if (!afu)
			return NULL;
		if (afu_open_card(afu, adapter->name))
			return afu_end(afu, errno);
	}
	if (!afu->dir) {
		/* An open handle cannot be stepped, and stays as it is. */
		errno = EINVAL;
		return NULL;
	}
	ret = next_entry(afu->dir, is_afu, afu->name);
	return ret > 0 ? afu : afu_end(afu, ret ? errno : 0);
}

/* To the next card; a card that has just gone away is passed over. */
static int afu_next_card(struct cxl_afu_h *afu)
{
	if (afu->dir)
		closedir(afu->dir);
	afu->dir = NULL;
	do {
		afu->adapter = cxl_adapter_next(afu->adapter);
		if (!afu->adapter)
			return -1;
	} while (afu_open_card(afu, afu->adapter->name) && errno == ENODEV);
	return afu->dir ? 0 : -1;
}

struct cxl_afu_h *cxl_afu_next(struct cxl_afu_h *afu)
{
	int ret;

	if (!afu) {
		afu = sacc_cxl_afu_new();
		if (!afu)
			return NULL;
		if (afu_next_card(afu))
			return afu_end(afu, errno);
	} else if (!afu->adapter) {
		errno = EINVAL;
		return NULL;
	}
	for (;;) {
		ret = next_entry(afu->dir, is_afu, afu->name);
		if (ret > 0)
			return afu;
		if (ret < 0 || afu_next_card(afu))
			return afu_end(afu, errno);
	}
}

char *cxl_afu_dev_name(struct cxl_afu_h *afu)
{
	if (!afu) {
		errno = EINVAL;
		return NULL;
	}
	return afu->name;
}
