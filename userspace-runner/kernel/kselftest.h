/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own tests, tools/testing/selftests, built by its source. */
#ifndef PCPUBENCH_KERNEL_KSELFTEST_H
#define PCPUBENCH_KERNEL_KSELFTEST_H

#include "base/options.h"
#include "kernel/source.h"

/**
 * kselftest_build - the programs of a suite, built if not cached
 * @suite: a file of kernel-patches/kselftest/
 * @names: the kernels they are for; they are built from the source of the first
 * @programs: receives their paths, for kselftest_free()
 *
 * Fails as kernels_build() does.
 */
int kselftest_build(const struct kernel_source *source, const char *suite,
		    const struct words *names, struct words *programs);

void kselftest_free(struct words *programs);

#endif
