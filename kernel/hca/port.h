/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one header through which the HCA model meets its environment: the
 * kernel, or libc in the unit tests and fuzzers. Nothing else in hca/ includes
 * a system header.
 */
#ifndef SOFTACCEL_HCA_PORT_H
#define SOFTACCEL_HCA_PORT_H

#ifdef __KERNEL__

#include <asm/byteorder.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

struct sacc_lock {
	struct mutex mutex;	/* said where a sacc_lock stands */
};

#define sacc_lock_init(lock)	mutex_init(&(lock)->mutex)
#define sacc_lock_destroy(lock)	mutex_destroy(&(lock)->mutex)
#define sacc_lock(lock)		mutex_lock(&(lock)->mutex)
#define sacc_unlock(lock)	mutex_unlock(&(lock)->mutex)
#define sacc_assert_locked(lock) lockdep_assert_held(&(lock)->mutex)

/* Between the steps of a long job, with no lock held. */
#define sacc_relax()		cond_resched()

/* Zeroed, charged to the caller's memory cgroup. */
#define sacc_alloc(size)	kvzalloc(size, GFP_KERNEL_ACCOUNT)
#define sacc_free(p)		kvfree(p)

#else /* userspace: unit tests, fuzzers; needs port_user.c */

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;
typedef uint16_t __be16;
typedef uint32_t __be32;
typedef uint64_t __be64;

#define cpu_to_be16(x)	htobe16(x)
#define cpu_to_be32(x)	htobe32(x)
#define cpu_to_be64(x)	htobe64(x)
#define be16_to_cpu(x)	be16toh(x)
#define be32_to_cpu(x)	be32toh(x)
#define be64_to_cpu(x)	be64toh(x)

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define check_add_overflow(a, b, d)	__builtin_add_overflow(a, b, d)
#define check_mul_overflow(a, b, d)	__builtin_mul_overflow(a, b, d)
#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))

struct sacc_lock {
	pthread_mutex_t mutex;
};

#define sacc_lock_init(lock)	pthread_mutex_init(&(lock)->mutex, NULL)
#define sacc_lock_destroy(lock)	pthread_mutex_destroy(&(lock)->mutex)
#define sacc_lock(lock)		pthread_mutex_lock(&(lock)->mutex)
#define sacc_unlock(lock)	pthread_mutex_unlock(&(lock)->mutex)
#define sacc_assert_locked(lock) \
	assert(pthread_mutex_trylock(&(lock)->mutex) == EBUSY)

#define sacc_relax()		sacc_user_relax()

void sacc_user_relax(void);
void *sacc_user_alloc(size_t size);
void sacc_user_free(void *p);

#define sacc_alloc(size)	sacc_user_alloc(size)
#define sacc_free(p)		sacc_user_free(p)

/*
 * For tests. Allocation number @nth from now (1 is the next) fails, once; 0
 * switches that off. Returns how many more would have been needed: 0 when the
 * failure has happened.
 */
long sacc_user_alloc_fail(long nth);
/* Allocations that have not been freed yet. */
long sacc_user_alloc_live(void);
/*
 * @hook, if not NULL, is called in every sacc_relax(): what it does to the model
 * is what another thread could do there.
 */
void sacc_user_on_relax(void (*hook)(void));

#endif

#endif
