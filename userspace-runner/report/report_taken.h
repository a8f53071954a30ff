/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory that is charged for what an operation makes, beside what it costs. */
#ifndef PCPUBENCH_REPORT_REPORT_TAKEN_H
#define PCPUBENCH_REPORT_REPORT_TAKEN_H

#include "report/block_table.h"

/* A table of the bytes, if @v's cells have them: a row for each kernel. */
void report_taken(struct doc *d, const struct block_view *v);

#endif
