// SPDX-License-Identifier: GPL-2.0-or-later
/* The cost that each patch of a series adds, from cells of its steps. */
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "series/price.h"

static const struct table_cell *cell_at(const struct price *p,
					const struct table_block *block,
					size_t step, long long param,
					enum table_state *state)
{
	const struct table_cell *cell = NULL;
	unsigned int k;

	*state = TABLE_MISSING;
	for (k = 0; k < p->table.nr_kernels; k++)
		if (table_is_given(&p->table.kernels[k],
				    p->steps[step].kernel))
			*state = table_state(&p->table, block, k, param, &cell);
	return cell;
}

const struct table_cell *price_cell(const struct price *p,
				    const struct table_block *block,
				    size_t step, long long param)
{
	enum table_state state;
	const struct table_cell *cell = cell_at(p, block, step, param, &state);

	return state == TABLE_VALID ? cell : NULL;
}

size_t price_from(const struct price *p, const struct table_block *block,
		  size_t step, long long param)
{
	while (step-- > 0)
		if (price_cell(p, block, step, param))
			return step;
	return PRICE_NONE;
}

size_t price_last(const struct price *p, const struct table_block *block,
		  long long param)
{
	return price_from(p, block, p->nr, param);
}

double price_diff(const struct price *p, const struct table_block *block,
		  size_t step, long long param, enum quantity q)
{
	const struct table_cell *cell = price_cell(p, block, step, param);
	size_t from = price_from(p, block, step, param);

	if (!cell || from == PRICE_NONE)
		return NAN;
	return compare_exact(price_cell(p, block, from, param), cell, q);
}

double price_sum(const struct price *p, const struct table_block *block,
		 long long param, enum quantity q)
{
	double sum = 0, diff;

	if (!price_cell(p, block, 0, param))
		return NAN;
	for (size_t step = 1; step < p->nr; step++) {
		diff = price_diff(p, block, step, param, q);
		if (isfinite(diff))
			sum += diff;
	}
	return sum;
}

const char *price_bytes_per(const struct price *p,
			    const struct table_block *block)
{
	const struct table_cell *cell;

	for (size_t step = 0; step < p->nr; step++)
		for (size_t i = 0; i < block->nr_params; i++) {
			cell = price_cell(p, block, step, block->params[i]);
			if (cell && cell->bytes.what)
				return cell->bytes.per;
		}
	return NULL;
}

bool price_has(const struct price *p, const struct table_block *block,
	       enum quantity q)
{
	return q != QUANTITY_BYTES || price_bytes_per(p, block);
}

static int check_cell(const struct price *p, const struct table_block *block,
		      long long param, enum quantity q)
{
	size_t last = price_last(p, block, param);
	double sum = price_sum(p, block, param, q), whole;

	if (!isfinite(sum))
		return 0;
	whole = compare_exact(price_cell(p, block, 0, param),
			      price_cell(p, block, last, param), q);
	if (fabs(sum - whole) < 0.005)
		return 0;
	return err(EX_FAIL, "%s %s %lld: the patches add %.2f to %s, and together %.2f: this is a bug",
		   p->name, p->table.topologies.name[block->topology], param,
		   sum, quantity_name(q), whole);
}

int price_check(const struct price *p)
{
	const struct table_block *b;
	enum quantity q;
	size_t i;
	int ret = 0;

	for (b = p->table.blocks; b < p->table.blocks + p->table.nr_blocks; b++)
		for (i = 0; i < b->nr_params && !ret; i++)
			for (q = 0; q < NR_QUANTITIES && !ret; q++)
				if (price_has(p, b, q))
					ret = check_cell(p, b, b->params[i], q);
	return ret;
}

static bool is_missing(const struct price *p, size_t step)
{
	const struct table_block *b;
	size_t i;

	for (b = p->table.blocks; b < p->table.blocks + p->table.nr_blocks; b++) {
		for (i = 0; i < b->nr_params; i++)
			if (!price_cell(p, b, step, b->params[i]))
				return true;
		if (!b->nr_params)
			return true;
	}
	return !p->table.nr_blocks;
}

size_t price_missing(const struct price *p)
{
	size_t nr = 0;

	for (size_t step = 0; step < p->nr; step++)
		nr += is_missing(p, step);
	return nr;
}
