/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bench is, for options, measuring and tables. */
#ifndef PCPUBENCH_PLAN_BENCH_H
#define PCPUBENCH_PLAN_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/options.h"

/* Options of only some benches. The default is the minimum or the first word. */
enum bench_option {
	BENCH_ENTRIES,		/* of a map */
	BENCH_SHAPE,		/* shape_pack() */
	BENCH_GFP,		/* 0 GFP_KERNEL, 1 GFP_NOWAIT */
	BENCH_DEPTH,		/* a set: depth.h */
	BENCH_OWNERS,		/* 1 or 2 */
	BENCH_FREE_FROM,	/* enum pcpu_bench_free_from */
	BENCH_THREADS,		/* 0: 1, 2, 4 and so on up to all CPUs */
	BENCH_MEMCGS,		/* enum bench_memcg */
	BENCH_OBJECTS,		/* held in a removed cgroup */
	BENCH_GENERATIONS,	/* of cgroups removed in it before */
	BENCH_BESIDE,		/* memory cgroups that live beside it */
	NR_BENCH_OPTIONS,
};

/**
 * struct bench_kind - what a bench measures one after the other
 * @name: of the cells "BENCH/NAME"
 * @what: one line for `list`
 * @operations: names of the cells "BENCH/NAME/OPERATION", NULL at the end; or
 *	NULL
 */
struct bench_kind {
	const char *name;
	const char *what;
	const char *const *operations;
};

/**
 * struct bench - a row of bench_table.h
 * @name: what the user calls it
 * @what: one line for `list`
 * @one: the operation its numbers are per, such as "a pair"
 * @adds: the first words of the sentence about its cost
 * @min, @max, @multiple: sizes it accepts, bytes; a bench without sizes has
 *	one, 0
 * @rounds: default samples of each arm
 * @time_rounds: the same under `time`
 * @pairs: operations in a sample, at most
 * @length: deadline of a run, as a multiple of percpu-alloc's
 * @by_syscalls: run by syscalls of a task, not by the module; the task marks
 * 	samples
 * @interleaved: samples of several cells alternate
 * @in_us: tables give its times in us
 * @counted: its samples have no times, only counts
 * @other: needs a second memory cgroup
 * @parallel: on several CPUs at once: needs CPUs that really run side by side,
 *	or for its function alone the instrument `emulated`
 * @slab: its objects are slab objects: each node's charge is proved, and no batch is
 *	cold
 * @owners: memory cgroups that it makes to own its slab objects, at most
 * @kinds: a nameless one at the end; or NULL
 * @options: bits of enum bench_option
 * @beside: a bench to measure with it, whose cost is a part of its cost; or
 *	NULL
 */
struct bench {
	const char *name;
	const char *what;
	const char *one;
	const char *adds;
	unsigned int min, max, multiple;
	unsigned int rounds, time_rounds;
	unsigned int pairs;
	unsigned int length;
	bool by_syscalls;
	bool interleaved;
	bool in_us;
	bool counted;
	bool other;
	bool parallel;
	bool slab;
	unsigned int owners;
	const struct bench_kind *kinds;
	unsigned int options;
	const char *beside;
};

/* Bytes of an object of memcg-life. */
#define BENCH_LIFE_OBJECT	64U

/* What a memory cgroup takes for each CPU, with up to eight nodes. */
#define BENCH_BESIDE_BYTES	10240U

/* Memory cgroups of slab-share, and the objects that each has at once, at most. */
#define BENCH_SHARE_OWNERS	256U
#define BENCH_SHARE_MOST	64U

/* Of the tasks of a parallel bench: all in the same memcg, or each in its own. */
enum bench_memcg { MEMCGS_SHARED, MEMCGS_OWN };

/* The @i'th bench, NULL past the last. The first is measured if none is named. */
const struct bench *bench_nth(unsigned int i);

/*
 * The bench of a cell's name "NAME[/KIND[/OPERATION]][ OPTION=N...]"; NULL if
 * unknown, such as a newer program's.
 */
const struct bench *bench_find(const char *name);

/* The operation its numbers are per, "an operation" if unknown... */
const char *bench_one(const char *name);

/* ...and without the article: "operation" */
const char *bench_op(const char *name);

/* Does it take @size? */
bool bench_takes(const struct bench *bench, unsigned int size);

/*
 * Does the program have all of "NAME[/KIND[/OPERATION]]"? Else EX_USE with err(),
 * which says what there is.
 */
int bench_check(const char *name);

/*
 * Is @name @asked or a part of it? "NAME" covers "NAME/KIND", which covers
 * "NAME/KIND/OPERATION" and "NAME/KIND OPTION=N".
 */
bool bench_covers(const char *asked, const char *name);

/* Values of the options of all benches. @given: by the user */
struct bench_options {
	int val[NR_BENCH_OPTIONS];
	bool given[NR_BENCH_OPTIONS];
};

/* A row of each option, in the order of the enum. */
extern const struct opt bench_opts[];

void bench_options_init(struct bench_options *o);

#define BENCH_VALUE_LEN	64

/* The value of an option as the user gives it. Returns @text. */
const char *bench_option_text(const struct bench_options *o,
			      enum bench_option option,
			      char text[BENCH_VALUE_LEN]);

/* The option's default, NULL if there is no such option. */
const char *bench_option_usual(const char *name, char text[BENCH_VALUE_LEN]);

/* Does @bench have @option? */
static inline bool bench_has(const struct bench *bench, enum bench_option option)
{
	return bench->options & 1U << option;
}

#endif
