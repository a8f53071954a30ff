/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The benches of measure(): one function each. */
#ifndef PCPUBENCH_MEASURE_BENCHES_BENCHES_H
#define PCPUBENCH_MEASURE_BENCHES_BENCHES_H

#include "measure/target.h"

/* Measures one size, emits one cell or more. 0 or an exit code. */
typedef int (*measure_fn)(const struct target *t, const struct plan *plan,
			  unsigned int size);

/* The bench that @plan names; EX_USE when there is none. */
int bench_find(const struct plan *plan, measure_fn *bench);

#endif
