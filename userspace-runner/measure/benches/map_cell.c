// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the `cell` records of maps. */
#include <stdio.h>

#include "measure/benches/map_cell.h"
#include "measure/cell_record.h"

static void put_charge(json_t *cell, const struct charge *c)
{
	json_object_set_new(cell, "charge", json_pack(
			    "{s:I, s:I, s:I, s:I, s:I, s:I}",
			    "uses", (json_int_t)c->uses,
			    "percpu", (json_int_t)c->percpu,
			    "values", (json_int_t)c->values,
			    "filled", (json_int_t)c->filled,
			    "slab", (json_int_t)c->slab,
			    "memlock", (json_int_t)c->memlock));
}

static bool is_all_of_it(enum life_op op)
{
	return op == OP_CREATE || op == OP_DESTROY_WAIT || op == OP_CYCLE;
}

int map_cells_emit(const struct life *l, const struct proof *p,
		   const struct charge *c, const char *broken)
{
	char bench[PLAN_BENCH_LEN];
	const char *reason;
	enum life_op op;
	json_t *cell;
	int ret = 0;

	for (op = OP_CREATE; op < NR_CELLS && !ret; op++) {
		if (!life_has_op(l, op))
			continue;
		life_name(l, life_op_name(op), bench);
		if (!bench_covers(l->plan->bench, bench))
			continue;
		reason = !broken[0] && is_all_of_it(op) ? l->unfit : broken;
		cell = cell_record(l->plan, bench, l->size, l->plan->pairs,
				   l->warmup, reason);
		/* A map that the kernel refused has no samples. */
		if (!l->error) {
			cell_record_samples(cell, l->samples[op], l->nr, p);
			json_object_set_new(cell, "chunk",
					    json_pack("{s:i}", "outside", 0));
			put_charge(cell, c);
		}
		ret = target_emit(l->t, cell);
	}
	return ret;
}
