// SPDX-License-Identifier: GPL-2.0-only
/*
 * slab-alloc: allocates slab objects of @param bytes and frees them, a batch at a
 * time: from caches of its own, or by kmalloc().
 *
 * Each arm has a cache, as kmalloc() has: an unaccounted free then looks for no
 * owners. The cache of `on` is made with SLAB_ACCOUNT, as accounted caches of the
 * kernel are.
 */
#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/init_task.h>
#include <linux/kernel.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "bench.h"

#define BULK	PCPU_BENCH_BULK
#define SEEN	xa_mk_value(0)	/* a slab without an object that is kept */

/* Objects that came in bulk, for one owner. */
struct stash {
	void *objects[BULK];
	int nr;
};

/* Of a run, or of held objects. An index by arm: 1 of those that are accounted. */
struct slab_sample {
	struct kmem_cache *cache[2];
	struct xarray slabs[2];	/* that were seen, by page: an object, or SEEN */
	struct stash stash[2];	/* by owner */
	u32 owners;
	u32 turn;		/* objects outside of samples: whose turn it is */
	u32 nr_nodes;
	int nodes[];		/* that have memory */
};

static int slab_alloc_check(u32 param)
{
	/* Another size would be rounded up. Larger ones are no slab objects. */
	if (!param || param % sizeof(void *) || param > KMALLOC_MAX_CACHE_SIZE)
		return -EINVAL;
	return 0;
}

static u32 arm_of(gfp_t gfp)
{
	return gfp & __GFP_ACCOUNT ? 1 : 0;
}

/* Objects of a slab are found by its first page. */
static unsigned long slab_of(const void *obj)
{
	return page_to_pfn(virt_to_head_page(obj));
}

/* Allocate @nr objects, which is 1 but of BULK. In a loop @op is a constant. */
static __always_inline bool get(struct kmem_cache *cache, u32 size, gfp_t gfp,
				int node, void **to, u32 nr, const u32 op)
{
	switch (op) {
	case PCPU_BENCH_SLAB_NODE:
		*to = kmem_cache_alloc_node(cache, gfp, node);
		break;
	case PCPU_BENCH_SLAB_BULK:
		return kmem_cache_alloc_bulk(cache, gfp, nr, to);
	case PCPU_BENCH_SLAB_KMALLOC:
		*to = kmalloc(size, gfp);
		break;
	default:
		*to = kmem_cache_alloc(cache, gfp);
	}
	return *to;
}

static __always_inline void put(struct kmem_cache *cache, void **objects,
				u32 nr, const u32 op)
{
	switch (op) {
	case PCPU_BENCH_SLAB_BULK:
		kmem_cache_free_bulk(cache, nr, objects);
		break;
	case PCPU_BENCH_SLAB_KMALLOC:
		kfree(*objects);
		break;
	default:
		kmem_cache_free(cache, *objects);
	}
}

/*
 * Allocate the next @n objects of the batch, for owners and nodes in turn. @empty:
 * the same loop without the allocation. Both are constants.
 */
static __always_inline int alloc_some(struct bench_ctx *ctx, gfp_t gfp, u32 n,
				      const u32 op, const bool empty)
{
	const u32 at_once = op == PCPU_BENCH_SLAB_BULK ? BULK : 1;
	struct mem_cgroup *own = set_active_memcg(NULL);
	struct slab_sample *s = ctx->slab;
	struct kmem_cache *cache = s->cache[arm_of(gfp)];
	struct batch *b = &ctx->batch;
	const u32 size = ctx->param;
	int node = NUMA_NO_NODE;
	bool ok = true;
	void **to;
	u32 nr;

	while (n && ok) {
		nr = min(n, at_once);
		to = (void __force **)b->objects + b->nr;
		set_active_memcg(b->owner[b->turn % 2]);
		if (op == PCPU_BENCH_SLAB_NODE)
			node = s->nodes[b->turn / s->owners % s->nr_nodes];
		b->turn++;
		if (empty) {
			OPTIMIZER_HIDE_VAR(node);
			OPTIMIZER_HIDE_VAR(cache);
			*to = cache;
			OPTIMIZER_HIDE_VAR(ok);
		} else {
			ok = get(cache, size, gfp, node, to, nr, op);
		}
		if (likely(ok))
			b->nr += nr;
		n -= nr;
	}
	set_active_memcg(own);
	return ok ? 0 : -ENOMEM;
}

