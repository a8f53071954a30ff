/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name of a cell's bench, with the options that only this bench has. */
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
 * cell_name - the name of a `cell` record's bench in tables
 *
 * "bpf-percpu-map/hash", or "bpf-percpu-map/hash entries=100" if an option is
 * not the default: cells with different options are different cells. Returns
 * @name.
 */
const char *cell_name(const json_t *record, char name[CELL_NAME_LEN]);

/**
 * cell_name_depth - the levels of memory cgroups of a cell of that name
 * @without: receives the rest of @name
 */
unsigned int cell_name_depth(const char *name, char without[CELL_NAME_LEN]);

#define CELL_KEY_LEN	(CELL_NAME_LEN + 64)

/*
 * A text of the record's type, name and size, to find it by; of two records it is
 * the same if all three are. Returns @key.
 */
const char *cell_key(const json_t *record, char key[CELL_KEY_LEN]);

/* Are these of one type, name and size? */
bool cell_same(const json_t *a, const json_t *b);

#endif
