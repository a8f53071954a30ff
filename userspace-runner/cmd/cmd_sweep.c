// SPDX-License-Identifier: GPL-2.0-or-later
/* sweep: measures kernels x topologies, resumable, in shards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "boot/resume.h"
#include "boot/session.h"
#include "cmd/cmd.h"
#include "results/recorder.h"
#include "sweep/describe.h"
#include "sweep/emit.h"
#include "sweep/sweep.h"

struct arguments {
	struct sweep sweep;
	struct grid_axes axes;
	enum emit_format emit;
	unsigned int shards;
	bool dry_run;
	struct words kernels;
};

static int set_file(const char *arg, void *into)
{
	struct arguments *args = into;

	return sweep_read_file(&args->sweep, arg);
}

static int set_shard(const char *arg, void *into)
{
	struct arguments *args = into;

	return shard_parse(arg, &args->sweep.shard);
}

static int set_emit(const char *arg, void *into)
{
	struct arguments *args = into;

	return emit_parse(arg, &args->emit);
}

static int check(void *into)
{
	struct arguments *args = into;
	struct sweep *s = &args->sweep;
	struct topology topo;
	int ret = 0;

	/* Named kernels replace the file's list. */
	if (args->kernels.nr)
		sweep_drop_kernels(s);
	for (size_t i = 0; i < args->kernels.nr && !ret; i++)
		ret = sweep_add_kernels(s, args->kernels.word[i]);
	if (ret)
		return ret;
	ret = grid_add_product(&s->grid, &args->axes);
	if (!ret && args->emit && s->shard.of > 1)
		ret = err(EX_USE, "--emit makes all shards: leave out --shard");
	if (!ret && args->emit)
		s->shard = (struct shard){ 1, args->shards };
	topo.name[0] = '\0';
	if (!ret)
		ret = session_real(&s->opt, s->grid.nr, &topo);
	if (!ret && !s->grid.nr)
		ret = grid_add_names(&s->grid, topo.name[0] ? topo.name :
				     "176c1n,80c2n");
	return ret;
}

static const struct opt options[] = {
	{ OPT_MORE(struct arguments, sweep.grid, grid_opts) },
	{ "cpus", 0, "LIST",
	  "A grid of topologies: these CPUs, such as 1,2,4,..,4096",
	  OPT_TEXT(struct arguments, axes.list[GRID_CPUS]) },
	{ "nodes", 0, "LIST", "... on this many nodes, such as 1..8 (1)",
	  OPT_TEXT(struct arguments, axes.list[GRID_NODES]) },
	{ "empty-nodes", 0, "LIST",
	  "... of which this many have CPUs and no memory (0)",
	  OPT_TEXT(struct arguments, axes.list[GRID_EMPTY_NODES]) },
	{ "mem-nodes", 0, "LIST",
	  "... and this many memory-only nodes (0)",
	  OPT_TEXT(struct arguments, axes.list[GRID_MEM_NODES]) },
	{ "file", 'f', "FILE",
	  "Take kernels, topologies, grids and sizes from FILE",
	  OPT_CALL(set_file) },
	{ OPT_MORE(struct arguments, sweep.opt, session_opts) },
	{ "dry-run", 0, NULL,
	  "Print what would run, for how long, and what is done",
	  OPT_FLAG(struct arguments, dry_run) },
	{ "shard", 0, "K/N",
	  "Only share K of N; 'pcpubench merge' merges the shares",
	  OPT_CALL(set_shard) },
	{ "emit", 0, "WHAT",
	  "Write a job array for slurm, a script around GNU parallel, or a workflow for github, that runs the shards",
	  OPT_CALL(set_emit) },
	{ "shards", 0, "N", "Number of shards that --emit makes (4)",
	  OPT_COUNT(struct arguments, shards, 1, SHARDS_MOST) },
	{ OPT_WORDS(struct arguments, kernels) },
	{ OPT_CHECK(check) },
	{ 0 }
};

