// SPDX-License-Identifier: GPL-2.0-or-later
/* plot: pictures from results files. The drawing is done in plots/. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/paths.h"
#include "base/process.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/compare_args.h"
#include "fit/fit.h"
#include "fit/json.h"
#include "results/table.h"
#include "results/times.h"
#include "results/writer.h"

#define PYTHON	"/usr/bin/python3"
/* Instead of a directory: what plot.py takes for a text. */
#define TO_STDOUT	"--text"

struct arguments {
	const char *output, *hold_out;
	bool text, compare;
	struct file_args files;
};

enum {
	KEY_HOLD_OUT = 0x600,
	KEY_TEXT,
	KEY_COMPARE,
};

static const struct argp_option options[] = {
	{ "output", 'o', "DIR", 0, "Where PNG and SVG files go (plots)", 0 },
	{ "text", KEY_TEXT, NULL, 0,
	  "Draw the cost against CPUs with letters, 72 columns wide", 0 },
	{ "compare", KEY_COMPARE, NULL, 0,
	  "Draw before and after: two arguments, OLD and NEW of 'pcpubench compare'",
	  0 },
	{ "hold-out", KEY_HOLD_OUT, "NAME,...", 0,
	  "Topologies to leave out of the fits (every fourth)", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *args = state->input;

	switch (key) {
	case 'o':
		args->output = arg;
		return 0;
	case KEY_TEXT:
		args->text = true;
		return 0;
	case KEY_COMPARE:
		args->compare = true;
		return 0;
	case KEY_HOLD_OUT:
		args->hold_out = arg;
		return 0;
	default:
		return parse_files(key, state, &args->files,
				   "such as those of a sweep");
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE...\n--compare OLD NEW",
	.doc = "Draw what results files have: ACCT COST against CPUs, nodes and size, with the fits of 'pcpubench fit', and how timed samples are distributed.",
};

typedef int (*write_fn)(FILE *out, const void *what);

static int write_json(FILE *out, const void *what)
{
	return json_dumpf(what, out,
			  JSON_COMPACT | JSON_REAL_PRECISION(12)) ?
	       err(EX_FAIL, "out of memory for a picture") : 0;
}

static int write_compare(FILE *out, const void *what)
{
	return compare_json(out, what);
}

static int run_script(const char *name, const char *path, const char *out)
{
	char script[PATH_MAX];
	const char *argv[] = { PYTHON, script, path, out, NULL };
	const struct process python = { .argv = argv };
	pid_t pid;

	snprintf(script, sizeof(script), "%s/plots/%s", path_data(), name);
	if (process_start(&python, &pid))
		return EX_FAIL;
	return process_wait(pid, 0) ?
	       err(EX_FAIL, "the pictures were not drawn: run 'make deps'") : 0;
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

/* Hand what @fn writes to a script, by a file that is gone afterwards. */
static int draw(const char *script, write_fn fn, const void *what,
		const char *out)
{
	char path[] = "/tmp/pcpubench-plot.XXXXXX";
	int fd, ret;
	FILE *f;

	if (strcmp(out, TO_STDOUT)) {
		ret = make_output(out);
		if (ret)
			return ret;
	}
	fd = mkstemp(path);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f)
		return err_errno(EX_FAIL, "cannot make %s", path);
	ret = fn(f, what);
	if (fclose(f) && !ret)
		ret = err_errno(EX_FAIL, "cannot write %s", path);
	if (!ret)
		ret = run_script(script, path, out);
	unlink(path);
	return ret;
}

/* Before and after: everything else is what `compare` says. */
static int plot_compare(const struct arguments *args)
{
	struct compare_args sides = { .nr_sides = (int)args->files.nr };
	struct compare *c = &sides.compare;
	int ret;

	for (size_t i = 0; i < 2 && i < args->files.nr; i++)
		sides.sides[i] = args->files.files[i];
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

int cmd_plot(int argc, char **argv)
{
	struct arguments args = { .output = "plots" };
	int ret = parse_args(&argp, argc, argv, &args);

	if (ret)
		return ret;
	if (args.compare && args.text)
		return err(EX_USE, "--text draws curves only: leave out --compare");
	return args.compare ? plot_compare(&args) : plot_files(&args);
}
