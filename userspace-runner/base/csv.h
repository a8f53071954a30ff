/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_BASE_CSV_H
#define PCPUBENCH_BASE_CSV_H

#include <stdio.h>

/* A field, in quotes where RFC 4180 wants them. */
void csv_text(FILE *out, const char *s);

#endif
