/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an operation of mm-life makes and is charged for. A process of its own
 * does it. The arms differ in that one's cgroup: `on` is a child memcg, where
 * nobody else is, and `off` the task's own one. On an idle machine that is the
 * root's, where nothing is charged.
 */
#ifndef PCPUBENCH_MEASURE_BENCHES_MM_LIFE_H
#define PCPUBENCH_MEASURE_BENCHES_MM_LIFE_H

#include <stddef.h>

#include "measure/benches/mm_worker.h"
#include "measure/target.h"
#include "pcpu_bench.h"
#include "results/proof.h"

/* What is charged for what an operation makes: lines of memory.stat. */
enum mm_stat {
	MM_PERCPU,
	MM_STACK,		/* kernel_stack */
	MM_TABLES,		/* pagetables */
	MM_ANON,
	MM_SLAB,
	NR_MM_STATS,
};

struct mm_bytes {
	long long of[NR_MM_STATS];
};

/* One kind. */
struct mm_life {
	const struct target *t;
	const struct plan *plan;
	enum mm_op op;
	int guard;		/* of device_guard() */
	int program;		/* file of the program */
	int procs;		/* the file that moves a process to the child */
	int log;		/* the kernel's */
	bool sums_all;		/* device_sum_all() */
	struct mm_bytes one;	/* bytes of one operation */
	long long slab;		/* the same of slab, a mean */
	struct proof proof;
	long long faults;	/* in a sample, or MM_FAULTS_DIFFER, _UNKNOWN */
	struct pcpu_bench_sample *samples;
	size_t nr;
};

#define MM_FAULTS_DIFFER	(-1)
#define MM_FAULTS_UNKNOWN	(-2)

/* Held at once for the proof. */
#define MM_HELD	4

/* Wait for the kernel's deferred work. */
int mm_settle(const struct mm_life *m);

/* Operations in a sample. */
unsigned int mm_pairs(enum mm_op op);

/* The order for a sample of @arm. */
struct mm_order mm_order_of(const struct mm_life *m, enum pcpu_bench_arm arm);

/**
 * mm_weigh - hold what operations make, and find what the child is charged
 * @arg: the struct mm_life
 *
 * Fills in @one and the proof: MM_HELD of them are charged as many times what one
 * is, and one of another cgroup charges the child nothing. 0 or EX_FAIL.
 */
int mm_weigh(void *arg);

/* The child is charged again what it was before: ends the proof. */
int mm_gone(struct mm_life *m);

#endif
