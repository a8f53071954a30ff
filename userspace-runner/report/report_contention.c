// SPDX-License-Identifier: GPL-2.0-or-later
/* Throughput, waits and fairness of a parallel bench over its number of tasks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "report/report_contention.h"
#include "report/report_control.h"
#include "results/contention.h"

#define THREADS	" threads="

static long threads_of(const char *name)
{
	const char *at = strstr(name, THREADS);

	return at ? atol(at + strlen(THREADS)) : 0;
}

static const char *without_threads(const char *name, char base[CELL_NAME_LEN])
{
	const char *at = strstr(name, THREADS);
	size_t len = at ? strlen(THREADS) + strspn(at + strlen(THREADS),
						   "0123456789") : 0;

	snprintf(base, CELL_NAME_LEN, "%.*s%s",
		 at ? (int)(at - name) : (int)strlen(name), name,
		 at ? at + len : "");
	return base;
}

static const char *name_of(const struct block_view *v,
			   const struct table_block *b)
{
	return v->report->table->benches.name[b->bench];
}

const char *report_group(const struct block_view *v, char name[CELL_NAME_LEN])
{
	return without_threads(name_of(v, v->block), name);
}

bool report_is_parallel(const struct block_view *v)
{
	const struct bench *bench;

	if (v->block->bench == TABLE_NO_BENCH)
		return false;
	bench = bench_find(name_of(v, v->block));
	return bench && bench->parallel;
}

/* Blocks of one place are side by side. */
static bool same_place(const struct block_view *v, const struct table_block *b)
{
	return b->topology == v->block->topology &&
	       b->instrument == v->block->instrument;
}

/* One past the last block of the place. */
static const struct table_block *place_end(const struct block_view *v)
{
	const struct table *t = v->report->table;
	const struct table_block *b = v->block;

	while (b < t->blocks + t->nr_blocks && same_place(v, b))
		b++;
	return b;
}

static bool same_group(const struct block_view *v, const struct table_block *b)
{
	char own[CELL_NAME_LEN], other[CELL_NAME_LEN];

	return b->bench != TABLE_NO_BENCH &&
	       !strcmp(report_group(v, own),
		       without_threads(name_of(v, b), other));
}

bool report_group_begins(const struct block_view *v)
{
	const struct table_block *b = v->block;

	while (b > v->report->table->blocks && same_place(v, --b))
		if (same_group(v, b))
			return false;
	return true;
}

bool report_group_ends(const struct block_view *v)
{
	const struct table_block *b, *const end = place_end(v);

	for (b = v->block + 1; b < end; b++)
		if (same_group(v, b))
			return false;
	return true;
}

/* The figures of a table, of an arm. */
enum what {
	RATE, EACH, LOST, FLOOR, LOCK, MUTEX, FAIR, FAILED,
};

/* Operations a second, as the cell's times tell: the median over the boots. */
static double rate(double ns)
{
	return 1e9 / ns;
}

/* What accounting changes of the rate, in percent of it without. */
static double lost(double off_ns, double on_ns)
{
	return 100 * (rate(on_ns) / rate(off_ns) - 1);
}

static double value_lost(const struct table_value *v)
{
	return lost(v->off, v->on);
}

/* NaN if it was not watched. */
static double figure_of(const struct contention *c, bool on, enum what what)
{
	const struct contention_arm *arm = on ? &c->on : &c->off;

	switch (what) {
	case LOCK:
		return 100 * contention_waiting(c, arm, &arm->lock);
	case MUTEX:
		return 100 * contention_waiting(c, arm, &arm->mutex);
	case FAIR:
		return arm->fairness;
	default:
		return 100 * (double)arm->failed /
		       (double)(arm->failed + arm->ops);
	}
}

/* The mean over the boots. */
static double mean_of(const struct table_cell *cell, bool on, enum what what)
{
	struct contention c;
	double sum = 0;

	for (size_t i = 0; i < cell->nr_values; i++) {
		if (!contention_of(cell->values[i].record, &c))
			return NAN;
		sum += figure_of(&c, on, what);
	}
	return sum / (double)cell->nr_values;
}

static void put_floor(struct doc *d, const struct table_cell *cell)
{
	struct split_control aa;
	char text[FIGURE_LEN];

	if (control_cell(cell, value_lost, &aa))
		d->failed = true;
	else
		doc_cell(d, "%s", isnan(aa.floor) ? "few" :
			 figure_amount(text, aa.floor, false));
}

/*
 * Operations whose time is in us are so few that they need no unit; @of is the
 * number of tasks that share them.
 */
static void put_rate(struct doc *d, const struct block_view *v, double ns,
		     long of)
{
	char text[FIGURE_LEN];
	double each = rate(ns) / (double)of;

	doc_cell(d, "%s", figure_amount(text, block_in_us(v) ? each : each / 1e3,
					false));
}

static void put_cell(struct doc *d, const struct block_view *v,
		     const struct table_block *b, const struct table_cell *cell,
		     bool on, enum what what)
{
	double value;

	if (what == RATE || what == EACH) {
		put_rate(d, v, on ? cell->on : cell->off,
			 what == EACH ? threads_of(name_of(v, b)) : 1);
		return;
	}
	if (what == FLOOR) {
		put_floor(d, cell);
		return;
	}
	if (what == LOST) {
		doc_cell(d, "%+.1f%%", lost(cell->off, cell->on));
		return;
	}
	value = mean_of(cell, on, what);
	if (isnan(value))
		doc_cell(d, "-");
	else
		doc_cell(d, what == FAIR ? "%.3f" : "%.2f%%", value);
}

