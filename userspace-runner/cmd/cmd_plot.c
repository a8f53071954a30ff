// SPDX-License-Identifier: GPL-2.0-or-later
/* plot: has the scripts in plots/ draw results files. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/compare_args.h"
#include "cmd/script.h"
#include "fit/fit.h"
#include "fit/json.h"
#include "report/compare_doc.h"
#include "results/table.h"
#include "results/times.h"
#include "results/writer.h"

/* plot.py's argument for text, instead of a directory. */
#define TO_STDOUT	"--text"

struct arguments {
	const char *output, *hold_out;
	bool text, compare;
	struct words files;
};

static int check(void *into)
{
	const struct arguments *args = into;

	return files_given(&args->files, "such as those of a sweep");
}

static const struct opt options[] = {
	{ "output", 'o', "DIR", "Where PNG and SVG files go (plots)",
	  OPT_TEXT(struct arguments, output) },
	{ "text", 0, NULL,
	  "Draw the cost against CPUs with letters, 72 columns wide",
	  OPT_FLAG(struct arguments, text) },
	{ "compare", 0, NULL,
	  "Draw before and after: two arguments, OLD and NEW of 'pcpubench compare'",
	  OPT_FLAG(struct arguments, compare) },
	{ "hold-out", 0, "NAME,...",
	  "Topologies to leave out of the fits (every fourth)",
	  OPT_TEXT(struct arguments, hold_out) },
	{ OPT_WORDS(struct arguments, files) },
	{ OPT_CHECK(check) },
	{ 0 }
};

static int write_json(FILE *out, const void *what)
{
	return json_dumpf(what, out,
			  JSON_COMPACT | JSON_REAL_PRECISION(12)) ?
	       no_memory() : 0;
}

static int write_compare(FILE *out, const void *what)
{
	return compare_json(out, what);
}

static int make_output(const char *out)
{
	char dir[PATH_MAX];
	int ret;

	snprintf(dir, sizeof(dir), "%s/", out);
	ret = make_parents(dir);
	if (!ret && access(dir, W_OK))
		ret = err_errno(EX_USE, "cannot write pictures to %s", out);
	return ret;
}

static int draw(const char *script, output_fn fn, const void *what,
		const char *out)
{
	int ret = strcmp(out, TO_STDOUT) ? make_output(out) : 0;

	return ret ? ret : script_draw(script, fn, what, out, NULL);
}

/* Draw two sides as `compare` compares them. */
static int plot_compare(const struct arguments *args)
{
	struct compare_args sides = { .sides = args->files };
	struct compare *c = &sides.compare;
	int ret;

	compare_args_init(&sides);
	ret = compare_args_load(&sides, "plot --compare");
	if (ret)
		return ret;
	if (c->nr_differs)
		ret = compare_args_refuse(c, "no picture can say so");
	if (!ret)
		ret = compare_judge(c);
	if (!ret && !compare_has_numbers(c))
		ret = err(EX_INVALID, "nothing to draw: no cell has numbers on both sides");
	if (!ret)
		ret = draw("slopes.py", write_compare, c, args->output);
	compare_free(c);
	return ret;
}

static int plot_fits(const struct fit_set *set, const struct table *table,
		     const char *out)
{
	json_t *fits = fit_json(set, table);
	int ret = draw("plot.py", write_json, fits, out);

	json_decref(fits);
	return ret;
}

static int plot_files(const struct arguments *args)
{
	struct fit_set set = { 0 };
	struct table table;
	json_t *times = NULL;
	int ret;

	ret = files_load(&table, &args->files);
	if (ret)
		return ret;
	ret = fit_table(&set, &table, args->hold_out);
	if (!ret)
		ret = times_json(&table, &times);
	if (!ret && !set.nr && (args->text || !json_array_size(times)))
		ret = err(EX_INVALID, "nothing to draw: a curve wants six valid topologies of one kernel and size, besides those held out%s",
			  args->text ? "" : "; a distribution wants times");
	if (!ret && set.nr)
		ret = plot_fits(&set, &table, args->text ? TO_STDOUT :
				args->output);
	if (!ret && !args->text && json_array_size(times))
		ret = draw("times.py", write_json, times, args->output);
	json_decref(times);
	fit_free(&set);
	table_free(&table);
	return ret;
}

static int run(int argc, char **argv)
{
	struct arguments args = { .output = "plots" };
	int ret = options_parse(&cmd_plot, argc, argv, &args);

	if (ret)
		return ret;
	if (args.compare && args.text)
		return err(EX_USE, "--text draws curves only: leave out --compare");
	return args.compare ? plot_compare(&args) : plot_files(&args);
}

const struct command cmd_plot = {
	.name = "plot",
	.what = "pictures of the cost against CPUs, nodes and size",
	.args = "FILE...\n--compare OLD NEW",
	.doc = "Draw results files: ACCT COST against CPUs, nodes and size, with the fits of 'pcpubench fit', and the distribution of timed samples.",
	.example = "  pcpubench plot --output=/tmp results/reference/sweep-6.12.jsonl\n",
	.options = options,
	.run = run,
};
