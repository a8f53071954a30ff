/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The results of one kernel on one machine, boot after boot in one file: the
 * replicate is the boot, so that is what has to come together.
 */
#ifndef PCPUBENCH_RESULTS_STORE_H
#define PCPUBENCH_RESULTS_STORE_H

#include <jansson.h>
#include <stddef.h>

/*
 * store_path - the file of this machine and @kernel, a `kernel` record
 *
 * results/metal-HOST-RELEASE-HASH.jsonl, the hash being over what makes it
 * another kernel: its build and command line, and the module.
 */
void store_path(const json_t *kernel, const char *cmdline, char *path,
		size_t room);

/**
 * store_append - add one run on the running kernel
 * @path: is made if it is not there; its directory too
 * @boot, @cells: as recorder_boot() takes them
 *
 * Is on the disk on return. A file without its end, as a power
 * cut leaves it, loses what has no `boot` record. EX_USE when @path holds another
 * kernel or machine.
 */
int store_append(const char *path, const json_t *kernel, const json_t *boot,
		 json_t *cells, int argc, char **argv);

#endif
