// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load/maps: a task makes a BPF percpu map and closes it, again and again. Without
 * preallocation a map has a list with a value for each possible CPU: so many percpu
 * objects come at once, charged to the map's memory cgroup. Workers of the kernel
 * free them after a grace period.
 *
 * A filter of tc takes percpu memory for its statistics, but charges none, and
 * needs a network in the kernel. Mounts, whose superblocks have percpu counters,
 * charge none either, and take one lock for all.
 */
#include <stdlib.h>
#include <unistd.h>

#include "measure/benches/bpf_map.h"
#include "measure/benches/load.h"

#define VALUE	8	/* bytes: the least that a map has for a CPU */

struct maps {
	const struct bpf_map_kind *kind;
	int held[LOAD_HELD];
	unsigned int nr_held;
};

static const char *begin(void **own)
{
	struct maps *m = calloc(1, sizeof(*m));

	*own = m;
	if (!m)
		return "get memory";
	for (unsigned int i = 0; (m->kind = bpf_map_kind(i)); i++)
		if (m->kind->flags)
			break;
	return NULL;
}

static bool operate(void *own)
{
	const struct maps *m = own;
	int fd = bpf_map_make(m->kind, VALUE, 1);

	return fd >= 0 && !close(fd);
}

static const char *hold(void *own, unsigned int nr)
{
	struct maps *m = own;

	while (m->nr_held < nr) {
		m->held[m->nr_held] = bpf_map_make(m->kind, VALUE, 1);
		if (m->held[m->nr_held] < 0)
			return "make a BPF percpu map";
		m->nr_held++;
	}
	return NULL;
}

static void drop(void *own)
{
	struct maps *m = own;

	while (m->nr_held)
		close(m->held[--m->nr_held]);
}

static void end(void *own)
{
	free(own);
}

const struct load_kind load_maps = {
	.name = "maps", .begin = begin, .operate = operate, .hold = hold,
	.drop = drop, .end = end,
};
