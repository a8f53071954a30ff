// SPDX-License-Identifier: GPL-2.0-or-later
/* gate: tells whether a patch makes things worse than allowed. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/output.h"
#include "base/paths.h"
#include "cmd/cmd.h"
#include "cmd/compare_args.h"
#include "report/gate_write.h"

struct format {
	const char *name;
	int (*write)(FILE *out, const struct gate *g);
};

static const struct format formats[] = {
	{ "text", gate_text },
	{ "md", gate_md },
	{ "ktap", gate_ktap },
	{ "junit", gate_junit },
	{ "github", gate_github },
};

#define NR_FORMATS	(sizeof(formats) / sizeof(formats[0]))
#define MAX_OUTPUTS	16

/* @path: NULL for the standard output */
struct output {
	const struct format *format;
	const char *path;
	const struct gate *gate;
};

struct arguments {
	struct compare_args compare;
	const char *thresholds;
	struct output outputs[MAX_OUTPUTS];
	size_t nr_outputs;
};

static int add_output(const char *arg, void *into)
{
	const char *equal = strchr(arg, '=');
	struct arguments *args = into;
	size_t i, len = equal ? (size_t)(equal - arg) : strlen(arg);

	for (i = 0; i < NR_FORMATS; i++)
		if (strlen(formats[i].name) == len &&
		    !strncmp(formats[i].name, arg, len))
			break;
	if (i == NR_FORMATS || (equal && !equal[1]))
		return err(EX_USE, "gate: no format '%s': give text, md, ktap, junit or github, and =FILE to write it to",
			   arg);
	if (args->nr_outputs == MAX_OUTPUTS)
		return err(EX_USE, "gate: at most %d formats", MAX_OUTPUTS);
	args->outputs[args->nr_outputs++] = (struct output){
		.format = &formats[i],
		.path = equal ? equal + 1 : NULL,
	};
	return 0;
}

static const struct opt options[] = {
	{ "format", 'f', "FORMAT[=FILE]",
	  "text (the default), md, ktap, junit or github; may be given several times, with a FILE to write it to",
	  OPT_CALL(add_output), OPT_MANY },
	{ "thresholds", 't', "FILE", "Rules (ci/thresholds)",
	  OPT_TEXT(struct arguments, thresholds) },
	{ OPT_MORE(struct arguments, compare, compare_opts) },
	{ 0 }
};

static int write_gate(FILE *out, const void *what)
{
	const struct output *output = what;

	return output->format->write(out, output->gate);
}

static int write_all(struct arguments *args, const struct gate *g)
{
	size_t i;
	int e = 0;

	if (!args->nr_outputs)
		args->outputs[args->nr_outputs++].format = formats;
	for (i = 0; i < args->nr_outputs && !e; i++) {
		args->outputs[i].gate = g;
		e = output_write(args->outputs[i].path, write_gate,
				 &args->outputs[i]);
	}
	return e;
}

static int say_exit(const struct gate *g)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out;
	int e = gate_exit(g);

	if (!e)
		return 0;
	out = open_memstream(&text, &len);
	if (out) {
		gate_summary(out, g);
		if (!fclose(out))
			err(e, "gate: %s", text);
	}
	free(text);
	return e;
}

/* Exit code 1 means "regression" only: other failures become 3. */
static int not_one(int e)
{
	return e == EX_FAIL ? EX_INVALID : e;
}

static int judge(struct arguments *args)
{
	struct compare *c = &args->compare.compare;
	struct thresholds rules;
	char path[PATH_MAX];
	struct gate g;
	int e;

	if (!args->thresholds) {
		snprintf(path, sizeof(path), "%s/ci/thresholds", path_data());
		args->thresholds = path;
	}
	e = thresholds_read(&rules, args->thresholds);
	if (e)
		return not_one(e);
	e = compare_args_load(&args->compare, "gate");
	if (e) {
		e = not_one(e);
		goto out;
	}
	if (c->nr_differs) {
		e = compare_args_refuse(c, "measure both sides alike");
		goto out_compare;
	}
	gate_select(c, &rules);
	e = compare_judge(c);
	if (!e)
		e = gate_judge(&g, c, &rules);
	if (!e) {
		e = not_one(write_all(args, &g));
		if (!e)
			e = say_exit(&g);
		gate_free(&g);
	} else {
		e = not_one(e);
	}
out_compare:
	compare_free(c);
out:
	thresholds_free(&rules);
	return e;
}

static int run(int argc, char **argv)
{
	struct arguments args = { .nr_outputs = 0 };
	int e;

	compare_args_init(&args.compare);
	e = options_parse(&cmd_gate, argc, argv, &args);
	return e ? e : judge(&args);
}

const struct command cmd_gate = {
	.name = "gate",
	.what = "exit code for a CI: may this revision go in?",
	.args = COMPARE_ARGS_DOC,
	.doc = "Judge two revisions by the rules in ci/thresholds.\v"
	       COMPARE_ARGS_HELP
	       "Exits with 0 for no regression, 1 for a regression, 2 for "
	       "wrong usage, unreadable or incomparable input, 3 without a "
	       "clear result: missing or invalid cells, failed boots, "
	       "interrupted runs, too few boots. docs/gate.md has the rest.",
	.example = "  pcpubench gate --format=text --format=junit=gate.xml old.jsonl new.jsonl\n",
	.options = options,
	.run = run,
};
