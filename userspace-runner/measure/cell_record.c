// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes a `cell` record (docs/results.md) of a measurement. */
#include "measure/cell_record.h"
#include "results/cell_name.h"

json_t *cell_record(const struct plan *plan, const char *bench,
		    unsigned int size, unsigned int pairs, unsigned int warmup,
		    const char *reason)
{
	json_t *cell = json_pack("{s:s, s:s, s:i, s:s, s:i, s:i, s:b}",
				 "type", "cell", "bench", bench,
				 "param", (int)size,
				 "unit", instruments[plan->instrument].unit,
				 "pairs", (int)pairs, "warmup", (int)warmup,
				 "valid", !reason[0]);

	if (reason[0])
		json_object_set_new(cell, "reason", json_string(reason));
	cell_name_options(cell, bench_find(bench), &plan->options);
	return cell;
}

static json_t *arm_json(const struct pcpu_bench_sample *samples, size_t nr,
			enum pcpu_bench_arm arm)
{
	json_t *ticks = json_array(), *disturbed = json_array();
	size_t i;

	for (i = 0; i < nr; i++) {
		if (samples[i].arm != arm)
			continue;
		json_array_append_new(ticks, json_integer(samples[i].ticks));
		json_array_append_new(disturbed,
				      json_integer(samples[i].disturbed));
	}
	return json_pack("{s:o, s:o}", "ticks", ticks, "disturbed", disturbed);
}

static json_t *proof_json(const struct proof *p)
{
	/* A difference of what was seen: below 0 nothing can be proven, as with 0. */
	const long long expected = p->expected > 0 ? p->expected : 0;

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "expected", (json_int_t)expected,
			 "beyond", (json_int_t)p->beyond,
			 "before", (json_int_t)p->before,
			 "off_held", (json_int_t)p->off_held,
			 "held", (json_int_t)p->held,
			 "after", (json_int_t)p->after,
			 "astray", (json_int_t)p->astray,
			 "first_chunk", (json_int_t)p->first_chunk);
}

void cell_record_samples(json_t *cell, const struct pcpu_bench_sample *samples,
			 size_t nr, const struct proof *p)
{
	json_t *more = json_pack(
		"{s:{s:o, s:o, s:o}, s:o}",
		"arms", "empty", arm_json(samples, nr, PCPU_BENCH_ARM_EMPTY),
		"off", arm_json(samples, nr, PCPU_BENCH_ARM_OFF),
		"on", arm_json(samples, nr, PCPU_BENCH_ARM_ON),
		"proof", proof_json(p));

	json_object_update(cell, more);
	json_decref(more);
}

void cell_record_other(json_t *cell, const struct proof *p)
{
	json_object_set_new(cell, "proof_other", proof_json(p));
}

void cell_record_node(json_t *cell, unsigned int node, const struct proof *p)
{
	json_t *proofs = json_object_get(cell, "proof_nodes");
	json_t *proof = proof_json(p);

	if (!proofs) {
		proofs = json_array();
		json_object_set_new(cell, "proof_nodes", proofs);
	}
	json_object_set_new(proof, "node", json_integer(node));
	json_array_append_new(proofs, proof);
}
