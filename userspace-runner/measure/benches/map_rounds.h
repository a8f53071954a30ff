/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes samples of the life of BPF percpu maps. */
#ifndef PCPUBENCH_MEASURE_BENCHES_MAP_ROUNDS_H
#define PCPUBENCH_MEASURE_BENCHES_MAP_ROUNDS_H

#include "measure/benches/map_life.h"

/**
 * map_rounds - take all samples of all operations, arms in turn
 *
 * 0; EX_INVALID when the kernel refuses a map, with the errno in l->error; or
 * another exit code.
 */
int map_rounds(struct life *l);

#endif
