// SPDX-License-Identifier: GPL-2.0-or-later
/* Loads the profiles of results files, and sums them by function. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/near.h"
#include "plan/bench.h"
#include "profile/sampled.h"
#include "profile/set.h"
#include "profile/symbols.h"
#include "results/kernel_label.h"
#include "results/record.h"

static bool same_cell(const struct profile *a, const struct profile *b)
{
	return !strcmp(a->topology, b->topology) && !strcmp(a->bench, b->bench) &&
	       a->param == b->param;
}

static bool passes(const struct profile *p, const struct profile_filter *f)
{
	return (!f->kernel || !strcmp(f->kernel, p->kernel)) &&
	       (!f->topology || !strcmp(f->topology, p->topology)) &&
	       (!f->bench || bench_covers(f->bench, p->bench)) &&
	       (f->param < 0 || f->param == p->param);
}

const struct profile *profile_set_find(const struct profile_set *set,
				       const struct profile *like,
				       const char *kernel)
{
	for (size_t i = 0; i < set->nr; i++)
		if (same_cell(&set->profiles[i], like) &&
		    !strcmp(set->profiles[i].kernel, kernel))
			return &set->profiles[i];
	return NULL;
}

/* Boots may leave out different samples, but their values must be equal. */
static bool same_values(const struct profile *a, const struct profile *b)
{
	return profile_value(a, a->insns, PROFILE_OFF) ==
	       profile_value(b, b->insns, PROFILE_OFF) &&
	       profile_value(a, a->insns, PROFILE_ON) ==
	       profile_value(b, b->insns, PROFILE_ON);
}

static int add(struct profile_set *set, struct profile *p, const char *path)
{
	const struct profile *old = profile_set_find(set, p, p->kernel);
	int e = 0;

	/* Sampled profiles add up, over boots and repeats. */
	if (old && p->event && old->event)
		e = sampled_merge(&set->profiles[old - set->profiles], p);
	else if (old && !same_values(old, p))
		e = err(EX_USE, "%s: boots of %s %s %lld B differ: profiles are exact, so these are two kernels; give one file at a time",
			path, p->kernel, p->topology, p->param);
	else if (!old)
		e = array_room(&set->profiles, set->nr, sizeof(*p));
	if (old || e)
		profile_free(p);
	else
		set->profiles[set->nr++] = *p;
	return e;
}

static int add_boot(struct profile_set *set, const struct boot_records *boot,
		    const char *path, const struct profile_filter *filter)
{
	const json_t *record;
	struct profile p;
	size_t i;
	int e = 0;

	json_array_foreach(boot->cells, i, record) {
		if (e || !record_is(record, "profile"))
			continue;
		e = profile_read(&p, record, path);
		if (!e && passes(&p, filter))
			e = add(set, &p, path);
		else if (!e)
			profile_free(&p);
	}
	return e;
}

/* The name of the kernel of @record if its label is @word, else NULL. */
static const char *labelled(const json_t *record, const char *word)
{
	char *label = kernel_label(record);
	bool same = label && !strcmp(label, word);

	free(label);
	return same ? record_string(record, "kernel") : NULL;
}

int profile_set_kernel(const struct profile_set *set, const char *word,
		       const char **kernel)
{
	const char *name, *found = NULL, *other = NULL;
	const json_t *record;
	size_t f, i;

	*kernel = word;
	for (f = 0; word && f < set->nr_files; f++)
		json_array_foreach(set->files[f].file.records, i, record) {
			if (!record_is(record, "kernel"))
				continue;
			if (!strcmp(record_string(record, "kernel"), word))
				return 0;
			name = labelled(record, word);
			if (name && found && strcmp(name, found))
				other = name;
			else if (name)
				found = name;
		}
	if (other)
		return err(EX_USE, "several kernels '%s': give one of %s, %s",
			   word, found, other);
	if (found)
		*kernel = found;
	return 0;
}

/* @known: boots of the files before, NULL if there is only one file. */
static int read_boots(struct profile_set *set, const char *path, json_t *known)
{
	struct boots *file = &set->files[set->nr_files];
	int e = boots_read(path, file);

	if (e)
		return e;
	set->nr_files++;
	return known ? boots_drop_known(file, known, NULL) : 0;
}

