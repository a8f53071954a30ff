// SPDX-License-Identifier: GPL-2.0-or-later
/* Windows in which many tasks work at once, and the cell that comes of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "measure/benches/parallel.h"
#include "measure/cell_record.h"

#define MAX_CPUS	8192
#define WARMUP		1	/* windows of each arm */
#define TRIES		3	/* of a window */

bool parallel_own(const struct plan *plan)
{
	return plan->options.val[BENCH_MEMCGS] == MEMCGS_OWN;
}

static int by_cpu(const void *a, const void *b)
{
	const struct pcpu_bench_seat *x = a, *y = b;

	return (x->cpu > y->cpu) - (x->cpu < y->cpu);
}

/* Hold a window in which no holes come up in the first chunk, if that can be had. */
static int hold_full(struct parallel *p, enum pcpu_bench_arm arm, bool watch,
		     unsigned long long *window_ns)
{
	bool any = true;
	int ret = 0;

	for (int i = 0; i < TRIES && any && !ret; i++) {
		if (measure_stop)
			return err(EX_INTR, "interrupted");
		ret = p->ops->hold(p, arm, watch, window_ns);
		if (!ret)
			ret = device_holes(p->guard, &any);
	}
	p->outside += !ret && any;
	return ret;
}

static int hold_window(struct parallel *p, enum pcpu_bench_arm arm, bool watch,
		       unsigned long long *window_ns)
{
	unsigned int i, present = 0;
	int ret, lost;

	ret = hold_full(p, arm, watch, window_ns);
	/* Why a task is gone says more than that it is. */
	lost = ret == EX_FAIL ? p->ops->lost(p) : 0;
	if (ret)
		return lost ? lost : ret;
	/* They may have come in another order than to the last window. */
	qsort(p->seats, p->threads, sizeof(*p->seats), by_cpu);
	for (i = 0; i < p->threads; i++) {
		present += p->seats[i].early_ns >= 0 &&
			   p->seats[i].late_ns >= 0;
		p->outside += p->seats[i].outside;
	}
	if (present < p->present)
		p->present = present;
	return 0;
}

/* A window without a pair has no time; contention_broken() tells. */
static void add_sample(struct parallel *p, enum pcpu_bench_arm arm,
		       long long ops, unsigned long long window_ns)
{
	p->samples[p->nr_samples++] = (struct pcpu_bench_sample){
		.arm = arm,
		.ticks = ops ? llround((double)window_ns * p->batch /
				       (double)ops) : 0,
		.disturbed = ops ? 0 : PCPU_BENCH_SWITCH,
	};
}

static int measure_window(struct parallel *p, enum pcpu_bench_arm arm)
{
	struct parallel_arm *a = &p->arms[arm];
	unsigned long long window_ns;
	long long ops = 0;
	int ret;

	ret = hold_window(p, arm, false, &window_ns);
	if (ret)
		return ret;
	for (unsigned int i = 0; i < p->threads; i++) {
		ops += p->seats[i].ops;
		a->ops[i] += p->seats[i].ops;
		a->failed += p->seats[i].failed;
	}
	a->window_ns += window_ns;
	add_sample(p, arm, ops, window_ns);
	return 0;
}

/* One window more, since each call of the tracepoints takes its time. */
static int watch_window(struct parallel *p, enum pcpu_bench_arm arm)
{
	struct parallel_arm *a = &p->arms[arm];
	unsigned long long window_ns;
	struct contention_wait *wait;
	int ret;

	ret = hold_window(p, arm, true, &window_ns);
	if (ret == EX_INVALID) {
		p->unwatched = true;
		return 0;
	}
	if (ret)
		return ret;
	a->watched_ns = window_ns;
	for (unsigned int i = 0; i < p->threads; i++)
		for (unsigned int l = 0; l < PCPU_BENCH_NR_LOCKS; l++) {
			const struct pcpu_bench_waits *w = &p->seats[i].waits[l];

			wait = &a->wait[l];
			wait->waits += w->begun;
			wait->ns += w->ns;
			wait->lost += w->begun - w->ended;
		}
	return 0;
}

static int run_windows(struct parallel *p)
{
	static const enum pcpu_bench_arm order[2][PCPU_BENCH_NR_ARMS] =
		PCPU_BENCH_ORDER;
	unsigned long long unused;
	unsigned int round, i;
	int ret = 0;

	for (round = 0; round < WARMUP + p->plan->rounds && !ret; round++)
		for (i = 0; i < PCPU_BENCH_NR_ARMS && !ret; i++) {
			enum pcpu_bench_arm arm = order[round % 2][i];

			/* There is no empty loop: nothing to contend for. */
			if (round < WARMUP)
				ret = arm == PCPU_BENCH_ARM_EMPTY ? 0 :
				      hold_window(p, arm, false, &unused);
			else if (arm == PCPU_BENCH_ARM_EMPTY)
				add_sample(p, arm, 1, 0);
			else
				ret = measure_window(p, arm);
		}
	if (!p->t->env->locks || !p->t->env->locks[PCPU_BENCH_MUTEX])
		return ret;
	if (!ret)
		ret = watch_window(p, PCPU_BENCH_ARM_OFF);
	return ret || p->unwatched ? ret : watch_window(p, PCPU_BENCH_ARM_ON);
}

