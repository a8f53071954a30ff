// SPDX-License-Identifier: GPL-2.0-only
/*
 * percpu-counter: makes percpu_counters, of which each takes 4 of @param bytes,
 * destroys them, adds to one and sums it up. Each operation is measured alone.
 */
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu_counter.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "bench.h"

/* As many as an mm has: NR_MM_COUNTERS. */
#define MOST	4

/* Counters that are made by one call. */
struct counter_set {
	u32 nr;
	struct percpu_counter of[MOST];
};

/* Those of one sample. */
struct counter_sample {
	u32 made, destroyed;	/* sets: where the loop is */
	u32 nr_sets;
	bool all;		/* dying_begin() */
	s64 added, sum;		/* sum: the last one that the loop saw */
	struct counter_set sets[];
};

static int percpu_counter_check(u32 param)
{
	if (!param || param % sizeof(s32) || param / sizeof(s32) > MOST)
		return -EINVAL;
	return 0;
}

/* Kernels before 6.6 have no call for several: theirs are made one by one. */
#ifndef PCPU_BENCH_HAS_percpu_counter_init_many
static void percpu_counter_destroy_many(struct percpu_counter *fbc, u32 nr)
{
	while (nr--)
		percpu_counter_destroy(fbc++);
}

static int percpu_counter_init_many(struct percpu_counter *fbc, s64 amount,
				    gfp_t gfp, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		if (!percpu_counter_init(&fbc[i], amount, gfp))
			continue;
		percpu_counter_destroy_many(fbc, i);
		return -ENOMEM;
	}
	return 0;
}
#endif

/*
 * The loops. @empty is a constant: without the operation, the same loop.
 */

static __always_inline int init_sets(struct counter_sample *s, u32 nr,
				     gfp_t gfp, u32 n, const bool empty)
{
	struct counter_set *set = &s->sets[s->made];
	int err = 0;

	while (n--) {
		if (empty) {
			OPTIMIZER_HIDE_VAR(gfp);
			OPTIMIZER_HIDE_VAR(err);
		} else {
			err = percpu_counter_init_many(set->of, 0, gfp, nr);
		}
		if (unlikely(err))
			return err;
		set->nr = nr;
		set++;
	}
	s->made = set - s->sets;
	return 0;
}

static __always_inline void destroy_sets(struct counter_sample *s, u32 n,
					 const bool empty)
{
	struct counter_set *set = &s->sets[s->destroyed];

	s->destroyed += n;
	for (; n--; set++) {
		if (empty)
			OPTIMIZER_HIDE_VAR(set);
		else
			percpu_counter_destroy_many(set->of, set->nr);
	}
}

static __always_inline void add_up(struct counter_sample *s, s32 batch, u32 n,
				   const bool empty)
{
	struct percpu_counter *fbc = s->sets[0].of;

	s->added += n;
	while (n--) {
		if (empty)
			OPTIMIZER_HIDE_VAR(fbc);
		else
			percpu_counter_add_batch(fbc, 1, batch);
	}
}

static __always_inline void sum_up(struct counter_sample *s, u32 n,
				   const bool empty)
{
	struct percpu_counter *fbc = s->sets[0].of;

	while (n--) {
		if (empty)
			OPTIMIZER_HIDE_VAR(fbc);
		else
			s->sum = percpu_counter_sum(fbc);
	}
}

/*
 * The batch of percpu_counter_add() follows the CPUs that are online. What an add
 * below the batch costs does not, nor does one that reaches it: measure these.
 */
static __always_inline int do_op(struct bench_ctx *ctx, gfp_t gfp, u32 n,
				 const bool empty)
{
	struct counter_sample *s = ctx->counters;

	switch (ctx->op) {
	case PCPU_BENCH_COUNTER_INIT:
		return init_sets(s, ctx->param / sizeof(s32), gfp, n, empty);
	case PCPU_BENCH_COUNTER_DESTROY:
		destroy_sets(s, n, empty);
		return 0;
	case PCPU_BENCH_COUNTER_ADD:
		add_up(s, INT_MAX, n, empty);
		return 0;
	case PCPU_BENCH_COUNTER_FLUSH:
		add_up(s, 1, n, empty);
		return 0;
	default:
		sum_up(s, n, empty);
		return 0;
	}
}

static noinline int real_loop(struct bench_ctx *ctx, gfp_t gfp, u32 n)
{
	return do_op(ctx, gfp, n, false);
}

