/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory cgroups that own slab objects: many beside each other in t->other. */
#ifndef PCPUBENCH_MEASURE_BENCHES_SLAB_OWNERS_H
#define PCPUBENCH_MEASURE_BENCHES_SLAB_OWNERS_H

#include "measure/target.h"
#include "plan/bench.h"

struct slab_owners {
	const struct target *t;
	struct cgroup cgroup[BENCH_SHARE_OWNERS];
	int dir[BENCH_SHARE_OWNERS];	/* of each: its directory */
	unsigned int nr;
};

/* Make @nr. slab_owners_remove() in any case. 0 or EX_FAIL. */
int slab_owners_make(struct slab_owners *o, const struct target *t,
		     unsigned int nr);

/* @ret: an earlier exit code, which is returned if not 0; else 0 or EX_FAIL */
int slab_owners_remove(struct slab_owners *o, int ret);

/*
 * `slab_unreclaimable` of the first @nr, with all that CPUs keep. EX_FAIL. The calling
 * task is in t->cg afterwards.
 */
int slab_owners_bytes(const struct slab_owners *o, unsigned int nr,
		      long long *bytes);

#endif
