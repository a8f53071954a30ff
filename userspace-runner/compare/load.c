// SPDX-License-Identifier: GPL-2.0-or-later
/* Loads two sides, and matches their cells. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "compare/compare.h"
#include "compare/sides.h"
#include "results/table_load.h"

void compare_options_init(struct compare_options *opt)
{
	*opt = (struct compare_options){ .alpha = 0.05, .confidence = 0.95 };
}

static const struct table_block *same_block(const struct table *t,
					    const struct compare_group *g)
{
	const struct table_block *b;

	for (b = t->blocks; b < t->blocks + t->nr_blocks; b++)
		if (b->bench != TABLE_NO_BENCH &&
		    !strcmp(t->topologies.name[b->topology], g->topology) &&
		    !strcmp(t->instruments.name[b->instrument], g->instrument) &&
		    !strcmp(t->benches.name[b->bench], g->bench))
			return b;
	return NULL;
}

static const struct table_cell *cell_at(const struct table *t,
					const struct table_block *b,
					unsigned int kernel, long long param)
{
	return b && kernel != COMPARE_NO_KERNEL ?
		table_find(t, b, kernel, param) : NULL;
}

static size_t valid_boots(const struct table_cell *cell)
{
	return cell && cell->valid ? cell->nr_values : 0;
}

static int add_cell(struct compare_group *g, const struct table_cell *old,
		    const struct table_cell *new,
		    const struct table_cell *control, long long param)
{
	struct compare_cell cell = {
		.old = old,
		.new = new,
		.control = control,
		.param = param,
		.exact = instrument_find(g->instrument)->exact,
		.nr_old = valid_boots(old),
		.nr_new = valid_boots(new),
		.judged = { true, true, true },
	};
	size_t i;

	for (i = 0; i < g->nr_cells; i++)
		if (g->cells[i].param == param)
			return 0;
	if (!old && !new)
		return 0;
	g->unit = old ? old->unit : new->unit;
	if (array_room(&g->cells, g->nr_cells, sizeof(cell)))
		return EX_FAIL;
	g->cells[g->nr_cells++] = cell;
	return 0;
}

static int compare_params(const void *x, const void *y)
{
	const struct compare_cell *a = x, *b = y;

	return (a->param > b->param) - (a->param < b->param);
}

/* Add all cells of one pair in a block of either side. */
static int add_group(struct compare *c, size_t pair, const struct table *t,
		     const struct table_block *block)
{
	const struct compare_pair *p = &c->pairs[pair];
	struct compare_group g = {
		.topology = t->topologies.name[block->topology],
		.instrument = t->instruments.name[block->instrument],
		.bench = t->benches.name[block->bench],
		.pair = pair,
	};
	const struct table_block *b[2], *control;
	unsigned int k;
	size_t side, i;

	for (i = 0; i < c->nr_groups; i++)
		if (c->groups[i].pair == pair &&
		    !strcmp(c->groups[i].topology, g.topology) &&
		    !strcmp(c->groups[i].instrument, g.instrument) &&
		    !strcmp(c->groups[i].bench, g.bench))
			return 0;
	b[0] = same_block(&c->old, &g);
	b[1] = same_block(&c->new, &g);
	control = same_block(&c->control, &g);
	k = compare_control_kernel(c, p);
	for (side = 0; side < 2; side++)
		for (i = 0; b[side] && i < b[side]->nr_params; i++) {
			long long param = b[side]->params[i];

			if (add_cell(&g, cell_at(&c->old, b[0], p->old, param),
				     cell_at(&c->new, b[1], p->new, param),
				     cell_at(&c->control, control, k, param),
				     param))
				goto fail;
		}
	if (!g.nr_cells)
		return 0;
	qsort(g.cells, g.nr_cells, sizeof(*g.cells), compare_params);
	if (array_room(&c->groups, c->nr_groups, sizeof(g)))
		goto fail;
	c->groups[c->nr_groups++] = g;
	return 0;
fail:
	free(g.cells);
	return EX_FAIL;
}

static int add_groups(struct compare *c)
{
	const struct table *sides[] = { &c->old, &c->new };
	size_t s, i, p;

	for (s = 0; s < 2; s++)
		for (i = 0; i < sides[s]->nr_blocks; i++)
			for (p = 0; p < c->nr_pairs; p++)
				if (sides[s]->blocks[i].bench != TABLE_NO_BENCH &&
				    add_group(c, p, sides[s],
					      &sides[s]->blocks[i]))
					return EX_FAIL;
	return 0;
}

int compare_load(struct compare *c, const char *old, const char *new,
		 const struct compare_options *opt)
{
	struct side o = { 0 }, n = { 0 }, ctl = { 0 };
	int e;

	memset(c, 0, sizeof(*c));
	c->opt = *opt;
	c->control_kernel = COMPARE_NO_KERNEL;
	e = side_parse(&o, old, NULL);
	if (!e)
		e = side_parse(&n, new, &o);
	if (!e && opt->control)
		e = side_parse(&ctl, opt->control, NULL);
	if (!e)
		e = table_load(&c->old, o.files, o.nr_files);
	if (!e)
		e = table_load(&c->new, n.files, n.nr_files);
	if (!e && opt->control)
		e = table_load(&c->control, ctl.files, ctl.nr_files);
	if (!e)
		e = side_kernel(&ctl, &c->control, &c->control_kernel);
	if (!e)
		e = pair_kernels(c, &o, &n);
	if (!e)
		e = add_groups(c);
	if (!e)
		e = compare_check(c);
	side_free(&o);
	side_free(&n);
	side_free(&ctl);
	if (e)
		compare_free(c);
	return e;
}

bool compare_has_numbers(const struct compare *c)
{
	size_t i, k;

	for (i = 0; i < c->nr_groups; i++)
		for (k = 0; k < c->groups[i].nr_cells; k++)
			if (!c->groups[i].cells[k].reason[0])
				return true;
	return false;
}

void compare_free(struct compare *c)
{
	size_t i;

	for (i = 0; i < c->nr_groups; i++)
		free(c->groups[i].cells);
	for (i = 0; i < c->nr_differs; i++)
		free(c->differs[i]);
	for (i = 0; i < c->nr_unknown; i++)
		free(c->unknown[i]);
	free(c->groups);
	free(c->differs);
	free(c->unknown);
	free(c->pairs);
	free(c->controls);
	table_free(&c->old);
	table_free(&c->new);
	table_free(&c->control);
	memset(c, 0, sizeof(*c));
}
