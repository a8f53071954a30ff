/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profile of one cell: a tree of calls with the instructions of each arm.
 * The numbers are whole instructions, summed over the clean samples of an arm,
 * so that they add up; printing divides them by operations.
 */
#ifndef PCPUBENCH_PROFILE_PROFILE_H
#define PCPUBENCH_PROFILE_PROFILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pcpu_bench.h"

enum profile_arm {
	PROFILE_EMPTY = PCPU_BENCH_ARM_EMPTY,
	PROFILE_OFF = PCPU_BENCH_ARM_OFF,
	PROFILE_ON = PCPU_BENCH_ARM_ON,
	PROFILE_ARMS = PCPU_BENCH_NR_ARMS,
};

#define PROFILE_ROOT	UINT32_MAX

/*
 * A function, called by its parents.
 * @insns: its own, without its callees'
 * @locked: of these, under pcpu_lock
 * @lines: cache lines of 64 bytes that it was the first to write in a call of the
 *	loop (tcg-plugin/region.h)
 */
struct profile_node {
	uint32_t parent;	/* before this one; PROFILE_ROOT */
	uint32_t function;
	int64_t insns[PROFILE_ARMS];
	int64_t locked[PROFILE_ARMS];
	int64_t lines[PROFILE_ARMS];
};

/*
 * A run of instructions without a branch, and how often it ran.
 * @sizes: bytes of each instruction as a hex digit
 */
struct profile_block {
	uint64_t addr;
	char *sizes;
	int64_t times[PROFILE_ARMS];
};

/*
 * @samples: clean ones
 * @insns: their length by the guest's clock, equal to the sum of the nodes
 * @holds: number of times they took pcpu_lock
 * @longest: instructions of the longest hold
 * @has_lines: false in old files, and if sampled
 * @event: the event that perf sampled, NULL for a counted profile. If sampled,
 *	@insns are numbers of perf's samples, and an operation took @ns with the
 *	loop
 */
struct profile {
	/* Texts of the record, not owned. */
	const char *kernel, *topology, *bench;
	long long param, boot;
	long long pairs;
	int64_t samples[PROFILE_ARMS];
	int64_t insns[PROFILE_ARMS];
	int64_t holds[PROFILE_ARMS];
	int64_t longest[PROFILE_ARMS];
	bool has_lines;
	const char *event;
	double ns[PROFILE_ARMS];
	char **functions;
	size_t nr_functions;
	struct profile_node *nodes;
	size_t nr_nodes;
	struct profile_block *blocks;
	size_t nr_blocks;	/* 0: not in the file */
};

extern const char *const profile_arm_name[PROFILE_ARMS];

/* Does the function @name only clear memory: memset(), clear_page()? */
bool profile_clears(const char *name);

/* Number of the function @name, a new one if need be. 0 or EX_FAIL. */
int profile_function(struct profile *p, const char *name, uint32_t *number);

/* Number of the node for @function below @parent, likewise. */
int profile_node(struct profile *p, uint32_t parent, uint32_t function,
		 uint32_t *number);

/* 0 when the nodes, and the blocks if any, add up to @insns, else EX_USE. */
int profile_check(const struct profile *p);

/* The unit: "insn", or "ns" of a sampled profile. */
const char *profile_unit(const struct profile *p);

/**
 * profile_value - @sum of @arm, of one operation, the empty loop taken off
 * @sum: for each arm, such as a node's insns
 */
double profile_value(const struct profile *p, const int64_t sum[PROFILE_ARMS],
		     enum profile_arm arm);

/* A `profile` record (docs/results.md) without the boot's fields; or NULL. */
json_t *profile_json(const struct profile *p);

/**
 * profile_read - from a record, which has to outlive @p
 *
 * 0, or EX_USE with err() when it is damaged or does not add up.
 */
int profile_read(struct profile *p, const json_t *record, const char *file);

void profile_free(struct profile *p);

#endif
