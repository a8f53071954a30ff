/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terms of a fit of ACCT COST. Each stands for a mechanism in the kernel;
 * docs/sweep.md tells how it was found.
 */
#ifndef PCPUBENCH_FIT_MODEL_H
#define PCPUBENCH_FIT_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/topology.h"

/*
 * A point where a cost is measured or predicted. The object lies on as few
 * pages as possible, in every kernel and topology (docs/method.md).
 * @in_mm: an operation that is not a loop of pairs charges an object of so many bytes,
 *	the counters of an mm; else 0
 */
struct model_at {
	struct topology topo;
	long long size;		/* bytes */
	long long in_mm;
	unsigned int above;	/* cgroups above the one that pays, but the root */
};

/*
 * @least, @most: range of instructions for one unit, if the mechanism is the
 *	cause. If two terms are nearly the same on the topologies, this excludes
 *	one. Both 0: any number, also less than 0.
 */
struct model_term {
	const char *name;	/* of the column, short */
	const char *what;	/* meaning of one unit */
	const char *why;	/* the mechanism, with its place in the kernel */
	double (*value)(const struct model_at *at);
	double least, most;
};

/*
 * The constant is first, then terms of the kernel as it is, then a design's
 * costs for each CPU and node: of terms that are equal on the topologies the
 * first is used.
 */
extern const struct model_term model_terms[];
extern const size_t model_nr_terms;

/* Is it of the plain model, a + b * CPUs + c * nodes? */
bool model_is_plain(const struct model_term *t);

/*
 * The charge of an object in bytes, pcpu_obj_full_size() in
 * mm/percpu-internal.h: a copy for each CPU, a pointer for each 4 bytes.
 */
double model_charge(const struct model_at *at);

/* The size of an object of mm-life that is charged @bytes, in bytes. */
long long model_size(long long bytes, unsigned int cpus);

#endif
