// SPDX-License-Identifier: GPL-2.0
/*
 * percpu-alloc: an __alloc_percpu_gfp()/free_percpu() pair of @param bytes.
 */
#include <linux/gfp.h>
#include <linux/percpu.h>

#include "bench.h"

static gfp_t arm_gfp(enum pcpu_bench_arm arm)
{
	return arm == PCPU_BENCH_ARM_ON ? GFP_KERNEL_ACCOUNT : GFP_KERNEL;
}

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
		return empty_loop(ctx, arm_gfp(arm), n);
	return pair_loop(ctx, arm_gfp(arm), n);
}

static void __percpu *percpu_alloc_hold(u32 param, enum pcpu_bench_arm arm)
{
	return __alloc_percpu_gfp(param, BENCH_ALIGN,
				  arm_gfp(arm) | __GFP_NOWARN);
}

const struct bench bench_percpu_alloc = {
	.name = "percpu-alloc",
	.check = percpu_alloc_check,
	.loop = percpu_alloc_loop,
	.hold = percpu_alloc_hold,
	.release = free_percpu,
};
