// SPDX-License-Identifier: GPL-2.0-or-later
/* SHA-256 of files, by sha256sum. */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/process.h"

int hash_file(const char *path, char hash[65])
{
	const char *argv[] = { "sha256sum", "--", path, NULL };
	char out[2 * PATH_MAX + 80];

	if (access(path, R_OK))
		return err(EX_USE, "cannot read %s", path);
	/* sha256sum prints a backslash first if it had to escape the path. */
	if (process_run(argv, out, sizeof(out), 0) ||
	    sscanf(out + (out[0] == '\\'), "%64[0-9a-f]", hash) != 1)
		return err(EX_FAIL, "cannot hash %s", path);
	return 0;
}
