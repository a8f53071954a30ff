// SPDX-License-Identifier: GPL-2.0-or-later
/* Looks things up in the table of results files. */
#include <stdlib.h>
#include <string.h>

#include "results/record.h"
#include "results/table.h"

int table_order_cells(const void *x, const void *y)
{
	const struct table_cell *a = x, *b = y;
	int d;

	d = table_order(a->topology, b->topology);
	d = d ? d : table_order(a->instrument, b->instrument);
	d = d ? d : table_order(a->bench, b->bench);
	d = d ? d : table_order(a->kernel, b->kernel);
	return d ? d : (a->param > b->param) - (a->param < b->param);
}

static void free_names(struct table_names *names)
{
	for (size_t i = 0; i < names->nr; i++)
		free(names->name[i]);
	free(names->name);
	index_free(&names->index);
}

void table_free(struct table *t)
{
	size_t i;

	for (i = 0; i < t->nr_runs; i++)
		boots_free(&t->runs[i].boots);
	for (i = 0; i < t->nr_kernels; i++) {
		free(t->kernels[i].label);
		free(t->kernels[i].subject);
		free(t->kernels[i].harness);
	}
	for (i = 0; i < t->nr_cells; i++) {
		free(t->cells[i].values);
		free(t->cells[i].each);
		free(t->cells[i].invalid);
		free(t->cells[i].reason);
	}
	for (i = 0; i < t->nr_blocks; i++)
		free(t->blocks[i].params);
	index_free(&t->labels);
	free(t->runs);
	free(t->kernels);
	free_names(&t->topologies);
	free_names(&t->instruments);
	free_names(&t->benches);
	free(t->boots);
	free(t->places);
	free(t->of_kernels);
	free(t->tallies);
	free(t->cells);
	free(t->blocks);
	memset(t, 0, sizeof(*t));
}

bool cmdline_has(const char *cmdline, const char *word)
{
	size_t len = strlen(word);
	const char *at = cmdline;

	for (; at && (at = strstr(at, word)); at += len)
		if ((at == cmdline || at[-1] == ' ') &&
		    (!at[len] || at[len] == ' '))
			return true;
	return false;
}

bool table_is_given(const struct table_kernel *k, const char *word)
{
	return !k->by_release && !strcmp(k->given, word);
}

unsigned int table_kernel(const struct table *t, const char *word)
{
	unsigned int of_files = TABLE_NO_KERNEL, named = TABLE_NO_KERNEL, i;

	for (i = 0; i < t->nr_kernels; i++) {
		if (!strcmp(t->kernels[i].given, word))
			of_files = of_files == TABLE_NO_KERNEL ? i :
				   TABLE_KERNELS;
		if (!strcmp(t->kernels[i].name, word))
			named = i;
	}
	return of_files != TABLE_NO_KERNEL ? of_files : named;
}

bool cmdline_is_control(const char *cmdline)
{
	return cmdline_has(cmdline, "cgroup.memory=nokmem");
}

bool table_is_control(const struct table_kernel *k)
{
	return cmdline_is_control(k->cmdline);
}

size_t table_valid_cells(const struct table *t, unsigned int kernel,
			 size_t *all)
{
	*all = kernel < t->nr_kernels ? t->kernels[kernel].nr_cells : 0;
	return kernel < t->nr_kernels ? t->kernels[kernel].nr_valid : 0;
}

const struct table_cell *table_find(const struct table *t,
				    const struct table_block *block,
				    unsigned int kernel, long long param)
{
	const struct table_cell key = {
		.topology = block->topology,
		.instrument = block->instrument,
		.bench = block->bench,
		.kernel = kernel,
		.param = param,
	};

	if (!t->nr_cells)
		return NULL;
	return bsearch(&key, t->cells, t->nr_cells, sizeof(key),
		       table_order_cells);
}

enum table_state table_state(const struct table *t,
			     const struct table_block *block,
			     unsigned int kernel, long long param,
			     const struct table_cell **cell)
{
	struct table_count boots = table_count(t, block, kernel);

	*cell = table_find(t, block, kernel, param);
	if (*cell)
		return (*cell)->valid ? TABLE_VALID : TABLE_INVALID;
	return boots.failed && !boots.ok ? TABLE_FAILED : TABLE_MISSING;
}

static int order_places(const struct table_block *block, unsigned int topology,
			unsigned int instrument)
{
	int d = table_order(topology, block->topology);

	return d ? d : table_order(instrument, block->instrument);
}

/*
 * The first of @nr sorted things that is not below @block, for which @order tells
 * how the thing with a number compares with it; or, with @past, that is above it.
 */
static size_t bound(const struct table *t, const struct table_block *block,
		    size_t nr, bool past,
		    int (*order)(const struct table *t, size_t i,
				 const struct table_block *block))
{
	size_t low = 0, high = nr, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (order(t, mid, block) < past)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int order_tally(const struct table *t, size_t i,
		       const struct table_block *block)
{
	return order_places(block, t->tallies[i].topology,
			    t->tallies[i].instrument);
}

const struct table_tally *table_tallies(const struct table *t,
					const struct table_block *block,
					size_t *nr)
{
	size_t first = bound(t, block, t->nr_tallies, false, order_tally);

	*nr = bound(t, block, t->nr_tallies, true, order_tally) - first;
	return t->tallies + first;
}

static int order_boot(const struct table *t, size_t i,
		      const struct table_block *block)
{
	const struct table_boot *b = &t->boots[t->places[i]];

	return order_places(block, b->topology, b->instrument);
}

const size_t *table_boots(const struct table *t,
			  const struct table_block *block, size_t *nr)
{
	size_t first = bound(t, block, t->nr_boots, false, order_boot);

	*nr = bound(t, block, t->nr_boots, true, order_boot) - first;
	return t->places + first;
}

static int order_cell(const struct table *t, size_t i,
		      const struct table_block *block)
{
	const struct table_cell *c = &t->cells[i];
	int d = order_places(block, c->topology, c->instrument);

	return d ? d : table_order(c->bench, block->bench);
}

const struct table_cell *table_cells(const struct table *t,
				     const struct table_block *block,
				     size_t *nr)
{
	size_t first = bound(t, block, t->nr_cells, false, order_cell);

	*nr = bound(t, block, t->nr_cells, true, order_cell) - first;
	return t->cells + first;
}

bool table_place(const struct table *t, const char *topology,
		 const char *instrument, struct table_block *block)
{
	size_t at = index_get(&t->topologies.index, topology);
	size_t by = index_get(&t->instruments.index, instrument);

	*block = (struct table_block){
		.topology = (unsigned int)at, .instrument = (unsigned int)by,
		.bench = TABLE_NO_BENCH,
	};
	return at != INDEX_NONE && by != INDEX_NONE;
}

const struct table_tally *table_tally(const struct table *t,
				      const struct table_block *block,
				      unsigned int kernel)
{
	size_t nr, low = 0, high, mid;
	const struct table_tally *tallies = table_tallies(t, block, &nr);

	for (high = nr; low < high;) {
		mid = low + (high - low) / 2;
		if (tallies[mid].kernel < kernel)
			low = mid + 1;
		else
			high = mid;
	}
	return low < nr && tallies[low].kernel == kernel ? &tallies[low] : NULL;
}

struct table_count table_count(const struct table *t,
			       const struct table_block *block,
			       unsigned int kernel)
{
	const struct table_tally *tally = table_tally(t, block, kernel);

	return tally ? tally->count : (struct table_count){ 0 };
}
