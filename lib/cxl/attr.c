// SPDX-License-Identifier: MIT
/*
 * What the attributes of cards and AFUs mean: numbers, words, and the two that
 * are more than that, the PCI device and the error buffer.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "priv.h"

struct word {
	const char *text;
	long value;
};

static const struct word modes[] = {
	{ "dedicated_process", CXL_MODE_DEDICATED },
	{ "afu_directed", CXL_MODE_DIRECTED },
	{ "time_sliced", CXL_MODE_TIME_SLICED },
	{ NULL, 0 },
};

static const struct word prefault_modes[] = {
	{ "none", CXL_PREFAULT_MODE_NONE },
	{ "work_element_descriptor", CXL_PREFAULT_MODE_WED },
	{ "all", CXL_PREFAULT_MODE_ALL },
	{ NULL, 0 },
};

static const struct word images[] = {
	{ "factory", CXL_IMAGE_FACTORY },
	{ "user", CXL_IMAGE_USER },
	{ NULL, 0 },
};

static int invalid(void)
{
	errno = EINVAL;
	return -1;
}

static const struct word *find_word(const struct word *word, const char *text)
{
	while (word->text && strcmp(word->text, text))
		word++;
	return word->text ? word : NULL;
}

static const char *find_text(const struct word *word, long value)
{
	while (word->text && word->value != value)
		word++;
	return word->text;
}

static int read_word(const char *name, const char *attr,
		     const struct word *words, long *valp)
{
	const struct word *word;
	char buf[64];

	if (sacc_cxl_attr_read(name, attr, buf, sizeof(buf)))
		return -1;
	word = find_word(words, buf);
	if (!word) {
		errno = EBADMSG;
		return -1;
	}
	*valp = word->value;
	return 0;
}

/* --- cards */

static int card_number(struct cxl_adapter_h *adapter, const char *attr,
		       long *valp)
{
	if (!adapter || !valp)
		return invalid();
	return sacc_cxl_attr_number(adapter->name, attr, 10, valp);
}

int cxl_get_base_image(struct cxl_adapter_h *adapter, long *valp)
{
	return card_number(adapter, "base_image", valp);
}

int cxl_get_psl_revision(struct cxl_adapter_h *adapter, long *valp)
{
	return card_number(adapter, "psl_revision", valp);
}

int cxl_get_psl_timebase_synced(struct cxl_adapter_h *adapter, long *valp)
{
	return card_number(adapter, "psl_timebase_synced", valp);
}

int cxl_get_tunneled_ops_supported(struct cxl_adapter_h *adapter, long *valp)
{
	return card_number(adapter, "tunneled_ops_supported", valp);
}

int cxl_get_caia_version(struct cxl_adapter_h *adapter, long *majorp,
			 long *minorp)
{
	char buf[64], *dot, *end;
	long major, minor;

	if (!adapter || !majorp || !minorp)
		return invalid();
	if (sacc_cxl_attr_read(adapter->name, "caia_version", buf, sizeof(buf)))
		return -1;
	errno = 0;
	major = strtol(buf, &dot, 10);
	if (errno || dot == buf || *dot != '.')
		goto err_malformed;
	minor = strtol(dot + 1, &end, 10);
	if (errno || end == dot + 1 || *end)
		goto err_malformed;
	*majorp = major;
	*minorp = minor;
	return 0;

err_malformed:
	errno = EBADMSG;
	return -1;
}

int cxl_get_image_loaded(struct cxl_adapter_h *adapter, enum cxl_image *valp)
{
	long value;

	if (!adapter || !valp)
		return invalid();
	if (read_word(adapter->name, "image_loaded", images, &value))
		return -1;
	*valp = (enum cxl_image)value;
	return 0;
}

/* --- AFUs: numbers */

static int afu_number(struct cxl_afu_h *afu, const char *attr, long *valp)
{
	if (!afu || !valp)
		return invalid();
	return sacc_cxl_attr_number(afu->name, attr, 10, valp);
}

int cxl_get_api_version(struct cxl_afu_h *afu, long *valp)
{
	return afu_number(afu, "api_version", valp);
}

int cxl_get_api_version_compatible(struct cxl_afu_h *afu, long *valp)
{
	return afu_number(afu, "api_version_compatible", valp);
}

int cxl_get_irqs_max(struct cxl_afu_h *afu, long *valp)
{
	return afu_number(afu, "irqs_max", valp);
}

int cxl_get_irqs_min(struct cxl_afu_h *afu, long *valp)
{
	return afu_number(afu, "irqs_min", valp);
}

int cxl_get_mmio_size(struct cxl_afu_h *afu, long *valp)
{
	return afu_number(afu, "mmio_size", valp);
}

int cxl_get_pp_mmio_len(struct cxl_afu_h *afu, long *valp)
{
	return afu_number(afu, "pp_mmio_len", valp);
}

int cxl_get_pp_mmio_off(struct cxl_afu_h *afu, long *valp)
{
	return afu_number(afu, "pp_mmio_off", valp);
}

int cxl_set_irqs_max(struct cxl_afu_h *afu, long value)
{
	char buf[32];

	if (!afu)
		return invalid();
	snprintf(buf, sizeof(buf), "%ld", value);
	return sacc_cxl_attr_write(afu->name, "irqs_max", buf);
}

