// SPDX-License-Identifier: GPL-2.0-or-later
/* memcg-life: a cgroup comes and goes, and what the kernel does for it later. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/benches.h"
#include "measure/benches/busy_clock.h"
#include "measure/benches/cgroup_life.h"
#include "measure/benches/sample.h"
#include "measure/benches/workers.h"
#include "measure/cell_record.h"
#include "measure/vmallocinfo.h"

/* Rounds until slab caches and chunks have what a life takes. */
#define WARMUP	2

/*
 * A window has so many fast ticks. Grace periods take a few of them. The statistics
 * are added up every 208 ticks, so once in each window.
 */
#define WINDOW	208
/* In ns: it ends between two ticks. */
#define WINDOW_NS	((WINDOW * 2LL - 1) * TICK_FAST_NS / 2)

struct life_bench {
	struct cgroup_life life;
	struct busy_clock clock;
	struct pcpu_bench_sample *samples[NR_LIFE_OPS + 1];	/* last: the sum */
	size_t nr;
};

/* How a sample of an operation is taken. */
enum how {
	ALONE,			/* without ticks; no worker comes between */
	BESIDE,			/* in a window: the task has to wait for workers */
	FOLLOWS,		/* a window that follows on the operation before */
};

static const struct {
	const char *name;
	enum how how;
	bool objects;		/* only for lives with objects */
} ops[NR_LIFE_OPS + 1] = {
	[LIFE_MKDIR] = { "mkdir", ALONE, false },
	[LIFE_ENTER] = { "enter", BESIDE, false },
	[LIFE_HOLD] = { "hold", ALONE, true },
	[LIFE_LEAVE] = { "leave", BESIDE, false },
	[LIFE_RMDIR] = { "rmdir", ALONE, false },
	[LIFE_SETTLE] = { "settle", FOLLOWS, false },
	[LIFE_FREE] = { "free", ALONE, true },
	[NR_LIFE_OPS] = { "whole", ALONE, false },
};

static int do_op(struct life_bench *b, enum life_op op, enum pcpu_bench_arm arm)
{
	return arm == PCPU_BENCH_ARM_EMPTY ? 0 :
	       cgroup_life_do(&b->life, op, arm);
}

static int take_syscalls(struct life_bench *b, enum life_op op,
			 enum pcpu_bench_arm arm, struct pcpu_bench_sample *s)
{
	struct sample_clock clock;
	int ret;

	ret = sample_begin(&clock, b->life.t, INSTRUMENT_INSN, arm,
			   SAMPLE_WITHOUT_TICK);
	if (!ret)
		ret = do_op(b, op, arm);
	/* An error ends the run, so the sample needs no end. */
	return ret ? ret : sample_end(&clock, s);
}

/* Until the end of the window that began at @start: the next tick wakes the task. */
static int sleep_on(const struct timespec *start)
{
	const long long end = start->tv_nsec + WINDOW_NS;
	const struct timespec until = {
		start->tv_sec + end / 1000000000, end % 1000000000
	};

	return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) ?
	       err(EX_FAIL, "cannot sleep") : 0;
}

static int take_window(struct life_bench *b, enum life_op op,
		       enum pcpu_bench_arm arm, struct pcpu_bench_sample *s)
{
	const struct target *t = b->life.t;
	struct timespec start;
	uint64_t insn;
	int ret;

	t->env->tick(TICK_FAST);
	clock_gettime(CLOCK_MONOTONIC, &start);
	ret = busy_clock_start(&b->clock);
	if (!ret)
		ret = do_op(b, op, arm);
	if (!ret)
		ret = sleep_on(&start);
	busy_clock_stop(&b->clock, &insn);
	t->env->tick(TICK_SLOW);
	s->ticks = insn;
	/* Somebody else was at work all the time, so maybe after it as well. */
	b->life.busy += insn > WINDOW_NS / 10 * 9;
	return ret;
}

/* Where the same work of the kernel will come in the same ticks from now on. */
static int settle_turn(const struct target *t)
{
	int ret;

	t->env->tick(TICK_FAST);
	ret = device_settle(t->fd, PCPU_BENCH_SETTLE_TURN);
	t->env->tick(TICK_SLOW);
	return ret;
}

static int take_op(struct life_bench *b, enum life_op op,
		   enum pcpu_bench_arm arm, size_t at)
{
	struct pcpu_bench_sample *s = &b->samples[op][at];
	const enum how how = ops[op].how;
	int ret = 0;