/* Free the next @n of them, in the shape's order. */
static __always_inline void free_some(struct bench_ctx *ctx,
				      struct kmem_cache *cache, u32 n,
				      const u32 op, const bool empty)
{
	const u32 at_once = op == PCPU_BENCH_SLAB_BULK ? BULK : 1;
	struct batch *b = &ctx->batch;
	void *objects[BULK];
	u32 nr, i;

	for (; n; n -= nr) {
		nr = min(n, at_once);
		for (i = 0; i < nr; i++)
			objects[i] = from_percpu(b->objects
				[b->order[b->nr_freed++]]);
		if (empty)
			asm volatile("" : : "r" (objects) : "memory");
		else
			put(cache, objects, nr, op);
	}
}

static __always_inline int alloc_op(struct bench_ctx *ctx, gfp_t gfp, u32 n,
				    const bool empty)
{
	switch (ctx->op) {
	case PCPU_BENCH_SLAB_NODE:
		return alloc_some(ctx, gfp, n, PCPU_BENCH_SLAB_NODE, empty);
	case PCPU_BENCH_SLAB_BULK:
		return alloc_some(ctx, gfp, n, PCPU_BENCH_SLAB_BULK, empty);
	case PCPU_BENCH_SLAB_KMALLOC:
		return alloc_some(ctx, gfp, n, PCPU_BENCH_SLAB_KMALLOC, empty);
	default:
		return alloc_some(ctx, gfp, n, PCPU_BENCH_SLAB_ALLOC, empty);
	}
}

/* Both arms run this very code: only @gfp and the cache that it chooses differ. */
static noinline int alloc_real(struct bench_ctx *ctx, gfp_t gfp, u32 n)
{
	return alloc_op(ctx, gfp, n, false);
}

static noinline int alloc_empty(struct bench_ctx *ctx, gfp_t gfp, u32 n)
{
	return alloc_op(ctx, gfp, n, true);
}

static int slab_alloc_alloc(struct bench_ctx *ctx, enum pcpu_bench_arm arm,
			    u32 n)
{
	if (arm == PCPU_BENCH_ARM_EMPTY)
		return alloc_empty(ctx, ctx->gfp[arm], n);
	return alloc_real(ctx, ctx->gfp[arm], n);
}

static __always_inline void free_op(struct bench_ctx *ctx,
				    struct kmem_cache *cache, u32 n,
				    const bool empty)
{
	switch (ctx->op) {
	case PCPU_BENCH_SLAB_BULK:
		free_some(ctx, cache, n, PCPU_BENCH_SLAB_BULK, empty);
		break;
	case PCPU_BENCH_SLAB_KMALLOC:
		free_some(ctx, cache, n, PCPU_BENCH_SLAB_KMALLOC, empty);
		break;
	default:
		free_some(ctx, cache, n, PCPU_BENCH_SLAB_ALLOC, empty);
	}
}

static noinline void free_real(struct bench_ctx *ctx, struct kmem_cache *cache,
			       u32 n)
{
	free_op(ctx, cache, n, false);
}

static noinline void free_empty(struct bench_ctx *ctx, struct kmem_cache *cache,
				u32 n)
{
	free_op(ctx, cache, n, true);
}

static int slab_alloc_free(struct bench_ctx *ctx, enum pcpu_bench_arm arm,
			   u32 n)
{
	struct kmem_cache *cache = ctx->slab->cache[arm_of(ctx->gfp[arm])];

	if (arm == PCPU_BENCH_ARM_EMPTY)
		free_empty(ctx, cache, n);
	else
		free_real(ctx, cache, n);
	return 0;
}

