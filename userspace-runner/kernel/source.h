/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kernels are built of: which source, and which config. */
#ifndef PCPUBENCH_KERNEL_SOURCE_H
#define PCPUBENCH_KERNEL_SOURCE_H

#include <stddef.h>

/*
 * As build-kernel's options of these names take them; NULL: its own choice.
 * @made: @path, where it is to be freed
 */
struct kernel_source {
	const char *version, *path, *config, *jobs;
	char *made;
};

/*
 * What the user asked for: KERNEL=, KERNEL_SRC=, CONFIG= and JOBS= of `make`, or
 * these in the environment.
 */
struct kernel_source source_asked(void);

/* Build from the first @len bytes of @base, a commit of the git tree @dir. */
int source_commit(struct kernel_source *s, const char *dir, const char *base,
		  size_t len);

void source_free(struct kernel_source *s);

#endif
