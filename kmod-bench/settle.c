// SPDX-License-Identifier: GPL-2.0-only
/*
 * Services for a bench in user space: read the counters that tell whether a
 * sample is clean, and wait for the kernel's deferred work.
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/srcu.h>
/* In some kernels this needs srcu.h in front of it. */
#include <linux/rcupdate_trace.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

#include "bench.h"

/* The counters of the calling task and its CPU, now. */
void quiet_fill(struct pcpu_bench_quiet *quiet)
{
	quiet->cpu = get_cpu();
	quiet->irq_works = irq_works_seen(quiet->cpu);
	quiet->irqs = irqs_seen(quiet->cpu) - quiet->irq_works;
	quiet->switches = current->nvcsw + current->nivcsw;
	put_cpu();
}

/*
 * A destroyed BPF map is freed in system_unbound_wq (bpf_map_free_in_work()),
 * at once or after grace periods, and may queue further work there
 * (destroy_mem_alloc()). The balance worker of the percpu allocator, which
 * drops empty chunks, runs in system_wq, by schedule_work(). Newer kernels have
 * new queues under other names beside these two. flush_workqueue() is a macro
 * that warns of flushing them, since that may deadlock in the kernel. Here no
 * lock is held, and all queued work is waited for on purpose.
 */
void settle_maps(void)
{
	__flush_workqueue(system_unbound_wq);
#ifdef PCPU_BENCH_HAS_system_dfl_wq
	__flush_workqueue(system_dfl_wq);
#endif
}

void settle_scheduled(void)
{
	__flush_workqueue(system_wq);
#ifdef PCPU_BENCH_HAS_system_percpu_wq
	__flush_workqueue(system_percpu_wq);
#endif
}

/* Grace periods, then the work that their end queued, then empty chunks. */
static void (*const waits[])(void) = {
	settle_maps,
	rcu_barrier,
#ifdef CONFIG_TASKS_TRACE_RCU
	rcu_barrier_tasks_trace,
	rcu_barrier,
#endif
	settle_maps,
};

void settle_all(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(waits); i++)
		waits[i]();
	settle_scheduled();
}

/* ns over which the scheduler adds up its load averages: kernel/sched/pelt.c */
#define PELT_PERIOD	(1024 * 1024)

/*
 * Return early in a tick's period, after the CPU was idle: then the next tick
 * is far, and the workers that a tick wakes have run and do not disturb the
 * sample. Return also at the start of a PELT period: a switch costs more when a
 * period ended since the last one.
 */
void settle_tick(void)
{
	u64 start;

	schedule_timeout_uninterruptible(1);
	usleep_range(500, 600);
	/* Work that the tick queued, such as the flush of memcg statistics. */
	settle_maps();
	settle_scheduled();
	start = local_clock();
	while ((local_clock() ^ start) < PELT_PERIOD)
		cpu_relax();
}

/*
 * In ticks, of which the kernel takes HZ for a second. The statistics of memory cgroups
 * are added up every 2 s (flush_memcg_stats_dwork()). The timer, of more than 63
 * ticks, comes at the next multiple of 8 (kernel/time/timer.c), so this is
 * every 208 ticks if HZ is 100. Timers of more than 511 ticks come at multiples of 64.
 */
#define TURN	(208 * 4)

/*
 * Return 0 where the same work that comes again and again will come after the same
 * number of ticks each time, which takes seconds, or -ERESTARTSYS. A long timeout
 * comes late by up to an eighth.
 */
int settle_turn(void)
{
	const unsigned long until = (jiffies / TURN + 2) * TURN;
	long left;

	while ((left = until - jiffies) > 0) {
		if (signal_pending(current))
			return -ERESTARTSYS;
		schedule_timeout_interruptible(max(left * 7 / 8, 1L));
	}
	return 0;
}