	*s = (struct pcpu_bench_sample){ .arm = arm };
	if (arm != PCPU_BENCH_ARM_EMPTY)
		ret = cgroup_life_ready(&b->life, op, arm);
	if (!ret && how != FOLLOWS)
		ret = settle_turn(b->life.t);
	if (ret)
		return ret;
	return how == ALONE ? take_syscalls(b, op, arm, s) :
	       take_window(b, op, arm, s);
}

static int take(void *arg, enum pcpu_bench_arm arm, size_t at)
{
	struct life_bench *b = arg;
	struct pcpu_bench_sample *sum = &b->samples[NR_LIFE_OPS][at];
	int ret = device_settle(b->life.t->fd, PCPU_BENCH_SETTLE_ALL);

	*sum = (struct pcpu_bench_sample){ .arm = arm };
	for (enum life_op op = 0; op < NR_LIFE_OPS && !ret; op++) {
		if (ops[op].objects && !b->life.holds)
			continue;
		ret = take_op(b, op, arm, at);
		if (!ret && op == LIFE_SETTLE)
			ret = cgroup_life_freed(&b->life);
		sum->ticks += b->samples[op][at].ticks;
		sum->disturbed |= b->samples[op][at].disturbed;
	}
	return ret;
}

/* The slab caches have what the cgroup's structures take, and no more. */
static bool slabs_differ(const struct cgroup_life *l,
			 char reason[PROOF_REASON_LEN])
{
	const unsigned int nr = l->nr_beside[PCPU_BENCH_ARM_ON];
	const long long known = cgroup_life_slab(l);
	long long told;

	if (!nr || !l->slabs.told || !l->footprint.nr_nodes)
		return false;
	told = life_slabs_structures(&l->slabs, nr);
	if (told == known)
		return false;
	snprintf(reason, PROOF_REASON_LEN,
		 "slab caches have %lld B for a cgroup, and its structures take %lld B",
		 told, known);
	return true;
}

static void judge(const struct cgroup_life *l, char reason[PROOF_REASON_LEN])
{
	const long long computed = cgroup_life_computed(l);

	reason[0] = '\0';
	if (computed && computed != l->one.slab)
		snprintf(reason, PROOF_REASON_LEN, PROOF_OF_STATISTICS,
			 l->one.slab, computed);
	else if (l->kept)
		snprintf(reason, PROOF_REASON_LEN,
			 "a removed cgroup was still there when its sample ended, %u times",
			 l->kept);
	else if (l->busy)
		snprintf(reason, PROOF_REASON_LEN,
			 "the kernel may not have been done when a sample ended, %u times",
			 l->busy);
	else if (!slabs_differ(l, reason))
		proof_broken(&l->proof, reason);
}

static void put_bytes(json_t *cell, const struct cgroup_life *l)
{
	json_object_set_new(cell, "memcg", json_pack(
			    "{s:i, s:I, s:I}", "held", 1,
			    "percpu", (json_int_t)l->one.percpu,
			    "slab", (json_int_t)l->one.slab));
}

static void put_footprint(json_t *cell, const struct cgroup_life *l)
{
	const struct pcpu_bench_footprint *f = &l->footprint;

	if (!f->nr_nodes)
		return;
	json_object_set_new(cell, "footprint", json_pack(
			    "{s:I, s:I, s:I, s:I, s:I, s:I, s:i, s:i}",
			    "percpu", (json_int_t)l->one.percpu,
			    "slab", (json_int_t)cgroup_life_computed(l),
			    "structures", (json_int_t)f->structures,
			    "shrinkers", (json_int_t)f->shrinkers,
			    "objcgs", (json_int_t)f->objcgs,
			    "references", (json_int_t)f->references,
			    "nr_nodes", (int)f->nr_nodes,
			    "nr_objcgs", (int)f->nr_objcgs));
}

static void put_beside(json_t *cell, const struct cgroup_life *l)
{
	const unsigned int nr = l->nr_beside[PCPU_BENCH_ARM_ON];
	json_t *beside;

	if (!nr)
		return;
	beside = json_pack("{s:i, s:I, s:I}", "held", (int)nr,
			   "percpu", (json_int_t)l->beside.percpu,
			   "slab", (json_int_t)l->beside.slab);
	if (l->slabs.told)
		life_slabs_put(&l->slabs, beside);
	json_object_set_new(cell, "beside", beside);
}

