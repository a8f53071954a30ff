// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel: the user's own, by name. The builder's neighbour does the work. */
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

/* Its --help is the script's. */
const struct command cmd_kernel = {
	.name = "kernel",
	.what = "add patches or a kernel of your own by name",
	.run = run,
};
