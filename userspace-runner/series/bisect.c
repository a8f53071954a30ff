// SPDX-License-Identifier: GPL-2.0-or-later
/* The search for the first bad step. */
#include "series/bisect.h"

/*
 * The middle of the longest run of untested steps, and its length. If none was
 * skipped, that is the middle of all.
 */
static size_t longest(const enum bisect_state *state, size_t good, size_t bad,
		      size_t *middle)
{
	size_t i, start, best = 0;

	for (i = good + 1; i < bad; i++) {
		if (state[i] != BISECT_UNKNOWN)
			continue;
		for (start = i; i < bad && state[i] == BISECT_UNKNOWN; i++)
			;
		if (i - start <= best)
			continue;
		best = i - start;
		*middle = start + best / 2;
	}
	return best;
}

static unsigned int steps_left(size_t between)
{
	unsigned int left = 0;

	for (; between; between /= 2)
		left++;
	return left;
}

int bisect_search(enum bisect_state *state, size_t *good, size_t *bad,
		  bisect_fn test, void *ctx)
{
	size_t middle;
	int ret;

	while (longest(state, *good, *bad, &middle)) {
		ret = test(ctx, middle, steps_left(*bad - *good - 1) - 1,
			   &state[middle]);
		if (ret)
			return ret;
		if (state[middle] == BISECT_GOOD)
			*good = middle;
		else if (state[middle] == BISECT_BAD)
			*bad = middle;
		else
			state[middle] = BISECT_SKIP;
	}
	return 0;
}
