// SPDX-License-Identifier: GPL-2.0-or-later
/* Loads two sides, and matches their cells. */
#include <stdint.h>
#include <stdio.h>
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

/* Where a table has its blocks, by the names of topology, instrument and bench. */
struct blocks {
	const struct table *table;
	struct index index;
};

/*
 * The groups being made.
 * @had: those that are there
 * @of_old, @of_new: the pair of a kernel of either side, or SIZE_MAX
 */
struct making {
	struct blocks old, new, control;
	struct index had;
	size_t *of_old, *of_new;
};

static char *block_key(const struct table *t, const struct table_block *b)
{
	char *key;

	if (asprintf(&key, "%s\n%s\n%s", t->topologies.name[b->topology],
		     t->instruments.name[b->instrument],
		     t->benches.name[b->bench]) >= 0)
		return key;
	no_memory();
	return NULL;
}

static int index_blocks(struct blocks *blocks, const struct table *t)
{
	size_t place;
	char *key;
	int e = 0;

	blocks->table = t;
	for (size_t i = 0; i < t->nr_blocks && !e; i++) {
		if (t->blocks[i].bench == TABLE_NO_BENCH)
			continue;
		key = block_key(t, &t->blocks[i]);
		e = key ? index_add(&blocks->index, key, i, &place) : EX_FAIL;
		free(key);
	}
	return e;
}

static const struct table_block *same_block(const struct blocks *blocks,
					    const char *key)
{
	size_t place = index_get(&blocks->index, key);

	return place == INDEX_NONE ? NULL : &blocks->table->blocks[place];
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
		.judged = { true, true, true, true },
	};

	if (!old && !new)
		return 0;
	g->unit = old ? old->unit : new->unit;
	if (array_room(&g->cells, g->nr_cells, sizeof(cell)))
		return EX_FAIL;
	g->cells[g->nr_cells++] = cell;
	return 0;
}

/* Add the cells of each size that either block has, in their order. */
static int add_cells(struct compare *c, struct compare_group *g,
		     const struct table_block *old,
		     const struct table_block *new,
		     const struct table_block *control)
{
	const struct compare_pair *p = &c->pairs[g->pair];
	const unsigned int k = compare_control_kernel(c, p);
	size_t i = 0, j = 0, nr_old = old ? old->nr_params : 0;
	size_t nr_new = new ? new->nr_params : 0;
	long long param;
	int e = 0;

	while ((i < nr_old || j < nr_new) && !e) {
		if (j == nr_new ||
		    (i < nr_old && old->params[i] <= new->params[j]))
			param = old->params[i];
		else
			param = new->params[j];
		i += i < nr_old && old->params[i] == param;
		j += j < nr_new && new->params[j] == param;
		e = add_cell(g, cell_at(&c->old, old, p->old, param),
			     cell_at(&c->new, new, p->new, param),
			     cell_at(&c->control, control, k, param), param);
	}
	return e;
}

/* Add all cells of one pair in the blocks that are called @key. */
static int add_group(struct compare *c, struct making *m, size_t pair,
		     const struct table *t, const struct table_block *block,
		     const char *key)
{
	struct compare_group g = {
		.topology = t->topologies.name[block->topology],
		.instrument = t->instruments.name[block->instrument],
		.bench = t->benches.name[block->bench],
		.pair = pair,
	};
	size_t had;
	char *name;
	int e;

	if (asprintf(&name, "%zu\n%s", pair, key) < 0)
		return no_memory();
	e = index_add(&m->had, name, c->nr_groups, &had);
	free(name);
	if (e || had != c->nr_groups)
		return e;
	table_place(&c->old, g.topology, g.instrument, &g.old);
	table_place(&c->new, g.topology, g.instrument, &g.new);
	e = add_cells(c, &g, same_block(&m->old, key), same_block(&m->new, key),
		      same_block(&m->control, key));
	if (!e && g.nr_cells)
		e = array_room(&c->groups, c->nr_groups, sizeof(g));
	if (e || !g.nr_cells) {
		free(g.cells);
		return e;
	}
	c->groups[c->nr_groups++] = g;
	return 0;
}

