// SPDX-License-Identifier: GPL-2.0-or-later
/* fit: tells how the cost grows with CPUs, nodes and depth. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "doc/wrap.h"
#include "fit/fit.h"
#include "fit/json.h"
#include "results/table.h"

struct arguments {
	const char *hold_out;
	bool json;
	struct words files;
};

static int check(void *into)
{
	const struct arguments *args = into;

	return files_given(&args->files, "such as those of a sweep");
}

static const struct opt options[] = {
	{ "hold-out", 0, "TOPOLOGY,...",
	  "Topologies to leave out of the fit and predict (every fourth)",
	  OPT_TEXT(struct arguments, hold_out) },
	{ "json", 0, NULL, "Print everything as JSON",
	  OPT_FLAG(struct arguments, json) },
	{ OPT_WORDS(struct arguments, files) },
	{ OPT_CHECK(check) },
	{ 0 }
};

static void print_terms(const struct fit_model *m)
{
	for (size_t j = 0; j < m->lsq.nr_terms; j++) {
		const struct model_term *t = &model_terms[m->terms[j]];

		printf("  %12.2f", m->lsq.coef[j]);
		if (isfinite(m->lsq.half[j]))
			printf(" +- %-9.2f", m->lsq.half[j]);
		else
			printf(" %-12s", "");
		printf(" %s\n", t->what);
	}
}

static void print_errors(const char *what, const struct fit_model *m,
			 const struct fit *f)
{
	char at[FIT_AT_LEN];

	printf("  %s: off by at most %.2f %% (%s)", what, 100 * m->fit_worst,
	       fit_at(&f->points[m->fit_worst_at], at));
	if (f->nr_held)
		printf(";\n    held out: %zu of %zu within 1 %%, worst %.2f %% (%s)",
		       m->held_within, f->nr_held, 100 * m->held_worst,
		       fit_at(&f->points[m->held_worst_at], at));
	else if (m->lsq.alone < f->nr_points)
		printf(";\n    each predicted from the others: within %.2f %%",
		       100 * m->lsq.left_out_worst);
	printf("\n");
}

/* The first line says what the rest is worth. */
static void print_verdict(const struct fit *f, const struct table *t)
{
	double worst = 100 * f->worst;
	char at[FIT_AT_LEN];

	fit_at(&f->points[f->worst_at], at);
	printf("\n%s, %lld B: ", t->kernels[f->kernel].name, f->param);
	if (f->verdict == FIT_FAILS)
		printf("NOT DESCRIBED by any model: off by %.0f %% (%s)\n",
		       worst, at);
	else if (f->verdict == FIT_ROUGH)
		printf("ROUGH, off by up to %.1f %% (%s)\n", worst, at);
	else
		printf("within %.2f %%\n", worst);
	printf("  %zu %s", f->nr_points - f->nr_held,
	       fit_has_depths(f) ? "topologies and depths" : "topologies");
	if (f->nr_held)
		printf(" and %zu held out", f->nr_held);
	if (f->model.lsq.alone)
		printf(", %zu of them with a step of its own",
		       f->model.lsq.alone);
	printf("\n");
}

static bool same_model(const struct fit_model *a, const struct fit_model *b)
{
	size_t nr = a->lsq.nr_terms;

	return nr == b->lsq.nr_terms &&
	       !memcmp(a->terms, b->terms, nr * sizeof(a->terms[0]));
}

static void print_fit(const struct fit *f, const struct table *t)
{
	print_verdict(f, t);
	print_terms(&f->model);
	print_errors("this model", &f->model, f);
	if (!same_model(&f->model, &f->plain))
		print_errors("a + b * CPUs + c * nodes", &f->plain, f);
}

static double coef(const struct fit_model *m, const char *name)
{
	for (size_t j = 0; j < m->lsq.nr_terms; j++)
		if (!strcmp(model_terms[m->terms[j]].name, name))
			return m->lsq.coef[j];
	return 0;
}

/* The cost that a CPU adds: its own term, and 1/64 of the term of words. */
static double per_cpu(const struct fit_model *m, bool many_nodes)
{
	double sum = coef(m, "CPUs") + coef(m, "words") / 64;

	if (many_nodes)
		sum += coef(m, "many x CPUs") + coef(m, "many x words") / 64;
	return sum;
}

static void print_coef(int width, double coef, bool measured)
{
	if (measured)
		printf("%*.2f ", width, coef);
	else
		printf("%*s ", width, "-");
}

/* What no point has, or does not vary, was not measured. */
static void print_coefs(const struct fit *f)
{
	bool one = false, several = false, cpus = false, nodes = false;
	const struct topology *topo, *first = NULL;

	for (size_t i = 0; i < f->nr_points; i++) {
		if (f->points[i].held_out)
			continue;
		topo = &f->points[i].at.topo;
		first = first ? first : topo;
		one |= topo->nodes == 1;
		several |= topo->nodes > 1;
		cpus |= topo->cpus != first->cpus;
		nodes |= topo->nodes != first->nodes;
	}
	print_coef(9, per_cpu(&f->model, false), cpus && one);
	print_coef(11, per_cpu(&f->model, true), cpus && several);
	print_coef(9, coef(&f->model, "nodes"), nodes);
}

