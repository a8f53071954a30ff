// SPDX-License-Identifier: GPL-2.0-or-later
/* page: writes one file of HTML with all that results files say. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/judge.h"
#include "report/page.h"
#include "results/table_load.h"

struct arguments {
	const char *output, *old, *new;
	struct rules_args rules;
	struct words files;
};

static int check(void *into)
{
	const struct arguments *args = into;

	if (!args->old != !args->new)
		return err(EX_USE, "a verdict is about two sides: give both --old and --new, or neither");
	if (!args->old && (args->rules.allow || args->rules.thresholds))
		return err(EX_USE, "--allow and --thresholds judge two sides: give --old and --new, too");
	return files_given(&args->files, "such as results/*.jsonl");
}

static const struct opt options[] = {
	{ "output", 'o', "FILE", "Where the page goes (NAME.html beside NAME.jsonl, the first file)",
	  OPT_TEXT(struct arguments, output) },
	{ "old", 0, "OLD", "With --new: also show what 'pcpubench gate OLD NEW' says",
	  OPT_TEXT(struct arguments, old) },
	{ "new", 0, "NEW", "With --old: the side that is judged",
	  OPT_TEXT(struct arguments, new) },
	{ OPT_MORE(struct arguments, rules, rules_opts) },
	{ OPT_WORDS(struct arguments, files) },
	{ OPT_CHECK(check) },
	{ 0 }
};

/* Of "results/run.jsonl" "results/run.html". */
static int beside(char path[PATH_MAX], const char *file)
{
	static const char suffix[] = ".jsonl";
	size_t len = strlen(file);

	if (len > strlen(suffix) && !strcmp(file + len - strlen(suffix), suffix))
		len -= strlen(suffix);
	if (snprintf(path, PATH_MAX, "%.*s.html", (int)len, file) >= PATH_MAX)
		return err(EX_USE, "%s: the name is too long", file);
	return 0;
}

static int write_page(const struct arguments *args, const struct table *t,
		      const struct gate *gate)
{
	struct fit_set fits = { 0 };
	const struct page page = { .table = t, .fits = &fits, .gate = gate };
	int e = fit_table(&fits, t, NULL);

	if (!e)
		e = make_parents(args->output);
	if (!e)
		e = output_write(args->output, page_write, &page);
	fit_free(&fits);
	if (!e)
		printf("%s\n", args->output);
	return e;
}

static int judge_and_write(const struct arguments *args, const struct table *t)
{
	char *sides[] = { (char *)args->old, (char *)args->new };
	struct compare_args compare = {
		.sides = { .word = sides, .nr = 2 },
	};
	struct judged judged;
	int e;

	if (!args->old)
		return write_page(args, t, NULL);
	compare_args_init(&compare);
	e = judge_sides(&judged, &compare, &args->rules, "page");
	if (e)
		return e;
	e = write_page(args, t, &judged.gate);
	judged_free(&judged, &compare);
	return e;
}

static int run(int argc, char **argv)
{
	struct arguments args = { 0 };
	struct table table;
	char path[PATH_MAX];
	int e = options_parse(&cmd_page, argc, argv, &args);

	if (!e && !args.output) {
		e = beside(path, args.files.word[0]);
		args.output = path;
	}
	if (!e)
		e = table_load_apart(&table, args.files.word, args.files.nr);
	if (e)
		return e;
	warn_torn(&table);
	e = judge_and_write(&args, &table);
	table_free(&table);
	return e;
}

const struct command cmd_page = {
	.name = "page",
	.what = "one HTML file of tables, curves, flame graphs and history",
	.args = "FILE...",
	.doc = "Write a page that a browser shows without a network: tables to sort, with proof and provenance of each cell, curves over sizes, CPUs and nodes, flame graphs to zoom, the history over several builds, the gate's verdicts, and the commands to measure it again.\v"
	       "Several builds of one name, in the order of the files, are a history, and so are a series' first patches (d@1, d@2, ...) and commits; each step is judged as 'pcpubench compare' does. Prints the page's path.",
	.example = "  pcpubench page --output=/tmp/releases.html results/reference/releases-*.jsonl\n",
	.options = options,
	.run = run,
};
