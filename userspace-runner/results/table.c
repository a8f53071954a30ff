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
	free(t->runs);
	free(t->kernels);
	free_names(&t->topologies);
	free_names(&t->instruments);
	free_names(&t->benches);
	free(t->boots);
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

bool table_is_kernel(const struct table_kernel *k, const char *name)
{
	return !strcmp(k->name, name) ||
	       (!k->by_release && !strcmp(k->given, name));
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
	const struct table_cell *c;
	size_t valid = 0;

	*all = 0;
	for (c = t->cells; c < t->cells + t->nr_cells; c++)
		if (c->kernel == kernel) {
			(*all)++;
			valid += c->nr_values > 0;
		}
	return valid;
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

struct table_count table_count(const struct table *t,
			       const struct table_block *block,
			       unsigned int kernel)
{
	struct table_count count = { 0 };
	const struct table_boot *b;

	for (b = t->boots; b < t->boots + t->nr_boots; b++) {
		if (b->kernel != kernel || b->topology != block->topology ||
		    b->instrument != block->instrument)
			continue;
		count.ok += b->status == BOOT_OK &&
			    b == t->boots + b->first;
		count.taken += b->status == BOOT_OK && b->taken;
		count.repeats += b->status == BOOT_OK;
		count.failed += b->status == BOOT_FAILED;
		count.unfinished += b->status == BOOT_UNFINISHED;
	}
	return count;
}
