// SPDX-License-Identifier: GPL-2.0-or-later
/* run: measures on the running kernel. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "metal/metal.h"
#include "metal/perf.h"
#include "metal/where.h"

struct arguments {
	struct metal_options metal;
	int instrument;
	struct words words;
};

static const char *const ways[] = { "time", "profile", NULL };

static int set_name(const char *arg, void *into)
{
	struct arguments *args = into;

	if (!*arg || strpbrk(arg, "\n\t:,"))
		return err(EX_USE, "name: '%s' is empty, or has a comma, a colon or a tab in it",
			   arg);
	args->metal.name = arg;
	return 0;
}

static int set_event(const char *arg, void *into)
{
	(void)into;
	if (!perf_is_clock(arg))
		return err(EX_USE, "event: '%s' does not tell time: use cycles, ref-cycles, cpu-clock or task-clock, with perf's modifiers (:k)",
			   arg);
	perf_event = arg;
	return 0;
}

static int check(void *into)
{
	struct arguments *args = into;

	args->metal.profile = args->instrument;
	if (args->metal.profile &&
	    bench_find(args->metal.plan.bench)->parallel)
		return err(EX_USE, "%s can be measured by time, not by profile",
			   args->metal.plan.bench);
	return args->words.nr ?
	       err(EX_USE, "run takes no kernel: it measures the one that runs; 'boot' boots one") : 0;
}

static const struct opt options[] = {
	{ "output", 'o', "FILE",
	  "Results file, appended to (results/metal-HOST-RELEASE-HASH.jsonl)",
	  OPT_TEXT(struct arguments, metal.output) },
	{ "name", 0, "NAME", "Name of this kernel in tables (its release)",
	  OPT_CALL(set_name) },
	{ "cpu", 0, "N",
	  "CPU to run on (the last isolated one, else the last one)",
	  OPT_COUNT(struct arguments, metal.cpu, 0, 8191) },
	{ "repeats", 0, "N",
	  "Measure N times; they still count as one boot (1)",
	  OPT_COUNT(struct arguments, metal.repeats, 1, 1000) },
	{ "seed", 0, "N",
	  "Seed of the samples' order (a new one)",
	  OPT_COUNT(struct arguments, metal.plan.seed, 1, ~0U) },
	{ "instrument", 0, "INSTRUMENT",
	  "time, or profile: also sample functions with perf, some seconds more for each size (time)",
	  OPT_WORD(struct arguments, instrument, ways) },
	{ "event", 0, "EVENT",
	  "Event that perf samples for a profile: cycles, ref-cycles, cpu-clock, with modifiers (" PERF_EVENT ")",
	  OPT_CALL(set_event) },
	{ "layout-seed", 0, "N",
	  "Link the module's code in another layout, 0 for none (0)",
	  OPT_COUNT(struct arguments, metal.layout, 0, ~0U) },
	{ OPT_MORE(struct arguments, metal.plan, plan_opts) },
	{ OPT_WORDS(struct arguments, words) },
	{ OPT_CHECK(check) },
	{ 0 }
};

int run_options_check(int argc, char **argv)
{
	struct arguments args = { 0 };

	metal_options_init(&args.metal);
	return options_parse(&cmd_run, argc, argv, &args);
}

static void on_signal(int sig)
{
	measure_stop = sig;
}

static int run(int argc, char **argv)
{
	char *report[] = { (char *)"report", NULL, NULL };
	struct sigaction sa = { .sa_handler = on_signal };
	struct arguments args = { 0 };
	char path[512], why[300];
	int ret;

	metal_options_init(&args.metal);
	ret = options_parse(&cmd_run, argc, argv, &args);
	if (ret)
		return ret;
	if (!where_metal(why, sizeof(why)))
		return err(EX_FAIL, "cannot measure here: %s", why);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	ret = metal_run(&args.metal, argc, argv, path, sizeof(path));
	if (ret)
		return ret;
	report[1] = path;
	ret = cmd_report.run(2, report);
	if (!ret && args.metal.profile) {
		putchar('\n');
		report[0] = (char *)"profile";
		ret = cmd_profile.run(2, report);
	}
	if (!ret)
		printf("\nresults: %s\n", path);
	return ret;
}

const struct command cmd_run = {
	.name = "run",
	.what = "measure on the running kernel",
	.doc = "Measure on the running kernel, by time, and print the table of all boots in the file. Needs root and the kernel's headers; 'pcpubench doctor' tells what is missing and what makes the numbers noisy.",
	.example = "  pcpubench run --sizes=64,1024\n",
	.options = options,
	.run = run,
};
