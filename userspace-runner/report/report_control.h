/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a report that tells which differences of times are noise. */
#ifndef PCPUBENCH_REPORT_REPORT_CONTROL_H
#define PCPUBENCH_REPORT_REPORT_CONTROL_H

#include "report/block_table.h"

/* For a block of times that has more than one boot; else nothing. */
void report_control(struct doc *d, const struct block_view *v);

#endif