static void drop_stash(struct slab_sample *s)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(s->stash); i++)
		while (s->stash[i].nr)
			kfree(s->stash[i].objects[--s->stash[i].nr]);
}

/* One object, by the operation of the loop, outside of a sample. */
static void *get_one(struct bench_ctx *ctx, gfp_t gfp)
{
	struct slab_sample *s = ctx->slab;
	struct stash *stash = &s->stash[s->turn % s->owners];
	const int node = s->nodes[s->turn / s->owners % s->nr_nodes];
	struct kmem_cache *cache = s->cache[arm_of(gfp)];
	void *obj;

	s->turn++;
	if (ctx->op == PCPU_BENCH_SLAB_BULK) {
		if (!stash->nr && get(cache, 0, gfp, node, stash->objects, BULK,
				      PCPU_BENCH_SLAB_BULK))
			stash->nr = BULK;
		return stash->nr ? stash->objects[--stash->nr] : NULL;
	}
	return get(cache, ctx->param, gfp, node, &obj, 1, ctx->op) ? obj : NULL;
}

/*
 * Allocate a batch, and keep an object of each of its slabs, also of those that
 * came in bulk with it: a slab with an object on it is not given back, and has its
 * obj_exts. The root pays, which is nobody: a charge of the task's memcg would
 * change how much of a page its stock has left.
 */
static int keep_slabs(struct bench_ctx *ctx, gfp_t gfp)
{
	struct slab_sample *s = ctx->slab;
	struct batch *b = &ctx->batch;
	u32 most = b->shape.batch + s->nr_nodes;
	bool whole = false;
	int err = 0;
	void *obj;

	while (!err && (!whole || s->stash[0].nr || s->stash[1].nr)) {
		obj = get_one(ctx, gfp);
		if (!obj)
			return -ENOMEM;
		err = xa_insert(&s->slabs[arm_of(gfp)], slab_of(obj), obj,
				GFP_KERNEL);
		if (err == -EBUSY && !whole) {
			b->objects[b->nr++] = to_percpu(obj);
			whole = b->nr == b->shape.batch;
			err = signal_pending(current) ? -ERESTARTSYS : 0;
		} else if (err == -EBUSY) {
			kfree(obj);
			err = 0;
		} else if (err) {
			kfree(obj);
		} else if (!most--) {
			err = -ENOMEM;
		}
		cond_resched();
	}
	return err;
}

/* init_task is in the root, and stays there. */
static struct mem_cgroup *root_memcg(void)
{
	struct mem_cgroup *memcg = NULL;

#ifdef CONFIG_MEMCG
	rcu_read_lock();
	memcg = mem_cgroup_from_task(&init_task);
	rcu_read_unlock();
#endif
	return memcg;
}

static int keep(struct bench_ctx *ctx)
{
	struct mem_cgroup *own = set_active_memcg(root_memcg());
	u32 arm;
	int err = 0;

	for (arm = PCPU_BENCH_ARM_OFF; arm <= PCPU_BENCH_ARM_ON && !err; arm++) {
		err = keep_slabs(ctx, ctx->gfp[arm]);
		shape_undo(ctx);
		drop_stash(ctx->slab);
	}
	set_active_memcg(own);
	return err;
}

static int make_caches(struct bench_ctx *ctx)
{
	static atomic_t nr = ATOMIC_INIT(0);
	struct slab_sample *s = ctx->slab;
	const u32 id = atomic_inc_return(&nr);
	char name[40];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(s->cache); i++) {
		snprintf(name, sizeof(name), "pcpu_bench-%u-%s", id,
			 i ? "on" : "off");
		s->cache[i] = kmem_cache_create(name, ctx->param, 0,
						SLAB_NO_MERGE |
						(i ? SLAB_ACCOUNT : 0), NULL);
		if (!s->cache[i])
			return -ENOMEM;
	}
	return 0;
}

static bool is_run(const struct bench_ctx *ctx, const struct pcpu_bench_run *run)
{
	return run->shape.batch && !run->shape.cold && !run->shape.free_from &&
	       (ctx->op != PCPU_BENCH_SLAB_FIRST ||
		run->pairs == run->shape.batch);
}

