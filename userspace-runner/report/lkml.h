/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A reply's body: revisions side by side, in text that mailers leave alone. */
#ifndef PCPUBENCH_REPORT_LKML_H
#define PCPUBENCH_REPORT_LKML_H

#include <stdio.h>

#include "report/lkml_set.h"

/*
 * 72 columns at most, ASCII: a screen of it, or all that was measured and how. Each
 * returns 0 or EX_FAIL with err().
 */
int lkml_short(FILE *out, const struct lkml *l);
int lkml_text(FILE *out, const struct lkml *l);

#endif
