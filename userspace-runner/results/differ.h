/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether two boots counted the same, and where not. */
#ifndef PCPUBENCH_RESULTS_DIFFER_H
#define PCPUBENCH_RESULTS_DIFFER_H

#include "results/boots.h"

#include <stdint.h>

#define DIFFER_LEN	512

/* The same for boots with the same cells and counts, and hardly for any others. */
uint64_t boots_sum(const struct boot_records *b);

/**
 * boots_differ - find the first cell that two boots have and that is not the same
 * @what: receives the cell, where in it, and both values, that of @a first
 *
 * Of an exact instrument, every sample of which is the same in every boot. What
 * only one of them measured makes no difference.
 */
bool boots_differ(const struct boot_records *a, const struct boot_records *b,
		  char what[DIFFER_LEN]);

/* ... two cells of the same name and size. */
bool cells_differ(const json_t *cell, const json_t *other,
		  char what[DIFFER_LEN]);

/* Has @a a cell of each name and size of which @b has one? */
bool boots_cover(const struct boot_records *a, const struct boot_records *b);

#endif