static int compare_sizes(const void *x, const void *y)
{
	const size_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

/* Add to @list the pairs of the kernels that had boots at this place. */
static size_t add_pairs(size_t *list, size_t nr, const struct table *t,
			const struct table_block *block, const size_t *of)
{
	size_t tallies;
	const struct table_tally *tally = table_tallies(t, block, &tallies);

	for (size_t i = 0; i < tallies; i++)
		if (of[tally[i].kernel] != SIZE_MAX)
			list[nr++] = of[tally[i].kernel];
	return nr;
}

/* Add the groups of a block of either side, in the order of the pairs. */
static int add_block(struct compare *c, struct making *m, const struct table *t,
		     const struct table_block *block, size_t *list)
{
	const char *topology = t->topologies.name[block->topology];
	const char *instrument = t->instruments.name[block->instrument];
	struct table_block place;
	size_t nr = 0;
	char *key = block_key(t, block);
	int e = key ? 0 : EX_FAIL;

	if (table_place(&c->old, topology, instrument, &place))
		nr = add_pairs(list, nr, &c->old, &place, m->of_old);
	if (table_place(&c->new, topology, instrument, &place))
		nr = add_pairs(list, nr, &c->new, &place, m->of_new);
	qsort(list, nr, sizeof(*list), compare_sizes);
	for (size_t i = 0; i < nr && !e; i++)
		if (!i || list[i] != list[i - 1])
			e = add_group(c, m, list[i], t, block, key);
	free(key);
	return e;
}

static size_t *pairs_of(const struct compare *c, const struct table *t, bool old)
{
	size_t *of = calloc(t->nr_kernels + 1, sizeof(*of)), i;
	unsigned int kernel;

	for (i = 0; of && i < t->nr_kernels; i++)
		of[i] = SIZE_MAX;
	for (i = 0; of && i < c->nr_pairs; i++) {
		kernel = old ? c->pairs[i].old : c->pairs[i].new;
		if (kernel != COMPARE_NO_KERNEL)
			of[kernel] = i;
	}
	if (!of)
		no_memory();
	return of;
}

static int add_groups(struct compare *c)
{
	const struct table *sides[] = { &c->old, &c->new };
	struct making m = {
		.of_old = pairs_of(c, &c->old, true),
		.of_new = pairs_of(c, &c->new, false),
	};
	size_t *list = calloc(c->old.nr_kernels + c->new.nr_kernels + 1,
			      sizeof(*list));
	size_t s, i;
	int e = EX_FAIL;

	if (!list)
		no_memory();
	if (list && m.of_old && m.of_new)
		e = index_blocks(&m.old, &c->old);
	if (!e)
		e = index_blocks(&m.new, &c->new);
	if (!e)
		e = index_blocks(&m.control, &c->control);
	for (s = 0; s < 2; s++)
		for (i = 0; i < sides[s]->nr_blocks && !e; i++)
			if (sides[s]->blocks[i].bench != TABLE_NO_BENCH)
				e = add_block(c, &m, sides[s],
					      &sides[s]->blocks[i], list);
	index_free(&m.old.index);
	index_free(&m.new.index);
	index_free(&m.control.index);
	index_free(&m.had);
	free(m.of_old);
	free(m.of_new);
	free(list);
	return e;
}

static void begin(struct compare *c, const struct compare_options *opt)
{
	memset(c, 0, sizeof(*c));
	c->opt = *opt;
	c->control_kernel = COMPARE_NO_KERNEL;
}

/* Of the pairs that are there. */
static int match(struct compare *c)
{
	int e = add_groups(c);

	return e ? e : compare_check(c);
}

int compare_kernels(struct compare *c, const struct table *t, unsigned int old,
		    unsigned int new, const struct compare_options *opt)
{
	int e;

	begin(c, opt);
	c->old = *t;
	c->new = *t;
	c->borrowed = true;
	e = pair_add(c, old, new);
	if (!e)
		e = match(c);
	if (e)
		compare_free(c);
	return e;
}

int compare_load(struct compare *c, const char *old, const char *new,
		 const struct compare_options *opt)
{
	struct side o = { 0 }, n = { 0 }, ctl = { 0 };
	int e;

	begin(c, opt);
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
		e = match(c);
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
	index_free(&c->lines);
	if (!c->borrowed) {
		table_free(&c->old);
		table_free(&c->new);
	}
	table_free(&c->control);
	memset(c, 0, sizeof(*c));
}
