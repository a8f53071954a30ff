// SPDX-License-Identifier: GPL-2.0-or-later
/* A reply's body: tables of all revisions, and how to repeat them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/text_stream.h"
#include "doc/doc.h"
#include "doc/figures.h"
#include "report/lkml.h"
#include "report/lkml_set.h"
#include "report/lost.h"
#include "report/mail.h"
#include "report/repeat.h"
#include "report/report.h"
#include "results/record.h"

enum line {
	LINE_VALUE,
	LINE_CHANGE,
	LINE_RELATIVE,
};

/* One table: the same quantity of all revisions. */
struct view {
	long long *params;	/* the columns: sizes of any revision */
	size_t nr_params;
	enum quantity quantity;
	bool percent;		/* ACCT COST, in percent of off */
};

static void value_text(char text[FIGURE_LEN], const struct view *v,
		       const struct table_cell *cell, bool exact)
{
	if (!cell || !cell->valid)
		snprintf(text, FIGURE_LEN, "%s", cell ? "invalid" : "-");
	else if (v->percent)
		figure_percent(text, cell->cost_pct);
	else
		figure(text, compare_quantity(cell, v->quantity),
		       v->quantity == QUANTITY_COST, exact);
}

static void diff_text(char text[FIGURE_LEN], const struct compare_cell *cell,
		      enum quantity q, bool relative)
{
	const struct compare_diff *d = &cell->diff[q];

	const char *none = lkml_no_change(cell, q);

	if (none)
		snprintf(text, FIGURE_LEN, "%s", none);
	else if (relative && !d->scale)
		snprintf(text, FIGURE_LEN, "-");
	else if (relative)
		snprintf(text, FIGURE_LEN, "%+.2f%%",
			 compare_percent(d, d->diff));
	else
		figure(text, d->diff, true, cell->exact);
}

/* Add the cells to a row: of @g's NEW, or of OLD. */
static void put_line(struct doc *d, const struct view *v,
		     const struct compare_group *g, bool old, enum line line)
{
	const struct compare_cell *cell;

	for (size_t i = 0; i < v->nr_params; i++) {
		char text[FIGURE_LEN] = "-";

		cell = lkml_cell(g, v->params[i]);
		if (cell && line == LINE_VALUE)
			value_text(text, v, old ? cell->old : cell->new,
				   cell->exact);
		else if (cell)
			diff_text(text, cell, v->quantity,
				  line == LINE_RELATIVE);
		doc_cell(d, "%s", text);
	}
}

static void put_values(struct doc *d, const struct view *v,
		       const struct compare *c, const struct compare_group *g,
		       bool old)
{
	const struct compare_pair *p = &c->pairs[g->pair];

	doc_row(d, "%s%s", old ? p->old_name : p->new_name,
		strcmp(p->old_name, p->new_name) ? "" :
		old ? ", old" : ", new");
	put_line(d, v, g, old, LINE_VALUE);
}

/* Are there differences to print, and is one not 0? */
static void look(const struct compare_group *g, enum quantity q, bool *some,
		 bool *changed)
{
	*some = *changed = false;
	for (size_t i = 0; i < g->nr_cells; i++) {
		if (g->cells[i].reason[0])
			continue;
		*some = true;
		*changed |= g->cells[i].diff[q].verdict != VERDICT_SAME;
	}
}

static void put_new(struct doc *d, const struct view *v,
		    const struct compare *c, const struct compare_group *g)
{
	bool some, changed;

	put_values(d, v, c, g, false);
	look(g, v->quantity, &some, &changed);
	if (v->percent || !some)
		return;
	doc_row(d, "  change");
	put_line(d, v, g, false, LINE_CHANGE);
	if (!changed)
		return;
	doc_row(d, "  relative");
	put_line(d, v, g, false, LINE_RELATIVE);
}

static void put_view(struct doc *d, const struct lkml *l, const struct view *v,
		     const struct compare_group *first, const char *title)
{
	const struct compare_group *g;

	doc_put(d, DOC_TITLE, "%s", title);
	doc_row(d, "size, B");
	for (size_t i = 0; i < v->nr_params; i++)
		doc_cell(d, "%lld", v->params[i]);
	put_values(d, v, l->compares, first, true);
	for (size_t i = 0; i < l->nr; i++) {
		g = lkml_group(&l->compares[i], first);
		if (g)
			put_new(d, v, &l->compares[i], g);
	}
	doc_table(d);
}

/* Reasons for cells without a number, each once. */
static void put_reasons(struct doc *d, const struct lkml *l,
			const struct compare_group *first)
{
	const struct compare_group *g;
	size_t i, k;

	for (i = 0; i < l->nr; i++) {
		g = lkml_group(&l->compares[i], first);
		for (k = 0; g && k < g->nr_cells; k++)
			if (g->cells[k].reason[0] &&
			    (!k || strcmp(g->cells[k].reason,
					  g->cells[k - 1].reason)))
				doc_put(d, DOC_ITEM, "%s, %lld B%s: %s",
					l->compares[i].pairs
						   [g->pair].new_name,
					g->cells[k].param,
					k + 1 < g->nr_cells ? " and on" : "",
					g->cells[k].reason);
	}
}

