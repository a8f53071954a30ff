/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ACCT COST may depend on: the terms of a fit. Each stands for a mechanism
 * in the kernel; docs/sweep.md says how it was found.
 */
#ifndef PCPUBENCH_FIT_MODEL_H
#define PCPUBENCH_FIT_MODEL_H

#include <stddef.h>

#include "plan/topology.h"

/*
 * Where a cost is measured, or predicted. The object lies on as few pages as can
 * be, in every kernel and topology (docs/method.md).
 */
struct model_at {
	struct topology topo;
	long long size;		/* bytes */
};

/*
 * @least, @most: instructions that one unit takes, if the term is what it stands
 *	for. Where two terms are nearly the same on the topologies this tells
 *	which one it cannot be. Both 0: any number, also less than 0.
 */
struct model_term {
	const char *name;	/* of the column, short */
	const char *what;	/* what one unit of it is */
	const char *why;	/* the mechanism, with its place in the kernel */
	double (*value)(const struct model_at *at);
	double least, most;
};

/*
 * The constant is first, then what the topology decides in the kernel as it is,
 * then what a design may cost for each CPU and node: of terms that are the same
 * on the topologies the first one is taken.
 */
extern const struct model_term model_terms[];
extern const size_t model_nr_terms;

/* The plain model, a + b * CPUs + c * nodes: indices into model_terms[]. */
#define MODEL_PLAIN	3

extern const size_t model_plain[MODEL_PLAIN];

/*
 * Bytes that an object is charged with, pcpu_obj_full_size() in
 * mm/percpu-internal.h: a copy for each CPU, a pointer for each 4 bytes.
 */
double model_charge(const struct model_at *at);

#endif
