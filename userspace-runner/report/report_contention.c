// SPDX-License-Identifier: GPL-2.0-or-later
/* Throughput, waits and fairness of a parallel bench over its number of tasks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/report_contention.h"
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

static bool same_group(const struct block_view *v, const struct table_block *b)
{
	char own[CELL_NAME_LEN], other[CELL_NAME_LEN];

	return b->topology == v->block->topology &&
	       b->instrument == v->block->instrument &&
	       b->bench != TABLE_NO_BENCH &&
	       !strcmp(report_group(v, own),
		       without_threads(name_of(v, b), other));
}

bool report_group_begins(const struct block_view *v)
{
	const struct table_block *b;

	for (b = v->report->table->blocks; b < v->block; b++)
		if (same_group(v, b))
			return false;
	return true;
}

bool report_group_ends(const struct block_view *v)
{
	const struct table *t = v->report->table;
	const struct table_block *b;

	for (b = v->block + 1; b < t->blocks + t->nr_blocks; b++)
		if (same_group(v, b))
			return false;
	return true;
}

/* The figures of a table. */
enum what {
	RATE_OFF, RATE_ON, LOST, LOCK_OFF, LOCK_ON, MUTEX_OFF, MUTEX_ON,
	FAIR_OFF, FAIR_ON, FAILED_OFF, FAILED_ON,
};

/* Pairs a second, as the cell's times tell: the median over the boots. */
static double rate(double ns)
{
	return 1e9 / ns;
}

/* NaN if it was not watched. */
static double figure_of(const struct contention *c, enum what what)
{
	const bool on = what == LOCK_ON || what == MUTEX_ON ||
			what == FAIR_ON || what == FAILED_ON;
	const struct contention_arm *arm = on ? &c->on : &c->off;

	switch (what) {
	case LOCK_OFF:
	case LOCK_ON:
		return 100 * contention_waiting(c, arm, &arm->lock);
	case MUTEX_OFF:
	case MUTEX_ON:
		return 100 * contention_waiting(c, arm, &arm->mutex);
	case FAIR_OFF:
	case FAIR_ON:
		return arm->fairness;
	default:
		return 100 * (double)arm->failed /
		       (double)(arm->failed + arm->ops);
	}
}

/* The mean over the boots. */
static double mean_of(const struct table_cell *cell, enum what what)
{
	struct contention c;
	double sum = 0;

	for (size_t i = 0; i < cell->nr_values; i++) {
		if (!contention_of(cell->values[i].record, &c))
			return NAN;
		sum += figure_of(&c, what);
	}
	return sum / (double)cell->nr_values;
}

static void put_cell(struct doc *d, const struct table_cell *cell,
		     enum what what)
{
	double value;

	switch (what) {
	case RATE_OFF:
		doc_cell(d, "%.1f", rate(cell->off) / 1e3);
		return;
	case RATE_ON:
		doc_cell(d, "%.1f", rate(cell->on) / 1e3);
		return;
	case LOST:
		doc_cell(d, "%+.1f%%",
			 100 * (rate(cell->on) / rate(cell->off) - 1));
		return;
	default:
		break;
	}
	value = mean_of(cell, what);
	if (isnan(value))
		doc_cell(d, "-");
	else
		doc_cell(d, what == FAIR_OFF || what == FAIR_ON ? "%.3f" :
			 "%.2f%%", value);
}

static void put_place(struct doc *d, const struct block_view *v,
		      const struct table_block *b, unsigned int kernel,
		      long long size, enum what what)
{
	const struct table_cell *cell;
	enum table_state state = table_state(v->report->table, b, kernel, size,
					     &cell);

	if (state == TABLE_VALID)
		put_cell(d, cell, what);
	else
		doc_cell(d, state == TABLE_INVALID ? "invalid" :
			 state == TABLE_FAILED ? "failed" : "-");
}

/* Rows are kernels and sizes, columns are numbers of tasks. */
static void put_table(struct doc *d, const struct block_view *v,
		      const char *title, enum what what)
{
	const struct table *t = v->report->table;
	const struct table_block *const end = t->blocks + t->nr_blocks, *b;

	doc_put(d, DOC_TITLE, "%s", title);
	doc_row(d, "tasks");
	for (b = v->block; b < end; b++)
		if (same_group(v, b))
			doc_cell(d, "%ld", threads_of(name_of(v, b)));
	for (size_t row = 0; row < v->nr_rows; row++)
		for (size_t p = 0; p < v->block->nr_params; p++) {
			doc_row(d, "%s %lld B", block_kernel(v, v->rows[row]),
				v->block->params[p]);
			for (b = v->block; b < end; b++)
				if (same_group(v, b))
					put_place(d, v, b, v->rows[row],
						  v->block->params[p], what);
		}
	doc_table(d);
}

/* Does any cell of the group have failed allocations? */
static bool any_failed(const struct block_view *v)
{
	const struct table *t = v->report->table;
	const struct table_cell *c;
	const struct table_block *b;

	for (b = v->block; b < t->blocks + t->nr_blocks; b++)
		for (c = t->cells; same_group(v, b) && c < t->cells + t->nr_cells;
		     c++)
			if (c->topology == b->topology &&
			    c->instrument == b->instrument &&
			    c->bench == b->bench && c->valid &&
			    (mean_of(c, FAILED_OFF) > 0 ||
			     mean_of(c, FAILED_ON) > 0))
				return true;
	return false;
}

void report_contention(struct doc *d, const struct block_view *v)
{
	const unsigned int parts = v->report->parts;

	put_table(d, v, "off, thousand pairs a second of all tasks", RATE_OFF);
	put_table(d, v, "on, thousand pairs a second of all tasks", RATE_ON);
	put_table(d, v, "on, change of pairs a second against off", LOST);
	if (parts && !(parts & REPORT_NOTES))
		return;
	put_table(d, v, "off, share of the tasks' time that they wait for pcpu_lock, the first in line left out",
		  LOCK_OFF);
	put_table(d, v, "on, share of the tasks' time that they wait for pcpu_lock, the first in line left out",
		  LOCK_ON);
	put_table(d, v, "off, share of the tasks' time that they wait for pcpu_alloc_mutex",
		  MUTEX_OFF);
	put_table(d, v, "on, share of the tasks' time that they wait for pcpu_alloc_mutex",
		  MUTEX_ON);
	put_table(d, v, "off, fairness among the tasks (Jain's index, 1 is even)",
		  FAIR_OFF);
	put_table(d, v, "on, fairness among the tasks (Jain's index, 1 is even)",
		  FAIR_ON);
	if (!any_failed(v))
		return;
	put_table(d, v, "off, share of allocations that failed, which are no pairs",
		  FAILED_OFF);
	put_table(d, v, "on, share of allocations that failed, which are no pairs",
		  FAILED_ON);
}