/* Of the machine, and not of the cgroup. */
static int put_exts(json_t *cell, const struct cgroup_life *l)
{
	struct percpu_exts e;
	int ret = percpu_exts_read(l->t->fd, &e);

	if (!ret && e.unit)
		json_object_set_new(cell, "exts", json_pack(
				    "{s:i, s:i, s:I, s:I}",
				    "chunks", (int)e.chunks,
				    "arrays", (int)e.arrays,
				    "bytes", (json_int_t)e.bytes,
				    "unit", (json_int_t)e.unit));
	return ret;
}

static int emit(const struct life_bench *b, const char *kind)
{
	const struct plan *plan = b->life.plan;
	char bench[PLAN_BENCH_LEN + 16], reason[PROOF_REASON_LEN];
	json_t *cell;
	int ret = 0;

	for (int op = 0; op <= NR_LIFE_OPS && !ret; op++) {
		snprintf(bench, sizeof(bench), "%s/%s", kind, ops[op].name);
		if (!bench_covers(plan->bench, bench) ||
		    (ops[op].objects && !b->life.holds))
			continue;
		judge(&b->life, reason);
		cell = cell_record(plan, bench, 0, 1, WARMUP, reason);
		cell_record_samples(cell, b->samples[op], b->nr, &b->life.proof);
		json_object_set_new(cell, "chunk",
				    json_pack("{s:i}", "outside", 0));
		if (op == LIFE_MKDIR) {
			put_bytes(cell, &b->life);
			put_footprint(cell, &b->life);
			put_beside(cell, &b->life);
			ret = put_exts(cell, &b->life);
		}
		if (ret)
			json_decref(cell);
		else
			ret = target_emit(b->life.t, cell);
	}
	return ret;
}

static int measure_kind(struct life_bench *b)
{
	const struct bench *bench = bench_find(b->life.plan->bench);
	char kind[PLAN_BENCH_LEN];
	int ret;

	snprintf(kind, sizeof(kind), "%s/%s", bench->name,
		 bench->kinds[b->life.holds].name);
	/* Or one of its operations. */
	if (!bench_covers(b->life.plan->bench, kind) &&
	    !bench_covers(kind, b->life.plan->bench))
		return 0;
	ret = cgroup_life_weigh(&b->life);
	if (!ret)
		ret = sample_rounds(b->life.plan, WARMUP, take, b);
	if (!ret)
		ret = cgroup_life_gone(&b->life);
	return ret ? ret : emit(b, kind);
}

static int measure_kinds(struct life_bench *b)
{
	int ret = run_before_workers(true);

	if (ret)
		return ret;
	for (b->life.holds = 0; b->life.holds < NR_LIFE_KINDS && !ret;
	     b->life.holds++)
		ret = measure_kind(b);
	return run_before_workers(false) && !ret ? EX_FAIL : ret;
}

/*
 * Random numbers are stirred anew at intervals that grow with the time since boot, up
 * to a minute after two; a machine that idles has no instructions. The counters of
 * a zone's pages need not be added up every second.
 */
static int calm_down(void)
{
	const struct timespec until = { .tv_sec = 125 };

	if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL))
		return err(EX_FAIL, "cannot sleep");
	return write_file("/proc/sys/vm/stat_interval", "3600");
}

static int begin(struct life_bench *b)
{
	int ret = cgroup_life_begin(&b->life);

	if (!ret)
		ret = cgroup_life_beside(&b->life);
	if (!ret)
		ret = calm_down();

	b->nr = (size_t)b->life.plan->rounds * PCPU_BENCH_NR_ARMS;
	for (int op = 0; op <= NR_LIFE_OPS && !ret; op++) {
		b->samples[op] = calloc(b->nr, sizeof(*b->samples[op]));
		if (!b->samples[op])
			ret = err(EX_FAIL, "out of memory for %zu samples",
				  b->nr);
	}
	return ret ? ret : busy_clock_open(&b->clock);
}

int measure_memcg_life(const struct target *t, const struct plan *plan,
		       unsigned int size)
{
	struct life_bench b = {
		.life = { .t = t, .plan = plan }, .clock.wakes = -1,
	};
	int ret, guard;

	(void)size;	/* there is none */
	if (!t->env->tick)
		return err(EX_FAIL, "the tick cannot be changed");
	/* The kernel's own objects, down to 4 bytes, shall be accounted. */
	ret = device_guard(&guard);
	if (ret)
		return ret;
	ret = begin(&b);
	if (!ret)
		ret = measure_kinds(&b);
	busy_clock_close(&b.clock);
	ret = cgroup_life_end(&b.life, ret);
	for (int op = 0; op <= NR_LIFE_OPS; op++)
		free(b.samples[op]);
	close(guard);
	return ret;
}
