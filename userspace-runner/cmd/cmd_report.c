// SPDX-License-Identifier: GPL-2.0-or-later
/* report: prints tables from results files. */

#include "base/err.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "report/report.h"
#include "results/line_model.h"

enum { TEXT, MD, CSV, JSON };

static const char *const formats[] = {
	[TEXT] = "text", [MD] = "md", [CSV] = "csv", [JSON] = "json", NULL
};

static int (*const writers[])(FILE *out, const struct report *r) = {
	[TEXT] = report_text, [MD] = report_md, [CSV] = report_csv, [JSON] = report_json,
};

struct arguments {
	int format;
	bool published, all;
	struct words files;
	struct report report;
};

/* Bits of enum report_part, in their order. */
static const char *const parts[] = {
	"percent", "off", "cost", "locked", "notes", "published", "provenance",
	"model", NULL
};

/* What the tables of these parts have above them. */
static const char *const headings[] = {
	"ACCT COST", "off", "on - off", "of which under pcpu_lock", "notes",
	"published", "measured with", "model", NULL
};

static int check(void *into)
{
	const struct arguments *args = into;

	if (args->all && args->report.parts)
		return err(EX_USE, "--all and --only ask for different things: give one of them");
	return files_given(&args->files, "such as results/*.jsonl");
}

static const struct opt options[] = {
	{ "format", 'f', "FORMAT",
	  "text (72 columns at most, the default), md, csv or json",
	  OPT_WORD(struct arguments, format, formats) },
	{ "json", 0, NULL, "Short for --format=json",
	  OPT_CHOICE(struct arguments, format, JSON) },
	{ "all", 0, NULL,
	  "Of a text or md document all parts, not what fits a screen",
	  OPT_FLAG(struct arguments, all) },
	{ "only", 0, "PART,...",
	  "Of a text or md document only these parts: percent, off, cost (on - off), locked (of which under pcpu_lock), notes, published, provenance, model",
	  OPT_SET(struct arguments, report.parts, parts),
	  OPT_HEADINGS(headings) },
	{ "published", 0, NULL,
	  "Set the published percentages of time beside what was measured of baseline and of the posted patches, kernels that are named posted-v1, posted-a, posted-b or posted-c",
	  OPT_FLAG(struct arguments, published) },
	{ "k", 0, "N",
	  "For the model of time: the instructions that clearing a cache line is worth, as 'doctor --calibrate' finds them (of the published machines: theirs)",
	  OPT_REAL(struct arguments, report.k, LINE_MODEL_MOST_K) },
	{ OPT_WORDS(struct arguments, files) },
	{ OPT_CHECK(check) },
	{ 0 }
};

static int write_report(FILE *out, const void *what)
{
	const struct arguments *args = what;

	return writers[args->format](out, &args->report);
}

static int run(int argc, char **argv)
{
	struct published published = { 0 };
	struct table table;
	struct arguments args = { .report.table = &table };
	int e;

	e = options_parse(&cmd_report, argc, argv, &args);
	if (e)
		return e;
	if (!args.all && !args.report.parts)
		args.report.parts = REPORT_SCREEN;
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

const struct command cmd_report = {
	.name = "report",
	.what = "tables from results files",
	.args = "FILE...",
	.doc = "Print what accounting costs, from the results files of one or more runs.\v"
	       "Boots of the same kernel in several files are merged. A cell without proof of "
	       "accounting is `invalid` and never a number. A control, which must be invalid, has a row only with --all.",
	.example = "  pcpubench report --published results/reference/posted-7.3.jsonl\n",
	.options = options,
	.run = run,
};
