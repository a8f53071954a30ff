// SPDX-License-Identifier: GPL-2.0-or-later
/* Times beside counts: a table for each kernel, and what follows from it. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "doc/doc.h"
#include "doc/figures.h"
#include "report/validate_doc.h"
#include "results/line_model.h"

enum number {
	TIME_OFF, TIME_COST, TIME_LOW, TIME_HIGH, TIME_PCT,
	MODEL_PCT,
	COUNT_OFF, COUNT_COST, COUNT_PCT,
	PMU_OFF, PMU_COST, PMU_AWAY,
	CYCLES_OFF, CYCLES_COST,
	MISSES_OFF, MISSES_COST,
	NR_NUMBERS
};

/* NaN: there is none. */
static double number(const struct validate_cell *c, enum number which)
{
	const double numbers[NR_NUMBERS] = {
		[TIME_OFF] = c->time->off,
		[TIME_COST] = c->time->cost,
		[TIME_LOW] = c->low,
		[TIME_HIGH] = c->high,
		[TIME_PCT] = c->time->cost_pct,
		[MODEL_PCT] = c->model_pct,
		[COUNT_OFF] = c->count->off,
		[COUNT_COST] = c->count->cost,
		[COUNT_PCT] = c->count->cost_pct,
		[PMU_OFF] = c->instructions.off,
		[PMU_COST] = c->instructions.cost,
		[PMU_AWAY] = validate_away(c),
		[CYCLES_OFF] = c->cycles.off,
		[CYCLES_COST] = c->cycles.cost,
		[MISSES_OFF] = c->misses.off,
		[MISSES_COST] = c->misses.cost,
	};

	return numbers[which];
}

enum form { AMOUNT, COST_AMOUNT, PERCENT_OF };

/* A row of a table; @name is the key in JSON, too. */
static const struct row {
	const char *name, *title;
	enum number number;
	enum form form;
} amounts[] = {
	{ "time_off", "off, ns", TIME_OFF, AMOUNT },
	{ "time_cost", "on - off, ns", TIME_COST, COST_AMOUNT },
	{ "time_low", "  95 % from", TIME_LOW, COST_AMOUNT },
	{ "time_high", "  95 % to", TIME_HIGH, COST_AMOUNT },
}, percents[] = {
	{ "time_pct", "time", TIME_PCT, PERCENT_OF },
	{ "model_pct", "model", MODEL_PCT, PERCENT_OF },
	{ "count_pct", "instructions", COUNT_PCT, PERCENT_OF },
}, offs[] = {
	{ "count_off", "counted", COUNT_OFF, AMOUNT },
	{ "pmu_off", "PMU", PMU_OFF, AMOUNT },
}, costs[] = {
	{ "count_cost", "counted", COUNT_COST, COST_AMOUNT },
	{ "pmu_cost", "PMU", PMU_COST, COST_AMOUNT },
	{ "pmu_away", "away, of it", PMU_AWAY, PERCENT_OF },
}, others[] = {
	{ "cycles_off", "off, cycles", CYCLES_OFF, AMOUNT },
	{ "cycles_cost", "on - off, cycles", CYCLES_COST, COST_AMOUNT },
	{ "misses_off", "off, misses", MISSES_OFF, AMOUNT },
	{ "misses_cost", "on - off, misses", MISSES_COST, COST_AMOUNT },
};

#define TABLE(rows)	rows, sizeof(rows) / sizeof((rows)[0])

static const struct {
	const struct row *rows;
	size_t nr;
} tables[] = {
	{ TABLE(amounts) }, { TABLE(percents) }, { TABLE(offs) },
	{ TABLE(costs) }, { TABLE(others) },
};

#define NR_TABLES	(sizeof(tables) / sizeof(tables[0]))

static bool has(const struct validate_group *g, enum number which)
{
	for (size_t i = 0; i < g->nr; i++)
		if (!isnan(number(&g->cells[i], which)))
			return true;
	return false;
}

static void put_row(struct doc *d, const struct validate_group *g,
		    const struct row *row)
{
	doc_row(d, "%s", row->title);
	for (size_t i = 0; i < g->nr; i++) {
		double x = number(&g->cells[i], row->number);
		char text[FIGURE_LEN] = "-";

		if (isnan(x))
			;
		else if (row->form == PERCENT_OF)
			figure_percent(text, x);
		else
			figure_amount(text, x, row->form == COST_AMOUNT);
		doc_cell(d, "%s", text);
	}
}

/* The rows that have a number; nothing if there is none. */
static void put_table(struct doc *d, const struct validate_group *g,
		      const char *title, const struct row *rows, size_t nr)
{
	size_t i, put = 0;

	for (i = 0; i < nr; i++) {
		if (!has(g, rows[i].number))
			continue;
		if (!put++) {
			doc_put(d, DOC_TITLE, "%s", title);
			doc_row(d, "size, B");
			for (size_t c = 0; c < g->nr; c++)
				doc_cell(d, g->cells[c].time->param ? "%lld" :
					 "any", g->cells[c].time->param);
		}
		put_row(d, g, &rows[i]);
	}
	if (put)
		doc_table(d);
}

