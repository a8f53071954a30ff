// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts of the PMU, per operation. */
#include <stdlib.h>

#include "base/err.h"
#include "results/counters.h"
#include "results/record.h"
#include "stats/stats.h"

void counters_each_cell(const struct table *t, const struct table_block *block,
			void (*fn)(const json_t *record, void *arg), void *arg)
{
	size_t i, k, nr;
	const struct table_cell *c = table_cells(t, block, &nr);

	for (i = 0; i < nr; i++) {
		for (k = 0; k < c[i].nr_each; k++)
			fn(c[i].each[k].record, arg);
		for (k = 0; k < c[i].nr_invalid; k++)
			fn(c[i].invalid[k].record, arg);
	}
}

/* The median of one arm's counts of clean samples. False if there are none. */
static bool arm_counts(const json_t *record, const char *name, const char *arm,
		       double *count)
{
	const json_t *counts, *disturbed;
	size_t i, n = 0, nr;
	double *x;

	counts = record_at(record_at(record_at(record, "counters"), name), arm);
	disturbed = record_at(record_at(record_at(record, "arms"), arm),
			      "disturbed");
	nr = json_array_size(counts);
	if (!nr || nr != json_array_size(disturbed))
		return false;
	x = calloc(nr, sizeof(*x));
	for (i = 0; x && i < nr; i++)
		if (!json_integer_value(json_array_get(disturbed, i)))
			x[n++] = (double)json_integer_value(
						json_array_get(counts, i));
	*count = median_of(x, n);
	free(x);
	return n;
}

int counters_of(const struct table_cell *cell, const char *name, double *off,
		double *on)
{
	double *x = calloc(cell->nr_each + 1, sizeof(*x));
	double *y = calloc(cell->nr_each + 1, sizeof(*y)), empty, pairs;
	int ret = EX_INVALID;
	size_t i, nr = 0;

	for (i = 0; x && y && i < cell->nr_each; i++) {
		const json_t *record = cell->each[i].record;

		if (!arm_counts(record, name, "empty", &empty) ||
		    !arm_counts(record, name, "off", &x[nr]) ||
		    !arm_counts(record, name, "on", &y[nr]))
			continue;
		pairs = (double)record_int(record, "pairs");
		x[nr] = (x[nr] - empty) / pairs;
		y[nr] = (y[nr] - empty) / pairs;
		nr++;
	}
	*off = median_of(x, nr);
	*on = median_of(y, nr);
	if (nr)
		ret = 0;
	free(x);
	free(y);
	return ret;
}

/* What counters_any() searches for. */
struct search {
	const char *name;
	bool found;
};

static void find_counter(const json_t *record, void *arg)
{
	struct search *s = arg;

	s->found |= record_at(record_at(record, "counters"), s->name) != NULL;
}

bool counters_any(const struct table *t, const struct table_block *block,
		  const char *name)
{
	struct search s = { .name = name };

	counters_each_cell(t, block, find_counter, &s);
	return s.found;
}
