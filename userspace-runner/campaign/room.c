// SPDX-License-Identifier: GPL-2.0-or-later
/* Room on the disk for the kernels that a campaign makes. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/err.h"
#include "base/paths.h"
#include "campaign/made.h"

/* What stays free for others. */
#define SPARE	(16ULL << 20)

/* Of the kernels that are so far, which install-kernel has a line for: /boot, /usr. */
static int ask(const struct campaign *c, enum campaign_made made,
	       const char *root, struct made_room rooms[2])
{
	const char *argv[CAMPAIGN_KERNELS + 5];
	char program[PATH_MAX], below[PATH_MAX + 8], out[8192], *rest = out;
	char *line, *where;
	size_t n = 0;
	int ret;

	made_installer(program);
	snprintf(below, sizeof(below), "--root=%s", root);
	argv[n++] = program;
	if (root[0])
		argv[n++] = below;
	argv[n++] = "room";
	if (c->from.as_running)
		argv[n++] = "--as-running";
	for (size_t i = 0; i < c->nr_kernels; i++)
		if (c->kernels[i].made == made)
			argv[n++] = c->kernels[i].folder;
	argv[n] = NULL;
	ret = made_must(argv, out, sizeof(out));
	for (size_t i = 0; i < 2 && !ret; i++) {
		line = strsep(&rest, "\n");
		where = strsep(&line, "\t");
		if (!line || sscanf(line, "%llu %llu", &rooms[i].needed,
				    &rooms[i].has) != 2)
			return err(EX_FAIL, "install-kernel printed '%s'",
				   where ? where : "");
		snprintf(rooms[i].where, sizeof(rooms[i].where), "%s", where);
	}
	return ret;
}

static int fits(const struct made_room *rooms, size_t nr, size_t kernels, int code)
{
	for (const struct made_room *r = rooms; r < rooms + nr; r++)
		if (r->needed && r->needed + SPARE > r->has)
			return err(code, "%s has %llu MB free, and %zu kernels of series need %llu: make room there, measure fewer series, or leave out modules by --localmodconfig",
				   r->where, r->has >> 20, kernels,
				   (r->needed + SPARE) >> 20);
	return 0;
}

int made_room(void *ctx, const struct campaign *c)
{
	struct made_room rooms[2];
	int ret;

	(void)ctx;
	ret = ask(c, MADE_BUILT, "", rooms);
	return ret ? ret : fits(rooms, 2, campaign_nr_made(c), EX_FAIL);
}

/* Have the cache's need in the room of that file system, and the other way round. */
static void share(struct made_room *room, const char *root,
		  struct made_room *cache)
{
	unsigned long long tree = cache->needed;
	char path[PATH_MAX];
	struct stat a, b;

	snprintf(path, sizeof(path), "%s%s", root, room->where);
	if (stat(path, &a) || stat(cache->where, &b) || a.st_dev != b.st_dev)
		return;
	cache->needed += room->needed;
	room->needed += tree;
}

int made_rooms(const struct campaign *c, const char *root,
	       struct made_room rooms[MADE_ROOMS])
{
	struct made_room *cache = &rooms[2];
	struct statvfs fs;
	int ret = ask(c, MADE_WANTED, root, rooms);

	if (ret)
		return ret;
	snprintf(cache->where, sizeof(cache->where), "%s", path_cache());
	if (statvfs(cache->where, &fs))
		return err_errno(EX_FAIL, "cannot look into %s", cache->where);
	cache->needed = c->from.tree_bytes;
	cache->has = (unsigned long long)fs.f_bavail * fs.f_frsize;
	/* /usr, which has the needs of /boot where they are one. */
	share(&rooms[1], root, cache);
	return 0;
}

int made_fits(const struct campaign *c, const char *root)
{
	struct made_room rooms[MADE_ROOMS];
	int ret = made_rooms(c, root, rooms);

	return ret ? ret : fits(rooms, MADE_ROOMS, campaign_nr_made(c), EX_USE);
}