static noinline int empty_loop(struct bench_ctx *ctx, gfp_t gfp, u32 n)
{
	return do_op(ctx, gfp, n, true);
}

static int percpu_counter_loop(struct bench_ctx *ctx, enum pcpu_bench_arm arm,
			       u32 n)
{
	if (arm == PCPU_BENCH_ARM_EMPTY)
		return empty_loop(ctx, ctx->gfp[arm], n);
	return real_loop(ctx, ctx->gfp[arm], n);
}

/* Each possible CPU has added one, so that the sum tells how many it walked. */
static void add_everywhere(struct counter_sample *s)
{
	s32 __percpu *parts = s->sets[0].of[0].counters;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		(*per_cpu_ptr(parts, cpu))++;
	s->added = num_possible_cpus();
	s->all = dying_begin();
}

/* Make @n sets, which can take long. */
static int make_sets(struct bench_ctx *ctx, gfp_t gfp, u32 n)
{
	u32 nr;
	int err;

	for (; n; n -= nr) {
		nr = min(n, ctx->slice);
		err = init_sets(ctx->counters, ctx->param / sizeof(s32), gfp,
				nr, false);
		if (err)
			return err;
		if (signal_pending(current))
			return -ERESTARTSYS;
		cond_resched();
	}
	return 0;
}

/* Make what the loop does not make itself. */
static int percpu_counter_before(struct bench_ctx *ctx, enum pcpu_bench_arm arm,
				 u32 n)
{
	const bool init = ctx->op == PCPU_BENCH_COUNTER_INIT;
	const bool one = !init && ctx->op != PCPU_BENCH_COUNTER_DESTROY;
	struct counter_sample *s;
	int err;

	if (one)
		n = 1;
	/* The sets take more memory than what they count in. */
	if (!shape_fits_bytes(struct_size(s, sets, n) +
			      pcpu_bench_memory(ctx->param, n,
						num_possible_cpus())))
		return -EFBIG;
	s = kvzalloc(struct_size(s, sets, n), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	s->nr_sets = n;
	ctx->counters = s;
	if (init)
		return 0;
	err = make_sets(ctx, ctx->gfp[arm], n);
	if (!err && ctx->op == PCPU_BENCH_COUNTER_SUM)
		add_everywhere(s);
	return err;
}

/* Is the sum what was added? */
static bool sum_is_right(struct bench_ctx *ctx)
{
	struct counter_sample *s = ctx->counters;

	if (ctx->op == PCPU_BENCH_COUNTER_SUM)
		return s->sum == s->added;
	return percpu_counter_sum(s->sets[0].of) == s->added;
}

static void percpu_counter_after(struct bench_ctx *ctx, enum pcpu_bench_arm arm,
				 bool whole)
{
	struct counter_sample *s = ctx->counters;
	u32 i;

	if (!s)
		return;
	if (s->all)
		dying_end();
	if (whole && arm != PCPU_BENCH_ARM_EMPTY &&
	    ctx->op != PCPU_BENCH_COUNTER_DESTROY && !sum_is_right(ctx))
		ctx->wrong_sums++;
	if (s->sets[0].of[0].counters)
		ctx->last = s->sets[0].of[0].counters;
	/* Nothing is done to what was not made, or is destroyed. */
	for (i = 0; i < s->nr_sets; i++) {
		percpu_counter_destroy_many(s->sets[i].of, s->sets[i].nr);
		cond_resched();
	}
	kvfree(s);
	ctx->counters = NULL;
}

static void *percpu_counter_hold(struct bench_ctx *ctx, gfp_t gfp,
				 void __percpu **at)
{
	struct counter_set *set = kzalloc(sizeof(*set), GFP_KERNEL);

	if (!set)
		return NULL;
	set->nr = ctx->param / sizeof(s32);
	if (percpu_counter_init_many(set->of, 0, gfp | __GFP_NOWARN, set->nr)) {
		kfree(set);
		return NULL;
	}
	*at = set->of[0].counters;
	return set;
}

static void percpu_counter_release(void *obj)
{
	struct counter_set *set = obj;

	percpu_counter_destroy_many(set->of, set->nr);
	kfree(set);
}

const struct bench bench_percpu_counter = {
	.name = "percpu-counter",
	.percpu = true,
	.nr_ops = PCPU_BENCH_COUNTER_NR_OPS,
	.check = percpu_counter_check,
	.before = percpu_counter_before,
	.loop = percpu_counter_loop,
	.after = percpu_counter_after,
	.hold = percpu_counter_hold,
	.release = percpu_counter_release,
};
