// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "results/counters.h"
#include "results/record.h"
#include "stats/stats.h"

static bool boot_ok(const struct table *t, size_t run, long long number)
{
	const struct table_boot *b;

	for (b = t->boots; b < t->boots + t->nr_boots; b++)
		if (b->run == run && b->number == number)
			return b->status == BOOT_OK;
	return false;
}

static bool is_of(const json_t *record, const char *field, const char *name)
{
	const char *text = record_string(record, field);

	return text && !strcmp(text, name);
}

void counters_each_cell(const struct table *t, const struct table_block *block,
			void (*fn)(const json_t *record, void *arg), void *arg)
{
	const json_t *record;
	size_t run, i;

	for (run = 0; run < t->nr_runs; run++)
		json_array_foreach(t->runs[run].file.records, i, record)
			if (record_is(record, "cell") &&
			    is_of(record, "topology",
				  t->topologies.name[block->topology]) &&
			    is_of(record, "instrument",
				  t->instruments.name[block->instrument]) &&
			    is_of(record, "bench",
				  t->benches.name[block->bench]) &&
			    boot_ok(t, run, record_int(record, "boot")))
				fn(record, arg);
}

/* The median of one arm's counts of clean samples. False: there are none. */
static bool arm_counts(const json_t *record, const char *name, const char *arm,
		       double *count)
{
	const json_t *counts, *disturbed;
	size_t i, n = 0, nr;
	double *x;
	bool ok;

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
	ok = n && !median_of(x, n, count);
	free(x);
	return ok;
}

/* What counters_of() gathers over the records of one cell. */
struct gather {
	const struct table *table;
	const struct table_cell *cell;
	const char *name;
	double *off, *on;
	size_t nr;
	bool any;
};

static void gather_cell(const json_t *record, void *arg)
{
	struct gather *g = arg;
	double empty, off, on, pairs = (double)record_int(record, "pairs");

	if (!is_of(record, "kernel",
		   g->table->kernels[g->cell->kernel].name) ||
	    record_int(record, "param") != g->cell->param ||
	    !json_is_true(record_at(record, "valid")) ||
	    !arm_counts(record, g->name, "empty", &empty) ||
	    !arm_counts(record, g->name, "off", &off) ||
	    !arm_counts(record, g->name, "on", &on))
		return;
	/* No more than the table has of this cell: see get_cell(). */
	if (g->nr == g->cell->nr_each)
		return;
	g->off[g->nr] = (off - empty) / pairs;
	g->on[g->nr++] = (on - empty) / pairs;
}

int counters_of(const struct table *t, const struct table_cell *cell,
		const char *name, double *off, double *on)
{
	const struct table_block block = {
		.topology = cell->topology,
		.instrument = cell->instrument,
		.bench = cell->bench,
	};
	struct gather g = {
		.table = t,
		.cell = cell,
		.name = name,
		.off = calloc(cell->nr_each + 1, sizeof(double)),
		.on = calloc(cell->nr_each + 1, sizeof(double)),
	};
	int ret = EX_INVALID;

	if (g.off && g.on)
		counters_each_cell(t, &block, gather_cell, &g);
	if (g.nr && !median_of(g.off, g.nr, off) && !median_of(g.on, g.nr, on))
		ret = 0;
	free(g.off);
	free(g.on);
	return ret;
}

static void find_counter(const json_t *record, void *arg)
{
	struct gather *g = arg;

	g->any |= record_at(record_at(record, "counters"), g->name) != NULL;
}

bool counters_any(const struct table *t, const struct table_block *block,
		  const char *name)
{
	struct gather g = { .name = name };

	counters_each_cell(t, block, find_counter, &g);
	return g.any;
}
