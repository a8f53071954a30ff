/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output whole or not at all: half a table could pass for a whole one. */
#ifndef PCPUBENCH_BASE_OUTPUT_H
#define PCPUBENCH_BASE_OUTPUT_H

#include <jansson.h>
#include <stdio.h>

typedef int (*output_fn)(FILE *out, const void *what);

/**
 * output_write - write @what by @fn to a file or the standard output
 * @path: path of a file to replace, NULL for the standard output
 *
 * A file is replaced when the new one is complete. Returns 0, what @fn
 * returned, or EX_FAIL with err().
 */
int output_write(const char *path, output_fn fn, const void *what);

/* Print @json, and free it. NULL: memory ran out, EX_FAIL. */
int output_json(FILE *out, json_t *json);

/* A JSON number; null for NaN and infinity. */
json_t *json_number(double value);

/**
 * output_csv - print objects as lines of CSV, and free them
 * @columns: the first line, "a,b,c": the fields to print, in this order
 * @rows: an array; NULL: memory ran out, EX_FAIL
 *
 * Numbers have ten digits, true is 1; null and missing fields are empty.
 */
int output_csv(FILE *out, const char *columns, json_t *rows);

#endif
