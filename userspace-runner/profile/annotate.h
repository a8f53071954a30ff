/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each source line of a kernel costs. */
#ifndef PCPUBENCH_PROFILE_ANNOTATE_H
#define PCPUBENCH_PROFILE_ANNOTATE_H

#include <stdbool.h>
#include <stdio.h>

#include "profile/set.h"

/**
 * profile_annotate - the source of the dearest functions of each cell
 * @top: how many of a cell, 0 for all that cost anything
 * @inlines: inlined functions by themselves, and not as a line of the caller
 *
 * Builds the debug information of the kernels where the cache has it not. The
 * lines of a function add up to it. 0; EX_USE when the profile does not tell
 * blocks or its kernel cannot be had again; EX_FAIL; with err().
 */
int profile_annotate(FILE *out, const struct profile_set *set, size_t top,
		     bool inlines);

/* The table of a cell with what is inlined as functions of their own. */
int profile_inlines(FILE *out, const struct profile_set *set, size_t top);

#endif
