// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a block of times says besides ACCT COST: how far boots and layouts of the
 * code are apart, what the PMU counted, and which samples were left out.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "doc/doc.h"
#include "doc/figures.h"
#include "measure/cpu.h"
#include "report/report.h"
#include "report/report_time.h"
#include "results/counters.h"
#include "results/record.h"
#include "results/repeats.h"

enum what {
	BOOTS,
	LAYOUTS,
	COUNT_OFF,
	COUNT_COST,
};

struct view {
	const struct table *table;
	const struct table_block *block;
	const unsigned int *rows;
	size_t nr_rows;
	enum what what;
	const char *counter;
};

static const struct table_cell *cell_of(const struct view *v, size_t row,
					size_t col)
{
	return table_find(v->table, v->block, v->rows[row],
			  v->block->params[col]);
}

static bool boots_range(const struct table_cell *c, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (size_t i = 0; i < c->nr_values; i++) {
		*low = fmin(*low, value_cost(&c->values[i]));
		*high = fmax(*high, value_cost(&c->values[i]));
	}
	return c->nr_values > 1;
}

static void range_text(char text[GRID_CELL_LEN], double low, double high)
{
	char a[GRID_CELL_LEN], b[GRID_CELL_LEN];

	figure_amount(a, low, true);
	figure_amount(b, high, true);
	snprintf(text, GRID_CELL_LEN, "%.10s..%.10s", a, b);
}

static void put_cell(const void *ctx, size_t row, size_t col,
		     char text[GRID_CELL_LEN])
{
	const struct view *v = ctx;
	const struct table_cell *c;
	double low, high, off, on;

	if (row == GRID_HEAD) {
		snprintf(text, GRID_CELL_LEN, "%lld", v->block->params[col]);
		return;
	}
	snprintf(text, GRID_CELL_LEN, "-");
	c = cell_of(v, row, col);
	if (!c || !c->valid)
		return;
	if (v->what == BOOTS && boots_range(c, &low, &high))
		range_text(text, low, high);
	else if (v->what == LAYOUTS &&
		 layout_spread(v->table, c, value_cost, &low, &high) > 1)
		range_text(text, low, high);
	else if (v->counter && !counters_of(c, v->counter, &off, &on))
		figure_amount(text, v->what == COUNT_OFF ? off : on - off,
			      v->what == COUNT_COST);
}

static const char *row_label(const void *ctx, size_t row)
{
	const struct view *v = ctx;

	return v->table->kernels[v->rows[row]].name;
}

static void put_grid(struct doc *d, const struct view *v)
{
	const struct grid g = {
		.corner = "size, B",
		.nr_rows = v->nr_rows,
		.nr_cols = v->block->nr_params,
		.label = row_label,
		.cell = put_cell,
		.ctx = v,
	};

	doc_grid(d, &g);
}

/* The most boots, and layouts, that any cell has. */
static void most(const struct view *v, size_t *boots, size_t *layouts)
{
	const struct table_cell *c;
	double low, high;
	size_t row, col, n;

	*boots = 0;
	*layouts = 0;
	for (row = 0; row < v->nr_rows; row++)
		for (col = 0; col < v->block->nr_params; col++) {
			c = cell_of(v, row, col);
			if (!c || !c->valid)
				continue;
			n = layout_spread(v->table, c, value_cost, &low, &high);
			*layouts = n > *layouts ? n : *layouts;
			*boots = c->nr_values > *boots ? c->nr_values : *boots;
		}
}

/* Cells whose cost is no larger than what another layout is worth. */
static void put_below(struct doc *d, const struct view *v)
{
	const struct table_cell *c;
	double low, high;
	size_t row, col, nr = 0;

	doc_begin(d, DOC_ITEM);
	for (row = 0; row < v->nr_rows; row++)
		for (col = 0; col < v->block->nr_params; col++) {
			c = cell_of(v, row, col);
			if (!c || !c->valid ||
			    layout_spread(v->table, c, value_cost, &low,
					  &high) < 2 ||
			    fabs(c->cost) > high - low)
				continue;
			doc_print(d, "%s%s %lld", nr++ ? ", " :
				  "no more than the layout of the code is worth: ",
				  row_label(v, row), c->param);
		}
	if (!nr)
		doc_print(d, "every on - off exceeds the spread over layouts");
	doc_end(d);
}

static const struct {
	unsigned int bit;
	const char *name;
} marks[] = {
	{ 1, "an interrupt" },
	{ 2, "switched out" },
	{ 4, "migrated" },
	{ 8, "another speed" },
};

#define NR_MARKS	(sizeof(marks) / sizeof(marks[0]))

/* What was said of the samples of a block's cells. */
struct told {
	size_t all, disturbed, marked[NR_MARKS], unstable, cells;
	const json_t *unsupported;	/* of the first that has it */
};

static void tell_arm(const json_t *record, const char *arm, struct told *told)
{
	const json_t *list, *value;
	size_t i, k;

	list = record_at(record_at(record_at(record, "arms"), arm),
			 "disturbed");
	json_array_foreach(list, i, value) {
		told->all++;
		told->disturbed += json_integer_value(value) != 0;
		for (k = 0; k < NR_MARKS; k++)
			told->marked[k] += (json_integer_value(value) &
					    marks[k].bit) != 0;
	}
}

static void tell_cell(const json_t *record, void *arg)
{
	struct told *told = arg;
	const json_t *why = record_at(record, "unsupported");

	tell_arm(record, "empty", told);
	tell_arm(record, "off", told);
	tell_arm(record, "on", told);
	told->cells++;
	told->unstable += json_is_false(record_at(record, "stable"));
	if (!told->unsupported && json_object_size(why))
		told->unsupported = why;
}

