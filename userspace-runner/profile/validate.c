// SPDX-License-Identifier: GPL-2.0-or-later
/* Compares the model with published figures, and fits its factors. */
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "profile/validate.h"
#include "stats/stats.h"

static void sum_up(struct validate_cell *c)
{
	const struct profile *p = c->p;
	int64_t sum[PROFILE_ARMS];

	for (size_t i = 0; i < p->nr_nodes; i++) {
		const struct profile_node *n = &p->nodes[i];
		bool string = machine_is_string(p->functions[n->function]);

		for (int arm = PROFILE_OFF; arm < PROFILE_ARMS; arm++) {
			double v = profile_value(p, n->insns, arm);

			c->insns[arm] += v;
			c->string[arm] += string ? v : 0;
		}
		for (size_t e = 0; e < p->nr_events; e++) {
			for (int arm = 0; arm < PROFILE_ARMS; arm++)
				sum[arm] = n->events[arm][e];
			for (int arm = PROFILE_OFF; arm < PROFILE_ARMS; arm++)
				c->events[arm][e] += profile_value(p, sum, arm);
		}
	}
}

int validate_cells(const struct profile_set *set, const struct published *pub,
		   struct validate_cell **cells, size_t *nr)
{
	size_t i;

	*nr = 0;
	*cells = calloc(set->nr + 1, sizeof(**cells));
	if (!*cells)
		return no_memory();
	for (i = 0; i < set->nr; i++) {
		const struct profile *p = &set->profiles[i];
		const struct published_row *row;
		struct validate_cell *c = &(*cells)[*nr];

		row = published_find(pub, p->topology, p->kernel, p->param);
		if (!row || !p->nr_events || strcmp(p->bench, PUBLISHED_BENCH))
			continue;
		c->p = p;
		c->published = row;
		sum_up(c);
		(*nr)++;
	}
	if (*nr)
		return 0;
	free(*cells);
	return err(EX_USE, "no modelled cell that was published too: measure 176c1n or 80c2n with --instrument model");
}

double validate_model(const struct machine *m, const struct validate_cell *c)
{
	double off = machine_cycles(m, c->insns[PROFILE_OFF],
				    c->string[PROFILE_OFF],
				    c->events[PROFILE_OFF]);
	double on = machine_cycles(m, c->insns[PROFILE_ON],
				   c->string[PROFILE_ON],
				   c->events[PROFILE_ON]);

	return 100 * (on - off) / off;
}

/* The cost in percent, by instructions. */
static double by_insn(const struct validate_cell *c)
{
	return 100 * (c->insns[PROFILE_ON] - c->insns[PROFILE_OFF]) /
	       c->insns[PROFILE_OFF];
}

struct fit {
	struct machine m;
	const struct validate_cell *cells;
	size_t nr;
	const char *topology;
};

#define FITTED	(NR_FACTORS - 1)	/* all but FACTOR_INSN */

static bool counts(const struct validate_cell *c, const char *topology)
{
	return !strcmp(c->p->topology, topology) &&
	       c->published->cost_pct > VALIDATE_LEAST_PCT;
}

static void set_factors(struct machine *m, const gsl_vector *x)
{
	for (int i = 0; i < FITTED; i++)
		m->factor[i + 1] = exp(gsl_vector_get(x, i));
}

static double badness(const gsl_vector *x, void *arg)
{
	struct fit *f = arg;
	double sum = 0;

	/* Refuse factors beyond the bounds; @x are logarithms. */
	for (int i = 0; i < FITTED; i++) {
		double over = fabs(gsl_vector_get(x, i) - log(0.1)) - log(100);

		if (over > 0)
			sum += 100 * over;
	}
	set_factors(&f->m, x);
	for (size_t i = 0; i < f->nr; i++) {
		double model = validate_model(&f->m, &f->cells[i]);

		if (counts(&f->cells[i], f->topology))
			sum += fabs(log(fmax(model, 1e-3) /
					f->cells[i].published->cost_pct));
	}
	return sum;
}

int validate_fit(struct machine *m, const struct validate_cell *cells,
		 size_t nr, const char *topology)
{
	struct fit f = { .m = *m, .cells = cells, .nr = nr,
			 .topology = topology };
	gsl_multimin_function fn = { badness, FITTED, &f };
	gsl_multimin_fminimizer *s;
	gsl_vector *x, *step;
	size_t i, used = 0;

	for (i = 0; i < nr; i++)
		used += counts(&cells[i], topology);
	if (!used)
		return err(EX_USE, "no published cell of %s above %.0f %% to calibrate on",
			   topology, VALIDATE_LEAST_PCT);
	x = gsl_vector_alloc(FITTED);
	step = gsl_vector_alloc(FITTED);
	s = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2,
					  FITTED);
	for (i = 0; i < FITTED; i++)
		gsl_vector_set(x, i, log(fmax(m->factor[i + 1], 1e-3)));
	/* Start again from the result: it may be a corner of the sum. */
	for (int again = 0; again < 20; again++) {
		gsl_vector_set_all(step, 1);
		gsl_multimin_fminimizer_set(s, &fn, x, step);
		for (i = 0; i < 1000; i++)
			if (gsl_multimin_fminimizer_iterate(s) ||
			    gsl_multimin_fminimizer_size(s) < 1e-6)
				break;
		gsl_vector_memcpy(x, s->x);
	}
	set_factors(m, x);
	gsl_multimin_fminimizer_free(s);
	gsl_vector_free(x);
	gsl_vector_free(step);
	return 0;
}

