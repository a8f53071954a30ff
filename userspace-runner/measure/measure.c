// SPDX-License-Identifier: GPL-2.0-or-later
/* Measures a plan: its bench, size by size. */
#include <string.h>

#include "base/err.h"
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

	return ret ? ret : bench_measure(plan)(t, plan, size);
}

int measure(const struct plan *plan, const struct measure_env *env)
{
	struct target t;
	unsigned int i;
	int ret;

	ret = target_open(&t, env);
	for (i = 0; i < plan->nr_sizes && !ret; i++)
		ret = measure_size(&t, plan, plan->sizes[i]);
	return target_close(&t, ret);
}
