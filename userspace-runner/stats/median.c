// SPDX-License-Identifier: GPL-2.0-or-later
/* The median, without GSL, which the guest does not have. */
#include <math.h>
#include <stdlib.h>

#include "stats/stats.h"

static int ascending(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double median_of(double *x, size_t nr)
{
	if (!nr)
		return NAN;
	qsort(x, nr, sizeof(*x), ascending);
	return nr % 2 ? x[nr / 2] : (x[nr / 2 - 1] + x[nr / 2]) / 2;
}
