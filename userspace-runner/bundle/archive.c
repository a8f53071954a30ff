// SPDX-License-Identifier: GPL-2.0-or-later
/* Packs a folder's files, always the same way. */
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/memory.h"
#include "bundle/archive.h"

/* What ustar's field takes without splitting. */
#define NAME_LONGEST	99
#define NAME_PARTS	3

bool archive_name_ok(const char *name)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	static const char others[] = "._+-abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	if (strlen(name) > NAME_LONGEST)
		return false;
	for (int part = 0; part < NAME_PARTS; part++) {
		if (!*name || !strchr(first, *name))
			return false;
		name += strspn(name, others);
		if (!*name)
			return true;
		if (*name++ != '/')
			return false;
	}
	return false;
}

static int add_member(json_t *members, const char *dir, const char *name)
{
	char path[PATH_MAX], hash[65];
	struct stat st;
	int ret;

	if (!archive_name_ok(name))
		return err(EX_FAIL, "a bundle takes no file '%s'", name);
	snprintf(path, sizeof(path), "%s/%.*s", dir, NAME_LONGEST, name);
	ret = hash_file(path, hash);
	if (ret)
		return ret;
	if (stat(path, &st))
		return err_errno(EX_FAIL, "%s", path);
	if (st.st_size > BUNDLE_MEMBER)
		return err(EX_USE, "%s is larger than a bundle takes", name);
	json_object_set_new(members, name,
			    json_pack("{s:I, s:s}", "size",
				      (json_int_t)st.st_size, "sha256", hash));
	return 0;
}

/* @below: a folder in @dir, with a slash at its end, or "" */
static int add_folder(json_t *members, const char *dir, const char *below)
{
	char path[PATH_MAX], name[PATH_MAX];
	struct dirent *entry;
	int ret = 0;
	DIR *folder;

	snprintf(path, sizeof(path), "%s/%s", dir, below);
	folder = opendir(path);
	if (!folder)
		return err_errno(EX_FAIL, "cannot read %s", path);
	while (!ret && (entry = readdir(folder))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (snprintf(name, sizeof(name), "%s%s%s", below, entry->d_name,
			     entry->d_type == DT_DIR ? "/" : "") >=
		    (int)sizeof(name))
			ret = err(EX_FAIL, "%s: too long a name", path);
		else if (entry->d_type == DT_DIR)
			ret = add_folder(members, dir, name);
		else
			ret = add_member(members, dir, name);
	}
	closedir(folder);
	return ret;
}

json_t *archive_members(const char *dir)
{
	json_t *members = json_object();

	if (!add_folder(members, dir, "")) {
		if (json_object_size(members) <= BUNDLE_MEMBERS)
			return members;
		err(EX_USE, "more than %d files for one bundle", BUNDLE_MEMBERS);
	}
	json_decref(members);
	return NULL;
}

static int failed(struct archive *ar, const char *path)
{
	return err(EX_FAIL, "cannot write %s: %s", path,
		   archive_error_string(ar));
}

static int copy_data(struct archive *ar, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret = 0;
	static char data[1 << 16];
	ssize_t len;

	if (fd < 0)
		return err_errno(EX_FAIL, "%s", path);
	while (!ret && (len = read(fd, data, sizeof(data)))) {
		if (len < 0)
			ret = err_errno(EX_FAIL, "%s", path);
		else if (archive_write_data(ar, data, len) != len)
			ret = failed(ar, path);
	}
	close(fd);
	return ret;
}

static int put_member(struct archive *ar, const char *dir, const char *name,
		      time_t mtime)
{
	struct archive_entry *entry = archive_entry_new();
	char path[PATH_MAX];
	struct stat st;
	int ret = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (stat(path, &st)) {
		archive_entry_free(entry);
		return err_errno(EX_FAIL, "%s", path);
	}
	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, st.st_size);
	archive_entry_set_mtime(entry, mtime, 0);
	if (archive_write_header(ar, entry) != ARCHIVE_OK)
		ret = failed(ar, name);
	archive_entry_free(entry);
	return ret ? ret : copy_data(ar, path);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int put_all(struct archive *ar, const char *dir, const json_t *members,
		   time_t mtime)
{
	static const char *const first[] = { MANIFEST, SIGNATURE };
	const char *names[BUNDLE_MEMBERS] = { NULL };
	size_t nr = 0, i;
	json_t *member;
	const char *name;
	int ret = 0;

	for (i = 0; i < 2 && !ret; i++)
		if (json_object_get(members, first[i]))
			ret = put_member(ar, dir, first[i], mtime);
	json_object_foreach((json_t *)members, name, member)
		if (strcmp(name, MANIFEST) && strcmp(name, SIGNATURE) &&
		    nr < BUNDLE_MEMBERS)
			names[nr++] = name;
	qsort(names, nr, sizeof(names[0]), by_name);
	for (i = 0; i < nr && !ret; i++)
		ret = put_member(ar, dir, names[i], mtime);
	return ret;
}

static int write_to(int fd, const char *dir, const json_t *members, time_t mtime)
{
	struct archive *ar = archive_write_new();
	int ret = 0;

	if (!ar)
		return no_memory();
	archive_write_set_format_ustar(ar);
	archive_write_add_filter_none(ar);
	if (archive_write_open_fd(ar, fd) != ARCHIVE_OK)
		ret = failed(ar, "the bundle");
	if (!ret)
		ret = put_all(ar, dir, members, mtime);
	if (!ret && archive_write_close(ar) != ARCHIVE_OK)
		ret = failed(ar, "the bundle");
	archive_write_free(ar);
	return ret;
}

int archive_pack(const char *dir, const char *output, time_t mtime)
{
	json_t *members = archive_members(dir);
	char path[PATH_MAX];
	int ret, fd;

	if (!members)
		return EX_FAIL;
	snprintf(path, sizeof(path), "%s.XXXXXX", output);
	fd = mkstemp(path);
	if (fd < 0) {
		json_decref(members);
		return err_errno(EX_USE, "cannot write %s", output);
	}
	ret = write_to(fd, dir, members, mtime);
	/* mkstemp() makes it readable by its owner alone. */
	if (!ret && (fchmod(fd, 0644) || fsync(fd) || rename(path, output)))
		ret = err_errno(EX_FAIL, "cannot write %s", output);
	close(fd);
	if (ret)
		unlink(path);
	json_decref(members);
	return ret;
}
