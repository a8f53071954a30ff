// SPDX-License-Identifier: GPL-2.0-or-later
/* Expands short descriptions of many topologies. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/list.h"
#include "base/memory.h"
#include "plan/grid.h"

static int push(struct grid_list *list, unsigned int val)
{
	if (array_room(&list->vals, list->nr, sizeof(val)))
		return EX_FAIL;
	list->vals[list->nr++] = val;
	return 0;
}

/* Add the numbers after the last one, up to @last. */
static int continue_to(const char *what, struct grid_list *list,
		       unsigned int last)
{
	unsigned long a, b, c, val, step = 0, factor = 0;
	size_t nr = list->nr;

	if (nr < 2)
		return err(EX_USE, "%s: two numbers at least in front of '..', as in 1,2,4,..,64, or 1..64 for all",
			   what);
	b = list->vals[nr - 2];
	c = list->vals[nr - 1];
	a = nr > 2 ? list->vals[nr - 3] : 0;
	if (c > b && (nr == 2 || c - b == b - a))
		step = c - b;
	else if (c > b && a && c * a == b * b && c % b == 0)
		factor = c / b;
	else
		return err(EX_USE, "%s: %lu,%lu,%lu,.. has neither equal steps nor an equal factor: give three such as 4,8,12 or 4,8,16",
			   what, a, b, c);
	for (val = c; val < last;) {
		val = step ? val + step : val * factor;
		if (val > last)
			return err(EX_USE, "%s: continuing %lu,%lu does not reach %u: end with %lu or %lu",
				   what, b, c, last, step ? val - step :
				   val / factor, val);
		if (push(list, val))
			return EX_FAIL;
	}
	if (c > last)
		return err(EX_USE, "%s: continuing %lu,%lu does not reach %u: end with more",
			   what, b, c, last);
	return 0;
}

/* People write three dots too, or the one sign for them: two are meant. */
static void two_dots(char *word)
{
	static const char *const dots[] = { "...", "\xe2\x80\xa6" };
	char *at;

	for (size_t i = 0; i < sizeof(dots) / sizeof(dots[0]); i++) {
		at = strstr(word, dots[i]);
		if (!at)
			continue;
		at[0] = at[1] = '.';
		memmove(at + 2, at + 3, strlen(at + 3) + 1);
	}
}

/* "A..B" */
static int add_range(const char *what, char *tok, unsigned int min,
		     unsigned int max, struct grid_list *list)
{
	char *dots = strstr(tok, "..");
	unsigned int from, to = 0;
	int ret;

	*dots = '\0';
	ret = parse_count(what, tok, min, max, &from);
	if (!ret)
		ret = parse_count(what, dots + 2, min, max, &to);
	if (!ret && to < from)
		ret = err(EX_USE, "%s: %u..%u goes down: give the smaller one first",
			  what, from, to);
	for (; !ret && from <= to; from++)
		ret = push(list, from);
	return ret;
}

struct numbers {
	const char *what;
	unsigned int min, max;
	struct grid_list *list;
	bool dots;	/* the word before was ".." */
};

static int take_number(char *word, void *arg)
{
	struct numbers *n = arg;
	bool dots = n->dots;
	unsigned int val;
	int ret;

	two_dots(word);
	n->dots = !strcmp(word, "..");
	if (n->dots)
		return 0;
	if (strstr(word, ".."))
		return add_range(n->what, word, n->min, n->max, n->list);
	ret = parse_count(n->what, word, n->min, n->max, &val);
	if (ret)
		return ret;
	return dots ? continue_to(n->what, n->list, val) : push(n->list, val);
}

int grid_list_parse(const char *what, const char *text, unsigned int min,
		    unsigned int max, struct grid_list *list)
{
	struct numbers n = { what, min, max, list, false };
	int ret;

	*list = (struct grid_list){ 0 };
	ret = list_each(what, text, take_number, &n);
	if (!ret && n.dots)
		ret = err(EX_USE, "%s: '%s' does not end in a number: give the last one after '..'",
			  what, text);
	if (ret)
		grid_list_free(list);
	return ret;
}

void grid_list_free(struct grid_list *list)
{
	free(list->vals);
	*list = (struct grid_list){ 0 };
}

/* Add a topology unless the grid has it. */
static int add(struct grid *grid, const struct topology *topo)
{
	size_t had;

	if (index_add(&grid->had, topo->name, grid->nr, &had))
		return EX_FAIL;
	if (had != grid->nr)
		return 0;
	if (array_room(&grid->topos, grid->nr, sizeof(*topo)))
		return EX_FAIL;
	grid->topos[grid->nr++] = *topo;
	return 0;
}

