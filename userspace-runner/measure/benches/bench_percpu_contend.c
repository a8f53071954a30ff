// SPDX-License-Identifier: GPL-2.0-or-later
/* percpu-contend: windows in which many tasks allocate and free at once. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/memory.h"
#include "measure/benches/benches.h"
#include "measure/cell_record.h"
#include "measure/crew.h"
#include "results/contention.h"

#define MAX_CPUS	8192
#define WINDOW_NS	100000000
#define WARMUP		1	/* windows of each arm */
#define BATCH		1000	/* of pairs in a sample, so that ns suffice */

/* What an arm did in all windows that count, and in the watched one. */
struct arm {
	long long *ops;		/* of each task */
	long long failed, window_ns, watched_ns;
	struct contention_wait wait[PCPU_BENCH_NR_LOCKS];
};

/* A cell: so many tasks, one size. */
struct contend {
	const struct target *t;
	const struct plan *plan;
	unsigned int size, threads;
	struct crew crew;
	struct pcpu_bench_seat *seats;
	struct pcpu_bench_sample *samples;
	size_t nr_samples;
	unsigned int present;
	unsigned int outside;	/* windows with an object in the first chunk */
	bool unwatched;
	struct arm arms[PCPU_BENCH_NR_ARMS];
};

static bool is_own(const struct plan *plan)
{
	return plan->options.val[BENCH_MEMCGS] == MEMCGS_OWN;
}

static int by_cpu(const void *a, const void *b)
{
	const struct pcpu_bench_seat *x = a, *y = b;

	return (x->cpu > y->cpu) - (x->cpu < y->cpu);
}

static int hold_window(struct contend *c, enum pcpu_bench_arm arm, bool watch,
		       unsigned long long *window_ns)
{
	struct pcpu_bench_contend contend = {
		.bytes = c->size,
		.threads = c->threads,
		.flags = (arm == PCPU_BENCH_ARM_ON ?
			  PCPU_BENCH_ALLOC_ACCOUNT : 0) |
			 (c->plan->options.val[BENCH_GFP] ?
			  PCPU_BENCH_ALLOC_ATOMIC : 0) |
			 (watch ? PCPU_BENCH_CONTEND_WATCH : 0),
		.window_ns = WINDOW_NS,
		.seats = (uintptr_t)c->seats,
	};
	unsigned int i, present = 0;
	int ret, lost;

	if (measure_stop)
		return err(EX_INTR, "interrupted");
	for (i = 0; watch && i < PCPU_BENCH_NR_LOCKS; i++)
		contend.locks[i] = c->t->env->locks[i];
	ret = device_contend(c->t->fd, &contend);
	/* Why a task is gone says more than that it is. */
	lost = ret == EX_FAIL ? crew_lost(&c->crew) : 0;
	if (ret)
		return lost ? lost : ret;
	/* They came in another order than to the last window. */
	qsort(c->seats, c->threads, sizeof(*c->seats), by_cpu);
	for (i = 0; i < c->threads; i++) {
		present += c->seats[i].early_ns >= 0 &&
			   c->seats[i].late_ns >= 0;
		c->outside += c->seats[i].outside;
	}
	if (present < c->present)
		c->present = present;
	*window_ns = contend.window_ns;
	return 0;
}

/* A window without a pair has no time; contention_broken() tells. */
static void add_sample(struct contend *c, enum pcpu_bench_arm arm,
		       long long ops, unsigned long long window_ns)
{
	c->samples[c->nr_samples++] = (struct pcpu_bench_sample){
		.arm = arm,
		.ticks = ops ? llround((double)window_ns * BATCH /
				       (double)ops) : 0,
		.disturbed = ops ? 0 : PCPU_BENCH_SWITCH,
	};
}

static int measure_window(struct contend *c, enum pcpu_bench_arm arm)
{
	struct arm *a = &c->arms[arm];
	unsigned long long window_ns;
	long long ops = 0;
	int ret;

	ret = hold_window(c, arm, false, &window_ns);
	if (ret)
		return ret;
	for (unsigned int i = 0; i < c->threads; i++) {
		ops += c->seats[i].ops;
		a->ops[i] += c->seats[i].ops;
		a->failed += c->seats[i].failed;
	}
	a->window_ns += window_ns;
	add_sample(c, arm, ops, window_ns);
	return 0;
}

