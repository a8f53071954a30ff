/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints how full slabs of many owners were, of slab-share. */
#ifndef PCPUBENCH_REPORT_REPORT_SHARE_H
#define PCPUBENCH_REPORT_REPORT_SHARE_H

#include "report/block_table.h"

/* Three tables, or nothing if no cell of the block has that. */
void report_share(struct doc *d, const struct block_view *v);

#endif
