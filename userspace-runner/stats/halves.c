// SPDX-License-Identifier: GPL-2.0-or-later
/* The distance of two halves of the same numbers. */
#include <gsl/gsl_math.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/gsl.h"
#include "base/memory.h"
#include "stats/stats.h"

#define SPLIT_MAX	500

struct halves {
	const double *x;
	size_t nr;
	double *a, *b;		/* room for nr each */
	double *diffs;		/* room for SPLIT_MAX */
	size_t nr_diffs;
};

static void take_halves(struct halves *h, const unsigned char *in_a)
{
	size_t i, a = 0, b = 0;

	for (i = 0; i < h->nr; i++)
		if (in_a[i])
			h->a[a++] = h->x[i];
		else
			h->b[b++] = h->x[i];
	h->diffs[h->nr_diffs++] = fabs(median_of(h->a, a) - median_of(h->b, b));
}

/* The next choice with the same number of ones. */
static bool next_choice(unsigned char *in_a, size_t nr)
{
	size_t i, ones = 0;

	for (i = 0; i + 1 < nr; i++) {
		if (in_a[i] && !in_a[i + 1])
			break;
		ones += in_a[i];
	}
	if (i + 1 >= nr)
		return false;
	in_a[i] = 0;
	in_a[i + 1] = 1;
	memset(in_a, 1, ones);
	memset(in_a + ones, 0, i - ones);
	return true;
}

static void draw_choice(gsl_rng *rng, unsigned char *in_a, size_t nr)
{
	size_t i, j;

	for (i = nr; i-- > 1;) {
		unsigned char tmp;

		j = gsl_rng_uniform_int(rng, i + 1);
		tmp = in_a[i];
		in_a[i] = in_a[j];
		in_a[j] = tmp;
	}
}

static int all_halves(struct halves *h, unsigned char *in_a)
{
	gsl_rng *rng;

	memset(in_a, 1, h->nr / 2);
	if (gsl_sf_lnchoose((unsigned int)h->nr, (unsigned int)(h->nr / 2)) <=
	    log(SPLIT_MAX)) {
		do {
			take_halves(h, in_a);
		} while (next_choice(in_a, h->nr));
		return 0;
	}
	gsl_tame();
	rng = gsl_rng_alloc(gsl_rng_mt19937);
	if (!rng)
		return no_memory();
	gsl_rng_set(rng, 1);
	while (h->nr_diffs < SPLIT_MAX) {
		draw_choice(rng, in_a, h->nr);
		take_halves(h, in_a);
	}
	gsl_rng_free(rng);
	return 0;
}

int split_floor(const double *x, size_t nr, double level, double *floor)
{
	struct halves h = { .x = x, .nr = nr };
	unsigned char *in_a;
	int e;

	*floor = 0;
	if (nr < SPLIT_LEAST)
		return 0;
	in_a = calloc(nr, 1);
	h.a = calloc(nr, sizeof(*h.a));
	h.b = calloc(nr, sizeof(*h.b));
	h.diffs = calloc(SPLIT_MAX, sizeof(*h.diffs));
	e = in_a && h.a && h.b && h.diffs ? all_halves(&h, in_a) : no_memory();
	if (!e) {
		gsl_sort(h.diffs, 1, h.nr_diffs);
		*floor = gsl_stats_quantile_from_sorted_data(h.diffs, 1,
							     h.nr_diffs, level);
		*floor /= M_SQRT2;
	}
	free(in_a);
	free(h.a);
	free(h.b);
	free(h.diffs);
	return e;
}

int split_control(const double *x, size_t nr, struct split_control *c)
{
	size_t nr_a = (nr + 1) / 2, nr_b = nr / 2, i;
	double *a = calloc(nr + 1, sizeof(*a)), *b, u;
	int e;

	if (!a)
		return no_memory();
	b = a + nr_a;
	for (i = 0; i < nr; i++)
		(i % 2 ? b : a)[i / 2] = x[i];
	e = split_floor(x, nr, SPLIT_LEVEL, &c->floor);
	c->low = c->high = NAN;
	if (!e && nr >= SPLIT_INTERVAL_LEAST)
		e = median_interval(a, nr_a, b, nr_b, 0.95, &c->low, &c->high);
	if (!e)
		e = mann_whitney(a, nr_a, b, nr_b, &u, &c->p);
	free(a);
	return e;
}
