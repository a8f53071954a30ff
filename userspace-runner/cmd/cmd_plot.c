// SPDX-License-Identifier: GPL-2.0-or-later
/* plot: has the scripts in plots/ draw results files. */
#include <limits.h>
#include <stdbool.h>
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
#include "report/report.h"
#include "report/report_contention.h"
#include "results/table.h"
#include "results/times.h"
#include "results/writer.h"

/* plot.py's argument for text, instead of a directory. */
#define TO_STDOUT	"--text"

/* Of more topologies no one looks at a picture each. */
#define MOST_BARS	6

struct arguments {
	const char *output, *hold_out;
	bool text, compare;
	struct words files;
};

static int check(void *into)
{
	const struct arguments *args = into;

	return files_given(&args->files, "such as results/reference/bench-6.12.jsonl");
}

static const struct opt options[] = {
	{ "output", 'o', "DIR", "Where PNG and SVG files go (FILE-plots, beside the file)",
	  OPT_TEXT(struct arguments, output) },
	{ "text", 0, NULL,
	  "Draw with letters, 72 columns wide",
	  OPT_FLAG(struct arguments, text) },
	{ "compare", 0, NULL,
	  "Draw before and after: two arguments, OLD and NEW of 'pcpubench compare'",
	  OPT_FLAG(struct arguments, compare) },
	{ "hold-out", 0, "TOPOLOGY,...",
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

static int draw(const char *script, output_fn fn, const void *what,
		const char *out)
{
	int ret = strcmp(out, TO_STDOUT) ? script_dir(out) : 0;

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
		ret = err(EX_INVALID, "nothing to draw: no cell has numbers on both sides; 'pcpubench report' says why");
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

/* ------------------------------------------------------------------- bars */

/* Kernels that are no controls: @pair has the first two. */
static size_t real_kernels(const struct table *t, size_t pair[2])
{
	size_t nr = 0;

	for (size_t i = 0; i < t->nr_kernels; i++) {
		if (table_is_control(&t->kernels[i]))
			continue;
		if (nr < 2)
			pair[nr] = i;
		nr++;
	}
	return nr;
}

/* What `compare` says of the only two kernels; null where it says nothing. */
static json_t *verdicts(const struct table *t)
{
	struct compare_args args;
	struct compare *c = &args.compare;
	size_t pair[2];
	json_t *cells = NULL;

	compare_args_init(&args);
	if (real_kernels(t, pair) != 2)
		return json_null();
	if (!compare_kernels(c, t, (unsigned int)pair[0], (unsigned int)pair[1],
			     &args.opt)) {
		if (!c->nr_differs && !compare_judge(c))
			cells = compare_cells(c);
		compare_free(c);
	}
	return cells ? cells : json_null();
}

static json_t *kernels_json(const struct table *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->nr_kernels; i++) {
		const struct table_kernel *k = &t->kernels[i];

		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}",
			"name", k->name, "subject", k->subject,
			"release", k->release ? k->release : "",
			"config", k->config_sha256 ? k->config_sha256 : ""));
	}
	return list;
}

/* What bars.py draws: docs/sweep.md. */
static json_t *bars_json(const struct table *t)
{
	json_t *units = json_object(), *per = json_object();
	struct report r = { .table = t };

	for (size_t i = 0; i < t->instruments.nr; i++)
		json_object_set_new(units, t->instruments.name[i], json_string(
			table_instrument(t, i)->unit));
	for (size_t i = 0; i < t->benches.nr; i++)
		json_object_set_new(per, t->benches.name[i], json_string(
			bench_op(t->benches.name[i])));
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "rows", report_rows(&r),
			 "kernels", kernels_json(t), "unit", units, "per", per,
			 "compare", verdicts(t));
}

/* A parallel bench has curves over its tasks, and no picture of each number. */
static void leave_out_parallel(json_t *rows)
{
	size_t i = json_array_size(rows);

	while (i--) {
		const char *name = json_string_value(json_object_get(
			json_array_get(rows, i), "bench"));
		const struct bench *bench = name ? bench_find(name) : NULL;

		if (bench && bench->parallel)
			json_array_remove(rows, i);
	}
}

