/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own tests, kernel against baseline. */
#ifndef PCPUBENCH_REPORT_KSELFTEST_DOC_H
#define PCPUBENCH_REPORT_KSELFTEST_DOC_H

#include <jansson.h>
#include <stdio.h>

/*
 * @suite, @source, @topology: which tests, of which source, on which machine
 * @kernels: an object of kselftest_results() by the kernels' names, in their order
 */
struct kselftest_run {
	const char *suite, *source, *topology;
	json_t *kernels;
};

/* How many results of the kernels are others than those of `baseline`. */
size_t kselftest_differences(const struct kselftest_run *run);

/* An output_fn: what differs in a table, the rest in a line for each result. */
int kselftest_text(FILE *out, const void *run);

int kselftest_json(FILE *out, const void *run);

#endif
