// SPDX-License-Identifier: GPL-2.0-or-later
/* The charge for a map, found by holding one in each arm. */
#include <unistd.h>

#include "base/err.h"
#include "measure/benches/map_charge.h"

/* Hold a map in the child, and read its charge. */
static int hold_on(struct life *l, struct charge *c)
{
	const struct cgroup *cg = &l->t->cg;
	long long percpu, slab, now = 0;
	unsigned int i;
	int fd, ret;

	ret = life_go_to(l, PCPU_BENCH_ARM_ON);
	if (!ret)
		ret = cgroup_percpu_bytes(cg, &percpu);
	if (!ret)
		ret = cgroup_slab_bytes(cg, &slab);
	if (ret)
		return ret;
	fd = bpf_map_make(l->kind, l->size, l->entries);
	if (fd < 0)
		return life_refused(l);
	ret = cgroup_percpu_bytes(cg, &now);
	c->percpu = now - percpu;
	if (!ret)
		ret = cgroup_slab_bytes(cg, &now);
	c->slab = now - slab;
	c->memlock = bpf_map_memlock(fd);
	for (i = 0; bpf_map_has_elements(l->kind) && i < l->entries &&
	     !ret; i++)
		if (bpf_map_add(fd, i, l->value))
			ret = life_refused(l);
	if (!ret)
		ret = cgroup_percpu_bytes(cg, &now);
	c->filled = now - percpu;
	close(fd);
	if (life_settle(l, PCPU_BENCH_SETTLE_ALL) && !ret)
		ret = EX_FAIL;
	return ret;
}

/* Hold a map in the cgroup of `off`: the child must not be charged. */
static int hold_off(struct life *l, long long *percpu)
{
	int fd, ret;

	ret = life_go_to(l, PCPU_BENCH_ARM_OFF);
	if (ret)
		return ret;
	fd = bpf_map_make(l->kind, l->size, l->entries);
	if (fd < 0)
		return life_refused(l);
	ret = cgroup_percpu_bytes(&l->t->cg, percpu);
	close(fd);
	if (life_settle(l, PCPU_BENCH_SETTLE_ALL) && !ret)
		ret = EX_FAIL;
	return ret;
}

int map_charge_prove(struct life *l, struct proof *p, struct charge *c)
{
	unsigned int size = life_value_bytes(l);
	long long off_map, values;
	int ret;

	/* The kernel refuses a larger value, so prove the largest instead. */
	if (size > l->t->info.max_size)
		size = l->t->info.max_size;
	p->expected = target_charge(l->t, size);
	p->beyond = l->t->beyond;
	ret = cgroup_percpu_bytes(&l->t->cg, &p->before);
	if (!ret)
		ret = target_hold_one(l->t, size, PCPU_BENCH_ARM_OFF,
				      &p->off_held, &p->first_chunk);
	if (!ret)
		ret = target_hold_one(l->t, size, PCPU_BENCH_ARM_ON, &p->held,
				      &p->first_chunk);
	if (!ret)
		ret = hold_on(l, c);
	if (!ret)
		ret = hold_off(l, &off_map);
	if (ret)
		return ret;
	if (off_map != p->before)
		p->off_held = off_map;
	/*
	 * A hash may also be charged for small percpu objects of its own. If
	 * the number of values is unknown, take those charged:
	 * bpf_mem_alloc_init() charges all or, in the root, none.
	 */
	values = bpf_map_values(l->kind, l->entries,
				l->t->info.possible_cpus);
	c->values = c->percpu / target_charge(l->t, life_value_bytes(l));
	if (values < 0)
		values = c->values;
	else if (c->values > values)
		c->values = values;
	c->uses = values * life_value_bytes(l) * l->t->info.possible_cpus;
	return 0;
}
