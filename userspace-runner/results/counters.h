/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PMU's counts of a timed cell's samples. */
#ifndef PCPUBENCH_RESULTS_COUNTERS_H
#define PCPUBENCH_RESULTS_COUNTERS_H

#include <jansson.h>
#include <stdbool.h>

#include "results/table.h"

/**
 * counters_of - counts per operation of both arms, without the empty loop's
 * @name: as in the records: "cycles", "instructions" or "cache_misses"
 *
 * The median over the measurements, each the median of its clean samples.
 * Returns 0, or EX_INVALID without err() when no boot counted it.
 */
int counters_of(const struct table_cell *cell, const char *name, double *off,
		double *on);

/* Does any cell of @block have counter @name? */
bool counters_any(const struct table *t, const struct table_block *block,
		  const char *name);

/* Call @fn with each `cell` record of @block from a successful boot. */
void counters_each_cell(const struct table *t, const struct table_block *block,
			void (*fn)(const json_t *record, void *arg), void *arg);

#endif
