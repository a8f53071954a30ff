/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what the plugin saw and what the guest measured to profiles. */
#ifndef PCPUBENCH_PROFILE_FOLD_H
#define PCPUBENCH_PROFILE_FOLD_H

#include <jansson.h>

/**
 * fold_lock - what of each sample was under pcpu_lock
 * @fd: what the plugin wrote
 * @cells: `cell` records as the guest sent them, in order
 * @found: array that receives for each of them the fields to add to it: in each
 *	arm `locked`, instructions of each sample that ran while the lock was held
 *
 * The samples are laid beside the guest's as below. 0 or EX_FAIL with err(),
 * then what was found is worth nothing.
 */
int fold_lock(int fd, const json_t *cells, json_t *found);

/**
 * fold_boot - the profiles of a boot's cells
 * @fd: what the plugin wrote
 * @image, @module: what was booted
 * @machine: the one that was modelled, or NULL
 * @cells: `cell` records as the guest sent them, in order
 * @profiles: array that receives a `profile` record for each
 * @found: as above; of a model, in place of `locked`, each arm's `ticks` in the
 *	machine's cycles, and the `unit` that says so
 *
 * The plugin's samples are laid beside the guest's, warm-up included: the arms
 * have to come in PCPU_BENCH_ORDER, and each clean sample has to have as many
 * instructions as the guest's clock counted. What differs is a bug, and nothing
 * of @profiles and @found holds. 0, EX_USE or EX_FAIL with err().
 */
int fold_boot(int fd, const char *image, const char *module,
	      const char *machine, const json_t *cells, json_t *profiles,
	      json_t *found);

#endif
