/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Short descriptions of many topologies: `1,2,4,..,4096` CPUs on `1..8` nodes.
 */
#ifndef PCPUBENCH_PLAN_GRID_H
#define PCPUBENCH_PLAN_GRID_H

#include <stddef.h>

#include "plan/topology.h"

/* No duplicates, in the order in which they were added. */
struct grid {
	struct topology *topos;
	size_t nr;
};

struct grid_list {
	unsigned int *vals;
	size_t nr;
};

/**
 * grid_list_parse - numbers from @min to @max, given as A,B,C with ranges
 * @what: names the list in messages
 *
 * `A..B` is every number from A to B. `A,B,..,Z` goes on from A to B in equal
 * steps, `A,B,C,..,Z` by the equal steps or else the equal factor of the three,
 * and has to arrive at Z. Returns 0, EX_USE or EX_FAIL with err(); then @list
 * holds nothing.
 */
int grid_list_parse(const char *what, const char *text, unsigned int min,
		    unsigned int max, struct grid_list *list);
void grid_list_free(struct grid_list *list);

/* Add one topology, if it is not there yet. 0 or EX_FAIL. */
int grid_add(struct grid *grid, const struct topology *topo);

/* Add the topologies of `176c1n,80c2n`. 0, EX_USE or EX_FAIL. */
int grid_add_names(struct grid *grid, const char *text);

/**
 * grid_add_product - add every combination of three lists
 * @cpus, @nodes, @mem_nodes: texts for grid_list_parse(); NULL for the nodes
 *	is "1", for memory-only nodes "0"
 *
 * What cannot be, fewer CPUs than nodes, is left out; when nothing is left, or
 * a combination has too many nodes, that is EX_USE.
 */
int grid_add_product(struct grid *grid, const char *cpus, const char *nodes,
		     const char *mem_nodes);

void grid_free(struct grid *grid);

#endif
