// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles as data: CSV and JSON. */
#include <jansson.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/output.h"
#include "profile/print.h"

static json_t *row_json(const struct profile_row *r, double cost)
{
	return json_pack("{s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "function",
			 r->function, "off", r->off, "on", r->on, "cost",
			 r->cost, "share_pct",
			 cost != 0 ? 100 * r->cost / cost : 0.0,
			 "locked_off", r->locked_off, "locked_on",
			 r->locked_on, "lines_off", r->lines_off, "lines_on",
			 r->lines_on);
}

/* Each function in each chain of callers: its own instructions. */
static json_t *stacks_json(const struct profile *p)
{
	json_t *list = json_array();
	struct stack_node *nodes;
	size_t nr, i;

	if (profile_stacks(p, NULL, WEIGHT_ON, &nodes, &nr)) {
		json_decref(list);
		return NULL;
	}
	for (i = 0; i < nr; i++)
		json_array_append_new(list, json_pack(
			"{s:i, s:s, s:f, s:f}", "parent",
			nodes[i].parent == PROFILE_ROOT ? -1 :
			(int)nodes[i].parent,
			"function", nodes[i].function, "off",
			nodes[i].before, "on", nodes[i].self));
	free(nodes);
	return list;
}

static json_t *cell_json(const struct profile *p)
{
	struct profile_row *rows, total;
	json_t *list = json_array(), *cell;
	size_t nr, i;

	if (profile_rows(p, &rows, &nr))
		return NULL;
	total = profile_total(rows, nr);
	for (i = 0; i < nr; i++)
		json_array_append_new(list, row_json(&rows[i], total.cost));
	free(rows);
	cell = json_pack("{s:s, s:s, s:s, s:I, s:s, s:f, s:f, s:f, s:{s:f, s:f, s:I, s:I}, s:o, s:o}",
			 "kernel", p->kernel, "topology", p->topology, "bench",
			 p->bench, "param", (json_int_t)p->param, "unit",
			 profile_unit(p), "off", total.off, "on", total.on, "cost",
			 total.cost, "lock", "off", total.locked_off, "on",
			 total.locked_on, "longest_off",
			 (json_int_t)p->longest[PROFILE_OFF], "longest_on",
			 (json_int_t)p->longest[PROFILE_ON], "functions",
			 list, "stacks", stacks_json(p));
	if (!cell)
		no_memory();
	return cell;
}

int profile_as_json(FILE *out, const struct profile *cells, size_t nr)
{
	json_t *list = json_array(), *cell;
	int e = 0;

	for (size_t i = 0; i < nr && !e; i++) {
		cell = cell_json(&cells[i]);
		if (!cell || json_array_append_new(list, cell))
			e = no_memory();
	}
	if (!e)
		return output_json(out, list);
	json_decref(list);
	return e;
}

int profile_csv(FILE *out, const struct profile_set *set)
{
	json_t *rows = json_array(), *cell, *list, *row;
	size_t i, k;

	for (i = 0; i < set->nr; i++) {
		cell = cell_json(&set->profiles[i]);
		if (!cell) {
			json_decref(rows);
			return EX_FAIL;
		}
		/* A row that had the list of rows would never be freed. */
		list = json_incref(json_object_get(cell, "functions"));
		json_object_del(cell, "functions");
		json_array_foreach(list, k, row) {
			json_object_update_missing(row, cell);
			json_array_append(rows, row);
		}
		json_decref(list);
		json_decref(cell);
	}
	return output_csv(out, "kernel,topology,bench,param,function,off,on,cost,share_pct,locked_off,locked_on,lines_off,lines_on,unit",
			  rows);
}
