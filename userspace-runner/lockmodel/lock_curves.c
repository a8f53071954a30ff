// SPDX-License-Identifier: GPL-2.0-or-later
/* Computed contention of each kernel's cells, beside what was measured. */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/gsl.h"
#include "base/index.h"
#include "base/memory.h"
#include "lockmodel/lock_curves.h"
#include "results/record.h"

/* Operations of all threads together, and of each thread, at least. */
#define OPS		10000
#define OPS_EACH	16

/* Any: the figures hardly depend on it, and are the same every time. */
#define SEED	1

#define BASE	"baseline"

const char *const lock_name[LOCK_MODEL_LOCKS] = {
	[LOCK_MODEL_MUTEX] = "pcpu_alloc_mutex",
	[LOCK_MODEL_SPIN] = "pcpu_lock",
};

static const char *arm_of(const struct lock_curves *c)
{
	return c->choice.on ? "on" : "off";
}

bool lock_curves_alike(const struct lock_curve *a,
		       const struct lock_curve *b)
{
	return a->cell->topology == b->cell->topology &&
	       a->cell->instrument == b->cell->instrument &&
	       a->cell->bench == b->cell->bench &&
	       a->cell->param == b->cell->param;
}

const struct lock_curve *
lock_curves_base(const struct lock_curves *c, const struct lock_curve *of)
{
	return &c->curves[of->base];
}

/* Of sorted curves: those of one block and size follow each other. */
static void find_bases(struct lock_curves *c)
{
	size_t first, end, base, i;

	for (first = 0; first < c->nr; first = end) {
		base = first;
		for (end = first; end < c->nr &&
		     lock_curves_alike(&c->curves[first], &c->curves[end]); end++)
			if (!strcmp(c->table->kernels[
				    c->curves[end].cell->kernel].name, BASE))
				base = end;
		for (i = first; i < end; i++)
			c->curves[i].base = base;
	}
}

/* ----------------------------------------------------------------- the model */

static double vary(const struct cell_step *step, void *rng)
{
	return step->held ? step->insns :
	       step->insns * gsl_ran_flat(rng, 1 - LOCK_CURVES_VARIES,
					  1 + LOCK_CURVES_VARIES);
}

static int run(struct lock_curves *c, struct lock_curve *k)
{
	struct lock_model m = {
		.steps = k->steps, .nr = k->nr_steps,
		.transfer = c->choice.transfer, .draw = vary,
	};
	const struct lock_model_result *last;
	int ret;

	gsl_tame();
	m.arg = gsl_rng_alloc(gsl_rng_taus2);
	ret = m.arg ? 0 : no_memory();

	for (size_t i = 0; i < c->choice.nr && !ret; i++) {
		unsigned int threads = c->choice.threads[i];
		unsigned int each = OPS / threads;

		gsl_rng_set(m.arg, SEED);
		ret = lock_model_run(&m, threads,
				     each < OPS_EACH ? OPS_EACH : each,
				     &k->points[i].model);
	}
	if (m.arg)
		gsl_rng_free(m.arg);
	last = &k->points[c->choice.nr - 1].model;
	k->busiest = last->busy[LOCK_MODEL_MUTEX] > last->busy[LOCK_MODEL_SPIN] ?
		     LOCK_MODEL_MUTEX : LOCK_MODEL_SPIN;
	for (size_t i = c->choice.nr; i && k->points[i - 1].model.rate >=
	     LOCK_CURVES_MOST * last->rate; i--)
		k->most_at = c->choice.threads[i - 1];
	return ret;
}

/* Cells are sorted by kernel before size; curves the other way round. */
static int by_block(const void *a, const void *b)
{
	const struct table_cell *x = ((const struct lock_curve *)a)->cell;
	const struct table_cell *y = ((const struct lock_curve *)b)->cell;
	int order = table_order(x->topology, y->topology);

	if (!order)
		order = table_order(x->instrument, y->instrument);
	if (!order)
		order = table_order(x->bench, y->bench);
	if (!order)
		order = (x->param > y->param) - (x->param < y->param);
	return order ? order : table_order(x->kernel, y->kernel);
}

static int add_curve(struct lock_curves *c, const struct table_cell *cell)
{
	struct lock_curve *k;
	size_t i;

	if (array_room(&c->curves, c->nr, sizeof(*k)))
		return EX_FAIL;
	k = &c->curves[c->nr];
	*k = (struct lock_curve){ .cell = cell };
	for (i = 0; i < cell->nr_values && !k->nr_steps; i++)
		k->nr_steps = cell_steps(cell->values[i].record, arm_of(c),
					 k->steps);
	if (!k->nr_steps) {
		c->without++;
		return 0;
	}
	for (i = 0; i < k->nr_steps; i++) {
		const struct cell_step *step = &k->steps[i];

		if (!step->held)
			k->free += step->insns;
		if (step->held & CELL_MUTEX)
			k->held[LOCK_MODEL_MUTEX] += step->insns;
		if (step->held & CELL_LOCK)
			k->held[LOCK_MODEL_SPIN] += step->insns;
		k->insns += step->insns;
	}
	c->nr++;
	return run(c, k);
}

