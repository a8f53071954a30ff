/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses two sides, FILE[,FILE...][:KERNEL], and pairs their kernels. */
#ifndef PCPUBENCH_COMPARE_SIDES_H
#define PCPUBENCH_COMPARE_SIDES_H

#include "compare/compare.h"

/* @kernel: NULL if none is named */
struct side {
	char *text;		/* owns the rest */
	char **files;
	size_t nr_files;
	const char *kernel;
};

/*
 * Parse @arg. An existing path may have commas and colons. With @base,
 * ":KERNEL" is in its files. Returns 0, EX_USE or EX_FAIL with err(); call
 * side_free() in any case.
 */
int side_parse(struct side *s, const char *arg, const struct side *base);

void side_free(struct side *s);

/*
 * The kernel that @s names in @t, COMPARE_NO_KERNEL if it names none; EX_USE with
 * err() if @t does not have it, or several.
 */
int side_kernel(const struct side *s, const struct table *t,
		unsigned int *kernel);

/* Add a pair of kernels to c->pairs. 0 or EX_FAIL with err(). */
int pair_add(struct compare *c, unsigned int old, unsigned int new);

/* Fill in c->pairs and c->controls. 0, EX_USE or EX_FAIL with err(). */
int pair_kernels(struct compare *c, const struct side *old,
		 const struct side *new);

/* The kernel of --control for OLD's kernel of @p, or COMPARE_NO_KERNEL. */
unsigned int compare_control_kernel(const struct compare *c,
				    const struct compare_pair *p);

#endif
