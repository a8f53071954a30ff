// SPDX-License-Identifier: GPL-2.0-or-later
/* The places and sizes that any of several comparisons measured. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/lkml_set.h"

const struct compare_group *lkml_group(const struct compare *c,
				       const struct compare_group *g)
{
	for (size_t i = 0; i < c->nr_groups; i++)
		if (!strcmp(c->groups[i].topology, g->topology) &&
		    !strcmp(c->groups[i].instrument, g->instrument) &&
		    !strcmp(c->groups[i].bench, g->bench))
			return &c->groups[i];
	return NULL;
}

/* Has one of the first @nr comparisons @g's place? */
static bool is_had(const struct lkml *l, size_t nr, const struct compare_group *g)
{
	for (size_t k = 0; k < nr; k++)
		if (lkml_group(&l->compares[k], g))
			return true;
	return false;
}

const struct compare_group **lkml_groups(const struct lkml *l, size_t *nr)
{
	const struct compare_group **all;
	size_t room = 1, k, i;

	for (k = 0; k < l->nr; k++)
		room += l->compares[k].nr_groups;
	all = calloc(room, sizeof(*all));
	*nr = 0;
	if (!all)
		no_memory();
	for (k = 0; all && k < l->nr; k++)
		for (i = 0; i < l->compares[k].nr_groups; i++)
			if (!is_had(l, k, &l->compares[k].groups[i]))
				all[(*nr)++] = &l->compares[k].groups[i];
	return all;
}

static int ascending(const void *a, const void *b)
{
	const long long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool has_size(const long long *sizes, size_t nr, long long size)
{
	while (nr)
		if (sizes[--nr] == size)
			return true;
	return false;
}

long long *lkml_sizes(const struct lkml *l, const struct compare_group *g,
		      size_t *nr)
{
	const struct compare_group *other;
	size_t room = 1, k, i;
	long long *sizes;

	for (k = 0; k < l->nr; k++) {
		other = lkml_group(&l->compares[k], g);
		room += other ? other->nr_cells : 0;
	}
	sizes = calloc(room, sizeof(*sizes));
	*nr = 0;
	if (!sizes)
		no_memory();
	for (k = 0; sizes && k < l->nr; k++) {
		other = lkml_group(&l->compares[k], g);
		for (i = 0; other && i < other->nr_cells; i++)
			if (!has_size(sizes, *nr, other->cells[i].param))
				sizes[(*nr)++] = other->cells[i].param;
	}
	if (sizes)
		qsort(sizes, *nr, sizeof(*sizes), ascending);
	return sizes;
}

const struct compare_cell *lkml_cell(const struct compare_group *g,
				     long long size)
{
	for (size_t i = 0; g && i < g->nr_cells; i++)
		if (g->cells[i].param == size)
			return &g->cells[i];
	return NULL;
}

const char *lkml_no_change(const struct compare_cell *cell, enum quantity q)
{
	enum verdict verdict = cell->diff[q].verdict;

	if (cell->reason[0])
		return "-";
	return verdict == VERDICT_UNCLEAR || verdict == VERDICT_FEW ? "~" : NULL;
}

static bool has_run(const struct table *t, const char *id)
{
	for (size_t i = 0; i < t->nr_runs; i++)
		if (!strcmp(t->runs[i].id, id))
			return true;
	return false;
}

bool lkml_is_new_run(const struct lkml *l, size_t k, size_t run)
{
	const char *id = l->compares[k].new.runs[run].id;

	for (size_t i = 0; i < k; i++)
		if (has_run(&l->compares[i].new, id))
			return false;
	return !has_run(&l->compares[0].old, id);
}
