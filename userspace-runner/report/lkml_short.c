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
#include "base/text.h"
#include "base/text_stream.h"
#include "doc/doc.h"
#include "doc/figures.h"
#include "profile/changes.h"
#include "report/lkml.h"
#include "report/lkml_set.h"
#include "report/lost.h"
#include "report/mail.h"
#include "report/repeat.h"
#include "results/record.h"

#define MOST_SUBJECTS	3	/* of more the names have to do */
#define MOST_LINES	40

enum what { PERCENT, COST, CHANGE };

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

	const char *none = lkml_no_change(cell, QUANTITY_COST);

	if (what == CHANGE && none)
		snprintf(text, FIGURE_LEN, "%s", none);
	else if (what == CHANGE)
		figure_amount(text, d->diff, true);
	else if (!c || !c->valid)
		snprintf(text, FIGURE_LEN, "%s", c ? "invalid" : "-");
	else if (what == PERCENT)
		figure_percent(text, c->cost_pct);
	else
		figure_amount(text, c->cost, true);
}

/* A table: a place's group, and the sizes of its columns. */
struct place {
	const struct compare_group *group;
	long long *sizes;
	size_t nr;
};

static void put_row(struct doc *d, const char *label, const struct place *p,
		    const struct compare_group *of, enum what what, bool old)
{
	const struct compare_cell *cell;

	doc_row(d, "%s", label);
	for (size_t i = 0; i < p->nr; i++) {
		char text[FIGURE_LEN] = "-";

		cell = lkml_cell(of, p->sizes[i]);
		if (cell)
			cell_text(text, cell, what, old);
		doc_cell(d, "%s", text);
	}
}

static void put_rows(struct doc *d, const struct lkml *l,
		     const struct place *p, enum what what)
{
	const struct compare_group *of;
	char label[80];

	label_of(label, sizeof(label), l, 0, true);
	put_row(d, label, p, p->group, what, true);
	for (size_t k = 0; k < l->nr; k++) {
		of = lkml_group(&l->compares[k], p->group);
		if (!of)
			continue;
		label_of(label, sizeof(label), l, k, false);
		put_row(d, label, p, of, what, false);
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
		of = lkml_group(&l->compares[k], g);
		label_of(label, sizeof(label), l, k, false);
		if (of)
			put_lost(d, label, &l->compares[k], of, true);
	}
}

static int put_group(struct doc *d, const struct lkml *l,
		     const struct compare_group *g)
{
	struct place p = { .group = g };

	p.sizes = lkml_sizes(l, g, &p.nr);
	if (!p.sizes)
		return EX_FAIL;
	doc_put(d, DOC_HEADING, "%s, %s, %s: (on-off)/off, and on-off in %s",
		g->topology, g->bench, g->instrument, compare_unit(g));
	doc_row(d, "size, B");
	for (size_t i = 0; i < p.nr; i++)
		doc_cell(d, "%lld", p.sizes[i]);
	put_rows(d, l, &p, PERCENT);
	doc_row(d, "on - off");
	for (size_t i = 0; i < p.nr; i++)
		doc_cell(d, "%s", "");
	put_rows(d, l, &p, COST);
	if (l->nr == 1)
		put_row(d, "  change", &p, g, CHANGE, false);
	doc_table(d);
	put_failed(d, l, g);
	free(p.sizes);
	return 0;
}

