// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables of a block: kernels by sizes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/block_table.h"

void put_sizes(struct doc *d, const long long *sizes, size_t nr)
{
	doc_row(d, "size, B");
	for (size_t i = 0; i < nr; i++)
		doc_cell(d, sizes[i] ? "%lld" : "any", sizes[i]);
}

void put_kernel_row(struct doc *d, const struct block_view *v, const char *label,
		    unsigned int kernel, place_fn place, const void *ctx)
{
	doc_row(d, "%s", label);
	for (size_t i = 0; i < v->block->nr_params; i++) {
		char text[FIGURE_LEN] = "-";

		place(text, v, kernel, v->block->params[i], ctx);
		doc_cell(d, "%s", text);
	}
}

void put_kernels(struct doc *d, const struct block_view *v, place_fn place,
		 const void *ctx)
{
	put_sizes(d, v->block->params, v->block->nr_params);
	for (size_t i = 0; i < v->nr_rows; i++)
		put_kernel_row(d, v, block_kernel(v, v->rows[i]), v->rows[i],
			       place, ctx);
	doc_table(d);
}

static void place_locked(char text[FIGURE_LEN], double amount, bool sign)
{
	if (!isnan(amount))
		figure_amount(text, amount, sign);
}

static void place_valid(char text[FIGURE_LEN], const struct table_cell *cell,
			enum figure what, double scale)
{
	switch (what) {
	case PERCENT:
		figure_percent(text, cell->cost_pct);
		break;
	case OFF:
		figure_amount(text, cell->off * scale, false);
		break;
	case COST:
		figure_amount(text, cell->cost * scale, true);
		break;
	case LOCKED_OFF:
		place_locked(text, cell->locked.off, false);
		break;
	case LOCKED_COST:
		place_locked(text, cell->locked.on - cell->locked.off, true);
		break;
	}
}

bool block_in_us(const struct block_view *v)
{
	const struct table *t = v->report->table;
	const struct bench *bench = bench_find(t->benches.name[v->block->bench]);

	return bench && bench->in_us &&
	       !strcmp(table_instrument(t, v->block->instrument)->unit, "ns");
}

void block_place(char text[FIGURE_LEN], const struct block_view *v,
		  unsigned int kernel, long long size, const void *what)
{
	static const char * const words[] = {
		[TABLE_INVALID] = "invalid",
		[TABLE_FAILED] = "failed",
		[TABLE_MISSING] = "-",
	};
	const struct table_cell *cell;
	enum table_state state;

	state = table_state(v->report->table, v->block, kernel, size, &cell);
	if (state == TABLE_VALID)
		place_valid(text, cell, *(const enum figure *)what,
			    block_in_us(v) ? 1e-3 : 1);
	else
		snprintf(text, FIGURE_LEN, "%s", words[state]);
}

const char *block_kernel(const struct block_view *v, unsigned int kernel)
{
	return v->report->table->kernels[kernel].name;
}

const struct table_cell *block_valid(const struct block_view *v,
				     unsigned int kernel, long long size)
{
	const struct table_cell *cell;

	cell = table_find(v->report->table, v->block, kernel, size);
	return cell && cell->valid ? cell : NULL;
}

const char *report_has_published(const struct block_view *v,
				 unsigned int kernel)
{
	const struct published_row *row;
	size_t p;

	for (p = 0; p < v->block->nr_params; p++) {
		row = report_published(v->report, v->block, kernel,
				       v->block->params[p]);
		if (row)
			return row->machine;
	}
	return NULL;
}

void report_place_published(char text[FIGURE_LEN], const struct block_view *v,
			    unsigned int kernel, long long size,
			    const void *ctx)
{
	const struct published_row *row;

	(void)ctx;
	row = report_published(v->report, v->block, kernel, size);
	if (row)
		figure_percent(text, row->cost_pct);
}