/* log of (cost in instructions / published cost), as if off took 100. */
static double log_ratio(const struct validate_cell *c)
{
	return log((c->insns[PROFILE_ON] - c->insns[PROFILE_OFF]) /
		   c->published->cost_pct);
}

/*
 * The errors left to a model that gives all kernels the same off and each
 * instruction the same time. For each size it has the best off: the one that
 * puts the median of the logarithms at 0.
 */
static void put_least(FILE *out, const struct validate_cell *cells, size_t nr,
		      const char *topology)
{
	double *logs = calloc(nr + 1, sizeof(*logs));
	double *errors = calloc(nr + 1, sizeof(*errors));
	size_t i, j, n, used = 0;

	for (i = 0; logs && errors && i < nr; i++) {
		if (!counts(&cells[i], topology))
			continue;
		for (j = n = 0; j < nr; j++)
			if (counts(&cells[j], topology) &&
			    cells[j].p->param == cells[i].p->param)
				logs[n++] = log_ratio(&cells[j]);
		errors[used++] = 100 * fabs(exp(log_ratio(&cells[i]) -
						median_of(logs, n)) - 1);
	}
	if (used)
		fprintf(out, "with the best off for each size, instructions alone: %.0f %%\n",
			median_of(errors, used));
	free(logs);
	free(errors);
}

/* Print in how many sizes model and publication rank the kernels alike. */
static void put_order(FILE *out, const struct machine *m,
		      const struct validate_cell *cells, size_t nr,
		      const char *topology)
{
	unsigned int right = 0, pairs = 0;

	for (size_t i = 0; i < nr; i++)
		for (size_t j = 0; j < i; j++) {
			const struct validate_cell *a = &cells[i], *b = &cells[j];

			if (!counts(a, topology) || !counts(b, topology) ||
			    a->p->param != b->p->param)
				continue;
			pairs++;
			right += (a->published->cost_pct >
				  b->published->cost_pct) ==
				 (validate_model(m, a) > validate_model(m, b));
		}
	if (pairs)
		fprintf(out, "order of the kernels: right in %u of %u pairs of the same size\n",
			right, pairs);
}

void validate_print(FILE *out, const struct machine *m,
		    const struct validate_cell *cells, size_t nr,
		    const char *topology)
{
	double *model_err, *insn_err;
	size_t used = 0;

	model_err = calloc(nr + 1, sizeof(*model_err));
	insn_err = calloc(nr + 1, sizeof(*insn_err));
	fprintf(out, "%s: ACCT COST, model of %s\n", topology, m->name);
	fprintf(out, "%-10s %6s %10s %9s %8s %9s %8s\n", "kernel", "size, B",
		"published", "insn", "error", "model", "error");
	for (size_t i = 0; i < nr; i++) {
		const struct validate_cell *c = &cells[i];
		double pub = c->published->cost_pct, model, insn;

		if (strcmp(c->p->topology, topology))
			continue;
		model = validate_model(m, c);
		insn = by_insn(c);
		fprintf(out, "%-10.10s %7lld %+9.1f%% %+8.1f%%", c->p->kernel,
			c->p->param, pub, insn);
		if (!counts(c, topology)) {
			fprintf(out, " %8s %+8.1f%% %8s\n", "-", model, "-");
			continue;
		}
		fprintf(out, " %+7.0f%% %+8.1f%% %+7.0f%%\n",
			100 * (insn / pub - 1), model, 100 * (model / pub - 1));
		if (model_err && insn_err) {
			model_err[used] = 100 * fabs(model / pub - 1);
			insn_err[used++] = 100 * fabs(insn / pub - 1);
		}
	}
	if (used)
		fprintf(out, "median error of the %zu cells above %.0f %%: insn %.0f %%, model %.0f %%\n",
			used, VALIDATE_LEAST_PCT, median_of(insn_err, used),
			median_of(model_err, used));
	put_least(out, cells, nr, topology);
	put_order(out, m, cells, nr, topology);
	free(model_err);
	free(insn_err);
}
