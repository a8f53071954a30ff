/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a report that only times have: spread, counters, what disturbed. */
#ifndef PCPUBENCH_REPORT_REPORT_TIME_H
#define PCPUBENCH_REPORT_REPORT_TIME_H

#include "report/block_table.h"

void report_time(struct doc *d, const struct block_view *v);

#endif
