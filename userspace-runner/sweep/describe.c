// SPDX-License-Identifier: GPL-2.0-or-later
/* Describes a sweep: reads its file, makes its JSON, prints its plan. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/list.h"
#include "base/memory.h"
#include "base/progress.h"
#include "plan/depth.h"
#include "results/cell_name.h"
#include "sweep/describe.h"

int sweep_add_kernel(struct sweep *s, const char *name)
{
	size_t had;

	if (index_add(&s->had_kernels, name, s->nr_kernels, &had))
		return EX_FAIL;
	if (had != s->nr_kernels)
		return err(EX_USE, "kernel %s is given twice: name each once",
			   name);
	if (array_room(&s->kernels, s->nr_kernels, sizeof(*s->kernels)))
		return EX_FAIL;
	s->kernels[s->nr_kernels] = strdup(name);
	return s->kernels[s->nr_kernels++] ? 0 : no_memory();
}

static int take_kernel(char *name, void *sweep)
{
	return sweep_add_kernel(sweep, name);
}

int sweep_add_kernels(struct sweep *s, const char *text)
{
	if (!access(text, F_OK))
		return sweep_add_kernel(s, text);
	return list_each("kernel", text, take_kernel, s);
}

/* Of keys that are there once. */
static int once(bool *had, const char *key)
{
	if (*had)
		return err(EX_USE, "%s is given twice: give one list", key);
	*had = true;
	return 0;
}

struct reading {
	struct sweep *s;
	size_t nr;	/* of the line */
};

/* Check here, where the line is known, if the bench is known (--bench). */
static int read_sizes(struct sweep *s, const char *val)
{
	struct plan plan = s->opt.plan;
	int ret = once(&s->has_sizes, "sizes");

	if (!ret)
		ret = plan_sizes(&plan, val);
	if (!ret)
		ret = plan_check(&plan);
	if (!ret && !plan.sizes_given)
		s->opt.plan = plan;
	return ret;
}

/* An option has been checked with the command's others; it overrides this one. */
static int read_depth(struct sweep *s, const char *val)
{
	const bool given = s->opt.plan.options.given[BENCH_DEPTH];
	struct plan plan = s->opt.plan;
	int ret = once(&s->has_depth, "depth");

	if (!ret)
		ret = depth_parse(val, &plan.options.val[BENCH_DEPTH]);
	plan.options.given[BENCH_DEPTH] = true;
	if (!ret)
		ret = plan_check(&plan);
	if (!ret && !given)
		s->opt.plan = plan;
	return ret;
}

static int read_boots(struct sweep *s, const char *val)
{
	unsigned int boots;
	int ret = once(&s->has_boots, "boots");

	if (!ret)
		ret = parse_count("boots", val, 1, 10000, &boots);
	if (!ret && !s->opt.boots_given)
		s->opt.boots = boots;
	return ret;
}

/* The axis of a grid that @key names, or NR_GRID_AXES. */
static enum grid_axis axis_of(const char *key)
{
	enum grid_axis axis;

	for (axis = 0; axis < NR_GRID_AXES; axis++)
		if (!strcmp(key, grid_axis_name[axis]))
			break;
	return axis;
}

static int read_word(struct sweep *s, char *word, struct grid_axes *axes)
{
	char *val = strchr(word, '=');

	if (!val || !val[1])
		return err(EX_USE, "'%s' is not KEY=VALUE, such as cpus=1,2,4,..,64",
			   word);
	*val++ = '\0';
	if (axis_of(word) < NR_GRID_AXES)
		return grid_axes_set(axes, axis_of(word), val);
	if (!strcmp(word, "topologies"))
		return grid_add_names(&s->grid, val);
	if (!strcmp(word, "kernels"))
		return sweep_add_kernels(s, val);
	if (!strcmp(word, "sizes"))
		return read_sizes(s, val);
	if (!strcmp(word, "depth"))
		return read_depth(s, val);
	if (!strcmp(word, "boots"))
		return read_boots(s, val);
	return err(EX_USE, "unknown key '%s': use cpus, nodes, empty-nodes, mem-nodes, topologies, kernels, sizes, depth or boots",
		   word);
}

static int take_line(char *line, void *arg)
{
	struct reading *r = arg;
	struct grid_axes axes = { { NULL } };
	char *save = NULL, *word;
	int ret = 0;

	r->nr++;
	line[strcspn(line, "#\r")] = '\0';
	for (word = strtok_r(line, " \t", &save); word && !ret;
	     word = strtok_r(NULL, " \t", &save))
		ret = read_word(r->s, word, &axes);
	return ret ? ret : grid_add_product(&r->s->grid, &axes);
}

int sweep_read_file(struct sweep *s, const char *path)
{
	struct reading r = { .s = s };
	int ret = read_lines(path, take_line, &r);
	char why[512];

	if (ret < 0)
		return err_errno(EX_USE, "cannot read the sweep %s", path);
	if (!ret)
		return 0;
	snprintf(why, sizeof(why), "%s", err_message());
	return err(ret, "%s: line %zu: %s", path, r.nr, why);
}

