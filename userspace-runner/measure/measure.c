// SPDX-License-Identifier: GPL-2.0-or-later
/* Measures a plan: its bench, size by size. */
#include <string.h>

#include "base/err.h"
#include "plan/depth.h"
#include "measure/benches/benches.h"
#include "measure/measure.h"

/* Measure in the same boot the bench whose cost is a part of @plan's. */
static int measure_beside(const struct target *t, const struct plan *plan,
			  unsigned int size)
{
	const char *name = bench_find(plan->bench)->beside;
	struct plan beside;

	if (!name || !bench_takes(bench_find(name), size))
		return 0;
	plan_init(&beside);
	beside.instrument = plan->instrument;
	strcpy(beside.bench, name);
	return bench_measure(&beside)(t, &beside, size);
}

static int measure_size(const struct target *t, const struct plan *plan,
			unsigned int size)
{
	int ret = measure_stop ? err(EX_INTR, "interrupted") :
		  measure_beside(t, plan, size);

	if (!ret)
		ret = bench_measure(plan)(t, plan, size);
	return ret ? ret : target_stayed(t);
}

static int measure_depth(struct target *t, struct plan plan, unsigned int depth)
{
	int ret;

	plan.options.val[BENCH_DEPTH] = 1 << depth;
	ret = target_enter(t, &plan);
	for (unsigned int i = 0; i < plan.nr_sizes && !ret; i++)
		ret = measure_size(t, &plan, plan.sizes[i]);
	return ret;
}

int measure(const struct plan *plan, const struct measure_env *env)
{
	const int depths = plan->options.val[BENCH_DEPTH];
	struct target t;
	int ret = target_open(&t, env);

	for (unsigned int d = 0; !ret && (d = depth_next(depths, d + 1));)
		ret = measure_depth(&t, *plan, d);
	return target_close(&t, ret);
}
