/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The price of each patch for people. */
#ifndef PCPUBENCH_REPORT_PRICE_DOC_H
#define PCPUBENCH_REPORT_PRICE_DOC_H

#include <stdio.h>

#include "series/price.h"

/*
 * At most 72 columns. 0 or EX_FAIL with err() when memory ran out; errors of
 * @out are the caller's.
 */
int price_text(FILE *out, const struct price *p);

#endif
