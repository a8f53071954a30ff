/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sweep that goes on where the last one with the same output stopped. */
#ifndef PCPUBENCH_BOOT_RESUME_H
#define PCPUBENCH_BOOT_RESUME_H

#include <stdbool.h>

#include "boot/boot.h"

/*
 * @had: boots of this sweep that are in the file and count
 * @kernels: names that have their record, a JSON object
 * @ended: the file had an `end`, which is cut off when boots are still wanted
 */
struct resume {
	size_t had;
	json_t *kernels;
	bool ended;
};

/**
 * resume_read - which of @jobs does a results file have already?
 * @r: open on the file, NULL to change nothing
 * @sweep: what is to be measured, as in the `sweep` field of `run`
 * @tries: as in struct boot_options
 *
 * Marks @jobs. With @r, goes on with the file when a boot is still wanted. Boots
 * that had failed for good in a sweep that ended get one more try. EX_USE when the file holds
 * something else than this sweep of these @kernels.
 */
int resume_read(const char *path, struct recorder *r, const json_t *sweep,
		const struct kernel *kernels, size_t nr_kernels,
		struct boot_job *jobs, size_t nr_jobs, unsigned int tries,
		struct resume *had);

/**
 * resume_open - open a sweep's results file, a new one or one to go on with
 * @fresh: receives whether it has no record yet
 *
 * Looks at what is there before it touches it. EX_USE when that is no file of
 * this sweep, or another process writes it.
 */
int resume_open(struct recorder *r, const char *path, const json_t *sweep,
		bool *fresh);

void resume_free(struct resume *had);

#endif