static int add_boots(struct profile_set *set, const struct boots *file,
		     const struct profile_filter *filter)
{
	int e = 0;

	for (size_t i = 0; i < file->nr && !e; i++)
		if (boot_is_ok(&file->list[i]))
			e = add_boot(set, &file->list[i], file->file.path,
				     filter);
	return e;
}

/* Place of a name among the records of a type, in all files. */
static size_t place(const struct profile_set *set, const char *type,
		    const char *field, const char *name)
{
	const json_t *record;
	size_t i, f, n = 0;

	for (f = 0; f < set->nr_files; f++)
		json_array_foreach(set->files[f].file.records, i, record) {
			if (!record_is(record, type))
				continue;
			if (!strcmp(record_string(record, field), name))
				return n;
			n++;
		}
	return n;
}

static int compare_cells(const void *x, const void *y, void *arg)
{
	const struct profile *a = x, *b = y;
	const struct profile_set *set = arg;
	size_t pa, pb;

	pa = place(set, "boot", "topology", a->topology);
	pb = place(set, "boot", "topology", b->topology);
	if (pa == pb) {
		pa = place(set, "kernel", "kernel", a->kernel);
		pb = place(set, "kernel", "kernel", b->kernel);
	}
	if (pa != pb)
		return pa < pb ? -1 : 1;
	return (a->param > b->param) - (a->param < b->param);
}

/* Loads what passes; @set may then be empty. */
static int load_all(struct profile_set *set, char *const *paths, size_t nr,
		    const struct profile_filter *filter)
{
	json_t *known = nr > 1 ? json_object() : NULL;
	struct profile_filter own = *filter;
	int e;

	memset(set, 0, sizeof(*set));
	set->files = calloc(nr, sizeof(*set->files));
	e = set->files ? 0 : no_memory();
	for (size_t i = 0; i < nr && !e; i++)
		e = read_boots(set, paths[i], known);
	json_decref(known);
	/* What a word means is only known with all files. */
	if (!e)
		e = profile_set_kernel(set, filter->kernel, &own.kernel);
	for (size_t i = 0; i < nr && !e; i++)
		e = add_boots(set, &set->files[i], &own);
	return e;
}

static const char *kernel_of(const struct profile *p)
{
	return p->kernel;
}

static const char *topology_of_cell(const struct profile *p)
{
	return p->topology;
}

static const char *bench_of(const struct profile *p)
{
	return p->bench;
}

/* No cell of @all is of @word: EX_USE, with what there is. 0 if one is. */
static int check_word(const struct profile_set *all, const char *what,
		      const char *word, const char *(*of)(const struct profile *p))
{
	const char **names = calloc(all->nr + 1, sizeof(*names)), *near;
	char list[256] = "";
	size_t nr = 0, i, k;
	bool found = !word;

	if (!names)
		return no_memory();
	for (i = 0; i < all->nr && !found; i++) {
		found = bench_covers(word, of(&all->profiles[i]));
		for (k = 0; k < nr && strcmp(names[k], of(&all->profiles[i])); k++)
			;
		if (k < nr)
			continue;
		names[nr++] = of(&all->profiles[i]);
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
			 "%s%s", nr > 1 ? ", " : "", names[nr - 1]);
	}
	near = found ? NULL : nearest(word, names);
	free(names);
	if (found)
		return 0;
	return near ? err(EX_USE, "no profile of %s '%s': did you mean '%s'?",
			  what, word, near) :
		      err(EX_USE, "no profile of %s '%s': there is %s", what,
			  word, list);
}

