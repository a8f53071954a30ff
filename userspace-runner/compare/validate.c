// SPDX-License-Identifier: GPL-2.0-or-later
/* Matches times of a machine with the emulator's counts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/text.h"
#include "compare/validate.h"
#include "results/counters.h"
#include "results/line_model.h"
#include "results/record.h"
#include "stats/stats.h"

#define CONFIDENCE	0.95

static bool is_exact(const struct table *t, const struct table_block *b)
{
	return b->bench != TABLE_NO_BENCH &&
	       table_instrument(t, b->instrument)->exact;
}

static bool is_timed(const struct table *t, const struct table_block *b)
{
	const struct instrument_row *i = table_instrument(t, b->instrument);

	return b->bench != TABLE_NO_BENCH && !i->exact && !i->function;
}

/*
 * The count of what @b timed at @param: a valid one, if there is, and of these one that
 * knows of cleared lines. A profile may have fewer sizes than a count.
 */
static const struct table_cell *
count_of(const struct validate *v, const struct table_block *b,
	 unsigned int kernel, long long param)
{
	const struct table *times = &v->sides.old, *counts = &v->sides.new;
	const struct table_cell *found = NULL, *cell;
	const struct table_block *c;

	for (c = counts->blocks; c < counts->blocks + counts->nr_blocks; c++) {
		if (!is_exact(counts, c) ||
		    strcmp(counts->topologies.name[c->topology],
			   times->topologies.name[b->topology]) ||
		    strcmp(counts->benches.name[c->bench],
			   times->benches.name[b->bench]))
			continue;
		cell = table_find(counts, c, kernel, param);
		if (cell && (!found || (cell->valid && (!found->valid ||
							line_model_has(cell)))))
			found = cell;
	}
	return found;
}

/* A cell of the times that is not in the tables, for @why. */
static int leave_out(struct validate *v, const struct table_cell *time,
		     const char *why)
{
	const struct table *times = &v->sides.old;
	const struct validate_lost lost = {
		.topology = times->topologies.name[time->topology],
		.bench = times->benches.name[time->bench],
		.kernel = times->kernels[time->kernel].name,
		.param = time->param, .why = why,
	};

	if (array_room(&v->lost, v->nr_lost, sizeof(lost)))
		return EX_FAIL;
	v->lost[v->nr_lost++] = lost;
	return 0;
}

static struct validate_pmu pmu(const struct table_cell *c, const char *name)
{
	struct validate_pmu p = { NAN, NAN };
	double on;

	if (counters_of(c, name, &p.off, &on))
		return (struct validate_pmu){ NAN, NAN };
	p.cost = on - p.off;
	return p;
}

static int interval(struct validate_cell *c)
{
	double *x = values_of(c->time, value_cost);
	int ret;

	if (!x)
		return EX_FAIL;
	ret = median_interval_of(x, c->time->nr_values, CONFIDENCE, &c->low,
				 &c->high);
	free(x);
	if (!ret && !isfinite(c->low))
		c->low = c->high = NAN;
	return ret;
}

static int add_cell(struct validate *v, struct validate_group *g,
		    const struct table_cell *time,
		    const struct table_cell *count)
{
	struct validate_cell c = {
		.time = time, .count = count, .low = NAN, .high = NAN,
		.model_pct = NAN,
	};
	int ret;

	if (!time)
		return 0;
	if (!time->valid)
		return leave_out(v, time, "the time is invalid");
	if (!count || !count->valid)
		return leave_out(v, time, count ? "the count is invalid" :
						  "not counted");
	c.instructions = pmu(time, "instructions");
	c.cycles = pmu(time, "cycles");
	c.misses = pmu(time, "cache_misses");
	ret = interval(&c);
	if (ret || array_room(&g->cells, g->nr, sizeof(c)))
		return EX_FAIL;
	g->cells[g->nr++] = c;
	return 0;
}

/*
 * A machine tells compiler and configuration in other words than who built the kernel,
 * and neither tells the source.
 */
