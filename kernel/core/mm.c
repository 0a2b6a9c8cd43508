// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access to the address space of a process from a kernel thread.
 *
 * Owns: struct sacc_mm, which its user embeds.
 *
 * Lifetimes. A binding holds the structure of the mm (mmgrab), never its users:
 * an exiting process frees its memory although a device is bound to it. Users
 * are held (mmget_not_zero) for a visit only: from the first access to
 * sacc_mm_leave(). When there are no users any more, because the process exited
 * or changed its image, each access is refused like one to an unmapped address.
 * Users that are workers do not count: two that are never out at the same time
 * would keep the memory of a killed process for one another, for ever.
 *
 * A visit always ends. A page fault can sleep for as long as somebody else
 * likes (userfaultfd), and what the worker holds meanwhile - users of the mm, and
 * through its mappings open files - would outlive a killed process. So the
 * worker accepts SIGKILL, sent from two places:
 *   - sacc_mm_revoke(), when the device lets go of the process: the access
 *     fails with -ESRCH;
 *   - the patience timer, SACC_MM_PATIENCE after the visit began: the worker
 *     leaves, drops the users, comes back if there still are any, and goes on
 *     where it was.
 * A pending SIGKILL makes a fault give up, and a copy fail, so a copy that falls
 * short while a signal is pending says nothing about the address.
 *
 * A worker that is inside when the process exits is the one that tears the
 * address space down, and so drops the mappings of files, some time after the
 * process is gone. sacc_mm_evict() makes an exiting process wait for that.
 *
 * Locks: none of its own. A visit takes the mmap_lock of the bound mm; a visit's
 * end may tear the whole mm down. The worker must hold no lock that is taken in
 * a ->fault, ->mmap or ->release.
 *
 * Shared between threads are
 *   - @revoked: set before the signal is sent and read after signals are flushed;
 *     the signal lock orders the two;
 *   - @entered: set before the users are taken and reset after they are dropped.
 *     Taking them is a full barrier, and so is the exiting process' dropping of
 *     its own: it sees @entered, or the worker finds no users.
 */
#include <linux/highmem.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#ifdef CONFIG_X86_INTEL_MEMORY_PROTECTION_KEYS
#include <asm/pkru.h>
#endif

#include <softaccel/mm.h>

#define SACC_MM_PATIENCE HZ

static void sacc_mm_lose_patience(struct timer_list *timer)
{
	struct sacc_mm *space = container_of(timer, struct sacc_mm, patience);

	/* The worker is there: it stops this timer before it leaves. */
	send_sig(SIGKILL, space->worker, 1);
}

/**
 * sacc_mm_bind - bind the address space of the current process
 * @space: the binding, zeroed
 */
void sacc_mm_bind(struct sacc_mm *space)
{
	mmgrab(current->mm);
	space->mm = current->mm;
	init_waitqueue_head(&space->left);
	timer_setup(&space->patience, sacc_mm_lose_patience, 0);
}
SACC_EXPORT(sacc_mm_bind);

/**
 * sacc_mm_unbind - undo sacc_mm_bind(); the worker has ended
 * @space: the binding
 */
void sacc_mm_unbind(struct sacc_mm *space)
{
	mmdrop(space->mm);
	space->mm = NULL;
}
SACC_EXPORT(sacc_mm_unbind);

/**
 * sacc_mm_worker_init - make the current kernel thread fit to be a worker
 */
void sacc_mm_worker_init(void)
{
	/* From the kernel only: kill(2) on the thread does nothing. */
	allow_kernel_signal(SIGKILL);
#ifdef CONFIG_X86_INTEL_MEMORY_PROTECTION_KEYS
	/*
	 * Protection keys restrict a thread of the process, not a device that
	 * shares its memory; a kernel thread starts with all but key 0 denied.
	 */
	write_pkru(0);
#endif
}
SACC_EXPORT(sacc_mm_worker_init);

static void sacc_mm_set_left(struct sacc_mm *space)
{
	WRITE_ONCE(space->visits, space->visits + 1);
	/* After the users were dropped, and before the look at the queue. */
	smp_store_mb(space->entered, false);
	wake_up_all(&space->left);
}

/*
 * Has the last task left? Looked at when the users have been taken, against
 * sacc_mm_evict() (see above): a task first leaves and then drops its users.
 */
