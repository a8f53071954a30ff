// SPDX-License-Identifier: GPL-2.0-or-later
/* The functions that measure benches, in the order of their table. */
#include "measure/benches/benches.h"

static measure_fn *const functions[] = {
#define BENCH(id, ...)	measure_##id,
#include "plan/bench_table.h"
#undef BENCH
};

measure_fn *bench_measure(const struct plan *plan)
{
	return functions[bench_find(plan->bench) - bench_nth(0)];
}
