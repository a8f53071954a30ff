/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what the plugin saw and what the guest measured to profiles. */
#ifndef PCPUBENCH_PROFILE_FOLD_H
#define PCPUBENCH_PROFILE_FOLD_H

#include <jansson.h>

/**
 * fold_lock - what of each sample was under pcpu_lock
 * @fd: what the plugin wrote
 * @cells: `cell` records as the guest sent them, in order; each arm receives
 *	`locked`, instructions of each sample that ran while the lock was held
 *
 * The samples are laid beside the guest's as below. 0 or EX_FAIL with err(),
 * then no cell has any.
 */
int fold_lock(int fd, json_t *cells);

/**
 * fold_boot - the profiles of a boot's cells
 * @fd: what the plugin wrote
 * @image, @module: what was booted
 * @cells: `cell` records as the guest sent them, in order; receive `locked`
 *	as above, but for a model
 * @profiles: array that receives a `profile` record for each
 * @machine: the one that was modelled, then the cells' ticks become its cycles;
 *	or NULL
 *
 * The plugin's samples are laid beside the guest's, warm-up included: the arms
 * have to come in the order the module takes them, and each clean sample has to
 * have as many instructions as the guest's clock counted. What differs is a bug,
 * and nothing is given out. 0, EX_USE or EX_FAIL with err().
 */
int fold_boot(int fd, const char *image, const char *module,
	      const char *machine, json_t *cells, json_t *profiles);

#endif
