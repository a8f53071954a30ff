/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several comparisons of one OLD measured, taken together. */
#ifndef PCPUBENCH_REPORT_LKML_SET_H
#define PCPUBENCH_REPORT_LKML_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "compare/compare.h"

/*
 * @compares: @nr comparisons of one OLD with each NEW, judged
 * @left_out: @nr_left_out kernels that are not comparable, and why
 */
struct lkml {
	const struct compare *compares;
	size_t nr;
	char **left_out;
	size_t nr_left_out;
};

/* @c's group of @g's topology, instrument and bench, or NULL. */
const struct compare_group *lkml_group(const struct compare *c,
				       const struct compare_group *g);

/*
 * The groups of all comparisons, each place once, in the order of the
 * comparisons: @nr of them, for free(). NULL with err() when memory ran out.
 */
const struct compare_group **lkml_groups(const struct lkml *l, size_t *nr);

/*
 * The sizes of any comparison's cells at @g's place, ascending: @nr of them, for
 * free(). NULL with err() when memory ran out.
 */
long long *lkml_sizes(const struct lkml *l, const struct compare_group *g,
		      size_t *nr);

/* @g's cell of @size, or NULL; @g may be NULL. */
const struct compare_cell *lkml_cell(const struct compare_group *g,
				     long long size);

/* What stands for a difference that cannot be told, "-" or "~"; else NULL. */
const char *lkml_no_change(const struct compare_cell *cell, enum quantity q);

/* Is run @run of the @k'th NEW in no table before it? */
bool lkml_is_new_run(const struct lkml *l, size_t k, size_t run);

#endif
