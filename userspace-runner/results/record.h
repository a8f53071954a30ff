/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One record of a results file: what its fields must be, and how to read them.
 * docs/results.md gives the meaning of each field, results/schema.json the same
 * rules for other programs.
 */
#ifndef PCPUBENCH_RESULTS_RECORD_H
#define PCPUBENCH_RESULTS_RECORD_H

#include <jansson.h>
#include <stdbool.h>

#define RESULTS_VERSION	1

/* Above this an integer is not exact in a double, nor to other JSON readers. */
#define RECORD_INT_MAX	(1LL << 53)

/**
 * record_at - the value at a path such as "proof.held"
 *
 * Borrowed from @record. NULL when it or an object on the way is not there.
 */
const json_t *record_at(const json_t *record, const char *path);

/* The string at @path, borrowed; NULL when there is none. */
const char *record_string(const json_t *record, const char *path);

/* The integer at @path; -1 when there is none. */
long long record_int(const json_t *record, const char *path);

/* True when the record's `type` is @type. */
bool record_is(const json_t *record, const char *type);

/*
 * The field in which two `kernel` records are of two builds, or NULL. One of
 * another name may be of the same build.
 */
const char *kernel_difference(const json_t *a, const json_t *b);

/* What an `end` record counts. */
struct record_counts {
	unsigned int boots, failed, cells, invalid;
};

/* Add @record to the counts of its file. */
void record_count(const json_t *record, struct record_counts *counts);

/**
 * record_check - everything the program reads of a record is as documented
 * @file, @line: where the record comes from, for the message
 *
 * Fields and record types that are not known pass. After this, record_string()
 * and record_int() of a field that must be there need no test. Returns 0 or
 * EX_USE with err().
 */
int record_check(const json_t *record, const char *file, size_t line);

#endif
