/* SPDX-License-Identifier: MIT */
/*
 * The libcxl programming interface for CAPI accelerators.
 *
 * Names, prototypes and constants are those that CAPI programs were written
 * for. The implementation, libsoftaccel-cxl, uses only the character devices
 * below CXL_DEV_DIR and the files below CXL_SYSFS_CLASS.
 *
 * Unless something else is said, a function that returns a pointer returns NULL
 * and a function that returns an integer returns -1 on failure, with the reason
 * in errno. cxl_afu(3), cxl_work(3), cxl_event(3), cxl_mmio(3) and cxl_attr(3)
 * have the details.
 *
 * One handle may be used by several threads for attaching, events, register access
 * and attributes. Enumerating with it, mapping, unmapping and freeing are for one
 * thread at a time.
 */
#ifndef _LIBCXL_H
#define _LIBCXL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <linux/types.h>
#include <misc/cxl.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CXL_KERNEL_API_VERSION	1

#define CXL_SYSFS_CLASS		"/sys/class/cxl"
#define CXL_DEV_DIR		"/dev/cxl"

/* Programming models, as a number and, in modes_supported, as a set. */
#ifndef CXL_MODE_DEDICATED
#define CXL_MODE_DEDICATED	0x1
#endif
#ifndef CXL_MODE_DIRECTED
#define CXL_MODE_DIRECTED	0x2
#endif
#ifndef CXL_MODE_TIME_SLICED
#define CXL_MODE_TIME_SLICED	0x4
#endif

/* Which node of an AFU cxl_afu_open_h() opens. */
enum cxl_views {
	CXL_VIEW_DEDICATED = 0,
	CXL_VIEW_MASTER = 1,
	CXL_VIEW_SLAVE = 2
};

enum cxl_prefault_mode {
	CXL_PREFAULT_MODE_NONE = 0,
	CXL_PREFAULT_MODE_WED = 1,
	CXL_PREFAULT_MODE_ALL = 2
};

enum cxl_image {
	CXL_IMAGE_FACTORY = 0,
	CXL_IMAGE_USER = 1
};

/* Byte order of the registers, for cxl_mmio_map(). */
#define CXL_MMIO_BIG_ENDIAN	0x1
#define CXL_MMIO_LITTLE_ENDIAN	0x2
#define CXL_MMIO_HOST_ENDIAN	0x3
#define CXL_MMIO_ENDIAN_MASK	0x3

struct cxl_adapter_h;
struct cxl_afu_h;

/* --- cards and their AFUs */

struct cxl_adapter_h *cxl_adapter_next(struct cxl_adapter_h *adapter);
char *cxl_adapter_dev_name(struct cxl_adapter_h *adapter);
void cxl_adapter_free(struct cxl_adapter_h *adapter);

struct cxl_afu_h *cxl_adapter_afu_next(struct cxl_adapter_h *adapter,
				       struct cxl_afu_h *afu);
struct cxl_afu_h *cxl_afu_next(struct cxl_afu_h *afu);
char *cxl_afu_dev_name(struct cxl_afu_h *afu);

#define cxl_for_each_adapter(adapter)					\
	for ((adapter) = cxl_adapter_next(NULL); (adapter);		\
	     (adapter) = cxl_adapter_next(adapter))

#define cxl_for_each_adapter_afu(adapter, afu)				\
	for ((afu) = cxl_adapter_afu_next((adapter), NULL); (afu);	\
	     (afu) = cxl_adapter_afu_next(NULL, (afu)))

#define cxl_for_each_afu(afu)						\
	for ((afu) = cxl_afu_next(NULL); (afu); (afu) = cxl_afu_next(afu))

/* --- open and close */

struct cxl_afu_h *cxl_afu_open_dev(char *path);
struct cxl_afu_h *cxl_afu_open_h(struct cxl_afu_h *afu, enum cxl_views view);
struct cxl_afu_h *cxl_afu_fd_to_h(int fd);
void cxl_afu_free(struct cxl_afu_h *afu);
int cxl_afu_opened(struct cxl_afu_h *afu);
int cxl_afu_fd(struct cxl_afu_h *afu);

/* --- attach */

int cxl_afu_attach(struct cxl_afu_h *afu, __u64 wed);
int cxl_afu_attach_full(struct cxl_afu_h *afu, __u64 wed, __u16 num_interrupts,
			__u64 amr);
int cxl_afu_attach_work(struct cxl_afu_h *afu,
			struct cxl_ioctl_start_work *work);
int cxl_afu_get_process_element(struct cxl_afu_h *afu);

