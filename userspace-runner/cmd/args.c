// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "cmd/args.h"

/*
 * argp tells of a wrong option in two lines, and exits. Told to be silent it
 * does neither, nor --help; so it is silenced only where no help is wanted, and
 * the parser around the real one says which argument it was.
 */
static error_t outer(int key, char *arg, struct argp_state *state)
{
	const char *last;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = state->input;
		return 0;
	case ARGP_KEY_ERROR:
		if (err_message()[0])
			return 0;
		last = state->next > 0 && state->next <= state->argc ?
			state->argv[state->next - 1] : "";
		err(EX_USE, "unknown or incomplete argument '%s': '%s --help' has all of them",
		    last, state->name);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "--usage") ||
		    !strcmp(argv[i], "-?"))
			return true;
	return false;
}

int parse_args(const struct argp *argp, int argc, char **argv, void *input)
{
	const struct argp_child children[] = { { .argp = argp }, { 0 } };
	const struct argp silent = { .parser = outer, .children = children };
	int ret;

	if (wants_help(argc, argv))
		return argp_parse(argp, argc, argv, 0, NULL, input);
	ret = argp_parse(&silent, argc, argv, ARGP_NO_ERRS, NULL, input);
	return ret && (ret < EX_FAIL || ret > EX_INVALID) ? EX_USE : ret;
}

error_t parse_files(int key, struct argp_state *state, struct file_args *files,
		    const char *which)
{
	switch (key) {
	case ARGP_KEY_ARGS:
		files->files = state->argv + state->next;
		files->nr = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		return err(EX_USE, "no results file: give one or more, %s",
			   which);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int parse_word(const char *what, const char *arg, const char *const *words,
	       int *val)
{
	char list[128] = "";

	for (*val = 0; words[*val]; (*val)++)
		if (!strcmp(words[*val], arg))
			return 0;
	for (int i = 0; words[i]; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
			 "%s%s", i ? ", " : "", words[i]);
	return err(EX_USE, "no %s '%s': give one of %s", what, arg, list);
}

void warn_torn(const struct table *t)
{
	size_t i;

	for (i = 0; i < t->nr_runs; i++)
		if (t->runs[i].file.torn)
			fprintf(stderr, "pcpubench: warning: %s: its last line was cut off and is left out\n",
				t->runs[i].file.path);
}

int files_load(struct table *t, const struct file_args *files)
{
	int ret = table_load(t, files->files, files->nr);

	if (!ret)
		warn_torn(t);
	return ret;
}