static int add_name(char *name, void *grid)
{
	struct topology topo;
	int ret = topology_parse(name, &topo);

	return ret ? ret : add(grid, &topo);
}

int grid_add_names(struct grid *grid, const char *text)
{
	return list_each("topology", text, add_name, grid);
}

static int set_names(const char *arg, void *grid)
{
	return grid_add_names(grid, arg);
}

const struct opt grid_opts[] = {
	{ "topology", 't', "TOPOLOGY,...",
	  "CPUs and nodes the guests believe in (176c1n,80c2n)",
	  OPT_CALL(set_names) },
	{ "topologies", 0, "TOPOLOGY,...", "The same",
	  OPT_CALL(set_names) },
	{ 0 }
};

const char *const grid_axis_name[NR_GRID_AXES] = {
	[GRID_CPUS] = "cpus",
	[GRID_NODES] = "nodes",
	[GRID_EMPTY_NODES] = "empty-nodes",
	[GRID_MEM_NODES] = "mem-nodes",
};

/* Range and default of each axis. */
static const struct {
	unsigned int min, max;
	const char *if_none;
} ranges[NR_GRID_AXES] = {
	[GRID_CPUS] = { 1, TOPOLOGY_MAX_CPUS, NULL },
	[GRID_NODES] = { 1, TOPOLOGY_MAX_NODES, "1" },
	[GRID_EMPTY_NODES] = { 0, TOPOLOGY_MAX_NODES - 1, "0" },
	[GRID_MEM_NODES] = { 0, TOPOLOGY_MAX_NODES - 1, "0" },
};

int grid_axes_set(struct grid_axes *axes, enum grid_axis axis, const char *list)
{
	if (axes->list[axis])
		return err(EX_USE, "%s is given twice, '%s' and '%s': give one list",
			   grid_axis_name[axis], axes->list[axis], list);
	axes->list[axis] = list;
	return 0;
}

/* Add the combination of the values at @at. */
static int add_one(struct grid *grid, const struct grid_list *lists,
		   const size_t *at)
{
	unsigned int val[NR_GRID_AXES];
	struct topology topo;
	int i, ret;

	for (i = 0; i < NR_GRID_AXES; i++)
		val[i] = lists[i].vals[at[i]];
	if (val[GRID_NODES] > val[GRID_CPUS] ||
	    val[GRID_EMPTY_NODES] > val[GRID_NODES] ||
	    (val[GRID_EMPTY_NODES] == val[GRID_NODES] &&
	     !val[GRID_MEM_NODES])) {
		grid->left_out++;
		return 0;
	}
	topo = topology_of(val[GRID_CPUS], val[GRID_NODES],
			   val[GRID_EMPTY_NODES], val[GRID_MEM_NODES]);
	ret = topology_check(&topo);
	return ret ? ret : add(grid, &topo);
}

/* The next combination, the last axis first; false after the last one. */
static bool next(const struct grid_list *lists, size_t *at)
{
	for (int i = NR_GRID_AXES; i-- > 0;) {
		if (++at[i] < lists[i].nr)
			return true;
		at[i] = 0;
	}
	return false;
}

int grid_add_product(struct grid *grid, const struct grid_axes *axes)
{
	struct grid_list lists[NR_GRID_AXES] = { { NULL, 0 } };
	size_t at[NR_GRID_AXES] = { 0 }, left_out = grid->left_out, nr = 1;
	const char *list;
	int i, ret = 0;

	for (i = 0; i < NR_GRID_AXES && !axes->list[i]; i++)
		;
	if (i == NR_GRID_AXES)
		return 0;
	if (!axes->list[GRID_CPUS])
		return err(EX_USE, "nodes without cpus: give --cpus, in a file cpus=");
	for (i = 0; i < NR_GRID_AXES && !ret; i++) {
		list = axes->list[i] ? axes->list[i] : ranges[i].if_none;
		ret = grid_list_parse(grid_axis_name[i], list, ranges[i].min,
				      ranges[i].max, &lists[i]);
		nr *= lists[i].nr;
		if (!ret && nr > GRID_MOST)
			ret = err(EX_USE, "a grid of more than %d combinations: give shorter lists",
				  GRID_MOST);
	}
	if (!ret)
		do
			ret = add_one(grid, lists, at);
		while (!ret && next(lists, at));
	if (!ret && grid->left_out - left_out == nr)
		ret = err(EX_USE, "no combination is possible: each has more nodes than CPUs, more empty nodes than nodes, or no memory");
	for (i = 0; i < NR_GRID_AXES; i++)
		grid_list_free(&lists[i]);
	return ret;
}

void grid_free(struct grid *grid)
{
	free(grid->topos);
	index_free(&grid->had);
	*grid = (struct grid){ 0 };
}
