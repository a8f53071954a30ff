// SPDX-License-Identifier: GPL-2.0-or-later
/* percpu-counter: runs the module's operations on percpu_counters, each alone. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "measure/benches/benches.h"
#include "measure/cell_record.h"
#include "measure/timed.h"
#include "results/cell_name.h"

#define COUNTER	4	/* bytes of one on each CPU: an s32 */

/* The kinds of the bench: how many counters are made at once. */
static const struct counter_kind {
	const char *name;
	enum pcpu_bench_counter_op op;
	unsigned int counters;
} kinds[] = {
	{ "init", PCPU_BENCH_COUNTER_INIT, 1 },
	{ "init-many", PCPU_BENCH_COUNTER_INIT, 4 },
	{ "destroy", PCPU_BENCH_COUNTER_DESTROY, 1 },
	{ "destroy-many", PCPU_BENCH_COUNTER_DESTROY, 4 },
	{ "add", PCPU_BENCH_COUNTER_ADD, 1 },
	{ "flush", PCPU_BENCH_COUNTER_FLUSH, 1 },
	{ "sum", PCPU_BENCH_COUNTER_SUM, 1 },
};

/* What one kind has measured. */
struct counted {
	const struct counter_kind *kind;
	struct pcpu_bench_run run;
	struct proof proof;
	json_t *more;
};

/* The `percpu` bytes while counters of @arm are held. */
static int hold(const struct target *t, const struct counted *c,
		enum pcpu_bench_arm arm, long long *bytes, long long *first_chunk)
{
	const struct target_held held = {
		.bench = c->run.bench, .size = c->run.param, .count = 1,
	};
	struct target_bytes all = { 0 };
	int ret = target_hold(t, &held, arm, &all, first_chunk);

	*bytes = all.own;
	return ret;
}

static int take_samples(const struct target *t, const struct plan *plan,
			struct counted *c)
{
	struct proof *p = &c->proof;
	struct target_bytes bytes;
	int ret;

	ret = target_percpu(t, &bytes);
	p->before = bytes.own;
	p->expected = target_charge(t, c->run.param);
	p->beyond = t->beyond;
	if (!ret)
		ret = hold(t, c, PCPU_BENCH_ARM_OFF, &p->off_held,
			   &p->first_chunk);
	if (!ret)
		ret = hold(t, c, PCPU_BENCH_ARM_ON, &p->held, &p->first_chunk);
	if (!ret)
		ret = module_run(t, plan, &c->run, &c->more);
	if (!ret)
		ret = target_percpu(t, &bytes);
	p->after = bytes.own;
	p->outside = c->run.outside;
	p->wrong_sums = c->run.wrong_sums;
	return ret;
}

/* Why the cell is not valid; "" if it is. */
static void find_reason(const struct target *t, const struct counted *c,
			char reason[PROOF_REASON_LEN])
{
	if (proof_broken(&c->proof, reason) && c->run.wrong_sums &&
	    c->kind->op == PCPU_BENCH_COUNTER_SUM)
		snprintf(reason, PROOF_REASON_LEN,
			 "the sum is not that of all CPUs: of %u, this kernel walks the %u online",
			 t->info.possible_cpus, t->info.online_cpus);
}

static int emit(const struct target *t, const struct plan *plan,
		struct counted *c)
{
	const struct pcpu_bench_sample *samples =
		(void *)(uintptr_t)c->run.samples;
	char bench[PLAN_BENCH_LEN], reason[PROOF_REASON_LEN] = "";
	char name[CELL_NAME_LEN];
	json_t *cell;
	int ret;

	find_reason(t, c, reason);
	snprintf(bench, sizeof(bench), "%s/%s", c->run.bench, c->kind->name);
	cell = cell_record(plan, bench, c->run.param, c->run.pairs,
			   c->run.warmup, reason);
	cell_record_samples(cell, samples,
			    (size_t)c->run.rounds * PCPU_BENCH_NR_ARMS,
			    &c->proof);
	json_object_set_new(cell, "chunk", json_pack(
			    "{s:i, s:i, s:I, s:i}",
			    "offset", (int)c->run.chunk_offset,
			    "moved", (int)c->run.moved,
			    "pin_bytes", (json_int_t)c->run.pin_bytes,
			    "outside", (int)c->run.outside));
	json_object_set_new(json_object_get(cell, "proof"), "wrong_sums",
			    json_integer(c->run.wrong_sums));
	if (c->more)
		json_object_update(cell, c->more);
	cell_name(cell, name);
	ret = target_emit(t, cell);
	if (!ret && t->env->more && !reason[0])
		ret = t->env->more(t, &c->run, name);
	return ret;
}

static int measure_kind(const struct target *t, const struct plan *plan,
			const struct counter_kind *kind,
			struct pcpu_bench_sample *samples)
{
	struct counted c = {
		.kind = kind,
		.run = {
			.param = kind->counters * COUNTER,
			.op = kind->op,
			.pairs = plan->pairs,
			.rounds = plan->rounds,
			.samples = (uintptr_t)samples,
		},
	};
	int ret;

	strcpy(c.run.bench, bench_find(plan->bench)->name);
	/* Two more rounds settle chunk hints and stock. */
	c.run.warmup = 2 + target_warmup(t, c.run.param) / plan->pairs + 1;
	ret = take_samples(t, plan, &c);
	if (!ret)
		ret = emit(t, plan, &c);
	json_decref(c.more);
	return ret;
}

int measure_percpu_counter(const struct target *t, const struct plan *plan,
			   unsigned int size)
{
	const size_t nr = (size_t)plan->rounds * PCPU_BENCH_NR_ARMS;
	struct pcpu_bench_sample *samples = calloc(nr, sizeof(*samples));
	char bench[PLAN_BENCH_LEN];
	int ret = 0;

	(void)size;	/* there is none */
	if (!samples)
		return err(EX_FAIL, "out of memory for %zu samples", nr);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !ret; i++) {
		snprintf(bench, sizeof(bench), "%s/%s",
			 bench_find(plan->bench)->name, kinds[i].name);
		if (!bench_covers(plan->bench, bench))
			continue;
		ret = measure_stop ? err(EX_INTR, "interrupted") :
		      measure_kind(t, plan, &kinds[i], samples);
	}
	free(samples);
	return ret;
}
