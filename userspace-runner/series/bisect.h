/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The search of `bisect` for the first bad step. */
#ifndef PCPUBENCH_SERIES_BISECT_H
#define PCPUBENCH_SERIES_BISECT_H

#include <stddef.h>

enum bisect_state {
	BISECT_UNKNOWN,		/* not tested */
	BISECT_GOOD,
	BISECT_BAD,
	BISECT_SKIP,		/* tested, without a result */
};

/*
 * Tests @step and sets @state; @left: about how many more tests will follow. A
 * result that is not 0 ends the search.
 */
typedef int (*bisect_fn)(void *ctx, size_t step, unsigned int left,
			 enum bisect_state *state);

/**
 * bisect_search - search between a good and a later bad step
 * @state: of each step; those of *@good and *@bad are known
 * @good, @bad: the known steps, and at the end the found ones
 *
 * Ends when *@bad follows *@good, or all between them are BISECT_SKIP. *@good
 * is always good and *@bad bad: if the cell goes up and down again, the search
 * finds one of the crossings. Tests about log2 of the steps, and around a
 * skipped step those farthest from it. Returns 0 or what @test returned.
 */
int bisect_search(enum bisect_state *state, size_t *good, size_t *bad,
		  bisect_fn test, void *ctx);

#endif
