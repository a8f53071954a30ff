/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions that measure benches, one for every row of bench_table.h. */
#ifndef PCPUBENCH_MEASURE_BENCHES_BENCHES_H
#define PCPUBENCH_MEASURE_BENCHES_BENCHES_H

#include "measure/target.h"

/* Measures one size, emits one or more cells. 0 or an exit code. */
typedef int measure_fn(const struct target *t, const struct plan *plan,
		       unsigned int size);

#define BENCH(id, ...)	measure_fn measure_##id;
#include "plan/bench_table.h"
#undef BENCH

/* The function for @plan's bench. */
measure_fn *bench_measure(const struct plan *plan);

#endif
