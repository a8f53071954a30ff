// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes on each node of the objects that a test holds. The result is to check
 * the kernel's own accounting and uses none of its code.
 *
 * The bytes of an object are found through per_cpu_ptr(); the allocator goes
 * through its chunks. The bytes in obj_exts are found by address: the test
 * passes the vmalloc areas, and obj_exts is the area whose address is in the
 * object's chunk.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/once.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "bench.h"

/* The granule of the allocator: one entry of obj_exts for each of these. */
#define GRANULE		4
/* Words of struct pcpu_chunk to search for pointers: all of its fixed part. */
#define CHUNK_WORDS	40

#define PAGE_WORDS	(sizeof(struct page) / sizeof(unsigned long))

struct walk {
	struct pcpu_bench_walk_node *nodes;
	struct pcpu_bench_area *areas;
	u32 *area_nodes;
	u32 nr_nodes, nr_areas;
	u32 unit_size;
	u32 lost, unowned;
};

/* The node of the page at @addr, -ERANGE if there is no page or no such node. */
static int node_at(const struct walk *w, unsigned long addr)
{
	const struct page *page = vmalloc_to_page((void *)addr);
	int nid = page ? page_to_nid(page) : -ERANGE;

	return nid < (int)w->nr_nodes ? nid : -ERANGE;
}

/* The area that @word is the address of, or -1. */
static int area_at(const struct walk *w, unsigned long word)
{
	u32 i;

	if (!is_vmalloc_addr((void *)word))
		return -1;
	for (i = 0; i < w->nr_areas; i++)
		if (w->areas[i].addr == word)
			return i;
	return -1;
}

/*
 * The obj_exts of the chunk that has @page, as an index of areas[], or -1.
 *
 * A page points to its chunk, in a field of struct page whose name has changed,
 * and the chunk points to its obj_exts, in a field whose place depends on the
 * config. Neither is exported. So every word of the page is taken as a pointer,
 * and the first words behind it are compared with the areas; a wrong pointer
 * faults or matches no area.
 */
static int find_ext_area(const struct walk *w, const struct page *page)
{
	const unsigned long *words = (const unsigned long *)page;
	const unsigned long *chunk;
	unsigned long word;
	int i, j, area;

	for (i = 0; i < PAGE_WORDS; i++) {
		chunk = (const unsigned long *)words[i];
		/* Read single words: the chunk may end soon after obj_exts. */
		for (j = 0; j < CHUNK_WORDS; j++) {
			if (copy_from_kernel_nofault(&word, &chunk[j],
						     sizeof(word)))
				break;
			area = area_at(w, word);
			if (area >= 0)
				return area;
		}
	}
	return -1;
}

/* The pages of an area, by node; each area is counted once. */
static int count_area(struct walk *w, int area)
{
	const struct pcpu_bench_area *a = &w->areas[area];
	u32 *count = &w->area_nodes[area * w->nr_nodes];
	unsigned long addr;
	int nid;

	for (nid = 0; nid < w->nr_nodes; nid++)
		if (count[nid])
			return 0;
	for (addr = a->addr; addr < a->addr + a->bytes; addr += PAGE_SIZE) {
		nid = node_at(w, addr);
		if (nid < 0)
			return nid;
		count[nid]++;
	}
	return 0;
}

/* The entries of obj_exts that belong to @obj at @offset of its unit. */
static int walk_ext(struct walk *w, const struct object *obj, u32 offset,
		    const struct page *page)
{
	int area = find_ext_area(w, page), err, nid;
	unsigned long entry, owner, step, end;

	if (area < 0) {
		w->lost++;
		return 0;
	}
	err = count_area(w, area);
	if (err)
		return err;
	step = w->areas[area].bytes / (w->unit_size / GRANULE);
	entry = w->areas[area].addr + offset / GRANULE * step;
	if (copy_from_kernel_nofault(&owner, (void *)entry, sizeof(owner)) ||
	    !owner)
		w->unowned++;
	/* Only the pointer is charged, not the rest of an entry. */
	end = entry + obj->bytes / GRANULE * step;
	for (; entry < end; entry += step) {
		nid = node_at(w, entry);
		if (nid < 0)
			return nid;
		w->nodes[nid].ext += sizeof(void *);
	}
	return 0;
}

/* Count one CPU's copy, page by page. Returns PCPU_BENCH_AT_* or -ERANGE. */
static int walk_copy(struct walk *w, const struct object *obj,
		     unsigned long addr)
{
	unsigned long end = addr + obj->bytes, next;
	int nid, first = -1, at = 0;

	for (; addr < end; addr = next) {
		next = min(end, (addr & PAGE_MASK) + PAGE_SIZE);
		nid = node_at(w, addr);
		if (nid < 0)
			return nid;
		if (obj->accounted)
			w->nodes[nid].object += next - addr;
		if (first >= 0)
			at |= PCPU_BENCH_AT_STRADDLE;
		if (first >= 0 && nid != first)
			at |= PCPU_BENCH_AT_MIXED;
		first = nid;
	}
	return at;
}

/*
 * A number for the chunk at @addr. It tells chunks apart, and not where they are: the
 * key is drawn once, and no address leaves the kernel.
 */
static u64 chunk_name(unsigned long addr)
{
	static siphash_key_t key;

	get_random_once(&key, sizeof(key));
	return siphash_1u64(addr, &key) | 1;
}

