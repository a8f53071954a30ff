/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels to boot, built from their names by kernel-patches/build-kernel. */
#ifndef PCPUBENCH_KERNEL_KERNEL_H
#define PCPUBENCH_KERNEL_KERNEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel/source.h"

/* Where $KERNEL names no version. The builder and the Makefile have it, too. */
#define KERNEL_DEFAULT	"7.3"

struct kernel {
	char *name;
	char *image, *module;
	char *cmdline;		/* added by the series, or "" */
	json_t *record;		/* `kernel` record of the results file */
	json_t *layout;		/* field of its boots' records, or NULL */
	int held;		/* keeps it in the cache; -1: not cached */
};

/**
 * kernels_build - the kernels @names, built if not cached
 * @harness: with the harness patches, for more than 254 CPUs
 *
 * Without names: every series; for a user's git tree baseline and worktree.
 * Progress of a build goes to stderr. On success @kernels is an array of @nr;
 * the cache keeps them until kernels_free(). EX_USE for an unknown name,
 * EX_FAIL when a kernel does not build; the builder prints why on stderr, in
 * one line.
 */
int kernels_build(const struct kernel_source *source, char *const *names,
		  size_t nr_names, bool harness, struct kernel **kernels,
		  size_t *nr);

/**
 * kernels_plan - what kernels_build() would do
 * @to_build: receives the number of kernels that are not cached
 *
 * Looks up every name and applies every patch, but builds nothing. Fails as
 * kernels_build() does.
 */
int kernels_plan(const struct kernel_source *source, char *const *names,
		 size_t nr_names, bool harness, size_t *to_build);

/**
 * kernel_layouts - one kernel, its image and module linked in other orders
 * @seeds: "N[,N...]", 0 for the original order
 *
 * On success @kernels has one for each seed. All have the name and record of
 * the original kernel. EX_USE for a kernel that is not linked here.
 */
int kernel_layouts(const struct kernel_source *source, const char *name,
		   bool harness, const char *seeds, struct kernel **kernels,
		   size_t *nr);

/**
 * kernel_try - one kernel, which may not build
 * @why: receives the first error, of a patch that does not apply or of the
 *	compiler; "" when the kernel was built
 *
 * 0 in both cases; else an exit code.
 */
#define KERNEL_WHY_LEN	512
int kernel_try(const struct kernel_source *source, const char *name,
	       bool harness, struct kernel **kernels, size_t *nr,
	       char why[KERNEL_WHY_LEN]);

/* Call a kernel otherwise, as its record does from then on. 0 or EX_FAIL. */
int kernel_rename(struct kernel *k, const char *name);

/* Add each name to the object @list, with a line that describes it. */
int kernels_list(const struct kernel_source *source, json_t *list);

/* Add to the array @names the kernels measured by default. */
int kernels_default(const struct kernel_source *source, json_t *names);

/**
 * kernel_read_manifest - fill in the files and the record of a kernel
 * @k: with its name and command line
 * @path: what the builder wrote beside it
 *
 * 0, or EX_FAIL with err() if it is no whole manifest; free @k in any case.
 */
int kernel_read_manifest(struct kernel *k, const char *path);

/* A kernel that somebody else built: its image, and a module for it. */
int kernel_prebuilt(const char *image, const char *module,
		    struct kernel **kernels, size_t *nr);

void kernels_free(struct kernel *kernels, size_t nr);

#endif
