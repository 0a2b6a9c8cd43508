// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file operations of /dev/cxl/afuX.Y{d,m,s}: open, ioctl, read, poll, close.
 * (mmap is in window.c.) A borrowed ABI: which check comes first, and which error
 * it gives, is part of it; so is EINVAL for an unknown ioctl.
 *
 * file->private_data is the context, held by the file from open() to release();
 * a mapping holds the file. User memory is copied with no lock held.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "cxl.h"

static int sacc_cxl_open(struct inode *inode, struct file *file)
{
	unsigned int minor = iminor(inode);
	struct sacc_cxl_afu *afu = sacc_cxl_find_afu(minor);
	struct sacc_afu_ctx *ctx;

	if (!afu)
		return -ENODEV;
	ctx = sacc_cxl_ctx_create(afu, (minor % SACC_CXL_CARD_MINORS - 1) %
				       SACC_CXL_NODES);
	put_device(&afu->dev);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	ctx->mapping = file->f_mapping;
	file->private_data = ctx;
	return 0;
}

/*
 * A process that exits gives up its memory before its files. If the worker was
 * using that memory, the mappings of the node, which hold the file, go a moment
 * later. Wait for it: who waits for the process finds the context free again.
 */
static int sacc_cxl_flush(struct file *file, fl_owner_t id)
{
	if (current->flags & PF_EXITING)
		sacc_cxl_ctx_evict(file->private_data);
	return 0;
}

static int sacc_cxl_release(struct inode *inode, struct file *file)
{
	sacc_cxl_ctx_close(file->private_data);
	return 0;
}

static long sacc_cxl_start_work(struct sacc_afu_ctx *ctx, void __user *arg)
{
	struct cxl_ioctl_start_work work;
	int ret;

	if (copy_from_user(&work, arg, sizeof(work)))
		return -EFAULT;
	ret = sacc_cxl_ctx_start(ctx, &work);
	if (ret)
		return ret;
	/* The context stays started even if its thread id cannot be told. */
	if ((work.flags & CXL_START_WORK_TID) &&
	    copy_to_user(arg, &work, sizeof(work)))
		return -EFAULT;
	return 0;
}

static long sacc_cxl_get_process_element(struct sacc_afu_ctx *ctx,
					 u32 __user *arg)
{
	return put_user(ctx->head.pe, arg);
}

static long sacc_cxl_get_afu_id(struct sacc_afu_ctx *ctx, void __user *arg)
{
	struct cxl_afu_id id = {
		.card_id = ctx->afu->card->nr,
		.afu_offset = ctx->afu->slice,
		.afu_mode = ctx->mode,
	};

	if (!ctx->master)
		id.flags = CXL_AFUID_FLAG_SLAVE;
	if (copy_to_user(arg, &id, sizeof(id)))
		return -EFAULT;
	return 0;
}

static long sacc_cxl_ioctl(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	struct sacc_afu_ctx *ctx = file->private_data;
	void __user *uarg = (void __user *)arg;

	if (READ_ONCE(ctx->state) == SACC_CXL_CLOSED ||
	    sacc_cxl_is_frozen(ctx->afu->card))
		return -EIO;
	switch (cmd) {
	case CXL_IOCTL_START_WORK:
		return sacc_cxl_start_work(ctx, uarg);
	case CXL_IOCTL_GET_PROCESS_ELEMENT:
		return sacc_cxl_get_process_element(ctx, uarg);
	case CXL_IOCTL_GET_AFU_ID:
		return sacc_cxl_get_afu_id(ctx, uarg);
	}
	/* Not ENOTTY: libcxl falls back on this. */
	return -EINVAL;
}

/* There will be no more events: read() fails when it has none. */
static bool sacc_cxl_is_over(struct sacc_afu_ctx *ctx)
{
	return READ_ONCE(ctx->state) == SACC_CXL_CLOSED ||
	       sacc_cxl_is_frozen(ctx->afu->card);
}

static bool sacc_cxl_readable(struct sacc_afu_ctx *ctx)
{
	return sacc_cxl_event_pending(ctx) || sacc_cxl_is_over(ctx);
}

/* One event. It is consumed even if the buffer turns out to be bad. */
static ssize_t sacc_cxl_read(struct file *file, char __user *buf, size_t count,
			     loff_t *pos)
{
	struct sacc_afu_ctx *ctx = file->private_data;
	struct cxl_event event;
	int ret;

	if (sacc_cxl_is_frozen(ctx->afu->card))
		return -EIO;
	if (count < CXL_READ_MIN_SIZE)
		return -EINVAL;
	while (!sacc_cxl_event_take(ctx, &event)) {
		if (sacc_cxl_is_over(ctx))
			return -EIO;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = wait_event_interruptible(ctx->readers,
					       sacc_cxl_readable(ctx));
		if (ret)
			return ret;
	}
	if (copy_to_user(buf, &event, event.header.size))
		return -EFAULT;
	return event.header.size;
}

static __poll_t sacc_cxl_poll(struct file *file, struct poll_table_struct *wait)
{
	struct sacc_afu_ctx *ctx = file->private_data;

	poll_wait(file, &ctx->readers, wait);
	if (sacc_cxl_event_pending(ctx))
		return EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(ctx->state) == SACC_CXL_CLOSED)
		return EPOLLERR;
	return 0;
}

/* No .llseek and no .write: ESPIPE and EINVAL, as ever. */
const struct file_operations sacc_cxl_fops = {
	.owner = THIS_MODULE,
	.open = sacc_cxl_open,
	.flush = sacc_cxl_flush,
	.release = sacc_cxl_release,
	.unlocked_ioctl = sacc_cxl_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = sacc_cxl_mmap,
	.read = sacc_cxl_read,
	.poll = sacc_cxl_poll,
};
