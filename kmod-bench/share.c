// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slab objects of many owners, in a cache that they share or in one for each: how
 * many slabs do these have, and how many obj_exts?
 */
#include <linux/atomic.h>
#include <linux/bsearch.h>
#include <linux/err.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "bench.h"

struct share_owner {
	struct mem_cgroup *memcg;
	struct kmem_cache *cache;
	void **objects;
	u32 live;
};

struct share {
	gfp_t gfp;
	u32 bytes, most;
	u64 state;		/* of what is drawn */
	u32 turn, target;	/* whose wave it is, and how many it shall have */
	u32 live;		/* of all owners */
	u32 nr_owners, nr_caches;
	struct kmem_cache **caches;	/* in the order of their addresses */
	void **objects;		/* @most of each owner */
	struct share_owner owners[];
};

static bool bad_share(const struct pcpu_bench_share *arg)
{
	const u32 known = PCPU_BENCH_SHARE_OWN | PCPU_BENCH_SHARE_ACCOUNT;

	return bench_slab_alloc.check(arg->bytes) || !arg->owners ||
	       arg->owners > PCPU_BENCH_MAX_OWNERS || !arg->most ||
	       arg->most > PCPU_BENCH_MAX_HELD / arg->owners || !arg->seed ||
	       arg->flags & ~known;
}

/* Is there memory for all that owners may have, and a slab more in each cache? */
static bool fits(const struct pcpu_bench_share *arg)
{
	const u64 objects = pcpu_bench_memory(arg->bytes,
					      arg->owners * arg->most, 1);
	const u64 slabs = (u64)arg->owners << (PAGE_SHIFT +
					       PAGE_ALLOC_COSTLY_ORDER);

	return shape_fits_bytes(objects +
				(u64)arg->owners * arg->most * sizeof(void *) +
				(arg->flags & PCPU_BENCH_SHARE_OWN ? slabs : 0));
}

static int by_address(const void *a, const void *b)
{
	const struct kmem_cache *x = *(struct kmem_cache * const *)a;
	const struct kmem_cache *y = *(struct kmem_cache * const *)b;

	return x < y ? -1 : x > y;
}

static int make_caches(struct share *s, const struct pcpu_bench_share *arg)
{
	const u32 nr = arg->flags & PCPU_BENCH_SHARE_OWN ? arg->owners : 1;
	const slab_flags_t flags = arg->flags & PCPU_BENCH_SHARE_ACCOUNT ?
				   SLAB_ACCOUNT : 0;
	char name[48];
	u32 i;

	for (; s->nr_caches < nr; s->nr_caches++) {
		if (signal_pending(current))
			return -ERESTARTSYS;
		snprintf(name, sizeof(name), "pcpu_bench-share-%u-%u", arg->id,
			 s->nr_caches);
		s->caches[s->nr_caches] =
			kmem_cache_create(name, s->bytes, 0,
					  SLAB_NO_MERGE | flags, NULL);
		if (!s->caches[s->nr_caches])
			return -ENOMEM;
		cond_resched();
	}
	for (i = 0; i < s->nr_owners; i++) {
		s->owners[i].cache = s->caches[i % nr];
		s->owners[i].objects = s->objects + (size_t)i * s->most;
	}
	sort(s->caches, nr, sizeof(*s->caches), by_address, NULL);
	return 0;
}

static int find_owners(struct share *s, const struct pcpu_bench_share *arg)
{
	const s32 __user *fds = u64_to_user_ptr(arg->cgroups);
	struct mem_cgroup *memcg;
	s32 fd;

	for (; s->nr_owners < arg->owners; s->nr_owners++) {
		if (get_user(fd, fds + s->nr_owners))
			return -EFAULT;
		memcg = memcg_of(fd);
		if (IS_ERR(memcg))
			return PTR_ERR(memcg);
		s->owners[s->nr_owners].memcg = memcg;
	}
	return 0;
}

/*
 * Returns 0, -EINVAL, -EBUSY, -EFBIG if there is too little memory, -ENOMEM,
 * -EFAULT, -ERESTARTSYS, or the error of a wrong file descriptor.
 */
