/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One boot's result for a cell: the value of each arm, or why there is none. */
#ifndef PCPUBENCH_RESULTS_CELL_H
#define PCPUBENCH_RESULTS_CELL_H

#include <jansson.h>

#define CELL_REASON_LEN	256

/**
 * cell_measure - the value of both arms in a checked `cell` record
 * @off, @on: unit (instructions or ns) per operation, the empty loop taken off
 * @reason: room for CELL_REASON_LEN characters
 *
 * The value of an arm is (M(arm) - M(empty)) / pairs over the clean samples. M
 * is the mean for an `insn` cell, whose samples have no noise, and else the
 * median. It is also the median for a bench of syscalls, as the life of a map or
 * of a memcg is long enough to meet other work of the kernel. Such a life
 * depends,
 * too, on how many empty pages the percpu allocator keeps, which drifts from
 * round to round, alike in both arms; so @on is then @off plus the median over
 * the rounds of on - off.
 *
 * Returns 0; EX_INVALID, with @reason and no values, when the cell is not
 * valid; EX_FAIL with err() when memory ran out.
 */
int cell_measure(const json_t *record, double *off, double *on,
		 char reason[CELL_REASON_LEN]);

/**
 * cell_samples - every clean sample of an arm, in unit per operation and in
 * order
 * @values: room for the arm's number of ticks; @nr: receives how many are clean
 * @arm: "off" or "on"
 *
 * 0, or EX_INVALID without err() if the empty loop has no clean sample.
 */
int cell_samples(const json_t *record, const char *arm, double *values,
		 size_t *nr);

/* Something that was counted beside both arms, per operation. */
struct cell_part {
	double off, on;
};

/**
 * cell_part - what an arm's array @what counts, of both arms
 * @what: "locked", the instructions under pcpu_lock with interrupts off, or
 *	"cleared", the cache lines of 64 bytes that memset() cleared
 *
 * The empty loop taken off; NaN if it was not watched.
 */
struct cell_part cell_part(const json_t *record, const char *what);

/* Bits of a step's @held. */
#define CELL_MUTEX	1U	/* pcpu_alloc_mutex */
#define CELL_LOCK	2U	/* pcpu_lock */

/* Instructions of a pair while the same locks are held, on average. */
struct cell_step {
	unsigned int held;
	double insns;
};

#define CELL_STEPS	32	/* of a pair, at most */

/**
 * cell_steps - the steps of a pair in @arm, the empty loop taken off
 * @arm: "off" or "on"
 * @steps: room for CELL_STEPS; the first is from the end of a pair's last hold to
 *	the first hold of the next pair
 *
 * Returns how many there are, 0 if they were not recorded.
 */
size_t cell_steps(const json_t *record, const char *arm,
		  struct cell_step *steps);

#endif
