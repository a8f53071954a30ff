/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fits a screen: percent and amount, and what a reader has to know of them. */
#ifndef PCPUBENCH_REPORT_REPORT_BRIEF_H
#define PCPUBENCH_REPORT_REPORT_BRIEF_H

#include "report/block_table.h"

/* Is @kernel a control beside others and without any number? One line says so. */
bool report_is_silent(const struct table *t, unsigned int kernel);

/* One table of a block with counts: of what measured any. */
void report_brief_block(struct doc *d, const struct block_view *v);

/* The lines at the end: controls, failures, kernel, config, emulator. */
void report_brief_end(struct doc *d, const struct report *r);

#endif
