// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a block says of maps besides ACCT COST: the bytes charged next to those
 * in use, what a kernel does to the whole syscalls, and how much of them percpu
 * accounting can be.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "doc/doc.h"
#include "report/report.h"
#include "report/report_charge.h"

struct view {
	const struct report *report;
	const struct table_block *block;
	const struct table_block *alloc;	/* percpu-alloc's, or NULL */
	unsigned int base;
	const unsigned int *rows;
	size_t nr_rows;
};

static const struct table_cell *cell_of(const struct view *v,
					unsigned int kernel, long long param)
{
	return table_find(v->report->table, v->block, kernel, param);
}

bool report_has_charge(const struct report *r, const struct table_block *b)
{
	const struct table *t = r->table;
	const struct table_cell *c;
	unsigned int k;
	size_t p;

	for (k = 0; k < t->nr_kernels; k++) {
		for (p = 0; p < b->nr_params; p++) {
			c = table_find(t, b, k, b->params[p]);
			if (c && c->charge.uses >= 0)
				return true;
		}
	}
	return false;
}

static bool same_charges(const struct view *v, unsigned int x, unsigned int y)
{
	const struct table_cell *a, *b;
	size_t p;

	for (p = 0; p < v->block->nr_params; p++) {
		a = cell_of(v, x, v->block->params[p]);
		b = cell_of(v, y, v->block->params[p]);
		if (!a != !b || (a && (a->charge.uses != b->charge.uses ||
				       a->charge.percpu != b->charge.percpu)))
			return false;
	}
	return true;
}

static bool has_charges(const struct view *v, unsigned int kernel)
{
	const struct table_cell *c;
	size_t p;

	for (p = 0; p < v->block->nr_params; p++) {
		c = cell_of(v, kernel, v->block->params[p]);
		if (c && c->charge.uses >= 0)
			return true;
	}
	return false;
}

/* One item for all kernels that charge the same. */
static void put_charges(struct doc *d, const struct view *v, size_t row)
{
	const struct table_kernel *kernels = v->report->table->kernels;
	const struct table_cell *c;
	const char *between = "";
	size_t i, p;

	doc_begin(d, DOC_ITEM);
	for (i = row; i < v->nr_rows; i++) {
		if (!same_charges(v, v->rows[row], v->rows[i]))
			continue;
		doc_print(d, "%s%s", between, kernels[v->rows[i]].name);
		between = ", ";
	}
	between = ": charged ";
	for (p = 0; p < v->block->nr_params; p++) {
		c = cell_of(v, v->rows[row], v->block->params[p]);
		if (!c || c->charge.uses < 0)
			continue;
		doc_print(d, "%s%lld of %lld B (%lld)", between,
			  c->charge.percpu, c->charge.uses,
			  v->block->params[p]);
		between = ", ";
	}
	doc_end(d);
}

static void put_all_charges(struct doc *d, const struct view *v)
{
	size_t i, before;

	doc_put(d, DOC_TITLE,
		"percpu bytes charged, of those its values use, while it is held (size):");
	for (i = 0; i < v->nr_rows; i++) {
		if (!has_charges(v, v->rows[i]))
			continue;
		for (before = 0; before < i; before++)
			if (same_charges(v, v->rows[before], v->rows[i]))
				break;
		if (before == i)
			put_charges(d, v, i);
	}
}

static const char *row_label(const void *ctx, size_t row)
{
	const struct view *v = ctx;

	/* A row more than the kernels' is the published one. */
	if (row == v->nr_rows)
		return "published";
	return v->report->table->kernels[v->rows[row]].name;
}

static void put_head(const struct view *v, size_t col, char text[GRID_CELL_LEN])
{
	snprintf(text, GRID_CELL_LEN, "%lld", v->block->params[col]);
}

/* What was published for the sizes of the block, the first if @param is -1. */
static const struct published_map *published(const struct view *v,
					     long long param)
{
	const struct published *all = v->report->published;
	const char *topology;
	const struct published_map *map = NULL;
	size_t p;

	if (!all)
		return NULL;
	topology = v->report->table->topologies.name[v->block->topology];
	if (param >= 0)
		return published_map_find(all, topology, param);
	for (p = 0; p < v->block->nr_params && !map; p++)
		map = published_map_find(all, topology, v->block->params[p]);
	return map;
}

