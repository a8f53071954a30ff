/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result of `bisect` as text and JSON. */
#ifndef PCPUBENCH_REPORT_BISECT_DOC_H
#define PCPUBENCH_REPORT_BISECT_DOC_H

#include <stdio.h>

#include "series/bisect_run.h"

/* Each returns 0 or EX_FAIL with err(). */
int bisect_text(FILE *out, const struct bisect *b);
int bisect_json(FILE *out, const struct bisect *b);

#endif
