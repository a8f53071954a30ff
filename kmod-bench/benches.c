// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of benches, and how they allocate. BENCH_TABLE is the address of each, made by Kbuild.
 */
#include <linux/cpumask.h>
#include <linux/gfp.h>
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

/* Copies of an object: one for each possible CPU, or itself. */
u32 bench_copies(const struct bench *bench)
{
	return bench->percpu ? num_possible_cpus() : 1;
}

/* Of an allocation in @arm; @flags as in struct pcpu_bench_run. */
gfp_t bench_gfp(enum pcpu_bench_arm arm, u32 flags)
{
	gfp_t gfp = flags & PCPU_BENCH_NOWAIT ? GFP_NOWAIT | __GFP_NOWARN :
						GFP_KERNEL;

	return arm == PCPU_BENCH_ARM_ON ? gfp | __GFP_ACCOUNT : gfp;
}
