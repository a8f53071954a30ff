/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels to boot: names made into images by kernel-patches/build-kernel. */
#ifndef PCPUBENCH_KERNEL_KERNEL_H
#define PCPUBENCH_KERNEL_KERNEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel/source.h"

struct kernel {
	char *name;
	char *image, *module;
	char *cmdline;		/* what the series adds, "" for nothing */
	json_t *record;		/* `kernel` record of the results file */
	json_t *layout;		/* of its boots' records, or NULL */
	int held;		/* keeps it in the cache, -1 where it is not there */
};

/**
 * kernels_build - the kernels @names, built if not cached
 * @harness: with the harness patches, for more than 254 CPUs
 *
 * No names: every series there is; of the user's git tree baseline and what is
 * not committed. Progress of a build goes to stderr. On success @kernels is an
 * array of @nr, for kernels_free(), until which the cache keeps them. EX_USE for
 * a name that is none, EX_FAIL when a kernel does not build, in one line on
 * stderr from the builder.
 */
int kernels_build(const struct kernel_source *source, char *const *names,
		  size_t nr_names, bool harness, struct kernel **kernels,
		  size_t *nr);

/**
 * kernels_plan - what kernels_build() would do
 * @to_build: receives how many of them are not there yet
 *
 * Every name is looked up and every patch applied, but nothing is built. Fails as
 * kernels_build() does.
 */
int kernels_plan(const struct kernel_source *source, char *const *names,
		 size_t nr_names, bool harness, size_t *to_build);

/**
 * kernel_layouts - one kernel, its image and module linked in other orders
 * @seeds: "N[,N...]", 0 for the order as it is
 *
 * On success @kernels has one for each seed. All have one name and one record,
 * that of the kernel as it is. EX_USE for a kernel that is not linked here.
 */
int kernel_layouts(const struct kernel_source *source, const char *name,
		   bool harness, const char *seeds, struct kernel **kernels,
		   size_t *nr);

/**
 * kernel_try - one kernel, which may not build
 * @why: receives the first error, of the patch that does not apply or of the
 *	compiler; "" when the kernel is there
 *
 * 0 in both cases; anything else ends what the caller does.
 */
#define KERNEL_WHY_LEN	512
int kernel_try(const struct kernel_source *source, const char *name,
	       bool harness, struct kernel **kernels, size_t *nr,
	       char why[KERNEL_WHY_LEN]);

/* Add to the object @list each name there is, with a line that says what it is. */
int kernels_list(const struct kernel_source *source, json_t *list);

/* Add to the array @names those that are measured where none is given. */
int kernels_default(const struct kernel_source *source, json_t *names);

/* A kernel that somebody else built: its image, and the module for it. */
int kernel_prebuilt(const char *image, const char *module,
		    struct kernel **kernels, size_t *nr);

void kernels_free(struct kernel *kernels, size_t nr);

#endif
