// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel: the user's own, by name. The builder's neighbour does the work. */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/paths.h"
#include "cmd/cmd.h"

int cmd_kernel(int argc, char **argv)
{
	char path[PATH_MAX];

	(void)argc;
	snprintf(path, sizeof(path), "%s/kernel-patches/own-kernels",
		 path_data());
	argv[0] = path;
	execv(path, argv);
	return err_errno(EX_FAIL, "cannot start %s", path);
}
