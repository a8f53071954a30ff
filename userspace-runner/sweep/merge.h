/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Merges results files. */
#ifndef PCPUBENCH_SWEEP_MERGE_H
#define PCPUBENCH_SWEEP_MERGE_H

#include <jansson.h>
#include <stddef.h>

/*
 * @twice: boots left out because they are copies of another
 * @agreed: `insn` boots left out because another file has the same kernel,
 *	topology and counts, and the sweep wants no more
 * @missing: "KERNEL TOPOLOGY": number of boots of the sweep that no file has, the
 *	first MERGE_NAMED; in all @nr_missing of @nr_wanted. All 0 for files that are
 *	not a sweep's.
 * @interrupted: the first of files that are not of one sweep that has no end, so that
 *	nobody knows what it lacks; or NULL
 * @open_shards: if all files are shards, the numbers of those without an end, as
 *	shards_open() has them; or NULL
 */
#define MERGE_NAMED	7

struct merge {
	size_t twice;
	size_t agreed;
	json_t *missing;
	size_t nr_missing, nr_wanted;
	const char *interrupted;
	char *open_shards;
};

/**
 * merge_files - make @output of @nr @files
 *
 * Writes nothing on failure: EX_USE when a file cannot be read, @output exists,
 * a kernel's name stands for two images, or shards of two different sweeps are
 * given; EX_INVALID when two files have different counts for the same cell of
 * the instrument insn. On success call merge_free().
 */
int merge_files(struct merge *m, const char *output, char *const *files,
		size_t nr, int argc, char **argv);

void merge_free(struct merge *m);

#endif
