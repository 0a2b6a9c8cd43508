/* SPDX-License-Identifier: MIT */
/*
 * What the files of libsoftaccel-cxl share: the two handles and the few calls
 * that cross from one file into another.
 *
 *	sysfs.c  files below the class directory      attr.c   their meaning
 *	enum.c   cards and AFUs, one after another    open.c   handles of nodes
 *	work.c   attach                               event.c  events
 *	mmio.c   registers                            roots.c  where it all lies
 *
 * An AFU handle is either an iteration handle (enum.c: it has an open directory
 * and no file descriptor) or an open handle (open.c: the reverse). Both name an
 * AFU, so attributes work on both.
 *
 * Locks: event_lock protects the list of events that were read but not handed
 * out yet, and is never held across a system call. Nothing else needs one: the
 * remaining fields are set while only one thread knows the handle, or by calls
 * that libcxl.h reserves for one thread at a time; but for process_element and
 * attached_by, which are atomic, and always set to the same value by any thread
 * that sets them with success.
 */
#ifndef SACC_CXL_PRIV_H
#define SACC_CXL_PRIV_H

#include <dirent.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

/* The library is built with hidden symbols; these are the ones to export. */
#pragma GCC visibility push(default)
#include <libcxl.h>
#pragma GCC visibility pop

#define SACC_CXL_NAME_MAX 32

/* The directories above; test programs link others in place of roots.c. */
extern const char *const sacc_cxl_class_dir;
extern const char *const sacc_cxl_dev_dir;
extern const char *const sacc_cxl_char_dir;

struct cxl_adapter_h {
	char name[SACC_CXL_NAME_MAX];		/* "card0" */
	DIR *dir;				/* of the class directory */
};

/* What one read() returned; events of it from @next up to @end are left. */
struct sacc_cxl_batch {
	struct sacc_cxl_batch *later;
	size_t next;
	size_t end;
	_Alignas(8) unsigned char data[CXL_READ_MIN_SIZE];
};

struct cxl_afu_h {
	char name[SACC_CXL_NAME_MAX];		/* "afu0.0", open: "afu0.0s" */

	DIR *dir;				/* of the card; iteration only */
	struct cxl_adapter_h *adapter;		/* of cxl_afu_next(), owned */

	int fd;					/* -1: not open */
	int process_element;			/* -1: not asked yet */
	pid_t attached_by;			/* thread; 0: not attached */

	pthread_mutex_t event_lock;
	struct sacc_cxl_batch *events;		/* oldest first */

	void *mmio;				/* NULL: not mapped */
	size_t mmio_size;
	bool mmio_swap;
};

/* enum.c: a zeroed handle that names no AFU yet; NULL and ENOMEM. */
struct cxl_afu_h *sacc_cxl_afu_new(void);
/* Card and slice of "afu<card>.<slice>" plus an optional node letter. */
bool sacc_cxl_afu_parse(const char *name, unsigned int *card,
			unsigned int *slice, char *view);

/*
 * sysfs.c: attributes. @name is a directory of the class ("card0"), and the
 * attribute is looked for there, then in its "device", and so on upwards.
 * ENODEV when nobody has it.
 */
int sacc_cxl_attr_path(const char *name, const char *attr, char *path,
		       size_t size);
/* The value without its newline. EOVERFLOW when it does not fit. */
int sacc_cxl_attr_read(const char *name, const char *attr, char *buf,
		       size_t size);
int sacc_cxl_attr_write(const char *name, const char *attr, const char *value);
/* The whole value is one number. EBADMSG when it is not. */
int sacc_cxl_attr_number(const char *name, const char *attr, int base,
			 long *valp);

void sacc_cxl_events_free(struct cxl_afu_h *afu);

static inline bool sacc_cxl_is_open(const struct cxl_afu_h *afu)
{
	return afu && afu->fd >= 0;
}

#endif
