/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fits how ACCT COST grows with CPUs and nodes, and tests the predictions. */
#ifndef PCPUBENCH_FIT_FIT_H
#define PCPUBENCH_FIT_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "fit/lsq.h"
#include "fit/model.h"
#include "results/cell_name.h"
#include "results/table.h"

#define FIT_LEVEL	0.95

/* A topology and depth where the cell was measured. */
struct fit_point {
	struct model_at at;
	double cost;		/* on - off, unit per operation */
	double off;
	double predicted;
	bool held_out;
};

/*
 * @terms: indices into model_terms[] of lsq's coefficients
 * @held_within: held-out points whose prediction is within 1 % of the cost
 * @held_worst, @fit_worst: largest relative error, and its point
 */
struct fit_model {
	size_t terms[LSQ_MAX_TERMS];
	struct lsq lsq;
	size_t held_within;
	double held_worst, fit_worst;
	size_t held_worst_at, fit_worst_at;
};

/* The quality of a fit, by its largest relative error. */
enum fit_verdict {
	FIT_HOLDS,		/* FIT_WITHIN at most */
	FIT_ROUGH,		/* FIT_LIMIT at most */
	FIT_FAILS,		/* it does not describe the data */
};

#define FIT_WITHIN	0.01
#define FIT_LIMIT	0.05

/*
 * One kernel, bench, instrument and parameter over all its topologies and depths.
 * @name: the bench's without its depth; @bench is one of that name, of all the same
 * @plain: a + b * CPUs + c * nodes, with the terms that vary
 * @model: with the terms that the data need
 * @worst, @worst_at: @model's largest error: over fitted and held-out points;
 *	if none was held out, over each point predicted from the others
 */
struct fit {
	unsigned int kernel, bench, instrument;
	char name[CELL_NAME_LEN];
	long long param;
	const char *unit;
	struct fit_point *points;
	size_t nr_points, nr_held;
	struct fit_model plain, model;
	double worst;
	size_t worst_at;
	enum fit_verdict verdict;
};

struct fit_set {
	struct index benches, cells;	/* while it is made */
	struct fit *fits;
	size_t nr;
	size_t skipped;		/* cells with too few topologies to fit */
	size_t invalid;		/* on one topology each, left out of a fit */
	size_t foreign;		/* ... of an unknown name */
};

/**
 * fit_table - fit all cells of a table
 * @hold_out: names of topologies to keep out of the fits and predict, a list
 *	"a,b"; NULL: if there are eight or more, every fourth one but the first
 *	and the last, in the order of CPUs, nodes, empty and memory-only nodes
 *
 * Minimises the squares of relative errors, as a cell of 4096 CPUs is not more
 * important than one of 4. Adds terms to the constant one at a time: the one
 * that most lowers the error of predicting each point from the others, while it
 * lowers it by a tenth. Takes a term that only one point has only if its
 * mechanism is known. 0, EX_USE when @hold_out names a missing topology, or
 * EX_FAIL.
 */
int fit_table(struct fit_set *set, const struct table *t,
	      const char *hold_out);

/* Does any point differ from another in @term, an index into model_terms[]? */
bool fit_varies(const struct fit *f, size_t term);

/* Has @f several depths? */
bool fit_has_depths(const struct fit *f);

/* The model's cost on a topology that may never have been measured. */
double fit_predict(const struct fit_model *m, const struct model_at *at);

/* "176c1n" or "176c1n depth=4" */
#define FIT_AT_LEN	(TOPOLOGY_NAME_LEN + 24)
const char *fit_at(const struct fit_point *p, char text[FIT_AT_LEN]);

/* |a - b| / |b|, or |a - b| if b is 0. */
double fit_error(double a, double b);

void fit_free(struct fit_set *set);

#endif
