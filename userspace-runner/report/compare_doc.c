// SPDX-License-Identifier: GPL-2.0-or-later
/* A comparison for people: tables and notes for each group. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "doc/doc.h"
#include "doc/figures.h"
#include "report/compare_doc.h"
#include "report/lost.h"
#include "report/report.h"

static bool is_exact(const struct compare_group *g)
{
	return g->cells[0].exact;
}

/* The row of a size; "any" of a bench without sizes. */
static void put_size(struct doc *d, const struct compare_cell *c)
{
	doc_row(d, c->param ? "%lld" : "any", c->param);
}

/* Dashes for a row without numbers; only the verdict follows. */
static void put_dashes(struct doc *d, size_t nr)
{
	while (nr--)
		doc_cell(d, "-");
}

/* ACCT COST as a percentage of each side's own off. */
static void put_percent(struct doc *d, const struct compare_group *g)
{
	const struct compare_cell *c;
	double old, new;

	doc_put(d, DOC_TITLE, "ACCT COST = (on-off)/off");
	doc_row(d, "size, B");
	doc_cell(d, "OLD");
	doc_cell(d, "NEW");
	doc_cell(d, "points");
	for (c = g->cells; c < g->cells + g->nr_cells; c++) {
		put_size(d, c);
		if (c->reason[0]) {
			put_dashes(d, 3);
			continue;
		}
		old = 100 * c->diff[QUANTITY_COST].old /
		      c->diff[QUANTITY_OFF].old;
		new = 100 * c->diff[QUANTITY_COST].new /
		      c->diff[QUANTITY_OFF].new;
		doc_cell(d, "%+.2f%%", old);
		doc_cell(d, "%+.2f%%", new);
		doc_cell(d, "%+.2f", new - old);
	}
	doc_table(d);
}

static void put_numbers(struct doc *d, const struct compare_cell *c,
			enum quantity q)
{
	const struct compare_diff *diff = &c->diff[q];
	bool cost = q == QUANTITY_COST, exact = compare_is_exact(c, q);
	char text[FIGURE_LEN];

	doc_cell(d, "%s", figure(text, diff->old, cost, exact));
	doc_cell(d, "%s", figure(text, diff->new, cost, exact));
	doc_cell(d, "%s", figure(text, diff->diff, true, exact));
	doc_cell(d, diff->scale ? "%+.2f%%" : "-",
		 compare_percent(diff, diff->diff));
	if (exact)
		return;
	doc_cell(d, "%+.1f..%+.1f", compare_percent(diff, diff->low),
		 compare_percent(diff, diff->high));
	doc_cell(d, diff->q < 0.001 ? "<.001" : "%.3f", diff->q);
}

/* The head of a table of differences: @nr columns between @what and the verdict. */
static void put_head(struct doc *d, const char *what, size_t nr, const char *of)
{
	const char *const heads[] = {
		"OLD", "NEW", "NEW-OLD", of, "interval, %", "q",
	};

	doc_row(d, "%s", what);
	for (size_t i = 0; i < nr; i++)
		doc_cell(d, "%s", heads[i]);
	doc_cell(d, "verdict");
}

static void put_quantity(struct doc *d, const struct compare_group *g,
			 enum quantity q)
{
	const size_t nr = is_exact(g) ? 4 : 6;
	const struct compare_cell *c;

	doc_put(d, DOC_TITLE, "%s, %s per %s", quantity_title(q),
		compare_unit(g), bench_op(g->bench));
	put_head(d, "size, B", nr, q == QUANTITY_COST ? "of off" : "of OLD");
	for (c = g->cells; c < g->cells + g->nr_cells; c++) {
		put_size(d, c);
		if (c->reason[0])
			put_dashes(d, nr);
		else
			put_numbers(d, c, q);
		doc_cell(d, "%s", verdict_name(c->diff[q].verdict, c->exact));
	}
	doc_table(d);
}

/* Bytes of one part, on both sides. */
static void put_part(struct doc *d, const struct compare_cell *c, size_t part)
{
	const double old = cell_bytes_of_part(c->old->values[0].record, part);
	const double new = cell_bytes_of_part(c->new->values[0].record, part);
	char text[FIGURE_LEN];

	if (isnan(old) || isnan(new))
		return;
	doc_row(d, "%s", cell_bytes_part(c->old->bytes.what, part));
	doc_cell(d, "%s", figure_exact(text, old, false));
	doc_cell(d, "%s", figure_exact(text, new, false));
	doc_cell(d, "%s", figure_exact(text, new - old, true));
	doc_cell(d, old > 0 ? "%+.2f%%" : "-", 100 * (new - old) / old);
	doc_cell(d, "%s", verdict_name(new > old ? VERDICT_MORE :
				       new < old ? VERDICT_LESS : VERDICT_SAME,
				       true));
}

