// SPDX-License-Identifier: GPL-2.0-only
/*
 * How often and how long each task of a window waits for the two locks of the
 * percpu allocator, by the kernel's tracepoints contention_begin and
 * contention_end. They call into here at once, so no buffer is between that
 * could overflow: nothing is lost.
 */
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "contend.h"

#ifdef CONFIG_TRACEPOINTS
/* A wait that begins on a CPU must end there. */
static bool is_of(const struct seat *seat, const struct task_struct *task)
{
	return seat->task ? seat->task == task : task->nr_cpus_allowed == 1;
}

/* The seat of the task that waits, NULL if it has none; the lock in @which. */
static struct seat *seat_of(struct contend *c, void *lock, u32 *which)
{
	struct seat *seat;

	for (*which = 0; c->lock_at[*which] != lock; ++*which)
		if (*which == PCPU_BENCH_NR_LOCKS - 1)
			return NULL;
	if (!in_task())
		return NULL;
	seat = READ_ONCE(c->at_cpu[raw_smp_processor_id()]);
	return seat && is_of(seat, current) ? seat : NULL;
}

/*
 * A mutex begins to wait once more when its waiter stops spinning and sleeps:
 * that is one wait, with one end.
 */
static void on_begin(void *data, void *lock, unsigned int flags)
{
	struct contend *c = data;
	struct seat *seat;
	u32 which;

	seat = seat_of(c, lock, &which);
	if (!seat || seat->since_ns[which] ||
	    READ_ONCE(c->phase) != CONTEND_COUNT)
		return;
	seat->waits[which].begun++;
	seat->waiter[which] = current;
	WRITE_ONCE(seat->since_ns[which], local_clock());
}

static void on_end(void *data, void *lock, int ret)
{
	struct contend *c = data;
	struct seat *seat;
	u32 which;

	seat = seat_of(c, lock, &which);
	if (!seat || !seat->since_ns[which] || seat->waiter[which] != current)
		return;
	seat->waits[which].ended++;
	seat->waits[which].ns += local_clock() - seat->since_ns[which];
	WRITE_ONCE(seat->since_ns[which], 0);
}

static const struct {
	const char *name;
	void *probe;
} probes[] = {
	{ "contention_begin", on_begin },
	{ "contention_end", on_end },
};

static struct tracepoint *points[ARRAY_SIZE(probes)];

/* By name: not every kernel exports these two. */
static void find_point(struct tracepoint *point, void *unused)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(point->name, probes[i].name))
			points[i] = point;
}

/* Afterwards no probe runs. */
static void stop_first(struct contend *c, u32 nr)
{
	while (nr--)
		tracepoint_probe_unregister(points[nr], probes[nr].probe, c);
	tracepoint_synchronize_unregister();
}

/* 0, or -EOPNOTSUPP if this kernel has no such tracepoints. */
int contend_watch(struct contend *c)
{
	int err = 0;
	u32 i;

	for_each_kernel_tracepoint(find_point, NULL);
	for (i = 0; i < ARRAY_SIZE(probes) && !err; i++) {
		err = -EOPNOTSUPP;
		if (points[i])
			err = tracepoint_probe_register(points[i],
							probes[i].probe, c);
		if (err)
			stop_first(c, i);
	}
	return err;
}

void contend_unwatch(struct contend *c)
{
	stop_first(c, ARRAY_SIZE(probes));
}
#else
int contend_watch(struct contend *c)
{
	return -EOPNOTSUPP;
}

void contend_unwatch(struct contend *c)
{
}
#endif
