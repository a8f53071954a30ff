// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bytes that the memory controller keeps for one cgroup, as the allocators
 * gave them: ksize() has the size of the slab object that a structure lies in.
 */
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/percpu-refcount.h>
#include <linux/rcupdate.h>
#include <linux/shrinker.h>
#include <linux/slab.h>

#include "bench.h"

#if defined(CONFIG_MEMCG) && defined(PCPU_BENCH_HAS_lruvec_stats)
/* A reference count: a word of each CPU, and what all CPUs share. */
static void add_ref(struct pcpu_bench_footprint *f, const struct percpu_ref *ref)
{
	f->references += sizeof(unsigned long) * num_possible_cpus();
	f->objcgs += ksize(ref->data);
}

static void add_objcg(struct pcpu_bench_footprint *f,
		      const struct obj_cgroup *objcg)
{
	if (!objcg)
		return;
	f->nr_objcgs++;
	f->objcgs += ksize(objcg);
	add_ref(f, &objcg->refcnt);
}

/*
 * A bit for each shrinker, and what it has yet to do, in units of 64 shrinkers. With
 * 64 thousand, such as of mounts, the array of the units is no slab object any more.
 */
static int add_shrinkers(struct pcpu_bench_footprint *f,
			 const struct shrinker_info *info)
{
	int i;

	if (!info)
		return 0;
	if (is_vmalloc_addr(info))
		return -EOPNOTSUPP;
	f->shrinkers += ksize(info);
	for (i = 0; i * SHRINKER_UNIT_BITS < info->map_nr_max; i++)
		f->shrinkers += ksize(info->unit[i]);
	return 0;
}

static int add_node(struct pcpu_bench_footprint *f,
		    const struct mem_cgroup_per_node *pn)
{
	int err;

	if (!pn)
		return 0;
	f->nr_nodes++;
	f->structures += ksize(pn);
	f->statistics += ksize(pn->lruvec_stats);
#ifdef PCPU_BENCH_NODE_OBJCG
	add_objcg(f, pn->orig_objcg);
#endif
	/* A new shrinker replaces the array by a larger one. */
	rcu_read_lock();
	err = add_shrinkers(f, rcu_dereference(pn->shrinker_info));
	rcu_read_unlock();
	return err;
}

static int add_memcg(struct pcpu_bench_footprint *f,
		     const struct mem_cgroup *memcg)
{
	int node, err = 0;

	f->structures = ksize(memcg);
	f->statistics = ksize(memcg->vmstats);
	for_each_node(node)
		err = err ? err : add_node(f, memcg->nodeinfo[node]);
#ifndef PCPU_BENCH_NODE_OBJCG
	add_objcg(f, memcg->orig_objcg);
#endif
#ifdef PCPU_BENCH_HAS_css_rstat_cpu
	if (memcg->css.rstat_cpu)
		f->references += sizeof(struct css_rstat_cpu) *
				 num_possible_cpus();
#endif
	/* Of the controller's state in the cgroup: no part of the obj_cgroups. */
	f->references += sizeof(unsigned long) * num_possible_cpus();
	f->structures += ksize(memcg->css.refcnt.data);
	return err;
}

/* Returns 0, -EINVAL, -EOPNOTSUPP or the error of a wrong file descriptor. */
int footprint(struct pcpu_bench_footprint *f)
{
	struct mem_cgroup *memcg;
	int err;

	if (f->reserved || f->reserved2)
		return -EINVAL;
	memcg = memcg_of(f->cgroup);
	if (IS_ERR(memcg))
		return PTR_ERR(memcg);
	*f = (struct pcpu_bench_footprint){
		.size = f->size, .cgroup = f->cgroup,
	};
	err = add_memcg(f, memcg);
	mem_cgroup_put(memcg);
	return err;
}
#else
/* Before Linux 6.10 statistics of a node lie in other structures. */
int footprint(struct pcpu_bench_footprint *f)
{
	return f->reserved || f->reserved2 ? -EINVAL : -EOPNOTSUPP;
}
#endif
