/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times beside counts, for people and as JSON. */
#ifndef PCPUBENCH_REPORT_VALIDATE_DOC_H
#define PCPUBENCH_REPORT_VALIDATE_DOC_H

#include <jansson.h>
#include <stdio.h>

#include "compare/validate.h"

/* 0 or EX_FAIL with err() when memory ran out; errors of @out are the caller's. */
int validate_text(FILE *out, const struct validate *v);
int validate_md(FILE *out, const struct validate *v);

/* The cells, an array; NULL when memory ran out. Numbers that are not there: null. */
json_t *validate_json(const struct validate *v);

#endif
