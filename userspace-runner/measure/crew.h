/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tasks of a parallel bench: each on its own CPU, in a memory cgroup. */
#ifndef PCPUBENCH_MEASURE_CREW_H
#define PCPUBENCH_MEASURE_CREW_H

#include <stdbool.h>
#include <sys/types.h>

#include "measure/cgroup.h"

struct mate;

struct crew {
	int fd;			/* of the module */
	unsigned int nr;
	struct mate *mates;
};

/* The online CPUs in the order of their numbers. At most @max. */
unsigned int crew_cpus(int *cpus, unsigned int max);

/**
 * crew_start - start a task on each of @nr @cpus, which joins window after window
 * @fd: of the module, for PCPU_BENCH_JOIN
 * @cg: the cgroup that the caller is in; all tasks stay in it
 * @own: but each gets a cgroup of its own, beside @cg
 *
 * 0 or EX_FAIL; call crew_stop() in any case. All tasks end with the caller,
 * however that ends.
 */
int crew_start(struct crew *crew, int fd, const struct cgroup *cg, bool own,
	       const int *cpus, unsigned int nr);

/* Why a task ended too early: EX_FAIL with err(), or 0 if none did. */
int crew_lost(const struct crew *crew);

/* `percpu` bytes in the tasks' own cgroups, 0 without. 0 or EX_FAIL. */
int crew_percpu_bytes(const struct crew *crew, long long *bytes);

/* End the tasks and remove their cgroups. 0 or EX_FAIL. */
int crew_stop(struct crew *crew);

#endif