/* -------------------------------------------------------- beside measurement */

static bool is_option(const json_t *record, const char *path, const char *usual,
		      const char *want)
{
	const char *value = record_string(record, path);

	return !strcmp(value ? value : usual, want);
}

/* What times of parallel pairs are found by, for free(); NULL without memory. */
static char *times_key(const struct table_cell *cell, unsigned int kernel,
		       long long threads, const char *gfp)
{
	char *key;

	if (asprintf(&key, "%u %u %lld %lld %s", kernel, cell->topology,
		     cell->param, threads, gfp ? gfp : "kernel") >= 0)
		return key;
	no_memory();
	return NULL;
}

static bool is_pair(const json_t *record, const char *bench)
{
	return !strcmp(record_string(record, "bench"), bench) &&
	       is_option(record, "options.shape", "pair", "pair");
}

/* Cells with times of what threads do at once, by times_key(). */
static int find_times(const struct table *t, struct index *times)
{
	const struct table_cell *cell;
	const json_t *record;
	size_t had, i;
	char *key;
	int ret = 0;

	for (i = 0; i < t->nr_cells && !ret; i++) {
		cell = &t->cells[i];
		if (!cell->valid)
			continue;
		record = cell->values[0].record;
		if (!is_pair(record, "percpu-contend") ||
		    strcmp(record_string(record, "instrument"), "time") ||
		    !is_option(record, "options.memcgs", "shared", "shared"))
			continue;
		key = times_key(cell, cell->kernel,
				record_int(record, "options.threads"),
				record_string(record, "options.gfp"));
		ret = key ? index_add(times, key, i, &had) : EX_FAIL;
		free(key);
	}
	return ret;
}

/*
 * @ns: the time in which @threads do one operation, all together, where @like was
 *	counted; NaN where that was not measured
 */
static int measured_ns(const struct lock_curves *c, const struct index *times,
		       const struct table_cell *like, unsigned int kernel,
		       unsigned int threads, double *ns)
{
	const json_t *record = like->values[0].record;
	const struct table_cell *cell;
	size_t found;
	char *key;

	*ns = NAN;
	if (!is_pair(record, "percpu-alloc"))
		return 0;
	key = times_key(like, kernel, threads,
			record_string(record, "options.gfp"));
	if (!key)
		return EX_FAIL;
	found = index_get(times, key);
	free(key);
	if (found == INDEX_NONE)
		return 0;
	cell = &c->table->cells[found];
	*ns = c->choice.on ? cell->on : cell->off;
	return 0;
}

static int relate(struct lock_curves *c, const struct index *times,
		  struct lock_curve *k)
{
	const struct lock_curve *base = lock_curves_base(c, k);
	double one, ns;
	int ret = measured_ns(c, times, k->cell, base->cell->kernel, 1, &one);

	for (size_t i = 0; i < c->choice.nr && !ret; i++) {
		k->points[i].relative = k->points[i].model.rate * base->insns;
		ret = measured_ns(c, times, k->cell, k->cell->kernel,
				  c->choice.threads[i], &ns);
		k->points[i].measured = one / ns;
	}
	return ret;
}

int lock_curves_make(struct lock_curves *c, const struct table *t,
		     const struct lock_choice *choice)
{
	const struct table_cell *cell;
	struct index times = { NULL };
	size_t i;
	int ret = 0;

	*c = (struct lock_curves){ .table = t, .choice = *choice };
	for (cell = t->cells; cell < t->cells + t->nr_cells && !ret; cell++)
		if (cell->valid && table_instrument(t, cell->instrument)->exact)
			ret = add_curve(c, cell);
	if (!ret && !c->nr)
		ret = err(EX_INVALID, "no valid cell has the holds of its locks: measure pairs by 'pcpubench sweep', without --plain");
	if (!ret)
		ret = find_times(t, &times);
	if (!ret) {
		qsort(c->curves, c->nr, sizeof(*c->curves), by_block);
		find_bases(c);
	}
	for (i = 0; i < c->nr && !ret; i++)
		ret = relate(c, &times, &c->curves[i]);
	index_free(&times);
	return ret;
}

void lock_curves_free(struct lock_curves *c)
{
	free(c->curves);
	*c = (struct lock_curves){ .nr = 0 };
}
