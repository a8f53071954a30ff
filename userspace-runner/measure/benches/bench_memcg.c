// SPDX-License-Identifier: GPL-2.0-or-later
/* memcg: makes and removes a memory cgroup, and reads its statistics. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/benches/benches.h"
#include "measure/benches/guarded.h"
#include "measure/benches/memcg_life.h"
#include "measure/benches/sample.h"
#include "measure/benches/workers.h"
#include "measure/cell_record.h"

/* Rounds until slab caches and chunks have what a round takes. */
#define WARMUP	4

static int take(struct memcg_life *m, enum memcg_op op,
		enum pcpu_bench_arm arm, size_t at)
{
	struct pcpu_bench_sample *s = &m->samples[op][at];
	struct sample_clock clock;
	int ret;

	s->arm = arm;
	ret = sample_begin(&clock, m->t, m->plan->instrument, arm,
			   SAMPLE_WITHOUT_TICK);
	if (!ret && arm != PCPU_BENCH_ARM_EMPTY)
		ret = memcg_do(m, op, arm);
	/* An error ends the run, so the sample needs no end. */
	return ret ? ret : sample_end(&clock, s);
}

/* A cgroup comes and goes. */
static int come_and_go(struct memcg_life *m, enum pcpu_bench_arm arm, size_t at)
{
	int ret;

	ret = cgroup_leave(&m->t->cg);
	if (!ret)
		ret = memcg_settle(m);
	if (!ret)
		ret = take(m, MEMCG_MKDIR, arm, at);
	if (!ret)
		ret = memcg_settle(m);
	if (!ret)
		ret = take(m, MEMCG_RMDIR, arm, at);
	if (!ret)
		ret = memcg_released(m);
	if (cgroup_enter(&m->t->cg) && !ret)
		ret = EX_FAIL;
	return ret;
}

/* Statistics are read when objects of this arm have come. */
static int read_after(struct memcg_life *m, enum memcg_op op,
		      enum pcpu_bench_arm arm, size_t at)
{
	int ret;

	ret = memcg_settle(m);
	if (!ret)
		ret = memcg_count(m, arm);
	if (!ret)
		ret = take(m, op, arm, at);
	if (!ret)
		ret = memcg_count_seen(m, arm);
	if (device_release(m->t->fd) && !ret)
		ret = EX_FAIL;
	return ret;
}

static int take_each(void *arg, enum pcpu_bench_arm arm, size_t at)
{
	struct memcg_life *m = arg;
	int ret;

	ret = come_and_go(m, arm, at);
	if (!ret)
		ret = read_after(m, MEMCG_STAT, arm, at);
	if (!ret)
		ret = read_after(m, MEMCG_NUMA_STAT, arm, at);
	return ret ? ret : guarded_samples(m->guard, m->plan, m->samples,
					   NR_MEMCG_OPS, at);
}

static void put_bytes(json_t *cell, const struct memcg_life *m)
{
	json_object_set_new(cell, "memcg", json_pack(
			    "{s:i, s:I, s:I}", "held", (int)m->held,
			    "percpu", (json_int_t)m->percpu,
			    "slab", (json_int_t)m->slab));
}

static int emit(const struct memcg_life *m)
{
	char bench[PLAN_BENCH_LEN], reason[PROOF_REASON_LEN];
	enum memcg_op op;
	json_t *cell;
	int ret = 0;

	for (op = 0; op < NR_MEMCG_OPS && !ret; op++) {
		const struct proof *p = memcg_proof(m, op);

		snprintf(bench, sizeof(bench), "%s/%s",
			 bench_find(m->plan->bench)->name, memcg_op_name(op));
		if (!bench_covers(m->plan->bench, bench))
			continue;
		reason[0] = '\0';
		proof_broken(p, reason);
		cell = cell_record(m->plan, bench, 0, 1, WARMUP, reason);
		sample_judge(m->samples[op], m->nr);
		cell_record_samples(cell, m->samples[op], m->nr, p);
		json_object_set_new(cell, "chunk",
				    json_pack("{s:i}", "outside", 0));
		if (op == MEMCG_MKDIR)
			put_bytes(cell, m);
		ret = target_emit(m->t, cell);
	}
	return ret;
}

int measure_memcg(const struct target *t, const struct plan *plan,
		  unsigned int size)
{
	struct memcg_life m = { .t = t, .plan = plan };
	int ret;

	(void)size;	/* there is none */
	/* The kernel's own objects, down to 4 bytes, shall be accounted. */
	ret = device_guard(&m.guard);
	if (ret)
		return ret;
	ret = memcg_life_init(&m);
	if (!ret)
		ret = run_before_workers(true);
	if (!ret) {
		ret = guarded_weigh(m.guard, &m.made, memcg_weigh, &m);
		if (!ret)
			ret = sample_rounds(plan, WARMUP, take_each, &m);
		if (!ret)
			ret = memcg_gone(&m);
		if (run_before_workers(false) && !ret)
			ret = EX_FAIL;
	}
	if (!ret)
		ret = emit(&m);
	ret = memcg_life_free(&m, ret);
	close(m.guard);
	return ret;
}
