// SPDX-License-Identifier: GPL-2.0-or-later
/* Things of one kind together: what has the same text is a group. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/groups.h"
#include "base/memory.h"

int groups_add(struct groups *g, const char *key)
{
	size_t group;

	if (index_add(&g->keys, key, g->nr, &group) ||
	    array_room(&g->of, g->nr_things, sizeof(*g->of)))
		return EX_FAIL;
	g->of[g->nr_things++] = group;
	g->nr += group == g->nr;
	return 0;
}

int groups_end(struct groups *g)
{
	size_t i, at = 0;

	g->first = calloc(g->nr + 1, sizeof(*g->first));
	g->list = calloc(g->nr_things + 1, sizeof(*g->list));
	if (!g->first || !g->list)
		return no_memory();
	/* Sizes, then where each group ends, then filled from its end. */
	for (i = 0; i < g->nr_things; i++)
		g->first[g->of[i]]++;
	for (i = 0; i <= g->nr; i++) {
		at += g->first[i];
		g->first[i] = at;
	}
	for (i = g->nr_things; i--;)
		g->list[--g->first[g->of[i]]] = i;
	return 0;
}

void groups_free(struct groups *g)
{
	index_free(&g->keys);
	free(g->of);
	free(g->first);
	free(g->list);
	memset(g, 0, sizeof(*g));
}
