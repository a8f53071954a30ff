// SPDX-License-Identifier: GPL-2.0-or-later
/* Paths of the project's own files and of its cache. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/paths.h"

/* @data: scripts, patches, sources; @built: what was compiled */
struct places {
	char data[PATH_MAX - 32], built[PATH_MAX - 32];
};

static void set(struct places *p, const char *root, const char *data,
		const char *built)
{
	snprintf(p->data, sizeof(p->data), "%s%s", root, data);
	snprintf(p->built, sizeof(p->built), "%s%s", root, built);
}

/* From where the program lies: in TREE/build, or in PREFIX/bin. */
static void look(struct places *p)
{
	const char *tree = getenv("PCPUBENCH_DATADIR");
	char path[PATH_MAX - 64], *slash;
	ssize_t len;

	if (tree && *tree) {
		set(p, tree, "", "/build");
		return;
	}
	len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = '\0';
	while ((slash = strrchr(path, '/'))) {
		*slash = '\0';
		if (!strcmp(slash + 1, "build")) {
			set(p, path, "", "/build");
			return;
		}
		if (!strcmp(slash + 1, "bin")) {
			set(p, path, "/share/pcpubench", "/lib/pcpubench");
			return;
		}
	}
	set(p, "/usr", "/share/pcpubench", "/lib/pcpubench");
}

static const struct places *places(void)
{
	static struct places p;

	look(&p);
	return &p;
}

const char *path_data(void)
{
	return places()->data;
}

const char *path_guest_init(void)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/init", places()->built);
	return path;
}

const char *path_plugin(void)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/profile.so", places()->built);
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
