/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What memory cgroups take in slab caches, by /proc/slabinfo: a second account, of all
 * that is there, whoever is charged. Many cgroups are made with the memory
 * controller, and as many without; the difference is the controller's.
 */
#ifndef PCPUBENCH_MEASURE_BENCHES_LIFE_SLABS_H
#define PCPUBENCH_MEASURE_BENCHES_LIFE_SLABS_H

#include <jansson.h>
#include <stdbool.h>

#include "measure/benches/slabinfo.h"
#include "pcpu_bench.h"

struct life_slabs {
	bool told;		/* else there is no slabinfo, or of other sizes */
	struct slabinfo_caches before, after[PCPU_BENCH_NR_ARMS];
	int files[PCPU_BENCH_NR_ARMS];	/* of a cgroup */
	long long names[PCPU_BENCH_NR_ARMS];	/* bytes that kmalloc() gave for theirs */
};

/* Before the cgroups of an arm are made. 0 or EX_FAIL. */
int life_slabs_before(struct life_slabs *s);

/*
 * While they are there. @dir: the parent's directory; @name: one of them. What the
 * caches have more than before is in s->after.
 */
int life_slabs_after(struct life_slabs *s, enum pcpu_bench_arm arm, int dir,
		     const char *name);

/*
 * Bytes of the controller's structures in each of @nr cgroups: what kmalloc() and the
 * controller's own caches have, less the names of files. A cgroup has a whole number of
 * objects of each size. What others allocate or free meanwhile is less than half an
 * object a cgroup.
 */
long long life_slabs_structures(const struct life_slabs *s, unsigned int nr);

/* Add "caches", bytes of all cgroups by cache, "files" and "names", of one. */
void life_slabs_put(const struct life_slabs *s, json_t *object);

#endif