static void delta_cell(const void *ctx, size_t row, size_t col,
		       char text[GRID_CELL_LEN])
{
	const struct view *v = ctx;
	const struct table_cell *c, *base;
	const struct published_map *map;

	if (row == GRID_HEAD) {
		put_head(v, col, text);
		return;
	}
	if (row == v->nr_rows) {
		map = published(v, v->block->params[col]);
		if (map)
			snprintf(text, GRID_CELL_LEN, "%+.1f%%",
				 map->delta_pct);
		else
			snprintf(text, GRID_CELL_LEN, "-");
		return;
	}
	c = cell_of(v, v->rows[row], v->block->params[col]);
	base = cell_of(v, v->base, v->block->params[col]);
	if (c && c->valid && base && base->valid)
		snprintf(text, GRID_CELL_LEN, "%+.2f%%",
			 100 * (c->on - base->on) / base->on);
	else
		snprintf(text, GRID_CELL_LEN, "-");
}

static void share_cell(const void *ctx, size_t row, size_t col,
		       char text[GRID_CELL_LEN])
{
	const struct view *v = ctx;
	const struct table_cell *c, *alloc;
	long long param;

	if (row == GRID_HEAD) {
		put_head(v, col, text);
		return;
	}
	param = v->block->params[col];
	c = cell_of(v, v->rows[row], param);
	alloc = table_find(v->report->table, v->alloc, v->rows[row], param);
	if (c && c->valid && alloc && alloc->valid)
		snprintf(text, GRID_CELL_LEN, "%.2f%%",
			 100 * (double)c->charge.values * alloc->cost / c->on);
	else
		snprintf(text, GRID_CELL_LEN, "-");
}

static void put_grid(struct doc *d, const struct view *v, size_t nr_rows,
		     void (*cell)(const void *ctx, size_t row, size_t col,
				  char text[GRID_CELL_LEN]))
{
	const struct grid g = {
		.corner = "size, B",
		.nr_rows = nr_rows,
		.nr_cols = v->block->nr_params,
		.label = row_label,
		.cell = cell,
		.ctx = v,
	};

	doc_grid(d, &g);
}

static const struct bench *bench_of(const struct view *v)
{
	return bench_find(v->report->table->benches.name[v->block->bench]);
}

/* Creating and destroying together, as was published? */
static bool whole(const struct view *v)
{
	const struct bench *bench = bench_of(v);

	return bench && bench->beside;
}

/* The other kernels against "baseline", where there are both. */
static void put_deltas(struct doc *d, struct view v)
{
	const struct table_kernel *kernels = v.report->table->kernels;
	unsigned int rows[v.nr_rows + 1];
	const struct published_map *map;
	bool found = false;
	size_t i, nr = 0;

	for (i = 0; i < v.nr_rows; i++) {
		if (!strcmp(kernels[v.rows[i]].name, "baseline")) {
			v.base = v.rows[i];
			found = true;
		}
	}
	if (!found || v.nr_rows < 2)
		return;
	/* baseline's row of zeros would only take the eye. */
	for (i = 0; i < v.nr_rows; i++)
		if (v.rows[i] != v.base)
			rows[nr++] = v.rows[i];
	v.rows = rows;
	v.nr_rows = nr;
	map = whole(&v) ? published(&v, -1) : NULL;
	if (map)
		doc_put(d, DOC_TITLE,
			"on, against baseline's; published: the full series, %s, two boots, called noise",
			map->machine);
	else
		doc_put(d, DOC_TITLE, "on, against baseline's");
	put_grid(d, &v, v.nr_rows + !!map, delta_cell);
}

static const struct table_block *find_alloc(const struct view *v)
{
	const struct bench *part = bench_find(bench_of(v)->beside);
	const struct table *t = v->report->table;
	const struct table_block *b;

	for (b = t->blocks; b < t->blocks + t->nr_blocks; b++)
		if (b->topology == v->block->topology &&
		    b->instrument == v->block->instrument &&
		    b->bench != TABLE_NO_BENCH &&
		    bench_find(t->benches.name[b->bench]) == part)
			return b;
	return NULL;
}

void report_charge(struct doc *d, const struct report *r,
		   const struct table_block *b, const unsigned int *rows,
		   size_t nr_rows)
{
	struct view v = {
		.report = r, .block = b, .rows = rows, .nr_rows = nr_rows,
	};

	put_all_charges(d, &v);
	put_deltas(d, v);
	/* Parts of the whole would need a part of the alloc's cost. */
	v.alloc = whole(&v) ? find_alloc(&v) : NULL;
	if (v.alloc) {
		doc_put(d, DOC_TITLE,
			"percpu accounting in on: values charged x %s's cost",
			bench_of(&v)->beside);
		put_grid(d, &v, v.nr_rows, share_cell);
	}
}
