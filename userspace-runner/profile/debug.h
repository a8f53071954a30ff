/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug information for kernels that were built without it. */
#ifndef PCPUBENCH_PROFILE_DEBUG_H
#define PCPUBENCH_PROFILE_DEBUG_H

#include <stdbool.h>

#include "kernel/source.h"

/**
 * debug_build - debug information of some functions of a kernel
 * @functions: their names, with commas in between
 * @image_sha256: of the image it is for
 * @dir: receives the folder with vmlinux.debug and source/, for free()
 *
 * Builds it if not cached. EX_USE when this machine builds another image under
 * that name; EX_FAIL; both with err().
 */
int debug_build(const struct kernel_source *source, const char *name,
		bool harness, const char *functions, const char *image_sha256,
		char **dir);

#endif
