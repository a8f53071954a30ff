/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output of `pcpubench profile`, one function for each form. */
#ifndef PCPUBENCH_PROFILE_PRINT_H
#define PCPUBENCH_PROFILE_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "profile/set.h"

/* Each returns 0 or EX_FAIL with err(); errors of @out are the caller's. */

/* Tables of the @top most expensive functions, 0 for all; 72 columns. */
int profile_text(FILE *out, const struct profile_set *set, size_t top,
		 bool callers);

/*
 * The cost by kind (walking page tables, the loop around it, statistics, ...):
 * a table for each bench, topology and size, a column for each kernel; 72
 * columns.
 */
int profile_kinds(FILE *out, const struct profile_set *set);

/* One row for each function of each cell. */
int profile_csv(FILE *out, const struct profile_set *set);

/* A list of these @nr cells, each with its functions and its stacks. */
int profile_as_json(FILE *out, const struct profile *cells, size_t nr);

/* Functions whose cost in @a and @b differs; 72 columns. */
int profile_diff(FILE *out, const struct profile *a, const struct profile *b,
		 const char *name_a, const char *name_b, size_t top);

enum profile_weight { WEIGHT_OFF, WEIGHT_ON, WEIGHT_COST };

/*
 * "outer;inner value" for each stack of @p: the @weight of one operation. With
 * @before two values, first its own, as difffolded.pl prints.
 */
int profile_folded(FILE *out, const struct profile *p,
		   const struct profile *before, enum profile_weight weight);

/*
 * The tree of a cell without the module's frames, which all stacks begin with.
 * @self: of one operation; @before: the same in the other profile
 */
struct stack_node {
	uint32_t parent;	/* PROFILE_ROOT */
	const char *function;
	double self, before;
};

/* For free(): parents come before their children. 0 or EX_FAIL. */
int profile_stacks(const struct profile *p, const struct profile *before,
		   enum profile_weight weight, struct stack_node **nodes,
		   size_t *nr);

#endif