static bool same_image(const struct table_kernel *a,
		       const struct table_kernel *b)
{
	return a->image_sha256 && *a->image_sha256 &&
	       same_text(a->image_sha256, b->image_sha256);
}

/*
 * Has the kernel another code than the one that was counted? As it starts it rewrites
 * its returns and indirect calls for the CPU that it finds (apply_returns() and
 * apply_retpolines(), arch/x86/kernel/alternative.c). Debian's 6.1 has 15 % more
 * instructions for accounting on a CPU that says it is an AMD Zen 2 than on QEMU's.
 */
static bool is_rewritten(const struct table *t, const struct table_tally *boots)
{
	static const char *const whys[] = {
		"indirect_target_selection", "retbleed", "spec_rstack_overflow",
		"spectre_v2",
	};
	const char *mitigated;

	for (size_t i = 0; boots && i < boots->nr; i++) {
		if (t->boots[boots->boots[i]].status != BOOT_OK)
			continue;
		mitigated = record_string(record_at(t->boots[boots->boots[i]].record,
						    "state"), "mitigated");
		if (!mitigated)
			return true;
		for (size_t k = 0; k < sizeof(whys) / sizeof(whys[0]); k++)
			if (strstr(mitigated, whys[k]))
				return true;
	}
	return false;
}

/* The instruments of its counts: "profile", or "insn and profile". */
static void name_instruments(const struct table *counts, struct validate_group *g)
{
	char *const *names = counts->instruments.name;
	const char *first = names[g->cells[0].count->instrument], *other = first;

	for (size_t i = 1; i < g->nr; i++)
		if (strcmp(names[g->cells[i].count->instrument], first))
			other = names[g->cells[i].count->instrument];
	snprintf(g->instruments, sizeof(g->instruments), "%s%s%s", first,
		 other == first ? "" : " and ", other == first ? "" : other);
}

static int add_group(struct validate *v, const struct table_block *b,
		     const struct compare_pair *p)
{
	const struct table *times = &v->sides.old, *counts = &v->sides.new;
	struct validate_group g = {
		.topology = times->topologies.name[b->topology],
		.bench = times->benches.name[b->bench],
		.pair = p, .k = NAN,
	};
	int ret = 0;

	if (p->old == COMPARE_NO_KERNEL)
		return 0;
	for (size_t i = 0; i < b->nr_params && !ret; i++)
		ret = add_cell(v, &g, table_find(times, b, p->old, b->params[i]),
			       p->new == COMPARE_NO_KERNEL ? NULL :
			       count_of(v, b, p->new, b->params[i]));
	if (!ret && g.nr) {
		const struct table_value *first = g.cells[0].time->values;

		g.host = times->runs[times->boots[first->boot].run].host_cpu;
		g.same = same_image(&times->kernels[p->old],
				    &counts->kernels[p->new]);
		g.rewritten = is_rewritten(times, table_tally(times, b, p->old));
		name_instruments(counts, &g);
		ret = array_room(&v->groups, v->nr, sizeof(g));
	}
	if (ret || !g.nr) {
		free(g.cells);
		return ret;
	}
	v->groups[v->nr++] = g;
	return 0;
}

static bool same_place(const struct validate_group *a,
		       const struct validate_group *b)
{
	return !strcmp(a->topology, b->topology) && !strcmp(a->bench, b->bench);
}

/* The cell of @g's place to compute k from: of the dearest kernel. */
static struct validate_cell *dearest(const struct validate *v,
				     const struct validate_group *g,
				     const char **kernel)
{
	struct validate_cell *best = NULL, *c;

	for (size_t i = 0; i < v->nr; i++)
		for (size_t j = 0; j < v->groups[i].nr; j++) {
			c = &v->groups[i].cells[j];
			if (!same_place(&v->groups[i], g) ||
			    c->time->param != VALIDATE_SIZE ||
			    !line_model_has(c->count) ||
			    c->time->cost_pct < VALIDATE_LEAST ||
			    isnan(line_model_k(c->count, c->time->cost_pct)) ||
			    (best && c->time->cost_pct <= best->time->cost_pct))
				continue;
			best = c;
			*kernel = v->groups[i].pair->old_name;
		}
	return best;
}

