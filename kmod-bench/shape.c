// SPDX-License-Identifier: GPL-2.0
/*
 * Shapes of a loop: the batch of objects that it holds, and the order in which
 * they are freed.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "bench.h"

/* Of the free memory a batch leaves one part in so many to everybody else. */
#define ROOM_SHARE	8

/**
 * shape_fits - is there memory for @count objects of @size?
 *
 * Without this question a batch that is too large would meet the OOM killer.
 */
bool shape_fits(u32 size, u32 count)
{
	u64 free = (u64)max(si_mem_available(), 0L) << PAGE_SHIFT;

	return pcpu_bench_memory(size, count, num_possible_cpus()) <=
	       free - free / ROOM_SHARE;
}

static bool shape_is_valid(const struct pcpu_bench_shape *shape, u32 pairs)
{
	if (!shape->batch)
		return !shape->order && !shape->cold && !shape->reserved;
	return shape->batch <= pairs && !(pairs % shape->batch) &&
	       shape->order < PCPU_BENCH_NR_ORDERS && shape->cold <= 1 &&
	       !shape->reserved &&
	       (shape->order != PCPU_BENCH_FREE_RANDOM || shape->seed);
}

static void make_order(struct batch *b)
{
	u32 n = b->shape.batch, i;
	u64 state = b->shape.seed;

	for (i = 0; i < n; i++)
		b->order[i] = b->shape.order == PCPU_BENCH_FREE_REVERSE ?
			      n - 1 - i : i;
	if (b->shape.order == PCPU_BENCH_FREE_RANDOM)
		draw_order(&state, b->order, n);
}

static unsigned long page_of(void __percpu *obj)
{
	return (unsigned long)per_cpu_ptr(obj, cpumask_first(cpu_possible_mask))
	       >> PAGE_SHIFT;
}

/*
 * Is @obj the first object on its page, or, if it is too large to have another
 * one beside it, in its chunk? Allocation goes through a chunk upwards.
 */
static bool is_first(void __percpu *obj, void __percpu *before, u32 size)
{
	return size > PAGE_SIZE / 2 ? chunk_offset(obj) < chunk_offset(before) :
				      page_of(obj) != page_of(before);
}

/*
 * Allocate the batch once, and with it an object to keep on each of its pages:
 * a page with an object on it is not given back, nor is its chunk. The page that
 * the batch begins on has the ballast's last object.
 */
static int keep_pages(struct bench_ctx *ctx)
{
	struct batch *b = &ctx->batch;
	const u32 most = pcpu_bench_keepers(ctx->param, b->shape.batch,
					    PAGE_SIZE);
	void __percpu *obj;
	void __percpu *before = NULL;
	int err = 0;

	b->keepers = kvcalloc(most, sizeof(*b->keepers), GFP_KERNEL);
	if (!b->keepers)
		return -ENOMEM;
	b->nr = 0;
	b->nr_freed = 0;
	while (b->nr < b->shape.batch && !err) {
		obj = ctx->bench->hold(ctx->param, GFP_KERNEL);
		if (!obj)
			err = -ENOMEM;
		else if (before && b->nr_keepers < most &&
			 is_first(obj, before, ctx->param))
			b->keepers[b->nr_keepers++] = obj;
		else
			b->objects[b->nr++] = obj;
		before = obj;
		if (signal_pending(current))
			err = -ERESTARTSYS;
		cond_resched();
	}
	shape_undo(ctx);
	return err;
}

/**
 * shape_begin - prepare @run's shape; ctx->bench and ctx->param are set
 *
 * Returns 0, -EINVAL, -EFBIG if the batch does not fit into free memory,
 * -ENOMEM or -ERESTARTSYS. Call shape_end() in any case.
 */
int shape_begin(struct bench_ctx *ctx, const struct pcpu_bench_run *run)
{
	const struct pcpu_bench_shape *shape = &run->shape;
	struct batch *b = &ctx->batch;
	u32 kept = 0;

	if (!shape_is_valid(shape, run->pairs))
		return -EINVAL;
	if (!shape->batch)
		return 0;
	if (!shape->cold)
		kept = pcpu_bench_keepers(run->param, shape->batch, PAGE_SIZE);
	if (!shape_fits(run->param, shape->batch + kept))
		return -EFBIG;
	b->objects = kvcalloc(shape->batch, sizeof(*b->objects), GFP_KERNEL);
	b->order = kvcalloc(shape->batch, sizeof(*b->order), GFP_KERNEL);
	if (!b->objects || !b->order)
		return -ENOMEM;
	b->shape = *shape;
	make_order(b);
	return shape->cold ? 0 : keep_pages(ctx);
}

/* Free what is left of a batch. */
void shape_undo(struct bench_ctx *ctx)
{
	struct batch *b = &ctx->batch;
	u32 i;

	/* A batch that is not whole has freed none. The empty loop has none. */
	for (i = b->nr_freed; i < b->shape.batch && !b->empty; i++) {
		if (b->order[i] < b->nr)
			free_percpu(b->objects[b->order[i]]);
		cond_resched();
	}
	b->nr = 0;
	b->nr_freed = 0;
}

void shape_end(struct bench_ctx *ctx)
{
	struct batch *b = &ctx->batch;

	while (b->nr_keepers) {
		free_percpu(b->keepers[--b->nr_keepers]);
		cond_resched();
	}
	kvfree(b->keepers);
	kvfree(b->order);
	kvfree(b->objects);
	*b = (struct batch){ };
}

/**
 * shape_place - a hash of where the batch's objects lie in their chunks
 * @outside: receives whether an object lies in the first chunk
 */
u32 shape_place(const struct batch *b, bool *outside)
{
	u32 place = 0, i;

	*outside = false;
	for (i = 0; i < b->shape.batch; i++) {
		*outside |= chunk_is_first(b->objects[i]);
		place = place * 31 + chunk_offset(b->objects[i]);
	}
	return place;
}