static bool sacc_mm_is_deserted(const struct mm_struct *mm)
{
#ifdef CONFIG_MEMCG
	return !rcu_access_pointer(mm->owner);
#else
	return false;
#endif
}

static bool sacc_mm_take_users(struct mm_struct *mm)
{
	if (!mmget_not_zero(mm))
		return false;
	if (!sacc_mm_is_deserted(mm))
		return true;
	mmput(mm);
	return false;
}

/**
 * sacc_mm_leave - end the visit that the first access began
 * @space: the binding; no visit ends if its worker is not inside
 *
 * The worker calls this before it sleeps or ends, and often enough in between
 * for a process that has exited to get rid of its memory.
 */
void sacc_mm_leave(struct sacc_mm *space)
{
	if (space->entered) {
		timer_delete_sync(&space->patience);
		kthread_unuse_mm(space->mm);
		mmput(space->mm);
		sacc_mm_set_left(space);
	}
	/* Also one that came after the visit it was meant to end. */
	if (signal_pending(current))
		flush_signals(current);
}
SACC_EXPORT(sacc_mm_leave);

static int sacc_mm_enter(struct sacc_mm *space)
{
	/* A visit does not outlast the process by more than one access. */
	if (space->entered && sacc_mm_is_deserted(space->mm))
		sacc_mm_leave(space);
	if (READ_ONCE(space->revoked))
		return -ESRCH;
	if (space->entered)
		return 0;
	WRITE_ONCE(space->entered, true);
	if (!sacc_mm_take_users(space->mm)) {
		sacc_mm_set_left(space);
		return -EFAULT;
	}

	kthread_use_mm(space->mm);
	space->worker = current;
	mod_timer(&space->patience, jiffies + SACC_MM_PATIENCE);
	return 0;
}

/**
 * sacc_mm_revoke - refuse every further access and end a blocked one
 * @space: the binding
 * @worker: its worker; the caller ends it next
 */
void sacc_mm_revoke(struct sacc_mm *space, struct task_struct *worker)
{
	WRITE_ONCE(space->revoked, true);
	send_sig(SIGKILL, worker, 1);
}
SACC_EXPORT(sacc_mm_revoke);

/**
 * sacc_mm_evict - make the worker leave once, and wait until it has
 * @space: the binding
 * @worker: its worker; the caller keeps it
 *
 * For a process that has given up its address space. If nobody else uses that,
 * the worker cannot come back, and everything that was mapped is gone when this
 * returns.
 */
void sacc_mm_evict(struct sacc_mm *space, struct task_struct *worker)
{
	unsigned int visits = READ_ONCE(space->visits);

	if (!READ_ONCE(space->entered))
		return;
	send_sig(SIGKILL, worker, 1);
	wait_event(space->left,
		   !READ_ONCE(space->entered) ||
		   READ_ONCE(space->visits) != visits);
}
SACC_EXPORT(sacc_mm_evict);

/* Mapped, but not for this. The worker is inside, so the mm has users. */
static bool sacc_mm_is_protected(struct mm_struct *mm, u64 addr, bool write)
{
	struct vm_area_struct *vma;
	bool protected;

	if (addr >= mm->task_size)
		return false;
	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	protected = vma && !(vma->vm_flags & (write ? VM_WRITE : VM_READ));
	mmap_read_unlock(mm);
	return protected;
}

static int sacc_mm_refuse(struct sacc_mm *space, u64 addr, bool write,
			  struct sacc_mm_fault *fault)
{
	fault->addr = addr;
	fault->write = write;
	fault->protection = space->entered &&
			    sacc_mm_is_protected(space->mm, addr, write);
	return -EFAULT;
}

/*
 * What a program polls or is polled on must not be seen half done: naturally
 * aligned accesses of 1, 2, 4 and 8 bytes are single-copy atomic.
 */
static int sacc_mm_get_word(void __user *uaddr, void *buf, size_t len)
{
	union { u8 u8; u16 u16; u32 u32; u64 u64; } word = {};
	int ret = -EINVAL;

	switch (len) {
	case 1:
		ret = get_user(word.u8, (u8 __user *)uaddr);
		break;
	case 2:
		ret = get_user(word.u16, (u16 __user *)uaddr);
		break;
	case 4:
		ret = get_user(word.u32, (u32 __user *)uaddr);
		break;
	case 8:
		ret = get_user(word.u64, (u64 __user *)uaddr);
		break;
	}
	memcpy(buf, &word, len);
	return ret;
}

