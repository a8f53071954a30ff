// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Facts about times besides ACCT COST: how far boots and layouts of the code
 * are apart, the PMU's counts, and the samples left out.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/index.h"
#include "measure/cpu.h"
#include "report/report_time.h"
#include "results/counters.h"
#include "results/record.h"
#include "results/repeats.h"

static void place_range(char text[FIGURE_LEN], double low, double high)
{
	char a[FIGURE_LEN], b[FIGURE_LEN];

	snprintf(text, FIGURE_LEN, "%.10s..%.10s", figure_amount(a, low, true),
		 figure_amount(b, high, true));
}

static void place_boots(char text[FIGURE_LEN], const struct block_view *v,
			unsigned int kernel, long long size, const void *ctx)
{
	const struct table_cell *c = block_valid(v, kernel, size);
	double low = INFINITY, high = -INFINITY;

	(void)ctx;
	for (size_t i = 0; c && i < c->nr_values; i++) {
		low = fmin(low, value_cost(&c->values[i]));
		high = fmax(high, value_cost(&c->values[i]));
	}
	if (c && c->nr_values > 1)
		place_range(text, low, high);
}

/* The number of a cell's layouts, and their range of on - off. */
static size_t layouts_of(const struct block_view *v, const struct table_cell *c,
			 double *low, double *high)
{
	return c ? layout_spread(v->report->table, c, value_cost, low, high) : 0;
}

static void place_layouts(char text[FIGURE_LEN], const struct block_view *v,
			  unsigned int kernel, long long size, const void *ctx)
{
	double low, high;

	(void)ctx;
	if (layouts_of(v, block_valid(v, kernel, size), &low, &high) > 1)
		place_range(text, low, high);
}

/* A column of counts: of off, or of on - off. */
struct count {
	const char *name;
	bool cost;
};

static void place_count(char text[FIGURE_LEN], const struct block_view *v,
			unsigned int kernel, long long size, const void *ctx)
{
	const struct table_cell *c = block_valid(v, kernel, size);
	const struct count *count = ctx;
	double off, on;

	if (c && !counters_of(c, count->name, &off, &on))
		figure_amount(text, count->cost ? on - off : off, count->cost);
}

/* The most boots, and layouts, that any cell has. */
static void most(const struct block_view *v, size_t *boots, size_t *layouts)
{
	const struct table_cell *c;
	double low, high;
	size_t row, col, n;

	*boots = 0;
	*layouts = 0;
	for (row = 0; row < v->nr_rows; row++)
		for (col = 0; col < v->block->nr_params; col++) {
			c = block_valid(v, v->rows[row], v->block->params[col]);
			n = layouts_of(v, c, &low, &high);
			*layouts = n > *layouts ? n : *layouts;
			*boots = c && c->nr_values > *boots ? c->nr_values :
				 *boots;
		}
}

