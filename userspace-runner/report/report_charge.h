/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a report that only benches with a charge of their own have. */
#ifndef PCPUBENCH_REPORT_REPORT_CHARGE_H
#define PCPUBENCH_REPORT_REPORT_CHARGE_H

#include "doc/doc.h"
#include "report/report.h"

/* Was a charge recorded with any cell of @block? */
bool report_has_charge(const struct report *r,
		       const struct table_block *block);

/* @rows: the kernels that the block's tables have as rows */
void report_charge(struct doc *d, const struct report *r,
		   const struct table_block *block, const unsigned int *rows,
		   size_t nr_rows);

#endif
