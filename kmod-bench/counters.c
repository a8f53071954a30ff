// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of a sample besides its time: events of the PMU, if there is one,
 * and the CPU's speed. All are read outside of the timed part; the empty loop's
 * counts have the cost of reading them, too.
 */
#include <linux/cpufeature.h>
#include <linux/err.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#ifdef CONFIG_X86
#include <asm/msr.h>
#endif

#include "bench.h"

#ifdef CONFIG_PERF_EVENTS
static const u64 events[COUNTERS_EVENTS] = {
	[PCPU_BENCH_CYCLES] = PERF_COUNT_HW_CPU_CYCLES,
	[PCPU_BENCH_INSTRUCTIONS] = PERF_COUNT_HW_INSTRUCTIONS,
	[PCPU_BENCH_CACHE_MISSES] = PERF_COUNT_HW_CACHE_MISSES,
};

static int event_open(struct counters *c, u32 which)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = events[which],
		/* Count always or not at all: no estimates. */
		.pinned = 1,
		.exclude_user = 1,
	};
	int cpu = raw_smp_processor_id();
	struct perf_event *event;

	/*
	 * The caller is bound to this CPU. Where cores are of two types, each
	 * type has its own PMU: an event for any CPU is one of the fast cores'
	 * and never counts on a slow one (x86_pmu_event_init()).
	 */
	event = perf_event_create_kernel_counter(&attr, cpu, current, NULL,
						 NULL);
	if (IS_ERR(event))
		return PTR_ERR(event);
	c->event[which] = event;
	return 0;
}

static u64 event_read(struct counters *c, u32 which)
{
	u64 enabled, running, count;

	count = perf_event_read_value(c->event[which], &enabled, &running);
	/*
	 * Somebody else, such as the NMI watchdog, has the PMU's counter. A
	 * pinned event that finds no counter goes to the error state and was
	 * never enabled (event_sched_in(), kernel/events/core.c).
	 */
	if (enabled != running || !running)
		c->err[which] = -EBUSY;
	return count;
}

static void event_close(struct perf_event *event)
{
	perf_event_release_kernel(event);
}
#else
static int event_open(struct counters *c, u32 which)
{
	return -EOPNOTSUPP;
}

static u64 event_read(struct counters *c, u32 which)
{
	return 0;
}

static void event_close(struct perf_event *event)
{
}
#endif

/* APERF ticks at the CPU's actual speed, MPERF at its nominal speed. */
static int speed_open(void)
{
#ifdef CONFIG_X86
	u32 low, high;

	if (boot_cpu_has(X86_FEATURE_APERFMPERF) &&
	    !rdmsr_safe(MSR_IA32_APERF, &low, &high) &&
	    !rdmsr_safe(MSR_IA32_MPERF, &low, &high))
		return 0;
#endif
	return -EOPNOTSUPP;
}

static u64 speed_read(u32 which)
{
	u64 count = 0;
#ifdef CONFIG_X86
	u32 low, high;

	if (which == PCPU_BENCH_APERF)
		rdmsr(MSR_IA32_APERF, low, high);
	else
		rdmsr(MSR_IA32_MPERF, low, high);
	count = (u64)high << 32 | low;
#endif
	return count;
}

/**
 * counters_open - start the counters @wanted in the calling task
 *
 * A counter that does not start has its error in c->err[]; the call itself
 * cannot fail. counters_close() stops them.
 */
void counters_open(struct counters *c, u32 wanted)
{
	u32 i;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < PCPU_BENCH_NR_COUNTERS; i++) {
		c->err[i] = -ENODATA;
		if (!(wanted & 1U << i))
			continue;
		c->err[i] = i < COUNTERS_EVENTS ? event_open(c, i) :
			    speed_open();
		if (!c->err[i])
			c->mask |= 1U << i;
	}
}

/* Counts so far; 0 for a counter that does not run. */
void counters_read(struct counters *c, struct counts *counts)
{
	u32 i;

	for (i = 0; i < PCPU_BENCH_NR_COUNTERS; i++) {
		counts->nr[i] = 0;
		if (c->mask & 1U << i)
			counts->nr[i] = i < COUNTERS_EVENTS ? event_read(c, i) :
				    speed_read(i);
	}
}

void counters_close(struct counters *c)
{
	u32 i;

	for (i = 0; i < COUNTERS_EVENTS; i++)
		if (c->event[i])
			event_close(c->event[i]);
	memset(c->event, 0, sizeof(c->event));
}
