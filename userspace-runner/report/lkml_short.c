// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A reply of a screen: what was changed, amounts and percent on each topology, the
 * function that changed, and how a reader of the mail can have the same numbers.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "doc/doc.h"
#include "doc/figures.h"
#include "profile/set.h"
#include "report/lkml.h"
#include "report/lost.h"
#include "report/mail.h"
#include "results/record.h"

#ifndef PCPUBENCH_URL
#define PCPUBENCH_URL	""
#endif

#define MOST_SUBJECTS	3	/* of more the names have to do */
#define MOST_LINES	40

enum what { PERCENT, COST, CHANGE };

static const struct compare_group *group_like(const struct compare *c,
					      const struct compare_group *g)
{
	for (size_t i = 0; i < c->nr_groups; i++)
		if (!strcmp(c->groups[i].topology, g->topology) &&
		    !strcmp(c->groups[i].instrument, g->instrument) &&
		    !strcmp(c->groups[i].bench, g->bench))
			return &c->groups[i];
	return NULL;
}

static const struct table_kernel *kernel_of(const struct compare *c, bool old)
{
	unsigned int k = old ? c->pairs[0].old : c->pairs[0].new;

	if (k == COMPARE_NO_KERNEL)
		return NULL;
	return old ? &c->old.kernels[k] : &c->new.kernels[k];
}

/* Two builds of one name are OLD's and NEW's, or told by their image. */
static void label_of(char *label, size_t room, const struct lkml *l, size_t k,
		     bool old)
{
	const struct compare *c = &l->compares[k];
	const struct table_kernel *mine = kernel_of(c, old), *other;
	const char *name = old ? c->pairs[0].old_name : c->pairs[0].new_name;
	bool same = false;

	for (size_t i = 0; i < l->nr; i++) {
		other = kernel_of(&l->compares[i], false);
		same |= other && (old || i != k) && !strcmp(other->name, name);
	}
	same |= !old && !strcmp(c->pairs[0].old_name, name);
	if (!same || !mine)
		snprintf(label, room, "%s", name);
	else if (l->nr == 1)
		snprintf(label, room, "%s, %s", name, old ? "old" : "new");
	else
		snprintf(label, room, "%s (%.6s)", name, mine->image_sha256 ?
			 mine->image_sha256 : "unknown");
}

static void cell_text(char text[FIGURE_LEN], const struct compare_cell *cell,
		      enum what what, bool old)
{
	const struct table_cell *c = old ? cell->old : cell->new;
	const struct compare_diff *d = &cell->diff[QUANTITY_COST];

	if (what == CHANGE && cell->reason[0])
		snprintf(text, FIGURE_LEN, "-");
	else if (what == CHANGE && (d->verdict == VERDICT_UNCLEAR ||
				    d->verdict == VERDICT_FEW))
		snprintf(text, FIGURE_LEN, "~");
	else if (what == CHANGE)
		figure_amount(text, d->diff, true);
	else if (!c || !c->valid)
		snprintf(text, FIGURE_LEN, "%s", c ? "invalid" : "-");
	else if (what == PERCENT)
		figure_percent(text, c->cost_pct);
	else
		figure_amount(text, c->cost, true);
}

/* A row of @of's cells, under the columns that @g has. */
static void put_row(struct doc *d, const char *label,
		    const struct compare_group *g,
		    const struct compare_group *of, enum what what, bool old)
{
	doc_row(d, "%s", label);
	for (size_t i = 0; i < g->nr_cells; i++) {
		char text[FIGURE_LEN] = "-";

		for (size_t j = 0; of && j < of->nr_cells; j++)
			if (of->cells[j].param == g->cells[i].param)
				cell_text(text, &of->cells[j], what, old);
		doc_cell(d, "%s", text);
	}
}

static void put_rows(struct doc *d, const struct lkml *l,
		     const struct compare_group *g, enum what what)
{
	char label[80];

	label_of(label, sizeof(label), l, 0, true);
	put_row(d, label, g, g, what, true);
	for (size_t k = 0; k < l->nr; k++) {
		const struct compare_group *of = group_like(&l->compares[k], g);

		if (!of)
			continue;
		label_of(label, sizeof(label), l, k, false);
		put_row(d, label, g, of, what, false);
	}
}

/* Boots that are in none of these numbers. */
static void put_failed(struct doc *d, const struct lkml *l,
		       const struct compare_group *g)
{
	const struct compare_group *of;
	char label[80];

	label_of(label, sizeof(label), l, 0, true);
	put_lost(d, label, l->compares, g, false);
	for (size_t k = 0; k < l->nr; k++) {
		of = group_like(&l->compares[k], g);
		label_of(label, sizeof(label), l, k, false);
		if (of)
			put_lost(d, label, &l->compares[k], of, true);
	}
}

