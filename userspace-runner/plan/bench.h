/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bench is, for options, measuring and tables. */
#ifndef PCPUBENCH_PLAN_BENCH_H
#define PCPUBENCH_PLAN_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/options.h"

/* Options of only some benches. Each is a count; its default is its minimum. */
enum bench_option {
	BENCH_ENTRIES,		/* of a map */
	NR_BENCH_OPTIONS,
};

/**
 * struct bench - a row of bench_table.h
 * @name: what the user calls it
 * @what: one line for `list`
 * @one: the operation its numbers are per, such as "a pair"
 * @adds: the first words of the sentence about its cost
 * @min, @max, @multiple: sizes it accepts, bytes
 * @rounds: default samples of each arm
 * @time_rounds: the same under `time`
 * @pairs: operations in a sample, at most
 * @length: deadline of a run, as a multiple of percpu-alloc's
 * @by_syscalls: run by syscalls of a task, not by the module; the task marks
 * 	samples
 * @interleaved: samples of several cells alternate
 * @in_us: tables give its times in us
 * @variants: "/ONE/OTHER/": its variants "NAME/ONE", or NULL
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
	const char *variants;
	unsigned int options;
	const char *beside;
};

/* The @i'th bench, NULL past the last. The first is measured if none is named. */
const struct bench *bench_nth(unsigned int i);

/*
 * The bench of a cell's name "NAME[/VARIANT[/OPERATION]][ OPTION=N...]"; NULL
 * if unknown, such as a newer program's.
 */
const struct bench *bench_find(const char *name);

/* The operation its numbers are per, "an operation" if unknown... */
const char *bench_one(const char *name);

/* ...and without the article: "operation" */
const char *bench_op(const char *name);

/* Does it take @size? */
bool bench_takes(const struct bench *bench, unsigned int size);

/* Has it the variant of "NAME/VARIANT[/OPERATION]"? True if none is named. */
bool bench_has_variant(const struct bench *bench, const char *name);

/* Values of the options of all benches. @given: by the user */
struct bench_options {
	unsigned int val[NR_BENCH_OPTIONS];
	bool given[NR_BENCH_OPTIONS];
};

/* A row of each option, in the order of the enum. */
extern const struct opt bench_opts[];

void bench_options_init(struct bench_options *o);

/* Does @bench have @option? */
static inline bool bench_has(const struct bench *bench, enum bench_option option)
{
	return bench->options & 1U << option;
}

#endif
