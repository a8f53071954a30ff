// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel: names the user's own kernels; kernel-patches/own-kernels does it. */
#include <limits.h>
#include <stdio.h>

#include "base/err.h"
#include "base/paths.h"
#include "base/process.h"
#include "cmd/cmd.h"

static int run(int argc, char **argv)
{
	const struct process script = { .argv = (const char *const *)argv };
	char path[PATH_MAX];

	(void)argc;
	snprintf(path, sizeof(path), "%s/kernel-patches/own-kernels",
		 path_data());
	argv[0] = path;
	return process_call(&script);
}

/* The script prints --help. */
const struct command cmd_kernel = {
	.name = "kernel",
	.what = "add patches or a kernel of your own by name",
	.run = run,
};
