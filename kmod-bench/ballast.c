// SPDX-License-Identifier: GPL-2.0
/*
 * Unaccounted objects that put the measured ones into the right place.
 *
 * Out of the first chunk: it has no obj_exts, so an object in it is charged, at
 * once uncharged, and never accounted; a loop there measures another path than
 * the one that is paid for in production.
 *
 * Into a chunk that stays: one that a loop empties may be depopulated by the
 * balance worker in the middle of it.
 *
 * And to the same offset in every kernel. A walk over an object's pages costs
 * by their number, and a kernel with a few more percpu variables of its own
 * would push a 4 KiB object over a page boundary: it would look dearer for
 * that alone. So all holes are filled, in all chunks that the allocator prefers,
 * up to a multiple of PLACE_STEP in the one that the objects come from.
 * docs/method.md has more.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "bench.h"

/*
 * A booted system's first chunk has some ten KiB free, in few holes, and of a
 * later one 16 KiB are filled at most: some dozen pieces. A machine that loaded
 * and unloaded many modules has more holes.
 */
#define MAX_BALLAST	65536

/*
 * What the kernel has in the chunk, mostly nothing or some hundred bytes, has
 * to vary by less than this for objects to be not only on the same bytes of a
 * page but also equally far from the chunk's end, which the allocator scans.
 */
#define PLACE_STEP	(4 * PAGE_SIZE)

/* PCPU_EMPTY_POP_PAGES_HIGH of mm/percpu.c, which is private */
#define SPARE_PAGES	4

/* PCPU_MIN_ALLOC_SIZE: no hole is smaller */
#define GRANULE		4

/* Places that are tried: holes of a page in a place of their own are rare. */
#define MAX_TRIES	64

/* No more than this part of the memory that is free when the first piece comes. */
#define BALLAST_SHARE	4

static bool ballast_fits(struct bench_ctx *ctx, size_t size)
{
	u64 bytes = (ctx->ballast_bytes + size) * num_possible_cpus();

	if (!ctx->nr_ballast)
		ctx->ballast_most = ((u64)max(si_mem_available(), 0L) <<
				     PAGE_SHIFT) / BALLAST_SHARE;
	return bytes <= ctx->ballast_most;
}

static int ballast_add(struct bench_ctx *ctx, void __percpu *obj, size_t size)
{
	if (!ctx->ballast) {
		ctx->ballast = kvcalloc(MAX_BALLAST, sizeof(*ctx->ballast),
					GFP_KERNEL);
		if (!ctx->ballast)
			return -ENOMEM;
	}
	if (ctx->nr_ballast == MAX_BALLAST || !ballast_fits(ctx, size))
		return -ENOSPC;
	ctx->ballast[ctx->nr_ballast++] = obj;
	ctx->ballast_bytes += size;
	if (!chunk_is_first(obj))
		ctx->pinned = true;
	return 0;
}

static void drop_neighbour(struct bench_ctx *ctx)
{
	free_percpu(ctx->neighbour);
	ctx->neighbour = NULL;
}

/* One piece, kept wherever it lands. */
static int ballast_one(struct bench_ctx *ctx, size_t size, size_t align)
{
	void __percpu *obj = __alloc_percpu_gfp(size, align, GFP_KERNEL);
	int err;

	if (!obj)
		return -ENOMEM;
	err = ballast_add(ctx, obj, size);
	if (err)
		free_percpu(obj);
	cond_resched();
	return err;
}

/*
 * Is @obj, of a page, where measured objects may come? Not in front of all
 * ballast of its chunk.
 */
static bool is_home(const struct bench_ctx *ctx, void __percpu *obj)
{
	return ctx->pinned && !chunk_is_first(obj) &&
	       !(chunk_offset(obj) % PLACE_STEP);
}

/*
 * Keep pieces of @size until one would land at *@home, or, if there is none yet,
 * where one may be.
 */
