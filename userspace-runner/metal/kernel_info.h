/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running kernel as a `kernel` record (docs/results.md). */
#ifndef PCPUBENCH_METAL_KERNEL_INFO_H
#define PCPUBENCH_METAL_KERNEL_INFO_H

#include <jansson.h>

/**
 * kernel_info - the running kernel
 * @name: its name in tables, NULL for its release
 * @module_sha256: of the module without a layout
 */
json_t *kernel_info(const char *name, const char *module_sha256);

/*
 * kernel_banner - take "Linux version RELEASE (who) (COMPILER) #1 ..." apart
 * @compiler, @build: receive the compiler, and the text from the # on; "" if
 *	missing
 */
void kernel_banner(const char *line, char *compiler, char *build, size_t room);

/* A command line without words of boot loader and campaign; for free(). */
char *kernel_cmdline(const char *line);

#endif
