/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the program that builds kernels, kernel-patches/build-kernel. */
#ifndef PCPUBENCH_KERNEL_BUILDER_H
#define PCPUBENCH_KERNEL_BUILDER_H

#include "base/process.h"
#include "kernel/source.h"

/**
 * builder_run - run the builder, and give each line it prints to @take
 * @options: NULL ends them
 * @names: @nr of them
 *
 * Each field of a line is made safe to print (base/safe.h). Returns as process_lines().
 */
int builder_run(const struct kernel_source *source, const char *const *options,
		char *const *names, size_t nr, line_fn take, void *arg);

/**
 * builder_sandbox - can strangers' series be built in a sandbox here?
 * @why: receives why not, "" if they can; of @room bytes
 *
 * 0, or an exit code with err().
 */
int builder_sandbox(char *why, size_t room);

/* Will a stranger's series be built in it, by what the user chose? */
bool builder_confines(const struct kernel_source *source);

#endif
