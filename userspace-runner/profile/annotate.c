// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints kernel source with the cost of each line. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/near.h"
#include "base/text_stream.h"
#include "plan/bench.h"
#include "profile/annotate.h"
#include "profile/debug.h"
#include "profile/lines.h"
#include "profile/symbols.h"
#include "results/record.h"

#define GAP		8	/* lines without a count that are left out */
#define NAME_WIDTH	36

/* Instructions of a line or function in each arm: sums as in the profile. */
struct line_sum {
	struct place place;
	int64_t insns[PROFILE_ARMS];
	double cost;
};

struct listing {
	const struct profile *p;
	char *dir;
	struct lines *lines;
	struct line_sum *sums;
	size_t nr;
	struct line_sum *functions;
	size_t nr_functions;
};

static bool is_kernels(const char *function)
{
	return function[0] != '[' &&
	       strncmp(function, SYMBOLS_MODULE, strlen(SYMBOLS_MODULE));
}

/* "a,b,c" of the kernel's functions in @p, for free(). */
static char *function_list(const struct profile *p)
{
	char *list = NULL;
	const char *comma = "";
	size_t len, i;
	FILE *f = text_stream(&list, &len);

	if (!f)
		return NULL;
	for (i = 0; i < p->nr_functions; i++) {
		if (!is_kernels(p->functions[i]))
			continue;
		fprintf(f, "%s%s", comma, p->functions[i]);
		comma = ",";
	}
	return text_stream_end(f, &list);
}

static const json_t *kernel_record(const struct profile_set *set,
				   const char *name)
{
	const json_t *record = NULL;

	for (size_t f = 0; f < set->nr_files && !record; f++)
		record = boots_kernel(&set->files[f], name);
	return record;
}

static int open_listing(struct listing *l, const struct profile_set *set)
{
	const struct kernel_source source = source_asked();
	const json_t *record = kernel_record(set, l->p->kernel);
	const char *image = record ? record_string(record, "image_sha256") : "";
	char *list = function_list(l->p);
	int e;

	if (!list)
		return no_memory();
	if (!l->p->nr_blocks) {
		free(list);
		return err(EX_USE, "the profile of %s has no addresses: measure with --instrument=profile of this pcpubench",
			   l->p->kernel);
	}
	e = debug_build(&source, l->p->kernel,
			json_array_size(json_object_get(record, "harness")),
			list, image ? image : "", &l->dir);
	free(list);
	return e ? e : lines_open(&l->lines, l->dir);
}

static void close_listing(struct listing *l)
{
	if (l->lines)
		lines_close(l->lines);
	free(l->dir);
	free(l->sums);
	free(l->functions);
}

static int by_place(const void *x, const void *y)
{
	const struct line_sum *a = x, *b = y;
	int d = strcmp(a->place.function, b->place.function);

	if (!d)
		d = strcmp(a->place.file, b->place.file);
	return d ? d : a->place.line - b->place.line;
}

static int by_function(const void *x, const void *y)
{
	const struct line_sum *a = x, *b = y;

	return strcmp(a->place.function, b->place.function);
}

static int by_cost(const void *x, const void *y)
{
	const struct line_sum *a = x, *b = y;
	double d = fabs(b->cost) - fabs(a->cost);

	return d != 0 ? (d > 0) - (d < 0) :
	       strcmp(a->place.function, b->place.function);
}

static double cost_of(const struct profile *p, const int64_t *insns)
{
	return profile_value(p, insns, PROFILE_ON) -
	       profile_value(p, insns, PROFILE_OFF);
}

/* Merge equal neighbours. */
static void add_up(struct line_sum *sums, size_t *nr,
		   int (*compare)(const void *x, const void *y))
{
	size_t i, n = 0;

	qsort(sums, *nr, sizeof(*sums), compare);
	for (i = 0; i < *nr; i++) {
		if (n && !compare(&sums[n - 1], &sums[i])) {
			for (int arm = 0; arm < PROFILE_ARMS; arm++)
				sums[n - 1].insns[arm] += sums[i].insns[arm];
			if (!sums[n - 1].place.from)
				sums[n - 1].place.from = sums[i].place.from;
		} else {
			sums[n++] = sums[i];
		}
	}
	*nr = n;
}

static int add_block(struct listing *l, const struct profile_block *b,
		     bool inlines)
{
	uint64_t addr = b->addr;
	struct line_sum *s;

	for (const char *size = b->sizes; *size; size++) {
		if (array_room(&l->sums, l->nr, sizeof(*l->sums)))
			return EX_FAIL;
		s = &l->sums[l->nr++];
		*s = (struct line_sum){ .cost = 0 };
		lines_find(l->lines, addr, inlines, &s->place);
		memcpy(s->insns, b->times, sizeof(s->insns));
		addr += *size <= '9' ? *size - '0' : *size - 'a' + 10;
	}
	return 0;
}

