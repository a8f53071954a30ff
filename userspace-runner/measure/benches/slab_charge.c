// SPDX-License-Identifier: GPL-2.0-or-later
/* What slab objects charge: bytes of the memcg and of each node, exact. */
#include <stdint.h>

#include "measure/benches/slab_charge.h"

unsigned int slab_kmalloc(unsigned int size)
{
	unsigned int power = 8;

	if (size > 64 && size <= 96)
		return 96;
	if (size > 128 && size <= 192)
		return 192;
	while (power < size)
		power *= 2;
	return power;
}

unsigned int slab_charge(unsigned int size, bool kmalloc)
{
	return (kmalloc ? slab_kmalloc(size) : size) + SLAB_EXT;
}

int slab_bytes(const struct target *t, struct slab_bytes *bytes)
{
	/* The kernel frees files of removed cgroups and closed ones later. */
	int ret = device_settle(t->fd, PCPU_BENCH_SETTLE_ALL);

	if (!ret)
		ret = cgroup_take_stock(&t->other);
	if (!ret)
		ret = cgroup_take_stock(&t->cg);
	if (!ret)
		ret = cgroup_stat_bytes(&t->other, SLAB_KEY, &bytes->other);
	if (!ret)
		ret = cgroup_stat_bytes(&t->cg, SLAB_KEY, &bytes->own);
	return ret ? ret : cgroup_node_bytes(&t->cg, SLAB_KEY, bytes->node,
					     PCPU_BENCH_MAX_NODES);
}

int slab_hold(const struct target *t, struct pcpu_bench_hold hold,
	      struct slab_bytes *bytes)
{
	int ret, ret2;

	hold.nr_nodes = PCPU_BENCH_MAX_NODES;
	hold.nodes = (uintptr_t)bytes->lie;
	ret = target_device_hold(t, &hold);
	if (ret)
		return ret;
	/* Who reads is charged for the files that it opens, for a while after it. */
	ret = cgroup_enter(&t->cg);
	if (!ret)
		ret = slab_bytes(t, bytes);
	ret2 = device_release(t->fd);
	return ret ? ret : ret2;
}