static void put_model(struct doc *d, const struct validate_group *g)
{
	struct validate_errors e;

	if (isnan(g->k)) {
		doc_put(d, DOC_ITEM, "no model of time: %s",
			has(g, MODEL_PCT) || line_model_has(g->cells[0].count) ?
			"it takes --k=N, as 'pcpubench doctor --calibrate' finds it" :
			"it takes counts of --instrument=profile, which counts cache lines");
		return;
	}
	doc_begin(d, DOC_ITEM);
	doc_print(d, "model: instructions + %.3g x cache lines cleared", g->k);
	if (g->k_name)
		doc_print(d, ", with k from %s at %d B", g->k_name, VALIDATE_SIZE);
	doc_end(d);
	if (validate_errors(g, &e)) {
		d->failed = true;
		return;
	}
	if (e.nr)
		doc_put(d, DOC_ITEM, "%scells above %.0f %%: %zu; median error of the model %.0f %%, of instructions alone %.0f %%",
			g->k_name ? "other " : "", VALIDATE_LEAST, e.nr,
			e.model, e.counts);
	else
		doc_put(d, DOC_ITEM, "no %scell above %.0f %% to tell the model's error by",
			g->k_name ? "other " : "", VALIDATE_LEAST);
}

/* Does the PMU count the instructions that the emulator counts? */
static void put_verdict(struct doc *d, const struct validate_group *g)
{
	size_t away = 0, nr = 0;
	double most = 0;

	for (size_t i = 0; i < g->nr; i++) {
		double x = fabs(validate_away(&g->cells[i]));

		if (isnan(x))
			continue;
		nr++;
		away += x > VALIDATE_TOLERANCE;
		most = fmax(most, x);
	}
	if (!nr)
		doc_put(d, DOC_ITEM, "the PMU counted no instructions: the counts are not checked");
	else if (!away)
		doc_put(d, DOC_ITEM, "the PMU's instructions for accounting are those counted, to %.2g %%",
			most);
	else if (g->same && g->rewritten)
		doc_put(d, DOC_ITEM, "in %zu of %zu cells the PMU's instructions for accounting are away from those counted, by up to %.3g %%; the kernel has other returns and calls for this CPU, which may be why: boot both with mitigations=off",
			away, nr, most);
	else if (g->same)
		doc_put(d, DOC_ITEM, "NOT EXPLAINED: in %zu of %zu cells the PMU's instructions for accounting are away from those counted, by up to %.3g %%, of the same image",
			away, nr, most);
	else
		doc_put(d, DOC_ITEM, "in %zu of %zu cells the PMU's instructions for accounting are away from those counted, by up to %.3g %%; the kernels are not the same image, which may be why",
			away, nr, most);
}

static void put_group(struct doc *d, const struct validate_group *g)
{
	doc_begin(d, DOC_HEADING);
	doc_print(d, "%s, %s, %s", g->topology, g->bench, g->pair->old_name);
	if (strcmp(g->pair->old_name, g->pair->new_name))
		doc_print(d, " beside %s", g->pair->new_name);
	doc_print(d, ": times of %s, counts of %s",
		  g->host ? g->host : "an unknown CPU", g->instruments);
	doc_end(d);
	put_table(d, g, "time", TABLE(amounts));
	put_table(d, g, "ACCT COST = (on-off)/off", TABLE(percents));
	put_model(d, g);
	put_table(d, g, "off, instructions", TABLE(offs));
	put_table(d, g, "on - off, instructions", TABLE(costs));
	put_verdict(d, g);
	put_table(d, g, "the PMU's other counts", TABLE(others));
}

/* Do these belong into one line? */
static bool same_lost(const struct validate_lost *a,
		      const struct validate_lost *b)
{
	return !strcmp(a->topology, b->topology) &&
	       !strcmp(a->bench, b->bench) && !strcmp(a->kernel, b->kernel) &&
	       !strcmp(a->why, b->why);
}

/* What was timed and is in no table. */
static void put_lost(struct doc *d, const struct validate *v)
{
	const struct validate_lost *l;

	if (v->nr_lost)
		doc_put(d, DOC_HEADING, "left out of the times");
	for (size_t i = 0; i < v->nr_lost;) {
		l = &v->lost[i];
		doc_begin(d, DOC_ITEM);
		doc_print(d, "%s, %s, %s", l->topology, l->bench, l->kernel);
		for (; i < v->nr_lost && same_lost(l, &v->lost[i]); i++)
			if (v->lost[i].param)
				doc_print(d, ", %lld B", v->lost[i].param);
		doc_print(d, ": %s", l->why);
		doc_end(d);
	}
}

static int put(struct doc *d, const struct validate *v)
{
	for (size_t i = 0; i < v->nr; i++)
		put_group(d, &v->groups[i]);
	put_lost(d, v);
	return d->failed ? no_memory() : 0;
}

int validate_text(FILE *out, const struct validate *v)
{
	struct doc d = { .out = out };

	return put(&d, v);
}

int validate_md(FILE *out, const struct validate *v)
{
	struct doc d = { .out = out, .md = true };

	return put(&d, v);
}

static json_t *cell_json(const struct validate_group *g,
			 const struct validate_cell *c)
{
	json_t *cell = json_pack("{s:s, s:s, s:s, s:s, s:s?, s:I, s:b}",
				 "topology", g->topology, "bench", g->bench,
				 "times", g->pair->old_name,
				 "counts", g->pair->new_name, "host", g->host,
				 "param", (json_int_t)c->time->param,
				 "same_build", g->same);

	for (size_t t = 0; t < NR_TABLES; t++)
		for (const struct row *row = tables[t].rows;
		     row < tables[t].rows + tables[t].nr; row++) {
			double x = number(c, row->number);

			json_object_set_new(cell, row->name, isnan(x) ?
					    json_null() : json_real(x));
		}
	json_object_set_new(cell, "k", isnan(g->k) ? json_null() :
			    json_real(g->k));
	return cell;
}

json_t *validate_json(const struct validate *v)
{
	json_t *cells = json_array();

	for (size_t i = 0; i < v->nr; i++)
		for (size_t c = 0; c < v->groups[i].nr; c++)
			json_array_append_new(cells,
					      cell_json(&v->groups[i],
							&v->groups[i].cells[c]));
	return cells;
}
