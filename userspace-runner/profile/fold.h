/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes profiles of the plugin's output and the guest's cells. */
#ifndef PCPUBENCH_PROFILE_FOLD_H
#define PCPUBENCH_PROFILE_FOLD_H

#include <jansson.h>

/**
 * fold_lock - instructions of each sample under pcpu_lock
 * @fd: what the plugin wrote
 * @cells: `cell` records as the guest sent them, in order
 * @found: array that receives for each cell fields to add to it: in each arm
 *	`locked`, the instructions of each sample while the lock was held, and
 *	`steps`, those of a pair's holds and between them (profile/lock_steps.h)
 *
 * Matches samples as fold_boot() does. 0 or EX_FAIL with err(); then @found is
 * not valid.
 */
int fold_lock(int fd, const json_t *cells, json_t *found);

/**
 * fold_boot - the profiles of a boot's cells
 * @fd: what the plugin wrote
 * @image, @module: the booted ones
 * @cells: `cell` records as the guest sent them, in order
 * @profiles: array that receives a `profile` record for each
 * @found: as of fold_lock(), and in each arm `cleared`, the cache lines that were
 *	cleared in each sample (profile_clears())
 *
 * Matches the plugin's samples with the guest's, warm-up included: the arms
 * must come in PCPU_BENCH_ORDER, and each clean sample must have as many
 * instructions as the guest's clock counted. A difference is a bug; then
 * @profiles and @found are not valid. 0, EX_USE or EX_FAIL with err().
 */
int fold_boot(int fd, const char *image, const char *module,
	      const json_t *cells, json_t *profiles, json_t *found);

#endif
