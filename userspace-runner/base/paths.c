// SPDX-License-Identifier: GPL-2.0-or-later
/* Paths of the project's own files and of its cache. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/paths.h"

#ifndef PCPUBENCH_DATADIR
#define PCPUBENCH_DATADIR "."
#endif

const char *path_data(void)
{
	const char *dir = getenv("PCPUBENCH_DATADIR");

	return dir && *dir ? dir : PCPUBENCH_DATADIR;
}

const char *path_guest_init(void)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/build/init", path_data());
	return path;
}

const char *path_plugin(void)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/build/profile.so", path_data());
	return path;
}

const char *path_cache(void)
{
	static char path[PATH_MAX];
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (path[0])
		return path;
	if (xdg && *xdg)
		snprintf(path, sizeof(path), "%s", xdg);
	else
		snprintf(path, sizeof(path), "%s/.cache",
			 home ? home : "/root");
	mkdir(path, 0755);
	snprintf(path + strlen(path), sizeof(path) - strlen(path),
		 "/pcpubench");
	mkdir(path, 0755);
	return path;
}