struct cxl_ioctl_start_work *cxl_work_alloc(void);
int cxl_work_free(struct cxl_ioctl_start_work *work);
int cxl_work_get_amr(struct cxl_ioctl_start_work *work, __u64 *valp);
int cxl_work_get_num_irqs(struct cxl_ioctl_start_work *work, __s16 *valp);
int cxl_work_get_wed(struct cxl_ioctl_start_work *work, __u64 *valp);
int cxl_work_set_amr(struct cxl_ioctl_start_work *work, __u64 amr);
int cxl_work_set_num_irqs(struct cxl_ioctl_start_work *work, __s16 num_irqs);
int cxl_work_set_wed(struct cxl_ioctl_start_work *work, __u64 wed);

#ifdef CXL_START_WORK_TID
int cxl_work_enable_wait(struct cxl_ioctl_start_work *work);
int cxl_work_disable_wait(struct cxl_ioctl_start_work *work);
int cxl_work_get_tid(struct cxl_ioctl_start_work *work, __u16 *valp);
int cxl_afu_host_thread_wait(struct cxl_afu_h *afu, volatile __u64 *uword);
#endif

/* --- events */

int cxl_event_pending(struct cxl_afu_h *afu);
int cxl_read_event(struct cxl_afu_h *afu, struct cxl_event *event);
int cxl_read_expected_event(struct cxl_afu_h *afu, struct cxl_event *event,
			    __u32 type, __u16 irq);
int cxl_fprint_event(FILE *stream, struct cxl_event *event);
int cxl_fprint_unknown_event(FILE *stream, struct cxl_event *event);

/* --- registers */

int cxl_mmio_map(struct cxl_afu_h *afu, __u32 flags);
int cxl_mmio_unmap(struct cxl_afu_h *afu);
int cxl_mmio_ptr(struct cxl_afu_h *afu, void **mmio_ptrp);
int cxl_mmio_write64(struct cxl_afu_h *afu, uint64_t offset, uint64_t data);
int cxl_mmio_read64(struct cxl_afu_h *afu, uint64_t offset, uint64_t *data);
int cxl_mmio_write32(struct cxl_afu_h *afu, uint64_t offset, uint32_t data);
int cxl_mmio_read32(struct cxl_afu_h *afu, uint64_t offset, uint32_t *data);
int cxl_mmio_install_sigbus_handler(void);

/* --- attributes of a card */

int cxl_get_base_image(struct cxl_adapter_h *adapter, long *valp);
int cxl_get_caia_version(struct cxl_adapter_h *adapter, long *majorp,
			 long *minorp);
int cxl_get_image_loaded(struct cxl_adapter_h *adapter, enum cxl_image *valp);
int cxl_get_psl_revision(struct cxl_adapter_h *adapter, long *valp);
int cxl_get_psl_timebase_synced(struct cxl_adapter_h *adapter, long *valp);
int cxl_get_tunneled_ops_supported(struct cxl_adapter_h *adapter, long *valp);

/* --- attributes of an AFU */

int cxl_get_api_version(struct cxl_afu_h *afu, long *valp);
int cxl_get_api_version_compatible(struct cxl_afu_h *afu, long *valp);
int cxl_get_cr_class(struct cxl_afu_h *afu, long cr_num, long *valp);
int cxl_get_cr_device(struct cxl_afu_h *afu, long cr_num, long *valp);
int cxl_get_cr_vendor(struct cxl_afu_h *afu, long cr_num, long *valp);
int cxl_get_irqs_max(struct cxl_afu_h *afu, long *valp);
int cxl_get_irqs_min(struct cxl_afu_h *afu, long *valp);
int cxl_get_mmio_size(struct cxl_afu_h *afu, long *valp);
int cxl_get_mode(struct cxl_afu_h *afu, long *valp);
int cxl_get_modes_supported(struct cxl_afu_h *afu, long *valp);
int cxl_get_pp_mmio_len(struct cxl_afu_h *afu, long *valp);
int cxl_get_pp_mmio_off(struct cxl_afu_h *afu, long *valp);
int cxl_get_prefault_mode(struct cxl_afu_h *afu, enum cxl_prefault_mode *valp);
int cxl_set_irqs_max(struct cxl_afu_h *afu, long value);
int cxl_set_mode(struct cxl_afu_h *afu, long value);
int cxl_set_prefault_mode(struct cxl_afu_h *afu, enum cxl_prefault_mode value);

int cxl_afu_sysfs_pci(struct cxl_afu_h *afu, char **pathp);
int cxl_errinfo_size(struct cxl_afu_h *afu, size_t *valp);
ssize_t cxl_errinfo_read(struct cxl_afu_h *afu, void *dst, off_t off,
			 size_t len);

#ifdef __cplusplus
}
#endif

#endif
