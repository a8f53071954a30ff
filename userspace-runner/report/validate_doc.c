// SPDX-License-Identifier: GPL-2.0-or-later
/* Times beside counts: a table for each kernel, and what follows from it. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "doc/doc.h"
#include "doc/figures.h"
#include "report/validate_doc.h"
#include "results/line_model.h"

typedef double (*number_fn)(const struct validate_cell *c);

static double time_off(const struct validate_cell *c)
{
	return c->time->off;
}

static double time_cost(const struct validate_cell *c)
{
	return c->time->cost;
}

static double time_pct(const struct validate_cell *c)
{
	return c->time->cost_pct;
}

static double interval_low(const struct validate_cell *c)
{
	return c->low;
}

static double interval_high(const struct validate_cell *c)
{
	return c->high;
}

static double count_off(const struct validate_cell *c)
{
	return c->count->off;
}

static double count_cost(const struct validate_cell *c)
{
	return c->count->cost;
}

static double count_pct(const struct validate_cell *c)
{
	return c->count->cost_pct;
}

static double model_pct(const struct validate_cell *c)
{
	return c->model_pct;
}

static double pmu_off(const struct validate_cell *c)
{
	return c->instructions.off;
}

static double pmu_cost(const struct validate_cell *c)
{
	return c->instructions.cost;
}

static double cycles_off(const struct validate_cell *c)
{
	return c->cycles.off;
}

static double cycles_cost(const struct validate_cell *c)
{
	return c->cycles.cost;
}

static double misses_off(const struct validate_cell *c)
{
	return c->misses.off;
}

static double misses_cost(const struct validate_cell *c)
{
	return c->misses.cost;
}

enum form { AMOUNT, COST_AMOUNT, PERCENT_OF };

/* A row of a table; @name is the key in JSON, too. */
static const struct row {
	const char *name, *title;
	number_fn of;
	enum form form;
} amounts[] = {
	{ "time_off", "off, ns", time_off, AMOUNT },
	{ "time_cost", "on - off, ns", time_cost, COST_AMOUNT },
	{ "time_low", "  95 % from", interval_low, COST_AMOUNT },
	{ "time_high", "  95 % to", interval_high, COST_AMOUNT },
}, percents[] = {
	{ "time_pct", "time", time_pct, PERCENT_OF },
	{ "model_pct", "model", model_pct, PERCENT_OF },
	{ "count_pct", "instructions", count_pct, PERCENT_OF },
}, offs[] = {
	{ "count_off", "counted", count_off, AMOUNT },
	{ "pmu_off", "PMU", pmu_off, AMOUNT },
}, costs[] = {
	{ "count_cost", "counted", count_cost, COST_AMOUNT },
	{ "pmu_cost", "PMU", pmu_cost, COST_AMOUNT },
	{ "pmu_away", "away, of it", validate_away, PERCENT_OF },
}, others[] = {
	{ "cycles_off", "off, cycles", cycles_off, AMOUNT },
	{ "cycles_cost", "on - off, cycles", cycles_cost, COST_AMOUNT },
	{ "misses_off", "off, misses", misses_off, AMOUNT },
	{ "misses_cost", "on - off, misses", misses_cost, COST_AMOUNT },
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

static bool has(const struct validate_group *g, number_fn of)
{
	for (size_t i = 0; i < g->nr; i++)
		if (!isnan(of(&g->cells[i])))
			return true;
	return false;
}

static void put_row(struct doc *d, const struct validate_group *g,
		    const struct row *row)
{
	doc_row(d, "%s", row->title);
	for (size_t i = 0; i < g->nr; i++) {
		double x = row->of(&g->cells[i]);
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
		if (!has(g, rows[i].of))
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
			has(g, model_pct) || line_model_has(g->cells[0].count) ?
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
	else if (g->same)
		doc_put(d, DOC_ITEM, "NOT EXPLAINED: in %zu of %zu cells the PMU's instructions for accounting are away from those counted, by up to %.3g %%, and configuration and compiler are the same",
			away, nr, most);
	else
		doc_put(d, DOC_ITEM, "in %zu of %zu cells the PMU's instructions for accounting are away from those counted, by up to %.3g %%; the kernels have another configuration or compiler, which may be why",
			away, nr, most);
}

static void put_group(struct doc *d, const struct validate_group *g)
{
	doc_begin(d, DOC_HEADING);
	doc_print(d, "%s, %s, %s", g->topology, g->bench, g->pair->old_name);
	if (strcmp(g->pair->old_name, g->pair->new_name))
		doc_print(d, " beside %s", g->pair->new_name);
	doc_print(d, ": times of %s, counts of %s",
		  g->host ? g->host : "an unknown CPU", g->instrument);
	doc_end(d);
	put_table(d, g, "time", TABLE(amounts));
	put_table(d, g, "ACCT COST = (on-off)/off", TABLE(percents));
	put_model(d, g);
	put_table(d, g, "off, instructions", TABLE(offs));
	put_table(d, g, "on - off, instructions", TABLE(costs));
	put_verdict(d, g);
	put_table(d, g, "the PMU's other counts", TABLE(others));
}

static int put(struct doc *d, const struct validate *v)
{
	for (size_t i = 0; i < v->nr; i++)
		put_group(d, &v->groups[i]);
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
			double x = row->of(c);

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
