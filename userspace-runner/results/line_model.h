/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model: time in proportion to instructions + k x cache lines cleared. k is
 * a constant of a machine: clearing a line of 64 bytes takes as long as its own
 * instructions and k more.
 */
#ifndef PCPUBENCH_RESULTS_LINE_MODEL_H
#define PCPUBENCH_RESULTS_LINE_MODEL_H

#include <stdbool.h>

#include "results/table.h"

/* Largest k that is taken: a line from memory is a few hundred. */
#define LINE_MODEL_MOST_K	1e6

/* A published machine, by its topology, and the published cell that k is from. */
struct line_machine {
	const char *topology;
	double k;
	const char *kernel;
	long long size;
};

/* NULL: no machine with this topology was published. */
const struct line_machine *line_machine_find(const char *topology);

/* Were the lines of @c counted? */
bool line_model_has(const struct table_cell *c);

/* ACCT COST in percent by the model; NaN without counted lines. */
double line_model_pct(const struct table_cell *c, double k);

/*
 * The k with which line_model_pct() gives @pct; NaN if there is none from 0 up,
 * as for a @pct above that of the instructions alone.
 */
double line_model_k(const struct table_cell *c, double pct);

#endif
