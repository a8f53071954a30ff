/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From records to the model, one file at a time: a part of table.c. */
#ifndef PCPUBENCH_RESULTS_TABLE_ADD_H
#define PCPUBENCH_RESULTS_TABLE_ADD_H

#include "results/table.h"

/**
 * table_add_run - take in all records of the last of t->runs
 *
 * Cells get their per-boot values, the rest of them is for table.c to settle.
 * Returns 0, EX_USE or EX_FAIL with err().
 */
int table_add_run(struct table *t);

#endif
