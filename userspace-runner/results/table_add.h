/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds the records of one results file to the table; a part of table_load.c. */
#ifndef PCPUBENCH_RESULTS_TABLE_ADD_H
#define PCPUBENCH_RESULTS_TABLE_ADD_H

#include "results/table.h"

/*
 * Places in the arrays of a table that is being made.
 * @kernels: of a kernel by its record, see table_add.c
 * @cells: of a cell by its numbers
 * @machines: of the first boot of a kernel with a boot_id
 */
struct table_making {
	struct index kernels;
	struct index cells;
	struct index machines;
};

void table_making_free(struct table_making *m);

/**
 * table_add_run - add all records of the last of t->runs
 *
 * Cells get their per-boot values; table_load.c computes the rest. Returns 0,
 * EX_USE or EX_FAIL with err().
 */
int table_add_run(struct table *t, struct table_making *m);

#endif