static void put_place(struct doc *d, const struct block_view *v,
		      const struct table_block *b, unsigned int kernel,
		      long long size, bool on, enum what what)
{
	const struct table_cell *cell;
	enum table_state state = table_state(v->report->table, b, kernel, size,
					     &cell);

	if (state == TABLE_VALID)
		put_cell(d, v, b, cell, on, what);
	else
		doc_cell(d, state == TABLE_INVALID ? "invalid" :
			 state == TABLE_FAILED ? "failed" : "-");
}

static void put_label(struct doc *d, const struct block_view *v,
		      unsigned int kernel, long long size)
{
	if (size)
		doc_row(d, "%s %lld B", block_kernel(v, kernel), size);
	else
		doc_row(d, "%s", block_kernel(v, kernel));
}

/* Rows are kernels and sizes, columns are numbers of tasks. */
static void put_table(struct doc *d, const struct block_view *v,
		      const char *title, bool on, enum what what)
{
	const struct table_block *const end = place_end(v), *b;

	doc_put(d, DOC_TITLE, "%s, %s", on ? "on" : "off", title);
	doc_row(d, "tasks");
	for (b = v->block; b < end; b++)
		if (same_group(v, b))
			doc_cell(d, "%ld", threads_of(name_of(v, b)));
	for (size_t row = 0; row < v->nr_rows; row++)
		for (size_t p = 0; p < v->block->nr_params; p++) {
			put_label(d, v, v->rows[row], v->block->params[p]);
			for (b = v->block; b < end; b++)
				if (same_group(v, b))
					put_place(d, v, b, v->rows[row],
						  v->block->params[p], on, what);
		}
	doc_table(d);
}

static bool has_failed(const struct table_cell *c)
{
	return mean_of(c, false, FAILED) > 0 || mean_of(c, true, FAILED) > 0;
}

static bool can_be_split(const struct table_cell *c)
{
	return c->nr_values >= SPLIT_LEAST;
}

/* Is there a valid cell of the group that is so? */
static bool any_cell(const struct block_view *v,
		     bool (*so)(const struct table_cell *c))
{
	const struct table_block *b, *const end = place_end(v);
	const struct table_cell *c;
	size_t i, nr;

	for (b = v->block; b < end; b++) {
		if (!same_group(v, b))
			continue;
		c = table_cells(v->report->table, b, &nr);
		for (i = 0; i < nr; i++)
			if (c[i].valid && so(&c[i]))
				return true;
	}
	return false;
}

static void put_arms(struct doc *d, const struct block_view *v,
		     const char *title, enum what what)
{
	put_table(d, v, title, false, what);
	put_table(d, v, title, true, what);
}

void report_contention(struct doc *d, const struct block_view *v)
{
	const unsigned int parts = v->report->parts;
	const char *op = bench_op(name_of(v, v->block));
	const char *unit = block_in_us(v) ? "" : "thousand ";
	char title[80];

	snprintf(title, sizeof(title), "%s%ss a second of all tasks", unit, op);
	put_arms(d, v, title, RATE);
	snprintf(title, sizeof(title), "change of %ss a second against off", op);
	put_table(d, v, title, true, LOST);
	if (any_cell(v, can_be_split))
		put_table(d, v, "A/A floor of that change, points: halves of a kernel's own boots differ as much",
			  true, FLOOR);
	else
		doc_put(d, DOC_TITLE, "A/A floor: not known, no kernel has the %d boots that can be split",
			SPLIT_LEAST);
	if (parts && !(parts & REPORT_NOTES))
		return;
	snprintf(title, sizeof(title), "%s%ss a second of each task", unit, op);
	put_arms(d, v, title, EACH);
	put_arms(d, v, "share of the tasks' time that they wait for pcpu_lock, the first in line left out",
		 LOCK);
	put_arms(d, v, "share of the tasks' time that they wait for pcpu_alloc_mutex",
		 MUTEX);
	put_arms(d, v, "fairness among the tasks (Jain's index, 1 is even)",
		 FAIR);
	if (any_cell(v, has_failed))
		put_arms(d, v, "share of tries that failed, and are not counted",
			 FAILED);
}

static json_t *arm_json(const struct table *t, const struct table_cell *cell,
			bool on)
{
	const char *name = t->benches.name[cell->bench];
	char group[CELL_NAME_LEN];

	return json_pack("{s:s, s:s, s:s, s:I, s:s, s:i, s:f, s:o, s:o}",
		"kernel", t->kernels[cell->kernel].name,
		"topology", t->topologies.name[cell->topology],
		"bench", without_threads(name, group),
		"param", (json_int_t)cell->param, "arm", on ? "on" : "off",
		"threads", (int)threads_of(name),
		"rate", rate(on ? cell->on : cell->off),
		"pcpu_lock", json_number(mean_of(cell, on, LOCK)),
		"pcpu_alloc_mutex", json_number(mean_of(cell, on, MUTEX)));
}

json_t *report_contention_json(const struct table *t)
{
	const struct table_cell *cell;
	json_t *rows = json_array();

	for (cell = t->cells; cell < t->cells + t->nr_cells; cell++) {
		const struct bench *bench =
			bench_find(t->benches.name[cell->bench]);

		if (!cell->valid || !bench || !bench->parallel ||
		    table_instrument(t, cell->instrument)->function)
			continue;
		json_array_append_new(rows, arm_json(t, cell, false));
		json_array_append_new(rows, arm_json(t, cell, true));
	}
	return rows;
}