/* One window more, since each call of the tracepoints takes its time. */
static int watch_window(struct contend *c, enum pcpu_bench_arm arm)
{
	struct arm *a = &c->arms[arm];
	unsigned long long window_ns;
	struct contention_wait *wait;
	int ret;

	ret = hold_window(c, arm, true, &window_ns);
	if (ret == EX_INVALID) {
		c->unwatched = true;
		return 0;
	}
	if (ret)
		return ret;
	a->watched_ns = window_ns;
	for (unsigned int i = 0; i < c->threads; i++)
		for (unsigned int l = 0; l < PCPU_BENCH_NR_LOCKS; l++) {
			const struct pcpu_bench_waits *w = &c->seats[i].waits[l];

			wait = &a->wait[l];
			wait->waits += w->begun;
			wait->ns += w->ns;
			wait->lost += w->begun - w->ended;
		}
	return 0;
}

static int run_windows(struct contend *c)
{
	static const enum pcpu_bench_arm order[2][PCPU_BENCH_NR_ARMS] =
		PCPU_BENCH_ORDER;
	unsigned long long unused;
	unsigned int round, i;
	int ret = 0;

	for (round = 0; round < WARMUP + c->plan->rounds && !ret; round++)
		for (i = 0; i < PCPU_BENCH_NR_ARMS && !ret; i++) {
			enum pcpu_bench_arm arm = order[round % 2][i];

			/* There is no empty loop: nothing to contend for. */
			if (round < WARMUP)
				ret = arm == PCPU_BENCH_ARM_EMPTY ? 0 :
				      hold_window(c, arm, false, &unused);
			else if (arm == PCPU_BENCH_ARM_EMPTY)
				add_sample(c, arm, BATCH, 0);
			else
				ret = measure_window(c, arm);
		}
	if (!c->t->env->locks || !c->t->env->locks[PCPU_BENCH_MUTEX])
		return ret;
	if (!ret)
		ret = watch_window(c, PCPU_BENCH_ARM_OFF);
	return ret || c->unwatched ? ret : watch_window(c, PCPU_BENCH_ARM_ON);
}

static json_t *wait_json(const struct contention_wait *w)
{
	return json_pack("{s:I, s:I, s:I}", "waits", (json_int_t)w->waits, "ns",
			 (json_int_t)w->ns, "lost", (json_int_t)w->lost);
}

