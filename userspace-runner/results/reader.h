/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a results file: docs/results.md has its format. */
#ifndef PCPUBENCH_RESULTS_READER_H
#define PCPUBENCH_RESULTS_READER_H

#include <jansson.h>
#include <stdbool.h>

/*
 * A results file in memory.
 * @path: as it was given
 * @records: array of objects in the file's order; record i is line i + 1
 * @torn: the last line had no newline, so it was cut off; it is not in @records
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
 * `run`, and the counts of an `end` are those of the file. Record types that
 * are not known are kept. Reads pipes too; up to 1 GiB. Returns 0, or EX_USE
 * (what was given is no results file) or EX_FAIL (out of memory) with err();
 * then @r holds nothing.
 */
int results_read(const char *path, struct results *r);

/* Frees what results_read() put there; harmless on a zeroed @r. */
void results_free(struct results *r);

#endif
