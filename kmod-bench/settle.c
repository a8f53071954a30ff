// SPDX-License-Identifier: GPL-2.0
/*
 * What a bench in user space cannot see or do by itself: read the counters that
 * tell a clean sample, wait for the kernel's deferred work, and keep the first
 * chunk full while it runs.
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/srcu.h>
/* Needs srcu.h in front of it in some kernels. */
#include <linux/rcupdate_trace.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
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
 * at once or after grace periods, and may queue there again what waits for more
 * of them (destroy_mem_alloc()). The balance worker of the percpu allocator,
 * which drops empty chunks, runs where schedule_work() puts it: in system_wq. In
 * newer kernels that and the unbound one go by other names, which are queues of
 * their own beside the old ones. flush_workqueue() is a macro that warns of
 * flushing these: in the kernel that may deadlock; here no lock is held, and
 * waiting for whatever is queued is the point.
 */
void settle_maps(void)
{
	__flush_workqueue(system_unbound_wq);
#ifdef PCPU_BENCH_HAS_system_dfl_wq
	__flush_workqueue(system_dfl_wq);
#endif
}

static void settle_scheduled(void)
{
	__flush_workqueue(system_wq);
#ifdef PCPU_BENCH_HAS_system_percpu_wq
	__flush_workqueue(system_percpu_wq);
#endif
}

/* Grace periods, then what their end has queued, then the empty chunks. */
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
 * Come back early in a tick's period, and with the CPU idle before: then the
 * next tick is far, and the workers that a tick wakes have run and do not take
 * their turn when the sample waits for another one. And come back at the start
 * of a period of the scheduler's: a switch costs more when one has passed.
 */
void settle_tick(void)
{
	u64 start;

	schedule_timeout_uninterruptible(1);
	usleep_range(500, 600);
	/* What the tick has queued, the flush of memcg statistics say. */
	settle_maps();
	settle_scheduled();
	start = local_clock();
	while ((local_clock() ^ start) < PELT_PERIOD)
		cpu_relax();
}
