// SPDX-License-Identifier: GPL-2.0-or-later
/* Confidence intervals of medians, by order, and of their differences, by resampling. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "stats/stats.h"

/* A copy of @x in ascending order, for free(); NULL with err(). */
static double *sorted_copy(const double *x, size_t nr)
{
	double *sorted = calloc(nr ? nr : 1, sizeof(*sorted));

	if (!sorted) {
		no_memory();
		return NULL;
	}
	if (nr)
		memcpy(sorted, x, nr * sizeof(*sorted));
	gsl_sort(sorted, 1, nr);
	return sorted;
}

/* A distribution over finitely many values, ascending. */
struct distribution {
	struct point {
		double value;
		double chance;
		double below;	/* chance of this or a smaller value */
	} *points;
	size_t nr;
};

static int compare_points(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

/* Smaller chances do not move the end of an interval. */
#define CHANCE_MIN	1e-13

static int add_point(struct distribution *d, double value, double chance)
{
	if (chance < CHANCE_MIN)
		return 0;
	if (array_room(&d->points, d->nr, sizeof(*d->points)))
		return 1;
	d->points[d->nr++] = (struct point){ .value = value, .chance = chance };
	return 0;
}

/* Chance that at least @least of @n draws fall into a share @s of the numbers. */
static double at_least(size_t n, size_t least, double s)
{
	double sum = 0;
	size_t k;

	if (s <= 0)
		return 0;
	if (s >= 1)
		return 1;
	for (k = least; k <= n; k++)
		sum += exp(gsl_sf_lnchoose((unsigned int)n, (unsigned int)k) +
			   (double)k * log(s) + (double)(n - k) * log1p(-s));
	return fmin(1, sum);
}

/*
 * The median of n numbers drawn with replacement from the sorted @x. With odd n
 * it is x[i] when at least (n + 1) / 2 draws are x[i] or below, and not as many
 * below it. With even n and h = n / 2 it is the middle of x[i] and x[j], i < j,
 * when h draws are x[i] or below, one of them x[i], and h are x[j] or above,
 * one of them x[j]; i = j has the rest of the chance that x[i] is number h.
 */
static int resampled_median(const double *x, size_t n, struct distribution *d)
{
	size_t h = n / 2, rank = n % 2 ? h + 1 : h, i, j;
	double total = 0;

	for (i = 0; i < n; i++) {
		double chance = at_least(n, rank, (i + 1.0) / n) -
				at_least(n, rank, (double)i / n);

		for (j = i + 1; j < n && n % 2 == 0; j++) {
			double low = pow((i + 1.0) / n, h) -
				     pow((double)i / n, h);
			double high = pow((double)(n - j) / n, h) -
				      pow((double)(n - j - 1) / n, h);
			double both = low * high *
				exp(gsl_sf_lnchoose((unsigned int)n,
						    (unsigned int)h));

			chance -= both;
			if (add_point(d, (x[i] + x[j]) / 2, both))
				return 1;
		}
		if (add_point(d, x[i], chance))
			return 1;
	}
	qsort(d->points, d->nr, sizeof(*d->points), compare_points);
	for (i = 0; i < d->nr; i++) {
		total += d->points[i].chance;
		d->points[i].below = total;
	}
	return 0;
}

static double chance_up_to(const struct distribution *d, double value)
{
	size_t low = 0, high = d->nr;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (d->points[mid].value <= value)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? d->points[low - 1].below : 0;
}

static double difference_up_to(const struct distribution *x,
			       const struct distribution *y, double value)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < x->nr; i++)
		sum += x->points[i].chance *
		       chance_up_to(y, x->points[i].value + value);
	return sum;
}

/* The largest difference of two of their values that is not above @value. */
static double difference_at(const struct distribution *x,
			    const struct distribution *y, double value)
{
	double best = -INFINITY;
	size_t i, low, high;

	for (i = 0; i < x->nr; i++) {
		for (low = 0, high = y->nr; low < high;) {
			size_t mid = (low + high) / 2;

			if (y->points[mid].value - x->points[i].value <= value)
				low = mid + 1;
			else
				high = mid;
		}
		if (low)
			best = fmax(best, y->points[low - 1].value -
					  x->points[i].value);
	}
	return best;
}

/* The smallest difference that has at least @share at or below it. */
static double difference_quantile(const struct distribution *x,
				  const struct distribution *y, double share)
{
	double low = y->points[0].value - x->points[x->nr - 1].value;
	double high = y->points[y->nr - 1].value - x->points[0].value;
	double scale = fabs(low) + fabs(high) +
		       fabs(y->points[y->nr - 1].value);
	double mid;

	if (difference_up_to(x, y, low) >= share)
		return low;
	/* Stop above the sum's rounding, which would hide the difference. */
	while (high - low > 1e-13 * scale) {
		mid = low + (high - low) / 2;
		if (mid <= low || mid >= high)
			break;
		if (difference_up_to(x, y, mid) >= share)
			high = mid;
		else
			low = mid;
	}
	/* This is near enough to find the exact difference. */
	return difference_at(x, y, high + 1e-13 * scale);
}

int median_interval(const double *x, size_t nr_x, const double *y, size_t nr_y,
		    double level, double *low, double *high)
{
	struct distribution dx = { NULL, 0 }, dy = { NULL, 0 };
	double *sx, *sy;
	int e = 1;

	*low = -INFINITY;
	*high = INFINITY;
	if (!nr_x || !nr_y)
		return 0;
	sx = sorted_copy(x, nr_x);
	sy = sorted_copy(y, nr_y);
	if (sx && sy && !resampled_median(sx, nr_x, &dx) &&
	    !resampled_median(sy, nr_y, &dy)) {
		*low = difference_quantile(&dx, &dy, (1 - level) / 2);
		*high = difference_quantile(&dx, &dy, (1 + level) / 2);
		e = 0;
	}
	free(dx.points);
	free(dy.points);
	free(sx);
	free(sy);
	return e;
}

int median_interval_of(const double *x, size_t nr, double level, double *low,
		       double *high)
{
	double *sorted;
	size_t k = 0;

	*low = -INFINITY;
	*high = INFINITY;
	/* k numbers or fewer are below the median so seldom: it is above the next. */
	while (k < nr / 2 &&
	       gsl_cdf_binomial_P((unsigned int)k, 0.5, (unsigned int)nr) <=
	       (1 - level) / 2)
		k++;
	if (!k)
		return 0;
	sorted = sorted_copy(x, nr);
	if (!sorted)
		return EX_FAIL;
	*low = sorted[k - 1];
	*high = sorted[nr - k];
	free(sorted);
	return 0;
}
