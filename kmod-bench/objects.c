// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects that a test holds: of any size, alignment, context and number, freed
 * in any order and by any task that has the file.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "bench.h"

static bool bad_align(const struct pcpu_bench_alloc *alloc)
{
	if (alloc->flags & PCPU_BENCH_ALLOC_SLAB)
		return alloc->align;
	return alloc->align < 4 || alloc->align > PAGE_SIZE ||
	       !is_power_of_2(alloc->align);
}

static bool bad_alloc(const struct bench_ctx *ctx,
		      const struct pcpu_bench_alloc *alloc)
{
	const u32 known = PCPU_BENCH_ALLOC_ACCOUNT | PCPU_BENCH_ALLOC_ATOMIC |
			  PCPU_BENCH_ALLOC_SLAB | PCPU_BENCH_ALLOC_OTHER |
			  PCPU_BENCH_ALLOC_SLOWING;

	return !alloc->bytes || alloc->bytes % 4 ||
	       alloc->bytes > PCPU_MIN_UNIT_SIZE || bad_align(alloc) ||
	       !alloc->count || alloc->count > PCPU_BENCH_MAX_HELD ||
	       ctx->nr_objects + alloc->count > PCPU_BENCH_MAX_HELD ||
	       (alloc->flags & ~known) ||
	       (alloc->cgroup && !(alloc->flags & PCPU_BENCH_ALLOC_OTHER));
}

static gfp_t alloc_gfp(u32 flags)
{
	gfp_t gfp = flags & PCPU_BENCH_ALLOC_ATOMIC ? GFP_NOWAIT : GFP_KERNEL;

	if (flags & PCPU_BENCH_ALLOC_ACCOUNT)
		gfp |= __GFP_ACCOUNT;
	/* A test wants an error, not a warning or the OOM killer. */
	return gfp | __GFP_NORETRY | __GFP_NOWARN;
}

/* Make room for @count more before any percpu object is allocated. */
static int objects_grow(struct bench_ctx *ctx, u32 count)
{
	const u32 nr = ctx->nr_objects + count;
	struct object *more;

	/* Each of many files may have a long list, and no object. */
	if (!shape_fits_bytes((u64)nr * sizeof(*more)))
		return -ENOMEM;
	more = kvcalloc(nr, sizeof(*more), GFP_KERNEL);
	if (!more)
		return -ENOMEM;
	if (ctx->nr_objects)
		memcpy(more, ctx->objects, ctx->nr_objects * sizeof(*more));
	kvfree(ctx->objects);
	ctx->objects = more;
	return 0;
}

/*
 * Was every CPU's copy cleared? Looks at the first and the last word, and leaves
 * both for the allocator to clear when another object gets this place.
 */
static bool was_cleared(u32 __percpu *ptr, u32 bytes)
{
	bool cleared = true;
	u32 *first, *last;
	int cpu;

	for_each_possible_cpu(cpu) {
		first = per_cpu_ptr(ptr, cpu);
		last = first + bytes / sizeof(*first) - 1;
		cleared &= !*first && !*last;
		*first = U32_MAX;
		*last = U32_MAX;
	}
	return cleared;
}

/* Allocate an object, if an eighth of the memory stays free. */
static bool object_make(struct object *obj, const struct pcpu_bench_alloc *alloc)
{
	const gfp_t gfp = alloc_gfp(alloc->flags);

	*obj = (struct object){
		.bytes = alloc->bytes,
		.accounted = alloc->flags & PCPU_BENCH_ALLOC_ACCOUNT,
	};
	if (alloc->flags & PCPU_BENCH_ALLOC_SLAB) {
		if (shape_fits(&bench_slab_alloc, alloc->bytes, 1))
			obj->slab = kmalloc(alloc->bytes, gfp);
		return obj->slab;
	}
	if (shape_fits(&bench_percpu_alloc, alloc->bytes, 1))
		obj->ptr = __alloc_percpu_gfp(alloc->bytes, alloc->align, gfp);
	return obj->ptr;
}

/* One of both is there at most, and NULL is not freed. */
static void object_free(struct object *obj)
{
	free_percpu(obj->ptr);
	kfree(obj->slab);
	obj->ptr = NULL;
	obj->slab = NULL;
}

static long make_all(struct bench_ctx *ctx, struct pcpu_bench_alloc *alloc)
{
	struct object *obj;

	alloc->first_chunk = 0;
	for (alloc->done = 0; alloc->done < alloc->count; alloc->done++) {
		if (signal_pending(current))
			return alloc->done ? 0 : -ERESTARTSYS;
		if ((alloc->flags & PCPU_BENCH_ALLOC_SLOWING) &&
		    alloc->done >= alloc->count / 2 && alloc->done % 4 == 0)
			usleep_range(100, 200);
		obj = &ctx->objects[ctx->nr_objects];
		if (!object_make(obj, alloc))
			break;
		ctx->nr_objects++;
		if (obj->ptr) {
			alloc->first_chunk += chunk_is_first(obj->ptr);
			if (!was_cleared(obj->ptr, alloc->bytes))
				return -EUCLEAN;
		}
		cond_resched();
	}
	return 0;
}

/*
 * Returns 0, -EINVAL, -ENOMEM if the list itself cannot grow, -ERESTARTSYS if a
 * signal came before the first object, -EUCLEAN if an object was not cleared, or
 * the error of a wrong file descriptor. A later signal ends the call with 0.
 */
long objects_alloc(struct bench_ctx *ctx, struct pcpu_bench_alloc *alloc)
{
	struct mem_cgroup *other = NULL, *own;
	long err;

	if (bad_alloc(ctx, alloc))
		return -EINVAL;
	if (alloc->flags & PCPU_BENCH_ALLOC_OTHER) {
		other = memcg_of(alloc->cgroup);
		if (IS_ERR(other))
			return PTR_ERR(other);
	}
	err = objects_grow(ctx, alloc->count);
	if (!err) {
		own = set_active_memcg(other);
		err = make_all(ctx, alloc);
		set_active_memcg(own);
	}
	mem_cgroup_put(other);
	return err;
}

/* Returns 0, -EINVAL or -ERESTARTSYS; another call frees the rest. */
long objects_free(struct bench_ctx *ctx, const struct pcpu_bench_free *which)
{
	u32 i;

	if (which->reserved || which->first > ctx->nr_objects ||
	    which->count > ctx->nr_objects - which->first)
		return -EINVAL;
	for (i = which->first; i < which->first + which->count; i++) {
		if (signal_pending(current))
			return -ERESTARTSYS;
		object_free(&ctx->objects[i]);
		cond_resched();
	}
	return 0;
}

/*
 * Returns -ERESTARTSYS if @interruptible and a signal came too early, else 0.
 */
long objects_free_all(struct bench_ctx *ctx, bool interruptible)
{
	while (ctx->nr_objects) {
		if (interruptible && signal_pending(current))
			return -ERESTARTSYS;
		object_free(&ctx->objects[--ctx->nr_objects]);
		cond_resched();
	}
	kvfree(ctx->objects);
	ctx->objects = NULL;
	return 0;
}
