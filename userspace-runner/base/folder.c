// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes and removes temporary folders. */
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/folder.h"

#define OURS	"/tmp/pcpubench-%s.%s"	/* what for, and what tells them apart */
#define TRIES	16

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int remove_all(const char *path)
{
	return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A folder of this user, and not a link to one. */
static int open_own(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) || st.st_uid != geteuid())) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Whose process was killed, has nobody who holds their lock. */
static void remove_left(const char *name)
{
	char pattern[FOLDER_LEN];
	glob_t found;

	snprintf(pattern, sizeof(pattern), OURS, name, "*");
	if (glob(pattern, GLOB_NOSORT, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int fd = open_own(found.gl_pathv[i]);

		if (fd < 0)
			continue;
		if (!flock(fd, LOCK_EX | LOCK_NB))
			remove_all(found.gl_pathv[i]);
		close(fd);
	}
	globfree(&found);
}

/* Another process may have found it before it was locked. */
static bool is_there(const struct own_folder *folder)
{
	struct stat a, b;

	return !fstat(folder->fd, &a) && !lstat(folder->path, &b) &&
	       a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

int folder_make(struct own_folder *folder, const char *name)
{
	folder->fd = -1;
	remove_left(name);
	for (int i = 0; i < TRIES; i++) {
		snprintf(folder->path, FOLDER_LEN, OURS, name, "XXXXXX");
		if (!mkdtemp(folder->path))
			break;
		folder->fd = open_own(folder->path);
		if (folder->fd < 0)
			continue;
		if (!flock(folder->fd, LOCK_EX | LOCK_NB) && is_there(folder))
			return 0;
		close(folder->fd);
		folder->fd = -1;
	}
	folder->path[0] = '\0';
	return err_errno(EX_FAIL, "cannot make a folder in /tmp");
}

int folder_remove(struct own_folder *folder)
{
	int bad = folder->path[0] && remove_all(folder->path);

	if (bad)
		err_errno(EX_FAIL, "cannot remove %s", folder->path);
	if (folder->path[0] && folder->fd >= 0)
		close(folder->fd);
	folder->path[0] = '\0';
	return bad ? EX_FAIL : 0;
}
