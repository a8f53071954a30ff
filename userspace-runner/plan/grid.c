// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "plan/grid.h"
#include "plan/plan.h"

static int push(struct grid_list *list, unsigned int val)
{
	if (array_room(&list->vals, list->nr, sizeof(val)))
		return EX_FAIL;
	list->vals[list->nr++] = val;
	return 0;
}

/* The numbers between the last one and @last, and @last. */
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
		return err(EX_USE, "%s: %lu,%lu,%lu,.. goes neither on by equal steps nor by an equal factor",
			   what, a, b, c);
	for (val = c; val < last;) {
		val = step ? val + step : val * factor;
		if (val > last)
			return err(EX_USE, "%s: going on from %lu,%lu one does not arrive at %u",
				   what, b, c, last);
		if (push(list, val))
			return EX_FAIL;
	}
	if (c > last)
		return err(EX_USE, "%s: going on from %lu,%lu one does not arrive at %u",
			   what, b, c, last);
	return 0;
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
		ret = err(EX_USE, "%s: %u..%u goes down", what, from, to);
	for (; !ret && from <= to; from++)
		ret = push(list, from);
	return ret;
}

int grid_list_parse(const char *what, const char *text, unsigned int min,
		    unsigned int max, struct grid_list *list)
{
	char *copy = strdup(text), *save = NULL, *tok;
	bool dots = false;
	unsigned int val;
	int ret = 0;

	*list = (struct grid_list){ 0 };
	if (!copy)
		return no_memory();
	for (tok = strtok_r(copy, ", ", &save); tok && !ret;
	     tok = strtok_r(NULL, ", ", &save)) {
		if (!strcmp(tok, "..")) {
			dots = true;
			continue;
		}
		if (strstr(tok, "..")) {
			ret = add_range(what, tok, min, max, list);
			continue;
		}
		ret = parse_count(what, tok, min, max, &val);
		if (!ret)
			ret = dots ? continue_to(what, list, val) :
			      push(list, val);
		dots = false;
	}
	if (!ret && (dots || !list->nr))
		ret = err(EX_USE, "%s: '%s' does not end in a number", what,
			  text);
	free(copy);
	if (ret)
		grid_list_free(list);
	return ret;
}

void grid_list_free(struct grid_list *list)
{
	free(list->vals);
	*list = (struct grid_list){ 0 };
}

int grid_add(struct grid *grid, const struct topology *topo)
{
	for (size_t i = 0; i < grid->nr; i++)
		if (!strcmp(grid->topos[i].name, topo->name))
			return 0;
	if (array_room(&grid->topos, grid->nr, sizeof(*topo)))
		return EX_FAIL;
	grid->topos[grid->nr++] = *topo;
	return 0;
}

int grid_add_names(struct grid *grid, const char *text)
{
	char *copy = strdup(text), *save = NULL, *tok;
	struct topology topo;
	size_t nr = 0;
	int ret = 0;

	if (!copy)
		return no_memory();
	for (tok = strtok_r(copy, ", ", &save); tok && !ret;
	     tok = strtok_r(NULL, ", ", &save), nr++) {
		ret = topology_parse(tok, &topo);
		if (!ret)
			ret = grid_add(grid, &topo);
	}
	if (!ret && !nr)
		ret = err(EX_USE, "no topology given");
	free(copy);
	return ret;
}

static int add_one(struct grid *grid, unsigned int cpus, unsigned int nodes,
		   unsigned int mem_nodes)
{
	struct topology topo = topology_of(cpus, nodes, mem_nodes);
	int ret = topology_check(&topo);

	return ret ? ret : grid_add(grid, &topo);
}

int grid_add_product(struct grid *grid, const char *cpus, const char *nodes,
		     const char *mem_nodes)
{
	struct grid_list c = { 0 }, n = { 0 }, m = { 0 };
	size_t i, j, k, fitting = 0;
	int ret;

	ret = grid_list_parse("cpus", cpus, 1, TOPOLOGY_MAX_CPUS, &c);
	if (!ret)
		ret = grid_list_parse("nodes", nodes ? nodes : "1", 1,
				      TOPOLOGY_MAX_NODES, &n);
	if (!ret)
		ret = grid_list_parse("mem-nodes", mem_nodes ? mem_nodes : "0",
				      0, TOPOLOGY_MAX_NODES - 1, &m);
	for (i = 0; i < c.nr && !ret; i++) {
		for (j = 0; j < n.nr && !ret; j++) {
			if (n.vals[j] > c.vals[i])
				continue;
			fitting++;
			for (k = 0; k < m.nr && !ret; k++)
				ret = add_one(grid, c.vals[i], n.vals[j],
					      m.vals[k]);
		}
	}
	if (!ret && !fitting)
		ret = err(EX_USE, "every combination has more nodes than CPUs");
	grid_list_free(&c);
	grid_list_free(&n);
	grid_list_free(&m);
	return ret;
}

void grid_free(struct grid *grid)
{
	free(grid->topos);
	*grid = (struct grid){ 0 };
}
