/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a memory cgroup takes, beside what making it costs. */
#ifndef PCPUBENCH_REPORT_REPORT_MEMCG_H
#define PCPUBENCH_REPORT_REPORT_MEMCG_H

#include "report/block_table.h"

/* A table of the bytes, if @v's cells have them: a row for each kernel. */
void report_memcg(struct doc *d, const struct block_view *v);

#endif
