// SPDX-License-Identifier: GPL-2.0-or-later
/* run: measure on the kernel that runs. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "metal/metal.h"
#include "metal/perf.h"
#include "metal/where.h"

enum {
	KEY_CPU = 0x300,
	KEY_SEED,
	KEY_LAYOUT,
	KEY_NAME,
	KEY_REPEATS,
	KEY_INSTRUMENT,
	KEY_EVENT,
};

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0,
	  "Results file, appended to (results/metal-HOST-RELEASE-HASH.jsonl)",
	  1 },
	{ "name", KEY_NAME, "NAME", 0,
	  "What tables call this kernel (its release)", 1 },
	{ "cpu", KEY_CPU, "N", 0,
	  "CPU to run on (the last isolated one, else the last one)", 1 },
	{ "repeats", KEY_REPEATS, "N", 0,
	  "Measure so many times; they are still one boot (1)", 1 },
	{ "seed", KEY_SEED, "N", 0,
	  "Of the order in which samples are taken (a new one)", 1 },
	{ "instrument", KEY_INSTRUMENT, "NAME", 0,
	  "time, or profile: also which functions it is in, sampled by perf, some seconds more for each size (time)",
	  1 },
	{ "event", KEY_EVENT, "EVENT", 0,
	  "What perf samples for a profile: cycles, ref-cycles, cpu-clock, with modifiers (" PERF_EVENT ")",
	  1 },
	{ "layout-seed", KEY_LAYOUT, "N", 0,
	  "Lay the module's code out in another way, 0 as it is written (0)", 1 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const instruments[] = { "time", "profile", NULL };
	struct metal_options *opt = state->input;
	unsigned int n;
	int val;
	int ret = 0;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &opt->plan;
		return 0;
	case 'o':
		opt->output = arg;
		return 0;
	case KEY_NAME:
		if (!*arg || strpbrk(arg, "\n\t:,"))
			return err(EX_USE, "name: '%s' is empty, or has a comma, a colon or a tab in it",
				   arg);
		opt->name = arg;
		return 0;
	case KEY_CPU:
		ret = parse_count("cpu", arg, 0, 8191, &n);
		opt->cpu = ret ? -1 : (int)n;
		return ret;
	case KEY_REPEATS:
		return parse_count("repeats", arg, 1, 1000, &opt->repeats);
	case KEY_SEED:
		ret = parse_count("seed", arg, 1, ~0U, &n);
		opt->plan.seed = n;
		return ret;
	case KEY_INSTRUMENT:
		ret = parse_word("instrument", arg, instruments, &val);
		opt->profile = !ret && val;
		return ret;
	case KEY_EVENT:
		if (!perf_is_clock(arg))
			return err(EX_USE, "event: '%s' does not tell time: use cycles, ref-cycles, cpu-clock or task-clock, with perf's modifiers (:k)",
				   arg);
		perf_event = arg;
		return 0;
	case KEY_LAYOUT:
		return parse_count("layout-seed", arg, 0, ~0U, &opt->layout);
	case ARGP_KEY_ARG:
		return err(EX_USE, "run takes no kernel: it measures the one that runs; 'boot' boots one");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { .argp = &plan_argp }, { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Measure on the kernel that runs, by time, and print the table of all boots in the file. Needs root and the kernel's headers; 'pcpubench doctor' says what is missing and what makes the numbers noisy.",
	.children = children,
};

static void on_signal(int sig)
{
	measure_stop = sig;
}

int cmd_run(int argc, char **argv)
{
	char *report[] = { (char *)"report", NULL, NULL };
	struct sigaction sa = { .sa_handler = on_signal };
	struct metal_options opt;
	char path[512], why[300];
	int ret;

	metal_options_init(&opt);
	ret = parse_args(&argp, argc, argv, &opt);
	if (ret)
		return ret;
	if (!where_metal(why, sizeof(why)))
		return err(EX_FAIL, "cannot measure here: %s", why);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	ret = metal_run(&opt, argc, argv, path, sizeof(path));
	if (ret)
		return ret;
	report[1] = path;
	ret = cmd_report(2, report);
	if (!ret && opt.profile) {
		putchar('\n');
		report[0] = (char *)"profile";
		ret = cmd_profile(2, report);
	}
	if (!ret)
		printf("\nresults: %s\n", path);
	return ret;
}
