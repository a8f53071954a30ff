/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model of threads that contend for the percpu allocator's two locks: a
 * discrete-event simulation, with the instruction as its unit of time.
 *
 * Each thread repeats the steps of an operation and has a CPU of its own, so no
 * thread is preempted and nobody sleeps:
 *
 * - pcpu_lock is a queued spinlock: who waits gets it in the order of asking.
 * - pcpu_alloc_mutex is a mutex whose owner runs: its waiters spin in a queue, and
 *   the first of them takes the mutex when it is released. A thread that comes back
 *   while the released mutex is on its way to another CPU takes it first, as it
 *   still has the cache line.
 * - A lock that another CPU held last is taken @transfer later. In that time
 *   nobody has it. All else that moves between caches takes no time.
 */
#ifndef PCPUBENCH_LOCKMODEL_LOCK_MODEL_H
#define PCPUBENCH_LOCKMODEL_LOCK_MODEL_H

#include <stddef.h>

#include "results/cell.h"

enum { LOCK_MODEL_MUTEX, LOCK_MODEL_SPIN, LOCK_MODEL_LOCKS };

/*
 * @steps: of an operation, which begins and ends without a lock; at most one is
 *	taken at a time
 * @transfer: instructions that a CPU runs while a cache line moves to it
 * @draw: how long a step takes this time; NULL: exactly its instructions
 */
struct lock_model {
	const struct cell_step *steps;
	size_t nr;
	double transfer;
	double (*draw)(const struct cell_step *step, void *arg);
	void *arg;
};

/*
 * @rate: operations of all threads together, per instruction's time
 * @waits: the share of the threads' time in which they wait for each lock
 * @busy: the share of the time in which each lock is held or on its way, without
 *	the time in which its owner waits for the other one
 * @fairness: of the threads' numbers of operations, 1 where all are equal, down to
 *	1 / threads: R. Jain, D. Chiu and W. Hawe, "A Quantitative Measure of
 *	Fairness", DEC-TR-301 (1984)
 */
struct lock_model_result {
	double rate;
	double waits[LOCK_MODEL_LOCKS];
	double busy[LOCK_MODEL_LOCKS];
	double fairness;
};

/**
 * lock_model_run - simulate @threads for @ops operations each, on average
 *
 * Half as many run before, unobserved. The same arguments give the same result.
 * 0, EX_USE with err() if the steps are none of a thread, or EX_FAIL.
 */
int lock_model_run(const struct lock_model *m, unsigned int threads,
		   unsigned int ops, struct lock_model_result *result);

#endif
