/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest is to be. */
#ifndef PCPUBENCH_VM_SPEC_H
#define PCPUBENCH_VM_SPEC_H

#include <stdbool.h>

#include "base/options.h"
#include "plan/plan.h"
#include "plan/topology.h"
#include "vm/vm_host.h"

#define VM_CMDLINE	2048	/* COMMAND_LINE_SIZE of x86, with the NUL */

struct vm_spec {
	const char *init;	/* /init, NULL for the one that measures */
	const char *image;	/* vmlinux (PVH) or bzImage */
	const char *module;	/* pcpu_bench.ko for it */
	const char *cmdline;	/* what the series adds, may be NULL */
	const char *append;	/* what the user adds, may be NULL */
	const char *cpu_features;	/* likewise, for QEMU's -cpu */
	struct topology topo;
	struct plan plan;
	/*
	 * vCPUs that are really there, 0 for one, at most TOPOLOGY_MAX_ONLINE. More
	 * than one run at the same time, on each node with CPUs in turn, and
	 * guest time is then no count of instructions. All but the boot CPU
	 * are off until the guest turns them on.
	 */
	unsigned int online;
	/*
	 * NULL, or what binds each vCPU to a CPU of the host, and each node's memory
	 * to a node of it; all CPUs are then online, VM_MOST_VCPUS at most.
	 */
	const struct vm_host *host;
	const char *guest_args;	/* more arguments for /init, may be NULL */
	struct words programs;	/* paths of those in the guest's GUEST_PROGRAMS */
	unsigned int memory_mib;	/* 0: what the topology needs */
	unsigned int deadline_s;	/* 0: by topology and plan */
	int cpu;		/* `time`: of the host, for the only vCPU; -1: any */
	bool watch;		/* by the plugin; if not for a profile, its lock */
	/* Addresses of pcpu_lock and pcpu_alloc_mutex, 0: unknown. */
	unsigned long long lock, mutex;
	unsigned long long fault;	/* asm_exc_page_fault(), likewise */
};

/* MiB that its guest needs, of each node too: topology_memory(). */
static inline unsigned int vm_needs(const struct vm_spec *spec,
				    unsigned int *per_node)
{
	return topology_memory(&spec->topo,
			       plan_cpu_kib(&spec->plan, spec->topo.cpus),
			       per_node);
}

#endif
