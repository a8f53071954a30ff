/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that makes kernels, kernel-patches/build-kernel. */
#ifndef PCPUBENCH_KERNEL_BUILDER_H
#define PCPUBENCH_KERNEL_BUILDER_H

#include <stddef.h>

/* Takes one line of its output, which it may change: 0, or an exit code. */
typedef int (*builder_line)(char *line, void *arg);

/**
 * builder_run - run it, and hand each line it prints to @take
 * @options: NULL ends them
 * @names: @nr of them
 *
 * 0, what @take returned, or the exit code with which it ended, having said why
 * itself; EX_FAIL with err() where it cannot be started.
 */
int builder_run(const char *const *options, char *const *names, size_t nr,
		builder_line take, void *arg);

#endif
