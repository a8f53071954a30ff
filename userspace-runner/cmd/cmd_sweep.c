// SPDX-License-Identifier: GPL-2.0-or-later
/* sweep: kernels x topologies, resumable, in shards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "boot/resume.h"
#include "boot/session.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "sweep/describe.h"
#include "sweep/emit.h"
#include "sweep/sweep.h"

struct arguments {
	struct sweep sweep;
	const char *cpus, *nodes, *mem_nodes;
	enum emit_format emit;
	unsigned int shards;
	bool dry_run;
};

enum {
	KEY_CPUS = 0x400,
	KEY_NODES,
	KEY_MEM_NODES,
	KEY_DRY_RUN,
	KEY_SHARD,
	KEY_EMIT,
	KEY_SHARDS,
};

static const struct argp_option options[] = {
	{ "topologies", 't', "NAME,...", 0,
	  "CPUs and nodes the guests believe in (176c1n,80c2n)", 0 },
	{ "cpus", KEY_CPUS, "LIST", 0,
	  "A grid of topologies: these CPUs, such as 1,2,4,..,4096", 0 },
	{ "nodes", KEY_NODES, "LIST", 0,
	  "... on so many nodes, such as 1..8 (1)", 0 },
	{ "mem-nodes", KEY_MEM_NODES, "LIST", 0,
	  "... with so many memory-only nodes more (0)", 0 },
	{ "file", 'f', "FILE", 0,
	  "Take kernels, topologies, grids and sizes from FILE", 0 },
	{ "dry-run", KEY_DRY_RUN, NULL, 0,
	  "Say what would run and for how long, and what is done", 2 },
	{ "shard", KEY_SHARD, "K/N", 0,
	  "Only share K of N; 'pcpubench merge' puts them together", 2 },
	{ "emit", KEY_EMIT, "WHAT", 0,
	  "Write a job array for slurm, a script around GNU parallel, or a workflow for github, that runs the shards",
	  2 },
	{ "shards", KEY_SHARDS, "N", 0, "How many shards --emit makes (4)", 2 },
	{ 0 }
};

static int parse_end(struct arguments *args)
{
	struct sweep *s = &args->sweep;
	int ret = 0;

	if (args->cpus)
		ret = grid_add_product(&s->grid, args->cpus, args->nodes,
				       args->mem_nodes);
	else if (args->nodes || args->mem_nodes)
		ret = err(EX_USE, "--nodes and --mem-nodes want --cpus");
	if (!ret && args->emit && s->shard.of > 1)
		ret = err(EX_USE, "--emit makes all shards: leave out --shard");
	if (!ret && args->emit)
		s->shard = (struct shard){ 1, args->shards };
	if (!ret && !s->grid.nr)
		ret = grid_add_names(&s->grid, "176c1n,80c2n");
	return ret;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *args = state->input;
	struct sweep *s = &args->sweep;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &s->opt;
		return 0;
	case 't':
		return grid_add_names(&s->grid, arg);
	case 'f':
		return sweep_read_file(s, arg);
	case KEY_CPUS:
		args->cpus = arg;
		return 0;
	case KEY_NODES:
		args->nodes = arg;
		return 0;
	case KEY_MEM_NODES:
		args->mem_nodes = arg;
		return 0;
	case KEY_DRY_RUN:
		args->dry_run = true;
		return 0;
	case KEY_SHARD:
		return shard_parse(arg, &s->shard);
	case KEY_EMIT:
		return emit_parse(arg, &args->emit);
	case KEY_SHARDS:
		return parse_count("shards", arg, 1, 10000, &args->shards);
	case ARGP_KEY_ARG:
		/* They come after all options: a file's list gives way. */
		if (!state->arg_num)
			sweep_drop_kernels(s);
		return sweep_add_kernels(s, arg);
	case ARGP_KEY_END:
		return parse_end(args);
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
	.doc = "Boot every KERNEL (all there are, if none is named) with every topology, several guests at once, and print the path of the results file.\vStarted again with the same --output, after whatever ended it, a sweep goes on where it stopped. A boot that fails is tried once more.",
	.children = children,
};

/* The names, where none was given: they decide what the sweep is. */
static int name_kernels(struct sweep *s)
{
	json_t *list, *val;
	const char *name;
	int ret = 0;

	if (s->nr_kernels)
		return 0;
	list = json_object();
	ret = kernels_list(list);
	json_object_foreach(list, name, val)
		if (!ret)
			ret = sweep_add_kernels(s, name);
	json_decref(list);
	return ret;
}

/* Kernels that have a name and nothing else, to plan with. */
static struct kernel *unbuilt(const struct sweep *s)
{
	struct kernel *kernels = calloc(s->nr_kernels, sizeof(*kernels));

	for (size_t i = 0; kernels && i < s->nr_kernels; i++)
		kernels[i].name = strdup(s->kernels[i]);
	if (!kernels)
		err(EX_FAIL, "out of memory");
	return kernels;
}

static int plan_only(struct arguments *args)
{
	struct sweep *s = &args->sweep;
	json_t *what = sweep_json(s);
	struct kernel *kernels = unbuilt(s);
	struct boot_job *jobs = NULL;
	struct resume had = { 0 };
	size_t nr = 0;
	int ret;

	if (!kernels)
		return EX_FAIL;
	ret = session_jobs(&s->opt, kernels, s->nr_kernels, s->grid.topos,
			   s->grid.nr, &jobs, &nr);
	if (!ret && args->emit) {
		emit_write(stdout, args->emit, s, jobs, nr);
	} else if (!ret) {
		ret = order_shard(jobs, &nr, &s->shard);
		if (!ret && s->opt.output && !access(s->opt.output, F_OK))
			ret = resume_read(s->opt.output, NULL, what, NULL, 0,
					  jobs, nr, BOOT_TRIES,
					  &had);
		if (!ret)
			sweep_dry_run(stdout, s, jobs, nr);
	}
	resume_free(&had);
	json_decref(what);
	free(jobs);
	for (size_t i = 0; i < s->nr_kernels; i++)
		free(kernels[i].name);
	free(kernels);
	return ret;
}

int cmd_sweep(int argc, char **argv)
{
	struct arguments args = { .sweep.shard = { 1, 1 }, .shards = 4 };
	struct sweep *s = &args.sweep;
	struct kernel *kernels = NULL;
	bool harness = false;
	char path[64];
	size_t i, nr = 0, given_up;
	int ret;

	session_options_init(&s->opt);
	ret = parse_args(&argp, argc, argv, &args);
	if (!ret)
		ret = name_kernels(s);
	if (!ret && (args.dry_run || args.emit)) {
		ret = plan_only(&args);
		goto out;
	}
	/* One kernel for the whole comparison: the patch is on all or none. */
	for (i = 0; i < s->grid.nr; i++)
		harness |= topology_needs_harness(&s->grid.topos[i]);
	if (!ret)
		ret = kernels_build(s->kernels, s->nr_kernels, harness,
				    &kernels, &nr);
	if (ret)
		goto out;
	if (!s->opt.output) {
		session_new_path(path, sizeof(path));
		s->opt.output = path;
	}
	ret = sweep_run(s, kernels, NULL, stdout, &given_up, argc, argv);
	if (!ret && given_up)
		ret = err(EX_FAIL, "%zu of the wanted boots failed %d times each: %s says why",
			  given_up, BOOT_TRIES, s->opt.output);
out:
	kernels_free(kernels, nr);
	sweep_free(s);
	return ret;
}