static int walk_object(struct walk *w, const struct object *obj,
		       struct pcpu_bench_walk_object *out)
{
	unsigned long addr;
	int cpu, at;

	if (chunk_is_first(obj->ptr)) {
		out->flags = PCPU_BENCH_AT_FIRST;
		return 0;
	}
	for_each_possible_cpu(cpu) {
		cond_resched();
		at = walk_copy(w, obj, (unsigned long)per_cpu_ptr(obj->ptr, cpu));
		if (at < 0)
			return at;
		out->flags |= at;
	}
	/* A chunk's areas begin at multiples of its units' size. */
	addr = (unsigned long)per_cpu_ptr(obj->ptr,
					  cpumask_first(cpu_possible_mask));
	out->offset = addr & (w->unit_size - 1);
	out->chunk = chunk_name(addr - out->offset);
	if (!obj->accounted)
		return 0;
	return walk_ext(w, obj, out->offset, vmalloc_to_page((void *)addr));
}

/* A slab object lies on one node. */
static int walk_slab(struct walk *w, const struct object *obj)
{
	const int nid = page_to_nid(virt_to_page(obj->slab));

	if (nid >= w->nr_nodes)
		return -ERANGE;
	if (obj->accounted)
		w->nodes[nid].object += ksize(obj->slab);
	return 0;
}

static int walk_all(struct walk *w, const struct bench_ctx *ctx,
		    struct pcpu_bench_walk_object __user *to, u32 room)
{
	struct pcpu_bench_walk_object out;
	int err = 0;
	u32 i;

	for (i = 0; i < ctx->nr_objects; i++) {
		if (signal_pending(current))
			return -ERESTARTSYS;
		memset(&out, 0, sizeof(out));
		if (ctx->objects[i].ptr)
			err = walk_object(w, &ctx->objects[i], &out);
		else if (ctx->objects[i].slab)
			err = walk_slab(w, &ctx->objects[i]);
		if (err)
			return err;
		if (i < room && copy_to_user(&to[i], &out, sizeof(out)))
			return -EFAULT;
	}
	return 0;
}

/* An entry is a pointer, with allocation profiling a pointer and a tag. */
static bool bad_areas(const struct walk *w)
{
	u32 i, entries = w->unit_size / GRANULE;

	for (i = 0; i < w->nr_areas; i++)
		if (w->areas[i].bytes != entries * sizeof(void *) &&
		    w->areas[i].bytes != 2 * entries * sizeof(void *))
			return true;
	return false;
}

static int copy_out(const struct walk *w, const struct pcpu_bench_walk *walk)
{
	size_t bytes = w->nr_nodes * sizeof(*w->nodes);

	if (copy_to_user(u64_to_user_ptr(walk->nodes), w->nodes, bytes))
		return -EFAULT;
	bytes = array3_size(w->nr_areas, w->nr_nodes, sizeof(*w->area_nodes));
	if (copy_to_user(u64_to_user_ptr(walk->area_nodes), w->area_nodes,
			 bytes))
		return -EFAULT;
	return 0;
}

/**
 * objects_walk - fill in @walk
 *
 * Returns 0, -EINVAL, -ENOMEM, -EFAULT, -ERESTARTSYS; -ERANGE if an object is
 * on a node past nr_nodes, -EOPNOTSUPP if the size of a unit is unknown.
 */
long objects_walk(struct bench_ctx *ctx, struct pcpu_bench_walk *walk)
{
	struct walk w = {
		.nr_nodes = walk->nr_nodes,
		.nr_areas = walk->nr_areas,
		.unit_size = chunk_unit_size(),
	};
	size_t bytes = w.nr_areas * sizeof(*w.areas);
	long err = -ENOMEM;

	if (!w.nr_nodes || w.nr_nodes > MAX_NUMNODES ||
	    w.nr_areas > PCPU_BENCH_MAX_AREAS)
		return -EINVAL;
	if (!w.unit_size || !is_power_of_2(w.unit_size))
		return -EOPNOTSUPP;
	/* 16 MiB at most; but many files may ask at once. */
	if (!shape_fits_bytes((u64)(w.nr_areas + 1) * w.nr_nodes *
			      sizeof(*w.area_nodes)))
		return -ENOMEM;
	w.nodes = kvcalloc(w.nr_nodes, sizeof(*w.nodes), GFP_KERNEL);
	w.areas = kvcalloc(w.nr_areas + 1, sizeof(*w.areas), GFP_KERNEL);
	w.area_nodes = kvcalloc(w.nr_areas + 1,
				w.nr_nodes * sizeof(*w.area_nodes), GFP_KERNEL);
	if (!w.nodes || !w.areas || !w.area_nodes)
		goto out;
	err = -EFAULT;
	if (copy_from_user(w.areas, u64_to_user_ptr(walk->areas), bytes))
		goto out;
	err = -EINVAL;
	if (bad_areas(&w))
		goto out;
	err = walk_all(&w, ctx, u64_to_user_ptr(walk->objects),
		       walk->nr_objects);
	if (err)
		goto out;
	err = copy_out(&w, walk);
	walk->nr_objects = ctx->nr_objects;
	walk->lost = w.lost;
	walk->unowned = w.unowned;
out:
	kvfree(w.area_nodes);
	kvfree(w.areas);
	kvfree(w.nodes);
	return err;
}
