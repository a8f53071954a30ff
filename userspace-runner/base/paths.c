// SPDX-License-Identifier: GPL-2.0-or-later
/* Paths of the project's own files and of its cache. */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/paths.h"

/* @data: scripts, patches, sources; @built: what was compiled */
struct places {
	char data[PATH_MAX - 32], built[PATH_MAX - 32];
	bool installed;
};

static void set_tree(struct places *p, const char *tree)
{
	snprintf(p->data, sizeof(p->data), "%s", tree);
	snprintf(p->built, sizeof(p->built), "%s/build", tree);
	p->installed = false;
}

static void set_installed(struct places *p, const char *prefix)
{
	snprintf(p->data, sizeof(p->data), "%s/share/pcpubench", prefix);
	snprintf(p->built, sizeof(p->built), "%s/lib/pcpubench", prefix);
	p->installed = true;
}

/* From where the program lies: in TREE/build, or in PREFIX/bin. */
static void look(struct places *p)
{
	const char *tree = getenv("PCPUBENCH_DATADIR");
	char path[PATH_MAX - 64], *slash;
	ssize_t len;

	if (tree && *tree) {
		set_tree(p, tree);
		return;
	}
	len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = '\0';
	while ((slash = strrchr(path, '/'))) {
		*slash = '\0';
		if (!strcmp(slash + 1, "build")) {
			set_tree(p, path);
			return;
		}
		if (!strcmp(slash + 1, "bin")) {
			set_installed(p, path);
			return;
		}
	}
	set_installed(p, "/usr");
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

const char *path_deps(void)
{
	static char path[PATH_MAX];

	if (!places()->installed)
		return "make deps";
	snprintf(path, sizeof(path), "%.*s/ci/deps", PATH_MAX - 32,
		 path_data());
	return path;
}

const char *path_cache(void)
{
	static char path[PATH_MAX];
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (path[0])
		return path;
	/* A relative path is none, as its specification has it. */
	if (xdg && *xdg == '/')
		snprintf(path, sizeof(path), "%s", xdg);
	else
		snprintf(path, sizeof(path), "%s/.cache",
			 home && *home ? home : "/root");
	mkdir(path, 0755);
	snprintf(path + strlen(path), sizeof(path) - strlen(path),
		 "/pcpubench");
	mkdir(path, 0755);
	return path;
}
