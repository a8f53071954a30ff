// SPDX-License-Identifier: GPL-2.0-or-later
/* boot: measures one kernel with one topology. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/list.h"
#include "base/memory.h"
#include "boot/session.h"
#include "cmd/cmd.h"

struct arguments {
	struct session_options opt;
	const char *image, *module, *layouts;
	struct words kernels;
	struct topology topo;
	bool given;		/* a topology */
};

static int check_seed(char *word, void *arg)
{
	unsigned int n;

	(void)arg;
	return parse_count("layout-seed", word, 0, ~0U, &n);
}

static int set_topology(const char *arg, void *into)
{
	struct arguments *args = into;

	args->given = true;
	return topology_parse(arg, &args->topo);
}

static int set_layouts(const char *arg, void *into)
{
	struct arguments *args = into;

	args->layouts = arg;
	return list_each("layout-seed", arg, check_seed, NULL);
}

static int check(void *into)
{
	const struct arguments *args = into;

	if (args->kernels.nr > 1)
		return err(EX_USE, "boot takes one kernel; 'sweep' takes more");
	if (!args->image != !args->module)
		return err(EX_USE, "--image and --module go together: a module fits one kernel");
	if (args->layouts && args->image)
		return err(EX_USE, "--layout-seed is for a KERNEL that is linked here, not for --image");
	if (args->layouts && instruments[args->opt.plan.instrument].watched)
		return err(EX_USE, "--layout-seed is for the instruments insn and time");
	if (!args->kernels.nr == !args->image)
		return err(EX_USE, "boot which kernel? A name ('pcpubench list' has them), or --image and --module");
	return 0;
}

static const struct opt options[] = {
	{ "topology", 't', "TOPOLOGY",
	  "CPUs and nodes the guest believes in, such as 80c2n (176c1n)",
	  OPT_CALL(set_topology) },
	{ "image", 0, "FILE",
	  "Boot this vmlinux or bzImage instead of a KERNEL of ours",
	  OPT_TEXT(struct arguments, image) },
	{ "module", 0, "FILE", "The pcpu_bench.ko for it",
	  OPT_TEXT(struct arguments, module) },
	{ "layout-seed", 0, "N[,N...]",
	  "Link its code in other orders, and boot each --boots times: insn counts stay the same, times may not; 0 is the original order",
	  OPT_CALL(set_layouts) },
	{ OPT_MORE(struct arguments, opt, session_opts) },
	{ OPT_WORDS(struct arguments, kernels) },
	{ OPT_CHECK(check) },
	{ 0 }
};

static int run(int argc, char **argv)
{
	char *report[] = { (char *)"report", NULL, NULL };
	struct kernel *kernels = NULL;
	struct arguments args = { 0 };
	char *path = NULL;
	size_t nr = 0;
	int ret;

	session_options_init(&args.opt);
	topology_parse("176c1n", &args.topo);
	ret = options_parse(&cmd_boot, argc, argv, &args);
	if (!ret)
		ret = session_real(&args.opt, args.given, &args.topo);
	if (ret)
		return ret;
	if (args.image)
		ret = kernel_prebuilt(args.image, args.module, &kernels, &nr);
	else if (args.layouts)
		ret = kernel_layouts(&args.opt.source, args.kernels.word[0],
				     topology_needs_harness(&args.topo),
				     args.layouts, &kernels, &nr);
	else
		ret = kernels_build(&args.opt.source, args.kernels.word, 1,
				    topology_needs_harness(&args.topo),
				    &kernels, &nr);
	if (!ret)
		ret = session_boot(&args.opt, kernels, nr, &args.topo, 1, argc,
				   argv, &path);
	if (!ret) {
		report[1] = path;
		ret = cmd_report.run(2, report);
	}
	if (!ret)
		printf("\nresults: %s\n", path);
	free(path);
	kernels_free(kernels, nr);
	return ret;
}

const struct command cmd_boot = {
	.name = "boot",
	.what = "boot one kernel with one topology and measure",
	.args = "KERNEL\n--image=FILE --module=FILE",
	.doc = "Boot one kernel with one topology, measure there, and print the table.",
	.example = "  pcpubench boot d --topology=1024c8n --sizes=64,1024\n",
	.options = options,
	.run = run,
};