static void put_group(struct doc *d, const struct lkml *l,
		      const struct compare_group *g)
{
	doc_put(d, DOC_HEADING, "%s, %s, %s: (on-off)/off, and on-off in %s",
		g->topology, g->bench, g->instrument, compare_unit(g));
	doc_row(d, "size, B");
	for (size_t i = 0; i < g->nr_cells; i++)
		doc_cell(d, "%lld", g->cells[i].param);
	put_rows(d, l, g, PERCENT);
	doc_row(d, "on - off");
	for (size_t i = 0; i < g->nr_cells; i++)
		doc_cell(d, "%s", "");
	put_rows(d, l, g, COST);
	if (l->nr == 1)
		put_row(d, "  change", g, g, CHANGE, false);
	doc_table(d);
	put_failed(d, l, g);
}

static void put_subjects(struct doc *d, const struct lkml *l)
{
	const struct table_kernel *k;
	char label[80];

	for (size_t i = 0; i < l->nr && l->nr <= MOST_SUBJECTS; i++) {
		k = kernel_of(&l->compares[i], false);
		label_of(label, sizeof(label), l, i, false);
		if (k && k->subject[0])
			doc_put(d, DOC_ITEM, "%s: %s", label, k->subject);
	}
}

/* ---------------------------------------------------- the function that changed */

static bool has_profile(const struct table *t)
{
	const json_t *cell;
	size_t i, j;

	for (i = 0; i < t->nr_boots; i++)
		json_array_foreach(t->boots[i].cells, j, cell)
			if (record_is(cell, "profile"))
				return true;
	return false;
}

/* The function whose cost differs most from @a's to @b's, and by how much. */
static int find_changed(const struct profile *a, const struct profile *b,
			char *name, size_t room, double *most)
{
	struct profile_row *old, *new = NULL;
	size_t nr_old, nr_new, i, j;
	int ret = profile_rows(a, &old, &nr_old);

	*most = 0;
	if (ret)
		return ret;
	ret = profile_rows(b, &new, &nr_new);
	for (i = 0; !ret && i < nr_new + nr_old; i++) {
		const struct profile_row *r = i < nr_new ? &new[i] :
					      &old[i - nr_new];
		double diff = i < nr_new ? r->cost : -r->cost;
		const struct profile_row *there = i < nr_new ? old : new;
		size_t nr = i < nr_new ? nr_old : nr_new;

		for (j = 0; j < nr; j++)
			if (!strcmp(there[j].function, r->function))
				diff += i < nr_new ? -there[j].cost :
					there[j].cost;
		if (fabs(diff) <= fabs(*most))
			continue;
		*most = diff;
		snprintf(name, room, "%s", r->function);
	}
	free(old);
	free(new);
	return ret;
}

static int load_profiles(struct profile_set *set, const struct compare *c)
{
	size_t nr = 0, all = c->old.nr_runs + c->new.nr_runs, i, j;
	char **paths = calloc(all, sizeof(*paths));
	int ret;

	for (i = 0; paths && i < all; i++) {
		const struct table *t = i < c->old.nr_runs ? &c->old : &c->new;
		char *path = t->runs[t == &c->old ? i : i - c->old.nr_runs]
			     .boots.file.path;

		for (j = 0; j < nr && strcmp(paths[j], path); j++)
			;
		if (j == nr)
			paths[nr++] = path;
	}
	ret = paths ? profile_set_load(set, paths, nr, &(struct profile_filter){
		.param = -1,
	}) : no_memory();
	free(paths);
	return ret;
}

/* Of the first cell that both kernels have a profile of. */
static int put_function(struct doc *d, const struct compare *c)
{
	const struct table_kernel *old = kernel_of(c, true);
	const struct table_kernel *new = kernel_of(c, false);
	struct profile_set set;
	char name[128], text[FIGURE_LEN];
	double most;
	int ret;

	if (!old || !new || !has_profile(&c->old) || !has_profile(&c->new))
		return 0;
	ret = load_profiles(&set, c);
	if (ret)
		return ret;
	for (size_t i = 0; i < set.nr && !ret; i++) {
		const struct profile *a = &set.profiles[i], *b;

		if (strcmp(a->kernel, old->given))
			continue;
		b = profile_set_find(&set, a, new->given);
		if (!b)
			continue;
		ret = find_changed(a, b, name, sizeof(name), &most);
		if (ret || !most)
			break;
		figure_amount(text, most, true);
		doc_put(d, DOC_ITEM, "most of the change at %s, %lld B: %s of on - off in %s()",
			a->topology, a->param, text, name);
		break;
	}
	profile_set_free(&set);
	return ret;
}

/* ------------------------------------------------------------- to repeat it */

/* Is it this project's own, or does a reader have to add it first? */
static bool is_added(const struct table_kernel *k)
{
	return strchr(k->given, '/') ||
	       json_object_get(k->record, "origin");
}

