// SPDX-License-Identifier: GPL-2.0
/*
 * Unaccounted objects that put the measured ones into the right place.
 *
 * Out of the first chunk: it has no obj_exts, so the kernel charges an object
 * there, uncharges it at once, and never accounts it. A loop there would
 * measure another path than production takes.
 *
 * Into a chunk that stays: when a loop empties a chunk, the balance worker may
 * depopulate it while the loop runs.
 *
 * And to the same offset in every kernel. The cost of a walk depends on the
 * number of pages an object lies on; a kernel with a few more percpu variables
 * would push a 4 KiB object over a page boundary and look more expensive. So
 * all holes are filled, in every chunk that the allocator prefers, up to a
 * multiple of PLACE_STEP in the chunk that the objects come from. See
 * docs/method.md.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "bench.h"

/*
 * After boot, the first chunk has some ten KiB free in few holes, and at most
 * 16 KiB of a later chunk are filled: some dozen pieces. A machine that loaded
 * and unloaded many modules has more holes.
 */
#define MAX_BALLAST	65536

/*
 * The kernel's own objects in the chunk, mostly none or some hundred bytes,
 * must vary by less than this. Then the measured objects are on the same bytes
 * of a page and equally far from the chunk's end, up to which the allocator
 * scans.
 */
#define PLACE_STEP	(4 * PAGE_SIZE)

/* PCPU_EMPTY_POP_PAGES_HIGH of mm/percpu.c, which is private */
#define SPARE_PAGES	4

/* PCPU_MIN_ALLOC_SIZE: no hole is smaller */
#define GRANULE		4

/* Places to try. Few holes of a page are not at home. */
#define MAX_TRIES	64

/* Ballast may take 1/4 of the memory that was free before the first piece. */
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
 * Is @obj, a page long, at a place for measured objects? They lie in a later
 * chunk, behind some ballast.
 */
static bool is_home(const struct bench_ctx *ctx, void __percpu *obj)
{
	return ctx->pinned && !chunk_is_first(obj) &&
	       !(chunk_offset(obj) % PLACE_STEP);
}

/*
 * Allocate and keep pieces of @size until one would land at *@home. If there is
 * no home yet, until one lands where is_home() allows it. Returns -EAGAIN if a
 * piece reached into the home from a hole right before it: that needs another.
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
		if (*home && obj < *home && obj + size > *home)
			return -EAGAIN;
		cond_resched();
	}
}

/**
 * ballast_guard - fill all holes in front of the place for measured objects
 *
 * The next object that fits in its page begins at a multiple of PLACE_STEP, and
 * not in the first chunk. The ballast stays until ballast_drop(); another call
 * fills the holes that came up since. Returns 0, -ENOMEM, -ERESTARTSYS, or
 * -ENOSPC when there are more holes than MAX_BALLAST.
 */
int ballast_guard(struct bench_ctx *ctx)
{
	void __percpu *home;
	size_t piece;
	int err;

	drop_neighbour(ctx);
	do {
		home = NULL;
		err = ballast_fill(ctx, PAGE_SIZE, PAGE_SIZE, &home);
		for (piece = PAGE_SIZE / 2; piece >= GRANULE && !err; piece /= 2)
			err = ballast_fill(ctx, piece, GRANULE, &home);
	} while (err == -EAGAIN);
	return err;
}

/*
 * Bytes in front of an object of @size in its page. Freeing the last object of
 * a page takes the allocator longer, and is rare in production. So a small
 * object gets a neighbour, of its own size if the object still fits into the
 * page.
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
	 * The allocator wakes a worker to populate pages when few empty ones
	 * are left. The loop must not use them up.
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
 * ballast_place - make the next object of @size land at its place
 *
 * Its place is the start of a page, or after a neighbour; it lies on as few
 * pages as possible. Calls ballast_guard() and returns what that does.
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
		/* The hole at home is too small: fill it. */
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
