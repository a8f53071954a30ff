/* SPDX-License-Identifier: GPL-2.0-or-later */
/* percpu-alloc: what the loop of the module measures, and its proof. */
#ifndef PCPUBENCH_MEASURE_BENCHES_BENCH_PERCPU_ALLOC_H
#define PCPUBENCH_MEASURE_BENCHES_BENCH_PERCPU_ALLOC_H

#include "measure/target.h"

int measure_percpu_alloc(const struct target *t, const struct plan *plan,
			 unsigned int size);

#endif
