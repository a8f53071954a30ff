// SPDX-License-Identifier: GPL-2.0-only
/*
 * An object's chunk, its offset there, and the chunk's unit size.
 */
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "bench.h"

/* An object's offset is its address modulo this power of 2. */
static u32 offset_range __ro_after_init = PAGE_SIZE;
static u32 unit_size __ro_after_init;

/**
 * chunk_is_first - does @obj lie in the chunk that is set up at boot?
 *
 * The embedded first chunk lies in the linear map, all later chunks in vmalloc
 * space. With percpu_alloc=page the first chunk is in vmalloc space, too; then
 * module init refuses to load.
 */
bool chunk_is_first(void __percpu *obj)
{
	return !is_vmalloc_addr(per_cpu_ptr(obj, cpumask_first(cpu_possible_mask)));
}

/**
 * chunk_offset - where in its unit @obj begins, in bytes
 *
 * If the size of the allocator's units is no power of 2, which is rare, the
 * offset in the page. @obj must not lie in the first chunk.
 */
u32 chunk_offset(void __percpu *obj)
{
	unsigned long addr = (unsigned long)per_cpu_ptr(obj,
					cpumask_first(cpu_possible_mask));

	return addr & (offset_range - 1);
}

/**
 * chunk_unit_size - bytes of one CPU's unit, 0 if unknown
 */
u32 chunk_unit_size(void)
{
	return unit_size;
}

/*
 * Units of CPUs in one group lie back to back in CPU order, and a group never
 * spans nodes, so neighbours of a node are one unit apart at the closest.
 * @prev: room for a number of each node, all 0
 */
static u32 __init find_unit_size(unsigned long *prev)
{
	unsigned long off, gap, unit = 0;
	int cpu, node;

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
	return unit;
}

/**
 * chunk_init - find what is the same for all chunks, once: the search allocates
 *
 * On x86-64 a unit whose size is a power of 2 begins at a multiple of it:
 * groups of units begin at multiples of PMD_SIZE (setup_per_cpu_areas()), and a
 * lone CPU has one unit of that size. On other machines only the offset in the
 * page is known.
 *
 * Returns 0 or -ENOMEM.
 */
int __init chunk_init(void)
{
	unsigned long *prev;

	prev = kvcalloc(nr_node_ids, sizeof(*prev), GFP_KERNEL);
	if (!prev)
		return -ENOMEM;
	unit_size = find_unit_size(prev);
	kvfree(prev);
#ifdef CONFIG_X86_64
	if (!unit_size)
		offset_range = PMD_SIZE;
	else if (is_power_of_2(unit_size))
		offset_range = unit_size;
#endif
	return 0;
}
