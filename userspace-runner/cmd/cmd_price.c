// SPDX-License-Identifier: GPL-2.0-or-later
/* price: measures what each patch of a series adds. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/output.h"
#include "cmd/cmd.h"
#include "report/price_doc.h"
#include "results/record.h"
#include "sweep/sweep.h"

struct arguments {
	struct sweep sweep;
	const char *git, *from;
	struct words names;
	const char *name;	/* the only one, or NULL */
	bool json;
};

static int check(void *into)
{
	struct arguments *args = into;
	struct sweep *s = &args->sweep;
	const char *instrument = instruments[s->opt.plan.instrument].name;

	if (args->names.nr > 1)
		return err(EX_USE, "price takes one series, and '%s' is another",
			   args->names.word[1]);
	args->name = args->names.nr ? args->names.word[0] : NULL;
	if (args->from)
		return !args->name ? 0 :
			err(EX_USE, "--from=%s says what series it is: leave out '%s'",
			    args->from, args->name);
	if (!args->name)
		return err(EX_USE, "price which series? Give its name: 'pcpubench list' has them, or a path");
	if (!instrument_find(instrument)->exact)
		return err(EX_USE, "what a patch adds is counted, and %s is noisy: build NAME@N and NAME@M and 'pcpubench compare' them",
			   instrument);
	return s->grid.nr ? 0 : grid_add_names(&s->grid, "176c1n,80c2n");
}

static const struct opt options[] = {
	{ OPT_MORE(struct arguments, sweep.grid, grid_opts) },
	{ "git", 0, "DIR",
	  "SERIES is a range BASE..HEAD of the kernel tree DIR: price its commits",
	  OPT_TEXT(struct arguments, git) },
	{ "from", 0, "FILE",
	  "Do not build or measure: print this results file of the command",
	  OPT_TEXT(struct arguments, from) },
	{ "json", 0, NULL, "Print everything as JSON",
	  OPT_FLAG(struct arguments, json) },
	{ OPT_MORE(struct arguments, sweep.opt, session_opts) },
	{ OPT_WORDS(struct arguments, names) },
	{ OPT_CHECK(check) },
	{ 0 }
};

/* results/price-NAME-HASH.jsonl: what is measured decides. */
static int name_output(struct arguments *args, const struct kernel *kernels,
		       char path[NAME_MAX])
{
	json_t *what = sweep_json(&args->sweep);
	char *text = json_dumps(what, JSON_COMPACT | JSON_SORT_KEYS), *p;
	char name[64];
	uint64_t h;

	json_decref(what);
	if (!text)
		return no_memory();
	h = hash_text(HASH_START, text);
	for (size_t i = 0; i < args->sweep.nr_kernels; i++) {
		h = hash_text(h, record_string(kernels[i].record,
						"image_sha256"));
		h = hash_text(h, record_string(kernels[i].record,
						"module_sha256"));
	}
	free(text);
	snprintf(name, sizeof(name), "%s", args->name);
	for (p = name; *p; p++)
		if (strchr("/.:", *p))
			*p = '-';
	snprintf(path, NAME_MAX, "results/price-%s-%012" PRIx64 ".jsonl",
		 name + strspn(name, "-"), h >> 16);
	args->sweep.opt.output = path;
	return 0;
}

/* Put the kernels that build into @kernels, and their names into the sweep. */
static int build_steps(struct arguments *args, struct price *p,
		       struct kernel *kernels)
{
	struct sweep *s = &args->sweep;
	struct kernel *one;
	bool harness = false;
	size_t i, nr;
	int ret = 0;

	for (i = 0; i < s->grid.nr; i++)
		harness |= topology_needs_harness(&s->grid.topos[i]);
	for (i = 0; i < p->nr && !ret; i++) {
		ret = kernel_try(&s->opt.source, p->steps[i].kernel, harness, &one, &nr,
				 p->why[i]);
		if (ret)
			break;
		if (p->why[i][0]) {
			fprintf(stderr, "patch %zu, %s: %s\n", i,
				p->steps[i].subject, p->why[i]);
			continue;
		}
		kernels[s->nr_kernels] = *one;
		free(one);
		ret = sweep_add_kernel(s, p->steps[i].kernel);
	}
	if (!ret && !s->nr_kernels)
		ret = err(EX_FAIL, "%s: no kernel of it builds: %s", args->name,
			  p->why[0]);
	return ret;
}

