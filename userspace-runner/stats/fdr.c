// SPDX-License-Identifier: GPL-2.0-or-later
/* The false discovery rate: adjusts p-values. */
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/stats.h"

int false_discovery(const double *p, size_t nr, double *q)
{
	size_t *order, i;
	double least = 1;

	if (!nr)
		return 0;
	order = calloc(nr, sizeof(*order));
	if (!order)
		return no_memory();
	gsl_sort_index(order, p, 1, nr);
	/* From the largest down: q is the least of p * nr / rank so far. */
	for (i = nr; i-- > 0;) {
		least = fmin(least, p[order[i]] * nr / (i + 1.0));
		q[order[i]] = least;
	}
	free(order);
	return 0;
}
