/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares the model with published figures, and fits it to them. */
#ifndef PCPUBENCH_PROFILE_VALIDATE_H
#define PCPUBENCH_PROFILE_VALIDATE_H

#include <stdio.h>

#include "profile/cache_machine.h"
#include "profile/set.h"
#include "results/published.h"

/* Cells that cost less drown in the noise of the published figures. */
#define VALIDATE_LEAST_PCT	10.0

/* A cell that was modelled and published. */
struct validate_cell {
	const struct profile *p;
	const struct published_row *published;
	/* of one operation, without the empty loop */
	double insns[PROFILE_ARMS], string[PROFILE_ARMS];
	double events[PROFILE_ARMS][PROFILE_EVENTS];
};

/* For free(). 0; EX_USE when there is none; EX_FAIL. */
int validate_cells(const struct profile_set *set, const struct published *pub,
		   struct validate_cell **cells, size_t *nr);

/* ACCT COST in percent, by the model. */
double validate_model(const struct machine *m, const struct validate_cell *c);

/**
 * validate_fit - fit m's factors but FACTOR_INSN to the cells of @topology
 *
 * Least sum of |log(model / published)| over its cells above
 * VALIDATE_LEAST_PCT, each factor from 0.001 to 10, by the simplex of Nelder
 * and Mead (gsl_multimin_fminimizer_nmsimplex2) from m's own. 0, or EX_USE when
 * there are no such cells.
 */
int validate_fit(struct machine *m, const struct validate_cell *cells,
		 size_t nr, const char *topology);

/* The table, 72 columns. */
void validate_print(FILE *out, const struct machine *m,
		    const struct validate_cell *cells, size_t nr,
		    const char *topology);

#endif
