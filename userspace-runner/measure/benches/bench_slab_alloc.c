// SPDX-License-Identifier: GPL-2.0-or-later
/* slab-alloc: has the module allocate slab objects, and proves their charge. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/benches/benches.h"
#include "measure/benches/slab_charge.h"
#include "measure/cell_record.h"
#include "measure/timed.h"
#include "results/cell_name.h"

/*
 * A memcg's statistics that were flushed count their first changes at more cost:
 * MEMCG_CHARGE_BATCH of them. An object that goes to another node than the last
 * one is a change.
 */
#define CHANGES		64

#define DRAWN_SEED	1	/* any: one order is as good as another */

static const struct slab_kind {
	const char *name;
	enum pcpu_bench_slab_op op;
	bool root;	/* by a task of the root's memory cgroup */
} kinds[] = {
	{ "alloc", PCPU_BENCH_SLAB_ALLOC, false },
	{ "node", PCPU_BENCH_SLAB_NODE, false },
	{ "bulk", PCPU_BENCH_SLAB_BULK, false },
	{ "kmalloc", PCPU_BENCH_SLAB_KMALLOC, false },
	{ "root", PCPU_BENCH_SLAB_KMALLOC, true },
	{ "first", PCPU_BENCH_SLAB_FIRST, false },
};

/* What one kind has measured. */
struct slab_cell {
	const struct target *t;
	const struct plan *plan;
	const struct slab_kind *kind;
	struct pcpu_bench_run run;
	unsigned int nodes;	/* of `node`: with memory; else 1 */
	unsigned int held;	/* objects, for each owner as many on each node */
	struct slab_bytes before, off, on, after;
	json_t *more;
};

static unsigned int memory_nodes(const struct target *t)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < PCPU_BENCH_MAX_NODES; i++)
		nr += t->node_memory[i];
	return nr;
}

/*
 * A pair is a batch of 1 in the module, or of what comes in bulk, or of an object
 * on each node: a free right after the allocation would leave the stock no bytes
 * of that node to put down.
 */
static void make_run(struct slab_cell *c, unsigned int size,
		     struct pcpu_bench_sample *samples)
{
	const struct shape shape = plan_shape(c->plan);
	const enum pcpu_bench_slab_op op = c->kind->op;
	const unsigned int owners = c->plan->options.val[BENCH_OWNERS];
	unsigned int one, each;

	c->nodes = op == PCPU_BENCH_SLAB_NODE ? memory_nodes(c->t) : 1;
	one = op == PCPU_BENCH_SLAB_BULK ? PCPU_BENCH_BULK : c->nodes * owners;
	c->run = (struct pcpu_bench_run){
		.param = size, .op = op, .rounds = c->plan->rounds,
		.samples = (uintptr_t)samples,
		.pairs = c->plan->pairs * (shape.batch ? c->nodes : one),
		.shape = {
			.batch = shape.batch ? shape.batch : one,
			.order = shape.order, .owners = owners, .other = -1,
			.seed = shape.order == PCPU_BENCH_FREE_RANDOM ?
				DRAWN_SEED : 0,
		},
	};
	/* A second batch would find the slabs of the first. */
	if (op == PCPU_BENCH_SLAB_FIRST)
		c->run.pairs = c->run.shape.batch = plan_step(c->plan);
	/* Two more rounds settle slabs and stock. */
	c->run.warmup = 2 + CHANGES * owners / c->run.pairs + 1;
	each = op == PCPU_BENCH_SLAB_BULK ? owners * one : owners * c->nodes;
	c->held = (c->run.shape.batch + each - 1) / each * each;
	strcpy(c->run.bench, bench_find(c->plan->bench)->name);
}

static int hold(struct slab_cell *c, enum pcpu_bench_arm arm,
		struct slab_bytes *bytes)
{
	struct pcpu_bench_hold held = {
		.param = c->run.param, .arm = arm, .op = c->run.op,
		.count = c->held, .owners = c->run.shape.owners,
	};

	strcpy(held.bench, c->run.bench);
	return slab_hold(c->t, held, bytes);
}

/* The module makes as many operations as it needs for a first object: one batch. */
static int run(struct slab_cell *c)
{
	struct plan plan = *c->plan;
	int ret = 0;

	plan.pairs_given |= c->run.op == PCPU_BENCH_SLAB_FIRST;
	if (c->run.shape.owners > 1)
		ret = target_open_other(c->t, &c->run.shape.other);
	if (!ret)
		ret = module_run(c->t, &plan, &c->run, &c->more);
	if (c->run.shape.other >= 0)
		close(c->run.shape.other);
	return ret;
}

/*
 * What the root's task allocates with accounting is charged to nobody, so the same
 * allocation has to be charged to the child, and here not to it. slab_bytes() goes back
 * to the child.
 */
static int run_in_root(struct slab_cell *c)
{
	struct slab_bytes held = { 0 };
	int ret = cgroup_enter_root(&c->t->cg);

	if (!ret)
		ret = hold(c, PCPU_BENCH_ARM_ON, &held);
	if (c->off.own == c->before.own)
		c->off = held;
	if (!ret)
		ret = cgroup_enter_root(&c->t->cg);
	if (!ret)
		ret = run(c);
	if (cgroup_enter(&c->t->cg) && !ret)
		ret = EX_FAIL;
	return ret;
}