/* "linux-source-6.12 6.12.117-1" is KERNEL=6.12. */
static bool version_word(const struct table *t, char *word, size_t room)
{
	static const char debian[] = "linux-source-";

	for (size_t i = 0; i < t->nr_kernels; i++) {
		const char *source = t->kernels[i].source;

		if (!source || strncmp(source, debian, strlen(debian)))
			continue;
		source += strlen(debian);
		snprintf(word, room, "KERNEL=%.*s", (int)strcspn(source, " "),
			 source);
		return true;
	}
	return false;
}

/* What a word of the command is to a reader; NULL where it is of no use there. */
static const char *reader_word(const struct table *t, const char *word)
{
	for (size_t i = 0; i < t->nr_kernels; i++)
		if (!strcmp(t->kernels[i].given, word))
			return t->kernels[i].name;
	if (!strncmp(word, "-o", 2) || !strncmp(word, "--output=", 9) ||
	    !strncmp(word, "--jobs=", 7) || !strncmp(word, "-j", 2))
		return NULL;
	/* Where a series lay on the machine of who measured is nobody's matter. */
	if (word[0] != '-' && strrchr(word, '/') && strrchr(word, '/')[1])
		return strrchr(word, '/') + 1;
	return word;
}

static int put_command(FILE *out, const struct table *t)
{
	const json_t *command = record_at(json_array_get(
		t->runs[0].boots.file.records, 0), "command");
	size_t n = 0, i, nr = json_array_size(command);
	const char **words = calloc(nr + 3, sizeof(*words)), *word;
	char version[64];

	if (!words)
		return no_memory();
	if (version_word(t, version, sizeof(version)))
		words[n++] = version;
	words[n++] = "build/pcpubench";
	for (i = 0; i < nr; i++) {
		word = json_string_value(json_array_get(command, i));
		if (!i)
			word = strchr(word, ' ') ? strchr(word, ' ') + 1 : NULL;
		else if (!strcmp(word, "-o") || !strcmp(word, "--output") ||
			 !strcmp(word, "-j") || !strcmp(word, "--jobs"))
			word = (i++, NULL);
		else
			word = reader_word(t, word);
		if (word)
			words[n++] = word;
	}
	mail_command(out, words);
	free(words);
	return 0;
}

static void put_add(FILE *out, const struct table_kernel *k)
{
	const char *words[] = {
		"build/pcpubench", "kernel", "add", k->name, "--from",
		"THREAD.mbox", NULL
	};

	if (is_added(k))
		mail_command(out, words);
}

static int put_repeat(struct doc *d, const struct lkml *l)
{
	const struct compare *c = l->compares;
	const struct table_run *run = &c->new.runs[0];
	bool added = false, exact = c->groups[0].cells[0].exact;

	for (size_t i = 0; i < l->nr; i++) {
		const struct table_kernel *k = kernel_of(&l->compares[i], false);

		added |= k && is_added(k);
	}
	doc_begin(d, DOC_TEXT);
	doc_print(d, "%s, Linux %s, by %s%s%s. To repeat it, `make deps all` there%s:",
		  exact ? "Counted in QEMU, the same on every host" : "Timed",
		  c->new.kernels[0].release ? c->new.kernels[0].release :
		  "unknown", run->tool ? run->tool : "pcpubench",
		  PCPUBENCH_URL[0] ? " of " : "", PCPUBENCH_URL,
		  added ? ", with these patches saved as THREAD.mbox" : "");
	doc_end(d);
	if (d->failed)
		return no_memory();
	for (size_t i = 0; i < l->nr; i++)
		if (kernel_of(&l->compares[i], false))
			put_add(d->out, kernel_of(&l->compares[i], false));
	return put_command(d->out, &c->new);
}

/* ------------------------------------------------------------------- the mail */

static size_t lines_of(const char *text)
{
	size_t nr = 0;

	for (; *text; text++)
		nr += *text == '\n';
	return nr;
}

/* With the tables of the first @groups topologies. */
static int put_body(FILE *out, const struct lkml *l, size_t groups)
{
	const struct compare *c = l->compares;
	struct doc d = { .out = out };
	int ret;

	put_subjects(&d, l);
	for (size_t i = 0; i < groups; i++)
		put_group(&d, l, &c->groups[i]);
	if (groups < c->nr_groups || l->nr_left_out)
		doc_put(&d, DOC_TEXT, "%zu more tables, and what is left out: `pcpubench lkml --full`",
			c->nr_groups - groups);
	ret = l->nr == 1 ? put_function(&d, c) : 0;
	return ret ? ret : put_repeat(&d, l);
}

int lkml_short(FILE *out, const struct lkml *l)
{
	size_t groups = l->compares[0].nr_groups, len;
	char *text = NULL;
	FILE *body;
	int ret;

	do {
		free(text);
		text = NULL;
		body = open_memstream(&text, &len);
		if (!body)
			return no_memory();
		ret = put_body(body, l, groups);
		if (fclose(body) && !ret)
			ret = no_memory();
	} while (!ret && lines_of(text) > MOST_LINES && --groups);
	if (!ret)
		mail_text(out, text);
	free(text);
	return ret;
}
