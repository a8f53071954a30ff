/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All of a text or nothing of it: half a table would pass for a whole one. */
#ifndef PCPUBENCH_BASE_OUTPUT_H
#define PCPUBENCH_BASE_OUTPUT_H

#include <jansson.h>
#include <stdio.h>

typedef int (*output_fn)(FILE *out, const void *what);

/**
 * output_write - have @fn write @what, and put that where it is wanted
 * @path: of the file to replace, NULL for the standard output
 *
 * A file is replaced whole when it is complete. Returns 0, what @fn returned, or
 * EX_FAIL with err().
 */
int output_write(const char *path, output_fn fn, const void *what);

/* Print @json, and free it. NULL is one that there was no memory for. EX_FAIL. */
int output_json(FILE *out, json_t *json);

/* A number of it; null for one that is none (NaN) or has no end. */
json_t *json_number(double value);

/**
 * output_csv - print objects as lines of CSV, and free them
 * @columns: the first line, "a,b,c": which of their fields, in this order
 * @rows: an array; NULL is one that there was no memory for
 *
 * Numbers have ten digits, true is 1; what is null or not there is empty. EX_FAIL.
 */
int output_csv(FILE *out, const char *columns, json_t *rows);

#endif
