/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots kernels, several guests at once, and records their measurements. */
#ifndef PCPUBENCH_BOOT_BOOT_H
#define PCPUBENCH_BOOT_BOOT_H

#include <stdbool.h>
#include <stddef.h>

#include "boot/job.h"
#include "boot/known.h"

/* A boot may fail because of the host: try twice. */
#define BOOT_TRIES	2

/*
 * How busy the machine was kept.
 * @slots: guests that could run at once
 * @wall_s: from the first start to the last end
 * @guest_s: sum over all guests, from start to end; @slots * @wall_s without
 *	gaps, whatever else loads the machine
 * @cpu_s: CPU time of the guests and of this process
 */
struct boot_load {
	unsigned int slots;
	double wall_s, guest_s, cpu_s;
};

/*
 * @parallel: guests at a time, 0 for one a core
 * @tries: a boot that failed this often is given up
 * @known: the run's
 * @load: is filled in, when all have run; may be NULL
 */
struct boot_options {
	unsigned int parallel;
	unsigned int tries;
	struct known *known;
	struct boot_load *load;
};

/**
 * boot_all - run those of @jobs that are not done, the longest first
 *
 * Or takes what is known of them, which is written when all others have run.
 * A boot's records are written when it ends, `boot` after its cells, and are on
 * the disk before anything else is done: a boot without its `boot` record did
 * not happen. Progress goes to stderr. A failed boot is recorded, told in one
 * line, tried again, and does not stop the others. Sets @done and @failed of
 * @jobs. 0, EX_FAIL when a boot could not even be tried or a record not be
 * written, EX_INVALID when what is known is not what is measured, EX_INTR after
 * Ctrl-C; in these cases every guest has been ended.
 */
int boot_all(struct boot_job *jobs, size_t nr, const struct boot_options *opt,
	     struct recorder *r);

#endif