json_t *sweep_json(const struct sweep *s)
{
	const struct plan *plan = &s->opt.plan;
	json_t *kernels = json_array(), *topos = json_array();
	json_t *sizes = json_array(), *sweep;
	size_t i;

	for (i = 0; i < s->nr_kernels; i++)
		json_array_append_new(kernels, json_string(s->kernels[i]));
	for (i = 0; i < s->grid.nr; i++)
		json_array_append_new(topos,
				      json_string(s->grid.topos[i].name));
	for (i = 0; i < plan->nr_sizes; i++)
		json_array_append_new(sizes, json_integer(plan->sizes[i]));
	sweep = json_pack("{s:s, s:s, s:o, s:i, s:i, s:o, s:o, s:i, s:s, s:i}",
			  "bench", plan->bench,
			  "instrument", instruments[plan->instrument].name,
			  "sizes", sizes, "rounds", (int)plan->rounds,
			  "pairs", (int)plan->pairs,
			  "kernels", kernels,
			  "topologies", topos, "boots", (int)s->opt.boots,
			  "append", s->opt.append ? s->opt.append : "",
			  "memory", (int)s->opt.memory_mib);
	if (sweep)
		cell_name_options(sweep, bench_find(plan->bench),
				  &plan->options);
	if (sweep && s->opt.cpu_features)
		json_object_set_new(sweep, "cpu",
				    json_string(s->opt.cpu_features));
	if (sweep && s->opt.real)
		json_object_set_new(sweep, "real", json_true());
	if (sweep && s->shard.of > 1) {
		char shard[32];

		snprintf(shard, sizeof(shard), "%u/%u", s->shard.nr,
			 s->shard.of);
		json_object_set_new(sweep, "shard", json_string(shard));
	}
	return sweep;
}

void sweep_left_out(FILE *out, const struct sweep *s)
{
	if (s->grid.left_out)
		fprintf(out, "combinations left out: %zu (more nodes than CPUs, more empty nodes than nodes, or no memory)\n",
			s->grid.left_out);
}

/* Of a topology of the grid: its jobs, and one of them. */
struct wanted {
	size_t nr, done;
	const struct boot_job *job;
};

static void print_topologies(FILE *out, const struct sweep *s,
			     const struct boot_job *jobs, size_t nr)
{
	struct wanted *wanted = calloc(s->grid.nr + 1, sizeof(*wanted)), *w;
	unsigned int per_node[TOPOLOGY_MAX_NODES];
	size_t i;

	if (!wanted) {
		no_memory();
		return;
	}
	for (i = 0; i < nr; i++) {
		w = &wanted[index_get(&s->grid.had, jobs[i].spec.topo.name)];
		w->nr++;
		w->done += jobs[i].done;
		w->job = &jobs[i];
	}
	for (w = wanted; w < wanted + s->grid.nr; w++)
		if (w->nr)
			fprintf(out, "%-14s %6zu %6zu %8u %9.1f\n",
				w->job->spec.topo.name, w->nr, w->done,
				vm_needs(&w->job->spec, per_node), w->job->cost);
	free(wanted);
}

void sweep_dry_run(FILE *out, const struct sweep *s, size_t to_build,
		   const struct boot_job *jobs, size_t nr)
{
	double cost = 0, longest = 0, wall;
	size_t i, done = 0;
	unsigned int cores;
	char text[40];

	cores = s->opt.jobs ? s->opt.jobs :
		(unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	fprintf(out, "kernels:");
	for (i = 0; i < s->nr_kernels; i++)
		fprintf(out, " %s", s->kernels[i]);
	fprintf(out, "\nto build: %zu of %zu kernels", to_build,
		s->nr_kernels);
	fprintf(out, "\nbench %s, %s, sizes", s->opt.plan.bench,
		instruments[s->opt.plan.instrument].name);
	for (i = 0; i < s->opt.plan.nr_sizes; i++)
		fprintf(out, " %u", s->opt.plan.sizes[i]);
	if (s->opt.plan.options.val[BENCH_DEPTH] != DEPTH_USUAL) {
		fprintf(out, ", depth ");
		depth_print(out, s->opt.plan.options.val[BENCH_DEPTH]);
	}
	fprintf(out, "\n\n%-14s %6s %6s %8s %9s\n", "topology", "boots",
		"done", "MiB each", "s each");
	print_topologies(out, s, jobs, nr);
	sweep_left_out(out, s);
	for (i = 0; i < nr; i++) {
		done += jobs[i].done;
		if (jobs[i].done)
			continue;
		cost += jobs[i].cost;
		if (jobs[i].cost > longest)
			longest = jobs[i].cost;
	}
	/* The cores share the boots, but the longest boot is a lower limit. */
	wall = cost / cores > longest ? cost / cores : longest;
	progress_time(wall, text, sizeof(text));
	fprintf(out, "\n%zu of %zu boots to run, about %s with %u at once\n",
		nr - done, nr, text, cores);
}

void sweep_drop_kernels(struct sweep *s)
{
	for (size_t i = 0; i < s->nr_kernels; i++)
		free(s->kernels[i]);
	free(s->kernels);
	index_free(&s->had_kernels);
	s->kernels = NULL;
	s->nr_kernels = 0;
}

void sweep_free(struct sweep *s)
{
	sweep_drop_kernels(s);
	grid_free(&s->grid);
	source_free(&s->opt.source);
}
