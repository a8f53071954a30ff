/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Known boots. What a boot counts is a function of what it was started from. What
 * was measured with all of that the same is kept in the cache, and taken from
 * there. A few of those taken are measured again each time, and have to agree.
 */
#ifndef PCPUBENCH_BOOT_KNOWN_H
#define PCPUBENCH_BOOT_KNOWN_H

#include "boot/job.h"
#include "results/recorder.h"

/*
 * What one run makes of known boots, however often it calls boot_all().
 * @again: takes nothing
 * @had: boot_identity() of each boot that its file had before: a JSON object, or
 *	NULL
 * @taken, @checked: how many known boots were taken, and measured again
 */
struct known {
	bool again;
	const json_t *had;
	size_t taken, checked;
};

/**
 * known_find - find out which of @jobs are known, and which of these to take
 *
 * Tells it on stderr. A damaged one is told too, and not known. Which are
 * measured again is drawn; the seed is the `id` of @r's run. Sets @key, @known and
 * @taken of @jobs.
 */
void known_find(struct known *known, struct boot_job *jobs, size_t nr,
		const struct recorder *r);

/**
 * known_check - compare what was measured again with what is known
 * @boot: receives the field `again`, which says what it agrees with
 *
 * EX_INVALID naming both values where it does not; then it is no longer known.
 */
int known_check(const struct boot_job *job, json_t *boot, json_t *cells);

/*
 * Keep a good boot for later runs, if it was counted and all its cells are as they
 * should be. Not being able to is told and does no harm.
 */
void known_keep(const struct boot_job *job, const struct recorder *r,
		const json_t *boot, const json_t *cells);

/* Write all that are taken. 0 or EX_FAIL. */
int known_write(struct boot_job *jobs, size_t nr, struct recorder *r);

void known_free(struct boot_job *jobs, size_t nr);

#endif
