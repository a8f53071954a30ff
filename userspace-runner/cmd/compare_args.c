// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "cmd/args.h"
#include "cmd/compare_args.h"

enum {
	OPT_ALPHA = 0x200,
	OPT_CONFIDENCE,
	OPT_CONTROL,
};

static const struct argp_option options[] = {
	{ "control", OPT_CONTROL, "FILE[:KERNEL]", 0,
	  "OLD measured once more: how far two runs of the same are apart is the noise floor",
	  1 },
	{ "alpha", OPT_ALPHA, "P", 0,
	  "time: false discovery rate over all cells (0.05)", 1 },
	{ "confidence", OPT_CONFIDENCE, "P", 0,
	  "time: level of the intervals (0.95)", 1 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};

static error_t parse_share(const char *what, const char *arg, double *value)
{
	char *end;

	*value = strtod(arg, &end);
	if (end != arg && !*end && *value > 0 && *value < 1)
		return 0;
	err(EX_USE, "--%s=%s: give a number between 0 and 1, such as 0.05",
	    what, arg);
	return EINVAL;
}

static error_t parse_opt(int key, char *arg, struct argp_state *state)
{
	struct compare_args *args = state->input;

	switch (key) {
	case OPT_ALPHA:
		return parse_share("alpha", arg, &args->opt.alpha);
	case OPT_CONFIDENCE:
		return parse_share("confidence", arg, &args->opt.confidence);
	case OPT_CONTROL:
		args->opt.control = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (args->nr_sides < 2)
			args->sides[args->nr_sides] = arg;
		args->nr_sides++;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp compare_argp = {
	.options = options,
	.parser = parse_opt,
};

void compare_args_init(struct compare_args *args)
{
	compare_options_init(&args->opt);
}

int compare_args_load(struct compare_args *args, const char *command)
{
	int e;

	if (args->nr_sides != 2)
		return err(EX_USE, "%s: give two sides, OLD and NEW: '%s --help' has the forms",
			   command, command);
	e = compare_load(&args->compare, args->sides[0], args->sides[1],
			 &args->opt);
	if (e)
		return e;
	warn_torn(&args->compare.old);
	warn_torn(&args->compare.new);
	return 0;
}

int compare_args_refuse(const struct compare *c, const char *hint)
{
	char more[48] = "";

	if (c->nr_differs > 1)
		snprintf(more, sizeof(more), " (and %zu more)",
			 c->nr_differs - 1);
	return err(EX_USE, "not comparable: %.600s%s: %s", c->differs[0], more,
		   hint);
}
