// SPDX-License-Identifier: GPL-2.0-or-later
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "cmd/cmd.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "bisect", cmd_bisect, "which patch or commit makes a cell dearer" },
	{ "boot", cmd_boot, "boot one kernel with one topology and measure" },
	{ "campaign", cmd_campaign, "boot installed kernels in turn and measure each" },
	{ "compare", cmd_compare, "two revisions, cell by cell, with significance" },
	{ "doctor", cmd_doctor, "what this machine can do and what is missing" },
	{ "fit", cmd_fit, "how the cost grows with CPUs and nodes" },
	{ "gate", cmd_gate, "exit code for a CI: may this revision go in?" },
	{ "kernel", cmd_kernel, "add patches or a kernel of your own by name" },
	{ "list", cmd_list, "kernels, benches and instruments there are" },
	{ "lkml", cmd_lkml, "a mail's body: revisions side by side" },
	{ "merge", cmd_merge, "one results file of several, such as shards" },
	{ "model", cmd_model, "how well the model meets published figures" },
	{ "plot", cmd_plot, "pictures of the cost against CPUs, nodes and size" },
	{ "profile", cmd_profile, "which functions the cost is in" },
	{ "report", cmd_report, "tables from results files" },
	{ "run", cmd_run, "measure on the kernel that runs" },
	{ "selftest", cmd_selftest, "is percpu memory accounted right, node by node" },
	{ "series", cmd_series, "what each patch of a series adds" },
	{ "sweep", cmd_sweep, "boot kernels x topologies, several at once" },
};

#define NR_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *to)
{
	fprintf(to, "Usage: pcpubench COMMAND [OPTION...]\n"
		"What does accounting cost a percpu allocation, and where?\n\n");
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].what);
	fprintf(to, "\n'pcpubench COMMAND --help' tells its options.\n");
}

int main(int argc, char **argv)
{
	static char name[64];
	int ret;

	argp_err_exit_status = EX_USE;
	if (argc < 2) {
		usage(stderr);
		return EX_USE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return 0;
	}
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		/* argp names the program in its own messages. */
		snprintf(name, sizeof(name), "pcpubench %s", argv[1]);
		argv[1] = name;
		ret = commands[i].run(argc - 1, argv + 1);
		if (ret && err_message()[0])
			fprintf(stderr, "pcpubench: %s\n", err_message());
		return ret;
	}
	fprintf(stderr,
		"pcpubench: unknown command '%s': 'pcpubench --help' names them\n",
		argv[1]);
	return EX_USE;
}
