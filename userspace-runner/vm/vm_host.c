// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the host's CPUs and nodes. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/ranges.h"
#include "measure/cpu.h"
#include "vm/vm_host.h"

#define DEVICES	"%s/sys/devices/system/"

/* The first @max numbers of a list such as "0-3,8" that are also in @only, if any. */
static unsigned int numbers(const char *list, const char *only, int *to,
			    unsigned int max)
{
	unsigned int nr = 0;
	long i, last;

	while (ranges_next(&list, &i, &last))
		for (; i <= last && nr < max; i++)
			if (!only[0] || ranges_has(only, i))
				to[nr++] = (int)i;
	return nr;
}

/* The file ROOT/sys/devices/system/@name, a list of numbers. */
static unsigned int list_of(const char *root, const char *name,
			    const char *only, int *to, unsigned int max)
{
	char path[300], list[4096];

	snprintf(path, sizeof(path), DEVICES "%s", root, name);
	return read_first(path, list, sizeof(list)) ?
	       numbers(list, only, to, max) : 0;
}

/* Of a list of CPUs those that this process may use. */
static unsigned int cpus_in(const char *root, const char *name,
			    int cpus[VM_MOST_VCPUS])
{
	char allowed[4096];

	cpu_allowed(root, allowed, sizeof(allowed));
	return list_of(root, name, allowed, cpus, VM_MOST_VCPUS);
}

/* Nodes that have memory, and so can have a guest's; 0: a kernel without nodes. */
static unsigned int nodes_of(const char *root, int *nodes)
{
	return list_of(root, "node/has_memory", "", nodes, TOPOLOGY_MAX_NODES);
}

static unsigned int cpus_of(const char *root, int node, int cpus[VM_MOST_VCPUS])
{
	char name[40];

	snprintf(name, sizeof(name), "node/node%d/cpulist", node);
	return cpus_in(root, name, cpus);
}

/* As many CPUs of each node as the smallest has. */
static void take_nodes(const char *root, struct vm_host *host)
{
	int nodes[TOPOLOGY_MAX_NODES], cpus[VM_MOST_VCPUS];
	unsigned int nr = nodes_of(root, nodes), least = VM_MOST_VCPUS, i, n;

	for (i = 0; i < nr; i++) {
		n = cpus_of(root, nodes[i], cpus);
		if (!n)
			continue;
		least = n < least ? n : least;
		host->node[host->nr_nodes++] = nodes[i];
	}
	if (!host->nr_nodes)
		return;
	if (least > VM_MOST_VCPUS / host->nr_nodes)
		least = VM_MOST_VCPUS / host->nr_nodes;
	for (i = 0; i < host->nr_nodes; i++) {
		cpus_of(root, host->node[i], cpus);
		memcpy(host->cpu + host->nr_cpus, cpus, least * sizeof(*cpus));
		host->nr_cpus += least;
	}
}

int vm_host_read(const char *root, struct vm_host *host, struct topology *topo)
{
	unsigned int i;

	*host = (struct vm_host){ .nr_cpus = 0 };
	take_nodes(root, host);
	if (!host->nr_nodes) {
		host->nr_cpus = cpus_in(root, "cpu/online", host->cpu);
		host->nr_nodes = 1;
	}
	if (!host->nr_cpus)
		return err(EX_FAIL, "cannot tell which CPUs this machine has: there is no %s/sys/devices/system/cpu/online",
			   root);
	host->measured = host->nr_cpus - 1;
	for (i = host->nr_cpus; i-- > 0;)
		if (cpu_is_fast(root, host->cpu[i])) {
			host->measured = i;
			break;
		}
	*topo = topology_of(host->nr_cpus, host->nr_nodes, 0, 0);
	return topology_check(topo);
}
