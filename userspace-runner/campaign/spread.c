// SPDX-License-Identifier: GPL-2.0-or-later
/* How far boots of one kernel are apart, and so how many a campaign needs. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "campaign/host.h"
#include "results/repeats.h"
#include "results/table_load.h"
#include "stats/stats.h"

/* As of `compare` and `gate`. */
#define ALPHA	0.05
#define POWER	0.8

/* Is the kernel called @name one that gets no more boots? */
static bool no_more_boots(const struct campaign *c, const char *name)
{
	for (size_t i = 0; i < c->nr_kernels; i++)
		if (!strcmp(c->kernels[i].name, name))
			return campaign_given_up(c, i);
	return false;
}

static int half_width(const struct table_cell *cell, double *half)
{
	double *pct = values_of(cell, value_percent), low, high;
	int ret;

	if (!pct)
		return EX_FAIL;
	ret = median_interval_of(pct, cell->nr_values, 0.95, &low, &high);
	*half = (high - low) / 2;
	free(pct);
	return ret;
}

double interval_widest(const struct campaign *c)
{
	char *paths[] = { c->output };
	double widest = NAN, half;
	struct table t;

	if (table_load(&t, paths, 1))
		return NAN;
	for (size_t i = 0; i < t.nr_cells; i++) {
		if (!t.cells[i].valid ||
		    no_more_boots(c, t.kernels[t.cells[i].kernel].name))
			continue;
		if (half_width(&t.cells[i], &half)) {
			widest = NAN;
			break;
		}
		if (!(half <= widest))
			widest = half;
	}
	table_free(&t);
	return widest;
}

/* ------------------------------------------------------- a difference to find */

size_t boots_for(double find, double variance, double freedom)
{
	double known = gsl_cdf_ugaussian_Qinv(ALPHA / 2) +
		       gsl_cdf_ugaussian_Pinv(POWER);
	double estimated = gsl_cdf_tdist_Qinv(ALPHA / 2, freedom) +
			   gsl_cdf_tdist_Pinv(POWER, freedom);
	double above = 1;

	/* P(y > x) of two normal distributions that are so far apart. */
	variance *= pow(estimated / known, 2);
	if (variance > 0)
		above = gsl_cdf_ugaussian_P(find / sqrt(2 * variance));
	return mann_whitney_boots(above, ALPHA, POWER);
}

/*
 * The variance of ACCT COST over the first boots of a cell, the mean over the
 * kernels that have it and are not given up; NAN if one has too few boots.
 * @kernels: receives how many these are
 */
static double first_variance(const struct campaign *c, const struct table *t,
			     const struct table_block *block, long long param,
			     size_t *kernels)
{
	double first[LEAST_BOOTS], sum = 0;
	const struct table_cell *cell;
	size_t nr = 0, i;

	for (unsigned int k = 0; k < t->nr_kernels; k++) {
		cell = table_find(t, block, k, param);
		if (!cell || !cell->valid ||
		    no_more_boots(c, t->kernels[k].name))
			continue;
		if (cell->nr_values < LEAST_BOOTS)
			return NAN;
		for (i = 0; i < LEAST_BOOTS; i++)
			first[i] = value_percent(&cell->values[i]);
		sum += gsl_stats_variance(first, 1, LEAST_BOOTS);
		nr++;
	}
	*kernels = nr;
	return nr ? sum / nr : NAN;
}

size_t boots_to_find(const struct campaign *c)
{
	char *paths[] = { c->output };
	double variance, widest = 0;
	size_t nr, kernels, of_widest = 1;
	bool known = true;
	struct table t;

	if (table_load(&t, paths, 1))
		return SIZE_MAX;
	for (size_t b = 0; b < t.nr_blocks; b++) {
		for (size_t i = 0; i < t.blocks[b].nr_params; i++) {
			variance = first_variance(c, &t, &t.blocks[b],
						  t.blocks[b].params[i],
						  &kernels);
			known &= !isnan(variance);
			if (!(variance > widest))
				continue;
			widest = variance;
			of_widest = kernels;
		}
	}
	table_free(&t);
	if (!known)
		return SIZE_MAX;
	nr = boots_for(c->find, widest, of_widest * (LEAST_BOOTS - 1.0));
	return nr > LEAST_BOOTS ? nr : LEAST_BOOTS;
}
