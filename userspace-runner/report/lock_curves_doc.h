/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Computed contention for people: tables of kernels by threads. */
#ifndef PCPUBENCH_REPORT_LOCK_CURVES_DOC_H
#define PCPUBENCH_REPORT_LOCK_CURVES_DOC_H

#include <stdio.h>

#include "lockmodel/lock_curves.h"

/*
 * At most 72 columns. 0 or EX_FAIL with err() when memory ran out; errors of
 * @out are the caller's.
 */
int lock_curves_text(FILE *out, const struct lock_curves *c);

#endif
