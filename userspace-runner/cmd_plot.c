// SPDX-License-Identifier: GPL-2.0-or-later
/* plot: pictures from results files. The drawing is done in plots/. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "args.h"
#include "cmd.h"
#include "err.h"
#include "fit/fit.h"
#include "fit/json.h"
#include "paths.h"
#include "results/table.h"

#define PYTHON	"/usr/bin/python3"

struct arguments {
	const char *output, *hold_out;
	bool text;
	struct file_args files;
};

enum {
	KEY_HOLD_OUT = 0x600,
	KEY_TEXT,
};

static const struct argp_option options[] = {
	{ "output", 'o', "DIR", 0, "Where PNG and SVG files go (plots)", 0 },
	{ "text", KEY_TEXT, NULL, 0,
	  "Draw the cost against CPUs with letters, 72 columns wide", 0 },
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
	.args_doc = "FILE...",
	.doc = "Draw ACCT COST against CPUs, nodes and size, with the fits of 'pcpubench fit'.",
};

/* Hand @fits to the script, by a file that has no name afterwards. */
static int draw(json_t *fits, const char *out)
{
	char script[PATH_MAX], path[] = "/tmp/pcpubench-fits.XXXXXX";
	int fd = mkstemp(path), status = 0, ret = 0;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	pid_t pid;

	if (!f)
		return err_errno(EX_FAIL, "cannot make %s", path);
	if (json_dumpf(fits, f, JSON_COMPACT | JSON_REAL_PRECISION(12)) ||
	    fflush(f))
		ret = err_errno(EX_FAIL, "cannot write %s", path);
	fclose(f);
	snprintf(script, sizeof(script), "%s/plots/plot.py", path_data());
	fflush(stdout);
	pid = ret ? -1 : fork();
	if (pid == 0) {
		execl(PYTHON, PYTHON, script, path, out, NULL);
		_exit(127);
	}
	if (!ret && (pid < 0 || waitpid(pid, &status, 0) < 0))
		ret = err_errno(EX_FAIL, "cannot start " PYTHON);
	if (!ret && status)
		ret = err(EX_FAIL, "the pictures were not drawn: run 'make deps'");
	unlink(path);
	return ret;
}

int cmd_plot(int argc, char **argv)
{
	struct arguments args = { .output = "plots" };
	struct fit_set set = { 0 };
	struct table table;
	json_t *fits;
	int ret;

	ret = parse_args(&argp, argc, argv, &args);
	if (ret)
		return ret;
	ret = files_load(&table, &args.files);
	if (ret)
		return ret;
	ret = fit_table(&set, &table, args.hold_out);
	if (!ret && !set.nr)
		ret = err(EX_INVALID, "nothing to draw: a curve wants six valid topologies of one kernel and size, besides those held out");
	if (!ret) {
		fits = fit_json(&set, &table);
		ret = draw(fits, args.text ? "--text" : args.output);
		json_decref(fits);
	}
	fit_free(&set);
	table_free(&table);
	return ret;
}
