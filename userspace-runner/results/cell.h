/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one boot says about one cell: the value of each arm, or why none. */
#ifndef PCPUBENCH_RESULTS_CELL_H
#define PCPUBENCH_RESULTS_CELL_H

#include <jansson.h>

#define CELL_REASON_LEN	256

/**
 * cell_measure - the value of both arms in a checked `cell` record
 * @off, @on: unit (instructions or ns) per operation, the empty loop taken off
 * @reason: room for CELL_REASON_LEN characters
 *
 * The value of an arm is (M(arm) - M(empty)) / pairs over the clean samples,
 * where M is the mean of an `insn` cell, whose samples have no noise to resist,
 * and the median of any other, and of one with a `charge`: the life of a map is
 * long enough to meet other work of the kernel now and then. It also depends on
 * how many empty pages the percpu allocator happens to keep, which drifts from
 * round to round, in both arms alike; so of a cell with a `charge` @on is @off
 * and the median, over the rounds, of what `on` took more than `off`.
 *
 * Returns 0; EX_INVALID, with @reason filled and no values, when the cell proves
 * nothing; EX_FAIL with err() when memory ran out.
 */
int cell_measure(const json_t *record, double *off, double *on,
		 char reason[CELL_REASON_LEN]);

/**
 * cell_samples - every clean sample of an arm, as above, in the order taken
 * @values: room for as many as the arm has ticks; @nr: how many are clean
 * @arm: "off" or "on"
 *
 * 0, or EX_INVALID without err() where the empty loop has no clean sample.
 */
int cell_samples(const json_t *record, const char *arm, double *values,
		 size_t *nr);

/**
 * cell_locked - what of both arms is under pcpu_lock with interrupts off
 * @off, @on: instructions per operation, as above; NaN where it was not watched
 */
void cell_locked(const json_t *record, double *off, double *on);

#endif