/* OLD is the same in all compares. */
static void put_all_lost(struct doc *d, const struct lkml *l,
			 const struct compare_group *first)
{
	const struct compare_group *g;
	const struct compare *c;
	bool old = false;

	for (c = l->compares; c < l->compares + l->nr; c++) {
		g = lkml_group(c, first);
		if (!g)
			continue;
		if (!old)
			put_lost(d, c->pairs->old_name, c, g, false);
		put_lost(d, c->pairs->new_name, c, g, true);
		old = true;
	}
}

static int put_group(struct doc *d, const struct lkml *l,
		     const struct compare_group *g)
{
	const char *unit = compare_unit(g);
	struct view v = { .percent = true };
	char title[80];

	v.params = lkml_sizes(l, g, &v.nr_params);
	if (!v.params)
		return EX_FAIL;
	doc_put(d, DOC_HEADING, "%s, %s, %s", g->topology, g->bench,
		g->instrument);
	put_view(d, l, &v, g, "ACCT COST, (on - off) / off");
	v.percent = false;
	snprintf(title, sizeof(title), "%s, %s", quantity_title(QUANTITY_COST),
		 unit);
	put_view(d, l, &v, g, title);
	v.quantity = QUANTITY_OFF;
	snprintf(title, sizeof(title), "off: %s that is not accounted, %s",
		 bench_one(g->bench), unit);
	put_view(d, l, &v, g, title);
	v.quantity = QUANTITY_ON;
	snprintf(title, sizeof(title), "on: %s that is, %s",
		 bench_one(g->bench), unit);
	put_view(d, l, &v, g, title);
	put_reasons(d, l, g);
	put_all_lost(d, l, g);
	free(v.params);
	return 0;
}

static bool has_bench(const struct compare_group *const *groups, size_t nr,
		      const struct bench *bench)
{
	for (size_t i = 0; i < nr; i++)
		if (bench_find(groups[i]->bench) == bench)
			return true;
	return false;
}

static void put_intro(struct doc *d, const struct lkml *l,
		      const struct compare_group *const *groups, size_t nr)
{
	const struct compare *c = l->compares;
	bool exact = false, timed = false;
	const struct bench *bench;

	for (size_t i = 0; i < nr; i++) {
		exact |= groups[i]->cells[0].exact;
		timed |= !groups[i]->cells[0].exact;
	}
	doc_begin(d, DOC_TEXT);
	for (unsigned int i = 0; (bench = bench_nth(i)); i++)
		if (has_bench(groups, nr, bench))
			doc_print(d, "%s, off and on in the same boot. ",
				  bench->adds);
	doc_print(d, "Change: against %s; relative: in percent of its off, for on of its on.",
		  c->pairs[0].old_name);
	doc_end(d);
	if (exact)
		doc_put(d, DOC_TEXT, "Counted in an emulator: exact, the same in every boot and on every host, and without caches, pipeline or contention.");
	if (timed)
		doc_put(d, DOC_TEXT, "Times are medians over boots; \"~\" is a difference that is not significant (Mann-Whitney U, Benjamini-Hochberg, %g).",
			c->opt.alpha);
	for (size_t i = 0; i < l->nr_left_out; i++)
		doc_put(d, DOC_ITEM, "%s", l->left_out[i]);
}

/* ".patch" says nothing and makes most names too long for a line. */
static size_t has_suffix(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && !strcmp(dot, ".patch") ? strlen(dot) : 0;
}

static void put_patches(struct doc *d, const struct table *t,
			unsigned int kernel)
{
	const json_t *record, *patches, *patch;
	const char *hash, *name;
	size_t i;

	if (kernel == COMPARE_NO_KERNEL)
		return;
	record = t->kernels[kernel].record;
	patches = record ? json_object_get(record, "patches") : NULL;
	if (!json_array_size(patches))
		return;
	doc_put(d, DOC_TITLE, "%s (sha256, patch):",
		t->kernels[kernel].name);
	json_array_foreach(patches, i, patch) {
		name = record_string(patch, "name");
		hash = record_string(patch, "sha256");
		doc_put(d, DOC_ITEM, "%.12s %.*s", hash ? hash : "",
			(int)(strlen(name) - has_suffix(name)), name);
	}
}

static int put_body(FILE *out, const struct lkml *l)
{
	const struct compare *first = l->compares;
	struct doc d = { .out = out };
	const struct compare_group **groups;
	size_t nr, i;
	int ret = 0;

	groups = lkml_groups(l, &nr);
	if (!groups)
		return EX_FAIL;
	put_intro(&d, l, groups, nr);
	for (i = 0; i < nr && !ret; i++)
		ret = put_group(&d, l, groups[i]);
	free(groups);
	report_provenance(&d, &first->old);
	for (size_t k = 0; k < l->nr; k++)
		if (lkml_is_new_run(l, k, 0))
			report_provenance(&d, &l->compares[k].new);
	put_patches(&d, &first->old, first->pairs[0].old);
	for (size_t k = 0; k < l->nr; k++)
		put_patches(&d, &l->compares[k].new,
			    l->compares[k].pairs[0].new);
	doc_put(&d, DOC_TITLE, "to repeat it, after `make deps all`:");
	if (ret)
		return ret;
	return d.failed ? no_memory() : repeat_commands(out, l, NULL);
}

int lkml_text(FILE *out, const struct lkml *l)
{
	char *text = NULL;
	size_t len = 0;
	FILE *body = text_stream(&text, &len);
	int ret;

	if (!body)
		return no_memory();
	ret = put_body(body, l);
	if (fclose(body) && !ret)
		ret = no_memory();
	if (!ret)
		mail_text(out, text);
	free(text);
	return ret;
}
