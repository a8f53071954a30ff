/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's CPUs and nodes, for a guest that has as many. */
#ifndef PCPUBENCH_VM_VM_HOST_H
#define PCPUBENCH_VM_VM_HOST_H

#include "plan/topology.h"

/* What QEMU's plain PC can have. */
#define VM_MOST_VCPUS	TOPOLOGY_XAPIC_CPUS

/*
 * @cpu: the host's CPU for each of the guest's, in the order of topology_node_of()
 * @node: the host's node for each of the guest's
 * @measured: the guest's CPU to measure on: the last, as the host's first serves most
 *	interrupts, of a fast core if there is one
 */
struct vm_host {
	unsigned int nr_cpus, nr_nodes, measured;
	int cpu[VM_MOST_VCPUS];
	int node[TOPOLOGY_MAX_NODES];
};

/**
 * vm_host_read - a guest like the host
 * @root: put in front of /sys and /proc; "" except in tests
 * @topo: receives the guest's topology
 *
 * A guest's nodes are of equal size, so each has as many CPUs as the host's
 * smallest one, and at most VM_MOST_VCPUS in all. Only CPUs that this process may use
 * count. A node without these, or without memory, is left out. EX_FAIL with err() when
 * /sys tells nothing.
 */
int vm_host_read(const char *root, struct vm_host *host, struct topology *topo);

#endif
