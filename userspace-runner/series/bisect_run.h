/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds and measures the steps that the search of `bisect` asks for. */
#ifndef PCPUBENCH_SERIES_BISECT_RUN_H
#define PCPUBENCH_SERIES_BISECT_RUN_H

#include "boot/session.h"
#include "compare/thresholds.h"
#include "kernel/steps.h"
#include "series/bisect.h"

/*
 * @cell: off, on, cost and scale only; of a measured step
 * @why: of a skipped step
 */
struct bisect_step {
	struct table_cell cell;
	char why[KERNEL_WHY_LEN];
};

/*
 * The first six are given; opt.plan has one size.
 * @good, @bad: first the given steps, at the end the found ones
 * @from, @to: the given steps
 * @allowed: allowed increase over @from, unit per pair
 * @path: results file
 * @searched: @from is good and @to is bad, and the search ended
 */
struct bisect {
	struct session_options opt;
	struct topology topo;
	struct threshold rule;
	enum quantity quantity;
	struct step *steps;
	size_t nr;
	size_t good, bad, from, to;
	double allowed;
	enum bisect_state *state;
	struct bisect_step *at;
	unsigned int tested;
	char *path;
	bool searched;
};

/**
 * bisect_run - find the first bad step
 *
 * Prints each step on stderr. 0 when the step is found; else EX_INVALID, with
 * @searched set if only skipped steps are left.
 */
int bisect_run(struct bisect *b, int argc, char **argv);

void bisect_free(struct bisect *b);

#endif
