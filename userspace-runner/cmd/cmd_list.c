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

static json_t *operations_of(const struct bench_kind *kind)
{
	const char *const *op = kind->operations;
	json_t *list = json_array();

	for (; op && *op; op++)
		json_array_append_new(list, json_string(*op));
	return list;
}

static json_t *kinds_of(const struct bench *bench)
{
	const struct bench_kind *kind = bench->kinds;
	json_t *list = json_array();

	for (; kind && kind->name; kind++)
		json_array_append_new(list, json_pack(
			"{s:s, s:s, s:o}", "name", kind->name,
			"what", kind->what,
			"operations", operations_of(kind)));
	return list;
}

static json_t *benches_list(void)
{
	json_t *benches = json_object();
	const struct bench *bench;

	for (unsigned int i = 0; (bench = bench_nth(i)); i++)
		json_object_set_new(benches, bench->name, json_pack(
			"{s:s, s:o}", "what", bench->what,
			"kinds", kinds_of(bench)));
	return benches;
}

/* A kind as an argument has it: "/hash", and what may follow: "/create ...". */
static void print_kind(const struct bench_kind *kind)
{
	const char *const *op = kind->operations;

	printf("    /%-15s %s%s", kind->name, kind->what, op ? ":" : "");
	for (; op && *op; op++)
		printf(" /%s", *op);
	printf("\n");
}

static void print_benches(void)
{
	const struct bench_kind *kind;
	const struct bench *bench;

	printf("Benches\n");
	for (unsigned int i = 0; (bench = bench_nth(i)); i++) {
		printf("  %-18s %s\n", bench->name, bench->what);
		for (kind = bench->kinds; kind && kind->name; kind++)
			print_kind(kind);
	}
}

static int run(int argc, char **argv)
{
	const struct kernel_source source = source_asked();
	json_t *kernels = json_object(), *ways = json_object(), *list;
	struct arguments args = { .json = false };
	int ret;

	ret = options_parse(&cmd_list, argc, argv, &args);
	if (!ret)
		ret = kernels_list(&source, kernels);
	for (int i = 0; i < NR_INSTRUMENTS; i++)
		json_object_set_new(ways, instruments[i].name,
				    json_string(instruments[i].what));
	list = json_pack("{s:o, s:o, s:o}", "kernels", kernels,
			 "benches", benches_list(), "instruments", ways);
	if (!ret && args.json) {
		ret = output_json(stdout, json_incref(list));
	} else if (!ret) {
		print_group("Kernels", kernels);
		print_benches();
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
	.doc = "List the kernels (of the version in $KERNEL, default " KERNEL_DEFAULT "), benches and instruments.\v"
	       "A bench is measured whole by its name, or in part: bpf-percpu-map/hash is one kind of map, bpf-percpu-map-ops/hash/create one operation on it.",
	.example = "  KERNEL=6.1 pcpubench list\n",
	.options = options,
	.run = run,
};