/* Cells whose cost is not above the spread over layouts. */
static void put_below(struct doc *d, const struct block_view *v)
{
	const struct table_cell *c;
	double low, high;
	size_t row, col, nr = 0;

	doc_begin(d, DOC_ITEM);
	for (row = 0; row < v->nr_rows; row++)
		for (col = 0; col < v->block->nr_params; col++) {
			c = block_valid(v, v->rows[row], v->block->params[col]);
			if (layouts_of(v, c, &low, &high) < 2 ||
			    fabs(c->cost) > high - low)
				continue;
			doc_print(d, "%s%s %lld", nr++ ? ", " :
				  "not larger than the effect of the code's layout: ",
				  block_kernel(v, v->rows[row]), c->param);
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

/* Facts about the samples of a block's cells. */
struct told {
	size_t all, disturbed, marked[NR_MARKS], unstable, cells;
	const json_t *unsupported;	/* of the first cell that has it */
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

static void put_samples(struct doc *d, const struct block_view *v)
{
	struct told told = { 0 };
	const char *name, *between = "";
	json_t *why, *other;
	size_t i;

	counters_each_cell(v->report->table, v->block, tell_cell, &told);
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
	/* Put all counters with the same reason into one item. */
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

static void put_counters(struct doc *d, const struct block_view *v)
{
	static const struct {
		const char *name, *title;
	} counters[] = {
		{ "cycles", "cycles" },
		{ "instructions", "instructions" },
		{ "cache_misses", "cache misses" },
	};
	const struct table *t = v->report->table;
	const char *op = table_op(t, v->block);

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		struct count count = { .name = counters[i].name };

		if (!counters_any(t, v->block, count.name))
			continue;
		doc_put(d, DOC_TITLE, "off, %s per %s (PMU)", counters[i].title,
			op);
		put_kernels(d, v, place_count, &count);
		count.cost = true;
		doc_put(d, DOC_TITLE, "on - off, %s per %s (PMU)",
			counters[i].title, op);
		put_kernels(d, v, place_count, &count);
	}
}

/* Ignore the load, which changes; the rest are settings. */
static bool is_new_state(struct doc *d, struct index *had, const json_t *state)
{
	json_t *copy = json_copy((json_t *)state);
	size_t size = index_size(had), place = 0;
	char *key;

	json_object_del(copy, "load");
	key = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);
	d->failed |= !key || index_add(had, key, size, &place);
	free(key);
	json_decref(copy);
	return place == size;
}

/* The machine's settings, once for all boots with the same. */
static void put_states(struct doc *d, const struct block_view *v)
{
	const struct table *t = v->report->table;
	const struct table_boot *b;
	struct index had = { NULL };
	const json_t *state;
	const char *name;
	json_t *value;
	size_t i, nr;
	const size_t *boots = table_boots(t, v->block, &nr);

	for (i = 0; i < nr; i++) {
		b = &t->boots[boots[i]];
		state = record_at(b->record, "state");
		if (!state || !is_new_state(d, &had, state))
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
	index_free(&had);
}

/* CPU time that others took while a boot was measured. */
/* Who took the CPU away: others, as a hypervisor says, and the firmware. */
static void put_taken(struct doc *d, const struct block_view *v)
{
	const struct table *t = v->report->table;
	size_t nr_stolen = 0, nr_smis = 0, of = 0, i, all;
	const size_t *boots = table_boots(t, v->block, &all);
	double share, worst = 0, smis, all_smis = 0;
	const struct table_boot *b;

	for (i = 0; i < all; i++) {
		b = &t->boots[boots[i]];
		if (b->status != BOOT_OK)
			continue;
		of++;
		share = json_number_value(record_at(b->record, "stolen_s")) /
			json_number_value(record_at(b->record, "wall_s"));
		nr_stolen += share > CPU_STOLEN_MUCH;
		worst = fmax(worst, share);
		smis = json_number_value(record_at(b->record, "smis"));
		nr_smis += smis > 0;
		all_smis += smis;
	}
	if (nr_stolen)
		doc_put(d, DOC_ITEM, "others had the CPU for more than %g %% of the time in %zu of %zu boots, at most %.1f %% (steal): times are longer for it",
			100 * CPU_STOLEN_MUCH, nr_stolen, of, 100 * worst);
	if (nr_smis)
		doc_put(d, DOC_ITEM, "the firmware took the CPU %.0f times in %zu of %zu boots (system management interrupts), which marks no sample",
			all_smis, nr_smis, of);
}

void report_time(struct doc *d, const struct block_view *v)
{
	const char *op = table_op(v->report->table, v->block);
	size_t boots, layouts;

	most(v, &boots, &layouts);
	if (boots > 1) {
		doc_put(d, DOC_TITLE,
			"on - off, lowest and highest boot, ns per %s", op);
		put_kernels(d, v, place_boots, NULL);
	}
	if (layouts > 1) {
		doc_put(d, DOC_TITLE,
			"on - off, lowest and highest of %zu layouts of the code, ns per %s",
			layouts, op);
		put_kernels(d, v, place_layouts, NULL);
		put_below(d, v);
	}
	put_counters(d, v);
	put_samples(d, v);
	put_taken(d, v);
	put_states(d, v);
}
