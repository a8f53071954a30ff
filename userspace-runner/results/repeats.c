// SPDX-License-Identifier: GPL-2.0-or-later
/* Merges repeats of a cell in one boot; the spread of layouts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "results/repeats.h"
#include "stats/stats.h"

static size_t boot_of(const struct table *t, const struct table_value *v)
{
	return t->boots[v->boot].first;
}

/* Merge all values of the same boot as @c's value @i into place @i. */
static void merge(const struct table *t, struct table_cell *c, size_t i,
		 double *x)
{
	struct table_value *v = &c->values[i];
	size_t k, n, boot = boot_of(t, v);

	for (k = i, n = 0; k < c->nr_values; k++)
		if (boot_of(t, &c->values[k]) == boot)
			x[n++] = c->values[k].off;
	if (n == 1)
		return;
	v->off = median_of(x, n);
	x[0] = v->on;
	for (k = i + 1, n = 1; k < c->nr_values; k++)
		if (boot_of(t, &c->values[k]) == boot)
			x[n++] = c->values[k].on;
	v->on = median_of(x, n);
	for (k = i + 1, n = i + 1; k < c->nr_values; k++)
		if (boot_of(t, &c->values[k]) != boot)
			c->values[n++] = c->values[k];
	c->nr_values = n;
}

int repeats_merge(const struct table *t, struct table_cell *c)
{
	double *x = calloc(c->nr_values + 1, sizeof(*x));
	size_t i;

	c->each = calloc(c->nr_values + 1, sizeof(*c->each));
	if (!x || !c->each) {
		free(x);
		return no_memory();
	}
	c->nr_each = c->nr_values;
	if (c->nr_values)
		memcpy(c->each, c->values, c->nr_values * sizeof(*c->each));
	for (i = 0; i < c->nr_values; i++)
		merge(t, c, i, x);
	free(x);
	return 0;
}

double value_off(const struct table_value *v)
{
	return v->off;
}

double value_on(const struct table_value *v)
{
	return v->on;
}

double value_cost(const struct table_value *v)
{
	return v->on - v->off;
}

static long long layout_of(const struct table *t, const struct table_value *v)
{
	return t->boots[v->boot].layout;
}

size_t layout_spread(const struct table *t, const struct table_cell *c,
		     value_fn of, double *low, double *high)
{
	double *x = calloc(c->nr_each + 1, sizeof(*x)), mid;
	const struct table_value *v, *w, *end = c->each + c->nr_each;
	size_t n, nr = 0;

	*low = INFINITY;
	*high = -INFINITY;
	if (!x) {
		no_memory();
		return 0;
	}
	for (v = c->each; v < end; v++) {
		for (w = c->each; layout_of(t, w) != layout_of(t, v); w++)
			;
		if (w < v)
			continue;
		for (n = 0; w < end; w++)
			if (layout_of(t, w) == layout_of(t, v))
				x[n++] = of(w);
		mid = median_of(x, n);
		*low = fmin(*low, mid);
		*high = fmax(*high, mid);
		nr++;
	}
	free(x);
	if (nr < 2) {
		*low = NAN;
		*high = NAN;
	}
	return nr;
}
