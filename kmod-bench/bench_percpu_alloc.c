// SPDX-License-Identifier: GPL-2.0-only
/*
 * percpu-alloc: an __alloc_percpu_gfp()/free_percpu() pair of @param bytes.
 */
#include <linux/gfp.h>
#include <linux/percpu.h>
#include <linux/sched/mm.h>

#include "bench.h"

static int percpu_alloc_check(u32 param)
{
	/*
	 * The allocator rounds up to its granule of 4 bytes; refuse a size that
	 * it would change.
	 */
	if (!param || param % 4 || param > PCPU_MIN_UNIT_SIZE)
		return -EINVAL;
	return 0;
}

/* Both arms run this very code: only the value of @gfp differs. */
static noinline int pair_loop(struct bench_ctx *ctx, gfp_t gfp, u32 n)
{
	const size_t size = ctx->param;
	void __percpu *obj = NULL;

	while (n--) {
		obj = __alloc_percpu_gfp(size, BENCH_ALIGN, gfp);
		if (unlikely(!obj))
			return -ENOMEM;
		free_percpu(obj);
	}
	ctx->last = obj;
	return 0;
}

/* pair_loop() without the pair. */
static noinline int empty_loop(struct bench_ctx *ctx, gfp_t gfp, u32 n)
{
	void __percpu *obj = ctx->last;

	while (n--) {
		OPTIMIZER_HIDE_VAR(gfp);
		asm volatile("" : "+r" (obj));
		if (unlikely(!obj))
			return -ENOMEM;
	}
	ctx->last = obj;
	return 0;
}

static int percpu_alloc_loop(struct bench_ctx *ctx, enum pcpu_bench_arm arm,
			     u32 n)
{
	if (arm == PCPU_BENCH_ARM_EMPTY)
		return empty_loop(ctx, ctx->gfp[arm], n);
	return pair_loop(ctx, ctx->gfp[arm], n);
}

/*
 * Allocate the next @n objects of the batch, for its owners in turn. @empty is a
 * constant: without the allocation, the same loop, which has the cost of setting
 * the owner too.
 */
static __always_inline int batch_alloc(struct bench_ctx *ctx, gfp_t gfp, u32 n,
				       const bool empty)
{
	struct mem_cgroup *own = set_active_memcg(NULL);
	struct batch *b = &ctx->batch;
	const size_t size = ctx->param;
	void __percpu *obj = ctx->last;

	while (n--) {
		set_active_memcg(b->owner[b->turn++ % 2]);
		if (empty) {
			OPTIMIZER_HIDE_VAR(gfp);
			asm volatile("" : "+r" (obj));
		} else {
			obj = __alloc_percpu_gfp(size, BENCH_ALIGN, gfp);
		}
		if (unlikely(!obj))
			break;
		b->objects[b->nr++] = obj;
	}
	set_active_memcg(own);
	return obj ? 0 : -ENOMEM;
}

static noinline int batch_alloc_real(struct bench_ctx *ctx, gfp_t gfp, u32 n)
{
	return batch_alloc(ctx, gfp, n, false);
}

static noinline int batch_alloc_empty(struct bench_ctx *ctx, gfp_t gfp, u32 n)
{
	return batch_alloc(ctx, gfp, n, true);
}

static int percpu_alloc_alloc(struct bench_ctx *ctx, enum pcpu_bench_arm arm,
			      u32 n)
{
	if (arm == PCPU_BENCH_ARM_EMPTY)
		return batch_alloc_empty(ctx, ctx->gfp[arm], n);
	return batch_alloc_real(ctx, ctx->gfp[arm], n);
}

/* Free the next @n objects of the batch. */
static __always_inline void batch_free(struct bench_ctx *ctx, u32 n,
				       const bool empty)
{
	struct batch *b = &ctx->batch;
	struct mem_cgroup *own = set_active_memcg(b->freer);
	void __percpu *obj;

	while (n--) {
		obj = b->objects[b->order[b->nr_freed++]];
		if (b->shape.free_from == PCPU_BENCH_FREE_SOFTIRQ)
			shape_free_in_softirq(b, obj);
		else if (empty)
			asm volatile("" : "+r" (obj));
		else
			free_percpu(obj);
	}
	set_active_memcg(own);
}

static noinline void batch_free_real(struct bench_ctx *ctx, u32 n)
{
	batch_free(ctx, n, false);
}

static noinline void batch_free_empty(struct bench_ctx *ctx, u32 n)
{
	batch_free(ctx, n, true);
}

static int percpu_alloc_free(struct bench_ctx *ctx, enum pcpu_bench_arm arm,
			     u32 n)
{
	if (arm == PCPU_BENCH_ARM_EMPTY)
		batch_free_empty(ctx, n);
	else
		batch_free_real(ctx, n);
	return 0;
}

static void *percpu_alloc_hold(struct bench_ctx *ctx, gfp_t gfp,
			       void __percpu **at)
{
	*at = __alloc_percpu_gfp(ctx->param, BENCH_ALIGN, gfp | __GFP_NOWARN);
	return from_percpu(*at);
}

static void percpu_alloc_release(void *obj)
{
	free_percpu(to_percpu(obj));
}

const struct bench bench_percpu_alloc = {
	.name = "percpu-alloc",
	.percpu = true,
	.check = percpu_alloc_check,
	.loop = percpu_alloc_loop,
	.alloc = percpu_alloc_alloc,
	.free = percpu_alloc_free,
	.hold = percpu_alloc_hold,
	.release = percpu_alloc_release,
};
