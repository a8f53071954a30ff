/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which allocator the instructions of a cell are in: how much of a system call
 * is percpu memory, how much is slab, and how much is neither.
 */
#ifndef PCPUBENCH_PROFILE_PARTS_H
#define PCPUBENCH_PROFILE_PARTS_H

#include <stdio.h>

#include "profile/set.h"

enum profile_part {
	PART_PERCPU,	/* alloc_percpu(), free_percpu(), the balance worker */
	PART_SLAB,	/* kmalloc(), kmem_cache_alloc(), and what frees it */
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
 * A call belongs to the allocator that was entered first, with all it calls: an
 * array that the percpu allocator takes from slab is percpu's. What an arm pays
 * more is that allocator's accounting, inlined or not. For malloc() failing:
 * EX_FAIL with err().
 */
int profile_sum_parts(const struct profile *p, struct profile_sums *sums);

/* Tables of 72 columns, and rows. 0 or EX_FAIL; errors of @out are the caller's. */
int profile_parts_text(FILE *out, const struct profile_set *set);
int profile_parts_csv(FILE *out, const struct profile_set *set);

#endif
