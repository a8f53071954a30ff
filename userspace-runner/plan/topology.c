// SPDX-License-Identifier: GPL-2.0-or-later
/* Topologies by name and by numbers, and where their CPUs and memory are. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "plan/topology.h"

#define SECTION_MIB	128

/*
 * What a possible CPU takes, in KiB: its unit of the first chunk (256), the
 * chunk under test, which the guard populates up to 64 KiB for the largest
 * size, the chunks that the kernel's own later allocations fill, and
 * what boot allocates per CPU on the heap. 4096 CPUs that measure up to 8 KiB
 * have touched 1.8 GiB in the end, 458 KiB each.
 */
#define CPU_KIB		768
/* The kernel, its page structures, the initrd and /init. */
#define KERNEL_MIB	256

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
			    unsigned int mem_nodes)
{
	struct topology topo = {
		.cpus = cpus, .nodes = nodes, .mem_nodes = mem_nodes,
	};
	int len = snprintf(topo.name, sizeof(topo.name), "%uc%un", cpus, nodes);

	if (mem_nodes)
		snprintf(topo.name + len, sizeof(topo.name) - len, "+%um",
			 mem_nodes);
	return topo;
}

int topology_check(const struct topology *topo)
{
	if (topo->cpus > TOPOLOGY_MAX_CPUS)
		return err(EX_USE, "topology %s: at most %d CPUs", topo->name,
			   TOPOLOGY_MAX_CPUS);
	if (topo->nodes > topo->cpus)
		return err(EX_USE,
			   "topology %s: %u nodes with CPUs, but only %u CPUs",
			   topo->name, topo->nodes, topo->cpus);
	if (topology_all_nodes(topo) > TOPOLOGY_MAX_NODES)
		return err(EX_USE, "topology %s: at most %d nodes", topo->name,
			   TOPOLOGY_MAX_NODES);
	return 0;
}

int topology_parse(const char *text, struct topology *topo)
{
	unsigned int cpus, nodes, mem_nodes = 0;
	const char *p = text;

	if (number(&p, 'c', &cpus) || number(&p, 'n', &nodes) ||
	    (*p == '+' && (p++, number(&p, 'm', &mem_nodes))) || *p)
		return err(EX_USE,
			   "unknown topology '%s': use CPUs and nodes such as 176c1n, or 16c2n+6m with memory-only nodes",
			   text);
	*topo = topology_of(cpus, nodes, mem_nodes);
	return topology_check(topo);
}

unsigned int topology_node_of(const struct topology *topo, unsigned int cpu)
{
	return (unsigned long)cpu * topo->nodes / topo->cpus;
}

unsigned int topology_cpus_of(const struct topology *topo, unsigned int node)
{
	unsigned int cpu, n = 0;

	for (cpu = 0; cpu < topo->cpus; cpu++)
		n += topology_node_of(topo, cpu) == node;
	return n;
}

unsigned int topology_online_cpu(const struct topology *topo, unsigned int i)
{
	unsigned int round, node, cpu, seen = 0;

	for (round = 0; ; round++) {
		for (node = 0; node < topo->nodes; node++) {
			if (topology_cpus_of(topo, node) <= round)
				continue;
			if (seen++ < i)
				continue;
			for (cpu = 0; topology_node_of(topo, cpu) != node;)
				cpu++;
			return cpu + round;
		}
	}
}

unsigned int topology_memory(const struct topology *topo, unsigned int *mib)
{
	unsigned int node, need, sum = 0;

	for (node = 0; node < topology_all_nodes(topo); node++) {
		need = topology_cpus_of(topo, node) * CPU_KIB / 1024;
		need += node ? 64 : KERNEL_MIB;
		mib[node] = (need + SECTION_MIB - 1) / SECTION_MIB * SECTION_MIB;
		sum += mib[node];
	}
	return sum;
}
