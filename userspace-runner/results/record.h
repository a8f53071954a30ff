/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One record of a results file: the rules for its fields, and how to read them.
 * docs/results.md gives the meaning of each field, results/schema.json has the
 * same rules for other programs.
 */
#ifndef PCPUBENCH_RESULTS_RECORD_H
#define PCPUBENCH_RESULTS_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define RESULTS_VERSION	1

/* Above this an integer is not exact in a double, nor to other JSON readers. */
#define RECORD_INT_MAX	(1LL << 53)

/**
 * record_at - the value at a path such as "proof.held"
 *
 * Borrowed from @record. NULL when it or an object on the way is missing.
 */
const json_t *record_at(const json_t *record, const char *path);

/* The string at @path, borrowed; NULL when there is none. */
const char *record_string(const json_t *record, const char *path);

/* The integer at @path; -1 when there is none. */
long long record_int(const json_t *record, const char *path);

/* True when the record's `type` is @type. */
bool record_is(const json_t *record, const char *type);

/*
 * The field that shows that two `kernel` records are different builds, or NULL.
 * The names may differ for the same build.
 */
const char *kernel_difference(const json_t *a, const json_t *b);

/*
 * A text that two `kernel` records have in common if name and release are the same,
 * and, with @build, kernel_difference() finds nothing. For free(); NULL with err().
 */
char *kernel_key(const json_t *record, bool build);

/* The counts of an `end` record. */
struct record_counts {
	unsigned int boots, failed, cells, invalid;
};

/* Add @record to the counts of its file. */
void record_count(const json_t *record, struct record_counts *counts);

/* The `end` of a file with so many records. */
json_t *record_end(const struct record_counts *counts);

/**
 * record_memory - bytes that a line of JSON takes at most when it has been read
 *
 * A line that is no JSON takes some number.
 */
size_t record_memory(const char *text, size_t len);

/**
 * record_check - check that all fields the program reads are as documented
 * @file, @line: where the record comes from, for the message
 *
 * Unknown fields and record types pass. Afterwards record_string() and
 * record_int() of a mandatory field need no test. Returns 0 or EX_USE with
 * err().
 */
int record_check(const json_t *record, const char *file, size_t line);

/**
 * record_make_safe - replace in its texts what must not be printed (base/safe.h)
 *
 * No text of a file, or of a guest, may drive the terminal or the CI's log that it is
 * printed to. False if the name of a field would have to change, or without memory.
 */
bool record_make_safe(json_t *record);

#endif
