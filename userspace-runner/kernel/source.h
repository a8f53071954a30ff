/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source and config that kernels are built from. */
#ifndef PCPUBENCH_KERNEL_SOURCE_H
#define PCPUBENCH_KERNEL_SOURCE_H

#include <stddef.h>

/*
 * Values of build-kernel's options of these names; NULL: its default.
 * @made: @path if it is to be freed, else NULL
 */
struct kernel_source {
	const char *version, *path, *config, *jobs, *sandbox;
	char *made;
};

/*
 * The user's choice: KERNEL=, KERNEL_SRC=, CONFIG=, JOBS= and SANDBOX= of `make` or
 * in the environment.
 */
struct kernel_source source_asked(void);

/* Build from the first @len bytes of @base, a commit of the git tree @dir. */
int source_commit(struct kernel_source *s, const char *dir, const char *base,
		  size_t len);

void source_free(struct kernel_source *s);

#endif
