/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A parallel bench: windows in which many tasks work at once, each on a CPU of its
 * own, for each number of tasks; and the cell that comes of them.
 */
#ifndef PCPUBENCH_MEASURE_BENCHES_PARALLEL_H
#define PCPUBENCH_MEASURE_BENCHES_PARALLEL_H

#include <stdbool.h>
#include <stddef.h>

#include "measure/crew.h"
#include "measure/target.h"
#include "results/contention.h"

#define PARALLEL_WINDOW_NS	100000000

/* What an arm did in all windows that count, and in the watched one. */
struct parallel_arm {
	long long *ops;		/* of each task */
	long long failed, window_ns, watched_ns;
	struct contention_wait wait[PCPU_BENCH_NR_LOCKS];
};

struct parallel;

/**
 * struct parallel_ops - what differs between benches
 * @start: start the tasks, p->threads on the first of p->cpus
 * @prove: fill in a proof but for @after
 * @hold: hold one window of @arm: fill in p->seats, any order, and its length. With
 *	@watch the waits, too; EX_INVALID without err() if the kernel cannot tell.
 * @after: the same bytes as the proof's @before, when all is done
 * @stop: end the tasks; after a failed @start, too
 * @lost: why a task is gone, as crew_lost()
 *
 * All return 0 or an exit code.
 */
struct parallel_ops {
	int (*start)(struct parallel *p);
	int (*prove)(struct parallel *p, struct proof *proof);
	int (*hold)(struct parallel *p, enum pcpu_bench_arm arm, bool watch,
		    unsigned long long *window_ns);
	int (*after)(struct parallel *p, struct proof *proof);
	int (*stop)(struct parallel *p);
	int (*lost)(struct parallel *p);
};

/*
 * A cell: so many tasks, one size. A bench sets the first fields, and has this as
 * the first field of a structure of its own.
 * @bench: the cell's whole name
 * @batch: operations in a sample, so that whole ns suffice
 */
struct parallel {
	const struct target *t;
	const struct plan *plan;
	const struct parallel_ops *ops;
	const char *bench;
	unsigned int size, batch;
	int guard;		/* keeps the first chunk full */

	const int *cpus;
	unsigned int threads;
	struct pcpu_bench_seat *seats;
	struct pcpu_bench_sample *samples;
	size_t nr_samples;
	unsigned int present;
	unsigned int outside;	/* windows with an object in the first chunk */
	bool unwatched;
	struct parallel_arm arms[PCPU_BENCH_NR_ARMS];
};

/* Does each task get a memory cgroup of its own? */
bool parallel_own(const struct plan *plan);

/* Measure @p with each number of tasks, or with the one asked for. */
int parallel_measure(struct parallel *p);

#endif
