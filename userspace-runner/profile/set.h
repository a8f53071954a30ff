/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The profiles of results files, and each profile's rows. */
#ifndef PCPUBENCH_PROFILE_SET_H
#define PCPUBENCH_PROFILE_SET_H

#include "profile/profile.h"
#include "results/boots.h"

/* Which profiles to keep: NULL and -1 for all. */
struct profile_filter {
	const char *kernel, *topology, *bench;
	long long param;
};

/*
 * @profiles: one for each cell, boots of a cell merged; by topology, kernel and
 *	param, the first two in the order of the files' records
 */
struct profile_set {
	struct boots *files;
	size_t nr_files;
	struct profile *profiles;
	size_t nr;
};

/**
 * profile_set_load - read the profiles of @paths
 *
 * 0; EX_USE when a file is not usable, has none that pass @filter, or two boots
 * of a cell differ; EX_FAIL; with err(). Then @set holds nothing.
 */
int profile_set_load(struct profile_set *set, char *const *paths, size_t nr,
		     const struct profile_filter *filter);

/* The same cell of @set as @like, of kernel @kernel; or NULL. */
const struct profile *profile_set_find(const struct profile_set *set,
				       const struct profile *like,
				       const char *kernel);

/**
 * profile_set_kernel - what the files call the kernel that @word means
 * @kernel: receives it: @word if a file calls a kernel so, else the path with this
 *	label, else @word
 *
 * @word may be NULL. 0; EX_USE with err() when several paths have this label.
 */
int profile_set_kernel(const struct profile_set *set, const char *word,
		       const char **kernel);

void profile_set_free(struct profile_set *set);

/*
 * A function's part of one operation, in all its calls. All functions of the
 * module are one row: the loop itself.
 */
struct profile_row {
	const char *function;
	double off, on, cost;		/* profile_unit() */
	double error;			/* of a sampled cost: sampled_error() */
	int64_t samples[PROFILE_ARMS];	/* over all operations */
	double locked_off, locked_on;	/* of these, under pcpu_lock */
	double lines_off, lines_on;	/* cache lines written */
};

#define PROFILE_LOOP	"(the benchmark's loop)"

/**
 * profile_rows - the functions of @p, the largest cost (on - off) first
 *
 * For free(). Their sum is the cell's value. 0 or EX_FAIL.
 */
int profile_rows(const struct profile *p, struct profile_row **rows,
		 size_t *nr);

/* The sum of them. */
struct profile_row profile_total(const struct profile_row *rows, size_t nr);

#endif
