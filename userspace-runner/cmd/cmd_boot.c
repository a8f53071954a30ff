// SPDX-License-Identifier: GPL-2.0-or-later
/* boot: one kernel, one topology. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "boot/session.h"
#include "cmd/args.h"
#include "cmd/cmd.h"

struct arguments {
	struct session_options opt;
	char *kernel, *image, *module, *layouts;
	struct topology topo;
};

enum {
	KEY_IMAGE = 0x300,
	KEY_MODULE,
	KEY_LAYOUT,
};

static const struct argp_option options[] = {
	{ "topology", 't', "NAME", 0,
	  "CPUs and nodes the guest believes in, such as 80c2n (176c1n)", 0 },
	{ "image", KEY_IMAGE, "FILE", 0,
	  "Boot this vmlinux or bzImage instead of a KERNEL of ours", 0 },
	{ "module", KEY_MODULE, "FILE", 0, "The pcpu_bench.ko for it", 0 },
	{ "layout-seed", KEY_LAYOUT, "N[,N...]", 0,
	  "Boot it with its code linked in other orders, --boots of each: insn counts the same, times may not; 0 is the order as it is",
	  0 },
	{ 0 }
};

/* Numbers with commas in between. */
static int check_seeds(const char *arg)
{
	char *copy = strdup(arg), *rest = copy, *word;
	unsigned int n;
	int ret = copy ? 0 : no_memory();

	while (!ret && (word = strsep(&rest, ",")))
		ret = parse_count("layout-seed", word, 0, ~0U, &n);
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
		return topology_parse(arg, &args->topo);
	case KEY_IMAGE:
		args->image = arg;
		return 0;
	case KEY_MODULE:
		args->module = arg;
		return 0;
	case KEY_LAYOUT:
		args->layouts = arg;
		return check_seeds(arg);
	case ARGP_KEY_ARG:
		if (args->kernel)
			return err(EX_USE, "boot takes one kernel; 'sweep' takes more");
		args->kernel = arg;
		return 0;
	case ARGP_KEY_END:
		if (!args->image != !args->module)
			return err(EX_USE,
				   "--image and --module go together: a module fits one kernel");
		if (args->layouts && args->image)
			return err(EX_USE,
				   "--layout-seed is for a KERNEL that is linked here, not for --image");
		if (args->layouts &&
		    instrument_watched(args->opt.plan.instrument))
			return err(EX_USE,
				   "--layout-seed is for the instruments insn and time");
		if (!args->kernel == !args->image)
			return err(EX_USE,
				   "boot which kernel? A name ('pcpubench list' has them), or --image and --module");
		return 0;
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
	.args_doc = "KERNEL\n--image=FILE --module=FILE",
	.doc = "Boot one kernel with one topology, measure there, and print the table.",
	.children = children,
};

int cmd_boot(int argc, char **argv)
{
	char *report[] = { (char *)"report", NULL, NULL };
	struct kernel *kernels = NULL;
	struct arguments args = { 0 };
	char *path = NULL;
	size_t nr = 0;
	int ret;

	session_options_init(&args.opt);
	topology_parse("176c1n", &args.topo);
	ret = parse_args(&argp, argc, argv, &args);
	if (ret)
		return ret;
	if (args.image)
		ret = kernel_prebuilt(args.image, args.module, &kernels, &nr);
	else if (args.layouts)
		ret = kernel_layouts(args.kernel,
				     topology_needs_harness(&args.topo),
				     args.layouts, &kernels, &nr);
	else
		ret = kernels_build(&args.kernel, 1,
				    topology_needs_harness(&args.topo),
				    &kernels, &nr);
	if (!ret)
		ret = session_boot(&args.opt, kernels, nr, &args.topo, 1, argc,
				   argv, &path);
	if (!ret) {
		report[1] = path;
		ret = cmd_report(2, report);
	}
	if (!ret)
		printf("\nresults: %s\n", path);
	free(path);
	kernels_free(kernels, nr);
	return ret;
}