static int take_samples(struct slab_cell *c)
{
	int ret = slab_bytes(c->t, &c->before);

	if (!ret)
		ret = hold(c, PCPU_BENCH_ARM_OFF, &c->off);
	if (!ret)
		ret = hold(c, PCPU_BENCH_ARM_ON, &c->on);
	if (!ret)
		ret = c->kind->root ? run_in_root(c) : run(c);
	return ret ? ret : slab_bytes(c->t, &c->after);
}

/* Of an owner's objects: where they shall lie if that was asked for, else do. */
static unsigned int on_node(const struct slab_cell *c, unsigned int node)
{
	if (c->run.op != PCPU_BENCH_SLAB_NODE)
		return c->on.lie[node];
	return c->t->node_memory[node] ?
	       c->held / c->run.shape.owners / c->nodes : 0;
}

#define PROOF(of, objects) (struct proof){				\
		.expected = (long long)(objects) *			\
			    slab_charge(c->run.param,			\
			    c->run.op == PCPU_BENCH_SLAB_KMALLOC),	\
		.beyond = c->t->beyond, .fresh = c->run.fresh,		\
		.before = c->before.of, .off_held = c->off.of,		\
		.held = c->on.of, .after = c->after.of,			\
	}

/* Record the proofs. @reason: what is wrong with the first that does not hold. */
static void put_proofs(const struct slab_cell *c, json_t *cell,
		       char reason[PROOF_REASON_LEN])
{
	const unsigned int held = c->held / c->run.shape.owners;
	struct proof p = PROOF(own, held);
	char text[PROOF_REASON_LEN];

	cell_record_samples(cell, (void *)(uintptr_t)c->run.samples,
			    (size_t)c->run.rounds * PCPU_BENCH_NR_ARMS, &p);
	json_object_set_new(json_object_get(cell, "proof"), "fresh",
			    json_integer(c->run.fresh));
	proof_broken(&p, reason);
	if (c->run.shape.owners > 1) {
		p = PROOF(other, held);
		cell_record_other(cell, &p);
		if (!reason[0])
			proof_broken(&p, reason);
	}
	for (unsigned int i = 0; i < PCPU_BENCH_MAX_NODES; i++) {
		if (!on_node(c, i))
			continue;
		p = PROOF(node[i], on_node(c, i));
		cell_record_node(cell, i, &p);
		if (!reason[0] && proof_broken(&p, text))
			snprintf(reason, PROOF_REASON_LEN, PROOF_OF_NODE,
				 (long long)i, text);
	}
}

static int emit(struct slab_cell *c)
{
	char bench[PLAN_BENCH_LEN], reason[PROOF_REASON_LEN] = "";
	char name[CELL_NAME_LEN];
	json_t *cell;
	int ret;

	snprintf(bench, sizeof(bench), "%s/%s", c->run.bench, c->kind->name);
	cell = cell_record(c->plan, bench, c->run.param, c->run.pairs,
			   c->run.warmup, reason);
	put_proofs(c, cell, reason);
	if (reason[0]) {
		json_object_set_new(cell, "valid", json_false());
		json_object_set_new(cell, "reason", json_string(reason));
	}
	json_object_set_new(cell, "chunk", json_pack("{s:i}", "outside", 0));
	if (c->run.shape.seed)
		json_object_set_new(cell, "free_seed",
				    json_integer(c->run.shape.seed));
	if (c->more)
		json_object_update(cell, c->more);
	cell_name(cell, name);
	ret = target_emit(c->t, cell);
	if (!ret && c->t->env->more && !reason[0])
		ret = c->t->env->more(c->t, &c->run, name);
	return ret;
}

static int measure_kind(struct slab_cell *c, unsigned int size,
			struct pcpu_bench_sample *samples)
{
	int ret;

	make_run(c, size, samples);
	ret = take_samples(c);
	if (!ret)
		ret = emit(c);
	json_decref(c->more);
	return ret;
}

int measure_slab_alloc(const struct target *t, const struct plan *plan,
		       unsigned int size)
{
	const size_t nr = (size_t)plan->rounds * PCPU_BENCH_NR_ARMS;
	struct pcpu_bench_sample *samples = calloc(nr, sizeof(*samples));
	struct slab_cell *c = calloc(1, sizeof(*c));
	char bench[PLAN_BENCH_LEN];
	int ret = 0;

	if (!samples || !c)
		ret = err(EX_FAIL, "out of memory for %zu samples", nr);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !ret; i++) {
		snprintf(bench, sizeof(bench), "%s/%s",
			 bench_find(plan->bench)->name, kinds[i].name);
		if (!plan_has(plan, bench))
			continue;
		*c = (struct slab_cell){
			.t = t, .plan = plan, .kind = &kinds[i],
		};
		ret = measure_stop ? err(EX_INTR, "interrupted") :
		      measure_kind(c, size, samples);
	}
	free(samples);
	free(c);
	return ret;
}
