/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Repeats of a cell in one boot, and layouts of the code. The replicate is the
 * boot: repeats in it share its memory layout and tell nothing about another
 * one.
 */
#ifndef PCPUBENCH_RESULTS_REPEATS_H
#define PCPUBENCH_RESULTS_REPEATS_H

#include "results/table.h"

/* What puts values of a cell together: their boot, or the layout of the code. */
typedef long long (*kind_fn)(const struct table *t, const struct table_value *v);
long long value_boot(const struct table *t, const struct table_value *v);
long long value_layout(const struct table *t, const struct table_value *v);

/**
 * values_by - @nr values, those of one kind side by side
 *
 * Of one kind they stay in their order. An array for free(); NULL with err().
 */
const struct table_value **values_by(const struct table *t,
				     const struct table_value *values, size_t nr,
				     kind_fn kind);

/* Copy the values of @c to @each, and merge those of one boot. EX_FAIL. */
int repeats_merge(const struct table *t, struct table_cell *c);

/* Takes one number of a value. */
typedef double (*value_fn)(const struct table_value *v);
double value_off(const struct table_value *v);
double value_on(const struct table_value *v);
/* on - off */
double value_cost(const struct table_value *v);
/* cell_bytes() */
double value_bytes(const struct table_value *v);
/* ACCT COST: 100 (on - off) / off */
double value_percent(const struct table_value *v);

/* A number of each boot of @c, in their order, for free(); NULL with err(). */
double *values_of(const struct table_cell *c, value_fn of);

/* @median: receives that of values_of(). 0, or EX_FAIL with err(). */
int values_median(const struct table_cell *c, value_fn of, double *median);

struct layout_value {
	long long layout;	/* its seed */
	double value;
};

/**
 * layout_values - the median of each layout of the code
 * @of: the number to take of each boot
 * @values: receives them in the order of their seeds, for free()
 *
 * Returns how many there are, or 0 with err() when memory ran out.
 */
size_t layout_values(const struct table *t, const struct table_cell *c,
		     value_fn of, struct layout_value **values);

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
