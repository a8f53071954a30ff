// SPDX-License-Identifier: GPL-2.0-or-later
/* Arguments of both `compare` and `gate`: OLD, NEW and the levels. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "cmd/args.h"
#include "cmd/compare_args.h"
#include "plan/topology.h"

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

/* How long "compiler" of "compiler: A in OLD, B in NEW" is, or "16c1n: CPUs" of such. */
static size_t what_differs(const char *line)
{
	const char *end = strstr(line, ": ");
	char name[TOPOLOGY_NAME_LEN];
	struct topology topo;

	if (end && end - line < (long)sizeof(name)) {
		snprintf(name, sizeof(name), "%.*s", (int)(end - line), line);
		if (!topology_parse(name, &topo))
			end = strstr(end + 2, ": ");
	}
	return end ? (size_t)(end - line) : strlen(line);
}

#define MOST_DETAIL	72	/* columns; of longer ones only what differs is told */

int compare_args_refuse(const struct compare *c, const char *hint)
{
	const char *line = c->differs[0];
	size_t len = strlen(line);
	char more[48] = "";

	if (len > MOST_DETAIL)
		len = what_differs(line);
	if (c->nr_differs > 1)
		snprintf(more, sizeof(more), " (and %zu more)",
			 c->nr_differs - 1);
	return err(EX_USE, "not comparable: %.*s%s: %s", (int)len, line, more,
		   hint);
}
