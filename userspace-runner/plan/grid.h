/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Short descriptions of many topologies: `1,2,4,..,4096` CPUs on `1..8` nodes.
 */
#ifndef PCPUBENCH_PLAN_GRID_H
#define PCPUBENCH_PLAN_GRID_H

#include <stddef.h>

#include "base/index.h"
#include "base/options.h"
#include "plan/topology.h"

/*
 * No duplicates, in the order in which they were added.
 * @left_out: number of impossible combinations
 * @had: the topologies by their names
 */
struct grid {
	struct topology *topos;
	size_t nr;
	size_t left_out;
	struct index had;
};

/* A few words can describe more combinations than any machine could list. */
#define GRID_MOST	1000000

/* The axes of a grid, each a text for grid_list_parse(); NULL: not given. */
enum grid_axis {
	GRID_CPUS,
	GRID_NODES,
	GRID_EMPTY_NODES,
	GRID_MEM_NODES,
	NR_GRID_AXES,
};

struct grid_axes {
	const char *list[NR_GRID_AXES];
};

/* "cpus" and so on: names of options and keys of a file. */
extern const char *const grid_axis_name[NR_GRID_AXES];

struct grid_list {
	unsigned int *vals;
	size_t nr;
};

/**
 * grid_list_parse - parse numbers from @min to @max: A,B,C with ranges
 * @what: names the list in messages
 *
 * `A..B` is every number from A to B. `A,B,..,Z` continues in steps of B - A,
 * `A,B,C,..,Z` by the equal steps or else the equal factor of the three; both
 * must reach Z. Returns 0, EX_USE or EX_FAIL with err(); then @list is empty.
 */
int grid_list_parse(const char *what, const char *text, unsigned int min,
		    unsigned int max, struct grid_list *list);
void grid_list_free(struct grid_list *list);

/* Add the topologies of `176c1n,80c2n`. 0, EX_USE or EX_FAIL. */
int grid_add_names(struct grid *grid, const char *text);

/* Options that do it, for the struct grid. */
extern const struct opt grid_opts[];

/* Set the values of an axis. EX_USE if it has some already. */
int grid_axes_set(struct grid_axes *axes, enum grid_axis axis, const char *list);

/**
 * grid_add_product - add every combination of the values of @axes
 *
 * The default is one node, no empty one and none without CPUs; without any list
 * nothing is added. Impossible combinations (fewer CPUs than nodes, fewer nodes
 * than empty ones, no memory) are counted and left out. EX_USE when none is
 * left, a combination has too many nodes, or CPUs are not given.
 */
int grid_add_product(struct grid *grid, const struct grid_axes *axes);

void grid_free(struct grid *grid);

#endif
