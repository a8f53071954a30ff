// SPDX-License-Identifier: GPL-2.0
/*
 * Which chunk an object is in, and how to get it into the right one.
 *
 * The first chunk has no obj_exts: an object in it is charged, at once
 * uncharged, and never accounted, so a loop there measures another path than
 * the one that is paid for in production. And a chunk that a loop empties may
 * be depopulated by the balance worker in the middle of it. Unaccounted ballast
 * cures both: it plugs the first chunk, and its last piece lies in a later one
 * and pins that.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "bench.h"

/*
 * Halving the piece from PCPU_MIN_UNIT_SIZE down, a chunk with F bytes of free
 * space in no matter how many fragments takes F / piece pieces a step; what a
 * booted system leaves free (some ten KiB) needs a few dozen. A machine that
 * loaded and unloaded many modules may have more holes.
 */
#define MAX_BALLAST	65536

/**
 * chunk_is_first - does @obj lie in the chunk that is set up at boot?
 *
 * True for the embedded first chunk, which lies in the linear map; all later
 * ones are in vmalloc space. With percpu_alloc=page the first one is too, and
 * this cannot tell: module init refuses to load there.
 */
bool chunk_is_first(void __percpu *obj)
{
	return !is_vmalloc_addr(per_cpu_ptr(obj, cpumask_first(cpu_possible_mask)));
}

static int ballast_add(struct bench_ctx *ctx, void __percpu *obj, size_t size)
{
	if (!ctx->ballast) {
		ctx->ballast = kvcalloc(MAX_BALLAST, sizeof(*ctx->ballast),
					GFP_KERNEL);
		if (!ctx->ballast)
			return -ENOMEM;
	}
	if (ctx->nr_ballast == MAX_BALLAST)
		return -ENOSPC;
	ctx->ballast[ctx->nr_ballast++] = obj;
	ctx->ballast_bytes += size;
	return 0;
}

/* Fill the first chunk with pieces of @size until one lands elsewhere. */
static int ballast_fill(struct bench_ctx *ctx, size_t size, size_t align,
			bool keep_last)
{
	void __percpu *obj;
	bool first;
	int err;

	do {
		obj = __alloc_percpu_gfp(size, align, GFP_KERNEL);
		if (!obj)
			return -ENOMEM;
		first = chunk_is_first(obj);
		if (!first && !keep_last) {
			free_percpu(obj);
			return 0;
		}
		err = ballast_add(ctx, obj, size);
		if (err) {
			free_percpu(obj);
			return err;
		}
		cond_resched();
	} while (first);
	return 0;
}

/**
 * chunk_guard - leave the first chunk no room for an object of @size
 *
 * Keeps unaccounted objects until chunk_guard_drop(); the last of them, of
 * @size, lies in a later chunk, normally the one that the next object of @size
 * comes from, and pins it. 0, -ENOMEM, or -ENOSPC when the first chunk has more
 * holes than anybody's should.
 */
int chunk_guard(struct bench_ctx *ctx, size_t size, size_t align)
{
	size_t piece;
	int err;

	for (piece = PCPU_MIN_UNIT_SIZE; piece > size; piece /= 2) {
		err = ballast_fill(ctx, piece, align, false);
		if (err)
			return err;
	}
	return ballast_fill(ctx, size, align, true);
}

void chunk_guard_drop(struct bench_ctx *ctx)
{
	while (ctx->nr_ballast)
		free_percpu(ctx->ballast[--ctx->nr_ballast]);
	kvfree(ctx->ballast);
	ctx->ballast = NULL;
	ctx->ballast_bytes = 0;
}

/*
 * How the private struct pcpu_chunk begins, 6.1 to 6.12. Nothing exported
 * tells how full a chunk is, so this is read, and believed only if it moves as
 * free_bytes must when an object comes and goes.
 */
struct chunk_head {
#ifdef CONFIG_PERCPU_STATS
	int nr_alloc;
	size_t max_alloc_size;
#endif
	struct list_head list;
	int free_bytes;
};

#define PAGE_WORDS	(sizeof(struct page) / sizeof(unsigned long))

/*
 * Each page of a chunk points back to it, in a field of struct page that has
 * changed its name. Read free_bytes through every word of it; a wrong one
 * faults, which gives -1, or does not pass the check below.
 */
static void peek_free_bytes(void __percpu *obj, int free_bytes[PAGE_WORDS])
{
	void *addr = per_cpu_ptr(obj, cpumask_first(cpu_possible_mask));
	const struct page *page = vmalloc_to_page(addr);
	const unsigned long *words = (const unsigned long *)page;
	const struct chunk_head *chunk;
	int i;

	for (i = 0; i < PAGE_WORDS; i++) {
		chunk = (const struct chunk_head *)words[i];
		if (copy_from_kernel_nofault(&free_bytes[i], &chunk->free_bytes,
					     sizeof(free_bytes[i])))
			free_bytes[i] = -1;
	}
}

/**
 * chunk_free_bytes - free bytes a unit in the chunk that serves @size now
 *
 * -1 where they cannot be told for sure.
 */
int chunk_free_bytes(size_t size, size_t align)
{
	void __percpu *a = __alloc_percpu_gfp(size, align, GFP_KERNEL);
	void __percpu *b = __alloc_percpu_gfp(size, align, GFP_KERNEL);
	int with_a[PAGE_WORDS], with_both[PAGE_WORDS], i, ret = -1;

	if (a && b && !chunk_is_first(a) && !chunk_is_first(b)) {
		peek_free_bytes(a, with_both);
		free_percpu(b);
		b = NULL;
		peek_free_bytes(a, with_a);
		for (i = 0; i < PAGE_WORDS && ret < 0; i++)
			if (with_both[i] >= 0 &&
			    with_a[i] == with_both[i] + (int)size)
				ret = with_a[i] + (int)size;
	}
	free_percpu(b);
	free_percpu(a);
	return ret;
}

/**
 * chunk_unit_size - bytes of one CPU's unit, 0 where it cannot be told
 *
 * Units of CPUs in one group lie back to back in CPU order, and a group never
 * spans nodes, so neighbours of a node are one unit apart at the closest.
 */
u32 chunk_unit_size(void)
{
	unsigned long off, gap, unit = 0;
	unsigned long *prev;
	int cpu, node;

	prev = kvcalloc(nr_node_ids, sizeof(*prev), GFP_KERNEL);
	if (!prev)
		return 0;
	for_each_possible_cpu(cpu) {
		node = cpu_to_node(cpu);
		if (node < 0 || node >= nr_node_ids)
			node = 0;
		off = per_cpu_offset(cpu);
		gap = off > prev[node] ? off - prev[node] : prev[node] - off;
		if (prev[node] && (!unit || gap < unit))
			unit = gap;
		prev[node] = off;
	}
	kvfree(prev);
	return unit;
}
