/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The results of one kernel on one machine, boot after boot in one file, since
 * boots are the replicates.
 */
#ifndef PCPUBENCH_RESULTS_STORE_H
#define PCPUBENCH_RESULTS_STORE_H

#include <jansson.h>
#include <stddef.h>

/*
 * store_path - the file of this machine and @kernel, a `kernel` record
 *
 * results/metal-HOST-RELEASE-HASH.jsonl, with a hash of the kernel's build, its
 * command line and the module.
 */
void store_path(const json_t *kernel, const char *cmdline, char *path,
		size_t room);

/**
 * store_append - add one run on the running kernel
 * @path: is made if missing, with its directory
 * @boot, @cells: as recorder_boot() takes them
 *
 * On return it is on the disk. After a power cut the rest of a boot without a
 * `boot` record is cut off. EX_USE when @path has another kernel or machine.
 */
int store_append(const char *path, const json_t *kernel, const json_t *boot,
		 json_t *cells, int argc, char **argv);

#endif
