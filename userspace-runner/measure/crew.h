/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tasks of a parallel bench: each on its own CPU, in a memory cgroup. */
#ifndef PCPUBENCH_MEASURE_CREW_H
#define PCPUBENCH_MEASURE_CREW_H

#include <stdbool.h>
#include <sys/types.h>

#include "measure/cgroup.h"

struct mate;

/*
 * Work of a task, once it is on its CPU and in its cgroup: @seat is its number,
 * @arg the crew's. Returns with errno what it could not do, such as "join".
 */
typedef const char *crew_fn(void *arg, unsigned int seat);

/**
 * struct crew_work - what tasks do, and where
 * @fork: each has memory of its own, else that of its parent. What @fn writes for
 *	others is in shared memory then. Its children end with it.
 * @group: the cgroup of all tasks; NULL: they stay in the parent's...
 * @own: ...and with this each gets one of its own, beside @cg
 */
struct crew_work {
	crew_fn *fn;
	void *arg;
	bool fork;
	const char *group;
	bool own;
	const struct cgroup *cg;
};

struct crew {
	unsigned int nr;
	bool fork;
	struct mate *mates;
	size_t bytes;		/* of the mates' memory */
};

/* The online CPUs in the order of their numbers. At most @max. */
unsigned int crew_cpus(int *cpus, unsigned int max);

/**
 * crew_start - start a task on each of @nr @cpus, which does @work
 *
 * 0 or EX_FAIL; call crew_stop() in any case. All tasks end with the caller,
 * however that ends.
 */
int crew_start(struct crew *crew, const struct crew_work *work, const int *cpus,
	       unsigned int nr);

/* Why a task ended too early: EX_FAIL with err(), or 0 if none did. */
int crew_lost(const struct crew *crew);

/* `percpu` bytes in the tasks' own cgroups, 0 without. 0 or EX_FAIL. */
int crew_percpu_bytes(const struct crew *crew, long long *bytes);

/* End the tasks and their children, and remove their cgroups. 0 or EX_FAIL. */
int crew_stop(struct crew *crew);

#endif