/* Sum up lines and functions; the most expensive come first. */
static int sum_up(struct listing *l, bool inlines)
{
	size_t i;
	int e = 0;

	for (i = 0; i < l->p->nr_blocks && !e; i++)
		e = add_block(l, &l->p->blocks[i], inlines);
	if (e || !l->nr)
		return e;
	add_up(l->sums, &l->nr, by_place);
	l->functions = calloc(l->nr, sizeof(*l->functions));
	if (!l->functions)
		return no_memory();
	memcpy(l->functions, l->sums, l->nr * sizeof(*l->sums));
	l->nr_functions = l->nr;
	add_up(l->functions, &l->nr_functions, by_function);
	for (i = 0; i < l->nr; i++)
		l->sums[i].cost = cost_of(l->p, l->sums[i].insns);
	for (i = 0; i < l->nr_functions; i++)
		l->functions[i].cost = cost_of(l->p, l->functions[i].insns);
	qsort(l->functions, l->nr_functions, sizeof(*l->functions), by_cost);
	return 0;
}

static double whole_cost(const struct profile *p)
{
	return cost_of(p, p->insns);
}

/* Lines @from to @to of the source with the counts in @sums, by line. */
static void put_source(FILE *out, const struct listing *l,
		       const struct line_sum *sums, size_t nr)
{
	double whole = whole_cost(l->p);
	char path[PATH_MAX], text[1024];
	const struct line_sum *s = sums, *end = sums + nr;
	int line, shown, from = sums->place.line;
	FILE *f;

	if (sums->place.from && sums->place.from < from)
		from = sums->place.from;
	shown = from - 1;
	snprintf(path, sizeof(path), "%s/source/%s", l->dir, sums->place.file);
	f = fopen(path, "r");
	for (line = 1; s < end && f && fgets(text, sizeof(text), f); line++) {
		if (line < from)
			continue;
		text[strcspn(text, "\n")] = '\0';
		/* Far from both the last count and the next: not shown. */
		if (line != s->place.line && s->place.line - line > GAP / 2 &&
		    line - shown > GAP / 2 && s->place.line - shown > GAP) {
			if (line - shown == GAP / 2 + 1)
				fprintf(out, "%24s\t...\n", "");
			continue;
		}
		if (line != s->place.line) {
			fprintf(out, "%23d \t%s\n", line, text);
			continue;
		}
		fprintf(out, "%+10.1f %5.1f%% %5d \t%s\n", s->cost,
			whole != 0 ? 100 * s->cost / whole : 0, line, text);
		shown = line;
		s++;
	}
	if (f)
		fclose(f);
	/* Lines whose text is missing still count. */
	for (; s < end; s++)
		fprintf(out, "%+10.1f %5.1f%% %5d \t(%s)\n", s->cost,
			whole != 0 ? 100 * s->cost / whole : 0, s->place.line,
			s->place.file[0] ? s->place.file : "no line");
}

static void put_function(FILE *out, const struct listing *l,
			 const struct line_sum *function)
{
	double whole = whole_cost(l->p);
	size_t i, from, to;

	fprintf(out, "\n%s: %+.1f, %.1f%% of the cell\n",
		function->place.function, function->cost,
		whole != 0 ? 100 * function->cost / whole : 0);
	for (i = 0; i < l->nr && strcmp(l->sums[i].place.function,
					function->place.function); i++)
		;
	/* File by file; mostly there is one. */
	for (from = i; from < l->nr && !by_function(&l->sums[from], function);
	     from = to) {
		for (to = from + 1; to < l->nr &&
		     !by_function(&l->sums[to], function) &&
		     !strcmp(l->sums[to].place.file, l->sums[from].place.file);
		     to++)
			;
		fprintf(out, "%s\n", l->sums[from].place.file);
		put_source(out, l, l->sums + from, to - from);
	}
}

/* Is the @i'th most expensive function of a cell to be printed? */
static bool is_asked(const struct listing *l, size_t i,
		     const struct annotate *what)
{
	if (what->function)
		return !strcmp(l->functions[i].place.function, what->function);
	return (!what->top || i < what->top) && l->functions[i].cost != 0;
}

static bool has_asked(const struct listing *l, const struct annotate *what)
{
	size_t i;

	for (i = 0; i < l->nr_functions && !is_asked(l, i, what); i++)
		;
	return i < l->nr_functions || !what->function;
}