long share_begin(struct bench_ctx *ctx, struct pcpu_bench_share *arg)
{
	static atomic_t nr = ATOMIC_INIT(0);
	struct share *s;
	int err;

	if (bad_share(arg))
		return -EINVAL;
	if (ctx->share)
		return -EBUSY;
	if (!fits(arg))
		return -EFBIG;
	s = kvzalloc(struct_size(s, owners, arg->owners), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	ctx->share = s;
	s->bytes = arg->bytes;
	s->most = arg->most;
	s->state = arg->seed;
	s->gfp = GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN |
		 (arg->flags & PCPU_BENCH_SHARE_ACCOUNT ? __GFP_ACCOUNT : 0);
	arg->id = atomic_inc_return(&nr);
	s->caches = kvcalloc(arg->owners, sizeof(*s->caches), GFP_KERNEL);
	s->objects = kvcalloc((size_t)arg->owners * arg->most,
			      sizeof(*s->objects), GFP_KERNEL);
	err = s->caches && s->objects ? find_owners(s, arg) : -ENOMEM;
	if (!err)
		err = make_caches(s, arg);
	if (err)
		share_end(ctx);
	return err;
}

static void put_all(struct share *s)
{
	struct share_owner *o;
	u32 i;

	for (i = 0; i < s->nr_owners; i++) {
		o = &s->owners[i];
		while (o->live)
			kmem_cache_free(o->cache, o->objects[--o->live]);
		cond_resched();
	}
	s->live = 0;
}

void share_end(struct bench_ctx *ctx)
{
	struct share *s = ctx->share;
	u32 i;

	if (!s)
		return;
	put_all(s);
	for (i = 0; i < s->nr_owners; i++)
		mem_cgroup_put(s->owners[i].memcg);
	for (i = 0; i < s->nr_caches; i++) {
		kmem_cache_destroy(s->caches[i]);
		cond_resched();
	}
	kvfree(s->objects);
	kvfree(s->caches);
	kvfree(s);
	ctx->share = NULL;
}

static bool get_one(struct share *s, struct share_owner *o)
{
	struct mem_cgroup *own = set_active_memcg(o->memcg);
	void *obj = kmem_cache_alloc(o->cache, s->gfp);

	set_active_memcg(own);
	if (!obj)
		return false;
	o->objects[o->live++] = obj;
	s->live++;
	return true;
}

static void put_one(struct share *s, struct share_owner *o)
{
	void **obj = &o->objects[draw(&s->state, o->live)];

	kmem_cache_free(o->cache, *obj);
	*obj = o->objects[--o->live];
	s->live--;
}

static int go_on(struct share *s, u32 objects)
{
	struct share_owner *o;

	while (objects) {
		o = &s->owners[s->turn];
		if (o->live < s->target) {
			if (!get_one(s, o))
				return -ENOMEM;
			objects--;
		} else if (o->live > s->target) {
			put_one(s, o);
		} else {
			s->turn = draw(&s->state, s->nr_owners);
			s->target = draw(&s->state, s->most + 1);
			if (signal_pending(current))
				return -ERESTARTSYS;
			cond_resched();
		}
	}
	return 0;
}

/*
 * The cache of a slab, by its first page: struct slab has it where pages have the
 * pointer to the first one of them (mm/slab.h, since Linux 6.2).
 */
static struct kmem_cache *cache_of(const struct page *page)
{
#ifdef PCPU_BENCH_HAS_compound_info
	return (struct kmem_cache *)READ_ONCE(page->compound_info);
#else
	return (struct kmem_cache *)READ_ONCE(page->compound_head);
#endif
}

static bool is_ours(const struct share *s, const struct page *page)
{
	struct kmem_cache *cache = cache_of(page);

	return bsearch(&cache, s->caches, s->nr_caches, sizeof(cache),
		       by_address);
}

/* Any object's slab tells whether pages have it there. */
static bool can_tell(const struct share *s)
{
	const struct share_owner *o;
	u32 i;

	for (i = 0; i < s->nr_owners; i++) {
		o = &s->owners[i];
		if (o->live)
			return cache_of(virt_to_head_page(o->objects[0])) ==
			       o->cache;
	}
	return true;
}

/* Slabs, also those without an object. */
static int count(const struct share *s, struct pcpu_bench_waves *arg)
{
	unsigned long pfn, end;
	int node;

	if (!can_tell(s))
		return -EOPNOTSUPP;
	for_each_online_node(node) {
		end = node_end_pfn(node);
		for (pfn = node_start_pfn(node); pfn < end; pfn++) {
			struct page *page;

			/* Large machines have a thousand million. */
			if (pfn % 65536 == 0) {
				if (signal_pending(current))
					return -ERESTARTSYS;
				cond_resched();
			}
			if (!pfn_valid(pfn))
				continue;
			page = pfn_to_page(pfn);
			if (PageTail(page) || !PageSlab(page) || !is_ours(s, page))
				continue;
			arg->slabs++;
			arg->slab_bytes += page_size(page);
		}
	}
	return 0;
}

/* The obj_exts of a slab; its lowest bits are flags. */
static void look_at(struct page *page, struct pcpu_bench_waves *arg)
{
#ifdef CONFIG_MEMCG
	const unsigned long exts = READ_ONCE(page->memcg_data) & ~7UL;
	const unsigned long slab = (unsigned long)page_address(page);

	if (!exts)
		return;
	if (exts >= slab && exts < slab + page_size(page)) {
		arg->inside++;
		return;
	}
	arg->arrays++;
	arg->array_bytes += ksize((void *)exts);
#endif
}

static int look(struct share *s, struct pcpu_bench_waves *arg)
{
	struct xarray seen;
	struct page *page;
	int err = 0;
	u32 i, j;

	/* DEFINE_XARRAY() is for what is not on the stack: lockdep has no key for it. */
	xa_init(&seen);
	for (i = 0; i < s->nr_caches; i++)
		kmem_cache_shrink(s->caches[i]);
	for (i = 0; i < s->nr_owners; i++)
		for (j = 0; j < s->owners[i].live && !err; j++) {
			page = virt_to_head_page(s->owners[i].objects[j]);
			err = xa_insert(&seen, page_to_pfn(page),
					xa_mk_value(0), GFP_KERNEL);
			if (!err) {
				arg->used++;
				look_at(page, arg);
			} else if (err == -EBUSY) {
				err = 0;
			}
			cond_resched();
		}
	xa_destroy(&seen);
	return err;
}

static int copy_live(const struct share *s, const struct pcpu_bench_waves *arg)
{
	u32 __user *live = u64_to_user_ptr(arg->owner_live);
	u32 i;

	for (i = 0; i < min(s->nr_owners, arg->nr_owners); i++)
		if (put_user(s->owners[i].live, live + i))
			return -EFAULT;
	return 0;
}

/*
 * Returns 0, -EINVAL, also if there are no owners, -EFBIG, -ENOMEM, -EFAULT,
 * -EOPNOTSUPP, or -ERESTARTSYS; then another call goes on.
 */
long share_waves(struct bench_ctx *ctx, struct pcpu_bench_waves *arg)
{
	const u32 known = PCPU_BENCH_WAVES_COUNT | PCPU_BENCH_WAVES_LOOK |
			  PCPU_BENCH_WAVES_FREE;
	struct share *s = ctx->share;
	int err;

	if (!s || arg->objects > PCPU_BENCH_MAX_PAIRS || arg->flags & ~known ||
	    arg->reserved)
		return -EINVAL;
	if (!shape_fits(&bench_slab_alloc, s->bytes,
			s->nr_owners * s->most - s->live))
		return -EFBIG;
	*arg = (struct pcpu_bench_waves){
		.size = arg->size, .objects = arg->objects,
		.flags = arg->flags, .owner_live = arg->owner_live,
		.nr_owners = arg->nr_owners,
	};
	if (arg->flags & PCPU_BENCH_WAVES_FREE)
		put_all(s);
	err = go_on(s, arg->objects);
	arg->live = s->live;
	if (!err && arg->flags & PCPU_BENCH_WAVES_LOOK)
		err = look(s, arg);
	if (!err && arg->flags & PCPU_BENCH_WAVES_COUNT)
		err = count(s, arg);
	return err ? err : copy_live(s, arg);
}
