// SPDX-License-Identifier: GPL-2.0-or-later
/* The program that makes kernels, kernel-patches/build-kernel. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/paths.h"
#include "kernel/builder.h"

int builder_run(const char *const *options, char *const *names, size_t nr,
		line_fn take, void *arg)
{
	struct process builder = { 0 };
	char path[PATH_MAX];
	const char **argv;
	size_t n = 1;
	int ret;

	snprintf(path, sizeof(path), "%s/kernel-patches/build-kernel",
		 path_data());
	while (options[n - 1])
		n++;
	argv = calloc(n + nr + 1, sizeof(*argv));
	if (!argv)
		return no_memory();
	argv[0] = path;
	memcpy(argv + 1, options, (n - 1) * sizeof(*argv));
	if (nr)
		memcpy(argv + n, names, nr * sizeof(*argv));
	builder.argv = argv;
	ret = process_lines(&builder, take, arg);
	free(argv);
	return ret;
}
