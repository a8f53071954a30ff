// SPDX-License-Identifier: GPL-2.0-or-later
/* sweep: kernels x topologies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "cmd.h"
#include "err.h"
#include "session.h"

#define MAX_TOPOLOGIES	256

struct arguments {
	struct session_options opt;
	struct topology topos[MAX_TOPOLOGIES];
	size_t nr_topos;
	char **kernels;
	size_t nr_kernels;
};

static const struct argp_option options[] = {
	{ "topologies", 't', "NAME,...", 0,
	  "CPUs and nodes the guests believe in (176c1n,80c2n)", 0 },
	{ 0 }
};

static int parse_topologies(struct arguments *args, const char *text)
{
	char *copy = strdup(text), *save = NULL, *tok;
	int ret = 0;

	args->nr_topos = 0;
	for (tok = strtok_r(copy, ", ", &save); tok && !ret;
	     tok = strtok_r(NULL, ", ", &save)) {
		if (args->nr_topos == MAX_TOPOLOGIES)
			ret = err(EX_USE, "at most %d topologies",
				  MAX_TOPOLOGIES);
		else
			ret = topology_parse(tok,
					     &args->topos[args->nr_topos++]);
	}
	if (!ret && !args->nr_topos)
		ret = err(EX_USE, "no topology given");
	free(copy);
	return ret;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->opt;
		return 0;
	case 't':
		return parse_topologies(args, arg);
	case ARGP_KEY_ARGS:
		args->kernels = state->argv + state->next;
		args->nr_kernels = state->argc - state->next;
		return 0;
	case ARGP_KEY_ARG:
		return ARGP_ERR_UNKNOWN;	/* all of them at once, above */
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{ .argp = &session_argp }, { 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[KERNEL...]",
	.doc = "Boot every KERNEL (all there are, if none is named) with every topology, several guests at once, and print the path of the results file.",
	.children = children,
};

int cmd_sweep(int argc, char **argv)
{
	struct kernel *kernels = NULL;
	struct arguments args = { 0 };
	bool harness = false;
	char *path = NULL;
	size_t i, nr = 0;
	int ret;

	session_options_init(&args.opt);
	parse_topologies(&args, "176c1n,80c2n");
	ret = parse_args(&argp, argc, argv, &args);
	if (ret)
		return ret;
	/* One kernel for the whole comparison: the patch is on all or none. */
	for (i = 0; i < args.nr_topos; i++)
		harness |= topology_needs_harness(&args.topos[i]);
	ret = kernels_build(args.kernels, args.nr_kernels, harness, &kernels,
			    &nr);
	if (!ret)
		ret = session_boot(&args.opt, kernels, nr, args.topos,
				   args.nr_topos, argc, argv, &path);
	if (path)
		printf("%s\n", path);
	free(path);
	kernels_free(kernels, nr);
	return ret;
}
