/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The CAPI ("cxl") character-device ABI of Linux: /dev/cxl/afuX.Y{d,m,s}.
 *
 * A borrowed ABI: names, numbers and layouts are those of the kernel header of
 * the same name (Linux 3.18 to 6.14) and never change. Installed in a private
 * directory, so that programs can say #include <misc/cxl.h> on systems whose
 * kernel headers no longer have it.
 */
#ifndef _UAPI_MISC_CXL_H
#define _UAPI_MISC_CXL_H

#include <linux/types.h>
#include <linux/ioctl.h>

/* --- ioctls of an AFU node */

/* Start the context with a work element; once for each open(). */
struct cxl_ioctl_start_work {
	__u64 flags;			/* CXL_START_WORK_* */
	__u64 work_element_descriptor;	/* opaque to the kernel */
	__u64 amr;			/* with CXL_START_WORK_AMR */
	__s16 num_interrupts;		/* with CXL_START_WORK_NUM_IRQS */
	__u16 tid;			/* out, with CXL_START_WORK_TID */
	__s32 reserved1;		/* reserved fields must be 0 */
	__u64 reserved2;
	__u64 reserved3;
	__u64 reserved4;
	__u64 reserved5;
};

#define CXL_START_WORK_AMR		0x0000000000000001ULL
#define CXL_START_WORK_NUM_IRQS		0x0000000000000002ULL
#define CXL_START_WORK_ERR_FF		0x0000000000000004ULL
#define CXL_START_WORK_TID		0x0000000000000008ULL
#define CXL_START_WORK_ALL		(CXL_START_WORK_AMR |		\
					 CXL_START_WORK_NUM_IRQS |	\
					 CXL_START_WORK_ERR_FF |	\
					 CXL_START_WORK_TID)

/* cxl_afu_id.afu_mode */
#define CXL_MODE_DEDICATED	0x1
#define CXL_MODE_DIRECTED	0x2

/* cxl_afu_id.flags */
#define CXL_AFUID_FLAG_SLAVE	0x1	/* opened through the slave node */

struct cxl_afu_id {
	__u64 flags;			/* CXL_AFUID_FLAG_* */
	__u32 card_id;
	__u32 afu_offset;		/* slice */
	__u32 afu_mode;			/* CXL_MODE_* */
	__u32 reserved1;
	__u64 reserved2;
	__u64 reserved3;
	__u64 reserved4;
	__u64 reserved5;
	__u64 reserved6;
};

/* --- ioctls of a card node (flashing; PowerVM guests only) */

#define CXL_AI_NEED_HEADER		0x0000000000000001ULL
#define CXL_AI_ALL			CXL_AI_NEED_HEADER
#define CXL_AI_HEADER_SIZE		128
#define CXL_AI_BUFFER_SIZE		4096
#define CXL_AI_MAX_ENTRIES		256
#define CXL_AI_MAX_CHUNK_SIZE		(CXL_AI_BUFFER_SIZE * CXL_AI_MAX_ENTRIES)

struct cxl_adapter_image {
	__u64 flags;			/* CXL_AI_* */
	__u64 data;			/* address of the image */
	__u64 len_data;			/* bytes at data */
	__u64 len_image;		/* bytes of the whole image */
	__u64 reserved1;
	__u64 reserved2;
	__u64 reserved3;
	__u64 reserved4;
};

#define CXL_MAGIC			0xCA
#define CXL_IOCTL_START_WORK		_IOW(CXL_MAGIC, 0x00, struct cxl_ioctl_start_work)
#define CXL_IOCTL_GET_PROCESS_ELEMENT	_IOR(CXL_MAGIC, 0x01, __u32)
#define CXL_IOCTL_GET_AFU_ID		_IOR(CXL_MAGIC, 0x02, struct cxl_afu_id)
#define CXL_IOCTL_DOWNLOAD_IMAGE	_IOW(CXL_MAGIC, 0x0A, struct cxl_adapter_image)
#define CXL_IOCTL_VALIDATE_IMAGE	_IOW(CXL_MAGIC, 0x0B, struct cxl_adapter_image)

/* --- events, one by each read() */

/* A read() must offer at least this many bytes. */
#define CXL_READ_MIN_SIZE		0x1000

enum cxl_event_type {
	CXL_EVENT_RESERVED	= 0,
	CXL_EVENT_AFU_INTERRUPT	= 1,
	CXL_EVENT_DATA_STORAGE	= 2,
	CXL_EVENT_AFU_ERROR	= 3,
	CXL_EVENT_AFU_DRIVER	= 4,
};

struct cxl_event_header {
	__u16 type;			/* enum cxl_event_type */
	__u16 size;			/* of the event, header included */
	__u16 process_element;
	__u16 reserved1;
};

struct cxl_event_afu_interrupt {
	__u16 flags;
	__u16 irq;			/* 1 is the first */
	__u32 reserved1;
};

struct cxl_event_data_storage {
	__u16 flags;
	__u16 reserved1;
	__u32 reserved2;
	__u64 addr;			/* effective address that failed */
	__u64 dsisr;
	__u64 reserved3;
};

struct cxl_event_afu_error {
	__u16 flags;
	__u16 reserved1;
	__u32 reserved2;
	__u64 error;
};

struct cxl_event_afu_driver_reserved {
	__u32 data_size;
	__u8 data[];
};

struct cxl_event {
	struct cxl_event_header header;
	union {
		struct cxl_event_afu_interrupt irq;
		struct cxl_event_data_storage fault;
		struct cxl_event_afu_error afu_error;
		struct cxl_event_afu_driver_reserved afu_driver_event;
	};
};

#endif
