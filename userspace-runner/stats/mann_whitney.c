// SPDX-License-Identifier: GPL-2.0-or-later
/* The Mann-Whitney test: p, and the boots needed. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/stats.h"

struct ranked {
	double value;
	bool is_y;
	unsigned int rank2;	/* twice the midrank, so that it is whole */
};

static int compare_values(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

/* Ranks from 1, ties sharing their mean. Returns the sum of t^3 - t of ties. */
static double give_ranks(struct ranked *all, size_t nr)
{
	double ties = 0;
	size_t i, j, t;

	qsort(all, nr, sizeof(*all), compare_values);
	for (i = 0; i < nr; i = j) {
		for (j = i; j < nr && all[j].value == all[i].value; j++)
			;
		for (t = i; t < j; t++)
			all[t].rank2 = (unsigned int)(i + 1 + j);
		t = j - i;
		ties += (double)t * t * t - (double)t;
	}
	return ties;
}

/*
 * ways[k * width + s]: choices of k of the numbers whose doubled ranks add up
 * to s, as a share of all choices of nr_y. Each number in turn is taken or not.
 * Shares stay below one; plain counts would overflow.
 */
static int exact(const struct ranked *all, size_t nr, size_t nr_y,
		 unsigned int sum, double *p)
{
	size_t width = nr * (nr + 1) + 1, reached = 0, i, k, s;
	double low = 0, high = 0, *ways;

	ways = calloc((nr_y + 1) * width, sizeof(*ways));
	if (!ways)
		return no_memory();
	ways[0] = exp(-gsl_sf_lnchoose((unsigned int)nr, (unsigned int)nr_y));
	for (i = 0; i < nr; i++) {
		unsigned int rank = all[i].rank2;

		reached += rank;
		for (k = i + 1 < nr_y ? i + 1 : nr_y; k > 0; k--)
			for (s = rank; s <= reached; s++)
				ways[k * width + s] +=
					ways[(k - 1) * width + s - rank];
	}
	for (s = 0; s < width; s++) {
		if (s <= sum)
			low += ways[nr_y * width + s];
		if (s >= sum)
			high += ways[nr_y * width + s];
	}
	free(ways);
	*p = fmin(1, 2 * fmin(low, high));
	return 0;
}

static double normal(double u, size_t nr_x, size_t nr_y, double ties)
{
	double n = (double)(nr_x + nr_y), product = (double)nr_x * nr_y;
	double variance = product / 12 * (n + 1 - ties / (n * (n - 1)));
	double away = fabs(u - product / 2) - 0.5;

	if (variance <= 0 || away <= 0)
		return 1;
	return fmin(1, 2 * gsl_cdf_ugaussian_Q(away / sqrt(variance)));
}

int mann_whitney(const double *x, size_t nr_x, const double *y, size_t nr_y,
		 double *u, double *p)
{
	size_t nr = nr_x + nr_y, i;
	unsigned long sum = 0;
	struct ranked *all;
	double ties;
	int e = 0;

	*u = 0;
	*p = 1;
	if (!nr_x || !nr_y)
		return 0;
	all = calloc(nr, sizeof(*all));
	if (!all)
		return no_memory();
	for (i = 0; i < nr; i++)
		all[i] = (struct ranked){
			.value = i < nr_x ? x[i] : y[i - nr_x],
			.is_y = i >= nr_x,
		};
	ties = give_ranks(all, nr);
	for (i = 0; i < nr; i++)
		if (all[i].is_y)
			sum += all[i].rank2;
	*u = (double)sum / 2 - (double)nr_y * (nr_y + 1) / 2;
	if (nr <= MANN_WHITNEY_EXACT)
		e = exact(all, nr, nr_y, (unsigned int)sum, p);
	else
		*p = normal(*u, nr_x, nr_y, ties);
	free(all);
	return e;
}

double mann_whitney_least_p(size_t nr_x, size_t nr_y)
{
	if (!nr_x || !nr_y)
		return 1;
	return fmin(1, 2 * exp(-gsl_sf_lnchoose((unsigned int)(nr_x + nr_y),
						(unsigned int)nr_y)));
}

size_t mann_whitney_boots(double effect, double alpha, double power)
{
	double z = gsl_cdf_ugaussian_Qinv(alpha / 2) +
		   gsl_cdf_ugaussian_Pinv(power);
	double away = effect - 0.5;
	double boots = z * z / (6 * away * away);

	return boots < 1e9 ? (size_t)ceil(boots) : SIZE_MAX;
}