/* Fill in the default names, which are part of the sweep's description. */
static int name_kernels(struct sweep *s)
{
	json_t *names, *name;
	size_t i;
	int ret;

	if (s->nr_kernels)
		return 0;
	names = json_array();
	ret = kernels_default(&s->opt.source, names);
	json_array_foreach(names, i, name)
		if (!ret)
			ret = sweep_add_kernels(s, json_string_value(name));
	json_decref(names);
	return ret;
}

/* Kernels with only a name, for planning. */
static struct kernel *unbuilt(const struct sweep *s)
{
	struct kernel *kernels = calloc(s->nr_kernels, sizeof(*kernels));

	for (size_t i = 0; kernels && i < s->nr_kernels; i++)
		kernels[i].name = strdup(s->kernels[i]);
	if (!kernels)
		no_memory();
	return kernels;
}

static int plan_only(struct arguments *args, bool harness)
{
	struct sweep *s = &args->sweep;
	struct boot_job *jobs = NULL;
	struct resume had = { 0 };
	struct kernel *kernels;
	size_t nr = 0, to_build;
	json_t *what;
	int ret;

	ret = kernels_plan(&s->opt.source, s->kernels, s->nr_kernels, harness,
			   &to_build);
	if (ret)
		return ret;
	kernels = unbuilt(s);
	if (!kernels)
		return EX_FAIL;
	what = sweep_json(s);
	ret = session_jobs(&s->opt, kernels, s->nr_kernels, s->grid.topos,
			   s->grid.nr, &jobs, &nr);
	if (!ret && args->emit) {
		ret = emit_write(stdout, args->emit, s, jobs, nr);
	} else if (!ret) {
		ret = order_shard(jobs, &nr, &s->shard);
		if (!ret && s->opt.output && !access(s->opt.output, F_OK))
			ret = resume_read(s->opt.output, NULL, what, NULL, 0,
					  jobs, nr, BOOT_TRIES,
					  &had);
		if (!ret)
			sweep_dry_run(stdout, s, to_build, jobs, nr);
	}
	resume_free(&had);
	json_decref(what);
	free(jobs);
	for (size_t i = 0; i < s->nr_kernels; i++)
		free(kernels[i].name);
	free(kernels);
	return ret;
}

static int run(int argc, char **argv)
{
	struct arguments args = { .sweep.shard = { 1, 1 }, .shards = 4 };
	struct sweep *s = &args.sweep;
	struct kernel *kernels = NULL;
	bool harness = false;
	char path[64];
	size_t i, nr = 0, given_up;
	int ret;

	session_options_init(&s->opt);
	ret = options_parse(&cmd_sweep, argc, argv, &args);
	if (!ret)
		ret = name_kernels(s);
	/* All kernels of a comparison have the harness patches, or none. */
	for (i = 0; i < s->grid.nr; i++)
		harness |= topology_needs_harness(&s->grid.topos[i]);
	if (!ret && (args.dry_run || args.emit)) {
		ret = plan_only(&args, harness);
		goto out;
	}
	if (!ret)
		ret = kernels_build(&s->opt.source, s->kernels, s->nr_kernels,
				    harness, &kernels, &nr);
	if (ret)
		goto out;
	if (!s->opt.output) {
		recorder_new_path(path, sizeof(path));
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

const struct command cmd_sweep = {
	.name = "sweep",
	.what = "boot kernels x topologies, several at once",
	.args = "[KERNEL...]",
	.doc = "Boot every KERNEL (all, if none is named) with every topology, several guests at once, and print the path of the results file.\vWith the same --output a sweep continues where it stopped, whatever ended it. A boot that fails is tried once more.",
	.example = "  pcpubench sweep baseline d --cpus=1,2,4,..,256 --sizes=64 --dry-run\n",
	.options = options,
	.run = run,
};
