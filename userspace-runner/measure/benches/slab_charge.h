/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What slab objects charge: bytes of the memcg and of each node, exact. */
#ifndef PCPUBENCH_MEASURE_BENCHES_SLAB_CHARGE_H
#define PCPUBENCH_MEASURE_BENCHES_SLAB_CHARGE_H

#include "measure/target.h"

/*
 * `slab_unreclaimable` of the cgroups; that of each node of the first one, and how
 * many of the objects held for it lie there.
 */
struct slab_bytes {
	long long own, other;
	long long node[PCPU_BENCH_MAX_NODES];
	unsigned int lie[PCPU_BENCH_MAX_NODES];
};

/**
 * slab_bytes - read them, with all that stocks of CPUs keep
 *
 * EX_FAIL. The calling task is in t->cg afterwards.
 */
int slab_bytes(const struct target *t, struct slab_bytes *bytes);

#define SLAB_KEY	"slab_unreclaimable"	/* of memory.stat */
#define SLAB_EXT	8	/* bytes of struct slabobj_ext, which names the owner */

/* Bytes of kmalloc()'s objects for @size: kmalloc_size_index[], mm/slab_common.c. */
unsigned int slab_kmalloc(unsigned int size);

/*
 * Bytes that an accounted object of @size is charged: kmalloc() rounds up to a
 * size of its own, and each object has SLAB_EXT for its owner (obj_full_size(),
 * mm/memcontrol.c). Of 6.1 to 7.3.
 */
unsigned int slab_charge(unsigned int size, bool kmalloc);

/**
 * slab_hold - bytes while the module holds objects
 * @hold: its size, bench, arm, op, count and owners
 */
int slab_hold(const struct target *t, struct pcpu_bench_hold hold,
	      struct slab_bytes *bytes);

#endif
