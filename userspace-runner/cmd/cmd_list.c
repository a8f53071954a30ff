// SPDX-License-Identifier: GPL-2.0-or-later
/* list: what can be measured. */
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
	json_t *list = json_pack("{s:{}, s:{}, s:{s:s, s:s, s:s, s:s}}", "kernels",
				 "benches", "instruments", "insn",
				 "exact instructions, in an emulated guest",
				 "time", "ns, under KVM or on bare metal",
				 "profile", "insn, and which function they are in",
				 "model", "cycles, by a model of a machine's caches");
	json_t *kernels = json_object_get(list, "kernels");
	json_t *benches = json_object_get(list, "benches");
	const char *name, *what;
	const struct kernel_source source = source_asked();
	struct arguments args = { .json = false };
	unsigned int i;
	int ret;

	ret = options_parse(&cmd_list, argc, argv, &args);
	if (!ret)
		ret = kernels_list(&source, kernels);
	for (i = 0; (name = plan_bench(i, &what)); i++)
		json_object_set_new(benches, name, json_string(what));
	if (!ret && args.json) {
		ret = output_json(stdout, json_incref(list));
	} else if (!ret) {
		print_group("Kernels", kernels);
		print_group("Benches", benches);
		print_group("Instruments",
			    json_object_get(list, "instruments"));
		printf("Topologies\n  %-18s %s\n", "NcKn[-Em][+Mm]",
		       "1 to 4096 CPUs on K nodes, E of them without memory, and M memory-only nodes");
	}
	json_decref(list);
	return ret;
}

const struct command cmd_list = {
	.name = "list",
	.what = "kernels, benches and instruments there are",
	.doc = "List the kernels (of the version in $KERNEL, default 6.12), benches and instruments there are.",
	.example = "  KERNEL=6.1 pcpubench list\n",
	.options = options,
	.run = run,
};
