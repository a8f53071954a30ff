/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the `cell` records of maps. */
#ifndef PCPUBENCH_MEASURE_BENCHES_MAP_CELL_H
#define PCPUBENCH_MEASURE_BENCHES_MAP_CELL_H

#include "measure/benches/map_charge.h"

/**
 * map_cells_emit - a `cell` record for each operation
 * @broken: why none of them is valid, or ""
 *
 * A map that the kernel refused (l->error) has no samples. 0 or an exit code.
 */
int map_cells_emit(const struct life *l, const struct proof *p,
		   const struct charge *c, const char *broken);

#endif