static void put_cell_bytes(struct doc *d, const struct compare_cell *c)
{
	if (!c->param && !c->reason[0] && !c->no_bytes)
		for (size_t i = 0; cell_bytes_part(c->old->bytes.what, i); i++)
			put_part(d, c, i);
	doc_row(d, c->param ? "%lld" : "all", c->param);
	if (c->reason[0] || c->no_bytes)
		put_dashes(d, 4);
	else
		put_numbers(d, c, QUANTITY_BYTES);
	doc_cell(d, "%s", verdict_name(c->diff[QUANTITY_BYTES].verdict, true));
}

/* A row of each size, or of each part where there are no sizes. */
static void put_bytes(struct doc *d, const struct compare_group *g)
{
	const struct compare_cell *c, *first = NULL;

	for (c = g->cells; c < g->cells + g->nr_cells && !first; c++)
		if (compare_has(c, QUANTITY_BYTES))
			first = c;
	if (!first)
		return;
	doc_put(d, DOC_TITLE, "bytes per %s", compare_bytes_per(first));
	put_head(d, first->param ? "size, B" : "part", 4, "of OLD");
	for (c = g->cells; c < g->cells + g->nr_cells; c++)
		if (compare_has(c, QUANTITY_BYTES))
			put_cell_bytes(d, c);
	doc_table(d);
	if (first->no_bytes)
		doc_put(d, DOC_ITEM, "%s", first->no_bytes);
}

static void put_counts(struct doc *d, const struct compare_group *g)
{
	const struct compare_cell *cell;
	size_t old_min = SIZE_MAX, old_max = 0, new_min = SIZE_MAX, new_max = 0;

	for (cell = g->cells; cell < g->cells + g->nr_cells; cell++) {
		old_min = cell->nr_old < old_min ? cell->nr_old : old_min;
		old_max = cell->nr_old > old_max ? cell->nr_old : old_max;
		new_min = cell->nr_new < new_min ? cell->nr_new : new_min;
		new_max = cell->nr_new > new_max ? cell->nr_new : new_max;
	}
	doc_begin(d, DOC_TITLE);
	doc_print(d, "boots: OLD %zu", old_min);
	if (old_max > old_min)
		doc_print(d, " to %zu", old_max);
	doc_print(d, ", NEW %zu", new_min);
	if (new_max > new_min)
		doc_print(d, " to %zu", new_max);
	doc_end(d);
}

static bool same_reason(const struct compare_cell *a,
			const struct compare_cell *b)
{
	return !strcmp(a->reason, b->reason) && a->need == b->need;
}

/* One item for all cells with the same reason. */
static void put_item(struct doc *d, const struct compare_group *g,
		     const struct compare_cell *first)
{
	const struct compare_cell *cell;
	size_t have = first->nr_old < first->nr_new ? first->nr_old :
						      first->nr_new;
	const char *between = "";

	doc_begin(d, DOC_ITEM);
	for (cell = first; cell < g->cells + g->nr_cells; cell++)
		if (same_reason(cell, first)) {
			doc_print(d, cell->param ? "%s%lld" : "%sany", between,
				  cell->param);
			between = ", ";
		}
	if (first->reason[0])
		doc_print(d, ": %s", first->reason);
	else
		doc_print(d, ": need %zu more %s of each side",
			  first->need - have,
			  first->need - have == 1 ? "boot" : "boots");
	doc_end(d);
}

static void put_items(struct doc *d, const struct compare_group *g)
{
	const struct compare_cell *cell, *before;

	for (cell = g->cells; cell < g->cells + g->nr_cells; cell++) {
		if (!cell->reason[0] && !cell->need)
			continue;
		for (before = g->cells; !same_reason(before, cell); before++)
			;
		if (before == cell)
			put_item(d, g, cell);
	}
}

/* Is this difference no larger than that of moving the code? */
static bool within_layouts(const struct compare_diff *d, double worth)
{
	return (d->verdict == VERDICT_MORE || d->verdict == VERDICT_LESS) &&
	       fabs(d->diff) <= worth;
}

static void put_layouts(struct doc *d, const struct compare *c,
			const struct compare_group *g)
{
	const struct compare_cell *cell;
	double worth, worst = NAN;
	size_t q, nr = 0;

	for (cell = g->cells; cell < g->cells + g->nr_cells; cell++)
		for (q = 0; q < NR_SAMPLED; q++) {
			worth = compare_layouts(c, cell, q);
			if (isnan(worth))
				continue;
			worst = fmax(worst, compare_percent(&cell->diff[q],
							    worth));
			if (!within_layouts(&cell->diff[q], worth))
				continue;
			if (!nr++)
				doc_begin(d, DOC_ITEM);
			doc_print(d, "%s%s %lld", nr > 1 ? ", " :
				  "not larger than the effect of the code's layout: ",
				  quantity_name(q), cell->param);
		}
	if (nr)
		doc_end(d);
	else if (!isnan(worst))
		doc_put(d, DOC_ITEM, "the effect of the code's layout, at most %.2f%%, is smaller than every significant difference",
			worst);
}

