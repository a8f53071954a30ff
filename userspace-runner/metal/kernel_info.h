/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel that runs, as a `kernel` record of docs/results.md. */
#ifndef PCPUBENCH_METAL_KERNEL_INFO_H
#define PCPUBENCH_METAL_KERNEL_INFO_H

#include <jansson.h>

/**
 * kernel_info - the running kernel
 * @name: its name in tables, NULL for its release
 * @module_sha256: of the module as it is written, without a layout
 */
json_t *kernel_info(const char *name, const char *module_sha256);

/*
 * kernel_banner - take "Linux version RELEASE (who) (COMPILER) #1 ..." apart
 * @compiler, @build: receive the compiler, and what stands from the # on; ""
 *	where the line has them not
 */
void kernel_banner(const char *line, char *compiler, char *build, size_t room);

/* The words of a command line but the boot loader's and a campaign's; for free(). */
char *kernel_cmdline(const char *line);

#endif
