// SPDX-License-Identifier: GPL-2.0-or-later
/* The cache's entries: listed, measured, held and removed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/process.h"
#include "kernel/kept.h"

#define LIMIT_VARIABLE	"PCPUBENCH_CACHE_LIMIT"
#define LIMIT_DEFAULT	"30G"

/* Names of entries that are being removed begin with this; they are locked. */
#define GONE	".gone-"
/* Those of what the builder makes, too. */
#define NEW	".new."

static void path_of(char path[PATH_MAX], const char *kind, const char *id,
		    const char *file)
{
	snprintf(path, PATH_MAX, "%s/%s/%s%s%s", path_cache(), kind, id,
		 *file ? "/" : "", file);
}

/* The first line of a file, "" if there is none. */
static void first_line(const char *path, char *line, size_t room)
{
	if (access(path, R_OK) || read_file(path, line, room))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
}

/* nftw() has no argument for its callback. */
static uint64_t walked;

static int add_size(const char *path, const struct stat *st, int type,
		    struct FTW *ftw)
{
	(void)path;
	(void)type;
	(void)ftw;
	walked += (uint64_t)st->st_blocks * 512;
	return 0;
}

/* A build tree has 100 000 files, so its builder notes its size. */
static uint64_t size_of(const char *kind, const char *id)
{
	char path[PATH_MAX], line[32];

	path_of(path, kind, id, "size");
	first_line(path, line, sizeof(line));
	if (line[0])
		return strtoull(line, NULL, 10);
	path_of(path, kind, id, "");
	walked = 0;
	nftw(path, add_size, 16, FTW_PHYS);
	return walked;
}

static int add_entry(struct kept *kept, const char *kind, const char *id)
{
	char path[PATH_MAX], name[256];
	struct kept_entry *e;
	struct stat st;

	path_of(path, kind, id, "");
	if (lstat(path, &st) || !S_ISDIR(st.st_mode))
		return 0;
	if (array_room(&kept->entries, kept->nr, sizeof(*e)))
		return EX_FAIL;
	path_of(path, kind, id, "used");
	if (lstat(path, &st)) {
		path_of(path, kind, id, "");
		lstat(path, &st);
	}
	path_of(path, kind, id, "name");
	first_line(path, name, sizeof(name));
	e = &kept->entries[kept->nr++];
	*e = (struct kept_entry){
		.kind = strdup(kind), .id = strdup(id), .name = strdup(name),
		.bytes = size_of(kind, id), .used = st.st_mtime,
	};
	return e->kind && e->id && e->name ? 0 : no_memory();
}

/* Whoever was removing or making it was killed, if nobody has it locked. */
static void remove_left(const char *name)
{
	char path[PATH_MAX];
	const char *const rm[] = { "rm", "-rf", "--", path, NULL };
	int fd;

	if (strncmp(name, GONE, strlen(GONE)) && strncmp(name, NEW, strlen(NEW)))
		return;
	snprintf(path, sizeof(path), "%s/%s", path_cache(), name);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		process_must_work(rm);
	close(fd);
}

static int read_kind(struct kept *kept, const char *kind)
{
	char path[PATH_MAX];
	struct dirent *d;
	DIR *dir;
	int ret = 0;

	snprintf(path, sizeof(path), "%s/%s", path_cache(), kind);
	dir = opendir(path);
	if (!dir)
		return errno == ENOTDIR ? 0 : err_errno(EX_FAIL, "%s", path);
	while (!ret && (d = readdir(dir)))
		if (d->d_name[0] != '.')
			ret = add_entry(kept, kind, d->d_name);
	closedir(dir);
	return ret;
}

static int last_used_first(const void *a, const void *b)
{
	const struct kept_entry *x = a, *y = b;

	if (x->used != y->used)
		return x->used < y->used ? 1 : -1;
	return strcmp(x->id, y->id);
}