/* Why does nothing pass @filter? */
static int no_profile(char *const *paths, size_t nr,
		      const struct profile_filter *filter)
{
	const char *kernel = NULL;
	struct profile_set all;
	int e = load_all(&all, paths, nr,
			 &(struct profile_filter){ .param = -1 });

	if (!e && !all.nr)
		e = err(EX_USE, "no such profile in %s: make one with 'pcpubench boot --instrument profile'",
			nr > 1 ? "these files" : paths[0]);
	if (!e)
		e = profile_set_kernel(&all, filter->kernel, &kernel);
	if (!e)
		e = check_word(&all, "kernel", kernel, kernel_of);
	if (!e)
		e = check_word(&all, "topology", filter->topology,
			       topology_of_cell);
	if (!e)
		e = check_word(&all, "bench", filter->bench, bench_of);
	if (!e)
		e = err(EX_USE, "no such profile in %s: ask for another size, or leave out --size",
			nr > 1 ? "these files" : paths[0]);
	profile_set_free(&all);
	return e;
}

int profile_set_load(struct profile_set *set, char *const *paths, size_t nr,
		     const struct profile_filter *filter)
{
	int e = load_all(set, paths, nr, filter);

	if (!e && !set->nr)
		e = no_profile(paths, nr, filter);
	if (e)
		profile_set_free(set);
	else
		qsort_r(set->profiles, set->nr, sizeof(*set->profiles),
			compare_cells, set);
	return e;
}

void profile_set_free(struct profile_set *set)
{
	while (set->nr)
		profile_free(&set->profiles[--set->nr]);
	while (set->nr_files)
		boots_free(&set->files[--set->nr_files]);
	free(set->profiles);
	free(set->files);
	memset(set, 0, sizeof(*set));
}

static const char *row_name(const char *function)
{
	if (!strncmp(function, SYMBOLS_MODULE, strlen(SYMBOLS_MODULE)))
		return PROFILE_LOOP;
	return function;
}

/* A row that differs between the arms comes before one that does not. */
static int compare(const void *x, const void *y)
{
	const struct profile_row *a = x, *b = y;
	double d = fabs(b->cost) - fabs(a->cost);

	if (d == 0)
		d = fabs(b->on) - fabs(a->on);
	if (d != 0)
		return d < 0 ? -1 : 1;
	return strcmp(a->function, b->function);
}

static void add_node(const struct profile *p, const struct profile_node *n,
		     struct profile_row *r)
{
	for (int arm = 0; arm < PROFILE_ARMS; arm++)
		r->samples[arm] += n->insns[arm];
	r->off += profile_value(p, n->insns, PROFILE_OFF);
	r->on += profile_value(p, n->insns, PROFILE_ON);
	r->locked_off += profile_value(p, n->locked, PROFILE_OFF);
	r->locked_on += profile_value(p, n->locked, PROFILE_ON);
	if (p->has_lines) {
		r->lines_off += profile_value(p, n->lines, PROFILE_OFF);
		r->lines_on += profile_value(p, n->lines, PROFILE_ON);
	}
}

int profile_rows(const struct profile *p, struct profile_row **rows,
		 size_t *nr)
{
	struct profile_row *r;
	const char *name;
	size_t i, j;

	*nr = 0;
	*rows = calloc(p->nr_functions + 1, sizeof(**rows));
	if (!*rows)
		return no_memory();
	for (i = 0; i < p->nr_nodes; i++) {
		name = row_name(p->functions[p->nodes[i].function]);
		for (j = 0; j < *nr && strcmp((*rows)[j].function, name); j++)
			;
		r = &(*rows)[j];
		r->function = name;
		*nr += j == *nr;
		add_node(p, &p->nodes[i], r);
	}
	for (i = 0; i < *nr; i++) {
		r = &(*rows)[i];
		r->cost = r->on - r->off;
		if (p->event)
			r->error = sampled_error(p, r->samples);
	}
	qsort(*rows, *nr, sizeof(**rows), compare);
	return 0;
}

struct profile_row profile_total(const struct profile_row *rows, size_t nr)
{
	struct profile_row sum = { .function = "total" };

	for (size_t i = 0; i < nr; i++) {
		for (int arm = 0; arm < PROFILE_ARMS; arm++)
			sum.samples[arm] += rows[i].samples[arm];
		sum.off += rows[i].off;
		sum.on += rows[i].on;
		sum.locked_off += rows[i].locked_off;
		sum.locked_on += rows[i].locked_on;
		sum.lines_off += rows[i].lines_off;
		sum.lines_on += rows[i].lines_on;
	}
	sum.cost = sum.on - sum.off;
	return sum;
}
