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

#endif