int kept_list(struct kept *kept)
{
	struct dirent *d;
	DIR *dir = opendir(path_cache());
	int ret = 0;

	*kept = (struct kept){ 0 };
	if (!dir)
		return err_errno(EX_FAIL, "%s", path_cache());
	while (!ret && (d = readdir(dir))) {
		if (d->d_name[0] != '.')
			ret = read_kind(kept, d->d_name);
		else
			remove_left(d->d_name);
	}
	closedir(dir);
	if (kept->nr)
		qsort(kept->entries, kept->nr, sizeof(*kept->entries),
		      last_used_first);
	return ret;
}

void kept_free(struct kept *kept)
{
	for (size_t i = 0; i < kept->nr; i++) {
		free(kept->entries[i].kind);
		free(kept->entries[i].id);
		free(kept->entries[i].name);
	}
	free(kept->entries);
}

uint64_t kept_bytes(const struct kept *kept)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < kept->nr; i++)
		sum += kept->entries[i].bytes;
	return sum;
}

int kept_remove(const struct kept_entry *e, bool *in_use)
{
	char path[PATH_MAX], gone[PATH_MAX + 32];
	const char *const rm[] = { "rm", "-rf", "--", gone, NULL };
	int fd, ret = 0;

	*in_use = false;
	path_of(path, e->kind, e->id, "");
	snprintf(gone, sizeof(gone), "%s/" GONE "%s-%d", path_cache(), e->id,
		 getpid());
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : err_errno(EX_FAIL, "%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB))
		*in_use = true;
	else if (rename(path, gone))
		/* Nobody must take a partly removed entry for a whole one. */
		ret = err_errno(EX_FAIL, "cannot remove %s", path);
	else
		/* A disk that others use may take minutes for it. */
		ret = process_must_work(rm);
	close(fd);
	return ret;
}

int kept_hold(const char *path)
{
	const char *root = path_cache();
	char entry[PATH_MAX];
	size_t len = strlen(root);
	char *slash;
	int fd;

	if (strncmp(path, root, len) || path[len] != '/')
		return -1;
	snprintf(entry, sizeof(entry), "%s", path);
	slash = strchr(entry + len + 1, '/');
	slash = slash ? strchr(slash + 1, '/') : NULL;
	if (!slash)
		return -1;
	*slash = '\0';
	fd = open(entry, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		flock(fd, LOCK_SH);
	return fd;
}

int kept_parse_size(const char *what, const char *text, uint64_t *bytes)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;
	double n;

	n = strtod(text, &end);
	unit = *end ? strchr(units, *end) : NULL;
	if (end == text || !(n >= 0) || n > 1e6 * (unit ? 1 : 1e12) ||
	    (*end && (!unit || end[1])))
		return err(EX_USE, "%s: '%s' is no size, such as 10G or 512M",
			   what, text);
	if (unit)
		n *= (double)(1ULL << (10 * (unit - units + 1)));
	*bytes = n;
	return 0;
}

void kept_size_text(uint64_t bytes, char text[16])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double n = bytes;
	size_t i = 0;

	while (n >= 1000 && i < 4) {
		n /= 1024;
		i++;
	}
	snprintf(text, 16, n < 10 && i ? "%.1f %s" : "%.0f %s", n, units[i]);
}

int kept_limit(uint64_t *bytes)
{
	const char *text = getenv(LIMIT_VARIABLE);

	return kept_parse_size(LIMIT_VARIABLE,
				text && *text ? text : LIMIT_DEFAULT, bytes);
}

int kept_trim(uint64_t limit, uint64_t *removed)
{
	struct kept kept;
	bool in_use;
	uint64_t all;
	int ret;

	*removed = 0;
	ret = kept_list(&kept);
	all = kept_bytes(&kept);
	for (size_t i = kept.nr; !ret && i-- && all - *removed > limit;) {
		ret = kept_remove(&kept.entries[i], &in_use);
		if (!ret && !in_use)
			*removed += kept.entries[i].bytes;
	}
	kept_free(&kept);
	return ret;
}
