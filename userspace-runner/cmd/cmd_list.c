// SPDX-License-Identifier: GPL-2.0-or-later
/* list: lists what can be measured. */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/output.h"
#include "boot/session.h"
#include "cmd/cmd.h"
#include "kernel/kernel.h"

struct arguments {
	bool json;
};

static const struct opt options[] = {
	{ "json", 0, NULL, "Print JSON", OPT_FLAG(struct arguments, json) },
	{ 0 }
};

static void print_group(const char *title, json_t *group)
{
	const char *name;
	json_t *what;

	printf("%s\n", title);
	json_object_foreach(group, name, what)
		printf("  %-18s %s\n", name, json_string_value(what));
}

static int run(int argc, char **argv)
{
	const struct kernel_source source = source_asked();
	json_t *kernels = json_object(), *benches = json_object();
	json_t *ways = json_object(), *list;
	struct arguments args = { .json = false };
	const struct bench *bench;
	unsigned int i;
	int ret;

	ret = options_parse(&cmd_list, argc, argv, &args);
	if (!ret)
		ret = kernels_list(&source, kernels);
	for (i = 0; (bench = bench_nth(i)); i++)
		json_object_set_new(benches, bench->name,
				    json_string(bench->what));
	for (i = 0; i < NR_INSTRUMENTS; i++)
		json_object_set_new(ways, instruments[i].name,
				    json_string(instruments[i].what));
	list = json_pack("{s:o, s:o, s:o}", "kernels", kernels,
			 "benches", benches, "instruments", ways);
	if (!ret && args.json) {
		ret = output_json(stdout, json_incref(list));
	} else if (!ret) {
		print_group("Kernels", kernels);
		print_group("Benches", benches);
		print_group("Instruments", ways);
		printf("Topologies\n  %-18s %s\n", "NcKn[-Em][+Mm]",
		       "1 to 4096 CPUs on K nodes, E of them without memory, and M memory-only nodes");
	}
	json_decref(list);
	return ret;
}

const struct command cmd_list = {
	.name = "list",
	.what = "kernels, benches and instruments",
	.doc = "List the kernels (of the version in $KERNEL, default 6.12), benches and instruments.",
	.example = "  KERNEL=6.1 pcpubench list\n",
	.options = options,
	.run = run,
};
