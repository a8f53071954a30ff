/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operations on maps in a sample, and the empty loop: plan->pairs times. */
#ifndef PCPUBENCH_MEASURE_BENCHES_MAP_OPS_H
#define PCPUBENCH_MEASURE_BENCHES_MAP_OPS_H

#include "measure/benches/map_life.h"

/* Create and hold plan->pairs maps. 0, or EX_INVALID as life_refused(). */
int map_create_all(struct life *l);
void map_close_all(struct life *l);

/* The function for a sample of @op; in the empty arm the empty loop. */
typedef int (*life_fn)(struct life *l);
life_fn map_op(enum life_op op, enum pcpu_bench_arm arm);

#endif