static int plot_bars(const struct table *t, const char *out)
{
	json_t *bars = bars_json(t);
	int ret = bars ? 0 : no_memory();

	leave_out_parallel(json_object_get(bars, "rows"));
	if (json_array_size(json_object_get(bars, "rows")))
		ret = draw("bars.py", write_json, bars, out);
	json_decref(bars);
	return ret;
}

static bool has_numbers(const struct table *t)
{
	for (size_t i = 0; i < t->nr_cells; i++)
		if (t->cells[i].valid)
			return true;
	return false;
}

/* -------------------------------------------------------------------- any */

static int plot_throughput(const struct arguments *args,
			   const struct table *table)
{
	json_t *rows = report_contention_json(table);
	int ret = 0;

	if (!args->text && json_array_size(rows))
		ret = draw("throughput.py", write_json, rows, args->output);
	json_decref(rows);
	return ret;
}

/*
 * Bars of each topology where these are few, curves where there are enough of
 * them, and how times are distributed.
 */
static int plot_table(const struct arguments *args, const struct table *table)
{
	const char *out = args->text ? TO_STDOUT : args->output;
	bool few = table->topologies.nr <= MOST_BARS;
	struct fit_set set = { 0 };
	json_t *times = NULL;
	int ret;

	if (!has_numbers(table))
		return err(EX_INVALID, "nothing to draw: no cell has a number; 'pcpubench report' says why");
	ret = fit_table(&set, table, args->hold_out);
	if (!ret)
		ret = times_json(table, &times);
	leave_out_parallel(times);
	/* Bars are for few cells of a topology. */
	if (!ret && ((few && !(set.nr && fit_has_depths(set.fits))) || !set.nr))
		ret = plot_bars(table, out);
	if (!ret && set.nr && !(few && args->text))
		ret = plot_fits(&set, table, out);
	if (!ret && !args->text && json_array_size(times))
		ret = draw("times.py", write_json, times, out);
	if (!ret)
		ret = plot_throughput(args, table);
	json_decref(times);
	fit_free(&set);
	return ret;
}

static int plot_files(struct arguments *args)
{
	struct table table;
	int ret;

	ret = files_load(&table, &args->files);
	if (ret)
		return ret;
	ret = plot_table(args, &table);
	table_free(&table);
	return ret;
}

/* "results/run.jsonl", and what is behind it in FILE:KERNEL, gives "results/run". */
static int beside(char dir[PATH_MAX], const char *file)
{
	static const char suffix[] = ".jsonl";
	const char *end = strstr(file, suffix);

	if (!end)
		end = file + strcspn(file, ",:");
	if (snprintf(dir, PATH_MAX, "%.*s-plots", (int)(end - file), file) >=
	    PATH_MAX)
		return err(EX_USE, "%s: the name is too long", file);
	return 0;
}

static int run(int argc, char **argv)
{
	struct arguments args = { 0 };
	char dir[PATH_MAX];
	int ret = options_parse(&cmd_plot, argc, argv, &args);

	if (!ret && !args.output) {
		ret = beside(dir, args.files.word[0]);
		args.output = dir;
	}
	if (ret)
		return ret;
	if (args.compare && args.text)
		return err(EX_USE, "--text draws costs only: leave out --compare");
	return args.compare ? plot_compare(&args) : plot_files(&args);
}

const struct command cmd_plot = {
	.name = "plot",
	.what = "pictures of what results files have",
	.args = "FILE...\n--compare OLD NEW",
	.doc = "Draw what results files have: bars of off and on for each topology where these are few, ACCT COST against CPUs, nodes, size and depth, with the fits of 'pcpubench fit', where these are three or more, and how timed samples are distributed.",
	.example = "  pcpubench plot --output=/tmp results/reference/sweep-6.12.jsonl\n",
	.options = options,
	.run = run,
};
