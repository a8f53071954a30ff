/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a report that only times have: spread, counters, what disturbed. */
#ifndef PCPUBENCH_REPORT_REPORT_TIME_H
#define PCPUBENCH_REPORT_REPORT_TIME_H

#include "doc/doc.h"
#include "report/report.h"

/* @rows: the kernels that the block's tables have as rows */
void report_time(struct doc *d, const struct report *r,
		 const struct table_block *block, const unsigned int *rows,
		 size_t nr_rows);

#endif
