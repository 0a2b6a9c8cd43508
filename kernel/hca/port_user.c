// SPDX-License-Identifier: GPL-2.0-only
/*
 * Userspace half of the port: memory that can be made to run out, a place to come
 * in between. Not part of the kernel module. The counters are atomic, so any thread
 * may allocate; the hook is set while there is only one.
 */
#include "port.h"

static long countdown;
static long live;
static void (*relax_hook)(void);

void *sacc_user_alloc(size_t size)
{
	void *p;

	/* At 0 the failure is off or has happened: do not count below. */
	if (__atomic_load_n(&countdown, __ATOMIC_RELAXED) > 0 &&
	    __atomic_sub_fetch(&countdown, 1, __ATOMIC_RELAXED) == 0)
		return NULL;
	p = calloc(1, size);
	if (p)
		__atomic_add_fetch(&live, 1, __ATOMIC_RELAXED);
	return p;
}

void sacc_user_free(void *p)
{
	if (p)
		__atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
	free(p);
}

long sacc_user_alloc_fail(long nth)
{
	return __atomic_exchange_n(&countdown, nth, __ATOMIC_RELAXED);
}

long sacc_user_alloc_live(void)
{
	return __atomic_load_n(&live, __ATOMIC_RELAXED);
}

void sacc_user_on_relax(void (*hook)(void))
{
	relax_hook = hook;
}

void sacc_user_relax(void)
{
	if (relax_hook)
		relax_hook();
}