static void put_subjects(struct doc *d, const struct lkml *l)
{
	const struct table_kernel *k, *old = kernel_of(l->compares, true);
	char label[80];

	/* An OLD that is a version of the NEW one is a patch, too. */
	k = kernel_of(l->compares, false);
	if (l->nr == 1 && k && old && !strcmp(k->name, old->name) &&
	    strcmp(k->subject, old->subject))
		doc_put(d, DOC_ITEM, "%s, old: %s", old->name,
			old->subject[0] ? old->subject : "no patch");
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
	struct profile_change *changes;
	struct profile_set set;
	char text[FIGURE_LEN];
	size_t nr;
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
		ret = profile_changes(a, b, &changes, &nr);
		if (!ret && nr && changes->new != changes->old) {
			figure_amount(text, changes->new - changes->old, true);
			doc_put(d, DOC_ITEM, "most of the change at %s, %lld B: %s of on - off in %s()",
				a->topology, a->param, text, changes->function);
		}
		free(changes);
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

/*
 * The @i'th kernel, OLD's and then the NEW ones, if a reader has to add it and
 * none before is the same; else NULL. @replaces: is one before of its name?
 */
static const struct table_kernel *added(const struct lkml *l, size_t i,
					bool *replaces)
{
	const struct table_kernel *k, *before;

	*replaces = false;
	k = kernel_of(&l->compares[i ? i - 1 : 0], !i);
	if (!k || !is_added(k))
		return NULL;
	for (size_t j = 0; j < i; j++) {
		before = kernel_of(&l->compares[j ? j - 1 : 0], !j);
		if (!before || strcmp(before->name, k->name))
			continue;
		if (same_text(before->image_sha256, k->image_sha256))
			return NULL;
		*replaces = true;
	}
	return k;
}

static size_t count_added(const struct lkml *l)
{
	bool replaces;
	size_t nr = 0;

	for (size_t i = 0; i <= l->nr; i++)
		nr += added(l, i, &replaces) != NULL;
	return nr;
}

/* The kernels of the run @id that a reader has to add. */
static void put_adds(FILE *out, const struct lkml *l, const char *id)
{
	for (size_t i = 0; i <= l->nr; i++) {
		const struct compare *c = &l->compares[i ? i - 1 : 0];
		const struct table *t = i ? &c->new : &c->old;
		const char *words[8], *mbox = "THREAD.mbox";
		const struct table_kernel *k;
		bool replaces;
		char name[32];
		size_t n = 0;

		k = added(l, i, &replaces);
		if (!k || strcmp(t->runs[k->run].id, id))
			continue;
		if (count_added(l) > 1) {
			snprintf(name, sizeof(name), i < 2 ? "%s.mbox" :
				 "%s-%zu.mbox", i ? "NEW" : "OLD", i);
			mbox = name;
		}
		words[n++] = "build/pcpubench";
		words[n++] = "kernel";
		words[n++] = "add";
		words[n++] = k->name;
		if (replaces)
			words[n++] = "--replace";
		words[n++] = "--from";
		words[n++] = mbox;
		words[n] = NULL;
		mail_command(out, words);
	}
}

static int put_repeat(struct doc *d, const struct lkml *l)
{
	const struct compare *c = l->compares;
	const struct table_kernel *new = kernel_of(c, false) ? :
					 &c->new.kernels[0];
	const char *tool = c->new.runs[new->run].tool;
	bool exact = c->groups[0].cells[0].exact;
	size_t nr = count_added(l);

	doc_begin(d, DOC_TEXT);
	doc_print(d, "%s, Linux %s, by %s. To repeat it, `make deps all` there%s:",
		  exact ? "Counted in QEMU, the same on every host" : "Timed",
		  text_known(new->release), tool ? tool : "pcpubench",
		  !nr ? "" : nr == 1 ?
		  ", with these patches saved as THREAD.mbox" :
		  ", with the patches of each saved as OLD.mbox, NEW.mbox, ..");
	doc_end(d);
	if (d->failed)
		return no_memory();
	return repeat_commands(d->out, l, put_adds);
}

/* ------------------------------------------------------------------- the mail */

static size_t lines_of(const char *text)
{
	size_t nr = 0;

	for (; *text; text++)
		nr += *text == '\n';
	return nr;
}

/* @tables had no room. */
static void put_missing(struct doc *d, const struct lkml *l, size_t tables)
{
	size_t i;

	if (tables)
		doc_put(d, DOC_TEXT, "%zu more tables: `pcpubench lkml --full`",
			tables);
	if (!l->nr_left_out)
		return;
	doc_begin(d, DOC_TEXT);
	doc_print(d, "Not comparable, and left out: ");
	for (i = 0; i < l->nr_left_out; i++)
		doc_print(d, "%s%.*s", i ? ", " : "",
			  (int)strcspn(l->left_out[i], " "), l->left_out[i]);
	doc_print(d, ". `pcpubench lkml --full` says why.");
	doc_end(d);
}

/* With the tables of the first @shown of @nr groups. */
static int put_body(FILE *out, const struct lkml *l,
		    const struct compare_group *const *groups, size_t nr,
		    size_t shown)
{
	struct doc d = { .out = out };
	int ret = 0;

	put_subjects(&d, l);
	for (size_t i = 0; i < shown && !ret; i++)
		ret = put_group(&d, l, groups[i]);
	put_missing(&d, l, nr - shown);
	if (!ret && l->nr == 1)
		ret = put_function(&d, l->compares);
	return ret ? ret : put_repeat(&d, l);
}

/* Has @other the same counts as the profile @g? */
static bool repeats(const struct compare_group *g,
		    const struct compare_group *other)
{
	return !strcmp(g->instrument, "profile") &&
	       !strcmp(other->instrument, "insn") &&
	       !strcmp(g->topology, other->topology) &&
	       !strcmp(g->bench, other->bench);
}

/* A profile beside the counts is there for its functions. */
static size_t drop_repeats(const struct compare_group **groups, size_t nr)
{
	size_t kept = 0, i, k;

	for (i = 0; i < nr; i++) {
		for (k = 0; k < nr && !repeats(groups[i], groups[k]); k++)
			;
		if (k == nr)
			groups[kept++] = groups[i];
	}
	return kept;
}

int lkml_short(FILE *out, const struct lkml *l)
{
	size_t nr, shown, len;
	const struct compare_group **groups = lkml_groups(l, &nr);
	char *text = NULL;
	FILE *body;
	int ret;

	if (!groups)
		return EX_FAIL;
	nr = drop_repeats(groups, nr);
	/* A table has more than one line. */
	shown = nr < MOST_LINES ? nr : MOST_LINES;

	do {
		free(text);
		text = NULL;
		body = text_stream(&text, &len);
		ret = body ? put_body(body, l, groups, nr, shown) : no_memory();
		if (body && fclose(body) && !ret)
			ret = no_memory();
	} while (!ret && lines_of(text) > MOST_LINES && --shown);
	if (!ret)
		mail_text(out, text);
	free(groups);
	free(text);
	return ret;
}
