/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boots of a results file: what belongs to which, what is whole, and which
 * boots another file has too. Whoever asks a file what was measured asks here.
 */
#ifndef PCPUBENCH_RESULTS_BOOTS_H
#define PCPUBENCH_RESULTS_BOOTS_H

#include <stddef.h>

#include "results/reader.h"
#include "results/recorder.h"

/*
 * @number: in its file
 * @record: its `boot`; NULL when the run was interrupted before it was written,
 *	and then the boot did not happen
 * @cells: array of its `cell` and `profile` records, in the file's order
 */
struct boot_records {
	long long number;
	json_t *record;
	json_t *cells;
};

/* Did it come to a good end? Only then do its cells count. */
bool boot_is_ok(const struct boot_records *boot);

/*
 * @list: the boots that have a record, in the file's order, then those without
 * @whole: how many records of the file are not left over from a boot without a
 *	record at its end, or the `end`
 */
struct boots {
	struct results file;
	struct boot_records *list;
	size_t nr;
	size_t whole;
};

/**
 * boots_read - read and check a results file, as results_read() does
 *
 * Besides, a boot is there once, and a cell of it once; both name a kernel that
 * has its record; a cell is of its boot's kernel, topology and instrument. Then
 * or when it fails @b wants boots_free().
 */
int boots_read(const char *path, struct boots *b);

void boots_free(struct boots *b);

/*
 * All that makes a boot of @b this one, its records: what was measured, in how
 * long, of times on which machine. The same in every file that has the boot.
 * @record may be NULL. A text for free(); NULL with err() when memory ran out.
 */
char *boot_identity(const struct boots *b, const json_t *record,
		    const json_t *cells);

/* Are these two files, or any of those that they were merged from, of one run? */
bool boots_share_run(const struct boots *a, const struct boots *b);

/**
 * boots_drop_known - leave out of @b->list what another file has had
 * @known: JSON object, empty before the first file, to which @b's are added
 * @dropped: receives how many, or NULL
 *
 * A boot is what was measured: the same records, whatever their numbers and
 * their file. (How long it took is in it, so no two boots are alike.) Times are
 * of a machine besides. What one file has several times, it has measured several
 * times. 0 or EX_FAIL.
 */
int boots_drop_known(struct boots *b, json_t *known, size_t *dropped);

/**
 * boots_go_on - go on writing the file that was read
 * @r: with @r->w open on it and nothing written
 *
 * Takes back its `end`, and what is left over of a boot. 0 or EX_FAIL.
 */
int boots_go_on(const struct boots *b, struct recorder *r);

#endif
