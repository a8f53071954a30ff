// SPDX-License-Identifier: GPL-2.0-or-later
/* bisect: which patch or commit takes a cell over a limit? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/output.h"
#include "cmd/cmd.h"
#include "report/bisect_doc.h"

struct arguments {
	struct bisect b;
	const char *cell, *git, *allow, *output;
	struct words names;
	int quantity;
	bool json;
};

static const char *const quantities[] = { "cost", "off", "on", "bytes", NULL };

static int check(void *into)
{
	struct arguments *args = into;

	if (args->names.nr != 2)
		return err(EX_USE, "bisect between what? Give GOOD and BAD, such as 'baseline d'");
	if (!args->cell)
		return err(EX_USE, "bisect which cell? Give --cell, such as --cell=176c1n,percpu-alloc,64");
	return 0;
}

static const struct opt options[] = {
	{ "cell", 'c', "TOPOLOGY,BENCH,SIZE",
	  "What to measure, such as 176c1n,percpu-alloc,64",
	  OPT_TEXT(struct arguments, cell) },
	{ "allow", 'a', "LIMIT",
	  "How much more than GOOD is still good: instructions or bytes, percent such as 1%, or both as 5,1% (the rule in ci/thresholds)",
	  OPT_TEXT(struct arguments, allow) },
	{ "quantity", 'q', "NAME",
	  "cost (on - off), off, on, or the bytes that something takes, where the bench tells them (cost)",
	  OPT_WORD(struct arguments, quantity, quantities) },
	{ "git", 0, "DIR", "GOOD and BAD are commits of the kernel tree DIR",
	  OPT_TEXT(struct arguments, git) },
	{ "output", 'o', "FILE", "Results file (results/TIME.jsonl)",
	  OPT_TEXT(struct arguments, output) },
	{ "again", 0, NULL, "Measure also what is known from earlier runs",
	  OPT_FLAG(struct arguments, b.opt.again) },
	{ "json", 0, NULL, "Print everything as JSON",
	  OPT_FLAG(struct arguments, json) },
	{ OPT_WORDS(struct arguments, names) },
	{ OPT_CHECK(check) },
	{ 0 }
};

/* @copy: a copy of --cell; the plan's bench name points into it */
static int parse_cell(struct arguments *args, char *copy)
{
	struct plan *plan = &args->b.opt.plan;
	char *topo = strsep(&copy, ","), *bench = strsep(&copy, ",");
	char *size = strsep(&copy, ",");
	int ret;

	if (!size || copy)
		return err(EX_USE, "--cell: give topology, bench and size, such as 176c1n,percpu-alloc,64");
	ret = topology_parse(topo, &args->b.topo);
	if (!ret)
		ret = plan_bench(plan, bench);
	if (!ret)
		ret = plan_sizes(plan, size);
	return ret ? ret : plan_check(plan);
}

/* Find the threshold of the cell: --allow or else ci/thresholds. */
static int find_rule(struct arguments *args, struct thresholds *rules)
{
	const struct compare_group at = {
		.topology = args->b.topo.name,
		.instrument = instruments[args->b.opt.plan.instrument].name,
		.bench = args->b.opt.plan.bench,
	};
	const struct threshold *rule;
	int ret;

	if (args->allow)
		return threshold_option(args->allow, &args->b.rule);
	ret = thresholds_defaults(rules);
	if (ret)
		return ret;
	rule = thresholds_find(rules, &at, args->b.opt.plan.sizes[0],
			       args->b.quantity);
	/* `on` has no rule of its own: it is the sum of off and cost. */
	if (rule && rule->ignore)
		return err(EX_USE, "%s ignores this cell: give --allow",
			   threshold_source(rules, rule));
	if (rule)
		args->b.rule = *rule;
	return 0;
}

/* Find GOOD among BAD's steps: its steps must be BAD's first ones. */
static int find_good(struct arguments *args)
{
	struct bisect *b = &args->b;
	struct step *good;
	size_t nr, i;
	int ret = steps_list(&b->opt.source, args->names.word[0], &good, &nr);

	if (ret)
		return ret;
	for (i = 1; i < nr && i < b->nr; i++)
		if (strcmp(good[i].id, b->steps[i].id))
			break;
	if (i < nr)
		ret = err(EX_USE, "%s is not what %s begins with: its patch %zu, %s, is another",
			  args->names.word[0], args->names.word[1], i, good[i].subject);
	b->good = nr - 1;
	steps_free(good, nr);
	return ret;
}

static int find_steps(struct arguments *args)
{
	struct bisect *b = &args->b;
	int ret;

	if (args->git)
		ret = source_commit(&b->opt.source, args->git,
				    args->names.word[0],
				    strlen(args->names.word[0]));
	else
		ret = 0;
	if (!ret)
		ret = steps_list(&b->opt.source, args->names.word[1],
				 &b->steps, &b->nr);
	if (!ret && !args->git)
		ret = find_good(args);
	if (!ret && b->good + 1 >= b->nr)
		ret = err(EX_USE, "%s has no patch that %s has not: give the one with more patches as BAD",
			  args->names.word[1], args->names.word[0]);
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

static int run(int argc, char **argv)
{
	struct arguments args = { 0 };
	struct thresholds rules = { 0 };
	struct bisect *b = &args.b;
	char *cell = NULL;
	int ret, ret2;

	session_options_init(&b->opt);
	ret = options_parse(&cmd_bisect, argc, argv, &args);
	b->quantity = args.quantity;
	if (!ret) {
		cell = strdup(args.cell);
		ret = cell ? parse_cell(&args, cell) : no_memory();
	}
	if (!ret)
		ret = find_rule(&args, &rules);
	if (!ret)
		ret = find_steps(&args);
	if (!ret) {
		b->opt.output = args.output;
		ret = bisect_run(b, argc, argv);
	}
	/* Print also an incomplete result. */
	if (!ret || (ret == EX_INVALID && b->searched)) {
		ret2 = output_write(NULL, args.json ? write_json : write_text,
				    b);
		ret = ret2 ? ret2 : ret;
	}
	bisect_free(b);
	thresholds_free(&rules);
	free(cell);
	return ret;
}

const struct command cmd_bisect = {
	.name = "bisect",
	.what = "find the patch or commit that raises a cell",
	.args = "GOOD BAD --cell=TOPOLOGY,BENCH,SIZE",
	.doc = "Find the patch or commit after which a cell takes more than GOOD and a limit, building as few kernels as possible.\vBAD is a series that boot takes, NAME@N for its first N patches, or a path of patches with a slash in it; GOOD is the beginning of BAD: baseline, NAME@N, or another series with the same first patches. Commits are taken along first parents. Kernels that do not build or boot are skipped. Exits with 0 when the patch is found, with 3 if BAD is not bad or only skipped kernels are left.",
	.example = "  pcpubench bisect --cell=176c1n,percpu-alloc,64 baseline d\n",
	.options = options,
	.run = run,
};
