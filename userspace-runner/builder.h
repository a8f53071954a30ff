/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that makes kernels, kernel-patches/build-kernel. */
#ifndef PCPUBENCH_BUILDER_H
#define PCPUBENCH_BUILDER_H

#include <stdio.h>
#include <sys/types.h>

/**
 * builder_start - start it, with its standard output in @out
 * @options: NULL ends them
 * @names: @nr of them
 *
 * -1 with errno where it cannot be.
 */
pid_t builder_start(const char *const *options, char *const *names, size_t nr,
		    FILE **out);

/* 0, or the exit code with which it ended, having said why itself. */
int builder_wait(pid_t pid);

#endif