static int config_record(struct cxl_afu_h *afu, long cr_num, const char *field,
			 long *valp)
{
	char attr[64];

	if (!afu || !valp || cr_num < 0)
		return invalid();
	snprintf(attr, sizeof(attr), "cr%ld/%s", cr_num, field);
	return sacc_cxl_attr_number(afu->name, attr, 16, valp);
}

int cxl_get_cr_class(struct cxl_afu_h *afu, long cr_num, long *valp)
{
	return config_record(afu, cr_num, "class", valp);
}

int cxl_get_cr_device(struct cxl_afu_h *afu, long cr_num, long *valp)
{
	return config_record(afu, cr_num, "device", valp);
}

int cxl_get_cr_vendor(struct cxl_afu_h *afu, long cr_num, long *valp)
{
	return config_record(afu, cr_num, "vendor", valp);
}

/* --- AFUs: words */

int cxl_get_mode(struct cxl_afu_h *afu, long *valp)
{
	const struct word *word;
	char buf[64];

	if (!afu || !valp)
		return invalid();
	if (sacc_cxl_attr_read(afu->name, "mode", buf, sizeof(buf)))
		return -1;
	word = find_word(modes, buf);
	if (!word) {
		/* An AFU that is switched off has no CXL_MODE_*. */
		errno = strcmp(buf, "none") ? EBADMSG : ENODEV;
		return -1;
	}
	*valp = word->value;
	return 0;
}

int cxl_set_mode(struct cxl_afu_h *afu, long value)
{
	if (!afu || (value != CXL_MODE_DEDICATED && value != CXL_MODE_DIRECTED))
		return invalid();
	return sacc_cxl_attr_write(afu->name, "mode", find_text(modes, value));
}

int cxl_get_modes_supported(struct cxl_afu_h *afu, long *valp)
{
	char buf[256], *line, *rest = buf;
	const struct word *word;
	long set = 0;

	if (!afu || !valp)
		return invalid();
	if (sacc_cxl_attr_read(afu->name, "modes_supported", buf, sizeof(buf)))
		return -1;
	while ((line = strsep(&rest, "\n"))) {
		word = find_word(modes, line);
		if (!word && *line) {
			errno = EBADMSG;
			return -1;
		}
		set |= word ? word->value : 0;
	}
	*valp = set;
	return 0;
}

int cxl_get_prefault_mode(struct cxl_afu_h *afu, enum cxl_prefault_mode *valp)
{
	long value;

	if (!afu || !valp)
		return invalid();
	if (read_word(afu->name, "prefault_mode", prefault_modes, &value))
		return -1;
	*valp = (enum cxl_prefault_mode)value;
	return 0;
}

int cxl_set_prefault_mode(struct cxl_afu_h *afu, enum cxl_prefault_mode value)
{
	const char *text = find_text(prefault_modes, (long)value);

	if (!afu || !text)
		return invalid();
	return sacc_cxl_attr_write(afu->name, "prefault_mode", text);
}

/* --- the PCI device that the card is */

static bool is_pci_device(const char *path)
{
	char link[PATH_MAX], target[PATH_MAX], *base;
	ssize_t len;

	if (snprintf(link, sizeof(link), "%s/subsystem", path) >=
	    (int)sizeof(link))
		return false;
	len = readlink(link, target, sizeof(target) - 1);
	if (len < 0)
		return false;
	target[len] = '\0';
	base = strrchr(target, '/');
	return !strcmp(base ? base + 1 : target, "pci");
}

int cxl_afu_sysfs_pci(struct cxl_afu_h *afu, char **pathp)
{
	char path[PATH_MAX];
	struct stat st;
	size_t len;

	if (!afu || !pathp)
		return invalid();
	len = (size_t)snprintf(path, sizeof(path), "%s/%s", sacc_cxl_class_dir,
			       afu->name);
	while (!is_pci_device(path)) {
		if (len + sizeof("/device") > sizeof(path))
			goto err_none;
		strcpy(path + len, "/device");
		len += strlen("/device");
		if (stat(path, &st) || !S_ISDIR(st.st_mode))
			goto err_none;
	}
	*pathp = strdup(path);
	return *pathp ? 0 : -1;

err_none:
	errno = ENOENT;
	return -1;
}

/* --- the AFU error buffer */

int cxl_errinfo_size(struct cxl_afu_h *afu, size_t *valp)
{
	char path[PATH_MAX];
	struct stat st;

	if (!afu || !valp)
		return invalid();
	if (sacc_cxl_attr_path(afu->name, "afu_err_buff", path, sizeof(path)) ||
	    stat(path, &st))
		return -1;
	*valp = (size_t)st.st_size;
	return 0;
}

ssize_t cxl_errinfo_read(struct cxl_afu_h *afu, void *dst, off_t off,
			 size_t len)
{
	char path[PATH_MAX];
	size_t done = 0;
	ssize_t got = 0;
	int fd, err;

	if (!afu || !dst || off < 0)
		return invalid();
	if (sacc_cxl_attr_path(afu->name, "afu_err_buff", path, sizeof(path)))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	/* The kernel gives at most a page, less when it is not aligned. */
	while (done < len) {
		got = pread(fd, (char *)dst + done, len - done,
			    off + (off_t)done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	err = errno;
	close(fd);
	errno = err;
	return done || got >= 0 ? (ssize_t)done : -1;
}
