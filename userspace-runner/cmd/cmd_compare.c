// SPDX-License-Identifier: GPL-2.0-or-later
/* pcpubench compare: two revisions, cell by cell. */
#include <argp.h>

#include "base/err.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/compare_args.h"
#include "compare/compare.h"

static const char *const formats[] = { "text", "md", "csv", "json", NULL };

static int (*const writers[])(FILE *out, const struct compare *c) = {
	compare_text, compare_md, compare_csv, compare_json,
};

struct args {
	struct compare_args compare;
	int format;		/* index of formats */
	bool force;
};

enum { OPT_FORCE = 0x100 };

static const struct argp_option options[] = {
	{ "format", 'f', "FORMAT", 0,
	  "text (72 columns at most, the default), md, csv or json", 0 },
	{ "force", OPT_FORCE, NULL, 0,
	  "Compare what is not comparable, and say what differs", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};

static error_t parse_opt(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->compare;
		return 0;
	case 'f':
		return parse_word("format", arg, formats, &args->format);
	case OPT_FORCE:
		args->force = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{ .argp = &compare_argp }, { 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse_opt,
	.args_doc = COMPARE_ARGS_DOC,
	.doc = "Compare two revisions, cell by cell: ACCT COST and both arms, and whether the difference is real.\v"
	       COMPARE_ARGS_HELP
	       "Exits with 0, with 2 where the two are not comparable, with 3 where no cell has numbers on both sides.",
	.children = children,
};

static int write_compare(FILE *out, const void *what)
{
	const struct args *args = what;

	return writers[args->format](out, &args->compare.compare);
}

int cmd_compare(int argc, char **argv)
{
	struct args args = { .force = false };
	struct compare *c = &args.compare.compare;
	int e;

	compare_args_init(&args.compare);
	e = parse_args(&argp, argc, argv, &args);
	if (!e)
		e = compare_args_load(&args.compare, "compare");
	if (e)
		return e;
	if (c->nr_differs && !args.force)
		e = compare_args_refuse(c, "--force compares them all the same");
	if (!e)
		e = compare_judge(c);
	if (!e)
		e = output_write(NULL, write_compare, &args);
	if (!e && !compare_has_numbers(c))
		e = err(EX_INVALID, "no cell has numbers on both sides");
	compare_free(c);
	return e;
}
