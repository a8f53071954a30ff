// SPDX-License-Identifier: GPL-2.0
/*
 * What else is counted of a sample, besides its time: events of the PMU, where
 * there is one, and how fast the CPU ran. All are read outside of what the clock
 * measures; what reading them adds is in the empty loop's counts too.
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
		/* All the time or not at all: a share of it is an estimate. */
		.pinned = 1,
		.exclude_user = 1,
	};
	struct perf_event *event;

	event = perf_event_create_kernel_counter(&attr, -1, current, NULL,
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
	 * Somebody else, such as the NMI watchdog, has the PMU's counter. What
	 * was never counted is not even enabled: a pinned event that finds no
	 * counter is done for (event_sched_in(), kernel/events/core.c).
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

/* Ticks at the speed the CPU runs at, and at the one it is sold with. */
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
 * counters_open - begin to count, in the calling task, what is in @wanted
 *
 * What cannot be counted has its error in c->err[]. Cannot fail; ends with
 * counters_close().
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

/* Counts so far, 0 where nothing counts. */
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
