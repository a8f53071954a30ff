/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernels on the way to a series or a commit, one for each patch. */
#ifndef PCPUBENCH_KERNEL_STEPS_H
#define PCPUBENCH_KERNEL_STEPS_H

#include <stddef.h>

#include "kernel/source.h"

/*
 * A patch of a series, or a commit of a git range.
 * @kernel: name of the kernel that ends with it
 * @subject: "" for the start
 * @id: identifies its content
 */
struct step {
	char *kernel;
	char *subject;
	char *id;
};

/**
 * steps_list - the steps to a kernel, patch by patch
 * @steps: receives an array of @nr for steps_free(), the first of which is the
 *	start: the kernel without any of them
 *
 * 0, or the exit code of the builder, which printed why on stderr.
 */
int steps_list(const struct kernel_source *source, const char *name,
	       struct step **steps, size_t *nr);

void steps_free(struct step *steps, size_t nr);

/*
 * steps_list() of the commits BASE..HEAD of a git tree, along first parents.
 * @source: receives BASE
 */
int steps_range(struct kernel_source *source, const char *dir,
		const char *range, struct step **steps, size_t *nr);

#endif
