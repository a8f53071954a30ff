/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one boot says more than once, and what layouts of the code have to do
 * with it. The replicate is the boot: repeats in it share its memory layout and
 * are no evidence of another one's.
 */
#ifndef PCPUBENCH_RESULTS_REPEATS_H
#define PCPUBENCH_RESULTS_REPEATS_H

#include "results/table.h"

/* Put the values of @c in @each, and make those of one boot one. EX_FAIL. */
int repeats_merge(const struct table *t, struct table_cell *c);

/* What one number of a value is: for layout_spread(). */
typedef double (*value_fn)(const struct table_value *v);
double value_off(const struct table_value *v);
double value_on(const struct table_value *v);
/* on - off */
double value_cost(const struct table_value *v);

/**
 * layout_spread - how far apart the layouts of the code are in @c
 * @of: the number to take of each boot
 * @low, @high: receive the lowest and highest median over what a layout measured;
 *	both NAN when there are fewer than two layouts
 *
 * Returns the number of layouts, or 0 with err() when memory ran out.
 */
size_t layout_spread(const struct table *t, const struct table_cell *c,
		     value_fn of, double *low, double *high);

#endif