static void put_floor(struct doc *d, const struct compare *c,
		      const struct compare_group *g)
{
	double worst[NR_SAMPLED] = { 0 };
	size_t i, q;

	for (i = 0; i < g->nr_cells; i++)
		for (q = 0; q < NR_SAMPLED; q++)
			if (!g->cells[i].reason[0])
				worst[q] = fmax(worst[q], compare_percent(
					&g->cells[i].diff[q],
					g->cells[i].diff[q].floor));
	doc_put(d, DOC_TITLE, "noise floor (%s): cost %.2f%%, off %.2f%%, on %.2f%%",
		c->opt.control ? "control, OLD again" :
				 "halves of the same boots, largest",
		worst[QUANTITY_COST], worst[QUANTITY_OFF], worst[QUANTITY_ON]);
}

static void put_group(struct doc *d, const struct compare *c,
		      const struct compare_group *g)
{
	const struct compare_pair *p = &c->pairs[g->pair];
	char old[COMPARE_NAME_LEN], new[COMPARE_NAME_LEN];

	compare_name(c, p, true, old);
	compare_name(c, p, false, new);
	doc_put(d, DOC_HEADING, "%s, %s, %s: OLD %s, NEW %s", g->topology,
		g->bench, g->instrument, old, new);
	put_percent(d, g);
	for (enum quantity q = 0; q < NR_SAMPLED; q++)
		put_quantity(d, g, q);
	put_bytes(d, g);
	put_counts(d, g);
	put_lost(d, "OLD", c, g, false);
	put_lost(d, "NEW", c, g, true);
	put_items(d, g);
	put_layouts(d, c, g);
	if (!is_exact(g))
		put_floor(d, c, g);
}

static void put_control(struct doc *d, const struct compare *c,
			const struct compare_pair *p)
{
	size_t all, valid = table_valid_cells(&c->old, p->old, &all) +
			    table_valid_cells(&c->new, p->new, &all);

	if (valid)
		doc_put(d, DOC_TITLE, "%s is the control, and %zu of its cells count: no proof can be trusted.",
			p->old_name, valid);
	else
		doc_put(d, DOC_TITLE, "%s is the control: no cell of it counts, as it must be.",
			p->old_name);
}

static void put_side(struct doc *d, const char *name, const struct table *t)
{
	doc_put(d, DOC_HEADING, "%s", name);
	report_provenance(d, t);
}

/* Are both sides from the same runs: two kernels in one file? */
static bool same_runs(const struct compare *c)
{
	size_t i;

	for (i = 0; i < c->old.nr_runs && i < c->new.nr_runs; i++)
		if (strcmp(c->old.runs[i].id, c->new.runs[i].id))
			return false;
	return c->old.nr_runs == c->new.nr_runs;
}

static void put_method(struct doc *d, const struct compare *c)
{
	bool exact = false, timed = false;
	size_t i;

	for (i = 0; i < c->nr_groups; i++) {
		exact |= is_exact(&c->groups[i]);
		timed |= !is_exact(&c->groups[i]);
	}
	if (exact)
		doc_put(d, DOC_TITLE,
			"Counted, not sampled: every difference is real.");
	if (timed)
		doc_put(d, DOC_TITLE,
			"Medians over boots; interval: %g %% bootstrap; q: Mann-Whitney U, Benjamini-Hochberg over %zu tests; ~: q > %g or below the noise floor.",
			100 * c->opt.confidence, c->nr_tests, c->opt.alpha);
}

static void put_lines(struct doc *d, const char *title, char *const *lines,
		      size_t nr)
{
	if (nr)
		doc_put(d, DOC_TITLE, "%s:", title);
	for (size_t i = 0; i < nr; i++)
		doc_put(d, DOC_ITEM, "%s", lines[i]);
}

static int put_document(struct doc *d, const struct compare *c)
{
	size_t i;

	put_lines(d, "compared although not comparable", c->differs,
		  c->nr_differs);
	put_lines(d, "taken to be equal, as neither side tells", c->unknown,
		  c->nr_unknown);
	for (i = 0; i < c->nr_groups; i++)
		put_group(d, c, &c->groups[i]);
	for (i = 0; i < c->nr_controls; i++)
		put_control(d, c, &c->controls[i]);
	put_method(d, c);
	if (same_runs(c)) {
		report_provenance(d, &c->old);
	} else {
		put_side(d, "OLD", &c->old);
		put_side(d, "NEW", &c->new);
	}
	return d->failed ? no_memory() : 0;
}

int compare_text(FILE *out, const struct compare *c)
{
	struct doc d = { .out = out };

	return put_document(&d, c);
}

int compare_md(FILE *out, const struct compare *c)
{
	struct doc d = { .out = out, .md = true };

	return put_document(&d, c);
}
