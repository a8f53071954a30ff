// SPDX-License-Identifier: GPL-2.0-or-later
/* contention: computes how threads contend, from counted holds of the locks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/script.h"
#include "lockmodel/lock_curves.h"
#include "plan/grid.h"
#include "report/lock_curves_doc.h"

/*
 * A line that another core holds comes in some 50 to 100 ns (docs/contention.md),
 * in which a CPU runs a few hundred instructions.
 */
#define TRANSFER	200
#define MOST_TRANSFER	1e9

static const char *const arms[] = { "on", "off", NULL };

struct arguments {
	struct lock_choice choice;
	int arm;
	bool json;
	const char *plot;
	struct words files;
};

static int add_threads(struct lock_choice *choice, unsigned int n)
{
	if (choice->nr == LOCK_CURVES_POINTS)
		return err(EX_USE, "--threads: more than %d numbers: leave some out",
			   LOCK_CURVES_POINTS);
	if (choice->nr && n <= choice->threads[choice->nr - 1])
		return err(EX_USE, "--threads: %u comes after %u: give them in order",
			   n, choice->threads[choice->nr - 1]);
	choice->threads[choice->nr++] = n;
	return 0;
}

static int set_threads(const char *arg, void *into)
{
	struct lock_choice *choice = &((struct arguments *)into)->choice;
	struct grid_list list = { 0 };
	int ret = grid_list_parse("--threads", arg, 1, LOCK_CURVES_THREADS,
				  &list);

	choice->nr = 0;
	for (size_t i = 0; i < list.nr && !ret; i++)
		ret = add_threads(choice, list.vals[i]);
	grid_list_free(&list);
	return ret;
}

static int set_transfer(const char *arg, void *into)
{
	struct lock_choice *choice = &((struct arguments *)into)->choice;
	char *end;

	choice->transfer = strtod(arg, &end);
	if (!*arg || *end || !(choice->transfer >= 0) ||
	    choice->transfer > MOST_TRANSFER)
		return err(EX_USE, "--transfer='%s': give a number of instructions, as 200",
			   arg);
	return 0;
}

static int check(void *into)
{
	const struct arguments *args = into;

	return files_given(&args->files, "such as results/reference/contention-6.12.jsonl");
}

static const struct opt options[] = {
	{ "threads", 0, "N,...",
	  "Numbers of threads, such as 1,2,4,..,64,176 (1,2,4,..,256,1024)",
	  OPT_CALL(set_threads) },
	{ "transfer", 0, "N",
	  "Instructions that a CPU runs while a lock's cache line comes from another CPU (200)",
	  OPT_CALL(set_transfer) },
	{ "arm", 0, "ARM", "Pairs with accounting on, or off (on)",
	  OPT_WORD(struct arguments, arm, arms) },
	{ "plot", 0, "DIR", "Draw curves into DIR, too: PNG and SVG",
	  OPT_TEXT(struct arguments, plot) },
	{ "json", 0, NULL, "Print everything as JSON",
	  OPT_FLAG(struct arguments, json) },
	{ OPT_WORDS(struct arguments, files) },
	{ OPT_CHECK(check) },
	{ 0 }
};

static int write_json(FILE *out, const void *what)
{
	return output_json(out, lock_curves_json(what));
}

static int print(const struct arguments *args, const struct lock_curves *c)
{
	int ret = args->json ? write_json(stdout, c) :
			       lock_curves_text(stdout, c);

	if (!ret && args->plot) {
		/* The script says which files it made. */
		fflush(stdout);
		ret = script_dir(args->plot);
	}
	if (!ret && args->plot)
		ret = script_draw("contention.py", write_json, c, args->plot,
				  NULL);
	return ret;
}

static int run(int argc, char **argv)
{
	struct arguments args = { .choice.transfer = TRANSFER };
	struct lock_curves c = { .nr = 0 };
	struct table table;
	int ret;

	/* As many columns as a line has room for. */
	set_threads("1,2,4,..,256,1024", &args);
	ret = options_parse(&cmd_contention, argc, argv, &args);
	if (ret)
		return ret;
	ret = files_load(&table, &args.files);
	if (ret)
		return ret;
	args.choice.on = !args.arm;
	ret = lock_curves_make(&c, &table, &args.choice);
	if (!ret)
		ret = print(&args, &c);
	lock_curves_free(&c);
	table_free(&table);
	return ret;
}

const struct command cmd_contention = {
	.name = "contention",
	.what = "a model of threads that contend for the locks",
	.args = "FILE...",
	.doc = "Compute throughput and waiting of 1 to 1024 threads that allocate and free at once, from the counted holds of pcpu_lock and pcpu_alloc_mutex in results files. It is a model, not a measurement.\vEach insn cell has the holds of a pair; --gfp=nowait measures a pair without the mutex. Where the files have percpu-contend's times, too, they are printed beside the model, with its error. docs/contention.md has the rest.",
	.example = "  pcpubench contention results/reference/contention-6.12.jsonl\n",
	.options = options,
	.run = run,
};