static json_t *arm_json(const struct contend *c, enum pcpu_bench_arm arm)
{
	const struct arm *a = &c->arms[arm];
	json_t *ops = json_array(), *record;

	for (unsigned int i = 0; i < c->threads; i++)
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

static json_t *describe(const struct contend *c, const struct proof *p)
{
	char reason[PROOF_REASON_LEN] = "";
	struct plan plan = *c->plan;
	struct contention facts;
	json_t *cell;

	plan.options.val[BENCH_THREADS] = c->threads;
	cell = cell_record(&plan, plan.bench, c->size, BATCH, WARMUP, "");
	cell_record_samples(cell, c->samples, c->nr_samples, p);
	json_object_set_new(cell, "chunk", json_pack("{s:i}", "outside",
						     (int)c->outside));
	json_object_set_new(cell, "contention", json_pack(
		"{s:i, s:i, s:o, s:o}", "threads", (int)c->threads,
		"present", (int)c->present,
		"off", arm_json(c, PCPU_BENCH_ARM_OFF),
		"on", arm_json(c, PCPU_BENCH_ARM_ON)));
	if (c->unwatched)
		json_object_set_new(cell, "unsupported", json_pack(
			"{s:s}", "waits",
			"this kernel has no tracepoints of contention"));
	else if (!c->arms[PCPU_BENCH_ARM_ON].watched_ns)
		json_object_set_new(cell, "unsupported", json_pack(
			"{s:s}", "waits",
			"the addresses of the two locks are not known"));
	contention_of(cell, &facts);
	if (!proof_broken(p, reason))
		contention_broken(&facts, reason);
	if (reason[0]) {
		json_object_set_new(cell, "valid", json_false());
		json_object_set_new(cell, "reason", json_string(reason));
	}
	return cell;
}

static int prove(struct contend *c, struct proof *p)
{
	int ret = cgroup_percpu_bytes(&c->t->cg, &p->before);

	if (!ret)
		ret = target_hold_one(c->t, c->size, PCPU_BENCH_ARM_OFF,
				      &p->off_held, &p->first_chunk);
	if (!ret)
		ret = target_hold_one(c->t, c->size, PCPU_BENCH_ARM_ON,
				      &p->held, &p->first_chunk);
	return ret;
}

/* Charges that no object holds any more, in all cgroups. */
static int prove_after(struct contend *c, struct proof *p)
{
	long long own = 0;
	int ret = cgroup_percpu_bytes(&c->t->cg, &p->after);

	if (!ret)
		ret = crew_percpu_bytes(&c->crew, &own);
	p->after += own;
	p->outside = c->outside;
	return ret;
}

static int make_room(struct contend *c)
{
	const unsigned int n = c->threads;

	c->seats = calloc(n, sizeof(*c->seats));
	c->samples = calloc((size_t)c->plan->rounds * PCPU_BENCH_NR_ARMS,
			    sizeof(*c->samples));
	c->arms[PCPU_BENCH_ARM_OFF].ops = calloc(n, sizeof(long long));
	c->arms[PCPU_BENCH_ARM_ON].ops = calloc(n, sizeof(long long));
	return c->seats && c->samples && c->arms[PCPU_BENCH_ARM_OFF].ops &&
	       c->arms[PCPU_BENCH_ARM_ON].ops ? 0 : no_memory();
}

static int measure_cell(struct contend *c, const int *cpus)
{
	struct proof p = {
		.expected = target_charge(c->t, c->size),
		.beyond = c->t->beyond,
	};
	struct err_kept kept;
	int ret, ret2;

	c->present = c->threads;
	ret = make_room(c);
	if (!ret)
		ret = crew_start(&c->crew, c->t->fd, &c->t->cg,
				 is_own(c->plan), cpus, c->threads);
	if (!ret)
		ret = prove(c, &p);
	if (!ret)
		ret = run_windows(c);
	if (!ret)
		ret = prove_after(c, &p);
	if (!ret)
		ret = target_emit(c->t, describe(c, &p));
	kept = err_keep();
	ret2 = crew_stop(&c->crew);
	free(c->arms[PCPU_BENCH_ARM_OFF].ops);
	free(c->arms[PCPU_BENCH_ARM_ON].ops);
	free(c->samples);
	free(c->seats);
	return err_first(&kept, ret, ret2);
}

/* After @threads: twice as many, and in the end all @nr CPUs. */
static unsigned int next_threads(unsigned int threads, unsigned int nr)
{
	return threads < nr && 2 * threads > nr ? nr : 2 * threads;
}

static int measure_threads(const struct target *t, const struct plan *plan,
			   unsigned int size, const int *cpus, unsigned int nr)
{
	const unsigned int asked = plan->options.val[BENCH_THREADS];
	unsigned int threads;
	int ret = 0;

	if (asked > nr)
		return err(EX_USE, "threads: %u, and %u CPUs are online: give at most these",
			   asked, nr);
	for (threads = asked ? asked : 1; threads <= nr && !ret;
	     threads = next_threads(threads, nr)) {
		struct contend c = {
			.t = t, .plan = plan, .size = size, .threads = threads,
		};

		ret = measure_cell(&c, cpus);
		if (asked)
			break;
	}
	return ret;
}

int measure_percpu_contend(const struct target *t, const struct plan *plan,
			   unsigned int size)
{
	int *cpus = calloc(MAX_CPUS, sizeof(*cpus)), ret;

	if (!cpus)
		return no_memory();
	ret = measure_threads(t, plan, size, cpus, crew_cpus(cpus, MAX_CPUS));
	free(cpus);
	return ret;
}
