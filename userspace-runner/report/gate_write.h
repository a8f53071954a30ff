/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output of `gate`, a function for each format. */
#ifndef PCPUBENCH_REPORT_GATE_WRITE_H
#define PCPUBENCH_REPORT_GATE_WRITE_H

#include <stdio.h>

#include "compare/gate.h"

/* "regression: 2 of 30 checks" and so on, one line. */
void gate_summary(FILE *out, const struct gate *g);

/*
 * Text of at most 72 columns, Markdown, KTAP version 1, JUnit XML, GitHub
 * annotations. Each returns 0 or EX_FAIL with err() when memory ran out; errors of
 * @out are the caller's.
 */
int gate_text(FILE *out, const struct gate *g);
int gate_md(FILE *out, const struct gate *g);
int gate_ktap(FILE *out, const struct gate *g);
int gate_junit(FILE *out, const struct gate *g);
int gate_github(FILE *out, const struct gate *g);

#endif
