/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model's estimates beside the counts of a block. */
#ifndef PCPUBENCH_REPORT_REPORT_MODEL_H
#define PCPUBENCH_REPORT_REPORT_MODEL_H

#include "report/block_table.h"

/*
 * A table of ACCT COST by the model, where lines were counted and k is known: the
 * report's, or that of the published machine with the block's topology. With
 * published figures these beside it, and the median error.
 */
void report_model(struct doc *d, const struct block_view *v);

#endif
