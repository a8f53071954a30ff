// SPDX-License-Identifier: GPL-2.0-only
/*
 * The measured loop: samples of the three arms in turn, and their disturbances.
 */
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>
#ifdef CONFIG_X86
#include <asm/msr.h>
#include <asm/tsc.h>
#endif

#include "bench.h"
#include "mark.h"

/* The TSC, unless there is none or the kernel found it to be unstable. */
u32 run_clock(void)
{
#ifdef CONFIG_X86_TSC
	if (boot_cpu_has(X86_FEATURE_TSC) && !check_tsc_unstable())
		return PCPU_BENCH_CLOCK_TSC;
#endif
	return PCPU_BENCH_CLOCK_NS;
}

/* @clock is a constant to the compiler, so that a TSC is read at once. */
static __always_inline u64 now(const u32 clock)
{
#ifdef CONFIG_X86_TSC
	/* Constant over a run: the branch costs both ends of a sample alike. */
	if (clock == PCPU_BENCH_CLOCK_TSC && boot_cpu_has(X86_FEATURE_TSC))
		return rdtsc_ordered();
#endif
	return ktime_get_ns();
}

/* Counters that must not change while a sample runs. */
struct quiet {
	unsigned int irqs;
	unsigned long switches;
	int cpu;
};

static void quiet_read(struct quiet *q)
{
	q->cpu = raw_smp_processor_id();
	q->irqs = irqs_seen(q->cpu);
	q->switches = current->nvcsw + current->nivcsw;
}

static u32 quiet_broken(const struct quiet *before)
{
	struct quiet after;
	u32 why = 0;

	quiet_read(&after);
	if (after.cpu != before->cpu)
		return PCPU_BENCH_MIGRATED | PCPU_BENCH_SWITCH;
	if (after.irqs != before->irqs)
		why |= PCPU_BENCH_IRQ;
	if (after.switches != before->switches)
		why |= PCPU_BENCH_SWITCH;
	return why;
}

/* The arm is an immediate, so each arm has its own NOP. */
static __always_inline void mark_arm(enum pcpu_bench_arm arm)
{
	switch (arm) {
	case PCPU_BENCH_ARM_EMPTY:
		mark(PCPU_BENCH_ARM_EMPTY);
		break;
	case PCPU_BENCH_ARM_OFF:
		mark(PCPU_BENCH_ARM_OFF);
		break;
	default:
		mark(PCPU_BENCH_ARM_ON);
	}
}

/*
 * One call of the loop can neither be killed nor rescheduled. So a long sample
 * is several calls, and one call clears this much memory, which takes some 0.1
 * s. An unaccounted small object takes as long as one of 256 B.
 */
#define SLICE_BYTES	(256UL << 20)
#define SMALL_BYTES	256U

static u32 slice_of(const struct bench *bench, u32 size)
{
	return max(SLICE_BYTES / max(size, SMALL_BYTES) / bench_copies(bench),
		   1UL);
}

typedef int (*loop_fn)(struct bench_ctx *ctx, enum pcpu_bench_arm arm, u32 n);

static __always_inline int in_slices(struct bench_ctx *ctx, loop_fn loop,
				     enum pcpu_bench_arm arm, u32 pairs)
{
	int err = loop(ctx, arm, min(pairs, ctx->slice));

	while (unlikely(pairs > ctx->slice) && !err) {
		pairs -= ctx->slice;
		cond_resched();
		if (signal_pending(current))
			return -ERESTARTSYS;
		err = loop(ctx, arm, min(pairs, ctx->slice));
	}
	return err;
}

static int run_batches(struct bench_ctx *ctx, enum pcpu_bench_arm arm,
		       u32 pairs)
{
	const struct bench *bench = ctx->bench;
	struct batch *b = &ctx->batch;
	int err = 0;

	for (; pairs && !err; pairs -= b->shape.batch) {
		b->nr = 0;
		b->nr_freed = 0;
		err = in_slices(ctx, bench->alloc, arm, b->shape.batch);
		if (!err)
			err = in_slices(ctx, bench->free, arm, b->shape.batch);
	}
	return err;
}

static __always_inline int time_loop(struct bench_ctx *ctx,
				     enum pcpu_bench_arm arm, u32 pairs,
				     const u32 clock, u64 *ticks)
{
	u64 start, end;
	int err;

	mark_arm(arm);
	start = now(clock);
	if (ctx->batch.shape.batch)
		err = run_batches(ctx, arm, pairs);
	else
		err = in_slices(ctx, ctx->bench->loop, arm, pairs);
	end = now(clock);
	mark(MARK_END);
	*ticks = end - start;
	return err;
}

static int take_sample(struct bench_ctx *ctx, enum pcpu_bench_arm arm,
		       u32 pairs, u32 clock, struct pcpu_bench_sample *sample)
{
	const struct bench *bench = ctx->bench;
	struct quiet before;
	int err;

	/* Let tasks that wait for this CPU run now and not in the sample. */
	cond_resched();
	if (ctx->batch.shape.batch) {
		/* A batch that is freed leaves work to the balance worker. */
		settle_scheduled();
		ctx->batch.empty = arm == PCPU_BENCH_ARM_EMPTY;
		ctx->batch.turn = 0;
	}

	if (bench->before) {
		err = bench->before(ctx, arm, pairs);
		if (err)
			goto out;
	}
	quiet_read(&before);
	if (clock == PCPU_BENCH_CLOCK_TSC)
		err = time_loop(ctx, arm, pairs, PCPU_BENCH_CLOCK_TSC,
				&sample->ticks);
	else
		err = time_loop(ctx, arm, pairs, PCPU_BENCH_CLOCK_NS,
				&sample->ticks);
	sample->arm = arm;
	sample->disturbed = quiet_broken(&before);
out:
	if (bench->after)
		bench->after(ctx, arm, !err);
	if (err)
		shape_undo(ctx);
	return err;
}

