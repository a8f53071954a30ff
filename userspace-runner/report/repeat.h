/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How to have numbers again: the commands that measured them. */
#ifndef PCPUBENCH_REPORT_REPEAT_H
#define PCPUBENCH_REPORT_REPEAT_H

#include <stdbool.h>
#include <stdio.h>

#include "report/lkml_set.h"

/**
 * repeat_commands - the command of each run that has a side, each once
 * @reader: as somebody else types it: kernels by their names, no folders of the
 *	machine that measured, no number of guests at once
 *
 * For a mail. 0 or EX_FAIL with err().
 */
int repeat_commands(FILE *out, const struct lkml *l, bool reader);

#endif
