// SPDX-License-Identifier: GPL-2.0-or-later
/* The stacks of a cell, and their folded form. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/print.h"
#include "profile/symbols.h"

static double weigh(const struct profile *p, const struct profile_node *n,
		    enum profile_weight weight)
{
	double off = profile_value(p, n->insns, PROFILE_OFF);
	double on = profile_value(p, n->insns, PROFILE_ON);

	return weight == WEIGHT_OFF ? off : weight == WEIGHT_ON ? on : on - off;
}

static uint32_t find(struct stack_node *nodes, size_t *nr, uint32_t parent,
		     const char *function)
{
	size_t i = parent == PROFILE_ROOT ? 0 : parent + 1;

	for (; i < *nr; i++)
		if (nodes[i].parent == parent &&
		    !strcmp(nodes[i].function, function))
			return i;
	nodes[*nr] = (struct stack_node){
		.parent = parent,
		.function = function,
	};
	return (*nr)++;
}

/* @map: the stack node of each node of @p, PROFILE_ROOT for the loop's. */
static void merge(const struct profile *p, enum profile_weight weight,
		  bool into_before, struct stack_node *nodes, size_t *nr,
		  uint32_t *map)
{
	for (size_t i = 0; i < p->nr_nodes; i++) {
		const struct profile_node *n = &p->nodes[i];
		const char *name = p->functions[n->function];
		uint32_t parent = n->parent == PROFILE_ROOT ? PROFILE_ROOT :
							      map[n->parent];

		map[i] = PROFILE_ROOT;
		if (parent == PROFILE_ROOT &&
		    !strncmp(name, SYMBOLS_MODULE, strlen(SYMBOLS_MODULE))) {
			/* All of the loop is one node beside its callees. */
			uint32_t loop = find(nodes, nr, PROFILE_ROOT,
					     PROFILE_LOOP);

			if (into_before)
				nodes[loop].before += weigh(p, n, weight);
			else
				nodes[loop].self += weigh(p, n, weight);
			continue;
		}
		map[i] = find(nodes, nr, parent, name);
		if (into_before)
			nodes[map[i]].before += weigh(p, n, weight);
		else
			nodes[map[i]].self += weigh(p, n, weight);
	}
}

int profile_stacks(const struct profile *p, const struct profile *before,
		   enum profile_weight weight, struct stack_node **nodes,
		   size_t *nr)
{
	size_t most = p->nr_nodes + (before ? before->nr_nodes : 0) + 1;
	uint32_t *map = calloc(most, sizeof(*map));

	*nr = 0;
	*nodes = calloc(most, sizeof(**nodes));
	if (!map || !*nodes) {
		free(map);
		free(*nodes);
		return no_memory();
	}
	merge(p, weight, false, *nodes, nr, map);
	/* Without @before, compare with arm off. */
	if (before)
		merge(before, weight, true, *nodes, nr, map);
	else if (weight != WEIGHT_COST)
		merge(p, WEIGHT_OFF, true, *nodes, nr, map);
	free(map);
	return 0;
}

static void put_path(FILE *out, const struct stack_node *nodes, uint32_t i)
{
	if (nodes[i].parent != PROFILE_ROOT) {
		put_path(out, nodes, nodes[i].parent);
		fputc(';', out);
	}
	fputs(nodes[i].function, out);
}

int profile_folded(FILE *out, const struct profile *p,
		   const struct profile *before, enum profile_weight weight)
{
	struct stack_node *nodes;
	size_t nr, i;
	int e = profile_stacks(p, before, weight, &nodes, &nr);

	if (e)
		return e;
	for (i = 0; i < nr; i++) {
		if (nodes[i].self == 0 && (!before || nodes[i].before == 0))
			continue;
		put_path(out, nodes, i);
		if (before)
			fprintf(out, " %.10g", nodes[i].before);
		fprintf(out, " %.10g\n", nodes[i].self);
	}
	free(nodes);
	return 0;
}