/* A coefficient of a model that fails says nothing. */
static void print_row(const struct fit *f, const struct table *t)
{
	const struct fit_model *m = &f->model;

	printf("%-9s %5lld  ", t->kernels[f->kernel].name, f->param);
	if (f->verdict == FIT_FAILS)
		printf("%9s %11s %9s ", "-", "-", "-");
	else
		print_coefs(f);
	printf("%7.2f%% ", 100 * m->fit_worst);
	if (f->nr_held)
		printf("%8.2f%%\n", 100 * m->held_worst);
	else
		printf("%9s\n", "-");
}

static void print_summary(const struct fit_set *set, const struct table *t)
{
	const struct fit *f;
	size_t held = 0, within = 0, plain = 0;
	char line[200];

	printf("%-9s %5s  %9s %11s %9s %8s %9s\n", "kernel", "size",
	       "per CPU,", "per CPU,", "per node", "error", "error,");
	printf("%-9s %5s  %9s %11s %9s %8s %9s\n", "", "B", "one node",
	       "more nodes", "", "of fit", "held out");
	for (f = set->fits; f < set->fits + set->nr; f++) {
		print_row(f, t);
		held += f->nr_held;
		within += f->model.held_within;
		plain += f->plain.held_within;
	}
	snprintf(line, sizeof(line),
		 "per CPU, per node: what one more adds to %s; error: the largest",
		 bench_one(set->fits->name));
	printf("\n");
	text_wrapped(stdout, line, 0, 0);
	if (held)
		printf("held out: %zu of %zu cells (%.1f %%) are predicted within 1 %%,\n"
		       "%zu (%.1f %%) by a + b * CPUs + c * nodes alone\n", within,
		       held, 100.0 * within / held, plain,
		       100.0 * plain / held);
}

/* The mechanisms behind the terms of all fits. */
static void print_why(const struct fit_set *set)
{
	bool used[64] = { false };
	const struct fit *f;
	size_t j;

	for (f = set->fits; f < set->fits + set->nr; f++)
		for (j = 0; j < f->model.lsq.nr_terms; j++)
			used[f->model.terms[j]] = true;
	printf("\n");
	for (j = 0; j < model_nr_terms; j++)
		if (used[j] && model_terms[j].why[0])
			printf("%s:\n  %s\n", model_terms[j].what,
			       model_terms[j].why);
}

static void print_head(const struct fit *f, const struct table *t, bool first)
{
	char line[300];

	snprintf(line, sizeof(line), "%s, %s: ACCT COST = on - off, %s per %s",
		 f->name, t->instruments.name[f->instrument],
		 table_instrument(t, f->instrument)->words, bench_op(f->name));
	if (!first)
		printf("\n");
	text_wrapped(stdout, line, 0, 2);
}

static void print_text(const struct fit_set *set, const struct table *t)
{
	const struct fit *f;

	for (f = set->fits; f < set->fits + set->nr; f++) {
		if (f == set->fits || f->bench != f[-1].bench ||
		    f->instrument != f[-1].instrument)
			print_head(f, t, f == set->fits);
		print_fit(f, t);
	}
	printf("\n");
	print_summary(set, t);
	print_why(set);
	if (set->skipped)
		printf("%zu cells have too few topologies to be fitted\n",
		       set->skipped);
	if (set->invalid)
		printf("left out: %zu invalid cells, each of one topology\n",
		       set->invalid);
	if (set->foreign)
		printf("left out: %zu cells of topologies that are not named as CPUs and nodes\n",
		       set->foreign);
}

static int run(int argc, char **argv)
{
	struct arguments args = { 0 };
	struct fit_set set = { 0 };
	struct table table;
	int ret;

	ret = options_parse(&cmd_fit, argc, argv, &args);
	if (ret)
		return ret;
	ret = files_load(&table, &args.files);
	if (ret)
		return ret;
	ret = fit_table(&set, &table, args.hold_out);
	if (!ret && !set.nr)
		ret = err(EX_INVALID, "nothing to fit: a fit wants three valid topologies of one kernel and size, besides those held out");
	if (!ret && args.json)
		ret = output_json(stdout, fit_json(&set, &table));
	else if (!ret)
		print_text(&set, &table);
	fit_free(&set);
	table_free(&table);
	return ret;
}

const struct command cmd_fit = {
	.name = "fit",
	.what = "how the cost grows with CPUs, nodes and depth",
	.args = "FILE...",
	.doc = "Fit ACCT COST of each kernel and size to CPUs, nodes and depth, from results files, and predict topologies that the fit has not seen.\vA term is kept only if it makes predictions better; the first line of each fit says how far off it is. The plain model, a + b * CPUs + c * nodes, is shown beside it.",
	.example = "  pcpubench fit results/reference/sweep-6.12.jsonl\n",
	.options = options,
	.run = run,
};