static int slab_alloc_begin(struct bench_ctx *ctx,
			    const struct pcpu_bench_run *run)
{
	const u32 nr_nodes = num_node_state(N_MEMORY);
	struct slab_sample *s;
	int node, err = 0;
	u32 i;

	if (run && !is_run(ctx, run))
		return -EINVAL;
	/* In both caches a batch, and a slab's object for each of it at most. */
	if (run && !shape_fits(ctx->bench, ctx->param,
			       4 * run->shape.batch + 2 * nr_nodes))
		return -EFBIG;
	s = kzalloc(struct_size(s, nodes, nr_nodes), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(s->slabs); i++)
		xa_init(&s->slabs[i]);
	for_each_node_state(node, N_MEMORY)
		if (s->nr_nodes < nr_nodes)
			s->nodes[s->nr_nodes++] = node;
	s->owners = ctx->batch.owner[1] ? 2 : 1;
	ctx->slab = s;
	if (ctx->op != PCPU_BENCH_SLAB_KMALLOC)
		err = make_caches(ctx);
	if (!err && run && ctx->op != PCPU_BENCH_SLAB_FIRST)
		err = keep(ctx);
	return err;
}

static void slab_alloc_end(struct bench_ctx *ctx)
{
	struct slab_sample *s = ctx->slab;
	unsigned long page;
	void *obj;
	u32 i;

	if (!s)
		return;
	drop_stash(s);
	for (i = 0; i < ARRAY_SIZE(s->slabs); i++) {
		xa_for_each(&s->slabs[i], page, obj) {
			if (obj != SEEN)
				kfree(obj);
			cond_resched();
		}
		xa_destroy(&s->slabs[i]);
		kmem_cache_destroy(s->cache[i]);
	}
	kfree(s);
	ctx->slab = NULL;
}

/* The first object of FIRST finds no slab. */
static int slab_alloc_before(struct bench_ctx *ctx, enum pcpu_bench_arm arm,
			     u32 n)
{
	if (ctx->op == PCPU_BENCH_SLAB_FIRST && arm != PCPU_BENCH_ARM_EMPTY)
		kmem_cache_shrink(ctx->slab->cache[arm_of(ctx->gfp[arm])]);
	return 0;
}

/*
 * All other operations find slabs that were there before. Those of kmalloc() also
 * have objects of others, who may change which of them are used.
 */
static void slab_alloc_after(struct bench_ctx *ctx, enum pcpu_bench_arm arm,
			     bool whole)
{
	struct batch *b = &ctx->batch;
	struct xarray *slabs = &ctx->slab->slabs[arm_of(ctx->gfp[arm])];
	bool fresh = false;
	u32 i;

	if (!whole || arm == PCPU_BENCH_ARM_EMPTY ||
	    ctx->op == PCPU_BENCH_SLAB_FIRST)
		return;
	for (i = 0; i < b->shape.batch; i++) {
		fresh |= xa_insert(slabs, slab_of(from_percpu(b->objects[i])),
				   SEEN, GFP_KERNEL) != -EBUSY;
		cond_resched();
	}
	ctx->fresh += fresh;
}

static void *slab_alloc_hold(struct bench_ctx *ctx, gfp_t gfp,
			     void __percpu **at)
{
	return get_one(ctx, gfp | __GFP_NOWARN);
}

static void slab_alloc_release(void *obj)
{
	kfree(obj);
}

const struct bench bench_slab_alloc = {
	.name = "slab-alloc",
	.nr_ops = PCPU_BENCH_SLAB_NR_OPS,
	.check = slab_alloc_check,
	.begin = slab_alloc_begin,
	.end = slab_alloc_end,
	.before = slab_alloc_before,
	.alloc = slab_alloc_alloc,
	.free = slab_alloc_free,
	.after = slab_alloc_after,
	.hold = slab_alloc_hold,
	.release = slab_alloc_release,
};
