// SPDX-License-Identifier: GPL-2.0-or-later
/* The price of each patch as JSON. */
#include <jansson.h>
#include <math.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/output.h"
#include "series/price.h"

static json_t *quantities(const struct price *p, const struct table_block *b,
			  const struct table_cell *cell)
{
	json_t *o = json_object();

	for (enum quantity q = 0; q < NR_QUANTITIES; q++)
		if (price_has(p, b, q))
			json_object_set_new(o, quantity_name(q), cell ?
				json_number(compare_quantity(cell, q)) :
				json_null());
	return o;
}

static json_t *row(const struct price *p, const struct table_block *b,
		   size_t step, long long param)
{
	const struct table *t = &p->table;
	const struct table_cell *cell = price_cell(p, b, step, param);
	size_t from = step ? price_from(p, b, step, param) : PRICE_NONE;
	json_t *adds = json_object(), *o;

	for (enum quantity q = 0; q < NR_QUANTITIES; q++)
		if (price_has(p, b, q))
			json_object_set_new(adds, quantity_name(q), json_number(
				step ? price_diff(p, b, step, param, q) : NAN));
	o = json_pack("{s:s, s:s, s:s, s:I, s:b, s:o, s:o}",
		      "topology", t->topologies.name[b->topology],
		      "instrument", t->instruments.name[b->instrument],
		      "bench", t->benches.name[b->bench],
		      "param", (json_int_t)param, "valid", cell != NULL,
		      "takes", quantities(p, b, cell), "adds", adds);
	json_object_set_new(o, "against", from == PRICE_NONE ? json_null() :
			    json_integer(from));
	return o;
}

static json_t *step_json(const struct price *p, size_t step)
{
	json_t *cells = json_array(), *o;
	const struct table_block *b;

	for (b = p->table.blocks; b < p->table.blocks + p->table.nr_blocks; b++)
		for (size_t i = 0; i < b->nr_params; i++)
			json_array_append_new(cells, row(p, b, step,
							 b->params[i]));
	o = json_pack("{s:i, s:s, s:s, s:s, s:o}", "patch", (int)step,
		      "kernel", p->steps[step].kernel,
		      "subject", p->steps[step].subject,
		      "id", p->steps[step].id, "cells", cells);
	json_object_set_new(o, "error", p->why[step][0] ?
			    json_string(p->why[step]) : json_null());
	return o;
}

static json_t *sums(const struct price *p)
{
	json_t *list = json_array(), *o;
	const struct table_block *b;

	for (b = p->table.blocks; b < p->table.blocks + p->table.nr_blocks; b++)
		for (size_t i = 0; i < b->nr_params; i++) {
			o = row(p, b, 0, b->params[i]);
			json_object_del(o, "adds");
			json_object_del(o, "against");
			json_object_del(o, "takes");
			for (enum quantity q = 0; q < NR_QUANTITIES; q++)
				if (price_has(p, b, q))
					json_object_set_new(o, quantity_name(q),
						json_number(price_sum(
							p, b, b->params[i], q)));
			json_array_append_new(list, o);
		}
	return list;
}

int price_json(FILE *out, const struct price *p)
{
	json_t *steps = json_array();

	for (size_t step = 0; step < p->nr; step++)
		json_array_append_new(steps, step_json(p, step));
	return output_json(out, json_pack("{s:s, s:o, s:o}", "series", p->name,
					  "steps", steps, "sums", sums(p)));
}
