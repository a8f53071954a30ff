// SPDX-License-Identifier: GPL-2.0-or-later
/* The model's estimates beside the counts of a block. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/report_model.h"
#include "results/line_model.h"
#include "stats/stats.h"

/* Published cells below it drown in their own noise. */
#define LEAST_PCT	10.0

/* @from: whose k it is; NULL: the user's */
struct model {
	double k;
	const struct line_machine *from;
};

static bool find_model(const struct block_view *v, struct model *m)
{
	const struct table *t = v->report->table;

	m->from = NULL;
	m->k = v->report->k;
	if (m->k > 0)
		return true;
	m->from = line_machine_find(t->topologies.name[v->block->topology]);
	if (m->from)
		m->k = m->from->k;
	return m->from;
}

static void place_model(char text[FIGURE_LEN], const struct block_view *v,
			unsigned int kernel, long long size, const void *model)
{
	const struct table_cell *c = block_valid(v, kernel, size);

	if (line_model_has(c))
		figure_percent(text, line_model_pct(c, ((const struct model *)model)->k));
}

static bool has_lines(const struct block_view *v, unsigned int kernel)
{
	for (size_t p = 0; p < v->block->nr_params; p++)
		if (line_model_has(block_valid(v, kernel, v->block->params[p])))
			return true;
	return false;
}

static bool is_from(const struct block_view *v, const struct model *m,
		    unsigned int kernel, long long size)
{
	return m->from && m->from->size == size &&
	       !strcmp(m->from->kernel, block_kernel(v, kernel));
}

/* How far the model is from what was published, without the cell k is from. */
static void put_errors(struct doc *d, const struct block_view *v,
		       const struct model *m)
{
	size_t most = v->nr_rows * v->block->nr_params, nr = 0;
	double *model = calloc(most + 1, sizeof(*model));
	double *insn = calloc(most + 1, sizeof(*insn));

	for (size_t i = 0; model && insn && i < most; i++) {
		unsigned int kernel = v->rows[i / v->block->nr_params];
		long long size = v->block->params[i % v->block->nr_params];
		const struct table_cell *c = block_valid(v, kernel, size);
		const struct published_row *row =
			report_published(v->report, v->block, kernel, size);

		if (!line_model_has(c) || !row || row->cost_pct <= LEAST_PCT ||
		    is_from(v, m, kernel, size))
			continue;
		model[nr] = 100 * fabs(line_model_pct(c, m->k) / row->cost_pct - 1);
		insn[nr++] = 100 * fabs(c->cost_pct / row->cost_pct - 1);
	}
	if (nr)
		doc_put(d, DOC_ITEM, "median error of the %zu%s published cells above %.0f %%: model %.0f %%, instructions alone %.0f %%",
			nr, m->from ? " other" : "", LEAST_PCT,
			median_of(model, nr), median_of(insn, nr));
	free(model);
	free(insn);
}

void report_model(struct doc *d, const struct block_view *v)
{
	bool titled = false;
	struct model m;
	size_t i;

	if (!find_model(v, &m))
		return;
	for (i = 0; i < v->nr_rows; i++) {
		if (!has_lines(v, v->rows[i]))
			continue;
		if (!titled) {
			doc_begin(d, DOC_TITLE);
			doc_print(d, "model, not measured: instructions + %g x cache lines cleared",
				  m.k);
			if (m.from)
				doc_print(d, " (k of the published machine, from %s at %lld B)",
					  m.from->kernel, m.from->size);
			doc_end(d);
			put_sizes(d, v->block->params, v->block->nr_params);
			titled = true;
		}
		put_kernel_row(d, v, block_kernel(v, v->rows[i]), v->rows[i],
			       place_model, &m);
		if (report_has_published(v, v->rows[i]))
			put_kernel_row(d, v, "  published", v->rows[i],
				       report_place_published, NULL);
	}
	if (!titled)
		return;
	doc_table(d);
	if (v->report->published)
		put_errors(d, v, &m);
}
