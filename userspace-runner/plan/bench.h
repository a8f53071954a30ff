/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bench is: said once for options, measuring and tables. */
#ifndef PCPUBENCH_PLAN_BENCH_H
#define PCPUBENCH_PLAN_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/options.h"

/* Options that only some benches have. Each is a count, by default its least. */
enum bench_option {
	BENCH_ENTRIES,		/* of a map */
	NR_BENCH_OPTIONS,
};

/**
 * struct bench - a row of bench_table.h
 * @name: what the user calls it
 * @what: one line for `list`
 * @one: what its numbers are of, such as "a pair"
 * @adds: begins the sentence that says what its cost is
 * @min, @max, @multiple: sizes it takes, bytes
 * @rounds: samples of each arm, unless others are given
 * @time_rounds: the same under `time`
 * @pairs: operations in a sample, at most
 * @length: how many times as long as percpu-alloc's a run of it may take
 * @by_syscalls: by a task, and not by the module, which marks its samples
 * @interleaved: samples of several cells take turns
 * @in_us: tables give its times in us
 * @variants: "/ONE/OTHER/": what "NAME/ONE" narrows it to, or NULL
 * @options: bits of enum bench_option
 * @beside: a bench that is measured with it, as its cost is a part of this one's;
 *	or NULL
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
 * The bench of "NAME[/VARIANT[/OPERATION]][ OPTION=N...]", as a cell may be
 * called; NULL where it is none of ours, such as a newer program's.
 */
const struct bench *bench_find(const char *name);

/* What its numbers are of, "an operation" where it is none of ours... */
const char *bench_one(const char *name);

/* ...and per: "operation" */
const char *bench_op(const char *name);

/* Does it take @size? */
bool bench_takes(const struct bench *bench, unsigned int size);

/* Has it the variant of "NAME/VARIANT[/OPERATION]"? Yes where none is named. */
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
