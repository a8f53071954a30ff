/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output of `compare`, a function for each format. */
#ifndef PCPUBENCH_REPORT_COMPARE_DOC_H
#define PCPUBENCH_REPORT_COMPARE_DOC_H

#include <jansson.h>
#include <stdio.h>

#include "compare/compare.h"

/*
 * Text has 72 columns at most. Each returns 0 or EX_FAIL with err() when memory
 * ran out; errors of @out are the caller's.
 */
int compare_text(FILE *out, const struct compare *c);
int compare_md(FILE *out, const struct compare *c);
int compare_csv(FILE *out, const struct compare *c);
int compare_json(FILE *out, const struct compare *c);

/* The `cells` of compare_json(), an array; NULL when memory ran out. */
json_t *compare_cells(const struct compare *c);

#endif
