/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a results file: append-only, each record whole or absent. */
#ifndef PCPUBENCH_RESULTS_WRITER_H
#define PCPUBENCH_RESULTS_WRITER_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * @whole: bytes of the file up to the end of its last whole record
 * @torn: an incomplete line could not be removed, so nothing may follow it
 */
struct results_writer {
	char *path;
	int fd;
	off_t whole;
	bool torn;
};

/**
 * results_dump_line - a record as its line in the file
 * @line: set to @len bytes with one newline, at the end; for free()
 *
 * The guest sends its records in this form, too. Real numbers keep 15 digits,
 * so that 0.83 stays 0.83; integers are exact. Returns 0 or EX_FAIL with err().
 */
int results_dump_line(const json_t *record, char **line, size_t *len);

/**
 * results_create - start a new file and make its directories
 *
 * Returns 0, EX_USE when the file exists already or the path is impossible, or
 * EX_FAIL, with err(); then @w needs no results_close().
 */
int results_create(struct results_writer *w, const char *path);

/**
 * results_append - continue an existing file
 *
 * Cuts off an incomplete last line. Only one writer may have the file. Returns
 * as results_create() does.
 */
int results_append(struct results_writer *w, const char *path);

/**
 * results_write - add one record
 *
 * One write(). If the disk is full, truncates the file to its last whole
 * record; a later call may try again. Returns 0 or EX_FAIL with err().
 */
int results_write(struct results_writer *w, const json_t *record);

/* Wait until what was written is on the disk. Returns 0 or EX_FAIL with err(). */
int results_sync(struct results_writer *w);

/**
 * results_keep - remove all but the first @lines records
 *
 * For continuing a file with an unfinished boot at its end. Returns 0 or
 * EX_FAIL with err().
 */
int results_keep(struct results_writer *w, size_t lines);

/* Returns 0, or EX_FAIL with err() when the file system reports a loss late. */
int results_close(struct results_writer *w);

#endif
