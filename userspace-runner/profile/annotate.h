/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cost of each source line of a kernel. */
#ifndef PCPUBENCH_PROFILE_ANNOTATE_H
#define PCPUBENCH_PROFILE_ANNOTATE_H

#include <stdbool.h>
#include <stdio.h>

#include "profile/set.h"

/*
 * What to print of each cell.
 * @top: its most expensive functions, 0 for all with a cost
 * @function: only this one, where a cell has it; or NULL
 * @inlines: print an inlined function by itself, not as a line of its caller
 */
struct annotate {
	size_t top;
	const char *function;
	bool inlines;
};

/**
 * profile_annotate - the source of functions of each cell
 *
 * Builds the kernels' debug information if not cached. The lines of a function
 * add up to its cost. 0; EX_USE when the profile has no blocks or no such
 * function, or its kernel cannot be built again; EX_FAIL; with err().
 */
int profile_annotate(FILE *out, const struct profile_set *set,
		     const struct annotate *what);

/* The table of a cell, inlined functions in rows of their own. */
int profile_inlines(FILE *out, const struct profile_set *set, size_t top);

#endif
