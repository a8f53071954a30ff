/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The debug information of kernels that were built without. */
#ifndef PCPUBENCH_PROFILE_DEBUG_H
#define PCPUBENCH_PROFILE_DEBUG_H

#include <stdbool.h>

#include "kernel/source.h"

/**
 * debug_build - debug information of some functions of a kernel
 * @functions: their names, a comma between
 * @image_sha256: of the image it is for
 * @dir: receives the folder with vmlinux.debug and source/, for free()
 *
 * Builds it where the cache has it not. EX_USE when the kernel of that name is
 * another build here; EX_FAIL; both with err().
 */
int debug_build(const struct kernel_source *source, const char *name,
		bool harness, const char *functions, const char *image_sha256,
		char **dir);

#endif
