/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Depths: how many levels below the root the memory cgroup that pays lies. */
#ifndef PCPUBENCH_PLAN_DEPTH_H
#define PCPUBENCH_PLAN_DEPTH_H

#include <stdio.h>

#define DEPTH_MAX	16	/* levels below the root */
#define DEPTH_USUAL	(1 << 1)

/*
 * A set of depths as the value of an option: bit N is depth N. Read and print
 * "1,2,4,8" or a shorter form of docs/sweep.md. EX_USE.
 */
int depth_parse(const char *text, int *set);
void depth_print(FILE *out, int set);

/* The least depth of @set from @from on, 0 if there is none. */
unsigned int depth_next(int set, unsigned int from);

static inline unsigned int depth_count(int set)
{
	return __builtin_popcount(set);
}

#endif
