/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is done to maps in a sample, and what is taken off: plan->pairs times. */
#ifndef PCPUBENCH_MEASURE_BENCHES_MAP_OPS_H
#define PCPUBENCH_MEASURE_BENCHES_MAP_OPS_H

#include "measure/benches/map_life.h"

/* plan->pairs maps, held. 0, or EX_INVALID as life_refused(). */
int map_create_all(struct life *l);
void map_close_all(struct life *l);

/* What a sample of @op does; of the empty arm, what is taken off. */
typedef int (*life_fn)(struct life *l);
life_fn map_op(enum life_op op, enum pcpu_bench_arm arm);

#endif
