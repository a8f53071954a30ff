// SPDX-License-Identifier: GPL-2.0
/*
 * The table of benches. BENCH_TABLE is the address of each, made by Kbuild.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "bench.h"

static const struct bench *const bench_table[] = { BENCH_TABLE };

const struct bench *bench_find(const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bench_table); i++)
		if (!strcmp(bench_table[i]->name, name))
			return bench_table[i];
	return NULL;
}
