// SPDX-License-Identifier: GPL-2.0-or-later
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

/* A row of a table: of a compare's NEW, or of OLD. */
struct row {
	const struct compare_group *group;
	const struct compare_pair *pair;
	bool old;
	enum line line;
};

/* One table: the same quantity of all revisions. */
struct view {
	long long *params;	/* the columns: what any of them measured */
	size_t nr_params;
	struct row *rows;
	size_t nr_rows;
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

static const char *word_for(const struct table_cell *cell)
{
	return cell ? "invalid" : "-";
}

static void put_value(char text[GRID_CELL_LEN], const struct view *v,
		      const struct table_cell *cell, bool exact)
{
	double value;

	if (!cell || !cell->valid) {
		snprintf(text, GRID_CELL_LEN, "%s", word_for(cell));
		return;
	}
	value = compare_quantity(cell, v->quantity);
	if (v->percent)
		figure_percent(text, cell->cost_pct);
	else if (exact)
		figure_exact(text, value, v->quantity == QUANTITY_COST);
	else
		figure_amount(text, value, v->quantity == QUANTITY_COST);
}

static void put_diff(char text[GRID_CELL_LEN], const struct compare_cell *cell,
		     enum quantity q, bool relative)
{
	const struct compare_diff *d = &cell->diff[q];

	if (cell->reason[0])
		snprintf(text, GRID_CELL_LEN, "-");
	else if (d->verdict == VERDICT_UNCLEAR || d->verdict == VERDICT_FEW)
		snprintf(text, GRID_CELL_LEN, "~");
	else if (relative)
		snprintf(text, GRID_CELL_LEN, "%+.2f%%",
			 compare_percent(d, d->diff));
	else if (cell->exact)
		figure_exact(text, d->diff, true);
	else
		figure_amount(text, d->diff, true);
}

static void view_cell(const void *ctx, size_t row, size_t col,
		      char text[GRID_CELL_LEN])
{
	const struct view *v = ctx;
	long long param = v->params[col];
	const struct compare_cell *cell;
	const struct row *r;

	if (row == GRID_HEAD) {
		snprintf(text, GRID_CELL_LEN, "%lld", param);
		return;
	}
	r = &v->rows[row];
	cell = cell_of(r->group, param);
	if (!cell)
		snprintf(text, GRID_CELL_LEN, "-");
	else if (r->line == LINE_VALUE)
		put_value(text, v, r->old ? cell->old : cell->new, cell->exact);
	else
		put_diff(text, cell, v->quantity, r->line == LINE_RELATIVE);
}

/* Of a kernel that was named by its path only the end. */
static const char *short_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash && slash[1] ? slash + 1 : name;
}

static const char *view_label(const void *ctx, size_t row)
{
	static char label[128];
	const struct view *v = ctx;
	const struct row *r = &v->rows[row];

	if (r->line == LINE_CHANGE)
		return "  change";
	if (r->line == LINE_RELATIVE)
		return "  relative";
	snprintf(label, sizeof(label), "%s%s",
		 short_name(r->old ? r->pair->old_name : r->pair->new_name),
		 strcmp(r->pair->old_name, r->pair->new_name) ? "" :
		 r->old ? ", old" : ", new");
	return label;
}

/* Is there a difference to print, and is one of them not 0? */
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

