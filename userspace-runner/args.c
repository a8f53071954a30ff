// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <string.h>

#include "args.h"
#include "err.h"

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