static int sacc_mm_put_word(void __user *uaddr, const void *buf, size_t len)
{
	union { u8 u8; u16 u16; u32 u32; u64 u64; } word;

	memcpy(&word, buf, len);
	switch (len) {
	case 1:
		return put_user(word.u8, (u8 __user *)uaddr);
	case 2:
		return put_user(word.u16, (u16 __user *)uaddr);
	case 4:
		return put_user(word.u32, (u32 __user *)uaddr);
	case 8:
		return put_user(word.u64, (u64 __user *)uaddr);
	}
	return -EINVAL;
}

static bool sacc_mm_is_word(u64 ea, size_t len)
{
	return len <= sizeof(u64) && is_power_of_2(len) && IS_ALIGNED(ea, len);
}

/* Returns how many bytes were copied. */
static size_t sacc_mm_copy(u64 ea, void *buf, size_t len, int dir)
{
	void __user *uaddr = u64_to_user_ptr(ea);

	if (sacc_mm_is_word(ea, len)) {
		int ret = dir == WRITE ? sacc_mm_put_word(uaddr, buf, len) :
					 sacc_mm_get_word(uaddr, buf, len);

		return ret ? 0 : len;
	}
	if (dir == WRITE)
		return len - copy_to_user(uaddr, buf, len);
	return len - copy_from_user(buf, uaddr, len);
}

static int sacc_mm_access(struct sacc_mm *space, u64 ea, void *buf, size_t len,
			  int dir, struct sacc_mm_fault *fault)
{
	/*
	 * access_ok() alone would let through what this process could not
	 * address, and on some kernels non-canonical addresses.
	 */
	u64 limit = space->mm->task_size;
	size_t n, done;
	int ret;

	while (len) {
		ret = sacc_mm_enter(space);
		if (ret == -EFAULT || (!ret && ea >= limit))
			return sacc_mm_refuse(space, ea, dir == WRITE, fault);
		if (ret)
			return ret;

		n = min_t(u64, len, limit - ea);
		done = sacc_mm_copy(ea, buf, n, dir);
		ea += done;
		buf += done;
		len -= done;
		if (done == n)
			continue;
		if (!signal_pending(current))
			return sacc_mm_refuse(space, ea, dir == WRITE, fault);
		sacc_mm_leave(space);
	}
	return 0;
}

/**
 * sacc_mm_read - read from the bound address space; worker only
 * @space: the binding
 * @ea:	   address in the process
 * @dst:   where to
 * @len:   bytes
 * @fault: says where and why, after -EFAULT
 *
 * Return: 0; -EFAULT when the address cannot be read or the process is gone;
 * -ESRCH after sacc_mm_revoke(). Bytes before the failing one may have been read.
 */
int sacc_mm_read(struct sacc_mm *space, u64 ea, void *dst, size_t len,
		 struct sacc_mm_fault *fault)
{
	return sacc_mm_access(space, ea, dst, len, READ, fault);
}
SACC_EXPORT(sacc_mm_read);

/**
 * sacc_mm_write - write to the bound address space; worker only
 * @space: the binding
 * @ea:	   address in the process
 * @src:   what
 * @len:   bytes
 * @fault: says where and why, after -EFAULT
 *
 * The store comes after all earlier accesses of the worker, for a program that
 * looks at it with acquire semantics.
 *
 * Return: as sacc_mm_read().
 */
int sacc_mm_write(struct sacc_mm *space, u64 ea, const void *src, size_t len,
		  struct sacc_mm_fault *fault)
{
	/*
	 * Earlier loads, too: a program may reuse a source buffer as soon as it
	 * sees the completion. Pairs with the acquire on the program's side.
	 */
	smp_mb();
	return sacc_mm_access(space, ea, (void *)src, len, WRITE, fault);
}
SACC_EXPORT(sacc_mm_write);

/*
 * User memory to user memory, as far as both go; returns how many bytes. No buffer in
 * between where the kernel's copy takes any two pointers.
 */
static size_t sacc_mm_copy_user(u64 dst, u64 src, size_t len)
{
#ifdef CONFIG_X86_64
	return len - copy_user_generic((__force void *)u64_to_user_ptr(dst),
				       (__force const void *)u64_to_user_ptr(src),
				       len);
#else
	u8 buf[256];
	size_t n, done = 0;

	while (done < len) {
		n = min(len - done, sizeof(buf));
		n -= copy_from_user(buf, u64_to_user_ptr(src + done), n);
		n -= copy_to_user(u64_to_user_ptr(dst + done), buf, n);
		if (!n)
			break;
		done += n;
	}
	return done;
#endif
}

