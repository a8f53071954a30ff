// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * profile: shows which functions the accounting's instructions are in. Not an
 * option of `report`, which prints tables of cells: this shows a cell's stacks.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/output.h"
#include "cmd/cmd.h"
#include "cmd/script.h"
#include "plan/plan.h"
#include "profile/annotate.h"
#include "profile/parts.h"
#include "profile/print.h"
#include "profile/set.h"

enum { TEXT, CSV, JSON, FOLDED };

static const char *const formats[] = {
	[TEXT] = "text", [CSV] = "csv", [JSON] = "json", [FOLDED] = "folded",
	NULL
};

static const char *const arms[] = {
	[WEIGHT_OFF] = "off", [WEIGHT_ON] = "on", [WEIGHT_COST] = "cost", NULL
};

struct arguments {
	struct profile_filter filter;
	int form, weight;
	bool diff, callers, parts, kinds, annotate, inlines;
	unsigned int top;
	bool top_given;
	const char *flame, *function;
	struct words words;
};

static int check(void *into)
{
	const struct arguments *args = into;

	if (args->words.nr < (args->diff ? 2 : 1))
		return err(EX_USE, args->diff ?
			   "profile: --diff compares two: name two results files, or two kernels and a file" :
			   "profile: no results file: give one or more, made with --instrument profile");
	if (args->parts && (args->diff || args->flame || args->callers ||
			    args->form == JSON || args->form == FOLDED))
		return err(EX_USE,
			   "profile: --parts is a table by itself, as text or csv: leave out --diff, --flame, --callers and --json");
	if (args->function && !args->annotate)
		return err(EX_USE, "profile: --function names the one to print the source of: give --annotate, too");
	return 0;
}

static const struct opt options[] = {
	{ "kernel", 'k', "KERNEL", "Only this kernel's cells",
	  OPT_TEXT(struct arguments, filter.kernel) },
	{ "topology", 't', "TOPOLOGY", "Only this topology's",
	  OPT_TEXT(struct arguments, filter.topology) },
	{ "bench", 'b', "BENCH", "Only this bench's, or of a kind of it: BENCH/KIND",
	  OPT_TEXT(struct arguments, filter.bench) },
	{ "size", 's', "BYTES", "Only this size's",
	  OPT_COUNT(struct arguments, filter.param, 1, 1 << 30) },
	{ "format", 'f', "FORMAT",
	  "text (72 columns at most, the default), csv, json, or folded: stacks for flame graph tools",
	  OPT_WORD(struct arguments, form, formats) },
	{ "json", 0, NULL, "Short for --format=json",
	  OPT_CHOICE(struct arguments, form, JSON) },
	{ "top", 0, "N", "Functions in a table of text (15; 0 for all)",
	  OPT_COUNT(struct arguments, top, 0, 100000),
	  OPT_GIVEN(struct arguments, top_given) },
	{ "callers", 0, NULL,
	  "Below each function its callers, the most expensive first",
	  OPT_FLAG(struct arguments, callers) },
	{ "parts", 0, NULL,
	  "Not by function but by allocator: percpu, slab and the rest (text or csv)",
	  OPT_FLAG(struct arguments, parts) },
	{ "kinds", 0, NULL,
	  "Kernels side by side, with their cost split into page-table walks, loop, statistics, charge",
	  OPT_FLAG(struct arguments, kinds) },
	{ "inlines", 0, NULL,
	  "Show inlined functions as functions of their own, by debug information that is built once",
	  OPT_FLAG(struct arguments, inlines) },
	{ "annotate", 0, NULL,
	  "Print the source of the most expensive functions (3, or --top) with the cost of each line, on - off",
	  OPT_FLAG(struct arguments, annotate) },
	{ "function", 0, "NAME", "With --annotate: only this function",
	  OPT_TEXT(struct arguments, function) },
	{ "diff", 0, NULL,
	  "Compare: first name OLD and NEW, two results files, or two kernels and then the files that have them",
	  OPT_FLAG(struct arguments, diff) },
	{ "flame", 0, "FILE",
	  "Draw one cell's stacks as a flame graph (SVG); with --diff, NEW's in the colours of the difference",
	  OPT_TEXT(struct arguments, flame) },
	{ "arm", 0, "ARM",
	  "Arm for folded and --flame: off, on, or cost, which is on - off (cost)",
	  OPT_WORD(struct arguments, weight, arms) },
	{ OPT_WORDS(struct arguments, words) },
	{ OPT_CHECK(check) },
	{ 0 }
};

/* The only cell, for forms that show one. */
static int only_cell(const struct profile_set *set, const char *what,
		     const struct profile **p)
{
	*p = set->profiles;
	if (set->nr > 1)
		return err(EX_USE, "%s is of one cell, and there are %zu: choose with --kernel, --topology and --size",
			   what, set->nr);
	return 0;
}

struct cells {
	struct profile cell[2];
	size_t nr;
};

static int write_cells(FILE *out, const void *what)
{
	const struct cells *cells = what;

	return profile_as_json(out, cells->cell, cells->nr);
}

static int draw_flame(const struct arguments *args, const struct cells *cells)
{
	char option[16], *svg = NULL;
	int ret;

	snprintf(option, sizeof(option), "--arm=%s", arms[args->weight]);
	ret = script_draw("flame.py", write_cells, cells, option, &svg);
	if (!ret)
		ret = replace_file(args->flame, svg);
	free(svg);
	return ret;
}

