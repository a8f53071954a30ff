/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a report that tells which differences of times are noise. */
#ifndef PCPUBENCH_REPORT_REPORT_CONTROL_H
#define PCPUBENCH_REPORT_REPORT_CONTROL_H

#include "report/block_table.h"
#include "results/repeats.h"
#include "stats/stats.h"

/**
 * control_cell - the A/A control of a cell's own boots
 * @of: the number to take of each boot
 * @control: split_control() of them; all of it NAN where boots are too few
 *
 * Returns 0, or EX_FAIL with err() when memory ran out.
 */
int control_cell(const struct table_cell *c, value_fn of,
		 struct split_control *control);

/* For a block of times that has more than one boot; else nothing. */
void report_control(struct doc *d, const struct block_view *v);

#endif
