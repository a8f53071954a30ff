// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"

int hash_file(const char *path, char hash[65])
{
	char cmd[PATH_MAX + 32];
	FILE *p;
	int n;

	/* A quote in a path would end the quoted word. */
	if (strchr(path, '\'') || access(path, R_OK))
		return err(EX_USE, "cannot read %s", path);
	snprintf(cmd, sizeof(cmd), "sha256sum '%s'", path);
	p = popen(cmd, "re");
	do {
		n = p ? fscanf(p, "%64s", hash) : 0;
		/* A signal that somebody else looks after. */
	} while (n == EOF && ferror(p) && errno == EINTR && (clearerr(p), 1));
	if (!p || pclose(p) || n != 1)
		return err(EX_FAIL, "cannot hash %s", path);
	return 0;
}
