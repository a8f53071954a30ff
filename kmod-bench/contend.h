/* SPDX-License-Identifier: GPL-2.0-only */
/* A meeting of tasks that allocate at once: contend.c, and its observer. */
#ifndef _PCPU_BENCH_CONTEND_H
#define _PCPU_BENCH_CONTEND_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "pcpu_bench.h"

/* A meeting passes through these in turn. */
enum contend_phase {
	CONTEND_CLOSED,
	CONTEND_GATHER,		/* tasks take their seats and wait */
	CONTEND_START,		/* they work, and nothing counts yet */
	CONTEND_COUNT,		/* the window */
	CONTEND_COOL,		/* they work on until each has seen the end */
	CONTEND_STOP,
};

/*
 * A task of a window. It alone writes here while it works. Without a task the seat
 * is its CPU's, for whatever is bound there.
 */
struct seat {
	struct task_struct *task;
	u32 cpu;
	u32 outside;
	u64 ops, failed;
	u64 first_ns;		/* end of its first operation */
	u64 last_ns;		/* when it saw that the window was over */
	struct pcpu_bench_waits waits[PCPU_BENCH_NR_LOCKS];
	u64 since_ns[PCPU_BENCH_NR_LOCKS];	/* it waits; 0: it does not */
	struct task_struct *waiter[PCPU_BENCH_NR_LOCKS];	/* who does */
	void __percpu **objects;	/* its batch */
} ____cacheline_aligned_in_smp;

/* Of an open file. */
struct contend {
	wait_queue_head_t wait;
	spinlock_t lock;	/* of coming and leaving */
	enum contend_phase phase;	/* written by the holder alone */
	u32 here;
	bool lost;		/* a task left early */
	atomic_t came, started, cooled;
	u32 nr;
	u32 bytes;
	gfp_t gfp;
	u32 batch;
	u32 *order;		/* in which it is freed: indices */
	u64 start_ns, end_ns;
	struct seat *seats;	/* @nr */
	struct seat **at_cpu;	/* nr_cpu_ids */
	void *lock_at[PCPU_BENCH_NR_LOCKS];
};

/* waits.c */
int contend_watch(struct contend *c);
void contend_unwatch(struct contend *c);

#endif /* _PCPU_BENCH_CONTEND_H */
