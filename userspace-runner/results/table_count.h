/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts the boots of a table; a part of table_load.c. */
#ifndef PCPUBENCH_RESULTS_TABLE_COUNT_H
#define PCPUBENCH_RESULTS_TABLE_COUNT_H

#include "results/table.h"

/* Fill in t->places, t->of_kernels and t->tallies. 0, or EX_FAIL with err(). */
int table_count_boots(struct table *t);

#endif
