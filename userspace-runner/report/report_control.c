// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The A/A control: how far halves of one kernel's boots are apart, where there is
 * no difference to find. Differences of kernels that are not larger are marked.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "report/report_control.h"

/* The chance that the halves seem to differ although they do not, all sizes. */
#define ALPHA	0.05

/*
 * Of @kernel, which the others are compared with: percentage points of ACCT COST.
 * @of: one for each of the block's sizes; floor NAN where boots are too few
 * @fewest: boots of a size
 */
struct control {
	unsigned int kernel;
	struct split_control *of;
	size_t fewest, most;
};

static bool find_kernel(const struct block_view *v, unsigned int *kernel)
{
	const struct table_kernel *k;
	bool found = false;

	for (size_t i = 0; i < v->nr_rows; i++) {
		k = &v->report->table->kernels[v->rows[i]];
		if (table_is_control(k))
			continue;
		if (!found || !strcmp(k->name, "baseline"))
			*kernel = v->rows[i];
		found = true;
	}
	return found;
}

int control_cell(const struct table_cell *c, value_fn of,
		 struct split_control *control)
{
	double *values;
	int e;

	*control = (struct split_control){ NAN, NAN, NAN, NAN };
	if (c->nr_values < SPLIT_LEAST)
		return 0;
	values = values_of(c, of);
	if (!values)
		return EX_FAIL;
	e = split_control(values, c->nr_values, control);
	free(values);
	return e;
}

static int control_all(const struct block_view *v, struct control *control)
{
	const struct table_cell *c;
	size_t i;

	control->of = calloc(v->block->nr_params, sizeof(*control->of));
	if (!control->of)
		return no_memory();
	control->fewest = SIZE_MAX;
	for (i = 0; i < v->block->nr_params; i++) {
		control->of[i].floor = NAN;
		c = block_valid(v, control->kernel, v->block->params[i]);
		if (!c)
			continue;
		if (c->nr_values < control->fewest)
			control->fewest = c->nr_values;
		if (c->nr_values > control->most)
			control->most = c->nr_values;
		if (control_cell(c, value_percent, &control->of[i]))
			return EX_FAIL;
	}
	return 0;
}

static int by_size(const void *a, const void *b)
{
	const long long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The block's sizes are ascending. */
static const struct split_control *at_size(const struct block_view *v,
					   const struct control *control,
					   long long size)
{
	const long long *at = bsearch(&size, v->block->params,
				      v->block->nr_params, sizeof(size),
				      by_size);

	return &control->of[at - v->block->params];
}

static void place_floor(char text[FIGURE_LEN], const struct block_view *v,
			unsigned int kernel, long long size, const void *ctx)
{
	const struct split_control *of = at_size(v, ctx, size);

	(void)kernel;
	if (!isnan(of->floor))
		figure_amount(text, of->floor, false);
}

static void place_interval(char text[FIGURE_LEN], const struct block_view *v,
			   unsigned int kernel, long long size, const void *ctx)
{
	const struct split_control *of = at_size(v, ctx, size);
	char low[FIGURE_LEN], high[FIGURE_LEN];

	(void)kernel;
	if (!isnan(of->low))
		snprintf(text, FIGURE_LEN, "%.10s..%.10s",
			 figure_amount(low, of->low, true),
			 figure_amount(high, of->high, true));
}

/* A difference of the control's kernel and @kernel, marked if it is noise. */
static void place_difference(char text[FIGURE_LEN], const struct block_view *v,
			     unsigned int kernel, long long size,
			     const void *ctx)
{
	const struct control *control = ctx;
	const struct split_control *of = at_size(v, control, size);
	const struct table_cell *c = block_valid(v, kernel, size);
	const struct table_cell *base = block_valid(v, control->kernel, size);
	char amount[FIGURE_LEN];
	double diff;

	if (!c || !base)
		return;
	if (isnan(of->floor) || c->nr_values < SPLIT_LEAST) {
		snprintf(text, FIGURE_LEN, "few");
		return;
	}
	diff = c->cost_pct - base->cost_pct;
	snprintf(text, FIGURE_LEN, "%s%.20s", fabs(diff) <= of->floor ? "~" : "",
		 figure_amount(amount, diff, true));
}

/* Sizes at which the halves cannot be of one kernel. */
static void put_failed(struct doc *d, const struct block_view *v,
		       const struct control *control)
{
	size_t nr = 0, tests = 0, i;

	for (i = 0; i < v->block->nr_params; i++)
		tests += !isnan(control->of[i].floor);
	for (i = 0; i < v->block->nr_params; i++) {
		if (isnan(control->of[i].floor) ||
		    control->of[i].p * tests > ALPHA)
			continue;
		if (!nr++) {
			doc_begin(d, DOC_ITEM);
			doc_print(d, "THE CONTROL FAILED: every second boot of %s differs from the others, so something else than the kernel changes times, at size",
				  block_kernel(v, control->kernel));
		}
		doc_print(d, "%s %lld", nr > 1 ? "," : "", v->block->params[i]);
	}
	if (nr)
		doc_end(d);
}

static void put_control(struct doc *d, const struct block_view *v,
			const struct control *control)
{
	const char *name = block_kernel(v, control->kernel);
	size_t others = 0, i;

	doc_put(d, DOC_TITLE, "ACCT COST less %s's, points; A/A: %s less %s",
		name, name, name);
	put_sizes(d, v->block->params, v->block->nr_params);
	put_kernel_row(d, v, "A/A floor", control->kernel, place_floor, control);
	if (control->most >= SPLIT_INTERVAL_LEAST)
		put_kernel_row(d, v, "A/A, 95 %", control->kernel,
			       place_interval, control);
	for (i = 0; i < v->nr_rows; i++) {
		if (v->rows[i] == control->kernel ||
		    table_is_control(&v->report->table->kernels[v->rows[i]]))
			continue;
		put_kernel_row(d, v, block_kernel(v, v->rows[i]), v->rows[i],
			       place_difference, control);
		others++;
	}
	doc_table(d);
	if (others)
		doc_put(d, DOC_ITEM, "~: not above the A/A floor: boots of %s alone differ as much",
			name);
	put_failed(d, v, control);
}

void report_control(struct doc *d, const struct block_view *v)
{
	struct control control = { 0 };

	if (!find_kernel(v, &control.kernel))
		return;
	if (control_all(v, &control))
		d->failed = true;
	else if (control.most >= SPLIT_LEAST)
		put_control(d, v, &control);
	else if (control.most)
		doc_put(d, DOC_TITLE, "A/A floor: not known, %s has %zu of the %d boots that can be split",
			block_kernel(v, control.kernel), control.fewest,
			SPLIT_LEAST);
	free(control.of);
}
