// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coverage of the modules, from /sys/kernel/debug/kcov: the program counters that a
 * thread passed during one call. Only code built with KCOV_INSTRUMENT=y reports
 * them, so all of them are ours. Each thread has a trace of its own; a child that a
 * call forked has none.
 *
 * The tables of what was seen are open hash tables in shared memory, to which all
 * processes add without locks; a value is never taken out.
 */
#include <fcntl.h>
#include <linux/kcov.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "nodes.h"

#define TRACE_WORDS	(64u << 10)
#define KCOV_FILE	"/sys/kernel/debug/kcov"

static __thread uint64_t *trace;
static __thread pid_t traced_by;

/* Begins tracing the calling thread, until it ends. */
bool kcov_start(void)
{
	int fd = open(KCOV_FILE, O_RDWR), high;
	void *p;

	if (fd < 0)
		return false;
	high = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OWN_FD);
	close(fd);
	if (high < 0 || ioctl(high, KCOV_INIT_TRACE, (unsigned long)TRACE_WORDS))
		return false;
	p = mmap(NULL, TRACE_WORDS * sizeof(*trace), PROT_READ | PROT_WRITE,
		 MAP_SHARED, high, 0);
	if (p == MAP_FAILED || ioctl(high, KCOV_ENABLE, KCOV_TRACE_PC))
		return false;
	trace = p;
	traced_by = getpid();
	return true;
}

void kcov_begin(void)
{
	if (trace && traced_by == getpid())
		__atomic_store_n(&trace[0], 0, __ATOMIC_RELAXED);
}

/* True if @value was not in the table. */
static bool table_add(_Atomic uint64_t *table, uint64_t value, atomic_uint *count)
{
	uint64_t hash = value * 0x9e3779b97f4a7c15ull;
	uint32_t at = hash >> 40, n;
	uint64_t there;

	for (n = 0; n < 64; n++, at++) {
		there = atomic_load_explicit(&table[at % PC_TABLE_SIZE],
					     memory_order_relaxed);
		if (!there &&
		    atomic_compare_exchange_strong(&table[at % PC_TABLE_SIZE], &there,
						   value)) {
			atomic_fetch_add(count, 1);
			return true;
		}
		if (there == value)
			return false;
	}
	return false;
}

/* How much of what the call did was new: steps from one place to another. */
unsigned int kcov_end(struct coverage *cov)
{
	unsigned int new = 0;
	uint64_t i, n, last = 0;

	if (!trace || traced_by != getpid())
		return 0;
	n = __atomic_load_n(&trace[0], __ATOMIC_RELAXED);
	for (i = 1; i <= n && i < TRACE_WORDS; i++) {
		table_add(cov->pc, trace[i], &cov->num_pcs);
		new += table_add(cov->edge, trace[i] ^ last << 24, &cov->num_edges);
		last = trace[i];
	}
	return new;
}

/* --- Which module */

struct module {
	char name[64];
	unsigned long size, base;
	unsigned int pcs;
};

static unsigned int read_modules(struct module *modules, unsigned int max)
{
	FILE *f = fopen("/proc/modules", "r");
	unsigned int n = 0;
	char line[256];

	while (f && n < max && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %lu %*s %*s %*s %lx", modules[n].name,
			   &modules[n].size, &modules[n].base) == 3)
			n++;
	if (f)
		fclose(f);
	return n;
}

static struct module *module_of(struct module *modules, unsigned int n, uint64_t pc)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (pc - modules[i].base < modules[i].size)
			return &modules[i];
	return NULL;
}

/* Numbers as diagnostics; all places, for addr2line, into a file of @dir. */
void kcov_report(const struct coverage *cov, const char *dir)
{
	static struct module modules[64];
	unsigned int i, n = read_modules(modules, 64);
	FILE *out = NULL;
	char path[512];
	struct module *m;
	uint64_t pc;

	if (dir) {
		snprintf(path, sizeof(path), "%s/nodes-pcs.txt", dir);
		out = fopen(path, "w");
	}
	for (i = 0; i < PC_TABLE_SIZE; i++) {
		pc = atomic_load(&cov->pc[i]);
		m = pc ? module_of(modules, n, pc) : NULL;
		if (!m)
			continue;
		m->pcs++;
		if (out)
			fprintf(out, "%s 0x%lx\n", m->name, (long)pc - (long)m->base);
	}
	if (out)
		fclose(out);
	for (i = 0; i < n; i++)
		if (modules[i].pcs)
			printf("# %s: %u places reached\n", modules[i].name,
			       modules[i].pcs);
}
