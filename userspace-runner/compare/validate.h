/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times of a machine beside the emulator's counts of the same kernels: how far a
 * model of time gets, and whether the machine's PMU counts the same instructions.
 */
#ifndef PCPUBENCH_COMPARE_VALIDATE_H
#define PCPUBENCH_COMPARE_VALIDATE_H

#include "compare/compare.h"

/* Percent of the counted on - off that the PMU may be away from it. */
#define VALIDATE_TOLERANCE	2.0

/* The size of the cell that k is from, if it is not given. */
#define VALIDATE_SIZE		1024

/* Percent of off: less drowns in the noise of times. */
#define VALIDATE_LEAST		10.0

/* Per operation, the empty loop taken off; NaN if not counted. */
struct validate_pmu {
	double off, cost;
};

/*
 * One cell of both. Percentages are of off; NaN if there is none.
 *
 * @time, @count: both valid
 * @low, @high: interval of the time's on - off over boots, ns; NaN below
 *	MEDIAN_INTERVAL_LEAST boots
 * @model_pct: ACCT COST by the model
 * @gives_k: k is from this cell
 */
struct validate_cell {
	const struct table_cell *time, *count;
	double low, high;
	double model_pct;
	bool gives_k;
	struct validate_pmu instructions, cycles, misses;
};

/*
 * The cells of a pair of kernels on one topology.
 *
 * @instruments: by which they were counted
 * @same: both kernels are the same image
 * @rewritten: ... but the machine's may have other code for the sake of its CPU
 * @k: of the model (results/line_model.h); NaN without one
 * @k_name: kernel whose cell it is from; NULL if it was given
 */
struct validate_group {
	const char *topology, *bench;
	char instruments[40];
	const struct compare_pair *pair;
	const char *host;
	bool same, rewritten;
	double k;
	const char *k_name;
	struct validate_cell *cells;
	size_t nr;
};

/* A cell that was timed and has nothing beside it. */
struct validate_lost {
	const char *topology, *bench, *kernel;
	long long param;
	const char *why;
};

struct validate {
	struct compare sides;	/* old: the times, new: the counts */
	struct validate_lost *lost;
	size_t nr_lost;
	struct validate_group *groups;
	size_t nr;
};

/**
 * validate_load - match the cells of two sides
 * @times, @counts: as OLD and NEW of compare_load()
 * @k: of the model, 0: from the times, of the dearest kernel at VALIDATE_SIZE
 *
 * Returns 0; EX_USE if a file is not what it should be or nothing matches; EX_FAIL.
 * With err(); then @v is empty.
 */
int validate_load(struct validate *v, const char *times, const char *counts,
		  double k);

void validate_free(struct validate *v);

/*
 * The PMU's on - off is away from the counted one by so many percent of that; NaN
 * if there is no count of one.
 */
double validate_away(const struct validate_cell *c);

/* Median errors in percent over the cells above VALIDATE_LEAST; @nr of them. */
struct validate_errors {
	double model, counts;
	size_t nr;
};

/* 0, or EX_FAIL with err() when memory ran out. */
int validate_errors(const struct validate_group *g, struct validate_errors *e);

#endif
