// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "measure/benches/map_cell.h"

static const char *const op_name[NR_OPS] = {
	[OP_CREATE] = "create",
	[OP_UPDATE] = "update",
	[OP_DELETE] = "delete",
	[OP_DESTROY] = "destroy",
	[OP_DESTROY_WAIT] = "destroy-wait",
};

static json_t *cell_json(const struct life *l, enum life_op op,
			 const char *reason)
{
	char bench[96];
	json_t *cell;

	snprintf(bench, sizeof(bench), l->ops ? "bpf-percpu-map-ops/%s/%s" :
		 "bpf-percpu-map/%s", l->kind->name,
		 l->ops ? op_name[op] : "");
	cell = json_pack("{s:s, s:s, s:i, s:s, s:i, s:i, s:i, s:b}",
			 "type", "cell", "bench", bench,
			 "param", (int)l->size,
			 "unit", l->plan->instrument == INSTRUMENT_INSN ?
			 "insn" : "ns",
			 "pairs", (int)l->plan->pairs,
			 "warmup", (int)l->warmup,
			 "entries", (int)l->plan->entries,
			 "valid", !reason[0]);
	if (reason[0])
		json_object_set_new(cell, "reason", json_string(reason));
	return cell;
}

static json_t *measured_json(const struct life *l, enum life_op op,
			     const struct proof *p, const struct charge *c,
			     const char *reason)
{
	const struct pcpu_bench_sample *s = l->samples[op];
	json_t *cell = cell_json(l, op, reason), *more;

	more = json_pack("{s:{s:o, s:o, s:o}, s:{s:i, s:i}, s:{s:I, s:I, s:I, s:I, s:I, s:I}, s:{s:I, s:I, s:I, s:I, s:I, s:I}}",
			 "arms",
			 "empty", arm_json(s, l->nr, PCPU_BENCH_ARM_EMPTY),
			 "off", arm_json(s, l->nr, PCPU_BENCH_ARM_OFF),
			 "on", arm_json(s, l->nr, PCPU_BENCH_ARM_ON),
			 "chunk", "free", -1, "outside", 0,
			 "proof", "expected", (json_int_t)p->expected,
			 "before", (json_int_t)p->before,
			 "off_held", (json_int_t)p->off_held,
			 "held", (json_int_t)p->held,
			 "after", (json_int_t)p->after,
			 "first_chunk", (json_int_t)p->first_chunk,
			 "charge", "uses", (json_int_t)c->uses,
			 "percpu", (json_int_t)c->percpu,
			 "values", (json_int_t)c->values,
			 "filled", (json_int_t)c->filled,
			 "slab", (json_int_t)c->slab,
			 "memlock", (json_int_t)c->memlock);
	json_object_update(cell, more);
	json_decref(more);
	return cell;
}

static bool is_all_of_it(enum life_op op)
{
	return op == OP_CREATE || op == OP_DESTROY_WAIT || op == OP_CYCLE;
}

int map_cells_emit(const struct life *l, const struct proof *p,
		   const struct charge *c, const char *broken, emit_fn emit,
		   void *arg)
{
	const char *reason;
	enum life_op op;
	int ret = 0;

	for (op = OP_CREATE; op < NR_CELLS && !ret; op++) {
		if (!life_has_op(l, op))
			continue;
		reason = !broken[0] && is_all_of_it(op) ? l->unfit : broken;
		ret = emit(l->error ? cell_json(l, op, reason) :
			   measured_json(l, op, p, c, reason), arg);
	}
	return ret;
}
