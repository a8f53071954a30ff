// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shapes of a loop: the batch of objects that it holds, whose they are, the order
 * in which they are freed, and where.
 */
#include <linux/bottom_half.h>
#include <linux/cgroup.h>
#include <linux/hash.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "bench.h"

/*
 * All files together leave one part in so many to everybody else, of the memory that
 * was free when the module was loaded.
 */
#define ROOM_SHARE	8
static u64 spare;

static u64 free_bytes(void)
{
	return (u64)max(si_mem_available(), 0L) << PAGE_SHIFT;
}

void shape_init(void)
{
	spare = free_bytes() / ROOM_SHARE;
}

/* Is there memory for @bytes more? */
bool shape_fits_bytes(u64 bytes)
{
	const u64 needs = spare + bytes;

	if (needs <= free_bytes())
		return true;
	/* A worker gives back the chunks of what was freed just now. */
	settle_scheduled();
	return needs <= free_bytes();
}

/**
 * shape_fits - is there memory for @count objects of @size?
 *
 * Without this question a batch that is too large would meet the OOM killer. Who
 * holds many objects asks again for each: others may ask at the same time.
 */
bool shape_fits(const struct bench *bench, u32 size, u32 count)
{
	return shape_fits_bytes(pcpu_bench_memory(size, count,
						  bench_copies(bench)));
}

static bool shape_is_valid(const struct pcpu_bench_shape *shape, u32 pairs)
{
	if (!shape->batch)
		return !shape->order && !shape->cold && shape->owners <= 1 &&
		       !shape->free_from;
	if (shape->owners == 2 && pairs % 2)
		return false;
	return shape->batch <= pairs && !(pairs % shape->batch) &&
	       shape->order < PCPU_BENCH_NR_ORDERS && shape->cold <= 1 &&
	       (shape->order != PCPU_BENCH_FREE_RANDOM || shape->seed);
}

#ifdef CONFIG_MEMCG
/* The memcg of a cgroup's directory, for mem_cgroup_put(), or an ERR_PTR(). */
struct mem_cgroup *memcg_of(int fd)
{
	struct cgroup *cgrp = cgroup_get_from_fd(fd);
	struct mem_cgroup *memcg;

	if (IS_ERR(cgrp))
		return ERR_CAST(cgrp);
	memcg = mem_cgroup_from_css(cgroup_get_e_css(cgrp,
						     &memory_cgrp_subsys));
	cgroup_put(cgrp);
	return memcg;
}
#else
struct mem_cgroup *memcg_of(int fd)
{
	return ERR_PTR(-EOPNOTSUPP);
}
#endif

/**
 * shape_owners - find the other memcg, if there are two owners or it frees
 * @fd: of its cgroup's directory
 *
 * It is kept until shape_disown(). Returns 0, -EINVAL, or the error of a wrong
 * file descriptor.
 */
int shape_owners(struct bench_ctx *ctx, u32 owners, u32 free_from, int fd)
{
	struct batch *b = &ctx->batch;
	struct mem_cgroup *other;

	if (owners > 2 || free_from >= PCPU_BENCH_NR_FREE_FROM)
		return -EINVAL;
	if (owners < 2 && free_from != PCPU_BENCH_FREE_OTHER)
		return 0;
	other = memcg_of(fd);
	if (IS_ERR(other))
		return PTR_ERR(other);
	b->other = other;
	if (owners == 2)
		b->owner[1] = other;
	if (free_from == PCPU_BENCH_FREE_OTHER)
		b->freer = other;
	return 0;
}

void shape_disown(struct bench_ctx *ctx)
{
	struct batch *b = &ctx->batch;

	mem_cgroup_put(b->other);
	b->other = NULL;
	b->owner[1] = NULL;
	b->freer = NULL;
}

