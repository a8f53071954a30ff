// SPDX-License-Identifier: GPL-2.0-or-later
/* pcpubench report: tables from results files. */
#include <argp.h>

#include "base/err.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "report/report.h"

static const char *const formats[] = { "text", "md", "csv", "json", NULL };

static int (*const writers[])(FILE *out, const struct report *r) = {
	report_text, report_md, report_csv, report_json,
};

struct args {
	int format;		/* index of formats */
	bool published;
	struct file_args files;
	struct report report;
};

enum { OPT_PUBLISHED = 0x100 };

static const struct argp_option options[] = {
	{ "format", 'f', "FORMAT", 0,
	  "text (72 columns at most, the default), md, csv or json", 0 },
	{ "published", OPT_PUBLISHED, NULL, 0,
	  "Set published figures beside the measured ones", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};

static error_t parse_opt(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case 'f':
		return parse_word("format", arg, formats, &args->format);
	case OPT_PUBLISHED:
		args->published = true;
		return 0;
	default:
		return parse_files(key, state, &args->files,
				   "such as results/*.jsonl");
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse_opt,
	.args_doc = "FILE...",
	.doc = "Print what accounting costs, from the results files of one or more runs.\v"
	       "Boots of the same kernel in several files are merged. A cell without proof of "
	       "accounting is `invalid` and never a number.",
};

static int write_report(FILE *out, const void *what)
{
	const struct args *args = what;

	return writers[args->format](out, &args->report);
}

int cmd_report(int argc, char **argv)
{
	struct published published = { 0 };
	struct table table;
	struct args args = { .report.table = &table };
	int e;

	e = parse_args(&argp, argc, argv, &args);
	if (e)
		return e;
	if (args.published) {
		e = published_read(&published);
		if (e)
			return e;
		args.report.published = &published;
	}
	e = files_load(&table, &args.files);
	if (!e) {
		e = output_write(NULL, write_report, &args);
		table_free(&table);
	}
	published_free(&published);
	return e;
}
