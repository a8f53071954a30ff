// SPDX-License-Identifier: GPL-2.0
/*
 * The table of benches.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "bench.h"

static const struct bench *const bench_table[] = {
	&bench_percpu_alloc,
};

const struct bench *bench_nth(u32 index)
{
	return index < ARRAY_SIZE(bench_table) ? bench_table[index] : NULL;
}

u32 bench_count(void)
{
	return ARRAY_SIZE(bench_table);
}

const struct bench *bench_find(const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bench_table); i++)
		if (!strcmp(bench_table[i]->name, name))
			return bench_table[i];
	return NULL;
}
