/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ACCT COST may depend on: the terms of a fit. Each stands for a mechanism
 * in the kernel; docs/sweep.md says how it was found.
 */
#ifndef PCPUBENCH_FIT_MODEL_H
#define PCPUBENCH_FIT_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "vm/topology.h"

/*
 * A place where a cost is measured, or predicted.
 * @pages: that the object lies on, in each CPU's unit
 * @exts_pages: that the object's part of the chunk's obj_exts lies on
 */
struct model_at {
	struct topology topo;
	long long size;		/* bytes */
	double pages;
	double exts_pages;
};

struct model_term {
	const char *name;	/* of the column, short */
	const char *what;	/* what one unit of it is */
	const char *why;	/* the mechanism, with its place in the kernel */
	double (*value)(const struct model_at *at);
};

/* The first ones make the plain model: a + b * CPUs + c * nodes. */
#define MODEL_PLAIN	3

extern const struct model_term model_terms[];
extern const size_t model_nr_terms;

/*
 * Bytes that an object is charged with, pcpu_obj_full_size() in
 * mm/percpu-internal.h: a copy for each CPU, a pointer for each 4 bytes.
 */
double model_charge(const struct model_at *at);

/**
 * model_place - fill in on how many pages the object of @at lies
 * @offset: where it begins in its CPU's part of the chunk, bytes; -1 for
 *	unknown: where it crosses no more boundaries than it has to
 */
void model_place(struct model_at *at, long long offset);

/* Does the object cross more boundaries than it has to? */
bool model_crosses(const struct model_at *at);

#endif
