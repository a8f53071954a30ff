/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of a parallel bench: over the number of tasks. */
#ifndef PCPUBENCH_REPORT_REPORT_CONTENTION_H
#define PCPUBENCH_REPORT_REPORT_CONTENTION_H

#include <jansson.h>

#include "report/block_table.h"
#include "results/cell_name.h"

/* The blocks of a bench that differ in the number of tasks make one group. */
bool report_is_parallel(const struct block_view *v);
bool report_group_begins(const struct block_view *v);
bool report_group_ends(const struct block_view *v);

/* The group's name: the bench without its number of tasks. Returns @name. */
const char *report_group(const struct block_view *v, char name[CELL_NAME_LEN]);

/* The tables of the group that begins with @v's block. */
void report_contention(struct doc *d, const struct block_view *v);

/* For plots/throughput.py: an object for each arm of each timed cell; NULL */
json_t *report_contention_json(const struct table *t);

#endif
