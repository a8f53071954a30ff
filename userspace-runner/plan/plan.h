/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to measure: a bench and its parameters. `run`, `boot`, `sweep` and the
 * guest's /init have the same options for it.
 */
#ifndef PCPUBENCH_PLAN_PLAN_H
#define PCPUBENCH_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/bench.h"
#include "plan/instrument.h"
#include "plan/shape.h"

#define PLAN_MAX_SIZES	32
#define PLAN_BENCH_LEN	96

struct plan {
	enum instrument instrument;
	char bench[PLAN_BENCH_LEN];	/* NAME[/KIND[/OPERATION]] */
	unsigned int sizes[PLAN_MAX_SIZES];	/* bytes */
	unsigned int nr_sizes;
	unsigned int rounds;	/* samples an arm */
	bool sizes_given;	/* by an option */
	bool rounds_given;	/* else the bench's default */
	unsigned int pairs;	/* operations a sample */
	bool pairs_given;	/* else `time` chooses them */
	unsigned long long seed;	/* of `time`'s order, 0: any */
	struct bench_options options;
};

struct shape plan_shape(const struct plan *plan);

/* A sample's operations are a multiple of this: whole batches, owners in turn. */
unsigned int plan_step(const struct plan *plan);

/*
 * Tasks of a parallel bench, on @nr CPUs: how many after @threads, 0 for the first; 0
 * after the last. Twice as many each time, and in the end all CPUs, or what was asked for.
 */
unsigned int plan_next_threads(const struct plan *plan, unsigned int threads,
			       unsigned int nr);

/* Does it measure the cell "NAME/KIND[/OPERATION]" of its bench? */
bool plan_has(const struct plan *plan, const char *name);

/* Does it need a second memory cgroup? */
bool plan_needs_other(const struct plan *plan);

/* KiB that a batch of the largest size takes for each of @cpus CPUs. */
unsigned int plan_cpu_kib(const struct plan *plan, unsigned int cpus);

/*
 * About how long the samples take in a guest: two arms that write size * CPUs
 * bytes, 5.8 to an instruction, and some 60 instructions a CPU, at 0.5 G
 * instructions a second.
 */
double plan_seconds(const struct plan *plan, unsigned int cpus);

/* The published sizes, few rounds. */
void plan_init(struct plan *plan);

/*
 * plan_check - does @plan's bench accept the whole plan?
 *
 * Called after all options, as the bench may be the last. Fills in the bench's
 * default rounds. EX_USE with the reason.
 */
int plan_check(struct plan *plan);

/*
 * Take the bench, as a report's heading has it: "NAME[/KIND[/OPERATION]][
 * OPTION=N...]". EX_USE with the reason.
 */
int plan_bench(struct plan *plan, const char *text);

/* Take one of them, "OPTION=N". EX_USE with the reason. */
int plan_option(struct plan *plan, const char *word);

/* Take the sizes of "64,128,..,1024", for plan_check(). EX_USE with the reason. */
int plan_sizes(struct plan *plan, const char *text);

/* Options that fill in a struct plan and call plan_check(). */
extern const struct opt plan_opts[];

/**
 * plan_args - write @plan as options, for another process
 * @args: receives pointers into @room; ends with NULL
 *
 * Returns the number of arguments.
 */
#define PLAN_ARGS	(5 + NR_BENCH_OPTIONS)
#define PLAN_ROOM	(512 + 96 * NR_BENCH_OPTIONS)
int plan_args(const struct plan *plan, char *args[PLAN_ARGS],
	      char room[PLAN_ROOM]);

#endif