static void annotate_cell(FILE *out, const struct listing *l,
			  const struct annotate *what)
{
	fprintf(out, "%s %s %s %lld B: on - off, instructions per %s, by source line\n",
		l->p->kernel, l->p->topology, l->p->bench, l->p->param,
		bench_op(l->p->bench));
	for (size_t i = 0; i < l->nr_functions; i++)
		if (is_asked(l, i, what))
			put_function(out, l, &l->functions[i]);
}

static void put_row(FILE *out, const struct profile *p, const char *name,
		    const struct line_sum *s)
{
	double whole = whole_cost(p);

	if (strlen(name) >= NAME_WIDTH)
		fprintf(out, "%.71s\n%*s", name, NAME_WIDTH, "");
	else
		fprintf(out, "%-*s", NAME_WIDTH, name);
	fprintf(out, "%9.1f %9.1f %+9.1f %5.1f%%\n",
		profile_value(p, s->insns, PROFILE_OFF),
		profile_value(p, s->insns, PROFILE_ON), s->cost,
		whole != 0 ? 100 * s->cost / whole : 0);
}

static void inlines_cell(FILE *out, const struct listing *l, size_t top)
{
	struct line_sum rest = { .cost = 0 }, total = { .cost = 0 }, *f;
	size_t i, nr_rest = 0;
	char name[32];

	fprintf(out, "%s %s %s %lld B: instructions per %s\n", l->p->kernel,
		l->p->topology, l->p->bench, l->p->param,
		bench_op(l->p->bench));
	fprintf(out, "%-*s%9s %9s %9s %6s\n", NAME_WIDTH,
		"function, inlined ones too", "off", "on", "on-off", "share");
	for (i = 0; i < l->nr_functions; i++) {
		f = &l->functions[i];
		for (int arm = 0; arm < PROFILE_ARMS; arm++)
			total.insns[arm] += f->insns[arm];
		if (f->cost != 0 && (!top || i < top)) {
			put_row(out, l->p, f->place.function, f);
			continue;
		}
		nr_rest++;
		for (int arm = 0; arm < PROFILE_ARMS; arm++)
			rest.insns[arm] += f->insns[arm];
	}
	rest.cost = cost_of(l->p, rest.insns);
	total.cost = cost_of(l->p, total.insns);
	snprintf(name, sizeof(name), "%zu others", nr_rest);
	if (nr_rest)
		put_row(out, l->p, name, &rest);
	put_row(out, l->p, "total", &total);
}

/* Only the debug information has the names of inlined functions. */
static bool may_have(const struct profile *p, const struct annotate *what)
{
	if (!what->function || what->inlines)
		return true;
	for (size_t i = 0; i < p->nr_functions; i++)
		if (!strcmp(p->functions[i], what->function))
			return true;
	return false;
}

static int unknown_function(const struct profile_set *set, const char *function)
{
	const char *near = NULL;

	for (size_t i = 0; i < set->nr && !near; i++) {
		const struct profile *p = &set->profiles[i];
		const char **names = calloc(p->nr_functions + 1, sizeof(*names));

		if (!names)
			return no_memory();
		for (size_t k = 0; k < p->nr_functions; k++)
			names[k] = p->functions[k];
		near = nearest(function, names);
		free(names);
	}
	return near ? err(EX_USE, "no function '%s' in these cells: did you mean '%s'?",
			  function, near) :
		      err(EX_USE, "no function '%s' in these cells: --top=0 without --annotate names them, and --inlines has inlined ones",
			  function);
}

/* @table: of all functions, instead of their source */
static int each_cell(FILE *out, const struct profile_set *set,
		     const struct annotate *what, bool table)
{
	size_t nr = 0;
	int e = 0;

	for (size_t i = 0; i < set->nr && !e; i++) {
		struct listing l = { .p = &set->profiles[i] };

		if (!may_have(l.p, what))
			continue;
		e = open_listing(&l, set);
		if (!e)
			e = sum_up(&l, what->inlines);
		if (!e && has_asked(&l, what)) {
			if (nr++)
				fputc('\n', out);
			if (table)
				inlines_cell(out, &l, what->top);
			else
				annotate_cell(out, &l, what);
		}
		close_listing(&l);
	}
	return e || nr ? e : unknown_function(set, what->function);
}

int profile_annotate(FILE *out, const struct profile_set *set,
		     const struct annotate *what)
{
	return each_cell(out, set, what, false);
}

int profile_inlines(FILE *out, const struct profile_set *set, size_t top)
{
	const struct annotate what = { .top = top, .inlines = true };

	return each_cell(out, set, &what, true);
}