static json_t *wait_json(const struct contention_wait *w)
{
	return json_pack("{s:I, s:I, s:I}", "waits", (json_int_t)w->waits, "ns",
			 (json_int_t)w->ns, "lost", (json_int_t)w->lost);
}

static json_t *arm_json(const struct parallel *p, enum pcpu_bench_arm arm)
{
	const struct parallel_arm *a = &p->arms[arm];
	json_t *ops = json_array(), *record;

	for (unsigned int i = 0; i < p->threads; i++)
		json_array_append_new(ops, json_integer(a->ops[i]));
	record = json_pack("{s:I, s:o, s:I}", "window_ns",
			   (json_int_t)a->window_ns, "ops", ops, "failed",
			   (json_int_t)a->failed);
	if (!a->watched_ns)
		return record;
	json_object_set_new(record, "watched_ns", json_integer(a->watched_ns));
	json_object_set_new(record, "lock",
			    wait_json(&a->wait[PCPU_BENCH_LOCK]));
	json_object_set_new(record, "mutex",
			    wait_json(&a->wait[PCPU_BENCH_MUTEX]));
	return record;
}

static json_t *describe(const struct parallel *p, const struct proof *proof)
{
	char reason[PROOF_REASON_LEN] = "";
	struct plan plan = *p->plan;
	struct contention facts;
	json_t *cell;

	plan.options.val[BENCH_THREADS] = p->threads;
	cell = cell_record(&plan, p->bench, p->size, p->batch, WARMUP, "");
	cell_record_samples(cell, p->samples, p->nr_samples, proof);
	json_object_set_new(cell, "chunk", json_pack("{s:i}", "outside",
						     (int)p->outside));
	json_object_set_new(cell, "contention", json_pack(
		"{s:i, s:i, s:o, s:o}", "threads", (int)p->threads,
		"present", (int)p->present,
		"off", arm_json(p, PCPU_BENCH_ARM_OFF),
		"on", arm_json(p, PCPU_BENCH_ARM_ON)));
	if (p->unwatched)
		json_object_set_new(cell, "unsupported", json_pack(
			"{s:s}", "waits",
			"this kernel has no tracepoints of contention"));
	else if (!p->arms[PCPU_BENCH_ARM_ON].watched_ns)
		json_object_set_new(cell, "unsupported", json_pack(
			"{s:s}", "waits",
			"the addresses of the two locks are not known"));
	contention_of(cell, &facts);
	if (!proof_broken(proof, reason))
		contention_broken(&facts, reason);
	if (reason[0]) {
		json_object_set_new(cell, "valid", json_false());
		json_object_set_new(cell, "reason", json_string(reason));
	}
	return cell;
}

static int make_room(struct parallel *p)
{
	const unsigned int n = p->threads;

	p->seats = calloc(n, sizeof(*p->seats));
	p->samples = calloc((size_t)p->plan->rounds * PCPU_BENCH_NR_ARMS,
			    sizeof(*p->samples));
	p->arms[PCPU_BENCH_ARM_OFF].ops = calloc(n, sizeof(long long));
	p->arms[PCPU_BENCH_ARM_ON].ops = calloc(n, sizeof(long long));
	return p->seats && p->samples && p->arms[PCPU_BENCH_ARM_OFF].ops &&
	       p->arms[PCPU_BENCH_ARM_ON].ops ? 0 : no_memory();
}

static int measure_cell(struct parallel *p)
{
	struct proof proof = { .beyond = p->t->beyond };
	struct err_kept kept;
	int ret, ret2;

	p->present = p->threads;
	ret = make_room(p);
	if (!ret)
		ret = p->ops->start(p);
	if (!ret)
		ret = p->ops->prove(p, &proof);
	if (!ret)
		ret = run_windows(p);
	if (!ret)
		ret = p->ops->after(p, &proof);
	proof.outside = p->outside;
	if (!ret)
		ret = target_emit(p->t, describe(p, &proof));
	kept = err_keep();
	ret2 = p->ops->stop(p);
	free(p->arms[PCPU_BENCH_ARM_OFF].ops);
	free(p->arms[PCPU_BENCH_ARM_ON].ops);
	free(p->samples);
	free(p->seats);
	return err_first(&kept, ret, ret2);
}

/* Nothing of an earlier number of tasks. */
static void forget(struct parallel *p)
{
	p->nr_samples = 0;
	p->outside = 0;
	p->unwatched = false;
	memset(p->arms, 0, sizeof(p->arms));
}

static int measure_each(struct parallel *p, unsigned int nr)
{
	const unsigned int asked = p->plan->options.val[BENCH_THREADS];
	int ret = 0;

	if (asked > nr)
		return err(EX_USE, "threads: %u, and %u CPUs are online: give at most these",
			   asked, nr);
	while (!ret && (p->threads = plan_next_threads(p->plan, p->threads, nr))) {
		forget(p);
		ret = measure_cell(p);
	}
	return ret;
}

int parallel_measure(struct parallel *p)
{
	int *cpus = calloc(MAX_CPUS, sizeof(*cpus)), ret;

	if (!cpus)
		return no_memory();
	p->cpus = cpus;
	ret = measure_each(p, crew_cpus(cpus, MAX_CPUS));
	free(cpus);
	return ret;
}
