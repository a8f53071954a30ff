// SPDX-License-Identifier: GPL-2.0-or-later
/* Merges repeats of a cell in one boot; the spread of layouts. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "results/repeats.h"
#include "stats/stats.h"

long long value_boot(const struct table *t, const struct table_value *v)
{
	return (long long)t->boots[v->boot].first;
}

long long value_layout(const struct table *t, const struct table_value *v)
{
	return t->boots[v->boot].layout;
}

struct order {
	const struct table *t;
	kind_fn kind;
};

static int compare(const void *x, const void *y, void *arg)
{
	const struct table_value *const *a = x, *const *b = y;
	const struct order *o = arg;
	const long long k = o->kind(o->t, *a), l = o->kind(o->t, *b);

	return k != l ? (k > l) - (k < l) : (*a > *b) - (*a < *b);
}

const struct table_value **values_by(const struct table *t,
				     const struct table_value *values, size_t nr,
				     kind_fn kind)
{
	const struct table_value **list = calloc(nr + 1, sizeof(*list));
	struct order o = { t, kind };

	if (!list) {
		no_memory();
		return NULL;
	}
	for (size_t i = 0; i < nr; i++)
		list[i] = &values[i];
	qsort_r(list, nr, sizeof(*list), compare, &o);
	return list;
}

/* The number of values of one kind at the start of @list, which has @nr. */
static size_t alike(const struct table *t, const struct table_value **list,
		    size_t nr, kind_fn kind)
{
	size_t n = 1;

	while (n < nr && kind(t, list[n]) == kind(t, list[0]))
		n++;
	return n;
}

/* Make the first of @n values of a boot their median. */
static void merge(struct table_cell *c, const struct table_value **list,
		  size_t n, double *x)
{
	struct table_value *v = &c->values[list[0] - c->values];
	double off;
	size_t i;

	for (i = 0; i < n; i++)
		x[i] = list[i]->off;
	off = median_of(x, n);
	for (i = 0; i < n; i++)
		x[i] = list[i]->on;
	v->on = median_of(x, n);
	v->off = off;
}

int repeats_merge(const struct table *t, struct table_cell *c)
{
	const struct table_value **list = values_by(t, c->values, c->nr_values,
						    value_boot);
	double *x = calloc(c->nr_values + 1, sizeof(*x));
	bool *first = calloc(c->nr_values + 1, sizeof(*first));
	size_t i, n;
	int e = EX_FAIL;

	c->each = calloc(c->nr_values + 1, sizeof(*c->each));
	if (!list || !x || !first || !c->each) {
		no_memory();
		goto out;
	}
	c->nr_each = c->nr_values;
	if (c->nr_values)
		memcpy(c->each, c->values, c->nr_values * sizeof(*c->each));
	for (i = 0; i < c->nr_values; i += n) {
		n = alike(t, list + i, c->nr_values - i, value_boot);
		first[list[i] - c->values] = true;
		if (n > 1)
			merge(c, list + i, n, x);
	}
	for (i = 0, n = 0; i < c->nr_values; i++)
		if (first[i])
			c->values[n++] = c->values[i];
	c->nr_values = n;
	e = 0;
out:
	free(list);
	free(x);
	free(first);
	return e;
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

double value_bytes(const struct table_value *v)
{
	return cell_bytes(v->record).bytes;
}

double value_percent(const struct table_value *v)
{
	return 100 * value_cost(v) / v->off;
}

double *values_of(const struct table_cell *c, value_fn of)
{
	double *x = calloc(c->nr_values, sizeof(*x));

	if (!x)
		no_memory();
	for (size_t i = 0; x && i < c->nr_values; i++)
		x[i] = of(&c->values[i]);
	return x;
}

int values_median(const struct table_cell *c, value_fn of, double *median)
{
	double *x = values_of(c, of);

	if (!x)
		return EX_FAIL;
	*median = median_of(x, c->nr_values);
	free(x);
	return 0;
}

size_t layout_values(const struct table *t, const struct table_cell *c,
		     value_fn of, struct layout_value **values)
{
	const struct table_value **list = values_by(t, c->each, c->nr_each,
						    value_layout);
	double *x = calloc(c->nr_each + 1, sizeof(*x));
	size_t i, k, n, nr = 0;

	*values = calloc(c->nr_each + 1, sizeof(**values));
	if (!list || !x || !*values) {
		no_memory();
		goto out;
	}
	for (i = 0; i < c->nr_each; i += n) {
		n = alike(t, list + i, c->nr_each - i, value_layout);
		for (k = 0; k < n; k++)
			x[k] = of(list[i + k]);
		(*values)[nr++] = (struct layout_value){
			.layout = value_layout(t, list[i]),
			.value = median_of(x, n),
		};
	}
out:
	free(list);
	free(x);
	return nr;
}

size_t layout_spread(const struct table *t, const struct table_cell *c,
		     value_fn of, double *low, double *high)
{
	struct layout_value *values;
	size_t nr = layout_values(t, c, of, &values);

	*low = NAN;
	*high = NAN;
	/* fmin() and fmax() leave a NAN out. */
	for (size_t i = 0; nr > 1 && i < nr; i++) {
		*low = fmin(*low, values[i].value);
		*high = fmax(*high, values[i].value);
	}
	free(values);
	return nr;
}