/* The indices of @n objects, enum pcpu_bench_order_of @order. */
void shape_order(u32 *to, u32 n, u32 order, u64 seed)
{
	u32 i;

	for (i = 0; i < n; i++)
		to[i] = order == PCPU_BENCH_FREE_REVERSE ? n - 1 - i : i;
	if (order == PCPU_BENCH_FREE_RANDOM)
		draw_order(&seed, to, n);
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
		if (!ctx->bench->hold(ctx, GFP_KERNEL, &obj))
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

/* Frees in the softirq that shape_free_in_softirq() raised. */
static void free_now(struct tasklet_struct *tasklet)
{
	struct batch *b = container_of(tasklet, struct batch, tasklet);

	if (!b->empty)
		free_percpu(b->to_free);
	WRITE_ONCE(b->to_free, NULL);
}

/*
 * The softirq runs as soon as it may, which is before this returns, on this CPU
 * and on top of this task. The empty loop's tasklet frees nothing.
 */
void shape_free_in_softirq(struct batch *b, void __percpu *obj)
{
	b->to_free = obj;
	local_bh_disable();
	tasklet_schedule(&b->tasklet);
	local_bh_enable();
	/* Unless ksoftirqd was already at it. */
	while (unlikely(READ_ONCE(b->to_free)))
		cond_resched();
}

/**
 * shape_begin - prepare @run's shape; ctx->bench and ctx->param are set
 *
 * Returns 0, -EINVAL, -EFBIG if the batch does not fit into free memory,
 * -ENOMEM, -ERESTARTSYS, or the error of shape_owners(). Call shape_end() in any
 * case.
 */
int shape_begin(struct bench_ctx *ctx, const struct pcpu_bench_run *run)
{
	const struct pcpu_bench_shape *shape = &run->shape;
	const struct bench *bench = ctx->bench;
	const bool keeps = bench->percpu && !shape->cold;
	struct batch *b = &ctx->batch;
	u32 kept = 0;
	int err;

	if (!shape_is_valid(shape, run->pairs))
		return -EINVAL;
	if (!shape->batch)
		return 0;
	if (!bench->alloc)
		return -EINVAL;
	if (keeps)
		kept = pcpu_bench_keepers(run->param, shape->batch, PAGE_SIZE);
	if (!shape_fits(bench, run->param, shape->batch + kept))
		return -EFBIG;
	b->objects = kvcalloc(shape->batch, sizeof(*b->objects), GFP_KERNEL);
	b->order = kvcalloc(shape->batch, sizeof(*b->order), GFP_KERNEL);
	if (!b->objects || !b->order)
		return -ENOMEM;
	b->shape = *shape;
	tasklet_setup(&b->tasklet, free_now);
	shape_order(b->order, shape->batch, shape->order, shape->seed);
	err = shape_owners(ctx, shape->owners, shape->free_from, shape->other);
	if (!err && keeps)
		err = keep_pages(ctx);
	return err;
}

/* Free what is left of a batch. */
void shape_undo(struct bench_ctx *ctx)
{
	struct batch *b = &ctx->batch;
	void __percpu *obj;
	u32 i;

	/* A batch that is not whole has freed none. The empty loop has none. */
	for (i = b->nr_freed; i < b->shape.batch && !b->empty; i++) {
		obj = b->objects[b->order[i]];
		if (b->order[i] < b->nr)
			ctx->bench->release(from_percpu(obj));
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
	/* By ksoftirqd on another CPU it may not have quite ended. */
	if (b->tasklet.callback)
		tasklet_kill(&b->tasklet);
	kvfree(b->keepers);
	kvfree(b->order);
	kvfree(b->objects);
	shape_disown(ctx);
	*b = (struct batch){ };
}

/**
 * shape_place - a hash of where the batch's objects lie in their chunks
 * @outside: receives whether an object lies in the first chunk
 *
 * Which of them lies where does not matter: an allocator that keeps freed
 * objects gives the same places in another order.
 */
u32 shape_place(const struct batch *b, bool *outside)
{
	u32 place = 0, i;

	*outside = false;
	for (i = 0; i < b->shape.batch; i++) {
		*outside |= chunk_is_first(b->objects[i]);
		place += hash_32(chunk_offset(b->objects[i]), 32);
	}
	return place;
}
