/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The charge for a map. Not every map is charged in the child, so each cell
 * records it. An object of the module proves that accounting works at all.
 */
#ifndef PCPUBENCH_MEASURE_BENCHES_MAP_CHARGE_H
#define PCPUBENCH_MEASURE_BENCHES_MAP_CHARGE_H

#include "measure/benches/map_life.h"

/* Bytes, of the `percpu` and `slab` of the child. */
struct charge {
	long long uses;		/* the values of a new map, on all CPUs */
	long long percpu;	/* charged for it */
	long long values;	/* number of values that this pays for */
	long long filled;	/* the same after filling every entry */
	long long slab;
	long long memlock;
};

/**
 * map_charge_prove - hold a map in each arm, and an object of the module
 * @p: all but `after`
 *
 * 0; EX_INVALID when the kernel refuses the map, with the errno in l->error; or
 * another exit code.
 */
int map_charge_prove(struct life *l, struct proof *p, struct charge *c);

#endif
