// SPDX-License-Identifier: GPL-2.0-or-later
/* Topologies by name and by numbers; the nodes of their CPUs and memory. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "plan/topology.h"

#define SECTION_MIB	128

/*
 * Memory for a possible CPU, in KiB: its unit of the first chunk (256), the
 * chunk under test, which the guard populates up to 64 KiB for the largest
 * size, chunks for the kernel's own later allocations, and memory that boot
 * allocates per CPU. 4096 CPUs that measured up to 8 KiB touched 1.8 GiB, 458
 * KiB each.
 */
#define CPU_KIB		768
#define UNIT_KIB	256
/* Kernel, page structures, initrd and /init: on the first node. */
#define KERNEL_MIB	256
/* For the kernel on other nodes. */
#define NODE_MIB	64

/* A number without sign or leading zeros, followed by @unit. */
static int number(const char **p, char unit, unsigned int *val)
{
	unsigned long n;
	char *end;

	if (!isdigit((unsigned char)**p) || **p == '0')
		return -1;
	n = strtoul(*p, &end, 10);
	if (*end != unit || end - *p > 6)
		return -1;
	*val = n;
	*p = end + 1;
	return 0;
}

struct topology topology_of(unsigned int cpus, unsigned int nodes,
			    unsigned int empty_nodes, unsigned int mem_nodes)
{
	struct topology topo = {
		.cpus = cpus, .nodes = nodes, .empty_nodes = empty_nodes,
		.mem_nodes = mem_nodes,
	};
	char empty[16] = "", mem[16] = "";

	if (empty_nodes)
		snprintf(empty, sizeof(empty), "-%um", empty_nodes);
	if (mem_nodes)
		snprintf(mem, sizeof(mem), "+%um", mem_nodes);
	snprintf(topo.name, sizeof(topo.name), "%uc%un%s%s", cpus, nodes,
		 empty, mem);
	return topo;
}

int topology_check(const struct topology *topo)
{
	if (topo->cpus > TOPOLOGY_MAX_CPUS)
		return err(EX_USE, "topology %s: at most %d CPUs", topo->name,
			   TOPOLOGY_MAX_CPUS);
	if (topo->nodes > topo->cpus)
		return err(EX_USE,
			   "topology %s: %u nodes with CPUs, but only %u CPUs: give each node one",
			   topo->name, topo->nodes, topo->cpus);
	if (topo->empty_nodes > topo->nodes)
		return err(EX_USE,
			   "topology %s: %u nodes without memory, but only %u nodes with CPUs: memory-only nodes are +Mm",
			   topo->name, topo->empty_nodes, topo->nodes);
	if (topo->empty_nodes == topology_all_nodes(topo))
		return err(EX_USE, "topology %s: no node has memory: leave one, or add one as +1m",
			   topo->name);
	if (topology_all_nodes(topo) > TOPOLOGY_MAX_NODES)
		return err(EX_USE, "topology %s: at most %d nodes", topo->name,
			   TOPOLOGY_MAX_NODES);
	return 0;
}

int topology_parse(const char *text, struct topology *topo)
{
	unsigned int cpus, nodes, empty_nodes = 0, mem_nodes = 0;
	const char *p = text;

	const char *want = NULL;

	if (number(&p, 'c', &cpus))
		want = "CPUs, such as 176c";
	else if (number(&p, 'n', &nodes))
		want = "nodes, such as 1n";
	else if (*p == '-' && (p++, number(&p, 'm', &empty_nodes)))
		want = "nodes without memory, such as 1m";
	else if (*p == '+' && (p++, number(&p, 'm', &mem_nodes)))
		want = "memory-only nodes, such as 6m";
	else if (*p)
		want = "nothing more";
	if (want)
		return err(EX_USE,
			   "unknown topology '%s': %s%s%s there should be %s, each number 1 or more: as in 176c1n, 16c2n-1m or 16c2n+6m",
			   text, *p ? "at '" : "at its end", p, *p ? "'" : "",
			   want);
	*topo = topology_of(cpus, nodes, empty_nodes, mem_nodes);
	return topology_check(topo);
}

unsigned int topology_node_of(const struct topology *topo, unsigned int cpu)
{
	return (unsigned long)cpu * topo->nodes / topo->cpus;
}

/* The first of the CPUs that topology_node_of() has on @node. */
static unsigned int first_cpu(const struct topology *topo, unsigned int node)
{
	return ((unsigned long)node * topo->cpus + topo->nodes - 1) /
	       topo->nodes;
}

unsigned int topology_cpus_of(const struct topology *topo, unsigned int node)
{
	return node < topo->nodes ? first_cpu(topo, node + 1) -
				    first_cpu(topo, node) : 0;
}

unsigned int topology_online_cpu(const struct topology *topo, unsigned int i)
{
	unsigned int round, node, seen = 0;

	for (round = 0; ; round++) {
		for (node = 0; node < topo->nodes; node++) {
			if (topology_cpus_of(topo, node) <= round)
				continue;
			if (seen++ < i)
				continue;
			return first_cpu(topo, node) + round;
		}
	}
}

unsigned int topology_memory_node(const struct topology *topo,
				  unsigned int node)
{
	unsigned int load[TOPOLOGY_MAX_NODES] = { 0 };
	unsigned int at, n, cost, least, best = node;

	if (topology_has_memory(topo, node))
		return node;
	for (at = 0; at <= node; at++) {
		for (n = 0, least = ~0U; n < topology_all_nodes(topo); n++) {
			if (n == at || !topology_has_memory(topo, n))
				continue;
			cost = (n < at) * TOPOLOGY_MAX_NODES + load[n];
			if (cost < least) {
				least = cost;
				best = n;
			}
		}
		load[best]++;
	}
	return best;
}

unsigned int topology_memory(const struct topology *topo, unsigned int more_kib,
			     unsigned int *mib)
{
	unsigned int all = topology_all_nodes(topo), sum = 0;
	unsigned int first = topology_memory_node(topo, 0), last = first;
	unsigned int kib[TOPOLOGY_MAX_NODES] = { 0 }, node, cpus, at;

	for (node = 0; node < all; node++)
		if (topology_has_memory(topo, node))
			last = node;
	for (node = 0; node < all; node++) {
		at = topology_memory_node(topo, node);
		cpus = topology_cpus_of(topo, node);
		kib[at] += cpus * (CPU_KIB + more_kib);
		/* First-chunk units of CPUs without memory lie at the top. */
		if (at != node)
			kib[last] += cpus * UNIT_KIB;
	}
	for (node = 0; node < all; node++) {
		mib[node] = 0;
		if (!topology_has_memory(topo, node))
			continue;
		mib[node] = kib[node] / 1024 +
			    (node == first ? KERNEL_MIB : NODE_MIB);
		mib[node] = (mib[node] + SECTION_MIB - 1) / SECTION_MIB *
			    SECTION_MIB;
		sum += mib[node];
	}
	return sum;
}