static int write_price(FILE *out, const void *what)
{
	return price_text(out, what);
}

static int write_json(FILE *out, const void *what)
{
	return price_json(out, what);
}

static int print_price(const struct arguments *args, const char *path)
{
	struct price p;
	size_t missing;
	int ret = price_read(&p, path);

	if (ret)
		return ret;
	ret = price_check(&p);
	if (!ret)
		ret = output_write(NULL, args->json ? write_json : write_price,
				   &p);
	missing = price_missing(&p);
	if (!ret && missing)
		ret = err(EX_INVALID, "%zu of %zu kernels have cells without a number: %s says why",
			  missing, p.nr, args->json ? path : "the table");
	price_free(&p);
	return ret;
}

/* The file has the reasons of boots that were given up. */
static int measure(struct arguments *args, const struct kernel *kernels,
		   const struct price *p, int argc, char **argv)
{
	json_t *more = json_pack("{s:o}", "series", price_record(p));
	size_t given_up;
	int ret;

	ret = more ? sweep_run(&args->sweep, kernels, more, NULL, &given_up,
			       argc, argv) : no_memory();
	json_decref(more);
	return ret;
}

static int build_and_print(struct arguments *args, struct price *p, int argc,
			   char **argv)
{
	struct kernel *kernels = calloc(p->nr, sizeof(*kernels));
	char path[NAME_MAX];
	int ret = 0;

	p->why = calloc(p->nr, sizeof(*p->why));
	if (!kernels || !p->why)
		ret = no_memory();
	if (!ret)
		ret = build_steps(args, p, kernels);
	if (!ret && !args->sweep.opt.output)
		ret = name_output(args, kernels, path);
	if (!ret)
		ret = measure(args, kernels, p, argc, argv);
	if (!ret) {
		ret = print_price(args, args->sweep.opt.output);
		if (!args->json && (!ret || ret == EX_INVALID))
			printf("\nresults: %s\n", args->sweep.opt.output);
	}
	kernels_free(kernels, kernels ? args->sweep.nr_kernels : 0);
	return ret;
}

static int run(int argc, char **argv)
{
	struct arguments args = { .sweep.shard = { 1, 1 } };
	struct kernel_source *source;
	struct price p = { 0 };
	int ret;

	session_options_init(&args.sweep.opt);
	ret = options_parse(&cmd_price, argc, argv, &args);
	if (ret || args.from) {
		ret = ret ? ret : print_price(&args, args.from);
		goto out;
	}
	p.name = args.name;
	source = &args.sweep.opt.source;
	ret = args.git ? steps_range(source, args.git, args.name, &p.steps,
				     &p.nr) :
			 steps_list(source, args.name, &p.steps, &p.nr);
	if (!ret && p.nr < 2)
		ret = err(EX_USE, "%s has no patch to price: name a series with patches",
			  args.name);
	if (!ret)
		ret = build_and_print(&args, &p, argc, argv);
	price_free(&p);
out:
	sweep_free(&args.sweep);
	return ret;
}

const struct command cmd_price = {
	.name = "price",
	.alias = "series",
	.what = "what each patch of a series adds",
	.args = "SERIES\n--git=DIR BASE..HEAD\n--from=FILE",
	.doc = "Build and measure the kernel after each patch of a series, and print what each patch adds: to accounting's cost, and to the paths without and with it.\vSERIES is a series that boot takes, or a path of patches with a slash in it. The results file is named by kernels and plan: the same command again measures only what is missing, and prints. A patch that does not build or boot is named, and the next one is priced against the last one that does. Exits with 3 if a patch has no price of its own.",
	.example = "  pcpubench price d --topologies=176c1n --sizes=64\n",
	.options = options,
	.run = run,
};