static int ballast_fill(struct bench_ctx *ctx, size_t size, size_t align,
			void __percpu **home)
{
	void __percpu *obj;
	int err;

	for (;;) {
		if (signal_pending(current))
			return -ERESTARTSYS;
		obj = __alloc_percpu_gfp(size, align, GFP_KERNEL);
		if (!obj)
			return -ENOMEM;
		if (*home ? obj == *home : is_home(ctx, obj)) {
			*home = obj;
			free_percpu(obj);
			return 0;
		}
		err = ballast_add(ctx, obj, size);
		if (err) {
			free_percpu(obj);
			return err;
		}
		cond_resched();
	}
}

/**
 * ballast_guard - fill all holes in front of the place for measured objects
 *
 * The next object that fits in its page begins at a multiple of PLACE_STEP, and
 * not in the first chunk. What is held stays until ballast_drop(); calling it
 * again fills what was freed since. 0, -ENOMEM, -ERESTARTSYS, or -ENOSPC when there
 * are more holes than anybody's percpu memory should have.
 */
int ballast_guard(struct bench_ctx *ctx)
{
	void __percpu *home = NULL;
	size_t piece;
	int err;

	drop_neighbour(ctx);
	err = ballast_fill(ctx, PAGE_SIZE, PAGE_SIZE, &home);
	for (piece = PAGE_SIZE / 2; piece >= GRANULE && !err; piece /= 2)
		err = ballast_fill(ctx, piece, GRANULE, &home);
	return err;
}

/*
 * Bytes in front of an object of @size in its page. A page that becomes empty
 * takes the allocator longer, and pages mostly do not: small objects get a
 * neighbour, of their own size if they do not cross into the next page for that.
 */
static u32 neighbour_size(size_t size)
{
	size = ALIGN(size, BENCH_ALIGN);
	return size < PAGE_SIZE ? min_t(u32, size, PAGE_SIZE - size) : 0;
}

static int try_place(struct bench_ctx *ctx, size_t size, bool *placed)
{
	u32 in_front = neighbour_size(size);
	void __percpu *spare;
	void __percpu *obj;

	if (in_front) {
		ctx->neighbour = __alloc_percpu_gfp(in_front, BENCH_ALIGN,
						    GFP_KERNEL);
		if (!ctx->neighbour)
			return -ENOMEM;
	}
	/*
	 * The allocator has a worker populate pages when few empty ones are
	 * left. The loop shall not take them.
	 */
	obj = __alloc_percpu_gfp(size, BENCH_ALIGN, GFP_KERNEL);
	spare = __alloc_percpu_gfp(SPARE_PAGES * PAGE_SIZE, PAGE_SIZE,
				   GFP_KERNEL);
	*placed = obj && !chunk_is_first(obj) &&
		  chunk_offset(obj) % PLACE_STEP == in_front;
	free_percpu(spare);
	free_percpu(obj);
	return obj && spare ? 0 : -ENOMEM;
}

/**
 * ballast_place - have the next object of @size at its place
 *
 * That is at the start of a page, or after a neighbour; on no more pages
 * than it has to be. Returns as ballast_guard(), which it calls.
 */
int ballast_place(struct bench_ctx *ctx, size_t size)
{
	bool placed = false;
	int err, try;

	for (try = 0; try < MAX_TRIES; try++) {
		err = ballast_guard(ctx);
		if (!err)
			err = try_place(ctx, size, &placed);
		if (err || placed)
			return err;
		/* Home is a hole that is too small: fill it. */
		drop_neighbour(ctx);
		err = ballast_one(ctx, PAGE_SIZE, PAGE_SIZE);
		if (err)
			return err;
	}
	return -ENOSPC;
}

void ballast_drop(struct bench_ctx *ctx)
{
	drop_neighbour(ctx);
	while (ctx->nr_ballast) {
		free_percpu(ctx->ballast[--ctx->nr_ballast]);
		cond_resched();
	}
	kvfree(ctx->ballast);
	ctx->ballast = NULL;
	ctx->ballast_bytes = 0;
	ctx->pinned = false;
}
