/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Continues a sweep where the last one with the same output stopped. */
#ifndef PCPUBENCH_BOOT_RESUME_H
#define PCPUBENCH_BOOT_RESUME_H

#include <stdbool.h>

#include "boot/boot.h"

/*
 * @had: boots of this sweep that are in the file and count
 * @kernels: names that have their record, a JSON object
 * @boots: boot_identity() of each boot in the file, a JSON object
 * @ended: the file had an `end`, which is cut off when boots are still wanted
 */
struct resume {
	size_t had;
	json_t *kernels, *boots;
	bool ended;
};

/**
 * resume_read - find the @jobs that a results file has already
 * @r: open on the file; NULL: change nothing
 * @sweep: description of the sweep, as in the `sweep` field of `run`
 * @tries: as in struct boot_options
 *
 * Marks @jobs. With @r, continues the file if boots are still wanted. Boots
 * that were given up in a sweep that ended get one more try. EX_USE when the
 * file is not of this sweep of these @kernels.
 */
int resume_read(const char *path, struct recorder *r, const json_t *sweep,
		const struct kernel *kernels, size_t nr_kernels,
		struct boot_job *jobs, size_t nr_jobs, unsigned int tries,
		struct resume *had);

/**
 * resume_open - open a sweep's results file, a new one or one to continue
 * @fresh: receives whether the file has no record yet
 *
 * Checks an existing file before it changes it. EX_USE when the file is not of
 * this sweep, or another process writes it.
 */
int resume_open(struct recorder *r, const char *path, const json_t *sweep,
		bool *fresh);

void resume_free(struct resume *had);

#endif
