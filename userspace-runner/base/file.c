// SPDX-License-Identifier: GPL-2.0-or-later
/* Files: read, written, and replaced. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"

int read_file(const char *path, char *buf, size_t room)
{
	size_t len = 0;
	ssize_t got;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(EX_FAIL, "cannot read %s", path);
	/* A long file of proc comes in parts. */
	do {
		got = read(fd, buf + len, room - 1 - len);
		len += got > 0 ? got : 0;
	} while (got > 0 && len < room - 1);
	close(fd);
	if (got < 0)
		return err_errno(EX_FAIL, "cannot read %s", path);
	buf[len] = '\0';
	return 0;
}

bool read_first(const char *path, char *line, size_t room)
{
	bool ok = !access(path, R_OK) && !read_file(path, line, room);

	line[ok ? strcspn(line, "\n") : 0] = '\0';
	return ok;
}

char *read_stream(FILE *in)
{
	char *text = NULL;
	size_t room = 0;

	if (getdelim(&text, &room, '\0', in) >= 0)
		return text;
	free(text);
	return strdup("");
}

char *read_text(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = f ? read_stream(f) : NULL;

	if (f)
		fclose(f);
	return text;
}

FILE *scratch_file(void)
{
	FILE *f = tmpfile();

	if (f)
		fcntl(fileno(f), F_SETFD, FD_CLOEXEC);
	else
		err_errno(EX_FAIL, "cannot make a file in /tmp");
	return f;
}

int take_lines(FILE *in, line_fn take, void *arg)
{
	char *line = NULL;
	size_t room = 0;
	int ret = 0;

	while (!ret && getline(&line, &room, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		ret = take(line, arg);
	}
	free(line);
	return ret;
}

int read_lines(const char *path, line_fn take, void *arg)
{
	FILE *in = fopen(path, "re");
	int ret;

	if (!in)
		return -1;
	ret = take_lines(in, take, arg);
	fclose(in);
	return ret;
}

struct field {
	const char *key;
	char *val;
	size_t room;
};

static int take_field(char *line, void *arg)
{
	const struct field *f = arg;
	char *at = line + strlen(f->key);

	if (strncmp(line, f->key, strlen(f->key)) || !strchr(" \t:=", *at))
		return 0;
	at += strspn(at, " \t:=");
	if (*at == '"')
		at[1 + strcspn(at + 1, "\"")] = '\0';
	snprintf(f->val, f->room, "%s", at + (*at == '"'));
	return 1;
}

bool read_field(const char *path, const char *key, char *val, size_t room)
{
	struct field f = { key, val, room };

	val[0] = '\0';
	return read_lines(path, take_field, &f) == 1;
}

int write_all(int fd, const char *data, size_t len)
{
	ssize_t done;

	for (; len; data += done, len -= (size_t)done) {
		do
			done = write(fd, data, len);
		while (done < 0 && errno == EINTR);
		if (done < 0)
			return -1;
	}
	return 0;
}

int write_file(const char *path, const char *text)
{
	ssize_t len;
	int fd, saved;

	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return err_errno(EX_FAIL, "cannot write %s", path);
	/* In proc and cgroups one write is one order: do not write the rest. */
	len = write(fd, text, strlen(text));
	saved = errno;
	close(fd);
	errno = saved;
	if (len < 0)
		return err_errno(EX_FAIL, "cannot write '%s' to %s", text,
				 path);
	return 0;
}

/* New names in a directory reach the disk only by syncing the directory. */
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

static bool is_special(const char *path)
{
	struct stat st;

	return !stat(path, &st) && !S_ISREG(st.st_mode);
}

/*
 * What is going to replace a file. It has one name for all: the next writer takes over
 * what a killed one left, and two writers come in turn.
 */
static int open_part(const char *part)
{
	struct stat own, there;
	int fd;

	while (1) {
		fd = open(part, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (fd < 0)
			return -1;
		/* On a file system without locks, go on without. */
		flock(fd, LOCK_EX);
		/* Who had it locked has moved it to its place. */
		if (!fstat(fd, &own) && !stat(part, &there) &&
		    own.st_ino == there.st_ino)
			break;
		close(fd);
	}
	if (!ftruncate(fd, 0))
		return fd;
	close(fd);
	return -1;
}

/* What has been there keeps its mode, and if the user may do that, its owner. */
static int keep_owner(const char *path, int fd)
{
	struct stat old;

	if (stat(path, &old))
		return 0;
	if (fchown(fd, old.st_uid, old.st_gid) && errno != EPERM)
		return -1;
	return fchmod(fd, old.st_mode & 0777);
}

int replace_file(const char *path, const char *text)
{
	bool special = is_special(path);
	char part[PATH_MAX];
	int fd, ret = 0;

	snprintf(part, sizeof(part), "%s.pcpubench-tmp", path);
	fd = special ? open(path, O_WRONLY | O_CLOEXEC) : open_part(part);
	if (fd < 0)
		return err_errno(EX_FAIL, "cannot write %s", path);
	if ((!special && keep_owner(path, fd)) ||
	    write_all(fd, text, strlen(text)) ||
	    (!special && (fsync(fd) || rename(part, path) || sync_parent(path)))) {
		ret = err_errno(EX_FAIL, "cannot write %s", path);
		if (!special)
			unlink(part);
	}
	if (close(fd) && !ret)
		ret = err_errno(EX_FAIL, "cannot write %s", path);
	return ret;
}

int install_file(const char *path, const char *text)
{
	int ret = make_parents(path);

	return ret ? ret : replace_file(path, text);
}

int remove_file(const char *path)
{
	if (!path[0] || (unlink(path) && errno == ENOENT))
		return 0;
	if (!access(path, F_OK) || sync_parent(path))
		return err_errno(EX_FAIL, "cannot remove %s", path);
	return 0;
}

int make_parents(const char *path)
{
	char copy[PATH_MAX], *slash;

	snprintf(copy, sizeof(copy), "%s", path);
	for (slash = strchr(copy + !!*copy, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0777) && errno != EEXIST)
			return err(EX_USE, "cannot make the directory %s: %m: choose another place",
				   copy);
		*slash = '/';
	}
	return 0;
}

int sync_system(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret = fd < 0 ? -1 : syncfs(fd);

	if (fd >= 0)
		close(fd);
	return ret ? err_errno(EX_FAIL, "cannot sync the file system of %s",
			       path) : 0;
}
