// SPDX-License-Identifier: GPL-2.0-or-later
/* pcpubench report: tables from results files. */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "cmd.h"
#include "err.h"
#include "report.h"
#include "results/memory.h"

struct format {
	const char *name;
	int (*write)(FILE *out, const struct report *r);
};

static const struct format formats[] = {
	{ "text", report_text },
	{ "md", report_md },
	{ "csv", report_csv },
	{ "json", report_json },
	{ NULL, NULL },
};

struct args {
	const struct format *format;
	bool published;
	char **files;
	size_t nr_files;
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
		for (args->format = formats; args->format->name; args->format++)
			if (!strcmp(args->format->name, arg))
				return 0;
		err(EX_USE, "report: no format '%s': give text, md, csv or json",
		    arg);
		return EINVAL;
	case OPT_PUBLISHED:
		args->published = true;
		return 0;
	case ARGP_KEY_ARGS:
		args->files = state->argv + state->next;
		args->nr_files = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		err(EX_USE, "report: no results file: give one or more, such as results/*.jsonl");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
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

static void warn_torn(const struct table *t)
{
	size_t i;

	for (i = 0; i < t->nr_runs; i++)
		if (t->runs[i].file.torn)
			fprintf(stderr, "pcpubench: warning: %s: its last line was cut off and is left out\n",
				t->runs[i].file.path);
}

/* All of it or nothing: half a table would pass for a whole one. */
static int print_report(const struct format *format, const struct report *r)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int e;

	if (!out)
		return no_memory();
	e = format->write(out, r);
	if (fclose(out) && !e)
		e = no_memory();
	if (!e && (fwrite(text, 1, len, stdout) != len || fflush(stdout)))
		e = err(EX_FAIL, "cannot write the report: %m: look at where the output goes");
	free(text);
	return e;
}

int cmd_report(int argc, char **argv)
{
	struct args args = { .format = formats };
	struct published published = { NULL, 0 };
	struct table table;
	struct report report = { .table = &table };
	int e;

	e = parse_args(&argp, argc, argv, &args);
	if (e)
		return e;
	/* A reader that went away is an error to report like any other. */
	signal(SIGPIPE, SIG_IGN);
	if (args.published) {
		e = published_read(&published);
		if (e)
			return e;
		report.published = &published;
	}
	e = table_load(&table, args.files, args.nr_files);
	if (!e) {
		warn_torn(&table);
		e = print_report(args.format, &report);
		table_free(&table);
	}
	published_free(&published);
	return e;
}
