/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to measure: a bench and its parameters. The same options say it to
 * `run`, `boot`, `sweep` and the guest's /init.
 */
#ifndef PCPUBENCH_PLAN_PLAN_H
#define PCPUBENCH_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/options.h"

#define PLAN_MAX_SIZES	32

/* Kinds of BPF percpu maps, each with a slash before and after it. */
#define PLAN_MAP_KINDS	"/array/hash/hash-noprealloc/lru-hash/"

enum instrument {
	INSTRUMENT_INSN,	/* instructions, by TCG icount */
	INSTRUMENT_TIME,	/* ns */
	INSTRUMENT_PROFILE,	/* instructions, and whose they are: TCG plugin */
	INSTRUMENT_MODEL,	/* cycles of a modelled machine, by the same */
	NR_INSTRUMENTS,
};

extern const char *const instrument_name[NR_INSTRUMENTS];

/* Does the guest count instructions, under TCG? Then it is exact. */
bool instrument_counts(enum instrument instrument);

/* Is it what the TCG plugin says? */
bool instrument_watched(enum instrument instrument);

/* EX_USE when @text is none. */
int instrument_parse(const char *text, enum instrument *instrument);

struct plan {
	enum instrument instrument;
	const char *bench;
	unsigned int sizes[PLAN_MAX_SIZES];	/* bytes */
	unsigned int nr_sizes;
	unsigned int rounds;	/* samples an arm */
	bool sizes_given;	/* by an option */
	bool rounds_given;	/* else what the bench does */
	unsigned int pairs;	/* operations a sample */
	bool pairs_given;	/* else `time` takes what suits it */
	unsigned long long seed;	/* of `time`'s order, 0: any */
	unsigned int entries;	/* of a map */
};

/* The published sizes, few rounds. */
void plan_init(struct plan *plan);

/*
 * plan_check - does @plan's bench take all that the plan says?
 *
 * Called at the end of the options: the bench may be the last of them. Fills in
 * the rounds that the bench does when none are given. EX_USE with the reason.
 */
int plan_check(struct plan *plan);

/* Take the sizes of "64,256", for plan_check(). EX_USE with the reason. */
int plan_sizes(struct plan *plan, const char *text);

/* Benches there are, for `list`: the @i'th name and what it does, or NULL. */
const char *plan_bench(unsigned int i, const char **what);

/* Is @name what a cell's bench may be called, "NAME[/VARIANT[/OPERATION]]"? */
bool plan_has_bench(const char *name);

/* How many times as long as percpu-alloc's a run of @plan's bench may take. */
unsigned int plan_length(const struct plan *plan);

/* Does the module mark the samples of @plan's bench, for the plugin? */
bool plan_marked(const struct plan *plan);

/* Does @plan's bench take @size? */
bool plan_takes(const struct plan *plan, unsigned int size);

/* Options that fill in a struct plan, and plan_check() it. */
extern const struct opt plan_opts[];

/**
 * plan_args - write @plan as options, for another process
 * @args: receives pointers into @room; ends with NULL
 *
 * Returns the number of arguments.
 */
#define PLAN_ARGS	7
#define PLAN_ROOM	512
int plan_args(const struct plan *plan, char *args[PLAN_ARGS],
	      char room[PLAN_ROOM]);

#endif
