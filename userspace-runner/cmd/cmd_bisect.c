// SPDX-License-Identifier: GPL-2.0-or-later
/* bisect: which patch or commit takes a cell over a threshold? */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/paths.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "series/bisect_run.h"

struct arguments {
	struct bisect b;
	char *cell, *names[2];
	const char *git, *threshold, *output;
	int nr_names, quantity;
	bool json;
};

enum {
	KEY_GIT = 0x500,
	KEY_JSON,
};

static const struct argp_option options[] = {
	{ "cell", 'c', "TOPOLOGY,BENCH,SIZE", 0,
	  "What to measure, such as 176c1n,percpu-alloc,64", 0 },
	{ "threshold", 't', "ALLOWED", 0,
	  "How much more than GOOD is still good: instructions, percent such as 1%, or both as 5,1% (what ci/thresholds says)",
	  0 },
	{ "quantity", 'q', "NAME", 0,
	  "cost, which is on - off, off or on (cost)", 0 },
	{ "git", KEY_GIT, "DIR", 0,
	  "GOOD and BAD are commits of the kernel tree DIR", 0 },
	{ "output", 'o', "FILE", 0, "Results file (results/TIME.jsonl)", 0 },
	{ "json", KEY_JSON, NULL, 0, "Print everything as JSON", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const quantities[] = { "cost", "off", "on", NULL };
	struct arguments *args = state->input;

	switch (key) {
	case 'c':
		args->cell = arg;
		return 0;
	case 't':
		args->threshold = arg;
		return 0;
	case 'q':
		return parse_word("quantity", arg, quantities, &args->quantity);
	case KEY_GIT:
		args->git = arg;
		return 0;
	case 'o':
		args->output = arg;
		return 0;
	case KEY_JSON:
		args->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->nr_names < 2)
			args->names[args->nr_names] = arg;
		args->nr_names++;
		return 0;
	case ARGP_KEY_END:
		if (args->nr_names != 2)
			return err(EX_USE, "bisect between what? Give GOOD and BAD, such as 'baseline d'");
		if (!args->cell)
			return err(EX_USE, "bisect which cell? Give --cell, such as --cell=176c1n,percpu-alloc,64");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "GOOD BAD --cell=TOPOLOGY,BENCH,SIZE",
	.doc = "Find the patch or commit after which a cell takes more than GOOD and a threshold, building only what it takes to know.\vBAD is a series that boot takes, NAME@N for its first N patches, or a path of patches with a slash in it; GOOD is what it begins with: baseline, NAME@N, or another series that is the same so far. Commits are taken along first parents. What does not build or boot is skipped. Exits with 0 when it is found, with 3 where BAD is not bad or only skipped kernels are left.",
};

static int parse_cell(struct arguments *args)
{
	struct plan *plan = &args->b.opt.plan;
	char *save = NULL, *topo, *bench, *size;
	int ret;

	topo = strtok_r(args->cell, ",", &save);
	bench = strtok_r(NULL, ",", &save);
	size = strtok_r(NULL, ",", &save);
	if (!size || strtok_r(NULL, ",", &save))
		return err(EX_USE, "--cell: give topology, bench and size, such as 176c1n,percpu-alloc,64");
	ret = topology_parse(topo, &args->b.topo);
	plan->bench = bench;
	if (!ret)
		ret = plan_sizes(plan, size);
	return ret ? ret : plan_check(plan);
}

/* What --threshold or else ci/thresholds allow there. */
static int find_rule(struct arguments *args, struct thresholds *rules)
{
	const struct compare_group at = {
		.topology = args->b.topo.name,
		.instrument = instrument_name[args->b.opt.plan.instrument],
		.bench = args->b.opt.plan.bench,
	};
	const struct threshold *rule;
	char path[PATH_MAX];
	int ret;

	if (args->threshold) {
		if (threshold_parse(args->threshold, &args->b.rule) &&
		    !args->b.rule.ignore)
			return 0;
		return err(EX_USE, "--threshold=%s: give an amount, a percentage such as 1%%, or both as 5,1%%",
			   args->threshold);
	}
	snprintf(path, sizeof(path), "%s/ci/thresholds", path_data());
	ret = thresholds_read(rules, path);
	if (ret)
		return ret;
	rule = thresholds_find(rules, &at, args->b.opt.plan.sizes[0],
			       args->b.quantity);
	/* It has no rule of its own for `on`, which is the sum of the two. */
	if (rule && rule->ignore)
		return err(EX_USE, "%s ignores this cell: give --threshold",
			   path);
	if (rule)
		args->b.rule = *rule;
	return 0;
}

/* How much of BAD's steps GOOD is: all of its own have to be the first ones. */
static int find_good(struct arguments *args)
{
	struct bisect *b = &args->b;
	struct step *good;
	size_t nr, i;
	int ret = steps_list(args->names[0], &good, &nr);

	if (ret)
		return ret;
	for (i = 1; i < nr && i < b->nr; i++)
		if (strcmp(good[i].id, b->steps[i].id))
			break;
	if (i < nr)
		ret = err(EX_USE, "%s is not what %s begins with: its patch %zu, %s, is another",
			  args->names[0], args->names[1], i, good[i].subject);
	b->good = nr - 1;
	steps_free(good, nr);
	return ret;
}

static int find_steps(struct arguments *args)
{
	struct bisect *b = &args->b;
	int ret;

	if (args->git)
		ret = steps_source(args->git, args->names[0],
				   strlen(args->names[0]));
	else
		ret = 0;
	if (!ret)
		ret = steps_list(args->names[1], &b->steps, &b->nr);
	if (!ret && !args->git)
		ret = find_good(args);
	if (!ret && b->good + 1 >= b->nr)
		ret = err(EX_USE, "%s has no patch that %s has not",
			  args->names[1], args->names[0]);
	b->bad = b->nr - 1;
	return ret;
}

static int write_text(FILE *out, const void *what)
{
	return bisect_text(out, what);
}

static int write_json(FILE *out, const void *what)
{
	return bisect_json(out, what);
}

int cmd_bisect(int argc, char **argv)
{
	struct arguments args = { 0 };
	struct thresholds rules = { 0 };
	struct bisect *b = &args.b;
	int ret, ret2;

	session_options_init(&b->opt);
	ret = parse_args(&argp, argc, argv, &args);
	b->quantity = args.quantity;
	if (!ret)
		ret = parse_cell(&args);
	if (!ret)
		ret = find_rule(&args, &rules);
	if (!ret)
		ret = find_steps(&args);
	if (!ret) {
		b->opt.output = args.output;
		ret = bisect_run(b, argc, argv);
	}
	/* What was found so far is an answer too. */
	if (!ret || (ret == EX_INVALID && b->searched)) {
		ret2 = output_write(NULL, args.json ? write_json : write_text,
				    b);
		ret = ret2 ? ret2 : ret;
	}
	bisect_free(b);
	thresholds_free(&rules);
	return ret;
}
