/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's topology: `176c1n` is 176 possible CPUs on one node, `80c2n` 80 on
 * two, `16c2n+6m` 16 on two plus six memory-only nodes, and `16c2n-1m` 16 on
 * two, the last of which is empty: it has no memory.
 */
#ifndef PCPUBENCH_PLAN_TOPOLOGY_H
#define PCPUBENCH_PLAN_TOPOLOGY_H

#include <stdbool.h>

#define TOPOLOGY_MAX_CPUS	4096
#define TOPOLOGY_MAX_NODES	64
#define TOPOLOGY_MAX_ONLINE	32	/* of a guest: vCPUs */
#define TOPOLOGY_NAME_LEN	52	/* of any four numbers */
/* Most CPUs that an unpatched kernel supports without an x2APIC. */
#define TOPOLOGY_XAPIC_CPUS	254

struct topology {
	unsigned int cpus;	/* 1 to TOPOLOGY_MAX_CPUS */
	unsigned int nodes;	/* with CPUs, 1 to cpus */
	unsigned int empty_nodes;	/* the last of these have no memory */
	unsigned int mem_nodes;	/* without CPUs; they come after the others */
	char name[TOPOLOGY_NAME_LEN];
};

/*
 * A topology with its name. Any numbers: a machine may have more than a guest.
 */
struct topology topology_of(unsigned int cpus, unsigned int nodes,
			    unsigned int empty_nodes, unsigned int mem_nodes);

/* EX_USE with the reason if no guest can have it. */
int topology_check(const struct topology *topo);

/* Parse @text; EX_USE if it is not a topology that a guest can have. */
int topology_parse(const char *text, struct topology *topo);

/* Node of CPU @cpu (0 to cpus - 1): blocks of equal size, in order. */
unsigned int topology_node_of(const struct topology *topo, unsigned int cpu);

/* Number of CPUs on @node, 0 for a memory-only one. */
unsigned int topology_cpus_of(const struct topology *topo, unsigned int node);

/*
 * The @i'th CPU to be online, 0 <= @i < cpus: the boot CPU, then one of the
 * next node, and so on in turn.
 */
unsigned int topology_online_cpu(const struct topology *topo, unsigned int i);

static inline unsigned int topology_all_nodes(const struct topology *topo)
{
	return topo->nodes + topo->mem_nodes;
}

static inline bool topology_has_memory(const struct topology *topo,
				       unsigned int node)
{
	return node < topo->nodes - topo->empty_nodes || node >= topo->nodes;
}

/* Does a kernel need the harness patch to come up with this many CPUs? */
static inline int topology_needs_harness(const struct topology *topo)
{
	return topo->cpus > TOPOLOGY_XAPIC_CPUS;
}

/**
 * topology_memory_node - the node that the CPUs of @node get memory from
 *
 * @node itself, if it has memory. Else the node that find_next_best_node() of
 * mm/page_alloc.c finds, when all nodes are equally near and no CPU is known to
 * be on one: those after @node come first, in turn. Only for a topology that
 * topology_check() accepts.
 */
unsigned int topology_memory_node(const struct topology *topo,
				  unsigned int node);

/**
 * topology_memory - MiB of memory of each node
 * @more_kib: for each CPU, beside what every guest needs
 * @mib: receives topology_all_nodes() figures, multiples of 128, the size of a
 *	memory section: x86 does not take node boundaries inside one; 0 for an
 *	empty node
 *
 * Enough for the kernel and the percpu memory of the CPUs served there. Returns
 * the sum.
 */
unsigned int topology_memory(const struct topology *topo, unsigned int more_kib,
			     unsigned int *mib);

#endif
