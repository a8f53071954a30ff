/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a report that only benches with a charge of their own have. */
#ifndef PCPUBENCH_REPORT_REPORT_CHARGE_H
#define PCPUBENCH_REPORT_REPORT_CHARGE_H

#include "report/block_table.h"

/* Was a charge recorded with any cell of @v's block? */
bool report_has_charge(const struct block_view *v);

void report_charge(struct doc *d, const struct block_view *v);

#endif