static int add_row(struct view *v, struct row row)
{
	if (array_room(&v->rows, v->nr_rows, sizeof(row)))
		return EX_FAIL;
	v->rows[v->nr_rows++] = row;
	return 0;
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

static int add_rows(struct view *v, const struct compare *c,
		    const struct compare_group *g)
{
	struct row row = { .group = g, .pair = &c->pairs[g->pair] };
	bool some, changed;
	int ret;

	look(g, v->quantity, &some, &changed);
	ret = add_row(v, row);
	if (v->percent || !some)
		return ret;
	row.line = LINE_CHANGE;
	if (!ret)
		ret = add_row(v, row);
	row.line = LINE_RELATIVE;
	if (!ret && changed)
		ret = add_row(v, row);
	return ret;
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

static int put_view(struct doc *d, const struct lkml *l,
		    const struct compare_group *first, enum quantity q,
		    bool percent, const char *title)
{
	struct view v = { .quantity = q, .percent = percent };
	struct grid g = {
		.corner = "size, B", .label = view_label, .cell = view_cell,
		.ctx = &v,
	};
	int ret;

	ret = add_row(&v, (struct row){
		.group = first, .pair = l->compares->pairs, .old = true,
	});
	for (size_t i = 0; i < l->nr && !ret; i++) {
		const struct compare_group *group =
			same_group(&l->compares[i], first);

		if (group)
			ret = add_columns(&v, group);
		if (group && !ret)
			ret = add_rows(&v, &l->compares[i], group);
	}
	if (!ret) {
		g.nr_rows = v.nr_rows;
		g.nr_cols = v.nr_params;
		doc_put(d, DOC_TITLE, "%s", title);
		doc_grid(d, &g);
	}
	free(v.params);
	free(v.rows);
	return ret;
}

/* Why cells have no number, each reason once. */
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
					short_name(l->compares[i].pairs
						   [g->pair].new_name),
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
			put_lost(d, short_name(c->pairs->old_name), c, g, false);
		put_lost(d, short_name(c->pairs->new_name), c, g, true);
		old = true;
	}
}

static int put_group(struct doc *d, const struct lkml *l,
		     const struct compare_group *g)
{
	static const char *const what[][2] = {
		[QUANTITY_COST] = { "ACCT COST, on - off", "" },
		[QUANTITY_OFF] = { "off: ", " that is not accounted" },
		[QUANTITY_ON] = { "on: ", " that is" },
	};
	char title[80];
	int ret;

	doc_put(d, DOC_HEADING, "%s, %s, %s", g->topology, g->bench,
		g->instrument);
	ret = put_view(d, l, g, QUANTITY_COST, true,
		       "ACCT COST, (on - off) / off");
	for (enum quantity q = 0; q < NR_QUANTITIES && !ret; q++) {
		snprintf(title, sizeof(title), "%s%s%s, %s", what[q][0],
			 q == QUANTITY_COST ? "" : bench_one(g->bench),
			 what[q][1], compare_unit(g));
		ret = put_view(d, l, g, q, false, title);
	}
	put_reasons(d, l, g);
	put_all_lost(d, l, g);
	return ret;
}

/* What the @k'th revision measured and none before it. */
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
		  short_name(c->pairs[0].old_name));
	doc_end(d);
	if (exact)
		doc_put(d, DOC_TEXT, "Counted in an emulator: exact, the same in every boot and on every host, and without caches, pipeline or contention.");
	if (timed)
		doc_put(d, DOC_TEXT, "Times are medians over boots; \"~\" is a difference that is not significant (Mann-Whitney U, Benjamini-Hochberg, %g).",
			c->opt.alpha);
	for (size_t i = 0; i < l->nr_left_out; i++)
		doc_put(d, DOC_ITEM, "%s", l->left_out[i]);
}

/* ".patch" makes most names too long for a line, and says nothing. */
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
		short_name(t->kernels[kernel].name));
	json_array_foreach(patches, i, patch) {
		name = record_string(patch, "name");
		hash = record_string(patch, "sha256");
		doc_put(d, DOC_ITEM, "%.12s %.*s", hash ? hash : "",
			(int)(strlen(name) - has_suffix(name)), name);
	}
}

/* Where it went on another machine is of no use, and may be there already. */
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

/* What was typed, behind the version of the source it was for. */
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
	/* "pcpubench sweep" is one word there. */
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
	if (!ret && !d.failed)
		ret = put_commands(out, l);
	return d.failed ? no_memory() : ret;
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
