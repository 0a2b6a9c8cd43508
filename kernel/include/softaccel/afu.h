/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an AFU personality sees of the world, and what the world sees of it.
 *
 * A personality is one file in kernel/afu/ that fills in one struct
 * sacc_afu_ops. It never meets a file, a vma or an mm: memory, interrupts and
 * errors go through the four services at the end of this file.
 *
 * Lifetime of a context, as a personality sees it:
 *   attach() -> { run(), mmio_read(), mmio_write() }* -> detach()
 *
 * Locking, guaranteed by the caller:
 *   - attach() and detach() of one context never overlap each other, run(), or
 *     a register access of that context;
 *   - run() of one context is never entered twice at once;
 *   - register accesses run under the caller's mmap_lock, concurrently with
 *     run() and with each other. State shared between them is the
 *     personality's to protect, with a spinlock or atomics: nothing that is
 *     held while a memory service runs may be taken by a register access
 *     (memory services take mmap_lock).
 */
#ifndef SOFTACCEL_AFU_H
#define SOFTACCEL_AFU_H

#include <linux/types.h>

#include <softaccel/cas.h>

struct page;
struct sacc_afu_ctx;

/* Bits of sacc_afu_desc.modes, the CAPI programming models. */
#define SACC_AFU_DEDICATED	0x1u
#define SACC_AFU_DIRECTED	0x2u

/**
 * struct sacc_afu_desc - the AFU descriptor, in decoded form
 * @name:	personality name, for logs
 * @modes:	SACC_AFU_* that the AFU supports
 * @num_procs:	contexts that can be open at once in directed mode
 * @irqs_min:	interrupts that each context gets at least
 * @irqs_max:	what irqs_max in sysfs begins with; 0 for all that the card has
 * @ps_size:	problem state area of the slice, bytes, multiple of PAGE_SIZE
 * @pp_offset:	start of the per-process areas in the problem state area
 * @pp_size:	size of one per-process area, bytes, multiple of PAGE_SIZE;
 *		0 when the AFU has none. In directed mode only
 * @eb_len:	bytes of the error buffer, multiple of 4096; 0 when there is none
 * @cr_vendor:	vendor id of configuration record 0
 * @cr_device:	device id of configuration record 0
 * @cr_class:	24-bit class code of configuration record 0
 */
struct sacc_afu_desc {
	const char *name;
	u32 modes;
	u32 num_procs;
	u32 irqs_min;
	u32 irqs_max;
	u64 ps_size;
	u64 pp_offset;
	u64 pp_size;
	u32 eb_len;
	u16 cr_vendor;
	u16 cr_device;
	u32 cr_class;
};

/**
 * enum sacc_afu_work - what a personality wants after run()
 * @SACC_AFU_AGAIN: there was work, perhaps more: call at once
 * @SACC_AFU_POLL:  nothing now, but memory may change without a kick: call again
 *		    soon, less and less often
 * @SACC_AFU_IDLE:  nothing until the next sacc_afu_kick()
 */
enum sacc_afu_work {
	SACC_AFU_AGAIN,
	SACC_AFU_POLL,
	SACC_AFU_IDLE,
};

/**
 * struct sacc_afu_ops - one AFU personality
 * @desc:	its descriptor; constant
 * @slice_init:	allocate state of one slice into *@priv; may sleep. Optional.
 * @slice_exit:	free it, when the card goes. Optional.
 * @reset:	AFU reset: registers of the slice back to power-on. Optional.
 * @attach:	a context starts with work element descriptor @wed; allocate its
 *		state with sacc_afu_set_priv(). 0 or -errno. May sleep. Must not
 *		touch the process' memory.
 * @detach:	the context is over; free its state.
 * @run:	make progress, and say when to be called again. Bounded work per
 *		call. May sleep and use the memory services.
 * @mmio_read:	read @width (4 or 8) bytes at @offset; value in *@val as the
 *		CPU would load it (the personality does its own byte order).
 *		@ctx is the context that the register belongs to and @offset is
 *		relative to its area; for a register of a directed slice (below
 *		the per-process areas) @ctx is NULL and @offset relative to the
 *		slice. A dedicated slice is all its context's. 0, or -errno for
 *		a bus error, and then *@val is left alone. @offset is a multiple of
 *		@width. Does not sleep: a spinlock is held. Never all ones
 *		from a live register: programs take that for a dead card.
 * @mmio_write:	the same for a store.
 * @err_read:	read @len bytes of the slice's error buffer at @offset, all of them
 *		below eb_len. Concurrent with everything. Required iff there is one.
 * @mmio_page:	the page that is all of the area at @offset, a multiple of PAGE_SIZE, of
 *		a STARTED context; NULL where there are registers. It is memory: the
 *		context's own program has it mapped, so accesses of any width run at
 *		memory speed and without a call. It stays until detach(), and the same
 *		page. mmio_read() and mmio_write() reach it, too: others see the area
 *		through them. Context and locks as there. Optional.
 */