static void set_model(const struct validate *v, struct validate_group *g,
		      double k)
{
	struct validate_cell *from = k > 0 ? NULL : dearest(v, g, &g->k_name);

	if (from)
		k = line_model_k(from->count, from->time->cost_pct);
	if (!(k > 0) && !from)
		return;
	g->k = k;
	for (struct validate_cell *c = g->cells; c < g->cells + g->nr; c++) {
		c->gives_k = c == from;
		if (line_model_has(c->count))
			c->model_pct = line_model_pct(c->count, k);
	}
}

static int match(struct validate *v)
{
	const struct table *times = &v->sides.old;
	const struct table_block *b;
	int ret = 0;

	for (b = times->blocks; b < times->blocks + times->nr_blocks; b++)
		for (size_t p = 0; is_timed(times, b) &&
				   p < v->sides.nr_pairs && !ret; p++)
			ret = add_group(v, b, &v->sides.pairs[p]);
	return ret;
}

static bool any(const struct table *t,
		bool (*is)(const struct table *t, const struct table_block *b))
{
	for (size_t i = 0; i < t->nr_blocks; i++)
		if (is(t, &t->blocks[i]))
			return true;
	return false;
}

static int check(const struct validate *v, const char *times, const char *counts)
{
	if (!any(&v->sides.old, is_timed))
		return err(EX_USE, "%s has no times: the first side is what 'pcpubench run' wrote",
			   times);
	if (!any(&v->sides.new, is_exact))
		return err(EX_USE, "%s has no counts: the second side is measured with --instrument=insn or profile",
			   counts);
	if (!v->nr)
		return err(EX_USE, "no valid cell of %s is in %s: count the same benches and sizes on the machine's own topology, %s",
			   times, counts, v->sides.old.topologies.name[0]);
	return 0;
}

int validate_load(struct validate *v, const char *times, const char *counts,
		  double k)
{
	struct compare_options opt;
	int ret;

	memset(v, 0, sizeof(*v));
	compare_options_init(&opt);
	ret = compare_load(&v->sides, times, counts, &opt);
	if (!ret)
		ret = match(v);
	if (!ret)
		ret = check(v, times, counts);
	for (size_t i = 0; i < v->nr; i++)
		set_model(v, &v->groups[i], k);
	if (ret)
		validate_free(v);
	return ret;
}

void validate_free(struct validate *v)
{
	for (size_t i = 0; i < v->nr; i++)
		free(v->groups[i].cells);
	free(v->groups);
	free(v->lost);
	compare_free(&v->sides);
	memset(v, 0, sizeof(*v));
}

double validate_away(const struct validate_cell *c)
{
	double counted = c->count->cost;

	return counted ? 100 * (c->instructions.cost - counted) / counted : NAN;
}

int validate_errors(const struct validate_group *g, struct validate_errors *e)
{
	double *model = calloc(g->nr, sizeof(*model));
	double *counts = calloc(g->nr, sizeof(*counts));
	int ret = model && counts ? 0 : no_memory();

	*e = (struct validate_errors){ NAN, NAN, 0 };
	for (size_t i = 0; i < g->nr && !ret; i++) {
		const struct validate_cell *c = &g->cells[i];
		double time = c->time->cost_pct;

		if (isnan(c->model_pct) || c->gives_k || time < VALIDATE_LEAST)
			continue;
		model[e->nr] = 100 * fabs(c->model_pct / time - 1);
		counts[e->nr++] = 100 * fabs(c->count->cost_pct / time - 1);
	}
	if (!ret && e->nr) {
		e->model = median_of(model, e->nr);
		e->counts = median_of(counts, e->nr);
	}
	free(model);
	free(counts);
	return ret;
}
