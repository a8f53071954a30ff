/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a `cell` record (docs/results.md) of a measurement. */
#ifndef PCPUBENCH_MEASURE_CELL_RECORD_H
#define PCPUBENCH_MEASURE_CELL_RECORD_H

#include <jansson.h>

#include "measure/target.h"
#include "results/proof.h"

/**
 * cell_record - begin the record of a cell that has no samples
 * @bench: its whole name, such as "bpf-percpu-map/hash"
 * @reason: why it is not valid; "" if it is
 */
json_t *cell_record(const struct plan *plan, const char *bench,
		    unsigned int size, unsigned int pairs, unsigned int warmup,
		    const char *reason);

/**
 * cell_record_samples - add the samples and the proof
 * @samples: @nr of them, of all arms
 * @p: its @outside is no part of the record
 */
void cell_record_samples(json_t *cell, const struct pcpu_bench_sample *samples,
			 size_t nr, const struct proof *p);

/* Add the proof of the other owner. */
void cell_record_other(json_t *cell, const struct proof *p);

/* Add the proof of a node. */
void cell_record_node(json_t *cell, unsigned int node, const struct proof *p);

#endif
