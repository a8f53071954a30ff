/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boots of a results file: the records of each, which are whole, and which
 * boots another file has too. All readers of measurements come here.
 */
#ifndef PCPUBENCH_RESULTS_BOOTS_H
#define PCPUBENCH_RESULTS_BOOTS_H

#include <stddef.h>

#include "base/index.h"
#include "results/reader.h"
#include "results/recorder.h"

/*
 * @number: in its file
 * @record: its `boot`; NULL when the run was interrupted before writing it:
 *	then the boot does not count
 * @cells: array of its `cell` and `profile` records, in the file's order
 */
struct boot_records {
	long long number;
	json_t *record;
	json_t *cells;
};

/* Did the boot succeed? Only then its cells count. */
bool boot_is_ok(const struct boot_records *boot);

/*
 * @list: the boots that have a record, in the file's order, then those without
 * @whole: number of the file's records before a final boot without a record,
 *	and before the `end`
 */
struct boots {
	struct results file;
	struct boot_records *list;
	size_t nr;
	size_t whole;
	struct index kernels;	/* boots_kernel() */
	struct index runs;	/* ids of its run, and of those merged into it */
};

/**
 * boots_read - read and check a results file, as results_read() does
 *
 * Also checks that each boot, and each cell of a boot, is there once; that both
 * name a kernel with a record; and that a cell has its boot's kernel, topology
 * and instrument. In any case call boots_free().
 */
int boots_read(const char *path, struct boots *b);

void boots_free(struct boots *b);

/* Has the file no whole record, since whoever began it was killed at once? */
bool boots_blank(const char *path);

/*
 * All that makes a boot of @b this one, its records: what was measured, in how
 * long, of times on which machine. The same in every file that has the boot, also
 * where it was taken from what is known. @record may be NULL. A text for free();
 * NULL with err() when memory ran out.
 */
char *boot_identity(const struct boots *b, const json_t *record,
		    const json_t *cells);

/* The record of the kernel @name, or NULL. */
const json_t *boots_kernel(const struct boots *b, const char *name);

/* Do two files, or any files that were merged into them, have a common run? */
bool boots_share_run(const struct boots *a, const struct boots *b);

/**
 * boots_drop_known - drop boots from @b->list that another file had
 * @known: JSON object, empty before the first file; @b's boots are added
 * @dropped: receives their number, or NULL
 *
 * Boots are the same if boot_identity() is, whatever their number and file; it
 * has the duration, so two boots are never alike. Copies within one file are
 * separate boots. 0 or EX_FAIL.
 */
int boots_drop_known(struct boots *b, json_t *known, size_t *dropped);

/**
 * boots_go_on - continue writing the file that was read
 * @r: with @r->w open on it and nothing written
 *
 * Removes its `end` and the rest of an interrupted boot. 0 or EX_FAIL.
 */
int boots_go_on(const struct boots *b, struct recorder *r);

#endif
