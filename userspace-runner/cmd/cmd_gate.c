// SPDX-License-Identifier: GPL-2.0-or-later
/* gate: tells whether a patch makes things worse than allowed. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/output.h"
#include "base/text_stream.h"
#include "cmd/cmd.h"
#include "cmd/judge.h"
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
	struct rules_args rules;
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
	{ OPT_MORE(struct arguments, rules, rules_opts) },
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
	int e = 0, failed;

	if (!args->nr_outputs)
		args->outputs[args->nr_outputs++].format = formats;
	for (i = 0; i < args->nr_outputs; i++) {
		args->outputs[i].gate = g;
		failed = output_write(args->outputs[i].path, write_gate,
				      &args->outputs[i]);
		e = e ? e : failed;
	}
	return e;
}

/* The gate's exit code, with err(). @lost: an output was, which err() has. */
static int say_exit(const struct gate *g, bool lost)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out;
	int e = gate_exit(g);

	/* A regression is one, also if it could not be written down. */
	if (lost && e != EX_FAIL)
		return EX_INVALID;
	if (!e)
		return 0;
	out = text_stream(&text, &len);
	if (out) {
		gate_summary(out, g);
		if (lost)
			fprintf(out, "; %s", err_message());
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
	struct judged j;
	int e = judge_sides(&j, &args->compare, &args->rules, "gate");

	if (e)
		return not_one(e);
	e = say_exit(&j.gate, write_all(args, &j.gate));
	judged_free(&j, &args->compare);
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
	.doc = "Judge two revisions by the rules in ci/thresholds and your own.\v"
	       COMPARE_ARGS_HELP
	       "Exits with 0 for no regression, 1 for a regression, 2 for "
	       "wrong usage, unreadable or incomparable input, 3 without a "
	       "clear result: missing or invalid cells, failed boots, "
	       "interrupted runs, too few boots. Of rules that match one "
	       "cell the last applies: first are those of ci/thresholds (not "
	       "one instruction more; under time not 1 %), then --allow, then "
	       "--thresholds. docs/gate.md has the rest.",
	.example = "  pcpubench gate --allow=5 --format=text --format=junit=gate.xml old.jsonl new.jsonl\n",
	.options = options,
	.run = run,
};
