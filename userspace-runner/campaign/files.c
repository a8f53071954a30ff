// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "campaign/files.h"

/* A directory's names are on the disk only after it was synced itself. */
static int sync_parent(const char *path)
{
	char copy[PATH_MAX];
	int fd, ret;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ret = fsync(fd);
	close(fd);
	return ret;
}

int file_make_parents(const char *path)
{
	char copy[PATH_MAX], *p;

	snprintf(copy, sizeof(copy), "%s", path);
	for (p = strchr(copy + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST)
			return err_errno(EX_FAIL, "cannot make the folder %s",
					 copy);
		*p = '/';
	}
	return 0;
}

static int write_all(int fd, const char *text)
{
	size_t len = strlen(text);
	ssize_t n;

	while (len) {
		n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		len -= n;
	}
	return 0;
}

int file_replace(const char *path, const char *text)
{
	char part[PATH_MAX];
	int fd, bad;

	snprintf(part, sizeof(part), "%s.part", path);
	if (file_make_parents(path))
		return EX_FAIL;
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_errno(EX_FAIL, "cannot write %s", part);
	bad = write_all(fd, text) || fsync(fd);
	bad |= close(fd);
	if (bad || rename(part, path) || sync_parent(path)) {
		err_errno(EX_FAIL, "cannot write %s", path);
		unlink(part);
		return EX_FAIL;
	}
	return 0;
}

int file_remove(const char *path)
{
	if (!path[0] || (unlink(path) && errno == ENOENT))
		return 0;
	if (!access(path, F_OK) || sync_parent(path))
		return err_errno(EX_FAIL, "cannot remove %s", path);
	return 0;
}

char *file_read(const char *path)
{
	char *text = NULL;
	size_t room = 0;
	FILE *f = fopen(path, "re");
	ssize_t n;

	if (!f)
		return NULL;
	n = getdelim(&text, &room, '\0', f);
	fclose(f);
	if (n >= 0)
		return text;
	free(text);
	return strdup("");
}

int file_sync_system(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret = fd < 0 ? -1 : syncfs(fd);

	if (fd >= 0)
		close(fd);
	return ret ? err_errno(EX_FAIL, "cannot sync the file system of %s",
			       path) : 0;
}