static int show(FILE *out, const struct arguments *args,
		const struct profile_set *set)
{
	const struct profile *p;
	int ret;

	if (args->flame) {
		ret = only_cell(set, "a flame graph", &p);
		return ret ? ret : draw_flame(args, &(struct cells){
			.cell = { *p }, .nr = 1,
		});
	}
	if (args->parts)
		return args->form == CSV ? profile_parts_csv(out, set) :
		       profile_parts_text(out, set);
	if ((args->kinds || args->annotate || args->inlines) &&
	    args->form != TEXT)
		return err(EX_USE, "profile: --kinds, --annotate and --inlines are text: leave out --format and --json");
	if (args->kinds)
		return profile_kinds(out, set);
	if (args->annotate)
		return profile_annotate(out, set, &(struct annotate){
			.top = args->top_given ? args->top : 3,
			.function = args->function,
			.inlines = args->inlines,
		});
	if (args->inlines)
		return profile_inlines(out, set, args->top);
	switch (args->form) {
	case CSV:
		return profile_csv(out, set);
	case JSON:
		return profile_as_json(out, set->profiles, set->nr);
	case FOLDED:
		ret = only_cell(set, "the folded form", &p);
		return ret ? ret : profile_folded(out, p, NULL, args->weight);
	default:
		return profile_text(out, set, args->top, args->callers);
	}
}

static int show_pair(FILE *out, const struct arguments *args,
		     const struct profile *a, const struct profile *b,
		     unsigned int nr)
{
	if ((args->flame || args->form == FOLDED) && nr)
		return err(EX_USE, "%s is of one cell: choose with --topology and --size",
			   args->flame ? "a flame graph" : "the folded form");
	if (args->flame)
		return draw_flame(args, &(struct cells){
			.cell = { *a, *b }, .nr = 2,
		});
	if (args->form == FOLDED)
		return profile_folded(out, b, a, args->weight);
	if (args->form != TEXT || args->kinds || args->annotate ||
	    args->inlines)
		return err(EX_USE, "profile: --diff is text or folded, of functions as they are linked: leave out the other options");
	if (!a->event != !b->event)
		return err(EX_USE, "profile: --diff of %s, which was sampled, and what was counted compares ns with instructions",
			   a->event ? a->kernel : b->kernel);
	if (nr)
		fputc('\n', out);
	return profile_diff(out, a, b, a->kernel, b->kernel, args->top);
}

/*
 * OLD and NEW are kernels of @a. If @b is another file, compare cells of the
 * same kernel, or of the only kernel in each.
 */
static int show_diff(FILE *out, const struct arguments *args,
		     const struct profile_set *a, const struct profile_set *b)
{
	const struct profile_set *to = b ? b : a;
	const char *old = NULL, *new = NULL;
	unsigned int nr = 0;
	int ret = 0;

	if (!b)
		ret = profile_set_kernel(a, args->words.word[0], &old);
	if (!b && !ret)
		ret = profile_set_kernel(a, args->words.word[1], &new);
	for (size_t i = 0; i < a->nr && !ret; i++) {
		const struct profile *p = &a->profiles[i], *q;

		if (old && strcmp(p->kernel, old))
			continue;
		q = profile_set_find(to, p, b ? p->kernel : new);
		if (!q && b && b->nr)
			q = profile_set_find(to, p, b->profiles[0].kernel);
		if (q)
			ret = show_pair(out, args, p, q, nr++);
	}
	if (!ret && !nr)
		ret = err(EX_USE, "profile: %s and %s have no cell in common: measure both alike, or leave out what chooses cells",
			  args->words.word[0], args->words.word[1]);
	return ret;
}

static int diff(FILE *out, const struct arguments *args)
{
	char **word = args->words.word;
	size_t nr = args->words.nr;
	struct profile_set a, b;
	bool files = nr == 2;
	int ret;

	ret = profile_set_load(&a, files ? word : word + 2, files ? 1 : nr - 2,
			       &args->filter);
	if (ret)
		return ret;
	if (files) {
		ret = profile_set_load(&b, word + 1, 1, &args->filter);
		if (!ret) {
			ret = show_diff(out, args, &a, &b);
			profile_set_free(&b);
		}
	} else {
		ret = show_diff(out, args, &a, NULL);
	}
	profile_set_free(&a);
	return ret;
}

static int write_profile(FILE *out, const void *what)
{
	const struct arguments *args = what;
	struct profile_set set;
	int ret;

	if (args->diff)
		return diff(out, args);
	ret = profile_set_load(&set, args->words.word, args->words.nr,
			       &args->filter);
	if (ret)
		return ret;
	ret = show(out, args, &set);
	profile_set_free(&set);
	return ret;
}

static int run(int argc, char **argv)
{
	struct arguments args = {
		.filter.param = -1,
		.weight = WEIGHT_COST,
		.top = 15,
	};
	int ret = options_parse(&cmd_profile, argc, argv, &args);

	return ret ? ret : output_write(NULL, write_profile, &args);
}

const struct command cmd_profile = {
	.name = "profile",
	.what = "which functions the cost is in",
	.args = "FILE...\n--diff OLD NEW [FILE...]",
	.doc = "Print the functions that have the cost of accounting, from results files made with --instrument profile. The functions of a cell add up to the cell. In QEMU they have exact instructions, after 'run' times sampled by perf.",
	.example = "  pcpubench profile --kernel=v1 --size=64 results/reference/profile-6.12.jsonl\n",
	.options = options,
	.run = run,
};