/* A sample with its counts. */
static int count_sample(struct bench_ctx *ctx, enum pcpu_bench_arm arm,
			u32 pairs, u32 clock, struct pcpu_bench_sample *sample,
			struct counters *c, struct counts *counts)
{
	struct counts before;
	int err;
	u32 i;

	counters_read(c, &before);
	err = take_sample(ctx, arm, pairs, clock, sample);
	counters_read(c, counts);
	for (i = 0; i < PCPU_BENCH_NR_COUNTERS; i++)
		counts->nr[i] -= before.nr[i];
	return err;
}

/**
 * draw - a number below @n, which is not 0, drawn from @state, which is not 0
 *
 * By xorshift64* (G. Marsaglia, J. Stat. Softw. 8 (2003) 14; S. Vigna's
 * multiplier), so that user space can compute it from the seed, the first @state.
 */
u32 draw(u64 *state, u32 n)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (u32)(*state * 0x2545f4914f6cdd1dULL >> 32) % n;
}

/* Put 0 to @n - 1 into @order, in an order drawn from @state. */
void draw_order(u64 *state, u32 order[], u32 n)
{
	u32 i, j;

	for (i = 0; i < n; i++)
		order[i] = i;
	for (i = n - 1; i; i--) {
		j = draw(state, i + 1);
		swap(order[i], order[j]);
	}
}

/* Count samples whose objects were in the first chunk or had moved. */
static void note_place(struct bench_ctx *ctx, struct pcpu_bench_run *run,
		       enum pcpu_bench_arm arm)
{
	struct batch *b = &ctx->batch;
	bool outside = chunk_is_first(ctx->last);
	u32 was = run->chunk_offset, place;

	/* The empty loop has no objects. */
	if (b->shape.batch && arm == PCPU_BENCH_ARM_EMPTY)
		return;
	if (b->shape.batch) {
		was = b->place;
		place = shape_place(b, &outside);
	} else {
		place = chunk_offset(ctx->last);
	}
	if (outside)
		run->outside++;
	else if (place != was)
		run->moved++;
}

/* Find the place; its address is also the empty loop's object. */
static int find_place(struct bench_ctx *ctx, struct pcpu_bench_run *run)
{
	struct batch *b = &ctx->batch;
	bool outside;
	void *obj;
	int err;

	if (b->shape.batch) {
		err = run_batches(ctx, PCPU_BENCH_ARM_OFF, b->shape.batch);
		if (err) {
			shape_undo(ctx);
			return err;
		}
		b->place = shape_place(b, &outside);
		ctx->last = b->objects[0];
		run->chunk_offset = chunk_offset(ctx->last);
		return 0;
	}
	obj = ctx->bench->hold(ctx, GFP_KERNEL, &ctx->last);
	if (!obj)
		return -ENOMEM;
	run->chunk_offset = chunk_offset(ctx->last);
	ctx->bench->release(obj);
	return 0;
}

/**
 * run_loop - warm up, then run->rounds rounds of one sample an arm
 * @samples: room for run->rounds * PCPU_BENCH_NR_ARMS
 * @counts: room for as many counts, NULL for none
 *
 * Returns 0, -ENOMEM if an operation failed (say, at a limit), or -ERESTARTSYS.
 */
int run_loop(struct bench_ctx *ctx, struct pcpu_bench_run *run,
	     struct pcpu_bench_sample *samples, struct counters *counters,
	     struct counts *counts)
{
	static const u32 swapped[2][PCPU_BENCH_NR_ARMS] = PCPU_BENCH_ORDER;
	u32 order[PCPU_BENCH_NR_ARMS];
	u64 state = run->seed;
	u32 round, i, s;
	int err;

	ctx->slice = slice_of(ctx->bench, ctx->param);
	err = ctx->bench->percpu ? find_place(ctx, run) : 0;
	if (err)
		return err;
	/*
	 * The ballast may have woken the balance worker of the percpu allocator.
	 * On 7.3, every pair of a loop that did not wait for it sometimes cost
	 * 222 instructions more.
	 */
	settle_scheduled();
	run->outside = 0;
	run->moved = 0;
	ctx->wrong_sums = 0;
	for (round = 0; round < run->warmup + run->rounds; round++) {
		memcpy(order, swapped[round % 2], sizeof(order));
		if (run->seed)
			draw_order(&state, order, PCPU_BENCH_NR_ARMS);
		/* Slabs may be new in the warm-up. */
		if (round == run->warmup)
			ctx->fresh = 0;
		/* Later rounds overwrite those of the warm-up. */
		s = round < run->warmup ? 0 : round - run->warmup;
		s *= PCPU_BENCH_NR_ARMS;
		for (i = 0; i < PCPU_BENCH_NR_ARMS; i++, s++) {
			if (signal_pending(current))
				return -ERESTARTSYS;
			if (counts)
				err = count_sample(ctx, order[i], run->pairs,
						   run->clock, &samples[s],
						   counters, &counts[s]);
			else
				err = take_sample(ctx, order[i], run->pairs,
						  run->clock, &samples[s]);
			if (err)
				return err;
			if (ctx->bench->percpu)
				note_place(ctx, run, order[i]);
		}
	}
	return 0;
}