static void put_samples(struct doc *d, const struct view *v)
{
	struct told told = { 0 };
	const char *name, *between = "";
	json_t *why, *other;
	size_t i;

	counters_each_cell(v->table, v->block, tell_cell, &told);
	doc_begin(d, DOC_ITEM);
	doc_print(d, "samples: %zu, of which %zu disturbed and left out",
		  told.all, told.disturbed);
	for (i = 0; i < NR_MARKS; i++)
		if (told.marked[i])
			doc_print(d, "%s%s %zu", i && between[0] ? ", " : ": ",
				  marks[i].name, told.marked[i]), between = ",";
	doc_end(d);
	if (told.unstable)
		doc_put(d, DOC_ITEM, "not stable at the end of the warm-up: %zu of %zu measurements",
			told.unstable, told.cells);
	/* All that have one reason in one item. */
	json_object_foreach((json_t *)told.unsupported, name, why) {
		const char *first = name, *n;

		json_object_foreach((json_t *)told.unsupported, n, other)
			if (json_equal(why, other)) {
				first = n;
				break;
			}
		if (strcmp(first, name))
			continue;
		doc_begin(d, DOC_ITEM);
		between = "";
		json_object_foreach((json_t *)told.unsupported, n, other)
			if (json_equal(why, other)) {
				doc_print(d, "%s%s", between,
					  strcmp(n, "cache_misses") ? n :
					  "cache misses");
				between = ", ";
			}
		doc_print(d, ": %s", json_string_value(why));
		doc_end(d);
	}
}

static void put_counters(struct doc *d, struct view v)
{
	static const struct {
		const char *name, *title;
	} counters[] = {
		{ "cycles", "cycles" },
		{ "instructions", "instructions" },
		{ "cache_misses", "cache misses" },
	};

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		v.counter = counters[i].name;
		if (!counters_any(v.table, v.block, v.counter))
			continue;
		v.what = COUNT_OFF;
		doc_put(d, DOC_TITLE, "off, %s per %s (PMU)",
			counters[i].title, table_op(v.table, v.block));
		put_grid(d, &v);
		v.what = COUNT_COST;
		doc_put(d, DOC_TITLE, "on - off, %s per %s (PMU)",
			counters[i].title, table_op(v.table, v.block));
		put_grid(d, &v);
	}
}

/* The load is of the moment; the rest is how the machine is set. */
static bool same_state(const json_t *a, const json_t *b)
{
	const char *name;
	json_t *value;

	if (json_object_size(a) != json_object_size(b))
		return false;
	json_object_foreach((json_t *)a, name, value)
		if (strcmp(name, "load") &&
		    !json_equal(value, json_object_get(b, name)))
			return false;
	return true;
}

/* How the machine was set, once for all boots that were measured so. */
static void put_states(struct doc *d, const struct view *v)
{
	const struct table *t = v->table;
	const struct table_boot *b, *other, *end = t->boots + t->nr_boots;
	const json_t *state;
	const char *name;
	json_t *value;

	for (b = t->boots; b < end; b++) {
		state = record_at(b->record, "state");
		if (!state || b->topology != v->block->topology ||
		    b->instrument != v->block->instrument)
			continue;
		for (other = t->boots; other < b; other++)
			if (same_state(state, record_at(other->record, "state")))
				break;
		if (other < b)
			continue;
		doc_begin(d, DOC_ITEM);
		doc_print(d, "machine, %s from boot %lld on:",
			  t->kernels[b->kernel].name, b->number);
		json_object_foreach((json_t *)state, name, value)
			if (strcmp(name, "load"))
				doc_print(d, " %s=%s", name,
					  json_string_value(value));
		doc_end(d);
	}
}

/* CPU time that went to others while a boot was measured. */
static void put_stolen(struct doc *d, const struct view *v)
{
	const struct table *t = v->table;
	const struct table_boot *b;
	double share, worst = 0;
	const json_t *record;
	size_t nr = 0, of = 0;

	for (b = t->boots; b < t->boots + t->nr_boots; b++) {
		if (b->topology != v->block->topology ||
		    b->instrument != v->block->instrument ||
		    b->status != BOOT_OK)
			continue;
		of++;
		record = b->record;
		share = json_number_value(record_at(record, "stolen_s")) /
			json_number_value(record_at(record, "wall_s"));
		nr += share > CPU_STOLEN_MUCH;
		worst = fmax(worst, share);
	}
	if (nr)
		doc_put(d, DOC_ITEM, "others had the CPU for more than %g %% of the time in %zu of %zu boots, at most %.1f %% (steal): times are longer for it",
			100 * CPU_STOLEN_MUCH, nr, of, 100 * worst);
}

void report_time(struct doc *d, const struct report *r,
		 const struct table_block *block, const unsigned int *rows,
		 size_t nr_rows)
{
	struct view v = {
		.table = r->table,
		.block = block,
		.rows = rows,
		.nr_rows = nr_rows,
	};
	const char *op = table_op(r->table, block);
	size_t boots, layouts;

	most(&v, &boots, &layouts);
	if (boots > 1) {
		v.what = BOOTS;
		doc_put(d, DOC_TITLE,
			"on - off, lowest and highest boot, ns per %s", op);
		put_grid(d, &v);
	}
	if (layouts > 1) {
		v.what = LAYOUTS;
		doc_put(d, DOC_TITLE,
			"on - off, lowest and highest of %zu layouts of the code, ns per %s",
			layouts, op);
		put_grid(d, &v);
		put_below(d, &v);
	}
	put_counters(d, v);
	put_samples(d, &v);
	put_stolen(d, &v);
	put_states(d, &v);
}