/**
 * sacc_mm_transfer - copy within the bound address space; worker only
 * @space: the binding
 * @dst:   where to; no byte of the source
 * @src:   where from
 * @len:   bytes; at most 1 MiB, so that others get the processor
 * @fault: says where and why, after -EFAULT
 *
 * Ordered as sacc_mm_write().
 *
 * Return: as sacc_mm_read().
 */
int sacc_mm_transfer(struct sacc_mm *space, u64 dst, u64 src, size_t len,
		     struct sacc_mm_fault *fault)
{
	u64 limit = space->mm->task_size;
	size_t n;
	u8 byte;
	int ret;

	smp_mb(); /* as in sacc_mm_write() */
	while (len) {
		ret = sacc_mm_enter(space);
		if (ret == -ESRCH)
			return ret;
		n = 0;
		if (!ret && src < limit && dst < limit)
			n = sacc_mm_copy_user(dst, src,
					      min3((u64)len, limit - src, limit - dst));
		if (!n) {
			/* Why not this byte? Or it may do by now. */
			ret = sacc_mm_access(space, src, &byte, 1, READ, fault);
			if (!ret)
				ret = sacc_mm_access(space, dst, &byte, 1, WRITE, fault);
			if (ret)
				return ret;
			n = 1;
		}
		dst += n;
		src += n;
		len -= n;
	}
	return 0;
}
SACC_EXPORT(sacc_mm_transfer);

static u64 sacc_mm_cas_load(const void *word, size_t size)
{
	if (size == sizeof(u32))
		return READ_ONCE(*(const u32 *)word);
	return READ_ONCE(*(const u64 *)word);
}

/* What was there; @old if @value is there now. */
static u64 sacc_mm_cas_store(void *word, size_t size, u64 old, u64 value)
{
	if (size == sizeof(u32))
		return cmpxchg((u32 *)word, (u32)old, (u32)value);
	return cmpxchg64((u64 *)word, old, value);
}

static void sacc_mm_cas_page(struct page *page, u64 ea, size_t size,
			     struct sacc_cas *cas)
{
	void *page_addr = kmap_local_page(page);
	void *word = page_addr + offset_in_page(ea);
	u64 seen = sacc_mm_cas_load(word, size), old;

	do {
		old = seen;
		cas->equal = old == cas->compare;
		if (!(cas->equal ? cas->if_equal : cas->if_not_equal))
			break;
		seen = sacc_mm_cas_store(word, size, old, cas->value);
	} while (seen != old);
	kunmap_local(page_addr);
}

/**
 * sacc_mm_cas - compare and swap a word of the bound address space
 * @space: the binding
 * @ea:	   address in the process, a multiple of @size
 * @size:  4 or 8 bytes
 * @cas:   what to compare and to store, and how it came out
 * @fault: says where and why, after -EFAULT
 *
 * Atomic against accesses of the process. The page is pinned for the instant.
 * Memory that cannot be written is refused whatever the comparison would say.
 *
 * Return: as sacc_mm_write(); -EINVAL for another @size or alignment.
 */
int sacc_mm_cas(struct sacc_mm *space, u64 ea, size_t size,
		struct sacc_cas *cas, struct sacc_mm_fault *fault)
{
	struct page *page;
	int ret;

	if ((size != sizeof(u32) && size != sizeof(u64)) ||
	    !IS_ALIGNED(ea, size))
		return -EINVAL;
	for (;;) {
		ret = sacc_mm_enter(space);
		if (ret == -EFAULT || (!ret && ea >= space->mm->task_size))
			return sacc_mm_refuse(space, ea, true, fault);
		if (ret)
			return ret;
		if (pin_user_pages_fast(ea, 1, FOLL_WRITE, &page) == 1)
			break;
		if (!signal_pending(current))
			return sacc_mm_refuse(space, ea, true, fault);
		sacc_mm_leave(space);
	}
	sacc_mm_cas_page(page, ea, size, cas);
	unpin_user_pages_dirty_lock(&page, 1, true);
	return 0;
}
SACC_EXPORT(sacc_mm_cas);
