/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell's instructions by allocator: how much of a system call is percpu
 * memory, how much slab, and how much neither.
 */
#ifndef PCPUBENCH_PROFILE_PARTS_H
#define PCPUBENCH_PROFILE_PARTS_H

#include <stdio.h>

#include "profile/set.h"

enum profile_part {
	PART_PERCPU,	/* alloc_percpu(), free_percpu(), the balance worker */
	PART_SLAB,	/* kmalloc(), kmem_cache_alloc(), and freeing */
	PART_REST,
	PROFILE_PARTS
};

/* Instructions of one operation, the empty loop taken off. */
struct profile_sums {
	double off[PROFILE_PARTS], on[PROFILE_PARTS];
};

/**
 * profile_sum_parts - the cell by allocator
 *
 * A call, with all it calls, belongs to the allocator that was entered first:
 * an array that the percpu allocator takes from slab counts as percpu. The
 * difference of the arms is that allocator's accounting, inlined or not.
 * EX_FAIL with err() when memory ran out.
 */
int profile_sum_parts(const struct profile *p, struct profile_sums *sums);

/* Tables of 72 columns, and rows. 0 or EX_FAIL; errors of @out are the caller's. */
int profile_parts_text(FILE *out, const struct profile_set *set);
int profile_parts_csv(FILE *out, const struct profile_set *set);

#endif
