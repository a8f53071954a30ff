// SPDX-License-Identifier: GPL-2.0-or-later
/* Measure a plan: its bench, size by size. */
#include "base/err.h"
#include "measure/benches/benches.h"
#include "measure/measure.h"

int measure(const struct plan *plan, const struct measure_env *env)
{
	struct target t;
	measure_fn bench;
	unsigned int i;
	int ret;

	ret = bench_find(plan, &bench);
	if (ret)
		return ret;
	ret = target_open(&t, env);
	for (i = 0; i < plan->nr_sizes && !ret; i++)
		ret = measure_stop ? err(EX_INTR, "interrupted") :
		      bench(&t, plan, plan->sizes[i]);
	return target_close(&t, ret);
}
