/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Repeats of a cell in one boot, and layouts of the code. The replicate is the
 * boot: repeats in it share its memory layout and tell nothing about another
 * one.
 */
#ifndef PCPUBENCH_RESULTS_REPEATS_H
#define PCPUBENCH_RESULTS_REPEATS_H

#include "results/table.h"

/* Copy the values of @c to @each, and merge those of one boot. EX_FAIL. */
int repeats_merge(const struct table *t, struct table_cell *c);

/* Takes one number of a value, for layout_spread(). */
typedef double (*value_fn)(const struct table_value *v);
double value_off(const struct table_value *v);
double value_on(const struct table_value *v);
/* on - off */
double value_cost(const struct table_value *v);

/**
 * layout_spread - how much @c differs between layouts of the code
 * @of: the number to take of each boot
 * @low, @high: receive the lowest and highest median of a layout; both NAN when
 *	there are fewer than two layouts
 *
 * Returns the number of layouts, or 0 with err() when memory ran out.
 */
size_t layout_spread(const struct table *t, const struct table_cell *c,
		     value_fn of, double *low, double *high);

#endif
