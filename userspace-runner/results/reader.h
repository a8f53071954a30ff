/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a results file; docs/results.md has the format. */
#ifndef PCPUBENCH_RESULTS_READER_H
#define PCPUBENCH_RESULTS_READER_H

#include <jansson.h>
#include <stdbool.h>

/*
 * A results file in memory.
 * @path: as given
 * @records: array of objects in the file's order; record i is line i + 1
 * @torn: the last line has no newline, so it is incomplete and not in @records
 * @ended: the last record is `end`; otherwise the run was interrupted
 */
struct results {
	char *path;
	json_t *records;
	bool torn;
	bool ended;
};

/**
 * results_read - read and check a whole results file
 *
 * Every record has passed record_check(), the first and only the first is a
 * `run`, and the counts of an `end` are correct. Unknown record types are kept.
 * Reads pipes too; up to 1 GiB. Returns 0, or EX_USE (not a results file) or
 * EX_FAIL (out of memory) with err(); then @r is empty.
 */
int results_read(const char *path, struct results *r);

/* Free what results_read() read; @r may be zeroed. */
void results_free(struct results *r);

#endif
