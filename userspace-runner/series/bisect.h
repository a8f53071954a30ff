/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The search of `bisect`: which step is the first bad one? */
#ifndef PCPUBENCH_SERIES_BISECT_H
#define PCPUBENCH_SERIES_BISECT_H

#include <stddef.h>

enum bisect_state {
	BISECT_UNKNOWN,		/* not tested */
	BISECT_GOOD,
	BISECT_BAD,
	BISECT_SKIP,		/* tested, and cannot be told */
};

/*
 * Tests @step and sets @state; @left: about how many more there will be.
 * Not 0 ends the search.
 */
typedef int (*bisect_fn)(void *ctx, size_t step, unsigned int left,
			 enum bisect_state *state);

/**
 * bisect_search - narrow down a good and a later bad step
 * @state: of each step; those of *@good and *@bad are known
 * @good, @bad: what is known, and in the end how far it came
 *
 * Ends when *@bad follows *@good, or all between them are BISECT_SKIP. *@good
 * is good and *@bad is bad whatever lies between: where the cell goes up and
 * down again, one of the places where it crosses is found. Tests log2 of the
 * steps, and of those around one that is skipped the ones farthest from it.
 * Returns 0 or what @test returned.
 */
int bisect_search(enum bisect_state *state, size_t *good, size_t *bad,
		  bisect_fn test, void *ctx);

#endif
