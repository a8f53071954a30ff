// SPDX-License-Identifier: GPL-2.0-or-later
/* A reply's body: tables of all revisions, and how to repeat them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "doc/doc.h"
#include "doc/figures.h"
#include "report/lkml.h"
#include "report/lost.h"
#include "report/mail.h"
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

static const struct compare_cell *cell_of(const struct compare_group *g,
					  long long param)
{
	for (size_t i = 0; i < g->nr_cells; i++)
		if (g->cells[i].param == param)
			return &g->cells[i];
	return NULL;
}

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

	if (cell->reason[0])
		snprintf(text, FIGURE_LEN, "-");
	else if (d->verdict == VERDICT_UNCLEAR || d->verdict == VERDICT_FEW)
		snprintf(text, FIGURE_LEN, "~");
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

		cell = cell_of(g, v->params[i]);
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

static const struct compare_group *same_group(const struct compare *c,
					      const struct compare_group *g)
{
	for (size_t i = 0; i < c->nr_groups; i++)
		if (!strcmp(c->groups[i].topology, g->topology) &&
		    !strcmp(c->groups[i].instrument, g->instrument) &&
		    !strcmp(c->groups[i].bench, g->bench))
			return &c->groups[i];
	return NULL;
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

static int by_size(const void *a, const void *b)
{
	const long long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int add_columns(struct view *v, const struct compare_group *g)
{
	size_t i, k;

	for (i = 0; i < g->nr_cells; i++) {
		for (k = 0; k < v->nr_params; k++)
			if (v->params[k] == g->cells[i].param)
				break;
		if (k < v->nr_params)
			continue;
		if (array_room(&v->params, v->nr_params, sizeof(*v->params)))
			return EX_FAIL;
		v->params[v->nr_params++] = g->cells[i].param;
	}
	qsort(v->params, v->nr_params, sizeof(*v->params), by_size);
	return 0;
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
		g = same_group(&l->compares[i], first);
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
		g = same_group(&l->compares[i], first);
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
		g = same_group(c, first);
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
	const struct compare_group *other;
	struct view v = { .percent = true };
	char title[80];
	size_t i;

	for (i = 0; i < l->nr; i++) {
		other = same_group(&l->compares[i], g);
		if (other && add_columns(&v, other)) {
			free(v.params);
			return EX_FAIL;
		}
	}

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

/* Tables of what the @k'th revision measured and none before it. */
static int put_groups(struct doc *d, const struct lkml *l, size_t k)
{
	const struct compare *c = &l->compares[k];
	size_t i, before;
	int ret = 0;

	for (i = 0; i < c->nr_groups && !ret; i++) {
		for (before = 0; before < k; before++)
			if (same_group(&l->compares[before], &c->groups[i]))
				break;
		if (before == k)
			ret = put_group(d, l, &c->groups[i]);
	}
	return ret;
}

static bool has_bench(const struct compare *c, const struct bench *bench)
{
	for (size_t i = 0; i < c->nr_groups; i++)
		if (bench_find(c->groups[i].bench) == bench)
			return true;
	return false;
}

static void put_intro(struct doc *d, const struct lkml *l)
{
	const struct compare *c = l->compares;
	bool exact = false, timed = false;
	const struct bench *bench;

	for (size_t i = 0; i < c->nr_groups; i++) {
		exact |= c->groups[i].cells[0].exact;
		timed |= !c->groups[i].cells[0].exact;
	}
	doc_begin(d, DOC_TEXT);
	for (unsigned int i = 0; (bench = bench_nth(i)); i++)
		if (has_bench(c, bench))
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

/* The output path of another machine is useless, and may exist already. */
static size_t output_words(const json_t *command, size_t i)
{
	const char *word = json_string_value(json_array_get(command, i));

	if (!strcmp(word, "-o") || !strcmp(word, "--output"))
		return 2;
	return !strncmp(word, "-o", 2) || !strncmp(word, "--output=", 9);
}

/* "linux-source-6.12 6.12.117-1" gives "KERNEL=6.12". */
static bool kernel_word(const struct table *t, size_t run, char *word,
			size_t room)
{
	static const char debian[] = "linux-source-";
	const char *source;

	for (size_t i = 0; i < t->nr_kernels; i++) {
		source = t->kernels[i].source;
		if (t->kernels[i].run != run || !source ||
		    strncmp(source, debian, strlen(debian)))
			continue;
		source += strlen(debian);
		snprintf(word, room, "KERNEL=%.*s",
			 (int)strcspn(source, " "), source);
		return true;
	}
	return false;
}

/* The typed command, after the source's version. */
static int put_command(FILE *out, const struct table *t, size_t run)
{
	const json_t *command = record_at(json_array_get(
		t->runs[run].boots.file.records, 0), "command");
	size_t n = 0, i, skip, nr = json_array_size(command);
	const char **words = calloc(nr + 3, sizeof(*words)), *first;
	char version[64];

	if (!words)
		return no_memory();
	if (kernel_word(t, run, version, sizeof(version)))
		words[n++] = version;
	/* "pcpubench sweep" is one word in the record. */
	first = nr ? json_string_value(json_array_get(command, 0)) : "";
	words[n++] = "build/pcpubench";
	if (strchr(first, ' '))
		words[n++] = strchr(first, ' ') + 1;
	for (i = 1; i < nr; i++) {
		skip = output_words(command, i);
		if (skip)
			i += skip - 1;
		else
			words[n++] = json_string_value(json_array_get(command,
								      i));
	}
	mail_command(out, words);
	free(words);
	return 0;
}

static bool same_run(const struct table *a, size_t i, const struct table *b)
{
	for (size_t j = 0; j < b->nr_runs; j++)
		if (!strcmp(a->runs[i].id, b->runs[j].id))
			return true;
	return false;
}

static int put_commands(FILE *out, const struct lkml *l)
{
	const struct compare *first = l->compares;
	int ret = 0;

	for (size_t i = 0; i < first->old.nr_runs && !ret; i++)
		ret = put_command(out, &first->old, i);
	for (size_t k = 0; k < l->nr; k++) {
		const struct table *t = &l->compares[k].new;

		for (size_t i = 0; i < t->nr_runs && !ret; i++)
			if (!same_run(t, i, &first->old) &&
			    !(k && same_run(t, i, &l->compares[k - 1].new)))
				ret = put_command(out, t, i);
	}
	return ret;
}

static int put_body(FILE *out, const struct lkml *l)
{
	const struct compare *first = l->compares;
	struct doc d = { .out = out };
	int ret = 0;

	put_intro(&d, l);
	for (size_t k = 0; k < l->nr && !ret; k++)
		ret = put_groups(&d, l, k);
	report_provenance(&d, &first->old);
	for (size_t k = 0; k < l->nr; k++) {
		const struct table *t = &l->compares[k].new;

		if (!same_run(t, 0, &first->old) &&
		    !(k && same_run(t, 0, &l->compares[k - 1].new)))
			report_provenance(&d, t);
	}
	put_patches(&d, &first->old, first->pairs[0].old);
	for (size_t k = 0; k < l->nr; k++)
		put_patches(&d, &l->compares[k].new,
			    l->compares[k].pairs[0].new);
	doc_put(&d, DOC_TITLE, "to repeat it, after `make deps all`:");
	if (ret)
		return ret;
	return d.failed ? no_memory() : put_commands(out, l);
}

int lkml_text(FILE *out, const struct lkml *l)
{
	char *text = NULL;
	size_t len = 0;
	FILE *body = open_memstream(&text, &len);
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
