// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * profile: which functions the accounting's instructions are in. A command of
 * its own and no option of `report`: it asks for one cell and its stacks where
 * that prints tables of cells.
 */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "plan/plan.h"
#include "profile/annotate.h"
#include "profile/parts.h"
#include "profile/print.h"
#include "profile/set.h"

enum form { TEXT, CSV, JSON, FOLDED };

struct arguments {
	struct profile_filter filter;
	enum form form;
	enum profile_weight weight;
	bool diff, callers, parts, kinds, annotate, inlines;
	unsigned int top;
	bool top_given;
	const char *flame;
	char **args;
	size_t nr_args;
};

enum {
	KEY_DIFF = 0x400,
	KEY_FLAME,
	KEY_ARM,
	KEY_CALLERS,
	KEY_TOP,
	KEY_PARTS,
	KEY_KINDS,
	KEY_ANNOTATE,
	KEY_INLINES,
};

static const struct argp_option options[] = {
	{ "kernel", 'k', "NAME", 0, "Only this kernel's cells", 0 },
	{ "topology", 't', "NAME", 0, "Only this topology's", 0 },
	{ "bench", 'b', "NAME", 0, "Only this bench's", 0 },
	{ "size", 's', "BYTES", 0, "Only this size's", 0 },
	{ "format", 'f', "FORMAT", 0,
	  "text (72 columns at most, the default), csv, json, or folded: stacks for flame graph tools",
	  1 },
	{ "top", KEY_TOP, "N", 0,
	  "Functions in a table of text (15; 0 for all)", 1 },
	{ "callers", KEY_CALLERS, NULL, 0,
	  "Below each function who calls it, the dearest ways first", 1 },
	{ "parts", KEY_PARTS, NULL, 0,
	  "Not by function but by allocator: percpu, slab and the rest (text or csv)",
	  1 },
	{ "kinds", KEY_KINDS, NULL, 0,
	  "Kernels side by side, and what of their cost is page-table walks, loop, statistics, charge",
	  1 },
	{ "inlines", KEY_INLINES, NULL, 0,
	  "Take inlined functions for functions of their own, by debug information that is built for it once",
	  1 },
	{ "annotate", KEY_ANNOTATE, NULL, 0,
	  "Print the source of the dearest functions (3, or --top) with what each line costs, on - off",
	  2 },
	{ "diff", KEY_DIFF, NULL, 0,
	  "Compare: first name OLD and NEW, two results files, or two kernels and then the files that have them",
	  2 },
	{ "flame", KEY_FLAME, "FILE", 0,
	  "Draw one cell's stacks as a flame graph (SVG); with --diff, NEW's in the colours of the difference",
	  2 },
	{ "arm", KEY_ARM, "ARM", 0,
	  "What folded and --flame are of: off, on, or cost, which is on - off (cost)",
	  2 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const forms[] = { "text", "csv", "json", "folded",
					     NULL };
	static const char *const arms[] = { "off", "on", "cost", NULL };
	struct arguments *args = state->input;
	unsigned int n;
	int val, ret;

	switch (key) {
	case 'k':
		args->filter.kernel = arg;
		return 0;
	case 't':
		args->filter.topology = arg;
		return 0;
	case 'b':
		args->filter.bench = arg;
		return 0;
	case 's':
		ret = parse_count("size", arg, 1, 1 << 30, &n);
		args->filter.param = n;
		return ret;
	case 'f':
		ret = parse_word("format", arg, forms, &val);
		args->form = val;
		return ret;
	case KEY_ARM:
		ret = parse_word("arm", arg, arms, &val);
		args->weight = val;
		return ret;
	case KEY_KINDS:
		args->kinds = true;
		return 0;
	case KEY_ANNOTATE:
		args->annotate = true;
		return 0;
	case KEY_INLINES:
		args->inlines = true;
		return 0;
	case KEY_TOP:
		args->top_given = true;
		return parse_count("top", arg, 0, 100000, &args->top);
	case KEY_DIFF:
		args->diff = true;
		return 0;
	case KEY_CALLERS:
		args->callers = true;
		return 0;
	case KEY_PARTS:
		args->parts = true;
		return 0;
	case KEY_FLAME:
		args->flame = arg;
		return 0;
	case ARGP_KEY_ARGS:
		args->args = state->argv + state->next;
		args->nr_args = state->argc - state->next;
		return 0;
	case ARGP_KEY_END:
		if (args->nr_args < (args->diff ? 2 : 1))
			return err(EX_USE, args->diff ?
				   "profile: --diff compares two: name two results files, or two kernels and a file" :
				   "profile: no results file: give one or more, made with --instrument profile");
		if (args->parts && (args->diff || args->flame || args->callers ||
				    args->form == JSON || args->form == FOLDED))
			return err(EX_USE,
				   "profile: --parts is a table by itself, as text or csv: leave out --diff, --flame and --callers");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE...\n--diff OLD NEW [FILE...]",
	.doc = "Print which functions the cost of accounting is in, from results files made with --instrument profile. The functions of a cell add up to the cell. In QEMU they are exact instructions, of 'run' times that perf has sampled.",
};

/* The only cell there is, for what shows one. */
static int only_cell(const struct profile_set *set, const char *what,
		     const struct profile **p)
{
	*p = set->profiles;
	if (set->nr > 1)
		return err(EX_USE, "%s is of one cell, and there are %zu: choose with --kernel, --topology and --size",
			   what, set->nr);
	return 0;
}

static int write_flame(const char *path, const struct profile *p,
		       const struct profile *before, enum profile_weight weight)
{
	FILE *f = fopen(path, "w");
	int ret;

	if (!f)
		return err_errno(EX_USE, "flame graph %s", path);
	ret = profile_flame(f, p, before, weight);
	if ((ferror(f) | fclose(f)) && !ret)
		ret = err_errno(EX_FAIL, "flame graph %s", path);
	return ret;
}

static int show(FILE *out, const struct arguments *args,
		const struct profile_set *set)
{
	const struct profile *p;
	int ret;

	if (args->flame) {
		ret = only_cell(set, "a flame graph", &p);
		return ret ? ret : write_flame(args->flame, p, NULL,
					       args->weight);
	}
	if (args->parts)
		return args->form == CSV ? profile_parts_csv(out, set) :
		       profile_parts_text(out, set);
	if ((args->kinds || args->annotate || args->inlines) &&
	    args->form != TEXT)
		return err(EX_USE, "profile: --kinds, --annotate and --inlines are text");
	if (args->kinds)
		return profile_kinds(out, set);
	if (args->annotate)
		return profile_annotate(out, set,
					args->top_given ? args->top : 3,
					args->inlines);
	if (args->inlines)
		return profile_inlines(out, set, args->top);
	switch (args->form) {
	case CSV:
		return profile_csv(out, set);
	case JSON:
		return profile_as_json(out, set);
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
		return write_flame(args->flame, b, a, args->weight);
	if (args->form == FOLDED)
		return profile_folded(out, b, a, args->weight);
	if (args->form != TEXT || args->kinds || args->annotate ||
	    args->inlines)
		return err(EX_USE, "profile: --diff is text or folded, of functions as they are linked");
	if (!a->event != !b->event)
		return err(EX_USE, "profile: --diff of %s, which was sampled, and what was counted compares ns with instructions",
			   a->event ? a->kernel : b->kernel);
	if (nr)
		fputc('\n', out);
	return profile_diff(out, a, b, a->kernel, b->kernel, args->top);
}

/*
 * OLD and NEW are kernels of @a, or @b is another file: then cells of the same
 * kernel are compared, or of the only one in each.
 */
static int show_diff(FILE *out, const struct arguments *args,
		     const struct profile_set *a, const struct profile_set *b)
{
	const char *old = b ? NULL : args->args[0];
	const struct profile_set *to = b ? b : a;
	unsigned int nr = 0;
	int ret = 0;

	for (size_t i = 0; i < a->nr && !ret; i++) {
		const struct profile *p = &a->profiles[i], *q;

		if (old && strcmp(p->kernel, old))
			continue;
		q = profile_set_find(to, p, b ? p->kernel : args->args[1]);
		if (!q && b && b->nr)
			q = profile_set_find(to, p, b->profiles[0].kernel);
		if (q)
			ret = show_pair(out, args, p, q, nr++);
	}
	if (!ret && !nr)
		ret = err(EX_USE, "profile: %s and %s have no cell in common",
			  args->args[0], args->args[1]);
	return ret;
}

static int diff(FILE *out, const struct arguments *args)
{
	struct profile_set a, b;
	bool files = args->nr_args == 2;
	int ret;

	ret = profile_set_load(&a, files ? args->args : args->args + 2,
			       files ? 1 : args->nr_args - 2, &args->filter);
	if (ret)
		return ret;
	if (files) {
		ret = profile_set_load(&b, args->args + 1, 1, &args->filter);
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

int cmd_profile(int argc, char **argv)
{
	struct arguments args = {
		.filter.param = -1,
		.weight = WEIGHT_COST,
		.top = 15,
	};
	struct profile_set set;
	char *text = NULL;
	size_t len = 0;
	FILE *out;
	int ret;

	ret = parse_args(&argp, argc, argv, &args);
	if (ret)
		return ret;
	signal(SIGPIPE, SIG_IGN);
	/* All of it or nothing. */
	out = open_memstream(&text, &len);
	if (!out)
		return no_memory();
	if (args.diff) {
		ret = diff(out, &args);
	} else {
		ret = profile_set_load(&set, args.args, args.nr_args,
				       &args.filter);
		if (!ret) {
			ret = show(out, &args, &set);
			profile_set_free(&set);
		}
	}
	if (fclose(out) && !ret)
		ret = no_memory();
	if (!ret && (fwrite(text, 1, len, stdout) != len || fflush(stdout)))
		ret = err_errno(EX_FAIL, "cannot write the profile");
	free(text);
	return ret;
}