struct sacc_afu_ops {
	const struct sacc_afu_desc *desc;
	int (*slice_init)(void **priv);
	void (*slice_exit)(void *priv);
	void (*reset)(void *priv);
	int (*attach)(struct sacc_afu_ctx *ctx, u64 wed);
	void (*detach)(struct sacc_afu_ctx *ctx);
	enum sacc_afu_work (*run)(struct sacc_afu_ctx *ctx);
	int (*mmio_read)(void *slice, struct sacc_afu_ctx *ctx, u64 offset,
			 unsigned int width, u64 *val);
	int (*mmio_write)(void *slice, struct sacc_afu_ctx *ctx, u64 offset,
			  unsigned int width, u64 val);
	void (*err_read)(void *slice, u64 offset, void *buf, size_t len);
	struct page *(*mmio_page)(void *slice, struct sacc_afu_ctx *ctx, u64 offset);
};

/* State that the personality keeps for a context and for the slice. */
void sacc_afu_set_priv(struct sacc_afu_ctx *ctx, void *priv);

/**
 * struct sacc_afu_ctx_head - where a context begins; for the two functions below only
 * @priv:	state that the personality keeps for it
 * @pe:		process element: lowest free number when it was opened
 */
struct sacc_afu_ctx_head {
	void *priv;
	u32 pe;
};

static inline void *sacc_afu_priv(const struct sacc_afu_ctx *ctx)
{
	return ((const struct sacc_afu_ctx_head *)ctx)->priv;
}

void *sacc_afu_slice(struct sacc_afu_ctx *ctx);

/* The context's process element; what a handle register shows. */
static inline u16 sacc_afu_pe(const struct sacc_afu_ctx *ctx)
{
	return ((const struct sacc_afu_ctx_head *)ctx)->pe;
}

/* Whether it is the only one, in dedicated mode. */
bool sacc_afu_is_dedicated(struct sacc_afu_ctx *ctx);

/* How many interrupts the context has: sources 1 to this. */
unsigned int sacc_afu_irqs(struct sacc_afu_ctx *ctx);

/*
 * Memory services, from run() only. Effective addresses of the attached
 * process, any alignment. 0 on success; -EFAULT when the address cannot be
 * accessed (nor can any, once the process has exited or executed another
 * program): the data-storage event has then been queued, once, with the address
 * of the failing byte; -ESRCH when the context is being detached (no event): the
 * personality returns from run().
 *
 * Naturally aligned accesses of 1, 2, 4 and 8 bytes are single-copy atomic. A
 * write comes after all earlier accesses of the context. Reads are not ordered
 * among themselves: smp_rmb().
 */
int sacc_afu_read_mem(struct sacc_afu_ctx *ctx, u64 ea, void *dst, size_t len);
int sacc_afu_write_mem(struct sacc_afu_ctx *ctx, u64 ea, const void *src,
		       size_t len);

/* From @src to @dst, which must not overlap: 1 MiB at most. The fast way to copy. */
int sacc_afu_copy_mem(struct sacc_afu_ctx *ctx, u64 dst, u64 src, size_t len);

/* One byte. */
int sacc_afu_write_status(struct sacc_afu_ctx *ctx, u64 ea, u8 status);

/*
 * Compare and swap @size bytes at @ea, 4 or 8: <softaccel/cas.h>. Bytes as they
 * lie in memory. -EINVAL when @ea is not a multiple of @size.
 */
int sacc_afu_cas(struct sacc_afu_ctx *ctx, u64 ea, size_t size,
		 struct sacc_cas *cas);

/*
 * Raise AFU interrupt @source, 1..number of interrupts of the context.
 * -EINVAL for any other source; nothing is delivered then.
 */
int sacc_afu_irq(struct sacc_afu_ctx *ctx, unsigned int source);

/* Queue an AFU error event with @error. */
void sacc_afu_error(struct sacc_afu_ctx *ctx, u64 error);

/* There may be work for run(). From any context, register accesses included. */
void sacc_afu_kick(struct sacc_afu_ctx *ctx);

extern const struct sacc_afu_ops sacc_afu_memcpy;	/* directed */
extern const struct sacc_afu_ops sacc_afu_memcopy;	/* dedicated */
extern const struct sacc_afu_ops sacc_afu_test;		/* both */

#endif
