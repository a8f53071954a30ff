// SPDX-License-Identifier: GPL-2.0-or-later
/* Arguments of both `compare` and `gate`: OLD, NEW and the levels. */
#include <stdio.h>

#include "base/err.h"
#include "cmd/args.h"
#include "cmd/compare_args.h"

const struct opt compare_opts[] = {
	{ "control", 0, "FILE[:KERNEL]",
	  "OLD measured again: the difference of two runs of the same kernel is the noise floor",
	  OPT_TEXT(struct compare_args, opt.control) },
	{ "alpha", 0, "P", "time: false discovery rate over all cells (0.05)",
	  OPT_REAL(struct compare_args, opt.alpha, 1) },
	{ "confidence", 0, "P", "time: level of the intervals (0.95)",
	  OPT_REAL(struct compare_args, opt.confidence, 1) },
	{ OPT_WORDS(struct compare_args, sides) },
	{ 0 }
};

void compare_args_init(struct compare_args *args)
{
	compare_options_init(&args->opt);
}

int compare_args_load(struct compare_args *args, const char *command)
{
	int e;

	if (args->sides.nr != 2)
		return err(EX_USE, "%s: give two sides, OLD and NEW: 'pcpubench %s --help' has the forms",
			   command, command);
	e = compare_load(&args->compare, args->sides.word[0],
			 args->sides.word[1],
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
