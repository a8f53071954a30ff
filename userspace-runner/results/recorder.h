/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the records of a run: its `run`, the kernels, boot after boot, and the
 * `end`. Every boot, measured or from another file, is written here.
 */
#ifndef PCPUBENCH_RESULTS_RECORDER_H
#define PCPUBENCH_RESULTS_RECORDER_H

#include "results/record.h"
#include "results/writer.h"

/*
 * @counts: of all records of the file, for its `end`
 * @last: the highest number of a boot in it
 * @run: its `run` record
 */
struct recorder {
	struct results_writer w;
	json_t *run;
	struct record_counts counts;
	long long last;
};

/* The default path of a results file: under results/, named by the time. */
void recorder_new_path(char *path, size_t room);

/**
 * recorder_begin - write the `run` record: when and where, by which command
 * @more: further fields of some commands, or NULL
 *
 * @r->w is open and has no record yet. 0 or EX_FAIL.
 */
int recorder_begin(struct recorder *r, const json_t *more, int argc,
		   char **argv);

/**
 * recorder_create - make a results file and write its `run` record
 * @output: its path, NULL for a new one under results/
 *
 * Returns as results_create() does; then @r needs no recorder_end().
 */
int recorder_create(struct recorder *r, const char *output, const json_t *more,
		    int argc, char **argv);

/* Write a record, such as a kernel's, and count it. 0 or EX_FAIL. */
int recorder_write(struct recorder *r, const json_t *record);

/**
 * recorder_boot - write a boot, its own record after those of its cells
 * @boot: a `boot` record, without a number or with that of another file
 * @cells: array of `cell` and `profile` records, or NULL; each receives the
 *	number, and the kernel, topology and instrument of @boot
 *
 * A boot without its record does not count: after a crash, boots_go_on() cuts
 * off its other records. 0 or EX_FAIL.
 */
int recorder_boot(struct recorder *r, const json_t *boot, json_t *cells);

/* Close without an `end`: somebody goes on with the file. 0 or EX_FAIL. */
int recorder_close(struct recorder *r);

/**
 * recorder_end - close the file; if @ret is 0, write the `end` record first
 * @ret: exit code so far
 *
 * Returns @ret if that is not 0.
 */
int recorder_end(struct recorder *r, int ret);

#endif
