/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bench a cell is of, with the options that only this bench has. */
#ifndef PCPUBENCH_RESULTS_CELL_NAME_H
#define PCPUBENCH_RESULTS_CELL_NAME_H

#include <jansson.h>
#include <stdbool.h>

#include "plan/bench.h"

#define CELL_NAME_LEN	160

/* Add the field `options` to @record, if @bench has any. */
void cell_name_options(json_t *record, const struct bench *bench,
		       const struct bench_options *options);

/**
 * cell_name - what tables call the bench of a `cell` record
 *
 * "bpf-percpu-map/hash", or "bpf-percpu-map/hash entries=100" where an option is
 * not what it is by default: cells with different ones are not the same cell.
 * Returns @name.
 */
const char *cell_name(const json_t *record, char name[CELL_NAME_LEN]);

/* Is it that one? */
bool cell_is_of(const json_t *record, const char *name);

#endif
