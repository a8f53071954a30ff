// SPDX-License-Identifier: GPL-2.0-or-later
/* compare: compares two revisions, cell by cell. */

#include "base/err.h"
#include "base/output.h"
#include "cmd/cmd.h"
#include "cmd/compare_args.h"
#include "report/compare_doc.h"

enum { TEXT, MD, CSV, JSON };

static const char *const formats[] = {
	[TEXT] = "text", [MD] = "md", [CSV] = "csv", [JSON] = "json", NULL
};

static int (*const writers[])(FILE *out, const struct compare *c) = {
	[TEXT] = compare_text, [MD] = compare_md, [CSV] = compare_csv, [JSON] = compare_json,
};

struct arguments {
	struct compare_args compare;
	int format;
	bool force;
};

static const struct opt options[] = {
	{ "format", 'f', "FORMAT",
	  "text (72 columns at most, the default), md, csv or json",
	  OPT_WORD(struct arguments, format, formats) },
	{ "json", 0, NULL, "Short for --format=json",
	  OPT_CHOICE(struct arguments, format, JSON) },
	{ "force", 0, NULL,
	  "Compare sides that are not comparable, and print what differs",
	  OPT_FLAG(struct arguments, force) },
	{ OPT_MORE(struct arguments, compare, compare_opts) },
	{ 0 }
};

static int write_compare(FILE *out, const void *what)
{
	const struct arguments *args = what;

	return writers[args->format](out, &args->compare.compare);
}

static int run(int argc, char **argv)
{
	struct arguments args = { .force = false };
	struct compare *c = &args.compare.compare;
	int e;

	compare_args_init(&args.compare);
	e = options_parse(&cmd_compare, argc, argv, &args);
	if (!e)
		e = compare_args_load(&args.compare, "compare");
	if (e)
		return e;
	if (c->nr_differs && !args.force)
		e = compare_args_refuse(c, "--force compares them");
	if (!e)
		e = compare_judge(c);
	if (!e)
		e = output_write(NULL, write_compare, &args);
	if (!e && !compare_has_numbers(c))
		e = err(EX_INVALID, "no cell has numbers on both sides: measure both alike; 'pcpubench report' says why a cell has none");
	compare_free(c);
	return e;
}

const struct command cmd_compare = {
	.name = "compare",
	.what = "two revisions, cell by cell, with significance",
	.args = COMPARE_ARGS_DOC,
	.doc = "Compare two revisions, cell by cell: ACCT COST and both arms, and whether the difference is real.\v"
	       COMPARE_ARGS_HELP
	       "Exits with 0, with 2 if the two are not comparable, with 3 if no cell has numbers on both sides.",
	.example = "  pcpubench compare results/reference/bench-6.12.jsonl:v1 :d\n",
	.options = options,
	.run = run,
};
