// SPDX-License-Identifier: GPL-2.0-only
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
 *
 * No piece is freed to find that place. An allocator that keeps freed objects
 * for their next user would not return it to the chunk.
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

/* Many files have ballast, and each a list of its pieces: all together fit, too. */
static bool ballast_fits(struct bench_ctx *ctx, size_t size)
{
	const u64 more = (u64)size * num_possible_cpus();
	const u64 list = ctx->ballast ? 0 : MAX_BALLAST * sizeof(*ctx->ballast);

	if (!ctx->nr_ballast)
		ctx->ballast_most = ((u64)max(si_mem_available(), 0L) <<
				     PAGE_SHIFT) / BALLAST_SHARE;
	return ctx->ballast_bytes * num_possible_cpus() + more <=
	       ctx->ballast_most && shape_fits_bytes(more + list);
}

/* One more piece, wherever it lands. */
static int ballast_add(struct bench_ctx *ctx, size_t size)
{
	void __percpu *obj;

	if (signal_pending(current))
		return -ERESTARTSYS;
	if (ctx->nr_ballast == MAX_BALLAST || !ballast_fits(ctx, size))
		return -ENOSPC;
	if (!ctx->ballast) {
		ctx->ballast = kvcalloc(MAX_BALLAST, sizeof(*ctx->ballast),
					GFP_KERNEL);
		if (!ctx->ballast)
			return -ENOMEM;
	}
	obj = __alloc_percpu_gfp(size, GRANULE, GFP_KERNEL);
	if (!obj)
		return -ENOMEM;
	ctx->ballast[ctx->nr_ballast++] = (struct piece){ obj, size };
	ctx->ballast_bytes += size;
	if (chunk_is_first(obj))
		ctx->ballast_first += size;
	cond_resched();
	return 0;
}

static void __percpu *last_piece(const struct bench_ctx *ctx)
{
	return ctx->ballast[ctx->nr_ballast - 1].obj;
}

/* Add a page outside of the first chunk. Its chunk is then never empty. */
static int ballast_pin(struct bench_ctx *ctx)
{
	int err;

	do {
		err = ballast_add(ctx, PAGE_SIZE);
		if (err)
			return err;
	} while (chunk_is_first(last_piece(ctx)));
	ctx->pin = last_piece(ctx);
	return 0;
}

/* Free all pieces, or with a pin those between it and the place. Last first. */
static void ballast_cut(struct bench_ctx *ctx)
{
	u32 i = ctx->nr_ballast;

	while (i--) {
		struct piece *p = &ctx->ballast[i];

		if (ctx->pin && (p->obj <= ctx->pin ||
				 p->obj >= ctx->pin + 2 * PLACE_STEP))
			continue;
		if (chunk_is_first(p->obj))
			ctx->ballast_first -= p->size;
		free_percpu(p->obj);
		ctx->ballast_bytes -= p->size;
		*p = ctx->ballast[--ctx->nr_ballast];
		cond_resched();
	}
}

static void drop_neighbour(struct bench_ctx *ctx)
{
	free_percpu(ctx->neighbour);
	ctx->neighbour = NULL;
}

/*
 * Add pieces of @size until one lands in a later chunk at *@end, where the last
 * larger piece ended, or else right behind another one of @size. Then no hole of
 * @size is left in front: a hole that was too small for the pieces before, of
 * twice this size, takes one. Sets *@end to where the last one ends.
 */
static int fill_holes(struct bench_ctx *ctx, size_t size, void __percpu **end)
{
	void __percpu *behind = *end;
	void __percpu *obj;
	bool found;
	int err;

	do {
		err = ballast_add(ctx, size);
		if (err)
			return err;
		obj = last_piece(ctx);
		found = (obj == *end || obj == behind) && !chunk_is_first(obj);
		behind = obj + size;
	} while (!found);
	*end = behind;
	return 0;
}

/*
 * Fill from @end to the next multiple of PLACE_STEP, in any order. Returns
 * -EAGAIN if a piece lands elsewhere: there is less room behind @end.
 */
static int fill_step(struct bench_ctx *ctx, void __percpu *end)
{
	unsigned long left = -chunk_offset(end) % PLACE_STEP, size;
	void __percpu *home = end + left;
	void __percpu *obj;
	int err;

	for (; left; left -= size) {
		size = min(left & -left, PAGE_SIZE);
		err = ballast_add(ctx, size);
		if (err)
			return err;
		obj = last_piece(ctx);
		if (obj < end || obj >= home)
			return -EAGAIN;
	}
	return 0;
}

/* Fill all holes that there are, beginning behind the pin. */
static int fill_all(struct bench_ctx *ctx)
{
	void __percpu *end = ctx->pin + PAGE_SIZE;
	size_t size;
	int err = 0;

	for (size = PAGE_SIZE / 2; size >= GRANULE && !err; size /= 2)
		err = fill_holes(ctx, size, &end);
	return err ?: fill_step(ctx, end);
}

/* As ballast_guard(), without the holes. */
static int fill(struct bench_ctx *ctx)
{
	int err = 0;

	drop_neighbour(ctx);
	ballast_cut(ctx);
	if (!ctx->pin)
		err = ballast_pin(ctx);
	while (!err) {
		err = fill_all(ctx);
		if (err != -EAGAIN)
			break;
		/* The place was in a hole that ended before the step. */
		err = ballast_pin(ctx);
	}
	return err;
}

/**
 * ballast_guard - fill all holes in front of the place for measured objects
 * @holes: receives the bytes that were free in the first chunk; may be NULL
 *
 * The next object that fits in its page begins at a multiple of PLACE_STEP, and
 * not in the first chunk. The ballast stays until ballast_drop(); another call
 * fills the holes that came up since, up to the same place. Returns 0, -ENOMEM,
 * -ERESTARTSYS, or -ENOSPC when there are more holes than MAX_BALLAST, or no
 * memory is left to fill them.
 */
int ballast_guard(struct bench_ctx *ctx, u64 *holes)
{
	const u64 before = ctx->ballast_first;
	int err = fill(ctx);

	if (holes)
		*holes = ctx->ballast_first - before;
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
		err = ballast_guard(ctx, NULL);
		if (!err)
			err = try_place(ctx, size, &placed);
		if (err || placed)
			return err;
		/* The hole at home is too small: fill it. */
		drop_neighbour(ctx);
		err = ballast_pin(ctx);
		if (err)
			return err;
	}
	return -ENOSPC;
}

void ballast_drop(struct bench_ctx *ctx)
{
	drop_neighbour(ctx);
	ctx->pin = NULL;
	ballast_cut(ctx);
	kvfree(ctx->ballast);
	ctx->ballast = NULL;
}
