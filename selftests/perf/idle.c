// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an idle client costs: the CPU time that is taken, in each second, from a
 * loop that everything else on the machine comes before. That counts interrupts,
 * kernel threads and switches to them, whoever is charged for it. The peer is the
 * same without a client: the kernel's own tick, mostly. Only of use on one CPU.
 *
 * What /proc/stat says of idle seconds with the client goes to a comment; it
 * counts hundredths of a second.
 */
#define _GNU_SOURCE
#include <sched.h>

#include "cxl/cxl.h"
#include "devx/devx.h"
#include "perf.h"

#define SOAK_MS		200
#define CHUNK		10000	/* turns of the loop: some 20 us */
#define STAT_SECONDS	20

static void soak_chunk(void)
{
	unsigned int i;

	for (i = 0; i < CHUNK; i++)
		__asm__ volatile("");
}

/* Nanoseconds of @ms milliseconds that this process did not get. */
static uint64_t soak(unsigned int ms)
{
	struct sched_param param = { 0 };
	uint64_t begin, end, now, last, least = UINT64_MAX, chunks = 0;

	ASSERT_EQ(sched_setscheduler(0, SCHED_IDLE, &param), 0);
	begin = perf_now();
	end = begin + ms * 1000000ull;
	for (last = begin; last < end; last = now) {
		soak_chunk();
		now = perf_now();
		if (now - last < least)
			least = now - last;
		chunks++;
	}
	ASSERT_EQ(sched_setscheduler(0, SCHED_OTHER, &param), 0);
	return last - begin - chunks * least;
}

static unsigned long long stat_idle(void)
{
	unsigned long long idle = 0, iowait = 0;
	FILE *f = fopen("/proc/stat", "r");

	ASSERT(f && fscanf(f, "cpu %*u %*u %*u %llu %llu", &idle, &iowait) == 2);
	fclose(f);
	return idle + iowait;
}

/* Once for each client. */
static void stat_note(const char *client)
{
	unsigned long long before = stat_idle();
	uint64_t begin = perf_now();
	double ticks;

	sleep(STAT_SECONDS);
	ticks = (perf_now() - begin) / 1000000000.0 * sysconf(_SC_CLK_TCK);
	ktap_note("%s: in %d s that the program slept, %.0f of %.0f ticks were not idle",
		  client, STAT_SECONDS, ticks - (stat_idle() - before), ticks);
}

static uint64_t idle_with(const char *client, bool *noted, unsigned int ms)
{
	sleep(1);	/* until it has settled */
	if (!*noted)
		stat_note(client);
	*noted = true;
	return soak(ms);
}

static uint64_t nobody(unsigned int ms)
{
	static bool noted;

	return idle_with("no client", &noted, ms);
}

/* An AFU that watches its queue in memory, which stays empty. */
static uint64_t capi_polling(unsigned int ms)
{
	static bool noted;
	struct queue queue;
	int fd = queue_context(&queue);
	uint64_t taken;

	taken = idle_with("CAPI context, queue empty", &noted, ms);
	close(fd);
	munmap(queue.e, PAGE);
	return taken;
}

/* An AFU that waits for a register. */
static uint64_t capi_stopped(unsigned int ms)
{
	static bool noted;
	int fd = idle_context();
	uint64_t taken;

	taken = idle_with("CAPI context, stopped", &noted, ms);
	close(fd);
	return taken;
}

/* A context with a completion queue and a doorbell page that was used. */
static uint64_t devx(unsigned int ms)
{
	static bool noted;
	struct ibv_context *ctx = devx_open();
	struct cq cq = cq_create(ctx);
	uint64_t taken;

	*(volatile uint64_t *)cq.uar->reg_addr = 1;
	taken = idle_with("DEVX context, doorbell page mapped", &noted, ms);
	cq_destroy(&cq);
	ibv_close_device(ctx);
	return taken;
}

/* In counted instructions a nanosecond each: whether they are. */
static uint64_t nops(unsigned int n)
{
	PERF_LOOP(n, __asm__ volatile(".rept 1000\n\tnop\n\t.endr"));
}

static void setup(void)
{
}

static const struct perf_row rows[] = {
	{ "nop_1000", "ns", 1, { nops, 20000 }, "getppid", { perf_getppid, 50000 } },
	{ "idle_capi_polling", "us/s", 1, { capi_polling, SOAK_MS },
	  "idle_nobody", { nobody, SOAK_MS } },
	{ "idle_capi_stopped", "us/s", 1, { capi_stopped, SOAK_MS },
	  "idle_nobody", { nobody, SOAK_MS } },
	{ "idle_devx", "us/s", 1, { devx, SOAK_MS },
	  "idle_nobody", { nobody, SOAK_MS } },
};

PERF_MAIN(rows, setup)
