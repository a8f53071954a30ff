/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life of a BPF percpu map, sample by sample. */
#ifndef PCPUBENCH_MEASURE_BENCHES_MAP_ROUNDS_H
#define PCPUBENCH_MEASURE_BENCHES_MAP_ROUNDS_H

#include "measure/benches/map_life.h"

/**
 * map_rounds - all samples of all operations, arms in turn
 *
 * 0; EX_INVALID when the kernel refuses a map, l->error says with which errno;
 * or another exit code.
 */
int map_rounds(struct life *l);

#endif
