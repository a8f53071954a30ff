/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A results file of one boot, kept to be taken instead of measuring: whole, with
 * what the boot is a function of and a sum over its records, or not there.
 */
#ifndef PCPUBENCH_RESULTS_BOOT_FILE_H
#define PCPUBENCH_RESULTS_BOOT_FILE_H

#include "results/boots.h"

/**
 * boot_file_write - put a boot into a file of its own, in place of what it had
 * @run: `run` record of the file that the boot was recorded in
 * @key: what the boot is a function of, an object
 * @kernel: its `kernel` record
 * @boot, @cells: as recorder_boot() took them
 *
 * 0 or EX_FAIL.
 */
int boot_file_write(const char *path, const json_t *run, const json_t *key,
		    const json_t *kernel, const json_t *boot,
		    const json_t *cells);

/**
 * boot_file_read - read what boot_file_write() wrote
 * @b: receives its one boot, for boots_free()
 *
 * EX_USE with err() where it is damaged; then @b holds nothing.
 */
int boot_file_read(const char *path, struct boots *b);

/* The @key that it was written with. */
const json_t *boot_file_key(const struct boots *b);

#endif
