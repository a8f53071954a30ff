/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a parallel bench's cell tells besides its times: who did how much, who
 * waited, and the proof that the tasks did contend.
 */
#ifndef PCPUBENCH_RESULTS_CONTENTION_H
#define PCPUBENCH_RESULTS_CONTENTION_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>

#include "results/proof.h"

/* Of one lock, in the watched window. */
struct contention_wait {
	long long waits;	/* of all tasks */
	long long ns;		/* of all tasks together */
	long long lost;		/* waits whose end was not seen */
};

/*
 * An arm of a cell.
 * @ops: pairs of all tasks in @window_ns, of all windows that count
 * @failed: allocations that failed in them; they are no pairs
 * @fairness: of @ops among the tasks: contention_fairness()
 * @watched_ns: of the window in which waits were watched; 0 if none was
 */
struct contention_arm {
	long long ops, failed, window_ns, watched_ns;
	double fairness;
	struct contention_wait lock, mutex;
};

/*
 * A queued spinlock's first waiter spins for the lock's pending bit, and the
 * kernel's tracepoint sees only those behind it (queued_spin_lock_slowpath(),
 * kernel/locking/qspinlock.c). So of two tasks that contend for a spinlock alone
 * nothing can be seen, and of more the waits of the first in line are missing.
 * It sees every wait for a mutex.
 */
#define CONTENTION_SEEN_MUTEX	2
#define CONTENTION_SEEN_SPIN	3
/* A load may hardly contend: that is what it says then. */
#define CONTENTION_SEEN_NEVER	LLONG_MAX

/*
 * @threads: tasks
 * @seen: number of tasks from which on a wait must be seen
 * @present: of them, those that worked before, in and after every window
 * @unwatched: why waits were not watched, or NULL
 */
struct contention {
	long long threads, present, seen;
	const char *unwatched;
	struct contention_arm off, on;
};

/**
 * contention_fairness - how evenly @ops of @nr tasks are shared
 *
 * Jain's index, (sum x)^2 / (n sum x^2): 1 if all did the same, k / n if k of
 * them did all the work (R. Jain, D. Chiu, W. Hawe, DEC-TR-301, 1984). NaN if
 * nothing was done.
 */
double contention_fairness(const long long *ops, size_t nr);

/* The facts of a `cell` record; false if it is not one of a parallel bench. */
bool contention_of(const json_t *record, struct contention *c);

/* Share of their time that @c's tasks waited for a lock, NaN if unwatched. */
double contention_waiting(const struct contention *c,
			  const struct contention_arm *arm,
			  const struct contention_wait *wait);

/*
 * Why the cell is not valid, @reason filled with one line; NULL if all tasks
 * were in every window, each wait's end was seen, and where waits can be seen
 * there were some.
 */
const char *contention_broken(const struct contention *c,
			      char reason[PROOF_REASON_LEN]);

#endif
