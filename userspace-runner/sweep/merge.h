/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Put results files together. */
#ifndef PCPUBENCH_SWEEP_MERGE_H
#define PCPUBENCH_SWEEP_MERGE_H

#include <jansson.h>
#include <stddef.h>

/*
 * @twice: boots left out because they are copies of another
 * @agreed: `insn` boots left out because another file has the same kernel,
 *	topology and counts
 * @missing: "KERNEL TOPOLOGY": how many boots, that the sweep wanted and no
 *	file has; @nr_missing of @nr_wanted. All 0 for files that are no sweep's.
 */
struct merge {
	size_t twice;
	size_t agreed;
	json_t *missing;
	size_t nr_missing, nr_wanted;
};

/**
 * merge_files - make @output of @nr @files
 *
 * Nothing is written unless everything fits: EX_USE when a file cannot be read,
 * @output is there, a kernel's name stands for two images, or shards of two
 * different sweeps are given; EX_INVALID when two files have different counts
 * for the same cell of the instrument insn. On success @m wants merge_free().
 */
int merge_files(struct merge *m, const char *output, char *const *files,
		size_t nr, int argc, char **argv);

void merge_free(struct merge *m);

#endif
